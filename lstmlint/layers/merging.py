"""Merging layers (keras.layers.merging).

Keras 3 and standalone Keras 2 infer the output shape from the shapes alone. tf_keras infers it from the operations,
which resolve a dimension that only one input states; see `merge_dims`.
"""

from __future__ import annotations

from typing import Any, ClassVar

from lstmlint.layers.base import Layer, LayerError, MaskedInputs, layer, need
from lstmlint.layers.runtime_errors import fails_when_run
from lstmlint.model.shapes import Dim, KnownShape, Shape, Tensor, add, format_shape, product
from lstmlint.model.values import show


class Merge(Layer):
    """A layer that merges a list of tensors into one."""

    multiple_inputs = True
    needs_build_shape = True
    takes_structures = merges_lists = supports_masking = True
    masked_inputs: ClassVar[MaskedInputs] = "all"
    checked_when_built: ClassVar[bool] = False
    checked = False

    def shapes(self, inputs: Any) -> list[Shape]:
        """Return the shapes of the inputs.

        Raises: LayerError S122 if they are not a list of tensors.
        """
        if isinstance(inputs, list | tuple) and inputs and all(isinstance(item, Tensor) for item in inputs):
            return [item.shape for item in inputs]
        if isinstance(inputs, Tensor):
            found = f"one tensor, {format_shape(inputs.shape)}"
        elif isinstance(inputs, dict):
            found = "a dict"
        else:
            found = "no tensors" if not inputs else "something other than a list of tensors"
        raise LayerError(
            "S122",
            f"{self.class_name} takes a list of tensors, but gets {found}; Keras raises a ValueError",
            "Connect the tensors to merge as one list.",
        )

    def build(self, input_shape: Any) -> None:
        """Check the shapes that build_config records, as Keras 3 does. Merging layers have no weights.

        Raises: LayerError if they do not match.
        """
        if self.spec.build_config and self.context.dialect == "keras3" and input_shape is not None:
            if not isinstance(input_shape, list):
                raise LayerError(
                    "S130",
                    f"build_config of {self.class_name} records {show(input_shape)} instead of a list of shapes; Keras cannot"
                    " load it",
                    "Record the shape of each input, or remove build_config.",
                    "build_config",
                    severity="error",
                )
            self.check_count(input_shape)
            for shape in input_shape:
                if isinstance(shape, list):
                    need(shape)
            if None not in input_shape:
                self.merge(input_shape)
                self.checked = self.checked_when_built

    def call(self, inputs: Any, *args: Any, **kwargs: Any) -> Any:
        """Return one tensor.

        Raises: LayerError S113 if the shapes do not match, S122 for a wrong number of inputs.
        """
        shapes = self.shapes(inputs)
        self.check_count(shapes)
        known = [shape for shape in shapes if shape is not None]
        try:
            output = self.merge(known)
        except LayerError as error:
            if not self.checked:
                raise
            without_looking = self.without_looking(known)
            if without_looking is None:
                raise
            error.at_run_time()  # Keras checked the recorded shapes, and fails when the model runs
            self.context.report(self, error)
            output = without_looking
        return Tensor(output if len(known) == len(shapes) else None, self.compute_dtype)

    def without_looking(self, shapes: list[KnownShape]) -> Shape:
        """Return the shape that Keras 3 computes without checking that the shapes match, or None if it cannot."""
        return None

    def check_count(self, shapes: list[Shape]) -> None:
        """Raise LayerError S122 for a wrong number of tensors."""

    def exactly_two(self, shapes: list[Shape]) -> None:
        """Raise LayerError S122 unless there are two tensors."""
        if len(shapes) != 2:
            raise LayerError(
                "S122",
                f"{self.class_name} takes exactly 2 tensors, but gets {len(shapes)}; Keras raises a ValueError",
                "Connect two tensors, in order.",
            )

    def merge(self, shapes: list[KnownShape]) -> Shape:
        """Return the output shape for the input shapes, some of which may be unknown."""
        raise NotImplementedError

    def merge_dims(self, first: Dim, second: Dim) -> Dim:
        """Return the common dimension of two tensors if at least one of them is unknown."""
        if first is None or second is None:
            if self.context.dialect == "keras3":
                return None
            known = second if first is None else first
            return None if known == 1 else known
        return first


