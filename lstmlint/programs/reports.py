"""The reports of a program's models."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.checking import conclude
from lstmlint.config.options import Options
from lstmlint.filtering.suppressions import BAD, LIMITED, UNUSED
from lstmlint.inference.summary import ModelSummary
from lstmlint.model.findings import Problem
from lstmlint.model.origin import Doubt, Origin, UnknownSize
from lstmlint.model.spec import ModelSpec
from lstmlint.programs.comments import comments_of
from lstmlint.programs.merging import merge
from lstmlint.programs.naming import about_doubts, named
from lstmlint.programs.outputs import printed_counts, stale
from lstmlint.programs.study import Effort, Study
from lstmlint.python.program import Program, SourceModel
from lstmlint.python.source import SourceText
from lstmlint.reading.document import Document
from lstmlint.report import FileReport
from lstmlint.rules import budget

# About suppressions: in a file with several models, one that any of them needs is not stale.
ABOUT_SUPPRESSIONS = (UNUSED, BAD)
NO_MODEL = (
    "this program does not build a Keras model that lstmlint can read",
    "Give the file that builds it, or a model file. docs/python.md says what lstmlint understands.",
)


Said = tuple[str, int, int, str]  # code, line, column, message if it is not about a layer
CODES = {option: code for code, option in LIMITED.items()}


def reports_of(source: SourceText, program: Program, options: Options, chosen: str | None = None) -> list[FileReport]:
    """Return a report per model of a program; one without a model if there is none.

    What several models have in common (layers, or the function that builds them) is reported once, unless one is chosen.
    Raises: UsageError if the program does not build the chosen model.
    """
    # What is left out of a program without models says nothing: most programs build no models.
    problems = [*program.problems, *(source.problems if program.models else ())]
    if not program.models:
        return [without_model(source, problems or [Problem("E002", *NO_MODEL)], options)]
    reports: list[FileReport] = []
    said: set[Said] | None = set() if chosen is None else None
    effort = Effort()
    printed = printed_counts(source, program)
    for i, model in enumerate(program.models):
        origin = origin_of(model, source, i, len(program.models))
        reports.append(report_of(model, source, origin, [] if i else problems, printed, options, effort, said))
    drop_needed_suppressions(reports)
    reports = named(reports, chosen)
    for report in reports:
        place_findings(report, source)
    return reports


def without_model(source: SourceText, problems: list[Problem], options: Options) -> FileReport:
    """Return the report of a program without models."""
    document = Document(source.path, source.kind, {}, comments=comments_of(source.text))
    report = FileReport(source.path, source.kind)
    conclude(document, problems, options, report)
    place_findings(report, source)
    return report


def report_of(
    model: SourceModel,
    source: SourceText,
    origin: Origin,
    problems: list[Problem],
    printed: dict[int, int],
    options: Options,
    effort: Effort,
    said: set[Said] | None,
) -> FileReport:
    """Return the report of one model.

    problems: of the program. printed: what stored summaries show. effort: what all models of the program may cost.
    said: what the reports of earlier models say; None to say it again.
    """
    study = Study(model, options, f"{source.path}::{model.name}", effort)
    report, document = study.base.report, study.base.document
    document.comments = comments_of(source.text)
    report.origin = origin
    problems = [*study.problems(), *problems]
    summary = report.model
    if summary is not None:
        summary.origin = origin
        summary.complete = summary.complete and model.exact
        totals = merge(summary, study.formulas(), study.names)
        origin.formulas = {name: formula.written(study.names) for name, formula in totals.items()}
        origin.terms = {name: formula.by_name(study.names) for name, formula in totals.items()}
        problems += budgets(summary, origin, options)
        if origin.certain and summary.complete:
            problems += stale(model, summary, printed)
    elif not problems:
        problems = [Problem("E002", *NO_MODEL)]
    if said is not None:
        problems = said_first(problems, document, said)
    conclude(document, problems, options, report)
    if options.places:
        report.locate = document.locate
    return report


def budgets(model: ModelSummary, origin: Origin, options: Options) -> Iterator[Problem]:
    """Yield what the budgets find. A model that is not exact cannot be checked, and one with open sizes only in part."""
    if not origin.exact:
        for option, limit in options.limits.items():
            yield Problem(
                CODES[option],
                f"the model is not read exactly, so the budget {option} of {limit:,} cannot be checked",
                f"{about_doubts(origin)}.",
            )
        return

    def infer(_spec: ModelSpec) -> ModelSummary:
        """Return the model as it is: no width is known to fit."""
        return model

    batch = options.bindings.batch or 1
    for problem in budget.check_all(model, options.limits, options.limit_sources, infer, options.weight_dtype, batch):
        if origin.unknowns and problem.help in (budget.PARAMS.unknown_help, budget.DIMENSIONS):
            problem.help = f"Give the sizes: {' '.join(unknown.option for unknown in origin.unknowns)}"
        yield problem


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


def place_findings(report: FileReport, source: SourceText) -> None:
    """Put the code that the findings are about into the report; in a notebook, give them their places in its cells."""
    if not source.cells:
        report.texts = {None: source.written}
        return
    report.texts = {cell.number + 1: cell.code for cell in source.cells}
    single = {id(one): one for finding in report.findings for one in (finding, *finding.merged)}
    for finding in single.values():
        finding.file_line = source.file_line(finding.line)
        finding.line, finding.column, finding.cell = shown_place(source, finding.line, finding.column)


def said_first(problems: list[Problem], document: Document, said: set[Said]) -> list[Problem]:
    """Return the problems that no earlier model has at the same place, and note them."""
    kept = []
    for problem in problems:
        line, column = problem.data.get("place") or document.locate(problem.pointer)
        # The messages about a layer differ in its name alone, which counts the layers.
        key = problem.code, line, column, problem.message if problem.layer is None else ""
        if key not in said:
            kept.append((key, problem))
    said |= {key for key, _ in kept}
    return [problem for _, problem in kept]


def drop_needed_suppressions(reports: list[FileReport]) -> None:
    """Leave out findings about suppressions except those that all models have, which are said once."""
    found = [
        {(one.code, one.line, one.column, one.message) for one in report.findings if one.code in ABOUT_SUPPRESSIONS}
        for report in reports
    ]
    stale = set.intersection(*found)
    for i, report in enumerate(reports):
        report.findings = [
            one
            for one in report.findings
            if one.code not in ABOUT_SUPPRESSIONS or (i == 0 and (one.code, one.line, one.column, one.message) in stale)
        ]
