"""`explain` and `count`: the arithmetic of a count, and the mistakes that lead to a wrong one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from lstmlint import Description, Options, UsageError, Weight, analyze
from lstmlint.explaining import Explanation, arithmetic, count_layer, explain_model, render
from tests.printed_arithmetic import wrong_lines

EXAMPLES = Path(__file__).parent.parent / "examples"
Shapes = list[tuple[int | None, ...]]

# Results of Keras 3.15.1: a layer, its inputs without the batch, parameters, output shapes.
# tests/referee/test_explain.py compares with Keras.
COUNTS: list[tuple[str, Shapes, int, list[tuple[int | None, ...]]]] = [
    ("LSTM(1)", [(1, 1)], 12, [(None, 1)]),
    ("LSTM(1)", [(1, 2)], 16, [(None, 1)]),
    ("LSTM(3)", [(4, 2)], 72, [(None, 3)]),
    ("LSTM(10)", [(13, 5)], 640, [(None, 10)]),
    ("LSTM(10, return_sequences=True)", [(None, 1)], 480, [(None, None, 10)]),
    ("keras.layers.LSTM(units=10, use_bias=False, activation='relu', dropout=0.1)", [(13, 5)], 600, [(None, 10)]),
    ("LSTM(3, return_sequences=True, return_state=True)", [(4, 2)], 72, [(None, 4, 3), (None, 3), (None, 3)]),
    ("LSTM(4)", [(7, 3), (4,), (4,)], 128, [(None, 4)]),
    ("GRU(4)", [(7, 3)], 108, [(None, 4)]),
    ("GRU(4, reset_after=False)", [(7, 3)], 96, [(None, 4)]),
    ("SimpleRNN(4)", [(7, 3)], 32, [(None, 4)]),
    ("Bidirectional(LSTM(10))", [(13, 5)], 1280, [(None, 20)]),
    ("Bidirectional(LSTM(10), merge_mode='sum')", [(13, 5)], 1280, [(None, 10)]),
    ("Bidirectional(GRU(4, return_sequences=True), merge_mode=None)", [(7, 3)], 216, [(None, 7, 4), (None, 7, 4)]),
    ("Bidirectional(LSTM(3), backward_layer=GRU(4, go_backwards=True))", [(7, 3)], 192, [(None, 6)]),
    ("TimeDistributed(Dense(1))", [(13, 10)], 11, [(None, 13, 1)]),
    ("TimeDistributed(Conv2D(4, 3))", [(5, 8, 8, 3)], 112, [(None, 5, 6, 6, 4)]),
    ("TimeDistributed(Sequential([Dense(8), Dense(1)]))", [(4, 5)], 57, [(None, 4, 1)]),
    ("RNN([LSTMCell(3), LSTMCell(4)])", [(7, 5)], 236, [(None, 4)]),
    ("RNN(GRUCell(4), return_sequences=True)", [(7, 5)], 132, [(None, 7, 4)]),
    ("RNN(StackedRNNCells([SimpleRNNCell(3), GRUCell(2)]))", [(7, 5)], 69, [(None, 2)]),
    ("ConvLSTM1D(8, 3)", [(4, 32, 3)], 1088, [(None, 30, 8)]),
    ("ConvLSTM2D(8, (3, 3))", [(4, 32, 32, 3)], 3200, [(None, 30, 30, 8)]),
    ("ConvLSTM3D(2, 2)", [(4, 8, 8, 8, 3)], 328, [(None, 7, 7, 7, 2)]),
    ("Dense(4)", [(7,)], 32, [(None, 4)]),
    ("layers.Dense(4, use_bias=False)", [(5, 7)], 28, [(None, 5, 4)]),
    ("Embedding(1000, 64)", [(20,)], 64000, [(None, 20, 64)]),
    ("Conv1D(8, 3)", [(28, 4)], 104, [(None, 26, 8)]),
    ("Conv2D(32, (3, 5), groups=2, strides=2, padding='same')", [(28, 28, 4)], 992, [(None, 14, 14, 32)]),
    ("Conv2DTranspose(8, 3, strides=2)", [(7, 7, 4)], 296, [(None, 15, 15, 8)]),
    ("Conv3D(4, 3)", [(9, 9, 9, 2)], 220, [(None, 7, 7, 7, 4)]),
    ("DepthwiseConv2D(3, depth_multiplier=2)", [(9, 9, 4)], 80, [(None, 7, 7, 8)]),
    ("SeparableConv2D(32, 3)", [(28, 28, 4)], 196, [(None, 26, 26, 32)]),
    ("BatchNormalization()", [(10, 32)], 128, [(None, 10, 32)]),
    ("BatchNormalization(scale=False)", [(10, 32)], 96, [(None, 10, 32)]),
    ("LayerNormalization(axis=[1, 2])", [(10, 32)], 640, [(None, 10, 32)]),
    ("MultiHeadAttention(2, 16)", [(10, 32)], 4224, [(None, 10, 32)]),
    ("MultiHeadAttention(2, 16, value_dim=8, output_shape=20)", [(10, 32), (7, 24)], 2596, [(None, 10, 20)]),
    ("MultiHeadAttention(4, 16, use_bias=False)", [(10, 32), (7, 24), (7, 12)], 6400, [(None, 10, 32)]),
    ("Attention()", [(3, 4), (5, 4)], 0, [(None, 3, 4)]),
    ("AdditiveAttention()", [(3, 4), (5, 4)], 4, [(None, 3, 4)]),
    ("Concatenate()", [(5,), (6,)], 0, [(None, 11)]),
    ("PReLU()", [(3, 4)], 12, [(None, 3, 4)]),
    ("SpectralNormalization(Dense(4))", [(7,)], 36, [(None, 4)]),
    ("Sequential([LSTM(3), Dense(1)])", [(4, 5)], 112, [(None, 1)]),
    ("Dense(4, kernel_regularizer=keras.regularizers.L2(0.01), activation=keras.activations.relu)", [(3,)], 16,
     [(None, 4)]),
]  # fmt: skip


@pytest.mark.parametrize(("expression", "inputs", "params", "outputs"), COUNTS)
def test_count(expression: str, inputs: Shapes, params: int, outputs: Shapes) -> None:
    explanation = count_layer(expression, inputs)
    (layer,) = explanation.layers
    assert (layer.params, layer.output_shapes, explanation.complete) == (params, outputs, True)
    assert layer.formula is None or arithmetic.value(layer.formula) == params
    assert (layer.formula is None) == (params == 0)
    check_text(explanation)


def check_text(explanation: Explanation) -> str:
    """Return the text, after checking what holds for every explanation."""
    text = render(explanation)
    assert text.endswith("\n")
    assert [line for line in text.splitlines() if len(line) > 80 or line != line.rstrip()] == []
    assert "\n\n\n" not in text
    assert wrong_lines(text) == []
    json.dumps(explanation.to_dict(), allow_nan=False)
    return text


FORMULAS = [
    ("LSTM(10)", [(None, 1)], "4 · (units · (input_dim + units) + units) = 4 · (10·(1+10) + 10) = 480"),
    ("LSTM(10, use_bias=False)", [(13, 5)], "4 · units · (input_dim + units) = 4 · 10 · (5+10) = 600"),
    ("GRU(4)", [(7, 3)], "3 · (units · (input_dim + units) + 2 · units) = 3 · (4·(3+4) + 2·4) = 108"),
    ("GRU(4, reset_after=False)", [(7, 3)], "3 · (units · (input_dim + units) + units) = 3 · (4·(3+4) + 4) = 96"),
    ("SimpleRNN(4)", [(7, 3)], "units · (input_dim + units) + units = 4·(3+4) + 4 = 32"),
    ("CuDNNLSTM(10)", [(13, 5)], "4 · (units · (input_dim + units) + 2 · units) = 4 · (10·(5+10) + 2·10) = 680"),
    ("CuDNNGRU(4)", [(7, 3)], "3 · (units · (input_dim + units) + 2 · units) = 3 · (4·(3+4) + 2·4) = 108"),
    ("Bidirectional(LSTM(10))", [(13, 5)],
     "2 · 4 · (units · (input_dim + units) + units) = 2 · 4 · (10·(5+10) + 10) = 1,280"),
    ("Bidirectional(LSTM(3), backward_layer=GRU(4, go_backwards=True))", [(7, 3)],
     "forward_lstm + gru = 84 + 108 = 192"),
    ("RNN([LSTMCell(3), LSTMCell(4)])", [(7, 5)], "lstm_cell + lstm_cell_1 = 108 + 128 = 236"),
    ("ConvLSTM2D(8, 3)", [(4, 32, 32, 3)], "(channels + filters) + filters) = 4 · (8·3·3·(3+8) + 8) = 3,200"),
    ("Dense(1)", [(13, 10)], "input_dim · units + units = 10·1 + 1 = 11"),
    ("Embedding(1000, 64)", [], "input_dim · output_dim = 1000 · 64 = 64,000"),
    ("Conv1D(8, 3)", [(28, 4)], "kernel_size · channels · filters + filters = 3·4·8 + 8 = 104"),
    ("BatchNormalization()", [(10, 32)], "4 · features = 4 · 32 = 128"),
    ("PReLU()", [(3, 4)], "alpha = 3 · 4 = 12"),
    ("Sequential([LSTM(3), Dense(1)])", [(4, 5)], "lstm + dense = 108 + 4 = 112"),
]  # fmt: skip


@pytest.mark.parametrize(("expression", "inputs", "formula"), FORMULAS)
def test_formula(expression: str, inputs: Shapes, formula: str) -> None:
    assert formula in " ".join(check_text(count_layer(expression, inputs)).split())


SENTENCES = [
    ("LSTM(10)", [(13, 5)], "units (10) is the width of the output and of both states (h and c); input_dim (5) is"),
    ("LSTM(10)", [(13, 5)], "the 13 timesteps never enter the count"),
    ("LSTM(10)", [(None, 5)], "the number of timesteps (not fixed here) never enters the count"),
    ("TimeDistributed(Dense(1))", [(13, 10)], "the same layer at each of the 13 timesteps"),
    ("Bidirectional(GRU(4), merge_mode='ave')", [(7, 3)], "merge_mode (ave) joins their outputs and has no weights"),
    ("ConvLSTM2D(8, 3)", [(4, 32, 32, 3)], "neither the size of a frame nor the 4 timesteps enter the count"),
    ("BatchNormalization()", [(32,)], "moving_mean and moving_variance are estimated from the data"),
    ("BatchNormalization()", [(32,)], "64 of these parameters are not trained."),
    ("RNN([LSTMCell(3), LSTMCell(4)])", [(7, 5)], "takes the output of the cell before it"),
    ("Conv2D(8, 3, groups=2)", [(9, 9, 4)], "channels (2) that of the input channels of each of the 2 groups"),
    ("SeparableConv2D(8, 3)", [(9, 9, 4)], "its own depth_multiplier (1) windows of 3 by 3"),
    ("DepthwiseConv2D(3)", [(9, 9, 4)], "Each of the channels (4) has its own depth_multiplier (1) windows"),
    ("MultiHeadAttention(2, 16)", [(10, 32)], "key_dim (16) the width of the queries and keys of one head"),
    ("Embedding(1000, 64)", [(20,)], "the length of the sequences never enters the count"),
    ("Dense(4)", [(5, 6, 7)], "the axes before it never enter the count"),
    ("LSTM(10, trainable=False)", [(13, 5)], "None of these parameters is trained"),
    ("Flatten()", [(4, 5)], "It has no weights."),
]


@pytest.mark.parametrize(("expression", "inputs", "words"), SENTENCES)
def test_sentence(expression: str, inputs: Shapes, words: str) -> None:
    assert words in " ".join(check_text(count_layer(expression, inputs)).split())


GATES = [
    ("LSTM(1)", (1, 2), "kernel_c (2, 1) = kernel[:, 2:3]"),
    ("LSTM(1)", (1, 2), "bias_c (1,) = bias[2:3]"),
    ("LSTM(1)", (1, 1), "kernel_c (1, 1) = kernel[:, 2:3]"),
    ("GRU(4)", (7, 3), "bias_r (2, 4) = bias[:, 4:8]"),
    ("GRU(4)", (7, 3), "recurrent_kernel_z (4, 4) = recurrent_kernel[:, 0:4]"),
    ("ConvLSTM2D(8, 3)", (4, 32, 32, 3), "kernel_o (3, 3, 3, 8) = kernel[..., 24:32]"),
    ("CuDNNLSTM(10)", (13, 5), "bias_c_i (10,) = bias[20:30]"),
    ("CuDNNLSTM(10)", (13, 5), "bias_o (10,) = bias[70:80]"),
    ("LSTM(10)", (13, 5), "each of the 4 gates: 50 + 100 + 10 = 160"),
    ("LSTM(10)", (13, 5), "recurrent_kernel (10, 40) = 400"),
]


@pytest.mark.parametrize(("expression", "shape", "line"), GATES)
def test_gates(expression: str, shape: tuple[int, ...], line: str) -> None:
    assert line in " ".join(check_text(count_layer(expression, shape)).split())


def explained(model: str | dict[str, Any], layer: str | None = None, expect: int | None = None) -> Explanation:
    """Explain an example, or a Keras 2 Sequential or functional config."""
    source = EXAMPLES / model if isinstance(model, str) else json.dumps(model).encode()
    summary = analyze(source).model
    assert summary is not None
    return explain_model(summary, layer, expect)


def sequential(*layers: dict[str, Any], name: str = "model") -> dict[str, Any]:
    """Return a Sequential of layers."""
    return {"class_name": "Sequential", "config": {"name": name, "layers": list(layers)}}


def layer(class_name: str, name: str, **config: Any) -> dict[str, Any]:
    """Return a layer's config."""
    return {"class_name": class_name, "config": {"name": name, **config}}


