"""Group H: activations, losses, and heads. Rules about a loss need the training settings."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lstmlint.inference.summary import ModelSummary
from lstmlint.model.findings import Problem, Severity, listing
from lstmlint.model.shapes import format_shape
from lstmlint.model.values import show
from lstmlint.rules.effects import (
    BINARY,
    CATEGORICAL,
    KNOWN_ACTIVATIONS,
    RANGES,
    REGRESSION,
    SIGMOIDS,
    activation_name,
    head_of,
    heads,
    is_loss,
    metric_names,
    objectives,
    output_names,
    reads_logits,
    settings_pointer,
    width_of,
)
from lstmlint.rules.index import index_of, outputs_of, unwrapped
from lstmlint.rules.registry import rule, violation


@rule("H301", "softmax-of-one", "warning")
def softmax_of_one(model: ModelSummary) -> Iterator[Problem]:
    """A softmax over an axis of size 1 always outputs 1, whatever its input, so nothing before it learns. Keras 3 warns
    about it when the model runs; tf.keras does not.

    Fix: Use activation "sigmoid" for two classes in one unit. For attention weights, apply the softmax over the axis of
    the timesteps.

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
        yield violation(
            f"{row.class_name} {show(row.name)} applies a softmax to {where}: its output is always 1",
            'For attention weights, apply the softmax to the axis of the timesteps; otherwise use activation "sigmoid".'
            if sequence
            else f'Use activation "sigmoid"{and_loss} for two classes, or one unit per class.',
            row.name,
            layer.spec.argument_pointer("activation"),
        )


@rule("H302", "categorical-loss-of-one-unit", "warning")
def categorical_loss_of_one_unit(model: ModelSummary) -> Iterator[Problem]:
    """A categorical crossentropy receives an output with one unit. It expects one unit per class: with one class, the
    loss is always 0 and nothing is learned. Keras warns about it in training.

    Fix: Use loss "binary_crossentropy" with activation "sigmoid" for two classes, or one unit per class.

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
            if head is not None and head.activation == "softmax" and not head.recurrent:  # reported as H301
                continue
            yield violation(
                f"loss {objective.loss} expects one unit per class, but {show(objective.row.name)} outputs"
                f" {format_shape(shape) if shape else 'one unit'}: with a single class, the loss is always 0 and nothing"
                " is learned",
                'Use loss "binary_crossentropy" with activation "sigmoid", or give the layer one unit per class.',
                objective.row.name,
                objective.row.pointer,
            )


@rule("H303", "binary-loss-of-softmax", "warning")
def binary_loss_of_softmax(model: ModelSummary) -> Iterator[Problem]:
    """A binary crossentropy receives a softmax over several units. The loss treats every unit separately, while the
    softmax makes the units compete. On TensorFlow (tf.keras, and Keras 3 with that backend) the loss reads the logits
    before the softmax and applies a sigmoid to them, so the trained outputs are not the ones that predict() returns.

    With two units, on another backend, the finding is only an info: there, the loss equals the categorical crossentropy
    if the targets are one-hot.

    Fix: Use loss "categorical_crossentropy" if one class is right, or activation "sigmoid" if several can be.

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
        if objective.loss not in BINARY or head.activation != "softmax" or head.recurrent or size is None or size < 2:
            continue
        from_logits = reads_logits(model, objective, head)
        same = size == 2 and objective.loss == "binary_crossentropy" and not objective.from_logits
        elsewhere = "equals categorical_crossentropy for two units and one-hot targets"
        if from_logits is None:
            effect = f"; on TensorFlow, {_TRAINED['softmax']}" + (f"; elsewhere, the loss {elsewhere}" if same else "")
        elif from_logits:
            effect = f"; {_TRAINED['softmax']}"
        else:
            effect = f"; the loss {elsewhere}" if same else ""
        right = BINARY[objective.loss]
        kept = ", with from_logits=False" if objective.from_logits else ""
        yield violation(
            f"loss {objective.loss} scores each of the {size} units of {show(head.row.name)} separately, but their softmax"
            f" makes them one distribution{effect}",
            f'Use loss "{right}"{kept} if exactly one class is right, or activation "sigmoid" if several can be.',
            head.row.name,
            head.pointer,
            "info" if same and from_logits is False else None,
        )


