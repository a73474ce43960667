"""A comparison as Markdown, for a pull request's comment or a job's summary."""

from __future__ import annotations

from lstmlint.comparing import Change, Comparison, FolderComparison, LayerChange
from lstmlint.model.values import brief, plural
from lstmlint.reporting import rows
from lstmlint.reporting.comparison.values import (
    BOUND,
    TITLES,
    bounded,
    cause,
    counts,
    details,
    growth,
    label,
    missing,
    shown,
    sides,
    verdict,
)  # fmt: skip
from lstmlint.reporting.escape import markdown, markdown_code
from lstmlint.reporting.markdown import findings_table, line, listed
from lstmlint.reporting.view import View


def render(found: Comparison | FolderComparison, view: View) -> str:
    """Return the sections."""
    parts = folder_parts(found) if isinstance(found, FolderComparison) else comparison_parts(found)
    return "\n\n".join(parts) + "\n"


def folder_parts(found: FolderComparison) -> list[str]:
    """Return the comparisons of the files that differ, and the files that only one folder has."""
    differing = [comparison for comparison in found.files if not comparison.same]
    return folder_summary(found) + [part for comparison in differing for part in comparison_parts(comparison)]


def folder_summary(found: FolderComparison) -> list[str]:
    """Return how many files differ, and the files that only one folder has."""
    differing = [comparison for comparison in found.files if not comparison.same]
    parts = [
        f"**lstmlint**: {markdown_code(found.old)} → {markdown_code(found.new)}:"
        f" {plural(len(found.files), 'model')} in both folders; {len(differing) or 'none'}"
        f" {'differs' if len(differing) == 1 else 'differ'}."
    ]
    for heading, paths in (("Removed", found.removed), ("Added", found.added)):
        if paths:
            parts.append(f"{heading}: {', '.join(map(markdown_code, paths))}")
    return parts


def comparison_parts(found: Comparison) -> list[str]:
    """Return the section of two files."""
    parts = [f"### lstmlint: {markdown_code(found.old.path)} → {markdown_code(found.new.path)}"]
    parts += [
        f"{markdown_code(report.path)} cannot be read, so there is nothing to compare." for report in found.unreadable
    ]
    if found.same:
        parts.append("The models are the same.")
    elif not found.unreadable:
        parts += change_parts(found)
    for heading, findings in (("New findings", found.appeared), ("Findings that are gone", found.gone)):
        if findings:
            parts += [f"**{heading}: {len(findings):,}**", findings_table(findings).rstrip("\n")]
    if found.gate:
        parts += ["**Over the limit**", findings_table(found.gate).rstrip("\n")]
    if verdict(found):
        parts.append(markdown(verdict(found)))
    return parts


def change_parts(found: Comparison) -> list[str]:
    """Return the tables of totals and layers."""
    cells = [["", "old", "new", "change"], ["---", "---:", "---:", "---:"]]
    for total in found.totals:
        cells.append([TITLES[total.name], *map(markdown, (*sides(total), growth(total)))])
    parts = [table(cells)]
    for side, unknown in missing(found):
        bound = f"; {BOUND}" if bounded(found) else ""
        report = found.old if side == "old" else found.new
        parts.append(f"The {side} totals are **incomplete**{bound}. {cause(report, listed(unknown))}.")
    if found.model:
        parts.append("Model: " + "; ".join(map(change_text, found.model)))
    parts.append(f"Layers: {counts(found)}.")
    if found.layers:
        cells = [["", "layer", "class", "params", "what"], ["---", "---", "---", "---:", "---"]]
        parts.append(table(cells + [layer_cells(entry) for entry in found.layers]))
    return parts


def layer_cells(entry: LayerChange) -> list[str]:
    """Return a layer's row."""
    row = entry.new or entry.old
    if row is None:
        return []
    old, new = entry.old, entry.new
    params = rows.count(row.params)
    if old is not None and new is not None and old.params != new.params:
        params = f"{rows.count(old.params)} → {rows.count(new.params)}"
    what = "<br>".join(map(change_text, details(entry)))
    if old is None or new is None:
        what = f"output {markdown(rows.shapes(row.output_shapes))}"
    return [entry.kind, markdown_code(brief(entry.path)), markdown(brief(row.class_name)), params, what]


def change_text(change: Change) -> str:
    """Return the old and the new value."""
    old, new = (markdown_code(shown(change, value)) for value in (change.old, change.new))
    return f"{markdown(label(change))} {old} → {new}"


def table(rows: list[list[str]]) -> str:
    """Return a table of cells that are escaped already."""
    return "\n".join(map(line, rows))
