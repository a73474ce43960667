"""Keras 2 and tf.keras, and hand-written configs in their form.

Differences from Keras 3: no module, `batch_input_shape` on the first layer, inbound nodes as lists of [layer, node,
tensor, kwargs], and other forms of constants and tuples.
"""

from __future__ import annotations

from typing import Any

from lstmlint.model.findings import Problem
from lstmlint.model.pointers import escape
from lstmlint.model.shapes import Tensor, flatten
from lstmlint.model.spec import Call, Dialect, LayerSpec, ModelSpec, TensorRef
from lstmlint.model.values import show
from lstmlint.parsing.common import (
    LAYER_ARGUMENTS,
    ModelError,
    Names,
    check_depth,
    check_names,
    class_of,
    is_layer_object,
    is_model,
    is_reference,
    kind_of,
    layer_list,
    nested_list_shape,
    parse_ends,
    references_in,
    shape_list,
    shift_nested_calls,
    untuple,
)
from lstmlint.parsing.keras2_checks import check_entry, check_header, check_model, is_trainable, missing

NOT_ARGUMENTS = frozenset(
    {"name", "trainable", "dtype", "batch_input_shape", "input_shape", "input_dim", "input_length", "input_dtype"}
)
# Layers that have arguments with these names, or declare sizes with them.
OWN_INPUT_ARGUMENTS = {"Embedding": {"input_dim", "input_length"}, "DynamicEmbedding": {"input_dim"}}
CONSTANT = "_CONSTANT_VALUE"


def parse_model(
    obj: dict[str, Any], pointer: str, names: Names, dialect: Dialect = "keras2", depth: int = 0
) -> ModelSpec:
    """Parse a Sequential or functional model. Raises: ModelError if it is malformed."""
    check_depth(depth, pointer)
    class_name = obj["class_name"]
    config = obj["config"]
    base = f"{pointer}/config"
    if isinstance(config, list):  # a Sequential up to Keras 2.2.2
        layers, config = config, {}
    else:
        layers, base = config.get("layers"), f"{base}/layers"
    layers = layer_list(layers, class_name, f"{pointer}/config")
    names.count(len(layers))
    sequential = class_name == "Sequential" or "input_layers" not in config
    name = config.get("name")
    checked = dialect == "keras2"
    if checked and isinstance(obj["config"], dict):
        check_model(class_name, config, pointer, names)
    if not isinstance(name, str):
        name = names.make(class_name)
    spec = ModelSpec(
        name, class_name, dialect, [], sequential, pointer=pointer, trainable=config.get("trainable") is not False
    )
    spec.layers = [
        parse_layer(layer, f"{base}/{i}", names, dialect, depth, sequential) for i, layer in enumerate(layers)
    ]
    if sequential:
        spec.build_input_shape = shape_list(config.get("build_input_shape"))
    else:
        for key, label in (("input_layers", "inputs"), ("output_layers", "outputs")):
            if not isinstance(config.get(key), list | dict):
                raise ModelError(
                    f"the {class_name} model does not name its {label}", f"{pointer}/config", f"Add `{key}`."
                )
        spec.inputs = parse_ends(config["input_layers"], f"{pointer}/config/input_layers")
        spec.outputs = parse_ends(config["output_layers"], f"{pointer}/config/output_layers")
        shift_nested_calls(spec.layers, references_in(spec.outputs) + references_in(spec.inputs))
    if checked and not sequential:
        merge_namesakes(spec, names.problems)
    check_names(spec, names.problems)
    return spec


def merge_namesakes(model: ModelSpec, problems: list[Problem]) -> None:
    """Give the first of several layers with one name the calls of all of them, as tf.keras does."""
    first: dict[str, LayerSpec] = {}
    for layer in model.layers:
        other = first.setdefault(layer.name, layer)
        if other is layer:
            continue
        other.calls += layer.calls
        problems.append(
            Problem(
                "S127",
                f"two layers are named {show(layer.name)} ({other.class_name} and {layer.class_name}); tf.keras makes the first"
                " alone, and calls it where the second was to be called",
                f"Rename one of them, and the references to it, {layer.name}_1 for instance.",
                layer.name,
                layer.pointer,
                "warning",
                data={"spec": layer},
            )
        )
    model.layers = list(first.values())


