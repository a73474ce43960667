"""The whole way, from bytes to findings: read, parse, infer, check."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from lstmlint.config.options import Options
from lstmlint.inference import infer
from lstmlint.model.findings import Problem, ReadError
from lstmlint.report import FileReport

if TYPE_CHECKING:
    from lstmlint.reading.document import Document


def analyze(source: str | Path | bytes, options: Options | None = None, *, name: str | None = None) -> FileReport:
    """Read a model config and say what can be said of it. Nothing in it is ever executed.

    source: a path (a string is one too), or the bytes themselves. name: the path to show in the report.
    Raises: OSError where a path cannot be opened. A file that is no model is a finding, not an error.
    """
    options = options or Options()
    path = Path(source) if isinstance(source, str) else source
    report = FileReport(name or ("<bytes>" if isinstance(path, bytes) else str(path)))
    try:
        with without_garbage_collection():
            return _analyze(path, options, report)
    except RecursionError:
        problem = Problem("E001", "the file is nested too deeply to be analyzed", "Flatten the model.")
    except ReadError as error:
        problem = Problem(error.code, error.message, error.help, data={"place": (error.line, error.column)})
    from lstmlint.filtering.findings import findings_of

    report.findings = findings_of([problem], options)
    if options.suppressions or options.baseline is not None:
        leave_out(report, options)
    return report


@contextmanager
def without_garbage_collection() -> Iterator[None]:
    """A large model is a great many live objects and no garbage: collecting would triple the time."""
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
        report.model = infer(spec, options.bindings, options.custom_layers)
        if options.weights and document.stored_weights is not None:
            from lstmlint.inference import stored_weights

            problems += stored_weights.confirm(report.model, document.stored_weights)
        problems += rules.run(report.model, options)
    report.findings = findings_of(problems, options, document.locate)
    asked = document.comments is not None or "lstmlint" in document.model or "lstmlint" in document.data
    if asked or options.suppressions or options.baseline is not None:
        leave_out(report, options, document)
    return report


def leave_out(report: FileReport, options: Options, document: Document | None = None) -> None:
    """Leave out what the settings or the file itself do not want to hear of, then what the baseline knows."""
    from lstmlint.filtering import suppressions

    suppressions.apply(report, options, document)
    if options.baseline is not None:
        options.baseline.withhold(report, options, document and document.locate)
