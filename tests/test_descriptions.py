"""lstmlint/signatures/descriptions.py: complete, and about classes and arguments that exist."""

from __future__ import annotations

import re

import pytest

from lstmlint import layers
from lstmlint.model.spec import Dialect
from lstmlint.parsing.keras2 import NOT_ARGUMENTS
from lstmlint.signatures import descriptions
from lstmlint.signatures.descriptions import ARGUMENTS, LAYERS, MODELS, OF_CLASSES, family, of_argument, of_class
from lstmlint.signatures.keras2 import SIGNATURES as KERAS2
from lstmlint.signatures.keras3 import SIGNATURES as KERAS3
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
TEXTS = {**ARGUMENTS, **LAYERS, **MODELS} | {
    f"{names} {argument}": text for names, texts in OF_CLASSES.items() for argument, text in texts.items()
}


def test_every_class_has_a_description() -> None:
    assert [name for name, _ in CLASSES if not of_class(name)] == []
    assert of_class("LSTN") is None


def test_every_argument_has_a_description() -> None:
    assert len(PAIRS) > 2500
    assert sorted(pair for pair in PAIRS if not of_argument(*pair)) == []
    assert of_argument("LSTM", "unit") is None


def test_descriptions_name_only_what_exists() -> None:
    assert sorted(set(LAYERS) - {family(name) for name, _ in CLASSES}) == []
    given = [(name, argument) for names, texts in OF_CLASSES.items() for name in names.split() for argument in texts]
    assert len(given) == len(set(given))
    assert sorted(set(given) - USED) == []
    used = {argument for name, argument in USED if (name, argument) not in set(given)}
    assert sorted(set(ARGUMENTS) - used) == []


def test_form() -> None:
    wrong = [text for text in TEXTS.values() if not re.fullmatch(r'["A-Za-z](?!.*  ).{10,250}\.', text)]
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
    names = ["Conv2D", "Convolution1DTranspose", "GlobalAvgPool3D", "MaxPool1D", "SpatialDropout2D", "LSTM", "Mine2D"]
    assert [descriptions.family(name) for name in names] == [
        "Conv", "ConvTranspose", "GlobalAveragePooling", "MaxPooling", "SpatialDropout", "LSTM", "Mine"
    ]  # fmt: skip
