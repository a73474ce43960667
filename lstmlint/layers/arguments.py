"""Which arguments Keras takes: names, kinds of value, ranges.

One table of kinds serves two masters: `accepts` decides fast whether a value is fine, `schema` says the
same in JSON Schema for the files in schemas/. Arguments of the same name mean the same in nearly every
layer of Keras, so kinds go by argument name; `OF_LAYER` holds the exceptions.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from lstmlint import layers as registry
from lstmlint.layers.base import LayerError
from lstmlint.layers.signatures import REQUIRED
from lstmlint.spec import Dialect, LayerSpec

# What every Keras 3 layer takes beside its own arguments (name, trainable and dtype are read elsewhere).
BASE = {
    "keras3": frozenset({"activity_regularizer", "autocast", "input_shape", "input_dim"}),
    "keras2": frozenset({"activity_regularizer", "autocast", "dynamic", "weights", "batch_size", "implementation"}),
}

# What get_config of Keras 2 adds to the constructor's arguments for from_config to take out again.
KERAS2_CONFIG: dict[str, frozenset[str]] = {
    "Lambda": frozenset({"module", "function_type", "output_shape_module", "output_shape_type"}),
    "MultiHeadAttention": frozenset({"query_shape", "key_shape", "value_shape"}),
}

ACTIVATIONS = frozenset(
    "celu elu exponential gelu glu hard_shrink hard_sigmoid hard_silu hard_swish hard_tanh leaky_relu linear"
    " log_sigmoid log_softmax mish relu relu6 selu sigmoid silu soft_shrink softmax softplus softsign sparse_plus"
    " sparse_sigmoid sparsemax squareplus swish tanh tanh_shrink threshold".split()
)
INITIALIZERS = frozenset(
    "Constant GlorotNormal GlorotUniform HeNormal HeUniform Identity IdentityInitializer Initializer LecunNormal"
    " LecunUniform Ones Orthogonal OrthogonalInitializer RandomNormal RandomUniform STFT STFTInitializer"
    " TruncatedNormal VarianceScaling Zeros constant glorot_normal glorot_uniform he_normal he_uniform identity"
    " initializer lecun_normal lecun_uniform normal one ones orthogonal random_normal random_uniform stft"
    " truncated_normal uniform variance_scaling zero zeros".split()
)
REGULARIZERS = frozenset(
    "L1 L1L2 L2 OrthogonalRegularizer Regularizer l1 l1l2 l2 orthogonal_regularizer regularizer".split()
)
CONSTRAINTS = frozenset(
    "Constraint MaxNorm MinMaxNorm NonNeg UnitNorm constraint max_norm min_max_norm non_neg unit_norm".split()
)


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of value: a fast test, what it is in words, and the same as a JSON Schema."""

    accepts: Callable[[Any], bool]
    wants: str
    schema: dict[str, Any]


def is_integer(value: Any) -> bool:
    """An int that is no bool."""
    return type(value) is int


def _number(value: Any) -> bool:
    return isinstance(value, int | float)


def _one_of(names: frozenset[str], what: str) -> Kind:
    def accepts(value: Any) -> bool:
        if isinstance(value, str):
            return value in names
        return value is None or isinstance(value, dict)

    return Kind(
        accepts, f"the name of {what}, null, or an object with class_name and config",
        {"anyOf": [{"enum": [*sorted(names), None]}, {"type": "object"}]},
    )  # fmt: skip


def words(*allowed: Any) -> Kind:
    """One of a few values."""
    shown = ", ".join("null" if word is None else f'"{word}"' for word in allowed)
    return Kind(lambda value: value in allowed, f"one of {shown}", {"enum": list(allowed)})


POSITIVE = Kind(
    lambda value: isinstance(value, int) and value > 0, "a positive integer", {"type": "integer", "minimum": 1}
)
NUMBER = Kind(_number, "a number", {"type": ["number", "boolean"]})
RATE = Kind(
    lambda value: _number(value) and 0 <= value <= 1, "a number from 0 to 1",
    {"type": ["number", "boolean"], "minimum": 0, "maximum": 1},
)  # fmt: skip
ACTIVATION = _one_of(ACTIVATIONS, "an activation")
INITIALIZER = _one_of(INITIALIZERS, "an initializer")
REGULARIZER = _one_of(REGULARIZERS, "a regularizer")
CONSTRAINT = _one_of(CONSTRAINTS, "a constraint")
SEED = Kind(
    lambda value: value is None or isinstance(value, int | dict), "an integer or null",
    {"type": ["integer", "null", "object"]},
)  # fmt: skip
LAYER = Kind(lambda value: isinstance(value, LayerSpec), "a layer", {"$ref": "#/$defs/layer"})

BY_NAME: dict[str, Kind] = {
    "units": POSITIVE,
    "filters": POSITIVE,
    "activation": ACTIVATION,
    "recurrent_activation": ACTIVATION,
    "dropout": NUMBER,
    "recurrent_dropout": NUMBER,
    "rate": RATE,
    "seed": SEED,
    "layer": LAYER,
}
SUFFIXES = {"_initializer": INITIALIZER, "_regularizer": REGULARIZER, "_constraint": CONSTRAINT}
# Names that are custom objects as often as typing errors: Keras 2 takes them from custom_objects.
CUSTOMIZABLE = (ACTIVATION, INITIALIZER, REGULARIZER, CONSTRAINT)
CONFUSIONS = {
    "output_dim": "units", "nb_filter": "filters", "init": "kernel_initializer", "border_mode": "padding",
    "subsample": "strides", "inner_activation": "recurrent_activation", "inner_init": "recurrent_initializer",
    "hidden_size": "units", "num_units": "units", "hidden_units": "units", "neurons": "units", "size": "units",
    "return_sequence": "return_sequences", "W_regularizer": "kernel_regularizer", "dropout_W": "dropout",
    "dropout_U": "recurrent_dropout", "p": "rate", "bias": "use_bias", "num_layers": "units",
}  # fmt: skip