def test_expected_in_model() -> None:
    explanation = explained("why_480.yaml", None, 120)
    text = check_text(explanation)
    assert explanation.params == 491
    assert explanation.expected is not None
    first = explanation.expected.matches[0]
    assert (first.scope, first.layers, first.mistakes) == ("layer", ["lstm"], ["one-unit-times-units"])
    assert first.arithmetic == "4 · (1·(1+1) + 1) · 10 = 120"
    assert "kernel (1, 40) = 40, recurrent_kernel (10, 40) = 400, bias (40,) = 40" in text
    assert "total: 480 + 11 = 491" in text


@pytest.mark.parametrize(
    ("number", "right", "mistakes"),
    [
        (491, ["the model"], []),
        (480, ["lstm"], [("total", "layer-left-out")]),
        (131, [], [("total", "one-unit-times-units"), ("total", "gates-forgotten")]),
        (450, [], [("total", "bias-forgotten"), ("layer", "one-bias-for-all-gates")]),
        (1964, [], [("total", "bytes")]),
    ],
)
def test_numbers_of_a_model(number: int, right: list[str], mistakes: list[tuple[str, str]]) -> None:
    found = explained("why_480.yaml", None, number).expected
    assert found is not None
    assert found.right == right
    assert [(match.scope, match.mistakes[0]) for match in found.matches] == mistakes


