"""The arithmetic of the counts of a model's layers, as `lstmlint explain` writes it."""

from __future__ import annotations

from lstmlint.explaining import arithmetic
from lstmlint.explaining.explanation import Explanation, LayerExplanation
from lstmlint.explaining.layer_explanations import explain_row
from lstmlint.explaining.text import render
from lstmlint.inference.summary import LayerSummary, ModelSummary

WIDTH = 76
MOST_TERMS = 40  # of the sum in a nested model
LONGEST = 20_000  # characters


class Explanations:
    """The explanations of a model's layers. Equal ones are stored once: large models repeat a few layers many times.

    stored: (words, equation, text), each as in the page.
    """

    def __init__(self, model: ModelSummary) -> None:
        self.model = model
        self.stored: dict[tuple[str, str, str], int] = {}

    def of(self, row: LayerSummary, path: str) -> int | None:
        """Return the number of a layer's explanation; None if it has no weights."""
        if row.params == 0 and not row.weights:
            return None
        entry = self.nested(row.nested) if row.nested is not None and row.params is not None else self.layer(row, path)
        return self.stored.setdefault(entry, len(self.stored))

    def layer(self, row: LayerSummary, path: str) -> tuple[str, str, str]:
        """Explain the count of a layer."""
        shown = row.shown or {}
        if "params" in shown:
            return "", shown["params"], ""
        found = explain_row(row, path, self.model)
        words = equation = ""
        if found.formula is not None:
            words, equation = arithmetic.words(found.formula), arithmetic.equation(found.formula)
        # The text has shapes in it; a program may leave their sizes open, and these are known only by name.
        return words, equation, "" if shown else self.text(found)

    def text(self, found: LayerExplanation) -> str:
        """Return what `lstmlint explain` prints about a layer below its name, class and count."""
        found.path = found.class_name = ""  # so that these are on one line
        _, *lines = render(Explanation([found], True, self.model), WIDTH).splitlines()
        return "\n".join(line.removeprefix("  ") for line in lines)[:LONGEST]

    def nested(self, model: ModelSummary) -> tuple[str, str, str]:
        """Explain the count of a nested model: the sum of its layers."""
        counted = [row for row in model.layers if row.used and row.params]
        total = arithmetic.amount(model.params)
        text = "The layers of a nested model count once, in the model that uses it."
        if not 1 < len(counted) <= MOST_TERMS or sum(row.params or 0 for row in counted) != model.params:
            return "", total, text
        sums = " + ".join(arithmetic.amount(row.params) for row in counted)
        return " + ".join(row.name for row in counted), f"{sums} = {total}", text

    def to_list(self) -> list[dict[str, str]]:
        """Return plain data, by number."""
        return [{"words": words, "equation": equation, "text": text} for words, equation, text in self.stored]
