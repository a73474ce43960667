"""Fitting a written object to one release: classes and arguments that the release does not have.

An argument that the release does not take is left out if that means the same there. Otherwise the object is refused.
"""

from __future__ import annotations

from typing import Any

from lstmlint.converting.notes import Refused
from lstmlint.converting.values import KINDS, is_activation, shown
from lstmlint.model.releases import KERAS2, KERAS3, TFJS, is_keras3, label, line_of, version
from lstmlint.model.shapes import flatten
from lstmlint.parsing.common import LAYER_ARGUMENTS, is_layer_object, is_reference
from lstmlint.signatures.built import (
    ACTIVATION_LAYERS,
    BROKEN,
    BUILT_MERGES,
    CROPS_IN_TRAINING,
    ELLIPSIS,
    INDEX_LISTS,
    NESTED_ENDS,
    OTHER_QUERY_WIDTH,
    RETURNED_STATES,
    RETURNS_SCORES,
    SEPARABLE_DILATED,
    TIME_DISTRIBUTED_MODEL,
)
from lstmlint.signatures.history import arguments, extra, needed, paths, since, until
from lstmlint.signatures.keras3 import REQUIRED

Object = dict[str, Any]

# What each module of Keras 3 holds, in the words of `history`.
MODULES = {
    "keras.layers": "layers",
    "keras.initializers": "initializers",
    "keras.regularizers": "regularizers",
    "keras.constraints": "constraints",
    "keras.dtype_policies": "dtype_policies",
}
# The first release of Keras 3 that reads a dtype policy that is an object.
POLICY_OBJECTS = (3, 4)
# The first releases that build other things. Earlier ones refuse them, or compute other symbolic shapes.
OUTPUT_SHAPE = (3, 8)
# Up to here, a Bidirectional also has the weights of the layer that it was made from, if that is built.
BUILDS_TWICE = (3, 2)
PLAIN_POLICIES = frozenset({"DTypePolicy", "FloatDTypePolicy"})
# Layers of tf.keras that compute activations which it does not have.
LAYERS_OF_ACTIVATIONS = {
    "leaky_relu": {"class_name": "LeakyReLU", "config": {"name": "leaky_relu", "alpha": 0.2}},
    "relu6": {"class_name": "ReLU", "config": {"name": "relu6", "max_value": 6.0}},
}
# Names of objects -> names by which older releases find them.
RENAMED = {"Orthogonal": "OrthogonalInitializer", "OrthogonalInitializer": "Orthogonal"}
# Kinds of objects that layers find by their names alone.
BY_NAME = frozenset({"initializers", "regularizers", "constraints"})
SAME_ACTIVATIONS = {"silu": ("swish",), "swish": ("silu",), "hard_silu": ("hard_swish",), "hard_swish": ("hard_silu",)}
CALL_OBJECTS = frozenset({"__keras_tensor__", "__tensor__", "__numpy__", "__slice__", "__ellipsis__", "__tuple__"})
MODELS = frozenset({"Sequential", "Functional", "Model"})
# Arguments that TensorFlow.js does not declare, but reads.
READ_BY_TFJS = {"GRU": ("reset_after",)}
# Arguments that must not be there in TensorFlow.js. They have no effect in Keras.
NOT_IN_TFJS = {"SeparableConv2D": ("kernel_initializer", "kernel_regularizer", "kernel_constraint")}
# The layout that Keras uses where a layer has no data_format.
CHANNELS_LAST = "channels_last"


def fit(obj: Object, release: str, argument: str = "layer") -> Any:
    """Return a layer or another object as a release reads it. Raises: Refused.

    argument: the argument that holds the object; it tells its kind where the object does not.
    """
    kind = kind_of(obj, argument)
    if kind is None:
        return {key: fit_value(key, value, release) for key, value in obj.items()}
    name, config = obj["class_name"], obj["config"]
    if not isinstance(config, dict):
        return obj
    if kind == "dtype_policies":
        return fit_policy(obj, release)
    if "" not in paths(kind, name, release) and (kind in BY_NAME or not is_keras3(release)):
        name, obj = found_by_name(kind, obj, release)
    if isinstance(obj.get("inbound_nodes"), list):
        obj = {**obj, "inbound_nodes": fit_nodes(name, obj["inbound_nodes"], release)}
    if kind == "layers" and is_keras3(release):
        obj = check_construction(obj, release)
    new = {key: fit_value(key, value, release) for key, value in config.items()}
    if (
        name == "Bidirectional"
        and is_keras3(release)
        and version(release) <= BUILDS_TWICE
        and isinstance(new.get("layer"), dict)
    ):
        new["layer"].pop("build_config", None)
    if kind == "models":
        return {**obj, "config": {**new, **fit_ends(new, release)}}
    takes = arguments(kind, name, release)
    if takes is None:
        raise Refused(f"{label(release)} has no {name}{age(kind, name, release)}")
    accepts_all = extra(kind, name, release)
    for key in [key for key in new if key not in takes]:
        if release == TFJS and key in READ_BY_TFJS.get(name, ()):
            continue
        if is_neutral(kind, name, key, config, release):
            del new[key]
        elif not accepts_all or release == TFJS or since(kind, name, argument=key, line_of=release) is not None:
            of = "" if kind == "layers" else f" of the {kind[:-1]} {name}"
            raise Refused(f"{label(release)} does not take {key}={shown(config[key])}{of}")
    for key, default in changed_defaults(kind, name, takes, release).items():
        if release != TFJS or key not in NOT_IN_TFJS.get(name, ()):
            new.setdefault(key, default)
    for key in needed(kind, name, release):
        if key not in new and takes.get(key, REQUIRED) is not REQUIRED:
            new[key] = takes[key]
    return {**obj, "config": new}


