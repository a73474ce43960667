"""The picture of a comparison: the new model, with the layers that were removed at their places."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.comparing import Comparison, LayerChange
from lstmlint.drawing.changes import compared
from lstmlint.drawing.picture import Picture, draw, shorten
from lstmlint.reporting import rows
from lstmlint.reporting.comparison.values import counts, details, label, shown


def pictures_of(found: Comparison, most: int, most_links: int | None = None) -> Iterator[Picture]:
    """Yield pictures of a comparison, each with fewer boxes than the one before; the last one has none.

    Nested models that contain a change are drawn, whatever their depth.
    """
    marked = compared(found, notes, found.appeared)
    while marked is not None:
        picture = draw(marked.graph, found.appeared, 0, most, most_links, expand=True)
        picture.title = shorten(f"{found.old.path} → {found.new.path}", 200)
        picture.subtitle = f"Layers: {counts(found)}."
        yield picture
        if not most:
            return
        most = most * 2 // 3


def notes(entry: LayerChange) -> list[str]:
    """Return what changed in a layer, a line each: params 40 → 80."""
    if entry.old is None or entry.new is None:
        return []
    params = [] if entry.old.params == entry.new.params else [(entry.old.params, entry.new.params)]
    lines = [f"params {rows.count(old)} → {rows.count(new)}" for old, new in params]
    return lines + [f"{label(one)} {shown(one, one.old)} → {shown(one, one.new)}" for one in details(entry)]
