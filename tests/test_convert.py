"""`lstmlint convert`: conversions that Keras 3 was recorded to load, and models without a Keras 3 equivalent."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from lstmlint import analyze
from lstmlint.converting import Conversion, convert
from lstmlint.model.releases import KERAS3
from lstmlint.parsing import parse
from lstmlint.reading import read
from tests import keras1_models as keras1
from tests.commandline import LSTM, Shell, layer, sequential
from tests.convert_models import MODELS, at, functional, inner, source

RECORDED = json.loads((Path(__file__).parent / "data" / "convert.json").read_text())


def converted(model: Any, allow_changes: bool = False, release: str = KERAS3[-1]) -> Conversion:
    """Convert a model's JSON."""
    return convert(parse(read(json.dumps(model).encode())), release, allow_changes)


@pytest.mark.parametrize("case", RECORDED, ids=lambda case: case["name"])
def test_converts_to_what_keras_loaded(case: Any) -> None:
    result = converted(MODELS[case["name"]], allow_changes=True)
    assert result.refusals == []
    assert json.dumps(result.model) == json.dumps(case["converted"])
    report = analyze(json.dumps(result.model).encode())
    assert report.model is not None
    assert report.dialect == "keras3"
    if case["params"] is not None:
        assert report.model.params == case["params"]
        assert [list(shape or ()) for shape in report.model.outputs] == case["outputs"]
    assert json.dumps(converted(result.model).model) == json.dumps(result.model), "converted again, it stays as it is"


def test_every_model_is_recorded() -> None:
    assert [case["name"] for case in RECORDED] == list(MODELS)


def one(class_name: str, shape: list[int | None], **config: Any) -> Any:
    """Return a Sequential of one layer."""
    return sequential("m", layer(class_name, "it", batch_input_shape=[None, *shape], **config))


