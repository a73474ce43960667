"""Suppressions: findings that a user has reviewed and chosen not to report.

They are written in the settings (`[[tool.lstmlint.suppress]]`), in the model's file under the key `lstmlint` next to
`class_name`, which Keras ignores, and in YAML comments. All of them apply. A suppression that no longer matches anything
is a finding (G714), and so is an invalid one (G716).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import cache, partial
from typing import TYPE_CHECKING, Any

from lstmlint import rules
from lstmlint.config.globs import nearby
from lstmlint.config.options import Options, Suppression, matches, protected
from lstmlint.filtering.findings import findings_of, in_file_order
from lstmlint.model.findings import Finding, Problem
from lstmlint.model.pointers import escape, upward
from lstmlint.model.suggestions import closest, did_you_mean
from lstmlint.model.values import show
from lstmlint.report import FileReport
from lstmlint.rules.registry import Rule

if TYPE_CHECKING:
    from lstmlint.config.settings import Settings
    from lstmlint.inference.summary import ModelSummary
    from lstmlint.reading.document import Document

KEY = "lstmlint"
UNUSED, BAD = "G714", "G716"
# Rules that run only if a budget is set.
LIMITED = {
    "C501": "max-params", "C502": "max-trainable-params", "C503": "max-layer-params",
    "C504": "max-weight-bytes", "C506": "max-macs", "C507": "max-activation-bytes",
}  # fmt: skip
ABOUT_WEIGHTS = ("S139", "S140", "E012")
ABOUT_SUPPRESSIONS = (UNUSED, "G715", BAD)

_DIRECTIVE = re.compile(r"#\s*lstmlint\s*:\s*(?P<kind>[\w-]*)\s*(?P<list>\[(?P<rules>[^\]#]*)(?P<end>\]?))?")
_IN_COMMENT = "Write # lstmlint: ignore[R201], # lstmlint: ignore for all rules, or # lstmlint: ignore-file[R201]."
_IN_FILE = 'Write "lstmlint": {"ignore": ["R208"], "layers": {"lstm_1": ["R209"]}}.'
_ALL = ("ALL",)
# The most suggestions per file: searching for similar names is slow, and a file may contain thousands of mistakes.
_MOST_HINTS = 10


def apply(report: FileReport, options: Options, document: Document | None = None) -> None:
    """Remove suppressed findings from a report, and add findings about the suppressions.

    document: the file, if it could be read. `report.suppressions` then records which suppressions of the settings
    matched. Others may apply to other files.
    """
    stated = Stated()
    if document is not None:
        stated.read(document)
    given = [*options.suppressions, *stated.suppressions]
    trusted, own = options.suppressions, len(given)
    if options.guard is not None:
        trusted = options.guard.suppressions
        given += [one for one in trusted if one not in given]
    if not given and not stated.problems:
        return
    index = Index(given, report.model, document, trusted, own)
    used: set[tuple[int, int]] = set()
    kept = []
    for finding in report.findings:
        by = set(index.of(finding))
        used |= by
        if not by:
            kept.append(finding)
    problems = stated.problems
    silent = stopped(report)
    judged = cache(partial(was_judged, options=options))
    for i, suppression in enumerate(given):
        for j, selector in enumerate(suppression.rules):
            if i >= own and (i, j) not in used:
                continue  # it is for other files
            if (i, j) not in used and (silent or i in index.held_up or not judged(selector)):
                continue
            if suppression.origin is not None:
                report.suppressions[*suppression.origin, j] = (i, j) in used
            elif (i, j) not in used:
                problems.append(unused(suppression, j, index.names if len(problems) < _MOST_HINTS else ()))
    for finding in findings_of(problems, options, document.locate if document else None):
        # Only a suppression that names the rule applies here: an unused suppression of ALL would hide itself.
        if not any(given[i].rules[j] in (finding.code, finding.name) for i, j in index.of(finding)):
            kept.append(finding)
    report.findings = in_file_order(kept)


# Suppressions in the file ---------------------------------------------------------------------------------


@dataclass(slots=True)
class Stated:
    """The suppressions in a model's file, and the problems of those that are invalid."""

    suppressions: list[Suppression] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def read(self, document: Document) -> None:
        """Read the suppressions in a document."""
        inner = document.model_pointer
        for pointer, value in {"": document.data, inner: document.model}.items():
            if isinstance(value, dict) and KEY in value:
                self.member(value[KEY], f"{pointer}/{KEY}")
        if document.comments is not None:
            for line, column, text in document.comments():
                self.comment(line, column, text)

    def member(self, value: Any, pointer: str) -> None:
        """Read the value under the key `lstmlint`."""
        if not isinstance(value, dict):
            self.bad(f"{show(KEY)} must be an object", _IN_FILE, pointer)
            return
        for key, inner in value.items():
            place = f"{pointer}/{escape(key)}"
            if key == "ignore":
                self.listed(inner, place)
            elif key == "layers":
                if not isinstance(inner, dict):
                    self.bad("'layers' must be an object: a layer's name, and a list of rules", _IN_FILE, place)
                    continue
                for name, listed in inner.items():
                    self.listed(listed, f"{place}/{escape(name)}", name)
            elif key != "reason":
                hint = did_you_mean(key, ("ignore", "layers", "reason"))
                self.bad(f"{show(key)} is not a valid key here{hint}", _IN_FILE, place)

    def listed(self, value: Any, pointer: str, layer: str | None = None) -> None:
        """Read a list of rules, for a layer or for the whole file."""
        if not isinstance(value, list):
            self.bad("rules must be in a list", _IN_FILE, pointer)
            return
        found = []
        for i, name in enumerate(value):
            selector = self.selector(name, f"{pointer}/{i}")
            if selector is not None:
                found.append((selector, f"{pointer}/{i}"))
        self.add(found, layers=() if layer is None else (layer,))

    def comment(self, line: int, column: int, text: str) -> None:
        """Read a comment. text: begins with #."""
        for match in _DIRECTIVE.finditer(text):
            place = line, column + match.start()
            kind, names = match["kind"], match["rules"]
            if kind not in ("ignore", "ignore-file"):
                hint = did_you_mean(kind, ("ignore", "ignore-file"))
                self.bad(f"the comment has the unknown keyword {show(kind)}{hint}", _IN_COMMENT, place)
                continue
            listed = [name for name in (names or "").split(",") if name.strip()]
            if match["list"] and (not listed or not match["end"]):
                what = "names no rules" if match["end"] else "has a [ without a ]"
                self.bad(f"the comment {what}", _IN_COMMENT, place)
                continue
            selectors = [self.selector(name, place) for name in listed] if listed else _ALL
            self.add(
                [(selector, place) for selector in selectors if selector is not None],
                line=line if kind == "ignore" else None,
            )

    def selector(self, name: Any, place: str | tuple[int, int]) -> str | None:
        """Return a normalized selector; add a problem and return None if it matches no rule."""
        found = rules.selector(name) if isinstance(name, str) else None
        if found is None:
            hinted = isinstance(name, str) and len(self.problems) < _MOST_HINTS
            hint = rules.suggestion(name) if hinted else ""
            shown = show(name.strip() if isinstance(name, str) else name)[:80]
            self.bad(f"no rule has the code or name {shown}{hint}", "lstmlint rules lists the rules.", place)
        return found

    def add(self, found: list[tuple[str, Any]], layers: tuple[str, ...] = (), line: int | None = None) -> None:
        """Add a suppression, unless none of its rules is valid."""
        if found:
            selectors, places = zip(*found, strict=True)
            self.suppressions.append(Suppression(selectors, layers, (), line, None, places))

    def bad(self, what: str, help: str, place: str | tuple[int, int]) -> None:
        """Add a problem."""
        self.problems.append(placed(BAD, f"a suppression is invalid: {what}", help, place))


