"""Which releases of Keras load a file, as a table and a sentence."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from lstmlint.compatibility.summary import rows, sentence
from lstmlint.model.values import brief
from lstmlint.reporting.escape import terminal
from lstmlint.reporting.findings import findings_lines
from lstmlint.reporting.layout import PROSE, wrap
from lstmlint.reporting.tables import draw, kind
from lstmlint.reporting.view import View

if TYPE_CHECKING:
    from lstmlint.report import FileReport

HEADER = ["Release", "Loads", "What stops it"]
ANSWERS = {True: "yes", False: "no", None: "custom"}


def digest(report: FileReport, view: View, convertible: Sequence[str] = ()) -> str:
    """Return the file's part of the report. convertible: the releases for which `lstmlint convert` writes the model."""
    if report.compat is None:
        lines = findings_lines(report.path, report.texts, report.findings, view)
        return "".join(line + "\n" for line in lines)
    width = view.width or PROSE
    spec = None if report.model is None else report.model.spec
    version = None if spec is None else spec.keras_version
    what = "subclassed model" if report.model is None else kind(report.model)
    title = f"{terminal(report.path)}: {what}"
    if version is not None:
        title += f", written by {terminal(brief(version))}"
    body = []
    for row in rows(report.compat):
        obstacle, cause = row.obstacle, ""
        if obstacle is not None:
            place = f" (line {obstacle.line})" if report.container in ("json", "yaml", "tfjs") else ""
            layer = f"{brief(obstacle.layer)}: " if obstacle.layer is not None else ""
            cause = terminal(f"{layer}{obstacle.message}{place}")
        body.append([row.label, ANSWERS[row.loads], cause])
    lines = [*wrap(title, width), "", *draw(HEADER, body, set(), view._replace(width=width))]
    dialect = "" if spec is None else spec.dialect
    lines += wrap(terminal(sentence(report.compat, dialect, version, convertible)), width)
    return "".join(line + "\n" for line in lines)
