"""`lstmlint count` against real Keras: the same text, evaluated by Keras and parsed by lstmlint."""

from __future__ import annotations

import os
from typing import Any

import pytest

os.environ.setdefault("KERAS_BACKEND", "numpy")

from lstmlint.explaining import count_layer
from tests.test_explain import COUNTS

pytestmark = pytest.mark.referee


@pytest.mark.parametrize(("expression", "inputs", "params", "outputs"), COUNTS)
def test_count(expression: str, inputs: list[Any], params: int, outputs: list[Any]) -> None:
    keras = pytest.importorskip("keras")
    names = {**vars(keras.layers), "Sequential": keras.Sequential, "keras": keras, "layers": keras.layers}
    layer = eval(expression, names)
    tensors = [keras.Input(shape) for shape in inputs]
    if isinstance(layer, keras.layers.MultiHeadAttention):
        result = layer(*(tensors if len(tensors) > 1 else tensors * 2))
    elif isinstance(layer, keras.layers.RNN) and len(tensors) > 1:
        result = layer(tensors[0], initial_state=tensors[1:])
    else:
        result = layer(tensors if len(tensors) > 1 else tensors[0])
    assert layer.count_params() == params
    assert [tuple(tensor.shape) for tensor in keras.tree.flatten(result)] == outputs
    (found,) = count_layer(expression, inputs).layers
    assert found.row is not None
    ours = sorted((weight.shape, weight.trainable) for weight in found.row.weights)
    assert ours == sorted((tuple(w.shape), w.trainable) for w in layer.weights if "seed" not in w.path)
