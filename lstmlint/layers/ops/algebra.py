"""Arithmetic on shapes that the rules share. It refuses what Keras refuses, and an unknown size stays None."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from lstmlint.layers.ops.base import Refusal
from lstmlint.model.shapes import Dim, KnownShape, format_shape, product
from lstmlint.model.values import show

Dims = list[Dim]


def axis_in(axis: Any, rank: int) -> int:
    """Return the axis counted from 0.

    Raises: Refusal S111 if it is out of range, E007 if it is not an integer.
    """
    if not isinstance(axis, int):
        raise Refusal("E007", f"has the axis {show(axis)}, which is not an integer", "Use an integer.", "axis")
    found = int(axis)
    if not -rank <= found < rank:
        valid = f"from {-rank} to {rank - 1}" if rank else "none at all: it is a scalar"
        raise Refusal(
            "S111", f"has axis {found}, out of range for {rank} dimensions", f"Axes here are {valid}.", "axis"
        )
    return found % rank if rank else found


def axes_in(axis: Any, rank: int) -> list[int]:
    """Return one or several axes, counted from 0."""
    return [axis_in(one, rank) for one in (axis if isinstance(axis, list) else [axis])]


def broadcast(*shapes: Sequence[Dim]) -> KnownShape:
    """Return the broadcast shape. Sizes of 1 are repeated, and unknown sizes match any size.

    Raises: Refusal S113.
    """
    result: Sequence[Dim] = shapes[0]
    for shape in shapes[1:]:
        rank = max(len(result), len(shape))
        left, right = [1] * (rank - len(result)) + [*result], [1] * (rank - len(shape)) + [*shape]
        dims: Dims = []
        for a, b in zip(left, right, strict=True):
            if a is None:
                dims.append(None if b == 1 else b)
            elif a == 1:
                dims.append(b)
            elif b in (1, None, a):
                dims.append(a)
            else:
                raise Refusal(
                    "S113",
                    f"cannot broadcast {format_shape(tuple(result))} with {format_shape(tuple(shape))}",
                    f"Make the sizes {a} and {b} equal, or one of them 1.",
                )
        result = dims
    return tuple(result)


def reduce(shape: KnownShape, axis: Any, keepdims: Any = False) -> KnownShape:
    """Return the shape without the reduced axes, or with 1 in their places.

    Raises: Refusal S111.
    """
    dims: Dims = list(shape)
    if axis is None:
        return (1,) * len(dims) if keepdims else ()
    axes = [axis_in(one, len(dims)) for one in ([axis] if isinstance(axis, int) else axis)]
    for one in sorted(axes, reverse=True):
        if keepdims:
            dims[one] = 1
        else:
            del dims[one]
    return tuple(dims)


def equal_but(left: Sequence[Dim], right: Sequence[Dim], axes: Sequence[int] = ()) -> bool:
    """Return whether two shapes can be equal except on `axes`. An unknown size matches any size."""
    if len(left) != len(right):
        return False
    ignored = {axis % len(left) for axis in axes if -len(left) <= axis < len(left) or _out_of_range(axis, left)}
    return all(
        i in ignored or a is None or b is None or a == b for i, (a, b) in enumerate(zip(left, right, strict=True))
    )


def _out_of_range(axis: int, shape: Sequence[Dim]) -> bool:
    raise Refusal("S111", f"has axis {axis}, out of range for {format_shape(tuple(shape))}", argument="axis")


def flat(shape: Sequence[Dim]) -> KnownShape:
    """Return the flattened shape."""
    return (product(shape),)


def replaced(shape: Sequence[Dim], axis: int, dim: Dim) -> KnownShape:
    """Return the shape with another size on an axis.

    Raises: IndexError.
    """
    dims = list(shape)
    dims[axis] = dim
    return tuple(dims)


def inserted(shape: Sequence[Dim], axis: int, dim: Dim) -> KnownShape:
    """Return the shape with a new axis."""
    return (*shape[:axis], dim, *shape[axis:])


def without(shape: Sequence[Dim], *axes: int) -> KnownShape:
    """Return the shape without some axes, which may be negative.

    Raises: Refusal S111.
    """
    dropped = {axis_in(axis, len(shape)) for axis in axes}
    return tuple(dim for i, dim in enumerate(shape) if i not in dropped)


def sized(dim: Dim, what: str) -> int:
    """Return a size that Keras needs to know.

    Raises: Refusal S106 if it is unknown.
    """
    if dim is None:
        raise Refusal("S106", f"needs a known size of {what}", "Set that dimension to a number in the input's shape.")
    return dim


def ranked(shape: KnownShape, *ranks: int, least: int | None = None) -> KnownShape:
    """Return a shape that must have one of some ranks, or a minimum rank.

    Raises: Refusal S101.
    """
    fits = len(shape) in ranks if least is None else len(shape) >= least
    if fits:
        return shape
    wanted = f"at least {least}" if least is not None else " or ".join(map(str, ranks))
    raise Refusal(
        "S101",
        f"needs an input of {wanted} dimensions, but gets {format_shape(shape)}",
        f"Use an input with {wanted} dimensions.",
    )


def pair(value: Any) -> Any:
    """Return the sizes of two dimensions from one number for both or one per dimension."""
    return (value, value) if isinstance(value, int) else value


def per_axis(value: Any, count: int) -> list[Any]:
    """Return one number per axis. A single number, or a list of one, applies to all axes."""
    values = [value] if isinstance(value, int | float) else list(value)
    if len(values) == 1:
        values *= count
    if len(values) != count or not all(isinstance(one, int | float) for one in values):
        raise Refusal("E007", f"needs {count} numbers, one per spatial dimension, but gets {values}")
    return values
