"""S: how layers are joined, and what the file records of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lstmlint.inference.summary import ModelSummary
from lstmlint.model.findings import Problem
from lstmlint.model.shapes import flatten
from lstmlint.model.spec import TensorRef
from lstmlint.rules.index import models_of
from lstmlint.rules.registry import reported, rule, violation


@reported("S121", "sequential-multi-output", "error")
def sequential_multi_output() -> None:
    """A layer with several outputs stands in a Sequential, where the next layer takes one.

    Fix: return_state false, or the functional API.

    Fails:
        {"class_name": "Sequential", "config": {"name": "m", "layers": [
          {"class_name": "LSTM", "config": {"units": 10, "return_state": true, "batch_input_shape": [null, 13, 5]}},
          {"class_name": "Dense", "config": {"units": 1}}]}}

    Passes:
        {"class_name": "Sequential", "config": {"name": "m", "layers": [
          {"class_name": "LSTM", "config": {"units": 10, "batch_input_shape": [null, 13, 5]}},
          {"class_name": "Dense", "config": {"units": 1}}]}}
    """


@reported("S122", "input-arity", "error")
def input_arity() -> None:
    """A layer gets more or fewer tensors than it takes.

    Fix: merge them before, or connect the missing ones.

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


@reported("S124", "dangling-inbound", "error")
def dangling_inbound() -> None:
    """An input of a layer or of the model names a layer, a call or an output that does not exist.

    Fix: name one that does.

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


@reported("S125", "cycle", "error")
def cycle() -> None:
    """Layers wait for each other's outputs; a Keras model is a graph without cycles.

    Fix: cut the cycle.

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


@reported("S127", "duplicate-layer-name", "error")
def duplicate_layer_name() -> None:
    """Two layers of a model share a name; Keras refuses the model.

    Fix: rename one of them.

    Fails:
        {"class_name": "Sequential", "config": {"name": "m", "layers": [
          {"class_name": "LSTM", "config": {"name": "a", "units": 10, "batch_input_shape": [null, 13, 5]}},
          {"class_name": "Dense", "config": {"name": "a", "units": 1}}]}}

    Passes:
        {"class_name": "Sequential", "config": {"name": "m", "layers": [
          {"class_name": "LSTM", "config": {"name": "a", "units": 10, "batch_input_shape": [null, 13, 5]}},
          {"class_name": "Dense", "config": {"name": "b", "units": 1}}]}}
    """


@reported("S130", "stale-build-config", "warning")
def stale_build_config() -> None:
    """Keras 3 builds weights from build_config, not from the graph: an edited file loads, with weights that do not
    fit what arrives, and fails when it runs.

    Fix: correct build_config, or save the model again.

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


@reported("S131", "stale-tensor-shape", "warning")
def stale_tensor_shape() -> None:
    """The shape that the file records for a tensor is not the one that the layers before it give.

    Fix: save the model again; if the recorded shape is right, a layer before it was changed by hand.

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


@reported("S134", "shared-layer-shape", "error")
def shared_layer_shape() -> None:
    """A layer that is called several times gets an input of another rank, or of another width, than it was built
    for: its weights do not fit.

    Fix: a layer of its own for each width, or inputs of one shape.

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


@reported("S137", "nested-model-input", "error")
def nested_model_input() -> None:
    """A nested model gets a shape for which it was not built.

    Fix: change its input, or what feeds it.

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


@reported("S139", "stored-weights-differ", "error")
def stored_weights_differ() -> None:
    """The weights stored beside the model (in a .keras archive, an .h5 file or a TensorFlow.js manifest) have other
    shapes than its architecture asks for; Keras cannot load the two together.

    Fix: the architecture that the weights were saved with, or the weights that belong to it.
    """


@reported("S140", "unattributed-weights", "warning")
def unattributed_weights() -> None:
    """Weights stored with the model belong to none of its layers, so the total does not include them.

    Layers from a hub, and layers that hold a whole network, often store their weights under names of their own. The
    total is marked incomplete. Budgets count the stored parameters.

    Fix: use the config that was saved with the weights, or describe your own layers in the settings.
    """


@rule("S126", "input-not-used", "warning")
def input_not_used(model: ModelSummary) -> Iterator[Problem]:
    """No output depends on one of the model's inputs: Keras builds the model and asks for it all the same.

    Fix: connect it, or remove it from input_layers.

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
                    f"no output depends on the input {row.name!r}; Keras asks for it all the same",
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


@reported("S128", "bad-layer-name", "error", refines=("E007",))
def bad_layer_name(problem: Problem, model: ModelSummary) -> Problem | None:
    """A layer's name has a slash in it, or is no string; Keras 3 refuses it, since slashes join the names of nested
    layers. (tf.keras took such names, and Keras 1 and 2 wrote them.)

    Fix: another name, and the same in the references to it.

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
    advice = f"Name it {name!r}, here and where it is referred to." if "/" in problem.layer else problem.help
    return violation(problem.message, advice, problem.layer, problem.pointer, problem.severity)


@rule("S129", "empty-model", "warning")
def empty_model(model: ModelSummary) -> Iterator[Problem]:
    """A model without layers: Keras loads it, and raises a ValueError as soon as it is used.

    Fix: add layers.

    Fails:
        {"class_name": "Sequential", "config": {"name": "m", "layers": []}}

    Passes:
        {"class_name": "Sequential", "config": {"name": "m", "layers": [
          {"class_name": "LSTM", "config": {"units": 10, "batch_input_shape": [null, 13, 5]}}]}}
    """
    for part in models_of(model):
        if not part.layers:
            yield violation(
                f"the {part.class_name} {part.name!r} has no layers: Keras raises a ValueError when it is used",
                "Add layers, an InputLayer and a Dense for instance.",
                pointer=part.spec.pointer,
            )
