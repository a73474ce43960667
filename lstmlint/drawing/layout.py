"""Where the boxes, frames and arrows of a picture are."""

from __future__ import annotations

from dataclasses import dataclass, field
from unicodedata import east_asian_width

from lstmlint.drawing.layers import Line, Shape, arrange
from lstmlint.drawing.picture import Box, Cluster, Link, Picture

EM = 12.0  # size of the text
LINE = 16.0  # height of a line
PADDING = 10.0
MARGIN = 16.0  # of a frame
SMALLEST = 80.0  # width of a box

# Two items, a mark, and the box that the links come from.
LineKey = tuple[object, object, str, int]


@dataclass(slots=True)
class Placed:
    """A box or a frame: its left upper corner and its size."""

    x: float
    y: float
    width: float
    height: float


@dataclass(slots=True)
class Arrow:
    """An arrow: its points, its labels, and the center of these. upward: whether it leads upward. head: whether it ends
    here, and not at the side of a frame.
    """

    points: list[tuple[float, float]]
    labels: list[str]
    at: tuple[float, float]
    mark: str = ""
    upward: bool = False
    head: bool = True


@dataclass(slots=True)
class Layout:
    """A picture with places. boxes: by the index of the box. frames: of the clusters, outer ones first."""

    width: float = 0.0
    height: float = 0.0
    boxes: dict[int, Placed] = field(default_factory=dict)
    frames: list[tuple[Cluster, Placed]] = field(default_factory=list)
    arrows: list[Arrow] = field(default_factory=list)


@dataclass(slots=True)
class _Level:
    """The inside of a frame, or the whole picture.

    of_item: a box, a cluster by its id, or a port -> its index in `shapes`. A port is where arrows from a box enter
    ("in", box) or leave ("out", box) the frame. drawn: per line, the links that it is part of.
    """

    cluster: Cluster | None
    items: list[int | Cluster]
    shapes: list[Shape] = field(default_factory=list)
    of_item: dict[object, int] = field(default_factory=dict)
    lines: dict[LineKey, Line] = field(default_factory=dict)
    links: dict[LineKey, list[Link]] = field(default_factory=dict)
    top: float = 0.0
    size: tuple[float, float] = (0.0, 0.0)


def lay_out(picture: Picture) -> Layout:
    """Return the layout of a picture, in pixels."""
    return _Planner(picture).run()


