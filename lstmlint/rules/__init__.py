"""What is worth telling: one function a rule, in modules per group."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from importlib import import_module

from lstmlint.config.options import Options
from lstmlint.inference.summary import ModelSummary
from lstmlint.model.findings import Problem
from lstmlint.model.spec import ModelSpec
from lstmlint.model.suggestions import did_you_mean
from lstmlint.rules.registry import BY_NAME, RULES, Rule

Infer = Callable[[ModelSpec], ModelSummary]

GROUPS = (
    "reading", "structure", "graph", "merging", "recurrent", "sequences", "heads", "learning", "normalization", "cost",
    "portability", "obsolete", "hygiene",
)  # fmt: skip


@lru_cache(maxsize=1)
def load() -> dict[str, Rule]:
    """All rules by code."""
    for group in GROUPS:
        import_module(f"lstmlint.rules.{group}")
    return RULES


def find(code_or_name: str) -> Rule | None:
    """The rule with a code or a name."""
    load()
    return RULES.get(code_or_name.upper()) or BY_NAME.get(code_or_name.lower())


def words() -> list[str]:
    """Every code and every name."""
    return [word for rule in load().values() for word in (rule.code, rule.name)]


def selector(text: str) -> str | None:
    """A code, the beginning of one, a name or ALL, in the rules' own spelling; None where it means no rule."""
    code = text.strip().upper()
    if code == "ALL" or (code and any(known.startswith(code) for known in load())):
        return code
    name = text.strip().lower()
    return name if name in BY_NAME else None


# What is taken for a digit, and written for it.
_FOR_DIGITS = str.maketrans("OIL", "011")


def suggestion(text: str, one: bool = False) -> str:
    """`; did you mean 'R201'?` for what means no rule, or nothing where none is near. one: whether one rule is asked for."""
    word = text.strip()
    digits = word[:1].upper() + word[1:].upper().translate(_FOR_DIGITS)
    if (find if one else selector)(digits) is not None:
        return f"; did you mean {digits!r}?"
    return did_you_mean(word, words())


def run(model: ModelSummary, options: Options, infer: Infer) -> Iterator[Problem]:
    """Yield every problem of a model: those found on the way, refined by rules, then those of the rules.

    infer: infers a copy of the model with other widths, for budgets.
    """
    rules = load()
    refiners: dict[str, list[Rule]] = {}
    for rule in rules.values():
        for code in rule.refines:
            refiners.setdefault(code, []).append(rule)
    reported: set[tuple[str, str]] = set()
    for met in model.problems:
        problem = refine(met, model, refiners.get(met.code, ()))
        if problem is not met:
            # Several problems with one cause become one when a rule restates them alike.
            place = problem.code, problem.pointer
            if place in reported:
                continue
            reported.add(place)
        yield problem
    for rule in rules.values():
        if rule.check is not None and options.wants(rule):
            try:
                for problem in rule.check(model, **rule.values(options.rule_options.get(rule.code))):
                    problem.code = rule.code
                    yield problem
            except Exception as error:  # noqa: BLE001 - one broken rule must not take the others' findings along
                yield crashed(rule, error)
    if options.limits:
        from lstmlint.rules import budget

        yield from budget.check_all(
            model, options.limits, options.limit_sources, infer, options.weight_dtype, options.bindings.batch or 1
        )


def refine(problem: Problem, model: ModelSummary, refiners: Iterable[Rule]) -> Problem:
    """The problem as the first rule that knows better puts it."""
    for rule in refiners:
        try:
            better = rule.function(problem, model)
        except Exception as error:  # noqa: BLE001 - the same
            return crashed(rule, error)
        if better is not None:
            better.code = rule.code
            result: Problem = better
            return result
    return problem


def crashed(rule: Rule, error: Exception) -> Problem:
    """A defect of ours, told as a finding."""
    return Problem(
        "E099",
        f"the rule {rule.code} {rule.name} crashed: {type(error).__name__}: {error}",
        "Please report this with the file; until then, ignore the rule.",
    )
