"""Two models compared: for a terminal, for programs (schemas/diff.schema.json), for a pull request."""

from __future__ import annotations

import json
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from lstmlint.comparing import ABSENT, Change, Comparison, LayerChange, Total
from lstmlint.reporting import View, plural, rows
from lstmlint.reporting.entries import plain
from lstmlint.reporting.escape import markdown, markdown_code, terminal
from lstmlint.reporting.json import pretty
from lstmlint.reporting.layout import wrap
from lstmlint.reporting.markdown import listed as listed_in_markdown
from lstmlint.reporting.tables import HANGING, draw, finding_lines, listed
from lstmlint.version import __version__

if TYPE_CHECKING:
    from lstmlint.inference.summary import LayerSummary
    from lstmlint.model.findings import Finding
    from lstmlint.report import FileReport

FORMATS = ("text", "json", "markdown")
VERSION = 1
LONG = 100  # a value that takes more is told by its size and its hash
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


def render(found: Comparison, format: str, width: int | None = None) -> str:
    """The comparison in one of FORMATS. width: of the terminal; None leaves every line whole, as programs read them."""
    if format == "json":
        return pretty(to_dict(found))
    return markdown_report(found) if format == "markdown" else text_report(found, width)


# What both say to people --------------------------------------------------------------------------------


def shown(change: Change, value: Any) -> str:
    """A value as a person reads it."""
    if change.what in SHAPES:
        return rows.shapes(value) or "none"
    if change.what in ("params", "trainable_params"):
        return "unknown" if value is None else f"{value:,}"
    if change.what == "dialect":
        return rows.DIALECTS.get(value, "unknown")
    if change.what in ("connected_to", "output_layers"):
        return ", ".join(value) or "nothing"
    if value is ABSENT:
        return "not given"
    text = written(value)
    if len(text) <= LONG:
        return text
    content = value if isinstance(value, str) else json.dumps(value, sort_keys=True)
    size = f"{len(value):,} values" if isinstance(value, list) else plural(len(content), "character")
    return f"{size} (sha256 {sha256(content.encode('utf-8', 'surrogatepass')).hexdigest()[:12]})"


def written(value: Any) -> str:
    """A value of an argument: 3, [2, 2], tanh, GlorotUniform, L2(l2=0.01)."""
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
    """What a change is about."""
    return (change.argument or "''") if change.what == "argument" else LABELS[change.what]


def told(entry: LayerChange) -> list[Change]:
    """A layer's changes, without the one that its headline tells and the one that follows from that."""
    whole = all(row is None or row.params == row.trainable_params for row in (entry.old, entry.new))
    left_out = ("params", "trainable_params") if whole else ("params",)
    return [change for change in entry.changes if change.what not in left_out]


def signed(change: int | None) -> str:
    """+1,234."""
    return "unknown" if change is None else f"{change:+,}" if change else "0"


def growth(total: Total) -> str:
    """+560 (+12.5%); of incomplete totals, a bound, or the change of what is known."""
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
    """A total; of an incomplete one, how many there are at least."""
    if value is None or (value == 0 and not complete):
        return "unknown"
    return f"{value:,}" if complete else f">= {value:,}"


def missing(found: Comparison) -> list[tuple[str, list[LayerSummary]]]:
    """(which model, its layers of unknown weights) where a total is incomplete."""
    sides = (("old", found.old.model), ("new", found.new.model))
    return [(side, rows.unknown_layers(model)) for side, model in sides if model is not None and not model.complete]


def bounded(found: Comparison) -> bool:
    """Whether a change is shown of totals that are incomplete."""
    return bool(missing(found)) and any(growth(total) != "unknown" for total in found.totals if not total.complete)


def counts(found: Comparison) -> str:
    """How many layers were added, removed, changed."""
    parts = [f"{found.count(kind):,} {kind}" for kind in MARKS if found.count(kind)]
    return ", ".join([*parts, f"{found.unchanged:,} unchanged"])


def unreadable(found: Comparison) -> list[FileReport]:
    """Which of the two hold no model that can be read."""
    return [report for report in (found.old, found.new) if report.model is None]


def same(found: Comparison) -> bool:
    """Whether nothing differs at all."""
    return not (unreadable(found) or found.layers or found.model or any(total.change for total in found.totals))


