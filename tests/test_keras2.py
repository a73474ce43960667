"""Keras 2: models that tf_keras 2.21 loads and refuses, and models written by hand."""

from __future__ import annotations

import json
from typing import Any

import pytest

from lstmlint import FileReport, analyze

Config = dict[str, Any]
VERSION = {"keras_version": "2.21.0", "backend": "tensorflow"}


def layer(class_name: str, name: str, **config: Any) -> Config:
    """Return a layer of a Sequential."""
    return {"class_name": class_name, "config": {"name": name, **config}}


def called(class_name: str, name: str, *calls: Any, **config: Any) -> Config:
    """Return a layer of a functional model."""
    return {**layer(class_name, name, **config), "name": name, "inbound_nodes": list(calls)}


def sequential(*layers: Config, **header: Any) -> Config:
    """Return a Sequential."""
    return {"class_name": "Sequential", "config": {"name": "m", "layers": list(layers)}, **header}


def functional(layers: list[Config], inputs: Any = (("x", 0, 0),), outputs: Any = (("y", 0, 0),)) -> Config:
    """Return a functional model."""
    config = {"name": "m", "layers": layers, "input_layers": inputs, "output_layers": outputs}
    return {"class_name": "Functional", "config": config, **VERSION}


def said(model: Config) -> FileReport:
    """Return the report."""
    return analyze(json.dumps(model).encode(), name="model.json")


def errors(model: Config) -> list[str]:
    """Return the codes of the errors."""
    return [finding.code for finding in said(model).findings if finding.severity == "error"]


def warnings(model: Config) -> list[str]:
    """Return the codes of the warnings."""
    return [finding.code for finding in said(model).findings if finding.severity == "warning"]


def without(model: Config, *path: Any) -> Config:
    """Return a copy without the value at a path."""
    copied: Any = json.loads(json.dumps(model))
    place = copied
    for key in path[:-1]:
        place = place[key]
    del place[path[-1]]
    return copied  # type: ignore[no-any-return]


X = called("InputLayer", "x", batch_input_shape=[None, 5])
CALL = [["x", 0, 0, {}]]
GOOD = functional([X, called("Dense", "y", CALL, units=2)])
STACK = sequential(layer("Dense", "y", units=2, batch_input_shape=[None, 5]), **VERSION)


@pytest.mark.parametrize(
    ("model", "path"),
    [
        (STACK, ["config", "name"]), (STACK, ["config", "layers", 0, "config"]), (GOOD, ["config", "name"]),
        (GOOD, ["config", "input_layers"]), (GOOD, ["config", "layers", 0, "inbound_nodes"]),
        (GOOD, ["config", "layers", 1, "name"]),
    ],
    ids=str,
)  # fmt: skip
def test_what_keras_wrote_must_be_whole(model: Config, path: list[Any]) -> None:
    assert errors(model) == []
    assert "E006" in errors(without(model, *path))
    by_hand = without(without(model, "keras_version"), *path)
    assert not any("tf.keras cannot load it" in finding.message for finding in said(by_hand).findings)


def test_keras_2_2_has_no_name_for_a_list() -> None:
    model = {"class_name": "Sequential", "config": STACK["config"]["layers"], "keras_version": "2.1.6"}
    assert (errors(model), said(model).dialect) == ([], "keras2")


BY_HAND = [
    {"class_name": "Sequential", "config": {"layers": [
        {"class_name": "InputLayer", "config": {key: shape}}, {"class_name": "LSTM", "config": {"units": 10}}]}}
    for key, shape in (("batch_shape", [None, 13, 5]), ("shape", [13, 5]))
]  # fmt: skip


@pytest.mark.parametrize("model", BY_HAND, ids=["batch_shape", "shape"])
def test_written_by_hand_in_words_of_keras_3(model: Config) -> None:
    report = said(model)
    assert report.model is not None
    assert (report.dialect, report.model.params, report.findings) == ("keras3", 640, [])
    assert errors({**model, "keras_version": "3.15.0"}) == ["E011", "E006"]


def test_modules_of_tf_keras() -> None:
    layers = [
        {
            "module": "keras.layers",
            "registered_name": None,
            **layer("LSTM", "l", units=10, batch_input_shape=[None, 13, 5]),
        }
    ]
    model = {"class_name": "Sequential", "config": {"name": "m", "layers": layers}}
    assert (said(model).dialect, errors(model)) == ("keras2", [])
    layers.append({"module": "tensorflow.keras.layers", **layer("Dense", "d", units=1)})
    layers[0] = without(layers[0], "module")
    assert said(model).dialect == "keras2"  # only one layer has a module
    call = called("Dense", "y", CALL, units=1)
    model = without(functional([X, {"module": "keras.layers", **call}]), "keras_version")
    assert said(model).dialect == "keras2"


