"""Writing models, layers, and calls: as Keras 3 does, and what the dialects have in common."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from lstmlint import layers as registry
from lstmlint.converting.arguments import gone, translate
from lstmlint.converting.calling import integer_change, training_change
from lstmlint.converting.checking import TensorContext
from lstmlint.converting.fitting import fit, fit_ends, fit_nodes
from lstmlint.converting.notes import Conversion, Note, Path, Rearranged, Refused
from lstmlint.converting.target import Target
from lstmlint.converting.tensorflow import FUNCTION_LAYERS, operation
from lstmlint.converting.values import policy, shown
from lstmlint.inference import Graph, NestedModel
from lstmlint.layers.base import Layer
from lstmlint.layers.rnn import RecurrentLayer
from lstmlint.model.shapes import Shape, Tensor, flatten
from lstmlint.model.spec import Call, LayerSpec, ModelSpec, TensorRef
from lstmlint.model.values import show
from lstmlint.parsing.common import is_layer_object, references_in
from lstmlint.signatures.keras3 import SIGNATURES
from lstmlint.validation.arguments import CLOSED

Object = dict[str, Any]
FUNCTIONAL = {"module": "keras.src.models.functional", "class_name": "Functional", "registered_name": "Functional"}
SEQUENTIAL = {"module": "keras", "class_name": "Sequential", "registered_name": None}


class Writer:
    """Converts one document to Keras 3: it knows the new names of layers, and collects notes."""

    def __init__(
        self, document: ModelSpec, target: Target, context: TensorContext, result: Conversion, avoided: frozenset[str]
    ) -> None:
        self.dialect = document.dialect
        self.target = target
        # Whether layers are copied, since the file has the target's dialect.
        self.same = document.dialect == target.family
        self.context = context
        self.result = result
        self.avoided = avoided
        # Name in Keras 3 -> name in the file, if they differ.
        self.renamed: dict[str, str] = {}
        # The paths of the layer that is being written.
        self.here: tuple[Path, Path] = (), ()

    # Models -------------------------------------------------------------------------------------------

    def document(self, spec: ModelSpec, graph: Graph) -> Object:
        """Write the outermost model."""
        return self.model(spec, graph)

    def model(self, spec: ModelSpec, graph: Graph, frozen: bool = False) -> Object:
        """Write a Sequential or functional model. frozen: whether a model or layer around it is not trainable."""
        if self.dialect == "keras3" and spec.class_name not in ("Sequential", "Functional", "Model"):
            self.result.refuse(None, f"{show(spec.class_name)} is a custom model, which Keras loads only with its code")
        config: Object = {"name": self.rename(spec.name, set()), **self.header(spec, frozen)}
        frozen = self.freezes(spec, frozen)
        if spec.sequential:
            config["layers"] = self.sequential(spec, graph, frozen)
            if spec.build_input_shape is not None and config["layers"][:1] != [None]:
                config["build_input_shape"] = list(spec.build_input_shape)
            return self.enclosed(spec, config)
        names = self.names(spec)
        config["layers"] = [
            self.entry(layer, graph, position, names, frozen) for position, layer in enumerate(spec.layers)
        ]
        for key, ends in (("input_layers", spec.inputs), ("output_layers", spec.outputs)):
            config[key] = self.ends(ends, graph, names)
        try:
            config |= fit_ends(config, self.target.release)
        except Refused as refusal:
            self.result.refuse(None, str(refusal), spec.pointer)
        if self.dialect != "keras3" and not self.same:
            for ref in references_in(spec.inputs):
                position = graph.index.get(ref.layer)
                if position is not None and spec.layers[position].class_name != "InputLayer":
                    self.result.refuse(ref.layer, "the model begins at this layer, not at an InputLayer")
        return self.enclosed(spec, config)

    def header(self, spec: ModelSpec, frozen: bool) -> Object:
        """Return what the config of a model says of itself. Keras 2 and older ignore `trainable`; see Graph.trainable."""
        return {"trainable": (spec.trainable or self.dialect != "keras3") and not frozen}

    def freezes(self, _spec: ModelSpec, frozen: bool) -> bool:
        """Return whether the layers of a model have to be written as not trainable."""
        return frozen

    def enclosed(self, spec: ModelSpec, config: Object) -> Object:
        """Return the object of a model with this config."""
        return {**(SEQUENTIAL if spec.sequential else FUNCTIONAL), "config": config}

    def sequential(self, spec: ModelSpec, graph: Graph, frozen: bool) -> list[Object]:
        """Write the layers of a Sequential, with an InputLayer if the first one declares the input."""
        layers = []
        taken: set[str] = set()
        first = spec.layers[0] if spec.layers else None
        own = graph.inputs[0] if graph.inputs else None
        declares = not self.same and self.dialect != "keras3" and first is not None
        if declares and first is not None and first.class_name != "InputLayer" and own is not None:
            declared = spec.build_input_shape is None or first.input_shape is not None
            if own.shape is not None and declared and (first.input_shape is not None or first.model is not None):
                names = {layer.name for layer in spec.layers}
                name = f"{first.name}_input".replace("/", "_")
                while name in names:
                    name += "_1"
                layers.append(self.input_layer(name, own.shape, own.dtype))
        for position, layer in enumerate(spec.layers):
            if layer.class_name == "InputLayer" and position:
                self.result.refuse(layer.name, "an InputLayer comes after other layers", layer.pointer)
            layers.append(self.layer(layer, graph.layers[position], taken, frozen))
        return layers

    def names(self, spec: ModelSpec) -> dict[str, str]:
        """Return layer -> its name in Keras 3."""
        taken = {layer.name for layer in spec.layers}
        return {layer.name: self.rename(layer.name, taken, layer) for layer in spec.layers}

    def rename(self, name: str, taken: set[str], layer: LayerSpec | None = None) -> str:
        """Return the name in Keras 3, which does not accept slashes, nor a name that one of its operations has."""
        new = name.replace("/", "_")
        if new not in self.avoided and new == name:
            return name
        why = "Keras 3 does not allow slashes in names"
        if new in self.avoided:
            new, why = f"{new}_layer", "Keras 3 gives this name to an operation that computes a mask"
        while new in taken:
            new += "_1"
        taken.add(new)
        if new not in self.renamed:
            message = f"is renamed to {show(new)}, since {why}"
            self.result.remarks.append(Note(name, message, layer.pointer if layer else ""))
        self.renamed[new] = name
        return new

    def ends(self, ends: Any, graph: Graph, names: dict[str, str]) -> Any:
        """Write `input_layers` or `output_layers`."""
        if isinstance(ends, TensorRef):
            model = called_model(ends, graph)  # calls of functional models count from 1 only here
            shift = model is not None and not model.sequential
            return [names.get(ends.layer, ends.layer), ends.node + shift, ends.tensor]
        if isinstance(ends, list):
            if len(ends) == 1 and self.dialect != "keras3":
                return self.ends(ends[0], graph, names)
            return [self.ends(end, graph, names) for end in ends]
        if not isinstance(ends, dict):
            self.result.refuse(None, f"{shown(ends)} among the inputs and outputs does not refer to a tensor")
            return ends
        return {key: self.ends(end, graph, names) for key, end in ends.items()}

    # Layers -------------------------------------------------------------------------------------------

    def entry(self, spec: LayerSpec, graph: Graph, position: int, names: dict[str, str], frozen: bool) -> Object:
        """Write a layer of a functional model, with its calls."""
        obj = self.layer(spec, graph.layers[position], None, frozen, names[spec.name], graph)
        obj["name"] = names[spec.name]
        if "inbound_nodes" not in obj:
            obj["inbound_nodes"] = self.nodes(spec, graph, position, names)
        return obj

    def nodes(self, spec: LayerSpec, graph: Graph, position: int, names: dict[str, str]) -> list[Any]:
        """Write the calls of a layer."""
        raw = spec.raw.get("inbound_nodes") if self.same else None
        if self.dialect == "keras2" and not self.same:
            changes = (training_change(call, graph.layers[position], self.target) for call in spec.calls)
            if (change := next(filter(None, changes), None)) is not None:
                self.result.changes.append(Note(spec.name, change, spec.pointer))
        nodes = []
        for number, call in enumerate(spec.calls):
            try:
                if isinstance(raw, list) and isinstance(raw[number], dict):
                    nodes.append(raw[number])
                else:
                    nodes.append(self.call(call, graph.layers[position], graph, names))
            except Refused as refusal:
                self.result.refuse(spec.name, str(refusal), call.pointer)
        try:
            return fit_nodes(spec.class_name, nodes, self.target.release)
        except Refused as refusal:
            self.result.refuse(spec.name, str(refusal), spec.pointer)
            return []

    def layer(
        self,
        spec: LayerSpec,
        layer: Layer | None,
        taken: set[str] | None = None,
        frozen: bool = False,
        name: str | None = None,
        graph: Graph | None = None,
    ) -> Object:
        """Write a layer without its calls.

        layer: the inferred layer; None for a layer in an argument.
        frozen: whether a layer around it is not trainable. Keras 2 and older apply that to all inner layers, Keras 3
            does not.
        graph: where it is called.
        """
        if name is None:
            name = self.rename(spec.name, taken if taken is not None else set(), spec)
        outside = self.here
        self.here = (*outside[0], name), (*outside[1], spec.name)
        self.result.layers.append(self.here)
        try:
            obj = self.written(spec, layer, frozen, name, graph)
            return obj if spec.model is not None else self.fit(obj)
        except Refused as refusal:
            self.result.refuse(spec.name, str(refusal), spec.pointer)
            return {"module": "keras.layers", "class_name": spec.class_name, "config": {"name": name}}
        finally:
            self.here = outside

    def fit(self, obj: Object) -> Object:
        """Return a layer as the release reads it. Raises: Refused."""
        fitted: Object = fit(obj, self.target.release)
        return fitted

    def written(self, spec: LayerSpec, layer: Layer | None, frozen: bool, name: str, graph: Graph | None) -> Object:
        """Write a layer for the newest release of the generation. Raises: Refused."""
        if spec.model is not None:
            inside = layer.graph if isinstance(layer, NestedModel) else self.context.graph_of(spec)
            obj = self.model(spec.model, inside, frozen)
            obj["config"]["name"] = (spec.own_name if self.same else "") or name
            return obj
        if self.same:
            return self.kept(spec, layer)
        if (spec.class_name in FUNCTION_LAYERS or spec.is_operation) and graph is not None:
            return self.function(spec, graph, name)
        return self.translated(spec, layer, name, frozen)

    def kept(self, spec: LayerSpec, layer: Layer | None) -> Object:
        """Copy a layer of a Keras 3 file. Raises: Refused if Keras loads it only with custom code."""
        if layer is not None and not layer.known and not layer.failed:
            raise Refused(f"{show(spec.class_name)} is a custom class, which Keras loads only with its code")
        if spec.class_name == "Lambda":
            raise Refused("Keras 3 refuses a Lambda with Python code unless safe_mode is off")
        raw = spec.raw
        self.record_inner(spec)
        module = raw.get("module") or "keras.layers"
        obj: Object = {
            "module": module,
            "class_name": spec.class_name,
            "config": self.kept_value(raw.get("config") or {}, spec),
            # Keras treats this as a custom class, which it is not
            "registered_name": None if module == "keras.layers" else raw.get("registered_name"),
        }
        config = obj["config"]
        if "module" not in raw:
            if spec.class_name == "InputLayer" and "batch_input_shape" in config:
                config["batch_shape"] = config.pop("batch_input_shape")
            elif spec.input_shape is not None:
                config.pop("batch_input_shape", None)
        config.setdefault("name", spec.own_name or spec.name)
        build = raw.get("build_config")
        # Any other non-empty value makes Keras treat the layer as built, without weights.
        if isinstance(build, dict) and (not build or "input_shape" in build or "shapes_dict" in build):
            obj["build_config"] = deepcopy(build)
        return obj

    def record_inner(self, spec: LayerSpec) -> None:
        """Record the paths of the layers in the arguments of a layer that is copied."""
        outside = self.here
        for inner in inner_layers(spec):
            self.here = (*outside[0], inner.name), (*outside[1], inner.name)
            self.result.layers.append(self.here)
            self.record_inner(inner)
        self.here = outside

    def kept_value(self, value: Any, spec: LayerSpec) -> Any:
        """Copy a value of a Keras 3 config. Raises: Refused for code and for classes outside Keras."""
        if isinstance(value, dict):
            class_name, module = value.get("class_name"), value.get("module")
            function = class_name == "function" and module == "builtins"  # Keras's own are strings
            if (
                class_name == "__lambda__"
                or function
                or (isinstance(module, str) and module.partition(".")[0] not in OWN_MODULES)
            ):
                raise Refused(f"{shown(class_name)} in its config is code or a custom class, which Keras does not load")
            new = {key: self.kept_value(item, spec) for key, item in value.items()}
            if is_layer_object(value) and "module" not in value and class_name in SIGNATURES:
                new = {"module": "keras.layers", **new}
            return new
        if isinstance(value, list):
            return [self.kept_value(item, spec) for item in value]
        return value

    def translated(self, spec: LayerSpec, layer: Layer | None, name: str, frozen: bool) -> Object:
        """Translate a layer of Keras 0, 1, or 2. Raises: Refused."""
        if spec.class_name == "InputLayer":
            return self.input(spec, name)
        if registry.find(spec.class_name) is None:
            raise Refused(f"{show(spec.written_class)} is a custom class, which Keras loads only with its code")
        if spec.class_name in FUNCTION_LAYERS:
            raise gone(spec.class_name, self.target)

        def tell(message: str) -> None:
            exact = self.context.weights and isinstance(message, Rearranged)
            (self.result.remarks if exact else self.result.changes).append(Note(spec.name, message, spec.pointer))

        if spec.class_name == "CuDNNLSTM" and not self.context.weights:
            raise Refused("Keras 3 has no CuDNNLSTM, and its LSTM has one bias vector where CuDNNLSTM has two")
        if layer is not None and not self.same:
            change = self.change_for_integers(layer)
            if change is not None:
                tell(change)
        class_name, arguments = translate(spec, self.dialect, self.target, tell)
        trainable, frozen = self.flags(spec, layer, frozen)
        config: Object = {"name": name}
        if class_name not in CLOSED or class_name == "ActivityRegularization":
            config["trainable"] = trainable
        dtype = policy(spec.dtype, self.target)
        if class_name == "Embedding" and "int" in str(spec.dtype):
            message = (
                f"dtype {spec.dtype} was that of its input in the first versions of Keras 2; its weights are float32"
            )
            self.result.remarks.append(Note(spec.name, message, spec.pointer))
        elif dtype is not None:
            config["dtype"] = dtype
        for argument, value in arguments.items():
            config[argument] = self.argument(value, frozen)
        return self.object(class_name, config, layer)

    def change_for_integers(self, layer: Layer) -> str | None:
        """Return how the target computes a call with integers otherwise. Raises: Refused if it does not take them."""
        if "keras3" not in (self.dialect, self.target.family):
            return None
        return integer_change(layer, self.context, self.dialect)

    def flags(self, spec: LayerSpec, _layer: Layer | None, frozen: bool) -> tuple[bool, bool]:
        """Return whether a layer is trainable, and whether the layers in its arguments have to be written as frozen."""
        trainable = spec.trainable and not frozen
        return trainable, not trainable

    def object(self, class_name: str, config: Object, layer: Layer | None) -> Object:
        """Return a layer of Keras's own with this config."""
        obj: Object = {"module": "keras.layers", "class_name": class_name, "config": config, "registered_name": None}
        shape = self.context.build_shapes.get(id(layer))
        if shape is not None and layer is not None and layer.all_known() and any(True for _ in layer.all_weights()):
            obj["build_config"] = {"input_shape": list(shape)}
        return obj

    def argument(self, value: Any, frozen: bool) -> Any:
        """Write the value of an argument, including layers in it."""
        if isinstance(value, LayerSpec):
            return self.layer(value, None, None, frozen)
        if isinstance(value, list):
            return [self.argument(item, frozen) for item in value]
        return value

    def input(self, spec: LayerSpec, name: str) -> Object:
        """Write an InputLayer. Raises: Refused for kinds of tensors that only TensorFlow has."""
        for kind in ("sparse", "ragged"):
            if spec.config.get(kind):
                raise Refused(f"the input is {kind}, which Keras 3 takes on TensorFlow at most")
        shape = spec.config.get("batch_shape")
        if shape is None:
            rest = spec.config.get("shape")
            if not isinstance(rest, list):
                raise Refused("the input does not declare a shape")
            shape = [spec.config.get("batch_size"), *rest]
        if not isinstance(shape, list):
            raise Refused("the input does not declare a shape")
        return self.input_layer(name, tuple(shape), spec.dtype if isinstance(spec.dtype, str) else spec.input_dtype)

    def input_layer(self, name: str, shape: Shape, dtype: str | None) -> Object:
        """Return an InputLayer."""
        config = {"batch_shape": list(shape or ()), "dtype": dtype or "float32", "sparse": False, "name": name}
        return {"module": "keras.layers", "class_name": "InputLayer", "config": config, "registered_name": None}

    # Calls --------------------------------------------------------------------------------------------

    def call(self, call: Call, layer: Layer, graph: Graph, names: dict[str, str]) -> Object:
        """Write a call of a layer: args and kwargs with `__keras_tensor__` for every tensor. Raises: Refused."""
        args, kwargs = list(call.args), dict(call.kwargs)
        recurrent = isinstance(layer, RecurrentLayer) or layer.class_name == "Bidirectional"
        if self.dialect != "keras3" and recurrent and args and isinstance(args[0], list) and len(args[0]) > 1:
            # Keras 2 passes sequences and states as one list
            kwargs["initial_state"], args[0] = args[0][1:], args[0][0]
        return {
            "args": [self.value(arg, graph, names) for arg in args],
            "kwargs": {key: self.value(arg, graph, names) for key, arg in kwargs.items()},
        }

    def function(self, spec: LayerSpec, graph: Graph, name: str) -> Object:
        """Write a call of a TensorFlow function as an operation of keras.ops. Raises: Refused."""
        if len(spec.calls) != 1:
            raise Refused(f"the function {show(spec.config.get('function'))} is called {len(spec.calls)} times")
        names = self.names(graph.spec)
        class_name, module, config, args, kwargs = operation(spec, spec.calls[0])
        node = {
            "args": [self.value(arg, graph, names) for arg in args],
            "kwargs": {key: self.value(arg, graph, names) for key, arg in kwargs.items()},
        }
        return {
            "module": f"keras.src.ops.{module}",
            "class_name": class_name,
            "config": {"name": name, **config},
            "registered_name": class_name,
            "name": name,
            "inbound_nodes": [node],
        }

    def value(self, value: Any, graph: Graph, names: dict[str, str]) -> Any:
        """Write a tensor or constant of a call. Raises: Refused for constant tensors."""
        if isinstance(value, TensorRef):
            tensor = self.context.tensor(graph, value)
            shape = [] if tensor.shape is None else list(tensor.shape)
            history = [names.get(value.layer, value.layer), value.node, value.tensor]
            config = {"shape": shape, "dtype": tensor.dtype or "float32", "keras_history": history}
            return {"class_name": "__keras_tensor__", "config": config}
        if isinstance(value, Tensor):
            raise Refused("its call contains a constant tensor")
        if isinstance(value, slice):
            parts = {key: self.value(getattr(value, key), graph, names) for key in ("start", "stop", "step")}
            return {"class_name": "__slice__", "config": parts}
        if value is Ellipsis:
            return {"class_name": "__ellipsis__", "config": {}}
        if isinstance(value, list | tuple):
            return [self.value(item, graph, names) for item in value]
        if isinstance(value, dict):
            return {key: self.value(item, graph, names) for key, item in value.items()}
        return value


def called_model(ref: TensorRef, graph: Graph) -> ModelSpec | None:
    """Return the model whose output a reference names; None for a layer."""
    position = graph.index.get(ref.layer)
    return None if position is None else graph.spec.layers[position].model


def inner_layers(spec: LayerSpec) -> list[LayerSpec]:
    """Return the layers in the arguments of a layer, or in a model."""
    if spec.model is not None:
        return spec.model.layers
    return [value for value in flatten(list(spec.config.values())) if isinstance(value, LayerSpec)]


OWN_MODULES = frozenset({"keras", "builtins", "numpy"})
