"""Operations that take functions: what those do is code, and code is never read."""

from __future__ import annotations

from typing import Any, NoReturn

from lstmlint.layers.base import UnknownShape
from lstmlint.layers.ops.base import Operation, shape
from lstmlint.model.shapes import Tensor


def unknown(op: Operation, *_: Any) -> NoReturn:
    """What comes out is up to the function."""
    raise UnknownShape


def unchanged(op: Operation, structure: Any) -> Any:
    """Every tensor of a loop comes out as it went in."""
    if isinstance(structure, list):
        return [unchanged(op, one) for one in structure]
    return Tensor(shape(structure), structure.dtype)
