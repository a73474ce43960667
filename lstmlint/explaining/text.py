"""An explanation as plain text, 80 columns wide where the names in it allow; nothing is cut off."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from lstmlint.explaining import arithmetic
from lstmlint.explaining.arithmetic import amount
from lstmlint.explaining.expectations import Expectation, Match
from lstmlint.explaining.explanation import Explanation, LayerExplanation
from lstmlint.explaining.recipes import Parts
from lstmlint.explaining.totals import all_weights
from lstmlint.model.shapes import Shape, format_shape
from lstmlint.reporting.escape import terminal

WIDTH = 80
# Holds words together; nothing printable holds one.
GLUE = "\0"
# More matches than this of one number help nobody.
MAX_MATCHES = 8
MAX_NAMES = 6
# A layer with more weights than this is listed in full only when it is asked for.
MAX_WEIGHTS = 8


def render(explanation: Explanation) -> str:
    """The explanation as text, ending in a newline."""
    blocks: list[list[str]] = []
    alone = len(explanation.layers) == 1 and not explanation.layers[0].is_model
    if explanation.detailed or alone:
        blocks += [list(in_full(layer)) for layer in explanation.layers]
    else:
        reported: set[str] = set()
        for layer in explanation.layers:
            blocks.append(list(in_short(layer, reported=reported)))
    if not explanation.detailed:
        blocks.append(list(total_of(explanation)))
    if explanation.warnings:
        blocks.append([line for warning in explanation.warnings for line in wrapped(f"Note: {terminal(warning)}")])
    if explanation.expected is not None:
        blocks.append(list(expectation(explanation, explanation.expected)))
    return "\n\n".join("\n".join(block) for block in blocks if block) + "\n"


def itemized(items: list[str], indent: str) -> list[str]:
    """Items with commas between, each on one line where it fits."""
    lines = [line.replace(GLUE, " ") for line in wrapped(", ".join(i.replace(" ", GLUE) for i in items), indent)]
    return lines if all(len(line) <= WIDTH for line in lines) else wrapped(", ".join(items), indent)


def wrapped(text: str, indent: str = "", hanging: str | None = None) -> list[str]:
    """Lines of at most 80 columns; a word that is longer stands alone, whole."""
    return textwrap.wrap(
        text,
        WIDTH,
        initial_indent=indent,
        subsequent_indent=indent if hanging is None else hanging,
        break_long_words=False,
        break_on_hyphens=False,
    )


def heading(layer: LayerExplanation, inside: bool = False) -> str:
    """Name, class and count; inside of another layer the name without that one's."""
    count = "count unknown" if layer.params is None else f"{amount(layer.params)} parameter{'s' * (layer.params != 1)}"
    return f"{terminal(layer.name if inside else layer.path)} ({class_of(layer)}): {count}"


def class_of(layer: LayerExplanation) -> str:
    """The class, with what it wraps: TimeDistributed of Dense."""
    name = terminal(layer.class_name)
    if layer.class_name in ("TimeDistributed", "Bidirectional", "RNN") and layer.parts:
        return f"{name} of {class_of(layer.parts[0])}"
    return name


def in_full(layer: LayerExplanation, indent: str = "", reported: bool = False) -> Iterator[str]:
    """Everything about one layer. reported: whether the layer around it says what its numbers mean."""
    yield from wrapped(heading(layer, bool(indent)), indent, indent + "    ")
    inner = indent + "  "
    if not indent:
        yield from itemized([*shapes("input", layer.input_shapes), *shapes("output", layer.output_shapes)], inner)
    if layer.reason:
        yield from wrapped(f"Not known: {terminal(layer.reason)}", inner)
    body: list[str] = []
    for weight in layer.weights:
        trained = "" if weight.trainable else "  (not trained)"
        body.append(f"{inner}{terminal(weight.name)} {format_shape(weight.shape)} = {amount(weight.params)}{trained}")
        wide = max((len(f"{gate.name} {format_shape(gate.shape)}") for gate in weight.gates), default=0)
        where = max((len(gate.where) for gate in weight.gates), default=0)
        for gate in weight.gates:
            left = f"{gate.name} {format_shape(gate.shape)}".ljust(wide)
            right = f"{weight.name}{gate.where}".ljust(where + len(weight.name))
            body += wrapped_row(f"{inner}  {left} = {right}", gate.meaning)
    body += each_gate(layer, inner)
    if layer.params == 0 and not layer.parts:
        body.append(f"{inner}It owns no weights.")
    if body:
        yield ""
        yield from body
    for index, part in enumerate(layer.parts):
        if part.params == 0:
            continue
        yield ""
        if index and same(part, layer.parts[index - 1]):
            yield from wrapped(f"{heading(part, True)}, as before", inner)
        elif layer.is_model:
            yield from in_short(part, inner)
        else:
            yield from in_full(part, inner, reported or bool(layer.sentence))
    lines = [] if repeats_part(layer) else list(formula(layer, inner))
    if lines:
        yield ""
        yield from lines
    if layer.sentence and not reported:
        yield ""
        yield from wrapped(terminal(layer.sentence), inner)
    for note in layer.notes:
        yield from wrapped(note, inner)


