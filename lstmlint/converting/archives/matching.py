"""Which stored tensors become which variables of the result."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from lstmlint.converting.archives.sources import Located, shown
from lstmlint.converting.archives.transforms import TRANSFORMS, Function, copied
from lstmlint.converting.archives.tree import Node, Path, Variable
from lstmlint.converting.notes import Refused
from lstmlint.reading.stored_weights import StoredWeight


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a tensor of the result is made from stored ones.

    layer: the path of the layer in the result, for messages.
    """

    stored: tuple[StoredWeight, ...]
    layer: Path
    function: Function = copied
    arguments: tuple[Any, ...] = ()


@dataclass(slots=True)
class Matched:
    """What is stored where: variable -> its recipe, and for quantized nodes all numbered tensors."""

    recipes: dict[Variable, Recipe]
    groups: dict[Node, dict[str, Recipe]]


def match(source: Node, target: Node, located: Located, sources: dict[Path, Path]) -> Matched:
    """Match the variables of two models.

    sources: path of a layer in the result -> that of the layer in the file that it comes from.
    Raises: Refused.
    """
    result = Matched({}, {})
    old = {node.path: node for node in source.walk()}
    for layer in target.layers():
        if not layer.all_variables():
            continue
        origin = old.get(sources.get(layer.path, layer.path))
        if origin is None:
            raise Refused(f"it is not known from which layer the weights of {shown(layer)} come")
        for one, recipe in pairs(origin, layer, located, layer.path):
            result.recipes[one] = recipe
        for node, group in quantized(origin, layer, located):
            result.groups[node] = {key: Recipe((weight,), layer.path) for key, weight in group.items()}
    return result


def pairs(source: Node, target: Node, located: Located, path: Path) -> Iterator[tuple[Variable, Recipe]]:
    """Yield the variables of a layer of the result with their recipes. Raises: Refused."""
    if target.any_quantized() or source.any_quantized():
        return
    old, new = source.all_variables(), target.all_variables()
    if [(meaning(one), one.shape) for one in old] == [(meaning(one), one.shape) for one in new]:
        for one, two in zip(old, new, strict=True):
            yield two, Recipe((located.tensors[one],), path)
        return
    if len(source.children) == len(target.children) and len(source.variables) == len(target.variables):
        table = TRANSFORMS.get((source.class_name, target.class_name), {})
        by_name = {one.name: one for one in source.variables}
        for one in target.variables:
            how = table.get(one.name)
            if how is None or not by_name.keys() >= set(how.sources):
                break
            arguments = tuple(one.shape if argument == "shape" else argument for argument in how.arguments)
            stored = tuple(located.tensors[by_name[name]] for name in how.sources)
            yield one, Recipe(stored, path, how.function, arguments)
        else:
            for inner, twin in zip(source.children, target.children, strict=True):
                yield from pairs(inner, twin, located, path)
            return
    raise Refused(
        f"the weights of the {source.class_name} {shown(source)} cannot be rearranged for the {target.class_name} in the"
        " result"
    )


def meaning(one: Variable) -> str:
    """Return the name of a variable without a prefix that releases disagree on: DepthwiseConv2D's depthwise_kernel."""
    return one.name.removeprefix("depthwise_")


def quantized(source: Node, target: Node, located: Located) -> Iterator[tuple[Node, dict[str, StoredWeight]]]:
    """Yield the nodes of a layer whose tensors are copied as they are numbered. Raises: Refused."""
    if not (source.any_quantized() or target.any_quantized()):
        return
    old_nodes, new_nodes = list(source.walk()), list(target.walk())
    same = [node.class_name for node in old_nodes] == [node.class_name for node in new_nodes]
    if not same or source.any_quantized() != target.any_quantized():
        raise Refused(f"the {source.class_name} {shown(source)} is quantized or has LoRA weights")
    for old, new in zip(old_nodes, new_nodes, strict=True):
        if old in located.groups:
            yield new, located.groups[old]
