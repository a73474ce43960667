"""The text format: a table like that of Keras's summary, the totals, and the findings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from lstmlint.model.values import plural
from lstmlint.reporting import Totals, View
from lstmlint.reporting.findings import FIXABLE, findings_lines
from lstmlint.reporting.layout import wrap
from lstmlint.reporting.tables import HANGING, model_lines, releases_line, total_line

if TYPE_CHECKING:
    from lstmlint.report import FileReport


def digest(report: FileReport, view: View) -> str:
    """Return the file's part of the report."""
    lines: list[str] = []
    if report.model is not None and not view.quiet:
        if shows_table(report, view):
            lines += model_lines(report.model, view)
            for line in releases_line(report.model, report.container, report.findings):
                lines += wrap(line, view.width, HANGING)
            if report.findings or not last_of_file(report):
                lines.append("")
        else:
            lines += wrap(total_line(report.path, report.model), view.width, HANGING)
    if not view.statistics:
        lines += findings_lines(report.file, report.texts, report.findings, view)
    return "".join(line + "\n" for line in lines)


def shows_table(report: FileReport, view: View) -> bool:
    """Return whether a model is shown as a table, and not on one line."""
    return view.single and (report.origin is None or report.origin.count == 1 or view.all_tables)


def last_of_file(report: FileReport) -> bool:
    """Return whether no other model of the file follows."""
    return report.origin is None or report.origin.index == report.origin.count - 1


def render(digests: Iterable[Any], totals: Totals, view: View) -> Iterator[str]:
    """Yield the parts of all files and a summary line."""
    yield from digests
    if view.statistics:
        yield statistics(totals)
    if view.quiet or not totals.files:
        return
    if not view.single:
        least = "about " if not totals.exact else "" if totals.complete else "at least "
        yield f"{plural(totals.models, 'model')}, {least}{totals.params:,} params\n"
    yield f"{findings_line(totals)}\n{fixable_line(totals)}"


def statistics(totals: Totals) -> str:
    """Return a line per rule with the number of its findings, most frequent first."""
    ordered = sorted(totals.codes.items(), key=lambda item: (-item[1], item[0]))
    return "".join(f"{count}\t{code}\t{severity}\t{name}\n" for (code, name, severity), count in ordered)


def findings_line(totals: Totals) -> str:
    """Return the summary: 1 error, 2 warnings in 3 files; 1 failure."""
    counts = ((totals.errors, "error"), (totals.warnings, "warning"), (totals.infos, "info"))
    listed = ", ".join(plural(count, noun) if noun != "info" else f"{count:,} info" for count, noun in counts if count)
    line = f"{listed} in {plural(totals.files, 'file')}" if listed else "No findings"
    if totals.known:
        line += f"; {totals.known:,} known to the baseline"
    if totals.failures:
        line += f"; {plural(len(totals.failures), 'failure')}"
    return f"{line}."


def fixable_line(totals: Totals) -> str:
    """Return how many findings --fix would fix, if any."""
    return f"{FIXABLE} {totals.fixable:,} fixable with the `--fix` option.\n" if totals.fixable else ""
