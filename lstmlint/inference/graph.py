"""What Sequential and functional models share when they run."""

from __future__ import annotations

from typing import Any

from lstmlint.inference.context import InferenceContext
from lstmlint.inference.ordering import Key
from lstmlint.inference.summary import LayerSummary
from lstmlint.layers.base import Layer, LayerError, UnknownShape
from lstmlint.model.shapes import Shape, Tensor
from lstmlint.model.spec import ModelSpec
from lstmlint.parsing.common import shape_list


class Graph:
    """A model whose layers are created once and whose calls run as often as needed.

    layers, rows: one per layer of the spec, in its order.
    inputs, outputs: tensors of the model, after `infer`.
    macs: those of the last run.
    index: layer name -> position (functional).
    order: the calls in the order in which they run (functional).
    """

    def __init__(self, spec: ModelSpec, context: InferenceContext) -> None:
        self.spec = spec
        self.context = context
        self.layers = [context.make_cached(layer) for layer in spec.layers]
        self.rows = [LayerSummary(layer.spec, layer) for layer in self.layers]
        self.inputs: list[Tensor] = []
        self.outputs: Any = None
        self.macs: int | None = 0
        self.index: dict[str, int] = {}
        self.order: list[Key] = []

    def complete_inputs(self, layer: Layer, args: list[Any]) -> list[Any]:
        """Complete an unknown input with the shape that a SavedModel records, with which tf.keras builds the layer."""
        if "build_input_shape" not in layer.spec.raw or len(args) != 1 or not isinstance(args[0], Tensor):
            return args
        recorded = shape_list(layer.spec.raw["build_input_shape"])
        if not recorded or self.context.dialect != "keras2" or self.context.bindings.input_shapes:
            return args
        shape = args[0].shape
        if shape is None:
            shape = (None, *recorded[1:])
        elif len(shape) == len(recorded) and shape[-1] is None:
            shape = (*shape[:-1], recorded[-1])
        return [Tensor(shape, args[0].dtype)]

    def known_inputs(self) -> list[Tensor]:
        """Return the model's input tensors, as far as the file states them."""
        raise NotImplementedError

    def input_names(self) -> list[str]:
        """Return the names that a dict of inputs can use; empty if they are unknown."""
        raise NotImplementedError

    def run_layers(self, inputs: Any, rerun: bool = False) -> Any:
        """Run every call on `inputs` and return the model's outputs.

        rerun: whether it runs as a nested model on shapes other than its own; rows are not updated.
        """
        raise NotImplementedError

    def link(self) -> None:
        """Set the producers and consumers of every row."""
        raise NotImplementedError

    def infer(self) -> Any:
        """Run the model on its own inputs and return its outputs."""
        raise NotImplementedError

    @property
    def trainable(self) -> bool:
        """Return whether the model's own flag lets its layers train. Keras reads the flag of a functional Keras 3 model
        and ignores that of a Sequential or of an older config.
        """
        return self.spec.sequential or self.spec.trainable or self.context.dialect != "keras3"


def macs_of(layer: Layer, input_shapes: list[Shape], output_shapes: list[Shape]) -> int | None:
    """Return the multiply-accumulates of one call of a layer; None if they are unknown."""
    if layer.failed or not layer.known:
        return None
    known = layer.cache_entry
    if known is not None and len(input_shapes) == 1 == len(output_shapes):
        # Identical layers share their list of weights.
        call = id(layer.own_weights), input_shapes[0], output_shapes[0]
        if call not in known.macs:
            known.macs[call] = _macs(layer, input_shapes, output_shapes)
        macs: int | None = known.macs[call]
        return macs
    return _macs(layer, input_shapes, output_shapes)


def _macs(layer: Layer, input_shapes: list[Shape], output_shapes: list[Shape]) -> int | None:
    try:
        return layer.macs(input_shapes, output_shapes)
    except (UnknownShape, LayerError):
        return None


def plus(left: int | None, right: int | None) -> int | None:
    """Return the sum, or None if either is None."""
    return None if left is None or right is None else left + right