def fit_value(argument: str, value: Any, release: str) -> Any:
    """Return the value of an argument, with all objects in it fitted. Raises: Refused."""
    if isinstance(value, dict):
        if is_activation(argument) and is_keras3(release):
            need("a layer as an activation", ACTIVATION_LAYERS, release)
        if is_layer_object(value):
            return value if value["class_name"] in CALL_OBJECTS else fit(value, release, argument)
        return {key: fit_value(key, item, release) for key, item in value.items()}
    if isinstance(value, list):
        return [fit_value(argument, item, release) for item in value]
    if isinstance(value, str) and is_activation(argument):
        return fit_activation(value, release)
    return value


def fit_activation(name: str, release: str) -> Any:
    """Return an activation in a release: its name, or a layer that computes the same. Raises: Refused if it has none."""
    names: tuple[str, ...] = (name, *SAME_ACTIVATIONS.get(name, ()))
    for same in names:
        if arguments("activations", same, release) is not None:
            return same
    if name in LAYERS_OF_ACTIVATIONS and line_of(release) == "tf":
        return LAYERS_OF_ACTIVATIONS[name]
    raise Refused(f"{label(release)} has no activation {name}{age('activations', name, release)}")


def found_by_name(kind: str, obj: Object, release: str) -> tuple[str, Object]:
    """Return an object under a name by which the release finds it. Raises: Refused if it exists but is not found."""
    name = obj["class_name"]
    same = RENAMED.get(name, "")
    if same and "" in paths(kind, same, release):
        return same, {**obj, "class_name": same}
    if kind != "models" and arguments(kind, name, release) is not None:
        raise Refused(
            f"{label(release)} does not find the {kind[:-1]} {name} by its name, so it cannot load it from JSON"
        )
    return name, obj


def check_construction(obj: Object, release: str) -> Object:
    """Return a layer without a build_config that the release cannot use.

    Raises: Refused if the release cannot build the layer.
    """
    name, config = obj["class_name"], obj["config"]
    inner = config.get("layer")
    if BROKEN.get(name) == version(release):
        raise Refused(f"{label(release)} cannot call a {name} on a symbolic input")
    if name == "TimeDistributed" and is_functional(inner):
        need("a TimeDistributed around a functional model", TIME_DISTRIBUTED_MODEL, release)
    if (
        name.startswith(("SeparableConv", "DepthwiseConv"))
        and above_one(config, "strides")
        and above_one(config, "dilation_rate")
    ):
        need(f"a {name} with strides and dilation_rate", SEPARABLE_DILATED, release)
    if name == "RandomCrop" and version(release) < CROPS_IN_TRAINING:
        raise Refused(f"{label(release)} crops images in inference, too, which Keras 3.8 and later do not")
    if name == "MultiHeadAttention" and other_query_width(obj):
        need("a MultiHeadAttention with queries of another width", OTHER_QUERY_WIDTH, release)
    if name == "MultiHeadAttention" and config.get("output_shape") is not None:
        need("a MultiHeadAttention with output_shape", OUTPUT_SHAPE, release)
    if name == "Bidirectional" and isinstance(inner, dict) and isinstance(inner.get("config"), dict):
        if inner["config"].get("return_state"):
            need("a Bidirectional that returns states", RETURNED_STATES, release)
    if version(release) < BUILT_MERGES and name == "Dot":
        return {key: value for key, value in obj.items() if key != "build_config"}
    return obj


def above_one(config: Object, argument: str) -> bool:
    """Check whether any of the sizes in an argument is above 1."""
    sizes = flatten(config.get(argument))
    return any(isinstance(size, int | float) and size > 1 for size in sizes)


def other_query_width(obj: Object) -> bool:
    """Check whether the queries of an attention layer were of another width than the values when it was built."""
    build = obj.get("build_config")
    shapes = build.get("shapes_dict") if isinstance(build, dict) else None
    if not isinstance(shapes, dict):
        return False
    widths = {str(end[-1]) for end in map(shapes.get, ("query_shape", "value_shape")) if isinstance(end, list) and end}
    return len(widths) > 1


def is_functional(value: Any) -> bool:
    """Check whether a value is a functional model."""
    return isinstance(value, dict) and value.get("class_name") in ("Functional", "Model")


