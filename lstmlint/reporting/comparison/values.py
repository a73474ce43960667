"""How a comparison writes values and totals, in every format for people."""

from __future__ import annotations

import json
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from lstmlint.comparing import ABSENT, Change, Comparison, LayerChange, Total
from lstmlint.inference.summary import LayerSummary
from lstmlint.model.findings import listing
from lstmlint.model.values import brief, plural
from lstmlint.report import FileReport
from lstmlint.reporting import rows

LONG = 100  # a longer value is shown as its size and its hash
TITLES = {
    "params": "Params", "trainable_params": "Trainable params", "weight_bytes": "Weight bytes", "macs": "MACs",
}  # fmt: skip
LABELS = {
    "name": "name", "class_name": "class", "dialect": "dialect", "position": "position", "used": "used",
    "dtype": "dtype", "trainable": "trainable", "connected_to": "connected to", "input_shapes": "input shape",
    "output_shapes": "output shape", "inputs": "inputs", "outputs": "outputs", "output_layers": "output layers",
    "params": "params", "trainable_params": "trainable params",
}  # fmt: skip
SHAPES = frozenset({"input_shapes", "output_shapes", "inputs", "outputs"})
MARKS = {"added": "+", "removed": "-", "changed": "~"}
BOUND = "the change covers only the layers with known weights, so it is a bound"


def shown(change: Change, value: Any) -> str:
    """Return one side of a change as a person reads it."""
    if change.what in SHAPES:
        return rows.shapes(value) or "none"
    if change.what in ("params", "trainable_params"):
        return "unknown" if value is None else f"{value:,}"
    if change.what == "dialect":
        return rows.DIALECTS.get(value, "unknown")
    if change.what in ("connected_to", "output_layers"):
        return ", ".join(map(brief, value)) or "nothing"
    if value is ABSENT:
        return "not given"
    text = written(value)
    if len(text) <= LONG:
        return text
    content = value if isinstance(value, str) else json.dumps(value, sort_keys=True)
    size = f"{len(value):,} values" if isinstance(value, list) else plural(len(content), "character")
    return f"{size} (sha256 {sha256(content.encode('utf-8', 'surrogatepass')).hexdigest()[:12]})"


def written(value: Any) -> str:
    """Return the value of an argument: 3, [2, 2], tanh, GlorotUniform, L2(l2=0.01)."""
    if isinstance(value, str):
        return value if value.strip() == value != "" else repr(value)
    if isinstance(value, list):
        return f"[{', '.join(map(written, value))}]"
    if isinstance(value, dict):
        if set(value) == {"class_name", "config"}:
            config = value["config"]
            if not isinstance(config, dict):
                return f"{value['class_name']}({'' if config is None else written(config)})"
            given = ", ".join(f"{key}={written(item)}" for key, item in config.items() if item is not None)
            return f"{value['class_name']}({given})" if given else str(value["class_name"])
        return "{" + ", ".join(f"{key}: {written(item)}" for key, item in value.items()) + "}"
    return str(value)


def label(change: Change) -> str:
    """Return the name of what changed."""
    return (brief(change.argument) or "''") if change.what == "argument" else LABELS[change.what]


def details(entry: LayerChange) -> list[Change]:
    """Return the changes of a layer that its headline does not state or imply."""
    whole = all(row is None or row.params == row.trainable_params for row in (entry.old, entry.new))
    left_out = ("params", "trainable_params") if whole else ("params",)
    return [change for change in entry.changes if change.what not in left_out]


def signed(change: int | None) -> str:
    """Return a difference as +1,234."""
    return "unknown" if change is None else f"{change:+,}" if change else "0"


def growth(total: Total) -> str:
    """Return a total's change as +560 (+12.5%), or as a bound if a total is incomplete."""
    changes = total.term_changes
    if changes is not None:
        return formula(changes, plus=True)
    if "unknown" in (number(total.old, total.old_complete), number(total.new, total.new_complete)):
        return "unknown"
    if not total.complete:
        bound = ">=" if total.old_complete else "<=" if total.new_complete else "known:"
        return f"{bound} {signed(total.change)}"
    percent = total.percent
    if not total.change or percent is None:
        return signed(total.change)
    share = f"{percent:+,.1f}%"
    if float(share.rstrip("%").replace(",", "")) == 0:
        share = "under 0.1%"
    return f"{signed(total.change)} ({share})"


def number(value: int | None, complete: bool) -> str:
    """Return a total; an incomplete one as a lower bound."""
    if value is None or (value == 0 and not complete):
        return "unknown"
    return f"{value:,}" if complete else f">= {value:,}"


def sides(total: Total) -> tuple[str, str]:
    """Return the old and the new total; a formula if it depends on sizes that a program does not state."""
    old = number(total.old, total.old_complete) if total.old_terms is None else formula(total.old_terms)
    new = number(total.new, total.new_complete) if total.new_terms is None else formula(total.new_terms)
    return old, new


def formula(terms: Mapping[str, int], plus: bool = False) -> str:
    """Return terms as text: 33,408 + 512·features. plus: of a change, which begins with its sign."""
    text = ""
    for name, factor in sorted(terms.items(), key=lambda item: (item[0].count("·"), item[0])):
        size = name if abs(factor) == 1 and name else f"{abs(factor):,}" + (f"·{name}" if name else "")
        sign = "-" if factor < 0 else "+"
        text += f" {sign} {size}" if text else f"{sign if plus or factor < 0 else ''}{size}"
    return text or "0"


def missing(found: Comparison) -> list[tuple[str, list[LayerSummary]]]:
    """Return (old or new, the layers with unknown weights) for each model with incomplete totals."""
    sides = (("old", found.old.model), ("new", found.new.model))
    return [(side, rows.unknown_layers(model)) for side, model in sides if model is not None and not model.complete]


def cause(report: FileReport, unknown: str) -> str:
    """Return why the totals of a model are incomplete. unknown: its layers with unknown weights, as text."""
    open_sizes = [] if report.origin is None else [one.name for one in report.origin.unknowns]
    if open_sizes and not unknown:
        return f"They depend on {listing(open_sizes)}"
    return f"Unknown: {unknown or 'some layers'}"


def bounded(found: Comparison) -> bool:
    """Check whether the change of an incomplete total is shown."""
    incomplete = [total for total in found.totals if not total.complete and total.term_changes is None]
    return bool(missing(found)) and any(growth(total) != "unknown" for total in incomplete)


def counts(found: Comparison) -> str:
    """Return how many layers were added, removed and changed."""
    parts = [f"{found.count(kind):,} {kind}" for kind in MARKS if found.count(kind)]
    return ", ".join([*parts, f"{found.unchanged:,} unchanged"])


def verdict(found: Comparison) -> str:
    """Return that the growth is within its limit; empty if it is not, or without a limit."""
    if found.limit is None or found.gate or found.unreadable:
        return ""
    return f"Within --max-increase {found.limit.text}."
