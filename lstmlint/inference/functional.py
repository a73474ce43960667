"""Running a functional model: calls in topological order, iteratively, so any depth works."""

from __future__ import annotations

import weakref
from typing import Any

from lstmlint.inference.context import InferenceContext
from lstmlint.inference.graph import Graph, macs_of, plus
from lstmlint.inference.ordering import Key, Plan
from lstmlint.model.findings import Problem
from lstmlint.model.shapes import Shape, Tensor, compatible, flatten, format_shape, tensors_in
from lstmlint.model.spec import ModelSpec, TensorRef
from lstmlint.model.values import show

# The flat outputs of each call; None if they are unknown.
Values = dict[Key, list[Tensor] | None]


class FunctionalGraph(Graph):
    """The layers of a functional model, their calls, and the tensors between them."""

    def __init__(self, spec: ModelSpec, context: InferenceContext) -> None:
        super().__init__(spec, context)
        self.reported: set[tuple[str, int, int]] = set()
        plan = Plan(spec, context.report_spec, context.problems)
        self.index, self.order = plan.index, plan.order
        for position, row in enumerate(self.rows):
            row.reached = position in plan.used
            row.calls = len(spec.layers[position].calls)
            row.used = row.reached or (spec.dialect == "keras2" and row.calls > 0)
            if position in plan.outputs:
                row.is_output = True
                row.last_output = max(plan.outputs[position])

    def infer(self) -> Any:
        """Run the model on its own inputs and return its outputs."""
        self.inputs = self.known_inputs()
        self.outputs = self.run_layers(None)
        return self.outputs

    def known_inputs(self) -> list[Tensor]:
        """Return the model's input tensors, as far as the file states them."""
        found = []
        recorded: dict[tuple[str, int, int], Tensor] | None = None
        for ref in self._input_refs():
            position = self.index.get(ref.layer)
            if position is None:
                continue
            if self.spec.layers[position].class_name == "InputLayer":
                found += tensors_in(self.context.apply(self.layers[position], [], {}))
            else:  # the model begins at an inner layer of the graph
                recorded = self._recorded() if recorded is None else recorded
                found.append(recorded.get((ref.layer, ref.node, ref.tensor)) or Tensor(None, None))
        return found

    def input_names(self) -> list[str]:
        """Return Keras 3's names of the inputs: the keys of a dict of inputs, else the names of the input layers."""
        if isinstance(self.spec.inputs, dict):
            return list(self.spec.inputs)
        positions = [self.index.get(ref.layer) for ref in self._input_refs()]
        return [self.spec.layers[position].own_name for position in positions if position is not None]

    def _input_refs(self) -> list[TensorRef]:
        return [ref for ref in flatten(self.spec.inputs) if isinstance(ref, TensorRef)]

    def _recorded(self) -> dict[tuple[str, int, int], Tensor]:
        """Return the recorded shape of each tensor, from the layer that uses it first."""
        recorded: dict[tuple[str, int, int], Tensor] = {}
        for layer in self.spec.layers:
            for call in layer.calls:
                for ref in call.references:
                    recorded.setdefault((ref.layer, ref.node, ref.tensor), Tensor(ref.shape, ref.dtype))
        return recorded

    def run_layers(self, inputs: Any, rerun: bool = False) -> Any:
        """Run every call. In a rerun, `inputs` replaces the tensors of the input layers."""
        values: Values = {}
        layers, specs, rows = self.layers, self.spec.layers, self.rows
        apply, resolve = self.context.apply, self._resolve
        self.macs = 0
        if rerun:
            for ref, tensor in zip(self._input_refs(), tensors_in(inputs), strict=False):
                position = self.index.get(ref.layer)
                if position is not None:
                    values[position, ref.node] = [tensor]
        for key in self.order:
            position, number = key
            if key in values:
                continue
            layer, calls = layers[position], specs[position].calls
            args, kwargs = [], {}
            if number < len(calls):
                call = calls[number]
                args = [resolve(arg, values) for arg in call.args]
                if call.kwargs:
                    kwargs = {name: resolve(arg, values) for name, arg in call.kwargs.items()}
            if number == 0:
                args = self.complete_inputs(layer, args)
            outputs = apply(layer, args, kwargs)
            flat = values[key] = None if outputs is None else tensors_in(outputs)
            row = rows[position]
            input_shapes = [tensor.shape for tensor in tensors_in(args)]
            if kwargs:
                input_shapes += [tensor.shape for tensor in tensors_in(kwargs)]
            output_shapes: list[Shape] = [None] if flat is None else [tensor.shape for tensor in flat]
            macs = macs_of(layer, input_shapes, output_shapes)
            if row.reached:
                self.macs = plus(self.macs, macs)
            if not rerun:
                row.macs = macs if number == 0 else plus(row.macs, macs)
                if number == 0:
                    row.input_shapes, row.output_shapes = input_shapes, output_shapes
                elif row.later_shapes is None:
                    row.later_shapes = {number: output_shapes}
                else:
                    row.later_shapes[number] = output_shapes
        if not rerun and self.spec.dialect == "keras3":
            resolved = tensors_in(self._resolve(self.spec.inputs, values))  # compare the shapes recorded there, too
            if len(resolved) == len(self.inputs):  # the model may begin after a layer
                pairs = zip(resolved, self.inputs, strict=True)
                self.inputs = [tensor if known.shape is None else known for tensor, known in pairs]
        if not rerun and self.spec.dialect != "keras1":
            self._fill_unknown_outputs()
        return self._resolve(self.spec.outputs, values)

    def _resolve(self, value: Any, values: Values) -> Any:
        """Replace the references in an argument with tensors."""
        if isinstance(value, TensorRef):
            position = self.index.get(value.layer)
            outputs = None if position is None else values.get((position, value.node))
            if outputs is None:
                return Tensor(value.shape, value.dtype)
            if not -len(outputs) <= value.tensor < len(outputs):
                return self._no_such_output(value, len(outputs))
            tensor = outputs[value.tensor]
            if value.shape is not None:
                if tensor.shape is None:
                    return Tensor(value.shape, tensor.dtype)
                if (
                    tensor.shape != value.shape
                    and not self.context.bindings
                    and not compatible(tensor.shape, value.shape)
                ):
                    self._stale(value, tensor)
            return tensor
        if isinstance(value, list):
            return [self._resolve(item, values) for item in value]
        if isinstance(value, dict):
            return {key: self._resolve(item, values) for key, item in value.items()}
        return value

    def _fill_unknown_outputs(self) -> None:
        """Fill in unknown outputs of rows with the shapes that the file records where other layers use them."""
        unknown = {
            row.name: row
            for layer, row in zip(self.layers, self.rows, strict=True)
            if None in row.output_shapes and not layer.failed
        }
        if not unknown:
            return
        recorded: dict[tuple[str, int], Shape] = {}
        for spec, row in zip(self.spec.layers, self.rows, strict=True):
            for call in spec.calls:
                for ref in call.references:
                    if ref.layer in unknown and ref.node == 0:
                        alone = call is spec.calls[0] and len(row.input_shapes) == 1  # of a SavedModel
                        recorded.setdefault((ref.layer, ref.tensor), row.input_shape if alone else ref.shape)
        for name, row in unknown.items():
            row.output_shapes = [
                recorded.get((name, i)) if shape is None else shape for i, shape in enumerate(row.output_shapes)
            ]
            while (shape := recorded.get((name, len(row.output_shapes)))) is not None and not row.layer.known:
                row.output_shapes.append(shape)

    def _no_such_output(self, ref: TensorRef, count: int) -> Tensor:
        if self._first_time(ref):
            self.context.problems.append(
                Problem(
                    "S124",
                    f"output {ref.tensor} of {show(ref.layer)} is used, but the layer has {count}"
                    f" output{'s' if count != 1 else ''}; Keras cannot load it",
                    "Outputs are numbered from 0; an RNN has more than one only with return_state=true.",
                    ref.layer,
                    ref.pointer or self.spec.pointer,
                )
            )
        return Tensor(ref.shape, ref.dtype)

    def _stale(self, ref: TensorRef, tensor: Tensor) -> None:
        if self._first_time(ref):
            self.context.problems.append(
                Problem(
                    "S131",
                    f"the file records the shape {format_shape(ref.shape)} for an output of {show(ref.layer)}, but the layers"
                    f" before it produce {format_shape(tensor.shape)}; Keras recomputes it and ignores the record",
                    "Save the model again from Keras, or correct the recorded shape.",
                    ref.layer,
                    ref.pointer,
                )
            )

    def _first_time(self, ref: TensorRef) -> bool:
        """Return whether a tensor has not been reported yet. Many calls may use it."""
        key = (ref.layer, ref.node, ref.tensor)
        if key in self.reported:
            return False
        self.reported.add(key)
        return True

    def link(self) -> None:
        """Set the producers and consumers of every row."""
        rows = self.rows
        for position, layer in enumerate(self.spec.layers):
            row = rows[position]
            this = weakref.ref(row)
            feeding: set[int] = set()
            for number, call in enumerate(layer.calls):
                for ref in call.references:
                    source = self.index.get(ref.layer)
                    if source is None:
                        continue
                    producer = rows[source]
                    if ref.tensor > producer.last_output:  # noqa: PLR1730 - faster than max, and there are many
                        producer.last_output = ref.tensor
                    if number == 0 and source not in feeding:
                        feeding.add(source)
                        row.inbound.append(producer)
                    feeds = producer.feeds
                    if not feeds or feeds[-1] is not this:
                        feeds.append(this)
