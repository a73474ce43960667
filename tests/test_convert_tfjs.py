"""`lstmlint convert --to tfjs`: what TensorFlow.js loads and computes as Keras does, and why the rest is refused."""

from __future__ import annotations

import json
from typing import Any

import pytest

import lstmlint
from tests.commandline import Shell, layer, sequential
from tests.convert_models import at, functional, inner, source
from tests.test_compat_verdicts import ROWS

SEQUENCE = [None, 5, 3]


def first(class_name: str, shape: list[int | None], **config: Any) -> dict[str, Any]:
    """Return a model of one layer."""
    return sequential("m", layer(class_name, "it", batch_input_shape=shape, **config))


def converted(model: dict[str, Any], **kwargs: Any) -> list[dict[str, Any]]:
    """Return the layers of the result."""
    conversion = lstmlint.convert(model, to="tfjs", **kwargs)
    assert conversion.model is not None, conversion.refusals + conversion.changes
    (verdict,) = lstmlint.compat(conversion.model, "tfjs")
    assert verdict.loads
    layers: list[dict[str, Any]] = conversion.model["config"]["layers"]
    return layers


def test_recorded_models_load() -> None:
    newest = [row["document"] for row in ROWS if row["saved_by"] == "3.15"]
    found = [lstmlint.convert(model, to="tfjs").model for model in newest]
    results = [(old, new) for old, new in zip(newest, found, strict=True) if new is not None]
    assert len(results) > len(newest) / 4
    for old, new in results:
        (verdict,) = lstmlint.compat(new, "tfjs")
        assert verdict.loads, verdict.obstacles
        before, after = lstmlint.analyze(old).model, lstmlint.analyze(new).model
        assert before is not None
        assert after is not None
        assert (before.params, before.trainable_params) == (after.params, after.trainable_params)


@pytest.mark.parametrize(
    ("model", "written"),
    [
        (first("LSTM", SEQUENCE, units=2), {"recurrent_activation": "sigmoid", "unit_forget_bias": True}),
        (first("GRU", SEQUENCE, units=2, reset_after=False), {"reset_after": False}),
        (first("LSTM", SEQUENCE, units=2, zero_output_for_mask=True, time_major=False), {"units": 2}),
        (
            first("Dense", [None, 3], units=2, kernel_initializer="lecun_normal", kernel_constraint="non_neg"),
            {"kernel_constraint": None, "kernel_initializer": {"class_name": "VarianceScaling", "config": {
                "scale": 1.0, "mode": "fan_in", "distribution": "truncated_normal"}}},
        ),
        (
            first("Dense", [None, 3], units=2, kernel_regularizer={"class_name": "L2", "config": {"l2": 0.5}}),
            {"kernel_regularizer": {"class_name": "L1L2", "config": {"l1": 0.0, "l2": 0.5}}},
        ),
        (
            first("Dense", [None, 3], units=2, kernel_initializer={"class_name": "VarianceScaling", "config": {
                "scale": 2.0, "mode": "fan_in", "distribution": "untruncated_normal", "seed": None}}),
            {"kernel_initializer": {"class_name": "VarianceScaling", "config": {
                "scale": 2.0, "mode": "fan_in", "distribution": "normal", "seed": None}}},
        ),
        (first("ReLU", [None, 3], negative_slope=0.5), {"alpha": 0.5}),
        (first("SpatialDropout2D", [None, 4, 4, 2], rate=0.5), {"noise_shape": [None, 1, 1, None]}),
        (first("AveragePooling1D", SEQUENCE, pool_size=[True]), {"pool_size": [1]}),
        (first("SeparableConv2D", [None, 4, 4, 2], filters=2, kernel_size=2, kernel_initializer="zeros"), {"filters": 2}),
        (first("BatchNormalization", [None, 4, 4, 2], axis=[3]), {"axis": 3}),
    ],
)  # fmt: skip
def test_arguments(model: dict[str, Any], written: dict[str, Any]) -> None:
    config = converted(model)[1]["config"]
    assert {key: config.get(key) for key in written} == written
    assert config.keys() & {"time_major", "kernel_constraint", "zero_output_for_mask"} <= {"kernel_constraint"}


