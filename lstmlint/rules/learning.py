"""Group H: missing and repeated activations, initial weights, and learning rates."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lstmlint.inference.summary import LayerSummary, ModelSummary
from lstmlint.model.findings import Problem, listing
from lstmlint.model.values import show
from lstmlint.rules.effects import (
    KNOWN_ACTIVATIONS,
    RANGES,
    SIGMOIDS,
    activation_name,
    activation_of,
    constant_initializer,
    settings_pointer,
)
from lstmlint.rules.index import acts_in_training_only, follow, index_of, past, unwrapped
from lstmlint.rules.registry import Option, rule, violation

# Common initializers that are not constant, skipped for speed.
_RANDOM: tuple[Any, ...] = ("glorot_uniform", "he_normal", "he_uniform", "glorot_normal", "lecun_normal", None)


@rule("H311", "linear-chain", "info")
def linear_chain(model: ModelSummary) -> Iterator[Problem]:
    """A Dense without an activation feeds another Dense, directly or through Dropout. Together they compute what one
    Dense computes, with more weights.

    A bottleneck is not reported: a first Dense so narrow that the two have fewer weights than one Dense in their place.

    Fix: Use activation "relu" on the first, or remove it.

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
    rows = [*index_of(model).of("Dense", "TimeDistributed")]
    following = {id(row): after for row in rows if (after := _redundant_before(row)) is not None}
    continued = {id(after) for after in following.values()}
    for row in rows:
        if id(row) not in following or id(row) in continued:
            continue
        names = [show(row.name)]
        after = row
        while id(after) in following:
            after = following[id(after)]
            names.append(show(after.name))
        last = names[-1]
        fix = (
            f"on {names[0]}, or remove it" if len(names) == 2 else f"on each of them before {last}, or keep only {last}"
        )
        yield violation(
            f"{listing(names)} are {len(names)} consecutive Dense layers with no activation between them: together they"
            f" compute nothing that {last} could not compute alone",
            f'Set activation "relu" {fix}.',
            row.name,
            unwrapped(row.layer).spec.argument_pointer("activation"),
        )


def _redundant_before(row: LayerSummary) -> LayerSummary | None:
    """Return the Dense after a linear Dense that could do the work of both; None if there is none."""
    after = follow(row, acts_in_training_only) if _is_linear(row) else None
    return after if after is not None and _is_dense(after) and _widens(row, after) else None


def _is_dense(row: LayerSummary) -> bool:
    return unwrapped(row.layer).class_name == "Dense" and row.calls <= 1


def _is_linear(row: LayerSummary) -> bool:
    """Check whether a layer is a trainable Dense with neither an activation nor an activity regularizer."""
    config = unwrapped(row.layer).config
    linear = _is_dense(row) and activation_name(config.get("activation")) == "linear"
    return linear and not config.get("activity_regularizer") and row.spec.trainable


def _widens(first: LayerSummary, second: LayerSummary) -> bool:
    """Check whether two consecutive Dense layers have at least as many weights as one Dense in their place."""
    units, after = (unwrapped(row.layer).config.get("units") for row in (first, second))
    features = first.input_shape[-1] if first.input_shape else None
    known = first.reached and first.output_shape is not None and second.output_shape is not None
    if not known or not isinstance(units, int) or not isinstance(after, int) or features is None:
        return False
    return units >= min(features, after)


