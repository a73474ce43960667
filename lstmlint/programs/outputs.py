"""Tables of `model.summary()` that a notebook stores, compared with the code beside them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lstmlint.inference.summary import ModelSummary
from lstmlint.model.findings import Problem
from lstmlint.python.program import Program, SourceModel
from lstmlint.python.source import Cell, SourceText

# A table ends with its totals. The total of Keras 3 includes the optimizer's variables; those of its weights do not.
_STYLE = re.compile(r"\x1b\[[0-9;]*m")
_NUMBER = r"\s*([0-9][0-9,]*)"
_TOTALS = re.compile(
    rf"^\W*Total params:{_NUMBER}(?:.*\n\W*Trainable params:{_NUMBER}.*\n\W*Non-trainable params:{_NUMBER})?",
    re.MULTILINE,
)


def printed_counts(source: SourceText, program: Program) -> dict[int, int]:
    """Return the numbers of parameters that summaries printed, by the line of the call.

    Only those of cells that store a table for every call: a call in a loop or under a condition has more or none.
    """
    found: dict[int, int] = {}
    lines = sorted({line for model in program.models for line in model.shown})
    for cell in source.cells:
        counts = list(counts_in(cell))
        calls = [line for line in lines if source.cell_at(line) is cell]
        if counts and len(counts) == len(calls):
            found.update(zip(calls, counts, strict=True))
    return found


def counts_in(cell: Cell) -> Iterator[int]:
    """Yield the number of parameters of each table in a cell's outputs."""
    for output in cell.outputs:
        for match in _TOTALS.finditer(_STYLE.sub("", output)):
            total, *parts = (int(text.replace(",", "")) for text in match.groups() if text)
            yield sum(parts) if parts else total


def stale(model: SourceModel, summary: ModelSummary, printed: dict[int, int]) -> Iterator[Problem]:
    """Yield a problem if a stored summary shows another number of parameters than the model has, which is known."""
    for line in model.shown:
        if printed.get(line, summary.params) != summary.params:
            yield Problem(
                "G717",
                f"the stored output shows a model with {printed[line]:,} parameters, but the code builds one with"
                f" {summary.params:,}",
                "Run the notebook again.",
                data={"place": (line, 1)},
            )
