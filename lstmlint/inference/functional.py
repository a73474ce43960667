"""A functional model at work: its calls in topological order. The walk is iterative, so depth does not matter."""

from __future__ import annotations

import weakref
from typing import TYPE_CHECKING, Any

from lstmlint.inference.graph import Graph, macs_of, plus
from lstmlint.inference.ordering import Key, Plan
from lstmlint.model.findings import Problem
from lstmlint.model.shapes import Shape, Tensor, compatible, flatten, format_shape, tensors_in
from lstmlint.model.spec import ModelSpec, TensorRef

if TYPE_CHECKING:
    from lstmlint.inference.context import InferenceContext

# What each call gave, flat; None where that is unknown.
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
        """Run the model on its own inputs; what it gives."""
        self.inputs = self.known_inputs()
        self.outputs = self.run_layers(None)
        return self.outputs

    def known_inputs(self) -> list[Tensor]:
        """The tensors this model takes, as far as it knows them by itself."""
        found = []
        recorded: dict[tuple[str, int, int], Tensor] | None = None
        for ref in self._input_refs():
            position = self.index.get(ref.layer)
            if position is None:
                continue
            if self.spec.layers[position].class_name == "InputLayer":
                found += tensors_in(self.context.apply(self.layers[position], [], {}))
            else:  # the model begins in the middle of what the file describes
                recorded = self._recorded() if recorded is None else recorded
                found.append(recorded.get((ref.layer, ref.node, ref.tensor)) or Tensor(None, None))
        return found

    def input_names(self) -> list[str]:
        """What Keras 3 calls them: the keys of a dict of inputs, else the input layers' own names."""
        if isinstance(self.spec.inputs, dict):
            return list(self.spec.inputs)
        positions = [self.index.get(ref.layer) for ref in self._input_refs()]
        return [self.spec.layers[position].own_name for position in positions if position is not None]

    def _input_refs(self) -> list[TensorRef]:
        return [ref for ref in flatten(self.spec.inputs) if isinstance(ref, TensorRef)]

    def _recorded(self) -> dict[tuple[str, int, int], Tensor]:
        """The shapes that the file records for tensors, where a layer first takes them."""
        recorded: dict[tuple[str, int, int], Tensor] = {}
        for layer in self.spec.layers:
            for call in layer.calls:
                for ref in call.references:
                    recorded.setdefault((ref.layer, ref.node, ref.tensor), Tensor(ref.shape, ref.dtype))
        return recorded

    def run_layers(self, given: Any, rerun: bool = False) -> Any:
        """Run every call. In a rerun, `given` replaces the input layers' own tensors."""
        values: Values = {}
        layers, specs, rows = self.layers, self.spec.layers, self.rows
        apply, resolve = self.context.apply, self._resolve
        self.macs = 0
        if rerun:
            for ref, tensor in zip(self._input_refs(), tensors_in(given), strict=False):
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
            outputs = apply(layer, args, kwargs)
            flat = values[key] = None if outputs is None else tensors_in(outputs)
            row = rows[position]
            taken = [tensor.shape for tensor in tensors_in(args)]
            if kwargs:
                taken += [tensor.shape for tensor in tensors_in(kwargs)]
            given_out: list[Shape] = [None] if flat is None else [tensor.shape for tensor in flat]
            macs = macs_of(layer, taken, given_out)
            if row.reached:
                self.macs = plus(self.macs, macs)
            if not rerun:
                row.macs = macs if number == 0 else plus(row.macs, macs)
                if number == 0:
                    row.input_shapes, row.output_shapes = taken, given_out
        if not rerun and self.spec.dialect == "keras3":
            taken_in = tensors_in(self._resolve(self.spec.inputs, values))  # what is recorded there is compared, too
            if len(taken_in) == len(self.inputs):  # the model may begin behind a layer
                pairs = zip(taken_in, self.inputs, strict=True)
                self.inputs = [tensor if known.shape is None else known for tensor, known in pairs]
            self._recall_outputs()
        return self._resolve(self.spec.outputs, values)

    def _resolve(self, value: Any, values: Values) -> Any:
        """An argument of a call with tensors for its references."""
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

    def _recall_outputs(self) -> None:
        """Tell the unknown outputs of rows as Keras 3 recorded them where other layers take them."""
        unknown = {
            row.name: row
            for layer, row in zip(self.layers, self.rows, strict=True)
            if None in row.output_shapes and not layer.failed
        }
        if not unknown:
            return
        recorded: dict[tuple[str, int], Shape] = {}
        for spec in self.spec.layers:
            for call in spec.calls:
                for ref in call.references:
                    if ref.layer in unknown and ref.node == 0:
                        recorded.setdefault((ref.layer, ref.tensor), ref.shape)
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
                    f"output {ref.tensor} of {ref.layer!r} is used, but the layer has {count}"
                    f" output{'s' if count != 1 else ''}; Keras cannot load it",
                    "Outputs count from 0; an RNN has more than one only with return_state=true.",
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
                    f"the file records the shape {format_shape(ref.shape)} for an output of {ref.layer!r}, but the layers"
                    f" before it give {format_shape(tensor.shape)}; Keras recomputes it and ignores the record",
                    "Save the model again from Keras, or correct the recorded shape.",
                    ref.layer,
                    ref.pointer,
                )
            )

    def _first_time(self, ref: TensorRef) -> bool:
        """Whether nothing has been said of a tensor yet: many calls may take it."""
        key = (ref.layer, ref.node, ref.tensor)
        if key in self.reported:
            return False
        self.reported.add(key)
        return True

    def link(self) -> None:
        """Tell every row who feeds it and whom it feeds."""
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
