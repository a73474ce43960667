"""Translation of a layer's class and arguments to another dialect: to Keras 3, or to Keras 2.

If the dialects have different defaults of an argument, the default of the file's dialect is written. An argument that the
other dialect does not have is dropped only if it has no effect: at its default, or if it never affects what the layer
computes.
"""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from functools import lru_cache
from typing import Any

from lstmlint import layers as registry
from lstmlint.converting.notes import Rearranged, Refused
from lstmlint.converting.target import Target
from lstmlint.converting.values import activation, is_activation, shown, value_of
from lstmlint.layers.weights import as_count
from lstmlint.model.spec import Dialect, LayerSpec
from lstmlint.model.values import show
from lstmlint.signatures.keras3 import REQUIRED, SIGNATURES
from lstmlint.validation.arguments import CLOSED

Values = dict[str, Any]
# Reports a change that keeps counts and shapes, as a clause without a subject.
Tell = Callable[[str], None]

# Arguments that affect how or where something is computed, but not the result.
SILENT = frozenset(
    {"implementation", "autocast", "batch_size", "dynamic", "fused", "force_generator", "rng_type", "cache_enabled"}
)
SILENT_OF: dict[str, frozenset[str]] = {
    "MultiHeadAttention": frozenset({"query_shape", "key_shape", "value_shape"}),
    "LeakyReLU": frozenset({"alpha"}),
    **{
        name: frozenset({"kernel_initializer", "kernel_regularizer", "kernel_constraint", "conv_op"})
        for name in ("SeparableConv1D", "SeparableConv2D", "DepthwiseConv1D", "DepthwiseConv2D")
    },
}
# Renamed arguments: name in Keras 2 -> name in Keras 3.
RENAMED = {"LeakyReLU": ("alpha", "negative_slope")}


@lru_cache(maxsize=256)
def signature(class_name: str, dialect: Dialect) -> Values:
    """Return the arguments of a class with the defaults of the dialect."""
    return registry.signature(class_name, dialect) or {}


def gone(class_name: str, target: Target) -> Refused:
    """Return the refusal of a class that the target does not have."""
    return Refused(
        f"Keras 3 no longer has {class_name}"
        if target.family == "keras3"
        else f"{target.generation} has no {class_name}"
    )


def translate(spec: LayerSpec, dialect: Dialect, target: Target, tell: Tell) -> tuple[str, Values]:
    """Return (class, arguments) of a layer in the newest release of the target's dialect. Inner layers stay LayerSpecs.

    Raises: Refused if there is no equivalent.
    """
    if ">" in spec.written_class and spec.written_class.partition(">")[0] != "Keras":
        raise Refused(f"{show(spec.written_class)} is a custom class, which Keras loads only with its code")
    old = signature(spec.class_name, dialect)
    config = {**spec.config}
    special = specials(dialect, target).get(spec.class_name)
    name = spec.class_name if special is None else special(spec, config, tell)
    known = (SIGNATURES if target.family == "keras3" else keras2_signatures()).get(name)
    if known is None:
        raise gone(spec.written_class or name, target)
    silent = SILENT | (SILENT_OF.get(name, frozenset()) if target.family == "keras3" else frozenset())
    new: Values = {}
    for argument, value in config.items():
        if argument in silent:
            continue
        if argument in known or (argument == "activity_regularizer" and value is not None and name not in CLOSED):
            new[argument] = argument_value(argument, value, dialect, target, tell)
        elif not has_no_effect(argument, value, old):
            raise Refused(f"{target.generation} has no equivalent of {argument}={shown(value)} of {spec.class_name}")
    for argument, default in old.items():
        if argument not in known or argument in config or argument in silent or default is REQUIRED:
            continue
        if default != known[argument]:
            new[argument] = argument_value(argument, default, dialect, target, tell)
    return name, new


def has_no_effect(argument: str, value: Any, defaults: Values) -> bool:
    """Check whether an argument that the target does not have is at the value which that means."""
    if value is None or value is False or value == defaults.get(argument):
        return True
    return argument == "seed" or (argument == "data_format" and value == "channels_last")


def argument_value(argument: str, value: Any, dialect: Dialect, target: Target, tell: Tell) -> Any:
    """Return the value of an argument in the target's form. Raises: Refused."""
    if not is_activation(argument):
        return value_of(argument, value, target)
    if isinstance(value, LayerSpec):
        return value
    if value == "hard_sigmoid" and "keras3" in (dialect, target.family):
        new, old = "x/6 + 0.5", "0.2·x + 0.5"
        if target.family == "keras2":
            new, old = old, new
        tell(f"{argument} hard_sigmoid is another line in {target.generation}: {new} instead of {old}, cut at 0 and 1")
    return activation(value, target)


def keras2_signatures() -> dict[str, Values]:
    """Return the arguments of all layers of the newest Keras 2."""
    from lstmlint.signatures.keras2 import SIGNATURES as KERAS2

    return KERAS2


# Classes that need more than tables ---------------------------------------------------------------------------


