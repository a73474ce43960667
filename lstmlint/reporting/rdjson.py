"""The rdjson format: the Reviewdog Diagnostic Format, with suggestions where --fix would help."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from lstmlint.reporting import Totals, View
from lstmlint.reporting.frame import LONGEST_MARK, marked_length
from lstmlint.reporting.json import dumps, pretty_list
from lstmlint.reporting.places import repository_path, with_help
from lstmlint.version import HOME, rule_url

if TYPE_CHECKING:
    from lstmlint.model.findings import Finding
    from lstmlint.report import FileReport


def digest(report: FileReport, view: View) -> list[dict[str, Any]]:
    """Return a diagnostic per finding."""
    if not report.findings:
        return []
    path = repository_path(report.file, view.root)
    lines = report.texts.get(None, "").split("\n")
    return [diagnostic(finding, path, lines) for finding in report.findings]


def diagnostic(finding: Finding, path: str, lines: list[str]) -> dict[str, Any]:
    """Return one diagnostic. lines: of the file; none of a notebook or a binary file."""
    location: dict[str, Any] = {"path": path}
    if finding.file_line is not None:
        location["range"] = {"start": {"line": finding.file_line}}  # the columns are those of the code
    elif (finding.line, finding.column) != (1, 1):
        location["range"] = span(lines, (finding.line, finding.column), (finding.line, end_of(lines, finding)))
    entry: dict[str, Any] = {
        "message": f"{finding.name}: {with_help(finding)}",
        "location": location,
        "severity": finding.severity.upper(),
        "code": {"value": finding.code, "url": rule_url(finding.code)},
    }
    if finding.changes:
        entry["suggestions"] = [{"range": span(lines, start, end), "text": new} for start, end, new in finding.changes]
    return entry


def end_of(lines: list[str], finding: Finding) -> int:
    """Return the column after what a finding is about, on its line."""
    rest = lines[finding.line - 1][finding.column - 1 :] if finding.line <= len(lines) else ""
    return finding.column + min(marked_length(rest[:LONGEST_MARK]), len(rest))


def span(lines: list[str], start: tuple[int, int], end: tuple[int, int]) -> dict[str, Any]:
    """Return a range of the format."""
    return {"start": position(lines, *start), "end": position(lines, *end)}


def position(lines: list[str], line: int, column: int) -> dict[str, int]:
    """Return a place whose column counts bytes of UTF-8, as the format asks."""
    before = lines[line - 1][: column - 1] if line <= len(lines) else ""
    bytes_more = len(before.encode("utf-8", "surrogatepass")) - len(before)
    return {"line": line, "column": column + bytes_more}


def render(digests: Iterable[Any], totals: Totals, view: View) -> Iterator[str]:
    """Yield one object with the diagnostics of all files."""
    yield f'{{\n  "source": {{"name": "lstmlint", "url": {dumps(HOME)}}},\n  "diagnostics": '
    yield from pretty_list((entry for entries in digests for entry in entries), 1)
    yield "\n}\n"