def test_multiple_of_an_open_dimension() -> None:
    explanation = explained("why_480.yaml", None, 6240)
    assert explanation.expected is not None
    assert "exactly 13 times the count of lstm" in explanation.expected.hints[0]
    assert "exactly 13 times" in " ".join(check_text(explanation).split())


STACK = sequential(
    layer("LSTM", "first", units=8, return_sequences=True, batch_input_shape=[None, 13, 5]),
    layer("Bidirectional", "both", layer=layer("LSTM", "inner", units=6, return_sequences=True)),
    layer("GRU", "third", units=4, return_sequences=True),
    layer("Flatten", "flat"),
    layer("BatchNormalization", "norm"),
    layer("Dense", "output", units=2),
)


@pytest.mark.parametrize(
    ("name", "number", "mistake"),
    [
        ("both", 2 * 4 * (6 * (5 + 6) + 6), "model-input-for-features"),
        ("third", 3 * (4 * (6 + 4) + 2 * 4), "one-direction-in"),
        ("both", 4 * (6 * (8 + 6) + 6), "one-direction"),
        (None, 448 + 4 * (6 * (8 + 6) + 6) + 216 + 208 + 106, "one-direction"),
        (None, 4 * 8 * 13 + 2 * 4 * 6 * 14 + 3 * 4 * 16 + 208 + 52 * 2, "bias-forgotten"),
        (None, 448 + 720 + 216 + 104 + 106, "moving-statistics-forgotten"),
    ],
)
def test_mistakes_between_layers(name: str | None, number: int, mistake: str) -> None:
    found = explained(STACK, name, number).expected
    assert found is not None
    assert [mistake] in [match.mistakes for match in found.matches]
    assert explained(STACK).params == 448 + 720 + 216 + 208 + 106


