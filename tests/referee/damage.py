"""Damage a valid config of Keras 3 or tf_keras with one edit, as people and scripts do."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from random import Random
from typing import Any

Place = tuple[Any, Any, str]  # parent, key, pointer

OTHER_VALUES: tuple[Any, ...] = (
    None, True, False, 0, 1, -1, 2, 3, 7, 1.5, 0.5, -0.5, "", "3", "relu", "same", [], [1], [2, 2], [3, None], {}, {"a": 1},
)  # fmt: skip
WORDS: dict[str, tuple[Any, ...]] = {
    "activation": ("relu", "Relu", "ReLU", "sigmoid", "rellu", "softmax", "gelu", "linear", "crelu", "None", None, "hard_swish"),
    "recurrent_activation": ("sigmoid", "hard_sigmoid", "Sigmoid", "tanh", "sigmoidd"),
    "padding": ("valid", "same", "causal", "Same", "VALID", "full", "reflect", None, 1),
    "data_format": ("channels_last", "channels_first", "channels_middle", None, "NHWC"),
    "interpolation": ("nearest", "bilinear", "cubic", "bicubic", "linear", "lanczos5"),
    "merge_mode": ("concat", "sum", "mul", "ave", "avg", None, "add", "Concat"),
    "dtype": ("float32", "float16", "int32", "float", "mixed_float16", "string", "float31", None, "bool", "int8", "int8_from_float32"),
    "axis": (-1, 0, 1, 2, 3, 4, -2, -5, [1], [-1], [1, 2], [], None, "1", 1.0),
    "axes": (0, 1, 2, -1, [1, 1], [2, 1], [1, 2], [0, 0], [3, 1], [1], None),
    "strides": (0, 1, 2, [2], [1, 2], [2, 2], [1, 1, 1], -1, None, 50),
    "kernel_size": (0, 1, 5, [3], [3, 5], [1, 1, 1], -1, None, 50, 2.0, [0, 3], "3"),
    "pool_size": (0, 1, 5, [3], [3, 5], [1, 1, 1], -1, None, 50),
    "dilation_rate": (0, 1, 2, 3, [2], [1, 2], [2, 2], 9, -1),
    "units": (0, 1, 64, -1, 3.0, "8", None, True, [4]),
    "filters": (0, 1, 64, -1, 3.0, "8", None, 5),
    "groups": (0, 1, 2, 3, 4, -1, 5, 2.0),
    "rate": (0, 0.5, 1, 1.5, -0.1, "0.5", None, 0.0),
    "dropout": (0, 0.5, 1, 1.5, -0.1, "0.5", None),
    "recurrent_dropout": (0, 0.5, 1, 1.5, -0.1, "0.5", None),
    "seed": (None, 1, 0, -1, 1.5, "a", 1337),
    "target_shape": ([2, -1], [-1, -1], [3, 3], [6], [], None, [0], [-1], [2, None], 6),
    "dims": ([1, 2], [2, 1], [1], [2, 3], [1, 1], [3, 1, 2], [0, 1], 1),
    "output_shape": ([3], [None, 4], 5, None, [], [None, None, 3], -1),
    "n": (0, 1, 5, -1, 2.0, "3", None),
    "input_dim": (0, 1, 5, 100, -1, 2.0, None),
    "output_dim": (0, 1, 5, -1, 2.0, None, "4"),
    "num_heads": (0, 1, 3, -1, 1.5, None),
    "key_dim": (0, 1, 3, -1, 1.5, None),
    "return_sequences": (True, False, None, 1, "true"),
    "return_state": (True, False, None, 1, "true"),
    "go_backwards": (True, False, None, 1),
    "stateful": (True, False, None),
    "unroll": (True, False, None),
    "use_bias": (True, False, None, 0, "no"),
    "trainable": (True, False, None, 1, "true"),
    "name": ("other", "", "a/b", "a b", 3, None, "input"),
    "output_mode": ("int", "one_hot", "multi_hot", "count", "tf_idf", "onehot", None),
    "module": ("keras.layers", "keras", "builtins", None, "my_package", "keras.activations", "keras.src.layers", "tensorflow.keras.layers"),
    "registered_name": (None, "LSTM", "Custom>LSTM", "Dense", ""),
    "score_mode": ("dot", "concat", "add", "scaled", None),
    "momentum": (0.9, 1, 0, 1.5, -1, None, "0.9"),
    "epsilon": (1e-3, 0, -1, None, "1e-3", 1),
}  # fmt: skip
INITIALIZERS: tuple[Any, ...] = (
    "zeros", "ones", "glorot_uniform", "GlorotUniform", "glorot", "he_normal", "xavier", "uniform", "normal", "identity",
    "random_uniform", "", None, 0, 0.1, {"class_name": "Zeros"}, {"class_name": "HeNormal", "config": {"seed": None}},
    {"class_name": "Xavier", "config": {}}, {"module": "keras.initializers", "class_name": "Ones", "config": {}},
    {"module": "keras.initializers", "class_name": "HeUniform", "config": {"gain": 2}, "registered_name": None}, [1], {},
)  # fmt: skip
REGULARIZERS = (
    "l1",
    "l2",
    "L1L2",
    "l1_l2",
    "l3",
    None,
    0.1,
    {"class_name": "L2", "config": {"l2": 0.01}},
    {"l2": 0.1},
    "",
)
CONSTRAINTS = (
    "max_norm",
    "non_neg",
    "NonNeg",
    "unit_norm",
    "maxnorm",
    None,
    3,
    {"class_name": "MaxNorm", "config": {"max_value": 2}},
)
CLASSES = (
    "LSTM", "GRU", "Dense", "Conv1D", "Conv2D", "Flatten", "Dropout", "Lstm", "LSTMm", "Denses", "CuDNNLSTM", "Convolution2D",
    "MyLayer", "Reshape", "Embedding", "GlobalAveragePooling1D", "Add", "Sequential", "Functional", "InputLayer", "LSTMCell",
    "Bidirectional", "dense", "BatchNormalization", "SimpleRNN", "Layer", "Activation", "Identity",
)  # fmt: skip
FOREIGN = (
    ("units", 4), ("return_sequences", True), ("rate", 0.1), ("input_shape", [3, 4]), ("input_shape", [5]), ("input_length", 5),
    ("batch_input_shape", [None, 4]), ("kernel_size", 3), ("foo", 1), ("activation", "relu"), ("padding", "same"), ("mask_zero", True),
    ("implementation", 2), ("time_major", False), ("weights", None), ("autocast", False), ("input_dim", 4), ("dynamic", False),
    ("activity_regularizer", None), ("batch_size", 3), ("alpha", 0.1), ("axis", 1), ("scale", True),
)  # fmt: skip
OLD_NAMES = {
    "units": "output_dim", "filters": "nb_filter", "kernel_initializer": "init", "padding": "border_mode", "strides": "subsample",
    "rate": "p", "recurrent_activation": "inner_activation", "return_sequences": "return_sequence", "batch_shape": "batch_input_shape",
    "negative_slope": "alpha", "output_dim": "units", "kernel_size": "filter_length", "use_bias": "bias", "target_shape": "shape",
}  # fmt: skip


def places(value: Any, pointer: str = "") -> Iterator[Place]:
    """Yield every value inside `value`."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield value, key, f"{pointer}/{key}"
            yield from places(item, f"{pointer}/{key}")
    elif isinstance(value, list):
        for i, item in enumerate(value):
            yield value, i, f"{pointer}/{i}"
            yield from places(item, f"{pointer}/{i}")


