"""Compare the findings of two models."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from lstmlint.filtering.findings import in_file_order, merge
from lstmlint.model.findings import Finding
from lstmlint.model.pointers import upward

if TYPE_CHECKING:
    from lstmlint.inference.summary import LayerSummary
    from lstmlint.report import FileReport


def compare_findings(
    old: FileReport, new: FileReport, same: dict[int, LayerSummary]
) -> tuple[list[Finding], list[Finding]]:
    """Return (findings of only the new model, findings of only the old one), matched by code and layer."""
    groups: dict[tuple[str, object], tuple[list[Finding], list[Finding]]] = {}
    for report, side in ((old, 0), (new, 1)):
        rows = {} if report.model is None else {row.pointer: row for row in report.model.walk()}
        for finding in (one for shown in report.findings for one in shown.each):
            row = owner(finding, rows)
            layer: object = finding.layer if row is None else id(same.get(id(row), row))
            groups.setdefault((finding.code, layer), ([], []))[side].append(finding)
    appeared: list[Finding] = []
    gone: list[Finding] = []
    for before, after in groups.values():
        # Of several findings of a layer, those with equal messages are pairs; the others are paired in order.
        left, fresh = without(before, after), without(after, before)
        appeared += fresh[len(left) :]
        gone += left[len(fresh) :]
    return merge(in_file_order(appeared)), merge(in_file_order(gone))


def without(findings: list[Finding], others: list[Finding]) -> list[Finding]:
    """Return the findings without those that have a counterpart with the same message."""
    messages = Counter(finding.message for finding in others)
    left = []
    for finding in findings:
        if messages[finding.message]:
            messages[finding.message] -= 1
        else:
            left.append(finding)
    return left


def owner(finding: Finding, rows: dict[str, LayerSummary]) -> LayerSummary | None:
    """Return the layer that a finding points at or into."""
    return next((rows[pointer] for pointer in upward(finding.pointer) if pointer in rows), None)
