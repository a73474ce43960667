"""Find blocks of layers that follow each other and are equal, such as the 12 blocks of a transformer."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from os.path import commonprefix
from typing import Any

CANDIDATES = 12  # a block has at most that many layers that are equal to its first
EFFORT = 60  # comparisons per layer, so that the search is linear for every model


@dataclass(slots=True)
class Repeat:
    """`count` blocks of `length` nodes each, from the position `start` of a graph's nodes on.

    Block by block, they have the same classes, shapes, parameters and edges. Only the last block may feed others than
    the next one.
    """

    start: int
    length: int
    count: int

    @property
    def end(self) -> int:
        """The position after the last block."""
        return self.start + self.length * self.count

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {"start": self.start, "length": self.length, "count": self.count}


def find_repeats(
    tokens: Sequence[int], sources: Sequence[Sequence[int]], ends: Sequence[int], names: Sequence[str]
) -> list[Repeat]:
    """Return the groups of equal blocks, which do not overlap.

    tokens: per node, a number that equal nodes share. sources: per node, the positions of the nodes that feed it.
    ends: the positions of the nodes that return the model's outputs. names: of the nodes; where a group can begin at
    several positions, the one between the most different names is used.
    """
    return _Search(tokens, sources, ends, names).run()


class _Search:
    def __init__(
        self, tokens: Sequence[int], sources: Sequence[Sequence[int]], ends: Sequence[int], names: Sequence[str]
    ) -> None:
        self.tokens, self.sources, self.names = tokens, sources, names
        self.last_use = list(range(len(tokens)))  # of each node, the last one that takes its output
        for node, feeding in enumerate(sources):
            for source in feeding:
                self.last_use[source] = max(self.last_use[source], node)
        for node in ends:
            self.last_use[node] = len(tokens)
        self.effort = EFFORT * len(tokens)
        self.reach: dict[int, int] = {}  # period -> where the equal nodes end that were compared last

    def run(self) -> list[Repeat]:
        """Return the groups, from the first node to the last."""
        places: defaultdict[int, list[int]] = defaultdict(list)
        rank = []
        for node, token in enumerate(self.tokens):
            rank.append(len(places[token]))
            places[token].append(node)
        found: list[Repeat] = []
        node = 0
        while node < len(self.tokens) and self.effort > 0:
            best: Repeat | None = None
            following = places[self.tokens[node]][rank[node] + 1 : rank[node] + 1 + CANDIDATES]
            for other in following:
                if best is not None and (other - node) % best.length == 0:
                    continue  # it covers hardly more
                group = self.group(node, other - node, found[-1].end if found else 0)
                if group is not None and (best is None or group.length * group.count > best.length * best.count):
                    best = group
            if best is None:
                node += 1
            else:
                found.append(best)
                node = best.end
        return found

    def group(self, first: int, period: int, floor: int) -> Repeat | None:
        """Return the largest group of blocks with this length that are equal from the node `first` on; None if it is not
        worthwhile. Since the first block takes its inputs from elsewhere, it may begin before that node, but not before
        the node `floor`.
        """
        end = self.equal_until(first, period) + period
        count = (end - first) // period
        starts = range(first, end - period * count + 1)
        entries = []
        if first > floor and self.tokens[first - 1] == self.tokens[first - 1 + period]:
            entries = [s - period for s in starts if s - period >= floor and self.enters(s - period, period)]
        if not worthwhile(period, count + bool(entries)):
            return None
        self.effort -= len(starts)
        for begins, blocks in ((entries, count + 1), (starts, count)):
            if begins:
                begin = min(begins, key=self.likeness_before)
                alone = self.alone(begin, period, blocks)
                if worthwhile(period, alone):
                    return Repeat(begin, period, alone)
        return None

    def enters(self, begin: int, period: int) -> bool:
        """Check whether a block is equal to the next one, except that it takes other tensors instead of those of the
        block before it.
        """
        entries: dict[int, int] = {}
        for node in range(begin, begin + period):
            sources, others = self.sources[node], self.sources[node + period]
            self.effort -= 1 + len(sources)
            if self.tokens[node] != self.tokens[node + period] or len(sources) != len(others):
                return False
            for source, other in zip(sources, others, strict=True):
                expected = source + period if source >= begin else entries.setdefault(source, other)
                inside = begin <= other < begin + period
                if other != expected or (source < begin and other != source and not inside):
                    return False
        return True

    def equal_until(self, first: int, period: int) -> int:
        """Return the end of the nodes from `first` on that are equal to those a period later, with equal edges."""
        node = self.reach.get(period, 0)
        if node <= first:  # otherwise known from an earlier node
            node = first
            while node + period < len(self.tokens) and self.equal(node, period):
                node += 1
            self.effort -= node - first + 1
            self.reach[period] = node
        return node

    def equal(self, node: int, period: int) -> bool:
        """Check whether a node is equal to the one a period later: it takes the same tensors, or those a period later."""
        if self.tokens[node] != self.tokens[node + period]:
            return False
        sources, others = self.sources[node], self.sources[node + period]
        self.effort -= len(sources)
        return len(sources) == len(others) and all(
            other in (source, source + period) for source, other in zip(sources, others, strict=True)
        )

    def alone(self, start: int, period: int, count: int) -> int:
        """Return how many of the blocks, from the first on, are connected only to the next one and to what is before the
        first one.
        """
        entries: dict[int, int] = {}  # what the first block takes from before it -> what the second takes instead
        for node in range(start, start + period * count):
            block = (node - start) // period
            if block >= count:
                break
            self.effort -= 1 + len(self.sources[node])
            if block:
                for source, earlier in zip(self.sources[node], self.sources[node - period], strict=True):
                    if (source != earlier) == (source < start):
                        return block
                    if block == 1 and earlier < start and entries.setdefault(earlier, source) != source:
                        return block
            if self.last_use[node] >= start + period * min(block + 2, count):
                count = block + 1
        return count

    def likeness_before(self, start: int) -> int:
        """Return how many letters a node's name shares with that of the node before it."""
        return len(commonprefix(self.names[start - 1 : start + 1])) if start else 0  # noqa: RUF071


def worthwhile(period: int, count: int) -> bool:
    """Check whether blocks are worth being grouped: two blocks of three layers, or three of fewer."""
    return count > 2 or (count == 2 and period > 2)
