"""Shapes of TensorFlow's functions, as its shape inference computes them.

Unlike those of keras.ops, they resolve unknown sizes: joined with a known size, an unknown one becomes known; lists
count
as tensors; and small integer tensors (a shape or one of its sizes) carry their values, so
`tf.reshape(x, [tf.shape(x)[0], 20])` keeps what is known.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from typing import Any

from lstmlint.layers.base import UnknownShape
from lstmlint.layers.ops.algebra import axis_in, broadcast, inserted, ranked, reduce, replaced, without
from lstmlint.layers.ops.base import Operation, Refusal, copies, shape
from lstmlint.layers.ops.indexing import UnknownKey, list_shape, sliced
from lstmlint.layers.ops.products import matmul_shape
from lstmlint.layers.ops.reshaping import reshaped
from lstmlint.model.shapes import Dim, KnownShape, Tensor, add, format_shape, product

Sizes = list[Dim]
UNKNOWN_SLICE, UNKNOWN_INDEX = UnknownKey(shrinks=False), UnknownKey(shrinks=True)
FOLDS = {"add": operator.add, "sub": operator.sub, "mul": operator.mul, "floordiv": operator.floordiv}


# Arguments ------------------------------------------------------------------------------------------------


def dtype_in(*values: Any) -> str | None:
    """Return the dtype of the first tensor that has one. TensorFlow converts numbers and lists to it."""
    return next((value.dtype for value in values if isinstance(value, Tensor) and value.dtype), None)


def number(value: Any) -> Dim:
    """Return an integer from a number or a scalar tensor with a known value, or None if it is unknown before run time."""
    if isinstance(value, Tensor):
        value = value.value
    return int(value) if isinstance(value, int | float) else None


def numbers(value: Any) -> Sizes:
    """Return integers from a list or a tensor.

    Raises: UnknownShape if their count is unknown.
    """
    if isinstance(value, Tensor):
        if isinstance(value.value, list):
            return [number(one) for one in value.value]
        dims = shape(value)
        if dims and dims[0] is not None:
            return [None] * dims[0]
        raise UnknownShape
    return [number(one) for one in (value if isinstance(value, list) else [value])]


def known_numbers(value: Any) -> list[int]:
    """Return integers that are all known.

    Raises: UnknownShape if one of them is unknown.
    """
    found = []
    for one in numbers(value):
        if one is None:
            raise UnknownShape
        found.append(one)
    return found


def values_of(x: Any) -> Sizes | None:
    """Return the values that an integer tensor carries, or None if it carries none."""
    if isinstance(x, Tensor) and isinstance(x.value, list) and all(isinstance(one, int | None) for one in x.value):
        return x.value
    return None


def axis_of(value: Any, rank: int) -> int:
    """Return an axis, which may be a constant tensor.

    Raises: UnknownShape, Refusal.
    """
    found = number(value)
    if found is None:
        raise UnknownShape
    return axis_in(found, rank)


# Elementwise ------------------------------------------------------------------------------------------------


def unary(op: Operation, x: Any, *_: Any, dtype: str | None = None) -> Tensor:
    """Return the shape of the first argument."""
    return Tensor(list_shape(x), dtype or dtype_in(x))


def unary_kept(op: Operation, x: Any, *_: Any) -> Tensor:
    """Return the shape of the first argument and the values that it carries."""
    return Tensor(list_shape(x), dtype_in(x), x.value if isinstance(x, Tensor) else None)


def cast(op: Operation, x: Any) -> Tensor:
    """Return the same shape with another dtype, by default its own. Integers keep their values."""
    dtype = op.config["dtype"]
    name = dtype_in(x) if dtype is None else dtype if isinstance(dtype, str) else None
    return Tensor(list_shape(x), name, x.value if name == "int32" and isinstance(x, Tensor) else None)


def binary(op: Operation, x: Any, y: Any, dtype: str | None = None, fold: str | None = None) -> Tensor:
    """Return the broadcast. Known integers give known results."""
    made = Tensor(broadcast(list_shape(x), list_shape(y)), dtype or dtype_in(x, y))
    if fold and made.dtype == "int32" and len(made.shape or ()) < 2:
        made.value = folded(FOLDS[fold], x, y)
    return made


def folded(combine: Callable[[int, int], int], x: Any, y: Any) -> Any:
    """Return the result for two numbers or lists of numbers, or None if it is unknown."""
    if not list_shape(x) and not list_shape(y):
        a, b = number(x), number(y)
        return None if a is None or b is None or (b == 0 and combine is operator.floordiv) else combine(a, b)
    left, right = numbers(x), numbers(y)
    count = max(len(left), len(right))
    if {len(left), len(right)} - {1, count}:
        return None
    rows = zip(left * (count // len(left)), right * (count // len(right)), strict=True)
    return [folded(combine, a, b) for a, b in rows]


def several(op: Operation, inputs: Any) -> Tensor:
    """Return the broadcast of a list of tensors."""
    return Tensor(merged([list_shape(one) for one in inputs]), dtype_in(*inputs))


def merged(shapes: Sequence[KnownShape], but: int | None = None) -> KnownShape:
    """Return the shape that several equal shapes know together.

    Raises: Refusal S112 if two sizes differ.
    """
    dims: Sizes = list(shapes[0])
    for other in shapes[1:]:
        fits = len(other) == len(dims)
        for i, dim in enumerate(other if fits else ()):
            if i == but or dim is None:
                continue
            if dims[i] is None:
                dims[i] = dim
            fits = fits and dims[i] == dim
        if not fits:
            raise Refusal(
                "S112",
                f"cannot join {format_shape(shapes[0])} and {format_shape(other)}",
                "All sizes except that of the axis must be equal.",
            )
    return tuple(dims)


def where(op: Operation, condition: Any, x: Any = None, y: Any = None) -> Tensor:
    """Return the indices of true elements, or the broadcast of two choices."""
    if x is None and y is None:
        return Tensor((None, len(list_shape(condition))), "int64")
    return Tensor(broadcast(*map(list_shape, (condition, x, y))), dtype_in(x, y))


# Joining and splitting --------------------------------------------------------------------------------------


def concat(op: Operation, values: Any) -> Tensor:
    """Return the concatenation along an existing axis. Unknown other sizes are resolved from the other tensors."""
    values = values if isinstance(values, list) else [values]
    shapes = [list_shape(one) for one in values]
    axis = axis_of(op.config["axis"], len(shapes[0]))
    dims = replaced(merged(shapes, axis), axis, add(*(one[axis] for one in shapes)))
    carried = [values_of(one) or (one if isinstance(one, list) else None) for one in values]
    value = [size for one in carried if one for size in numbers(one)] if all(carried) else None
    return Tensor(dims, dtype_in(*values), value if len(dims) == 1 else None)


def stack(op: Operation, values: Any) -> Tensor:
    """Return the tensors joined on a new axis. A stack of sizes is a shape."""
    values = values if isinstance(values, list) else [values]
    dims = merged([list_shape(one) for one in values])
    made = inserted(dims, axis_of(op.config["axis"], len(dims) + 1), len(values))
    return Tensor(made, dtype_in(*values), None if dims else [number(one) for one in values])


def split(op: Operation, value: Any) -> list[Tensor]:
    """Return a number of equal parts, or parts of given sizes."""
    dims = list_shape(value)
    axis = axis_of(op.config["axis"], len(dims))
    parts, size = op.config["num_or_size_splits"], dims[axis]
    if isinstance(parts, int):
        if size is not None and size % parts:
            raise Refusal(
                "S109", f"cannot split axis {axis} of size {size} into {parts} equal parts", f"Use a divisor of {size}."
            )
        return copies(Tensor(replaced(dims, axis, None if size is None else size // parts), dtype_in(value)), parts)
    sizes = numbers(parts)
    if sizes.count(-1) == 1:
        rest = product([*(None if one is None else 1 for one in sizes), size])
        given = sum(one for one in sizes if one is not None and one >= 0)
        sizes[sizes.index(-1)] = None if rest is None else rest - given
    if None not in sizes and size is not None and sum(one or 0 for one in sizes) != size:
        raise Refusal(
            "S109", f"has parts {sizes} whose sum is not the size {size} of axis {axis}", f"Their sum is {size}."
        )
    return [Tensor(replaced(dims, axis, one), dtype_in(value)) for one in sizes]


def unstack(op: Operation, value: Any) -> list[Tensor]:
    """Return the slices along an axis. Those of a shape are its sizes."""
    dims = list_shape(value)
    axis = axis_of(op.config["axis"], len(dims))
    count = number(op.config["num"])
    count = dims[axis] if count is None else count
    if count is None:
        raise Refusal("S106", f"needs a known size of axis {axis}", "Set num.", "num")
    carried = values_of(value)
    if carried is not None:
        return [Tensor((), "int32", one) for one in carried]
    return copies(Tensor(without(dims, axis), dtype_in(value)), count)


# Rearranging -------------------------------------------------------------------------------------------------


def reshape(op: Operation, x: Any) -> Tensor:
    """Return the requested sizes, some of which a tensor may carry."""
    target = numbers(op.config["shape"])
    return Tensor(reshaped(list_shape(x), target), dtype_in(x))


def transpose(op: Operation, x: Any) -> Tensor:
    """Return permuted axes, reversed by default. TensorFlow finds a repeated axis only when the model runs."""
    dims, axes = list_shape(x), op.config["axes"]
    if axes is None:
        return Tensor(dims[::-1], dtype_in(x))
    order = known_numbers(axes)
    if len(order) != len(dims):
        raise Refusal("S110", f"has {len(order)} axes in perm for {format_shape(dims)}", "Name each axis once.")
    return Tensor(tuple(dims[axis_in(axis, len(dims))] for axis in order), dtype_in(x))


def expand_dims(op: Operation, x: Any) -> Tensor:
    """Return the shape with a new axis of 1. A size becomes a shape of one."""
    dims = list_shape(x)
    axis = axis_of(op.config["axis"], len(dims) + 1)
    return Tensor(inserted(dims, axis, 1), dtype_in(x), None if dims or number(x) is None else [number(x)])


def squeeze(op: Operation, x: Any) -> Tensor:
    """Return the shape without the named axes of 1, or all of them. An unknown size hides whether it is 1."""
    dims, axis = list_shape(x), op.config["axis"]
    if axis is None or axis == []:
        if None in dims:
            raise UnknownShape
        return Tensor(tuple(dim for dim in dims if dim != 1), dtype_in(x))
    axes = [axis_in(one, len(dims)) for one in known_numbers(axis)]
    for one in axes:
        if dims[one] not in (1, None):
            raise Refusal(
                "S111",
                f"cannot remove axis {one} of {format_shape(dims)}: its size is {dims[one]}, not 1",
                "Name an axis whose size is 1.",
            )
    return Tensor(without(dims, *axes), dtype_in(x))


def tile(op: Operation, x: Any) -> Tensor:
    """Return the shape times the repeats."""
    dims, times = list_shape(x), numbers(op.config["multiples"])
    if len(times) != len(dims):
        raise Refusal("E007", f"has {len(times)} multiples for {format_shape(dims)}", "Use one multiple per dimension.")
    return Tensor(tuple(product(pair) for pair in zip(dims, times, strict=True)), dtype_in(x))


def repeat(op: Operation, x: Any) -> Tensor:
    """Return the shape with elements repeated along an axis, or flattened."""
    dims, axis = list_shape(x), op.config["axis"]
    counts = op.config["repeats"]
    times = (
        numbers(counts)
        if isinstance(counts, list) or (isinstance(counts, Tensor) and shape(counts))
        else [number(counts)]
    )
    if axis is None:
        dims, axis = (product(dims),), 0
    axis = axis_of(axis, len(dims))
    size = product((dims[axis], times[0])) if len(times) == 1 else add(*times)
    return Tensor(replaced(dims, axis, size), dtype_in(x))


def pad(op: Operation, x: Any) -> Tensor:
    """Return the padded shape: (before, after) per axis."""
    dims, pairs = list_shape(x), op.config["paddings"]
    pairs = pairs.value if isinstance(pairs, Tensor) else pairs
    if not isinstance(pairs, list):
        return Tensor((None,) * len(dims), dtype_in(x))
    if len(pairs) != len(dims):
        raise Refusal("E007", f"has {len(pairs)} paddings for {format_shape(dims)}", "Use one pair per dimension.")
    sizes = (add(dim, *numbers(pair)) for dim, pair in zip(dims, pairs, strict=True))
    return Tensor(tuple(sizes), dtype_in(x))


def broadcast_to(op: Operation, x: Any) -> Tensor:
    """Return the requested sizes."""
    target = numbers(op.config["shape"])
    broadcast(list_shape(x), target)
    return Tensor(tuple(target), dtype_in(x))


# Selecting ---------------------------------------------------------------------------------------------------


def getitem(op: Operation, x: Any, spec: Any) -> Tensor:
    """Return `x[...]` for integers, slices, null and an ellipsis. Bounds may be tensors."""
    return _picked(x, [_key(one) for one in (spec if isinstance(spec, list) else [spec])])


def _picked(x: Any, keys: list[Any]) -> Tensor:
    """Return the selected shape. An unknown bound hides all others, since they are passed as one tensor."""
    if any(isinstance(key, UnknownKey) for key in keys):
        for i, key in enumerate(keys):
            if isinstance(key, int):
                keys[i] = UNKNOWN_INDEX
            elif isinstance(key, slice) and (key.start is not None or key.stop is not None):
                keys[i] = UNKNOWN_SLICE
    made = Tensor(sliced(list_shape(x), keys), dtype_in(x))
    carried = values_of(x)
    if carried is not None and len(keys) == 1 and isinstance(keys[0], int | slice):
        made.value = carried[keys[0]]
    return made


def _key(spec: Any) -> Any:
    if isinstance(spec, dict):
        if "start" not in spec:
            return Ellipsis if spec.get("class_name") == "__ellipsis__" else spec
        bounds = [spec["start"], spec["stop"], spec["step"]]
        found = [None if one is None else number(one) for one in bounds]
        unknown = any(one is not None and value is None for one, value in zip(bounds, found, strict=True))
        return UNKNOWN_SLICE if unknown else slice(*found)
    if isinstance(spec, Tensor):
        if list_shape(spec):
            raise UnknownShape
        found_index = number(spec)
        return UNKNOWN_INDEX if found_index is None else found_index
    return spec


def gather(op: Operation, params: Any, indices: Any) -> Tensor:
    """Return the shape with the indices' shape in place of the axis. The first `batch_dims` axes of both are matched."""
    dims, picked = list_shape(params), list_shape(indices)
    batch = number(op.config["batch_dims"]) or 0
    batch = batch + len(picked) if batch < 0 else batch
    axis = op.config["axis"]
    axis = batch if axis is None else axis_of(axis, len(dims))
    lead = merged([dims[:batch], picked[:batch]]) if batch else ()
    return Tensor((*lead, *dims[batch:axis], *picked[batch:], *dims[axis + 1 :]), dtype_in(params))


