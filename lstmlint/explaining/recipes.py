"""Recipes: how the count of a layer comes about, in a form that mistakes can be made in.

A recipe is a frozen record of the numbers that enter a count. A mistake is a change of that record: the
changed recipe has a formula and a value as the true one has. So mistakes combine, and the arithmetic that
is printed for one is that of its formula.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from lstmlint.explaining.arithmetic import Expression, Number, Product, many, plus, times, value
from lstmlint.model.shapes import Dim, Shape, format_shape, product

# How common a mistake is: the order in which those are listed that give the same number.
COMMON, USUAL, RARE, ODD = range(4)


@dataclass(frozen=True, slots=True)
class Facts:
    """What surrounds a layer: where the numbers come from that people take for others.

    timesteps: the length of the input's time axis, None where there is none or it is not known.
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


@dataclass(frozen=True, slots=True)
class Mistake:
    """A way to count wrong.

    key: its name in JSON. title: a few words, for headings. text: what it assumes and what is so.
    rank: how common it is. change: the recipe as it would be.
    """

    key: str
    title: str
    text: str
    rank: int
    change: Callable[[Any], Any]


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """What all recipes share. factors: numbers that a mistake multiplied the count by."""

    factors: tuple[Number, ...] = ()

    def core(self) -> Expression:
        """The formula, before what was multiplied in."""
        raise NotImplementedError

    def formula(self) -> Expression:
        """The formula of the whole count."""
        return times(self.core(), *self.factors)

    @property
    def value(self) -> int | None:
        """What the formula comes to."""
        return value(self.formula())

    def roles(self, facts: Facts) -> str:
        """One sentence: what the numbers are, and which never enter."""
        return ""

    def own_mistakes(self, facts: Facts) -> Iterator[Mistake]:
        """The mistakes that belong to this kind of layer."""
        return iter(())

    def mistakes(self, facts: Facts) -> Iterator[Mistake]:
        """Every mistake that can be made here and changes the number."""
        truth = self.value
        for mistake in (*self.own_mistakes(facts), *multiplied(facts)):
            if mistake.change(self).value not in (truth, None):
                yield mistake


def times_by(number: Number) -> Callable[[Recipe], Recipe]:
    """The change that multiplies a recipe."""
    return lambda recipe: replace(recipe, factors=(*recipe.factors, number))


def setting(**fields: Any) -> Callable[[Any], Any]:
    """The change that sets fields of a recipe."""
    return lambda recipe: replace(recipe, **fields)


def multiplied(facts: Facts) -> Iterator[Mistake]:
    """Numbers multiplied in that enter no count."""
    if facts.sequence and facts.timesteps:
        if facts.return_sequences:
            why = (
                f"return_sequences gives an output at each of the {facts.timesteps} timesteps, but all of them come"
                " from the same weights."
            )
        else:
            why = "The same weights are used at every timestep, so the number of timesteps never enters the count."
        yield Mistake(
            "timesteps-multiplied",
            "timesteps multiplied in",
            f"It multiplies by the {facts.timesteps} timesteps. {why}",
            COMMON,
            times_by(Number(facts.timesteps, "timesteps")),
        )
    if facts.batch:
        yield Mistake(
            "batch-multiplied",
            "batch size multiplied in",
            f"It multiplies by the batch size, {facts.batch}. All samples of a batch go through the same weights.",
            USUAL,
            times_by(Number(facts.batch, "batch")),
        )


def feature_mistakes(facts: Facts, features: Number, field: str = "features") -> Iterator[Mistake]:
    """Another number taken for the size of the input's last axis."""
    shape = facts.input_shape

    def taken(key: str, title: str, text: str, rank: int, number: int) -> Mistake:
        return Mistake(key, title, text, rank, setting(**{field: Number(number, features.name)}))

    if facts.sequence and facts.timesteps:
        yield taken(
            "timesteps-for-features",
            "timesteps taken for features",
            f"It takes the {facts.timesteps} timesteps for the features. Keras reads the input {format_shape(shape)} as"
            f" (batch, timesteps, features): there are {features.value} features.",
            COMMON,
            facts.timesteps,
        )
    flat = product(shape[1:]) if shape and len(shape) > 2 else None
    if flat:
        axes = "·".join(map(str, shape[1:])) if shape else ""
        yield taken(
            "input-flattened",
            "input flattened",
            f"It flattens the input into {axes} = {flat} numbers. The layer's weights meet only the last axis"
            f" of {format_shape(shape)}, {features.value} numbers at a time.",
            USUAL,
            flat,
        )
    if facts.source == "Bidirectional" and features.value and features.value % 2 == 0:
        half = features.value // 2
        yield taken(
            "one-direction-in",
            "input of one direction only",
            f"It takes {half} inputs, the width of one direction. The Bidirectional layer before concatenates two, so"
            f" {features.value} arrive.",
            USUAL,
            half,
        )
    if facts.source == "Flatten" and facts.source_input and facts.source_input[-1]:
        last = facts.source_input[-1]
        yield taken(
            "before-flatten",
            "Flatten overlooked",
            f"It takes the {last} features that go into Flatten. Flatten makes {features.value} of"
            f" {format_shape(facts.source_input)}, and all of them arrive here.",
            USUAL,
            last,
        )
    if facts.model_features:
        yield taken(
            "model-input-for-features",
            "the model's input taken for the layer's",
            f"It takes the {facts.model_features} features of the model's input. This layer gets the output of the one"
            f" before it, {features.value} wide.",
            USUAL,
            facts.model_features,
        )


