"""Python programs that build Keras models: what the interpreter makes of them.

A row holds a program, and for each of its models the name, the class and parameters of each layer, the total, and the
unknown sizes. Unknown sizes are 11, 13, 17 ... in the order in which the model needs them.
"""

from __future__ import annotations

from typing import Any

import pytest

from lstmlint.inference import infer
from lstmlint.inference.summary import ModelSummary
from lstmlint.parsing import parse
from lstmlint.python import interpret, looks_like_keras
from lstmlint.python.program import Program, SourceModel
from lstmlint.python.source import SourceText
from lstmlint.reading.document import Document

SIZES = (11, 13, 17, 19, 23, 29, 31)


def shapes(document: Document) -> ModelSummary:
    return infer(parse(document))


def program(text: str, **values: Any) -> Program:
    return interpret(SourceText("train.py", text), values, shapes)


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


KERAS = """
from keras.models import Sequential, Model
from keras.layers import *
from keras import ops
import keras
import numpy as np
"""
PROGRAMS: dict[str, tuple[str, list[tuple[Any, ...]]]] = {
    "sequential": (
        """
model = Sequential()
model.add(LSTM(32, input_shape=(13, 5), return_sequences=True))
for units in [16, 8]:
    model.add(LSTM(units, return_sequences=units == 16))
model.add(Dense(10, activation="softmax"))
""",
        [("model", 4 * (32 * 37 + 32) + 4 * (16 * 48 + 16) + 4 * (8 * 24 + 8) + 90)],
    ),
    "unknown sizes": (
        """
model = Sequential([LSTM(4, input_shape=(X.shape[1], X.shape[2])), Dense(len(vocab) + 1)])
""",
        [("model", 4 * (4 * 17 + 4) + 5 * 18, "X.shape[1]", "X.shape[2]", "len(vocab)")],
    ),
    "a function that is not called": (
        """
def build(features, units=8):
    inputs = Input((10, features))
    return Model(inputs, Dense(units)(inputs))
""",
        [("build", 12 * 8, "features")],
    ),
    "a function that is called": (
        """
def build(features, units=8):
    inputs = Input((10, features))
    return Model(inputs, Dense(units)(inputs))
small = build(3)
large = build(3, units=16)
""",
        [("small", 32), ("large", 64)],
    ),
    "an unknown condition": (
        """
x = inputs = Input((4,))
if flag:
    x = Dense(4)(x)
model = Model(inputs, x)
""",
        [("model", "in part")],
    ),
    "both branches alike": (
        """
units = 8 if flag else 8
model = Sequential([Dense(units, input_shape=(4,))])
""",
        [("model", 40)],
    ),
    "outputs and shared layers": (
        """
a, b = Input((4,)), Input((4,))
shared = Dense(3)
x = concatenate([shared(a), shared(b)])
model = Model(inputs=[a, b], outputs=[x, Dense(2)(x)])
""",
        [("model", 15 + 14)],
    ),
    "a nested model": (
        """
encoder = Sequential([Dense(3, input_shape=(4,))])
inputs = Input((4,))
model = Model(inputs, Dense(1)(encoder(inputs)))
""",
        [("model", 15 + 4)],
    ),
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_programs(name: str) -> None:
    text, expected = PROGRAMS[name]
    assert found(KERAS + text) == expected


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
