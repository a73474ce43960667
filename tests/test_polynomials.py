"""Polynomials: interpolation finds those that it is given, and writes them as people do."""

from __future__ import annotations

import random

import pytest

from lstmlint.programs.polynomials import Polynomial, Powers, interpolate, lattice


@pytest.mark.parametrize("unknowns", [1, 2, 3])
@pytest.mark.parametrize("degree", [0, 1, 2, 4])
def test_interpolation_finds_the_polynomial(unknowns: int, degree: int) -> None:
    chance = random.Random(f"{unknowns} {degree}")
    starts = tuple(chance.randrange(1, 2000) for _ in range(unknowns))
    steps = tuple(chance.randrange(1, 100) for _ in range(unknowns))
    terms = {powers: chance.randrange(-9, 9) for powers in lattice(unknowns, degree)}
    wanted = Polynomial({powers: factor for powers, factor in terms.items() if factor})

    def value(point: Powers) -> int:
        return wanted.at([start + step * i for start, step, i in zip(starts, steps, point, strict=True)])

    assert interpolate(value, degree, starts, steps) == wanted
    assert interpolate(value, degree + 1, starts, steps) == wanted


def test_fractions_are_no_count() -> None:
    assert interpolate(lambda point: point[0] // 2, 1, (2,), (1,)) == Polynomial({})
    assert interpolate(lambda point: (point[0] + 2) // 2, 2, (2,), (1,)) is None


@pytest.mark.parametrize(
    ("terms", "text", "constant"),
    [
        ({}, "0", 0),
        ({(0, 0): 1234}, "1,234", 1234),
        ({(0, 0): 33408, (1, 0): 512}, "33,408 + 512·features", None),
        ({(0, 0): -4, (1, 0): 1}, "features - 4", None),
        ({(0, 0): 1, (2, 0): -4, (1, 1): 1}, "1 - 4·features² + features·(2 * n)", None),
        ({(0, 12): -1}, "-(2 * n)¹²", None),
        ({(1, 0): -2, (0, 1): 3}, "-2·features + 3·(2 * n)", None),
    ],
)
def test_written(terms: dict[Powers, int], text: str, constant: int | None) -> None:
    polynomial = Polynomial(terms)
    assert polynomial.written(["features", "2 * n"]) == text
    assert polynomial.constant == constant
    assert polynomial.minus(polynomial) == Polynomial({})


def test_difference() -> None:
    assert Polynomial({(0,): 5, (1,): 2}).minus(Polynomial({(0,): 5, (2,): 1})) == Polynomial({(1,): 2, (2,): -1})
