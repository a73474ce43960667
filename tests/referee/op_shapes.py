"""Random shapes, axes and tensors for operations."""

from __future__ import annotations

from random import Random
from typing import Any

from tests.op_nodes import tensor

Drawn = tuple[dict[str, Any], list[Any]]
DTYPES = ("float32", "float32", "float32", "int32", "float16", "bool", "int64", "float64", "uint8", "bfloat16", "int8")
SIZES = (1, 2, 3, 4, 6, None)


def dims(r: Random, rank: int | None = None, sizes: tuple[int | None, ...] = SIZES) -> list[int | None]:
    """Draw a shape that may have unknown sizes."""
    return [r.choice(sizes) for _ in range(r.choice((0, 1, 2, 2, 3, 3, 4)) if rank is None else rank)]


def dtype(r: Random) -> str:
    return r.choice(DTYPES)


def some(r: Random, rank: int | None = None) -> dict[str, Any]:
    return tensor(*dims(r, rank), dtype=dtype(r))


def floats(r: Random, *shape: int | None) -> dict[str, Any]:
    return tensor(*shape, dtype=r.choice(("float32", "float16")))


def known(r: Random, rank: int) -> list[int]:
    return [r.randint(1, 5) for _ in range(rank)]


def fitting(r: Random, shape: list[int | None]) -> list[int | None]:
    """Draw a shape that usually broadcasts with this one."""
    tail = shape[r.randint(0, len(shape)) :] if r.random() < 0.3 else list(shape)
    made = [r.choice((size, size, size, 1, None)) for size in tail]
    if made and r.random() < 0.1:
        made[r.randrange(len(made))] = 5
    return made


def axis(r: Random, rank: int, several: bool = False, none: bool = True) -> Any:
    """Draw an axis that usually exists."""
    if none and r.random() < 0.2:
        return None
    if r.random() < 0.08 or not rank:
        return r.choice((rank, -rank - 1, 0, -1))
    if several and r.random() < 0.4:
        picked = r.sample(range(rank), r.randint(1, rank))
        return [one - rank if r.random() < 0.3 else one for one in picked]
    return r.randint(-rank, rank - 1)


def rank_of(x: dict[str, Any]) -> int:
    return len(x["tensor"])


def number(r: Random) -> Any:
    return r.choice((1, 2.5, -3, True, {"array": [1, 2, 3], "dtype": "int64"}, {"array": 2.0, "dtype": "float32"}))
