"""Build the layers of a recorded architecture: rows of facts become the layer configs that `to_json()` writes.

`architectures/<function>.json` holds the rows of a function, `architectures/kinds.json` what all layers of a kind have in
common. scripts/generate_applications.py writes both from configs that Keras wrote.

A row is `[kind, name, sources, values]`. The sources are the rows whose outputs the layer takes, counted backwards. They may be
left out if they are `[-1]`, the row before. The values are the arguments that differ from those that are usual for this kind in
this function, or in general. A kind that starts with "?" is a layer that exists only if its inputs have the same shape.
Otherwise its last source takes its place.

A name that starts with "%" starts with the name of the model. "$conv2d 3" stands for the fourth name that Keras makes for a
Conv2D of this model. Among the values, a string that starts with "$" is a rule:

    $in, $out                the shape of the first input, of the output
    $classes (and others)    an argument of the function
    $pad 3                   the padding before a strided convolution with a kernel of 3
    $name input_layer 1      an automatic name, as above
    $r8 24 alpha             24 · alpha, rounded to a multiple of 8
    $int 32 alpha            32 · alpha, rounded down; `alpha1` instead of `alpha` is alpha, but at least 1
    $int 6 -1                6 · the channels of the row before
    $r8 88/24 -4             the same with a fraction, of the row four before
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from math import prod
from typing import Any

Shape = list[int | None]


Naming = Callable[[str, int], str]


@dataclass
class Builder:
    """Layers from rows.

    Args:
        dialect: "keras2" or "keras3", which write the calls differently.
        kinds: the kinds of layers of this dialect.
        usual: the values of each kind that are usual in this function.
        arguments: the arguments of the function.
        model_name: the name of the model.
        naming: returns the name of an automatically named layer from its prefix and its number in this model.
    """

    dialect: str
    kinds: dict[str, Any]
    usual: dict[str, dict[str, Any]]
    arguments: dict[str, Any]
    model_name: str
    naming: Naming
    names: list[str] = field(default_factory=list)
    shapes: list[Shape] = field(default_factory=list)
    layers: list[dict[str, Any]] = field(default_factory=list)

    def add_input(self, name: str, shape: Shape) -> None:
        """Add the InputLayer: its name and its shape with the batch."""
        kind = self.kinds["InputLayer"]
        key = "batch_shape" if self.dialect == "keras3" else "batch_input_shape"
        self.names.append(name)
        self.shapes.append(shape)
        self.layers.append({**kind, "config": {**kind["config"], key: shape, "name": name}, "name": name})

    def add(self, row: Sequence[Any]) -> None:
        """Add the layer of a row, or nothing for an optional layer whose inputs differ in shape."""
        kind, name, *rest = row
        offsets = rest.pop(0) if rest and isinstance(rest[0], list) else (-1,)
        sources = [self.names[offset] for offset in offsets]
        shapes = [self.shapes[offset] for offset in offsets]
        if kind[0] == "?":
            if any(shape != shapes[0] for shape in shapes):
                self.names.append(sources[-1])
                self.shapes.append(shapes[-1])
                return
            kind = kind[1:]
        template = self.kinds[kind]
        name = self.text(name)
        config = {**template["config"], "name": name}
        values = {**self.usual.get(kind, {}), **(rest[0] if rest else {})}
        late = []
        for key, value in values.items():
            if value == "$out" or (isinstance(value, list) and value and isinstance(value[0], dict)):
                late.append((key, value))
            else:
                config[key] = self.value(value, shapes[0])
        for key, value in late:  # the layers of a Sequential, of which the last one names the output's shape
            config[key] = value
        output = output_shape(template["class_name"], config, shapes, self.value)
        for key, value in late:
            config[key] = self.value(value, shapes[0], output)
        layer = {**template, "config": config, "name": name}
        if "build_config" in template:
            built = template["build_config"]["input_shape"]
            layer["build_config"] = {"input_shape": shapes if built == "all" else shapes[0]}
        layer["inbound_nodes"] = self.calls(template["inbound_nodes"], zip(sources, shapes, strict=True))
        self.names.append(name)
        self.shapes.append(output)
        self.layers.append(layer)

    def text(self, name: str) -> str:
        """Return a name with the names of the model and of automatic layers put in."""
        if name[0] == "$":
            prefix, number = name[1:].split()
            return self.naming(prefix, int(number))
        return self.model_name + name[1:] if name[0] == "%" else name

    def value(self, value: Any, first: Shape, output: Shape | None = None) -> Any:
        """Return an argument with its rules worked out."""
        if isinstance(value, str):
            if value[:1] == "$":
                return self.rule(value[1:], first, output)
            return self.model_name + value[1:] if value[:1] == "%" else value
        if isinstance(value, list):
            return [self.value(item, first, output) for item in value]
        if isinstance(value, dict):
            return {key: self.value(item, first, output) for key, item in value.items()}
        return value

    def rule(self, rule: str, first: Shape, output: Shape | None) -> Any:
        """Return what a rule says (see the table at the top)."""
        match rule.split():
            case ["in"]:
                return first
            case ["out"]:
                return output
            case ["name", prefix, number]:
                return self.naming(prefix, int(number))
            case ["pad", kernel]:
                return padding(first, int(kernel))
            case [rounding, factor, base]:
                over, _, under = factor.partition("/")
                times = float(over) / float(under or 1)
                if base in ("alpha", "alpha1"):
                    other = self.arguments["alpha"]
                    other = max(other, 1.0) if base == "alpha1" else other
                else:
                    other = self.shapes[int(base)][-1]
                return multiple_of_8(times * other) if rounding == "r8" else int(times * other)
            case _:
                return self.arguments[rule]

    def calls(self, pattern: list[Any], tensors: Iterator[tuple[str, Shape]]) -> list[Any]:
        """Return the record of the calls, with the next tensor in place of each "@". Keras 3 has tensors in "args" only."""
        if self.dialect == "keras3":
            return [{"args": fill_keras3(call["args"], tensors), "kwargs": call["kwargs"]} for call in pattern]
        return [fill_keras2(call, tensors) for call in pattern]


def fill_keras3(arguments: list[Any], tensors: Iterator[tuple[str, Shape]]) -> list[Any]:
    """Return the arguments of a call in Keras 3, where a tensor is a dict."""
    filled: list[Any] = []
    for argument in arguments:
        if argument == "@":
            source, shape = next(tensors)
            config = {"shape": shape, "dtype": "float32", "keras_history": [source, 0, 0]}
            filled.append({"class_name": "__keras_tensor__", "config": config})
        else:
            filled.append(fill_keras3(argument, tensors) if isinstance(argument, list) else argument)
    return filled


def fill_keras2(pattern: Any, tensors: Iterator[tuple[str, Shape]]) -> Any:
    """Return a call in Keras 2, where a tensor is a list that starts with the name of its layer."""
    if isinstance(pattern, list):
        return [fill_keras2(item, tensors) for item in pattern]
    if isinstance(pattern, dict):
        return {key: fill_keras2(item, tensors) for key, item in pattern.items()}
    return next(tensors)[0] if pattern == "@" else pattern


def multiple_of_8(value: float) -> int:
    """Return the multiple of 8 nearest to a number of channels, at least 8 and at least nine tenths of the number."""
    nearest = max(8, int(value + 4) // 8 * 8)
    return nearest + 8 if nearest < 0.9 * value else nearest


def padding(shape: Shape, kernel: int) -> list[list[int]]:
    """Return the padding of height and width before a convolution with strides of 2: [[before, after], [before, after]].

    A side of even or unknown length gets one less before.
    """
    half = kernel // 2
    return [[half if side is not None and side % 2 else half - 1, half] for side in shape[1:3]]


def broadcast(shapes: list[Shape]) -> Shape:
    """Return the shape of the sum of tensors of the same rank."""
    result = shapes[0]
    for shape in shapes[1:]:
        pairs = zip(result, shape, strict=True)
        result = [b if a == 1 else a if b == 1 else None if a is None or b is None else a for a, b in pairs]
    return result


def window(size: int | None, kernel: int, stride: int, how: str) -> int | None:
    """Return the length of a side after a convolution or pooling."""
    if size is None:
        return None
    return -(-size // stride) if how == "same" else (size - kernel) // stride + 1


def output_shape(name: str, config: dict[str, Any], shapes: list[Shape], value: Callable[..., Any]) -> Shape:
    """Return the shape of a layer's output.

    Args:
        name: the class.
        config: its arguments.
        shapes: the shapes of its inputs, with the batch.
        value: works out the rules in the arguments of a nested layer.
    """
    shape = shapes[0]
    batch, channels = shape[0], shape[-1]
    match name:
        case "Conv2D" | "DepthwiseConv2D" | "SeparableConv2D" | "MaxPooling2D" | "AveragePooling2D":
            kernel = config.get("kernel_size") or config["pool_size"]
            sides = zip(shape[1:3], kernel, config["strides"], strict=True)
            if name == "DepthwiseConv2D" and channels is not None:
                channels *= config["depth_multiplier"]
            return [batch, *(window(*side, config["padding"]) for side in sides), config.get("filters", channels)]
        case "ZeroPadding2D" | "Cropping2D":
            sign, key = (1, "padding") if name == "ZeroPadding2D" else (-1, "cropping")
            around = zip(shape[1:3], config[key], strict=True)
            return [batch, *(None if side is None else side + sign * sum(both) for side, both in around), channels]
        case "GlobalAveragePooling2D" | "GlobalMaxPooling2D":
            return [batch, 1, 1, channels] if config["keepdims"] else [batch, channels]
        case "Dense":
            return [*shape[:-1], config["units"]]
        case "Flatten":
            return [batch, None if None in shape[1:] else prod(side for side in shape[1:] if side is not None)]
        case "Reshape":
            return [batch, *config["target_shape"]]
        case "Concatenate":
            last = [other[-1] for other in shapes]
            return [*shape[:-1], sum(side for side in last if side is not None)]
        case "Sequential":
            for layer in config["layers"][1:]:
                shape = output_shape(layer["class_name"], value(layer["config"], shape), [shape], value)
            return shape
        case _:
            return broadcast(shapes) if len(shapes) > 1 else shape
