"""A comparison as JSON, in the form that schemas/diff.schema.json fixes."""

from __future__ import annotations

from typing import Any

from lstmlint.comparing import ABSENT, Change, Comparison, FolderComparison, LayerChange, Total
from lstmlint.inference.summary import LayerSummary
from lstmlint.report import FileReport
from lstmlint.reporting import rows
from lstmlint.reporting.comparison.values import SHAPES
from lstmlint.reporting.entries import plain
from lstmlint.reporting.json import pretty
from lstmlint.reporting.view import View
from lstmlint.version import __version__

VERSION = 1


def render(found: Comparison | FolderComparison, view: View) -> str:
    """Return the JSON text."""
    entry = folder_to_dict(found) if isinstance(found, FolderComparison) else comparison_to_dict(found)
    return pretty({"version": VERSION, "lstmlint": __version__, **entry})


def folder_to_dict(found: FolderComparison) -> dict[str, Any]:
    """Return the entry of two folders."""
    return {
        "old": found.old,
        "new": found.new,
        "files": [comparison_to_dict(comparison) for comparison in found.files],
        "removed": found.removed,
        "added": found.added,
    }


def comparison_to_dict(found: Comparison) -> dict[str, Any]:
    """Return the entry of two files."""
    return {
        "old": side_to_dict(found.old),
        "new": side_to_dict(found.new),
        "totals": {total.name: total_to_dict(total) for total in found.totals} or None,
        "model": [change_to_dict(change) for change in found.model],
        "layers": [layer_to_dict(entry) for entry in found.layers],
        "unchanged": found.unchanged,
        "findings": {
            "new": [finding.to_dict() for finding in found.appeared],
            "gone": [finding.to_dict() for finding in found.gone],
        },
        "gate": None
        if found.limit is None
        else {
            "max_increase": found.limit.text,
            "passed": not found.gate and found.new.model is not None,
            "findings": [finding.to_dict() for finding in found.gate],
        },
    }


def side_to_dict(report: FileReport) -> dict[str, Any]:
    """Return the entry of one of the two models."""
    model = report.model
    return {
        "path": report.path,
        "container": report.container,
        "dialect": report.dialect,
        "model": None
        if model is None
        else {
            "name": model.name,
            "class_name": model.class_name,
            "complete": model.complete,
            "unknown": [] if model.complete else [row.name for row in rows.unknown_layers(model)],
            "inputs": plain(model.inputs),
            "outputs": plain(model.outputs),
        },
    }


def total_to_dict(total: Total) -> dict[str, Any]:
    """Return the entry of a total."""
    return {
        "old": total.old,
        "new": total.new,
        "change": total.change,
        "percent": total.percent,
        "complete": total.complete,
    }


def layer_to_dict(entry: LayerChange) -> dict[str, Any]:
    """Return the entry of a layer that differs."""
    return {
        "change": entry.kind,
        "path": entry.path,
        "old": row_to_dict(entry.old),
        "new": row_to_dict(entry.new),
        "changes": [change_to_dict(change) for change in entry.changes],
    }


def row_to_dict(row: LayerSummary | None) -> dict[str, Any] | None:
    """Return one side of a layer."""
    if row is None:
        return None
    return {
        "name": row.name,
        "class_name": row.class_name,
        "pointer": row.pointer,
        "input_shapes": plain(row.input_shapes),
        "output_shapes": plain(row.output_shapes),
        "params": row.params,
        "trainable_params": row.trainable_params,
        "macs": row.macs,
    }


def change_to_dict(change: Change) -> dict[str, Any]:
    """Return a change, without the side that does not have the argument."""
    entry: dict[str, Any] = {"what": change.what}
    if change.what == "argument":
        entry["argument"] = change.argument
    for side, value in (("old", change.old), ("new", change.new)):
        if value is not ABSENT:
            entry[side] = plain(value) if change.what in SHAPES else value
    return entry
