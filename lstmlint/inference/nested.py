"""Models used as layers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lstmlint.inference.context import InferenceContext
from lstmlint.inference.functional import FunctionalGraph
from lstmlint.inference.graph import Graph
from lstmlint.inference.sequential import SequentialGraph
from lstmlint.layers.base import Layer, LayerError, Weight
from lstmlint.model.findings import listing
from lstmlint.model.shapes import Shape, Tensor, compatible, format_shape, tensors_in
from lstmlint.model.spec import LayerSpec, ModelSpec
from lstmlint.model.values import show


def graph_of(spec: ModelSpec, context: InferenceContext) -> Graph:
    """Return a model that can run."""
    if not spec.wired:
        from lstmlint.inference.unwired import UnwiredGraph

        return UnwiredGraph(spec, context)
    return SequentialGraph(spec, context) if spec.sequential else FunctionalGraph(spec, context)


class NestedModel(Layer):
    """A model used as a layer. It is built from its own inputs; an unbuilt Sequential, on its first call."""

    multiple_inputs = True

    def __init__(self, spec: LayerSpec, context: InferenceContext) -> None:
        super().__init__(spec, context)
        if spec.model is None:
            raise TypeError(f"{spec.name} is not a model")
        self.trainable = True  # see Graph.trainable
        self.context: InferenceContext = context
        context.depth += 1
        try:
            self.graph = graph_of(spec.model, context)
            self.sublayers = self.graph.layers
            self.cache: dict[Any, tuple[Any, int | None]] = {}
            self.last_macs: int | None = None
            self.own_macs: int | None = None
            self.own: list[Tensor] | None = None
            if not spec.model.sequential or self.graph.known_inputs():
                self.graph.infer()
                self.built = True
                self.own = self.graph.inputs
                self.own_macs = self.graph.macs
        finally:
            context.depth -= 1

    def apply(self, args: list[Any], kwargs: dict[str, Any]) -> Any:
        """Return the outputs for these inputs: the model's own outputs if the shapes match, else those of a new run."""
        inputs = args[0] if args else kwargs.get("inputs", next(iter(kwargs.values()), None))
        if isinstance(inputs, dict) and self.context.dialect == "keras3":
            inputs = self._by_name(inputs)
        tensors = tensors_in(inputs)
        if not self.built:
            return self._build(inputs)
        shapes = tuple(tensor.shape for tensor in tensors)
        if self.own is not None and (shapes == tuple(tensor.shape for tensor in self.own) or None in shapes):
            self.last_macs = self.own_macs
            return self.graph.outputs
        if self.own is not None:
            self._check(tensors)
        if shapes not in self.cache:
            graph = self.graph
            self.context.unchecked += self.context.dialect == "keras3"
            outputs = graph.run_layers(inputs, rerun=True)
            self.context.unchecked -= self.context.dialect == "keras3"
            self.cache[shapes] = outputs, graph.macs
        outputs, self.last_macs = self.cache[shapes]
        return outputs

    def known_inputs(self) -> list[Tensor]:
        """Return the input tensors of the model."""
        return self.graph.known_inputs()

    def macs(self, input_shapes: list[Shape], output_shapes: list[Shape]) -> int | None:
        """Return the multiply-accumulates of the last call."""
        return self.last_macs

    def _by_name(self, inputs: dict[str, Any]) -> Any:
        """Return the tensors of a dict in the order of the inputs' names, as Keras 3 does.

        Raises: LayerError S122 if an input is missing.
        """
        names = self.graph.input_names()
        for name in names:
            if name not in inputs:
                raise LayerError(
                    "S122",
                    f"the nested model {show(self.name)} gets {listing([*map(show, inputs)])}, but no tensor for its"
                    f" input {show(name)}; Keras raises a ValueError",
                    f"Use the names of the model's inputs as keys: {listing([*map(show, names)])}.",
                )
        return [inputs[name] for name in names] if names else inputs

    def _build(self, inputs: Any) -> Any:
        self.built = True
        tensors = tensors_in(inputs)
        if not tensors or tensors[0].shape is None:
            self.graph.inputs = []
            self.graph.outputs = self.graph.run_layers(None)
            return self.graph.outputs
        self.own = self.graph.inputs = tensors[:1]
        self.graph.outputs = self.graph.run_layers(tensors[0])
        self.own_macs = self.last_macs = self.graph.macs
        return self.graph.outputs

    def _check(self, tensors: list[Tensor]) -> None:
        own = self.own or []
        if len(tensors) != len(own):
            raise LayerError(
                "S122",
                f"the nested model {show(self.name)} takes {len(own)} input tensor{'s' if len(own) != 1 else ''}, but gets"
                f" {len(tensors)}",
                "Connect one tensor for each of its inputs.",
            )
        for expected, received in zip(own, tensors, strict=True):
            if self.context.dialect == "keras3":
                fits = _squeezable(expected.shape, received.shape)
            else:
                fits = compatible(
                    expected.shape and (None, *expected.shape[1:]), received.shape and (None, *received.shape[1:])
                )
            if not fits:
                raise LayerError(
                    "S137",
                    f"the nested model {show(self.name)} was built for {format_shape(expected.shape)}, but gets"
                    f" {format_shape(received.shape)}",
                    "Change the nested model's input, or the layer before it.",
                )

    def build_from(self, input_shape: Any) -> None:
        """Build the model as TimeDistributed builds its inner layer."""
        if not self.built and isinstance(input_shape, tuple):
            self._build(Tensor(input_shape))

    def build(self, input_shape: Any) -> None:
        """Build the model."""
        self.build_from(input_shape)

    def call(self, inputs: Any, *args: Any, **kwargs: Any) -> Any:
        """Call the model, for a wrapper."""
        return self.apply([inputs], {})

    def trained(self, frozen: bool = False) -> Iterator[Weight]:
        """Yield the trained weights of the layers in use. The flag in a Sequential's config is ignored on loading."""
        frozen = frozen or not self.graph.trainable
        for layer, row in zip(self.graph.layers, self.graph.rows, strict=True):
            if row.used:
                yield from layer.trained(frozen)

    def all_known(self) -> bool:
        """Return whether every weight of the layers in use is known."""
        return self.built and all(
            layer.all_known() for layer, row in zip(self.graph.layers, self.graph.rows, strict=True) if row.used
        )

    def all_weights(self, trainable: bool = True, prefix: str = "") -> Iterator[Weight]:
        """Yield the weights of the layers in use."""
        trainable = trainable and self.graph.trainable
        for layer, row in zip(self.graph.layers, self.graph.rows, strict=True):
            if row.used:
                yield from layer.all_weights(trainable, f"{prefix}{layer.name}/")


InferenceContext.nested_model = NestedModel


def _squeezable(expected: Shape, received: Shape) -> bool:
    """Return whether Keras 3 accepts a shape for a functional model. It ignores last axes of size 1, and axes that only
    one of the shapes has.
    """
    if expected is None or received is None:
        return True
    expected, received = (shape[:-1] if shape and shape[-1] == 1 else shape for shape in (expected, received))
    return all(a is None or b is None or a == b for a, b in zip(expected[1:], received[1:], strict=False))
