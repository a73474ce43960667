"""The key `lstmlint` next to `class_name`: tf_keras ignores it too."""

from __future__ import annotations

import json

import pytest

pytestmark = pytest.mark.referee_tf
keras = pytest.importorskip("tf_keras")


def test_keras_ignores_the_key() -> None:
    inputs = keras.Input((1, 13))
    stack = keras.Sequential([keras.Input((1, 13)), keras.layers.LSTM(4, name="first"), keras.layers.Dense(1)])
    for model in (stack, keras.Model(inputs, keras.layers.LSTM(4)(inputs))):
        config = json.loads(model.to_json())
        said = {"ignore": ["S102"], "layers": {"first": ["R201"]}}
        loaded = keras.models.model_from_json(json.dumps({**config, "lstmlint": said}))
        assert json.loads(loaded.to_json()) == config
