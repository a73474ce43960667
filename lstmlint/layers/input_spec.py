"""Layers whose `build` fixes the sizes of input axes, as Keras's input_spec does."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from lstmlint.layers.base import Layer, LayerError, shapes_of
from lstmlint.model.shapes import KnownShape, Shape, format_shape


class PinnedLayer(Layer):
    """A layer whose build fixes the sizes of some axes of its input, and usually its rank."""

    pins_rank: bool = True
    built_for: KnownShape | None = None

    def pinned_axes(self, rank: int) -> Iterable[int]:
        """Return the axes whose sizes are fixed."""
        return ()

    def build(self, input_shape: Any) -> None:
        """Create the weights and remember the shape."""
        super().build(input_shape)
        if isinstance(input_shape, tuple):
            self.built_for = input_shape

    def misfit(self, shape: Shape) -> str | None:
        """Describe how a shape differs from the one that the layer was built for; None if it fits."""
        first = self.built_for
        if first is None or shape is None:
            return None
        if len(shape) != len(first) and self.pins_rank:
            return f"it fixes {len(first)} dimensions"
        for axis in self.pinned_axes(len(first)):
            if (
                -len(shape) <= axis < len(shape)
                and None not in (first[axis], shape[axis])
                and first[axis] != shape[axis]
            ):
                return f"it fixes axis {axis} to {first[axis]}"
        return None

    def check_rank(self, shape: Shape) -> None:
        """Raise LayerError S134 if a later call has a shape that does not fit the first."""
        super().check_rank(shape)
        if self.built_for is not None and (what := self.misfit(shape)):
            raise LayerError(
                "S134",
                f"{self.class_name} was built for {format_shape(self.built_for)}, but gets {format_shape(shape)} in a"
                f" later call: {what}, and Keras raises a ValueError",
                "Use a second layer for inputs of another shape, or give both inputs the same shape.",
                shape=shape,
            )

    def ensure_built(self, args: list[Any], kwargs: dict[str, Any]) -> None:
        """Build on the first call.

        Raises: LayerError S130 if Keras 3 recorded another shape and checks it.
        """
        fresh = not self.built
        recorded = self.recorded_build_shape() if fresh and self.spec.build_config else None
        given = shapes_of(args[0]) if args else None
        if isinstance(recorded, tuple) and isinstance(given, tuple):
            self.built = True
            self.build_recorded(recorded, given)
            if recorded == given:
                return
            if what := self.misfit(given):
                raise LayerError(
                    "S130",
                    f"build_config records the input shape {format_shape(recorded)}, but the layer receives {format_shape(given)}"
                    f" here: {what}, and Keras raises a ValueError",
                    f"Set build_config's input_shape to {format_shape(given)}, or save the model again from Keras.",
                    "build_config",
                    severity="error",
                )
            self._compare_build_shapes(recorded, args, kwargs)
            return
        super().ensure_built(args, kwargs)


__all__ = ["PinnedLayer"]
