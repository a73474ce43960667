"""S: layers that take several tensors: merges, attention, initial states, the two directions of a Bidirectional."""

from __future__ import annotations

from dataclasses import replace
from math import prod

from lstmlint.inference.summary import LayerSummary, ModelSummary
from lstmlint.layers.spatial import SlidingLayer
from lstmlint.model.findings import Problem
from lstmlint.model.shapes import KnownShape, Shape, add, flatten, format_shape
from lstmlint.model.values import show
from lstmlint.rules.index import recurrent, row_of
from lstmlint.rules.registry import refined, reported


@refined("S112", "concat-mismatch", "error", refines=("S112",))
def concat_mismatch(problem: Problem, model: ModelSummary) -> Problem | None:
    """The inputs of Concatenate differ in an axis other than the one they are joined along.

    Fix: Make all other dimensions equal.

    Fails:
        {"class_name": "Functional", "config": {"name": "m", "layers": [
          {"class_name": "InputLayer", "name": "a", "config": {"batch_input_shape": [null, 13, 5]}, "inbound_nodes": []},
          {"class_name": "InputLayer", "name": "b", "config": {"batch_input_shape": [null, 12, 5]}, "inbound_nodes": []},
          {"class_name": "Concatenate", "name": "c", "config": {"axis": -1}, "inbound_nodes": [[["a", 0, 0], ["b", 0, 0]]]}],
          "input_layers": [["a", 0, 0], ["b", 0, 0]], "output_layers": [["c", 0, 0]]}}

    Passes:
        {"class_name": "Functional", "config": {"name": "m", "layers": [
          {"class_name": "InputLayer", "name": "a", "config": {"batch_input_shape": [null, 13, 5]}, "inbound_nodes": []},
          {"class_name": "InputLayer", "name": "b", "config": {"batch_input_shape": [null, 12, 5]}, "inbound_nodes": []},
          {"class_name": "Concatenate", "name": "c", "config": {"axis": 1}, "inbound_nodes": [[["a", 0, 0], ["b", 0, 0]]]}],
          "input_layers": [["a", 0, 0], ["b", 0, 0]], "output_layers": [["c", 0, 0]]}}
    """
    return _better_help(problem, row_of(model, problem.data.get("spec")))


@refined("S113", "merge-mismatch", "error", refines=("S113",))
def merge_mismatch(problem: Problem, model: ModelSummary) -> Problem | None:
    """An element-wise merge (Add, Multiply, Average, ...) receives incompatible shapes.

    Fix: Make the shapes equal, for example with a Dense on one branch.

    Fails:
        {"class_name": "Functional", "config": {"name": "m", "layers": [
          {"class_name": "InputLayer", "name": "a", "config": {"batch_input_shape": [null, 13, 5]}, "inbound_nodes": []},
          {"class_name": "InputLayer", "name": "b", "config": {"batch_input_shape": [null, 13, 4]}, "inbound_nodes": []},
          {"class_name": "Add", "name": "c", "config": {}, "inbound_nodes": [[["a", 0, 0], ["b", 0, 0]]]}],
          "input_layers": [["a", 0, 0], ["b", 0, 0]], "output_layers": [["c", 0, 0]]}}

    Passes:
        {"class_name": "Functional", "config": {"name": "m", "layers": [
          {"class_name": "InputLayer", "name": "a", "config": {"batch_input_shape": [null, 13, 5]}, "inbound_nodes": []},
          {"class_name": "InputLayer", "name": "b", "config": {"batch_input_shape": [null, 13, 5]}, "inbound_nodes": []},
          {"class_name": "Add", "name": "c", "config": {}, "inbound_nodes": [[["a", 0, 0], ["b", 0, 0]]]}],
          "input_layers": [["a", 0, 0], ["b", 0, 0]], "output_layers": [["c", 0, 0]]}}
    """
    return _better_help(problem, row_of(model, problem.data.get("spec")))


