"""Layers of keras.applications that are not in keras.layers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

from lstmlint.layers.base import Layer, LayerError, Weight, layer, shapes_of
from lstmlint.model.shapes import Tensor
from lstmlint.signatures.keras3 import REQUIRED


@layer("LayerScale")
class LayerScale(Layer):
    """ConvNeXt's scale: one factor per channel."""

    signature: ClassVar[dict[str, Any]] = {"init_values": REQUIRED, "projection_dim": REQUIRED}

    def weights(self, input_shape: Any) -> Iterator[Weight]:
        """Yield gamma (projection_dim,), to which Keras gives no name of its own."""
        yield self.weight("variable", (self.integer("projection_dim"),))


@layer("CustomScaleLayer")
class CustomScaleLayer(Layer):
    """Inception-ResNet's residual connection: first input + scale · second input."""

    signature: ClassVar[dict[str, Any]] = {"scale": REQUIRED}
    multiple_inputs = True

    def call(self, inputs: Any, *args: Any, **kwargs: Any) -> Tensor:
        """Return the shape of the first input.

        Raises: LayerError S122 unless there are two inputs.
        """
        shapes = shapes_of(inputs)
        if not isinstance(shapes, list) or len(shapes) != 2:
            message = "CustomScaleLayer takes two inputs; Keras raises an error"
            raise LayerError("S122", message, "Connect the two branches of the residual connection.")
        return Tensor(shapes[0], self.compute_dtype)


@layer("StochasticDepth")
class StochasticDepth(Layer):
    """ConvNeXt's dropout of whole residual branches. It does not change the shape."""

    signature: ClassVar[dict[str, Any]] = {"drop_path_rate": REQUIRED}
