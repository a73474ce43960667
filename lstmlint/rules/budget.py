"""C: size and cost."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.findings import Problem
from lstmlint.rules.registry import reported
from lstmlint.summary import ModelSummary


@reported("C501", "params-over-budget", "error")
def params_over_budget() -> None:
    """The model has more parameters than `--max-params` allows, or so much of it is unknown that nobody can tell.

    Fix: make the layers that the message names smaller.
    """


def check_params(model: ModelSummary, limit: int) -> Iterator[Problem]:
    """C501 for a model over `limit` parameters, and for one whose count is incomplete."""
    if model.params > limit:
        owners = sorted((row for row in model.layers if row.used and row.params), key=lambda row: -(row.params or 0))
        largest = ", ".join(f"{row.name} {row.params:,}" for row in owners[:3])
        least = "" if model.complete else "at least "
        yield Problem(
            "C501",
            f"the model has {least}{model.params:,} parameters, {model.params - limit:,} more than the {limit:,} allowed;"
            f" most are in {largest}",
            "Make these layers smaller, or raise --max-params.",
            pointer=model.spec.pointer,
        )
    elif not model.complete:
        unknown = [row for row in model.layers if row.used and row.params is None]
        names = ", ".join(f"{row.name} ({row.class_name})" for row in unknown[:3]) + (
            ", ..." if len(unknown) > 3 else ""
        )
        yield Problem(
            "C501",
            f"the model has at least {model.params:,} parameters, but the budget of {limit:,} cannot be checked: unknown"
            f" are {names}",
            "Give an input shape, or describe the unknown layers in the settings.",
            pointer=model.spec.pointer,
        )
