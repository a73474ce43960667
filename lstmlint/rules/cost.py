"""C: size and cost. What a model costs, and the documentation of the budgets that `budget` checks."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.inference.summary import ModelSummary
from lstmlint.model.findings import Problem
from lstmlint.model.shapes import format_shape, percent
from lstmlint.model.values import show
from lstmlint.rules.index import acts_in_training_only, index_of, past
from lstmlint.rules.registry import Option, reported, rule, violation

reported("C501", "params-over-budget", "error", raised_by="rules")(
    """The model has more parameters than `--max-params` allows, or its count is incomplete.

    Fix: Make the layers that the message names smaller.
    """
)


reported("C502", "trainable-params-over-budget", "error", raised_by="rules")(
    """The model has more trainable parameters than `--max-trainable-params` allows, or its count is incomplete.

    Fix: Make the layers that the message names smaller, or freeze them.
    """
)


reported("C503", "layer-params-over-budget", "error", raised_by="rules")(
    """A layer has more parameters than `--max-layer-params` allows, or its count is unknown.

    Fix: Make the layer smaller. The message says how small.
    """
)


reported("C504", "weight-bytes-over-budget", "error", raised_by="rules")(
    """The weights need more bytes than `--max-weight-bytes` allows, or the count is incomplete.

    Fix: Make the layers that the message names smaller, or quantize the model.
    """
)


reported("C506", "macs-over-budget", "error", raised_by="rules")(
    """A forward pass of one sample takes more multiply-accumulates than `--max-macs` allows, or depends on an unknown
    dimension (`--timesteps` sets the number of timesteps).

    Fix: Make the layers that the message names smaller, or the sequences shorter.
    """
)


reported("C507", "activation-bytes-over-budget", "error", raised_by="rules")(
    """At its peak, a forward pass keeps more bytes of activations than `--max-activation-bytes` allows, or the peak
    depends on an unknown dimension (`--batch`, `--timesteps`).

    Fix: Make the layers that the message names smaller, or use a smaller batch or shorter sequences.
    """
)


reported("C511", "params-changed", "error", raised_by="rules")(
    """The model has more parameters than the one it is compared with, by more than `lstmlint diff --max-increase`
    allows, or one of the two counts is incomplete.

    Fix: Make the layers that the message names smaller, or allow a larger `--max-increase`.
    """
)


@rule(
    "C505",
    "dense-explosion",
    "info",
    params=Option(1_000_000, "the smallest number of parameters of a Dense that is reported"),
    share=Option(0.8, "the smallest share of the model's parameters that is reported", most=1),
)
def dense_explosion(model: ModelSummary, params: int, share: float) -> Iterator[Problem]:
    """A Dense after a Flatten holds most of the parameters of a large model: more than 80%, and more than a million.

    Fix: Use global pooling instead of Flatten, or add pooling or strides before it.

    Fails:
        {"class_name": "Sequential", "config": {"name": "m", "layers": [
          {"class_name": "Conv2D", "config": {"filters": 32, "kernel_size": 3, "batch_input_shape": [null, 64, 64, 3]}},
          {"class_name": "Flatten", "config": {}},
          {"class_name": "Dense", "config": {"units": 64, "activation": "relu"}},
          {"class_name": "Dense", "config": {"units": 1}}]}}

    Passes:
        {"class_name": "Sequential", "config": {"name": "m", "layers": [
          {"class_name": "Conv2D", "config": {"filters": 32, "kernel_size": 3, "batch_input_shape": [null, 64, 64, 3]}},
          {"class_name": "GlobalAveragePooling2D", "config": {}},
          {"class_name": "Dense", "config": {"units": 64, "activation": "relu"}},
          {"class_name": "Dense", "config": {"units": 1}}]}}
    """
    if model.params < params:
        return
    for dense in index_of(model).of("Dense"):
        if not dense.params or dense.params < params or dense.params / model.params < share or not dense.used:
            continue
        flat = past(dense, acts_in_training_only)
        shape = flat.input_shape if flat is not None else None
        if flat is None or flat.class_name != "Flatten" or shape is None or len(shape) < 4:  # R216 tells of sequences
            continue
        channels = shape[1] if flat.config.get("data_format") == "channels_first" else shape[-1]
        units = dense.config.get("units")
        if not isinstance(channels, int) or not isinstance(units, int):
            continue
        without = (channels + bool(dense.config.get("use_bias"))) * units
        yield violation(
            f"Dense {show(dense.name)} after {show(flat.name)}, which flattens {format_shape(shape)}, has {dense.params:,} parameters,"
            f" {percent(dense.params / model.params)} of the model",
            f"Use global pooling instead of {show(flat.name)}: {show(dense.name)} then has {without:,} parameters.",
            dense.name,
            dense.pointer,
        )


@rule(
    "C512",
    "absurd-dimension",
    "error",
    numbers=Option(10**12, "the largest number of elements of a weight that is not reported"),
    dimension=Option(2**31 - 1, "the largest dimension of a weight that is not reported"),
)
def absurd_dimension(model: ModelSummary, numbers: int, dimension: int) -> Iterator[Problem]:
    """A weight has more than a trillion elements, or a dimension above 2,147,483,647. No machine can build it.

    Fix: Write the intended number.

    Fails:
        {"class_name": "Sequential", "config": {"name": "m", "layers": [
          {"class_name": "Dense", "config": {"units": 1000000000000, "batch_input_shape": [null, 5]}}]}}

    Passes:
        {"class_name": "Sequential", "config": {"name": "m", "layers": [
          {"class_name": "Dense", "config": {"units": 1000, "batch_input_shape": [null, 5]}}]}}
    """
    if model.params <= min(numbers, dimension):
        return
    for row in index_of(model).rows:
        if row.nested is not None:
            continue
        for weight in row.weights:
            if weight.size > numbers or max(weight.shape, default=0) > dimension:
                yield violation(
                    f"{weight.name} of {row.class_name} {show(row.name)} is {format_shape(weight.shape)}: {weight.size:,} elements,"
                    f" {weight.bytes / 2**40:,.1f} TiB",
                    "Write the intended number.",
                    row.name,
                    row.pointer,
                )
                break
