"""Convolutions over one, two, or three axes: plain, transposed, depthwise, and separable."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

from lstmlint.layers.base import Context, LayerError, Weight, layer, need
from lstmlint.layers.input_spec import PinnedLayer
from lstmlint.layers.spatial import LEGACY, SlidingLayer, as_integers, bad_value, given, integers, transposed_length
from lstmlint.model.releases import is_before
from lstmlint.model.shapes import Dim, KnownShape, Shape, format_shape, product
from lstmlint.model.spec import LayerSpec
from lstmlint.signatures.built import SEPARABLE_DILATED
from lstmlint.signatures.keras3 import REQUIRED


class Convolution(SlidingLayer, PinnedLayer):
    """The base of all convolutions, whose kernels slide along the spatial axes."""

    too_small = "S103"
    window_argument = "kernel_size"
    applies_activation = mixes_timesteps = True
    pins_rank = False
    causal_in: ClassVar[tuple[str, ...]] = ()
    refuses_dilated_strides: ClassVar[bool] = True
    has_filters: ClassVar[bool] = True
    mixes_channels: ClassVar[bool] = True
    # Keras 3 checks the rank in build_config.
    needs_build_shape: ClassVar[bool] = True

    def __init__(self, spec: LayerSpec, context: Context) -> None:
        super().__init__(spec, context)
        self.keras3 = context.dialect == "keras3"
        self.legacy = context.dialect in LEGACY
        self.padding = self._padding()
        self.kernel_size = integers(self, "kernel_size", self.rank)
        self.strides = integers(self, "strides", self.rank, floats=self.keras3)
        self.dilation_rate = integers(self, "dilation_rate", self.rank, floats=self.keras3)
        self.windows = self.kernel_size
        if max(self.dilation_rate) > 1:
            spread = zip(self.dilation_rate, self.kernel_size, strict=True)
            self.windows = tuple(int(rate * (size - 1) + 1) for rate, size in spread)
        self.groups = self._groups()
        self.filters = self._filters() if self.has_filters else 0
        self.check_arguments()

    def _padding(self) -> str:
        value = given(self, "padding")
        causal = self.context.dialect in self.causal_in
        if not causal and isinstance(value, str) and value.lower() == "causal":
            raise LayerError(
                "S119",
                f'padding of {self.class_name} is "{value}", which Keras allows only for one spatial axis'
                "; it raises a ValueError",
                'Set padding to "same" or "valid", or use Conv1D.',
                "padding",
            )
        return self.choice("padding", "valid", "same", *["causal"] * causal, *["full"] * self.legacy)

    def _groups(self) -> int:
        value = self.config.get("groups", 1)
        if not self.keras3 and not value:
            return 1
        if not isinstance(value, int) or value < 1:
            raise bad_value(self, "groups", "an integer of at least 1", 1)
        return int(value)

    def check_arguments(self) -> None:
        """Check arguments that the constructor of Keras checks together.

        Raises: LayerError S118 if strides and dilation are both above 1 (Keras 0 and 1 allow it), S117 if groups does
        not divide the filters.
        """
        refuses = self.refuses_dilated_strides or not self.keras3 or is_before(self.context.release, SEPARABLE_DILATED)
        if refuses and not self.legacy and max(self.strides) > 1 and max(self.dilation_rate) > 1:
            raise LayerError(
                "S118",
                f"{self.class_name} has strides {list(self.strides)} and dilation_rate {list(self.dilation_rate)};"
                " Keras allows only one of them above 1 and raises a ValueError",
                "Set strides or dilation_rate to 1.",
                "dilation_rate" if "dilation_rate" in self.spec.config else "strides",
            )
        if self.filters % self.groups:
            more = self.filters + -self.filters % self.groups
            raise LayerError(
                "S117",
                f"{self.class_name} has {self.filters} filters in {self.groups} groups, but {self.filters} is not a multiple of"
                f" {self.groups}; Keras raises a ValueError",
                f"Set filters to a multiple of groups, for instance {more}.",
                "groups",
            )

    # Channels and weights -----------------------------------------------------------------------------

    def _filters(self) -> int:
        value = given(self, "filters")
        if isinstance(value, float) and not self.keras3 and value >= 1:
            return int(value)  # Keras 2 truncates the quotient
        return int(self.integer("filters"))

    def kernels(self, channels: int) -> Iterator[Weight]:
        """Yield the kernels for a number of input channels."""
        raise NotImplementedError

    def mixed(self, channels: int) -> int:
        """Return the number of channels that each filter sees, in all groups."""
        return channels

    def output_channels(self, channels: Dim) -> Dim:
        """Return the number of output channels."""
        return self.filters

    def kernel_shape(self, inputs: int, outputs: int) -> tuple[int, ...]:
        """Return (*kernel_size, inputs, outputs).

        Keras 0 and 1 use Theano's order for channels_first, and store 1-D kernels as 2-D ones with an axis of size 1.
        """
        size = self.kernel_size
        if self.legacy and self.rank == 1:
            return (outputs, inputs, *size, 1) if self.context.dialect == "keras0" else (*size, 1, inputs, outputs)
        if self.legacy and self.channels_first:
            return (outputs, inputs, *size)
        return (*size, inputs, outputs)

    def channel_axis(self) -> int:
        """Return the axis of the channels, counted from the end."""
        return -1 - self.rank if self.channels_first else -1

    def pinned_axes(self, rank: int) -> tuple[int, ...]:
        """Return the axis of the channels."""
        return (self.channel_axis(),)

    def weights(self, input_shape: Shape) -> Iterator[Weight]:
        """Yield the kernels, then the bias (output channels,)."""
        channels = self.feature_dim(self._checked(input_shape), self.channel_axis())
        if not self.keras3 and self.mixes_channels and not self.mixed(channels):
            raise LayerError(
                "S136",
                f"{self.class_name} has no channels to mix in {format_shape(input_shape)}; Keras raises a ValueError",
                "Use an input with at least one channel.",
                severity="error",
            )
        yield from self.kernels(channels)
        if self.config.get("use_bias", True):
            yield self.weight("bias", (self.output_channels(channels) or 0,))

    def _checked(self, input_shape: Shape) -> KnownShape:
        shape = need(input_shape)
        if self.needs_build_shape or not self.keras3:
            self.check_rank(shape)  # recorded shapes do not pass through check_inputs
        return shape

    def _compare_build_shapes(self, recorded: Any, args: list[Any], kwargs: dict[str, Any]) -> None:
        """Raise LayerError S130 if the recorded shape gives an empty output, which Keras checks."""
        super()._compare_build_shapes(recorded, args, kwargs)
        if self.needs_build_shape and recorded != self.build_shape(args, kwargs):
            try:
                self.output_shape(recorded)
            except LayerError as error:
                message = f"build_config records the input shape {format_shape(recorded)}: {error.message}"
                raise LayerError("S130", message, error.help, "build_config", severity="error") from error

    # Shapes -------------------------------------------------------------------------------------------

    def output_shape(self, input_shape: KnownShape) -> Shape:
        """Return (batch, *lengths, output channels), or channels first if data_format says so.

        Raises: LayerError S103 if the output is empty.
        """
        before, _, channels = self.split(input_shape)
        return self.join(before, self.lengths(input_shape), self.output_channels(channels))

    def fails_on_rank(self, rank: int) -> bool:
        """Return True."""
        return True

    def macs(self, input_shapes: list[Shape], output_shapes: list[Shape]) -> int | None:
        """Return kernel size · output positions, counting padded positions."""
        return self._macs_at(output_shapes[0] if output_shapes else None)

    def _macs_at(self, shape: Shape) -> int | None:
        if shape is None or not self.own_weights:
            return None
        before, spatial, _ = self.split(shape)
        positions = product((*before[1:], *spatial))
        sizes = sum(weight.size for weight in self.own_weights if weight.name.endswith("kernel"))
        return None if positions is None else positions * sizes


class Conv(Convolution):
    """A convolution whose filters each see all channels of their group.

    Parameters: filters·(kernel size·channels/groups) + filters.
    """

    def __init__(self, spec: LayerSpec, context: Context) -> None:
        super().__init__(spec, context)
        if context.dialect == "keras2":  # tf.keras accepts several batch axes
            self.ndim, self.min_ndim = None, self.rank + 2

    def kernels(self, channels: int) -> Iterator[Weight]:
        """Yield the kernel (*kernel_size, channels / groups, filters). Raises: LayerError S117 if it is not an integer."""
        if channels % self.groups:
            raise LayerError(
                "S117",
                f"{self.class_name} has {self.groups} groups, but gets {channels} channels, which they do not divide;"
                " Keras raises a ValueError",
                f"Set groups to a divisor of {channels}, or give it a multiple of {self.groups} channels.",
                "groups",
            )
        trainable = not self.lora_rank()
        yield self.weight("kernel", self.kernel_shape(channels // self.groups, self.filters), trainable)

    def lora_rank(self) -> int:
        """Return the rank of the LoRA update of the kernel, 0 if there is none.

        Raises: LayerError E007 for an invalid rank, or if the kernel has a constraint.
        """
        value = self.config.get("lora_rank")
        if not value or not self.keras3:
            return 0
        rank = self.integer("lora_rank")
        if self.config.get("kernel_constraint"):
            raise LayerError(
                "E007",
                f"{self.class_name} has both lora_rank and a kernel_constraint; Keras raises a ValueError",
                "Remove one of them.",
                "lora_rank",
            )
        return rank

    def weights(self, input_shape: Shape) -> Iterator[Weight]:
        """Yield kernel and bias; with lora_rank also the two factors of the update, in float32, and a frozen kernel."""
        yield from super().weights(input_shape)
        if rank := self.lora_rank():
            channels = self.feature_dim(input_shape, self.channel_axis()) // self.groups
            yield self.weight("lora_kernel_a", (*self.kernel_size, channels, rank), dtype="float32")
            yield self.weight("lora_kernel_b", (rank, self.filters), dtype="float32")


class ConvTranspose(Convolution):
    """A transposed convolution, which enlarges its input. Parameters: filters·(kernel size·channels) + filters."""

    mixes_channels = False
    needs_build_shape = False

    def fails_on_rank(self, rank: int) -> bool:
        """Return whether the input has more axes than expected."""
        return rank > self.rank + 2

    def check_arguments(self) -> None:
        """Raise LayerError E007 if output_padding is not smaller than the strides."""
        super().check_arguments()
        self.strides = integers(self, "strides", self.rank)
        self.dilation_rate = integers(self, "dilation_rate", self.rank)
        padding: tuple[int | None, ...] = (None,) * self.rank
        if self.config.get("output_padding") is not None:
            padding = integers(self, "output_padding", self.rank, 0)
            for extra, stride in zip(padding, self.strides, strict=True):
                if extra is not None and extra >= stride:
                    raise LayerError(
                        "E007",
                        f"output_padding of {self.class_name} is {list(padding)}, but strides are {list(self.strides)};"
                        " Keras requires less padding than stride on every axis and raises a ValueError",
                        f"Set output_padding to {[step - 1 for step in self.strides]} at most, or to null.",
                        "output_padding",
                    )
        self.output_padding = padding
        if self.rank == 2 and not self.keras3 and self.dilation_rate[0] != self.dilation_rate[1]:
            raise bad_value(self, "dilation_rate", "the same rate for both axes here", [max(self.dilation_rate)] * 2)
        if self.rank == 3 and not self.keras3:
            self.windows = self.kernel_size  # Keras 2 ignores the dilation here

    def kernels(self, channels: int) -> Iterator[Weight]:
        """Yield the kernel (*kernel_size, filters, channels)."""
        yield self.weight("kernel", (*self.kernel_size, self.filters, channels))

    def lengths(self, shape: KnownShape) -> KnownShape:
        """Return approximately each spatial dim times its stride. Raises: LayerError S103 if it is negative."""
        spatial = self.split(shape)[1]
        lengths = tuple(
            transposed_length(size, window, stride, self.padding, extra)
            for size, window, stride, extra in zip(
                spatial, self.windows, self.strides, self.output_padding, strict=True
            )
        )
        if any(length is not None and length < 0 for length in lengths):
            raise LayerError(
                "S103",
                f"{self.class_name} computes the lengths {list(lengths)} for the spatial axes of {format_shape(shape)};"
                " Keras raises a ValueError",
                "Use an input without empty axes.",
                shape=shape,
            )
        return lengths

    def macs(self, input_shapes: list[Shape], output_shapes: list[Shape]) -> int | None:
        """Return kernel size · input positions."""
        return self._macs_at(input_shapes[0] if input_shapes else None)


class Multiplied(Convolution):
    """Convolutions of each channel separately, with depth_multiplier outputs per channel."""

    refuses_dilated_strides = False

    def check_arguments(self) -> None:
        """Check the arguments of any convolution, and raise LayerError E007 for a bad depth_multiplier."""
        super().check_arguments()
        self.depth_multiplier = int(self.integer("depth_multiplier", 1 if self.keras3 else 0))

    def lengths(self, shape: KnownShape) -> KnownShape:
        """Return the lengths of any convolution. Keras 2 loses all spatial dims if one is unknown and dilation is used."""
        if not self.keras3 and max(self.dilation_rate) > 1 and None in self.split(shape)[1]:
            return (None,) * self.rank
        return super().lengths(shape)


class DepthwiseConv(Multiplied):
    """A convolution that does not mix channels.

    Parameters: channels·depth_multiplier·(kernel size) + channels·depth_multiplier.
    """

    has_filters = mixes_channels = False

    def kernels(self, channels: int) -> Iterator[Weight]:
        """Yield the kernel (*kernel_size, channels, depth_multiplier), called depthwise_kernel in Keras 2."""
        name = "kernel" if self.keras3 else "depthwise_kernel"
        yield self.weight(name, self.kernel_shape(channels, self.depth_multiplier))

    def output_channels(self, channels: Dim) -> Dim:
        """Return input channels · depth_multiplier."""
        return None if channels is None else channels * self.depth_multiplier


class SeparableConv(Multiplied):
    """A depthwise convolution, followed by a pointwise one that mixes the channels."""

    def mixed(self, channels: int) -> int:
        """Return the number of channels after the depthwise convolution."""
        return channels * self.depth_multiplier

    def lengths(self, shape: KnownShape) -> KnownShape:
        """Return the lengths of any convolution. Raises: LayerError S136 for an empty axis in Keras 2."""
        if not self.keras3:
            self.refuse_empty(shape)
        return super().lengths(shape)

    def kernels(self, channels: int) -> Iterator[Weight]:
        """Yield depthwise_kernel (*kernel_size, channels, depth_multiplier) and pointwise_kernel (1, ..., filters)."""
        multiplier, filters = self.depth_multiplier, self.filters
        ones = (1,) * self.rank
        if self.legacy and self.channels_first:
            depthwise = (multiplier, channels, *self.kernel_size)
            pointwise = (filters, multiplier * channels, *ones)
        else:
            depthwise = (*self.kernel_size, channels, multiplier)
            pointwise = (*ones, multiplier * channels, filters)
        yield self.weight("depthwise_kernel", depthwise)
        yield self.weight("pointwise_kernel", pointwise)


@layer("Conv1D", "Convolution1D")
class Conv1D(Conv):
    """Convolution along a sequence. Causal padding hides future timesteps."""

    rank = 1
    causal_in = ("keras2", "keras3")


@layer("Conv2D", "Convolution2D")
class Conv2D(Conv):
    """Along rows and columns."""

    rank = 2


@layer("Conv3D", "Convolution3D")
class Conv3D(Conv):
    """Along depth, rows and columns."""

    rank = 3


@layer("Conv1DTranspose", "Convolution1DTranspose")
class Conv1DTranspose(ConvTranspose):
    """Along a sequence."""

    rank = 1


@layer("Conv2DTranspose", "Convolution2DTranspose")
class Conv2DTranspose(ConvTranspose):
    """Along rows and columns."""

    rank = 2


@layer("Conv3DTranspose", "Convolution3DTranspose")
class Conv3DTranspose(ConvTranspose):
    """Along depth, rows and columns."""

    rank = 3


@layer("DepthwiseConv1D")
class DepthwiseConv1D(DepthwiseConv):
    """Along a sequence."""

    rank = 1


@layer("DepthwiseConv2D")
class DepthwiseConv2D(DepthwiseConv):
    """Along rows and columns."""

    rank = 2


@layer("SeparableConv1D", "SeparableConvolution1D")
class SeparableConv1D(SeparableConv):
    """Along a sequence."""

    rank = 1
    causal_in = ("keras2",)


@layer("SeparableConv2D", "SeparableConvolution2D")
class SeparableConv2D(SeparableConv):
    """Along rows and columns."""

    rank = 2


@layer("Deconvolution2D", "Deconv2D")
class Deconvolution2D(Conv):
    """Keras 1's transposed convolution. The config states the output shape, including batch and channels."""

    rank = 2
    signature: ClassVar[dict[str, Any]] = {
        "filters": REQUIRED, "kernel_size": REQUIRED, "output_shape": REQUIRED, "kernel_initializer": "glorot_uniform",
        "activation": None, "padding": "valid", "strides": 1, "dilation_rate": 1, "data_format": None,
        "kernel_regularizer": None, "bias_regularizer": None, "activity_regularizer": None,
        "kernel_constraint": None, "bias_constraint": None, "use_bias": True,
    }  # fmt: skip

    def lengths(self, shape: KnownShape) -> KnownShape:
        """Return rows and columns of `output_shape`.

        Raises: LayerError E007 if it is not a shape of four dimensions.
        """
        value = given(self, "output_shape")
        known = as_integers(value[1:], 3) if isinstance(value, list | tuple) and len(value) == 4 else None
        if known is None:
            raise bad_value(self, "output_shape", "four dimensions, batch first", [None, *shape[1:]])
        return self.split((None, *known))[1]

    def macs(self, input_shapes: list[Shape], output_shapes: list[Shape]) -> int | None:
        """Return kernel size · input positions."""
        return self._macs_at(input_shapes[0] if input_shapes else None)