def test_flatten_overlooked() -> None:
    model = sequential(
        layer("LSTM", "first", units=8, return_sequences=True, batch_input_shape=[None, 13, 5]),
        layer("Flatten", "flat"),
        layer("Dense", "output", units=2),
    )
    found = explained(model, "output", 8 * 2 + 2).expected
    assert found is not None
    assert found.matches[0].mistakes == ["before-flatten"]


def functional(*layers: tuple[dict[str, Any], list[Any]], outputs: list[Any]) -> dict[str, Any]:
    """Return a functional Keras 2 model with the input `x` (13, 5)."""
    entry = {"class_name": "InputLayer", "name": "x", "inbound_nodes": [],
             "config": {"name": "x", "batch_input_shape": [None, 13, 5]}}  # fmt: skip
    rest = [{**config, "name": config["config"]["name"], "inbound_nodes": calls} for config, calls in layers]
    return {"class_name": "Model", "config": {"name": "net", "layers": [entry, *rest], "input_layers": [["x", 0, 0]],
                                              "output_layers": outputs}}  # fmt: skip


def test_shared_and_unused_layers() -> None:
    call = [["x", 0, 0, {}]]
    model = functional(
        (layer("Dense", "shared", units=5), [call, [["shared", 0, 0, {}]]]),
        (layer("LSTM", "unused", units=3), [call]),
        (layer("Dense", "out", units=1), [[["shared", 1, 0, {}]]]),
        outputs=[["out", 0, 0]],
    )
    assert explained(model).params == 30 + 108 + 6
    for number, mistake in ((174, "shared-counted-again"),):
        found = explained(model, None, number).expected
        assert found is not None
        assert [mistake] in [match.mistakes for match in found.matches]
    text = " ".join(check_text(explained(model)).split())
    assert "The layer is called 2 times, but its weights count once." in text
    assert "Keras 2 keeps it, and it is in the total." in text