@refined("S114", "merge-silent-broadcast", "warning", refines=("S114",))
def merge_silent_broadcast(problem: Problem, model: ModelSummary) -> Problem | None:
    """An element-wise merge receives different shapes that broadcast. Keras builds it silently.

    Common intentional uses are not reported: gates that multiply by a tensor of the same rank, and an Add of shape
    (batch, 1, ..., features) that adds the same vector at every position. A single number added to several outputs, as
    in dueling networks, is an info.

    Fix: If the broadcast is intended, reshape the smaller input explicitly. Otherwise make the shapes equal.

    Fails:
        {"class_name": "Functional", "config": {"name": "m", "layers": [
          {"class_name": "InputLayer", "name": "a", "config": {"batch_input_shape": [null, 13, 5]}, "inbound_nodes": []},
          {"class_name": "InputLayer", "name": "b", "config": {"batch_input_shape": [null, 13, 1]}, "inbound_nodes": []},
          {"class_name": "Add", "name": "c", "config": {}, "inbound_nodes": [[["a", 0, 0], ["b", 0, 0]]]}],
          "input_layers": [["a", 0, 0], ["b", 0, 0]], "output_layers": [["c", 0, 0]]}}

    Passes:
        {"class_name": "Functional", "config": {"name": "m", "layers": [
          {"class_name": "InputLayer", "name": "a", "config": {"batch_input_shape": [null, 13, 5]}, "inbound_nodes": []},
          {"class_name": "InputLayer", "name": "b", "config": {"batch_input_shape": [null, 13, 5]}, "inbound_nodes": []},
          {"class_name": "Add", "name": "c", "config": {}, "inbound_nodes": [[["a", 0, 0], ["b", 0, 0]]]}],
          "input_layers": [["a", 0, 0], ["b", 0, 0]], "output_layers": [["c", 0, 0]]}}
    """
    row = row_of(model, problem.data.get("spec"))
    if row is None or row.class_name != "Add" or not _last(row) or not _one_and_several(problem.data["shapes"]):
        return _better_help(problem, row)
    return replace(problem, severity="info")


def _better_help(problem: Problem, row: LayerSummary | None) -> Problem | None:
    """The problem with the layer to change in its help, where one change makes the shapes fit."""
    if row is None or len(row.inbound) != len(row.input_shapes):
        return None
    shapes = [shape or () for shape in row.input_shapes]
    longest = max(shapes, key=len)
    for source, shape in zip(row.inbound, shapes, strict=True):
        rnn, steps = recurrent(source.layer), source.input_shape
        lost = rnn is not None and not rnn.config.get("return_sequences") and len(shape) + 1 == len(longest)
        fits = row.class_name == "Concatenate" or shape[1:] == longest[2:]
        if lost and fits and steps is not None and steps[:2] == longest[:2]:
            full = format_shape((shape[0], steps[1], *shape[1:]))
            return replace(
                problem, help=f"Set return_sequences to true on {show(source.name)}: its output becomes {full}."
            )
    for source, shape in zip(row.inbound, shapes, strict=True):
        rnn = recurrent(source.layer)
        others = [other for other in shapes if other is not shape]
        if (
            rnn is not None
            and rnn.config.get("return_sequences")
            and {len(other) for other in others} == {len(shape) - 1}
        ):
            short = (shape[0], *shape[2:])
            if row.class_name == "Concatenate" or all(short == other for other in others):
                last_only = (
                    f"Set return_sequences to false on {show(source.name)}: its output becomes {format_shape(short)}."
                )
                return replace(problem, help=last_only)
    last = row.config.get("axis", -1) in (-1, 2)
    if (
        row.class_name == "Concatenate"
        and last
        and {len(shape) for shape in shapes} == {2, 3}
        and longest[1] is not None
    ):
        name, width = next((s.name, shape[1]) for s, shape in zip(row.inbound, shapes, strict=True) if len(shape) == 2)
        repeat = f"RepeatVector({longest[1]}) after {show(name)}, which repeats it for every timestep"
        column = f"Reshape(({longest[1]}, 1)) after {show(name)}, if it is one number per timestep, or "
        return replace(problem, help=f"Add {column if width == longest[1] else ''}{repeat}.")
    padded = _alike_with_padding(row)
    if padded:
        return replace(problem, help=f'Set padding to "same" on {" and ".join(map(show, padded))}.')
    if problem.code == "S112" and (advice := _rounded(row) or _other_axis(shapes)):
        return replace(problem, help=advice)
    if problem.code == "S113" and len(shapes) == 2 and shapes[0][:-1] == shapes[1][:-1]:
        for source, other in zip(row.inbound, reversed(shapes), strict=True):
            argument = next((name for name in ("units", "filters") if name in source.config), None)
            if argument is not None and len(source.feeds) == 1 and other[-1] and source.config[argument] != other[-1]:
                return replace(
                    problem, help=f"Set {argument} of {show(source.name)} to {other[-1]}, or use Concatenate."
                )
    return None


