"""What the page shows of one model, as plain data.

Texts are complete: the script of the page formats no number and writes no sentence about a model.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from lstmlint.drawing.graph import Graph, Node, build
from lstmlint.drawing.repeats import Repeat
from lstmlint.inference.summary import LayerSummary, ModelSummary
from lstmlint.model.findings import listing
from lstmlint.model.values import plural
from lstmlint.reporting import rows
from lstmlint.reporting.findings import place_of
from lstmlint.reporting.page.budgets import budgets
from lstmlint.reporting.page.explanations import Explanations
from lstmlint.reporting.page.texts import LONGEST, short
from lstmlint.reporting.view import View
from lstmlint.version import __version__

if TYPE_CHECKING:
    from lstmlint.model.findings import Finding
    from lstmlint.report import FileReport

# What one page shows of one model. Beyond this, it says what it leaves out.
MOST_LAYERS = 5_000
MOST_FINDINGS = 1_000
# The modules of lstmlint.layers whose classes have a color in the graph.
FAMILIES = frozenset({"rnn", "wrappers", "convolutional", "core", "attention", "normalization", "pooling", "merging"})
CONTAINERS = {
    "json": "JSON",
    "yaml": "YAML",
    "hdf5": "HDF5",
    "tfjs": "TensorFlow.js",
    "saved_model": "SavedModel",
    "python": "Python",
}


def index_entry(report: FileReport) -> dict[str, Any]:
    """Return a model's line in the index."""
    model, findings = report.model, report.findings
    severities = count_severities(findings)
    first = next(iter(findings), None)
    return {
        "path": short(report.path),
        "class_name": "" if model is None else short(model.class_name),
        "params": None if model is None or rows.nothing_known(model) else model.params,
        "count": "" if model is None else short(rows.total(model)),
        "severities": severities,
        "first": "" if first is None else f"{first.code} {short(first.message)}",
    }


def contents(report: FileReport, view: View) -> dict[str, Any]:
    """Return everything that the page shows of one report."""
    found = empty(short(report.path), title(report), report.findings)
    if report.model is not None:
        found |= model_entry(report.model, report, view, found["notes"])
    return found


def empty(path: str, title: str, findings: Sequence[Finding]) -> dict[str, Any]:
    """Return what the page shows without a model. path, title: as they are shown."""
    notes = []
    if len(findings) > MOST_FINDINGS:
        notes.append(f"The first {MOST_FINDINGS:,} of {len(findings):,} findings are shown.")
    return {
        "path": path,
        "title": title,
        "params": None,
        "sum": None,
        "totals": [],
        "budgets": [],
        "notes": notes,
        "left_out": 0,
        "layers": [],
        "graphs": [],
        "explanations": [],
        "compared": False,
        "findings": [finding_entry(finding) for finding in findings[:MOST_FINDINGS]],
        "more_findings": count_severities(findings[MOST_FINDINGS:]),
    }


def count_severities(findings: Sequence[Finding]) -> list[int]:
    """Return the numbers of errors, warnings and infos."""
    return [sum(finding.severity == word for finding in findings) for word in ("error", "warning", "info")]


def title(report: FileReport) -> str:
    """Return what kind of model it is, and who says so."""
    parts = [CONTAINERS.get(report.container or "", report.container or ""), f"lstmlint {__version__}"]
    if report.model is not None:
        model = report.model
        parts = [short(model.name), short(model.class_name), rows.DIALECTS[model.spec.dialect], *parts]
    return " · ".join(part for part in parts if part)


def model_entry(model: ModelSummary, report: FileReport, view: View, notes: list[str]) -> dict[str, Any]:
    """Return what the page shows of a model: its totals, budgets, layers, graphs and explanations.

    notes: on what is not shown, to which this adds.
    """
    graph = build(model, report.findings, MOST_LAYERS)
    explanations = Explanations()
    found = {
        "params": None if rows.nothing_known(model) else model.params,
        "sum": explanations.total(model),
        "totals": [[title, short(text)] for title, text in rows.totals(model)] + unknown(model),
        "budgets": budgets(model, view),
    }
    return found | graph_entry(graph, rows_of(graph, model), model, explanations, notes)


def graph_entry(
    graph: Graph,
    layers_of: Mapping[str, LayerSummary],
    model: ModelSummary,
    explanations: Explanations,
    notes: list[str],
) -> dict[str, Any]:
    """Return what the page shows of a graph. layers_of: id of a node -> its layer. notes: as of `model_entry`."""
    places = list(places_of(graph, layers_of))
    layers = [layer_entry(model, explanations, place) for place in places]
    left_out = graph.left_out + sum(place.node.nested.left_out for place in places if place.node.nested is not None)
    if left_out:
        count = len(layers) + left_out
        about = "the totals, the budgets and the findings are about all of them"
        notes.append(f"{len(layers):,} of {count:,} layers are shown, the first and outermost ones; {about}.")
    return {
        "left_out": left_out,
        "layers": layers,
        "graphs": graphs_of(graph, places, layers),
        "explanations": explanations.to_list(),
    }


def unknown(model: ModelSummary) -> list[list[str]]:
    """Return a line that names the layers whose counts are unknown, if there are any."""
    found = [f"{row.name} ({row.class_name})" for row in rows.unknown_layers(model)]
    return [["Unknown", short(listing(found))]] if found else []


