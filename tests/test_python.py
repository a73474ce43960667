"""Python programs that build Keras models: what the interpreter makes of them."""

from __future__ import annotations

from typing import Any

import pytest

from lstmlint.inference import infer
from lstmlint.inference.summary import ModelSummary
from lstmlint.parsing import parse
from lstmlint.python import interpret, looks_like_keras
from lstmlint.python.program import Program, SourceModel
from lstmlint.python.source import read_source
from lstmlint.reading.document import Document
from tests.python_programs import HEAD, OTHERS, READ, RUN

SIZES = (11, 13, 17, 19, 23, 29, 31)


def shapes(document: Document) -> ModelSummary:
    return infer(parse(document))


def program(text: str, **values: Any) -> Program:
    return interpret(read_source(text.encode(), "train.py"), values, shapes)


def summary(model: SourceModel) -> ModelSummary:
    sizes = dict(zip((unknown.name for unknown in model.unknowns), SIZES, strict=False))
    return shapes(model.document(sizes))


def found(text: str, **values: Any) -> list[tuple[Any, ...]]:
    rows = []
    for model in program(text, **values).models:
        result = summary(model)
        unknowns = [unknown.name for unknown in model.unknowns]
        rows.append((model.name, result.params, *unknowns) if model.exact else (model.name, "in part"))
    return rows


@pytest.mark.parametrize("name", [*RUN, *READ])
def test_programs(name: str) -> None:
    text, expected = (RUN | READ)[name]
    assert found(HEAD + text) == expected


@pytest.mark.parametrize("name", OTHERS)
def test_other_dialects(name: str) -> None:
    text, expected = OTHERS[name]
    assert found(text) == expected


def test_mistakes() -> None:
    """What Keras refuses before there is a model."""
    text = """
i = Input((4,))
a = Sequential([Dense(3), Dropout(0.5)(i)])
b = Sequential([i, Dense(3)])
b.add(Flatten)
x = Dense(2)
y = Dense(3)(x)
z = concatenate([i, x])
model = Model(i, x)
if flag:
    b.add(Dense)
"""
    problems = [(problem.code, *problem.data["place"]) for problem in program(HEAD + text).problems]
    start = HEAD.count("\n")
    assert [(code, line - start, column) for code, line, column in problems] == [
        ("Y101", 3, 27), ("Y102", 5, 7), ("Y103", 7, 14), ("Y103", 8, 5), ("Y103", 9, 18)
    ]  # fmt: skip


def test_locations() -> None:
    """A pointer leads to the argument in the code."""
    model = program(
        "import keras\nm = keras.Sequential()\nm.add(keras.layers.LSTM(4,\n    input_shape=(3, 2)))"
    ).models[0]
    document = model.document({})
    assert document.locate("/config/layers/0/config/input_shape") == (4, 17)
    assert document.locate("/config/layers/0/config/units") == (3, 25)
    assert document.locate("/config/layers/0") == (3, 7)


def test_looks_like_keras() -> None:
    assert looks_like_keras(b"from tensorflow import keras")
    assert not looks_like_keras(b"import torch")
