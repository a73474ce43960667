"""Resizing, cropping and augmentation of images (keras.layers.preprocessing.image_preprocessing).

None of these layers has weights, and most do not change the shape. Keras 3 accepts tensors that are not images, since
it does not look at symbolic inputs. Therefore a table holds what each constructor checks, and one class serves most
layers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import inf, nextafter
from typing import Any, NamedTuple

from lstmlint.layers.base import Context, LayerError, UnknownShape, layer
from lstmlint.layers.preprocessing import PreprocessingLayer
from lstmlint.layers.spatial import bad_value, given
from lstmlint.model.shapes import Dim, KnownShape, Shape, Tensor, format_shape
from lstmlint.model.spec import LayerSpec


class Rule(NamedTuple):
    """What a constructor accepts for an argument: a test, its description, and an example."""

    accepts: Callable[[Any], bool]
    wants: str
    example: Any


def _number(value: Any) -> bool:
    return isinstance(value, int | float)


def _two(value: Any) -> bool:
    return isinstance(value, list) and len(value) == 2


def words(*allowed: str) -> Rule:
    """Accept one of a few names."""
    return Rule(
        lambda value: isinstance(value, str) and value in allowed,
        " or ".join(f'"{word}"' for word in allowed),
        allowed[0],
    )


def within(low: float, high: float) -> Rule:
    """Accept a number in a range, or two numbers that are both in it."""

    def accepts(value: Any) -> bool:
        numbers = value if _two(value) else [value]
        return all(_number(number) and low <= number <= high for number in numbers)

    return Rule(accepts, f"a number from {low:g} to {high:g}, or two of them", high / 2)


def overlapping(low: float, high: float, empty: bool = False) -> Rule:
    """Accept a number in a range, or two numbers whose interval overlaps it, as Keras checks `factor`.

    empty: whether empty values (null, 0, []) count as 0.
    """

    def accepts(value: Any) -> bool:
        first, second = value if _two(value) else (value, value)
        if empty and not value:
            return True
        return _number(first) and _number(second) and first <= high and second >= low

    return Rule(accepts, f"a number from {low:g} to {high:g}, or two of them", high / 2)


def mirrored(low: float, high: float, ordered: bool = True) -> Rule:
    """Accept what tf_keras accepts: two numbers in a range (more are ignored), or one number x for (-x, x)."""

    def accepts(value: Any) -> bool:
        first, second = _bounds(value)
        if not (_number(first) and _number(second)):
            return False
        if not isinstance(value, list):
            first = -first
        return low <= first <= high and low <= second <= high and not (ordered and first > second)

    limits = f" from {low:g} to {high:g}" if high < inf else f" of at least {low:g}" if low > -inf else ""
    return Rule(accepts, f"a positive number, or a lower and an upper bound{limits}", 0.2)


def number(low: float, high: float) -> Rule:
    """Accept one number in a range."""
    return Rule(lambda value: _number(value) and low <= value <= high, f"a number from {low:g} to {high:g}", high / 2)


def _bounds(value: Any) -> tuple[Any, Any]:
    if isinstance(value, list):
        return (value[0], value[1]) if len(value) > 1 else (None, None)
    return value, value


def _contrast(value: Any) -> bool:
    low, high = _bounds(value)
    return _number(low) and _number(high) and 0 <= low <= 1 and high >= 0 and low + high > 0


def _odd(value: Any) -> bool:
    numbers = value if _two(value) else [value]
    return all(_number(one) and one % 2 != 0 for one in numbers)


def _whole(value: Any) -> bool:
    try:
        int(value)
    except (TypeError, ValueError, OverflowError):
        return False
    return True


NOTHING = Rule(lambda value: value is None, "no value here", None)
PAIR = Rule(_two, "a list of two numbers", [0, 255])
SEED = Rule(
    lambda value: value is None or (isinstance(value, int) and 0 <= value < 2**32),
    "an integer from 0 to 2³² - 1, or null",
    42,
)
TF_SEED = Rule(lambda value: not isinstance(value, str | dict), "an integer or null", 42)
FORMAT = Rule(
    lambda value: value is None or str(value).lower() in ("channels_first", "channels_last"),
    '"channels_last" or "channels_first"', "channels_last",
)  # fmt: skip
WHOLE = Rule(_whole, "an integer", 10)
UNIT = overlapping(0, 1)
SIGNED = overlapping(-1, 1)
BASE = overlapping(-1, 1, empty=True)
INTERPOLATION = words("bilinear", "nearest")
FILL_MODE = words("reflect", "wrap", "constant", "nearest")
SPATIAL = {"interpolation": INTERPOLATION, "fill_mode": FILL_MODE}

KERAS3: Mapping[str, Mapping[str, Rule]] = {
    "AugMix": {"factor": within(0, 1), "value_range": PAIR, "interpolation": INTERPOLATION},
    "AutoContrast": {"factor": NOTHING, "value_range": PAIR},
    "ContrastLimitedAdaptiveHistogramEqualization": {"factor": BASE},
    "CutMix": {"factor": UNIT},
    "Equalization": {"factor": BASE, "value_range": PAIR},
    "MixUp": {"factor": BASE},
    "RandAugment": {"factor": within(0, 1), "value_range": PAIR, "interpolation": INTERPOLATION},
    "RandomBrightness": {"factor": BASE, "value_range": PAIR},
    "RandomColorDegeneration": {"factor": SIGNED, "value_range": PAIR},
    "RandomColorJitter": {
        "factor": BASE,
        "brightness_factor": BASE,
        "contrast_factor": overlapping(0, 1),
        "saturation_factor": SIGNED,
        "hue_factor": overlapping(0, 1),
    },
    "RandomContrast": {"factor": UNIT},
    "RandomElasticTransform": {
        "factor": UNIT,
        "scale": UNIT,
        "interpolation": INTERPOLATION,
        "fill_mode": words("reflect", "constant", "nearest", "wrap", "mirror"),
    },
    "RandomErasing": {"factor": UNIT, "scale": UNIT},
    "RandomFlip": {"factor": NOTHING},
    "RandomGaussianBlur": {
        "factor": UNIT,
        "kernel_size": Rule(_odd, "an odd number, or two of them", 3),
        "sigma": UNIT,
    },
    "RandomGrayscale": {"factor": number(0, 1)},
    "RandomHue": {"factor": UNIT},
    "RandomInvert": {"factor": UNIT},
    "RandomPerspective": {"factor": UNIT, "scale": number(0, 1), "interpolation": INTERPOLATION},
    "RandomPosterization": {"factor": overlapping(1, 8), "value_range": PAIR},
    "RandomRotation": {"factor": BASE, **SPATIAL},
    "RandomSaturation": {"factor": SIGNED, "value_range": PAIR},
    "RandomSharpness": {"factor": UNIT, "value_range": PAIR},
    "RandomShear": {"factor": NOTHING, "x_factor": within(0, 1), "y_factor": within(0, 1), **SPATIAL},
    "RandomTranslation": {
        "factor": NOTHING,
        "height_factor": within(-1, 1),
        "width_factor": within(-1, 1),
        **SPATIAL,
    },
    "RandomZoom": {
        "factor": NOTHING,
        "height_factor": within(nextafter(-1, 0), 1),
        "width_factor": within(nextafter(-1, 0), 1),
        **SPATIAL,
    },
    "Solarization": {
        "factor": NOTHING,
        "addition_factor": within(0, 1),
        "threshold_factor": within(0, 1),
        "value_range": PAIR,
    },
    "Resizing": {"factor": NOTHING},
    "CenterCrop": {"factor": NOTHING},
    "RandomCrop": {"factor": BASE},
    "MaxNumBoundingBoxes": {"factor": BASE, "max_number": WHOLE, "fill_value": WHOLE},
}
# Arguments that may be null for "none" (in RandomZoom: for the height's factor).
OPTIONAL = {
    "RandomColorJitter": ("brightness_factor", "contrast_factor", "saturation_factor", "hue_factor"),
    "RandomZoom": ("width_factor",),
}

_RESIZE = Rule(
    lambda value: isinstance(value, str)
    and value.lower()
    in ("bilinear", "nearest", "bicubic", "area", "lanczos3", "lanczos5", "gaussian", "mitchellcubic"),
    "the name of an interpolation of tf.image.resize", "bilinear",
)  # fmt: skip
_STRETCH = {"factor": mirrored(-1, inf), "interpolation": _RESIZE}

TF_KERAS: Mapping[str, Mapping[str, Rule]] = {
    "RandomBrightness": {"factor": within(-1, 1), "value_range": PAIR},
    "RandomContrast": {"factor": Rule(_contrast, "a number from 0 to 1, or a lower and an upper bound", 0.2)},
    "RandomFlip": {"mode": words("horizontal_and_vertical", "horizontal", "vertical")},
    "RandomHeight": _STRETCH,
    "RandomWidth": _STRETCH,
    "RandomRotation": {"factor": mirrored(-inf, inf), **SPATIAL},
    "RandomTranslation": {"height_factor": mirrored(-1, 1), "width_factor": mirrored(-1, 1), **SPATIAL},
    "RandomZoom": {
        "height_factor": mirrored(-1, 1, ordered=False),
        "width_factor": mirrored(-1, inf, ordered=False),
        **SPATIAL,
    },
    "Resizing": {"interpolation": _RESIZE},
}

ONLY_TF_KERAS = frozenset({"RandomHeight", "RandomWidth"})
# ENHANCEMENTS act at inference, too; ONE_IMAGE layers take images only.
ENHANCEMENTS = frozenset({"AutoContrast", "ContrastLimitedAdaptiveHistogramEqualization"})
ONE_IMAGE = frozenset({"RandomColorDegeneration", "RandomGrayscale"})
RESHAPING = frozenset({"Resizing", "CenterCrop", "RandomCrop", "MaxNumBoundingBoxes"})


class ImageLayer(PreprocessingLayer):
    """A layer for images (height, width, channels) or batches of them; in Keras 3 also for a dict that contains images
    with
    their labels, boxes and masks.
    """

    multiple_inputs = takes_structures = True

    def __init__(self, spec: LayerSpec, context: Context) -> None:
        super().__init__(spec, context)
        if not self.keras3 or self.class_name in ONLY_TF_KERAS:
            self.min_ndim, self.max_ndim = 3, None if self.class_name == "RandomContrast" else 4
            self.axes = "(batch, height, width, channels)"
            self.multiple_inputs = False

    def check(self) -> None:
        """Check the arguments against the table, and the seed.

        Raises: LayerError E006, E007.
        """
        optional = OPTIONAL.get(self.class_name, ())
        for argument, rule in self.rules().items():
            if argument not in self.config or (self.config[argument] is None and argument in optional):
                continue
            if not rule.accepts(given(self, argument)):
                raise bad_value(self, argument, rule.wants, rule.example)

    def rules(self) -> dict[str, Rule]:
        """Return the rules for the arguments in the layer's dialect."""
        rules = {
            "seed": SEED if self.keras3 else TF_SEED,
            **(KERAS3 if self.keras3 else TF_KERAS).get(self.class_name, {}),
        }
        if self.keras3:
            rules["data_format"] = FORMAT
            jitter = self.config.get("brightness_factor"), self.config.get("saturation_factor")
            if any(factor is not None for factor in jitter):
                rules["value_range"] = PAIR
        return rules

    def call(self, inputs: Any, *args: Any, **kwargs: Any) -> Any:
        """Return the outputs in the structure of the inputs."""
        if isinstance(inputs, list):
            return [self.call(item) for item in inputs]
        if isinstance(inputs, dict):
            return {key: self.call(item) for key, item in inputs.items()}
        return super().call(inputs)

    def axes_of(self, rank: int) -> tuple[int, int]:
        """Return the axes of height and width in an image of this rank."""
        first = str(self.config.get("data_format")).lower() == "channels_first"
        return (rank - 2, rank - 1) if first else (rank - 3, rank - 2)


