"""Shapes and the arithmetic on them.

A dimension is an int, or None where only run time knows it. A shape is a tuple of dimensions, or
None where not even its rank is known. None inside a shape means that Keras, too, says None; where
Keras would know more than lstmlint does, the whole shape is None.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

Dim = int | None
KnownShape = tuple[Dim, ...]
Shape = KnownShape | None

# What has more numbers than that is nothing to reckon with: it would take pages, or for ever, to write its size down.
MAX_NUMBERS = 10**100
_USUAL_RANK, _USUAL_DIM = 8, 2**32  # no more numbers than that, whatever the shape


def product(dims: Iterable[Dim]) -> Dim:
    """The product of `dims`, None as soon as one of them is."""
    total = 1
    for dim in dims:
        if dim is None:
            return None
        total *= dim
    return total


def add(*dims: Dim) -> Dim:
    """The sum of `dims`, None as soon as one of them is."""
    total = 0
    for dim in dims:
        if dim is None:
            return None
        total += dim
    return total


def compatible(left: Shape, right: Shape) -> bool:
    """Whether one tensor could have both shapes: unknown dimensions fit anything."""
    if left is None or right is None:
        return True
    return len(left) == len(right) and all(a is None or b is None or a == b for a, b in zip(left, right, strict=True))


def format_shape(shape: Shape) -> str:
    """As Keras's summary writes it: (None, 10); '?' when unknown."""
    if shape is None:
        return "?"
    if len(shape) == 1:
        return f"({shape[0]},)"
    return "(" + ", ".join(map(str, shape)) + ")"


def percent(share: float, digits: int = 0) -> str:
    """94%; with as many digits more as tell nearly all from all, and nearly nothing from nothing."""
    text = f"{share:.{digits}%}"
    while 0 < share < 1 and digits < 9 and float(text[:-1]) in (0, 100):
        digits += 1
        text = f"{share:.{digits}%}"
    return text


def as_shape(value: Any) -> Shape:
    """A shape as files write it (list of ints and nulls); None for anything else."""
    if not isinstance(value, list | tuple):
        return None
    for dim in value:
        if dim is not None and (type(dim) is not int or not -_USUAL_DIM < dim < _USUAL_DIM):
            return _lenient_shape(value)
    return tuple(value) if len(value) <= _USUAL_RANK else _lenient_shape(value)


def _lenient_shape(value: Sequence[Any]) -> Shape:
    dims: list[Dim] = []
    for dim in value:
        if isinstance(dim, float) and dim.is_integer():
            dims.append(int(dim))
        elif dim is None or isinstance(dim, int):
            dims.append(dim if dim is None else int(dim))  # Keras takes true for 1
        else:
            return None
    return None if too_large(tuple(dims)) else tuple(dims)


def too_large(shape: KnownShape) -> bool:
    """Whether a tensor of this shape has more than MAX_NUMBERS numbers, its unknown dimensions taken for 1."""
    if len(shape) <= _USUAL_RANK:
        for dim in shape:
            if dim is not None and not -_USUAL_DIM < dim < _USUAL_DIM:
                break
        else:
            return False
    numbers = 1
    for dim in shape:
        if dim:
            numbers *= abs(dim)
            if numbers > MAX_NUMBERS:
                return True
    return False


class Tensor:
    """What flows between layers: a shape and a dtype (None where unknown), never values.

    `value` holds what a constant of the config says (a list or number), None for everything else.
    """

    __slots__ = ("dtype", "shape", "value")

    def __init__(self, shape: Shape, dtype: str | None = "float32", value: Any = None) -> None:
        self.shape = shape
        self.dtype = dtype
        self.value = value

    def __repr__(self) -> str:
        return f"Tensor({format_shape(self.shape)}, {self.dtype})"


def flatten(structure: Any) -> list[Any]:
    """The leaves of nested lists, tuples and dicts, dict values in the order of sorted keys."""
    leaves: list[Any] = []
    _collect(structure, leaves)
    return leaves


def _collect(structure: Any, leaves: list[Any]) -> None:
    if isinstance(structure, list | tuple):
        for item in structure:
            _collect(item, leaves)
    elif isinstance(structure, dict):
        for key in sorted(structure):
            _collect(structure[key], leaves)
    else:
        leaves.append(structure)


def tensors_in(structure: Any) -> list[Tensor]:
    """The tensors among the leaves of a structure."""
    if isinstance(structure, Tensor):
        return [structure]
    if type(structure) is list and len(structure) == 1 and type(structure[0]) is Tensor:  # most calls' arguments
        return structure.copy()
    return [leaf for leaf in flatten(structure) if isinstance(leaf, Tensor)]
