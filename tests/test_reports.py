"""What authors of public bug reports needed to read, one row per kind of mistake."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from lstmlint import analyze
from lstmlint.reporting.training import arrays
from tests.test_rule_cases import KERAS3, dense, entry, functional, layer, lstm, sequential, td, unbuilt


def conv(kernel: Any = 3, **config: Any) -> dict[str, Any]:
    return layer("Conv2D", filters=8, kernel_size=kernel, **config)


def pool(**config: Any) -> dict[str, Any]:
    return layer("MaxPooling2D", pool_size=2, **config)


def joined(*before: dict[str, Any], names: list[str], axis: int = -1, **shapes: Any) -> dict[str, Any]:
    entries = [entry(name, *shape) for name, shape in shapes.items()]
    return functional(list(shapes), ["y"], *entries, *before, layer("Concatenate", *names, name="y", axis=axis))


def states(encoder: dict[str, Any], *passed: int, decoder: str = "LSTM") -> dict[str, Any]:
    inputs = [["z", 0, 0], *(["e", 0, index] for index in passed)]
    return functional(
        ["x", "z"], ["d"], entry("x", 9, 5), entry("z", 7, 4), encoder, layer(decoder, inputs, name="d", units=8)
    )


UNET = joined(
    conv(3, padding="same") | {"name": "a", "inbound_nodes": [[["x", 0, 0]]]},
    pool() | {"name": "b", "inbound_nodes": [[["a", 0, 0]]]},
    layer("UpSampling2D", "b", name="c"),
    names=["c", "a"], x=(21, 20, 3),
)  # fmt: skip
MASKED = [layer("Masking"), td(conv(3, padding="same")), td(layer("Flatten")), lstm()]
LAMBDA = layer("Lambda", function=["4wEAAAAA", None, None], function_type="lambda")


@pytest.mark.parametrize(
    ("model", "code", "says"),
    [
        (sequential(conv(), shape=(None, 1, 28, 28)), "S103", r'\nIf the channels come first in \(1, 28, 28\), set data_format to "channels_first", or use the input shape \(28, 28, 1\)\.$'),
        (sequential(layer("Conv1D", filters=8, kernel_size=3), shape=(None, 1, 20)), "S103", r"\nFor 20 steps of 1 channel, the input shape is \(20, 1\)\.$"),
        (sequential(conv(padding="same", data_format="channels_first"), conv(4), shape=(None, 1, 3, 18)), "S103", "\nSet data_format to \"channels_first\", as on 'conv2d' before it"),
        (sequential(conv(), pool(), conv(), pool(), conv(), pool(), conv(), shape=(None, 28, 28, 1)), "S103", '\nThe layers before it reduce 28 rows to 1: use padding "same" here, or'),
        (sequential(conv([50, 2]), layer("MaxPooling2D", pool_size=[5, 1]), shape=(None, 50, 20, 1)), "S104", "\nThe layers before it reduce 50 rows to 1: use a pool_size of at most 1 there"),
        (sequential(conv(30), shape=(None, 28, 28, 3)), "S103", "\nUse an input with at least 30 rows"),
        (sequential(lstm(), shape=(None, 500, 13, 5)), "S101", r"\nAn input shape leaves out the samples: if 500 is their number, it is \(13, 5\)\. Otherwise, put TimeDistributed"),
        (sequential(lstm(stateful=True), shape=(None, 32, 13, 5), **KERAS3), "S101", r"state the batch size with batch_shape \(32, 13, 5\)"),
        (sequential(layer("ConvLSTM2D", filters=2, kernel_size=3), shape=(None, 64, 64, 1)), "S101", r"\nThe input shape lacks the timesteps: .* it is \(timesteps, 64, 64, 1\)"),
        (sequential(conv(), shape=(None, 28, 28)), "S101", r"\nWith one channel, the input shape is \(28, 28, 1\)"),
        (joined(lstm(return_sequences=True) | {"name": "l", "inbound_nodes": [[["x", 0, 0]]]}, names=["l", "z"], x=(13, 5), z=(7,)), "S112", r"\nSet return_sequences to false on 'l': its output becomes \(None, 10\)"),
        (joined(names=["x", "z"], axis=1, x=(13, 5), z=(13, 7)), "S112", r"\nSet axis to -1, which gives \(None, 13, 12\)"),
        (joined(names=["x", "z"], axis=-1, x=(13, 5), z=(12, 5)), "S112", r"\nSet axis to 1, which gives \(None, 25, 5\)"),
        (joined(names=["x", "z"], x=(24, 2), z=(24,)), "S112", r"\nAdd Reshape\(\(24, 1\)\) after 'z', if it is one number per timestep, or RepeatVector\(24\)"),
        (UNET, "S112", r"\nUse an input whose sides are multiples of 2, instead of \(21, 20, 3\): .* 'c' does not restore it"),
        (states(layer("LSTM", "x", name="e", units=8, return_sequences=True), 0), "S123", r"\n\(None, 9, 8\) is an output, not a state: set return_state .* pass only its states, h and c, of shape \(None, 8\)\. For"),
        (states(layer("LSTM", "x", name="e", units=4, return_sequences=True), 0, decoder="GRU"), "S123", r"pass only its state of shape \(None, 4\), and set units to 4\."),
        (sequential(td(layer("Flatten")), lstm(stateful=True), shape=(None, 13, 5, 2)), "R203", r"\nSet the batch size of the model's input, for instance batch_input_shape \(32, 13, 5, 2\)"),
        (sequential(*MASKED, shape=(None, 7, 8, 8, 1)), "R238", r"\(and in 1 more: time_distributed_1\)\nMove 'masking' after 'time_distributed_1'"),
        (sequential(LAMBDA, keras_version="2.15.0"), "X801", "runs only on the version of Python that wrote it"),
    ],
)  # fmt: skip
def test_cause_and_remedy(model: dict[str, Any], code: str, says: str) -> None:
    findings = [finding for finding in analyze(json.dumps(model).encode()).findings if finding.code == code]
    (shown,) = [f"{finding.message}\n{finding.help}" for finding in findings]
    assert re.search(says, shown), shown


def test_unbounded_activation_of_a_layer_that_is_refused() -> None:
    model = sequential(lstm(activation="relu"), shape=(None, 500, 13, 5))
    assert [finding.code for finding in analyze(json.dumps(model).encode()).findings] == ["S101"]


def training(loss: Any, *layers: dict[str, Any], **more: Any) -> dict[str, Any]:
    return sequential(*layers, training_config={"loss": loss}, **more)


SPARSE, SCALAR = "sparse_categorical_crossentropy", " (targets of shape (batch, 1) silently broadcast)"
PAIR = functional(
    ["u", "b"], ["y", "z"], entry("u", 1), entry("b", 4), layer("Embedding", "u", name="e", input_dim=1000, output_dim=3),
    layer("Flatten", "e", name="y"), layer("Dense", "b", name="z", units=1), training_config={"loss": {"z": "mae"}},
)  # fmt: skip


@pytest.mark.parametrize(
    ("model", "inputs", "targets"),
    [
        (training(SPARSE, dense(9)), "(batch, 13, 5)", "class indices 0 to 8, (batch, 13) (for one-hot vectors, use categorical_crossentropy)"),
        (training("categorical_crossentropy", lstm(), dense(9)), "(batch, 13, 5)", f"one-hot vectors, (batch, 9), one per sequence because 'lstm' has return_sequences=false (for class indices, use {SPARSE})"),
        (training("mse", lstm(return_sequences=True), layer("Dropout", rate=0.1), dense(1)), "(batch, 13, 5)", f"numbers, (batch, 13, 1), one per timestep because 'lstm' has return_sequences=true{SCALAR}"),
        (training("bce", lstm(stateful=True), dense(1), shape=(4, None, 5)), "(4, any, 5), in batches of 4 (batch_size=4 of fit)", "numbers from 0 to 1, (4, 1), one per sequence because 'lstm' has return_sequences=false"),
        (training("mse", layer("Embedding", input_dim=10_000, output_dim=8), layer("Flatten"), dense(1), shape=(None, 20)), "(batch, 20), ids 0 to 9,999", "numbers, (batch, 1)"),
        (training("my_loss", dense(1)), "(batch, 13, 5)", None),
        (PAIR, "'u' (batch, 1), ids 0 to 999 and 'b' (batch, 4)", "'z' numbers, (batch, 1)"),
        (sequential(dense(1)), None, None),
        (unbuilt(dense(1), training_config={"loss": "mse"}), None, None),
    ],
)  # fmt: skip
def test_arrays_for_training(model: dict[str, Any], inputs: str | None, targets: str | None) -> None:
    report = analyze(json.dumps(model).encode())
    assert report.model is not None
    found = dict(arrays(report.model))
    assert (found.get("Training inputs"), found.get("Training targets")) == (inputs, targets)
    assert all(f"{title}: {text}" in " ".join(str(report).split()) for title, text in found.items())
