"""A short notation for models of one operation, for tests of keras.ops with and without Keras.

A node is {"op": class, "config": {...}, "args": [...], "kwargs": {...}}. Its arguments contain
{"tensor": shape, "dtype": ...} for a model's input, {"array": nested lists, "dtype": ...} for a constant,
{"slice": [start, stop, step]} and {"ellipsis": true}.
"""

from __future__ import annotations

from typing import Any

from lstmlint.inference import Bindings, InferenceContext, graph_of
from lstmlint.model.shapes import Tensor, flatten
from lstmlint.parsing import parse
from lstmlint.reading.document import Document
from lstmlint.signatures.operations import SIGNATURES

Outputs = list[tuple[tuple[int | None, ...] | None, str | None]]


def tensor(*shape: int | None, dtype: str = "float32") -> dict[str, Any]:
    """Return a symbolic argument."""
    return {"tensor": list(shape), "dtype": dtype}


def model_of(node: dict[str, Any], outputs: int = 1) -> dict[str, Any]:
    """Return the model as Keras 3 writes it, with an input per tensor."""
    inputs: list[dict[str, Any]] = []

    def write(value: Any) -> Any:
        if isinstance(value, dict) and "tensor" in value:
            name = f"input_{len(inputs)}"
            inputs.append(
                {
                    "module": "keras.layers", "class_name": "InputLayer", "registered_name": None, "name": name,
                    "config": {"batch_shape": value["tensor"], "dtype": value["dtype"], "sparse": False, "name": name},
                    "inbound_nodes": [],
                }
            )  # fmt: skip
            config = {"shape": value["tensor"], "dtype": value["dtype"], "keras_history": [name, 0, 0]}
            return {"class_name": "__keras_tensor__", "config": config}
        if isinstance(value, dict) and "array" in value:
            return {"class_name": "__tensor__", "config": {"value": value["array"], "dtype": value["dtype"]}}
        if isinstance(value, dict) and "slice" in value:
            start, stop, step = value["slice"]
            return {"class_name": "__slice__", "config": {"start": start, "stop": stop, "step": step}}
        if isinstance(value, dict) and "ellipsis" in value:
            return {"class_name": "__ellipsis__", "config": {}}
        if isinstance(value, list):
            return [write(item) for item in value]
        return value

    call = {"args": write(node["args"]), "kwargs": {key: write(item) for key, item in node.get("kwargs", {}).items()}}
    name = node["op"]
    operation = {
        "module": f"keras.src.ops.{SIGNATURES[name][0]}", "class_name": name, "registered_name": name, "name": "op",
        "config": {"name": "op", **node["config"]}, "inbound_nodes": [call],
    }  # fmt: skip
    config = {
        "name": "model", "trainable": True, "layers": [*inputs, operation],
        "input_layers": [[layer["name"], 0, 0] for layer in inputs],
        "output_layers": [["op", 0, i] for i in range(outputs)],
    }  # fmt: skip
    return {
        "module": "keras.src.models.functional", "class_name": "Functional", "registered_name": "Functional",
        "config": config, "keras_version": "3.15.1", "backend": "numpy",
    }  # fmt: skip


def inferred(node: dict[str, Any], outputs: int = 1) -> tuple[Outputs, list[str]]:
    """Return lstmlint's outputs as (shape, dtype), and the codes and messages of problems."""
    model = parse(Document("model.json", "json", model_of(node, outputs)))
    run = InferenceContext(model.dialect, Bindings())
    made = flatten(graph_of(model, run).infer())
    problems = [f"{problem.code} {problem.message}" for problem in [*model.problems, *run.problems]]
    return [(one.shape, one.dtype) if isinstance(one, Tensor) else (None, None) for one in made], problems
