"""Loading as Keras 3 does: `deserialize_keras_object`, and the loader of HDF5 files."""

from __future__ import annotations

from typing import Any

from lstmlint.compatibility.loader import MODELS, Loader, class_of, is_end
from lstmlint.compatibility.names import exists_somewhere, kind_of_module
from lstmlint.compatibility.obstacles import Obstacle
from lstmlint.fixing.edits import Edit
from lstmlint.model.pointers import escape
from lstmlint.model.values import show
from lstmlint.reading.document import Document
from lstmlint.signatures import built, history
from lstmlint.signatures.built import ACTIVATION_LAYERS, BUILT_MERGES, ELLIPSIS, NESTED_ENDS, RETURNS_SCORES, shown

# Special objects that every release reads. Their config holds nothing to look up.
VALUES = frozenset({"__keras_tensor__", "__tensor__", "__numpy__", "__bytes__", "__typespec__"})
# The kinds in which the name of a function in the module "builtins" is looked up.
BUILTINS = ("activations", "constraints", "initializers", "losses", "metrics", "optimizers", "regularizers")
SHORT_LOSSES = frozenset(
    name for short in ("mse", "mae", "mape", "msle", "bce", "kld") for name in (short, short.upper())
)
# Layers that have the name of an operation of two arguments, and take a list.
OPERATORS = frozenset({"Add", "Average", "Maximum", "Minimum", "Multiply", "Subtract"})
FUNCTIONAL = frozenset({"Functional", "Model"})
RECURRENT = frozenset({"RNN", "SimpleRNN", "LSTM", "GRU", "Bidirectional", "ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D"})
# Functions of keras.layers.
LAYER_FUNCTIONS = frozenset(name.lower() for name in (*OPERATORS, "Concatenate", "Dot"))
NORMALIZATIONS = frozenset({"LayerNormalization", "BatchNormalization", "UnitNormalization"})
# The releases in which the loader changed.
LAST_WITHOUT_BIDIRECTIONAL = (3, 2)  # the stored weights of a Bidirectional are not loaded
SHIFTED_ENDS = (3, 3)  # the calls of a nested functional model count from 1 in output_layers
SAFE_HDF5 = (3, 11)  # safe mode applies to HDF5 files
POLICIES_BY_NAME = (3, 3)  # dtype policies are looked up by their class alone
POLICY_OF_HASHING = (3, 4)  # Hashing takes a dtype policy that is an object
KEYWORDS_OF_MODELS = (3, 7)  # other keys of a functional model's config go to its constructor
FUNCTIONS_IN_HDF5 = (3, 14)  # strings in HDF5 files are replaced by functions of keras.layers with that name
NO_REGISTERED_BUILTINS = (3, 15)  # a class of Keras must not have a registered_name
SUFFIXES = ("keras", "h5", "hdf5")
# The containers that Keras 3 does not read, and what to do instead.
OTHER_CONTAINERS = {
    "tfjs": ("a model of TensorFlow.js", "Convert it with tensorflowjs_converter, or load the original."),
    "saved_model": (
        "a SavedModel, which load_model does not read",
        "Load it with tf_keras and save it as .keras or .h5, or use keras.layers.TFSMLayer for inference.",
    ),
}