def placed(code: str, message: str, help: str, place: str | tuple[int, int]) -> Problem:
    """Return a problem at a pointer, or at a line and column."""
    if isinstance(place, str):
        return Problem(code, message, help, pointer=place)
    return Problem(code, message, help, data={"place": place})


def unused(suppression: Suppression, number: int, names: Collection[str]) -> Problem:
    """Return G714 for one rule of a suppression. names: layers to suggest."""
    selector = suppression.rules[number]
    known = rules.find(selector)
    what = "any rule" if selector == "ALL" else f"{known.code} {known.name}" if known else f"rules {selector}*"
    where = " on this line or in the layer that begins on it" if suppression.line is not None else ""
    advice = "Remove it."
    for name in suppression.layers:
        where = f" in the layer {show(name)}"
        if name not in names and (meant := closest(name, names)):
            advice = f"Remove it, or write {show(meant)} for that layer."
    message = f"this suppression has no effect: no finding matches {what}{where}"
    return placed(UNUSED, message, advice, suppression.places[number])


# Matching suppressions with findings ----------------------------------------------------------------------


class Index:
    """Suppressions by place, because there may be many suppressions and many findings.

    trusted: those that also apply to protected findings. own: how many apply to others, the first of them.
    """

    def __init__(
        self,
        given: list[Suppression],
        model: ModelSummary | None,
        document: Document | None,
        trusted: tuple[Suppression, ...],
        own: int,
    ) -> None:
        self.given = given
        self.trusted = trusted
        self.own = own
        self.locate = document.locate if document is not None else None
        self.whole: list[int] = []
        self.by_pointer: dict[str, list[int]] = {}
        self.by_name: dict[str, list[int]] = {}
        self.by_line: dict[int, list[int]] = {}
        self.layers: set[str] = set()
        self.names = pointers = dict[str, list[str]]()
        failed = []
        if model is not None and not all(one.everywhere for one in given):
            for path, row in model.walk_paths():
                self.layers.add(row.pointer)
                for name in {path, row.name}:
                    pointers.setdefault(name, []).append(row.pointer)
                if row.layer.failed:
                    failed.append(row)
        for i, suppression in enumerate(given):
            if suppression.everywhere:
                self.whole.append(i)
            for pointer in suppression.pointers:
                self.by_pointer.setdefault(pointer, []).append(i)
            for name in suppression.layers:
                # A layer inside a wrapper does not have a row, but findings name it.
                self.by_name.setdefault(name, []).append(i)
                meant = pointers.get(name, [])
                if not suppression.places and ("*" in name or "?" in name):
                    meant = [pointer for word in pointers if fnmatchcase(word, name) for pointer in pointers[word]]
                for pointer in meant:
                    self.by_pointer.setdefault(pointer, []).append(i)
            if suppression.line is not None:
                self.by_line.setdefault(suppression.line, []).append(i)
        # Suppressions for layers that cannot be built: rules skip these layers.
        self.held_up = {i for row in failed for i in self.at(row.pointer)}

    def of(self, finding: Finding) -> Iterator[tuple[int, int]]:
        """Yield the suppressions that match a finding, each with the index of the matching rule."""
        for i in self.candidates(finding):
            suppression = self.given[i]
            if protected(finding.code) and suppression not in self.trusted:
                continue
            if not protected(finding.code) and i >= self.own:
                continue
            for j, selector in enumerate(suppression.rules):
                if matches(finding, (selector,)):
                    yield i, j

    def candidates(self, finding: Finding) -> Iterator[int]:
        """Yield the suppressions that match the finding's place."""
        yield from self.whole
        if finding.layer is not None:
            yield from self.by_name.get(finding.layer, ())
        yield from self.by_line.get(finding.line, ())
        if self.by_pointer or self.by_line:
            yield from self.at(finding.pointer)

    def at(self, inner: str) -> Iterator[int]:
        """Yield the suppressions that match a pointer: by pointer, by layer, or by the line on which a layer begins."""
        for pointer in upward(inner):
            yield from self.by_pointer.get(pointer, ())
            if self.by_line and self.locate is not None and pointer in self.layers:
                yield from self.by_line.get(self.locate(pointer)[0], ())


