"""Shapes and weights of a whole model. Calls run in topological order; nothing is allocated.

`context` creates the layers of a document and collects problems. `functional` and `sequential` run them, `nested` runs
models used as layers, and `totals` computes the totals.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from lstmlint.inference.bindings import Bindings
from lstmlint.inference.context import MODEL_CLASSES, InferenceContext
from lstmlint.inference.graph import Graph
from lstmlint.inference.nested import NestedModel, graph_of
from lstmlint.inference.summary import ModelSummary
from lstmlint.inference.totals import summarize
from lstmlint.model.spec import LayerSpec, ModelSpec
from lstmlint.validation import headers

if TYPE_CHECKING:
    from lstmlint.layers.user_defined import Description


def infer(
    model: ModelSpec, bindings: Bindings | None = None, descriptions: Mapping[str, Description] | None = None
) -> ModelSummary:
    """Infer the shapes and weights of a model.

    descriptions: class name -> the user's description of a custom layer.
    Raises: nothing, whatever the file contains. Problems are in the summary's `problems`.
    """
    context = InferenceContext(model.dialect, bindings or Bindings(), descriptions)
    context.release = model.release
    if "module" in model.header:
        root = LayerSpec(model.name, model.class_name, {}, model.pointer, module=model.header["module"], model=model)
        root.raw = model.header
        error = headers.module_error(root)
        if error is not None:
            context.report_spec(root, error)
    elif model.dialect == "keras2" and model.wired and model.class_name not in MODEL_CLASSES:
        context.report_model_class(model)
    graph = graph_of(model, context)
    graph.infer()
    summary = summarize(graph)
    summary.problems = [*model.problems, *context.problems]
    return summary


__all__ = ["Bindings", "Graph", "InferenceContext", "NestedModel", "graph_of", "infer", "summarize"]
