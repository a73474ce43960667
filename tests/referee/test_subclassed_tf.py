"""The SavedModel of a subclassed model: its layers have the counts that tf_keras gives them."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
tf_keras: Any = pytest.importorskip("tf_keras")
np = pytest.importorskip("numpy")

from lstmlint import analyze  # noqa: E402

pytestmark = [pytest.mark.referee_tf, pytest.mark.filterwarnings("ignore")]
L = tf_keras.layers


class Chat(tf_keras.Model):  # type: ignore[misc]
    """A model whose connections are code."""

    def __init__(self) -> None:
        super().__init__()
        self.words = L.Embedding(10, 4)
        self.rnn = L.Bidirectional(L.LSTM(5))
        self.head = tf_keras.Sequential([L.Dense(4), L.BatchNormalization()])
        self.more = [L.Dense(4), L.Dense(2)]

    def call(self, inputs: Any) -> Any:
        """Connect the layers."""
        value = self.head(self.rnn(self.words(inputs)))
        for layer in self.more:
            value = layer(value)
        return value


def test_layers_are_counted(tmp_path: Path) -> None:
    model = Chat()
    model(np.zeros((2, 7)))
    model.save(tmp_path / "chat", save_format="tf")
    report = analyze(tmp_path / "chat")
    assert report.model is not None
    assert {row.name: row.params for row in report.model.layers} == {
        one.name: one.count_params() for one in model.layers
    }
    assert (report.model.params, report.model.complete) == (model.count_params(), True)
