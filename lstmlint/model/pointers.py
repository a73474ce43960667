"""JSON pointers into a document."""

from __future__ import annotations

from collections.abc import Iterator


def escape(key: str) -> str:
    """Return a key as a token of a JSON pointer."""
    return key.replace("~", "~0").replace("/", "~1")


def upward(pointer: str) -> Iterator[str]:
    """Yield a pointer and all its parents, the whole document ('') last."""
    while pointer:
        yield pointer
        pointer = pointer.rpartition("/")[0]
    yield ""
