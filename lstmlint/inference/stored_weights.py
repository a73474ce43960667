"""Weights stored with a model: compare them with the inferred ones, and fill in the counts of unknown layers.

A stored weight belongs to the layer whose group holds it, never to a layer that merely occurs in its path.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from math import prod
from typing import Any

from lstmlint.inference.summary import LayerSummary, ModelSummary
from lstmlint.inference.totals import ParamTotals
from lstmlint.layers.base import Layer, Weight
from lstmlint.layers.normalization import SpectralNormalization, kernel_of
from lstmlint.layers.user_defined import DescribedLayer
from lstmlint.model.findings import Problem, ReadError, listing
from lstmlint.model.limits import LimitError
from lstmlint.model.shapes import format_shape
from lstmlint.model.values import show
from lstmlint.parsing.common import snake_case
from lstmlint.reading.stored_weights import ROOTS, MissingH5pyError, StoredWeight, StoredWeights
from lstmlint.signatures.built import SEQUENTIAL_WEIGHTS

# Variables that training does not change, by the names that Keras's layers give them.
_NOT_TRAINED = ("moving_mean", "moving_variance", "count", "seed_generator_state")


def confirm(model: ModelSummary, read_headers: Callable[[], StoredWeights | None]) -> list[Problem]:
    """Compare a model's weights with the stored ones, and fill in unknown layers.

    Disagreements become problems of the model (S139, S140). Returns: E012 if the stored weights cannot be read.
    """
    try:
        stored = read_headers()
    except MissingH5pyError as error:
        unknown = [row.name for row in model.layers if row.used and row.params is None]
        if not unknown:
            return []  # the stored weights would only confirm the count
        message = f"the weights of {listing(unknown)} are stored with the model but not read: {error}"
        return [Problem("E012", message, error.help)]
    except (ReadError, OSError) as error:
        message = f"the weights stored with the model cannot be read: {error}"
        if isinstance(error, LimitError):
            return [Problem("E012", message, error.help, severity="error")]
        return [Problem("E012", message, "Save the model again, or ignore stored weights with --no-weights.")]
    if stored:
        compare(model, stored)
        found = [_danger(what) for what in stored.dangers]
        return [*found, _backslashes(model)] if stored.backslashes else found
    return []


def _danger(what: str) -> Problem:
    message = (
        f"in the stored weights, {what}; Keras 3.0 to 3.13 before 3.13.2 reads it or allocates it on loading"
        " (CVE-2026-0897, CVE-2026-1669)"
    )
    return Problem("X816", message, "Do not load the file.")


def _backslashes(model: ModelSummary) -> Problem:
    message = (
        "the archive was saved on Windows by a version of tf.keras that stores weights under paths with backslashes:"
        " tf.keras on Linux and macOS finds none of them, and raises a ValueError"
    )
    advice = "Load the model on Windows, and save it in the .h5 format there."
    return Problem("P612", message, advice, pointer=model.spec.pointer)


def compare(model: ModelSummary, stored: StoredWeights) -> None:
    """Compare a model's weights with `stored`, and fill in unknown layers."""
    old = model.spec.dialect in ("keras0", "keras1")
    owned = _Attribution(model, stored)
    for row in [] if old else _without_weights(model, stored, owned):
        _compare(row, [], model, old)
    _fill_in(model, model, owned, old)
    if owned.unattributed:
        _report_unattributed(model, owned.unattributed)


