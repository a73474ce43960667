"""The azure format: logging commands of Azure Pipelines, which show findings as issues of the run."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from lstmlint.reporting import Totals, View
from lstmlint.reporting.escape import azure, visible
from lstmlint.reporting.places import file_place, repository_path, with_help

if TYPE_CHECKING:
    from lstmlint.report import FileReport

TYPES = {"error": "error", "warning": "warning", "info": "warning"}  # there is no third one


def digest(report: FileReport, view: View) -> str:
    """Return a line per finding."""
    if not report.findings:
        return ""
    path = azure(visible(repository_path(report.file, view.root)))
    lines = []
    for finding in report.findings:
        line, column = file_place(finding)
        place = f"sourcepath={path};linenumber={line};columnnumber={column};code={finding.code}"
        message = azure(f"{finding.name}: {with_help(finding)}")
        lines.append(f"##vso[task.logissue type={TYPES[finding.severity]};{place};]{message}\n")
    return "".join(lines)


def render(digests: Iterable[Any], totals: Totals, view: View) -> Iterator[str]:
    """Yield the lines of all files."""
    yield from digests
