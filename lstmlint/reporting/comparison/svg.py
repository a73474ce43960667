"""A comparison as an image: what was added (+), removed (−) or changed (~)."""

from __future__ import annotations

from lstmlint.comparing import Comparison, FolderComparison
from lstmlint.reporting.comparison.pictures import differing
from lstmlint.reporting.svg import MOST_BOXES
from lstmlint.reporting.svg_document import document, draw
from lstmlint.reporting.view import View


def render(found: Comparison | FolderComparison, view: View) -> str:
    """Return one document, with the pictures one below the other."""
    return "".join(document(map(draw, differing(found, MOST_BOXES))))
