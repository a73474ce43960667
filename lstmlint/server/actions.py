"""Changes of the text that an editor offers for findings.

Each is tried before it is offered: the changed text is analyzed, and the finding must be gone.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from lstmlint.config.options import protected
from lstmlint.fixing import edits as json_edits
from lstmlint.fixing.fix import edits_of, fix, may_be_fixable, not_json
from lstmlint.model.findings import Finding
from lstmlint.report import FileReport
from lstmlint.server.config_places import ConfigPlaces
from lstmlint.server.examining import Examined, examine
from lstmlint.server.files import OpenFile
from lstmlint.server.outline import shortened
from lstmlint.server.positions import Lines, Range
from lstmlint.server.program_places import ProgramPlaces

QUICK_FIX, FIX_ALL = "quickfix", "source.fixAll.lstmlint"
MOST_FINDINGS = 10  # that actions are offered for at a time
_SUGGESTION = re.compile(r"[Dd]id you mean ['\"]?([^'\"?]+)['\"]?\?")
_DIRECTIVE = re.compile(r"#\s*lstmlint\s*:\s*ignore\s*\[([^\]#]*)\]")
_KEY = "lstmlint"
# Suppressions of these would suppress themselves, or hide that nothing was checked.
_UNSUPPRESSED = ("E001", "E002", "G714", "G715", "G716")

Span = tuple[int, int]


class Change(NamedTuple):
    """A range of the document, and the text that replaces it."""

    range: Range
    text: str


class Action(NamedTuple):
    """A change that an editor offers. code: of the finding that it mends."""

    title: str
    kind: str
    changes: tuple[Change, ...]
    code: str | None = None
    preferred: bool = False


def actions(examined: Examined, place: Range, only: Sequence[str] = ()) -> list[Action]:
    """Return the changes to offer for a range. only: the kinds that the editor asks for; all if there are none."""
    found: list[Action] = []
    if wanted(QUICK_FIX, only):
        near = [i for i, (_, _, at) in enumerate(examined.findings) if at.touches(place)]
        for i in near[:MOST_FINDINGS]:
            found += of_finding(examined, i)
    if wanted(FIX_ALL, only):
        found += fix_all(examined)
    return found


def wanted(kind: str, only: Sequence[str]) -> bool:
    """Return whether an editor asks for a kind: for the kind itself or for one that includes it."""
    return not only or any(kind == one or kind.startswith(f"{one}.") for one in only)


def of_finding(examined: Examined, index: int) -> Iterator[Action]:
    """Yield the changes for one finding."""
    report, finding, _ = examined.findings[index]
    fixes = fixed(examined, report, finding)
    if fixes:
        yield Action(f"Fix {finding.code} ({finding.name})", QUICK_FIX, tuple(fixes), finding.code, True)
    meant = suggested(finding)
    if meant is not None:
        name, changes = renamed(examined, report, finding, meant)
        if changes and mends(examined, finding, changes):
            title = f"Change {shortened(name)!r} to {shortened(meant)!r}"
            yield Action(title, QUICK_FIX, tuple(changes), finding.code, not fixes)
    for title, changes in suppressions(examined, report, finding):
        if mends(examined, finding, changes):
            yield Action(title, QUICK_FIX, tuple(changes), finding.code)


def applied(file: OpenFile, changes: Sequence[Change], encoding: str) -> OpenFile:
    """Return a file with changes made."""
    parts = list(file.parts)
    for part, text in enumerate(file.parts):
        lines = Lines(text, encoding)
        spans = [
            (lines.offset(one.range.line, one.range.character), lines.offset(*one.range[3:]), one.text)
            for one in changes
            if one.range.part == part
        ]
        for start, end, new in sorted(spans, reverse=True):
            parts[part] = parts[part][:start] + new + parts[part][end:]
    return file._replace(parts=tuple(parts))


def mends(examined: Examined, finding: Finding, changes: Sequence[Change]) -> bool:
    """Return whether a finding is gone after changes, the model is still read, and no error is new."""
    after = examine(applied(examined.file, changes, examined.encoding), examined.options, examined.encoding)
    before = [one for _, one, _ in examined.findings]
    left = [one for _, one, _ in after.findings]
    new = {one.code for one in left if one.severity == "error"} - {one.code for one in before}
    count = sum(len(one.each) for one in left if one.code == finding.code)
    return after.holds_model and not new and count < sum(len(one.each) for one in before if one.code == finding.code)


# What --fix does


def fixed(examined: Examined, report: FileReport, finding: Finding) -> list[Change]:
    """Return the changes that --fix makes for a finding."""
    config = examined.config
    if config is None or not_json(report) or not may_be_fixable(finding):
        return []
    text = config.text[config.mark :]
    try:
        data: Any = json.loads(text)
        dialect = report.model.spec.dialect if report.model is not None else None
        changes = json_edits.changes(json_edits.Text(text), edits_of(finding, data, dialect))
    except (ValueError, KeyError):  # the model is in a string
        return []
    found = [Change(config.lines.range(start + config.mark, end + config.mark), new) for start, end, new in changes]
    return found if found and mends(examined, finding, found) else []


def fix_all(examined: Examined) -> Iterator[Action]:
    """Yield the change that makes all fixes, if there are any."""
    config = examined.config
    if config is None or not any(may_be_fixable(finding) for _, finding, _ in examined.findings):
        return
    done = fix(examined.file.raw, examined.file.name, examined.options)
    if not done.edits:
        return
    before, after = done.before, done.after
    start = next(
        (i for i, (a, b) in enumerate(zip(before, after, strict=False)) if a != b), min(len(before), len(after))
    )
    same = 0
    while same < min(len(before), len(after)) - start and before[-1 - same] == after[-1 - same]:
        same += 1
    place = config.lines.range(start + config.mark, len(before) - same + config.mark)
    change = Change(place, after[start : len(after) - same])
    yield Action("Fix all findings that lstmlint can fix", FIX_ALL, (change,))


# Misspelt names


def suggested(finding: Finding) -> str | None:
    """Return the name that a finding suggests."""
    match = _SUGGESTION.search(finding.help) or _SUGGESTION.search(finding.message)
    return match[1] if match else None


def renamed(examined: Examined, report: FileReport, finding: Finding, meant: str) -> tuple[str, list[Change]]:
    """Return the name that a finding quotes, and the changes that write the suggested one at the finding's places."""
    found: dict[Range, Change] = {}
    wrong = ""
    for one in finding.each:
        for place, text in written(examined, report, one):
            name = text.strip("\"'")
            if name and repr(name) in one.message:
                wrong = name
                found[place] = Change(place, text.replace(name, meant, 1))
                break
    return wrong, list(found.values())


