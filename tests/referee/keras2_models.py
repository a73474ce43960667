"""Valid tf_keras models to damage, one function per model."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import tensorflow as tf
import tf_keras

L = tf_keras.layers
Input, Model, Sequential = L.Input, tf_keras.Model, tf_keras.Sequential
MAKERS: list[Callable[[], Any]] = []


def model(make: Callable[[], Any]) -> Callable[[], Any]:
    """Register a function that builds a model."""
    MAKERS.append(make)
    return make


@model
def stack() -> Any:
    first = L.LSTM(8, return_sequences=True, input_shape=(13, 5), dropout=0.1)
    return Sequential([first, L.LSTM(6, return_sequences=True), L.Dropout(0.2), L.GRU(4), L.Dense(1)])


@model
def words() -> Any:
    both = L.Bidirectional(L.GRU(5, return_sequences=True))
    dense = L.TimeDistributed(L.Dense(3, activation="relu"))
    return Sequential([L.Embedding(100, 8, input_length=20, mask_zero=True), both, dense, L.GlobalMaxPooling1D()])


@model
def images() -> Any:
    return Sequential([
        Input((28, 28, 1)), L.Conv2D(8, 3, padding="same"), L.BatchNormalization(), L.MaxPooling2D(),
        L.SeparableConv2D(4, 3), L.DepthwiseConv2D(3, strides=2), L.Flatten(), L.Dense(10),
    ])  # fmt: skip


@model
def translation() -> Any:
    source, target = Input((None, 7)), Input((None, 5))
    _, *states = L.LSTM(6, return_state=True)(source)
    return Model(
        [source, target],
        L.Dense(5, activation="softmax")(L.LSTM(6, return_sequences=True)(target, initial_state=states)),
    )


@model
def attention() -> Any:
    x = Input((8, 6))
    y = L.LayerNormalization()(L.MultiHeadAttention(2, 3)(x, x) + x)
    both = L.Concatenate()([L.Attention()([y, x]), L.AdditiveAttention()([y, x])])
    return Model(x, L.Dense(2)(L.GlobalAveragePooling1D()(both)))


@model
def shared() -> Any:
    a, b = Input((6,)), Input((6,))
    dense = L.Dense(4, activation="tanh")
    return Model([a, b], L.Dense(1)(L.Multiply()([dense(a), dense(b)])))


@model
def nested() -> Any:
    x = Input((6, 2))
    inner = Model(x, L.GRU(3)(x), name="inner")
    head = Sequential([L.Dense(4, input_shape=(3,)), L.ReLU(6.0)], name="head")
    y = Input((6, 2))
    return Model(y, L.Dense(2)(head(inner(y))))


@model
def functions() -> Any:
    x = Input((6, 4))
    y = tf.concat([tf.nn.relu((x * 2.0 + 1.0)[:, 1:]), x], axis=1)
    return Model(x, L.Dense(2)(tf.expand_dims(tf.reduce_mean(y, axis=1), 1)))


@model
def cells() -> Any:
    x = Input((5, 3))
    return Model(x, L.Dense(1)(L.RNN([L.LSTMCell(4), L.GRUCell(3), L.SimpleRNNCell(2)])(x)))


@model
def both_ways() -> Any:
    x = Input((5, 3))
    y, *states = L.Bidirectional(L.LSTM(4, return_state=True, return_sequences=True), merge_mode="sum")(x)
    back = L.GRU(4, return_sequences=True, go_backwards=True)
    return Model(x, [L.Bidirectional(L.GRU(4, return_sequences=True), backward_layer=back)(y), *states])


@model
def many_ends() -> Any:
    wide, deep = Input((4,), name="wide"), Input((5,), name="deep", dtype="int32")
    flat = L.Flatten()(L.Embedding(9, 3)(deep))
    outputs = {"o1": L.Dense(1, name="o1")(L.concatenate([wide, flat])), "o2": L.Dense(2, name="o2")(flat)}
    return Model({"wide": wide, "deep": deep}, outputs)


@model
def old_layers() -> Any:
    local = [
        L.LocallyConnected1D(3, 3, input_shape=(9, 2)),
        L.LocallyConnected1D(2, 2, strides=2),
        L.ThresholdedReLU(0.3),
    ]
    return Sequential([*local, L.Flatten(), L.Dense(3, kernel_regularizer="l2", bias_constraint="max_norm")])


def good_models() -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the name and config of each model."""
    for make in MAKERS:
        tf_keras.backend.clear_session()
        yield make.__name__, json.loads(make().to_json())
