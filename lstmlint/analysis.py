"""The whole analysis, from bytes to findings: read a document, or interpret a program; then parse, infer, check."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

from lstmlint.config.options import Options
from lstmlint.model.findings import Problem, ReadError, UsageError
from lstmlint.model.limits import LimitError, enforced
from lstmlint.model.programs import PROGRAMS, split_model
from lstmlint.report import FileReport

if TYPE_CHECKING:
    from lstmlint.reading.document import Document


class SupportsToJson(Protocol):
    """A Keras model, or anything else with its `to_json`."""

    def to_json(self) -> str:
        """Return the config as JSON text."""


ModelSource: TypeAlias = "str | os.PathLike[str] | bytes | dict[str, Any] | SupportsToJson"


def analyze(source: ModelSource, options: Options | None = None, *, name: str | None = None) -> FileReport:
    """Analyze a Keras model: shapes, parameter counts and findings. Nothing in the file is ever executed.

    Args:
        source: A path (str or os.PathLike); the content of a file as bytes; a config as a dict; JSON or YAML text; or
            an object with a `to_json` method, such as a Keras model. A str is text if no such path exists and it
            begins with `{` or `[` or has several lines. One model of a program is named after its path:
            `train.py::encoder`.
        options: Input shapes, rules, budgets and so on. `Options.input_limits` holds the limits on time, size and so on.
        name: The path to show in the report.

    HDF5 is read in a separate process, since a damaged file can crash the HDF5 library: a helper is started at the first
    such file and serves all calls. In a program that is not run by a Python executable, it is read in the same process.

    Returns:
        The report. `report.model` holds the shapes and counts, `report.findings` the problems. A file that does not
        hold a model has the model None and a finding.

    Raises:
        OSError: If a path cannot be opened.
        TypeError: If the source has another type, or its `to_json` does not return JSON.
        UsageError: If a Python program or notebook builds several models and none is named, or it does not build the
            named one. `analyze_all` returns all.
    """
    reports = analyze_all(source, options, name=name)
    if len(reports) > 1:
        from lstmlint.programs.naming import name_of, several

        raise UsageError(several(reports[0].file, [name_of(report) for report in reports]))
    return reports[0]


def analyze_all(
    source: ModelSource, options: Options | None = None, *, name: str | None = None, model: str | None = None
) -> list[FileReport]:
    """Analyze every model in a file. A config holds one; a Python program or a notebook may build several.

    Args:
        source: As for `analyze`.
        options: As for `analyze`.
        name: The path to show in the reports.
        model: The one model of a program to analyze.

    Returns:
        A report per model, in the order in which the program builds them; at least one.

    Raises:
        UsageError, OSError: As `analyze`.
    """
    options = options or Options()
    content, shown = bytes_or_path(source)
    if isinstance(content, Path):
        file, chosen = split_model(shown)
        content, model = (content if chosen is None else Path(file)), model or chosen
    shown, chosen = split_model(name or shown)
    model = model or chosen
    try:
        with without_garbage_collection(), enforced(options.input_limits):
            if shown.endswith(PROGRAMS):
                from lstmlint.programs import analyze_program

                return analyze_program(content, options, shown, model)
            try:
                return [analyze_config(content, options, shown)]
            except ReadError as caught:
                reports = program_by_content(content, options, shown, model) if caught.code == "E002" else None
                if reports is None:
                    raise
                return reports
    except RecursionError:
        error = ReadError("E001", "the file is nested too deeply to be analyzed", "Flatten the model.")
        return [unreadable(shown, error, options)]
    except ReadError as caught:  # kept in a variable of this frame, it would form a cycle with its traceback
        return [unreadable(shown, caught, options)]


def unreadable(path: str, error: ReadError, options: Options) -> FileReport:
    """Return the report of a file that cannot be read."""
    from lstmlint.checking import leave_out, of_subclassed
    from lstmlint.filtering.findings import findings_of

    report = FileReport(path)
    if options.compat and error.subclassed is not None:
        report.compat = of_subclassed(error.subclassed, options.compat)
    problem = Problem(error.code, error.message, error.help, data={"place": (error.line, error.column)})
    report.findings = findings_of([problem, *error.problems], options)
    if error.text is not None:
        report.texts = {None: error.text}
    if options.suppressions or options.baseline is not None or options.guard is not None:
        leave_out(report, options)
    return report


def document_of(content: Path | bytes, name: str, options: Options | None = None, model: str | None = None) -> Document:
    """Return the document of a config, or of a model that a program builds.

    Raises: ReadError, OSError; UsageError if a program leaves open which model it is, or a part of it.
    """
    file, named = split_model(name)
    if not file.endswith(PROGRAMS):
        from lstmlint.reading import read

        return read(content, name)
    from lstmlint.programs.documents import document_of_program

    if isinstance(content, Path):
        content = Path(split_model(str(content))[0])
    return document_of_program(content, options or Options(), file, model or named)


def program_by_content(
    content: Path | bytes, options: Options, shown: str, model: str | None
) -> list[FileReport] | None:
    """Return the reports of a program whose name does not tell that it is one; None if it builds no model."""
    from lstmlint.programs.sniffing import program_in

    raw = program_in(content)
    if raw is None:
        return None
    from lstmlint.programs import analyze_program

    try:
        reports = analyze_program(raw, options, shown, model)
    except LimitError:
        raise
    except ReadError:  # no Python
        return None
    return reports if reports[0].origin is not None else None


def analyze_config(content: Path | bytes, options: Options, path: str) -> FileReport:
    """Analyze a model config. Raises: ReadError, OSError."""
    from lstmlint.checking import conclude, examine

    report = FileReport(path)
    document, dangers = read_safely(content, path, options)
    conclude(document, [*examine(document, options, report), *dangers], options, report)
    if options.places:
        report.locate = document.locate
    if report.findings and document.text is not None:
        report.texts = {None: document.text}
    return report


def bytes_or_path(source: ModelSource) -> tuple[Path | bytes, str]:
    """Return the content of a model or the path to it, and what reports call it. Raises: TypeError."""
    if isinstance(source, Path):
        return source, str(source)
    if isinstance(source, str):
        if is_text(source):
            return source.encode("utf-8", "surrogatepass"), "<text>"
        return Path(source), source
    if isinstance(source, bytes | bytearray | memoryview):
        return bytes(source), "<bytes>"
    if isinstance(source, os.PathLike):
        return Path(source), str(source)
    if isinstance(source, dict):
        import json

        try:
            return json.dumps(source).encode(), "<dict>"
        except (TypeError, ValueError) as error:
            raise TypeError(f"the dict is not a model config in plain JSON values: {error}") from error
    if callable(getattr(source, "to_json", None)) and not isinstance(source, type):
        text = source.to_json()
        if not isinstance(text, str):
            raise TypeError(f"{type(source).__name__}.to_json() returned {type(text).__name__}, not JSON text")
        return text.encode("utf-8", "surrogatepass"), f"<{type(source).__name__}>"
    raise TypeError(
        "analyze takes a path, bytes, a dict, JSON or YAML text, or a model with a to_json method,"
        f" not {type(source).__name__}"
    )


MAX_PATH = 4096  # on Linux; a longer str is text


def is_text(source: str) -> bool:
    """Check whether a str is the text of a config and not a path."""
    looks_like_text = "\n" in source or source.lstrip()[:1] in ("", "{", "[") or len(source) > MAX_PATH
    return looks_like_text and not os.path.lexists(source)


@contextmanager
def without_garbage_collection() -> Iterator[None]:
    """Switch the garbage collector off: a large model is many live objects and no garbage; collecting triples the time."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def read_safely(content: Path | bytes, name: str, options: Options) -> tuple[Document, list[Problem]]:
    """Return the document of a file, and what it can do to whoever loads it.

    Raises: ReadError with those problems as `problems`; OSError.
    """
    from lstmlint import security
    from lstmlint.reading import read
    from lstmlint.reading.survey import surveyed

    allowed = (options.guard or options).allow_modules
    with surveyed() as survey:
        document = None
        try:
            document = read(content, name)
        except ReadError as error:
            error.problems = list(security.check(survey, None, options.targets, allowed))
            raise
    return document, list(security.check(survey, document, options.targets, allowed))
