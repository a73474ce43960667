"""Budgets, C501 to C507 and C511: the cost of a model, the layers it comes from, and the width that would fit."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from lstmlint.inference.activations import activation_peak, output_bytes
from lstmlint.inference.summary import LayerSummary, ModelSummary
from lstmlint.layers.base import DTYPE_BITS
from lstmlint.model.findings import Problem, listing
from lstmlint.model.values import show
from lstmlint.rules.fitting import Infer, first_fit, layer_fit

# Finding the width that fits infers the model several times, so only for some layers.
MOST_FITS = 10
_SHOWN = 3
OPTIONS = (
    "max-params", "max-trainable-params", "max-layer-params", "max-weight-bytes", "max-macs", "max-activation-bytes",
)  # fmt: skip
DIMENSIONS = "Give the unknown dimensions with --timesteps or --input-shape."


@dataclass(frozen=True, slots=True)
class Budget:
    """One kind of budget.

    noun: what it counts. total: the cost of a model; None if it is unknown. of_layer: the cost of a layer.
    complete: whether the total includes everything. rows: the layers that the cost comes from.
    """

    code: str
    noun: str
    total: Callable[[ModelSummary], int | None]
    of_layer: Callable[[LayerSummary], int | None]
    complete: Callable[[ModelSummary], bool] = lambda model: model.complete
    unknown_help: str = "Give an input shape, or describe the unknown layers in the settings."
    rows: Callable[[ModelSummary], Iterable[LayerSummary]] = lambda model: model.layers


PARAMS = Budget("C501", "parameters", lambda model: model.params, lambda row: row.params)
TRAINABLE = Budget(
    "C502", "trainable parameters", lambda model: model.trainable_params, lambda row: row.trainable_params
)
MACS = Budget(
    "C506", "multiply-accumulates", lambda model: model.macs, lambda row: row.macs,
    lambda model: model.macs is not None, DIMENSIONS,
)  # fmt: skip


def check_all(
    model: ModelSummary,
    limits: Mapping[str, int],
    sources: Mapping[str, str],
    infer: Infer,
    weight_dtype: str | None = None,
    batch: int = 1,
) -> Iterator[Problem]:
    """C501 to C507: budgets that the model exceeds, or that cannot be checked since its cost is unknown.

    limits: option -> number. sources: option -> where the user set it. infer: infers a copy of the model.
    weight_dtype: the dtype in which floating-point weights are stored; None for those of the file.
    batch: the batch size if the model does not fix it.
    """
    for option, limit in limits.items():
        source = sources.get(option, f"--{option}")
        if option == "max-layer-params":
            yield from check_layer_params(model, limit, infer, source)
        else:
            yield from check(model, limit, budget_for(option, weight_dtype, batch), infer, source)


def budget_for(option: str, weight_dtype: str | None = None, batch: int = 1) -> Budget:
    """Return the budget that an option limits; `max-layer-params` limits layers, not the model."""
    if option == "max-weight-bytes":
        return weight_bytes(weight_dtype)
    if option == "max-activation-bytes":
        return activation_bytes(batch)
    return {"max-params": PARAMS, "max-trainable-params": TRAINABLE, "max-macs": MACS}[option]


def weight_bytes(dtype: str | None = None) -> Budget:
    """The budget of C504. dtype: the dtype in which floating-point weights are stored; None for those of the file."""
    return Budget(
        "C504",
        "bytes of weights" + (f" as {dtype}" if dtype else ""),
        lambda model: sum(row_bytes(row, dtype) for row in model.layers if row.used),
        lambda row: None if row.params is None else row_bytes(row, dtype),
    )


def activation_bytes(batch: int = 1) -> Budget:
    """The budget of C507. batch: the batch size if the model does not fix it."""
    return Budget(
        "C507",
        f"bytes of activations at the peak (batch {batch})",
        lambda model: activation_peak(model, batch)[0],
        lambda row: output_bytes(row, batch),
        lambda model: activation_peak(model, batch)[0] is not None,
        DIMENSIONS,
        lambda model: activation_peak(model, batch)[1],
    )


def check_layer_params(
    model: ModelSummary, limit: int, infer: Infer, source: str = "--max-layer-params"
) -> Iterator[Problem]:
    """C503 for each layer with more than `limit` parameters, and for each layer whose count is unknown."""
    fitted = 0
    for row in model.layers:
        if not row.used:
            continue
        if row.params is None:
            yield Problem(
                "C503",
                f"the number of parameters of {row.class_name} {show(row.name)} is unknown, so the budget of {limit:,} per layer"
                " cannot be checked",
                _help_for_unknown(PARAMS, [row]),
                row.name,
                row.pointer,
                data={"amount": 0},
            )
        elif row.params > limit:
            fitted += 1
            found = partial(_params_of, name=row.name)
            fit = layer_fit(model, row, limit, found, infer) if fitted <= MOST_FITS else None
            smaller = "Make it, or the layer before it, narrower"
            if fit is not None:
                smaller = f"{fit.words(row.name)} would bring it to {fit.value:,} parameters"
            yield Problem(
                "C503",
                f"{row.class_name} {show(row.name)} has {row.params:,} parameters, {row.params - limit:,} more than the {limit:,} allowed"
                " for a layer",
                f"{smaller}; or raise {source}.",
                row.name,
                row.pointer,
                data={"amount": row.params},
            )


def _params_of(model: ModelSummary, *, name: str) -> int | None:
    return next((row.params for row in model.layers if row.name == name), None)


def check(model: ModelSummary, limit: int, budget: Budget, infer: Infer, source: str) -> Iterator[Problem]:
    """The problem of a model that costs more than `limit`, or whose cost is unknown."""
    total, complete = budget.total(model), budget.complete(model)
    stored = model.unattributed_params if budget is PARAMS else 0
    if total is not None and total + stored > limit:
        total += stored
        owners = _costliest(model, budget)
        largest = ", ".join(f"{row.name} {budget.of_layer(row):,}" for row in owners[:_SHOWN])
        least = "" if complete else "at least "
        fit = first_fit(model, owners, limit, budget.total, infer) if complete else None
        smaller = "Make these layers smaller"
        if fit is not None:
            smaller = f"{fit.words()} would bring the model to {fit.value:,} {budget.noun}"
        yield Problem(
            budget.code,
            f"the model has {least}{total:,} {budget.noun}, {total - limit:,} more than the {limit:,} allowed"
            + (f"; most are in {largest}" if largest else ""),
            f"{smaller}; or raise {source}.",
            pointer=model.spec.pointer,
            data={"amount": total},
        )
    elif not complete:
        unknown = [row for row in model.layers if row.used and budget.of_layer(row) is None]
        names = listing([f"{row.name} ({row.class_name})" for row in unknown]) or "stored weights without a layer"
        known = f"at least {total:,} {budget.noun}" if total else f"an unknown number of {budget.noun}"
        yield Problem(
            budget.code,
            f"the model has {known}, so the budget of {limit:,} cannot be checked; unknown: {names}",
            _help_for_unknown(budget, unknown),
            pointer=model.spec.pointer,
            data={"amount": (total or 0) + stored},
        )


def _help_for_unknown(budget: Budget, rows: list[LayerSummary]) -> str:
    broken = [show(row.name) for row in rows if row.layer.failed]
    return f"Fix the errors in {listing(broken)} first." if broken else budget.unknown_help


def check_increase(
    old: ModelSummary | None,
    new: ModelSummary,
    said: str,
    allowed: Callable[[int], int],
    infer: Infer,
    grown: Sequence[tuple[str, LayerSummary, int]] = (),
) -> Iterator[Problem]:
    """C511: the model grew by more parameters than allowed, or the growth is unknown.

    old: None if it cannot be read. said: the limit as the user wrote it. allowed: parameters of the old model -> the
    number by which the new one may grow. infer: infers a copy of the new model. grown: (path, layer, growth), the
    largest growth first.
    """
    if old is None or not (old.complete and new.complete):
        reasons = ["the old model cannot be read"] if old is None else []
        for side, model in (("old", old), ("new", new)):
            if model is not None and not model.complete:
                known = f"at least {model.params:,}" if model.params else "an unknown number of"
                reasons.append(f"the {side} model has {known} parameters; unknown: {_unknown(model)}")
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
    limit = f"{said} ({most:,})" if "%" in said else f"{most:,}"
    largest = ", ".join(f"{path} {count:+,}" for path, _, count in grown[:_SHOWN])
    fit = first_fit(new, [row for _, row, _ in grown], old.params + most, PARAMS.total, infer)
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
    rows = [row for row in model.walk() if row.used and row.params is None and row.nested is None]
    return listing([f"{row.name} ({row.class_name})" for row in rows]) or "some layers"


def _costliest(model: ModelSummary, budget: Budget) -> list[LayerSummary]:
    """Return the layers with a cost, the most expensive first."""
    rows = [row for row in budget.rows(model) if row.used and budget.of_layer(row)]
    return sorted(rows, key=lambda row: -(budget.of_layer(row) or 0))


def row_bytes(row: LayerSummary, dtype: str | None = None) -> int:
    """Return the bytes of a layer's weights, with floating-point ones stored as `dtype`."""
    if dtype is None:
        return sum(weight.bytes for weight in row.weights)
    bits = DTYPE_BITS.get(dtype, 32)
    return sum((weight.size * bits + 7) // 8 if "float" in weight.dtype else weight.bytes for weight in row.weights)
