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


def seq2seq() -> Any:
    """Return an encoder and a decoder that starts with its states."""
    source, target = keras.Input((None, 8)), keras.Input((None, 6))
    _, *states = layers.LSTM(5, return_state=True)(source)
    decoded, *_ = layers.LSTM(5, return_sequences=True, return_state=True)(target, initial_state=states)
    return keras.Model([source, target], layers.Dense(6)(decoded))


def bidirectional_states() -> Any:
    """Return a Bidirectional that starts with the states of another."""
    source, target = keras.Input((7, 3)), keras.Input((4, 3))
    _, *states = layers.Bidirectional(layers.GRU(4, return_state=True))(source)
    return keras.Model([source, target], layers.Bidirectional(layers.GRU(4))(target, initial_state=states))


def scores() -> Any:
    """Return a model that returns attention scores."""
    query, value = keras.Input((6, 8)), keras.Input((5, 8))
    outputs = layers.MultiHeadAttention(2, 4, value_dim=3)(query, value, return_attention_scores=True)
    return keras.Model([query, value], list(outputs))


def masked_attention() -> Any:
    """Return a model whose attention gets the mask of an Embedding."""
    tokens = keras.Input((6,), dtype="int32")
    embedded = layers.Embedding(11, 8, mask_zero=True)(tokens)
    attended = layers.LayerNormalization()(
        layers.Add()([embedded, layers.MultiHeadAttention(2, 4)(embedded, embedded)])
    )
    return keras.Model(tokens, sequential((6, 8), layers.Dense(4), layers.Dense(8))(attended))


def nested_outputs() -> Any:
    """Return a model whose outputs are a nested list."""
    first, second, dense = keras.Input((4,)), keras.Input((4,)), layers.Dense(3)
    return keras.Model([first, second], [dense(first), [dense(second), layers.Add()([first, second])]])


def nested_functional() -> Any:
    """Return models of two inputs and two outputs in each other."""
    first, second = keras.Input((3,)), keras.Input((3,))
    inner = keras.Model([first, second], [layers.Add()([first, second]), layers.Subtract()([first, second])])
    left, right = keras.Input((3,)), keras.Input((3,))
    return keras.Model([left, right], layers.Concatenate()(inner([left, right])))


def video() -> Any:
    """Return a functional model in a TimeDistributed."""
    frames = functional((8, 8, 3), lambda x: layers.GlobalAveragePooling2D()(layers.Conv2D(4, 3)(x)))
    return functional((5, 8, 8, 3), lambda x: layers.GRU(3)(layers.TimeDistributed(frames)(x)))


def operators() -> Any:
    """Return a model of operators on two inputs."""
    first, second = keras.Input((4,)), keras.Input((4,))
    return keras.Model([first, second], (first + second) * 2.0 - first / (second * second + 1.0))


def table() -> Any:
    """Return a model of preprocessing layers, one an input."""
    inputs = {"a": keras.Input((1,), name="a"), "b": keras.Input((1,), name="b", dtype="int64")}
    columns = [layers.Rescaling(0.1)(inputs["a"]), layers.CategoryEncoding(4, output_mode="one_hot")(inputs["b"])]
    return keras.Model(inputs, layers.Dense(1)(layers.Concatenate()(columns)))


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
    "seq2seq": seq2seq,
    "bidirectional states": bidirectional_states,
    "attention scores": scores,
    "masked attention": masked_attention,
    "attention axes": lambda: functional(
        (3, 4, 8), lambda x: layers.MultiHeadAttention(2, 4, attention_axes=(1, 2))(x, x)
    ),
    "causal grouped attention": lambda: functional(
        (6, 8), lambda x: layers.GroupQueryAttention(4, 4, 2, dropout=0.1)(x, x, use_causal_mask=True)
    ),
    "additive attention": lambda: functional((6, 8), lambda x: layers.AdditiveAttention(dropout=0.1)([x, x])),
    "attention output": lambda: functional((7, 8), lambda x: layers.MultiHeadAttention(2, 4, output_shape=6)(x, x)),
    "nested outputs": nested_outputs,
    "nested functional": nested_functional,
    "video": video,
    "operators": operators,
    "slice": lambda: functional((6, 4), lambda x: x[1:]),
    "einsum heads": lambda: functional(
        (5, 8),
        lambda x: layers.EinsumDense("bthk,hkd->btd", (None, 8))(layers.EinsumDense("btd,dhk->bthk", (None, 2, 4))(x)),
    ),
    "stacked conv lstm": lambda: sequential(
        (4, 8, 8, 2),
        layers.ConvLSTM2D(3, 3, padding="same", return_sequences=True),
        layers.ConvLSTM2D(2, 3, dropout=0.1),
    ),
    "conv lstm 1d": lambda: sequential((3, 10, 2), layers.ConvLSTM1D(4, 3, strides=2, go_backwards=True)),
    "three cells": lambda: sequential(
        (5, 3), layers.RNN([layers.SimpleRNNCell(4), layers.LSTMCell(3), layers.GRUCell(2)], return_sequences=True)
    ),
    "bidirectional cells": lambda: sequential(
        (5, 3), layers.Bidirectional(layers.RNN(layers.LSTMCell(4)), merge_mode="ave")
    ),
    "backward layer": lambda: sequential(
        (5, 3), layers.Bidirectional(layers.LSTM(3), backward_layer=layers.GRU(3, go_backwards=True))
    ),
    "table": table,
    "image preprocessing": lambda: sequential(
        (16, 16, 3),
        layers.CenterCrop(12, 12),
        layers.RandomRotation(0.1),
        layers.RandomZoom(0.1),
        layers.RandomContrast(0.2),
    ),
    "random crop": lambda: sequential((16, 16, 3), layers.RandomCrop(8, 8), layers.RandomTranslation(0.1, 0.1)),
    "grayscale": lambda: sequential((8, 8, 3), layers.RandomGrayscale()),
    "noise": lambda: sequential(
        (8,), layers.GaussianNoise(0.1), layers.AlphaDropout(0.1), layers.ELU(), layers.Softmax()
    ),
    "float8": lambda: quantized("float8"),
    "bfloat16": lambda: sequential(
        (6, 4), layers.LSTM(4, dtype="mixed_bfloat16"), layers.Activation("relu", dtype="float32")
    ),
    "layer activations": lambda: sequential((6,), layers.Dense(4, activation=layers.LeakyReLU())),
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
        except (AttributeError, NotImplementedError, TypeError, ValueError):
            continue  # this release lacks a class or an argument
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