# Which rules have run -------------------------------------------------------------------------------------


def ran(rule: Rule, options: Options) -> bool:
    """Return whether a rule runs with these options, on a model that can be read."""
    if not options.wants(rule) or rule.code in ABOUT_SUPPRESSIONS:
        return False
    if rule.code in ABOUT_WEIGHTS:
        return options.weights
    limit = LIMITED.get(rule.code)
    return limit is None or limit in options.limits


def stopped(report: FileReport) -> bool:
    """Return whether rules were skipped because Keras cannot create the layers."""
    return report.model is None or any(one.code[0] == "E" and one.severity == "error" for one in report.findings)


def was_judged(selector: str, options: Options) -> bool:
    """Return whether all rules of a selector have run, so that an unused suppression of them is stale."""
    known = rules.find(selector)
    if known is not None:
        return ran(known, options)
    # An ignored rule does not need a suppression. A rule that was not selected in this run may need one.
    selected = [rule for rule in rules.load().values() if rule.enabled and matches(rule, (selector,))]
    if selector == "ALL":
        selected = [rule for rule in selected if rule.code not in LIMITED and rule.code not in ABOUT_WEIGHTS]
    return bool(selected) and all(
        ran(rule, options) or matches(rule, options.ignore) or rule.code in ABOUT_SUPPRESSIONS for rule in selected
    )