def gather_nd(op: Operation, params: Any, indices: Any) -> Tensor:
    """Return the shape of the slices to which the last axis of the indices points."""
    dims, picked = list_shape(params), list_shape(indices)
    if op.config["batch_dims"]:
        raise UnknownShape
    if picked[-1] is None:
        raise UnknownShape
    return Tensor((*picked[:-1], *dims[picked[-1] :]), dtype_in(params))


def embedding_lookup(op: Operation, params: Any, ids: Any) -> Tensor:
    """Return a row per id."""
    return Tensor((*list_shape(ids), *list_shape(params)[1:]), dtype_in(params))


def boolean_mask(op: Operation, x: Any, mask: Any) -> Tensor:
    """Return the shape with the masked axes joined into one of unknown size."""
    dims, masked = list_shape(x), list_shape(mask)
    axis = number(op.config["axis"]) or 0
    return Tensor((*dims[:axis], None, *dims[axis + len(masked) :]), dtype_in(x))


def slice_(op: Operation, x: Any) -> Tensor:
    """Return the requested sizes; -1 is the rest of the axis."""
    dims, begins, sizes = list_shape(x), numbers(op.config["begin"]), numbers(op.config["size"])
    made: Sizes = []
    for dim, begin, size in zip(dims, begins, sizes, strict=True):
        made.append(size if size != -1 else None if dim is None or begin is None else dim - begin)
    return Tensor(tuple(made), dtype_in(x))


