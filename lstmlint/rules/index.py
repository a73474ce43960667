"""What many rules ask of a model, worked out once: its rows by class, its recurrent layers, who feeds whom."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from lstmlint.inference.summary import LayerSummary, ModelSummary
from lstmlint.layers.base import Layer
from lstmlint.layers.rnn import RecurrentLayer
from lstmlint.layers.wrappers import Bidirectional, TimeDistributed
from lstmlint.model.shapes import flatten
from lstmlint.model.spec import LayerSpec, TensorRef


class Index:
    """The rows of a model and of those nested in it.

    recurrent: rows of recurrent layers, each with the layer itself or, of a Bidirectional, its forward layer.
    nested: every model nested in it. The model itself holds the index, so the index does not hold the model.
    """

    __slots__ = ("by_class", "by_facts", "by_spec", "nested", "recurrent", "rows")

    def __init__(self) -> None:
        self.rows: list[LayerSummary] = []
        self.by_class: dict[str, list[LayerSummary]] = {}
        self.by_facts: dict[type[Layer], list[LayerSummary]] = {}
        self.recurrent: list[tuple[LayerSummary, Layer]] = []
        self.nested: list[ModelSummary] = []
        self.by_spec: dict[int, LayerSummary] = {}

    def of(self, *class_names: str) -> Iterator[LayerSummary]:
        """The rows of these classes."""
        for name in class_names:
            yield from self.by_class.get(name, ())

    def having(self, condition: Callable[[type[Layer]], bool]) -> Iterator[LayerSummary]:
        """The rows whose layer classes meet a condition, such as `lambda facts: facts.drops_units`."""
        for facts, rows in self.by_facts.items():
            if condition(facts):
                yield from rows


def models_of(model: ModelSummary) -> list[ModelSummary]:
    """A model and every one nested in it."""
    return [model, *index_of(model).nested]


def index_of(model: ModelSummary) -> Index:
    """The index of a model; made once, and kept with it."""
    index = model.kept.get("index")
    if not isinstance(index, Index):
        index = model.kept["index"] = _make(model)
    return index


def _make(model: ModelSummary) -> Index:
    index = Index()
    by_class, by_facts = index.by_class, index.by_facts
    seen: set[int] = set()
    recurs: dict[type[Layer], bool] = {}
    stack = list(reversed(model.layers))
    while stack:
        row = stack.pop()
        index.rows.append(row)
        rows = by_class.get(row.spec.class_name)
        if rows is None:
            by_class[row.spec.class_name] = [row]
        else:
            rows.append(row)
        facts = row.layer.facts
        rows = by_facts.get(facts)
        if rows is None:
            by_facts[facts] = [row]
        else:
            rows.append(row)
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
    """The row of a layer, in this model or a nested one."""
    index = index_of(model)
    if not index.by_spec:
        index.by_spec = {id(row.spec): row for row in index.rows}
    return index.by_spec.get(id(spec))


def recurrent(layer: Layer) -> Layer | None:
    """The recurrent layer that a layer is, or wraps both ways; None for all others."""
    if isinstance(layer, Bidirectional):
        return layer.forward if layer.recurrent else None
    return layer if isinstance(layer, RecurrentLayer) else None


def behind_same_shape(row: LayerSummary) -> LayerSummary | None:
    """The nearest layer before `row`, past those that hand their input's shape on (Dropout, normalization)."""
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
    """Check whether each output timestep of a layer depends on the same timestep of its input only.

    Such a layer hands on the mask of its input, which says as much.
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
    """The layer inside TimeDistributed, or the layer itself."""
    while isinstance(layer, TimeDistributed):
        layer = layer.inner
    return layer


def outputs_of(model: ModelSummary) -> list[LayerSummary]:
    """The layers whose tensors the model returns, in the order of its outputs."""
    if model.spec.sequential:
        return model.layers[-1:]
    rows = {row.name: row for row in model.output_layers}
    references = (ref for ref in flatten(model.spec.outputs) if isinstance(ref, TensorRef))
    return [rows[ref.layer] for ref in references if ref.layer in rows]
