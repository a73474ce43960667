"""Calls that tf.keras and Keras 3 compute differently: calls with `training`, and with integers."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.converting.checking import TensorContext
from lstmlint.converting.notes import Refused
from lstmlint.converting.target import Target
from lstmlint.layers.base import Layer
from lstmlint.model.spec import Call, Dialect

# Layers of tf.keras that raise an error for integers. Keras 3 casts them, on some backends at least.
NO_INTEGERS = frozenset({
    "Conv1D", "Conv2D", "Conv3D", "Conv1DTranspose", "Conv2DTranspose", "Conv3DTranspose",
    "SeparableConv1D", "SeparableConv2D", "DepthwiseConv1D", "DepthwiseConv2D",
    "AveragePooling1D", "AveragePooling2D", "AveragePooling3D", "MaxPooling3D",
    "EinsumDense", "GroupNormalization", "PReLU", "ELU", "Softmax", "Masking", "ActivityRegularization",
    "LSTM", "GRU", "SimpleRNN", "LSTMCell", "GRUCell", "SimpleRNNCell", "ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D",
    "Attention", "AdditiveAttention", "MultiHeadAttention",
})  # fmt: skip
# Layers of tf.keras that raise an error for bool only.
NO_BOOLS = frozenset({
    "MaxPooling1D", "MaxPooling2D", "GlobalMaxPooling1D", "GlobalMaxPooling2D", "GlobalMaxPooling3D", "UpSampling2D",
    "ReLU", "LeakyReLU",
})  # fmt: skip
# Activations of tf.keras that accept integers.
INTEGER_ACTIVATIONS = frozenset({"linear", "relu", "relu6", "leaky_relu"})
# What both generations compute of integers: in tf.keras, in Keras 3.
OTHER_VALUES = {
    **{
        f"GlobalAveragePooling{rank}D": ("an average without its fraction", "the average as float32")
        for rank in (1, 2, 3)
    },
    "LayerNormalization": ("with averages without their fractions", "with float32 averages"),
    "Resizing": ("float32 values", "rounded values"),
    "UpSampling2D": ("float32 values", "rounded values"),
}


def integer_change(layer: Layer, context: TensorContext, dialect: Dialect) -> str | None:
    """Return how the target computes a call with integers otherwise. dialect: that of the file.

    Raises: Refused if tf.keras raises an error for it.
    """
    dtypes = sorted(dtype for dtype in context.input_dtypes.get(id(layer), ()) if is_integer(dtype))
    if not dtypes:
        return None
    for one in (layer, *(layer.sublayers if layer.spec.model is None else ())):
        name = one.class_name
        activation = one.config.get("activation") if name == "Activation" else None
        accepted = {"linear"} if "bool" in dtypes else INTEGER_ACTIVATIONS
        refused = NO_INTEGERS | NO_BOOLS if "bool" in dtypes else NO_INTEGERS
        if dialect == "keras3" and (name in refused or (isinstance(activation, str) and activation not in accepted)):
            raise Refused(
                f"{name} of tf.keras raises an error for inputs of dtype {dtypes[0]}; cast them to float32 first"
            )
        if name == "UpSampling2D" and one.config.get("interpolation", "nearest") == "nearest":
            continue
        if name in OTHER_VALUES:
            old, new = OTHER_VALUES[name]
            return f"of {dtypes[0]} inputs, {name} computes {old} in tf.keras and {new} in Keras 3"
    return None


def is_integer(dtype: str) -> bool:
    """Check whether a dtype is one of integers or bool."""
    return dtype == "bool" or dtype.startswith(("int", "uint"))


def training_change(call: Call, layer: Layer, target: Target) -> str | None:
    """Return what a call with `training=True` of tf.keras changes in inference, where the target ignores it."""
    value = call.kwargs.get("training")
    if value is not True and value != 1:
        return None
    names = sorted({one.class_name for one in walk(layer) if acts_in_training(one)})
    if not names:
        return None
    return (
        f"its call has training=True, so {' and '.join(names)} of tf.keras acts as in training in predict(), too; in"
        f" {target.generation} it does not"
    )


def walk(layer: Layer) -> Iterator[Layer]:
    """Yield a layer and the layers in it."""
    yield layer
    for inner in layer.sublayers:
        yield from walk(inner)


def acts_in_training(layer: Layer) -> bool:
    """Check whether a layer computes other values in training than in inference."""
    if layer.class_name in ("BatchNormalization", "SyncBatchNormalization"):
        return layer.trainable
    return (
        (layer.facts.training_only and layer.config.get("rate") != 0)
        or layer.class_name == "SpectralNormalization"
        or any(layer.config.get(argument) for argument in ("dropout", "recurrent_dropout"))
    )
