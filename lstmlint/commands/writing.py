"""Write reports to files, as a whole or not at all, and to standard output; write messages to standard error."""

from __future__ import annotations

import os
import sys
from contextlib import suppress

from lstmlint.commands.request import Destination
from lstmlint.model.findings import UsageError
from lstmlint.reporting import FORMATS


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
    if os.path.isdir(path):  # noqa: PTH112
        raise UsageError(f"cannot write {path!r}: it is a folder")
    if not os.path.isdir(folder):  # noqa: PTH112
        raise UsageError(f"cannot write {path!r}: the folder {folder!r} does not exist")
    if not os.access(path if os.path.exists(path) else folder, os.W_OK):  # noqa: PTH110
        raise UsageError(f"cannot write {path!r}: permission denied")


def write(destination: Destination, text: str) -> None:
    """Write a report. Raises: UsageError if that fails."""
    path = destination.path
    if path is None:
        traits = FORMATS.get(destination.format)
        write_stdout(text, None if traits is not None and traits.plain else "utf-8")
        return
    check_inside(path)
    content = text.encode("utf-8", "backslashreplace")
    regular = not os.path.exists(path) or os.path.isfile(path)  # noqa: PTH110, PTH113
    if regular and os.access(os.path.dirname(os.path.realpath(path)), os.W_OK):  # noqa: PTH120
        write_atomically(path, content)
        return
    try:  # a pipe, a device, or a file in a folder that takes no new files
        with open(path, "wb") as file:  # noqa: PTH123
            file.write(content)
    except OSError as error:
        raise UsageError(f"cannot write {path!r}: {error.strerror or error}") from error


def write_atomically(path: str, content: bytes, keep_mode: bool = False) -> None:
    """Replace a file by one with new content, so that a reader never sees half of it.

    keep_mode: give the new file the permissions of the old one. Raises: UsageError if that fails.
    """
    import shutil
    import tempfile

    check_inside(path)
    target = os.path.realpath(path)
    temporary = None
    try:
        handle, temporary = tempfile.mkstemp(".tmp", ".lstmlint-", os.path.dirname(target))  # noqa: PTH120
        with open(handle, "wb") as file:  # noqa: PTH123
            file.write(content)
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


def write_stdout(text: str, encoding: str | None = None) -> None:
    """Write to standard output, in its own encoding by default. A closed pipe is not an error.

    Raises: UsageError if it cannot be written for another reason.
    """
    stream = sys.stdout
    content = text.encode(encoding or stream.encoding or "utf-8", "backslashreplace")
    try:
        stream.flush()
        stream.buffer.write(content)
        stream.buffer.flush()
    except BrokenPipeError:
        # The reader is gone. At exit, Python would flush once more and complain.
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
        raise UsageError(f"cannot write to standard output: {error.strerror or error}") from error
