"""json: everything, in the form that schemas/report.schema.json fixes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from lstmlint import __version__
from lstmlint.model.shapes import Dim, Shape
from lstmlint.reporting import Totals, View
from lstmlint.reporting.escape import well_formed
from lstmlint.reporting.rows import sources

if TYPE_CHECKING:
    from lstmlint.inference.summary import LayerSummary, ModelSummary
    from lstmlint.report import FileReport

VERSION = 1


def digest(report: FileReport, view: View) -> str:
    """The file's entry, as text: a layer and a finding on a line each."""
    entry = file_to_dict(report)
    model, findings = entry.pop("model"), entry.pop("findings")
    if model is None:
        shown = "null"
    else:
        layers = model.pop("layers")
        shown = f'{dumps(model)[:-1]}, "layers": {lines(layers)}}}'
    return f'{dumps(entry)[:-1]},\n "model": {shown},\n "findings": {lines(findings)}}}'


def render(digests: list[Any], totals: Totals, view: View) -> str:
    """One object."""
    files = ",\n".join(digests)
    return (
        f'{{"version": {VERSION}, "lstmlint": {dumps(__version__)}, "files": [\n{files}\n],\n'
        f'"summary": {dumps(summary_to_dict(totals))}}}\n'
    )


def lines(items: list[dict[str, Any]]) -> str:
    """A list with one item a line: to be read and compared, and quickly written."""
    return "[\n  " + ",\n  ".join(map(dumps, items)) + "]" if items else "[]"


def dumps(value: Any) -> str:
    """JSON in ASCII that every reader takes, whatever names hold."""
    text = json.dumps(value, allow_nan=False)
    return json.dumps(well_formed(value)) if "\\ud" in text else text


def pretty(value: Any) -> str:
    """The same on many lines."""
    return json.dumps(well_formed(value), allow_nan=False, indent=2) + "\n"


def file_to_dict(report: FileReport) -> dict[str, Any]:
    """A file's entry: plain dicts and lists."""
    return {
        "path": report.path,
        "container": report.container,
        "dialect": report.dialect,
        "model": None if report.model is None else model_to_dict(report.model),
        "findings": [finding.to_dict() for finding in report.findings],
    }


def model_to_dict(model: ModelSummary) -> dict[str, Any]:
    """A model's entry."""
    return {
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
        "layers": [layer_to_dict(row) for row in model.layers],
    }


def layer_to_dict(row: LayerSummary) -> dict[str, Any]:
    """A layer's entry."""
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


def plain(shapes: list[Shape]) -> list[list[Dim] | None]:
    """Shapes as lists."""
    return [None if shape is None else list(shape) for shape in shapes]


def summary_to_dict(totals: Totals) -> dict[str, int]:
    """The sums over all files."""
    return {
        "files": totals.files,
        "models": totals.models,
        "errors": totals.errors,
        "warnings": totals.warnings,
        "infos": totals.infos,
        "params": totals.params,
    }
