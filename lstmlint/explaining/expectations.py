"""What `--expect` finds: the ways to a number."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class Match:
    """One way to the number.

    scope: "layer" where it is the count of the layers named, "total" where it is the model's with that of
    the layers changed. mistakes: their keys. arithmetic: the formula that comes to the number.
    """

    scope: str
    layers: list[str]
    mistakes: list[str]
    title: str
    text: str
    arithmetic: str
    rank: tuple[int, int] = (1, 0)

    def to_dict(self) -> dict[str, Any]:
        """As plain data."""
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
    """A number that a mistake gives, and what it would be."""

    value: int
    what: str

    def to_dict(self) -> dict[str, Any]:
        """As plain data."""
        return {"value": self.value, "what": self.what}


@dataclass(slots=True)
class Expectation:
    """What was found out about a number.

    right: what it really is the count of. matches: the mistakes that lead to it, the likeliest first.
    nearest: where there are none, the numbers next to it that a mistake gives. hints: and what is odd about it.
    """

    number: int
    right: list[str] = field(default_factory=list)
    matches: list[Match] = field(default_factory=list)
    nearest: list[Quantity] = field(default_factory=list)
    hints: list[str] = field(default_factory=list)

    def to_dict(self) -> dict[str, Any]:
        """As plain data."""
        return {
            "number": self.number,
            "right": self.right,
            "matches": [match.to_dict() for match in self.matches],
            "nearest": [quantity.to_dict() for quantity in self.nearest],
            "hints": self.hints,
        }
