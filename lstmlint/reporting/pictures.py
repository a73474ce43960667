"""The picture of a report, for the formats dot, mermaid and svg."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from lstmlint.drawing.graph import build
from lstmlint.drawing.picture import MOST_NOTES, Picture, draw, fewer, shorten
from lstmlint.reporting import rows

if TYPE_CHECKING:
    from lstmlint.report import FileReport

LONGEST_TITLE = 200
LONGEST_MESSAGE = 300


def picture_of(report: FileReport, depth: int, most: int) -> Picture:
    """Return the picture of a report.

    depth: how many levels of nested models are drawn. most: the number of boxes.
    """
    return next(pictures_of(report, depth, most))


def pictures_of(report: FileReport, depth: int, most: int, most_links: int | None = None) -> Iterator[Picture]:
    """Yield pictures of a report, each with two thirds of the boxes of the one before; the last one has none.

    Without a model, it has no boxes, and the findings as notes.
    """
    title = shorten(report.path, LONGEST_TITLE)
    if report.model is None:
        said = [f"{finding.severity} {finding.code}: {finding.message}" for finding in report.findings[:MOST_NOTES]]
        yield Picture(title, "no model", notes=[shorten(text, LONGEST_MESSAGE) for text in said])
        return
    graph = build(report.model, report.findings)
    subtitle = f"{shorten(graph.name)} ({shorten(graph.class_name)}), parameters: {rows.total(report.model)}"
    for boxes in fewer(most):
        picture = draw(graph, report.findings, depth, boxes, most_links)
        picture.title, picture.subtitle = title, subtitle
        yield picture
