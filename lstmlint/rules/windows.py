"""S: windows that do not fit their input."""

from __future__ import annotations

from dataclasses import replace

from lstmlint.inference.summary import LayerSummary, ModelSummary
from lstmlint.layers.spatial import AXES, SlidingLayer, SpatialLayer
from lstmlint.model.findings import Problem
from lstmlint.model.shapes import KnownShape, format_shape
from lstmlint.model.values import show
from lstmlint.rules.index import row_of
from lstmlint.rules.registry import refined

# The most channels that an image usually has.
_CHANNELS = 4


@refined("S103", "conv-output-nonpositive", "error", refines=("S103",))
def conv_output_nonpositive(problem: Problem, model: ModelSummary) -> Problem | None:
    """A convolution's kernel is larger than its input, so the output would be empty.

    Fix: Check that data_format fits the order of the axes. Otherwise use a smaller kernel_size or dilation_rate, padding
    "same", or fewer poolings before it.

    Fails:
        {"class_name": "Sequential", "config": {"name": "m", "layers": [
          {"class_name": "Conv1D", "config": {"filters": 4, "kernel_size": 15, "batch_input_shape": [null, 13, 5]}}]}}

    Passes:
        {"class_name": "Sequential", "config": {"name": "m", "layers": [
          {"class_name": "Conv1D", "config": {"filters": 4, "kernel_size": 3, "batch_input_shape": [null, 13, 5]}}]}}
    """
    return _better_help(problem, row_of(model, problem.data.get("spec")))


@refined("S104", "pool-output-nonpositive", "error", refines=("S104",))
def pool_output_nonpositive(problem: Problem, model: ModelSummary) -> Problem | None:
    """A pooling window is larger than its input, so the output would be empty.

    Fix: Check that data_format fits the order of the axes. Otherwise use a smaller pool_size, padding "same", or fewer
    poolings before it.

    Fails:
        {"class_name": "Sequential", "config": {"name": "m", "layers": [
          {"class_name": "MaxPooling1D", "config": {"pool_size": 15, "batch_input_shape": [null, 13, 5]}}]}}

    Passes:
        {"class_name": "Sequential", "config": {"name": "m", "layers": [
          {"class_name": "MaxPooling1D", "config": {"pool_size": 2, "batch_input_shape": [null, 13, 5]}}]}}
    """
    return _better_help(problem, row_of(model, problem.data.get("spec")))


def _better_help(problem: Problem, row: LayerSummary | None) -> Problem | None:
    """Return the problem with the cause in its help: axes in another order, or layers that shrink the input."""
    layer, shape, index = row and row.layer, problem.data.get("shape"), problem.data.get("axis")
    if row is None or shape is None or index is None or not isinstance(layer, SlidingLayer):
        return None
    sources = [row, *_sources(row)]
    for source in sources[1:]:
        other = source.layer
        if (
            isinstance(other, SpatialLayer)
            and other.rank == layer.rank
            and other.channels_first != layer.channels_first
        ):
            order = "channels_first" if other.channels_first else "channels_last"
            return replace(problem, help=f'Set data_format to "{order}", as on {show(source.name)} before it.')
    first = sources[-1].input_shape
    if first is None or len(first) != len(shape):
        first = shape
    advice = _reordered(first, layer) or _shrunk(first, shape, layer, index)
    return replace(problem, help=advice) if advice else None


def _sources(row: LayerSummary) -> list[LayerSummary]:
    """Return the layers before a layer that receive the same number of axes, the nearest first."""
    found: list[LayerSummary] = []
    while len(row.inbound) == 1 and len(found) < 1000:
        row = row.inbound[0]
        if row.layer.facts.is_input or len(row.input_shape or ()) != len(row.output_shape or ()):
            break
        found.append(row)
    return found


def _reordered(first: KnownShape, layer: SlidingLayer) -> str:
    """Return advice if the axes of the input appear to be in another order than the layer expects."""
    channels, last = first[1], first[-1]
    if channels is None or last is None or layer.channels_first or last <= channels or channels > _CHANNELS:
        return ""
    given, moved = format_shape(first[1:]), format_shape((*first[2:], channels))
    if layer.rank == 1:
        return f"For {last} steps of {channels} channel{'s' if channels > 1 else ''}, the input shape is {moved}."
    return (
        f'If the channels come first in {given}, set data_format to "channels_first", or use the input shape {moved}.'
    )


def _shrunk(first: KnownShape, shape: KnownShape, layer: SlidingLayer, index: int) -> str:
    """Return advice if the layers before it made an axis smaller than the window."""
    axis = index + (2 if layer.channels_first else 1)
    before, size, window = first[axis], shape[axis], layer.windows[index]
    if before is None or size is None or before < window:
        return ""
    places = AXES[layer.rank][index]
    smaller = f"a {layer.window_argument} of at most {size} there, " if size and layer.too_small == "S104" else ""
    return (
        f'The layers before it reduce {before} {places} to {size}: use {smaller}padding "same" here, or fewer or smaller'
        " windows and strides before it."
    )
