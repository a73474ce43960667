"""Recipes: the numbers that enter the count of a layer, and the formula that combines them.

A recipe is a frozen record of numbers. A mistake changes the record, and the changed recipe has a formula and a value as
well. So mistakes can be combined, and their arithmetic can be printed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from lstmlint.explaining.arithmetic import Expression, Number, Product, many, plus, times, value
from lstmlint.explaining.language import text
from lstmlint.explaining.mistakes import Mistake, mistake
from lstmlint.model.shapes import Dim, Shape, format_shape, product


@dataclass(frozen=True, slots=True)
class Facts:
    """What surrounds a layer, with the numbers that people confuse with those of the layer.

    timesteps: the length of the input's time axis; None if there is none or it is unknown.
    sequence: whether there is a time axis. model_features: the last axis of the model's first input.
    source: the class that feeds the layer; source_input: what that layer itself takes.
    """

    input_shape: Shape = None
    output_shape: Shape = None
    batch: Dim = None
    timesteps: Dim = None
    sequence: bool = False
    return_sequences: bool = False
    model_features: Dim = None
    source: str = ""
    source_input: Shape = None


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """The base of all recipes. factors: numbers by which a mistake multiplies the count."""

    factors: tuple[Number, ...] = ()

    def core(self) -> Expression:
        """Return the formula without `factors`."""
        raise NotImplementedError

    def formula(self) -> Expression:
        """Return the formula of the whole count."""
        return times(self.core(), *self.factors)

    @property
    def value(self) -> int | None:
        """The value of the formula."""
        return value(self.formula())

    def roles(self, facts: Facts) -> str:
        """Return a sentence that says what the numbers are and which never enter the count."""
        return ""

    def own_mistakes(self, facts: Facts) -> Iterator[Mistake]:
        """Yield the mistakes of this kind of layer."""
        return iter(())

    def mistakes(self, facts: Facts) -> Iterator[Mistake]:
        """Yield every mistake that is possible here and changes the count."""
        truth = self.value
        for found in (*self.own_mistakes(facts), *multiplied(facts)):
            if found.change(self).value not in (truth, None):
                yield found


def times_by(number: Number) -> Callable[[Recipe], Recipe]:
    """Return the change that multiplies the count."""
    return lambda recipe: replace(recipe, factors=(*recipe.factors, number))


def setting(**fields: Any) -> Callable[[Any], Any]:
    """Return the change that sets fields of the recipe."""
    return lambda recipe: replace(recipe, **fields)


def multiplied(facts: Facts) -> Iterator[Mistake]:
    """Yield the mistakes of multiplying by a number that never enters a count."""
    if facts.sequence and facts.timesteps:
        name = "timesteps-multiplied/sequences" if facts.return_sequences else "timesteps-multiplied"
        yield mistake(name, times_by(Number(facts.timesteps, "timesteps")), timesteps=facts.timesteps)
    if facts.batch:
        yield mistake("batch-multiplied", times_by(Number(facts.batch, "batch")), batch=facts.batch)


def feature_mistakes(facts: Facts, features: Number, field: str = "features") -> Iterator[Mistake]:
    """Yield the mistakes of taking another number for the size of the input's last axis."""
    shape = facts.input_shape

    def taken(name: str, number: int, **values: Any) -> Mistake:
        return mistake(name, setting(**{field: Number(number, features.name)}), features=features.value, **values)

    if facts.sequence and facts.timesteps:
        yield taken("timesteps-for-features", facts.timesteps, timesteps=facts.timesteps, shape=format_shape(shape))
    flat = product(shape[1:]) if shape and len(shape) > 2 else None
    if flat:
        axes = "·".join(map(str, shape[1:])) if shape else ""
        yield taken("input-flattened", flat, axes=axes, flat=flat, shape=format_shape(shape))
    if facts.source == "Bidirectional" and features.value and features.value % 2 == 0:
        half = features.value // 2
        yield taken("one-direction-in", half, half=half)
    if facts.source == "Flatten" and facts.source_input and facts.source_input[-1]:
        last = facts.source_input[-1]
        yield taken("before-flatten", last, last=last, source=format_shape(facts.source_input))
    if facts.model_features:
        yield taken("model-input-for-features", facts.model_features, model_features=facts.model_features)


