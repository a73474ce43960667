"""Explain the count of a layer: its weights, its formula, what the numbers mean, or why the count is unknown."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from lstmlint.explaining import arithmetic
from lstmlint.explaining.explanation import Explanation, LayerExplanation, WeightExplanation
from lstmlint.explaining.language import counted, marked, text
from lstmlint.explaining.recipe_selection import Inner, choose, inner_layers, returns_sequences
from lstmlint.explaining.recipes import Facts, Parts
from lstmlint.explaining.recurrent import GateSlice, gate_slices
from lstmlint.inference import NestedModel
from lstmlint.inference.summary import LayerSummary, ModelSummary
from lstmlint.layers import find
from lstmlint.layers.base import Layer, Weight
from lstmlint.layers.rnn import RNN, Gated, RecurrentLayer, StackedRNNCells
from lstmlint.layers.user_defined import DescribedLayer
from lstmlint.layers.wrappers import Bidirectional, TimeDistributed
from lstmlint.model.findings import UsageError, listing
from lstmlint.model.shapes import Dim, Shape, format_shape
from lstmlint.model.spec import LayerSpec
from lstmlint.model.values import brief, show


def leaves(explanation: Explanation) -> Iterator[LayerExplanation]:
    """Yield the layers that count by themselves: a nested model is replaced by its layers."""
    for layer in explanation.layers:
        row = layer.row
        if row is None or row.nested is None:
            yield layer
            continue
        for path, inner in row.nested.walk_paths(f"{layer.path}/"):
            if inner.nested is None and inner.used and inner.weights:
                yield explain_row(inner, path, None)


def find_rows(summary: ModelSummary, name: str) -> list[tuple[str, LayerSummary]]:
    """Return the layers with a path, else those with this name anywhere, else those that wrap a layer with this name.

    Raises: UsageError if there are none.
    """
    everything = list(summary.walk_paths())
    for matches in (
        [item for item in everything if item[0] == name],
        [item for item in everything if item[1].name == name],
        [item for item in everything if name in _inner_names(item[1].layer)],
    ):
        if matches:
            return matches
    from lstmlint.model.suggestions import did_you_mean

    known = {path for path, _ in everything} | {row.name for _, row in everything}
    hint = did_you_mean(name, known)
    if not hint:
        owners = [path for path, row in everything if row.weights and row.nested is None]
        hint = f"; its layers with weights are {listing(owners)}" if owners else "; none of its layers has weights"
    raise UsageError(f"model {show(summary.name)} has no layer {show(name)}{hint}")


def _inner_names(layer: Layer) -> set[str]:
    if isinstance(layer, NestedModel):  # its layers have their own rows
        return set()
    # A Bidirectional renames the layer that it wraps; the name in the file is in its config.
    names = {value.name for value in layer.spec.config.values() if isinstance(value, LayerSpec)}
    for inner in layer.sublayers:
        names |= {inner.name} | _inner_names(inner)
    return names


def explain_row(row: LayerSummary, path: str, summary: ModelSummary | None) -> LayerExplanation:
    """Explain a layer of a model."""
    trainable = any(weight.trainable for weight in row.weights) or not row.weights or not row.layer.trainable
    facts = facts_of(row, summary)
    found = explain_layer(Inner(row.layer, facts), path, trainable)
    found.row = row
    found.pointer = row.pointer
    found.params, found.trainable_params = row.params, row.trainable_params
    found.input_shapes, found.output_shapes = row.input_shapes, row.output_shapes
    if row.params is not None and (found.recipe is None or found.recipe.value != row.params):
        use_stored(found, row, trainable)
    if row.params is None:
        found.reason = why_unknown(row, summary)
        if found.formula is not None and arithmetic.value(found.formula) is not None:
            found.formula = None  # it means nothing if Keras refuses the layer
    found.notes = [*notes_of(row), *found.notes]
    return found


def use_stored(found: LayerExplanation, row: LayerSummary, trainable: bool) -> None:
    """Explain a layer by the weights stored in the file."""
    if row.nested is not None and isinstance(row.layer, NestedModel):
        inner = [explain_row(one, f"{found.path}/{one.name}", None) for one in row.nested.layers if one.used]
        found.parts = inner
        found.formula = arithmetic.plus(*(arithmetic.Number(one.params, one.name) for one in inner if one.params))
        return
    if not row.weights:
        return
    found.recipe = choose(row.layer, found.facts, row.weights)
    found.formula = None if found.recipe is None else found.recipe.formula()
    found.weights = [explain_weight(weight, row.layer, trainable) for weight in row.weights]
    found.sentence, found.parts = sentence_of(row.layer, found), []
    found.notes.append(text("The weights come from the file, not from the config."))


def explain_layer(inner: Inner, path: str, trainable: bool = True) -> LayerExplanation:
    """Explain a layer and the layers inside it."""
    layer, facts = inner.layer, inner.facts
    known = layer.all_known()
    weights = list(layer.all_weights(trainable))
    found = LayerExplanation(
        path, layer.name, layer.class_name, layer.spec.pointer, None, None, [facts.input_shape], [facts.output_shape]
    )
    if known:
        found.params = sum(weight.size for weight in weights)
        found.trainable_params = sum(weight.size for weight in weights if weight.trainable)
    found.is_model = isinstance(layer, NestedModel)
    own = [] if found.is_model else layer.own_weights
    trained = trainable and layer.trains()
    found.weights = [explain_weight(weight, layer, trained) for weight in own]
    found.facts, found.recipe = facts, choose(layer, facts)
    if layer.context.dialect != "keras3":  # in Keras 3 only the flags of the weights count
        trainable = trained
    found.parts = [explain_layer(part, f"{path}/{part.layer.name}", trainable) for part in inner_layers(layer, facts)]
    if found.recipe is not None:
        found.formula = found.recipe.formula()
        if isinstance(found.recipe, Parts) and isinstance(layer, NestedModel | StackedRNNCells):
            found.formula = found.recipe.summary()
        found.sentence = sentence_of(layer, found)
    return found


# A sentence that begins with one of these gets a capital; the name of an argument or a weight keeps its case.
OPENINGS = marked("first |each |the |other |it |one ")
# Whether TimeDistributed runs a model, and whether there are several timesteps -> what it does.
TIME_DISTRIBUTED = {
    (False, False): marked("TimeDistributed runs the same layer at every timestep and has no weights of its own."),
    (False, True): marked(
        "TimeDistributed runs the same layer at each of the {timesteps} timesteps and has no weights of its own."
    ),
    (True, False): marked("TimeDistributed runs the same model at every timestep and has no weights of its own."),
    (True, True): marked(
        "TimeDistributed runs the same model at each of the {timesteps} timesteps and has no weights of its own."
    ),
}


def sentence_of(layer: Layer, found: LayerExplanation) -> str:
    """Return what the numbers in the formula mean; a wrapper explains the layer that it wraps."""
    recipe, facts = found.recipe, found.facts
    if recipe is None:
        return ""
    if isinstance(layer, NestedModel):
        return text("The layers of a nested model count once, in the model that uses it.")
    if isinstance(layer, StackedRNNCells) or (isinstance(layer, RNN) and isinstance(layer.cell, StackedRNNCells)):
        return text(
            "Each cell takes the output of the cell before it and has its own weights; the number of timesteps never"
            " enters the count."
        )
    roles = recipe.roles(facts)
    if isinstance(layer, TimeDistributed):
        model, many = isinstance(layer.inner, NestedModel), (facts.timesteps or 0) > 1
        runs = text(TIME_DISTRIBUTED[model, many], timesteps=facts.timesteps)
        inside = text("In that layer, {roles}", roles=roles)
        return text("{first} {second}", first=runs, second=inside) if roles else runs
    return roles[:1].upper() + roles[1:] if roles.startswith(tuple(text(OPENINGS).split("|"))) else roles


def explain_weight(weight: Weight, layer: Layer, trainable: bool) -> WeightExplanation:
    """Explain a weight and the slices of its gates."""
    gates: list[GateSlice] = []
    if isinstance(layer, Gated) and not isinstance(layer, RNN | StackedRNNCells):
        gates = gate_slices(weight, layer.gates, layer.class_name.startswith("CuDNN"))
    return WeightExplanation(weight.name, weight.shape, weight.size, weight.trainable and trainable, gates)


def facts_of(row: LayerSummary, summary: ModelSummary | None) -> Facts:
    """Return what surrounds a layer in its model."""
    layer, shape = row.layer, row.input_shape
    facts = Facts(shape, row.output_shape, shape[0] if shape else None)
    sequence, timesteps = time_axis(layer, shape)
    facts = replace(facts, sequence=sequence, timesteps=timesteps)
    recurrent = layer.forward if isinstance(layer, Bidirectional) else layer
    if isinstance(recurrent, RecurrentLayer):
        facts = replace(facts, return_sequences=returns_sequences(recurrent))
    first = next((given for given in summary.inputs if given), None) if summary is not None else None
    if first and len(first) > 1 and row.inbound and first != shape:
        facts = replace(facts, model_features=first[-1])
    if len(row.inbound) == 1 and shape:
        source = row.inbound[0]
        joined = source.class_name != "Bidirectional" or source.config.get("merge_mode") == "concat"
        facts = replace(facts, source=source.class_name if joined else "", source_input=source.input_shape)
    return facts


def time_axis(layer: Layer, shape: Shape) -> tuple[bool, Dim]:
    """Return whether the input has a time axis, and its length."""
    if shape is None:
        return isinstance(layer, RecurrentLayer | Bidirectional | TimeDistributed), None
    recurrent = isinstance(layer, RecurrentLayer | Bidirectional | TimeDistributed)
    if recurrent and len(shape) < 3:  # Keras refuses it
        return True, None
    if isinstance(layer, RecurrentLayer):
        shape = layer.times_first(shape)
    elif recurrent or layer.class_name == "MultiHeadAttention":
        pass
    elif not (layer.class_name == "Embedding" and len(shape) == 2) and not (
        layer.class_name == "Dense" and len(shape) == 3
    ):
        return False, None
    return True, shape[1] if len(shape) > 1 else None


def notes_of(row: LayerSummary) -> list[str]:
    """Return what else affects the count of a layer."""
    notes = []
    if isinstance(row.layer, DescribedLayer):
        notes.append(text("The count of {class_name} comes from the settings.", class_name=brief(row.class_name)))
    if row.calls > 1:
        notes.append(text("The layer is called {calls} times, but its weights count once.", calls=row.calls))
    if not row.used:
        notes.append(
            text("The model's outputs do not depend on this layer, so Keras drops it: it is not in the total.")
        )
    elif not row.reached:
        notes.append(text("The model's outputs do not depend on this layer; Keras 2 keeps it, and it is in the total."))
    if row.params and row.trainable_params is not None and row.trainable_params < row.params:
        kept = row.layer.trained_params() if row.layer.context.dialect == "keras3" and not row.layer.trainable else 0
        if kept:
            notes.append(
                text(
                    "trainable=false is set on {class_name}, not on the layers inside it: Keras 3 reports none of these"
                    " parameters as trainable for the layer, but still trains {number} of them.",
                    class_name=brief(row.class_name),
                    number=f"{kept:,}",
                )
            )
        elif row.trainable_params == 0:
            notes.append(
                text(
                    "None of these parameters is trained: the layer or its model is frozen, or the layer never trains them."
                )
            )
        else:
            frozen = row.params - row.trainable_params
            notes.append(
                counted(
                    "{number} of these parameters is not trained.",
                    "{number} of these parameters are not trained.",
                    frozen,
                    number=f"{frozen:,}",
                )
            )
    return notes


def why_unknown(row: LayerSummary, summary: ModelSummary | None) -> str:
    """Return why the count of a layer is unknown, and what to do about it."""
    if not row.known:
        return text(
            "lstmlint does not know the class {class_name} and its weights. Add it to custom-layers in the settings with its"
            " number of parameters.",
            class_name=brief(row.class_name),
        )
    for inner in _all_inside(row.layer):
        if not inner.known:
            return text(
                "it contains a layer of class {class_name}, which lstmlint does not know.",
                class_name=brief(inner.class_name),
            )
    problems = [] if summary is None else summary.problems
    specs = {id(layer.spec) for layer in (row.layer, *_all_inside(row.layer))}
    for problem in problems:
        if id(problem.data.get("spec")) in specs or (
            problem.layer == row.name and problem.pointer.startswith(row.pointer)
        ):
            if any(layer.failed for layer in (row.layer, *_all_inside(row.layer))):
                return text("Keras refuses the layer: {why}", why=f"{problem.message}. {problem.help}".rstrip())
    if row.input_shape is None:
        if summary is not None and (not summary.inputs or summary.inputs[0] is None):
            return text(
                "the model has no input shape, and the weights depend on the last axis of the input. Set it with"
                " --input-shape, for example --input-shape {example}.",
                example=example_input(summary.layers[0].spec),
            )
        sources = ", ".join(show(source.name) for source in row.inbound)
        if not sources:
            return text("the weights depend on the shape of its input, which is unknown.")
        return text("the weights depend on the shape of {names}, which is unknown.", names=sources)
    return text(
        "its weights depend on a dimension that the input shape {shape} leaves open.",
        shape=format_shape(row.input_shape),
    )


def example_input(spec: LayerSpec) -> str:
    """Return a shape without the batch that fits a layer, and what it means."""
    if spec.model is not None and spec.model.layers:
        return example_input(spec.model.layers[0])
    axes = next((int(number) for number in "123" if f"{number}D" in spec.class_name), 0)
    if axes:
        return "10," * ("LSTM" in spec.class_name) + "32," * axes + "3"
    if getattr(find(spec.class_name), "min_ndim", None) == 2:
        return text("5 for 5 features")
    return text("13,5 for 13 timesteps of 5 features")


def _all_inside(layer: Layer) -> Iterator[Layer]:
    stack = list(layer.sublayers)
    while stack:
        inner = stack.pop()
        yield inner
        stack += inner.sublayers
