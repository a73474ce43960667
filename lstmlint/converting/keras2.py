"""Writing models, layers, and calls as Keras 2 and tf.keras do.

Objects have no module, an InputLayer has a `batch_input_shape`, and calls are lists of [layer, call, output, arguments].
"""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from lstmlint.converting.notes import Refused
from lstmlint.converting.tensorflow import function_of
from lstmlint.converting.values import shown
from lstmlint.converting.writer import Object, Writer, called_model, inner_layers
from lstmlint.inference import Graph
from lstmlint.layers.base import Layer
from lstmlint.layers.rnn import RecurrentLayer
from lstmlint.model.releases import line_of, version
from lstmlint.model.shapes import Shape, Tensor
from lstmlint.model.spec import Call, LayerSpec, ModelSpec, TensorRef
from lstmlint.model.values import show
from lstmlint.parsing.keras2 import CONSTANT
from lstmlint.signatures.keras3 import CALLS


class Keras2Writer(Writer):
    """Converts one document to Keras 2."""

    # Models -------------------------------------------------------------------------------------------

    def document(self, spec: ModelSpec, graph: Graph) -> Object:
        """Write the outermost model, with the version of Keras that it is for."""
        major, minor = version(self.target.release)
        return {**self.model(spec, graph), "keras_version": f"{major}.{minor}.0", "backend": "tensorflow"}

    def header(self, _spec: ModelSpec, _frozen: bool) -> Object:
        """Return nothing: Keras 2 ignores `trainable` of a model."""
        return {}

    def freezes(self, spec: ModelSpec, frozen: bool) -> bool:
        """Return whether layers have to be written as not trainable: in Keras 3, the flag of a model reaches them."""
        return frozen or (self.dialect == "keras3" and not spec.trainable)

    def enclosed(self, spec: ModelSpec, config: Object) -> Object:
        """Return the object of a model with this config."""
        if spec.sequential:
            return {"class_name": "Sequential", "config": config}
        # tf.keras has the name Functional since 2.3
        old = line_of(self.target.release) == "" or (2, 0) <= version(self.target.release) < (2, 3)
        return {"class_name": "Model" if old else "Functional", "config": config}

    def rename(self, name: str, taken: set[str], layer: LayerSpec | None = None) -> str:
        """Return the same name."""
        return name

    def ends(self, ends: Any, graph: Graph, names: dict[str, str]) -> Any:
        """Write `input_layers` or `output_layers`, always as a list or dict."""
        return self.end([ends] if isinstance(ends, TensorRef) else ends, graph)

    def end(self, end: Any, graph: Graph) -> Any:
        """Write a part of the inputs or outputs of a model."""
        if isinstance(end, TensorRef):
            return self.reference(end, graph)
        if isinstance(end, list):
            return [self.end(one, graph) for one in end]
        if isinstance(end, dict):
            return {key: self.end(one, graph) for key, one in end.items()}
        self.result.refuse(None, f"{shown(end)} among the inputs and outputs does not refer to a tensor")
        return end

    # Layers -------------------------------------------------------------------------------------------

    def kept(self, spec: LayerSpec, layer: Layer | None) -> Object:
        """Copy a layer of a Keras 2 file. Raises: Refused if Keras loads it only with custom code."""
        if layer is not None and not layer.known and not layer.failed:
            raise Refused(f"{show(spec.written_class)} is a custom class, which Keras loads only with its code")
        if spec.class_name == "Lambda":
            raise Refused("a Lambda's Python code runs only in the Python version that wrote it")
        self.record_inner(spec)
        return {"class_name": spec.written_class, "config": plain(spec.raw.get("config") or {})}

    def flags(self, spec: LayerSpec, layer: Layer | None, frozen: bool) -> tuple[bool, bool]:
        """Return whether a layer is trainable, and whether the layers in its arguments have to be written as frozen.

        In Keras 2, the flag reaches the layers in the arguments. In Keras 3, it does not reach those of a wrapper.
        """
        trainable = spec.trainable
        if self.dialect == "keras3" and not trainable and layer is not None and inner_layers(spec):
            trainable = any(weight.trainable for weight in layer.trained())
        return trainable and not frozen, frozen

    def object(self, class_name: str, config: Object, layer: Layer | None) -> Object:
        """Return a layer with this config."""
        return {"class_name": class_name, "config": config}

    def input(self, spec: LayerSpec, name: str) -> Object:
        """Write an InputLayer. Raises: Refused for an optional input."""
        if spec.config.get("optional"):
            raise Refused("tf.keras has no optional inputs")
        obj = super().input(spec, name)
        obj["config"] |= {kind: bool(spec.config.get(kind)) for kind in ("sparse", "ragged")}
        return obj

    def input_layer(self, name: str, shape: Shape, dtype: str | None) -> Object:
        """Return an InputLayer."""
        config = {
            "batch_input_shape": list(shape or ()), "dtype": dtype or "float32", "sparse": False, "ragged": False,
            "name": name,
        }  # fmt: skip
        return {"class_name": "InputLayer", "config": config}

    # Calls --------------------------------------------------------------------------------------------

    def nodes(self, spec: LayerSpec, graph: Graph, position: int, names: dict[str, str]) -> list[Any]:
        """Write the calls of a layer."""
        if self.same:
            return deepcopy(spec.raw.get("inbound_nodes") or [])
        return super().nodes(spec, graph, position, names)

    def call(self, call: Call, layer: Layer, graph: Graph, names: dict[str, str]) -> Any:
        """Write a call of a layer: its first argument with the others in every tensor. Raises: Refused."""
        order = CALLS.get(layer.class_name, "inputs").split()
        given = dict(zip(order, call.args, strict=False)) | call.kwargs
        if len(call.args) > len(order):
            raise Refused(f"it is called with {len(call.args)} arguments")
        inputs = given.pop(order[0], None)
        if isinstance(layer, RecurrentLayer) or layer.class_name == "Bidirectional":
            states = given.pop("initial_state", None)
            if states is not None:  # Keras 2 passes sequences and states as one list
                inputs = [inputs, *(states if isinstance(states, list) else [states])]
        if layer.class_name == "MultiHeadAttention" and given.get("use_causal_mask") is True:
            shape = self.context.tensor(graph, inputs).shape if isinstance(inputs, TensorRef) else None
            axes = layer.config.get("attention_axes")
            if (len(axes) if isinstance(axes, list) else len(shape or ()) - 2) > 1:
                raise Refused("tf.keras raises an error for a causal mask over more than one attention axis")
        # Keras 3 replaces it by the model's, tf.keras does not
        given.pop("training", None)
        kwargs = {key: self.value(value, graph, names) for key, value in given.items() if value is not None}
        return self.first(inputs, kwargs, graph)

    def first(self, inputs: Any, kwargs: Object, graph: Graph) -> Any:
        """Write the first argument of a call. Raises: Refused."""

        def write(value: Any) -> Any:
            if isinstance(value, TensorRef):
                return [*self.reference(value, graph), kwargs]
            if isinstance(value, list):
                return [write(item) for item in value]
            if isinstance(value, dict):
                return {key: write(item) for key, item in value.items()}
            return [CONSTANT, -1, self.value(value, graph, {}), kwargs]

        return [write(inputs)] if isinstance(inputs, TensorRef) else write(inputs)

    def reference(self, ref: TensorRef, graph: Graph) -> list[Any]:
        """Write [layer, call, output]."""
        return reference(ref, graph)

    def value(self, value: Any, graph: Graph, names: dict[str, str]) -> Any:
        """Write a tensor or constant of a call. Raises: Refused for what JSON cannot hold."""
        if isinstance(value, TensorRef):
            return self.reference(value, graph)
        if isinstance(value, Tensor):
            return value.value
        if isinstance(value, slice | type(Ellipsis)):
            raise Refused("its call contains a slice")
        if isinstance(value, list | tuple):
            return [self.value(item, graph, names) for item in value]
        if isinstance(value, dict):
            return {key: self.value(item, graph, names) for key, item in value.items()}
        return value

    def function(self, spec: LayerSpec, graph: Graph, name: str) -> Object:
        """Write an operation of keras.ops as a function of TensorFlow. Raises: Refused."""
        if len(spec.calls) != 1:
            raise Refused(f"the operation {spec.class_name} is called {len(spec.calls)} times")
        class_name, function, inputs, kwargs = function_of(spec, spec.calls[0])
        written = {key: self.value(value, graph, {}) for key, value in kwargs.items()}
        node = self.first(inputs, written, graph)
        config = {"name": name, "trainable": True, "dtype": "float32", "function": function}
        single = not isinstance(inputs, list)
        return {
            "class_name": class_name,
            "config": config,
            "inbound_nodes": [node[0] if single and isinstance(inputs, TensorRef) else node],
        }


def reference(ref: TensorRef, graph: Graph) -> list[Any]:
    """Write [layer, call, output]. Calls of models with an input count from 1, since they are called once when built."""
    model = called_model(ref, graph)
    shift = model is not None and (
        not model.sequential or bool(model.layers and model.layers[0].class_name == "InputLayer")
    )
    return [ref.layer, ref.node + shift, ref.tensor]


def plain(value: Any) -> Any:
    """Copy a value of a Keras 2 config, without what only the releases since 2.13 write about objects."""
    if isinstance(value, dict):
        if isinstance(value.get("class_name"), str) and "config" in value:
            return {"class_name": value["class_name"], "config": plain(value["config"])}
        return {key: plain(item) for key, item in value.items()}
    return [plain(item) for item in value] if isinstance(value, list) else value
