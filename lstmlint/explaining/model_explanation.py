"""Explain the count of a model, or of one of its layers."""

from __future__ import annotations

from lstmlint.explaining.explanation import Explanation
from lstmlint.explaining.language import speaking
from lstmlint.explaining.layer_explanations import explain_row, find_rows
from lstmlint.inference.summary import ModelSummary


def explain_model(
    summary: ModelSummary, layer: str | None = None, expect: int | None = None, language: str = "en"
) -> Explanation:
    """Explain the number of parameters of a model or of one layer.

    layer: the layer's name, or its path in nested models ("encoder/lstm"). expect: a number that somebody counted for
    the layer, for one of the layers, or for the model. The explanation then says which mistake gives it.
    language: the code of one of `LANGUAGES`.
    Raises: UsageError if no layer has the name, or there is no such language.
    """
    with speaking(language):
        if layer is None:
            rows = [(row.name, row) for row in summary.layers if row.weights or row.params is None or row.nested]
        else:
            rows = find_rows(summary, layer)
        explained = [explain_row(row, path, summary) for path, row in rows]
        result = Explanation(explained, layer is not None, summary, language=language)
        if expect is not None:
            from lstmlint.explaining.expecting import search

            result.expected = search(result, expect)
    return result
