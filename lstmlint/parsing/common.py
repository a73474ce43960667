"""Shared by the dialects: generated names, structures of tensor references, nesting."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from lstmlint.model.findings import Problem
from lstmlint.model.limits import check_time, current, exceeded
from lstmlint.model.pointers import escape
from lstmlint.model.shapes import Shape, as_shape, flatten
from lstmlint.model.spec import Call, Dialect, LayerSpec, ModelSpec, TensorRef
from lstmlint.model.values import plural, show

# Real models are not nested deeper; the limit keeps recursion within Python's.
MAX_DEPTH = 64

# The arguments that contain a layer, a cell, or a list of them.
LAYER_ARGUMENTS = frozenset({"layer", "backward_layer", "cell", "cells", "layers", "rnn_layer", "model"})

MODEL_CLASSES = frozenset({"Sequential", "Functional", "Model"})

_NOT_WORD = re.compile(r"\W+")


class ModelError(Exception):
    """The document looks like a model but is malformed. It becomes a finding."""

    def __init__(self, message: str, pointer: str = "", help: str = "", code: str = "E011") -> None:
        super().__init__(message)
        self.message = message
        self.pointer = pointer
        self.help = help
        self.code = code


def snake_case(name: str) -> str:
    """Convert a class name to a layer name as Keras does: LSTM -> lstm, TimeDistributed -> time_distributed."""
    name = _NOT_WORD.sub("", name)
    name = re.sub(r"(.)([A-Z][a-z]+)", r"\1_\2", name)
    return re.sub(r"([a-z])([A-Z])", r"\1_\2", name).lower()


class Names:
    """Names for layers without one, as Keras generates them: lstm, lstm_1, ..."""

    def __init__(self) -> None:
        self._next: dict[str, int] = {}
        # Problems of a document that can still be read.
        self.problems: list[Problem] = []
        # The Keras version and backend that the document states.
        self.strict = False
        self.backend: str | None = None
        # Whether its weights are from a Keras whose GRU had no reset_after.
        self.plain_gru = False
        # Whether TensorFlow.js reads it, which also takes the names of JavaScript.
        self.tfjs = False
        self._layers = 0

    def count(self, layers: int) -> None:
        """Count the layers of one model of the document. Raises: ReadError (E001) if there are too many."""
        self._layers += layers
        if self._layers > current().layers:
            raise exceeded("layers", f"the model has more than {plural(current().layers, 'layer')}")
        check_time()

    def make(self, class_name: str) -> str:
        """Return a new name for a layer of the class."""
        prefix = snake_case(class_name) or "layer"
        number = self._next.get(prefix, 0)
        self._next[prefix] = number + 1
        return f"{prefix}_{number}" if number else prefix

    def number(self, prefix: str) -> str:
        """Return a new name as Keras 1 generates it, counted from 1: lstm_1, lstm_2, ..."""
        number = self._next.get(prefix, 1)
        self._next[prefix] = number + 1
        return f"{prefix}_{number}"


def before_reset_after(version: str | None) -> bool:
    """Return whether a version of Keras 2 is older than 2.1.5, which added reset_after to GRU and GRUCell."""
    numbers = re.match(r"2\.(\d+)\.(\d+)", version or "")
    return numbers is not None and (int(numbers[1]), int(numbers[2])) < (1, 5)


def is_layer_object(value: Any) -> bool:
    """Return whether a value looks like a serialized layer."""
    return isinstance(value, dict) and isinstance(value.get("class_name"), str) and "config" in value


def references_in(structure: Any) -> list[TensorRef]:
    """Return the tensor references in a structure."""
    if isinstance(structure, TensorRef):
        return [structure]
    return [leaf for leaf in flatten(structure) if isinstance(leaf, TensorRef)]


def is_reference(value: Any) -> bool:
    """Return whether a value is [layer name, node index, tensor index], possibly with keyword arguments."""
    return (
        isinstance(value, list)
        and len(value) in (3, 4)
        and isinstance(value[0], str)
        and isinstance(value[1], int)
        and isinstance(value[2], int)
    )


def map_references(value: Any, pointer: str, make: Callable[[list[Any], str], TensorRef]) -> Any:
    """Return `value` with every [name, node, tensor] replaced by a TensorRef."""
    if is_reference(value):
        return make(value, pointer)
    if isinstance(value, list):
        return [map_references(item, f"{pointer}/{i}", make) for i, item in enumerate(value)]
    if isinstance(value, dict):
        return {key: map_references(item, f"{pointer}/{escape(key)}", make) for key, item in value.items()}
    return value


def parse_ends(value: Any, pointer: str) -> Any:
    """Return the inputs or outputs of a model with every [layer, call, output] replaced by a TensorRef."""
    if isinstance(value, list):
        if len(value) == 3 and isinstance(value[0], str):
            if isinstance(value[1], int) and isinstance(value[2], int):
                return TensorRef(value[0], value[1], value[2], pointer=pointer)
        elif not value or not isinstance(value[0], str):
            return [parse_ends(item, f"{pointer}/{i}") for i, item in enumerate(value)]
    elif isinstance(value, dict):
        return {key: parse_ends(item, f"{pointer}/{escape(key)}") for key, item in value.items()}
    raise ModelError(
        f"{show(value)} does not refer to a tensor; Keras cannot load the model",
        pointer,
        'A tensor is [layer, call, output], for instance ["dense", 0, 0].',
    )


def plain_reference(value: list[Any], pointer: str) -> TensorRef:
    """Return the TensorRef of a [name, node, tensor]."""
    return TensorRef(value[0], value[1], value[2], pointer=pointer)


def shape_list(value: Any) -> Shape:
    """Return a shape in any dialect's form: a list, or tf.keras's __tuple__ or TensorShape objects."""
    if isinstance(value, dict) and value.get("class_name") in ("__tuple__", "TensorShape"):
        value = value.get("items", value.get("config"))
    return as_shape(value)


def untuple(value: Any) -> Any:
    """Return `value` with tf.keras's `__tuple__` and `TensorShape` objects replaced by lists."""
    if isinstance(value, dict):
        if value.get("class_name") in ("__tuple__", "TensorShape") and isinstance(value.get("items"), list):
            return [untuple(item) for item in value["items"]]
        if value.get("class_name") == "Dimension" and "value" in value:
            return value["value"]
        return value
    if isinstance(value, list):
        for item in value:
            if isinstance(item, dict | list):
                return [untuple(item) for item in value]
    return value


