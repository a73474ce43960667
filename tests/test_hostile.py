"""Small inputs that once crashed the analysis, a command, or a format. Each stands for a kind."""

from __future__ import annotations

import io
import json
import zipfile
from contextlib import suppress
from random import Random
from typing import Any

import pytest

from lstmlint import UsageError, analyze, convert
from tests import fuzz
from tests.commandline import Shell

HUGE = 10**300


def stack(*layers: tuple[str, dict[str, Any]], **more: Any) -> dict[str, Any]:
    written = [{"class_name": class_name, "config": config} for class_name, config in layers]
    return {"class_name": "Sequential", "config": {"name": "m", "layers": written}, **more}


def named(*names: Any) -> dict[str, Any]:
    """A functional Keras 3 model whose layers have these names."""
    layers = [
        {
            "class_name": "Dense",
            "module": "keras.layers",
            "name": name,
            "registered_name": None,
            "inbound_nodes": [],
            "config": {"units": 1, "name": name},
        }
        for name in names
    ]
    config = {"name": "m", "layers": layers, "input_layers": [], "output_layers": []}
    return {"class_name": "Functional", "module": "keras", "registered_name": None, "config": config}


def with_nodes(nodes: Any) -> dict[str, Any]:
    model = named("a")
    model["config"]["layers"][0]["inbound_nodes"] = nodes
    return model


def indexed(arguments: list[Any]) -> dict[str, Any]:
    """A Keras 3 model with an operation that takes an element of its input."""
    tensor = {
        "class_name": "__keras_tensor__",
        "config": {"shape": [None, 8], "dtype": "float32", "keras_history": ["x", 0, 0]},
    }
    layers = [
        {"class_name": "InputLayer", "module": "keras.layers", "name": "x", "registered_name": None, "inbound_nodes": [],
         "config": {"batch_shape": [None, 8], "name": "x"}},
        {"class_name": "GetItem", "module": "keras.src.ops.numpy", "name": "g", "registered_name": "GetItem", "config": {"name": "g"},
         "inbound_nodes": [{"args": [tensor, *arguments], "kwargs": {}}]},
    ]  # fmt: skip
    config = {"name": "m", "layers": layers, "input_layers": [["x", 0, 0]], "output_layers": [["g", 0, 0]]}
    return {"class_name": "Functional", "module": "keras", "registered_name": None, "config": config}


def of_unknown_outputs(shape: list[int]) -> dict[str, Any]:
    """A Keras 3 model with a layer of the user's, whose output is known only from the record of its shape."""
    model = indexed([])
    first, custom = model["config"]["layers"]
    custom |= {"class_name": "Mine", "module": "mine", "registered_name": "Mine"}
    tensor = {
        "class_name": "__keras_tensor__",
        "config": {"shape": shape, "dtype": "float32", "keras_history": ["g", 0, 0]},
    }
    last = {"class_name": "Dense", "module": "keras.layers", "name": "d", "registered_name": None,
            "config": {"name": "d", "units": 2}, "inbound_nodes": [{"args": [tensor], "kwargs": {}}]}  # fmt: skip
    model["config"] |= {"layers": [first, custom, last], "output_layers": [["d", 0, 0]]}
    return model


def archive(content: Any) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("config.json", json.dumps(content))
        packed.writestr("metadata.json", "{}")
    return file.getvalue()


LSTM = {"units": 32, "return_sequences": True, "batch_input_shape": [None, 200, 5]}
HEAD = ("Dense", {"units": 1, "batch_input_shape": [None, 8]})
ADAM = {"optimizer_config": {"class_name": "Adam", "config": {"learning_rate": HUGE}}, "loss": "mse"}
WRAPPED = {
    "modelTopology": stack(("Dense", {"units": 1, "time_major": 1, "batch_input_shape": [None, 8]})),
    "x": "\x80",
}


