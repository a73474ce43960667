"""Copies of models: `clone_model`, and `load_model` of a file to which the program has saved one."""

from __future__ import annotations

import ast
import copy
from typing import Any

from lstmlint.python.graphs import Graph
from lstmlint.python.keras_objects import Layer, Model, Node, Tensor, tensors_in
from lstmlint.python.limits import visit
from lstmlint.python.machine import Arguments, Machine
from lstmlint.python.values import now


def clone(model: Model) -> Model:
    """Return a copy of a model with layers of its own, which have the same names."""
    return Copier().model(model)


def cloned(machine: Machine, arguments: Arguments) -> Any:
    """Return the result of `clone_model`."""
    model = arguments.get(0, "model")
    if not isinstance(model, Model) or len(arguments.args) + len(arguments.kwargs) > 1:
        return machine.opaque(arguments.node, "it is a changed copy of a model")
    return placed(machine, clone(model), arguments.node)


def save(machine: Machine, model: Model, arguments: Arguments) -> None:
    """Note that a model is saved."""
    path = arguments.get(0, "filepath")
    if isinstance(path, str):
        machine.heap.touch(machine.saved)
        machine.saved.attributes[path] = clone(model)


def loaded(machine: Machine, arguments: Arguments) -> Any:
    """Return the result of `load_model`."""
    path = arguments.get(0, "filepath")
    model = machine.saved.attributes.get(path) if isinstance(path, str) else None
    if not isinstance(model, Model):
        return machine.opaque(arguments.node, "it is read from a file")
    return placed(machine, clone(model), arguments.node)


def placed(machine: Machine, model: Model, node: ast.AST) -> Model:
    """Return a new model as one of the program, made at a node."""
    model.places = {**model.places, "": machine.place(node)}
    machine.keras.models.append(model)
    return model


class Copier:
    """Copies one model. A layer that is called twice stays one layer."""

    def __init__(self) -> None:
        self.layers: dict[int, Layer] = {}
        self.nodes: dict[int, Node] = {}

    def layer(self, layer: Layer) -> Layer:
        """Return the copy of a layer."""
        found = self.layers.get(id(layer))
        if found is None:
            found = self.layers[id(layer)] = self.model(layer) if isinstance(layer, Model) else self.new(layer)
        return found

    def new(self, layer: Layer) -> Any:
        """Return a new layer with the same arguments."""
        made = copy.copy(layer)
        made.serial = now()
        made.calls = []
        made.attributes = dict(layer.attributes)
        made.arguments = {name: self.value(value) for name, value in layer.arguments.items()}
        return made

    def value(self, value: Any) -> Any:
        """Return an argument, in which layers and tensors are replaced by their copies."""
        if isinstance(value, Layer):
            return self.layer(value)
        if isinstance(value, Tensor):
            node = self.nodes.get(id(value.node))
            return value if node is None else Tensor(node, value.index, value.taint)
        if isinstance(value, list | tuple) and not hasattr(value, "taint"):
            return type(value)(map(self.value, visit(value)))
        if type(value) is dict:
            return {key: self.value(item) for key, item in visit(value).items()}
        return value

    def model(self, model: Model) -> Model:
        """Return the copy of a model."""
        made: Model = self.new(model)
        made.chain = []
        made.label, made.borrowed, made.used, made.recorded = "", False, False, None
        if model.layers is not None:
            made.layers = [self.layer(layer) for layer in model.layers]
            return made
        graph = Graph(tensors_in(model.inputs), tensors_in(model.outputs))
        starts = {id(tensor.node) for tensor in tensors_in(model.inputs)}
        for node in graph.sorted:
            inner = self.layer(node.layer)
            if id(node) in starts and node.layer.class_name != "InputLayer":
                inner.forget((*node.place, "it is a copy of a model that begins within another"))
            made_node = Node(inner, self.value(node.args), self.value(node.kwargs), node.place)
            made_node.outputs = node.outputs
            self.nodes[id(node)] = made_node
        made.inputs, made.outputs = self.value(model.inputs), self.value(model.outputs)
        return made
