"""`lstmlint compat`: which releases of Keras load a file, and what stops the others."""

from __future__ import annotations

from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from lstmlint.commands.exit_codes import CLEAN, FAILED, FOUND
from lstmlint.commands.paths import STDIN, InputPath, expand, read_stdin
from lstmlint.commands.request import Destination, Request, choice, chosen_color, completed, overrides, written_to
from lstmlint.commands.writing import check_writable, say, write
from lstmlint.config.settings import Resolver
from lstmlint.model.findings import UsageError
from lstmlint.model.releases import ALL, TFJS, line_of
from lstmlint.reporting import Totals, View

if TYPE_CHECKING:
    from lstmlint.report import FileReport


def run(request: Request, format: str | None) -> int:
    """Print which releases load each file, and return the exit code. Raises: UsageError.

    The code is 1 if a file does not hold a model, or a target does not load it. With --target, only the targets are
    judged.
    """
    from lstmlint.programs.naming import about_compat
    from lstmlint.reporting import compatibility
    from lstmlint.reporting import json as json_format

    chosen = choice(format or "text", ("text", "json"), "--format")
    path = written_to(request.output)
    destination = Destination(chosen, path, completed(View(), chosen, path, chosen_color(request.color)))
    check_writable(destination)
    if not request.paths:
        raise UsageError("name a model file, a folder, or - for standard input")
    resolver = Resolver(request.config, request.isolated, overrides(request))
    sources, failures = expand(request.paths, resolver)
    totals = Totals()
    digests: list[str] = []
    failed = False
    for source in sources:
        try:
            reports, targets = examined(source, resolver, request)
        except OSError as error:
            failures.append(f"cannot read {source.path!r}: {error.strerror or error}")
            continue
        for report in reports:
            if report.origin is not None:
                if source.named:
                    failures.append(about_compat(report.origin))
                continue
            totals.add(report)
            failed = failed or report.compat is None
            failed = failed or any(one.loads is False for one in report.compat or () if one.release in targets)
            if chosen == "json":
                digests.append(json_format.digest(report, destination.view))
            else:
                digests.append(compatibility.digest(report, destination.view, convertible(report)))
    for failure in failures:
        say(failure)
    if not totals.files and not failures:
        say(f"no Keras model found in {', '.join(request.paths)}")
    totals.failures = failures
    write(
        destination, json_format.render(digests, totals, destination.view) if chosen == "json" else "\n".join(digests)
    )
    return FAILED if failures else FOUND if failed else CLEAN


def convertible(report: FileReport) -> list[str]:
    """Return the releases that do not load a file, and for which `lstmlint convert` writes it without a change."""
    failing = [verdict.release for verdict in report.compat or () if verdict.loads is False and verdict.release != TFJS]
    if report.model is None or not failing:
        return []
    from lstmlint.converting.conversion import convert

    weights = report.container in ("keras", "hdf5")
    spec = report.model.spec
    found: list[str] = []
    for _, group in groupby(failing, line_of):
        releases = list(group)
        # What an older release expresses, the later ones of its line express, too.
        for index, release in enumerate(releases):
            if convert(spec, release, weights=weights).model is not None:
                found += releases[index:]
                break
    return found


def examined(source: InputPath, resolver: Resolver, request: Request) -> tuple[list[FileReport], tuple[str, ...]]:
    """Return the reports of one file with their verdicts, and the targets; no report for a found file that is no model."""
    from lstmlint.analysis import analyze_all
    from lstmlint.commands.examining import worth_reading

    stdin = source.path == STDIN
    name = (request.stdin_filename or "<stdin>") if stdin else source.path
    if not source.named and not worth_reading(source.path):
        return [], ()
    options = resolver.of_file(name).options(name, not request.no_weights)
    options.compat = options.targets if request.target else ALL
    content = read_stdin(options.input_limits) if stdin else Path(source.path)
    reports = analyze_all(content, options, name=name, model=source.model)
    if not source.named:
        reports = [one for one in reports if one.model or any(finding.code != "E002" for finding in one.findings)]
    return reports, options.targets