def test_unused_layers_of_keras_1() -> None:
    call = [["x", 0, 0, {}]]
    model = functional(
        (layer("LSTM", "unused", output_dim=3), [call]),
        (layer("Dense", "out", output_dim=1), [call]),
        outputs=[["out", 0, 0]],
    )
    model["keras_version"] = "1.2.2"
    assert explained(model).params == 6
    found = explained(model, None, 6 + 108).expected
    assert found is not None
    assert [match.mistakes for match in found.matches] == [["unused-counted"]]
    assert "so Keras drops it: it is not in the total" in " ".join(check_text(explained(model)).split())


NESTED = sequential(
    {
        **sequential(
            layer("LSTM", "lstm", units=10, return_sequences=True, batch_input_shape=[None, 13, 5]),
            layer("LSTM", "lstm_1", units=10),
            name="encoder",
        )
    },
    layer("Dense", "lstm_2", units=1),
)


def test_nested_model() -> None:
    explanation = explained(NESTED, None, 4 * 10 * 15 + 840 + 11)
    assert explanation.expected is not None
    assert ["encoder/lstm"] in [match.layers for match in explanation.expected.matches]
    assert "lstm + lstm_1 = 640 + 840 = 1,480" in check_text(explanation)
    assert explained(NESTED, "encoder/lstm_1").layers[0].params == 840
    assert explained(NESTED, "lstm_1").layers[0].path == "encoder/lstm_1"
    assert "lstm_1 (LSTM): 840 parameters" in check_text(explained(NESTED, "encoder"))


def test_layer_inside_a_wrapper() -> None:
    assert [found.path for found in explained(STACK, "inner").layers] == ["both"]
    assert [found.path for found in explained(STACK, "backward_inner").layers] == ["both"]


@pytest.mark.parametrize(
    ("name", "words"),
    [("thrid", "did you mean 'third'?"), ("zzz", "its layers with weights are first, both, third, norm, and output")],
)
def test_unknown_layer(name: str, words: str) -> None:
    with pytest.raises(UsageError, match=f"has no layer '{name}'") as caught:
        explained(STACK, name)
    assert words in str(caught.value)


def test_unbuilt_model_invents_nothing() -> None:
    explanation = explained("unbuilt.json")
    text = " ".join(check_text(explanation).split())
    assert (explanation.complete, explanation.layers[0].params) == (False, None)
    assert "the model has no input shape" in text
    assert "--input-shape 13,5" in text
    assert "4 · (units · (input_dim + units) + units) = 4 · (1·(input_dim+1) + 1)" in text
    assert "total: unknown" in text
    assert explained("unbuilt.json", None, 12).expected is not None


@pytest.mark.parametrize(
    ("layers", "words"),
    [
        ([layer("Sparkle", "custom")], "lstmlint does not know the class Sparkle"),
        (
            [layer("TimeDistributed", "wrapped", layer=layer("Sparkle", "custom"))],
            "it contains a layer of class Sparkle",
        ),
        (
            [layer("Sparkle", "custom"), layer("LSTM", "after", units=3)],
            "the weights depend on the shape of 'custom', which is unknown",
        ),
        (
            [layer("LSTM", "a", units=3), layer("LSTM", "b", units=3)],
            "Keras refuses the layer: LSTM expects 3 dimensions",
        ),
    ],
)
def test_unknown_counts_say_why(layers: list[dict[str, Any]], words: str) -> None:
    first = {**layers[0], "config": {**layers[0]["config"], "batch_input_shape": [None, 13, 5]}}
    explanation = explained(sequential(first, *layers[1:]), None, 77)
    assert not explanation.complete
    text = " ".join(check_text(explanation).split())
    assert words in text
    assert explanation.layers[-1].params is None


