"""`lstmlint convert`: write a model as Keras 3 JSON, or the reasons against it to standard error."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from lstmlint.commands.exit_codes import CLEAN, FOUND
from lstmlint.commands.paths import STDIN, read_stdin
from lstmlint.commands.request import Destination, choice, written_to
from lstmlint.commands.writing import check_writable, write
from lstmlint.model.findings import ReadError, UsageError
from lstmlint.reporting import View
from lstmlint.reporting.escape import terminal

if TYPE_CHECKING:
    from lstmlint.converting.notes import Conversion, Note
    from lstmlint.reading.document import Document

TARGETS = ("keras3",)


def run(path: str, to: str, output: str | None, allow_changes: bool) -> int:
    """Convert a file and return the exit code: 1 if it cannot be converted. Raises: UsageError."""
    from lstmlint.analysis import without_garbage_collection
    from lstmlint.converting.writer import convert
    from lstmlint.parsing import ModelError, parse
    from lstmlint.reading import read

    choice(to, TARGETS, "--to")
    destination = Destination("json", written_to(output), View())
    check_writable(destination)
    name = "<stdin>" if path == STDIN else path
    try:
        with without_garbage_collection():
            document = read(read_stdin() if path == STDIN else Path(path), name)
            result = convert(parse(document), allow_changes)
    except OSError as error:
        raise UsageError(f"cannot read {path!r}: {error.strerror or error}") from error
    except ReadError as error:
        print_stderr(f"{name}:{error.line}:{error.column}: error: {error.message}")
        return FOUND
    except ModelError as error:
        line, column = document.locate(error.pointer)
        print_stderr(f"{name}:{line}:{column}: error: {error.message}")
        return FOUND
    except RecursionError:
        print_stderr(f"{name}:1:1: error: the file is nested too deeply")
        return FOUND
    report(name, document, result)
    if result.model is None:
        return FOUND
    write(destination, json.dumps(result.model, indent=2) + "\n")
    return CLEAN


def report(name: str, document: Document, result: Conversion) -> None:
    """Print the notes of the conversion."""

    def lines(notes: list[Note], kind: str) -> None:
        for note in notes:
            line, column = document.locate(note.pointer)
            print_stderr(f"{name}:{line}:{column}: {kind}: {note}")

    lines(result.remarks, "info")
    lines(result.changes, "error" if result.model is None and not result.refusals else "warning")
    lines(result.refusals, "error")
    if result.model is not None:
        return
    if result.refusals:
        print_stderr(f"lstmlint: {name} is not converted: Keras 3 cannot express it")
    else:
        print_stderr(
            f"lstmlint: {name} is not converted because it would compute other values; --allow-changes converts it"
        )


def print_stderr(sentence: str) -> None:
    """Print a line to standard error, without control characters."""
    sys.stderr.write(terminal(sentence) + "\n")
