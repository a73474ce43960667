"""Convolutions, pooling and reshaping with options drawn at random, against the real Keras 3 and tf_keras."""

from __future__ import annotations

import os
from typing import Any

import pytest

from lstmlint.spec import Dialect
from tests.referee.rows import difference, keras_says, lstmlint_says
from tests.referee.spatial_draws import ADAPTIVE, CONVOLUTIONS, POOLINGS, RESHAPINGS, Drawer

DRAWS = int(os.environ.get("LSTMLINT_DRAWS", "60"))


def disagreements(keras: Any, generation: int, dialect: Dialect, name: str) -> list[str]:
    """Where lstmlint and a Keras differ on layers of one class."""
    drawer = Drawer(sum(name.encode()), generation)
    rows = [drawer.draw(name) for _ in range(DRAWS)]
    found = (difference(row, lstmlint_says(row, dialect), keras_says(keras, row)) for row in rows)
    return [wrong for wrong in found if wrong]


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