class Elementwise(Merge):
    """An elementwise merge with broadcasting: dimensions of 1 repeat, and missing ones are added in front."""

    called = False

    def call(self, inputs: Any, *args: Any, **kwargs: Any) -> Any:
        """Return the broadcast shape. Broadcasting is reported once, as S114."""
        output = super().call(inputs, *args, **kwargs)
        if not self.called:
            self.called = True
            self.report_broadcast(self.shapes(inputs))
        return output

    def merge(self, shapes: list[KnownShape]) -> Shape:
        """Return (batch, ...), where each dimension is the larger of those that are not 1."""
        batches = {shape[0] for shape in shapes if shape} - {None}
        if len(batches) > 1:
            raise self.mismatch(shapes, f"their batch sizes differ ({', '.join(map(str, sorted(batches, key=str)))})")
        if not shapes:
            return None
        merged = shapes[0][1:]
        for shape in shapes[1:]:
            merged = self.broadcast(merged, shape[1:], shapes)
        batch: Dim = batches.pop() if batches else None
        # tf_keras broadcasts a batch of 1, and an unknown batch may be larger.
        if batch == 1 and self.context.dialect != "keras3" and any(shape[:1] == (None,) for shape in shapes):
            batch = None
        return (batch, *merged)

    def broadcast(self, left: KnownShape, right: KnownShape, shapes: list[KnownShape]) -> KnownShape:
        """Return the broadcast of two shapes without batch.

        Raises: LayerError S113.
        """
        if len(left) < len(right):
            left, right = right, left
        extra = len(left) - len(right)
        merged = list(left[:extra])
        for a, b in zip(left[extra:], right, strict=True):
            if a is None or b is None:
                merged.append(self.merge_dims(a, b))
            elif b in (a, 1):
                merged.append(a)
            elif a == 1:
                merged.append(b)
            else:
                raise self.mismatch(shapes, f"{a} and {b} differ and neither is 1")
        return tuple(merged)

    def mismatch(self, shapes: list[KnownShape], why: str) -> LayerError:
        """Return the error for shapes that do not match."""
        listed = " and ".join(map(format_shape, shapes))
        return LayerError(
            "S113",
            f"{self.class_name} cannot merge {listed}: {why}; Keras raises a ValueError",
            "Make the shapes equal, with a Dense layer or a Reshape on one of them, or use Concatenate.",
            shapes=shapes,
        )

    def report_broadcast(self, shapes: list[Shape]) -> None:
        """Report S114 if inputs of different shapes are broadcast, which may be a mistake."""
        known = [shape for shape in shapes if shape is not None]
        ranks = {len(shape) for shape in known}
        # Gates and attention multiply by (batch, 1, 1, channels) or (batch, timesteps, 1).
        if len(known) != len(shapes) or (self.class_name == "Multiply" and len(ranks) == 1):
            return
        if len(ranks) == 1:
            largest = max(known, key=lambda shape: product(dim or 2 for dim in shape) or 0)
            if all(shape == largest or _is_bias(shape, largest) for shape in known):
                return
            columns = zip(*(shape[1:] for shape in known), strict=True)
            if not any(1 in column and any(dim not in (1, None) for dim in column) for column in columns):
                return
        listed = " and ".join(map(format_shape, known))
        self.context.report(
            self,
            LayerError(
                "S114",
                f"{self.class_name} merges {listed}, which differ: Keras silently broadcasts the smaller one",
                "Make the shapes equal, unless the broadcast is intended.",
                severity="warning",
                shapes=known,
            ),
        )


def _is_bias(shape: KnownShape, other: KnownShape) -> bool:
    """Return whether a shape is (batch, 1, ..., features), which was made to be broadcast over another."""
    return len(shape) > 2 and shape[-1] == other[-1] and all(dim == 1 for dim in shape[1:-1])


