"""Arrange the boxes of one level in layers, from the top to the bottom, in nearly linear time.

The steps are Sugiyama's (Sugiyama, Tagawa and Toda, 1981): break cycles, give each node a layer, order the layers so that few
edges cross, and place the nodes near those that they are connected with. It is done here because no package in pure Python
that does it is maintained; whoever has Graphviz can use the dot format.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

SWEEPS = 4  # over the layers, to order them
PLACEMENTS = 8  # over the layers, to place their nodes
GAP_X = 24.0
GAP_Y = 34.0
LABEL_GAP = 6.0
LABEL_ROW = 16.0
MOST_BENDS = 20_000  # of edges across several layers; further ones are drawn straight
SPREAD = 40.0  # between two lines that meet a shape
BEND_WEIGHT = 4.0  # how much straighter long edges are than short ones


@dataclass(slots=True)
class Shape:
    """A box to place.

    first, last: whether it must be in the first or the last layer. x: the position of its center. y: that of its top.
    """

    width: float
    height: float
    first: bool = False
    last: bool = False
    x: float = 0.0
    y: float = 0.0


@dataclass(slots=True)
class Line:
    """An edge between two shapes, by their indices.

    source_offset, target_offset: where it meets them, from their centers; None to spread the lines of a shape. label: the
    width and the number of rows of its label, if it has one. label_at: the label's center. points: the path from the
    source to the target. upward: whether it leads to an earlier layer.
    """

    source: int
    target: int
    source_offset: float | None = None
    target_offset: float | None = None
    label: tuple[float, int] | None = None
    label_at: tuple[float, float] = (0.0, 0.0)
    points: list[tuple[float, float]] = field(default_factory=list)
    upward: bool = False


def arrange(shapes: Sequence[Shape], lines: Sequence[Line]) -> tuple[float, float]:
    """Place shapes and lines. Return the width and the height that they need."""
    if not shapes:
        return 0.0, 0.0
    return _Level(shapes, lines).run()


class _Level:
    """nodes: the shapes, and a bend for each layer that a line crosses. up, down: neighbors, with offsets and weights."""

    def __init__(self, shapes: Sequence[Shape], lines: Sequence[Line]) -> None:
        self.shapes = shapes
        self.lines = [line for line in lines if line.source != line.target]
        self.nodes = list(shapes)
        self.layer = [0] * len(shapes)
        self.chains: list[list[int]] = []
        self.up: list[list[tuple[int, float, float]]] = []
        self.down: list[list[tuple[int, float, float]]] = []
        self.rows: list[list[int]] = []

    def run(self) -> tuple[float, float]:
        self.break_cycles()
        self.assign_layers()
        self.add_bends()
        self.order()
        self.place()
        return self.finish()

    def ends(self, line: Line) -> tuple[int, int]:
        """Return the upper and the lower shape of a line."""
        return (line.target, line.source) if line.upward else (line.source, line.target)

    def break_cycles(self) -> None:
        """Let lines that close a cycle lead upward."""
        following: list[list[Line]] = [[] for _ in self.shapes]
        for line in self.lines:
            following[line.source].append(line)
        state = [0] * len(self.shapes)  # 1 while what follows is visited, then 2
        for start in range(len(self.shapes)):
            stack = [(start, 0)] if state[start] == 0 else []
            while stack:
                node, position = stack.pop()
                state[node] = 1
                if position == len(following[node]):
                    state[node] = 2
                    continue
                stack.append((node, position + 1))
                line = following[node][position]
                if state[line.target] == 1:
                    line.upward = True
                elif state[line.target] == 0:
                    stack.append((line.target, 0))

    def assign_layers(self) -> None:
        """Give each shape the first layer below those that feed it; move those that nothing feeds down to what they feed."""
        below: list[list[int]] = [[] for _ in self.shapes]
        missing = [0] * len(self.shapes)
        for line in self.lines:
            upper, lower = self.ends(line)
            below[upper].append(lower)
            missing[lower] += 1
        fed = [count > 0 for count in missing]
        floor = 1 if any(shape.first for shape in self.shapes) else 0
        for node, shape in enumerate(self.shapes):
            self.layer[node] = 0 if shape.first else floor
        ready = [node for node, count in enumerate(missing) if count == 0]
        for node in ready:  # grows
            for lower in below[node]:
                self.layer[lower] = max(self.layer[lower], self.layer[node] + 1)
                missing[lower] -= 1
                if missing[lower] == 0:
                    ready.append(lower)
        for node in reversed(ready):
            if not fed[node] and not self.shapes[node].first and below[node]:
                self.layer[node] = min(self.layer[lower] for lower in below[node]) - 1
        end = max((layer for node, layer in enumerate(self.layer) if not self.shapes[node].last), default=-1) + 1
        for node, shape in enumerate(self.shapes):
            if shape.last:
                self.layer[node] = end

    def add_bends(self) -> None:
        """Add a node for each layer that a line crosses, and link neighbors."""
        room = MOST_BENDS
        self.up, self.down = [[] for _ in self.nodes], [[] for _ in self.nodes]
        for line in self.lines:
            upper, lower = self.ends(line)
            chain = [upper]
            crossed = self.layer[lower] - self.layer[upper] - 1
            if 0 < crossed <= room:
                room -= crossed
                for layer in range(self.layer[upper] + 1, self.layer[lower]):
                    chain.append(len(self.nodes))
                    self.nodes.append(Shape(2.0, 0.0))
                    self.layer.append(layer)
                    self.up.append([])
                    self.down.append([])
            chain.append(lower)
            self.chains.append(chain)
            offsets = [line.source_offset or 0.0, line.target_offset or 0.0][:: -1 if line.upward else 1]
            weight = BEND_WEIGHT if crossed > 0 else 1.0
            for i, (a, b) in enumerate(zip(chain, chain[1:], strict=False)):
                at_a = offsets[0] if i == 0 else 0.0
                at_b = offsets[1] if i == len(chain) - 2 else 0.0
                self.down[a].append((b, at_b - at_a, weight))
                self.up[b].append((a, at_a - at_b, weight))

    def order(self) -> None:
        """Order the nodes of each layer by the mean position of their neighbors, layer by layer, down and up."""
        self.rows = [[] for _ in range(max(self.layer) + 1)]
        for node, layer in enumerate(self.layer):
            self.rows[layer].append(node)
        position = [0.0] * len(self.nodes)
        for row in self.rows:
            self.number(row, position)
        for sweep in range(SWEEPS):
            near, rows = (self.up, self.rows) if sweep % 2 == 0 else (self.down, self.rows[::-1])
            for row in rows:
                mean = {
                    node: sum(position[other] for other, _, _ in near[node]) / len(near[node])
                    if near[node]
                    else position[node]
                    for node in row
                }
                row.sort(key=mean.__getitem__)
                self.number(row, position)

    @staticmethod
    def number(row: list[int], position: list[float]) -> None:
        """Set the position of each node in its row, from 0 to 1."""
        for i, node in enumerate(row):
            position[node] = (i + 0.5) / len(row)

    def place(self) -> None:
        """Place the nodes of each row as near as possible to their neighbors, down and up."""
        for row in self.rows:
            x = 0.0
            for node in row:
                self.nodes[node].x = x + self.nodes[node].width / 2
                x += self.nodes[node].width + GAP_X
            for node in row:
                self.nodes[node].x -= x / 2
        for placement in range(PLACEMENTS):
            near, rows = (self.up, self.rows) if placement % 2 == 0 else (self.down, self.rows[::-1])
            for row in rows:
                self.place_row(row, near)

    def place_row(self, row: list[int], near: list[list[tuple[int, float, float]]]) -> None:
        """Move the nodes of a row to the mean of their neighbors, as far as those beside them allow.

        The squares of the distances are least, by pooling adjacent violators: after the least distances between the
        nodes have been subtracted, the places must only not decrease.
        """
        blocks: list[tuple[float, float, int]] = []  # place, weight, number of nodes
        taken, distances = 0.0, []
        for i, node in enumerate(row):
            shape = self.nodes[node]
            if i:
                taken += (self.nodes[row[i - 1]].width + shape.width) / 2 + GAP_X
            distances.append(taken)
            weight = sum(weight for _, _, weight in near[node])
            wanted = sum(weight * (self.nodes[other].x + offset) for other, offset, weight in near[node])
            wanted = wanted / weight if weight else shape.x
            block = (wanted - taken, weight or 0.1, 1)
            while blocks and blocks[-1][0] > block[0]:
                place, heavy, count = blocks.pop()
                total = heavy + block[1]
                block = ((place * heavy + block[0] * block[1]) / total, total, count + block[2])
            blocks.append(block)
        places = (place for place, _, count in blocks for _ in range(count))
        for node, place, distance in zip(row, places, distances, strict=True):
            self.nodes[node].x = place + distance

    def finish(self) -> tuple[float, float]:
        """Set the heights, the labels and the points of the lines. Return the width and the height."""
        left = min(node.x - node.width / 2 for node in self.nodes)
        for shape in self.nodes:
            shape.x -= left
        self.spread()
        gaps = self.place_labels()
        y, tops, bottoms = 0.0, [], []
        for layer, row in enumerate(self.rows):
            if layer:
                ports = all(
                    self.nodes[node].height == 0 and self.is_port(node) for node in (*row, *self.rows[layer - 1])
                )
                beside = any(self.is_port(node) for node in (*row, *self.rows[layer - 1]))
                y += gaps[layer] + (0.0 if ports else GAP_Y / 2 if beside else GAP_Y)
            tops.append(y)
            for node in row:
                self.nodes[node].y = y
            y += max((self.nodes[node].height for node in row), default=0.0)
            bottoms.append(y)
        for line, chain in zip(self.lines, self.chains, strict=True):
            first, last = self.nodes[chain[0]], self.nodes[chain[-1]]
            upper, lower = self.offsets(line)
            points = [(first.x + upper, first.y + first.height), (first.x + upper, bottoms[self.layer[chain[0]]])]
            for bend in chain[1:-1]:
                points += [(self.nodes[bend].x, self.nodes[bend].y), (self.nodes[bend].x, bottoms[self.layer[bend]])]
            points.append((last.x + lower, last.y))
            line.points = points[::-1] if line.upward else points
            gap = self.layer[chain[-1]]
            middle = (bottoms[gap - 1] + tops[gap] - gaps[gap]) / 2
            line.label_at = line.label_at[0], middle + line.label_at[1]
        return max(node.x + node.width / 2 for node in self.nodes), y

    def is_port(self, node: int) -> bool:
        """Check whether a node is a shape for the first or the last layer."""
        return node < len(self.shapes) and (self.shapes[node].first or self.shapes[node].last)

    def offsets(self, line: Line) -> tuple[float, float]:
        """Return where a line meets its upper and its lower shape, from their centers."""
        source, target = line.source_offset or 0.0, line.target_offset or 0.0
        return (target, source) if line.upward else (source, target)

    def spread(self) -> None:
        """Let the lines of a shape that may meet it anywhere meet it beside each other, ordered by where they lead."""
        below: defaultdict[int, list[tuple[float, int]]] = defaultdict(list)
        above: defaultdict[int, list[tuple[float, int]]] = defaultdict(list)
        for i, chain in enumerate(self.chains):
            below[chain[0]].append((self.nodes[chain[1]].x, i))
            above[chain[-1]].append((self.nodes[chain[-2]].x, i))
        for at_bottom, found in ((True, below), (False, above)):
            for node, ends in found.items():
                step = min(SPREAD, 0.6 * self.nodes[node].width / len(ends))
                for position, (_, i) in enumerate(sorted(ends)):
                    line = self.lines[i]
                    name = "source_offset" if at_bottom != line.upward else "target_offset"
                    if getattr(line, name) is None:
                        setattr(line, name, step * (position - (len(ends) - 1) / 2))

    def place_labels(self) -> list[float]:
        """Place the labels above their lines' lower ends so that none covers another. Return the room for them per layer."""
        ends: list[list[float]] = [[] for _ in self.rows]  # per layer and row, where the last label ends
        labeled = [(line, chain) for line, chain in zip(self.lines, self.chains, strict=True) if line.label is not None]
        centers = {}
        for line, chain in labeled:
            upper, lower = self.offsets(line)
            before = self.nodes[chain[-2]].x + (upper if len(chain) == 2 else 0.0)
            centers[id(line)] = (before + self.nodes[chain[-1]].x + lower) / 2
        for line, chain in sorted(labeled, key=lambda pair: centers[id(pair[0])]):
            width, rows = line.label or (0.0, 0)
            taken, center = ends[self.layer[chain[-1]]], centers[id(line)]
            row = 0
            while any(end > center - width / 2 for end in taken[row : row + rows]):
                row += 1
            taken += [0.0] * (row + rows - len(taken))
            taken[row : row + rows] = [center + width / 2 + LABEL_GAP] * rows
            line.label_at = center, LABEL_ROW * (row + rows / 2)
        return [LABEL_ROW * len(taken) for taken in ends]
