"""The memory that a forward pass needs for its activations."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.inference.summary import LayerSummary, ModelSummary
from lstmlint.layers.base import DTYPE_BITS
from lstmlint.model.shapes import Shape, product


def activation_peak(model: ModelSummary, batch: int = 1) -> tuple[int | None, list[LayerSummary]]:
    """Return the largest number of bytes of activations that a forward pass needs at one time, and the layers that need
    them.

    These are a layer's inputs and outputs, and the outputs that later layers still need. A nested model adds its own
    peak
    while it runs. The bytes are None if a dimension is unknown.
    """
    if not model.spec.wired:
        return None, []
    given = input_bytes(model, batch)
    if given is None:
        return None, model.layers[:1]
    current, peak, peak_step = given, 0, -1
    alive: dict[int, int] = {}  # row -> bytes
    waiting: dict[int, int] = {}  # row -> how many of its consumers have not run
    born: list[LayerSummary] = []
    died: dict[int, int] = {}  # row -> the last step that needs its outputs
    for step, row in enumerate(in_order(model)):
        size, inside = output_bytes(row, batch), 0
        if size is not None and row.nested is not None:
            nested, _ = activation_peak(row.nested, batch)
            size, inside = (None, 0) if nested is None else (size, max(0, nested - size))
        if size is None:
            return None, [row]
        born.append(row)
        alive[id(row)] = size
        waiting[id(row)] = len({id(consumer) for consumer in row.consumers if consumer.reached}) + row.is_output
        current += size
        if current + inside > peak:
            peak, peak_step = current + inside, step
        current, given = current - given, 0
        for source in row.inbound:
            if id(source) in waiting:
                waiting[id(source)] -= 1
        for done in (*row.inbound, row):
            if waiting.get(id(done), 1) <= 0 and id(done) in alive:
                current -= alive.pop(id(done))
                died[id(done)] = step
    return peak, [row for row in born[: peak_step + 1] if died.get(id(row), peak_step) >= peak_step]


def output_bytes(row: LayerSummary, batch: int = 1) -> int | None:
    """Return the bytes of a layer's outputs; None if a dimension is unknown."""
    sizes = [size_of(shape, batch) for shape in row.output_shapes]
    return total_bytes(sizes, row.layer.compute_dtype)


def input_bytes(model: ModelSummary, batch: int) -> int | None:
    """Return the bytes of a Sequential's input if it has no InputLayer; None if they are unknown."""
    if not model.spec.sequential or not model.layers or model.layers[0].class_name == "InputLayer":
        return 0
    sizes = [size_of(shape, batch) for shape in model.inputs] or [None]
    return total_bytes(sizes, model.layers[0].layer.compute_dtype)


def total_bytes(sizes: list[int | None], dtype: str) -> int | None:
    """Return the bytes of tensors with the given sizes."""
    bits = DTYPE_BITS.get(dtype, 32)
    return None if None in sizes else sum(((size or 0) * bits + 7) // 8 for size in sizes)


def size_of(shape: Shape, batch: int) -> int | None:
    """Return the number of elements of a tensor; None if a dimension other than the batch is unknown."""
    if not shape:
        return None
    return product((batch if shape[0] is None else shape[0], *shape[1:]))


def in_order(model: ModelSummary) -> Iterator[LayerSummary]:
    """Yield the layers that run, each after those that feed its first call."""
    rows = [row for row in model.layers if row.reached]
    waiting = {id(row): len(row.inbound) for row in rows}
    followers: dict[int, list[LayerSummary]] = {}
    for row in rows:
        for source in row.inbound:
            followers.setdefault(id(source), []).append(row)
    ready = [row for row in reversed(rows) if not row.inbound]
    while ready:
        row = ready.pop()
        yield row
        for consumer in followers.get(id(row), ()):
            waiting[id(consumer)] -= 1
            if waiting[id(consumer)] == 0:
                ready.append(consumer)
