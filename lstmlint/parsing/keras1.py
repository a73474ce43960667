"""Keras 1 (class_name, config) and Keras 0 (flat settings, `name` is the class), in Keras 3's names.

Keras 1 files are Sequentials, whose config is a list of layers, and Models, which are graphs as in Keras 2. Keras 0 has
Sequentials and Graphs (see keras0_graph). In both, a Sequential may begin with a Merge that contains the merged models.
It becomes a functional graph here, with those models as separate layers.
"""

from __future__ import annotations

from collections import Counter
from functools import cached_property
from typing import Any

from lstmlint.model.shapes import KnownShape, Shape
from lstmlint.model.spec import Dialect, LayerSpec, ModelSpec, TensorRef
from lstmlint.model.values import show
from lstmlint.parsing.common import (
    ModelError,
    Names,
    check_depth,
    check_names,
    kind_of,
    layer_list,
    map_references,
    plain_reference,
    references_in,
    shape_list,
    shift_nested_calls,
)
from lstmlint.parsing.graphs import call_on, input_layer, inputs_of
from lstmlint.parsing.keras2 import parse_call
from lstmlint.parsing.legacy_names import CHANNELS, SPATIAL, translate

MODEL_CLASSES = frozenset({"Sequential", "Model", "Container", "Functional", "Graph"})
COMPILE_KEYS = (
    "loss", "optimizer", "class_mode", "sample_weight_mode", "sample_weight_modes", "loss_weights", "metrics",
)  # fmt: skip

# `input_dim` declares (batch, input_dim) for these ...
FLAT_INPUT = frozenset({"Dense", "MaxoutDense", "Highway"})
# ... and (batch, input_length, input_dim) for these.
SEQUENCE_INPUT = frozenset(
    {"LSTM", "GRU", "SimpleRNN", "JZS1", "JZS2", "JZS3", "SimpleDeepRNN", "Conv1D", "LocallyConnected1D",
     "TimeDistributedDense"}
)  # fmt: skip
# The arguments that contain a layer, by Keras 3's name, and the name in the file if it differs.
LAYER_ARGUMENTS = {"layer": "layer", "encoder": "encoder_config", "decoder": "decoder_config"}


def parse_model(obj: dict[str, Any], pointer: str, names: Names, depth: int = 0) -> ModelSpec:
    """Parse a model of Keras 0 or 1. Raises: ModelError if it is malformed."""
    reader = Keras1Parser(obj, names)
    spec = reader.model(obj, pointer, depth)
    compile_config = {key: obj[key] for key in COMPILE_KEYS if key in obj}
    if compile_config:
        spec.compile_config, spec.compile_pointer = compile_config, pointer
    return spec