class _Attribution:
    """The attribution of stored weights to layers.

    by_row: id of a row -> its stored weights; a row that the file mentions without weights has an empty list.
    unattributed: weights that belong to no layer of the model.
    """

    def __init__(self, model: ModelSummary, stored: StoredWeights) -> None:
        self.by_row: dict[int, list[StoredWeight]] = {}
        self.unattributed: list[StoredWeight] = []
        self._twice = stored.twice
        self._keys: dict[int, dict[str, LayerSummary]] = {}
        self._own: dict[int, dict[str, LayerSummary]] = {}
        self._names: dict[int, dict[tuple[str, ...], LayerSummary | None]] = {}
        owner = self._owner_by_group if stored.layout == "keras3" else self._owner_by_name
        known = {row.name for row in model.walk()}
        for weight in stored.weights:
            row = owner(model, weight)
            if row is not None and row.nested is None:
                self.by_row.setdefault(id(row), []).append(weight)
            elif not known.intersection(weight.path[:1]):  # else several layers have the name
                self.unattributed.append(weight)
        self._settle(model)
        if stored.weights:
            self._add_mentioned(model, stored)

    def get(self, row: LayerSummary) -> list[StoredWeight] | None:
        """Return the stored weights of a layer; None if the file does not mention it."""
        return self.by_row.get(id(row))

    def any_of(self, row: LayerSummary) -> bool:
        """Return whether weights are stored for a layer, or for a layer of a nested model."""
        return bool(self.get(row)) or (row.nested is not None and any(map(self.any_of, row.nested.layers)))

    def _settle(self, model: ModelSummary) -> None:
        """Drop unattributed weights that probably belong, under other names, to layers without stored weights."""
        left = Counter(weight.shape for weight in self.unattributed)
        starved = [row for row in model.walk() if row.nested is None and id(row) not in self.by_row]
        if left <= Counter(weight.shape for row in starved for weight in row.weights):
            self.unattributed = []

    def _add_mentioned(self, model: ModelSummary, stored: StoredWeights) -> None:
        """Add an empty list for each layer that the file mentions without weights."""
        if stored.layers is None:
            if not self.unattributed:  # else an unknown layer may own them
                for row in model.walk():
                    self.by_row.setdefault(id(row), [])
            return
        keys = self.keys(model)
        for row in model.walk():
            if row.name in stored.layers:
                self.by_row.setdefault(id(row), [])
        for key in stored.layers:
            if key in keys:
                self.by_row.setdefault(id(keys[key]), [])

    def _owner_by_group(self, model: ModelSummary, weight: StoredWeight) -> LayerSummary | None:
        """Return the owner in a weights file of Keras 3, in which each group below "layers" is one layer."""
        found: LayerSummary | None = None
        level: ModelSummary | None = model
        at = 0
        while level is not None and at + 1 < len(weight.path):
            if weight.path[at] not in ROOTS:  # inside a wrapper
                at += 1
                continue
            row = self._child(level, weight.path[at + 1], weight.names[at + 1])
            if row is None:
                break
            found, level, at = row, row.nested, at + 2
        return found

    def _child(self, level: ModelSummary, key: str, name: str | None) -> LayerSummary | None:
        own = self.own(level)
        for candidate in (name, None if key in self.keys(level) else key):
            if candidate is not None and candidate in own:
                return own[candidate]
        return self.keys(level).get(key) if name is None else None

    def _owner_by_name(self, model: ModelSummary, weight: StoredWeight) -> LayerSummary | None:
        """Return the owner whose name is the longest beginning of the path."""
        found: LayerSummary | None = None
        level: ModelSummary | None = model
        path = tuple(part for group in weight.path for part in group.split("/"))
        while level is not None and path:
            names = self.names(level)
            size = next((size for size in range(len(path), 0, -1) if names.get(path[:size]) is not None), 0)
            if size:
                found = names[path[:size]]
                path = path[size:]
                level = found.nested if found is not None else None
            elif path[0] == level.spec.name or (found is not None and path[0] == found.name):
                path = path[1:]
            else:
                break
        return found

    def keys(self, level: ModelSummary) -> dict[str, LayerSummary]:
        """Return the keys of a model's layers in a weights file of Keras 3, which numbers the layers of a class."""
        if id(level) not in self._keys:
            keys = self._keys[id(level)] = {}
            numbers: Counter[str] = Counter()
            for row in level.layers:
                if row.used:
                    key = snake_case(row.class_name)
                    keys[f"{key}_{numbers[key]}" if numbers[key] else key] = row
                    numbers[key] += 2 if self._twice and row.params != 0 else 1
        return self._keys[id(level)]

    def own(self, level: ModelSummary) -> dict[str, LayerSummary]:
        """Return the layers of a model by name, without those of nested models."""
        if id(level) not in self._own:
            self._own[id(level)] = {row.name: row for row in level.layers}
        return self._own[id(level)]

    def names(self, level: ModelSummary) -> dict[tuple[str, ...], LayerSummary | None]:
        """Return the layers of a model and its nested models by the parts of their names; None if several share a name."""
        if id(level) not in self._names:
            names = self._names[id(level)] = {}
            own = {tuple(name.split("/")): row for name, row in self.own(level).items()}
            for row in level.walk():
                key = tuple(row.name.split("/"))
                names[key] = own.get(key, None if key in names else row)
        return self._names[id(level)]


