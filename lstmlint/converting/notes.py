"""The notes of a conversion: refusals, changes, and remarks."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

# A layer's place: the names of the models and layers around it, from the outside in, then its own.
Path = tuple[str, ...]


class Refused(Exception):
    """A part of the model has no exact equivalent in Keras 3. The message is one clause."""


class Rearranged(str):
    """A change that concerns only stored weights: nothing changes if they are converted, too."""


@dataclass(frozen=True, slots=True)
class Note:
    """A sentence about one layer (None: about the model), and the pointer to the layer."""

    layer: str | None
    message: str
    pointer: str = ""

    def __str__(self) -> str:
        return self.message if self.layer is None else f"{self.layer}: {self.message}"


@dataclass(slots=True)
class Conversion:
    """The result of a conversion.

    model: the model in Keras 3's form; None if it is refused.
    refusals: one reason per layer.
    changes: changes that keep counts and shapes but not the computed values. They refuse the conversion unless they are
        allowed.
    remarks: exact changes, such as a new name.
    layers: for each written layer, (its path, the path of the layer in the file that it comes from). A path also leads
        through wrappers and cells: ("encoder", "bidirectional", "lstm"). An InputLayer that only the result has is
        missing, and a layer that the conversion puts into another one has the same path twice.
    """

    model: dict[str, Any] | None = None
    refusals: list[Note] = field(default_factory=list)
    changes: list[Note] = field(default_factory=list)
    remarks: list[Note] = field(default_factory=list)
    layers: list[tuple[Path, Path]] = field(default_factory=list)

    def __repr__(self) -> str:
        outcome = "refused" if self.model is None else "converted"
        return f"<Conversion: {outcome}, {len(self.refusals):,} refusals, {len(self.changes):,} changes>"

    def refuse(self, layer: str | None, message: str, pointer: str = "") -> None:
        """Record a reason, the first for each layer."""
        if all(note.layer != layer for note in self.refusals) or layer is None:
            self.refusals.append(Note(layer, message, pointer))
