"""The results of a comparison."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from reprlib import repr as short
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from lstmlint.model.findings import Finding
from lstmlint.model.values import show

if TYPE_CHECKING:
    from lstmlint.inference.summary import LayerSummary
    from lstmlint.report import FileReport

# What a change is about, in the order in which a layer's changes are shown.
What = Literal[
    "name", "class_name", "dialect", "position", "used", "argument", "dtype", "trainable", "connected_to",
    "input_shapes", "output_shapes", "inputs", "outputs", "output_layers", "params", "trainable_params",
]  # fmt: skip


class _Absent:
    """The value of an argument that is not set."""

    def __repr__(self) -> str:
        return "not given"


ABSENT = _Absent()


class Change(NamedTuple):
    """One difference. argument: its name, if `what` is "argument".

    old, new: plain data; ABSENT for an argument that one of the two does not have.
    """

    what: What
    old: Any
    new: Any
    argument: str = ""


class Total(NamedTuple):
    """A total of the old and the new model; None if it is unknown, and a lower bound if it is incomplete.

    old_terms, new_terms: of a total that depends on sizes that a program does not state, as in Origin.
    """

    name: str
    old: int | None
    new: int | None
    old_complete: bool = True
    new_complete: bool = True
    old_terms: Mapping[str, int] | None = None
    new_terms: Mapping[str, int] | None = None

    @property
    def term_changes(self) -> dict[str, int] | None:
        """How the terms change; None if the total does not depend on sizes, or one side is not known."""
        if self.old_terms is None and self.new_terms is None:
            return None
        sides = (self.old_terms, self.old, self.old_complete), (self.new_terms, self.new, self.new_complete)
        if any(terms is None and not (known and value is not None) for terms, value, known in sides):
            return None
        old, new = ({"": value or 0} if terms is None else terms for terms, value, _ in sides)
        changes = {name: new.get(name, 0) - old.get(name, 0) for name in (*old, *new)}
        return {name: change for name, change in changes.items() if change}

    @property
    def complete(self) -> bool:
        """Whether the change covers all layers."""
        if self.term_changes is not None:
            return self.change is not None
        return self.old_complete and self.new_complete and self.change is not None

    @property
    def change(self) -> int | None:
        """The difference between the new and the old number."""
        changes = self.term_changes
        if changes is not None:
            return changes.get("", 0) if changes.keys() <= {""} else None
        return None if self.old is None or self.new is None else self.new - self.old

    @property
    def percent(self) -> float | None:
        """The change in percent of the old number; None if that is 0 or unknown."""
        return (
            None
            if self.change is None or not self.old or self.term_changes is not None
            else 100 * self.change / self.old
        )


@dataclass(slots=True)
class LayerChange:
    """A layer that was added (no `old`), removed (no `new`) or changed. path: its name, after those of nested models."""

    path: str
    old: LayerSummary | None = None
    new: LayerSummary | None = None
    changes: list[Change] = field(default_factory=list)

    @property
    def kind(self) -> Literal["added", "removed", "changed"]:
        """Whether the layer was added, removed or changed."""
        return "added" if self.old is None else "removed" if self.new is None else "changed"


class Limit(NamedTuple):
    """The growth that is allowed: a number of parameters, or a percentage. text: as the user wrote it."""

    text: str
    params: int = 0
    percent: Fraction | None = None

    def allowed(self, params: int) -> int:
        """Return by how many parameters a model with `params` may grow."""
        return self.params if self.percent is None else int(self.percent * params / 100)


@dataclass(slots=True)
class Comparison:
    """The differences between two models. Totals and layers are empty if one of the files cannot be read.

    unchanged: the number of layers that are equal. appeared: findings that only the new model has. gone: findings that
    only the old one has. gate: findings about growth over the limit.
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

    @property
    def unreadable(self) -> list[FileReport]:
        """The files that do not hold a model."""
        return [report for report in (self.old, self.new) if report.model is None]

    @property
    def same(self) -> bool:
        """Whether the models do not differ in anything."""
        changed = any(total.change or total.term_changes for total in self.totals)
        return not (self.unreadable or self.layers or self.model or changed)

    def __repr__(self) -> str:
        return f"<Comparison {show(self.old)} -> {show(self.new)}: {len(self.layers):,} layers differ>"

    def count(self, kind: str) -> int:
        """Return the number of layers that were added, removed or changed."""
        return sum(layer.kind == kind for layer in self.layers)


@dataclass(slots=True)
class FolderComparison:
    """The models of two folders, compared by their paths in them.

    files: of the paths that both folders have. removed, added: the paths that only the old or only the new one has.
    """

    old: str
    new: str
    files: list[Comparison] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    added: list[str] = field(default_factory=list)

    def __repr__(self) -> str:
        return f"<FolderComparison {short(self.old)} -> {short(self.new)}: {len(self.files):,} files>"
