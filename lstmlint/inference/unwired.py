"""Models that record their layers and the shapes they were built with, but not how code connects them."""

from __future__ import annotations

from typing import Any

from lstmlint.inference.graph import Graph
from lstmlint.model.shapes import Tensor, tensors_in
from lstmlint.parsing.common import shape_list


class UnwiredGraph(Graph):
    """A subclassed model. Each layer is called alone, on its recorded shape."""

    def known_inputs(self) -> list[Tensor]:
        """Return nothing: the inputs are unknown."""
        return []

    def input_names(self) -> list[str]:
        """Return nothing: the inputs are unknown."""
        return []

    def run_layers(self, inputs: Any, rerun: bool = False) -> Any:
        """Return no outputs, since they are unknown."""
        return None

    def link(self) -> None:
        """Leave the rows unconnected."""

    def infer(self) -> Any:
        """Call each layer on the shape it was built with."""
        self.outputs, self.macs = [], None
        for layer, row in zip(self.layers, self.rows, strict=True):
            shape = shape_list(layer.spec.raw.get("build_input_shape"))
            if shape:
                given = Tensor((None, *shape[1:]), layer.spec.input_dtype or "float32")
                row.input_shapes = [given.shape]
                row.output_shapes = [tensor.shape for tensor in tensors_in(self.context.apply(layer, [given], {}))]
            row.calls = 1
        return self.outputs
