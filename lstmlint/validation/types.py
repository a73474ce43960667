"""The types of arguments: a description of the values, and words for messages.

A soft type is one that Keras itself does not check: another value loads, and is a warning.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from lstmlint.layers.weights import as_count
from lstmlint.model.spec import LayerSpec
from lstmlint.validation import serialized
from lstmlint.validation.serialized import Takes, Wrong
from lstmlint.validation.values import (
    NULL,
    Schema,
    Value,
    any_of,
    array,
    but,
    enum,
    integer,
    mapping,
    number,
    of_type,
    text,
)


@dataclass(frozen=True, slots=True)
class Kind:
    """A type of arguments.

    accepts, schema: the description of its values.
    wants: the type in words, after "Set it to".
    names: words to suggest.
    explain: what is wrong with an object.
    soft: whether Keras ignores the value.
    custom: whether names may be those of custom objects.
    loads: which other values Keras accepts.
    """

    accepts: Callable[[Any], bool]
    wants: str
    schema: Schema
    names: tuple[str, ...] = ()
    explain: Callable[[Any], Wrong | None] | None = None
    soft: bool = False
    custom: bool = False
    loads: Callable[[Any], bool] | None = None

    def is_soft(self, value: Any) -> bool:
        """Return whether Keras accepts a value that is not of this type."""
        return self.soft or (self.loads is not None and self.loads(value))


def kind(value: Value, wants: str, **more: Any) -> Kind:
    """Return the type of the values of a description."""
    return Kind(value.accepts, wants, value.schema, **more)


def words(*allowed: Any, any_case: bool = False) -> Kind:
    """Return the type of a few words. any_case: whether Keras ignores case."""
    shown = ", ".join("null" if word is None else f'"{word}"' for word in allowed)
    names = tuple(word for word in allowed if isinstance(word, str))
    return kind(enum(*allowed, any_case=any_case), f"one of {shown}", names=names)


def _object_schema(known: Takes, old: bool) -> Schema:
    """Return the schema of a serialized object: a class with arguments that it accepts, or a custom class.

    old: whether it is an object of Keras 2, which has no modules and does not check values.
    """
    groups: dict[tuple[str, ...], list[str]] = {}
    for name, takes in known.items():
        groups.setdefault(takes, []).append(name)
    branches: list[Schema] = []
    for takes, names in groups.items():
        checks = {} if old or "factor" in takes else serialized.CHECKS
        arguments = {key: any_of(checks[key].value, NULL).schema if key in checks else {} for key in takes}
        config: Schema = {
            "type": "object" if old else ["object", "null"], "properties": arguments, "additionalProperties": False,
        }  # fmt: skip
        branch: Schema = {"class_name": {"enum": names}, "config": config}
        if not old:
            branch["module"] = {"not": {"type": "null"}}
        branches.append({"properties": branch})
    foreign: Schema = {"properties": {"class_name": {"not": {"enum": sorted(known)}}}}
    schema: Schema = {"type": "object", "required": ["class_name"], "properties": {"class_name": {"type": "string"}}}
    if old:
        schema |= {"if": {"not": {"required": ["module"]}}, "then": {"required": ["config"]}}
    else:
        foreign["properties"]["module"] = {"type": ["string", "null"], "not": {"pattern": r"^keras(\.|$)"}}
        foreign["required"] = ["module"]
    return {**schema, "anyOf": [*branches, foreign]}


def _object(known: Takes, what: str, old: bool = False) -> Kind:
    """Return the type of initializers and similar objects.

    old: whether they are objects of Keras 2, which finds custom ones by their class only and refuses a null config.
    """
    wrong_with = serialized.wrong_old if old else serialized.wrong_with
    # In Keras 3, a name alone has no arguments.
    names = tuple(name for name, takes in known.items() if old or takes != ("value",))

    def accepts(value: Any) -> bool:
        if isinstance(value, str):
            return value in names
        return value is None or (isinstance(value, dict) and wrong_with(value, known, what) is None)

    def explain(value: Any) -> Wrong | None:
        return wrong_with(value, known, what) if isinstance(value, dict) else None

    article = "an" if what == "initializer" else "a"
    wants = f"the name of {article} {what}, null, or an object with class_name and config"
    schema = {"anyOf": [{"enum": [*sorted(names), None]}, _object_schema(known, old)]}
    return Kind(accepts, wants, schema, names, explain, custom=True)


def _accepts_old_activation(value: Any) -> bool:
    if isinstance(value, str):
        return value in serialized.OLD_ACTIVATIONS
    if value is None:
        return True
    if not (isinstance(value, dict) and "class_name" in value and "config" in value):
        return False
    return serialized.wrong_old_activation(value) is None


def _explain_old_activation(value: Any) -> Wrong | None:
    if isinstance(value, dict) and not {"class_name", "config"} <= value.keys() and "value" not in value:
        return None
    return serialized.wrong_old_activation(value) if isinstance(value, str | dict) else None


def _accepts_activation(value: Any) -> bool:
    if isinstance(value, str):
        return value in serialized.ACTIVATIONS
    return value is None or (isinstance(value, dict) and serialized.wrong_activation(value) is None)


def _explain_activation(value: Any) -> Wrong | None:
    return serialized.wrong_activation(value) if isinstance(value, dict) else None


def _explain_function(value: Any) -> Wrong | None:
    name = serialized.function_name(value)
    return None if name is None else serialized.custom_object(name)


def without(*classes: str) -> Kind:
    """Return the type of initializers without some classes, which cannot fill the shape."""
    known = {name: takes for name, takes in serialized.INITIALIZERS.items() if not _same(name, classes)}
    return _object(known, "initializer")


def old_without(every: Kind, *classes: str) -> Kind:
    """Return the type of Keras 2's initializers without some classes. Other classes may be custom."""
    left_out = [name for name in serialized.OLD_INITIALIZERS if _same(name, classes)]

    def name_of(value: Any) -> Any:
        return value.get("class_name") if isinstance(value, dict) else value

    def explain(value: Any) -> Wrong | None:
        name = name_of(value)
        if isinstance(name, str) and name in left_out:
            return Wrong(f"{name} can only initialize matrices", 'Set it to "zeros", for instance.')
        return every.explain(value) if every.explain else None

    excluded = enum(*left_out), mapping({"class_name": enum(*left_out)})
    value = but(Value(every.accepts, every.schema), *excluded)
    names = tuple(name for name in every.names if name not in left_out)
    return kind(value, every.wants, names=names, explain=explain, custom=True)


