"""What reading notices about a file that may be made to cause harm. The package `security` judges it.

A clean file pays for one look at the class of each object. Only a file with something unusual is examined further.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from lstmlint.model.findings import Problem

# Class, module, and registered name of an object, as they are written.
ClassPath = tuple[Any, Any, Any]


@dataclass(slots=True)
class Survey:
    """What is known about a file, also if it turns out not to be a model.

    classes: the class paths of all objects, in all texts, also of those behind repeated keys. A class that is not a
    string or a path that cannot be hashed sets `odd`.
    odd: whether a string may contain a path, a URL, or an escape sequence.
    parts: the data of each text that was decoded.
    lost: data that a repeated key hides: (pointer, value).
    members: the members of a zip archive, if any of them is unusual.
    problems: what the readers found in containers.
    """

    classes: set[ClassPath] = field(default_factory=set)
    odd: bool = False
    parts: list[Any] = field(default_factory=list)
    lost: list[tuple[str, Any]] = field(default_factory=list)
    members: list[Any] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def note(self, obj: dict[str, Any]) -> None:
        """Note the class of an object that has one."""
        try:
            self.classes.add((obj["class_name"], obj.get("module"), obj.get("registered_name")))
        except TypeError:  # a list or an object
            self.odd = True


_active: ContextVar[Survey | None] = ContextVar("survey", default=None)


def active() -> Survey:
    """Return the survey of the file that is read now."""
    return _active.get() or Survey()


@contextmanager
def surveyed() -> Iterator[Survey]:
    """Survey the file that is read inside."""
    survey = Survey()
    token = _active.set(survey)
    try:
        yield survey
    finally:
        _active.reset(token)


def may_hold_paths(text: str) -> bool:
    """Check whether a text contains what every URL and escape sequence contains, and every path but ".."."""
    return "/" in text or "\\" in text


def bloated(size: int, packed: int) -> bool:
    """Check whether data unpacks to far more bytes than real data does: 16 MB at least, and a hundred times its size."""
    return size > 16 * 2**20 and size > 100 * packed