def written(examined: Examined, report: FileReport, finding: Finding) -> Iterator[tuple[Range, str]]:
    """Yield the words that a finding may be about, with their ranges: a name, a value, a class, a rule in a comment."""
    if examined.config is not None:
        config = examined.config
        start = config.offset(finding.line, finding.column)
        spans: list[Span | None] = [(start, config.token(start)), config.value(start)]
        spans.append(None if report.locate is None else config.class_name(report.locate, finding.pointer))
        for span in spans:
            if span is not None:
                yield config.lines.range(*span), config.text[slice(*span)]
        yield from rules_in(config.lines, start, 0)
    elif examined.program is not None:
        yield from written_in_program(examined.program, finding)


def written_in_program(program: ProgramPlaces, finding: Finding) -> Iterator[tuple[Range, str]]:
    """Yield the words of a program that a finding may be about."""
    import ast

    place = program.in_program(finding.line, finding.column, finding.cell)
    keyword = program.keywords.get(place)
    if keyword is not None and keyword.arg:
        start = program.start(keyword)
        yield program.range(start, (start[0], start[1] + len(keyword.arg))), keyword.arg
    for node in program.expressions.get(place, ()):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            end = program.end(node)
            if end[0] == place[0]:
                yield program.range(place, end), program.text_lines[place[0] - 1][place[1] - 1 : end[1] - 1]
    part, line = program.part_of(place[0])
    yield from rules_in(program.parts[part], program.offset(part, line, place[1]), part)