OF_LAYER: dict[tuple[str, str], Kind] = {
    ("RandomFourierFeatures", "kernel_initializer"): Kind(
        lambda value: isinstance(value, dict) or (isinstance(value, str) and value.lower() in ("gaussian", "laplacian")),
        '"gaussian", "laplacian", or an initializer as an object',
        {"anyOf": [{"enum": ["gaussian", "laplacian"]}, {"type": "object"}]},
    ),
}


@dataclass(frozen=True, slots=True)
class Arguments:
    """The arguments of one layer class in one dialect, made ready for many checks."""

    accepted: frozenset[str]
    required: tuple[str, ...]
    kinds: dict[str, Kind]


@lru_cache(maxsize=1024)
def arguments_of(class_name: str, dialect: Dialect) -> Arguments | None:
    """The arguments of a class; None where nobody knows them (custom classes)."""
    signature = registry.signature(class_name, dialect)
    if signature is None:
        return None
    base = BASE["keras3" if dialect == "keras3" else "keras2"]
    names = (class_name, *(getattr(registry.find(class_name), "keras_names", ())))
    if dialect != "keras3":
        base |= KERAS2_CONFIG.get(class_name, frozenset())
    if class_name == "InputLayer":  # the parsers bring every dialect's words for the shape to this one
        base |= {"batch_shape"}
    return Arguments(
        frozenset(signature) | base,
        tuple(name for name, default in signature.items() if default is REQUIRED),
        {argument: kind for argument in signature if (kind := kind_of(names, argument)) is not None},
    )


def kind_of(class_names: Iterable[str], argument: str) -> Kind | None:
    """The kind of value that an argument of a class takes, if it is restricted."""
    for name in class_names:
        if (name, argument) in OF_LAYER:
            return OF_LAYER[name, argument]
    if argument in BY_NAME:
        return BY_NAME[argument]
    for suffix, kind in SUFFIXES.items():
        if argument.endswith(suffix):
            return kind
    return None


def check(spec: LayerSpec, dialect: Dialect) -> list[LayerError]:
    """What Keras would not take of a layer's arguments: E005 unknown, E006 missing, E007 not of its kind."""
    arguments = arguments_of(spec.class_name, dialect)
    if arguments is None:
        return []
    config = spec.config
    errors: list[LayerError] = []
    if not config.keys() <= arguments.accepted and dialect != "keras0":  # its versions took this and that
        errors += [_unknown(spec, name, arguments, dialect) for name in config if name not in arguments.accepted]
    for name in arguments.required:
        if name not in config:
            errors.append(
                LayerError(
                    "E006",
                    f"{spec.class_name} has no {name}; Keras raises a TypeError",
                    f"Add {spec.renamed.get(name, name)} to its config.",
                    name,
                )
            )
    kinds = arguments.kinds
    for name, value in config.items():
        kind = kinds.get(name)
        if kind is not None and not kind.accepts(value):
            errors.append(_wrong(spec, name, value, kind, dialect))
    return errors


def _unknown(spec: LayerSpec, name: str, arguments: Arguments, dialect: Dialect) -> LayerError:
    written = spec.renamed.get(name, name)
    close = difflib.get_close_matches(name, arguments.accepted, 1, 0.75)
    meant = CONFUSIONS.get(name)
    if meant in arguments.accepted:
        advice = f"Did you mean {meant}?"
    elif close:
        advice = f"Did you mean {close[0]}?"
    else:
        advice = f"Remove it. {spec.class_name} takes: {', '.join(sorted(arguments.accepted - BASE['keras2']))}."
    error = "ValueError: Unrecognized keyword arguments" if dialect == "keras3" else "TypeError: Keyword argument not understood"
    message = f"{spec.class_name} takes no argument {written!r}; Keras raises a {error}"
    if dialect == "keras1":  # only the last of its versions is known in full, and the count does not depend on it
        return LayerError("E005", message, advice, name, severity="warning", stops=False)
    return LayerError("E005", message, advice, name)


def _wrong(spec: LayerSpec, name: str, value: Any, kind: Kind, dialect: Dialect) -> LayerError:
    shown = repr(value) if len(repr(value)) < 60 else repr(value)[:57] + "..."
    advice = f"Set {name} to {kind.wants}."
    custom = dialect != "keras3" and kind in CUSTOMIZABLE and isinstance(value, str)
    old = dialect in ("keras0", "keras1") and kind is not POSITIVE  # these took nearly anything, and nobody loads them any more
    if isinstance(value, str) and "enum" in str(kind.schema):
        allowed = [str(word) for word in _enumerated(kind.schema)]
        close = difflib.get_close_matches(value, allowed, 1, 0.7)
        if close:
            advice = f"Did you mean {close[0]!r}?"
            custom = custom and not (value.isalpha() and abs(len(value) - len(close[0])) <= 1)
    message = f"{name} of {spec.class_name} is {shown}, which is not {kind.wants}; Keras refuses it"
    if custom:
        message = f"{name} of {spec.class_name} is {shown}, which Keras does not know: it loads only with custom_objects"
    return LayerError("E007", message, advice, name, severity="warning" if custom or old else None, stops=not (custom or old))


def _enumerated(schema: dict[str, Any]) -> list[Any]:
    if "enum" in schema:
        return list(schema["enum"])
    return [word for part in schema.get("anyOf", ()) for word in part.get("enum", ())]
