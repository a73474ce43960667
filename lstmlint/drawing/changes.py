"""Two versions of a model as one graph, in which nodes and edges are marked as added, removed or changed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from lstmlint.comparing import Comparison, LayerChange
from lstmlint.comparing.matching import match
from lstmlint.drawing.graph import Edge, Graph, Ids, Node, add_repeats, build
from lstmlint.inference.summary import LayerSummary, ModelSummary
from lstmlint.model.findings import Finding


class Marked(NamedTuple):
    """The new model's graph, with the nodes and edges in it that only the old one has. rows: the layer of each node, by id."""

    graph: Graph
    rows: dict[str, LayerSummary]


def compared(
    found: Comparison,
    describe: Callable[[LayerChange], list[str]],
    findings: Sequence[Finding] = (),
    most: int | None = None,
) -> Marked | None:
    """Return both models of a comparison as one graph; None if one of them cannot be read.

    describe: returns the differences of a changed layer as texts, which become the node's notes.
    findings, most: as for `build`.
    """
    if found.old.model is None or found.new.model is None:
        return None
    old, new = build(found.old.model, (), most), build(found.new.model, findings, most)
    merger = _Merger(found, describe, Ids(node.id for node in new.walk()))
    merger.merge(old, found.old.model, new, found.new.model)
    add_repeats(new)
    return Marked(new, merger.rows)


class _Merger:
    """Adds old graphs to new ones. ids: of all nodes. rows: the layer of each node of the merged graphs."""

    def __init__(self, found: Comparison, describe: Callable[[LayerChange], list[str]], ids: Ids) -> None:
        self.changes = {id(row): change for change in found.layers for row in (change.old, change.new) if row}
        self.describe = describe
        self.ids = ids
        self.rows: dict[str, LayerSummary] = {}

    def merge(self, old: Graph, before: ModelSummary, new: Graph, after: ModelSummary) -> None:
        """Add what only the old graph has, and mark the differences, also in matched nested models."""
        waiting = [(old, before, new, after)]
        while waiting:
            old, before, new, after = waiting.pop()
            matched = match(before.layers, after.layers)
            kept: dict[str, str] = {}  # id of an old node -> id of the new one
            merged: set[str] = set()  # ids of the new nodes whose nested models are merged
            for i, node in enumerate(old.nodes):
                if matched.get(i, len(new.nodes)) < len(new.nodes):
                    partner, row = new.nodes[matched[i]], after.layers[matched[i]]
                    kept[node.id] = partner.id
                    inner = before.layers[i].nested
                    if node.nested is not None and inner is not None and partner.nested is not None and row.nested:
                        waiting.append((node.nested, inner, partner.nested, row.nested))
                        merged.add(partner.id)
            for node, row in zip(new.nodes, after.layers, strict=False):
                self.mark(node, row)
                if node.nested is not None and node.id not in merged:
                    self.adopt(node, row, node.mark)
            self.add_edges(old, new, kept, self.add_removed(old, before, new, matched, kept))

    def mark(self, node: Node, row: LayerSummary) -> None:
        """Mark the node of the new model, and note its layer."""
        self.rows[node.id] = row
        change = self.changes.get(id(row))
        if change is not None:
            node.mark = change.kind
            node.notes = self.describe(change) if change.kind == "changed" else []

    def add_removed(
        self, old: Graph, before: ModelSummary, new: Graph, matched: dict[int, int], kept: dict[str, str]
    ) -> dict[str, str]:
        """Insert the removed nodes, each after the one that it follows. Return their old ids -> their ids."""
        following: dict[str, list[Node]] = {"": []}
        last = ""
        removed: dict[str, str] = {}
        for i, (node, row) in enumerate(zip(old.nodes, before.layers, strict=False)):
            if node.id in kept:
                last = kept[node.id]
            elif i not in matched:
                given = node.id
                self.adopt(node, row, "removed", rename=True)
                removed[given] = node.id
                following.setdefault(last, []).append(node)
        nodes = following[""]
        for node in new.nodes:
            nodes += [node, *following.get(node.id, ())]
        new.nodes = nodes
        return removed

    def add_edges(self, old: Graph, new: Graph, kept: dict[str, str], removed: dict[str, str]) -> None:
        """Mark the new edges that the old model does not have, and add those that it has besides."""
        if not (old.wired and new.wired):
            return
        ids = kept | removed
        former = {
            (ids[edge.source], ids[edge.target], edge.output, edge.input): edge
            for edge in old.edges
            if edge.source in ids and edge.target in ids
        }
        for edge in new.edges:
            same = former.pop((edge.source, edge.target, edge.output, edge.input), None)
            if same is None:
                edge.mark = "added"
            elif same.shape != edge.shape:
                edge.mark = "changed"
        for (source, target, output, number), edge in former.items():
            new.edges.append(Edge(source, target, edge.shape, edge.label, output, number, "removed"))

    def adopt(self, node: Node, row: LayerSummary, mark: str, rename: bool = False) -> None:
        """Mark a node and those inside it, and note their layers. rename: give them ids that are not taken."""
        ids: dict[str, str] = {}
        for inner, layer in list(inside(node, row)):
            inner.mark = mark
            if rename:
                ids[inner.id] = self.ids.new(inner.id)
                inner.id = ids[inner.id]
            self.rows[inner.id] = layer
        if not rename:
            return
        for inner, _ in inside(node, row):
            if inner.nested is not None:
                graph = inner.nested
                graph.inputs, graph.outputs = ([ids[name] for name in names] for names in (graph.inputs, graph.outputs))
                for edge in graph.edges:
                    edge.source, edge.target = ids[edge.source], ids[edge.target]


def inside(node: Node, row: LayerSummary) -> Iterator[tuple[Node, LayerSummary]]:
    """Yield a node and those of the models in it, each with its layer."""
    stack = [(node, row)]
    while stack:
        node, row = stack.pop()
        yield node, row
        if node.nested is not None and row.nested is not None:
            stack += zip(node.nested.nodes, row.nested.layers, strict=False)
