"""Polynomials with integer coefficients in named unknowns: found by interpolation, and written as people write them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from itertools import combinations_with_replacement
from math import prod

# The powers of the unknowns in a monomial, in their order.
Powers = tuple[int, ...]
_SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_JOINTS = " +-*/%|&<>="


@dataclass(frozen=True, slots=True)
class Polynomial:
    """A polynomial. terms: powers of the unknowns -> coefficient, never 0."""

    terms: Mapping[Powers, int]

    def at(self, values: Sequence[int]) -> int:
        """Return its value."""
        return sum(
            factor * prod(value**power for value, power in zip(values, powers, strict=True))
            for powers, factor in self.terms.items()
        )

    @property
    def constant(self) -> int | None:
        """The value of a polynomial that depends on no unknown; None for others."""
        if any(any(powers) for powers in self.terms):
            return None
        return next(iter(self.terms.values()), 0)

    def minus(self, other: Polynomial) -> Polynomial:
        """Return the difference."""
        keys = dict.fromkeys((*self.terms, *other.terms))
        terms = {key: self.terms.get(key, 0) - other.terms.get(key, 0) for key in keys}
        return Polynomial({key: factor for key, factor in terms.items() if factor})

    def by_name(self, names: Sequence[str]) -> dict[str, int]:
        """Return the coefficients by what they are multiplied with, as text; "" for the constant."""
        return {term(1, powers, names) if any(powers) else "": factor for powers, factor in self.terms.items()}

    def written(self, names: Sequence[str]) -> str:
        """Return the polynomial as text: 33,408 + 512·features."""
        ordered = sorted(self.terms.items(), key=lambda item: (sum(item[0]), [-power for power in item[0]]))
        ordered.sort(key=lambda item: item[1] < 0 and not any(item[0]))  # n - 4, not -4 + n
        text = ""
        for powers, factor in ordered:
            sign = " - " if factor < 0 else " + "
            text += (sign if text else sign.strip(" +")) + term(abs(factor), powers, names)
        return text or "0"


def term(factor: int, powers: Powers, names: Sequence[str]) -> str:
    """Return one term without its sign: 512, features, 4·units²."""
    parts = [f"{factor:,}"] if factor != 1 or not any(powers) else []
    for name, power in zip(names, powers, strict=True):
        if power:
            shown = f"({name})" if any(joint in name for joint in _JOINTS) else name
            parts.append(shown + ("" if power == 1 else str(power).translate(_SUPERSCRIPTS)))
    return "·".join(parts)


def lattice(unknowns: int, degree: int) -> Iterator[Powers]:
    """Yield the points that determine a polynomial of a total degree, as steps from the first point."""
    for steps in range(degree + 1):
        for axes in combinations_with_replacement(range(unknowns), steps):
            yield tuple(map(axes.count, range(unknowns)))


def interpolate(
    value: Callable[[Powers], int], degree: int, starts: tuple[int, ...], steps: tuple[int, ...]
) -> Polynomial | None:
    """Return the polynomial of at most a total degree with given values; None if it has fractions as coefficients.

    value: a point of the lattice -> the value there. starts, steps: of each unknown; at the point (1, 0), the first
    unknown is start + step, and the second one is start.
    """
    points = list(lattice(len(starts), degree))
    total: dict[Powers, Fraction] = {}
    differences = forward_differences({point: value(point) for point in points})
    for point in points:
        if differences[point]:
            for powers, factor in basis(point, starts, steps).items():
                total[powers] = total.get(powers, Fraction(0)) + factor * differences[point]
    if any(factor.denominator != 1 for factor in total.values()):
        return None
    return Polynomial({powers: int(factor) for powers, factor in total.items() if factor})


def forward_differences(values: dict[Powers, int]) -> dict[Powers, int]:
    """Return the forward differences at the first point, in each unknown as often as the point says."""
    found = dict(values)
    for axis in range(len(next(iter(values)))):
        for order in range(1, max(point[axis] for point in values) + 1):
            # From the far end, so that each difference is taken of values of the order before.
            for point in sorted(found, key=lambda point: -point[axis]):
                if point[axis] >= order:
                    before = (*point[:axis], point[axis] - 1, *point[axis + 1 :])
                    found[point] -= found[before]
    return found


@cache
def basis(point: Powers, starts: tuple[int, ...], steps: tuple[int, ...]) -> dict[Powers, Fraction]:
    """Return the product of Newton's polynomials, one per unknown, as powers -> coefficient."""
    found: dict[Powers, Fraction] = {(): Fraction(1)}
    for order, start, step in zip(point, starts, steps, strict=True):
        line = [Fraction(1)]  # coefficients of one unknown: product of (t - i) / (i + 1) where t = (x - start) / step
        for i in range(order):
            shift = Fraction(-start - i * step, step * (i + 1))
            rise = Fraction(1, step * (i + 1))
            line = [
                low * shift + high * rise for low, high in zip([*line, Fraction(0)], [Fraction(0), *line], strict=True)
            ]
        found = {
            (*powers, power): factor * one
            for powers, factor in found.items()
            for power, one in enumerate(line)
            if factor * one
        }
    return found