def parse_layer(obj: Any, pointer: str, names: Names, dialect: Dialect, depth: int, alone: bool = True) -> LayerSpec:
    """Parse one layer or nested model; `alone` if no functional model calls it.

    Raises: ModelError if it is malformed.
    """
    class_name = class_of(obj, pointer)
    config = obj.get("config")
    if config is None:
        config = {}
    if isinstance(config, list) and class_name == "Sequential":
        config = {"layers": config}
    if not isinstance(config, dict):
        raise ModelError(
            f"the config of a {class_name} must be an object, but is {kind_of(config)}", f"{pointer}/config"
        )
    name = obj.get("name")
    if not isinstance(name, str):
        name = config.get("name")
    named = isinstance(name, str)
    own = OWN_INPUT_ARGUMENTS.get(class_name, ())
    dtype = untuple(config.get("dtype"))
    spec = LayerSpec(
        name if isinstance(name, str) else names.make(class_name),
        "InputLayer" if class_name == "Input" else class_name.rpartition(">")[2],
        {key: untuple(value) for key, value in config.items() if key not in NOT_ARGUMENTS or key in own},
        pointer,
        class_name,
        trainable=is_trainable(class_name, config),
        dtype=dtype,
    )
    spec.named = named
    spec.own_name = config["name"] if isinstance(config.get("name"), str) else spec.name
    spec.raw = obj
    if names.plain_gru and class_name in ("GRU", "GRUCell"):
        spec.config.setdefault("reset_after", False)
    if dialect == "keras2":
        check_header(class_name, spec.name, config, pointer, names)
        if "config" not in obj and "module" not in obj:
            missing(names, f"this {class_name}", "config", pointer, 'Add "config": {...}.')
        if not alone:
            check_entry(obj, class_name, pointer, names)
    spec.config_pointer = f"{pointer}/config"
    if names.tfjs and spec.config.pop("batchInputShape", None) is not None:
        config = {**config, "batch_input_shape": config["batchInputShape"]}
    declare_input(spec, config)
    if class_name == "Input":
        declare_by_function(spec)
    if is_model({**obj, "config": config}):
        spec.model = parse_model(obj, pointer, names, dialect, depth + 1)
        spec.config = {}
    elif not LAYER_ARGUMENTS.isdisjoint(config):
        for argument in LAYER_ARGUMENTS:
            if argument in config:
                spec.config[argument] = _inner(
                    config[argument], f"{spec.config_pointer}/{argument}", names, dialect, depth + 1
                )
    nodes = obj.get("inbound_nodes")
    if nodes and not alone:
        if not isinstance(nodes, list):
            raise ModelError(f"inbound_nodes of {show(spec.name)} must be a list", f"{pointer}/inbound_nodes")
        strict = dialect == "keras2"
        calls = [parse_call(node, f"{pointer}/inbound_nodes/{i}", spec.name, strict) for i, node in enumerate(nodes)]
        if not (strict and spec.class_name == "InputLayer"):  # tf.keras reads the input itself, whatever feeds it
            spec.calls = calls
    return spec


def declare_input(spec: LayerSpec, config: dict[str, Any]) -> None:
    """Return the batch input shape that a layer declares with any of the old arguments."""
    shape = None
    if "batch_input_shape" in config:
        shape = shape_list(config["batch_input_shape"])
        spec.renamed["batch_shape"] = "batch_input_shape"
    elif "input_shape" in config:
        rest = config["input_shape"]
        if isinstance(rest, int):
            rest = [rest]
        tail = shape_list(rest)
        shape = None if tail is None else (config.get("batch_size"), *tail)
        spec.renamed["batch_shape"] = "input_shape"
    elif spec.class_name == "Embedding":  # its constructor declares (input_length,) by default
        length = config.get("input_length")
        tail = shape_list(length if isinstance(length, list) else [length])
        shape = None if tail is None else (None, *tail)
    elif spec.class_name not in OWN_INPUT_ARGUMENTS and isinstance(config.get("input_dim"), int):
        length = config.get("input_length")
        shape = (None, config["input_dim"])
        if "input_length" in config or spec.class_name in ("LSTM", "GRU", "SimpleRNN"):
            shape = (None, length if isinstance(length, int) else None, config["input_dim"])
        spec.renamed["batch_shape"] = "input_dim"
    dtype = config.get("input_dtype", config.get("dtype"))
    spec.input_dtype = dtype if isinstance(dtype, str) else None
    if spec.class_name == "InputLayer":
        if shape is not None and "batch_shape" not in spec.config:
            spec.config["batch_shape"] = list(shape)
        return
    spec.input_shape = shape


