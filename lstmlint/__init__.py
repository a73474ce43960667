"""lstmlint: shapes, parameter counts and findings for Keras model configs, without a framework.

Reading a model:

    >>> import lstmlint
    >>> report = lstmlint.analyze("model.json")
    >>> report.model.params, [finding.code for finding in report.findings]
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from lstmlint.analysis import analyze
    from lstmlint.config.options import Options
    from lstmlint.inference import Bindings
    from lstmlint.inference.summary import LayerSummary, ModelSummary
    from lstmlint.layers.base import Layer, LayerError, Weight, layer
    from lstmlint.layers.user_defined import Description
    from lstmlint.model.findings import Finding, UsageError
    from lstmlint.report import FileReport

_PLACES = {
    "analyze": "analysis",
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
    "UsageError", "Weight", "__version__", "analyze", "layer",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    """Import what is asked for only then: `lstmlint --version` needs none of it."""
    if name in _PLACES:
        from importlib import import_module

        return getattr(import_module(f"lstmlint.{_PLACES[name]}"), name)
    raise AttributeError(f"module 'lstmlint' has no attribute {name!r}")
