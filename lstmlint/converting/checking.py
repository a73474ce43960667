"""Inference that keeps tensors, and the check of a conversion's result."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lstmlint.converting.notes import Conversion
from lstmlint.inference import Bindings, Graph, InferenceContext, NestedModel, infer
from lstmlint.inference.summary import LayerSummary, ModelSummary
from lstmlint.layers.base import Layer
from lstmlint.model.findings import Problem
from lstmlint.model.shapes import KnownShape, Shape, Tensor, flatten, format_shape, tensors_in
from lstmlint.model.spec import Dialect, LayerSpec, TensorRef


class TensorContext(InferenceContext):
    """An inference context that records the outputs of every call of every layer.

    build_shapes: id of a layer -> the shape it was built with, for layers with one input.
    """

    def __init__(self, dialect: Dialect) -> None:
        super().__init__(dialect, Bindings())
        self.given: dict[int, list[Any]] = {}
        self.build_shapes: dict[int, KnownShape] = {}
        self.kept: list[Layer] = []  # ids stay unique while their objects live

    def apply(self, layer: Layer, args: list[Any], kwargs: dict[str, Any]) -> Any:
        """Call a layer and record its outputs."""
        outputs = super().apply(layer, args, kwargs)
        if id(layer) not in self.given:
            self.given[id(layer)] = []
            self.kept.append(layer)
            if len(args) == 1 and isinstance(args[0], Tensor) and not kwargs and args[0].shape is not None:
                self.build_shapes[id(layer)] = args[0].shape
        self.given[id(layer)].append(outputs)
        return outputs

    def tensor(self, graph: Graph, ref: TensorRef) -> Tensor:
        """Return the tensor that a reference names: an output of one call of a layer of the graph."""
        position = graph.index.get(ref.layer)
        unknown = Tensor(ref.shape, ref.dtype)
        if position is None:
            return unknown
        # Calls ran in the plan's order. An InputLayer, which has no calls, may have run several times.
        calls = [number for where, number in graph.order if where == position]
        given = self.given.get(id(graph.layers[position]), [])
        if ref.node not in calls or calls.index(ref.node) >= len(given):
            return unknown
        outputs = tensors_in(given[calls.index(ref.node)])
        return outputs[ref.tensor] if -len(outputs) <= ref.tensor < len(outputs) else unknown

    def graph_of(self, spec: LayerSpec) -> Graph:
        """Return the graph of a model in an argument of a layer."""
        return NestedModel(spec, self).graph


def errors_in(model: ModelSummary, problems: list[Problem]) -> Iterator[tuple[str | None, str, str]]:
    """Yield (layer, message, pointer) for everything that Keras refuses of a model."""
    if not problems:
        return
    from lstmlint import rules

    table = rules.load()
    for problem in problems:
        rule = table.get(problem.code)
        if problem.code != "E004" and (problem.severity or (rule and rule.severity)) == "error":
            yield problem.layer, problem.message, problem.pointer


def check(before: ModelSummary, written: dict[str, Any], renamed: dict[str, str], result: Conversion) -> None:
    """Refuse a result that Keras 3 does not load, or whose counts or shapes differ."""
    from lstmlint.parsing import ModelError
    from lstmlint.parsing.common import Names
    from lstmlint.parsing.keras3 import parse_model

    names = Names()
    try:
        spec = parse_model(written, "", names)
    except ModelError as error:
        result.refuse(None, f"Keras 3 could not load the result: {error.message}")
        return
    spec.problems += names.problems
    after = infer(spec)
    for layer, message, _pointer in errors_in(after, after.problems):
        result.refuse(renamed.get(layer or "", layer), f"Keras 3 could not load the result: {message}")
    if result.refusals:
        return
    compare(before, after, renamed, result)
    if result.refusals:
        return
    for what in ("params", "trainable_params", "complete"):
        old, new = getattr(before, what), getattr(after, what)
        if old != new:
            result.refuse(None, f"in Keras 3 its {what.replace('_', ' ')} would be {new}, not {old}")
    if before.outputs != after.outputs:
        result.refuse(None, f"in Keras 3 it would give {listed(after.outputs)}, not {listed(before.outputs)}")


def compare(before: ModelSummary, after: ModelSummary, renamed: dict[str, str], result: Conversion) -> None:
    """Refuse each layer whose count or shapes differ."""
    new = {renamed.get(row.name, row.name): row for row in after.layers}
    for row in before.layers:
        other = new.get(row.name)
        if other is None:
            result.refuse(row.name, "the layer is lost", row.pointer)
        elif (what := difference(row, other)) is not None:
            result.refuse(row.name, what, row.pointer)
        elif row.nested is not None and other.nested is not None:
            compare(row.nested, other.nested, renamed, result)


def difference(old: LayerSummary, new: LayerSummary) -> str | None:
    """Return how a layer differs from its translation."""
    if old.params != new.params:
        return f"in Keras 3 it would have {new.params} parameters, not {old.params}"
    if old.trainable_params != new.trainable_params:
        return f"in Keras 3 it would train {new.trainable_params} parameters, not {old.trainable_params}"
    if flatten(old.output_shapes) != flatten(new.output_shapes):
        return f"in Keras 3 it would give {listed(new.output_shapes)}, not {listed(old.output_shapes)}"
    return None


def listed(shapes: list[Shape]) -> str:
    """Format shapes for a message."""
    return ", ".join(map(format_shape, shapes)) or "nothing"
