"""Two models side by side: layers added, removed and changed, what that costs, findings that came and went.

Layers are matched within each model, nested ones within the nested model that was matched: by name, and what
is left between two matched layers by class and order, which finds renamed ones.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from lstmlint.findings import Finding, UsageError
from lstmlint.spec import LayerSpec, TensorRef
from lstmlint.values import parse_count

if TYPE_CHECKING:
    from lstmlint.layers.base import Layer
    from lstmlint.options import Options
    from lstmlint.report import FileReport
    from lstmlint.summary import LayerSummary, ModelSummary

# What a change is about, in the order in which a layer's changes are told.
What = Literal[
    "name", "class_name", "dialect", "position", "used", "argument", "dtype", "trainable", "connected_to",
    "input_shapes", "output_shapes", "inputs", "outputs", "output_layers", "params", "trainable_params",
]  # fmt: skip


class _Absent:
    """The value of an argument that is not given."""

    def __repr__(self) -> str:
        return "not given"


ABSENT = _Absent()


class Change(NamedTuple):
    """One thing that is not what it was. argument: its name, where `what` says that it is one.

    old, new: plain data; ABSENT for an argument that one of the two does not have.
    """

    what: What
    old: Any
    new: Any
    argument: str = ""


class Total(NamedTuple):
    """A number of the whole model; None where it is unknown. Of what is incomplete, it is a lower bound."""

    name: str
    old: int | None
    new: int | None
    old_complete: bool = True
    new_complete: bool = True

    @property
    def complete(self) -> bool:
        """Whether the change is that of everything in the models."""
        return self.old_complete and self.new_complete and self.change is not None

    @property
    def change(self) -> int | None:
        """By how much it grew."""
        return None if self.old is None or self.new is None else self.new - self.old

    @property
    def percent(self) -> float | None:
        """The same as a share of the old number; None where that is 0 or unknown."""
        return None if self.change is None or not self.old else 100 * self.change / self.old


@dataclass(slots=True)
class LayerChange:
    """A layer that was added (no `old`), removed (no `new`) or changed. path: its names, from the model inwards."""

    path: str
    old: LayerSummary | None = None
    new: LayerSummary | None = None
    changes: list[Change] = field(default_factory=list)

    @property
    def kind(self) -> Literal["added", "removed", "changed"]:
        """What happened to it."""
        return "added" if self.old is None else "removed" if self.new is None else "changed"


class Limit(NamedTuple):
    """By how much a model may grow: a number of parameters, or a share of those it had. said: as the user put it."""

    said: str
    params: int = 0
    percent: Fraction | None = None

    def allowed(self, params: int) -> int:
        """By how many parameters a model that had `params` may grow."""
        return self.params if self.percent is None else int(self.percent * params / 100)


@dataclass(slots=True)
class Comparison:
    """Everything that differs. The totals and layers are empty where one of the two cannot be read.

    unchanged: how many layers are as they were. appeared: findings that only the new model has; gone: only the old.
    gate: what is wrong with the growth, where a limit was given.
    """

    old: FileReport
    new: FileReport
    totals: list[Total] = field(default_factory=list)
    model: list[Change] = field(default_factory=list)
    layers: list[LayerChange] = field(default_factory=list)
    unchanged: int = 0
    appeared: list[Finding] = field(default_factory=list)
    gone: list[Finding] = field(default_factory=list)
    limit: Limit | None = None
    gate: list[Finding] = field(default_factory=list)

    def count(self, kind: str) -> int:
        """How many layers were added, removed or changed."""
        return sum(layer.kind == kind for layer in self.layers)


def compare(old: FileReport, new: FileReport) -> Comparison:
    """What differs between two reports. The findings are matched by code and layer."""
    found = Comparison(old, new)
    same: dict[int, LayerSummary] = {}
    if old.model is not None and new.model is not None:
        known = old.model.complete, new.model.complete
        found.totals = [
            Total("params", old.model.params, new.model.params, *known),
            Total("trainable_params", old.model.trainable_params, new.model.trainable_params, *known),
            Total("weight_bytes", old.model.weight_bytes, new.model.weight_bytes, *known),
            Total("macs", old.model.macs, new.model.macs),
        ]
        work = _Work(old.dialect == new.dialect)
        work.models(old.model, new.model, "")
        found.model = list(model_changes(old, new, work.names))
        found.layers, found.unchanged, same = work.layers, work.unchanged, work.same
    found.appeared, found.gone = compare_findings(old, new, same)
    return found


def model_changes(old: FileReport, new: FileReport, names: dict[str, str]) -> Iterator[Change]:
    """What changed of the models themselves. names: of the layers, old -> new."""
    before, after = old.model, new.model
    if before is None or after is None:
        return
    if before.name != after.name:
        yield Change("name", before.name, after.name)
    if before.class_name != after.class_name:
        yield Change("class_name", before.class_name, after.class_name)
    if old.dialect != new.dialect:
        yield Change("dialect", old.dialect, new.dialect)
    if before.spec.trainable != after.spec.trainable:
        yield Change("trainable", before.spec.trainable, after.spec.trainable)
    if before.inputs != after.inputs:
        yield Change("inputs", before.inputs, after.inputs)
    if before.outputs != after.outputs:
        yield Change("outputs", before.outputs, after.outputs)
    yield from compare_ends(before, after, names)


def compare_ends(old: ModelSummary, new: ModelSummary, names: dict[str, str]) -> Iterator[Change]:
    """Whether other layers give the outputs. Those of a Sequential follow from the order of its layers."""
    if old.spec.sequential or new.spec.sequential:
        return
    before, after = ([row.name for row in model.output_layers] for model in (old, new))
    if [names.get(name, name) for name in before] != after:
        yield Change("output_layers", before, after)


# Layers -------------------------------------------------------------------------------------------------


class _Work:
    """The comparison of the layers of two models and all models in them.

    same_dialect: whether both are of one dialect; if not, arguments that one does not have say nothing.
    names: the old names of the outermost model's layers -> the new ones. same: id of an old row -> the new row.
    """

    def __init__(self, same_dialect: bool) -> None:
        self.same_dialect = same_dialect
        self.layers: list[LayerChange] = []
        self.unchanged = 0
        self.names: dict[str, str] = {}
        self.same: dict[int, LayerSummary] = {}

    def models(self, old: ModelSummary, new: ModelSummary, prefix: str) -> list[Change]:
        """Compare the layers of two models. What changed of the nested model itself."""
        pairs = match(old.layers, new.layers)
        partner = {j: i for i, j in pairs.items()}
        names = {old.layers[i].name: new.layers[j].name for i, j in pairs.items()}
        if not prefix:
            self.names = names
        sequences = old.spec.sequential and new.spec.sequential
        moved = out_of_order(pairs) if sequences else set()
        graphs = not old.spec.sequential and not new.spec.sequential
        told = 0  # removed layers are told before the next one that is still there
        for j, row in enumerate(new.layers):
            i = partner.get(j)
            if i is None:
                self.layers.append(LayerChange(prefix + row.name, new=row))
                continue
            told = self.removed(old.layers, told, i, pairs, prefix)
            self.pair(old.layers[i], row, prefix, names if graphs else None, (i, j) if i in moved else None)
        self.removed(old.layers, told, len(old.layers), pairs, prefix)
        return list(compare_ends(old, new, names))

    def removed(self, rows: list[LayerSummary], start: int, end: int, pairs: dict[int, int], prefix: str) -> int:
        """Note the layers that are no more, up to `end`; where to go on."""
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
        """Compare two layers that are meant to be the same. names: None where connections say nothing."""
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


def match(old: list[LayerSummary], new: list[LayerSummary]) -> dict[int, int]:
    """Which layer became which: index in the old model -> index in the new one."""
    if numbered_anew(old, new):
        return {i: i for i in range(len(old))}
    places: dict[str, list[int]] = {}
    for j in range(len(new) - 1, -1, -1):
        places.setdefault(new[j].name, []).append(j)
    pairs: dict[int, int] = {}
    for i, row in enumerate(old):
        if places.get(row.name):
            pairs[i] = places[row.name].pop()
    # What is left stands between layers that were matched: there, the same class in the same order is the same
    # layer under another name, first of all where the arguments agree.
    after: dict[int | None, tuple[list[int], list[int]]] = {}
    last: int | None = None
    for i in range(len(old)):
        if i in pairs:
            last = pairs[i]
        else:
            after.setdefault(last, ([], []))[0].append(i)
    last = None
    taken = set(pairs.values())
    for j in range(len(new)):
        if j in taken:
            last = j
        elif last in after:
            after[last][1].append(j)
    for before, behind in after.values():
        if before and behind:
            found = pair_off(before, behind, old, new, exactly=True)
            pairs |= found
            taken = set(found.values())
            left = [i for i in before if i not in found], [j for j in behind if j not in taken]
            pairs |= pair_off(*left, old, new, exactly=False)
    return pairs


def pair_off(
    before: list[int],
    behind: list[int],
    old: list[LayerSummary],
    new: list[LayerSummary],
    exactly: bool,
) -> dict[int, int]:
    """Pairs of layers of one class, in their order. exactly: only where the arguments are the same, too."""
    waiting: dict[str, list[int]] = {}
    for j in reversed(behind):
        waiting.setdefault(likeness(new[j], exactly), []).append(j)
    pairs = {}
    for i in before:
        candidates = waiting.get(likeness(old[i], exactly))
        if candidates:
            pairs[i] = candidates.pop()
    return pairs


def likeness(row: LayerSummary, exactly: bool) -> str:
    """What two layers must share to be the same under different names."""
    return f"{row.class_name} {arguments(row)!r}" if exactly else row.class_name


def numbered_anew(old: list[LayerSummary], new: list[LayerSummary]) -> bool:
    """Whether nothing but the numbers that Keras puts behind its own names has changed.

    A model built twice in one session has lstm, lstm_1 and then lstm_2, lstm_3: the same classes in the same
    order, of which names would match the wrong ones.
    """
    if len(old) != len(new):
        return False
    changed = [(a, b) for a, b in zip(old, new, strict=True) if a.name != b.name]
    if not changed or any(a.class_name != b.class_name for a, b in zip(old, new, strict=True)):
        return False
    if {a.name for a, _ in changed} == {b.name for _, b in changed}:
        return False  # the same layers in another order
    return all(generated(row) for pair in changed for row in pair)


def generated(row: LayerSummary) -> bool:
    """Whether a name is one that Keras makes."""
    stem, _, number = row.name.rpartition("_")
    return snake(row.class_name) in (row.name, stem if number.isdigit() else row.name)


def snake(name: str) -> str:
    """As Keras writes class names small: GlorotUniform, glorot_uniform."""
    name = re.sub(r"(.)([A-Z][a-z]+)", r"\1_\2", re.sub(r"\W+", "", name))
    return re.sub(r"([a-z])([A-Z])", r"\1_\2", name).lower()


def out_of_order(pairs: dict[int, int]) -> set[int]:
    """The old places of the layers that moved: the fewest whose moves explain the new order."""
    from bisect import bisect_left

    ends: list[int] = []  # the smallest new place at which a rising sequence of each length ends
    owners: list[int] = []
    before: dict[int, int | None] = {}
    for i in sorted(pairs):
        length = bisect_left(ends, pairs[i])
        before[i] = owners[length - 1] if length else None
        ends[length : length + 1] = [pairs[i]]
        owners[length : length + 1] = [i]
    stay: int | None = owners[-1] if owners else None
    moved = set(pairs)
    while stay is not None:
        moved.discard(stay)
        stay = before[stay]
    return moved


def layer_changes(
    old: LayerSummary, new: LayerSummary, same_dialect: bool, names: dict[str, str] | None
) -> Iterator[Change]:
    """What changed of one layer. names: of its neighbours, old -> new; None where connections say nothing."""
    if old.name != new.name:
        yield Change("name", old.name, new.name)
    if old.class_name != new.class_name:
        yield Change("class_name", old.class_name, new.class_name)
    if old.used != new.used:
        yield Change("used", old.used, new.used)
    yield from argument_changes(old, new, same_dialect and old.class_name == new.class_name)
    before, after = policy(old.spec.dtype), policy(new.spec.dtype)
    if before != after:
        yield Change("dtype", before, after)
    if old.spec.trainable != new.spec.trainable:
        yield Change("trainable", old.spec.trainable, new.spec.trainable)
    if names is not None:
        if sources(old, names) != sources(new, {}):
            yield Change("connected_to", sources(old, {}), sources(new, {}))
    if old.input_shapes != new.input_shapes:
        yield Change("input_shapes", old.input_shapes, new.input_shapes)
    if old.output_shapes != new.output_shapes:
        yield Change("output_shapes", old.output_shapes, new.output_shapes)
    if old.params != new.params:
        yield Change("params", old.params, new.params)
    if old.trainable_params != new.trainable_params:
        yield Change("trainable_params", old.trainable_params, new.trainable_params)


def sources(row: LayerSummary, names: dict[str, str]) -> list[str]:
    """The tensors that a layer takes in all its calls, as Keras's summary names them. names: old -> new."""
    if not row.spec.calls:
        return [names.get(source.name, source.name) for source in row.inbound]
    return [tensor_name(ref, names) for call in row.spec.calls for ref in call.references]


