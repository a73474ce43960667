"""What a config's values mean, whatever form they are written in: activations, initializers, losses, heads."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from lstmlint.inference.summary import LayerSummary, ModelSummary
from lstmlint.layers import find
from lstmlint.layers.base import Layer
from lstmlint.model.pointers import escape
from lstmlint.model.shapes import Dim, Shape
from lstmlint.rules.index import outputs_of, recurrent, unwrapped

KNOWN_ACTIVATIONS = frozenset(
    "linear relu relu6 elu selu gelu silu swish softplus softsign tanh sigmoid hard_sigmoid exponential softmax"
    " log_softmax leaky_relu mish".split()
)
SIGMOIDS = frozenset({"sigmoid", "hard_sigmoid", "sparse_sigmoid"})
# The values that an activation can output, where they are limited.
RANGES = {
    "relu": "[0, inf)", "relu6": "[0, 6]", "sigmoid": "(0, 1)", "hard_sigmoid": "[0, 1]", "softmax": "(0, 1)",
    "tanh": "(-1, 1)", "softsign": "(-1, 1)", "softplus": "(0, inf)", "exponential": "(0, inf)", "log_softmax": "(-inf, 0)",
}  # fmt: skip
REGRESSION = frozenset(
    {
        "mean_squared_error", "mean_absolute_error", "mean_absolute_percentage_error", "mean_squared_logarithmic_error",
        "huber", "log_cosh", "root_mean_squared_error",
    }
)  # fmt: skip
CATEGORICAL = frozenset(
    {"categorical_crossentropy", "sparse_categorical_crossentropy", "categorical_focal_crossentropy"}
)
# Losses that look at each unit by itself -> the one that takes the units for classes.
BINARY = {
    "binary_crossentropy": "categorical_crossentropy",
    "binary_focal_crossentropy": "categorical_focal_crossentropy",
}
_LOSSES = {
    "mse": "mean_squared_error", "mae": "mean_absolute_error", "mape": "mean_absolute_percentage_error",
    "msle": "mean_squared_logarithmic_error", "huber_loss": "huber", "logcosh": "log_cosh", "log_cosh_loss": "log_cosh",
    "bce": "binary_crossentropy", "cce": "categorical_crossentropy", "scce": "sparse_categorical_crossentropy",
    "rmse": "root_mean_squared_error",
}  # fmt: skip
_CONSTANT_INITIALIZERS = {"zeros": "zeros", "zero": "zeros", "ones": "ones", "one": "ones", "constant": "constant"}


def snake(name: str) -> str:
    """CategoricalCrossentropy -> categorical_crossentropy."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


def activation_name(value: Any) -> str | None:
    """The name of an activation in any form: null is linear; None where it is an object that nobody can name."""
    if value is None:
        return "linear"
    if isinstance(value, str):
        return value.rpartition(">")[2]
    if isinstance(value, dict):
        name, config = value.get("class_name"), value.get("config")
        if name == "function" and isinstance(config, str):
            return config
        if isinstance(name, str):
            facts = find(name)
            return (facts and facts.activation) or snake(name)
    return None


def activation_of(layer: Layer) -> str | None:
    """The name of the activation that a layer applies to its output last; None if it has none or it is unknown."""
    facts = layer.facts
    if facts.activation is not None:
        return facts.activation
    return activation_name(layer.config.get("activation")) if facts.is_activation or facts.applies_activation else None


def constant_initializer(value: Any) -> str | None:
    """How an initializer that gives every weight the same number is called, with the number; None for all others."""
    config: Any = None
    if isinstance(value, dict):
        config = value.get("config")
        value = value.get("class_name")
    if not isinstance(value, str):
        return None
    name = _CONSTANT_INITIALIZERS.get(value.rpartition(">")[2].lower())
    if name != "constant":
        return name
    number = config.get("value", 0.0) if isinstance(config, dict) else 0.0
    if not isinstance(number, int | float):
        return None
    return f"constant {number:g}" if number else "zeros"


class Head(NamedTuple):
    """What an output of the model comes out of: the layer, and the activation that it ends with.

    recurrent: whether it is a recurrent layer, whose activation is not the last thing that happens to its output.
    """

    row: LayerSummary
    layer: Layer
    activation: str
    recurrent: bool = False

    @property
    def pointer(self) -> str:
        """The place of the activation."""
        return self.layer.spec.argument_pointer("activation")


def head_of(row: LayerSummary) -> Head | None:
    """The head that `row`'s output comes out of; None where nobody can tell."""
    for _ in range(100):
        if row.nested is not None:
            outputs = outputs_of(row.nested)
            if len(outputs) != 1:
                return None
            row = outputs[0]
            continue
        layer = unwrapped(row.layer)
        if (rnn := recurrent(layer)) is not None:
            activation = activation_name(rnn.config.get("activation", "tanh"))
            return None if activation is None else Head(row, rnn, activation, True)
        facts = layer.facts
        if facts.is_activation or facts.applies_activation:
            activation = activation_of(layer)
            if activation is None:
                return None
            if facts.applies_activation or activation != "linear":
                return Head(row, layer, activation)
        elif not facts.keeps_values:
            return None
        if len(row.inbound) != 1:
            return None
        row = row.inbound[0]
    return None