def shift_nested_calls(layers: list[LayerSpec], ends: list[TensorRef]) -> None:
    """Count the calls of nested models from 0.

    Keras 1 and 2 call a model once when they create it, so the first call that a file refers to is 1.
    """
    nested = {layer.name: layer for layer in layers if layer.model is not None}
    if not nested:
        return
    refs: dict[str, list[TensorRef]] = {}
    for layer in layers:
        for call in layer.calls:
            for ref in call.references:
                if ref.layer in nested:
                    refs.setdefault(ref.layer, []).append(ref)
    for ref in ends:
        if ref.layer in nested:
            refs.setdefault(ref.layer, []).append(ref)
    for found in refs.values():
        if min(ref.node for ref in found) > 0:
            for ref in found:
                ref.node -= 1


def check_names(model: ModelSpec, problems: list[Problem]) -> None:
    """Report layers with the same name: Keras refuses them, and references to them are ambiguous."""
    seen: dict[str, LayerSpec] = {}
    first = model.layers[0] if model.layers and model.dialect == "keras2" and model.sequential else None
    if first is not None and first.input_shape is not None:  # for which tf.keras creates an input of this name
        seen[f"{first.name}_input"] = first
    for layer in model.layers:
        other = seen.setdefault(layer.name, layer)
        if other is not layer:
            problems.append(
                Problem(
                    "S127",
                    f"two layers are named {show(layer.name)} ({other.class_name} and {layer.class_name});"
                    " Keras raises a ValueError, since layer names in a model must be unique",
                    f"Rename one of them, and the references to it, {layer.name}_1 for instance.",
                    layer.name,
                    layer.pointer,
                    data={"spec": layer},
                )
            )


__all__ = [
    "LAYER_ARGUMENTS", "MAX_DEPTH", "Call", "Dialect", "LayerSpec", "ModelError", "ModelSpec", "Names", "TensorRef",
    "check_names", "escape", "is_layer_object", "is_reference", "map_references", "parse_ends", "plain_reference",
    "references_in", "shape_list", "shift_nested_calls", "snake_case", "untuple",
]  # fmt: skip


def is_model(obj: dict[str, Any]) -> bool:
    """Return whether a serialized layer is a model: a Sequential, a Functional, or a subclass saved like one."""
    config = obj.get("config")
    if not isinstance(config, dict):
        return False
    layers = config.get("layers")
    return isinstance(layers, list) and (
        obj.get("class_name") in MODEL_CLASSES or ("input_layers" in config and "output_layers" in config)
    )


def nested_list_shape(value: Any) -> tuple[int, ...] | None:
    """Return the shape of nested lists of numbers, judged by the first element of each."""
    dims: list[int] = []
    while isinstance(value, list):
        dims.append(len(value))
        if not value:
            break
        value = value[0]
    return tuple(dims)


def check_depth(depth: int, pointer: str, what: str = "models") -> None:
    """Raise ModelError if models or layers are nested too deeply."""
    if depth > MAX_DEPTH:
        raise ModelError(f"{what} are nested more than {MAX_DEPTH} deep", pointer, "Flatten the model.")


def layer_list(layers: Any, class_name: str, pointer: str) -> list[Any]:
    """Return the list of layers of a model. Raises: ModelError if there is none."""
    if not isinstance(layers, list):
        raise ModelError(f"the {class_name} model has no list of layers", pointer, "Add `layers`.")
    return layers


def class_of(layer: Any, pointer: str) -> str:
    """Return the class name of a serialized layer. Raises: ModelError if it is malformed."""
    if not isinstance(layer, dict):
        message = f"a layer must be an object, but this is {kind_of(layer)}"
        raise ModelError(message, pointer, "Write class_name and config.")
    class_name = layer.get("class_name")
    if not isinstance(class_name, str):
        raise ModelError("a layer has no class_name", pointer, 'Add it: "class_name": "LSTM".')
    return class_name


def kind_of(value: Any) -> str:
    return {dict: "an object", list: "a list", str: "a string", type(None): "null"}.get(type(value), "a number")