def _without_weights(model: ModelSummary, stored: StoredWeights, owned: _Attribution) -> list[LayerSummary]:
    """Return the layers for which Keras finds no stored weights.

    In a Keras 3 file it looks for the layer's key. In HDF5 it takes the layers with weights in order, so it finds a
    renamed layer, and refuses a different number of layers. TensorFlow.js uses names of its own.
    """
    rows = [row for row in model.layers if row.used and row.params and row.weights]
    if stored.layers is None or not stored.weights or len(rows) < 2:
        return []
    missing = [row for row in rows if not owned.any_of(row)]
    if stored.layout == "hdf5":
        groups = {weight.path[0] for weight in stored.weights}
        return [row for row in missing if row.name not in groups] if len(groups) < len(rows) else []
    if model.spec.dialect != "keras3":
        return []
    return missing if len(missing) < len(rows) else []  # else the file has another layout


def _report_unattributed(model: ModelSummary, weights: list[StoredWeight]) -> None:
    size = sum(prod(weight.shape) for weight in weights)
    model.complete = False
    model.unattributed_params = size
    names = list(dict.fromkeys("/".join((*weight.path, weight.name)) for weight in weights))
    model.problems.append(
        Problem(
            "S140",
            f"{size:,} stored parameters belong to no layer of the model: {listing([*map(show, names)])};"
            " the total does not include them",
            "Check that config and weights belong together. For layers of your own, describe them in"
            " [tool.lstmlint.custom-layers].",
            pointer=model.spec.pointer,
        )
    )


def _fill_in(
    model: ModelSummary, top: ModelSummary, owned: _Attribution, old: bool, frozen: bool = False
) -> tuple[list[Weight], list[Weight]]:
    """Compare each layer, and fill in unknown ones.

    Returns the weights that were added to the model's count, and those that they replace: the known weights of layers
    of which others were unknown.
    """
    frozen = frozen or not model.spec.trainable
    added: list[Weight] = []
    replaced: list[Weight] = []
    for row in model.layers:
        found = owned.get(row)
        new: list[Weight] = []
        partial: list[Weight] = []
        if row.nested is not None:
            new, partial = _fill_in(row.nested, top, owned, old, frozen)
            if new:
                row.weights = [*row.weights, *new]
                for weight in partial:
                    row.weights.remove(weight)
                if row.nested.complete:
                    row.params, row.trainable_params = row.nested.params, row.nested.trainable_params
        elif row.params is not None:
            if found and row.weights:
                _compare(row, found, top, old)
        elif found is not None and not row.layer.failed and (found or not row.known):
            partial, new = row.weights, _as_weights(row, found, frozen)
            row.weights = new
            row.params = sum(weight.size for weight in new)
            row.trainable_params = sum(weight.size for weight in new if weight.trainable)
        if row.used:
            added += _inside(row, new)
            replaced += _inside(row, partial)
    for sign, weights in ((1, added), (-1, replaced)):
        totals = ParamTotals(weights)
        model.params += sign * totals.params
        model.trainable_params += sign * totals.trained
        model.trainable_bytes += sign * totals.trained_bytes
        model.weight_bytes += sign * totals.bytes
        for dtype, size in totals.by_dtype.items():
            model.bytes_by_dtype[dtype] = model.bytes_by_dtype.get(dtype, 0) + sign * size
    model.complete = all(row.params is not None for row in model.layers if row.used)
    return added, replaced


def _inside(row: LayerSummary, weights: list[Weight]) -> list[Weight]:
    """Return a layer's weights with the names that they have in the model around it."""
    return [Weight(f"{row.name}/{one.name}", one.shape, one.dtype, one.trainable) for one in weights]


