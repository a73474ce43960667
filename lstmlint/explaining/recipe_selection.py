"""Choose the recipe of a layer. A recipe whose value is not the inferred count is not used."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from lstmlint.explaining.arithmetic import Number, times
from lstmlint.explaining.attention import MultiHead
from lstmlint.explaining.feedforward import Convolution, Dense, Embedding, Normalization, Separable
from lstmlint.explaining.recipes import Facts, Parts, Recipe, Weights
from lstmlint.explaining.recurrent import Directions, Recurrent
from lstmlint.explaining.weight_notes import Spectral, Subject, described
from lstmlint.inference import NestedModel
from lstmlint.layers.base import Layer, LayerError, UnknownShape, Weight
from lstmlint.layers.rnn import RNN, Gated, RecurrentLayer, StackedRNNCells
from lstmlint.layers.wrappers import Bidirectional, TimeDistributed
from lstmlint.model.shapes import Dim, Shape, product

SIDES = {
    1: ("kernel_size",),
    2: ("kernel_rows", "kernel_columns"),
    3: ("kernel_depth", "kernel_rows", "kernel_columns"),
}


@dataclass(frozen=True, slots=True)
class Inner:
    """A layer inside another one, and what surrounds it."""

    layer: Layer
    facts: Facts


def inner_layers(layer: Layer, facts: Facts) -> list[Inner]:
    """Return the layers inside a layer."""
    shape = facts.input_shape
    if isinstance(layer, NestedModel):
        return [
            Inner(row.layer, Facts(row.input_shape, row.output_shape, facts.batch))
            for row in layer.graph.rows
            if row.used
        ]
    if isinstance(layer, TimeDistributed):
        step = shape and (shape[0], *shape[2:])
        return [Inner(layer.inner, replace(facts, input_shape=step))]
    if isinstance(layer, Bidirectional):
        output = first_output(layer.forward, shape)
        return [
            Inner(one, replace(facts, output_shape=output, return_sequences=returns_sequences(one)))
            for one in (layer.forward, layer.backward)
        ]
    if isinstance(layer, RNN):
        return [Inner(layer.cell, facts)]
    if isinstance(layer, StackedRNNCells):
        found, within = [], facts
        for cell in layer.sublayers:
            found.append(Inner(cell, within))
            if isinstance(cell, Gated) and shape and known_size(cell):
                shape = (*shape[:-1], known_size(cell))
                first = facts.input_shape[-1] if facts.input_shape else None
                within = replace(facts, input_shape=shape, source="", model_features=first)
        return found
    return [Inner(one, facts) for one in layer.sublayers]


def known_size(cell: Gated) -> Dim:
    """Return the width of a cell's output; None if unknown."""
    try:
        return cell.output_size()
    except (UnknownShape, LayerError):
        return None


def first_output(layer: Layer, shape: Shape) -> Shape:
    """Return the shape of an RNN's output; None if unknown."""
    if not isinstance(layer, RecurrentLayer) or shape is None:
        return None
    try:
        layer.check_rank(shape)
        return layer.output_shapes(layer.times_first(shape))[0]
    except (UnknownShape, LayerError):
        return None


def returns_sequences(layer: Layer) -> bool:
    """Check whether an RNN returns an output at each timestep."""
    return bool(layer.config.get("return_sequences"))


def choose(layer: Layer, facts: Facts, stored: list[Weight] | None = None) -> Recipe | None:
    """Return the recipe of a layer's count; None if there are no known weights.

    stored: the weights, if they come from the file instead of the config.
    """
    recipe = _special(layer, facts, layer.own_weights if stored is None else stored)
    if stored is None and not layer.all_known():
        return recipe
    weights = list(layer.all_weights()) if stored is None else stored
    if not weights:
        return None
    if recipe is None or recipe.value != sum(weight.size for weight in weights):
        return described(Subject(layer, facts, tuple(weights), recipe))
    return recipe


def _special(layer: Layer, facts: Facts, weights: list[Weight]) -> Recipe | None:
    source = RecipeInput(layer, facts, {weight.name: weight for weight in weights})
    if isinstance(layer, Gated) and not isinstance(layer, RNN | StackedRNNCells):
        return _recurrent(layer, source)
    if isinstance(layer, TimeDistributed | RNN):
        (inner,) = inner_layers(layer, facts)
        return choose(inner.layer, inner.facts)
    if isinstance(layer, Bidirectional | StackedRNNCells | NestedModel):
        return _parts(layer, facts)
    builder = BUILDERS.get(layer.class_name)
    for name in layer.keras_names:
        builder = builder or BUILDERS.get(name)
    if builder is None:
        return None
    try:
        return builder(source)
    except (UnknownShape, LayerError):
        return None


