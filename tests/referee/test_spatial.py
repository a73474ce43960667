"""Convolutions, pooling and reshaping with random options, against Keras 3 and tf_keras."""

from __future__ import annotations

import os
from typing import Any

import pytest

from lstmlint.model.spec import Dialect
from tests.layer_rows import difference, keras_says, lstmlint_says
from tests.referee.spatial_draws import FAMILY, NOT_IN_TF_KERAS, Drawer

os.environ.setdefault("KERAS_BACKEND", "numpy")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
DRAWS = int(os.environ.get("LSTMLINT_DRAWS", "40"))


def compare(keras: Any, dialect: Dialect, name: str) -> None:
    """Draw layers of one class, and fail if lstmlint and Keras differ."""
    drawer = Drawer(sum(name.encode()), dialect)
    rows = [drawer.draw(name) for _ in range(DRAWS)]
    found = [difference(row, lstmlint_says(row, dialect), keras_says(keras, row)) for row in rows]
    wrong = [one for one in found if one]
    assert not wrong, f"{len(wrong)} of {DRAWS} differ:\n" + "\n".join(wrong[:5])


@pytest.mark.referee
@pytest.mark.parametrize("name", FAMILY)
def test_agrees_with_keras(name: str) -> None:
    compare(pytest.importorskip("keras"), "keras3", name)


@pytest.mark.referee_tf
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", [name for name in FAMILY if name not in NOT_IN_TF_KERAS])
def test_agrees_with_tf_keras(name: str) -> None:
    compare(pytest.importorskip("tf_keras"), "keras2", name)