@pytest.mark.parametrize(
    ("config", "code"),
    [
        ({"name": 3}, "S128"), ({"name": "a b"}, "S128"), ({"name": "-a"}, "S128"), ({"name": "a/b>c.d"}, None),
        ({"trainable": None}, "E007"), ({"trainable": "true"}, "E007"), ({"trainable": False}, None),
        ({"dtype": "float31"}, "P609"), ({"dtype": ["float32"]}, "P609"), ({"dtype": {}}, "P609"), ({"dtype": "half"}, None),
        ({"dtype": {"class_name": "Policy", "config": {"name": "float32"}}}, None),
        ({"kernel_initializer": {}}, "E007"), ({"kernel_initializer": {"class_name": "Zeros"}}, "E007"),
        ({"kernel_initializer": {"class_name": "HeNormal", "config": {"x": 1}}}, "E007"),
        ({"kernel_initializer": {"class_name": "Mine", "config": {"x": 1}}}, None),
        ({"kernel_initializer": {"class_name": "HeNormal", "config": {"seed": None, "dtype": "float32"}}}, None),
        ({"kernel_regularizer": "l1_l2"}, None), ({"kernel_regularizer": {"l2": 0.1}}, "E007"),
        ({"activity_regularizer": 1}, "E007"), ({"activity_regularizer": "l2"}, None),
        ({"kernel_constraint": "maxnorm"}, None), ({"activation": {}}, "E007"), ({"units": 0}, None), ({"units": -1}, "E007"),
        ({"batch_input_shape": None}, "E007"), ({"batch_input_shape": 5}, "E007"),
        ({"kernel_initializer": {"class_name": "Zeros", "config": {}, "module": None}}, "E007"),
        ({"kernel_regularizer": {"class_name": "L2", "config": {}, "module": None, "registered_name": "keras.regularizers"}}, "E007"),
        ({"kernel_initializer": {"class_name": "Zeros", "config": [], "module": "keras.initializers"}}, None),
        ({"kernel_initializer": {"class_name": "Zeros", "config": []}}, "E007"),
        ({"activation": {"class_name": "ReLU", "config": {}, "module": None}}, "E007"),
        ({"activation": {"class_name": "function", "config": "relu", "module": None}}, None),
        ({"kernel_initializer": {"class_name": "VarianceScaling", "config": {"scale": "a"}}}, "E007"),
        ({"kernel_initializer": {"class_name": "VarianceScaling", "config": {"mode": None}}}, "E007"),
        ({"kernel_initializer": {"class_name": "VarianceScaling", "config": {"distribution": "Uniform"}}}, None),
        ({"units": 3.7}, None), ({"units": "3"}, None), ({"units": "-1"}, "E007"), ({"units": True}, "E007"),
    ],
    ids=str,
)  # fmt: skip
def test_what_tf_keras_takes_of_a_dense(config: Config, code: str | None) -> None:
    dense = {"class_name": "Dense", "config": {"name": "y", "units": 2, "batch_input_shape": [None, 5], **config}}
    assert errors(sequential(dense, **VERSION)) == ([] if code is None else [code])


# Layers of a Sequential, their arguments, what stands beside the config, and the code of an error.
@pytest.mark.parametrize(
    ("class_name", "config", "beside", "code"),
    [
        ("BatchNormalization", {"trainable": "true"}, {}, None),
        ("BatchNormalization", {"trainable": None}, {}, None),
        ("Dense", {"units": 2, "trainable": 1}, {}, "E007"),
        ("GaussianNoise", {"stddev": "0.1"}, {}, "E007"),
        ("GaussianNoise", {"stddev": [0.1]}, {}, None),
        ("Dense", {"units": 2}, {"module": None, "registered_name": None}, "E004"),
        ("Dense", {"units": 2}, {"module": None, "registered_name": "keras.layers"}, "E004"),
        ("Dense", {"units": 2}, {"module": "builtins", "registered_name": "Dense"}, None),
    ],
    ids=str,
)
def test_what_tf_keras_takes_of_a_layer(class_name: str, config: Config, beside: Config, code: str | None) -> None:
    given = layer("InputLayer", "x", batch_input_shape=[None, 5])
    entry = {**layer(class_name, "y", **config), **beside}
    assert errors(sequential(given, entry, **VERSION)) == ([] if code is None else [code])


