"""The arrays that a model with training settings takes: its inputs and targets."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.inference.summary import LayerSummary, ModelSummary
from lstmlint.model.findings import listing
from lstmlint.model.shapes import Shape
from lstmlint.rules.effects import BINARY, CATEGORICAL, REGRESSION, Objective, objectives
from lstmlint.rules.index import outputs_of, recurrent

_SPARSE = "sparse_categorical_crossentropy"


def arrays(model: ModelSummary) -> Iterator[tuple[str, str]]:
    """Yield (title, text) for the arrays that `fit` takes; nothing without training settings or shapes."""
    found = objectives(model)
    if not found or None in model.inputs:
        return
    inputs = list(_inputs(model))
    if inputs:
        yield "Training inputs", listing(inputs)
    targets = [(objective, text) for objective in found if (text := _targets(objective))]
    if targets:
        several = len(outputs_of(model)) > 1
        yield "Training targets", listing([f"{one.row.name!r} {text}" if several else text for one, text in targets])


def _inputs(model: ModelSummary) -> Iterator[str]:
    """Yield the shape of each input, and the ids that an Embedding accepts."""
    if model.spec.sequential:
        rows: list[LayerSummary] = model.layers[:1]
    else:
        rows = [row for row in model.layers if row.layer.facts.is_input and row.used]
    if len(rows) != len(model.inputs):
        return
    for row, shape in zip(rows, model.inputs, strict=True):
        users = row.consumers if row.layer.facts.is_input else [row]
        sizes = [user.config.get("input_dim") for user in users if user.class_name == "Embedding"]
        ids = [size for size in sizes if isinstance(size, int)]
        text = _shown(shape if model.spec.sequential else row.output_shape)
        if ids and len(ids) == len(users):
            text += f", ids 0 to {min(ids) - 1:,}"
        if shape is not None and shape[:1] != (None,):
            text += f", in batches of {shape[0]} (batch_size={shape[0]} of fit)"
        yield f"{row.name!r} {text}" if len(rows) > 1 else text


def _targets(objective: Objective) -> str:
    """Return the targets that a built-in loss takes for an output; an empty string for other losses."""
    shape, loss = objective.shape, objective.loss
    if shape is None or len(shape) < 2 or shape[-1] is None:
        return ""
    if loss == _SPARSE:
        text = f"class indices 0 to {shape[-1] - 1:,}, {_shown(shape[:-1])}{_each(objective)}"
        return f"{text} (for one-hot vectors, use categorical_crossentropy)"
    if loss in CATEGORICAL:
        return f"one-hot vectors, {_shown(shape)}{_each(objective)} (for class indices, use {_SPARSE})"
    if loss in BINARY:
        return f"numbers from 0 to 1, {_shown(shape)}{_each(objective)}"
    if loss in REGRESSION:
        scalar = " (targets of shape (batch, 1) silently broadcast)" if len(shape) == 3 and shape[-1] == 1 else ""
        return f"numbers, {_shown(shape)}{_each(objective)}{scalar}"
    return ""


def _each(objective: Objective) -> str:
    """Return whether there is one target per timestep or per sequence, where return_sequences decides that."""
    row, shape = objective.row, objective.shape or ()
    while recurrent(row.layer) is None and len(row.inbound) == 1 and len(row.output_shape or ()) == len(shape):
        row = row.inbound[0]
    rnn = recurrent(row.layer)
    if rnn is None or len(row.output_shape or ()) != len(shape):
        return ""
    if rnn.config.get("return_sequences"):
        return f", one per timestep because {row.name!r} has return_sequences=true"
    return f", one per sequence because {row.name!r} has return_sequences=false"


def _shown(shape: Shape) -> str:
    """Return a shape that begins with the batch."""
    batch, *dims = shape or (None,)
    written = ["batch" if batch is None else str(batch), *("any" if dim is None else str(dim) for dim in dims)]
    return f"({', '.join(written)}{',' if len(written) == 1 else ''})"
