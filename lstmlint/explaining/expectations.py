"""The result of `--expect`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class Match:
    """A mistake, or two, that give the number.

    scope: "layer" if the number is the count of `layers`, "total" if it is the model's total with their count changed.
    mistakes: their keys. arithmetic: the formula that gives the number. everywhere: whether it is made in all `layers`.
    """

    scope: str
    layers: list[str]
    mistakes: list[str]
    title: str
    text: str
    arithmetic: str
    rank: tuple[int, int] = (1, 0)
    everywhere: bool = False

    def to_dict(self) -> dict[str, Any]:
        """Return plain data, as in the JSON output."""
        return {
            "scope": self.scope,
            "layers": self.layers,
            "mistakes": self.mistakes,
            "title": self.title,
            "text": self.text,
            "arithmetic": self.arithmetic,
        }


@dataclass(slots=True)
class Quantity:
    """A number, and what it counts."""

    value: int
    what: str

    def to_dict(self) -> dict[str, Any]:
        """Return plain data, as in the JSON output."""
        return {"value": self.value, "what": self.what}


@dataclass(slots=True)
class Expectation:
    """How an expected number can result.

    right: the layers whose count it is. matches: the mistakes that give it, most likely first. If there are neither:
    nearest: the nearest numbers that are correct or result from a mistake. hints: other explanations.
    """

    number: int
    right: list[str] = field(default_factory=list)
    matches: list[Match] = field(default_factory=list)
    nearest: list[Quantity] = field(default_factory=list)
    hints: list[str] = field(default_factory=list)

    def to_dict(self) -> dict[str, Any]:
        """Return plain data, as in the JSON output."""
        return {
            "number": self.number,
            "right": self.right,
            "matches": [match.to_dict() for match in self.matches],
            "nearest": [quantity.to_dict() for quantity in self.nearest],
            "hints": self.hints,
        }
