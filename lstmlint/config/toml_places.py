"""Where the keys and values of a TOML text are. tomllib parses values but does not record their places."""

from __future__ import annotations

import re
from typing import NamedTuple

# A key, or the index in an array, per level.
Path = tuple[str | int, ...]

_BLANK = re.compile(r"(?:\s|#[^\n]*)*")
_STRING = re.compile(
    r'"""(?:\\.|[^\\])*?"{3,5}|' r"'''.*?'{3,5}|" r'"(?:\\.|[^"\\\n])*"|' r"'[^'\n]*'",
    re.DOTALL,
)
_KEY = re.compile(r'"(?:\\.|[^"\\\n])*"|' r"'[^'\n]*'|[A-Za-z0-9_-]+")
_DOT = re.compile(r"[ \t]*\.[ \t]*")
_PLAIN = re.compile(r"[^,\]}#\n]*[^,\]}#\s]")


class Place(NamedTuple):
    """Offsets in the text: where the key (of an array element: the value) begins and ends, and the same of the value.

    A table with a header, such as [severity], has no value of its own, so the place of its header's key is used.
    """

    start: int
    end: int
    value_start: int
    value_end: int


def find_places(text: str) -> dict[Path, Place]:
    """Return the place of every key and array element. `text` must be valid TOML (tomllib has parsed it)."""
    return _Scanner(text).scan()


class _Scanner:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.places: dict[Path, Place] = {}
        self.lengths: dict[Path, int] = {}  # of arrays of tables

    def scan(self) -> dict[Path, Place]:
        table: Path = ()
        while self.skip():
            if self.text[self.at] == "[":
                table = self.header()
            else:
                self.pair(table)
        return self.places

    def skip(self) -> bool:
        """Skip blanks and comments. Return False at the end of the text."""
        match = _BLANK.match(self.text, self.at)
        self.at = match.end() if match else self.at
        return self.at < len(self.text)

    def header(self) -> Path:
        """Read [table] or [[array of tables]] and return the path of the table."""
        brackets = 2 if self.text.startswith("[[", self.at) else 1
        self.at += brackets
        self.skip()
        keys = self.keys()
        self.skip()
        self.at += brackets
        path: Path = ()
        for number, (key, start, end) in enumerate(keys, 1):
            path += (key,)
            self.places.setdefault(path, Place(start, end, start, end))
            if brackets == 2 and number == len(keys):
                self.lengths[path] = self.lengths.get(path, 0) + 1
            if path in self.lengths:
                path += (self.lengths[path] - 1,)
                self.places.setdefault(path, Place(start, end, start, end))
        return path

    def pair(self, table: Path) -> None:
        """Read `key = value` in a table."""
        path, keys = table, self.keys()
        self.skip()
        self.at += 1  # the =
        self.skip()
        for key, start, end in keys:
            path += (key,)
            self.places.setdefault(path, Place(start, end, start, end))
        _, start, end = keys[-1]
        value_start = self.at
        self.value(path)
        self.places[path] = Place(start, end, value_start, self.at)

    def keys(self) -> list[tuple[str, int, int]]:
        """Read a key, which may be dotted: its parts and where each begins and ends."""
        found: list[tuple[str, int, int]] = []
        while match := _KEY.match(self.text, self.at):
            found.append((_decoded(match[0]), match.start(), match.end()))
            dot = _DOT.match(self.text, match.end())
            self.at = dot.end() if dot else match.end()
            if not dot:
                break
        return found

    def value(self, path: Path) -> None:
        """Read a value."""
        if self.text[self.at] == "[":
            self.array(path)
        elif self.text[self.at] == "{":
            self.at += 1
            while self.skip() and self.text[self.at] != "}":
                self.pair(path)
                self.comma()
            self.at += 1
        else:
            match = _STRING.match(self.text, self.at) or _PLAIN.match(self.text, self.at)
            self.at = match.end() if match else self.at + 1

    def array(self, path: Path) -> None:
        """Read an array."""
        self.at += 1
        index = 0
        while self.skip() and self.text[self.at] != "]":
            start = self.at
            self.value((*path, index))
            self.places[(*path, index)] = Place(start, self.at, start, self.at)
            self.comma()
            index += 1
        self.at += 1

    def comma(self) -> None:
        self.skip()
        if self.text.startswith(",", self.at):
            self.at += 1


def _decoded(key: str) -> str:
    """Return a key without its quotes and escapes."""
    if key[0] == "'":
        return key[1:-1]
    if key[0] == '"':
        import tomllib

        return next(iter(tomllib.loads(f"{key} = 0")))
    return key