def _other_axis(shapes: list[KnownShape]) -> str:
    """Return advice to join along the only axis in which the shapes differ."""
    if len({len(shape) for shape in shapes}) != 1:
        return ""
    differing = [index for index, dims in enumerate(zip(*shapes, strict=True)) if len({*dims}) > 1]
    if len(differing) != 1 or differing[0] == 0:
        return ""
    axis = differing[0]
    first = shapes[0]
    joined = (*first[:axis], add(*(shape[axis] for shape in shapes)), *first[axis + 1 :])
    return f"Set axis to {-1 if axis == len(first) - 1 else axis}, which gives {format_shape(joined)}."


def _rounded(row: LayerSummary) -> str:
    """Return advice if one input was pooled and upsampled again, where the pooling rounded an odd size down."""
    for source in row.inbound:
        chain = [source]
        while len(chain[-1].inbound) == 1 and len(chain) < 1000:
            chain.append(chain[-1].inbound[0])
        upsampled = next((one for one in chain if _grows(one)), None)
        pooled = [one for one in chain if isinstance(one.layer, SlidingLayer) and not _grows(one)]
        multiple = prod(max(one.layer.strides) for one in pooled if isinstance(one.layer, SlidingLayer))
        shape = chain[-1].output_shape
        if upsampled is not None and multiple > 1 and shape is not None and len(shape) > 3:
            return (
                f"Use an input whose sides are multiples of {multiple}, instead of {format_shape(shape[1:])}: otherwise, a"
                f" pooling rounds a size down, and {show(upsampled.name)} does not restore it. Or crop or pad one of the two."
            )
    return ""


def _grows(row: LayerSummary) -> bool:
    """Check whether a layer enlarges the spatial axes."""
    return row.class_name.startswith("UpSampling") or row.class_name.endswith("Transpose")


def _alike_with_padding(row: LayerSummary) -> list[str]:
    """The convolutions and poolings before a layer that give as many places as the others if they are padded."""
    found, places = [], set()
    for source in row.inbound:
        shape, config = source.output_shape, source.config
        if config.get("padding") == "valid" and {*flatten(config.get("strides"))} == {1}:
            found.append(source.name)
            shape = source.input_shape
        places.add(shape and shape[1:-1])
    last = all(source.config.get("data_format") in (None, "channels_last") for source in row.inbound)
    return found if last and len(places) == 1 and None not in places else []


def _last(row: LayerSummary) -> bool:
    """Whether a layer gives the model's answer, or what a layer without weights makes of it."""
    after = row.only_consumer
    return row.is_output or (after is not None and after.is_output and not after.weights)


def _one_and_several(shapes: list[Shape]) -> bool:
    """Whether (batch, 1) meets (batch, n)."""
    return all(shape is not None and len(shape) == 2 for shape in shapes)


reported("S115", "dot-axes", "error", raised_by="layers")(
    """The axes of Dot have different sizes, or do not exist.

    Fix: Use axes of equal size in both inputs. The batch (axis 0) does not count.

    Fails:
        {"class_name": "Functional", "config": {"name": "m", "layers": [
          {"class_name": "InputLayer", "name": "a", "config": {"batch_input_shape": [null, 13, 5]}, "inbound_nodes": []},
          {"class_name": "InputLayer", "name": "b", "config": {"batch_input_shape": [null, 12, 5]}, "inbound_nodes": []},
          {"class_name": "Dot", "name": "c", "config": {"axes": 1}, "inbound_nodes": [[["a", 0, 0], ["b", 0, 0]]]}],
          "input_layers": [["a", 0, 0], ["b", 0, 0]], "output_layers": [["c", 0, 0]]}}

    Passes:
        {"class_name": "Functional", "config": {"name": "m", "layers": [
          {"class_name": "InputLayer", "name": "a", "config": {"batch_input_shape": [null, 13, 5]}, "inbound_nodes": []},
          {"class_name": "InputLayer", "name": "b", "config": {"batch_input_shape": [null, 12, 5]}, "inbound_nodes": []},
          {"class_name": "Dot", "name": "c", "config": {"axes": 2}, "inbound_nodes": [[["a", 0, 0], ["b", 0, 0]]]}],
          "input_layers": [["a", 0, 0], ["b", 0, 0]], "output_layers": [["c", 0, 0]]}}
    """
)


