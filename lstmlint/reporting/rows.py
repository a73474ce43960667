"""A model's layers as rows of text, for every format that shows layers to people."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.inference.summary import LayerSummary, ModelSummary
from lstmlint.model.shapes import Shape, format_shape, percent
from lstmlint.model.spec import TensorRef

HEADERS = {
    "layer": "Layer (class)",
    "input-shape": "Input shape",
    "output-shape": "Output shape",
    "params": "Params",
    "trainable": "Trainable",
    "share": "Share",
    "weights": "Weights",
    "macs": "MACs",
    "connected-to": "Connected to",
}
MOST_NAMED = 10  # layers in a sentence about some
NUMBERS = frozenset({"params", "share", "macs"})
DIALECTS = {"keras0": "Keras 0", "keras1": "Keras 1", "keras2": "Keras 2", "keras3": "Keras 3"}


def columns_for(model: ModelSummary, chosen: tuple[str, ...] | None) -> tuple[str, ...]:
    """The columns beside the layer's own: what was asked for, or what Keras's summary shows."""
    usual = ("output-shape", "params") if is_chain(model) else ("output-shape", "params", "connected-to")
    if chosen is None:
        return usual
    if chosen and chosen[0] == "usual":
        return (*usual, *(column for column in chosen[1:] if column not in usual))
    return chosen


def is_chain(model: ModelSummary) -> bool:
    """Whether every layer takes the output of the one before it, and nothing else."""
    if model.spec.sequential:
        return True
    before: LayerSummary | None = None
    for row in model.layers:
        if row.calls > 1 or len(row.inbound) > 1:
            return False
        if before is not None and row.inbound != [before]:
            return False
        before = row
    return True


def walk(model: ModelSummary, depth: int, level: int = 0) -> Iterator[tuple[int, LayerSummary]]:
    """(level, row) of every layer, those of nested models down to `depth` levels."""
    for row in model.layers:
        yield level, row
        if row.nested is not None and level < depth:
            yield from walk(row.nested, depth, level + 1)


def cell(row: LayerSummary, column: str, total: int) -> str:
    """What the table says of a layer in a column; `?` where nobody knows."""
    if column == "output-shape":
        return shapes(row.output_shapes) or ("?" if row.params is None else "")
    if column == "params":
        return count(row.params)
    if column == "input-shape":
        return shapes(row.input_shapes)
    if column == "trainable":
        return trainable(row)
    if column == "share":
        return "?" if row.params is None else percent(row.params / total, 1) if total else "-"
    if column == "weights":
        return ", ".join(f"{weight.name} {format_shape(weight.shape)}" for weight in row.weights)
    if column == "macs":
        return count(row.macs)
    return ", ".join(connections(row))


def count(number: int | None) -> str:
    """1,234; `?` for None."""
    return "?" if number is None else f"{number:,}"


def shapes(values: list[Shape]) -> str:
    """(None, 10), or [(None, 10), (None, 10)] for several tensors."""
    if len(values) == 1:
        return format_shape(values[0])
    return "[" + ", ".join(map(format_shape, values)) + "]" if values else ""


def trainable(row: LayerSummary) -> str:
    """Whether training changes the layer's weights: yes, no, part of them, - without weights."""
    if row.trainable_params is None or row.params is None:
        return "?"
    if not row.params:
        return "-"
    if not row.trainable_params:
        return "no"
    return "yes" if row.trainable_params == row.params else "part"


def connections(row: LayerSummary) -> list[str]:
    """The tensors that a layer takes over all its calls: a layer's name, and [call][output] unless both are 0."""
    if not row.spec.calls:
        return [source.name for source in row.inbound]
    return list(dict.fromkeys(tensor(ref) for call in row.spec.calls for ref in call.references))


def tensor(ref: TensorRef) -> str:
    """A tensor as Keras's summary names it."""
    return ref.layer if ref.node == ref.tensor == 0 else f"{ref.layer}[{ref.node}][{ref.tensor}]"


def sources(row: LayerSummary) -> list[str]:
    """The names of the layers that feed a layer, over all its calls, each once."""
    if not row.spec.calls:
        return [source.name for source in row.inbound]
    return list(dict.fromkeys(ref.layer for call in row.spec.calls for ref in call.references))


def marks(row: LayerSummary) -> str:
    """What is special about a layer."""
    if not row.reached:
        return " [unused]"
    return f" [shared, {row.calls} calls]" if row.shared else ""


def first_of(names: list[str]) -> str:
    """Names with commas, of many the first."""
    more = len(names) - MOST_NAMED
    return ", ".join(names[:MOST_NAMED]) + (f" and {more:,} more" if more > 0 else "")


def nothing_known(model: ModelSummary) -> bool:
    """Whether no weight at all is known of a model that has some."""
    return not model.complete and model.params == 0


def last_known(model: ModelSummary) -> list[LayerSummary]:
    """The layers that get known shapes and give unknown ones, and of which no problem speaks: a Lambda, mostly."""
    spoken_of = {problem.layer for problem in model.problems}
    return [
        row
        for row in model.layers
        if row.used and row.known and row.name not in spoken_of and None in row.output_shapes
        and row.input_shapes and None not in row.input_shapes
    ]  # fmt: skip


def unknown_layers(model: ModelSummary) -> list[LayerSummary]:
    """The layers whose weights nobody knows: of nested models, the ones inside."""
    found: list[LayerSummary] = []
    stack = [row for row in reversed(model.layers) if row.used]
    while stack:
        row = stack.pop()
        inner = [] if row.nested is None or row.nested.complete else [r for r in reversed(row.nested.layers) if r.used]
        if inner:
            stack.extend(inner)
        elif row.params is None:
            found.append(row)
    return found