@rule("H312", "double-activation", "warning")
def double_activation(model: ModelSummary) -> Iterator[Problem]:
    """Two activations follow each other without weights in between. A relu before a softmax, for example, makes all
    classes that it cuts off equally likely.

    Before a softmax inside the model, as in attention, a tanh is not reported, and other activations are only an info.

    Fix: Remove one of the two.

    Fails:
        {"class_name": "Sequential", "config": {"name": "m", "layers": [
          {"class_name": "Dense", "config": {"units": 3, "activation": "relu", "batch_input_shape": [null, 5]}},
          {"class_name": "Activation", "config": {"activation": "softmax"}}]}}

    Passes:
        {"class_name": "Sequential", "config": {"name": "m", "layers": [
          {"class_name": "Dense", "config": {"units": 3, "activation": "linear", "batch_input_shape": [null, 5]}},
          {"class_name": "Activation", "config": {"activation": "softmax"}}]}}
    """
    for row in index_of(model).having(lambda facts: facts.is_activation):
        second = _activation_of(row)
        if second in (None, "linear"):
            continue
        producer = past(row, acts_in_training_only)
        if producer is None or len(producer.feeds) != 1:
            continue
        first = _activation_of(producer)
        inner_softmax = second == "softmax" and not row.is_output
        if first in (None, "linear") or (first == "tanh" and inner_softmax):
            continue
        if first == second and first in ("relu", "leaky_relu"):
            effect = "the second one changes nothing" if first == "relu" else "their slopes multiply"
        else:
            effect = (
                f"{second} only receives {f'values in {RANGES[first]}' if first in RANGES else f'outputs of {first}'}"
            )
        change = f'Set the activation of {show(producer.name)} to "linear"'
        if producer.layer.facts.is_activation:
            change = f"Remove {show(producer.name)}"
        yield violation(
            f"{show(row.name)} applies {second} to the output of {show(producer.name)}, which already ends with {first}: {effect}",
            f"{change}, or remove {show(row.name)}.",
            row.name,
            row.pointer,
            "info" if inner_softmax else None,
        )


def _activation_of(row: LayerSummary) -> str | None:
    """Return the activation that a layer ends with; None if it is unknown."""
    activation = activation_of(unwrapped(row.layer))
    return activation if activation in KNOWN_ACTIVATIONS else None


@rule(
    "H320",
    "saturating-stack",
    "info",
    layers=Option(3, "the smallest number of layers that is reported", least=2),
)
def saturating_stack(model: ModelSummary, layers: int) -> Iterator[Problem]:
    """Three or more hidden Dense layers with a sigmoid follow each other. The slope of a sigmoid is at most 0.25, so
    gradients shrink from layer to layer: in an untrained model with three such layers, the first one learns 10 to 400
    times slower than the last Dense, with eight more than 100,000 times.

    Fix: Use activation "relu" in hidden layers, or a normalization between them.

    Fails:
        {"class_name": "Sequential", "config": {"name": "m", "layers": [
          {"class_name": "Dense", "config": {"units": 16, "activation": "sigmoid", "batch_input_shape": [null, 5]}},
          {"class_name": "Dense", "config": {"units": 16, "activation": "sigmoid"}},
          {"class_name": "Dense", "config": {"units": 16, "activation": "sigmoid"}},
          {"class_name": "Dense", "config": {"units": 1}}]}}

    Passes:
        {"class_name": "Sequential", "config": {"name": "m", "layers": [
          {"class_name": "Dense", "config": {"units": 16, "activation": "relu", "batch_input_shape": [null, 5]}},
          {"class_name": "Dense", "config": {"units": 16, "activation": "relu"}},
          {"class_name": "Dense", "config": {"units": 16, "activation": "relu"}},
          {"class_name": "Dense", "config": {"units": 1}}]}}

    References: Glorot & Bengio 2010, Understanding the difficulty of training deep feedforward neural networks
    """
    saturating = {id(row): end for row in index_of(model).of("Dense") if (end := _sigmoid_end(row)) is not None}
    following = {
        id(row): after
        for row in index_of(model).of("Dense")
        if id(row) in saturating and (after := follow(saturating[id(row)], acts_in_training_only)) is not None
    }
    continued = {id(after) for key, after in following.items()}
    for row in index_of(model).of("Dense"):
        if id(row) not in saturating or id(row) in continued:
            continue
        stack = [row]
        while (after := following.get(id(stack[-1]))) is not None and id(after) in saturating:
            stack.append(after)
        if len(stack) >= layers:
            yield violation(
                f"{listing([show(one.name) for one in stack])} are {len(stack)} consecutive hidden Dense layers with a"
                " sigmoid, through which gradients shrink from layer to layer",
                'Use activation "relu" in them, or a normalization between them.',
                row.name,
                row.spec.argument_pointer("activation"),
            )


