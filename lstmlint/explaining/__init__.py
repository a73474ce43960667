"""`lstmlint explain` and `lstmlint count`: how a number of parameters is computed, and which mistake gives another."""

from __future__ import annotations

from lstmlint.explaining.explanation import Explanation, LayerExplanation
from lstmlint.explaining.language import LANGUAGES
from lstmlint.explaining.layer_expression import count_layer
from lstmlint.explaining.model_explanation import explain_model
from lstmlint.explaining.text import render

__all__ = ["LANGUAGES", "Explanation", "LayerExplanation", "count_layer", "explain_model", "render"]