UNBUILT = [
    (layer("GRU", "a", units=3), "= 3 · (3·(input_dim+3) + 2·3)", "13,5"),
    (layer("Dense", "a", units=3), "= input_dim·3 + 3", "--input-shape 5 for 5 features"),
    (layer("Conv2D", "a", filters=8, kernel_size=[3, 5]), "= 3·5·channels·8 + 8", "32,32,3"),
    (layer("DepthwiseConv2D", "a", kernel_size=3), "= 3·3·channels·1 + channels·1", "32,32,3"),
    (layer("SeparableConv1D", "a", filters=8, kernel_size=3), "= 3·channels·1 + channels·1·8 + 8", "32,3"),
    (layer("ConvLSTM2D", "a", filters=8, kernel_size=3), "= 4 · (8·3·3·(channels+8) + 8)", "10,32,32,3"),
    (layer("Bidirectional", "a", layer=layer("LSTM", "b", units=3)), "= 2 · 4 · (3·(input_dim+3) + 3)", "13,5"),
    (layer("TimeDistributed", "a", layer=layer("Dense", "b", units=3)), "= input_dim·3 + 3", "13,5"),
    (layer("RNN", "a", cell=layer("SimpleRNNCell", "b", units=3)), "= 3·(input_dim+3) + 3", "13,5"),
    (layer("BatchNormalization", "a"), "count unknown", "13,5"),
]


@pytest.mark.parametrize(("first", "formula", "shape"), UNBUILT)
def test_formula_without_input(first: dict[str, Any], formula: str, shape: str) -> None:
    for name in (None, "a"):
        text = " ".join(check_text(explained(sequential(first), name)).split())
        assert formula in text
        assert shape in text


def test_many_layers_alike() -> None:
    entry = layer("Dense", "d0", units=5, batch_input_shape=[None, 5])
    model = sequential(entry, *(layer("Dense", f"d{i}", units=5) for i in range(1, 12)))
    explanation = explained(model, None, 25)
    assert explanation.expected is not None
    (match,) = explanation.expected.matches
    assert match.layers == [f"d{i}" for i in range(12)]
    assert "and 7 more" in check_text(explanation)
    everywhere = explained(model, None, 12 * 25)
    assert everywhere.expected is not None
    assert "Bias forgotten, in every layer" in check_text(everywhere)
    one = " ".join(check_text(explained(model, None, 12 * 30 - 5)).split())
    assert "(in one of d0, d1" in one


def test_text_of_a_right_number() -> None:
    assert "640 is correct: it is the count of lstm." in check_text(count_layer("LSTM(10)", (13, 5), expect=640))
    text = check_text(explained("why_480.yaml", None, 480))
    assert "480 is correct: it is the count of lstm." in text
    assert "As the total of the model, it results from:" in text
    assert "(898 trainable, 800 not)" not in text
    assert "1,698 (1,594 trainable, 104 not)" in check_text(explained(STACK))


def test_names_are_escaped() -> None:
    model = sequential(layer("Dense", "\x1b[31mred\n::error::", units=1, batch_input_shape=[None, 2]))
    for found in (explained(model), explained(model, "\x1b[31mred\n::error::", 77)):
        text = render(found)
        assert "\x1b" not in text
        assert "::error" not in text
        assert "\\x1b[31mred\\n" in text


