"""Whole models of attention, normalization, merging and quantized layers, saved by the real Keras 3."""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable
from random import Random
from typing import Any

import pytest

os.environ.setdefault("KERAS_BACKEND", "numpy")
keras = pytest.importorskip("keras")
if not keras.__version__.startswith("3."):
    pytest.skip("this needs Keras 3", allow_module_level=True)

from tests.referee.common import compare  # noqa: E402

pytestmark = pytest.mark.referee
layers = keras.layers


def encoder(draw: Random) -> Any:
    """Build a transformer encoder whose blocks share their layers or not."""
    width, heads = draw.choice([4, 6, 8]), draw.choice([1, 2])
    x = inputs = keras.Input((draw.choice([None, 7]), width))
    shared = draw.random() < 0.3
    attend = layers.MultiHeadAttention(heads, draw.randint(1, 5), use_gate=draw.random() < 0.3)
    for _ in range(draw.randint(1, 3)):
        if not shared:
            attend = layers.MultiHeadAttention(heads, draw.randint(1, 5), value_dim=draw.choice([None, 3]))
        y = attend(x, x) if draw.random() < 0.5 else attend(query=x, value=x, key=x)
        x = layers.LayerNormalization()(layers.Add()([x, layers.Dropout(0.1)(y)]))
        y = layers.Dense(width * 2, activation="gelu")(x)
        y = layers.EinsumDense("abc,cd->abd", (None, width), bias_axes="d")(y)
        x = layers.RMSNormalization()(x + y)
    return keras.Model(inputs, layers.Dense(3)(layers.GlobalAveragePooling1D()(x)))


def translator(draw: Random) -> Any:
    """Build a recurrent encoder and decoder with attention between them."""
    units = draw.randint(2, 6)
    source = keras.Input((draw.choice([None, 9]), draw.randint(1, 5)))
    target = keras.Input((draw.choice([None, 5]), draw.randint(1, 5)))
    encoded = layers.Bidirectional(layers.LSTM(units, return_sequences=True), merge_mode="sum")(source)
    decoded = layers.GRU(units, return_sequences=True)(target)
    kind = draw.randrange(4)
    if kind == 0:
        context, scores = layers.Attention(use_scale=True)([decoded, encoded], return_attention_scores=True)
    elif kind == 1:
        context, scores = layers.AdditiveAttention()([decoded, encoded, encoded], return_attention_scores=True)
    elif kind == 2:
        context, scores = layers.MultiHeadAttention(2, 3)(decoded, encoded, return_attention_scores=True)
    else:
        context, scores = layers.GroupQueryAttention(4, 4, 2)(decoded, encoded, return_attention_scores=True)
    joined = layers.Concatenate(axis=draw.choice([-1, 2]))([decoded, context])
    out = layers.TimeDistributed(layers.Dense(draw.randint(1, 9)))(joined)
    return keras.Model([source, target], [out, scores])


def vision(draw: Random) -> Any:
    """Build convolutions with squeeze and excitation, and every kind of normalization between them."""
    x = inputs = keras.Input((8, 8, 3))
    for _ in range(draw.randint(1, 3)):
        filters = draw.choice([4, 8])
        y = layers.SpectralNormalization(layers.Conv2D(filters, 3, padding="same"))(x)
        norms = [
            layers.BatchNormalization(renorm=draw.random() < 0.3, scale=draw.random() < 0.7),
            layers.GroupNormalization(groups=draw.choice([2, 4, -1])),
            layers.LayerNormalization(axis=draw.choice([-1, [1, 2, 3], [-1]])),
            layers.UnitNormalization(),
        ]
        y = draw.choice([layers.ReLU(6.0), layers.PReLU(shared_axes=[1, 2]), layers.LeakyReLU(), layers.ELU()])(
            draw.choice(norms)(y)
        )
        gate = layers.Dense(filters, activation="sigmoid")(layers.GlobalAveragePooling2D(keepdims=True)(y))
        x = layers.SpatialDropout2D(0.1)(layers.Multiply()([y, gate]))
    pooled = layers.GlobalMaxPooling2D()(x)
    similar = layers.Dot(axes=1, normalize=True)([pooled, layers.Dense(pooled.shape[-1])(pooled)])
    return keras.Model(inputs, [layers.Softmax()(pooled), similar])


def language(draw: Random) -> Any:
    """Build a language model that reuses its embedding for the output."""
    words, width = draw.randint(5, 20), draw.choice([4, 8])
    table = layers.ReversibleEmbedding(words, width, tie_weights=draw.random() < 0.5)
    inputs = keras.Input((draw.choice([None, 6]),), dtype="int32")
    x = layers.LSTM(width, return_sequences=True)(table(inputs))
    return keras.Model(inputs, table(x, reverse=True))


def quantized(draw: Random) -> Any:
    """Build one of the other models and quantize it."""
    model = draw.choice([encoder, language, mixed_precision])(draw)
    blocks = keras.quantizers.Int4QuantizationConfig(block_size=draw.choice([2, -1]))
    model.quantize(**draw.choice([{"mode": "int8"}, {"mode": "int4"}, {"config": blocks}]))
    return model


def adapted(draw: Random) -> Any:
    """Build layers with LoRA, enabled before or after building."""
    inputs = keras.Input((draw.choice([None, 5]),), dtype="int32")
    table = layers.Embedding(11, 6, lora_rank=draw.choice([None, 2]))
    dense, einsum = layers.Dense(4, lora_rank=draw.choice([None, 3])), layers.EinsumDense("abc,cd->abd", (None, 5))
    model = keras.Model(inputs, einsum(dense(table(inputs))))
    einsum.enable_lora(draw.randint(1, 4))
    if draw.random() < 0.5:
        dense.trainable = False
    return model


def mixed_precision(draw: Random) -> Any:
    """Build layers with several dtype policies."""
    x = inputs = keras.Input((6,))
    for policy in draw.sample(["mixed_bfloat16", "float32", "bfloat16"], 2):
        x = layers.BatchNormalization(dtype=policy)(layers.Dense(draw.randint(2, 9), dtype=policy)(x))
    return keras.Model(inputs, x)


MODELS = (encoder, translator, vision, language, quantized, adapted, mixed_precision)


@pytest.mark.parametrize("seed", range(int(os.environ.get("LSTMLINT_DRAWS", "60")) // 10))
@pytest.mark.parametrize("make", MODELS, ids=lambda make: make.__name__)
def test_agrees_with_keras(make: Callable[[Random], Any], seed: int) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        keras.backend.clear_session()
        model = make(Random(seed))
        text = model.to_json()
        loaded = keras.models.model_from_json(text)
    assert compare(loaded, text) == []
