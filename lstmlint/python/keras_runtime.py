"""What Keras does when a program runs: create layers and models, call them, name them, and change them."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Mapping
from typing import Any

from lstmlint.model.findings import Problem
from lstmlint.python.dialects import Style
from lstmlint.python.graphs import Graph
from lstmlint.python.keras_names import BASES, in_keras, layer_class, model_class
from lstmlint.python.keras_objects import AutoNames, Layer, Model, Node, Tensor, tensors_in
from lstmlint.python.keras_signatures import ALIASES, bind, parameters
from lstmlint.python.limits import MAX_LAYERS, Cut, visit
from lstmlint.python.machine import MISSING, Arguments, Machine
from lstmlint.python.program import Reason
from lstmlint.python.values import Array, Class, Dict, List, Module, Opaque, Super, is_unknown

RECURRENT_STATES = {
    "LSTM": 2,
    "CuDNNLSTM": 2,
    "ConvLSTM1D": 2,
    "ConvLSTM2D": 2,
    "ConvLSTM3D": 2,
    "GRU": 1,
    "CuDNNGRU": 1,
    "SimpleRNN": 1,
}
CELL_STATES = {"LSTMCell": 2, "GRUCell": 1, "SimpleRNNCell": 1}


# Layers whose data format is that of the settings by default.
IMAGES = re.compile(r"[23]D(Transpose)?$|^Flatten$")


def snake_case(name: str) -> str:
    """Convert a class name to a layer name as Keras 2 and 3 do: TimeDistributed -> time_distributed."""
    name = re.sub(r"\W+", "", name)
    name = re.sub(r"(.)([A-Z][a-z]+)", r"\1_\2", name)
    return re.sub(r"([a-z])([A-Z])", r"\1_\2", name).lower()


class Keras:
    """The Keras of one program.

    event: called with a model and a node when the program uses it.
    shape_of: a tensor -> its shape, a tuple of ints, None, and Opaques; None if it is not known.
    described: the classes of layers that the settings describe.
    """

    def __init__(self, machine: Machine, style: Style) -> None:
        self.machine = machine
        self.style = style
        self.described: frozenset[str] = frozenset()
        self.names = AutoNames(style.first)
        self.made = 0
        self.channels_first = False
        self.models: list[Model] = []
        self.event: Callable[[Model, ast.AST], None] = lambda _model, _node: None
        self.shape_of: Callable[[Tensor], Any] = lambda _tensor: None
        self.operation: Callable[..., Any] | None = None  # set by tensor_operations
        self.custom: Callable[..., Any] | None = None  # set by custom_layers
        self.parent: Callable[..., Any] | None = None
        self.user_call: Callable[..., Any] | None = None
        self.add_variable: Callable[[str, Arguments], Any] = lambda _name, _arguments: MISSING
        self.describe: Callable[..., Any] | None = None
        self.describe_model: Callable[[Model, Any], None] = lambda _model, _data: None
        self.custom_layers: Any = None
        self.note_call: Callable[[Node], None] = lambda _node: None
        self.as_tensors: Callable[[list[Any]], list[Any] | None] = lambda _args: None

    # Names

    def auto_name(self, class_name: str) -> str:
        """Return the name of a new object of a class."""
        self.machine.heap.touch(self.names)
        if self.style.dialect == "keras1":
            return self.names.make(class_name.lower())
        if class_name == "InputLayer":
            return self.names.make("input_layer") if self.style.dialect == "keras3" else self.names.make("input", 1)
        if class_name == "Model" and self.style.dialect == "keras3":
            class_name = "Functional"
        return self.names.make(snake_case(class_name))

    def from_star(self, modules: List, name: str) -> Any:
        """Return a name that `from module import *` may have given; None if none did."""
        for module in reversed(modules):
            rest = in_keras(module)
            if rest is None:
                continue
            path = f"{rest}.{name}" if rest else name
            known = layer_class(path) or model_class(path) or name in ("Input", "Layer", "merge", "InputLayer")
            if known or (rest and rest.partition(".")[0] not in ("layers", "models") and name[:1] != "_"):
                if known or name not in self.machine.builtins:
                    return Module(f"{module}.{name}")
            if rest.startswith("layers") and name.islower() and name in MERGE_FUNCTIONS:
                return Module(f"{module}.{name}")
        return None

    # Layers

    def count(self) -> None:
        """Count a new layer. Raises: Cut if there are too many."""
        self.made += 1
        if self.made > MAX_LAYERS:
            raise Cut(f"the program makes more than {MAX_LAYERS:,} layers")

    def layer(self, class_name: str, arguments: Arguments) -> Layer:
        """Create a layer."""
        machine = self.machine
        self.count()
        if self.style.dialect != "keras1":
            class_name = ALIASES.get(class_name, class_name)
        place = machine.place(arguments.node)
        bound = bind(class_name, self.style.dialect, arguments)
        given, nodes = bound if bound is not None else (dict(arguments.kwargs), {})
        name = given.pop("name", None)
        if self.channels_first and IMAGES.search(class_name):
            key, value = ("dim_ordering", "th") if self.style.dialect == "keras1" else ("data_format", "channels_first")
            given.setdefault(key, value)
        made = Layer(class_name, given, "", place)
        made.named_by_user = isinstance(name, str)
        made.name = name if isinstance(name, str) else self.auto_name(class_name)
        if is_unknown(name):
            made.attributes["name"] = name
        made.trainable = given.pop("trainable", True)
        self.add_places(made, nodes)
        if bound is None:
            made.forget((*place, f"{class_name} is called with {len(arguments.args)} positional arguments"))
        if arguments.uncertain:
            made.forget((*place, f"{class_name} is called with unknown arguments"))
        if class_name == "Merge":
            flatten_axes(made.arguments)
        for value in given.values():
            if isinstance(value, Model):
                self.use(value)
        self.axes_of_images(made)
        return made

    def axes_of_images(self, made: Layer) -> None:
        """Doubt the default order of the axes of images where data contradict it."""
        names = parameters(made.class_name, self.style.dialect) or ()
        name = next((name for name in ("data_format", "dim_ordering") if name in names), None)
        if name is None or name in made.arguments or made.class_name[-2:] not in ("2D", "3D"):
            return
        shape = made.arguments.get("input_shape")
        if self.style.first and isinstance(shape, tuple) and len(shape) == 3:
            first, last = shape[0], shape[-1]
            if isinstance(first, int) and first <= 4 and not (isinstance(last, int) and last <= 4):
                made.forget((*made.places[""], "the order of the axes of images is a setting of Keras"))

    def add_places(self, made: Layer, nodes: Mapping[str, Any]) -> None:
        """Note where the arguments of a layer are."""
        for name, node in nodes.items():
            if node is not None:
                made.places[name] = self.machine.place(node)

    def use(self, model: Model) -> None:
        """Note that a model is part of another."""
        model.used = True

    def input(self, arguments: Arguments) -> Tensor:
        """Create an input, as the function Input does."""
        names = ("shape", "batch_size", "name", "dtype", "sparse")
        if self.style.dialect == "keras1" or self.style.first:
            names = ("shape", "batch_shape", "name", "dtype", "sparse")
        given = dict(zip(names, arguments.args, strict=False)) | arguments.kwargs
        nodes = {name: arguments.nodes.get(i) for i, name in enumerate(names[: len(arguments.args)])}
        nodes |= {name: node for name, node in arguments.nodes.items() if isinstance(name, str)}
        given["shape"] = self.shape_argument(given.get("shape"), arguments)
        if given["shape"] is None:
            del given["shape"]
        made = self.input_layer(given, nodes, arguments)
        if "tensor" in given or "type_spec" in given:
            made.forget((*made.places[""], "the shape of the tensor is not known"))
        return Tensor(Node(made, [], {}, made.places[""]))

    def shape_argument(self, shape: Any, arguments: Arguments) -> Any:
        """Return a shape, of which a single number is a mistake that some releases allow."""
        if isinstance(shape, Array):
            return tuple(shape.shape)
        return shape

    def input_layer(self, given: dict[str, Any], nodes: Mapping[str, Any], arguments: Arguments) -> Layer:
        """Create an InputLayer."""
        self.count()
        name = given.pop("name", None)
        made = Layer("InputLayer", given, "", self.machine.place(arguments.node))
        made.named_by_user = isinstance(name, str)
        made.name = name if isinstance(name, str) else self.auto_name("InputLayer")
        self.add_places(made, nodes)
        if arguments.uncertain:
            made.forget((*made.places[""], "Input is called with unknown arguments"))
        return made

    def foreign(self, class_name: str, node: ast.AST, reason: str) -> Layer:
        """Create a layer of a class that lstmlint does not know."""
        self.count()
        called = re.match(r"[\w.]+", class_name)  # the name in what may be an expression
        class_name = (called[0].rpartition(".")[2] if called is not None else "") or "Unknown"
        made = Layer(class_name, {}, self.auto_name(class_name), self.machine.place(node))
        made.kind = "custom"
        made.module = "custom"
        made.forget((*made.places[""], reason))
        return made

    def described_layer(self, class_name: str, arguments: Arguments) -> Layer:
        """Create a layer of a class whose code is not known, but which the settings describe."""
        layer = self.foreign(class_name, arguments.node, "")
        layer.taint = ()
        self.custom_layers.initialize(layer, arguments)
        return layer

    # Calls

    def call_layer(self, layer: Layer, arguments: Arguments) -> Any:
        """Return the outputs of a layer, called on tensors. Raises: Raised."""
        machine = self.machine
        args, kwargs = list(arguments.args), dict(arguments.kwargs)
        if not args:
            for name in ("inputs", "x", "input_tensor", "query"):
                if name in kwargs and name != "query":
                    args.append(kwargs.pop(name))
        if self.user_call is not None and layer.cls is not None:
            return self.user_call(layer, arguments)
        if args and layer.kind == "layer":
            self.layer_for_tensor(args[0], layer.class_name, arguments.nodes.get(0, arguments.node))
        if not any(True for _ in tensors_in([*args, *kwargs.values()])):
            tensors = self.as_tensors(args)
            if tensors is None:
                return self.call_on_data(layer, args, arguments)
            args = tensors
        kwargs.pop("training", None)
        kwargs.pop("name", None)
        taint = sum((value.taint for value in tensors_in([*args, *kwargs.values()])), ())
        lists = [value for value in (*args, *kwargs.values()) if isinstance(value, List | Dict)]
        for container in lists:
            taint += container.taint
        args = [self.frozen(value) for value in args]
        kwargs = {name: self.frozen(value) for name, value in kwargs.items() if value is not None}
        states = [kwargs[name] for name in TENSORS & kwargs.keys()]
        if any(is_opaque_tensor(value) for value in (*args, *states)):
            taint += ((*machine.place(arguments.node), f"`{machine.written(arguments.node)}` takes an unknown value"),)
        args, kwargs = self.named_tensors(layer, args, kwargs)
        if isinstance(layer, Model):
            self.use(layer)
            if layer.layers is not None:
                self.build_on(layer, args)
                self.chain(layer)
        if layer.class_name == "Lambda" and self.describe is not None:
            self.describe(layer, args[0] if args else None, arguments.node)
        machine.heap.touch(layer)
        node = Node(layer, args, kwargs, machine.place(arguments.node))
        self.note_call(node)
        number = self.outputs(layer, kwargs)
        if number is None:
            return Tensor(node, 0, unique(taint))
        node.outputs = number
        if number == 1:
            return Tensor(node, 0, unique(taint))
        return List([Tensor(node, i, unique(taint)) for i in range(number)])

    def build_on(self, model: Model, args: list[Any]) -> None:
        """Build a Sequential without an input shape for the tensor that it is called on."""
        tensor = args[0] if args else None
        if (
            model.layers
            and not declares_input(model.layers[0])
            and model.build_shape is None
            and isinstance(tensor, Tensor)
        ):
            shape = self.shape_of(tensor)
            if shape is not None and not tensor.taint:
                self.machine.heap.touch(model)
                model.build_shape = tuple(shape)

    def named_tensors(self, layer: Layer, args: list[Any], kwargs: dict[str, Any]) -> tuple[list[Any], dict[str, Any]]:
        """Give the positional arguments after the first their names, as Keras 2 stores them."""
        names = CALL_PARAMETERS.get(layer.class_name, ("mask", "training"))
        if layer.kind == "custom" or isinstance(layer, Model):
            return args, kwargs
        for name, value in zip(names, args[1:], strict=False):
            kwargs.setdefault(name, value)
        first = args[:1]
        if "initial_state" in kwargs and isinstance(kwargs["initial_state"], Tensor):
            kwargs["initial_state"] = [kwargs["initial_state"]]
        return first, kwargs

    def frozen(self, value: Any) -> Any:
        """Return a copy of a list of tensors, which may change later."""
        if isinstance(value, Tensor):
            return value.fixed()
        if isinstance(value, list | tuple):
            return [self.frozen(item) for item in visit(value)]
        if isinstance(value, Dict):
            return {str(key): self.frozen(item) for key, item in visit(value).items()}
        return value

    def outputs(self, layer: Layer, kwargs: dict[str, Any]) -> int | None:
        """Return the number of outputs of a layer; None if it is not known."""
        if isinstance(layer, Model):
            return 1 if layer.layers is not None else len(list(tensors_in(layer.outputs))) or None
        if layer.class_name in ("MultiHeadAttention", "Attention", "AdditiveAttention", "GroupQueryAttention"):
            return 2 if self.machine.truth(kwargs.get("return_attention_scores", False)) else 1
        if layer.class_name in ("Bidirectional", "RNN", *RECURRENT_STATES):
            return self.recurrent_outputs(layer)
        return None if layer.kind == "custom" else 1

    def recurrent_outputs(self, layer: Layer) -> int:
        """Return the number of outputs of a recurrent layer: one and its states."""
        if layer.class_name == "Bidirectional":
            inner = layer.arguments.get("layer")
            if not isinstance(inner, Layer):
                return 1
            states = self.recurrent_outputs(inner) - 1
            pairs = 2 if layer.arguments.get("merge_mode", "concat") is None else 1
            return pairs + 2 * states
        returns_state = self.machine.truth(layer.arguments.get("return_state", False))
        if returns_state is None:
            layer.forget(
                (*layer.places.get("return_state", layer.places[""]), "whether it returns states is not known")
            )
        if returns_state is not True:
            return 1
        if layer.class_name == "RNN":
            cell = layer.arguments.get("cell")
            cells = cell if isinstance(cell, list | tuple) else [cell]
            return 1 + sum(CELL_STATES.get(getattr(one, "class_name", ""), 1) for one in cells)
        return 1 + RECURRENT_STATES.get(layer.class_name, 1)

    def call_on_data(self, layer: Layer, args: list[Any], arguments: Arguments) -> Any:
        """Return the result of a layer or model that is called on data, which builds it."""
        if isinstance(layer, Model):
            self.feed(layer, args[0] if args else None)
            self.event(layer, arguments.node)
        return self.machine.opaque(arguments.node, "it is computed by a layer")

    def feed(self, model: Model, data: Any) -> None:
        """Build a Sequential without an input shape from the first data."""
        if model.cls is not None and model.layers is None:
            self.describe_model(model, data)
            return
        if model.layers is None or not model.layers or model.build_shape is not None or declares_input(model.layers[0]):
            return
        if isinstance(data, Array) and data.shape:
            self.machine.heap.touch(model)
            model.build_shape = (None, *data.shape[1:])
        elif isinstance(data, Opaque):
            line, column = data.line, data.column
            self.machine.heap.touch(model)
            node = ast.Constant(None, lineno=line, col_offset=column - 1)
            model.build_shape = self.machine.attribute(data, "shape", node)

    # Models

    def sequential(self, arguments: Arguments, class_name: str = "Sequential") -> Model:
        """Create a Sequential."""
        self.count()
        layers, name = arguments.get(0, "layers"), arguments.get(1, "name")
        model = Model(class_name, {}, "", self.machine.place(arguments.node))
        model.layers = []
        model.named_by_user = isinstance(name, str)
        model.name = name if isinstance(name, str) else self.auto_name("Sequential")
        model.trainable = arguments.kwargs.get("trainable", True)
        self.models.append(model)
        if arguments.uncertain:
            model.forget((*model.places[""], "the Sequential is called with unknown arguments"))
        if layers is not None:
            self.fill(model, layers, arguments)
        return model

    def fill(self, model: Model, layers: Any, arguments: Arguments) -> None:
        """Add the layers that the constructor of a Sequential got."""
        place = self.machine.place(arguments.node)
        if isinstance(layers, list | tuple):
            for i, layer in enumerate(layers):
                node: Any = arguments.nodes.get(0, arguments.nodes.get("layers", arguments.node))
                parts = getattr(node, "elts", None)
                self.add(model, layer, parts[i] if parts is not None and len(parts) == len(layers) else node)
            for reason in getattr(layers, "taint", ()):
                model.forget(reason)
        elif isinstance(layers, Layer | Tensor):
            self.add(model, layers, arguments.node)
        else:
            model.forget((*place, "the layers of the Sequential are not known"))

    def add(self, model: Model, layer: Any, node: ast.AST) -> None:
        """Add a layer to a Sequential."""
        self.machine.heap.touch(model)
        if isinstance(layer, Tensor) and layer.node.layer.class_name == "InputLayer":
            layer = layer.node.layer
        if model.layers is None:
            return
        if isinstance(layer, Tensor):
            name = layer.node.layer.class_name
            message = f"a Sequential gets the output of {name}, a tensor; Keras raises an error, since it takes layers"
            self.problem("Y101", message, "Add the layer without calling it, or use the functional API.", node)
            model.forget((*self.machine.place(node), "a tensor is added where Keras takes a layer"))
            return
        if isinstance(layer, Module) and layer_class(in_keras(layer.path) or ""):
            name = layer.path.rpartition(".")[2]
            message = f"a Sequential gets the class {name}; Keras raises an error, since it takes layers"
            self.problem("Y102", message, f"Create a layer: write {name}(...).", node)
            model.forget((*self.machine.place(node), "a class is added where Keras takes a layer"))
            return
        if not isinstance(layer, Layer):
            shown = self.machine.written(node)
            reason = layer.reason if isinstance(layer, Opaque) else "lstmlint does not know this layer"
            layer = self.foreign(shown, node, f"`{shown}`: {reason}")
        if isinstance(layer, Model):
            self.use(layer)
        model.layers.append(layer)

    def problem(self, code: str, message: str, advice: str, node: ast.AST) -> None:
        """Report a problem of the program, unless it may never be reached."""
        place = self.machine.place(node)
        known = any(problem.code == code and problem.data["place"] == place for problem in self.machine.problems)
        if not self.machine.conditions and not known:
            self.machine.problems.append(Problem(code, message, advice, data={"place": place}))

    def layer_for_tensor(self, given: Any, receiver: str, node: ast.AST) -> None:
        """Report a layer where Keras takes a tensor."""
        values = given if isinstance(given, list | tuple) else (given,)
        for value in values:
            if isinstance(value, Layer):
                message = (
                    f"{receiver} gets the layer {value.class_name}; Keras raises an error, since it takes a tensor"
                )
                self.problem("Y103", message, f"Call {value.class_name} on a tensor, and pass its result.", node)

    def functional(self, arguments: Arguments, class_name: str = "Model") -> Any:
        """Create a functional model."""
        machine = self.machine
        self.count()
        kwargs = arguments.kwargs
        inputs = arguments.get(0, "inputs", kwargs.get("input"))
        outputs = arguments.get(1, "outputs", kwargs.get("output"))
        self.layer_for_tensor(
            outputs, "the model", arguments.nodes.get(1, arguments.nodes.get("outputs", arguments.node))
        )
        name = arguments.get(2, "name")
        if not any(True for _ in tensors_in(inputs)) and not any(True for _ in tensors_in(outputs)):
            return machine.opaque(arguments.node, "the inputs and outputs of the model are not known")
        model = Model(class_name, {}, "", machine.place(arguments.node))
        self.set_graph(model, inputs, outputs)
        if arguments.uncertain:
            model.forget((*model.places[""], "the model is called with unknown arguments"))
        model.named_by_user = isinstance(name, str)
        model.name = name if isinstance(name, str) else self.auto_name(class_name)
        model.trainable = kwargs.get("trainable", True)
        self.models.append(model)
        return model

    def set_graph(self, model: Model, inputs: Any, outputs: Any) -> None:
        """Set the inputs and outputs of a functional model."""
        for value, what in ((inputs, "inputs"), (outputs, "outputs")):
            for reason in getattr(value, "taint", ()):
                model.forget(reason)
            if has_unknown(value):
                model.forget((*model.places[""], f"some of its {what} are not known"))
        model.inputs, model.outputs = self.frozen(inputs), self.frozen(outputs)

    def chain(self, model: Model) -> list[tuple[Layer, Any]]:
        """Return the layers of a Sequential with the tensors that they give in its own graph; empty without an input."""
        layers = model.layers or []
        kept = 0
        while kept < min(len(layers), len(model.chain)) and model.chain[kept][0] is layers[kept]:
            kept += 1
        chain = model.chain[:kept]
        tensor: Any = chain[-1][1] if chain else None
        for layer in layers[kept:]:
            if tensor is None:
                if layer.class_name == "InputLayer":
                    tensor = Tensor(Node(layer, [], {}, layer.places[""]), 0, layer.taint)
                    chain.append((layer, tensor))
                    continue
                entry = self.own_input(model, layer)
                if entry is None:
                    return []
                tensor = entry
            if isinstance(layer, Model):
                self.use(layer)
            tensor = self.next_output(layer, tensor)
            if not isinstance(tensor, Tensor):
                return []
            chain.append((layer, tensor))
        model.chain = chain
        return chain

    def next_output(self, layer: Layer, tensor: Tensor) -> Any:
        """Return the output of a layer of a Sequential."""
        line, column = layer.places[""]
        node = ast.Constant(None, lineno=line, col_offset=column - 1)
        if layer.cls is not None and self.user_call is not None:
            return self.user_call(layer, Arguments(node, [tensor]))
        if layer.class_name == "Lambda" and self.describe is not None:
            self.describe(layer, tensor, node)
        call = Node(layer, [tensor], {}, layer.places[""])
        return Tensor(call, 0, unique((*tensor.taint, *layer.taint)))

    def own_input(self, model: Model, layer: Layer) -> Tensor | None:
        """Return the input that a Sequential makes from the arguments of its first layer."""
        given = layer.arguments
        key, value = next(
            ((key, given[key]) for key in ("batch_input_shape", "input_shape") if key in given), ("", None)
        )
        if isinstance(layer, Model):
            first = next(iter(tensors_in(self.model_inputs(layer))), None)
            if first is None:
                return None
            source = first.node.layer.arguments
            made = Layer("InputLayer", dict(source), f"{layer.name}_input", layer.places[""])
        elif key:
            declared = {"shape": value} if key == "input_shape" else {"batch_shape": value}
            made = Layer("InputLayer", declared, f"{layer.name}_input", layer.places.get(key, layer.places[""]))
        elif model.build_shape is not None:
            made = Layer("InputLayer", {"batch_shape": model.build_shape}, f"{layer.name}_input", layer.places[""])
        elif layer.class_name == "Embedding":
            made = Layer("InputLayer", {"shape": (given.get("input_length"),)}, f"{layer.name}_input", layer.places[""])
        elif "input_dim" in given:
            shape: tuple[Any, ...] = (given["input_dim"],)
            if layer.class_name in ("LSTM", "GRU", "SimpleRNN", "Convolution1D"):
                shape = (given.get("input_length"), *shape)
            made = Layer("InputLayer", {"shape": shape}, f"{layer.name}_input", layer.places[""])
        else:
            return None
        if "batch_size" in given:
            made.arguments["batch_size"] = given["batch_size"]
        return Tensor(Node(made, [], {}, made.places[""]), 0, model.taint)

    def model_inputs(self, model: Model) -> Any:
        """Return the input tensors of a model."""
        if model.layers is None:
            return model.inputs
        chain = self.chain(model)
        if not chain:
            return []
        first, tensor = chain[0]
        return [tensor if first.class_name == "InputLayer" else tensor.node.args[0]]

    def model_outputs(self, model: Model) -> Any:
        """Return the output tensors of a model."""
        if model.layers is None:
            return model.outputs
        chain = self.chain(model)
        return [chain[-1][1]] if chain else []

    def layers_of(self, model: Model) -> list[Layer]:
        """Return the layers of a model as its attribute `layers` lists them."""
        if model.layers is not None:
            hidden = (
                self.style.dialect != "keras1" and len(model.layers) > 0 and model.layers[0].class_name == "InputLayer"
            )
            return list(model.layers[1:] if hidden else model.layers)
        return Graph(tensors_in(model.inputs), tensors_in(model.outputs)).ranked

    def output_of(self, layer: Layer, model: Model | None = None) -> Any:
        """Return the output of the only call of a layer; None if there is none."""
        if isinstance(layer, Model):
            outputs = list(tensors_in(self.model_outputs(layer)))
            return outputs[0] if len(outputs) == 1 else List(outputs) if outputs else None
        if not layer.calls:
            for other in self.models:
                if other.layers is not None and any(layer is one for one in other.layers):
                    self.chain(other)
        if layer.calls:
            call = layer.calls[0]
            if call.outputs > 1:
                return List([Tensor(call, i) for i in range(call.outputs)])
            return Tensor(call, 0, layer.taint)
        return None

    # Operators

    def operate(self, sign: str, left: Any, right: Any, node: ast.AST) -> Any:
        """Apply an operator to tensors."""
        if self.operation is None:
            return self.machine.opaque(node, "an operator on tensors")
        return self.operation(sign, left, right, node)

    # What the parts of the interpreter ask

    def entered(self, value: Any, node: ast.AST) -> Any:
        """Return what a context manager gives."""
        if isinstance(value, Layer | Tensor | Opaque):
            return value
        return self.machine.opaque(node, "it is given by a context manager")

    def instantiate(self, machine: Machine, cls: Class, arguments: Arguments) -> Any:
        """Create an object of a class of the program that extends one of Keras's; MISSING for other classes."""
        if self.custom is None:
            return MISSING
        return self.custom(cls, arguments)

    def super_attribute(self, machine: Machine, parent: Super, name: str, node: ast.AST) -> Any:
        """Return an attribute of a superclass that the program does not define."""
        if self.parent is not None:
            found = self.parent(parent, name, node)
            if found is not MISSING:
                return found
        return Module("object." + name)

    def is_a(self, value: Any, kind: Any) -> bool | None:
        """Return whether a value is of a class that the program does not define."""
        if not isinstance(kind, Module):
            return None
        rest = in_keras(kind.path)
        if rest is None or not isinstance(value, Layer):
            return None if isinstance(value, Layer | Tensor) else None if rest is None else False
        name = rest.rpartition(".")[2]
        if name == "Layer":
            return True
        if isinstance(value, Model):
            if name in ("Sequential", "Functional"):
                return (value.layers is not None) == (name == "Sequential")
            return name in BASES or name == value.class_name
        return ALIASES.get(name, name) == value.class_name if value.cls is None else None

    def set_trainable(self, layer: Layer, value: Any) -> None:
        """Set `trainable`: of TensorFlow's models and those of Keras 3 also for the layers in them."""
        self.machine.heap.touch(layer)
        layer.trainable = value if is_unknown(value) else bool(self.machine.truth(value))
        if self.style.first:
            return
        if isinstance(layer, Model):
            for inner in self.layers_of(layer):
                self.set_trainable(inner, value)
        for inner in layer.arguments.values():
            if isinstance(inner, Layer):
                self.set_trainable(inner, value)


