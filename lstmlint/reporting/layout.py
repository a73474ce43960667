"""Line widths, wrapping and tables: the same rules for every text that a person reads.

On a terminal, everything fits its width: lines break at spaces, tables wrap their cells, and nothing is cut off. Into a
pipe or a file, findings and tables keep one line each, as programs expect, and prose is PROSE columns wide.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator

PROSE = 80  # columns of prose in a pipe or a file
WIDEST_PROSE = 100  # columns of prose on a wide terminal
NARROWEST = 40  # a terminal that claims to be narrower is not believed
NARROWEST_COLUMN = 8
LONGEST_WORD = 32  # a table's column is not widened for longer words
GAP = "  "

# A word, or a shape such as (None, 64, 64, 3) with what is attached to it.
_WORD = re.compile(r" *(?:[^ (]*\((?:(?:None|\?|[0-9]+)(?:, ?(?=[N?0-9)])|(?=\))))+\)[^ ]*|[^ ]+)")
# Where a word may break if it is wider than a line.
_WITHIN = re.compile(r"[^ _/.]*(?:[_/.]+| +|$)")
# Chinese and Japanese have no spaces: a line may break around every character, but not before punctuation that closes.
_WIDE = r"[\u2e80-\u9fff\uac00-\ud7a3\uff00-\uff60]"
_CLOSING = "、。〉》」』】〕！），：；？”’"
_BREAKS = rf"(?<=[^ ])(?={_WIDE})(?![{_CLOSING}])|(?<={_WIDE})(?<![（「『【《])(?=[^ {_CLOSING}])"


def terminal_width(path: str | None = None) -> int | None:
    """Return the columns of the terminal; None if the output is a pipe or the file `path`."""
    if path is not None or not sys.stdout.isatty():
        return None
    from shutil import get_terminal_size

    return max(NARROWEST, get_terminal_size().columns)


def prose_width() -> int:
    """Return the columns that a paragraph on standard output should take."""
    return min(terminal_width() or PROSE, WIDEST_PROSE)


# Wrapping ---------------------------------------------------------------------------------------------------


def wrap(text: str, width: int | None, hanging: int = 0) -> list[str]:
    """Break a line into lines of at most `width` columns (None: any), at spaces that are not inside a shape.

    Only a word wider than a line is broken itself, after `_`, `/` or `.` if possible. Every line keeps the text's
    indentation; all but the first are indented by `hanging` more.
    """
    if width is None or width_of(text) <= width:
        return [text]
    bare = text.lstrip(" ")
    indent = " " * min(len(text) - len(bare), width // 2)
    further = " " * min(len(indent) + hanging, max(width // 2, width - NARROWEST // 2))
    lines: list[str] = []
    line = indent
    for word in pieces(bare.rstrip(" "), width - len(further)):
        if width_of(line + word) <= width or not line.strip():
            line += word
        else:
            lines.append(line.rstrip())
            line = further + word.lstrip(" ")
    return [*lines, line.rstrip()]


def pieces(text: str, width: int) -> Iterator[str]:
    """Yield the words of a text, each with the spaces before it, in pieces of at most `width` columns."""
    words = _WORD.findall(text)
    if not text.isascii():
        words = [part for word in words for part in re.split(_BREAKS, word)]
    for word in words:
        if width_of(word.lstrip(" ")) <= width:
            yield word
            continue
        for part in _WITHIN.findall(word):
            rest = part
            while width_of(rest) > width:
                end = prefix(rest, width)
                yield rest[:end]
                rest = rest[end:]
            yield rest


def paragraphs(text: str, width: int) -> str:
    """Wrap every paragraph of a text whose paragraphs are separated by empty lines.

    Code blocks between ``` are indented by four instead, and keep their lines.
    """
    return "\n\n".join(_paragraph(part, width) for part in text.split("\n\n"))


def _paragraph(text: str, width: int) -> str:
    if text.startswith("```"):
        return "\n".join(f"    {line}" for line in text.splitlines()[1:-1])
    return "\n".join(wrap(" ".join(text.split()), width))


