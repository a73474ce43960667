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


def test_notebooks_go_on_after_an_exception() -> None:
    """In a notebook an exception ends only its cell, and what the cell was about to change is not certain."""
    import json

    cells = [
        "import keras\nfrom keras import layers\na = keras.Sequential([layers.Dense(3, input_shape=(4,))])\nb = keras.Sequential([a])",
        "a.summary()\na.add(layers.Dense(int('x')))",
        "c = keras.Sequential([layers.Dense(3, input_shape=(4,))])\na.add(layers.Dense(2))",
    ]
    notebook = {
        "nbformat": 4,
        "metadata": {},
        "cells": [{"cell_type": "code", "source": cell, "outputs": []} for cell in cells],
    }
    models = interpret(read_source(json.dumps(notebook).encode(), "n.ipynb"), {}, shapes).models
    assert [(model.name, model.exact) for model in models] == [("a", True), ("b", False), ("c", True)]


def test_defects_are_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    """A failure of the interpreter is reported, and what it leaves is not certain."""
    from lstmlint.python.keras_runtime import Keras

    def fail(*_: Any) -> None:
        raise RuntimeError("oops")

    monkeypatch.setattr(Keras, "functional", fail)
    text = "a = Model(1, 2)\nb = Sequential([Dense(3, input_shape=(4,))])\ndef f():\n    return Model(1, 2)\n"
    result = program(HEAD + text)
    assert [problem.code for problem in result.problems] == ["E099", "E099"]
    assert [(model.name, model.exact) for model in result.models] == [("b", False)]


def test_many_layers_and_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lstmlint.python.keras_runtime.MAX_LAYERS", 50)
    text = "m = Sequential([Dense(3, input_shape=(3,))])\nfor i in range(1900):\n    for j in range(9):\n        m.add(Dense(3))\n"
    assert found(HEAD + text) == [("m", "in part")]
    assert found(HEAD + "m = Sequential([Dense(3, input_shape=(3,))])\n" + "m.add(Dense(3))\n" * 60) == [
        ("m", "in part")
    ]