@pytest.mark.parametrize(
    ("expression", "inputs", "message", "column"),
    [
        ("", [], "this is not a layer in Python", 0),
        ("LSTM(10", [(13, 5)], "this is not a layer in Python", 4),
        ("LSTM", [(13, 5)], "the arguments are missing", 0),
        ("10", [], "expected a layer", 0),
        ("LSTM(10) + 1", [], "expected a layer", 0),
        ("LSTM(10)(x)", [(13, 5)], "do not call the layer", 0),
        ("LTSM(10)", [(13, 5)], "no layer class 'LTSM'; did you mean 'LSTM'?", 0),
        ("torch.nn.LSTM(10)", [(13, 5)], "'torch.nn' is not a module with Keras layers", 0),
        ("LSTM()", [(13, 5)], "LSTM needs units", 0),
        ("LSTM(10, unit=3)", [(13, 5)], "no argument 'unit'; did you mean 'units'?", 9),
        ("LSTM(hidden_size=3)", [(13, 5)], "did you mean 'units'?", 5),
        ("LSTM(10, units=3)", [(13, 5)], "has 'units' twice", 9),
        ("Dense(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14)", [(5,)], "takes 12 positional arguments", 45),
        ("LSTM(2*5)", [(13, 5)], "units must be a literal", 5),
        ("LSTM(n)", [(13, 5)], "a name is not evaluated", 5),
        ("LSTM(*n)", [(13, 5)], r"\* is not evaluated", 5),
        ("LSTM(**n)", [(13, 5)], r"\*\* is not evaluated", 5),
        ("LSTM(open('x'))", [(13, 5)], "no layer class 'open'", 5),
        ("LSTM(3, activation=relu)", [(13, 5)], "write activation='relu', in quotes", 19),
        ("__import__('os').system('x')", [], "expected a layer", 0),
        ("LSTM(3, kernel_initializer=f(**a))", [(13, 5)], r"\*\* is not evaluated", 29),
        ("LSTM(3, kernel_initializer=a[0]())", [(13, 5)], "an expression is not evaluated", 27),
        ("LSTM(3, kernel_initializer=Constant(1, 2))", [(13, 5)], "arguments of Constant as keywords", 39),
        ("Dense(99999999999999999999999)", [(5,)], "too large", 6),
        ("Conv2D(3, {a: 1})", [(9, 9, 3)], "keys of a dict", 11),
        ("Sequential(Dense(3))", [(5,)], "Sequential takes a list of layers", 0),
        ("Sequential([], units=3)", [(5,)], "Sequential has no argument 'units'", 21),
        ("LSTM(3, input_shape='a')", [], "input_shape must be a tuple of integers", 0),
        ("LSTM('\N{LATIN SMALL LETTER E WITH ACUTE}', u=1)", [(13, 5)], "no argument 'u'", 10),
    ],
)
def test_expression_errors(expression: str, inputs: Shapes, message: str, column: int) -> None:
    with pytest.raises(UsageError, match=message) as caught:
        count_layer(expression, inputs)
    text, caret = caught.value.__notes__
    assert text == f"  {expression}"
    assert caret == " " * (2 + column) + "^"


