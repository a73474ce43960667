"""Sources of bytes: a file or standard input, whose beginning is inspected before it is read."""

from __future__ import annotations

import stat
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from lstmlint.reading.limits import check_size

HEAD_BYTES = 64 * 1024


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
            with path.open("rb") as file:
                self.head = file.read(HEAD_BYTES)
                status = path.stat()
                self.size = status.st_size
                if not stat.S_ISREG(status.st_mode):
                    # A pipe or a device can be read only once, and its size is unknown.
                    raw = self.head + file.read(limit + 1)
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

    def read(self) -> bytes:
        """Return all bytes. Raises: ReadError (E001) if they exceed the limit."""
        check_size(self.size, self.limit)
        if self.raw is None:
            with self.open() as file:
                self.raw = file.read(self.limit)
        return self.raw
