"""How each release names and orders the variables of a model in its files."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lstmlint.converting.archives.matching import Matched, Recipe
from lstmlint.converting.archives.sources import PROJECTIONS
from lstmlint.converting.archives.tree import Node, Variable, legacy_order, number
from lstmlint.model.releases import is_keras3

# The group that holds the layers of a model in a .keras file, and whether layers with weights count twice in their keys.
# Source: keras/saving/saving_lib.py of each release.
LAYERS = "layers"
CHECKPOINT = "_layer_checkpoint_dependencies"
GROUPS = {"tf2.12": (CHECKPOINT, True), "tf2.13": (CHECKPOINT, False), "tf2.14": (CHECKPOINT, False)}
# Attributes of MultiHeadAttention that Keras 3 makes public.
PUBLIC = frozenset({"query", "key", "value", "attention_output"})


@dataclass(frozen=True, slots=True)
class Entry:
    """One tensor of a written file."""

    address: str
    shape: tuple[int, ...] | None
    recipe: Recipe


def places(root: Node, release: str) -> dict[Node, str]:
    """Return the group of each node in a .keras file of a release; that of the model itself is empty."""
    layers, twice = GROUPS.get(release, (LAYERS, False))
    found = {root: ""}

    def visit(node: Node) -> None:
        if node.model:
            number(node.children, twice)
        for child in node.children:
            step = (
                f"{layers if node.model else child.role}/{child.key}" if child.key else attribute(node, child, release)
            )
            found[child] = f"{found[node]}/{step}".lstrip("/")
            visit(child)

    visit(root)
    return found


def attribute(node: Node, child: Node, release: str) -> str:
    """Return the attribute that holds an object."""
    if child.role not in PROJECTIONS:
        return child.role
    public = is_keras3(release) and node.class_name == "MultiHeadAttention" and child.role in PUBLIC
    return PROJECTIONS[child.role] if public else f"_{PROJECTIONS[child.role]}"


def numbered(root: Node, release: str, matched: Matched) -> Iterator[Entry]:
    """Yield the tensors of a .keras file."""
    for node, place in places(root, release).items():
        group = f"{place}/vars".lstrip("/")
        if node in matched.groups:
            for key, recipe in matched.groups[node].items():
                yield Entry(f"{group}/{key}", None, recipe)
            continue
        for position, one in enumerate(node.own()):
            yield Entry(f"{group}/{position}", one.shape, matched.recipes[one])


def ordered(root: Node, release: str, matched: Matched) -> Iterator[tuple[str, list[tuple[str, Entry]]]]:
    """Yield each layer of an .h5 file with its (name of a weight, tensor) in order."""
    dialect = "keras3" if is_keras3(release) else "keras2"
    suffix = "" if is_keras3(release) else ":0"
    for layer in root.children:
        names = dict(weight_names(layer))
        order = legacy_order(layer, dialect)  # type: ignore[arg-type]
        group = [
            (name := f"{names[one]}{suffix}", Entry(f"{layer.name}/{name}", one.shape, matched.recipes[one]))
            for one in order
        ]
        yield layer.name, group


def weight_names(node: Node, around: str = "") -> Iterator[tuple[Variable, str]]:
    """Yield the variables of a layer with their names, which begin with the names of the objects around them."""
    prefix = f"{around}{node.name}/"
    for child in node.children:
        yield from weight_names(child, prefix)
    for one in node.variables:  # those that SpectralNormalization shares with its layer get its name
        yield one, f"{prefix}{one.name}"


def tfjs_names(root: Node, matched: Matched) -> Iterator[tuple[str, Entry]]:
    """Yield (name, tensor) of a TensorFlow.js model, which finds weights by their names.

    The names are the scopes in which its layers create them: the layer's; in a Bidirectional, the direction and the name of
    its layer, even if that begins with the direction; and RNNCell_0, ... in StackedRNNCells. Cells and layers in other
    wrappers have no scope. Source: `nameScope` in tfjs-layers.
    """
    for layer in root.layers():
        for one, name in scoped(layer, layer.name):
            yield name, Entry(name, one.shape, matched.recipes[one])


def scoped(node: Node, scope: str) -> Iterator[tuple[Variable, str]]:
    """Yield the variables of a node with their names in TensorFlow.js."""
    for one in node.own():
        yield one, f"{scope}/{one.name}"
    for position, child in enumerate(node.children):
        inner = scope
        if child.role in ("forward_layer", "backward_layer"):
            inner = f"{scope}/{child.role.removesuffix('layer')}{child.written}"
        elif child.role == "cells":
            inner = f"{scope}/RNNCell_{position}"
        yield from scoped(child, inner)
