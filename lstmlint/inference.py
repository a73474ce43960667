"""Shapes and weights of a whole model: every call in topological order, nothing allocated.

The walk is iterative along the graph, so its depth does not matter; it recurses only into nested models,
whose nesting the parser bounds.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from lstmlint import layers as registry
from lstmlint.findings import Problem
from lstmlint.layers import loading
from lstmlint.layers.arguments import check as check_arguments
from lstmlint.layers.base import Layer, LayerError, UnknownLayer, UnknownShape
from lstmlint.ordering import Plan
from lstmlint.shapes import Shape, Tensor, compatible, flatten, format_shape, tensors_in
from lstmlint.spec import Dialect, LayerSpec, ModelSpec, TensorRef
from lstmlint.summary import LayerSummary, ModelSummary

if TYPE_CHECKING:
    from lstmlint.layers.described import Description

# A config of n bytes can ask for 2^n calls (a model nested in itself, each called twice on new shapes).
# This many calls, and some for every layer, are more than any real model makes.
MAX_CALLS = 200_000
CALLS_PER_LAYER = 4


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


MODEL_CLASSES = ("Sequential", "Functional", "Model", "Container", "Graph")  # of Keras 1 and 2


@lru_cache(maxsize=1024)
def _defaults(class_name: str, dialect: Dialect) -> dict[str, Any]:
    return registry.signature(class_name, dialect) or {}


@lru_cache(maxsize=1024)
def _advice(class_name: str, ours: bool) -> str:
    """What to do about a class that nobody here knows; `ours` if it is said to be Keras's own."""
    import difflib

    from lstmlint.layers.custom import describe

    unknown = "Its shapes and weights stay unknown; the total is incomplete."
    if not ours and (known := describe(class_name)):
        return f"{known} {unknown}"
    names = registry.known_names()
    letters = sorted(class_name.casefold())
    close = [name for name in names if sorted(name.casefold()) == letters]  # Lstm, LTSM
    close = close or difflib.get_close_matches(class_name, names, 1, 0.8)
    return f"Did you mean {close[0]}?" if close else unknown


class Inferrer:
    """One run over one document: makes the layers, counts the calls, collects the problems."""

    def __init__(
        self, dialect: Dialect, bindings: Bindings, descriptions: Mapping[str, Description] | None = None
    ) -> None:
        self.descriptions = descriptions or {}
        self.dialect: Dialect = dialect
        self.bindings = bindings
        self.problems: list[Problem] = []
        self.calls_left = MAX_CALLS
        self.depth = 0
        # Above 0 while Keras 3 runs a nested model on shapes that are not its own: it asks the layers inside for
        # their output shapes, not whether the inputs suit them, and fails when the model runs.
        self.unchecked = 0

    def defaults(self, class_name: str) -> dict[str, Any]:
        """The arguments of a class with the defaults of the document's dialect."""
        return _defaults(class_name, self.dialect)

    def make(self, spec: LayerSpec) -> Layer:
        """The layer for a spec; a model for a nested model; an UnknownLayer where nobody knows the class."""
        self.calls_left += CALLS_PER_LAYER
        if self.dialect == "keras3" and not loading.is_plain(spec):
            for error in loading.check(spec):
                self.report_spec(spec, error, error.data.get("pointer"))
        if spec.model is not None:
            return NestedModel(spec, self)
        operation = spec.is_operation
        cls = registry.find_operation(spec.module, spec.class_name) if operation else registry.find(spec.class_name)
        if spec.class_name in self.descriptions and (cls is None or spec.class_name == "Lambda"):
            from lstmlint.layers.described import DescribedLayer

            return DescribedLayer(spec, self, self.descriptions[spec.class_name])
        if cls is None:
            self.report_unknown(spec)
            return UnknownLayer(spec, self)
        errors = [] if operation else check_arguments(spec, self.dialect)
        for error in errors:
            self.report_spec(spec, error)
        if not any(error.data.get("stops", True) for error in errors):
            try:
                return cls(spec, self)
            except LayerError as error:
                self.report_spec(spec, error)
            except RecursionError:
                raise
            except Exception as error:  # noqa: BLE001 - as in apply
                self.report_spec(spec, _defect(spec, error))
        broken = UnknownLayer(spec, self)
        broken.known, broken.failed = True, True  # type: ignore[misc]
        return broken

    def report_unknown(self, spec: LayerSpec) -> None:
        """E004: nobody here knows the class. Keras's own names are refused by Keras, others may be custom."""
        ours = spec.is_operation or (
            str(spec.module).partition(".")[0] == "keras" and spec.registered_name in (None, spec.class_name)
        )
        advice = _advice(spec.class_name, ours)
        error = LayerError(
            "E004",
            f"{spec.written_class or spec.class_name!r} is no layer of Keras"
            + ("; Keras cannot load it" if ours else ": it loads only with custom_objects"),
            advice,
            severity="error" if ours else None,
        )
        self.report_spec(spec, error)

    def report_model_class(self, model: ModelSpec) -> None:
        """E004: a model's class that is none of Keras's; it may be a subclass."""
        from difflib import get_close_matches

        close = get_close_matches(model.class_name, MODEL_CLASSES, 1, 0.85)
        message = f"{model.class_name!r} is no model of Keras: it loads only with custom_objects"
        advice = f"Did you mean {close[0]}?" if close else "What its code does beyond its layers is not known."
        self.problems.append(Problem("E004", message, advice, pointer=f"{model.pointer}/class_name"))

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
                error.code,
                error.message + in_old_words(spec, error),
                error.help,
                spec.name,
                pointer,
                error.severity,
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
                self.report(layer, LayerError("E010", f"nested models call each other more than {MAX_CALLS:,} times"))
            return None
        try:
            return layer.apply(args, kwargs)
        except LayerError as error:
            if self.unchecked and error.code in ("S101", "S134"):
                error.severity = "warning"
                self.report(layer, error)
                return None
            self.report(layer, error)
        except UnknownShape:
            return None
        except RecursionError:
            raise
        except Exception as error:  # noqa: BLE001 - a defect of ours must not hide the rest of the report
            self.report(layer, _defect(layer.spec, error))
        if not layer.built:
            layer.weights_known = False
        layer.failed = True
        return None