def test_seeds_of_augmentation() -> None:
    """tf_keras turns a seed into an integer or a list of them, and refuses only what it cannot turn."""
    for seed, codes in ((1.5, []), ([1, 2], []), (True, []), ("a", ["E007"]), ({}, ["E007"])):
        given = layer("InputLayer", "x", batch_input_shape=[None, 8, 8, 3])
        assert errors(sequential(given, layer("RandomFlip", "y", seed=seed), **VERSION)) == codes


def test_unnamed_inputs() -> None:
    for name, codes in (("", []), (False, []), ([], []), (3, ["S128"])):
        given = {"class_name": "InputLayer", "config": {"name": name, "batch_input_shape": [None, 5]}}
        assert errors(sequential(given, layer("ReLU", "y"), **VERSION)) == codes


def test_names_on_other_backends() -> None:
    model = {**sequential(layer("Dense", "a+b", units=2, batch_input_shape=[None, 5])), "keras_version": "2.0.8"}
    assert errors(model) == ["S128"]
    assert (errors({**model, "backend": "theano"}), warnings({**model, "backend": "theano"})) == ([], ["S128"])


@pytest.mark.parametrize("rate", [None, "0.5", 20, -0.1])
def test_rates(rate: Any) -> None:
    def found(class_name: str) -> list[str]:
        return errors(sequential(layer(class_name, "d", rate=rate, batch_input_shape=[None, 5])))

    assert found("Dropout") == (["E007"] if isinstance(rate, int | float) else [])
    assert found("AlphaDropout") == []


def test_unused_layers_count() -> None:
    aux = called("Dense", "aux", CALL, units=3)
    model = functional([X, called("Dense", "y", CALL, units=2), aux])
    report = said(model)
    assert report.model is not None
    assert (report.model.params, report.model.macs, warnings(model)) == (12 + 18, 10, ["G701"])
    assert "Keras keeps it with 18 parameters" in report.findings[0].message
    model["config"]["layers"] += [
        called("AddLoss", "add_loss", [["aux", 0, 0, {}]], unconditional=False),
        called("AddMetric", "add_metric", [["aux", 0, 0, {}]], aggregation="mean", metric_name="m"),
    ]
    report = said(model)
    assert report.model is not None
    assert (report.model.params, report.model.complete, report.findings) == (30, True, [])


def test_namesakes_are_one_layer() -> None:
    twice = called("Dense", "y", [["y", 0, 0, {}]], units=7)
    model = functional([X, called("Dense", "y", CALL, units=5), twice], outputs=[["y", 1, 0]])
    report = said(model)
    assert report.model is not None
    assert (report.model.params, [row.name for row in report.model.layers]) == (30, ["x", "y"])
    assert (errors(model), warnings(model)) == ([], ["S127"])
    inside = {**called("Dense", "a", CALL, units=4), "config": {"name": "y", "units": 4}}
    assert errors(functional([X, inside, called("Dense", "y", [["a", 0, 0, {}]], units=2)])) == ["S127"]


def test_input_layers_hand_on_what_they_get() -> None:
    first = layer("Dense", "d", units=1, batch_input_shape=[None, 4])
    again = layer("InputLayer", "i", batch_input_shape=[None, 4])
    report = said(sequential(first, again, layer("Dense", "e", units=2)))
    assert report.model is not None
    assert (report.model.params, errors(sequential(first, again))) == (5 + 4, [])
    assert errors(sequential(first, layer("InputLayer", "d_input", batch_input_shape=[None, 4]))) == ["S127"]


BROKEN_CALLS: list[tuple[Any, str]] = [
    ([["x", 0]], "E011"), ([["x"]], "E011"), ([[3, 0, 0]], "E011"), ([["x", 7, 0, {}]], ""),
    ([["nothing", 0, 0, {}]], "S124"), ([["x", 0, 3, {}]], "S124"), ([], "E011"),
    ([["x", 0, 0, {"foo": 1}]], "E005"), ([["x", 0, 0, {"training": True}]], ""),
]  # fmt: skip


@pytest.mark.parametrize(("call", "code"), BROKEN_CALLS, ids=str)
def test_calls(call: Any, code: str) -> None:
    assert errors(functional([X, called("Dense", "y", call, units=2)])) == ([code] if code else [])


