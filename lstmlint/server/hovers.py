"""What an editor shows about the place under the mouse: a rule, an argument, or a layer with its arithmetic."""

from __future__ import annotations

import ast
import json
import re
from typing import Any

from lstmlint import rules
from lstmlint.explaining import Explanation, render
from lstmlint.explaining.layer_explanations import explain_row
from lstmlint.layers import find, signature
from lstmlint.model.pointers import upward
from lstmlint.model.spec import Dialect, LayerSpec
from lstmlint.model.values import show
from lstmlint.reading.places import tokens_of
from lstmlint.reporting.escape import markdown, visible
from lstmlint.reporting.rows import cell
from lstmlint.reporting.tables import model_lines
from lstmlint.reporting.view import View
from lstmlint.rules.documentation import document
from lstmlint.server.config_places import ConfigPlaces
from lstmlint.server.examining import Examined, LayerPlace
from lstmlint.server.outline import models
from lstmlint.server.positions import Range
from lstmlint.server.program_places import Place, ProgramPlaces
from lstmlint.signatures import descriptions
from lstmlint.signatures.keras3 import REQUIRED
from lstmlint.validation.arguments import arguments_of
from lstmlint.version import rule_url

WIDTH = 88  # of the explanation
LONGEST = 4_000  # characters of a text
_WORD = re.compile(r"[A-Za-z][\w-]*")

Hover = tuple[str, Range]


def hover(examined: Examined, part: int, line: int, character: int) -> Hover | None:
    """Return the text about a position as Markdown, and the range that it is about; None if there is nothing to say."""
    if examined.config is not None:
        return of_config(examined, examined.config, line, character)
    if examined.program is not None:
        return of_program(examined, examined.program, part, line, character)
    return None


def of_config(examined: Examined, config: ConfigPlaces, line: int, character: int) -> Hover | None:
    """Return the text about a position in a config."""
    offset = config.lines.offset(line, character)
    pointer = config.pointer_at(offset) or ""
    text = config.text
    if "/lstmlint" in pointer or (not config.json and in_comment(text, offset)):
        return of_rule(text, offset, config)
    layers = {place.row.pointer: place for place in examined.layers}
    place = next((layers[one] for one in upward(pointer) if one in layers), None)
    here = Range(0, line, character, line, character)
    if place is None or not place.whole.touches(here):
        return of_model(examined, here)
    # A wrapper's layer has no row of its own: its arguments are those of the class beside them.
    inner = innermost(place.row.spec, pointer)
    tokens = tokens_of(pointer.removeprefix(inner.config_pointer)) if inner.config_pointer in upward(pointer) else []
    node = config.by_pointer.get(pointer)
    if len(tokens) == 1 and node is not None and offset <= config.span(node.start)[1]:
        found = of_argument(inner.class_name, config_name(inner, tokens[0]), place.report.dialect)
        if found is not None:
            return found, config.lines.range(*config.span(node.start))
    return of_layer(place), place.name


def config_name(spec: LayerSpec, written: str) -> str:
    """Return the name in Keras 3 of an argument as the file writes it."""
    return next((name for name, old in spec.renamed.items() if old == written), written)


def innermost(spec: LayerSpec, pointer: str) -> LayerSpec:
    """Return the layer in another one's config that a pointer is in; the layer itself if it is in none."""
    for value in spec.config.values():
        for inner in value if isinstance(value, list) else [value]:
            if isinstance(inner, LayerSpec) and inner.pointer and inner.pointer in upward(pointer):
                return innermost(inner, pointer)
    return spec


def in_comment(text: str, offset: int) -> bool:
    """Return whether an offset is in a comment about lstmlint."""
    start = text.rfind("\n", 0, offset) + 1
    at = text.find("#", start)
    end = text.find("\n", offset)
    return 0 <= at <= offset and "lstmlint" in text[at : end if end >= 0 else len(text)]


def of_rule(text: str, offset: int, config: ConfigPlaces) -> Hover | None:
    """Return the text about the rule that a suppression in a config names at an offset."""
    found = rule_at(text, offset)
    return None if found is None else (found[0], config.lines.range(found[1], found[2]))


def rule_at(text: str, offset: int) -> tuple[str, int, int] | None:
    """Return the text about the rule whose code or name is at an offset, with its start and end."""
    start = max(text.rfind("\n", 0, offset) + 1, offset - 80)
    match = next((one for one in _WORD.finditer(text, start) if one.end() >= offset), None)
    rule = rules.find(match[0]) if match is not None and match.start() <= offset else None
    if rule is None or match is None:
        return None
    words = document(rule)
    lines = [f"**[{rule.code}]({rule_url(rule.code)}) {rule.name}** ({rule.severity})", words.description]
    lines += [f"**Fix:** {words.fix}"] if words.fix else []
    return "\n\n".join(lines), match.start(), match.end()


