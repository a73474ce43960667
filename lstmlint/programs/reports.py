"""The reports of a program's models."""

from __future__ import annotations

from collections.abc import Iterable

from lstmlint.checking import conclude
from lstmlint.config.options import Options
from lstmlint.inference.summary import ModelSummary
from lstmlint.model.findings import Finding, Problem
from lstmlint.model.origin import Doubt, Origin, UnknownSize
from lstmlint.model.spec import ModelSpec
from lstmlint.programs.comments import comments_of
from lstmlint.programs.merging import merge
from lstmlint.programs.study import Effort, Study
from lstmlint.python.program import Program, SourceModel
from lstmlint.python.source import SourceText
from lstmlint.reading.document import Document
from lstmlint.report import FileReport
from lstmlint.rules import budget

# About suppressions: in a file with several models, one that any of them needs is not stale.
ABOUT_SUPPRESSIONS = ("G714", "G716")
NO_MODEL = (
    "this program does not build a Keras model that lstmlint can read",
    "Give the file that builds it, or a model file. docs/python.md says what lstmlint understands.",
)


def reports_of(source: SourceText, program: Program, options: Options) -> list[FileReport]:
    """Return a report per model of a program; one without a model if there is none."""
    # What is left out of a program without models says nothing: most programs build no models.
    problems = [*program.problems, *(source.problems if program.models else ())]
    if not program.models:
        return [without_model(source, problems or [Problem("E002", *NO_MODEL)], options)]
    reports = []
    effort = Effort()
    for i, model in enumerate(program.models):
        origin = origin_of(model, source, i, len(program.models))
        reports.append(report_of(model, source, origin, problems if i == 0 else [], options, effort))
    if len(reports) > 1:
        say_once(reports)
    for report in reports:
        place_findings(report.findings, source)
    return reports


def without_model(source: SourceText, problems: list[Problem], options: Options) -> FileReport:
    """Return the report of a program without models."""
    document = Document(source.path, source.kind, {}, comments=comments_of(source.text))
    report = FileReport(source.path, source.kind)
    conclude(document, problems, options, report)
    place_findings(report.findings, source)
    return report


def report_of(
    model: SourceModel, source: SourceText, origin: Origin, problems: list[Problem], options: Options, effort: Effort
) -> FileReport:
    """Return the report of one model. problems: of the program. effort: what all models of it may cost."""
    study = Study(model, options, f"{source.path}::{model.name}", effort)
    report, document = study.base.report, study.base.document
    document.comments = comments_of(source.text)
    report.origin = origin
    problems = [*study.problems(), *problems]
    summary = report.model
    if summary is not None:
        summary.origin = origin
        summary.complete = summary.complete and model.exact
        origin.formulas = merge(summary, study.formulas(), study.names)
        if report.compat is not None:
            report.compat = study.verdicts()
        problems += budgets(summary, options)
    conclude(document, problems, options, report)
    return report


def budgets(model: ModelSummary, options: Options) -> Iterable[Problem]:
    """Return what the budgets find, which do not speak of sizes that stand in for unknown ones."""

    def infer(_spec: ModelSpec) -> ModelSummary:
        """Return the model as it is: no width is known to fit."""
        return model

    return budget.check_all(
        model, options.limits, options.limit_sources, infer, options.weight_dtype, options.bindings.batch or 1
    )


def origin_of(model: SourceModel, source: SourceText, index: int, count: int) -> Origin:
    """Return where a model comes from, with places as reports show them."""
    line, column, cell = shown_place(source, model.line, model.column)
    return Origin(
        source.path,
        model.name,
        index,
        count,
        line=line,
        column=column,
        cell=cell,
        exact=model.exact,
        doubts=[
            Doubt(line, column, text, cell)
            for at_line, at_column, text in model.reasons
            for line, column, cell in [shown_place(source, at_line, at_column)]
        ],
        unknowns=[
            UnknownSize(unknown.name, line, column, unknown.reason, cell)
            for unknown in model.unknowns
            for line, column, cell in [shown_place(source, unknown.line, unknown.column)]
        ],
    )


def shown_place(source: SourceText, line: int, column: int) -> tuple[int, int, int | None]:
    """Return line, column and cell of a place in the program's text; no cell in a script."""
    place = source.place(line, column)
    return (line, column, None) if place is None else (place.line, place.column, place.cell)


def place_findings(findings: list[Finding], source: SourceText) -> None:
    """Give findings in a notebook their places in its cells."""
    if not source.cells:
        return
    single = {id(one): one for finding in findings for one in (finding, *finding.merged)}
    for finding in single.values():
        finding.file_line = source.file_line(finding.line)
        finding.line, finding.column, finding.cell = shown_place(source, finding.line, finding.column)


def say_once(reports: list[FileReport]) -> None:
    """Leave out what an earlier report says about the same place: models share layers, and functions build several."""
    said: set[tuple[str, int, int]] = set()
    stale = [
        {key_of(finding) for finding in report.findings if finding.code in ABOUT_SUPPRESSIONS} for report in reports
    ]
    for i, report in enumerate(reports):
        kept = []
        for finding in report.findings:
            key = key_of(finding)
            if finding.code in ABOUT_SUPPRESSIONS:
                new = i == 0 and all(key in found for found in stale)
            else:
                new = finding.layer is None or key not in said
            if new:
                kept.append(finding)
        said |= {key_of(finding) for finding in kept}
        report.findings = kept


def key_of(finding: Finding) -> tuple[str, int, int]:
    """Return what makes findings of two models the same."""
    return finding.code, finding.line, finding.column
