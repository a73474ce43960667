"""Interpret a program with what the inference and the settings know."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from lstmlint.config.options import Options
from lstmlint.inference import infer
from lstmlint.inference.summary import ModelSummary
from lstmlint.model.shapes import Shape
from lstmlint.parsing import ModelError, parse
from lstmlint.python import interpret
from lstmlint.python.program import Program
from lstmlint.python.source import MAX_NOTEBOOK, SourceText, read_source
from lstmlint.reading.document import Document


class Values(dict[str, Any]):
    """Values by name, whatever quotes and spaces the name has. used: the names that were looked up."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        super().__init__({normal(name): value for name, value in values.items()})
        self.used: set[str] = set()

    def __contains__(self, name: object) -> bool:
        return super().__contains__(normal(str(name)))

    def __getitem__(self, name: str) -> Any:
        self.used.add(normal(name))
        return super().__getitem__(normal(name))


@lru_cache(maxsize=1_000)
def normal(name: str) -> str:
    """Return an expression in the spelling of ast.unparse; a name that is none unchanged."""
    try:
        return ast.unparse(ast.parse(name.strip(), mode="eval"))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return name


class Unreadable(NamedTuple):
    """The shapes of a model that cannot be read."""

    outputs: tuple[Shape, ...] = ()


def read_program(content: Path | bytes, options: Options, path: str) -> tuple[SourceText, Program, frozenset[str]]:
    """Read and interpret a program. The names are those of the given values that it uses. Raises: ReadError, OSError."""
    if isinstance(content, Path):
        with content.open("rb") as file:
            content = file.read(MAX_NOTEBOOK + 1)
    source = read_source(content, path)

    def shapes(document: Document) -> ModelSummary | Unreadable:
        """Return the shapes of a part of a model."""
        try:
            return infer(parse(document), options.bindings, options.custom_layers)
        except ModelError:
            return Unreadable()

    values = Values(options.values)
    described = [
        name.rpartition(">")[2]
        for name, one in options.custom_layers.items()
        if one.params is not None and one.output_shape is not None
    ]
    program = interpret(source, values, shapes, options.targets, described)
    return source, program, frozenset(values.used)
