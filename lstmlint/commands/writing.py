"""Writing: reports to files, whole or not at all, and to standard output; sentences to standard error."""

from __future__ import annotations

import os
import sys

from lstmlint.commands.request import PLAIN_FORMATS, Destination
from lstmlint.model.findings import UsageError


def say(sentence: str) -> None:
    """Tell the user on standard error."""
    from lstmlint.reporting.escape import terminal

    print(f"lstmlint: {terminal(sentence)}", file=sys.stderr)  # noqa: T201


def check_writable(destination: Destination) -> None:
    """Raises: UsageError, where a report could not be written, before any work is done."""
    path = destination.path
    if path is None:
        return
    folder = os.path.dirname(path) or os.curdir  # noqa: PTH120
    if os.path.isdir(path):  # noqa: PTH112
        raise UsageError(f"cannot write {path!r}: it is a folder")
    if not os.path.isdir(folder):  # noqa: PTH112
        raise UsageError(f"cannot write {path!r}: there is no folder {folder!r}")
    if not os.access(path if os.path.exists(path) else folder, os.W_OK):  # noqa: PTH110
        raise UsageError(f"cannot write {path!r}: permission denied")


def write(destination: Destination, text: str) -> None:
    """Write a report whole or not at all. Raises: UsageError, where that fails."""
    path = destination.path
    if path is None:
        write_stdout(text, None if destination.format in PLAIN_FORMATS else "utf-8")
        return
    content = text.encode("utf-8", "backslashreplace")
    plain = not os.path.exists(path) or os.path.isfile(path)  # noqa: PTH110, PTH113 - no pipe or device
    target = os.path.realpath(path) if plain else path
    beside = f"{target}.{os.getpid()}.tmp"
    whole = plain and os.access(os.path.dirname(target), os.W_OK)  # noqa: PTH120
    try:
        with open(beside if whole else target, "wb") as file:  # noqa: PTH123
            file.write(content)
        if whole:
            os.replace(beside, target)  # noqa: PTH105
    except OSError as error:
        if whole and os.path.exists(beside):  # noqa: PTH110
            os.unlink(beside)  # noqa: PTH108
        raise UsageError(f"cannot write {path!r}: {error.strerror or error}") from error


def write_stdout(text: str, encoding: str | None = None) -> None:
    """Write to standard output, in its encoding unless the format fixes one. A closed pipe ends it quietly.

    Raises: UsageError, where it cannot be written for another reason.
    """
    stream = sys.stdout
    content = text.encode(encoding or stream.encoding or "utf-8", "backslashreplace")
    try:
        stream.flush()
        stream.buffer.write(content)
        stream.buffer.flush()
    except BrokenPipeError:
        # Nobody reads any more; at exit Python would flush once more, and complain.
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
        raise UsageError(f"cannot write to standard output: {error.strerror or error}") from error