def test_last_keyword_arguments_count() -> None:
    for first, last, codes in (({"foo": 1}, {}, []), ({}, {"foo": 1}, ["E005"])):
        add = called("Add", "y", [["x", 0, 0, first], ["x", 0, 0, last]])
        assert errors(functional([X, add])) == codes


def test_a_sequential_reads_no_calls() -> None:
    for nodes in (2, [2, 2], "abc"):
        assert errors(sequential(INPUT, {**layer("ReLU", "y"), "inbound_nodes": nodes}, **VERSION)) == []


def test_inputs_are_fed_by_the_user_alone() -> None:
    fed = {**X, "inbound_nodes": [[["y", 0, 0, {}]]]}
    assert errors(functional([fed, called("Dense", "y", CALL, units=2)])) == []


@pytest.mark.parametrize(
    ("inputs", "code"),
    [
        ([["x", 0, 0], ["x", 0, 0]], "S124"),
        ([["x", 0]], "E011"),
        ([["x", 0, 0, {}]], "E011"),
        ([[3, 0, 0]], "E011"),
        ([["x", 0, 5]], "S124"),
        ([["x", 1, 0]], None),  # tf.keras ignores which call of an InputLayer is meant
        (["x", 0, 0], None),
        ({"a": ["x", 0, 0]}, None),
    ],
)
def test_ends(inputs: Any, code: str | None) -> None:
    assert errors(functional(GOOD["config"]["layers"], inputs)) == ([] if code is None else [code])


@pytest.mark.parametrize(
    ("config", "code"),
    [
        ({"function": "nn.relu"}, None),
        ({}, "E006"),
        ({"function": 7}, "E007"),
        ({"function": "nn.relu", "alpha": 1}, "E005"),
    ],
)
def test_functions(config: Config, code: str | None) -> None:
    assert errors(functional([X, called("TFOpLambda", "y", ["x", 0, 0, {}], **config)])) == (
        [] if code is None else [code]
    )


def test_objects_with_modules_need_no_config() -> None:
    entry = {"module": "keras.layers", "class_name": "Flatten"}
    zeros = {"module": "keras.initializers", "class_name": "Zeros"}
    model = sequential(
        layer("Dense", "d", units=1, batch_input_shape=[None, 4], kernel_initializer=zeros), entry, **VERSION
    )
    assert errors(model) == []
    assert errors(sequential(layer("Dense", "d", units=1), without(entry, "module"), **VERSION)) == ["E006"]


def test_namesakes_inside_of_a_nested_model() -> None:
    inner = sequential(layer("ReLU", "a", batch_input_shape=[None, 5]), layer("ReLU", "a"))
    assert errors(sequential(inner, **VERSION)) == ["S127"]


PRELU = {"class_name": "PReLU", "config": {"name": "p_re_lu", "shared_axes": None}}
# A layer, its input shape, its parameters without a PReLU as activation, and those of the PReLU, as tf_keras counts them.
PRELU_ROWS: list[tuple[str, dict[str, Any], tuple[int, ...], int, int]] = [
    ("Dense", {"units": 4}, (7,), 32, 4),
    ("Dense", {"units": 4}, (5, 6), 28, 20),
    ("Conv1D", {"filters": 4, "kernel_size": 2}, (5, 6), 52, 16),
    ("Conv2D", {"filters": 4, "kernel_size": 2}, (8, 8, 3), 52, 196),
    ("SeparableConv2D", {"filters": 4, "kernel_size": 2}, (8, 8, 3), 28, 196),
    ("DepthwiseConv2D", {"kernel_size": 2}, (8, 8, 3), 15, 147),
    ("Conv2DTranspose", {"filters": 4, "kernel_size": 2}, (8, 8, 3), 52, 324),
    ("LocallyConnected1D", {"filters": 4, "kernel_size": 2}, (5, 6), 208, 16),
    ("EinsumDense", {"equation": "ab,bc->ac", "output_shape": 4}, (7,), 28, 4),
    ("LSTM", {"units": 4}, (5, 6), 176, 4),
    ("GRU", {"units": 4, "return_sequences": True}, (5, 6), 144, 4),
    ("SimpleRNN", {"units": 4}, (5, 6), 44, 4),
    ("ConvLSTM2D", {"filters": 4, "kernel_size": 2}, (5, 8, 8, 3), 464, 196),
]


