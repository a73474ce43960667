"""What the names of Keras in a program do: create layers and models, and read and change them."""

from __future__ import annotations

import ast
from typing import Any

from lstmlint.python import copies
from lstmlint.python.builtins import unknown
from lstmlint.python.containers import list_method, sequence_item
from lstmlint.python.functions import read_through
from lstmlint.python.keras_names import in_keras, layer_class, model_class
from lstmlint.python.keras_objects import Layer, LayerList, Model, Tensor, tensors_in
from lstmlint.python.keras_runtime import MERGE_FUNCTIONS, Keras, declares_input
from lstmlint.python.machine import MISSING, Arguments, Machine, Method
from lstmlint.python.values import Configured, List, Module, Opaque

# What uses a model as it stands.
EVENTS = frozenset(
    "summary fit fit_generator train_on_batch save save_weights to_json to_yaml evaluate predict predict_generator"
    " evaluate_generator predict_on_batch test_on_batch predict_classes export count_params get_weights set_weights"
    " load_weights".split()
)
LIST_CHANGES = frozenset("append clear extend insert pop remove reverse sort".split())
KINDS = ("initializers", "regularizers", "constraints", "optimizers", "losses", "metrics")


def call_module(machine: Machine, module: Module, arguments: Arguments) -> Any:
    """Return the result of a call of a name outside the program."""
    path = module.path
    rest = in_keras(path)
    if rest is not None:
        return call_keras(machine, rest, path, arguments)
    for library in machine.libraries if not arguments.uncertain else ():
        found = library(machine, path, arguments)
        if found is not MISSING:
            return found
    return call_unknown(machine, path, arguments)


def call_keras(machine: Machine, rest: str, path: str, arguments: Arguments) -> Any:
    """Return the result of a call of a name of Keras."""
    keras: Keras = machine.keras
    name = rest.rpartition(".")[2]
    part = rest.partition(".")[0]
    if name in DATA_FORMATS:
        return data_format(machine, name, arguments)
    if part in machine.keras_parts and not arguments.uncertain:
        found = machine.keras_parts[part](machine, rest, arguments)
        if found is not MISSING:
            return found
    made = model_class(rest)
    if made == "Sequential":
        return keras.sequential(arguments)
    if made == "Model":
        return keras.functional(arguments)
    if name == "Input" and part in ("Input", "layers", "engine", "models"):
        return keras.input(arguments)
    cls = layer_class(rest)
    if cls == "InputLayer":
        return input_layer(machine, arguments)
    if cls == "Layer":
        return machine.opaque(arguments.node, "a layer without a class")
    if cls is not None:
        return keras.layer(cls, arguments)
    if part in ("layers", "engine", "legacy", "models") and (name in MERGE_FUNCTIONS or name == "merge"):
        return merge(machine, name, arguments)
    if part in KINDS:
        return configured(part, name, arguments)
    if part == "layers" and name[:1].isupper():
        return custom(machine, name, arguments)
    if name == "clone_model":
        return copies.cloned(machine, arguments)
    if name == "load_model":
        return copies.loaded(machine, arguments)
    if name == "model_from_json":
        return machine.opaque(arguments.node, "it is read from a file, or copied")
    if part in ("utils", "callbacks", "backend", "preprocessing"):
        use_models(machine, arguments)
        return unknown(machine, arguments)
    return call_unknown(machine, path, arguments)


DATA_FORMATS = frozenset("image_data_format set_image_data_format image_dim_ordering set_image_dim_ordering".split())


def data_format(machine: Machine, name: str, arguments: Arguments) -> Any:
    """Return or set where images have their channels unless a layer says otherwise."""
    keras: Keras = machine.keras
    if name.startswith("set"):
        given = arguments.get(0, "data_format", arguments.kwargs.get("dim_ordering"))
        if given not in ("channels_first", "channels_last", "th", "tf") or machine.conditions:
            machine.doubt((*machine.place(arguments.node), "where images have their channels is not known"))
        keras.channels_first = given in ("channels_first", "th")
        return None
    names = ("channels_first", "channels_last") if name == "image_data_format" else ("th", "tf")
    return names[not keras.channels_first]


