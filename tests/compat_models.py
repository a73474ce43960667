"""Small models of many kinds, saved and loaded by the Keras 3 that is installed.

python tests/compat_models.py save            prints {"model", "document"} for each model that this release can build
python tests/compat_models.py load < lines    prints for each line with a "document" the error of this release, or null

This file does not import lstmlint, so that any release can run it.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from typing import Any

import keras  # type: ignore[import-not-found,import-untyped,unused-ignore]

layers: Any = keras.layers


def sequential(shape: tuple[int | None, ...], *inner: Any) -> Any:
    """Return a Sequential with an input shape."""
    return keras.Sequential([keras.Input(shape), *inner])


def functional(shape: tuple[int | None, ...], body: Callable[[Any], Any]) -> Any:
    """Return a functional model of one input."""
    tensor = keras.Input(shape)
    return keras.Model(tensor, body(tensor))


def compiled(optimizer: Any, loss: Any, *metrics: Any) -> Any:
    """Return a compiled model."""
    model = sequential((4,), layers.Dense(3))
    model.compile(optimizer, loss, metrics=list(metrics))
    return model


def quantized(mode: str) -> Any:
    """Return a quantized model."""
    model = sequential((8,), layers.Dense(4), layers.Dense(2))
    model.quantize(mode)
    return model


def with_lora() -> Any:
    """Return a model with a low-rank adapter."""
    dense = layers.Dense(4)
    model = sequential((8,), dense)
    dense.enable_lora(2)
    return model


def dictionaries() -> Any:
    """Return a model whose inputs and outputs are dictionaries."""
    inputs = {"a": keras.Input((4,), name="a"), "b": keras.Input((4,), name="b")}
    return keras.Model(inputs, {"sum": layers.Add(name="sum")(list(inputs.values()))})


def shared() -> Any:
    """Return a model that calls a layer and a nested model twice."""
    first, second = keras.Input((4,)), keras.Input((4,))
    dense, tower = layers.Dense(3), sequential((3,), layers.Dense(2))
    return keras.Model([first, second], layers.Subtract()([tower(dense(first)), tower(dense(second))]))


def policies() -> Any:
    """Return a model whose layers have dtype policies."""
    policy = keras.mixed_precision.DTypePolicy("mixed_float16")
    return sequential((4,), layers.Dense(4, dtype=policy), layers.Dense(3, dtype="float16"))


def policy_map() -> Any:
    """Return a model with a DTypePolicyMap."""
    policies = keras.dtype_policies.DTypePolicyMap()
    policies["d"] = keras.dtype_policies.DTypePolicy("bfloat16")
    return sequential((4,), layers.Dense(4, dtype=policies, name="d"))


def optional() -> Any:
    """Return a model with an optional input."""
    first, second = keras.Input((4,)), keras.Input((4,), optional=True)
    return keras.Model([first, second], layers.Add()([first, second]))


MODELS: dict[str, Callable[[], Any]] = {
    "dense": lambda: sequential((8,), layers.Dense(4, activation="relu"), layers.Dropout(0.3), layers.Dense(2)),
    "no input": lambda: keras.Sequential([layers.Dense(4), layers.Dense(2)]),
    "lstm": lambda: sequential((7, 3), layers.LSTM(4, return_sequences=True), layers.GRU(3, reset_after=False)),
    "cells": lambda: sequential((7, 3), layers.RNN([layers.LSTMCell(4), layers.GRUCell(3)])),
    "bidirectional": lambda: sequential(
        (7, 3), layers.Masking(), layers.Bidirectional(layers.LSTM(4)), layers.Dense(1)
    ),
    "time distributed": lambda: sequential((5, 8, 3), layers.TimeDistributed(layers.Conv1D(2, 3))),
    "conv lstm": lambda: sequential((3, 8, 8, 1), layers.ConvLSTM2D(2, 3)),
    "embedding": lambda: sequential((9,), layers.Embedding(20, 4, mask_zero=True), layers.SimpleRNN(3)),
    "attention": lambda: functional((7, 8), lambda x: layers.MultiHeadAttention(2, 4)(x, x)),
    "dot attention": lambda: functional((7, 8), lambda x: layers.Attention(use_scale=True)([x, x])),
    "grouped attention": lambda: functional((7, 8), lambda x: layers.GroupQueryAttention(4, 4, 2)(x, x)),
    "convolutions": lambda: sequential(
        (16, 16, 4), layers.Conv2D(4, 3, groups=2), layers.BatchNormalization(), layers.ReLU()
    ),
    "separable": lambda: sequential((9, 9, 3), layers.SeparableConv2D(4, 3), layers.DepthwiseConv2D(2)),
    "transposed": lambda: sequential((4, 4, 3), layers.Conv2DTranspose(2, 3, strides=2, output_padding=1)),
    "pooling": lambda: sequential((8, 8, 3), layers.MaxPooling2D(), layers.GlobalAveragePooling2D(keepdims=True)),
    "adaptive pooling": lambda: sequential((8, 8, 3), layers.AdaptiveAveragePooling2D(4)),
    "normalization": lambda: sequential((8, 4), layers.LayerNormalization(), layers.GroupNormalization(2)),
    "rms normalization": lambda: sequential((8, 4), layers.RMSNormalization()),
    "spectral": lambda: sequential((8, 8, 4), layers.SpectralNormalization(layers.Conv2D(3, 2))),
    "feature normalization": lambda: sequential((2,), layers.Normalization(mean=[0.0, 1], variance=[1.0, 1])),
    "categories": lambda: sequential((1,), layers.Discretization([0.0, 1.0]), layers.CategoryEncoding(3)),
    "images": lambda: sequential((8, 8, 3), layers.Rescaling(0.1), layers.Resizing(6, 6), layers.RandomFlip(seed=1)),
    "colors": lambda: sequential((8, 8, 3), layers.RandomGrayscale(), layers.RandomHue(0.1), layers.Solarization()),
    "augmentation": lambda: sequential((8, 8, 3), layers.RandAugment()),
    "spectrogram": lambda: sequential((1600,), layers.MelSpectrogram(num_mel_bins=8)),
    "activations": lambda: sequential((6,), layers.Dense(6, activation="gelu"), layers.PReLU(), layers.LeakyReLU()),
    "new activations": lambda: sequential(
        (6,), layers.Dense(6, activation="celu"), layers.Dense(2, activation="hard_tanh")
    ),
    "einsum": lambda: sequential((7, 8), layers.EinsumDense("abc,cd->abd", output_shape=(None, 4), bias_axes="d")),
    "nested": lambda: sequential((8,), sequential((8,), layers.Dense(3)), layers.Dense(2)),
    "shared": shared,
    "dictionaries": dictionaries,
    "optional input": optional,
    "lambda": lambda: sequential((4,), layers.Lambda(lambda x: x * 2.0)),
    "regularizers": lambda: sequential((4,), layers.Dense(4, kernel_regularizer=keras.regularizers.L1L2(0.1, 0.2))),
    "constraints": lambda: sequential((4,), layers.Dense(4, kernel_constraint=keras.constraints.MaxNorm(2))),
    "initializers": lambda: sequential((4,), layers.Dense(4, kernel_initializer=keras.initializers.HeNormal(seed=1))),
    "policies": policies,
    "policy map": policy_map,
    "int8": lambda: quantized("int8"),
    "int4": lambda: quantized("int4"),
    "lora": with_lora,
    "operations": lambda: functional(
        (4, 6), lambda x: keras.ops.mean(keras.ops.reshape(x * 2 + 1, (-1, 24))[:, :3], axis=1)
    ),
    "new operations": lambda: functional((6,), lambda x: keras.ops.celu(keras.ops.exp2(x))),
    "strings": lambda: compiled("adam", "mse", "mae"),
    "adamw": lambda: compiled(keras.optimizers.AdamW(0.1), keras.losses.Huber(), keras.metrics.AUC()),
    "schedule": lambda: compiled(
        keras.optimizers.SGD(keras.optimizers.schedules.ExponentialDecay(0.1, 100, 0.9)), keras.losses.LogCosh()
    ),
    "muon": lambda: compiled(keras.optimizers.Muon(), keras.losses.MeanSquaredError()),
}


def save() -> Iterator[dict[str, Any]]:
    """Yield the models of this release."""
    for name, build in MODELS.items():
        keras.utils.clear_session()
        try:
            model = build()
        except (AttributeError, TypeError, ValueError):  # this release lacks a class or an argument
            continue
        yield {"model": name, "document": json.loads(model.to_json())}


def load() -> Iterator[str | None]:
    """Yield the last line of each error, or None."""
    for line in sys.stdin:
        keras.utils.clear_session()
        try:
            keras.models.model_from_json(json.dumps(json.loads(line)["document"]))
        except Exception as error:  # a release may refuse a model with any exception
            yield f"{type(error).__name__}: {str(error).strip().splitlines()[-1] if str(error).strip() else ''}"
        else:
            yield None


if __name__ == "__main__":
    for answer in save() if sys.argv[1] == "save" else load():
        print(json.dumps(answer), flush=True)
