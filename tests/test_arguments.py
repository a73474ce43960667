"""Unknown, missing and wrong arguments: what Keras refuses is an error, what it ignores is a warning."""

from __future__ import annotations

import json
from typing import Any

import pytest

from lstmlint import analyze
from lstmlint.model.findings import Finding
from lstmlint.validation.serialized import KERAS3_ACTIVATIONS


def findings(class_name: str, config: dict[str, Any], keras: int = 3, **header: Any) -> list[Finding]:
    """Return the findings for one layer of a Sequential."""
    layer = {"class_name": class_name, "config": {"name": "layer", **config}, **header}
    model: dict[str, Any] = {"class_name": "Sequential", "config": {"name": "m", "layers": [layer]}}
    if keras == 3:
        model |= {"module": "keras", "registered_name": None}
        layer.setdefault("module", "keras.layers")
        layer.setdefault("registered_name", None)
    else:
        model["keras_version"] = "2.15.0"
    found = analyze(json.dumps(model).encode()).findings
    return [finding for finding in found if finding.code[0] in "EP" and finding.severity != "info"]


LSTM = {"units": 4}


@pytest.mark.parametrize(
    ("class_name", "config", "code", "severity", "argument", "words"),
    [
        ("LSTM", {"units": 4, "return_sequence": True}, "E005", "error", "return_sequence", "Did you mean return_sequences?"),
        ("LSTM", {}, "E006", "error", "", "Add units"),
        ("LSTM", {"units": 0}, "E007", "error", "units", "a positive integer"),
        ("LSTM", {"units": "4"}, "E007", "error", "units", "a positive integer"),
        ("LSTM", LSTM | {"activation": "Tanh"}, "E007", "error", "activation", "Did you mean 'tanh'?"),
        ("LSTM", LSTM | {"use_cudnn": 3}, "E007", "error", "use_cudnn", '"auto"'),
        ("LSTM", LSTM | {"seed": -1}, "E007", "error", "seed", "from 0"),
        ("LSTM", LSTM | {"return_sequences": "false"}, "E007", "warning", "return_sequences", "true or false"),
        ("LSTM", LSTM | {"trainable": "true"}, "E007", "error", "trainable", "without quotes"),
        ("LSTM", LSTM | {"dtype": "float31"}, "P609", "error", "dtype", "float32"),
        ("LSTM", LSTM | {"bias_initializer": "orthogonal"}, "E007", "error", "bias_initializer", "initializer"),
        ("LSTM", LSTM | {"activity_regularizer": "l1_l2"}, "E007", "error", "activity_regularizer", "l1l2"),
        ("Dense", LSTM | {"kernel_initializer": {"class_name": "HeNorml"}}, "E007", "error", "kernel_initializer", "HeNormal"),
        (
            "Dense", LSTM | {"kernel_initializer": {"class_name": "HeNormal", "config": {"gain": 2}}},
            "E007", "error", "kernel_initializer", "seed, input_axes, output_axes",
        ),
        (
            "Dense", LSTM | {"kernel_initializer": {"class_name": "Mine", "config": {}, "module": "my_package"}},
            "E007", "warning", "kernel_initializer", "",
        ),
        ("Dense", LSTM | {"bias_constraint": {"a": 1}}, "E007", "error", "bias_constraint", "class_name"),
        ("Dropout", {"rate": 1.5}, "E007", "error", "rate", "0 to 1"),
        ("Embedding", {"input_dim": True, "output_dim": 2}, "E007", "error", "input_dim", "positive integer"),
        ("InputLayer", {"batch_shape": [None, 3], "foo": 1}, "E005", "warning", "foo", "Remove"),
        ("InputLayer", {"batch_shape": [None, 3.0]}, "E007", "error", "batch_shape", "decimal point"),
        ("InputLayer", {"batch_shape": [None, 3], "batch_size": 2}, "E007", "error", "batch_size", "Remove"),
    ],
)  # fmt: skip
def test_keras3(class_name: str, config: dict[str, Any], code: str, severity: str, argument: str, words: str) -> None:
    (found,) = findings(class_name, config)
    pointer = "/config/layers/0" + (f"/config/{argument}" if argument else "")
    assert (found.code, found.severity, found.pointer) == (code, severity, pointer)
    assert words in found.message + found.help


def function(name: str, module: str | None = "builtins", registered: str = "function") -> dict[str, Any]:
    """A function as Keras writes it."""
    return {"module": module, "class_name": "function", "config": name, "registered_name": registered}


def instance(name: str, **header: Any) -> dict[str, Any]:
    """An object of a class as Keras writes it."""
    return {"class_name": name, "config": {}, **header}


