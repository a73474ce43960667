"""Layers of keras.applications that are no part of keras.layers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

from lstmlint.layers.base import Layer, LayerError, Weight, layer, shapes_of
from lstmlint.model.shapes import Tensor
from lstmlint.signatures.keras3 import REQUIRED


@layer("LayerScale")
class LayerScale(Layer):
    """ConvNeXt's scale, one factor for each channel."""

    signature: ClassVar[dict[str, Any]] = {"init_values": REQUIRED, "projection_dim": REQUIRED}

    def weights(self, input_shape: Any) -> Iterator[Weight]:
        """gamma (projection_dim,), which Keras leaves without a name of its own."""
        yield self.weight("variable", (self.integer("projection_dim"),))


@layer("CustomScaleLayer")
class CustomScaleLayer(Layer):
    """Inception-ResNet's residual: the first input plus the second one scaled."""

    signature: ClassVar[dict[str, Any]] = {"scale": REQUIRED}
    multiple_inputs = True

    def call(self, inputs: Any, *args: Any, **kwargs: Any) -> Tensor:
        """The first input's shape. Raises: LayerError S122 without two inputs."""
        shapes = shapes_of(inputs)
        if not isinstance(shapes, list) or len(shapes) != 2:
            raise LayerError("S122", "CustomScaleLayer takes two inputs", "Give it the residual's two branches.")
        return Tensor(shapes[0], self.compute_dtype)


@layer("StochasticDepth")
class StochasticDepth(Layer):
    """ConvNeXt's residual dropout; leaves the shape as it is."""

    signature: ClassVar[dict[str, Any]] = {"drop_path_rate": REQUIRED}
