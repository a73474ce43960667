"""A comparison as a page: the graph of both models with what was added, removed and changed, and the table of layers."""

from __future__ import annotations

from typing import Any

from lstmlint.comparing import Comparison, FolderComparison, LayerChange
from lstmlint.drawing.changes import compared
from lstmlint.model.values import plural
from lstmlint.reporting.comparison.values import TITLES, cause, counts, growth, label, missing, shown, sides, verdict
from lstmlint.reporting.html import Digest, page_of
from lstmlint.reporting.page import embedded
from lstmlint.reporting.page.contents import MOST_LAYERS, empty, finding_entry, graph_entry
from lstmlint.reporting.page.explanations import Explanations
from lstmlint.reporting.page.texts import short
from lstmlint.reporting.tables import listed
from lstmlint.reporting.view import View
from lstmlint.version import __version__


def render(found: Comparison | FolderComparison, view: View) -> str:
    """Return the page. Of two folders, it lists the files that differ."""
    if isinstance(found, Comparison):
        return "".join(page_of([digest(found)], lambda: ""))
    differing = [comparison for comparison in found.files if not comparison.same]
    digests = [digest(comparison) for comparison in differing]
    digests += [only(path, "removed") for path in found.removed] + [only(path, "added") for path in found.added]
    summary = f"{plural(len(found.files), 'model')} in both folders, {len(differing):,} of them with differences."
    return "".join(page_of(digests, lambda: summary))


def digest(found: Comparison) -> Digest:
    """Return what the page shows of one comparison."""
    findings = [*found.appeared, *found.gate]
    severities = [sum(finding.severity == word for finding in findings) for word in ("error", "warning", "info")]
    params = next((total for total in found.totals if total.name == "params"), None)
    entry = {
        "path": short(found.new.path),
        "class_name": "" if found.new.model is None else short(found.new.model.class_name),
        "params": None if params is None else params.change,
        "count": "" if params is None else growth(params),
        "severities": severities,
        "first": "" if found.unreadable else counts(found),
    }
    return Digest(entry, embedded(contents(found)))


def only(path: str, kind: str) -> Digest:
    """Return what the page shows of a file that only one of two folders has. kind: added or removed."""
    entry = {"path": short(path), "class_name": "", "params": None, "count": "", "severities": [0, 0, 0], "first": kind}
    return Digest(entry, embedded({**empty(short(path), "", ()), "notes": [f"The file was {kind}."]}))


def contents(found: Comparison) -> dict[str, Any]:
    """Return everything that the page shows of one comparison."""
    findings = [*found.appeared, *found.gate]
    path = f"{short(found.old.path)} → {short(found.new.path)}"
    entry = empty(path, f"lstmlint diff · lstmlint {__version__}", findings) | {"compared": True}
    entry["findings"] += [finding_entry(finding) | {"gone": True} for finding in found.gone]
    entry["notes"] += notes(found)
    marked = compared(found, differences, findings, MOST_LAYERS)
    if marked is not None and found.new.model is not None:
        entry["totals"] = totals(found)
        entry |= graph_entry(marked.graph, marked.rows, found.new.model, Explanations(), entry["notes"])
    return entry


def differences(change: LayerChange) -> list[str]:
    """Return the differences of a layer as texts: units: 8 → 16."""
    return [f"{label(one)}: {shown(one, one.old)} → {shown(one, one.new)}" for one in change.changes]


def totals(found: Comparison) -> list[list[str]]:
    """Return the totals of both models, how many layers differ, and the changes of the models themselves."""
    lines = []
    for total in found.totals:
        old, new = sides(total)
        lines.append([TITLES[total.name], f"{old} → {new}, {growth(total)}" if old != new else f"{new}, unchanged"])
    lines.append(["Layers", counts(found)])
    for change in found.model:
        title = label(change) if change.what == "argument" else label(change).capitalize()
        lines.append([short(title), short(f"{shown(change, change.old)} → {shown(change, change.new)}")])
    return lines


def notes(found: Comparison) -> list[str]:
    """Return sentences about what is not known, and whether the growth is within its limit."""
    found_notes = [
        f"{short(report.path)} cannot be read, so there is nothing to compare." for report in found.unreadable
    ]
    if found.same:
        found_notes.append("The models are the same.")
    for side, unknown in missing(found):
        report = found.old if side == "old" else found.new
        found_notes.append(short(f"The {side} totals are incomplete. {cause(report, listed(unknown))}."))
    return [*found_notes, verdict(found)] if verdict(found) else found_notes
