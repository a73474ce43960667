"""Which releases of Keras load a file, as a table and a sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lstmlint.compatibility.summary import rows, sentence
from lstmlint.reporting.escape import terminal
from lstmlint.reporting.layout import PROSE, wrap
from lstmlint.reporting.tables import draw, finding_lines, kind
from lstmlint.reporting.view import View

if TYPE_CHECKING:
    from lstmlint.report import FileReport

HEADER = ["Release", "Loads", "What stops it"]
ANSWERS = {True: "yes", False: "no", None: "custom"}


def digest(report: FileReport, view: View) -> str:
    """Return the file's part of the report."""
    if report.model is None or report.compat is None:
        return "".join(line + "\n" for finding in report.findings for line in finding_lines(report.path, finding, view))
    width = view.width or PROSE
    version = report.model.spec.keras_version
    title = f"{terminal(report.path)}: {kind(report.model)}"
    if version is not None:
        title += f", written by {terminal(version)}"
    body = []
    for row in rows(report.compat):
        obstacle, cause = row.obstacle, ""
        if obstacle is not None:
            place = f" (line {obstacle.line})" if report.container in ("json", "yaml", "tfjs") else ""
            layer = f"{obstacle.layer}: " if obstacle.layer is not None else ""
            cause = terminal(f"{layer}{obstacle.message}{place}")
        body.append([row.label, ANSWERS[row.loads], cause])
    lines = [*wrap(title, width), "", *draw(HEADER, body, set(), view._replace(width=width))]
    lines += wrap(terminal(sentence(report.compat, report.model.spec.dialect, version)), width)
    return "".join(line + "\n" for line in lines)
