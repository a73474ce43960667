"""Options of an analysis, set on the command line, in the settings, or in Python."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from lstmlint.inference.bindings import Bindings
from lstmlint.model.findings import Finding, Severity
from lstmlint.model.limits import InputLimits, current

if TYPE_CHECKING:
    from lstmlint.layers.user_defined import Description
    from lstmlint.report import FileReport
    from lstmlint.rules.registry import Rule


@dataclass(frozen=True, slots=True)
class Suppression:
    """Rules that are not reported, in a whole file or in parts of it.

    rules: codes, prefixes of codes, names, or ALL.
    layers: names, or paths such as encoder/lstm (with * and ? in the settings); layers inside them are included.
    pointers: JSON pointers; everything below them is included.
    line: the line of a comment.
    origin: the settings file and the number of the entry in it; None if the model's file contains the suppression.
    places: the place of each rule in the model's file, as a pointer or as line and column.

    Without layers, pointers, and line, it applies to the whole file.
    """

    rules: tuple[str, ...]
    layers: tuple[str, ...] = ()
    pointers: tuple[str, ...] = ()
    line: int | None = None
    origin: tuple[str, int] | None = None
    places: tuple[str | tuple[int, int], ...] = ()

    @property
    def everywhere(self) -> bool:
        """Whether it applies to the whole file."""
        return not self.layers and not self.pointers and self.line is None


class AcceptedFindings(Protocol):
    """Findings that are not reported again: a baseline."""

    def withhold(self, report: FileReport, options: Options, locate: Any = None) -> None:
        """Remove accepted findings from a report."""


@dataclass(slots=True)
class Options:
    """Options of an analysis.

    select: codes, prefixes, or names of rules to run instead of the default set (None: the default). extend_select:
    rules to run in addition. ignore: rules not to run. severities: code -> severity.
    limits: budgets by the names of their options, such as "max-params". limit_sources: where each of them was set, for
    messages. weight_dtype: the dtype in which weights are stored; None for those of the file. weights: whether to read
    weights that are stored with the model.
    custom_layers: class name -> its description. suppressions: findings not to report, in addition to those that the
    file itself suppresses. baseline: findings that were accepted before. rule_options: code -> option of the rule ->
    value, in the range of the option. targets: the releases that must load the model (`parse_targets`). compat: the
    releases whose verdicts the report should hold. input_limits: what one input may cost. values: what sizes are that a
    program does not state: the expression as written -> a number, a str or a tuple. allow_modules: modules, besides
    those of Keras, whose classes are trusted (X802). places: whether the report keeps its `locate`. guard: the
    options for protected findings, if what is scanned has a settings file of its own, which must not leave them out; None
    if these options apply to them, too.
    """

    bindings: Bindings = field(default_factory=Bindings)
    select: tuple[str, ...] | None = None
    extend_select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    severities: dict[str, Severity] = field(default_factory=dict)
    weights: bool = True
    custom_layers: Mapping[str, Description] = field(default_factory=dict)
    limits: Mapping[str, int] = field(default_factory=dict)
    limit_sources: Mapping[str, str] = field(default_factory=dict)
    weight_dtype: str | None = None
    suppressions: tuple[Suppression, ...] = ()
    baseline: AcceptedFindings | None = None
    rule_options: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    targets: tuple[str, ...] = ()
    compat: tuple[str, ...] = ()
    input_limits: InputLimits = field(default_factory=current)
    values: Mapping[str, Any] = field(default_factory=dict)
    allow_modules: tuple[str, ...] = ()
    places: bool = False
    guard: Options | None = None

    def wants(self, rule: Rule) -> bool:
        """Return whether a rule is selected."""
        chosen = rule.enabled if self.select is None else matches(rule, self.select)
        chosen = chosen or matches(rule, self.extend_select)
        if rule.code in UNEXAMINED and self.select is not None and scans(self.select):
            chosen = True
        return chosen and not matches(rule, self.ignore)


# Findings that neither a scanned file nor a settings file beside it can leave out: a hostile model would do so.
PROTECTED = ("X", "E099")
# What a scanner must report besides: files that it could not examine, or only a part of them.
UNEXAMINED = ("E001", "E002", "E012", "E099")


def protected(code: str) -> bool:
    """Return whether only the user may leave out the findings of a rule."""
    return code.startswith(PROTECTED)


def scans(selectors: Iterable[str]) -> bool:
    """Return whether selectors name rules of group X, so that lstmlint is used as a scanner."""
    return any(selector.strip().upper().startswith("X") for selector in selectors)


def matches(rule: Rule | Finding, selectors: tuple[str, ...]) -> bool:
    """Return whether a selector names a rule: a code, a prefix of one, a name, or ALL."""
    return any(s == "ALL" or s == rule.name or rule.code.startswith(s) for s in selectors)
