"""The html format: one page with the graph, the table of layers, the arithmetic of each count, findings and budgets.

The page holds everything that it shows and fetches nothing. Several models get an index.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from typing import TYPE_CHECKING, Any, NamedTuple

from lstmlint.model.values import plural
from lstmlint.reporting import Totals, View
from lstmlint.reporting.page import embedded, page
from lstmlint.reporting.page.contents import contents, index_entry
from lstmlint.reporting.spool import Spool
from lstmlint.reporting.text import findings_line
from lstmlint.reporting.view import size

if TYPE_CHECKING:
    from lstmlint.report import FileReport

MOST_BYTES = 48 * 2**20  # of the models in one page; a browser reads that in a few seconds


class Digest(NamedTuple):
    """What the page shows of one model. entry: its line in the index. model: the rest, as JSON for a script element."""

    entry: dict[str, Any]
    model: str


def digest(report: FileReport, view: View) -> Digest:
    """Return what the page shows of one model."""
    return Digest(index_entry(report), embedded(contents(report, view)))


def render(digests: Iterable[Any], totals: Totals, view: View) -> Iterator[str]:
    """Yield the page."""

    def summary() -> str:
        least = "about " if not totals.exact else "" if totals.complete else "at least "
        return f"{plural(totals.models, 'model')}, {least}{totals.params:,} parameters. {findings_line(totals)}"

    yield from page_of(digests, summary)


def page_of(digests: Iterable[Digest], summary: Callable[[], str]) -> Iterator[str]:
    """Yield the page with some models. summary: called after the last digest; returns a sentence about all of them."""
    entries: list[dict[str, Any]] = []
    models = Spool()
    room = MOST_BYTES
    for number, (entry, model) in enumerate(digests):
        room -= len(model)
        shown = room >= 0 or not models
        if shown:
            models.append((f"model-{number}-data", model))
        note = "" if shown else "Only listed: the page would become too large."
        entries.append({**entry, "model": number if shown else None, "note": note})
    notes = []
    if len(models) < len(entries):
        notes.append(
            f"Only {len(models):,} of {plural(len(entries), 'model')} are shown in full, because one page holds at most"
            f" {size(MOST_BYTES)}. Name fewer files to see the others."
        )
    index = {"summary": summary(), "notes": notes, "models": entries}
    title = entries[0]["path"] if len(entries) == 1 else plural(len(entries), "model")
    yield from page(f"lstmlint: {title}", chain([("index-data", embedded(index))], models))
