"""A line of a text with a caret under the place that a message is about."""

from __future__ import annotations

from lstmlint.reporting.escape import terminal

WIDTH = 76
BEFORE = 50  # the most characters shown before the place


def excerpt(line: str, column: int, length: int = 1) -> tuple[str, str]:
    """Return the line, shortened to fit a terminal, and carets for the line below it.

    column: in characters from 0. length: how many carets to draw; they end where the shown line ends.
    """
    column = max(0, min(column, len(line)))
    start = max(0, column - BEFORE)
    before = terminal(line[start:column])
    marked = terminal(line[column : min(column + length, start + WIDTH)])
    after = terminal(line[min(column + length, start + WIDTH) : start + WIDTH])
    return f"  {before}{marked}{after}", f"  {' ' * len(before)}{'^' * max(1, len(marked))}"