def tensor_name(ref: TensorRef, names: dict[str, str]) -> str:
    """A tensor by its layer's name, and its place where that is not the first."""
    name = names.get(ref.layer, ref.layer)
    return name if ref.node == ref.tensor == 0 else f"{name}[{ref.node}][{ref.tensor}]"


# Arguments ----------------------------------------------------------------------------------------------


def argument_changes(old: LayerSummary, new: LayerSummary, strict: bool) -> Iterator[Change]:
    """The arguments that differ. strict: whether one that only one side has is a difference."""
    before, after = arguments(old), arguments(new)
    others: tuple[str, ...] = ()  # where a layer inside is of another class now
    for name in [*before, *(name for name in after if name not in before)]:
        left, right = before.get(name, ABSENT), after.get(name, ABSENT)
        if left is ABSENT or right is ABSENT:
            if not strict or name.startswith(others) or (name.startswith("call") and (left is None or right is None)):
                continue
        elif alike(left, right, strict, name):
            continue
        elif f"{name}.trainable" in before and f"{name}.trainable" in after:
            others = (*others, f"{name}.")
        yield Change("argument", left, right, name)


def arguments(row: LayerSummary) -> dict[str, Any]:
    """A layer's arguments as plain data, defaults included; those of layers inside it as layer.units.

    Constants among the arguments of its calls are there, too, as call.axis.
    """
    found: dict[str, Any] = {}
    if row.nested is None:
        for name, value in row.config.items():
            collect(name, value, row.layer, found)
    calls = row.spec.calls
    for k, call in enumerate(calls):
        prefix = "call" if len(calls) == 1 else f"call[{k}]"
        for i, value in enumerate(call.args):
            constants(f"{prefix}[{i}]", value, found)
        for name, value in call.kwargs.items():
            constants(f"{prefix}.{name}", value, found)
    return found