def _sigmoid_end(row: LayerSummary) -> LayerSummary | None:
    """Return the layer that applies the sigmoid of a hidden, trainable Dense: the Dense or an Activation after it."""
    end = row
    if row.calls > 1 or not row.spec.trainable or row.is_output:
        return None
    if activation_of(row.layer) == "linear":
        after = follow(row, acts_in_training_only)
        if after is None or not after.layer.facts.is_activation:
            return None
        end = after
    return end if activation_of(end.layer) in SIGMOIDS and not end.is_output else None


@rule(
    "H316",
    "learning-rate-range",
    "info",
    highest=Option(0.03, "the highest rate that is not reported; ten times that for SGD, Adagrad, and Ftrl"),
    lowest=Option(1e-7, "the lowest rate that is not reported"),
)
def learning_rate_range(model: ModelSummary, highest: float, lowest: float) -> Iterator[Problem]:
    """The learning rate is far from the optimizer's usual range: above 0.03 (above 0.3 for SGD, Adagrad, and Ftrl), or
    below 1e-7, where weights hardly change. A schedule or callback may have set it, so this is only an info. Adadelta
    is not checked, because its default used to be 1.

    Fix: Use 0.001 for Adam and its variants, 0.01 for SGD.

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
        most = highest * (10 if name.lower() in ("sgd", "adagrad", "ftrl") else 1)
        if rate > most * 1.001 or rate < lowest:
            usual = 0.01 if name.lower() in ("sgd", "adagrad", "ftrl") else 0.001
            inner = ("config",) if "config" in optimizer else ()
            yield violation(
                f"{written} of {name} is {rate:g}, outside the usual range of {lowest:g} to {most:g}:"
                f" {'the weights hardly change' if 0 <= rate < lowest else 'training may diverge'}",
                f"Start with {usual:g}, unless a schedule or callback set this rate.",
                pointer=settings_pointer(model, key, *inner, written),
            )


@rule("H319", "constant-kernel-init", "warning")
def constant_kernel_init(model: ModelSummary) -> Iterator[Problem]:
    """All weights of a kernel start with the same value, so all units of the layer compute the same. Training can make
    them differ only if a later layer has random weights. With zeros before a relu, the layer outputs 0, gets no gradient,
    and never learns.

    Not reported: frozen layers, layers with one unit, and zeros in a last layer or in a branch that is added or
    multiplied, such as a residual branch that starts at 0.

    Fix: Use kernel_initializer "glorot_uniform", the default, or "he_normal" before relu.

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
        if initializer in _RANDOM:
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
        yield violation(
            f"kernel_initializer of {row.class_name} {show(row.name)}{others} is {constant}: {_effect(row, constant, width)}",
            'Use "glorot_uniform", the default, or "he_normal" before relu.',
            row.name,
            row.spec.argument_pointer("kernel_initializer"),
        )


def _may_start_at_zero(row: LayerSummary) -> bool:
    """Check whether a layer may output zeros at first: it leads to the model's output, or is added or multiplied."""
    for _ in range(100):
        if row.is_output or any(after.class_name in ("Add", "Multiply") for after in row.consumers):
            return True
        only = row.only_consumer
        if only is None or not (only.layer.facts.keeps_values or only.layer.facts.is_activation):
            return False
        row = only
    return False


def _effect(row: LayerSummary, constant: str, width: Any) -> str:
    """Describe what a constant kernel does to a layer."""
    bias = row.config.get("bias_initializer", "zeros") if row.config.get("use_bias", True) else "zeros"
    after = row.only_consumer or row
    activations = (_activation_of(row), _activation_of(after) if after.layer.facts.is_activation else None)
    if constant == "zeros" and constant_initializer(bias) == "zeros" and "relu" in activations:
        return "with a relu and a zero bias, it outputs 0, gets no gradient, and never learns"
    return f"its {width} units start identical, and only random weights in a later layer can make them differ"
