"""`lstmlint explain` and `lstmlint count`: a question from the command line, the answer as text or JSON."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from lstmlint.findings import UsageError
from lstmlint.inference import Bindings
from lstmlint.running import CLEAN, FOUND, choice, write_stdout
from lstmlint.values import parse_count, parse_input_shape, parse_positive, parse_shape

if TYPE_CHECKING:
    from lstmlint.explaining import Explanation


def explain(
    path: str, layer: str | None, expect: str | None, bindings: Bindings, format: str | None, weights: bool = True
) -> int:
    """Explain the count of a file's model, or of one of its layers; the exit code. Raises: UsageError."""
    from lstmlint.analysis import Options, analyze
    from lstmlint.explaining import explain_model
    from lstmlint.reporting import View
    from lstmlint.reporting.text import finding_lines

    shown = choice(format or "text", ("text", "json"), "--format")
    number = None if expect is None else parse_count(expect, "--expect")
    name = "<stdin>" if path == "-" else path
    try:
        report = analyze(
            sys.stdin.buffer.read() if path == "-" else path, Options(bindings, weights=weights), name=name
        )
    except OSError as error:
        raise UsageError(f"cannot read {path!r}: {error.strerror or error}") from error
    if report.model is None:
        for finding in report.findings:
            sys.stderr.write("\n".join(finding_lines(report.path, finding, View())) + "\n")
        return FOUND
    return answer(explain_model(report.model, layer, number), shown)


def count(expression: str, inputs: list[str], expect: str | None, batch: str | None, format: str | None) -> int:
    """Count the parameters of a layer that is written as in Python; the exit code. Raises: UsageError."""
    from lstmlint.explaining import count_layer

    shown = choice(format or "text", ("text", "json"), "--format")
    number = None if expect is None else parse_count(expect, "--expect")
    shapes = [parse_shape(text, "--input") for text in inputs]
    size = None if batch is None else parse_positive(batch, "--batch")
    return answer(count_layer(expression, shapes or None, batch=size, expect=number), shown)


def answer(explanation: Explanation, format: str) -> int:
    """Print an explanation; the exit code."""
    if format == "json":
        from lstmlint.reporting.json import pretty

        write_stdout(pretty(explanation.to_dict()), "utf-8")
    else:
        from lstmlint.explaining import render

        write_stdout(render(explanation))
    return CLEAN


def bindings(input_shape: list[str], batch: str | None, timesteps: str | None) -> Bindings:
    """What the options say of the inputs. Raises: UsageError."""
    shapes: dict[str, Any] = dict(parse_input_shape(text, "--input-shape") for text in input_shape)
    return Bindings(
        shapes,
        None if batch is None else parse_positive(batch, "--batch"),
        None if timesteps is None else parse_positive(timesteps, "--timesteps"),
    )
