"""text: a table in the manner of Keras's summary, the totals, and the findings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lstmlint.reporting import Totals, View, plural, size
from lstmlint.reporting import rows as table
from lstmlint.reporting.escape import terminal

if TYPE_CHECKING:
    from lstmlint.inference.summary import LayerSummary, ModelSummary
    from lstmlint.model.findings import Finding
    from lstmlint.report import FileReport

CODES = {"bold": "1", "dim": "2", "error": "1;31", "warning": "1;33", "info": "1;36"}
NARROWEST = 8  # no column is wrapped to less


def digest(report: FileReport, view: View) -> str:
    """The file's part of the report."""
    lines: list[str] = []
    if report.model is not None and not view.quiet:
        if view.single:
            lines += model_lines(report, report.model, view)
            if report.findings:
                lines.append("")
        else:
            lines.append(total_line(report, report.model))
    if not view.statistics:
        for finding in report.findings:
            lines += finding_lines(report.path, finding, view)
    return "".join(line + "\n" for line in lines)


def render(digests: list[Any], totals: Totals, view: View) -> str:
    """The files' parts one after the other, and a line that sums up."""
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
    """How often each rule was found, the most frequent first."""
    ordered = sorted(totals.codes.items(), key=lambda item: (-item[1], item[0]))
    return "".join(f"{count}\t{code}\t{severity}\t{name}\n" for (code, name, severity), count in ordered)


def findings_line(totals: Totals) -> str:
    """1 error, 2 warnings in 3 files; 1 failure."""
    counts = ((totals.errors, "error"), (totals.warnings, "warning"), (totals.infos, "info"))
    said = ", ".join(plural(count, noun) if noun != "info" else f"{count:,} info" for count, noun in counts if count)
    line = f"{said} in {plural(totals.files, 'file')}" if said else "No findings"
    if totals.fixable:
        line += f"; {totals.fixable:,} fixable with --fix"
    if totals.known:
        line += f"; {totals.known:,} known to the baseline"
    if totals.failures:
        line += f"; {plural(len(totals.failures), 'failure')}"
    return f"{line}."


def finding_lines(path: str, finding: Finding, view: View) -> list[str]:
    """path:line:column: severity CODE name message, and how to mend it."""
    place = f"{terminal(path)}:{finding.line}:{finding.column}"
    severity = paint(finding.severity, finding.severity, view)
    lines = [f"{paint(place, 'bold', view)}: {severity} {finding.code} {finding.name} {terminal(finding.message)}"]
    if finding.help:
        lines.append(f"  help: {terminal(finding.help)}")
    return lines


def paint(text: str, style: str, view: View) -> str:
    """`text` in a colour, where colours are wanted."""
    return f"\x1b[{CODES[style]}m{text}\x1b[0m" if view.color else text


# One model ------------------------------------------------------------------------------------------------


def model_lines(report: FileReport, model: ModelSummary, view: View) -> list[str]:
    """The title, the table of layers and the totals."""
    dialect = table.DIALECTS.get(report.dialect or "", "")
    title = f'Model: "{terminal(model.name)}" ({terminal(model.class_name)}, {dialect})'
    columns = table.columns_for(model, view.columns)
    body: list[list[str]] = []
    for level, row in table.walk(model, view.depth):
        first = f"{'  ' * level}{label(row)}{table.marks(row)}"
        body.append([first, *(terminal(table.cell(row, column, model.params)) for column in columns)])
    header = [table.HEADERS["layer"], *(table.HEADERS[column] for column in columns)]
    right = {i for i, column in enumerate(columns, 1) if column in table.NUMBERS}
    return [paint(title, "bold", view), "", *draw(header, body, right, view), *total_lines(model, "macs" in columns)]


def total_line(report: FileReport, model: ModelSummary) -> str:
    """A model on one line."""
    least = "" if model.complete else "at least "
    count = f"{least}{model.params:,} params ({size(model.weight_bytes)}), {model.trainable_params:,} trainable"
    if table.nothing_known(model):
        count = "params unknown"
    return (
        f"{terminal(report.path)}: {count}, {plural(len(model.layers), 'layer')},"
        f" {terminal(model.class_name)}, {table.DIALECTS.get(report.dialect or '', '')}"
    )


def total_lines(model: ModelSummary, macs: bool = False) -> list[str]:
    """The totals with their sizes; what is missing in them."""
    dtypes = model.bytes_by_dtype
    detail = ""
    if len(dtypes) > 1:
        detail = ": " + ", ".join(f"{dtype} {size(count)}" for dtype, count in dtypes.items())
    elif dtypes and "float32" not in dtypes:
        detail = f", {next(iter(dtypes))}"
    least = "" if model.complete else "at least "
    lines = [
        f"Total params: {least}{model.params:,} ({size(model.weight_bytes)}{terminal(detail)})",
        f"Trainable params: {least}{model.trainable_params:,} ({size(model.trainable_bytes)})",
        f"Non-trainable params: {least}{model.non_trainable_params:,} ({size(model.weight_bytes - model.trainable_bytes)})",
    ]
    if table.nothing_known(model):
        lines = ["Total params: unknown"]
    if macs:
        lines.append(f"MACs: {'unknown' if model.macs is None else f'{model.macs:,} for one sample'}")
    unknown = table.unknown_layers(model)
    if unknown:
        lines.append(f"Unknown: {listed(unknown)}")
        causes = table.last_known(model)
        if causes:
            lines.append(f"Unknown because the file does not say what shape comes out of: {listed(causes)}")
    return lines


