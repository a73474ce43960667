"""Sliding windows: convolution, pooling, patches, short-time Fourier transforms."""

from __future__ import annotations

from typing import Any

from lstmlint.layers.ops.algebra import per_axis, ranked, sized
from lstmlint.layers.ops.base import Operation, Refusal, copies, shape, tensor
from lstmlint.layers.ops.reshaping import channels_last
from lstmlint.model.shapes import Dim, KnownShape, Tensor, format_shape, product
from lstmlint.model.values import show


def _spatial(dims: KnownShape, last: bool) -> KnownShape:
    return dims[1:-1] if last else dims[2:]


def _assembled(dims: KnownShape, spatial: list[Dim], channels: Dim, last: bool) -> KnownShape:
    return (dims[0], *spatial, channels) if last else (dims[0], channels, *spatial)


def windows(size: Dim, window: int, stride: Any, padding: str) -> Dim:
    """Return the number of windows: all that fit inside, or one per stride with "same"."""
    if size is None:
        return None if stride else 1 // stride
    count: int = (size - (window if padding == "valid" else 1)) // stride + 1
    return count


def _output_size(dims: KnownShape, size: Dim, window: int, stride: Any, padding: str, code: str, argument: str) -> Dim:
    """Return the number of windows along one spatial axis of `dims`.

    Raises: Refusal with the code if padding is "valid" and no window fits.
    """
    count = windows(size, window, stride, padding)
    if padding == "valid" and count is not None and count <= 0:
        raise Refusal(
            code,
            f"has no output: a window of {window} does not fit into {size} steps of {format_shape(dims)}",
            f"Use a smaller {argument}, or padding='same'.",
        )
    return None if count is None else int(count)


def convolved(dims: KnownShape, kernel: KnownShape, filters: Dim, op: Operation, last: bool) -> KnownShape:
    """Return the shape after a convolution with the spatial sizes of `kernel`.

    Raises: Refusal S103.
    """
    spatial = _spatial(dims, last)
    if len(kernel) + 2 != len(dims):
        raise Refusal(
            "S101",
            f"needs a kernel of {len(spatial)} spatial dimensions for {format_shape(dims)}, but gets {len(kernel)}",
        )
    padding = op.config["padding"]
    padding = padding.lower() if not isinstance(padding, str) else padding
    if padding not in ("valid", "same", "causal"):
        raise Refusal("E007", f"does not accept the padding {show(padding)}", "Use 'valid' or 'same'.", "padding")
    count = len(spatial)
    dilation = op.config["dilation_rate"]
    if not isinstance(dilation, int) and len(dilation) != count:
        raise Refusal("E007", f"needs {count} dilation rates, but gets {dilation}", argument="dilation_rate")
    strides, rates = per_axis(op.config["strides"], count), per_axis(dilation, count)
    made: list[Dim] = []
    for size, width, stride, rate in zip(spatial, kernel, strides, rates, strict=True):
        window = rate * (sized(width, "the kernel") - 1) + 1
        made.append(_output_size(dims, size, window, stride, padding, "S103", "kernel or dilation"))
    return _assembled(dims, made, filters, last)


def _check_channels(dims: KnownShape, last: bool, wanted: Dim) -> None:
    channels = dims[-1] if last else dims[1]
    if channels is not None and wanted is not None and channels != wanted:
        raise Refusal(
            "S117",
            f"has a kernel for {wanted} channels, but {format_shape(dims)} has {channels}",
            f"Use a kernel for {channels} channels.",
        )


def conv(op: Operation, inputs: Any, kernel: Any, depthwise: bool = False) -> Tensor:
    """Return the convolution with a kernel (*spatial, channels, filters)."""
    last = channels_last(op.config["data_format"])
    op.config["padding"] = op.config["padding"].lower()
    dims, size = shape(inputs), shape(kernel)
    _check_channels(dims, last, size[-2])
    filters = size[-1] * size[-2] if depthwise else size[-1]  # type: ignore[operator]  # where one is unknown, Keras fails, too
    return Tensor(convolved(dims, size[:-2], filters, op, last), inputs.dtype)


def separable_conv(op: Operation, inputs: Any, depthwise_kernel: Any, pointwise_kernel: Any) -> Tensor:
    """Return the depthwise convolution, followed by a pointwise one that sets the channels."""
    last = channels_last(op.config["data_format"])
    dims = list(shape(conv(op, inputs, depthwise_kernel, depthwise=True)))
    dims[-1 if last else 1] = shape(pointwise_kernel)[-1]
    return Tensor(tuple(dims), inputs.dtype)


def _each(value: Any, count: int) -> list[Any]:
    return [value] * count if isinstance(value, int) or value is None else list(value)


def conv_transpose(op: Operation, inputs: Any, kernel: Any) -> Tensor:
    """Return the transposed convolution with a kernel (*spatial, filters, channels)."""
    last = channels_last(op.config["data_format"])
    padding = op.config["padding"].lower()
    dims, size = shape(inputs), shape(kernel)
    _check_channels(dims, last, size[-1])
    spatial = _spatial(dims, last)
    count = len(dims) - 2
    strides, rates, extra = (_each(op.config[name], count) for name in ("strides", "dilation_rate", "output_padding"))
    made: list[Dim] = []
    for i in range(count):
        width, one = size[:-2][i], spatial[i]
        stride, rate, more = strides[i], rates[i], extra[i]
        if one is None:
            made.append(None)
            continue
        if padding not in ("valid", "same"):
            raise Refusal("E007", f"does not accept the padding {show(padding)}", "Use 'valid' or 'same'.", "padding")
        window = (sized(width, "the kernel") - 1) * rate + 1
        if padding == "valid":
            made.append((one - 1) * stride + (max(window, stride) if more is None else window + more))
        else:
            made.append(one * stride if more is None else (one - 1) * stride + window % 2 + more)
    return Tensor(_assembled(dims, made, size[-2], last), inputs.dtype)