def lost(op: Operation, *_: Any) -> Tensor:
    """Handle a function whose other arguments tf.keras does not save: it stores the first only."""
    raise Refusal(
        "E006", "is saved without its tensors: tf.keras keeps only the first argument", "Use a layer instead."
    )


def strided_slice(op: Operation, x: Any) -> Tensor:
    """Return `x[...]` with bounds in lists, and bits that say which of them count."""
    config = op.config
    begins, ends = numbers(config["begin"]), numbers(config["end"])
    strides = [1] * len(begins) if config["strides"] is None else numbers(config["strides"])
    masks = {
        name: number(config[f"{name}_mask"]) or 0 for name in ("begin", "end", "ellipsis", "new_axis", "shrink_axis")
    }
    keys: list[Any] = []
    for i, (begin, end, stride) in enumerate(zip(begins, ends, strides, strict=True)):
        masked = {name for name, mask in masks.items() if mask >> i & 1}
        if "ellipsis" in masked:
            keys.append(Ellipsis)
        elif "new_axis" in masked:
            keys.append(None)
        elif "shrink_axis" in masked:
            keys.append(UNKNOWN_INDEX if begin is None else begin)
        else:
            first, last = None if "begin" in masked else begin, None if "end" in masked else end
            known = (
                stride is not None
                and (first is not None or "begin" in masked)
                and (last is not None or "end" in masked)
            )
            keys.append(slice(first, last, stride) if known else UNKNOWN_SLICE)
    return _picked(x, keys)


