"""Which releases of Keras load a file, found in the file alone.

A loader visits the raw document in the order in which a release does, and records what that release refuses. The facts
about classes and arguments are in `signatures.history`; what changed in the loaders themselves is in `keras3` and `keras2`.
"""

from __future__ import annotations

from collections.abc import Sequence

from lstmlint.compatibility.obstacles import Obstacle, Verdict
from lstmlint.model.findings import Problem, UsageError
from lstmlint.model.releases import KERAS3, is_keras3, span
from lstmlint.model.spec import ModelSpec
from lstmlint.reading.document import Document

__all__ = ["JUDGED", "Obstacle", "Verdict", "judge", "judged"]

# The releases that can be judged.
JUDGED = KERAS3


def judged(releases: Sequence[str], option: str) -> tuple[str, ...]:
    """Return the releases. Raises: UsageError if one of them cannot be judged."""
    others = [release for release in releases if release not in JUDGED]
    if others:
        raise UsageError(f"{option}: lstmlint judges {span(JUDGED)}, not {span(others)}")
    return tuple(releases)


def judge(document: Document, spec: ModelSpec, release: str, problems: Sequence[Problem] = ()) -> Verdict:
    """Return whether a release loads a file, and what stops it.

    Args:
        document: The file.
        spec: Its model.
        release: One of `JUDGED`.
        problems: The errors that the analysis found, which the releases of the file's own generation refuse as well.
    """
    from lstmlint.compatibility.keras3 import Keras3Loader

    loader = Keras3Loader(release, document.keras_version)
    loader.load(document)
    found = loader.obstacles
    if is_keras3(release) == (spec.dialect == "keras3"):
        found = [*found, *refusals(found, problems)]
    return Verdict(release, found)


def refusals(found: list[Obstacle], problems: Sequence[Problem]) -> list[Obstacle]:
    """Return the errors of the analysis that are not obstacles already, except those that only some releases refuse."""
    places = {obstacle.pointer for obstacle in found}
    return [
        Obstacle("refused", problem.code, problem.message, problem.help, problem.pointer, problem.layer)
        for problem in problems
        if problem.pointer not in places and not problem.pointer.endswith("/registered_name")
    ]
