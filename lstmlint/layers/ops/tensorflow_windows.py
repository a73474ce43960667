"""Shapes of TensorFlow's convolutions, pooling, images and short-time Fourier transforms."""

from __future__ import annotations

from typing import Any

from lstmlint.layers.base import UnknownShape
from lstmlint.layers.ops.algebra import ranked, replaced, sized
from lstmlint.layers.ops.base import Operation, Refusal, shape
from lstmlint.layers.ops.indexing import list_shape
from lstmlint.layers.ops.sliding import windows
from lstmlint.layers.ops.tensorflow_rules import Sizes, dtype_in, known_numbers, number, numbers
from lstmlint.model.shapes import Dim, KnownShape, Tensor, format_shape, product


def channels_last(op: Operation, rank_: int) -> bool:
    """Return whether data_format (NHWC, NCHW, ...) puts the channels last."""
    written = op.config.get("data_format")
    return not (isinstance(written, str) and written[1:2] == "C" and rank_ > 2)


def _spatial(value: Any, count: int, last: bool) -> list[int]:
    """Return the strides or sizes of the spatial axes from one number, one per spatial axis, or one per axis."""
    given = known_numbers(value)
    if len(given) == count + 2:
        return given[1:-1] if last else given[2:]
    return given * count if len(given) == 1 else given


def conv(op: Operation, x: Any, filters: Any, depthwise: bool = False) -> Tensor:
    """Return the convolution with filters (*spatial, channels, outputs)."""
    dims, kernel = list_shape(x), list_shape(filters)
    count, last = len(dims) - 2, channels_last(op, len(dims))
    width = [1 if size is None else size for size in kernel[:-2]]
    rates = _spatial(1 if op.config["dilations"] is None else op.config["dilations"], count, last)
    window = [(size - 1) * rate + 1 for size, rate in zip(width, rates, strict=True)]
    channels = dims[-1] if last else dims[1]
    if not depthwise and None not in (channels, kernel[-2]) and sized(channels, "") % sized(kernel[-2], ""):
        raise Refusal("S117", f"has filters for {kernel[-2]} channels, but {format_shape(dims)} has {channels}")
    outputs = product(kernel[-2:]) if depthwise else kernel[-1]
    return Tensor(_slide(op, dims, window, last, outputs, "S103"), dtype_in(x))


def pool(op: Operation, x: Any) -> Tensor:
    """Return the shape after pooling with windows of `ksize`."""
    dims = list_shape(x)
    last = channels_last(op, len(dims))
    window = _spatial(op.config["ksize"], len(dims) - 2, last)
    return Tensor(_slide(op, dims, window, last, dims[-1] if last else dims[1], "S104"), dtype_in(x))


def _slide(op: Operation, dims: KnownShape, window: list[int], last: bool, channels: Dim, code: str) -> KnownShape:
    padding = op.config["padding"]
    if not isinstance(padding, str) or padding.upper() not in ("SAME", "VALID"):
        raise UnknownShape
    spatial = dims[1:-1] if last else dims[2:]
    strides = _spatial(window if op.config["strides"] is None else op.config["strides"], len(spatial), last)
    made: Sizes = []
    for one, width, stride in zip(spatial, window, strides, strict=True):
        out = windows(one, width, stride, padding.lower())
        if out is not None and out < 0:
            raise Refusal(
                code, f"has no output: a window of {width} does not fit into {one} steps of {format_shape(dims)}"
            )
        made.append(out)
    return (dims[0], *made, channels) if last else (dims[0], channels, *made)


def depth_to_space(op: Operation, x: Any, inverse: bool = False) -> Tensor:
    """Return the shape with blocks of channels moved to pixels, or the reverse with `inverse`."""
    dims, block = ranked(list_shape(x), 4), sized(number(op.config["block_size"]), "the block")
    last = channels_last(op, 4)
    batch, height, width, channels = dims if last else (dims[0], dims[2], dims[3], dims[1])
    if inverse:
        height, width = (None if one is None else one // block for one in (height, width))
        channels = product((channels, block * block))
    else:
        height, width = product((height, block)), product((width, block))
        channels = None if channels is None else channels // (block * block)
    return Tensor((batch, height, width, channels) if last else (batch, channels, height, width), dtype_in(x))


def image(op: Operation, images: Any) -> Tensor:
    """Return the shape of an image or a batch of images."""
    return Tensor(ranked(list_shape(images), 3, 4), dtype_in(images))


def image_channels(op: Operation, images: Any, channels: int) -> Tensor:
    """Return the shape with the given number of channels in the last axis."""
    return Tensor(replaced(list_shape(images), -1, channels), dtype_in(images))


def resize(op: Operation, images: Any) -> Tensor:
    """Return the shape with the requested height and width. The result is float unless the method is nearest neighbor."""
    dims = ranked(list_shape(images), 3, 4)
    height, width = numbers(op.config["size"])
    if op.config["preserve_aspect_ratio"]:
        height = width = None
    nearest = op.config["method"] in ("nearest", 1)
    return Tensor((*dims[:-3], height, width, dims[-1]), dtype_in(images) if nearest else "float32")


def resize_to(op: Operation, images: Any) -> Tensor:
    """Return the shape with the height and width in two arguments."""
    dims = ranked(list_shape(images), 3, 4)
    target = (number(op.config["target_height"]), number(op.config["target_width"]))
    return Tensor((*dims[:-3], *target, dims[-1]), dtype_in(images))


def central_crop(op: Operation, images: Any) -> Tensor:
    """Return the shape of the central part with the given fraction."""
    dims, fraction = ranked(list_shape(images), 3, 4), op.config["central_fraction"]
    made = []
    for one in dims[-3:-1]:
        made.append(None if one is None else one - 2 * int((one - one * fraction) / 2))
    return Tensor((*dims[:-3], *made, dims[-1]), dtype_in(images))


def frames(op: Operation, x: Any) -> Tensor:
    """Return the last axis split into overlapping frames."""
    dims, length = list_shape(x), number(op.config["frame_length"])
    step = number(op.config["frame_step"])
    if op.config["pad_end"] or length is None or step is None:
        raise UnknownShape
    count = windows(dims[-1], length, step, "valid")
    return Tensor((*dims[:-1], None if count is None else max(count, 0), length), dtype_in(x))


def stft(op: Operation, x: Any) -> Tensor:
    """Return frames with half of the frequencies plus one; fft_length defaults to the next power of two."""
    framed = shape(frames(op, x))
    length = number(op.config["fft_length"]) or 1 << (sized(framed[-1], "the frame") - 1).bit_length()
    return Tensor((*framed[:-1], length // 2 + 1), "complex64")
