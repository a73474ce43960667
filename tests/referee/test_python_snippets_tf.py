"""Python snippets run live under tf_keras and Keras 3 on TensorFlow: they say what is recorded in tests/data/python."""

from __future__ import annotations

import json

import pytest

from tests.python_snippets import RECORD
from tests.referee.python_engines import ask

pytestmark = pytest.mark.referee_tf


@pytest.mark.parametrize("engine", ["tf_keras", "keras2", "keras-tf"])
def test_keras_says_what_is_recorded(engine: str) -> None:
    pytest.importorskip("tf_keras")
    record = json.loads(RECORD.read_text(encoding="utf-8"))
    recorded = {name: answer["models"] for name, answer in record.items() if answer["engine"] == engine}
    assert recorded
    assert ask(engine) == recorded
