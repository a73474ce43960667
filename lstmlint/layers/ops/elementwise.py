"""Elementwise operations: one argument keeps its shape, several are broadcast."""

from __future__ import annotations

from typing import Any

from lstmlint.layers.ops.algebra import axes_in, axis_in, broadcast, flat, ranked
from lstmlint.layers.ops.base import Operation, Refusal, loose_shape, shape, shown, tensor
from lstmlint.layers.ops.dtypes import as_dtype, dtype_of, promote, result, strong
from lstmlint.model.shapes import Tensor
from lstmlint.model.values import show


def unary(op: Operation, x: Any, *_: Any, dtype: str = "same", least: int = 0) -> Tensor:
    """Return the shape of the first argument."""
    return Tensor(ranked(shape(x), least=least), result(dtype, tensor(x).dtype))


def along_axis(op: Operation, x: Any, *_: Any, dtype: str = "same", several: bool = True) -> Tensor:
    """Return the same shape after a check of `axis` (None: all axes)."""
    axis = op.config["axis"]
    if axis is not None or not several:
        (axes_in if several else axis_in)(axis, len(shape(x)))
    return Tensor(shape(x), result(dtype, tensor(x).dtype))


def flattening(op: Operation, x: Any, dtype: str = "same", checked: bool = True) -> Tensor:
    """Return the same shape along an `axis`; flattened if it is None."""
    axis, given = op.config["axis"], shape(x)
    if axis is not None and checked:
        axis_in(axis, len(given))
    own = as_dtype(op.config.get("dtype"), tensor(x).dtype)
    return Tensor(flat(given) if axis is None else given, result(dtype, own))


def partition(op: Operation, x: Any) -> Tensor:
    """Return the indices of a partial sort around the k-th element."""
    if not isinstance(op.config["kth"], int):
        raise Refusal("E007", f"needs an integer as kth, but gets {show(op.config['kth'])}", argument="kth")
    return flattening(op, x, dtype="int32", checked=False)


def cast(op: Operation, x: Any, *_: Any) -> Tensor:
    """Return the same shape with the dtype in the config; by default, the input's dtype."""
    return Tensor(shape(x), as_dtype(op.config["dtype"], tensor(x).dtype))


def cast_required(op: Operation, x: Any) -> Tensor:
    """Return the same shape with the dtype in the config; by default, float32."""
    return Tensor(shape(x), as_dtype(op.config["dtype"]))


def binary(op: Operation, x1: Any, x2: Any, *_: Any, dtype: str = "promote") -> Tensor:
    """Return the broadcast of two tensors or numbers."""
    if dtype == "bool":
        return Tensor(broadcast(loose_shape(x1), loose_shape(x2)), "bool")
    return Tensor(broadcast(loose_shape(x1), loose_shape(x2)), result(dtype, dtype_of(x1), dtype_of(x2)))


def binary_tensors(op: Operation, x1: Any, x2: Any, dtype: str) -> Tensor:
    """Return the broadcast of two tensors; numbers are refused."""
    return Tensor(broadcast(shape(x1), shape(x2)), result(dtype, tensor(x1).dtype, tensor(x2).dtype))


def arctan2(op: Operation, x1: Any, x2: Any) -> Tensor:
    """Return the broadcast. Keras treats Python numbers as float32."""
    dtypes = [value.dtype if isinstance(value, Tensor) else "float32" for value in (x1, x2)]
    return Tensor(broadcast(loose_shape(x1), loose_shape(x2)), promote(*dtypes, "float"))


def first_of_two(op: Operation, x: Any, y: Any) -> Tensor:
    """Return the first shape with the promoted dtype: these bitwise operations do not broadcast."""
    return Tensor(shape(x), promote(tensor(x).dtype, tensor(y).dtype))


def shift(op: Operation, x: Any, y: Any) -> Tensor:
    """Return the first shape. A Python number as the second argument does not affect the dtype."""
    return Tensor(shape(x), tensor(x).dtype if isinstance(y, int) else promote(tensor(x).dtype, tensor(y).dtype))


def where(op: Operation, condition: Any, x1: Any = None, x2: Any = None) -> Tensor:
    """Return the broadcast of the condition and both choices. A missing choice counts as an integer."""
    dtypes = ["int32" if value is None else dtype_of(value) for value in (x1, x2)]
    return Tensor(broadcast(*map(loose_shape, (condition, x1, x2))), promote(*dtypes))


def select(op: Operation, conditions: Any, choices: Any, default: Any = 0) -> Tensor:
    """Return the shape and dtype of the first choice."""
    return Tensor(shape(choices[0]), choices[0].dtype)


def fabs(op: Operation, x: Any) -> Tensor:
    """Return the same shape; complex numbers are refused."""
    if "complex" in (tensor(x).dtype or ""):
        raise Refusal("E007", f"does not accept {x.dtype}", "Use keras.ops.abs.")
    return unary(op, x, dtype="floating")


def constant_shape(op: Operation, *_: Any, dtype: str = "bool") -> Tensor:
    """Return a scalar."""
    return Tensor((), result(dtype, None))


def full(op: Operation, fill_value: Any) -> Tensor:
    """Return a tensor of the shape in the config."""
    return Tensor(tuple(op.config["shape"]), as_dtype(op.config["dtype"]))


def ndim(op: Operation, x: Any) -> Tensor:
    """Return a tensor whose only size is the rank, as Keras does."""
    return Tensor((len(shape(x)),))


def evenly_spaced(op: Operation, start: Any, stop: Any) -> Any:
    """Return `num` values between start and stop on a new axis."""
    dims = list(broadcast(loose_shape(start), loose_shape(stop)))
    dims.insert(axis_in(op.config["axis"], len(dims) + 1), op.config["num"])
    named = op.config["dtype"]
    own = as_dtype(named) if named is not None else strong(dtype_of(start))
    made = Tensor(tuple(dims), promote(own, "float"))
    if op.config.get("retstep"):
        raise Refusal(
            "E007", "with retstep=true returns a step that is not a tensor", "Set retstep to false.", "retstep"
        )
    return made


def batch_norm(op: Operation, x: Any, mean: Any, variance: Any, offset: Any, scale: Any) -> Tensor:
    """Return the input shape. The statistics must be vectors of the size of the axis."""
    wanted = (shape(x)[op.config["axis"]],)
    given = {"mean": mean, "variance": variance}
    if offset is not None:
        given["offset"] = offset
    if offset is not scale:
        given["scale"] = scale
    for name, value in given.items():
        if shape(value) != wanted:
            raise Refusal("S113", f"needs a {name} of shape {shown(Tensor(wanted))}, but gets {shown(value)}")
    return Tensor(shape(x), x.dtype)


def attention(op: Operation, query: Any, key: Any, value: Any, *_: Any) -> Tensor:
    """Return the query's shape with the promoted dtype of query, key and value."""
    return Tensor(shape(query), promote(*(tensor(one).dtype for one in (query, key, value))))
