"""Two models side by side: layers added, removed and changed, what that costs, findings that came and went.

    two FileReports ──compare──> Comparison ──reporting.comparison──> text, JSON, Markdown

`matching` finds which layer became which, `layers` and `arguments` say what changed of them, `findings` what came and
went; `growth` is the gate. `differences` holds what comes of it.
"""

from __future__ import annotations

from lstmlint.comparing.differences import ABSENT, Change, Comparison, FolderComparison, LayerChange, Total
from lstmlint.comparing.growth import apply_limit, parse_limit
from lstmlint.comparing.layers import compare

__all__ = [
    "ABSENT", "Change", "Comparison", "FolderComparison", "LayerChange", "Total", "apply_limit", "compare", "parse_limit",
]  # fmt: skip
