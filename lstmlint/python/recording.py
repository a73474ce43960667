"""Recording the models of a program as they stand when it uses them, and at its end."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from typing import Any

from lstmlint.python.dialects import TENSORFLOW
from lstmlint.python.documents import Writer, Written, document
from lstmlint.python.graphs import Graph
from lstmlint.python.keras_objects import Model, Node, Tensor
from lstmlint.python.keras_runtime import Keras
from lstmlint.python.limits import MAX_MODELS, MAX_REPORTED_LAYERS, Cut
from lstmlint.python.machine import Machine
from lstmlint.python.program import Reason, SourceModel, Unknown
from lstmlint.python.values import Opaque, number_of
from lstmlint.reading.document import Document

MAX_EVENTS = 12  # of one model
MAX_SHAPES = 400  # of tensors that one program asks for
MAX_SHAPE_NODES = 20_000  # of their graphs together; real programs need about 1,000


class Version:
    """A model as it stood: with what it was written."""

    __slots__ = ("label", "model", "print", "shown", "written")

    def __init__(self, model: Model, written: Written, fingerprint: str, label: str) -> None:
        self.model = model
        self.written = written
        self.print = fingerprint
        self.label = label
        self.shown: list[int] = []


class Recorder:
    """Records models. shapes: the inference, a Document -> what has `outputs`, a list of shapes."""

    def __init__(
        self, machine: Machine, keras: Keras, path: str, container: str, shapes: Callable[[Document], Any]
    ) -> None:
        self.machine = machine
        self.keras = keras
        self.path = path
        self.container = container
        self.shapes = shapes
        self.versions: list[Version] = []
        self.events: dict[int, int] = {}
        self.asked = 0
        self.reported = 0
        self.nodes = 0
        keras.event = self.event
        keras.shape_of = self.shape_of

    def writer(self) -> Writer:
        """Return a new writer."""
        return Writer(self.keras.style, self.dimension, self.shape_of)

    def dimension(self, shape: Any, index: int) -> Any:
        """Return a dimension of an unknown shape."""
        return self.machine.item(shape, index, ast.Constant(None, lineno=getattr(shape, "line", 1), col_offset=0))

    def event(self, model: Model, node: ast.AST) -> None:
        """Record a model that the program uses."""
        number = self.events[id(model)] = self.events.get(id(model), 0) + 1
        if number > MAX_EVENTS:
            return
        self.record(model)
        function = getattr(node, "func", None)
        if isinstance(function, ast.Attribute) and function.attr == "summary" and model.recorded is not None:
            model.recorded.shown.append(node.lineno)  # type: ignore[attr-defined]

    def record(self, model: Model) -> None:
        """Record a model as it stands, unless it stood like this before."""
        if (model.layers is not None and not model.layers) or len(self.versions) >= MAX_MODELS:
            return
        if self.reported > MAX_REPORTED_LAYERS:
            return
        if model.layers is None and model.outputs is None:
            return
        if model.layers is not None and any(layer.cls or layer.class_name == "Lambda" for layer in model.layers):
            self.keras.chain(model)
        written = self.writer().write(model)
        if written.missing:
            return
        written.doubt(self.machine.doubts)
        data = {key: value for key, value in written.data.items() if key not in ("compile_config", "training_config")}
        fingerprint = repr(data)
        previous: Version | None = model.recorded
        if previous is not None and previous.print == fingerprint:
            if model.compiled is not None and len(written.reasons) <= len(previous.written.reasons):
                previous.written = written
            return
        model.recorded = Version(model, written, fingerprint, model.label)
        self.versions.append(model.recorded)
        config = written.data["config"]
        self.reported += len(config["layers"] if isinstance(config, dict) else config)

    def finish(self, models: list[Model]) -> None:
        """Record the models that are no part of others as they stand now."""
        for model in models:
            if not model.used:
                self.record(model)

    # Shapes

    def shape_of(self, tensor: Tensor) -> Any:
        """Return the shape of a tensor: ints, None, and unknown sizes; None if it is not known."""
        if "shape" in tensor.memo:
            return tensor.memo["shape"]
        if tensor.taint:
            return None
        shapes = tensor.node.shapes
        if tensor.index not in shapes:
            self.asked += 1
            shapes[tensor.index] = self.infer(tensor) if self.asked <= MAX_SHAPES else None
        return shapes[tensor.index]

    def infer(self, tensor: Tensor) -> Any:
        """Infer the shape of a tensor."""
        model = Model("Model", {}, "model", (1, 1))
        model.outputs = [tensor]
        model.inputs = sources(tensor)
        nodes = Graph(model.inputs, model.outputs).sorted
        self.nodes += len(nodes)
        if self.nodes > MAX_SHAPE_NODES:
            return None
        style = self.keras.style
        if style.dialect != "keras2" and any(
            node.layer.class_name in ("TFOpLambda", "SlicingOpLambda") for node in nodes
        ):
            style = TENSORFLOW
        try:
            written = Writer(style, self.dimension, self.shape_of).write(model)
        except Cut:
            return None
        if written.missing or written.reasons:
            return None
        unknowns = list(written.unknowns.values())
        if len(unknowns) > 6:
            return None

        def at(sizes: list[int]) -> Any:
            values = {id(unknown): size for unknown, size in zip(unknowns, sizes, strict=True)}
            outputs = self.shapes(document(written, self.path, self.container, values)).outputs
            return outputs[0] if outputs else None

        base = [211 + 12 * i for i in range(len(unknowns))]
        shape = at(base)
        if shape is None or not unknowns:
            return shape if shape is None else tuple(shape)
        steps = [at([size + (i == j) for j, size in enumerate(base)]) for i in range(len(base))]
        check = at([size + 7 + 5 * i for i, size in enumerate(base)])
        if check is None or any(step is None or len(step) != len(shape) for step in steps):
            return None
        return tuple(linear(i, shape, steps, check, base, unknowns) for i in range(len(shape)))

    # Results

    def results(self) -> list[SourceModel]:
        """Return the recorded models with unique names."""
        names: dict[str, int] = {}
        found = []
        for version in self.versions:
            label = version.model.label or version.label or version.model.name
            number = names[label] = names.get(label, 0) + 1
            name = label if number == 1 else f"{label}-{number}"
            found.append(self.source_model(version, name))
        return found

    def source_model(self, version: Version, name: str) -> SourceModel:
        """Return a recorded model."""
        written = version.written
        names = unique_names(list(written.unknowns.values()))
        unknowns = [
            Unknown(names[key], unknown.line, unknown.column, unknown.reason)
            for key, unknown in written.unknowns.items()
        ]
        reasons: list[Reason] = list(written.reasons)

        def write(sizes: Mapping[str, int]) -> Document:
            values = {key: sizes[names[key]] for key in written.unknowns}
            return document(written, self.path, self.container, values)

        line, column = version.model.places[""]
        return SourceModel(name, line, column, unknowns, not reasons, reasons, write, version.shown)


def unique_names(unknowns: list[Opaque]) -> dict[int, str]:
    """Return a unique name for each unknown of a model."""
    names: dict[int, str] = {}
    taken: set[str] = set()
    for unknown in unknowns:
        name, number = unknown.name, 1
        while name in taken:
            number += 1
            name = f"{unknown.name} (line {unknown.line}{'' if number == 2 else f', {number}'})"
        taken.add(name)
        names[id(unknown)] = name
    return names


def sources(tensor: Tensor) -> list[Tensor]:
    """Return what the shape of a tensor follows from: inputs, and tensors whose shapes are known."""
    near, between = walk(tensor, known=True)
    layers = {id(source.node.layer) for source in near}
    return near if len(layers) == len(near) and not layers & between else walk(tensor, known=False)[0]


def walk(tensor: Tensor, known: bool) -> tuple[list[Tensor], set[int]]:
    """Return the inputs that a tensor depends on, and the ids of the layers between.

    known: the last tensors with known shapes count as inputs.
    """
    between: set[int] = set()
    found: dict[Any, Tensor] = {}
    seen: set[int] = set()
    waiting = [tensor]
    while waiting:
        current = waiting.pop()
        node: Node = current.node
        if current is not tensor and known and node.shapes.get(current.index) is not None:
            found[id(node), current.index] = current
            continue
        if id(node) in seen:
            continue
        seen.add(id(node))
        if node.layer.class_name == "InputLayer":
            found[id(node), 0] = Tensor(node, 0, current.taint)
        else:
            between.add(id(node.layer))
        waiting += node.tensors()
    return list(found.values()), between


def linear(i: int, shape: Any, steps: Any, check: Any, base: list[int], unknowns: list[Opaque]) -> Any:
    """Return a dimension as a linear expression of unknowns; a new unknown if it is none."""
    value = shape[i]
    if value is None:
        return None
    if any(step[i] is None for step in steps) or check[i] is None:
        return None
    factors = [step[i] - value for step in steps]
    constant = value - sum(factor * size for factor, size in zip(factors, base, strict=True))
    expected = constant + sum(
        factor * (size + 7 + 5 * j) for j, (factor, size) in enumerate(zip(factors, base, strict=True))
    )
    if expected != check[i]:
        first = unknowns[0]
        return Opaque(f"a size that depends on {first.name}", first.line, first.column, first.reason, plain=True)
    terms: dict[tuple[Opaque, ...], int] = {
        (unknown,): factor for unknown, factor in zip(unknowns, factors, strict=True)
    }
    terms[()] = constant
    return number_of(terms)