# Suppressions in the settings, at the end of a run --------------------------------------------------------


def unused_settings(
    tally: dict[tuple[str, int, int], bool], settings: dict[str | None, Settings], folders: Iterable[str]
) -> Iterator[tuple[FileReport, Settings]]:
    """Yield a report on each settings file that has unused suppressions, with its settings.

    tally: (settings file, number of the entry, number of the rule) -> whether it suppressed something in any file.
    folders: those that the run covers, absolute. An entry is judged only by a run over all files that it means:
    over the folder of the settings, or over the one file that it names.
    """
    import os

    covered = [os.path.join(folder, "") for folder in folders]  # noqa: PTH118
    found: dict[str, list[Problem]] = {}
    for (source, entry, number), used in sorted(tally.items()):
        holding = settings.get(source)
        if used or holding is None:
            continue
        files, suppression = holding.suppress[entry]
        whole = any(os.path.join(holding.folder, "").startswith(folder) for folder in covered)  # noqa: PTH118
        if not whole and not (len(files) == 1 and os.path.isfile(os.path.join(holding.folder, files[0]))):  # noqa: PTH113, PTH118
            continue
        selector = suppression.rules[number]
        where = f" of {', '.join(files)}" if files else ""
        problem = Problem(
            UNUSED,
            f"the suppression of {selector} has no effect: no finding in any of the files{where} matches it",
            "Remove it.",
            data={"place": (line_of_entry(text_of(source), entry), 1)},
        )
        found.setdefault(source, []).append(problem)
    for source, problems in found.items():
        holding = settings[source]
        report = FileReport(nearby(source))
        report.findings = findings_of(problems, holding.options(source))
        if report.findings:
            report.texts = {None: text_of(source)}
            yield report, holding


def text_of(source: str) -> str:
    """Return the text of a settings file."""
    from pathlib import Path

    return Path(source).read_text("utf-8-sig")


def line_of_entry(text: str, number: int) -> int:
    """Return the line on which an entry of the settings begins; 1 for an inline table."""
    heads = list(re.finditer(r"^[ \t]*\[\[[^\]\n]*\bsuppress\b[^\]\n]*\]\]", text, re.MULTILINE))
    return text.count("\n", 0, heads[number].start()) + 1 if number < len(heads) else 1
