"""EinsumDense and ReversibleEmbedding."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, NamedTuple

from lstmlint.layers.base import LayerError, Weight, layer, need
from lstmlint.layers.core import Embedding, is_plain
from lstmlint.layers.input_spec import PinnedLayer
from lstmlint.layers.quantization import in_order, layer_policy, quantized_reverse, quantized_weights, refused
from lstmlint.model.shapes import Dim, KnownShape, Shape, Tensor, format_shape, product
from lstmlint.model.values import show

# Keras replaces an ellipsis with 0 before it matches, and does not match the end of the text.
_ELLIPSIS = r"(\.\.\.|0)?"
_EQUATION = re.compile(rf"{_ELLIPSIS}([a-zA-Z]+){_ELLIPSIS},([a-zA-Z]+)->{_ELLIPSIS}([a-zA-Z]+){_ELLIPSIS}")


class Equation(NamedTuple):
    """The axes in `inputs,kernel->output`, one letter per axis.

    left, right: whether there is an ellipsis before or after the letters.
    """

    inputs: str
    kernel: str
    output: str
    left: bool = False
    right: bool = False

    @property
    def ellipsis(self) -> bool:
        """Return whether the equation has an ellipsis."""
        return self.left or self.right


def parse_equation(equation: Any) -> Equation:
    """Parse an equation.

    Raises: LayerError E007 if Keras does not accept it.
    """
    match = _EQUATION.match(equation) if isinstance(equation, str) else None
    if match:
        left, inputs, right, kernel, out_left, output, out_right = match.groups()
        if left and out_left and not right:
            return Equation(inputs, kernel, output, left=True)
        if not left and not out_left and (not right or (out_right and len(inputs) > 1)):
            return Equation(inputs, kernel, output, right=bool(right))
    raise _refused(
        f"the equation {show(equation)} of EinsumDense is not of the form ab,bc->ac, ...b,bc->...c or ab...,bc->ac..."
    )


def _refused(message: str, argument: str = "equation", advice: str = "") -> LayerError:
    advice = advice or "Name every axis of input, kernel and output with one letter, as in abc,cd->abd."
    return LayerError("E007", f"{message}; Keras raises a ValueError", advice, argument)


class Contraction(NamedTuple):
    """The shapes that result from an equation and an input shape. None in a kernel or bias is an unknown size."""

    kernel: KnownShape
    bias: KnownShape | None
    output: KnownShape


def contract(
    equation: Equation, shape: KnownShape, partial: Iterable[Dim], bias_axes: Iterable[str] | None, keras2: bool = False
) -> Contraction:
    """Return the shapes for an input shape. `partial` is the output shape without the batch.

    keras2: tf_keras reads the sizes of the kernel from the input first, Keras 3 from the output first.

    Raises: LayerError E007 or S101 if Keras refuses the shapes.
    """
    inputs, kernel, output, left, _ = equation
    elided = len(shape) - len(inputs)
    if elided < 0 or not shape or (keras2 and elided and not equation.ellipsis):
        raise LayerError(
            "S101",
            f"EinsumDense names {len(inputs)} axes ({inputs}) of its input, which has {len(shape)}:"
            f" {format_shape(shape)}; Keras raises an error",
            f"Use an input with {len(inputs)} dimensions, or shorten the equation.",
            shape=shape,
        )
    full = [shape[0], *partial]
    if not left:
        full += shape[len(shape) - elided :]
    elif elided:  # Keras 3 reverses the axes of the ellipsis
        full[1:1] = shape[1:elided] if keras2 else shape[elided - 1 : 0 : -1]
    offset = elided if left else 0
    if len(output) + offset > len(full):
        raise _refused(
            f"output_shape of EinsumDense has {len(list(partial))} sizes for the {len(output)} axes of {show(output)},"
            " including the batch",
            "output_shape",
            f"Write {len(output) - (0 if left else 1)} sizes in output_shape, with null for unknown ones.",
        )
    into = {letter: shape[index + (elided if left else 0)] for index, letter in enumerate(inputs)}
    out = {letter: full[index + offset] for index, letter in enumerate(output)}
    for letter in inputs:
        if letter in out and out[letter] is not None and out[letter] != into[letter]:
            raise _refused(
                f"axis {show(letter)} of EinsumDense is {into[letter]} in the input and {out[letter]} in output_shape",
                "output_shape",
                f"Set that size of output_shape to {into[letter]} or null.",
            )
    for letter in output:
        if letter not in inputs and letter not in kernel:
            raise _refused(f"axis {show(letter)} of EinsumDense's output {show(output)} is in neither input nor kernel")
    sizes: list[Dim] = []
    for letter in kernel:
        if letter not in into and letter not in out:
            raise _refused(f"axis {show(letter)} of EinsumDense's kernel {show(kernel)} is in neither input nor output")
        first, second = (into, out) if keras2 else (out, into)
        sizes.append(first[letter] if letter in first else second[letter])
    if keras2:
        full = [
            into.get(output[index - offset]) if dim is None and 0 <= index - offset < len(output) else dim
            for index, dim in enumerate(full)
        ]
    return Contraction(tuple(sizes), _bias(equation, bias_axes, out, elided), tuple(full))


def _bias(equation: Equation, bias_axes: Iterable[str] | None, out: dict[str, Dim], elided: int) -> KnownShape | None:
    """Return the shape of the bias: from its first axis to the output's last axis, 1 on the axes it lacks."""
    if bias_axes is None:
        return None
    letters = list(bias_axes)
    output = equation.output
    if not letters or any(not isinstance(letter, str) or letter not in out for letter in letters):
        raise _refused(f"bias_axes {show(bias_axes)} of EinsumDense are not all in the output {show(output)}", "bias_axes",
                       f"Use letters of {show(output)}, or null for no bias.")  # fmt: skip
    start = min(output.index(letter) for letter in letters)
    bias: list[Dim] = [out[letter] if letter in letters else 1 for letter in output[start:]]
    return tuple(bias if equation.left else bias + [1] * elided)


