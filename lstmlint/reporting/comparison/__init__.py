"""Reports of `lstmlint diff`: one module per format, each registered in FORMATS.

A format is a module with `render(found, view)`, which takes a Comparison of two files or a FolderComparison. The formats
of findings (github, sarif, azure, rdjson) are those of `lstmlint PATH`; they report the new findings and the growth over
the limit.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from lstmlint.reporting.view import View

if TYPE_CHECKING:
    from lstmlint.comparing import Comparison, FolderComparison

# Name of the format -> its module in this package.
FORMATS = {
    "text": "text",
    "json": "json",
    "markdown": "markdown",
    "mermaid": "mermaid",
    "svg": "svg",
    "dot": "dot",
    "github": "findings",
    "sarif": "findings",
    "azure": "findings",
    "rdjson": "findings",
    "html": "html",
}


def render(found: Comparison | FolderComparison, format: str, view: View | None = None) -> str:
    """Return the comparison in one of FORMATS."""
    module = import_module(f"{__name__}.{FORMATS[format]}")
    view = view or View()
    text: str = module.render(found, view, format) if FORMATS[format] == "findings" else module.render(found, view)
    return text
