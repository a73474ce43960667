"""Keras 3: every object carries module and class_name, tensors are `__keras_tensor__` objects."""

from __future__ import annotations

from typing import Any

from lstmlint.parsing.common import (
    LAYER_ARGUMENTS,
    MAX_DEPTH,
    ModelError,
    Names,
    check_names,
    is_layer_object,
    map_references,
    plain_reference,
    references_in,
)
from lstmlint.shapes import Tensor, as_shape
from lstmlint.spec import Call, LayerSpec, ModelSpec, TensorRef, escape

MODEL_CLASSES = frozenset({"Sequential", "Functional", "Model"})
NOT_ARGUMENTS = frozenset({"name", "trainable", "dtype"})


def is_model(obj: dict[str, Any]) -> bool:
    """Whether a serialized layer is a model: a Sequential or Functional, or a subclass that is saved like one."""
    config = obj.get("config")
    if not isinstance(config, dict):
        return False
    layers = config.get("layers")
    return isinstance(layers, list) and (
        obj.get("class_name") in MODEL_CLASSES or ("input_layers" in config and "output_layers" in config)
    )


def parse_model(obj: dict[str, Any], pointer: str, names: Names, depth: int = 0) -> ModelSpec:
    """A Sequential or Functional model. Raises: ModelError where its form is broken beyond reading."""
    if depth > MAX_DEPTH:
        raise ModelError(f"models are nested more than {MAX_DEPTH} deep", pointer, "Flatten the model.")
    class_name = obj["class_name"]
    config = obj["config"]
    layers = config.get("layers")
    if not isinstance(layers, list):
        raise ModelError(f"the {class_name} model has no list of layers", f"{pointer}/config", "Add `layers`.")
    sequential = class_name == "Sequential" or "input_layers" not in config
    name = config.get("name")
    if not isinstance(name, str):
        name = names.make(class_name)
    spec = ModelSpec(
        name, class_name, "keras3", [], sequential, pointer=pointer, trainable=config.get("trainable") is not False
    )
    base = f"{pointer}/config/layers"
    spec.layers = [parse_layer(layer, f"{base}/{i}", names, depth) for i, layer in enumerate(layers)]
    build_config = obj.get("build_config")
    if isinstance(build_config, dict):
        spec.build_input_shape = as_shape(build_config.get("input_shape"))
    if sequential and spec.build_input_shape is None:
        spec.build_input_shape = as_shape(config.get("build_input_shape"))
    if not sequential:
        for key, label in (("input_layers", "inputs"), ("output_layers", "outputs")):
            if not isinstance(config.get(key), list | dict):
                raise ModelError(
                    f"the {class_name} model does not name its {label}", f"{pointer}/config", f"Add `{key}`."
                )
        spec.inputs = map_references(config["input_layers"], f"{pointer}/config/input_layers", plain_reference)
        spec.outputs = map_references(config["output_layers"], f"{pointer}/config/output_layers", plain_reference)
        # get_config counts the calls of a nested functional model from 1 here, and only here.
        functional = {layer.name for layer in spec.layers if layer.model is not None and not layer.model.sequential}
        for ref in references_in(spec.outputs) + references_in(spec.inputs):
            if ref.node > 0 and ref.layer in functional:
                ref.node -= 1
    check_names(spec)
    return spec


def parse_layer(obj: Any, pointer: str, names: Names, depth: int) -> LayerSpec:
    """One layer, operation or nested model. Raises: ModelError where its form is broken beyond reading."""
    if not isinstance(obj, dict):
        raise ModelError(
            f"a layer must be an object, but this is {_kind(obj)}", pointer, "Write class_name and config."
        )
    class_name = obj.get("class_name")
    if not isinstance(class_name, str):
        raise ModelError("a layer has no class_name", pointer, 'Add it: "class_name": "LSTM".')
    config = obj.get("config")
    if config is None:
        config = {}
    if not isinstance(config, dict):
        raise ModelError(f"the config of a {class_name} must be an object, but is {_kind(config)}", f"{pointer}/config")
    name = obj.get("name")
    if not isinstance(name, str):
        name = config.get("name")
    named = isinstance(name, str)
    spec = LayerSpec(
        name if named else names.make(class_name),  # type: ignore[arg-type]
        class_name,
        {key: value for key, value in config.items() if key not in NOT_ARGUMENTS},
        pointer,
        class_name,
        obj.get("module"),
        obj.get("registered_name"),
        config.get("trainable") is not False,
        config.get("dtype"),
    )
    spec.named = named
    spec.raw = obj
    spec.config_pointer = f"{pointer}/config"
    build_config = obj.get("build_config")
    if isinstance(build_config, dict):
        spec.build_config = build_config
    if "batch_input_shape" in config and "module" not in obj:  # Keras 3's own HDF5 files keep this old form
        spec.input_shape = as_shape(spec.config.pop("batch_input_shape"))
        if class_name == "InputLayer" and "batch_shape" not in config:
            spec.config["batch_shape"] = config["batch_input_shape"]
    elif "input_shape" in config or ("input_dim" in config and class_name != "Embedding"):
        tail = as_shape(config.get("input_shape", [config.get("input_dim")]))
        spec.input_shape = None if tail is None else (None, *tail)
    if is_model(obj):
        spec.model = parse_model(obj, pointer, names, depth + 1)
        spec.config = {}
    elif not LAYER_ARGUMENTS.isdisjoint(config):
        for argument in LAYER_ARGUMENTS:
            if argument in config:
                spec.config[argument] = _inner(config[argument], f"{spec.config_pointer}/{argument}", names, depth + 1)
    nodes = obj.get("inbound_nodes")
    if nodes:
        if not isinstance(nodes, list):
            raise ModelError(f"inbound_nodes of {spec.name!r} must be a list", f"{pointer}/inbound_nodes")
        nulls = spec.is_operation
        spec.calls = [
            parse_call(node, f"{pointer}/inbound_nodes/{i}", spec.name, nulls) for i, node in enumerate(nodes)
        ]
    return spec


