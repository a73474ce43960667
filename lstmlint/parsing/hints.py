"""Which dialect a model without a version is written in, by the words it uses."""

from __future__ import annotations

from typing import Any

from lstmlint.spec import Dialect

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
     "AtrousConvolution1D", "AtrousConvolution2D", "Deconvolution2D", "SeparableConvolution2D"}
)  # fmt: skip


def guess(obj: dict[str, Any]) -> Dialect:
    """The dialect of a model object without keras_version and module."""
    config = obj.get("config")
    layers = config.get("layers") if isinstance(config, dict) else config
    if not isinstance(layers, list):
        return "keras2"
    keras1 = False
    for layer in layers[:1000]:
        if not isinstance(layer, dict):
            continue
        if not KERAS3_KEYS.isdisjoint(layer):
            return "keras3"
        inner = layer.get("config")
        if not isinstance(inner, dict):
            continue
        if "batch_shape" in inner:
            return "keras3"
        if (
            isinstance(nodes := layer.get("inbound_nodes"), list)
            and nodes
            and isinstance(nodes[0], dict)
            and "args" in nodes[0]
        ):
            return "keras3"
        if not KERAS1_ARGUMENTS.isdisjoint(inner) or layer.get("class_name") in KERAS1_CLASSES:
            keras1 = True
        elif "output_dim" in inner and layer.get("class_name") in ("Dense", "LSTM", "GRU", "SimpleRNN"):
            keras1 = True
    return "keras1" if keras1 else "keras2"
