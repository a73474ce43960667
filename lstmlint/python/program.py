"""What the interpreter found in a Python program: models, the sizes they depend on, and problems."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from lstmlint.model.findings import Problem
from lstmlint.reading.document import Document

# (line, column, text): why a model is not exact
Reason = tuple[int, int, str]


@dataclass(frozen=True, slots=True)
class Unknown:
    """A size that the program gets from outside, such as the shape of data.

    name: the expression as written, for instance "X_train.shape[2]"; unique in its model.
    line, column: 1-based, where it arises.
    reason: why it is not known.
    """

    name: str
    line: int
    column: int
    reason: str


@dataclass(slots=True)
class SourceModel:
    """A model that the program builds.

    name: the function, class, or variable that holds it; unique in the program.
    line, column: 1-based, where it is built.
    unknowns: the sizes that it depends on.
    exact: whether it is exactly what the program builds once the unknowns are given. It is not if a part of it depends
        on an unknown condition, was skipped, or was cut short.
    reasons: why it is not exact.
    write: sizes by the names of the unknowns -> Document.
    shown: the lines of the calls of `summary` that show it.
    """

    name: str
    line: int
    column: int
    unknowns: list[Unknown]
    exact: bool
    reasons: list[Reason]
    write: Callable[[Mapping[str, int]], Document]
    shown: list[int] = field(default_factory=list)

    def document(self, sizes: Mapping[str, int]) -> Document:
        """Return the model with every unknown replaced by its size. `locate` gives lines of the program's text.

        Raises: KeyError if a size is missing.
        """
        return self.write(sizes)


@dataclass(slots=True)
class Program:
    """The models of a program in the order in which they are built.

    problems: findings about the program itself, with `data={"place": (line, column)}`.
    """

    models: list[SourceModel] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
