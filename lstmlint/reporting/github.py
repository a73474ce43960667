"""The github format: workflow commands, which GitHub shows as annotations next to the lines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from lstmlint.reporting import Totals, View
from lstmlint.reporting.escape import github_data, github_property, visible
from lstmlint.reporting.places import file_place, repository_path, with_help

if TYPE_CHECKING:
    from lstmlint.report import FileReport

LEVELS = {"error": "error", "warning": "warning", "info": "notice"}


def digest(report: FileReport, view: View) -> str:
    """Return a line per finding."""
    if not report.findings:
        return ""
    path = github_property(visible(repository_path(report.file, view.root)))
    lines = []
    for finding in report.findings:
        title = github_property(f"lstmlint {finding.code} {finding.name}")
        line, column = file_place(finding)
        message = github_data(with_help(finding))
        lines.append(f"::{LEVELS[finding.severity]} title={title},file={path},line={line},col={column}::{message}\n")
    return "".join(lines)


def render(digests: Iterable[Any], totals: Totals, view: View) -> Iterator[str]:
    """Yield the lines of all files."""
    yield from digests
