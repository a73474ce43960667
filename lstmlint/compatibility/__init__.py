"""Which releases of Keras load a file, found in the file alone.

A loader visits the raw document in the order in which a release does, and records what that release refuses. The facts
about classes and arguments are in `signatures.history`; what changed in the loaders themselves is in `keras3` and `keras2`.
"""

from __future__ import annotations

from collections.abc import Sequence

from lstmlint.compatibility.loader import Loader
from lstmlint.compatibility.obstacles import Obstacle, Verdict
from lstmlint.model.findings import Problem
from lstmlint.model.releases import TFJS, is_keras3, version
from lstmlint.model.spec import ModelSpec
from lstmlint.reading.document import Document

__all__ = ["Obstacle", "Verdict", "judge"]

# Classes and arguments that a release does not know, in which releases differ.
JUDGED_BY_LOADER = frozenset({"E005", "P601", "P602", "P604"})


def judge(document: Document, spec: ModelSpec, release: str, problems: Sequence[Problem] = ()) -> Verdict:
    """Return whether a release loads a file, and what stops it.

    Args:
        document: The file.
        spec: Its model.
        release: One of `model.releases.ALL`.
        problems: The errors that the analysis found, which the releases of the file's own generation refuse as well.
    """
    found = obstacles(document, release)
    if release == TFJS:
        return Verdict(release, found)
    if is_keras3(release) == (spec.dialect == "keras3"):
        found += refusals(found, problems, release)
    elif not is_keras3(release):
        found = found[:1]  # the whole file is in the format of Keras 3
    return Verdict(release, found)


def obstacles(document: Document, release: str) -> list[Obstacle]:
    """Return what the loader of a release refuses in a file."""
    loader: Loader
    if release == TFJS:
        from lstmlint.compatibility.tfjs import TfjsLoader

        loader = TfjsLoader(release, document.keras_version)
    elif is_keras3(release):
        from lstmlint.compatibility.keras3 import Keras3Loader

        loader = Keras3Loader(release, document.keras_version)
    else:
        from lstmlint.compatibility.keras2 import Keras2Loader

        loader = Keras2Loader(release, document.keras_version)
    loader.load(document)
    return loader.obstacles


def refusals(found: list[Obstacle], problems: Sequence[Problem], release: str) -> list[Obstacle]:
    """Return the errors of the analysis that are not obstacles already, except those that the loader judges itself.

    A problem with a version under "since" in its data is one for Keras 3 from that version on.
    """
    places = {obstacle.pointer for obstacle in found}
    return [
        Obstacle("refused", problem.code, problem.message, problem.help, problem.pointer, problem.layer)
        for problem in problems
        if problem.pointer not in places
        and version(release) >= problem.data.get("since", (0, 0))
        and problem.code not in JUDGED_BY_LOADER
        and not problem.pointer.endswith("/registered_name")
    ]
