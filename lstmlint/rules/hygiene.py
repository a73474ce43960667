"""Group G: layers, flags, and suppressions that have no effect."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lstmlint.inference.summary import LayerSummary, ModelSummary
from lstmlint.layers.base import Layer
from lstmlint.model.findings import Problem, listing
from lstmlint.model.shapes import flatten, format_shape
from lstmlint.model.values import show
from lstmlint.rules import masks
from lstmlint.rules.effects import activation_name
from lstmlint.rules.index import index_of
from lstmlint.rules.registry import reported, rule, violation

# Layers that no output needs to depend on. InputLayer has its own rule, G702.
NOT_DEAD = ("InputLayer", "AddLoss", "AddMetric")


@rule("G701", "dead-layer", "warning")
def dead_layer(model: ModelSummary) -> Iterator[Problem]:
    """The model's outputs do not depend on a layer. Keras 3 drops the layer and its weights when it loads the file.
    tf.keras keeps it, and counts weights that nothing trains.

    Layers that lead only to such a layer are reported with it. Layers that lead to a loss or metric of tf.keras
    (`add_loss`, `add_metric`) are not reported.

    Fix: Remove it, or connect it to an output.

    Fails:
        {"class_name": "Functional", "config": {"name": "m", "layers": [
          {"class_name": "InputLayer", "name": "x", "config": {"batch_input_shape": [null, 5]}, "inbound_nodes": []},
          {"class_name": "Dense", "name": "used", "config": {"units": 1}, "inbound_nodes": [[["x", 0, 0]]]},
          {"class_name": "Dense", "name": "unused", "config": {"units": 1}, "inbound_nodes": [[["x", 0, 0]]]}],
          "input_layers": [["x", 0, 0]], "output_layers": [["used", 0, 0]]}}

    Passes:
        {"class_name": "Functional", "config": {"name": "m", "layers": [
          {"class_name": "InputLayer", "name": "x", "config": {"batch_input_shape": [null, 5]}, "inbound_nodes": []},
          {"class_name": "Dense", "name": "used", "config": {"units": 1}, "inbound_nodes": [[["x", 0, 0]]]}],
          "input_layers": [["x", 0, 0]], "output_layers": [["used", 0, 0]]}}
    """
    reported_sources: set[int] = set()
    duplicated = {problem.layer for problem in model.problems if problem.code == "S127"}
    inputs = (row for row in index_of(model).of("InputLayer") if row.reached)
    idle = {id(row) for row in inputs if not any(after.reached for after in row.consumers)}
    for row in index_of(model).rows:
        if row.reached or row.feeds or row.layer.failed or row.name in duplicated or row.class_name in NOT_DEAD:
            continue
        dead = [row]
        for other in dead:
            for source in other.inbound:
                if not source.reached and id(source) not in reported_sources:
                    reported_sources.add(id(source))
                    dead.append(source)
        others = [show(other.name) for other in dead[1:] if other.class_name != "InputLayer"]
        required = {show(source.name): None for other in dead for source in other.inbound if id(source) in idle}
        params = sum(other.params or 0 for other in dead)
        yield violation(
            f"no output depends on {row.class_name} {show(row.name)}"
            + (f", nor on {listing(others)} before it" if others else "")
            + f"; Keras {'keeps' if row.used else 'drops'} {'them' if others else 'it'}"
            + (f" with {params:,} parameters" if params else "")
            + (f", and still requires the input {listing(list(required))}" if required else ""),
            "Pass its states to a decoder as initial_state, make it an output, or remove it."
            if row.config.get("return_state")
            else "Remove it, or make it an output.",
            row.name,
            row.pointer,
        )


@rule("G702", "undeclared-input", "warning")
def undeclared_input(model: ModelSummary) -> Iterator[Problem]:
    """An InputLayer is not one of the model's inputs and feeds nothing. Keras 3 drops it when it loads the file;
    tf.keras keeps it, without an effect.

    Fix: Remove it, or add it to input_layers and connect it.

    Fails:
        {"class_name": "Functional", "config": {"name": "m", "layers": [
          {"class_name": "InputLayer", "name": "x", "config": {"batch_input_shape": [null, 5]}, "inbound_nodes": []},
          {"class_name": "InputLayer", "name": "z", "config": {"batch_input_shape": [null, 5]}, "inbound_nodes": []},
          {"class_name": "Dense", "name": "y", "config": {"units": 1}, "inbound_nodes": [[["x", 0, 0]]]}],
          "input_layers": [["x", 0, 0]], "output_layers": [["y", 0, 0]]}}

    Passes:
        {"class_name": "Functional", "config": {"name": "m", "layers": [
          {"class_name": "InputLayer", "name": "x", "config": {"batch_input_shape": [null, 5]}, "inbound_nodes": []},
          {"class_name": "Dense", "name": "y", "config": {"units": 1}, "inbound_nodes": [[["x", 0, 0]]]}],
          "input_layers": [["x", 0, 0]], "output_layers": [["y", 0, 0]]}}
    """
    effect = "Keras 3 drops it" if model.spec.dialect == "keras3" else "it has no effect"
    for row in index_of(model).of("InputLayer"):
        if not row.reached and not row.feeds:
            yield violation(
                f"InputLayer {show(row.name)} is not one of the model's inputs and feeds nothing; {effect}",
                "Remove it, or add it to input_layers and connect it.",
                row.name,
                row.pointer,
            )


@rule("G704", "layer-without-effect", "info")
def layer_without_effect(model: ModelSummary) -> Iterator[Problem]:
    """A layer has no effect: Dropout with rate 0, a linear Activation, Flatten of a flat input, a Reshape to the same
    shape, padding or cropping by 0, or upsampling by 1.

    A linear Activation that has its own name or dtype, or is the model's output, is not reported.

    Fix: Remove it, or set the intended value.

    Fails:
        {"class_name": "Sequential", "config": {"name": "m", "layers": [
          {"class_name": "LSTM", "config": {"units": 10, "batch_input_shape": [null, 13, 5]}},
          {"class_name": "Flatten", "config": {}},
          {"class_name": "Dense", "config": {"units": 1}}]}}

    Passes:
        {"class_name": "Sequential", "config": {"name": "m", "layers": [
          {"class_name": "LSTM", "config": {"units": 10, "return_sequences": true, "batch_input_shape": [null, 13, 5]}},
          {"class_name": "Flatten", "config": {}},
          {"class_name": "Dense", "config": {"units": 1}}]}}
    """
    unmasking = {id(drop.row) for drop in masks.drops(model)}  # dropping a mask is an effect; R211 and R213 report it
    index = index_of(model)
    for row in (*index.having(lambda facts: facts.drops_units), *index.of(*_CANDIDATES)):
        why = _no_effect(row) if id(row) not in unmasking else None
        if why is not None and not row.is_output and row.layer.compute_dtype == _dtype_before(row):
            yield violation(
                f"{row.class_name} {show(row.name)} has no effect: {why}",
                "Remove it, or set the intended value.",
                row.name,
                row.pointer,
            )


_SIZES = {
    "ZeroPadding1D": ("padding", 0), "ZeroPadding2D": ("padding", 0), "ZeroPadding3D": ("padding", 0),
    "Cropping1D": ("cropping", 0), "Cropping2D": ("cropping", 0), "Cropping3D": ("cropping", 0),
    "UpSampling1D": ("size", 1), "UpSampling2D": ("size", 1), "UpSampling3D": ("size", 1),
}  # fmt: skip
_CANDIDATES = ("Activation", "Flatten", "Reshape", *_SIZES)


def _no_effect(row: LayerSummary) -> str | None:
    """Return why a layer has no effect; None if it has one."""
    name, config, shape = row.class_name, row.config, row.input_shape
    if row.layer.facts.drops_units:
        rate = config.get("rate")
        return "its rate is 0" if isinstance(rate, int | float) and rate == 0 else None
    if name == "Activation":
        linear = activation_name(config.get("activation")) == "linear"
        return "its activation is linear" if linear and row.name.startswith("activation") else None
    if shape is None:
        return None
    if name == "Flatten":
        return f"its input {format_shape(shape)} is already flat" if len(shape) == 2 else None
    if name == "Reshape":
        same = shape == row.output_shape and shape[1:].count(None) == 0
        return f"its input already has the shape {format_shape(shape)}" if same else None
    argument, nothing = _SIZES[name]
    return f"its {argument} is {nothing}" if all(size == nothing for size in flatten(config.get(argument))) else None


def _dtype_before(row: LayerSummary) -> str:
    return row.inbound[0].layer.compute_dtype if row.inbound else row.layer.compute_dtype


@rule("G705", "pool-larger-than-input", "info")
def pool_larger_than_input(model: ModelSummary) -> Iterator[Problem]:
    """A pooling layer with padding "same" has a window that is larger than its input, so every window covers the whole
    axis. On an axis of size 1, the layer has no effect; otherwise, it computes the same as global pooling. With padding
    "valid", Keras would refuse it. Often, the axes of the input are not in the intended order.

    Fix: Use a smaller pool_size, or global pooling.

    Fails:
        {"class_name": "Sequential", "config": {"name": "m", "layers": [
          {"class_name": "MaxPooling1D", "config": {"pool_size": 500, "padding": "same", "batch_input_shape": [null, 1, 500]}},
          {"class_name": "Dense", "config": {"units": 1}}]}}

    Passes:
        {"class_name": "Sequential", "config": {"name": "m", "layers": [
          {"class_name": "MaxPooling1D", "config": {"pool_size": 5, "padding": "same", "batch_input_shape": [null, 500, 1]}},
          {"class_name": "Dense", "config": {"units": 1}}]}}
    """
    if model.spec.dialect not in ("keras2", "keras3"):
        return
    found = False
    for row in index_of(model).of(*(f"{kind}Pooling{rank}D" for kind in ("Max", "Average") for rank in (1, 2, 3))):
        layer: Any = row.layer
        if row.input_shape is None or layer.failed or not layer.known or layer.padding != "same":
            continue
        sizes = layer.split(row.input_shape)[1]
        for size, window, stride in zip(sizes, layer.windows, layer.strides, strict=False):
            if size is None or window <= size or not (stride >= size or window >= 2 * size - 1):
                continue
            if size == 1 and found:  # a pooling before it left one step
                continue
            found = True
            kind = "maximum" if row.class_name.startswith("Max") else "mean"
            effect = "the layer has no effect" if size == 1 else f"it takes the {kind} of the whole axis"
            yield violation(
                f"{row.class_name} {show(row.name)} has a window of {window} over {size} step{'s' if size != 1 else ''} of its"
                f" input {format_shape(row.input_shape)}: with padding 'same', {effect}",
                f"Use a smaller pool_size{'' if size == 1 else ', or global pooling'}, and check the order of the input's"
                " axes.",
                row.name,
                row.spec.argument_pointer("pool_size"),
            )
            break


@rule("G706", "frozen-wrapper-trains", "warning")
def frozen_wrapper_trains(model: ModelSummary) -> Iterator[Problem]:
    """A wrapper (Bidirectional, TimeDistributed, RNN, MultiHeadAttention, ConvLSTM) has trainable=false, but the layers
    inside it do not. When Keras 3 loads the file, the wrapper's flag does not reach the weights inside, so they still
    train. tf.keras freezes them.

    Fix: Set trainable to false on the inner layer too, or set `layer.trainable = False` on the loaded model, which
    reaches all layers inside.

    Fails:
        {"class_name": "Sequential", "module": "keras", "registered_name": null, "config": {"name": "m", "layers": [
          {"class_name": "InputLayer", "module": "keras.layers", "registered_name": null, "config": {"name": "x", "batch_shape": [null, 13, 5]}},
          {"class_name": "Bidirectional", "module": "keras.layers", "registered_name": null, "config": {"name": "b", "trainable": false,
            "layer": {"class_name": "LSTM", "module": "keras.layers", "registered_name": null, "config": {"name": "lstm", "units": 10}}}}]}}

    Passes:
        {"class_name": "Sequential", "module": "keras", "registered_name": null, "config": {"name": "m", "layers": [
          {"class_name": "InputLayer", "module": "keras.layers", "registered_name": null, "config": {"name": "x", "batch_shape": [null, 13, 5]}},
          {"class_name": "Bidirectional", "module": "keras.layers", "registered_name": null, "config": {"name": "b", "trainable": false,
            "layer": {"class_name": "LSTM", "module": "keras.layers", "registered_name": null, "config": {"name": "lstm", "units": 10, "trainable": false}}}}]}}
    """
    if model.spec.dialect != "keras3":
        return
    for row in index_of(model).rows:
        if row.spec.trainable or row.nested is not None or not row.params:
            continue
        layer: Layer = row.layer
        if not layer.sublayers and layer.weights_follow_trainable:
            continue
        trained = layer.trained_params()
        if trained:
            inside = listing([show(inner.name) for inner in layer.sublayers]) or "the weights inside it"
            yield violation(
                f"{row.class_name} {show(row.name)} has trainable=false, but Keras 3 trains {trained:,} of its {row.params:,}"
                f" parameters, because the flag does not reach {inside}",
                ("Set trainable to false on the inner layer too, or set" if layer.sublayers else "Set")
                + " layer.trainable = False on the loaded model.",
                row.name,
                row.spec.argument_pointer("trainable"),
            )


reported("G714", "unused-suppression", "warning", raised_by="filtering")(
    """A suppression no longer matches anything. It would hide the next finding at that place.

    Fix: Remove it.

    Fails:
        {"class_name": "Sequential", "lstmlint": {"ignore": ["R201"]}, "config": {"name": "m", "layers": [
          {"class_name": "LSTM", "config": {"units": 10, "batch_input_shape": [null, 13, 5]}}]}}

    Passes:
        {"class_name": "Sequential", "lstmlint": {"ignore": ["R201"]}, "config": {"name": "m", "layers": [
          {"class_name": "LSTM", "config": {"units": 10, "batch_input_shape": [null, 1, 13]}}]}}

    References: docs/suppression.md
    """
)


reported("G715", "stale-baseline-entry", "info", raised_by="filtering")(
    """The baseline has an entry for a finding that no longer exists. It would hide the next finding at that place.

    Fix: Run lstmlint with `--baseline FILE --write-baseline FILE`, which only removes entries.

    References: docs/suppression.md
    """
)


reported("G716", "bad-suppression", "warning", raised_by="filtering")(
    """A suppression in the file is invalid: it names no existing rule, or is malformed. Other suppressions still apply.

    Fix: Follow the message. In the settings file, the same mistake is an error that stops the run.

    Fails:
        {"class_name": "Sequential", "lstmlint": {"ignore": ["R2O1"]}, "config": {"name": "m", "layers": [
          {"class_name": "LSTM", "config": {"units": 10, "batch_input_shape": [null, 13, 5]}}]}}

    Passes:
        {"class_name": "Sequential", "lstmlint": {"ignore": ["R201"]}, "config": {"name": "m", "layers": [
          {"class_name": "LSTM", "config": {"units": 10, "batch_input_shape": [null, 1, 13]}}]}}

    References: docs/suppression.md
    """
)


reported("G717", "stale-output", "info", raised_by="programs")(
    """The summary that a notebook stores shows another number of parameters than the model that its code builds: the code
    was changed after it ran. Only models that are read exactly are compared.

    Fix: Run the notebook again, or remove its outputs.
    """
)
