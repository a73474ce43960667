"""The concise format: one line per finding, and nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from lstmlint.reporting import Totals, View
from lstmlint.reporting.tables import finding_lines
from lstmlint.reporting.text import statistics

if TYPE_CHECKING:
    from lstmlint.report import FileReport


def digest(report: FileReport, view: View) -> str:
    """Return the file's findings."""
    if view.statistics:
        return ""
    return "".join(
        finding_lines(report.file, finding, view._replace(width=None))[0] + "\n" for finding in report.findings
    )


def render(digests: Iterable[Any], totals: Totals, view: View) -> Iterator[str]:
    """Yield the lines of all files."""
    yield from digests
    if view.statistics:
        yield statistics(totals)
