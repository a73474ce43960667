"""Shapes and weights of a whole model: every call in topological order, nothing allocated.

The walk is iterative along the graph, so its depth does not matter; it recurses only into nested models,
whose nesting the parser bounds.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from lstmlint import layers as registry
from lstmlint.findings import Problem
from lstmlint.layers.base import Layer, LayerError, UnknownLayer, UnknownShape, shapes_of
from lstmlint.shapes import Shape, Tensor, compatible, flatten, format_shape, product, tensors_in
from lstmlint.spec import Call, Dialect, LayerSpec, ModelSpec, TensorRef
from lstmlint.summary import LayerSummary, ModelSummary

# A config of n bytes can ask for 2^n calls (a model nested in itself, each called twice on new shapes).
MAX_CALLS = 2_000_000


@dataclass(slots=True)
class Bindings:
    """What the user says of the inputs: shapes by input name ('' for the only one), batch, timesteps.

    Shapes are without the batch dimension.
    """

    input_shapes: dict[str, tuple[int | None, ...]] = field(default_factory=dict)
    batch: int | None = None
    timesteps: int | None = None

    def bind(self, name: str, shape: Shape) -> Shape:
        """The shape of the input `name`, unknown dimensions replaced by what the user gave."""
        given = self.input_shapes.get(name, self.input_shapes.get(""))
        if given is not None:
            batch = shape[0] if shape else None
            shape = (batch, *given)
        if shape and self.batch is not None and shape[0] is None:
            shape = (self.batch, *shape[1:])
        if shape and self.timesteps is not None and len(shape) in (2, 3, 5) and shape[1] is None:
            shape = (shape[0], self.timesteps, *shape[2:])
        return shape

    def __bool__(self) -> bool:
        return bool(self.input_shapes) or self.batch is not None or self.timesteps is not None


@lru_cache(maxsize=1024)
def _defaults(class_name: str, dialect: Dialect) -> dict[str, Any]:
    return registry.signature(class_name, dialect) or {}


class Inferrer:
    """One run over one document: makes the layers, counts the calls, collects the problems."""

    def __init__(self, dialect: Dialect, bindings: Bindings) -> None:
        self.dialect: Dialect = dialect
        self.bindings = bindings
        self.problems: list[Problem] = []
        self.calls_left = MAX_CALLS
        self.depth = 0

    def defaults(self, class_name: str) -> dict[str, Any]:
        """The arguments of a class with the defaults of the document's dialect."""
        return _defaults(class_name, self.dialect)

    def make(self, spec: LayerSpec) -> Layer:
        """The layer for a spec; a model for a nested model; an UnknownLayer where nobody knows the class."""
        if spec.model is not None:
            return NestedModel(spec, self)
        cls = registry.find(spec.class_name)
        if cls is None:
            return UnknownLayer(spec, self)
        try:
            return cls(spec, self)
        except LayerError as error:
            self.report_spec(spec, error)
        broken = UnknownLayer(spec, self)
        broken.known, broken.failed = True, True  # type: ignore[misc]
        return broken

    def bind_input(self, name: str, shape: Shape) -> Shape:
        """An input's shape after what the user said of it; nested models keep theirs."""
        return shape if self.depth else self.bindings.bind(name, shape)

    def report(self, layer: Layer, error: LayerError) -> None:
        """Keep what went wrong in a layer."""
        self.report_spec(layer.spec, error)

    def report_spec(self, spec: LayerSpec, error: LayerError, pointer: str | None = None) -> None:
        """Keep what went wrong in the layer of a spec."""
        if pointer is None:
            pointer = spec.argument_pointer(error.argument) if error.argument else spec.pointer
        self.problems.append(
            Problem(
                error.code, error.message, error.help, spec.name, pointer, error.severity,
                data={"spec": spec, **error.data},
            )  # fmt: skip
        )

    def apply(self, layer: Layer, args: list[Any], kwargs: dict[str, Any]) -> Any:
        """One call of a layer; its outputs, None where they cannot be known."""
        if layer.failed:
            return None
        self.calls_left -= 1
        if self.calls_left < 0:
            if self.calls_left == -1:
                self.report(layer, LayerError("E010", f"the model makes more than {MAX_CALLS:,} layer calls"))
            return None
        try:
            return layer.apply(args, kwargs)
        except LayerError as error:
            self.report(layer, error)
        except UnknownShape:
            return None
        except RecursionError:
            raise
        except Exception as error:  # a defect of ours must not hide the rest of the report
            message = f"lstmlint could not work out {layer.class_name}: {type(error).__name__}: {error}"
            self.report(layer, LayerError("E099", message, "Please report this with the file."))
        if not layer.built:
            layer.weights_known = False
        layer.failed = True
        return None


