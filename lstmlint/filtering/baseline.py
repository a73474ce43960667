"""A baseline: the findings of a day, which later runs do not report again, so that only new ones count.

A finding is known by its file, its place in the document's structure and its rule, never by its line. Files are named
relative to the baseline's own folder, so it does not matter where lstmlint is called. An entry whose finding is gone
is reported (G715): a baseline only shrinks.
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
from lstmlint.report import FileReport

MARK = "lstmlint-baseline"
VERSION = 1
STALE = "G715"
INTERNAL = "E099"  # lstmlint's own failures are nothing to get used to
# pointer -> code -> how many findings
Entries = dict[str, dict[str, int]]


@dataclass(slots=True)
class Baseline:
    """What is known of each file. folder: what the files' names are relative to."""

    path: str
    folder: str
    files: dict[str, Entries] = field(default_factory=dict)

    def name_of(self, path: str) -> str:
        """A file as the baseline names it."""
        return relative(path, self.folder)

    def withhold(self, report: FileReport, options: Options, locate: Any = None) -> None:
        """Take the known findings out of a report, and add those about entries of which nothing was found.

        The entries that hold still become `report.baseline`. Those whose rule did not run do, too: nobody can tell.
        """
        known = self.files.get(self.name_of(report.path))
        if not known:
            return
        silent = stopped(report)
        left = Counter({(pointer, code): n for pointer, codes in known.items() for code, n in codes.items()})
        kept = []
        for finding in report.findings:
            if left[finding.pointer, finding.code] > 0:
                left[finding.pointer, finding.code] -= 1
            else:
                kept.append(finding)
        report.known = len(report.findings) - len(kept)
        problems = []
        for (pointer, code), rest in left.items():
            had = known.get(pointer, {}).get(code, 0)
            if rest and not may_be_hidden(code, silent, options):
                problems.append(stale(code, pointer, had, rest, self.path))
                had -= rest
            if had:
                report.baseline.setdefault(pointer, {})[code] = had
        report.findings = in_file_order([*kept, *findings_of(problems, options, locate)])

    def gone(self) -> list[str]:
        """The files it names that are no longer there; <stdin> never was."""
        return [
            name
            for name in self.files
            if not name.endswith(">") and not os.path.exists(os.path.join(self.folder, name))  # noqa: PTH110, PTH118
        ]


def stale(code: str, pointer: str, had: int, rest: int, path: str) -> Problem:
    """G715, for one entry."""
    found = "it is gone" if rest == had else f"of {had} findings, {had - rest} are left"
    return Problem(
        STALE,
        f"the baseline {path} knows of {code} at {pointer or 'the top'}, but {found}",
        rewrite(path),
        pointer=pointer,
    )


def may_be_hidden(code: str, silent: bool, options: Options) -> bool:
    """Whether a finding may be missing only because its rule had no say in this run."""
    rule = rules.find(code)
    if rule is None or silent:
        return rule is not None
    if code in ABOUT_SUPPRESSIONS:
        return not options.wants(rule)
    return not ran(rule, options)


def accept(report: FileReport, old: Baseline | None, target: str) -> tuple[str, Entries]:
    """Let a new baseline know what a report says, which then says no more of it: the file's name in it, and entries.

    With an old baseline, only what is left of that is taken over, and what is new stays in the report.
    """
    name = relative(report.path, folder_of(target))
    if old is not None:
        report.findings = [finding for finding in report.findings if finding.code != STALE]
        return name, report.baseline
    entries: Entries = {}
    kept = []
    for finding in report.findings:
        if finding.code == INTERNAL:
            kept.append(finding)
            continue
        codes = entries.setdefault(finding.pointer, {})
        codes[finding.code] = codes.get(finding.code, 0) + 1
    report.known = len(report.findings) - len(kept)
    report.findings = kept
    return name, entries


def renamed(old: Baseline, target: str) -> dict[str, Entries]:
    """What a baseline says of the files that are still there, under the names that another one gives them."""
    gone = set(old.gone())
    folder = folder_of(target)
    return {
        relative(os.path.join(old.folder, name), folder): entries  # noqa: PTH118
        for name, entries in old.files.items()
        if name not in gone
    }


def gone_files(baseline: Baseline, options: Options) -> FileReport:
    """A report on the baseline itself: G715 for each file that is no longer there."""
    report = FileReport(nearby(baseline.path))
    problems = [
        Problem(STALE, f"the baseline names {name}, which is gone", rewrite(baseline.path)) for name in baseline.gone()
    ]
    report.findings = findings_of(problems, options)
    return report


def folder_of(path: str) -> str:
    """The absolute folder of a file."""
    return os.path.dirname(os.path.abspath(path))  # noqa: PTH100, PTH120


def rewrite(path: str) -> str:
    """How to let a baseline shrink."""
    return f"Write it again: --baseline {path} --write-baseline {path}"


def render(files: dict[str, Entries]) -> str:
    """A baseline as text: in an order of its own, an entry on a line, so that versions of it compare well."""
    ordered = {
        name: {pointer: dict(sorted(codes.items())) for pointer, codes in sorted(entries.items()) if codes}
        for name, entries in sorted(files.items())
    }
    body = {MARK: VERSION, "files": {name: entries for name, entries in ordered.items() if entries}}
    return json.dumps(body, indent=1) + "\n"


def load(path: str) -> Baseline:
    """Read a baseline. Raises: UsageError, one sentence, where it cannot be read or is none."""
    try:
        content = Path(path).read_bytes()
    except (OSError, ValueError) as error:  # a null in a path of the settings
        raise UsageError(f"cannot read the baseline {path!r}: {getattr(error, 'strerror', None) or error}") from error
    try:
        value = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise UsageError(f"the baseline {path!r} is not valid JSON: {error}") from error
    wrong = mistake(value)
    if wrong:
        raise UsageError(f"{path!r} is no baseline that --write-baseline wrote: {wrong}")
    return Baseline(path, folder_of(path), value["files"])


def mistake(value: Any) -> str | None:
    """What is wrong with the content of a baseline; None for a good one."""
    if not isinstance(value, dict) or MARK not in value:
        return f"it has no {MARK!r}"
    if value[MARK] != VERSION or isinstance(value[MARK], bool):
        return f"its version is {json.dumps(value[MARK])[:40]}, and this lstmlint reads {VERSION}"
    if not is_table(value.get("files")):
        return "its 'files' are no object"
    for name, entries in value["files"].items():
        if not is_table(entries):
            return f"what it says of {name!r} is no object"
        for pointer, codes in entries.items():
            if not is_table(codes):
                return f"what it says of {name!r} at {pointer!r} is no object"
            for code, count in codes.items():
                if not isinstance(count, int) or isinstance(count, bool) or count < 1:
                    return (
                        f"the count of {code!r} in {name!r} is {json.dumps(count)[:40]}, not an integer of at least 1"
                    )
    return None


def is_table(value: Any) -> TypeGuard[dict[str, Any]]:
    """Whether a value is an object of JSON."""
    return isinstance(value, dict)
