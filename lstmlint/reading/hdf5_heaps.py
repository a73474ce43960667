"""Heaps in HDF5 files, checked before the HDF5 library sees them."""

from __future__ import annotations

from typing import BinaryIO

from lstmlint.findings import ReadError

DAMAGED_HELP = "Save the model again, or copy the file again: it may be cut off."

# A heap of texts of any length: its signature and version, then 8 bytes of size, then objects.
_HEAP = b"GCOL\x01\x00\x00\x00"
_CHECKED_BYTES = 16 * 2**20


def check_heaps(file: BinaryIO, most: int = _CHECKED_BYTES) -> None:
    """Raises: ReadError E001 for a heap in which the HDF5 library would get lost."""
    # The HDF5 library never returns from a heap with an object that takes no room, as a single wrong byte can
    # make it. Attributes stand at the beginning of what Keras writes.
    raw = file.read(most)
    file.seek(0)
    start = raw.find(_HEAP)
    while start >= 0:
        end = start + int.from_bytes(raw[start + 8 : start + 16], "little")
        at = start + 16
        while at + 16 <= min(end, len(raw)):
            index = int.from_bytes(raw[at : at + 2], "little")
            size = int.from_bytes(raw[at + 8 : at + 16], "little")
            step = (size if index == 0 else 16 + (size + 7) // 8 * 8) % 2**64
            if step == 0:
                raise ReadError("E001", "the HDF5 file is damaged: an object in a heap takes no room", DAMAGED_HELP)
            at += step
        start = raw.find(_HEAP, start + 8)
