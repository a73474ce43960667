"""Match the layers of two models.

By name, and what is left between two matched layers by class and order, which finds renamed ones.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from lstmlint.comparing.arguments import arguments
from lstmlint.model.values import show
from lstmlint.parsing.common import snake_case

if TYPE_CHECKING:
    from lstmlint.inference.summary import LayerSummary


def match(old: list[LayerSummary], new: list[LayerSummary]) -> dict[int, int]:
    """Match the layers: index in the old model -> index in the new one."""
    if numbered_anew(old, new):
        return {i: i for i in range(len(old))}
    places: dict[str, list[int]] = {}
    for j in range(len(new) - 1, -1, -1):
        places.setdefault(new[j].name, []).append(j)
    pairs: dict[int, int] = {}
    for i, row in enumerate(old):
        if places.get(row.name):
            pairs[i] = places[row.name].pop()
    # Between matched layers, a layer of the same class in the same order is the same layer under another name. Those
    # with equal arguments are matched first.
    after: dict[int | None, tuple[list[int], list[int]]] = {}
    last: int | None = None
    for i in range(len(old)):
        if i in pairs:
            last = pairs[i]
        else:
            after.setdefault(last, ([], []))[0].append(i)
    last = None
    taken = set(pairs.values())
    for j in range(len(new)):
        if j in taken:
            last = j
        elif last in after:
            after[last][1].append(j)
    for removed, added in after.values():
        if removed and added:
            found = pair_off(removed, added, old, new, exactly=True)
            pairs |= found
            taken = set(found.values())
            left = [i for i in removed if i not in found], [j for j in added if j not in taken]
            pairs |= pair_off(*left, old, new, exactly=False)
    return pairs


def pair_off(
    removed: list[int],
    added: list[int],
    old: list[LayerSummary],
    new: list[LayerSummary],
    exactly: bool,
) -> dict[int, int]:
    """Match layers of the same class in order. exactly: only those with equal arguments."""
    waiting: dict[str, list[int]] = {}
    for j in reversed(added):
        waiting.setdefault(likeness(new[j], exactly), []).append(j)
    pairs = {}
    for i in removed:
        candidates = waiting.get(likeness(old[i], exactly))
        if candidates:
            pairs[i] = candidates.pop()
    return pairs


def likeness(row: LayerSummary, exactly: bool) -> str:
    """Return what two layers with different names must have in common to match."""
    return f"{row.class_name} {show(arguments(row))}" if exactly else row.class_name


def numbered_anew(old: list[LayerSummary], new: list[LayerSummary]) -> bool:
    """Check whether only the numbers that Keras appends to its default names have changed.

    A model built twice in one session has lstm, lstm_1 and then lstm_2, lstm_3: the same classes in the same order,
    but names would match the wrong ones.
    """
    if len(old) != len(new):
        return False
    changed = [(a, b) for a, b in zip(old, new, strict=True) if a.name != b.name]
    if not changed or any(a.class_name != b.class_name for a, b in zip(old, new, strict=True)):
        return False
    if {a.name for a, _ in changed} == {b.name for _, b in changed}:
        return False  # the same layers in another order
    return all(generated(row) for pair in changed for row in pair)


def generated(row: LayerSummary) -> bool:
    """Check whether a name is a default name of Keras."""
    stem, _, number = row.name.rpartition("_")
    return snake_case(row.class_name) in (row.name, stem if number.isdigit() else row.name)


def out_of_order(pairs: dict[int, int]) -> set[int]:
    """Return the old positions of the layers that moved: the fewest moves that explain the new order."""
    from bisect import bisect_left

    ends: list[int] = []  # the smallest new place at which a rising sequence of each length ends
    owners: list[int] = []
    before: dict[int, int | None] = {}
    for i in sorted(pairs):
        length = bisect_left(ends, pairs[i])
        before[i] = owners[length - 1] if length else None
        ends[length : length + 1] = [pairs[i]]
        owners[length : length + 1] = [i]
    stay: int | None = owners[-1] if owners else None
    moved = set(pairs)
    while stay is not None:
        moved.discard(stay)
        stay = before[stay]
    return moved