@layer("EinsumDense")
class EinsumDense(PinnedLayer):
    """output = activation(einsum(equation, input, kernel) + bias).

    The equation decides the shapes: the kernel has one axis per letter, and the bias those in bias_axes.
    """

    quantizable = applies_activation = mixes_timesteps = True

    def contraction(self, shape: KnownShape) -> Contraction:
        """Return the shapes for an input shape.

        Raises: LayerError E006, E007, S101.
        """
        given = self.config.get("output_shape")
        partial = [given] if isinstance(given, int) else given
        if not isinstance(partial, list | tuple) or not all(dim is None or isinstance(dim, int) for dim in partial):
            raise LayerError(
                "E007" if "output_shape" in self.spec.config else "E006",
                f"output_shape of EinsumDense is {show(given)}; Keras takes an integer or a list of integers",
                "List the sizes of the output without the batch, with null for unknown ones.",
                "output_shape",
            )
        bias_axes = self.config.get("bias_axes")
        if bias_axes is not None and not isinstance(bias_axes, str | list | tuple):
            raise _refused(f"bias_axes of EinsumDense is {show(bias_axes)}", "bias_axes", "Use a string of letters.")
        keras2 = self.context.dialect != "keras3"
        return contract(parse_equation(self.config.get("equation")), shape, partial, bias_axes, keras2)

    def weights(self, input_shape: Shape) -> Iterable[Weight]:
        """Yield the kernel and the bias.

        Raises: LayerError S106 if one of their sizes is unknown.
        """
        shape = need(input_shape)
        contraction = self.contraction(shape)
        plain = [self.weight("kernel", self.sizes("kernel", contraction.kernel, shape))]
        if contraction.bias is not None:
            plain.append(self.weight("bias", self.sizes("bias", contraction.bias, shape)))
        return plain if is_plain(self) else self.quantized(plain)

    def sizes(self, name: str, sizes: KnownShape, shape: KnownShape) -> tuple[int, ...]:
        """Return the sizes if all are known.

        Raises: LayerError S106.
        """
        if None not in sizes:
            numbers = tuple(dim for dim in sizes if dim is not None)
            if min(numbers, default=0) < 0:
                raise _refused(f"the {name} of EinsumDense would have the shape {format_shape(sizes)}", "output_shape",
                               "Use positive sizes in output_shape, with null for unknown ones.")  # fmt: skip
            return numbers
        raise LayerError(
            "S106",
            f"the equation {show(self.config['equation'])} leaves the {name} of EinsumDense the shape"
            f" {format_shape(sizes)} for the input {format_shape(shape)}; Keras raises a ValueError",
            "Put a number in output_shape, or give the input that dimension.",
            shape=shape,
        )

    def quantized(self, plain: list[Weight]) -> list[Weight]:
        """Return the weights after quantization and LoRA.

        int4 packs the kernel as a matrix (contracted axes, other axes). gptq and awq take the largest axis of a kernel
        with
        three axes for the model's width.

        Raises: LayerError P609 for an equation with an ellipsis, which Keras 3.15 can quantize to float8 only.
        """
        equation = parse_equation(self.config["equation"])
        shape = plain[0].shape
        policy = layer_policy(self)
        if policy and policy.mode != "float8" and equation.ellipsis:
            raise refused(f"Keras cannot quantize an EinsumDense with an ellipsis to {policy.mode}")
        scale = _scale(equation, shape)
        if scale is None and policy and policy.mode == "int8":
            raise refused("Keras cannot quantize an EinsumDense to int8 if all axes of the output are in the kernel")
        contracted = [letter not in equation.output for letter in equation.kernel]
        rows = product(dim for dim, inner in zip(shape, contracted, strict=True) if inner) or 0
        columns = product(dim for dim, inner in zip(shape, contracted, strict=True) if not inner) or 0
        grouped = None
        if len(shape) == 3:
            first = shape.index(max(shape)) == 0
            grouped = (shape[0], shape[1] * shape[2]) if first else (shape[0] * shape[1], shape[2])
        return quantized_weights(
            self,
            plain,
            scale=scale,
            packed=(rows, columns),
            grouped=grouped,
            zero="zero_point",
        )

    def output_shape(self, input_shape: KnownShape) -> Shape:
        """Return output_shape, with the batch and the axes of an ellipsis from the input."""
        return self.contraction(input_shape).output

    def macs(self, input_shapes: list[Shape], output_shapes: list[Shape]) -> int | None:
        """Return the multiply-accumulates: the product of all axes in the equation, without the batch."""
        shape = need(input_shapes[0])
        equation = parse_equation(self.config.get("equation"))
        kernel = self.contraction(shape).kernel
        inner = (dim for letter, dim in zip(equation.kernel, kernel, strict=True) if letter not in equation.inputs)
        return product((*shape[1:], *inner))


