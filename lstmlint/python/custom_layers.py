"""Layers and models whose code is in the program: subclasses of Keras's classes, and Lambda.

A custom layer is described by what its code does. Its `call` runs on inputs of the known shapes, and becomes a graph inside
the layer. What `build` and `__init__` add as weights stands in this graph as a layer with these weights.
"""

from __future__ import annotations

import ast
from typing import Any

from lstmlint.python.arrays import nested_shape
from lstmlint.python.graphs import Graph
from lstmlint.python.keras_names import in_keras, layer_class, model_class
from lstmlint.python.keras_objects import Layer, Model, Node, Tensor, tensors_in
from lstmlint.python.keras_runtime import Keras
from lstmlint.python.keras_signatures import ALIASES, bind
from lstmlint.python.limits import visit
from lstmlint.python.machine import MISSING, Arguments, Builtin, Machine, Method, Raised
from lstmlint.python.program import Reason
from lstmlint.python.values import Array, Bound, Class, Dict, Function, List, Module, Opaque, Size, Super

WEIGHTS = "ProgramWeights"  # the class that stands for weights in a description
BASE_ARGUMENTS = frozenset({"name", "trainable", "dtype", "dynamic", "autocast", "activity_regularizer"})


class CustomLayers:
    """The custom layers of one program."""

    def __init__(self, machine: Machine, keras: Keras) -> None:
        self.machine = machine
        self.keras = keras
        self.inside: list[Layer] = []  # the layers whose code is running
        self.entries: list[Tensor] = []  # the inputs of the descriptions being made
        keras.custom = self.instantiate
        keras.parent = self.parent
        keras.user_call = self.call
        self.calls: list[list[Node]] = []  # of layers, in the descriptions being made
        keras.note_call = self.note_call
        keras.as_tensors = self.as_tensors
        keras.describe = self.describe
        keras.describe_model = self.build_from_data
        keras.add_variable = self.variable

    # What the code of a layer calls

    def note_call(self, node: Node) -> None:
        """Note the call of a layer in the code of another."""
        if self.calls:
            self.calls[-1].append(node)

    def as_tensors(self, args: list[Any]) -> list[Any] | None:
        """Return data on which the code of a layer calls another as tensors; None outside such code.

        The other layer gets weights even if its result does not depend on the inputs.
        """
        if not self.entries or not self.inside:
            return None
        first = args[0] if args else None
        if isinstance(first, Array) and all(isinstance(dim, int | Size | Opaque) for dim in first.shape):
            return [self.weight_layer(first.shape, self.inside[-1].places[""]), *args[1:]]
        self.inside[-1].forget((*self.inside[-1].places[""], "its code calls a layer on data of an unknown shape"))
        return None

    def all_used(self, outputs: list[Tensor], calls: list[Node]) -> bool:
        """Return whether the outputs depend on all layers that were called."""
        graph = Graph([], outputs)
        return all(id(node.layer) in graph.layers for node in calls)

    # Objects

    def instantiate(self, cls: Class, arguments: Arguments) -> Any:
        """Create an object of a class that extends one of Keras's; MISSING for other classes."""
        base = self.base_of(cls)
        if base is None:
            return MISSING
        keras = self.keras
        keras.count()
        place = self.machine.place(arguments.node)
        made: Layer
        if base in ("Model", "Sequential"):
            made = Model(cls.name, {}, "", place)
            keras.models.append(made)
            if base == "Sequential":
                made.layers = []
            made.label = cls.name
            made.borrowed = True
        else:
            made = Layer(base if base != "Layer" else cls.name, {}, "", place)
            made.kind = "custom" if base == "Layer" else "layer"
            made.module = "custom" if base == "Layer" else "keras.layers"
        made.cls = cls
        found = cls.lookup("__init__")
        if found is not None and isinstance(found[0], Function):
            self.run(made, found[0], arguments.after(made))
        else:
            self.initialize(made, arguments)
        if not made.name:
            made.name = keras.auto_name(cls.name)
        return made

    def run(self, layer: Layer, function: Function, arguments: Arguments) -> Any:
        """Run a method of a custom layer."""
        self.inside.append(layer)
        try:
            return self.machine.call(function, arguments)
        finally:
            self.inside.pop()

    def base_of(self, cls: Class) -> str | None:
        """Return the class of Keras that a class extends: Layer, Model, Sequential, or that of a layer."""
        for base in cls.foreign_bases():
            if not isinstance(base, Module):
                continue
            rest = in_keras(base.path)
            if rest is None:
                continue
            name = rest.rpartition(".")[2]
            if name in ("Layer", "Wrapper", "Merge", "_Merge") and name != "Merge":
                return "Layer"
            found = model_class(rest)
            if found is not None:
                return found
            known = layer_class(rest)
            if known is not None and known != "Layer":
                return ALIASES.get(known, known)
        return None

    def initialize(self, layer: Layer, arguments: Arguments) -> None:
        """Run the `__init__` of Keras's class."""
        keras = self.keras
        given = dict(arguments.kwargs)
        name = given.pop("name", None)
        if isinstance(name, str):
            layer.name, layer.named_by_user = name, True
        if "trainable" in given:
            layer.trainable = given.pop("trainable")
        if arguments.uncertain:
            layer.forget((*self.machine.place(arguments.node), "it is created with unknown arguments"))
        if isinstance(layer, Model):
            if layer.layers is not None:
                layers = arguments.get(0, "layers")
                if layers is not None:
                    keras.fill(layer, layers, arguments)
            elif arguments.args or "inputs" in given or "outputs" in given:
                keras.set_graph(layer, arguments.get(0, "inputs"), arguments.get(1, "outputs"))
            return
        if layer.kind == "custom":
            layer.arguments |= {
                key: value for key, value in given.items() if key in ("input_shape", "batch_input_shape")
            }
            return
        bound = bind(layer.class_name, keras.style.dialect, arguments)
        if bound is None:
            layer.forget((*self.machine.place(arguments.node), "it is created with too many arguments"))
            return
        values, nodes = bound
        layer.arguments |= {key: value for key, value in values.items() if key not in BASE_ARGUMENTS}
        keras.add_places(layer, nodes)

    def parent(self, parent: Super, name: str, node: ast.AST) -> Any:
        """Return an attribute of Keras's class that `super()` names; MISSING for other objects."""
        layer = parent.receiver
        if not isinstance(layer, Layer):
            return MISSING
        if name == "__init__":
            return Builtin(name, lambda _machine, arguments: self.initialize(layer, arguments))
        if name == "build":
            return Builtin(name, lambda _machine, _arguments: None)
        if name == "get_config":
            return Builtin(name, lambda _machine, _arguments: Dict())
        if name in ("call", "__call__") and layer.kind != "custom" and not isinstance(layer, Model):
            return Builtin(name, lambda _machine, arguments: self.parent_call(layer, arguments))
        return Method(layer, name)

    def parent_call(self, layer: Layer, arguments: Arguments) -> Any:
        """Return the result of `call` of the class of Keras that a layer extends."""
        plain = Layer(layer.class_name, layer.arguments, layer.name, layer.places[""])
        return self.keras.call_layer(plain, arguments)

    # Calls

    def call(self, layer: Layer, arguments: Arguments) -> Any:
        """Call a custom layer or model on tensors or data."""
        keras = self.keras
        given = [*arguments.args, *arguments.kwargs.values()]
        if not any(True for _ in tensors_in(given)):
            if isinstance(layer, Model) and arguments.args:
                self.build_from_data(layer, arguments.args[0])
                keras.event(layer, arguments.node)
            return self.machine.opaque(arguments.node, "it is computed by a layer")
        cls, layer.cls = layer.cls, None  # from here on it is called as layers of Keras are
        try:
            outputs = self.described(layer, cls, arguments)
        finally:
            layer.cls = cls
        return outputs

    def described(self, layer: Layer, cls: Class | None, arguments: Arguments) -> Any:
        """Call a layer after describing it."""
        keras = self.keras
        if isinstance(layer, Model) and (layer.layers is not None or layer.inputs is not None):
            return keras.call_layer(layer, arguments)
        if layer.kind == "layer":
            self.check_call(layer, cls)
            return keras.call_layer(layer, arguments)
        if cls is not None:
            before = layer.taint
            self.describe_custom(layer, cls, arguments)
            if cls.name in keras.described and not isinstance(layer, Model) and not certain(layer, before):
                layer.taint, layer.inner = before, None  # the settings know more than its code tells
        inner = layer.inner if not isinstance(layer, Model) else layer
        if inner is None or inner.outputs is None:
            return keras.call_layer(layer, arguments)
        flat = List(list(tensors_in([*arguments.args, *arguments.kwargs.values()])))
        used = Arguments(arguments.node, [flat[0] if len(flat) == 1 else flat])
        number = len(list(tensors_in(inner.outputs)))
        result = keras.call_layer(layer, used)
        if isinstance(result, Tensor) and number > 1:
            result.node.outputs = number
            return List([Tensor(result.node, i, result.taint) for i in range(number)])
        return result

    def check_call(self, layer: Layer, cls: Class | None) -> None:
        """Note that a layer of Keras with its own `build` or weights is not certain."""
        if cls is None:
            return
        for name in ("build", "compute_output_shape"):
            if cls.lookup(name) is not None:
                layer.forget((*layer.places[""], f"{cls.name} has a `{name}` of its own"))
        found = cls.lookup("call")
        if found is not None and isinstance(found[0], Function) and "super" not in ast.dump(found[0].node):
            layer.forget((*layer.places[""], f"{cls.name} has a `call` of its own"))

    def describe_custom(self, layer: Layer, cls: Class, arguments: Arguments) -> None:
        """Find out the weights and outputs of a custom layer, called on tensors."""
        machine, keras = self.machine, self.keras
        place = machine.place(arguments.node)
        if len(self.inside) > 12:
            layer.forget((*place, "custom layers are nested too deeply"))
            return
        if isinstance(layer, Model) and layer.outputs is not None:
            return
        if not isinstance(layer, Model) and layer.inner is not None:
            return
        call = cls.lookup("call") or cls.lookup("__call__")
        entries: dict[int, Tensor] = {}
        for tensor in tensors_in([*arguments.args, *arguments.kwargs.values()]):
            shape = keras.shape_of(tensor)
            if shape is None:
                layer.forget((*place, f"the shape of an input of {cls.name} is not known"))
                return
            entries[id(tensor)] = self.entry(shape, place)
        inner = layer if isinstance(layer, Model) else Model(cls.name, {}, layer.name, layer.places[""])
        self.entries.append(next(iter(entries.values())))
        self.calls.append([])
        try:
            self.build(layer, cls, arguments)
            if call is None or not isinstance(call[0], Function):
                layer.forget((*place, f"{cls.name} has no `call`"))
                return
            replaced = self.replace(arguments, entries)
            result = self.run(layer, call[0], replaced.after(layer))
        except Raised:
            layer.forget((*place, f"the code of {cls.name} raises an exception"))
            return
        finally:
            self.entries.pop()
            calls = self.calls.pop()
        outputs = list(tensors_in(result))
        if not outputs or not self.only_tensors(result):
            layer.forget((*place, f"the result of {cls.name} is not known"))
            return
        if not self.all_used(outputs, calls):
            layer.forget((*place, f"{cls.name} calls a layer on which its result does not depend"))
        outputs = [self.with_weights(layer, outputs[0], place), *outputs[1:]]
        inner.inputs = list(entries.values()) if len(entries) > 1 else next(iter(entries.values()))
        inner.outputs = outputs[0] if isinstance(result, Tensor) else outputs
        for tensor in outputs:
            for reason in tensor.taint:
                layer.forget(reason)
        if inner is not layer:
            layer.inner = inner

    def only_tensors(self, value: Any) -> bool:
        """Return whether a result consists of tensors."""
        if isinstance(value, list | tuple):
            return all(map(self.only_tensors, value)) and not getattr(value, "taint", ())
        return isinstance(value, Tensor)

    def entry(self, shape: Any, place: Any) -> Tensor:
        """Return an input of a description."""
        made = Layer("InputLayer", {"batch_shape": tuple(shape)}, "input", place)
        return Tensor(Node(made, [], {}, place))

    def replace(self, arguments: Arguments, entries: dict[int, Tensor]) -> Arguments:
        """Return the arguments of a call with the inputs of the description."""

        def swap(value: Any) -> Any:
            if isinstance(value, Tensor):
                return entries.get(id(value), value)
            if isinstance(value, tuple):
                return tuple(map(swap, visit(value)))
            if isinstance(value, list):
                return List(map(swap, visit(value)), getattr(value, "taint", ()))
            if isinstance(value, dict):
                return Dict({key: swap(item) for key, item in visit(value).items()}, getattr(value, "taint", ()))
            return value

        return Arguments(
            arguments.node, [swap(value) for value in arguments.args], {k: swap(v) for k, v in arguments.kwargs.items()}
        )

    def build(self, layer: Layer, cls: Class, arguments: Arguments) -> None:
        """Run the `build` of a custom layer once."""
        found = cls.lookup("build")
        if found is None or not isinstance(found[0], Function) or "built" in layer.attributes:
            return
        first = arguments.args[0] if arguments.args else next(iter(arguments.kwargs.values()), None)
        shape = self.shapes(first)
        self.run(layer, found[0], Arguments(arguments.node, [layer, shape]))
        layer.attributes["built"] = True

    def shapes(self, value: Any) -> Any:
        """Return the shapes of nested tensors."""
        if isinstance(value, list | tuple):
            return List([self.shapes(item) for item in visit(value)])
        if isinstance(value, Tensor):
            return self.keras.shape_of(value)
        return None

    # Weights

    def add_weight(self, layer: Layer, arguments: Arguments) -> Any:
        """Add a weight to a custom layer. Return a tensor of its shape."""
        args = list(arguments.args)
        kwargs = arguments.kwargs
        if args and isinstance(args[0], str):
            kwargs.setdefault("name", args.pop(0))
        shape = kwargs.get("shape", args[0] if args else ())
        if isinstance(shape, int | Size):
            shape = (shape,)
        place = self.machine.place(arguments.node)
        if isinstance(shape, List):
            shape = tuple(shape)
        if not isinstance(shape, tuple) or not all(isinstance(dim, int | Opaque | Size) for dim in shape):
            layer.forget((*place, "the shape of a weight is not known"))
            return self.machine.opaque(arguments.node, "a weight of an unknown shape")
        trainable = None if arguments.uncertain else self.machine.truth(kwargs.get("trainable", True))
        name = kwargs.get("name")
        number = len(layer.weights)
        name = name if isinstance(name, str) else f"weight_{number}"
        self.machine.heap.touch(layer)
        layer.weights = [*layer.weights, (name, shape, trainable is not False)]
        if trainable is None:
            layer.forget((*place, "whether a weight is trainable is not known"))
        return WeightTensor(self, shape, place)

    def variable(self, name: str, arguments: Arguments) -> Any:
        """Create a variable: in the code of a layer, a weight of it. MISSING outside such code."""
        if not self.inside:
            return MISSING
        layer = self.inside[-1]
        place = self.machine.place(arguments.node)
        if self.keras.style.first or (self.keras.style.dialect == "keras3") != (name == "keras.Variable"):
            layer.forget((*place, "this Keras may not count the variable as a weight of the layer"))
            return MISSING
        initial = arguments.get(0, "initial_value", arguments.kwargs.get("initializer"))
        shape = arguments.kwargs.get("shape", nested_shape(initial))
        if shape is None:
            layer.forget((*place, "the shape of a variable is not known"))
            return MISSING
        given = {key: value for key, value in arguments.kwargs.items() if key in ("name", "trainable")}
        return self.add_weight(layer, Arguments(arguments.node, [], {"shape": shape, **given}))

    def weight_layer(self, shape: tuple[Any, ...], place: Any) -> Tensor:
        """Return a tensor of a fixed shape in the description that is being made."""
        made = Layer(WEIGHTS, {"source_weights": [], "source_outputs": [list(shape)]}, "weight", place)
        made.kind = "operation"
        made.module = "custom"
        return Tensor(Node(made, [self.entries[-1]], {}, place))

    def with_weights(self, layer: Layer, output: Tensor, place: Any) -> Tensor:
        """Return an output that depends on a layer with the weights of a custom layer."""
        if not layer.weights:
            return output
        weights = [
            {"name": name, "shape": list(shape), "trainable": trainable} for name, shape, trainable in layer.weights
        ]
        made = Layer(WEIGHTS, {"source_weights": weights, "source_outputs": ["same"]}, "weights", place)
        made.kind = "operation"
        made.module = "custom"
        return Tensor(Node(made, [output], {}, place), 0, output.taint)

    def build_from_data(self, model: Model, data: Any) -> None:
        """Describe a subclassed model called on data, or built for a shape."""
        shape = (None, *data.shape[1:]) if isinstance(data, Array) else data
        if model.layers is not None or model.outputs is not None or not isinstance(shape, tuple) or model.cls is None:
            return
        if not all(isinstance(dim, int | Opaque | Size | None) for dim in shape):
            return
        place = model.places[""]
        tensor = self.entry(shape, place)
        node = ast.Constant(None, lineno=place[0], col_offset=place[1] - 1)
        cls, model.cls = model.cls, None
        try:
            self.describe_custom(model, cls, Arguments(node, [tensor]))
        finally:
            model.cls = cls

    # Lambda

    def describe(self, layer: Layer, inputs: Any, node: ast.AST) -> None:
        """Find out the output shape of a Lambda by its function."""
        place = self.machine.place(node) if isinstance(node, ast.AST) else layer.places[""]
        if layer.class_name != "Lambda":
            return
        shape = self.lambda_shape(layer, inputs, node, place)
        if shape is None:
            shape = self.declared_shape(layer, inputs, node)
        if shape is None:
            layer.arguments["output_shape"] = None
            return
        previous = layer.attributes.get("described")
        if previous is not None and repr(previous) != repr(shape):
            layer.forget((*place, "it is called on inputs of several shapes"))
        layer.attributes["described"] = shape
        layer.arguments["output_shape"] = shape

    def lambda_shape(self, layer: Layer, inputs: Any, node: ast.AST, place: Any) -> tuple[Any, ...] | None:
        """Return the shape that a Lambda's function gives, without the batch; None if it is not known."""
        function = layer.arguments.get("function")
        if not isinstance(function, Function | Bound | Module | Builtin):
            return None
        given = layer.arguments.get("arguments")
        entries: dict[int, Tensor] = {}
        for tensor in tensors_in(inputs):
            shape = self.keras.shape_of(tensor)
            if shape is None:
                return None
            entries[id(tensor)] = self.entry(shape, place)
        if not entries:
            return None
        kwargs = dict(given) if isinstance(given, Dict) else {}
        replaced = self.replace(Arguments(node, [inputs]), entries)
        replaced.kwargs = kwargs
        self.entries.append(next(iter(entries.values())))
        try:
            result = self.machine.call(function, replaced)
        except Raised:
            return None
        finally:
            self.entries.pop()
        if not isinstance(result, Tensor) or result.taint:
            return None
        shape = self.keras.shape_of(result)
        first = self.keras.shape_of(next(iter(entries.values())))
        if not shape or first is None or shape[0] != first[0]:
            return None
        return tuple(shape[1:])

    def declared_shape(self, layer: Layer, inputs: Any, node: ast.AST) -> tuple[Any, ...] | None:
        """Return the output_shape of a Lambda, which may be a function of the input shape; None if it is not known."""
        declared = layer.arguments.get("output_shape")
        if isinstance(declared, Function | Bound):
            try:
                declared = self.machine.call(declared, Arguments(node, [self.shapes(inputs)]))
            except Raised:
                return None
            declared = tuple(declared)[1:] if isinstance(declared, tuple | List) else None
        if isinstance(declared, int):
            declared = (declared,)
        if isinstance(declared, tuple | List) and all(isinstance(dim, int | Opaque | Size | None) for dim in declared):
            return tuple(declared)
        return None


