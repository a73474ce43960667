"""A list on disk, for reports whose beginning depends on all files."""

from __future__ import annotations

import pickle
from collections.abc import Iterable, Iterator
from tempfile import SpooledTemporaryFile
from typing import Any

from lstmlint.model.findings import UsageError

IN_MEMORY = 2**21  # bytes


class Spool:
    """A list of values that can be pickled. Small ones are kept in memory, large ones in a temporary file.

    Raises: UsageError if the disk is full.
    """

    def __init__(self) -> None:
        self.file = SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - closed with this object
        self.length = 0

    def append(self, value: Any) -> None:
        """Add a value."""
        try:
            pickle.dump(value, self.file, pickle.HIGHEST_PROTOCOL)
        except OSError as error:
            raise UsageError(f"cannot keep the report in a temporary file: {error.strerror or error}") from error
        self.length += 1

    def __del__(self) -> None:
        self.file.close()

    def __len__(self) -> int:
        return self.length

    def __iter__(self) -> Iterator[Any]:
        self.file.seek(0)
        for _ in range(self.length):
            yield pickle.load(self.file)  # noqa: S301 - written above, to a file that has no name


def spooled(values: Iterable[Any]) -> Spool:
    """Return values as a list on disk."""
    spool = Spool()
    for value in values:
        spool.append(value)
    return spool
