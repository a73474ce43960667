"""Arithmetic on shapes that the rules share. It refuses where Keras does, and None stays None."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from lstmlint.layers.ops.base import Refusal
from lstmlint.model.shapes import Dim, KnownShape, format_shape, product

Dims = list[Dim]


def axis_in(axis: Any, rank: int) -> int:
    """The axis counted from 0. Raises: Refusal S111 out of range, E007 for what is no whole number."""
    if not isinstance(axis, int):
        raise Refusal("E007", f"has the axis {axis!r}, which is not an integer", "Use a whole number.", "axis")
    found = int(axis)
    if not -rank <= found < rank:
        valid = f"from {-rank} to {rank - 1}" if rank else "none at all: it is a scalar"
        raise Refusal(
            "S111", f"has axis {found}, out of range for {rank} dimensions", f"Axes here are {valid}.", "axis"
        )
    return found % rank if rank else found


def axes_in(axis: Any, rank: int) -> list[int]:
    """One axis or several, counted from 0."""
    return [axis_in(one, rank) for one in (axis if isinstance(axis, list) else [axis])]


def broadcast(*shapes: Sequence[Dim]) -> KnownShape:
    """The shape that all of them take together: sizes of 1 stretch, unknown sizes fit.

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
    """The shape without the reduced axes, or with 1 in their places. Raises: Refusal S111."""
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
    """Whether two shapes could be equal, not counting `axes`; an unknown size fits any."""
    if len(left) != len(right):
        return False
    ignored = {axis % len(left) for axis in axes if -len(left) <= axis < len(left) or _out_of_range(axis, left)}
    return all(
        i in ignored or a is None or b is None or a == b for i, (a, b) in enumerate(zip(left, right, strict=True))
    )


def _out_of_range(axis: int, shape: Sequence[Dim]) -> bool:
    raise Refusal("S111", f"has axis {axis}, out of range for {format_shape(tuple(shape))}", argument="axis")


def flat(shape: Sequence[Dim]) -> KnownShape:
    """The shape with all axes in one."""
    return (product(shape),)


def replaced(shape: Sequence[Dim], axis: int, dim: Dim) -> KnownShape:
    """The shape with another size on an axis. Raises: IndexError."""
    dims = list(shape)
    dims[axis] = dim
    return tuple(dims)


def inserted(shape: Sequence[Dim], axis: int, dim: Dim) -> KnownShape:
    """The shape with a new axis."""
    return (*shape[:axis], dim, *shape[axis:])


def without(shape: Sequence[Dim], *axes: int) -> KnownShape:
    """The shape without some axes, counted from either end. Raises: Refusal S111."""
    dropped = {axis_in(axis, len(shape)) for axis in axes}
    return tuple(dim for i, dim in enumerate(shape) if i not in dropped)


def sized(dim: Dim, what: str) -> int:
    """The size, where Keras needs to know it. Raises: Refusal S106."""
    if dim is None:
        raise Refusal(
            "S106", f"needs a known size of {what}", "Give that dimension a number where the shape comes from."
        )
    return dim


def ranked(shape: KnownShape, *ranks: int, least: int | None = None) -> KnownShape:
    """The shape, of one of these ranks or of at least one rank. Raises: Refusal S101."""
    fits = len(shape) in ranks if least is None else len(shape) >= least
    if fits:
        return shape
    wanted = f"at least {least}" if least is not None else " or ".join(map(str, ranks))
    raise Refusal(
        "S101",
        f"needs an input of {wanted} dimensions, but gets {format_shape(shape)}",
        f"Give it {wanted} dimensions.",
    )


def pair(value: Any) -> Any:
    """One number for both dimensions, or one for each."""
    return (value, value) if isinstance(value, int) else value


def per_axis(value: Any, count: int) -> list[Any]:
    """One number for all axes, or one for each; NumPy's broadcasting lets a list of one stand for all."""
    values = [value] if isinstance(value, int | float) else list(value)
    if len(values) == 1:
        values *= count
    if len(values) != count or not all(isinstance(one, int | float) for one in values):
        raise Refusal("E007", f"needs {count} numbers, one for each spatial dimension, but gets {values}")
    return values
