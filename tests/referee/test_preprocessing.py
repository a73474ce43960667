"""Preprocessing layers with random options, against Keras 3 and tf_keras."""

from __future__ import annotations

import os
import warnings
from typing import Any

import pytest

from lstmlint.model.spec import Dialect
from tests.layer_rows import difference, keras_says, lstmlint_says
from tests.referee import preprocessing_draws, token_draws

TOKENS = token_draws.FAMILY
IN_TF_KERAS = [*preprocessing_draws.TF_IMAGES, *preprocessing_draws.NUMBERS, *TOKENS]
DRAWS = int(os.environ.get("LSTMLINT_DRAWS", "60"))


def disagreements(keras: Any, dialect: Dialect, name: str) -> list[str]:
    """Return the differences between lstmlint and Keras on layers of one class."""
    drawers = token_draws if name in TOKENS else preprocessing_draws
    drawer = drawers.Drawer(sum(name.encode()), dialect, keras.backend.backend() == "tensorflow")
    wrong = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for _ in range(DRAWS):
            row = drawer.draw(name)
            theirs = keras_says(keras, row)
            found = difference(row, lstmlint_says(row, dialect), theirs)
            if found:
                wrong.append(found)
    return wrong


@pytest.mark.referee
@pytest.mark.parametrize("name", preprocessing_draws.FAMILY)
def test_agrees_with_keras(name: str) -> None:
    os.environ.setdefault("KERAS_BACKEND", "numpy")
    wrong = disagreements(pytest.importorskip("keras"), "keras3", name)
    assert not wrong, f"{len(wrong)} of {DRAWS} differ:\n" + "\n".join(wrong[:5])


@pytest.mark.referee_tf
@pytest.mark.parametrize("name", TOKENS)
def test_agrees_with_keras_on_tensorflow(name: str) -> None:
    os.environ.setdefault("KERAS_BACKEND", "tensorflow")
    pytest.importorskip("tensorflow")
    wrong = disagreements(pytest.importorskip("keras"), "keras3", name)
    assert not wrong, f"{len(wrong)} of {DRAWS} differ:\n" + "\n".join(wrong[:5])


@pytest.mark.referee_tf
@pytest.mark.parametrize("name", IN_TF_KERAS)
def test_agrees_with_tf_keras(name: str) -> None:
    keras = pytest.importorskip("tf_keras")
    wrong = disagreements(keras, "keras2", name)
    assert not wrong, f"{len(wrong)} of {DRAWS} differ:\n" + "\n".join(wrong[:5])
