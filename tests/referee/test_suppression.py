"""The key `lstmlint` next to `class_name`: Keras ignores it when it loads the model."""

from __future__ import annotations

import json
import os
from typing import Any

import pytest

os.environ.setdefault("KERAS_BACKEND", "numpy")

from lstmlint import analyze

pytestmark = pytest.mark.referee
keras = pytest.importorskip("keras")

SAID = {"ignore": ["S102", "R2"], "layers": {"first": ["R201"]}, "reason": "one step is meant"}


def sequential() -> Any:
    return keras.Sequential([keras.Input((1, 13)), keras.layers.LSTM(4, name="first"), keras.layers.Dense(1)])


def functional() -> Any:
    inputs = keras.Input((1, 13))
    return keras.Model(inputs, [keras.layers.LSTM(4, name="first")(inputs), keras.layers.GRU(2)(inputs)])


def nested() -> Any:
    inputs = keras.Input((1, 13))
    return keras.Model(inputs, keras.layers.Dense(1)(sequential()(inputs)))


@pytest.mark.parametrize("build", [sequential, functional, nested])
def test_keras_ignores_the_key(build: Any, tmp_path: Any) -> None:
    model = build()
    config = json.loads(model.to_json())
    text = json.dumps({**config, "lstmlint": SAID})
    loaded = keras.models.model_from_json(text)
    assert json.loads(loaded.to_json()) == config
    assert loaded.count_params() == model.count_params()
    assert "R201" in {finding.code for finding in analyze(json.dumps(config).encode()).findings}
    # Neither the key itself nor what it suppresses is reported.
    report = analyze(text.encode())
    assert report.model is not None
    assert report.model.params == model.count_params()
    assert {finding.code for finding in report.findings} <= {"G714"}


@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")
def test_keras_ignores_the_key_in_an_archive(tmp_path: Any) -> None:
    from zipfile import ZipFile

    path = tmp_path / "m.keras"
    model = sequential()
    model.save(path)
    with ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    members["config.json"] = json.dumps({**json.loads(members["config.json"]), "lstmlint": SAID}).encode()
    with ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    assert keras.models.load_model(path).count_params() == model.count_params()
    assert {finding.code for finding in analyze(path).findings} <= {"G714"}