def declare_by_function(spec: LayerSpec) -> None:
    """Translate the arguments of the function `Input` for an InputLayer. Keras 2 calls it as if it were a class."""
    tail = shape_list(spec.config.pop("shape", None))
    if tail is not None and "batch_shape" not in spec.config:
        spec.config["batch_shape"] = [spec.config.get("batch_size"), *tail]
        spec.renamed["batch_shape"] = "shape"


def _inner(value: Any, pointer: str, names: Names, dialect: Dialect, depth: int) -> Any:
    """Parse a layer, or a list of layers, in an argument of another."""
    check_depth(depth, pointer, "layers")
    if is_layer_object(value):
        return parse_layer(value, pointer, names, dialect, depth)
    if isinstance(value, list):
        return [_inner(item, f"{pointer}/{i}", names, dialect, depth) for i, item in enumerate(value)]
    return value


def parse_call(node: Any, pointer: str, layer: str, strict: bool = False) -> Call:
    """Parse one inbound node: a [name, node, tensor, kwargs], or a nested list or dict of them.

    Raises: ModelError if it is malformed; with `strict`, also if it does not refer to tensors.
    """
    if not isinstance(node, list | dict):
        raise ModelError(f"an inbound node of {show(layer)} must be a list, but is {kind_of(node)}", pointer)
    if strict and not node:
        message = f"an inbound node of {show(layer)} is empty; Keras cannot call the layer"
        raise ModelError(message, pointer, 'List its tensors, [["dense", 0, 0, {}]] for instance, or remove the node.')
    found = _Arguments()
    inputs = found.take(node, pointer)
    for leaf in flatten(inputs) if strict else ():
        if not isinstance(leaf, TensorRef | Tensor) and CONSTANT not in str(node):
            raise ModelError(
                f"{show(leaf)} does not refer to a tensor; Keras cannot call {show(layer)}"[:300],
                pointer,
                'A tensor is [layer, call, output], for instance ["dense", 0, 0].',
            )
    if isinstance(inputs, list) and len(inputs) == 1:
        inputs = inputs[0]
    return Call([inputs], found.kwargs, pointer, found.references)


class _Arguments:
    """The content of an inbound node: its tensors in order, and the keyword arguments of the last one."""

    def __init__(self) -> None:
        self.references: list[TensorRef] = []
        self.kwargs: dict[str, Any] = {}
        self._in_kwargs = False

    def take(self, value: Any, place: str) -> Any:
        """Return a value with TensorRefs for the tensors in it."""
        if isinstance(value, list) and value and value[0] == CONSTANT:
            self._take_kwargs(value, place)
            return constant(value[2] if len(value) > 2 else None)
        if is_reference(value):
            ref = TensorRef(value[0], value[1], value[2], pointer=place)
            self.references.append(ref)
            self._take_kwargs(value, place)
            return ref
        if isinstance(value, list):
            return [self.take(item, f"{place}/{i}") for i, item in enumerate(value)]
        if isinstance(value, dict):
            return {key: self.take(item, f"{place}/{escape(key)}") for key, item in value.items()}
        return value

    def _take_kwargs(self, reference: list[Any], place: str) -> None:
        """Replace the keyword arguments by those of a reference, unless it is itself in one."""
        if self._in_kwargs:
            return
        self._in_kwargs = True
        given = reference[3] if len(reference) == 4 and isinstance(reference[3], dict) else {}
        self.kwargs = {
            key: self.take(untuple(value), f"{place}/3/{escape(key)}")
            for key, value in given.items()
            if value is not None
        }
        self._in_kwargs = False


def constant(value: Any) -> Any:
    """Return a constant argument. Lists become Tensors, scalars stay."""
    return Tensor(nested_list_shape(value), None, value) if isinstance(value, list) else value


__all__ = ["Call", "ModelSpec", "parse_call", "parse_layer", "parse_model"]
