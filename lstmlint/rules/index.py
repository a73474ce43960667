"""Lookups that many rules share: rows by class, recurrent layers, and the layers before and after a row.

Results that concern a whole model are computed once and kept with it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from functools import wraps
from typing import TypeVar

from lstmlint.inference.summary import LayerSummary, ModelSummary
from lstmlint.layers.base import Layer
from lstmlint.layers.rnn import RecurrentLayer
from lstmlint.layers.wrappers import Bidirectional, TimeDistributed
from lstmlint.model.shapes import flatten
from lstmlint.model.spec import LayerSpec, TensorRef

T = TypeVar("T")


def cached(function: Callable[[ModelSummary], T]) -> Callable[[ModelSummary], T]:
    """Keep the result of a function with the model that it is called for."""

    @wraps(function)
    def lookup(model: ModelSummary) -> T:
        if function.__name__ not in model.cache:
            model.cache[function.__name__] = function(model)
        result: T = model.cache[function.__name__]
        return result

    return lookup


class Index:
    """The rows of a model and of the models nested in it.

    The index does not refer to the model itself, which keeps it: no reference cycles.

    recurrent: rows of recurrent layers, each with the layer itself, or with the forward layer of a Bidirectional.
    nested: the nested models.
    """

    __slots__ = ("by_class", "by_facts", "by_spec", "nested", "recurrent", "rows")

    def __init__(self) -> None:
        self.rows: list[LayerSummary] = []
        self.by_class: defaultdict[str, list[LayerSummary]] = defaultdict(list)
        self.by_facts: defaultdict[type[Layer], list[LayerSummary]] = defaultdict(list)
        self.recurrent: list[tuple[LayerSummary, Layer]] = []
        self.nested: list[ModelSummary] = []
        self.by_spec: dict[int, LayerSummary] = {}

    def of(self, *class_names: str) -> Iterator[LayerSummary]:
        """Yield the rows of these classes."""
        for name in class_names:
            yield from self.by_class.get(name, ())

    def having(self, condition: Callable[[type[Layer]], bool]) -> Iterator[LayerSummary]:
        """Yield the rows whose layer classes meet a condition, such as `lambda facts: facts.drops_units`."""
        for facts, rows in self.by_facts.items():
            if condition(facts):
                yield from rows


def models_of(model: ModelSummary) -> list[ModelSummary]:
    """Return a model and every model nested in it."""
    return [model, *index_of(model).nested]


@cached
def index_of(model: ModelSummary) -> Index:
    """Return the index of a model."""
    index = Index()
    by_class, by_facts = index.by_class, index.by_facts
    seen: set[int] = set()
    recurs: dict[type[Layer], bool] = {}
    stack = list(reversed(model.layers))
    while stack:
        row = stack.pop()
        index.rows.append(row)
        by_class[row.spec.class_name].append(row)
        by_facts[row.layer.facts].append(row)
        kind = type(row.layer)
        may_recur = recurs.get(kind)
        if may_recur is None:
            may_recur = recurs[kind] = issubclass(kind, RecurrentLayer | Bidirectional)
        if may_recur and (layer := recurrent(row.layer)) is not None:
            index.recurrent.append((row, layer))
        nested = row.nested
        if nested is not None and id(nested.spec) not in seen:
            seen.add(id(nested.spec))
            index.nested.append(nested)
            stack.extend(reversed(nested.layers))
    return index


def row_of(model: ModelSummary, spec: LayerSpec | None) -> LayerSummary | None:
    """Return the row of a layer, in this model or a nested one; None if there is none."""
    index = index_of(model)
    if not index.by_spec:
        index.by_spec = {id(row.spec): row for row in index.rows}
    return index.by_spec.get(id(spec))


def recurrent(layer: Layer) -> Layer | None:
    """Return a recurrent layer itself, or the forward layer of a Bidirectional; None for other layers."""
    if isinstance(layer, Bidirectional):
        return layer.forward if layer.recurrent else None
    return layer if isinstance(layer, RecurrentLayer) else None


def shape_producer(row: LayerSummary) -> LayerSummary | None:
    """Return the layer that determines the input shape of `row`: the nearest one that is recurrent, changes the shape
    of its input, or has none or several inputs."""
    seen = 0
    while len(row.inbound) == 1 and seen < 100:
        row = row.inbound[0]
        seen += 1
        if recurrent(row.layer) or not row.inbound or row.input_shape != row.output_shape:
            return row
    return row if seen else None


def acts_in_training_only(row: LayerSummary) -> bool:
    """Check whether a layer returns its input outside of training, as Dropout does."""
    return row.layer.facts.training_only


def keeps_timesteps(row: LayerSummary) -> bool:
    """Check whether each output timestep of a layer depends only on the same timestep of its input.

    Such a layer passes the mask of its input on.
    """
    facts = row.layer.facts
    return facts.supports_masking and facts.masked_inputs == "first" and not facts.mixes_timesteps


def past(row: LayerSummary, skipped: Callable[[LayerSummary], bool]) -> LayerSummary | None:
    """Return the layer that feeds `row`, past skipped layers; None if it has several inputs or none."""
    for _ in range(100):
        if len(row.inbound) != 1:
            return None
        row = row.inbound[0]
        if not skipped(row):
            return row
    return None


def follow(row: LayerSummary, skipped: Callable[[LayerSummary], bool]) -> LayerSummary | None:
    """Return the only layer that `row` feeds, past skipped layers; None if there are several or none."""
    for _ in range(100):
        after = row.only_consumer
        if after is None or row.is_output:
            return None
        if not skipped(after):
            return after
        row = after
    return None


def unwrapped(layer: Layer) -> Layer:
    """Return the layer inside TimeDistributed wrappers, or the layer itself."""
    while isinstance(layer, TimeDistributed):
        layer = layer.inner
    return layer


def outputs_of(model: ModelSummary) -> list[LayerSummary]:
    """Return the layers whose tensors the model returns, in the order of its outputs."""
    if model.spec.sequential:
        return model.layers[-1:]
    rows = {row.name: row for row in model.output_layers}
    references = (ref for ref in flatten(model.spec.outputs) if isinstance(ref, TensorRef))
    return [rows[ref.layer] for ref in references if ref.layer in rows]