def _compare(row: LayerSummary, found: list[StoredWeight], top: ModelSummary, old: bool) -> None:
    ours = sorted(weight.shape for weight in row.weights)
    theirs = sorted(weight.shape for weight in found)
    if ours == theirs or (old and sum(map(prod, ours)) == sum(map(prod, theirs))):
        return
    # A .keras archive contains kernels with their LoRA update already added, without the update itself.
    if theirs == sorted(weight.shape for weight in row.weights if "lora_" not in weight.name):
        return
    if theirs == sorted([*ours, *_kept_twice(row.layer)]):
        return
    if isinstance(row.layer, DescribedLayer):
        described, stored = row.params, sum(map(prod, theirs))
        if described != stored:
            top.problems.append(
                Problem(
                    "S139",
                    f"the settings describe {row.class_name} {show(row.name)} with {described:,} parameters, but {stored:,}"
                    " are stored",
                    f"Set params to {stored}.",
                    row.name,
                    row.pointer,
                    "warning",
                )
            )
        return
    data: dict[str, Any] = {}
    verdict = "Keras cannot load them"
    if row.class_name == "Sequential" and not theirs and top.spec.dialect == "keras3":
        data["since"] = SEQUENTIAL_WEIGHTS
        verdict = "Keras 3.5 and later cannot load them, and earlier releases leave them as initialized"
    message = (
        f"the config gives {row.class_name} {show(row.name)} the weights {_shown(ours)}, but the stored weights are"
        f" {_shown(theirs)}; {verdict}"
    )
    advice = "Use the config that the weights were saved with, or train the model again."
    argument = _other_argument(row, ours, theirs)
    if argument is not None:
        advice = f'Set "{argument[0]}" to {str(argument[1]).lower()}, as when the weights were saved.'
    elif not theirs:
        advice = f"The weights come from a model without {show(row.name)}: use its config, or train this model again."
    elif not Counter(theirs) - Counter(ours):
        count = len(ours) - len(theirs)
        advice = f"The file lacks {count} of the {len(ours)} weights: save the model again, or train it again."
    top.problems.append(Problem("S139", message, advice, row.name, row.pointer, data=data))


def _other_argument(
    row: LayerSummary, ours: list[tuple[int, ...]], theirs: list[tuple[int, ...]]
) -> tuple[str, bool] | None:
    """Return the argument with which a layer was saved, and its value; None unless biases are the only difference."""
    expected, found = Counter(ours), Counter(theirs)
    use_bias, difference = row.config.get("use_bias"), [*(expected - found), *(found - expected)]
    if isinstance(use_bias, bool) and len(ours) != len(theirs) and all(len(shape) == 1 for shape in difference):
        return "use_bias", not use_bias
    for reset_after, with_it, without_it in (
        (False, expected - found, found - expected),
        (True, found - expected, expected - found),
    ):
        if with_it and all(len(shape) == 2 and shape[0] == 2 for shape in with_it):
            if Counter({shape[1:]: count for shape, count in with_it.items()}) == without_it:
                return "reset_after", reset_after
    return None


def _kept_twice(layer: Layer) -> Iterator[tuple[int, ...]]:
    """Yield the shapes of kernels that a .keras archive contains twice: for SpectralNormalization and for its inner
    layer.
    """
    if isinstance(layer, SpectralNormalization):
        kernel = kernel_of(layer.inner)
        if kernel is not None:
            yield kernel.shape
    for inner in layer.sublayers:
        yield from _kept_twice(inner)


def _shown(shapes: list[tuple[int, ...]]) -> str:
    return listing([*map(format_shape, shapes)]) or "none"


def _as_weights(row: LayerSummary, found: list[StoredWeight], frozen: bool) -> list[Weight]:
    """Return the weights stored for a layer."""
    moving = _moving_statistics(row, found)
    return [
        Weight(
            "/".join((*_inner_path(row, weight), weight.name)),
            weight.shape,
            weight.dtype,
            row.spec.trainable and not frozen and weight.name not in _NOT_TRAINED and id(weight) not in moving,
        )
        for weight in found
    ]


def _moving_statistics(row: LayerSummary, found: list[StoredWeight]) -> set[int]:
    """Return the ids of weights without names that a BatchNormalization averages instead of training them.

    They are the last two of its group. A group is taken for one if its name says so, or if it is below another layer and
    consists of four equal vectors: gamma, beta, moving mean, and moving variance.
    """
    groups: dict[tuple[str, ...], list[StoredWeight]] = {}
    for weight in found:
        if weight.name.startswith("weight_"):
            groups.setdefault(weight.path, []).append(weight)
    moving: set[int] = set()
    for path, weights in groups.items():
        name = (weights[0].names[-1] if weights[0].names else None) or path[-1]
        named = name.startswith("batch_normalization") or row.class_name == "BatchNormalization"
        vectors = len({weight.shape for weight in weights}) == 1 and len(weights[0].shape) == 1
        if vectors and (2 <= len(weights) <= 4 if named else len(weights) == 4 and path[-2] not in ROOTS):
            moving.update(map(id, sorted(weights, key=lambda weight: weight.name)[-2:]))
    return moving


def _inner_path(row: LayerSummary, weight: StoredWeight) -> list[str]:
    """Return the groups between a layer and its weight, which are its inner layers."""
    layers = weight.names or weight.path
    return [name for name in layers if name is not None and name != row.name]
