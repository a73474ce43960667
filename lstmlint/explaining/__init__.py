"""`lstmlint explain` and `lstmlint count`: where a number of parameters comes from, and wrong ones too."""

from __future__ import annotations

from lstmlint.explaining.explanation import Explanation, LayerExplanation, explain_model
from lstmlint.explaining.layer_expression import count_layer
from lstmlint.explaining.text import render

__all__ = ["Explanation", "LayerExplanation", "count_layer", "explain_model", "render"]
