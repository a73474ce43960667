"""Findings as text: on one line, or with the lines that they are about."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, TypeAlias

from lstmlint.model.findings import Finding
from lstmlint.reporting.escape import terminal
from lstmlint.reporting.layout import wrap
from lstmlint.reporting.tables import HANGING
from lstmlint.reporting.view import View, paint

if TYPE_CHECKING:
    from lstmlint.reporting.frame import Excerpts

FIXABLE = "[*]"  # marks a finding that --fix would fix

Texts: TypeAlias = Mapping[int | None, str]


def finding_line(path: str, finding: Finding, view: View) -> str:
    """Return a finding as `path:line:column: severity CODE name message`."""
    place = paint(f"{terminal(path)}:{place_of(finding)}", "bold", view)
    severity = paint(finding.severity, finding.severity, view)
    mark = f" {paint(FIXABLE, 'fix', view)}" if finding.fixable else ""
    return f"{place}: {severity} {finding.code}{mark} {finding.name} {terminal(finding.message)}"


def findings_lines(path: str, texts: Texts, findings: list[Finding], view: View) -> list[str]:
    """Return findings of a file, each with the lines that it is about, its help, and an empty line.

    texts: as of a FileReport.
    """
    if not findings:
        return []
    from lstmlint.reporting.frame import Excerpts

    excerpts: dict[int | None, Excerpts] = {}
    lines = []
    for finding in findings:
        if finding.cell not in excerpts and finding.cell in texts:
            excerpts[finding.cell] = Excerpts(texts[finding.cell])
        place = place_in(path, finding, bool(texts))
        lines += [*finding_lines(place, finding, excerpts.get(finding.cell), view), ""]
    return lines


def finding_lines(place: str, finding: Finding, excerpts: Excerpts | None, view: View) -> list[str]:
    """Return a finding with the lines that it is about and its help."""
    mark = f" {FIXABLE}" if finding.fixable else ""
    title = f"{finding.severity} {finding.code}"
    line = f"{title}{mark} {finding.name}: {terminal(finding.message)}"
    first, *more = wrap(line, view.width, HANGING)
    if view.color and first.startswith(title + mark):  # painted after wrapping, which counts characters
        painted = paint(title, finding.severity, view) + (f" {paint(FIXABLE, 'fix', view)}" if mark else "")
        first = painted + first[len(title + mark) :]
    frame = None
    if excerpts is not None and not about_whole_file(finding):
        frame = excerpts.frame(finding.line, finding.column, view.width, view.encoding)
    lines = [first, *more]
    margin = " " * (1 if frame is None else len(str(frame.number + len(frame.lines) - 1)))
    lines.append(f"{margin}{paint('-->', 'margin', view)} {place}")
    if frame is not None:
        bar = paint(f"{margin} |", "margin", view)
        lines.append(bar)
        for i, text in enumerate(frame.lines):
            number = paint(f"{frame.number + i:{len(margin)}} |", "margin", view)
            lines.append(f"{number} {text}".rstrip())
            if i == frame.marked:
                blanks, carets = frame.carets
                lines.append(f"{bar} {' ' * blanks}{paint('^' * carets, finding.severity, view)}")
        lines.append(bar)
    if finding.help:
        first, *more = wrap(f"help: {terminal(finding.help)}", view.width, len("help: "))
        lines += [paint("help", "bold", view) + first.removeprefix("help"), *more]
    return lines


def about_whole_file(finding: Finding) -> bool:
    """Return whether a finding is about a file and not about a place in it."""
    return (finding.line, finding.column, finding.pointer) == (1, 1, "") and finding.name != "unreadable"


def place_in(path: str, finding: Finding, has_text: bool) -> str:
    """Return the place of a finding as path:line:column; in a binary file, as the JSON pointer into its config."""
    path = terminal(path)
    if about_whole_file(finding):
        return path
    if has_text or (finding.line, finding.column) != (1, 1):
        return f"{path}:{place_of(finding)}"
    return f"{path} at {terminal(finding.pointer)}" if finding.pointer else path  # a damaged binary file has no pointer


def place_of(finding: Finding) -> str:
    """Return a finding's place as line:column; in a notebook, as cell N:line:column."""
    cell = "" if finding.cell is None else f"cell {finding.cell}:"
    return f"{cell}{finding.line}:{finding.column}"
