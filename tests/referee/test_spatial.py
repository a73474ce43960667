"""Convolutions, pooling and reshaping with options drawn at random, against the real Keras 3 and tf_keras."""

from __future__ import annotations

import os
from typing import Any

import pytest

from lstmlint.spec import Dialect
from tests.referee.one_layer import difference, keras_says, lstmlint_says
from tests.referee.spatial_draws import ADAPTIVE, CONVOLUTIONS, POOLINGS, RESHAPINGS, Drawer

DRAWS = int(os.environ.get("LSTMLINT_DRAWS", "60"))


def disagreements(keras: Any, generation: int, dialect: Dialect, name: str) -> list[str]:
    """Where lstmlint and a Keras differ on layers of one class."""
    drawer = Drawer(sum(name.encode()), generation)
    wrong = []
    for _ in range(DRAWS):
        # tf_keras computes in what it gets, and TensorFlow's operations have opinions of their own on that.
        dtype = drawer.random.choice(["float32", "float32", "int32", "float16"]) if generation == 3 else "float32"
        class_name, config, shape = drawer.draw(name)
        theirs = keras_says(keras, class_name, config, shape, dtype)
        found = difference(lstmlint_says(dialect, class_name, config, shape, dtype), theirs)
        if found:
            wrong.append(f"{class_name} {config} on {shape} {dtype}:\n{found}")
    return wrong


@pytest.mark.referee
@pytest.mark.parametrize("name", [*CONVOLUTIONS, *POOLINGS, *ADAPTIVE, *RESHAPINGS])
def test_agrees_with_keras(name: str) -> None:
    os.environ.setdefault("KERAS_BACKEND", "numpy")
    wrong = disagreements(pytest.importorskip("keras"), 3, "keras3", name)
    assert not wrong, f"{len(wrong)} of {DRAWS} differ:\n" + "\n".join(wrong[:5])


@pytest.mark.referee_tf
@pytest.mark.parametrize("name", [*CONVOLUTIONS, *POOLINGS, *RESHAPINGS])
def test_agrees_with_tf_keras(name: str) -> None:
    wrong = disagreements(pytest.importorskip("tf_keras"), 2, "keras2", name)
    assert not wrong, f"{len(wrong)} of {DRAWS} differ:\n" + "\n".join(wrong[:5])
