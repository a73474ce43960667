"""The numbers of a model as a flat table, so that the same number can be compared between assignments of sizes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lstmlint.inference.summary import LayerSummary, ModelSummary
from lstmlint.model.shapes import Shape

# (number of the row, what, indices…); the row is -1 for the model.
Key = tuple[Any, ...]
MODEL = -1
TOTALS = ("params", "trainable_params", "macs")


def quantities(model: ModelSummary) -> dict[Key, int | None]:
    """Return all numbers of a model that may depend on a size. A total is None if it misses something."""
    found: dict[Key, int | None] = {
        (MODEL, name): getattr(model, name) if model.complete or name == "macs" else None for name in TOTALS
    }
    for what in ("inputs", "outputs"):
        found.update(dims((MODEL, what), getattr(model, what)))
    for i, row in enumerate(model.walk()):
        found.update({(i, name): getattr(row, name) for name in TOTALS})
        found.update(dims((i, "input_shapes"), row.input_shapes))
        found.update(dims((i, "output_shapes"), row.output_shapes))
        found.update(dims((i, "weights"), [weight.shape for weight in row.weights]))
        for name, value in row.config.items():
            found.update(numbers((i, "config", name), value))
    return found


def dims(key: Key, shapes: list[Shape]) -> Iterator[tuple[Key, int | None]]:
    """Yield the dimensions of shapes, each with its key."""
    for j, shape in enumerate(shapes):
        for k, dim in enumerate(shape or ()):
            yield (*key, j, k), dim


def numbers(key: Key, value: Any) -> Iterator[tuple[Key, int]]:
    """Yield the integers in an argument's value."""
    if isinstance(value, int) and not isinstance(value, bool):
        yield key, value
    elif isinstance(value, list | tuple):
        for i, item in enumerate(value):
            yield from numbers((*key, i), item)


def failures(model: ModelSummary | None) -> int:
    """Return how many layers cannot be built; more than any model has if there is no model."""
    return 10**9 if model is None else sum(row.layer.failed for row in model.walk())


def rows_of(model: ModelSummary) -> list[LayerSummary]:
    """Return the rows in the order of their numbers."""
    return list(model.walk())
