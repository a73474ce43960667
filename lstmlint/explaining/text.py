"""Write an explanation as plain text of any width."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.explaining import arithmetic
from lstmlint.explaining.arithmetic import amount
from lstmlint.explaining.expectations import Expectation, Match
from lstmlint.explaining.explanation import Explanation, LayerExplanation
from lstmlint.explaining.language import counted, shortened, speaking, text
from lstmlint.explaining.recipes import Parts
from lstmlint.explaining.totals import all_weights
from lstmlint.model.shapes import Shape, format_shape
from lstmlint.model.values import brief
from lstmlint.reporting.escape import terminal
from lstmlint.reporting.layout import PROSE, wrap
from lstmlint.reporting.view import View, paint

# Stands for a space at which a line must not break.
GLUE = "\0"
# At most this many matches of a number are shown.
MAX_MATCHES = 8
# A model's layer with more weights than this does not list them; `explain --layer` does.
MAX_WEIGHTS = 8


def render(explanation: Explanation, width: int = PROSE, color: bool = False) -> str:
    """Return the explanation as text of at most `width` columns, ending in a newline."""
    with speaking(explanation.language):
        return _Text(width, color).render(explanation)


class _Text:
    """Writes explanations at one width."""

    def __init__(self, width: int, color: bool) -> None:
        self.width = width
        self.view = View(color=color)

    def render(self, explanation: Explanation) -> str:
        """The explanation as text, ending in a newline."""
        blocks: list[list[str]] = []
        alone = len(explanation.layers) == 1 and not explanation.layers[0].is_model
        if explanation.detailed or alone:
            blocks += [list(self.in_full(layer)) for layer in explanation.layers]
        else:
            reported: set[str] = set()
            for layer in explanation.layers:
                blocks.append(list(self.in_short(layer, reported=reported)))
        if not explanation.detailed:
            blocks.append(list(self.total_of(explanation)))
        if explanation.warnings:
            blocks.append(
                [
                    line
                    for warning in explanation.warnings
                    for line in self.wrapped(text("Note: {note}", note=terminal(warning)))
                ]
            )
        if explanation.expected is not None:
            blocks.append(list(self.expectation(explanation, explanation.expected)))
        return "\n\n".join("\n".join(block) for block in blocks if block) + "\n"

    def itemized(self, items: list[str], indent: str) -> list[str]:
        """Return items separated by commas, none of them broken if all fit on a line."""
        fits = max(map(len, items), default=0) + len(indent) < self.width
        glued = ", ".join(item.replace(" ", GLUE) if fits else item for item in items)
        return [line.replace(GLUE, " ") for line in self.wrapped(glued, indent)]

    def wrapped(self, text: str, indent: str = "", hanging: int = 0) -> list[str]:
        """Return the lines of a paragraph; all but the first are indented by `hanging` more."""
        return wrap(indent + text, self.width, hanging)

    def bold(self, lines: list[str]) -> list[str]:
        """Return lines in bold."""
        return [paint(line, "bold", self.view) for line in lines]

    def in_full(self, layer: LayerExplanation, indent: str = "", reported: bool = False) -> Iterator[str]:
        """Yield everything about one layer. reported: whether the layer around it explains the numbers already."""
        yield from self.bold(self.wrapped(heading(layer, bool(indent)), indent, 4))
        inner = indent + "  "
        if not indent:
            yield from self.itemized(
                [*shapes(text("input"), layer.input_shapes), *shapes(text("output"), layer.output_shapes)], inner
            )
        if layer.reason:
            yield from self.wrapped(text("Unknown: {why}", why=terminal(layer.reason)), inner)
        body: list[str] = []
        for weight in layer.weights:
            trained = "" if weight.trainable else f"  ({text('not trained')})"
            body.append(
                f"{inner}{terminal(weight.name)} {format_shape(weight.shape)} = {amount(weight.params)}{trained}"
            )
            wide = max((len(f"{gate.name} {format_shape(gate.shape)}") for gate in weight.gates), default=0)
            where = max((len(gate.where) for gate in weight.gates), default=0)
            for gate in weight.gates:
                left = f"{gate.name} {format_shape(gate.shape)}".ljust(wide)
                right = f"{weight.name}{gate.where}".ljust(where + len(weight.name))
                body += self.wrapped_row(f"{inner}  {left} = {right}", gate.meaning)
        body += self.each_gate(layer, inner)
        if layer.params == 0 and not layer.parts:
            body.append(f"{inner}{text('It has no weights.')}")
        if body:
            yield ""
            yield from body
        for index, part in enumerate(layer.parts):
            if part.params == 0:
                continue
            yield ""
            if index and same(part, layer.parts[index - 1]):
                yield from self.bold(self.wrapped(text("{layer}, as before", layer=heading(part, True)), inner))
            elif layer.is_model:
                yield from self.in_short(part, inner)
            else:
                yield from self.in_full(part, inner, reported or bool(layer.sentence))
        lines = [] if repeats_part(layer) else list(self.formula(layer, inner))
        if lines:
            yield ""
            yield from lines
        if layer.sentence and not reported:
            yield ""
            yield from self.wrapped(terminal(layer.sentence), inner)
        for note in layer.notes:
            yield from self.wrapped(note, inner)

    def each_gate(self, layer: LayerExplanation, indent: str) -> list[str]:
        """Return the line with the count of one gate, if there are gates."""
        if not layer.per_gate:
            return []
        gates = len({part.gate for weight in layer.weights for part in weight.gates})
        each = " + ".join(amount(weight.params // gates) for weight in layer.weights if weight.gates)
        line = text("each of the {gates} gates: {sum} = {result}", gates=gates, sum=each, result=amount(layer.per_gate))
        return self.wrapped(line, indent)

    def wrapped_row(self, row: str, meaning: str) -> list[str]:
        """Return a row, followed by its meaning if both fit on the line."""
        full = f"{row}  {meaning}".rstrip()
        return [full if len(full) <= self.width else row.rstrip()]

    def formula(self, layer: LayerExplanation, indent: str) -> Iterator[str]:
        """Yield the formula in words and in numbers, on one line if it fits."""
        expression = layer.formula
        if expression is None or (layer.is_model and isinstance(expression, arithmetic.Number)):
            return
        recipe = layer.recipe
        steps = [terminal(arithmetic.words(expression)), terminal(arithmetic.numbers(expression))]
        if isinstance(recipe, Parts) and expression == recipe.formula() and len(recipe.parts) > 1:
            alike = all(part == recipe.parts[0][1] for _, part in recipe.parts)
            if not alike:  # one name would stand for different numbers
                steps = [terminal(arithmetic.words(recipe.summary())), terminal(arithmetic.numbers(recipe.summary()))]
        if steps[0] == steps[1]:
            steps.pop()
        result = arithmetic.value(expression)
        if result is not None and steps[-1] != str(result):
            steps.append(amount(result))
        line = " = ".join(steps)
        if len(indent + line) <= self.width:
            yield indent + line
            return
        for step in (steps[0], *(f"= {step}" for step in steps[1:])):
            yield from self.between_terms(step, indent)

    def between_terms(self, step: str, indent: str) -> list[str]:
        """Return the lines of a formula that is longer than a line.

        They break before a plus outside parentheses, and inside a term only if a term is longer than a line.
        """
        depth, glued = 0, ""
        for position, letter in enumerate(step):
            depth += (letter == "(") - (letter == ")")
            breaks = depth == 0 and step[position + 1 : position + 2] == "+"
            glued += GLUE if letter == " " and not breaks else letter
        fits = max(map(len, glued.split(" "))) + len(indent) + 4 <= self.width
        return [line.replace(GLUE, " ") for line in self.wrapped(glued if fits else step, indent, 4)]

    def in_short(self, layer: LayerExplanation, indent: str = "", reported: set[str] | None = None) -> Iterator[str]:
        """Yield the count of a layer, its weights, and its formula, or why the count is unknown.

        reported: the classes that have been explained; this class is added. None: explain no class.
        """
        yield from self.bold(self.wrapped(heading(layer, bool(indent)), indent, 4))
        inner = indent + "  "
        if layer.reason:
            yield from self.wrapped(text("Unknown: {why}", why=terminal(layer.reason)), inner)
        weights_shown: list[str] = []
        if not layer.is_model:
            weights = all_weights(layer)
            weights_shown = [
                f"{terminal(name)} {format_shape(weight.shape)} = {amount(weight.params)}" for name, weight in weights
            ]
        if 1 < len(weights_shown) <= MAX_WEIGHTS:
            yield from self.itemized(weights_shown, inner)
        yield from self.each_gate(layer, inner)
        if layer.formula is not None:
            yield from self.formula(layer, inner)
        if layer.sentence and reported is not None and class_of(layer) not in reported:
            reported.add(class_of(layer))
            yield from self.wrapped(terminal(layer.sentence), inner)
        for note in layer.notes:
            yield from self.wrapped(note, inner)

    def total_of(self, explanation: Explanation) -> Iterator[str]:
        """Yield the sum of all layers."""
        counts = [
            layer.params for layer in explanation.layers if layer.params and (layer.row is None or layer.row.used)
        ]
        total = amount(explanation.params)
        terms = " + ".join(amount(count) for count in counts)
        if not counts and not explanation.complete:
            yield from self.bold([text("total: {sum}", sum=text("unknown"))])
            return
        whole = 1 < len(counts) <= 40 and sum(counts) == explanation.params
        line = text("total: {sum}", sum=f"{terms} = {total}" if whole else total)
        model = explanation.model
        if model is not None and model.non_trainable_params:
            line += text(
                " ({trainable} trainable, {frozen} not)",
                trainable=amount(model.trainable_params),
                frozen=amount(model.non_trainable_params),
            )
        yield from self.bold(self.between_terms(line, ""))
        if not explanation.complete:
            yield from self.wrapped(text("The total does not include layers whose count is unknown."))

    def expectation(self, explanation: Explanation, found: Expectation) -> Iterator[str]:
        """Yield the mistakes that give the expected number."""
        number = amount(found.number)
        for name in found.right:
            yield from self.wrapped(
                text("{number} is correct: it is the count of {name}.", number=number, name=terminal(name))
            )
        if found.matches and found.right:
            yield from self.wrapped(text("As the total of the model, it results from:"))
        elif found.matches:
            one = len(found.matches) == 1
            if len(found.matches[0].mistakes) > 1:
                heads = text(
                    "No single known mistake gives {number}, but these two together do:"
                    if one
                    else "No single known mistake gives {number}, but these pairs do, most likely first:",
                    number=number,
                )
            else:
                heads = text(
                    "This mistake gives {number}:" if one else "These mistakes give {number}, most likely first:",
                    number=number,
                )
            yield from self.wrapped(heads)
        alone = explanation.model is None or len(explanation.layers) == 1 or explanation.detailed
        for index, match in enumerate(found.matches[:MAX_MATCHES], 1):
            yield ""
            number_ = f"{index}. " if len(found.matches) > 1 else ""
            yield from self.bold(self.wrapped(number_ + title(match, alone), "  ", 2))
            for step in match.arithmetic.split("; "):
                yield from self.wrapped(step, "    ", 2)
            yield from self.wrapped(terminal(match.text), "    ")
        if len(found.matches) > MAX_MATCHES:
            yield from ("", "  " + text("... and {number} more.", number=len(found.matches) - MAX_MATCHES))
        if found.right or found.matches:
            return
        yield from self.wrapped(text("{number} is not the count, and no known mistake gives it.", number=number))
        if found.nearest:
            yield text("The nearest numbers:")
            for quantity in found.nearest:
                difference = found.number - quantity.value
                line = text(
                    "{value}: {what}; {number} is this {sign} {difference}",
                    value=amount(quantity.value),
                    what=terminal(quantity.what),
                    number=number,
                    sign="+" if difference > 0 else "−",
                    difference=amount(abs(difference)),
                )
                yield from self.wrapped(line, "  ", 2)
        for hint in found.hints[:3]:
            yield from self.wrapped(terminal(hint))


def heading(layer: LayerExplanation, inside: bool = False) -> str:
    """Return the name, class, and count of a layer. inside: leave out the path."""
    if layer.params is None:
        count = text("count unknown")
    else:
        count = counted("{number} parameter", "{number} parameters", layer.params, number=amount(layer.params))
    return f"{terminal(brief(layer.name if inside else layer.path))} ({class_of(layer)}): {count}"


def class_of(layer: LayerExplanation) -> str:
    """Return the class with the class that it wraps: TimeDistributed of Dense."""
    name = terminal(brief(layer.class_name))
    if layer.class_name in ("TimeDistributed", "Bidirectional", "RNN") and layer.parts:
        return text("{outer} of {inner}", outer=name, inner=class_of(layer.parts[0]))
    return name


def same(part: LayerExplanation, other: LayerExplanation) -> bool:
    """Check whether two parts have the same recipe."""
    return part.recipe is not None and part.recipe == other.recipe and bool(part.weights)


def repeats_part(layer: LayerExplanation) -> bool:
    """Check whether the formula is that of the only part, which was printed already."""
    return len(layer.parts) == 1 and layer.recipe == layer.parts[0].recipe


def shapes(word: str, found: list[Shape]) -> list[str]:
    """Return the shapes of the inputs or outputs, the first after the word."""
    first, *more = map(format_shape, found or [None])
    return [f"{word} {first}", *more]


def title(match: Match, alone: bool) -> str:
    """Return the mistake, and the layers in which it is made."""
    mistake = match.title
    if "_" not in mistake.partition(" ")[0]:  # the name of an argument keeps its case
        mistake = mistake[:1].upper() + mistake[1:]
    if not match.layers or (alone and match.scope == "layer"):
        return mistake
    values = {"mistake": mistake, "names": shortened([terminal(name) for name in match.layers])}
    if match.scope == "layer":
        return text("{mistake} (in {names})", **values)
    if len(match.layers) > 1 and not match.everywhere:
        return text("{mistake} (in one of {names}; the number is the model's total)", **values)
    return text("{mistake} (in {names}; the number is the model's total)", **values)