# What a mismatched loss trains where it reads the logits before the activation.
_TRAINED = {
    "softmax": "it trains the sigmoid of the logits, while predict() returns their softmax",
    "sigmoid": "it trains the softmax of the logits, while predict() returns their sigmoid",
}


@rule("H304", "binary-loss-needs-sigmoid", "warning")
def binary_loss_needs_sigmoid(model: ModelSummary) -> Iterator[Problem]:
    """A binary crossentropy without from_logits receives an output that is not a probability. Keras silently clips it
    to (0, 1), and learns nothing where it clips.

    Fix: Use activation "sigmoid", or BinaryCrossentropy(from_logits=True).

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
            yield violation(
                f"loss {objective.loss} expects probabilities, but {show(head.row.name)} ends with activation"
                f" {show(head.activation)}; Keras clips outputs to (0, 1) and learns nothing from those outside",
                f'Use activation "sigmoid"{logits}.',
                head.row.name,
                head.pointer,
            )


@rule("H305", "categorical-loss-needs-softmax", "warning")
def categorical_loss_needs_softmax(model: ModelSummary) -> Iterator[Problem]:
    """A categorical crossentropy receives an output that is not a distribution over the classes. Keras silently divides
    it by its sum and clips it; for negative outputs, the result is meaningless. After a sigmoid, TensorFlow (tf.keras,
    and Keras 3 with that backend) reads the logits instead and applies a softmax to them, so the trained outputs are not
    the ones that predict() returns.

    Fix: Use activation "softmax", or from_logits=True after a linear layer.

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
        if objective.loss not in CATEGORICAL or head.recurrent or width_of(objective.row, objective.shape) == 1:
            continue  # one unit is reported as H302
        sigmoid = head.activation in SIGMOIDS
        if objective.from_logits and not sigmoid:
            continue
        if head.activation in KNOWN_ACTIVATIONS - {"softmax"}:
            from_logits = reads_logits(model, objective, head)
            divides = (
                f"Keras applies a softmax to the {head.activation}"
                if objective.from_logits
                else "Keras silently divides the outputs by their sum"
            )
            if from_logits is None:
                effect = f"on TensorFlow, {_TRAINED['sigmoid']}; elsewhere, {divides}"
            else:
                effect = _TRAINED["sigmoid"] if from_logits else divides
            alternative = ""
            if head.activation == "linear":
                alternative = ", or from_logits=True in the loss"
            elif sigmoid and "sparse" not in objective.loss:
                alternative = ' if exactly one class is right, or loss "binary_crossentropy" if several can be'
            kept = " Set from_logits to false." if objective.from_logits else ""
            yield violation(
                f"loss {objective.loss} expects a distribution over the classes, but {show(head.row.name)} ends with activation"
                f" {show(head.activation)}; {effect}",
                f'Use activation "softmax"{alternative}.{kept}',
                head.row.name,
                head.pointer,
            )


