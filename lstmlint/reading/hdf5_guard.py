"""HDF5 files, checked for what the HDF5 library gets lost in before it sees them: heaps, and texts that lie there."""

from __future__ import annotations

import os
import re
from typing import BinaryIO

from lstmlint.model.findings import ReadError

DAMAGED_HELP = "Save the model again, or copy the file again: it may be cut off."

# A heap of texts of any length: its signature and version, then 8 bytes of size, then objects.
_HEAP = b"GCOL\x01\x00\x00\x00"
# In an attribute: that it holds texts of any length, and that it is one (rank 0) or a list of them (rank 1).
_TEXTS = re.compile(
    rb"\x19[\x00-\xff][\x00\x01]\x00\x10\x00\x00\x00(?:.{8}|.{12}|.{16})\x01([\x00\x01])([\x00\x01]).{5}", re.DOTALL
)
_CHECKED_BYTES = 16 * 2**20

# What h5py lets through of what it meets in broken files.
DAMAGED = (
    ArithmeticError, LookupError, MemoryError, OSError, RuntimeError, SystemError, TypeError, ValueError,
)  # fmt: skip


def check_beginning(file: BinaryIO, most: int = _CHECKED_BYTES) -> None:
    """Look at the beginning of a file, where the attributes stand in what Keras writes. Raises: ReadError E001."""
    size = file.seek(0, os.SEEK_END)
    file.seek(0)
    raw = file.read(most)
    file.seek(0)
    _check_heaps(raw)
    _check_texts(raw, size)


def _check_heaps(raw: bytes) -> None:
    # The library never returns from a heap with an object that takes no room, as a single wrong byte can make it.
    start = raw.find(_HEAP)
    while start >= 0:
        end = start + int.from_bytes(raw[start + 8 : start + 16], "little")
        at = start + 16
        while at + 16 <= min(end, len(raw)):
            index = int.from_bytes(raw[at : at + 2], "little")
            size = int.from_bytes(raw[at + 8 : at + 16], "little")
            step = (size if index == 0 else 16 + (size + 7) // 8 * 8) % 2**64
            if step == 0:
                raise ReadError("E001", "the HDF5 file is damaged: an object in a heap has size 0", DAMAGED_HELP)
            at += step
        start = raw.find(_HEAP, start + 8)


def _check_texts(raw: bytes, size: int) -> None:
    # For a text said to have 4 GB the library allocates and clears as much before it looks whether there is one.
    # Of each text an attribute has the length in 4 bytes, its place in 8, and 4 more.
    for match in _TEXTS.finditer(raw):
        at, count = match.end(), 1
        if match[1] == b"\x01":
            count = int.from_bytes(raw[at : at + 8], "little")
            at += 16 if match[2] == b"\x01" else 8
        for start in range(at, min(at + 16 * count, len(raw) - 11), 16):
            length = int.from_bytes(raw[start : start + 4], "little")
            place = int.from_bytes(raw[start + 4 : start + 12], "little")
            if length and (length > size or place >= size):
                raise ReadError("E001", "the HDF5 file is damaged: a string lies outside the file", DAMAGED_HELP)
