"""One model as text: its table of layers, its totals, its findings."""

from __future__ import annotations

from lstmlint.inference.summary import LayerSummary, ModelSummary
from lstmlint.model.findings import Finding, listing
from lstmlint.model.values import brief, plural
from lstmlint.reporting import rows as table
from lstmlint.reporting.escape import terminal
from lstmlint.reporting.layout import lay_out, width_of, wrap
from lstmlint.reporting.view import View, paint, size

HANGING = 4  # indentation of wrapped lines


def model_lines(model: ModelSummary, view: View) -> list[str]:
    """Return the title, the table of layers and the totals."""
    title = f'Model: "{terminal(brief(model.name))}" ({kind(model)}){built(model)}'
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


def releases_line(model: ModelSummary, container: str | None, findings: list[Finding]) -> list[str]:
    """Return a line with the releases of Keras 3 that load a file, if not all of them do, and if it has no errors."""
    if model.spec.dialect != "keras3" or container not in ("json", "yaml", "keras"):
        return []
    if any(finding.severity == "error" for finding in findings):
        return []
    from lstmlint.reporting.releases import line

    found = line(model.spec)
    return [] if found is None else [found]


def kind(model: ModelSummary) -> str:
    """Return a model's class and the Keras that wrote it."""
    return f"{terminal(brief(model.class_name))}, {table.DIALECTS[model.spec.dialect]}"


def built(model: ModelSummary) -> str:
    """Return where a program builds a model; nothing for a config."""
    origin = model.origin
    if origin is None:
        return ""
    cell = "" if origin.cell is None else f"cell {origin.cell}, "
    return f", {terminal(origin.file)}::{terminal(origin.name)}, {cell}line {origin.line}"


def total_line(path: str, model: ModelSummary) -> str:
    """Return a model's totals on one line."""
    if table.nothing_known(model):
        count = "params unknown"
    elif model.origin is not None and not model.origin.certain:
        number, comma, doubt = terminal(table.total(model)).partition(", not")
        count = f"{number} params{comma}{doubt}"
    else:
        least = "" if model.complete else "at least "
        count = f"{least}{model.params:,} params ({size(model.weight_bytes)}), {model.trainable_params:,} trainable"
    return f"{terminal(path)}: {count}, {plural(len(model.layers), 'layer')}, {kind(model)}"


def total_lines(model: ModelSummary) -> list[str]:
    """Return the totals with their sizes, and which layers are missing in them."""
    lines = [f"{title}: {terminal(text)}" for title, text in table.totals(model)]
    unknown = table.unknown_layers(model)
    if unknown:
        lines.append(f"Unknown: {listed(unknown)}")
        causes = table.last_known(model)
        if causes:
            why = "the file does not record" if model.origin is None else "the program does not tell"
            lines.append(f"Unknown because {why} the output shape of: {listed(causes)}")
    return lines


def listed(rows: list[LayerSummary]) -> str:
    """Return the names and classes of the first layers."""
    return listing([label(row) for row in rows])


def label(row: LayerSummary) -> str:
    """Return a layer's name and class."""
    return f"{terminal(brief(row.name)) or repr('')} ({terminal(brief(row.class_name))})"


def draw(header: list[str], body: list[list[str]], right: set[int], view: View) -> list[str]:
    """Return a table's lines: its header, a rule, its body, a rule."""
    head, lines = lay_out(header, body, right, view.width)
    if not head:
        return [*lines, ""]
    rule = paint("-" * max(map(width_of, [*head, *lines])), "dim", view)
    return [*(paint(line, "bold", view) for line in head), rule, *lines, rule]
