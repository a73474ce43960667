"""What inference says in the end: the rows with their weights, and the totals."""

from __future__ import annotations

from lstmlint.inference.graph import Graph, plus
from lstmlint.inference.nested import NestedModel
from lstmlint.shapes import Tensor, flatten
from lstmlint.summary import ModelSummary


def summarize(graph: Graph, trainable: bool = True) -> ModelSummary:
    """The rows with their weights, and the totals."""
    graph.link()
    summary = ModelSummary(graph.spec, graph.rows)
    summary.inputs = [tensor.shape for tensor in graph.inputs]
    summary.outputs = [leaf.shape if isinstance(leaf, Tensor) else None for leaf in flatten(graph.outputs)]
    summary.output_layers = [row for row in graph.rows if row.is_output]
    trainable = trainable and graph.trainable
    simple = trainable and graph.run.dialect == "keras3"
    for layer, row in zip(graph.layers, graph.rows, strict=True):
        row.weights = list(layer.all_weights(trainable))
        known = layer.all_known()
        params = trained = 0
        for weight in row.weights:
            size = weight.size
            params += size
            if weight.trainable:
                trained += size
        row.params, row.trainable_params = (params, trained) if known else (None, None)
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
        summary.params += params
        plain = simple and layer.trainable and not layer.sublayers
        for weight in row.weights if plain else layer.trained(not trainable):
            if weight.trainable:
                summary.trainable_params += weight.size
                summary.trainable_bytes += weight.bytes
        if row.reached:
            summary.macs = plus(summary.macs, row.macs)
        for weight in row.weights:
            held = weight.bytes
            summary.weight_bytes += held
            summary.bytes_by_dtype[weight.dtype] = summary.bytes_by_dtype.get(weight.dtype, 0) + held
    return summary
