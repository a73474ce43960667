"""Operations that select elements: slicing, gathering, scattering, one-hot encoding."""

from __future__ import annotations

from typing import Any

from lstmlint.layers.ops.algebra import axis_in, broadcast, flat, inserted, replaced
from lstmlint.layers.ops.base import Operation, Refusal, copies, loose_shape, shape, shown, tensor
from lstmlint.layers.ops.dtypes import as_dtype, dtype_of, promote, strong
from lstmlint.model.shapes import Dim, KnownShape, Tensor, flatten, format_shape
from lstmlint.model.values import show


def get_item(op: Operation, x: Any, key: Any) -> Tensor:
    """Return x[key]: integers remove an axis, slices shorten it, null adds one, an ellipsis skips axes."""
    if not isinstance(key, int | list):
        raise Refusal(
            "E007", f"cannot index with {shown(key)}", "Use numbers, slices, null and one ellipsis in a list."
        )
    return Tensor(sliced(shape(x), key if isinstance(key, list) else [key]), x.dtype)


class UnknownKey:
    """An index (which removes the axis) or a slice whose numbers are unknown before run time."""

    def __init__(self, shrinks: bool) -> None:
        self.shrinks = shrinks


def sliced(dims: KnownShape, keys: list[Any]) -> KnownShape:
    """Return the shape of `x[keys]`.

    Raises: Refusal for keys that are not basic indices, or for too many of them.
    """
    dots = sum(key is Ellipsis for key in keys)
    if dots > 1:
        raise Refusal("E007", "has more than one ellipsis in its key", "Use one.")
    if not dots:
        keys = [*keys, Ellipsis]
    used = sum(key is not Ellipsis and key is not None for key in keys)
    if used > len(dims):
        raise Refusal(
            "S111", f"has {used} indices for the {len(dims)} dimensions of {format_shape(dims)}", "Drop some of them."
        )
    rest = list(dims)
    made: list[Dim] = []
    for key in keys:
        if key is Ellipsis:
            kept = len(dims) - used
            made += rest[:kept]
            del rest[:kept]
        elif key is None:
            made.append(1)
        elif isinstance(key, int):
            size = rest.pop(0)
            if size is not None and not -size <= key < size:
                raise Refusal(
                    "S111", f"has the index {key}, out of range for a size of {size}", f"Use one below {size}."
                )
        elif isinstance(key, slice):
            size = rest.pop(0)
            made.append(None if size is None else len(range(*key.indices(size))))
        elif isinstance(key, UnknownKey):
            del rest[:1]
            made += [] if key.shrinks else [None]
        else:
            raise Refusal("E007", f"cannot index with {shown(key)}", "Use numbers, slices, null and one ellipsis.")
    return tuple(made)


def list_shape(value: Any) -> KnownShape:
    """Return the shape of a tensor, or of nested lists of numbers.

    Raises: Refusal for ragged lists.
    """
    if isinstance(value, Tensor):
        return shape(value)
    if not isinstance(value, list):
        return ()
    inner = [list_shape(item) for item in value]
    if any(other != inner[0] for other in inner):
        raise Refusal("E007", f"gets lists of different lengths: {shown(value)}", "Make their lengths equal.")
    return (len(value), *(inner[0] if inner else ()))


def take(op: Operation, x: Any, indices: Any) -> Tensor:
    """Return the shape with the indices' shape in place of the axis; the indices' shape if the axis is None."""
    axis, dims, picked = op.config["axis"], shape(x), list_shape(indices)
    if axis is None:
        return Tensor(picked, x.dtype)
    axis = axis_in(axis, len(dims))
    return Tensor((*dims[:axis], *picked, *dims[axis + 1 :]), x.dtype)


def take_along_axis(op: Operation, x: Any, indices: Any) -> Tensor:
    """Return the number of indices along the axis; the other axes are broadcast."""
    axis, dims, picked = op.config["axis"], shape(x), shape(indices)
    if axis is None:
        dims, axis = flat(dims), 0
    if len(dims) != len(picked):
        raise Refusal("S113", f"needs indices of {len(dims)} dimensions, but gets {format_shape(picked)}")
    axis = axis_in(axis, len(dims))
    return Tensor(broadcast(replaced(dims, axis, picked[axis]), picked), x.dtype)


def slice_(op: Operation, inputs: Any, start_indices: Any) -> Tensor:
    """Return the sizes in the config; -1 is the rest of the axis."""
    sizes, dims = op.config["shape"], shape(inputs)
    symbolic = isinstance(start_indices, Tensor) and start_indices.value is None
    starts = start_indices.value if isinstance(start_indices, Tensor) else start_indices
    if len(sizes) != len(dims) or (isinstance(starts, list | str | dict) and len(starts) != len(dims)):
        raise Refusal(
            "S101", f"needs one start and one size for each of the {len(dims)} dimensions of {format_shape(dims)}"
        )
    made = []
    for i, (dim, size) in enumerate(zip(dims, sizes, strict=True)):
        made.append(size if size != -1 else None if symbolic or dim is None else dim - starts[i])
    return Tensor(tuple(made), inputs.dtype)