@layer(*sorted((KERAS3.keys() | TF_KERAS.keys()) - RESHAPING - ONLY_TF_KERAS - ENHANCEMENTS - ONE_IMAGE))
class Augmentation(ImageLayer):
    """A layer that changes pixels but not the shape."""

    training_only = keeps_values = True

    def output_shape(self, input_shape: KnownShape) -> Shape:
        """Return the input shape.

        Raises: LayerError S101 or S117 if RandomColorDegeneration does not receive color images.
        """
        if self.class_name == "RandomColorDegeneration" and self.keras3:
            self._check_colours(input_shape)
        return input_shape

    def _check_colours(self, shape: KnownShape) -> None:
        if len(shape) not in (3, 4):
            raise LayerError(
                "S101",
                f"RandomColorDegeneration expects 3 or 4 dimensions (batch, height, width, channels), but gets"
                f" {len(shape)}: {format_shape(shape)}; Keras raises a ValueError",
                "Use images as its input.",
                shape=shape,
            )
        channels = shape[-3 if self.axes_of(len(shape))[1] == len(shape) - 1 else -1]
        if channels not in (None, 3):
            raise LayerError(
                "S117",
                f"RandomColorDegeneration needs 3 channels, but gets {channels} in {format_shape(shape)}; Keras raises"
                " a ValueError",
                "Use color images, or set data_format to the images' format.",
                "data_format",
            )

    def output_dtype(self, inputs: Tensor) -> str | None:
        """Return the layer's dtype. Two layers keep integers."""
        if self.class_name in ("Equalization", "RandomGrayscale") and inputs.dtype and "float" not in inputs.dtype:
            return inputs.dtype
        return self.compute_dtype


