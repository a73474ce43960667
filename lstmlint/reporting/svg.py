"""The svg format: a static picture in one file, without scripts, fonts or references to other files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from lstmlint.reporting import Totals, View
from lstmlint.reporting.pictures import picture_of
from lstmlint.reporting.spool import spooled
from lstmlint.reporting.svg_document import Drawing, document, draw

if TYPE_CHECKING:
    from lstmlint.report import FileReport

MOST_BOXES = 1_000


def digest(report: FileReport, view: View) -> Drawing:
    """Return the drawing of one file's model."""
    return draw(picture_of(report, view.depth, MOST_BOXES))


def render(digests: Iterable[Any], totals: Totals, view: View) -> Iterator[str]:
    """Yield one document, with the drawings one below the other."""
    yield from document(spooled(digests))