def scatter(op: Operation, indices: Any, values: Any) -> Tensor:
    """Return a tensor of the shape in the config."""
    return Tensor(tuple(op.config["shape"]), tensor(values).dtype)


def one_hot(op: Operation, x: Any) -> Tensor:
    """Return the shape with a new axis for the classes."""
    return Tensor(_with_classes(op, loose_shape(x)), as_dtype(op.config["dtype"]))


def _with_classes(op: Operation, dims: KnownShape) -> KnownShape:
    axis, classes = op.config["axis"], op.config["num_classes"]
    if axis != -1 and not 0 <= axis < len(dims):
        raise Refusal("S111", f"has axis {axis}, but it must be -1 or from 0 to {len(dims) - 1}", argument="axis")
    return inserted(dims, len(dims) if axis == -1 else axis, classes)


def multi_hot(op: Operation, inputs: Any) -> Tensor:
    """Return the one-hot shape, with the labels of a sample in one vector."""
    if op.config["num_classes"] is None:
        op.config["num_classes"] = op.config.get("num_tokens")
    if op.config["num_classes"] is None:
        raise Refusal("E006", "needs the argument 'num_classes'", "Set it.", "num_classes")
    dims = _with_classes(op, loose_shape(inputs))
    return Tensor(dims[-1:] if len(dims) == 2 else (dims[0], *dims[2:]), tensor(inputs).dtype)


def top_k(op: Operation, x: Any) -> list[Tensor]:
    """Return values and indices of the k largest elements along the last axis."""
    dims = replaced(shape(x), -1, op.config["k"])
    return [Tensor(dims, x.dtype), Tensor(dims, "int32")]


def segment(op: Operation, data: Any, segment_ids: Any) -> Tensor:
    """Return the shape with the number of segments as its first axis."""
    return Tensor((op.config["num_segments"], *shape(data)[1:]), data.dtype)


def nonzero(op: Operation, x: Any) -> list[Tensor]:
    """Return one tensor of indices per axis, of unknown length."""
    return [Tensor((None,), "int32") for _ in shape(x)]


def unique(op: Operation, x: Any) -> Any:
    """Return the unique values, and the other outputs that the config requests."""
    size, axis, dims = op.config["size"], op.config["axis"], shape(x)
    found = Tensor((size,) if axis is None else replaced(dims, axis_in(axis, len(dims)), size), x.dtype)
    inverse = dims if axis is None else (dims[axis],)
    counts = Tensor((size,), "int32")
    asked = (("return_index", counts), ("return_inverse", Tensor(inverse, "int32")), ("return_counts", counts))
    made = [found, *(one for name, one in asked if op.config[name])]
    return made if len(made) > 1 else found


def bincount(op: Operation, x: Any) -> Tensor:
    """Return counts, whose number depends on the largest value. Weights affect the dtype."""
    weights = op.config["weights"]
    if weights is None:
        dtype: str | None = "int32"
    else:
        dtype = promote(x.dtype, *(strong(dtype_of(one)) for one in flatten(weights)))
    return Tensor((*shape(x)[:-1], None), dtype)


def histogram(op: Operation, x: Any) -> list[Tensor]:
    """Return counts and edges."""
    bins = op.config["bins"]
    if not isinstance(bins, int) or bins < 0:
        raise Refusal("E007", f"has {show(bins)} bins", "Use a positive number.", "bins")
    if op.config["range"]:
        raise Refusal(
            "E007",
            "takes its range as a tuple, which a file cannot contain",
            "Leave range out, and scale the input.",
            "range",
        )
    return [Tensor((bins,), tensor(x).dtype), Tensor((bins + 1,), x.dtype)]


def search_sorted(op: Operation, sorted_sequence: Any, values: Any) -> Tensor:
    """Return a position per value: int32 if the sequence is known to be short enough."""
    dims = shape(sorted_sequence)
    if len(dims) != 1:
        raise Refusal("S101", f"needs a sorted vector, but gets {format_shape(dims)}", "Use one dimension.")
    short = dims[0] is not None and dims[0] <= 2**31 - 1
    return Tensor(shape(values), "int32" if short else "int64")


def digitize(op: Operation, x: Any, bins: Any) -> Tensor:
    """Return a bin per element."""
    if len(shape(bins)) > 1:
        raise Refusal("S101", f"needs a vector of bins, but gets {format_shape(bins.shape)}", "Use one dimension.")
    return Tensor(shape(x), "int32")


def unravel_index(op: Operation, indices: Any) -> list[Tensor]:
    """Return indices of the input's shape for each axis of the shape in the config."""
    sizes = op.config["shape"]
    dims = (None,) if None in sizes else shape(indices)
    return copies(Tensor(dims, tensor(indices).dtype), len(sizes))


def arange(op: Operation, start: Any, stop: Any = None, step: Any = None) -> Tensor:
    """Refuse tensors as bounds, as Keras does."""
    raise Refusal("E007", "cannot count from or to a tensor", "Its arguments must be numbers.")