def input_layer(machine: Machine, arguments: Arguments) -> Layer:
    """Create an InputLayer by its class."""
    names = ("input_shape", "batch_size", "dtype")
    given = dict(zip(names, arguments.args, strict=False)) | arguments.kwargs
    nodes = {name: arguments.nodes.get(i) for i, name in enumerate(names[: len(arguments.args)])}
    nodes |= {name: node for name, node in arguments.nodes.items() if isinstance(name, str)}
    made: Layer = machine.keras.input_layer(given, nodes, arguments)
    return made


def merge(machine: Machine, name: str, arguments: Arguments) -> Any:
    """Merge tensors by a function, such as concatenate of Keras 2 or merge of Keras 1."""
    keras: Keras = machine.keras
    inputs = arguments.get(0, "inputs")
    rest = Arguments(arguments.node, [], {key: value for key, value in arguments.kwargs.items() if key != "inputs"})
    rest.nodes = {key: node for key, node in arguments.nodes.items() if isinstance(key, str)}
    if name == "merge":
        names = ("mode", "concat_axis", "dot_axes", "output_shape")
        rest.kwargs |= dict(zip(names, arguments.args[1:], strict=False))
        layer = keras.layer("Merge", rest)
    else:
        if len(arguments.args) > 1:
            rest.kwargs["axes" if name == "dot" else "axis"] = arguments.args[1]
        layer = keras.layer(MERGE_FUNCTIONS[name], rest)
    return keras.call_layer(layer, Arguments(arguments.node, [inputs]))


def configured(kind: str, name: str, arguments: Arguments) -> Configured:
    """Create an initializer, regularizer, constraint, optimizer, loss, or metric."""
    given = dict(arguments.kwargs)
    first = {"optimizers": "learning_rate", "regularizers": "l1" if name in ("l1", "L1", "l1_l2") else "l2"}.get(kind)
    if arguments.args and first is not None:
        given[first] = arguments.args[0]
    if name in ("l1", "l2", "L1", "L2") and kind == "regularizers" and "l" in given:
        given[name.lower()] = given.pop("l")
    if "lr" in given and kind == "optimizers":
        given["learning_rate"] = given.pop("lr")
    return Configured(kind, name, given)


def custom(machine: Machine, class_name: str, arguments: Arguments) -> Layer:
    """Create a layer of a class that lstmlint does not know."""
    made: Layer = machine.keras.foreign(class_name, arguments.node, f"lstmlint does not know {class_name}")
    made.arguments = {}
    return made


def call_unknown(machine: Machine, path: str, arguments: Arguments) -> Any:
    """Return the result of a call of something that lstmlint does not know."""
    name = path.rpartition(".")[2]
    keras: Keras = machine.keras
    given = [*arguments.args, *arguments.kwargs.values()]
    if any(True for _ in tensors_in(given)):
        layer = keras.foreign(name, arguments.node, f"lstmlint does not know `{name}`")
        return keras.call_layer(layer, arguments)
    use_models(machine, arguments, not known_library(path))
    if name in keras.described:
        return keras.described_layer(name, arguments)
    if name[:1].isupper() and (".layers" in path or "keras" in path.lower()):
        return custom(machine, name, arguments)
    return unknown(machine, arguments, f"lstmlint does not know what {name} returns")


def known_library(path: str) -> bool:
    """Return whether a name is in a library that does not change the models that it gets."""
    return path.partition(".")[0] in (
        "numpy", "pandas", "sklearn", "matplotlib", "os", "sys", "tensorflow", "time", "json", "pickle", "logging", "keras",
        "scipy", "seaborn", "random", "math", "re", "collections", "itertools", "IPython", "talos", "shap", "netron", "wandb",
    )  # fmt: skip


def use_models(machine: Machine, arguments: Arguments, uncertain: bool = False) -> None:
    """Record the models that other code receives. What it does not know it may change."""
    for value in (*arguments.args, *arguments.kwargs.values()):
        for one in value if isinstance(value, List | tuple) else (value,):
            if isinstance(one, Model):
                machine.keras.event(one, arguments.node)
            if uncertain and isinstance(one, Layer):
                machine.heap.touch(one)
                shown = machine.written(arguments.node)
                one.forget((*machine.place(arguments.node), f"`{shown}` may change it"))


# Attributes -----------------------------------------------------------------------------------------------