def is_layer(value: Any) -> bool:
    return isinstance(value, dict) and "class_name" in value and isinstance(value.get("config"), dict)


def layers_of(value: Any) -> list[dict[str, Any]]:
    """Yield every layer in a list of layers or in an argument."""
    found = []
    for parent, key, _ in places(value):
        item = parent[key]
        if (
            is_layer(item)
            and not str(item["class_name"]).startswith(("__", "DTypePolicy", "Quantized"))
            and "name" in item["config"]
        ):
            found.append(item)
    return found


def layer_lists(value: Any) -> list[list[Any]]:
    return [parent[key] for parent, key, _ in places(value) if key == "layers" and isinstance(parent[key], list)]


class Damage:
    """One random edit. `apply` returns the damaged copy and a description of the edit."""

    def __init__(self, seed: Any, edits: tuple[Callable[[Damage, Any], str | None], ...] = ()) -> None:
        self.random = Random(seed)
        self.edits = edits or EDITS

    def apply(self, config: Any) -> tuple[Any, str]:
        """Return a damaged copy that differs from `config`, and a description of the edit."""
        while True:
            damaged = copy.deepcopy(config)
            edit = self.random.choice(self.edits)
            said = edit(self, damaged)
            if said and damaged != config:
                return damaged, f"{edit.__name__}: {said}"

    def some(self, found: list[Any]) -> Any:
        return self.random.choice(found) if found else None

    def config_places(self, config: Any) -> list[Place]:
        """Return the arguments of all layers."""
        return [
            (layer["config"], key, f"{layer['config'].get('name')}.{key}")
            for layer in layers_of(config)
            for key in layer["config"]
        ]

    # The edits ----------------------------------------------------------------------------------------

    def drop(self, config: Any) -> str | None:
        where = self.config_places(config) if self.random.random() < 0.6 else list(places(config))
        parent, key, pointer = self.random.choice(where)
        del parent[key]
        return pointer

    def retype(self, config: Any) -> str | None:
        where = self.config_places(config) if self.random.random() < 0.7 else list(places(config))
        parent, key, pointer = self.random.choice(where)
        old = parent[key]
        new: Any = self.random.choice(OTHER_VALUES)
        if isinstance(old, int) and not isinstance(old, bool) and self.random.random() < 0.6:
            new = self.random.choice((-old, str(old), float(old), [old], old + 1, old * 2, 0, None, old + 0.5))
        elif isinstance(old, list) and self.random.random() < 0.5:
            new = self.random.choice(
                (old[:-1], [*old, 2], old[0] if old else 3, str(old), [str(item) for item in old], [old])
            )
        elif isinstance(old, str) and self.random.random() < 0.4:
            new = self.random.choice((old.upper(), old + "x", [old], old[:-1]))
        parent[key] = copy.deepcopy(new)
        return f"{pointer} {old!r:.60} -> {new!r:.60}"

    def rename(self, config: Any) -> str | None:
        parent, key, pointer = self.random.choice(self.config_places(config))
        choices = [key + "s", key[:-1], key.replace("_", ""), key.upper(), OLD_NAMES.get(key, key + "_")]
        new = self.random.choice(choices)
        if new in parent:
            return None
        parent[new] = parent.pop(key)
        return f"{pointer} -> {new}"

    def foreign(self, config: Any) -> str | None:
        layer = self.some(layers_of(config))
        key, value = self.random.choice(FOREIGN)
        layer["config"][key] = copy.deepcopy(value)
        return f"{layer['config'].get('name')} {layer['class_name']} {key}={value!r}"

    def words(self, config: Any) -> str | None:
        found = []
        for parent, key, pointer in self.config_places(config):
            if key in WORDS or key.endswith(("_initializer", "_regularizer", "_constraint")):
                found.append((parent, key, pointer))
        place = self.some(found)
        if place is None:
            return None
        parent, key, pointer = place
        if key.endswith("_initializer"):
            choices: tuple[Any, ...] = INITIALIZERS
        elif key.endswith("_regularizer"):
            choices = REGULARIZERS
        elif key.endswith("_constraint"):
            choices = CONSTRAINTS
        else:
            choices = WORDS[key]
        old, parent[key] = parent[key], copy.deepcopy(self.random.choice(choices))
        return f"{pointer} {old!r:.60} -> {parent[key]!r:.60}"

    def header(self, config: Any) -> str | None:
        layer = self.some(layers_of(config))
        key = self.random.choice(("module", "registered_name"))
        old = layer.get(key)
        layer[key] = self.random.choice(WORDS[key])
        return f"{layer['class_name']} {key} {old!r} -> {layer[key]!r}"

    def reclass(self, config: Any) -> str | None:
        layer = self.some(layers_of(config))
        old = layer["class_name"]
        layer["class_name"] = self.random.choice((*CLASSES, old + "s", old.lower(), old[:-1], old.upper()))
        return f"{old} -> {layer['class_name']}"

    def reshape(self, config: Any) -> str | None:
        found = [
            (parent, key, pointer)
            for parent, key, pointer in places(config)
            if key in ("batch_shape", "shape", "build_input_shape") and isinstance(parent[key], list)
        ]
        weighted = [place for place in found if place[1] == "batch_shape"] * 4 + found
        place = self.some(weighted)
        if place is None:
            return None
        parent, key, pointer = place
        shape = parent[key]
        old = list(shape)
        i = self.random.randrange(len(shape)) if shape else 0
        choice = self.random.randrange(8)
        if choice == 0:
            shape.insert(i, self.random.choice((None, 1, 3)))
        elif choice == 1 and shape:
            del shape[i]
        elif choice == 2:
            parent[key] = self.random.choice((None, [], 5, "abc", [None], {"a": 1}))
        elif shape:
            shape[i] = self.random.choice((None, 0, 1, 2, 7, -1, "3", 4.0, 1.5, True, [2]))
        return f"{pointer} {old} -> {parent[key]}"

    def reconnect(self, config: Any) -> str | None:
        histories = [(parent, key, pointer) for parent, key, pointer in places(config) if key == "keras_history"]
        place = self.some(histories)
        if place is None:
            return None
        history = place[0]["keras_history"]
        old = list(history)
        names = [layer["config"]["name"] for layer in layers_of(config)]
        choice = self.random.randrange(7)
        if choice < 3:
            history[0] = self.random.choice(names)
        elif choice == 3:
            history[0] = self.random.choice((history[0] + "x", "nothing", "", None, 3, [history[0]]))
        elif choice == 4:
            history[1] = self.random.choice((1, 2, -1, None, "0", 5, 0.0, True))
        elif choice == 5:
            history[2] = self.random.choice((1, 2, -1, None, "0", 5, 0.0, True))
        else:
            place[0]["keras_history"] = self.random.choice((history[:2], [*history, 0], None, "abc", []))
        return f"{place[2]} {old} -> {place[0]['keras_history']}"

    def recall(self, config: Any) -> str | None:
        """Edit an inbound node: drop it, double it, or change the structure of its arguments."""
        found = [place for place in places(config) if place[1] in ("inbound_nodes", "args", "kwargs")]
        place = self.some(found)
        if place is None:
            return None
        parent, key, pointer = place
        value = parent[key]
        choice = self.random.randrange(6)
        if choice == 0:
            parent[key] = self.random.choice(([], {}, None, [None], [[]], "abc", [{}]))
        elif choice == 1 and isinstance(value, list) and value:
            value.append(copy.deepcopy(value[-1]))
        elif choice == 2 and isinstance(value, list) and value:
            value.pop()
        elif choice == 3 and isinstance(value, list):
            parent[key] = [value]
        elif choice == 4 and isinstance(value, dict):
            value[self.random.choice(("training", "mask", "foo", "initial_state", "x", "axis"))] = self.random.choice(
                (None, True, 1)
            )
        elif choice == 5 and isinstance(value, list) and value and isinstance(value[0], list):
            parent[key] = value[0]
        else:
            return None
        return f"{pointer} {value!r:.50} -> {parent[key]!r:.50}"

    def ends(self, config: Any) -> str | None:
        found = [place for place in places(config) if place[1] in ("input_layers", "output_layers")]
        place = self.some(found)
        if place is None:
            return None
        parent, key, pointer = place
        old = copy.deepcopy(parent[key])
        ends = [old] if old and isinstance(old, list) and isinstance(old[0], str) else old
        names = [layer["config"]["name"] for layer in parent["layers"] if is_layer(layer)]
        choice = self.random.randrange(8)
        if choice == 0:
            parent[key] = self.random.choice(([], {}, None, "abc", [[]], 3))
        elif choice == 1:
            parent[key] = [self.random.choice(names), 0, 0]
        elif choice == 2:
            parent[key] = [["nothing", 0, 0]]
        elif choice == 3:
            parent[key] = [[self.random.choice(names), self.random.choice((0, 1, -1)), self.random.choice((0, 0, 1))]]
        elif choice == 4 and isinstance(ends, list):
            parent[key] = [*ends, [self.random.choice(names), 0, 0]]
        elif choice == 5 and isinstance(ends, list):
            parent[key] = ends[:-1]
        elif choice == 6 and isinstance(ends, list):
            parent[key] = [*ends, ends[0]]
        else:
            parent[key] = {"a": old}
        return f"{pointer} {old!r:.60} -> {parent[key]!r:.60}"

    def swap(self, config: Any) -> str | None:
        layers = self.some(layer_lists(config))
        if layers is None or len(layers) < 2:
            return None
        i, j = self.random.sample(range(len(layers)), 2)
        layers[i], layers[j] = layers[j], layers[i]
        return f"layers {i} and {j}"

    def remove(self, config: Any) -> str | None:
        layers = self.some(layer_lists(config))
        if not layers:
            return None
        i = self.random.randrange(len(layers))
        del layers[i]
        return f"layer {i}"

    def double(self, config: Any) -> str | None:
        layers = self.some(layer_lists(config))
        if not layers:
            return None
        i = self.random.randrange(len(layers))
        clone = copy.deepcopy(layers[i])
        if self.random.random() < 0.5 and is_layer(clone):
            clone["config"]["name"] = f"{clone['config'].get('name')}_clone"
            if "name" in clone:
                clone["name"] = clone["config"]["name"]
        layers.insert(self.random.choice((i + 1, len(layers))), clone)
        return f"layer {i}"

    def namesake(self, config: Any) -> str | None:
        layers = [layer for layer in self.some(layer_lists(config)) or () if is_layer(layer)]
        if len(layers) < 2:
            return None
        one, other = self.random.sample(layers, 2)
        name = other["config"].get("name")
        which = self.random.randrange(3)
        if which != 0:
            one["config"]["name"] = name
        if which != 1 and "name" in one:
            one["name"] = name
        return f"{one['class_name']} takes the name {name} ({which})"

    def cut(self, config: Any) -> str | None:
        found = [(p, k, at) for p, k, at in places(config) if isinstance(p[k], list) and p[k]]
        parent, key, pointer = self.random.choice(found)
        old = list(parent[key])
        parent[key].pop(self.random.randrange(len(old)))
        return f"{pointer} {old!r:.60}"

    def rebuild(self, config: Any) -> str | None:
        found = [parent for parent, key, _ in places(config) if key == "build_config"]
        layer = self.some(found)
        if layer is None:
            return None
        build = layer["build_config"]
        choice = self.random.randrange(6)
        if choice == 0:
            layer["build_config"] = self.random.choice(
                (
                    None, {}, [], "abc", [1], True, {"foo": 1}, {"input_shape": None}, {"input_shape": "abc"}, {"input_shape": [None, 4.0]},
                    {"shapes_dict": {}}, {"shapes_dict": {"input_shape": [None, 4]}}, {"input_shape": {"a": build}},
                )
            )  # fmt: skip
        elif choice == 1:
            del layer["build_config"]
        elif not isinstance(build, dict):
            return None
        elif choice == 2:
            build["input_shape"] = [None, 3]
        else:
            shapes = [(p, k) for p, k, _ in places(build) if isinstance(p[k], list)]
            if not shapes:
                return None
            parent, key = self.random.choice(shapes)
            shape = parent[key]
            i = self.random.randrange(len(shape)) if shape else 0
            if choice == 3:
                shape.insert(i, 2)
            elif choice == 4 and shape:
                del shape[i]
            elif shape:
                shape[i] = self.random.choice((None, 0, 1, 9, -1, "3", 2.5))
        return f"{layer.get('class_name')} {layer.get('build_config')!r:.100}"

    def exchange(self, config: Any) -> str | None:
        """Swap the values of two keys of an object."""
        found = [p for p in places(config) if isinstance(p[0][p[1]], dict) and len(p[0][p[1]]) > 1]
        parent, key, pointer = self.random.choice(found)
        value = parent[key]
        one, other = self.random.sample(sorted(value), 2)
        value[one], value[other] = value[other], value[one]
        return f"{pointer} {one} <-> {other}"

    def transplant(self, config: Any) -> str | None:
        """Copy the value of the same key from another place."""
        where = list(places(config))
        parent, key, pointer = self.random.choice(where)
        others = [p[k] for p, k, _ in where if k == key and p[k] != parent[key]]
        if not isinstance(key, str) or not others:
            return None
        old, parent[key] = parent[key], copy.deepcopy(self.random.choice(others))
        return f"{pointer} {old!r:.60} -> {parent[key]!r:.60}"

    def add(self, config: Any) -> str | None:
        """Edit a key of any object, including calls, build configs and compile configs."""
        found = [p for p in places(config) if isinstance(p[0][p[1]], dict)]
        parent, key, pointer = self.random.choice(found)
        name = self.random.choice(ADDED)
        if name in parent[key]:
            return None
        parent[key][name] = copy.deepcopy(self.random.choice(OTHER_VALUES))
        return f"{pointer}/{name} = {parent[key][name]!r}"

    def move(self, config: Any) -> str | None:
        """Move a layer into another list of layers, into TimeDistributed, or into a list of its own."""
        lists = [layers for layers in layer_lists(config) if layers]
        source, target = self.some(lists), self.some(lists)
        i = self.random.randrange(len(source))
        layer = source[i]
        if not is_layer(layer):
            return None
        choice = self.random.randrange(3)
        if choice == 0:
            target.insert(self.random.randrange(len(target) + 1), source.pop(i))
        elif choice == 1 and layer["class_name"] != "InputLayer":
            around = {key: value for key, value in layer.items() if key in ("module", "name", "inbound_nodes")}
            source[i] = {**around, "class_name": "TimeDistributed", "config": {"name": "around", "layer": layer}}
        else:
            source[i] = [layer]
        return f"layer {i} ({choice})"

    def call(self, config: Any) -> str | None:
        """Edit the arguments of a call: reverse, name, wrap or double them, or add constants."""
        found = [parent for parent, key, _ in places(config) if key == "args" and isinstance(parent[key], list)]
        node = self.some([node for node in found if node["args"] and isinstance(node.get("kwargs"), dict)])
        if node is None:
            return None
        args, kwargs = node["args"], node["kwargs"]
        choice = self.random.randrange(8)
        if choice == 0:
            args.reverse()
        elif choice == 1:
            args.append(copy.deepcopy(args[0]))
        elif choice == 2:
            args.pop(self.random.randrange(len(args)))
        elif choice == 3:
            args.insert(self.random.randrange(len(args) + 1), self.random.choice((None, True, 1, "x", [])))
        elif choice == 4:
            kwargs[self.random.choice(CALLED)] = args.pop(0)
        elif choice == 5:
            kwargs[self.random.choice(CALLED)] = self.random.choice((copy.deepcopy(args[0]), None, True, 1))
        elif choice == 6:
            args[0] = [args[0]]
        else:
            args[0] = {"x": args[0]}
        return f"call ({choice})"

    def copy_key(self, config: Any) -> str | None:
        """Store an argument under a second name."""
        parent, key, pointer = self.random.choice(self.config_places(config))
        new = self.random.choice((key + "s", key[:-1], key.upper(), OLD_NAMES.get(key, key + "_"), f"{key} "))
        if new in parent:
            return None
        parent[new] = copy.deepcopy(parent[key])
        return f"{pointer} as {new}"

    def inner(self, config: Any) -> str | None:
        """Edit an object in an argument: an initializer, a policy, a layer in a wrapper, ..."""
        found = [
            (layer["config"][key], layer, key)
            for layer in layers_of(config)
            for key in layer["config"]
            if isinstance(layer["config"][key], dict) and "class_name" in layer["config"][key]
        ]
        place = self.some(found)
        if place is None:
            return None
        value, layer, key = place
        choice = self.random.randrange(8)
        if choice == 0:
            del value[self.random.choice(sorted(value))]
        elif choice == 1:
            value["class_name"] = self.random.choice((*INNER, str(value["class_name"]) + "s", None, 3))
        elif choice == 2:
            value["config"] = self.random.choice((None, {}, [], "abc", 3, {"a": 1}))
        elif choice == 3 and isinstance(value.get("config"), dict):
            value["config"][self.random.choice(INNER_ARGUMENTS)] = self.random.choice(OTHER_VALUES)
        elif choice == 4:
            value["module"] = self.random.choice((*WORDS["module"], "keras.initializers", "keras.regularizers"))
        elif choice == 5:
            value["registered_name"] = self.random.choice((*WORDS["registered_name"], "Custom>Mine"))
        elif choice == 6:
            layer["config"][key] = [value]
        else:
            layer["config"][key] = copy.deepcopy(value.get("config"))
        return f"{layer['config'].get('name')}.{key} -> {layer['config'][key]!r:.100}"

    def off_by_one(self, config: Any) -> str | None:
        """Add 1 to, or subtract 1 from, a size in a layer's arguments."""
        found = []
        for layer in layers_of(config):
            for parent, key, pointer in places(layer["config"]):
                if isinstance(parent[key], int) and not isinstance(parent[key], bool):
                    found.append((parent, key, f"{layer['config'].get('name')}{pointer}"))
        place = self.some(found)
        if place is None:
            return None
        parent, key, pointer = place
        old = parent[key]
        parent[key] += self.random.choice((1, -1))
        return f"{pointer} {old} -> {parent[key]}"

    def kin(self, config: Any) -> str | None:
        """Replace a layer's class by one of the same family."""
        layer = self.some([layer for layer in layers_of(config) if any(layer["class_name"] in kin for kin in KIN)])
        if layer is None:
            return None
        old = layer["class_name"]
        layer["class_name"] = self.random.choice(next(kin for kin in KIN if old in kin))
        return f"{old} -> {layer['class_name']}"

    def mask(self, config: Any) -> str | None:
        """Insert a Masking layer, switch mask_zero, or replace a layer by one that drops or checks masks."""
        layers = self.some(layer_lists(config))
        if not layers:
            return None
        embeddings = [layer for layer in layers if is_layer(layer) and layer["class_name"] == "Embedding"]
        if embeddings and self.random.random() < 0.5:
            change = self.random.choice(embeddings)["config"]
            change["mask_zero"] = self.random.choice((not change.get("mask_zero"), None, 1, "yes"))
            return f"{change.get('name')}.mask_zero {change['mask_zero']!r}"
        i = self.random.randrange(len(layers))
        around = {key: value for key, value in layers[i].items() if key in ("module", "name", "inbound_nodes")}
        masking = {
            "name": f"masking{self.random.randrange(9)}",
            "mask_value": self.random.choice((0.0, 0, None, -1, [0])),
        }
        if around.get("inbound_nodes") and is_layer(layers[i]):
            masking["name"] = layers[i]["config"].get("name")
            layers[i] = {**around, "class_name": "Masking", "config": masking}
            return f"Masking instead of layer {i}"
        around = {key: value for key, value in around.items() if key == "module"}
        layers.insert(i, {**around, "class_name": "Masking", "config": masking})
        return f"Masking before layer {i}"

    def compiling(self, config: Any) -> str | None:
        """Edit a compile_config, or add one."""
        if not config.get("compile_config") or not isinstance(config["compile_config"], dict):
            config["compile_config"] = {"optimizer": self.random.choice(OPTIMIZERS), "loss": "mse", "metrics": ["mae"]}
        parent, key, pointer = self.random.choice(list(places(config["compile_config"])))
        parent[key] = copy.deepcopy(self.random.choice((*OTHER_VALUES, *COMPILED)))
        return f"compile_config{pointer} -> {parent[key]!r:.60}"


