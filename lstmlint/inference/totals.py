"""Totals of a model."""

from __future__ import annotations

from collections.abc import Iterable

from lstmlint.inference.graph import Graph, plus
from lstmlint.inference.nested import NestedModel
from lstmlint.inference.summary import ModelSummary
from lstmlint.layers.base import Layer, Weight
from lstmlint.model.shapes import Tensor, flatten


class ParamTotals:
    """Sums over weights: parameters, trainable parameters, and bytes."""

    __slots__ = ("by_dtype", "bytes", "params", "trained", "trained_bytes")

    def __init__(self, weights: Iterable[Weight]) -> None:
        self.params = self.trained = self.bytes = self.trained_bytes = 0
        self.by_dtype: dict[str, int] = {}
        for weight in weights:
            size, held = weight.size, weight.bytes
            self.params += size
            self.bytes += held
            self.by_dtype[weight.dtype] = self.by_dtype.get(weight.dtype, 0) + held
            if weight.trainable:
                self.trained += size
                self.trained_bytes += held


def summarize(graph: Graph, trainable: bool = True) -> ModelSummary:
    """Return the summary of a model: its rows with their weights, and the totals."""
    graph.link()
    summary = ModelSummary(graph.spec, graph.rows)
    summary.inputs = [tensor.shape for tensor in graph.inputs]
    summary.outputs = [leaf.shape if isinstance(leaf, Tensor) else None for leaf in flatten(graph.outputs)]
    summary.output_layers = [row for row in graph.rows if row.is_output]
    trainable = trainable and graph.trainable
    simple = trainable and graph.context.dialect == "keras3"
    totals: dict[int, ParamTotals] = {}  # identical layers share their list of weights
    for layer, row in zip(graph.layers, graph.rows, strict=True):
        plain = simple and layer.trainable and not layer.sublayers
        if plain and type(layer).all_weights is Layer.all_weights:
            own = row.weights = layer.own_weights
            own_totals = totals.get(id(own))
            if own_totals is None:
                own_totals = totals[id(own)] = ParamTotals(own)
        else:
            row.weights = list(layer.all_weights(trainable))
            own_totals = ParamTotals(row.weights)
        known = layer.all_known()
        row.params, row.trainable_params = (own_totals.params, own_totals.trained) if known else (None, None)
        if isinstance(layer, NestedModel):
            row.nested = summarize(layer.graph, trainable and layer.trainable)
            known = row.nested.complete
        elif layer.sublayers:
            for inner in layer.sublayers:
                if isinstance(inner, NestedModel):
                    row.nested = summarize(inner.graph, trainable and layer.trainable and inner.trainable)
        if not row.used:
            continue
        summary.complete = summary.complete and known
        if row.reached:
            summary.macs = plus(summary.macs, row.macs)
        if plain and not row.weights:
            continue
        trained = own_totals if plain else ParamTotals(layer.trained(not trainable))
        summary.params += own_totals.params
        summary.trainable_params += trained.trained
        summary.trainable_bytes += trained.trained_bytes
        summary.weight_bytes += own_totals.bytes
        for dtype, held in own_totals.by_dtype.items():
            summary.bytes_by_dtype[dtype] = summary.bytes_by_dtype.get(dtype, 0) + held
    return summary