def pool(op: Operation, inputs: Any) -> Tensor:
    """Return the pooled shape. Here, the channels come last only if data_format is exactly channels_last."""
    dims, last = shape(inputs), op.config["data_format"] == "channels_last"
    spatial, padding = _spatial(dims, last), op.config["padding"].lower()
    sizes = per_axis(op.config["pool_size"], len(spatial))
    strides = sizes if op.config["strides"] is None else per_axis(op.config["strides"], len(spatial))
    if padding not in ("valid", "same"):
        raise Refusal("E007", f"does not accept the padding {show(padding)}", "Use 'valid' or 'same'.", "padding")
    made = [
        _output_size(dims, size, window, stride, padding, "S104", "pool_size")
        for size, window, stride in zip(spatial, sizes, strides, strict=True)
    ]
    return Tensor(_assembled(dims, made, dims[-1] if last else dims[1], last), inputs.dtype)


def adaptive_pool(op: Operation, inputs: Any) -> Tensor:
    """Return the spatial sizes in the config. Keras 3.15 saves such a node but cannot load it."""
    sizes, dims = op.config["output_size"], shape(inputs)
    op.context.report(
        op,
        op.error(
            Refusal(
                "E007",
                "gets its output_size back from the file as a list, and fails when it joins it to a tuple",
                "Use the layer AdaptiveAveragePooling or AdaptiveMaxPooling instead.",
                "output_size",
            )
        ),
    )
    last = op.config["data_format"] == "channels_last"
    return Tensor((*dims[: -len(sizes)], *sizes, dims[-1]) if last else (*dims[:2], *sizes), inputs.dtype)


def extract_patches(op: Operation, images: Any) -> Tensor:
    """Return patches in the channels, one per stride. A single image has no batch."""
    size = op.config["size"]
    size = [size, size] if isinstance(size, int) else size
    if op.config["strides"] is None:
        op.config["strides"] = size
    last = channels_last(op.config["data_format"])
    dims = shape(images)
    count = 3 if len(size) == 3 else 2
    channels = dims[-1] if last else dims[-1 - count]
    single = len(dims) == count + 1
    filters = (product(size[:count]) or 0) * channels  # type: ignore[operator]  # the same
    made = convolved((1, *dims) if single else dims, tuple(size[:count]), filters, op, last)
    return Tensor(made[1:] if single else made, images.dtype)


# Sequences ----------------------------------------------------------------------------------------------


def frames(op: Operation, x: Any) -> Tensor:
    """Return the last axis split into overlapping frames."""
    dims = ranked(shape(x), least=1)
    length, stride = op.config["sequence_length"], op.config["sequence_stride"]
    count = None if dims[-1] is None else windows(dims[-1], length, stride, "valid")
    return Tensor((*dims[:-1], count, length), x.dtype)


def _complex(x: Any, least: int = 1) -> Tensor:
    """Return the real part of a pair (real, imaginary), which must have equal shapes and dtypes.

    Raises: Refusal.
    """
    if not isinstance(x, list) or len(x) != 2:
        raise Refusal("S122", "needs two tensors, the real and the imaginary part", "Pass a list of both.")
    real, imaginary = x
    if shape(real) != shape(imaginary):
        raise Refusal(
            "S113", f"has parts {format_shape(real.shape)} and {format_shape(imaginary.shape)}", "Make them equal."
        )
    ranked(shape(real), least=least)
    return tensor(real)


def fft(op: Operation, x: Any, axes: int = 1) -> list[Tensor]:
    """Return real and imaginary part with equal shapes. The last axes must be known."""
    real = _complex(x, axes)
    if None in shape(real)[-axes:]:
        raise Refusal(
            "S106",
            f"needs known last sizes, but gets {format_shape(real.shape)}",
            "Set the last dimensions to numbers in the input's shape.",
        )
    return [Tensor(one.shape, one.dtype) for one in x]


def rfft(op: Operation, x: Any) -> list[Tensor]:
    """Return one half of the frequencies plus one."""
    dims = ranked(shape(x), least=1)
    length = dims[-1] if op.config["fft_length"] is None else op.config["fft_length"]
    return copies(Tensor((*dims[:-1], None if length is None else length // 2 + 1), x.dtype), 2)


def irfft(op: Operation, x: Any) -> Tensor:
    """Return about twice as many values."""
    real = _complex(x)
    dims, length = shape(real), op.config["fft_length"]
    if length is None and dims[-1] is not None:
        length = 2 * (dims[-1] - 1)
    return Tensor((*dims[:-1], length), real.dtype)


def stft(op: Operation, x: Any) -> list[Tensor]:
    """Return frames with half of the frequencies plus one."""
    dims, length = shape(x), op.config["fft_length"]
    size = dims[-1]
    if size is not None:
        size += 0 if op.config["center"] is False else length // 2 * 2
    count = windows(size, length, op.config["sequence_stride"], "valid") if size is not None else None
    return copies(Tensor((*dims[:-1], count, length // 2 + 1), x.dtype), 2)


def istft(op: Operation, x: Any) -> Tensor:
    """Return the signal whose overlapping frames are given."""
    real = _complex(x, 2)
    dims, size = shape(real), op.config["length"]
    if dims[-2] is not None:
        fft_length = op.config["fft_length"]
        whole = (dims[-2] - 1) * op.config["sequence_stride"] + fft_length
        if size is None:
            size = whole - (fft_length // 2 * 2 if op.config["center"] else 0)
    return Tensor((*dims[:-2], size), real.dtype)
