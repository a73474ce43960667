"""Keras 3: every object has module and class_name; tensors are `__keras_tensor__` objects."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lstmlint.model.findings import Problem
from lstmlint.model.pointers import escape
from lstmlint.model.shapes import Tensor, as_shape
from lstmlint.model.spec import Call, LayerSpec, ModelSpec, TensorRef
from lstmlint.model.values import show
from lstmlint.parsing.common import (
    LAYER_ARGUMENTS,
    ModelError,
    Names,
    check_depth,
    class_of,
    is_layer_object,
    is_model,
    is_reference,
    kind_of,
    layer_list,
    nested_list_shape,
    parse_ends,
    references_in,
)

DTYPES = (
    "float32", "int32", "bool", "int64", "float16", "bfloat16", "float64", "uint8", "uint16", "uint32", "uint64", "int8",
    "int16", "string", "float8_e4m3fn", "float8_e5m2", "complex64", "complex128", "int",
)  # fmt: skip
NOT_ARGUMENTS = ("name", "trainable", "dtype")


def parse_model(obj: dict[str, Any], pointer: str, names: Names, depth: int = 0) -> ModelSpec:
    """Parse a Sequential or Functional model. Raises: ModelError if it is malformed."""
    check_depth(depth, pointer)
    class_name = obj["class_name"]
    config = obj["config"]
    layers = config.get("layers") if isinstance(config, dict) else None
    layers = layer_list(layers, class_name, f"{pointer}/config")
    names.count(len(layers))
    sequential = class_name == "Sequential" or "input_layers" not in config
    name = config.get("name")
    if not isinstance(name, str) or (depth == 0 and "/" in name):
        names.problems += _wrong_name(config, class_name, f"{pointer}/config")
    spec = ModelSpec(
        name if isinstance(name, str) else names.make(class_name),
        class_name,
        "keras3",
        [],
        sequential,
        pointer=pointer,
        trainable=config.get("trainable") is not False,
    )
    if depth == 0:
        spec.header = {key: obj[key] for key in ("module", "registered_name") if key in obj}
    base = f"{pointer}/config/layers"
    spec.layers = [parse_layer(layer, f"{base}/{i}", names, depth, sequential) for i, layer in enumerate(layers)]
    build_config = obj.get("build_config")
    if isinstance(build_config, dict):
        spec.build_input_shape = as_shape(build_config.get("input_shape"))
    if sequential and spec.build_input_shape is None:
        spec.build_input_shape = as_shape(config.get("build_input_shape"))
    if not sequential:
        spec.inputs = _ends(config, "input_layers", "inputs", spec)
        spec.outputs = _ends(config, "output_layers", "outputs", spec)
        # Only here does get_config count the calls of a nested functional model from 1.
        functional = {layer.name for layer in spec.layers if layer.model is not None and not layer.model.sequential}
        for ref in references_in(spec.outputs) + references_in(spec.inputs):
            if ref.node > 0 and ref.layer in functional:
                ref.node -= 1
    check_names(spec, names)
    if depth and obj.get("compile_config"):
        from lstmlint.parsing.compile_config import check_compile

        names.problems += check_compile(obj["compile_config"], f"{pointer}/compile_config", not sequential)
    return spec


def _wrong_name(config: dict[str, Any], class_name: str, pointer: str) -> Iterator[Problem]:
    if "name" not in config:
        message = f"the {class_name} model has no name; Keras cannot load it"
        yield Problem("E006", message, 'Add "name" to its config.', pointer=pointer)
    elif config["name"] is not None:
        message = f"the model's name is {show(config['name'])}; Keras takes a string without '/'"
        yield Problem("E007", message, 'Name it like "forecast".', pointer=f"{pointer}/name")


def _ends(config: dict[str, Any], key: str, label: str, model: ModelSpec) -> Any:
    """Parse the inputs or outputs of a functional model. Raises: ModelError if there are none."""
    pointer = f"{model.pointer}/config"
    if not isinstance(config.get(key), list | dict):
        raise ModelError(f"the {model.class_name} model does not name its {label}", pointer, f"Add `{key}`.")
    ends = parse_ends(config[key], f"{pointer}/{key}")
    if not references_in(ends):
        message = f"the {model.class_name} model has an empty `{key}`; Keras cannot load it"
        raise ModelError(message, f"{pointer}/{key}", 'Name a tensor of one of its layers: ["dense", 0, 0].')
    return ends


def check_names(model: ModelSpec, names: Names) -> None:
    """Report layers with the same name, if Keras refuses them.

    In a functional model, the later one replaces the earlier one, which must not be called.
    """
    seen: dict[str, LayerSpec] = {}
    for layer in model.layers:
        name = layer.own_name if model.sequential else layer.name
        other = seen.get(name)
        seen[name] = layer
        if other is None:
            continue
        refused = model.sequential or bool(other.calls)
        ending = "raises a ValueError, since layer names in a model must be unique" if refused else "forgets the first"
        names.problems.append(
            Problem(
                "S127",
                f"two layers are named {show(name)} ({other.class_name} and {layer.class_name}); Keras {ending}",
                f"Rename one of them, and the references to it, {name}_1 for instance.",
                layer.name,
                layer.pointer,
                None if refused else "warning",
                data={"spec": layer},
            )
        )


def parse_layer(obj: Any, pointer: str, names: Names, depth: int, alone: bool = True) -> LayerSpec:
    """Parse one layer, operation, or nested model; `alone` if no functional model calls it.

    Raises: ModelError if it is malformed.
    """
    class_name = class_of(obj, pointer)
    config = obj.get("config")
    if not isinstance(config, dict):
        config = _missing_config(obj, class_name, pointer, names)
    own_name: Any = config.get("name")
    named = isinstance(own_name, str)
    if not named:
        own_name = names.make(class_name)
    name: Any = own_name if alone else obj.get("name")
    if not isinstance(name, str):
        name = own_name
        _not_connectable(class_name, "name", pointer, names)
    arguments = config.copy()
    for key in NOT_ARGUMENTS:
        arguments.pop(key, None)
    config_pointer = f"{pointer}/config"
    spec = LayerSpec(
        name,
        class_name,
        arguments,
        pointer,
        class_name,
        obj.get("module"),
        obj.get("registered_name"),
        config.get("trainable") is not False,
        config.get("dtype"),
        build_config=obj.get("build_config") or None,
        named=named,
        own_name=own_name,
        raw=obj,
        config_pointer=config_pointer,
    )
    if names.tfjs and class_name == "InputLayer" and "batchInputShape" in config:
        spec.config["batch_shape"] = spec.config.pop("batchInputShape")
        spec.renamed["batch_shape"] = "batchInputShape"
    if "batch_input_shape" in config and "module" not in obj:  # Keras 3's own HDF5 files keep this old form
        spec.input_shape = as_shape(spec.config.pop("batch_input_shape"))
        if class_name == "InputLayer" and "batch_shape" not in config:
            spec.config["batch_shape"] = config["batch_input_shape"]
    elif "batch_input_shape" in config and class_name != "InputLayer":  # refused, but it states the shape
        spec.input_shape = as_shape(config["batch_input_shape"])
    elif "input_shape" in config or ("input_dim" in config and class_name != "Embedding"):
        tail = as_shape(config.get("input_shape", [config.get("input_dim")]))
        if tail is not None and isinstance(config.get("input_length"), int) and "input_shape" not in config:
            tail = (config["input_length"], *tail)  # refused, but it states the timesteps
        spec.input_shape = None if tail is None else (None, *tail)
    if is_model(obj):
        spec.model = parse_model(obj, pointer, names, depth + 1)
        spec.config = {}
    elif not LAYER_ARGUMENTS.isdisjoint(config):
        for argument in LAYER_ARGUMENTS:
            if argument in config:
                spec.config[argument] = _inner(config[argument], f"{spec.config_pointer}/{argument}", names, depth + 1)
    nodes = obj.get("inbound_nodes")
    if nodes is None and not alone:
        _not_connectable(class_name, "inbound_nodes", pointer, names)
    elif not alone and (nodes or not isinstance(nodes, list | dict | None)):
        if not isinstance(nodes, list):
            raise ModelError(f"inbound_nodes of {show(spec.name)} must be a list", f"{pointer}/inbound_nodes")
        nulls = spec.is_operation
        spec.calls = [
            parse_call(node, f"{pointer}/inbound_nodes/{i}", spec.name, names.problems, nulls)
            for i, node in enumerate(nodes)
        ]
    return spec


def _missing_config(obj: dict[str, Any], class_name: str, pointer: str, names: Names) -> dict[str, Any]:
    """Return the config of a layer without one. Raises: ModelError for another value."""
    config = obj.get("config")
    if config is not None:
        message = f"the config of a {class_name} must be an object, but is {kind_of(config)}"
        raise ModelError(message, f"{pointer}/config")
    if "config" not in obj:
        message = f"this {class_name} has no config; Keras cannot load it"
        names.problems.append(Problem("E006", message, 'Add "config": {...}.', pointer=pointer))
    return {}


def _not_connectable(class_name: str, key: str, pointer: str, names: Names) -> None:
    names.problems.append(
        Problem(
            "E006",
            f"this {class_name} of a functional model has no {key} next to its config; Keras raises a KeyError",
            'Add it: "name" is what other layers call it by, "inbound_nodes" is [] for an input.',
            pointer=pointer,
        )
    )


def _inner(value: Any, pointer: str, names: Names, depth: int) -> Any:
    """Parse a layer, or a list of layers, in an argument of another."""
    check_depth(depth, pointer, "layers")
    if is_layer_object(value):
        if not value.get("module") and "module" not in value:
            message = f"the {value['class_name']} inside another layer has no module; Keras cannot find its class"
            names.problems.append(Problem("E006", message, 'Add "module": "keras.layers".', pointer=pointer))
        return parse_layer(value, pointer, names, depth)
    if isinstance(value, list):
        return [_inner(item, f"{pointer}/{i}", names, depth) for i, item in enumerate(value)]
    return value


def parse_call(node: Any, pointer: str, layer: str, problems: list[Problem], nulls: bool = False) -> Call:
    """Parse one inbound node: args and kwargs with `__keras_tensor__` objects.

    Keras calls layers with null for arguments that are not set; `nulls` keeps them.
    """
    if not node:
        raise ModelError(
            f"an inbound node of {show(layer)} is empty; Keras cannot call the layer", pointer, "Remove it."
        )
    if isinstance(node, list):  # the form of Keras 2, which Keras 3 still reads
        from lstmlint.parsing.keras2 import parse_call as parse_legacy

        for i, item in enumerate(node):
            if not is_reference(item):
                raise ModelError(
                    f"{show(item)} does not refer to a tensor; Keras cannot call {show(layer)}"[:300],
                    f"{pointer}/{i}",
                    "Write [layer, call, output], or an object with args and kwargs in place of the list.",
                )
        return parse_legacy(node, pointer, layer)
    if not isinstance(node, dict):
        raise ModelError(f"an inbound node of {show(layer)} must be an object, but is {kind_of(node)}", pointer)
    references: list[TensorRef] = []
    raw_args, raw_kwargs = node.get("args"), node.get("kwargs")
    if not isinstance(raw_args, list) or not isinstance(raw_kwargs, dict):
        raise ModelError(f"an inbound node of {show(layer)} must have a list `args` and an object `kwargs`", pointer)
    args = [revive(arg, f"{pointer}/args/{i}", references, problems) for i, arg in enumerate(raw_args)]
    kwargs = {
        key: revive(arg, f"{pointer}/kwargs/{escape(key)}", references, problems)
        for key, arg in raw_kwargs.items()
        if arg is not None or nulls
    }
    return Call(args, kwargs, pointer, references)


def revive(value: Any, pointer: str, references: list[TensorRef], problems: list[Problem]) -> Any:
    """Return an argument of a call with TensorRefs for tensors, Tensors for constants, and slices and ellipses as
    objects.
    """
    if isinstance(value, dict):
        class_name, config = value.get("class_name"), value.get("config")
        if class_name == "__keras_tensor__" and isinstance(config, dict):
            history = config.get("keras_history")
            if (
                not isinstance(history, list)
                or len(history) < 3
                or not isinstance(history[0], str)
                or not isinstance(history[1], int)
                or not isinstance(history[2], int)
            ):
                raise ModelError(
                    "a tensor's keras_history must be [layer name, call, output]", f"{pointer}/config/keras_history"
                )
            dtype, shape = config.get("dtype", 0), config.get("shape")
            if not is_shape(shape):
                problems.append(
                    bad_tensor(config, "shape", pointer, "Write the shape that the layer gives: [null, 10].")
                )
                shape = as_shape(shape)
            if dtype is not None and (not isinstance(dtype, str) or dtype not in DTYPES):
                problems.append(bad_tensor(config, "dtype", pointer, 'Write "dtype": "float32".'))
                dtype = None
            ref = TensorRef(history[0], history[1], history[2], None if shape is None else tuple(shape), dtype, pointer)
            references.append(ref)
            return ref
        if class_name == "__slice__" and isinstance(config, dict):
            return slice(
                *(
                    revive(config.get(key), f"{pointer}/config/{key}", references, problems)
                    for key in ("start", "stop", "step")
                )
            )
        if class_name == "__ellipsis__":
            return Ellipsis
        if class_name in ("__tensor__", "__numpy__") and isinstance(config, dict):
            dtype = config.get("dtype")
            content = config.get("value")
            return Tensor(nested_list_shape(content), dtype if isinstance(dtype, str) else None, content)
        if "class_name" in value and "config" in value and not value.get("module"):
            message = (
                f"an argument is an object of the class {show(class_name)}, but has no module; Keras cannot find it"
            )
            problems.append(Problem("E007", message[:300], "Write the intended tensor or number.", pointer=pointer))
            return Tensor(None, None)
        return {key: revive(item, f"{pointer}/{escape(key)}", references, problems) for key, item in value.items()}
    if isinstance(value, list):
        return [revive(item, f"{pointer}/{i}", references, problems) for i, item in enumerate(value)]
    return value


def is_shape(value: Any) -> bool:
    """Return whether Keras accepts a value as a shape."""
    if not isinstance(value, list):
        return False
    for dim in value:  # noqa: SIM110 - a generator takes three times as long, and there is a shape for every tensor
        if dim is not None and not (isinstance(dim, int) and dim >= 0):
            return False
    return True


def bad_tensor(config: dict[str, Any], key: str, pointer: str, advice: str) -> Problem:
    """Return the problem of a part of a `__keras_tensor__`."""
    if key not in config:
        return Problem("E006", f"the tensor has no {key}; Keras raises a KeyError", advice, pointer=pointer)
    message = f"the {key} of the tensor is {show(config[key])}, which Keras refuses"
    return Problem("E007", message, advice, pointer=f"{pointer}/config/{key}")