def prefix(text: str, width: int) -> int:
    """Return how many characters of `text` fit into `width` columns, at least one."""
    if text.isascii():
        return max(width, 1)
    taken = 0
    for i, character in enumerate(text):
        taken += width_of(character)
        if taken > width:
            return max(i, 1)
    return len(text)


def width_of(text: str) -> int:
    """Return how many columns of a terminal a text takes."""
    if text.isascii():
        return len(text)
    from unicodedata import category, east_asian_width

    return sum(0 if category(c) in ("Mn", "Me") else 2 if east_asian_width(c) in "WF" else 1 for c in text)


# Tables -----------------------------------------------------------------------------------------------------


def lay_out(
    header: list[str], body: list[list[str]], right: set[int], width: int | None
) -> tuple[list[str], list[str]]:
    """Return a table as the lines of its header and those of its body.

    right: the columns that are aligned to the right and never wrapped. width: of the terminal, None for any. If the
    columns do not fit, every row becomes a paragraph, and there is no header.
    """
    widths = [max(map(width_of, column)) for column in zip(header, *body, strict=True)]
    if width is not None and total_width(widths) > width:
        least = [narrowest(column) for column in zip(header, *body, strict=True)]
        if not narrow(widths, width, right, least):
            return [], records(header, body, width)
    return row_lines(header, widths, right), [line for cells in body for line in row_lines(cells, widths, right)]


def total_width(widths: list[int]) -> int:
    """Return how wide a table is."""
    return sum(widths) + len(GAP) * (len(widths) - 1)


def narrowest(cells: tuple[str, ...]) -> int:
    """Return how narrow a column can be: no class name or shape is broken."""
    words = (part for cell in cells for word in _WORD.findall(cell) for part in breakable(word.strip(" ")))
    return max(NARROWEST_COLUMN, *(min(width_of(part), LONGEST_WORD) for part in words), 0)


def breakable(word: str) -> list[str]:
    """Split a name where it may break; a shape stays whole."""
    return [word] if "(" in word and " " in word else _WITHIN.findall(word)


def narrow(widths: list[int], width: int, fixed: set[int], least: list[int]) -> bool:
    """Narrow the widest columns until the table fits, in place. Return False if it cannot."""
    excess = total_width(widths) - width
    while excess > 0:
        flexible = [i for i, width in enumerate(widths) if i not in fixed and width > least[i]]
        if not flexible:
            return False
        widest = max(flexible, key=lambda i: widths[i])
        # Down to the next wider column at once: the number of steps does not depend on the width.
        others = max((widths[i] for i in flexible if i != widest), default=0)
        cut = min(excess, max(1, widths[widest] - max(others, least[widest])))
        widths[widest] -= cut
        excess -= cut
    return True


def row_lines(cells: list[str], widths: list[int], right: set[int]) -> list[str]:
    """Return a row on as many lines as its longest cell needs."""
    wrapped = [wrap(cell, width) for cell, width in zip(cells, widths, strict=True)]
    lines = []
    for i in range(max(map(len, wrapped))):
        texts = [lines[i] if i < len(lines) else "" for lines in wrapped]
        blanks = [" " * (width - width_of(text)) for text, width in zip(texts, widths, strict=True)]
        padded = [b + t if i in right else t + b for i, (t, b) in enumerate(zip(texts, blanks, strict=True))]
        lines.append(GAP.join(padded).rstrip())
    return lines


def records(header: list[str], body: list[list[str]], width: int) -> list[str]:
    """Return the rows as paragraphs: the first cell, and below it a line per other cell."""
    indent = 4
    titles = max(map(width_of, header[1:])) + len(GAP)
    lines = []
    for first, *cells in body:
        lines += wrap(first, width, indent * 2)
        for title, text in zip(header[1:], cells, strict=True):
            for i, piece in enumerate(wrap(text, max(NARROWEST_COLUMN, width - indent - titles)) if text else ()):
                lines.append(" " * indent + (title if i == 0 else "").ljust(titles) + piece)
    return lines
