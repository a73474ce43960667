"""Loading as Keras 2, tf.keras and tf_keras do: classes are found by their names, whatever module a file states."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from lstmlint.compatibility.loader import METRIC_WORDS, MODELS, Loader
from lstmlint.compatibility.names import exists_somewhere, kind_of_module
from lstmlint.compatibility.obstacles import Obstacle
from lstmlint.model.releases import label, line_of
from lstmlint.reading.document import Document
from lstmlint.signatures import built, history
from lstmlint.signatures.built import shown

# The releases in which the loader changed.
ARCHIVES = (2, 12)  # .keras archives
SAFE_MODE = (2, 13)  # Python code is refused, except in HDF5 files
MODULES_IN_LAYERS = (2, 13)  # layers that name a module are looked up there
WITHOUT_YAML = {"": (2, 4), "tf": (2, 3), "tf_keras": (2, 16)}  # model_from_yaml raises an error
# Where the objects in other arguments than those of KIND_OF_SUFFIX may come from.
OTHER_KINDS = ("layers", "models", "schedules", "optimizers", "losses", "metrics", "activations", "initializers")


class Keras2Loader(Loader):
    """Finds the obstacles in a file for one release of Keras 2, tf.keras or tf_keras."""

    archive = False
    safe = False

    def load(self, document: Document) -> None:
        """Visit a file as `model_from_json` or `load_model` does, by its container."""
        pointer = document.model_pointer
        if document.container == "yaml" and self.version >= WITHOUT_YAML[line_of(self.release)]:
            self.yaml(document)
            return
        unread = self.unread(document.container)
        if unread is not None:
            self.add("structure", document.container, *unread, pointer)
            return
        if self.is_keras0(document):
            return
        self.archive = document.container == "keras"
        self.safe = document.container in ("keras", "json", "yaml") and self.version >= SAFE_MODE
        if self.archive:
            self.object(document.model, pointer)
            self.weights(document)
        else:
            self.by_name(document.model, pointer)
        if document.container == "hdf5" and isinstance(document.training_config, dict):
            self.training(document.training_config, document.training_pointer)

    def weights(self, document: Document) -> None:
        """Record the stored weights of an archive if this release looks for them in other groups."""
        if self.version >= built.WEIGHTS_IN_LAYERS or not line_of(self.release):
            return
        stored = document.readable_weights()
        if stored is not None and any(weight.path[0] == "layers" for weight in stored.weights):
            first, older = shown(built.WEIGHTS_IN_LAYERS), label(self.release)
            message = (
                f"archives keep the weights in other groups since TensorFlow {first}, and {older} does not find them"
            )
            self.add("weights", "layers", message, "Save the model as .h5.", document.model_pointer)

    def unread(self, container: str) -> tuple[str, str] | None:
        """Return why this release does not read files of a container, and what to do; None if it does."""
        if container == "keras" and (self.version < ARCHIVES or not line_of(self.release)):
            return (
                "Keras 2 reads .keras archives only since TensorFlow 2.12",
                "Save the model as .h5, or use TensorFlow 2.12 or later.",
            )
        if container == "saved_model" and not line_of(self.release):
            return (
                "the file is a SavedModel, which only tf.keras and tf_keras read",
                "Load the model with tf.keras or tf_keras.",
            )
        if container == "tfjs":
            return "the file is a model of TensorFlow.js", "Convert it with tensorflowjs_converter."
        return None

    def object(self, value: dict[str, Any], pointer: str) -> None:
        """Visit a serialized object that may be of any kind."""
        class_name, config = value["class_name"], value["config"]
        if not isinstance(class_name, str) or class_name.startswith("__") or class_name in ("TensorShape", "TypeSpec"):
            if class_name == "__lambda__" and self.safe:
                self.code(pointer)
            return
        if class_name == "function":
            self.function(value, pointer)
            return
        module = value.get("module")
        kind = kind_of_module(module, class_name)
        modules = () if kind is None else history.paths(kind, class_name, self.release)
        if kind is not None and (module in modules or f"tf_{module}" in modules):  # tf_keras finds what tf.keras writes
            self.from_config(kind, class_name, config if isinstance(config, dict) else {"layers": config}, pointer)
        elif kind is not None and "module" in value and self.archive and kind == "models":
            self.not_found(kind, class_name, pointer, module)
        elif kind == "layers" and self.is_hidden(class_name) and self.version >= MODULES_IN_LAYERS:
            self.not_found(kind, class_name, pointer, module)
        else:
            self.by_name(value, pointer)
        if isinstance(value.get("compile_config"), dict):
            self.value(value["compile_config"], f"{pointer}/compile_config")

    def is_hidden(self, class_name: str) -> bool:
        """Check whether a layer exists but is not in keras.layers, such as CuDNNLSTM."""
        modules = history.paths("layers", class_name, self.release)
        return bool(modules) and "keras.layers" not in modules

    def function(self, value: dict[str, Any], pointer: str) -> None:
        """Visit a function."""
        name = value["config"] if value.get("module") == "builtins" else value.get("registered_name", value["config"])
        kinds = ("activations", "initializers", "losses", "metrics", "regularizers", "constraints")
        if isinstance(name, str) and not any(history.paths(kind, name, self.release) for kind in kinds):
            self.not_found(next((kind for kind in kinds if exists_somewhere(kind, name)), None), name, pointer)

    def by_name(self, value: Any, pointer: str) -> None:
        """Visit a layer, a model, or another object that is looked up by its class alone."""
        class_name, config = value.get("class_name"), value.get("config")
        if not isinstance(class_name, str):
            return
        class_name = class_name.removeprefix("Custom>")
        kind = "models" if class_name in MODELS else None
        kind = kind or next((one for one in OTHER_KINDS if "" in history.paths(one, class_name, self.release)), None)
        config = {"layers": config} if isinstance(config, list) else config if isinstance(config, dict) else {}
        outer = self.layer
        self.enter(kind if kind is not None else "layers", config)
        if kind is None:
            elsewhere = (one for one in (*OTHER_KINDS, "operations") if exists_somewhere(one, class_name))
            self.not_found(next(elsewhere, None), class_name, pointer)
        self.from_config(kind, class_name, config, pointer)
        self.layer = outer

    def arguments(self, kind: str, class_name: str, config: dict[str, Any], pointer: str) -> None:
        """Record the arguments that a constructor does not take. An optimizer with decay is an older one in any release."""
        if kind == "optimizers":
            config = {key: value for key, value in config.items() if key != "decay"}
        super().arguments(kind, class_name, config, pointer)

    def unknown_argument(self, kind: str, class_name: str, argument: str, value: Any, pointer: str) -> Obstacle:
        """Return the obstacle of an argument. batch_shape of an InputLayer shows that Keras 3 wrote the file."""
        found = super().unknown_argument(kind, class_name, argument, value, pointer)
        if class_name == "InputLayer" and argument == "batch_shape":
            advice = f"Convert the file, which Keras 3 wrote: lstmlint convert FILE --to {self.release}."
            return replace(found, help=advice)
        return found

    def inner_layers(self, value: Any, pointer: str) -> None:
        """Visit the layer, or the list of layers, in an argument of another."""
        if isinstance(value, list):
            for index, item in enumerate(value):
                self.inner_layers(item, f"{pointer}/{index}")
        elif isinstance(value, dict):
            self.by_name(value, pointer)

    def model(self, class_name: str, config: dict[str, Any], pointer: str) -> None:
        """Visit the layers of a model, then their calls."""
        layers = config["layers"]
        at = f"{pointer}/layers" if config.keys() != {"layers"} else pointer
        for index, layer in enumerate(layers):
            if isinstance(layer, dict):
                self.layer_of_model(layer, f"{at}/{index}")
        if "input_layers" not in config:
            return
        for index, layer in enumerate(layers):
            nodes = layer.get("inbound_nodes") if isinstance(layer, dict) else None
            if isinstance(nodes, list) and any(isinstance(node, dict) for node in nodes):
                self.add(
                    "structure",
                    "inbound_nodes",
                    "the calls of layers are in the form of Keras 3",
                    "Load the model with Keras 3, or build it with tf.keras or tf_keras.",
                    f"{at}/{index}/inbound_nodes",
                )
                return

    def layer_of_model(self, layer: dict[str, Any], pointer: str) -> None:
        """Visit a layer of a model. Newer releases look up its name, and then its class in the module that it states."""
        name = layer.get("class_name")
        named = isinstance(name, str) and "" in history.paths("layers", name, self.release)
        if named and "module" in layer and "config" in layer and self.version >= MODULES_IN_LAYERS:
            self.object(layer, pointer)
        else:
            self.by_name(layer, pointer)

    def lambda_layer(self, config: dict[str, Any], pointer: str) -> None:
        """Visit the functions of a Lambda: code is refused in safe mode, which does not apply to HDF5 files."""
        if self.safe and config.get("function_type", "lambda") == "lambda":
            self.code(f"{pointer}/function")

    def training(self, config: dict[str, Any], pointer: str) -> None:
        """Visit the optimizer in the training settings of an HDF5 file."""
        optimizer = config.get("optimizer_config")
        optimizer = optimizer if isinstance(optimizer, dict) else {}
        name = optimizer.get("class_name")
        if isinstance(name, str):
            name = name.removeprefix("Custom>")
            if not history.paths("optimizers", name, self.release):
                self.not_found("optimizers", name, f"{pointer}/optimizer_config")
            elif isinstance(optimizer.get("config"), dict):
                self.from_config("optimizers", name, optimizer["config"], f"{pointer}/optimizer_config")
        super().training(config, pointer)

    def compiled_one(self, kind: str, value: str | dict[str, Any], pointer: str) -> None:
        """Visit a loss or a metric. Of its class only the name matters: older releases store functions."""
        name = value if isinstance(value, str) else value.get("class_name")
        if isinstance(name, str) and name not in METRIC_WORDS and not exists_somewhere(kind, name):
            self.not_found(None, name, pointer)
