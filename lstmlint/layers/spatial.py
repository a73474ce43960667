"""The base of convolutions, pooling, padding, and cropping: sliding windows and data formats."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, ClassVar

from lstmlint.layers.base import Context, Layer, LayerError, UnknownShape
from lstmlint.model.shapes import Dim, KnownShape, Tensor, format_shape
from lstmlint.model.spec import LayerSpec
from lstmlint.signatures.keras3 import REQUIRED

AXES = {1: ("steps",), 2: ("rows", "columns"), 3: ("depth", "rows", "columns")}
MEANING = {
    (rank, first): "(batch, " + ", ".join(["channels"] * first + list(names) + ["channels"] * (not first)) + ")"
    for rank, names in AXES.items()
    for first in (False, True)
}
LEGACY = ("keras0", "keras1")


class SpatialLayer(Layer):
    """A layer over `rank` spatial axes, with the channels last or first."""

    rank: ClassVar[int]

    def __init__(self, spec: LayerSpec, context: Context) -> None:
        super().__init__(spec, context)
        self.ndim = self.rank + 2
        self.channels_first = self.data_format() == "channels_first"
        self.axes = MEANING[self.rank, self.channels_first]

    def data_format(self) -> str:
        """Return channels_last or channels_first in lower case; channels_last by default."""
        value = self.config.get("data_format")
        return "channels_last" if value is None else self.choice("data_format", "channels_last", "channels_first")

    def choice(self, argument: str, *allowed: str) -> str:
        """Return an argument that must be one of a few words, in any case. Raises: LayerError E007 for another value."""
        value = given(self, argument)
        if value in allowed:
            return str(value)
        if isinstance(value, str) and value.lower() in allowed:
            return value.lower()
        raise bad_value(self, argument, " or ".join(f'"{word}"' for word in allowed), allowed[0])

    def split(self, shape: KnownShape) -> tuple[KnownShape, KnownShape, Dim]:
        """Return (leading dims, spatial dims, channels) of an input or output shape."""
        start = len(shape) - self.rank - 1
        if self.channels_first:
            return shape[:start], shape[start + 1 :], shape[start]
        return shape[:start], shape[start:-1], shape[-1]

    def join(self, before: KnownShape, spatial: KnownShape, channels: Dim) -> KnownShape:
        """Return the shape that `split` splits into these three."""
        return (*before, channels, *spatial) if self.channels_first else (*before, *spatial, channels)

    def misfit_output(self, inputs: Tensor, error: LayerError) -> Any:
        """Raise UnknownShape, or LayerError if Keras fails, for an input of the wrong rank."""
        if self.fails_on_rank(len(inputs.shape or ())):
            raise error
        raise UnknownShape

    def fails_on_rank(self, rank: int) -> bool:
        """Return whether Keras 3 fails to compute an output shape for an input of the wrong rank."""
        return rank < self.rank + 2

    def refuse_empty(self, shape: KnownShape) -> None:
        """Raise LayerError S136 for a spatial axis of length 0, which TensorFlow's operations refuse."""
        if 0 in self.split(shape)[1]:
            raise LayerError(
                "S136",
                f"{self.class_name} gets {format_shape(shape)}, which has an empty axis; Keras raises a ValueError",
                "Use an input with at least one step along every axis.",
                severity="error",
                shape=shape,
            )


class SlidingLayer(SpatialLayer):
    """A layer whose window slides along the spatial axes. Subclasses set the window and the steps."""

    too_small: ClassVar[str]
    window_argument: ClassVar[str]
    windows: tuple[int, ...]
    strides: tuple[int, ...]
    padding: str

    def lengths(self, shape: KnownShape) -> KnownShape:
        """Return the spatial dims of the output for an input shape.

        Raises: LayerError (with the code `too_small`) if a window is longer than its axis.
        """
        lengths: list[Dim] = []
        for size, window, stride in zip(self.split(shape)[1], self.windows, self.strides, strict=True):
            length = window_length(size, window, stride, self.padding)
            if length is not None and length <= 0 and self.padding == "valid":
                self._too_small(shape, len(lengths))
            lengths.append(length)
        return tuple(lengths)

    def _too_small(self, shape: KnownShape, index: int) -> None:
        window, axis = self.windows[index], AXES[self.rank][index]
        raise LayerError(
            self.too_small,
            f"{self.class_name} has a window of {window} {axis}, but its input {format_shape(shape)} has only"
            f" {self.split(shape)[1][index]}, so the output would be empty; Keras raises a ValueError",
            f'Use an input with at least {window} {axis}, reduce {self.window_argument}, or set padding to "same".',
            self.window_argument,
            shape=shape,
            axis=index,
        )


