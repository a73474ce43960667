"""Where a model comes from that was read from a program, and what about it is not known."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple


def where(line: int, cell: int | None) -> str:
    """Return a place in a program as text: line 4, or cell 3, line 4."""
    return f"line {line}" if cell is None else f"cell {cell}, line {line}"


class UnknownSize(NamedTuple):
    """A size that the program gets from outside.

    name: the expression as written, such as X_train.shape[2]. line, column: where it arises, 1-based; in a notebook, in
    the cell. cell: of a notebook, from 1. reason: why it is not known.
    """

    name: str
    line: int
    column: int
    reason: str
    cell: int | None = None

    @property
    def where(self) -> str:
        """Its place as text."""
        return where(self.line, self.cell)

    @property
    def option(self) -> str:
        """The option that gives it, to be completed."""
        given = f"{self.name}=N"
        if self.name.replace("_", "").replace(".", "").isalnum():
            return f"--set {given}"
        if "'" in given and not set(given) & set('"$`\\!'):
            return f'--set "{given}"'
        return "--set '" + given.replace("'", "'\\''") + "'"


class Doubt(NamedTuple):
    """A reason why a model may not be what the program builds, with its place as in UnknownSize."""

    line: int
    column: int
    text: str
    cell: int | None = None

    @property
    def where(self) -> str:
        """Its place as text."""
        return where(self.line, self.cell)


@dataclass(slots=True)
class Origin:
    """The program that a model was read from.

    file: the program. name: of the model in it. index: the number of the model in the file, from 0; count: of all models
    that are reported of it.
    line, column, cell: where it is built.
    exact: whether it is what the program builds, once the unknown sizes are given. doubts: why it is not.
    unknowns: the sizes that it depends on.
    given: the names of those that --set or the settings give and the program uses.
    formulas: a total (params, trainable_params, non_trainable_params, macs) that depends on them -> how, as text.
    terms: the same totals as numbers by what they are multiplied with: "" or features or features·units.
    """

    file: str
    name: str
    index: int = 0
    count: int = 1
    line: int = 1
    column: int = 1
    cell: int | None = None
    exact: bool = True
    doubts: list[Doubt] = field(default_factory=list)
    unknowns: list[UnknownSize] = field(default_factory=list)
    given: frozenset[str] = frozenset()
    formulas: dict[str, str] = field(default_factory=dict)
    terms: dict[str, dict[str, int]] = field(default_factory=dict)

    @property
    def path(self) -> str:
        """What reports call the model."""
        return f"{self.file}::{self.name}"

    @property
    def certain(self) -> bool:
        """Whether every number of the model is known."""
        return self.exact and not self.unknowns
