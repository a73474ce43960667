"""What a file can do to whoever loads it with Keras. Nothing in it is decoded further than base64, imported or run."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from lstmlint.model.findings import Problem
from lstmlint.reading.document import Document
from lstmlint.reading.survey import Survey
from lstmlint.security.usual import is_usual


def check(
    survey: Survey, document: Document | None, targets: tuple[str, ...], allowed: Iterable[str] = ()
) -> Iterator[Problem]:
    """Yield the security problems of a file.

    document: None if the file is not a model. targets: the releases that the user loads it with; none for all.
    allowed: modules besides Keras's own that the user trusts.
    """
    known = [] if document is None else document.problems
    yield from (problem for problem in survey.problems if not any(problem is one for one in known))
    if survey.members:
        from lstmlint.security import archives

        yield from archives.check(survey.members, targets)
    if survey.odd or survey.lost or not all(map(is_usual, survey.classes)):
        from lstmlint.security import objects

        yield from objects.check(survey, document, targets, tuple(allowed))
