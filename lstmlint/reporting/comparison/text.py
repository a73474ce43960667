"""A comparison as text: totals, layers, findings. On a terminal, no line is longer than its width."""

from __future__ import annotations

from lstmlint.comparing import Change, Comparison, FolderComparison, LayerChange
from lstmlint.model.values import brief, plural
from lstmlint.report import FileReport
from lstmlint.reporting import rows
from lstmlint.reporting.comparison.values import (
    BOUND,
    MARKS,
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
    signed,
    verdict,
)  # fmt: skip
from lstmlint.reporting.escape import terminal
from lstmlint.reporting.findings import findings_lines
from lstmlint.reporting.layout import wrap
from lstmlint.reporting.tables import HANGING, draw, kind, listed
from lstmlint.reporting.view import View, paint


def render(found: Comparison | FolderComparison, view: View) -> str:
    """Return the text."""
    lines = folder_lines(found, view) if isinstance(found, FolderComparison) else comparison_lines(found, view)
    return "".join(line.rstrip() + "\n" for line in lines)


def folder_lines(found: FolderComparison, view: View) -> list[str]:
    """Return the comparisons of the files that differ, and the files that only one folder has."""
    lines: list[str] = []
    for comparison in found.files:
        if not comparison.same:
            lines += [*comparison_lines(comparison, view), ""]
    for side, folder, paths in (("old", found.old, found.removed), ("new", found.new, found.added)):
        if paths:
            lines.append(f"Only in the {side} folder, {terminal(folder)}:")
            lines += [line for path in paths for line in wrap(f"    {terminal(path)}", view.width)]
            lines.append("")
    differ = sum(not comparison.same for comparison in found.files)
    verb = "differs" if differ == 1 else "differ"
    return [*lines, f"{plural(len(found.files), 'model')} in both folders; {differ or 'none'} {verb}."]


def comparison_lines(found: Comparison, view: View) -> list[str]:
    """Return the comparison of two files."""
    lines = [*title("Old", found.old, view), *title("New", found.new, view)]
    for report in found.unreadable:
        sentence = f"{terminal(report.path)} cannot be read, so there is nothing to compare."
        lines += ["", *wrap(sentence, view.width, HANGING)]
    if found.same:
        lines += ["", "The models are the same."]
    elif not found.unreadable:
        lines += ["", *total_lines(found, view)]
        if found.model:
            lines += ["", paint("Model", "bold", view)]
            for change in found.model:
                lines += change_lines(change, view)
        lines += ["", paint(f"Layers: {counts(found)}", "bold", view)]
        for entry in found.layers:
            lines += layer_lines(entry, view)
    for heading, report, findings in (
        ("New findings", found.new, found.appeared),
        ("Findings that are gone", found.old, found.gone),
    ):
        if findings:
            lines += [
                "",
                paint(f"{heading}: {len(findings):,}", "bold", view),
                "",
                *findings_lines(report.file, report.texts, findings, view)[:-1],
            ]
    if found.gate:
        lines += ["", *findings_lines(found.new.file, found.new.texts, found.gate, view)[:-1]]
    if verdict(found):
        lines += ["", *wrap(verdict(found), view.width, HANGING)]
    return lines


def title(side: str, report: FileReport, view: View) -> list[str]:
    """Return a file's name and the kind of its model."""
    line = f"{side}: {terminal(report.path)}"
    if report.model is not None:
        line += f" ({kind(report.model)})"
    return [paint(part, "bold", view) for part in wrap(line, view.width, HANGING)]


def total_lines(found: Comparison, view: View) -> list[str]:
    """Return the table of totals, and which layers are missing in them."""
    body = [[TITLES[total.name], *map(terminal, (*sides(total), growth(total)))] for total in found.totals]
    lines = draw(["", "Old", "New", "Change"], body, {1, 2, 3}, view)
    for side, unknown in missing(found):
        report = found.old if side == "old" else found.new
        sentence = f"The {side} totals are incomplete. {cause(report, listed(unknown))}."
        lines += wrap(sentence, view.width, HANGING)
    if bounded(found):
        lines += wrap(f"{BOUND[:1].upper()}{BOUND[1:]}.", view.width, HANGING)
    return lines


def layer_lines(entry: LayerChange, view: View) -> list[str]:
    """Return a layer's headline, and its changes below it."""
    row = entry.new or entry.old
    if row is None:
        return []
    line = f"{MARKS[entry.kind]} {terminal(brief(entry.path))} ({terminal(brief(row.class_name))})"
    if entry.old is None or entry.new is None:
        inside = f", {plural(len(row.nested.layers), 'layer')} inside" if row.nested is not None else ""
        line += f" {rows.shapes(row.output_shapes)} {rows.count(row.params)} params{inside}"
    elif entry.old.params != entry.new.params:
        line += f" {rows.count(entry.old.params)} -> {rows.count(entry.new.params)} params"
        if entry.old.params is not None and entry.new.params is not None:
            line += f" ({signed(entry.new.params - entry.old.params)})"
    lines = [paint(part, entry.kind, view) for part in wrap(line, view.width, HANGING)]
    for change in details(entry):
        lines += change_lines(change, view)
    return lines


def change_lines(change: Change, view: View) -> list[str]:
    """Return the old and the new value."""
    old, new = (terminal(shown(change, value)) for value in (change.old, change.new))
    return wrap(f"    {terminal(label(change))}: {old} -> {new}", view.width, 2)
