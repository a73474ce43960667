"""The meaning of config values in all their forms: activations, initializers, losses, and metrics; and the heads of a
model, where outputs meet losses."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from lstmlint.inference.summary import LayerSummary, ModelSummary
from lstmlint.layers import find
from lstmlint.layers.base import Layer
from lstmlint.model.pointers import escape
from lstmlint.model.shapes import Dim, Shape
from lstmlint.rules.index import cached, outputs_of, recurrent, unwrapped

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
# Losses that score each unit separately -> their counterparts that treat the units as classes.
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
    """Return a class name in snake case: CategoricalCrossentropy -> categorical_crossentropy."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


def activation_name(value: Any) -> str | None:
    """Return the name of an activation in any form; null is linear. None for an object without a known name."""
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
    """Return the activation that a layer applies to its output; None if it has none or it is unknown."""
    facts = layer.facts
    if facts.activation is not None:
        return facts.activation
    return activation_name(layer.config.get("activation")) if facts.is_activation or facts.applies_activation else None


def constant_initializer(value: Any) -> str | None:
    """Return "zeros", "ones", or "constant N" for an initializer that sets all weights to one value, else None."""
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
    """The layer that computes an output of the model, and its activation.

    recurrent: whether the layer is recurrent. Its output is then more than the activation: an LSTM multiplies it by the
        output gate, for example.
    """

    row: LayerSummary
    layer: Layer
    activation: str
    recurrent: bool = False

    @property
    def pointer(self) -> str:
        """The pointer to the activation."""
        return self.layer.spec.argument_pointer("activation")


def head_of(row: LayerSummary) -> Head | None:
    """Return the head that computes the output of `row`; None if it is unknown."""
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
    """Return the size of the last axis of a layer's output. A Dense has one even if its input shape is unknown."""
    shape = shape or row.output_shape
    if shape:
        return shape[-1]
    units = unwrapped(row.layer).config.get("units") if unwrapped(row.layer).class_name == "Dense" else None
    return units if isinstance(units, int) else None


class Objective(NamedTuple):
    """An output of the model, its shape, and its loss: the name in snake case, or "" for a custom loss."""

    row: LayerSummary
    shape: Shape
    loss: str
    from_logits: bool


def loss_name(value: Any) -> tuple[str, bool]:
    """Return the name of a loss in snake case and its from_logits; ("", False) if the loss is custom."""
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
    """Check whether a value is a single loss rather than a dict of losses."""
    return isinstance(value, str) or (isinstance(value, dict) and "class_name" in value)


def output_names(model: ModelSummary) -> list[str]:
    """Return the names of the outputs in compile(): those of the layers, or the keys of a dict of outputs."""
    outputs = model.spec.outputs
    return sorted(outputs) if isinstance(outputs, dict) else [row.name for row in outputs_of(model)]


@cached
def objectives(model: ModelSummary) -> list[Objective]:
    """Return the outputs that have a loss; none without training settings."""
    losses = (model.spec.compile_config or {}).get("loss")
    rows = outputs_of(model)
    shapes = model.outputs or [None] * len(rows)  # a Sequential without an input shape has no outputs
    if losses is None or len(rows) != len(shapes):
        return []
    if isinstance(losses, list):
        by_output = losses
    elif is_loss(losses):
        by_output = [losses] * len(rows)
    else:
        by_output = [losses.get(name) if isinstance(losses, dict) else None for name in output_names(model)]
    return [
        Objective(row, shape, *loss_name(loss))
        for row, shape, loss in zip(rows, shapes, by_output, strict=False)
        if is_loss(loss)
    ]


def metric_names(value: Any) -> Iterator[str]:
    """Yield the names of metrics, in any form and nesting, in snake case."""
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
    """Yield the outputs whose loss and head are both known."""
    for objective in objectives(model):
        head = head_of(objective.row)
        if head is not None:
            yield objective, head


# The crossentropies that, on TensorFlow, read the logits before a sigmoid or softmax (tests/referee/test_losses.py).
_READ_LOGITS = frozenset({"binary_crossentropy", "categorical_crossentropy", "sparse_categorical_crossentropy"})


def reads_logits(model: ModelSummary, objective: Objective, head: Head) -> bool | None:
    """Check whether a loss reads the logits before the head's sigmoid or softmax, whatever its from_logits.

    TensorFlow does so if nothing comes between the activation and the loss: tf.keras, and Keras 3 with that backend.
    None if it depends on the backend or release, which the file does not record.
    """
    row = objective.row
    while row.nested is not None and len(outputs := outputs_of(row.nested)) == 1:
        row = outputs[0]
    direct = row is head.row and head.layer is row.layer and head.layer.compute_dtype == "float32"
    if not direct or head.activation not in ("sigmoid", "softmax") or objective.loss not in _READ_LOGITS:
        return False
    spec = model.spec
    if spec.dialect not in ("keras2", "keras3") or spec.backend not in (None, "tensorflow"):
        return False
    if spec.backend is None and spec.dialect == "keras3":
        return None
    old = spec.dialect == "keras2" and (spec.keras_version or "").startswith(("2.0.", "2.1.", "2.2.", "2.3."))
    return None if old else True


def settings_pointer(model: ModelSummary, *keys: str) -> str:
    """Return the pointer to a part of the training settings, or to the model if they have none."""
    base = model.spec.compile_pointer
    return "/".join((base, *map(escape, keys))) if base else model.spec.pointer
