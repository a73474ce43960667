"""Compare real Keras and lstmlint on the same model, and list the differences."""

from __future__ import annotations

import json
import os
from typing import Any

os.environ.setdefault("KERAS_BACKEND", "numpy")

from lstmlint.config.options import Options
from lstmlint.inference import infer
from lstmlint.inference.summary import LayerSummary, ModelSummary
from lstmlint.model.findings import at_least
from lstmlint.parsing import parse
from lstmlint.reading.document import Document


def summarize(config: str | dict[str, Any]) -> ModelSummary:
    """Return lstmlint's summary of a model's JSON."""
    data = json.loads(config) if isinstance(config, str) else config
    return infer(parse(Document("model.json", "json", data)))


def errors_of(summary: ModelSummary) -> list[str]:
    """Return the problems that are errors, as code and message."""
    from lstmlint import rules

    table = rules.load()
    problems = rules.run(summary, Options(), infer)
    return [
        f"{problem.code} {problem.message}"
        for problem in problems
        if at_least(problem.severity or table[problem.code].severity, "error")
    ]


def shapes(value: Any) -> list[tuple[int | None, ...]]:
    """Return the output shapes of a Keras layer as a flat list."""
    import keras

    return [tuple(tensor.shape) for tensor in keras.tree.flatten(value)]


def first_output(layer: Any) -> Any:
    """Return the output shapes of the layer's first call."""
    return layer._inbound_nodes[0].outputs if layer._inbound_nodes else []


def compare(model: Any, config: str | None = None) -> list[str]:
    """Return the differences between lstmlint and Keras on a built Keras 3 model."""
    summary = summarize(config or model.to_json())
    wrong = [f"error: {error}" for error in errors_of(summary)]
    trainable = sum(int(count(weight)) for weight in model.trainable_weights)
    for what, ours, theirs in (
        ("params", summary.params, model.count_params()),
        ("trainable", summary.trainable_params, trainable),
        ("complete", summary.complete, True),
        ("inputs", summary.inputs, shapes(model.inputs)),
        ("outputs", summary.outputs, shapes(model.outputs)),
    ):
        if ours != theirs:
            wrong.append(f"{what}: {ours}, Keras {theirs}")
    return wrong + compare_layers(summary, model)


def compare_layers(summary: ModelSummary, model: Any) -> list[str]:
    """Yield the differences of each layer, including those of nested models."""
    rows = {row.name: row for row in summary.layers}
    wrong = []
    for layer in model.layers:
        row = rows.get(layer.name)
        if row is None:
            wrong.append(f"{layer.name}: no row")
            continue
        wrong += compare_layer(row, layer)
        if row.nested is not None and hasattr(layer, "layers"):
            wrong += compare_layers(row.nested, layer)
    return wrong


def compare_layer(row: LayerSummary, layer: Any) -> list[str]:
    """Yield the differences of one layer."""
    wrong = []
    if row.params != layer.count_params():
        wrong.append(f"{row.name}: params {row.params}, Keras {layer.count_params()}")
    ours = sorted((weight.name.rsplit("/", 1)[-1], weight.shape, weight.trainable) for weight in row.weights)
    live = {id(weight) for weight in layer.trainable_weights}
    theirs = sorted((weight.name, tuple(weight.shape), id(weight) in live) for weight in layer.weights)
    if ours != theirs:
        wrong.append(f"{row.name}: weights {ours}, Keras {theirs}")
    if layer._inbound_nodes and type(layer).__name__ != "InputLayer":
        expected = shapes(first_output(layer))
        if not hasattr(layer, "layers") and row.output_shapes != expected:
            wrong.append(f"{row.name}: output {row.output_shapes}, Keras {expected}")
    return wrong


def count(weight: Any) -> int:
    """Return the number of values in a Keras variable."""
    total = 1
    for dim in weight.shape:
        total *= dim
    return total
