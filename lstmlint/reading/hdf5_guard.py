"""Checks of HDF5 files before the HDF5 library opens them: damaged heaps and strings make it hang or exhaust memory."""

from __future__ import annotations

import os
import re
from typing import BinaryIO

from lstmlint.model.findings import ReadError
from lstmlint.model.limits import loading_libraries, out_of_memory

DAMAGED_HELP = "Save the model again, or copy the file again: it may be cut off."

# A global heap: signature, version, 8 bytes of size, then objects.
_HEAP = b"GCOL\x01\x00\x00\x00"
# In an attribute: variable-length strings, a single one (rank 0) or a list (rank 1).
_TEXTS = re.compile(
    rb"\x19[\x00-\xff][\x00\x01]\x00\x10\x00\x00\x00(?:.{8}|.{12}|.{16})\x01([\x00\x01])([\x00\x01]).{5}", re.DOTALL
)
_CHECKED_BYTES = 16 * 2**20

# Errors that h5py raises for damaged files.
DAMAGED = (
    ArithmeticError, LookupError, MemoryError, OSError, RuntimeError, SystemError, TypeError, ValueError,
)  # fmt: skip


def import_h5py() -> None:
    """Import h5py in this process, so that not every process forked from it has to. Raises: ImportError, MemoryError."""
    try:
        with loading_libraries():
            import h5py  # noqa: F401
    except ImportError as error:
        if out_of_memory(error):
            raise MemoryError from None
        raise


def install_h5py() -> str:
    """Return the advice to install h5py. pre-commit runs hooks in environments of their own."""
    if os.environ.get("PRE_COMMIT"):
        return "Add additional_dependencies: [h5py] to the hook in .pre-commit-config.yaml."
    return "Install it: pip install 'lstmlint[hdf5]'."


def check_beginning(file: BinaryIO, most: int = _CHECKED_BYTES) -> None:
    """Check the beginning of a file, where Keras stores attributes. Raises: ReadError E001."""
    size = file.seek(0, os.SEEK_END)
    file.seek(0)
    raw = file.read(most)
    file.seek(0)
    _check_heaps(raw)
    _check_texts(raw, size)


def _check_heaps(raw: bytes) -> None:
    # The library hangs in a heap that has an object of size 0, which a single wrong byte can cause.
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
    # For a string with a stated size of 4 GB, the library allocates and clears that much before it checks the size.
    # For each string, an attribute has 4 bytes of length, 8 of address, and 4 more.
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
