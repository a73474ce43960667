"""Writing a model as the config that Keras's `to_json` writes for it, in the dialect of the program.

Arguments that the program does not give are left out, as people leave them out in files that they write by hand: they have
Keras's defaults.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

from lstmlint.python.dialects import Style
from lstmlint.python.graphs import Graph
from lstmlint.python.keras_names import in_keras
from lstmlint.python.keras_objects import Layer, Model, Node, Tensor, tensors_in
from lstmlint.python.limits import Cut, visit
from lstmlint.python.program import Reason
from lstmlint.python.values import (
    Array,
    Class,
    Configured,
    Dict,
    Function,
    List,
    Module,
    Opaque,
    Place,
    Size,
    is_unknown,
)
from lstmlint.reading.document import Document

# Arguments that change neither a shape nor the number of parameters, so that it does not matter if they are unknown.
HARMLESS = frozenset(
    "activation recurrent_activation rate dropout recurrent_dropout seed momentum epsilon weights stddev noise_shape alpha"
    " theta mask_value stateful unroll implementation go_backwards interpolation p sigma init inner_init inner_activation"
    " forget_bias_init dropout_W dropout_U consume_less max_value negative_slope threshold l1 l2 sparse ragged dtype factor"
    " input_dtype attention_dropout unit_forget_bias kernel_init function mask embeddings_init scale_factor supports_masking"
    " arguments output_mask height_factor width_factor"
    " standardize split alpha_init beta_init gamma_init value_range fill_mode".split()
)
# What is written for such an argument if Keras needs it.
STAND_INS: dict[str, Any] = {
    "rate": 0.5, "p": 0.5, "stddev": 0.1, "sigma": 0.1, "factor": 0.1, "standardize": "lower_and_strip_punctuation",
    "split": "whitespace", "height_factor": 0.1, "theta": 1.0, "l1": 0.01, "l2": 0.01, "activation": "linear",
}  # fmt: skip
HARMLESS_ENDINGS = ("_initializer", "_regularizer", "_constraint", "_init", "_activation")
SIZES = frozenset(
    "units filters kernel_size strides pool_size size input_dim output_dim input_length n target_shape dims cropping num_heads"
    " key_dim value_dim input_shape batch_input_shape batch_shape shape batch_size nb_filter nb_row nb_col filter_length"
    " pool_length subsample subsample_length stride length nb_feature kernel_dim1 kernel_dim2 kernel_dim3 dilation_rate"
    " atrous_rate output_shape groups depth_multiplier height width num_tokens max_tokens output_sequence_length"
    " num_oov_indices hash_dim padding projection_dim query_head_dim source_weights source_outputs".split()
)
SHAPES = frozenset({"input_shape", "batch_input_shape", "batch_shape", "shape"})
LEFT_OUT = frozenset({"weights", "name", "trainable", "input_tensor", "tensor", "dynamic", "autocast"})
WEIGHTLESS = frozenset(
    "InputLayer Dropout Activation Flatten ReLU LeakyReLU Softmax Add Concatenate Multiply Average Reshape Rescaling"
    " MaxPooling1D MaxPooling2D AveragePooling2D GlobalAveragePooling1D GlobalAveragePooling2D GlobalMaxPooling1D".split()
)
# How many dimensions, without the batch, the input of a layer has.
RANKS: dict[str, int] = {
    **dict.fromkeys(["LSTM", "GRU", "SimpleRNN", "CuDNNLSTM", "CuDNNGRU", "RNN", "Bidirectional", "Conv1D"], 2),
    **dict.fromkeys(["Convolution1D", "MaxPooling1D", "AveragePooling1D", "GlobalMaxPooling1D", "ZeroPadding1D"], 2),
    **dict.fromkeys(
        ["GlobalAveragePooling1D", "UpSampling1D", "Cropping1D", "SeparableConv1D", "LocallyConnected1D"], 2
    ),
    **dict.fromkeys(["Conv1DTranspose", "SpatialDropout1D", "TimeDistributedDense"], 2),
    **dict.fromkeys(["Conv2D", "Convolution2D", "MaxPooling2D", "AveragePooling2D", "GlobalMaxPooling2D"], 3),
    **dict.fromkeys(["GlobalAveragePooling2D", "ZeroPadding2D", "UpSampling2D", "SeparableConv2D", "Cropping2D"], 3),
    **dict.fromkeys(["DepthwiseConv2D", "Conv2DTranspose", "SpatialDropout2D"], 3),
    **dict.fromkeys(["Conv3D", "MaxPooling3D", "AveragePooling3D", "ConvLSTM2D", "ZeroPadding3D"], 4),
    "RepeatVector": 1,
}
# Layers that look only at the last dimension. If a model has no others, its weights do not depend on the rank of its input.
LAST_DIMENSION = frozenset(
    "Dense Dropout Activation LayerNormalization LeakyReLU ReLU ELU GaussianNoise GaussianDropout AlphaDropout Softmax"
    " Normalization Masking Rescaling ActivityRegularization BatchNormalization UnitNormalization Concatenate Add Subtract"
    " Multiply Average Maximum Minimum InputLayer ThresholdedReLU".split()
)
LAST = -1  # in place of a rank: only the last dimension matters
SAME_RANK = frozenset(
    "Dropout BatchNormalization Activation Masking GaussianNoise LayerNormalization LeakyReLU PReLU ReLU Rescaling"
    " GaussianDropout AlphaDropout".split()
)

Items = Callable[[Any, int], Any]  # (unknown shape, index) -> its dimension


class Written:
    """A model as a config whose leaves may be Opaques and Sizes.

    places: pointer -> place in the program.
    taint: why it is not certain. missing: whether a part of it cannot be written at all.
    """

    def __init__(self) -> None:
        self.data: dict[str, Any] = {}
        self.places: dict[str, Place] = {}
        self.reasons: dict[Reason, None] = {}
        self.unknowns: dict[int, Opaque] = {}
        self.missing = False

    def doubt(self, reasons: Any) -> None:
        """Note why the model is not certain."""
        self.reasons.update(dict.fromkeys(reasons))


class Writer:
    """Writes one model."""

    def __init__(self, style: Style, item: Items, shape_of: Callable[[Tensor], Any]) -> None:
        self.style = style
        self.item = item
        self.shape_of = shape_of
        self.keras3 = style.dialect == "keras3"
        self.out = Written()
        self.depth = 0
        self.frozen = 0  # of the models around a layer, how many are not trainable
        self.seen: dict[int, Layer] = {}

    def write(self, model: Model) -> Written:
        """Return a model as the outermost object of a document."""
        self.out.data = self.model(model, "")
        if self.style.dialect == "keras1":
            self.out.data["keras_version"] = "1.2.2"
        if model.compiled is not None:
            key = "compile_config" if self.keras3 else "training_config"
            self.out.data[key] = self.compiled(model, f"/{key}")
        return self.out

    def compiled(self, model: Model, pointer: str) -> dict[str, Any]:
        """Return the arguments of compile as Keras stores them."""
        found: dict[str, Any] = {}
        for name, value in (model.compiled or {}).items():
            if name not in ("optimizer", "loss", "metrics", "loss_weights", "weighted_metrics"):
                continue
            written = self.value(value, loosely=True)
            if written is OMIT:
                continue
            key = name if self.keras3 or name != "optimizer" else "optimizer_config"
            if key == "optimizer_config" and isinstance(written, str):
                written = {"class_name": written, "config": {}}
            found[key] = written
            if name in model.compile_place:
                self.out.places[f"{pointer}/{key}"] = model.compile_place[name]
        self.out.places[pointer] = model.compile_place.get("", model.places[""])
        return found

    # Models

    def model(self, model: Model, pointer: str) -> dict[str, Any]:
        """Return a model. Raises: Cut if models are nested too deeply."""
        self.depth += 1
        if self.depth > 30:
            raise Cut("models are nested too deeply")
        self.out.places[pointer] = model.places[""]
        self.out.doubt(model.taint)
        if is_unknown(model.trainable):
            self.out.doubt([(*model.places[""], "whether it is trainable is not known")])
        self.frozen += model.trainable is False
        written = self.functional(model, pointer) if model.layers is None else self.sequential(model, pointer)
        self.frozen -= model.trainable is False
        self.depth -= 1
        return written

    def head(self, class_name: str, config: Any) -> dict[str, Any]:
        """Return a serialized model of a class."""
        if not self.keras3:
            return {"class_name": class_name, "config": config}
        if class_name == "Sequential":
            return {"module": "keras", "class_name": class_name, "config": config, "registered_name": None}
        module = "keras.src.models.functional"
        return {"module": module, "class_name": "Functional", "config": config, "registered_name": "Functional"}

    def sequential(self, model: Model, pointer: str) -> dict[str, Any]:
        """Return a Sequential."""
        layers: list[dict[str, Any]] = []
        config: dict[str, Any] = {"name": model.name, "layers": layers}
        base = f"{pointer}/config/layers"
        if self.style.dialect == "keras1":
            base = f"{pointer}/config"
        if model.trainable is False:
            config["trainable"] = False
        for i, layer in enumerate(model.layers or ()):
            place = f"{base}/{len(layers)}"
            written = self.layer(layer, place)
            if i == 0:
                self.declare_rank(model, layer, written)
            if self.keras3 and layer.class_name != "InputLayer":
                shape = self.take_input_shape(layer, written)
                if i == 0 and shape is not None:
                    entry = {"name": f"{layer.name}_input", "batch_shape": shape}
                    layers.append(self.serialized("keras.layers", "InputLayer", entry))
                    self.out.places[place] = self.input_place(layer)
                    place = f"{base}/{len(layers)}"
                    self.move_places(f"{base}/{len(layers) - 1}", place, layer)
            layers.append(written)
        if is_unknown(model.build_shape):
            rank = self.rank_of("", list(model.layers or ()))
            if rank is not None:
                config["build_input_shape"] = self.dimensions(model.build_shape, rank, "build_shape", model)
        elif model.build_shape is not None:
            config["build_input_shape"] = self.value(model.build_shape)
        if self.style.dialect == "keras1":
            return {"class_name": "Sequential", "config": layers, "name": model.name}
        written = self.head("Sequential", config)
        if self.keras3 and "build_input_shape" in config:
            written["build_config"] = {"input_shape": config["build_input_shape"]}
        return written

    def move_places(self, old: str, new: str, layer: Layer) -> None:
        """Correct the places of a layer that moved one further because of an InputLayer."""
        for name in layer.places:
            suffix = f"/config/{name}" if name else ""
            self.out.places[new + suffix] = layer.places[name]

    def input_place(self, layer: Layer) -> Place:
        """Return the place of the argument that declares an input shape."""
        for name in ("input_shape", "batch_input_shape", "input_dim"):
            if name in layer.places:
                return layer.places[name]
        return layer.places[""]

    def take_input_shape(self, layer: Layer, written: dict[str, Any]) -> Any:
        """Remove the input shape from the config of a Keras 3 layer, which the InputLayer declares."""
        config = written["config"]
        batch = config.pop("batch_size", None)
        whole = config.pop("batch_input_shape", config.pop("batch_shape", None))
        rest = config.pop("input_shape", None)
        if whole is not None:
            return whole
        if isinstance(rest, list):
            return [batch, *rest]
        if "input_dim" in layer.arguments and layer.class_name != "Embedding":
            return [batch, config.pop("input_dim", None)]
        return None

    def declare_rank(self, model: Model, layer: Layer, written: dict[str, Any]) -> None:
        """Replace an unknown input shape by as many unknown dimensions as the layers take."""
        config = written.get("config")
        if not isinstance(config, dict):
            return
        for name in SHAPES & config.keys():
            if is_unknown(config[name]):
                rank = self.rank_of(layer.class_name, list(model.layers or ()))
                config[name] = self.dimensions(config[name], rank, name, layer)

    def rank_of(self, class_name: str, layers: list[Layer]) -> int | None:
        """Return how many dimensions the first of some layers takes; None if it may be any number."""
        for layer in layers:
            name = layer.class_name
            if name in RANKS:
                return RANKS[name]
            if name not in SAME_RANK and name != "InputLayer":
                break
        return LAST if all(map(only_last, layers)) else None

    def dimensions(self, shape: Any, rank: int | None, name: str, layer: Layer) -> Any:
        """Return the dimensions of an unknown shape."""
        if rank is None:
            text = shape.name if isinstance(shape, Opaque) else "the input shape"
            place = layer.places.get(name, layer.places[""])
            self.out.doubt([(*place, f"the number of dimensions of `{text}` is not known")])
            return None
        whole = name.startswith("b")
        if rank == LAST:
            last = self.item(shape, -1)
            self.note(last)
            return [None, last] if whole else [last]
        dims = [self.item(shape, i) for i in range(whole, rank + whole)]
        for dim in dims:
            self.note(dim)
        return [None, *dims] if whole else dims

    def functional(self, model: Model, pointer: str) -> dict[str, Any]:
        """Return a functional model."""
        inputs, outputs = list(tensors_in(model.inputs)), list(tensors_in(model.outputs))
        for tensor in (*inputs, *outputs):
            self.out.doubt(tensor.taint)
        graph = Graph(inputs, outputs)
        if not inputs or not outputs:
            self.out.missing = True
        names = self.unique_names(graph, inputs)
        calls = self.calls(graph)
        numbers = {id(node): number for nodes in calls.values() for number, node in enumerate(nodes)}
        layers: list[dict[str, Any]] = []
        base = f"{pointer}/config/layers"
        for layer in graph.ranked:
            place = f"{base}/{len(layers)}"
            if any(tensor.node.layer is layer for tensor in inputs) and layer.class_name != "InputLayer":
                written = self.entry(next(tensor for tensor in inputs if tensor.node.layer is layer))
            else:
                written = self.layer(layer, place)
                written["inbound_nodes"] = [
                    self.node(node, names, numbers, f"{place}/inbound_nodes/{i}")
                    for i, node in enumerate(calls.get(id(layer), ()))
                    if layer.class_name != "InputLayer"
                ]
                if layer.class_name == "InputLayer":
                    self.declare_input(layer, graph, written)
            written["name"] = names[id(layer)]
            if isinstance(written["config"], dict):
                written["config"]["name"] = names[id(layer)]
            layers.append(written)
        config: dict[str, Any] = {"name": model.name, "layers": layers}
        if model.trainable is False:
            config["trainable"] = False
        for key, structure in (("input_layers", model.inputs), ("output_layers", model.outputs)):
            single = isinstance(structure, Tensor) and not self.keras3
            config[key] = self.ends([structure] if single else structure, names, numbers)
        if pointer and model.class_name not in ("Model", "Functional"):
            return self.serialized("custom", model.class_name, config)
        return self.head("Model" if self.style.dialect == "keras1" else "Functional", config)

    def declare_input(self, layer: Layer, graph: Graph, written: dict[str, Any]) -> None:
        """Replace an unknown shape of an InputLayer by as many unknown dimensions as its consumers take."""
        config = written["config"]
        for name in ("batch_shape", "batch_input_shape"):
            if name in config and is_unknown(config[name]):
                rank = self.consumer_rank(layer, graph)
                shape = layer.arguments.get("shape", layer.arguments.get("batch_shape"))
                dims = self.dimensions(shape, rank, "shape" if "shape" in layer.arguments else "batch_shape", layer)
                if "shape" in layer.arguments and dims is not None:
                    dims = [layer.arguments.get("batch_size"), *dims]
                config[name] = dims
                if dims is None:
                    self.out.missing = True

    def consumer_rank(self, layer: Layer, graph: Graph) -> int | None:
        """Return how many dimensions the layers that take an input expect."""
        fed, ranks = {id(layer)}, set()
        for node in graph.sorted:
            if any(id(tensor.node.layer) in fed for tensor in node.tensors()):
                inner = node.layer
                if inner.class_name in RANKS:
                    ranks.add(RANKS[inner.class_name])
                elif inner.class_name in SAME_RANK:
                    fed.add(id(inner))
        if not ranks and all(map(only_last, graph.ranked)):
            return LAST
        return ranks.pop() if len(ranks) == 1 else None

    def unique_names(self, graph: Graph, inputs: list[Tensor]) -> dict[int, str]:
        """Return the names of the layers. A name that the program gives twice stays, for Keras refuses it."""
        names = {}
        taken = {layer.name for layer in graph.ranked if layer.named_by_user}
        for layer in graph.ranked:
            name = layer.name
            if not layer.named_by_user:
                number = 1
                while name in taken:
                    name = f"{layer.name}_{number}"
                    number += 1
            taken.add(name)
            names[id(layer)] = name
        return names

    def calls(self, graph: Graph) -> dict[int, list[Node]]:
        """Return the calls of each layer, in the order in which the program makes them."""
        found: dict[int, list[Node]] = {}
        for node in graph.sorted:
            found.setdefault(id(node.layer), []).append(node)
        for key, nodes in found.items():
            if len(nodes) > 1:
                position = {id(node): i for i, node in enumerate(graph.layers[key].calls)}
                nodes.sort(key=lambda node: position.get(id(node), 0))
        return found

    def entry(self, tensor: Tensor) -> dict[str, Any]:
        """Return an InputLayer in place of the layer that gives an input of the model."""
        shape = self.shape_of(tensor)
        if shape is None:
            self.out.missing = True
            self.out.doubt([(*tensor.node.place, "the shape of an input of the model is not known")])
        key = "batch_shape" if self.keras3 else "batch_input_shape"
        config = {key: None if shape is None else [self.value(dim) for dim in shape]}
        written = self.serialized("keras.layers", "InputLayer", config)
        written["inbound_nodes"] = []
        return written

    def ends(self, structure: Any, names: dict[int, str], numbers: dict[int, int]) -> Any:
        """Return references to the inputs or outputs of a model."""
        if isinstance(structure, Tensor):
            return self.end(structure, names, numbers)
        if isinstance(structure, dict):
            return {key: self.ends(item, names, numbers) for key, item in visit(structure).items()}
        items = structure if isinstance(structure, list) else []
        return [self.ends(item, names, numbers) for item in visit(items) if isinstance(item, Tensor | list | dict)]

    def end(self, tensor: Tensor, names: dict[int, str], numbers: dict[int, int]) -> list[Any]:
        """Return a reference to an input or output of a model."""
        return [names[id(tensor.node.layer)], numbers[id(tensor.node)], tensor.index]

    def node(self, node: Node, names: dict[int, str], numbers: dict[int, int], pointer: str) -> Any:
        """Return an inbound node."""
        self.out.places[pointer] = node.place

        def refer(tensor: Tensor) -> Any:
            self.out.doubt(tensor.taint)
            if id(tensor.node) not in numbers:  # not reachable
                self.out.missing = True
                return None
            history = self.end(tensor, names, numbers)
            return {"class_name": "__keras_tensor__", "config": {"keras_history": history}} if self.keras3 else history

        if self.keras3:
            return {
                "args": [self.structure(value, refer) for value in node.args],
                "kwargs": {name: self.structure(value, refer) for name, value in node.kwargs.items()},
            }
        return self.old_node(node, refer)

    def old_node(self, node: Node, refer: Callable[[Tensor], Any]) -> Any:
        """Return an inbound node in the form of Keras 1 and 2: the first argument, with the others in each reference."""
        first = node.args[0] if node.args else None
        others = {f"arg{i}": value for i, value in enumerate(node.args[1:], 1)}
        kwargs = {name: self.structure(value, refer) for name, value in {**others, **node.kwargs}.items()}
        single = isinstance(first, Tensor)

        def reference(value: Any) -> Any:
            if isinstance(value, Tensor):
                return [*refer(value), kwargs] if id(value) else None
            if isinstance(value, list | tuple):
                return [reference(item) for item in visit(value)]
            if isinstance(value, dict):
                return {key: reference(item) for key, item in visit(value).items()}
            return ["_CONSTANT_VALUE", -1, self.structure(value, refer), kwargs]

        if node.layer.class_name in ("TFOpLambda", "SlicingOpLambda"):
            return reference(first)
        return [reference(first)] if single else reference(first)

    def structure(self, value: Any, refer: Callable[[Tensor], Any]) -> Any:
        """Return an argument of a call."""
        if isinstance(value, Tensor):
            return refer(value)
        if isinstance(value, list | tuple):
            return [self.structure(item, refer) for item in visit(value)]
        if isinstance(value, dict):
            return {key: self.structure(item, refer) for key, item in visit(value).items()}
        if isinstance(value, slice):
            parts = {name: self.structure(getattr(value, name), refer) for name in ("start", "stop", "step")}
            return {"class_name": "__slice__", "config": parts} if self.keras3 else parts
        if value is Ellipsis:
            return {"class_name": "__ellipsis__", "config": {}} if self.keras3 else "..."
        written = self.value(value, loosely=True)
        return None if written is OMIT else written

    # Layers

    def serialized(self, module: str, class_name: str, config: dict[str, Any]) -> dict[str, Any]:
        """Return a serialized object of a class."""
        if not self.keras3:
            return {"class_name": class_name, "config": config}
        own = module.startswith("keras.src.ops") or module == "custom"
        registered = class_name if own else None
        return {"module": module, "class_name": class_name, "config": config, "registered_name": registered}

    def layer(self, layer: Layer, pointer: str) -> dict[str, Any]:
        """Return a layer or a nested model."""
        self.out.doubt(layer.taint)
        if id(layer) in self.seen and layer.class_name not in WEIGHTLESS and layer.kind != "operation":
            text = f"{layer.name} is in several of the models, and a config has no notion of weights that models share"
            self.out.doubt([(*layer.places[""], text)])
        self.seen[id(layer)] = layer
        if is_unknown(layer.trainable):
            self.out.doubt([(*layer.places[""], "whether it is trainable is not known")])
        if isinstance(layer, Model) and (layer.layers is not None or layer.outputs is not None):
            return self.model(layer, pointer)
        if layer.inner is not None:
            self.out.places[pointer] = layer.places[""]
            self.frozen += layer.trainable is False
            written = self.functional(layer.inner, pointer)
            self.frozen -= layer.trainable is False
            written["config"]["name"] = layer.name
            if layer.trainable is False or self.frozen:
                written["config"]["trainable"] = False
            return written
        for name, place in layer.places.items():
            self.out.places[f"{pointer}/config/{name}" if name else pointer] = place
        if layer.class_name == "Merge" and self.style.dialect == "keras1":
            return self.merge(layer, pointer)
        config: dict[str, Any] = {"name": layer.name}
        if layer.trainable is False or self.frozen:
            config["trainable"] = False
        for name, value in layer.arguments.items():
            if name in LEFT_OUT:
                continue
            written = self.argument(layer, name, value, pointer)
            if written is not OMIT:
                config[name] = written
        if layer.class_name == "InputLayer":
            self.input_config(layer, config)
        elif layer.class_name == "TextVectorization":  # whose config must hold these
            config = {"standardize": "lower_and_strip_punctuation", "split": "whitespace", "ngrams": None, **config}
        elif layer.class_name == "Lambda":
            config["function"] = "<code>"
        elif layer.class_name in ("GRU", "GRUCell") and self.style.dialect == "keras2":
            self.reset_after(layer, config)
        return self.serialized(layer.module, layer.class_name, config)

    def reset_after(self, layer: Layer, config: dict[str, Any]) -> None:
        """Write the default of reset_after, which depends on the release."""
        if "reset_after" in config:
            return
        if self.style.reset_after is None:
            text = "a GRU has reset_after by default since Keras 2.4, and had not before"
            self.out.doubt([(*layer.places[""], text)])
        config["reset_after"] = self.style.reset_after is not False

    def merge(self, layer: Layer, pointer: str) -> dict[str, Any]:
        """Return a Merge of Keras 1 with the models that it merges."""
        config: dict[str, Any] = {"name": layer.name}
        for name, value in layer.arguments.items():
            if name == "layers":
                models = value if isinstance(value, list | tuple) else ()
                config["layers"] = [
                    self.layer(inner, f"{pointer}/config/layers/{i}")
                    for i, inner in enumerate(models)
                    if isinstance(inner, Layer)
                ]
                if not config["layers"]:
                    del config["layers"]
            elif name not in LEFT_OUT:
                written = self.argument(layer, name, value, pointer)
                if written is not OMIT:
                    config[name] = written
        return {"class_name": "Merge", "config": config}

    def input_config(self, layer: Layer, config: dict[str, Any]) -> None:
        """Write the shape of an input as batch_shape (Keras 3) or batch_input_shape."""
        shape = config.pop("batch_shape", config.pop("batch_input_shape", None))
        rest = config.pop("shape", config.pop("input_shape", None))
        batch = config.pop("batch_size", None)
        if shape is None and rest is not None:
            shape = rest if is_unknown(rest) else [batch, *rest] if isinstance(rest, list) else [batch, rest]
        config["batch_shape" if self.keras3 else "batch_input_shape"] = shape
        if not self.keras3 and "dtype" in config and self.style.dialect == "keras1":
            config["input_dtype"] = config.pop("dtype")

    def argument(self, layer: Layer, name: str, value: Any, pointer: str) -> Any:
        """Return an argument of a layer; OMIT if it is to be left out."""
        place = layer.places.get(name, layer.places[""])
        harmless = name in HARMLESS or name.endswith(HARMLESS_ENDINGS)
        taint = getattr(value, "taint", ())
        if isinstance(value, Layer):
            return self.layer(value, f"{pointer}/config/{name}")
        if name == "cells" and isinstance(value, list | tuple):  # of StackedRNNCells
            return self.cells(value, f"{pointer}/config/cells")
        if name == "cell" and isinstance(value, list | tuple):
            inner = self.cells(value, f"{pointer}/config/cell/config/cells")
            return self.serialized("keras.layers", "StackedRNNCells", {"cells": inner})
        if not harmless:
            self.out.doubt(taint)
        if name == "vocabulary":
            return self.vocabulary(layer, value)
        if name in SHAPES and isinstance(value, int):
            return [value]
        if name in SHAPES and isinstance(value, Size | Opaque):
            return value
        written = self.value(value, loosely=harmless or name not in SIZES)
        unknown = written is OMIT or (name not in SIZES and is_unknown(value))
        if unknown and not harmless and value is not None:
            shown = value.name if isinstance(value, Opaque) else name
            self.out.doubt([(*place, f"the argument {name} is not known" + (f": `{shown}`" if shown != name else ""))])
            return OMIT
        if harmless and (unknown or contains_unknown(value)):
            return STAND_INS.get(name, OMIT)
        return written

    def vocabulary(self, layer: Layer, value: Any) -> Any:
        """Return the vocabulary of a lookup; OMIT if it is not known. The size of an output of ones and zeros depends on it."""
        written = self.value(value, loosely=True)
        if isinstance(written, list) and not getattr(value, "taint", ()) and len(written) < 1_000:
            return written
        if value is not None and layer.arguments.get("output_mode", "int") != "int":
            self.out.doubt([(*layer.places.get("vocabulary", layer.places[""]), "the vocabulary is not known")])
        return OMIT

    def cells(self, cells: Any, pointer: str) -> list[dict[str, Any]]:
        """Return the configs of cells."""
        self.out.doubt(getattr(cells, "taint", ()))
        inner = [self.layer(cell, f"{pointer}/{i}") for i, cell in enumerate(cells) if isinstance(cell, Layer)]
        if len(inner) != len(cells):
            self.out.missing = True
        return inner

    # Values

    def note(self, value: Any) -> None:
        """Note the unknowns of a value."""
        if isinstance(value, Opaque):
            self.out.unknowns.setdefault(id(value), value)
        elif isinstance(value, Size):
            for term in value.terms:
                for leaf in term:
                    self.out.unknowns.setdefault(id(leaf), leaf)

    def value(self, value: Any, loosely: bool = False) -> Any:
        """Return a value in JSON's types, with Opaques and Sizes; OMIT if it has none.

        loosely: leave out unknowns instead of keeping them.
        """
        if value is None or isinstance(value, bool | int | str):
            return value
        if isinstance(value, float):
            return value if math.isfinite(value) else OMIT
        if isinstance(value, Opaque | Size):
            if loosely:
                return OMIT
            self.note(value)
            return value
        if isinstance(value, List | tuple | list):
            items = [self.value(item, loosely) for item in visit(value)]
            return OMIT if OMIT in items else items
        if isinstance(value, Dict | dict):
            items_by_key = {str(key): self.value(item, loosely) for key, item in visit(value).items()}
            return {key: item for key, item in items_by_key.items() if item is not OMIT}
        if isinstance(value, Module):
            return named(value.path)
        if isinstance(value, Configured):
            return self.configured(value)
        if isinstance(value, Layer):
            return self.layer(value, "")
        if isinstance(value, Function) and value.name != "<lambda>":
            return OMIT
        if isinstance(value, Class | Array | Tensor):
            return OMIT
        return OMIT

    def configured(self, value: Configured) -> Any:
        """Return a serialized initializer, regularizer, optimizer, loss ..."""
        config = {}
        for name, argument in value.arguments.items():
            written = self.value(argument, loosely=True)
            if written is not OMIT:
                config[name] = written
        name = value.name.upper().replace("_", "") if value.name in ("l1", "l2", "l1_l2") else value.name
        return self.serialized(f"keras.{value.kind}", name, config)


def only_last(layer: Layer) -> bool:
    """Return whether the weights and the output of a layer follow from the last dimension of its inputs."""
    return layer.class_name in LAST_DIMENSION and "axis" not in layer.arguments and layer.cls is None


def contains_unknown(value: Any) -> bool:
    """Return whether a value is unknown, or has an unknown part."""
    if isinstance(value, list | tuple):
        return any(map(contains_unknown, visit(value)))
    return is_unknown(value)


def named(path: str) -> Any:
    """Return the name by which Keras stores a function of its own, such as an activation; OMIT for others."""
    rest = in_keras(path)
    if rest is not None and rest.partition(".")[0] in ("activations", "losses", "metrics", "layers"):
        return rest.rpartition(".")[2]
    if path.startswith("tensorflow.nn."):
        return path.rpartition(".")[2]
    if path.startswith("tensorflow.") and path.count(".") == 1 and path.rpartition(".")[2] in ("tanh", "sigmoid"):
        return path.rpartition(".")[2]
    return OMIT


class _Omit:
    """The value of an argument that is left out."""

    def __repr__(self) -> str:
        return "OMIT"


OMIT = _Omit()


def fill(value: Any, sizes: Mapping[int, int]) -> Any:
    """Return a config with its Opaques, by id, replaced by numbers."""
    if isinstance(value, dict):
        return {key: fill(item, sizes) for key, item in value.items()}
    if isinstance(value, list):
        return [fill(item, sizes) for item in value]
    if isinstance(value, Opaque):
        return sizes[id(value)]
    if isinstance(value, Size):
        total = 0
        for term, factor in value.terms.items():
            total += factor * math.prod(sizes[id(leaf)] for leaf in term)
        return total
    return value


def document(written: Written, path: str, container: str, sizes: Mapping[int, int]) -> Document:
    """Return a written model as a Document."""
    places = written.places

    def locate(pointer: str) -> Place:
        while pointer not in places and pointer:
            pointer = pointer.rpartition("/")[0]
        return places.get(pointer, (1, 1))

    return Document(path, container, fill(written.data, sizes), locator=locate)
