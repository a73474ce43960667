"""Compare two models and their layers; a nested model with the one that it was matched with."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from lstmlint.comparing.arguments import argument_changes, policy
from lstmlint.comparing.differences import Change, Comparison, LayerChange, Total, What
from lstmlint.comparing.findings import compare_findings
from lstmlint.comparing.matching import match, out_of_order
from lstmlint.model.spec import TensorRef

if TYPE_CHECKING:
    from lstmlint.inference.summary import LayerSummary, ModelSummary
    from lstmlint.report import FileReport


def compare(old: FileReport, new: FileReport) -> Comparison:
    """Compare two reports. Findings are matched by code and layer."""
    found = Comparison(old, new)
    same: dict[int, LayerSummary] = {}
    if old.model is not None and new.model is not None:
        known = old.model.complete, new.model.complete
        totals = [
            Total("params", old.model.params, new.model.params, *known),
            Total("trainable_params", old.model.trainable_params, new.model.trainable_params, *known),
            Total("weight_bytes", old.model.weight_bytes, new.model.weight_bytes, *known),
            Total("macs", old.model.macs, new.model.macs),
        ]
        found.totals = [
            total._replace(old_terms=terms_of(old, total.name), new_terms=terms_of(new, total.name)) for total in totals
        ]
        work = _Work(old.dialect == new.dialect)
        work.models(old.model, new.model, "")
        found.model = list(model_changes(old, new, work.names))
        found.layers, found.unchanged, same = work.layers, work.unchanged, work.same
    found.appeared, found.gone = compare_findings(old, new, same)
    return found


def terms_of(report: FileReport, name: str) -> dict[str, int] | None:
    """Return the terms of a total that depends on sizes; None for other totals."""
    return None if report.origin is None else report.origin.terms.get(name)


def model_changes(old: FileReport, new: FileReport, names: dict[str, str]) -> Iterator[Change]:
    """Yield the changes of the models themselves. names: of the layers, old -> new."""
    before, after = old.model, new.model
    if before is None or after is None:
        return
    yield from attribute_changes(before, after, "name", "class_name")
    yield from attribute_changes(old, new, "dialect")
    yield from attribute_changes(before.spec, after.spec, "trainable")
    yield from attribute_changes(before, after, "inputs", "outputs")
    yield from compare_ends(before, after, names)


def compare_ends(old: ModelSummary, new: ModelSummary, names: dict[str, str]) -> Iterator[Change]:
    """Yield a change if other layers provide the outputs. Those of a Sequential follow from the order of its layers."""
    if old.spec.sequential or new.spec.sequential:
        return
    before, after = ([row.name for row in model.output_layers] for model in (old, new))
    if [names.get(name, name) for name in before] != after:
        yield Change("output_layers", before, after)


class _Work:
    """Compares the layers of two models, including those of nested models.

    same_dialect: whether both have the same dialect; if not, an argument that only one side has is not a difference.
    names: the old names of the outer model's layers -> the new ones. same: id of an old row -> the new row.
    """

    def __init__(self, same_dialect: bool) -> None:
        self.same_dialect = same_dialect
        self.layers: list[LayerChange] = []
        self.unchanged = 0
        self.names: dict[str, str] = {}
        self.same: dict[int, LayerSummary] = {}

    def models(self, old: ModelSummary, new: ModelSummary, prefix: str) -> list[Change]:
        """Compare the layers of two models. Return the changes of the models themselves."""
        pairs = match(old.layers, new.layers)
        partner = {j: i for i, j in pairs.items()}
        names = {old.layers[i].name: new.layers[j].name for i, j in pairs.items()}
        if not prefix:
            self.names = names
        sequences = old.spec.sequential and new.spec.sequential
        moved = out_of_order(pairs) if sequences else set()
        graphs = not old.spec.sequential and not new.spec.sequential
        reported = 0  # removed layers are reported before the next one that is still there
        for j, row in enumerate(new.layers):
            i = partner.get(j)
            if i is None:
                self.layers.append(LayerChange(prefix + row.name, new=row))
                continue
            reported = self.removed(old.layers, reported, i, pairs, prefix)
            self.pair(old.layers[i], row, prefix, names if graphs else None, (i, j) if i in moved else None)
        self.removed(old.layers, reported, len(old.layers), pairs, prefix)
        return list(compare_ends(old, new, names))

    def removed(self, rows: list[LayerSummary], start: int, end: int, pairs: dict[int, int], prefix: str) -> int:
        """Add the removed layers up to `end`, and return where to continue."""
        for i in range(start, end):
            if i not in pairs:
                self.layers.append(LayerChange(prefix + rows[i].name, old=rows[i]))
        return max(start, end)

    def pair(
        self,
        old: LayerSummary,
        new: LayerSummary,
        prefix: str,
        names: dict[str, str] | None,
        moved: tuple[int, int] | None,
    ) -> None:
        """Compare two matched layers. names: None if connections do not matter."""
        self.same[id(old)] = new
        path = prefix + new.name
        changes = list(layer_changes(old, new, self.same_dialect, names))
        if moved is not None:
            changes.append(Change("position", moved[0] + 1, moved[1] + 1))
        entry = LayerChange(path, old, new, changes)
        place = len(self.layers)
        if old.nested is not None and new.nested is not None:
            changes += self.models(old.nested, new.nested, path + "/")
        if changes:
            self.layers.insert(place, entry)
        else:
            self.unchanged += 1


def layer_changes(
    old: LayerSummary, new: LayerSummary, same_dialect: bool, names: dict[str, str] | None
) -> Iterator[Change]:
    """Yield the changes of one layer. names: of its neighbours, old -> new; None if connections do not matter."""
    yield from attribute_changes(old, new, "name", "class_name", "used")
    yield from argument_changes(old, new, same_dialect and old.class_name == new.class_name)
    before, after = policy(old.spec.dtype), policy(new.spec.dtype)
    if before != after:
        yield Change("dtype", before, after)
    yield from attribute_changes(old.spec, new.spec, "trainable")
    if names is not None:
        if sources(old, names) != sources(new, {}):
            yield Change("connected_to", sources(old, {}), sources(new, {}))
    yield from attribute_changes(old, new, "input_shapes", "output_shapes", "params", "trainable_params")


def attribute_changes(old: object, new: object, *names: What) -> Iterator[Change]:
    """Yield the attributes that differ between two objects."""
    for name in names:
        before, after = getattr(old, name), getattr(new, name)
        if before != after:
            yield Change(name, before, after)


def sources(row: LayerSummary, names: dict[str, str]) -> list[str]:
    """Return the tensors that a layer takes in all its calls, named as in Keras's summary. names: old -> new."""
    if not row.spec.calls:
        return [names.get(source.name, source.name) for source in row.inbound]
    return [tensor_name(ref, names) for call in row.spec.calls for ref in call.references]


def tensor_name(ref: TensorRef, names: dict[str, str]) -> str:
    """Return the name of a tensor's layer, and the tensor's position if it is not the first."""
    name = names.get(ref.layer, ref.layer)
    return name if ref.node == ref.tensor == 0 else f"{name}[{ref.node}][{ref.tensor}]"