class Graph:
    """A model at work: its layers made once, its calls run as often as asked."""

    def __init__(self, spec: ModelSpec, run: Inferrer) -> None:
        self.spec = spec
        self.run = run
        self.layers = [run.make(layer) for layer in spec.layers]
        self.rows = [LayerSummary(layer.spec, layer) for layer in self.layers]
        self.inputs: list[Any] = []
        self.outputs: Any = None
        self.order: list[tuple[int, int]] = []
        self.index: dict[str, int] = {}
        self.seen_stale: set[tuple[str, int, int]] = set()
        self.input_rows: list[LayerSummary] = []
        if not spec.sequential:
            self._plan()

    # Functional ---------------------------------------------------------------------------------------

    def _plan(self) -> None:
        """Order the calls so that every one follows those it takes tensors from (Kahn's algorithm)."""
        specs = self.spec.layers
        index = self.index
        for position, layer in enumerate(specs):
            index.setdefault(layer.name, position)
        waiting: dict[tuple[int, int], int] = {}
        feeds: dict[tuple[int, int], list[tuple[int, int]]] = {}
        ready: deque[tuple[int, int]] = deque()
        for position, layer in enumerate(specs):
            if not layer.calls and layer.class_name == "InputLayer":
                ready.append((position, 0))
            for number, call in enumerate(layer.calls):
                key = (position, number)
                missing = 0
                broken = False
                for ref in call.references:
                    producer = self._producer(ref, layer, call)
                    if producer is None:
                        broken = True
                        break
                    feeds.setdefault(producer, []).append(key)
                    missing += 1
                if broken:
                    missing = -1
                elif number:
                    feeds.setdefault((position, number - 1), []).append(key)
                    missing += 1
                waiting[key] = missing
                if missing == 0:
                    ready.append(key)
        order = self.order
        while ready:
            key = ready.popleft()
            order.append(key)
            for fed in feeds.get(key, ()):
                left = waiting[fed]
                if left > 0:
                    waiting[fed] = left - 1
                    if left == 1:
                        ready.append(fed)
        self._report_unordered(waiting, feeds)
        self._mark_used()

    def _producer(self, ref: TensorRef, layer: LayerSpec, call: Call) -> tuple[int, int] | None:
        position = self.index.get(ref.layer)
        if position is None:
            import difflib

            close = difflib.get_close_matches(ref.layer, self.index, 1)
            hint = f"Did you mean {close[0]!r}?" if close else "Connect it to a layer of this model."
            self._dangling(layer, ref, call, f"there is no layer {ref.layer!r} in this model", hint)
            return None
        source = self.spec.layers[position]
        calls = len(source.calls) or (1 if source.class_name == "InputLayer" else 0)
        if not 0 <= ref.node < calls:
            times = "never called" if calls == 0 else f"called {calls} time{'s' if calls > 1 else ''}"
            self._dangling(
                layer, ref, call, f"it takes call {ref.node} of {ref.layer!r}, which is {times}",
                f"Use a call number from 0 to {calls - 1}." if calls else f"Give {ref.layer!r} an inbound node.",
            )  # fmt: skip
            return None
        return position, ref.node

    def _dangling(self, layer: LayerSpec, ref: TensorRef, call: Call, what: str, hint: str) -> None:
        error = LayerError("S124", f"the input of {layer.name!r} leads nowhere: {what}; Keras cannot load it", hint)
        self.run.report_spec(layer, error, ref.pointer or call.pointer)

    def _report_unordered(
        self, waiting: dict[tuple[int, int], int], feeds: dict[tuple[int, int], list[tuple[int, int]]]
    ) -> None:
        """Calls that wait on each other form a cycle; those behind a dangling reference were reported."""
        broken = [key for key, missing in waiting.items() if missing < 0]
        behind = set(broken)
        while broken:
            for fed in feeds.get(broken.pop(), ()):
                if fed not in behind:
                    behind.add(fed)
                    broken.append(fed)
        stuck = {key for key, missing in waiting.items() if missing > 0 and key not in behind}
        if not stuck:
            return
        # Peel off what merely follows the cycle, from the end.
        after = {key: sum(fed in stuck for fed in feeds.get(key, ())) for key in stuck}
        sources: dict[tuple[int, int], list[tuple[int, int]]] = {}
        for key, fed_keys in feeds.items():
            for fed in fed_keys:
                sources.setdefault(fed, []).append(key)
        loose = [key for key, count in after.items() if count == 0]
        while loose:
            key = loose.pop()
            stuck.discard(key)
            for source in sources.get(key, ()):
                if source in stuck:
                    after[source] -= 1
                    if after[source] == 0:
                        loose.append(source)
        members = sorted({position for position, _ in stuck})
        if not members:
            return
        names = [self.spec.layers[position].name for position in members]
        shown = ", ".join(map(repr, names[:6])) + (", ..." if len(names) > 6 else "")
        self.run.report_spec(
            self.spec.layers[members[0]],
            LayerError(
                "S125",
                f"the layers {shown} wait for each other's outputs: the graph has a cycle, and Keras cannot load it",
                "A Keras model is a graph without cycles; use a recurrent layer for recurrence.",
            ),
        )

    def _mark_used(self) -> None:
        """Find what the outputs depend on; Keras drops the rest."""
        rows, specs = self.rows, self.spec.layers
        used: set[tuple[int, int]] = set()
        stack: list[tuple[int, int]] = []
        for refs, as_output in ((self.spec.outputs, True), (self.spec.inputs, False)):
            for ref in flatten(refs):
                if not isinstance(ref, TensorRef):
                    continue
                position = self.index.get(ref.layer)
                calls = 0 if position is None else max(len(specs[position].calls), specs[position].class_name == "InputLayer")
                if position is None or not 0 <= ref.node < calls:
                    self._bad_end(ref, as_output)
                    continue
                if as_output:
                    rows[position].is_output = True
                    rows[position].output_indices.add(ref.tensor)
                stack.append((position, ref.node))
        used.update(stack)
        while stack:
            position, number = stack.pop()
            calls_of = specs[position].calls
            if number >= len(calls_of):
                continue
            for ref in calls_of[number].references:
                source = self.index.get(ref.layer)
                if source is not None and (source, ref.node) not in used:
                    used.add((source, ref.node))
                    stack.append((source, ref.node))
        reached = {position for position, _ in used}
        for position, row in enumerate(rows):
            row.used = position in reached
            row.calls = len(specs[position].calls)

    def _bad_end(self, ref: TensorRef, as_output: bool) -> None:
        side = "output" if as_output else "input"
        self.run.problems.append(
            Problem(
                "S124",
                f"the model's {side} names call {ref.node} of {ref.layer!r}, which does not exist; Keras cannot load it",
                f"Name a layer of this model as its {side}.",
                pointer=ref.pointer or self.spec.pointer,
            )
        )

    def run_functional(self, given: list[Tensor] | None) -> Any:
        """Run every call; `given` replaces the input layers' own tensors when a nested model is called."""
        values: dict[tuple[int, int], list[Tensor] | None] = {}
        specs, rows, run = self.spec.layers, self.rows, self.run
        first = given is None
        if given is not None:
            for ref, tensor in zip(self._input_refs(), given, strict=False):
                position = self.index.get(ref.layer)
                if position is not None:
                    values[position, ref.node] = [tensor]
        for key in self.order:
            position, number = key
            if key in values:
                continue
            layer, spec = self.layers[position], specs[position]
            if number < len(spec.calls):
                call = spec.calls[number]
                args = [self._resolve(arg, values) for arg in call.args]
                kwargs = {name: self._resolve(arg, values) for name, arg in call.kwargs.items()} if call.kwargs else {}
            else:
                args, kwargs = [], {}
            outputs = run.apply(layer, args, kwargs)
            flat = None if outputs is None else tensors_in(outputs)
            values[key] = flat
            if first and number == 0:
                row = rows[position]
                if call_shapes := (tensors_in(args) + tensors_in(kwargs) if args or kwargs else None):
                    row.input_shapes = [tensor.shape for tensor in call_shapes]
                if flat is not None:
                    row.output_shapes = [tensor.shape for tensor in flat]
                else:
                    row.output_shapes = [None]
        return self._resolve(self.spec.outputs, values, outside=True)

    def _input_refs(self) -> list[TensorRef]:
        return [ref for ref in flatten(self.spec.inputs) if isinstance(ref, TensorRef)]

    def _resolve(self, value: Any, values: dict[tuple[int, int], list[Tensor] | None], outside: bool = False) -> Any:
        if isinstance(value, TensorRef):
            position = self.index.get(value.layer)
            outputs = None if position is None else values.get((position, value.node))
            if outputs is None:
                return Tensor(value.shape, value.dtype)
            if value.tensor >= len(outputs):
                return self._no_such_output(value, len(outputs))
            tensor = outputs[value.tensor]
            if value.shape is not None:
                if tensor.shape is None:
                    return Tensor(value.shape, tensor.dtype)
                if tensor.shape != value.shape and not self.run.bindings and not compatible(tensor.shape, value.shape):
                    self._stale(value, tensor)
            return tensor
        if isinstance(value, list):
            return [self._resolve(item, values, outside) for item in value]
        if isinstance(value, dict):
            return {key: self._resolve(item, values, outside) for key, item in value.items()}
        return value

    def _no_such_output(self, ref: TensorRef, count: int) -> Tensor:
        key = (ref.layer, ref.node, ref.tensor)
        if key not in self.seen_stale:
            self.seen_stale.add(key)
            self.run.problems.append(
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
        key = (ref.layer, ref.node, ref.tensor)
        if key in self.seen_stale:
            return
        self.seen_stale.add(key)
        self.run.problems.append(
            Problem(
                "S131",
                f"the file records the shape {format_shape(ref.shape)} for an output of {ref.layer!r},"
                f" but the layers before it give {format_shape(tensor.shape)}; Keras recomputes it and ignores the record",
                "Save the model again from Keras, or correct the recorded shape.",
                ref.layer,
                ref.pointer,
            )
        )

    # Sequential ---------------------------------------------------------------------------------------

    def run_sequential(self, given: Any, rerun: bool = False) -> Any:
        """Run the layers one after the other on `given` (None: unknown)."""
        value: Any = given
        run = self.run
        for position, (layer, row) in enumerate(zip(self.layers, self.rows, strict=True)):
            if layer.class_name == "InputLayer" and value is not None and position == 0:
                if not layer.built:
                    run.apply(layer, [], {})
                outputs: Any = value
            elif layer.class_name == "InputLayer":
                outputs = run.apply(layer, [], {})
            else:
                argument = Tensor(None, None) if value is None else value
                outputs = run.apply(layer, [argument], {})
                if not rerun:
                    row.input_shapes = [tensor.shape for tensor in tensors_in(argument)]
            if not rerun:
                row.output_shapes = [None] if outputs is None else [tensor.shape for tensor in tensors_in(outputs)]
                row.calls = 1
            if isinstance(outputs, list) and len(outputs) > 1 and position < len(self.layers) - 1:
                if not rerun:
                    run.report(
                        layer,
                        LayerError(
                            "S121",
                            f"{layer.class_name} returns {len(outputs)} tensors, but the next layer of a Sequential takes"
                            " one; Keras raises a ValueError",
                            "Set return_state to false, or build the model with the functional API.",
                            argument="return_state",
                        ),
                    )
                outputs = None
            value = outputs
        return value

    def own_input(self) -> Tensor | None:
        """The input a Sequential knows by itself: from its InputLayer, its first layer, or its record."""
        if not self.layers:
            return None
        bindings = self.run.bindings
        first = self.layers[0]
        spec = first.spec
        shape: Shape = None
        dtype: str | None = None
        if spec.class_name == "InputLayer":
            tensors = tensors_in(self.run.apply(first, [], {}))
            if tensors:
                return tensors[0]
        elif spec.input_shape is not None:
            shape, dtype = spec.input_shape, spec.input_dtype
        elif isinstance(first, NestedModel):
            own = first.graph.known_inputs()
            if len(own) == 1:
                shape, dtype = own[0].shape, own[0].dtype
        if shape is None:
            shape = self.spec.build_input_shape
        shape = bindings.bind(f"{spec.name}_input", shape) if self.run.depth == 0 else shape
        if shape is None:
            return None
        return Tensor(shape, dtype or first.compute_dtype)

    def known_inputs(self) -> list[Tensor]:
        """The tensors this model takes, as far as it knows them by itself."""
        if self.spec.sequential:
            own = self.own_input()
            return [] if own is None else [own]
        found = []
        for ref in self._input_refs():
            position = self.index.get(ref.layer)
            if position is not None:
                found += tensors_in(self.run.apply(self.layers[position], [], {}))
        return found

    # Both ---------------------------------------------------------------------------------------------

    def infer(self) -> Any:
        """Run the model on its own inputs; what it returns."""
        if self.spec.sequential:
            own = self.own_input()
            self.inputs = [] if own is None else [own]
            self.outputs = self.run_sequential(own)
        else:
            self.inputs = self.known_inputs()
            self.outputs = self.run_functional(None)
        return self.outputs

    def link(self) -> None:
        """Tell every row who feeds it and whom it feeds."""
        rows = self.rows
        if self.spec.sequential:
            for before, after in zip(rows, rows[1:], strict=False):
                after.inbound.append(before)
                before.consumers.append(after)
                before.output_indices.add(0)
            if rows:
                rows[-1].is_output = True
                rows[-1].output_indices.update(range(len(rows[-1].output_shapes)))
            return
        for position, layer in enumerate(self.spec.layers):
            row = rows[position]
            for number, call in enumerate(layer.calls):
                for ref in call.references:
                    source = self.index.get(ref.layer)
                    if source is None:
                        continue
                    producer = rows[source]
                    producer.output_indices.add(ref.tensor)
                    if number == 0 and (not row.inbound or producer not in row.inbound):
                        row.inbound.append(producer)
                    if not producer.consumers or producer.consumers[-1] is not row:
                        producer.consumers.append(row)

    def summarize(self, trainable: bool = True) -> ModelSummary:
        """The rows with their weights, and the totals."""
        self.link()
        summary = ModelSummary(self.spec, self.rows)
        summary.inputs = [tensor.shape for tensor in self.inputs]
        summary.outputs = [leaf.shape if isinstance(leaf, Tensor) else None for leaf in flatten(self.outputs)]
        summary.output_layers = [row for row in self.rows if row.is_output]
        trainable = trainable and self.model_trainable()
        for layer, row in zip(self.layers, self.rows, strict=True):
            row.weights = list(layer.all_weights(trainable))
            known = layer.all_known()
            params = trained = 0
            for weight in row.weights:
                size = weight.size
                params += size
                if weight.trainable:
                    trained += size
            row.params, row.trainable_params = (params, trained) if known else (None, None)
            if isinstance(layer, NestedModel):
                row.nested = layer.graph.summarize(trainable and layer.trainable)
                row.macs = None if row.nested.macs is None else row.nested.macs * max(row.calls, 1)
                complete = row.nested.complete
                params, trained = row.nested.params, row.nested.trainable_params
            else:
                complete = known
                row.macs = self._macs(layer, row)
            if not row.used:
                continue
            summary.complete = summary.complete and complete
            summary.params += params
            summary.trainable_params += trained
            summary.macs = None if summary.macs is None or row.macs is None else summary.macs + row.macs
            for weight in row.weights:
                summary.weight_bytes += weight.bytes
                summary.bytes_by_dtype[weight.dtype] = summary.bytes_by_dtype.get(weight.dtype, 0) + weight.bytes
        return summary

    def model_trainable(self) -> bool:
        """Whether the model itself lets its layers train. Keras ignores the flag of a Sequential's config."""
        return self.spec.sequential or self.spec.trainable

    def _macs(self, layer: Layer, row: LayerSummary) -> int | None:
        if layer.failed or not layer.known:
            return None
        try:
            return layer.macs(row.input_shapes, row.output_shapes)
        except (UnknownShape, LayerError):
            return None


class NestedModel(Layer):
    """A model used as a layer. It builds itself from its own inputs; an unbuilt Sequential, on its first call."""

    multiple_inputs = True

    def __init__(self, spec: LayerSpec, run: Inferrer) -> None:
        super().__init__(spec, run)
        if spec.model is None:
            raise TypeError(f"{spec.name} is no model")
        self.run = run
        run.depth += 1
        try:
            self.graph = Graph(spec.model, run)
            self.sublayers = self.graph.layers
            self.cache: dict[Any, Any] = {}
            self.own: list[Tensor] | None = None
            if not spec.model.sequential or self.graph.own_input() is not None:
                self.graph.infer()
                self.built = True
                self.own = self.graph.inputs
        finally:
            run.depth -= 1

    def apply(self, args: list[Any], kwargs: dict[str, Any]) -> Any:
        """The outputs for these inputs: the model's own where the shapes are its own, else a new run."""
        given = args[0] if args else next(iter(kwargs.values()), None)
        tensors = tensors_in(given)
        if not self.built:
            return self._build(given)
        shapes = tuple(tensor.shape for tensor in tensors)
        if self.own is not None and (shapes == tuple(tensor.shape for tensor in self.own) or None in shapes):
            return self.graph.outputs
        if self.own is not None:
            self._check(tensors)
        if shapes not in self.cache:
            self.cache[shapes] = (
                self.graph.run_sequential(given, rerun=True)
                if self.graph.spec.sequential
                else self.graph.run_functional(tensors)
            )
        return self.cache[shapes]

    def _build(self, given: Any) -> Any:
        self.built = True
        tensors = tensors_in(given)
        if not tensors or tensors[0].shape is None:
            self.graph.inputs = []
            self.graph.outputs = self.graph.run_sequential(None)
            return self.graph.outputs
        self.own = self.graph.inputs = tensors[:1]
        self.graph.outputs = self.graph.run_sequential(tensors[0])
        return self.graph.outputs

    def _check(self, tensors: list[Tensor]) -> None:
        own = self.own or []
        if len(tensors) != len(own):
            raise LayerError(
                "S122",
                f"the nested model {self.name!r} takes {len(own)} input tensor{'s' if len(own) != 1 else ''}, but gets"
                f" {len(tensors)}",
                "Connect one tensor for each of its inputs.",
            )
        for mine, given in zip(own, tensors, strict=True):
            fits = compatible(mine.shape and (None, *mine.shape[1:]), given.shape and (None, *given.shape[1:]))
            if not fits:
                raise LayerError(
                    "S137",
                    f"the nested model {self.name!r} was built for {format_shape(mine.shape)}, but gets"
                    f" {format_shape(given.shape)}",
                    "Change the nested model's input, or what feeds it.",
                )

    def build_from(self, input_shape: Any) -> None:
        """Build as TimeDistributed builds what it wraps."""
        if not self.built and isinstance(input_shape, tuple):
            self._build(Tensor(input_shape))

    def build(self, input_shape: Any) -> None:
        """The same as build_from."""
        self.build_from(input_shape)

    def call(self, inputs: Any, *args: Any, **kwargs: Any) -> Any:
        """The same as apply, for a wrapper."""
        return self.apply([inputs], {})

    def all_known(self) -> bool:
        """Whether every weight that counts is known."""
        return self.built and all(
            layer.all_known() for layer, row in zip(self.graph.layers, self.graph.rows, strict=True) if row.used
        )

    def all_weights(self, trainable: bool = True, prefix: str = "") -> Any:
        """The weights of the layers that count."""
        trainable = trainable and self.graph.model_trainable()
        for layer, row in zip(self.graph.layers, self.graph.rows, strict=True):
            if row.used:
                yield from layer.all_weights(trainable, f"{prefix}{layer.name}/")


def infer(model: ModelSpec, bindings: Bindings | None = None) -> ModelSummary:
    """Everything that can be said of a model's shapes and weights.

    Raises: nothing for what a file can hold; what is wrong is in the summary's `problems`.
    """
    run = Inferrer(model.dialect, bindings or Bindings())
    graph = Graph(model, run)
    graph.infer()
    summary = graph.summarize()
    summary.problems = [*model.problems, *run.problems]
    return summary


__all__ = ["Bindings", "Graph", "Inferrer", "infer", "product", "shapes_of"]
