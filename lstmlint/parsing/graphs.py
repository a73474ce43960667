"""Building a graph from other forms: calls, and the InputLayers that Keras creates itself."""

from __future__ import annotations

from typing import Any

from lstmlint.model.spec import Call, LayerSpec, TensorRef
from lstmlint.parsing.common import references_in


def call_on(refs: list[TensorRef], pointer: str) -> Call:
    """Return a call on one tensor, or on a list of them."""
    return Call([refs[0] if len(refs) == 1 else list(refs)], {}, pointer, list(refs))


def inputs_of(layer: LayerSpec) -> list[LayerSpec]:
    """Return the layers that declare the input of a layer or model: itself, or the first ones inside it."""
    model = layer.model
    if model is None:
        return [layer]
    if model.sequential:
        return inputs_of(model.layers[0]) if model.layers else [layer]
    by_name = {inner.name: inner for inner in reversed(model.layers)}
    return [by_name[ref.layer] for ref in references_in(model.inputs) if ref.layer in by_name]


def input_layer(source: LayerSpec, name: str, taken: set[str]) -> LayerSpec:
    """Return the InputLayer that Keras creates for a layer that declares its input itself."""
    if source.class_name == "InputLayer":
        name = source.name
    unique, number = name, 1
    while unique in taken:
        unique = f"{name}_{number}"
        number += 1
    taken.add(unique)
    shape = source.input_shape
    config: dict[str, Any] = {"batch_shape": None if shape is None else list(shape)}
    if source.class_name == "InputLayer":
        config = {"batch_shape": source.config.get("batch_shape")}
    spec = LayerSpec(unique, "InputLayer", config, source.pointer, "InputLayer", dtype=source.input_dtype)
    spec.named = False
    spec.config_pointer = source.config_pointer
    spec.input_dtype = source.input_dtype
    return spec


__all__ = ["call_on", "input_layer", "inputs_of"]