REFUSED = [
    (one("CuDNNLSTM", [5, 3], units=2), "Keras 3 has no CuDNNLSTM, and its LSTM has one bias vector where"),
    (one("LocallyConnected1D", [5, 3], filters=2, kernel_size=2), "Keras 3 no longer has LocallyConnected1D"),
    (one("LSTM", [5, 3], units=2, time_major=True), "Keras 3 has no equivalent of time_major=True of LSTM"),
    (one("Lambda", [5], function=["4wEA", None, None], function_type="lambda"), "a Lambda's Python code"),
    (one("Mine", [5]), "'Mine' is a custom class, which Keras loads only with its code"),
    (one("Mine>Dense", [5], units=2), "'Mine>Dense' is a custom class"),
    (one("Dense", [5], units=2, activation="mine"), "the activation 'mine' is not Keras's own"),
    (one("Dense", [5], units=2, kernel_initializer={"class_name": "Mine", "config": {}}), "the initializer 'Mine'"),
    (one("BatchNormalization", [5, 3], axis=[1, 2]), "Keras 3 normalizes along one axis, not along [1, 2]"),
    (one("LSTM", [5], units=2), "LSTM expects 3 dimensions"),
    (one("TimeDistributed", [5, 3], layer=inner("Mine")), "'Mine' is a custom class"),
    (
        functional([layer("InputLayer", "x", [], batch_input_shape=[None, 3], sparse=True)], [["x", 0, 0]], [["x", 0, 0]]),
        "the input is sparse, which Keras 3 takes on TensorFlow at most",
    ),
    (
        functional(
            [source("x", 3), layer("TFOpLambda", "f", [at("x")], function="math.lgamma")], [["x", 0, 0]], [["f", 0, 0]]
        ),
        "tf.math.lgamma has no equivalent in keras.ops",
    ),
    (keras1.sequential(keras1.layer("Highway", name="it", input_dim=4)), "Keras 3 no longer has Highway"),
    (
        keras1.sequential(
            keras1.layer("Deconvolution2D", name="it", nb_filter=2, nb_row=3, nb_col=3, output_shape=[None, 9, 9, 2],
                         batch_input_shape=[None, 3, 3, 1], dim_ordering="tf")
        ),
        "in Keras 3 it would give (None, 5, 5, 2), not (None, 9, 9, 2)",
    ),
    (
        {"class_name": "Sequential", "module": "keras", "registered_name": None, "config": {"name": "m", "layers": [
            {"class_name": "Lambda", "module": "keras.layers", "registered_name": None,
             "config": {"name": "it", "function": {"class_name": "__lambda__", "config": {"code": "4wEA"}}}}]}},
        "Keras 3 refuses a Lambda with Python code",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("model", "reason"), REFUSED, ids=[reason for _, reason in REFUSED])
def test_refuses_what_is_not_exact(model: Any, reason: str) -> None:
    result = converted(model, allow_changes=True)
    assert result.model is None
    assert [reason for note in result.refusals if note.message.startswith(reason)] == [reason]
    assert len({note.layer for note in result.refusals}) == len(result.refusals), "one reason for a layer"


CHANGED = [
    (one("LSTM", [5, 3], units=2, recurrent_activation="hard_sigmoid"), "recurrent_activation hard_sigmoid"),
    (one("ConvLSTM1D", [5, 6, 3], filters=2, kernel_size=3), "recurrent_activation hard_sigmoid"),
    (one("LayerNormalization", [5, 3], axis=[2, 1]), "axis [2, 1] is sorted by Keras 3"),
    (one("CuDNNGRU", [5, 3], units=2), "CuDNNGRU becomes a GRU with reset_after"),
    (keras1.sequential(keras1.layer("BatchNormalization", mode=1, input_shape=[3])), "mode 1 of Keras 1's"),
    (
        keras1.sequential(keras1.layer("Embedding", input_dim=5, output_dim=2, dropout=0.2, input_length=3)),
        "dropout=0.2 of Keras 1's Embedding does not exist in Keras 3",
    ),
]


def two_sequences(*layers: Any, mask_zero: bool = True) -> Any:
    """Return a model of two Embeddings, a and b, and more layers, the last of which is the output."""
    embeddings = [
        layer("Embedding", name, [[at(source_name)]], input_dim=9, output_dim=2, mask_zero=mask_zero)
        for name, source_name in (("a", "x"), ("b", "y"))
    ]
    end = [[layers[-1]["config"]["name"], 0, 0]]
    return functional([source("x", 5), source("y", 5), *embeddings, *layers], [["x", 0, 0], ["y", 0, 0]], end)


MERGED = [layer("Add", "sum", [[at("a"), at("b")]]), layer("LSTM", "lstm", [[at("sum")]], units=2)]
TIMES = layer("Concatenate", "concatenate", [[at("a"), at("b")]], axis=1)
CHANGED += [
    (two_sequences(*MERGED), "Keras 3 masks a timestep of its output if all inputs mask it"),
    (
        sequential("m", layer("TimeDistributed", "td", batch_input_shape=[None, 2, 3],
                              layer=inner("Embedding", input_dim=9, output_dim=2, mask_zero=True)),
                   layer("TimeDistributed", "lstm", layer=inner("LSTM", units=2, recurrent_activation="sigmoid"))),
        "a mask reaches this TimeDistributed in tf.keras, but not in Keras 3",
    ),
]  # fmt: skip


def called(*layers: Any, **kwargs: Any) -> Any:
    """Return a model that calls a Sequential of layers with keyword arguments."""
    inside = sequential("inside", *layers)
    inside["config"]["layers"][0]["config"]["batch_input_shape"] = [None, 4, 3]
    inside |= {"name": "inside", "inbound_nodes": [[["x", 0, 0, kwargs]]]}
    given = layer("InputLayer", "x", [], batch_input_shape=[None, 4, 3])
    return functional([given, inside], [["x", 0, 0]], [["inside", 1, 0]])


DROPS = layer("Dropout", "drop", rate=0.5)
CHANGED += [
    (called(DROPS, training=True), "its call has training=True, so Dropout of tf.keras acts as in training in predict()"),
    (called(layer("LSTM", "lstm", units=2, dropout=0.1, recurrent_activation="sigmoid"), layer("BatchNormalization", "bn"),
            training=True), "its call has training=True, so BatchNormalization and LSTM of tf.keras acts"),
    (sequential("m", layer("InputLayer", "x", batch_input_shape=[None, 5, 3], dtype="int32"), layer("GlobalAveragePooling1D", "it")),
     "of int32 inputs, GlobalAveragePooling1D computes an average"),
]  # fmt: skip


@pytest.mark.parametrize("model", [
    called(DROPS, training=False),
    called(DROPS),
    called(layer("LSTM", "lstm", units=2, recurrent_activation="sigmoid"), training=True),
    called(layer("BatchNormalization", "bn", trainable=False), training=True),
])  # fmt: skip
def test_training_without_effect_in_inference(model: Any) -> None:
    result = converted(model)
    assert (result.refusals, result.changes) == ([], [])


@pytest.mark.parametrize(
    ("model", "name"),
    [
        (two_sequences(TIMES, layer("GlobalAveragePooling1D", "end", [[at("concatenate")]])), "concatenate_layer"),
        (two_sequences(TIMES, layer("Flatten", "end", [[at("concatenate")]])), "concatenate"),
        (two_sequences(TIMES, layer("GlobalAveragePooling1D", "end", [[at("concatenate")]]), mask_zero=False), "concatenate"),
    ],
    ids=["mask used", "mask not used", "no mask"],
)  # fmt: skip
def test_layers_are_not_named_like_the_operations_of_masks(model: Any, name: str) -> None:
    result = converted(model)
    assert result.model is not None
    assert [one["name"] for one in result.model["config"]["layers"] if one["class_name"] == "Concatenate"] == [name]
    assert [note.layer for note in result.remarks] == (["concatenate"] if name != "concatenate" else [])


@pytest.mark.parametrize(("model", "change"), CHANGED, ids=[change for _, change in CHANGED])
def test_changes_of_values_have_to_be_allowed(model: Any, change: str) -> None:
    refused, allowed = converted(model), converted(model, allow_changes=True)
    assert (refused.model, refused.refusals) == (None, [])
    assert allowed.model is not None
    assert allowed.changes == refused.changes
    assert allowed.changes[0].message.startswith(change)


def test_paths_lead_to_the_source_of_each_layer() -> None:
    inside = sequential("inside", layer("Dense", "a/b", units=2, batch_input_shape=[None, 3]))
    result = converted(sequential(
        "m",
        layer("TimeDistributed", "td", layer=inner("Dense", name="x/y", units=3), batch_input_shape=[None, 4, 3]),
        layer("TimeDistributed", "each", layer={key: inside[key] for key in ("class_name", "config")}),
        layer("CuDNNGRU", "gru", units=2),
    ), allow_changes=True)  # fmt: skip
    expected = [
        (("td",), ("td",)),
        (("td", "x_y"), ("td", "x/y")),
        (("each",), ("each",)),
        (("each", "inside"), ("each", "inside")),
        (("each", "inside", "a_b"), ("each", "inside", "a/b")),
        (("gru",), ("gru",)),
    ]
    assert result.layers == expected
    assert result.model is not None
    again = converted(result.model)
    new = [target for target, _ in expected]
    assert [path for path in again.layers if path[0][-1][-6:] != "_input"] == list(zip(new, new, strict=True))


@pytest.mark.parametrize(("written", "units"), [("3", 3), (3.7, 3), (3, 3)])
def test_units_of_a_dense_become_an_integer(written: Any, units: int) -> None:
    result = converted(one("Dense", [4], units=written))
    assert result.model is not None
    assert repr(result.model["config"]["layers"][1]["config"]["units"]) == repr(units)


def test_dtype_of_an_embeddings_input() -> None:
    result = converted(one("Embedding", [5], input_dim=9, output_dim=2, dtype="int32"))
    assert result.model is not None
    assert "dtype" not in result.model["config"]["layers"][1]["config"]
    assert [str(note) for note in result.remarks] == [
        "it: dtype int32 was that of its input in the first versions of Keras 2; its weights are float32"
    ]


def keras3(class_name: str, shape: list[int | None], **config: Any) -> Any:
    """Return a Sequential of one layer as Keras 3 writes it."""
    if class_name == "InputLayer":
        return in_keras3(class_name, {"name": "it", **config})
    given = {"name": "x", "batch_shape": [None, *shape], "dtype": "float32", "sparse": False, "ragged": False}
    return in_keras3("InputLayer", given, class_name, {"name": "it", **config})


def in_keras3(*stack: Any) -> Any:
    """Return a Sequential of classes, each followed by its config, as Keras 3 writes it."""
    layers = [
        {"module": "keras.layers", "class_name": name, "config": config, "registered_name": None}
        for name, config in zip(stack[::2], stack[1::2], strict=True)
    ]
    return {
        "module": "keras",
        "class_name": "Sequential",
        "config": {"name": "m", "layers": layers},
        "registered_name": None,
    }


POLICY = {"module": "keras", "class_name": "DTypePolicy", "config": {"name": "mixed_float16"}, "registered_name": None}
INT8 = {
    "module": "keras.dtype_policies", "class_name": "QuantizedDTypePolicy", "registered_name": None,
    "config": {"mode": "int8", "source_name": "float32"},
}  # fmt: skip
ORTHOGONAL = {
    "module": "keras.initializers",
    "class_name": "Orthogonal",
    "config": {"gain": 1.0},
    "registered_name": None,
}
GLOROT = {
    "module": "keras.initializers", "class_name": "GlorotUniform", "registered_name": None,
    "config": {"seed": None, "input_axes": None, "output_axes": None},
}  # fmt: skip
OLD_GLOROT = {**GLOROT, "config": {"seed": None}}

# What an older release takes: class, input shape, arguments, release -> arguments there.
OLDER: list[tuple[str, list[int | None], dict[str, Any], str, dict[str, Any]]] = [
    ("Dense", [3], {"units": 2, "quantization_config": None}, "3.12", {"units": 2}),
    ("Dense", [3], {"units": 2, "kernel_initializer": GLOROT}, "3.14", {"units": 2, "kernel_initializer": OLD_GLOROT}),
    ("Dense", [3], {"units": 2, "lora_rank": 2, "lora_alpha": 2}, "3.9", {"units": 2, "lora_rank": 2}),
    ("Dense", [3], {"units": 2, "dtype": POLICY}, "3.4", {"units": 2, "dtype": POLICY}),
    ("Dense", [3], {"units": 2, "dtype": POLICY}, "3.3", {"units": 2, "dtype": "mixed_float16"}),
    ("Dense", [3], {"units": 2, "dtype": INT8}, "3.3", {"units": 2, "dtype": "int8_from_float32"}),
    ("LSTM", [4, 3], {"units": 2, "recurrent_initializer": ORTHOGONAL}, "3.3",
     {"units": 2, "recurrent_initializer": {**ORTHOGONAL, "class_name": "OrthogonalInitializer"}}),
    ("BatchNormalization", [3], {"renorm": False, "renorm_clipping": None, "renorm_momentum": 0.99}, "3.13", {}),
    ("ZeroPadding1D", [4, 3], {"padding": 1, "data_format": "channels_last"}, "3.4", {"padding": 1}),
    ("RandomRotation", [8, 8, 3], {"factor": 0.2, "value_range": [0, 255]}, "3.15", {"factor": 0.2}),
    ("RandomRotation", [8, 8, 3], {"factor": 0.2, "value_range": [0, 255]}, "3.5", {"factor": 0.2, "value_range": [0, 255]}),
]  # fmt: skip


@pytest.mark.parametrize(("class_name", "shape", "config", "release", "expected"), OLDER)
def test_older_releases_of_keras_3(
    class_name: str, shape: list[int | None], config: Any, release: str, expected: Any
) -> None:
    result = converted(keras3(class_name, shape, **config), release=release)
    assert [str(note) for note in result.refusals + result.changes] == []
    assert result.model is not None
    written = result.model["config"]["layers"][-1]["config"]
    assert {key: value for key, value in written.items() if key != "name"} == expected


NOT_OLDER: list[tuple[str, list[int | None], dict[str, Any], str, str]] = [
    ("Dense", [3], {"units": 2, "lora_rank": 2, "lora_alpha": 4}, "3.9", "Keras 3.9 does not take lora_alpha=4"),
    ("Dense", [3], {"units": 2, "dtype": INT8}, "3.0", "Keras 3.0 has no QuantizedDTypePolicy, which is new in Keras 3.1"),
    ("Dense", [3], {"units": 2, "activation": "sparse_sigmoid"}, "3.9", "Keras 3.9 has no activation sparse_sigmoid"),
    ("Dense", [3], {"units": 2, "kernel_initializer": {**GLOROT, "config": {"input_axes": [0]}}}, "3.14",
     "Keras 3.14 does not take input_axes=[0] of the initializer GlorotUniform"),
    ("BatchNormalization", [3], {"renorm": True}, "3.13", "Keras 3.13 does not take renorm=True"),
    ("InputLayer", [3], {"batch_shape": [None, 3], "optional": True}, "3.3", "Keras 3.3 does not take optional=True"),
    ("RMSNormalization", [3], {}, "3.8", "Keras 3.8 has no RMSNormalization, which is new in Keras 3.9"),
    ("RandomRotation", [8, 8, 3], {"factor": 0.2, "value_range": [0, 1]}, "3.6", "Keras 3.6 does not take value_range=[0, 1]"),
    ("TimeDistributed", [4, 3], {"layer": keras3("Dense", [3], units=2, quantization_config={"class_name": "Q", "config": {}})},
     "3.12", "Keras 3.12 does not take quantization_config={'class_name': 'Q'"),
]  # fmt: skip


@pytest.mark.parametrize(("class_name", "shape", "config", "release", "reason"), NOT_OLDER)
def test_refuses_what_an_older_release_does_not_have(
    class_name: str, shape: list[int | None], config: Any, release: str, reason: str
) -> None:
    result = converted(keras3(class_name, shape, **config), allow_changes=True, release=release)
    assert result.model is None
    assert [note.message[: len(reason)] for note in result.refusals] == [reason]


def test_calls_and_ends_of_older_releases() -> None:
    tensor = {
        "class_name": "__keras_tensor__",
        "config": {"shape": [None, 3], "dtype": "float32", "keras_history": ["x", 0, 0]},
    }
    given = {"batch_shape": [None, 3], "dtype": "float32", "name": "x", "optional": False}
    softmax = {"class_name": "Softmax", "module": "keras.layers", "registered_name": None, "name": "it",
               "config": {"name": "it"}, "inbound_nodes": [{"args": [tensor], "kwargs": {"mask": None}}]}  # fmt: skip
    first: Any = {"class_name": "InputLayer", "module": "keras.layers", "registered_name": None, "name": "x",
              "config": given, "inbound_nodes": []}  # fmt: skip
    model = {"class_name": "Functional", "module": "keras.src.models.functional", "registered_name": "Functional",
             "config": {"name": "m", "layers": [first, softmax], "input_layers": ["x", 0, 0], "output_layers": ["it", 0, 0]}}  # fmt: skip
    new, old = converted(model).model, converted(model, release="3.3").model
    assert new is not None
    assert old is not None
    assert [new["config"][key] for key in ("input_layers", "output_layers")] == [["x", 0, 0], ["it", 0, 0]]
    assert [old["config"][key] for key in ("input_layers", "output_layers")] == [[["x", 0, 0]], [["it", 0, 0]]]
    assert "optional" in new["config"]["layers"][0]["config"]
    assert "optional" not in old["config"]["layers"][0]["config"]
    assert new["config"]["layers"][1]["inbound_nodes"][0]["kwargs"] == {"mask": None}
    assert old["config"]["layers"][1]["inbound_nodes"][0]["kwargs"] == {}


def test_keras_2() -> None:
    result = converted(keras3("LeakyReLU", [3], negative_slope=0.2, dtype=POLICY), release="tf2.15")
    assert result.model is not None
    assert result.model["keras_version"] == "2.15.0"
    first, second = result.model["config"]["layers"]
    assert first["config"]["batch_input_shape"] == [None, 3]
    assert second["config"] == {
        "name": "it", "trainable": True, "dtype": {"class_name": "Policy", "config": {"name": "mixed_float16"}}, "alpha": 0.2,
    }  # fmt: skip
    refused = converted(keras3("RMSNormalization", [3]), release="tf2.15")
    assert [str(note) for note in refused.refusals] == ["it: tf.keras has no RMSNormalization"]


IMAGE: list[int | None] = [8, 8, 3]
INTEGERS: list[tuple[str, list[int | None], dict[str, Any], str]] = [
    ("Conv2D", IMAGE, {"filters": 2, "kernel_size": 2}, "Conv2D of tf.keras raises an error"),
    ("AveragePooling2D", IMAGE, {"pool_size": 2}, "AveragePooling2D of tf.keras raises an error"),
    ("Activation", [3], {"activation": "tanh"}, "Activation of tf.keras raises an error"),
    ("LSTM", [4, 3], {"units": 2}, "LSTM of tf.keras raises an error"),
    ("TimeDistributed", [4, *IMAGE], {"layer": keras3("Conv2D", IMAGE, filters=2, kernel_size=2)["config"]["layers"][1]},
     "Conv2D of tf.keras raises an error"),
    ("GlobalAveragePooling2D", IMAGE, {}, "of uint8 inputs, GlobalAveragePooling2D computes an average without"),
    ("UpSampling2D", IMAGE, {"interpolation": "bilinear"}, "of uint8 inputs, UpSampling2D computes float32 values"),
    ("UpSampling2D", IMAGE, {}, ""),
    ("MaxPooling2D", IMAGE, {"pool_size": 2}, ""),
    ("Activation", [3], {"activation": "relu"}, ""),
    ("Dense", [3], {"units": 2}, ""),
]  # fmt: skip


@pytest.mark.parametrize(("class_name", "shape", "config", "reason"), INTEGERS)
def test_integers_in_keras_2(class_name: str, shape: list[int | None], config: Any, reason: str) -> None:
    model = keras3(class_name, shape, **config)
    model["config"]["layers"][0]["config"]["dtype"] = "uint8"
    result = converted(model, release="tf2.15")
    notes = [note.message for note in result.refusals + result.changes]
    assert (result.model is None, [note[: len(reason)] for note in notes]) == (reason != "", [reason] * (reason != ""))


@pytest.mark.parametrize(("shape", "axes", "refused"), [([3, 4], None, 0), ([2, 3, 4], [2], 0), ([2, 3, 4], None, 1)])
def test_causal_mask_in_keras_2(shape: list[int | None], axes: Any, refused: int) -> None:
    tensor = {"class_name": "__keras_tensor__",
              "config": {"shape": [None, *shape], "dtype": "float32", "keras_history": ["x", 0, 0]}}  # fmt: skip
    given = keras3("MultiHeadAttention", shape, num_heads=1, key_dim=2, attention_axes=axes)["config"]["layers"]
    call = {"args": [tensor, tensor], "kwargs": {"use_causal_mask": True}}
    layers = [{**one, "name": one["config"]["name"], "inbound_nodes": []} for one in given]
    layers[1]["inbound_nodes"] = [call]
    ends = {"input_layers": [["x", 0, 0]], "output_layers": [["it", 0, 0]]}
    model = {"class_name": "Functional", "module": "keras.src.models.functional", "registered_name": "Functional",
             "config": {"name": "m", "layers": layers, **ends}}  # fmt: skip
    reason = "tf.keras raises an error for a causal mask over more than one attention axis"
    assert [note.message for note in converted(model, release="tf2.15").refusals] == [reason] * refused


def test_in_place_keeps_the_old_file(shell: Shell) -> None:
    old = json.dumps(keras3("Dense", [3], units=2, quantization_config=None))
    shell.write("m.json", old)
    assert (
        shell("convert", "m.json", "--to", "3.9", "--in-place").err
        == "lstmlint: m.json is converted; the old file is m.json.bak\n"
    )
    once = (shell.folder / "m.json").read_text()
    assert "quantization_config" not in once
    assert (shell.folder / "m.json.bak").read_text() == old
    assert shell("convert", "m.json", "--to", "3.0", "--in-place").code == 0
    assert [(shell.folder / name).read_text() for name in ("m.json.bak", "m.json.bak1")] == [old, once]
    shell.write("m.json", keras3("RMSNormalization", [3]))
    before = (shell.folder / "m.json").read_text()
    done = shell("convert", "m.json", "--to", "3.0", "--in-place")
    assert (done.code, (shell.folder / "m.json").read_text()) == (1, before)
    assert "m.json is not converted: Keras 3.0 cannot express it" in done.err


def test_command_line(shell: Shell) -> None:
    shell.write("m.json")
    shell.write("hard.json", one("LSTM", [5, 3], units=2, recurrent_activation="hard_sigmoid"))
    shell.write("gone.json", json.dumps(one("CuDNNLSTM", [5, 3], units=2), indent=2))
    done = shell("convert", "m.json", "--to", "keras3")
    assert (done.code, done.err) == (0, "")
    assert done.out == json.dumps(converted(LSTM).model, indent=2) + "\n"
    assert shell("convert", "-", stdin=json.dumps(LSTM).encode()).out == done.out
    assert shell("convert", "m.json", "-o", "new.json") == (0, "", "")
    assert (shell.folder / "new.json").read_text() == done.out

    done = shell("convert", "hard.json", "-o", "hard3.json")
    assert (done.code, done.out) == (1, "")
    assert "hard.json:1:" in done.err
    assert "error: it: recurrent_activation hard_sigmoid" in done.err
    assert "--allow-changes" in done.err
    assert not (shell.folder / "hard3.json").exists()
    done = shell("convert", "hard.json", "--allow-changes")
    assert done.code == 0
    assert done.err.startswith("hard.json:1:")
    assert ": warning: it: recurrent_activation" in done.err
    assert done.json["class_name"] == "Sequential"

    done = shell("convert", "gone.json")
    assert (done.code, done.out) == (1, "")
    assert "gone.json:6:7: error: it: Keras 3 has no CuDNNLSTM" in done.err


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["m.json", "--to", "keras4"], 2, "there is no release 'keras4'"),
        (["m.json", "--to", "kers3"], 2, "there is no release 'kers3'; did you mean 'keras3'?"),
        (["m.json", "--to", "tfjs", "-o", "m.keras"], 2, "TensorFlow.js reads a model.json, not 'm.keras'"),
        (["m.json", "--to", "3.4,3.5"], 2, "--to takes one release"),
        (["m.json", "--in-place", "-o", "x.json"], 2, "--in-place replaces FILE"),
        (["-", "--in-place"], 2, "--in-place replaces FILE"),
        (["m.yaml", "--in-place"], 2, "--in-place replaces JSON, .keras and .h5 files"),
        (["none.json"], 2, "cannot read 'none.json'"),
        (["m.json", "-o", "no/such.json"], 2, "the folder 'no' does not exist"),
        (["text.json"], 1, "text.json:1:1: error: "),
        (["broken.json"], 1, "broken.json:1:12: error: "),
    ],
)
def test_mistakes(shell: Shell, arguments: list[str], code: int, said: str) -> None:
    shell.write("m.json")
    shell.write("m.yaml", "class_name: Sequential\nconfig: []\n")
    shell.write("text.json", "hello")
    shell.write("broken.json", '{"config": ')
    done = shell("convert", *arguments)
    assert (done.code, done.out) == (code, "")
    assert said in done.err
    assert "Traceback" not in done.err
