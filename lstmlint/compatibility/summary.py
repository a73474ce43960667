"""Verdicts in words: consecutive releases with the same verdict in one row, and one sentence for all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

from lstmlint.compatibility.obstacles import Obstacle, Verdict
from lstmlint.model.findings import listing
from lstmlint.model.releases import KERAS2, KERAS3, TFJS, is_newer, span

MOST_PARTS = 3  # of the sentence, about releases that do not load the file


class Row(NamedTuple):
    """Releases with the same verdict. obstacle: the first one."""

    releases: list[str]
    loads: bool | None
    obstacle: Obstacle | None

    @property
    def label(self) -> str:
        """The releases, as messages name them."""
        return shortest(self.releases)


def shortest(releases: Sequence[str]) -> str:
    """Return how messages name releases; a whole generation by its name."""
    whole = {"Keras 2": KERAS2, "Keras 3": KERAS3}
    left = list(releases)
    names = []
    for name, generation in whole.items():
        if set(generation) <= set(left):
            names.append(name)
            left = [release for release in left if release not in generation]
    return " and ".join([*names, *([span(left)] if left else [])])


def rows(verdicts: Sequence[Verdict]) -> list[Row]:
    """Return consecutive releases with the same verdict and the same first obstacle."""

    def key(verdict: Verdict) -> tuple[str, bool | None, list[str]]:
        first = [f"{obstacle.pointer}: {obstacle.message}" for obstacle in verdict.obstacles[:1]]
        return family(verdict.release), verdict.loads, first

    grouped = [list(group) for _, group in groupby(verdicts, key)]
    return [
        Row([one.release for one in group], group[0].loads, next(iter(group[0].obstacles), None)) for group in grouped
    ]


def family(release: str) -> str:
    """Return the generation of a release, so that no row spans two."""
    return "3" if release in KERAS3 else "2" if release in KERAS2 else release


def sentence(
    verdicts: Sequence[Verdict], dialect: str = "", keras_version: str | None = None, convertible: Sequence[str] = ()
) -> str:
    """Return which releases load the file, and what the others need.

    dialect: of the file. convertible: the releases for which `lstmlint convert` writes the model without a change.
    """
    loading = [verdict.release for verdict in verdicts if verdict.loads]
    custom = [verdict for verdict in verdicts if verdict.loads is None]
    parts = [f"Loads in {shortest(loading)}."] if loading else []
    if custom:
        names = list(dict.fromkeys(obstacle.subject for verdict in custom for obstacle in verdict.obstacles))
        where = shortest([verdict.release for verdict in custom])
        parts.append(f"Loads in {where} if you pass {listing(names)} in custom_objects.")
    if not parts and len(verdicts) > 1:
        parts.append("None of these releases loads it.")
    failing = [verdict for verdict in verdicts if verdict.loads is False]
    parts += list(remedies(failing, dialect))[:MOST_PARTS]
    if convertible:
        to = convertible[0] if len(convertible) == 1 else "RELEASE"
        parts.append(f"lstmlint convert FILE --to {to} writes it for {shortest(convertible)} without loss.")
    if is_newer(keras_version):
        parts.append(f"Keras {keras_version}, which wrote the file, is newer than the releases that lstmlint knows.")
    return " ".join(parts)


def remedies(failing: Sequence[Verdict], dialect: str) -> Iterator[str]:
    """Yield a sentence per group of consecutive releases with the same causes, the newest releases first.

    A generation that cannot read the format of the file is one group.
    """
    before: set[str] = set()
    other = [verdict for verdict in failing if is_foreign(verdict, dialect)]
    failing = [verdict for verdict in failing if not is_foreign(verdict, dialect)]

    def causes(verdict: Verdict) -> tuple[str, frozenset[str]]:
        if mendable(verdict):
            return "", frozenset(obstacle.action for obstacle in verdict.obstacles)
        first = next(obstacle for obstacle in verdict.obstacles if obstacle.edit is None and obstacle.kind != "custom")
        return first.message, frozenset()

    tfjs = [verdict for verdict in failing if verdict.release == TFJS]
    ordered = [*reversed([verdict for verdict in failing if verdict.release != TFJS]), *tfjs]
    for (_, (message, actions)), group in groupby(ordered, lambda verdict: (family(verdict.release), causes(verdict))):
        same = list(group)
        where = shortest([verdict.release for verdict in same])
        if message:
            yield f"{where} cannot: {message}."
        elif before and before < actions:
            new = [obstacle for obstacle in same[0].obstacles if obstacle.action not in before]
            yield f"For {where} also {edits(new)}."
        else:
            yield f"For {where} {edits(same[0].obstacles)}."
        before = set(actions)
    if other:
        written = "Keras 3" if dialect == "keras3" else "Keras 2"
        yield f"{shortest([verdict.release for verdict in other])} cannot: written by {written}."


def is_foreign(verdict: Verdict, dialect: str) -> bool:
    """Check whether a release fails on the format of another generation."""
    if verdict.release == TFJS or (verdict.release in KERAS3) == (dialect == "keras3"):
        return False
    return dialect == "keras3" or verdict.obstacles[0].subject == "module"


def mendable(verdict: Verdict) -> bool:
    """Check whether edits without loss remove all obstacles."""
    return all(obstacle.edit is not None for obstacle in verdict.obstacles)


def edits(obstacles: Sequence[Obstacle]) -> str:
    """Return what to change, without loss: "remove quantization_config (3 layers, all null: no change)"."""
    by_action: dict[str, list[Obstacle]] = {}
    for obstacle in obstacles:
        by_action.setdefault(obstacle.action, []).append(obstacle)
    by_place: dict[str, list[str]] = {}
    for action, some in by_action.items():
        by_place.setdefault(place(some), []).append(action)
    return listing([f"{joined(actions)} ({where}no change)" for where, actions in by_place.items()])


def joined(actions: list[str]) -> str:
    """Return actions, with a common verb once: remove a and b."""
    verb = actions[0].partition(" ")[0]
    if len(actions) > 1 and all(action.startswith(f"{verb} ") and action.count(" ") == 1 for action in actions):
        return f"{verb} {listing([action.partition(' ')[2] for action in actions])}"
    return listing(actions)


def place(obstacles: Sequence[Obstacle]) -> str:
    """Return the layers and the values that edits concern: "3 layers, all null: "."""
    layers = list(dict.fromkeys(obstacle.layer for obstacle in obstacles if obstacle.layer is not None))
    notes = list(dict.fromkeys(obstacle.note for obstacle in obstacles))
    parts = [f"{len(layers)} layers"] if len(layers) > 1 else layers
    if len(notes) == 1 and notes[0]:
        parts.append(f"all {notes[0]}" if len(layers) > 1 else notes[0])
    return f"{', '.join(parts)}: " if parts else ""