@layer("Add", "Multiply", "Average", "Maximum", "Minimum")
class AnyNumber(Elementwise):
    """Elementwise merges of one or more tensors."""


@layer("Subtract")
class Subtract(Elementwise):
    """The first input minus the second."""

    def call(self, inputs: Any, *args: Any, **kwargs: Any) -> Any:
        """Return one tensor. A layer built from build_config counts its inputs only when it runs."""
        shapes = self.shapes(inputs)
        if len(shapes) != 2 and self.context.dialect == "keras3" and isinstance(self.recorded_build_shape(), list):
            try:
                self.check_count(shapes)
            except LayerError as error:
                error.at_run_time()
                self.context.report(self, error)
            return Tensor(self.merge([shape for shape in shapes if shape is not None]), self.compute_dtype)
        return super().call(inputs, *args, **kwargs)

    def check_count(self, shapes: list[Shape]) -> None:
        """Raise LayerError S122 unless there are two tensors."""
        self.exactly_two(shapes)


@layer("Concatenate")
class Concatenate(Merge):
    """Joins tensors along one axis; all other axes must match."""

    masked_inputs = "any"
    checked_when_built = True

    def without_looking(self, shapes: list[KnownShape]) -> Shape:
        """Return the first shape with the sum of the sizes along the axis."""
        axis = self.config.get("axis", -1)
        if any(not -len(shape) <= axis < len(shape) for shape in shapes):
            return None
        output = list(shapes[0])
        output[axis] = add(*(shape[axis] for shape in shapes))
        return tuple(output)

    def merge(self, shapes: list[KnownShape]) -> Shape:
        """Return the first shape with the sum of the sizes along the axis.

        Raises: LayerError S111, S112.
        """
        axis = self.config.get("axis", -1)
        if not isinstance(axis, int):
            raise LayerError("E007", f"axis of Concatenate is {show(axis)}; Keras takes an integer", "Use -1.", "axis")
        if not shapes:
            return None
        keras3 = self.context.dialect == "keras3"
        for shape in shapes:
            if not -len(shape) <= axis < len(shape) and (len(shapes) > 1 or axis < 0 or not keras3):
                raise LayerError(
                    "S111",
                    f"axis {axis} of Concatenate is out of range for {format_shape(shape)}; Keras raises an error",
                    f"Use an axis from {-len(shape)} to {len(shape) - 1}, -1 for the features.",
                    "axis",
                )
        first = list(shapes[0])
        if len(shapes) == 1:
            return tuple(first)
        position = axis % len(first)
        for shape in shapes[1:]:
            if len(shape) != len(first):
                raise self.mismatch(shapes, axis, f"they have {len(first)} and {len(shape)} dimensions")
            for index, dim in enumerate(shape):
                if index == position:
                    continue
                before = first[index]
                if before is not None and dim is not None and before != dim:
                    raise self.mismatch(shapes, axis, f"axis {index} is {before} and {dim}")
                if before is None and not keras3:
                    first[index] = dim
        first[position] = add(*(shape[axis] for shape in shapes))
        return tuple(first)

    def mismatch(self, shapes: list[KnownShape], axis: int, why: str) -> LayerError:
        """Return the error for shapes that do not match."""
        return LayerError(
            "S112",
            f"Concatenate along axis {axis} cannot join {' and '.join(map(format_shape, shapes))}: {why};"
            " Keras raises a ValueError",
            "Make all axes but the one to concatenate equal, or choose another axis.",
            "axis" if "axis" in self.spec.config else None,
            shapes=shapes,
        )