def verdict(found: Comparison) -> str:
    """That the growth is within its limit; empty where it is not, or without one."""
    if found.limit is None or found.gate or unreadable(found):
        return ""
    return f"Within --max-increase {found.limit.said}."


# Text ---------------------------------------------------------------------------------------------------


def text_report(found: Comparison, width: int | None) -> str:
    """Totals, layers, findings; no line longer than `width`, nothing cut off."""
    lines = [*title("Old", found.old, width), *title("New", found.new, width)]
    for report in unreadable(found):
        lines += ["", *wrap(f"{terminal(report.path)} cannot be read, so there is nothing to compare.", width, HANGING)]
    if same(found):
        lines += ["", "The models are the same."]
    elif not unreadable(found):
        lines += ["", *text_totals(found, width)]
        if found.model:
            lines += ["", "Model"]
            for change in found.model:
                lines += text_change(change, width)
        lines += ["", f"Layers: {counts(found)}"]
        for entry in found.layers:
            lines += text_layer(entry, width)
    for heading, report, findings in (
        ("New findings", found.new, found.appeared),
        ("Findings that are gone", found.old, found.gone),
    ):
        if findings:
            lines += ["", f"{heading}: {len(findings):,}"]
            for finding in findings:
                lines += text_finding(report.path, finding, width)
    for finding in found.gate:
        lines += ["", *text_finding(found.new.path, finding, width)]
    if verdict(found):
        lines += ["", *wrap(verdict(found), width, HANGING)]
    return "".join(line.rstrip() + "\n" for line in lines)


def title(side: str, report: FileReport, width: int | None) -> list[str]:
    """Which file, and what it holds."""
    line = f"{side}: {terminal(report.path)}"
    if report.model is not None:
        line += f" ({terminal(report.model.class_name)}, {rows.DIALECTS.get(report.dialect or '', '')})"
    return wrap(line, width, HANGING)


def text_totals(found: Comparison, width: int | None) -> list[str]:
    """The table of totals, and what is missing in them."""
    body = [
        [TITLES[t.name], number(t.old, t.old_complete), number(t.new, t.new_complete), growth(t)] for t in found.totals
    ]
    header = ["", "Old", "New", "Change"]
    lines = draw(header, body, {1, 2, 3}, View(width=width))
    for side, unknown in missing(found):
        names = listed(unknown)
        said = f"The {side} totals are incomplete: the weights of {names or 'some layers'} are unknown and not in them."
        lines += wrap(said, width, HANGING)
    if bounded(found):
        lines += wrap("So the change is that of the known layers, and no more than a bound.", width, HANGING)
    return lines


def text_layer(entry: LayerChange, width: int | None) -> list[str]:
    """A layer's headline, and its changes below it."""
    row = entry.new or entry.old
    if row is None:
        return []
    line = f"{MARKS[entry.kind]} {terminal(entry.path)} ({terminal(row.class_name)})"
    if entry.old is None or entry.new is None:
        inside = f", {plural(len(row.nested.layers), 'layer')} inside" if row.nested is not None else ""
        line += f" {rows.shapes(row.output_shapes)} {rows.count(row.params)} params{inside}"
    elif entry.old.params != entry.new.params:
        line += f" {rows.count(entry.old.params)} -> {rows.count(entry.new.params)} params"
        if entry.old.params is not None and entry.new.params is not None:
            line += f" ({signed(entry.new.params - entry.old.params)})"
    lines = wrap(line, width, HANGING)
    for change in told(entry):
        lines += text_change(change, width)
    return lines


def text_change(change: Change, width: int | None) -> list[str]:
    """What was and what is."""
    old, new = (terminal(shown(change, value)) for value in (change.old, change.new))
    return wrap(f"    {terminal(label(change))}: {old} -> {new}", width, 2)


def text_finding(path: str, finding: Finding, width: int | None) -> list[str]:
    """A finding as `lstmlint PATH` tells it."""
    return finding_lines(path, finding, View(width=width))


# Markdown -----------------------------------------------------------------------------------------------


