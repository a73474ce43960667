"""A comparison for Graphviz: what was added (+), removed (−) or changed (~)."""

from __future__ import annotations

from lstmlint.comparing import Comparison, FolderComparison
from lstmlint.reporting import Totals, dot
from lstmlint.reporting.comparison.pictures import differing
from lstmlint.reporting.view import View


def render(found: Comparison | FolderComparison, view: View) -> str:
    """Return one digraph with a cluster for each pair of models that differ."""
    return "".join(dot.render(differing(found, dot.MOST_BOXES), Totals(), view))
