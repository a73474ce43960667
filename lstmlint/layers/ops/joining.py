"""Operations that join or split tensors."""

from __future__ import annotations

from typing import Any

from lstmlint.layers.ops.algebra import axis_in, equal_but, flat, inserted, ranked, replaced, sized, without
from lstmlint.layers.ops.base import Operation, Refusal, copies, shape, tensor
from lstmlint.layers.ops.dtypes import dtype_of, promote
from lstmlint.model.shapes import KnownShape, Tensor, add, format_shape, product
from lstmlint.model.values import show


def _concatenated(tensors: list[Any], shapes: list[KnownShape], axis: int) -> Tensor:
    first = shapes[0]
    for other in shapes:
        if not equal_but(other, first, [axis]):
            raise Refusal(
                "S112",
                f"cannot join {format_shape(first)} and {format_shape(other)} on axis {axis}",
                "All sizes except that of the axis must be equal.",
            )
    total = add(*(other[axis] for other in shapes))
    return Tensor(replaced(first, axis, total), promote(*map(dtype_of, tensors)))


def concatenate(op: Operation, xs: Any) -> Tensor:
    """Return the concatenation along the axis in the config."""
    axis = op.config["axis"]
    if axis is None:
        raise Refusal("E007", "needs an axis", "Set axis to a number.", "axis")
    shapes = [shape(x) for x in xs]
    return _concatenated(xs, shapes, axis_in(axis, len(shapes[0])))


def concatenate_on(op: Operation, xs: Any, axis: int) -> Tensor:
    """Return the concatenation along the axis that the function implies."""
    return _concatenated(xs, [shape(x) for x in xs], axis)


def concatenate_depth(op: Operation, xs: Any) -> Tensor:
    """Return the concatenation along the third axis, after adding axes of 1 to tensors of a lower rank."""
    shapes = []
    for x in xs:
        dims = shape(x)
        shapes.append(
            (1, 1, 1) if not dims else (1, *dims, 1) if len(dims) == 1 else (*dims, 1) if len(dims) == 2 else dims
        )
    return _concatenated(xs, shapes, 2)


def append(op: Operation, x1: Any, x2: Any) -> Tensor:
    """Return the concatenation of two tensors, flattened if the axis is None."""
    axis, left, right = op.config["axis"], shape(x1), shape(x2)
    dtype = promote(tensor(x1).dtype, tensor(x2).dtype)
    if axis is None:
        return Tensor((add(product(left), product(right)),), dtype)
    if not equal_but(left, right, [axis]):
        raise Refusal("S112", f"cannot join {format_shape(left)} and {format_shape(right)} on axis {axis}")
    return Tensor(replaced(left, axis, sized(left[axis], f"axis {axis}") + sized(right[axis], f"axis {axis}")), dtype)


def stack(op: Operation, x: Any) -> Tensor:
    """Return the tensors joined on a new axis."""
    first = shape(x[0])
    axis = axis_in(op.config["axis"], len(first) + 1)
    for one in x:
        if not equal_but(shape(one), first):
            raise Refusal(
                "S112",
                f"cannot stack {format_shape(first)} and {format_shape(one.shape)}",
                "All shapes must be equal.",
            )
    return Tensor(inserted(first, axis, len(x)), promote(*(tensor(one).dtype for one in x)))


def split(op: Operation, x: Any) -> list[Tensor]:
    """Return equal parts, or the parts between indices, along an axis."""
    return _split(x, op.config["indices_or_sections"], op.config["axis"])


def split_on(op: Operation, x: Any, axis: int, least: int) -> list[Tensor]:
    """Return the parts along the axis that the function implies; a vector has only one axis."""
    dims = ranked(shape(x), least=least)
    return _split(x, op.config["indices_or_sections"], min(axis, len(dims) - 1))


def _split(x: Any, parts: Any, axis: Any) -> list[Tensor]:
    dims = shape(x)
    axis = axis_in(axis, len(dims))
    size = dims[axis]
    if isinstance(parts, int):
        if size is not None and size % parts:
            raise Refusal(
                "S109",
                f"cannot split axis {axis} of size {size} into {parts} equal parts",
                f"Use a divisor of {size}, or a list of indices.",
                "indices_or_sections",
            )
        return copies(Tensor(replaced(dims, axis, None if size is None else size // parts), x.dtype), parts)
    edges = [0, *parts, size]
    sizes = [None if a is None or b is None else b - a for a, b in zip(edges, edges[1:], strict=False)]
    return [Tensor(replaced(dims, axis, one), x.dtype) for one in sizes]


def array_split(op: Operation, x: Any) -> list[Tensor]:
    """Return nearly equal parts; the first ones may be longer by one."""
    parts, axis, dims = op.config["indices_or_sections"], op.config["axis"], shape(x)
    axis = axis + len(dims) if axis < 0 else axis
    size = dims[axis]
    if size is None:
        return copies(Tensor(replaced(dims, axis, None), x.dtype), range(parts).stop)
    each, more = divmod(size, parts)
    larger = copies(Tensor(replaced(dims, axis, each + 1), x.dtype), min(more, parts))
    return larger + copies(Tensor(replaced(dims, axis, each), x.dtype), parts - more)


def unstack(op: Operation, x: Any) -> list[Tensor]:
    """Return the slices along an axis of known size."""
    dims = shape(x)
    axis = axis_in(op.config["axis"], len(dims))
    count = op.config["num"]
    count = dims[axis] if count is None else count
    if count is None:
        raise Refusal("S106", f"needs a known size of axis {axis}", "Set num.", "num")
    return copies(Tensor(without(dims, axis), x.dtype), range(count).stop)


def meshgrid(op: Operation, *x: Any) -> list[Tensor]:
    """Return a grid over all inputs for each input. 'xy' swaps the first two axes. Keras uses the dtype of the last
    input.
    """
    if op.config["indexing"] not in ("xy", "ij"):
        raise Refusal(
            "E007", f"does not accept the indexing {show(op.config['indexing'])}", "Use 'xy' or 'ij'.", "indexing"
        )
    sizes = [flat(shape(one))[0] for one in x]
    if op.config["indexing"] == "ij":
        return [Tensor(tuple(sizes)) for _ in x]
    sizes[0], sizes[1] = sizes[1], sizes[0]
    return [Tensor(tuple(sizes), x[-1].dtype) for _ in x]
