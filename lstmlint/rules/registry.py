"""The table of rules: code, name, severity, documentation, and the function that looks.

A rule is one function with a docstring. `@rule` marks one that looks at a model and yields problems;
`@reported` one whose problems arise on the way (reading, parsing, a layer refusing its input): its function
only carries the documentation, or, given a problem and the model, says it better or under another code.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from lstmlint.model.findings import Problem, Severity

Check = Callable[..., Iterable[Problem]]  # of a ModelSummary, and of the rule's options by their names


class Option:
    """A threshold of a rule that settings may change; given to its check by name.

    default: what it is otherwise; an integer where only integers make sense. meaning: one line, for the documentation.
    least, most: the range that makes sense; most None for no end.
    """

    __slots__ = ("default", "least", "meaning", "most")  # no dataclass: every run makes this class, few look at it

    def __init__(self, default: float, meaning: str, *, least: float = 0, most: float | None = None) -> None:
        self.default = default
        self.meaning = meaning
        self.least = least
        self.most = most

    @property
    def wanted(self) -> str:
        """What a value must be, for messages."""
        kind = "an integer" if isinstance(self.default, int) else "a number"
        return f"{kind} of at least {self.least}" if self.most is None else f"{kind} from {self.least} to {self.most}"

    def accepts(self, value: object) -> bool:
        """Whether a value may be set."""
        kinds = int if isinstance(self.default, int) else (int, float)
        if not isinstance(value, kinds) or isinstance(value, bool):
            return False
        return self.least <= value <= (sys.float_info.max if self.most is None else self.most)


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule.

    check: looks at a whole model; None where the problems are reported on the way.
    refines: codes of reported problems that `refine` may turn into this rule's.
    enabled: whether it runs without being selected.
    function: carries the documentation.
    options: name, one word -> what the settings may change about the check.
    """

    code: str
    name: str
    severity: Severity
    enabled: bool
    function: Callable[..., Any]
    check: Check | None = None
    refines: tuple[str, ...] = ()
    options: Mapping[str, Option] = field(default_factory=dict)

    def values(self, given: Mapping[str, float] | None) -> dict[str, float]:
        """All options' values: those given, and the others' defaults."""
        return {**{name: option.default for name, option in self.options.items()}, **(given or {})}

    @property
    def documentation(self) -> str:
        """The docstring, unindented."""
        return inspect.getdoc(self.function) or ""

    @property
    def summary(self) -> str:
        """The documentation's first paragraph on one line."""
        return " ".join(self.documentation.split("\n\n")[0].split())


def violation(
    message: str, help: str = "", layer: str | None = None, pointer: str = "", severity: Severity | None = None
) -> Problem:
    """What a rule yields: a problem without a code. The runner adds the rule's code."""
    return Problem("", message, help, layer, pointer, severity)


RULES: dict[str, Rule] = {}
BY_NAME: dict[str, Rule] = {}


def _register(entry: Rule) -> None:
    if entry.code in RULES or entry.name in BY_NAME:
        raise ValueError(f"two rules {entry.code} {entry.name}")
    RULES[entry.code] = entry
    BY_NAME[entry.name] = entry


def rule(
    code: str, name: str, severity: Severity, *, enabled: bool = True, **options: Option
) -> Callable[[Check], Check]:
    """Register a function that looks at a model and yields problems. options: its arguments after the model."""

    def register(function: Check) -> Check:
        _register(Rule(code, name, severity, enabled, function, function, options=options))
        return function

    return register


def reported(
    code: str, name: str, severity: Severity, *, enabled: bool = True, refines: tuple[str, ...] = ()
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Register a rule whose problems arise on the way; with `refines`, the function restates such problems."""

    def register(function: Callable[..., Any]) -> Callable[..., Any]:
        _register(Rule(code, name, severity, enabled, function, None, refines))
        return function

    return register
