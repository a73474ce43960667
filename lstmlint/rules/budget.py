"""The budgets that options and settings set, C501 to C507: what a model costs, who to blame, and what would fit."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from lstmlint.config.options import Options
from lstmlint.inference.activations import activation_peak, output_bytes
from lstmlint.inference.summary import LayerSummary, ModelSummary
from lstmlint.layers.base import DTYPE_BITS
from lstmlint.model.findings import Problem
from lstmlint.rules.fitting import first_fit, layer_fit

# Finding the width that fits means inferring the model a dozen times: not for every layer.
MOST_FITS = 10
_SHOWN = 3


# The budgets ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Budget:
    """One kind of budget: what it counts, of the model and of a layer, and how it is called.

    total: None where it cannot be told. of_layer: the same, for one layer. rows: the layers that may be to blame.
    """

    code: str
    noun: str
    option: str
    total: Callable[[ModelSummary], int | None]
    of_layer: Callable[[LayerSummary], int | None]
    unknown_help: str = "Give an input shape, or describe the unknown layers in the settings."
    rows: Callable[[ModelSummary], Iterable[LayerSummary]] = lambda model: model.layers


PARAMS = Budget("C501", "parameters", "--max-params", lambda model: model.params, lambda row: row.params)
TRAINABLE = Budget(
    "C502", "trainable parameters", "--max-trainable-params",
    lambda model: model.trainable_params, lambda row: row.trainable_params,
)  # fmt: skip
MACS = Budget(
    "C506", "multiply-accumulates", "--max-macs", lambda model: model.macs, lambda row: row.macs,
    "Give the unknown dimensions with --timesteps or --input-shape.",
)  # fmt: skip


def check_all(model: ModelSummary, options: Options) -> Iterator[Problem]:
    """C501 to C507 where the model costs more than allowed, or nobody can tell what it costs."""
    checks: dict[str, Callable[[int], Iterable[Problem]]] = {
        "max-params": lambda limit: check_params(model, limit),
        "max-trainable-params": lambda limit: check_trainable_params(model, limit),
        "max-layer-params": lambda limit: check_layer_params(model, limit),
        "max-weight-bytes": lambda limit: check_weight_bytes(model, limit, options.weight_dtype),
        "max-macs": lambda limit: check_macs(model, limit),
        "max-activation-bytes": lambda limit: check_activation_bytes(model, limit, options.bindings.batch or 1),
    }
    limits = dict(options.limits)
    if options.max_params is not None:
        limits["max-params"] = options.max_params
    for name, limit in limits.items():
        yield from checks[name](limit)


def check_params(model: ModelSummary, limit: int) -> Iterator[Problem]:
    """C501 for a model over `limit` parameters, and for one whose count is incomplete."""
    return _check(model, limit, PARAMS, model.complete)


def check_trainable_params(model: ModelSummary, limit: int) -> Iterator[Problem]:
    """C502 for a model over `limit` trainable parameters, and for one whose count is incomplete."""
    return _check(model, limit, TRAINABLE, model.complete)


def check_macs(model: ModelSummary, limit: int) -> Iterator[Problem]:
    """C506 for a model over `limit` multiply-accumulates per sample, and for one whose count is unknown."""
    return _check(model, limit, MACS, model.macs is not None)


def check_weight_bytes(model: ModelSummary, limit: int, dtype: str | None = None) -> Iterator[Problem]:
    """C504 for a model over `limit` bytes of weights, and for one whose count is incomplete.

    dtype: what every floating-point weight is stored as; None for the dtypes of the file.
    """
    budget = Budget(
        "C504",
        "bytes of weights" + (f" as {dtype}" if dtype else ""),
        "--max-weight-bytes",
        lambda summary: sum(row_bytes(row, dtype) for row in summary.layers if row.used),
        lambda row: None if row.params is None else row_bytes(row, dtype),
    )
    return _check(model, limit, budget, model.complete)


def check_activation_bytes(model: ModelSummary, limit: int, batch: int = 1) -> Iterator[Problem]:
    """C507 for a model whose activations need more than `limit` bytes at their peak, and where that is unknown.

    batch: the batch size, where the model leaves it open.
    """
    budget = Budget(
        "C507",
        f"bytes of activations at the peak (batch {batch})",
        "--max-activation-bytes",
        lambda summary: activation_peak(summary, batch)[0],
        lambda row: output_bytes(row, batch),
        "Give the unknown dimensions with --timesteps or --input-shape.",
        lambda summary: activation_peak(summary, batch)[1],
    )
    return _check(model, limit, budget, activation_peak(model, batch)[0] is not None)


def check_layer_params(model: ModelSummary, limit: int) -> Iterator[Problem]:
    """C503 for every layer over `limit` parameters, and for those whose count is unknown."""
    fitted = 0
    for row in model.layers:
        if not row.used:
            continue
        if row.params is None:
            yield Problem(
                "C503",
                f"the number of parameters of {row.class_name} {row.name!r} is unknown, so that the budget of {limit:,} for a"
                " layer cannot be checked",
                PARAMS.unknown_help,
                row.name,
                row.pointer,
            )
        elif row.params > limit:
            fitted += 1
            found = partial(_params_of, name=row.name)
            fit = layer_fit(model, row, limit, found) if fitted <= MOST_FITS else None
            smaller = "Make it, or what feeds it, narrower"
            if fit is not None:
                smaller = f"{fit.words(row.name)} would bring it to {fit.value:,} parameters"
            yield Problem(
                "C503",
                f"{row.class_name} {row.name!r} has {row.params:,} parameters, {row.params - limit:,} more than the {limit:,} allowed"
                " for a layer",
                f"{smaller}; or raise --max-layer-params.",
                row.name,
                row.pointer,
            )


def _params_of(model: ModelSummary, *, name: str) -> int | None:
    return next((row.params for row in model.layers if row.name == name), None)


def _check(model: ModelSummary, limit: int, budget: Budget, complete: bool) -> Iterator[Problem]:
    total = budget.total(model)
    if total is not None and total > limit:
        owners = _costliest(model, budget)
        largest = ", ".join(f"{row.name} {budget.of_layer(row):,}" for row in owners[:_SHOWN])
        least = "" if complete else "at least "
        fit = first_fit(model, owners, limit, budget.total) if complete else None
        smaller = "Make these layers smaller"
        if fit is not None:
            smaller = f"{fit.words()} would bring the model to {fit.value:,} {budget.noun}"
        yield Problem(
            budget.code,
            f"the model has {least}{total:,} {budget.noun}, {total - limit:,} more than the {limit:,} allowed; most are in {largest}",
            f"{smaller}; or raise {budget.option}.",
            pointer=model.spec.pointer,
        )
    elif not complete:
        unknown = [row for row in model.layers if row.used and budget.of_layer(row) is None]
        names = ", ".join(f"{row.name} ({row.class_name})" for row in unknown[:_SHOWN])
        more = ", ..." if len(unknown) > _SHOWN else ""
        known = f"at least {total:,} {budget.noun}" if total else f"an unknown number of {budget.noun}"
        yield Problem(
            budget.code,
            f"the model has {known}, so that the budget of {limit:,} cannot be checked: unknown are {names}{more}",
            budget.unknown_help,
            pointer=model.spec.pointer,
        )


def check_increase(
    old: ModelSummary | None,
    new: ModelSummary,
    said: str,
    allowed: Callable[[int], int],
    grown: Sequence[tuple[str, LayerSummary, int]] = (),
) -> Iterator[Problem]:
    """C511 for a model that grew by more parameters than it may, and where that cannot be told.

    old: None where it cannot be read. said: the limit as the user put it. allowed: how many parameters the old model
    has -> by how many the new one may grow. grown: (path, layer, by how many), the most first.
    """
    if old is None or not (old.complete and new.complete):
        reasons = ["the old model cannot be read"] if old is None else []
        for side, model in (("old", old), ("new", new)):
            if model is not None and not model.complete:
                known = f"at least {model.params:,}" if model.params else "an unknown number of"
                reasons.append(f"the {side} model has {known} parameters, unknown are {_unknown(model)}")
        yield Problem(
            "C511",
            f"the change in parameters cannot be checked against --max-increase {said}: {'; '.join(reasons)}",
            "Compare with a model that can be read." if old is None else PARAMS.unknown_help,
            pointer=new.spec.pointer,
        )
        return
    change, most = new.params - old.params, allowed(old.params)
    if change <= most:
        return
    share = f" ({100 * change / old.params:,.1f}%)" if old.params else ""
    limit = f"{said}, that is {most:,}" if "%" in said else f"{most:,}"
    largest = ", ".join(f"{path} {count:+,}" for path, _, count in grown[:_SHOWN])
    fit = first_fit(new, [row for _, row, _ in grown], old.params + most, PARAMS.total)
    smaller = "Make these layers smaller" if grown else "Make the model smaller"
    if fit is not None:
        smaller = f"{fit.words()} would bring the model to {fit.value:,} parameters"
    yield Problem(
        "C511",
        f"the model grew by {change:,} parameters{share} from {old.params:,} to {new.params:,}; --max-increase allows"
        f" {limit}" + (f"; most came with {largest}" if largest else ""),
        f"{smaller}; or raise --max-increase.",
        pointer=new.spec.pointer,
    )


def _unknown(model: ModelSummary) -> str:
    """The first layers of which nobody knows the weights, and whether there are more."""
    rows = [row for row in model.walk() if row.used and row.params is None and row.nested is None]
    names = ", ".join(f"{row.name} ({row.class_name})" for row in rows[:_SHOWN])
    return (names or "some layers") + (", ..." if len(rows) > _SHOWN else "")


def _costliest(model: ModelSummary, budget: Budget) -> list[LayerSummary]:
    """The layers that cost something, the costliest first."""
    rows = [row for row in budget.rows(model) if row.used and budget.of_layer(row)]
    return sorted(rows, key=lambda row: -(budget.of_layer(row) or 0))


def row_bytes(row: LayerSummary, dtype: str | None = None) -> int:
    """The bytes of a layer's weights, floating-point ones as `dtype`."""
    if dtype is None:
        return sum(weight.bytes for weight in row.weights)
    bits = DTYPE_BITS.get(dtype, 32)
    return sum((weight.size * bits + 7) // 8 if "float" in weight.dtype else weight.bytes for weight in row.weights)
