"""Layers of tf_keras's `experimental`, feature columns, and two helpers of FeatureSpace."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

from lstmlint.layers.base import Context, Layer, Weight, layer
from lstmlint.layers.merging import Concatenate
from lstmlint.layers.spatial import bad_value
from lstmlint.model.shapes import KnownShape, Shape, Tensor, product
from lstmlint.model.spec import LayerSpec
from lstmlint.signatures.keras3 import REQUIRED


@layer("DenseFeatures", "SequenceFeatures", "PreprocessingLayer", "DynamicLookup", "DynamicEmbedding", "FeatureSpace")
class OpaqueFeatures(Layer):
    """A layer such as DenseFeatures, whose code is not part of the config. Its outputs and weights are unknown."""

    multiple_inputs = True

    def apply(self, args: list[Any], kwargs: dict[str, Any]) -> Any:
        """Return unknown outputs."""
        self.built, self.weights_known = True, False
        return None

    def macs(self, input_shapes: list[Shape], output_shapes: list[Shape]) -> int | None:
        """Return None: the multiply-accumulates are unknown."""
        return None


@layer("TFDIdentity")
class Unchanged(Layer):
    """A feature of a FeatureSpace that is passed on unchanged."""

    signature: ClassVar[dict[str, Any]] = {}

    def output_dtype(self, inputs: Tensor) -> str | None:
        """Return the dtype of the input. Keras casts only floats to the layer's dtype."""
        return self.compute_dtype if inputs.dtype is None or "float" in inputs.dtype else inputs.dtype


@layer("TFDConcat")
class FeatureConcatenation(Concatenate):
    """The concatenation of a FeatureSpace's encoded features."""

    signature: ClassVar[dict[str, Any]] = {"axis": REQUIRED}


@layer("RandomFourierFeatures")
class RandomFourierFeatures(Layer):
    """cos(input · kernel / scale + bias) with a random kernel that is never trained.

    Unless its config says otherwise, the layer is not trainable; if it is, only the scale trains.
    Reference: tf_keras.layers.experimental.RandomFourierFeatures.
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
        """Yield unscaled_kernel (input_dim, output_dim), bias (output_dim,), and kernel_scale (1,), which may be
        trainable.
        """
        units = self.integer("output_dim")
        yield self.weight("kernel_scale", (1,), dtype="float32")
        yield self.weight("unscaled_kernel", (self.feature_dim(input_shape), units), trainable=False, dtype="float32")
        yield self.weight("bias", (units,), trainable=False, dtype="float32")

    def output_shape(self, input_shape: KnownShape) -> Shape:
        """Return (batch, output_dim)."""
        return (input_shape[0], self.integer("output_dim"))

    def output_dtype(self, inputs: Tensor) -> str | None:
        """Return float32, in which the cosine is always computed."""
        return "float32"

    def macs(self, input_shapes: list[Shape], output_shapes: list[Shape]) -> int | None:
        """Return the multiply-accumulates: the size of the kernel."""
        shape = input_shapes[0]
        return product((shape[-1], self.integer("output_dim"))) if shape else None
