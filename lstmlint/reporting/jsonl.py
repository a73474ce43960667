"""jsonl: one line a file, each as an entry of the JSON report's `files`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lstmlint.reporting import Totals, View
from lstmlint.reporting.json import dumps

if TYPE_CHECKING:
    from lstmlint.report import FileReport


def digest(report: FileReport, view: View) -> str:
    """The file's line."""
    return dumps(report.to_dict()) + "\n"


def render(digests: list[Any], totals: Totals, view: View) -> str:
    """The lines of all files."""
    return "".join(digests)