class Place(NamedTuple):
    """A layer in the list of all layers. level: of nesting. parent: the number of the layer that is the model it is in."""

    level: int
    parent: int | None
    node: Node
    row: LayerSummary


def places_of(graph: Graph, layers_of: Mapping[str, LayerSummary]) -> Iterator[Place]:
    """Yield every node with its layer, those of a nested model after the model itself."""
    stack = [Place(0, None, node, layers_of[node.id]) for node in reversed(graph.nodes)]
    number = 0
    while stack:
        place = stack.pop()
        yield place
        if place.node.nested is not None:
            inside = reversed(place.node.nested.nodes)
            stack += [Place(place.level + 1, number, node, layers_of[node.id]) for node in inside]
        number += 1


def rows_of(graph: Graph, model: ModelSummary) -> dict[str, LayerSummary]:
    """Return the layer of each node, by the node's id."""
    found: dict[str, LayerSummary] = {}
    waiting = [(graph, model)]
    for inner, summary in waiting:  # grows
        for node, row in zip(inner.nodes, summary.layers, strict=False):
            found[node.id] = row
            if node.nested is not None and row.nested is not None:
                waiting.append((node.nested, row.nested))
    return found


def layer_entry(model: ModelSummary, explanations: Explanations, place: Place) -> dict[str, Any]:
    """Return what the page shows of a layer. `graphs_of` fills in the graph in it, and the graph and group it is in."""
    row = place.row

    def cell(column: str) -> str:
        return short(rows.cell(row, column, model.params))

    return {
        "name": short(row.name) or "''",
        "path": short(place.node.id) or "''",
        "class_name": short(row.class_name),
        "family": family(row),
        "level": place.level,
        "parent": place.parent,
        "pointer": short(row.pointer),
        "input": cell("input-shape"),
        "output": cell("output-shape"),
        "params": row.params,
        "count": cell("params"),
        "trainable": cell("trainable"),
        "macs": row.macs,
        "macs_text": cell("macs"),
        "connected": cell("connected-to"),
        "calls": row.calls,
        "marks": rows.marks(row),
        "explain": explanations.of(row, place.node.id, model),
        "mark": place.node.mark,
        "changes": [short(note) for note in place.node.notes],
        "findings": [index for index in place.node.findings if index < MOST_FINDINGS],
        "graph": None,
        "inside": 0,
        "group": None,
    }


def family(row: LayerSummary) -> str:
    """Return the family of a layer, which decides its color."""
    if row.nested is not None:
        return "model"
    name = type(row.layer).__module__.rpartition(".")[2]
    return name if name in FAMILIES else "other"


def finding_entry(finding: Finding) -> dict[str, Any]:
    """Return what the page shows of a finding."""
    return {
        "code": finding.code,
        "name": finding.name,
        "severity": finding.severity,
        "message": short(finding.message, 4 * LONGEST),
        "help": short(finding.help, 4 * LONGEST),
        "place": place_of(finding),
        "gone": False,
    }


def graphs_of(graph: Graph, places: list[Place], layers: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the graph of the model and those of its nested models, with layers as numbers in the list of layers."""
    numbers = {place.node.id: number for number, place in enumerate(places)}
    waiting: list[tuple[Graph, int | None]] = [(graph, None)]
    entries: list[dict[str, Any]] = []
    for inner, owner in waiting:  # grows
        members = [numbers[node.id] for node in inner.nodes]
        if owner is not None:
            layers[owner]["graph"] = len(entries)
        for number in members:
            layers[number]["inside"] = len(entries)
        groups: list[dict[str, Any]] = []
        for repeat in inner.repeats:
            for number in members[repeat.start : repeat.end]:
                layers[number]["group"] = len(groups)
            groups.append(group_entry(repeat, inner, members))
        edges = [
            [numbers[edge.source], numbers[edge.target], short(edge.shape), short(edge.label), edge.mark]
            for edge in inner.edges
        ]
        entries.append({"layers": members, "edges": edges, "groups": groups})
        waiting += [(node.nested, numbers[node.id]) for node in inner.nodes if node.nested is not None]
    return entries


def group_entry(repeat: Repeat, graph: Graph, members: list[int]) -> dict[str, Any]:
    """Return the entry of a group of equal blocks. Its blocks are only listed if they have several layers."""
    nodes = graph.nodes[repeat.start : repeat.end]
    classes = list(dict.fromkeys(node.class_name for node in nodes[: repeat.length]))
    what = short(listing(classes, 3), 60)
    layers = members[repeat.start : repeat.end]
    blocks = []
    if repeat.length > 1:
        for first in range(0, len(layers), repeat.length):
            inside = nodes[first : first + repeat.length]
            title = f"{short(inside[0].name, 60)} to {short(inside[-1].name, 60)}"
            blocks.append({"title": title, "note": note_of(inside), "layers": layers[first : first + repeat.length]})
    title = f"{repeat.count:,} × {what}"
    return {"title": title, "note": note_of(nodes), "length": repeat.length, "layers": layers, "blocks": blocks}


def note_of(nodes: list[Node]) -> str:
    """Return how many layers these are, and their parameters."""
    known = [node.params for node in nodes if node.params is not None and "params" not in node.shown]
    least = "at least " if len(known) < len(nodes) else ""
    return f"{plural(len(nodes), 'layer')} · {least}{sum(known):,}"
