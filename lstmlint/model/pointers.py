"""JSON pointers: where something stands in a document."""

from __future__ import annotations

from collections.abc import Iterator


def escape(key: str) -> str:
    """A key as a JSON pointer writes it."""
    return key.replace("~", "~0").replace("/", "~1")


def upward(pointer: str) -> Iterator[str]:
    """A pointer and those of all that it lies in; '' for the whole document last."""
    while pointer:
        yield pointer
        pointer = pointer.rpartition("/")[0]
    yield ""
