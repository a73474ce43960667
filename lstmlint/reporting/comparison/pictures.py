"""The picture of a comparison: the new model, with the layers that were removed at their places."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.comparing import Comparison, FolderComparison, LayerChange
from lstmlint.drawing.changes import compared
from lstmlint.drawing.picture import Picture, draw, fewer, shorten
from lstmlint.reporting import rows
from lstmlint.reporting.comparison.values import counts, details, label, shown


def pictures_of(found: Comparison, most: int, most_links: int | None = None) -> Iterator[Picture]:
    """Yield pictures of a comparison, each with fewer boxes than the one before; the last one has none.

    Nested models that contain a change are drawn, whatever their depth.
    """
    marked = compared(found, notes, found.appeared)
    if marked is None:
        return
    for boxes in fewer(most):
        picture = draw(marked.graph, found.appeared, 0, boxes, most_links, expand=True)
        picture.title = shorten(f"{found.old.path} → {found.new.path}", 200)
        picture.subtitle = f"Layers: {counts(found)}."
        yield picture


def differing(found: Comparison | FolderComparison, most: int) -> Iterator[Picture]:
    """Yield the picture of two files, or of each pair of files in two folders that differs. most: the number of boxes."""
    if isinstance(found, FolderComparison):
        for comparison in found.files:
            if not comparison.same:
                yield from differing(comparison, most)
        gone = [f"removed: {path}" for path in found.removed] + [f"added: {path}" for path in found.added]
        if gone:
            yield Picture(
                shorten(f"{found.old} → {found.new}", 200), "Files", notes=[shorten(one, 200) for one in gone]
            )
    elif found.same or found.unreadable:
        said = [f"{report.path} cannot be read." for report in found.unreadable] or ["The models are the same."]
        title = shorten(f"{found.old.path} → {found.new.path}", 200)
        yield Picture(title, "Nothing to show", notes=[shorten(one, 200) for one in said])
    else:
        yield next(pictures_of(found, most))


def notes(entry: LayerChange) -> list[str]:
    """Return what changed in a layer, a line each: params 40 → 80."""
    if entry.old is None or entry.new is None:
        return []
    params = [] if entry.old.params == entry.new.params else [(entry.old.params, entry.new.params)]
    lines = [f"params {rows.count(old)} → {rows.count(new)}" for old, new in params]
    return lines + [f"{label(one)} {shown(one, one.old)} → {shown(one, one.new)}" for one in details(entry)]
