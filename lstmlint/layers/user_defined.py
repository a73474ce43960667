"""Layers that the user describes in the settings: their output shape and number of parameters."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from lstmlint.layers.base import Context, Layer, UnknownShape, Weight
from lstmlint.model.shapes import KnownShape, Shape, Tensor, tensors_in
from lstmlint.model.spec import LayerSpec

OutputShape = KnownShape | Literal["same"]


@dataclass(frozen=True, slots=True)
class Description:
    """The user's description of a custom layer.

    output_shape: "same" as the first input, or the whole shape with None for unknown dimensions (a batch of None becomes
        the input's batch); a list of them for several outputs; None if not described.
    params: number of parameters; None if not described.
    """

    output_shape: OutputShape | list[OutputShape] | None = None
    params: int | None = None


def description_of(class_name: str, descriptions: Mapping[str, Description]) -> Description | None:
    """Return the description of a class: of its name, or of that name without the package it is registered for."""
    return descriptions.get(class_name) or descriptions.get(class_name.rpartition(">")[2])


class DescribedLayer(Layer):
    """A custom layer with a description."""

    multiple_inputs = True

    def __init__(self, spec: LayerSpec, context: Context, description: Description) -> None:
        super().__init__(spec, context)
        self.description = description

    def weights(self, input_shape: Any) -> Iterator[Weight]:
        """Yield one weight that stands for all.

        Raises: UnknownShape if the number of parameters is not described.
        """
        params = self.description.params
        if params is None:
            raise UnknownShape
        if params:
            yield self.weight("weights", (params,))

    def call(self, *args: Any, **kwargs: Any) -> Tensor | list[Tensor]:
        """Return the described outputs.

        Raises: UnknownShape if the shape is not described.
        """
        inputs = tensors_in([*args, *kwargs.values()])
        first: Shape = inputs[0].shape if inputs else None
        shape = self.description.output_shape
        if shape is None:
            raise UnknownShape
        if isinstance(shape, list):
            return [self.output(one, first) for one in shape]
        return self.output(shape, first)

    def output(self, shape: OutputShape, first: Shape) -> Tensor:
        """Return an output. first: the shape of the first input."""
        if shape == "same":
            return Tensor(first, self.compute_dtype)
        if shape and shape[0] is None and first:
            return Tensor((first[0], *shape[1:]), self.compute_dtype)
        return Tensor(tuple(shape), self.compute_dtype)


class ProgramLayer(Layer):
    """A layer whose code is in the program that builds the model, as the interpreter of the program describes it.

    source_weights: objects with name, shape, and trainable. source_outputs: the shapes of the outputs, "same" for that of
    the first input, or null if they are unknown.
    """

    multiple_inputs = takes_structures = True

    def weights(self, input_shape: Any) -> Iterator[Weight]:
        """Yield the weights that the code adds."""
        for weight in self.spec.config["source_weights"]:
            yield self.weight(weight["name"], tuple(weight["shape"]), trainable=weight["trainable"])

    def call(self, *args: Any, **kwargs: Any) -> Tensor | list[Tensor]:
        """Return outputs of the described shapes. Raises: UnknownShape."""
        inputs = tensors_in([*args, *kwargs.values()])
        first: Shape = inputs[0].shape if inputs else None
        shapes = self.spec.config["source_outputs"]
        if shapes is None:
            raise UnknownShape
        outputs = [Tensor(first if shape == "same" else tuple(shape), self.compute_dtype) for shape in shapes]
        return outputs[0] if len(outputs) == 1 else outputs