reported("S116", "attention-dim", "warning", raised_by="layers")(
    """The query and key of an attention layer have different widths, or its keys and values differ in number. tf.keras
    refuses this, so the finding is an error there. Keras 3 builds an Attention or AdditiveAttention, but it fails when it
    runs. A MultiHeadAttention accepts queries and keys of different widths, but Keras refuses one whose keys and values
    differ in number.

    Fix: Make the last dimensions equal, for example with a Dense on one of them.

    Fails:
        {"class_name": "Functional", "config": {"name": "m", "layers": [
          {"class_name": "InputLayer", "name": "a", "config": {"batch_input_shape": [null, 13, 5]}, "inbound_nodes": []},
          {"class_name": "InputLayer", "name": "b", "config": {"batch_input_shape": [null, 12, 4]}, "inbound_nodes": []},
          {"class_name": "Attention", "name": "c", "config": {}, "inbound_nodes": [[["a", 0, 0], ["b", 0, 0]]]}],
          "input_layers": [["a", 0, 0], ["b", 0, 0]], "output_layers": [["c", 0, 0]]}}

    Passes:
        {"class_name": "Functional", "config": {"name": "m", "layers": [
          {"class_name": "InputLayer", "name": "a", "config": {"batch_input_shape": [null, 13, 5]}, "inbound_nodes": []},
          {"class_name": "InputLayer", "name": "b", "config": {"batch_input_shape": [null, 12, 5]}, "inbound_nodes": []},
          {"class_name": "Attention", "name": "c", "config": {}, "inbound_nodes": [[["a", 0, 0], ["b", 0, 0]]]}],
          "input_layers": [["a", 0, 0], ["b", 0, 0]], "output_layers": [["c", 0, 0]]}}
    """
)


reported("S123", "initial-states", "error", raised_by="layers")(
    """The initial states of a recurrent layer do not match its own states in number or width. tf.keras refuses them.
    Keras 3 builds the model, so the finding is a warning there: the model fails when it runs. Only a GRU,
    and every layer on NumPy, ignores surplus states.

    Fix: Pass two states (h, c) to an LSTM, one to GRU and SimpleRNN, and twice as many to a Bidirectional. Each must
    have the width `units`.

    Fails:
        {"class_name": "Functional", "config": {"name": "m", "layers": [
          {"class_name": "InputLayer", "name": "x", "config": {"batch_input_shape": [null, 13, 5]}, "inbound_nodes": []},
          {"class_name": "LSTM", "name": "encoder", "config": {"units": 8, "return_state": true}, "inbound_nodes": [[["x", 0, 0]]]},
          {"class_name": "InputLayer", "name": "y", "config": {"batch_input_shape": [null, 13, 5]}, "inbound_nodes": []},
          {"class_name": "GRU", "name": "decoder", "config": {"units": 8}, "inbound_nodes": [[["y", 0, 0], ["encoder", 0, 1], ["encoder", 0, 2]]]}],
          "input_layers": [["x", 0, 0], ["y", 0, 0]], "output_layers": [["decoder", 0, 0]]}}

    Passes:
        {"class_name": "Functional", "config": {"name": "m", "layers": [
          {"class_name": "InputLayer", "name": "x", "config": {"batch_input_shape": [null, 13, 5]}, "inbound_nodes": []},
          {"class_name": "LSTM", "name": "encoder", "config": {"units": 8, "return_state": true}, "inbound_nodes": [[["x", 0, 0]]]},
          {"class_name": "InputLayer", "name": "y", "config": {"batch_input_shape": [null, 13, 5]}, "inbound_nodes": []},
          {"class_name": "LSTM", "name": "decoder", "config": {"units": 8}, "inbound_nodes": [[["y", 0, 0], ["encoder", 0, 1], ["encoder", 0, 2]]]}],
          "input_layers": [["x", 0, 0], ["y", 0, 0]], "output_layers": [["decoder", 0, 0]]}}
    """
)


reported("S133", "bidirectional-branches", "error", raised_by="layers")(
    """The forward and backward layers of a Bidirectional do not match.

    Fix: Use a backward_layer with go_backwards true and the same return_sequences, return_state, and stateful.

    Fails:
        {"class_name": "Sequential", "config": {"name": "m", "layers": [
          {"class_name": "Bidirectional", "config": {"layer": {"class_name": "LSTM", "config": {"units": 4}}, "backward_layer": {"class_name": "LSTM", "config": {"name": "back", "units": 4, "go_backwards": false}}, "batch_input_shape": [null, 13, 5]}}]}}

    Passes:
        {"class_name": "Sequential", "config": {"name": "m", "layers": [
          {"class_name": "Bidirectional", "config": {"layer": {"class_name": "LSTM", "config": {"units": 4}}, "backward_layer": {"class_name": "LSTM", "config": {"name": "back", "units": 4, "go_backwards": true}}, "batch_input_shape": [null, 13, 5]}}]}}
    """
)