@layer(*ENHANCEMENTS)
class Enhancement(Augmentation):
    """An augmentation that acts at inference, too."""

    training_only = keeps_values = False


@layer(*ONE_IMAGE)
class OneImageAugmentation(Augmentation):
    """An augmentation that takes images without their labels."""

    multiple_inputs = takes_structures = False


class SizedLayer(ImageLayer):
    """A layer whose output size is in its config."""

    takes_structures = False
    smallest = 0

    def size(self, argument: str) -> Dim:
        """Return the value of height or width.

        Raises: LayerError E006, E007.
        """
        if self.keras3:
            return self.dimension(argument)
        given(self, argument)
        return self.integer(argument, self.smallest)

    def sized(self, shape: KnownShape, height: int, width: int) -> KnownShape:
        """Return the shape with the configured size on the two axes.

        Raises: LayerError S101 if the shape does not have these axes.
        """
        if height < 0 or width >= len(shape):
            raise LayerError(
                "S101",
                f"{self.class_name} needs images, (batch, height, width, channels), but gets {format_shape(shape)};"
                " Keras raises an error",
                "Use images as its input.",
                shape=shape,
            )
        dims = list(shape)
        if len(dims) == 4 and not self.keras3 and self.by_aspect() and None in (dims[height], dims[width]):
            dims[0] = None  # TensorFlow traces two branches, and only one of them keeps the batch
        dims[height], dims[width] = self.size("height"), self.size("width")
        return tuple(dims)

    def by_aspect(self) -> bool:
        """Return whether images are cropped before they are resized."""
        return bool(self.config.get("crop_to_aspect_ratio", True))


