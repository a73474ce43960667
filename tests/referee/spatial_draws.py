"""Random configs for convolutions, pooling and reshaping, valid and deliberately invalid."""

from __future__ import annotations

import random
from typing import Any

from tests.layer_rows import Row

Draw = tuple[str, dict[str, Any], list[int | None]]
RANKS = {"1D": 1, "2D": 2, "3D": 3}


class Drawer:
    """Draws rows with the layers and options of one dialect."""

    def __init__(self, seed: int, dialect: str = "keras3") -> None:
        self.random = random.Random(seed)
        self.keras3 = dialect == "keras3"

    def chance(self, likelihood: float) -> bool:
        return self.random.random() < likelihood

    def sizes(self, rank: int, low: int, high: int, rare: list[Any]) -> Any:
        """Draw an int, a list with one per axis, or rarely something that Keras refuses."""
        if self.chance(0.02):
            return self.random.choice([*rare, [1] * (rank + 1), [], "x", None, {}])
        if self.chance(0.5):
            return self.random.randint(low, high)
        return [self.random.randint(low, high) for _ in range(rank)]

    def shape(self, rank: int, channels_first: bool = False, low: int = 1, high: int = 9) -> list[int | None]:
        dims: list[int | None] = [None if self.chance(0.1) else self.random.randint(low, high) for _ in range(rank)]
        channels = None if self.chance(0.02) else self.random.choice([0, 1, 2, 3, 4, 6, 8, 4, 2, 6])
        if self.chance(0.02):
            dims[0] = 0
        dims = [channels, *dims] if channels_first else [*dims, channels]
        if self.chance(0.03):
            dims = dims[1:] if self.chance(0.5) else [5, *dims]
        return [self.random.choice([None, None, 3]), *dims]

    def some(self, config: dict[str, Any], **options: Any) -> dict[str, Any]:
        """Add each option to `config` with a probability of one half."""
        config.update({name: draw() for name, draw in options.items() if self.chance(0.5)})
        return config

    def data_format(self, rank: int) -> Any:
        if self.chance(0.03):
            return self.random.choice(["channels_middle", 3, "", "Channels_Last"])
        return self.random.choice(["channels_last", "channels_first", None])

    def padding(self, *words: str) -> Any:
        if self.chance(0.04):
            return self.random.choice(["full", "SAME", "causal", None, ["same"], "Valid"])
        return self.random.choice(["valid", "same", *words])

    def convolution(self, name: str, rank: int) -> Draw:
        pick = self.random.choice
        config: dict[str, Any] = {"kernel_size": self.sizes(rank, 1, 4, [0, -1, [2.0] * rank, True])}
        if not name.startswith("Depthwise"):
            config["filters"] = pick([1, 2, 4, 6, 8]) if self.chance(0.97) else pick([0, -1, None, "4", True])
        causal = ["causal"] if rank == 1 and "Transpose" not in name else []
        self.some(
            config,
            strides=lambda: self.sizes(rank, 1, 2, [0, [2.0] * rank, [1.5] * rank]),
            padding=lambda: self.padding(*causal),
            data_format=lambda: self.data_format(rank),
            use_bias=lambda: pick([True, False, None]),
        )
        if self.chance(0.25):
            config["dilation_rate"] = self.sizes(rank, 1, 3, [0, -1, [2.0] * rank])
        if "Transpose" in name:
            if self.chance(0.4):
                config["output_padding"] = self.sizes(rank, 0, 1, [-1, [0.0] * rank])
        elif name.startswith("Conv"):
            # tf_keras compiles grouped convolutions with XLA, which takes seconds
            if self.chance(0.4 if self.keras3 else 0.02):
                config["groups"] = pick([1, 2, 3, 4]) if self.chance(0.95) else pick([0, -2, None, 2.0])
            if self.keras3 and self.chance(0.25):
                config["lora_rank"] = pick([1, 2, 3, 0, None]) if self.chance(0.9) else pick([-1, 2.0, "2", True])
                config["kernel_constraint"] = "non_neg" if self.chance(0.1) else None
        else:
            good = self.chance(0.95)
            self.some(config, depth_multiplier=lambda: pick([1, 2, 3] if good else [0, -1, None, 2.0]))
        channels_first = config.get("data_format") == "channels_first"
        return name, config, self.shape(rank, channels_first, 1, 9)

    def pooling(self, name: str, rank: int) -> Draw:
        pick = self.random.choice
        if name.startswith("Global"):
            config = self.some({}, keepdims=lambda: pick([True, False]), data_format=lambda: self.data_format(rank))
        elif name.startswith("Adaptive"):
            config = self.some({}, data_format=lambda: self.data_format(rank))
            config["output_size"] = self.sizes(rank, 1, 5, [0, -1, [None] * rank, [2.0] * rank, True])
        else:
            config = self.some(
                {"pool_size": self.sizes(rank, 1, 4, [0, [2.0] * rank, True])},
                strides=lambda: None if self.chance(0.3) else self.sizes(rank, 1, 3, [0, [2.0] * rank]),
                padding=self.padding,
                data_format=lambda: self.data_format(rank),
            )
            if self.chance(0.1):
                del config["pool_size"]
        return name, config, self.shape(rank, config.get("data_format") == "channels_first")

    def ends(self, rank: int, rare: list[Any]) -> Any:
        """Draw an int, one per axis, or a pair per axis, for padding and cropping."""
        if self.chance(0.05):
            return self.random.choice([*rare, [[1, 2]] * (rank + 1), [1, [2, 3], [0]][:rank], "ab", None, 1.0, {}])
        kind = self.random.randrange(4)
        number = self.random.randint
        if kind == 0:
            return number(0, 3)
        if rank == 1:
            return [number(0, 3), number(0, 3)]
        if kind == 1:
            return [number(0, 3) for _ in range(rank)]
        if kind == 2:
            return [[number(0, 3), number(0, 2)] for _ in range(rank)]
        return [self.random.choice([number(0, 2), [number(0, 2), number(0, 3)]]) for _ in range(rank)]

    def reshaping(self, name: str, rank: int) -> Draw:
        pick = self.random.choice
        config: dict[str, Any] = {}
        if name.startswith("Cropping"):
            config["cropping"] = self.ends(rank, [-1, [[-1, 2]] * rank])
        elif name.startswith("ZeroPadding"):
            config["padding"] = self.ends(rank, [-1, -3, [[-1, 2]] * rank])
        elif rank == 1:
            config["size"] = pick([1, 2, 3]) if self.chance(0.9) else pick([0, -1, True, [2], 2.5, "2", None])
        else:
            config["size"] = self.sizes(rank, 1, 3, [0, [2.0] * rank, True])
            if rank == 2:
                self.some(config, interpolation=lambda: pick(["nearest", "bilinear", "Bicubic", "lanczos3"]))
                if self.chance(0.03):
                    config["interpolation"] = None
        if self.chance(0.05):
            config = {}
        formatted = rank > 1 or (name == "ZeroPadding1D" and self.keras3)
        if formatted:
            self.some(config, data_format=lambda: self.data_format(rank))
        return name, config, self.shape(rank, config.get("data_format") == "channels_first")

    def other(self, name: str, _: int) -> Draw:
        pick, number = self.random.choice, self.random.randint
        shape: list[int | None] = [pick([None, 2]), *(pick([None, 0, 1, 2, 3, 4, 6]) for _ in range(number(0, 4)))]
        if self.chance(0.5):
            shape = [None, *(pick([1, 2, 3, 4, 6]) for _ in range(number(1, 4)))]
        if name == "Flatten":
            return name, self.some({}, data_format=lambda: self.data_format(2)), shape
        if name == "RepeatVector":
            n = number(1, 5) if self.chance(0.8) else pick([0, True, 2.0, None, "3", [2]])
            return name, {"n": n}, shape[:2] if self.chance(0.9) else shape
        if name == "Permute":
            dims: list[Any] = list(range(1, len(shape)))
            self.random.shuffle(dims)
            if self.chance(0.2):
                more: list[Any] = [[1, *dims], [0, *dims], dims[1:], [*dims, len(dims) + 1]]
                more += ["12", None, 3, [1, 1], [True, 2]]
                dims = pick(more)
            return name, {"dims": dims}, shape
        target: list[Any] = [dim for dim in shape[1:] if dim is not None]
        self.random.shuffle(target)
        while len(target) > 1 and self.chance(0.5):
            target = [target[0] * target[1], *target[2:]]
        for value in (-1, -1, 2, 3, None, 0, -2, 2.0, "2"):
            if target and self.chance(0.12):
                target[self.random.randrange(len(target))] = value
        if self.chance(0.1):
            target.append(pick([1, 2, -1]))
        return name, {"target_shape": target if self.chance(0.97) else pick([4, None])}, shape

    def draw(self, name: str) -> Row:
        """Draw a layer of the class, and its input."""
        while True:
            drawn = self._draw(name)
            if not (self.oddity_of_keras3(*drawn) if self.keras3 else self.oddity_of_keras2(*drawn)):
                break
        row: Row = {"layer": {"class_name": name, "config": drawn[1]}, "inputs": [drawn[2]]}
        if self.keras3:  # tf_keras computes in the input's dtype, and TensorFlow refuses some integers
            row["dtypes"] = [self.random.choice(["float32", "float32", "int32", "float16"])]
        return row

    def oddity_of_keras3(self, name: str, config: dict[str, Any], _: list[int | None]) -> bool:
        """Check for floats in a transposed convolution, which pass only if nothing is computed with them."""
        windows = [config.get(argument) for argument in ("strides", "dilation_rate", "output_padding")]
        floats = any(isinstance(window, list) and float in map(type, window) for window in windows)
        return "Transpose" in name and floats

    def oddity_of_keras2(self, name: str, config: dict[str, Any], shape: list[int | None]) -> bool:
        """Check for cases in which tf_keras is inconsistent: TensorFlow accepts or refuses something meaningless.

        An empty input, which only some operations accept; true for 1; a list of floats; a fixed batch to reshape;
        dilation with an unknown axis (an output of length 0 is accepted, channels are lost); UpSampling1D by 0 with an
        unknown length; UpSampling3D, which does not check the rank.
        """
        flat = [item for value in config.values() for item in (value if isinstance(value, list) else [value])]
        dilated = config.get("dilation_rate", 1) not in (1, [1], [1, 1], [1, 1, 1])
        return (
            (0 in shape and (shape[0] is not None or any(word in name for word in ("MaxPool", "Conv", "Reshape"))))
            or any(value is True for key, value in config.items() if key in ("filters", "kernel_size", "size"))
            or ("Pool" not in name and any(isinstance(item, float) for item in flat))
            or (dilated and (None in shape[1:] or "output_padding" in config))
            or (name == "UpSampling1D" and None in shape[1:])
            or (name == "Reshape" and shape[0] is not None)
            or (name == "UpSampling3D" and len(shape) != 5)
        )

    def _draw(self, name: str) -> Draw:
        rank = next((rank for suffix, rank in RANKS.items() if suffix in name), 0)
        if "Conv" in name:
            return self.convolution(name, rank)
        if "Pool" in name:
            return self.pooling(name, rank)
        return self.reshaping(name, rank) if rank else self.other(name, rank)


