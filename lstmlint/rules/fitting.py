"""The width that would fit: how narrow a layer, and what must be as wide as it, has to be for a budget to hold."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from math import gcd, lcm

from lstmlint.inference.summary import LayerSummary, ModelSummary
from lstmlint.model.findings import Problem
from lstmlint.model.spec import LayerSpec
from lstmlint.rules.index import index_of, recurrent, row_of, unwrapped

Total = Callable[[ModelSummary], "int | None"]

# The arguments that set how wide a layer is.
WIDTHS = ("units", "filters", "output_dim", "key_dim", "head_dim")
# Finding the width that fits means inferring the model a dozen times: not for the largest.
MOST_LAYERS = 2000
# How many layers are tried, how many may be tied to each other, and how coarse the steps of a width may be.
_TRIED, _TIED, _COARSEST = 3, 40, 32
# What differs from what Keras recorded when it built the model, differs because of the change.
_RECORDS = ("S130", "S131")


@dataclass(frozen=True, slots=True)
class Width:
    """How wide a layer is: an argument of its own config, or of that of the layer inside."""

    row: LayerSummary
    spec: LayerSpec
    argument: str
    value: int


@dataclass(frozen=True, slots=True)
class Fit:
    """Widths at which a model keeps a budget, and what the budget counts then.

    changes: (layer, argument, width), that of the layer in question first, then those that are tied to it.
    """

    changes: tuple[tuple[str, str, int], ...]
    value: int

    def words(self, known: str = "") -> str:
        """units=87 of 'encoder' and 'decoder'; of the layer `known`, the name is left out."""
        groups: dict[str, list[str]] = {}
        for name, argument, width in self.changes:
            groups.setdefault(f"{argument}={width}", []).append(repr(name))
        if list(groups.values()) == [[repr(known)]]:
            return next(iter(groups))
        return ", ".join(f"{setting} of {_listed(names)}" for setting, names in groups.items())


def _listed(names: list[str]) -> str:
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))


def first_fit(model: ModelSummary, rows: Iterable[LayerSummary], limit: int, total: Total) -> Fit | None:
    """The widest that one of these layers may be for the model to keep the limit; the first that can do it."""
    tried: set[int] = set()
    for row in _inside(rows):
        width = _nearest(row)
        if width is None or id(width.spec) in tried:
            continue
        tried.add(id(width.spec))
        fit = _fit(model, width, limit, total)
        if fit is not None or len(tried) == _TRIED:
            return fit
    return None


def layer_fit(model: ModelSummary, row: LayerSummary, limit: int, total: Total) -> Fit | None:
    """The widest that a layer may be, or where it is an output the layer before it, for `total` to keep the limit."""
    if row.nested is not None:
        return first_fit(model, [row], limit, total)
    width = None if row.is_output else _own(row)
    if width is None and row.inbound:
        width = _nearest(row.inbound[0])
    return None if width is None else _fit(model, width, limit, total)


def _inside(rows: Iterable[LayerSummary]) -> Iterator[LayerSummary]:
    """The layers, those of a nested model in its place, the largest first."""
    for row in rows:
        if row.nested is None:
            yield row
        else:
            yield from _inside(sorted(row.nested.layers, key=lambda inner: -(inner.params or 0)))


def _own(row: LayerSummary) -> Width | None:
    """The width of a layer that has one."""
    spec = unwrapped(row.layer).spec
    for inner in (spec, spec.config.get("layer"), spec.config.get("cell")):
        for argument in WIDTHS:
            if isinstance(inner, LayerSpec) and type(inner.config.get(argument)) is int:
                return Width(row, inner, argument, inner.config[argument])
    return None


def _nearest(row: LayerSummary) -> Width | None:
    """The width of a layer, or of the one that it takes its width from; None for an output, which is as it must be."""
    for _ in range(_TIED):
        width = _own(row)
        if width is not None:
            return None if row.is_output else width
        if len(row.inbound) != 1:
            return None
        row = row.inbound[0]
    return None


def _fit(model: ModelSummary, width: Width, limit: int, total: Total) -> Fit | None:
    """The largest width with which `total` keeps the limit, and the model has no new problem; None if there is none."""
    if len(index_of(model).rows) > MOST_LAYERS:
        return None
    found = _tied(model, width)
    if found is None:
        return None
    tied, step = found
    low, high = 0, width.value // step
    best: int | None = None
    while high - low > 1:
        middle = (low + high) // 2
        other = _resized(model, tied, middle * step)
        count = total(other) if other is not None and not _new_problems(model, other) else None
        if count is None:
            return None
        if count <= limit:
            low, best = middle, count
        else:
            high = middle
    if best is None:
        return None
    return Fit(tuple((item.row.name, item.argument, _scaled(item, width, low * step)) for item in tied), best)


def _tied(model: ModelSummary, width: Width) -> tuple[list[Width], int] | None:
    """(the widths that must change together, in which steps the first may); None where others cannot follow."""
    tied = [width]
    while len(tied) < _TIED:
        step = lcm(*(width.value // gcd(width.value, item.value) for item in tied))
        problems = _problems_at(model, tied, width.value - step)
        if problems is None:
            return None
        if not problems:
            return tied, step
        if all(problem.code == "S117" for problem in problems):  # a number of groups divides it
            steps = (step * times for times in range(2, _COARSEST + 1))
            return next(((tied, one) for one in steps if _problems_at(model, tied, width.value - one) == []), None)
        more = [item for problem in problems for item in _bound(model, problem, tied)]
        if not more or any(item.row.is_output for item in more):
            return None
        tied += {id(item.spec): item for item in more}.values()
    return None


def _bound(model: ModelSummary, problem: Problem, tied: list[Width]) -> Iterator[Width]:
    """The widths that a change has left behind, so that they do not fit any more where a problem arose."""
    known = {id(item.spec) for item in tied}
    row = row_of(model, problem.data.get("spec"))
    own = _own(row) if row is not None else None
    if own is not None and id(own.spec) not in known:
        yield own
        return
    waiting: list[LayerSummary] = []
    if row is not None:  # the width of what a recurrent layer reads is free, that of its states is not
        waiting = row.inbound[1:] if recurrent(row.layer) is not None else row.inbound[:]
    seen: set[int] = set()
    while waiting and len(seen) < _TIED:
        source = waiting.pop()
        if id(source) in seen:
            continue
        seen.add(id(source))
        own = _own(source)
        if own is None or own.argument in ("key_dim", "head_dim"):  # an attention is as wide as its query
            waiting += source.inbound
        elif id(own.spec) not in known:
            yield own


def _scaled(item: Width, first: Width, width: int) -> int:
    """How wide a tied layer is, when the first is so wide."""
    return item.value * width // first.value


def _problems_at(model: ModelSummary, tied: list[Width], width: int) -> list[Problem] | None:
    """The problems that the model has only at another width; None where it has no such width."""
    other = _resized(model, tied, width) if width > 0 else None
    return None if other is None else _new_problems(model, other)


def _new_problems(model: ModelSummary, other: ModelSummary) -> list[Problem]:
    before = {(problem.code, problem.pointer) for problem in model.problems}
    return [
        problem
        for problem in other.problems
        if problem.code not in _RECORDS and (problem.code, problem.pointer) not in before
    ]


def _resized(model: ModelSummary, tied: list[Width], width: int) -> ModelSummary | None:
    """The model with other widths.

    The specs are changed, asked and put back: shapes that Keras recorded when it built the model hold no longer.
    """
    from lstmlint.inference import InferenceContext, infer

    context = model.layers[0].layer.context if model.layers else None
    if not isinstance(context, InferenceContext):
        return None
    specs = list(_specs(model))
    changes = [(item.spec.config, item.argument, _scaled(item, tied[0], width)) for item in tied]
    for item in tied:
        changes += [(twin.config, item.argument, _scaled(item, tied[0], width)) for twin in _twins(specs, item)]
    before = [config[argument] for config, argument, _ in changes]
    records = [(spec, spec.build_config) for spec in specs if spec.build_config is not None]
    try:
        for config, argument, value in changes:
            config[argument] = value
        for spec, _ in records:
            spec.build_config = None
        return infer(model.spec, context.bindings, context.descriptions)
    finally:
        for (config, argument, _), old in zip(changes, before, strict=True):
            config[argument] = old
        for spec, record in records:
            spec.build_config = record


def _twins(specs: list[LayerSpec], item: Width) -> Iterator[LayerSpec]:
    """What must be as wide as the layer inside a Bidirectional: its other direction."""
    for spec in specs:
        twin = spec.config.get("backward_layer")
        if spec.config.get("layer") is item.spec and isinstance(twin, LayerSpec) and twin.config.get(item.argument):
            yield twin


def _specs(model: ModelSummary) -> Iterator[LayerSpec]:
    """Every layer's spec, those inside wrappers and nested models too."""
    waiting: list[object] = list(model.spec.layers)
    while waiting:
        item = waiting.pop()
        if isinstance(item, LayerSpec):
            yield item
            waiting += item.config.values()
            if item.model is not None:
                waiting += item.model.layers
        elif isinstance(item, list):
            waiting += item