@pytest.mark.parametrize(("name", "config", "shape", "own", "alpha"), PRELU_ROWS)
def test_prelu_as_activation(name: str, config: dict[str, Any], shape: tuple[int, ...], own: int, alpha: int) -> None:
    config = config | {"name": "layer", "batch_input_shape": [None, *shape]}
    for activation, expected in (("relu", own), (PRELU, own + alpha), ("PReLU", own + alpha)):
        layer = {"class_name": name, "config": config | {"activation": activation}}
        model = {"class_name": "Sequential", "config": {"name": "m", "layers": [layer]}, "keras_version": "2.15.0"}
        report = analyze(json.dumps(model).encode())
        assert report.model is not None
        assert (report.model.params, report.model.trainable_params) == (expected, expected)


def test_time_distributed_over_several_inputs() -> None:
    """tf_keras passes one timestep of each input to the inner layer."""
    inner = functional(
        [called("InputLayer", name, batch_input_shape=[None, 3]) for name in "pq"], [["p", 0, 0], ["q", 0, 0]]
    )
    inner["config"]["layers"] += [
        called("Concatenate", "c", [["p", 0, 0, {}], ["q", 0, 0, {}]]),
        called("Dense", "y", [["c", 0, 0, {}]], units=7),
    ]
    for wrapped, params, output in ((layer("Multiply", "m"), 0, (None, 4, 3)), (inner, 49, (None, 4, 7))):
        inputs = [called("InputLayer", name, batch_input_shape=[None, 4, 3]) for name in "ab"]
        each = called("TimeDistributed", "y", [["a", 0, 0, {}], ["b", 0, 0, {}]], layer=wrapped)
        report = said(functional([*inputs, each], [["a", 0, 0], ["b", 0, 0]]))
        assert report.model is not None
        assert (report.model.params, report.model.outputs, report.findings) == (params, [output], [])


STATES = layer("LSTM", "states", units=4, return_state=True)
SHAPE = {"batch_input_shape": [None, 13, 5]}
BOTH = layer("Bidirectional", "both", layer=layer("LSTM", "inner", units=4), merge_mode=None)
CELLS = layer("StackedRNNCells", "cells", cells=[layer("LSTMCell", "cell", units=4)])
INPUT = layer("InputLayer", "input", **SHAPE)
CODE = ["4wAAAAAAAAAAAAAAAAEAAAADAAAA", None, None]
# Models, and the code of the error if tf_keras refuses them.
SEQUENTIALS: list[tuple[Config, str | None]] = [
    (sequential(INPUT, STATES, **VERSION), "S121"),
    (sequential(STATES, **VERSION), None),  # not built
    (sequential(INPUT, STATES, layer("Dense", "y", units=2), **VERSION), "S121"),
    (sequential(INPUT, BOTH, **VERSION), "S121"),
    (
        sequential(INPUT, {"class_name": "Sequential", "config": {"name": "inside", "layers": [STATES]}}, **VERSION),
        "S121",
    ),
    (sequential(INPUT, CELLS, **VERSION), "S122"),
    (sequential(CELLS, **VERSION), None),
    (sequential(layer("GRUCell", "cell", units=4, batch_input_shape=[None, 5]), **VERSION), "S122"),
]


@pytest.mark.parametrize(("model", "code"), SEQUENTIALS)
def test_outputs_and_states_of_a_sequential(model: Config, code: str | None) -> None:
    assert errors(model) == ([] if code is None else [code])


def test_lambda_with_code() -> None:
    by_code = [layer("Lambda", name, function=CODE, function_type="lambda") for name in ("a", "b")]
    inside = layer("TimeDistributed", "each", layer=layer("Lambda", "c", function=CODE, function_type="lambda"))
    by_name = layer("Lambda", "d", function="f", function_type="function")
    model = sequential(INPUT, *by_code, inside, by_name, **VERSION)
    (found,) = (finding for finding in said(model).findings if finding.code == "X801")  # all have the same code
    assert found.severity == "warning"
    assert [one.layer for one in found.each] == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("class_name", "filters", "severity"),
    [
        ("Conv2D", 3.0, "warning"),
        ("Conv2DTranspose", 3.5, "warning"),
        ("SeparableConv2D", 3.0, "warning"),
        ("Conv2D", 0.5, "error"),
        ("LocallyConnected2D", 3.0, "error"),
    ],
)
def test_convolutions_truncate_filters(class_name: str, filters: float, severity: str) -> None:
    shape = [None, 8, 8, 2]
    conv = layer(class_name, "conv", filters=filters, kernel_size=[3, 3], batch_input_shape=shape)
    (finding,) = said(sequential(conv, **VERSION)).findings
    assert (finding.code, finding.severity) == ("E007", severity)
