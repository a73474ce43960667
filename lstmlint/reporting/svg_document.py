"""Pictures as SVG, for the svg format and for notebooks.

The classes of the style begin with a name of their own, so that a page or a notebook can hold the picture.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from lstmlint.drawing.layout import LINE, PADDING, Arrow, Layout, Placed, box_lines, lay_out, width_of
from lstmlint.drawing.picture import Cluster, Picture
from lstmlint.reporting.escape import xml

MARGIN = 16.0
STYLE = """
.lstmlint-picture { --page: #ffffff; --text: #1f2328; --line: #59636e; --box: #f6f8fa; --weights: #ddf4ff;
  --error: #cf222e; --warning: #9a6700; --info: #0969da; --added: #1a7f37; --removed: #cf222e; --changed: #9a6700;
  font: 12px ui-sans-serif, system-ui, "Segoe UI", Helvetica, Arial, sans-serif; }
@media (prefers-color-scheme: dark) { .lstmlint-picture { --page: #0d1117; --text: #f0f6fc; --line: #9198a1; --box: #151b23;
  --weights: #12263f; --error: #ff7b72; --warning: #d29922; --info: #79c0ff; --added: #3fb950; --removed: #ff7b72;
  --changed: #d29922; } }
.lstmlint-page { fill: var(--page); }
.lstmlint-picture text { fill: var(--text); text-anchor: middle; white-space: pre; }
.lstmlint-picture .lstmlint-start { text-anchor: start; }
.lstmlint-picture .lstmlint-name { font-weight: 600; }
.lstmlint-box rect { fill: var(--box); stroke: var(--line); }
.lstmlint-frame rect { fill: none; stroke: var(--line); stroke-dasharray: 2 3; }
.lstmlint-weights rect { fill: var(--weights); }
.lstmlint-error rect { stroke: var(--error); stroke-width: 2.5; }
.lstmlint-warning rect { stroke: var(--warning); stroke-width: 2.5; }
.lstmlint-info rect { stroke: var(--info); stroke-width: 2.5; }
.lstmlint-added rect { stroke: var(--added); stroke-width: 2.5; }
.lstmlint-removed rect { stroke: var(--removed); stroke-width: 2.5; stroke-dasharray: 6 4; }
.lstmlint-changed rect { stroke: var(--changed); stroke-width: 2.5; }
.lstmlint-arrow path { fill: none; stroke: var(--line); }
.lstmlint-arrow polygon { fill: var(--line); }
.lstmlint-arrow text, .lstmlint-title text { stroke: var(--page); stroke-width: 4; paint-order: stroke; }
.lstmlint-arrow text { font-size: 11px; }
.lstmlint-arrow-added path { stroke: var(--added); stroke-width: 2; }
.lstmlint-arrow-changed path { stroke: var(--changed); stroke-width: 2; }
.lstmlint-arrow-removed path { stroke: var(--removed); stroke-dasharray: 6 4; }
"""


class Drawing(NamedTuple):
    """A picture of a model: its elements, and its size in pixels. text: what a screen reader says of it."""

    elements: str
    width: float
    height: float
    text: str


def document(drawings: Iterable[Drawing]) -> Iterator[str]:
    """Yield a document with drawings one below the other."""
    parts: list[Drawing] = list(drawings)
    width = max((part.width for part in parts), default=0.0) + 2 * MARGIN
    height = sum(part.height + MARGIN for part in parts) + MARGIN
    size = f'width="{width:.0f}" height="{height:.0f}" viewBox="0 0 {width:.0f} {height:.0f}"'
    yield f'<svg xmlns="http://www.w3.org/2000/svg" class="lstmlint-picture" role="img" {size}>\n'
    yield f"<title>{xml('; '.join(part.text.partition('. ')[0] for part in parts[:20]))}</title>\n"
    yield f"<desc>{xml(' '.join(part.text for part in parts[:20]))}</desc>\n"
    yield f"<style>{STYLE}</style>\n"
    yield f'<rect class="lstmlint-page" width="{width:.0f}" height="{height:.0f}"/>\n'
    y = MARGIN
    for part in parts:
        yield f'<g transform="translate({MARGIN:.0f} {y:.0f})">\n{part.elements}</g>\n'
        y += part.height + MARGIN
    yield "</svg>\n"


def draw(picture: Picture, titled: bool = True) -> Drawing:
    """Return a picture as elements of SVG. titled: whether its title is drawn."""
    layout = lay_out(picture)
    heading = [*[picture.title, picture.subtitle] * titled, *picture.notes]
    top = len(heading) * LINE + PADDING if heading else 0.0
    elements = [
        start(line, 0, LINE * (i + 0.75), "lstmlint-name" if i == 0 and titled else "")
        for i, line in enumerate(heading)
    ]
    elements.append(f'<g transform="translate(0 {top:.0f})">\n')
    elements += [frame(cluster, place) for cluster, place in layout.frames]
    elements += [arrow(one) for one in layout.arrows]
    elements += [frame_title(cluster, place) for cluster, place in layout.frames]
    elements += boxes(picture, layout)
    elements.append("</g>\n")
    width = max([layout.width, *map(width_of, heading)])
    return Drawing("".join(elements), width, top + layout.height, description(picture))


def description(picture: Picture) -> str:
    """Return a picture in words: its title and the first boxes with what they lead to."""
    said = [f"{picture.title}: {picture.subtitle}.", *picture.notes]
    leads: dict[int, list[str]] = {}
    for link in picture.links[:200]:
        leads.setdefault(link.source, []).append(picture.boxes[link.target].lines[0])
    for i, box in enumerate(picture.boxes[:100]):
        after = f" leads to {', '.join(dict.fromkeys(leads[i]))}" if i in leads else ""
        said.append(f"{', '.join(box_lines(box))}{after}.")
    if len(picture.boxes) > 100:
        said.append(f"And {len(picture.boxes) - 100:,} more layers.")
    return " ".join(said)


def boxes(picture: Picture, layout: Layout) -> Iterator[str]:
    """Yield the boxes."""
    for i, place in layout.boxes.items():
        box = picture.boxes[i]
        style = box.mark or box.severity
        classes = ["lstmlint-box", *["lstmlint-weights"] * box.has_weights, *[f"lstmlint-{style}"] * bool(style)]
        yield f'<g class="{" ".join(classes)}"><title>{xml(box.path)}</title>{rectangle(place)}\n'
        for row, line in enumerate(box_lines(box)):
            name = ' class="lstmlint-name"' if row == 0 else ""
            x, y = place.x + place.width / 2, place.y + PADDING + LINE * (row + 0.65)
            yield f'<text{name} x="{x:.1f}" y="{y:.1f}">{xml(line)}</text>\n'
        yield "</g>\n"


def frame(cluster: Cluster, place: Placed) -> str:
    """Return a frame."""
    mark = f" lstmlint-{cluster.mark}" if cluster.mark else ""
    return f'<g class="lstmlint-frame{mark}">{rectangle(place)}</g>\n'


def frame_title(cluster: Cluster, place: Placed) -> str:
    """Return the title of a frame."""
    lines = [
        start(line, place.x + PADDING, place.y + LINE * (row + 1), "lstmlint-name" if row == 0 else "")
        for row, line in enumerate(cluster.lines)
    ]
    return f'<g class="lstmlint-title">{"".join(lines)}</g>\n'


def rectangle(place: Placed) -> str:
    """Return a rectangle."""
    size = f'width="{place.width:.1f}" height="{place.height:.1f}"'
    return f'<rect x="{place.x:.1f}" y="{place.y:.1f}" {size} rx="5"/>'


def start(line: str, x: float, y: float, name: str = "") -> str:
    """Return a line of text that begins at a place."""
    return f'<text class="lstmlint-start {name}" x="{x:.1f}" y="{y:.1f}">{xml(line)}</text>\n'


def arrow(one: Arrow) -> str:
    """Return an arrow: straight through layers, curved between them."""
    points = one.points
    x, y = points[0]
    path = [f"M{x:.1f} {y:.1f}"]
    for (x, y), (to_x, to_y) in zip(points, points[1:], strict=False):
        if abs(x - to_x) < 0.5 or y == to_y:
            path.append(f"L{to_x:.1f} {to_y:.1f}")
        else:
            middle = (y + to_y) / 2
            path.append(f"C{x:.1f} {middle:.1f} {to_x:.1f} {middle:.1f} {to_x:.1f} {to_y:.1f}")
    x, y = points[-1]
    head = ""
    if one.head:
        back = 7 if one.upward else -7
        head = f'<polygon points="{x:.1f},{y:.1f} {x - 3.5:.1f},{y + back:.1f} {x + 3.5:.1f},{y + back:.1f}"/>'
    mark = f" lstmlint-arrow-{one.mark}" if one.mark else ""
    x, y = one.at
    labels = [
        f'<text x="{x:.1f}" y="{y + LINE * (row - len(one.labels) / 2 + 0.75):.1f}">{xml(label)}</text>'
        for row, label in enumerate(one.labels)
    ]
    return f'<g class="lstmlint-arrow{mark}"><path d="{"".join(path)}"/>{head}{"".join(labels)}</g>\n'
