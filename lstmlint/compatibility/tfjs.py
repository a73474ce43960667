"""Loading as TensorFlow.js does: `loadLayersModel` and `models.modelFromJSON`, in version 4.22.

TensorFlow.js reads the format of Keras 2, translates the keys to camel case, and ignores arguments that it does not know.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lstmlint.compatibility.loader import MODELS, Loader
from lstmlint.compatibility.names import exists_somewhere
from lstmlint.fixing.edits import Edit
from lstmlint.model.releases import TFJS
from lstmlint.reading.document import Document
from lstmlint.signatures import history

# Layers with a cell or a layer inside, which are visited as layers.
INNER = ("layer", "cell", "cells")
# Arguments of SeparableConv2D that must not be there.
NOT_SEPARABLE = ("kernel_initializer", "kernel_regularizer", "kernel_constraint")


class TfjsLoader(Loader):
    """Finds the obstacles in a file for TensorFlow.js."""

    def load(self, document: Document) -> None:
        """Visit a file."""
        if document.container == "yaml":
            self.yaml(document)
        elif document.container not in ("json", "tfjs"):
            message = f"the file is {CONTAINERS[document.container]}, and TensorFlow.js reads JSON"
            self.add("structure", document.container, message, "Convert it with tensorflowjs_converter.", "")
        if not self.is_keras0(document):
            self.layer_object(document.model, document.model_pointer)

    def layer_object(self, value: Any, pointer: str) -> None:
        """Visit a layer or a model."""
        class_name, config = value.get("class_name"), value.get("config")
        if not isinstance(class_name, str):
            return
        config = {"layers": config} if isinstance(config, list) else config if isinstance(config, dict) else {}
        outer = self.layer
        self.enter("layers", config)
        at = f"{pointer}/config"
        if class_name in MODELS:
            self.model(class_name, config, at)
        elif not has("layers", class_name):
            kind = next((kind for kind in ("layers", "operations") if exists_somewhere(kind, class_name)), None)
            if kind is None:
                self.not_found(None, class_name, pointer)
            else:
                message = f"TensorFlow.js has no {class_name}"
                self.add("class", class_name, message, "Replace it, or register a class of that name.", pointer)
        else:
            self.check(class_name, config, pointer)
            for argument in INNER:
                inner = config.get(argument)
                for index, item in enumerate(inner if isinstance(inner, list) else [inner]):
                    if isinstance(item, dict):
                        place = f"{at}/{argument}/{index}" if isinstance(inner, list) else f"{at}/{argument}"
                        self.layer_object(item, place)
            self.nested("layers", config, at)
        self.layer = outer

    def value(self, value: Any, pointer: str) -> None:
        """Ignore objects in arguments that TensorFlow.js does not read."""

    def lookup(self, kind: str, value: str | dict[str, Any], pointer: str) -> None:
        """Visit an initializer, regularizer, constraint or activation."""
        name = value if isinstance(value, str) else value.get("class_name")
        if not isinstance(name, str) or has(kind, name) or (kind == "activations" and has("layers", name)):
            return
        if exists_somewhere(kind, name):
            message = f"TensorFlow.js has no {kind.removesuffix('s')} {name}"
            self.add("class", name, message, "Use another one, or register one of that name.", pointer)
        else:
            self.not_found(None, name, pointer)

    def check(self, class_name: str, config: dict[str, Any], pointer: str) -> None:
        """Record what the constructor of a layer refuses."""
        at = f"{pointer}/config"
        if class_name == "InputLayer" and not has_shape(config):
            shape = config.get("batch_shape")
            self.add(
                "argument",
                "batch_shape",
                "InputLayer has no batch_input_shape, which TensorFlow.js needs",
                "Rename batch_shape to batch_input_shape." if shape is not None else "Add batch_input_shape.",
                f"{at}/batch_shape" if shape is not None else pointer,
                Edit(at, "batch_shape", "batch_input_shape") if shape is not None else None,
                "rename batch_shape to batch_input_shape",
            )
        if class_name in ("GRU", "GRUCell") and config.get("reset_after"):
            self.add(
                "argument",
                "reset_after",
                "reset_after of the GRU is true, which TensorFlow.js does not support",
                "Train the model with reset_after=False.",
                f"{at}/reset_after",
            )
        if class_name == "ELU" and config.get("alpha") not in (None, 1):
            message = "alpha of the ELU is not 1, which TensorFlow.js does not support"
            self.add("argument", "alpha", message, "Use LeakyReLU or PReLU, or alpha 1.", f"{at}/alpha")
        if class_name == "SeparableConv2D":
            given = [argument for argument in NOT_SEPARABLE if config.get(argument) is not None]
            for argument in given[:1]:
                message = f"SeparableConv2D has {argument}, which TensorFlow.js refuses"
                self.add("argument", argument, message, f"Remove {argument}: it has no effect.", f"{at}/{argument}")

    def model(self, class_name: str, config: dict[str, Any], pointer: str) -> None:
        """Visit the layers of a model, then their calls, then its inputs and outputs."""
        layers = config.get("layers")
        layers = [layer for layer in layers if isinstance(layer, dict)] if isinstance(layers, list) else []
        at = f"{pointer}/layers" if config.keys() != {"layers"} else pointer
        if class_name == "Sequential" and layers and not starts_with_shape(layers[0]):
            self.add(
                "structure",
                "batch_input_shape",
                "the first layer of a Sequential has no input shape, which TensorFlow.js needs",
                "Add batch_input_shape to it, or an InputLayer before it.",
                f"{at}/0",
            )
        for index, layer in enumerate(layers):
            self.layer_object(layer, f"{at}/{index}")
        if "input_layers" not in config:
            return
        for pointer_to_ends, message in self.form(config, layers, pointer):
            self.add(
                "structure", "inbound_nodes", message, "Build the model with tf.keras or tf_keras.", pointer_to_ends
            )
            return

    def form(self, config: dict[str, Any], layers: list[dict[str, Any]], pointer: str) -> Iterator[tuple[str, str]]:
        """Yield the parts of a functional model that are not in the form of Keras 2."""
        for index, layer in enumerate(layers):
            nodes = layer.get("inbound_nodes")
            if isinstance(nodes, list) and any(isinstance(node, dict) for node in nodes):
                yield (
                    f"{pointer}/layers/{index}/inbound_nodes",
                    "the calls of layers are in the form of Keras 3, and TensorFlow.js reads that of Keras 2",
                )
        for key in ("input_layers", "output_layers"):
            ends = config.get(key)
            if not isinstance(ends, list) or not all(isinstance(end, list) for end in ends):
                yield f"{pointer}/{key}", f"{key} is not a list of tensors, as TensorFlow.js needs"
            elif any(end and isinstance(end[0], list) for end in ends):
                yield f"{pointer}/{key}", f"{key} is nested, which TensorFlow.js does not support"


CONTAINERS = {"keras": "a .keras archive", "hdf5": "an HDF5 file", "saved_model": "a SavedModel"}


def has(kind: str, name: str) -> bool:
    """Check whether TensorFlow.js has a class or function."""
    return history.arguments(kind, name, TFJS) is not None


def has_shape(config: dict[str, Any]) -> bool:
    """Check whether a layer declares an input shape as TensorFlow.js reads it."""
    return config.get("batch_input_shape") is not None or config.get("input_shape") is not None


def starts_with_shape(layer: dict[str, Any]) -> bool:
    """Check whether a layer that comes first in a Sequential has an input shape."""
    config = layer.get("config")
    if layer.get("class_name") == "InputLayer" or not isinstance(config, dict):
        return True  # `check` looks at the shape of an InputLayer
    inner = config.get("layers")
    if isinstance(inner, list):
        return layer.get("class_name") != "Sequential" or (bool(inner) and starts_with_shape(inner[0]))
    return has_shape(config)