def test_classes_with_other_names() -> None:
    model = {"class_name": "Sequential", "module": "keras", "registered_name": None, "config": {"name": "m", "layers": [
        {"class_name": "InputLayer", "module": "keras.layers", "registered_name": None,
         "config": {"name": "x", "batch_shape": [None, 3], "dtype": "int64"}},
        {"class_name": "Embedding", "module": "keras.layers", "registered_name": None,
         "config": {"name": "my words", "input_dim": 9, "output_dim": 2}},
        {"class_name": "Identity", "module": "keras.layers", "registered_name": None, "config": {"name": "same"}},
    ]}}  # fmt: skip
    x, words, same = converted(model)
    assert (x["config"]["dtype"], x["config"]["batch_input_shape"]) == ("int32", [None, 3])
    assert words["config"]["name"] == "my_words"
    assert (same["class_name"], same["config"]["activation"]) == ("Activation", "linear")
    remarks = [str(note) for note in lstmlint.convert(model, to="tfjs").remarks]
    assert remarks == [
        "x: is an int32 input, since TensorFlow.js has no int64",
        "my words: is renamed to 'my_words', since TensorFlow.js does not accept it",
    ]


def test_models_in_a_model() -> None:
    def block(name: str) -> dict[str, Any]:
        layers = [source("in", 4), layer("Dense", "dense", [[at("in")]], units=4)]
        made = functional(layers, [["in", 0, 0]], [["dense", 0, 0]], name)
        return {"class_name": "Functional", "name": name, "config": made["config"], "inbound_nodes": [[at("x")]]}

    model = functional(
        [
            source("x", 4),
            block("left"),
            block("right"),
            layer("Add", "a>sum", [[["left", 1, 0, {}], ["right", 1, 0, {}]]]),
        ],
        {"b": ["a>sum", 0, 0], "a": ["left", 1, 0]},  # type: ignore[arg-type]
        [["a>sum", 0, 0]],
    )
    model["config"] |= {"input_layers": [["x", 0, 0]], "output_layers": {"b": ["a>sum", 0, 0], "a": ["left", 1, 0]}}
    conversion = lstmlint.convert(model, to="tfjs")
    assert conversion.model is not None, conversion.refusals
    config = conversion.model["config"]
    names = [one["config"]["name"] for block in config["layers"][1:3] for one in block["config"]["layers"]]
    assert names == ["in", "dense", "right_in", "right_dense"]
    assert config["output_layers"] == [["left", 1, 0], ["a_sum", 0, 0]]
    assert config["layers"][3]["inbound_nodes"] == [[["left", 1, 0, {}], ["right", 1, 0, {}]]]
    assert "in TensorFlow.js, 'left' and 'a>sum' are a list in this order" in map(str, conversion.remarks)


def keras3(*layers: tuple[str, dict[str, Any]], dtype: str = "float32", shape: Any = (None, 5, 3)) -> dict[str, Any]:
    """Return a Sequential of Keras 3."""
    first_layer = ("InputLayer", {"name": "x", "batch_shape": list(shape), "dtype": dtype})
    written = [
        {
            "class_name": name,
            "module": "keras.layers",
            "registered_name": None,
            "config": {"name": name.lower(), **config},
        }
        for name, config in (first_layer, *layers)
    ]
    return {
        "class_name": "Sequential",
        "module": "keras",
        "registered_name": None,
        "config": {"name": "m", "layers": written},
    }


LAMBDA = {"function": ["4wEAAAAA", None, None], "function_type": "lambda"}


