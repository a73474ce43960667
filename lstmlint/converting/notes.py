"""What a conversion has to say: what stops it, what it changes, what is worth knowing."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


class Refused(Exception):
    """What the file says has no exact counterpart in Keras 3; the reason is one clause, for a person."""


@dataclass(frozen=True, slots=True)
class Note:
    """A sentence about one layer (None: about the model), and where the layer stands in the file."""

    layer: str | None
    message: str
    pointer: str = ""

    def __str__(self) -> str:
        return self.message if self.layer is None else f"{self.layer}: {self.message}"


@dataclass(slots=True)
class Conversion:
    """What came of a conversion.

    model: the Keras 3 form, None where it is refused. refusals: why, one for each layer. changes: what keeps
    counts and shapes but not the values computed; they refuse the conversion too, unless they were allowed.
    remarks: what is exact, but not as it was, such as a new name.
    """

    model: dict[str, Any] | None = None
    refusals: list[Note] = field(default_factory=list)
    changes: list[Note] = field(default_factory=list)
    remarks: list[Note] = field(default_factory=list)

    def __repr__(self) -> str:
        outcome = "refused" if self.model is None else "converted"
        return f"<Conversion: {outcome}, {len(self.refusals):,} refusals, {len(self.changes):,} changes>"

    def refuse(self, layer: str | None, message: str, pointer: str = "") -> None:
        """Keep a reason, the first of each layer."""
        if all(note.layer != layer for note in self.refusals) or layer is None:
            self.refusals.append(Note(layer, message, pointer))
