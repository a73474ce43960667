"""Random calls of array operations that cannot be drawn from their parameter names."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

from tests.op_nodes import tensor
from tests.referee.op_shapes import SIZES, Drawn, axis, dims, dtype, fitting, floats, known, number, rank_of, some


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


def one_hot(r: Random) -> Drawn:
    x = tensor(*dims(r), dtype="int32")
    return {"num_classes": 5, "axis": r.choice((-1, -1, 0, 1, -2, 4)), "dtype": r.choice((None, "int32", "bool"))}, [x]


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
    _, args = crossed(r)
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
    "OneHot": one_hot,
    "MultiHot": one_hot,
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
    "Meshgrid": several,
    "Rot90": rotated,
    "Unique": uniques,
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
