"""Layers that remember what they were built for: Keras's input_spec after `build`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from lstmlint.layers.base import Layer, LayerError
from lstmlint.shapes import KnownShape, Shape, format_shape


class PinnedLayer(Layer):
    """A layer whose build fixes the rank of its input, and the sizes of some axes."""

    built_for: KnownShape | None = None

    def pinned_axes(self, rank: int) -> Iterable[int]:
        """The axes whose sizes are fixed."""
        return ()

    def build(self, input_shape: Any) -> None:
        """Create the weights and remember what for."""
        super().build(input_shape)
        if isinstance(input_shape, tuple):
            self.built_for = input_shape

    def check_rank(self, shape: Shape) -> None:
        """Raises: LayerError S134 where a later call differs from the first where it must not."""
        super().check_rank(shape)
        first = self.built_for
        if first is None or shape is None:
            return
        if len(shape) != len(first):
            what = f"the number of dimensions, {len(first)}"
        else:
            for axis in self.pinned_axes(len(first)):
                if first[axis] is not None and shape[axis] is not None and shape[axis] != first[axis]:
                    what = f"axis {axis}, {first[axis]}"
                    break
            else:
                return
        raise LayerError(
            "S134",
            f"{self.class_name} was built for {format_shape(first)}, but gets {format_shape(shape)}: {what} is fixed"
            " by its first call, and Keras raises a ValueError",
            "Use a second layer for inputs of another shape, or give both inputs the same shape.",
            shape=shape,
        )


__all__ = ["PinnedLayer"]