def _parts(layer: Layer, facts: Facts) -> Recipe | None:
    inside = [(inner, choose(inner.layer, inner.facts)) for inner in inner_layers(layer, facts)]
    found = [(inner, recipe) for inner, recipe in inside if recipe is not None]
    parts = tuple((inner.layer.name, recipe) for inner, recipe in found)
    about = tuple(inner.facts for inner, _ in found)
    if not parts:
        return None
    if isinstance(layer, Bidirectional):
        mode = layer.config["merge_mode"]
        return Directions(parts=parts, facts=about, merge_mode="None" if mode is None else str(mode))
    return Parts(parts=parts, facts=about)


def _recurrent(layer: Gated, source: RecipeInput) -> Recipe | None:
    weights, shape = source.weights, source.facts.input_shape
    convolution = "filters" in layer.config
    argument = "filters" if convolution else "units"
    units = layer.config.get(argument)
    if not isinstance(units, int) or units < 1:
        return None
    area: tuple[Number, ...] = ()
    if convolution:
        area = _area(layer)
        if not area:
            return None
    features: Dim = None
    size = product(side.value for side in area)
    if "kernel" in weights and size:
        features = weights["kernel"].size // (size * len(layer.gates) * units)
    elif shape is not None and len(shape) > 2:
        features = shape[2 if _channels_first(layer) else -1]
    biases = product(layer.bias_shape(units)) if not convolution else len(layer.gates) * units
    return Recurrent(
        kind=layer.class_name.removesuffix("Cell"),
        gates=len(layer.gates),
        units=Number(units, argument),
        states=Number(units, argument),
        features=Number(features, "channels" if convolution else "input_dim"),
        area=area,
        channels_first=convolution and _channels_first(layer),
        biases=(biases or 0) // (len(layer.gates) * units) if source.has_bias() else 0,
    )


def _channels_first(layer: Layer) -> bool:
    return layer.config.get("data_format") == "channels_first"


def _area(layer: Layer) -> tuple[Number, ...]:
    """Return the named sides of the kernel; () if it is not valid."""
    value = layer.config.get("kernel_size")
    rank: int = getattr(layer, "rank", len(value) if isinstance(value, list) else 1)
    if isinstance(value, int):
        value = [value] * rank
    if not isinstance(value, list | tuple) or len(value) not in SIDES or not all(isinstance(n, int) for n in value):
        return ()
    return tuple(Number(side, name) for side, name in zip(value, SIDES[len(value)], strict=True))


@dataclass(frozen=True, slots=True)
class RecipeInput:
    """The input of a recipe: the layer, what surrounds it, and its weights by name (empty if it is not built)."""

    layer: Layer
    facts: Facts
    weights: dict[str, Weight]

    @property
    def last(self) -> Dim:
        """The size of the input's last axis."""
        return self.facts.input_shape[-1] if self.facts.input_shape else None

    def has_bias(self, name: str = "bias") -> bool:
        """Check whether the layer has a bias, or will have one."""
        return name in self.weights if self.weights else bool(self.layer.config.get("use_bias", True))

    def number(self, argument: str) -> Number:
        """Return an integer argument with its name."""
        return Number(self.layer.integer(argument), argument)

    def channels(self, rank: int, kernel: str, per_channel: int, groups: int = 1) -> Dim:
        """Return the number of channels that a kernel sees; each takes `per_channel` numbers."""
        if kernel in self.weights:
            return self.weights[kernel].size // per_channel
        shape = self.facts.input_shape
        if not shape or len(shape) < rank + 2:
            return None
        found = shape[-1 - rank if _channels_first(self.layer) else -1]
        return None if found is None else found // groups


def _dense(source: RecipeInput) -> Recipe | None:
    units = source.number("units")
    kernel = source.weights.get("kernel")
    features = kernel.shape[0] if kernel is not None and "int" not in kernel.dtype else source.last
    return Dense(features=Number(features, "input_dim"), units=units, bias=units if source.has_bias() else None)


def _embedding(source: RecipeInput) -> Recipe | None:
    return Embedding(vocabulary=source.number("input_dim"), width=source.number("output_dim"))


def _convolution(source: RecipeInput) -> Recipe | None:
    area, filters = _area(source.layer), source.number("filters")
    size = product((*(side.value for side in area), filters.value))
    if not area or not size:
        return None
    groups = 1 if source.layer.config.get("groups") is None else source.layer.integer("groups")
    return Convolution(
        area=area,
        channels=Number(
            source.channels(len(area), "kernel", size, groups), "channels" if groups == 1 else "channels_of_group"
        ),
        filters=filters,
        bias=filters if source.has_bias() else None,
        groups=groups,
        channels_first=_channels_first(source.layer),
    )


