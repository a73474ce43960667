"""The Graph of Keras 0 (and of Keras 1.0): inputs, nodes and outputs by name, with merging inside a node.

    {"name": "Graph", "input_config": [{"name", "input_shape", "dtype"}],
     "node_config": [{"name", "input" or "inputs", "merge_mode", "concat_axis", "dot_axes"}],
     "output_config": [the same], "nodes": {name: layer}}

A node with several inputs merges them first; that Merge becomes a layer of its own here, named as Keras 1
names it. A shared node is one layer called on each of its inputs: Keras 0 writes a Siamese layer, whose
results are merged or taken one by one by SiameseHead nodes; Keras 1.0 writes the layer and names of outputs.
"""

from __future__ import annotations

from typing import Any, Protocol

from lstmlint.model.pointers import escape
from lstmlint.model.shapes import Shape
from lstmlint.model.spec import LayerSpec, ModelSpec, TensorRef
from lstmlint.model.values import show
from lstmlint.parsing.common import ModelError, Names, shape_list
from lstmlint.parsing.graphs import call_on, input_layer, inputs_of


class LayerParser(Protocol):
    """The parser of the document, which parses the layers of the graph."""

    names: Names

    def parts(self, obj: Any, pointer: str) -> tuple[str, Any, str]:
        """Return (class, config, pointer of the config) of a layer."""

    def layer(self, obj: Any, pointer: str, depth: int) -> LayerSpec:
        """Parse one layer or nested model."""

    def inner(self, value: Any, pointer: str, depth: int) -> Any:
        """Parse the layer in an argument of another."""


def read_graph(reader: LayerParser, spec: ModelSpec, config: Any, base: str, depth: int) -> None:
    """Fill `spec` with the layers and ends of a Graph. Raises: ModelError if it is malformed."""
    if not isinstance(config, dict):
        raise ModelError("the config of a Graph must be an object", base)
    Graph(reader, spec, config, base, depth).read()