def _defect(spec: LayerSpec, error: Exception) -> LayerError:
    """A defect of ours, told as a finding."""
    message = f"lstmlint could not work out {spec.class_name}: {type(error).__name__}: {error}"
    return LayerError("E099", message, "Please report this with the file.")


def plus(left: int | None, right: int | None) -> int | None:
    """The sum, None if either is unknown."""
    return None if left is None or right is None else left + right


class Graph:
    """A model at work: its layers made once, its calls run as often as asked."""

    def __init__(self, spec: ModelSpec, run: Inferrer) -> None:
        self.spec = spec
        self.run = run
        self.layers = [run.make(layer) for layer in spec.layers]
        self.rows = [LayerSummary(layer.spec, layer) for layer in self.layers]
        self.inputs: list[Any] = []
        self.outputs: Any = None
        self.index: dict[str, int] = {}
        self.macs: int | None = 0
        self.seen_stale: set[tuple[str, int, int]] = set()
        if not spec.sequential:
            self.plan = Plan(spec, run.report_spec, run.problems)
            self.index = self.plan.index
            for position, row in enumerate(self.rows):
                row.used = position in self.plan.used
                row.calls = len(spec.layers[position].calls)
                if position in self.plan.outputs:
                    row.is_output = True
                    row.output_indices |= self.plan.outputs[position]

    # Functional ---------------------------------------------------------------------------------------

    def run_functional(self, given: list[Tensor] | None) -> Any:
        """Run every call; `given` replaces the input layers' own tensors when a nested model is called."""
        values: dict[tuple[int, int], list[Tensor] | None] = {}
        specs, rows, run = self.spec.layers, self.rows, self.run
        first = given is None
        self.macs = 0
        if given is not None:
            for ref, tensor in zip(self._input_refs(), given, strict=False):
                position = self.index.get(ref.layer)
                if position is not None:
                    values[position, ref.node] = [tensor]
        for key in self.plan.order:
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
            row = rows[position]
            taken = [tensor.shape for tensor in tensors_in(args) + (tensors_in(kwargs) if kwargs else [])]
            given_out: list[Shape] = [None] if flat is None else [tensor.shape for tensor in flat]
            macs = self._macs(layer, taken, given_out)
            if row.used:
                self.macs = plus(self.macs, macs)
            if first:
                row.macs = macs if number == 0 else plus(row.macs, macs)
                if number == 0:
                    row.input_shapes, row.output_shapes = taken, given_out
        if first and self.spec.dialect == "keras3":
            self._resolve(self.spec.inputs, values)
        return self._resolve(self.spec.outputs, values)

    def _input_refs(self) -> list[TensorRef]:
        return [ref for ref in flatten(self.spec.inputs) if isinstance(ref, TensorRef)]

    def _resolve(self, value: Any, values: dict[tuple[int, int], list[Tensor] | None]) -> Any:
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
                if tensor.shape != value.shape and not self.run.bindings and not compatible(tensor.shape, value.shape):
                    self._stale(value, tensor)
            return tensor
        if isinstance(value, list):
            return [self._resolve(item, values) for item in value]
        if isinstance(value, dict):
            return {key: self._resolve(item, values) for key, item in value.items()}
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
        self.macs = 0
        for position, (layer, row) in enumerate(zip(self.layers, self.rows, strict=True)):
            taken: list[Shape] = []
            if layer.class_name == "InputLayer" and value is not None and position == 0:
                if not layer.built:
                    run.apply(layer, [], {})
                outputs: Any = value
            elif layer.class_name == "InputLayer":
                if position and value is not None and run.dialect == "keras3" and not rerun:
                    run.report(
                        layer,
                        LayerError(
                            "S122",
                            "an InputLayer takes no input: it can only be the first layer of a Sequential, and Keras"
                            " raises a ValueError",
                            "Remove it, or move it to the front.",
                        ),
                    )
                outputs = run.apply(layer, [], {})
            else:
                argument = Tensor(None, None) if value is None else value
                outputs = run.apply(layer, [argument], {})
                taken = [tensor.shape for tensor in tensors_in(argument)]
            given_out: list[Shape] = [None] if outputs is None else [tensor.shape for tensor in tensors_in(outputs)]
            macs = self._macs(layer, taken, given_out)
            self.macs = plus(self.macs, macs)
            if not rerun:
                row.input_shapes, row.output_shapes, row.macs, row.calls = taken, given_out, macs, 1
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
            if position is None:
                continue
            if self.spec.layers[position].class_name == "InputLayer":
                found += tensors_in(self.run.apply(self.layers[position], [], {}))
            else:  # the model begins in the middle of what the file describes
                found.append(self._recorded(ref))
        return found

    def _recorded(self, wanted: TensorRef) -> Tensor:
        """The shape that the file records for a tensor where a layer takes it."""
        for layer in self.spec.layers:
            for call in layer.calls:
                for ref in call.references:
                    if (ref.layer, ref.node, ref.tensor) == (wanted.layer, wanted.node, wanted.tensor):
                        return Tensor(ref.shape, ref.dtype)
        return Tensor(None, None)

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
            feeding: set[int] = set()
            for number, call in enumerate(layer.calls):
                for ref in call.references:
                    source = self.index.get(ref.layer)
                    if source is None:
                        continue
                    producer = rows[source]
                    producer.output_indices.add(ref.tensor)
                    if number == 0 and source not in feeding:
                        feeding.add(source)
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
        simple = trainable and self.run.dialect == "keras3"
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
                known = row.nested.complete
            elif layer.sublayers:
                for inner in layer.sublayers:
                    if isinstance(inner, NestedModel):
                        row.nested = inner.graph.summarize(trainable and layer.trainable and inner.trainable)
            if not row.used:
                continue
            summary.complete = summary.complete and known
            summary.params += params
            plain = simple and layer.trainable and not layer.sublayers
            summary.trainable_params += trained if plain else layer.trained_params(not trainable)
            summary.macs = plus(summary.macs, row.macs)
            for weight in row.weights:
                held = weight.bytes
                summary.weight_bytes += held
                summary.bytes_by_dtype[weight.dtype] = summary.bytes_by_dtype.get(weight.dtype, 0) + held
        return summary

    def model_trainable(self) -> bool:
        """Whether the model itself lets its layers train: Keras reads the flag of a functional model of Keras 3,
        and ignores that of a Sequential's and of any older config.
        """
        return self.spec.sequential or self.spec.trainable or self.run.dialect != "keras3"

    def _macs(self, layer: Layer, taken: list[Shape], given: list[Shape]) -> int | None:
        if layer.failed or not layer.known:
            return None
        try:
            return layer.macs(taken, given)
        except (UnknownShape, LayerError):
            return None


