"""Models and layers as plain data, in the form that schemas/report.schema.json fixes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lstmlint.inference.summary import LayerSummary, ModelSummary
from lstmlint.model.shapes import Dim, Shape

if TYPE_CHECKING:
    from lstmlint.model.origin import Doubt, Origin, UnknownSize


def model_to_dict(model: ModelSummary) -> dict[str, Any]:
    """Return a model's entry."""
    entry = {
        "name": model.name,
        "class_name": model.class_name,
        "params": model.params,
        "trainable_params": model.trainable_params,
        "non_trainable_params": model.non_trainable_params,
        "complete": model.complete,
        "weight_bytes": model.weight_bytes,
        "macs": model.macs,
        "inputs": plain(model.inputs),
        "outputs": plain(model.outputs),
    }
    if model.origin is not None:
        entry |= origin_to_dict(model.origin)
    return {**entry, "layers": [layer_to_dict(row) for row in model.layers]}


def origin_to_dict(origin: Origin) -> dict[str, Any]:
    """Return what the entry of a model from a program has in addition."""
    return {
        "exact": origin.exact,
        "params_formula": origin.formulas.get("params"),
        "unknowns": [placed({"name": one.name}, one, one.reason) for one in origin.unknowns],
        "reasons": [placed({}, one, one.text) for one in origin.doubts],
    }


def placed(entry: dict[str, Any], found: UnknownSize | Doubt, reason: str) -> dict[str, Any]:
    """Return an entry with its place and its reason."""
    entry |= {"line": found.line, "column": found.column, "reason": reason}
    return entry if found.cell is None else {**entry, "cell": found.cell}


def layer_to_dict(row: LayerSummary) -> dict[str, Any]:
    """Return a layer's entry."""
    return {
        "name": row.name,
        "class_name": row.class_name,
        "pointer": row.pointer,
        "input_shapes": plain(row.input_shapes),
        "output_shapes": plain(row.output_shapes),
        "params": row.params,
        "trainable_params": row.trainable_params,
        "known": row.known,
        "shared": row.shared,
        "weights": [
            {"name": weight.name, "shape": list(weight.shape), "dtype": weight.dtype, "trainable": weight.trainable}
            for weight in row.weights
        ],
        "macs": row.macs,
        "connected_to": sources(row),
        "layers": [] if row.nested is None else [layer_to_dict(inner) for inner in row.nested.layers],
    }


def sources(row: LayerSummary) -> list[str]:
    """Return the names of the layers that feed a layer, over all its calls, each once."""
    if not row.spec.calls:
        return [source.name for source in row.inbound]
    return list(dict.fromkeys(ref.layer for call in row.spec.calls for ref in call.references))


def plain(shapes: list[Shape]) -> list[list[Dim] | None]:
    """Return shapes as lists; None for an unknown one."""
    return [None if shape is None else list(shape) for shape in shapes]
