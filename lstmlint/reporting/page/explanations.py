"""The arithmetic of the counts of a model's layers, as `lstmlint explain` writes it."""

from __future__ import annotations

from lstmlint.explaining import arithmetic
from lstmlint.explaining.explanation import Explanation, LayerExplanation
from lstmlint.explaining.layer_explanations import explain_row
from lstmlint.explaining.text import render
from lstmlint.inference.summary import LayerSummary, ModelSummary
from lstmlint.reporting.page.texts import short

WIDTH = 76
MOST_TERMS = 40  # of the sum in a nested model
MOST_FORMULA = 2_000  # characters of a formula
MOST_TEXT = 20_000


class Explanations:
    """The explanations of layers. Equal ones are stored once: large models repeat a few layers many times.

    stored: (words, equation, text), each as in the page.
    """

    def __init__(self) -> None:
        self.stored: dict[tuple[str, str, str], int] = {}

    def of(self, row: LayerSummary, path: str, model: ModelSummary) -> int | None:
        """Return the number of the explanation of a layer of a model; None if it has no weights."""
        if row.params == 0 and not row.weights:
            return None
        entry = (
            self.nested(row.nested)
            if row.nested is not None and row.params is not None
            else self.layer(row, path, model)
        )
        return self.stored.setdefault(entry, len(self.stored))

    def layer(self, row: LayerSummary, path: str, model: ModelSummary) -> tuple[str, str, str]:
        """Explain the count of a layer."""
        shown = row.shown or {}
        if "params" in shown:
            return "", short(shown["params"], MOST_FORMULA), ""
        found = explain_row(row, path, model)
        words = equation = ""
        if found.formula is not None:
            words, equation = (
                short(write(found.formula), MOST_FORMULA) for write in (arithmetic.words, arithmetic.equation)
            )
        # The text has shapes in it; a program may leave their sizes open, and these are known only by name.
        return words, equation, "" if shown else self.text(found, model)

    def text(self, found: LayerExplanation, model: ModelSummary) -> str:
        """Return what `lstmlint explain` prints about a layer below its name, class and count."""
        found.path = found.class_name = ""  # so that these are on one line
        _, *lines = render(Explanation([found], True, model), WIDTH).splitlines()
        return "\n".join(line.removeprefix("  ") for line in lines)[:MOST_TEXT]

    def nested(self, model: ModelSummary) -> tuple[str, str, str]:
        """Explain the count of a nested model: the sum of its layers."""
        words, equation = sum_of(model) or ("", arithmetic.amount(model.params))
        return words, equation, "The layers of a nested model count once, in the model that uses it."

    def total(self, model: ModelSummary) -> int | None:
        """Return the number of the explanation of the total; None if it is not a sum of few numbers."""
        certain = model.origin is None or model.origin.certain
        found = sum_of(model) if certain else None
        return None if found is None else self.stored.setdefault((*found, ""), len(self.stored))

    def to_list(self) -> list[dict[str, str]]:
        """Return plain data, by number."""
        return [{"words": words, "equation": equation, "text": text} for words, equation, text in self.stored]


def sum_of(model: ModelSummary) -> tuple[str, str] | None:
    """Return the sum of the counts of a model's layers, in names and in numbers; None if it is not their total."""
    counted = [row for row in model.layers if row.used and row.params]
    if not 1 < len(counted) <= MOST_TERMS or sum(row.params or 0 for row in counted) != model.params:
        return None
    sums = " + ".join(arithmetic.amount(row.params) for row in counted)
    return " + ".join(short(row.name) for row in counted), f"{sums} = {arithmetic.amount(model.params)}"
