"""Edits of JSON text: members of objects are renamed, changed, or removed. Everything else stays byte for byte."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

from lstmlint.reading.places import tokens_of

KEEP: Any = object()
_BLANKS = " \t\r\n"
_decode = json.JSONDecoder().raw_decode


@dataclass(frozen=True, slots=True)
class Edit:
    """A change of one member of an object.

    pointer: of the object.
    key: of the member.
    new_key: None removes the member.
    value: the new one, as JSON data; KEEP leaves it unchanged.
    earlier: whether all members with the key but the last are meant; otherwise the last.
    """

    pointer: str
    key: str
    new_key: str | None = None
    value: Any = KEEP
    earlier: bool = False


class Member(NamedTuple):
    """A member of an object or an item of a list, and where its key and value begin and end in the text."""

    key: str
    start: int
    key_end: int
    value_start: int
    end: int


class Text:
    """A valid JSON document whose lists and objects are parsed when they are needed."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.known: dict[int, list[Member]] = {}
        self.found: dict[int, dict[str, list[int]]] = {}

    def object_at(self, pointer: str) -> int:
        """Return where the object at a pointer begins. Raises: KeyError if there is none."""
        at = past(self.text, 0)
        for token in tokens_of(pointer):
            places = self.places(at).get(token)
            if places is None:
                raise KeyError(pointer)
            at = self.known[at][places[-1]].value_start
        if self.text[at] != "{":
            raise KeyError(pointer)
        return at

    def members(self, start: int) -> list[Member]:
        """Return the members of the object, including repeated keys, or the items of the list, that begins at `start`."""
        if start not in self.known:
            self.known[start] = self.read_members(start) if self.text[start] in "[{" else []
        return self.known[start]

    def places(self, start: int) -> dict[str, list[int]]:
        """Return the positions of the members of the object or list that begins at `start`, by key."""
        if start not in self.found:
            found = self.found[start] = {}
            for index, member in enumerate(self.members(start)):
                found.setdefault(member.key, []).append(index)
        return self.found[start]

    def read_members(self, start: int) -> list[Member]:
        """Parse the members of an object or the items of a list."""
        text = self.text
        members: list[Member] = []
        at = past(text, start + 1)
        while text[at] not in "]}":
            key, key_end, value_start = str(len(members)), at, at
            if text[start] == "{":
                key, key_end = _decode(text, at)
                value_start = past(text, past(text, key_end) + 1)
            end = _decode(text, value_start)[1]
            members.append(Member(key, at, key_end, value_start, end))
            at = past(text, end)
            if text[at] == ",":
                at = past(text, at + 1)
        return members


def apply(text: str, edits: Iterable[Edit]) -> str:
    """Return the text with the edits applied. Raises: KeyError if an edit matches nothing."""
    pieces: list[str] = []
    at = 0
    for start, end, new in changes(Text(text), edits):
        pieces += [text[at:start], new]
        at = end
    return "".join([*pieces, text[at:]])


def changes(parts: Text, edits: Iterable[Edit]) -> list[tuple[int, int, str]]:
    """Return (start, end, new text) of every change that edits make in a text, in order. Raises: as `apply`."""
    by_object: dict[int, list[Edit]] = {}
    for edit in dict.fromkeys(edits):
        by_object.setdefault(parts.object_at(edit.pointer), []).append(edit)
    return sorted(change for start, some in by_object.items() for change in changes_in(parts, start, some))


def changes_in(parts: Text, start: int, edits: list[Edit]) -> list[tuple[int, int, str]]:
    """Return (start, end, new text) of every change in the object that begins at `start`."""
    members = parts.members(start)
    changes: list[tuple[int, int, str]] = []
    removed: set[int] = set()
    for edit in edits:
        places = parts.places(start)[edit.key]
        if edit.new_key is None:
            removed.update(places[:-1] if edit.earlier else places[-1:])
            continue
        member = members[places[-1]]
        if edit.new_key != edit.key:
            changes.append((member.start, member.key_end, json.dumps(edit.new_key)))
        if edit.value is not KEEP:
            changes.append((member.value_start, member.end, json.dumps(edit.value)))
    index = 0
    while index < len(members):
        if index not in removed:
            index += 1
            continue
        first = index
        while index in removed:
            index += 1
        if index < len(members):  # the next member becomes the first
            changes.append((members[first].start, members[index].start, ""))
        elif first:  # with the preceding comma
            changes.append((members[first - 1].end, members[-1].end, ""))
        else:
            changes.append((start + 1, past(parts.text, members[-1].end), ""))
    return changes


def past(text: str, at: int) -> int:
    """Return the first position from `at` on that is not blank."""
    while at < len(text) and text[at] in _BLANKS:
        at += 1
    return at
