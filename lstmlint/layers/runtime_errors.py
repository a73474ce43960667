"""What Keras 3 lets pass until the layer runs on data: it infers shapes from shapes, and checks few of them.

tf_keras traces the layer's operations, and refuses the same at once.
"""

from __future__ import annotations

from lstmlint.layers.base import Layer, LayerError


def fails_when_run(layer: Layer, code: str, message: str, help: str, argument: str | None = None) -> None:
    """Report, once a layer, a warning in a Keras 3 model. Raises: LayerError in that of another."""
    if layer.context.dialect != "keras3":
        raise LayerError(code, f"{message}; Keras raises an error", help, argument)
    told: set[str] = layer.__dict__.setdefault("told", set())
    if message not in told:
        told.add(message)
        late = f"{message}; Keras builds it, and fails when it runs"
        layer.context.report(layer, LayerError(code, late, help, argument, severity="warning"))


__all__ = ["fails_when_run"]