CONSTANTS: dict[str, Any] = {
    "math.pi": 3.141592653589793, "math.e": 2.718281828459045, "numpy.pi": 3.141592653589793, "sys.argv": MISSING,
    "math.inf": float("inf"), "numpy.inf": float("inf"), "numpy.newaxis": None, "tensorflow.newaxis": None,
}  # fmt: skip


def read_module(machine: Machine, module: Module, name: str, node: ast.AST) -> Any:
    """Return a name in a module."""
    path = f"{module.path}.{name}"
    if path in machine.patches.attributes:
        return machine.patches.attributes[path]
    value = CONSTANTS.get(path, MISSING)
    if value is not MISSING:
        return value
    if path in (
        "tensorflow.app.flags.FLAGS",
        "tensorflow.flags.FLAGS",
        "absl.flags.FLAGS",
        "tensorflow.compat.v1.app.flags.FLAGS",
    ):
        return machine.flags
    if name == "__version__":
        return machine.opaque(node, "it depends on the installed release")
    if name == "shape" and in_keras(path) is None and module.path.count(".") > 2:
        return machine.opaque(node, "lstmlint does not know this name")
    return Module(path)


def write_module(machine: Machine, module: Module, name: str, value: Any, node: ast.AST) -> None:
    """Set a name in a module."""
    machine.heap.touch(machine.patches)
    machine.patches.attributes[f"{module.path}.{name}"] = value


def read_layer(machine: Machine, layer: Layer, name: str, node: ast.AST) -> Any:
    """Return an attribute of a layer or model."""
    if name in layer.attributes:
        return layer.attributes[name]
    if layer.cls is not None:
        found = read_through(machine, layer.cls, layer, name, node)
        if found is not MISSING:
            return found
    keras: Keras = machine.keras
    if name == "name":
        return layer.name
    if name == "trainable":
        return layer.trainable
    if name in ("__class__", "dtype", "dtype_policy", "_compute_dtype"):
        return machine.opaque(node, "lstmlint does not know this attribute")
    if isinstance(layer, Model) and layer.kind == "model":
        found = model_attribute(machine, layer, name, node)
        if found is not MISSING:
            return found
    if name in ("output", "input"):
        return layer_tensor(machine, layer, name, node)
    if name in ("output_shape", "input_shape"):
        tensor = layer_tensor(machine, layer, name.partition("_")[0], node)
        shape = keras.shape_of(tensor) if isinstance(tensor, Tensor) else None
        return machine.opaque(node, "the shape is not known") if shape is None else shape
    if name in layer.arguments:
        return layer.arguments[name]
    return Method(layer, name)


def layer_tensor(machine: Machine, layer: Layer, name: str, node: ast.AST) -> Any:
    """Return the input or output of the only call of a layer."""
    found = machine.keras.output_of(layer)
    if found is None:
        return machine.opaque(node, "the layer was not called")
    if name == "input":
        call = next(iter(layer.calls), None)
        if call is None:
            return machine.opaque(node, "the layer was not called")
        first = call.args[0] if call.args else Tensor(call)
        return List(first) if isinstance(first, list) else first
    return found


def model_attribute(machine: Machine, model: Model, name: str, node: ast.AST) -> Any:
    """Return an attribute that only models have; MISSING for others."""
    keras: Keras = machine.keras
    if name in ("layers", "_layers"):
        return LayerList(model, keras.layers_of(model))
    if name in ("input", "inputs", "output", "outputs"):
        ends = keras.model_inputs(model) if name.startswith("input") else keras.model_outputs(model)
        tensors = list(tensors_in(ends))
        if not tensors:
            return machine.opaque(node, "the model has no input shape yet")
        if model.taint:
            tensors = [tensor.merged([tensor], model.taint[0]) for tensor in tensors]
        return tensors[0] if not name.endswith("s") and len(tensors) == 1 else List(tensors)
    if name in ("input_shape", "output_shape"):
        tensors = list(tensors_in(keras.model_inputs(model) if name.startswith("in") else keras.model_outputs(model)))
        shapes = [keras.shape_of(tensor) for tensor in tensors]
        if not shapes or None in shapes:
            return machine.opaque(node, "the shape is not known")
        return shapes[0] if len(shapes) == 1 else List(shapes)
    return MISSING


