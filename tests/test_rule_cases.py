"""Where rules fire and where they must not, one row per case."""

from __future__ import annotations

import copy
import json
import re
from typing import Any

import pytest

from lstmlint import Options, analyze
from lstmlint.inference import infer
from lstmlint.inference.activations import activation_peak
from lstmlint.inference.summary import ModelSummary
from lstmlint.model.shapes import percent
from lstmlint.model.spec import ModelSpec
from lstmlint.rules import budget


def layer(class_name: str, *inputs: str | list[list[Any]], name: str | None = None, **config: Any) -> dict[str, Any]:
    """Return a Keras 2 layer; inputs are names of layers, or complete inbound nodes."""
    made: dict[str, Any] = {"class_name": class_name, "config": config}
    if name is not None:
        made["name"] = name
        made["inbound_nodes"] = []
        if inputs and isinstance(inputs[0], list):
            made["inbound_nodes"] = list(inputs)
        elif inputs:
            made["inbound_nodes"] = [[[source, 0, 0] for source in inputs]]
    return made


def sequential(*layers: dict[str, Any], shape: tuple[int | None, ...] = (None, 13, 5), **more: Any) -> dict[str, Any]:
    layers[0]["config"].setdefault("batch_input_shape", list(shape))
    return {"class_name": "Sequential", "config": {"name": "m", "layers": list(layers)}, **more}


