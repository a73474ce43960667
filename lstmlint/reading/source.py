"""Sources of bytes: a file or standard input, whose beginning is inspected before it is read."""

from __future__ import annotations

import os
import select
import stat
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from lstmlint.model.findings import ReadError
from lstmlint.reading.limits import check_size

HEAD_BYTES = 64 * 1024
# How long to wait for a program to write to a pipe, in seconds.
_PATIENCE = 5


class Source:
    """The bytes of one file.

    path: the file, or None if `raw` holds the bytes.
    name: the name used in reports.
    limit: the number of bytes that `read` accepts, and that `raw` may have.
    head: the first 64 KiB.
    size: the number of bytes.
    Raises: ReadError (E001) if a pipe or `raw` exceeds the limit; OSError.
    """

    def __init__(self, path: Path | None, raw: bytes | None, name: str, limit: int) -> None:
        self.path = path
        self.name = name
        self.limit = limit
        if path is not None:
            with open(path, "rb", opener=_at_once) as file:
                status = os.fstat(file.fileno())
                if stat.S_ISFIFO(status.st_mode):
                    _check_writer(file.fileno())
                if os.name == "posix":
                    os.set_blocking(file.fileno(), True)
                self.head = file.read(HEAD_BYTES)
                self.size = status.st_size
                if not stat.S_ISREG(status.st_mode):
                    # A pipe or a device can be read only once, and its size is unknown.
                    raw = self.head + file.read(max(0, limit + 1 - len(self.head)))
                elif self.size <= HEAD_BYTES:
                    raw = self.head
        self.raw = raw
        if raw is not None:
            check_size(len(raw), limit)
            self.head, self.size = raw[:HEAD_BYTES], len(raw)

    def open(self) -> BinaryIO:
        """Open the bytes as a seekable file."""
        if self.raw is None and self.path is not None:
            return self.path.open("rb")
        return BytesIO(self.raw or b"")

    def read(self, factor: int = 1) -> bytes:
        """Return all bytes. Raises: ReadError (E001) if they are more than the limit times `factor`."""
        check_size(self.size, self.limit * factor)
        if self.raw is not None:
            return self.raw
        with self.open() as file:
            raw = file.read(self.limit * factor + 1)
        check_size(len(raw), self.limit * factor)  # it may have grown
        return raw


def _at_once(path: str, flags: int) -> int:
    """Open a file without waiting for another process to open it, if it is a pipe."""
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0))


def _check_writer(descriptor: int) -> None:
    """Wait until a program writes to a pipe. Raises: ReadError (E001) if none has opened it."""
    waiting = select.poll()
    waiting.register(descriptor, select.POLLIN)
    if waiting.poll(_PATIENCE * 1000):
        return
    with suppress(BlockingIOError):  # a slow writer
        if not os.read(descriptor, 1):
            raise ReadError(
                "E001", f"this is a pipe, and no program opened it within {_PATIENCE} seconds", "Give a file."
            )
