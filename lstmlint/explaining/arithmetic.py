"""Formulas: sums and products of named numbers that have a value and print in words or in numbers.

One tree serves all three, so the printed formula is the computed one.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import prod

from lstmlint.explaining.language import MOST_BITS, counted, text
from lstmlint.model.values import show


@dataclass(frozen=True, slots=True)
class Number:
    """A number, None if unknown, and its name; without a name, its value is printed."""

    value: int | None
    name: str = ""


@dataclass(frozen=True, slots=True)
class Sum:
    """Two or more terms."""

    terms: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Product:
    """Two or more factors. If it has a name, `words` prints the name."""

    factors: tuple[Expression, ...]
    name: str = ""


Expression = Number | Sum | Product


def plus(*terms: Expression | None) -> Expression:
    """Return the sum of the terms that are not None."""
    flat: list[Expression] = []
    for term in terms:
        if isinstance(term, Sum):
            flat += term.terms
        elif term is not None:
            flat.append(term)
    if not flat:
        return Number(0)
    return flat[0] if len(flat) == 1 else Sum(tuple(flat))


def times(*factors: Expression | None) -> Expression:
    """Return the product of the factors that are neither None nor an unnamed 1."""
    flat: list[Expression] = []
    for factor in factors:
        if isinstance(factor, Product) and not factor.name:
            flat += factor.factors
        elif factor is not None and factor != Number(1):
            flat.append(factor)
    if not flat:
        return Number(1)
    return flat[0] if len(flat) == 1 else Product(tuple(flat))


def value(expression: Expression) -> int | None:
    """Return the value of a formula; None if a number in it is unknown."""
    if isinstance(expression, Number):
        return expression.value
    parts = [value(part) for part in (expression.terms if isinstance(expression, Sum) else expression.factors)]
    known = [part for part in parts if part is not None]
    if len(known) < len(parts):
        return None
    return sum(known) if isinstance(expression, Sum) else prod(known)


def words(expression: Expression) -> str:
    """Return a formula with names: 4 · (units · (input_dim + units) + units)."""
    if isinstance(expression, Number):
        return expression.name or str(expression.value)
    if isinstance(expression, Sum):
        return " + ".join(words(term) for term in expression.terms)
    return expression.name or " · ".join(
        f"({words(f)})" if isinstance(f, Sum) else words(f) for f in expression.factors
    )


def numbers(expression: Expression, depth: int = 0) -> str:
    """Return a formula with numbers, or names for unknown ones: 4 · (10·(1+10) + 10)."""
    if isinstance(expression, Number):
        return (expression.name or "?") if expression.value is None else str(expression.value)
    if isinstance(expression, Sum):
        loose = depth == 0 or not all(isinstance(term, Number) for term in expression.terms)
        return (" + " if loose else "+").join(numbers(term, depth + 1) for term in expression.terms)
    inside = [numbers(factor, depth + 1) for factor in expression.factors]
    shown = [f"({s})" if isinstance(f, Sum) else s for f, s in zip(expression.factors, inside, strict=True)]
    return (" · " if depth == 0 else "·").join(shown)


def equation(expression: Expression) -> str:
    """Return a formula in numbers with its result: 4 · (1·(1+1) + 1) · 10 = 120."""
    result = amount(value(expression))
    return result if isinstance(expression, Number) else f"{numbers(expression)} = {result}"


def amount(number: int | None) -> str:
    """Return a count as text: 1,280; "unknown" for None."""
    if number is None:
        return text("unknown")
    return show(number) if number.bit_length() > MOST_BITS else f"{number:,}"


def many(number: int | None) -> str:
    """Return how many numbers: 1 number, 10 numbers."""
    return counted("{number} number", "{number} numbers", number or 0, number=amount(number))
