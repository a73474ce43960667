"""Layers that rearrange, repeat, crop or pad their input."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NoReturn

from lstmlint.layers.base import Context, Layer, LayerError, absurd, layer, need
from lstmlint.layers.runtime_errors import fails_when_run
from lstmlint.layers.spatial import AXES, LEGACY, SpatialLayer, bad_value, given, integers, pairs, shown
from lstmlint.model.shapes import Dim, KnownShape, Shape, Tensor, format_shape, product, too_large
from lstmlint.model.spec import LayerSpec
from lstmlint.model.values import show

INTERPOLATIONS = ("nearest", "bilinear", "bicubic", "lanczos3", "lanczos5")
INTERPOLATIONS_KERAS2 = (*INTERPOLATIONS, "area", "gaussian", "mitchellcubic")


def kept_dtype(tensor: Tensor, compute_dtype: str) -> str | None:
    """Return the dtype after rearranging: floats in the layer's compute dtype, integers unchanged."""
    dtype = tensor.dtype
    return compute_dtype if dtype is not None and "float" in dtype else dtype


class Rearranging(Layer):
    """A layer that rearranges values of any dtype."""

    keeps_values = mixes_timesteps = True

    def output_dtype(self, inputs: Tensor) -> str | None:
        """Return the compute dtype for floats; integers keep their dtype."""
        return kept_dtype(inputs, self.compute_dtype)


@layer("Flatten")
class Flatten(Rearranging):
    """Joins all axes except the batch."""

    removes_timesteps = True

    def __init__(self, spec: LayerSpec, context: Context) -> None:
        super().__init__(spec, context)
        self.min_ndim = 3 if context.dialect == "keras1" else 1
        data_format = self.config.get("data_format")
        if data_format is not None and str(data_format).lower() not in ("channels_last", "channels_first"):
            raise bad_value(self, "data_format", '"channels_last" or "channels_first"', "channels_last")

    def check_rank(self, shape: Shape) -> None:
        """Accept (batch, 1, 1) of Keras 1's Merge in mode cos, which declares (batch, 1)."""
        if self.context.dialect != "keras1" or shape is None or len(shape) != 2 or shape[1] != 1:
            super().check_rank(shape)

    def output_shape(self, input_shape: KnownShape) -> Shape:
        """Return (batch, product of the other dimensions), None if one of them is unknown.

        Raises: LayerError S107 in Keras 0 and 1 if one is unknown.
        """
        flat = product(input_shape[1:])
        if not flat and self.context.dialect in LEGACY:
            raise LayerError(
                "S107",
                f"Flatten gets {format_shape(input_shape)}, which is not fully known; Keras"
                f" {self.context.dialect[-1]} raises a ValueError",
                "Set every dimension except the batch to a number, or use global pooling instead.",
                shape=input_shape,
            )
        if None in input_shape[1:]:
            flat = None
        return (input_shape[0], flat)


