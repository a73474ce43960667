"""Integers that stand in for the sizes that a program does not state."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice, product

# Sizes that many models take: divisible by most numbers of groups, heads and strides, and larger than any kernel.
_UNIT = 960
# For sizes that have to be small, such as kernels.
_SMALL = 2
# Sizes that divide nothing, to tell n // 2 from n / 2 and a limit from a size.
_ODD = 1_009
Sizes = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class StandIns:
    """Sizes for each unknown. starts, steps: of those from which formulas are interpolated. small: whether they are."""

    starts: Sizes
    steps: Sizes
    small: tuple[bool, ...]

    def at(self, point: Sizes) -> Sizes:
        """Return the sizes at a point of the lattice of `polynomials`."""
        return tuple(s + step * i for s, step, i in zip(self.starts, self.steps, point, strict=True))

    def others(self) -> list[Sizes]:
        """Return sizes at which formulas and findings must hold, too, where the model can be built."""
        count = len(self.starts)
        found = [self.at(tuple(range(2, count + 2)))] if count > 1 else []
        sizes = [(7, 1, 4) if small else (_ODD + 2 * i, 1, 2, 100 * _ODD + 2 * i) for i, small in enumerate(self.small)]
        for turn in range(4):  # what tells most comes first
            for i, values in enumerate(sizes):
                if turn < len(values):
                    found.append((*self.starts[:i], values[turn], *self.starts[i + 1 :]))
        return found

    def needed(self) -> int:
        """Return how many of the others are needed for any statement."""
        count = len(self.starts)
        return count + (count > 1)


def choices(unknowns: int, most: int = 16) -> list[StandIns]:
    """Return stand-ins to try, from all large to all small."""
    kinds = sorted(product((False, True), repeat=unknowns), key=sum) if unknowns < 5 else one_by_one(unknowns)
    return [stand_ins(kind) for kind in islice(kinds, most)]


def one_by_one(unknowns: int) -> list[tuple[bool, ...]]:
    """Return the choices in which none, one or all are small."""
    single = [tuple(i == j for j in range(unknowns)) for i in range(unknowns)]
    return [(False,) * unknowns, *single, (True,) * unknowns]


def stand_ins(small: tuple[bool, ...]) -> StandIns:
    """Return the stand-ins for unknowns of which some are small."""
    count = len(small)
    starts = tuple(_SMALL if one else _UNIT * (2 * i + 3) for i, one in enumerate(small))
    # With an even number of units as step, no two large sizes are ever equal.
    return StandIns(starts, tuple(1 if one else _UNIT * (2 * count + 2) for one in small), small)