def collect(name: str, value: Any, layer: Layer, found: dict[str, Any]) -> None:
    """Note the value of an argument, or what is in it where it is a layer or several."""
    if isinstance(value, LayerSpec):
        found[name] = value.class_name
        found[f"{name}.trainable"] = value.trainable
        found[f"{name}.dtype"] = policy(value.dtype)
        if value.model is not None:
            for inner in value.model.layers:
                collect(f"{name}/{inner.name}", inner, layer, found)
            return
        for key, item in {**layer.context.defaults(value.class_name), **value.config}.items():
            collect(f"{name}.{key}", item, layer, found)
    elif isinstance(value, list | tuple) and any(isinstance(item, LayerSpec) for item in value):
        for i, item in enumerate(value):
            collect(f"{name}[{i}]", item, layer, found)
    else:
        found[name] = plain(value)


def constants(name: str, value: Any, found: dict[str, Any]) -> None:
    """Note what is no tensor among the arguments of a call."""
    if isinstance(value, list | tuple) and holds_tensors(value):
        for i, item in enumerate(value):
            constants(f"{name}[{i}]", item, found)
    elif isinstance(value, dict) and holds_tensors(value.values()):
        for key, item in value.items():
            constants(f"{name}.{key}", item, found)
    elif not isinstance(value, TensorRef):
        found[name] = plain(value)


