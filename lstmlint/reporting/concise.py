"""The concise format: one line per finding, and one that tells how many --fix would fix."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from lstmlint.reporting import Totals, View
from lstmlint.reporting.findings import finding_line
from lstmlint.reporting.text import fixable_line, statistics

if TYPE_CHECKING:
    from lstmlint.report import FileReport


def digest(report: FileReport, view: View) -> str:
    """Return the file's findings."""
    if view.statistics:
        return ""
    return "".join(finding_line(report.file, finding, view) + "\n" for finding in report.findings)


def render(digests: Iterable[Any], totals: Totals, view: View) -> Iterator[str]:
    """Yield the lines of all files."""
    yield from digests
    if view.statistics:
        yield statistics(totals)
    if not view.quiet:
        yield fixable_line(totals)
