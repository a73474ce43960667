"""The table of rules: code, name, severity, documentation, and the function that checks.

- `@rule` marks a function that checks a model and yields problems. Its docstring is the rule's documentation.
- `@refined` marks a function that restates a problem that another package raises, or gives it another code.
- `reported` registers the documentation of problems that other packages raise.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from lstmlint.model.findings import Problem, Severity

FIRST = "0.1.0"  # the release with the first rules

# Takes a ModelSummary, and the rule's options by name.
Check = Callable[..., Iterable[Problem]]
# Takes a Problem and a ModelSummary.
Refine = Callable[..., "Problem | None"]


class Option:
    """A threshold that the settings may change. The check receives it by name.

    default: an integer if only integers make sense. meaning: one line, for the documentation.
    least, most: the accepted range; most is None if it is open.
    """

    __slots__ = ("default", "least", "meaning", "most")  # no dataclass: every run makes this class, few look at it

    def __init__(self, default: float, meaning: str, *, least: float = 0, most: float | None = None) -> None:
        self.default = default
        self.meaning = meaning
        self.least = least
        self.most = most

    @property
    def wanted(self) -> str:
        """A description of the accepted values, for messages."""
        kind = "an integer" if isinstance(self.default, int) else "a number"
        return f"{kind} of at least {self.least}" if self.most is None else f"{kind} from {self.least} to {self.most}"

    def accepts(self, value: object) -> bool:
        """Return whether a value is accepted."""
        kinds = int if isinstance(self.default, int) else (int, float)
        if not isinstance(value, kinds) or isinstance(value, bool):
            return False
        return self.least <= value <= (sys.float_info.max if self.most is None else self.most)


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule.

    enabled: whether it runs by default.
    text: the documentation, as it is indented in the source.
    check: yields the problems of a model; None if other packages raise them.
    refine: returns a problem restated, or None to leave it as it is. refines: the codes of the problems it receives.
    raised_by: the packages that raise the problems; empty if the rule itself does.
    options: the options of the check, by name.
    since: the release of lstmlint that introduced it.
    """

    code: str
    name: str
    severity: Severity
    enabled: bool
    text: str
    check: Check | None = None
    refine: Refine | None = None
    refines: tuple[str, ...] = ()
    raised_by: tuple[str, ...] = ()
    options: Mapping[str, Option] = field(default_factory=dict)
    since: str = FIRST

    def values(self, given: Mapping[str, float] | None) -> dict[str, float]:
        """Return the values of all options: those given, and the defaults of the others."""
        return {**{name: option.default for name, option in self.options.items()}, **(given or {})}

    @property
    def documentation(self) -> str:
        """The documentation, unindented."""
        return inspect.cleandoc(self.text)

    @property
    def summary(self) -> str:
        """The documentation's first paragraph on one line."""
        return " ".join(self.documentation.split("\n\n")[0].split())


def violation(
    message: str, help: str = "", layer: str | None = None, pointer: str = "", severity: Severity | None = None
) -> Problem:
    """Return a problem without a code, as rules yield it. The runner adds the rule's code."""
    return Problem("", message, help, layer, pointer, severity)


RULES: dict[str, Rule] = {}
BY_NAME: dict[str, Rule] = {}


def _register(entry: Rule) -> None:
    if entry.code in RULES or entry.name in BY_NAME:
        raise ValueError(f"two rules {entry.code} {entry.name}")
    RULES[entry.code] = entry
    BY_NAME[entry.name] = entry


def rule(
    code: str, name: str, severity: Severity, *, enabled: bool = True, since: str = FIRST, **options: Option
) -> Callable[[Check], Check]:
    """Register a function that checks a model and yields problems. options: its arguments after the model."""

    def register(function: Check) -> Check:
        text = function.__doc__ or ""
        _register(Rule(code, name, severity, enabled, text, function, options=options, since=since))
        return function

    return register


def refined(
    code: str, name: str, severity: Severity, *, refines: tuple[str, ...], since: str = FIRST
) -> Callable[[Refine], Refine]:
    """Register a function that receives each problem with one of the codes in `refines`, and the model."""

    def register(function: Refine) -> Refine:
        text = function.__doc__ or ""
        _register(Rule(code, name, severity, True, text, refine=function, refines=refines, since=since))
        return function

    return register


def reported(code: str, name: str, severity: Severity, *, raised_by: str, since: str = FIRST) -> Callable[[str], None]:
    """Register a rule whose problems other packages raise. The result takes the documentation."""
    packages = tuple(raised_by.split())
    return lambda text: _register(Rule(code, name, severity, True, text, raised_by=packages, since=since))
