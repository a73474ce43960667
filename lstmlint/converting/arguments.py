"""What a layer's config says, in Keras 3's words: which class it is now, and its arguments.

Where the two Keras have other defaults, the old one is written out. An argument that Keras 3 has no more may go
only while it says nothing: at its default, or where it never entered what the layer computes.
"""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from functools import lru_cache
from typing import Any

from lstmlint import layers as registry
from lstmlint.converting.notes import Refused
from lstmlint.converting.values import activation, is_activation, shown, value_of
from lstmlint.layers.weights import as_count
from lstmlint.model.spec import Dialect, LayerSpec
from lstmlint.signatures.keras3 import REQUIRED, SIGNATURES
from lstmlint.validation.arguments import CLOSED

Values = dict[str, Any]
# Tells of a change that keeps counts and shapes: a clause without a subject.
Tell = Callable[[str], None]

# How something is computed, or where; never what.
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
GONE = "Keras 3 no longer has {}"


@lru_cache(maxsize=256)
def signature(class_name: str, dialect: Dialect) -> Values:
    """The arguments of a class with the defaults of the dialect."""
    return registry.signature(class_name, dialect) or {}


def translate(spec: LayerSpec, dialect: Dialect, tell: Tell) -> tuple[str, Values]:
    """(class, arguments) of a layer of Keras 0, 1 or 2 in Keras 3. Layers inside stay LayerSpecs.

    Raises: Refused, where Keras 3 has nothing that is the same.
    """
    if ">" in spec.written_class and spec.written_class.partition(">")[0] != "Keras":
        raise Refused(f"{spec.written_class!r} is a custom class, which Keras loads only with its code")
    old = signature(spec.class_name, dialect)
    config = {**spec.config}
    special = SPECIAL.get(spec.class_name)
    name = spec.class_name if special is None else special(spec, config, tell)
    known = SIGNATURES.get(name)
    if known is None:
        raise Refused(GONE.format(spec.written_class or name))
    silent = SILENT | SILENT_OF.get(name, frozenset())
    new: Values = {}
    for argument, value in config.items():
        if argument in silent:
            continue
        if argument in known or (argument == "activity_regularizer" and value is not None and name not in CLOSED):
            new[argument] = argument_value(argument, value, tell)
        elif value is not None and value is not False and value != old.get(argument):
            raise Refused(f"Keras 3 has no equivalent of {argument}={shown(value)} of {spec.class_name}")
    for argument, default in old.items():
        if argument not in known or argument in config or argument in silent or default is REQUIRED:
            continue
        if default != known[argument]:
            new[argument] = argument_value(argument, default, tell)
    return name, new


def argument_value(argument: str, value: Any, tell: Tell) -> Any:
    """The value of an argument in Keras 3's form. Raises: Refused."""
    if not is_activation(argument):
        return value_of(argument, value)
    if isinstance(value, LayerSpec):
        return value
    if value == "hard_sigmoid":
        tell(f"{argument} hard_sigmoid is another line in Keras 3: x/6 + 0.5 instead of 0.2·x + 0.5, cut at 0 and 1")
    return activation(value)


# Classes that need more than tables ---------------------------------------------------------------------------


def lambda_(_spec: LayerSpec, _config: Values, _tell: Tell) -> str:
    """Raises: Refused."""
    raise Refused("a Lambda's Python code cannot be carried over, and Keras 3 refuses to load such code unasked")


def batch_normalization(spec: LayerSpec, config: Values, tell: Tell) -> str:
    """The axis is a number now. Modes 1 and 2 of Keras 1 normalized by the batch at hand."""
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
    """An argument of BatchNormalization now."""
    config["synchronized"] = True
    return batch_normalization(spec, config, tell)


def layer_normalization(_spec: LayerSpec, config: Values, tell: Tell) -> str:
    """Keras 3 sorts the axes, and its weights with them."""
    axis = config.get("axis")
    if isinstance(axis, list) and all(isinstance(one, int) for one in axis) and axis != sorted(axis):
        tell(f"axis {axis} is sorted by Keras 3: the same sizes, but stored weights have to be reshaped")
    return "LayerNormalization"