ADDED = (
    "name", "dtype", "trainable", "seed", "axis", "training", "mask", "initial_state", "module", "config", "class_name",
    "registered_name", "inbound_nodes", "build_config", "compile_config", "input_shape", "quantization_config",
    "shapes_dict", "shared_object_id",
)  # fmt: skip
CALLED = (
    "inputs",
    "x",
    "sequences",
    "query",
    "value",
    "x1",
    "mask",
    "initial_state",
    "training",
    "key",
    "states",
    "axis",
)
INNER = (
    "Zeros",
    "GlorotUniform",
    "L2",
    "MaxNorm",
    "Dense",
    "LSTM",
    "LSTMCell",
    "GRU",
    "Policy",
    "DTypePolicy",
    "function",
    "Mine",
)
INNER_ARGUMENTS = (
    "seed",
    "scale",
    "mode",
    "l1",
    "l2",
    "max_value",
    "axis",
    "name",
    "units",
    "value",
    "gain",
    "foo",
    "dtype",
)
KIN = (
    ("LSTM", "GRU", "SimpleRNN", "ConvLSTM2D", "ConvLSTM1D", "CuDNNLSTM", "RNN", "LSTMCell"),
    ("Conv1D", "Conv2D", "Conv3D", "SeparableConv1D", "SeparableConv2D", "DepthwiseConv2D", "Conv2DTranspose", "LocallyConnected1D"),
    ("MaxPooling1D", "MaxPooling2D", "AveragePooling1D", "AveragePooling2D", "GlobalMaxPooling1D", "GlobalMaxPooling2D",
     "GlobalAveragePooling1D", "GlobalAveragePooling2D"),
    ("Add", "Subtract", "Multiply", "Average", "Maximum", "Concatenate", "Dot", "Attention", "AdditiveAttention"),
    ("BatchNormalization", "LayerNormalization", "GroupNormalization", "UnitNormalization"),
    ("Dropout", "SpatialDropout1D", "SpatialDropout2D", "GaussianNoise", "AlphaDropout", "ReLU", "Softmax", "PReLU", "Masking"),
    ("Dense", "Embedding", "EinsumDense", "TimeDistributed", "Bidirectional", "RepeatVector", "Flatten"),
    ("ZeroPadding1D", "ZeroPadding2D", "Cropping1D", "Cropping2D", "UpSampling1D", "UpSampling2D"),
)  # fmt: skip
OPTIMIZERS = ("adam", {"class_name": "Adam", "config": {"learning_rate": 0.01}}, {"class_name": "SGD", "config": {}})
COMPILED = (
    "adam",
    "mse",
    "accuracy",
    ["accuracy"],
    "nothing",
    {"class_name": "Adam", "config": {}},
    "sgd",
    "auc",
    "AUC",
)
EDITS: tuple[Callable[[Damage, Any], str | None], ...] = (
    Damage.drop, Damage.drop, Damage.retype, Damage.retype, Damage.retype, Damage.rename, Damage.foreign,
    Damage.words, Damage.words, Damage.words, Damage.header, Damage.reclass, Damage.reshape, Damage.reshape,
    Damage.reconnect, Damage.reconnect, Damage.recall, Damage.ends, Damage.swap, Damage.remove, Damage.double,
    Damage.namesake, Damage.cut, Damage.rebuild, Damage.rebuild, Damage.exchange, Damage.transplant, Damage.transplant,
    Damage.add, Damage.move, Damage.call, Damage.call, Damage.copy_key, Damage.inner, Damage.off_by_one, Damage.kin, Damage.kin,
    Damage.mask, Damage.compiling,
)  # fmt: skip
