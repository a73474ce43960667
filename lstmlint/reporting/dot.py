r"""The dot format, for Graphviz: `lstmlint model.json --format dot | dot -Tpng -o model.png`.

Names of boxes are numbers, so nothing from a file is an identifier. In labels, a backslash begins an escape such as \N,
and an ampersand begins an entity.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from lstmlint.drawing.picture import Box, Cluster, Link, Picture
from lstmlint.reporting import Totals, View
from lstmlint.reporting.escape import terminal
from lstmlint.reporting.pictures import picture_of

if TYPE_CHECKING:
    from lstmlint.report import FileReport

MOST_BOXES = 10_000
HEAD = """digraph lstmlint {
  graph [fontname="Helvetica", fontsize=12, labeljust=l, nodesep=0.3, ranksep=0.45, compound=true]
  node [fontname="Helvetica", fontsize=11, shape=box, style="rounded,filled", fillcolor="#f6f8fa", color="#57606a"]
  edge [fontname="Helvetica", fontsize=9, color="#57606a", arrowsize=0.7]
"""
WITH_WEIGHTS = "#ddf4ff"
SEVERITIES = {"error": "#cf222e", "warning": "#bf8700", "info": "#0969da"}
MARKS = {
    "added": 'fillcolor="#dafbe1", color="#1a7f37", penwidth=2',
    "removed": 'fillcolor="#ffebe9", color="#cf222e", penwidth=2, style="rounded,filled,dashed"',
    "changed": 'fillcolor="#fff8c5", color="#9a6700", penwidth=2',
}
LINK_MARKS = {
    "added": 'color="#1a7f37", penwidth=2',
    "changed": 'color="#9a6700", penwidth=2',
    "removed": 'color="#cf222e", style=dashed',
}


def digest(report: FileReport, view: View) -> Picture:
    """Return the picture of one file's model."""
    return picture_of(report, view.depth, MOST_BOXES)


def render(digests: Iterable[Any], totals: Totals, view: View) -> Iterator[str]:
    """Yield one digraph with a cluster for each model."""
    yield HEAD
    for number, picture in enumerate(digests):
        yield from model(picture, f"m{number}")
    yield "}\n"


def model(picture: Picture, name: str) -> Iterator[str]:
    """Yield the cluster of a model. name: the prefix of its identifiers."""
    lines = [picture.title, picture.subtitle, *picture.notes]
    yield f"  subgraph cluster_{name} {{\n    label={left(lines)}; peripheries=0\n"
    if not picture.boxes:  # Graphviz leaves out an empty cluster
        yield f'    {name}_ [label="no layers", style=dashed]\n'
    yield from items(picture, picture.items, name, f"{name}_c", "    ")
    for link in picture.links:
        yield f"    {name}_{link.source} -> {name}_{link.target} [{link_attributes(link)}]\n"
    yield "  }\n"


def items(picture: Picture, found: list[int | Cluster], name: str, prefix: str, indent: str) -> Iterator[str]:
    """Yield the statements of boxes and of clusters. prefix: of the identifiers of the clusters."""
    for position, item in enumerate(found):
        if isinstance(item, Cluster):
            cluster = f"{prefix}_{position}"
            style = MARKS.get(item.mark, 'color="#8c959f"')
            yield f"{indent}subgraph cluster_{cluster} {{\n{indent}  label={left(item.lines)}; peripheries=1; {style}\n"
            yield f'{indent}  style="rounded{",dashed" if item.mark == "removed" else ""}"\n'
            yield from items(picture, item.items, name, cluster, indent + "  ")
            yield f"{indent}}}\n"
        else:
            yield f"{indent}{name}_{item} [{box_attributes(picture.boxes[item])}]\n"


def box_attributes(box: Box) -> str:
    """Return the attributes of a box."""
    found = [f"label={centered(box.text)}", f"tooltip={quoted(box.path)}"]
    if box.mark:
        found.append(MARKS[box.mark])
    else:
        if box.has_weights:
            found.append(f'fillcolor="{WITH_WEIGHTS}"')
        if box.severity:
            found.append(f'color="{SEVERITIES[box.severity]}", penwidth=2')
    return ", ".join(found)


def link_attributes(link: Link) -> str:
    """Return the attributes of a link."""
    found = [f"label={centered([link.text, link.label] if link.label else [link.text])}"]
    if link.mark:
        found.append(LINK_MARKS[link.mark])
    return ", ".join(found)


def centered(lines: list[str]) -> str:
    """Return a quoted label of centered lines."""
    return '"' + "\\n".join(map(escape, lines)) + '"'


def left(lines: list[str]) -> str:
    """Return a quoted label of lines that begin at the left."""
    return '"' + "".join(f"{escape(line)}\\l" for line in lines if line) + '"'


def quoted(text: str) -> str:
    """Return a text as a quoted string."""
    return f'"{escape(text)}"'


def escape(text: str) -> str:
    """Escape text for a quoted label."""
    return terminal(text).replace("\\", "\\\\").replace('"', '\\"').replace("&", "&amp;")