# An argument, its value, and whether Keras loads it with custom_objects. Measured in tests/referee/test_custom_objects.py.
CUSTOM_OBJECTS: list[tuple[str, Any, bool]] = [
    ("activation", function("mish2"), True),
    ("activation", function("Mine>mish2"), True),
    ("activation", function("mish2", "my.module", "Mine>mish2"), True),
    ("activation", function("mish2", None, "mish2"), True),
    ("activation", "mine", False),  # of names, Keras 3 looks up only those of initializers
    ("kernel_regularizer", "mine", False),
    ("kernel_constraint", "mine", False),
    ("kernel_regularizer", instance("mine", module=None, registered_name="mine"), True),  # what the help says
    ("kernel_constraint", instance("mine", module=None, registered_name="mine"), True),
    ("activation", function("sigmiod", "builtins"), False),
    ("activation", function("sigmoidd", "keras.activations"), False),
    ("activation", instance("Swish", module="my.module", registered_name="Mine>Swish"), True),
    ("activation", instance("Swish", module=None, registered_name="Mine>Swish"), True),
    ("kernel_initializer", "mine", True),
    ("kernel_initializer", "zeors", False),
    ("kernel_initializer", "xavier", True),
    ("kernel_initializer", instance("Mine", module=None, registered_name="Package>Mine"), True),
    ("kernel_initializer", instance("HeNormall", module="keras.initializers", registered_name=None), False),
    ("kernel_initializer", function("mine"), True),
    ("kernel_regularizer", instance("Mine", module="builtins", registered_name="Package>Mine"), True),
    ("kernel_regularizer", function("mine"), True),
    ("kernel_constraint", instance("Mine", module="my.module", registered_name="Package>Mine"), True),
]
# The same of tf_keras, which also looks up names.
OLD_CUSTOM_OBJECTS: list[tuple[str, Any, bool]] = [
    *(row for row in CUSTOM_OBJECTS if row[2]),
    ("activation", "mish2", True),
    ("activation", "lrelu", True),
    ("activation", "Mine>mish2", True),
    ("activation", "sigmiod", False),
    ("kernel_constraint", "mine", True),
]


@pytest.mark.parametrize(("argument", "value", "custom", "keras"), [
    *((*row, 3) for row in CUSTOM_OBJECTS), *((*row, 2) for row in OLD_CUSTOM_OBJECTS),
])  # fmt: skip
def test_custom_objects(argument: str, value: Any, custom: bool, keras: int) -> None:
    (found,) = findings("Dense", LSTM | {argument: value}, keras=keras)
    assert (found.code, found.severity) == ("E007", "warning" if custom else "error")
    assert ("is not built into Keras: it loads only with custom_objects" in found.message) == custom
    assert ("Did you mean 'glorot_uniform'?" in found.help) == (value == "xavier")


# The function of a Lambda, and whether it is a user's own. Measured in tests/referee/test_custom_objects.py.
LAMBDAS: list[tuple[Any, bool]] = [
    ("mine", True),
    (function("mine"), True),
    (function("mine", "my.module", "Mine>mine"), True),
    (function("relu", "keras.activations"), False),
]


@pytest.mark.parametrize(("value", "own"), LAMBDAS)
def test_function_of_a_lambda(value: Any, own: bool) -> None:
    config = {"function": value, "output_shape": [5]}
    found = findings("Lambda", config)
    assert [(one.code, one.severity) for one in found] == ([("E007", "warning")] if own else [])
    if isinstance(value, str):
        old = findings("Lambda", config | {"function_type": "function", "output_shape_type": "raw"}, keras=2)
        assert [(one.code, one.severity) for one in old] == [("E007", "warning")]


@pytest.mark.parametrize(
    "activation", ["LeakyReLU", "PReLU", "ELU", "ReLU", "Softmax", "ThresholdedReLU", instance("PReLU")]
)
def test_layers_as_activations_of_keras2(activation: Any) -> None:
    assert findings("Dense", LSTM | {"activation": activation}, keras=2) == []


@pytest.mark.parametrize("activation", sorted(KERAS3_ACTIVATIONS))
def test_activations_that_only_keras3_has(activation: str) -> None:
    (found,) = findings("Dense", LSTM | {"activation": activation}, keras=2)
    assert (found.code, found.severity) == ("E007", "error")
    assert "tf_keras does not have it" in found.message
    assert findings("Dense", LSTM | {"activation": activation}) == []


@pytest.mark.parametrize(
    ("class_name", "config"),
    [
        ("Dropout", {"rate": 0, "seed": -1}),  # nothing is dropped, and nothing is drawn
        ("LSTM", LSTM | {"use_bias": False, "bias_initializer": "identity"}),
        ("GRU", LSTM | {"bias_initializer": "orthogonal"}),  # two rows of it, with reset_after
        ("Dense", LSTM | {"kernel_initializer": {"class_name": "zeros"}}),
        ("Dense", LSTM | {"activation": {"class_name": "function", "config": "relu", "module": "keras.activations"}}),
        ("InputLayer", {"batch_input_shape": [None, 3]}),
        ("LSTM", LSTM | {"return_sequences": None}),
    ],
)
def test_fine_with_keras3(class_name: str, config: dict[str, Any]) -> None:
    assert findings(class_name, config) == []