class _Planner:
    """levels: outer ones first. inside: id of a cluster -> its level. chain: box -> the levels that it is in, the
    outermost first.
    """

    def __init__(self, picture: Picture) -> None:
        self.picture = picture
        self.levels = [_Level(None, picture.items)]
        self.inside: dict[int, _Level] = {}
        self.chain: dict[int, list[_Level]] = {}
        self.layout = Layout()

    def run(self) -> Layout:
        chains: list[list[_Level]] = [self.levels[:]]
        for level, chain in zip(self.levels, chains, strict=False):  # both grow
            for item in level.items:
                if isinstance(item, Cluster):
                    inner = self.inside[id(item)] = _Level(item, item.items)
                    self.levels.append(inner)
                    chains.append([*chain, inner])
                else:
                    self.chain[item] = chain
        for link in self.picture.links:
            self.route(link)
        for level in reversed(self.levels):
            self.arrange(level)
        self.settle(self.levels[0], 0.0, 0.0)
        self.layout.width, self.layout.height = self.levels[0].size
        return self.layout

    def route(self, link: Link) -> None:
        """Add a link to the levels that it crosses: out of the frames of its source, and into those of its target."""
        sources, targets = self.chain[link.source], self.chain[link.target]
        shared = 0
        while shared < min(len(sources), len(targets)) and sources[shared] is targets[shared]:
            shared += 1
        leaving: object = link.source
        for level in reversed(sources[shared:]):
            self.add(level, leaving, ("out", link.source), link)
            leaving = id(level.cluster)
        entering: object = link.target
        for level in reversed(targets[shared:]):
            self.add(level, ("in", link.source), entering, link)
            entering = id(level.cluster)
        self.add(sources[shared - 1], leaving, entering, link)

    @staticmethod
    def add(level: _Level, source: object, target: object, link: Link) -> None:
        """Add a link to the lines between two items."""
        level.links.setdefault((source, target, link.mark, link.source), []).append(link)

    def arrange(self, level: _Level) -> None:
        """Place what is in a level; the levels inside it are placed already."""
        linked = {end for source, target, *_ in level.links for end in (source, target)}
        alone: list[int] = []
        for item in level.items:
            known = id(item) if isinstance(item, Cluster) else item
            if isinstance(item, Cluster):
                self.shape(level, known, *self.inside[id(item)].size)
            else:
                self.shape(level, known, *size_of(box_lines(self.picture.boxes[item])))
            if known not in linked:
                alone.append(level.of_item[known])
        for source, target, *_ in level.links:
            for end in (source, target):
                if isinstance(end, tuple) and end not in level.of_item:
                    self.shape(level, end, 8.0, 0.0)
                    port = level.shapes[-1]
                    port.first, port.last = end[0] == "in", end[0] == "out"
        for key, links in level.links.items():
            source, target, *_ = key
            line = Line(level.of_item[source], level.of_item[target])
            line.source_offset = self.offset(source, ("out", links[0].source))
            line.target_offset = self.offset(target, ("in", links[0].source))
            labels = labels_of(links)
            if labels and target in self.chain:
                line.label = max(map(width_of, labels)), len(labels)
            level.lines[key] = line
        order = [Line(a, b) for a, b in zip(alone, alone[1:], strict=False)]
        width, height = arrange(level.shapes, [*level.lines.values(), *order])
        if level.cluster is not None:
            lines = level.cluster.lines
            level.top = len(lines) * LINE + PADDING
            width = max(width + 2 * MARGIN, size_of(lines)[0])
            height += level.top + MARGIN
        level.size = width, height

    @staticmethod
    def shape(level: _Level, key: object, width: float, height: float) -> None:
        """Add a shape to a level."""
        level.of_item[key] = len(level.shapes)
        level.shapes.append(Shape(width, height))

    def offset(self, item: object, port: tuple[str, int]) -> float | None:
        """Return where a line meets an item, from its center: a frame at its port, a box anywhere."""
        if isinstance(item, tuple):
            return 0.0
        inner = self.inside.get(item) if isinstance(item, int) and item not in self.chain else None
        if inner is None or port not in inner.of_item:
            return None
        return self.left(inner) + inner.shapes[inner.of_item[port]].x - inner.size[0] / 2

    @staticmethod
    def left(level: _Level) -> float:
        """Return where the contents of a level begin, from its left side."""
        if level.cluster is None or not level.shapes:
            return 0.0
        used = max(shape.x + shape.width / 2 for shape in level.shapes)
        return (level.size[0] - used) / 2

    def settle(self, level: _Level, x: float, y: float) -> None:
        """Set the final places of what is in a level whose left upper corner is at (x, y)."""
        if level.cluster is not None:
            self.layout.frames.append((level.cluster, Placed(x, y, *level.size)))
        x, y = x + self.left(level), y + level.top
        for item in level.items:
            shape = level.shapes[level.of_item[id(item) if isinstance(item, Cluster) else item]]
            left, top = x + shape.x - shape.width / 2, y + shape.y
            if isinstance(item, Cluster):
                self.settle(self.inside[id(item)], left, top)
            else:
                self.layout.boxes[item] = Placed(left, top, shape.width, shape.height)
        bottom = level.size[1] - level.top
        for key, links in level.links.items():
            source, target, mark, _ = key
            line = level.lines[key]
            points = [(x + px, y + py) for px, py in line.points]
            if line.source == line.target:
                shape = level.shapes[line.source]
                side, middle = x + shape.x + shape.width / 2, y + shape.y + shape.height / 2
                points = [(side, middle - 8), (side + 18, middle - 8), (side + 18, middle + 8), (side, middle + 8)]
            if isinstance(source, tuple):  # from the frame on
                points.insert(0, (points[0][0], y - level.top))
            if isinstance(target, tuple):
                points.append((points[-1][0], y + bottom))
            arrives = target in self.chain
            at = (x + line.label_at[0], y + line.label_at[1])
            labels = labels_of(links) if arrives else []
            self.layout.arrows.append(Arrow(points, labels, at, mark, line.upward, arrives))


def box_lines(box: Box) -> list[str]:
    """Return the text of a box, with the shape of its outputs."""
    return [*box.lines, box.last_line] if box.last_line else box.lines


def labels_of(links: list[Link]) -> list[str]:
    """Return the labels of the links of an arrow, each once."""
    return list(dict.fromkeys(link.label for link in links if link.label))


def size_of(lines: list[str]) -> tuple[float, float]:
    """Return the width and the height of a box with these lines."""
    widest = max(map(width_of, lines), default=0.0)
    return max(widest + 2 * PADDING, SMALLEST), len(lines) * LINE + 2 * PADDING - 4


def width_of(text: str) -> float:
    """Return about how wide a text is, in pixels."""
    return sum(EM if east_asian_width(character) in "WF" else 0.6 * EM for character in text)
