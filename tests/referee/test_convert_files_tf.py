"""`lstmlint convert` for whole files of tf_keras: Keras 3 loads the same bits and computes the same values."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from lstmlint.cli import guarded
from tests.referee.both_kerases import keras, np, tf_keras

pytestmark = [pytest.mark.referee_tf, pytest.mark.filterwarnings("ignore")]
L = tf_keras.layers


def chain(shape: tuple[int, ...], *layers: Any, **kwargs: Any) -> Any:
    return tf_keras.Sequential([L.Input(shape, **kwargs), *layers])


def block(name: str, **kwargs: Any) -> Any:
    x = L.Input((6,))
    y = L.BatchNormalization()(L.Dense(6, activation="tanh")(x))
    return tf_keras.Model(x, L.Dense(6, **kwargs)(y), name=name)


def frozen() -> Any:
    inner = block("inner")
    inner.trainable = False
    return chain((6,), L.Dense(6), inner, L.BatchNormalization(), L.Dense(2))


def shared() -> Any:
    one, two = L.Input((6,)), L.Input((6,))
    encoder, dense = block("encoder"), L.Dense(6)
    y = L.Concatenate()([dense(encoder(one)), dense(encoder(two))])
    return tf_keras.Model([one, two], [L.Dense(1, name="a")(y), L.Dense(2, name="b")(y)])


def attention() -> Any:
    x = L.Input((5, 6))
    y = L.LayerNormalization()(L.MultiHeadAttention(2, 3)(x, x))
    return tf_keras.Model(x, L.AdditiveAttention()([y, x]))


FAMILIES: dict[str, Callable[[], Any]] = {
    "convolutions": lambda: chain(
        (9, 9, 4),
        L.Conv2D(4, 3, groups=2),
        L.SeparableConv2D(3, 2),
        L.DepthwiseConv2D(2, depth_multiplier=2),
        L.Conv2DTranspose(3, 2),
        L.PReLU(),
    ),
    "one dimension": lambda: chain(
        (9, 4), L.Conv1D(4, 3), L.SeparableConv1D(3, 2), L.DepthwiseConv1D(2), L.Conv1DTranspose(2, 2)
    ),
    "recurrent": lambda: chain(
        (5, 3),
        L.LSTM(3, return_sequences=True),
        L.GRU(4, return_sequences=True),
        L.GRU(2, reset_after=False, return_sequences=True),
        L.Bidirectional(
            L.LSTM(3, return_sequences=True), backward_layer=L.GRU(3, return_sequences=True, go_backwards=True)
        ),
        L.TimeDistributed(L.Dense(3)),
        L.RNN([L.LSTMCell(2), L.GRUCell(3), L.LSTMCell(2)], return_sequences=True),
        L.SimpleRNN(2),
    ),
    "ConvLSTM": lambda: chain((4, 6, 6, 2), L.ConvLSTM2D(2, 3, recurrent_activation="sigmoid")),
    "embedding": lambda: chain((5,), L.Embedding(7, 3), L.Bidirectional(L.LSTM(2))),
    "attention": attention,
    "frozen": frozen,
    "shared": shared,
    "in a wrapper": lambda: chain((4, 6), L.TimeDistributed(block("inner")), L.GlobalAveragePooling1D(), L.Dense(1)),
}


def randomize(model: Any) -> None:
    rng = np.random.default_rng(0)
    model.set_weights([np.abs(rng.normal(size=one.shape)) * 0.3 + 0.1 for one in model.get_weights()])


def leaves(model: Any, of: Any) -> Iterator[Any]:
    for layer in model.layers:
        yield from leaves(layer, of) if isinstance(layer, of) else [layer]


def bits(model: Any, of: Any) -> dict[str, list[bytes]]:
    """Return the bytes of the weights of each layer, sorted, since releases list them in different orders."""
    return {
        layer.name: sorted(np.asarray(one).tobytes() for one in layer.weights)
        for layer in leaves(model, of)
        if layer.weights
    }


@pytest.mark.parametrize("source", ["h5", "keras"])
@pytest.mark.parametrize("name", FAMILIES)
def test_keras_3_loads_the_same_weights(name: str, source: str, tmp_path: Path) -> None:
    old = FAMILIES[name]()
    randomize(old)
    path = tmp_path / f"old.{source}"
    old.save(path, **({} if source == "keras" else {"save_format": "h5"}))
    rng = np.random.default_rng(1)
    words = name == "embedding"
    inputs = [
        rng.integers(0, 7, (2, *one.shape[1:])) if words else rng.normal(size=(2, *one.shape[1:])).astype("float32")
        for one in old.inputs
    ]
    expected = outputs(old, inputs)
    for target in ("keras", "h5"):
        new_path = tmp_path / f"new.{target}"
        assert guarded(["convert", str(path), "--to", "keras3", "-o", str(new_path)]) == 0
        new = keras.models.load_model(new_path, compile=False)
        assert bits(new, keras.Model) == bits(old, tf_keras.Model)
        assert_same(expected, outputs(new, inputs))
        back_path = tmp_path / f"back.{source}"
        assert guarded(["convert", str(new_path), "--to", "keras2", "-o", str(back_path)]) == 0
        back = tf_keras.models.load_model(back_path, compile=False)
        assert bits(back, tf_keras.Model) == bits(old, tf_keras.Model)
        assert_same(expected, outputs(back, inputs))


def outputs(model: Any, inputs: list[Any]) -> list[Any]:
    return [np.asarray(one) for one in as_list(model(one_or_all(inputs)))]


def assert_same(expected: list[Any], found: list[Any]) -> None:
    for one, two in zip(expected, found, strict=True):
        np.testing.assert_allclose(one, two, atol=1e-6, rtol=1e-5)


def as_list(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list | tuple) else [value]


def one_or_all(values: list[Any]) -> Any:
    return values[0] if len(values) == 1 else values
