"""The csv format: one line per layer of every model, including layers of nested models."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from lstmlint.reporting import Totals, View
from lstmlint.reporting import rows as table
from lstmlint.reporting.escape import csv as cell

if TYPE_CHECKING:
    from lstmlint.report import FileReport

HEADER = (
    "path", "layer", "class_name", "input_shapes", "output_shapes", "params", "trainable_params", "macs", "weights",
    "connected_to", "known", "shared", "used", "pointer",
)  # fmt: skip


def digest(report: FileReport, view: View) -> str:
    """Return the file's lines. The name of a nested layer includes those of the models around it: encoder/lstm."""
    if report.model is None:
        return ""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    for name, row in report.model.walk_paths():
        writer.writerow((
            cell(report.path), cell(name), cell(row.class_name),
            table.shapes(row.input_shapes), table.shapes(row.output_shapes),
            row.params, row.trainable_params, row.macs,
            cell(table.cell(row, "weights", 0)), cell("; ".join(table.connections(row))),
            row.known, row.shared, row.reached, cell(row.pointer),
        ))  # fmt: skip
    return text.getvalue()


def render(digests: Iterable[Any], totals: Totals, view: View) -> Iterator[str]:
    """Yield the header and the lines of all files."""
    yield ",".join(HEADER) + "\n"
    yield from digests