def of_program(examined: Examined, program: ProgramPlaces, part: int, line: int, character: int) -> Hover | None:
    """Return the text about a position in a program."""
    lines = program.parts[part] if 0 <= part < len(program.parts) else None
    place = program.place(part, line, character)
    if lines is None or place is None:
        return None
    offset = lines.offset(line, character)
    if in_comment(lines.text, offset):
        found = rule_at(lines.text, offset)
        return None if found is None else (found[0], lines.range(found[1], found[2], part))
    here = Range(part, line, character, line, character)
    around = [one for one in examined.layers if one.whole.touches(here)]
    if not around:
        return of_model(examined, here)
    nearest = max(around, key=lambda one: (one.whole.line, one.whole.character))
    found_argument = argument_at(program, place)
    if found_argument is not None:
        class_name, argument, start, end = found_argument
        text = of_argument(class_name, argument, nearest.report.dialect)
        if text is not None:
            return text, program.range(start, end)
    return of_layer(nearest), nearest.name


def argument_at(program: ProgramPlaces, place: Place) -> tuple[str, str, Place, Place] | None:
    """Return the class and the argument that a place in a call names or gives, and where that is."""
    calls = [node for nodes in program.expressions.values() for node in nodes if isinstance(node, ast.Call)]
    around = [call for call in calls if program.start(call) <= place <= program.end(call)]
    if not around:
        return None
    call = min((one for one in around if program.start(one) == max(map(program.start, around))), key=program.end)
    class_name = ast.unparse(call.func).rpartition(".")[2]
    for keyword in call.keywords:
        start = program.start(keyword)
        end = (start[0], start[1] + len(keyword.arg or ""))
        if keyword.arg and start <= place <= end:
            return class_name, keyword.arg, start, end
    names = list(signature(class_name) or ()) if find(class_name) is not None else []
    for name, value in zip(names, call.args, strict=False):
        if program.start(value) <= place <= program.end(value):
            return class_name, name, program.start(value), program.end(value)
    return None


def of_argument(class_name: str, argument: str, dialect: str | None) -> str | None:
    """Return what an argument means, which values it takes, and its default; None for an unknown one."""
    release: Dialect = dialect if dialect in ("keras1", "keras2", "keras3") else "keras3"  # type: ignore[assignment]
    found = arguments_of(class_name, release)
    known = signature(class_name, release) or {}
    if found is None or argument not in found.accepted:
        return None
    lines = [f"**{argument}** of {markdown(class_name)}"]
    meaning = descriptions.of_argument(class_name, argument)
    if meaning is not None:
        lines.append(markdown(meaning))
    if argument in found.kinds:
        lines.append(f"Takes {found.kinds[argument].wants}.")
    if argument in known:
        default = known[argument]
        lines.append("Required." if default is REQUIRED else f"Default: `{plain(default)}`")
    return "\n\n".join(lines)


def plain(value: Any) -> str:
    """Return a default as people write it."""
    try:
        return json.dumps(value)
    except TypeError:
        return show(value)


def of_layer(place: LayerPlace) -> str:
    """Return a layer's shapes, its number of parameters, and how that number results."""
    row = place.row
    inputs, outputs = cell(row, "input-shape", 0) or "?", cell(row, "output-shape", 0) or "?"
    lines = [
        f"**{markdown(place.path[:LONGEST])}** ({markdown(row.class_name[:LONGEST])})",
        f"`{visible(inputs)} → {visible(outputs)}` · {markdown(cell(row, 'params', 0))} parameters",
    ]
    meaning = descriptions.of_class(row.class_name)
    if meaning is not None:
        lines.append(markdown(meaning))
    if row.params is not None:
        text = render(Explanation([explain_row(row, place.path, place.report.model)], True), WIDTH)
        lines.append(fenced(text))
    return "\n\n".join(lines)


def fenced(text: str) -> str:
    """Return a text as a block of code, cut off if it is long."""
    if len(text) > LONGEST:
        text = f"{text[:LONGEST]}…"
    return f"```text\n{text.replace('```', '` ` `').rstrip()}\n```"


def of_model(examined: Examined, here: Range) -> Hover | None:
    """Return the table of the model that a position names."""
    for _, model, place in models(examined):
        if place.touches(here):
            return fenced("\n".join(model_lines(model, View()))), place
    return None
