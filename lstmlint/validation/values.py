"""Descriptions of JSON values. Each one gives a fast test and the equivalent JSON Schema."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

Schema = dict[str, Any]
TYPES: dict[str, type | tuple[type, ...]] = {
    "null": type(None), "boolean": bool, "string": str, "array": list, "object": dict, "integer": int, "number": (int, float),
}  # fmt: skip


class Value(NamedTuple):
    """A description of values. `accepts` and `schema` are equivalent, except that 2.0 is an integer in JSON Schema."""

    accepts: Callable[[Any], bool]
    schema: Schema


def of_type(*names: str) -> Value:
    """Return the values of some JSON types. A boolean counts as an integer or number only if it is named."""
    types = tuple(TYPES[name] for name in names)
    if "boolean" in names or not {"integer", "number"} & set(names):
        return Value(lambda value: isinstance(value, types), {"type": list(names)})
    return Value(lambda value: isinstance(value, types) and not isinstance(value, bool), {"type": list(names)})


def number(
    minimum: float | None = None, maximum: float | None = None, *, above: float | None = None, integer: bool = False,
    booleans: bool = True,
) -> Value:  # fmt: skip
    """Return numbers in a range. booleans: Python, and so Keras, reads true as 1 and false as 0."""
    low = -float("inf") if minimum is None else minimum
    high = float("inf") if maximum is None else maximum
    kinds: Any = int if integer else (int, float)

    def accepts(value: Any) -> bool:
        if not isinstance(value, kinds) or (not booleans and isinstance(value, bool)):
            return False
        size: float = value
        return low <= size <= high and (above is None or size > above)

    bounds = {"minimum": minimum, "maximum": maximum, "exclusiveMinimum": above}
    schema: Schema = {"type": "integer" if integer else "number"}
    schema |= {key: bound for key, bound in bounds.items() if bound is not None}
    allowed = [value for value in (True, False) if accepts(value)]
    return Value(accepts, {"anyOf": [schema, {"enum": allowed}]} if allowed else schema)


def integer(minimum: int | None = None, maximum: int | None = None, *, booleans: bool = True) -> Value:
    """Return integers in a range."""
    return number(minimum, maximum, integer=True, booleans=booleans)


def enum(*values: Any, any_case: bool = False) -> Value:
    """Return some scalars. any_case: whether words may be in upper or mixed case."""
    if not any_case:
        return Value(lambda value: value in values, {"enum": list(values)})
    words = [value for value in values if isinstance(value, str)]
    pattern = "^(" + "|".join("".join(f"[{c}{c.upper()}]" if c.isalpha() else c for c in word) for word in words) + ")$"
    return Value(
        lambda value: value in values or (isinstance(value, str) and value.lower() in values),
        {"anyOf": [{"enum": list(values)}, {"type": "string", "pattern": pattern}]},
    )


def text(pattern: str) -> Value:
    """Return strings that match a regular expression."""
    found = re.compile(pattern).search
    return Value(
        lambda value: isinstance(value, str) and found(value) is not None, {"type": "string", "pattern": pattern}
    )


def array(item: Value | None = None, *, min_items: int = 0) -> Value:
    """Return lists."""
    schema: Schema = {"type": "array"}
    if item is not None:
        schema["items"] = item.schema
    if min_items:
        schema["minItems"] = min_items

    def accepts(value: Any) -> bool:
        return isinstance(value, list) and len(value) >= min_items and (item is None or all(map(item.accepts, value)))

    return Value(accepts, schema)


def mapping(properties: Mapping[str, Value], *, required: bool = True, closed: bool = False) -> Value:
    """Return objects. required: whether every property must be there. closed: whether no others are allowed."""
    schema: Schema = {"type": "object", "properties": {name: value.schema for name, value in properties.items()}}
    if required and properties:
        schema["required"] = list(properties)
    if closed:
        schema["additionalProperties"] = False

    def accepts(value: Any) -> bool:
        if not isinstance(value, dict) or (closed and not value.keys() <= properties.keys()):
            return False
        if required and not properties.keys() <= value.keys():
            return False
        return all(known.accepts(value[name]) for name, known in properties.items() if name in value)

    return Value(accepts, schema)


def any_of(*parts: Value) -> Value:
    """Return the values of any of several descriptions."""
    tests = tuple(part.accepts for part in parts)
    if len(tests) == 2:
        first, second = tests
        return Value(lambda value: first(value) or second(value), {"anyOf": [part.schema for part in parts]})
    return Value(lambda value: any(test(value) for test in tests), {"anyOf": [part.schema for part in parts]})


def but(value: Value, *excluded: Value) -> Value:
    """Return the values of a description without those of others."""
    tests = tuple(part.accepts for part in excluded)
    return Value(
        lambda item: value.accepts(item) and not any(test(item) for test in tests),
        {"allOf": [value.schema, {"not": {"anyOf": [part.schema for part in excluded]}}]},
    )


NULL = of_type("null")