def kind_of(obj: Object, argument: str) -> str | None:
    """Return the kind of an object in the words of `history`; None for anything else."""
    module, name = obj.get("module"), obj["class_name"]
    if name in MODELS:
        return "models"
    if isinstance(module, str) and module.startswith(("keras.src.ops", "keras.ops")):
        return "operations"
    if isinstance(module, str) and module in MODULES:
        return MODULES[module]
    if argument == "dtype":
        return "dtype_policies"
    for suffix, (of, _, _) in KINDS.items():
        if argument.endswith(suffix):
            return MODULES[of]
    return "layers" if argument in LAYER_ARGUMENTS else None


def fit_policy(obj: Object, release: str) -> Any:
    """Return a dtype policy as a release reads it. Raises: Refused."""
    name, config = obj["class_name"], obj["config"]
    takes = arguments("dtype_policies", name, release)
    if is_keras3(release) and version(release) < POLICY_OBJECTS:
        if name in PLAIN_POLICIES:
            return config.get("name")
        if takes is not None and "source_name" in config:
            return f"{config.get('mode')}_from_{config['source_name']}"
    if takes is None:
        raise Refused(f"{label(release)} has no {name}{age('dtype_policies', name, release)}")
    return obj


def fit_nodes(class_name: str, nodes: list[Any], release: str) -> list[Any]:
    """Return the calls of a layer as a release reads them. Raises: Refused."""
    if not is_keras3(release) or release == KERAS3[-1]:
        return nodes
    new = []
    for node in nodes:
        if not isinstance(node, dict) or not isinstance(node.get("kwargs"), dict):
            new.append(node)
            continue
        # Keras writes null for arguments that are not set, some of which older releases do not take
        kwargs = {key: value for key, value in node["kwargs"].items() if value is not None}
        if kwargs.get("return_attention_scores"):
            need(f"{class_name} with return_attention_scores", RETURNS_SCORES.get(class_name), release)
        args = node.get("args")
        if class_name == "GetItem" and isinstance(args, list) and any(isinstance(value, list) for value in args):
            need("several indices or slices", INDEX_LISTS, release)
        if "__ellipsis__" in str(node):
            need("an ellipsis as an index", ELLIPSIS, release)
        new.append({**node, "kwargs": kwargs})
    return new


def need(what: str, first: tuple[int, int] | None, release: str) -> None:
    """Raise Refused if a release is older than the first one that can build something."""
    if first is not None and version(release) < first:
        raise Refused(f"{label(release)} cannot build {what}, which needs Keras {first[0]}.{first[1]}")


def fit_ends(config: Object, release: str) -> Object:
    """Return `input_layers` and `output_layers` of a functional model as a release reads them. Raises: Refused."""
    if not is_keras3(release) or version(release) >= NESTED_ENDS:
        return {}
    new: Object = {}
    for key in ("input_layers", "output_layers"):
        ends = config.get(key)
        new[key] = [ends] if is_reference(ends) else ends
        leaves = list(ends.values()) if isinstance(ends, dict) else new[key]
        if not isinstance(leaves, list) or not all(map(is_reference, leaves)):
            raise Refused(f"{label(release)} reads only lists and dicts of tensors as {key}, but they are nested here")
    return new


def is_neutral(kind: str, name: str, argument: str, config: Object, release: str) -> bool:
    """Check whether an argument's value means the same as its absence in a release that does not take it."""
    value = config[argument]
    if value is None or (argument == "data_format" and value == CHANNELS_LAST):
        return True
    if kind == "operations" and argument == "name":  # the functional model names it, too
        return True
    if argument == "lora_alpha":  # a factor of lora_alpha / lora_rank
        return bool(value == config.get("lora_rank"))
    for later in later_releases(release):
        takes = arguments(kind, name, later)
        if takes is not None and argument in takes:
            return bool(value == takes[argument]) or (value is False and takes[argument] is None)
    return False


def later_releases(release: str) -> tuple[str, ...]:
    """Return the releases of the same generation, the nearest later one first, then the earlier ones."""
    line = KERAS3 if is_keras3(release) else KERAS2
    if release not in line:
        return line[::-1]
    where = line.index(release)
    return (*line[where + 1 :], *line[:where][::-1])


def changed_defaults(kind: str, name: str, takes: Object, release: str) -> Object:
    """Return the defaults of the newest release that differ in this one."""
    newest = arguments(kind, name, newest_of(release)) or {}
    return {
        key: default
        for key, default in newest.items()
        if default is not REQUIRED and default is not None and key in takes and takes[key] != default and key != "name"
    }


def newest_of(release: str) -> str:
    """Return the newest release of the same generation."""
    return (KERAS3 if is_keras3(release) else KERAS2)[-1]


def age(kind: str, name: str, release: str) -> str:
    """Return a clause that says since when, or until when, a class exists in the line of a release."""
    first = since(kind, name, line_of=release)
    last = until(kind, name, line_of=release)
    if first is None:
        return ""
    return f", which is new in {label(first)}" if last is None else f", which {label(last)} had last"
