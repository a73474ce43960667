"""The findings of a comparison, in a format of `lstmlint PATH`."""

from __future__ import annotations

from dataclasses import replace

from lstmlint.comparing import Comparison, FolderComparison
from lstmlint.reporting import Totals, load
from lstmlint.reporting.view import View


def render(found: Comparison | FolderComparison, view: View, format: str) -> str:
    """Return the findings that only the new models have, and those about their growth."""
    module, totals, digests = load(format), Totals(), []
    for comparison in found.files if isinstance(found, FolderComparison) else [found]:
        report = replace(comparison.new, findings=[*comparison.appeared, *comparison.gate])
        totals.add(report)
        digests.append(module.digest(report, view))
    return "".join(module.render(digests, totals, view))
