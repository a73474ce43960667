"""Which findings came and went."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from lstmlint.filtering.findings import in_file_order
from lstmlint.model.findings import Finding
from lstmlint.model.pointers import upward

if TYPE_CHECKING:
    from lstmlint.inference.summary import LayerSummary
    from lstmlint.report import FileReport


def compare_findings(
    old: FileReport, new: FileReport, same: dict[int, LayerSummary]
) -> tuple[list[Finding], list[Finding]]:
    """(those that only the new model has, those that only the old one had), by code and layer."""
    groups: dict[tuple[str, object], tuple[list[Finding], list[Finding]]] = {}
    for report, side in ((old, 0), (new, 1)):
        rows = {} if report.model is None else {row.pointer: row for row in report.model.walk()}
        for finding in report.findings:
            row = owner(finding, rows)
            layer: object = finding.layer if row is None else id(same.get(id(row), row))
            groups.setdefault((finding.code, layer), ([], []))[side].append(finding)
    appeared: list[Finding] = []
    gone: list[Finding] = []
    for before, after in groups.values():
        # Of several that one layer has, those that say the same are the same; the others are, one for one, restated.
        left, fresh = without(before, after), without(after, before)
        appeared += fresh[len(left) :]
        gone += left[len(fresh) :]
    return in_file_order(appeared), in_file_order(gone)


def without(findings: list[Finding], others: list[Finding]) -> list[Finding]:
    """The findings, less one for each of the others that says the same."""
    said = Counter(finding.message for finding in others)
    left = []
    for finding in findings:
        if said[finding.message]:
            said[finding.message] -= 1
        else:
            left.append(finding)
    return left


def owner(finding: Finding, rows: dict[str, LayerSummary]) -> LayerSummary | None:
    """The layer at whose place a finding points, or in which that place lies."""
    return next((rows[pointer] for pointer in upward(finding.pointer) if pointer in rows), None)