class Keras3Loader(Loader):
    """Finds the obstacles in a file for one release of Keras 3."""

    def __init__(self, release: str, writer: str | None = None) -> None:
        super().__init__(release, writer)
        self.safe = True
        self.bidirectionals: list[tuple[Any, str]] = []
        # Layers whose weights in an HDF5 file do not fit: the layer, the argument, the cause, and the pointer.
        self.late: list[tuple[Any, str, str, str]] = []

    def load(self, document: Document) -> None:
        """Visit a file as `model_from_json` or `load_model` does, by its container."""
        self.safe = document.container != "hdf5" or self.version >= SAFE_HDF5
        if self.misnamed(document) or self.is_keras0(document):
            return
        if document.container == "hdf5":
            self.legacy(document.model, document.model_pointer)
            self.weights(document)
            if isinstance(document.training_config, dict):
                self.training(document.training_config, document.training_pointer)
        elif document.container == "yaml":
            self.yaml(document)
        elif document.container in ("json", "keras"):
            self.value(document.model, document.model_pointer)
            self.weights(document)
        else:
            what, to = OTHER_CONTAINERS[document.container]
            self.add("structure", document.container, f"the file is {what}", to, document.model_pointer)

    def weights(self, document: Document) -> None:
        """Record layers whose stored weights this release does not load."""
        for layer, argument, cause, pointer in self.late:
            self.layer = layer
            message = f"{cause}, so the stored weights do not fit"
            self.add("weights", argument, message, "Save the model as .keras.", pointer)
        self.nadam(document)
        if self.version <= LAST_WITHOUT_BIDIRECTIONAL and document.stored_weights is not None:
            for layer, pointer in self.bidirectionals:
                self.layer = layer
                message = (
                    f"Keras {shown(self.version)} does not load the stored weights of a Bidirectional, not even its own"
                )
                self.add("weights", "Bidirectional", message, "Load the model with Keras 3.3 or later.", pointer)

    def nadam(self, document: Document) -> None:
        """Record the stored state of a Nadam optimizer if this release orders its variables in another way."""
        compiled = document.model.get("compile_config")
        optimizer = compiled.get("optimizer") if isinstance(compiled, dict) else None
        if not isinstance(optimizer, dict) or optimizer.get("class_name") != "Nadam" or document.container != "keras":
            return
        stored = document.readable_weights()
        if not stored or len(stored.optimizer) < 3:
            return
        product_first = stored.optimizer[2] == ()
        if product_first == (self.version >= built.NADAM_STATE):
            message = (
                "the order of the variables of Nadam changed in Keras 3.10, and the stored ones are in that of"
                f" {'earlier' if product_first else 'later'} releases"
            )
            advice = "Pass compile=False, or save the model without its optimizer."
            self.add("weights", "Nadam", message, advice, f"{document.model_pointer}/compile_config/optimizer")

    def from_config(self, kind: str | None, class_name: str, config: dict[str, Any], pointer: str) -> None:
        """Visit what a class creates from its config."""
        policy = config.get("dtype")
        mode = policy.partition("_from_")[0] if isinstance(policy, str) and "_from_" in policy else None
        if mode is not None and self.lacks_mode(mode, f"{pointer}/config/dtype"):
            return
        super().from_config(kind, class_name, config, pointer)
        if class_name == "Bidirectional" and kind == "layers":
            self.bidirectionals.append((config.get("name"), pointer))

    def arguments(self, kind: str, class_name: str, config: dict[str, Any], pointer: str) -> None:
        """Record the arguments that a constructor does not take."""
        super().arguments(kind, class_name, config, pointer)
        if class_name == "BatchNormalization" and isinstance(config.get("axis"), list):
            message = f"axis of BatchNormalization is a list, and {self.generation} takes one integer"
            self.add("argument", "axis", message, "Convert the file with lstmlint convert.", f"{pointer}/axis")

    def lookup(self, kind: str, value: str | dict[str, Any], pointer: str) -> None:
        """Visit an object that is looked up by its name alone; since Keras 3.10, an activation may be a layer."""
        name = value.get("class_name") if isinstance(value, dict) else None
        if kind == "activations" and self.version < ACTIVATION_LAYERS and isinstance(name, str):
            if history.arguments("layers", name, self.release) is not None:
                message = f"the activation is the layer {name}, which Keras reads since 3.10"
                self.add("structure", name, message, f"Use a function, or add {name} as a layer.", pointer)
                return
        super().lookup(kind, value, pointer)

    def code(self, pointer: str) -> None:
        """Record Python code, unless safe mode does not apply."""
        if self.safe:
            super().code(pointer)

    def misnamed(self, document: Document) -> bool:
        """Record a file whose suffix does not fit its format, which `load_model` tells by the suffix."""
        suffix = document.path.rpartition(".")[2].lower()
        wanted = {"hdf5": ("h5", "hdf5"), "keras": ("keras",)}.get(document.container, ())
        if suffix not in SUFFIXES or suffix in wanted or not wanted:
            return False
        what = "HDF5" if document.container == "hdf5" else "a .keras archive"
        self.add(
            "structure",
            suffix,
            f"the format of the file is {what}, but it is named .{suffix}; {self.generation} goes by the name",
            f"Name it .{wanted[0]}.",
            document.model_pointer,
        )
        return True

    def object(self, value: dict[str, Any], pointer: str) -> None:
        """Visit a serialized object, as `deserialize_keras_object` does."""
        class_name, config = value["class_name"], value["config"]
        if not isinstance(class_name, str) or class_name in VALUES:
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
                if kind == "layers":
                    self.built(class_name, value, config, pointer)
                elif class_name == "GetItem" and self.version < built.INDEX_LISTS:
                    self.indices(value, pointer)
            if kind in ("models", "layers") and isinstance(value.get("compile_config"), dict):
                self.value(value["compile_config"], f"{pointer}/compile_config")
            self.layer = outer

    def built(self, class_name: str, value: dict[str, Any], config: dict[str, Any], pointer: str) -> None:
        """Record what this release cannot build of a layer whose arguments it takes."""
        if class_name == "Dot" and value.get("build_config") and self.version < BUILT_MERGES:
            edit = Edit(pointer, "build_config")
            message = "the build_config of a Dot is read since Keras 3.2"
            at = f"{pointer}/build_config"
            self.add("structure", "build_config", message, "Remove it.", at, edit, "remove build_config of the Dot")
        policy = isinstance(config.get("dtype"), dict)
        if class_name == "Hashing" and policy and self.version < POLICY_OF_HASHING:
            message = "Hashing takes a dtype policy that is an object since Keras 3.4"
            self.add("argument", "dtype", message, "Set dtype to the name of the policy.", f"{pointer}/config/dtype")
        since = built.LAYERS.get(class_name)
        if since is not None and self.version < since:
            message = f"{class_name} is built from a file since Keras {shown(since)}"
            self.add("structure", class_name, message, "Load the model with a later Keras.", pointer)
        broken = built.BROKEN.get(class_name)
        if self.version == broken:
            message = f"Keras {shown(broken)} cannot call a {class_name} on a symbolic input"
            self.add("structure", class_name, message, "Load the model with another Keras 3.", pointer)
        self.wrapper(class_name, config.get("layer"), pointer)
        for (layer, argument), since in built.ARGUMENTS.items():
            if layer == class_name and self.version < since and config.get(argument) is not None:
                message = f"{class_name} is built with {argument} since Keras {shown(since)}"
                at = f"{pointer}/config/{argument}"
                self.add("structure", argument, message, "Load the model with a later Keras.", at)
        self.scores(class_name, value, pointer)

    def indices(self, value: dict[str, Any], pointer: str) -> None:
        """Record a call that takes several indices or slices in a list, unless this release reads that."""
        nodes = value.get("inbound_nodes")
        for index, node in enumerate(nodes if isinstance(nodes, list) else ()):
            args = node.get("args") if isinstance(node, dict) else None
            if isinstance(args, list) and len(args) > 1 and isinstance(args[1], list):
                message = f"several indices or slices are read since Keras {shown(built.INDEX_LISTS)}"
                at = f"{pointer}/inbound_nodes/{index}"
                self.add("structure", "GetItem", message, "Load the model with a later Keras.", at)
                return

    def wrapper(self, class_name: str, inner: Any, pointer: str) -> None:
        """Record a wrapper around a layer with which this release cannot build it."""
        config = inner.get("config") if isinstance(inner, dict) else None
        what = first = None
        if class_name == "TimeDistributed" and isinstance(inner, dict) and class_of(inner) in FUNCTIONAL:
            what, first = "a TimeDistributed around a functional model", built.TIME_DISTRIBUTED_MODEL
        elif class_name == "Bidirectional" and isinstance(config, dict) and config.get("return_state"):
            what, first = "a Bidirectional that returns states", built.RETURNED_STATES
        if first is not None and self.version < first:
            message = f"{what} is built since Keras {shown(first)}"
            self.add("structure", class_name, message, "Load the model with a later Keras.", pointer)

    def scores(self, class_name: str, value: dict[str, Any], pointer: str) -> None:
        """Record a call that returns attention scores, unless this release builds it."""
        first = RETURNS_SCORES.get(class_name)
        if first is None or self.version >= first:
            return
        nodes = value.get("inbound_nodes")
        for index, node in enumerate(nodes if isinstance(nodes, list) else ()):
            if any(kwargs.get("return_attention_scores") for kwargs in keywords(node)):
                what = f"{class_name} with return_attention_scores"
                message = f"{what} is built since Keras {shown(first)}"
                self.add(
                    "structure", what, message, "Load the model with a later Keras.", f"{pointer}/inbound_nodes/{index}"
                )
                return

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
                f"registered_name of {class_name} is {show(registered)}, and a class of Keras has none",
                "Set it to null.",
                f"{pointer}/registered_name",
                Edit(pointer, "registered_name", "registered_name", None),
                "set registered_name to null",
            )

    def dtype(self, value: dict[str, Any], pointer: str) -> None:
        """Visit a dtype policy."""
        config = value.get("config")
        mode = config.get("mode") if isinstance(config, dict) else None
        if isinstance(mode, str) and self.lacks_mode(mode, f"{pointer}/config/mode"):
            return
        if self.version < POLICIES_BY_NAME:
            self.value(value, pointer)
        else:
            self.lookup("dtype_policies", value, pointer)

    def lacks_mode(self, mode: str, pointer: str) -> bool:
        """Record a quantization mode that this release does not have, and return whether it lacks it."""
        since = built.QUANTIZATION_MODES.get(mode)
        if since is None or self.version >= since:
            return False
        message = f"the quantization mode {mode} exists since Keras {shown(since)}"
        self.add("argument", "mode", message, "Load the model with a later Keras.", pointer)
        return True

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
        self.operators(layers)
        self.references(config, pointer)
        for layer, at in layers:
            nodes = layer.get("inbound_nodes") if isinstance(layer, dict) else None
            if isinstance(nodes, list) and nodes:
                outer, self.layer = self.layer, layer.get("name") if isinstance(layer.get("name"), str) else None
                self.value(nodes, f"{at}/inbound_nodes")
                self.layer = outer
        if self.version in built.MASKS_TWICE:
            self.masks(config["layers"], pointer)
        if self.version < NESTED_ENDS:
            for key in ("input_layers", "output_layers"):
                self.ends(config, key, pointer)
        if self.version >= KEYWORDS_OF_MODELS and class_name in MODELS:
            for key, value in config.items():
                if key not in ("layers", "input_layers", "output_layers", "name", "trainable"):
                    self.obstacles.append(self.unknown_argument("models", class_name, key, value, pointer))

    def operators(self, layers: list[tuple[Any, str]]) -> None:
        """Record operations in an HDF5 file that are created as the layers of that name, and fail when they are called."""
        for layer, at in layers:
            if not isinstance(layer, dict) or "module" in layer or class_of(layer) not in OPERATORS:
                continue
            if several_arguments(layer.get("inbound_nodes")):
                outer, self.layer = self.layer, layer.get("name") if isinstance(layer.get("name"), str) else None
                self.not_in_hdf5(layer["class_name"], at)
                self.layer = outer

    def masks(self, layers: list[Any], pointer: str) -> None:
        """Record the mask of an Embedding that the file holds as an operation, and that a nested model needs again."""
        named = [layer for layer in layers if isinstance(layer, dict)]
        if not any(class_of(layer) in MODELS and takes_no_mask(layer) for layer in named):
            return
        masked = [layer for layer in named if layer.get("class_name") == "Embedding" and masks_zeros(layer)]
        for index, layer in enumerate(layers):
            if masked and isinstance(layer, dict) and layer.get("name") == "not_equal":
                message = (
                    f"the mask of {show(masked[0].get('name'))} is in the file as the operation 'not_equal', and"
                    f" Keras {shown(self.version)} adds it again for a nested model"
                )
                advice = "Load the model with Keras 3.3 or earlier, or 3.6 or later."
                self.add("structure", "not_equal", message, advice, f"{pointer}/layers/{index}")

    def references(self, config: dict[str, Any], pointer: str) -> None:
        """Check the numbers of calls in the form of Keras 2, which counts those of a nested model from 1."""
        named = [layer for layer in config["layers"] if isinstance(layer, dict) and isinstance(layer.get("name"), str)]
        layers = {layer["name"]: layer for layer in named}
        for index, layer in enumerate(config["layers"]):
            nodes = layer.get("inbound_nodes") if isinstance(layer, dict) else None
            for node in nodes if isinstance(nodes, list) else ():
                if class_of(layer) in RECURRENT and isinstance(node, list) and len(node) > 1:
                    self.states(layer, f"{pointer}/layers/{index}/inbound_nodes")
                    return
                for reference in node if isinstance(node, list) else ():
                    source = layers.get(reference[0]) if is_reference(reference) else None
                    if source is not None and reference[1] >= calls_of(source):
                        self.disconnected(source, f"{pointer}/layers/{index}/inbound_nodes")
                        return
        ends = config.get("output_layers")
        for reference in ends if isinstance(ends, list) else ():
            source = layers.get(reference[0]) if is_reference(reference) else None
            if source is not None and ("module" not in source or self.version < SHIFTED_ENDS):
                shift = source.get("class_name") in ("Functional", "Model") and self.version >= SHIFTED_ENDS
                if reference[1] - shift >= calls_of(source):
                    self.disconnected(source, f"{pointer}/output_layers")
                    return

    def states(self, layer: dict[str, Any], pointer: str) -> None:
        """Record initial states that the form of Keras 2 passes in a list with the input."""
        message = f"{show(layer.get('name'))} gets its initial states in a list with the input, which {self.generation} refuses"
        self.add("structure", "inbound_nodes", message, "Convert the file with lstmlint convert.", pointer)

    def disconnected(self, source: dict[str, Any], pointer: str) -> None:
        """Record a reference to a call that this release does not find."""
        name = source.get("name")
        message = f"the calls of {show(name)} are counted from 1, as Keras 2 does, and {self.generation} counts from 0"
        self.add("structure", "inbound_nodes", message, "Convert the file with lstmlint convert.", pointer)

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
        outer, config = self.layer, dict(config)
        axis = config.get("axis")
        if isinstance(axis, list) and len(axis) != 1 and class_name in NORMALIZATIONS:
            cause = f"{self.generation} ignores several axes in an HDF5 file"
            self.late.append((config.get("name"), "axis", cause, f"{pointer}/config/axis"))
        elif isinstance(axis, list):
            config["axis"] = axis[0] if axis else -1
        shape = config.pop("batch_input_shape", None)
        if shape is not None:
            config["batch_shape" if class_name == "InputLayer" else "input_shape"] = shape
        self.policy_in_hdf5(config, f"{pointer}/config/dtype")
        if class_name == "Lambda":
            for key in ("module", "function_type", "output_shape_type", "output_shape_module"):
                config.pop(key, None)
            if isinstance(config.get("function"), list):
                config["function"] = {"class_name": "__lambda__", "config": {}}
        if self.version >= FUNCTIONS_IN_HDF5:
            self.functions(class_name, config, f"{pointer}/config")
        kind = self.legacy_kind(class_name)
        self.enter(kind, config)
        if kind is None:
            self.not_in_hdf5(class_name, pointer)
        self.from_config(kind, class_name, config, pointer)
        if kind == "layers":
            self.built(class_name, value, config, pointer)
        self.layer = outer

    def policy_in_hdf5(self, config: dict[str, Any], pointer: str) -> None:
        """Record a dtype policy with which the weights in an HDF5 file are not loaded."""
        policy = config.get("dtype")
        name = class_of(policy) if isinstance(policy, dict) else policy if isinstance(policy, str) else None
        if name in built.POLICIES_NOT_IN_HDF5:
            cause = f"{self.generation} does not load the weights of a layer with a {name} from an HDF5 file"
        elif isinstance(name, str) and name.startswith("int8_from_") and self.version < built.INT8_IN_HDF5:
            cause = f"the scales of int8 kernels have another shape since Keras {shown(built.INT8_IN_HDF5)}"
        else:
            return
        self.late.append((config.get("name"), "dtype", cause, pointer))

    def functions(self, class_name: str, config: dict[str, Any], pointer: str) -> None:
        """Record strings that these releases take for functions: score_mode "dot" of an Attention."""
        for argument, value in config.items():
            if isinstance(value, str) and value in LAYER_FUNCTIONS and argument != "name":
                self.add(
                    "structure",
                    argument,
                    f"{argument} {show(value)} of {class_name} in an HDF5 file is taken for the function keras.layers.{value}"
                    " since Keras 3.14",
                    "Save the model as .keras, or load it with an earlier release.",
                    f"{pointer}/{escape(argument)}",
                )

    def legacy_kind(self, class_name: str) -> str | None:
        """Return the kind of a class that an HDF5 file names without a module."""
        if class_name in MODELS:
            return "models"
        return "layers" if "" in history.paths("layers", class_name, self.release) else None

    def not_in_hdf5(self, class_name: str, pointer: str) -> None:
        """Record a class that the loader of HDF5 files does not find."""
        if exists_somewhere("operations", class_name):
            self.add(
                "structure",
                class_name,
                f"the operation {class_name} cannot be loaded from an HDF5 file, which names no modules",
                "Save the model as .keras, or use a layer instead of the operation.",
                pointer,
            )
        else:
            self.not_found("layers" if exists_somewhere("layers", class_name) else None, class_name, pointer)

    def training(self, config: dict[str, Any], pointer: str) -> None:
        """Visit the training settings of an HDF5 file, with which `load_model` compiles the model."""
        if isinstance(config.get("optimizer_config"), dict):
            self.optimizer(config["optimizer_config"], f"{pointer}/optimizer_config")
        super().training(config, pointer)

    def optimizer(self, value: dict[str, Any], pointer: str) -> None:
        """Visit an optimizer, which is looked up by its class, and then by its name, in any case of the letters."""
        class_name, config = value.get("class_name"), value.get("config")
        config = config if isinstance(config, dict) else {}
        if not isinstance(class_name, str):
            return
        if "" in history.paths("optimizers", class_name.lower(), self.release):
            self.from_config("optimizers", class_name, config, pointer)
        elif not isinstance(name := config.get("name"), str) or "" not in history.paths(
            "optimizers", name.lower(), self.release
        ):
            self.not_found("optimizers", class_name, pointer)

    def compiled_one(self, kind: str, value: str | dict[str, Any], pointer: str) -> None:
        """Visit a loss or a metric."""
        if isinstance(value, dict):
            super().compiled_one(kind, value, pointer)
            config = value.get("config")
            if isinstance(config, dict) and config.get("reduction") == "auto":
                message = f'{self.generation} has no reduction "auto" of losses'
                self.add("argument", "reduction", message, "Pass compile=False.", f"{pointer}/config/reduction")
        elif kind == "losses" and value in SHORT_LOSSES:
            self.add(
                "structure",
                value,
                f"{self.generation} does not find the loss {show(value)} of an HDF5 file by this short name",
                "Pass compile=False, or compile the model with the loss's full name before it is saved.",
                pointer,
            )
        elif kind != "metrics" or not is_metric(value, self.release):
            super().compiled_one(kind, value, pointer)