class Graph:
    """One Graph: the tensor that each of its names refers to."""

    def __init__(self, reader: LayerParser, spec: ModelSpec, config: dict[str, Any], base: str, depth: int) -> None:
        self.reader = reader
        self.spec = spec
        self.config = config
        self.base = base
        self.depth = depth
        self.tensors: dict[str, TensorRef] = {}
        # The calls of a shared layer, by the node's name; its heads choose one of them.
        self.shared: dict[str, LayerSpec] = {}

    def read(self) -> None:
        """Read inputs, nodes, and outputs, in the order of the file."""
        self.spec.sequential = False
        for pointer, entry, name in self.entries("input_config"):
            self.add_input(entry, name, pointer)
        self.spec.inputs = self.ordered("input_order", dict(self.tensors))
        for pointer, entry, name in self.entries("node_config"):
            self.add_node(entry, name, pointer)
        outputs = {}
        for pointer, entry, name in self.entries("output_config"):
            refs = self.sources(entry, pointer)
            outputs[name] = refs[0] if len(refs) == 1 else self.merge(entry, name, refs, pointer)
        self.spec.outputs = self.ordered("output_order", outputs)

    def entries(self, key: str) -> list[tuple[str, dict[str, Any], str]]:
        """Yield (pointer, entry, name) for each entry of a list of the config."""
        entries = self.config.get(key)
        if not isinstance(entries, list):
            raise ModelError(f"the Graph has no list `{key}`", self.base, f"Add `{key}`.")
        self.reader.names.count(len(entries))
        found = []
        for i, entry in enumerate(entries):
            pointer = f"{self.base}/{key}/{i}"
            if not isinstance(entry, dict) or not isinstance(entry.get("name"), str):
                raise ModelError(f"an entry of `{key}` must be an object with a name", pointer)
            found.append((pointer, entry, entry["name"]))
        return found

    def ordered(self, key: str, tensors: dict[str, TensorRef]) -> list[TensorRef]:
        """Return the tensors in the order that the config states, else in that of the file."""
        order = self.config.get(key)
        if isinstance(order, list) and all(isinstance(name, str) for name in order) and set(order) == set(tensors):
            return [tensors[name] for name in order]
        return list(tensors.values())

    def add_input(self, entry: dict[str, Any], name: str, pointer: str) -> None:
        """Add an input. Its shape is stated with or without the batch."""
        shape: Shape = shape_list(entry.get("batch_input_shape"))
        written = "batch_input_shape"
        if shape is None:
            tail = shape_list(entry.get("input_shape"))
            written = "input_shape"
            shape = None if tail is None else (None, *tail)
        layer = LayerSpec(
            name,
            "InputLayer",
            {"batch_shape": None if shape is None else list(shape)},
            pointer,
            "InputLayer",
            dtype="int32" if entry.get("dtype") == "int" else None,
            renamed={"batch_shape": written},
            raw=entry,
            config_pointer=pointer,
        )
        self.place(layer, name)

    def add_node(self, entry: dict[str, Any], name: str, pointer: str) -> None:
        """Add a node: a layer on one tensor, on a merge of several, or shared by several."""
        nodes = self.config.get("nodes")
        obj = nodes.get(name) if isinstance(nodes, dict) else None
        place = f"{self.base}/nodes/{escape(name)}"
        if isinstance(entry.get("layer"), dict):
            self.add_shared(entry, name, pointer, entry["layer"], f"{pointer}/layer")
            return
        if not isinstance(obj, dict):
            raise ModelError(f"the Graph has no layer for the node {show(name)}", pointer, "Add it to `nodes`.")
        class_name, settings, base = self.reader.parts(obj, place)
        if class_name == "Siamese" and isinstance(settings.get("layer"), dict):
            self.add_shared(entry, name, pointer, settings["layer"], f"{base}/layer")
            return
        layer = self.reader.layer(obj, place, self.depth)
        layer.name = name
        refs = self.sources(entry, pointer)
        if class_name == "SiameseHead" and len(refs) == 1 and refs[0].layer in self.shared:
            head = settings.get("head")
            calls = len(self.shared[refs[0].layer].calls)
            refs[0].node = head if isinstance(head, int) and 0 <= head < calls else 0
        elif len(refs) > 1:
            refs = [self.merge(entry, f"merge_inputs_for_{name}", refs, pointer)]
        elif not refs:
            refs = self.own_inputs(layer)
        self.place(layer, name, refs)

    def add_shared(self, entry: dict[str, Any], name: str, pointer: str, obj: Any, place: str) -> None:
        """Add one layer called on each input. Its results are merged under the node's name, or used separately."""
        layer = self.reader.inner(obj, place, self.depth + 1)
        if not isinstance(layer, LayerSpec):
            raise ModelError(f"the shared node {show(name)} contains no layer", place)
        merged = bool(entry.get("merge_mode"))
        layer.name = f"input_for_{name}" if merged else name
        refs = self.sources(entry, pointer)
        layer.calls = [call_on([ref], pointer) for ref in refs]
        self.spec.layers.append(layer)
        results = [TensorRef(layer.name, number, 0, pointer=pointer) for number in range(len(refs))]
        if merged:
            self.tensors[name] = self.merge(entry, name, results, pointer)
            return
        self.shared[name] = layer
        self.tensors[name] = TensorRef(name, 0, 0, pointer=pointer)
        outputs = entry.get("outputs")
        for output, result in zip(outputs if isinstance(outputs, list) else (), results, strict=False):
            if isinstance(output, str):
                head = LayerSpec(output, "SiameseHead", {}, pointer, "SiameseHead", config_pointer=pointer)
                self.place(head, output, [result])

    def sources(self, entry: dict[str, Any], pointer: str) -> list[TensorRef]:
        """Return the tensors that an entry uses: those of `inputs`, else that of `input`."""
        inputs = entry.get("inputs")
        if isinstance(inputs, list) and inputs:
            return [self.source(name, f"{pointer}/inputs/{i}") for i, name in enumerate(inputs)]
        name = entry.get("input")
        return [] if name is None else [self.source(name, f"{pointer}/input")]

    def source(self, name: Any, pointer: str) -> TensorRef:
        """Return the tensor of a name; for an unknown name, a dangling reference that inference reports."""
        if not isinstance(name, str):
            raise ModelError("an input of a node must be a name", pointer)
        ref = self.tensors.get(name) or TensorRef(name, 0, 0)
        return TensorRef(ref.layer, ref.node, 0, pointer=pointer)

    def merge(self, entry: dict[str, Any], name: str, refs: list[TensorRef], pointer: str) -> TensorRef:
        """Return the Merge before a node."""
        taken = {layer.name for layer in self.spec.layers}
        while name in taken:
            name += "_merge"
        config: dict[str, Any] = {key: entry[key] for key in ("concat_axis", "dot_axes") if key in entry}
        layer = LayerSpec(
            name,
            "Merge",
            {"mode": entry.get("merge_mode", "concat"), **config},
            pointer,
            "Merge",
            renamed={"mode": "merge_mode"},
            raw=entry,
            config_pointer=pointer,
        )
        layer.calls = [call_on(refs, pointer)]
        self.spec.layers.append(layer)
        return TensorRef(name, 0, 0, pointer=pointer)

    def own_inputs(self, layer: LayerSpec) -> list[TensorRef]:
        """Add an InputLayer for a node without inputs that declares its input shape."""
        taken = {other.name for other in self.spec.layers} | {layer.name}
        refs = []
        for source in inputs_of(layer):
            entry = input_layer(source, f"{source.name}_input", taken)
            self.spec.layers.append(entry)
            refs.append(TensorRef(entry.name, 0, 0, pointer=layer.pointer))
        self.spec.inputs = [*self.spec.inputs, *refs]
        return refs

    def place(self, layer: LayerSpec, name: str, refs: list[TensorRef] | None = None) -> None:
        """Add a layer. Its name refers to its first output."""
        if refs:
            layer.calls = [call_on(refs, layer.pointer)]
        self.spec.layers.append(layer)
        self.tensors[name] = TensorRef(name, 0, 0, pointer=layer.pointer)


__all__ = ["read_graph"]
