"""Loading as Keras 3 does: `deserialize_keras_object`, and the loader of HDF5 files."""

from __future__ import annotations

from typing import Any

from lstmlint.compatibility.loader import MODELS, Loader, is_end
from lstmlint.compatibility.names import exists_somewhere, kind_of_module
from lstmlint.compatibility.obstacles import Obstacle
from lstmlint.fixing.edits import Edit
from lstmlint.reading.document import Document
from lstmlint.signatures import history

# Special objects that every release reads. Their config holds nothing to look up.
VALUES = frozenset({"__keras_tensor__", "__tensor__", "__numpy__", "__bytes__", "__typespec__"})
# The kinds in which the name of a function in the module "builtins" is looked up.
BUILTINS = ("activations", "constraints", "initializers", "losses", "metrics", "optimizers", "regularizers")
# The releases in which the loader changed.
ELLIPSIS = (3, 3)  # slices with an ellipsis
POLICIES_BY_NAME = (3, 3)  # dtype policies are looked up by their class alone
NESTED_ENDS = (3, 4)  # inputs and outputs of any structure, a single tensor among them
KEYWORDS_OF_MODELS = (3, 7)  # other keys of a functional model's config go to its constructor
NO_REGISTERED_BUILTINS = (3, 15)  # a class of Keras must not have a registered_name
# The containers that Keras 3 does not read, and what to do instead.
OTHER_CONTAINERS = {
    "tfjs": ("models of TensorFlow.js", "Convert it with tensorflowjs_converter, or load the original."),
    "saved_model": (
        "a SavedModel with load_model",
        "Load it with tf_keras and save it as .keras or .h5, or use keras.layers.TFSMLayer for inference.",
    ),
}


