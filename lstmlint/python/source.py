"""The text of a Python program, from a script or from the code cells of a notebook."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal


@dataclass(slots=True)
class Cell:
    """A code cell of a notebook.

    number: its index among all cells of the notebook.
    first_line: of its code in the program's text, 1-based.
    outputs: the text outputs stored with it.
    """

    number: int
    first_line: int
    outputs: list[str] = field(default_factory=list)


@dataclass(slots=True)
class SourceText:
    """A Python program.

    text: the code of all cells in order. Magics and shell lines are blanked, so that lines stay where they are.
    """

    path: str
    text: str
    kind: Literal["python", "notebook"] = "python"
    cells: list[Cell] = field(default_factory=list)
