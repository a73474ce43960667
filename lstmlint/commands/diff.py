"""`lstmlint diff`: two models from the command line, what differs as text, JSON or Markdown."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from lstmlint.commands.exit_codes import CLEAN, FOUND
from lstmlint.commands.paths import STDIN, read_stdin
from lstmlint.commands.request import Destination, Request, choice, overrides, written_to
from lstmlint.commands.revisions import is_revision, read_revision
from lstmlint.commands.writing import check_writable, write
from lstmlint.config.settings import Resolver
from lstmlint.model.findings import UsageError, at_least

if TYPE_CHECKING:
    from lstmlint.config.options import Options
    from lstmlint.config.settings import Settings
    from lstmlint.report import FileReport


def diff(request: Request, max_increase: str | None, format: str | None) -> int:
    """Compare the two models of the request; the exit code. Raises: UsageError."""
    from lstmlint.analysis import without_garbage_collection
    from lstmlint.comparing import apply_limit, compare, parse_limit
    from lstmlint.reporting import View, comparison
    from lstmlint.reporting.layout import terminal_width

    shown = choice(format or "text", comparison.FORMATS, "--format")
    limit = None if max_increase is None else parse_limit(max_increase)
    if request.paths == [STDIN, STDIN]:
        raise UsageError("standard input can be read only once: name a file for OLD or for NEW")
    destination = Destination(shown, written_to(request.output), View())
    check_writable(destination)
    asked = overrides(request)
    resolver = Resolver(request.config, request.isolated, asked)
    (old, _, _), (new, settings, options) = (examine(path, resolver, not request.no_weights) for path in request.paths)
    check_names([name for name in asked.get("input-shape", ()) if name], [old, new])
    with without_garbage_collection():
        found = compare(old, new)
        if limit is not None:
            apply_limit(found, limit, options)
        text = comparison.render(found, shown, terminal_width(destination.path))
    write(destination, text)
    failed = new.model is None or any(at_least(finding.severity, settings.fail_on) for finding in found.gate)
    return FOUND if failed else CLEAN


def examine(path: str, resolver: Resolver, weights: bool) -> tuple[FileReport, Settings, Options]:
    """The report of one of the two, with the settings that hold for it. Raises: UsageError."""
    from lstmlint.analysis import analyze

    source: str | bytes = path
    name = place = path
    if path == STDIN:
        source, name = read_stdin(), "<stdin>"
        place = name
    elif is_revision(path):
        revision = read_revision(path)
        source, place = revision.content, revision.path
    elif not os.path.exists(path):  # noqa: PTH110
        raise UsageError(f"no such file or folder: {path!r}")
    settings = resolver.of_file(place)
    options = settings.options(place, weights)
    try:
        return analyze(source, options, name=name), settings, options
    except OSError as error:
        raise UsageError(f"cannot read {path!r}: {error.strerror or error}") from error


def check_names(asked: list[str], reports: list[FileReport]) -> None:
    """Raises: UsageError, where --input-shape names an input that neither model has."""
    found = {name for report in reports for name in report.input_names}
    for name in asked:
        if found and name not in found:
            from lstmlint.model.suggestions import did_you_mean

            hint = did_you_mean(name, found)
            raise UsageError(
                f"--input-shape: no input is named {name!r}{hint}; the inputs are {', '.join(sorted(found))}"
            )
