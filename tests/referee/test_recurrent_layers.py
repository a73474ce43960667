"""Recurrent layers, their cells and wrappers, and the simplest core layers, one at a time, against Keras 3."""

from __future__ import annotations

import os
import warnings

import pytest

os.environ.setdefault("KERAS_BACKEND", "numpy")
keras = pytest.importorskip("keras")
if not keras.__version__.startswith("3."):
    pytest.skip("this needs Keras 3", allow_module_level=True)

from tests.layer_rows import difference, keras_says, lstmlint_says  # noqa: E402
from tests.referee.recurrent_draws import FAMILY, Drawer  # noqa: E402

pytestmark = pytest.mark.referee
DRAWS = int(os.environ.get("LSTMLINT_DRAWS", "60"))


@pytest.mark.parametrize("name", FAMILY)
def test_agrees_with_keras(name: str) -> None:
    drawer = Drawer(sum(name.encode()))
    wrong = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for _ in range(DRAWS):
            row = drawer.draw(name)
            found = difference(row, lstmlint_says(row), keras_says(keras, row))
            if found:
                wrong.append(found)
    assert not wrong, f"{len(wrong)} of {DRAWS} differ:\n" + "\n".join(wrong[:5])
