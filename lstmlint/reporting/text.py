"""The text format: a table like that of Keras's summary, the totals, and the findings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lstmlint.reporting import Totals, View, plural, size
from lstmlint.reporting import rows as table
from lstmlint.reporting.escape import terminal
from lstmlint.reporting.layout import lay_out, width_of, wrap

if TYPE_CHECKING:
    from lstmlint.inference.summary import LayerSummary, ModelSummary
    from lstmlint.model.findings import Finding
    from lstmlint.report import FileReport

CODES = {"bold": "1", "dim": "2", "error": "1;31", "warning": "1;33", "info": "1;36"}
HANGING = 4  # indentation of wrapped lines


def digest(report: FileReport, view: View) -> str:
    """Return the file's part of the report."""
    lines: list[str] = []
    if report.model is not None and not view.quiet:
        if view.single:
            lines += model_lines(report, report.model, view)
            if report.findings:
                lines.append("")
        else:
            lines += wrap(total_line(report, report.model), view.width, HANGING)
    if not view.statistics:
        for finding in report.findings:
            lines += finding_lines(report.path, finding, view)
    return "".join(line + "\n" for line in lines)


def render(digests: list[Any], totals: Totals, view: View) -> str:
    """Return the parts of all files and a summary line."""
    text = "".join(digests)
    if view.statistics:
        text += statistics(totals)
    if view.quiet or not totals.files:
        return text
    if not view.single:
        least = "" if totals.complete else "at least "
        text += f"{plural(totals.models, 'model')}, {least}{totals.params:,} params\n"
    return text + findings_line(totals) + "\n"


def statistics(totals: Totals) -> str:
    """Return a line per rule with the number of its findings, most frequent first."""
    ordered = sorted(totals.codes.items(), key=lambda item: (-item[1], item[0]))
    return "".join(f"{count}\t{code}\t{severity}\t{name}\n" for (code, name, severity), count in ordered)


def findings_line(totals: Totals) -> str:
    """Return the summary: 1 error, 2 warnings in 3 files; 1 failure."""
    counts = ((totals.errors, "error"), (totals.warnings, "warning"), (totals.infos, "info"))
    listed = ", ".join(plural(count, noun) if noun != "info" else f"{count:,} info" for count, noun in counts if count)
    line = f"{listed} in {plural(totals.files, 'file')}" if listed else "No findings"
    if totals.fixable:
        line += f"; {totals.fixable:,} fixable with --fix"
    if totals.known:
        line += f"; {totals.known:,} known to the baseline"
    if totals.failures:
        line += f"; {plural(len(totals.failures), 'failure')}"
    return f"{line}."


def finding_lines(path: str, finding: Finding, view: View) -> list[str]:
    """Return a finding as `path:line:column: severity CODE name message`, and its help on the next line."""
    place = f"{terminal(path)}:{finding.line}:{finding.column}"
    line = f"{place}: {finding.severity} {finding.code} {finding.name} {terminal(finding.message)}"
    first, *more = wrap(line, view.width, HANGING)
    if first.startswith(f"{place}: {finding.severity} "):  # painted after wrapping, which counts characters
        rest = first[len(place) + len(finding.severity) + 2 :]
        first = f"{paint(place, 'bold', view)}: {paint(finding.severity, finding.severity, view)}{rest}"
    lines = [first, *more]
    if finding.help:
        lines += wrap(f"  help: {terminal(finding.help)}", view.width, HANGING - 2)
    return lines


def paint(text: str, style: str, view: View) -> str:
    """Return `text` in the color of a style, if the report has colors."""
    return f"\x1b[{CODES[style]}m{text}\x1b[0m" if view.color else text


# One model ------------------------------------------------------------------------------------------------


def model_lines(report: FileReport, model: ModelSummary, view: View) -> list[str]:
    """Return the title, the table of layers and the totals."""
    title = f'Model: "{terminal(model.name)}" ({terminal(model.class_name)}, {table.dialect(report)})'
    columns = table.columns_for(model, view.columns)
    body: list[list[str]] = []
    for level, row in table.walk(model, view.depth):
        first = f"{'  ' * level}{label(row)}{table.marks(row)}"
        body.append([first, *(terminal(table.cell(row, column, model.params)) for column in columns)])
    header = [table.HEADERS["layer"], *(table.HEADERS[column] for column in columns)]
    right = {i for i, column in enumerate(columns, 1) if column in table.NUMBERS}
    lines = [paint(line, "bold", view) for line in wrap(title, view.width, HANGING)]
    lines += ["", *draw(header, body, right, view)]
    for line in total_lines(model):
        lines += wrap(line, view.width, HANGING)
    return lines


def total_line(report: FileReport, model: ModelSummary) -> str:
    """Return a model's totals on one line."""
    least = "" if model.complete else "at least "
    count = f"{least}{model.params:,} params ({size(model.weight_bytes)}), {model.trainable_params:,} trainable"
    if table.nothing_known(model):
        count = "params unknown"
    return (
        f"{terminal(report.path)}: {count}, {plural(len(model.layers), 'layer')},"
        f" {terminal(model.class_name)}, {table.dialect(report)}"
    )


def total_lines(model: ModelSummary) -> list[str]:
    """Return the totals with their sizes, and which layers are missing in them."""
    lines = [f"{title}: {terminal(text)}" for title, text in table.totals(model)]
    unknown = table.unknown_layers(model)
    if unknown:
        lines.append(f"Unknown: {listed(unknown)}")
        causes = table.last_known(model)
        if causes:
            lines.append(f"Unknown because the file does not record the output shape of: {listed(causes)}")
    return lines


def listed(rows: list[LayerSummary]) -> str:
    """Return the names and classes of the first layers."""
    return table.first_of([label(row) for row in rows])


def label(row: LayerSummary) -> str:
    """Return a layer's name and class."""
    return f"{terminal(row.name) or repr('')} ({terminal(row.class_name)})"


def draw(header: list[str], body: list[list[str]], right: set[int], view: View) -> list[str]:
    """Return a table's lines: its header, a rule, its body, a rule."""
    head, lines = lay_out(header, body, right, view.width)
    if not head:
        return [*lines, ""]
    rule = paint("-" * max(map(width_of, [*head, *lines])), "dim", view)
    return [*(paint(line, "bold", view) for line in head), rule, *lines, rule]
