"""Random rows for preprocessing layers, valid and deliberately invalid.

Each option has values that Keras accepts and values that it may refuse; a row occasionally uses one of the latter.
"""

from __future__ import annotations

from random import Random
from typing import Any

Row = dict[str, Any]
Values = tuple[list[Any], list[Any]]
Options = dict[str, Values]

INT, STRING, FLOAT = "int64", "string", "float32"
DTYPES: Values = (["float32", "float16", "float64", "mixed_float16"], [])
SEED: Values = ([None, 1, 0, True], ["a", 1.5, [1], -1, 2**32])
FORMAT: Values = ([None, "channels_last", "channels_first", "Channels_First"], ["x", 3])
FACTORS = [0, 0.2, 1, -0.5, [0.1, 0.4], [0.5, 0.1], [-0.5, 0.5], True]
BAD_FACTORS = [1.5, -1.5, 8, [0.1], [1, 2, 3], "a", None, [-2, 0.5], [0.5, 2], [2, 3], ["a", 1], {}]
FACTOR: Values = (FACTORS, BAD_FACTORS)
NO_FACTOR: Values = ([None], FACTORS)
RANGE: Values = ([[0, 255], [0, 1], [255, 0]], [[1], 3, None, "ab", [1, 2, 3]])
INTERPOLATION: Values = (["bilinear", "nearest"], ["bicubic", None, "x", ["nearest"]])
FILL: Values = (["reflect", "wrap", "constant", "nearest"], ["mirror", "x", None])
SIZE: Values = ([1, 2, 7, 20], [0, -1, 2.0, "4", None, True])
WARP: Options = {"interpolation": INTERPOLATION, "fill_mode": FILL, "seed": SEED, "dtype": DTYPES}