def width_of(row: LayerSummary, shape: Shape = None) -> Dim:
    """The size of the last axis of a layer's output; of a Dense also where its input is unknown."""
    shape = shape or row.output_shape
    if shape:
        return shape[-1]
    units = unwrapped(row.layer).config.get("units") if unwrapped(row.layer).class_name == "Dense" else None
    return units if isinstance(units, int) else None


class Objective(NamedTuple):
    """One output of the model, and the loss it is trained with.

    loss: in snake case, "" where it is custom. shape: of the output.
    """

    row: LayerSummary
    shape: Shape
    loss: str
    from_logits: bool
    pointer: str


def loss_name(value: Any) -> tuple[str, bool]:
    """(name in snake case, from_logits) of a loss in any form; ("", False) where nobody can tell."""
    from_logits = False
    if isinstance(value, dict):
        config = value.get("config")
        if isinstance(config, dict):
            from_logits = config.get("from_logits") is True
            value = config.get("fn") if value.get("class_name") == "LossFunctionWrapper" else value.get("class_name")
        else:
            value = config if isinstance(config, str) else value.get("class_name")
        if isinstance(value, dict):
            value = value.get("config")
    if not isinstance(value, str):
        return "", False
    name = snake(value.rpartition(">")[2])
    return _LOSSES.get(name, name), from_logits


def is_loss(value: Any) -> bool:
    """Whether a value is one loss, and no dict of them."""
    return isinstance(value, str) or (isinstance(value, dict) and "class_name" in value)


def output_names(model: ModelSummary) -> list[str]:
    """How compile() names the outputs: by the layers, or by the keys of a dict of outputs."""
    outputs = model.spec.outputs
    return sorted(outputs) if isinstance(outputs, dict) else [row.name for row in outputs_of(model)]


def objectives(model: ModelSummary) -> list[Objective]:
    """The outputs whose loss the file names; none where it has no training settings. Worked out once."""
    if model.spec.compile_config is None:
        return []
    found = model.kept.get("objectives")
    if not isinstance(found, list):
        found = model.kept["objectives"] = list(_objectives(model, model.spec.compile_config))
    return found


def _objectives(model: ModelSummary, settings: dict[str, Any]) -> Iterator[Objective]:
    losses = settings.get("loss")
    rows = outputs_of(model)
    shapes = model.outputs or [None] * len(rows)  # none where a Sequential states no input shape
    if len(rows) != len(shapes):
        return
    names = output_names(model)
    base = model.spec.compile_pointer
    for position, (row, shape) in enumerate(zip(rows, shapes, strict=True)):
        value, pointer = losses, f"{base}/loss" if base else row.pointer
        if isinstance(losses, list):
            value = losses[position] if position < len(losses) else None
            pointer = f"{base}/loss/{position}" if base else row.pointer
        elif isinstance(losses, dict) and not is_loss(losses):
            value = losses.get(names[position])
            pointer = f"{base}/loss/{escape(names[position])}" if base else row.pointer
        if value is not None and is_loss(value):
            yield Objective(row, shape, *loss_name(value), pointer)


def metric_names(value: Any) -> Iterator[str]:
    """The names of metrics in any form, nested as they are, in snake case."""
    if isinstance(value, str):
        yield snake(value)
    elif isinstance(value, list):
        for item in value:
            yield from metric_names(item)
    elif isinstance(value, dict):
        config = value.get("config")
        if "class_name" in value:
            function = config.get("fn") if isinstance(config, dict) else None
            if isinstance(function, dict):
                function = function.get("config")
            yield snake(function if isinstance(function, str) else str(value["class_name"]))
        else:
            for item in value.values():
                yield from metric_names(item)


def heads(model: ModelSummary) -> Iterator[tuple[Objective, Head]]:
    """The outputs whose loss and activation are both known."""
    for objective in objectives(model):
        head = head_of(objective.row)
        if head is not None:
            yield objective, head


def settings_pointer(model: ModelSummary, *keys: str) -> str:
    """The place of a part of the training settings; the model's own where it has none."""
    base = model.spec.compile_pointer
    return "/".join((base, *map(escape, keys))) if base else model.spec.pointer


__all__ = [
    "BINARY", "CATEGORICAL", "KNOWN_ACTIVATIONS", "RANGES", "REGRESSION", "SIGMOIDS", "Head", "Objective", "activation_name", "activation_of",
    "constant_initializer", "head_of", "heads", "is_loss", "loss_name", "metric_names", "objectives",
    "output_names", "settings_pointer", "width_of",
]  # fmt: skip
