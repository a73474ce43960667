"""From a document to findings: parse, infer, check, leave out what the user does not want."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from lstmlint import rules
from lstmlint.config.options import Options, protected
from lstmlint.inference import infer
from lstmlint.model.findings import Problem
from lstmlint.parsing import ModelError, parse
from lstmlint.reading.containers import find
from lstmlint.report import FileReport

if TYPE_CHECKING:
    from lstmlint.compatibility.obstacles import Verdict
    from lstmlint.reading.document import Document


def examine(document: Document, options: Options, report: FileReport, *, check: bool = True) -> list[Problem]:
    """Put the document's model into the report, and return all problems. check: whether to run the rules."""
    report.container = document.container
    problems: list[Problem] = list(document.problems)
    try:
        spec = parse(document)
    except ModelError as error:
        problems.append(Problem(error.code, error.message, error.help, pointer=error.pointer))
        return problems
    report.dialect = spec.dialect
    spec.targets = options.targets
    container = find(document.container)
    if container is not None and container.code:
        spec.problems.clear()  # nobody wrote this form of the model
    infer_spec = partial(infer, bindings=options.bindings, descriptions=options.custom_layers)
    report.model = infer_spec(spec)
    if options.weights and document.stored_weights is not None:
        from lstmlint.inference import stored_weights

        problems += stored_weights.confirm(report.model, document.stored_weights)
    if any(problem.data.keys() & {"unknown_class", "custom", "function"} for problem in report.model.problems):
        from lstmlint.inference import unknown_classes

        unknown_classes.complete(report.model)
    if not check:
        return problems
    problems += rules.run(report.model, options, infer_spec)
    if options.targets or options.compat:
        from lstmlint.compatibility import checking

        problems += checking.check(document, report, options, problems)
    return problems


def conclude(document: Document, problems: list[Problem], options: Options, report: FileReport) -> None:
    """Put the findings into the report, except those that the file, the settings or the baseline leave out."""
    from lstmlint.filtering.findings import findings_of

    report.findings = findings_of(problems, options, document.locate)
    asked = document.comments is not None or "lstmlint" in document.model or "lstmlint" in document.data
    if asked or options.suppressions or options.baseline is not None or options.guard is not None:
        leave_out(report, options, document)
    if len(report.findings) > 1:
        from lstmlint.filtering.findings import merge

        report.findings = merge(report.findings, places=report.origin is not None)


def of_subclassed(class_name: str, releases: Sequence[str]) -> list[Verdict] | None:
    """Return the verdicts on a model whose layers are not in the file; None if its class is one of Keras."""
    from lstmlint.compatibility.checking import of_subclassed

    return of_subclassed(class_name, releases)


def leave_out(report: FileReport, options: Options, document: Document | None = None) -> None:
    """Remove the findings that the settings or the file suppress, then those in the baseline."""
    from lstmlint.filtering import suppressions
    from lstmlint.filtering.findings import in_file_order

    suppressions.apply(report, options, document)
    if options.baseline is not None:
        kept = []
        if options.guard is not None and options.guard.baseline is not options.baseline:
            kept = [finding for finding in report.findings if protected(finding.code)]
            report.findings = [finding for finding in report.findings if not protected(finding.code)]
        options.baseline.withhold(report, options, document and document.locate)
        report.findings = in_file_order([*kept, *report.findings]) if kept else report.findings
