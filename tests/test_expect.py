"""`--expect`: the mistakes that lead to a number."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

import pytest

from lstmlint.explaining import count_layer
from lstmlint.explaining.expecting import search
from tests.printed_arithmetic import comes_out
from tests.test_explain import Shapes, check_text, explained, layer, sequential

# A wrong number, and the mistakes found for it, most likely first.
MISTAKES = [
    ("LSTM(10)", [(13, 5)], 280, ["one-unit-times-units"]),
    ("LSTM(10)", [(13, 5)], 160, ["gates-forgotten"]),
    ("LSTM(10)", [(13, 5)], 600, ["bias-forgotten"]),
    ("LSTM(10)", [(13, 5)], 240, ["recurrent-kernel-forgotten"]),
    ("LSTM(10)", [(13, 5)], 440, ["kernel-forgotten"]),
    ("LSTM(10)", [(13, 5)], 8320, ["timesteps-multiplied"]),
    ("LSTM(10)", [(13, 5)], 960, ["timesteps-for-features"]),
    ("LSTM(10)", [(13, 5)], 988, ["timesteps-for-units"]),
    ("LSTM(10)", [(13, 5)], 320, ["units-and-features-swapped"]),
    ("LSTM(10)", [(13, 5)], 680, ["cudnn-bias"]),
    ("LSTM(10)", [(13, 5)], 64, ["one-unit-only"]),
    ("LSTM(10)", [(13, 5)], 3040, ["input-flattened"]),
    ("LSTM(10)", [(13, 5)], 480, ["features-forgotten", "counted-as-gru"]),
    ("LSTM(10)", [(13, 5)], 610, ["one-bias-for-all-gates"]),
    ("LSTM(10)", [(13, 5)], 670, ["peepholes"]),
    ("LSTM(10)", [(13, 5)], 2560, ["bytes"]),
    ("LSTM(10)", [(13, 5)], 7800, ["macs"]),
    ("LSTM(10)", [(13, 5)], 400, ["one-weight-only"]),
    ("LSTM(10, use_bias=False)", [(13, 5)], 640, ["bias-added"]),
    ("LSTM(10, stateful=True, batch_input_shape=(32, 13, 5))", [], 20480, ["batch-multiplied"]),
    ("CuDNNLSTM(10)", [(13, 5)], 640, ["cudnn-bias"]),
    ("GRU(4)", [(7, 3)], 96, ["reset-after"]),
    ("GRU(4, reset_after=False)", [(7, 3)], 108, ["reset-after"]),
    ("GRU(4, return_sequences=True)", [(7, 3)], 756, ["timesteps-multiplied"]),
    ("Bidirectional(LSTM(10))", [(13, 5)], 640, ["one-direction", "units-and-features-swapped"]),
    ("Bidirectional(LSTM(10), merge_mode='sum')", [(13, 6)], 680, ["one-direction"]),
    ("Bidirectional(LSTM(10))", [(13, 5)], 2080, ["one-wide-layer"]),
    ("Bidirectional(LSTM(10))", [(13, 5)], 440, ["units-shared-by-directions"]),
    ("Bidirectional(LSTM(10))", [(13, 5)], 560, ["one-unit-times-units"]),
    ("RNN([LSTMCell(3), LSTMCell(4)])", [(7, 5)], 268, ["model-input-for-features"]),
    ("ConvLSTM2D(8, 3)", [(4, 32, 32, 3)], 384, ["kernel-area-forgotten"]),
    ("ConvLSTM2D(8, 3)", [(4, 32, 32, 3)], 1088, ["one-side-of-kernel"]),
    ("ConvLSTM2D(8, 3)", [(4, 32, 32, 3)], 2880000, ["positions-multiplied"]),
    ("ConvLSTM2D(8, 3)", [(4, 32, 32, 3)], 400, ["one-filter-only"]),
    ("Dense(4)", [(7,)], 29, ["one-bias"]),
    ("Dense(4)", [(7,)], 35, ["units-and-features-swapped"]),
    ("Dense(4)", [(5, 7)], 144, ["input-flattened"]),
    ("TimeDistributed(Dense(1))", [(13, 10)], 143, ["timesteps-multiplied"]),
    ("Embedding(1000, 64)", [(20,)], 64064, ["vocabulary+1", "bias-added"]),
    ("Embedding(1000, 64)", [(20,)], 1280, ["timesteps-for-vocabulary"]),
    ("Conv2D(32, 3)", [(28, 28, 4)], 160, ["kernel-area-forgotten"]),
    ("Conv2D(32, 3)", [(28, 28, 4)], 320, ["channels-forgotten"]),
    ("Conv2D(32, 3)", [(28, 28, 4)], 37, ["one-filter-only"]),
    ("Conv2D(32, 3)", [(28, 28, 4)], 800384, ["positions-multiplied"]),
    ("Conv2D(32, 3)", [(28, 28, 4)], 928256, ["input-positions-multiplied"]),
    ("Conv2D(32, 3, groups=2)", [(28, 28, 4)], 1184, ["groups-forgotten"]),
    ("Conv2D(32, 3, use_bias=False)", [(28, 28, 4)], 1184, ["bias-added"]),
    ("DepthwiseConv2D(3)", [(9, 9, 4)], 148, ["counted-as-convolution"]),
    ("SeparableConv2D(32, 3)", [(28, 28, 4)], 1184, ["counted-as-convolution"]),
    ("SeparableConv2D(32, 3)", [(28, 28, 4)], 200, ["second-bias"]),
    ("BatchNormalization()", [(32,)], 64, ["moving-statistics-forgotten", "trainable-only", "non-trainable-only"]),
    ("BatchNormalization(scale=False)", [(32,)], 128, ["all-four-vectors"]),
    ("LayerNormalization()", [(10, 32)], 640, ["every-position"]),
    ("LayerNormalization()", [(10, 32)], 128, ["counted-as-batch-normalization"]),
    ("MultiHeadAttention(2, 16)", [(10, 32)], 2128, ["heads-forgotten", "key-dim-split"]),
    ("MultiHeadAttention(2, 16)", [(10, 32)], 8448, ["heads-multiplied"]),
    ("MultiHeadAttention(2, 16)", [(10, 32)], 3168, ["output-projection-forgotten"]),
    ("MultiHeadAttention(2, 16, use_bias=False)", [(10, 32)], 4224, ["bias-added"]),
    ("EinsumDense('ab,bc->ac', output_shape=4, bias_axes='c')", [(7,)], 28, ["bias-forgotten"]),
    # Two mistakes together, and none.
    ("LSTM(10)", [(13, 5)], 150, ["gates-forgotten", "bias-forgotten"]),
    ("LSTM(10)", [(13, 5)], 641, []),
]


@pytest.mark.parametrize(("expression", "inputs", "number", "keys"), MISTAKES)
def test_mistakes(expression: str, inputs: Shapes, number: int, keys: list[str]) -> None:
    explanation = count_layer(expression, inputs, expect=number)
    found = explanation.expected
    assert found is not None
    assert found.right == []
    if [len(match.mistakes) for match in found.matches] == [2]:
        assert found.matches[0].mistakes == keys
    else:
        assert [match.mistakes for match in found.matches] == [[key] for key in keys]
    for match in found.matches:
        assert match.arithmetic.replace(",", "").endswith(
            (f" = {number}", f" {number} bytes", f"{number} multiply-accumulates")
        )
        assert match.text.endswith(".")
    assert bool(found.nearest) == (not keys)
    text = check_text(explanation)
    assert ("no known mistake gives it" in " ".join(text.split())) == (not keys)


# Random sizes: a layer, its input, a wrong count, and the mistake that must be named first. The wrong counts are computed
# here with the mistaken formula, as people write it.
Drawn = tuple[str, tuple[int, ...], int, str]


def gated(units: int, features: int, gates: int = 4, biases: int = 1) -> int:
    """Draw the sizes of an LSTM, GRU or SimpleRNN."""
    return gates * (units * (features + units) + biases * units)


def recurrent(draw: random.Random) -> Iterator[Drawn]:
    """LSTM, GRU, SimpleRNN and the two directions of an LSTM."""
    u, f, t = 2 * draw.randint(30, 48), draw.randint(11, 29), draw.randint(31, 53)
    for name, gates, biases in (("LSTM", 4, 1), ("GRU", 3, 2), ("SimpleRNN", 1, 1)):
        yield f"{name}({u})", (t, f), gated(1, f, gates, biases) * u, "one-unit-times-units"
        yield f"{name}({u})", (t, f), gated(u, f, gates, 0), "bias-forgotten"
        yield f"{name}({u})", (t, f), gates * (u * f + biases * u), "recurrent-kernel-forgotten"
        yield f"{name}({u})", (t, f), gated(u, f, gates, biases) * t, "timesteps-multiplied"
        yield f"{name}({u})", (t, f), gated(u, t, gates, biases), "timesteps-for-features"
        yield f"{name}({u})", (t, f), gated(t, f, gates, biases), "timesteps-for-units"
        yield f"{name}({u})", (t, f), gated(f, u, gates, biases), "units-and-features-swapped"
        yield f"{name}({u})", (t, f), gated(u, t * f, gates, biases), "input-flattened"
        yield f"{name}({u})", (t, f), gated(u, 1, gates, biases), "features-forgotten"
        yield f"{name}({u})", (t, f), 2 * gated(u, f, gates, biases), "counted-as-bidirectional"
        if gates > 1:
            yield f"{name}({u})", (t, f), gated(u, f, 1, biases), "gates-forgotten"
            yield f"{name}({u})", (t, f), gates * (u * (f + u) + 1), "one-bias-for-each-gate"
        yield f"{name}({u}, use_bias=False)", (t, f), gated(u, f, gates), "bias-added"
    yield f"LSTM({u})", (t, f), gated(u, f, 4, 2), "cudnn-bias"
    yield f"LSTM({u})", (t, f), gated(u, f, 3, 1), "counted-as-gru"
    yield f"LSTM({u})", (t, f), gated(u, f, 3, 2), "counted-as-gru"
    yield f"GRU({u})", (t, f), gated(u, f, 3, 1), "reset-after"
    yield f"GRU({u})", (t, f), gated(u, f, 4, 1), "counted-as-lstm"
    yield f"GRU({u}, reset_after=False)", (t, f), gated(u, f, 3, 2), "reset-after"
    yield f"SimpleRNN({u})", (t, f), gated(u, f, 1, 2), "second-bias"
    yield f"Bidirectional(LSTM({u}))", (t, f), gated(u, f), "one-direction"
    yield f"Bidirectional(LSTM({u}))", (t, f), gated(2 * u, f), "one-wide-layer"
    yield f"Bidirectional(LSTM({u}))", (t, f), 2 * gated(u // 2, f), "units-shared-by-directions"
    yield f"Bidirectional(LSTM({u}))", (t, f), 2 * gated(1, f) * u, "one-unit-times-units"
    yield f"Bidirectional(LSTM({u}))", (t, f), 2 * gated(u, f) * t, "timesteps-multiplied"
    yield f"Bidirectional(GRU({u}))", (t, f), 2 * gated(u, f, 3, 1), "reset-after"


def convolutions(draw: random.Random) -> Iterator[Drawn]:
    """Convolutions with and without time, channels first and last."""
    n, c, h, w = 4 * draw.randint(11, 19), 4 * draw.randint(3, 5), draw.randint(21, 30), draw.randint(31, 40)
    a, shape = 3 * 5, (h, w, c)
    for extra, shape in (("", (h, w, c)), (", data_format='channels_first'", (c, h, w))):
        conv = f"Conv2D({n}, (3, 5){extra})"
        yield conv, shape, c * n + n, "kernel-area-forgotten"
        yield conv, shape, 3 * c * n + n, "one-side-of-kernel"
        yield conv, shape, a * n + n, "channels-forgotten"
        yield conv, shape, a * c * n, "bias-forgotten"
        yield conv, shape, a * c * n + 1, "one-bias"
        yield conv, shape, a * c + 1, "one-filter-only"
        yield conv, shape, a * c + n, "filters-forgotten"
        yield conv, shape, a * c * n + c, "bias-for-each-input"
        yield conv, shape, (a + 1) * c * n, "bias-for-each-channel"
        yield conv, shape, h * w * c * n + n, "counted-as-dense"
        yield conv, shape, (a * c * n + n) * h * w, "input-positions-multiplied"
        yield conv, shape, (a * c * n + n) * (h - 2) * (w - 4), "positions-multiplied"
    yield f"Conv2D({n}, 3, groups=4)", shape[1:] + shape[:1], 9 * c * n + n, "groups-forgotten"
    yield f"Conv2D({n}, 3, groups=4)", (h, w, c), (9 * c // 4 + 1) * n // 4, "one-group-only"
    yield f"Conv1D({n}, 5)", (h, c), 5 * h * n + n, "timesteps-for-channels"
    yield "DepthwiseConv2D(3)", (h, w, c), 9 * c * c + c, "counted-as-convolution"
    yield "DepthwiseConv2D(3)", (h, w, c), 9 + 1, "one-channel-only"
    yield f"SeparableConv2D({n}, 3)", (h, w, c), 9 * c * n + n, "counted-as-convolution"
    yield f"SeparableConv2D({n}, 3)", (h, w, c), 9 * c + n, "pointwise-forgotten"
    yield f"Conv2DTranspose({n}, 3)", (h, w, c), 9 * c * n + c, "bias-for-each-input"
    step = (7, *shape[1:], shape[0])
    for memory, given in (
        (f"ConvLSTM2D({n}, (3, 5))", step),
        (f"ConvLSTM2D({n}, (3, 5), data_format='channels_first')", (7, step[3], step[1], step[2])),
    ):
        yield memory, given, 4 * (n * (c + n) + n), "kernel-area-forgotten"
        yield memory, given, 4 * (a * n * (c + n)), "bias-forgotten"
        yield memory, given, a * n * (c + n) + n, "gates-forgotten"
        yield memory, given, 4 * (a * n * (1 + n) + n), "channels-forgotten"
        yield memory, given, 4 * (a * n * (7 + n) + n), "timesteps-for-channels"
        yield memory, given, 4 * (a * c * (c + n) + c), "filters-and-channels-swapped"
        yield memory, given, 4 * (a * n * (c + n) + n) * h * w, "input-positions-multiplied"
        yield memory, given, 4 * (a * n * (c + n) + n) * (h - 2) * (w - 4), "positions-multiplied"
    yield f"TimeDistributed(Conv2D({n}, 3))", (7, h, w, c), (9 * c * n + n) * (h - 2) * (w - 2), "positions-multiplied"
    yield f"TimeDistributed(Conv2D({n}, 3))", (7, h, w, c), (9 * c * n + n) * 7, "timesteps-multiplied"


def others(draw: random.Random) -> Iterator[Drawn]:
    """Layers without a memory and without windows."""
    u, f, t = draw.randint(61, 97), draw.randint(11, 29), draw.randint(31, 53)
    yield f"Dense({u})", (f,), u * f, "bias-forgotten"
    yield f"Dense({u})", (f,), u * f + 1, "one-bias"
    yield f"Dense({u})", (f,), u * f + f, "units-and-features-swapped"
    yield f"Dense({u})", (t, f), t * f * u + u, "input-flattened"
    yield f"Dense({u})", (t, f), t * (f * u + u), "timesteps-multiplied"
    yield f"Dense({u})", (t, f), t * u + u, "timesteps-for-features"
    yield f"Dense({u})", (7, t, f), 7 * t * (f * u + u), "positions-multiplied"
    yield f"Dense({u}, lora_rank=2)", (f,), f * u + u, "lora-forgotten"
    yield f"Dense({u}, dtype='int8_from_float32')", (f,), f * u + u, "before-quantization"
    yield f"Dense({u}, dtype='int4/-1_from_float32')", (f,), f * u + u, "before-quantization"
    yield f"Embedding({u}, {f})", (t,), u * f * t, "timesteps-multiplied"
    yield f"Embedding({u}, {f})", (t,), (u - 1) * f, "vocabulary-1"
    yield f"Embedding({u}, {f})", (t,), (u + 1) * f, "vocabulary+1"
    yield f"Embedding({u}, {f})", (t,), t * f, "timesteps-for-vocabulary"
    yield f"Embedding({u}, {f})", (t,), u * t, "timesteps-for-width"
    yield f"Embedding({u}, {f}, lora_rank=2)", (t,), u * f, "lora-forgotten"
    yield f"ReversibleEmbedding({u}, {f})", (t,), 2 * u * f, "counted-again"
    yield f"ReversibleEmbedding({u}, {f}, tie_weights=False)", (t,), u * f, "one-table-only"
    yield "BatchNormalization()", (f,), 2 * f, "moving-statistics-forgotten"
    yield "BatchNormalization()", (f,), f, "one-vector"
    yield "BatchNormalization()", (t, f), 4 * t, "timesteps-for-features"
    yield "BatchNormalization()", (9, t, f), 4 * 9 * t * f, "every-position"
    yield "LayerNormalization()", (t, f), 4 * f, "counted-as-batch-normalization"
    h, k = draw.randint(3, 8), draw.randint(33, 47)
    qkv, out = 3 * h * k * (f + 1), (h * k + 1) * f
    yield f"MultiHeadAttention({h}, {k})", (t, f), qkv, "output-projection-forgotten"
    yield f"MultiHeadAttention({h}, {k})", (t, f), 3 * k * (f + 1) + (k + 1) * f, "heads-forgotten"
    yield f"MultiHeadAttention({h}, {k})", (t, f), (qkv + out) * h, "heads-multiplied"
    yield f"MultiHeadAttention({h}, {k})", (t, f), 4 * h * k * f, "bias-forgotten"
    yield f"MultiHeadAttention({h}, {k})", (t, f), 4 * (f * f + f), "heads-split-features"
    yield f"MultiHeadAttention({h}, {k})", (t, f), (qkv + out) * t, "timesteps-multiplied"
    yield f"MultiHeadAttention({h}, {k})", (t, f), 3 * h * k * (t + 1) + (h * k + 1) * t, "timesteps-for-features"
    grouped = f"GroupQueryAttention({k}, {2 * h}, {h})"
    yield grouped, (t, f), 3 * 2 * h * k * (f + 1) + (2 * h * k + 1) * f, "counted-as-multi-head"
    yield grouped, (t, f), 2 * h * k * (f + 1) + 2 * h * k * (f + 1), "output-projection-forgotten"
    yield f"EinsumDense('abc,cd->abd', (None, {u}), bias_axes='d')", (t, f), (f * u + u) * t, "positions-multiplied"
    yield f"EinsumDense('abc,cd->abd', (None, {u}), bias_axes='d')", (t, f), f * u, "bias-forgotten"
    yield "PReLU()", (t, f), f, "one-for-each-feature"
    yield "PReLU(shared_axes=[1])", (t, f), t * f, "shared-axes-forgotten"
    yield f"SpectralNormalization(Dense({u}))", (f,), f * u + u, "vector-u-forgotten"
    yield f"LocallyConnected1D({u}, 3)", (t, f), 3 * f * u + u, "counted-as-convolution"
    yield f"MaxoutDense({u})", (f,), f * u + u, "one-map-only"
    yield "Highway()", (f,), f * f + f, "gate-forgotten"


@pytest.mark.parametrize("family", [recurrent, convolutions, others])
def test_drawn_sizes(family: Any) -> None:
    wrong = []
    for seed in range(2):
        for expression, shape, number, key in family(random.Random(seed)):
            explanation = count_layer(expression, [shape], expect=number)
            found = explanation.expected
            assert found is not None
            named = [match.mistakes for match in found.matches]
            if [key] not in named[:2] or found.right:  # another mistake may give the same number by chance
                wrong.append((expression, shape, number, key, named, found.right))
            check_text(explanation)
    assert wrong == []


@pytest.mark.parametrize(
    ("expression", "shape"), [("LSTM(10)", (13, 5)), ("Conv2D(4, 3)", (9, 9, 2)), ("MultiHeadAttention(2, 3)", (4, 5))]
)
def test_no_number_gets_arithmetic_that_does_not_come_to_it(expression: str, shape: tuple[int, ...]) -> None:
    explanation = count_layer(expression, [shape])
    for number in range(1, 700, 3):
        found = search(explanation, number)
        for match in found.matches:
            line = match.arithmetic
            assert comes_out(line) or line.endswith((f" {number:,} bytes", f"{number:,} multiply-accumulates")), line
            assert str(number) in line.replace(",", "")
        assert bool(found.nearest) == (not found.matches and not found.right)


def nested(name: str, *layers: dict[str, Any]) -> dict[str, Any]:
    """Return a Sequential that is a layer of another one."""
    return sequential(*layers, name=name)


WHOLE = sequential(
    nested(
        "encoder",
        layer("LSTM", "first", units=8, return_sequences=True, batch_input_shape=[None, 13, 5]),
        layer("LSTM", "second", units=6),
    ),
    layer("BatchNormalization", "norm"),
    layer("Dense", "hidden", units=9),
    layer("Dense", "output", units=2),
    name="whole",
)
ENCODER = gated(8, 5) + gated(6, 8)
TOTAL = ENCODER + 4 * 6 + 7 * 9 + 10 * 2
TRAINED = TOTAL - 2 * 6


@pytest.mark.parametrize(
    ("number", "key", "names"),
    [
        (TRAINED, "moving-statistics-forgotten", ["norm"]),
        (TRAINED, "trainable-only", []),
        (TOTAL - 63, "layer-left-out", ["hidden"]),
        (TOTAL - 83, "class-left-out", ["hidden", "output"]),
        (TOTAL - ENCODER, "layer-left-out", ["encoder"]),
        (TOTAL + ENCODER, "nested-counted-again", ["encoder"]),
        (TOTAL - 4 * 14 - 11, "bias-forgotten", ["encoder/first", "encoder/second", "hidden", "output"]),
        (4 * TOTAL, "bytes", []),
        # summary() of Keras 3.15.1 for this model, compiled with these optimizers and built.
        (TOTAL + 2 * TRAINED + 2, "optimizer-counted", []),
        (TOTAL + TRAINED + 2, "optimizer-counted", []),
        (TOTAL + 2, "optimizer-counted", []),
        (TOTAL + 2 * TRAINED + 3, "optimizer-counted", []),
    ],
)
def test_whole_model(number: int, key: str, names: list[str]) -> None:
    explanation = explained(WHOLE, None, number)
    assert explanation.params == TOTAL
    found = explanation.expected
    assert found is not None
    assert (key, names) in [(match.mistakes[0], match.layers) for match in found.matches]
    check_text(explanation)


def test_optimizer_of_one_layer() -> None:
    found = explained(sequential(layer("LSTM", "lstm", units=10, batch_input_shape=[None, 13, 5])), None, 1922).expected
    assert found is not None
    assert [match.arithmetic for match in found.matches] == ["640 + 2 · 640 + 2 = 1,922"]


def test_two_together_only_where_one_does_not_do() -> None:
    text = " ".join(check_text(count_layer("LSTM(10)", (13, 5), expect=150)).split())
    assert "No single known mistake gives 150, but these two together do:" in text
    # Swapped units and features, and timesteps used as features: both change the same numbers.
    found = count_layer("GRU(11)", (30, 18), expect=3 * (18 * (30 + 18) + 2 * 18)).expected
    assert found is not None
    assert [match.mistakes for match in found.matches] == []