@layer("Reshape")
class Reshape(Rearranging):
    """Reshapes to target_shape, in which one dimension may be -1 (inferred)."""

    min_ndim = 1
    built_when_made = True

    def __init__(self, spec: LayerSpec, context: Context) -> None:
        super().__init__(spec, context)
        value = given(self, "target_shape")
        if not isinstance(value, list | tuple | str | dict):
            raise bad_value(self, "target_shape", "a list of integers", [-1])
        # Keras 3 treats a dimension that is not an integer, such as null or 2.0, as unknown.
        self.target: KnownShape = tuple(int(dim) if isinstance(dim, int) else None for dim in value)
        if too_large(self.target):
            raise absurd(f"an output of Reshape {show(self.name)}")
        self.keras3 = context.dialect == "keras3"
        known = [dim for dim in self.target if dim is not None]
        if self.keras3 and (min(known, default=0) < -1 or known.count(-1) > 1):
            raise bad_value(self, "target_shape", "integers of at least 0, and -1 at most once", [-1])
        if not self.keras3 and len(known) != len(self.target):
            raise bad_value(self, "target_shape", "in Keras 2, integers, of which one may be -1 (inferred)", [-1])

    def output_shape(self, input_shape: KnownShape) -> Shape:
        """Return (batch, *target_shape), with -1 replaced if the input is known.

        Raises: LayerError S108 if the sizes differ, S109 if the -1 would be a fraction.
        """
        target, rest = self.target, input_shape[1:]
        if None in rest or None in target:
            if self.context.dialect == "keras1" or any(dim is not None and dim < -1 for dim in target):
                self._refuse("S108", input_shape, "some dimensions are unknown")
            return (input_shape[0], *(None if dim == -1 else dim for dim in target))
        size = product(rest)
        open_axes = [axis for axis, dim in enumerate(target) if dim is not None and dim < 0]
        asked = product(dim for dim in target if dim is not None and dim >= 0) or 0
        if len(open_axes) > 1:
            self._refuse("S108", input_shape, "-1 appears more than once")
        if size is None:
            return None
        if not open_axes:
            if size != asked:
                self._refuse("S108", input_shape, f"it has {size} elements, not {asked}")
            return (input_shape[0], *target)
        if asked == 0 or size % asked:
            self._refuse("S109", input_shape, f"{size} elements are not divisible by {asked}")
        return (input_shape[0], *(size // asked if axis in open_axes else dim for axis, dim in enumerate(target)))

    def _refuse(self, code: str, shape: KnownShape, why: str) -> NoReturn:
        raise LayerError(
            code,
            f"Reshape cannot reshape {format_shape(shape)} to {shown(self.config['target_shape'])}: {why}; Keras raises a"
            " ValueError",
            f"The product of the dimensions after the batch must equal the input's, {format_shape(shape[1:])}.",
            "target_shape",
            shape=shape,
        )


@layer("Permute")
class Permute(Rearranging):
    """Permutes the axes after the batch; `dims` counts from 1."""

    def __init__(self, spec: LayerSpec, context: Context) -> None:
        super().__init__(spec, context)
        value = given(self, "dims")
        if not isinstance(value, list | tuple) or not all(isinstance(dim, int) for dim in value):
            raise bad_value(self, "dims", "a list of integers", [2, 1])
        self.dims: tuple[int, ...] = tuple(int(dim) for dim in value)
        if sorted(self.dims) != list(range(1, len(self.dims) + 1)):
            raise LayerError(
                "S110",
                f"dims of Permute is {shown(value)}; Keras requires each axis from 1 to {len(self.dims)} exactly once and raises"
                " a ValueError",
                "Count the axes from 1 without the batch: [2, 1] swaps the two of (batch, timesteps, features).",
                "dims",
            )
        self.ndim = len(self.dims) + 1

    def misfit_output(self, inputs: Tensor, error: LayerError) -> Any:
        """Raise LayerError for too few axes."""
        if inputs.shape is not None and len(inputs.shape) < (self.ndim or 0):
            raise error
        return self.call(inputs)

    def output_shape(self, input_shape: KnownShape) -> Shape:
        """Return the batch and the permuted axes."""
        return (input_shape[0], *(input_shape[dim] for dim in self.dims))


class Repeating(Layer):
    """A layer whose output has the compute dtype in Keras 3 and the input's dtype in Keras 2."""

    def output_dtype(self, inputs: Tensor) -> str | None:
        """Return the compute dtype; integers keep their dtype in Keras 2."""
        return self.compute_dtype if self.context.dialect == "keras3" else kept_dtype(inputs, self.compute_dtype)


@layer("RepeatVector")
class RepeatVector(Repeating):
    """Repeats a vector n times, which turns an encoder's state into a decoder's sequence."""

    ndim = 2
    axes = "(batch, features)"

    def __init__(self, spec: LayerSpec, context: Context) -> None:
        super().__init__(spec, context)
        n = given(self, "n")
        wrong = isinstance(n, bool) or (isinstance(n, int) and n < 1)
        if not isinstance(n, int) or (wrong and context.dialect == "keras3"):
            raise bad_value(self, "n", "an integer of at least 1", 1)
        self.n = int(n)

    def output_shape(self, input_shape: KnownShape) -> Shape:
        """Return (batch, n, features)."""
        return (input_shape[0], self.n if self.n >= 0 else None, input_shape[1])


class Resized(SpatialLayer, Repeating):
    """A layer that changes the length of each spatial axis separately."""

    mixes_timesteps = True

    def output_shape(self, input_shape: KnownShape) -> Shape:
        """Return (batch, *lengths, channels)."""
        before, spatial, channels = self.split(input_shape)
        return self.join(before, tuple(self.lengths(spatial, input_shape)), channels)

    def lengths(self, spatial: KnownShape, shape: KnownShape) -> Iterable[Dim]:
        """Return the new length of each axis. `shape` is the whole input shape, for messages."""
        raise NotImplementedError


class Cropping(Resized):
    """Removes steps at both ends of each axis."""

    def __init__(self, spec: LayerSpec, context: Context) -> None:
        super().__init__(spec, context)
        self.keras3 = context.dialect == "keras3"
        self.cropping = pairs(self, "cropping", negative=not self.keras3)

    def lengths(self, spatial: KnownShape, shape: KnownShape) -> Iterable[Dim]:
        """Return each length minus its cropping.

        Raises: LayerError S105 if nothing is left.
        """
        for index, (size, (start, end)) in enumerate(zip(spatial, self.cropping, strict=True)):
            if size is None:
                yield None
            elif size > start + end or (self.rank == 3 and not self.keras3):
                # Keras 2 slices, and does not check in three dimensions whether anything is left.
                kept = range(size)[start : -end if end else None]
                yield max(kept.stop - kept.start, 0)
            else:
                self._nothing_left(index, shape)

    def _nothing_left(self, index: int, shape: KnownShape) -> NoReturn:
        start, end = self.cropping[index]
        axis = AXES[self.rank][index]
        raise LayerError(
            "S105",
            f"{self.class_name} removes {start} + {end} {axis} from {format_shape(shape)}, which leaves none; Keras"
            " raises a ValueError",
            f"Crop less, or use an input with more than {start + end} {axis}.",
            "cropping",
            shape=shape,
        )


class ZeroPadding(Resized):
    """Adds zeros at both ends of each axis."""

    def __init__(self, spec: LayerSpec, context: Context) -> None:
        super().__init__(spec, context)
        self.padding = pairs(self, "padding", negative=context.dialect == "keras3")

    def misfit_output(self, inputs: Tensor, error: LayerError) -> Tensor:
        """Return the shape that Keras 3 computes: it pads the axes where it expects the spatial ones.

        Raises: LayerError if one is missing.
        """
        dims, first = list(need(inputs.shape)), 1 + self.channels_first
        if len(dims) < first + self.rank:
            raise error
        for axis, (start, end) in enumerate(self.padding, first):
            size = dims[axis]
            dims[axis] = None if size is None else size + start + end
        return Tensor(tuple(dims), self.compute_dtype)

    def lengths(self, spatial: KnownShape, shape: KnownShape) -> Iterable[Dim]:
        """Return each length plus its padding.

        Raises: LayerError E007 if a negative padding removes too much.
        """
        for size, (start, end) in zip(spatial, self.padding, strict=True):
            if size is not None and size + start + end < 0:
                raise LayerError(
                    "E007",
                    f"padding of {self.class_name} is {start}, which removes more than {format_shape(shape)} has;"
                    " Keras raises a ValueError",
                    "Set padding to 0 or more, or use a Cropping layer.",
                    "padding",
                )
            yield None if size is None else size + start + end


class UpSampling(Resized):
    """Repeats every step `size` times along each axis."""

    def __init__(self, spec: LayerSpec, context: Context) -> None:
        super().__init__(spec, context)
        self.keras3 = context.dialect == "keras3"
        self.size = self._size()
        self.interpolates = self.rank == 2
        if self.interpolates:
            self._check_interpolation()

    def _size(self) -> tuple[int, ...]:
        value: Any = given(self, "size")
        if self.rank > 1:
            return integers(self, "size", self.rank)
        if not self.keras3 and isinstance(value, float | str):
            try:
                value = int(value)
            except (ValueError, OverflowError):
                value = None
        elif isinstance(value, bool) and self.keras3:
            value = None
        if not isinstance(value, int) or value < 1:
            raise bad_value(self, "size", "an integer of at least 1", 2)
        return (int(value),)

    def _check_interpolation(self) -> None:
        value = self.config.get("interpolation", "nearest")
        known = INTERPOLATIONS if self.keras3 else INTERPOLATIONS_KERAS2
        if not isinstance(value, str):
            raise bad_value(self, "interpolation", "the name of an interpolation", "nearest")
        if value.lower() not in known:
            what = f"interpolation of {self.class_name} is {shown(value)}, which is not built into Keras"
            fails_when_run(self, "E007", what, f"Set it to one of {', '.join(known)}.", "interpolation")

    def lengths(self, spatial: KnownShape, shape: KnownShape) -> Iterable[Dim]:
        """Return each length times its size.

        Raises: LayerError S136 if Keras 2 has nothing to repeat.
        """
        if not self.keras3:
            if self.interpolates and None in spatial:
                return (None,) * self.rank  # Keras 2 evaluates the whole new shape at run time
            if not self.interpolates:
                self.refuse_empty(shape)
        return (None if length is None else length * size for length, size in zip(spatial, self.size, strict=True))


@layer("Cropping1D")
class Cropping1D(Cropping):
    """Along a sequence."""

    rank = 1


@layer("Cropping2D")
class Cropping2D(Cropping):
    """Along rows and columns."""

    rank = 2


@layer("Cropping3D")
class Cropping3D(Cropping):
    """Along depth, rows and columns."""

    rank = 3


@layer("ZeroPadding1D")
class ZeroPadding1D(ZeroPadding):
    """Along a sequence."""

    rank = 1


@layer("ZeroPadding2D")
class ZeroPadding2D(ZeroPadding):
    """Along rows and columns."""

    rank = 2


@layer("ZeroPadding3D")
class ZeroPadding3D(ZeroPadding):
    """Along depth, rows and columns."""

    rank = 3


@layer("UpSampling1D")
class UpSampling1D(UpSampling):
    """Along a sequence."""

    rank = 1


@layer("UpSampling2D")
class UpSampling2D(UpSampling):
    """Along rows and columns."""

    rank = 2


@layer("UpSampling3D")
class UpSampling3D(UpSampling):
    """Along depth, rows and columns."""

    rank = 3