CONVOLUTIONS = [
    *(f"Conv{rank}D{kind}" for rank in (1, 2, 3) for kind in ("", "Transpose")),
    *(f"{kind}Conv{rank}D" for rank in (1, 2) for kind in ("Depthwise", "Separable")),
    "Convolution1D", "Convolution2D", "Convolution3D", "Convolution1DTranspose", "Convolution2DTranspose",
    "Convolution3DTranspose", "SeparableConvolution1D", "SeparableConvolution2D",
]  # fmt: skip
KINDS = ("MaxPooling", "AveragePooling", "MaxPool", "AvgPool")
POOLINGS = [f"{prefix}{kind}{rank}D" for prefix in ("", "Global") for kind in KINDS for rank in (1, 2, 3)]
ADAPTIVE = [f"Adaptive{kind}Pooling{rank}D" for kind in ("Max", "Average") for rank in (1, 2, 3)]
RESHAPINGS = [
    "Flatten", "Reshape", "Permute", "RepeatVector",
    *(f"{kind}{rank}D" for kind in ("Cropping", "ZeroPadding", "UpSampling") for rank in (1, 2, 3)),
]  # fmt: skip
FAMILY = [*CONVOLUTIONS, *POOLINGS, *ADAPTIVE, *RESHAPINGS]
NOT_IN_TF_KERAS = frozenset(ADAPTIVE)
