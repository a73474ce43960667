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


@model
def residual() -> Any:
    image = Input((8, 8, 3))
    x = L.Conv2D(4, 3, padding="same", kernel_initializer="he_normal")(image)
    x = L.Add()([x, L.BatchNormalization()(L.Conv2D(4, 3, padding="same", activation="relu")(x))])
    return Model(image, L.Dense(2, activation="softmax")(L.GlobalAveragePooling2D()(x)))


@model
def conv_kinds() -> Any:
    return Sequential([
        Input((16, 16, 4)), L.SeparableConv2D(6, 3, depth_multiplier=2, padding="same"), L.DepthwiseConv2D(3),
        L.Conv2D(6, 3, groups=2, dilation_rate=2), L.Conv2DTranspose(3, 3, strides=2, output_padding=1),
        L.SpatialDropout2D(0.1), L.GlobalAveragePooling2D(keepdims=True),
    ])  # fmt: skip


@model
def conv_one() -> Any:
    return Sequential([
        Input((20, 3)), L.Conv1D(4, 3, padding="causal", dilation_rate=2), L.SeparableConv1D(5, 3),
        L.Conv1DTranspose(3, 2, strides=2), L.MaxPooling1D(2), L.AveragePooling1D(2, strides=1), L.ZeroPadding1D(1),
        L.Cropping1D((1, 1)), L.UpSampling1D(2), L.GlobalAveragePooling1D(),
    ])  # fmt: skip


@model
def conv_three() -> Any:
    return Sequential([
        Input((8, 8, 8, 2)), L.Conv3D(3, 2), L.MaxPooling3D(2, padding="same"), L.Conv3DTranspose(2, 2, strides=2),
        L.ZeroPadding3D(1), L.Cropping3D(1), L.UpSampling3D(2), L.GlobalMaxPooling3D(),
    ])  # fmt: skip


@model
def spatial() -> Any:
    return Sequential([
        Input((10, 12, 2)), L.ZeroPadding2D(((1, 2), (0, 1))), L.Cropping2D(((1, 1), (2, 0))),
        L.UpSampling2D((2, 1), interpolation="bilinear"), L.Resizing(6, 6), L.Permute((3, 1, 2)), L.Reshape((2, 36)),
        L.Permute((2, 1)), L.Reshape((-1, 4)), L.Flatten(), L.RepeatVector(3),
    ])  # fmt: skip


@model
def normalizations() -> Any:
    return Sequential([
        Input((6, 8)), L.LayerNormalization(axis=[-1]), L.GroupNormalization(4), L.UnitNormalization(),
        L.BatchNormalization(axis=1, scale=False), L.GaussianNoise(0.1), L.GaussianDropout(0.2), L.AlphaDropout(0.1),
        L.ActivityRegularization(l1=0.01),
    ])  # fmt: skip


@model
def merging() -> Any:
    a, b = Input((4, 3), name="a"), Input((4, 3), name="b")
    merged = [merge()([a, b]) for merge in (L.Add, L.Subtract, L.Multiply, L.Average, L.Maximum, L.Minimum)]
    return Model([a, b], [L.Concatenate(axis=1)(merged), L.Dot(axes=(2, 2))([a, b])])


@model
def activations() -> Any:
    return Sequential([
        Input((6,)), L.Dense(5, activation="selu"), L.LeakyReLU(0.2), L.PReLU(), L.ELU(0.5), L.Softmax(),
        L.Activation("swish"), L.Dense(4, activation=L.LeakyReLU(0.1), bias_initializer="ones"),
    ])  # fmt: skip


@model
def initializers() -> Any:
    regularizer, constraint = tf_keras.regularizers.L1L2(0.1, 0.2), tf_keras.constraints.MaxNorm(3)
    first = L.Dense(5, kernel_initializer=tf_keras.initializers.VarianceScaling(2.0, "fan_out"),
                    kernel_regularizer=regularizer, bias_constraint=constraint, activity_regularizer="l1")  # fmt: skip
    frozen = L.Dense(4, kernel_initializer="orthogonal", kernel_constraint="non_neg", trainable=False)
    return Sequential([Input((6,)), first, frozen])


@model
def features() -> Any:
    number, kind = Input((3,), name="number"), Input((1,), dtype="int32", name="kind")
    scaled = L.Normalization(mean=[0.0, 1.0, 2.0], variance=[1.0, 1.0, 4.0])(number)
    bins = L.Flatten()(L.Embedding(4, 2)(L.Discretization([0.0, 1.0, 2.0])(number)))
    encoded = L.CategoryEncoding(4, output_mode="one_hot")(kind)
    return Model([number, kind], L.Dense(1)(L.Concatenate()([scaled, encoded, bins])))


@model
def augmentation() -> Any:
    return Sequential([
        Input((16, 16, 3)), L.Rescaling(1 / 255), L.RandomFlip("horizontal", seed=1), L.RandomRotation(0.1),
        L.RandomZoom(0.2, 0.1), L.RandomTranslation(0.1, 0.1), L.RandomContrast(0.2), L.CenterCrop(12, 12),
        L.RandomCrop(8, 8), L.Conv2D(2, 3),
    ])  # fmt: skip


@model
def channels_first() -> Any:
    first = {"data_format": "channels_first"}
    return Sequential([
        Input((3, 12, 12)), L.ZeroPadding2D(1, **first), L.BatchNormalization(axis=1), L.Cropping2D(2, **first),
        L.UpSampling2D(2, **first), L.Flatten(**first), L.Dense(2),
    ])  # fmt: skip


@model
def masked() -> Any:
    words = Input((7,), dtype="int32")
    x = L.Dropout(0.1)(L.Embedding(20, 4, mask_zero=True)(words))
    return Model(words, L.Dense(1)(L.LSTM(3)(L.Concatenate()([x, L.TimeDistributed(L.Dense(4))(x)]))))


@model
def einsum() -> Any:
    x = Input((5, 6))
    y = L.EinsumDense("abc,cd->abd", output_shape=(None, 4), bias_axes="d")(x)
    return Model(x, L.EinsumDense("...x,xy->...y", output_shape=7, activation="relu")(y))


@model
def conv_lstm() -> Any:
    return Sequential([Input((3, 8, 8, 2)), L.ConvLSTM2D(2, 3, strides=2, padding="same"), L.Flatten(), L.Dense(2)])


@model
def compiled() -> Any:
    made = Sequential([Input((6,)), L.Dense(3, activation="tanh"), L.Dense(1)])
    made.compile("adam", "mse", metrics=["mae"])
    return made


@model
def stateful() -> Any:
    return Sequential([L.SimpleRNN(4, stateful=True, unroll=True, batch_input_shape=(2, 3, 3)), L.Dense(2)])


def good_models() -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the name and config of each model."""
    for make in MAKERS:
        tf_keras.backend.clear_session()
        yield make.__name__, json.loads(make().to_json())
