"""Errors that Keras 3 raises only when the layer runs on data. It infers shapes without running the operations.

tf_keras traces the operations and raises these errors when the model is built.
"""

from __future__ import annotations

from lstmlint.layers.base import Layer, LayerError


def fails_when_run(layer: Layer, code: str, message: str, help: str, argument: str | None = None) -> None:
    """Report a warning for a Keras 3 model, once per layer; raise LayerError for any other model."""
    if layer.context.dialect != "keras3":
        raise LayerError(code, f"{message}; Keras raises an error", help, argument)
    reported: set[str] = layer.__dict__.setdefault("reported", set())
    if message not in reported:
        reported.add(message)
        late = f"{message}; Keras builds the model, but fails when it runs"
        layer.context.report(layer, LayerError(code, late, help, argument, severity="warning"))


__all__ = ["fails_when_run"]
