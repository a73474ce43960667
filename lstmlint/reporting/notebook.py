"""A report as a small HTML table, which notebooks show, with a picture of a small model."""

from __future__ import annotations

from lstmlint.drawing.graph import build
from lstmlint.drawing.picture import draw
from lstmlint.inference.summary import ModelSummary
from lstmlint.model.findings import Finding
from lstmlint.model.values import brief
from lstmlint.reporting import rows as table
from lstmlint.reporting.escape import xml
from lstmlint.reporting.svg_document import document
from lstmlint.reporting.svg_document import draw as svg

MOST_ROWS = 60
MOST_BOXES = 40  # of a picture that is drawn
UNFOLDED = 12  # boxes of a picture that is shown without a click
ALIGN_RIGHT = ' style="text-align: right"'


def render(path: str, model: ModelSummary | None, findings: list[Finding]) -> str:
    """Return the report of one file. Everything from the file is escaped."""
    parts = [f"<p><b>{xml(path)}</b></p>"]
    if model is not None:
        parts += [layers(model), "<p>" + "<br>".join(f"{t}: {xml(text)}" for t, text in table.totals(model)) + "</p>"]
        parts += picture(model, findings)
    if findings:
        items = "".join(f"<li>{f.severity} {f.code} {xml(f.message)}</li>" for f in findings[:MOST_ROWS])
        parts.append(f"<ul>{items}{left_out(len(findings), '<li>{}</li>')}</ul>")
    return "\n".join(parts)


def picture(model: ModelSummary, findings: list[Finding]) -> list[str]:
    """Return the picture of a model; nothing if it is large, or if it is not known how its layers are connected."""
    drawn = draw(build(model, findings), findings, 0, MOST_BOXES + 1)
    if not drawn.links or len(drawn.boxes) > MOST_BOXES:
        return []
    drawn.title, drawn.subtitle = brief(model.name), brief(model.class_name)
    image = "".join(document([svg(drawn, titled=False)]))
    opened = " open" if len(drawn.boxes) <= UNFOLDED else ""
    return [f"<details{opened}><summary>Picture</summary>{image}</details>"]


def layers(model: ModelSummary) -> str:
    """Return the table of the first layers."""
    columns = table.columns_for(model, None)
    lines = ["".join(f"<th>{table.HEADERS[column]}</th>" for column in ("layer", *columns))]
    for row in model.layers[:MOST_ROWS]:
        cells = [f"<td>{xml(brief(row.name))} ({xml(brief(row.class_name))}){table.marks(row)}</td>"]
        for column in columns:
            align = ALIGN_RIGHT if column in table.NUMBERS else ""
            cells.append(f"<td{align}>{xml(table.cell(row, column, model.params))}</td>")
        lines.append("".join(cells))
    body = "".join(f"<tr>{line}</tr>\n" for line in lines)
    return f"<table>\n{body}{left_out(len(model.layers), '<tr><td>{}</td></tr>')}</table>"


def left_out(count: int, template: str) -> str:
    """Return a line that says how many entries are not shown; empty if all are."""
    return template.format(f"and {count - MOST_ROWS:,} more") if count > MOST_ROWS else ""