MERGE_FUNCTIONS = {
    "add": "Add", "subtract": "Subtract", "multiply": "Multiply", "average": "Average", "maximum": "Maximum",
    "minimum": "Minimum", "concatenate": "Concatenate", "dot": "Dot",
}  # fmt: skip
# Arguments of calls that are tensors.
TENSORS = frozenset({"initial_state", "query", "value", "key", "context"})
CALL_PARAMETERS: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(
        ("GroupQueryAttention", "GroupedQueryAttention", "MultiHeadAttention"),
        ("value", "key", "query_mask", "value_mask", "key_mask"),
    ),
    "LSTM": ("mask", "training", "initial_state"),
    "GRU": ("mask", "training", "initial_state"),
    "SimpleRNN": ("mask", "training", "initial_state"),
    "Bidirectional": ("training", "mask", "initial_state"),
}


def declares_input(layer: Layer) -> bool:
    """Return whether a layer says what its input is."""
    if layer.class_name in ("InputLayer", "Embedding") or isinstance(layer, Model):
        return True
    return any(name in layer.arguments for name in ("input_shape", "batch_input_shape", "input_dim", "batch_shape"))


def is_opaque_tensor(value: Any) -> bool:
    """Return whether an input of a layer is unknown, or a part of it."""
    if isinstance(value, list | tuple):
        return any(map(is_opaque_tensor, visit(value)))
    return isinstance(value, Opaque)


def has_unknown(value: Any) -> bool:
    """Return whether inputs or outputs hold something else than tensors."""
    if isinstance(value, list | tuple):
        return any(map(has_unknown, visit(value)))
    if isinstance(value, dict):
        return any(map(has_unknown, visit(value).values()))
    return not isinstance(value, Tensor)


def unique(taint: Any) -> tuple[Reason, ...]:
    """Return reasons without repetition, the first few."""
    return tuple(dict.fromkeys(taint))[:8]


def flatten_axes(config: dict[str, Any]) -> None:
    """Write the axes of a Merge as Keras 1 takes them: Keras 0 has a list of axes for each input, usually of one axis."""
    axes = config.get("dot_axes")
    if isinstance(axes, list | tuple) and all(isinstance(part, list | tuple) and len(part) == 1 for part in axes):
        config["dot_axes"] = [part[0] for part in axes]
