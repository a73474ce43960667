"""The mermaid format: Markdown with a diagram of each model, which GitHub and GitLab draw in comments and pages.

Text from a file is in quoted labels. All characters except letters, digits and a few harmless ones are written as
entities such as #35; so a label can hold no directive, markup, link or icon.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from lstmlint.drawing.picture import Box, Cluster, Picture, shorten
from lstmlint.reporting import Totals, View
from lstmlint.reporting.escape import markdown, markdown_code, visible
from lstmlint.reporting.pictures import pictures_of

if TYPE_CHECKING:
    from lstmlint.report import FileReport

# GitHub draws no diagram with more text or edges (https://docs.github.com and mermaid's maxTextSize and maxEdges).
MOST_CHARACTERS = 50_000
MOST_LINKS = 500
MOST_BOXES = 400
# The title of a cluster has room for one line; the second one would lie behind boxes.
CONFIG = '%%{init: {"flowchart": {"wrappingWidth": 600}}}%%'
LONGEST_TITLE = 64
# Mermaid reads these even if they are written as entities: line breaks, formulas and icons. An invisible character parts them.
ACTIVE = re.compile(r"(?<=\\)(?=n)|(?<=\$)(?=\$)|(?<=fa)(?=[a-z]?:)")
PLAIN = frozenset(" _(),")
CLASSES = {
    "frame": "fill:none,stroke:#8c959f",
    "frame_added": "fill:none,stroke:#1a7f37,stroke-width:3px",
    "frame_removed": "fill:none,stroke:#cf222e,stroke-width:3px,stroke-dasharray:5 5",
    "frame_changed": "fill:none,stroke:#9a6700,stroke-width:3px",
    "weights": "fill:#ddf4ff,stroke:#57606a,color:#1f2328",
    "plain": "fill:#f6f8fa,stroke:#57606a,color:#1f2328",
    "error": "fill:#ffebe9,stroke:#cf222e,stroke-width:3px,color:#1f2328",
    "warning": "fill:#fff8c5,stroke:#bf8700,stroke-width:3px,color:#1f2328",
    "info": "fill:#ddf4ff,stroke:#0969da,stroke-width:3px,color:#1f2328",
    "added": "fill:#dafbe1,stroke:#1a7f37,stroke-width:3px,color:#1f2328",
    "removed": "fill:#ffebe9,stroke:#cf222e,stroke-width:3px,stroke-dasharray:5 5,color:#1f2328",
    "changed": "fill:#fff8c5,stroke:#9a6700,stroke-width:3px,color:#1f2328",
}

LINK_STYLES = {
    "removed": "stroke:#cf222e,stroke-width:2px",
    "added": "stroke:#1a7f37,stroke-width:2px",
    "changed": "stroke:#9a6700,stroke-width:2px",
}


def digest(report: FileReport, view: View) -> str:
    """Return the section of one file."""
    return largest(pictures_of(report, view.depth, MOST_BOXES, MOST_LINKS))


def largest(pictures: Iterable[Picture]) -> str:
    """Return the section of the first picture that is small enough; empty without pictures."""
    return next((text for text in map(section, pictures) if len(text) <= MOST_CHARACTERS), "")


def render(digests: Iterable[Any], totals: Totals, view: View) -> Iterator[str]:
    """Yield the sections of all files."""
    for number, section in enumerate(digests):
        yield f"\n{section}" if number else section


def section(picture: Picture) -> str:
    """Return a heading, the diagram, and what it does not show, as Markdown."""
    parts = [f"### {markdown_code(picture.title)}\n", f"{markdown(picture.subtitle)}\n"]
    if picture.boxes:
        parts.append("```mermaid\n" + "".join(f"{line}\n" for line in diagram(picture)) + "```\n")
    parts += [f"{markdown(note)}\n" for note in picture.notes]
    return "\n".join(parts)


def diagram(picture: Picture) -> Iterator[str]:
    """Yield the lines of a flowchart."""
    if any(isinstance(item, Cluster) for item in picture.items):
        yield CONFIG
    yield "flowchart TD"
    classes: dict[str, list[str]] = {}
    yield from items(picture, picture.items, "c", "  ", classes)
    marked: dict[str, list[str]] = {}
    for number, link in enumerate(picture.links):
        label = "<br/>".join(map(escape, filter(None, [link.text, link.label])))
        arrow = "-.->" if link.mark == "removed" else "-->"
        yield f'  n{link.source} {arrow}|"{label}"| n{link.target}'
        if link.mark:
            marked.setdefault(link.mark, []).append(str(number))
    for mark, links in marked.items():
        yield f"  linkStyle {','.join(links)} {LINK_STYLES[mark]}"
    for name, members in classes.items():
        yield f"  classDef {name} {CLASSES[name]}"
        yield f"  class {','.join(members)} {name}"


def items(
    picture: Picture, found: list[int | Cluster], prefix: str, indent: str, classes: dict[str, list[str]]
) -> Iterator[str]:
    """Yield the lines of boxes and of clusters, and collect the members of each class of boxes."""
    for position, item in enumerate(found):
        if isinstance(item, Cluster):
            cluster = f"{prefix}_{position}"
            yield f'{indent}subgraph {cluster}["{escape(shorten(", ".join(item.lines), LONGEST_TITLE))}"]'
            yield from items(picture, item.items, cluster, indent + "  ", classes)
            yield f"{indent}end"
            classes.setdefault(f"frame_{item.mark}" if item.mark else "frame", []).append(cluster)
        else:
            box = picture.boxes[item]
            yield f'{indent}n{item}["{lines(box.text)}"]'
            classes.setdefault(class_of(box), []).append(f"n{item}")


def class_of(box: Box) -> str:
    """Return the class that gives a box its colors."""
    return box.mark or box.severity or ("weights" if box.has_weights else "plain")


def lines(texts: list[str]) -> str:
    """Return the text of a label."""
    return "<br/>".join(map(escape, texts))


def escape(text: str) -> str:
    """Escape text for a quoted label."""
    text = ACTIVE.sub("\N{WORD JOINER}", visible(text))
    return "".join(c if c in PLAIN or (c.isascii() and c.isalnum()) else f"#{ord(c)};" for c in text)
