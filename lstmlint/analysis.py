"""The whole analysis, from bytes to findings: read, parse, infer, check."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

from lstmlint.config.options import Options
from lstmlint.inference import infer
from lstmlint.model.findings import Problem, ReadError
from lstmlint.model.limits import enforced
from lstmlint.report import FileReport

if TYPE_CHECKING:
    from lstmlint.reading.document import Document


class SupportsToJson(Protocol):
    """A Keras model, or anything else with its `to_json`."""

    def to_json(self) -> str:
        """Return the config as JSON text."""


ModelSource: TypeAlias = "str | os.PathLike[str] | bytes | dict[str, Any] | SupportsToJson"


def analyze(source: ModelSource, options: Options | None = None, *, name: str | None = None) -> FileReport:
    """Analyze a Keras model config: shapes, parameter counts and findings. Nothing in it is ever executed.

    Args:
        source: A path (str or os.PathLike); the content of a file as bytes; a config as a dict; JSON or YAML text; or
            an object with a `to_json` method, such as a Keras model. A str is text if no such path exists and it
            begins with `{` or `[` or has several lines.
        options: Input shapes, rules, budgets and so on.
        name: The path to show in the report.

    Returns:
        The report. `report.model` holds the shapes and counts, `report.findings` the problems. A file that does not
        hold a model has the model None and a finding.

    Raises:
        OSError: If a path cannot be opened.
        TypeError: If the source has another type, or its `to_json` does not return JSON.
    """
    options = options or Options()
    content, shown = bytes_or_path(source)
    report = FileReport(name or shown)
    try:
        with without_garbage_collection(), enforced(options.input_limits):
            return _analyze(content, options, report)
    except RecursionError:
        error = ReadError("E001", "the file is nested too deeply to be analyzed", "Flatten the model.")
    except ReadError as caught:
        error = caught
    return unreadable(report.path, error, options)


def unreadable(path: str, error: ReadError, options: Options) -> FileReport:
    """Return the report of a file that cannot be read."""
    from lstmlint.filtering.findings import findings_of

    report = FileReport(path)
    problem = Problem(error.code, error.message, error.help, data={"place": (error.line, error.column)})
    report.findings = findings_of([problem], options)
    if options.suppressions or options.baseline is not None:
        leave_out(report, options)
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


def _analyze(path: Path | bytes, options: Options, report: FileReport) -> FileReport:
    from lstmlint import rules
    from lstmlint.filtering.findings import findings_of
    from lstmlint.parsing import ModelError, parse
    from lstmlint.reading import read

    document = read(path, report.path)
    report.container = document.container
    problems: list[Problem] = list(document.problems)
    try:
        spec = parse(document)
    except ModelError as error:
        problems.append(Problem(error.code, error.message, error.help, pointer=error.pointer))
    else:
        report.dialect = spec.dialect
        infer_spec = partial(infer, bindings=options.bindings, descriptions=options.custom_layers)
        report.model = infer_spec(spec)
        if options.weights and document.stored_weights is not None:
            from lstmlint.inference import stored_weights

            problems += stored_weights.confirm(report.model, document.stored_weights)
        if any(problem.data.keys() & {"unknown_class", "custom", "function"} for problem in report.model.problems):
            from lstmlint.inference import unknown_classes

            unknown_classes.complete(report.model)
        problems += rules.run(report.model, options, infer_spec)
        if options.targets or options.compat:
            from lstmlint.compatibility import checking

            problems += checking.check(document, report, options, problems)
    report.findings = findings_of(problems, options, document.locate)
    asked = document.comments is not None or "lstmlint" in document.model or "lstmlint" in document.data
    if asked or options.suppressions or options.baseline is not None:
        leave_out(report, options, document)
    if len(report.findings) > 1:
        from lstmlint.filtering.findings import merge

        report.findings = merge(report.findings)
    return report


def leave_out(report: FileReport, options: Options, document: Document | None = None) -> None:
    """Remove the findings that the settings or the file suppress, then those in the baseline."""
    from lstmlint.filtering import suppressions

    suppressions.apply(report, options, document)
    if options.baseline is not None:
        options.baseline.withhold(report, options, document and document.locate)