def _depthwise(source: RecipeInput) -> Recipe | None:
    area, multiplier = _area(source.layer), source.number("depth_multiplier")
    size = product((*(side.value for side in area), multiplier.value))
    if not area or not size:
        return None
    kernel = "depthwise_kernel" if "depthwise_kernel" in source.weights else "kernel"
    channels = Number(source.channels(len(area), kernel, size), "channels")
    bias = times(channels, multiplier) if source.has_bias() else None
    return Convolution(
        area=area,
        channels=channels,
        filters=multiplier,
        bias=bias,
        channels_first=_channels_first(source.layer),
    )


def _separable(source: RecipeInput) -> Recipe | None:
    area, multiplier, filters = _area(source.layer), source.number("depth_multiplier"), source.number("filters")
    size = product((*(side.value for side in area), multiplier.value))
    if not area or not size:
        return None
    return Separable(
        area=area,
        channels=Number(source.channels(len(area), "depthwise_kernel", size), "channels"),
        multiplier=multiplier,
        filters=filters,
        bias=filters if source.has_bias() else None,
        channels_first=_channels_first(source.layer),
    )


def _normalization(source: RecipeInput) -> Recipe | None:
    own = list(source.weights.values())
    if not own:
        return None
    sizes = [dim for dim in own[0].shape if dim != 1] or [1]
    name = "features" if len(sizes) == 1 else ""
    return Normalization(
        trained=tuple(weight.name for weight in own if weight.name in ("gamma", "beta", "scale")),
        tracked=tuple(weight.name for weight in own if weight.name not in ("gamma", "beta", "scale")),
        size=tuple(Number(dim, name) for dim in sizes),
        vectors=len(own),
    )


def _multi_head(source: RecipeInput) -> Recipe | None:
    grouped = "num_query_heads" in source.layer.config
    heads = source.number("num_query_heads" if grouped else "num_heads")
    key_dim = source.number("head_dim" if grouped else "key_dim")

    def first(name: str) -> Dim:
        weight = source.weights.get(f"{name}/kernel")
        return weight.shape[0] if weight else source.last

    output = source.weights.get("attention_output/kernel")
    made = product(output.shape[2:]) if output else source.last
    # In self-attention all inputs and the output have one size, which then has one name.
    inputs = {name: first(name) for name in ("query", "key", "value")}
    equal = len({*inputs.values(), made}) == 1
    named = {name: Number(dim, "features" if equal else f"{name}_features") for name, dim in inputs.items()}
    gate = ("gate",) if source.layer.config.get("use_gate") else ()
    value_dim = (
        source.number("value_dim") if source.layer.config.get("value_dim") else replace(key_dim, name="value_dim")
    )
    return MultiHead(
        heads=heads,
        shared=source.number("num_key_value_heads") if grouped else heads,
        key_dim=key_dim,
        value_dim=key_dim if grouped else value_dim,
        query_in=named["query"],
        key_in=named["key"],
        value_in=named["value"],
        output=Number(made, "features" if equal else "output_features"),
        bias=source.has_bias("query/bias"),
        projections=("query", "key", "value", *gate, "output"),
        grouped=grouped,
    )


def _spectral(source: RecipeInput) -> Recipe | None:
    inside = inner_layers(source.layer, source.facts)
    recipe = choose(inside[0].layer, inside[0].facts) if inside else None
    vector = source.weights.get("vector_u")
    if recipe is None or vector is None:
        return None
    added = Weights(items=((vector.name, vector.shape),))
    (inner,) = inside
    return Spectral(parts=((inner.layer.name, recipe), (vector.name, added)), facts=(inner.facts, inner.facts))


BUILDERS: dict[str, Callable[[RecipeInput], Recipe | None]] = {
    **dict.fromkeys(("Dense", "TimeDistributedDense"), _dense),
    "Embedding": _embedding,
    **dict.fromkeys(
        ("Conv1D", "Conv2D", "Conv3D", "Conv1DTranspose", "Conv2DTranspose", "Conv3DTranspose", "Deconvolution2D"),
        _convolution,
    ),
    **dict.fromkeys(("DepthwiseConv1D", "DepthwiseConv2D"), _depthwise),
    **dict.fromkeys(("SeparableConv1D", "SeparableConv2D"), _separable),
    **dict.fromkeys(
        ("BatchNormalization", "LayerNormalization", "GroupNormalization", "RMSNormalization"), _normalization
    ),
    **dict.fromkeys(("MultiHeadAttention", "GroupQueryAttention"), _multi_head),
    "SpectralNormalization": _spectral,
}

__all__ = ["Inner", "choose", "inner_layers"]
