"""What the loaders of all releases have in common: how they visit a file, and the obstacles that they record."""

from __future__ import annotations

import json
from typing import Any

from lstmlint.compatibility.names import KIND_OF_SUFFIX, NOUNS, exists_somewhere
from lstmlint.compatibility.obstacles import Obstacle
from lstmlint.fixing.edits import Edit
from lstmlint.model.pointers import escape
from lstmlint.model.releases import KERAS2, KERAS3, RELEASES, TFJS, is_newer, label, version
from lstmlint.model.values import show
from lstmlint.reading.document import Document
from lstmlint.signatures import history
from lstmlint.signatures.keras3 import REQUIRED

# Arguments that hold layers. from_config creates them before it calls the constructor, in this order.
LAYERS = ("layer", "backward_layer", "cell", "cells", "layers", "forward_layer")
METRIC_WORDS = ("accuracy", "acc", "crossentropy", "ce")
# Layers whose constructor creates a cell first, and with it initializers and other objects, before it passes unknown
# arguments to the base class, which refuses them.
CELL_FIRST = frozenset({"SimpleRNN", "LSTM", "GRU", "ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D"})
MODELS = frozenset({"Functional", "Sequential", "Model"})
# Classes that were renamed: later releases of Keras 3 find both names.
FORMER_NAMES = {"Orthogonal": "OrthogonalInitializer", "Identity": "IdentityInitializer", "STFT": "STFTInitializer"}


def class_of(layer: dict[str, Any]) -> str | None:
    """Return the class of a serialized object; None if it is no name."""
    name = layer.get("class_name")
    return name if isinstance(name, str) else None


