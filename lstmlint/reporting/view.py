"""How a report should look, and how it writes numbers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

CODES = {
    "bold": "1", "dim": "2", "margin": "1;34", "fix": "36", "error": "1;31", "warning": "1;33", "info": "1;36",
    "added": "32", "removed": "31", "changed": "33",
}  # fmt: skip


class View(NamedTuple):
    """How a report should look.

    single: whether the run is about one file; its layers are then shown. all_tables: also of several models in one
    program. columns: of the table of layers, None for
    the usual ones. depth: how many levels of nested models to show. width: of the terminal; None for lines of any
    length. fail_on: the severity that fails the run. root: the folder that paths in reports for other programs are
    relative to. encoding: of the output; other characters are escaped.
    limits: the budgets of the file, by the names of their options. weight_dtype, batch: for the budgets on bytes, as in
    Options.
    """

    single: bool = True
    columns: tuple[str, ...] | None = None
    depth: int = 0
    width: int | None = None
    color: bool = False
    quiet: bool = False
    statistics: bool = False
    fail_on: str = "error"
    root: str = ""
    all_tables: bool = False
    encoding: str = "utf-8"
    limits: Mapping[str, int] = {}  # a mappingproxy cannot be sent to workers
    weight_dtype: str | None = None
    batch: int = 1


def size(count: float) -> str:
    """Return bytes as Keras writes them: 1.92 KB, of 1024 bytes."""
    for unit in ("B", "KB", "MB", "GB", "TB"):
        if count < 1024:
            return f"{count:.2f} {unit}"
        count /= 1024
    return f"{count:.2f} PB"


def paint(text: str, style: str, view: View) -> str:
    """Return `text` in the color of a style, if the report has colors."""
    return f"\x1b[{CODES[style]}m{text}\x1b[0m" if view.color else text