@pytest.mark.parametrize(
    ("model", "reason"),
    [
        (keras3(("GRU", {"units": 2})), "reset_after is true, which TensorFlow.js does not support"),
        (first("Lambda", SEQUENCE, **LAMBDA), "does not run the Python code of a Lambda"),
        (
            first("Bidirectional", SEQUENCE, layer=inner("LSTM", name="a", units=2),
                  backward_layer=inner("GRU", name="b", units=2, reset_after=False, go_backwards=True)),
            "its backward_layer is not its layer in the other direction",
        ),
        (
            first("Bidirectional", SEQUENCE, layer=inner("LSTM", name="a", units=2),
                  backward_layer=inner("LSTM", name="b", units=2, go_backwards=True)),
            "",
        ),
        (first("Attention", SEQUENCE), "TensorFlow.js has no Attention"),
        (keras3(("RMSNormalization", {})), "TensorFlow.js has no RMSNormalization"),
        (first("ELU", SEQUENCE, alpha=0.5), "TensorFlow.js has no ELU with alpha=0.5"),
        (first("ReLU", SEQUENCE, threshold=1.0), "does not take threshold=1.0"),
        (first("Conv1D", SEQUENCE, filters=2, kernel_size=2, padding="causal"), "does not compute causal convolutions"),
        (first("Conv2D", [None, 4, 4, 2], filters=2, kernel_size=2, groups=2), "does not take groups=2"),
        (first("UpSampling2D", [None, 4, 4, 2], interpolation="bilinear"), "interpolates between other points"),
        (first("Resizing", [None, 4, 4, 2], height=2, width=2), "declares a wrong output shape"),
        (first("Dense", SEQUENCE, units=2, activity_regularizer="l2"), "has no activity regularizers"),
        (first("Dense", SEQUENCE, units=2, activation="exponential"), "TensorFlow.js has no activation exponential"),
        (first("Softmax", SEQUENCE, axis=1), "computes Softmax along the last axis only"),
        (first("Softmax", SEQUENCE, axis=[1, 2]), "computes Softmax along the last axis only"),
        (first("Flatten", [None, None, 3]), "does not flatten the shape (None, None, 3)"),
        (first("PReLU", SEQUENCE, shared_axes=[-1]), "shared_axes counts from the end"),
        (first("BatchNormalization", [None, 2, 2, 2, 2]), "has no BatchNormalization of 5 axes"),
        (
            first("TimeDistributed", [None, 5, 2, 2, 2, 2], layer=inner("BatchNormalization", name="bn")),
            "has no BatchNormalization of 5 axes",
        ),
        (first("LSTM", [2, 5, 3], units=2, stateful=True, return_state=False, return_sequences=True), ""),
        (keras3(("Dense", {"units": 2}), dtype="float16"), "TensorFlow.js has no inputs of dtype float16"),
        (keras3(("Dense", {"units": 2}), dtype="int32"), "does not cast int32 inputs of Dense to float32"),
        (keras3(("Dense", {"units": 2, "dtype": "mixed_float16"})), "computes in float32, not in mixed_float16"),
        (keras3(("Softmax", {}), shape=(None,)), "no inputs without an axis besides the batch"),
        (sequential("m", layer("Dense", "it", units=2)), "the first layer of a Sequential has no input shape"),
        (sequential("m", layer("InputLayer", "x", batch_input_shape=[None, 3], sparse=True)), "has no sparse inputs"),
    ],
)  # fmt: skip
def test_refusals(model: dict[str, Any], reason: str) -> None:
    conversion = lstmlint.convert(model, to="tfjs")
    notes = [str(note) for note in conversion.refusals or conversion.changes]
    assert (conversion.model is None) == bool(reason)
    assert any(reason in note for note in notes) or not reason, notes


@pytest.mark.parametrize(
    ("layers", "reason"),
    [
        ([layer("TFOpLambda", "plus", [["x", 0, 0, {"y": 2.0}]], function="math.add")], "none for the operation math.add"),
        (
            [layer("LSTM", "a", [[at("x")]], units=3, return_state=True, stateful=True)],
            "other values in a stateful layer that returns its states",
        ),
        (
            [layer("RNN", "a", [[at("x")]], return_state=True, cell=inner("StackedRNNCells", name="c", cells=[
                inner("LSTMCell", name="one", units=2), inner("LSTMCell", name="two", units=3)]))],
            "returns the states of several cells in another order",
        ),
        ([layer("Concatenate", "a", [[at("x"), at("x")]], axis=0)], "does not concatenate batches"),
        ([layer("LSTM", "a", [[at("x", mask=["x", 0, 0])]], units=3)], "ignores mask in the call of a layer"),
        ([layer("Dropout", "a", [[at("x", training=True)]], rate=0.5)], "in TensorFlow.js it does not"),
        (
            [layer("LSTM", "l", [[at("x")]], units=3, return_state=True),
             layer("LSTM", "a", [[at("x"), at("l", 0, 1), at("l", 0, 2)]], units=3, stateful=True)],
            "takes no initial states of stateful layers",
        ),
    ],
)  # fmt: skip
def test_refused_calls(layers: list[dict[str, Any]], reason: str) -> None:
    inputs = {**source("x", 5, 3), "config": {**source("x")["config"], "batch_input_shape": [2, 5, 3]}}
    model = functional([inputs, *layers], [["x", 0, 0]], [[layers[-1]["name"], 0, 0]])
    conversion = lstmlint.convert(model, to="tfjs")
    notes = [str(note) for note in conversion.refusals or conversion.changes]
    assert any(reason in note for note in notes), notes


