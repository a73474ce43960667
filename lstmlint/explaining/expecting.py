"""Which mistake makes a given number of a count.

Every mistake of every layer in question is tried alone, and where none fits, two of a layer together. What
fits is told with its arithmetic; where nothing fits, that is said, with the nearest numbers beside it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import combinations
from typing import TYPE_CHECKING, Any

from lstmlint.explaining.arithmetic import amount, equation
from lstmlint.explaining.recipes import COMMON, ODD, RARE, USUAL, Mistake, Recipe

if TYPE_CHECKING:
    from lstmlint.explaining.explanation import Explanation, LayerExplanation, WeightExplanation

# Pairs of mistakes are tried in this many different layers at most.
MAX_PAIRED = 500


@dataclass(slots=True)
class Match:
    """One way to the number.

    scope: "layer" where it is the count of the layers named, "total" where it is the model's with that of
    the layers changed. mistakes: their keys. arithmetic: the formula that comes to the number.
    """

    scope: str
    layers: list[str]
    mistakes: list[str]
    title: str
    text: str
    arithmetic: str
    rank: tuple[int, int] = (1, 0)

    def to_dict(self) -> dict[str, Any]:
        """As plain data."""
        return {
            "scope": self.scope,
            "layers": self.layers,
            "mistakes": self.mistakes,
            "title": self.title,
            "text": self.text,
            "arithmetic": self.arithmetic,
        }


@dataclass(slots=True)
class Quantity:
    """A number that a mistake gives, and what it would be."""

    value: int
    what: str

    def to_dict(self) -> dict[str, Any]:
        """As plain data."""
        return {"value": self.value, "what": self.what}


@dataclass(slots=True)
class Expectation:
    """What was found out about a number.

    right: what it really is the count of. matches: the mistakes that lead to it, the likeliest first.
    nearest: where there are none, the numbers next to it that a mistake gives. hints: and what is odd about it.
    """

    number: int
    right: list[str] = field(default_factory=list)
    matches: list[Match] = field(default_factory=list)
    nearest: list[Quantity] = field(default_factory=list)
    hints: list[str] = field(default_factory=list)

    def to_dict(self) -> dict[str, Any]:
        """As plain data."""
        return {
            "number": self.number,
            "right": self.right,
            "matches": [match.to_dict() for match in self.matches],
            "nearest": [quantity.to_dict() for quantity in self.nearest],
            "hints": self.hints,
        }


@dataclass(slots=True)
class Group:
    """Layers that count alike: the same recipe in the same surroundings."""

    recipe: Recipe
    truth: int
    layers: list[LayerExplanation]
    mistakes: list[Mistake]

    @property
    def names(self) -> list[str]:
        """Their paths."""
        return [layer.path for layer in self.layers]


def search(explanation: Explanation, number: int) -> Expectation:
    """Everything that leads to the number from what is explained."""
    found = Expectation(number)
    layers = list(explanation.leaves())
    scoped = explanation.model is not None and not explanation.detailed
    total = explanation.params if scoped and explanation.complete else None
    if total == number:
        found.right = ["the model"]
        return found
    found.right = [layer.path for layer in explanation.layers if layer.params == number]
    found.right += [layer.path for layer in layers if layer.params == number and layer.path not in found.right]
    if len(layers) == 1:  # its count and the total are one
        total = None
    groups = grouped(layers)
    singles = list(single(groups, total))
    singles += list(others(explanation, layers, total))
    known = found.right
    fitting = [(value, match) for value, match in singles if value == number]
    if known:  # a true count of one thing is not a wrong one of another, unless a layer was left out
        fitting = [item for item in fitting if item[1].mistakes == ["layer-left-out"]]
    elif not fitting:
        fitting = [item for item in pairs(groups, total) if item[0] == number]
    found.matches = merged(sorted((match for _, match in fitting), key=lambda match: match.rank))
    if found.matches and found.matches[0].rank <= (1, USUAL):  # "the kernel only" says no more than "no bias"
        found.matches = [match for match in found.matches if match.mistakes[0] not in ("one-weight-only", "macs")]
    if not known and not found.matches:
        found.nearest = nearest(singles, number, layers, total)
        found.hints = list(multiples(number, groups))
    return found


def merged(matches: Iterable[Match]) -> list[Match]:
    """The matches, those that say the same of different layers as one."""
    kept: dict[tuple[str, str, str, str], Match] = {}
    for match in matches:
        same = kept.setdefault((match.scope, match.title, match.text, match.arithmetic), match)
        if same is not match:
            same.layers += [name for name in match.layers if name not in same.layers]
    return list(kept.values())


def multiples(number: int, groups: list[Group]) -> Iterator[str]:
    """True counts that the number is a multiple of, where a dimension is open that may have been multiplied in."""
    for group in groups:
        facts = group.layers[0].facts
        open_dims = [
            name
            for name, dim, there in (
                ("batch size", facts.batch, facts.input_shape is not None),
                ("number of timesteps", facts.timesteps, facts.sequence),
            )
            if there and dim is None
        ]
        small = group.truth < 20 and len(groups) > 1  # too many numbers are multiples of a small one
        if open_dims and not small and number > group.truth and number % group.truth == 0:
            yield (
                f"{amount(number)} is exactly {amount(number // group.truth)} times the true count of"
                f" {group.names[0]}. If that is the {' or the '.join(open_dims)}, which the model leaves open, it was"
                " multiplied in, and does not belong there."
            )


def grouped(layers: Iterable[LayerExplanation]) -> list[Group]:
    """The layers whose recipe is known, those alike together."""
    groups: dict[Any, Group] = {}
    for layer in layers:
        recipe = layer.recipe
        truth = None if recipe is None else recipe.value
        if recipe is None or truth is None:
            continue
        key = (recipe, layer.facts)
        if key not in groups:
            groups[key] = Group(recipe, truth, [], list(recipe.mistakes(layer.facts)))
        groups[key].layers.append(layer)
    return list(groups.values())


def single(groups: list[Group], total: int | None) -> Iterator[tuple[int, Match]]:
    """Every mistake by itself: in one layer, for its count or the total; in all layers, for the total."""
    everywhere: dict[str, list[tuple[Group, Mistake, int]]] = {}
    for group in groups:
        for mistake in group.mistakes:
            changed = mistake.change(group.recipe)
            wrong = changed.value
            if wrong is None:
                continue
            rank = (1, mistake.rank)
            yield (
                wrong,
                Match(
                    "layer", group.names, [mistake.key], mistake.title, mistake.text, equation(changed.formula()), rank
                ),
            )
            everywhere.setdefault(mistake.key, []).append((group, mistake, wrong))
            used = [layer for layer in group.layers if layer.row is None or layer.row.used]
            if total is not None and used:
                sums = f"{equation(changed.formula())}; {swapped(total, group.truth, wrong)}"
                names = [layer.path for layer in used]
                yield (
                    total - group.truth + wrong,
                    Match(
                        "total",
                        names[:1] if len(names) == 1 else names,
                        [mistake.key],
                        mistake.title,
                        mistake.text,
                        sums,
                        rank,
                    ),
                )
    if total is None:
        return
    for key, made in everywhere.items():
        counted = [
            (group, m, wrong, sum(layer.row is None or layer.row.used for layer in group.layers))
            for group, m, wrong in made
        ]
        if sum(many for *_, many in counted) < 2:
            continue
        difference = sum((wrong - group.truth) * many for group, _, wrong, many in counted)
        mistake = made[0][1]
        names = [name for group, *_ in made for name in group.names]
        sign = "+" if difference > 0 else "−"
        yield (
            total + difference,
            Match(
                "total",
                names,
                [key],
                f"{mistake.title}, in every layer",
                f"In {made[0][0].names[0]}, for instance: {mistake.text}",
                f"{amount(total)} {sign} {amount(abs(difference))} = {amount(total + difference)}",
                (1, mistake.rank + 1),
            ),
        )


def swapped(total: int, truth: int, wrong: int) -> str:
    """The model's total with one layer's count replaced."""
    return f"total {amount(total)} − {amount(truth)} + {amount(wrong)} = {amount(total - truth + wrong)}"


def pairs(groups: list[Group], total: int | None) -> Iterator[tuple[int, Match]]:
    """Two mistakes in one layer that both matter."""
    for group in groups[:MAX_PAIRED]:
        alone = {mistake.key: mistake.change(group.recipe).value for mistake in group.mistakes}
        for first, second in combinations(group.mistakes, 2):
            changed = second.change(first.change(group.recipe))
            wrong = changed.value
            if wrong is None or wrong in (group.truth, alone[first.key], alone[second.key]):
                continue
            title = f"{first.title}, and {second.title}"
            text = f"{first.text} And: {second.text}"
            rank = (2, first.rank + second.rank)
            keys = [first.key, second.key]
            arithmetic = equation(changed.formula())
            yield wrong, Match("layer", group.names, keys, title, text, arithmetic, rank)
            if total is not None:
                sums = f"{arithmetic}; {swapped(total, group.truth, wrong)}"
                yield total - group.truth + wrong, Match("total", group.names, keys, title, text, sums, rank)


def others(explanation: Explanation, layers: list[LayerExplanation], total: int | None) -> Iterator[tuple[int, Match]]:
    """Numbers that are no count gone wrong but a count of something else."""
    for layer in layers:
        yield from _of_layer(layer)
    if total is None or explanation.model is None:
        return
    model = explanation.model
    for layer in explanation.layers:
        if layer.params and layer.params != total and (layer.row is None or layer.row.used):
            yield (
                total - layer.params,
                Match(
                    "total",
                    [layer.path],
                    ["layer-left-out"],
                    "a layer left out",
                    "It is the total without that layer.",
                    f"{amount(total)} − {amount(layer.params)} = {amount(total - layer.params)}",
                    (1, USUAL),
                ),
            )
        calls = 1 if layer.row is None else layer.row.calls
        if layer.params and calls > 1:
            more = layer.params * (calls - 1)
            yield (
                total + more,
                Match(
                    "total",
                    [layer.path],
                    ["shared-counted-again"],
                    "a shared layer counted again",
                    f"The layer is called {calls} times and was counted {calls} times. It owns its weights once.",
                    f"{amount(total)} + {calls - 1} · {amount(layer.params)} = {amount(total + more)}",
                    (1, COMMON),
                ),
            )
        if layer.params and layer.row is not None and not layer.row.used:
            yield (
                total + layer.params,
                Match(
                    "total",
                    [layer.path],
                    ["unused-counted"],
                    "a layer counted that Keras drops",
                    "The model's outputs do not depend on that layer, so Keras drops it.",
                    f"{amount(total)} + {amount(layer.params)} = {amount(total + layer.params)}",
                    (1, COMMON),
                ),
            )
    yield from _trained(total, model.trainable_params, "total", [])
    if model.weight_bytes != total:
        yield (
            model.weight_bytes,
            Match(
                "total",
                [],
                ["bytes"],
                "bytes, not parameters",
                _BYTES,
                f"{amount(total)} parameters take {amount(model.weight_bytes)} bytes",
                (1, USUAL),
            ),
        )
    if model.macs:
        yield (
            model.macs,
            Match(
                "total",
                [],
                ["macs"],
                "multiplications, not parameters",
                _MACS,
                f"{amount(model.macs)} multiply-accumulates",
                (1, RARE),
            ),
        )


_BYTES = "That is how much memory the weights take."
_MACS = "That is the work of one forward pass of one sample. Parameters are counted once, however often they are used."


def _of_layer(layer: LayerExplanation) -> Iterator[tuple[int, Match]]:
    """What else there is to count in one layer."""
    if layer.params is None:
        return
    if layer.trainable_params is not None:
        yield from _trained(layer.params, layer.trainable_params, "layer", [layer.path])
    sizes: dict[int, list[tuple[str, tuple[int, ...]]]] = {}
    for name, weight in all_weights(layer):
        sizes.setdefault(weight.params, []).append((name, weight.shape))
    for size, weights in sizes.items():
        if size != layer.params:
            names = " or ".join(name for name, _ in weights)
            name, shape = weights[0]
            yield (
                size,
                Match(
                    "layer",
                    [layer.path],
                    ["one-weight-only"],
                    "one weight only",
                    f"It is the size of {names} alone.",
                    f"{name}: {'·'.join(map(str, shape))} = {amount(size)}",
                    (1, RARE),
                ),
            )
    row = layer.row
    if row is not None:
        size = sum(weight.bytes for weight in row.weights)
        if size != layer.params:
            yield (
                size,
                Match(
                    "layer",
                    [layer.path],
                    ["bytes"],
                    "bytes, not parameters",
                    _BYTES,
                    f"{amount(layer.params)} parameters take {amount(size)} bytes",
                    (1, RARE),
                ),
            )
        if row.macs:
            yield (
                row.macs,
                Match(
                    "layer",
                    [layer.path],
                    ["macs"],
                    "multiplications, not parameters",
                    _MACS,
                    f"{amount(row.macs)} multiply-accumulates",
                    (1, ODD),
                ),
            )


def _trained(params: int, trainable: int, scope: str, names: list[str]) -> Iterator[tuple[int, Match]]:
    frozen = params - trainable
    if frozen and trainable:
        yield (
            trainable,
            Match(
                scope,
                names,
                ["trainable-only"],
                "trainable parameters only",
                f"It leaves out the {amount(frozen)} parameters that are not trained.",
                f"{amount(params)} − {amount(frozen)} = {amount(trainable)}",
                (1, COMMON),
            ),
        )
        yield (
            frozen,
            Match(
                scope,
                names,
                ["non-trainable-only"],
                "non-trainable parameters only",
                f"It leaves out the {amount(trainable)} parameters that are trained.",
                f"{amount(params)} − {amount(trainable)} = {amount(frozen)}",
                (1, USUAL),
            ),
        )


def all_weights(layer: LayerExplanation, prefix: str = "") -> Iterator[tuple[str, WeightExplanation]]:
    """The weights of a layer and of those inside it, by name."""
    for weight in layer.weights:
        yield prefix + weight.name, weight
    for part in layer.parts:
        yield from all_weights(part, f"{prefix}{part.name}/" if len(layer.parts) > 1 else prefix)


def nearest(
    singles: list[tuple[int, Match]], number: int, layers: list[LayerExplanation], total: int | None
) -> list[Quantity]:
    """The three numbers nearest to one that nothing explains, true counts among them."""
    candidates: dict[int, str] = {}
    if total is not None:
        candidates[total] = "the true total"
    for layer in layers:
        if layer.params:
            candidates.setdefault(layer.params, f"the true count of {layer.path}")
    for value, match in sorted(singles, key=lambda item: item[1].rank):
        if match.mistakes[0] in ("bytes", "macs"):
            continue
        where = "" if not match.layers else f" ({match.layers[0]})"
        what = f"{match.title}{where}"
        candidates.setdefault(value, what if match.scope == "layer" else f"the total with this: {what}")
    closest = sorted(candidates, key=lambda value: (abs(value - number), value))[:3]
    return [Quantity(value, candidates[value]) for value in closest]
