"""Convolutions of Keras 1 and 2 whose kernels are not shared between positions.

The formulas are those of tf_keras 2.21; Keras 1.2.2 agrees with its implementation 1.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import prod
from typing import Any, ClassVar

from lstmlint.layers.base import Context, LayerError, Weight, layer, need
from lstmlint.layers.input_spec import PinnedLayer
from lstmlint.layers.spatial import SlidingLayer, bad_value, integers
from lstmlint.model.shapes import KnownShape, Shape, format_shape, product
from lstmlint.model.spec import LayerSpec
from lstmlint.signatures.keras3 import REQUIRED


class LocallyConnected(SlidingLayer, PinnedLayer):
    """A convolution with a separate kernel per position, so its parameters depend on the spatial size.

    implementation (tf_keras): 1 stores one kernel per position, 2 a dense matrix between all inputs and outputs, 3 the
    nonzero entries of that matrix. Only 2 and 3 support padding "same".
    """

    signature: ClassVar[dict[str, Any]] = {
        "filters": REQUIRED, "kernel_size": REQUIRED, "strides": 1, "padding": "valid", "data_format": None,
        "activation": None, "use_bias": True, "kernel_initializer": "glorot_uniform", "bias_initializer": "zeros",
        "kernel_regularizer": None, "bias_regularizer": None, "activity_regularizer": None,
        "kernel_constraint": None, "bias_constraint": None, "implementation": 1, "dilation_rate": 1,
    }  # fmt: skip

    too_small = "S103"
    window_argument = "kernel_size"
    applies_activation = mixes_timesteps = True

    def __init__(self, spec: LayerSpec, context: Context) -> None:
        super().__init__(spec, context)
        self.implementation = self.config["implementation"]
        if self.implementation not in (1, 2, 3):
            raise bad_value(self, "implementation", "1, 2 or 3", 1)
        self.padding = self.choice("padding", "valid", *(["same"] if self.implementation != 1 else []))
        self.windows = integers(self, "kernel_size", self.rank)
        self.strides = integers(self, "strides", self.rank)

    def pinned_axes(self, rank: int) -> tuple[int, ...]:
        """Return the axis of the channels."""
        return (1 if self.channels_first else rank - 1,)

    def lengths(self, shape: KnownShape) -> KnownShape:
        """Return the spatial dimensions of the output.

        Raises: LayerError S103 if one of them is not positive.
        """
        lengths = super().lengths(shape)
        if any(length is not None and length <= 0 for length in lengths):
            raise LayerError(
                "S103",
                f"{self.class_name} gets {format_shape(shape)}, which gives an empty output; Keras raises a ValueError",
                "Use a larger input, or a smaller kernel_size.",
                shape=shape,
            )
        return lengths

    def weights(self, input_shape: Shape) -> Iterator[Weight]:
        """Yield kernel, in the form that the implementation stores, and bias (*output lengths, filters)."""
        shape = need(input_shape)
        first = 2 if self.channels_first else 1
        inputs = [self.feature_dim(shape, first + i) for i in range(self.rank)]
        channels = self.feature_dim(shape, 1 if self.channels_first else -1)
        outputs = [dim or 0 for dim in self.lengths(shape)]
        filters = self.integer("filters")
        yield self.weight("kernel", self.kernel_shape(inputs, channels, outputs, filters))
        if self.config["use_bias"]:
            yield self.weight("bias", (*outputs, filters))

    def kernel_shape(self, inputs: list[int], channels: int, outputs: list[int], filters: int) -> tuple[int, ...]:
        """Return the shape of the kernel.

        Implementation 1: (positions, kernel size · channels, filters). 2: (inputs, outputs). 3: (nonzero entries,).
        """
        if self.implementation == 1:
            return (prod(outputs), prod(self.windows) * channels, filters)
        if self.implementation == 2:
            if self.channels_first:
                return (channels, *inputs, filters, *outputs)
            return (*inputs, channels, *outputs, filters)
        return (self.taps(inputs, outputs) * channels * filters,)

    def taps(self, inputs: list[int], outputs: list[int]) -> int:
        """Return the number of connected pairs of input and output positions. Windows beyond the edge connect nothing
        there.
        """
        total = 1
        for dim, positions, kernel, stride in zip(inputs, outputs, self.windows, self.strides, strict=True):
            before = kernel // 2 if self.padding == "same" else 0
            total *= reach(dim, positions, kernel, stride, before)
        return total

    def output_shape(self, input_shape: KnownShape) -> Shape:
        """Return (batch, *lengths, filters), or the filters first if data_format says so."""
        before, _, _ = self.split(input_shape)
        return self.join(before, self.lengths(input_shape), self.integer("filters"))

    def macs(self, input_shapes: list[Shape], output_shapes: list[Shape]) -> int | None:
        """Return the multiply-accumulates: each position applies its own kernel once."""
        shape = need(input_shapes[0])
        return product((*self.lengths(shape), *self.windows, self.split(shape)[2], self.integer("filters")))


def reach(dim: int, positions: int, kernel: int, stride: int, before: int) -> int:
    """Return the number of inputs that all windows along an axis cover, without those beyond its ends.

    Position i covers [i·stride - before, i·stride - before + kernel).
    """
    return clipped_sum(positions, stride, kernel - before, dim) - clipped_sum(positions, stride, -before, dim)


def clipped_sum(count: int, stride: int, offset: int, top: int) -> int:
    """Return the sum of i·stride + offset for i < count, with each term limited to [0, top]."""
    low = min(max(-offset // stride + 1, 0), count)
    high = min(max((top - 1 - offset) // stride + 1, low), count)
    between = high - low
    return stride * (low + high - 1) * between // 2 + offset * between + (count - high) * top


@layer("LocallyConnected1D")
class LocallyConnected1D(LocallyConnected):
    """Along a sequence."""

    rank = 1
    signature = LocallyConnected.signature


@layer("LocallyConnected2D")
class LocallyConnected2D(LocallyConnected):
    """Along rows and columns."""

    rank = 2
    signature = LocallyConnected.signature