def one_hot(op: Operation, indices: Any) -> Tensor:
    """Return the shape with a new axis of the given depth."""
    dims, axis = list_shape(indices), op.config["axis"]
    place = len(dims) if axis in (None, -1) else axis_in(axis, len(dims) + 1)
    return Tensor(inserted(dims, place, number(op.config["depth"])), op.config["dtype"] or "float32")


def sequence_mask(op: Operation, lengths: Any) -> Tensor:
    """Return the shape with a last axis for the steps."""
    return Tensor((*list_shape(lengths), number(op.config["maxlen"])), "bool")


def top_k(op: Operation, x: Any) -> list[Tensor]:
    """Return values and indices."""
    dims = replaced(ranked(list_shape(x), least=1), -1, number(op.config["k"]))
    return [Tensor(dims, dtype_in(x)), Tensor(dims, "int32")]


# Reductions ----------------------------------------------------------------------------------------------


def reduction(op: Operation, x: Any, dtype: str | None = None) -> Tensor:
    """Return the reduction over `axis`: one or several, or all for None."""
    dims, axis = list_shape(x), op.config["axis"]
    keepdims = bool(op.config["keepdims"])
    if axis is not None:
        axis = sorted({axis_in(one, len(dims)) for one in known_numbers(axis)})
    return Tensor(reduce(dims, axis, keepdims), dtype or dtype_in(x))