MASKED = layer("Embedding", "words", input_dim=9, output_dim=3, mask_zero=True, batch_input_shape=[None, 5])
BOTH = layer("Bidirectional", "both", layer=inner("LSTM", name="lstm", units=2, return_sequences=True))


@pytest.mark.parametrize(
    ("layers", "reason"),
    [
        ([layer("LSTM", "a", units=2)], ""),
        ([layer("Dropout", "d", rate=0.5), layer("LSTM", "a", units=2, return_sequences=True)], ""),
        ([layer("Bidirectional", "b", layer=inner("LSTM", name="a", units=2)), layer("Dense", "c", units=1)], ""),
        ([BOTH, layer("LSTM", "a", units=2)], ""),
        ([BOTH, layer("Dense", "a", units=2)], "the outputs of masked timesteps are those of the timesteps before"),
        ([layer("GlobalAveragePooling1D", "a")], "does not use the mask: masked timesteps count there"),
        (
            [layer("LSTM", "a", units=2), layer("RepeatVector", "r", n=3), layer("LSTM", "b", units=2)],
            "passes it a mask that it does not get in Keras",
        ),
    ],
)
def test_masks(layers: list[dict[str, Any]], reason: str) -> None:
    conversion = lstmlint.convert(sequential("m", MASKED, *layers), to="tfjs")
    assert (conversion.model is None) == bool(reason), conversion.refusals
    assert any(reason in str(note) for note in conversion.refusals) or not reason, conversion.refusals


def test_masks_and_models() -> None:
    words = layer("Embedding", "words", [[at("x")]], input_dim=9, output_dim=3, mask_zero=True)
    inside = functional([source("x", 5), words], [["x", 0, 0]], [["words", 0, 0]], "inside")["config"]
    model = sequential("m", {"class_name": "Functional", "config": inside}, layer("LSTM", "a", units=2))
    assert "does not pass masks through models" in str(lstmlint.convert(model, to="tfjs").refusals)
    block = functional([source("x", 5, 3), layer("LSTM", "a", [[at("x")]], units=2)], [["x", 0, 0]], [["a", 0, 0]], "b")
    model = sequential("m", MASKED, {"class_name": "Functional", "config": block["config"]})
    assert "does not pass masks into models" in str(lstmlint.convert(model, to="tfjs").refusals)
    both = functional(
        [source("x", 5), words, layer("Add", "add", [[at("words"), at("words")]]), layer("LSTM", "a", [[at("add")]], units=2)],
        [["x", 0, 0]], [["a", 0, 0]],
    )  # fmt: skip
    assert "merges the masks of the inputs of Add" in str(lstmlint.convert(both, to="tfjs").refusals)


def test_changes() -> None:
    model = keras3(("Dense", {"units": 2, "dtype": "mixed_float16"}))
    assert lstmlint.convert(model, to="tfjs").model is None
    assert "dtype" not in converted(model, allow_changes=True)[1]["config"]


def test_command_line(shell: Shell) -> None:
    shell.write("m.json", first("LSTM", SEQUENCE, units=2))
    done = shell("convert", "m.json", "--to", "tfjs")
    assert (done.code, done.err) == (0, "")
    assert done.json["format"] == "layers-model"
    assert "weightsManifest" not in done.json
    assert shell("convert", "m.json", "--to", "tfjs", "-o", "js.json") == (0, "", "")
    assert json.loads((shell.folder / "js.json").read_text()) == done.json
    assert shell("convert", "js.json", "--to", "keras3").code == 0
    assert shell("js.json", "--target", "tfjs").code == 0


def test_whole_files(shell: Shell) -> None:
    pytest.importorskip("h5py")
    from tests.test_convert_files import MODELS, h5, tensors

    for name in ("dense", "frozen", "models in models"):
        h5(shell.folder / "old.h5", MODELS[name])
        done = shell("convert", "old.h5", "--to", "tfjs", "-o", "js.json")
        assert done.code == 0, done.err
        assert tensors(shell.folder / "js.json") == tensors(shell.folder / "old.h5")
        assert shell("convert", "js.json", "--to", "3.15", "-o", "back.keras").code == 0
        assert tensors(shell.folder / "back.keras") == tensors(shell.folder / "old.h5")
    for model in ("js.json", "old.h5"):
        assert shell("convert", model, "--to", "tfjs", "-o", "no/js.json").code == 2
