"""Products of tensors, and linear algebra on their last two axes."""

from __future__ import annotations

from typing import Any

from lstmlint.layers.ops.algebra import axis_in, broadcast, equal_but, ranked, without
from lstmlint.layers.ops.base import Operation, Refusal, loose_shape, shape, tensor
from lstmlint.layers.ops.dtypes import dtype_of, promote, result, strong
from lstmlint.model.shapes import Dim, KnownShape, Tensor, format_shape, product
from lstmlint.model.values import show


def matmul_shape(left: KnownShape, right: KnownShape) -> KnownShape:
    """Return the shape of a matrix product with broadcast batch axes.

    Raises: Refusal S115.
    """
    first, second = (1, *left) if len(left) == 1 else left, (*right, 1) if len(right) == 1 else right
    inner = first[-1], second[-2]
    if None not in inner and inner[0] != inner[1]:
        raise Refusal(
            "S115",
            f"cannot multiply {format_shape(left)} with {format_shape(right)}: {inner[0]} columns meet {inner[1]} rows",
            "The last size of the first and the second-last of the second must be equal.",
        )
    dims = [*broadcast(first[:-2], second[:-2]), first[-2], second[-1]]
    if len(left) == 1:
        del dims[-2]
    if len(right) == 1:
        del dims[-1]
    return tuple(dims)


def matmul(op: Operation, x1: Any, x2: Any) -> Tensor:
    """Return the batched matrix product."""
    return Tensor(matmul_shape(loose_shape(x1), loose_shape(x2)), result("matmul", dtype_of(x1), dtype_of(x2)))


def dot(op: Operation, x1: Any, x2: Any) -> Tensor:
    """Return the product of the first's last axis with the second's second-last axis, and the other axes of both."""
    left, right = loose_shape(x1), loose_shape(x2)
    dtype = promote(dtype_of(x1), dtype_of(x2))
    if not left or not right:
        return Tensor(broadcast(left, right), dtype)
    if len(right) == 1:
        if len(left) > 1 and left[-1] != right[0]:
            raise _no_dot(left, right)
        return Tensor(left[:-1], dtype)
    if left[-1] is not None and right[-2] is not None and left[-1] != right[-2]:
        raise _no_dot(left, right)
    return Tensor((*left[:-1], *right[:-2], right[-1]), dtype)


def _no_dot(left: KnownShape, right: KnownShape) -> Refusal:
    return Refusal(
        "S115",
        f"cannot multiply {format_shape(left)} with {format_shape(right)}",
        "The last size of the first must equal the second-last size of the second.",
    )


def inner(op: Operation, x1: Any, x2: Any) -> Tensor:
    """Return the product of the last axes of both."""
    left, right = loose_shape(x1), loose_shape(x2)
    dtype = promote(dtype_of(x1), dtype_of(x2))
    if not left or not right:
        return Tensor(left or right, dtype)
    if None not in (left[-1], right[-1]) and left[-1] != right[-1]:
        raise _no_dot(left, right)
    return Tensor(left[:-1] + right[:-1], dtype)


def outer(op: Operation, x1: Any, x2: Any) -> Tensor:
    """Return the product of each pair of elements."""
    sizes = (product(shape(x)) if isinstance(x, Tensor) else 1 for x in (x1, x2))
    return Tensor(tuple(sizes), promote(dtype_of(x1), dtype_of(x2)))


def vdot(op: Operation, x1: Any, x2: Any) -> Tensor:
    """Return a scalar."""
    return Tensor((), promote(dtype_of(x1), dtype_of(x2)))


def tensordot(op: Operation, x1: Any, x2: Any) -> Tensor:
    """Return the sum over the named axes; a number means that many axes between the two tensors."""
    left, right, axes = loose_shape(x1), loose_shape(x2), op.config["axes"]
    dtype = promote(dtype_of(x1), dtype_of(x2))
    if isinstance(axes, int):
        return Tensor(left + right if axes <= 0 else left[:-axes] + right[axes:], dtype)
    first, second = [left[axis] for axis in axes[0]], [right[axis] for axis in axes[1]]
    if not equal_but(first, second):
        raise Refusal(
            "S115", f"would sum {format_shape(tuple(first))} with {format_shape(tuple(second))}", argument="axes"
        )
    return Tensor(without(left, *axes[0]) + without(right, *axes[1]), dtype)


