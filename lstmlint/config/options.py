"""What the user wants of an analysis, whoever says it: the command line, the settings, or a caller in Python."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from lstmlint.inference.bindings import Bindings
from lstmlint.model.findings import Finding, Severity

if TYPE_CHECKING:
    from lstmlint.filtering.baseline import Baseline
    from lstmlint.filtering.suppressions import Suppression
    from lstmlint.layers.user_defined import Description
    from lstmlint.rules.registry import Rule


@dataclass(slots=True)
class Options:
    """What the user wants of an analysis.

    select: codes, prefixes or names to run instead of the default set (None: the default); extend_select
    adds to it. ignore: codes, prefixes or names to leave out. severities: code -> severity.
    limits: budgets by the names of their options, such as "max-params". limit_sources: where each of them was set, for
    messages. weight_dtype: the dtype in which weights are stored; None for those of the file. weights: whether to read
    weights that are stored with the model.
    custom_layers: class name -> what the user says of it. suppressions: findings to leave out, beside those that the
    file itself asks for. baseline: the findings that are known already. rule_options: code -> option of the rule ->
    value, in the range that the rule names.
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
    baseline: Baseline | None = None
    rule_options: Mapping[str, Mapping[str, float]] = field(default_factory=dict)

    def wants(self, rule: Rule) -> bool:
        """Whether a rule is to run."""
        chosen = rule.enabled if self.select is None else matches(rule, self.select)
        chosen = chosen or matches(rule, self.extend_select)
        return chosen and not matches(rule, self.ignore)


def matches(rule: Rule | Finding, selectors: tuple[str, ...]) -> bool:
    """Whether a rule is meant by one of the selectors: a code, the beginning of one, a name, or ALL."""
    return any(s == "ALL" or s == rule.name or rule.code.startswith(s) for s in selectors)
