"""R: what recurrent layers mean, and what people take them for."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.findings import Problem
from lstmlint.rules.registry import reported, rule
from lstmlint.rules.structure import recurrent
from lstmlint.shapes import format_shape
from lstmlint.summary import ModelSummary


@rule("R201", "single-timestep", "warning")
def single_timestep(model: ModelSummary) -> Iterator[Problem]:
    """A recurrent layer gets sequences of one timestep with many features: its recurrence never takes a step, and
    its recurrent weights only see zeros. Usually timesteps and features are swapped.

    A stateful layer, or one that is given initial states (a decoder run step by step), is meant that way and not
    reported.

    Fix: (timesteps, features) in that order, for instance (13, 1) for a series of 13 values.

    Fails:
        {"class_name": "Sequential", "config": {"name": "m", "layers": [
          {"class_name": "LSTM", "config": {"units": 10, "batch_input_shape": [null, 1, 13]}}]}}

    Passes:
        {"class_name": "Sequential", "config": {"name": "m", "layers": [
          {"class_name": "LSTM", "config": {"units": 10, "batch_input_shape": [null, 13, 1]}}]}}
    """
    for row in model.walk():
        rnn = recurrent(row.layer)
        shape = row.input_shape
        if rnn is None or shape is None or len(shape) != 3 or shape[1] != 1 or (shape[2] or 0) < 2:
            continue
        if rnn.config.get("stateful") or rnn.config.get("return_state") or len(row.input_shapes) > 1:
            continue
        yield Problem(
            "R201",
            f"{row.class_name} {row.name!r} gets {format_shape(shape)}: one timestep of {shape[2]} features, so the"
            " recurrence never takes a step",
            f"If these are {shape[2]} timesteps of one feature, the input shape is ({shape[2]}, 1);"
            " if not, a Dense does the same with fewer weights.",
            row.name,
            row.pointer,
        )


@reported("R203", "stateful-without-batch", "error")
def stateful_without_batch() -> None:
    """A stateful layer keeps one state for each sample of a batch, so Keras must know the batch size.

    Fix: an input with a fixed batch size, or stateful false.

    Fails:
        {"class_name": "Sequential", "config": {"name": "m", "layers": [
          {"class_name": "LSTM", "config": {"units": 10, "stateful": true, "batch_input_shape": [null, 13, 5]}}]}}

    Passes:
        {"class_name": "Sequential", "config": {"name": "m", "layers": [
          {"class_name": "LSTM", "config": {"units": 10, "stateful": true, "batch_input_shape": [32, 13, 5]}}]}}
    """


@reported("R206", "unroll-unknown-time", "info")
def unroll_unknown_time() -> None:
    """A layer is to be unrolled over a number of timesteps that is unknown. tf_keras refuses it (an error there);
    Keras 3 builds it and fails when a batch of unknown length arrives.

    Fix: a fixed number of timesteps, or unroll false.

    Fails:
        {"class_name": "Sequential", "config": {"name": "m", "layers": [
          {"class_name": "LSTM", "config": {"units": 10, "unroll": true, "batch_input_shape": [null, null, 5]}}]}}

    Passes:
        {"class_name": "Sequential", "config": {"name": "m", "layers": [
          {"class_name": "LSTM", "config": {"units": 10, "unroll": true, "batch_input_shape": [null, 13, 5]}}]}}
    """


@rule("R235", "units-equal-timesteps", "info")
def units_equal_timesteps(model: ModelSummary) -> Iterator[Problem]:
    """`units` equals the number of timesteps. That can be chance, but many take units for the number of timesteps,
    or for one LSTM per timestep. units is the width of the output and of the state; the same weights serve every
    timestep, however many there are.

    Fix: choose units by how much the layer has to remember; nothing ties it to the length of the sequence.

    Fails:
        {"class_name": "Sequential", "config": {"name": "m", "layers": [
          {"class_name": "LSTM", "config": {"units": 13, "batch_input_shape": [null, 13, 5]}}]}}

    Passes:
        {"class_name": "Sequential", "config": {"name": "m", "layers": [
          {"class_name": "LSTM", "config": {"units": 10, "batch_input_shape": [null, 13, 5]}}]}}
    """
    for row in model.walk():
        rnn = recurrent(row.layer)
        shape = row.input_shape
        if rnn is None or shape is None or len(shape) != 3 or shape[1] is None or shape[1] < 3:
            continue
        if rnn.config.get("units") == shape[1]:
            yield Problem(
                "R235",
                f"units of {row.class_name} {row.name!r} is {shape[1]}, the number of timesteps of its input"
                f" {format_shape(shape)}; the two have nothing to do with each other",
                "units is the width of the output; the weights are the same for every timestep.",
                row.name,
                rnn.spec.argument_pointer("units"),
            )
