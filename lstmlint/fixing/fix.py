"""Fixing a file in rounds, and verifying that its model is unchanged."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lstmlint.analysis import analyze
from lstmlint.config.options import Options
from lstmlint.fixing.edits import Edit, Text, apply, changes
from lstmlint.fixing.rules import FIXES, Site
from lstmlint.inference.summary import ModelSummary
from lstmlint.model.findings import Finding
from lstmlint.model.spec import Dialect
from lstmlint.reading.containers import find
from lstmlint.reading.places import places
from lstmlint.reading.text import decode
from lstmlint.report import FileReport

# A fix can reveal another finding; a file needs two or three rounds.
MAX_ROUNDS = 20


@dataclass(slots=True)
class Fixed:
    """The result of fixing a file.

    before, after: its text; equal if there is nothing to fix.
    edits: the number of edits.
    report: the remaining findings.
    unfixable: why fixable findings were not fixed, as a clause.
    """

    before: str
    after: str
    edits: int
    report: FileReport
    encoding: str = "utf-8"
    unfixable: str | None = None

    @property
    def raw(self) -> bytes:
        """Return the new content."""
        return self.after.encode(self.encoding)


def fix(source: Path | bytes, name: str, options: Options) -> Fixed:
    """Fix everything that can be fixed in a file. Raises: OSError if a path cannot be read."""
    report = analyze(source, options, name=name)
    fixed = Fixed("", "", 0, report)
    if not any(map(may_be_fixable, report.findings)):
        return fixed
    fixed.unfixable = not_json(report)
    if fixed.unfixable is None and isinstance(source, Path):
        return fix(source.read_bytes(), name, options)
    raw = b"" if isinstance(source, Path) else source
    fixed.unfixable = fixed.unfixable or not_utf_8(raw)
    if fixed.unfixable is not None:
        return fixed
    fixed.encoding = "utf-8-sig" if raw.startswith(b"\xef\xbb\xbf") else "utf-8"
    fixed.before = fixed.after = decode(raw)
    for _ in range(MAX_ROUNDS):
        edits = edits_for(fixed.after, fixed.report)
        if not edits:
            break
        old = fixed.report.model
        fixed.report = FileReport(name)  # of a file with many findings, it takes much memory
        text = apply(fixed.after, edits)
        fixed.report = analyze(text.encode(), options, name=name)
        fixed.unfixable = worse(old, fixed.report.model)
        if fixed.unfixable is not None:
            break
        fixed.after = text
        fixed.edits += len(edits)
    return fixed


def may_be_fixable(finding: Finding) -> bool:
    """Check whether there may be an edit for a finding."""
    return finding.code in FIXES or any(one.edit is not None for one in finding.each)


def not_json(report: FileReport) -> str | None:
    """Return why a file of this kind cannot be edited; None if it can."""
    container = find(report.container)
    if container is not None and container.editable:
        return None
    return f"fixes are made in JSON files, and this is {report.container or 'no model'}"


def not_utf_8(raw: bytes) -> str | None:
    """Return why a JSON file with this content cannot be edited; None if it can."""
    try:
        raw.decode()
    except UnicodeDecodeError:
        return "fixes are made in files in UTF-8"
    return "fixes are made in files in UTF-8" if b"\x00" in raw[:4] else None  # UTF-16 or UTF-32 of ASCII


def edits_for(text: str, report: FileReport) -> list[Edit]:
    """Return the edits for all findings, each once."""
    try:
        data: Any = json.loads(text)
    except ValueError:
        return []
    dialect = report.model.spec.dialect if report.model is not None else None
    return list(dict.fromkeys(edit for finding in report.findings for edit in edits_of(finding, data, dialect)))


def edits_of(finding: Finding, data: Any, dialect: Dialect | None) -> Iterator[Edit]:
    """Return the edits for a finding and its repeats. data: the file's content."""
    make = FIXES.get(finding.code)
    for one in finding.each:
        if one.edit is not None:
            target = Site(data, one.pointer, dialect).at(one.edit.pointer)
            if isinstance(target, dict) and one.edit.key in target:
                yield one.edit
        elif make is not None and one.pointer:
            yield from make(Site(data, one.pointer, dialect))


def mark_fixable(raw: bytes, report: FileReport) -> int:
    """Note with each finding of a file what --fix would change, and return how many it would fix."""
    if not_json(report) or not_utf_8(raw):
        return 0
    try:
        text = decode(raw)
        data: Any = json.loads(text)
    except ValueError:  # the file changed, or its JSON is in a string
        return 0
    dialect = report.model.spec.dialect if report.model is not None else None
    parts = Text(text)
    place = places(text)
    for finding in report.findings:
        edits = list(edits_of(finding, data, dialect))
        if edits:
            finding.changes = [(place(start), place(end), new) for start, end, new in changes(parts, edits)]
    return sum(finding.fixable for finding in report.findings)


def worse(old: ModelSummary | None, new: ModelSummary | None) -> str | None:
    """Return why edits are not acceptable; None if they are. A reason would be a defect of lstmlint."""
    if new is None:
        return "the model could not be read after the fix"
    if old is None or not old.complete:
        return None
    if (old.params, old.outputs) != (new.params, new.outputs):
        return "the model would not be the same after the fix"
    return None
