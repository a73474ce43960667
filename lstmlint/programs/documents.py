"""The document of one model of a program, for what needs all of it."""

from __future__ import annotations

from pathlib import Path

from lstmlint.config.options import Options
from lstmlint.model.findings import ReadError, UsageError
from lstmlint.programs.naming import about_doubts, about_sizes, no_such, several
from lstmlint.programs.reading import read_program
from lstmlint.programs.reports import NO_MODEL, origin_of
from lstmlint.reading.document import Document


def document_of_program(content: Path | bytes, options: Options, path: str, name: str | None) -> Document:
    """Return the document of a model that a program builds. Its locator gives lines of the program.

    name: of the model; not needed if there is only one.
    Raises: ReadError if the program cannot be read, or builds no model; UsageError if a model must be named, or not all
    of it is known; OSError.
    """
    source, program, _ = read_program(content, options, path)
    names = [model.name for model in program.models]
    if not names:
        raise ReadError("E002", *NO_MODEL)
    if name is None and len(names) > 1:
        raise UsageError(several(path, names))
    if name is not None and name not in names:
        raise no_such(path, names, name)
    model = program.models[0 if name is None else names.index(name)]
    origin = origin_of(model, source, 0, 1)
    if not origin.exact:
        raise UsageError(about_doubts(origin))
    if origin.unknowns:
        raise UsageError(about_sizes(origin))
    return model.document({})
