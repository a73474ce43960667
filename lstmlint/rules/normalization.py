"""Group N: the order and strength of normalization and dropout, and frozen models."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.inference.summary import LayerSummary, ModelSummary
from lstmlint.model.findings import Problem, listing
from lstmlint.model.shapes import format_shape, percent
from lstmlint.model.values import show
from lstmlint.rules.effects import activation_name, objectives
from lstmlint.rules.index import acts_in_training_only, index_of, past
from lstmlint.rules.registry import Option, rule, violation


def dropped(row: LayerSummary) -> float:
    """Return the rate of a Dropout layer; 0 for other layers and for an invalid rate."""
    rate = row.config.get("rate") if row.layer.facts.drops_units else None
    if isinstance(rate, bool) or not isinstance(rate, int | float):
        return 0.0
    return float(rate) if 0 <= rate <= 1 else 0.0


@rule("N401", "bias-before-normalization", "info", enabled=False)
def bias_before_normalization(model: ModelSummary) -> Iterator[Problem]:
    """A layer with a bias comes before BatchNormalization, which subtracts the mean of its input and, with it, the
    bias. The bias has no effect; BatchNormalization adds its own offset, beta. One finding counts all such layers.

    Off by default: it costs little, and many published models have it.

    Fix: Set use_bias to false on the layers before BatchNormalization.

    Fails:
        {"class_name": "Sequential", "config": {"name": "m", "layers": [
          {"class_name": "Dense", "config": {"units": 8, "batch_input_shape": [null, 5]}},
          {"class_name": "BatchNormalization", "config": {}},
          {"class_name": "Dense", "config": {"units": 1}}]}}

    Passes:
        {"class_name": "Sequential", "config": {"name": "m", "layers": [
          {"class_name": "Dense", "config": {"units": 8, "use_bias": false, "batch_input_shape": [null, 5]}},
          {"class_name": "BatchNormalization", "config": {}},
          {"class_name": "Dense", "config": {"units": 1}}]}}
    """
    found: list[LayerSummary] = []
    saved = 0
    for row in index_of(model).of("BatchNormalization"):
        if len(row.inbound) != 1 or row.config.get("center") is False:
            continue
        producer = row.inbound[0]
        if not producer.layer.facts.applies_activation or producer.class_name == "EinsumDense":
            continue
        if len(producer.feeds) != 1 or producer.is_output:
            continue
        if not producer.config.get("use_bias") or activation_name(producer.config.get("activation")) != "linear":
            continue
        biases = sum(weight.size for weight in producer.weights if weight.name == "bias")
        if biases:
            found.append(producer)
            saved += biases
    if found:
        many = len(found) > 1
        yield violation(
            f"the bias{'es' if many else ''} of {listing([show(row.name) for row in found])} {'have' if many else 'has'} no"
            f" effect, because BatchNormalization subtracts the mean: {saved:,} parameters in {len(found)}"
            f" layer{'s' if many else ''}",
            f"Set use_bias to false on {'these layers' if many else 'this layer'}.",
            found[0].name,
            found[0].spec.argument_pointer("use_bias"),
        )


@rule("N402", "dropout-before-normalization", "info")
def dropout_before_normalization(model: ModelSummary) -> Iterator[Problem]:
    """Dropout comes before BatchNormalization, directly or with an activation in between. Dropout changes the variance
    in training but not in inference, while the normalization learns the variance of training. This can reduce accuracy.

    Fix: Put BatchNormalization first, then the activation, then Dropout.

    Fails:
        {"class_name": "Sequential", "config": {"name": "m", "layers": [
          {"class_name": "Dense", "config": {"units": 8, "use_bias": false, "batch_input_shape": [null, 5]}},
          {"class_name": "Dropout", "config": {"rate": 0.3}},
          {"class_name": "BatchNormalization", "config": {}},
          {"class_name": "Dense", "config": {"units": 1}}]}}

    Passes:
        {"class_name": "Sequential", "config": {"name": "m", "layers": [
          {"class_name": "Dense", "config": {"units": 8, "use_bias": false, "batch_input_shape": [null, 5]}},
          {"class_name": "BatchNormalization", "config": {}},
          {"class_name": "Dropout", "config": {"rate": 0.3}},
          {"class_name": "Dense", "config": {"units": 1}}]}}

    References: Li et al. 2019, Understanding the disharmony between dropout and batch normalization by variance shift
    """
    for row in index_of(model).of("BatchNormalization"):
        before = past(row, lambda other: other.layer.facts.is_activation)
        if before is not None and dropped(before):
            yield violation(
                f"{before.class_name} {show(before.name)} drops {percent(dropped(before))} before BatchNormalization {show(row.name)},"
                " which then learns a variance that inference does not have",
                f"Move {show(before.name)} after {show(row.name)}.",
                before.name,
                before.pointer,
            )


@rule("N405", "high-dropout", "info", rate=Option(0.8, "the lowest rate that is reported", least=0.01, most=1))
def high_dropout(model: ModelSummary, rate: float) -> Iterator[Problem]:
    """Dropout drops 80% or more of its input, which is rarely intended. In Keras, `rate` is the part that is dropped;
    in TensorFlow 1, `keep_prob` was the part that is kept. A rate of 1 is a warning: Keras 3 drops everything, so no
    layer before it learns, and tf.keras raises an error in training.

    Fix: Use a rate from 0.1 to 0.5.

    Fails:
        {"class_name": "Sequential", "config": {"name": "m", "layers": [
          {"class_name": "Dense", "config": {"units": 8, "activation": "relu", "batch_input_shape": [null, 5]}},
          {"class_name": "Dropout", "config": {"rate": 0.9}},
          {"class_name": "Dense", "config": {"units": 1}}]}}

    Passes:
        {"class_name": "Sequential", "config": {"name": "m", "layers": [
          {"class_name": "Dense", "config": {"units": 8, "activation": "relu", "batch_input_shape": [null, 5]}},
          {"class_name": "Dropout", "config": {"rate": 0.1}},
          {"class_name": "Dense", "config": {"units": 1}}]}}
    """
    for row in index_of(model).having(lambda facts: facts.drops_units):
        share = dropped(row)
        if share < rate:
            continue
        everything = share == 1
        keras2 = model.spec.dialect == "keras2"
        if not everything and 1 - share < rate:
            advice = f"If you meant to keep {percent(share)}, use rate={1 - share:g}."
        else:
            advice = f"Use a rate below {1 if everything else rate:g}, such as {min(0.5, rate / 2):g}."
        yield violation(
            f"{row.class_name} {show(row.name)} drops "
            + (
                f"everything{', and tf.keras raises an error in training' if keras2 else ' in training, so no layer before it learns'}"
                if everything
                else f"{percent(share)} of its input"
            ),
            advice,
            row.name,
            row.spec.argument_pointer("rate"),
            "warning" if everything else None,
        )


@rule("N406", "dropout-last", "warning")
def dropout_last(model: ModelSummary) -> Iterator[Problem]:
    """Dropout is the model's last layer, or comes between the last Dense and its softmax or sigmoid. In training, it
    randomly sets the model's predictions to 0, or the logits from which the softmax or sigmoid computes them.

    Fix: Put it before the last Dense.

    Fails:
        {"class_name": "Sequential", "config": {"name": "m", "layers": [
          {"class_name": "Dense", "config": {"units": 3, "batch_input_shape": [null, 5]}},
          {"class_name": "Dropout", "config": {"rate": 0.3}},
          {"class_name": "Activation", "config": {"activation": "softmax"}}]}}

    Passes:
        {"class_name": "Sequential", "config": {"name": "m", "layers": [
          {"class_name": "Dropout", "config": {"rate": 0.3, "batch_input_shape": [null, 5]}},
          {"class_name": "Dense", "config": {"units": 3}},
          {"class_name": "Activation", "config": {"activation": "softmax"}}]}}
    """
    trained = {id(objective.row) for objective in objectives(model)}
    for output in model.output_layers:
        row = output
        if row.class_name in ("Activation", "Softmax") and len(row.inbound) == 1:
            row = row.inbound[0]
        if not dropped(row) or not row.inbound:
            continue
        before = past(row, acts_in_training_only)
        if row is output and (before is None or not (_predicts(before) or id(output) in trained)):
            continue
        what = "the model's outputs" if row is output else f"the inputs of {show(output.name)}"
        yield violation(
            f"{row.class_name} {show(row.name)} sets {percent(dropped(row))} of {what} to 0 in training",
            f"Move it before {show(before.name)}, or remove it." if before is not None else "Remove it.",
            row.name,
            row.pointer,
        )


def _predicts(row: LayerSummary) -> bool:
    """Check whether a layer outputs predictions, rather than features for another model."""
    activation = row.config.get("activation")
    return row.class_name in ("Dense", "Activation") and activation_name(activation) in ("softmax", "sigmoid", "linear")


# Layers that act like a single one with a higher rate when repeated.
_REPEATABLE = ("Dropout", "SpatialDropout1D", "SpatialDropout2D", "SpatialDropout3D")


@rule("N407", "dropout-twice", "warning")
def dropout_twice(model: ModelSummary) -> Iterator[Problem]:
    """Two Dropout layers of the same kind follow each other, which is equivalent to one with a higher rate.

    Fix: Keep one of them.

    Fails:
        {"class_name": "Sequential", "config": {"name": "m", "layers": [
          {"class_name": "Dense", "config": {"units": 8, "activation": "relu", "batch_input_shape": [null, 5]}},
          {"class_name": "Dropout", "config": {"rate": 0.2}},
          {"class_name": "Dropout", "config": {"rate": 0.5}},
          {"class_name": "Dense", "config": {"units": 1}}]}}

    Passes:
        {"class_name": "Sequential", "config": {"name": "m", "layers": [
          {"class_name": "Dense", "config": {"units": 8, "activation": "relu", "batch_input_shape": [null, 5]}},
          {"class_name": "Dropout", "config": {"rate": 0.6}},
          {"class_name": "Dense", "config": {"units": 1}}]}}
    """
    for row in index_of(model).having(lambda facts: facts.drops_units):
        first = dropped(row)
        for consumer in row.consumers:
            second = dropped(consumer)
            if first and second and consumer.class_name == row.class_name in _REPEATABLE:
                both = 1 - (1 - first) * (1 - second)
                yield violation(
                    f"{row.class_name} {show(row.name)} ({first:g}) feeds {consumer.class_name} {show(consumer.name)} ({second:g}); together"
                    f" they drop {percent(both)}",
                    f"Keep one of them; for the same effect, use rate={both:.2g}.",
                    consumer.name,
                    consumer.pointer,
                )


@rule("N412", "all-frozen", "warning")
def all_frozen(model: ModelSummary) -> Iterator[Problem]:
    """The file has training settings, but nothing in the model is trainable, so training changes nothing. A model
    without training settings may be frozen on purpose and is not reported, nor is one that is itself frozen, like the
    discriminator of a GAN.

    Fix: Set trainable to true on the layers that should learn.

    Fails:
        {"class_name": "Sequential", "config": {"name": "m", "layers": [
          {"class_name": "Dense", "config": {"units": 1, "trainable": false, "batch_input_shape": [null, 5]}}]},
          "training_config": {"loss": "mse"}}

    Passes:
        {"class_name": "Sequential", "config": {"name": "m", "layers": [
          {"class_name": "Dense", "config": {"units": 1, "trainable": true, "batch_input_shape": [null, 5]}}]},
          "training_config": {"loss": "mse"}}
    """
    if (
        model.spec.compile_config is None
        or not model.spec.trainable
        or not model.complete
        or model.trainable_params
        or not model.params
    ):
        return
    frozen = next((row for row in model.layers if row.params and not row.spec.trainable), None)
    if frozen is not None:
        yield violation(
            f"none of the model's {model.params:,} parameters is trainable, so training changes nothing",
            f"Set trainable to true on {show(frozen.name)}, or on the other layers that should learn.",
            frozen.name,
            frozen.spec.argument_pointer("trainable"),
        )


@rule("N413", "normalization-axis", "warning")
def normalization_axis(model: ModelSummary) -> Iterator[Problem]:
    """BatchNormalization after a convolution does not normalize the channels, because its axis does not fit the
    convolution's data_format. With axis 1 after channels_last, for example, it learns one mean and one scale for each
    row of the image. The shapes fit, so Keras does not complain.

    Fix: Use axis -1 for channels_last, and axis 1 for channels_first.

    Fails:
        {"class_name": "Sequential", "config": {"name": "m", "layers": [
          {"class_name": "Conv2D", "config": {"filters": 8, "kernel_size": 3, "data_format": "channels_first", "batch_input_shape": [null, 3, 32, 32]}},
          {"class_name": "BatchNormalization", "config": {"axis": -1}}]}}

    Passes:
        {"class_name": "Sequential", "config": {"name": "m", "layers": [
          {"class_name": "Conv2D", "config": {"filters": 8, "kernel_size": 3, "data_format": "channels_first", "batch_input_shape": [null, 3, 32, 32]}},
          {"class_name": "BatchNormalization", "config": {"axis": 1}}]}}
    """
    legacy = model.spec.dialect in ("keras0", "keras1")
    for row in index_of(model).of("BatchNormalization"):
        axis, shape = row.config.get("axis"), row.input_shape
        if isinstance(axis, list | tuple) and len(axis) == 1:
            axis = axis[0]
        convolution = past(row, _keeps_channels)
        if legacy and _is_unclear(row, convolution):
            continue
        if convolution is None or shape is None or not isinstance(axis, int) or not _convolves(convolution):
            continue
        first: bool = convolution.layer.channels_first  # type: ignore[attr-defined]
        channels = 1 if first else len(shape) - 1
        if len(shape) < 3 or not -len(shape) <= axis < len(shape) or axis % len(shape) in (0, channels):
            continue
        place = "first" if first else "last"
        yield violation(
            f"BatchNormalization {show(row.name)} normalizes axis {axis} of {format_shape(shape)}, but the channels of"
            f" {convolution.class_name} {show(convolution.name)} come {place}: it learns one"
            f" mean for each of the {shape[axis]} positions on that axis",
            f"Set axis to {channels if first else -1}.",
            row.name,
            row.spec.argument_pointer("axis"),
        )


def _is_unclear(row: LayerSummary, convolution: LayerSummary | None) -> bool:
    """Check whether a layer of Keras 1 ignores its axis, or follows a convolution whose file leaves its format open."""
    if convolution is None:
        return True
    own, before = (one.spec.raw.get("config", one.spec.raw) for one in (row, convolution))
    return own.get("mode") == 1 or "dim_ordering" not in before


def _convolves(row: LayerSummary) -> bool:
    """Check whether a layer is a convolution, whose data_format says where its channels are."""
    facts = row.layer.facts
    return (
        facts.applies_activation
        and facts.mixes_timesteps
        and isinstance(getattr(row.layer, "channels_first", None), bool)
    )


def _keeps_channels(row: LayerSummary) -> bool:
    """Check whether a layer returns the axes of its input in the same order."""
    return row.layer.facts.is_activation or row.layer.facts.training_only
