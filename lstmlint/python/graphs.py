"""The layers and calls of a functional model, in the order in which Keras lists them.

Keras visits the calls from the outputs backwards, orders layers by their distance from the outputs, and those of one
distance by when it met them (`map_graph_network` in Keras 2, `map_graph` in Keras 3).
"""

from __future__ import annotations

from collections.abc import Iterable

from lstmlint.python.keras_objects import Layer, Node, Tensor


class Graph:
    """Layers, and the calls of each, of a functional model."""

    def __init__(self, inputs: Iterable[Tensor], outputs: Iterable[Tensor]) -> None:
        self.inputs = list(inputs)
        self.starts = {(id(tensor.node), tensor.index) for tensor in self.inputs}
        self.order: dict[int, int] = {}  # layer -> when it was met
        self.layers: dict[int, Layer] = {}
        self.sorted: list[Node] = []  # every call after those that feed it
        self.seen: set[int] = set()
        for tensor in outputs:
            self.visit(tensor)
        self.ranked = self.rank()

    def visit(self, tensor: Tensor) -> None:
        """Visit the calls that a tensor depends on, those that feed a call before it."""
        stack: list[tuple[Node, list[Tensor]]] = []
        self.enter(tensor, stack)
        while stack:
            node, waiting = stack[-1]
            if waiting:
                self.enter(waiting.pop(0), stack)
            else:
                stack.pop()
                self.sorted.append(node)

    def enter(self, tensor: Tensor, stack: list[tuple[Node, list[Tensor]]]) -> None:
        """Begin with the call that gives a tensor, unless it was visited."""
        node = tensor.node
        if id(node) in self.seen:
            return
        self.seen.add(id(node))
        if id(node.layer) not in self.order:
            self.order[id(node.layer)] = len(self.order)
            self.layers[id(node.layer)] = node.layer
        start = (id(node), tensor.index) in self.starts
        stack.append((node, [] if start else list(node.tensors())))

    def rank(self) -> list[Layer]:
        """Return the layers by their distance from the outputs, the farthest first."""
        depths: dict[int, int] = {}
        layer_depths: dict[int, int] = {}
        for node in reversed(self.sorted):
            depth = max(depths.setdefault(id(node), 0), layer_depths.get(id(node.layer), 0))
            layer_depths[id(node.layer)] = depths[id(node)] = depth
            if any((id(node), index) in self.starts for index in range(node.outputs)):
                continue
            for tensor in node.tensors():
                depths[id(tensor.node)] = max(depth + 1, depths.get(id(tensor.node), 0))
        for tensor in self.inputs:
            layer = tensor.node.layer
            if id(layer) not in layer_depths:
                layer_depths[id(layer)] = 0
                self.order[id(layer)] = -1
                self.layers[id(layer)] = layer
                self.sorted.append(tensor.node)
        return sorted(self.layers.values(), key=lambda layer: (-layer_depths[id(layer)], self.order[id(layer)]))
