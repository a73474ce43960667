"""What tf_keras keeps under `experimental`, feature columns, and the two helpers of a FeatureSpace."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lstmlint.layers.base import Context, Layer, Weight, layer
from lstmlint.layers.merging import Concatenate
from lstmlint.layers.spatial import bad_value
from lstmlint.model.shapes import KnownShape, Shape, Tensor, product
from lstmlint.model.spec import LayerSpec


@layer("DenseFeatures", "SequenceFeatures", "PreprocessingLayer", "DynamicLookup", "DynamicEmbedding", "FeatureSpace")
class OpaqueFeatures(Layer):
    """Feature columns, tables that grow, and the like: code that the config names but does not hold.

    Known for what it is; its outputs and weights are not.
    """

    multiple_inputs = True

    def apply(self, args: list[Any], kwargs: dict[str, Any]) -> Any:
        """Nothing is known of the outputs."""
        self.built, self.weights_known = True, False
        return None

    def macs(self, input_shapes: list[Shape], output_shapes: list[Shape]) -> int | None:
        """Nobody knows."""
        return None


@layer("TFDIdentity")
class Unchanged(Layer):
    """A feature of a FeatureSpace that stays as it is."""

    def output_dtype(self, inputs: Tensor) -> str | None:
        """The input's; Keras casts only floats to the layer's dtype."""
        return self.compute_dtype if inputs.dtype is None or "float" in inputs.dtype else inputs.dtype


@layer("TFDConcat")
class FeatureConcatenation(Concatenate):
    """The encoded features of a FeatureSpace, joined."""


@layer("RandomFourierFeatures")
class RandomFourierFeatures(Layer):
    """cos(input · kernel / scale + bias) with a random kernel, which is never trained.

    Reference: tf_keras.layers.experimental.RandomFourierFeatures. The layer is not trainable unless its
    config says so; then the scale is.
    """

    ndim = 2
    axes = "(batch, features)"

    def __init__(self, spec: LayerSpec, context: Context) -> None:
        super().__init__(spec, context)
        config = spec.raw.get("config")
        self.trainable = bool(config.get("trainable")) if isinstance(config, dict) else False
        scale = self.config.get("scale")
        if scale is not None and not (isinstance(scale, int | float) and scale > 0):
            raise bad_value(self, "scale", "a positive number, or null", 1.0)

    def weights(self, input_shape: Shape) -> Iterator[Weight]:
        """Unscaled_kernel (input_dim, output_dim), bias (output_dim,), kernel_scale (1,); the scale may train."""
        units = self.integer("output_dim")
        yield self.weight("kernel_scale", (1,), dtype="float32")
        yield self.weight("unscaled_kernel", (self.feature_dim(input_shape), units), trainable=False, dtype="float32")
        yield self.weight("bias", (units,), trainable=False, dtype="float32")

    def output_shape(self, input_shape: KnownShape) -> Shape:
        """(batch, output_dim)."""
        return (input_shape[0], self.integer("output_dim"))

    def output_dtype(self, inputs: Tensor) -> str | None:
        """The cosine is always taken in float32."""
        return "float32"

    def macs(self, input_shapes: list[Shape], output_shapes: list[Shape]) -> int | None:
        """One for each number of the kernel."""
        shape = input_shapes[0]
        return product((shape[-1], self.integer("output_dim"))) if shape else None
