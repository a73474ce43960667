"""lstmlint/signatures/descriptions.py: complete, and about classes and arguments that exist."""

from __future__ import annotations

import re

import pytest

from lstmlint import layers
from lstmlint.model.spec import Dialect
from lstmlint.parsing.keras2 import NOT_ARGUMENTS
from lstmlint.signatures import descriptions
from lstmlint.signatures import object_descriptions as objects
from lstmlint.signatures.compile import LOSSES, OPTIMIZERS, SCHEDULES
from lstmlint.signatures.descriptions import ARGUMENTS, LAYERS, MODELS, OF_CLASSES, family, of_argument, of_class
from lstmlint.signatures.keras2 import SIGNATURES as KERAS2
from lstmlint.signatures.keras3 import SIGNATURES as KERAS3
from lstmlint.validation import serialized
from lstmlint.validation.arguments import arguments_of

CLASSES: list[tuple[str, Dialect]] = [
    *((name, "keras3") for name in KERAS3),
    *((name, "keras2") for name in KERAS2),
    ("CuDNNLSTM", "keras2"),
    ("CuDNNGRU", "keras2"),
]


def accepted(class_name: str, dialect: Dialect) -> set[str]:
    """Return the keys that a config may have."""
    arguments = arguments_of(class_name, dialect)
    named = {"name", "trainable", "dtype"} if dialect == "keras3" else NOT_ARGUMENTS
    return {*(layers.signature(class_name, dialect) or {}), *(arguments.accepted if arguments else ()), *named}


PAIRS = {(name, argument) for name, dialect in CLASSES for argument in accepted(name, dialect)}
USED = {(family(name), argument) for name, argument in PAIRS}
TEXTS = [
    *ARGUMENTS.values(), *LAYERS.values(), *MODELS.values(), *objects.ARGUMENTS.values(),
    *(text for table in (*OF_CLASSES.values(), *objects.OF_CLASSES.values()) for text in table.values()),
    *(text for table in objects.KINDS.values() for text in table.values()),
]  # fmt: skip


def test_every_class_has_a_description() -> None:
    assert [name for name, _ in CLASSES if not of_class(name)] == []
    assert of_class("LSTN") is None


def test_every_argument_has_a_description() -> None:
    assert len(PAIRS) > 2500
    assert sorted(pair for pair in PAIRS if not of_argument(*pair)) == []
    assert of_argument("LSTM", "unit") is None


def test_descriptions_name_only_what_exists() -> None:
    known = {family(name) for name in (*(name for name, _ in CLASSES), *layers.known_names())}
    assert sorted(set(LAYERS) - known) == []
    given = [(name, argument) for names, texts in OF_CLASSES.items() for name in names.split() for argument in texts]
    assert len(given) == len(set(given))
    assert sorted(set(given) - USED) == []
    used = {argument for name, argument in USED if (name, argument) not in set(given)}
    assert sorted(set(ARGUMENTS) - used) == []


def test_form() -> None:
    wrong = [text for text in TEXTS if not re.fullmatch(r'["\w(](?!.*  ).{3,250}\.', text)]
    assert wrong == []


@pytest.mark.parametrize(
    ("class_name", "argument", "part"),
    [
        ("LSTM", "units", "neither the number of timesteps"),
        ("Dense", "units", "last axis"),
        ("Conv2DTranspose", "strides", "doubles"),
        ("AvgPool2D", "strides", "pool_size"),
        ("Convolution1D", "padding", "causal"),
        ("Concatenate", "axis", "joined"),
        ("Embedding", "input_dim", "plus 1"),
        ("GRU", "input_dim", "features"),
    ],
)
def test_exceptions(class_name: str, argument: str, part: str) -> None:
    assert part in (of_argument(class_name, argument) or "")


def test_family() -> None:
    names = [
        "Conv2D",
        "Convolution1DTranspose",
        "GlobalAvgPool3D",
        "MaxPool1D",
        "SpatialDropout2D",
        "Deconv2D",
        "LSTM",
        "Mine2D",
    ]
    assert [descriptions.family(name) for name in names] == [
        "Conv", "ConvTranspose", "GlobalAveragePooling", "MaxPooling", "SpatialDropout", "ConvTranspose", "LSTM", "Mine"
    ]  # fmt: skip


OBJECTS: dict[str, dict[str, tuple[str, ...]]] = {
    "activation": dict.fromkeys(serialized.ACTIVATIONS, ()),
    "initializer": {**serialized.OLD_INITIALIZERS, **serialized.INITIALIZERS},
    "regularizer": {**serialized.OLD_REGULARIZERS, **serialized.REGULARIZERS},
    "constraint": {**serialized.OLD_CONSTRAINTS, **serialized.CONSTRAINTS},
    **{
        kind: {name: tuple(re.findall(r"\w+", text)) for name, text in table.items()}
        for kind, table in (("optimizer", OPTIMIZERS), ("schedule", SCHEDULES), ("loss", LOSSES))
    },
}
OBJECT_ARGUMENTS = {
    (kind, name, argument) for kind, table in OBJECTS.items() for name, takes in table.items() for argument in takes
}


def test_every_object_has_a_description() -> None:
    assert set(OBJECTS) == set(objects.KINDS)
    for kind, table in OBJECTS.items():
        assert [name for name in table if not objects.of_object(kind, name)] == []
        assert {objects.usual_name(kind, name) for name in table} == set(objects.KINDS[kind])
        assert objects.of_object(kind, "Mine") is None
    assert sorted(row for row in OBJECT_ARGUMENTS if not objects.of_argument(*row)) == []
    assert objects.of_argument("initializer", "HeNormal", "sead") is None


def test_descriptions_of_objects_name_only_what_exists() -> None:
    used = {(objects.usual_name(kind, name), argument) for kind, name, argument in OBJECT_ARGUMENTS}
    given = {
        (name, argument) for names, texts in objects.OF_CLASSES.items() for name in names.split() for argument in texts
    }
    assert sorted(given - used) == []
    assert sorted(set(objects.ARGUMENTS) - {argument for _, argument in used - given}) == []
    assert len({*objects.ARGUMENTS.values()}) > 80
