"""Small valid Keras 3 models of every family of layers, for the damage test."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from typing import Any

os.environ.setdefault("KERAS_BACKEND", "numpy")

import keras
from keras import layers, ops

Config = dict[str, Any]
MAKERS: list[Callable[[], Any]] = []


def model(make: Callable[[], Any]) -> Callable[[], Any]:
    """Register a function that builds a model."""
    MAKERS.append(make)
    return make


def sequential(shape: tuple[int | None, ...] | None, *stack: Any, dtype: str | None = None, **options: Any) -> Any:
    """Build a Sequential; without an input shape, it stays unbuilt."""
    first = [] if shape is None else [keras.Input(shape, dtype=dtype)]
    return keras.Sequential([*first, *stack], **options)


def functional(shape: tuple[int | None, ...], *stack: Any, dtype: str | None = None) -> Any:
    """Build a functional chain."""
    given = tensor = keras.Input(shape, dtype=dtype)
    for step in stack:
        tensor = step(tensor)
    return keras.Model(given, tensor)


@model
def stacked_lstm() -> Any:
    return sequential(
        (13, 5), layers.LSTM(6, return_sequences=True), layers.Dropout(0.2), layers.LSTM(4), layers.Dense(1)
    )


@model
def gru_classifier() -> Any:
    return sequential(
        (None,),
        layers.Embedding(50, 8, mask_zero=True),
        layers.GRU(5, reset_after=False, dropout=0.1, recurrent_dropout=0.1),
        layers.Dense(3, activation="softmax", kernel_regularizer="l2"),
    )


@model
def bidirectional() -> Any:
    return functional(
        (7, 4),
        layers.Masking(0.0),
        layers.Bidirectional(layers.LSTM(3, return_sequences=True), merge_mode="sum"),
        layers.Bidirectional(layers.GRU(2), backward_layer=layers.GRU(2, go_backwards=True)),
        layers.Activation("tanh"),
    )


@model
def time_distributed() -> Any:
    return sequential(
        (4, 6, 3),
        layers.TimeDistributed(layers.Dense(5, activation="relu")),
        layers.TimeDistributed(layers.SimpleRNN(4)),
        layers.TimeDistributed(layers.Flatten()),
        layers.GlobalMaxPooling1D(),
    )


@model
def cells() -> Any:
    return functional(
        (6, 3),
        layers.RNN([layers.LSTMCell(4), layers.GRUCell(3)], return_sequences=True),
        layers.RNN(layers.StackedRNNCells([layers.SimpleRNNCell(2), layers.LSTMCell(5)]), return_sequences=True),
        layers.RNN(layers.GRUCell(2), go_backwards=True),
    )


@model
def conv_lstm() -> Any:
    return sequential(
        (3, 8, 8, 2),
        layers.ConvLSTM2D(4, 3, padding="same", return_sequences=True),
        layers.ConvLSTM2D(2, (3, 3), strides=(2, 2), data_format="channels_last"),
        layers.Flatten(),
        layers.Dense(2),
    )


@model
def conv_lstm_other() -> Any:
    return sequential((3, 9, 2), layers.ConvLSTM1D(2, 3, dilation_rate=2, return_sequences=False), layers.Dense(2))


@model
def encoder_decoder() -> Any:
    source, target = keras.Input((9, 4), name="source"), keras.Input((None, 3), name="target")
    _, h, c = layers.LSTM(5, return_state=True, name="encoder")(source)
    decoded, _, _ = layers.LSTM(5, return_sequences=True, return_state=True, name="decoder")(
        target, initial_state=[h, c]
    )
    return keras.Model([source, target], layers.Dense(7, activation="softmax", name="words")(decoded))


@model
def cnn() -> Any:
    return sequential(
        (28, 28, 1),
        layers.Conv2D(4, 3, activation="relu"),
        layers.BatchNormalization(),
        layers.MaxPooling2D(2),
        layers.Conv2D(8, (3, 3), padding="same", strides=2, use_bias=False),
        layers.ReLU(max_value=6.0),
        layers.AveragePooling2D((2, 2), padding="same"),
        layers.Flatten(),
        layers.Dense(10, activation="softmax"),
    )


@model
def conv_kinds() -> Any:
    return functional(
        (16, 16, 4),
        layers.SeparableConv2D(6, 3, depth_multiplier=2, padding="same"),
        layers.DepthwiseConv2D(3, depth_multiplier=1),
        layers.Conv2D(6, 3, groups=2, dilation_rate=2),
        layers.Conv2DTranspose(3, 3, strides=2, padding="same", output_padding=1),
        layers.SpatialDropout2D(0.1),
        layers.GlobalAveragePooling2D(keepdims=True),
    )


@model
def conv_one() -> Any:
    return functional(
        (20, 3),
        layers.Conv1D(4, 3, padding="causal", dilation_rate=2),
        layers.SeparableConv1D(5, 3),
        layers.Conv1DTranspose(3, 2, strides=2),
        layers.DepthwiseConv1D(3),
        layers.MaxPooling1D(2),
        layers.AveragePooling1D(2, strides=1),
        layers.ZeroPadding1D(1),
        layers.Cropping1D((1, 1)),
        layers.UpSampling1D(2),
        layers.GlobalAveragePooling1D(),
    )


@model
def conv_three() -> Any:
    return functional(
        (8, 8, 8, 2),
        layers.Conv3D(3, 2),
        layers.MaxPooling3D(2, padding="same"),
        layers.Conv3DTranspose(2, 2, strides=2),
        layers.ZeroPadding3D(1),
        layers.Cropping3D(1),
        layers.UpSampling3D(2),
        layers.AveragePooling3D(2),
        layers.GlobalMaxPooling3D(),
    )


@model
def spatial() -> Any:
    return functional(
        (10, 12, 2),
        layers.ZeroPadding2D(((1, 2), (0, 1))),
        layers.Cropping2D(((1, 1), (2, 0))),
        layers.UpSampling2D((2, 1), interpolation="bilinear"),
        layers.Resizing(6, 6),
        layers.Permute((3, 1, 2)),
        layers.Reshape((2, 36)),
        layers.Permute((2, 1)),
        layers.Reshape((-1, 4)),
        layers.Flatten(),
        layers.RepeatVector(3),
    )


@model
def adaptive() -> Any:
    return functional(
        (12, 10, 3),
        layers.AdaptiveAveragePooling2D((6, 5)),
        layers.AdaptiveMaxPooling2D(3),
        layers.GlobalMaxPooling2D(),
        layers.Dense(2),
    )


@model
def normalizations() -> Any:
    return functional(
        (6, 8),
        layers.LayerNormalization(axis=[-1]),
        layers.GroupNormalization(4),
        layers.UnitNormalization(),
        layers.RMSNormalization(),
        layers.BatchNormalization(axis=1, scale=False),
        layers.SpectralNormalization(layers.Dense(4)),
        layers.GaussianNoise(0.1),
        layers.GaussianDropout(0.2),
        layers.AlphaDropout(0.1),
        layers.ActivityRegularization(l1=0.01),
    )


@model
def attention() -> Any:
    query, value = keras.Input((4, 6), name="query"), keras.Input((5, 6), name="value")
    dot = layers.Attention(use_scale=True)([query, value])
    additive = layers.AdditiveAttention()([query, value, value])
    heads = layers.MultiHeadAttention(2, 3, dropout=0.1)(query, value)
    both = layers.Concatenate()([dot, additive, heads])
    return keras.Model([query, value], layers.GlobalAveragePooling1D()(both))


@model
def transformer() -> Any:
    tokens = keras.Input((10,), dtype="int32", name="tokens")
    x = layers.Embedding(30, 8)(tokens)
    for _ in range(2):
        y = layers.MultiHeadAttention(2, 4, output_shape=8)(x, x, use_causal_mask=True)
        x = layers.LayerNormalization()(layers.Add()([x, y]))
        y = layers.Dense(8)(layers.Dense(16, activation="gelu")(x))
        x = layers.LayerNormalization(rms_scaling=False)(x + y)
    grouped = layers.GroupQueryAttention(head_dim=2, num_query_heads=4, num_key_value_heads=2)(x, x)
    return keras.Model(tokens, layers.Dense(30)(grouped))


@model
def merging() -> Any:
    a, b = keras.Input((4, 3), name="a"), keras.Input((4, 3), name="b")
    merged = [
        layer([a, b])
        for layer in (
            layers.Add(),
            layers.Subtract(),
            layers.Multiply(),
            layers.Average(),
            layers.Maximum(),
            layers.Minimum(),
        )
    ]
    everything = layers.Concatenate(axis=1)(merged)
    return keras.Model([a, b], [everything, layers.Dot(axes=(2, 2))([a, b])])


@model
def named_inputs() -> Any:
    inputs = {"left": keras.Input((4,), name="left"), "right": keras.Input((6,), name="right")}
    joined = layers.Concatenate()([layers.Dense(3)(inputs["left"]), inputs["right"]])
    return keras.Model(
        inputs, {"score": layers.Dense(1, name="score")(joined), "kind": layers.Dense(2, name="kind")(joined)}
    )


@model
def shared() -> Any:
    one, two = keras.Input((5, 4), name="one"), keras.Input((7, 4), name="two")
    encoder = layers.LSTM(3, name="encoder")
    distance = layers.Subtract()([encoder(one), encoder(two)])
    return keras.Model([one, two], layers.Dense(1)(distance))


@model
def nested() -> Any:
    inner = functional((6,), layers.Dense(4, activation="relu"), layers.Dropout(0.1), layers.Dense(3))
    stack = sequential((3,), layers.Dense(5), layers.Dense(2))
    a, b = keras.Input((6,), name="a"), keras.Input((6,), name="b")
    return keras.Model([a, b], layers.Multiply()([stack(inner(a)), stack(inner(b))]))


@model
def nested_sequential() -> Any:
    return sequential(
        (5, 4),
        sequential((5, 4), layers.Conv1D(3, 2), layers.ReLU()),
        functional((4, 3), layers.LSTM(2)),
        sequential(None, layers.Dense(3), layers.Dense(1)),
    )


@model
def unbuilt() -> Any:
    return sequential(None, layers.LSTM(4), layers.Dense(2))


@model
def built_later() -> Any:
    made = sequential(None, layers.Dense(4), layers.Dense(2))
    made.build((None, 3))
    return made


@model
def residual() -> Any:
    image = keras.Input((8, 8, 3))
    x = layers.Conv2D(4, 3, padding="same")(image)
    for _ in range(2):
        y = layers.Conv2D(4, 3, padding="same", activation="relu", kernel_initializer="he_normal")(x)
        x = layers.Add()([x, layers.BatchNormalization()(y)])
    return keras.Model(image, layers.Dense(2)(layers.GlobalAveragePooling2D()(x)))


@model
def activations() -> Any:
    return functional(
        (6,),
        layers.Dense(5, activation="selu"),
        layers.LeakyReLU(negative_slope=0.2),
        layers.PReLU(),
        layers.ELU(alpha=0.5),
        layers.Softmax(),
        layers.Activation("swish"),
        layers.Dense(4, activation=keras.activations.leaky_relu, bias_initializer=keras.initializers.Constant(0.1)),
    )


@model
def initializers() -> Any:
    return functional(
        (6,),
        layers.Dense(
            5,
            kernel_initializer=keras.initializers.VarianceScaling(2.0, "fan_out"),
            kernel_regularizer=keras.regularizers.L1L2(0.1, 0.2),
            bias_constraint=keras.constraints.MaxNorm(3),
            activity_regularizer="l1",
            dtype="mixed_float16",
        ),
        layers.Dense(4, kernel_initializer="orthogonal", kernel_constraint="non_neg", trainable=False),
    )


@model
def operations() -> Any:
    a, b = keras.Input((4, 3), name="a"), keras.Input((3, 5), name="b")
    product = ops.matmul(a, b)
    mean = ops.mean(product, axis=-1, keepdims=True)
    joined = ops.concatenate([product - mean, ops.relu(product) * 2.0], axis=-1)
    sliced = joined[:, 1:3, ...]
    reshaped = ops.reshape(ops.transpose(sliced, (0, 2, 1)), (-1, 20))
    stacked = ops.stack([ops.expand_dims(mean, 1), ops.expand_dims(mean, 1)], axis=2)
    return keras.Model([a, b], [reshaped, ops.squeeze(stacked, axis=1), ops.sum(ops.cast(a, "float16"), axis=(1, 2))])


@model
def more_operations() -> Any:
    x = keras.Input((8, 8, 2))
    y = ops.max_pool(x, 2, strides=2, padding="valid")
    z = ops.pad(y, [[0, 0], [1, 1], [0, 0], [0, 0]])
    pieces = ops.split(z, 2, axis=1)
    return keras.Model(
        x, [ops.softmax(pieces[0]), ops.where(pieces[1] > 0, pieces[1], 0.0), ops.einsum("bhwc->bhc", z)]
    )


@model
def einsum() -> Any:
    return functional(
        (5, 6),
        layers.EinsumDense("abc,cd->abd", output_shape=(None, 4), bias_axes="d"),
        layers.EinsumDense("...x,xy->...y", output_shape=7, activation="relu"),
        layers.Dense(3),
    )


@model
def image_preprocessing() -> Any:
    return sequential(
        (16, 16, 3),
        layers.Rescaling(1.0 / 255),
        layers.RandomFlip("horizontal", seed=1),
        layers.RandomRotation(0.1),
        layers.RandomZoom(0.2, 0.1),
        layers.RandomTranslation(0.1, 0.1),
        layers.RandomContrast(0.2),
        layers.RandomBrightness(0.1),
        layers.CenterCrop(12, 12),
        layers.RandomCrop(8, 8),
        layers.Conv2D(2, 3),
    )


@model
def feature_preprocessing() -> Any:
    number, kind = keras.Input((3,), name="number"), keras.Input((1,), dtype="int32", name="kind")
    bins = layers.Discretization(bin_boundaries=[0.0, 1.0, 2.0], output_mode="int")(number)
    scaled = layers.Normalization(mean=[0.0, 1.0, 2.0], variance=[1.0, 1.0, 4.0])(number)
    encoded = layers.CategoryEncoding(num_tokens=4, output_mode="one_hot")(kind)
    embedded = layers.Flatten()(layers.Embedding(4, 2)(bins))
    return keras.Model([number, kind], layers.Dense(1)(layers.Concatenate()([scaled, encoded, embedded])))


@model
def audio() -> Any:
    return functional(
        (2000,), layers.MelSpectrogram(num_mel_bins=8, fft_length=256, sampling_rate=8000), layers.Dense(2, name="out")
    )


@model
def channels_first() -> Any:
    return functional(
        (3, 12, 12),
        layers.ZeroPadding2D(1, data_format="channels_first"),
        layers.BatchNormalization(axis=1),
        layers.Cropping2D(2, data_format="channels_first"),
        layers.UpSampling2D(2, data_format="channels_first"),
        layers.Flatten(data_format="channels_first"),
        layers.Dense(2),
    )


@model
def wide_and_deep() -> Any:
    a, b = keras.Input((12,), name="wide"), keras.Input((5,), name="deep")
    x = b
    for units in (8, 6, 4):
        x = layers.Dense(units, activation="relu")(x)
    out = layers.Dense(1, activation="sigmoid")(layers.concatenate([a, x]))
    return keras.Model([a, b], out, name="wide_and_deep")


@model
def compiled() -> Any:
    made = sequential((6, 2), layers.LSTM(3, stateful=False, unroll=True), layers.Dense(1), name="forecast")
    made.compile("adam", "mse", metrics=["mae"])
    return made


@model
def stateful() -> Any:
    given = keras.Input(batch_shape=(2, 5, 3))
    x = layers.LSTM(4, stateful=True, return_sequences=True)(given)
    return keras.Model(given, layers.TimeDistributed(layers.Dense(2))(x))


@model
def quantized() -> Any:
    return functional(
        (6,),
        layers.Dense(5, lora_rank=2),
        layers.Dense(4, dtype="int8_from_float32"),
        layers.Embedding(9, 4, lora_rank=1),
    )


@model
def every_lstm_argument() -> Any:
    return functional(
        (13, 5),
        layers.LSTM(
            10, activation="relu", recurrent_activation="hard_sigmoid", use_bias=True, unit_forget_bias=False,
            kernel_initializer="he_uniform", recurrent_initializer="identity", bias_initializer="ones",
            kernel_regularizer="l1", kernel_constraint="max_norm", dropout=0.1, recurrent_dropout=0.2, seed=7,
            return_sequences=True, go_backwards=True, unroll=False,
        ),
        layers.Identity(),
        layers.SimpleRNN(2),
    )  # fmt: skip


def good_models() -> Iterator[tuple[str, Config]]:
    """Yield the name and config of each model."""
    for make in MAKERS:
        keras.utils.clear_session()
        yield make.__name__, json.loads(make().to_json())