@rule("H306", "activated-logits", "warning")
def activated_logits(model: ModelSummary) -> Iterator[Problem]:
    """The loss has from_logits=True, but the model already ends with an activation. A relu or tanh limits the logits on
    every backend. A sigmoid or softmax is applied twice: gradients are small, and the loss cannot come near 0.

    TensorFlow (tf.keras, and Keras 3 with that backend) differs: a crossentropy reads the logits before a sigmoid or
    softmax that the model ends with, so from_logits has no effect. There, the finding is only an info.

    Fix: Set from_logits to false, so that predict() still returns probabilities.

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
        name, loss = head.activation, objective.loss
        if not objective.from_logits or head.recurrent:
            continue
        severity: Severity | None = None
        if name in _LIMITING:
            layer = show(head.row.name)
            only_activates = head.row.layer.facts.is_activation
            effect = f"all logits lie in {RANGES[name]}"
            advice = f"Remove {layer}." if only_activates else f'Set the activation of {layer} to "linear".'
        elif (loss in BINARY and name in SIGMOIDS) or (loss in CATEGORICAL and name == "softmax"):
            from_logits = reads_logits(model, objective, head)
            twice = f"the {name} is applied twice, and the loss cannot come near 0"
            advice = "Set from_logits to false; predict() then still returns probabilities."
            if from_logits:
                effect = f"TensorFlow reads the logits before the {name}, so from_logits has no effect"
                advice = f"Set from_logits to false: other backends apply the {name} twice."
                severity = "info"
            elif from_logits is None:
                effect = f"on TensorFlow, this has no effect, but on other backends {twice}"
            else:
                effect = twice
        else:
            continue  # reported as H303 or H305
        yield violation(
            f"loss {loss} has from_logits=True, but {show(head.row.name)} ends with {show(name)}: {effect}",
            advice,
            head.row.name,
            head.pointer,
            severity,
        )


# Activations that limit the range of logits, but do not turn them into probabilities.
_LIMITING = ("relu", "relu6", "softplus", "tanh")


@rule("H309", "accuracy-of-regression", "warning")
def accuracy_of_regression(model: ModelSummary) -> Iterator[Problem]:
    """The model is trained on a regression loss and reports accuracy, which is meaningless for a regression. For one
    unit, Keras resolves "accuracy" to BinaryAccuracy, which rounds the output to 0 or 1 before it compares. For several
    units, it is CategoricalAccuracy, which only compares the positions of the largest values. That is an info, because
    targets may be one-hot. The class Accuracy counts outputs that equal their targets exactly.

    An output that ends with a sigmoid or softmax may be a classifier trained on squared error and is not reported.

    Fix: Use mean_absolute_error or RootMeanSquaredError as a metric.

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
    metrics = (model.spec.compile_config or {}).get("metrics")
    wrong = [name for name in metric_names(metrics) if name in ACCURACIES]
    if not wrong or len(found) != len(outputs_of(model)):
        return
    activations = [head.activation for _, head in heads(model)]
    if len(activations) != len(found) or any(name in {"softmax", *SIGMOIDS} for name in activations):
        return
    widths = {width_of(objective.row, objective.shape) for objective in found}
    name = wrong[0]
    if _is_exact(metrics):
        kind = "exact"
    elif name in ("accuracy", "acc"):
        kind = "binary_accuracy" if widths == {1} else "categorical_accuracy"
    else:
        kind = name
    yield violation(
        f"metric {name} is for classification, but the model is trained with the regression loss {found[0].loss};"
        f" {_ACCURACY_OF_NUMBERS[kind]}",
        'Use "mae" or RootMeanSquaredError as the metric.',
        pointer=settings_pointer(model, "metrics"),
        severity="info" if kind == "categorical_accuracy" and 1 not in widths else None,
    )


ACCURACIES = frozenset({"accuracy", "acc", "binary_accuracy", "categorical_accuracy", "sparse_categorical_accuracy"})
# What these metrics compute for targets that are not classes (tests/referee/test_rule_claims.py).
_ACCURACY_OF_NUMBERS = {
    "exact": "it counts outputs that equal their targets exactly",
    "binary_accuracy": "it rounds the output to 0 or 1 first, so it is meaningful only for targets of 0 and 1",
    "categorical_accuracy": "it compares only the positions of the largest values, as for one-hot targets",
    "sparse_categorical_accuracy": "it treats the targets as class indices",
}


def _is_exact(metrics: Any) -> bool:
    """Check whether the first accuracy is the class Accuracy. The string "accuracy" stands for other classes."""
    if isinstance(metrics, list):
        return any(_is_exact(item) for item in metrics)
    if not isinstance(metrics, dict):
        return False
    if "class_name" not in metrics:
        return any(_is_exact(item) for item in metrics.values())
    return str(metrics["class_name"]).rpartition(">")[2] == "Accuracy"


