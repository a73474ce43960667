"""Calls of layers in functional Keras 3 models: structures, names and constants.

tests/referee/test_verdict.py compares with Keras.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from lstmlint import analyze


def tensor(name: str = "i") -> dict[str, Any]:
    config = {"shape": [None, 6, 4], "dtype": "float32", "keras_history": [name, 0, 0]}
    return {"class_name": "__keras_tensor__", "config": config}


T, U = tensor(), tensor("j")
HEAD: dict[str, Any] = {"module": "keras.layers", "registered_name": None}


def model_layer(name: str, inputs: Any) -> dict[str, Any]:
    """Return a nested model with one Dense per input."""
    entries = [
        {
            **HEAD,
            "class_name": "InputLayer",
            "name": n,
            "config": {"batch_shape": [None, 6, 4], "name": n},
            "inbound_nodes": [],
        }
        for n in ("a", "b")[: len(inputs) if isinstance(inputs, dict) else 1]
    ]
    dense = {
        **HEAD, "class_name": "Dense", "name": "d", "config": {"units": 3, "name": "d"},
        "inbound_nodes": [{"args": [tensor("a")], "kwargs": {}}],
    }  # fmt: skip
    config = {"name": name, "layers": [*entries, dense], "input_layers": inputs, "output_layers": ["d", 0, 0]}
    return {
        "module": "keras.src.models.functional",
        "class_name": "Functional",
        "registered_name": "Functional",
        "config": config,
    }


RELU = {**HEAD, "class_name": "ReLU", "config": {}}
RECORD = {"build_config": {"input_shape": [None, 6, 4]}}
LAYERS: dict[str, dict[str, Any]] = {
    "LSTM": {**HEAD, "class_name": "LSTM", "config": {"units": 2}},
    "Dense": {**HEAD, "class_name": "Dense", "config": {"units": 2}},
    "built Dense": {**HEAD, "class_name": "Dense", "config": {"units": 2}, **RECORD},
    "ReLU": RELU,
    "Dropout": {**HEAD, "class_name": "Dropout", "config": {"rate": 0.1}},
    "Attention": {**HEAD, "class_name": "Attention", "config": {}},
    "Add": {**HEAD, "class_name": "Add", "config": {}},
    "Norm": {**HEAD, "class_name": "BatchNormalization", "config": {}},
    "Pool": {**HEAD, "class_name": "GlobalMaxPooling1D", "config": {}},
    "Flip": {**HEAD, "class_name": "RandomFlip", "config": {"data_format": "channels_last"}},
    "Resizing": {**HEAD, "class_name": "Resizing", "config": {"height": 2, "width": 2, "data_format": "channels_last"}},
    "model": model_layer("m", ["a", 0, 0]),
    "dict model": model_layer("m", {"x": ["a", 0, 0], "y": ["b", 0, 0]}),
    "wrapped pool": {
        **HEAD, "class_name": "TimeDistributed",
        "config": {"layer": {**HEAD, "class_name": "GlobalMaxPooling1D", "config": {"name": "p"}}},
    },
    "wrapped conv": {
        **HEAD, "class_name": "TimeDistributed",
        "config": {"layer": {**HEAD, "class_name": "Conv1D", "config": {"filters": 2, "kernel_size": 2, "name": "c"}}},
    },
    "wrapped states": {
        **HEAD, "class_name": "TimeDistributed", "config": {"layer": {
            **HEAD, "class_name": "LSTM", "config": {"units": 2, "return_state": True, "name": "l"}}},
    },
}  # fmt: skip
FULL = [None, 6, 4]
# layer, [args, kwargs] -> the output shapes, the code of the error if Keras refuses the call, or None if Keras's
# outputs have no meaning.
ROWS: list[tuple[str, Any, Any]] = [
    ("LSTM", [[T], {}], [[None, 2]]), ("LSTM", [[[T]], {}], "S122"), ("LSTM", [[{"x": T}], {}], "S122"),
    ("LSTM", [[], {"sequences": T}], [[None, 2]]), ("LSTM", [[], {"inputs": T}], "E005"), ("LSTM", [[], {}], "S122"),
    ("LSTM", [[T], {"sequences": T}], "E005"), ("LSTM", [[T, None, 1], {}], "E007"), ("LSTM", [[T], {"mask": [T, 1]}], "E007"),
    ("LSTM", [[{"class_name": "__tuple__", "items": [T]}], {}], "E007"),
    ("LSTM", [[T], {"mask": {"class_name": "L2", "config": {}}}], "E007"), ("LSTM", [[T], {"training": True}], [[None, 2]]),
    ("Dense", [[[T]], {}], "S122"), ("built Dense", [[[T]], {}], [[2]]), ("built Dense", [[{"x": T}], {}], [[2]]),
    ("ReLU", [[[T, U]], {}], [FULL, FULL]), ("ReLU", [[{"a": T, "b": U}], {}], [FULL, FULL]), ("Dropout", [[[T, U]], {}], [FULL, FULL]),
    ("Attention", [[[T, U]], {}], [FULL]), ("Attention", [[], {"sequence": [T, U]}], "E005"), ("Attention", [[T], {}], "S122"),
    ("Add", [[[T, U]], {}], [FULL]), ("Add", [[[T, U, 5]], {}], "E007"), ("Add", [[[T, [U]]], {}], "S122"), ("Add", [[[T]], {}], [FULL]),
    ("Add", [[[T, U]], {"mask": None}], "E005"), ("Add", [[[T, None]], {}], "S122"), ("Add", [[[T, U], T], {}], "S122"),
    ("Norm", [[T], {"mask": None}], [FULL]), ("Norm", [[T], {"mask": None, "training": True}], [FULL]), ("Norm", [[T], {"masks": None}], "E005"),
    ("Pool", [[[T]], {}], None), ("Pool", [[{"x": T}], {}], "S122"),
    ("Resizing", [[T], {}], [[2, 2, 4]]), ("Resizing", [[{"images": T}], {}], "S122"),
    ("Flip", [[], {"inputs": T}], [FULL]), ("Flip", [[], {"data": T}], "E005"), ("Flip", [[T, None], {}], "S122"), ("Flip", [[None], {}], "S122"),
    ("model", [[T], {}], [[None, 6, 3]]), ("model", [[{"a": T}], {}], [[None, 6, 3]]), ("model", [[{"x": T}], {}], "S122"),
    ("model", [[T], {"initial_state": U}], "E005"), ("model", [[], {"inputs": T}], [[None, 6, 3]]), ("model", [[], {"x": T}], "E005"),
    ("model", [[T], {"mask": None, "training": False}], [[None, 6, 3]]),
    ("dict model", [[{"x": T, "y": U}], {}], [[None, 6, 3]]), ("dict model", [[{"x": T}], {}], "S122"),
    ("wrapped pool", [[T], {}], [[None, 6, 4]]), ("wrapped conv", [[T], {}], "S101"), ("wrapped states", [[T], {}], "S106"),
]  # fmt: skip


def model_of(layer: str, call: Any) -> dict[str, Any]:
    """Return a model with two inputs and one call of a layer."""
    spec = json.loads(json.dumps(LAYERS[layer]))
    spec["config"].setdefault("name", "layer")
    spec |= {"name": "layer", "inbound_nodes": [{"args": call[0], "kwargs": call[1]}]}
    entries = [
        {**HEAD, "class_name": "InputLayer", "name": n, "config": {"batch_shape": FULL, "name": n}, "inbound_nodes": []}
        for n in ("i", "j")
    ]
    outputs = (
        [["layer", 0, 0], ["layer", 0, 1]]
        if isinstance(call[0][:1], list) and layer in ("ReLU", "Dropout")
        else ["layer", 0, 0]
    )
    if layer in ("model", "dict model"):
        outputs = ["layer", 1, 0]  # Keras counts the calls of a model from 1 here
    config = {
        "name": "outer", "layers": [*entries, spec], "input_layers": [["i", 0, 0], ["j", 0, 0]], "output_layers": outputs,
    }  # fmt: skip
    return {
        "module": "keras.src.models.functional",
        "class_name": "Functional",
        "registered_name": "Functional",
        "config": config,
    }


@pytest.mark.parametrize(("layer", "call", "expected"), ROWS, ids=json.dumps)
def test_calls(layer: str, call: Any, expected: Any) -> None:
    report = analyze(json.dumps(model_of(layer, call)).encode())
    errors = [finding for finding in report.findings if finding.severity == "error"]
    if isinstance(expected, str):
        assert [finding.code for finding in errors] == [expected]
        return
    assert errors == []
    assert report.model is not None
    shapes = [None if shape is None else list(shape) for shape in report.model.outputs]
    assert shapes == (expected or [None])
