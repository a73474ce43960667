"""Normalization layers (keras.layers.normalization).

Ioffe & Szegedy 2015 (batch), Ba et al. 2016 (layer), Wu & He 2018 (group), Zhang & Sennrich 2019 (RMS), Miyato et al.
2018 (spectral). Most have a scale and an offset per feature; batch normalization also stores a moving mean and
variance, which are not trainable.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lstmlint.layers.base import Context, Layer, LayerError, UnknownLayer, Weight, layer, need
from lstmlint.layers.input_spec import PinnedLayer
from lstmlint.model.findings import listing
from lstmlint.model.shapes import KnownShape, Shape, format_shape
from lstmlint.model.spec import LayerSpec
from lstmlint.model.values import show


class AxisLayer(Layer):
    """A layer with an `axis`: an integer or a list of integers."""

    def axes_argument(self) -> list[int]:
        """Return the argument axis as a list.

        Raises: LayerError E007 if it does not consist of integers.
        """
        axis = self.config.get("axis", -1)
        axes = axis if isinstance(axis, list | tuple) else [axis]
        if all(isinstance(item, int) for item in axes):
            return list(axes)
        raise self.bad_axis("Keras takes an integer or a list of integers")

    def bad_axis(self, wanted: str, help: str = "Use -1 for the features.") -> LayerError:
        """Return the error for an axis that Keras does not accept."""
        return LayerError(
            "E007", f"axis of {self.class_name} is {show(self.config.get('axis'))}; {wanted}", help, argument="axis"
        )

    def axes_of(self, shape: KnownShape) -> list[int]:
        """Return the axes in an input of this shape. In tf_keras they count from the front and must be unique.

        Raises: LayerError S111 if one is out of range.
        """
        axes = self.axes_argument()
        rank = len(shape)
        for axis in axes:
            if not -rank <= axis < rank:
                raise LayerError(
                    "S111",
                    f"axis {axis} of {self.class_name} is out of range for the input {format_shape(shape)};"
                    " Keras raises an error",
                    f"Use an axis from {-rank} to {rank - 1}, -1 for the features." if rank else "",
                    "axis",
                )
        if self.context.dialect == "keras3":
            return axes
        axes = [axis % rank for axis in axes]
        if len(set(axes)) < len(axes):
            raise self.bad_axis("it names one axis twice, and Keras raises a ValueError", "Name each axis once.")
        return axes

    def dims(self, shape: KnownShape, axes: list[int]) -> tuple[int, ...]:
        """Return the sizes of the axes.

        Raises: LayerError S106 if one is unknown.
        """
        return tuple(self.feature_dim(shape, axis) for axis in axes)

    def output_shape(self, input_shape: KnownShape) -> Shape:
        """Return the input shape after a check of the axes."""
        self.axes_of(input_shape)
        return input_shape


@layer("BatchNormalization", "SyncBatchNormalization", "BatchNormalizationV1", "BatchNormalizationV2")
class BatchNormalization(AxisLayer, PinnedLayer):
    """Normalizes each feature over the batch. Parameters: 4·features, half of them trainable."""

    takes_structures_when_built = supports_masking = True

    def __init__(self, spec: LayerSpec, context: Context) -> None:
        super().__init__(spec, context)
        for argument in ("momentum", "epsilon"):
            self.check_float(argument)
        clipping = self.config.get("renorm_clipping")
        if self.config.get("renorm") and clipping:
            self.check_clipping(clipping)

    def check_float(self, argument: str) -> None:
        """Raise LayerError E007 if Keras 3 cannot convert an argument to a float."""
        value = self.config.get(argument, 0.0)
        if isinstance(value, int | float) or self.context.dialect != "keras3":
            return
        try:
            float(value)
        except (TypeError, ValueError):
            raise LayerError(
                "E007", f"{argument} of {self.class_name} is {show(value)}, which is not a number; Keras raises an error",
                f"Set {argument} to a number.", argument,
            ) from None  # fmt: skip

    def check_clipping(self, clipping: Any) -> None:
        """Raise LayerError E007 for bounds of renorm_clipping that Keras refuses."""
        wrong = ""
        if not isinstance(clipping, dict):
            wrong = "it is not an object"
        elif unknown := set(clipping) - {"rmax", "rmin", "dmax"}:
            wrong = f"it has {', '.join(map(show, sorted(map(str, unknown))))}"
        elif self.context.dialect == "keras3":
            low, high, width = clipping.get("rmin"), clipping.get("rmax"), clipping.get("dmax")
            if not all(value is None or isinstance(value, int | float) for value in (low, high, width)):
                wrong = "its values are not numbers"
            elif high is not None and low is not None and high < low:
                wrong = f"rmax {high} is below rmin {low}"
            elif width is not None and width < 0:
                wrong = f"dmax {width} is negative"
        if wrong:
            raise LayerError(
                "E007",
                f"renorm_clipping of {self.class_name} is not valid: {wrong}; Keras raises an error",
                "Use an object with numbers for rmin, rmax and dmax.",
                "renorm_clipping",
            )

    def axes_argument(self) -> list[int]:
        """Return the axes: one in Keras 3, which converts it to an int; possibly several in tf_keras."""
        axis = self.config.get("axis", -1)
        if self.context.dialect != "keras3":
            return super().axes_argument()
        try:
            return [int(axis)]
        except (TypeError, ValueError, OverflowError):
            raise self.bad_axis("Keras 3 takes one integer") from None

    def pinned_axes(self, rank: int) -> list[int]:
        """Return the normalized axes."""
        return self.axes_argument()

    def weights(self, input_shape: Shape) -> Iterator[Weight]:
        """Yield gamma, beta, moving_mean, moving_variance, each (features,), and those of renorm.

        For several axes, the weights of tf_keras have the rank of the input, and one axis more for virtual batches.
        """
        shape = need(input_shape)
        axes = self.axes_of(shape)
        virtual = self.config.get("virtual_batch_size")
        sizes: tuple[int, ...] = self.dims(shape, axes)
        if len(axes) != 1 or virtual is not None:
            at = dict(zip(axes, sizes, strict=True))
            sizes = tuple(at.get(axis, 1) for axis in range(len(shape)))
            if virtual is not None:
                if 0 in axes or not isinstance(virtual, int) or virtual <= 0:
                    raise LayerError(
                        "E007",
                        f"virtual_batch_size is {show(virtual)} for axis {show(self.config['axis'])}; Keras takes a positive"
                        " integer, and the axis must not be the batch",
                        "Remove virtual_batch_size.",
                        "virtual_batch_size",
                    )
                sizes = (*sizes[:1], 1, *sizes[1:])
        old = self.context.dialect in ("keras0", "keras1")
        if old or self.config.get("scale", True):
            yield self.parameter("gamma", sizes)
        if old or self.config.get("center", True):
            yield self.parameter("beta", sizes)
        yield self.parameter("running_mean" if old else "moving_mean", sizes, False)
        yield self.parameter("running_std" if old else "moving_variance", sizes, False)
        if self.config.get("renorm"):
            for name in ("moving_stddev", "renorm_mean", "renorm_stddev"):
                yield self.parameter(name, sizes, False)

    def parameter(self, name: str, shape: tuple[int, ...], trainable: bool = True) -> Weight:
        """Return a weight. tf_keras keeps those of half-precision layers in float32."""
        half = self.variable_dtype in ("float16", "bfloat16") and self.context.dialect != "keras3"
        return self.weight(name, shape, trainable, "float32" if half else None)


@layer("LayerNormalization")
class LayerNormalization(AxisLayer):
    """Normalizes each sample over its features. Parameters: 2·features."""

    takes_structures_when_built = supports_masking = True

    def weights(self, input_shape: Shape) -> Iterator[Weight]:
        """Yield gamma and beta with the sizes of the axes; only gamma with rms_scaling."""
        shape = need(input_shape)
        axes = self.axes_of(shape)
        if self.context.dialect == "keras3":
            axes = sorted(axes)
        elif not axes:
            raise self.bad_axis("Keras raises an error")
        rms = bool(self.config.get("rms_scaling"))
        if self.config["scale"] or rms:
            yield self.weight("gamma", self.dims(shape, axes))
        if self.config["center"] and not rms:
            yield self.weight("beta", self.dims(shape, axes))


@layer("RMSNormalization")
class RMSNormalization(AxisLayer):
    """Scales each sample by its root mean square. Parameters: one per feature."""

    takes_structures_when_built = True

    def weights(self, input_shape: Shape) -> Iterator[Weight]:
        """Yield scale with the sizes of the axes."""
        shape = need(input_shape)
        yield self.weight("scale", self.dims(shape, sorted(self.axes_of(shape))))


@layer("UnitNormalization")
class UnitNormalization(AxisLayer):
    """Scales each sample to a norm of 1. It has no weights."""

    maps_structures = built_when_made = supports_masking = True


@layer("GroupNormalization")
class GroupNormalization(AxisLayer, PinnedLayer):
    """Normalizes each sample over groups of channels. Parameters: 2·channels."""

    takes_structures_when_built = supports_masking = mixes_timesteps = True

    def axes_argument(self) -> list[int]:
        """Return the single axis."""
        axes = super().axes_argument()
        if isinstance(self.config.get("axis"), list | tuple):
            raise self.bad_axis("Keras takes one integer")
        return axes

    def pinned_axes(self, rank: int) -> list[int]:
        """Return the axis of the channels."""
        return self.axes_argument()

    def weights(self, input_shape: Shape) -> Iterator[Weight]:
        """Yield gamma and beta (channels,).

        Raises: LayerError S117 if the number of groups does not divide the channels.
        """
        shape = need(input_shape)
        (axis,) = self.axes_of(shape)
        channels = self.feature_dim(shape, axis)
        groups = self.integer("groups", -1)
        if groups == -1:
            groups = channels
        if groups <= 0 or channels < groups or channels % groups:
            divisors = [number for number in range(1, min(channels, 64) + 1) if channels % number == 0]
            raise LayerError(
                "S117",
                f"GroupNormalization splits {channels} channels into {groups} groups, which Keras refuses:"
                " the groups must divide the channels",
                f"Set groups to one of {listing([*map(str, divisors)])}, or to -1 for one per channel.",
                "groups" if "groups" in self.spec.config else None,
            )
        if self.config["scale"]:
            yield self.weight("gamma", (channels,))
        if self.config["center"]:
            yield self.weight("beta", (channels,))


@layer("SpectralNormalization")
class SpectralNormalization(PinnedLayer):
    """Divides the kernel of the inner layer by its spectral norm during training."""

    takes_structures_when_built = True

    def __init__(self, spec: LayerSpec, context: Context) -> None:
        super().__init__(spec, context)
        self.pins_rank = context.dialect != "keras3"
        self.inner = self.child("layer")
        power = self.config.get("power_iterations", 1)
        if not isinstance(power, int | float) or power <= 0:
            raise LayerError(
                "E007",
                f"power_iterations of SpectralNormalization is {show(power)}; Keras takes a positive integer",
                "Set power_iterations to 1.",
                "power_iterations",
            )

    def pinned_axes(self, rank: int) -> list[int]:
        """Return the axis of the features; in tf_keras, every axis but the batch."""
        return [-1] if self.context.dialect == "keras3" else list(range(1, rank))

    def build(self, input_shape: Any) -> None:
        """Build the inner layer first, since its kernel is normalized."""
        self.inner.build_from(None if input_shape is None else need(input_shape))
        super().build(input_shape)

    def weights(self, input_shape: Shape) -> Iterator[Weight]:
        """Yield vector_u (1, last axis of the kernel).

        Raises: LayerError E007 for a layer without a kernel.
        """
        if isinstance(self.inner, UnknownLayer) or not self.inner.weights_known:
            need(None)
        kernel = kernel_of(self.inner)
        if kernel is None:
            raise LayerError(
                "E007",
                f"SpectralNormalization wraps {self.inner.class_name}, which has neither kernel nor embeddings;"
                " Keras raises a ValueError",
                "Wrap Dense, a convolution, EinsumDense or Embedding.",
                "layer",
            )
        yield self.weight("vector_u", (1, kernel.shape[-1]), False, kernel.dtype)

    def all_weights(self, trainable: bool = True, prefix: str = "") -> Iterator[Weight]:
        """Yield the kernel first, which the wrapper tracks too, then vector_u and the rest."""
        kernel = kernel_of(self.inner)
        weights = list(super().all_weights(trainable, prefix))
        first = [weight for weight in weights[1:] if kernel is not None and weight.name.endswith("/" + kernel.name)][:1]
        yield from first
        yield from (weight for weight in weights if weight not in first)

    def call(self, inputs: Any, *args: Any, **kwargs: Any) -> Any:
        """Return the output of the inner layer."""
        return self.run_inside(self.inner, inputs)

    def macs(self, input_shapes: list[Shape], output_shapes: list[Shape]) -> int | None:
        """Return the multiply-accumulates of the inner layer. The kernel is only normalized in training."""
        return self.inner.macs(input_shapes, output_shapes)


def kernel_of(inner: Layer) -> Weight | None:
    """Return the weight `kernel` or `embeddings` of a layer. Recurrent layers have theirs in their cells."""
    from lstmlint.layers.rnn import RecurrentLayer

    if isinstance(inner, SpectralNormalization):
        return kernel_of(inner.inner)
    if isinstance(inner, RecurrentLayer):
        return None
    return next((weight for weight in inner.own_weights if weight.name in ("kernel", "embeddings")), None)


__all__ = [
    "AxisLayer", "BatchNormalization", "GroupNormalization", "LayerNormalization", "RMSNormalization",
    "SpectralNormalization", "UnitNormalization",
]  # fmt: skip
