"""Places in a text as the Language Server Protocol counts them."""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import NamedTuple

_LINE_END = re.compile("\r\n|\n|\r")
_BYTES = {"utf-8": ("utf-8", 1), "utf-16": ("utf-16-le", 2), "utf-32": ("utf-32-le", 4)}
ENCODINGS = tuple(_BYTES)


class Range(NamedTuple):
    """A range in a document: 0-based lines, and units of the agreed encoding from the start of the line.

    part: the index of the cell in a notebook; 0 in other documents.
    """

    part: int
    line: int
    character: int
    end_line: int
    end_character: int

    def touches(self, other: Range) -> bool:
        """Return whether two ranges have a place in common; those that only touch do."""
        return (
            self.part == other.part
            and (self.line, self.character) <= (other.end_line, other.end_character)
            and (other.line, other.character) <= (self.end_line, self.end_character)
        )


class Lines:
    """A text with its lines. encoding: utf-8, utf-16 or utf-32, whose units the client counts."""

    def __init__(self, text: str, encoding: str = "utf-16") -> None:
        self.text = text
        self.encoding = encoding
        self.ascii = text.isascii()
        self.starts = [0, *(match.end() for match in _LINE_END.finditer(text))]

    def end_of(self, line: int) -> int:
        """Return the offset of the end of a line, without its line break."""
        if line + 1 >= len(self.starts):
            return len(self.text)
        end = self.starts[line + 1]
        return end - (2 if self.text.startswith("\r\n", end - 2) else 1)

    def position(self, offset: int) -> tuple[int, int]:
        """Return line and character of an offset."""
        offset = max(0, min(offset, len(self.text)))
        line = bisect_right(self.starts, offset) - 1
        start = self.starts[line]
        offset = max(start, min(offset, self.end_of(line)))
        if self.ascii or self.encoding == "utf-32":
            return line, offset - start
        codec, width = _BYTES[self.encoding]
        return line, len(self.text[start:offset].encode(codec, "surrogatepass")) // width

    def offset(self, line: int, character: int) -> int:
        """Return the offset of a line and character. Beyond the end of the line or the text, it is that end."""
        if line >= len(self.starts):
            return len(self.text)
        if line < 0:
            return 0
        start, end = self.starts[line], self.end_of(line)
        character = max(0, character)
        if self.ascii or self.encoding == "utf-32":
            return min(start + character, end)
        codec, width = _BYTES[self.encoding]
        raw = self.text[start:end].encode(codec, "surrogatepass")
        cut = min(character * width, len(raw))
        if cut < len(raw):  # a place within a character is the one before it
            if self.encoding == "utf-8":
                while raw[cut] & 0xC0 == 0x80:
                    cut -= 1
            elif cut and raw[cut + 1] & 0xFC == 0xDC and raw[cut - 1] & 0xFC == 0xD8:
                cut -= width
        return start + len(raw[:cut].decode(codec, "surrogatepass"))

    def range(self, start: int, end: int, part: int = 0) -> Range:
        """Return the range between two offsets."""
        return Range(part, *self.position(start), *self.position(max(start, end)))


def changed(text: str, encoding: str, start: tuple[int, int], end: tuple[int, int], new: str) -> str:
    """Return the text with the part between two positions replaced, as a client edits it."""
    lines = Lines(text, encoding)
    first = lines.offset(*start)
    return text[:first] + new + text[max(first, lines.offset(*end)) :]
