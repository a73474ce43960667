"""What is drawn of a graph: similar blocks once, nested models down to a depth, and not more boxes than a format takes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from lstmlint.drawing.graph import Graph, Node
from lstmlint.drawing.repeats import Repeat
from lstmlint.model.findings import SEVERITIES, Finding

LONGEST_LINE = 48  # characters
MOST_NOTES = 6  # lines about findings or changes in a box
SIGNS = {"added": "+", "removed": "\N{MINUS SIGN}", "changed": "~"}


@dataclass(slots=True)
class Box:
    """A layer.

    lines: the text: its name, its class, and what else is worth saying. shape: of its outputs, as text. leads: whether
    a link shows that. output: whether the model returns it. path: of the layer. severity: of the worst finding about
    it; empty without findings. mark: as of a Node. has_weights: whether it has parameters.
    """

    lines: list[str]
    shape: str
    path: str
    severity: str = ""
    mark: str = ""
    has_weights: bool = False
    leads: bool = False
    output: bool = False

    @property
    def last_line(self) -> str:
        """The shape, and whether the model returns it."""
        return f"output: {self.shape}" if self.output else self.shape

    @property
    def text(self) -> list[str]:
        """The lines for a picture whose links show shapes."""
        return [*self.lines, self.last_line] if self.last_line and (self.output or not self.leads) else self.lines


@dataclass(slots=True)
class Cluster:
    """Boxes with a frame: a nested model, or the first of several similar blocks.

    lines: the text of its title. items: indices of boxes, and clusters inside this one. mark: as of a Node.
    """

    lines: list[str]
    items: list[int | Cluster] = field(default_factory=list)
    mark: str = ""


@dataclass(slots=True)
class Link:
    """An arrow from one box to another, by their indices. text: the shape. label, mark: as of an Edge."""

    source: int
    target: int
    text: str
    label: str = ""
    mark: str = ""


@dataclass(slots=True)
class Picture:
    """Boxes and links.

    title: the file or the model in it. subtitle: its class and its parameters. notes: what else a reader should know,
    such as how many layers are left out.
    """

    title: str
    subtitle: str = ""
    boxes: list[Box] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    items: list[int | Cluster] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def draw(
    graph: Graph,
    findings: Sequence[Finding],
    depth: int,
    most: int,
    most_links: int | None = None,
    expand: bool = False,
) -> Picture:
    """Return the picture of a graph, without a title.

    expand: whether to draw nested models that contain a mark, whatever their depth.
    """
    drawer = _Drawer(findings, most, expand)
    picture = drawer.picture
    picture.items = drawer.items(graph, depth)
    drawer.connect(most_links)
    drawer.mark_outputs(graph)
    if not graph.wired:
        picture.notes.append("The file does not record how the layers are connected.")
    if drawer.left_out:
        picture.notes.append(f"{drawer.left_out:,} more layers are not shown.")
    if drawer.links_left_out:
        picture.notes.append(f"{drawer.links_left_out:,} more connections are not shown.")
    if graph.findings:
        picture.notes.append(f"Findings about the model: {', '.join(drawer.codes(graph.findings))}")
    return picture


class _Drawer:
    """Draws graphs from the outermost inwards.

    box_of: node id -> its box. stands_for: id of a node in a repeated block -> that of the node in the first block.
    expanded: id of a nested model that is drawn -> its graph. graphs: those that are drawn.
    """

    def __init__(self, findings: Sequence[Finding], most: int, expand: bool) -> None:
        self.findings = findings
        self.room = most
        self.expand = expand
        self.picture = Picture("")
        self.box_of: dict[str, int] = {}
        self.stands_for: dict[str, str] = {}
        self.expanded: dict[str, Graph] = {}
        self.graphs: list[Graph] = []
        self.left_out = self.links_left_out = 0

    def items(self, graph: Graph, depth: int) -> list[int | Cluster]:
        """Draw the nodes of a graph and return the items."""
        self.graphs.append(graph)
        self.left_out += graph.left_out
        found: list[int | Cluster] = []
        position = 0
        for repeat in [*graph.repeats, None]:
            start = len(graph.nodes) if repeat is None else repeat.start
            found += self.row(graph, range(position, start), depth, 1)
            if repeat is not None:
                found.append(self.blocks(graph, repeat, depth))
                position = repeat.end
        return [item for item in found if not isinstance(item, Cluster) or item.items]

    def blocks(self, graph: Graph, repeat: Repeat, depth: int) -> Cluster:
        """Draw the first of similar blocks."""
        nodes = graph.nodes
        for position in range(repeat.start + repeat.length, repeat.end):
            first = repeat.start + (position - repeat.start) % repeat.length
            self.stands_for[nodes[position].id] = nodes[first].id
        block = range(repeat.start, repeat.start + repeat.length)
        params = [nodes[position].params for position in block]
        title = f"{repeat.count:,} similar blocks"
        if None not in params and any(params):
            title += f", {sum(filter(None, params)):,} params each"
        last = nodes[repeat.end - repeat.length]
        where = f"the last begins with {last.name}" if repeat.length > 1 else f"the last is {last.name}"
        return Cluster([title, shorten(where)], self.row(graph, block, depth, repeat.count))

    def row(self, graph: Graph, positions: range, depth: int, count: int) -> list[int | Cluster]:
        """Draw nodes. count: the number of blocks that they stand for."""
        found: list[int | Cluster] = []
        for position in positions:
            node = graph.nodes[position]
            alike = [graph.nodes[position + i * len(positions)] for i in range(count)]
            inner = node.nested
            if inner is not None and inner.nodes and (depth > 0 or (self.expand and marked(inner))) and self.room > 0:
                self.expanded[node.id] = inner
                cluster = Cluster(self.lines(node, alike), mark=node.mark)
                found.append(cluster)
                cluster.items = self.items(inner, depth - 1)
            elif self.room <= 0:
                self.left_out += count * (1 + (0 if inner is None else inner.left_out + sum(1 for _ in inner.walk())))
            else:
                self.room -= 1
                self.box_of[node.id] = len(self.picture.boxes)
                found.append(len(self.picture.boxes))
                self.picture.boxes.append(self.box(node, alike))
        return found

    def box(self, node: Node, alike: list[Node]) -> Box:
        """Return the box of a node."""
        found = {self.findings[i].severity for each in alike for i in all_findings(each)}
        severity = next((severity for severity in SEVERITIES if severity in found), "")
        return Box(self.lines(node, alike), shorten(node.output_text), node.id, severity, node.mark, node.params != 0)

    def lines(self, node: Node, alike: list[Node]) -> list[str]:
        """Return the text of a node. alike: the nodes that it stands for, itself first."""
        name = f"{SIGNS[node.mark]} {node.name}" if node.mark else node.name
        kind = node.class_name if node.known else f"{node.class_name}, unknown"
        lines = [name, kind if node.calls < 2 else f"{kind}, {node.calls:,} calls"]
        if node.params != 0 and not any(note.startswith("params ") for note in node.notes):
            lines.append(f"{node.params_text} params" + (", frozen" if node.trainable == "no" else ""))
        if not node.reached:
            lines.append("unused")
        if node.nested is not None and node.id not in self.expanded:
            lines.append(f"{sum(1 for _ in node.nested.walk()) + node.nested.left_out:,} layers inside")
        notes = list(node.notes)
        about = own_findings if node.id in self.expanded else all_findings
        concerned = [about(each) for each in alike]
        codes = self.codes(sorted({i for indices in concerned for i in indices}))
        if codes and len(alike) > 1:
            codes[-1] += f" in {sum(map(bool, concerned)):,} of {len(alike):,} blocks"
        notes += codes
        if len(notes) > MOST_NOTES:
            notes = [*notes[: MOST_NOTES - 1], f"and {len(notes) - MOST_NOTES + 1:,} more"]
        return [shorten(line) for line in [*lines, *notes]]

    def codes(self, indices: Sequence[int]) -> list[str]:
        """Return the findings as text, each code once: error S102."""
        texts = [f"{self.findings[i].severity} {self.findings[i].code} {self.findings[i].name}" for i in indices]
        return list(dict.fromkeys(texts))

    def connect(self, most: int | None) -> None:
        """Add the links. most: their number; None for all."""
        links, boxes = self.picture.links, self.picture.boxes
        seen: set[tuple[int, int, str, str]] = set()
        for graph in self.graphs:
            for edge in graph.edges:
                if edge.target in self.stands_for:
                    continue
                source, target = self.source(edge.source, edge.output), self.target(edge.target, edge.input)
                if source is None or target is None:
                    continue
                key = source, target, edge.shape, edge.label
                if key in seen:
                    continue
                seen.add(key)
                if most is not None and len(links) >= most:
                    self.links_left_out += 1
                else:
                    boxes[source].leads = True
                    links.append(Link(source, target, shorten(edge.shape), shorten(edge.label), edge.mark))

    def mark_outputs(self, graph: Graph) -> None:
        """Mark the boxes whose tensors the model returns."""
        for name, index in zip(graph.outputs, graph.output_indices, strict=True):
            box = self.source(name, index)
            if box is not None:
                self.picture.boxes[box].output = True

    def source(self, name: str, output: int) -> int | None:
        """Return the box that makes an output of a layer; in a nested model, that of the layer inside."""
        name = self.stands_for.get(name, name)
        while name in self.expanded:
            inner = self.expanded[name]
            if not inner.outputs:
                name = inner.nodes[-1].id
            else:
                output = output if 0 <= output < len(inner.outputs) else 0
                name, output = inner.outputs[output], inner.output_indices[output]
            name = self.stands_for.get(name, name)
        return self.box_of.get(name)

    def target(self, name: str, position: int) -> int | None:
        """Return the box that takes an input of a layer; in a nested model, that of the layer inside."""
        name = self.stands_for.get(name, name)
        while name in self.expanded:
            inner = self.expanded[name]
            if not inner.inputs:
                name = inner.nodes[0].id
            else:
                name, position = inner.inputs[position if position < len(inner.inputs) else 0], 0
            name = self.stands_for.get(name, name)
        return self.box_of.get(name)


def fewer(most: int) -> Iterator[int]:
    """Yield smaller and smaller numbers of boxes to try, from `most` down to none."""
    while most:
        yield most
        most = most * 2 // 3
    yield 0


def own_findings(node: Node) -> list[int]:
    """Return the indices of the findings about a node itself."""
    return node.findings


def all_findings(node: Node) -> list[int]:
    """Return the indices of the findings about a node and about the layers nested in it."""
    inside = [] if node.nested is None else [i for inner in node.nested.walk() for i in inner.findings]
    return [*node.findings, *inside]


def marked(graph: Graph) -> bool:
    """Check whether a graph or one nested in it contains a mark."""
    return any(node.mark for node in graph.walk()) or any(edge.mark for edge in graph.edges)


def shorten(text: str, most: int = LONGEST_LINE) -> str:
    """Return a text of at most `most` characters."""
    return text if len(text) <= most else f"{text[: most - 1]}…"
