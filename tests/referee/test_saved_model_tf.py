"""Custom objects and recorded shapes in the SavedModel of a Sequential: it loads, with the counts of lstmlint."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import lstmlint

pytestmark = pytest.mark.referee_tf


def first_layers(keras: Any) -> dict[str, Any]:
    """Return layers that a config alone does not build."""

    class Mine(keras.layers.Layer):  # type: ignore[misc]
        def call(self, x: Any) -> Any:
            return x * 2

    normalization = keras.layers.Normalization()
    normalization.adapt([[1.0, 2.0, 3.0], [4.0, 5.0, 7.0]])
    return {
        "normalization": normalization,
        "layer": Mine(),
        "activation": keras.layers.Dense(3, activation=lambda x: x * 2),
        "lambda": keras.layers.Lambda(lambda x: x * 2),
    }


@pytest.mark.parametrize("name", ["normalization", "layer", "activation", "lambda"])
def test_saved_model(name: str, tmp_path: Path) -> None:
    keras = pytest.importorskip("tf_keras")
    import tensorflow as tf

    model = keras.Sequential([first_layers(keras)[name], keras.layers.Dense(2)])
    model(tf.zeros((4, 3)))
    model.save(tmp_path / "model", save_format="tf")
    loaded = keras.models.load_model(tmp_path / "model", compile=False)  # without custom_objects
    report = lstmlint.analyze(tmp_path / "model")
    assert report.model is not None
    assert all(finding.severity == "info" for finding in report.findings), report.findings
    known = [row for row in report.model.layers if row.params is not None and row.class_name != "InputLayer"]
    layers = {layer.name: layer for layer in loaded.layers}
    assert [row.params for row in known] == [layers[row.name].count_params() for row in known]
    assert len(known) == (1 if name == "layer" else 2)
