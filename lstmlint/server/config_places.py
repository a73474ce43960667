"""Places in the text of a config: JSON or YAML."""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections.abc import Callable
from contextlib import suppress
from functools import cached_property
from typing import Any, NamedTuple

from lstmlint.model.findings import ReadError
from lstmlint.model.pointers import escape
from lstmlint.reading.places import Place
from lstmlint.server.positions import Lines, Range

_STRING = re.compile(r'"(?:[^"\\\n]++|\\.)*+"?')
_SCALAR = re.compile(r"[^\s,:\[\]{}]+")
_COLON = re.compile(r"[ \t]*:[ \t\r\n]*")
_YAML_KEY = re.compile(
    r"""(?:"[^"\n]*"|'[^'\n]*'|[^\s:#\[\]{},][^:#\n,]*?)(?=[ \t]*(?::(?:\s|$)|$|[ \t]#|,))""", re.MULTILINE
)
_YAML_VALUE = re.compile(
    r"""[ \t]*:[ \t]+("[^"\n]*"|'[^'\n]*'|[^\s#\[\]{}|>&*!][^#\n,}\]]*?)(?=[ \t]*(?:$|[ \t]#|[,}\]]))""", re.MULTILINE
)
_LONGEST = 2**22  # characters of a text whose values are listed


Locate = Callable[[str], tuple[int, int]]  # a pointer's line and column


class Node(NamedTuple):
    """A value of the document. end: where the next value outside it begins."""

    start: int
    end: int
    pointer: str


class ConfigPlaces:
    """The places of a config. The document may lie deeper in the text (JSON in a string); then ranges are short."""

    def __init__(self, text: str, encoding: str) -> None:
        self.mark = 1 if text.startswith("\ufeff") else 0
        self.text = text
        self.lines = Lines(text, encoding)
        self.json = text[self.mark :].lstrip()[:1] in ("{", "[", '"')

    @cached_property
    def newlines(self) -> list[int]:
        """The offsets of the lines as the analysis counts them."""
        return [self.mark, *(match.end() for match in re.finditer("\n", self.text))]

    def offset(self, line: int, column: int) -> int:
        """Return the offset of a line and column of a finding, 1-based."""
        start = self.newlines[min(line, len(self.newlines)) - 1]
        return min(start + column - 1, len(self.text))

    def span(self, start: int) -> tuple[int, int]:
        """Return the part to underline of what begins at an offset: a member with its value, if that is short."""
        key = self.token(start)
        value = self.value(start)
        return start, key if value is None else value[1]

    def token(self, start: int) -> int:
        """Return the end of the key or the scalar that begins at an offset, at least one character after it."""
        pattern = _SCALAR if self.json else _YAML_KEY
        match = (_STRING.match(self.text, start) if self.json else None) or pattern.match(self.text, start)
        return match.end() if match else min(start + 1, len(self.text))

    def value(self, start: int) -> tuple[int, int] | None:
        """Return start and end of the scalar of a member that begins at an offset; None if its value is none."""
        if not self.json:
            key = _YAML_KEY.match(self.text, start)
            found = _YAML_VALUE.match(self.text, key.end()) if key else None
            return found.span(1) if found else None
        key = _STRING.match(self.text, start)
        colon = _COLON.match(self.text, key.end()) if key else None
        if colon is None:
            return None
        scalar = _STRING.match(self.text, colon.end()) or _SCALAR.match(self.text, colon.end())
        return scalar.span() if scalar else None

    def class_name(self, locate: Locate, pointer: str) -> tuple[int, int] | None:
        """Return where the class of the layer or model at a pointer is written; None if it is not in the text."""
        place = locate(f"{pointer}/class_name")
        if place == locate(pointer):
            if self.json:
                return None
            start = self.offset(*place)  # in YAML, a mapping begins with its first key
            return self.value(start) if self.text.startswith("class_name", start) else None
        return self.value(self.offset(*place))

    def range_of(self, locate: Locate | None, pointer: str, line: int, column: int) -> Range:
        """Return the range to underline for a finding. locate: None if the file could not be read."""
        start = self.offset(line, column)
        if locate is not None and locate(pointer) == (line, column):
            found = self.class_name(locate, pointer)
            if found is not None:
                return self.lines.range(*found)
        return self.lines.range(*self.span(start))

    # The values of the document

    @cached_property
    def nodes(self) -> list[Node]:
        """Every value in the order of the text; none if the text is very long, or cannot be read."""
        if len(self.text) > _LONGEST:
            return []
        text = self.text[self.mark :]
        if self.json:
            from lstmlint.reading.json_text import scan
        else:
            from lstmlint.reading.yaml_text import scan
        try:
            return flattened(scan(text), self.mark, len(self.text))
        except ReadError:
            return []

    @cached_property
    def by_pointer(self) -> dict[str, Node]:
        """The values by their pointers."""
        return {node.pointer: node for node in self.nodes}

    def pointer_at(self, offset: int) -> str | None:
        """Return the pointer to the innermost value at an offset."""
        index = bisect_right(self.nodes, offset, key=lambda node: node.start) - 1
        return self.nodes[index].pointer if index >= 0 else None

    def whole(self, locate: Locate, pointer: str) -> tuple[int, int]:
        """Return start and end of a value; a short part of it if its end is not known."""
        start = self.offset(*locate(pointer))
        if self.text.startswith("{", start):
            with suppress(ValueError):  # the config is in a string, so its end is escaped
                return start, json.JSONDecoder().raw_decode(self.text, start)[1]
        node = self.by_pointer.get(pointer)
        if node is None or node.start != start:
            return self.span(start)
        return start, node.start + len(self.text[node.start : node.end].rstrip(" \t\r\n,-"))


def flattened(root: Place, shift: int, end: int) -> list[Node]:
    """Return the values below a place in the order of the text, without what YAML aliases repeat."""
    starts: list[tuple[int, int, str]] = []
    stack: list[tuple[Place, int, str]] = [(root, 0, "")]
    while stack:
        (start, inner), depth, pointer = stack.pop()
        starts.append((start + shift, depth, pointer))
        items: Any = inner.items() if isinstance(inner, dict) else enumerate(inner or ())
        stack += [(child, depth + 1, f"{pointer}/{escape(str(key))}") for key, child in items if child[0] >= start]
    starts.sort(key=lambda item: item[:2])
    nodes: list[Node] = []
    open_: list[int] = []  # indices of nodes whose ends are not known yet
    ends = [end] * len(starts)
    for i, (start, depth, _) in enumerate(starts):
        while open_ and starts[open_[-1]][1] >= depth:
            ends[open_.pop()] = start
        open_.append(i)
    for (start, _, pointer), stop in zip(starts, ends, strict=True):
        nodes.append(Node(start, stop, pointer))
    return nodes