class Keras1Parser:
    """Parses one document. It knows the dialect, the names in use, and the settings that keras.json must have had."""

    def __init__(self, document: dict[str, Any], names: Names) -> None:
        self.document = document
        self.names = names
        self.dialect: Dialect = "keras1" if "class_name" in document else "keras0"

    @cached_property
    def data_format(self) -> str:
        """Return the data format of layers that do not state one: that of all others, else the default of the Keras
        that wrote the file.

        Keras 0 and 1 save the dim_ordering of convolutions and pooling, but not of padding, cropping, and upsampling.
        The default was Theano's order in Keras 0 and 1.0, and TensorFlow's later.
        """
        found = set()
        stack: list[Any] = [self.document]
        while stack:
            value = stack.pop()
            if isinstance(value, dict):
                ordering = value.get("dim_ordering")
                if isinstance(ordering, str) and ordering in CHANNELS:
                    found.add(ordering)
                stack.extend(item for item in value.values() if isinstance(item, dict | list))
            elif isinstance(value, list):
                stack.extend(item for item in value if isinstance(item, dict | list))
        if len(found) == 1:
            return CHANNELS[found.pop()]
        version = self.document.get("keras_version")
        early = self.dialect == "keras0" or (isinstance(version, str) and version.startswith(("0.", "1.0.")))
        return CHANNELS["th" if early else "tf"]

    # Models --------------------------------------------------------------------------------------------

    def model(self, obj: dict[str, Any], pointer: str, depth: int) -> ModelSpec:
        """Parse a Sequential, Model, or Graph."""
        check_depth(depth, pointer)
        class_name, config, base = self.parts(obj, pointer)
        flat = base == pointer
        name = None if flat else obj.get("name")
        if not isinstance(name, str):
            name = config.get("custom_name" if flat else "name") if isinstance(config, dict) else None
        if not isinstance(name, str):
            name = self.names.number(class_name.lower())
        spec = ModelSpec(name, class_name, self.dialect, [], True, pointer=pointer)
        if class_name == "Graph":
            from lstmlint.parsing.keras0_graph import read_graph  # rare

            read_graph(self, spec, config, base, depth)
        elif isinstance(config, dict) and "input_layers" in config:
            self.functional(spec, config, base, depth)
        else:
            self.sequential(spec, config, base, depth)
        check_names(spec, spec.problems)
        return spec

    def parts(self, obj: Any, pointer: str) -> tuple[str, Any, str]:
        """Return (class, config, pointer of the config) of a layer in Keras 1's form or, without class_name, Keras 0's."""
        if not isinstance(obj, dict):
            message = f"a layer must be an object, but this is {kind_of(obj)}"
            raise ModelError(message, pointer, "Write class_name and config.")
        if "class_name" in obj:
            class_name, config, base = obj["class_name"], obj.get("config"), f"{pointer}/config"
        else:
            class_name, config, base = obj.get("name"), obj, pointer
        if not isinstance(class_name, str):
            raise ModelError("a layer has no class_name", pointer, 'Add it: "class_name": "LSTM".')
        if config is None:
            config = {}
        if not isinstance(config, dict | list) or (isinstance(config, list) and class_name not in MODEL_CLASSES):
            raise ModelError(f"the config of a {class_name} must be an object, but is {kind_of(config)}", base)
        return class_name, config, base

    def sequential(self, spec: ModelSpec, config: Any, base: str, depth: int) -> None:
        """Parse a list of layers. With a Merge of models in front, or with repeated layers, it becomes a graph."""
        if isinstance(config, dict):
            config, base = config.get("layers"), f"{base}/layers"
        config = layer_list(config, spec.class_name, spec.pointer)
        self.names.count(len(config))
        branches: list[LayerSpec] | None = None
        if config:
            branches = self.branches(config[0], f"{base}/0", depth)
        spec.layers = [self.layer(layer, f"{base}/{i}", depth) for i, layer in enumerate(config)]
        if self.dialect == "keras0":
            self.number_names([*(branches or ()), *spec.layers])
        if branches is not None:
            layers, spec.layers = spec.layers, []
            self.connect(spec, branches, layers)
        elif self.dialect == "keras1" and self.repeated(spec.layers):
            layers, spec.layers = spec.layers, []
            self.connect(spec, [layers[0]], layers[1:])

    def branches(self, obj: Any, pointer: str, depth: int) -> list[LayerSpec] | None:
        """Return the models that a Merge at the beginning of a Sequential contains; None for any other layer."""
        class_name, config, base = self.parts(obj, pointer)
        if class_name != "Merge" or not isinstance(config, dict):
            return None
        layers = config.get("layers")
        if not isinstance(layers, list) or not layers:
            return None
        check_depth(depth + 1, pointer)
        return [self.layer(layer, f"{base}/layers/{i}", depth + 1) for i, layer in enumerate(layers)]

    def connect(self, spec: ModelSpec, branches: list[LayerSpec], layers: list[LayerSpec]) -> None:
        """Connect a graph: inputs -> each branch -> the first of `layers` -> ... -> the last."""
        spec.sequential = False
        taken = {layer.name for layer in (*branches, *layers)}
        feeds: list[TensorRef] = []
        given: list[TensorRef] = []
        known: dict[str, LayerSpec] = {}
        for branch in branches:
            refs = []
            if branch.class_name == "InputLayer" and branch.model is None:
                given.append(TensorRef(branch.name, 0, 0, pointer=branch.pointer))
            else:
                for source in inputs_of(branch):
                    entry = input_layer(source, f"{source.name}_input", taken)
                    spec.layers.append(entry)
                    refs.append(TensorRef(entry.name, 0, 0, pointer=branch.pointer))
                given += refs
                branch.calls = [call_on(refs, branch.pointer)]
            spec.layers.append(branch)
            known.setdefault(branch.name, branch)
            feeds.append(TensorRef(branch.name, 0, 0, pointer=branch.pointer))
        for layer in layers:
            shared = known.setdefault(layer.name, layer)
            if shared is not layer and not same_layer(shared, layer):
                shared = layer
            if shared is layer:
                spec.layers.append(layer)
            shared.calls.append(call_on(feeds, layer.pointer))
            feeds = [TensorRef(shared.name, len(shared.calls) - 1, 0, pointer=layer.pointer)]
        spec.inputs, spec.outputs = given, feeds

    def repeated(self, layers: list[LayerSpec]) -> bool:
        """Return whether a layer is repeated: Keras 1 treats layers with one name as one layer with one set of weights."""
        seen: dict[str, LayerSpec] = {}
        return any(same_layer(seen.setdefault(layer.name, layer), layer) for layer in layers if layer.named)

    def number_names(self, layers: list[LayerSpec]) -> None:
        """Give layers unique names. In Keras 0, the default name is the class in lower case."""
        counts = Counter(layer.name for layer in layers)
        taken = {name for name, count in counts.items() if count == 1}
        for layer in layers:
            if counts[layer.name] > 1:
                prefix = layer.name
                while (name := self.names.number(prefix)) in taken:
                    continue
                layer.name = name
                layer.named = False
                taken.add(name)

    def functional(self, spec: ModelSpec, config: dict[str, Any], base: str, depth: int) -> None:
        """Parse a graph whose layers name the layers that feed them."""
        spec.sequential = False
        layers = layer_list(config.get("layers"), spec.class_name, base)
        self.names.count(len(layers))
        for key, label in (("input_layers", "inputs"), ("output_layers", "outputs")):
            if not isinstance(config.get(key), list | dict):
                raise ModelError(f"the {spec.class_name} model does not name its {label}", base, f"Add `{key}`.")
        for i, obj in enumerate(layers):
            pointer = f"{base}/layers/{i}"
            layer = self.layer(obj, pointer, depth)
            nodes = obj.get("inbound_nodes")
            if nodes:
                if not isinstance(nodes, list):
                    raise ModelError(f"inbound_nodes of {show(layer.name)} must be a list", f"{pointer}/inbound_nodes")
                layer.calls = [
                    parse_call(node, f"{pointer}/inbound_nodes/{j}", layer.name) for j, node in enumerate(nodes)
                ]
            spec.layers.append(layer)
        spec.inputs = map_references(config["input_layers"], f"{base}/input_layers", plain_reference)
        spec.outputs = map_references(config["output_layers"], f"{base}/output_layers", plain_reference)
        shift_nested_calls(spec.layers, references_in(spec.outputs) + references_in(spec.inputs))

    # Layers --------------------------------------------------------------------------------------------

    def layer(self, obj: Any, pointer: str, depth: int) -> LayerSpec:
        """Parse one layer or nested model. Raises: ModelError if it is malformed."""
        class_name, config, base = self.parts(obj, pointer)
        if is_model(class_name, config):
            model = self.model(obj, pointer, depth + 1)
            spec = LayerSpec(model.name, class_name, {}, pointer, class_name, model=model)
            spec.raw, spec.config_pointer = obj, base
            spec.named = isinstance(obj.get("name"), str) and base != pointer
            return spec
        if isinstance(config, list):
            raise ModelError(f"the config of a {class_name} must be an object, but is a list", base)
        flat = base == pointer
        name = obj.get("custom_name") if flat else obj.get("name", config.get("name"))
        new_class, arguments, renamed = translate(class_name, config, self.dialect)
        spec = LayerSpec(
            name if isinstance(name, str) else self.names.number(class_name.lower()),
            new_class,
            arguments,
            pointer,
            class_name,
            trainable=config.get("trainable") is not False,
            renamed=renamed,
        )
        spec.named = isinstance(name, str)
        spec.raw, spec.config_pointer = obj, base
        if new_class in SPATIAL and arguments.get("data_format") in (None, "default"):
            arguments["data_format"] = self.data_format
        self.declare_input(spec, config)
        for argument, written in LAYER_ARGUMENTS.items():
            if argument in arguments:
                arguments[argument] = self.inner(config.get(written), f"{base}/{written}", depth + 1)
        if new_class == "AutoEncoder" and isinstance(encoder := arguments.get("encoder"), LayerSpec):
            source = inputs_of(encoder)[0]
            spec.input_shape, spec.input_dtype = source.input_shape, source.input_dtype
        return spec

    def inner(self, value: Any, pointer: str, depth: int) -> Any:
        """Parse the layer in an argument of another. Other values are returned for the layer to refuse."""
        check_depth(depth, pointer, "layers")
        if isinstance(value, dict) and ("class_name" in value or "name" in value):
            return self.layer(value, pointer, depth)
        return value

    def declare_input(self, spec: LayerSpec, config: dict[str, Any]) -> None:
        """Record the batch input shape that the layer declares."""
        shape, written = self.declared_shape(spec.class_name, config)
        if written:
            spec.renamed["batch_shape"] = written
        dtype = config.get("input_dtype")
        if isinstance(dtype, str):
            spec.input_dtype = dtype
        elif spec.class_name == "Embedding":
            spec.input_dtype = "int32"
        if spec.class_name == "InputLayer":
            if shape is not None:
                spec.config["batch_shape"] = list(shape)
            spec.dtype = spec.input_dtype
        else:
            spec.input_shape = shape

    def declared_shape(self, class_name: str, config: dict[str, Any]) -> tuple[Shape, str]:
        """Return (batch input shape, the argument that declares it). batch_input_shape takes precedence."""
        batch = shape_list(config.get("batch_input_shape"))
        length = as_int(config.get("input_length"))
        features = as_int(config.get("input_dim"))
        if class_name == "Embedding":
            # Keras 0 writes the size of the vocabulary as the input shape.
            if self.dialect == "keras0":
                return (batch[0] if batch else None, length), "input_length"
            if batch is None:
                return (None, length), "input_length"
        if batch is not None:
            return batch, "batch_input_shape"
        shape = config.get("input_shape")
        if isinstance(shape, int) and not isinstance(shape, bool):
            shape = [shape]
        tail = shape_list(shape)
        implied: KnownShape | None = None
        if features is not None and class_name in FLAT_INPUT:
            implied = (None, features)
        elif features is not None and class_name in SEQUENCE_INPUT:
            implied = (None, length, features)
        # Keras 1 prefers input_dim to input_shape; Keras 0 writes both, and only input_shape is complete.
        if implied is not None and (tail is None or self.dialect == "keras1"):
            return implied, "input_dim"
        if tail is not None:
            return (None, *tail), "input_shape"
        return None, ""


def is_model(class_name: str, config: Any) -> bool:
    """Return whether a layer is a model."""
    if class_name not in MODEL_CLASSES:
        return False
    return class_name in ("Sequential", "Graph") or isinstance(config, list) or "layers" in config


def as_int(value: Any) -> int | None:
    """Return an int, or None for another value."""
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def same_layer(first: LayerSpec, second: LayerSpec) -> bool:
    """Return whether two entries of a Sequential are one layer that is called twice."""
    return (
        first is not second
        and first.named
        and second.named
        and first.model is None
        and second.model is None
        and (first.name, first.written_class) == (second.name, second.written_class)
    )


__all__ = ["Keras1Parser", "parse_model"]
