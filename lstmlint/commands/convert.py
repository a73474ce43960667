"""`lstmlint convert`: write a model for another Keras, or the reasons against it to standard error."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from lstmlint.commands.exit_codes import CLEAN, FOUND
from lstmlint.commands.paths import STDIN, read_stdin
from lstmlint.commands.request import Destination, written_to
from lstmlint.commands.writing import check_writable, print_stderr, write, write_atomically
from lstmlint.config.targets import parse_target
from lstmlint.model.findings import ReadError, UsageError
from lstmlint.model.limits import enforced
from lstmlint.model.releases import TFJS, label
from lstmlint.reporting import View
from lstmlint.reporting.json import indented

if TYPE_CHECKING:
    from lstmlint.converting.notes import Conversion, Note
    from lstmlint.reading.document import Document


def run(path: str, to: str, output: str | None, allow_changes: bool, in_place: bool, values: Sequence[str] = ()) -> int:
    """Convert a file and return the exit code: 1 if it cannot be converted. Raises: UsageError."""
    from lstmlint.analysis import document_of, without_garbage_collection
    from lstmlint.commands.convert_file import holds_weights, write_file
    from lstmlint.config.options import Options
    from lstmlint.config.values import parse_setting
    from lstmlint.converting.conversion import convert
    from lstmlint.parsing import ModelError, parse

    release = parse_target(to)
    if in_place and (output is not None or path == STDIN):
        raise UsageError("--in-place replaces FILE, so it takes neither --output nor standard input")
    destination = Destination("json", path if in_place else written_to(output), View())
    whole = holds_weights(destination.path, release)
    if not whole:
        check_writable(destination)
    name = "<stdin>" if path == STDIN else path
    try:
        with without_garbage_collection(), enforced():
            content = read_stdin() if path == STDIN else Path(path)
            document = document_of(content, name, Options(values=dict(parse_setting(text, "--set") for text in values)))
            spec = parse(document)
            if release == TFJS and whole:  # model.json is for both
                whole = document.stored_weights is not None and document.stored_weights() is not None
            result = convert(spec, release, allow_changes, whole)
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
    if in_place and document.container not in ("json", "keras", "hdf5"):
        raise UsageError(f"--in-place replaces JSON, .keras and .h5 files; write {path!r} to a new one with --output")
    if in_place and whole != (document.container != "json"):
        raise UsageError(f"the suffix of {path!r} does not fit its content; write it to a new file with --output")
    report(name, document, result, label(release) if to != "keras3" else "Keras 3")
    if result.model is None:
        return FOUND
    if whole:
        return write_file(name, document, spec, result, release, str(destination.path), allow_changes, in_place)
    model = result.model
    if release == TFJS:
        from lstmlint.converting.tfjs import model_json

        model = model_json(model)
    del document, spec, result  # writing the text of a large model takes as much memory again
    text = indented(model) + "\n"
    if in_place:
        replace(path, text)
    else:
        write(destination, text)
    return CLEAN


def replace(path: str, text: str) -> None:
    """Replace a file as a whole, and keep the old content as FILE.bak. Raises: UsageError if that fails."""
    from lstmlint.converting.archives.files import backup

    try:
        kept = backup(Path(os.path.realpath(path)))
    except OSError as error:
        raise UsageError(f"cannot keep a backup of {path!r}: {error.strerror or error}") from error
    write_atomically(path, text.encode("utf-8", "backslashreplace"), keep_mode=True)
    print_stderr(f"lstmlint: {path} is converted; the old file is {kept.name}")


def report(name: str, document: Document, result: Conversion, target: str) -> None:
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
        print_stderr(f"lstmlint: {name} is not converted: {target} cannot express it")
    else:
        print_stderr(
            f"lstmlint: {name} is not converted because it would compute other values; --allow-changes converts it"
        )