def lambda_(_spec: LayerSpec, _config: Values, _tell: Tell) -> str:
    """Raise Refused."""
    raise Refused("a Lambda's Python code cannot be carried over, and Keras 3 refuses to load such code unasked")


def batch_normalization(spec: LayerSpec, config: Values, tell: Tell) -> str:
    """Translate the axis to a number. Modes 1 and 2 of Keras 1 normalize by the current batch."""
    axis = config.get("axis")
    if isinstance(axis, list):
        if len(axis) != 1:
            raise Refused(f"Keras 3 normalizes along one axis, not along {axis}")
        config["axis"] = axis[0]
    written = spec.raw.get("config", spec.raw)
    mode = written.get("mode") if isinstance(written, dict) else None
    if mode not in (None, 0):
        tell(f"mode {mode} of Keras 1's BatchNormalization does not exist in Keras 3, which uses the moving averages")
    if config.get("renorm") is not True:
        for argument in ("renorm_clipping", "renorm_momentum", "virtual_batch_size"):
            if argument != "virtual_batch_size" or config.get(argument) is None:
                config.pop(argument, None)
    return "BatchNormalization"


def sync_batch_normalization(spec: LayerSpec, config: Values, tell: Tell) -> str:
    """Translate to an argument of BatchNormalization."""
    config["synchronized"] = True
    return batch_normalization(spec, config, tell)


def layer_normalization(_spec: LayerSpec, config: Values, tell: Tell) -> str:
    """Sort the axes, and with them the weights, as Keras 3 does."""
    axis = config.get("axis")
    if isinstance(axis, list) and all(isinstance(one, int) for one in axis) and axis != sorted(axis):
        message = f"axis {axis} is sorted by Keras 3: the same sizes, but stored weights have to be reshaped"
        tell(Rearranged(message))
    return "LayerNormalization"


def dense(_spec: LayerSpec, config: Values, _tell: Tell) -> str:
    """Convert units with `int`, as Keras 2 does."""
    units = as_count(config.get("units"))
    if units is not None:
        config["units"] = units
    return "Dense"


def new_names(spec: LayerSpec, config: Values, _tell: Tell) -> str:
    """Give an argument its name in Keras 3."""
    old, new = RENAMED[spec.class_name]
    if old in config:
        config[new] = config.pop(old)
    return spec.class_name


def old_names(spec: LayerSpec, config: Values, _tell: Tell) -> str:
    """Give an argument its name in Keras 2."""
    old, new = RENAMED[spec.class_name]
    if new in config:
        config[old] = config.pop(new)
    return spec.class_name


def thresholded_relu(_spec: LayerSpec, config: Values, _tell: Tell) -> str:
    """Translate to ReLU, which sets values up to the threshold to 0."""
    config["threshold"] = config.pop("theta", 1.0)
    return "ReLU"


def embedding(spec: LayerSpec, config: Values, tell: Tell) -> str:
    """Drop input_length, which declared the input; an InputLayer does now."""
    config.pop("input_length", None)
    written = spec.raw.get("config", spec.raw)
    dropout = written.get("dropout") if isinstance(written, dict) and spec.written_class == "Embedding" else None
    if dropout:
        tell(f"dropout={shown(dropout)} of Keras 1's Embedding does not exist in Keras 3, so training drops no words")
    return "Embedding"


def merge(spec: LayerSpec, config: Values, _tell: Tell) -> str:
    """Translate to the class of the mode. Raises: Refused for functions, and for products over several axes."""
    mode = config.pop("mode", "sum")
    kind = config.pop("mode_type", "raw")
    if kind in ("lambda", "function") or mode == "join":
        raise Refused("a Merge by a function has no equivalent in Keras 3: its code cannot be converted")
    axis, axes = config.pop("concat_axis", -1), config.pop("dot_axes", -1)
    for gone in ("output_shape", "output_mask", "arguments", "output_mask_type", "node_indices", "tensor_indices"):
        config.pop(gone, None)
    if mode == "concat":
        config["axis"] = axis
        return "Concatenate"
    if mode in ("dot", "cos"):
        if isinstance(axes, list):
            axes = [part[0] if isinstance(part, list) and len(part) == 1 else part for part in axes]
        config["axes"] = axes
        if mode == "cos":
            config["normalize"] = True
        return "Dot"
    words = {"sum": "Add", "mul": "Multiply", "ave": "Average", "max": "Maximum"}
    if not isinstance(mode, str) or mode not in words:
        raise Refused(f"Keras 3 has no equivalent of Merge by {shown(mode)}")
    return words[mode]


def time_distributed_dense(spec: LayerSpec, config: Values, _tell: Tell) -> str:
    """Translate to TimeDistributed around a Dense."""
    inner = {key: value for key, value in config.items() if key != "layer"}
    config.clear()
    config["layer"] = LayerSpec(
        f"{spec.name}_dense", "Dense", inner, spec.pointer, "Dense", trainable=spec.trainable, dtype=spec.dtype
    )
    return "TimeDistributed"


def identity(_spec: LayerSpec, config: Values, _tell: Tell) -> str:
    """Translate a layer without effect."""
    config.clear()
    return "Identity"


