"""The gitlab format: a Code Quality report, which GitLab shows in merge requests."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from lstmlint.reporting import Totals, View
from lstmlint.reporting.escape import visible
from lstmlint.reporting.json import pretty_list
from lstmlint.reporting.places import file_place, fingerprints, in_cell, repository_path

if TYPE_CHECKING:
    from lstmlint.report import FileReport

SEVERITIES = {"error": "major", "warning": "minor", "info": "info"}


def digest(report: FileReport, view: View) -> list[dict[str, Any]]:
    """Return an issue per finding."""
    if not report.findings:
        return []
    path = repository_path(report.file, view.root)
    prints = fingerprints(repository_path(report.path, view.root), report.findings)
    issues = []
    for finding, fingerprint in zip(report.findings, prints, strict=True):
        line, column = file_place(finding)
        issue = {
            "check_name": finding.code,
            "description": visible(f"{finding.name}: {in_cell(finding)}"),
            "fingerprint": fingerprint,
            "severity": SEVERITIES[finding.severity],
            "location": {
                "path": path,
                "positions": {"begin": {"line": line, "column": column}},
                "lines": {"begin": line},
            },
        }
        issues.append(issue)
    return issues


def render(digests: Iterable[Any], totals: Totals, view: View) -> Iterator[str]:
    """Yield the list of all issues."""
    yield from pretty_list(issue for issues in digests for issue in issues)
    yield "\n"
