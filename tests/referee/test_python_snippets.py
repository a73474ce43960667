"""Python snippets run live under Keras 3 and Keras 1.2.2: they say what is recorded in tests/data/python."""

from __future__ import annotations

import json

import pytest

from tests.python_snippets import RECORD
from tests.referee.python_engines import ask

pytest.importorskip("keras")
pytestmark = pytest.mark.referee


@pytest.mark.parametrize("engine", ["keras", "keras1"])
def test_keras_says_what_is_recorded(engine: str) -> None:
    record = json.loads(RECORD.read_text(encoding="utf-8"))
    recorded = {name: answer["models"] for name, answer in record.items() if answer["engine"] == engine}
    assert recorded
    assert ask(engine) == recorded
