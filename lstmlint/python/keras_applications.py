"""Models of keras.applications in a program, from their recorded configs."""

from __future__ import annotations

from typing import Any

from lstmlint.python import applications
from lstmlint.python.keras_objects import Layer, Model, Node, Tensor
from lstmlint.python.keras_runtime import Keras
from lstmlint.python.machine import MISSING, Arguments, Machine
from lstmlint.python.program import Reason
from lstmlint.python.tensor_operations import tensorflow_operation
from lstmlint.python.values import Place, is_unknown

CLASSES = 1_009  # stands for an unknown number of classes; no architecture has this width


def build(machine: Machine, rest: str, arguments: Arguments) -> Any:
    """Return a model of keras.applications; MISSING for other names."""
    keras: Keras = machine.keras
    name = rest.rpartition(".")[2]
    if name == "preprocess_input" and arguments.args and isinstance(arguments.args[0], Tensor):
        return tensorflow_operation(keras, "math.multiply", arguments.args[0], {"y": 1}, arguments.node)
    dialect = "keras3" if keras.style.dialect == "keras3" else "keras2"
    parameters = applications.parameters(name, dialect)
    if parameters is None:
        return MISSING
    values = dict(zip(parameters, arguments.args, strict=False)) | arguments.kwargs
    place = machine.place(arguments.node)
    reasons: list[Reason] = []
    classes = values.get("classes")
    if is_unknown(classes):
        values["classes"] = CLASSES
    for key, value in list(values.items()):
        if is_unknown(value) or (isinstance(value, tuple | list) and any(map(is_unknown, value))):
            reasons.append((*place, f"the argument {key} of {name} is not known"))
            del values[key]
        elif isinstance(value, list):
            values[key] = tuple(value)
    if values.get("weights") not in (None, "imagenet"):
        values["weights"] = None  # a file with the weights of the same architecture
    source = values.get("input_tensor")
    if isinstance(source, Tensor):
        shape = keras.shape_of(source)
        if shape is None or any(map(is_unknown, shape)):
            reasons.append((*place, f"the input_tensor of {name} is not known"))
            source = values["input_tensor"] = None
        else:
            values["input_tensor"] = applications.InputTensor(shape, source.node.layer.name)
    try:
        config = applications.config(name, dialect, values)
    except applications.Refused:
        config = None
    if config is None or arguments.uncertain or keras.style.dialect == "keras1":
        return keras.foreign(name, arguments.node, f"lstmlint does not know {name} with these arguments")
    model = Revival(keras, place, source if isinstance(source, Tensor) else None).model(config["config"])
    for layer in keras.layers_of(model) if is_unknown(classes) else ():
        layer.arguments = {key: with_classes(value, classes) for key, value in layer.arguments.items()}
    for reason in reasons:
        model.forget(reason)
    model.used = True  # it is not the program's own
    keras.models.append(model)
    return model


def with_classes(value: Any, classes: Any) -> Any:
    """Return an argument of a layer with the number of classes in place of what stands for it."""
    if isinstance(value, list | tuple):
        return type(value)(with_classes(item, classes) for item in value)
    return classes if type(value) is int and value == CLASSES else value


class Revival:
    """Makes a model from its config. source: the tensor in place of its input."""

    def __init__(self, keras: Keras, place: Place, source: Tensor | None) -> None:
        self.keras = keras
        self.place = place
        self.source = source
        self.nodes: dict[str, list[Node]] = {}

    def model(self, config: dict[str, Any]) -> Model:
        """Return a functional model."""
        for written in config["layers"]:
            self.layer(written)
        model = Model("Model", {}, config["name"], self.place)
        model.inputs = self.ends(config["input_layers"])
        model.outputs = self.ends(config["output_layers"])
        return model

    def ends(self, value: Any) -> Any:
        """Return the tensors that references name."""
        if isinstance(value[0], str):
            calls = self.nodes[value[0]]
            # Keras 2 also counts the call that a nested Sequential makes when it is created, which is not written.
            return Tensor(calls[min(value[1], len(calls) - 1)], value[2])
        tensors = [self.ends(item) for item in value]
        return tensors[0] if len(tensors) == 1 else tensors

    def layer(self, written: dict[str, Any]) -> None:
        """Make a layer and its calls."""
        name, class_name = written.get("name", written["config"]["name"]), written["class_name"]
        if class_name == "InputLayer" and self.source is not None:
            self.nodes[name] = [self.source.node]
            return
        self.keras.count()
        arguments = {key: value for key, value in written["config"].items() if key not in ("name", "trainable")}
        made = Layer(class_name, arguments, name, self.place)
        module = written.get("module", "keras.layers")
        made.module = module
        if module.startswith("keras.src.ops") or "OpLambda" in class_name:
            made.kind = "operation"
        calls = written.get("inbound_nodes") or [[]]
        self.nodes[name] = [Node(made, *self.call(call), self.place) for call in calls]

    def call(self, written: Any) -> tuple[list[Any], dict[str, Any]]:
        """Return the arguments of a call in the form of Keras 2 or 3."""
        if isinstance(written, dict):
            return [self.value(one) for one in written["args"]], {
                k: self.value(v) for k, v in written["kwargs"].items()
            }
        kwargs: dict[str, Any] = {}
        first = self.old_value(written, kwargs)
        if isinstance(first, list) and len(first) == 1:
            first = first[0]
        return ([first] if first != [] else []), kwargs

    def old_value(self, value: Any, kwargs: dict[str, Any]) -> Any:
        """Return the tensors of Keras 2's nested references, and note the other arguments in them."""
        if isinstance(value, list) and len(value) in (3, 4) and isinstance(value[0], str) and value[0] in self.nodes:
            if len(value) == 4:
                kwargs |= {key: self.old_value(item, {}) for key, item in value[3].items() if item is not None}
            calls = self.nodes[value[0]]
            # Keras 2 also counts the call that a nested Sequential makes when it is created, which is not written.
            return Tensor(calls[min(value[1], len(calls) - 1)], value[2])
        if isinstance(value, list):
            return [self.old_value(item, kwargs) for item in value]
        return value

    def value(self, value: Any) -> Any:
        """Return an argument of a call of Keras 3."""
        if isinstance(value, list):
            return [self.value(item) for item in value]
        if isinstance(value, dict):
            if value.get("class_name") == "__keras_tensor__":
                name, node, index = value["config"]["keras_history"]
                return Tensor(self.nodes[name][node], index)
            if value.get("class_name") == "__slice__":
                return slice(*(value["config"][key] for key in ("start", "stop", "step")))
            return {key: self.value(item) for key, item in value.items()}
        return value


def install(machine: Machine) -> None:
    """Add keras.applications to a machine."""
    machine.keras_parts["applications"] = build