def cudnn_gru(_spec: LayerSpec, config: Values, tell: Tell) -> str:
    """Translate to GRU with reset_after, which computes the same; cuDNN orders the weights differently."""
    config |= {"reset_after": True, "activation": "tanh", "recurrent_activation": "sigmoid"}
    tell(
        Rearranged("CuDNNGRU becomes a GRU with reset_after: the same sizes, but stored weights have to be rearranged")
    )
    return "GRU"


def cudnn_lstm(_spec: LayerSpec, config: Values, tell: Tell) -> str:
    """Translate to LSTM, which computes the same with one bias, the sum of the two of cuDNN."""
    config |= {"activation": "tanh", "recurrent_activation": "sigmoid"}
    tell(Rearranged("CuDNNLSTM becomes an LSTM, whose one bias is the sum of the two"))
    return "LSTM"


def deconvolution(_spec: LayerSpec, config: Values, _tell: Tell) -> str:
    """Drop the output shape, which follows from other arguments. If it does not, the final check refuses the result."""
    config.pop("output_shape", None)
    return "Conv2DTranspose"


def activation_layer(_spec: LayerSpec, config: Values, _tell: Tell) -> str:
    """Translate null, which Keras 2 reads as linear, to a name."""
    if config.get("activation") is None:
        config["activation"] = "linear"
    return "Activation"


def bidirectional(_spec: LayerSpec, config: Values, _tell: Tell) -> str:
    """Translate the direction of the second layer. Keras 2 inverts it, Keras 3 sets go_backwards; the result is the
    same unless the first layer goes backwards.
    """
    inner = config.get("layer")
    if isinstance(inner, LayerSpec) and inner.config.get("go_backwards") and config.get("backward_layer") is None:
        back = copy(inner)
        back.name, back.config = f"backward_{inner.name}", {**inner.config, "go_backwards": False}
        config["backward_layer"] = back
    return "Bidirectional"


def random_crop(_spec: LayerSpec, _config: Values, tell: Tell) -> str:
    """Tell what it computes in inference."""
    tell("in inference, tf.keras resizes and crops to the size of a RandomCrop, and Keras 3 keeps the input as it is")
    return "RandomCrop"


def multi_head_attention(spec: LayerSpec, config: Values, _tell: Tell) -> str:
    """Add the shapes of its inputs, which tf.keras expects. It builds the weights when it calls the layer if they are null."""
    build = spec.build_config if isinstance(spec.build_config, dict) else {}
    shapes = build.get("shapes_dict")
    for key in ("query_shape", "key_shape", "value_shape"):
        config[key] = shapes.get(key) if isinstance(shapes, dict) else None
    return "MultiHeadAttention"


def recurrent(spec: LayerSpec, config: Values, _tell: Tell) -> str:
    """Check constants, which only custom cells receive. Raises: Refused."""
    if config.pop("num_constants", None):
        raise Refused("Keras 3 does not support constants for cells")
    return spec.class_name


Special = Callable[[LayerSpec, Values, Tell], str]
# From Keras 0, 1, and 2 to Keras 3.
TO_KERAS3: dict[str, Special] = {
    "Lambda": lambda_,
    **dict.fromkeys(("BatchNormalization", "BatchNormalizationV1", "BatchNormalizationV2"), batch_normalization),
    "SyncBatchNormalization": sync_batch_normalization,
    "LayerNormalization": layer_normalization,
    **dict.fromkeys(RENAMED, new_names),
    "ThresholdedReLU": thresholded_relu,
    "Dense": dense,
    "Embedding": embedding,
    "Merge": merge,
    "TimeDistributedDense": time_distributed_dense,
    "SiameseHead": identity,
    "CuDNNGRU": cudnn_gru,
    "CuDNNLSTM": cudnn_lstm,
    "Deconvolution2D": deconvolution,
    "Deconv2D": deconvolution,
    "Activation": activation_layer,
    "Bidirectional": bidirectional,
    "RandomCrop": random_crop,
    **dict.fromkeys(("RNN", "LSTM", "GRU", "SimpleRNN"), recurrent),
}
# From Keras 0 and 1 to Keras 2, which has more of their classes.
KERAS1_TO_KERAS2 = {
    name: TO_KERAS3[name]
    for name in (
        "Lambda", "BatchNormalization", "Embedding", "Merge", "TimeDistributedDense", "SiameseHead", "Deconvolution2D",
        "Deconv2D", "Dense", "Activation",
    )
}  # fmt: skip
# From Keras 3 to Keras 2.
KERAS3_TO_KERAS2: dict[str, Special] = {
    "Lambda": lambda_,
    "MultiHeadAttention": multi_head_attention,
    "RandomCrop": random_crop,
    **dict.fromkeys(RENAMED, old_names),
}


def specials(dialect: Dialect, target: Target) -> dict[str, Special]:
    """Return the functions for classes that need more than tables."""
    if target.family == "keras3":
        return TO_KERAS3
    return KERAS3_TO_KERAS2 if dialect == "keras3" else KERAS1_TO_KERAS2
