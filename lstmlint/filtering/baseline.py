"""Baselines: findings that are recorded once and not reported again, so that only new ones count.

A finding is identified by its file, its JSON pointer, and its rule, not by its line. Files are named relative to the
baseline's folder. An entry whose finding no longer exists is reported (G715), so a baseline only shrinks. For a
budget, the entry records the accepted cost; a higher cost is a new finding.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeGuard

from lstmlint import rules
from lstmlint.config.globs import nearby, relative
from lstmlint.config.options import Options
from lstmlint.filtering.findings import findings_of, in_file_order
from lstmlint.filtering.suppressions import ABOUT_SUPPRESSIONS, ran, stopped
from lstmlint.model.findings import Problem, UsageError
from lstmlint.model.programs import split_model
from lstmlint.model.values import show
from lstmlint.report import FileReport

MARK = "lstmlint-baseline"
VERSION = 1
STALE = "G715"
INTERNAL = "E099"  # failures of lstmlint itself are always reported
AMOUNT = "amount"
# pointer -> code -> how many findings, or {"amount": accepted cost} for a budget
Entries = dict[str, dict[str, Any]]


@dataclass(slots=True)
class Baseline:
    """The accepted findings of each file. folder: the files' names are relative to it."""

    path: str
    folder: str
    files: dict[str, Entries] = field(default_factory=dict)

    def name_of(self, path: str) -> str:
        """Return the name of a file in the baseline."""
        return relative(path, self.folder)

    def withhold(self, report: FileReport, options: Options, locate: Any = None) -> None:
        """Remove accepted findings from a report, and add a finding for each entry that no longer matches.

        `report.baseline` becomes the entries that still match, or whose rule did not run.
        """
        known = self.files.get(self.name_of(report.path))
        if not known:
            return
        silent = stopped(report)
        left = Counter(
            {(pointer, code): accepted(entry) for pointer, codes in known.items() for code, entry in codes.items()}
        )
        kept = []
        amounts: dict[tuple[str, str], int] = {}
        for finding in report.findings:
            if left[finding.pointer, finding.code] > 0:
                left[finding.pointer, finding.code] -= 1
                entry = known[finding.pointer][finding.code]
                if finding.amount is None:
                    continue
                if isinstance(entry, dict) and finding.amount <= entry[AMOUNT]:
                    amounts[finding.pointer, finding.code] = finding.amount
                    continue
            kept.append(finding)
        report.known = len(report.findings) - len(kept)
        problems = []
        for (pointer, code), rest in left.items():
            entry = known.get(pointer, {}).get(code, 0)
            had = accepted(entry)
            if rest and not may_be_hidden(code, silent, options):
                problems.append(stale(code, pointer, had, rest, self.path))
                had -= rest
            if had:
                report.baseline.setdefault(pointer, {})[code] = (
                    {AMOUNT: amounts.get((pointer, code), entry[AMOUNT])} if isinstance(entry, dict) else had
                )
        report.findings = in_file_order([*kept, *findings_of(problems, options, locate)])

    def gone(self) -> list[str]:
        """Return the files in the baseline that no longer exist. <stdin> is not a file."""
        return [
            name
            for name in self.files
            if not name.endswith(">") and not os.path.exists(os.path.join(self.folder, split_model(name)[0]))  # noqa: PTH110, PTH118
        ]


def accepted(entry: Any) -> int:
    """Return the number of findings that an entry accepts."""
    return 1 if isinstance(entry, dict) else int(entry)


def stale(code: str, pointer: str, had: int, rest: int, path: str) -> Problem:
    """Return G715 for an entry."""
    found = "it no longer exists" if rest == had else f"only {had - rest} of {had} findings remain"
    return Problem(
        STALE,
        f"the baseline {path} accepts {code} at {pointer or 'the top'}, but {found}",
        rewrite(path),
        pointer=pointer,
    )


def may_be_hidden(code: str, silent: bool, options: Options) -> bool:
    """Return whether a finding may be missing only because its rule did not run."""
    rule = rules.find(code)
    if rule is None or silent:
        return rule is not None
    if code in ABOUT_SUPPRESSIONS:
        return not options.wants(rule)
    return not ran(rule, options)


