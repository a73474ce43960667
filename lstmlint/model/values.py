"""Values of a file, and counts, as messages show them. No value makes this fail, or take long."""

from __future__ import annotations

from typing import Any

_LONGEST = 200  # characters of a value in a message
LONGEST_NAME = 400  # characters of a name in a table
_MOST_BITS = 2_000  # of an integer whose digits are written


def brief(name: str) -> str:
    """Return a name for a table; of one that is too long, its beginning and its length."""
    return name if len(name) <= LONGEST_NAME else f"{name[:LONGEST_NAME]}... ({len(name):,} characters)"


def show(value: Any, most: int = _LONGEST) -> str:
    """Return the repr of a value, cut off after about `most` characters. Only what is shown is visited."""
    if type(value) is str:
        return repr(value) if len(value) <= most else f"{value[:most]!r}..."
    pieces: list[str] = []
    _write(value, pieces, most)
    return "".join(pieces)


def _write(value: Any, pieces: list[str], left: int) -> int:
    """Add the repr of a value in pieces; return how many of `left` characters remain."""
    if isinstance(value, dict | list | tuple):
        opening, closing = "{}" if isinstance(value, dict) else "[]" if isinstance(value, list) else "()"
        pieces.append(opening)
        left -= 2
        for count, item in enumerate(value):
            if left <= 0:
                pieces.append(", ..." if count else "...")
                break
            if count:
                pieces.append(", ")
            left = _write(item, pieces, left) - 2
            if isinstance(value, dict):
                pieces.append(": ")
                left = _write(value[item], pieces, left) - 2
        if isinstance(value, tuple) and len(value) == 1:
            pieces.append(",")
        pieces.append(closing)
        return left
    if isinstance(value, str):
        text = show(value, max(left, 1))
    elif isinstance(value, int) and value.bit_length() > _MOST_BITS:
        text = f"an integer of {value.bit_length():,} bits"
    else:
        text = repr(value)
        text = text if len(text) <= _LONGEST * 2 else f"{text[: _LONGEST * 2]}..."
    pieces.append(text)
    return left - len(text)


def plural(count: int, noun: str) -> str:
    """Return 1 file, 2 files."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