def kron(op: Operation, x1: Any, x2: Any) -> Tensor:
    """Return the Kronecker product, whose sizes are products per axis."""
    pairs = zip(loose_shape(x1), loose_shape(x2), strict=False)
    return Tensor(tuple(product(pair) for pair in pairs), promote(strong(dtype_of(x1)), strong(dtype_of(x2))))


def cross(op: Operation, x1: Any, x2: Any) -> Tensor:
    """Return the vector product on axes of size 2 or 3."""
    names = ("axisa", "axisb", "axisc")
    axis = op.config["axis"]
    first, second, third = (op.config[name] if axis is None else axis for name in names)
    sizes = shape(x1)[first], shape(x2)[second]
    for size in sizes:
        if size not in (2, 3, None):
            raise Refusal("S113", f"needs vectors of 2 or 3, but gets {size}", "Cross products exist only for these.")
    dims = list(broadcast(without(shape(x1), first), without(shape(x2), second)))
    value = [3] if 3 in sizes else []
    place = axis_in(third, len(dims) + len(value))
    return Tensor((*dims[:place], *value, *dims[place:]), promote(x1.dtype, x2.dtype))


def einsum(op: Operation, *operands: Any) -> Tensor:
    """Return the sum over the labels that the result does not have; the others are kept and broadcast.

    Keras does not compare the sizes of a summed label.
    """
    sides = op.config["subscripts"].split("->")
    if len(sides) > 2:
        raise Refusal("E007", f"has more than one -> in {show(op.config['subscripts'])}", argument="subscripts")
    inputs = sides[0].split(",")
    if len(inputs) != len(operands):
        raise Refusal(
            "E007",
            f"has {len(inputs)} inputs in {show(op.config['subscripts'])}, but gets {len(operands)} tensors",
            "Write one set of subscripts per tensor.",
            "subscripts",
        )
    if len(sides) == 2:
        target = sides[1]
    else:
        labels = [label for label in sides[0] if label.isalpha()]
        target = "..." + "".join(sorted({label for label in labels if labels.count(label) == 1}))
    shapes = [_einsum_operand(loose_shape(x), spec, target) for x, spec in zip(operands, inputs, strict=True)]
    dtypes = {strong(dtype_of(x)) for x in operands}
    return Tensor(broadcast(*shapes), "int32" if dtypes == {"int8"} else promote(*dtypes))


def _einsum_operand(dims: KnownShape, spec: str, target: str) -> list[Dim]:
    """Return an operand's sizes on the axes of the result, 1 on those it lacks."""
    front, *ends = spec.split("...")
    back = ends[0] if ends else ""
    if (len(front) + len(back) > len(dims)) if ends else len(front) != len(dims):
        raise Refusal(
            "S101",
            f"has the subscripts {show(spec)}, which do not match the shape {format_shape(dims)}",
            "Name each axis once.",
            "subscripts",
        )
    sizes: dict[str, Dim] = {}
    for label, size in [*zip(front, dims, strict=False), *zip(reversed(back), reversed(dims), strict=False)]:
        sizes.setdefault(label, size)
    between = dims[len(front) : len(dims) - len(back)] if ends else ()
    made: list[Dim] = []
    for label in target.replace("...", "."):
        if label == ".":
            made += between
        elif label in sizes:
            made.append(sizes[label])
        elif "a" <= label <= "z":
            made.append(1)
        elif label != " ":
            raise Refusal("E007", f"cannot place the label {show(label)}", "Use lower-case letters.", "subscripts")
    return made


def square(op: Operation, x: Any, outputs: str = "same", dtype: str | None = None) -> Any:
    """Return what depends on square matrices: the inverse, a factor, the determinant, or eigenvalues and eigenvectors."""
    dims = ranked(shape(x), least=2)
    if dims[-1] != dims[-2]:
        raise Refusal("S113", f"needs square matrices, but gets {format_shape(dims)}", "Make the last two sizes equal.")
    same = Tensor(dims, x.dtype)
    if outputs == "eigen":
        return [Tensor(dims[:-1], x.dtype), same]
    return Tensor(dims[:-2], x.dtype) if outputs == "scalar" else same