def listed(rows: list[LayerSummary]) -> str:
    """Some layers by name and class, of many the first."""
    return table.first_of([label(row) for row in rows])


def label(row: LayerSummary) -> str:
    """A layer's name and class."""
    return f"{terminal(row.name) or repr('')} ({terminal(row.class_name)})"


# The table ------------------------------------------------------------------------------------------------


def draw(header: list[str], body: list[list[str]], right: set[int], view: View) -> list[str]:
    """The table's lines; cells are wrapped, never cut, where the terminal is too narrow."""
    widths = [max(map(width_of, column)) for column in zip(header, *body, strict=True)]
    gap = 2
    if view.width is not None:
        least = [max(NARROWEST, *map(len, title.split())) if title else NARROWEST for title in header]
        if not fit(widths, view.width - gap * (len(widths) - 1), right, least):
            return records(header, body, view.width, view)
    rule = paint("-" * (sum(widths) + gap * (len(widths) - 1)), "dim", view)
    head = [paint(line, "bold", view) for line in row_lines(header, widths, right)]
    lines = [*head, rule]
    for cells in body:
        lines += row_lines(cells, widths, right)
    return [*lines, rule]


def fit(widths: list[int], room: int, fixed: set[int], least: list[int]) -> bool:
    """Narrow the widest columns until all fit into `room`, if they can; numbers keep their width."""
    excess = sum(widths) - room
    while excess > 0:
        flexible = [i for i, width in enumerate(widths) if i not in fixed and width > least[i]]
        if not flexible:
            return False
        widest = max(flexible, key=lambda i: widths[i])
        # Down to the next wider column at once, so that this ends soon for any width.
        others = max((widths[i] for i in flexible if i != widest), default=0)
        cut = min(excess, max(1, widths[widest] - max(others, least[widest])))
        widths[widest] -= cut
        excess -= cut
    return True


def records(header: list[str], body: list[list[str]], width: int, view: View) -> list[str]:
    """The table with a paragraph for each row, where its columns do not fit beside each other."""
    indent = 4
    titles = max(map(width_of, header[1:])) + 2
    lines = []
    for first, *cells in body:
        lines += [paint(line, "bold", view) for line in wrap(first, width)]
        for title, text in zip(header[1:], cells, strict=True):
            for i, piece in enumerate(wrap(text, max(NARROWEST, width - indent - titles)) if text else ()):
                lines.append(" " * indent + (title if i == 0 else "").ljust(titles) + piece)
    return [*lines, ""]


def row_lines(cells: list[str], widths: list[int], right: set[int]) -> list[str]:
    """A row, on as many lines as its longest cell needs."""
    if all(width_of(cell) <= width for cell, width in zip(cells, widths, strict=True)):
        parts = [cells]
    else:
        wrapped = [wrap(cell, width) for cell, width in zip(cells, widths, strict=True)]
        height = max(map(len, wrapped))
        parts = [[cell[i] if i < len(cell) else "" for cell in wrapped] for i in range(height)]
    lines = []
    for part in parts:
        padded = [
            " " * (width - width_of(text)) + text if i in right else text + " " * (width - width_of(text))
            for i, (text, width) in enumerate(zip(part, widths, strict=True))
        ]
        lines.append("  ".join(padded).rstrip())
    return lines


def wrap(text: str, width: int) -> list[str]:
    """`text` in pieces of at most `width`, broken after a shape, a space or an underscore where one is near."""
    pieces = []
    indent = text[: len(text) - len(text.lstrip(" "))][: width // 2]
    while width_of(text) > width:
        end = prefix(text, width)
        for marks in (("), ",), (" ",), ("_", "/", ".")):
            # The space of a mark may be the first character that does not fit.
            room = end + (marks[0][-1] == " ")
            near = [
                place + len(c) for c in marks if (place := text.rfind(c, max(len(indent), end // 2 - len(c)), room)) > 0
            ]
            if near:
                end = max(near)
                break
        pieces.append(text[:end].rstrip())
        text = indent + text[end:].lstrip(" ")
    return [*pieces, text]


def prefix(text: str, width: int) -> int:
    """How many characters of `text` fit into `width` columns; one at least beyond its indentation."""
    least = len(text) - len(text.lstrip(" ")) + 1
    if text.isascii():
        return max(width, least)
    taken = 0
    for i, character in enumerate(text):
        taken += width_of(character)
        if taken > width:
            return max(i, least)
    return len(text)


def width_of(text: str) -> int:
    """How many columns of a terminal a text takes."""
    if text.isascii():
        return len(text)
    from unicodedata import category, east_asian_width

    return sum(0 if category(c) in ("Mn", "Me") else 2 if east_asian_width(c) in "WF" else 1 for c in text)