def is_metric(name: str, release: str) -> bool:
    """Check whether a name is that of a metric's class in words with underscores: "mean_absolute_error"."""
    return name.replace("_", "") in {known.lower() for known in history.names("metrics", release) if known[0].isupper()}


def is_reference(value: Any) -> bool:
    """Check whether a value is a reference to a call in the form of Keras 2: [layer, node, tensor, ...]."""
    return isinstance(value, list) and len(value) >= 3 and isinstance(value[0], str) and isinstance(value[1], int)


def masks_zeros(layer: dict[str, Any]) -> bool:
    """Check whether an Embedding has mask_zero."""
    config = layer.get("config")
    return isinstance(config, dict) and bool(config.get("mask_zero"))


def takes_no_mask(layer: dict[str, Any]) -> bool:
    """Check whether a call records that no mask was passed."""
    nodes = layer.get("inbound_nodes")
    return isinstance(nodes, list) and any(
        "mask" in kw and kw["mask"] is None for node in nodes for kw in keywords(node)
    )


def keywords(node: Any) -> list[dict[str, Any]]:
    """Return the keyword arguments of a call in the form of Keras 3, or of each of its tensors in that of Keras 2."""
    if isinstance(node, dict):
        found = [node.get("kwargs")]
    else:
        found = [reference[3] for reference in node if isinstance(reference, list) and len(reference) > 3]
    return [kwargs for kwargs in found if isinstance(kwargs, dict)]


def calls_of(layer: dict[str, Any]) -> int:
    """Return how many times a layer is called; an input counts as called once."""
    nodes = layer.get("inbound_nodes")
    return max(len(nodes) if isinstance(nodes, list) else 0, 1)


def several_arguments(nodes: Any) -> bool:
    """Check whether a call passes several arguments by position."""
    calls = nodes if isinstance(nodes, list) else []
    return any(
        isinstance(call, dict) and isinstance(call.get("args"), list) and len(call["args"]) > 1 for call in calls
    )
