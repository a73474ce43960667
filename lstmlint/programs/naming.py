"""Models of a program by name."""

from __future__ import annotations

from collections.abc import Sequence

from lstmlint.model.findings import UsageError, listing
from lstmlint.model.origin import Origin
from lstmlint.model.suggestions import did_you_mean
from lstmlint.report import FileReport


def name_of(report: FileReport) -> str:
    """Return the name of a report's model in its program."""
    return report.path.rpartition("::")[2]


def several(file: str, names: Sequence[str]) -> str:
    """Return a sentence that asks for the name of a model."""
    return f"{file} builds {len(names)} models, {listing(names)}: name one of them, as in {file}::{names[0]}"


def no_such(file: str, names: Sequence[str], model: str) -> UsageError:
    """Return the error for a model that a program does not build."""
    hint = did_you_mean(model, names) or f"; it builds {listing(names)}"
    return UsageError(f"{file} does not build a model {model!r}{hint}")


def named(reports: list[FileReport], model: str | None) -> list[FileReport]:
    """Return the reports about a model; all if none is named. Raises: UsageError if there is none."""
    if model is None or reports[0].origin is None:
        return reports
    found = [report for report in reports if name_of(report) == model]
    if not found:
        raise no_such(reports[0].file, [name_of(report) for report in reports], model)
    for report in found:
        if report.origin is not None:
            report.origin.index, report.origin.count = 0, 1
    return found


def sizes_to_give(report: FileReport) -> str | None:
    """Return a sentence about sizes without which the model's weights are not known; None if there are none."""
    origin, model = report.origin, report.model
    if origin is None or model is None or not any(row.shown and "params" in row.shown for row in model.walk()):
        return None
    return about_sizes(origin)


def about_sizes(origin: Origin) -> str:
    """Return a sentence about the sizes that a model depends on."""
    names = listing([unknown.name for unknown in origin.unknowns])
    them = "it" if len(origin.unknowns) == 1 else "them"
    options = " ".join(unknown.option for unknown in origin.unknowns)
    return f"{origin.path} depends on {names}, which the program does not state; give {them}: {options}"


def about_doubts(origin: Origin) -> str:
    """Return a sentence about why a model is not exact."""
    return f"{origin.path} is not read exactly ({listing([f'{one.where}: {one.text}' for one in origin.doubts], 3)})"


def about_compat(origin: Origin) -> str:
    """Return a sentence about why releases cannot be judged by a program: it leaves open what they would save."""
    return (
        f"{origin.path} is built by a program; compat judges model files, which lstmlint convert {origin.path} writes"
    )
