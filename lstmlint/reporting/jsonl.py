"""The jsonl format: one line per file, with its entry in the JSON report."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from lstmlint.reporting import Totals, View
from lstmlint.reporting.json import dumps

if TYPE_CHECKING:
    from lstmlint.report import FileReport


def digest(report: FileReport, view: View) -> str:
    """Return the file's line."""
    return dumps(report.to_dict()) + "\n"


def render(digests: Iterable[Any], totals: Totals, view: View) -> Iterator[str]:
    """Yield the lines of all files."""
    yield from digests