@rule("H321", "relu-regression", "info")
def relu_regression(model: ModelSummary) -> Iterator[Problem]:
    """The output of a regression ends with a relu. It cannot be negative, and where the value before the relu is
    negative, the output is 0 and its loss does not train the model. If that happens for every sample, which is likely
    with a single unit, the model returns 0 from then on.

    Fix: Remove the activation. For outputs that must not be negative, use "softplus", whose slope is never 0.

    Fails:
        {"class_name": "Sequential", "config": {"name": "m", "layers": [
          {"class_name": "LSTM", "config": {"units": 10, "batch_input_shape": [null, 13, 5]}},
          {"class_name": "Dense", "config": {"units": 1, "activation": "relu"}}]},
          "training_config": {"loss": "mse"}}

    Passes:
        {"class_name": "Sequential", "config": {"name": "m", "layers": [
          {"class_name": "LSTM", "config": {"units": 10, "batch_input_shape": [null, 13, 5]}},
          {"class_name": "Dense", "config": {"units": 1}}]},
          "training_config": {"loss": "mse"}}
    """
    for objective, head in heads(model):
        if objective.loss in REGRESSION and head.activation == "relu" and not head.recurrent:
            yield violation(
                f"the output of {show(head.row.name)} ends with a relu and is trained with {objective.loss}: it is never"
                " negative, and a unit that is negative before the relu for all samples returns 0 and learns nothing more",
                'Remove the activation, or use "softplus" if the output must not be negative.',
                head.row.name,
                head.pointer,
            )


@rule("H322", "accuracy-of-several-sigmoids", "info")
def accuracy_of_several_sigmoids(model: ModelSummary) -> Iterator[Problem]:
    """The model ends with several sigmoid units, is trained with a binary crossentropy, and reports "accuracy". tf.keras
    and Keras 3 resolve it to CategoricalAccuracy, since there are several units. It compares only the positions of the
    largest values, which says little if several classes can be right.

    Fix: Use binary_accuracy, which scores each unit, if several classes can be right. If exactly one class is right, use
    a softmax and categorical_crossentropy.

    Fails:
        {"class_name": "Sequential", "config": {"name": "m", "layers": [
          {"class_name": "Dense", "config": {"units": 3, "activation": "sigmoid", "batch_input_shape": [null, 5]}}]},
          "training_config": {"loss": "binary_crossentropy", "metrics": ["accuracy"]}}

    Passes:
        {"class_name": "Sequential", "config": {"name": "m", "layers": [
          {"class_name": "Dense", "config": {"units": 3, "activation": "sigmoid", "batch_input_shape": [null, 5]}}]},
          "training_config": {"loss": "binary_crossentropy", "metrics": ["binary_accuracy"]}}
    """
    found = objectives(model)
    metrics = (model.spec.compile_config or {}).get("metrics")
    if len(found) != 1 or len(outputs_of(model)) != 1 or not _has_accuracy(metrics):
        return
    for objective, head in heads(model):
        units = width_of(head.row, objective.shape)
        if objective.loss in BINARY and head.activation in SIGMOIDS and units is not None and units > 1:
            yield violation(
                f'metric "accuracy" compares only the positions of the largest of the {units} outputs of'
                f" {show(head.row.name)}, in tf.keras and Keras 3, while {objective.loss} trains each unit separately",
                'If several classes can be right, use the metric "binary_accuracy". If exactly one is right, use activation'
                ' "softmax" and loss "categorical_crossentropy".',
                pointer=settings_pointer(model, "metrics"),
            )


