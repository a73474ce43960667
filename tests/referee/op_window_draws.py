"""Random calls of windowed operations, image operations, losses and normalizations."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

from tests.op_nodes import tensor
from tests.referee.op_shapes import Drawn, dims, dtype, floats, rank_of, some


def image(r: Random, channels: tuple[int | None, ...] = (3, 3, 1, None, 2), last: bool = True) -> dict[str, Any]:
    sizes = [r.choice((4, 8, 9, None)), r.choice((4, 8, None))]
    count = r.choice(channels)
    shape = [*sizes, count] if last else [count, *sizes]
    if r.random() < 0.6:
        shape = [r.choice((None, 2)), *shape]
    if r.random() < 0.05:
        shape = [*shape, 3, 3]
    return tensor(*shape, dtype=r.choice(("float32", "float32", "uint8")))


def images(**choices: list[Any]) -> Callable[[Random], Drawn]:
    def draw(r: Random) -> Drawn:
        config = {name: r.choice(values) for name, values in choices.items()}
        config["data_format"] = r.choice((None, "channels_last", "channels_first", "channels_last"))
        return config, [image(r, last=config["data_format"] != "channels_first")]

    return draw


def conv(r: Random, kernels: int = 1, transpose: bool = False) -> Drawn:
    count = r.choice((1, 2, 3))
    channels = r.randint(1, 3)
    last = r.random() < 0.6
    spatial = [r.choice((3, 5, 8, 9, None)) for _ in range(count)]
    shape = [None, *spatial, channels] if last else [None, channels, *spatial]
    if r.random() < 0.05:
        shape = shape[:-1]
    width = [r.choice((1, 2, 3, 4)) for _ in range(count)]
    ends = [channels if r.random() < 0.95 else 7, r.randint(1, 4)]
    kernel = tensor(*width, *(reversed(ends) if transpose else ends))
    config: dict[str, Any] = {
        "strides": r.choice((1, 2, [1] * count, [2] * count, [2])),
        "padding": r.choice(("valid", "same", "SAME", "causal", "nonsense") if r.random() < 0.3 else ("valid", "same")),
        "data_format": "channels_last" if last else "channels_first",
        "dilation_rate": r.choice((1, 1, 2, [1] * count)),
    }
    if transpose:
        config["output_padding"] = r.choice((None, None, 0, 1, [0] * count))
    more = [tensor(*[1] * count, ends[0] * ends[1], 5)] if kernels == 2 else []
    return config, [tensor(*shape), kernel, *more]


def pool(r: Random) -> Drawn:
    count = r.choice((1, 2, 3))
    last = r.random() < 0.6
    spatial = [r.choice((3, 5, 8, None)) for _ in range(count)]
    shape = [None, *spatial, 3] if last else [None, 3, *spatial]
    config = {
        "pool_size": r.choice((2, 3, [2] * count, [2], 9)),
        "strides": r.choice((None, 1, 2, [2] * count)),
        "padding": r.choice(("valid", "same", "Valid", "causal")),
        "data_format": "channels_last" if last else "channels_first",
    }
    return config, [tensor(*shape)]


def patches(r: Random) -> Drawn:
    three = r.random() < 0.3
    size: Any = [2, 3, 2] if three else r.choice((2, [2, 3]))
    last = r.random() < 0.6
    spatial = [r.choice((6, 9, None)) for _ in range(3 if three else 2)]
    channels = r.choice((3, 1, 3, None))
    shape = [*spatial, channels] if last else [channels, *spatial]
    if r.random() < 0.6:
        shape = [None, *shape]
    config = {
        "size": size,
        "strides": r.choice((None, 1, 2, [1] * len(spatial))),
        "dilation_rate": r.choice((1, 1, 2)),
        "padding": r.choice(("valid", "same")),
        "data_format": r.choice((None,)) if last else "channels_first",
    }
    return config, [tensor(*shape)]


def sides(what: str) -> Callable[[Random], Drawn]:
    def draw(r: Random) -> Drawn:
        config: dict[str, Any] = {"data_format": r.choice((None, "channels_last", "channels_first"))}
        for side, before, after in (("height", "top", "bottom"), ("width", "left", "right")):
            names = [f"{before}_{what}", f"{after}_{what}", f"target_{side}"]
            values = [r.choice((0, 1, 2)), r.choice((0, 1, 2)), r.choice((2, 3, 6, 12))]
            for name, value in zip(names, values, strict=True):
                config[name] = value
            if r.random() < 0.95:
                config[r.choice(names)] = None
        return config, [image(r, last=config["data_format"] != "channels_first")]

    return draw


def transform(r: Random) -> Drawn:
    return {"data_format": None}, [image(r), tensor(*r.choice(([8], [None, 8], [2, 3, 4])))]


def corners(r: Random) -> Drawn:
    points = r.choice(([4, 2], [None, 4, 2], [4, 2], [3, 2]))
    other = points if r.random() < 0.8 else [4, 2]
    return {"data_format": None}, [image(r), tensor(*points), tensor(*other)]


def similar(r: Random) -> Drawn:
    return {"max_val": 1.0}, [image(r), image(r)]


def coordinates(r: Random) -> Drawn:
    x = some(r, r.choice((2, 3)))
    return {"order": 1}, [x, tensor(r.choice((rank_of(x), rank_of(x), 2)), *dims(r, r.choice((0, 1, 2))))]


def pair_of_parts(**choices: list[Any]) -> Callable[[Random], Drawn]:
    def draw(r: Random) -> Drawn:
        shape = dims(r, r.choice((0, 1, 2, 3)), (4, 6, 8, 8, None))
        other = shape if r.random() < 0.9 else dims(r)
        config = {name: r.choice(values) for name, values in choices.items()}
        return config, [r.choice(([floats(r, *shape), floats(r, *other)],) * 9 + ([floats(r, *shape)],))]

    return draw


def signal(**choices: list[Any]) -> Callable[[Random], Drawn]:
    def draw(r: Random) -> Drawn:
        config = {name: r.choice(values) for name, values in choices.items()}
        return config, [floats(r, *dims(r, r.choice((1, 2, 3)), (16, 20, None)))]

    return draw


def loss(r: Random) -> Drawn:
    shape = dims(r)
    other = shape if r.random() < 0.8 else dims(r)
    return {"from_logits": False}, [tensor(*other), floats(r, *shape)]


def sparse_loss(r: Random) -> Drawn:
    shape = dims(r, r.choice((1, 2, 3)))
    target = r.choice((shape[:-1], shape[:-1], [*shape[:-1], 1], shape))
    return {"from_logits": True, "axis": r.choice((-1, -1, 0))}, [tensor(*target, dtype="int32"), floats(r, *shape)]


def blocks(r: Random) -> Drawn:
    shape = [None, r.choice((4, 6, None)), r.choice((4, 5, None)), r.choice((4, 8, None))]
    config = {"block_size": r.choice((2, 2, 3)), "data_format": r.choice(("channels_last", "channels_first"))}
    return config, [tensor(*shape[: r.choice((4, 4, 4, 3))])]


def unfolded(r: Random) -> Drawn:
    config = {name: r.choice((1, 2, [1, 2])) for name in ("kernel_size", "dilation", "stride", "padding")}
    return config, [
        tensor(r.choice((None, 2)), *(r.choice((3, 6, 8, 9, None) if r.random() < 0.1 else (3, 6, 8)) for _ in "chw"))
    ]


def folded(r: Random) -> Drawn:
    config = {"output_size": r.choice((4, [4, 6])), "kernel_size": r.choice((2, [2, 3])), "dilation": 1, "stride": 1}
    return config, [tensor(None, r.choice((12, 8, None, 5)), r.choice((9, None)))]


def batch_norm(r: Random) -> Drawn:
    x = some(r, r.choice((2, 3)))
    at = r.choice((-1, 0, 1))
    size = x["tensor"][at]
    extra = r.choice(([None, None], [tensor(size), tensor(size)], [tensor(size), None], [None, tensor(size)]))
    return {"axis": at}, [x, tensor(size), tensor(r.choice((size, size, size, 7))), *extra]


def attention(r: Random) -> Drawn:
    shape = dims(r, 4)
    return {}, [tensor(*shape, dtype=dtype(r)), tensor(*shape), tensor(*shape), *r.choice(([], [None, None]))]


def labels(r: Random) -> Drawn:
    batch = r.choice((None, 2))
    other = batch if r.random() < 0.9 else 3
    return {}, [
        tensor(batch, 5, dtype="int32"),
        floats(r, batch, 9, 7),
        tensor(batch, dtype="int32"),
        tensor(other, dtype="int32"),
    ]


def decoded(r: Random) -> Drawn:
    config = {"strategy": r.choice(("greedy", "beam_search")), "top_paths": r.choice((1, 3))}
    return config, [floats(r, *dims(r, 3)), tensor(None, dtype="int32")]


def vectors(r: Random) -> Drawn:
    config = {"mode": r.choice(("valid", "same", "full", "other"))}
    return config, [tensor(*dims(r, r.choice((1, 1, 1, 2)), (3, 5, 5, None)), dtype=dtype(r)) for _ in range(2)]


def norm_like(r: Random) -> Drawn:
    x = some(r)
    return {"axis": -1}, [x, *r.choice(([None], [tensor(4)], [tensor(4), tensor(4)], [None, None]))]


SPECIAL: dict[str, Callable[[Random], Drawn]] = {
    "Conv": conv,
    "DepthwiseConv": conv,
    "SeparableConv": lambda r: conv(r, 2),
    "ConvTranspose": lambda r: conv(r, transpose=True),
    "MaxPool": pool,
    "AveragePool": pool,
    "ExtractPatches": patches,
    "PadImages": sides("padding"),
    "CropImages": sides("cropping"),
    "AffineTransform": transform,
    "PerspectiveTransform": corners,
    "SSIM": similar,
    "PSNR": similar,
    "MapCoordinates": coordinates,
    "Resize": images(size=[[4, 5], [2, 2], [2]]),
    "RGBToGrayscale": images(),
    "RGBToHSV": images(),
    "HSVToRGB": images(),
    "GaussianBlur": images(),
    "ElasticTransform": images(),
    "SobelEdges": images(),
    "FFT": pair_of_parts(),
    "FFT2": pair_of_parts(),
    "IFFT2": pair_of_parts(),
    "IRFFT": pair_of_parts(fft_length=[None, 6, 8]),
    "ISTFT": pair_of_parts(
        sequence_length=[4], sequence_stride=[2], fft_length=[6, 7], length=[None, 9], center=[True, False]
    ),
    "RFFT": signal(fft_length=[None, 6, 7]),
    "ExtractSequences": signal(sequence_length=[3, 4], sequence_stride=[1, 2]),
    "STFT": signal(sequence_length=[4], sequence_stride=[1, 2], fft_length=[6, 7], center=[True, False]),
    "BinaryCrossentropy": loss,
    "CategoricalCrossentropy": loss,
    "SparseCategoricalCrossentropy": sparse_loss,
    "DepthToSpace": blocks,
    "SpaceToDepth": blocks,
    "Unfold": unfolded,
    "Fold": folded,
    "BatchNorm": batch_norm,
    "DotProductAttention": attention,
    "CTCLoss": labels,
    "CTCDecode": decoded,
    "Correlate": vectors,
    "LayerNorm": norm_like,
    "RMSNorm": norm_like,
}