AUGMENTATIONS: dict[str, Options] = {
    "AugMix": {"factor": FACTOR, "value_range": RANGE, "interpolation": INTERPOLATION, "all_ops": ([True, False], [])},
    "AutoContrast": {"factor": NO_FACTOR, "value_range": RANGE},
    "ContrastLimitedAdaptiveHistogramEqualization": {"factor": FACTOR, "value_range": RANGE},
    "CutMix": {"factor": FACTOR},
    "Equalization": {"factor": FACTOR, "value_range": RANGE, "bins": ([256, 10], ["a", None])},
    "MixUp": {"factor": FACTOR, "alpha": ([0.2, 1], ["a"])},
    "RandAugment": {"factor": FACTOR, "value_range": RANGE, "interpolation": INTERPOLATION, "num_ops": ([1, 3], [])},
    "RandomBrightness": {"factor": FACTOR, "value_range": RANGE},
    "RandomColorDegeneration": {"factor": FACTOR, "value_range": RANGE},
    "RandomColorJitter": {
        "factor": FACTOR, "brightness_factor": FACTOR, "contrast_factor": FACTOR, "saturation_factor": FACTOR,
        "hue_factor": FACTOR, "value_range": RANGE,
    },
    "RandomContrast": {"factor": FACTOR, "value_range": ([[0, 255], 3, None], [])},
    "RandomElasticTransform": {"factor": FACTOR, "scale": FACTOR, "interpolation": INTERPOLATION, "fill_mode": FILL},
    "RandomErasing": {"factor": FACTOR, "scale": FACTOR, "fill_value": ([None, 3], [])},
    "RandomFlip": {"factor": NO_FACTOR, "mode": (["horizontal", "vertical", "x", None], [])},
    "RandomGaussianBlur": {
        "factor": FACTOR, "sigma": FACTOR, "kernel_size": ([3, 5, [3, 7], 1.0], [2, [3, 4], [3], "a", None]),
    },
    "RandomGrayscale": {"factor": FACTOR},
    "RandomHue": {"factor": FACTOR},
    "RandomInvert": {"factor": FACTOR},
    "RandomPerspective": {"factor": FACTOR, "scale": FACTOR, "interpolation": INTERPOLATION},
    "RandomPosterization": {
        "factor": ([1, 8, 3.5, [1, 4], [0, 1], [8, 9]], [*BAD_FACTORS[:-4], 0.5]), "value_range": RANGE,
    },
    "RandomRotation": {"factor": FACTOR, **WARP},
    "RandomSaturation": {"factor": FACTOR, "value_range": RANGE},
    "RandomSharpness": {"factor": FACTOR, "value_range": RANGE},
    "RandomShear": {"factor": NO_FACTOR, "x_factor": FACTOR, "y_factor": FACTOR, **WARP},
    "RandomTranslation": {"factor": NO_FACTOR, "height_factor": FACTOR, "width_factor": FACTOR, **WARP},
    "RandomZoom": {"factor": NO_FACTOR, "height_factor": FACTOR, "width_factor": FACTOR, **WARP},
    "Solarization": {
        "factor": NO_FACTOR, "addition_factor": FACTOR, "threshold_factor": FACTOR, "value_range": RANGE,
    },
}  # fmt: skip
NEEDED = {"factor", "height_factor", "width_factor", "height", "width", "num_bins", "num_tokens", "scale", "offset"}
SIZED: dict[str, Options] = {
    "Resizing": {"height": SIZE, "width": SIZE, "factor": NO_FACTOR, "interpolation": (["nearest", "x"], [])},
    "CenterCrop": {"height": SIZE, "width": SIZE, "factor": NO_FACTOR},
    "RandomCrop": {"height": SIZE, "width": SIZE, "factor": FACTOR, "seed": SEED},
}
TF_IMAGES: dict[str, Options] = {
    "RandomBrightness": {"factor": FACTOR, "value_range": RANGE},
    "RandomContrast": {"factor": FACTOR},
    "RandomFlip": {"mode": (["horizontal", "vertical", "horizontal_and_vertical"], ["x", None])},
    "RandomHeight": {"factor": FACTOR, "interpolation": (["bilinear", "Lanczos3", "area"], ["x", None])},
    "RandomWidth": {"factor": FACTOR, "interpolation": (["bicubic", "gaussian"], ["x", None])},
    "RandomRotation": {"factor": FACTOR, **WARP},
    "RandomTranslation": {"height_factor": FACTOR, "width_factor": FACTOR, **WARP},
    "RandomZoom": {"height_factor": FACTOR, "width_factor": FACTOR, **WARP},
    "Resizing": {
        "height": (SIZE[0], [2.0, "4", None]), "width": (SIZE[0], [2.0, "4", None]),
        "interpolation": (["nearest", "Area"], ["x", None]), "crop_to_aspect_ratio": ([True, False], []),
    },
    "CenterCrop": {"height": (SIZE[0], SIZE[1][:-1]), "width": (SIZE[0], SIZE[1][:-1])},
    "RandomCrop": {"height": (SIZE[0], SIZE[1][:-1]), "width": (SIZE[0], SIZE[1][:-1])},
}  # fmt: skip
AUDIO: dict[str, Options] = {
    "MelSpectrogram": {
        "fft_length": ([64, 128, 2048], [None]), "sequence_length": ([32, 64, None], [4096]),
        "sequence_stride": ([1, 7, 100], [0, "a", 1.5]), "num_mel_bins": ([0, 5, 128], [-1, 2.5, "a"]),
        "sampling_rate": ([8000, 0], ["a", None]), "dtype": DTYPES,
    },
    "STFTSpectrogram": {
        "mode": (["log", "magnitude", "psd", "real", "imag", "angle", "stft"], ["x", None, ["log"]]),
        "frame_length": ([2, 8, 9, 16, 33], [1, 0, -1, None, 8.0, "a", 200]),
        "frame_step": ([None, 1, 2, 1.5], [0, 30, "a"]), "fft_length": ([None, 33, 64], [4, 64.0, "a", 0]),
        "window": (["hann", "boxcar", "tukey", None], ["kaiser", "x", [1, 2], 3]),
        "scaling": (["density", "spectrum", None], ["x"]), "padding": (["valid", "same"], ["causal", None]),
        "expand_dims": ([True, False], []), "data_format": FORMAT, "dtype": DTYPES,
    },
}  # fmt: skip


