"""Noise and activity regularization (keras.layers.regularization, except Dropout). No layer has weights or changes the
shape.
"""

from __future__ import annotations

from typing import ClassVar

from lstmlint.layers.activations import Slopes
from lstmlint.layers.base import Context, Layer, LayerError, layer
from lstmlint.layers.spatial import bad_value
from lstmlint.model.spec import LayerSpec
from lstmlint.model.values import show


@layer("ActivityRegularization")
class ActivityRegularization(Slopes):
    """Adds a penalty on its input to the loss."""

    keeps_values = True
    numbers: ClassVar[dict[str, bool]] = {"l1": True, "l2": True}


@layer("GaussianDropout", "AlphaDropout")
class ScaledNoise(Layer):
    """Noise that preserves mean and variance (Srivastava et al. 2014, Klambauer et al. 2017)."""

    maps_structures = built_when_made = supports_masking = True
    training_only = drops_units = keeps_values = True


@layer("GaussianNoise")
class GaussianNoise(Layer):
    """Adds noise with a given standard deviation, which Keras 3 limits to [0, 1]."""

    maps_structures = built_when_made = supports_masking = True
    training_only = keeps_values = True

    def __init__(self, spec: LayerSpec, context: Context) -> None:
        super().__init__(spec, context)
        deviation = self.config.get("stddev")
        if isinstance(deviation, int | float) and (0 <= deviation <= 1 or context.dialect != "keras3"):
            return
        if context.dialect != "keras3" and isinstance(deviation, list) and deviation:
            return  # one for each feature
        takes, advice = (
            "Keras takes numbers from 0 to 1",
            "a number from 0 to 1, and scale the layer's input if that is too little",
        )
        if context.dialect != "keras3":
            takes, advice = "Keras loads it, but raises an error in training", "a number, 0.1 for instance"
        raise LayerError(
            "E007", f"stddev of GaussianNoise is {show(deviation)}; {takes}", f"Set stddev to {advice}.", "stddev"
        )


class SpatialDropout(Layer):
    """Drops whole feature maps (Tompson et al. 2014)."""

    takes_structures = built_when_made = supports_masking = True
    training_only = drops_units = keeps_values = True

    def __init__(self, spec: LayerSpec, context: Context) -> None:
        super().__init__(spec, context)
        written = spec.raw.get("config")
        if context.dialect == "keras3" and isinstance(written, dict) and "trainable" in written:
            raise LayerError(
                "E005",
                f"{self.class_name} does not accept the argument 'trainable', unlike all other layers;"
                " Keras 3 raises a TypeError",
                "Remove it.",
                "trainable",
            )
        data_format = self.config.get("data_format")
        if data_format is not None and str(data_format).lower() not in ("channels_last", "channels_first"):
            raise bad_value(self, "data_format", '"channels_last" or "channels_first"', "channels_last")


@layer("SpatialDropout1D")
class SpatialDropout1D(SpatialDropout):
    """For sequences."""

    ndim = 3
    axes = "(batch, timesteps, features)"


@layer("SpatialDropout2D")
class SpatialDropout2D(SpatialDropout):
    """For images."""

    ndim = 4
    axes = "(batch, height, width, channels)"


@layer("SpatialDropout3D")
class SpatialDropout3D(SpatialDropout):
    """For volumes."""

    ndim = 5
    axes = "(batch, depth, height, width, channels)"


__all__ = [
    "ActivityRegularization", "GaussianNoise", "ScaledNoise", "SpatialDropout1D", "SpatialDropout2D",
    "SpatialDropout3D",
]  # fmt: skip