def unbuilt(*layers: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Return a Sequential without an input shape."""
    return {"class_name": "Sequential", "config": {"name": "m", "layers": list(layers)}, **more}


def functional(inputs: list[str], outputs: Any, *layers: dict[str, Any], **more: Any) -> dict[str, Any]:
    def references(names: Any) -> Any:
        if isinstance(names, dict):
            return {key: [name, 0, 0] for key, name in names.items()}
        return [[name, 0, 0] for name in names]

    config = {
        "name": "m",
        "layers": list(layers),
        "input_layers": references(inputs),
        "output_layers": references(outputs),
    }
    return {"class_name": "Functional", "config": config, **more}


def entry(name: str, *shape: int | None) -> dict[str, Any]:
    return layer("InputLayer", name=name, batch_input_shape=[None, *shape])


def trained(loss: Any, **settings: Any) -> dict[str, Any]:
    return {"training_config": {"loss": loss, **settings}}


def codes(model: dict[str, Any], *selected: str) -> list[str]:
    return [finding.code for finding in analyze(json.dumps(model).encode(), Options(extend_select=selected)).findings]


def dense(units: int, activation: str | None = None, **config: Any) -> dict[str, Any]:
    return layer("Dense", units=units, **({"activation": activation} if activation else {}), **config)


def lstm(**config: Any) -> dict[str, Any]:
    return layer("LSTM", **{"units": 10, **config})


def embedding(**config: Any) -> dict[str, Any]:
    return layer("Embedding", **{"input_dim": 100, "output_dim": 8, "mask_zero": True, **config})


BCE_LOGITS = {"class_name": "BinaryCrossentropy", "config": {"from_logits": True}}
SPARSE_LOGITS = {"class_name": "SparseCategoricalCrossentropy", "config": {"from_logits": True}}
BCE_KERAS3 = {"module": "keras.losses", "class_name": "BinaryCrossentropy", "config": {"from_logits": False}}
KERAS3: dict[str, Any] = {"keras_version": "3.9.0"}
JAX: dict[str, Any] = {**KERAS3, "backend": "jax"}
FUNCTION = {
    "module": "builtins",
    "class_name": "function",
    "config": "categorical_crossentropy",
    "registered_name": "function",
}
ATTENTION = functional(
    ["x"], ["y"], entry("x", 20, 8),
    layer("Dense", "x", name="score", units=1, activation="tanh"),
    layer("Flatten", "score", name="flat"),
    layer("Activation", "flat", name="weights", activation="softmax"),
    layer("Dense", "weights", name="y", units=1, activation="sigmoid"),
)  # fmt: skip


def decoder(units: int, **config: Any) -> dict[str, Any]:
    states = [["e", 0, 1], ["e", 0, 2]]
    return functional(
        ["x", "z"], ["y"], entry("x", 9, 5), entry("z", 7, 4),
        layer("LSTM", "x", name="e", units=8, return_state=True),
        layer("LSTM", [["z", 0, 0], *states], name="d", units=units, return_sequences=True, return_state=True, **config),
        layer("Dense", "d", name="y", units=3, activation="softmax"),
    )  # fmt: skip


def conv_norm(axis: Any, data_format: str = "channels_last") -> dict[str, Any]:
    convolution = layer("Conv2D", filters=3, kernel_size=3, data_format=data_format)
    return sequential(
        convolution,
        layer("Activation", activation="relu"),
        layer("BatchNormalization", axis=axis),
        shape=(None, 9, 8, 7),
    )


def attending(*before: dict[str, Any], inputs: list[str] | None = None, pool: str = "GlobalAveragePooling1D", **arguments: Any) -> dict[str, Any]:  # fmt: skip
    """Return tokens that are embedded as "e", attend to each other as "s" or "e", and are pooled."""
    source = "s" if before else "e"
    return functional(
        inputs or ["x"], ["y"], entry("x", 13), layer("Embedding", "x", name="e", input_dim=100, output_dim=8), *before,
        layer("MultiHeadAttention", [[source, 0, 0, {"value": [source, 0, 0], **arguments}]], name="a", num_heads=2, key_dim=4),
        layer("Add", source, "a", name="r"), layer(pool, "r", name="f"), layer("Dense", "f", name="y", units=1),
    )  # fmt: skip


def keras1_norm(ordering: str | None, axis: int, mode: int = 0) -> dict[str, Any]:
    settings: dict[str, Any] = {"dim_ordering": ordering} if ordering else {}
    convolution = layer("Convolution2D", nb_filter=4, nb_row=3, nb_col=3, batch_input_shape=[None, 9, 8, 7], **settings)
    normalization = layer("BatchNormalization", axis=axis, mode=mode)
    return {"class_name": "Sequential", "keras_version": "1.2.2", "config": [convolution, normalization]}


def sigmoids(after: dict[str, Any]) -> list[dict[str, Any]]:
    """Return three hidden layers, each a Dense, its sigmoid, and another layer."""
    block = [dense(8), layer("Activation", activation="sigmoid"), after]
    return [copy.deepcopy(made) for _ in range(3) for made in block]


def half_masked(**more: Any) -> dict[str, Any]:
    """Return a masked and an unmasked sequence that are added and flattened."""
    return functional(
        ["x"], ["y"], entry("x", 13), layer("Embedding", "x", name="e", input_dim=100, output_dim=8, mask_zero=True),
        layer("Embedding", "x", name="u", input_dim=100, output_dim=8), layer("Add", "e", "u", name="a"),
        layer("GlobalMaxPooling1D", "a", name="f"), layer("Dense", "f", name="y", units=1), **more,
    )  # fmt: skip


def td(inner: dict[str, Any]) -> dict[str, Any]:
    return layer("TimeDistributed", layer=inner)


def masked(*names: str) -> dict[str, Any]:
    """Return Embedding with a mask -> the layers -> LSTM."""
    made = {
        "conv": lambda: layer("Conv1D", filters=3, kernel_size=2),
        "dropout": lambda: layer("Dropout", rate=0.2),
        "lstm": lambda: lstm(return_sequences=True),
        "lambda": lambda: layer("Lambda", function="f", function_type="function", output_shape=[13, 8]),
        "average": lambda: layer("GlobalAveragePooling1D"),
        "flatten": lambda: layer("Flatten"),
        "bilstm": lambda: layer("Bidirectional", layer=lstm(return_sequences=True)),
        "norm": lambda: layer("LayerNormalization"),
        "last": lstm,
        "reshape": lambda: layer("Reshape", target_shape=[13, 8]),
    }
    return sequential(embedding(), *(made[name]() for name in names), shape=(None, 13))


@pytest.mark.parametrize(
    ("model", "expected"),
    [
        # activations and losses, in all notations
        (sequential(lstm(), dense(1), **trained("mse")), []),
        (sequential(lstm(), dense(3), **trained(FUNCTION)), ["H305"]),
        (sequential(lstm(), dense(3, "sigmoid"), **trained("cce")), ["H305"]),
        (sequential(lstm(), dense(3, "softmax"), **trained("sparse_categorical_crossentropy")), []),
        (sequential(lstm(), dense(1, "tanh"), **trained(BCE_KERAS3)), ["H304"]),
        (sequential(lstm(), dense(1), **trained(BCE_LOGITS)), []),
        (sequential(lstm(), dense(1, "hard_sigmoid"), **trained("bce")), []),
        (sequential(lstm(), dense(3), layer("Activation", activation="softmax"), **trained("categorical_crossentropy")), []),
        (sequential(lstm(), dense(3), layer("Softmax"), layer("Reshape", target_shape=[3, 1]), **trained("bce")), []),
        (sequential(lstm(), dense(3), layer("Lambda", function="f"), **trained("categorical_crossentropy")), ["E007"]),
        (sequential(lstm(), dense(3), **trained("my_loss")), []),
        (sequential(lstm(), dense(3), **trained(None)), []),
        (sequential(lstm(), dense(1, "sigmoid"), **trained("mse", metrics=["accuracy"])), []),
        (sequential(lstm(), dense(1), **trained("mae", metrics=[[{"class_name": "MeanMetricWrapper", "config": {"name": "acc", "fn": "binary_accuracy"}}]])), ["H309"]),
        (sequential(lstm(return_sequences=True), dense(1, "softmax")), ["H301"]),
        (ATTENTION, []),
        (sequential(dense(4, "relu"), layer("Dropout", rate=0.1), layer("ReLU"), dense(1), shape=(None, 5)), ["H312"]),
        (sequential(dense(4, "relu"), layer("BatchNormalization"), layer("ReLU"), dense(1), shape=(None, 5)), []),
        (sequential(dense(4, "relu", kernel_initializer={"class_name": "Constant", "config": {"value": 0.1}}), dense(1), shape=(None, 5)), ["H319"]),
        (sequential(dense(4, "relu"), dense(1, kernel_initializer="zeros"), shape=(None, 5)), []),
        (sequential(lstm(), dense(1), **trained("mse", optimizer_config={"class_name": "Adadelta", "config": {"lr": 1.0}})), []),
        (sequential(lstm(), dense(1), **trained("mse", optimizer_config={"class_name": "SGD", "config": {"lr": 2.0}})), ["H316"]),
        (sequential(lstm(), dense(1), **trained("mse", optimizer_config={"class_name": "SGD", "config": {"lr": 0.1}})), []),
        (sequential(lstm(), dense(1), **trained("mse", optimizer_config={"class_name": "Adam", "config": {"lr": 0.1}})), ["H316"]),
        (sequential(lstm(), dense(1, "softmax"), **trained("categorical_crossentropy")), ["H301"]),
        (sequential(lstm(), dense(3), **trained("binary_focal_crossentropy")), ["H304"]),
        (sequential(lstm(), dense(3, "relu"), **trained(SPARSE_LOGITS)), ["H306"]),
        (sequential(lstm(), dense(3, "tanh"), layer("Softmax")), ["H312"]),
        (sequential(lstm(), dense(20, kernel_initializer="zeros"), layer("Reshape", target_shape=[4, 5])), []),
        (sequential(lstm(), dense(20, kernel_initializer="ones"), layer("Reshape", target_shape=[4, 5]), dense(1)), ["H319"]),
        # metrics for other targets than those of the loss
        (sequential(lstm(), dense(3, "softmax"), **trained("categorical_crossentropy", metrics=["accuracy", "categorical_accuracy"])), []),
        (sequential(lstm(), dense(3, "softmax"), **trained("categorical_crossentropy", metrics=["sparse_categorical_accuracy"])), ["H310"]),
        (sequential(lstm(), dense(3, "softmax"), **trained("categorical_crossentropy", metrics=["binary_accuracy"])), ["H310"]),
        (sequential(lstm(), dense(2, "softmax"), **trained("categorical_crossentropy", metrics=["binary_accuracy"])), []),
        (sequential(lstm(), dense(9, "softmax"), **trained("sparse_categorical_crossentropy", metrics=["sparse_top_k_categorical_accuracy"])), []),
        (sequential(lstm(), dense(3, "softmax"), **trained("sparse_categorical_crossentropy", metrics=[[{"class_name": "MeanMetricWrapper", "config": {"name": "accuracy", "fn": "categorical_accuracy"}}]])), []),
        (sequential(lstm(activation="relu"), dense(1), shape=(None, 1, 1)), ["R201"]),
        (sequential(lstm(activation="relu"), dense(1), shape=(None, 19, 5)), []),
        (sequential(lstm(activation="relu", recurrent_dropout=0.2), dense(1), shape=(None, 19, 5)), []),
        (sequential(lstm(activation="relu", recurrent_dropout=0.2), dense(1), shape=(None, 20, 5)), ["R210"]),
        (sequential(lstm(activation="relu"), dense(1), shape=(None, 20, 5)), ["R209"]),
        (sequential(lstm(activation="exponential"), dense(1), shape=(None, 3, 5)), ["R209"]),
        (sequential(lstm(units=32), dense(1), shape=(None, 32, 5)), []),
        (sequential(lstm(units=20), dense(1), shape=(None, 20, 5)), []),
        (sequential(lstm(units=99), dense(1), shape=(None, 99, 5)), ["R235"]),
        # what adapt declares
        (sequential(entry("x", 3), layer("Normalization", batch_input_shape=[None, 4]), dense(1)), []),
        (sequential(entry("x", 3), layer("Dense", units=2, activation="relu", batch_input_shape=[None, 4]), dense(1)), ["S138"]),
        # a setting that reaches every place
        (functional(["x", "z"], ["y"], entry("x", 20, 6), entry("z", 1, 6), layer("Add", "x", "z", name="a"), layer("LSTM", "a", name="y", units=3)), []),
        (functional(["x", "z"], ["y"], entry("x", 20, 6), entry("z", 20, 1), layer("Add", "x", "z", name="a"), layer("LSTM", "a", name="y", units=3)), ["S114"]),
        # Dense after Dense
        (sequential(dense(8), layer("Dropout", rate=0.1), dense(4), dense(1), shape=(None, 5)), ["H311"]),
        (sequential(dense(8), layer("LeakyReLU"), dense(4, "tanh"), dense(1), shape=(None, 5)), []),
        (sequential(dense(2), dense(40, "sigmoid"), shape=(None, 40)), []),
        (sequential(lstm(return_sequences=True), layer("TimeDistributed", layer=dense(8)), dense(1)), ["H311"]),
        (sequential(dense(8), layer("BatchNormalization"), dense(1), shape=(None, 5)), []),
        (sequential(dense(8, trainable=False), dense(1), shape=(None, 5)), []),
        # a Dense has a known width even if shapes are unknown
        (sequential(lstm(), lstm(), dense(1, "softmax"), **trained("categorical_crossentropy")), ["S102", "H301"]),
        (unbuilt(lstm(), dense(1, "sigmoid"), **trained("categorical_crossentropy")), ["S135", "H302"]),
        (unbuilt(lstm(), dense(3, "softmax"), **trained("binary_crossentropy")), ["S135", "H303"]),
        (unbuilt(lstm(), dense(3), layer("Softmax"), **trained("categorical_crossentropy")), ["S135"]),
        # heads
        (sequential(lstm(), **trained("binary_crossentropy")), ["R234"]),
        (sequential(lstm(), **trained("mse")), []),
        (sequential(layer("SimpleRNN", units=3, activation="softmax")), []),
        (sequential(lstm(activation="sigmoid"), **trained("binary_crossentropy")), []),
        # several outputs
        (functional(["x"], ["a", "b"], entry("x", 5), layer("Dense", "x", name="a", units=1), layer("Dense", "x", name="b", units=3), **trained(["mse", "categorical_crossentropy"])), ["H305"]),
        (functional(["x"], {"p": "a", "q": "b"}, entry("x", 5), layer("Dense", "x", name="a", units=1), layer("Dense", "x", name="b", units=3), **trained({"p": "mse", "q": "categorical_crossentropy"})), ["H305"]),
        (functional(["x"], ["a", "b"], entry("x", 5), layer("Dense", "x", name="a", units=1), layer("Dense", "x", name="b", units=1), **trained({"a": "mse", "b": "mse"}, loss_weights={"a": 1, "c": 2})), ["H315"]),
        (functional(["x"], ["a", "b"], entry("x", 5), layer("Dense", "x", name="a", units=1), layer("Dense", "x", name="b", units=1), **trained(["mse"] * 3)), ["H315"]),
        # one cause, one finding
        (sequential(lstm(return_sequences=True), layer("Dropout", rate=0.1), lstm(), dense(1), shape=(None, 1, 13)), ["R201"]),
        (functional(["x"], ["y"], entry("x", 1, 9), layer("LSTM", "x", name="l", units=8), layer("Permute", "x", name="p", dims=[2, 1]), layer("GlobalMaxPooling1D", "p", name="q"), layer("Concatenate", "l", "q", name="c"), layer("Dense", "c", name="y", units=1)), []),
        (functional(["x", "z"], ["y"], entry("x", 9, 5), entry("z", 7, 4), layer("LSTM", "x", name="e", units=8, return_state=True), layer("LSTM", "z", name="y", units=8)), ["G701"]),
        (functional(["x"], ["y"], entry("x", 5), layer("Dense", "x", name="y", units=1), layer("Dense", "x", name="y", units=1)), ["S127"]),
        (masked("reshape", "last"), ["R211"]),
        # masks
        (masked("dropout", "norm", "lstm", "last"), []),
        (masked("conv", "last"), ["R211"]),
        (masked("lstm", "conv", "last"), ["R211"]),
        (masked("conv", "flatten"), []),
        (masked("last"), []),
        (masked("lambda", "last"), ["R211", "E007"]),
        (masked("bilstm", "flatten"), ["R213"]),
        (sequential(layer("Masking"), layer("GlobalMaxPool1D"), dense(1)), ["R213"]),
        (sequential(layer("Masking"), layer("AvgPool1D"), lstm(), dense(1)), ["R211"]),
        (masked("average"), []),
        (half_masked(), ["R213"]),
        (half_masked(**KERAS3), ["E011"]),
        (sequential(td(embedding()), layer("Reshape", target_shape=[4, 16]), lstm(), shape=(None, 4, 2)), ["R211"]),
        (sequential(td(embedding()), td(lstm()), lstm(), shape=(None, 4, 2)), []),
        (sequential(td(embedding()), td(lstm()), lstm(), shape=(None, 4, 2), **KERAS3), ["E011", "R211", "E006", "E006"]),
        (sequential(td(embedding()), td(layer("Flatten")), dense(1), shape=(None, 4, 2)), ["R238"]),
        (sequential(td(embedding(mask_zero=False)), td(layer("Flatten")), dense(1), shape=(None, 4, 2)), []),
        (sequential(layer("Masking"), td(dense(3)), lstm()), []),
        (sequential(layer("Masking"), td(layer("Conv1D", filters=2, kernel_size=2)), shape=(None, 3, 4, 2)), ["R238"]),
        (sequential(layer("Masking"), td(layer("Conv1D", filters=2, kernel_size=2)), shape=(None, 3, 4, 2), **KERAS3), ["E011", "E006"]),
        # masks that a Softmax cannot use
        (sequential(layer("Masking"), dense(3), layer("Softmax")), ["R237"]),
        (sequential(layer("Masking"), dense(3), layer("Softmax"), shape=(None, 6)), ["R237"]),
        (sequential(layer("Masking"), dense(3), layer("Activation", activation="softmax")), []),
        (sequential(layer("Masking"), lstm(), dense(3), layer("Softmax")), []),
        (sequential(layer("Masking"), layer("Flatten"), dense(3), layer("Softmax")), ["R213"]),
        # the axis of a normalization
        (conv_norm(1), ["N413"]),
        (conv_norm([2]), ["N413"]),
        (conv_norm([3]), []),
        (conv_norm(-1), []),
        (conv_norm(-1, "channels_first"), ["N413"]),
        (conv_norm(1, "channels_first"), []),
        (sequential(lstm(return_sequences=True), layer("BatchNormalization", axis=1), lstm(), dense(1)), []),
        (keras1_norm("th", -1), ["N413"]),
        (keras1_norm("th", 1), []),
        (keras1_norm("th", -1, mode=1), []),
        (keras1_norm(None, 1), []),
        # pooling over less than its window
        (sequential(layer("MaxPooling1D", pool_size=10_579, padding="same"), dense(1), shape=(None, 1, 64)), ["G705"]),
        (sequential(layer("MaxPooling1D", pool_size=10, padding="same"), dense(1), shape=(None, 7, 64)), ["G705"]),
        (sequential(layer("MaxPooling1D", pool_size=10, padding="same"), layer("MaxPooling1D", pool_size=9, padding="same"), dense(1), shape=(None, 7, 64)), ["G705"]),
        (sequential(layer("MaxPooling1D", pool_size=3, strides=1, padding="same"), dense(1), shape=(None, 2, 64)), ["G705"]),
        (sequential(layer("MaxPooling1D", pool_size=3, strides=2, padding="same"), dense(1), shape=(None, 4, 64)), []),
        (sequential(layer("AveragePooling2D", pool_size=[2, 2], padding="same"), dense(1), shape=(None, 1, 50, 3)), ["G705"]),
        (sequential(layer("MaxPooling1D", pool_size=10, padding="same"), dense(1), shape=(None, None, 64)), []),
        # hidden layers with a sigmoid
        (sequential(*(dense(8, "sigmoid") for _ in range(8)), dense(1), shape=(None, 5)), ["H320"]),
        (sequential(*(dense(8, "sigmoid") for _ in range(3)), shape=(None, 5)), []),
        (sequential(*(dense(8, "tanh") for _ in range(8)), dense(1), shape=(None, 5)), []),
        (sequential(*sigmoids(layer("Dropout", rate=0.1)), dense(1), shape=(None, 5)), ["H320"]),
        (sequential(*sigmoids(layer("BatchNormalization")), dense(1), shape=(None, 5)), []),
        # attention to tokens without positions
        (attending(), ["R239"]),
        (attending(layer("Dense", "e", name="s", units=8)), ["R239"]),
        (attending(layer("SimpleRNN", "e", name="s", units=8, return_sequences=True)), []),
        (attending(layer("Conv1D", "e", name="s", filters=8, kernel_size=3, padding="same")), []),
        (attending(layer("Lambda", "e", name="s", function="f", function_type="function")), ["E007"]),
        (attending(layer("AddPositions", "e", name="s")), ["E004"]),
        (attending(entry("z", 13), layer("Embedding", "z", name="p", input_dim=13, output_dim=8), layer("Add", "e", "p", name="s"), inputs=["x", "z"]), []),
        (attending(pool="Flatten"), []),
        (attending(use_causal_mask=True), []),
        # states
        (decoder(8), []),
        (decoder(4), ["R236"]),
        # normalization and regularization
        (sequential(dense(4, "relu"), layer("Dropout", rate=0.5), dense(1), shape=(None, 5)), []),
        (sequential(dense(4, "relu"), layer("Dropout", rate=1.0), dense(1), shape=(None, 5)), ["N405"]),
        (sequential(dense(3, "relu"), layer("Dropout", rate=0.2), shape=(None, 5)), []),
        (sequential(dense(3, "softmax"), layer("Dropout", rate=0.2), shape=(None, 5)), ["N406"]),
        (sequential(dense(3, "relu"), layer("Dropout", rate=0.2), shape=(None, 5), **trained("mse")), ["H321", "N406"]),
        (sequential(dense(4, "relu"), layer("Dropout", rate=0.2), layer("SpatialDropout1D", rate=0.2), dense(1)), []),
        (sequential(dense(4, "relu"), layer("Dropout", rate=0.2), layer("Dropout", rate=0.2), dense(1)), ["N407"]),
        # generations
        (sequential(layer("LSTM", output_dim=10, inner_init="orthogonal", init="uniform"), keras_version="2.15.0"), ["P601"]),
        (sequential(lstm(return_sequence=True), keras_version="2.15.0"), ["E005"]),
        # layers without effect
        (sequential(layer("Dropout", rate=0.0), lstm()), ["G704"]),
        (sequential(lstm(), dense(1), layer("Activation", activation="linear")), []),
        (sequential(lstm(), layer("Activation", activation="linear", name="features"), dense(1)), []),
        (sequential(lstm(), layer("Activation", activation="linear"), dense(1)), ["G704"]),
        # a dead chain is one finding
        (functional(["x"], ["y"], entry("x", 5), layer("Dense", "x", name="y", units=1), layer("Dense", "x", name="p", units=1), layer("Dense", "p", name="q", units=1)), ["G701"]),
    ],
    ids=lambda value: None if isinstance(value, dict) else "+".join(value) or "clean",
)  # fmt: skip
def test_case(model: dict[str, Any], expected: list[str]) -> None:
    assert codes(model) == expected


DUELING = functional(
    ["x"], ["q"], entry("x", 8), layer("Dense", "x", name="v", units=1), layer("Dense", "x", name="a", units=4),
    layer("Add", "v", "a", name="q"),
)  # fmt: skip
WIDER = functional(
    ["x"], ["y"], entry("x", 8), layer("Dense", "x", name="d", units=1), layer("Add", "x", "d", name="a"),
    layer("Dense", "a", name="y", units=1),
)  # fmt: skip
SOFTMAX = layer("Activation", activation="softmax")


@pytest.mark.parametrize(
    ("model", "severity"),
    [
        (DUELING, "info"),
        (WIDER, "warning"),
        (sequential(lstm(), dense(2, "softmax"), **trained("binary_crossentropy")), "warning"),
        (sequential(lstm(), dense(1, "sigmoid"), **trained(BCE_LOGITS)), "info"),
        (sequential(lstm(), dense(1, "sigmoid"), keras_version="2.2.4-tf", **trained(BCE_LOGITS)), "warning"),
        (sequential(lstm(), dense(1, "hard_sigmoid"), **trained(BCE_LOGITS)), "warning"),
        (sequential(lstm(), dense(1), **trained("mse", metrics=["accuracy"])), "warning"),
        (sequential(lstm(), dense(3), **trained("mse", metrics=["accuracy"])), "info"),
        (sequential(lstm(), dense(3, "softmax"), **trained("binary_crossentropy")), "warning"),
        (sequential(lstm(), dense(3, "relu"), SOFTMAX, dense(1)), "info"),
        (sequential(lstm(), dense(3, "relu"), SOFTMAX), "warning"),
    ],
)
def test_what_is_often_meant_is_an_info(model: dict[str, Any], severity: str) -> None:
    (finding,) = analyze(json.dumps(model).encode()).findings
    assert finding.severity == severity


@pytest.mark.parametrize(
    ("model", "code", "says"),
    [
        # A file of Keras 3 rarely records its backend; one of tf.keras runs on TensorFlow.
        (sequential(lstm(), dense(3, "softmax"), **trained("bce")), "H303", r"distribution; it trains the sigmoid of the logits, while predict\(\) returns their softmax"),
        (sequential(lstm(), dense(3, "softmax"), **KERAS3, **trained("bce")), "H303", "; on TensorFlow, it trains the sigmoid of the logits"),
        (sequential(lstm(), dense(2, "softmax"), **KERAS3, **trained("bce")), "H303", "on TensorFlow, .*; elsewhere, the loss equals categorical_crossentropy"),
        (sequential(lstm(), dense(3, "softmax"), **JAX, **trained("bce")), "H303", "one distribution\n"),
        (sequential(lstm(), dense(2, "softmax"), **JAX, **trained("bce")), "H303", "^info: .*one distribution; the loss equals categorical_crossentropy"),
        (sequential(lstm(), dense(3, "softmax"), **trained(BCE_LOGITS)), "H303", "it trains the sigmoid of the logits"),
        (sequential(lstm(return_sequences=True), layer("TimeDistributed", layer=dense(3, "softmax")), **trained("bce")), "H303", "one distribution\n"),
        (sequential(lstm(), dense(3, "sigmoid"), **trained("cce")), "H305", "; it trains the softmax of the logits, while"),
        (sequential(lstm(), dense(3, "sigmoid"), **KERAS3, **trained("cce")), "H305", "on TensorFlow, .*; elsewhere, Keras silently divides"),
        (sequential(lstm(), dense(3, "sigmoid"), **JAX, **trained("cce")), "H305", "; Keras silently divides the outputs by their sum"),
        (sequential(lstm(), dense(3, "sigmoid"), **JAX, **trained(SPARSE_LOGITS)), "H305", "; Keras applies a softmax to the sigmoid"),
        (sequential(lstm(), dense(3, "sigmoid"), layer("Reshape", target_shape=[3]), **trained("cce")), "H305", "; Keras silently divides"),
        (sequential(lstm(), dense(1, "sigmoid"), **trained(BCE_LOGITS)), "H306", "TensorFlow reads the logits before the sigmoid, so from_logits has no effect"),
        (sequential(lstm(), dense(1, "sigmoid"), **KERAS3, **trained(BCE_LOGITS)), "H306", "on TensorFlow, this has no effect, but on other backends the sigmoid is applied twice"),
        (sequential(lstm(), dense(3, "softmax"), **JAX, **trained(SPARSE_LOGITS)), "H306", "'softmax': the softmax is applied twice"),
        (sequential(lstm(), dense(1), **trained("mse", metrics=["accuracy"])), "H309", "rounds the output to 0 or 1"),
        (sequential(lstm(), dense(3), **trained("mse", metrics=["acc"])), "H309", "positions of the largest values"),
        (sequential(lstm(), dense(1), **trained("mse", metrics=[{"class_name": "Accuracy", "config": {}}])), "H309", "equal their targets exactly"),
        (sequential(lstm(), dense(3, "softmax"), **trained("sparse_categorical_crossentropy", metrics=["binary_accuracy"])), "H310", "with the class index"),
        (sequential(lstm(activation="relu"), shape=(None, 50, 5)), "R209", "^info: .*activation 'relu', which has no upper bound; fed back over 50.*\n.*activation \"tanh\"; on a GPU"),
        (sequential(lstm(activation="relu", recurrent_activation="relu")), "R209", "^warning: .*recurrent_activation 'relu' and activation 'relu', so its gates"),
        (sequential(lstm(recurrent_activation="linear", unroll=True)), "R209", "^info: .*recurrent_activation 'linear', so its gates .*\nUse recurrent_activation \"sigmoid\"\\. "),
        (sequential(lstm(activation="relu", use_bias=False), dense(1), shape=(None, 50, 5)), "R209", "\nUse activation \"tanh\"\\.$"),
        (sequential(layer("SimpleRNN", units=3, activation="relu"), dense(1), shape=(None, 50, 5)), "R209", "\nUse activation \"tanh\"\\.$"),
        (sequential(lstm(activation="relu", stateful=True), dense(1), shape=(4, 1, 5)), "R209", "; fed back, its"),
        (sequential(lstm(), dense(1), shape=(None, 1, 13)), "R201", r"13 features, so its recurrent kernel.*\nIf these are 13 .*\(13, 1\)\. If they are 13 features, pass windows of several timesteps, \(timesteps, 13\)"),
        (functional([], ["sum"], entry("x", 5), entry("z", 5), layer("Add", "x", "z", name="sum")), "S124", r"need the inputs 'z' and 'x', which are not among its inputs.*\nAdd \[\"z\", 0, 0\] and \[\"x\", 0, 0\] to"),
        (sequential(layer("Conv1D", filters=32, kernel_size=1), lstm(units=64), dense(1), shape=(None, 1, 1)), "R201", r"one timestep of 32 features, so.*\nPass windows of several timesteps\. If"),
        (sequential(lstm(units=64, return_sequences=True), lstm(units=64), dense(1), shape=(None, 1, 1)), "R201", r"'lstm' receives \(None, 1, 1\): one timestep of one feature, .*\nPass windows of several timesteps, \(timesteps, 1\)"),
        (sequential(lstm(units=3), dense(1), shape=(None, 1, 250_000)), "R201", r"\nPass windows of several timesteps, \(timesteps, 250000\)"),
        (sequential(layer("GlobalAveragePooling1D", keepdims=True), lstm(), dense(1)), "R201", r"made by GlobalAveragePooling1D 'global_average_pooling1d' from \(None, 13, 5\), .*\nChange 'global_average_pooling1d' so that it keeps the 13 timesteps\."),
        (sequential(dense(9), layer("Reshape", target_shape=[1, 9]), lstm(), dense(1), shape=(None, 5)), "R201", r"made by Reshape 'reshape' from \(None, 9\).*\nPass windows of several"),
        (sequential(lstm(stateful=True)), "R203", r"batch_input_shape \(32, 13, 5\)"),
        (sequential(lstm(stateful=True), **KERAS3), "R203", r"instance batch_shape \(32, 13, 5\)"),
        (sequential(layer("ConvLSTM1D", filters=2, kernel_size=2, trainable=False), shape=(None, 4, 6, 5), **KERAS3), "G706", r"does not reach the weights inside it\nSet layer.trainable"),
        (masked("reshape", "last"), "R211", "\nPass 'lstm' a mask as an argument. If padding may count as data, set mask_zero to false"),
        (sequential(td(embedding()), td(lstm()), dense(1), shape=(None, 4, 2), **KERAS3), "R211", "does not pass on the mask of its Embedding, .*\nUse the Embedding without TimeDistributed"),
        (sequential(td(embedding()), td(lstm()), lstm(), shape=(None, 4, 2), **KERAS3), "R211", "\nPass 'time_distributed_1' a mask"),
        (sequential(lstm(dropout=20), dense(1)), "R218", r"uses 1 instead; tf.keras raises an error in training\nUse a rate from 0 to 1, excluding 1; for 20%, write 0.2"),
        (sequential(lstm(dropout=-0.5), dense(1)), "R218", r"uses 0 instead\n"),
        (sequential(lstm(dropout=1), dense(1), **KERAS3), "R219", "is 1: Keras 3 ignores a rate of 1"),
        (sequential(layer("SimpleRNN", units=3, recurrent_dropout=1), dense(1), **KERAS3), "R219", "is 1: training drops the whole state"),
        (sequential(layer("GRU", units=3, dropout=1), dense(1), **KERAS3), "R219", "depending on the backend, training drops the whole input, or nothing"),
        (sequential(dense(4, "relu"), layer("Dropout", rate=1.0), dense(1), shape=(None, 5)), "N405", "drops everything, and tf.keras raises"),
        (conv_norm(1), "N413", r"axis 1 of \(None, 7, 6, 3\), but the channels of Conv2D 'conv2d' come last: .* 7 positions on that axis\nSet axis to -1"),
        (sequential(layer("MaxPooling1D", pool_size=9, padding="same"), dense(1), shape=(None, 1, 64)), "G705", "a window of 9 over 1 step of .* has no effect"),
        (sequential(layer("AveragePooling1D", pool_size=9, padding="same"), dense(1), shape=(None, 7, 64)), "G705", "takes the mean of the whole axis"),
        (sequential(layer("Reshape", target_shape=[5, 13]), dense(1)), "S141", r"\nTo swap the axes, use Permute\(\(2, 1\)\)\.$"),
        (sequential(layer("Reshape", target_shape=[4, 2, 3]), shape=(None, 2, 3, 4)), "S141", r"use Permute\(\(3, 1, 2\)\)"),
        (sequential(lstm(), dense(1, "relu"), **trained("mae")), "H321", "never negative"),
        (sequential(dense(4, "sigmoid"), **trained("bce", metrics=["acc"]), shape=(None, 5)), "H322", "largest of the 4 outputs of 'dense'"),
        (sequential(lstm(recurrent_dropout=0.2, return_sequences=True), layer("GRU", units=3, recurrent_dropout=0.1), dense(1)), "R240", r"recurrent_dropout 0.2: .* \(and in 1 more: gru\)\n.*prevent cuDNN\.$"),
        (sequential(lstm(recurrent_dropout=0.2), dense(1), **KERAS3), "R240", r"which does not prevent cuDNN\.$"),
        (sequential(layer("Masking"), layer("Softmax"), shape=(None, 6)), "R237", r"a mask of shape \(None,\) from 'masking', which does not fit its input \(None, 6\)"),
    ],
)  # fmt: skip
def test_what_a_message_says(model: dict[str, Any], code: str, says: str) -> None:
    findings = [finding for finding in analyze(json.dumps(model).encode()).findings if finding.code == code]
    (shown,) = [f"{finding.severity}: {finding.message}\n{finding.help}" for finding in findings]
    assert re.search(says, shown), shown


@pytest.mark.parametrize(
    ("model", "code"),
    [
        (sequential(lstm(recurrent_activation="hard_sigmoid", recurrent_dropout=0.1, unroll=True, use_bias=False), dense(1)), "R208"),
        (sequential(layer("GRU", units=3, activation="relu", reset_after=False), dense(1)), "R208"),
        (sequential(lstm(activation="relu", recurrent_activation="linear"), dense(1)), "R209"),
        (sequential(lstm(recurrent_activation="softplus"), dense(1)), "R209"),
    ],
)  # fmt: skip
def test_help_of_a_recurrent_layer_mends_all_that_it_names(model: dict[str, Any], code: str) -> None:
    def found() -> list[str]:
        options = Options(extend_select=(code,))
        return [f.help for f in analyze(json.dumps(model).encode(), options).findings if f.code == code]

    (advice,) = found()
    changes = re.findall(r'(\w+) (?:to )?"?(tanh|sigmoid|0|true|false)\b', advice)
    model["config"]["layers"][0]["config"] |= {
        name: {"0": 0, "true": True, "false": False}.get(value, value) for name, value in changes
    }
    assert found() == []


def decoded(given: list[list[Any]], name: str = "LSTM", units: int = 8) -> dict[str, Any]:
    """Return a model whose decoder starts from the states of a Bidirectional encoder."""
    joined = [
        layer("Concatenate", [["e", 0, 1], ["e", 0, 3]], name="h"),
        layer("Concatenate", [["e", 0, 2], ["e", 0, 4]], name="c"),
    ]
    return functional(
        ["x", "z"], ["y"], entry("x", 9, 5), entry("z", 7, 4),
        layer("Bidirectional", "x", name="e", layer=lstm(units=8, return_state=True)),
        *(made for made in joined if [made["name"], 0, 0] in given),
        layer(name, [["z", 0, 0], *given], name="d", units=units),
        layer("Dense", "d", name="y", units=1),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("model", "layer_name", "advice"),
    [
        (sequential(lstm(), dense(4), lstm()), "lstm", "Set return_sequences to true on 'lstm': its output becomes (None, 13, 10)."),
        (sequential(layer("ConvLSTM1D", filters=2, kernel_size=2), layer("ConvLSTM1D", filters=2, kernel_size=2), shape=(None, 4, 6, 5)), "conv_lstm1d", "its output becomes (None, 4, 5, 2)"),
        (sequential(lstm(), lstm(return_sequences=True)), "lstm", "or add RepeatVector(13) after it"),
        (sequential(layer("Flatten"), lstm()), "flatten", "Remove 'flatten'."),
        (sequential(lstm(return_sequences=True), layer("RepeatVector", n=3)), "lstm", "Set return_sequences to false on 'lstm': its output becomes (None, 10)."),
        (sequential(lstm(), shape=(None, 13)), "lstm", "For 13 timesteps of one feature, the input shape is (13, 1)"),
        (sequential(layer("Conv2D", filters=2, kernel_size=2), shape=(None, 28, 28)), "conv2d", "the input shape is (28, 28, 1)"),
        (sequential(layer("Conv2D", filters=2, kernel_size=1), lstm(), shape=(None, 7, 6, 1)), "lstm", "Put TimeDistributed(Flatten()) before it: it gets (None, 7, 12) then."),
        (sequential(dense(8), lstm(), shape=(None, 5)), "lstm", "Put Reshape((8, 1)) before it for 8 timesteps"),
        (sequential(layer("Dropout", rate=20)), "dropout", "0.2, if 20 % is meant"),
        (decoded([["h", 0, 0], ["c", 0, 0]]), "d", "Set units to 16, or pass states of width 8."),
        (decoded([["e", 0, 1], ["e", 0, 2], ["e", 0, 3], ["e", 0, 4]]), "d", "concatenate the two h and the two c, and set units to 16"),
        (decoded([["e", 0, 1]]), "d", "Pass both states of an LSTM"),
        (decoded([["e", 0, 1], ["e", 0, 2]], "GRU"), "d", "pass only h"),
        (functional(["x"], ["a"], entry("x", 8), layer("Dense", "x", name="d", units=6), layer("Add", "x", "d", name="a")), "a", "Set units of 'd' to 8"),
        (functional(["x"], ["a"], entry("x", 13, 8), layer("LSTM", "x", name="l", units=8), layer("Add", "x", "l", name="a")), "a", "Set return_sequences to true on 'l': its output becomes (None, 13, 8)."),
        (functional(["x", "z"], ["a"], entry("x", 13, 8), entry("z", 4), layer("Concatenate", "x", "z", name="a")), "a", "Add RepeatVector(13) after 'z'"),
        (functional(["x"], ["a"], entry("x", 13, 8), layer("Conv1D", "x", name="b", filters=4, kernel_size=3), layer("Conv1D", "x", name="c", filters=4, kernel_size=5), layer("Concatenate", "b", "c", name="a")), "a", "Set padding to \"same\" on 'b' and 'c'."),
        (functional(["x"], ["a", "b"], entry("x", 5), layer("Dense", "x", name="a", units=1), layer("Dense", "x", name="b", units=1), **trained({"a": "mse", "c": "mse"})), None, "Use 'b' instead of 'c'."),
        (functional(["x", "z"], ["y"], entry("x", 9, 5), entry("z", 7, 4), layer("LSTM", "x", name="e", units=8, return_state=True), layer("LSTM", "z", name="y", units=8)), "e", "Pass its states to a decoder as initial_state"),
    ],
    ids=range(20),
)  # fmt: skip
def test_advice_names_layer_and_numbers(model: dict[str, Any], layer_name: str | None, advice: str) -> None:
    (finding,) = analyze(json.dumps(model).encode()).findings
    assert finding.layer == layer_name
    assert advice in finding.help


@pytest.mark.parametrize("step", [1, -1])
def test_linear_chain_of_any_length_and_order_is_one_short_finding(step: int) -> None:
    names = ["x", *(f"d{i}" for i in range(299))]
    layers = [layer("Dense", before, name=name, units=5) for before, name in zip(names, names[1:], strict=False)]
    (finding,) = analyze(json.dumps(functional(["x"], ["d298"], entry("x", 5), *layers[::step])).encode()).findings
    assert (finding.code, finding.layer) == ("H311", "d0")
    assert "'d0', 'd1', 'd2', 'd3', 'd4', and 294 more are 299 consecutive Dense layers" in finding.message
    assert finding.help == "Set activation \"relu\" on each of them before 'd298', or keep only 'd298'."


@pytest.mark.parametrize(
    ("share", "digits", "shown"),
    [
        (0.94, 0, "94%"),
        (0.9999, 0, "99.99%"),
        (0.996, 0, "99.6%"),
        (1.0, 0, "100%"),
        (0.0, 1, "0.0%"),
        (0.0004, 0, "0.04%"),
        (0.99967, 1, "99.97%"),
    ],
)
def test_nearly_all_is_not_all(share: float, digits: int, shown: str) -> None:
    assert percent(share, digits) == shown


@pytest.mark.parametrize(
    ("model", "advice"),
    [
        (
            sequential(lstm(return_sequences=True), dense(1), **trained("mse")),
            "set return_sequences to false on 'lstm'",
        ),
        (
            sequential(dense(8, "relu"), dense(1), **trained("mse")),
            "add GlobalAveragePooling1D or Flatten before 'dense_1'",
        ),
        (sequential(dense(8, "relu"), dense(1, "sigmoid"), **trained("bce")), "use targets of shape (batch, 13, 1)"),
    ],
)
def test_one_number_per_timestep(model: dict[str, Any], advice: str) -> None:
    (finding,) = analyze(json.dumps(model).encode(), Options(extend_select=("R215",))).findings
    assert finding.code == "R215"
    assert advice in finding.help


def test_empty_compile_config_is_none() -> None:
    frozen = sequential(dense(1, trainable=False), shape=(None, 5))
    assert codes({**frozen, "compile_config": {}}) == []
    assert codes({**frozen, "compile_config": {"loss": "mse"}}) == ["N412"]
    frozen["config"]["trainable"] = False  # the model itself is frozen, as in a GAN
    assert codes({**frozen, "compile_config": {"loss": "mse"}}) == []


def test_training_settings_are_needed() -> None:
    model = sequential(lstm(), dense(3))
    assert codes(model, "H", "N", "R215") == []


def summary(model: dict[str, Any]) -> ModelSummary:
    found = analyze(json.dumps(model).encode()).model
    assert found is not None
    return found


STACK = sequential(lstm(units=128, return_sequences=True), lstm(units=64), dense(1))
BOTH_WAYS = sequential(layer("Bidirectional", layer=lstm(units=100)), dense(1))
RESIDUAL = functional(
    ["x"], ["y"], entry("x", 8), layer("Dense", "x", name="d", units=8), layer("Add", "x", "d", name="a"),
    layer("Dense", "a", name="y", units=1),
)  # fmt: skip


# Layers that must have equal widths: an encoder and its decoder, the two ends of a residual block, ...
TIED = functional(
    ["x"], ["y"], entry("x", 8), layer("Dense", "x", name="a", units=12), layer("Dense", "a", name="b", units=30),
    layer("Dense", "b", name="c", units=12), layer("Add", "a", "c", name="s"), layer("Dense", "s", name="y", units=1),
)  # fmt: skip
TWICE = decoded([["h", 0, 0], ["c", 0, 0]], units=16)
GROUPS = sequential(layer("Conv1D", filters=24, kernel_size=3, groups=4), dense(1), shape=(None, 9, 4))
ATTENDING = functional(
    ["x"], ["y"], entry("x", 7, 6), layer("MultiHeadAttention", [["x", 0, 0, {"value": ["x", 0, 0]}]], name="m", num_heads=2, key_dim=20),
    layer("Dense", "m", name="y", units=1),
)  # fmt: skip
INSIDE = sequential(
    {"class_name": "Sequential", "config": {"name": "in", "layers": [dense(20, batch_input_shape=[None, 5]), dense(4)]}},
    dense(1), shape=(None, 5),
)  # fmt: skip
FIVE = {"module": "keras.layers", "class_name": "InputLayer", "name": "x", "inbound_nodes": [], "config": {"batch_shape": [None, 5], "name": "x"}}  # fmt: skip


def recorded(name: str, source: str, units: int, features: int) -> dict[str, Any]:
    """Return a Dense as Keras 3 writes it, with recorded shapes."""
    config = {"shape": [None, features], "dtype": "float32", "keras_history": [source, 0, 0]}
    return {
        "module": "keras.layers", "class_name": "Dense", "name": name, "config": {"name": name, "units": units},
        "build_config": {"input_shape": [None, features]},
        "inbound_nodes": [{"args": [{"class_name": "__keras_tensor__", "config": config}], "kwargs": {}}],
    }  # fmt: skip


RECORDED = {
    "module": "keras.src.models.functional",
    **functional(["x"], ["y"], FIVE, recorded("a", "x", 10, 5), recorded("y", "a", 1, 10)),
}


@pytest.mark.parametrize(
    ("model", "option", "limit", "says"),
    [
        # 4·(u·(5+u)+u) + 4·(64·(u+64)+64) + 65 <= 59,040 up to u=73
        (STACK, "max-params", 59_040, "units=73 of 'lstm' would bring the model to 58,461 parameters"),
        (STACK, "max-trainable-params", 59_040, "units=73 of 'lstm' would bring the model to 58,461 trainable"),
        (STACK, "max-layer-params", 60_000, "units=119 would bring it to 59,500 parameters"),
        (STACK, "max-weight-bytes", 236_160, "units=73 of 'lstm' would bring the model to 233,844 bytes"),
        (STACK, "max-macs", 762_144, "units=73 of 'lstm' would bring the model to 752,088 multiply-accumulates"),
        (
            BOTH_WAYS,
            "max-params",
            40_000,
            "units=67 of 'bidirectional' would bring the model to 39,263 parameters",
        ),
        (RESIDUAL, "max-params", 80, "Make these layers smaller"),
        # e has 4·(u·(5+u)+u) parameters, d 4·(u·(4+u)+u), y 3·u+3
        (decoder(8), "max-params", 600, "units=6 of 'e' and 'd' would bring the model to 573 parameters"),
        # d has 4·(2u·(4+2u)+2u) parameters, e 8·(u·(5+u)+u), y 2u+1
        (
            TWICE,
            "max-params",
            1_100,
            "units=10 of 'd', units=5 of 'e' would bring the model to 1,051 parameters",
        ),
        # a has 9·u parameters, b 30·u+30, c 31·u, y u+1
        (TIED, "max-params", 150, "units=1 of 'c' and 'a' would bring the model to 102 parameters"),
        (GROUPS, "max-params", 100, "filters=16 of 'conv1d' would bring the model to 81 parameters"),
        # the kernels have 4·6·2·k, the biases 3·2·k+6, y 7
        (ATTENDING, "max-params", 400, "key_dim=7 of 'm' would bring the model to 391 parameters"),
        (INSIDE, "max-params", 105, "units=9 of 'dense' would bring the model to 99 parameters"),
        (RECORDED, "max-params", 50, "units=7 of 'a' would bring the model to 50 parameters"),
        # the width of an output is fixed, so the layer before it gets narrower
        (
            sequential(lstm(units=8), dense(1000)),
            "max-layer-params",
            5_500,
            "units=4 of 'lstm' would bring it to 5,000",
        ),
    ],
)
def test_budget_says_what_would_fit(model: dict[str, Any], option: str, limit: int, says: str) -> None:
    found = summary(model)
    inferred: list[ModelSpec] = []

    def again(spec: ModelSpec) -> ModelSummary:
        inferred.append(spec)
        return infer(spec)

    before = repr(found.spec), found.params
    (problem,) = budget.check_all(found, {option: limit}, {}, again)
    assert says in problem.help
    assert f"raise --{option}" in problem.help
    assert list(budget.check_all(found, {option: 10**9}, {}, infer)) == []
    assert (repr(found.spec), found.params) == before
    assert len(inferred) <= 16


WIDTH = re.compile(r"(\w+)=(\d+) of ((?:'\w+'(?:, (?=')| and )?)+)")


def resized(model: dict[str, Any], advice: str, more: int = 0) -> dict[str, Any]:
    """Return the model with the widths in the help of a budget, or wider."""
    changed: dict[str, Any] = json.loads(json.dumps(model))
    names = [row.name for row in summary(model).layers]
    for argument, width, owners in WIDTH.findall(advice):
        for name in re.findall(r"'(\w+)'", owners):
            changed["config"]["layers"][names.index(name)]["config"][argument] = int(width) + more
    return changed


@pytest.mark.parametrize(
    "model", [decoder(8), TIED, ATTENDING, STACK], ids=["states", "residual", "attention", "stack"]
)
@pytest.mark.parametrize("measure", ["params", "trainable_params", "weight_bytes", "macs"])
def test_the_largest_that_fits(model: dict[str, Any], measure: str) -> None:
    """Check that one more unit does not fit, and that the stated count is right."""
    whole = getattr(summary(model), measure)
    option = "max-" + measure.replace("_", "-")
    for share in (0.3, 0.6, 0.9):
        limit = int(whole * share)
        findings = analyze(json.dumps(model).encode(), Options(limits={option: limit})).findings
        advice = next(finding.help for finding in findings if finding.severity == "error")
        fits, wider = summary(resized(model, advice)), summary(resized(model, advice, 1))
        assert f"{getattr(fits, measure):,}" in advice
        assert getattr(fits, measure) <= limit < getattr(wider, measure)
        assert not fits.problems


def test_activation_peak() -> None:
    # x 32 bytes, d 32, a 32: all three exist while a is computed
    assert activation_peak(summary(RESIDUAL))[0] == 96
    assert activation_peak(summary(RESIDUAL), batch=10)[0] == 960
    assert activation_peak(summary(sequential(lstm(), shape=(None, None, 5))))[0] is None
    unknown = summary(sequential(lstm(), shape=(None, None, 5)))
    (problem,) = budget.check_all(unknown, {"max-activation-bytes": 10}, {}, infer)
    assert "cannot be checked" in problem.message


def test_unknown_count_fails_every_budget() -> None:
    unbuilt = {"class_name": "Sequential", "config": {"name": "m", "layers": [lstm()]}}
    for option in budget.OPTIONS:
        (problem,) = budget.check_all(summary(unbuilt), {option: 10**9}, {}, infer)
        assert "cannot be checked" in problem.message
        assert "lstm" in problem.message
        assert "input shape" in problem.help or "--input-shape" in problem.help


def test_a_budget_that_a_broken_layer_hides() -> None:
    broken = sequential(lstm(units=-3))
    (finding,) = [
        f for f in analyze(json.dumps(broken).encode(), Options(limits={"max-params": 9})).findings if f.code == "C501"
    ]
    assert finding.help == "Fix the errors in 'lstm' first."