@pytest.mark.parametrize(
    ("header", "code", "severity", "at"),
    [
        ({"module": "keras"}, "E004", "error", "module"),
        ({"module": None}, "E004", "error", "module"),
        ({"module": 3}, "E007", "error", "module"),
        ({"module": "tensorflow.keras.layers"}, "E004", "error", "module"),
        ({"registered_name": "Mine>LSTM"}, "E004", "error", "registered_name"),
        ({"module": "mine", "registered_name": "Mine>LSTM"}, "E004", "warning", "module"),
    ],
)
def test_where_the_class_is(header: dict[str, Any], code: str, severity: str, at: str) -> None:
    (found,) = findings("LSTM", LSTM, **header)
    assert (found.code, found.severity, found.pointer) == (code, severity, f"/config/layers/0/{at}")


@pytest.mark.parametrize("header", [{}, {"module": "keras.src.layers.rnn.lstm"}, {"registered_name": "LSTM"}])
def test_where_the_class_is_fine(header: dict[str, Any]) -> None:
    assert findings("LSTM", LSTM, **header) == []


@pytest.mark.parametrize(
    ("config", "code", "severity"),
    [
        ({"activation": "my_activation"}, "E007", "warning"),  # may be a custom object
        ({"activation": "Tanh"}, "E007", "error"),
        ({"units": -1}, "E007", "error"),
        ({"dropout": "0.5"}, "E007", "error"),
        ({"foo": 1}, "E005", "error"),
    ],
)
def test_keras2(config: dict[str, Any], code: str, severity: str) -> None:
    (found,) = findings("LSTM", LSTM | config, keras=2)
    assert (found.code, found.severity) == (code, severity)


HAND = {"units": 4, "batch_input_shape": [None, 13, 5]}


@pytest.mark.parametrize(
    ("layers", "code", "message", "help"),
    [
        ([{"class_name": "LTSM", "config": HAND}], "E004", "'LTSM'", "Did you mean LSTM?"),
        ([{"class_name": "Lstm", "config": HAND}], "E004", "'Lstm'", "Did you mean LSTM?"),
        ([{"class_name": "keras.Densee", "config": HAND}], "E004", "'keras.Densee'", "Did you mean Dense?"),
        ([{"class_name": "MultiheadAttention", "config": HAND}], "E004", "Attention'", "Did you mean MultiHeadAttention?"),
        ([{"class_name": "LSTM", "config": {}, "units": 4}], "E006", "has no units", "Move units into its config"),
        ([{"class_name": "LSTM", "config": {"units": 4, "batch_input_shape": [13, 5]}}], "S101", "gets 2", "[null, 13, 5]"),
        ([{"class_name": "LSTM", "config": {"units": 4, "input_shape": [5]}}], "S101", "gets 2", "the input shape is (5, 1), for 5 features (None, 5)"),
    ],
)  # fmt: skip
def test_advice_for_what_is_written_by_hand(layers: list[Any], code: str, message: str, help: str) -> None:
    report = analyze(json.dumps({"class_name": "Sequential", "config": {"name": "m", "layers": layers}}).encode())
    (finding,) = report.findings
    assert finding.code == code
    assert message in finding.message
    assert help in finding.help


@pytest.mark.parametrize(
    ("class_name", "help"),
    [("Sequental", "Did you mean Sequential?"), ("MyModel", "its code"), ("Mine>MyModel", "its code"), ("Model", None)],
)
def test_model_of_an_unknown_class(class_name: str, help: str | None) -> None:
    layers = [{"class_name": "LSTM", "config": HAND}]
    report = analyze(json.dumps({"class_name": class_name, "config": {"name": "m", "layers": layers}}).encode())
    assert [finding.code for finding in report.findings] == ([] if help is None else ["E004"])
    assert help is None or help in report.findings[0].help


@pytest.mark.parametrize(
    ("config", "shape"),
    [
        ({"shape": [13, 5]}, (None, 13, 5)),
        ({"shape": [13, 5], "batch_size": 4}, (4, 13, 5)),
        ({"batch_shape": [None, 13, 5]}, (None, 13, 5)),
        ({"batch_input_shape": [2, 13, 5]}, (2, 13, 5)),
    ],
)
def test_input_by_its_function(config: dict[str, Any], shape: Any) -> None:
    """tf_keras 2.21 loads each of these: it calls the function as if it were a class."""
    layers = [{"class_name": "Input", "config": config}, {"class_name": "LSTM", "config": {"units": 2}}]
    model = {"class_name": "Sequential", "keras_version": "2.15.0", "config": {"name": "m", "layers": layers}}
    report = analyze(json.dumps(model).encode())
    assert report.model is not None
    assert (report.model.layers[0].output_shape, report.model.params) == (shape, 64)
    assert report.findings == []
