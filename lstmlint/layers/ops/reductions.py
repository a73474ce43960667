"""Operations that remove axes, or keep them with size 1."""

from __future__ import annotations

from typing import Any

from lstmlint.layers.ops.algebra import axis_in, equal_but, reduce, without
from lstmlint.layers.ops.base import Operation, Refusal, shape, tensor
from lstmlint.layers.ops.dtypes import as_dtype, dtype_of, promote, result
from lstmlint.model.shapes import KnownShape, Tensor, format_shape
from lstmlint.model.values import show


def _reduced(op: Operation, x: Any) -> KnownShape:
    return reduce(shape(x), op.config["axis"], op.config.get("keepdims", False))


def reduction(op: Operation, x: Any, dtype: str = "same", one_axis: bool = False) -> Tensor:
    """Return the reduction (sum, mean, max, ...) over `axis` (None: all axes)."""
    if one_axis and op.config["axis"] is not None:
        axis_in(op.config["axis"], len(shape(x)))
    own = as_dtype(op.config.get("dtype"), None)
    return Tensor(_reduced(op, x), own or result(dtype, tensor(x).dtype))


def quantile(op: Operation, x: Any, q: Any, dtype: str = "float", short: bool = True) -> Tensor:
    """Return the reduction, with an additional first axis for a list of quantiles."""
    dims = _reduced(op, x)
    if isinstance(q, Tensor):
        dims = (shape(q)[0], *dims) if shape(q) else dims
    elif isinstance(q, list) and (len(q) > 1 or not short):
        dims = (len(q), *dims)
    return Tensor(dims, result(dtype, tensor(x).dtype))


def average(op: Operation, x: Any, weights: Any = None) -> Tensor:
    """Return the mean with weights of the input's shape or of the axis's size."""
    axis, given = op.config["axis"], shape(x)
    dtypes = [dtype_of(x), "float"]
    if weights is not None:
        dtypes.append(dtype_of(weights))
        fits = equal_but(given, shape(weights))
        if axis is not None:
            fits = fits or equal_but([given[axis]], shape(weights))
        if not fits:
            raise Refusal(
                "S113",
                f"has weights {format_shape(weights.shape)} that fit neither {format_shape(given)} nor its axis {axis}",
                "Use weights of the input's shape, or of the size of the axis.",
            )
    return Tensor(reduce(given, None if axis is None else [axis]), promote(*dtypes))


def moments(op: Operation, x: Any) -> list[Tensor]:
    """Return mean and variance."""
    made = Tensor(reduce(shape(x), op.config["axes"], op.config["keepdims"]), x.dtype)
    return [made, made]


def norm(op: Operation, x: Any) -> Tensor:
    """Return the norm of vectors or matrices, after checking that the order exists for the number of axes."""
    order, axis = op.config["ord"], op.config["axis"]
    if isinstance(order, str) and order not in ("fro", "nuc"):
        raise Refusal("E007", f"does not accept the order {show(order)}", "Use 'fro', 'nuc' or a number.", "ord")
    axes = len(shape(x)) if axis is None else 1 if isinstance(axis, int) else len(axis)
    if axes == 1 and isinstance(order, str):
        raise Refusal("E007", f"has the order {show(order)}, which exists only for matrices", "Use a number.", "ord")
    if axes == 2 and order not in (None, "fro", "nuc", float("inf"), float("-inf"), 1, -1, 2, -2):
        raise Refusal(
            "E007",
            f"has the order {show(order)}, which does not exist for matrices",
            "Use 1, 2, 'fro' or 'nuc'.",
            "ord",
        )
    return reduction(op, x, dtype="floating")


def trapezoid(op: Operation, y: Any) -> Tensor:
    """Return the integral along the axis."""
    axis, dims = op.config["axis"], shape(y)
    if axis is not None and dims:
        dims = without(dims, axis % len(dims))
    return Tensor(dims, promote(tensor(y).dtype, "float"))


def trace(op: Operation, x: Any) -> Tensor:
    """Return the sum along the diagonal of two different axes."""
    first, second = (axis_in(op.config[name], len(shape(x))) for name in ("axis1", "axis2"))
    if first == second:
        raise Refusal("S111", f"has the same axis {first} twice", "Name two different axes.", "axis2")
    return Tensor(without(shape(x), first, second), result("prod", x.dtype))


def cross_entropy(op: Operation, target: Any, output: Any, classes: bool = False) -> Tensor:
    """Return a loss per element, or per sample if the last axis contains classes."""
    if shape(target) != shape(output):
        raise Refusal(
            "S113",
            f"needs target and output of the same shape, but gets {format_shape(target.shape)} and"
            f" {format_shape(output.shape)}",
        )
    if classes and not shape(output):
        raise Refusal("S101", "needs at least one dimension, the classes")
    return Tensor(shape(output)[:-1] if classes else shape(output), output.dtype)


def sparse_cross_entropy(op: Operation, target: Any, output: Any) -> Tensor:
    """Return a loss per sample. The targets have the output's shape without the classes."""
    given = shape(output)
    wanted = without(given, op.config["axis"])
    labels = shape(target)
    if len(labels) == len(given) and labels[-1] == 1:
        labels = labels[:-1]
    if labels != wanted:
        raise Refusal("S113", f"needs targets {format_shape(wanted)}, but gets {format_shape(target.shape)}")
    return Tensor(wanted, output.dtype)


def ctc_loss(op: Operation, target: Any, output: Any, target_length: Any, output_length: Any) -> Tensor:
    """Return a loss per sample. All four inputs must have the same number of samples."""
    samples = {shape(value)[0] for value in (target, output, target_length, output_length)}
    if len(samples) > 1:
        raise Refusal("S113", f"gets different numbers of samples: {sorted(map(str, samples))}")
    return Tensor((shape(target)[0],), promote(output.dtype, "float32"))


def ctc_decode(op: Operation, inputs: Any, sequence_lengths: Any) -> list[Tensor]:
    """Return the decoded paths and their scores."""
    paths = 1 if op.config["strategy"] == "greedy" else op.config["top_paths"]
    batch, steps = shape(inputs)[0], shape(inputs)[1]
    return [Tensor((paths, batch, steps), "int32"), Tensor((batch, paths), promote(inputs.dtype, "float32"))]


def similarity(op: Operation, x1: Any, x2: Any, batch: bool = False) -> Tensor:
    """Return a measure of two images or batches of images."""
    ranks = (len(shape(x1)), len(shape(x2)))
    if not batch and ranks[0] != ranks[1]:
        raise Refusal("S101", f"needs inputs of the same rank, but gets {ranks[0]} and {ranks[1]} dimensions")
    if batch and not set(ranks) <= {3, 4}:
        raise Refusal("S101", f"needs images of 3 or 4 dimensions, but gets {ranks[0]} and {ranks[1]}")
    if not batch:
        return Tensor(())
    return Tensor(() if ranks[0] == 3 else (shape(x1)[0],), x1.dtype)
