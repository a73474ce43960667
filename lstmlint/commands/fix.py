"""`lstmlint --fix` and `lstmlint --diff`: fix files in place, or print what would be fixed."""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from lstmlint.commands.paths import STDIN, InputPath
from lstmlint.commands.request import Destination, written_to
from lstmlint.commands.writing import say, write, write_atomically
from lstmlint.fixing.fix import Fixed, fix
from lstmlint.model.findings import ReadError, UsageError
from lstmlint.model.limits import enforced
from lstmlint.model.programs import PROGRAMS
from lstmlint.model.values import plural
from lstmlint.reporting import View
from lstmlint.reporting.escape import dangerous, terminal

if TYPE_CHECKING:
    from lstmlint.config.settings import Resolver

LINES = re.compile(r"[^\n]*\n|[^\n]+")  # a line of git ends with \n only
NO_NEWLINE = "\\ No newline at end of file\n"


def fix_files(sources: list[InputPath], resolver: Resolver) -> None:
    """Fix every file in place. Raises: UsageError if one cannot be written."""
    if any(source.path == STDIN for source in sources):
        raise UsageError("standard input cannot be fixed in place; --diff prints the changes")
    edits = files = 0
    for source, fixed in fixes(sources, resolver, b"", ""):
        if fixed.edits:
            if not os.access(source.path, os.W_OK):  # replacing the file needs only a writable folder
                raise UsageError(f"cannot write {source.path!r}: it is read-only")
            write_atomically(source.path, fixed.raw, keep_mode=True)
            edits, files = edits + fixed.edits, files + 1
    if edits:
        say(f"fixed {plural(edits, 'place')} in {plural(files, 'file')}")


def show_diff(
    sources: list[InputPath], resolver: Resolver, stdin: bytes, stdin_name: str, output: str | None = None
) -> bool:
    """Write what --fix would change as a unified diff. Return whether there is anything. Raises: UsageError."""
    parts: list[str] = []
    for source, fixed in fixes(sources, resolver, stdin, stdin_name):
        if fixed.edits:
            name = stdin_name if source.path == STDIN else source.path
            parts += unified(name, fixed.before, fixed.after)
    target = written_to(output)
    if target is None and any(map(dangerous, parts)):
        say("the diff holds characters that are escaped here; --output FILE writes one that can be applied")
        parts = [escaped(part) for part in parts]
    write(Destination("diff", target, View()), "".join(parts))
    return bool(parts)


def escaped(line: str) -> str:
    """Return a line of a diff for a terminal or a log."""
    if not dangerous(line):
        return line
    bare = line.rstrip("\r\n")
    return terminal(bare) + line[len(bare) :]


def fixes(
    sources: list[InputPath], resolver: Resolver, stdin: bytes, stdin_name: str
) -> Iterator[tuple[InputPath, Fixed]]:
    """Yield each file with its fixes. The analysis, not this, reports files that cannot be read."""
    for source in sources:
        path = source.path
        if path != STDIN and not os.path.isfile(path):  # noqa: PTH113 - a SavedModel's folder, or a missing file
            continue
        name = stdin_name if path == STDIN else path
        if name.endswith(PROGRAMS):
            if source.named:
                say(f"{name} is not fixed: fixes are made in JSON files")
            continue
        try:
            options = resolver.of_file(name).options(name, False)
            with enforced(options.input_limits):
                fixed = fix(stdin if path == STDIN else Path(path), name, options)
        except OSError as error:
            raise UsageError(f"cannot read {path!r}: {error.strerror or error}") from error
        except ReadError as error:
            raise UsageError(f"{name!r} is not fixed: {error.message}") from error
        if fixed.unfixable is not None:
            say(f"{name} is not fixed: {fixed.unfixable}")
        yield source, fixed


def unified(name: str, before: str, after: str) -> Iterator[str]:
    """Yield the lines of a unified diff that `patch` and `git apply` take."""
    old, new = (LINES.findall(text) for text in (before, after))
    shown = name.replace(os.sep, "/").lstrip("/")
    for line in difflib.unified_diff(old, new, f"a/{shown}", f"b/{shown}"):
        yield line if line.endswith("\n") else f"{line}\n{NO_NEWLINE}"
