"""Layers that scale numbers: Normalization and Rescaling."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lstmlint.layers.base import Layer, LayerError, UnknownShape, Weight, layer
from lstmlint.layers.preprocessing import PreprocessingLayer
from lstmlint.layers.spatial import bad_value, given, shown
from lstmlint.model.shapes import Dim, KnownShape, Shape, format_shape, product


@layer("Normalization")
class Normalization(PreprocessingLayer):
    """(x - mean) / sqrt(variance) along the kept axes. Both are weights unless the config contains them.

    The weights are mean and variance (sizes of the kept axes) and `count` (), which Keras keeps for older models. None
    of
    them is trainable. Reference: keras.layers.Normalization.
    """

    takes_structures_when_built = supports_masking = True
    axis: tuple[int, ...] = (-1,)
    fixed: bool = False

    def check(self) -> None:
        """Check the arguments.

        Raises: LayerError E007.
        """
        axis = self.config.get("axis")
        axes = [] if axis is None else axis if isinstance(axis, list) else [axis]
        if not all(isinstance(one, int) for one in axes):
            raise bad_value(self, "axis", "an integer, a list of integers, or null", -1)
        self.axis = tuple(axes)
        mean, variance = self.config.get("mean"), self.config.get("variance")
        if (mean is None) != (variance is None):
            missing, present = ("variance", "mean") if variance is None else ("mean", "variance")
            raise LayerError(
                "E006", f"Normalization has a {present} but no {missing}; Keras raises a ValueError",
                f"Add the {missing}, or set {present} to null to learn both with adapt().", present,
            )  # fmt: skip
        self.fixed = mean is not None
        if self.fixed:
            self.shapes = (array_shape(self, "mean"), array_shape(self, "variance"))
            if self.keras3:
                self._check_pair(*self.shapes)

    def _check_pair(self, mean: tuple[int, ...], variance: tuple[int, ...]) -> None:
        if mean != variance:
            raise LayerError(
                "E007",
                f"mean and variance of Normalization have different shapes, {format_shape(mean)} and"
                f" {format_shape(variance)}; Keras raises a ValueError",
                "Use the same shape for both.",
                "variance",
            )
        if len(mean) > len(self.axis):
            raise LayerError(
                "E007",
                f"mean of Normalization has {len(mean)} axes, but axis keeps only {len(self.axis)}; Keras raises a"
                " ValueError",
                f"Use at most {len(self.axis)} axes for mean and variance, or keep more axes.",
                "mean",
            )

    def weights(self, input_shape: Any) -> Iterator[Weight]:
        """Yield mean and variance with the sizes of the kept axes, and count ().

        Raises: LayerError S111, S106, E007.
        """
        if input_shape is None:
            raise UnknownShape
        rank = len(input_shape)
        for axis in self.axis:
            if not -rank <= axis < rank:
                raise LayerError(
                    "S111",
                    f"axis {axis} of Normalization is out of range for {format_shape(input_shape)}; Keras raises a"
                    " ValueError",
                    f"Use an axis from {-rank} to {rank - 1}." if rank else "Set axis to null.",
                    "axis",
                )
        axes = sorted(axis % rank for axis in self.axis)
        kept = [self.feature_dim(input_shape, axis) for axis in axes]
        broadcast = [input_shape[axis] if axis in axes else 1 for axis in range(rank)]
        if self.fixed:
            self._check_broadcast(axes, kept, broadcast)
            return
        if product(kept) != product(broadcast):
            raise LayerError(
                "E007", f"axis of Normalization contains an axis twice: {shown(self.axis)}; Keras raises a ValueError",
                "Name each axis once.", "axis",
            )  # fmt: skip
        dtype = self.variable_dtype if self.keras3 else self.compute_dtype
        yield self.weight("mean", kept, trainable=False, dtype=dtype)
        yield self.weight("variance", kept, trainable=False, dtype=dtype)
        yield self.weight("count", (), trainable=False, dtype="int32" if self.keras3 else "int64")

    def _check_broadcast(self, axes: list[int], kept: list[int], broadcast: list[int]) -> None:
        """Check that mean and variance match the kept axes; Keras 3 aligns them from the right."""
        for argument, shape in zip(("mean", "variance"), self.shapes, strict=True):
            if self.keras3:
                sizes = [kept[len(axes) - len(shape) + i] for i in range(len(shape))]
                fits = all(one in (1, size) for one, size in zip(shape, sizes, strict=True)) and (
                    len(set(axes)) == len(axes) or len(shape) < 2
                )
            else:
                result = broadcast_shapes(shape, tuple(kept))
                fits = result is not None and product(result) == product(broadcast)
            if not fits:
                raise LayerError(
                    "E007",
                    f"{argument} of Normalization has the shape {format_shape(shape)}, but the kept axes have"
                    f" {format_shape(tuple(kept))}; Keras raises a ValueError",
                    f"Use mean and variance of the shape {format_shape(tuple(kept))}, or change the input.",
                    argument,
                )


def array_shape(layer: Layer, argument: str) -> tuple[int, ...]:
    """Return the shape of a number or nested lists of numbers.

    Raises: LayerError E007 if the lists are ragged or contain other values.
    """
    shape = _nested_shape(layer.config[argument])
    if shape is None:
        raise bad_value(layer, argument, "a number, or lists of numbers of equal length", 1.0)
    return shape


def _nested_shape(value: Any) -> tuple[int, ...] | None:
    if isinstance(value, int | float):
        return ()
    if not isinstance(value, list):
        return None
    inner = {_nested_shape(item) for item in value} or {()}
    first = inner.pop()
    return None if inner or first is None else (len(value), *first)


def broadcast_shapes(left: KnownShape, right: KnownShape) -> KnownShape | None:
    """Return the shape of the sum of two arrays, or None if they do not match.

    An unknown dimension becomes the other one, unless that is 1.
    """
    rank = max(len(left), len(right))
    dims: list[Dim] = []
    for a, b in zip((1,) * (rank - len(left)) + left, (1,) * (rank - len(right)) + right, strict=True):
        if a in (1, b):
            dims.append(b)
        elif b == 1 or b is None:
            dims.append(a)
        elif a is None:
            dims.append(b)
        else:
            return None
    return tuple(dims)


@layer("Rescaling")
class Rescaling(PreprocessingLayer):
    """input · scale + offset."""

    maps_structures = supports_masking = True
    written = ("scale", "offset")

    def check(self) -> None:
        """Check that the scale is present.

        Raises: LayerError E006.
        """
        given(self, "scale")

    def output_shape(self, input_shape: KnownShape) -> Shape:
        """Return the input shape; in tf_keras, broadcast with scale and offset.

        Raises: LayerError E007 if they do not match.
        """
        if self.keras3:
            return input_shape
        shape: KnownShape | None = input_shape
        for argument in ("scale", "offset"):
            value = self.config[argument]
            if value is None:
                raise bad_value(self, argument, "a number, or a list of them", 0.00392156862745098)
            other = array_shape(self, argument) if isinstance(value, list) else ()
            shape = broadcast_shapes(input_shape if shape is None else shape, other)
            if shape is None:
                raise LayerError(
                    "E007",
                    f"{argument} of Rescaling has the shape {format_shape(other)}, which does not fit the input"
                    f" {format_shape(input_shape)}; Keras raises a ValueError",
                    f"Use one number for {argument}, or one per element of the last axis.",
                    argument,
                )
        return shape
