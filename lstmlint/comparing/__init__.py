"""Compare two models: layers that were added, removed and changed, totals, new findings and findings that are gone.

    two FileReports ──compare──> Comparison ──reporting.comparison──> text, JSON, Markdown

`matching` pairs the layers, `layers` and `arguments` compare the pairs, `findings` compares findings, and `growth` checks
--max-increase. `differences` holds the results.
"""

from __future__ import annotations

from lstmlint.comparing.differences import ABSENT, Change, Comparison, FolderComparison, LayerChange, Total
from lstmlint.comparing.growth import apply_limit, parse_limit
from lstmlint.comparing.layers import compare

__all__ = [
    "ABSENT", "Change", "Comparison", "FolderComparison", "LayerChange", "Total", "apply_limit", "compare", "parse_limit",
]  # fmt: skip
