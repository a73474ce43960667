"""Stored weights as a second witness: where they agree, they fill in what was unknown; where not, say so."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from math import prod

from lstmlint.inference.summary import LayerSummary, ModelSummary
from lstmlint.layers.base import Layer, Weight
from lstmlint.layers.normalization import SpectralNormalization, kernel_of
from lstmlint.model.findings import Problem, ReadError
from lstmlint.model.shapes import format_shape
from lstmlint.parsing.common import snake_case
from lstmlint.reading.stored_weights import StoredWeight, StoredWeights

# Variables that no training changes, by the names that Keras's own layers give them.
_NOT_TRAINED = ("moving_mean", "moving_variance", "count", "seed_generator_state")
_SHOWN = 4


def confirm(model: ModelSummary, read_headers: Callable[[], StoredWeights | None]) -> list[Problem]:
    """Compare a model's weights with those stored beside it, layer by layer; fill in layers that were unknown.

    A disagreement becomes a problem S139 of the model; E012 is answered where what is stored cannot be read.
    """
    try:
        stored = read_headers()
    except (ReadError, OSError) as error:
        message = f"the weights stored beside the model cannot be read: {error}"
        return [Problem("E012", message, "Save the model again; with --no-weights they are not looked at.")]
    if stored:
        compare(model, stored)
    return []


def compare(model: ModelSummary, stored: StoredWeights) -> None:
    """The same, with weights that have been read."""
    by_layer = _group(model, stored)
    old = model.spec.dialect in ("keras0", "keras1")
    for row in [] if old else _without_weights(model, stored):
        _compare(row, [], model, old)
    _confirm(model, model, by_layer, old)


def _without_weights(model: ModelSummary, stored: StoredWeights) -> list[LayerSummary]:
    """The layers for which Keras finds nothing stored.

    In a .keras archive it looks for a layer's key; in HDF5 it takes the layers with weights in their order and
    refuses where there are not as many, so that one that was renamed is found. TensorFlow.js has names of its own.
    """
    rows = [row for row in model.layers if row.used and row.params and row.weights]
    if stored.layers is None or not stored.weights or len(rows) < 2:
        return []
    stored_keys = {weight.key for weight in stored.weights if weight.key}
    names = {owner for weight in stored.weights for owner in weight.owners[: None if stored_keys else 1]}
    if not stored_keys:
        return [row for row in rows if row.name not in names] if len(names) < len(rows) else []
    if model.spec.dialect != "keras3":
        return []
    key_of = {name: key for key, name in _keys(model, stored.twice).items()}
    missing = [row for row in rows if key_of[row.name] not in stored_keys and row.name not in names]
    return missing if len(missing) < len(rows) else []  # else it keeps them in another way


def _keys(model: ModelSummary, twice: bool) -> dict[str, str]:
    """What Keras 3 calls the layers in an archive, and their names: it counts those of a class (lstm, lstm_1, ...).

    twice: whether it counted layers with weights twice.
    """
    keys: dict[str, str] = {}
    numbers: dict[str, int] = {}
    for row in model.layers:
        if row.used:
            key = snake_case(row.class_name)
            number = numbers.get(key, 0)
            numbers[key] = number + (2 if twice and row.params != 0 else 1)
            keys[f"{key}_{number}" if number else key] = row.name
    return keys


def _group(model: ModelSummary, stored: StoredWeights) -> dict[str, list[StoredWeight]]:
    """The stored weights by the names of the layers around them; names that several layers share are left out."""
    counts: dict[str, int] = {}
    for row in model.walk():
        counts[row.name] = counts.get(row.name, 0) + 1
    keys = _keys(model, stored.twice)
    groups: dict[str, list[StoredWeight]] = {}
    for weight in stored.weights:
        owners = weight.owners or ((keys[weight.key],) if weight.key in keys else ())
        for owner in dict.fromkeys(owners):
            if counts.get(owner) == 1:
                groups.setdefault(owner, []).append(weight)
    if stored.weights:  # a layer that is mentioned without weights has none
        mentioned = counts if stored.layers is None else {keys.get(name, name) for name in stored.layers}
        for name in mentioned:
            if counts.get(name) == 1:
                groups.setdefault(name, [])
    return groups


def _confirm(
    model: ModelSummary, top: ModelSummary, stored: dict[str, list[StoredWeight]], old: bool, frozen: bool = False
) -> list[Weight]:
    """Compare and fill in; the weights that were added to what the model counts."""
    frozen = frozen or not model.spec.trainable
    added: list[Weight] = []
    for row in model.layers:
        found = stored.get(row.name)
        new: list[Weight] = []
        if row.nested is not None:
            new = _confirm(row.nested, top, stored, old, frozen)
            row.weights = [*row.weights, *new]
            if new and row.nested.complete:
                row.params, row.trainable_params = row.nested.params, row.nested.trainable_params
        elif row.params is not None:
            if found and row.weights:
                _compare(row, found, top, old)
        elif found is not None and not row.layer.failed and (found or not row.known):
            new = row.weights = _as_weights(row, found, frozen)
            row.params = sum(weight.size for weight in new)
            row.trainable_params = sum(weight.size for weight in new if weight.trainable)
        if row.used:
            added += new
    for weight in added:
        model.params += weight.size
        if weight.trainable:
            model.trainable_params += weight.size
            model.trainable_bytes += weight.bytes
        model.weight_bytes += weight.bytes
        model.bytes_by_dtype[weight.dtype] = model.bytes_by_dtype.get(weight.dtype, 0) + weight.bytes
    model.complete = all(row.params is not None for row in model.layers if row.used)
    return added


def _compare(row: LayerSummary, found: list[StoredWeight], top: ModelSummary, old: bool) -> None:
    ours = sorted(weight.shape for weight in row.weights)
    theirs = sorted(weight.shape for weight in found)
    if ours == theirs or (old and sum(map(prod, ours)) == sum(map(prod, theirs))):
        return
    # A .keras archive holds a kernel with its LoRA update added, and not the update.
    if theirs == sorted(weight.shape for weight in row.weights if "lora_" not in weight.name):
        return
    if theirs == sorted([*ours, *_kept_twice(row.layer)]):
        return
    top.problems.append(
        Problem(
            "S139",
            f"the config gives {row.class_name} {row.name!r} the weights {_shown(ours)}, but stored beside it are"
            f" {_shown(theirs)}; Keras cannot load them",
            "Give the architecture that the weights were saved with, or the weights that belong to it.",
            row.name,
            row.pointer,
        )
    )


def _kept_twice(layer: Layer) -> Iterator[tuple[int, ...]]:
    """The shapes of the kernels that a .keras archive holds for SpectralNormalization, and again for what it wraps."""
    if isinstance(layer, SpectralNormalization):
        kernel = kernel_of(layer.inner)
        if kernel is not None:
            yield kernel.shape
    for inner in layer.sublayers:
        yield from _kept_twice(inner)


def _shown(shapes: list[tuple[int, ...]]) -> str:
    more = f" and {len(shapes) - _SHOWN} more" if len(shapes) > _SHOWN else ""
    return (", ".join(map(format_shape, shapes[:_SHOWN])) or "none") + more


def _as_weights(row: LayerSummary, found: Iterable[StoredWeight], frozen: bool) -> list[Weight]:
    """What is stored for a layer, as its weights."""
    return [
        Weight(
            "/".join((*(owner for owner in weight.owners if owner != row.name), weight.name)),
            weight.shape,
            weight.dtype,
            row.spec.trainable and not frozen and weight.name not in _NOT_TRAINED,
        )
        for weight in found
    ]
