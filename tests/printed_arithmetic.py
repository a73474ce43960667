"""Evaluate the equations in the text of an explanation."""

from __future__ import annotations

import re
from collections.abc import Iterator
from math import prod

WEIGHT = re.compile(r"\s*[^\s(,]+ \((?P<dims>[\d, ]*)\) = (?P<size>[\d,]+)")
GATE = re.compile(r" = \w+\[")
ARITHMETIC = re.compile(r"[\d+·()− ]+")
PROSE = re.compile(r"(\d[\d·]*) = ([\d,]*\d)")


def wrong_lines(text: str) -> list[str]:
    """Return the lines whose sides differ, and the lines with an equals sign that cannot be computed."""
    return [line for line in equations(text) if not comes_out(line)]


def equations(text: str) -> Iterator[str]:
    """Yield the lines with an equals sign, joining a formula that spans several lines."""
    joined: list[str] = []
    for line in text.splitlines():
        stripped = line.strip()
        if joined and joined[-1] and (stripped[:2] in ("= ", "+ ") or joined[-1].endswith("·")):
            joined[-1] += f" {stripped}"
        else:
            joined.append(line.rstrip())
    yield from (line for line in joined if " = " in line and not GATE.search(line))


def comes_out(line: str) -> bool:
    """Check whether all sides of an equation are equal."""
    weights = list(WEIGHT.finditer(line))
    if weights:
        return all(prod(map(numeral, re.findall(r"\d+", w["dims"]))) == numeral(w["size"]) for w in weights)
    line = re.sub(r" \([\d,]+ trainable, [\d,]+ not\)$", "", line)
    sides = [side.strip().removeprefix("total ").replace(",", "") for side in line.rpartition(": ")[2].split(" = ")]
    values = [evaluate(side) for side in sides if ARITHMETIC.fullmatch(side)]
    if values:
        return len(set(values)) == 1
    within = PROSE.search(line)
    if within:
        return evaluate(within[1]) == numeral(within[2])
    return bool(re.search(r"input_dim|channels", sides[-1]))  # a formula with an unknown input


def numeral(text: str) -> int:
    """Convert "1,280" to a number."""
    return int(text.replace(",", ""))


def evaluate(text: str) -> int:
    """Evaluate an expression such as 4 · (10·(1+10) + 10)."""
    tokens = re.findall(r"\d+|[+·()−]", text)

    def factor() -> int:
        token = tokens.pop(0)
        if token != "(":
            return int(token)
        inside = sum_()
        assert tokens.pop(0) == ")"
        return inside

    def product() -> int:
        value = factor()
        while tokens and tokens[0] == "·":
            tokens.pop(0)
            value *= factor()
        return value

    def sum_() -> int:
        value = product()
        while tokens and tokens[0] in "+−":
            value += product() if tokens.pop(0) == "+" else -product()
        return value

    value = sum_()
    assert not tokens
    return value
