"""Random calls of every operation of keras.ops, mostly sensible, some not.

A drawer makes (config, arguments) for one operation; the rest is drawn by the names of its parameters.
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

from lstmlint.layers.ops.signatures import SIGNATURES
from lstmlint.layers.signatures import REQUIRED
from tests.op_nodes import tensor

Drawn = tuple[dict[str, Any], list[Any]]
DTYPES = ("float32", "float32", "float32", "int32", "float16", "bool", "int64", "float64", "uint8", "bfloat16", "int8")
SIZES = (1, 2, 3, 4, 6, None)


def dims(r: Random, rank: int | None = None, sizes: tuple[int | None, ...] = SIZES) -> list[int | None]:
    """A shape, with unknown sizes in it."""
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
    """A shape that most likely broadcasts with this one."""
    tail = shape[r.randint(0, len(shape)) :] if r.random() < 0.3 else list(shape)
    made = [r.choice((size, size, size, 1, None)) for size in tail]
    if made and r.random() < 0.1:
        made[r.randrange(len(made))] = 5
    return made


def axis(r: Random, rank: int, several: bool = False, none: bool = True) -> Any:
    """An axis that mostly exists."""
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


def with_axis(r: Random, **extra: Any) -> Drawn:
    x = some(r)
    return {"axis": axis(r, rank_of(x), several=True), **extra}, [x]


def one_axis(r: Random) -> Drawn:
    x = some(r)
    return {"axis": axis(r, rank_of(x))}, [x]


def pair_of_shapes(r: Random) -> Drawn:
    x = some(r)
    other: Any = tensor(*fitting(r, x["tensor"]), dtype=dtype(r))
    if r.random() < 0.3:
        other = number(r)
    return {}, [x, other] if r.random() < 0.8 else [other, x]


def joined(r: Random, new_axis: bool = False) -> Drawn:
    rank = r.randint(1, 4)
    first = dims(r, rank)
    at = r.randrange(rank)
    xs = []
    for _ in range(r.randint(1, 3)):
        shape = [r.choice((size, size, size, None)) for size in first]
        if not new_axis or r.random() < 0.05:
            shape[at] = r.choice(SIZES)
        xs.append(tensor(*shape, dtype=r.choice(("float32", "float32", "int32"))))
    return {"axis": r.choice((at, at - rank, at, axis(r, rank + new_axis)))}, [xs]


def stacked(axis_at: int) -> Callable[[Random], Drawn]:
    def draw(r: Random) -> Drawn:
        rank = r.choice((1, 2, 2, 3, 3))
        first = dims(r, rank)
        xs = []
        for _ in range(r.randint(1, 3)):
            shape = [r.choice((size, size, size, None)) for size in first]
            if axis_at < rank:
                shape[axis_at] = r.choice(SIZES)
            xs.append(tensor(*shape, dtype=dtype(r)))
        return {}, [xs]

    return draw


def parts(r: Random, with_axis: bool = True, number_only: bool = False) -> Drawn:
    x = some(r)
    count = (
        r.choice((1, 2, 3, 3, 2, 0)) if number_only or r.random() < 0.6 else sorted(r.sample(range(5), r.randint(0, 3)))
    )
    config = {"indices_or_sections": count}
    if with_axis:
        config["axis"] = axis(r, rank_of(x), none=False)
    return config, [x]


def get_item(r: Random) -> Drawn:
    x = some(r, r.choice((1, 2, 3, 4)))

    def bound() -> int | None:
        return r.choice((None, None, 0, 1, 2, -1, -2, 5))

    keys: list[Any] = []
    for _ in range(r.randint(0, 4)):
        keys.append(
            r.choice(
                (0, -1, 1, None, {"slice": [bound(), bound(), r.choice((None, 1, 2, -1))]},
                 {"slice": [None, None, None]}, {"ellipsis": True})
            )
        )  # fmt: skip
    return {}, [x, r.choice((keys, keys, keys, 0, -1, {"slice": [1, None, None]}))]


def reshape(r: Random) -> Drawn:
    x = some(r)
    size = 1
    for one in x["tensor"]:
        size *= one or 1
    target: list[Any] = [r.choice((1, 2, 3, 4, 6, -1, None)) for _ in range(r.randint(0, 3))]
    if r.random() < 0.6:
        target = r.choice(([-1], [size], [size, -1], [-1, 1, size], [1, size], [-1, 2], list(x["tensor"])[::-1]))
    return {"newshape": target}, [x]


def transpose(r: Random) -> Drawn:
    x = some(r)
    order = r.sample(range(rank_of(x)), rank_of(x))
    if r.random() < 0.1:
        order = [*order, 0]
    if r.random() < 0.2:
        order = [one - rank_of(x) for one in order]
    return {"axes": r.choice((order, order, order, None))}, [x]


def swapaxes(r: Random) -> Drawn:
    x = some(r)
    return {"axis1": axis(r, rank_of(x), none=False), "axis2": axis(r, rank_of(x), none=False)}, [x]


def moveaxis(r: Random) -> Drawn:
    x = some(r, r.choice((1, 2, 3, 4)))
    count = r.randint(1, rank_of(x))
    source, target = r.sample(range(rank_of(x)), count), r.sample(range(rank_of(x)), count)
    if count == 1 and r.random() < 0.7:
        return {"source": source[0], "destination": target[0] - rank_of(x)}, [x]
    return {"source": source, "destination": target}, [x]


def squeeze(r: Random) -> Drawn:
    x = tensor(*dims(r, None, (1, 1, 1, 2, None)))
    return {"axis": axis(r, rank_of(x), several=True)}, [x]


def expand(r: Random) -> Drawn:
    x = some(r)
    return {"axis": axis(r, rank_of(x) + 1, several=True, none=r.random() < 0.1)}, [x]


def tiled(r: Random) -> Drawn:
    x = some(r)
    return {"repeats": r.choice((2, [2], known(r, rank_of(x)), known(r, rank_of(x) + 1)))}, [x]


def repeated(r: Random) -> Drawn:
    x = some(r)
    where = axis(r, rank_of(x))
    size = x["tensor"][where] if where is not None and -rank_of(x) <= where < rank_of(x) else None
    return {"axis": where, "repeats": r.choice((2, 3, [2], [1] * (size or 2), [1, 2]))}, [x]


def padded(r: Random) -> Drawn:
    x = some(r)
    pairs = [known(r, 2) for _ in range(rank_of(x))]
    width = r.choice((1, [1, 2], pairs, pairs, [[1]] * rank_of(x), [[1, 2]], [*pairs, [0, 0]]))
    return {"pad_width": width, "mode": "constant"}, [x, *r.choice(([], [None], [2.0]))]


def take(r: Random) -> Drawn:
    x = some(r)
    indices = r.choice(
        (
            tensor(*dims(r, r.choice((0, 1, 2))), dtype="int32"),
            [0, 1],
            1,
            [[0], [1]],
            {"array": [1, 0, 1], "dtype": "int32"},
        )
    )
    return {"axis": axis(r, rank_of(x))}, [x, indices]


def take_along(r: Random) -> Drawn:
    x = some(r)
    return {"axis": axis(r, rank_of(x))}, [x, tensor(*fitting(r, x["tensor"]), dtype="int32")]


def sliced(r: Random) -> Drawn:
    x = some(r)
    rank = rank_of(x)
    starts = r.choice(
        ([0] * rank, {"array": [0] * rank, "dtype": "int32"}, tensor(rank, dtype="int32"), [0] * (rank + 1))
    )
    return {"shape": [r.choice((1, 2, -1)) for _ in range(rank)]}, [x, starts]


def matmul(r: Random) -> Drawn:
    n, k, m = known(r, 3)
    batch = dims(r, r.choice((0, 0, 1, 2)))
    left = r.choice(([*batch, n, k], [*fitting(r, batch), n, k], [k], [None, k], [n, None], [n, k + 1]))
    right = r.choice(([*batch, k, m], [*fitting(r, batch), k, m], [k, m], [k], [m, k]))
    return {}, [tensor(*left, dtype=dtype(r)), tensor(*right, dtype=dtype(r))]


def tensordot(r: Random) -> Drawn:
    if r.random() < 0.5:
        shared = dims(r, 2)
        first, second = [r.choice(SIZES), *shared], [*shared, r.choice(SIZES)]
        return {"axes": r.choice((0, 1, 2, 3))}, [tensor(*first), tensor(*second)]
    shared = dims(r, 2)
    return {"axes": r.choice(([[0, 1], [1, 2]], [[-2], [1]], [[1], [0]]))}, [tensor(*shared, 4), tensor(3, *shared)]


def einsum(r: Random) -> Drawn:
    sizes = {label: r.choice(SIZES) for label in "abcd"}
    specs = []
    operands = []
    for _ in range(r.randint(1, 3)):
        labels = r.sample("abcd", r.randint(1, 3))
        shape = [sizes[label] for label in labels]
        text = "".join(labels)
        if r.random() < 0.25:
            text, shape = r.choice((("..." + text, [3, *shape]), (text + "...", [*shape, 3]), ("..." + text, shape)))
        if r.random() < 0.05:
            shape = [*shape, 2]
        specs.append(text)
        operands.append(tensor(*shape, dtype=dtype(r)))
    subscripts = ",".join(specs)
    if r.random() < 0.8:
        out = r.sample("abcd", r.randint(0, 3))
        subscripts += "->" + r.choice(("", "", "...")) + "".join(out)
    return {"subscripts": subscripts}, operands


def squares(r: Random) -> Drawn:
    n = r.choice(SIZES)
    return {}, [floats(r, *dims(r, r.choice((0, 0, 1))), n, r.choice((n, n, n, 3)))]


def matrices(**choices: list[Any]) -> Callable[[Random], Drawn]:
    def draw(r: Random) -> Drawn:
        config = {name: r.choice(values) for name, values in choices.items()}
        return config, [floats(r, *dims(r, r.choice((1, 2, 2, 3)), (2, 3, 4, 5, 2, 3, None)))]

    return draw


def systems(r: Random) -> Drawn:
    n = r.randint(1, 4)
    right = r.choice(([n], [n, 3], [2, n, 3], [2, n], [n + 1]))
    left = r.choice(([n, n], [n, n], [2, n, n], [n, n + 1]))
    return {}, [floats(r, *left), floats(r, *right)]


def image(r: Random, channels: tuple[int | None, ...] = (3, 3, 1, None, 2), last: bool = True) -> dict[str, Any]:
    sizes = [r.choice((4, 8, 9, None)), r.choice((4, 8, None))]
    count = r.choice(channels)
    shape = [*sizes, count] if last else [count, *sizes]
    if r.random() < 0.6:
        shape = [r.choice((None, 2)), *shape]
    if r.random() < 0.05:
        shape = [*shape, 3, 3]
    return tensor(*shape, dtype=r.choice(("float32", "float32", "uint8")))


def images(**choices: list[Any]) -> Callable[[Random], Drawn]:
    def draw(r: Random) -> Drawn:
        config = {name: r.choice(values) for name, values in choices.items()}
        config["data_format"] = r.choice((None, "channels_last", "channels_first", "channels_last"))
        return config, [image(r, last=config["data_format"] != "channels_first")]

    return draw


def conv(r: Random, kernels: int = 1, transpose: bool = False) -> Drawn:
    count = r.choice((1, 2, 3))
    channels = r.randint(1, 3)
    last = r.random() < 0.6
    spatial = [r.choice((3, 5, 8, 9, None)) for _ in range(count)]
    shape = [None, *spatial, channels] if last else [None, channels, *spatial]
    if r.random() < 0.05:
        shape = shape[:-1]
    width = [r.choice((1, 2, 3, 4)) for _ in range(count)]
    ends = [channels if r.random() < 0.95 else 7, r.randint(1, 4)]
    kernel = tensor(*width, *(reversed(ends) if transpose else ends))
    config: dict[str, Any] = {
        "strides": r.choice((1, 2, [1] * count, [2] * count, [2])),
        "padding": r.choice(("valid", "same", "SAME", "causal", "nonsense") if r.random() < 0.3 else ("valid", "same")),
        "data_format": "channels_last" if last else "channels_first",
        "dilation_rate": r.choice((1, 1, 2, [1] * count)),
    }
    if transpose:
        config["output_padding"] = r.choice((None, None, 0, 1, [0] * count))
    more = [tensor(*[1] * count, ends[0] * ends[1], 5)] if kernels == 2 else []
    return config, [tensor(*shape), kernel, *more]


def pool(r: Random) -> Drawn:
    count = r.choice((1, 2, 3))
    last = r.random() < 0.6
    spatial = [r.choice((3, 5, 8, None)) for _ in range(count)]
    shape = [None, *spatial, 3] if last else [None, 3, *spatial]
    config = {
        "pool_size": r.choice((2, 3, [2] * count, [2], 9)),
        "strides": r.choice((None, 1, 2, [2] * count)),
        "padding": r.choice(("valid", "same", "Valid", "causal")),
        "data_format": "channels_last" if last else "channels_first",
    }
    return config, [tensor(*shape)]


def patches(r: Random) -> Drawn:
    three = r.random() < 0.3
    size: Any = [2, 3, 2] if three else r.choice((2, [2, 3]))
    last = r.random() < 0.6
    spatial = [r.choice((6, 9, None)) for _ in range(3 if three else 2)]
    channels = r.choice((3, 1, 3, None))
    shape = [*spatial, channels] if last else [channels, *spatial]
    if r.random() < 0.6:
        shape = [None, *shape]
    config = {
        "size": size,
        "strides": r.choice((None, 1, 2, [1] * len(spatial))),
        "dilation_rate": r.choice((1, 1, 2)),
        "padding": r.choice(("valid", "same")),
        "data_format": r.choice((None,)) if last else "channels_first",
    }
    return config, [tensor(*shape)]


def sides(what: str) -> Callable[[Random], Drawn]:
    def draw(r: Random) -> Drawn:
        config: dict[str, Any] = {"data_format": r.choice((None, "channels_last", "channels_first"))}
        for side, before, after in (("height", "top", "bottom"), ("width", "left", "right")):
            names = [f"{before}_{what}", f"{after}_{what}", f"target_{side}"]
            values = [r.choice((0, 1, 2)), r.choice((0, 1, 2)), r.choice((2, 3, 6, 12))]
            for name, value in zip(names, values, strict=True):
                config[name] = value
            if r.random() < 0.95:
                config[r.choice(names)] = None
        return config, [image(r, last=config["data_format"] != "channels_first")]

    return draw


def transform(r: Random) -> Drawn:
    return {"data_format": None}, [image(r), tensor(*r.choice(([8], [None, 8], [2, 3, 4])))]


def corners(r: Random) -> Drawn:
    points = [r.choice(([4, 2], [None, 4, 2], [4, 2], [3, 2])) for _ in range(1)][0]
    other = points if r.random() < 0.8 else [4, 2]
    return {"data_format": None}, [image(r), tensor(*points), tensor(*other)]


def similar(r: Random) -> Drawn:
    return {"max_val": 1.0}, [image(r), image(r)]


def coordinates(r: Random) -> Drawn:
    x = some(r, r.choice((2, 3)))
    return {"order": 1}, [x, tensor(r.choice((rank_of(x), rank_of(x), 2)), *dims(r, r.choice((0, 1, 2))))]


def pair_of_parts(**choices: list[Any]) -> Callable[[Random], Drawn]:
    def draw(r: Random) -> Drawn:
        shape = dims(r, r.choice((0, 1, 2, 3)), (4, 6, 8, 8, None))
        other = shape if r.random() < 0.9 else dims(r)
        config = {name: r.choice(values) for name, values in choices.items()}
        return config, [r.choice(([floats(r, *shape), floats(r, *other)],) * 9 + ([floats(r, *shape)],))]

    return draw


def signal(**choices: list[Any]) -> Callable[[Random], Drawn]:
    def draw(r: Random) -> Drawn:
        config = {name: r.choice(values) for name, values in choices.items()}
        return config, [floats(r, *dims(r, r.choice((1, 2, 3)), (16, 20, None)))]

    return draw


def loss(r: Random) -> Drawn:
    shape = dims(r)
    other = shape if r.random() < 0.8 else dims(r)
    return {"from_logits": False}, [tensor(*other), floats(r, *shape)]


def sparse_loss(r: Random) -> Drawn:
    shape = dims(r, r.choice((1, 2, 3)))
    target = r.choice((shape[:-1], shape[:-1], [*shape[:-1], 1], shape))
    return {"from_logits": True, "axis": r.choice((-1, -1, 0))}, [tensor(*target, dtype="int32"), floats(r, *shape)]


def one_hot(r: Random) -> Drawn:
    x = tensor(*dims(r), dtype="int32")
    return {"num_classes": 5, "axis": r.choice((-1, -1, 0, 1, -2, 4)), "dtype": r.choice((None, "int32", "bool"))}, [x]


def blocks(r: Random) -> Drawn:
    shape = [None, r.choice((4, 6, None)), r.choice((4, 5, None)), r.choice((4, 8, None))]
    config = {"block_size": r.choice((2, 2, 3)), "data_format": r.choice(("channels_last", "channels_first"))}
    return config, [tensor(*shape[: r.choice((4, 4, 4, 3))])]


def unfolded(r: Random) -> Drawn:
    config = {name: r.choice((1, 2, [1, 2])) for name in ("kernel_size", "dilation", "stride", "padding")}
    return config, [
        tensor(r.choice((None, 2)), *(r.choice((3, 6, 8, 9, None) if r.random() < 0.1 else (3, 6, 8)) for _ in "chw"))
    ]


def folded(r: Random) -> Drawn:
    config = {"output_size": r.choice((4, [4, 6])), "kernel_size": r.choice((2, [2, 3])), "dilation": 1, "stride": 1}
    return config, [tensor(None, r.choice((12, 8, None, 5)), r.choice((9, None)))]


def arranged(r: Random) -> Drawn:
    pattern, rank = r.choice(
        (
            ("a b c -> c b a", 3),
            ("a b c -> (a b) c", 3),
            ("a (b b2) c -> a b (b2 c)", 3),
            ("a b -> (b a)", 2),
            ("a b -> a z", 2),
        )
    )
    sizes = (2, 4, 6) if r.random() < 0.8 else (2, 4, None)
    return {}, [tensor(*dims(r, rank, sizes)), pattern]


def where(r: Random) -> Drawn:
    x = some(r)
    shapes = [fitting(r, x["tensor"]) for _ in range(2)]
    choices: list[Any] = [tensor(*shape, dtype=dtype(r)) for shape in shapes]
    if r.random() < 0.3:
        choices = [r.choice((choices[0], 0.0, 1)), number(r)]
    if r.random() < 0.1:
        choices = [None, None]
    return {}, [tensor(*x["tensor"], dtype="bool"), *choices]


def crossed(r: Random) -> Drawn:
    batch = dims(r, r.choice((0, 1, 2)))
    size = r.choice((2, 3, 3, None, 4))
    return {}, [floats(r, *batch, size), floats(r, *fitting(r, batch), r.choice((size, 3)))]


def crossed_on(r: Random) -> Drawn:
    config, args = crossed(r)
    return {"axis": r.choice((None, None, -1)), "axisc": r.choice((-1, -1, 0))}, args


def quantiles(r: Random) -> Drawn:
    x = some(r)
    q = r.choice(
        (0.5, [0.5], [0.2, 0.8], {"array": [0.1, 0.9], "dtype": "float32"}, {"array": 0.1, "dtype": "float32"})
    )
    return {"axis": axis(r, rank_of(x), several=True), "keepdims": r.random() < 0.4}, [x, q]


def averaged(r: Random) -> Drawn:
    x = some(r)
    where_ = axis(r, rank_of(x))
    weights = r.choice((None, tensor(*x["tensor"]), tensor(*dims(r, 1))))
    return {"axis": where_}, [x, weights]


def normed(r: Random) -> Drawn:
    config, args = with_axis(r)
    return {**config, "ord": r.choice((None, None, 1, 2, "fro", "nuc", "x", 3)), "keepdims": r.random() < 0.3}, args


def spaced(r: Random) -> Drawn:
    _, args = pair_of_shapes(r)
    config = {
        "num": r.choice((3, 5)),
        "axis": r.choice((0, 0, -1, 1, 4)),
        "dtype": r.choice((None, None, "float16", "int32")),
    }
    return config, args


def batch_norm(r: Random) -> Drawn:
    x = some(r, r.choice((2, 3)))
    at = r.choice((-1, 0, 1))
    size = x["tensor"][at]
    extra = r.choice(([None, None], [tensor(size), tensor(size)], [tensor(size), None], [None, tensor(size)]))
    return {"axis": at}, [x, tensor(size), tensor(r.choice((size, size, size, 7))), *extra]


def attention(r: Random) -> Drawn:
    shape = dims(r, 4)
    return {}, [tensor(*shape, dtype=dtype(r)), tensor(*shape), tensor(*shape), *r.choice(([], [None, None]))]


def labels(r: Random) -> Drawn:
    batch = r.choice((None, 2))
    other = batch if r.random() < 0.9 else 3
    return {}, [
        tensor(batch, 5, dtype="int32"),
        floats(r, batch, 9, 7),
        tensor(batch, dtype="int32"),
        tensor(other, dtype="int32"),
    ]


def decoded(r: Random) -> Drawn:
    config = {"strategy": r.choice(("greedy", "beam_search")), "top_paths": r.choice((1, 3))}
    return config, [floats(r, *dims(r, 3)), tensor(None, dtype="int32")]


def vectors(r: Random) -> Drawn:
    config = {"mode": r.choice(("valid", "same", "full", "other"))}
    return config, [tensor(*dims(r, r.choice((1, 1, 1, 2)), (3, 5, 5, None)), dtype=dtype(r)) for _ in range(2)]


def several(r: Random) -> Drawn:
    return {"indexing": r.choice(("xy", "ij", "ij", "ab"))}, [
        some(r, r.choice((0, 1, 2))) for _ in range(r.randint(1, 3))
    ]


def rotated(r: Random) -> Drawn:
    return {"k": r.choice((1, 2)), "axes": r.choice(([0, 1], [1, 2], [0, 0], [-1, 0]))}, [some(r)]


def uniques(r: Random) -> Drawn:
    x = some(r)
    config = {name: r.random() < 0.4 for name in ("return_index", "return_inverse", "return_counts")}
    return {**config, "axis": axis(r, rank_of(x)), "size": r.choice((None, 3))}, [x]


def two(r: Random) -> Drawn:
    return {}, [some(r), some(r)]


def norm_like(r: Random) -> Drawn:
    x = some(r)
    return {"axis": -1}, [x, *r.choice(([None], [tensor(4)], [tensor(4), tensor(4)], [None, None]))]


SPECIAL: dict[str, Callable[[Random], Drawn]] = {
    "GetItem": get_item,
    "Reshape": reshape,
    "Transpose": transpose,
    "Swapaxes": swapaxes,
    "Moveaxis": moveaxis,
    "Squeeze": squeeze,
    "ExpandDims": expand,
    "Tile": tiled,
    "Repeat": repeated,
    "Pad": padded,
    "Take": take,
    "TakeAlongAxis": take_along,
    "Slice": sliced,
    "Matmul": matmul,
    "Dot": matmul,
    "Inner": matmul,
    "Tensordot": tensordot,
    "Einsum": einsum,
    "Split": parts,
    "ArraySplit": lambda r: parts(r, number_only=r.random() < 0.9),
    "Hsplit": lambda r: parts(r, False),
    "Vsplit": lambda r: parts(r, False),
    "Dsplit": lambda r: parts(r, False),
    "Concatenate": joined,
    "Stack": lambda r: joined(r, True),
    "Hstack": stacked(1),
    "Vstack": stacked(0),
    "Dstack": stacked(2),
    "Cholesky": squares,
    "CholeskyInverse": squares,
    "Inv": squares,
    "Det": squares,
    "Eig": squares,
    "Eigh": squares,
    "LuFactor": matrices(),
    "Qr": matrices(mode=["reduced", "complete", "raw"]),
    "SVD": matrices(full_matrices=[True, False], compute_uv=[True, False]),
    "Pinv": matrices(),
    "MatrixRank": matrices(),
    "Logdet": matrices(),
    "Slogdet": matrices(),
    "Solve": systems,
    "SolveTriangular": systems,
    "Lstsq": systems,
    "CDist": matmul,
    "Conv": conv,
    "DepthwiseConv": conv,
    "SeparableConv": lambda r: conv(r, 2),
    "ConvTranspose": lambda r: conv(r, transpose=True),
    "MaxPool": pool,
    "AveragePool": pool,
    "ExtractPatches": patches,
    "PadImages": sides("padding"),
    "CropImages": sides("cropping"),
    "AffineTransform": transform,
    "PerspectiveTransform": corners,
    "SSIM": similar,
    "PSNR": similar,
    "MapCoordinates": coordinates,
    "Resize": images(size=[[4, 5], [2, 2], [2]]),
    "RGBToGrayscale": images(),
    "RGBToHSV": images(),
    "HSVToRGB": images(),
    "GaussianBlur": images(),
    "ElasticTransform": images(),
    "SobelEdges": images(),
    "FFT": pair_of_parts(),
    "FFT2": pair_of_parts(),
    "IFFT2": pair_of_parts(),
    "IRFFT": pair_of_parts(fft_length=[None, 6, 8]),
    "ISTFT": pair_of_parts(
        sequence_length=[4], sequence_stride=[2], fft_length=[6, 7], length=[None, 9], center=[True, False]
    ),
    "RFFT": signal(fft_length=[None, 6, 7]),
    "ExtractSequences": signal(sequence_length=[3, 4], sequence_stride=[1, 2]),
    "STFT": signal(sequence_length=[4], sequence_stride=[1, 2], fft_length=[6, 7], center=[True, False]),
    "BinaryCrossentropy": loss,
    "CategoricalCrossentropy": loss,
    "SparseCategoricalCrossentropy": sparse_loss,
    "OneHot": one_hot,
    "MultiHot": one_hot,
    "DepthToSpace": blocks,
    "SpaceToDepth": blocks,
    "Unfold": unfolded,
    "Fold": folded,
    "Rearrange": arranged,
    "Where": where,
    "Cross": crossed_on,
    "Quantile": quantiles,
    "Nanquantile": quantiles,
    "Percentile": quantiles,
    "Nanpercentile": quantiles,
    "Average": averaged,
    "Norm": normed,
    "Linspace": spaced,
    "Logspace": spaced,
    "Geomspace": spaced,
    "BatchNorm": batch_norm,
    "DotProductAttention": attention,
    "CTCLoss": labels,
    "CTCDecode": decoded,
    "Correlate": vectors,
    "Meshgrid": several,
    "Rot90": rotated,
    "Unique": uniques,
    "LayerNorm": norm_like,
    "RMSNorm": norm_like,
    "Select": lambda r: ({}, [[some(r)], [some(r)], r.choice((0, some(r)))]),
    "BroadcastTo": lambda r: (lambda x: ({"shape": fitting(r, x["tensor"])}, [x]))(some(r)),
    "Full": lambda r: ({"shape": known(r, 2), "dtype": r.choice((None, "int32"))}, [some(r, 0)]),
    "Scatter": lambda r: ({"shape": known(r, 3)}, [tensor(4, 3, dtype="int32"), some(r, 1)]),
    "ScaleAndTranslate": lambda r: (
        {"spatial_dims": [1, 2], "method": "linear"},
        [tensor(2, 8, 8, 3), [2, 4, 4, 3], tensor(2), tensor(2)],
    ),
    "TopK": lambda r: ({"k": r.choice((1, 3))}, [some(r)]),
    "InTopK": lambda r: ({"k": 2}, [tensor(*dims(r, 1), dtype="int32"), some(r, 2)]),
    "Append": lambda r: (lambda c: (c[0], (c[1][0] * 2)[:2]))(joined(r)),
    "Glu": one_axis,
    "Isclose": lambda r: ({}, pair_of_shapes(r)[1]),
    "Arange": lambda r: ({}, [some(r, 0)]),
    "Unstack": lambda r: (lambda x: ({"num": r.choice((None, None, 2)), "axis": axis(r, rank_of(x), none=False)}, [x]))(
        some(r)
    ),
    "SearchSorted": lambda r: ({}, [tensor(*dims(r, r.choice((1, 1, 1, 2)))), some(r)]),
    "Digitize": lambda r: (
        {},
        [some(r), r.choice((tensor(4), {"array": [1.0, 2.0], "dtype": "float32"}, tensor(2, 3)))],
    ),
    "UnravelIndex": lambda r: ({"shape": r.choice(([2, 3], [2, None, 3], [4]))}, [tensor(*dims(r), dtype="int32")]),
    "Histogram": lambda r: ({"bins": r.choice((3, 10, -1)), "range": r.choice((None, None, [0, 1]))}, [some(r)]),
    "Bincount": lambda r: ({"weights": None, "minlength": 0}, [tensor(*dims(r), dtype="int32")]),
    "Diagonal": lambda r: (
        {"offset": r.choice((0, 1, -1)), "axis1": r.choice((0, -1)), "axis2": r.choice((1, -2))},
        [some(r)],
    ),
    "Diag": lambda r: ({"k": r.choice((0, 1, -1, -3))}, [some(r, r.choice((1, 2, 2, 3)))]),
    "Trace": lambda r: ({"axis1": r.choice((0, -1)), "axis2": r.choice((1, -2, 0))}, [some(r)]),
    "WhileLoop": lambda r: ({"cond": None, "body": None}, [[some(r), some(r)]]),
    "ForiLoop": lambda r: ({"lower": 0, "upper": 3, "body_fun": None}, [some(r)]),
    "Ptp": lambda r: with_axis(r, keepdims=r.random() < 0.4),
    "AdaptiveAveragePool": lambda r: ({"output_size": [2], "data_format": "channels_last"}, [tensor(None, 8, 3)]),
    "AdaptiveMaxPool": lambda r: ({"output_size": [2], "data_format": "channels_first"}, [tensor(None, 3, 8)]),
    "Heaviside": two,
    "Hypot": pair_of_shapes,
    "Outer": pair_of_shapes,
    "Vdot": pair_of_shapes,
    "Kron": two,
}

BY_NAME: dict[str, Callable[[Random], Any]] = {
    "keepdims": lambda r: r.random() < 0.4,
    "dtype": lambda r: r.choice(
        (None, None, "int32", "float16", "bool", "nonsense") if r.random() < 0.2 else (None, "int32")
    ),
    "k": lambda r: r.choice((0, 1, -2)),
    "n": lambda r: r.choice((1, 2, 5)),
    "kth": lambda r: r.choice((0, 1, 1.5)),
    "shift": lambda r: r.choice((1, [1])),
    "x_min": lambda r: 0,
    "x_max": lambda r: 1.0,
    "N": lambda r: r.choice((None, 3)),
    "offset": lambda r: r.choice((0, 1)),
    "num_segments": lambda r: r.choice((None, 4)),
    "threshold": lambda r: 0.5,
    "default_value": lambda r: 0.0,
    "newshape": lambda r: [-1],
    "weights": lambda r: None,
}
BROADCASTING = {"x1", "x2"}


def draw(r: Random, name: str) -> dict[str, Any]:
    """A random node of the operation."""
    _, _, init, call = SIGNATURES[name]
    if name in SPECIAL:
        config, args = SPECIAL[name](r)
        if "keepdims" in init and "keepdims" not in config:
            config["keepdims"] = r.random() < 0.4
    elif call.keys() >= BROADCASTING:
        config, args = {}, pair_of_shapes(r)[1]
    elif "y" in call:
        config, args = {}, [some(r), r.choice((some(r), 2))]
    else:
        args = [some(r) for default in call.values() if default is REQUIRED]
        config = {}
        for parameter, default in init.items():
            if parameter == "axis":
                config["axis"] = axis(r, rank_of(args[0]), several=r.random() < 0.7, none=default is None)
            elif parameter == "axes":
                config["axes"] = axis(r, rank_of(args[0]), several=True, none=False)
            elif parameter in BY_NAME:
                config[parameter] = BY_NAME[parameter](r)
            elif default is REQUIRED:
                raise ValueError(f"{name} needs a drawer: {parameter}")
    return {"op": name, "config": config, "args": args, "kwargs": {}}


JUNK: tuple[Any, ...] = (
    None, True, False, 0, 1, -1, 7, 2.5, -0.5, "x", "same", "1", [], [1], [0, 1], [-1], ["a"], [None], [1.5],
    [[0, 1], [1, 2]],
)  # fmt: skip
# What NumPy makes of these is beyond reason.
NUMPY_ONLY = {"Conv", "DepthwiseConv", "SeparableConv", "MaxPool", "AveragePool", "DepthToSpace", "SpaceToDepth"}


def damage(r: Random, node: dict[str, Any]) -> dict[str, Any] | None:
    """The node with one thing wrong, most likely; None where no tensor is left."""
    config, args = node["config"], node["args"]
    _, _, init, call = SIGNATURES[node["op"]]
    own = [name for name in init if not name.startswith("*")]
    what = r.random()
    if what < 0.45 and own:
        if node["op"] in NUMPY_ONLY:
            return None
        config[r.choice(own)] = r.choice(JUNK)
    elif what < 0.5 and config:
        config.pop(r.choice(list(config)))
    elif what < 0.55:
        config["nonsense"] = 1
    elif what < 0.75 and len(args) > 1:
        args[r.randrange(1, len(args))] = r.choice((*JUNK, tensor(None, 3), tensor(None, 3)))
    elif what < 0.8:
        args.append(r.choice(JUNK))
    elif what < 0.85:
        args.pop()
    elif what < 0.92 and 1 < len(args) <= len(call) and not any(name.startswith("*") for name in call):
        node["kwargs"] = {list(call)[len(args) - 1]: args.pop()}
    else:
        node["kwargs"] = {r.choice(["axis", "foo", *own]): r.choice(JUNK)}
    return node if _has_tensor(args) or _has_tensor(list(node["kwargs"].values())) else None


def _has_tensor(value: Any) -> bool:
    if isinstance(value, dict):
        return "tensor" in value
    return isinstance(value, list) and any(map(_has_tensor, value))
