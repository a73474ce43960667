"""Check the growth of a model against --max-increase."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction
from functools import partial
from typing import TYPE_CHECKING

from lstmlint.comparing.differences import Comparison, Limit
from lstmlint.config.values import parse_count
from lstmlint.model.findings import Finding, UsageError
from lstmlint.model.values import show

if TYPE_CHECKING:
    from lstmlint.config.options import Options
    from lstmlint.inference.summary import LayerSummary


def parse_limit(text: str, option: str = "--max-increase") -> Limit:
    """Parse a limit: 5%, 1000 or 50k. Raises: UsageError for anything else."""
    written = text.strip()
    share = re.fullmatch(r"\+?\s*([0-9]{1,9}(?:\.[0-9]{1,9})?)\s*%", written)
    if share:
        return Limit(written, percent=Fraction(share[1]))
    try:
        return Limit(written, parse_count(written.removeprefix("+"), option))
    except UsageError:
        message = (
            f"{option} takes a percentage such as 5% or a number of parameters such as 1000 or 50k, not {show(text)}"
        )
        raise UsageError(message) from None


def apply_limit(found: Comparison, limit: Limit, options: Options) -> None:
    """Add a finding to `found.gate` if the model grew by more than `limit` allows.

    options: those of the new file. They set the severity of the finding; their selection of rules does not matter.
    """
    from lstmlint import rules
    from lstmlint.inference import infer
    from lstmlint.rules.budget import check_increase

    found.limit = limit
    if found.new.model is None:
        return  # reported separately
    grown = sorted(contributions(found), key=lambda item: -item[2])
    rule = rules.load()["C511"]
    severity = options.severities.get(rule.code, rule.severity)
    again = partial(infer, bindings=options.bindings, descriptions=options.custom_layers)
    for problem in check_increase(found.old.model, found.new.model, limit.text, limit.allowed, again, grown):
        origin = found.new.origin
        place = (1, 1) if origin is None else (origin.line, origin.column)
        advice = problem.help
        if origin is not None and origin.unknowns:
            advice = f"Give the sizes: {' '.join(unknown.option for unknown in origin.unknowns)}"
        found.gate.append(
            Finding(rule.code, rule.name, severity, problem.message, advice, None, problem.pointer, *place)
        )


def contributions(found: Comparison) -> Iterator[tuple[str, LayerSummary, int]]:
    """Yield (path, layer, added parameters) for the layers with a known count that grew or were added."""
    for entry in found.layers:
        old, new = entry.old, entry.new
        if new is None or (old is not None and old.nested is not None and new.nested is not None):
            continue  # the layers of a nested model are compared themselves
        before, after = (row.params if row is not None and row.used else 0 for row in (old, new))
        if before is not None and after is not None and after > before:
            yield entry.path, new, after - before
