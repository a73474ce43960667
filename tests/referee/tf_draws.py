"""Random calls of the TensorFlow functions with shape rules of their own."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

SIZES = (1, 2, 3, 4, None)
Draw = Callable[[Any, Any, Random], Any]


def dims(r: Random, rank: int | None = None) -> list[int | None]:
    return [r.choice(SIZES) for _ in range(r.randint(1, 4) if rank is None else rank)]


def vague(r: Random, shape: list[int | None]) -> list[int | None]:
    """Make some sizes of a shape unknown."""
    return [r.choice((size, size, None)) for size in shape]


def stretched(r: Random, shape: list[int | None]) -> list[int | None]:
    tail = shape[r.randint(0, len(shape) - 1) :]
    return [r.choice((size, size, 1, None)) for size in tail]


def axis(r: Random, rank: int) -> int:
    return r.randint(-rank, rank - 1)


def broadcast(tf: Any, i: Any, r: Random) -> Any:
    shape = dims(r)
    return tf.math.multiply(i(*shape), i(*stretched(r, shape)))


def choice(tf: Any, i: Any, r: Random) -> Any:
    shape = dims(r)
    return tf.where(i(*stretched(r, shape), dtype="bool"), i(*shape), i(*stretched(r, shape)))


def reduction(tf: Any, i: Any, r: Random) -> Any:
    shape = dims(r)
    axes = r.choice((None, axis(r, len(shape)), r.sample(range(len(shape)), r.randint(1, len(shape)))))
    return tf.reduce_max(i(*shape), axis=axes, keepdims=r.random() < 0.4)


def concat(tf: Any, i: Any, r: Random) -> Any:
    shape = dims(r)
    at = axis(r, len(shape))
    xs = []
    for _ in range(r.randint(1, 3)):
        own = vague(r, shape)
        own[at] = r.choice(SIZES)
        xs.append(i(*own))
    return tf.concat(xs, at)


def stack(tf: Any, i: Any, r: Random) -> Any:
    shape = dims(r)
    return tf.stack([i(*vague(r, shape)) for _ in range(r.randint(1, 3))], axis(r, len(shape) + 1))


def split(tf: Any, i: Any, r: Random) -> Any:
    shape = dims(r)
    at = axis(r, len(shape))
    shape[at] = r.choice((6, None))
    return tf.split(i(*shape), r.choice((2, 3, [2, 4], [1, -1, 2], [6])), axis=at)


def reshape(tf: Any, i: Any, r: Random) -> Any:
    x = i(*[r.choice((2, 3, 4, None)) for _ in range(3)])
    size = 1
    for one in x.shape:
        size *= one or 1
    return tf.reshape(
        x, r.choice(([-1], [size, -1] if None in x.shape else [-1, size], [1, -1, 2 if size % 2 == 0 else 1]))
    )


def sized(tf: Any, i: Any, r: Random) -> Any:
    x = i(*dims(r, 3))
    sizes = [tf.shape(x)[r.randrange(3)], r.choice((1, 2, tf.shape(x)[0] * 2, tf.shape(x)[1] + 1)), -1]
    return (
        tf.zeros(tf.stack(sizes[:2]))
        if r.random() < 0.5
        else tf.reshape(x, r.sample(sizes, 2) if False else [sizes[0], -1])
    )


def squeeze(tf: Any, i: Any, r: Random) -> Any:
    shape = [r.choice((1, 1, 3, None)) for _ in range(4)]
    ones = [n for n, size in enumerate(shape) if size in (1, None)]
    return tf.squeeze(i(*shape), r.choice((None, r.sample(ones, len(ones) // 2 or len(ones)))))


def getitem(tf: Any, i: Any, r: Random) -> Any:
    rank = r.randint(1, 4)
    x = i(*[r.choice((4, 5, None)) for _ in range(rank)])

    def bound() -> Any:
        return r.choice((None, None, 1, 2, -1, tf.shape(x)[0] - 1))

    keys: list[Any] = []
    for _ in range(r.randint(1, rank)):
        keys.append(r.choice((0, -1, slice(bound(), bound()), slice(None, None, r.choice((-1, 2))), slice(None))))
    if r.random() < 0.4:
        keys.insert(r.randint(0, len(keys)), None)
    if r.random() < 0.4:
        keys.insert(r.randint(0, len(keys)), Ellipsis)
    return x[tuple(keys)]


def gather(tf: Any, i: Any, r: Random) -> Any:
    shape = dims(r, r.randint(2, 4))
    batch = r.choice((0, 0, 1))
    picked = vague(r, shape[:batch]) + dims(r, r.randint(1, 2))
    return tf.gather(i(*shape), i(*picked, dtype="int32"), axis=r.randint(batch, len(shape) - 1), batch_dims=batch)


def matmul(tf: Any, i: Any, r: Random) -> Any:
    n, k, m = (r.choice(SIZES) for _ in "nkm")
    batch = dims(r, r.choice((0, 1, 2)))
    first, second = r.random() < 0.3, r.random() < 0.3
    left = [*batch, k, n] if first else [*batch, n, k]
    right = [*([r.choice((one, 1)) for one in batch]), m, k] if second else [*batch, k, m]
    return tf.matmul(i(*left), i(*right), transpose_a=first, transpose_b=second)


def tensordot(tf: Any, i: Any, r: Random) -> Any:
    shared = dims(r, 2)
    if r.random() < 0.5:
        return tf.tensordot(i(*dims(r, 1), *shared), i(*vague(r, shared), *dims(r, 1)), axes=2)
    return tf.tensordot(i(*shared, 3), i(4, *vague(r, shared)), axes=[[0, 1], [1, 2]])


def padded(tf: Any, i: Any, r: Random) -> Any:
    shape = dims(r)
    return tf.pad(i(*shape), [[r.randint(0, 2), r.randint(0, 2)] for _ in shape])


def tiled(tf: Any, i: Any, r: Random) -> Any:
    shape = dims(r)
    return tf.tile(i(*shape), [r.randint(1, 3) for _ in shape])


def repeated(tf: Any, i: Any, r: Random) -> Any:
    shape = dims(r)
    return tf.repeat(i(*shape), r.choice((2, 3)), axis=r.choice((None, axis(r, len(shape)))))


def coded(tf: Any, i: Any, r: Random) -> Any:
    shape = dims(r)
    return tf.one_hot(i(*shape, dtype="int32"), 5, axis=r.choice((-1, r.randint(0, len(shape)))))


def convolved(tf: Any, i: Any, r: Random) -> Any:
    x = i(None, r.choice((7, 8, None)), r.choice((9, None)), 3)
    strides, rate = r.choice(((1, 1), (2, 1), ([1, 2, 1, 1], 1), (1, 2), ([2, 1], 1)))
    return tf.nn.conv2d(
        x, i(r.randint(1, 3), r.randint(1, 3), 3, 5), strides, r.choice(("SAME", "VALID")), dilations=rate
    )


def pooled(tf: Any, i: Any, r: Random) -> Any:
    x = i(None, r.choice((7, 8, None)), r.choice((9, None)), 3)
    return r.choice((tf.nn.max_pool2d, tf.nn.avg_pool2d))(
        x, r.choice((2, [3, 2])), r.choice((1, 2, [1, 2])), r.choice(("SAME", "VALID"))
    )


def moved(tf: Any, i: Any, r: Random) -> Any:
    shape = dims(r)
    return tf.transpose(i(*shape), r.choice((None, r.sample(range(len(shape)), len(shape)))))


def widened(tf: Any, i: Any, r: Random) -> Any:
    shape = dims(r)
    return tf.expand_dims(i(*shape), axis(r, len(shape) + 1))


DRAWS: dict[str, Draw] = {
    draw.__name__: draw
    for draw in (
        broadcast, choice, reduction, concat, stack, split, reshape, sized, squeeze, getitem, gather, matmul, tensordot,
        padded, tiled, repeated, coded, convolved, pooled, moved, widened,
    )
}  # fmt: skip