class NestedModel(Layer):
    """A model used as a layer. It builds itself from its own inputs; an unbuilt Sequential, on its first call."""

    multiple_inputs = True

    def __init__(self, spec: LayerSpec, run: Inferrer) -> None:
        super().__init__(spec, run)
        if spec.model is None:
            raise TypeError(f"{spec.name} is no model")
        self.trainable = True  # see Graph.model_trainable
        self.run = run
        run.depth += 1
        try:
            self.graph = Graph(spec.model, run)
            self.sublayers = self.graph.layers
            self.cache: dict[Any, tuple[Any, int | None]] = {}
            self.last_macs: int | None = None
            self.own_macs: int | None = None
            self.own: list[Tensor] | None = None
            if not spec.model.sequential or self.graph.own_input() is not None:
                self.graph.infer()
                self.built = True
                self.own = self.graph.inputs
                self.own_macs = self.graph.macs
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
            self.last_macs = self.own_macs
            return self.graph.outputs
        if self.own is not None:
            self._check(tensors)
        if shapes not in self.cache:
            graph = self.graph
            self.run.unchecked += self.run.dialect == "keras3"
            outputs = graph.run_sequential(given, True) if graph.spec.sequential else graph.run_functional(tensors)
            self.run.unchecked -= self.run.dialect == "keras3"
            self.cache[shapes] = outputs, graph.macs
        outputs, self.last_macs = self.cache[shapes]
        return outputs

    def macs(self, input_shapes: list[Shape], output_shapes: list[Shape]) -> int | None:
        """Those of the last call."""
        return self.last_macs

    def _build(self, given: Any) -> Any:
        self.built = True
        tensors = tensors_in(given)
        if not tensors or tensors[0].shape is None:
            self.graph.inputs = []
            self.graph.outputs = self.graph.run_sequential(None)
            return self.graph.outputs
        self.own = self.graph.inputs = tensors[:1]
        self.graph.outputs = self.graph.run_sequential(tensors[0])
        self.own_macs = self.last_macs = self.graph.macs
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
            if self.run.dialect == "keras3":
                fits = _squeezable(mine.shape, given.shape)
            else:
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

    def trained_params(self, frozen: bool = False) -> int:
        """Those of the layers that count. Loading ignores what a Sequential's config says of itself."""
        frozen = frozen or not self.graph.model_trainable()
        return sum(
            layer.trained_params(frozen)
            for layer, row in zip(self.graph.layers, self.graph.rows, strict=True)
            if row.used
        )

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


