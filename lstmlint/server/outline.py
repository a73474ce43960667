"""What an editor shows beside the text of a model: hints, symbols, and the model's total."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from lstmlint.inference.summary import LayerSummary, ModelSummary
from lstmlint.report import FileReport
from lstmlint.reporting.escape import visible
from lstmlint.reporting.rows import cell, total
from lstmlint.rules import budget
from lstmlint.server.examining import Examined, LayerPlace
from lstmlint.server.positions import Range

LONGEST = 80  # characters of a hint
NOTHING = "→ ? · ?"
BUDGETS = {
    "max-params": budget.PARAMS, "max-trainable-params": budget.TRAINABLE, "max-macs": budget.MACS,
}  # fmt: skip


class Label(NamedTuple):
    """A text at a place in the document."""

    range: Range
    text: str


@dataclass(slots=True)
class Symbol:
    """A model or a layer in the outline of a document. whole: all of its text. name_range: its class."""

    name: str
    detail: str
    whole: Range
    name_range: Range
    model: bool
    children: list[Symbol] = field(default_factory=list)


def hints(examined: Examined) -> list[Label]:
    """Return the output shape and the number of parameters of each layer, after its call or its class.

    A layer of which neither is known has none.
    """
    groups: dict[Range, list[LayerPlace]] = {}
    for place in examined.layers:
        groups.setdefault(place.end, []).append(place)
    texts = {end: shortened(hint_of(places)) for end, places in groups.items()}
    return [Label(end, text) for end, text in texts.items() if text != NOTHING]


def hint_of(places: list[LayerPlace]) -> str:
    """Return the hint for the layers that one place builds: in a loop, or in a function that several models call."""
    rows = [one.row for one in places]
    texts = list(dict.fromkeys(map(row_text, rows)))
    if len(texts) == 1:
        times = max(sum(one.report is place.report for one in places) for place in places)
        return texts[0] if times == 1 else f"{texts[0]} (in each of {times} layers)"
    first, last = (cell(row, "output-shape", 0) for row in (rows[0], rows[-1]))
    params = [row.params for row in rows if row.params is not None]
    summed = f"{sum(params):,}" if len(params) == len(rows) else "?"
    return f"→ {first if first == last else f'{first} … {last}'} · {summed} in {len(rows)} layers"


def row_text(row: LayerSummary) -> str:
    """Return a layer's output shape and number of parameters."""
    shape, params = cell(row, "output-shape", 0) or "?", cell(row, "params", 0)
    return f"→ {shape} · {params}"


def shortened(text: str) -> str:
    """Return a text of limited length on one line."""
    text = visible(text)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def models(examined: Examined) -> Iterator[tuple[FileReport, ModelSummary, Range]]:
    """Yield the models of an open file, each with the place that names it."""
    for report in examined.reports:
        if report.model is not None:
            yield report, report.model, place_of(examined, report)


def place_of(examined: Examined, report: FileReport) -> Range:
    """Return the class of a model in a config, or where a program builds it."""
    origin, model = report.origin, report.model
    places = examined.program
    if origin is not None and places is not None:
        return places.range(*places.span(places.in_program(origin.line, origin.column, origin.cell)))
    if examined.config is not None and model is not None and report.locate is not None:
        found = examined.config.class_name(report.locate, model.spec.pointer)
        start = examined.config.offset(*report.locate(model.spec.pointer))
        return examined.config.lines.range(*(found or (start, start)))
    return Range(0, 0, 0, 0, 0)


def lenses(examined: Examined) -> list[Label]:
    """Return the total of each model, and how it compares with its budgets."""
    found = []
    for report, model, place in models(examined):
        name = "" if report.origin is None else f"{shortened(report.origin.name)}: "
        found.append(Label(place, f"{name}{count_of(model)}{against_budgets(examined, model)}"))
    return found


def count_of(model: ModelSummary) -> str:
    """Return the number of a model's parameters with its noun."""
    count = shortened(total(model))
    if count == "unknown":
        return "parameters unknown"
    number, comma, doubt = count.partition(", not")
    return f"{number} parameter{'' if number == '1' else 's'}{comma}{doubt}"


def against_budgets(examined: Examined, model: ModelSummary) -> str:
    """Return how much of its budgets a model uses; nothing without a budget."""
    parts = []
    exact = model.origin is None or model.origin.certain
    for option, limit in examined.options.limits.items():
        kind = BUDGETS.get(option)
        cost = None if kind is None or not exact or not kind.complete(model) else kind.total(model)
        if kind is None or cost is None:
            continue
        share = f"{cost / limit:.0%} of" if limit else "over"
        parts.append(f"{share} the budget of {limit:,} {kind.noun}")
    return "".join(f" · {part}" for part in parts)


def symbols(examined: Examined) -> list[Symbol]:
    """Return the models of a document with their layers, and the layers of nested models in these."""
    by_report: dict[int, list[LayerPlace]] = {}
    for layer in examined.layers:
        by_report.setdefault(id(layer.report), []).append(layer)
    found = []
    for report, model, place in models(examined):
        title = report.origin.name if report.origin is not None else model.name
        top = Symbol(named(title), count_of(model), place, place, True)
        at = {"": top}
        for layer in by_report.get(id(report), ()):
            parent, _, name = layer.path.rpartition("/")
            text = f"{visible(layer.row.class_name[:LONGEST])} {shortened(row_text(layer.row))}"
            whole = cover([layer.whole, layer.name])
            at[layer.path] = Symbol(named(name), text, whole, layer.name, layer.row.nested is not None)
            at.get(parent, top).children.append(at[layer.path])
        if examined.config is not None and report.locate is not None:
            top.whole = cover(
                [place, examined.config.lines.range(*examined.config.whole(report.locate, model.spec.pointer))]
            )
        else:
            top.whole = cover([place, *(child.whole for child in top.children)])
        found.append(top)
    return found


def named(name: str) -> str:
    """Return a name as a symbol has it, which must not be empty."""
    return shortened(name) if name.strip() else "(unnamed)"


def cover(ranges: list[Range]) -> Range:
    """Return the smallest range that holds those of the ranges that are in the cell of the first."""
    part = ranges[0].part
    ranges = [one for one in ranges if one.part == part]
    start = min((one.line, one.character) for one in ranges)
    end = max((one.end_line, one.end_character) for one in ranges)
    return Range(part, *start, *end)
