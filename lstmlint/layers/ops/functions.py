"""Operations that take functions, whose code is never read."""

from __future__ import annotations

from typing import Any, NoReturn

from lstmlint.layers.base import UnknownShape
from lstmlint.layers.ops.base import Operation, shape
from lstmlint.model.shapes import Tensor


def unknown(op: Operation, *_: Any) -> NoReturn:
    """Return unknown outputs, since they depend on the function."""
    raise UnknownShape


def unchanged(op: Operation, structure: Any) -> Any:
    """Return the tensors of a loop unchanged."""
    if isinstance(structure, list):
        return [unchanged(op, one) for one in structure]
    return Tensor(shape(structure), structure.dtype)