def _scale(equation: Equation, shape: tuple[int, ...]) -> tuple[int, ...] | None:
    """Return the shape of int8's kernel_scale, which divides the output: 1 on contracted axes.

    The axes of the kernel move to their places in the output. A contracted axis moves, with size 1, to the next place
    that
    no axis of the kernel takes; if there is none, Keras drops the axis of the same number. None if the kernel takes all
    axes of the output, which Keras does not support.
    """
    kernel, output = equation.kernel, equation.output
    free = [place for place, letter in enumerate(output) if letter not in kernel]
    order = [kernel.index(letter) for letter in output if letter in kernel]
    at: int | None = None
    dropped = []
    for axis, letter in enumerate(kernel):
        if letter in output:
            continue
        if free:
            at = free.pop(0)
        elif at is None:
            return None
        else:
            dropped.append(axis)
        order.insert(at, axis)
    sizes = [shape[axis] if kernel[axis] in output else 1 for axis in order]
    for place in free:
        sizes.insert(place, 1)
    for axis in reversed(dropped):
        del sizes[axis]
    return tuple(sizes)


@layer("ReversibleEmbedding")
class ReversibleEmbedding(Embedding):
    """An embedding that can also be applied in reverse: vectors in, one score per vocabulary entry out."""

    def weights(self, input_shape: Any) -> list[Weight]:
        """Yield embeddings (input_dim, output_dim) and, unless tied, its transpose reverse_embeddings."""
        weights = super().weights(input_shape)
        if self.config["tie_weights"]:
            return weights
        reverse = self.weight("reverse_embeddings", (self.integer("output_dim"), self.integer("input_dim")))
        return in_order([*weights, *([reverse] if is_plain(self) else quantized_reverse(self, reverse))])

    def call(self, inputs: Any, reverse: Any = False, *args: Any, **kwargs: Any) -> Any:
        """Return (..., output_dim), or (..., input_dim) in reverse."""
        if not reverse:
            return super().call(inputs)
        shape = need(inputs.shape)
        if not shape:
            raise LayerError(
                "S101", "ReversibleEmbedding in reverse needs a feature axis", "Use an input (batch, features)."
            )
        return Tensor((*shape[:-1], self.integer("input_dim")), self.compute_dtype)


__all__ = ["Contraction", "EinsumDense", "Equation", "ReversibleEmbedding", "contract", "parse_equation"]
