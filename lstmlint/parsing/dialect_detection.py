"""Detecting the dialect of a model without a version by the words it uses."""

from __future__ import annotations

from typing import Any

from lstmlint.model.spec import Dialect

KERAS3_KEYS = frozenset({"module", "registered_name", "build_config"})
KERAS1_ARGUMENTS = frozenset(
    {
        "nb_filter", "nb_row", "nb_col", "border_mode", "subsample", "dim_ordering", "inner_init", "inner_activation",
        "forget_bias_init", "W_regularizer", "b_regularizer", "U_regularizer", "dropout_W", "dropout_U", "consume_less",
        "W_constraint", "b_constraint", "pool_length", "filter_length", "subsample_length",
    }
)  # fmt: skip
KERAS1_CLASSES = frozenset(
    {"Merge", "Convolution1D", "Convolution2D", "Convolution3D", "TimeDistributedDense", "MaxoutDense", "Highway",
     "AtrousConvolution1D", "AtrousConvolution2D", "Deconvolution2D", "SeparableConvolution2D", "SReLU",
     "ParametricSoftplus", "Graph"}
)  # fmt: skip
# Arguments that mean something else in other layers, or nothing.
KERAS1_ARGUMENTS_OF = {
    "Dense": "output_dim", "LSTM": "output_dim", "GRU": "output_dim", "SimpleRNN": "output_dim", "Dropout": "p",
    "SpatialDropout1D": "p", "SpatialDropout2D": "p", "SpatialDropout3D": "p", "GaussianDropout": "p",
    "GaussianNoise": "sigma", "UpSampling1D": "length",
}  # fmt: skip


def guess(obj: dict[str, Any]) -> Dialect:
    """Guess the dialect of a model object without keras_version and module."""
    config = obj.get("config")
    layers = config.get("layers") if isinstance(config, dict) else config
    if obj.get("class_name") == "Graph":
        return "keras1"
    if not isinstance(layers, list):
        return "keras2"
    keras1 = modern = old = False
    for layer in layers[:1000]:
        if not isinstance(layer, dict):
            continue
        inner = layer.get("config")
        modern = modern or not KERAS3_KEYS.isdisjoint(layer)
        if not isinstance(inner, dict):
            keras1 = keras1 or speaks_keras1(layer)
            continue
        if "batch_shape" in inner or (layer.get("class_name") == "InputLayer" and "shape" in inner):
            return "keras3"
        nodes = layer.get("inbound_nodes")
        if isinstance(nodes, list) and nodes and isinstance(nodes[0], dict) and "args" in nodes[0]:
            return "keras3"
        # tf.keras writes modules since 2.13, and always wrote these.
        old = old or "batch_input_shape" in inner or (isinstance(nodes, list) and bool(nodes) and bool(nodes[0]))
        keras1 = keras1 or speaks_keras1(layer)
    if modern:
        return "keras2" if old or isinstance(config, list) else "keras3"
    return "keras1" if keras1 else "keras2"


def is_by_hand(obj: dict[str, Any]) -> bool:
    """Return whether only the layers' arguments are those of Keras 3, without a version, module, or build_config."""
    config = obj.get("config")
    layers = config.get("layers") if isinstance(config, dict) else None
    if "keras_version" in obj or not KERAS3_KEYS.isdisjoint(obj) or not isinstance(layers, list):
        return False
    return not any(
        isinstance(layer, dict) and (not KERAS3_KEYS.isdisjoint(layer) or _has_args(layer.get("inbound_nodes")))
        for layer in layers
    )


def _has_args(nodes: Any) -> bool:
    return isinstance(nodes, list) and bool(nodes) and isinstance(nodes[0], dict)


def speaks_keras1(layer: Any, depth: int = 0) -> bool:
    """Return whether a layer, or a layer inside it, uses words that only Keras 1 has."""
    if not isinstance(layer, dict) or depth > 4:
        return False
    class_name, config = layer.get("class_name"), layer.get("config")
    if not isinstance(class_name, str):
        return False
    inner: Any = config
    if isinstance(config, dict):
        if class_name in KERAS1_CLASSES or not KERAS1_ARGUMENTS.isdisjoint(config):
            return True
        if class_name in KERAS1_ARGUMENTS_OF and KERAS1_ARGUMENTS_OF[class_name] in config:
            return True
        inner = [config.get("layer")] if "layer" in config else config.get("layers")
    return isinstance(inner, list) and any(speaks_keras1(item, depth + 1) for item in inner[:100])