def write_layer(machine: Machine, layer: Layer, name: str, value: Any, node: ast.AST) -> None:
    """Set an attribute of a layer or model."""
    machine.heap.touch(layer)
    if name == "trainable":
        machine.keras.set_trainable(layer, value)
    elif name in ("name", "_name"):
        if isinstance(value, str):
            layer.name = value
            layer.named_by_user = True
    elif name == "stateful" or layer.cls is not None:
        layer.attributes[name] = value
        if isinstance(value, Opaque) and not value.plain:
            value.name, value.plain = f"self.{name}", True
    elif name in layer.arguments or (isinstance(layer, Model) and name in ("layers", "outputs", "inputs", "output")):
        layer.forget((*machine.place(node), f"`{machine.written(node)}` is set"))
    else:
        layer.attributes[name] = value


def write_opaque(machine: Machine, value: Opaque, name: str, new: Any, node: ast.AST) -> None:
    """Set an attribute of an unknown value: if it is `trainable`, the value may be a layer of any model so far."""
    if name == "trainable":
        for model in machine.keras.models:
            model.forget((*machine.place(node), f"`{machine.written(node)}` is set, and the layer is not known"))


# Methods --------------------------------------------------------------------------------------------------


def layer_method(machine: Machine, layer: Layer, name: str, arguments: Arguments) -> Any:
    """Call a method of a layer or model."""
    keras: Keras = machine.keras
    if isinstance(layer, Model):
        found = model_method(machine, layer, name, arguments)
        if found is not MISSING:
            return found
    if name in ("__call__", "call", "apply"):
        return keras.call_layer(layer, arguments)
    if name in ("get_output_at", "get_input_at"):
        index = arguments.get(0, "node_index")
        if isinstance(index, int) and index < len(layer.calls):
            return Tensor(layer.calls[index], 0, layer.taint)
    if (name in ("add_weight", "add_variable") and layer.cls is not None) or (
        layer in keras.custom_layers.inside and name.startswith("add_w")
    ):
        return keras.custom_layers.add_weight(layer, arguments)
    if name == "count_params":
        return machine.opaque(arguments.node, "a number of parameters", plain=True)
    return unknown(machine, arguments)


def model_method(machine: Machine, model: Model, name: str, arguments: Arguments) -> Any:
    """Call a method that only models have; MISSING for others."""
    keras: Keras = machine.keras
    if name == "add":
        layer = arguments.get(0, "layer")
        keras.add(model, layer, arguments.nodes.get(0, arguments.node))
        return None
    if name == "pop" and model.layers is not None:
        machine.heap.touch(model)
        if model.layers:
            model.layers.pop()
        return None
    if name == "build":
        build(machine, model, arguments)
        return None
    if name == "compile":
        machine.heap.touch(model)
        names = ("optimizer", "loss", "metrics", "loss_weights")
        model.compiled = dict(zip(names, arguments.args, strict=False)) | arguments.kwargs
        model.compile_place = {"": machine.place(arguments.node)}
        for key, node in arguments.nodes.items():
            model.compile_place[names[key] if isinstance(key, int) and key < len(names) else str(key)] = machine.place(
                node
            )
        return None
    if name in EVENTS:
        if name in ("fit", "train_on_batch", "predict", "evaluate"):
            keras.feed(model, arguments.get(0, "x"))
        keras.event(model, arguments.node)
        if name == "save":
            copies.save(machine, model, arguments)
        return None if name == "summary" else machine.opaque(arguments.node, "it is computed by the model")
    if name == "get_layer":
        return get_layer(machine, model, arguments)
    return MISSING


def layer_list_method(machine: Machine, layers: LayerList, name: str, arguments: Arguments) -> Any:
    """Call a method of the list `layers` of a model. In some releases a change of the list changes the model."""
    if name in LIST_CHANGES:
        layers.owner.forget((*machine.place(arguments.node), f"`{machine.written(arguments.node)}` changes `layers`"))
    return list_method(machine, layers, name, arguments)