def _same(name: str, classes: tuple[str, ...]) -> bool:
    plain = name.replace("_", "").lower().removesuffix("initializer")
    return plain in {cls.lower() for cls in classes}


# Numbers ----------------------------------------------------------------------------------------------

POSITIVE = kind(integer(1), "a positive integer")
STRICTLY_POSITIVE = kind(integer(1, booleans=False), "a positive integer")
COUNT = replace(STRICTLY_POSITIVE, loads=lambda value: as_count(value) is not None)
FILTERS = replace(POSITIVE, loads=lambda value: isinstance(value, float) and value >= 1)
NATURAL = kind(integer(0, booleans=False), "an integer of at least 0")
NUMBER = kind(of_type("number", "boolean"), "a number")
SOFT_NUMBER = kind(of_type("number", "boolean", "null"), "a number", soft=True)
RATE = kind(number(0, 1), "a number from 0 to 1")
BOOLEAN = kind(enum(True, False, None, 0, 1), "true or false", soft=True)
SEED = kind(serialized.SEED, "an integer from 0 to 4294967295, or null")
OLD_SEED = kind(of_type("integer", "boolean", "null", "object"), "an integer or null", soft=True)
OLD_RATE = replace(RATE, loads=lambda value: not isinstance(value, int | float))
SOFT_RATE = replace(RATE, soft=True)
RNG_TYPE = words("stateless", "stateful", "legacy_stateful", None)
INTEGERS = kind(
    any_of(NULL, array(any_of(integer(1, booleans=False), NULL)), mapping({}, closed=True)),
    "null, or a list of positive integers and nulls",
)

# Objects ----------------------------------------------------------------------------------------------

ACTIVATION = Kind(
    _accepts_activation, "the name of an activation, null, or an object with class_name and config",
    {
        "anyOf": [
            {"enum": [*sorted(serialized.ACTIVATIONS), None]},
            {
                "type": "object", "required": ["module", "class_name", "config"],
                "properties": {"module": {"type": "string", "minLength": 1}, "class_name": {"type": "string"}},
            },
        ]
    },
    tuple(serialized.ACTIVATIONS), _explain_activation, custom=True,
)  # fmt: skip
INITIALIZER = _object(serialized.INITIALIZERS, "initializer")
REGULARIZER = _object(serialized.REGULARIZERS, "regularizer")
CONSTRAINT = _object(serialized.CONSTRAINTS, "constraint")
OLD_ACTIVATION = Kind(
    _accepts_old_activation, ACTIVATION.wants,
    {
        "anyOf": [
            {"enum": [*sorted(serialized.OLD_ACTIVATIONS), None]}, {"type": "object", "required": ["class_name", "config"]},
        ]
    },
    tuple(serialized.OLD_ACTIVATIONS), _explain_old_activation, custom=True,
)  # fmt: skip
OLD_INITIALIZER = _object(serialized.OLD_INITIALIZERS, "initializer", old=True)
OLD_REGULARIZER = _object(serialized.OLD_REGULARIZERS, "regularizer", old=True)
OLD_CONSTRAINT = _object(serialized.OLD_CONSTRAINTS, "constraint", old=True)
# Vectors cannot be orthogonal or identities, nor can kernels with more than two dimensions be identities.
VECTOR_INITIALIZER = without("Orthogonal", "Identity", "STFT")
TENSOR_INITIALIZER = without("Identity")
NEEDED_VECTOR_INITIALIZER = kind(
    but(Value(VECTOR_INITIALIZER.accepts, VECTOR_INITIALIZER.schema), NULL),
    "the name of an initializer, or an object with class_name and config",
    names=VECTOR_INITIALIZER.names, explain=VECTOR_INITIALIZER.explain, custom=True,
)  # fmt: skip
OLD_VECTOR_INITIALIZER = old_without(OLD_INITIALIZER, "Orthogonal", "Identity")
OLD_TENSOR_INITIALIZER = old_without(OLD_INITIALIZER, "Identity")
# Keras finds the function of a Lambda by name only among custom objects. Code is the business of a rule.
FUNCTION = Kind(
    lambda value: serialized.function_name(value) is None,
    "a function",
    {"not": {"type": "string", "pattern": "^[A-Za-z_][A-Za-z0-9_]*$"}},
    explain=_explain_function,
    custom=True,
)
ONE_LAYER = Value(lambda value: isinstance(value, LayerSpec), {"$ref": "#/$defs/layer"})
LAYER = kind(ONE_LAYER, "a layer")
OPTIONAL_LAYER = kind(any_of(NULL, ONE_LAYER), "a layer or null")
NO_WEIGHTS = kind(any_of(NULL, array(array(), min_items=1)), "null, or a list of arrays")
QUANTIZATION = kind(
    any_of(NULL, mapping({"class_name": text("QuantizationConfig$")})),
    "null, or an object such as Int8QuantizationConfig",
    soft=True,
)
