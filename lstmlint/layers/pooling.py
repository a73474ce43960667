"""Pooling: the maximum or mean over a window, over all positions, or over a fixed number of windows."""

from __future__ import annotations

from lstmlint.layers.base import Context, LayerError, layer, need
from lstmlint.layers.runtime_errors import fails_when_run
from lstmlint.layers.spatial import SlidingLayer, SpatialLayer, as_integers, bad_value, given, integers
from lstmlint.model.shapes import KnownShape, Shape, Tensor, format_shape
from lstmlint.model.spec import LayerSpec


class Pooling(SlidingLayer):
    """The maximum or mean over a sliding window."""

    too_small = "S104"
    window_argument = "pool_size"
    built_when_made = mixes_timesteps = True

    def __init__(self, spec: LayerSpec, context: Context) -> None:
        super().__init__(spec, context)
        self.windows = integers(self, "pool_size", self.rank, floats=True)
        strided = self.config.get("strides") is not None
        self.strides = integers(self, "strides", self.rank, floats=True) if strided else self.windows
        self.padding = self.choice("padding", "valid", "same")
        if context.dialect == "keras3" and given(self, "padding") != self.padding:
            raise bad_value(self, "padding", '"valid" or "same", in lower case', self.padding)

    def fails_on_rank(self, rank: int) -> bool:
        """Return whether NumPy cannot broadcast the axes with the window."""
        return self.rank > 1 and rank - 2 != 1

    def output_shape(self, input_shape: KnownShape) -> Shape:
        """Return (batch, *lengths, channels). Raises: LayerError S104 if the window does not fit."""
        before, _, channels = self.split(input_shape)
        return self.join(before, self.lengths(input_shape), channels)


class GlobalPooling(SpatialLayer):
    """One value per channel."""

    stacks_lists = built_when_made = mixes_timesteps = True

    def misfit_output(self, inputs: Tensor, error: LayerError) -> Tensor:
        """Return the batch and the axis in the channels' place; with keepdims, a 1 for each axis in between."""
        shape = need(inputs.shape)
        between = (1,) * (len(shape) - 2 if self.config.get("keepdims") else 0)
        if self.channels_first:
            return Tensor((shape[0], shape[1], *between), self.compute_dtype)
        return Tensor((shape[0], *between, shape[-1]), self.compute_dtype)

    def output_shape(self, input_shape: KnownShape) -> Shape:
        """Return (batch, channels); with keepdims, a 1 for each spatial axis.

        Raises: LayerError S136 for an empty input in Keras 2.
        """
        before, _, channels = self.split(input_shape)
        if self.context.dialect != "keras3":
            self.refuse_empty(input_shape)
        if self.config.get("keepdims"):
            return self.join(before, (1,) * self.rank, channels)
        return (*before, channels)


class AdaptivePooling(SpatialLayer):
    """A fixed number of windows, output_size, for any input size (Keras 3)."""

    mixes_timesteps = True

    def __init__(self, spec: LayerSpec, context: Context) -> None:
        super().__init__(spec, context)
        value = given(self, "output_size")
        sizes: list[object] | None = None
        if isinstance(value, int):
            sizes = [int(value)] * self.rank
        elif isinstance(value, list | tuple) and len(value) == self.rank:
            sizes = list(value)
        # None is accepted: Keras reads it as an unknown dimension
        if sizes is None or as_integers([0 if size is None else size for size in sizes], self.rank, 0) is None:
            raise bad_value(self, "output_size", f"an integer or a list of {self.rank}", [1] * self.rank)
        self.output_size = tuple(int(size) if isinstance(size, int) else None for size in sizes)

    def data_format(self) -> str:
        """Return the data format, which must be in lower case.

        Raises: LayerError E007.
        """
        value = self.config.get("data_format") or "channels_last"
        if value not in ("channels_last", "channels_first"):
            raise bad_value(self, "data_format", '"channels_last" or "channels_first"', "channels_last")
        return str(value)

    def check_rank(self, shape: Shape) -> None:
        """Raise LayerError S101 if there are no channels. Keras accepts any other rank."""
        if shape is None or len(shape) == self.ndim:
            return
        if len(shape) < (2 if self.channels_first else 1):
            super().check_rank(shape)
        fails_when_run(
            self,
            "S101",
            f"{self.class_name} expects {self.ndim} dimensions {self.axes}, but gets {format_shape(shape)}",
            f"Use an input with {self.ndim} dimensions.",
        )

    def output_shape(self, input_shape: KnownShape) -> Shape:
        """Return (batch, *output_size, channels)."""
        channels = input_shape[1] if self.channels_first else input_shape[-1]
        return self.join(input_shape[:1], self.output_size, channels)


@layer("MaxPooling1D", "MaxPool1D", "AveragePooling1D", "AvgPool1D")
class Pooling1D(Pooling):
    """Along a sequence."""

    rank = 1
    stacks_lists = True


@layer("MaxPooling2D", "MaxPool2D", "AveragePooling2D", "AvgPool2D")
class Pooling2D(Pooling):
    """Along rows and columns."""

    rank = 2


@layer("MaxPooling3D", "MaxPool3D", "AveragePooling3D", "AvgPool3D")
class Pooling3D(Pooling):
    """Along depth, rows and columns."""

    rank = 3


@layer("GlobalMaxPooling1D", "GlobalMaxPool1D")
class GlobalMaxPooling1D(GlobalPooling):
    """Along a sequence."""

    rank = 1
    removes_timesteps = True


@layer("GlobalAveragePooling1D", "GlobalAvgPool1D")
class GlobalAveragePooling1D(GlobalMaxPooling1D):
    """Pooling along a sequence, without masked timesteps."""

    supports_masking = uses_mask = True
    masked_inputs = None


@layer("GlobalMaxPooling2D", "GlobalMaxPool2D", "GlobalAveragePooling2D", "GlobalAvgPool2D")
class GlobalPooling2D(GlobalPooling):
    """Along rows and columns."""

    rank = 2


@layer("GlobalMaxPooling3D", "GlobalMaxPool3D", "GlobalAveragePooling3D", "GlobalAvgPool3D")
class GlobalPooling3D(GlobalPooling):
    """Along depth, rows and columns."""

    rank = 3


@layer("AdaptiveMaxPooling1D", "AdaptiveAveragePooling1D")
class AdaptivePooling1D(AdaptivePooling):
    """Along a sequence."""

    rank = 1


@layer("AdaptiveMaxPooling2D", "AdaptiveAveragePooling2D")
class AdaptivePooling2D(AdaptivePooling):
    """Along rows and columns."""

    rank = 2


@layer("AdaptiveMaxPooling3D", "AdaptiveAveragePooling3D")
class AdaptivePooling3D(AdaptivePooling):
    """Along depth, rows and columns."""

    rank = 3
