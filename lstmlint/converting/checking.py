"""Inference that keeps tensors, and the check of a conversion's result."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

from lstmlint.converting.notes import Conversion, Note
from lstmlint.converting.target import Target
from lstmlint.inference import Bindings, Graph, InferenceContext, NestedModel, infer
from lstmlint.inference.summary import LayerSummary, ModelSummary
from lstmlint.layers.base import Layer
from lstmlint.model.findings import Problem
from lstmlint.model.releases import TFJS
from lstmlint.model.shapes import KnownShape, Shape, Tensor, flatten, format_shape, tensors_in
from lstmlint.model.spec import Dialect, LayerSpec, TensorRef


class TensorContext(InferenceContext):
    """An inference context that records the outputs of every call of every layer.

    build_shapes: id of a layer -> the shape it was built with, for layers with one input.
    input_dtypes: id of a layer -> the dtypes of its inputs, as far as they are known.
    weights: whether stored weights are converted, too.
    """

    def __init__(self, dialect: Dialect, weights: bool = False) -> None:
        super().__init__(dialect, Bindings())
        self.weights = weights
        self.given: dict[int, list[Any]] = {}
        self.build_shapes: dict[int, KnownShape] = {}
        self.input_dtypes: dict[int, set[str]] = {}
        self.orders: dict[int, tuple[Graph, dict[tuple[int, int], int]]] = {}
        self.kept: list[Layer] = []  # ids stay unique while their objects live

    def apply(self, layer: Layer, args: list[Any], kwargs: dict[str, Any]) -> Any:
        """Call a layer and record its outputs."""
        outputs = super().apply(layer, args, kwargs)
        if id(layer) not in self.given:
            self.given[id(layer)] = []
            self.input_dtypes[id(layer)] = set()
            self.kept.append(layer)
            if len(args) == 1 and isinstance(args[0], Tensor) and not kwargs and args[0].shape is not None:
                self.build_shapes[id(layer)] = args[0].shape
        self.given[id(layer)].append(outputs)
        self.input_dtypes[id(layer)] |= {tensor.dtype for tensor in tensors_in(args[:1]) if tensor.dtype is not None}
        return outputs

    def tensor(self, graph: Graph, ref: TensorRef) -> Tensor:
        """Return the tensor that a reference names: an output of one call of a layer of the graph."""
        position = graph.index.get(ref.layer)
        unknown = Tensor(ref.shape, ref.dtype)
        if position is None:
            return unknown
        # Calls ran in the plan's order. An InputLayer, which has no calls, may have run several times.
        run = self.runs(graph).get((position, ref.node))
        given = self.given.get(id(graph.layers[position]), [])
        if run is None or run >= len(given):
            return unknown
        outputs = tensors_in(given[run])
        return outputs[ref.tensor] if -len(outputs) <= ref.tensor < len(outputs) else unknown

    def runs(self, graph: Graph) -> dict[tuple[int, int], int]:
        """Return, for each call of a layer of the graph, after how many other calls of that layer it ran."""
        if id(graph) not in self.orders:
            found: dict[tuple[int, int], int] = {}
            counts: Counter[int] = Counter()
            for position, number in graph.order:
                found.setdefault((position, number), counts[position])
                counts[position] += 1
            self.orders[id(graph)] = graph, found
        return self.orders[id(graph)][1]

    def graph_of(self, spec: LayerSpec) -> Graph:
        """Return the graph of a model in an argument of a layer."""
        return NestedModel(spec, self).graph


def errors_in(model: ModelSummary, problems: list[Problem]) -> Iterator[tuple[str | None, str, str]]:
    """Yield (layer, message, pointer) for everything that Keras refuses of a model.

    Custom classes are left to the writer, as are arguments that another release has.
    """
    if not problems:
        return
    from lstmlint import rules

    table = rules.load()
    for problem in problems:
        rule = table.get(problem.code)
        if problem.code == "E004" or (problem.code == "E005" and of_another_release(problem, model)):
            continue
        if (problem.severity or (rule and rule.severity)) == "error":
            yield problem.layer, problem.message, problem.pointer


def of_another_release(problem: Problem, model: ModelSummary) -> bool:
    """Check whether the unknown argument that a problem points at is one of another release of Keras 3."""
    from lstmlint.signatures import history

    argument = problem.pointer.rpartition("/")[2]
    return any(
        history.since("layers", row.class_name, argument=argument) is not None
        for row in rows_of(model)
        if row.name == problem.layer
    )


def rows_of(model: ModelSummary) -> Iterator[LayerSummary]:
    """Yield the layers of a model and of the models in it."""
    for row in model.layers:
        yield row
        if row.nested is not None:
            yield from rows_of(row.nested)


def check(
    before: ModelSummary, written: dict[str, Any], target: Target, renamed: dict[str, str], result: Conversion
) -> set[str]:
    """Refuse a result that the target does not load, or whose counts or shapes differ.

    Returns: names of layers that Keras 3 gives to other operations as well.
    """
    from lstmlint.parsing import ModelError
    from lstmlint.parsing.common import Names
    from lstmlint.parsing.keras2 import parse_model as parse_keras2
    from lstmlint.parsing.keras3 import parse_model as parse_keras3

    names = Names()
    try:
        spec = (parse_keras3 if target.family == "keras3" else parse_keras2)(written, "", names)
    except ModelError as error:
        result.refuse(None, f"{target.label} could not load the result: {error.message}")
        return set()
    spec.problems += names.problems
    after = infer(spec)
    for layer, message, _pointer in errors_in(after, after.problems):
        result.refuse(renamed.get(layer or "", layer), f"{target.label} could not load the result: {message}")
    if result.refusals:
        return set()
    compare(before, after, target, renamed, result)
    if result.refusals:
        return set()
    if target.release != TFJS and {before.spec.dialect, target.family} == {"keras2", "keras3"}:
        compare_masks(before, after, renamed, result)
    fewer = sum(second_biases(row.layer) for row in before.layers) - sum(
        second_biases(row.layer) for row in after.layers
    )
    for what in ("params", "trainable_params", "complete"):
        old, new = getattr(before, what), getattr(after, what)
        if fewer and what != "complete":
            continue  # `difference` has compared the counts of each layer
        if old != new:
            result.refuse(None, f"in {target.label} its {what.replace('_', ' ')} would be {new}, not {old}")
    if not same_shapes(before.outputs, after.outputs, target):
        result.refuse(None, f"in {target.label} it would give {listed(after.outputs)}, not {listed(before.outputs)}")
    return named_like_operations(after) if before.spec.dialect != "keras3" == target.family else set()


def compare(
    before: ModelSummary, after: ModelSummary, target: Target, renamed: dict[str, str], result: Conversion
) -> None:
    """Refuse each layer whose count or shapes differ."""
    new = {renamed.get(row.name, row.name): row for row in after.layers}
    for row in before.layers:
        other = new.get(row.name)
        if other is None:
            result.refuse(row.name, "the layer is lost", row.pointer)
        elif (what := difference(row, other, target)) is not None:
            result.refuse(row.name, what, row.pointer)
        elif row.nested is not None and other.nested is not None:
            compare(row.nested, other.nested, target, renamed, result)


def compare_masks(before: ModelSummary, after: ModelSummary, renamed: dict[str, str], result: Conversion) -> None:
    """Record a change for each layer whose mask differs between the two models."""
    to_keras3 = before.spec.dialect == "keras2"
    old, new = mask_users(before), {renamed.get(name, name) for name in mask_users(after)}
    twins = {renamed.get(row.name, row.name): row for row in after.layers}
    for row in before.layers:
        what = None
        if (row.name in old) != (row.name in new):
            here, there = ("tf.keras", "Keras 3") if (row.name in old) == to_keras3 else ("Keras 3", "tf.keras")
            what = f"a mask reaches this {row.class_name} in {here}, but not in {there}: masked timesteps count there"
        elif merges_masks(row, before):
            what = "Keras 3 masks a timestep of its output if all inputs mask it, tf.keras if any of them does"
        if what is not None:
            result.changes.append(Note(row.name, what, row.pointer))
        twin = twins.get(row.name)
        if row.nested is not None and twin is not None and twin.nested is not None:
            compare_masks(row.nested, twin.nested, renamed, result)


def mask_users(model: ModelSummary) -> set[str]:
    """Return the names of the layers that use the mask of an input."""
    from lstmlint.rules.index import unwrapped
    from lstmlint.rules.masks import flow

    masked = flow(model).makers
    return {
        row.name
        for row in model.layers
        if any(id(source) in masked for source in row.inbound)
        and (unwrapped(row.layer).facts.uses_mask or row.class_name in ALSO_TAKE_MASKS)
    }


def merges_masks(row: LayerSummary, model: ModelSummary) -> bool:
    """Check whether a layer merges different masks timestep by timestep, for a layer that uses the result."""
    from lstmlint.rules.masks import flow, user_after

    masked = flow(model).makers
    if (
        id(row) not in masked
        or not row.layer.facts.merges_lists
        or len({masked.get(id(one)) for one in row.inbound}) < 2
    ):
        return False
    shape, axis = row.input_shape, row.config.get("axis", -1)
    if row.class_name == "Concatenate" and shape is not None and axis not in (-1, len(shape) - 1):
        return False  # along the timesteps, each keeps its mask
    return user_after(row, past_drops=False) is not None


# Layers besides those with `uses_mask` whose call takes a mask in Keras 3.
ALSO_TAKE_MASKS = frozenset({"TimeDistributed", "BatchNormalization", "Softmax", "Lambda"})
# The operations of Keras 3 that compute the mask of a layer's output. Keras numbers their names: not_equal_1.
MASK_OPERATIONS = {
    "Embedding": ("not_equal",),
    "Masking": ("not_equal", "any"),
    "Concatenate": ("logical_or", "expand_dims", "zeros_like", "ones_like", "concatenate", "any"),
    **dict.fromkeys(("Add", "Subtract", "Average", "Maximum", "Minimum", "Multiply"), ("logical_or",)),
}


def named_like_operations(model: ModelSummary) -> set[str]:
    """Return the names of layers that operations for masks may have, too. Keras 3 refuses a model with both."""
    from lstmlint.rules.masks import flow

    found: set[str] = set()
    if mask_users(model):
        makers = flow(model).makers
        masked = [row for row in model.layers if id(row) in makers]
        operations = {name for row in masked for name in MASK_OPERATIONS.get(row.class_name, ())}
        found = {row.name for row in model.layers if re.sub(r"_\d+$", "", row.name) in operations}
    for row in model.layers:
        if row.nested is not None:
            found |= named_like_operations(row.nested)
    return found


def difference(old: LayerSummary, new: LayerSummary, target: Target) -> str | None:
    """Return how a layer differs from its translation."""
    fewer = second_biases(old.layer) - second_biases(new.layer)
    if old.params != new.params and (not fewer or old.params is None or old.params - fewer != new.params):
        return f"in {target.label} it would have {new.params} parameters, not {old.params}"
    # Keras 3 trains weights in frozen wrappers, Keras 2 does not; the total decides
    if target.family == "keras3" and old.trainable_params != new.trainable_params and not fewer:
        return f"in {target.label} it would train {new.trainable_params} parameters, not {old.trainable_params}"
    if not same_shapes(old.output_shapes, new.output_shapes, target):
        return f"in {target.label} it would give {listed(new.output_shapes)}, not {listed(old.output_shapes)}"
    return None


def second_biases(layer: Layer) -> int:
    """Return how many parameters a CuDNNLSTM, or those in a layer, have more than an LSTM."""
    if layer.class_name == "CuDNNLSTM":
        return sum(weight.size // 2 for weight in layer.own_weights if weight.name == "bias")
    return sum(map(second_biases, layer.sublayers))


def same_shapes(old: list[Shape], new: list[Shape], target: Target) -> bool:
    """Check whether shapes are equal. tf.keras knows fewer or more sizes of some than Keras 3."""
    if target.family == "keras3":
        return flatten(old) == flatten(new)
    return len(old) == len(new) and all(map(compatible, old, new))


def compatible(old: Shape, new: Shape) -> bool:
    """Check whether shapes are equal as far as they are known."""
    if old is None or new is None:
        return True
    return len(old) == len(new) and all(
        one == other or None in (one, other) for one, other in zip(old, new, strict=True)
    )


def listed(shapes: list[Shape]) -> str:
    """Format shapes for a message."""
    return ", ".join(map(format_shape, shapes)) or "nothing"
