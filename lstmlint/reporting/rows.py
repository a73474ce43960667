"""A model's layers as rows of text, and its totals: for every format that shows them to people."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from lstmlint.inference.summary import LayerSummary, ModelSummary
from lstmlint.model.findings import UsageError
from lstmlint.model.shapes import Shape, format_shape, percent
from lstmlint.model.spec import TensorRef
from lstmlint.model.values import brief
from lstmlint.reporting.view import size

if TYPE_CHECKING:
    from lstmlint.model.origin import Origin

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
    "activation": "Activation",
    "kernel-size": "Kernel size",
    "dtype": "Dtype",
}
COLUMNS = tuple(HEADERS)[1:]
MOST_REASONS = 8  # lines about sizes that are not known, and about what is not exact
NUMBERS = frozenset({"params", "share", "macs"})
DIALECTS = {"keras0": "Keras 0", "keras1": "Keras 1", "keras2": "Keras 2", "keras3": "Keras 3"}


def parse_columns(text: str) -> tuple[str, ...]:
    """Return the columns that a list with commas names; `+name` adds to the usual ones.

    Raises: UsageError for an unknown one.
    """
    names = [name.strip() for name in text.split(",") if name.strip()]
    if not names:
        raise UsageError(f"--columns names no column; the columns are {', '.join(COLUMNS)}, all")
    chosen = ["usual"] if any(name.startswith("+") for name in names) else []
    for name in names:
        column = name.removeprefix("+")
        if column == "all":
            chosen = list(COLUMNS)
        elif column not in COLUMNS:
            from lstmlint.model.suggestions import did_you_mean

            advice = did_you_mean(column, COLUMNS) or f"; the columns are {', '.join(COLUMNS)}, all"
            raise UsageError(f"--columns: unknown column {column!r}{advice}")
        elif column not in chosen:
            chosen.append(column)
    return tuple(chosen)


def columns_for(model: ModelSummary, chosen: tuple[str, ...] | None) -> tuple[str, ...]:
    """Return the columns after the layer's own: the chosen ones, or those of Keras's summary."""
    usual = ("output-shape", "params") if is_chain(model) else ("output-shape", "params", "connected-to")
    if chosen is None:
        return usual
    if chosen and chosen[0] == "usual":
        return (*usual, *(column for column in chosen[1:] if column not in usual))
    return chosen


def is_chain(model: ModelSummary) -> bool:
    """Check whether every layer takes the output of the one before it, and nothing else."""
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
    """Yield (level, row) for every layer, including those of nested models down to `depth` levels."""
    for row in model.layers:
        yield level, row
        if row.nested is not None and level < depth:
            yield from walk(row.nested, depth, level + 1)


# Cells ----------------------------------------------------------------------------------------------------


def cell(row: LayerSummary, column: str, total: int) -> str:
    """Return the text of a layer's cell; `?` for an unknown value. total: the model's parameters."""
    if row.shown is not None and column in row.shown:
        return row.shown[column]
    match column:
        case "output-shape":
            return shapes(row.output_shapes) or ("?" if row.params is None else "")
        case "params":
            return count(row.params)
        case "input-shape":
            return shapes(row.input_shapes)
        case "trainable":
            return row.trainable
        case "share":
            return "?" if row.params is None else percent(row.params / total, 1) if total else "-"
        case "weights":
            return ", ".join(f"{weight.name} {format_shape(weight.shape)}" for weight in row.weights)
        case "macs":
            return count(row.macs)
        case "activation":
            return argument(row.config.get("activation"))
        case "kernel-size":
            return argument(row.config.get("kernel_size"))
        case "dtype":
            return dtype(row)
    return ", ".join(map(brief, connections(row)))


def count(number: int | None) -> str:
    """Return 1,234; `?` for None."""
    return "?" if number is None else f"{number:,}"


def shapes(values: list[Shape]) -> str:
    """Return (None, 10), or [(None, 10), (None, 10)] for several tensors."""
    if len(values) == 1:
        return format_shape(values[0])
    return "[" + ", ".join(map(format_shape, values)) + "]" if values else ""


def argument(value: Any) -> str:
    """Return the value of an argument: relu, (3, 3), the class of a serialized object."""
    if isinstance(value, list | tuple):
        return f"({', '.join(map(str, value))})"
    if isinstance(value, dict):
        value = value.get("class_name")
    return "" if value is None else brief(str(value))


def dtype(row: LayerSummary) -> str:
    """Return the dtype of a layer, or its mixed policy."""
    compute, variable = row.layer.compute_dtype, row.layer.variable_dtype
    return str(variable) if compute == variable else f"mixed_{compute}"


def connections(row: LayerSummary) -> list[str]:
    """Return the tensors that a layer takes, one per argument of each call: name, or name[call][output]."""
    if not row.spec.calls:
        return [source.name for source in row.inbound]
    return [tensor(ref) for call in row.spec.calls for ref in call.references]


def tensor(ref: TensorRef) -> str:
    """Return a tensor's name; call and output are left out if both are 0."""
    return ref.layer if ref.node == ref.tensor == 0 else f"{ref.layer}[{ref.node}][{ref.tensor}]"


