"""Running a Sequential: one layer after the other."""

from __future__ import annotations

import weakref
from typing import Any

from lstmlint.inference.context import InferenceContext
from lstmlint.inference.graph import Graph, macs_of, plus
from lstmlint.layers.base import Layer, LayerError
from lstmlint.model.shapes import KnownShape, Shape, Tensor, format_shape, tensors_in
from lstmlint.model.spec import LayerSpec, ModelSpec


class SequentialGraph(Graph):
    """The layers of a Sequential."""

    def __init__(self, spec: ModelSpec, context: InferenceContext) -> None:
        super().__init__(spec, context)
        self.refused = False  # whether a negative input shape was reported

    def infer(self) -> Any:
        """Run the model on its own input and return its output. Without an input, all shapes are unknown."""
        self.inputs = self.known_inputs()
        self.outputs = self.run_layers(self.inputs[0] if self.inputs else None)
        return self.outputs

    def known_inputs(self) -> list[Tensor]:
        """Return the model's input tensor, if the file states it."""
        own = self.own_input()
        return [] if own is None else [own]

    def input_names(self) -> list[str]:
        """Return the name of the InputLayer."""
        return [layer.spec.own_name for layer in self.layers[:1] if layer.class_name == "InputLayer"]

    def run_layers(self, inputs: Any, rerun: bool = False) -> Any:
        """Run the layers in order on `inputs` (None: unknown)."""
        value: Any = inputs
        context = self.context
        self.macs = 0
        for position, (layer, row) in enumerate(zip(self.layers, self.rows, strict=True)):
            input_shapes: list[Shape] = []
            if layer.class_name == "InputLayer" and value is not None and position == 0:
                if not layer.built:
                    context.apply(layer, [], {})
                outputs: Any = value
            elif layer.class_name == "InputLayer" and value is not None and context.dialect == "keras2":
                context.apply(layer, [], {})  # passes its input through
                outputs = value
            elif layer.class_name == "InputLayer" and position and context.dialect == "keras3":
                if not rerun:
                    message = (
                        "an InputLayer has no input: it can only be the first layer of a Sequential, and Keras raises a"
                        " ValueError when it builds the model"
                    )
                    context.report(layer, LayerError("S122", message, "Remove it, or move it to the front."))
                context.apply(layer, [], {})
                outputs = value
            elif layer.class_name == "InputLayer":
                outputs = context.apply(layer, [], {})
            else:
                argument = self._past_unknown(position, inputs, rerun) if value is None else value
                argument = self._completed(layer, argument, position)
                if layer.needs_states and argument.shape is not None and not rerun:
                    message = (
                        f"{layer.class_name} is one step of an RNN, and takes states, which a Sequential does not pass"
                    )
                    error = "ValueError" if context.dialect == "keras3" else "TypeError"
                    advice = "Wrap it in a layer: RNN(LSTMCell(4)) is equivalent to LSTM(4)."
                    context.report(layer, LayerError("S122", f"{message}; Keras raises a {error}", advice))
                outputs = context.apply(layer, [argument], {})
                input_shapes = [tensor.shape for tensor in tensors_in(argument)]
            output_shapes: list[Shape] = [None] if outputs is None else [tensor.shape for tensor in tensors_in(outputs)]
            macs = macs_of(layer, input_shapes, output_shapes)
            self.macs = plus(self.macs, macs)
            if not rerun:
                row.input_shapes, row.output_shapes, row.macs, row.calls = input_shapes, output_shapes, macs, 1
            last = position == len(self.layers) - 1
            if isinstance(outputs, list) and len(outputs) > 1 and not (last and context.dialect == "keras3"):
                if not rerun and not layer.needs_states:  # reported above
                    self._report_outputs(layer, len(outputs), last)
                outputs = None
            value = outputs
        return value

    def _report_outputs(self, layer: Layer, count: int, last: bool) -> None:
        """Report S121 for a layer with several outputs. Keras 3 accepts it as the last layer, tf_keras does not."""
        message = f"{layer.class_name} returns {count} tensors, but "
        message += "a Sequential of tf_keras has one output" if last else "the next layer of a Sequential takes one"
        merge_mode = "merge_mode" in layer.config and layer.config["merge_mode"] is None
        advice = 'Set merge_mode to "concat"' if merge_mode else "Set return_state to false"
        self.context.report(
            layer,
            LayerError(
                "S121",
                f"{message}; Keras raises a ValueError",
                f"{advice}, or build the model with the functional API.",
                argument="merge_mode" if merge_mode else "return_state",
            ),
        )

    def _past_unknown(self, position: int, inputs: Any, rerun: bool) -> Tensor:
        """Return the recorded input of a layer after a layer with unknown outputs."""
        layer, previous = self.layers[position], self.layers[position - 1]
        if not position or inputs is None or rerun or previous.failed or self.context.bindings.input_shapes:
            return Tensor(None, None)
        shape = layer.recorded_build_shape() if layer.spec.build_config else None
        if not isinstance(shape, tuple):
            return Tensor(None, None)
        self.rows[position - 1].output_shapes = [shape]
        return Tensor(shape, None)

    def _completed(self, layer: Layer, argument: Any, position: int) -> Any:
        """Return the input of a layer, with what a SavedModel records of it. The output before it is the same."""
        [completed] = self.complete_inputs(layer, [argument])
        if completed is not argument and position and self.rows[position - 1].output_shapes == [None]:
            self.rows[position - 1].output_shapes = [completed.shape]
        return completed

    def own_input(self) -> Tensor | None:
        """Return the input that the file states: that of the InputLayer, of the first layer, or the recorded one."""
        if not self.layers:
            return None
        bindings = self.context.bindings
        first = self.layers[0]
        spec = first.spec
        shape: Shape = None
        dtype: str | None = None
        if spec.class_name == "InputLayer":
            tensors = tensors_in(self.context.apply(first, [], {}))
            if tensors:
                return tensors[0]
        elif spec.input_shape is not None:
            shape, dtype = spec.input_shape, spec.input_dtype
        else:
            inside = first.known_inputs()
            if len(inside) == 1:
                shape, dtype = inside[0].shape, inside[0].dtype
        if shape is None:
            shape = self.spec.build_input_shape
        shape = bindings.bind(f"{spec.name}_input", shape) if self.context.depth == 0 else shape
        if shape is None or self._is_negative(shape, spec):
            return None
        return Tensor(shape, dtype or first.compute_dtype)

    def _is_negative(self, shape: KnownShape, first: LayerSpec) -> bool:
        """Return whether a declared shape has a negative dimension. tf_keras refuses it; Keras 3 leaves the model
        unbuilt.
        """
        if all(dim is None or dim >= 0 for dim in shape):
            return False
        if self.context.dialect != "keras3" and not self.refused:
            self.refused = True
            message = f"the input shape {format_shape(shape)} has a negative dimension; Keras refuses it"
            self.context.report_spec(
                first, LayerError("E007", message, "Write null for a dimension that is unknown.", "batch_shape")
            )
        return True

    def link(self) -> None:
        """Set the producers and consumers of every row."""
        rows = self.rows
        for previous, after in zip(rows, rows[1:], strict=False):
            after.inbound.append(previous)
            previous.feeds.append(weakref.ref(after))
            previous.last_output = 0
        if rows:
            rows[-1].is_output = True
            rows[-1].last_output = len(rows[-1].output_shapes) - 1
