"""Write reports to files, as a whole or not at all, and to standard output; write messages to standard error."""

from __future__ import annotations

import codecs
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from time import monotonic

from lstmlint.commands.request import Destination
from lstmlint.model.findings import UsageError
from lstmlint.model.urls import is_url
from lstmlint.reporting import FORMATS

ENOUGH = 2**16  # characters to write at once
MOMENT = 0.2  # seconds


def say(sentence: str) -> None:
    """Print a message to standard error."""
    print_stderr(f"lstmlint: {sentence}")


def print_stderr(sentence: str) -> None:
    """Print a line to standard error, without control characters. If that fails, the exit code tells."""
    from lstmlint.reporting.escape import terminal

    with suppress(OSError):  # closed, or on a full disk
        sys.stderr.write(terminal(sentence) + "\n")
        sys.stderr.flush()


def check_writable(destination: Destination) -> None:
    """Check before any work that a report can be written. Raises: UsageError."""
    path = destination.path
    if path is None:
        return
    folder = os.path.dirname(path) or os.curdir  # noqa: PTH120
    if is_url(path):
        raise UsageError("remote files are only read: write the report to a file on this computer, and copy it")
    if os.path.isdir(path):  # noqa: PTH112
        raise UsageError(f"cannot write {path!r}: it is a folder")
    if not os.path.isdir(folder):  # noqa: PTH112
        raise UsageError(f"cannot write {path!r}: the folder {folder!r} does not exist")
    if not os.access(path if os.path.exists(path) else folder, os.W_OK):  # noqa: PTH110
        raise UsageError(f"cannot write {path!r}: permission denied")


def write(destination: Destination, report: str | Iterable[str], before: Callable[[], None] | None = None) -> bool:
    """Write a report, or its pieces as they come. Return False if it goes to a pipe whose reader is gone.

    before: called before every piece that goes to standard output. Raises: UsageError if the report cannot be written.
    """
    path = destination.path
    pieces = (report,) if isinstance(report, str) else report
    if path is None:
        traits = FORMATS.get(destination.format)
        return write_stdout(pieces, None if traits is not None and traits.plain else "utf-8", before)
    check_inside(path)
    content = (piece.encode("utf-8", "backslashreplace") for piece in pieces)
    regular = not os.path.exists(path) or os.path.isfile(path)  # noqa: PTH110, PTH113
    if regular and os.access(os.path.dirname(os.path.realpath(path)), os.W_OK):  # noqa: PTH120
        write_atomically(path, content)
        return True
    try:  # a pipe, a device, or a file in a folder that takes no new files
        with open(path, "wb") as file:  # noqa: PTH123
            file.writelines(content)
    except OSError as error:
        raise UsageError(f"cannot write {path!r}: {error.strerror or error}") from error
    return True


def write_atomically(path: str, content: bytes | Iterable[bytes], keep_mode: bool = False) -> None:
    """Replace a file by one with new content, so that a reader never sees half of it.

    content: all of it, or its pieces. keep_mode: give the new file the permissions of the old one. Raises: UsageError if
    that fails.
    """
    import shutil
    import tempfile

    check_inside(path)
    target = os.path.realpath(path)
    temporary = None
    try:
        handle, temporary = tempfile.mkstemp(".tmp", ".lstmlint-", os.path.dirname(target))  # noqa: PTH120
        with open(handle, "wb") as file:  # noqa: PTH123
            file.writelines((content,) if isinstance(content, bytes) else content)
        if keep_mode:
            shutil.copymode(target, temporary)
        else:
            os.chmod(temporary, 0o666 & ~mask())  # noqa: PTH101 - as a new file has; mkstemp's is private
        os.replace(temporary, target)  # noqa: PTH105
    except OSError as error:
        raise UsageError(f"cannot write {path!r}: {error.strerror or error}") from error
    finally:
        if temporary is not None and os.path.exists(temporary):  # noqa: PTH110
            os.unlink(temporary)  # noqa: PTH108


def mask() -> int:
    """Return the permissions that new files do not get."""
    found = os.umask(0)
    os.umask(found)
    return found


def check_inside(path: str) -> None:
    """Raise UsageError if a path is a link that leads out of its folder and of the current one."""
    if not os.path.islink(path):  # noqa: PTH114
        return
    target = os.path.realpath(path)
    for folder in (os.path.dirname(path) or os.curdir, os.curdir):  # noqa: PTH120
        inside = os.path.realpath(folder)
        if os.path.commonpath((inside, target)) == inside:
            return
    if not os.path.exists(target) or os.path.isfile(target):  # noqa: PTH110, PTH113
        raise UsageError(
            f"cannot write {path!r}: it is a link to {target!r}, which is in another folder; name that file"
        )


# What reports write in place of their own characters where the encoding lacks them.
PLAIN = {"·": "*", "×": "x", "−": "-", "→": "->", "…": "...", **{c: f"^{i}" for i, c in enumerate("⁰¹²³⁴⁵⁶⁷⁸⁹")}}


def plainly(error: UnicodeError) -> tuple[str | bytes, int]:
    """Return what stands for characters that an encoding lacks, as the codecs module asks."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    character = error.object[error.start]
    if character in PLAIN:
        return PLAIN[character], error.start + 1
    only = UnicodeEncodeError(error.encoding, error.object, error.start, error.start + 1, error.reason)
    return codecs.backslashreplace_errors(only)


codecs.register_error("lstmlint.plain", plainly)


def write_stdout(
    text: str | Iterable[str], encoding: str | None = None, before: Callable[[], None] | None = None
) -> bool:
    """Write to standard output, in its own encoding by default. Return False if the reader of a pipe is gone.

    text: all of it, or pieces that are written as they come. before: called before anything is written. Raises: UsageError
    if it cannot be written for another reason.
    """
    stream = sys.stdout
    encode = codecs.getincrementalencoder(encoding or stream.encoding or "utf-8")("lstmlint.plain").encode
    for piece in (text,) if isinstance(text, str) else collected(text):
        content = encode(piece)
        if before is not None:
            before()
        try:
            stream.flush()
            stream.buffer.write(content)
            stream.buffer.flush()
        except OSError as error:
            # At exit, Python would flush once more and complain.
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
            if isinstance(error, BrokenPipeError):
                return False
            raise UsageError(f"cannot write to standard output: {error.strerror or error}") from error
    return True


def collected(pieces: Iterable[str]) -> Iterator[str]:
    """Yield longer pieces: many short ones at once, but no more than come within a moment."""
    waiting: list[str] = []
    length, since = 0, monotonic()
    for piece in pieces:
        waiting.append(piece)
        length += len(piece)
        if length >= ENOUGH or monotonic() > since + MOMENT:
            yield "".join(waiting)
            waiting.clear()
            length, since = 0, monotonic()
    if waiting:
        yield "".join(waiting)