def arg(op: Operation, x: Any) -> Tensor:
    """Return the index along an axis, the first by default."""
    dims, axis = list_shape(x), op.config["axis"]
    dtype = op.config["output_type"]
    return Tensor(
        without(dims, axis_of(0 if axis is None else axis, len(dims))), dtype if isinstance(dtype, str) else "int64"
    )


def drop_axes(op: Operation, x: Any, count: int) -> Tensor:
    """Return the shape without its last axes."""
    return Tensor(ranked(list_shape(x), least=count)[:-count], dtype_in(x))


def norm(op: Operation, x: Any) -> Tensor:
    """Return the norm over all axes together."""
    return reduction(op, x)


# Creating tensors ----------------------------------------------------------------------------------------


def filled(op: Operation, sizes: Any, *_: Any) -> Tensor:
    """Return a tensor of the shape in the first argument."""
    dtype = op.config.get("dtype")
    return Tensor(tuple(numbers(sizes)), dtype if isinstance(dtype, str) else "float32")


def fill(op: Operation, sizes: Any) -> Tensor:
    """Return a tensor of the shape in the first argument with the value's dtype."""
    return Tensor(tuple(numbers(sizes)), dtype_in(op.config["value"]))


def like(op: Operation, x: Any) -> Tensor:
    """Return the input shape."""
    dtype = op.config["dtype"]
    return Tensor(list_shape(x), dtype if isinstance(dtype, str) else dtype_in(x))


