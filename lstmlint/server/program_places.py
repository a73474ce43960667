"""Places in a program: calls of layers and their arguments."""

from __future__ import annotations

import ast
from functools import cached_property

from lstmlint.python.source import SourceText
from lstmlint.server.positions import Lines, Range

Place = tuple[int, int]  # line and column of the program's text, 1-based, in characters


class ProgramPlaces:
    """The places of a program: of a script, of a notebook's cells, or of a notebook as JSON text.

    parts: the texts in the editor. as_text: whether they are the notebook's JSON, in which only lines are known.
    """

    def __init__(self, source: SourceText, parts: tuple[str, ...], encoding: str, as_text: bool = False) -> None:
        self.source = source
        self.as_text = as_text
        self.parts = [Lines(part, encoding) for part in parts]
        self.mark = 1 if parts and parts[0].startswith("\ufeff") else 0

    def part_of(self, line: int) -> tuple[int, int]:
        """Return the part that holds a line of the program, and the line in it, 0-based."""
        if self.as_text:
            return 0, self.source.file_line(line) - 1
        cell = self.source.cell_at(line)
        return (0, line - 1) if cell is None else (cell.number, line - cell.first_line)

    def range(self, start: Place, end: Place) -> Range:
        """Return the range between two places of the program."""
        part, line = self.part_of(start[0])
        lines = self.parts[part]
        if self.as_text:
            return self.whole_line(line)
        _, last = self.part_of(end[0])
        return lines.range(self.offset(part, line, start[1]), self.offset(part, last, end[1]), part)

    def offset(self, part: int, line: int, column: int) -> int:
        """Return the offset of a 0-based line and 1-based column in a part."""
        lines = self.parts[part]
        if line >= len(lines.starts):
            return len(lines.text)
        mark = self.mark if line == 0 and part == 0 else 0
        return min(lines.starts[line] + column - 1 + mark, lines.end_of(line))

    def whole_line(self, line: int) -> Range:
        """Return a line of the notebook's JSON without the spaces around it."""
        lines = self.parts[0]
        line = min(line, len(lines.starts) - 1)
        text = lines.text[lines.starts[line] : lines.end_of(line)]
        start = lines.starts[line] + len(text) - len(text.lstrip())
        return lines.range(start, start + len(text.strip()))

    def place(self, part: int, line: int, character: int) -> Place | None:
        """Return the place in the program of a position in the editor; None if it is in no code."""
        if self.as_text or not 0 <= part < len(self.parts):
            return None
        lines = self.parts[part]
        offset = lines.offset(line, character)
        line = lines.position(offset)[0]
        column = offset - lines.starts[line] + 1
        if not self.source.cells:
            return line + 1, column
        cell = next((cell for cell in self.source.cells if cell.number == part), None)
        return None if cell is None else (cell.first_line + line, column)

    def in_program(self, line: int, column: int, cell: int | None) -> Place:
        """Return the place in the program of a finding, whose line is in its cell."""
        if cell is None:
            return line, column
        first = next((one.first_line for one in self.source.cells if one.number == cell - 1), 1)
        return first + line - 1, column

    # The syntax tree

    @cached_property
    def text_lines(self) -> list[str]:
        """The lines of the program."""
        return self.source.text.split("\n")

    def column(self, line: int, offset: int) -> int:
        """Return the column of an offset in bytes, as syntax trees have them."""
        text = self.text_lines[line - 1] if line <= len(self.text_lines) else ""
        return (offset if text.isascii() else len(text.encode()[:offset].decode("utf-8", "replace"))) + 1

    def start(self, node: ast.expr | ast.keyword) -> Place:
        """Return where a node begins."""
        return node.lineno, self.column(node.lineno, node.col_offset)

    def end(self, node: ast.expr | ast.keyword) -> Place:
        """Return where a node ends."""
        line, offset = node.end_lineno or node.lineno, node.end_col_offset or node.col_offset
        return line, self.column(line, offset)

    @cached_property
    def expressions(self) -> dict[Place, list[ast.expr]]:
        """The expressions by their beginnings, the largest first."""
        found: dict[Place, list[ast.expr]] = {}
        for node in ast.walk(self.source.tree):
            if isinstance(node, ast.expr):
                found.setdefault(self.start(node), []).append(node)
        return found

    @cached_property
    def keywords(self) -> dict[Place, ast.keyword]:
        """The named arguments by the beginnings of their values."""
        calls = (node for nodes in self.expressions.values() for node in nodes if isinstance(node, ast.Call))
        return {self.start(one.value): one for call in calls for one in call.keywords if one.arg}

    def call_at(self, place: Place) -> ast.Call | None:
        """Return the call that begins at a place; of LSTM(10)(x), the first."""
        calls = [node for node in self.expressions.get(place, ()) if isinstance(node, ast.Call)]
        return calls[-1] if calls else None

    def end_of_calls(self, place: Place) -> Place | None:
        """Return where the call at a place ends, and the call of its result: the end of LSTM(10)(x)."""
        call = self.call_at(place)
        if call is None:
            return None
        for outer in reversed(self.expressions[place]):
            if isinstance(outer, ast.Call) and outer.func is call:
                call = outer
        return self.end(call)

    def span(self, place: Place) -> tuple[Place, Place]:
        """Return the part to underline of what begins at a place: a named argument, a function's name, or a word."""
        keyword = self.keywords.get(place)
        if keyword is not None:
            return self.start(keyword), self.on_line(self.start(keyword), self.end(keyword))
        call = self.call_at(place)
        if call is not None:
            return place, self.on_line(place, self.end(call.func))
        nodes = self.expressions.get(place)
        if nodes:
            return place, self.on_line(place, self.end(nodes[0]))
        line = self.text_lines[place[0] - 1] if place[0] <= len(self.text_lines) else ""
        word = line[place[1] - 1 :].split("(")[0].split("#")[0].rstrip()
        return place, (place[0], place[1] + max(1, len(word)))

    def on_line(self, start: Place, end: Place) -> Place:
        """Return the end, or that of the first line if it is on another one."""
        return end if end[0] == start[0] else (start[0], len(self.text_lines[start[0] - 1]) + 1)