def _inner(value: Any, pointer: str, names: Names, depth: int) -> Any:
    """A layer (or list of layers) held by an argument of another."""
    if depth > MAX_DEPTH:
        raise ModelError(f"layers are nested more than {MAX_DEPTH} deep", pointer, "Flatten the model.")
    if is_layer_object(value):
        return parse_layer(value, pointer, names, depth)
    if isinstance(value, list):
        return [_inner(item, f"{pointer}/{i}", names, depth) for i, item in enumerate(value)]
    return value


def parse_call(node: Any, pointer: str, layer: str, nulls: bool = False) -> Call:
    """One inbound node: args and kwargs with `__keras_tensor__` objects in them.

    Layers are called with a null for what they do not get; only `nulls` keeps those.
    """
    if isinstance(node, list):  # the form of Keras 2, which Keras 3 still reads
        from lstmlint.parsing.keras2 import parse_call as parse_legacy

        return parse_legacy(node, pointer, layer)
    if not isinstance(node, dict):
        raise ModelError(f"an inbound node of {layer!r} must be an object, but is {_kind(node)}", pointer)
    references: list[TensorRef] = []
    raw_args, raw_kwargs = node.get("args", []), node.get("kwargs", {})
    if not isinstance(raw_args, list) or not isinstance(raw_kwargs, dict):
        raise ModelError(f"an inbound node of {layer!r} must have a list `args` and an object `kwargs`", pointer)
    args = [revive(arg, f"{pointer}/args/{i}", references) for i, arg in enumerate(raw_args)]
    kwargs = {
        key: revive(arg, f"{pointer}/kwargs/{escape(key)}", references)
        for key, arg in raw_kwargs.items()
        if arg is not None or nulls
    }
    return Call(args, kwargs, pointer, references)


def revive(value: Any, pointer: str, references: list[TensorRef]) -> Any:
    """A call's argument: tensors become TensorRefs, slices and ellipses themselves, constants Tensors."""
    if isinstance(value, dict):
        class_name, config = value.get("class_name"), value.get("config")
        if class_name == "__keras_tensor__" and isinstance(config, dict):
            history = config.get("keras_history")
            if (
                not isinstance(history, list)
                or len(history) != 3
                or not isinstance(history[0], str)
                or not isinstance(history[1], int)
                or not isinstance(history[2], int)
            ):
                raise ModelError(
                    "a tensor's keras_history must be [layer name, call, output]", f"{pointer}/config/keras_history"
                )
            dtype = config.get("dtype")
            ref = TensorRef(
                history[0],
                history[1],
                history[2],
                as_shape(config.get("shape")),
                dtype if isinstance(dtype, str) else None,
                pointer,
            )
            references.append(ref)
            return ref
        if class_name == "__slice__" and isinstance(config, dict):
            return slice(
                *(revive(config.get(key), f"{pointer}/config/{key}", references) for key in ("start", "stop", "step"))
            )
        if class_name == "__ellipsis__":
            return Ellipsis
        if class_name == "__tuple__":
            value = value.get("items", [])
            return [revive(item, f"{pointer}/items/{i}", references) for i, item in enumerate(value)]
        if class_name in ("__tensor__", "__numpy__") and isinstance(config, dict):
            dtype = config.get("dtype")
            content = config.get("value")
            return Tensor(nested_list_shape(content), dtype if isinstance(dtype, str) else None, content)
        return {key: revive(item, f"{pointer}/{escape(key)}", references) for key, item in value.items()}
    if isinstance(value, list):
        return [revive(item, f"{pointer}/{i}", references) for i, item in enumerate(value)]
    return value


def nested_list_shape(value: Any) -> tuple[int, ...] | None:
    """The shape of nested lists of numbers, going by the first of each."""
    dims: list[int] = []
    while isinstance(value, list):
        dims.append(len(value))
        if not value:
            break
        value = value[0]
    return tuple(dims)


def _kind(value: Any) -> str:
    return {dict: "an object", list: "a list", str: "a string", type(None): "null"}.get(type(value), "a number")