@layer("Dot")
class Dot(Merge):
    """The dot product of two tensors along one axis of each, per sample."""

    masked_inputs = None
    mixes_timesteps = True
    contracted: Dim = None
    checked_when_built = True

    def without_looking(self, shapes: list[KnownShape]) -> Shape:
        """Return both shapes without the contracted axes."""
        if len(shapes) != 2:
            return None
        axes = zip(shapes, self.axes_argument(), strict=True)
        if any(not -len(shape) <= axis < len(shape) for shape, axis in axes):
            return None
        left, right = (list(shape) for shape in shapes)
        first, second = self.axes_argument()
        del left[first], right[second]
        output = (*left, *right[1:])
        return (*output, 1) if len(output) == 1 else output

    def check_count(self, shapes: list[Shape]) -> None:
        """Raise LayerError S122 unless there are two tensors."""
        self.exactly_two(shapes)

    def axes_argument(self) -> tuple[int, int]:
        """Return one axis per input.

        Raises: LayerError E007.
        """
        axes = self.config.get("axes")
        if isinstance(axes, int):
            return axes, axes
        if isinstance(axes, list | tuple) and len(axes) == 2 and all(isinstance(axis, int) for axis in axes):
            return axes[0], axes[1]
        raise LayerError(
            "E007" if "axes" in self.spec.config else "E006",
            f"axes of Dot is {show(axes)}; Keras takes an integer or a list of two",
            "Use -1 for the features of both inputs, or [1, 2] for one axis of each.",
            "axes",
        )

    def merge(self, shapes: list[KnownShape]) -> Shape:
        """Return the first shape without its axis, then the second without its axis and batch.

        Raises: LayerError S115 if the axes have different sizes. Keras treats an unknown and a known size as different.
        """
        axes = self.axes_argument()
        if len(shapes) != 2:
            return None
        first, second = (self.position(shape, axis) for shape, axis in zip(shapes, axes, strict=True))
        left, right = (list(shape) for shape in shapes)
        contracted = left.pop(first)
        if contracted != (other := right.pop(second)):
            raise self.refused(
                f"Dot multiplies axis {axes[0]} of {format_shape(shapes[0])} with axis {axes[1]} of"
                f" {format_shape(shapes[1])}: {contracted} is not {other}"
            )
        if not right:
            raise self.refused(f"Dot gets {format_shape(shapes[1])}, which has only a batch axis")
        if not first or not second:
            message = f"Dot cannot multiply along the batch, axis 0 of {' and '.join(map(format_shape, shapes))}"
            fails_when_run(self, "S115", message, "Name the axis of the features: -1.", "axes")
        batches = shapes[0][0], shapes[1][0]
        if None not in batches and batches[0] != batches[1]:
            message = f"Dot gets batches of {batches[0]} and of {batches[1]}"
            fails_when_run(self, "S115", message, "Use the same batch size for both inputs.")
        self.contracted = contracted
        output = [*left, *right[1:]]
        if self.context.dialect != "keras3":
            output[0] = self.merge_dims(*batches)
        return (*output, 1) if len(output) == 1 else tuple(output)

    def position(self, shape: KnownShape, axis: int) -> int:
        """Return the axis counted from 0. A single negative axis for both inputs is taken modulo the rank (-5 is 1 for
        rank 3);
        one of two negative axes is not.

        Raises: LayerError S115 if it is out of range.
        """
        rank = len(shape)
        folds = axis < 0 < rank and isinstance(self.config["axes"], int)
        if folds or -rank <= axis < rank:
            return axis % rank
        raise self.refused(f"axis {axis} of Dot is out of range for {format_shape(shape)}")

    def refused(self, message: str) -> LayerError:
        """Return the error for axes that do not match."""
        return LayerError(
            "S115",
            f"{message}; Keras raises an error",
            "Choose an axis of each input, from 1 or from -1, that have the same known size.",
            "axes",
        )

    def macs(self, input_shapes: list[Shape], output_shapes: list[Shape]) -> int | None:
        """Return the multiply-accumulates: the size of the contracted axis per output element."""
        shape = output_shapes[0] if output_shapes else None
        return None if shape is None else product((*shape[1:], self.contracted))


__all__ = ["AnyNumber", "Concatenate", "Dot", "Elementwise", "Merge", "Subtract"]