def rules_in(lines: Lines, start: int, part: int) -> Iterator[tuple[Range, str]]:
    """Yield the rules in a suppression that begins at an offset."""
    match = _DIRECTIVE.match(lines.text, start)
    if match is not None:
        for word in re.finditer(r"[\w-]+", match[1]):
            yield lines.range(match.start(1) + word.start(), match.start(1) + word.end(), part), word[0]


# Suppressions


def suppressions(examined: Examined, report: FileReport, finding: Finding) -> Iterator[tuple[str, list[Change]]]:
    """Yield the ways to suppress a finding in the file itself, each with a title."""
    code = finding.code
    if protected(code) or code in _UNSUPPRESSED or report.model is None or examined.file.kind == "notebook":
        return
    config = examined.config
    if config is not None and config.json:
        if finding.layer is not None:
            changes = in_json(config, code, finding.layer)
            if changes:
                yield f"Suppress {code} for {shortened(finding.layer)!r}", changes
        changes = in_json(config, code, None)
        if changes:
            yield f"Suppress {code} in this file", changes
        return
    if config is not None:
        lines, offset, part = config.lines, config.offset(finding.line, finding.column), 0
    elif examined.program is not None:
        program = examined.program
        place = program.in_program(finding.line, finding.column, finding.cell)
        part, line = program.part_of(place[0])
        lines, offset = program.parts[part], program.offset(part, line, place[1])
    else:
        return
    yield f"Suppress {code} on this line", [in_comment(lines, offset, part, code)]
    first = "" if not lines.text or lines.text.startswith("\ufeff") else lines.text
    yield f"Suppress {code} in this file", [at_beginning(lines, first, part, code)]


def in_comment(lines: Lines, offset: int, part: int, code: str) -> Change:
    """Return the change that adds a comment to a line, or a rule to its comment."""
    line = lines.position(offset)[0]
    start, end = lines.starts[line], lines.end_of(line)
    match = _DIRECTIVE.search(lines.text, start, end)
    if match is not None:
        return Change(lines.range(match.end(1), match.end(1), part), f", {code}")
    text = lines.text[start:end]
    return Change(lines.range(start + len(text.rstrip()), end, part), f"  # lstmlint: ignore[{code}]")


def at_beginning(lines: Lines, text: str, part: int, code: str) -> Change:
    """Return the change that adds a comment for the whole file at its beginning, after a line for the shell."""
    start = lines.starts[1] if text.startswith("#!") and len(lines.starts) > 1 else 0
    return Change(lines.range(start, start, part), f"# lstmlint: ignore-file[{code}]\n")


def in_json(config: ConfigPlaces, code: str, layer: str | None) -> list[Change]:
    """Return the change that adds a rule to the suppressions in a JSON file: for a layer, or for the whole file."""
    mark = config.mark
    parts = json_edits.Text(config.text[mark:])
    try:
        start = parts.object_at("")
        path = [_KEY, *(("ignore",) if layer is None else ("layers", layer))]
        for depth, key in enumerate(path):
            places = parts.places(start).get(key)
            if places is None:
                return [inserted(config, parts, start, nested(path[depth:], code))]
            start = parts.members(start)[places[-1]].value_start
        items = parts.members(start)
    except (ValueError, KeyError, IndexError):
        return []
    if parts.text[start] != "[":
        return []
    at = (items[-1].end if items else start + 1) + mark
    return [Change(config.lines.range(at, at), f'{", " if items else ""}"{code}"')]


def nested(path: Sequence[str], code: str) -> str:
    """Return the member that holds a suppression, as JSON."""
    value: Any = [code]
    for key in reversed(path[1:]):
        value = {key: value}
    return f"{json.dumps(path[0])}: {json.dumps(value, ensure_ascii=False)}"


def inserted(config: ConfigPlaces, parts: json_edits.Text, start: int, member: str) -> Change:
    """Return the change that inserts a first member into an object. Raises: KeyError if it is none."""
    if parts.text[start] != "{":
        raise KeyError(start)
    members = parts.members(start)
    if not members:
        at = start + 1 + config.mark
        return Change(config.lines.range(at, at), member)
    at = members[0].start + config.mark
    blank = parts.text[start + 1 : members[0].start] or " "
    return Change(config.lines.range(at, at), f"{member},{blank}")
