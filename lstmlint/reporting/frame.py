"""The lines of a text around the place of a finding, with carets under what the finding is about."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from lstmlint.reporting.escape import RUNNER_COMMAND, visible
from lstmlint.reporting.layout import width_of

CONTEXT = 2  # lines before and after
PIPED = 120  # columns in a pipe or a file
CUT = "..."
TAB = "    "
LONGEST_MARK = 1_000  # characters that are searched for the end of what a finding is about

# A string, an opening or closing bracket, a comment, or anything else.
_TOKEN = re.compile(r"""(?P<string>"(?:[^"\\]|\\.)*"?|'(?:[^'\\]|\\.)*'?)|(?P<open>[(\[{])|(?P<close>[)\]}])|.""")
_SPACES = re.compile(" *")
_WORD = re.compile(r"-?\w[\w.\u0300-\u036f-]*")
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"?')
_LAYER = re.compile(r'\{ *"class_name": *"\w+"')
_SCALAR = re.compile(r'"(?:[^"\\]|\\.)*"?|[^\s,:\[\]{}"]+')
_COLON = re.compile(r"\s*:\s*")
_YAML_VALUE = re.compile(r""":[ \t]+("(?:[^"\\]|\\.)*"?|'[^']*'?|[^\s#\[\]{}|>&*!"'][^,}\]#]*)""")


class Frame(NamedTuple):
    """Lines of a text, cut to fit. number: of the first one. marked: the index of the line with the place.

    carets: the blanks and the number of carets below that line, in columns.
    """

    number: int
    lines: list[str]
    marked: int
    carets: tuple[int, int]


class Excerpts:
    """Cuts frames out of a text."""

    def __init__(self, text: str) -> None:
        self.lines = text.split("\n")

    def frame(self, line: int, column: int, width: int | None, encoding: str) -> Frame | None:
        """Return the lines around a place; None if there are none. The place of a blank line is the end of the one before.

        line, column: 1-based, in characters. width: of the terminal, of which the frame's margin takes a part; None in a
        pipe. encoding: of the output; characters that it lacks are escaped.
        """
        line = min(line, len(self.lines))
        while line and blank(self.lines[line - 1]):
            line -= 1
            column = len(self.lines[line - 1]) + 1
        if line < 1:
            return None
        first, last = max(0, line - 1 - CONTEXT), min(len(self.lines), line + CONTEXT)
        while blank(self.lines[first]):
            first += 1
        while blank(self.lines[last - 1]):
            last -= 1
        room = (width or PIPED) - len(str(last)) - len(" | ")
        shown = [text.removesuffix("\r") for text in self.lines[first:last]]
        index = line - 1 - first
        column = min(column - 1, len(shown[index]))
        if any(len(text) > room for text in shown):  # without their common indentation, they may fit
            indent = min([column, *(indentation(text) for text in shown if not blank(text))])
            shown, column = [text[indent:] for text in shown], column - indent
        marked, carets = window(shown[index], column, room, encoding)
        lines = [marked if i == index else beginning(text, room, encoding) for i, text in enumerate(shown)]
        return Frame(first + 1, lines, index, carets)


def blank(line: str) -> bool:
    """Return whether a line shows nothing."""
    return not line or line.isspace()


def indentation(line: str) -> int:
    """Return the number of spaces that a line begins with."""
    match = _SPACES.match(line)
    return match.end() if match else 0


