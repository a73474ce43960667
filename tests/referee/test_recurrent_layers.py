"""Recurrent layers, their cells and wrappers, and the simplest core layers, one at a time, against Keras 3."""

from __future__ import annotations

import os

import pytest

os.environ.setdefault("KERAS_BACKEND", "numpy")
keras = pytest.importorskip("keras")
if not keras.__version__.startswith("3."):
    pytest.skip("this needs Keras 3", allow_module_level=True)

from tests.layer_rows import assert_agreement  # noqa: E402
from tests.referee.recurrent_draws import FAMILY, Drawer  # noqa: E402

pytestmark = pytest.mark.referee
DRAWS = int(os.environ.get("LSTMLINT_DRAWS", "60"))


@pytest.mark.parametrize("name", FAMILY)
def test_agrees_with_keras(name: str) -> None:
    assert_agreement(keras, Drawer(sum(name.encode())), name, DRAWS)
