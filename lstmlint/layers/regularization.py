"""Noise and penalties: keras.layers.regularization, but for Dropout. They own nothing and keep the shape."""

from __future__ import annotations

from typing import ClassVar

from lstmlint.layers.base import Context, Layer, LayerError, layer
from lstmlint.spec import Dialect, LayerSpec


@layer("ActivityRegularization")
class ActivityRegularization(Layer):
    """Adds a penalty on what passes to the loss."""


class Noise(Layer):
    """A layer that disturbs its input while training, by a rate between 0 and 1."""

    rate: ClassVar[str] = "rate"
    checked: ClassVar[tuple[Dialect, ...]] = ("keras3",)

    def __init__(self, spec: LayerSpec, context: Context) -> None:
        super().__init__(spec, context)
        if self.context.dialect not in self.checked:
            return
        value = self.config.get(self.rate)
        if isinstance(value, int | float) and 0 <= value <= 1:
            return
        missing = self.rate not in spec.config
        raise LayerError(
            "E006" if missing else "E007",
            f"{self.class_name} needs {self.rate}"
            if missing
            else f"{self.rate} of {self.class_name} is {value!r}; Keras takes numbers from 0 to 1",
            f"Set {self.rate} to a number from 0 to 1.",
            self.rate,
        )


@layer("GaussianDropout", "AlphaDropout")
class ScaledNoise(Noise):
    """Noise that keeps mean and variance (Srivastava et al. 2014, Klambauer et al. 2017)."""


@layer("GaussianNoise")
class GaussianNoise(Noise):
    """Adds noise of a standard deviation that Keras 3 holds between 0 and 1."""

    rate = "stddev"


class SpatialDropout(Noise):
    """Drops whole feature maps (Tompson et al. 2014)."""

    checked = ("keras2", "keras3")


@layer("SpatialDropout1D")
class SpatialDropout1D(SpatialDropout):
    """Of sequences."""

    ndim = 3
    axes = "(batch, timesteps, features)"


@layer("SpatialDropout2D")
class SpatialDropout2D(SpatialDropout):
    """Of images."""

    ndim = 4
    axes = "(batch, height, width, channels)"


@layer("SpatialDropout3D")
class SpatialDropout3D(SpatialDropout):
    """Of volumes."""

    ndim = 5
    axes = "(batch, depth, height, width, channels)"


__all__ = [
    "ActivityRegularization", "GaussianNoise", "Noise", "ScaledNoise", "SpatialDropout1D", "SpatialDropout2D",
    "SpatialDropout3D",
]  # fmt: skip
