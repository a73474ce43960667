"""The rules, in one module per group. Most are one function each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from importlib import import_module

from lstmlint.config.options import Options
from lstmlint.inference.summary import ModelSummary
from lstmlint.model.findings import Problem
from lstmlint.model.limits import check_time
from lstmlint.model.spec import ModelSpec
from lstmlint.model.suggestions import did_you_mean
from lstmlint.model.values import show
from lstmlint.rules.registry import BY_NAME, RULES, Rule

Infer = Callable[[ModelSpec], ModelSummary]

GROUPS = (
    "reading", "structure", "windows", "graph", "merging", "recurrent", "sequences", "heads", "learning", "normalization", "cost",
    "portability", "obsolete", "hygiene", "source_code", "security",
)  # fmt: skip


@lru_cache(maxsize=1)
def load() -> dict[str, Rule]:
    """Import and return all rules, by code."""
    for group in GROUPS:
        import_module(f"lstmlint.rules.{group}")
    return RULES


def find(code_or_name: str) -> Rule | None:
    """Return the rule with a code or name; None if there is none."""
    load()
    return RULES.get(code_or_name.upper()) or BY_NAME.get(code_or_name.lower())


def words() -> list[str]:
    """Return every code and every name."""
    return [word for rule in load().values() for word in (rule.code, rule.name)]


def selector(text: str) -> str | None:
    """Return a code, a prefix of one, a name, or ALL, normalized; None if it matches no rule."""
    code = text.strip().upper()
    if code == "ALL" or (code and any(known.startswith(code) for known in load())):
        return code
    name = text.strip().lower()
    return name if name in BY_NAME else None


# Letters that look like digits.
_FOR_DIGITS = str.maketrans("OIL", "011")
# The similarity of two codes that differ in one digit.
_ONE_DIGIT = 0.75


def suggestion(text: str, one: bool = False) -> str:
    """Return `; did you mean 'R201'?` for an unknown rule, or an empty string. one: suggest a single rule only."""
    word = text.strip()
    digits = word[:1].upper() + word[1:].upper().translate(_FOR_DIGITS)
    for guess in (digits, digits[:4]):  # a code has four characters
        if (find if one else selector)(guess) is not None:
            return f"; did you mean {show(guess)}?"
    group = [code for code in load() if code[0] == digits[:1]]
    return did_you_mean(digits, group, _ONE_DIGIT) or did_you_mean(word, BY_NAME)


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
        if rule.check is not None and options.wants(rule) and (model.spec.wired or rule.code.startswith("C5")):
            check_time()
            try:
                for problem in rule.check(model, **rule.values(options.rule_options.get(rule.code))):
                    problem.code = rule.code
                    yield problem
            except MemoryError:
                raise
            except Exception as error:  # noqa: BLE001 - one broken rule must not stop the others
                yield crashed(rule, error)
    if options.limits:
        from lstmlint.rules import budget

        yield from budget.check_all(
            model, options.limits, options.limit_sources, infer, options.weight_dtype, options.bindings.batch or 1
        )


def refine(problem: Problem, model: ModelSummary, refiners: Iterable[Rule]) -> Problem:
    """Return the problem as the first rule restates it, or unchanged."""
    for rule in refiners:
        try:
            better = rule.refine(problem, model) if rule.refine is not None else None
        except MemoryError:
            raise
        except Exception as error:  # noqa: BLE001 - one broken rule must not stop the others
            return crashed(rule, error)
        if better is not None:
            better.code = rule.code
            return better
    return problem


def crashed(rule: Rule, error: Exception) -> Problem:
    """Return the finding for a rule that raised an exception."""
    return Problem(
        "E099",
        f"the rule {rule.code} {rule.name} crashed: {type(error).__name__}: {error}",
        "Please report this with the file; until then, ignore the rule.",
    )
