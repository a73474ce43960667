"""The variables of a model, arranged as Keras's objects hold them.

A node is a layer, a model, or a layer that Keras creates inside another one: the cell of an LSTM, the projections of a
MultiHeadAttention. Containers differ only in how they name and order the variables of this tree.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from lstmlint.inference import NestedModel
from lstmlint.layers.attention import ProjectedAttention
from lstmlint.layers.normalization import SpectralNormalization, kernel_of
from lstmlint.layers.preprocessing import Pipeline
from lstmlint.layers.rnn import RNN, RecurrentLayer, StackedRNNCells
from lstmlint.layers.wrappers import Bidirectional
from lstmlint.parsing.common import snake_case

if TYPE_CHECKING:
    from lstmlint.inference.summary import LayerSummary, ModelSummary
    from lstmlint.layers.base import Layer, Weight
    from lstmlint.model.spec import Dialect, ModelSpec

Path = tuple[str, ...]

# The ends of the names of variables that only quantized layers have.
QUANTIZED = ("_scale", "_zero", "_scales", "g_idx", "_amax_history")
# Layers whose Python class has another name than the config.
CLASSES = {"GroupQueryAttention": "GroupedQueryAttention"}


@dataclass(slots=True, eq=False)
class Variable:
    """A variable. trainable: the flag that the layer passes when it creates the variable."""

    name: str
    shape: tuple[int, ...]
    dtype: str
    trainable: bool


@dataclass(slots=True, eq=False)
class Node:
    """An object that holds variables.

    written: the name in the config of the layer that a direction of a Bidirectional is made from.
    role: its meaning to the object around it, the same in all releases: "layers" in a model, "cell", "forward_layer".
    key: its class in snake case, numbered among the objects of one list: dense, dense_1. Empty outside of lists.
    path: the names of the models around it, from the outside in, and its own; ("",) is the model itself.
    trainable: its own flag.
    model: "functional" or "sequential" for a model, else "".
    quantized: whether its variables depend on a quantization or on LoRA, so that releases store them in different ways.
    """

    role: str
    name: str
    class_name: str
    path: Path
    trainable: bool = True
    model: str = ""
    quantized: bool = False
    key: str = ""
    written: str = ""
    variables: list[Variable] = field(default_factory=list)
    children: list[Node] = field(default_factory=list)

    def __repr__(self) -> str:
        return f"<Node {'/'.join(self.path)} ({self.class_name}): {len(self.variables)} variables>"

    def walk(self) -> Iterator[Node]:
        """Yield the node and all nodes inside it."""
        yield self
        for child in self.children:
            yield from child.walk()

    def all_variables(self) -> list[Variable]:
        """Return its variables and those inside it, each once, in the order of `weights` in Keras 3."""
        return list(dict.fromkeys(variable for node in self.walk() for variable in node.own()))

    def own(self) -> list[Variable]:
        """Return its own variables as Keras stores them: those that are created as trainable first."""
        return sorted(self.variables, key=lambda variable: not variable.trainable)

    def any_quantized(self) -> bool:
        """Return whether it or anything inside it is quantized."""
        return any(node.quantized for node in self.walk())

    def layers(self) -> Iterator[Node]:
        """Yield the layers of a model and of the models in it, without these models."""
        for child in self.children:
            if child.model:
                yield from child.layers()
            else:
                yield child


def tree_of(model: ModelSummary) -> Node:
    """Return the tree of a model whose weights are all known."""
    dialect = model.spec.dialect
    root = model_node(model.spec, "", (), dialect)
    add_layers(root, model.layers, dialect)
    return root


def add_layers(model: Node, rows: list[LayerSummary], dialect: Dialect) -> None:
    """Add the layers of a model. A Sequential does not list its InputLayer."""
    for row in rows:
        if row.used and not (model.model == "sequential" and row.class_name == "InputLayer"):
            model.children.append(node_of(row.layer, "layers", (*model.path, row.name), dialect))
    number(model.children)


def model_node(spec: ModelSpec, role: str, path: Path, dialect: Dialect) -> Node:
    """Return a model without its layers. Only Keras 3 reads the flag of a functional model."""
    kind = "sequential" if spec.sequential else "functional"
    trainable = spec.sequential or spec.trainable or dialect != "keras3"
    return Node(role, spec.name, kind.capitalize(), path, trainable, kind)


def node_of(layer: Layer, role: str, path: Path, dialect: Dialect) -> Node:
    """Return the node of a layer."""
    if isinstance(layer, NestedModel):
        node = model_node(layer.graph.spec, role, path, dialect)
        node.name = layer.name
        add_layers(node, layer.graph.rows, dialect)
        return node
    node = Node(role, layer.name, CLASSES.get(layer.class_name, layer.class_name), path, layer.trainable)
    own = list(map(variable, layer.own_weights))
    node.quantized = is_quantized(own)
    roles = roles_of(layer)
    node.children = [
        node_of(inner, role, (*path, inner.name), dialect) for role, inner in zip(roles, layer.sublayers, strict=True)
    ]
    if isinstance(layer, Bidirectional):
        for child in node.children:
            child.written = layer.config["layer"].name
    if roles[:1] in (["cells"], ["layers"]):
        number(node.children)
    if isinstance(layer, RecurrentLayer) and not isinstance(layer, RNN):
        kind = "ConvLSTM" if layer.class_name.startswith("ConvLSTM") else layer.class_name
        follows = layer.trainable or not layer.weights_follow_trainable
        name = f"{snake_case(kind)}_cell"
        node.children = [Node("cell", name, f"{kind}Cell", (*path, "cell"), follows, variables=own)]
    elif isinstance(layer, ProjectedAttention):
        node.children = list(projections(own, path))
    elif isinstance(layer, SpectralNormalization):
        kernel = kernel_of(layer.inner)
        shared = [one for one in node.children[0].variables if kernel is not None and one.name == kernel.name]
        node.variables = [*shared, *own]
    else:
        node.variables = own
    return node


def variable(weight: Weight) -> Variable:
    """Return the variable of a weight."""
    return Variable(weight.name, weight.shape, weight.dtype, weight.trainable)


def roles_of(layer: Layer) -> list[str]:
    """Return the roles of the layers inside a layer."""
    if isinstance(layer, Bidirectional):
        return ["forward_layer", "backward_layer"]
    if isinstance(layer, StackedRNNCells):
        return ["cells"] * len(layer.sublayers)
    if isinstance(layer, Pipeline):
        return ["layers"] * len(layer.sublayers)
    return ["cell" if isinstance(layer, RNN) else "layer"] * len(layer.sublayers)


def projections(weights: Iterable[Variable], path: Path) -> Iterator[Node]:
    """Yield the inner layers of an attention layer, whose weights are named query/kernel and so on."""
    nodes: dict[str, Node] = {}
    for one in weights:
        name, _, leaf = one.name.partition("/")
        if name not in nodes:
            nodes[name] = Node(name, name, "EinsumDense", (*path, name))
        nodes[name].variables.append(Variable(leaf, one.shape, one.dtype, one.trainable))
    for node in nodes.values():
        node.quantized = is_quantized(node.variables)
        yield node


def is_quantized(variables: Iterable[Variable]) -> bool:
    """Return whether a layer has variables that only a quantization or LoRA creates."""
    return any(one.name.endswith(QUANTIZED) or one.name.startswith("lora_") for one in variables)


def number(nodes: list[Node], twice: bool = False) -> None:
    """Set the keys of the nodes in one list.

    twice: whether layers with variables count twice, as in tf.keras 2.12.
    """
    counts: dict[str, int] = {}
    for node in nodes:
        key = snake_case(node.class_name)
        count = counts.get(key, 0)
        node.key = f"{key}_{count}" if count else key
        counts[key] = count + (2 if twice and node.all_variables() else 1)


# The order in .h5 files ---------------------------------------------------------------------------------------


def legacy_order(node: Node, dialect: Dialect) -> list[Variable]:
    """Return the variables of a layer of the model in the order of .h5 files: trainable ones first.

    Both Keras 2 and 3 read the values in this order, whatever their names.
    """
    if dialect == "keras3":
        found = node.all_variables()
        if not node.trainable:
            return found
        frozen = frozen_variables(node)
        return sorted(found, key=lambda one: not one.trainable or one in frozen)
    trained, fixed = split(node)
    return list(dict.fromkeys([*trained, *fixed]))


def frozen_variables(node: Node) -> set[Variable]:
    """Return the variables that Keras 3 freezes: those of layers that are not trainable, and all in such a model."""
    return {
        one
        for inner in node.walk()
        if not inner.trainable
        for one in (inner.all_variables() if inner.model else inner.variables)
    }


def split(node: Node) -> tuple[list[Variable], list[Variable]]:
    """Return the trainable and the other variables of a layer in Keras 2."""
    trained = [one for one in node.variables if one.trainable]
    fixed = [one for one in node.variables if not one.trainable]
    inner = [split(child) for child in node.children]
    below_trained = [one for pair in inner for one in pair[0]]
    below_fixed = [one for pair in inner for one in pair[1]]
    if node.model:
        return below_trained, below_fixed
    if node.trainable:
        return [*trained, *below_trained], [*fixed, *below_fixed]
    return [], [*trained, *fixed, *(one for pair in inner for half in pair for one in half)]
