"""The table of rules: code, name, severity, documentation, and the function that looks.

A rule is one function with a docstring. `@rule` marks one that looks at a model and yields problems;
`@reported` one whose problems arise on the way (reading, parsing, a layer refusing its input): its function
only carries the documentation, or, given a problem and the model, says it better or under another code.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from lstmlint.findings import Problem, Severity
from lstmlint.summary import ModelSummary

Check = Callable[[ModelSummary], Iterable[Problem]]
Refine = Callable[[Problem, ModelSummary], "Problem | None"]


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule.

    check: looks at a whole model; None where the problems are reported on the way.
    refines: codes of reported problems that `refine` may turn into this rule's.
    enabled: whether it runs without being selected.
    function: carries the documentation.
    """

    code: str
    name: str
    severity: Severity
    enabled: bool
    function: Callable[..., Any]
    check: Check | None = None
    refines: tuple[str, ...] = ()

    @property
    def documentation(self) -> str:
        """The docstring, unindented."""
        return inspect.getdoc(self.function) or ""

    @property
    def summary(self) -> str:
        """The documentation's first paragraph on one line."""
        return " ".join(self.documentation.split("\n\n")[0].split())


RULES: dict[str, Rule] = {}
BY_NAME: dict[str, Rule] = {}


def _register(entry: Rule) -> None:
    if entry.code in RULES or entry.name in BY_NAME:
        raise ValueError(f"two rules {entry.code} {entry.name}")
    RULES[entry.code] = entry
    BY_NAME[entry.name] = entry


def rule(code: str, name: str, severity: Severity, *, enabled: bool = True) -> Callable[[Check], Check]:
    """Register a function that looks at a model and yields problems."""

    def register(function: Check) -> Check:
        _register(Rule(code, name, severity, enabled, function, function))
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