@dataclass(frozen=True, slots=True)
class Alternative:
    """Another count of the same layer: the fields of a mistake, and the formula of the count."""

    key: str
    title: str
    text: str
    rank: int
    formula: Expression


@dataclass(frozen=True, kw_only=True)
class Weights(Recipe):
    """Any layer: its weights by name, each the product of its dimensions.

    text: what they are. alternatives: other counts. instead: the formula of the alternative that was chosen.
    """

    items: tuple[tuple[str, tuple[int, ...]], ...]
    text: str = ""
    alternatives: tuple[Alternative, ...] = ()
    instead: Expression | None = None

    def core(self) -> Expression:
        """Return the sum of the sizes of the weights."""
        if self.instead is not None:
            return self.instead
        return plus(*(weight_term(name, shape) for name, shape in self.items))

    def roles(self, facts: Facts) -> str:
        """Return what the weights are, if known."""
        return self.text

    def own_mistakes(self, facts: Facts) -> Iterator[Mistake]:
        """Yield the biases forgotten, and the alternatives."""
        kept = tuple(item for item in self.items if "bias" not in item[0].rpartition("/")[2])
        if kept and kept != self.items:
            size = sum(value(weight_term(*item)) or 0 for item in self.items) - (replace(self, items=kept).value or 0)
            yield mistake("bias-forgotten", setting(items=kept), numbers=many(size))
        for other in self.alternatives:
            yield Mistake(other.key, other.title, other.text, other.rank, setting(instead=other.formula))


def weight_term(name: str, shape: tuple[int, ...]) -> Expression:
    """Return the size of a weight: its name in words, the product of its dimensions in numbers."""
    if len(shape) < 2:
        return Number(product(shape), name)
    return Product(tuple(map(Number, shape)), name)


@dataclass(frozen=True, kw_only=True)
class Parts(Recipe):
    """Layers inside a layer, each with its own recipe. A mistake is made in all of them.

    parts: name and recipe. facts: of each part, if they differ from those of the whole.
    """

    parts: tuple[tuple[str, Recipe], ...]
    facts: tuple[Facts, ...] = ()

    def core(self) -> Expression:
        """Return the sum of the formulas of the parts; a product if all are equal."""
        first = self.parts[0][1] if self.parts else None
        if first is not None and len(self.parts) > 1 and all(part == first for _, part in self.parts):
            return times(Number(len(self.parts)), first.formula())
        return plus(*(part.formula() for _, part in self.parts))

    def summary(self) -> Expression:
        """Return the sum of the counts of the parts, by name."""
        return plus(*(Number(part.value, name) for name, part in self.parts))

    def own_mistakes(self, facts: Facts) -> Iterator[Mistake]:
        """Yield the mistakes of the parts, each made in every part that allows it."""
        by_key: dict[str, list[Mistake | None]] = {}
        for index, (_, part) in enumerate(self.parts):
            for found in part.own_mistakes(self.facts[index] if self.facts else facts):
                by_key.setdefault(found.key, [None] * len(self.parts))[index] = found
        for same in by_key.values():
            made = [(name, one) for (name, _), one in zip(self.parts, same, strict=True) if one is not None]
            name, first = made[0]
            said = first.text
            if any(one.text != said for _, one in made) or len(made) < len(self.parts):
                said = text(
                    "In each part, for example {name}: {text}" if len(made) > 1 else "In {name}: {text}",
                    name=name,
                    text=said,
                )
            yield replace(first, text=said, change=_in_each(tuple(same)))


def _in_each(changes: tuple[Mistake | None, ...]) -> Callable[[Parts], Parts]:
    def change(recipe: Parts) -> Parts:
        parts = tuple(
            (name, part if change is None else change.change(part))
            for (name, part), change in zip(recipe.parts, changes, strict=False)
        )
        return replace(recipe, parts=parts)

    return change
