"""Custom objects and recorded shapes in the SavedModel of a Sequential: it loads, with the counts of lstmlint."""

from __future__ import annotations

import io
import os
import zipfile
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


def test_archive_saved_on_windows(tmp_path: Path) -> None:
    keras = pytest.importorskip("tf_keras")
    h5py = pytest.importorskip("h5py")
    model = keras.Sequential([keras.Input((7, 4)), keras.layers.LSTM(3), keras.layers.Dense(2)])
    model.save(tmp_path / "linux.keras")
    weights = io.BytesIO()
    with (
        zipfile.ZipFile(tmp_path / "linux.keras") as archive,
        zipfile.ZipFile(tmp_path / "windows.keras", "w") as other,
    ):
        with h5py.File(io.BytesIO(archive.read("model.weights.h5"))) as old, h5py.File(weights, "w") as new:

            def copy(path: str, item: Any) -> None:
                groups, *rest = path.partition("/vars")
                renamed = groups.replace("/", "\\") + "".join(rest)
                if isinstance(item, h5py.Dataset):
                    new.create_dataset(renamed, data=item[()])
                else:
                    new.require_group(renamed)

            old.visititems(copy)
        other.writestr("metadata.json", archive.read("metadata.json"))
        other.writestr("config.json", archive.read("config.json"))
        other.writestr("model.weights.h5", weights.getvalue())
    assert [finding.code for finding in lstmlint.analyze(tmp_path / "linux.keras").findings] == []
    assert [finding.code for finding in lstmlint.analyze(tmp_path / "windows.keras").findings] == ["P612"]
    keras.models.load_model(tmp_path / "linux.keras")
    with pytest.raises(ValueError, match="received 0 variables"):
        keras.models.load_model(tmp_path / "windows.keras")
