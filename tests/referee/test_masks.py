"""Where masks are dropped: the findings of the rules against Keras 3's warnings, on random models."""

from __future__ import annotations

import random
import re
import warnings
from typing import Any

import pytest

keras = pytest.importorskip("keras")

from lstmlint import analyze  # noqa: E402
from lstmlint.rules import masks  # noqa: E402

pytestmark = pytest.mark.referee
L = keras.layers


def sequence_layers(rng: random.Random) -> list[Any]:
    """Draw a layer that takes (batch, timesteps, features) and returns the same rank."""
    return [
        lambda: L.Dense(3, activation=rng.choice([None, "relu"])),
        lambda: L.Dropout(0.2),
        lambda: L.SpatialDropout1D(0.2),
        lambda: L.Activation("relu"),
        L.ReLU,
        L.BatchNormalization,
        L.LayerNormalization,
        lambda: L.TimeDistributed(L.Dense(2)),
        lambda: L.LSTM(3, return_sequences=True),
        lambda: L.GRU(3, return_sequences=True),
        lambda: L.Bidirectional(L.SimpleRNN(2, return_sequences=True)),
        lambda: L.RNN(L.LSTMCell(2), return_sequences=True),
        lambda: L.Conv1D(3, 2),
        lambda: L.SeparableConv1D(3, 2),
        lambda: L.MaxPooling1D(2, padding="same"),
        lambda: L.AveragePooling1D(2, padding="same"),
        lambda: L.ZeroPadding1D(1),
        lambda: L.Cropping1D(1),
        lambda: L.UpSampling1D(2),
        lambda: L.Permute((1, 2)),
        lambda: L.GaussianNoise(0.1),
        L.Identity,
        lambda: L.EinsumDense("abc,cd->abd", output_shape=(None, 3)),
        L.Softmax,
        lambda: L.PReLU(shared_axes=[1]),
    ]


def ends(rng: random.Random) -> list[Any]:
    """Draw a layer that ends a sequence."""
    return [
        L.Flatten,
        L.GlobalMaxPooling1D,
        L.GlobalAveragePooling1D,
        lambda: L.LSTM(2),
        lambda: L.Bidirectional(L.GRU(2)),
    ]


def random_model(rng: random.Random) -> object:
    if rng.random() < 0.5:
        inputs = keras.Input((12,), dtype="int32")
        x = L.Embedding(20, 4, mask_zero=True)(inputs)
    else:
        inputs = keras.Input((12, 4))
        x = L.Masking()(inputs)
    other = L.Dense(4)(keras.layers.Masking()(inputs)) if len(inputs.shape) == 3 and rng.random() < 0.5 else None
    for _ in range(rng.randint(0, 4)):
        x = rng.choice(sequence_layers(rng))()(x)
        if rng.random() < 0.3:
            pool = [lambda a: L.Add()([a, L.Dense(a.shape[-1])(a)]), lambda a: L.Concatenate()([a, L.Dense(2)(a)]),
                    lambda a: L.Add()([a, L.Conv1D(a.shape[-1], 1)(a)]), lambda a: L.Concatenate()([L.Conv1D(2, 1)(a), a]),
                    lambda a: L.MultiHeadAttention(1, 2)(a, a), lambda a: L.Attention()([a, a])]  # fmt: skip
            x = rng.choice(pool)(x)
    x = rng.choice(ends(rng))()(x)
    outputs = [L.Dense(1)(x)] + ([] if other is None else [other])
    return keras.Model(inputs, outputs)


@pytest.mark.parametrize("seed", range(60))
def test_masks_are_dropped_where_keras_says(seed: int) -> None:
    rng = random.Random(seed)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        model: Any = None
        while model is None:
            caught.clear()
            try:
                model = random_model(rng)
            except ValueError:  # a draw that Keras refuses, such as a Dense on an unknown width
                model = None
    said = {
        match[1]
        for warning in caught
        if (match := re.match(r"Layer '(.*?)' .*passed an input with a mask", str(warning.message)))
    }
    report = analyze(model.to_json().encode())
    assert report.model is not None
    inside = {layer.name for layer in model._flatten_layers()} - {layer.name for layer in model.layers}
    assert {drop.row.name for drop in masks.drops(report.model)} == said - inside