def accept(report: FileReport, old: Baseline | None, target: str) -> tuple[str, Entries]:
    """Move the findings of a report into a new baseline. Returns: the file's name in it, and its entries.

    With an old baseline, only its remaining entries are kept, and new findings stay in the report.
    """
    name = relative(report.path, folder_of(target))
    if old is not None:
        report.findings = [finding for finding in report.findings if finding.code != STALE]
        return name, report.baseline
    entries: Entries = {}
    kept = []
    found = [one for finding in report.findings for one in finding.each]
    for finding in found:
        if finding.code == INTERNAL:
            kept.append(finding)
            continue
        codes = entries.setdefault(finding.pointer, {})
        if finding.amount is None:
            codes[finding.code] = codes.get(finding.code, 0) + 1
        else:
            codes[finding.code] = {AMOUNT: finding.amount}
    report.known = len(found) - len(kept)
    report.findings = kept
    return name, entries


def renamed(old: Baseline, target: str) -> dict[str, Entries]:
    """Return the entries of existing files, renamed relative to another baseline."""
    gone = set(old.gone())
    folder = folder_of(target)
    return {
        relative(os.path.join(old.folder, name), folder): entries  # noqa: PTH118
        for name, entries in old.files.items()
        if name not in gone
    }


def gone_files(baseline: Baseline, options: Options) -> FileReport:
    """Return a report on the baseline itself, with G715 for each file that no longer exists."""
    report = FileReport(nearby(baseline.path))
    problems = [
        Problem(STALE, f"the baseline names {name}, which does not exist", rewrite(baseline.path))
        for name in baseline.gone()
    ]
    report.findings = findings_of(problems, options)
    return report


def folder_of(path: str) -> str:
    """Return the absolute folder of a file."""
    return os.path.dirname(os.path.abspath(path))  # noqa: PTH100, PTH120


def rewrite(path: str) -> str:
    """Return the advice to write the baseline again."""
    return f"Write it again: --baseline {path} --write-baseline {path}"


def render(files: dict[str, Entries]) -> str:
    """Format a baseline: sorted, with one entry per line, so that diffs are small."""
    ordered = {
        name: {pointer: dict(sorted(codes.items())) for pointer, codes in sorted(entries.items()) if codes}
        for name, entries in sorted(files.items())
    }
    body = {MARK: VERSION, "files": {name: entries for name, entries in ordered.items() if entries}}
    return json.dumps(body, indent=1) + "\n"


def load(path: str) -> Baseline:
    """Read a baseline. Raises: UsageError if it cannot be read or is not a baseline."""
    try:
        content = Path(path).read_bytes()
    except (OSError, ValueError) as error:  # a null in a path of the settings
        raise UsageError(
            f"cannot read the baseline {show(path)}: {getattr(error, 'strerror', None) or error}"
        ) from error
    try:
        value = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise UsageError(f"the baseline {show(path)} is not valid JSON: {error}") from error
    wrong = mistake(value)
    if wrong:
        raise UsageError(f"{show(path)} is not a baseline written by --write-baseline: {wrong}")
    return Baseline(path, folder_of(path), value["files"])


def mistake(value: Any) -> str | None:
    """Return what is wrong with the content of a baseline; None if it is valid."""
    if not isinstance(value, dict) or MARK not in value:
        return f"it has no {show(MARK)}"
    if value[MARK] != VERSION or isinstance(value[MARK], bool):
        return f"its version is {json.dumps(value[MARK])[:40]}, and this lstmlint reads {VERSION}"
    if not is_table(value.get("files")):
        return "its 'files' is not an object"
    for name, entries in value["files"].items():
        if not is_table(entries):
            return f"the entry of {show(name)} is not an object"
        for pointer, codes in entries.items():
            if not is_table(codes):
                return f"the entry of {show(name)} at {show(pointer)} is not an object"
            for code, entry in codes.items():
                number = entry.get(AMOUNT) if is_table(entry) else entry
                if not isinstance(number, int) or isinstance(number, bool) or number < (0 if is_table(entry) else 1):
                    return (
                        f"the entry {show(code)} in {show(name)} is {json.dumps(entry)[:40]}, not a count or an amount"
                    )
    return None


def is_table(value: Any) -> TypeGuard[dict[str, Any]]:
    """Return whether a value is a JSON object."""
    return isinstance(value, dict)
