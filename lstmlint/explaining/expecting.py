"""Find the mistakes that give an expected number.

Every mistake of every layer is tried alone. If none fits, pairs of mistakes in one layer are tried. If nothing fits,
the result holds the nearest numbers.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from lstmlint.explaining.arithmetic import amount, equation
from lstmlint.explaining.expectations import Expectation, Match, Quantity
from lstmlint.explaining.explanation import Explanation, LayerExplanation
from lstmlint.explaining.language import text
from lstmlint.explaining.layer_explanations import leaves
from lstmlint.explaining.mistakes import USUAL, Mistake
from lstmlint.explaining.recipes import Recipe
from lstmlint.explaining.totals import others

# Pairs are tried in at most this many different layers, and never two rare mistakes: among so many numbers, one
# matches almost any count by chance.
MAX_PAIRED = 500
MAX_PAIR_RANK = 2 * USUAL


@dataclass(slots=True)
class Group:
    """Layers with the same recipe in the same surroundings."""

    recipe: Recipe
    truth: int
    layers: list[LayerExplanation]
    mistakes: list[Mistake]

    @property
    def names(self) -> list[str]:
        """The paths of the layers."""
        return [layer.path for layer in self.layers]


def search(explanation: Explanation, number: int) -> Expectation:
    """Return everything in the explanation that gives the number."""
    found = Expectation(number)
    layers = list(leaves(explanation))
    scoped = explanation.model is not None and not explanation.detailed
    total = explanation.params if scoped and explanation.complete else None
    if total == number:
        found.right = [text("the model")]
        return found
    found.right = [layer.path for layer in explanation.layers if layer.params == number]
    found.right += [layer.path for layer in layers if layer.params == number and layer.path not in found.right]
    elsewhere = others(explanation, layers, total)
    if len(layers) == 1:  # the count of the only layer is the total
        total = None
    groups = grouped(layers)
    singles = [*single(groups, total), *elsewhere]
    fitting = [match for value, match in singles if value == number]
    if found.right:  # the true count of one layer is not a mistake in another, unless a layer was left out
        fitting = [match for match in fitting if match.mistakes[0] in ("layer-left-out", "class-left-out")]
    elif not fitting:
        fitting = list(pairs(groups, number, total))
    found.matches = merged(sorted(fitting, key=lambda match: match.rank))
    if found.matches and found.matches[0].rank <= (1, USUAL):  # "the kernel only" adds nothing to "no bias"
        found.matches = [match for match in found.matches if match.mistakes[0] not in ("one-weight-only", "macs")]
    if not found.right and not found.matches:
        found.nearest = nearest(singles, number, layers, total)
        found.hints = list(multiples(number, groups))
    return found


def merged(matches: Iterable[Match]) -> list[Match]:
    """Merge matches that differ only in their layers."""
    kept: dict[tuple[str, str, str, str], Match] = {}
    for match in matches:
        same = kept.setdefault((match.scope, match.title, match.text, match.arithmetic), match)
        if same is not match:
            same.layers += [name for name in match.layers if name not in same.layers]
    return list(kept.values())


def multiples(number: int, groups: list[Group]) -> Iterator[str]:
    """Yield a hint per true count that divides the number if a dimension is open that may be the factor."""
    for group in groups:
        facts = group.layers[0].facts
        open_dims = [
            name
            for name, dim, there in (
                (text("the batch size"), facts.batch, facts.input_shape is not None),
                (text("the number of timesteps"), facts.timesteps, facts.sequence),
            )
            if there and dim is None
        ]
        small = group.truth < 20 and len(groups) > 1  # many numbers are multiples of a small one
        if open_dims and not small and number > group.truth > 0 and number % group.truth == 0:
            yield text(
                "{number} is exactly {times} times the count of {name}. The factor may be {dimensions}, which the model"
                " leaves open; it never enters the count.",
                number=amount(number),
                times=amount(number // group.truth),
                name=group.names[0],
                dimensions=text(" or ").join(open_dims),
            )


def grouped(layers: Iterable[LayerExplanation]) -> list[Group]:
    """Group the layers with a known recipe by recipe and surroundings."""
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
    """Yield every mistake alone: in one layer, for its count and for the total; and in all layers, for the total."""
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
                text("{mistake}, in every layer", mistake=mistake.title),
                text("For example, in {name}: {text}", name=made[0][0].names[0], text=mistake.text),
                f"{amount(total)} {sign} {amount(abs(difference))} = {amount(total + difference)}",
                (1, mistake.rank + 1),
                everywhere=True,
            ),
        )


def swapped(total: int, truth: int, wrong: int) -> str:
    """Return the arithmetic of the total with the count of one layer replaced."""
    return text(
        "total {total} − {truth} + {wrong} = {result}",
        total=amount(total),
        truth=amount(truth),
        wrong=amount(wrong),
        result=amount(total - truth + wrong),
    )


def pairs(groups: list[Group], number: int, total: int | None) -> Iterator[Match]:
    """Yield the pairs of mistakes in one layer that give the number and both matter."""
    for group in groups[:MAX_PAIRED]:
        alone = {mistake.key: mistake.change(group.recipe).value for mistake in group.mistakes}
        for first, second in combinations(group.mistakes, 2):
            if first.rank + second.rank > MAX_PAIR_RANK:
                continue
            changed = second.change(first.change(group.recipe))
            wrong = changed.value
            fits = wrong is not None and (wrong == number or (total and total - group.truth + wrong == number))
            if not fits or wrong in (group.truth, alone[first.key], alone[second.key]):
                continue
            if first.change(second.change(group.recipe)).value != wrong:
                continue  # both change the same number
            title = text("{first} and {second}", first=first.title, second=second.title)
            why = text("{first} {second}", first=first.text, second=second.text)
            rank = (2, first.rank + second.rank)
            keys = [first.key, second.key]
            arithmetic = equation(changed.formula())
            if wrong == number:
                yield Match("layer", group.names, keys, title, why, arithmetic, rank)
            else:
                sums = f"{arithmetic}; {swapped(total or 0, group.truth, wrong or 0)}"
                yield Match("total", group.names, keys, title, why, sums, rank)


def nearest(
    singles: list[tuple[int, Match]], number: int, layers: list[LayerExplanation], total: int | None
) -> list[Quantity]:
    """Return the three known numbers nearest to one that nothing explains, including true counts."""
    candidates: dict[int, str] = {}
    if total is not None:
        candidates[total] = text("the correct total")
    for layer in layers:
        if layer.params:
            candidates.setdefault(layer.params, text("the correct count of {name}", name=layer.path))
    for value, match in sorted(singles, key=lambda item: item[1].rank):
        if match.mistakes[0] in ("bytes", "macs"):
            continue
        where = text(" ({value})", value=match.layers[0]) if match.layers else ""
        what = f"{match.title}{where}"
        candidates.setdefault(value, what if match.scope == "layer" else text("the total with {what}", what=what))
    closest = sorted(candidates, key=lambda value: (abs(value - number), value))[:3]
    return [Quantity(value, candidates[value]) for value in closest]
