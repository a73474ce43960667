"""H: activations, losses and heads. Rules about a loss read the training settings, and say nothing without them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lstmlint.findings import Problem
from lstmlint.layers.base import Layer
from lstmlint.pointers import escape
from lstmlint.rules.effects import (
    ACTIVATION_LAYERS,
    BINARY,
    CATEGORICAL,
    KNOWN_ACTIVATIONS,
    REGRESSION,
    SIGMOIDS,
    TRANSPARENT,
    activation_name,
    constant_initializer,
    head_of,
    heads,
    is_loss,
    metric_names,
    objectives,
    output_names,
    width_of,
)
from lstmlint.rules.index import DROPOUTS, TRANSFORMING, follow, index_of, outputs_of, past, unwrapped
from lstmlint.rules.registry import Option, rule
from lstmlint.shapes import format_shape
from lstmlint.summary import LayerSummary, ModelSummary

_ACTIVATIONS = ("Activation", *ACTIVATION_LAYERS)


@rule("H301", "softmax-of-one", "warning")
def softmax_of_one(model: ModelSummary) -> Iterator[Problem]:
    """A softmax over an axis of size 1: what it gives is always 1, whatever goes in, and nothing before it learns.
    Keras warns about it when the model runs.

    Fix: activation "sigmoid" for two classes in one unit; for attention weights over timesteps, a softmax over the
    axis of the timesteps.

    Fails:
        {"class_name": "Sequential", "config": {"name": "m", "layers": [
          {"class_name": "Dense", "config": {"units": 1, "activation": "softmax", "batch_input_shape": [null, 5]}}]}}

    Passes:
        {"class_name": "Sequential", "config": {"name": "m", "layers": [
          {"class_name": "Dense", "config": {"units": 1, "activation": "sigmoid", "batch_input_shape": [null, 5]}}]}}
    """
    losses = {id(objective.row): objective.loss for objective in objectives(model)}
    for row in index_of(model).of("Dense", "Conv1D", "Conv2D", "Activation", "Softmax", "TimeDistributed"):
        shape = row.output_shape
        if width_of(row) != 1:
            continue
        layer = unwrapped(row.layer)
        if row.class_name == "Softmax":
            if row.config.get("axis") not in (-1, [-1]):
                continue
        elif activation_name(layer.config.get("activation")) != "softmax":
            continue
        if layer.config.get("data_format") == "channels_first":
            continue
        sequence = shape is not None and len(shape) > 2
        where = f"the last axis of {format_shape(shape)}, which has size 1" if shape else "one unit"
        and_loss = ' and loss "binary_crossentropy"' if losses.get(id(row)) in CATEGORICAL else ""
        yield Problem(
            "H301",
            f"{row.class_name} {row.name!r} takes a softmax over {where}: its output is always 1",
            "Weigh the timesteps with a softmax over their axis (reshape or permute before it), or use sigmoid."
            if sequence
            else f'Use activation "sigmoid"{and_loss} for two classes, or one unit for each class.',
            row.name,
            layer.spec.argument_pointer("activation"),
        )


@rule("H302", "categorical-loss-of-one-unit", "warning")
def categorical_loss_of_one_unit(model: ModelSummary) -> Iterator[Problem]:
    """A categorical crossentropy is given an output with one unit. It takes one unit for each class: of one, it is
    always 0, and nothing is learned. Keras warns in training.

    Fix: loss "binary_crossentropy" with activation "sigmoid" for two classes, or one unit for each class.

    Fails:
        {"class_name": "Sequential", "config": {"name": "m", "layers": [
          {"class_name": "Dense", "config": {"units": 1, "activation": "sigmoid", "batch_input_shape": [null, 5]}}]},
          "training_config": {"loss": "categorical_crossentropy"}}

    Passes:
        {"class_name": "Sequential", "config": {"name": "m", "layers": [
          {"class_name": "Dense", "config": {"units": 1, "activation": "sigmoid", "batch_input_shape": [null, 5]}}]},
          "training_config": {"loss": "binary_crossentropy"}}
    """
    for objective in objectives(model):
        shape = objective.shape
        if objective.loss in CATEGORICAL and width_of(objective.row, shape) == 1 and (shape is None or len(shape) > 1):
            head = head_of(objective.row)
            if head is not None and head.activation == "softmax" and not head.recurrent:  # H301 says it
                continue
            yield Problem(
                "H302",
                f"the loss {objective.loss} takes one unit for each class, but {objective.row.name!r} gives"
                f" {format_shape(shape) if shape else 'one'}: the only class is 0, and its loss is always 0",
                'Use loss "binary_crossentropy" with activation "sigmoid", or give the layer one unit for each class.',
                objective.row.name,
                objective.row.pointer,
            )


@rule("H303", "binary-loss-of-softmax", "warning")
def binary_loss_of_softmax(model: ModelSummary) -> Iterator[Problem]:
    """A binary crossentropy is given a softmax over several units. The one asks about each unit by itself, the other
    makes the units compete: it trains, but towards something other than the classes' probabilities.

    Over two units and with one-hot targets, it is the same number as the categorical crossentropy: only an info.

    Fix: loss "categorical_crossentropy" where one class is right; activation "sigmoid" where several can be.

    Fails:
        {"class_name": "Sequential", "config": {"name": "m", "layers": [
          {"class_name": "Dense", "config": {"units": 3, "activation": "softmax", "batch_input_shape": [null, 5]}}]},
          "training_config": {"loss": "binary_crossentropy"}}

    Passes:
        {"class_name": "Sequential", "config": {"name": "m", "layers": [
          {"class_name": "Dense", "config": {"units": 3, "activation": "softmax", "batch_input_shape": [null, 5]}}]},
          "training_config": {"loss": "categorical_crossentropy"}}
    """
    for objective, head in heads(model):
        size = width_of(head.row, objective.shape)
        if objective.loss in BINARY and head.activation == "softmax" and size is not None and size > 1:
            if head.recurrent or objective.from_logits:
                continue
            same = size == 2 and objective.loss == "binary_crossentropy"
            equal = "; for two and one-hot targets, it equals categorical_crossentropy" if same else ""
            yield Problem(
                "H303",
                f"{objective.loss} looks at each of the {size} units of {head.row.name!r} by itself, but its softmax makes"
                f" them one distribution{equal}",
                f'Use loss "{BINARY[objective.loss]}" if one class is right, or activation "sigmoid" if several can be.',
                head.row.name,
                head.pointer,
                "info" if same else None,
            )


@rule("H304", "binary-loss-needs-sigmoid", "warning")
def binary_loss_needs_sigmoid(model: ModelSummary) -> Iterator[Problem]:
    """A binary crossentropy without from_logits is given an output that is no probability. Keras clips it to
    (0, 1) in silence, and where it clips, nothing is learned.

    Fix: activation "sigmoid", or BinaryCrossentropy(from_logits=True).

    Fails:
        {"class_name": "Sequential", "config": {"name": "m", "layers": [
          {"class_name": "Dense", "config": {"units": 1, "batch_input_shape": [null, 5]}}]},
          "training_config": {"loss": "binary_crossentropy"}}

    Passes:
        {"class_name": "Sequential", "config": {"name": "m", "layers": [
          {"class_name": "Dense", "config": {"units": 1, "activation": "sigmoid", "batch_input_shape": [null, 5]}}]},
          "training_config": {"loss": "binary_crossentropy"}}
    """
    for objective, head in heads(model):
        if objective.loss not in BINARY or objective.from_logits or head.recurrent:
            continue
        if head.activation in KNOWN_ACTIVATIONS - SIGMOIDS - {"softmax"}:
            logits = ", or from_logits=True in the loss" if head.activation == "linear" else ""
            yield Problem(
                "H304",
                f"{objective.loss} takes probabilities, but {head.row.name!r} ends with activation {head.activation!r};"
                " Keras clips what lies outside of (0, 1), and learns nothing there",
                f'Use activation "sigmoid"{logits}.',
                head.row.name,
                head.pointer,
            )


@rule("H305", "categorical-loss-needs-softmax", "warning")
def categorical_loss_needs_softmax(model: ModelSummary) -> Iterator[Problem]:
    """A categorical crossentropy without from_logits is given an output that is no distribution over the classes.
    Keras divides by its sum and clips it in silence: of negative numbers, that is no probability.

    Fix: activation "softmax", or from_logits=True in the loss.

    Fails:
        {"class_name": "Sequential", "config": {"name": "m", "layers": [
          {"class_name": "Dense", "config": {"units": 3, "batch_input_shape": [null, 5]}}]},
          "training_config": {"loss": "categorical_crossentropy"}}

    Passes:
        {"class_name": "Sequential", "config": {"name": "m", "layers": [
          {"class_name": "Dense", "config": {"units": 3, "activation": "softmax", "batch_input_shape": [null, 5]}}]},
          "training_config": {"loss": "categorical_crossentropy"}}
    """
    for objective, head in heads(model):
        if objective.loss not in CATEGORICAL or objective.from_logits or head.recurrent:
            continue
        if width_of(objective.row, objective.shape) == 1:  # H302 says it
            continue
        if head.activation in KNOWN_ACTIVATIONS - {"softmax"}:
            other = ""
            if head.activation == "linear":
                other = ", or from_logits=True in the loss"
            elif head.activation in SIGMOIDS and "sparse" not in objective.loss:
                other = ' if one class is right, or loss "binary_crossentropy" if several can be'
            yield Problem(
                "H305",
                f"{objective.loss} takes a distribution over the classes, but {head.row.name!r} ends with activation"
                f" {head.activation!r}; Keras only divides by the sum, and says nothing",
                f'Use activation "softmax"{other}.',
                head.row.name,
                head.pointer,
            )


@rule("H306", "activated-logits", "warning")
def activated_logits(model: ModelSummary) -> Iterator[Problem]:
    """The loss has from_logits=True and applies sigmoid or softmax itself, but the model ends with one already: it is
    applied twice, gradients are small, and probabilities near 0 and 1 cannot be reached. A relu or tanh there cuts the
    logits off just as well.

    Fix: a linear last layer, or from_logits=False.

    Fails:
        {"class_name": "Sequential", "config": {"name": "m", "layers": [
          {"class_name": "Dense", "config": {"units": 1, "activation": "sigmoid", "batch_input_shape": [null, 5]}}]},
          "training_config": {"loss": {"class_name": "BinaryCrossentropy", "config": {"from_logits": true}}}}

    Passes:
        {"class_name": "Sequential", "config": {"name": "m", "layers": [
          {"class_name": "Dense", "config": {"units": 1, "activation": "linear", "batch_input_shape": [null, 5]}}]},
          "training_config": {"loss": {"class_name": "BinaryCrossentropy", "config": {"from_logits": true}}}}
    """
    for objective, head in heads(model):
        if not objective.from_logits or head.recurrent or head.activation not in {"softmax", *SIGMOIDS, *_LOGITS}:
            continue
        own = head.row.class_name in _ACTIVATIONS  # a layer that does nothing else
        advice = f"Remove {head.row.name!r}" if own else f'Set the activation of {head.row.name!r} to "linear"'
        cut = _LOGITS.get(head.activation)
        yield Problem(
            "H306",
            f"{objective.loss} is told to expect logits, but {head.row.name!r} ends with {head.activation!r}:"
            f" {cut or 'it is applied twice'}",
            f"{advice}." if cut else f"{advice}, or set from_logits to false.",
            head.row.name,
            head.pointer,
        )


# What some activations leave of logits.
_LOGITS = {
    "relu": "none is below 0, and where it is 0, nothing is learned", "tanh": "they stay between -1 and 1",
    "relu6": "they stay between 0 and 6", "softplus": "none is below 0",
}  # fmt: skip


@rule("H309", "accuracy-of-regression", "warning")
def accuracy_of_regression(model: ModelSummary) -> Iterator[Problem]:
    """The model is trained on a regression loss, and reports accuracy: the share of outputs that equal their target
    exactly, which says nothing of a regression.

    An output that ends with a sigmoid or softmax may be a classifier trained on squared error, and is not reported.

    Fix: mean_absolute_error or RootMeanSquaredError as a metric.

    Fails:
        {"class_name": "Sequential", "config": {"name": "m", "layers": [
          {"class_name": "LSTM", "config": {"units": 10, "batch_input_shape": [null, 13, 5]}},
          {"class_name": "Dense", "config": {"units": 1}}]},
          "training_config": {"loss": "mse", "metrics": ["accuracy"]}}

    Passes:
        {"class_name": "Sequential", "config": {"name": "m", "layers": [
          {"class_name": "LSTM", "config": {"units": 10, "batch_input_shape": [null, 13, 5]}},
          {"class_name": "Dense", "config": {"units": 1}}]},
          "training_config": {"loss": "mse", "metrics": ["mae"]}}
    """
    found = objectives(model)
    if not found or any(objective.loss not in REGRESSION for objective in found):
        return
    settings = model.spec.compile_config or {}
    wrong = [name for name in metric_names(settings.get("metrics")) if name in ACCURACIES]
    if not wrong or len(found) != len(outputs_of(model)):
        return
    activations = [head.activation for _, head in heads(model)]
    if len(activations) != len(found) or any(name in {"softmax", *SIGMOIDS} for name in activations):
        return
    yield Problem(
        "H309",
        f"{wrong[0]} counts outputs that equal their target exactly, but the loss {found[0].loss} makes this a regression",
        'Use "mae" or RootMeanSquaredError as a metric.',
        pointer=_settings_pointer(model, "metrics"),
    )


ACCURACIES = frozenset({"accuracy", "acc", "binary_accuracy", "categorical_accuracy", "sparse_categorical_accuracy"})


def _settings_pointer(model: ModelSummary, *keys: str) -> str:
    base = model.spec.compile_pointer
    return "/".join((base, *map(escape, keys))) if base else model.spec.pointer


@rule("H310", "metric-of-other-targets", "warning")
def metric_of_other_targets(model: ModelSummary) -> Iterator[Problem]:
    """A metric takes the targets in another form than the loss: `categorical_` ones take one-hot vectors, `sparse_` ones
    the classes' numbers. With the targets of the loss, training stops with an error, or the metric counts something else
    in silence. binary_accuracy looks at each unit by itself: of ten classes, it is near 90 % whatever the model says (of
    two, it is right, and not reported).

    Only models with one output are looked at.

    Fix: "accuracy", which Keras makes the right one.

    Fails:
        {"class_name": "Sequential", "config": {"name": "m", "layers": [
          {"class_name": "Dense", "config": {"units": 3, "activation": "softmax", "batch_input_shape": [null, 5]}}]},
          "training_config": {"loss": "sparse_categorical_crossentropy", "metrics": ["categorical_accuracy"]}}

    Passes:
        {"class_name": "Sequential", "config": {"name": "m", "layers": [
          {"class_name": "Dense", "config": {"units": 3, "activation": "softmax", "batch_input_shape": [null, 5]}}]},
          "training_config": {"loss": "sparse_categorical_crossentropy", "metrics": ["accuracy"]}}
    """
    found = objectives(model)
    if len(found) != 1 or len(outputs_of(model)) != 1 or found[0].loss not in CATEGORICAL:
        return
    loss, settings = found[0].loss, model.spec.compile_config or {}
    sparse = loss.startswith("sparse_")
    for name in dict.fromkeys(metric_names(_without_accuracy(settings.get("metrics")))):
        if name == "binary_accuracy":
            if width_of(found[0].row, found[0].shape) == 2 and not sparse:  # the two units are right together
                continue
            takes = "looks at each unit by itself, and counts the many that are rightly near 0"
        elif name in _OF_CLASSES and name.startswith("sparse_") != sparse:
            ours, theirs = (
                ("one-hot vectors", "the classes' numbers") if sparse else ("the classes' numbers", "one-hot vectors")
            )
            takes = f"takes {ours} for targets, but the loss {loss} takes {theirs}"
        else:
            continue
        right = ("sparse_" if sparse else "") + name.removeprefix("sparse_")
        yield Problem(
            "H310",
            f"the metric {name} {takes}",
            'Use "accuracy".' if "accuracy" in name and "top_k" not in name else f'Use "{right}".',
            pointer=_settings_pointer(model, "metrics"),
        )


def _without_accuracy(value: Any) -> Any:
    """Metrics but for "accuracy": what tf.keras resolves it to, before it has seen a target, is not what it uses."""
    if isinstance(value, list):
        return [_without_accuracy(item) for item in value]
    config = value.get("config") if isinstance(value, dict) else None
    return None if isinstance(config, dict) and config.get("name") in ("accuracy", "acc") else value


_OF_CLASSES = frozenset(
    sparse + name
    for sparse in ("", "sparse_")
    for name in ("categorical_accuracy", "categorical_crossentropy", "top_k_categorical_accuracy")
)


@rule("H311", "linear-chain", "info")
def linear_chain(model: ModelSummary) -> Iterator[Problem]:
    """A Dense without an activation feeds another Dense, directly or through Dropout: together they compute what the
    second computes alone, with more weights.

    A Dense that is narrower than both its input and the next, so that the two have fewer weights than one (a
    factorized matrix, a linear bottleneck), is not reported.

    Fix: activation "relu" on the first, or remove it.

    Fails:
        {"class_name": "Sequential", "config": {"name": "m", "layers": [
          {"class_name": "LSTM", "config": {"units": 10, "batch_input_shape": [null, 13, 5]}},
          {"class_name": "Dense", "config": {"units": 25}},
          {"class_name": "Dense", "config": {"units": 1}}]}}

    Passes:
        {"class_name": "Sequential", "config": {"name": "m", "layers": [
          {"class_name": "LSTM", "config": {"units": 10, "batch_input_shape": [null, 13, 5]}},
          {"class_name": "Dense", "config": {"units": 25, "activation": "relu"}},
          {"class_name": "Dense", "config": {"units": 1}}]}}
    """
    told: set[int] = set()
    for row in index_of(model).of("Dense", "TimeDistributed"):
        chain = [row] if id(row) not in told else []
        while (
            chain and _is_linear(chain[-1]) and (after := follow(chain[-1], DROPOUTS)) is not None and _is_dense(after)
        ):
            if not _widens(chain[-1], after):
                break
            chain.append(after)
        if len(chain) < 2:
            continue
        told.update(map(id, chain))
        *first, last = (repr(part.name) for part in chain)
        yield Problem(
            "H311",
            f"no activation stands between {', '.join(first)} and {last}: together they compute what {last} computes alone",
            f'Set activation "relu" on {" and ".join(first)}, or remove {"it" if len(first) == 1 else "them"}.',
            row.name,
            unwrapped(row.layer).spec.argument_pointer("activation"),
        )


def _is_dense(row: LayerSummary) -> bool:
    return unwrapped(row.layer).class_name == "Dense" and row.calls <= 1


def _is_linear(row: LayerSummary) -> bool:
    """Whether a layer is a Dense without activation, that learns and is not penalized for what it gives."""
    config = unwrapped(row.layer).config
    linear = _is_dense(row) and activation_name(config.get("activation")) == "linear"
    return linear and not config.get("activity_regularizer") and row.spec.trainable


def _widens(first: LayerSummary, second: LayerSummary) -> bool:
    """Whether two Dense have at least the weights of one that takes the first's input and gives the second's output."""
    units, after = (unwrapped(row.layer).config.get("units") for row in (first, second))
    features = first.input_shape[-1] if first.input_shape else None
    known = first.reached and first.output_shape is not None and second.output_shape is not None
    if not known or not isinstance(units, int) or not isinstance(after, int) or features is None:
        return False
    return units >= min(features, after)


@rule("H312", "double-activation", "warning")
def double_activation(model: ModelSummary) -> Iterator[Problem]:
    """Two activations follow each other with no weights between: the second gets numbers that the first has squeezed
    already. A relu before a softmax, for instance, makes all classes it cuts off equally likely.

    Before a softmax that weighs things inside the model, as attention does, a tanh is not reported, and anything else
    is only an info.

    Fix: remove one of the two.

    Fails:
        {"class_name": "Sequential", "config": {"name": "m", "layers": [
          {"class_name": "Dense", "config": {"units": 3, "activation": "relu", "batch_input_shape": [null, 5]}},
          {"class_name": "Activation", "config": {"activation": "softmax"}}]}}

    Passes:
        {"class_name": "Sequential", "config": {"name": "m", "layers": [
          {"class_name": "Dense", "config": {"units": 3, "activation": "linear", "batch_input_shape": [null, 5]}},
          {"class_name": "Activation", "config": {"activation": "softmax"}}]}}
    """
    for row in index_of(model).of(*_ACTIVATIONS):
        second = _activation_of(row)
        if second in (None, "linear"):
            continue
        producer = past(row, DROPOUTS)
        if producer is None or len(producer.feeds) != 1:
            continue
        first = _activation_of(producer)
        weighs = second == "softmax" and not row.is_output
        if first in (None, "linear") or (first == "tanh" and weighs):
            continue
        if first == second and first in ("relu", "leaky_relu"):
            effect = "the second changes nothing" if first == "relu" else "the slopes multiply"
        else:
            effect = f"{second} gets only what {first} gives"
        change = f'Set the activation of {producer.name!r} to "linear"'
        if producer.class_name in _ACTIVATIONS:
            change = f"Remove {producer.name!r}"
        yield Problem(
            "H312",
            f"{row.name!r} applies {second} to {producer.name!r}, which ends with {first} already: {effect}",
            f"{change}, or remove {row.name!r}.",
            row.name,
            row.pointer,
            "info" if weighs else None,
        )


def _activation_of(row: LayerSummary) -> str | None:
    """The activation that a layer ends with, None where that is not plain."""
    name = row.class_name
    if name in ACTIVATION_LAYERS:
        return ACTIVATION_LAYERS[name]
    layer: Layer = unwrapped(row.layer)
    if layer.class_name in TRANSFORMING or name == "Activation":
        activation = activation_name(layer.config.get("activation"))
        return activation if activation in KNOWN_ACTIVATIONS else None
    return None


@rule("H315", "loss-of-no-output", "warning")
def loss_of_no_output(model: ModelSummary) -> Iterator[Problem]:
    """Losses, metrics or loss weights are given by output, but do not go with the model's outputs: a key names none of
    them, or a list has more entries than there are. Keras raises an error when training starts.

    Fix: one entry for each output, under the output layer's name.

    Fails:
        {"class_name": "Functional", "config": {"name": "m", "layers": [
          {"class_name": "InputLayer", "name": "x", "config": {"batch_input_shape": [null, 5]}, "inbound_nodes": []},
          {"class_name": "Dense", "name": "price", "config": {"units": 1}, "inbound_nodes": [[["x", 0, 0]]]},
          {"class_name": "Dense", "name": "age", "config": {"units": 1}, "inbound_nodes": [[["x", 0, 0]]]}],
          "input_layers": [["x", 0, 0]], "output_layers": [["price", 0, 0], ["age", 0, 0]]},
          "training_config": {"loss": {"price": "mse", "ages": "mse"}}}

    Passes:
        {"class_name": "Functional", "config": {"name": "m", "layers": [
          {"class_name": "InputLayer", "name": "x", "config": {"batch_input_shape": [null, 5]}, "inbound_nodes": []},
          {"class_name": "Dense", "name": "price", "config": {"units": 1}, "inbound_nodes": [[["x", 0, 0]]]},
          {"class_name": "Dense", "name": "age", "config": {"units": 1}, "inbound_nodes": [[["x", 0, 0]]]}],
          "input_layers": [["x", 0, 0]], "output_layers": [["price", 0, 0], ["age", 0, 0]]},
          "training_config": {"loss": {"price": "mse", "age": "mse"}}}
    """
    settings = model.spec.compile_config
    if settings is None or model.spec.dialect not in ("keras2", "keras3"):
        return
    layers = [row.name for row in outputs_of(model)]
    names = output_names(model)
    if not layers:
        return
    for key in ("loss", "loss_weights", "metrics"):
        value: Any = settings.get(key)
        if len(layers) == 1 and key != "loss":  # Keras 3 takes whatever stands there for the only output
            continue
        if isinstance(value, dict) and not is_loss(value):
            known = {*names, *layers}
            unknown = [name for name in value if name not in known]
            if unknown and not any(isinstance(item, dict | list) and not is_loss(item) for item in value.values()):
                yield Problem(
                    "H315",
                    f"{key} names the output {unknown[0]!r}, but the model's outputs are {', '.join(map(repr, names[:6]))};"
                    " Keras raises an error when training starts",
                    f"Write {_closest(unknown[0], [name for name in names if name not in value] or names)!r} instead of"
                    f" {unknown[0]!r}.",
                    pointer=_settings_pointer(model, key, unknown[0]),
                )
        elif isinstance(value, list) and key != "metrics" and len(value) > len(layers) > 1:
            yield Problem(
                "H315",
                f"{key} has {len(value)} entries, but the model has {len(layers)} outputs;"
                " Keras raises an error when training starts",
                f"Give {len(layers)} of them, one for each output.",
                pointer=_settings_pointer(model, key),
            )


def _closest(name: str, names: list[str]) -> str:
    from lstmlint.suggest import close_match

    return close_match(name, names, 0.0) or names[0]


@rule(
    "H316",
    "learning-rate-range",
    "info",
    highest=Option(0.1, "the highest that is not reported; ten times that for SGD, Adagrad, Ftrl and Lion"),
    lowest=Option(1e-7, "the lowest that is not reported"),
)
def learning_rate_range(model: ModelSummary, highest: float, lowest: float) -> Iterator[Problem]:
    """The learning rate is far from what the optimizer usually takes: above 0.1 (above 1 for SGD, Adagrad, Ftrl and
    Lion; never for Adadelta, whose own default was 1), or below 1e-7, where nothing moves.

    A schedule or callback may have left it there, hence only an info.

    Fix: 0.001 for Adam and its kin, 0.01 for SGD.

    Fails:
        {"class_name": "Sequential", "config": {"name": "m", "layers": [
          {"class_name": "Dense", "config": {"units": 1, "batch_input_shape": [null, 5]}}]},
          "training_config": {"loss": "mse", "optimizer_config": {"class_name": "Adam", "config": {"learning_rate": 1.0}}}}

    Passes:
        {"class_name": "Sequential", "config": {"name": "m", "layers": [
          {"class_name": "Dense", "config": {"units": 1, "batch_input_shape": [null, 5]}}]},
          "training_config": {"loss": "mse", "optimizer_config": {"class_name": "Adam", "config": {"learning_rate": 0.001}}}}
    """
    settings = model.spec.compile_config or {}
    for key in ("optimizer", "optimizer_config"):
        optimizer = settings.get(key)
        if not isinstance(optimizer, dict):
            continue
        config = optimizer.get("config", optimizer)
        if not isinstance(config, dict):
            continue
        name = str(optimizer.get("class_name", config.get("name", ""))).rpartition(">")[2]
        written = "learning_rate" if "learning_rate" in config else "lr"
        rate = config.get(written)
        if not isinstance(rate, int | float) or isinstance(rate, bool) or name.lower() == "adadelta":
            continue
        most = highest * (10 if name.lower() in ("sgd", "adagrad", "ftrl", "lion") else 1)
        if rate > most * 1.001 or rate < lowest:
            usual = 0.01 if name.lower() in ("sgd", "adagrad", "ftrl") else 0.001
            inner = ("config",) if "config" in optimizer else ()
            yield Problem(
                "H316",
                f"{written} of {name} is {rate:g}, outside of the usual {lowest:g} to {most:g}",
                f"Its default is {usual:g}.",
                pointer=_settings_pointer(model, key, *inner, written),
            )


@rule("H319", "constant-kernel-init", "warning")
def constant_kernel_init(model: ModelSummary) -> Iterator[Problem]:
    """A kernel starts with the same number everywhere: all units of the layer start out computing the same, and only
    random weights behind them tell them apart in training; where these are constant too, they stay the same for ever.
    With zeros before a relu, the layer gives 0, gets no gradient, and never learns.

    A frozen layer and a layer of one unit are not reported, and a last layer, or one whose output is added or
    multiplied to something (a residual branch that starts as nothing), may well start with zeros.

    Fix: kernel_initializer "glorot_uniform", the default, or "he_normal" before relu.

    Fails:
        {"class_name": "Sequential", "config": {"name": "m", "layers": [
          {"class_name": "Dense", "config": {"units": 8, "activation": "relu", "kernel_initializer": "zeros", "batch_input_shape": [null, 5]}},
          {"class_name": "Dense", "config": {"units": 1}}]}}

    Passes:
        {"class_name": "Sequential", "config": {"name": "m", "layers": [
          {"class_name": "Dense", "config": {"units": 8, "activation": "relu", "kernel_initializer": "he_normal", "batch_input_shape": [null, 5]}},
          {"class_name": "Dense", "config": {"units": 1}}]}}
    """
    index = index_of(model)
    found: list[tuple[LayerSummary, str]] = []
    for row in (*index.of("Dense", "Conv1D", "Conv2D", "Conv3D"), *(row for row, _ in index.recurrent)):
        initializer = row.config.get("kernel_initializer")
        if initializer in _USUAL:
            continue
        constant = constant_initializer(initializer)
        if constant is None or not row.spec.trainable or not row.used or row.is_output:
            continue
        width = row.config.get("units", row.config.get("filters"))
        if width == 1 or (constant == "zeros" and _may_start_at_zero(row)):
            continue
        found.append((row, constant))
    if found:
        row, constant = found[0]
        width = row.config.get("units", row.config.get("filters"))
        others = f" (and of {len(found) - 1} more layer{'s' if len(found) > 2 else ''})" if len(found) > 1 else ""
        yield Problem(
            "H319",
            f"kernel_initializer of {row.class_name} {row.name!r}{others} is {constant}: {_start(row, constant, width)}",
            'Use "glorot_uniform", the default, or "he_normal" before relu.',
            row.name,
            row.spec.argument_pointer("kernel_initializer"),
        )


def _may_start_at_zero(row: LayerSummary) -> bool:
    """Whether what a layer gives may be zero at first: the model's answer, or what is added to something."""
    for _ in range(100):
        if row.is_output or any(after.class_name in ("Add", "Multiply") for after in row.consumers):
            return True
        if len(row.feeds) != 1 or row.consumers[0].class_name not in (*TRANSPARENT, *_ACTIVATIONS):
            return False
        row = row.consumers[0]
    return False


def _start(row: LayerSummary, constant: str, width: Any) -> str:
    """What a constant kernel does to a layer."""
    bias = row.config.get("bias_initializer", "zeros") if row.config.get("use_bias", True) else "zeros"
    after = row.consumers[0] if len(row.feeds) == 1 else row
    activations = (_activation_of(row), _activation_of(after) if after.class_name in _ACTIVATIONS else None)
    if constant == "zeros" and constant_initializer(bias) == "zeros" and "relu" in activations:
        return "before a relu it gives 0, gets no gradient, and never learns"
    return f"its {width} units start alike, and only random weights behind them can tell them apart"


_USUAL: tuple[Any, ...] = ("glorot_uniform", "he_normal", "he_uniform", "glorot_normal", "lecun_normal", None)
