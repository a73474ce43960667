"""Shapes, parameter counts and findings for Keras model configs, without a framework.

Analyze a model, given as a path, bytes, a dict, JSON or YAML text, or a Keras model:

    >>> import lstmlint
    >>> report = lstmlint.analyze("model.json")
    >>> report.model.params, [finding.code for finding in report.findings]
    >>> print(report)  # the table that the command line prints

The commands are functions, too: `explain`, `count`, `diff`, `convert` and `compat`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lstmlint.version import __version__

if TYPE_CHECKING:
    from lstmlint.analysis import analyze, analyze_all
    from lstmlint.api import compat, convert, count, diff, explain
    from lstmlint.config.options import Options
    from lstmlint.inference.bindings import Bindings
    from lstmlint.inference.summary import LayerSummary, ModelSummary
    from lstmlint.layers.base import Layer, LayerError, Weight, layer
    from lstmlint.layers.user_defined import Description
    from lstmlint.model.findings import Finding, UsageError
    from lstmlint.report import FileReport

# Public name -> its module.
_MODULES = {
    "analyze": "analysis",
    "analyze_all": "analysis",
    "explain": "api",
    "count": "api",
    "diff": "api",
    "convert": "api",
    "compat": "api",
    "FileReport": "report",
    "Options": "config.options",
    "Finding": "model.findings",
    "UsageError": "model.findings",
    "Bindings": "inference.bindings",
    "Description": "layers.user_defined",
    "Layer": "layers.base",
    "LayerError": "layers.base",
    "Weight": "layers.base",
    "layer": "layers.base",
    "LayerSummary": "inference.summary",
    "ModelSummary": "inference.summary",
}

__all__ = [
    "Bindings", "Description", "FileReport", "Finding", "Layer", "LayerError", "LayerSummary", "ModelSummary", "Options",
    "UsageError", "Weight", "__version__", "analyze", "analyze_all", "compat", "convert", "count", "diff", "explain", "layer",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    """Import a public name when it is first used: `lstmlint --version` needs none of them."""
    if name in _MODULES:
        from importlib import import_module

        return getattr(import_module(f"lstmlint.{_MODULES[name]}"), name)
    raise AttributeError(f"module 'lstmlint' has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