def shape_of(op: Operation, x: Any) -> Tensor:
    """Return the shape as a tensor, which carries the known sizes."""
    dims = list_shape(x)
    dtype = op.config["out_type"]
    return Tensor((len(dims),), dtype if isinstance(dtype, str) else "int32", list(dims))


def size(op: Operation, x: Any) -> Tensor:
    """Return the number of elements."""
    return Tensor((), "int32", product(list_shape(x)))


def rank(op: Operation, x: Any) -> Tensor:
    """Return the number of dimensions."""
    return Tensor((), "int32", len(list_shape(x)))


def range_(op: Operation, start: Any, limit: Any = None, delta: Any = 1) -> Tensor:
    """Return the range from 0 to a single number, or between two numbers."""
    first, last = (0, number(start)) if limit is None else (number(start), number(limit))
    step = number(delta)
    count = None if first is None or last is None or not step else len(range(first, last, step))
    return Tensor((count,), dtype_in(start, limit) or "int32")


# Products ------------------------------------------------------------------------------------------------


def matmul(op: Operation, a: Any, b: Any) -> Tensor:
    """Return the batched matrix product; each operand may be transposed."""
    left, right = (ranked(list_shape(one), least=2) for one in (a, b))
    if op.config["transpose_a"] or op.config["adjoint_a"]:
        left = (*left[:-2], left[-1], left[-2])
    if op.config["transpose_b"] or op.config["adjoint_b"]:
        right = (*right[:-2], right[-1], right[-2])
    return Tensor(matmul_shape(left, right), dtype_in(a, b))


def matvec(op: Operation, a: Any, b: Any) -> Tensor:
    """Return the product of matrices and vectors."""
    left, right = list_shape(a), list_shape(b)
    return Tensor(matmul_shape(left, (*right, 1))[:-1], dtype_in(a, b))


def tensordot(op: Operation, a: Any, b: Any) -> Tensor:
    """Return the sum over the named axes, or over a number of axes between the two tensors."""
    left, right, axes = list_shape(a), list_shape(b), op.config["axes"]
    axes = axes.value if isinstance(axes, Tensor) else axes
    if isinstance(axes, int):
        first, second = list(range(len(left) - axes, len(left))), list(range(axes))
    else:
        first, second = ([one] if isinstance(one, int) else list(one) for one in axes)
    merged([tuple(left[one] for one in first), tuple(right[one] for one in second)])
    return Tensor(without(left, *first) + without(right, *second), dtype_in(a, b))
