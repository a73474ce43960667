"""Random recurrent models: every count and shape agrees with real Keras."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pytest

from tests.referee.common import compare

keras = pytest.importorskip("keras", reason="needs the referee extra")
pytestmark = pytest.mark.referee
L = keras.layers


def rnn(rng: random.Random, sequences: bool, **more: Any) -> Any:
    """Draw a recurrent layer with random options."""
    units = rng.randint(1, 9)
    options: dict[str, Any] = {
        "return_sequences": sequences,
        "go_backwards": rng.random() < 0.2,
        "trainable": rng.random() < 0.85,
        **more,
    }
    gated = {
        "use_bias": rng.random() < 0.7,
        "activation": rng.choice(["tanh", "relu", "linear", None]),
        "dropout": rng.choice([0.0, 0.3]),
        "recurrent_dropout": rng.choice([0.0, 0.2]),
    }
    kind = rng.choice(["LSTM", "GRU", "SimpleRNN", "RNN", "stack"])
    if kind == "LSTM":
        return L.LSTM(units, **gated, **options, unit_forget_bias=rng.random() < 0.5)
    if kind == "GRU":
        return L.GRU(units, **gated, **options, reset_after=rng.random() < 0.5)
    if kind == "SimpleRNN":
        return L.SimpleRNN(units, **gated, **options)
    if kind == "RNN":
        return L.RNN(cell(rng), **options)
    return L.RNN([cell(rng) for _ in range(rng.randint(1, 3))], **options)


def cell(rng: random.Random) -> Any:
    """Draw a cell."""
    units, bias = rng.randint(1, 7), rng.random() < 0.7
    return rng.choice(
        [
            lambda: L.LSTMCell(units, use_bias=bias),
            lambda: L.GRUCell(units, use_bias=bias, reset_after=rng.random() < 0.5),
            lambda: L.SimpleRNNCell(units, use_bias=bias),
        ]
    )()


def plain(rng: random.Random, kind: Any, units: int, **options: Any) -> Any:
    return kind(units, use_bias=rng.random() < 0.7, **options)


def stack(rng: random.Random) -> Any:
    """Draw a Sequential of recurrent and other layers on a sequence."""
    steps = rng.choice([None, rng.randint(2, 9)])
    if rng.random() < 0.4:
        model = keras.Sequential([keras.Input((steps,), dtype="int32")])
        model.add(L.Embedding(rng.randint(2, 50), rng.randint(1, 8), mask_zero=rng.random() < 0.3))
    else:
        model = keras.Sequential([keras.Input((steps, rng.randint(1, 6)))])
        if rng.random() < 0.3:
            model.add(L.Masking(0.0))
    for _ in range(rng.randint(1, 4)):
        layer = rnn(rng, True)
        choice = rng.random()
        if choice < 0.3:
            inner = plain(rng, rng.choice([L.LSTM, L.GRU, L.SimpleRNN]), rng.randint(1, 5), return_sequences=True)
            layer = L.Bidirectional(inner, merge_mode=rng.choice(["concat", "sum", "mul", "ave"]))
        elif choice < 0.45:
            layer = L.TimeDistributed(L.Dense(rng.randint(1, 5)))
        elif choice < 0.55:
            layer = rng.choice([L.Dropout(0.1), L.BatchNormalization(), L.LayerNormalization(), L.Activation("relu")])
        model.add(layer)
    model.add(rnn(rng, False))
    model.add(L.Dense(rng.randint(1, 5)))
    return model


def states(rng: random.Random) -> Any:
    """Draw an encoder that passes its states to a decoder."""
    units = rng.randint(1, 8)
    kind = rng.choice([L.LSTM, L.GRU, L.SimpleRNN])
    source, target = keras.Input((None, rng.randint(1, 5))), keras.Input((rng.choice([None, 4]), rng.randint(1, 5)))
    _, *encoded = plain(rng, kind, units, return_state=True)(source)
    sequence, *_ = plain(rng, kind, units, return_state=True, return_sequences=True)(target, initial_state=encoded)
    attended = L.Attention()([sequence, sequence]) if rng.random() < 0.5 else sequence
    return keras.Model([source, target], L.TimeDistributed(L.Dense(3))(L.Concatenate()([attended, sequence])))


def shared(rng: random.Random) -> Any:
    """Draw one recurrent layer called on two inputs, with its outputs merged."""
    features = rng.randint(1, 5)
    left, right = keras.Input((None, features)), keras.Input((7, features))
    encoder = rnn(rng, False)
    merge = rng.choice([L.Concatenate, L.Add, L.Subtract, L.Multiply, L.Average, L.Maximum, L.Minimum])()
    return keras.Model({"b": left, "a": right}, L.Dense(2)(merge([encoder(left), encoder(right)])))


def bidirectional(rng: random.Random) -> Any:
    """Draw Bidirectional layers with states, two outputs, or a separate backward layer."""
    units = rng.randint(1, 6)
    kind = rng.choice([L.LSTM, L.GRU, L.SimpleRNN])
    sequences, state = rng.random() < 0.5, rng.random() < 0.5
    layer = plain(rng, kind, units, return_sequences=sequences, return_state=state)
    back = None
    if rng.random() < 0.4:
        back = plain(rng, rng.choice([kind, L.SimpleRNN]) if not state else kind, units,
                     return_sequences=sequences, return_state=state, go_backwards=True)  # fmt: skip
    wrapped = L.Bidirectional(layer, merge_mode=rng.choice(["concat", "sum", "ave", "mul", None]), backward_layer=back)
    source = keras.Input((rng.choice([None, 5]), rng.randint(1, 4)))
    return keras.Model(source, wrapped(source))


def convolutional(rng: random.Random) -> Any:
    """Draw ConvLSTM layers of one to three dimensions."""
    rank = rng.randint(1, 3)
    kind = [L.ConvLSTM1D, L.ConvLSTM2D, L.ConvLSTM3D][rank - 1]
    first = rng.random() < 0.3
    frame = tuple(rng.randint(5, 8) for _ in range(rank))
    channels = rng.randint(1, 3)
    source = keras.Input((rng.choice([None, 4]), *((channels, *frame) if first else (*frame, channels))))
    layer = kind(
        rng.randint(1, 4),
        rng.choice([3, tuple(rng.randint(1, 4) for _ in range(rank))]),
        padding=rng.choice(["same", "valid"]),
        strides=rng.choice([1, 1, 2]),
        data_format="channels_first" if first else "channels_last",
        use_bias=rng.random() < 0.7,
        return_sequences=rng.random() < 0.5,
        return_state=rng.random() < 0.3,
    )
    return keras.Model(source, layer(source))


def nested(rng: random.Random) -> Any:
    """Draw a nested model, called on several inputs or on every timestep, frozen or not."""
    features = rng.randint(1, 4)
    steps = rng.choice([None, 6])
    inner_in = keras.Input((steps, features))
    inner: Any = keras.Model(inner_in, L.Dense(2)(rnn(rng, False)(inner_in)))
    if rng.random() < 0.4:
        inner = keras.Sequential([keras.Input((steps, features)), rnn(rng, True), rnn(rng, False)])
    inner.trainable = rng.random() < 0.7
    if rng.random() < 0.4:
        source = keras.Input((3, steps or 5, features))
        return keras.Model(source, L.TimeDistributed(inner)(source))
    left, right = keras.Input((6, features)), keras.Input((steps, features))
    return keras.Model([left, right], L.Concatenate()([inner(left), inner(right)]))


def stateful(rng: random.Random) -> Any:
    """Draw a stateful model with a fixed batch size."""
    source = keras.Input(batch_shape=(rng.randint(1, 4), rng.randint(2, 6), rng.randint(1, 4)))
    kind = rng.choice([L.LSTM, L.GRU, L.SimpleRNN])
    layer = plain(rng, kind, rng.randint(1, 5), stateful=True, return_state=True, unroll=rng.random() < 0.5)
    return keras.Model(source, layer(source))


FAMILIES: list[Callable[[random.Random], Any]] = [
    stack, states, shared, bidirectional, convolutional, nested, stateful,
]  # fmt: skip


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.__name__)
@pytest.mark.filterwarnings("ignore")
def test_random_models(family: Callable[[random.Random], Any]) -> None:
    failures = []
    for seed in range(40):
        keras.utils.clear_session()
        model = family(random.Random(seed))
        wrong = compare(model)
        if wrong:
            failures.append(f"seed {seed}: " + "; ".join(wrong))
    assert not failures, "\n".join(failures[:10])
