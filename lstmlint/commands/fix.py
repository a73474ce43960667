"""`lstmlint --fix` and `lstmlint --diff`: files rewritten in place, or what would be rewritten."""

from __future__ import annotations

import difflib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from lstmlint.commands.paths import STDIN, InputPath
from lstmlint.commands.request import Destination, written_to
from lstmlint.commands.writing import say, write
from lstmlint.fixing.fix import Fixed, fix
from lstmlint.model.findings import UsageError
from lstmlint.reporting import View

if TYPE_CHECKING:
    from lstmlint.config.settings import Resolver

END = "\\ No newline at end of file\n"


def fix_files(sources: list[InputPath], resolver: Resolver) -> None:
    """Rewrite every file in which something can be fixed. Raises: UsageError, where one cannot be written."""
    if any(source.path == STDIN for source in sources):
        raise UsageError("standard input cannot be fixed in place; --diff shows what would be")
    edits = files = 0
    for source, fixed in fixes(sources, resolver, b"", ""):
        if fixed.edits:
            replace(source.path, fixed.raw)
            edits, files = edits + fixed.edits, files + 1
    if edits:
        say(f"fixed {edits} place{'s' * (edits != 1)} in {files} file{'s' * (files != 1)}")


def show_diff(
    sources: list[InputPath], resolver: Resolver, stdin: bytes, stdin_name: str, output: str | None = None
) -> bool:
    """Print what --fix would change as a unified diff, or write it; whether there is anything. Raises: UsageError."""
    parts: list[str] = []
    for source, fixed in fixes(sources, resolver, stdin, stdin_name):
        if fixed.edits:
            name = stdin_name if source.path == STDIN else source.path
            parts += unified(name, fixed.before, fixed.after)
    write(Destination("diff", written_to(output), View()), "".join(parts))
    return bool(parts)


def fixes(
    sources: list[InputPath], resolver: Resolver, stdin: bytes, stdin_name: str
) -> Iterator[tuple[InputPath, Fixed]]:
    """What can be fixed in each file. What cannot be read is left to the analysis, which tells of it."""
    for source in sources:
        path = source.path
        if path != STDIN and not os.path.isfile(path):  # noqa: PTH113 - a SavedModel's folder, or nothing at all
            continue
        name = stdin_name if path == STDIN else path
        try:
            fixed = fix(stdin if path == STDIN else Path(path), name, resolver.of_file(name).options(name, False))
        except OSError as error:
            raise UsageError(f"cannot read {path!r}: {error.strerror or error}") from error
        if fixed.unfixable is not None:
            say(f"{name} is not fixed: {fixed.unfixable}")
        yield source, fixed


def unified(name: str, before: str, after: str) -> Iterator[str]:
    """The lines of a unified diff, as `patch` and `git apply` take them."""
    old, new = (text.splitlines(keepends=True) for text in (before, after))
    shown = name.replace(os.sep, "/").lstrip("/")
    for line in difflib.unified_diff(old, new, f"a/{shown}", f"b/{shown}"):
        yield line if line.endswith("\n") else f"{line}\n{END}"


def replace(path: str, raw: bytes) -> None:
    """Put new content in a file's place, whole or not at all, its mode kept. Raises: UsageError."""
    target = os.path.realpath(path)
    if not os.access(target, os.W_OK):  # a folder that may be written to would let it go
        raise UsageError(f"cannot write {path!r}: it is read-only")
    beside = f"{target}.{os.getpid()}.tmp"
    try:
        with open(beside, "xb") as file:  # noqa: PTH123
            file.write(raw)
        shutil.copymode(target, beside)
        os.replace(beside, target)  # noqa: PTH105
    except OSError as error:
        if os.path.exists(beside):  # noqa: PTH110
            os.unlink(beside)  # noqa: PTH108
        raise UsageError(f"cannot write {path!r}: {error.strerror or error}") from error
