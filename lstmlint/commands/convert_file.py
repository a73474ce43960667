"""`lstmlint convert` for a whole file: the weights, too."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from lstmlint.commands.exit_codes import CLEAN, FOUND
from lstmlint.commands.request import Destination
from lstmlint.commands.writing import check_writable, print_stderr
from lstmlint.converting.archives import container_of, write_model
from lstmlint.model.findings import ReadError, UsageError
from lstmlint.model.releases import TFJS
from lstmlint.reporting import View

if TYPE_CHECKING:
    from lstmlint.converting.archives import Written
    from lstmlint.converting.notes import Conversion
    from lstmlint.model.spec import ModelSpec
    from lstmlint.reading.document import Document


def holds_weights(path: str | None, release: str) -> bool:
    """Return whether a file with this name holds weights, too. Raises: UsageError if it cannot be written."""
    container = None if path is None else container_of(path, release)
    if release == TFJS and container not in ("tfjs", None):
        raise UsageError(f"TensorFlow.js reads a model.json, not {path!r}; give --output a .json file")
    if path is not None and container is not None:
        check_writable(Destination("json", path, View()))
    return container is not None


def write_file(
    name: str,
    document: Document,
    spec: ModelSpec,
    result: Conversion,
    release: str,
    path: str,
    allow_changes: bool,
    in_place: bool,
) -> int:
    """Write a converted model with its weights and return the exit code: 1 if nothing is written. Raises: UsageError."""
    try:
        written = write_model(document, spec, result, release, Path(path), allow_changes, in_place)
    except ReadError as error:
        print_stderr(f"{name}:1:1: error: the weights cannot be converted: {error.message}. {error.help}".rstrip())
        return not_converted(name)
    except OSError as error:
        raise UsageError(f"cannot write {path!r}: {error.strerror or error}") from error
    return report(name, written, allow_changes)


def report(name: str, written: Written, allow_changes: bool) -> int:
    """Print what the weights need, and return the exit code."""
    for note in written.remarks:
        print_stderr(f"{name}:1:1: info: {note}")
    for note in written.changes:
        print_stderr(f"{name}:1:1: {'warning' if allow_changes else 'error'}: {note}")
    if written.refusal is not None:
        print_stderr(f"{name}:1:1: error: {written.refusal}")
        return not_converted(name)
    if written.changes and not allow_changes:
        print_stderr(f"lstmlint: {name} is not converted because weights would be rounded; --allow-changes converts it")
        return FOUND
    if written.backup is not None:
        print_stderr(f"lstmlint: {name} is converted; the old file is {written.backup.name}")
    return CLEAN


def not_converted(name: str) -> int:
    """Say that nothing is written, and return the exit code."""
    print_stderr(f"lstmlint: {name} is not converted; nothing is written")
    return FOUND
