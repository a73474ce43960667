"""Turn problems into findings: the rule adds name and severity, the document adds line and column."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from lstmlint import rules
from lstmlint.config.options import Options, protected
from lstmlint.model.findings import Finding, Problem, listing
from lstmlint.model.values import show

# Rules about what is written in files. A program's layers may be custom, and its arguments those of the Keras it runs.
OF_FILES = (
    "E003", "E004", "E008", "E009", "E011", "E012", "P60", "P61", "P627", "S130", "S131", "S139", "S140", "G702",
)  # fmt: skip
Locate = Callable[[str], tuple[int, int]]  # a pointer's line and column

# Characters of a message: names and values of a file may be of any length.
_LONGEST = 5_000


def findings_of(problems: list[Problem], options: Options, locate: Locate | None = None) -> list[Finding]:
    """Return the findings of the selected rules, in the order of the file. locate: None without a document."""
    if not problems:
        return []
    table = rules.load()
    findings = []
    for problem in problems:
        rule = table.get(problem.code)
        message = problem.message
        if rule is None:
            rule, message = table["E099"], f"no rule for the code {problem.code}: {message}"
        judge = options.guard if options.guard is not None and protected(rule.code) else options
        if not judge.wants(rule):
            continue
        severity = judge.severities.get(rule.code) or problem.severity or rule.severity
        line, column = problem.data.get("place") or (locate(problem.pointer) if locate else (1, 1))
        findings.append(
            Finding(
                rule.code,
                rule.name,
                severity,
                message if len(message) <= _LONGEST else f"{message[:_LONGEST]}...",
                problem.help if len(problem.help) <= _LONGEST else f"{problem.help[:_LONGEST]}...",
                problem.layer,
                problem.pointer,
                line,
                column,
                problem.data.get("amount"),
                edit=problem.data.get("edit"),
            )  # fmt: skip
        )
    return in_file_order(findings)


def in_file_order(findings: list[Finding]) -> list[Finding]:
    """Sort findings by line, column, and code."""
    return sorted(findings, key=lambda finding: (finding.line, finding.column, finding.code))


def merge(findings: list[Finding], places: bool = False) -> list[Finding]:
    """Merge findings that differ only in the layer into the first of them, which then names the others.

    places: merge those with one code and one place, too: a line of a program builds many layers.
    Suppressions and baselines come first: they apply to each layer.
    """
    found = _merged(findings, lambda finding: finding.message.replace(show(finding.layer), ""))
    return _merged(found, lambda finding: (finding.line, finding.column)) if places else found


def _merged(findings: list[Finding], likeness: Callable[[Finding], object]) -> list[Finding]:
    groups: dict[object, list[Finding]] = {}
    for finding in findings:
        shared = finding.layer is not None and finding.amount is None
        key = (finding.code, finding.severity, likeness(finding)) if shared else id(finding)
        groups.setdefault(key, []).append(finding)
    return [group[0] if len(group) == 1 else _standing_for(group) for group in groups.values()]


def _standing_for(group: list[Finding]) -> Finding:
    every = [one for finding in group for one in finding.each]
    first = every[0]
    names = [name for finding in every if (name := finding.layer) is not None and name != first.layer]
    message = first.message
    if names:
        names = list(dict.fromkeys(names))
        layers = "layer" if len(names) == 1 else "layers"
        message += f" (and in {len(names):,} more {layers}: {listing(names)})"
    return replace(first, message=message, merged=every)
