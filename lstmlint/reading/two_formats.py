"""Files that are valid in two formats, or that have other data before their beginning.

Keras 3 decides by the name: a file named .keras is a zip archive if its end says so, and a file named .h5 or .hdf5 is
HDF5, whose data may begin after 512, 1024, 2048, ... bytes.
"""

from __future__ import annotations

import os

from lstmlint.model.findings import Problem
from lstmlint.reading.containers import Container, detect, find, is_hdf5, is_zip
from lstmlint.reading.source import Source
from lstmlint.reading.survey import active

_FIRST_BLOCK = 512
_ADVICE = "Save the model again; do not load a file that was made to look like something else."


def container_of(source: Source) -> Container | None:
    """Return the container that Keras would read a file as; None for text. Report a second one (X817)."""
    container = detect(source.head)
    name = source.name if source.path is None else source.path.name
    archive, hdf5 = name.endswith(".keras"), name.endswith((".h5", ".hdf5"))
    if container is None:
        if not hdf5 and (archive or source.path is None) and ends_like_zip(source):
            return find("keras")  # which reports what is before it
        return find("hdf5") if hdf5_offset(source) else None
    if is_zip(source.head):
        offset = hdf5_offset(source)
        if offset and (hdf5 or not _is_member(source, offset)):
            note(f"the file is a zip archive, and HDF5 from byte {offset:,} on", "HDF5" if hdf5 else "the zip archive")
            return find("hdf5") if hdf5 else container
    elif is_hdf5(source.head) and ends_like_zip(source):
        note("the file is HDF5, and a zip archive at its end", "the zip archive" if archive else "HDF5")
        return find("keras") if archive else container
    return container


def note(what: str, chosen: str = "") -> None:
    """Report that a file is not only what it seems to be (X817). chosen: what Keras 3 reads."""
    reads = (
        f": Keras 3 decides by the name and reads {chosen}, as lstmlint does; other programs may read the other"
        if chosen
        else ""
    )
    active().problems.append(Problem("X817", what + (reads if chosen else ""), _ADVICE))


def hdf5_offset(source: Source) -> int:
    """Return where HDF5 data begins after other data; 0 if it does not."""
    offset = _FIRST_BLOCK
    with source.open() as file:
        while offset < source.size:
            file.seek(offset)
            if is_hdf5(file.read(8)):
                return offset
            offset *= 2
    return 0


def ends_like_zip(source: Source) -> bool:
    """Check whether a file ends with the directory of a zip archive."""
    with source.open() as file:
        file.seek(max(0, source.size - 2**16 - 22), os.SEEK_SET)
        if b"PK\x05\x06" not in file.read():
            return False
        import zipfile

        return zipfile.is_zipfile(file)


def _is_member(source: Source, offset: int) -> bool:
    """Check whether HDF5 data at an offset is only the uncompressed weights in the archive."""
    import zipfile

    from lstmlint.reading.stored_weights import data_offset

    try:
        with source.open() as file, zipfile.ZipFile(file) as archive:
            return any(
                data_offset(file, info) <= offset < data_offset(file, info) + info.compress_size
                for info in archive.infolist()
            )
    except (zipfile.BadZipFile, OSError, ValueError):
        return False