class Drawer:
    """Draws rows for one dialect. `sparse`: the backend has sparse tensors."""

    def __init__(self, seed: int, dialect: str = "keras3", sparse: bool = False) -> None:
        self.random = Random(seed)
        self.keras3 = dialect == "keras3"
        self.sparse = sparse

    def chance(self, likelihood: float) -> bool:
        return self.random.random() < likelihood

    def pick(self, values: Values, bad: float = 0.06) -> Any:
        good, wrong = values
        return self.random.choice(wrong if wrong and self.chance(bad) else good)

    def options(self, options: Options) -> dict[str, Any]:
        drawn = [name for name in options if self.chance(0.98 if name in NEEDED else 0.4)]
        return {name: self.pick(options[name]) for name in drawn}

    def dims(self, rank: int, low: int = 1, high: int = 6) -> list[int | None]:
        dims: list[int | None] = [None if self.chance(0.15) else self.random.randint(low, high) for _ in range(rank)]
        if dims and self.chance(0.8):
            dims[0] = None
        return dims

    def row(self, name: str, config: dict[str, Any], *inputs: tuple[list[int | None], str], args: Any = None) -> Row:
        row: Row = {"layer": {"class_name": name, "config": config}}
        row["inputs"] = [shape for shape, _ in inputs]
        row["dtypes"] = [dtype for _, dtype in inputs]
        if args is not None:
            row["call"] = {"args": args}
        return row

    def draw(self, name: str) -> Row:
        """Draw a row for a layer class."""
        if name in AUGMENTATIONS or name in SIZED or name in TF_IMAGES:
            return self.image(name)
        if name in AUDIO:
            return self.audio(name)
        row: Row = getattr(self, name.lower())()
        return row

    def images(self) -> tuple[list[int | None], str]:
        rank = self.random.choice([4, 4, 4, 4, 3, 2, 5] if self.chance(0.4) else [4])
        shape = self.dims(rank, 1, 12)
        if self.chance(0.8):
            shape[-1] = 3
        return shape, self.random.choice([FLOAT, FLOAT, "uint8"])

    def image(self, name: str) -> Row:
        if not self.keras3:
            options = TF_IMAGES.get(name, {})
            config = self.options({"dtype": (["float32", "float16"], []), **options})
            for wrong in ("seed",):
                if not isinstance(config.get(wrong, 1), int) or config.get(wrong) is True:
                    config.pop(wrong)
            return self.row(name, config, self.images())
        own = AUGMENTATIONS.get(name) or SIZED[name]
        config = self.options({"data_format": FORMAT, "dtype": DTYPES, **own})
        if name in AUGMENTATIONS and name not in (
            "RandomColorDegeneration", "RandomGrayscale", "Equalization"
        ) and self.chance(0.2):  # fmt: skip
            args: Any = [{"images": "$0", "labels": "$1"}]
            return self.row(name, config, self.images(), (self.dims(2), FLOAT), args=args)
        return self.row(name, config, self.images())

    def maxnumboundingboxes(self) -> Row:
        config = self.options(
            {"max_number": ([3, "3", 3.7], [None, -2, "a"]), "fill_value": ([-1, 0], ["a"]), "factor": FACTOR}
        )
        config.setdefault("max_number", 3)
        boxes: Any = {"boxes": "$1", "labels": "$2"}
        if self.chance(0.1):
            boxes.pop("labels")
        args: Any = [{"images": "$0", "bounding_boxes": boxes}] if self.chance(0.7) else ["$0"]
        inputs = (self.images(), ([None, 7, 4], FLOAT), ([None, 7], FLOAT))
        return self.row("MaxNumBoundingBoxes", config, *inputs, args=args)

    def audio(self, name: str) -> Row:
        config = self.options(AUDIO[name])
        if name == "MelSpectrogram":
            return self.row(name, config, (self.dims(self.random.choice([1, 2, 2, 2, 3]), 1, 3000), FLOAT))
        shape = self.dims(3 if self.chance(0.95) else 2, 1, 90)
        shape[-1] = self.random.choice([1, 2, 3, None] if self.chance(0.1) else [1, 2, 60])
        return self.row(name, config, (shape, FLOAT))

    # Numbers ------------------------------------------------------------------------------------------

    def rescaling(self) -> Row:
        numbers: Values = ([2, 0.5, 0, -1], [])
        if not self.keras3:
            numbers = ([2, 0.5, [1, 2, 3], [[1, 2, 3]], [1.0]], [])
        config = self.options({"scale": numbers, "offset": numbers, "dtype": (["float32", "float16"], [])})
        shape = self.dims(self.random.choice([1, 2, 3, 4]))
        if self.chance(0.6):
            shape[-1] = 3
        return self.row("Rescaling", config, (shape, FLOAT))

    def normalization(self) -> Row:
        shape = self.dims(self.random.choice([1, 2, 2, 3, 4]), 1, 4)
        rank = len(shape)
        axis = self.random.choice([-1, -1, None, *range(-rank, rank), rank])
        if self.chance(0.3):
            axis = [self.random.choice(range(-rank, rank)) for _ in range(self.random.randint(0, 2))]
        axes: Values = ([axis], ["a", 1.5, [1.0], True])
        config = self.options({"axis": axes, "invert": ([True, False], []), "dtype": DTYPES})
        if self.chance(0.4):
            size = self.random.choice([shape[-1] or 2, 1, 3])
            value = self.random.choice([1.0, [1.0] * size, [[1.0] * size], [[1.0]] * size])
            config["mean"] = value
            config["variance"] = value if self.chance(0.8) else self.random.choice([1.0, [1.0] * size, None, "a"])
        return self.row("Normalization", config, (shape, self.random.choice([FLOAT, FLOAT, INT])))

    def discretization(self) -> Row:
        options: Options = {
            "bin_boundaries": ([[0.0, 1.0], [0.5], [1.0, 2.0, 3.0]], [3, []] if self.keras3 else [3, "a"]),
            "num_bins": ([2, 4, 0], [-1, "a", 2.5] if self.keras3 else [-1, "a"]),
            "epsilon": ([0.01], []),
            "output_mode": (["int", "one_hot", "multi_hot", "count"], ["tf_idf", None, "x"]),
            "dtype": (["float32", "int32", "int64"] if not self.keras3 else ["float32", "float16"], []),
        }
        config = self.options(options)
        if not self.keras3 and self.chance(0.8):
            config.pop("num_bins" if self.chance(0.7) else "bin_boundaries", None)
        if not self.keras3 and self.chance(0.1):
            config = self.options({"output_mode": options["output_mode"]})
            config["bins"] = self.random.choice([4, [1.0, 2.0]])
        if self.sparse and self.chance(0.1):
            config["sparse"] = True
        if self.chance(0.03):
            config["trainable"] = True
        shape = self.dims(self.random.choice([1, 2, 2, 3]))
        if self.chance(0.3):
            shape[-1] = 1
        return self.row("Discretization", config, (shape, FLOAT))

    def categories(self, dtype: str) -> tuple[list[int | None], str]:
        shape = self.dims(self.random.choice([1, 2, 2, 2, 3]))
        if self.chance(0.5):
            shape[-1] = 1
        return shape, dtype

    def categoryencoding(self) -> Row:
        name = "max_tokens" if not self.keras3 and self.chance(0.2) else "num_tokens"
        bad = [0, -1, None, "3", 2.5] if not self.keras3 else [0, -1, None, "3", 2.0, True]
        config = self.options(
            {
                name: ([1, 4, 9], bad),
                "output_mode": (["one_hot", "multi_hot", "count", "binary"], ["int", "x", None]),
                "dtype": (["float32", "int32"], []),
            }
        )
        return self.row("CategoryEncoding", config, self.categories(INT))


NUMBERS = ["Rescaling", "Normalization", "Discretization", "CategoryEncoding"]
FAMILY = [*AUGMENTATIONS, *SIZED, *AUDIO, *NUMBERS, "MaxNumBoundingBoxes"]
NOT_IN_TF_KERAS = frozenset(FAMILY) - frozenset(TF_IMAGES) - frozenset(NUMBERS)
ONLY_IN_TF_KERAS = ["RandomHeight", "RandomWidth"]