def window(line: str, column: int, room: int, encoding: str) -> tuple[str, tuple[int, int]]:
    """Return the part of a line around a column that fits, and the blanks and carets below it."""
    end = column + marked_length(line[column : column + LONGEST_MARK].rstrip())
    start = max(0, column - room)
    shown = cells(line[start : end + room], encoding)
    before = shown[: column - start]
    marked = shown[column - start : min(end, column + room) - start]
    after = shown[end - start :]
    beyond = end - column > room or end + room < len(line)
    left = right = ""
    needed = max(1, columns(marked)) + columns(after) + (len(CUT) if beyond else 0)
    before_room = max(room // 3, room - needed)
    if column > room or columns(before) > before_room:
        left = CUT
        before = last_of(before, before_room - len(CUT))
    rest = room - len(left) - columns(before)
    if beyond or columns(marked) + columns(after) > rest:
        right = CUT
        marked = first_of(marked, rest - len(CUT))
        after = first_of(after, rest - len(CUT) - columns(marked))
    text = left + "".join(before + marked + after) + right
    return text.rstrip(), (len(left) + columns(before), max(1, columns(marked)))


def beginning(line: str, room: int, encoding: str) -> str:
    """Return the beginning of a line, as much as fits."""
    shown = cells(line[: room + 1], encoding)
    if columns(shown) > room or len(line) > room + 1:
        shown = [*first_of(shown, room - len(CUT)), CUT]
    return "".join(shown).rstrip()


def cells(text: str, encoding: str) -> list[str]:
    """Return what shows each character: itself, blanks for a tab, or an escape."""
    shown = [TAB if character == "\t" else visible(character) for character in text]
    for match in RUNNER_COMMAND.finditer(text):
        shown[match.start()] = "#\\x23"
        shown[match.start() + 1] = ""
    if text.isascii():
        return shown
    return [cell.encode(encoding, "backslashreplace").decode(encoding) for cell in shown]


def columns(cells: list[str]) -> int:
    """Return how many columns of a terminal cells take."""
    return width_of("".join(cells))


def first_of(cells: list[str], room: int) -> list[str]:
    """Return the first cells, as many as fit."""
    taken = 0
    for i, text in enumerate(cells):
        taken += width_of(text)
        if taken > room:
            return cells[:i]
    return cells


def last_of(cells: list[str], room: int) -> list[str]:
    """Return the last cells, as many as fit; a combining character is not the first of them."""
    taken = 0
    for i in range(len(cells) - 1, -1, -1):
        taken += width_of(cells[i])
        if taken > room:
            rest = cells[i + 1 :]
            while rest and width_of(rest[0]) == 0:
                del rest[0]
            return rest
    return cells


# What a finding is about --------------------------------------------------------------------------------------


def marked_length(text: str) -> int:
    """Return how many characters to mark at the beginning of the rest of a line, at least one.

    That is a member of JSON or YAML with its value, if that is a scalar; a layer of JSON up to its class; a call or a
    keyword argument of Python; a bracket with its content; or a word.
    """
    layer = _LAYER.match(text)
    if layer is not None:
        return layer.end()
    if text.startswith('"'):
        return length_of_member(text)
    if text.startswith(("{", "[", "(")):
        return end_of_bracket(text, 0) or 1
    word = _WORD.match(text)
    if word is None:
        return 1
    end = word.end()
    value = _YAML_VALUE.match(text, end)
    if value is not None:
        return len(value.string[: value.end()].rstrip())
    if text[end : end + 1] == "=" and text[end + 1 : end + 2] not in ("", "=", " "):
        return end_of_value(text, end + 1)
    while text[end : end + 1] in ("(", "["):
        end = end_of_bracket(text, end) or len(text)
    return end


def length_of_member(text: str) -> int:
    """Return the length of a string in JSON; with its value, if it is the key of a member whose value is a scalar."""
    key = _STRING.match(text)
    end = key.end() if key else 1
    colon = _COLON.match(text, end)
    value = _SCALAR.match(text, colon.end()) if colon else None
    return value.end() if value else end


def end_of_bracket(text: str, start: int) -> int | None:
    """Return the end of what an opening bracket begins; None if it is not on this line."""
    return next((token.end() for token, depth in nested(text, start) if token["close"] and depth == 0), None)


def end_of_value(text: str, start: int) -> int:
    """Return the end of the value of a keyword argument."""
    for token, depth in nested(text, start):
        if depth < 0 or (depth == 0 and token[0] == ","):
            return len(text[: token.start()].rstrip())
    return len(text)


def nested(text: str, start: int) -> Iterator[tuple[re.Match[str], int]]:
    """Yield the tokens of a text, each with the number of brackets that are open after it."""
    depth = 0
    for token in _TOKEN.finditer(text, start):
        depth += bool(token["open"]) - bool(token["close"])
        yield token, depth
