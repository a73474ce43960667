"""The markdown format, for a pull request's comment or a job's summary."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from lstmlint.model.findings import listing
from lstmlint.model.values import brief
from lstmlint.reporting import Totals, View, size
from lstmlint.reporting import rows as table
from lstmlint.reporting.escape import markdown, markdown_code
from lstmlint.reporting.findings import place_of
from lstmlint.reporting.spool import spooled
from lstmlint.reporting.text import findings_line

if TYPE_CHECKING:
    from lstmlint.inference.summary import LayerSummary, ModelSummary
    from lstmlint.model.findings import Finding
    from lstmlint.report import FileReport

MARKS = {"error": "❌ error", "warning": "⚠️ warning", "info": "ℹ️ info"}


def digest(report: FileReport, view: View) -> str:
    """Return the file's section."""
    parts = [f"### {markdown_code(report.path)}\n"]
    if report.model is not None and not view.quiet:
        parts += model_parts(report.model, view)
    if report.findings:
        parts.append(findings_table(report.findings))
    elif not view.quiet:
        parts.append("No findings.\n")
    elif len(parts) == 1:
        return ""
    return "\n".join(parts) + "\n"


def render(digests: Iterable[Any], totals: Totals, view: View) -> Iterator[str]:
    """Yield a summary line and the sections of all files."""
    sections = spooled(digests)
    yield f"**lstmlint**: {findings_line(totals)}\n\n"
    yield from sections


def model_parts(model: ModelSummary, view: View) -> list[str]:
    """Return the totals, and the collapsed table of layers."""
    title = f"{markdown_code(brief(model.name))} ({markdown_code(brief(model.class_name))})"
    origin = model.origin
    if table.nothing_known(model):
        totals = f"{title}: the number of parameters is unknown.\n"
    elif origin is not None and not origin.certain:
        notes = [f"{unknown.name} is unknown ({unknown.where})" for unknown in origin.unknowns]
        notes += [f"{doubt.where}: {doubt.text}" for doubt in origin.doubts]
        totals = f"{title}: **{markdown(table.total(model))}** parameters; {markdown(listing(notes))}.\n"
    else:
        least = "" if model.complete else "at least "
        totals = (
            f"{title}: **{least}{model.params:,}** parameters"
            f" ({size(model.weight_bytes)}), {model.trainable_params:,} trainable,"
            f" {model.non_trainable_params:,} not trainable.\n"
        )
    unknown = table.unknown_layers(model)
    parts = [totals]
    if unknown:
        parts.append(f"Unknown: {listed(unknown)}\n")
    columns = table.columns_for(model, view.columns)
    header = [table.HEADERS["layer"], *(table.HEADERS[column] for column in columns)]
    rule = ["---", *("---:" if column in table.NUMBERS else "---" for column in columns)]
    lines = [line(header), line(rule)]
    for level, row in table.walk(model, view.depth):
        label = f"{'└ ' * level}{markdown_code(brief(row.name))} ({markdown(brief(row.class_name))}){markdown(table.marks(row))}"
        lines.append(line([label, *(cell(row, column, model.params) for column in columns)]))
    rows = "\n".join(lines)
    return [*parts, f"<details><summary>Layers</summary>\n\n{rows}\n\n</details>\n"]


def listed(rows: list[LayerSummary]) -> str:
    """Return the names and classes of the first layers."""
    return listing([f"{markdown_code(brief(row.name))} ({markdown_code(brief(row.class_name))})" for row in rows])


def cell(row: LayerSummary, column: str, total: int) -> str:
    """Return the text of a layer's cell, with names in code spans."""
    if column == "connected-to":
        return ", ".join(markdown_code(brief(name)) for name in table.connections(row))
    return markdown(table.cell(row, column, total))


def findings_table(findings: list[Finding]) -> str:
    """Return a table with a row per finding."""
    lines = [line(["", "Rule", "Place", "Message"]), line(["---"] * 4)]
    for finding in findings:
        advice = f"<br>*help:* {markdown(finding.help)}" if finding.help else ""
        place = place_of(finding)
        rule = f"{finding.code} {finding.name}"
        lines.append(line([MARKS[finding.severity], rule, place, markdown(finding.message) + advice]))
    return "\n".join(lines) + "\n"


def line(cells: list[str]) -> str:
    """Return a row of a table."""
    return f"| {' | '.join(cells)} |"
