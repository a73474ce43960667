"""Operations that rearrange, repeat or pad elements."""

from __future__ import annotations

import re
from typing import Any

from lstmlint.layers.ops.algebra import Dims, axis_in, broadcast, flat, pair, ranked, replaced, sized, without
from lstmlint.layers.ops.base import Operation, Refusal, shape, tensor
from lstmlint.layers.ops.dtypes import as_dtype
from lstmlint.model.shapes import Dim, KnownShape, Tensor, format_shape, product
from lstmlint.model.values import show


def reshaped(given: KnownShape, target: Any) -> KnownShape:
    """Return the target shape with its -1 inferred, or None if that requires an unknown size.

    Raises: Refusal.
    """
    for dim in target:
        if isinstance(dim, int) and dim < -1:
            raise Refusal(
                "S108",
                f"has the size {dim} in its shape {list(target)}",
                "Use sizes of at least 0, and -1 at most once.",
            )
    if sum(dim == -1 and isinstance(dim, int) for dim in target) > 1:
        raise Refusal("S108", f"has more than one -1 in its shape {list(target)}", "Only one size can be inferred.")
    dims = [dim if isinstance(dim, int) else None for dim in target]
    known = product(dim for dim in dims if dim != -1)
    size = product(given)
    if known is None or size is None:
        return tuple(None if dim == -1 else dim for dim in dims)
    if -1 not in dims:
        if size != known:
            raise Refusal(
                "S108",
                f"cannot reshape {format_shape(given)} ({size} elements) to {format_shape(tuple(dims))} ({known})",
                "Both must have the same number of elements.",
            )
        return tuple(dims)
    if known == 0 or size % known:
        raise Refusal(
            "S109",
            f"cannot infer the -1 in {tuple(dims)}: the {size} elements of {format_shape(given)} are not"
            f" a multiple of {known}",
            f"The known sizes must divide {size}.",
        )
    return tuple(size // known if dim == -1 else dim for dim in dims)


def reshape(op: Operation, x: Any) -> Tensor:
    """Return the target shape, which includes the batch."""
    return Tensor(reshaped(shape(x), op.config["newshape"]), x.dtype)


def transposed(given: KnownShape, axes: Any) -> KnownShape:
    """Return the shape in the order of `axes`, reversed for None.

    Raises: Refusal S110.
    """
    if axes is None:
        return given[::-1]
    rank = len(given)
    valid = all(isinstance(axis, int) and -rank <= axis < rank for axis in axes)
    if len(axes) != rank or not valid or len({axis % rank for axis in axes}) != rank:
        raise Refusal(
            "S110",
            f"has axes {list(axes)} that are not a permutation of the {rank} axes of {format_shape(given)}",
            f"Name each axis from 0 to {rank - 1} once.",
            "axes",
        )
    return tuple(given[axis] for axis in axes)


def transpose(op: Operation, x: Any) -> Tensor:
    """Return the shape with permuted axes."""
    return Tensor(transposed(shape(x), op.config["axes"]), x.dtype)


def swapaxes(op: Operation, x: Any) -> Tensor:
    """Return the shape with two axes swapped."""
    rank = len(shape(x))
    order = list(range(rank))
    first, second = (axis_in(op.config[name], rank) for name in ("axis1", "axis2"))
    order[first], order[second] = order[second], order[first]
    return Tensor(transposed(shape(x), order), x.dtype)


def moveaxis(op: Operation, x: Any) -> Tensor:
    """Return the shape with some axes moved; the others keep their order."""
    source, target = ([one] if isinstance(one, int) else one for one in (op.config["source"], op.config["destination"]))
    rank = len(shape(x))
    if len(source) != len(target):
        raise Refusal("S110", f"moves {len(source)} axes to {len(target)} places", "Name as many places as axes.")
    moves = {axis_in(to, rank): axis_in(of, rank) for of, to in zip(source, target, strict=True)}
    moved = [axis_in(of, rank) for of in source]
    rest = iter([axis for axis in range(rank) if axis not in moved])
    return Tensor(tuple(shape(x)[moves[i] if i in moves else next(rest)] for i in range(rank)), x.dtype)


def rot90(op: Operation, array: Any) -> Tensor:
    """Return the shape with the two axes swapped. Keras swaps them for every number of rotations."""
    dims: Dims = list(ranked(shape(array), least=2))
    axes = op.config["axes"]
    if len(axes) != 2 or axes[0] == axes[1]:
        raise Refusal("S110", f"needs two different axes, but gets {axes}", "Name two axes.", "axes")
    dims[axes[0]], dims[axes[1]] = dims[axes[1]], dims[axes[0]]
    return Tensor(tuple(dims), array.dtype)


def expand_dims(op: Operation, x: Any) -> Tensor:
    """Return the shape with new axes of 1, which count in the result."""
    axis = op.config["axis"]
    given = axis if isinstance(axis, list) else [axis]
    if not isinstance(axis, int | list):
        raise Refusal(
            "E007", f"needs an axis or a list of axes, but gets {show(axis)}", "Set axis to a number.", "axis"
        )
    rank = len(shape(x)) + len(given)
    new = {axis_in(one, rank) for one in given}
    if len(new) < len(given):
        raise Refusal("S111", f"contains an axis twice: {given}", "Name each new axis once.", "axis")
    rest = iter(shape(x))
    return Tensor(tuple(1 if i in new else next(rest) for i in range(rank)), x.dtype)


def squeeze(op: Operation, x: Any) -> Tensor:
    """Return the shape without the named axes of 1, or without all of them."""
    dims, axis = shape(x), op.config["axis"]
    if axis is None:
        return Tensor(tuple(dim for dim in dims if dim != 1), x.dtype)
    axes = axis if isinstance(axis, list) else [axis]
    for one in axes:
        if dims[one] != 1:
            raise Refusal(
                "S111",
                f"cannot remove axis {one} of {format_shape(dims)}: its size is {dims[one]}, not 1",
                "Name an axis whose size is 1.",
                "axis",
            )
    return Tensor(without(dims, *axes), x.dtype)


def ravel(op: Operation, x: Any) -> Tensor:
    """Return the flattened shape."""
    return Tensor(flat(shape(x)), x.dtype)


def broadcast_to(op: Operation, x: Any) -> Tensor:
    """Return the shape in the config, to which the input must broadcast."""
    broadcast(shape(x), op.config["shape"])
    return Tensor(tuple(op.config["shape"]), x.dtype)


def tile(op: Operation, x: Any) -> Tensor:
    """Return the shape times the repeats. The shorter of both gains 1s in front."""
    repeats, dims = op.config["repeats"], shape(x)
    times = [repeats] if isinstance(repeats, int) else list(repeats)
    rank = max(len(times), len(dims))
    padded = zip((1,) * (rank - len(dims)) + dims, [1] * (rank - len(times)) + times, strict=True)
    return Tensor(tuple(None if dim is None else dim * count for dim, count in padded), x.dtype)


def repeat(op: Operation, x: Any) -> Tensor:
    """Return the shape with elements repeated along an axis, or flattened."""
    repeats, axis, dims = op.config["repeats"], op.config["axis"], shape(x)
    counts = [repeats] if isinstance(repeats, int) else list(repeats)
    if axis is None:
        dims, axis = flat(dims), 0
    size = dims[axis]
    if size is None:
        return Tensor(dims, x.dtype)
    if (len(counts) > 1 and len(counts) != size) or not counts:
        raise Refusal(
            "E007",
            f"has {len(counts)} repeats for {size} elements of axis {axis}",
            f"Use one number, or {size} numbers.",
            "repeats",
        )
    return Tensor(replaced(dims, axis, size * counts[0] if len(counts) == 1 else sum(counts)), x.dtype)


def pad(op: Operation, x: Any, constant_values: Any = None) -> Tensor:
    """Return the padded shape: (before, after) per axis, or one pair for all axes."""
    width, dims = op.config["pad_width"], shape(x)
    if isinstance(width, int):
        pairs: list[Any] = [(width, width)]
    elif isinstance(width[0], int):
        pairs = [width]
    else:
        if len({len(one) for one in width}) > 1:
            raise Refusal("E007", f"has pairs of different lengths in pad_width {width}", argument="pad_width")
        pairs = [[one[0], one[0]] if len(one) == 1 else one for one in width]
    if len(pairs) == 1:
        pairs *= len(dims)
    if len(pairs) != len(dims):
        raise Refusal(
            "E007",
            f"has {len(pairs)} pairs in pad_width for the {len(dims)} dimensions of {format_shape(dims)}",
            "Use one pair per dimension.",
            "pad_width",
        )
    padded = (None if dim is None else dim + one[0] + one[1] for dim, one in zip(dims, pairs, strict=True))
    return Tensor(tuple(padded), x.dtype)


def view(op: Operation, x: Any) -> Tensor:
    """Return the shape of the same bytes in another dtype: the size of the last axis changes."""
    dtype, dims = as_dtype(op.config["dtype"] or None, tensor(x).dtype), shape(x)
    if x.dtype is None or dtype is None:
        return Tensor(None, dtype)
    old, new = (_bytes(name) for name in (x.dtype, dtype))
    if old == new:
        return Tensor(dims, dtype)
    if not dims:
        raise Refusal("E007", "cannot view a scalar as a dtype of another size", argument="dtype")
    last = dims[-1]
    if last is not None and last * old % new:
        raise Refusal("E007", f"cannot view {last * old} bytes as {dtype}", argument="dtype")
    return Tensor(replaced(dims, -1, None if last is None else last * old // new), dtype)


def _bytes(dtype: str) -> int:
    if dtype == "bool":
        return 1
    bits = re.search(r"\d+", dtype)
    return int(bits[0]) // 8 if bits else 0


def diagonal_size(rows: int, columns: int, offset: int) -> int:
    """Return the length of a diagonal of a matrix, as Keras computes it."""
    return int(max(0, min(columns - offset if offset > 0 else rows + offset, rows, columns)))


def diagonal(op: Operation, x: Any) -> Tensor:
    """Return the shape with the diagonal of two axes as its last axis."""
    dims = ranked(shape(x), least=2)
    first, second = op.config["axis1"], op.config["axis2"]
    rows, columns = dims[first], dims[second]
    size = None if rows is None or columns is None else diagonal_size(rows, columns, op.config["offset"])
    return Tensor((*without(dims, first, second), size), x.dtype)


def diag(op: Operation, x: Any) -> Tensor:
    """Return a matrix for a vector on its diagonal, or the diagonal of a matrix."""
    dims, offset = ranked(shape(x), 1, 2), op.config["k"]
    if len(dims) == 1:
        return diagflat(op, x)
    rows, columns = dims
    return Tensor((None if rows is None or columns is None else diagonal_size(rows, columns, offset),), x.dtype)


def diagflat(op: Operation, x: Any) -> Tensor:
    """Return a square matrix with the flattened input on a diagonal."""
    size = product(shape(x))
    side = None if size is None else size + int(abs(op.config["k"]))
    return Tensor((side, side), x.dtype)


def diff(op: Operation, a: Any) -> Tensor:
    """Return the shape after n differences of neighbors, each of which shortens the axis by one."""
    axis = axis_in(op.config["axis"], len(shape(a)))
    size = shape(a)[axis]
    return Tensor(replaced(shape(a), axis, None if size is None else max(size - op.config["n"], 0)), a.dtype)


def vander(op: Operation, x: Any) -> Tensor:
    """Return the shape with a new last axis for the powers."""
    count = op.config["N"]
    return Tensor((*shape(x), shape(x)[0] if count is None else count), x.dtype)


def halve(op: Operation, x: Any) -> Tensor:
    """Return the shape with half the size on an axis, for gated linear units."""
    axis, dims = op.config["axis"], shape(x)
    size = dims[axis]
    if size is not None and size % 2:
        raise Refusal("S109", f"cannot halve the {size} of axis {axis}", "Its size must be even.", "axis")
    return Tensor(replaced(dims, axis, None if size is None else size // 2), x.dtype)


def unfold(op: Operation, x: Any) -> Tensor:
    """Return sliding blocks of (batch, channels, height, width) as columns."""
    batch, channels, *sizes = ranked(shape(x), 4)
    kernel, dilation, padding, stride = (
        pair(op.config[name]) for name in ("kernel_size", "dilation", "padding", "stride")
    )
    blocks = 1
    for i, size in enumerate(sizes):
        blocks *= (sized(size, "the image") + 2 * padding[i] - dilation[i] * (kernel[i] - 1) - 1) // stride[i] + 1
    return Tensor((batch, sized(channels, "the channels") * kernel[0] * kernel[1], blocks), x.dtype)


def fold(op: Operation, x: Any) -> Tensor:
    """Return (batch, channels, height, width) for columns of sliding blocks."""
    batch, columns, _ = ranked(shape(x), 3)
    (height, width), (rows, cols) = pair(op.config["output_size"]), pair(op.config["kernel_size"])
    if columns is not None and columns % (rows * cols):
        raise Refusal("S109", f"cannot fold {columns} rows into blocks of {rows * cols}", "Use a multiple.")
    return Tensor((batch, None if columns is None else columns // (rows * cols), height, width), x.dtype)


def depth_to_space(op: Operation, x: Any, inverse: bool = False) -> Tensor:
    """Return the shape with blocks of channels moved to pixels, or the reverse with `inverse`."""
    dims, block = ranked(shape(x), 4), op.config["block_size"]
    last = channels_last(op.config["data_format"])
    batch, height, width, channels = dims if last else (dims[0], dims[2], dims[3], dims[1])
    if inverse:
        height, width = (_divided(size, block) for size in (height, width))
        channels = None if channels is None else channels * block**2
    else:
        channels = _divided(channels, block**2)
        height, width = (None if size is None else size * block for size in (height, width))
    return Tensor((batch, height, width, channels) if last else (batch, channels, height, width), x.dtype)


def _divided(size: int | None, parts: int) -> int | None:
    if size is not None and size % parts:
        raise Refusal("S109", f"cannot divide {size} by {parts}", f"Use a multiple of {parts}.", "block_size")
    return None if size is None else size // parts


def channels_last(data_format: Any) -> bool:
    """Return whether the channels come last, as they do by default.

    Raises: Refusal.
    """
    name = "channels_last" if data_format is None else str(data_format).lower()
    if name not in ("channels_first", "channels_last"):
        raise Refusal(
            "E007",
            f"does not accept the data_format {show(data_format)}",
            "Use channels_last or channels_first.",
            "data_format",
        )
    return name == "channels_last"


def rearrange(op: Operation, x: Any, pattern: Any, **lengths: Any) -> Tensor:
    """Return the shape by einops's notation. Keras needs to know every size, including the batch."""
    left, right = (re.findall(r"\w+|\(.*?\)", side) for side in re.split(r"\s*->\s*", pattern))
    sizes: dict[str, Dim] = {}
    for group, dim in zip(left, shape(x), strict=False):
        names = re.findall(r"\w+", group)
        if not group.startswith("("):
            sizes[group] = dim
            continue
        missing = [name for name in names if name not in lengths]
        if missing:
            known = product(lengths[name] for name in names if name in lengths)
            lengths[missing[0]] = sized(dim, group) // (known or 0)
        sizes |= {name: lengths[name] for name in names}
    dims = []
    for group in right:
        size = 1
        for name in re.findall(r"\w+", group):
            size *= sized(sizes[name], name)
        dims.append(size)
    return Tensor(tuple(dims), x.dtype)


def drop_axes(op: Operation, x: Any, count: int, dtype: str | None = None) -> Tensor:
    """Return the shape without its last axes."""
    return Tensor(shape(x)[:-count], dtype or x.dtype)


def add_axis(op: Operation, x: Any, size: int, dtype: str | None = None) -> Tensor:
    """Return the shape with a new last axis."""
    return Tensor((*shape(x), size), dtype or x.dtype)
