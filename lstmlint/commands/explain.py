"""`lstmlint explain` and `lstmlint count`: explain a parameter count as text or JSON."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from lstmlint.commands.exit_codes import CLEAN, FOUND
from lstmlint.commands.paths import STDIN, read_stdin
from lstmlint.commands.request import Request, choice, chosen_color, overrides, wants_color
from lstmlint.commands.writing import say, write_stdout
from lstmlint.config.settings import Resolver
from lstmlint.config.values import parse_count, parse_positive, parse_shape
from lstmlint.model.findings import UsageError
from lstmlint.model.limits import enforced

if TYPE_CHECKING:
    from lstmlint.explaining import Explanation


def explain(
    request: Request, layer: str | None, expect: str | None, format: str | None, language: str | None = None
) -> int:
    """Explain the count of a model or of one of its layers, and return the exit code. Raises: UsageError."""
    from lstmlint.analysis import analyze
    from lstmlint.explaining import LANGUAGES, explain_model
    from lstmlint.programs.naming import about_doubts, sizes_to_give
    from lstmlint.reporting import View
    from lstmlint.reporting.findings import findings_lines

    shown = choice(format or "text", ("text", "json"), "--format")
    color = chosen_color(request.color)
    number = None if expect is None else parse_count(expect, "--expect")
    spoken = choice(language or "en", tuple(LANGUAGES), "--lang")
    (path,) = request.paths
    name = "<stdin>" if path == STDIN else path
    settings = Resolver(request.config, request.isolated, overrides(request)).of_file(name)
    options = settings.options(name, not request.no_weights)
    try:
        report = analyze(read_stdin(options.input_limits) if path == STDIN else path, options, name=name)
    except OSError as error:
        raise UsageError(f"cannot read {path!r}: {error.strerror or error}") from error
    if report.model is None:
        sys.stderr.write("\n".join(findings_lines(report.file, report.texts, report.findings, View())))
        return FOUND
    question = sizes_to_give(report)
    if question is not None:
        say(question)
        return FOUND
    if report.origin is not None and not report.origin.exact:
        say(about_doubts(report.origin))
    with enforced(options.input_limits):
        return answer(explain_model(report.model, layer, number, spoken), shown, color)


def count(
    expression: str,
    inputs: list[str],
    expect: str | None,
    batch: str | None,
    format: str | None,
    language: str | None = None,
    color: str | None = None,
) -> int:
    """Count the parameters of a layer written as in Python, and return the exit code. Raises: UsageError."""
    from lstmlint.explaining import LANGUAGES, count_layer

    shown = choice(format or "text", ("text", "json"), "--format")
    number = None if expect is None else parse_count(expect, "--expect")
    shapes = [parse_shape(text, "--input") for text in inputs]
    size = None if batch is None else parse_positive(batch, "--batch")
    spoken = choice(language or "en", tuple(LANGUAGES), "--lang")
    when = chosen_color(color)
    return answer(count_layer(expression, shapes or None, batch=size, expect=number, language=spoken), shown, when)


def answer(explanation: Explanation, format: str, color: str) -> int:
    """Print an explanation and return the exit code."""
    if format == "json":
        from lstmlint.reporting.json import pretty

        write_stdout(pretty(explanation.to_dict()), "utf-8")
    else:
        from lstmlint.explaining import render
        from lstmlint.reporting.layout import prose_width

        write_stdout(render(explanation, prose_width(), wants_color(color, None)))
    return CLEAN