def _has_accuracy(value: Any) -> bool:
    """Check whether the metrics contain "accuracy", which Keras resolves to a class by the shapes."""
    if isinstance(value, list):
        return any(map(_has_accuracy, value))
    config = value.get("config") if isinstance(value, dict) else None
    return value in ("accuracy", "acc") or (isinstance(config, dict) and config.get("name") in ("accuracy", "acc"))


@rule("H310", "metric-of-other-targets", "warning")
def metric_of_other_targets(model: ModelSummary) -> Iterator[Problem]:
    """A metric expects targets in another form than the loss. `categorical_` metrics expect one-hot vectors, and
    `sparse_` metrics expect class indices. With the targets of the loss, training stops with an error, or the metric is
    silently wrong.

    binary_accuracy looks at each unit separately: for ten classes it is near 90% whatever the model predicts. For two
    classes it is right and not reported. Only models with one output are checked.

    Fix: Use "accuracy", which Keras resolves to the right one.

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
            if width_of(found[0].row, found[0].shape) == 2 and not sparse:  # both units are right or wrong together
                continue
            problem = (
                "compares each unit, rounded to 0 or 1, with the class index"
                if sparse
                else "scores each unit separately, so it is high for many classes, whatever the model predicts"
            )
        elif name in _OF_CLASSES and name.startswith("sparse_") != sparse:
            forms = ("one-hot vectors", "class indices")
            expected, needed = forms if sparse else forms[::-1]
            problem = (
                f"expects {expected} as targets, but loss {loss} expects {needed}; Keras raises an error or computes a"
                " wrong value"
            )
        else:
            continue
        right = ("sparse_" if sparse else "") + name.removeprefix("sparse_")
        yield violation(
            f"metric {name} {problem}",
            'Use "accuracy".' if "accuracy" in name and "top_k" not in name else f'Use "{right}".',
            pointer=settings_pointer(model, "metrics"),
        )


def _without_accuracy(value: Any) -> Any:
    """Return the metrics without "accuracy": a model saved before training records a class that tf.keras does not use."""
    if isinstance(value, list):
        return [_without_accuracy(item) for item in value]
    config = value.get("config") if isinstance(value, dict) else None
    return None if isinstance(config, dict) and config.get("name") in ("accuracy", "acc") else value


_OF_CLASSES = frozenset(
    sparse + name
    for sparse in ("", "sparse_")
    for name in ("categorical_accuracy", "categorical_crossentropy", "top_k_categorical_accuracy")
)


@rule("H315", "loss-of-no-output", "warning")
def loss_of_no_output(model: ModelSummary) -> Iterator[Problem]:
    """Losses, metrics, or loss weights are given per output but do not match the model's outputs: a key names none of
    them, or a list has more entries than there are outputs. Keras raises an error when training starts.

    Fix: Give one entry per output, under the name of the output layer.

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
        if len(layers) == 1 and key != "loss":  # Keras 3 uses the only entry for the only output
            continue
        if isinstance(value, dict) and not is_loss(value):
            known = {*names, *layers}
            unknown = [name for name in value if name not in known]
            if unknown and not any(isinstance(item, dict | list) and not is_loss(item) for item in value.values()):
                yield violation(
                    f"{key} names the output {show(unknown[0])}, but the model's"
                    f" {'outputs are' if len(names) > 1 else 'only output is'} {listing([show(name) for name in names])};"
                    " Keras raises an error when training starts",
                    f"Use {show(_closest(unknown[0], [name for name in names if name not in value] or names))} instead of"
                    f" {show(unknown[0])}.",
                    pointer=settings_pointer(model, key, unknown[0]),
                )
        elif isinstance(value, list) and key != "metrics" and len(value) > len(layers) > 1:
            yield violation(
                f"{key} has {len(value)} entries, but the model has {len(layers)} outputs;"
                " Keras raises an error when training starts",
                f"Give {len(layers)} entries, one per output.",
                pointer=settings_pointer(model, key),
            )


def _closest(name: str, names: list[str]) -> str:
    from lstmlint.model.suggestions import close_match

    return close_match(name, names, 0.0) or names[0]