def build(machine: Machine, model: Model, arguments: Arguments) -> None:
    """Build a Sequential for an input shape."""
    shape = arguments.get(0, "input_shape")
    if isinstance(shape, List) and all(isinstance(dim, int | None) for dim in shape):
        shape = tuple(shape)
    if model.layers is None:
        machine.keras.describe_model(model, shape)
        return
    if shape is None or (model.layers and declares_input(model.layers[0])):
        return
    machine.heap.touch(model)
    if isinstance(shape, List):
        shape = tuple(shape)
    if isinstance(shape, tuple):
        model.build_shape = shape
    else:
        model.forget((*machine.place(arguments.node), "the input shape is not known"))


def stem(name: str) -> str:
    """Return the name of a layer without its number."""
    return name.rstrip("0123456789").rstrip("_")


def get_layer(machine: Machine, model: Model, arguments: Arguments) -> Any:
    """Return a layer of a model by its name or index."""
    name, index = arguments.get(0, "name"), arguments.get(1, "index")
    layers = machine.keras.layers_of(model)
    if isinstance(name, str):
        for layer in layers:
            if layer.name == name:
                return layer
        # In a notebook, names count on when cells run again.
        alike = [layer for layer in layers if not layer.named_by_user and stem(layer.name) == stem(name)]
        if len(alike) == 1:
            return alike[0]
    elif isinstance(index, int) and -len(layers) <= index < len(layers):
        return layers[index]
    return machine.opaque(arguments.node, "the model has no such layer")


# Tensors --------------------------------------------------------------------------------------------------


def read_tensor(machine: Machine, tensor: Tensor, name: str, node: ast.AST) -> Any:
    """Return an attribute of a tensor."""
    if name in ("shape", "_keras_shape"):
        shape = machine.keras.shape_of(tensor)
        return machine.opaque(node, "the shape is not known") if shape is None else shape
    if name in ("ndim", "rank"):
        shape = machine.keras.shape_of(tensor)
        return machine.opaque(node, "the rank is not known") if shape is None else len(shape)
    return Method(tensor, name)


def tensor_method(machine: Machine, tensor: Tensor, name: str, arguments: Arguments) -> Any:
    """Call a method of a tensor."""
    if name in ("get_shape", "as_list"):
        return read_tensor(machine, tensor, "shape", arguments.node)
    layer = machine.keras.foreign(name, arguments.node, f"lstmlint does not know `{name}`")
    return machine.keras.call_layer(layer, arguments.after(tensor))


def tensor_item(machine: Machine, tensor: Tensor, index: Any, node: ast.AST) -> Any:
    """Return a part of a tensor."""
    return machine.keras.operate("[]", tensor, index, node)


def call_layer(machine: Machine, layer: Layer, arguments: Arguments) -> Any:
    """Call a layer or model."""
    return machine.keras.call_layer(layer, arguments)


def call_opaque(machine: Machine, function: Any, arguments: Arguments) -> Any:
    """Call something unknown: of tensors, it makes others."""
    owner = function.memo.get("owner") if isinstance(function, Opaque) else None
    if owner is not None:
        return machine.opaque_methods[owner[1]](machine, owner[0], arguments)
    keras: Keras = machine.keras
    given = [*arguments.args, *arguments.kwargs.values()]
    name = function.name if isinstance(function, Opaque) else "Unknown"
    if any(True for _ in tensors_in(given)):
        reason = function.reason if isinstance(function, Opaque) else "it is not known"
        layer = keras.foreign(name, arguments.node, f"`{name}`: {reason}")
        return keras.call_layer(layer, arguments)
    use_models(machine, arguments, uncertain=True)
    if name in keras.described:
        return keras.described_layer(name, arguments)
    return machine.computed(("call", id(function)), [function, *given], arguments.node)


def install(machine: Machine) -> None:
    """Add Keras to a machine."""
    machine.callers |= {Module: call_module, Layer: call_layer, Model: call_layer, Opaque: call_opaque}
    machine.readers |= {Module: read_module, Layer: read_layer, Model: read_layer, Tensor: read_tensor}
    machine.writers |= {Module: write_module, Layer: write_layer, Model: write_layer, Opaque: write_opaque}
    machine.methods |= {
        Layer: layer_method, Model: layer_method, Tensor: tensor_method, LayerList: layer_list_method
    }  # fmt: skip
    machine.items |= {Tensor: tensor_item, LayerList: sequence_item}
