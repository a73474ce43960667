"""The same layers as test_recurrent_layers, against tf_keras."""

from __future__ import annotations

import os

import pytest

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
keras = pytest.importorskip("tf_keras")

from tests.layer_rows import assert_agreement  # noqa: E402
from tests.referee.recurrent_draws import FAMILY, NOT_IN_TF_KERAS, Drawer  # noqa: E402

pytestmark = [pytest.mark.referee_tf, pytest.mark.filterwarnings("ignore")]
DRAWS = int(os.environ.get("LSTMLINT_DRAWS", "40"))


@pytest.mark.parametrize("name", [name for name in FAMILY if name not in NOT_IN_TF_KERAS])
def test_agrees_with_tf_keras(name: str) -> None:
    assert_agreement(keras, Drawer(sum(name.encode()), "keras2"), name, DRAWS, "keras2")