def dense(_spec: LayerSpec, config: Values, _tell: Tell) -> str:
    """Keras 2 handed its units to `int`."""
    units = as_count(config.get("units"))
    if units is not None:
        config["units"] = units
    return "Dense"


def leaky_relu(_spec: LayerSpec, config: Values, _tell: Tell) -> str:
    """alpha is called negative_slope; both are 0.3 by default."""
    if "alpha" in config:
        config["negative_slope"] = config.pop("alpha")
    return "LeakyReLU"


def thresholded_relu(_spec: LayerSpec, config: Values, _tell: Tell) -> str:
    """What is not above the threshold becomes 0, as ReLU does it now."""
    config["threshold"] = config.pop("theta", 1.0)
    return "ReLU"


def embedding(spec: LayerSpec, config: Values, tell: Tell) -> str:
    """input_length declared the input, which an InputLayer does now."""
    config.pop("input_length", None)
    written = spec.raw.get("config", spec.raw)
    dropout = written.get("dropout") if isinstance(written, dict) and spec.written_class == "Embedding" else None
    if dropout:
        tell(f"dropout={shown(dropout)} of Keras 1's Embedding does not exist in Keras 3, so training drops no words")
    return "Embedding"


def merge(spec: LayerSpec, config: Values, _tell: Tell) -> str:
    """One class for each mode. Raises: Refused for functions, and for products over several axes."""
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
    """TimeDistributed around a Dense."""
    inner = {key: value for key, value in config.items() if key != "layer"}
    config.clear()
    config["layer"] = LayerSpec(
        f"{spec.name}_dense", "Dense", inner, spec.pointer, "Dense", trainable=spec.trainable, dtype=spec.dtype
    )
    return "TimeDistributed"


def identity(_spec: LayerSpec, config: Values, _tell: Tell) -> str:
    """A layer that gives what it gets."""
    config.clear()
    return "Identity"


def cudnn_gru(_spec: LayerSpec, config: Values, tell: Tell) -> str:
    """The same function as GRU with reset_after; cuDNN kept its weights in another order."""
    config |= {"reset_after": True, "activation": "tanh", "recurrent_activation": "sigmoid"}
    tell("CuDNNGRU becomes a GRU with reset_after: the same sizes, but stored weights have to be rearranged")
    return "GRU"


def cudnn_lstm(_spec: LayerSpec, _config: Values, _tell: Tell) -> str:
    """Raises: Refused."""
    raise Refused("Keras 3 has no CuDNNLSTM, and its LSTM has one bias vector where CuDNNLSTM has two")


def deconvolution(_spec: LayerSpec, config: Values, _tell: Tell) -> str:
    """The output shape follows from the others now; where it does not, the check at the end refuses."""
    config.pop("output_shape", None)
    return "Conv2DTranspose"


def activation_layer(_spec: LayerSpec, config: Values, _tell: Tell) -> str:
    """Keras 3 wants a name, Keras 2 took null for linear."""
    if config.get("activation") is None:
        config["activation"] = "linear"
    return "Activation"


def bidirectional(_spec: LayerSpec, config: Values, _tell: Tell) -> str:
    """Keras 2 turns the second direction round, Keras 3 lets it go backwards: the same, unless the first one does."""
    inner = config.get("layer")
    if isinstance(inner, LayerSpec) and inner.config.get("go_backwards") and config.get("backward_layer") is None:
        back = copy(inner)
        back.name, back.config = f"backward_{inner.name}", {**inner.config, "go_backwards": False}
        config["backward_layer"] = back
    return "Bidirectional"


def recurrent(spec: LayerSpec, config: Values, _tell: Tell) -> str:
    """Constants reach only cells that somebody wrote. Raises: Refused."""
    if config.pop("num_constants", None):
        raise Refused("Keras 3 does not support constants for cells")
    return spec.class_name


SPECIAL: dict[str, Callable[[LayerSpec, Values, Tell], str]] = {
    "Lambda": lambda_,
    **dict.fromkeys(("BatchNormalization", "BatchNormalizationV1", "BatchNormalizationV2"), batch_normalization),
    "SyncBatchNormalization": sync_batch_normalization,
    "LayerNormalization": layer_normalization,
    "LeakyReLU": leaky_relu,
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
    **dict.fromkeys(("RNN", "LSTM", "GRU", "SimpleRNN"), recurrent),
}