def marks(row: LayerSummary) -> str:
    """Return a note about a layer that is unused or called several times."""
    if not row.reached:
        return " [unused]"
    return f" [shared, {row.calls} calls]" if row.shared else ""


# Totals ---------------------------------------------------------------------------------------------------


def totals(model: ModelSummary) -> Iterator[tuple[str, str]]:
    """Yield (title, text) for the lines below the table of layers."""
    from lstmlint.inference.activations import activation_peak
    from lstmlint.inference.optimizer import optimizer_params

    if model.origin is not None and not model.origin.certain:
        yield from uncertain_totals(model, model.origin)
        return
    if nothing_known(model):
        yield "Total params", "unknown"
    else:
        dtypes = model.bytes_by_dtype
        detail = ""
        if len(dtypes) > 1:
            detail = ": " + ", ".join(f"{dtype} {size(count)}" for dtype, count in dtypes.items())
        elif dtypes and "float32" not in dtypes:
            detail = f", {next(iter(dtypes))}"
        least = "" if model.complete else "at least "
        fixed = model.weight_bytes - model.trainable_bytes
        yield "Total params", f"{least}{model.params:,} ({size(model.weight_bytes)}{detail})"
        yield "Trainable params", f"{least}{model.trainable_params:,} ({size(model.trainable_bytes)})"
        yield "Non-trainable params", f"{least}{model.non_trainable_params:,} ({size(fixed)})"
    optimizer = optimizer_params(model)
    if optimizer is not None:
        yield "Optimizer params", f"{optimizer:,}"
    if model.macs:
        yield "MACs", f"{model.macs:,} per sample"
    peak, _ = activation_peak(model)
    if peak:
        batch = model.inputs[0][0] if model.inputs and model.inputs[0] else None
        yield "Peak activations", f"{size(peak)} {'per sample' if batch is None else f'for a batch of {batch}'}"
    if model.spec.compile_config:
        from lstmlint.reporting.training import arrays

        yield from arrays(model)


def uncertain_totals(model: ModelSummary, origin: Origin) -> Iterator[tuple[str, str]]:
    """Yield (title, text) for a model from a program that does not state all sizes, or that is not read as a whole."""
    for name, title in (
        ("params", "Total params"),
        ("trainable_params", "Trainable params"),
        ("non_trainable_params", "Non-trainable params"),
    ):
        yield title, total(model, name)
        if nothing_known(model):
            break
    if origin.exact and (model.macs or "macs" in origin.formulas):
        yield "MACs", f"{origin.formulas.get('macs') or count(model.macs)} per sample"
    for unknown in origin.unknowns[:MOST_REASONS]:
        yield (
            "Unknown size",
            f"{unknown.name} ({unknown.where}): {unknown.reason}; give it with {unknown.option}",
        )
    if len(origin.unknowns) > MOST_REASONS:
        yield "Unknown sizes", f"{len(origin.unknowns) - MOST_REASONS:,} more"
    for doubt in origin.doubts[:MOST_REASONS]:
        yield "Not exact", f"{doubt.where}: {doubt.text}"
    if len(origin.doubts) > MOST_REASONS:
        yield "Not exact", f"{len(origin.doubts) - MOST_REASONS:,} more reasons"


def total(model: ModelSummary, name: str = "params") -> str:
    """Return a total as text: a number, a formula, a lower bound, or a number that is not exact."""
    origin = model.origin
    if origin is not None and name in origin.formulas:
        text = origin.formulas[name]
    elif nothing_known(model):
        return "unknown"
    else:
        text = f"{getattr(model, name):,}"
    if origin is not None and not origin.exact:
        return f"{text}, not exact"
    least = not model.complete and (origin is None or name not in origin.formulas)
    return f"at least {text}" if least else text


def nothing_known(model: ModelSummary) -> bool:
    """Check whether every weight of a model that has weights is unknown."""
    if model.origin is not None and "params" in model.origin.formulas:
        return False
    return not model.complete and model.params == 0


def last_known(model: ModelSummary) -> list[LayerSummary]:
    """Return the layers, mostly Lambdas, with known inputs and unknown outputs that no problem explains."""
    explained = {problem.layer for problem in model.problems if not problem.data.get("custom")}
    return [
        row
        for row in model.layers
        if row.used and row.known and row.name not in explained and None in row.output_shapes
        and row.input_shapes and None not in row.input_shapes
    ]  # fmt: skip


def unknown_layers(model: ModelSummary) -> list[LayerSummary]:
    """Return the layers with unknown weights; for a nested model, the ones inside it."""
    found: list[LayerSummary] = []
    stack = [row for row in reversed(model.layers) if row.used]
    while stack:
        row = stack.pop()
        inner = [] if row.nested is None or row.nested.complete else [r for r in reversed(row.nested.layers) if r.used]
        if inner:
            stack.extend(inner)
        elif row.params is None and not (row.shown and row.shown.get("params", "?") != "?"):
            found.append(row)
    return found
