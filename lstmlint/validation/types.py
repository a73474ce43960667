"""Kinds of values that arguments take: a fast test, the kind in words, and the same as a JSON Schema.

`accepts` and `schema` say the same; a test compares them. A soft kind is one that Keras itself does not look at:
what is not of it loads, and is a warning.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from lstmlint.layers.weights import as_count
from lstmlint.model.spec import LayerSpec
from lstmlint.validation import serialized
from lstmlint.validation.serialized import Takes, Wrong

Schema = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of value.

    wants: in words, after "Set it to". names: the words to suggest one of. explain: what is wrong with an object.
    soft: Keras ignores it. loads: which of the values that are not of the kind Keras takes all the same.
    custom: names may be those of custom serialized.
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
        """Whether Keras takes a value that is not of this kind."""
        return self.soft or (self.loads is not None and self.loads(value))


def is_integer(value: Any) -> bool:
    """An int that is no bool."""
    return type(value) is int


def _number(value: Any) -> bool:
    return isinstance(value, int | float)


def _any_case(word: str) -> str:
    return "".join(f"[{c}{c.upper()}]" if c.isalpha() else c for c in word)


def words(*allowed: Any, any_case: bool = False) -> Kind:
    """One of a few values; `any_case` where Keras does not mind capitals."""
    shown = ", ".join("null" if word is None else f'"{word}"' for word in allowed)
    names = tuple(word for word in allowed if isinstance(word, str))
    if not any_case:
        return Kind(lambda value: value in allowed, f"one of {shown}", {"enum": list(allowed)}, names)

    def accepts(value: Any) -> bool:
        return value in allowed or (isinstance(value, str) and value.lower() in allowed)

    pattern = "^(" + "|".join(_any_case(word) for word in names) + ")$"
    return Kind(
        accepts, f"one of {shown}", {"anyOf": [{"enum": list(allowed)}, {"type": "string", "pattern": pattern}]}, names
    )


def _object_schema(known: Takes) -> Schema:
    """A serialized object: a class, and of its config the arguments that the class takes."""
    groups: dict[tuple[str, ...], list[str]] = {}
    for name, takes in known.items():
        groups.setdefault(takes, []).append(name)
    foreign = {"type": ["string", "null"], "not": {"pattern": r"^keras(\.|$)"}}
    return {
        "type": "object",
        "required": ["class_name"],
        "properties": {"class_name": {"type": "string"}},
        "anyOf": [
            {
                "properties": {
                    "class_name": {"enum": names},
                    "module": {"type": ["string", "number", "boolean", "array", "object"]},
                    "config": {
                        "type": ["object", "null"],
                        "properties": {key: CHECKED.get(key, {}) if "factor" not in takes else {} for key in takes},
                        "additionalProperties": False,
                    },
                }
            }
            for takes, names in groups.items()
        ]
        + [{"properties": {"class_name": {"not": {"enum": sorted(known)}}, "module": foreign}, "required": ["module"]}],
    }  # fmt: skip


def _old_object_schema(known: Takes) -> Schema:
    """The same of Keras 2, which has no modules."""
    groups: dict[tuple[str, ...], list[str]] = {}
    for name, takes in known.items():
        groups.setdefault(takes, []).append(name)
    return {
        "type": "object",
        "required": ["class_name"],
        "if": {"not": {"required": ["module"]}},
        "then": {"required": ["config"]},
        "properties": {"class_name": {"type": "string"}},
        "anyOf": [
            {
                "properties": {
                    "class_name": {"enum": names},
                    "config": {
                        "type": "object",
                        "properties": {key: {} for key in takes},
                        "additionalProperties": False,
                    },
                }
            }
            for takes, names in groups.items()
        ]
        + [{"properties": {"class_name": {"not": {"enum": sorted(known)}}}}],
    }


CHECKED: dict[str, Schema] = {
    "seed": {
        "anyOf": [
            {"type": ["null", "boolean"]}, {"type": "integer", "minimum": 0, "maximum": 4294967295},
            {"type": "object", "required": ["class_name"]},
        ]
    },
    **{name: {"type": ["number", "boolean", "null"]} for name in ("gain", "mean", "stddev", "minval", "maxval")},
    "scale": {"anyOf": [{"type": "number", "exclusiveMinimum": 0}, {"enum": [True, None]}]},
    "mode": {"enum": [*serialized.MODES, None]},
    "distribution": {
        "anyOf": [
            {"enum": [*serialized.DISTRIBUTIONS, None]},
            {"type": "string", "pattern": "^(" + "|".join(map(_any_case, serialized.DISTRIBUTIONS)) + ")$"},
        ]
    },
    "l1": {"anyOf": [{"type": "number", "minimum": 0}, {"type": ["boolean", "null"]}]},
    "l2": {"anyOf": [{"type": "number", "minimum": 0}, {"type": ["boolean", "null"]}]},
}  # fmt: skip


def _named(known: Takes, what: str) -> Kind:
    names = tuple(name for name, takes in known.items() if takes != ("value",))  # a name alone has no arguments

    def accepts(value: Any) -> bool:
        if isinstance(value, str):
            return value in names
        return value is None or (isinstance(value, dict) and serialized.wrong_with(value, known, what) is None)

    def explain(value: Any) -> Wrong | None:
        return serialized.wrong_with(value, known, what) if isinstance(value, dict) else None

    article = "an" if what == "initializer" else "a"
    return Kind(
        accepts, f"the name of {article} {what}, null, or an object with class_name and config",
        {"anyOf": [{"enum": [*sorted(names), None]}, _object_schema(known)]}, names, explain, custom=True,
    )  # fmt: skip


def _old(known: Takes, what: str) -> Kind:
    """The same for Keras 2, which has other objects, knows custom ones by their class alone, and takes no null for a
    config.
    """

    def accepts(value: Any) -> bool:
        if isinstance(value, str):
            return value in known
        return value is None or (isinstance(value, dict) and serialized.wrong_old(value, known, what) is None)

    def explain(value: Any) -> Wrong | None:
        return serialized.wrong_old(value, known, what) if isinstance(value, dict) else None

    article = "an" if what == "initializer" else "a"
    schema = {"anyOf": [{"enum": [*sorted(known), None]}, _old_object_schema(known)]}
    wants = f"the name of {article} {what}, null, or an object with class_name and config"
    return Kind(accepts, wants, schema, tuple(known), explain, custom=True)


def _accepts_old_activation(value: Any) -> bool:
    if isinstance(value, str):
        return value in serialized.OLD_ACTIVATIONS
    if value is None:
        return True
    if not (isinstance(value, dict) and "class_name" in value and "config" in value):
        return False
    return serialized.wrong_old_activation(value) is None


def _explain_old_activation(value: Any) -> Wrong | None:
    named = isinstance(value, str) or (isinstance(value, dict) and "class_name" in value and "config" in value)
    return serialized.wrong_old_activation(value) if named else None


def _accepts_activation(value: Any) -> bool:
    if isinstance(value, str):
        return value in serialized.ACTIVATIONS
    return value is None or (isinstance(value, dict) and serialized.wrong_activation(value) is None)


def _explain_activation(value: Any) -> Wrong | None:
    return serialized.wrong_activation(value) if isinstance(value, dict) else None


def without(kind: Kind, *classes: str) -> Kind:
    """An initializer kind without some classes, that do not fill the shape in question."""
    known = {name: takes for name, takes in serialized.INITIALIZERS.items() if not _same(name, classes)}
    made = _named(known, "initializer")
    return Kind(made.accepts, made.wants, made.schema, made.names, made.explain, custom=True)


def old_without(every: Kind, *classes: str) -> Kind:
    """The same of the initializers of Keras 2, whose other classes may be custom ones."""
    left_out = [name for name in serialized.OLD_INITIALIZERS if _same(name, classes)]

    def name_of(value: Any) -> Any:
        return value.get("class_name") if isinstance(value, dict) else value

    def explain(value: Any) -> Wrong | None:
        name = name_of(value)
        if isinstance(name, str) and name in left_out:
            return Wrong(f"{name} fills matrices, and nothing of another rank", 'Set it to "zeros", for instance.')
        return every.explain(value) if every.explain else None

    named = {"type": "object", "properties": {"class_name": {"enum": left_out}}, "required": ["class_name"]}
    return Kind(
        lambda value: every.accepts(value) and name_of(value) not in left_out,
        every.wants,
        {"allOf": [every.schema, {"not": {"anyOf": [{"enum": left_out}, named]}}]},
        tuple(name for name in every.names if name not in left_out),
        explain,
        custom=True,
    )


def _same(name: str, classes: tuple[str, ...]) -> bool:
    plain = name.replace("_", "").lower().removesuffix("initializer")
    return plain in {cls.lower() for cls in classes}


# Numbers ----------------------------------------------------------------------------------------------

POSITIVE = Kind(
    lambda value: isinstance(value, int) and value > 0, "a positive integer",
    {"anyOf": [{"type": "integer", "minimum": 1}, {"const": True}]},
)  # fmt: skip
STRICTLY_POSITIVE = Kind(
    lambda value: type(value) is int and value > 0, "a positive integer", {"type": "integer", "minimum": 1}
)
COUNT = Kind(
    STRICTLY_POSITIVE.accepts, STRICTLY_POSITIVE.wants, STRICTLY_POSITIVE.schema,
    loads=lambda value: as_count(value) is not None,
)  # fmt: skip
NATURAL = Kind(
    lambda value: type(value) is int and value >= 0,
    "an integer that is not negative",
    {"type": "integer", "minimum": 0},
)
NUMBER = Kind(_number, "a number", {"type": ["number", "boolean"]})
SOFT_NUMBER = Kind(
    lambda value: value is None or _number(value), "a number", {"type": ["number", "boolean", "null"]}, soft=True
)
RATE = Kind(
    lambda value: _number(value) and 0 <= value <= 1, "a number from 0 to 1",
    {"anyOf": [{"type": "number", "minimum": 0, "maximum": 1}, {"type": "boolean"}]},
)  # fmt: skip
BOOLEAN = Kind(
    lambda value: value is None or isinstance(value, bool) or (_number(value) and value in (0, 1)),
    "true or false", {"enum": [True, False, None, 0, 1]}, soft=True,
)  # fmt: skip
SEED = Kind(serialized.is_seed, "an integer from 0 to 4294967295, or null", {"anyOf": CHECKED["seed"]["anyOf"][:2]})
OLD_SEED = Kind(
    lambda value: value is None or isinstance(value, int | dict), "an integer or null",
    {"type": ["integer", "boolean", "null", "object"]}, soft=True,
)  # fmt: skip
OLD_RATE = Kind(RATE.accepts, RATE.wants, RATE.schema, loads=lambda value: not _number(value))
SOFT_RATE = Kind(RATE.accepts, RATE.wants, RATE.schema, soft=True)
RNG_TYPE = words("stateless", "stateful", "legacy_stateful", None)
INTEGERS = Kind(
    lambda value: (
        value is None
        or value == {}
        or (isinstance(value, list) and all(dim is None or (type(dim) is int and dim > 0) for dim in value))
    ),
    "null, or a list of positive integers and nulls",
    {
        "type": ["array", "null", "object"],
        "maxProperties": 0,
        "items": {"anyOf": [{"type": "integer", "minimum": 1}, {"type": "null"}]},
    },
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
INITIALIZER = _named(serialized.INITIALIZERS, "initializer")
REGULARIZER = _named(serialized.REGULARIZERS, "regularizer")
CONSTRAINT = _named(serialized.CONSTRAINTS, "constraint")
OLD_ACTIVATION = Kind(
    _accepts_old_activation, ACTIVATION.wants,
    {
        "anyOf": [
            {"enum": [*sorted(serialized.OLD_ACTIVATIONS), None]}, {"type": "object", "required": ["class_name", "config"]},
        ]
    },
    tuple(serialized.OLD_ACTIVATIONS), _explain_old_activation, custom=True,
)  # fmt: skip
OLD_INITIALIZER = _old(serialized.OLD_INITIALIZERS, "initializer")
OLD_REGULARIZER = _old(serialized.OLD_REGULARIZERS, "regularizer")
OLD_CONSTRAINT = _old(serialized.OLD_CONSTRAINTS, "constraint")
# A vector is no matrix to be orthogonal or an identity; a kernel of more than two dimensions no identity either.
VECTOR_INITIALIZER = without(INITIALIZER, "Orthogonal", "Identity", "STFT")
TENSOR_INITIALIZER = without(INITIALIZER, "Identity")
NEEDED_VECTOR_INITIALIZER = Kind(
    lambda value: value is not None and VECTOR_INITIALIZER.accepts(value),
    "the name of an initializer, or an object with class_name and config",
    {"allOf": [VECTOR_INITIALIZER.schema, {"not": {"type": "null"}}]},
    VECTOR_INITIALIZER.names, VECTOR_INITIALIZER.explain, custom=True,
)  # fmt: skip
OLD_VECTOR_INITIALIZER = old_without(OLD_INITIALIZER, "Orthogonal", "Identity")
OLD_TENSOR_INITIALIZER = old_without(OLD_INITIALIZER, "Identity")
LAYER = Kind(lambda value: isinstance(value, LayerSpec), "a layer", {"$ref": "#/$defs/layer"})
OPTIONAL_LAYER = Kind(
    lambda value: value is None or isinstance(value, LayerSpec), "a layer or null",
    {"anyOf": [{"type": "null"}, {"$ref": "#/$defs/layer"}]},
)  # fmt: skip
NO_WEIGHTS = Kind(
    lambda value: value is None or (isinstance(value, list) and value != [] and all(isinstance(w, list) for w in value)),
    "null, or a list of arrays",
    {"anyOf": [{"type": "null"}, {"type": "array", "minItems": 1, "items": {"type": "array"}}]},
)  # fmt: skip
QUANTIZATION = Kind(
    lambda value: value is None or (isinstance(value, dict) and str(value.get("class_name")).endswith("QuantizationConfig")),
    "null, or an object such as Int8QuantizationConfig",
    {
        "anyOf": [
            {"type": "null"},
            {
                "type": "object", "required": ["class_name"],
                "properties": {"class_name": {"type": "string", "pattern": "QuantizationConfig$"}},
            },
        ]
    },
    soft=True,
)  # fmt: skip