class Keras3Loader(Loader):
    """Finds the obstacles in a file for one release of Keras 3."""

    def load(self, document: Document) -> None:
        """Visit a file as `model_from_json` or `load_model` does, by its container."""
        if document.container == "hdf5":
            self.legacy(document.model, document.model_pointer)
        elif document.container in ("json", "yaml", "keras"):
            self.value(document.model, document.model_pointer)
        else:
            what, to = OTHER_CONTAINERS[document.container]
            self.add("structure", document.container, f"{self.name} does not load {what}", to, document.model_pointer)

    def object(self, value: dict[str, Any], pointer: str) -> None:
        """Visit a serialized object, as `deserialize_keras_object` does."""
        class_name, config = value["class_name"], value["config"]
        if class_name in VALUES or not isinstance(class_name, str):
            return
        if class_name == "__ellipsis__":
            if self.version < ELLIPSIS:
                message = "slices with an ellipsis (...) are read since Keras 3.3"
                self.add("structure", class_name, message, "Load the model with a later Keras.", pointer)
        elif class_name == "__slice__":
            self.value(config, f"{pointer}/config")
        elif class_name == "__lambda__":
            self.code(pointer)
        elif class_name == "function":
            self.function(value, pointer)
        else:
            outer = self.layer
            kind = kind_of_module(value.get("module"), class_name)
            config = config if isinstance(config, dict) else {}
            self.enter(kind, config)
            self.find_class(value, kind, class_name, pointer)
            if "module" in value:
                self.from_config(kind, class_name, config, pointer)
            if kind in ("models", "layers") and isinstance(value.get("compile_config"), dict):
                self.value(value["compile_config"], f"{pointer}/compile_config")
            self.layer = outer

    def function(self, value: dict[str, Any], pointer: str) -> None:
        """Visit a function, which is found by its name and module."""
        name, module = value["config"], value.get("module")
        if not isinstance(name, str):
            return
        if module == "builtins":
            if not any("" in history.paths(kind, name, self.release) for kind in BUILTINS):
                self.not_found(next((kind for kind in BUILTINS if exists_somewhere(kind, name)), None), name, pointer)
            return
        if isinstance(module, str) and module.startswith(("keras.ops", "keras.src.ops", "keras.random")):
            return  # the history has only the classes of operations
        kind = kind_of_module(module, name)
        if kind is None or module not in history.paths(kind, name, self.release):
            self.not_found(kind, name, pointer, module)

    def find_class(self, value: dict[str, Any], kind: str | None, class_name: str, pointer: str) -> None:
        """Look up a class by its module. kind: None if it is not one of Keras."""
        if "module" not in value:
            self.obstacles.append(self.without_module(class_name, pointer))
            return
        module = value["module"]
        if kind is None or module not in history.paths(kind, class_name, self.release):
            self.not_found(kind, class_name, pointer, module)
            return
        registered = value.get("registered_name")
        if self.version >= NO_REGISTERED_BUILTINS and registered and registered != class_name:
            self.add(
                "structure",
                "registered_name",
                f"registered_name of {class_name} is {registered!r}, and a class of Keras has none",
                "Set it to null.",
                f"{pointer}/registered_name",
                Edit(pointer, "registered_name", "registered_name", None),
                "set registered_name to null",
            )

    def dtype(self, value: dict[str, Any], pointer: str) -> None:
        """Visit a dtype policy."""
        if self.version < POLICIES_BY_NAME:
            self.value(value, pointer)
        else:
            self.lookup("dtype_policies", value, pointer)

    def model(self, class_name: str, config: dict[str, Any], pointer: str) -> None:
        """Visit the layers of a model, then their calls, then its inputs and outputs."""
        layers = [(layer, f"{pointer}/layers/{index}") for index, layer in enumerate(config["layers"])]
        for layer, at in layers:
            if isinstance(layer, dict) and "module" not in layer:
                self.legacy(layer, at)
            elif isinstance(layer, dict):
                self.value(layer, at)
        if "input_layers" not in config:
            return
        for layer, at in layers:
            nodes = layer.get("inbound_nodes") if isinstance(layer, dict) else None
            if isinstance(nodes, list) and nodes:
                outer, self.layer = self.layer, layer.get("name") if isinstance(layer.get("name"), str) else None
                self.value(nodes, f"{at}/inbound_nodes")
                self.layer = outer
        if self.version < NESTED_ENDS:
            for key in ("input_layers", "output_layers"):
                self.ends(config, key, pointer)
        if self.version >= KEYWORDS_OF_MODELS and class_name in MODELS:
            for key, value in config.items():
                if key not in ("layers", "input_layers", "output_layers", "name", "trainable"):
                    self.obstacles.append(self.unknown_argument("models", class_name, key, value, pointer))

    def ends(self, config: dict[str, Any], key: str, pointer: str) -> None:
        """Check the form of a model's inputs or outputs: a list or dict of [layer, node, tensor] in these releases."""
        ends = config.get(key)
        if not isinstance(ends, list | dict):
            return
        flat = is_end(ends)
        if not flat and all(map(is_end, ends.values() if isinstance(ends, dict) else ends)):
            return
        self.add(
            "structure",
            key,
            f"{key} is {'a single tensor' if flat else 'nested'}, a form that Keras reads since 3.4",
            "Put it into another list." if flat else "Load the model with a later Keras.",
            f"{pointer}/{key}",
            Edit(pointer, key, key, (tuple(ends),)) if flat else None,
            f"put {key} into a list",
        )

    def lambda_layer(self, config: dict[str, Any], pointer: str) -> None:
        """Visit the functions of a Lambda: Python code is refused in safe mode, which is the default."""
        for key in ("function", "output_shape", "mask"):
            value = config.get(key)
            if isinstance(value, dict) and value.get("class_name") == "__lambda__":
                self.code(f"{pointer}/{key}")
                return

    def without_module(self, class_name: str, pointer: str) -> Obstacle:
        """Return the obstacle of an object in the form of Keras 2."""
        return Obstacle(
            "structure",
            "module",
            f"{class_name} has no module: it is in the format of Keras 2",
            "Convert the file: lstmlint convert FILE --to keras3.",
            pointer,
            self.layer,
            mendable=True,
        )

    # The loader of HDF5 files ----------------------------------------------------------------------------------------

    def legacy(self, value: dict[str, Any], pointer: str) -> None:
        """Visit a layer or model in the form of HDF5 files, without modules, as `model_from_config` does."""
        class_name, config = value.get("class_name"), value.get("config")
        if not isinstance(class_name, str) or not isinstance(config, dict):
            return
        config = dict(config)
        shape = config.pop("batch_input_shape", None)
        if shape is not None:
            config["batch_shape" if class_name == "InputLayer" else "input_shape"] = shape
        if class_name == "Lambda":
            for key in ("module", "function_type", "output_shape_type", "output_shape_module"):
                config.pop(key, None)
            if isinstance(config.get("function"), list):
                config["function"] = {"class_name": "__lambda__", "config": {}}
        kind = next(
            (kind for kind in ("models", "layers") if "" in history.paths(kind, class_name, self.release)), None
        )
        if kind is None:
            known = next((kind for kind in ("layers", "models") if exists_somewhere(kind, class_name)), None)
            self.not_found(known, class_name, pointer)
        self.from_config(kind, class_name, config, pointer)
