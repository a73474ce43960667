"""Edited build_configs: the count that Keras 3 builds from them, or its refusal.

tests/referee/test_verdict.py compares with Keras.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from lstmlint import analyze

DENSE = {"class_name": "Dense", "config": {"units": 3}}
SHAPE = {"input_shape": [None, 6, 4]}
INNER = {"module": "keras.layers", "class_name": "LSTM", "config": {"units": 2}, "registered_name": None}
LAYERS: dict[str, dict[str, Any]] = {
    "Dense": DENSE,
    "LSTM": {"class_name": "LSTM", "config": {"units": 2}},
    "Conv1D": {"class_name": "Conv1D", "config": {"filters": 2, "kernel_size": 3}},
    "Embedding": {"class_name": "Embedding", "config": {"input_dim": 5, "output_dim": 2}},
    "Flatten": {"class_name": "Flatten", "config": {}},
    "ReLU": {"class_name": "ReLU", "config": {}},
    "Bidirectional": {"class_name": "Bidirectional", "config": {"layer": INNER}},
    "built inside": {"class_name": "Bidirectional", "config": {"layer": {**INNER, "build_config": SHAPE}}},
    "built otherwise": {
        "class_name": "Bidirectional", "config": {"layer": {**INNER, "build_config": {"input_shape": [None, 6, 3]}}},
    },
    "TimeDistributed": {"class_name": "TimeDistributed", "config": {"layer": {**DENSE, "module": "keras.layers"}}},
    "Cell": {"class_name": "RNN", "config": {"cell": {**INNER, "class_name": "GRUCell"}}},
}  # fmt: skip
# layer, build_config -> parameters, or None if Keras refuses it.
ROWS: list[tuple[str, Any, int | None]] = [
    ("Dense", None, 15), ("Dense", {}, 15), ("Dense", [], 15), ("Dense", SHAPE, 15), ("Dense", {**SHAPE, "a": 1}, 15),
    ("Dense", {"input_shape": [None, 7]}, None), ("Dense", {"units": 3}, 0), ("Dense", "abc", 0), ("Dense", [1], 0),
    ("Dense", True, None), ("Dense", 2.5, None), ("Dense", "the input_shape", None), ("Dense", ["shapes_dict"], None),
    ("Dense", {"input_shape": None}, None), ("Dense", {"input_shape": "abc"}, None), ("Dense", {"input_shape": [None, 4.0]}, None),
    ("Dense", {"shapes_dict": {}}, None), ("Dense", {"shapes_dict": {"input_shape": [None, 6, 4]}}, 15),
    ("Dense", {"shapes_dict": {"query_shape": [None, 6, 4]}}, None), ("Dense", {"shapes_dict": None}, None),
    ("LSTM", {"units": 3}, 0), ("LSTM", {"input_shape": [None, 6, 3]}, 48), ("LSTM", {"input_shape": [2, 6, 4.0]}, None),
    ("LSTM", {"shapes_dict": {"sequences_shape": [None, 6, 4]}}, 56), ("LSTM", {"shapes_dict": {"input_shape": [None, 6, 4]}}, None),
    ("Conv1D", {"a": 1}, 0), ("Conv1D", {"input_shape": [None, 2, 4]}, None), ("Conv1D", {"input_shape": [None, 4]}, None),
    ("Embedding", {"input_dim": 4}, 0), ("Embedding", {"input_shape": "abc"}, 10), ("Embedding", 3, None),
    ("Flatten", {"input_shape": "abc"}, 0), ("Flatten", {"a": 1}, 0), ("Flatten", True, None), ("ReLU", True, 0),
    ("Bidirectional", SHAPE, 112), ("Bidirectional", {"a": 1}, 0), ("Bidirectional", {"input_shape": "abc"}, None),
    ("built inside", {"a": 1}, 112), ("built inside", SHAPE, 112), ("built otherwise", SHAPE, 96),
    ("TimeDistributed", {"a": 1}, 0), ("TimeDistributed", {"input_shape": {"a": [None, 6, 4]}}, None), ("TimeDistributed", SHAPE, 15),
    ("Cell", {"a": 1}, 0), ("Cell", {"input_shape": []}, None), ("Cell", SHAPE, 48),
]  # fmt: skip


def model_of(name: str, build_config: Any) -> dict[str, Any]:
    """Return a Sequential of one layer on (None, 6, 4)."""
    layer = LAYERS[name]
    first = {"module": "keras.layers", "class_name": "InputLayer", "config": {"name": "i", "batch_shape": [None, 6, 4]}}
    second = {"module": "keras.layers", "registered_name": None, **layer, "build_config": build_config}
    return {"module": "keras", "class_name": "Sequential", "config": {"name": "s", "layers": [first, second]}}


@pytest.mark.parametrize(("name", "build_config", "params"), ROWS, ids=json.dumps)
def test_build_config(name: str, build_config: Any, params: int | None) -> None:
    report = analyze(json.dumps(model_of(name, build_config)).encode())
    errors = [finding for finding in report.findings if finding.severity == "error"]
    if params is None:
        assert [finding.code for finding in errors] == ["S130"]
        assert errors[0].pointer == "/config/layers/1/build_config"
    else:
        assert errors == []
        assert report.model is not None
        assert report.model.params == params


def test_subtract_built_from_a_record_counts_its_inputs_when_it_runs() -> None:
    def tensor(name: str) -> dict[str, Any]:
        return {
            "class_name": "__keras_tensor__",
            "config": {"shape": [None, 3], "dtype": "float32", "keras_history": [name, 0, 0]},
        }

    def layer(class_name: str, name: str, inputs: list[Any], **more: Any) -> dict[str, Any]:
        nodes = [{"args": [inputs], "kwargs": {}}] if inputs else []
        config = {"name": name, **({} if inputs else {"batch_shape": [None, 3]})}
        return {"module": "keras.layers", "class_name": class_name, "name": name, "config": config, "registered_name": None,
                "inbound_nodes": nodes, **more}  # fmt: skip

    def severity(recorded: bool) -> list[str]:
        build = {"build_config": {"input_shape": [[None, 3], [None, 3]]}} if recorded else {}
        layers = [layer("InputLayer", "x", []), layer("Subtract", "s", [tensor("x")], **build)]
        ends = {"input_layers": [["x", 0, 0]], "output_layers": [["s", 0, 0]]}
        model = {"module": "keras.src.models.functional", "class_name": "Functional", "registered_name": "Functional",
                 "config": {"name": "m", "layers": layers, **ends}}  # fmt: skip
        return [f"{finding.code} {finding.severity}" for finding in analyze(model).findings]

    assert severity(recorded=True) == ["S122 warning"]
    assert severity(recorded=False) == ["S122 error"]