def _squeezable(mine: Shape, given: Shape) -> bool:
    """Whether Keras 3 lets a functional model be called with a shape: it looks past last axes of 1, and past what
    only one of the shapes has.
    """
    if mine is None or given is None:
        return True
    mine, given = (shape[:-1] if shape and shape[-1] == 1 else shape for shape in (mine, given))
    return all(a is None or b is None or a == b for a, b in zip(mine[1:], given[1:], strict=False))


def in_old_words(spec: LayerSpec, error: LayerError) -> str:
    """What the file calls the argument that an error is about, where that is another name."""
    written = spec.renamed.get(error.argument or "")
    if written is None or written in error.message.replace("'", " ").split():
        return ""
    return f" ({error.argument} is {written!r} in this file)"


def infer(
    model: ModelSpec, bindings: Bindings | None = None, descriptions: Mapping[str, Description] | None = None
) -> ModelSummary:
    """Everything that can be said of a model's shapes and weights.

    descriptions: class name -> what the user says of a custom layer.
    Raises: nothing for what a file can hold; what is wrong is in the summary's `problems`.
    """
    run = Inferrer(model.dialect, bindings or Bindings(), descriptions)
    if "module" in model.header:
        root = LayerSpec(model.name, model.class_name, {}, model.pointer, module=model.header["module"], model=model)
        root.raw = model.header
        error = loading.module_error(root)
        if error is not None:
            run.report_spec(root, error)
    elif model.dialect == "keras2" and model.class_name not in MODEL_CLASSES:
        run.report_model_class(model)
    graph = Graph(model, run)
    graph.infer()
    summary = graph.summarize()
    summary.problems = [*model.problems, *run.problems]
    return summary


__all__ = ["Bindings", "Graph", "Inferrer", "NestedModel", "infer"]