@pytest.mark.parametrize(
    "content",
    [
        stack(("LSTM", LSTM), ("Flatten", {}), ("Dense", {"units": "64"})),
        stack(("LSTM", {**LSTM, "dropout": HUGE, "recurrent_dropout": -HUGE})),
        stack(("LSTM", {**LSTM, "units": HUGE})),
        stack(HEAD, training_config=ADAM),
        stack(HEAD, training_config={**ADAM, "optimizer_config": {"class_name": "SGD", "config": {"lr": HUGE, "decay": HUGE, "momentum": HUGE}}}),
        stack(("Dense", {**HEAD[1], "kernel_regularizer": {"class_name": "L2", "config": {"l2": HUGE}}})),
        stack(("Dense", {**HEAD[1], "kernel_regularizer": {"class_name": "L1L2", "config": {"l1": float("inf"), "l2": "1"}}})),
        stack(("Reshape", {"batch_input_shape": [], "target_shape": [-1, 4]})),
        stack(("Reshape", {"batch_input_shape": [None, HUGE], "target_shape": [HUGE, -1]})),
        stack(("Bidirectional", {"layer": {"class_name": "LSTM", "config": {"units": 4}}, "batch_input_shape": [True]})),
        stack(("InputLayer", {"batch_shape": 3}), ("Dense", {"units": 1}), keras_version="3.3.0"),
        stack(("RNN", {"cell": [{"class_name": "LSTMCell", "config": {"units": HUGE}}] * 2, "batch_input_shape": [None, 3, HUGE]})),
        stack(("GroupQueryAttention", {"head_dim": HUGE, "num_query_heads": HUGE, "num_key_value_heads": 1})),
        named({"a": 1}, ["b"], None, 3),
        {**named("a"), "class_name": {"x": 1}},
        with_nodes(3), with_nodes(0.5), with_nodes({"a": 1}),
        WRAPPED,
        stack(("StringLookup", {"vocabulary": ["a"], "num_oov_indices": HUGE, "batch_input_shape": [None, 1]})),
        of_unknown_outputs([]), indexed([]), indexed([{"class_name": "__ellipsis__", "config": {}}] * 3),
    ],
)  # fmt: skip
def test_models(content: dict[str, Any]) -> None:
    for raw in (fuzz.encoded(content), archive(content), fuzz.as_yaml(fuzz.encoded(content), Random(0))):
        fuzz.check(raw)
        for target in ("tf2.15", "3.4"):
            with suppress(UsageError):
                convert(raw, to=target, allow_changes=True)


def test_keras_metadata_that_is_cut_off() -> None:
    node = fuzz.protobuf(b'{"class_name": "Mine", "config": {}}', Random(0))
    for raw in (node[:-10], node + node[:-10], node + b"\n\xff"):
        assert [finding.code for finding in analyze(raw).findings] in (["E001"], ["E002"])


@pytest.mark.parametrize("size", [10**4, 10**6])
def test_long_names(size: int) -> None:
    name = "n" * size
    layers = [
        ("Dense", {"units": 1, "name": f"{name}{n}", "unit": name, "batch_input_shape": [None, 8]}) for n in range(3)
    ]
    findings = analyze(json.dumps(stack(*layers)).encode()).findings
    assert findings
    for finding in findings:
        assert len(finding.message) + len(finding.help) < 12_000


@pytest.mark.parametrize(
    "command",
    [
        ("explain", "b.json"), ("explain", "b.json", "--lang", "es"), ("compat", "b.json"), ("b.json",),
        ("diff", "a.json", "b.json"), ("diff", "b.json", "a.json", "--format", "markdown"),
    ],
)  # fmt: skip
def test_long_names_are_cut_in_every_command(shell: Shell, command: tuple[str, ...]) -> None:
    name = "n" * 10**6
    first = ("Dense", {"units": 1, "batch_input_shape": [None, 8]})
    shell.write("a.json", stack(first))
    hostile = stack(first, (name, {"name": "c", name: 1}), ("Dense", {"units": 1, "name": name}))
    shell.write("b.json", {**hostile, "keras_version": name})
    done = shell(*command)
    assert "n" * 40 in done.out
    assert len(done.out) < 20_000


def test_long_names_are_cut_in_notebooks() -> None:
    name = "n" * 10**6
    first = ("Dense", {"units": 1, "name": name, "batch_input_shape": [None, 8]})
    shown = analyze(json.dumps(stack(first, (name, {"name": "c"}))).encode())._repr_html_()
    assert "n" * 400 + "... (1,000,000 characters)" in shown
    assert len(shown) < 20_000


def test_fixes_of_files_that_are_not_text(shell: Shell) -> None:
    content = archive(WRAPPED)
    for suffix in ("keras", "json"):
        path = shell.write(f"m.{suffix}", content)
        for option in ("--fix", "--diff", "-q"):
            assert shell(path.name, option).code in (0, 1)
        assert path.read_bytes() == content
