"""S: how layers are joined, and what the file records of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lstmlint.inference.summary import ModelSummary
from lstmlint.model.findings import Problem
from lstmlint.model.shapes import flatten
from lstmlint.model.spec import TensorRef
from lstmlint.model.values import show
from lstmlint.rules.index import models_of
from lstmlint.rules.registry import refined, reported, rule, violation

reported("S121", "sequential-multi-output", "error", raised_by="inference layers")(
    """A layer with several outputs is part of a Sequential, where the next layer accepts only one input.

    Fix: Set return_state to false, or use the functional API.

    Fails:
        {"class_name": "Sequential", "config": {"name": "m", "layers": [
          {"class_name": "LSTM", "config": {"units": 10, "return_state": true, "batch_input_shape": [null, 13, 5]}},
          {"class_name": "Dense", "config": {"units": 1}}]}}

    Passes:
        {"class_name": "Sequential", "config": {"name": "m", "layers": [
          {"class_name": "LSTM", "config": {"units": 10, "batch_input_shape": [null, 13, 5]}},
          {"class_name": "Dense", "config": {"units": 1}}]}}
    """
)


reported("S122", "input-arity", "error", raised_by="inference layers validation")(
    """A layer receives more or fewer tensors than it accepts.

    Fix: Merge the tensors first, or connect the missing ones.

    Fails:
        {"class_name": "Functional", "config": {"name": "m", "layers": [
          {"class_name": "InputLayer", "name": "a", "config": {"batch_input_shape": [null, 13, 5]}, "inbound_nodes": []},
          {"class_name": "InputLayer", "name": "b", "config": {"batch_input_shape": [null, 12, 5]}, "inbound_nodes": []},
          {"class_name": "Dense", "name": "c", "config": {"units": 4}, "inbound_nodes": [[["a", 0, 0], ["b", 0, 0]]]}],
          "input_layers": [["a", 0, 0], ["b", 0, 0]], "output_layers": [["c", 0, 0]]}}

    Passes:
        {"class_name": "Functional", "config": {"name": "m", "layers": [
          {"class_name": "InputLayer", "name": "a", "config": {"batch_input_shape": [null, 13, 5]}, "inbound_nodes": []},
          {"class_name": "Dense", "name": "c", "config": {"units": 4}, "inbound_nodes": [[["a", 0, 0]]]}],
          "input_layers": [["a", 0, 0]], "output_layers": [["c", 0, 0]]}}
    """
)


reported("S124", "dangling-inbound", "error", raised_by="inference")(
    """An input of a layer or of the model refers to a layer, call, or output that does not exist.

    Fix: Refer to an existing one.

    Fails:
        {"class_name": "Functional", "config": {"name": "m", "layers": [
          {"class_name": "InputLayer", "name": "a", "config": {"batch_input_shape": [null, 13, 5]}, "inbound_nodes": []},
          {"class_name": "LSTM", "name": "lstm", "config": {"units": 4}, "inbound_nodes": [[["b", 0, 0]]]}],
          "input_layers": [["a", 0, 0]], "output_layers": [["lstm", 0, 0]]}}

    Passes:
        {"class_name": "Functional", "config": {"name": "m", "layers": [
          {"class_name": "InputLayer", "name": "a", "config": {"batch_input_shape": [null, 13, 5]}, "inbound_nodes": []},
          {"class_name": "LSTM", "name": "lstm", "config": {"units": 4}, "inbound_nodes": [[["a", 0, 0]]]}],
          "input_layers": [["a", 0, 0]], "output_layers": [["lstm", 0, 0]]}}
    """
)


reported("S125", "cycle", "error", raised_by="inference")(
    """Layers depend on each other's outputs in a cycle. A Keras model must be acyclic.

    Fix: Remove one of the connections.

    Fails:
        {"class_name": "Functional", "config": {"name": "m", "layers": [
          {"class_name": "InputLayer", "name": "a", "config": {"batch_input_shape": [null, 5]}, "inbound_nodes": []},
          {"class_name": "Add", "name": "sum", "config": {}, "inbound_nodes": [[["a", 0, 0], ["dense", 0, 0]]]},
          {"class_name": "Dense", "name": "dense", "config": {"units": 5}, "inbound_nodes": [[["sum", 0, 0]]]}],
          "input_layers": [["a", 0, 0]], "output_layers": [["dense", 0, 0]]}}

    Passes:
        {"class_name": "Functional", "config": {"name": "m", "layers": [
          {"class_name": "InputLayer", "name": "a", "config": {"batch_input_shape": [null, 5]}, "inbound_nodes": []},
          {"class_name": "Add", "name": "sum", "config": {}, "inbound_nodes": [[["a", 0, 0], ["a", 0, 0]]]},
          {"class_name": "Dense", "name": "dense", "config": {"units": 5}, "inbound_nodes": [[["sum", 0, 0]]]}],
          "input_layers": [["a", 0, 0]], "output_layers": [["dense", 0, 0]]}}
    """
)


reported("S127", "duplicate-layer-name", "error", raised_by="inference parsing")(
    """Two layers of a model have the same name. Keras refuses the model.

    Fix: Rename one of them.

    Fails:
        {"class_name": "Sequential", "config": {"name": "m", "layers": [
          {"class_name": "LSTM", "config": {"name": "a", "units": 10, "batch_input_shape": [null, 13, 5]}},
          {"class_name": "Dense", "config": {"name": "a", "units": 1}}]}}

    Passes:
        {"class_name": "Sequential", "config": {"name": "m", "layers": [
          {"class_name": "LSTM", "config": {"name": "a", "units": 10, "batch_input_shape": [null, 13, 5]}},
          {"class_name": "Dense", "config": {"name": "b", "units": 1}}]}}
    """
)


reported("S130", "stale-build-config", "warning", raised_by="layers validation")(
    """The shape in build_config differs from the shape the layer receives. Keras 3 builds weights from build_config,
    not from the graph, so they do not fit. It refuses layers that check their input, such as Dense; for these, the finding
    is an error. Others, such as LSTM, load but fail when they run. tf.keras ignores build_config in JSON.

    Fix: Correct build_config, or save the model again.

    Fails:
        {"module": "keras.src.models.functional", "registered_name": "Functional", "class_name": "Functional", "config": {"name": "m", "layers": [
          {"module": "keras.layers", "class_name": "InputLayer", "name": "x", "config": {"name": "x", "batch_shape": [null, 13, 5]},
           "inbound_nodes": []},
          {"module": "keras.layers", "class_name": "LSTM", "name": "lstm", "config": {"name": "lstm", "units": 10},
           "build_config": {"input_shape": [null, 13, 7]}, "inbound_nodes": [{"kwargs": {}, "args": [
             {"class_name": "__keras_tensor__", "config": {"shape": [null, 13, 5], "dtype": "float32", "keras_history": ["x", 0, 0]}}]}]}],
          "input_layers": [["x", 0, 0]], "output_layers": [["lstm", 0, 0]]}}

    Passes:
        {"module": "keras.src.models.functional", "registered_name": "Functional", "class_name": "Functional", "config": {"name": "m", "layers": [
          {"module": "keras.layers", "class_name": "InputLayer", "name": "x", "config": {"name": "x", "batch_shape": [null, 13, 5]},
           "inbound_nodes": []},
          {"module": "keras.layers", "class_name": "LSTM", "name": "lstm", "config": {"name": "lstm", "units": 10},
           "build_config": {"input_shape": [null, 13, 5]}, "inbound_nodes": [{"kwargs": {}, "args": [
             {"class_name": "__keras_tensor__", "config": {"shape": [null, 13, 5], "dtype": "float32", "keras_history": ["x", 0, 0]}}]}]}],
          "input_layers": [["x", 0, 0]], "output_layers": [["lstm", 0, 0]]}}
    """
)


reported("S131", "stale-tensor-shape", "warning", raised_by="inference")(
    """The shape recorded for a tensor differs from the shape that the layers before it produce.

    Fix: Save the model again. If the recorded shape is right, a layer before it was edited by hand.

    Fails:
        {"module": "keras.src.models.functional", "registered_name": "Functional", "class_name": "Functional", "config": {"name": "m", "layers": [
          {"module": "keras.layers", "class_name": "InputLayer", "name": "x", "config": {"name": "x", "batch_shape": [null, 13, 5]},
           "inbound_nodes": []},
          {"module": "keras.layers", "class_name": "LSTM", "name": "lstm", "config": {"name": "lstm", "units": 10},
           "build_config": {"input_shape": [null, 13, 5]}, "inbound_nodes": [{"kwargs": {}, "args": [
             {"class_name": "__keras_tensor__", "config": {"shape": [null, 13, 6], "dtype": "float32", "keras_history": ["x", 0, 0]}}]}]}],
          "input_layers": [["x", 0, 0]], "output_layers": [["lstm", 0, 0]]}}

    Passes:
        {"module": "keras.src.models.functional", "registered_name": "Functional", "class_name": "Functional", "config": {"name": "m", "layers": [
          {"module": "keras.layers", "class_name": "InputLayer", "name": "x", "config": {"name": "x", "batch_shape": [null, 13, 5]},
           "inbound_nodes": []},
          {"module": "keras.layers", "class_name": "LSTM", "name": "lstm", "config": {"name": "lstm", "units": 10},
           "build_config": {"input_shape": [null, 13, 5]}, "inbound_nodes": [{"kwargs": {}, "args": [
             {"class_name": "__keras_tensor__", "config": {"shape": [null, 13, 5], "dtype": "float32", "keras_history": ["x", 0, 0]}}]}]}],
          "input_layers": [["x", 0, 0]], "output_layers": [["lstm", 0, 0]]}}
    """
)


reported("S134", "shared-layer-shape", "error", raised_by="inference layers")(
    """A shared layer receives an input whose rank or width differs from the one it was built for, so its weights do not
    fit.

    Fix: Use a separate layer for each width, or inputs of the same shape.

    Fails:
        {"class_name": "Functional", "config": {"name": "m", "layers": [
          {"class_name": "InputLayer", "name": "a", "config": {"batch_input_shape": [null, 13, 5]}, "inbound_nodes": []},
          {"class_name": "InputLayer", "name": "b", "config": {"batch_input_shape": [null, 13, 4]}, "inbound_nodes": []},
          {"class_name": "BatchNormalization", "name": "c", "config": {}, "inbound_nodes": [[["a", 0, 0]], [["b", 0, 0]]]}],
          "input_layers": [["a", 0, 0], ["b", 0, 0]], "output_layers": [["c", 0, 0], ["c", 1, 0]]}}

    Passes:
        {"class_name": "Functional", "config": {"name": "m", "layers": [
          {"class_name": "InputLayer", "name": "a", "config": {"batch_input_shape": [null, 13, 5]}, "inbound_nodes": []},
          {"class_name": "InputLayer", "name": "b", "config": {"batch_input_shape": [null, 12, 5]}, "inbound_nodes": []},
          {"class_name": "BatchNormalization", "name": "c", "config": {}, "inbound_nodes": [[["a", 0, 0]], [["b", 0, 0]]]}],
          "input_layers": [["a", 0, 0], ["b", 0, 0]], "output_layers": [["c", 0, 0], ["c", 1, 0]]}}
    """
)


reported("S137", "nested-model-input", "error", raised_by="inference")(
    """A nested model receives an input of a shape that it was not built for.

    Fix: Change the nested model's input, or the layer that feeds it.

    Fails:
        {"class_name": "Functional", "config": {"name": "m", "layers": [
          {"class_name": "InputLayer", "name": "x", "config": {"batch_input_shape": [null, 6]}, "inbound_nodes": []},
          {"class_name": "Sequential", "config": {"name": "inner", "layers": [{"class_name": "Dense", "config": {"name": "d", "units": 2, "batch_input_shape": [null, 5]}}]}, "name": "inner", "inbound_nodes": [[["x", 0, 0]]]}],
          "input_layers": [["x", 0, 0]], "output_layers": [["inner", 1, 0]]}}

    Passes:
        {"class_name": "Functional", "config": {"name": "m", "layers": [
          {"class_name": "InputLayer", "name": "x", "config": {"batch_input_shape": [null, 5]}, "inbound_nodes": []},
          {"class_name": "Sequential", "config": {"name": "inner", "layers": [{"class_name": "Dense", "config": {"name": "d", "units": 2, "batch_input_shape": [null, 5]}}]}, "name": "inner", "inbound_nodes": [[["x", 0, 0]]]}],
          "input_layers": [["x", 0, 0]], "output_layers": [["inner", 1, 0]]}}
    """
)


reported("S139", "stored-weights-differ", "error", raised_by="inference")(
    """Stored weights (in a `.keras` archive, an `.h5` file, or a TensorFlow.js manifest) have different shapes than the
    config requires. Keras cannot load the two together.

    Fix: Use the config that the weights were saved with, or the weights that belong to this config.
    """
)


reported("S140", "unattributed-weights", "warning", raised_by="inference")(
    """Weights stored with the model belong to none of its layers, so the total does not include them and is marked
    incomplete.

    Layers from a hub, and custom layers that hold a whole network, often store their weights under their own names.

    Fix: Use the config that was saved with the weights, or describe your custom layers in the settings.
    """
)


@rule("S126", "input-not-used", "warning")
def input_not_used(model: ModelSummary) -> Iterator[Problem]:
    """No output depends on one of the model's inputs. Keras builds the model and still requires the input; only on JAX
    does Keras 3 run without it.

    Fix: Connect the input, or remove it from input_layers.

    Fails:
        {"class_name": "Functional", "config": {"name": "m", "layers": [
          {"class_name": "InputLayer", "name": "x", "config": {"batch_input_shape": [null, 5]}, "inbound_nodes": []},
          {"class_name": "InputLayer", "name": "z", "config": {"batch_input_shape": [null, 5]}, "inbound_nodes": []},
          {"class_name": "Dense", "name": "y", "config": {"units": 1}, "inbound_nodes": [[["x", 0, 0]]]}],
          "input_layers": [["x", 0, 0], ["z", 0, 0]], "output_layers": [["y", 0, 0]]}}

    Passes:
        {"class_name": "Functional", "config": {"name": "m", "layers": [
          {"class_name": "InputLayer", "name": "x", "config": {"batch_input_shape": [null, 5]}, "inbound_nodes": []},
          {"class_name": "Dense", "name": "y", "config": {"units": 1}, "inbound_nodes": [[["x", 0, 0]]]}],
          "input_layers": [["x", 0, 0]], "output_layers": [["y", 0, 0]]}}
    """
    for part in models_of(model):
        declared = _declared_inputs(part)
        needed = _needed_by_outputs(part) if len(declared) > 1 else set()
        for row in part.layers if needed else ():
            if row.feeds and not any(consumer.reached for consumer in row.consumers):  # G701 says it of them
                continue
            if row.name in declared and id(row) not in needed and row.class_name == "InputLayer":
                yield violation(
                    f"no output depends on the input {show(row.name)}, but Keras still requires it",
                    "Connect it, or remove it from input_layers.",
                    row.name,
                    row.pointer,
                )


def _declared_inputs(model: ModelSummary) -> set[str]:
    """The names of the layers that are a functional model's inputs."""
    found: list[Any] = flatten(model.spec.inputs)
    return {ref.layer for ref in found if isinstance(ref, TensorRef)}