@dataclass(frozen=True, slots=True)
class Alternative:
    """Another count of the same layer: a mistake by key, title, text and rank, and the formula it leads to."""

    key: str
    title: str
    text: str
    rank: int
    formula: Expression


@dataclass(frozen=True, kw_only=True)
class Weights(Recipe):
    """Any layer: its weights by name, each the product of its dims.

    text: what they are. alternatives: what is counted instead; instead: the formula of the one that was.
    """

    items: tuple[tuple[str, tuple[int, ...]], ...]
    text: str = ""
    alternatives: tuple[Alternative, ...] = ()
    instead: Expression | None = None

    def core(self) -> Expression:
        """One product for each weight."""
        if self.instead is not None:
            return self.instead
        return plus(*(weight_term(name, shape) for name, shape in self.items))

    def roles(self, facts: Facts) -> str:
        """What the weights are, if that is known."""
        return self.text

    def own_mistakes(self, facts: Facts) -> Iterator[Mistake]:
        """The biases forgotten, and what else is known of the class."""
        kept = tuple(item for item in self.items if "bias" not in item[0].rpartition("/")[2])
        if kept and kept != self.items:
            size = sum(value(weight_term(*item)) or 0 for item in self.items) - (replace(self, items=kept).value or 0)
            yield Mistake(
                "bias-forgotten",
                "bias forgotten",
                f"It leaves the bias out: {many(size, 'number')}.",
                COMMON,
                setting(items=kept),
            )
        for other in self.alternatives:
            yield Mistake(other.key, other.title, other.text, other.rank, setting(instead=other.formula))


def weight_term(name: str, shape: tuple[int, ...]) -> Expression:
    """The size of a weight, by its name in words and as the product of its dims in numbers."""
    if len(shape) < 2:
        return Number(product(shape), name)
    return Product(tuple(map(Number, shape)), name)


@dataclass(frozen=True, kw_only=True)
class Parts(Recipe):
    """Layers inside a layer, each with a recipe of its own; the mistakes of one are made in all alike.

    parts: name and recipe. facts: of each part, where they are not the whole's.
    """

    parts: tuple[tuple[str, Recipe], ...]
    facts: tuple[Facts, ...] = ()

    def core(self) -> Expression:
        """The parts' formulas, once and multiplied where all are equal."""
        first = self.parts[0][1] if self.parts else None
        if first is not None and len(self.parts) > 1 and all(part == first for _, part in self.parts):
            return times(Number(len(self.parts)), first.formula())
        return plus(*(part.formula() for _, part in self.parts))

    def summary(self) -> Expression:
        """The sum of the parts' counts, by their names."""
        return plus(*(Number(part.value, name) for name, part in self.parts))

    def own_mistakes(self, facts: Facts) -> Iterator[Mistake]:
        """Those of the parts, the same one in every part that allows it."""
        by_key: dict[str, list[Mistake | None]] = {}
        for index, (_, part) in enumerate(self.parts):
            for mistake in part.own_mistakes(self.facts[index] if self.facts else facts):
                by_key.setdefault(mistake.key, [None] * len(self.parts))[index] = mistake
        for found in by_key.values():
            made = [
                (name, mistake) for (name, _), mistake in zip(self.parts, found, strict=True) if mistake is not None
            ]
            name, first = made[0]
            text = first.text
            if any(mistake.text != text for _, mistake in made) or len(made) < len(self.parts):
                text = f"{'Made in each part alike; in' if len(made) > 1 else 'In'} {name}: {text}"
            yield replace(first, text=text, change=_in_each(tuple(found)))


def _in_each(changes: tuple[Mistake | None, ...]) -> Callable[[Parts], Parts]:
    def change(recipe: Parts) -> Parts:
        parts = tuple(
            (name, part if mistake is None else mistake.change(part))
            for (name, part), mistake in zip(recipe.parts, changes, strict=False)
        )
        return replace(recipe, parts=parts)

    return change