def markdown_report(found: Comparison) -> str:
    """A section with tables."""
    parts = [f"### lstmlint: {markdown_code(found.old.path)} → {markdown_code(found.new.path)}"]
    parts += [
        f"{markdown_code(report.path)} cannot be read, so there is nothing to compare." for report in unreadable(found)
    ]
    if same(found):
        parts.append("The models are the same.")
    elif not unreadable(found):
        table = [["", "old", "new", "change"], ["---", "---:", "---:", "---:"]]
        table += [
            [
                TITLES[t.name],
                markdown(number(t.old, t.old_complete)),
                markdown(number(t.new, t.new_complete)),
                markdown(growth(t)),
            ]
            for t in found.totals
        ]
        parts.append(drawn(table))
        for side, unknown in missing(found):
            names = listed_in_markdown(unknown)
            so = ", so the change is that of the known layers, and no more than a bound" if bounded(found) else ""
            parts.append(
                f"The {side} totals are **incomplete**: the weights of {names or 'some layers'} are unknown and not in"
                f" them{so}."
            )
        if found.model:
            parts.append("Model: " + "; ".join(map(markdown_change, found.model)))
        parts.append(f"Layers: {counts(found)}.")
        if found.layers:
            table = [["", "layer", "class", "params", "what"], ["---", "---", "---", "---:", "---"]]
            parts.append(drawn(table + [markdown_layer(entry) for entry in found.layers]))
    for heading, findings in (("New findings", found.appeared), ("Findings that are gone", found.gone)):
        if findings:
            parts += [f"**{heading}: {len(findings):,}**", markdown_findings(findings)]
    if found.gate:
        parts += ["**Over the limit**", markdown_findings(found.gate)]
    if verdict(found):
        parts.append(markdown(verdict(found)))
    return "\n\n".join(parts) + "\n"


def markdown_layer(entry: LayerChange) -> list[str]:
    """A layer's row."""
    row = entry.new or entry.old
    if row is None:
        return []
    old, new = entry.old, entry.new
    params = rows.count(row.params)
    if old is not None and new is not None and old.params != new.params:
        params = f"{rows.count(old.params)} → {rows.count(new.params)}"
    what = "<br>".join(map(markdown_change, told(entry)))
    if old is None or new is None:
        what = f"output {markdown(rows.shapes(row.output_shapes))}"
    return [entry.kind, markdown_code(entry.path), markdown(row.class_name), params, what]


def markdown_change(change: Change) -> str:
    """What was and what is."""
    old, new = (markdown_code(shown(change, value)) for value in (change.old, change.new))
    return f"{markdown(label(change))} {old} → {new}"


def markdown_findings(findings: list[Finding]) -> str:
    """The table of findings, as in the other Markdown report."""
    from lstmlint.reporting.markdown import findings_table

    return findings_table(findings).rstrip("\n")


def drawn(table: list[list[str]]) -> str:
    """A table's rows."""
    return "\n".join(f"| {' | '.join(row)} |" for row in table)


# JSON ---------------------------------------------------------------------------------------------------


def to_dict(found: Comparison) -> dict[str, Any]:
    """Everything, in the form that schemas/diff.schema.json fixes."""
    return {
        "version": VERSION,
        "lstmlint": __version__,
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
            "max_increase": found.limit.said,
            "passed": not found.gate and found.new.model is not None,
            "findings": [finding.to_dict() for finding in found.gate],
        },
    }


def side_to_dict(report: FileReport) -> dict[str, Any]:
    """One of the two models."""
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
    """A total on both sides."""
    return {
        "old": total.old,
        "new": total.new,
        "change": total.change,
        "percent": total.percent,
        "complete": total.complete,
    }


def layer_to_dict(entry: LayerChange) -> dict[str, Any]:
    """A layer on both sides."""
    return {
        "change": entry.kind,
        "path": entry.path,
        "old": row_to_dict(entry.old),
        "new": row_to_dict(entry.new),
        "changes": [change_to_dict(change) for change in entry.changes],
    }


def row_to_dict(row: LayerSummary | None) -> dict[str, Any] | None:
    """A layer on one side."""
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
    """A change; without the side that does not have the argument."""
    said: dict[str, Any] = {"what": change.what}
    if change.what == "argument":
        said["argument"] = change.argument
    for side, value in (("old", change.old), ("new", change.new)):
        if value is not ABSENT:
            said[side] = plain(value) if change.what in SHAPES else value
    return said
