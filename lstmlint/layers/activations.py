"""Activation layers (keras.layers.activations). Only PReLU has weights; none changes the shape."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from lstmlint.layers.base import Context, Layer, LayerError, Weight, layer, need
from lstmlint.layers.input_spec import PinnedLayer
from lstmlint.layers.runtime_errors import fails_when_run
from lstmlint.model.shapes import KnownShape, Shape, format_shape
from lstmlint.model.spec import LayerSpec
from lstmlint.model.values import show


class Slopes(Layer):
    """An activation with numeric arguments that must not be negative."""

    maps_structures = built_when_made = supports_masking = True
    # Argument -> whether it may be None.
    numbers: ClassVar[dict[str, bool]] = {}

    def __init__(self, spec: LayerSpec, context: Context) -> None:
        super().__init__(spec, context)
        for argument, optional in self.numbers.items():
            value = self.config.get(argument, 0)
            if (value is None and optional) or (isinstance(value, int | float) and value >= 0):
                continue
            raise LayerError(
                "E007",
                f"{argument} of {self.class_name} is {show(value)}; Keras requires a number of at least 0"
                + ("" if optional else ", and not null"),
                f"Set {argument} to 0 or a positive number.",
                argument,
            )


@layer("ReLU")
class ReLU(Slopes):
    """max(x, 0), with a slope below the threshold and a maximum."""

    is_activation = True
    activation = "relu"
    numbers: ClassVar[dict[str, bool]] = {"max_value": True, "negative_slope": False, "threshold": False}


@layer("LeakyReLU")
class LeakyReLU(Slopes):
    """x if x > 0, else negative_slope·x."""

    is_activation = True
    activation = "leaky_relu"

    @property
    def numbers(self) -> dict[str, bool]:  # type: ignore[override]  # elsewhere it is one table
        """Return the arguments to check. Keras 3 also accepts tf_keras's `alpha`; tf_keras accepts any number."""
        if self.context.dialect != "keras3":
            return {}
        return {"alpha" if "alpha" in self.spec.config else "negative_slope": False}


@layer("ELU")
class ELU(Layer):
    """x if x > 0, else alpha·(e^x − 1)."""

    maps_structures = built_when_made = supports_masking = is_activation = True
    activation = "elu"


@layer("Softmax")
class Softmax(Layer):
    """e^x / Σ e^x along the axis."""

    maps_structures = built_when_made = supports_masking = is_activation = True
    activation = "softmax"

    def output_shape(self, input_shape: KnownShape) -> Shape:
        """Return the input shape. Reports S111 for an axis out of range, which Keras 3 only notices when the model
        runs.
        """
        axis = self.config.get("axis", -1)
        axes = axis if isinstance(axis, list | tuple) else [axis]
        rank = len(input_shape)
        for item in axes:
            if isinstance(item, int) and not -rank <= item < rank:
                fails_when_run(
                    self,
                    "S111",
                    f"axis {item} of Softmax is out of range for the input {format_shape(input_shape)}",
                    f"Use an axis from {-rank} to {rank - 1}, -1 for the features.",
                    "axis",
                )
        return input_shape


@layer("PReLU")
class PReLU(PinnedLayer):
    """x if x > 0, else alpha·x, with a learned alpha per position (He et al. 2015)."""

    takes_structures_when_built = supports_masking = is_activation = True
    activation = "leaky_relu"

    def shared_axes(self) -> list[int]:
        """Return the axes along which alpha is shared.

        Raises: LayerError E007.
        """
        axes = self.config.get("shared_axes")
        listed = [] if axes is None else axes if isinstance(axes, list | tuple) else [axes]
        if all(isinstance(axis, int) for axis in listed):
            return list(listed)
        raise LayerError(
            "E007",
            f"shared_axes of PReLU is {show(axes)}; Keras takes a list of integers",
            "Use [1, 2] to share over height and width.",
            "shared_axes",
        )

    def pinned_axes(self, rank: int) -> list[int]:
        """Return the axes whose size is fixed by the weights: all axes that are not shared."""
        shared = self.shared_axes()
        return [axis for axis in range(1, rank) if axis not in shared] if shared else []

    def weights(self, input_shape: Shape) -> Iterator[Weight]:
        """Yield alpha, with the shape of one sample and size 1 on shared axes.

        Raises: LayerError S106, S111.
        """
        shape = need(input_shape)
        rank = len(shape)
        # alpha has no batch axis, so Keras treats axis 0 as its last axis.
        shared = self.shared_axes()
        for axis in shared:
            if not 2 - rank <= axis <= rank - 1:
                raise LayerError(
                    "S111",
                    f"shared axis {axis} of PReLU is out of range for the input {format_shape(shape)}; Keras raises"
                    " an IndexError",
                    f"Use axes from 1 to {rank - 1}.",
                    "shared_axes",
                )
        ones = {(axis - 1) % (rank - 1) + 1 for axis in shared}
        name = "alphas" if self.context.dialect in ("keras0", "keras1") else "alpha"
        yield self.weight(name, (1 if axis in ones else self.feature_dim(shape, axis) for axis in range(1, rank)))


__all__ = ["ELU", "LeakyReLU", "PReLU", "ReLU", "Softmax"]