def holds_tensors(values: Iterable[Any]) -> bool:
    """Whether a tensor is somewhere among the values."""
    return any(
        isinstance(value, TensorRef)
        or (isinstance(value, list | tuple) and holds_tensors(value))
        or (isinstance(value, dict) and holds_tensors(value.values()))
        for value in values
    )


def plain(value: Any) -> Any:
    """A value as JSON can say it. Of an object only the class and what it is made with; of a function its name."""
    if isinstance(value, float) and (value != value or value in (float("inf"), float("-inf"))):  # noqa: PLR0124
        return str(value)
    if value is None or isinstance(value, str | int | float):
        return value
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        name, config = value.get("class_name"), value.get("config")
        if name == "function" and isinstance(config, str):
            return config
        if isinstance(name, str) and "config" in value:
            return {"class_name": name, "config": plain(config)}
        return {str(key): plain(item) for key, item in value.items()}
    return str(value)


def alike(old: Any, new: Any, strict: bool, name: str) -> bool:
    """Whether two values mean the same: "glorot_uniform", and GlorotUniform with no seed."""
    if old == new or (name.endswith("activation") and (old or "linear") == (new or "linear")):
        return True
    left, right = as_object(old, name), as_object(new, name)
    if left is None or right is None or left[0] != right[0]:
        return False
    before, after = left[1], right[1]
    for key in {**before, **after}:
        if not strict and (key not in before or key not in after):
            continue
        if before.get(key) != after.get(key):
            return False
    return True


