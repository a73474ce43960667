"""A comparison as a diagram in Markdown, for a comment on a pull request: what was added (+), removed (−) or changed (~)."""

from __future__ import annotations

from lstmlint.comparing import Comparison, FolderComparison
from lstmlint.reporting.comparison.markdown import comparison_parts, folder_summary
from lstmlint.reporting.comparison.pictures import pictures_of
from lstmlint.reporting.mermaid import MOST_BOXES, MOST_LINKS, largest
from lstmlint.reporting.view import View


def render(found: Comparison | FolderComparison, view: View) -> str:
    """Return a section for each pair of models that differ: the diagram, or why there is none."""
    if isinstance(found, Comparison):
        return section(found)
    differing = [section(comparison) for comparison in found.files if not comparison.same]
    return "\n".join([*(f"{part}\n" for part in folder_summary(found)), *differing])


def section(found: Comparison) -> str:
    """Return the section of two files."""
    if found.same or found.unreadable:
        return "\n\n".join(comparison_parts(found)) + "\n"
    return largest(pictures_of(found, MOST_BOXES, MOST_LINKS))