class WeightTensor(Tensor):
    """A weight of a custom layer: a tensor of a fixed shape in each description that uses it."""

    __slots__ = ("place", "shape", "source", "used")

    def __init__(self, source: CustomLayers, shape: tuple[Any, ...], place: Any) -> None:
        self.source = source
        self.shape = shape
        self.place = place
        self.index = 0
        self.taint = ()
        self.memo = {"shape": shape}
        self.used: tuple[Tensor, Tensor] | None = None  # an input of a description, and what stands for it there

    @property
    def node(self) -> Node:  # type: ignore[override]
        """Its place in the description that is being made."""
        return self.fixed().node

    def fixed(self) -> Tensor:
        """Return the tensor that stands for it in the description that is being made."""
        if not self.source.entries:
            return self.source.entry(self.shape, self.place)
        entry = self.source.entries[-1]
        if self.used is None or self.used[0] is not entry:
            self.used = entry, self.source.weight_layer(self.shape, self.place)
        return self.used[1]

    def unpack(self, machine: Machine, number: int) -> list[Any] | None:
        """Return None: a weight has no items."""
        return None


def certain(layer: Layer, before: tuple[Reason, ...] = ()) -> bool:
    """Return whether the code of a custom layer was followed without doubts beyond those before."""
    if layer.taint != before:
        return False
    inner = layer.inner
    return inner is None or all(map(certain, Graph([], tensors_in(inner.outputs)).ranked))


def install(machine: Machine) -> None:
    """Add custom layers to a machine."""
    keras: Keras = machine.keras
    keras.custom_layers = CustomLayers(machine, keras)