class Loader:
    """Finds the obstacles in a file for one release, by visiting its parts in the order in which the release does."""

    def __init__(self, release: str, writer: str | None = None) -> None:
        self.release = release
        # The version that wrote the file, if it is later than all that the history has.
        self.newer = writer if is_newer(writer) else None
        self.version = version(release)
        self.obstacles: list[Obstacle] = []
        self.layer: str | None = None

    def load(self, document: Document) -> None:
        """Visit a file as this release does, by its container."""
        raise NotImplementedError

    def is_keras0(self, document: Document) -> bool:
        """Record a model in the format of Keras 0, which has names instead of classes."""
        if isinstance(document.model.get("class_name"), str):
            return False
        message = "the file is in the format of Keras 0, which later releases do not read"
        self.add(
            "structure", "class_name", message, "Convert it: lstmlint convert FILE --to keras3.", document.model_pointer
        )
        return True

    def yaml(self, document: Document) -> None:
        """Record a YAML file that this release does not read."""
        reader = (
            "TensorFlow.js reads JSON only" if self.release == TFJS else f"{label(self.release)} has no model_from_yaml"
        )
        message = f"the file is YAML, and {reader}"
        advice = f"Convert it to JSON: lstmlint convert FILE --to {self.release}."
        if self.release == TFJS:
            advice = "Write the model as JSON."
        self.obstacles.append(
            Obstacle("structure", "yaml", message, advice, document.model_pointer, mendable=self.release != TFJS)
        )

    # The parts of a config --------------------------------------------------------------------------------------------

    def value(self, value: Any, pointer: str) -> None:
        """Visit any value: a serialized object, or plain lists and dicts that may hold some."""
        if isinstance(value, list):
            for index, item in enumerate(value):
                if isinstance(item, dict | list):
                    self.value(item, f"{pointer}/{index}")
        elif isinstance(value, dict):
            if "class_name" in value and "config" in value:
                self.object(value, pointer)
            else:
                for key, item in value.items():
                    if isinstance(item, dict | list):
                        self.value(item, f"{pointer}/{escape(key)}")

    def object(self, value: dict[str, Any], pointer: str) -> None:
        """Visit a serialized object."""
        raise NotImplementedError

    def model(self, class_name: str, config: dict[str, Any], pointer: str) -> None:
        """Visit the layers of a model, then their calls, then its inputs and outputs."""
        raise NotImplementedError

    def dtype(self, value: dict[str, Any], pointer: str) -> None:
        """Visit a dtype policy."""
        self.lookup("dtype_policies", value, pointer)

    def from_config(self, kind: str | None, class_name: str, config: dict[str, Any], pointer: str) -> None:
        """Visit what a class creates from its config. kind: None for a class that is not one of Keras."""
        outer = self.layer
        self.enter(kind, config)
        at = f"{pointer}/config"
        if isinstance(config.get("layers"), list) and (kind == "models" or "input_layers" in config):
            self.model(class_name, config, at)
        elif kind is not None:
            if class_name == "Lambda" and kind == "layers":
                self.lambda_layer(config, at)
            for argument in LAYERS if kind == "layers" else ():
                if isinstance(config.get(argument), dict | list):
                    self.inner_layers(config[argument], f"{at}/{argument}")
            policy = config.get("dtype")
            if isinstance(policy, dict) and class_name not in CELL_FIRST:
                self.dtype(policy, f"{at}/dtype")
            if class_name in CELL_FIRST:
                self.nested(kind, config, at)
                self.arguments(kind, class_name, config, at)
                if isinstance(policy, dict):
                    self.dtype(policy, f"{at}/dtype")
            else:
                self.arguments(kind, class_name, config, at)
                self.nested(kind, config, at)
        self.layer = outer

    def enter(self, kind: str | None, config: dict[str, Any]) -> None:
        """Note the layer that is visited, if the config is that of one."""
        if kind in ("layers", "models", "operations", None) and isinstance(config.get("name"), str):
            self.layer = config["name"]

    def inner_layers(self, value: Any, pointer: str) -> None:
        """Visit the layer, or the list of layers, in an argument of another."""
        self.value(value, pointer)

    def lambda_layer(self, config: dict[str, Any], pointer: str) -> None:
        """Visit the functions of a Lambda."""
        raise NotImplementedError

    def arguments(self, kind: str, class_name: str, config: dict[str, Any], pointer: str) -> None:
        """Record the arguments that the constructor does not take, and those that it lacks."""
        accepted = history.arguments(kind, class_name, self.release)
        if accepted is None:
            return
        if not config.keys() <= accepted.keys() and not history.extra(kind, class_name, self.release):  # noqa: S610
            for argument, value in config.items():
                if argument not in accepted:
                    self.obstacles.append(self.unknown_argument(kind, class_name, argument, value, pointer))
        for argument in history.needed(kind, class_name, self.release):
            if argument not in config:
                self.obstacles.append(self.missing_argument(class_name, argument, pointer.removesuffix("/config")))

    def nested(self, kind: str, config: dict[str, Any], pointer: str) -> None:
        """Visit the objects in arguments: initializers, activations and so on."""
        for argument, value in config.items():
            if not isinstance(value, str | dict | list) or argument in LAYERS or argument in ("name", "dtype"):
                continue
            of_kind = KIND_OF_SUFFIX.get(argument.rpartition("_")[2])
            at = f"{pointer}/{escape(argument)}"
            if of_kind is not None and kind in ("layers", "operations"):
                if isinstance(value, str | dict):
                    self.lookup(of_kind, value, at)
            elif isinstance(value, dict | list):
                self.value(value, at)

    def lookup(self, kind: str, value: str | dict[str, Any], pointer: str) -> None:
        """Visit an object that is looked up by its name alone: `initializers.get` and the like."""
        if isinstance(value, str):
            if "" not in history.paths(kind, value, self.release):
                self.not_found(kind, value, pointer)
            return
        class_name, config = value.get("class_name"), value.get("config")
        if not isinstance(class_name, str):
            return
        if class_name == "__lambda__":
            self.code(pointer)
        elif class_name == "function":
            name = config if value.get("module") == "builtins" else value.get("registered_name")
            if isinstance(name, str) and "" not in history.paths(kind, name, self.release):
                self.not_found(kind, name, pointer)
        elif "" in history.paths(kind, class_name, self.release):
            self.from_config(kind, class_name, config if isinstance(config, dict) else {}, pointer)
        elif kind == "activations":
            self.object({"config": {}, **value}, pointer)
        else:
            self.not_found(kind, class_name, pointer)

    def training(self, config: dict[str, Any], pointer: str) -> None:
        """Visit the losses and metrics in the training settings of an HDF5 file, with which `load_model` compiles."""
        self.compiled("losses", config.get("loss"), f"{pointer}/loss")
        for key in ("metrics", "weighted_metrics"):
            self.compiled("metrics", config.get(key), f"{pointer}/{key}")

    def compiled(self, kind: str, value: Any, pointer: str) -> None:
        """Visit losses or metrics: one, or nested lists and dicts of them."""
        if isinstance(value, str) or (isinstance(value, dict) and "class_name" in value):
            self.compiled_one(kind, value, pointer)
        elif isinstance(value, list | dict):
            for key, item in value.items() if isinstance(value, dict) else enumerate(value):
                self.compiled(kind, item, f"{pointer}/{escape(str(key))}")

    def compiled_one(self, kind: str, value: str | dict[str, Any], pointer: str) -> None:
        """Visit a loss or a metric."""
        if value not in METRIC_WORDS:
            self.lookup(kind, value, pointer)

    # Obstacles -------------------------------------------------------------------------------------------------------

    def add(
        self, kind: Any, subject: str, message: str, help: str, pointer: str, edit: Edit | None = None, action: str = ""
    ) -> None:
        """Record an obstacle. edit: the change without loss that removes it. action: the edit in the imperative."""
        mendable = edit is not None
        self.obstacles.append(
            Obstacle(kind, subject, message, help, pointer, self.layer, edit, mendable=mendable, action=action)
        )

    def code(self, pointer: str) -> None:
        """Record Python code, which safe mode refuses."""
        self.add(
            "code",
            "Lambda",
            "the file holds a Python lambda as code, which safe mode, the default, refuses",
            "Replace the Lambda by a layer or an operation of keras.ops. To load the file as it is, pass safe_mode=False,"
            " if you trust its code.",
            pointer,
        )

    def not_found(self, kind: str | None, name: str, pointer: str, module: Any = None) -> None:
        """Record a class or function that this release does not find. kind: None if it is not one of Keras."""
        if kind is None or not exists_somewhere(kind, name):
            self.add(
                "custom",
                name,
                f"{show(name)} is not part of Keras: it loads only with custom_objects",
                "Pass it in custom_objects, or register it with keras.saving.register_keras_serializable().",
                pointer,
            )
            return
        former = FORMER_NAMES.get(name)
        if former is not None and "" in history.paths(kind, former, self.release):
            first = next(release for release in KERAS3 if "" in history.paths(kind, name, release))
            self.add(
                "class",
                name,
                f"the {NOUNS[kind]} {former} is called {name} since Keras {first}",
                f"Set class_name to {show(former)}, which every Keras 3 reads.",
                pointer,
                Edit(pointer, "class_name", "class_name", former),
                f"rename {name} to {former}",
            )
            return
        what = f"the {NOUNS[kind]} {name}"
        having = [release for release in self.line if history.arguments(kind, name, release) is not None]
        if not having:
            message, advice = f"{what} is not part of any {self.generation}", "Replace it, or convert the model."
        elif self.is_before(having[0]):
            message, advice = (
                f"{what} exists since {label(having[0])}",
                "Replace it, or load the model with that release.",
            )
        elif self.release not in having and not self.is_before(having[-1]):
            message, advice = (
                f"{what} was removed after {label(having[-1])}",
                "Replace it, or load the model with that release.",
            )
        elif module is not None:
            message = f"{what} is not in the module {show(module)} there"
            advice = "Convert the model, or save it again with that release."
        else:
            message = f"{what} is not found by its name alone"
            advice = "Convert the model, or save it again with that release."
        self.add("class", name, message, advice, pointer)

    def is_before(self, release: str) -> bool:
        """Check whether this release is older than another."""
        return RELEASES.index(self.release) < RELEASES.index(release)

    @property
    def line(self) -> tuple[str, ...]:
        """The releases of the same generation."""
        return KERAS3 if self.release in KERAS3 else KERAS2

    @property
    def generation(self) -> str:
        """What messages call the generation."""
        return "Keras 3" if self.release in KERAS3 else "Keras 2"

    def unknown_argument(self, kind: str, class_name: str, argument: str, value: Any, pointer: str) -> Obstacle:
        """Return the obstacle of an argument that a class of this release does not take."""

        def having(releases: tuple[str, ...]) -> list[str]:
            return [name for name in releases if argument in (history.arguments(kind, class_name, name) or {})]

        own, elsewhere = having(self.line), having(KERAS2 if self.release in KERAS3 else KERAS3)
        source = next(reversed(own or elsewhere), None)
        default = REQUIRED if source is None else (history.arguments(kind, class_name, source) or {})[argument]
        lossless = same(value, default)
        when = ""
        if own and self.is_before(own[0]):
            when = f", which exists since {label(own[0])}"
        elif own and not self.is_before(own[-1]):
            when = f", which was removed after {label(own[-1])}"
        elif own:
            when = f", which only other releases of {self.generation} have"
        elif elsewhere:
            when = f", which {self.generation} does not have"
        if source is None and self.newer is not None:
            when = f", which may be new in Keras {self.newer}"
        if lossless:
            advice = f"Remove it: {shown(value)} is its default, so nothing changes."
        elif source is None:
            advice = "Remove it."
        else:
            advice = (
                f"{shown(value)} is not its default: load the model with a release that has it, or change the model."
            )
        edit = Edit(pointer, argument) if lossless else None
        return Obstacle(
            "argument",
            argument,
            f"{class_name} has the argument {argument}{when}",
            advice,
            f"{pointer}/{escape(argument)}",
            self.layer,
            edit,
            mendable=lossless,
            action=f"remove {argument}",
            note=shown(value),
        )

    def missing_argument(self, class_name: str, argument: str, pointer: str) -> Obstacle:
        """Return the obstacle of an argument that this release needs."""
        message = f"{class_name} has no argument {argument}, which its loader requires"
        return Obstacle("argument", argument, message, f"Add {argument}.", pointer, self.layer)


def same(value: Any, default: Any) -> bool:
    """Check whether a value in a file is an argument's default."""
    return default is not REQUIRED and type(value) is type(default) and bool(value == default)


def shown(value: Any) -> str:
    """Return a value as JSON, shortened."""
    text = json.dumps(value, default=str)
    return text if len(text) <= 40 else f"{text[:37]}..."


def is_end(value: Any) -> bool:
    """Check whether a value is [layer, node, tensor]."""
    return isinstance(value, list) and len(value) == 3 and isinstance(value[0], str)
