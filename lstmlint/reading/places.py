"""From JSON pointers to lines and columns, computed only for findings."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import deque
from collections.abc import Callable
from typing import Any

from lstmlint.reading.document import Locator

# The position of a value, and the positions inside it: a dict, a list, or None for a scalar. A member of an
# object has the position of its key.
Place = tuple[int, Any]

# pointer -> offset in a text
Offsets = Callable[[str], int]

# An escape in a JSON string; a surrogate pair counts as one character.
_ESCAPE = re.compile(r"\\(?:u[dD][89abAB]..\\u[dD][c-fC-F]..|u....|.)", re.DOTALL)


def lazily(make: Callable[[], Offsets]) -> Offsets:
    """Return offsets that are computed at the first lookup."""
    made: list[Offsets] = []

    def offset(pointer: str) -> int:
        if not made:
            made.append(make())
        return made[0](pointer)

    return offset


def find(place: Place, pointer: str) -> int:
    """Return the offset of a pointer, or of its nearest existing parent."""
    for token in tokens_of(pointer):
        child = _child(place[1], token)
        if child is None:
            break
        place = child
    return place[0]


def tokens_of(pointer: str) -> list[str]:
    """Return the keys and indices in a JSON pointer."""
    return [token.replace("~1", "/").replace("~0", "~") for token in pointer.split("/")[1:]]


def _child(children: Any, token: str) -> Place | None:
    queue = deque([children])
    while queue:
        children = queue.popleft()
        if isinstance(children, dict):
            if token in children:
                found: Place = children[token]
                return found
            if "<<" in children:  # merged keys of YAML have their position elsewhere
                merged = children["<<"][1]
                queue.extend([inner for _, inner in merged] if isinstance(merged, list) else [merged])
        elif isinstance(children, list) and token.isdecimal() and int(token) < len(children):
            item: Place = children[int(token)]
            return item
    return None


def locator(text: str, offset: Offsets) -> Locator:
    """Return a Document's locator: pointer -> (line, column), 1-based."""
    place = places(text)
    return lambda pointer: place(offset(pointer))


def places(text: str) -> Callable[[int], tuple[int, int]]:
    """Return a function of an offset in a text: its line and column, 1-based. The lines are found when it is called."""
    starts: list[int] = []

    def place(at: int) -> tuple[int, int]:
        if not starts:
            starts.append(0)
            starts.extend(match.end() for match in re.finditer("\n", text))
        line = bisect_right(starts, at)
        return line, at - starts[line - 1] + 1

    return place


def line_and_column(text: str, offset: int) -> tuple[int, int]:
    """Return the 1-based line and column of an offset in a text."""
    return text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)


def unquoted(text: str, start: int, inner: Offsets) -> Offsets:
    """Return the offsets of a document in a JSON string as offsets in the surrounding text.

    text: has the string, with its quotation mark, at `start`. inner: offsets in the decoded string.
    """
    outer_ends: list[int] = []
    inner_ends: list[int] = []

    def offset(pointer: str) -> int:
        if not inner_ends:
            shrunk = 0
            for match in _ESCAPE.finditer(text, start + 1):
                shrunk += len(match[0]) - 1  # each escape represents one character
                outer_ends.append(match.end())
                inner_ends.append(match.end() - start - 1 - shrunk)
        at = inner(pointer)
        index = bisect_right(inner_ends, at) - 1
        if index < 0:
            return start + 1 + at
        return outer_ends[index] + at - inner_ends[index]

    return offset
