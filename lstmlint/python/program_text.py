"""The text of a Python program, its syntax tree, and its places."""

from __future__ import annotations

import ast
import re
import warnings
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from lstmlint.model.findings import Problem

# The syntax tree of a megabyte of code takes 250 MB.
MAX_CODE = 2**20
_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(slots=True)
class Cell:
    """A code cell of a notebook.

    number: its index among all cells of the notebook.
    first_line: of its code in the program's text, 1-based.
    outputs: the text outputs stored with it.
    code: its code as written. indent: how many blanks at the beginning of its lines are not in the program's text.
    """

    number: int
    first_line: int
    outputs: list[str] = field(default_factory=list)
    code: str = ""
    indent: int = 0


class Place(NamedTuple):
    """A place in a notebook. cell: its number among all cells, from 1. line, column: in the cell, 1-based."""

    cell: int
    line: int
    column: int


@dataclass(slots=True)
class SourceText:
    """A Python program.

    text: the code of all cells in order. Magics and shell lines are blanked, so that lines stay where they are.
    written: the text of a script as written.
    tree: the syntax tree of the text.
    problems: code that is left out because it is not Python.
    file_line: a line of the text -> the line of the notebook's JSON that holds it.
    """

    path: str
    text: str
    kind: Literal["python", "notebook"] = "python"
    cells: list[Cell] = field(default_factory=list)
    tree: ast.Module = field(default_factory=lambda: ast.Module([], []), repr=False)
    problems: list[Problem] = field(default_factory=list)
    file_line: Callable[[int], int] = lambda line: line
    written: str = ""

    def place(self, line: int, column: int) -> Place | None:
        """Return the place in the notebook of a place in the text; None in a script."""
        cell = self.cell_at(line)
        return None if cell is None else Place(cell.number + 1, line - cell.first_line + 1, column + cell.indent)

    def cell_at(self, line: int) -> Cell | None:
        """Return the cell with a line of the text; None in a script."""
        number = bisect_right(self.cells, line, key=lambda cell: cell.first_line)
        return self.cells[number - 1] if number else None


def normalized(text: str) -> str:
    """Return the text as Python reads it: with a newline at the end of each line, and without lone surrogates."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return _SURROGATE.sub("\ufffd", text)


def parse(text: str) -> ast.Module | SyntaxError:
    """Return the syntax tree of a program, or why it has none."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about the program's escapes and comparisons
        try:
            return ast.parse(text)
        except SyntaxError as error:
            return error
        except (RecursionError, MemoryError):
            return SyntaxError("expressions are nested too deeply")
        except ValueError as error:  # a null character
            return SyntaxError(str(error))
