"""A model as a graph of nodes and edges, in plain data that can be pickled and written as JSON.

The nodes are the layers in file order. An edge is a tensor that one layer makes and another takes.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from lstmlint.drawing.repeats import Repeat, find_repeats
from lstmlint.inference.summary import LayerSummary, ModelSummary
from lstmlint.model.findings import Finding
from lstmlint.model.pointers import upward
from lstmlint.model.shapes import Shape, flatten, format_shape
from lstmlint.model.spec import Call, TensorRef

LONGEST = 200  # characters of a name or a class
UNKNOWN = "?"


@dataclass(slots=True)
class Node:
    """A layer.

    id: its path, such as encoder/lstm in a nested model. If two layers have the same path, the later one gets a number.
    input_shapes, output_shapes: of its first call, as text.
    trainable: yes, no or part; - without weights, ? if they are unknown.
    calls: the number of calls; its weights count once. In a Sequential it is 1.
    known: whether lstmlint knows the class. reached: whether the model's outputs depend on it.
    operation: whether it is a function of keras.ops.
    findings: indices of the findings about it.
    shown: the text of a number that depends on sizes that a program does not state, by the name of its attribute.
    mark: how it differs from another model (added, removed, changed); empty otherwise. notes: the differences.
    """

    id: str
    name: str
    class_name: str
    pointer: str
    input_shapes: list[str] = field(default_factory=list)
    output_shapes: list[str] = field(default_factory=list)
    params: int | None = None
    trainable: str = "-"
    macs: int | None = None
    calls: int = 1
    known: bool = True
    reached: bool = True
    operation: bool = False
    findings: list[int] = field(default_factory=list)
    nested: Graph | None = None
    shown: dict[str, str] = field(default_factory=dict)
    mark: str = ""
    notes: list[str] = field(default_factory=list)

    @property
    def params_text(self) -> str:
        """The number of parameters as text: 1,234, a formula, or ? if it is unknown."""
        return self.shown.get("params") or (UNKNOWN if self.params is None else f"{self.params:,}")

    @property
    def input_text(self) -> str:
        """The shapes of the inputs as text: (None, 10), or [(None, 10), (None, 10)]."""
        return joined(self.input_shapes)

    @property
    def output_text(self) -> str:
        """The shapes of the outputs as text: (None, 10), or [(None, 10), (None, 10)]."""
        return joined(self.output_shapes)

    def to_dict(self) -> dict[str, Any]:
        """Return the node as plain data."""
        entry = {name: getattr(self, name) for name in self.__slots__}
        entry["nested"] = None if self.nested is None else self.nested.to_dict()
        return entry


@dataclass(slots=True)
class Edge:
    """A tensor that the node `source` makes and the node `target` takes, by their ids.

    shape: as text. label: the argument that takes it, and which output and which calls, where there are several.
    output: the index of the tensor among the outputs of `source`. input: its index among the inputs of `target`.
    mark: as of a node.
    """

    source: str
    target: str
    shape: str
    label: str = ""
    output: int = 0
    input: int = 0
    mark: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Return the edge as plain data."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(slots=True)
class Graph:
    """A model.

    nodes: its layers, in file order. edges: by their targets, in the order of the nodes.
    inputs, outputs: the ids of the layers that take the model's inputs and return its outputs, in their order.
    output_indices: for each of the outputs, the index of the tensor among those of its layer.
    repeats: groups of consecutive blocks with the same classes, shapes, counts and connections.
    wired: whether it is known how the layers are connected.
    findings: indices of the findings about the model itself; of a nested model, its node has them.
    left_out: the number of layers without a node, including those of nested models.
    """

    name: str
    class_name: str
    nodes: list[Node] = field(default_factory=list)
    edges: list[Edge] = field(default_factory=list)
    inputs: list[str] = field(default_factory=list)
    outputs: list[str] = field(default_factory=list)
    output_indices: list[int] = field(default_factory=list)
    repeats: list[Repeat] = field(default_factory=list)
    wired: bool = True
    findings: list[int] = field(default_factory=list)
    left_out: int = 0

    def walk(self) -> Iterator[Node]:
        """Yield every node, those of a nested model after the model itself."""
        stack = list(reversed(self.nodes))
        while stack:
            node = stack.pop()
            yield node
            if node.nested is not None:
                stack.extend(reversed(node.nested.nodes))

    def to_dict(self) -> dict[str, Any]:
        """Return the graph as plain data, with those of nested models."""
        entry = {name: getattr(self, name) for name in self.__slots__}
        for name in ("nodes", "edges", "repeats"):
            entry[name] = [item.to_dict() for item in entry[name]]
        return entry


def build(model: ModelSummary, findings: Sequence[Finding] = (), most: int | None = None) -> Graph:
    """Return the graph of a model and of the models nested in it, in linear time.

    findings: of the report; nodes refer to them by index.
    most: the number of layers to include, outer ones first; None for all. The graphs say how many were left out.
    """
    builder = _Builder(most)
    graph = builder.build(model)
    builder.place(findings, graph)
    add_repeats(graph)
    return graph


def add_repeats(graph: Graph) -> None:
    """Set the `repeats` of a graph and of those nested in it."""
    graphs = [graph]
    for outer in graphs:  # grows
        graphs += [node.nested for node in outer.nodes if node.nested is not None]
    kinds: dict[Any, int] = {}
    of_graph: dict[int, int] = {}
    for inner in reversed(graphs):
        positions = {node.id: i for i, node in enumerate(inner.nodes)}
        tokens = [kinds.setdefault(_likeness(node, of_graph), len(kinds)) for node in inner.nodes]
        sources: list[list[int]] = [[] for _ in tokens]
        wiring: list[tuple[int, str, int, int]] = []
        for edge in inner.edges:
            source, target = positions[edge.source], positions[edge.target]
            sources[target].append(source)
            wiring.append((source, edge.label, edge.output, target))
        ends = [positions[name] for name in inner.outputs]
        inner.repeats = find_repeats(tokens, sources, ends, [node.name for node in inner.nodes])
        likeness = (tuple(tokens), tuple(wiring), tuple(ends), inner.left_out)
        of_graph[id(inner)] = kinds.setdefault(likeness, len(kinds))


def _likeness(node: Node, of_graph: dict[int, int]) -> tuple[Any, ...]:
    """Return what is equal for two similar layers: they may differ in name, in what feeds them, and in arguments that
    change no shape and no count. A layer is like no other if neither its count nor its shape is known.
    """
    shapes_known = node.output_shapes and UNKNOWN not in node.output_shapes
    if node.known and node.params_text == UNKNOWN and not shapes_known:
        return (node.id,)
    nested = None if node.nested is None else of_graph[id(node.nested)]
    shapes = (*node.input_shapes, "to", *node.output_shapes)
    facts = (node.known, node.reached, node.operation, node.mark, *node.notes)
    return (node.class_name, node.params_text, node.trainable, node.macs, node.calls, nested, facts, shapes)


class Ids:
    """The ids of nodes. taken: those that exist already."""

    def __init__(self, taken: Iterable[str] = ()) -> None:
        self.last = dict.fromkeys(taken, 1)  # id -> the last number that was added to it

    def new(self, path: str) -> str:
        """Return a path as an id that no other node has: the path itself, or the path with a number."""
        found, number = path, self.last.get(path, 1)
        while found in self.last:
            number += 1
            found = f"{path}#{number}"
        self.last[path] = number
        self.last[found] = 1
        return found


class _Builder:
    """Builds graphs, outer ones first."""

    def __init__(self, most: int | None) -> None:
        self.left = most
        self.ids = Ids()
        self.by_pointer: dict[str, list[Node]] = {}

    def build(self, model: ModelSummary) -> Graph:
        """Return the graph of a model, with those of nested models."""
        outermost = Graph(short(model.name), short(model.class_name))
        waiting: deque[tuple[ModelSummary, Graph, str]] = deque([(model, outermost, "")])
        while waiting:
            inner, graph, prefix = waiting.popleft()
            kept = self.keep(inner)
            graph.wired = inner.spec.wired
            graph.left_out = len(inner.layers) - len(kept)
            for row in inner.layers[len(kept) :]:
                graph.left_out += 0 if row.nested is None else sum(1 for _ in row.nested.walk())
            graph.nodes = [self.node(row, prefix) for row in kept]
            self.connect(inner, graph)
            for row, node in zip(kept, graph.nodes, strict=True):
                if row.nested is not None:
                    node.nested = Graph(short(row.nested.name), short(row.nested.class_name))
                    waiting.append((row.nested, node.nested, f"{node.id}/"))
        return outermost

    def keep(self, model: ModelSummary) -> list[LayerSummary]:
        """Return the layers of a model that get a node."""
        if self.left is None:
            return model.layers
        kept = model.layers[: self.left]
        self.left -= len(kept)
        return kept

    def node(self, row: LayerSummary, prefix: str) -> Node:
        """Return the node of a layer."""
        shown = row.shown or {}
        node = Node(
            id=self.ids.new(prefix + short(row.name)),
            name=short(row.name),
            class_name=short(row.class_name),
            pointer=row.pointer,
            input_shapes=texts(row.input_shapes, shown.get("input-shape")),
            output_shapes=texts(row.output_shapes, shown.get("output-shape")),
            params=row.params,
            trainable=row.trainable,
            macs=row.macs,
            calls=row.calls,
            known=row.known,
            reached=row.reached,
            operation=row.spec.is_operation,
            shown={name: shown[name] for name in ("params", "macs") if name in shown},
        )
        self.by_pointer.setdefault(row.pointer, []).append(node)
        return node

    def connect(self, model: ModelSummary, graph: Graph) -> None:
        """Set the edges, inputs and outputs of a graph that has its nodes."""
        nodes = graph.nodes
        if not model.spec.wired or not nodes:
            return
        if model.spec.sequential:
            graph.inputs = [nodes[0].id]
            graph.outputs, graph.output_indices = ([], []) if graph.left_out else ([nodes[-1].id], [0])
            for before, node in zip(nodes, nodes[1:], strict=False):
                graph.edges.append(Edge(before.id, node.id, before.output_text or UNKNOWN))
            return
        index = index_of(model)
        for position, node in enumerate(nodes):
            row = model.layers[position]
            edges: dict[Any, Edge] = {}
            for number, call in enumerate(row.spec.calls):
                arguments = argument_names(call)
                for i, ref in enumerate(call.references):
                    source = index.get(ref.layer, len(nodes))
                    if source >= len(nodes):
                        continue
                    producer = model.layers[source]
                    shape = self.shape_of(ref, producer, nodes[source], node if number == 0 else None, i, call)
                    label = label_of(ref, producer, row, number, arguments.get(id(ref), ""))
                    key = (source, ref.node, ref.tensor, label, i if row.nested is not None else 0)
                    if key not in edges:  # Multiply()([x, x]) takes one tensor twice
                        edges[key] = Edge(nodes[source].id, node.id, shape, label, ref.tensor, i)
            graph.edges += edges.values()
        graph.inputs = [nodes[source].id for source, _ in ends(model.spec.inputs, index) if source < len(nodes)]
        returned = [
            (nodes[source].id, tensor) for source, tensor in ends(model.spec.outputs, index) if source < len(nodes)
        ]
        graph.outputs = [name for name, _ in returned]
        graph.output_indices = [tensor for _, tensor in returned]

    @staticmethod
    def shape_of(
        ref: TensorRef, producer: LayerSummary, source: Node, target: Node | None, position: int, call: Call
    ) -> str:
        """Return the shape of a tensor as text. target: the node that takes it as input `position`, in its first call."""
        if ref.node == 0 and -len(source.output_shapes) <= ref.tensor < len(source.output_shapes):
            return source.output_shapes[ref.tensor]
        if producer.shown is None:  # otherwise, the sizes are stand-ins for unknown ones
            later = (producer.later_shapes or {}).get(ref.node, [])
            shape = later[ref.tensor] if -len(later) <= ref.tensor < len(later) else None
            if shape is not None or ref.shape is not None:
                return format_shape(ref.shape if shape is None else shape)
        if target is not None and len(target.input_shapes) == len(call.references) and not call.kwargs:
            return target.input_shapes[position]
        return UNKNOWN

    def place(self, findings: Sequence[Finding], graph: Graph) -> None:
        """Give each finding to the layers that it is about, or else to the model."""
        for i, finding in enumerate(findings):
            for each in finding.each:
                nodes = next((self.by_pointer[p] for p in upward(each.pointer) if p in self.by_pointer), [])
                for indices in [node.findings for node in nodes] or [graph.findings]:
                    if i not in indices[-1:]:
                        indices.append(i)


def index_of(model: ModelSummary) -> dict[str, int]:
    """Return the position of each layer by its name. Of two layers with one name, Keras 3 uses the later."""
    index: dict[str, int] = {}
    for position, row in enumerate(model.layers):
        if model.spec.dialect == "keras3" or row.name not in index:
            index[row.name] = position
    return index


def ends(references: Any, index: dict[str, int]) -> list[tuple[int, int]]:
    """Return the position of the layer and the index of the tensor of each reference whose layer exists."""
    found = [ref for ref in flatten(references) if isinstance(ref, TensorRef) and ref.layer in index]
    return [(index[ref.layer], ref.tensor) for ref in found]


def argument_names(call: Call) -> dict[int, str]:
    """Return the keyword argument of each reference that has one, by the id of the reference."""
    names: dict[int, str] = {}
    for name, value in call.kwargs.items():
        leaves = [value] if isinstance(value, TensorRef) else flatten(value)
        names |= {id(leaf): short(name) for leaf in leaves if isinstance(leaf, TensorRef)}
    return names


def label_of(ref: TensorRef, producer: LayerSummary, consumer: LayerSummary, call: int, argument: str) -> str:
    """Return the label of an edge: the argument, and which output and calls, where there are several."""
    parts = [argument] if argument else []
    if len(producer.output_shapes) > 1:
        parts.append(f"output {ref.tensor + 1} of {len(producer.output_shapes)}")
    if producer.calls > 1:
        parts.append(f"of call {ref.node + 1}")
    if consumer.calls > 1:
        parts.append(f"in call {call + 1}")
    return ", ".join(parts)


def texts(shapes: Sequence[Shape], shown: str | None) -> list[str]:
    """Return each shape as text. shown: all of them as text, if they depend on sizes that a program does not state."""
    if shown is None:
        return [format_shape(shape) for shape in shapes]
    return [shown] if len(shapes) == 1 else split(shown)


def split(text: str) -> list[str]:
    """Return the shapes in a list of shapes: [(None, n), (None, 2·(n + 1))]."""
    parts, depth, start = [], 0, 1
    for i, character in enumerate(text[:-1]):
        depth += (character in "([") - (character in ")]")
        if character == "," and depth == 1:
            parts.append(text[start:i])
            start = i + 2
    return [*parts, text[start:-1]]


def joined(shapes: list[str]) -> str:
    """Return shapes as one text: (None, 10), or [(None, 10), (None, 10)]; empty without shapes."""
    return shapes[0] if len(shapes) == 1 else f"[{', '.join(shapes)}]" if shapes else ""


def short(text: str) -> str:
    """Return a name, cut if it is very long."""
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