@pytest.mark.parametrize(
    ("expression", "inputs", "message"),
    [
        ("LSTM(10)", [], "set the input shape without the batch, for example --input 13,5"),
        ("Dense(10)", [], "--input 5 for 5 features"),
        ("ConvLSTM2D(10, 3)", [], "--input 10,32,32,3"),
        ("Conv2D(10, 3)", [], "--input 32,32,3"),
        ("Concatenate()", [], "--input 13,5 --input 13,5"),
        ("Sequential([LSTM(3)])", [], "--input 13,5"),
        ("MultiHeadAttention(2, 2)", [], "--input 13,5"),
        ("LSTM(10)", [(13,)], "expects 3 dimensions.* --input does not include the batch"),
        ("LSTM(10)", [(32, 13, 5)], "--input does not include the batch: if 32 is the batch size, write --input 13,5"),
        ("SpatialDropout1D(0.5, trainable=False)", [(13, 5)], "does not accept the argument 'trainable'"),
        ("LSTM(10)", [(13, None)], "needs a known size of axis -1"),
        ("LSTM(-5)", [(13, 5)], "units of LSTM is -5"),
        ("LSTM(10, stateful=True)", [(13, 5)], "no fixed batch size"),
        (
            "LSTM(10, input_shape=(13, 5))",
            [(13, 6)],
            r"--input is \(13, 6\), but the layer's own input shape is \(13, 5\)",
        ),
        ("Dense(3)", [(5,), (5,)], "takes one input tensor"),
        ("Add()", [(3,), (4,)], "cannot merge"),
        ("(" * 500 + "1", [], "too many nested parentheses"),
        ("-" * 5000 + "1", [], "not Python that can be read|expected a layer"),
        ("Bidirectional(" * 70 + "LSTM(3)" + ")" * 70, [(13, 5)], "nested more than 64 deep"),
        ("Dense(3, name=" + "[" * 90 + "]" * 90 + ")", [(13, 5)], "nested more than 64 deep"),
        ("x" * 20_001, [], "the limit is 20,000"),
    ],
)
def test_count_errors(expression: str, inputs: Shapes, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        count_layer(expression, inputs)


def test_count_in_other_words() -> None:
    assert count_layer("LSTM(10, input_shape=(13, 5))").params == 640
    assert count_layer("Dense(10, input_dim=7)").params == 80
    assert count_layer("LSTM(10, input_dim=5, input_length=13)").layers[0].input_shapes == [(None, 13, 5)]
    assert count_layer("tf.keras.layers.LSTM(10)", (13, 5)).params == 640
    assert count_layer("tf.compat.v1.keras.layers.LSTM(10)", (13, 5)).params == 640
    assert count_layer("keras.layers.recurrent.LSTM(10)", (13, 5)).params == 640
    assert count_layer("TextVectorization(output_mode='tf_idf')", (1,)).warnings == []
    assert count_layer("Input(shape=(13, 5))").layers[0].output_shapes == [(None, 13, 5)]
    assert count_layer("LSTM(10, stateful=True)", (13, 5), batch=8).layers[0].output_shapes == [(8, 10)]
    assert count_layer("GRU(4)", (7, 3), dialect="keras2").params == 108
    assert count_layer("Embedding(1000, 64)").params == 64000
    assert count_layer("RandomRotation((-0.1, +0.1), seed=None)", (8, 8, 3)).params == 0
    assert count_layer("Dense(4, kernel_initializer=Constant(value={'a': 1}))", (3,)).params == 16
    assert "Note: LSTM takes 2 initial states" in check_text(count_layer("LSTM(4)", [(7, 3), (5,), (5,)]))
    assert "initial states" in count_layer("LSTM(4)", [(7, 3), (5,), (5,)]).warnings[0]


def test_stored_weights() -> None:
    model = sequential(
        layer("Sparkle", "custom", batch_input_shape=[None, 5]),
        sequential(layer("Sparkle", "inner"), name="nested"),
        layer("Dense", "output", units=3),
    )
    summary = analyze(json.dumps(model).encode()).model
    assert summary is not None
    custom, nested, output = summary.layers
    assert nested.nested is not None
    for row, shape in ((custom, (5, 4)), (nested.nested.layers[0], (4, 2)), (output, (2, 3))):
        row.weights = [Weight("kernel", shape, "float32", True), Weight("bias", shape[1:], "float32", True)]
        row.params = row.trainable_params = shape[0] * shape[1] + shape[1]
    nested.params = nested.trainable_params = 10
    text = check_text(explain_model(summary, None, 20))
    assert "kernel + bias = 5·4 + 4 = 24" in text
    assert "input_dim · units + units = 2·3 + 3 = 9" in text
    assert "nested (Sequential): 10 parameters" in text
    assert "come from the file" in text
    assert "Bias forgotten (in custom)" in text


def test_what_a_model_is_told_without_a_layer_named() -> None:
    alone = check_text(explained("lstm_1_2.json"))
    assert "kernel_c (2, 1) = kernel[:, 2:3]" in alone  # one layer only: in full
    assert alone.endswith("total: 16\n")
    several = " ".join(check_text(explained("seq2seq.json")).split())
    assert several.count("never enters the count") == 1  # once per class
    assert several.count("each of the 4 gates") == 2
    assert "the timesteps never enter the count" in several


def test_described_layer() -> None:
    model = sequential(layer("Sparkle", "custom", batch_input_shape=[None, 5]), layer("Dense", "output", units=3))
    options = Options(custom_layers={"Sparkle": Description("same", 70)})
    summary = analyze(json.dumps(model).encode(), options).model
    assert summary is not None
    text = check_text(explain_model(summary))
    assert "The count of Sparkle comes from the settings." in text
    assert "total: 70 + 18 = 88" in text


def test_features_are_not_called_timesteps() -> None:
    """Keras refuses an LSTM on (None, 32), which has no timesteps."""
    report = analyze(EXAMPLES / "needs_sequences.json")
    assert report.model is not None
    found = explain_model(report.model, "second").layers[0].sentence
    assert "the number of timesteps (not fixed here) never enters the count" in found


def test_numbers_of_thousands_of_digits() -> None:
    """Python refuses to write an int of more than 4,300 digits, such as the area of this kernel."""
    convolution = f"keras.layers.Conv3D(4, {'9' * 4000}, padding='same')"
    report = analyze(
        f"import keras\nm = keras.Sequential([keras.Input((9, 9, 9, 3)), {convolution}])".encode(), name="p.py"
    )
    assert report.model is not None
    for expect in (None, 120):
        assert "Conv3D" in render(explain_model(report.model, None, expect))
