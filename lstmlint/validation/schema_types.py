"""Types of the arguments that layers check themselves, when they know the shapes. They are used for schemas/ only.

`lstmlint.validation.arguments` checks what a single value decides; a kernel size or an axis also depends on shapes.
"""

from __future__ import annotations

from lstmlint.model.spec import Dialect
from lstmlint.validation.arguments import arguments_of
from lstmlint.validation.types import ONE_LAYER, Kind, kind, words
from lstmlint.validation.values import NULL, Value, any_of, array, enum, mapping, number, of_type

# A tuple as tf.keras writes it into JSON.
TUPLE = mapping({"class_name": enum("__tuple__")})
BOOLEAN = of_type("boolean")


def whole(minimum: int | None) -> Value:
    """Return integers of at least `minimum`; 2.0 is one, as in JSON Schema."""
    schema = {"type": "integer"} if minimum is None else {"type": "integer", "minimum": minimum}
    return Value(
        lambda value: (
            (type(value) is int or (type(value) is float and value.is_integer()))
            and (minimum is None or value >= minimum)
        ),
        schema,
    )


def integers(minimum: int | None, *, null: bool = False, inner_null: bool = False, alone: bool = True) -> Kind:
    """Return the type of an integer, a list of integers, or a tuple of tf.keras."""
    one = any_of(whole(minimum), BOOLEAN)
    item = any_of(one, NULL) if inner_null else one
    parts = [array(item), TUPLE, *([one] if alone else []), *([NULL] if null else [])]
    return kind(any_of(*parts), "an integer or a list of them")


POSITIVE_INTEGERS = integers(1)
AXES = integers(None, null=True)
# Keras only checks that int() takes them, so layers with fractions load.
POOL_SIZE = kind(any_of(number(1), array(number(1)), TUPLE), "an integer or a list of them")
SHAPE = integers(None, null=True, inner_null=True, alone=False)
COUNT = kind(any_of(whole(1), BOOLEAN, NULL), "a positive integer")
NUMBER = kind(of_type("number", "boolean", "null"), "a number or null")
FACTOR = kind(of_type("number", "boolean", "array", "object", "null"), "a number or a list of two")
TEXT = kind(of_type("string", "null"), "a string")
CROPPING = kind(any_of(whole(None), of_type("boolean", "array"), TUPLE), "an integer, or lists of integers")
CELL = kind(any_of(ONE_LAYER, array(ONE_LAYER)), "a cell or a list of cells")

BY_NAME: dict[str, Kind] = {
    "kernel_size": POSITIVE_INTEGERS,
    "pool_size": POOL_SIZE,
    "dilation_rate": POSITIVE_INTEGERS,
    "strides": integers(1, null=True),
    "output_padding": integers(0, null=True, inner_null=True),
    "data_format": words("channels_last", "channels_first", None, any_case=True),
    "target_shape": SHAPE,
    "batch_shape": SHAPE,
    "shape": SHAPE,
    "dims": SHAPE,
    "axis": AXES,
    "shared_axes": AXES,
    "n": COUNT,
    "groups": integers(None),
    "depth_multiplier": COUNT,
    "num_heads": COUNT,
    "key_dim": COUNT,
    "value_dim": COUNT,
    "head_dim": COUNT,
    "num_query_heads": COUNT,
    "num_key_value_heads": COUNT,
    "num_tokens": COUNT,
    "num_bins": COUNT,
    "output_dim": COUNT,
    "input_dim": COUNT,
    "height": COUNT,
    "width": COUNT,
    "equation": TEXT,
    "bias_axes": TEXT,
    "merge_mode": words("concat", "sum", "mul", "ave", None),
    "mask_value": NUMBER,
    "momentum": NUMBER,
    "epsilon": NUMBER,
    "alpha": FACTOR,
    "negative_slope": NUMBER,
    "max_value": NUMBER,
    "stddev": NUMBER,
    "l1": NUMBER,
    "l2": NUMBER,
    "cropping": CROPPING,
    "cell": CELL,
}
PADDING = words("valid", "same", any_case=True)
CAUSAL_PADDING = words("valid", "same", "causal", any_case=True)
OF_LAYER: dict[tuple[str, str], Kind] = {
    **{
        (f"{kind}{rank}D{transpose}", "padding"): PADDING
        for kind in (
            "Conv",
            "Convolution",
            "ConvLSTM",
            "DepthwiseConv",
            "LocallyConnected",
            "MaxPooling",
            "MaxPool",
            "AveragePooling",
            "AvgPool",
            "SeparableConv",
            "SeparableConvolution",
        )
        for rank in (1, 2, 3)
        for transpose in ("", "Transpose")
    },
    **{
        (f"{kind}1D", "padding"): CAUSAL_PADDING
        for kind in ("Conv", "Convolution", "SeparableConv", "SeparableConvolution")
    },
    **{(f"ZeroPadding{rank}D", "padding"): CROPPING for rank in (1, 2, 3)},
    ("UpSampling1D", "size"): POSITIVE_INTEGERS,
    ("UpSampling2D", "size"): POSITIVE_INTEGERS,
    ("UpSampling3D", "size"): POSITIVE_INTEGERS,
    ("UpSampling2D", "interpolation"): words("bicubic", "bilinear", "lanczos3", "lanczos5", "nearest", any_case=True),
    ("CategoryEncoding", "output_mode"): words("one_hot", "multi_hot", "count"),
    ("RandomFlip", "mode"): words("horizontal", "vertical", "horizontal_and_vertical"),
    ("Attention", "score_mode"): words("dot", "concat"),
    ("Dot", "axes"): AXES,
}
# Layers whose arguments of these names mean something else.
OTHERWISE = frozenset(
    {
        ("RandomHeight", "height"), ("RandomWidth", "width"), ("Discretization", "num_bins"), ("Hashing", "mask_value"),
        ("HashedCrossing", "num_bins"), ("RandomGaussianBlur", "kernel_size"),
    }
)  # fmt: skip


def described(class_name: str, dialect: Dialect) -> dict[str, Kind]:
    """Return the types of the arguments of a class, as far as they are restricted."""
    arguments = arguments_of(class_name, dialect)
    if arguments is None:
        return {}
    found = dict(arguments.kinds)
    for argument in sorted(arguments.accepted):
        if argument in found or (class_name, argument) in OTHERWISE:
            continue
        kind = OF_LAYER.get((class_name, argument)) or BY_NAME.get(argument)
        if kind is not None:
            found[argument] = kind
    return found