def as_object(value: Any, name: str) -> tuple[str, dict[str, Any]] | None:
    """(class, arguments) of an initializer, a regularizer and the like; None for any other value."""
    if isinstance(value, str) and name.endswith(("initializer", "regularizer", "constraint", "activation")):
        return snake(value), {}
    if isinstance(value, dict) and isinstance(value.get("class_name"), str):
        config = value.get("config")
        if config is None or isinstance(config, dict):
            return snake(value["class_name"]), config or {}
    return None


def policy(dtype: Any) -> Any:
    """The name of a dtype policy, however it is written."""
    if dtype is None:
        return "float32"
    if isinstance(dtype, dict):
        config = dtype.get("config")
        if isinstance(config, dict):
            if "mode" in config:
                return f"{config['mode']}_from_{policy(config.get('source_name'))}"
            if isinstance(config.get("name"), str):
                return config["name"]
    return plain(dtype)


# Findings -----------------------------------------------------------------------------------------------


def compare_findings(
    old: FileReport, new: FileReport, same: dict[int, LayerSummary]
) -> tuple[list[Finding], list[Finding]]:
    """(those that only the new model has, those that only the old one had), by code and layer."""
    groups: dict[tuple[str, object], tuple[list[Finding], list[Finding]]] = {}
    for report, side in ((old, 0), (new, 1)):
        rows = {} if report.model is None else {row.pointer: row for row in report.model.walk()}
        for finding in report.findings:
            row = owner(finding, rows)
            layer: object = finding.layer if row is None else id(same.get(id(row), row))
            groups.setdefault((finding.code, layer), ([], []))[side].append(finding)
    appeared: list[Finding] = []
    gone: list[Finding] = []
    for before, after in groups.values():
        # Of several that one layer has, those that say the same are the same.
        said = [finding.message for finding in after]
        left = []
        for finding in before:
            if finding.message in said:
                said.remove(finding.message)
            else:
                left.append(finding)
        known = [finding.message for finding in before]
        fresh = []
        for finding in after:
            if finding.message in known:
                known.remove(finding.message)
            else:
                fresh.append(finding)
        appeared += fresh[len(left) :]
        gone += left[len(fresh) :]
    for findings in (appeared, gone):
        findings.sort(key=lambda finding: (finding.line, finding.column, finding.code))
    return appeared, gone


def owner(finding: Finding, rows: dict[str, LayerSummary]) -> LayerSummary | None:
    """The layer at whose place a finding points, or in which that place lies."""
    pointer = finding.pointer
    while pointer:
        if pointer in rows:
            return rows[pointer]
        pointer = pointer.rpartition("/")[0]
    return None


# The gate -----------------------------------------------------------------------------------------------


def parse_limit(text: str, option: str = "--max-increase") -> Limit:
    """By how much a model may grow: 5%, 1000, 50k. Raises: UsageError for anything else."""
    said = text.strip()
    share = re.fullmatch(r"\+?\s*([0-9]{1,9}(?:\.[0-9]{1,9})?)\s*%", said)
    if share:
        return Limit(said, percent=Fraction(share[1]))
    try:
        return Limit(said, parse_count(said.removeprefix("+"), option))
    except UsageError:
        message = f"{option} takes a share such as 5% or a number of parameters such as 1000 or 50k, not {text!r}"
        raise UsageError(message) from None


def apply_limit(found: Comparison, limit: Limit, options: Options) -> None:
    """Put into `found` whether the model grew by more than `limit` allows. options: of the new file's analysis.

    A gate that was asked for in the call holds, whichever rules the settings select; its severity is theirs.
    """
    from lstmlint import rules
    from lstmlint.rules.budget import check_increase

    found.limit = limit
    if found.new.model is None:
        return  # which is a failure of its own
    grown = sorted(contributions(found), key=lambda item: -item[2])
    rule = rules.load()["C511"]
    severity = options.severities.get(rule.code, rule.severity)
    for problem in check_increase(found.old.model, found.new.model, limit.said, limit.allowed, grown):
        found.gate.append(
            Finding(rule.code, rule.name, severity, problem.message, problem.help, None, problem.pointer, 1, 1)
        )


def contributions(found: Comparison) -> Iterator[tuple[str, LayerSummary, int]]:
    """(path, layer, by how many parameters the model grew with it), for the layers of which that is known."""
    for entry in found.layers:
        old, new = entry.old, entry.new
        if new is None or (old is not None and old.nested is not None and new.nested is not None):
            continue  # a nested model that has been compared tells nothing that its layers do not tell
        before, after = (row.params if row is not None and row.used else 0 for row in (old, new))
        if before is not None and after is not None and after > before:
            yield entry.path, new, after - before
