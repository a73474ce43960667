"""Layers, tensors, and models of an interpreted program."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any

from lstmlint.python.limits import visit
from lstmlint.python.machine import Machine
from lstmlint.python.program import Reason
from lstmlint.python.values import Class, Dict, List, Place, Scope, Taint, now, with_reason


class Layer:
    """A layer, or an operation that a graph stores like one.

    class_name: in the dialect of the program.
    arguments: what its constructor was given, by name.
    places: argument -> its place; "" is the constructor's.
    cls: the class of the program that it is an object of, if there is one.
    attributes: what the program has set on it.
    taint: why it is not certain.
    """

    __slots__ = (
        "arguments", "attributes", "calls", "class_name", "cls", "inner", "kind", "module", "name", "named_by_user",
        "places", "serial", "taint", "trainable", "weights",
    )  # fmt: skip

    def __init__(self, class_name: str, arguments: dict[str, Any], name: str, place: Place) -> None:
        self.class_name = class_name
        self.arguments = arguments
        self.name = name
        self.places: dict[str, Place] = {"": place}
        self.kind = "layer"  # or "operation", "custom"
        self.module = "keras.layers"
        self.named_by_user = False
        self.trainable: Any = True
        self.calls: list[Node] = []
        self.cls: Class | None = None
        self.inner: Model | None = None  # what its code does, as a model
        self.weights: list[Any] = []  # that its code adds: (name, shape, trainable)
        self.attributes: dict[str, Any] = {}
        self.taint: Taint = ()
        self.serial = now()

    @property
    def truth(self) -> bool:
        """Return True, as Python does for objects."""
        return True

    def snapshot(self) -> Any:
        """Return the state."""
        return self.trainable, self.taint, len(self.calls), dict(self.attributes), dict(self.arguments), self.name

    def restore(self, state: Any) -> None:
        """Return to a state. Calls that were made since are of no consequence, since tensors refer to their calls."""
        self.trainable, self.taint, _, attributes, arguments, self.name = state
        self.attributes = dict(attributes)
        self.arguments = dict(arguments)

    def forget(self, reason: Reason) -> None:
        """Note that it is not certain."""
        self.taint = with_reason(self.taint, reason)

    def join(self, states: list[Any], reason: Reason, joined: Any) -> None:
        """Continue with one of several states."""
        Layer.restore(self, states[0])
        if any(state[:2] != states[0][:2] or not same_values(state[4], states[0][4]) for state in states):
            self.forget(reason)
        names = {name for state in states for name in state[3]}
        for name in names:
            values = [state[3][name] for state in states if name in state[3]]
            self.attributes[name] = values[0] if all(value is values[0] for value in values) else joined(values, name)

    def merged(self, values: list[Any], reason: Reason) -> Any:
        """Return the layer that stands for several. What changes it may change each of them."""
        layers = [value for value in values if isinstance(value, Layer)]
        for layer in layers:
            layer.forget(reason)
        return layers[0]


def same_values(left: dict[str, Any], right: dict[str, Any]) -> bool:
    """Return whether two dicts hold the same objects."""
    return left.keys() == right.keys() and all(value is right[key] for key, value in left.items())


class Node:
    """One call of a layer: args and kwargs hold Tensors, in nested lists and dicts, and constants."""

    __slots__ = ("args", "kwargs", "layer", "outputs", "place", "shapes")

    def __init__(self, layer: Layer, args: list[Any], kwargs: dict[str, Any], place: Place) -> None:
        self.layer = layer
        self.args = args
        self.kwargs = kwargs
        self.place = place
        self.outputs = 1
        self.shapes: dict[int, Any] = {}  # of its outputs, as far as the program has asked for them
        layer.calls.append(self)

    def tensors(self) -> Iterator[Tensor]:
        """Yield the tensors that it takes, in order."""
        yield from tensors_in([*self.args, *self.kwargs.values()])


class Tensor:
    """A symbolic tensor: an output of a call."""

    __slots__ = ("index", "memo", "node", "taint")

    def __init__(self, node: Node, index: int = 0, taint: Taint = ()) -> None:
        self.node = node
        self.index = index
        self.taint = taint
        self.memo: dict[str, Any] = {}

    truth = None

    def fixed(self) -> Tensor:
        """Return the tensor as an argument of a call."""
        return self

    def merged(self, values: list[Any], reason: Reason) -> Any:
        """Return the tensor that stands for several."""
        chosen: Tensor = next(value for value in values if isinstance(value, Tensor))
        return Tensor(chosen.node, chosen.index, with_reason(chosen.taint, reason))

    def operate(self, machine: Machine, sign: str, left: Any, right: Any, node: ast.AST) -> Any:
        """Apply an operator."""
        return machine.keras.operate(sign, left, right, node)

    def unpack(self, machine: Machine, number: int) -> list[Any] | None:
        """Return the outputs of a layer whose number of outputs is not known; None for other tensors."""
        if self.node.layer.kind == "custom" and self.index == 0 and self.node.outputs == 1:
            self.node.outputs = number
            return [Tensor(self.node, i, self.taint) for i in range(number)]
        return None


class Model(Layer):
    """A model.

    layers: of a Sequential; None for a functional model.
    inputs, outputs: structures of tensors of a functional model.
    compiled: the arguments of compile.
    build_shape: what build() or the first data said.
    label: the variable, attribute, or function that holds it.
    """

    __slots__ = (
        "borrowed", "build_shape", "chain", "compile_place", "compiled", "inputs", "label", "layers", "outputs", "recorded",
        "used",
    )  # fmt: skip

    def __init__(self, class_name: str, arguments: dict[str, Any], name: str, place: Place) -> None:
        super().__init__(class_name, arguments, name, place)
        self.kind = "model"
        self.module = "keras"
        self.layers: list[Layer] | None = None
        self.inputs: Any = None
        self.outputs: Any = None
        self.compiled: dict[str, Any] | None = None
        self.compile_place: dict[str, Place] = {}
        self.build_shape: Any = None
        self.label = ""
        self.borrowed = False  # the label is that of a function, or says little
        self.chain: list[tuple[Layer, Any]] = []  # the layers that were called to give the output, with their outputs
        self.used = False  # as a layer of another model
        self.recorded: Any = None

    def snapshot(self) -> Any:
        """Return the state."""
        layers = None if self.layers is None else list(self.layers)
        own = (layers, self.inputs, self.outputs, self.compiled, self.build_shape, list(self.chain))
        return (*super().snapshot(), *own)

    def restore(self, state: Any) -> None:
        """Return to a state."""
        super().restore(state[:6])
        layers, self.inputs, self.outputs, self.compiled, self.build_shape, chain = state[6:]
        self.layers = None if layers is None else list(layers)
        self.chain = list(chain)

    def join(self, states: list[Any], reason: Reason, joined: Any) -> None:
        """Continue with one of several states: that with most layers."""
        best = max(states, key=lambda state: len(state[6] or ()))
        super().join([state[:6] for state in [best, *states]], reason, joined)
        taint, attributes = self.taint, self.attributes
        self.restore(best)
        self.taint, self.attributes = taint, attributes
        same_structure = all(
            [id(layer) for layer in state[6] or ()] == [id(layer) for layer in best[6] or ()]
            and state[7] is best[7]
            and state[8] is best[8]
            and state[10] is best[10]
            for state in states
        )
        if not same_structure:
            self.forget(reason)
        elif any(state[9] is not best[9] for state in states):
            self.compiled = next((state[9] for state in states if state[9] is not None), None)

    def returned(self, function: str) -> None:
        """Note the function that returns it."""
        if not self.label and function != "<lambda>":
            self.label, self.borrowed = function, True

    def held(self, attribute: str, owner: str) -> None:
        """Note the attribute of an object of the program that holds it."""
        if not self.label or self.borrowed:
            generic = attribute.strip("_") in GENERIC
            self.label, self.borrowed = (owner or attribute) if generic else attribute, generic

    def named(self, name: str, scope: Scope) -> None:
        """Note the variable that holds it. The first good name is kept, and that of a function replaces a generic one."""
        while scope.label == "<comprehension>" and scope.parent is not None:
            scope = scope.parent
        if name in GENERIC:
            if not self.label:
                inside = scope.parent is not None and scope.label and not scope.is_class
                self.label, self.borrowed = (scope.label if inside else name), True
        elif not self.label or self.borrowed:
            self.label, self.borrowed = name, False


GENERIC = frozenset({"model", "m", "net", "network", "result", "mdl", "out", "self", "seq", "my_model", "nn", "clf"})


class LayerList(List):
    """The list `layers` of a model. Changing it changes the model in some releases."""

    __slots__ = ("owner",)
    part_of_model = True

    def __init__(self, owner: Model, layers: list[Layer]) -> None:
        super().__init__(layers, owner.taint)
        self.owner = owner

    def forget(self, reason: Reason) -> None:
        """Note that the model is not certain."""
        super().forget(reason)
        self.owner.forget(reason)


def tensors_in(value: Any) -> Iterator[Tensor]:
    """Yield the tensors in nested lists, tuples, and dicts."""
    if isinstance(value, Tensor):
        yield value
    elif isinstance(value, list | tuple):
        for item in visit(value):
            yield from tensors_in(item)
    elif isinstance(value, Dict | dict):
        for item in visit(value).values():
            yield from tensors_in(item)


class AutoNames:
    """The names that Keras gives to layers without one.

    first: the number of the first layer of a class: 0 means that it has none.
    """

    __slots__ = ("counts", "first", "serial")

    def __init__(self, first: int) -> None:
        self.first = first
        self.counts: dict[str, int] = {}
        self.serial = now()

    def make(self, prefix: str, first: int | None = None) -> str:
        """Return a new name."""
        number = self.counts.get(prefix, self.first if first is None else first)
        self.counts[prefix] = number + 1
        return f"{prefix}_{number}" if number else prefix

    def snapshot(self) -> Any:
        """Return the state."""
        return dict(self.counts)

    def restore(self, state: Any) -> None:
        """Return to a state."""
        self.counts = dict(state)

    def forget(self, reason: Reason) -> None:
        """Do nothing: names are no part of a count."""

    def join(self, states: list[Any], reason: Reason, joined: Any) -> None:
        """Continue with the highest numbers."""
        self.counts = {name: max(state.get(name, 0) for state in states) for state in states for name in state}