@layer("Resizing")
class Resizing(SizedLayer):
    """Images resized to (height, width)."""

    def call(self, inputs: Any, *args: Any, **kwargs: Any) -> Any:
        """Return the output for one tensor.

        Raises: UnknownShape for a dict of images and labels, for which Keras 3 computes meaningless shapes.
        """
        if not isinstance(inputs, Tensor):
            raise UnknownShape
        return super().call(inputs)

    def output_shape(self, input_shape: KnownShape) -> Shape:
        """Return the resized shape. Keras 3 treats an input of any rank but 4 as a single image.

        Raises: LayerError S101.
        """
        batched = 1 if len(input_shape) == 4 else 0
        height, _ = self.axes_of(3)
        return self.sized(input_shape, height + batched, height + batched + 1)


@layer("CenterCrop")
class Crop(SizedLayer):
    """Images cropped to (height, width), or resized if they are smaller."""

    smallest = 1

    def __init__(self, spec: LayerSpec, context: Context) -> None:
        super().__init__(spec, context)
        self.multiple_inputs = False
        if self.class_name == "CenterCrop":
            self.min_ndim, self.max_ndim = 3, 4
            self.axes = "(batch, height, width, channels)"

    def output_shape(self, input_shape: KnownShape) -> Shape:
        """Return the shape with the configured height and width.

        Raises: LayerError S101.
        """
        return self.sized(input_shape, *self.axes_of(len(input_shape)))


@layer("RandomCrop")
class RandomCrop(Crop):
    """A crop at a random position in training. At inference, Keras 3 leaves images as they are."""

    training_only = keeps_values = True


@layer("RandomHeight", "RandomWidth")
class Stretch(ImageLayer):
    """tf_keras: images with a random height or width per batch."""

    def output_shape(self, input_shape: KnownShape) -> Shape:
        """Return the shape with None on the random axis."""
        dims = list(input_shape)
        dims[self.axes_of(len(input_shape))[self.class_name == "RandomWidth"]] = None
        return tuple(dims)


@layer("MaxNumBoundingBoxes")
class MaxNumBoundingBoxes(ImageLayer):
    """Images with their boxes cut or padded to max_number."""

    def call(self, inputs: Any, *args: Any, **kwargs: Any) -> Any:
        """Return the inputs with max_number on axis 1 of boxes and labels.

        Raises: LayerError E007, S122.
        """
        outputs = super().call(inputs)
        boxes = outputs.get("bounding_boxes") if isinstance(outputs, dict) else None
        if boxes is None:
            return outputs
        if not isinstance(boxes, dict) or boxes.keys() != {"boxes", "labels"}:
            raise LayerError(
                "S122", "bounding_boxes must contain exactly boxes and labels; Keras raises a KeyError",
                'Give MaxNumBoundingBoxes {"images": ..., "bounding_boxes": {"boxes": ..., "labels": ...}}.',
            )  # fmt: skip
        number = int(self.config["max_number"])
        if number < 0:
            raise bad_value(self, "max_number", "an integer of at least 0", 10)
        for tensor in boxes.values():
            if isinstance(tensor, Tensor) and tensor.shape is not None and len(tensor.shape) > 1:
                tensor.shape = (tensor.shape[0], number, *tensor.shape[2:])
        return outputs


__all__ = ["KERAS3", "TF_KERAS", "ImageLayer"]
