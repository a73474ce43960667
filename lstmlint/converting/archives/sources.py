"""Where a file stores the variables of its model."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from lstmlint.converting.archives.tree import Node, Variable, legacy_order, number
from lstmlint.converting.notes import Refused
from lstmlint.model.findings import listing
from lstmlint.model.shapes import format_shape
from lstmlint.model.spec import Dialect
from lstmlint.model.values import show
from lstmlint.reading.stored_weights import StoredWeight, StoredWeights

Path = tuple[str, ...]

# The groups that hold the layers of a model in a Keras 3 file; those of tf.keras 2.12 to 2.14 come second.
LAYERS = ("layers", "_layer_checkpoint_dependencies")
# Projections of attention layers: the name of the layer -> its attribute.
PROJECTIONS = {
    "query": "query_dense", "key": "key_dense", "value": "value_dense", "gate": "gate_dense",
    "attention_output": "output_dense",
}  # fmt: skip


@dataclass(slots=True)
class Located:
    """The stored tensors of a model.

    tensors: those that are known by their meaning.
    groups: node -> number -> tensor, in a Keras 3 file: all that the file has for a node.
    places: node -> its group in a Keras 3 file.
    """

    tensors: dict[Variable, StoredWeight] = field(default_factory=dict)
    groups: dict[Node, dict[str, StoredWeight]] = field(default_factory=dict)
    places: dict[Node, Path] = field(default_factory=dict)


# Layers that Keras 1 stores like Keras 2. It has another layout for convolutions, and a matrix per gate.
SAME_IN_KERAS1 = frozenset({"Dense", "TimeDistributedDense", "Embedding", "BatchNormalization", "PReLU"})


def locate(root: Node, stored: StoredWeights, dialect: Dialect, backend: str | None = None) -> Located:
    """Return where the variables of a model are.

    backend: the backend of Keras that wrote the file.
    Raises: Refused if they are not all there, or do not fit.
    """
    for node in root.walk():
        old = dialect in ("keras0", "keras1") and node.class_name not in SAME_IN_KERAS1
        if old and node.variables:
            raise Refused(f"Keras 1 stores the weights of the {node.class_name} {shown(node)} in another layout")
        if backend == "theano" and "Conv" in node.class_name and node.variables:
            raise Refused(f"Theano stores the kernel of the {node.class_name} {shown(node)} reversed")
    if stored.layout == "keras3":
        found = in_groups(root, stored)
    elif stored.layout == "hdf5":
        found = Located(dict(in_order(root, stored, dialect)))
    else:
        found = Located(dict(by_name(root, stored, dialect)))
    check(root, found)
    return found


def check(root: Node, found: Located) -> None:
    """Raise Refused for a layer whose stored tensors are missing or have other shapes."""
    for node in root.walk():
        if node.quantized:
            if node.all_variables() and not found.groups.get(node):
                raise Refused(f"the file has no weights for the {node.class_name} {shown(node)}")
            continue
        for one in node.variables:
            tensor = found.tensors.get(one)
            if tensor is None:
                raise Refused(f"the file has no {one.name} for the {node.class_name} {shown(node)}")
            if tensor.shape != one.shape:
                raise Refused(
                    f"the {node.class_name} {shown(node)} needs {one.name} {format_shape(one.shape)}, but"
                    f" {format_shape(tensor.shape)} is stored"
                )


def shown(node: Node) -> str:
    """Return the name of a node with those of the models and layers around it."""
    return show("/".join(node.path) or node.name)


# Keras 3 files -----------------------------------------------------------------------------------------------


def in_groups(root: Node, stored: StoredWeights) -> Located:
    """Locate variables in a file with a group per object."""
    groups: dict[Path, dict[str, StoredWeight]] = defaultdict(dict)
    names: dict[Path, str] = {}
    known: set[Path] = set()
    for weight in stored.weights:
        groups[weight.path][weight.address.rpartition("/")[2]] = weight
        for depth in range(1, len(weight.path) + 1):
            known.add(weight.path[:depth])
            name = weight.names[depth - 1] if depth <= len(weight.names) else None
            if name is not None:
                names[weight.path[:depth]] = name
    attempts = []
    for twice in (True, False) if stored.twice else (False,):
        found = Located()
        fill(root, (), groups, known, names, found, twice)
        missing = sum(one not in found.tensors for one in root.all_variables())
        attempts.append((missing, found))
        if not missing:
            break
    found = min(attempts, key=lambda attempt: attempt[0])[1]
    share(root, found)
    return found


def fill(
    node: Node,
    place: Path,
    groups: dict[Path, dict[str, StoredWeight]],
    known: set[Path],
    names: dict[Path, str],
    found: Located,
    twice: bool,
) -> None:
    """Locate the variables of a node whose group is `place`, and of all nodes inside it."""
    found.places[node] = place
    stored = groups.get(place)
    if stored:
        found.groups[node] = stored
        if not node.quantized:
            for position, one in enumerate(node.own()):
                if str(position) in stored:
                    found.tensors.setdefault(one, stored[str(position)])
    if node.model:
        number(node.children, twice)
    listed = {names.get((*place, root, key)): (*place, root, key) for root, key in members(place, known, names)}
    for child in node.children:
        named = listed.get(child.name) if child.key else None
        inner = [named] if named else [(*place, *step) for step in steps(child)]
        fill(child, next((path for path in inner if path in known), inner[0]), groups, known, names, found, twice)


def members(place: Path, known: set[Path], names: dict[Path, str]) -> Iterator[tuple[str, str]]:
    """Yield (list, key) of the groups in a list at a place for which the file records a name."""
    for path in names:
        if len(path) == len(place) + 2 and path[:-2] == place and path in known:
            yield path[-2], path[-1]


def steps(node: Node) -> Iterator[Path]:
    """Yield the possible groups of a node, relative to that of the object around it."""
    if node.role == "layers":
        yield from ((layers, node.key) for layers in LAYERS)
    elif node.key:
        yield (node.role, node.key)
    else:
        attribute = PROJECTIONS.get(node.role, node.role)
        yield (attribute,)
        yield (f"_{attribute}",)


def share(root: Node, found: Located) -> None:
    """Locate layers that Keras stored once although they occur in several models: they have the same name."""
    places = {(node.name, node.class_name): node for node in root.walk() if node in found.groups}
    for node in root.walk():
        twin = places.get((node.name, node.class_name))
        if node.variables and node not in found.groups and twin is not None:
            found.groups[node] = found.groups[twin]
            for one, other in zip(node.variables, twin.variables, strict=False):
                if one.shape == other.shape and other in found.tensors:
                    found.tensors[one] = found.tensors[other]


# HDF5 --------------------------------------------------------------------------------------------------------


def in_order(root: Node, stored: StoredWeights, dialect: Dialect) -> Iterator[tuple[Variable, StoredWeight]]:
    """Yield the variables of a model in HDF5, in which the order counts, with their tensors. Raises: Refused."""
    groups: dict[str, list[StoredWeight]] = {}
    for weight in stored.weights:
        groups.setdefault(weight.path[0], []).append(weight)
    layers = [child for child in root.children if child.all_variables()]
    if len(groups) != len(layers):
        raise Refused(f"{len(layers)} layers of the model have weights, but {len(groups)} groups of weights are stored")
    if {layer.name for layer in layers} != groups.keys():
        groups = {layer.name: group for layer, group in zip(layers, groups.values(), strict=True)}
    for layer in layers:
        yield from matched(layer, groups[layer.name], dialect)


def matched(layer: Node, stored: list[StoredWeight], dialect: Dialect) -> Iterator[tuple[Variable, StoredWeight]]:
    """Yield the variables of one layer with the stored tensors.

    Keras takes them in order. A user may have frozen layers before or after they were saved, which changes the order, so
    an order with the stored names is preferred. Raises: Refused.
    """
    if layer.any_quantized():
        raise Refused(f"the {layer.class_name} {shown(layer)} is quantized or has LoRA weights")
    first = legacy_order(layer, dialect)
    if len(first) != len(stored):
        raise Refused(
            f"the {layer.class_name} {shown(layer)} needs {len(first)} weights, but {len(stored)} are stored for it"
        )
    plain = layer.all_variables()
    orders = [first, sorted(plain, key=lambda one: not one.trainable), plain]
    fitting = [order for order in orders if all(one.shape == two.shape for one, two in zip(order, stored, strict=True))]
    named = [order for order in fitting if all(same_name(one, two) for one, two in zip(order, stored, strict=True))]
    if not fitting:
        wrong = [two for one, two in zip(first, stored, strict=True) if one.shape != two.shape]
        what = listing([f"{'/'.join((*one.path[1:], one.name))} {format_shape(one.shape)}" for one in wrong])
        raise Refused(f"the weights stored for the {layer.class_name} {shown(layer)} do not fit: {what}")
    yield from zip((named or fitting)[0], stored, strict=True)


def same_name(one: Variable, stored: StoredWeight) -> bool:
    """Return whether a stored weight has the name of a variable. Keras may number names: kernel_1."""
    name, _, rest = stored.name.partition(one.name)
    return not name and (not rest or (rest.startswith("_") and rest[1:].isdigit()))


# TensorFlow.js -----------------------------------------------------------------------------------------------


def by_name(root: Node, stored: StoredWeights, dialect: Dialect) -> Iterator[tuple[Variable, StoredWeight]]:
    """Yield the variables of a TensorFlow.js model, whose tensors begin with the name of their layer. Raises: Refused."""
    layers = [layer for layer in root.layers() if layer.all_variables()]
    names = {tuple(layer.name.split("/")): layer for layer in layers}
    if len(names) < len(layers):
        raise Refused("several layers have the same name, which the names of the weights do not tell apart")
    groups: dict[Node, list[StoredWeight]] = {}
    for weight in stored.weights:
        parts = tuple(weight.address.split("/"))
        layer = owner(parts, names)
        if layer is not None:
            groups.setdefault(layer, []).append(weight)
    for layer in layers:
        if layer not in groups:
            raise Refused(f"the file has no weights for the {layer.class_name} {shown(layer)}")
        yield from matched(layer, groups[layer], dialect)


def owner(parts: Path, names: dict[Path, Node]) -> Node | None:
    """Return the layer with the longest name in the parts of a weight's name, after the names of models."""
    for start in range(len(parts)):
        for stop in range(len(parts) - 1, start, -1):
            if parts[start:stop] in names:
                return names[parts[start:stop]]
    return None
