"""Reads the text of an explanation as a calculator would, and says which of its lines do not come out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from math import prod

WEIGHT = re.compile(r"\s*[^\s(,]+ \((?P<dims>[\d, ]*)\) = (?P<size>[\d,]+)")
GATE = re.compile(r" = \w+\[")
ARITHMETIC = re.compile(r"[\d+·()− ]+")
PROSE = re.compile(r"(\d[\d·]*) = ([\d,]*\d)")


def wrong_lines(text: str) -> list[str]:
    """The lines whose two sides differ, and those with an equals sign that say nothing that can be computed."""
    return [line for line in equations(text) if not comes_out(line)]


def equations(text: str) -> Iterator[str]:
    """The lines with an equals sign; a formula that goes over several lines as one."""
    joined: list[str] = []
    for line in text.splitlines():
        stripped = line.strip()
        if joined and joined[-1] and (stripped[:2] in ("= ", "+ ") or joined[-1].endswith("·")):
            joined[-1] += f" {stripped}"
        else:
            joined.append(line.rstrip())
    yield from (line for line in joined if " = " in line and not GATE.search(line))


def comes_out(line: str) -> bool:
    """Whether all that an equation sets equal is equal."""
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
    return bool(re.search(r"input_dim|channels", sides[-1]))  # a formula of an input that is not known


def numeral(text: str) -> int:
    """1,280 as a number."""
    return int(text.replace(",", ""))


def evaluate(text: str) -> int:
    """The value of a sum, by precedence: 4 · (10·(1+10) + 10)."""
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
