"""Kinds of the arguments that the layers themselves judge, with the shapes at hand: for the schemas in schemas/.

`lstmlint.validation.arguments` checks what can be told from one value alone; a kernel size or an axis cannot. What
stands here is what such an argument looks like at all.
"""

from __future__ import annotations

from typing import Any

from lstmlint.model.spec import Dialect, LayerSpec
from lstmlint.validation import types
from lstmlint.validation.arguments import arguments_of
from lstmlint.validation.types import Kind, words


def _is_tuple(value: Any) -> bool:
    """A tuple as tf.keras writes it into JSON."""
    return isinstance(value, dict) and value.get("class_name") == "__tuple__"


TUPLE: types.Schema = {
    "type": "object",
    "required": ["class_name"],
    "properties": {"class_name": {"const": "__tuple__"}},
}


def integers(minimum: int | None, *, null: bool = False, inner_null: bool = False, alone: bool = True) -> Kind:
    """An integer, a list of integers, or (tf.keras) a tuple."""
    item: types.Schema = {"type": ["integer", "boolean", *(["null"] if inner_null else [])]}
    single: types.Schema = {"type": ["integer", "boolean"]}
    if minimum is not None:
        item = item | {"minimum": minimum}
        single = single | {"minimum": minimum}

    def fits(value: Any) -> bool:
        if value is None:
            return inner_null
        if isinstance(value, bool):
            return True
        return _integral(value) and (minimum is None or value >= minimum)

    def accepts(value: Any) -> bool:
        if value is None:
            return null
        if isinstance(value, list):
            return all(map(fits, value))
        return _is_tuple(value) or (alone and value is not None and fits(value))

    parts = [
        {"type": "array", "items": item},
        TUPLE,
        *([single] if alone else []),
        *([{"type": "null"}] if null else []),
    ]
    return Kind(accepts, "an integer or a list of them", {"anyOf": parts})


def _integral(value: Any) -> bool:
    """An integer as JSON Schema sees one: 2.0 is 2."""
    return isinstance(value, int) or (isinstance(value, float) and value.is_integer())


def _number_or_list(value: Any) -> bool:
    return value is None or isinstance(value, int | float | dict | list)


POSITIVE_INTEGERS = integers(1)
AXES = integers(None, null=True)
SHAPE = integers(None, null=True, inner_null=True, alone=False)
COUNT = Kind(
    lambda value: value is None or isinstance(value, bool) or (_integral(value) and value >= 1),
    "a positive integer",
    {"anyOf": [{"type": "integer", "minimum": 1}, {"type": ["boolean", "null"]}]},
)
NUMBER = Kind(
    lambda value: value is None or isinstance(value, int | float),
    "a number or null",
    {"type": ["number", "boolean", "null"]},
)
FACTOR = Kind(_number_or_list, "a number or a list of two", {"type": ["number", "boolean", "array", "object", "null"]})
TEXT = Kind(lambda value: value is None or isinstance(value, str), "a string", {"type": ["string", "null"]})
CROPPING = Kind(
    lambda value: isinstance(value, int | list) or _is_tuple(value) or _integral(value),
    "an integer, or lists of integers",
    {"anyOf": [{"type": ["integer", "boolean", "array"]}, TUPLE]},
)
CELL = Kind(
    lambda value: (
        isinstance(value, LayerSpec) or (isinstance(value, list) and all(isinstance(cell, LayerSpec) for cell in value))
    ),
    "a cell or a list of cells",
    {"anyOf": [{"$ref": "#/$defs/layer"}, {"type": "array", "items": {"$ref": "#/$defs/layer"}}]},
)

BY_NAME: dict[str, Kind] = {
    "kernel_size": POSITIVE_INTEGERS,
    "pool_size": POSITIVE_INTEGERS,
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
OF_LAYER: dict[tuple[str, str], Kind] = {
    ("Conv1D", "padding"): words("valid", "same", "causal", any_case=True),
    **{(f"Conv{rank}D", "padding"): PADDING for rank in (2, 3)},
    **{(f"{kind}Pooling{rank}D", "padding"): PADDING for kind in ("Max", "Average") for rank in (1, 2, 3)},
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
# Layers whose arguments of these names are something else.
OTHERWISE = frozenset(
    {
        ("RandomHeight", "height"), ("RandomWidth", "width"), ("Discretization", "num_bins"), ("Hashing", "mask_value"),
        ("HashedCrossing", "num_bins"), ("RandomGaussianBlur", "kernel_size"),
    }
)  # fmt: skip


def described(class_name: str, dialect: Dialect) -> dict[str, Kind]:
    """The kind of every argument of a class of which anything can be said."""
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