def matrix(op: Operation, x: Any, outputs: str) -> Any:
    """Return the decompositions of matrices with known numbers of rows and columns."""
    *batch, rows, columns = ranked(shape(x), least=2)
    if outputs == "pinv":
        return Tensor((*batch, columns, rows), x.dtype)
    if outputs == "rank":
        return Tensor(tuple(batch), "int32")
    if rows is None or columns is None:
        raise Refusal(
            "S106",
            f"needs known last sizes, but gets {format_shape(x.shape)}",
            "Set them to numbers in the input's shape.",
        )
    small = min(rows, columns)
    if outputs == "lu":
        tails: list[tuple[int, ...]] = [(rows, columns), (small,)]
    elif outputs == "qr":
        mode = op.config["mode"]
        if mode not in ("reduced", "complete"):
            raise Refusal("E007", f"does not accept the mode {show(mode)}", "Use 'reduced' or 'complete'.", "mode")
        tails = [(rows, small), (small, columns)] if mode == "reduced" else [(rows, rows), (rows, columns)]
    else:
        full = op.config["full_matrices"]
        tails = [(rows, rows if full else small), (small,), (columns if full else small, columns)]
        if not op.config["compute_uv"]:
            return Tensor((*batch, small), x.dtype)
    return [Tensor((*batch, *tail), x.dtype) for tail in tails]


def solve(op: Operation, a: Any, b: Any) -> Tensor:
    """Return the shape of the right-hand side."""
    square(op, a)
    left, right = shape(a), ranked(shape(b), least=1)
    same_rank = len(left) == len(right)
    if (same_rank and left[-2] != right[-2]) or (len(left) == len(right) - 1 and left[-1] != right[-1]):
        raise Refusal(
            "S113", f"cannot solve {format_shape(left)} for {format_shape(right)}", "Their rows must be equal."
        )
    return Tensor(right, b.dtype)


def lstsq(op: Operation, a: Any, b: Any) -> Tensor:
    """Return the solution for one or several right-hand sides."""
    rows, columns = ranked(shape(a), 2)
    right = ranked(shape(b), 1, 2)
    if right[0] != rows:
        raise Refusal(
            "S113", f"cannot solve {format_shape(a.shape)} for {format_shape(right)}", "Their rows must be equal."
        )
    return Tensor((columns, *right[1:]), a.dtype)


def cdist(op: Operation, x: Any, y: Any) -> Tensor:
    """Return the distance between each row of the first and each row of the second."""
    left, right = ranked(shape(x), least=2), ranked(shape(y), least=2)
    if None not in (left[-1], right[-1]) and left[-1] != right[-1]:
        raise Refusal("S115", f"needs rows of one length, but gets {format_shape(left)} and {format_shape(right)}")
    return Tensor((*broadcast(left[:-2], right[:-2]), left[-2], right[-2]), promote(x.dtype, y.dtype, "float"))


def correlate(op: Operation, x1: Any, x2: Any) -> Tensor:
    """Return the correlation of two vectors of known length."""
    (left,), (right,) = ranked(loose_shape(x1), 1), ranked(loose_shape(x2), 1)
    if left is None or right is None:
        raise Refusal("S106", "needs vectors of known length", "Set them to numbers in the input's shape.")
    long, short = max(left, right), min(left, right)
    sizes = {"valid": long - short + 1, "same": long, "full": left + right - 1}
    if op.config["mode"] not in sizes:
        raise Refusal("E007", f"does not accept the mode {show(op.config['mode'])}", "Use valid, same or full.", "mode")
    return Tensor((sizes[op.config["mode"]],), result("correlate", tensor(x1).dtype, tensor(x2).dtype))


def slogdet(op: Operation, x: Any) -> list[Tensor]:
    """Return sign and logarithm of the determinant. Keras treats the sign as a scalar."""
    return [Tensor((), tensor(x).dtype), Tensor(shape(x)[:-2], x.dtype)]
