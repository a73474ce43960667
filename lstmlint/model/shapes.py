"""Shapes and arithmetic on them.

A dimension is an int, or None if it is known only at run time. A shape is a tuple of dimensions, or None if its rank is
unknown. A None inside a shape means that Keras has None there, too; if Keras would know more than lstmlint, the whole
shape is None.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

Dim = int | None
KnownShape = tuple[Dim, ...]
Shape = KnownShape | None

# Larger sizes are not computed: their decimal digits alone would fill pages.
MAX_NUMBERS = 10**100
_USUAL_RANK, _USUAL_DIM = 8, 2**32  # tensors within both limits are never too large


def product(dims: Iterable[Dim]) -> Dim:
    """Return the product of `dims`, or None if any of them is None."""
    total = 1
    for dim in dims:
        if dim is None:
            return None
        total *= dim
    return total


def add(*dims: Dim) -> Dim:
    """Return the sum of `dims`, or None if any of them is None."""
    total = 0
    for dim in dims:
        if dim is None:
            return None
        total += dim
    return total


def compatible(left: Shape, right: Shape) -> bool:
    """Return whether one tensor could have both shapes. Unknown dimensions match anything."""
    if left is None or right is None:
        return True
    return len(left) == len(right) and all(a is None or b is None or a == b for a, b in zip(left, right, strict=True))


def format_shape(shape: Shape) -> str:
    """Format a shape as Keras's summary does: (None, 10), or '?' if it is unknown."""
    if shape is None:
        return "?"
    if len(shape) == 1:
        return f"({shape[0]},)"
    return "(" + ", ".join(map(str, shape)) + ")"


def percent(share: float, digits: int = 0) -> str:
    """Format a share, such as 94%, with enough digits that only 0 and 1 show as 0% and 100%."""
    text = f"{share:.{digits}%}"
    while 0 < share < 1 and digits < 9 and float(text[:-1]) in (0, 100):
        digits += 1
        text = f"{share:.{digits}%}"
    return text


def as_shape(value: Any) -> Shape:
    """Return a shape from a list of ints and nulls; None for anything else."""
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
            dims.append(dim if dim is None else int(dim))  # Keras reads true as 1
        else:
            return None
    return None if too_large(tuple(dims)) else tuple(dims)


def too_large(shape: KnownShape) -> bool:
    """Return whether a tensor of this shape has more than MAX_NUMBERS elements, counting unknown dimensions as 1."""
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
    """A tensor between layers: a shape and a dtype (None if unknown).

    `value` holds a constant of the config (a list or number), None otherwise.
    """

    __slots__ = ("dtype", "shape", "value")

    def __init__(self, shape: Shape, dtype: str | None = "float32", value: Any = None) -> None:
        self.shape = shape
        self.dtype = dtype
        self.value = value

    def __repr__(self) -> str:
        return f"Tensor({format_shape(self.shape)}, {self.dtype})"


def flatten(structure: Any) -> list[Any]:
    """Return the leaves of nested lists, tuples, and dicts. Dict values are sorted by key, as in Keras."""
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
    """Return the tensors among the leaves of a structure."""
    if isinstance(structure, Tensor):
        return [structure]
    if type(structure) is list and len(structure) == 1 and type(structure[0]) is Tensor:  # the arguments of most calls
        return structure.copy()
    return [leaf for leaf in flatten(structure) if isinstance(leaf, Tensor)]
