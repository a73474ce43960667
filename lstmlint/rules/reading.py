"""E: what cannot be read, or says what no Keras layer understands."""

from __future__ import annotations

from lstmlint.rules.registry import reported


@reported("E001", "unreadable", "error")
def unreadable() -> None:
    """The file is broken: it cannot be decoded, is cut off, or is nested too deeply."""


@reported("E002", "not-a-model", "error")
def not_a_model() -> None:
    """The file is readable but holds no Keras model."""


@reported("E099", "internal-error", "error")
def internal_error() -> None:
    """lstmlint itself failed on a part of the model; the rest of the report stands."""
