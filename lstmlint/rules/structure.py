"""S: shapes and graph. What Keras refuses when it builds the model, blamed on the layer to change."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from lstmlint.inference.summary import LayerSummary, ModelSummary
from lstmlint.model.findings import Problem
from lstmlint.model.shapes import KnownShape, Shape, compatible, format_shape, product
from lstmlint.model.spec import LayerSpec
from lstmlint.model.values import show
from lstmlint.rules.index import index_of, keeps_timesteps, past, recurrent, row_of, shape_producer
from lstmlint.rules.registry import refined, reported, rule, violation


@refined("S102", "rnn-needs-sequences", "error", refines=("S101", "S120"))
def rnn_needs_sequences(problem: Problem, model: ModelSummary) -> Problem | None:
    """A layer that expects sequences follows a recurrent layer that returns only its last output.

    Fix: Set return_sequences to true on the recurrent layer. The finding points at it.

    Fails:
        {"class_name": "Sequential", "config": {"name": "m", "layers": [
          {"class_name": "LSTM", "config": {"units": 10, "batch_input_shape": [null, 13, 5]}},
          {"class_name": "LSTM", "config": {"units": 4}}]}}

    Passes:
        {"class_name": "Sequential", "config": {"name": "m", "layers": [
          {"class_name": "LSTM", "config": {"units": 10, "return_sequences": true, "batch_input_shape": [null, 13, 5]}},
          {"class_name": "LSTM", "config": {"units": 4}}]}}
    """
    shape = problem.data.get("shape")
    consumer = row_of(model, problem.data.get("spec"))
    if consumer is None or shape is None or problem.data.get("wanted", 3) != len(shape) + 1:
        return None
    producer = past(consumer, keeps_timesteps)
    rnn = recurrent(producer.layer) if producer is not None else None
    last, steps = (producer.output_shape, producer.input_shape) if producer is not None else (None, None)
    if producer is None or rnn is None or rnn.config.get("return_sequences") or last is None or not steps:
        return None
    repeat = ""
    if recurrent(consumer.layer) is not None and consumer.config.get("return_sequences") and steps[1]:
        repeat = f"; or add RepeatVector({steps[1]}) after it, for a decoder that starts from its last output"
    return violation(
        f"{show(producer.name)} returns only its last output {format_shape(last)}, but {consumer.class_name}"
        f" {show(consumer.name)} expects sequences; Keras raises a ValueError",
        f"Set return_sequences to true on {show(producer.name)}: its output becomes"
        f" {format_shape((last[0], steps[1], *last[1:]))}{repeat}.",
        producer.name,
        rnn.spec.argument_pointer("return_sequences"),
    )


reported("S106", "undefined-feature-dim", "error", raised_by="layers")(
    """A layer's weights depend on a dimension that is None, so Keras cannot create them.

    Fix: Give that dimension a number in the input shape. Only the batch size and, for recurrent layers, the number of
    timesteps may be None.

    Fails:
        {"class_name": "Sequential", "config": {"name": "m", "layers": [
          {"class_name": "LSTM", "config": {"units": 10, "batch_input_shape": [null, 13, null]}}]}}

    Passes:
        {"class_name": "Sequential", "config": {"name": "m", "layers": [
          {"class_name": "LSTM", "config": {"units": 10, "batch_input_shape": [null, null, 5]}}]}}
    """
)


@refined("S107", "flatten-unknown-timesteps", "error", refines=("S106",))
def flatten_unknown_timesteps(problem: Problem, model: ModelSummary) -> Problem | None:
    """Flatten over an unknown number of timesteps gives an unknown number of features, so the layer after it cannot be
    built.

    Fix: Use GlobalAveragePooling1D instead of Flatten, or give the input a fixed number of timesteps.

    Fails:
        {"class_name": "Sequential", "config": {"name": "m", "layers": [
          {"class_name": "LSTM", "config": {"units": 10, "return_sequences": true, "batch_input_shape": [null, null, 5]}},
          {"class_name": "Flatten", "config": {}},
          {"class_name": "Dense", "config": {"units": 1}}]}}

    Passes:
        {"class_name": "Sequential", "config": {"name": "m", "layers": [
          {"class_name": "LSTM", "config": {"units": 10, "return_sequences": true, "batch_input_shape": [null, 13, 5]}},
          {"class_name": "Flatten", "config": {}},
          {"class_name": "Dense", "config": {"units": 1}}]}}
    """
    consumer = row_of(model, problem.data.get("spec"))
    producer = shape_producer(consumer) if consumer is not None else None
    if consumer is None or producer is None or producer.class_name != "Flatten":
        return None
    return violation(
        f"{show(producer.name)} flattens {format_shape(producer.input_shape)}, so {consumer.class_name} {show(consumer.name)}"
        " receives an unknown number of features; Keras raises a ValueError",
        "Use GlobalAveragePooling1D or GlobalMaxPooling1D instead of Flatten, or fix the number of timesteps.",
        producer.name,
        producer.pointer,
    )


reported("S105", "crop-too-large", "error", raised_by="layers")(
    """A Cropping layer removes more than its input contains.

    Fix: Crop less than the size of the dimension.

    Fails:
        {"class_name": "Sequential", "config": {"name": "m", "layers": [
          {"class_name": "Cropping1D", "config": {"cropping": [7, 7], "batch_input_shape": [null, 13, 5]}}]}}

    Passes:
        {"class_name": "Sequential", "config": {"name": "m", "layers": [
          {"class_name": "Cropping1D", "config": {"cropping": [1, 1], "batch_input_shape": [null, 13, 5]}}]}}
    """
)


reported("S108", "reshape-size", "error", raised_by="layers")(
    """The target_shape of Reshape has a different number of elements than the input.

    Fix: Use a target_shape whose product equals the product of the input shape without the batch.

    Fails:
        {"class_name": "Sequential", "config": {"name": "m", "layers": [
          {"class_name": "Reshape", "config": {"target_shape": [13, 4], "batch_input_shape": [null, 65]}}]}}

    Passes:
        {"class_name": "Sequential", "config": {"name": "m", "layers": [
          {"class_name": "Reshape", "config": {"target_shape": [13, 5], "batch_input_shape": [null, 65]}}]}}
    """
)


reported("S109", "reshape-indivisible", "error", raised_by="layers")(
    """The -1 in Reshape's target_shape cannot be resolved: the input size is not a multiple of the other dimensions.

    Fix: Use dimensions whose product divides the input size.

    Fails:
        {"class_name": "Sequential", "config": {"name": "m", "layers": [
          {"class_name": "Reshape", "config": {"target_shape": [-1, 4], "batch_input_shape": [null, 65]}}]}}

    Passes:
        {"class_name": "Sequential", "config": {"name": "m", "layers": [
          {"class_name": "Reshape", "config": {"target_shape": [-1, 5], "batch_input_shape": [null, 65]}}]}}
    """
)


reported("S110", "permute-dims", "error", raised_by="layers")(
    """The dims of Permute must contain every axis after the batch exactly once, counted from 1.

    Fix: To swap the axes of a sequence (timesteps, features), use [2, 1].

    Fails:
        {"class_name": "Sequential", "config": {"name": "m", "layers": [
          {"class_name": "Permute", "config": {"dims": [0, 1], "batch_input_shape": [null, 13, 5]}}]}}

    Passes:
        {"class_name": "Sequential", "config": {"name": "m", "layers": [
          {"class_name": "Permute", "config": {"dims": [2, 1], "batch_input_shape": [null, 13, 5]}}]}}
    """
)


reported("S111", "axis-out-of-range", "error", raised_by="layers")(
    """A layer uses an axis that its input does not have.

    Fix: Use an axis below the input's rank, or -1 for the last one.

    Fails:
        {"class_name": "Sequential", "config": {"name": "m", "layers": [
          {"class_name": "BatchNormalization", "config": {"axis": 3, "batch_input_shape": [null, 13, 5]}}]}}

    Passes:
        {"class_name": "Sequential", "config": {"name": "m", "layers": [
          {"class_name": "BatchNormalization", "config": {"axis": -1, "batch_input_shape": [null, 13, 5]}}]}}
    """
)


reported("S117", "groups", "error", raised_by="layers")(
    """The number of channels or filters is not a multiple of `groups`.

    Fix: Use a number of groups that divides both.

    Fails:
        {"class_name": "Sequential", "config": {"name": "m", "layers": [
          {"class_name": "Conv1D", "config": {"filters": 4, "kernel_size": 3, "batch_input_shape": [null, 13, 4], "groups": 3}}]}}

    Passes:
        {"class_name": "Sequential", "config": {"name": "m", "layers": [
          {"class_name": "Conv1D", "config": {"filters": 4, "kernel_size": 3, "batch_input_shape": [null, 13, 4], "groups": 2}}]}}
    """
)


reported("S118", "stride-and-dilation", "error", raised_by="layers")(
    """A convolution has strides and dilation_rate above 1 at the same time. Keras supports only one of them. Depthwise
    and separable convolutions of Keras 3 accept both, and are not reported.

    Fix: Set one of them to 1.

    Fails:
        {"class_name": "Sequential", "config": {"name": "m", "layers": [
          {"class_name": "Conv1D", "config": {"filters": 4, "kernel_size": 3, "batch_input_shape": [null, 13, 4], "strides": 2, "dilation_rate": 2}}]}}

    Passes:
        {"class_name": "Sequential", "config": {"name": "m", "layers": [
          {"class_name": "Conv1D", "config": {"filters": 4, "kernel_size": 3, "batch_input_shape": [null, 13, 4], "strides": 1, "dilation_rate": 2}}]}}
    """
)


reported("S119", "causal-needs-1d", "error", raised_by="layers")(
    """The padding "causal" exists only for Conv1D and SeparableConv1D.

    Fix: Use "same" or "valid".

    Fails:
        {"class_name": "Sequential", "config": {"name": "m", "layers": [
          {"class_name": "Conv2D", "config": {"filters": 4, "kernel_size": 3, "padding": "causal", "batch_input_shape": [null, 9, 9, 3]}}]}}

    Passes:
        {"class_name": "Sequential", "config": {"name": "m", "layers": [
          {"class_name": "Conv2D", "config": {"filters": 4, "kernel_size": 3, "padding": "same", "batch_input_shape": [null, 9, 9, 3]}}]}}
    """
)


reported("S120", "timedistributed-rank", "error", raised_by="layers")(
    """The input of TimeDistributed has no timesteps.

    Fix: Use the wrapped layer without TimeDistributed, or feed it a sequence.

    Fails:
        {"class_name": "Sequential", "config": {"name": "m", "layers": [
          {"class_name": "TimeDistributed", "config": {"layer": {"class_name": "Flatten", "config": {}},
            "batch_input_shape": [null, 5]}}]}}

    Passes:
        {"class_name": "Sequential", "config": {"name": "m", "layers": [
          {"class_name": "TimeDistributed", "config": {"layer": {"class_name": "Flatten", "config": {}},
            "batch_input_shape": [null, 13, 5, 5]}}]}}
    """
)


@refined("S132", "embedding-of-features", "error", refines=("S101",))
def embedding_of_features(problem: Problem, model: ModelSummary) -> Problem | None:
    """An Embedding receives (timesteps, features), but expects token ids of shape (timesteps,). It looks up a vector
    for each number, so its output has one dimension more than the next layer accepts.

    Fix: Use an input of shape (timesteps,) for token ids. If the features are already numeric, remove the Embedding.

    Fails:
        {"class_name": "Sequential", "config": {"name": "m", "layers": [
          {"class_name": "Embedding", "config": {"input_dim": 100, "output_dim": 8, "batch_input_shape": [null, 13, 5]}},
          {"class_name": "LSTM", "config": {"units": 10}}]}}

    Passes:
        {"class_name": "Sequential", "config": {"name": "m", "layers": [
          {"class_name": "Embedding", "config": {"input_dim": 100, "output_dim": 8, "batch_input_shape": [null, 13]}},
          {"class_name": "LSTM", "config": {"units": 10}}]}}
    """
    consumer = row_of(model, problem.data.get("spec"))
    shape = problem.data.get("shape")
    producer = shape_producer(consumer) if consumer is not None else None
    if consumer is None or producer is None or producer.class_name != "Embedding" or shape is None:
        return None
    arriving = producer.input_shape
    if arriving is None or len(arriving) < 3 or len(shape) <= (problem.data.get("wanted") or len(shape)):
        return None
    return violation(
        f"Embedding {show(producer.name)} receives {format_shape(arriving)} and outputs {format_shape(shape)}, one dimension more than"
        f" {consumer.class_name} {show(consumer.name)} expects; Keras raises a ValueError",
        f"Feed it token ids of shape {format_shape(arriving[:2])}. If the input is not token ids, remove the Embedding.",
        producer.name,
        producer.pointer,
    )


@refined("S101", "ndim-mismatch", "error", refines=("S101",))  # after the rules that know the cause
def ndim_mismatch(problem: Problem, model: ModelSummary) -> Problem | None:
    """A layer receives an input of the wrong rank. Keras refuses to build the model.

    Fix: Change the layer before it, or add a Reshape, Flatten, or RepeatVector between the two.

    Fails:
        {"class_name": "Sequential", "config": {"name": "m", "layers": [
          {"class_name": "Dense", "config": {"units": 4, "batch_input_shape": [null, 5]}},
          {"class_name": "LSTM", "config": {"units": 10}}]}}

    Passes:
        {"class_name": "Sequential", "config": {"name": "m", "layers": [
          {"class_name": "Dense", "config": {"units": 4, "batch_input_shape": [null, 13, 5]}},
          {"class_name": "LSTM", "config": {"units": 10}}]}}
    """
    consumer = row_of(model, problem.data.get("spec"))
    shape, wanted = problem.data.get("shape"), problem.data.get("wanted")
    if consumer is None or shape is None or wanted is None:
        return None
    producer = shape_producer(consumer)
    if producer is not None and (cause := _wrong_producer(consumer, producer, shape, wanted)) is not None:
        return cause
    from_input = producer is None or producer.class_name == "InputLayer"
    advice = None if problem.data["lacks_batch"] else _advice(consumer, shape, wanted, from_input)
    return None if advice is None else replace(problem, help=advice)


def _wrong_producer(consumer: LayerSummary, producer: LayerSummary, shape: KnownShape, wanted: int) -> Problem | None:
    """S101 at the layer before, where that is the one to change."""
    rnn = recurrent(producer.layer)
    takes = f"{consumer.class_name} {show(consumer.name)} takes {wanted} dimensions; Keras raises a ValueError"
    if producer.class_name == "Flatten" and len(producer.input_shape or ()) == wanted:
        return violation(
            f"{show(producer.name)} flattens {format_shape(producer.input_shape)} to {format_shape(shape)}, but {takes}",
            f"Remove {show(producer.name)}.",
            producer.name,
            producer.pointer,
        )
    if rnn is not None and rnn.config.get("return_sequences") and len(shape) == wanted + 1:
        return violation(
            f"{show(producer.name)} returns its output at every timestep, {format_shape(shape)}, but {takes}",
            f"Set return_sequences to false on {show(producer.name)}: its output becomes"
            f" {format_shape((shape[0], *shape[2:]))}.",
            producer.name,
            rnn.spec.argument_pointer("return_sequences"),
        )
    return None


def _advice(consumer: LayerSummary, shape: KnownShape, wanted: int, from_input: bool) -> str | None:
    """What to put before a layer that takes another rank, in numbers."""
    inner, sequences = shape[1:], wanted == 3
    flatten = ""
    if len(shape) == 4 and sequences and None not in inner[1:]:
        merged = (shape[0], inner[0], product(inner[1:]))
        flatten = f"ut TimeDistributed(Flatten()) before it: it gets {format_shape(merged)} then."
    if from_input and len(shape) == wanted + 1 and inner[0] is not None:
        return (
            f"An input shape leaves out the samples: if {inner[0]} is their number, it is {format_shape(inner[1:])}"
            f"{_batch_too(consumer, inner)}.{flatten and f' Otherwise, p{flatten}'}"
        )
    if flatten:
        return f"P{flatten}"
    if len(shape) + 1 != wanted or None in inner:
        return None
    longer = format_shape((*inner, 1))
    if not sequences and from_input and recurrent(consumer.layer) is not None:
        return (
            f"The input shape lacks the timesteps: for sequences of images {format_shape(inner)}, it is (timesteps,"
            f" {', '.join(map(str, inner))})."
        )
    if not sequences:
        return f"With one channel, the input shape is {longer}." if from_input and wanted > 3 else None
    if from_input:
        return (
            f"For {inner[0]} timesteps of one feature, the input shape is {longer}, for {inner[0]} features"
            f" {format_shape((None, *inner))}; token ids go through an Embedding before it."
        )
    return (
        f"Put Reshape({longer}) before it for {inner[0]} timesteps of one feature, or RepeatVector(n) for n timesteps of"
        f" {inner[0]} features."
    )


def _batch_too(consumer: LayerSummary, inner: KnownShape) -> str:
    """How to state the batch size, which a stateful layer needs."""
    rnn = recurrent(consumer.layer)
    if rnn is None or not rnn.config.get("stateful"):
        return ""
    argument = "batch_shape" if rnn.context.dialect == "keras3" else "batch_input_shape"
    return f"; as this layer is stateful, state the batch size with {argument} {format_shape(inner)}"


@rule("S141", "reshape-as-permute", "info")
def reshape_as_permute(model: ModelSummary) -> Iterator[Problem]:
    """The target_shape of a Reshape holds the sizes of its input in another order. A Reshape keeps the order of the
    numbers, so it does not swap axes, as a transpose does: it cuts the same numbers into rows of another length, and a
    row of the output then mixes timesteps and features.

    Fix: Use Permute to swap axes.

    Fails:
        {"class_name": "Sequential", "config": {"name": "m", "layers": [
          {"class_name": "Reshape", "config": {"target_shape": [5, 13], "batch_input_shape": [null, 13, 5]}}]}}

    Passes:
        {"class_name": "Sequential", "config": {"name": "m", "layers": [
          {"class_name": "Permute", "config": {"dims": [2, 1], "batch_input_shape": [null, 13, 5]}}]}}
    """
    for row in index_of(model).of("Reshape"):
        before, after = row.input_shape, row.output_shape
        if before is None or after is None or None in before[1:] or None in after[1:] or len(before) != len(after):
            continue
        if sorted(product((dim,)) or 0 for dim in before[1:]) != sorted(product((dim,)) or 0 for dim in after[1:]):
            continue
        if [dim for dim in before[1:] if dim != 1] == [dim for dim in after[1:] if dim != 1]:
            continue  # only axes of size 1 move, which changes nothing else
        left = list(range(1, len(before)))
        dims = []
        for dim in after[1:]:
            axis = next(axis for axis in left if before[axis] == dim)
            left.remove(axis)
            dims.append(axis)
        yield violation(
            f"Reshape {show(row.name)} turns {format_shape(before)} into {format_shape(after)}, but does not swap the axes:"
            " numbers keep their order, so each row of the output mixes values of several rows of the input",
            f"To swap the axes, use Permute(({', '.join(map(str, dims))})).",
            row.name,
            row.spec.argument_pointer("target_shape"),
        )


@rule("S136", "zero-size-dim", "warning")
def zero_size_dim(model: ModelSummary) -> Iterator[Problem]:
    """An input has a dimension of size 0. Keras builds the model, but every tensor of that shape is empty.

    Fix: Use the real size, or null if it is unknown.

    Fails:
        {"class_name": "Sequential", "config": {"name": "m", "layers": [
          {"class_name": "LSTM", "config": {"units": 4, "batch_input_shape": [null, 13, 0]}}]}}

    Passes:
        {"class_name": "Sequential", "config": {"name": "m", "layers": [
          {"class_name": "LSTM", "config": {"units": 4, "batch_input_shape": [null, 13, 5]}}]}}
    """
    for shape in model.inputs:
        if shape is not None and 0 in shape:
            yield violation(
                f"the input {format_shape(shape)} has a dimension of size 0",
                "Use the real size, or null if it is unknown.",
                pointer=model.layers[0].pointer if model.layers else model.spec.pointer,
            )


@rule("S135", "no-input-shape", "info")
def no_input_shape(model: ModelSummary) -> Iterator[Problem]:
    """A Sequential has no input shape, so its shapes and parameter counts are unknown until it is called.

    Fix: Give the first layer an input shape, or pass `--input-shape 13,5` (without the batch).

    Fails:
        {"class_name": "Sequential", "config": {"name": "m", "layers": [
          {"class_name": "LSTM", "config": {"units": 10}}]}}

    Passes:
        {"class_name": "Sequential", "config": {"name": "m", "layers": [
          {"class_name": "LSTM", "config": {"units": 10, "batch_input_shape": [null, 13, 5]}}]}}
    """
    if not model.spec.sequential or model.inputs or not model.layers:
        return
    first = model.layers[0]
    if first.class_name == "InputLayer" or first.spec.input_shape is not None or not first.known or first.layer.failed:
        return
    if model.spec.container == "saved_model" and any(row.output_shape for row in model.layers):  # of recorded shapes
        return
    wanted = {3: "13,5 for 13 timesteps of 5 features", None: "5 for 5 features"}
    ndim = first.layer.ndim
    example = wanted.get(ndim, f"{ndim - 1} numbers" if isinstance(ndim, int) else wanted[None])
    inner = first.config.get("layer")
    if isinstance(inner, LayerSpec) and inner.input_shape is not None:
        shape = format_shape(inner.input_shape)
        yield violation(
            f"the Sequential {show(model.name)} states no input shape: {inner.class_name} inside {first.class_name}"
            f" {show(first.name)} declares {shape}, but Keras reads only the wrapper, so the model stays unbuilt",
            f"Move the input shape {shape} from the inner layer to {show(first.name)}, or to an InputLayer before it.",
            first.name,
            inner.pointer,
        )
        return
    yield violation(
        f"the Sequential {show(model.name)} has no input shape: it is not built, so its shapes and counts are unknown",
        f"Give {show(first.name)} an input shape, or pass --input-shape (e.g. {example}; the batch is left out).",
        first.name,
        first.pointer,
    )


@rule("S138", "declared-input-differs", "warning")
def declared_input_differs(model: ModelSummary) -> Iterator[Problem]:
    """A layer declares an input shape (input_dim, input_shape, batch_input_shape, input_length) that differs from the
    input it receives. Keras ignores the declaration on every layer except the first. Preprocessing layers are not
    reported, since `adapt` writes their declarations.

    A common cause: `input_dim` is the number of features per timestep, not the length of the sequence.

    Fix: Remove the declaration, or correct the layer before it.

    Fails:
        {"class_name": "Sequential", "config": {"name": "m", "layers": [
          {"class_name": "LSTM", "config": {"units": 10, "return_sequences": true, "batch_input_shape": [null, 13, 5]}},
          {"class_name": "LSTM", "config": {"units": 4, "batch_input_shape": [null, 13, 5]}}]}}

    Passes:
        {"class_name": "Sequential", "config": {"name": "m", "layers": [
          {"class_name": "LSTM", "config": {"units": 10, "return_sequences": true, "batch_input_shape": [null, 13, 5]}},
          {"class_name": "LSTM", "config": {"units": 4, "batch_input_shape": [null, 13, 10]}}]}}
    """
    for row in index_of(model).rows:
        spec = row.spec
        declared = spec.input_shape
        if declared is None and spec.class_name != "Embedding":
            continue
        arriving = row.input_shape
        if arriving is None or not row.inbound:
            continue
        if row.class_name == "Embedding":
            yield from _embedding_length(row, arriving)
        elif declared is not None and not compatible(declared[1:], arriving[1:]):
            from lstmlint.layers.preprocessing import PreprocessingLayer

            if isinstance(row.layer, PreprocessingLayer):
                continue
            word = spec.renamed.get("batch_shape", "input_shape")
            yield violation(
                f"{word} declares the input {format_shape(declared)}, but the layer receives {format_shape(arriving)};"
                " Keras ignores the declaration",
                f"Remove {word}: only the first layer of a Sequential needs it.",
                row.name,
                spec.argument_pointer("batch_shape"),
            )


def _embedding_length(row: LayerSummary, arriving: Shape) -> Iterator[Problem]:
    length = row.config.get("input_length")
    if not isinstance(length, int) or arriving is None or len(arriving) != 2 or arriving[1] in (None, length):
        return
    yield violation(
        f"input_length is {length}, but sequences of {arriving[1]} arrive; Keras ignores the declaration",
        f"Set input_length to {arriving[1]}, or remove it.",
        row.name,
        row.spec.argument_pointer("input_length"),
    )