def each_gate(layer: LayerExplanation, indent: str) -> list[str]:
    """What one gate has, where there are gates."""
    if not layer.per_gate:
        return []
    gates = len({part.gate for weight in layer.weights for part in weight.gates})
    each = " + ".join(amount(weight.params // gates) for weight in layer.weights if weight.gates)
    return wrapped(f"each of the {gates} gates: {each} = {amount(layer.per_gate)}", indent)


def wrapped_row(row: str, meaning: str) -> list[str]:
    """A row with its meaning beside it, where there is room."""
    full = f"{row}  {meaning}".rstrip()
    return [full if len(full) <= WIDTH else row.rstrip()]


def same(part: LayerExplanation, other: LayerExplanation) -> bool:
    """Whether two parts count alike."""
    return part.recipe is not None and part.recipe == other.recipe and bool(part.weights)


def repeats_part(layer: LayerExplanation) -> bool:
    """Whether the formula is that of the only part, which has printed it."""
    return len(layer.parts) == 1 and layer.recipe == layer.parts[0].recipe


def formula(layer: LayerExplanation, indent: str) -> Iterator[str]:
    """The formula in words and in numbers, on one line where it fits."""
    expression = layer.formula
    if expression is None or (layer.is_model and isinstance(expression, arithmetic.Number)):
        return
    recipe = layer.recipe
    steps = [terminal(arithmetic.words(expression)), terminal(arithmetic.numbers(expression))]
    if isinstance(recipe, Parts) and expression == recipe.formula() and len(recipe.parts) > 1:
        alike = all(part == recipe.parts[0][1] for _, part in recipe.parts)
        if not alike:  # words would call different numbers by one name
            steps = [terminal(arithmetic.words(recipe.summary())), terminal(arithmetic.numbers(recipe.summary()))]
    if steps[0] == steps[1]:
        steps.pop()
    result = arithmetic.value(expression)
    if result is not None and steps[-1] != str(result):
        steps.append(amount(result))
    line = " = ".join(steps)
    if len(indent + line) <= WIDTH:
        yield indent + line
        return
    for step in (steps[0], *(f"= {step}" for step in steps[1:])):
        yield from between_terms(step, indent)


def between_terms(step: str, indent: str) -> list[str]:
    """A formula that is too long for one line, broken before a plus outside of parentheses; within a term only if it
    must be.
    """
    depth, glued = 0, ""
    for position, letter in enumerate(step):
        depth += (letter == "(") - (letter == ")")
        breaks = depth == 0 and step[position + 1 : position + 2] == "+"
        glued += GLUE if letter == " " and not breaks else letter
    lines = [line.replace(GLUE, " ") for line in wrapped(glued, indent, indent + "    ")]
    return lines if all(len(line) <= WIDTH for line in lines) else wrapped(step, indent, indent + "    ")


def in_short(layer: LayerExplanation, indent: str = "", reported: set[str] | None = None) -> Iterator[str]:
    """A layer's count, its weights and formula, or why there is none.

    reported: the classes of which the sentence has been said; without it, none is.
    """
    yield from wrapped(heading(layer, bool(indent)), indent, indent + "    ")
    inner = indent + "  "
    if layer.reason:
        yield from wrapped(f"Not known: {terminal(layer.reason)}", inner)
    listed: list[str] = []
    if not layer.is_model:
        weights = all_weights(layer)
        listed = [
            f"{terminal(name)} {format_shape(weight.shape)} = {amount(weight.params)}" for name, weight in weights
        ]
    if 1 < len(listed) <= MAX_WEIGHTS:
        yield from itemized(listed, inner)
    yield from each_gate(layer, inner)
    if layer.formula is not None:
        yield from formula(layer, inner)
    if layer.sentence and reported is not None and class_of(layer) not in reported:
        reported.add(class_of(layer))
        yield from wrapped(terminal(layer.sentence), inner)
    for note in layer.notes:
        yield from wrapped(note, inner)


def total_of(explanation: Explanation) -> Iterator[str]:
    """The sum of all layers."""
    counts = [layer.params for layer in explanation.layers if layer.params and (layer.row is None or layer.row.used)]
    total = amount(explanation.params)
    terms = " + ".join(amount(count) for count in counts)
    if not counts and not explanation.complete:
        yield "total: not known"
        return
    line = (
        f"total: {terms} = {total}"
        if 1 < len(counts) <= 40 and sum(counts) == explanation.params
        else f"total: {total}"
    )
    model = explanation.model
    if model is not None and model.non_trainable_params:
        line += f" ({amount(model.trainable_params)} trainable, {amount(model.non_trainable_params)} not)"
    yield from between_terms(line, "")
    if not explanation.complete:
        yield from wrapped("That leaves out the layers whose count is not known.")


def shapes(word: str, found: list[Shape]) -> list[str]:
    """The shapes of the inputs or outputs, the first after the word."""
    first, *more = map(format_shape, found or [None])
    return [f"{word} {first}", *more]


def expectation(explanation: Explanation, found: Expectation) -> Iterator[str]:
    """What leads to the number that was expected."""
    number = amount(found.number)
    for name in found.right:
        yield from wrapped(f"{number} is right: it is what {terminal(name)} has.")
    if found.matches and found.right:
        yield from wrapped("For the whole model it would be this:")
    elif found.matches:
        one = len(found.matches) == 1
        if len(found.matches[0].mistakes) > 1:
            pairs = "of two together" if one else "of two at a time, the likeliest first"
            yield from wrapped(f"{number} comes of no single mistake that lstmlint knows, but {pairs}:")
        else:
            yield from wrapped(
                f"{number} comes of {'this mistake' if one else 'one of these mistakes, the likeliest first'}:"
            )
    alone = explanation.model is None or len(explanation.layers) == 1 or explanation.detailed
    for index, match in enumerate(found.matches[:MAX_MATCHES], 1):
        yield ""
        number_ = f"{index}. " if len(found.matches) > 1 else ""
        yield from wrapped(number_ + title(match, alone), "  ", "    ")
        for step in match.arithmetic.split("; "):
            yield from wrapped(step, "    ", "      ")
        yield from wrapped(terminal(match.text), "    ")
    if len(found.matches) > MAX_MATCHES:
        yield from ("", f"  and {len(found.matches) - MAX_MATCHES} more.")
    if found.right or found.matches:
        return
    yield from wrapped(f"{number} is not what the count comes to, and no mistake that lstmlint knows leads to it.")
    if found.nearest:
        yield "The nearest numbers:"
        for quantity in found.nearest:
            difference = found.number - quantity.value
            sign = "+" if difference > 0 else "−"
            yield from wrapped(
                f"{amount(quantity.value)}: {terminal(quantity.what)}; {number} is that {sign}"
                f" {amount(abs(difference))}",
                "  ",
                "    ",
            )
    for hint in found.hints[:3]:
        yield from wrapped(terminal(hint))


def title(match: Match, alone: bool) -> str:
    """The mistake, and the layers it is made in."""
    said = match.title
    if "_" not in said.partition(" ")[0]:  # an argument's name keeps its small letter
        said = said[:1].upper() + said[1:]
    if not match.layers or (alone and match.scope == "layer"):
        return said
    names = ", ".join(map(terminal, match.layers[:MAX_NAMES]))
    if len(match.layers) > MAX_NAMES:
        names += f" and {len(match.layers) - MAX_NAMES} more"
    if match.scope == "layer":
        return f"{said} (in {names})"
    one_of = "one of " if len(match.layers) > 1 and "every layer" not in match.title else ""
    return f"{said} (in {one_of}{names}; this is the total then)"
