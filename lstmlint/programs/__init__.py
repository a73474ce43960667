"""The models of Python programs and notebooks: shapes, counts and findings, with formulas for sizes that are not stated.

The programs are interpreted by `lstmlint.python`. `study` analyzes a model with several sizes, `polynomials` finds
formulas for its numbers, `merging` puts them into its summary, and `reports` makes the reports.
"""

from __future__ import annotations

from pathlib import Path

from lstmlint.config.options import Options
from lstmlint.programs.reading import read_program
from lstmlint.programs.reports import reports_of
from lstmlint.report import FileReport


def analyze_program(content: Path | bytes, options: Options, path: str, model: str | None = None) -> list[FileReport]:
    """Analyze the models that a Python program or a notebook builds. Nothing of it is run.

    path: its name in reports. model: the one model to report.
    Returns: a report per model; one without a model, and a finding, if there is none.
    Raises: ReadError if the program cannot be read, UsageError if it does not build the model, OSError.
    """
    source, program, given = read_program(content, options, path)
    reports = reports_of(source, program, options, model)
    for report in reports:
        if report.origin is not None:
            report.origin.given = given
    return reports