def given(layer: Layer, argument: str) -> Any:
    """Return an argument or its default. Raises: LayerError E006 if there is neither."""
    value = layer.config.get(argument, REQUIRED)
    if value is REQUIRED:
        raise LayerError(
            "E006",
            f"{layer.class_name} needs {argument}, but its config has none; Keras raises a TypeError",
            f'Add "{argument}" to its config.',
            argument,
        )
    return value


def bad_value(layer: Layer, argument: str, wanted: str, example: Any) -> LayerError:
    """Return the E007 for an argument's value: the value, what Keras accepts, and an example."""
    written = f'"{example}"' if isinstance(example, str) else str(example)
    return LayerError(
        "E007",
        f"{argument} of {layer.class_name} is {shown(layer.config.get(argument))}; Keras takes {wanted}",
        f"Set {argument} to {written}.",
        argument,
    )


def shown(value: Any) -> str:
    """Format a value of the config for a message, shortened."""
    text = json.dumps(value, default=str, ensure_ascii=False)
    return text if len(text) <= 60 else f"{text[:57]}..."


def integers(layer: Layer, argument: str, count: int, minimum: int = 1, floats: bool = False) -> tuple[int, ...]:
    """Return an argument that is one int for all of `count` axes, or a list with one int per axis.

    floats: accept numbers such as 2.0, as Keras does if it only divides by them.
    Raises: LayerError E006 if it is missing, E007 for another value.
    """
    found = as_integers(layer.config.get(argument), count, minimum, floats)
    if found is None:
        given(layer, argument)
        one = f"an integer of at least {minimum}"
        wanted = f"{one}, or a list of {count}" if count > 1 else f"{one}, or a list of one"
        raise bad_value(layer, argument, wanted, [max(minimum, 1)] * count if count > 1 else max(minimum, 1))
    return found


def as_integers(value: Any, count: int, minimum: int = 1, floats: bool = False) -> tuple[int, ...] | None:
    """Return `value` as `count` ints of at least `minimum`; None if it is something else."""
    if isinstance(value, int):
        return (int(value),) * count if value >= minimum else None
    if not isinstance(value, list | tuple) or len(value) != count:
        return None
    for item in value:
        if type(item) is not int or item < minimum:
            return _odd_numbers(value, minimum, floats)
    return tuple(value)


def _odd_numbers(items: Sequence[Any], minimum: int, floats: bool) -> tuple[int, ...] | None:
    """Return whether a list contains anything but ints of at least the minimum."""
    kinds = int | float if floats else int
    # not (... >= ...) instead of <, so that NaN counts too
    if not all(isinstance(item, kinds) and item >= minimum and item != float("inf") for item in items):
        return None
    return tuple(int(item) if isinstance(item, bool) else item for item in items)


def pairs(layer: SpatialLayer, argument: str, negative: bool = False) -> tuple[tuple[int, int], ...]:
    """Return the amounts at both ends of each axis from one int, one int per axis, or one pair per axis.

    With one axis, a single pair is accepted. negative: whether the single int may be below 0.
    Raises: LayerError E006 if it is missing, E007 for another value.
    """
    value, rank = given(layer, argument), layer.rank
    if rank == 1:
        before, after = integers(layer, argument, 2, 0)
        return ((before, after),)
    if isinstance(value, int) and (negative or value >= 0):
        return ((int(value), int(value)),) * rank
    found = [as_integers(item, 2, 0) for item in value] if isinstance(value, list | tuple) else []
    ends = tuple((pair[0], pair[1]) for pair in found if pair is not None)
    if len(found) != rank or len(ends) != rank:
        wanted = f"an integer, a list of {rank} of them, or of {rank} pairs [before, after], none negative"
        raise bad_value(layer, argument, wanted, [[1, 1]] * rank)
    return ends


def window_length(size: Dim, window: int, stride: int, padding: str) -> Dim:
    """Return the number of window positions along an axis.

    'valid' keeps the window inside, 'same' and 'causal' pad so that only the strides count, 'full' (Keras 0 and 1) lets
    it overlap by one element. The result is zero or less if the window does not fit.

    window: the length that it covers, dilation · (kernel - 1) + 1.
    """
    if size is None:
        return None
    if padding == "valid":
        size -= window - 1
    elif padding == "full":
        size += window - 1
    return int((size - 1) // stride) + 1


def transposed_length(size: Dim, window: int, stride: int, padding: str, output_padding: int | None) -> Dim:
    """Return the output length of a transposed convolution along an axis (the inverse of `window_length`)."""
    if size is None:
        return None
    if padding == "valid":
        extra = max(window, stride) - window if output_padding is None else output_padding
        return (size - 1) * stride + window + extra
    if output_padding is None:
        return size * stride
    return (size - 1) * stride + window % 2 + output_padding


__all__ = [
    "AXES", "LEGACY", "SlidingLayer", "SpatialLayer", "as_integers", "bad_value", "given", "integers", "pairs", "shown",
    "transposed_length", "window_length",
]  # fmt: skip
