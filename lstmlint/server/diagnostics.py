"""Findings as diagnostics."""

from __future__ import annotations

from typing import NamedTuple

from lstmlint.model.findings import Finding
from lstmlint.report import FileReport
from lstmlint.reporting.escape import visible
from lstmlint.server.examining import Examined
from lstmlint.server.positions import Range
from lstmlint.version import rule_url

SEVERITIES = {"error": 1, "warning": 2, "info": 3}
UNNECESSARY, DEPRECATED = 1, 2
# Editors show these faded, and those struck through.
TAGS = {
    **dict.fromkeys(("E003", "G701", "G704", "G714", "G715", "H312", "N407", "P606", "R223", "S126"), UNNECESSARY),
    **dict.fromkeys(("P601", "P602", "P604", "P607"), DEPRECATED),
}
MOST_RELATED = 20


class Diagnostic(NamedTuple):
    """A finding in the terms of the protocol. related: the other layers that have it, each with a message."""

    range: Range
    severity: int
    code: str
    href: str
    message: str
    tags: tuple[int, ...] = ()
    related: tuple[tuple[Range, str], ...] = ()


def diagnostics(examined: Examined) -> list[Diagnostic]:
    """Return the findings of an open file."""
    return [diagnostic(examined, report, finding, place) for report, finding, place in examined.findings]


def diagnostic(examined: Examined, report: FileReport, finding: Finding, place: Range) -> Diagnostic:
    """Return one finding."""
    tag = TAGS.get(finding.code)
    others = [one for one in finding.each[1:] if one.layer is not None][:MOST_RELATED]
    related = [(examined.range_of(report, one), f"also in {visible(one.layer or '')}") for one in others]
    return Diagnostic(
        place,
        SEVERITIES[finding.severity],
        finding.code,
        rule_url(finding.code),
        message_of(finding),
        () if tag is None else (tag,),
        tuple((range_, text) for range_, text in related if range_ != place),
    )


def message_of(finding: Finding) -> str:
    """Return a finding's message, and on the next line what to do."""
    text = visible(finding.message)
    return f"{text}\n{visible(finding.help)}" if finding.help else text