def _needed_by_outputs(model: ModelSummary) -> set[int]:
    """The rows that some output depends on, by id."""
    rows = {row.name: row for row in model.layers}
    waiting = list(model.output_layers)
    needed = {id(row) for row in waiting}
    while waiting:
        for call in waiting.pop().spec.calls:
            for ref in call.references:
                source = rows.get(ref.layer)
                if source is not None and id(source) not in needed:
                    needed.add(id(source))
                    waiting.append(source)
    return needed


@refined("S128", "bad-layer-name", "error", refines=("E007",))
def bad_layer_name(problem: Problem, model: ModelSummary) -> Problem | None:
    """A layer's name is not a string, or contains a slash. Keras 3 refuses it, since slashes separate the names of
    nested layers. tf.keras accepted such names, and Keras 1 and 2 wrote them.

    Fix: Rename the layer, and every reference to it.

    Fails:
        {"class_name": "Sequential", "module": "keras", "registered_name": null, "config": {"name": "m", "layers": [
          {"class_name": "InputLayer", "module": "keras.layers", "registered_name": null, "config": {"name": "x", "batch_shape": [null, 5]}},
          {"class_name": "Dense", "module": "keras.layers", "registered_name": null, "config": {"name": "head/price", "units": 1}}]}}

    Passes:
        {"class_name": "Sequential", "module": "keras", "registered_name": null, "config": {"name": "m", "layers": [
          {"class_name": "InputLayer", "module": "keras.layers", "registered_name": null, "config": {"name": "x", "batch_shape": [null, 5]}},
          {"class_name": "Dense", "module": "keras.layers", "registered_name": null, "config": {"name": "head_price", "units": 1}}]}}
    """
    if not problem.pointer.endswith("/config/name") or problem.layer is None:
        return None
    name = problem.layer.replace("/", "_")
    advice = f"Name it {show(name)}, here and where it is referred to." if "/" in problem.layer else problem.help
    return violation(problem.message, advice, problem.layer, problem.pointer, problem.severity)


@rule("S129", "empty-model", "warning")
def empty_model(model: ModelSummary) -> Iterator[Problem]:
    """The model has no layers. Keras 3 loads it, but raises a ValueError when it is used. tf.keras returns the input.

    Fix: Add layers.

    Fails:
        {"class_name": "Sequential", "config": {"name": "m", "layers": []}}

    Passes:
        {"class_name": "Sequential", "config": {"name": "m", "layers": [
          {"class_name": "LSTM", "config": {"units": 10, "batch_input_shape": [null, 13, 5]}}]}}
    """
    effects = {"keras3": "Keras 3 raises a ValueError when it is used", "keras2": "tf.keras returns its input"}
    effect = effects.get(model.spec.dialect, "it computes nothing")
    for part in models_of(model):
        if not part.layers:
            yield violation(
                f"the {part.class_name} {show(part.name)} has no layers: {effect}",
                "Add layers, for example an InputLayer and a Dense.",
                pointer=part.spec.pointer,
            )
