"""The width at which a model keeps a budget: of a layer, and of the layers that must be as wide."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from math import gcd, lcm

from lstmlint.inference.summary import LayerSummary, ModelSummary
from lstmlint.model.findings import Problem
from lstmlint.model.spec import LayerSpec, ModelSpec
from lstmlint.model.values import show
from lstmlint.rules.index import index_of, recurrent, row_of, unwrapped

Total = Callable[[ModelSummary], "int | None"]
Infer = Callable[[ModelSpec], ModelSummary]

# The arguments that set the width of a layer.
WIDTHS = ("units", "filters", "output_dim", "key_dim", "head_dim")
# The model is inferred several times, which takes too long for larger ones.
MOST_LAYERS = 2000
# Limits: layers that are tried, layers that are tied to each other, and the coarsest step of a width.
_TRIED, _TIED, _COARSEST = 3, 40, 32
# A changed width contradicts the recorded shapes, which is not a problem of the change.
_RECORDS = ("S130", "S131")


@dataclass(frozen=True, slots=True)
class Width:
    """The width of a layer: an argument of its config, or of the config of its inner layer."""

    row: LayerSummary
    spec: LayerSpec
    argument: str
    value: int


@dataclass(frozen=True, slots=True)
class Fit:
    """Widths at which a model keeps a budget, and the cost at these widths.

    changes: (layer, argument, width), the layer in question first, then those that are tied to it.
    """

    changes: tuple[tuple[str, str, int], ...]
    value: int

    def words(self, known: str = "") -> str:
        """Format the widths, as in: units=87 of 'encoder' and 'decoder'. The name of the layer `known` is omitted."""
        groups: dict[str, list[str]] = {}
        for name, argument, width in self.changes:
            groups.setdefault(f"{argument}={width}", []).append(show(name))
        if list(groups.values()) == [[show(known)]]:
            return next(iter(groups))
        return ", ".join(f"{setting} of {_listed(names)}" for setting, names in groups.items())


def _listed(names: list[str]) -> str:
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))


def first_fit(model: ModelSummary, rows: Iterable[LayerSummary], limit: int, total: Total, infer: Infer) -> Fit | None:
    """Return the largest width of the first of these layers with which the model keeps the limit."""
    tried: set[int] = set()
    for row in _inside(rows):
        width = _nearest(row)
        if width is None or id(width.spec) in tried:
            continue
        tried.add(id(width.spec))
        fit = _fit(model, width, limit, total, infer)
        if fit is not None or len(tried) == _TRIED:
            return fit
    return None


def layer_fit(model: ModelSummary, row: LayerSummary, limit: int, total: Total, infer: Infer) -> Fit | None:
    """Return the largest width of a layer, or of the layer before an output, with which `total` keeps the limit."""
    if row.nested is not None:
        return first_fit(model, [row], limit, total, infer)
    width = None if row.is_output else _own(row)
    if width is None and row.inbound:
        width = _nearest(row.inbound[0])
    return None if width is None else _fit(model, width, limit, total, infer)


def _inside(rows: Iterable[LayerSummary]) -> Iterator[LayerSummary]:
    """Yield the layers. A nested model is replaced by its layers, the largest first."""
    for row in rows:
        if row.nested is None:
            yield row
        else:
            yield from _inside(sorted(row.nested.layers, key=lambda inner: -(inner.params or 0)))


def _own(row: LayerSummary) -> Width | None:
    """Return the width of a layer, if it has one."""
    spec = unwrapped(row.layer).spec
    for inner in (spec, spec.config.get("layer"), spec.config.get("cell")):
        for argument in WIDTHS:
            if isinstance(inner, LayerSpec) and type(inner.config.get(argument)) is int:
                return Width(row, inner, argument, inner.config[argument])
    return None


def _nearest(row: LayerSummary) -> Width | None:
    """Return the width of a layer, or of the layer that determines it; None for an output, whose width is fixed."""
    for _ in range(_TIED):
        width = _own(row)
        if width is not None:
            return None if row.is_output else width
        if len(row.inbound) != 1:
            return None
        row = row.inbound[0]
    return None


def _fit(model: ModelSummary, width: Width, limit: int, total: Total, infer: Infer) -> Fit | None:
    """Return the largest width with which `total` keeps the limit; None if there is none."""
    return None if len(index_of(model).rows) > MOST_LAYERS else _Search(model, infer, width).fit(limit, total)


class _Search:
    """The widths of a model's layers, tried on copies.

    infer: infers a model. tied: the widths that must change together, the one in question first.
    """

    def __init__(self, model: ModelSummary, infer: Infer, width: Width) -> None:
        self.model = model
        self.tied = [width]
        self._infer = infer
        self._before = {(problem.code, problem.pointer) for problem in model.problems}
        self._tried: dict[tuple[int, int], tuple[ModelSummary, list[Problem], dict[int, LayerSpec]]] = {}

    def fit(self, limit: int, total: Total) -> Fit | None:
        """The largest width at which `total` keeps the limit without new problems; None if there is none."""
        step = self.step()
        if step is None:
            return None
        first = self.tied[0]
        low, high = 0, first.value // step
        counts: dict[int, int] = {}
        own = total(self.model)
        if own is not None:
            counts[high] = own
        guesses = [(low + high) // 2]
        while high - low > 1:
            steps = guesses.pop() if guesses else (low + high) // 2
            if not low < steps < high:
                continue
            other, problems, _ = self.at(steps * step)
            count = None if problems else total(other)
            if count is None:
                return None
            counts[steps] = count
            if count <= limit:
                low = steps
            else:
                high = steps
            if len(counts) == 3:  # most totals are quadratic in a width
                best = _largest_within(counts, limit)
                guesses = [best, best + 1]
        if low == 0:
            return None
        changes = ((item.row.name, item.argument, _scaled(item, first, low * step)) for item in self.tied)
        return Fit(tuple(changes), counts[low])

    def step(self) -> int | None:
        """The steps in which the width may change, once all that is tied to it is found; None if it may not."""
        width = self.tied[0]
        while len(self.tied) < _TIED:
            step = lcm(*(width.value // gcd(width.value, item.value) for item in self.tied))
            problems = self.problems_at(width.value - step)
            if problems is None:
                return None
            if not problems:
                return step
            if all(problem.code == "S117" for problem in problems):  # groups must divide the width
                steps = (step * times for times in range(2, _COARSEST + 1))
                return next((one for one in steps if self.problems_at(width.value - one) == []), None)
            _, _, originals = self.at(width.value - step)
            rows = (row_of(self.model, originals.get(id(problem.data.get("spec")))) for problem in problems)
            more = [item for row in rows for item in _left_behind(row, self.tied)]
            if not more or any(item.row.is_output for item in more):
                return None
            self.tied += {id(item.spec): item for item in more}.values()
        return None

    def problems_at(self, width: int) -> list[Problem] | None:
        """The problems that the model has only at another width; None if the width is not positive."""
        return self.at(width)[1] if width > 0 else None

    def at(self, width: int) -> tuple[ModelSummary, list[Problem], dict[int, LayerSpec]]:
        """The model at another width, its new problems, and id of a copied layer -> the original."""
        key = width, len(self.tied)
        if key not in self._tried:
            values = {id(item.spec): (item.argument, _scaled(item, self.tied[0], width)) for item in self.tied}
            copy = _Copy(values)
            other = self._infer(copy.model(self.model.spec))
            problems = [
                problem
                for problem in other.problems
                if problem.code not in _RECORDS and (problem.code, problem.pointer) not in self._before
            ]
            self._tried[key] = other, problems, copy.originals
        return self._tried[key]


def _largest_within(counts: dict[int, int], limit: int) -> int:
    """The largest x with f(x) <= limit, where f is the quadratic function through three points."""
    (a, fa), (b, fb), (c, fc) = sorted(counts.items())
    slope, next_slope = Fraction(fb - fa, b - a), Fraction(fc - fb, c - b)
    curve = (next_slope - slope) / (c - a)
    low, high = 0, max(counts)
    while high - low > 1:
        x = (low + high) // 2
        if fa + slope * (x - a) + curve * (x - a) * (x - b) <= limit:
            low = x
        else:
            high = x
    return low


class _Copy:
    """Copies a model with other widths, and without the shapes that Keras recorded for the old ones.

    values: id of a layer -> (argument, value). originals: id of a copy -> the layer it was made of.
    """

    def __init__(self, values: dict[int, tuple[str, int]]) -> None:
        self.values = values
        self.originals: dict[int, LayerSpec] = {}
        self._kept: list[LayerSpec] = []  # ids stay unique while their objects live

    def model(self, spec: ModelSpec) -> ModelSpec:
        """The copy of a model."""
        return replace(spec, layers=[self.layer(layer) for layer in spec.layers], problems=[])

    def layer(self, spec: LayerSpec, twin_of: LayerSpec | None = None) -> LayerSpec:
        """The copy of a layer. twin_of: the other direction of a Bidirectional, which has the same width."""
        config = {name: self.value(spec, name, value) for name, value in spec.config.items()}
        change = self.values.get(id(spec)) or self.values.get(id(twin_of))
        if change is not None and config.get(change[0]):
            config[change[0]] = change[1]
        model = self.model(spec.model) if spec.model is not None else None
        copy = replace(spec, config=config, model=model, build_config=None)
        self.originals[id(copy)] = spec
        self._kept.append(copy)
        return copy

    def value(self, spec: LayerSpec, name: str, value: object) -> object:
        """The copy of an argument: of the layers in it."""
        if isinstance(value, LayerSpec):
            forward = spec.config.get("layer") if name == "backward_layer" else None
            return self.layer(value, forward if isinstance(forward, LayerSpec) else None)
        return [self.value(spec, name, item) for item in value] if isinstance(value, list) else value


def _left_behind(row: LayerSummary | None, tied: list[Width]) -> Iterator[Width]:
    """The widths that no longer fit at a layer with a new problem, since they have not changed with the others."""
    known = {id(item.spec) for item in tied}
    own = _own(row) if row is not None else None
    if own is not None and id(own.spec) not in known:
        yield own
        return
    waiting: list[LayerSummary] = []
    if row is not None:  # a recurrent layer accepts inputs of any width, but not states
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
    """The width of a tied layer if the first one has `width`."""
    return item.value * width // first.value
