"""How much of each budget a model uses."""

from __future__ import annotations

from typing import Any

from lstmlint.inference.summary import ModelSummary
from lstmlint.reporting.view import View, size
from lstmlint.rules.budget import budget_for


def budgets(model: ModelSummary, view: View) -> list[dict[str, Any]]:
    """Return an entry for each budget that applies to the model."""
    return [entry(model, option, limit, view) for option, limit in view.limits.items()]


def entry(model: ModelSummary, option: str, limit: int, view: View) -> dict[str, Any]:
    """Return the entry of a budget. share: of the budget that is used; None if that is not known."""
    amount, complete = used(model, option, view)
    written = size if option.endswith("bytes") else "{:,}".format
    over = amount is not None and amount > limit
    known = amount is not None and (complete or over)
    if amount is None:
        text = f"unknown, of {written(limit)}"
    elif not complete:
        text = f"at least {written(amount)}, of {written(limit)}"
    else:
        text = f"{written(amount)} of {written(limit)}"
    if over and amount is not None:
        text += f", {written(amount - limit)} too many"
    share = amount / limit if known and amount is not None and limit else None
    return {
        "option": option,
        "title": option,
        "share": share,
        "over": over,
        "text": text,
        "limit": limit,
        "amount": amount,
    }


def used(model: ModelSummary, option: str, view: View) -> tuple[int | None, bool]:
    """Return what a model uses of a budget, and whether that is all."""
    if model.origin is not None and not model.origin.certain:
        return None, False
    if option == "max-layer-params":
        counts = [row.params for row in model.layers if row.used]
        return max((count for count in counts if count is not None), default=0), None not in counts
    budget = budget_for(option, view.weight_dtype, view.batch)
    amount = budget.total(model)
    if amount is not None and option == "max-params":
        amount += model.unattributed_params
    return amount, budget.complete(model)
