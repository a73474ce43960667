"""Values of stored weights, one tensor at a time, as the bytes that the file holds.

Run these in `sandbox.isolated`: the HDF5 library trusts what it reads.
"""

from __future__ import annotations

import contextlib
import io
import os
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO

from lstmlint.model.findings import ReadError
from lstmlint.model.values import show
from lstmlint.reading.hdf5_guard import DAMAGED_HELP, check_beginning
from lstmlint.reading.source import Source
from lstmlint.reading.stored_weights import CHECKED_BYTES, Window, data_offset, dtype_of, inside

# Values are copied in pieces of about this size.
SLAB_BYTES = 16 * 2**20
# A file may be compressed, but not to less than a thousandth: above this size, that is an attack.
_LARGE_BYTES = 64 * 2**20
_MOST_EXPANSION = 1000
# Filters that are part of the HDF5 library or of h5py: deflate, shuffle, fletcher32, szip, nbit, scaleoffset, lzf.
# Any other one would load a plugin.
_FILTERS = frozenset({1, 2, 3, 4, 5, 6, 32000})
# The dtypes in a TensorFlow.js manifest that Keras has, too.
_TFJS_DTYPES = {"float32": "<f4", "int32": "<i4", "uint8": "|u1", "bool": "|b1"}


@dataclass(frozen=True, slots=True)
class Tensor:
    """One stored tensor.

    dtype: its name; "bfloat16" has no NumPy dtype and is read as 2 opaque bytes.
    read: returns the rows from `start` to `stop` of the first axis, or everything for a scalar.
    """

    shape: tuple[int, ...]
    dtype: str
    read: Callable[[int, int], Any]
    row_bytes: int

    def array(self) -> Any:
        """Return all values."""
        return self.read(0, self.shape[0] if self.shape else 1)

    def slabs(self) -> Iterator[tuple[int, int, Any]]:
        """Yield (start, stop, values) along the first axis."""
        if not self.shape:
            yield 0, 1, self.array()
            return
        rows = max(1, SLAB_BYTES // max(1, self.row_bytes))
        for start in range(0, self.shape[0], rows):
            stop = min(start + rows, self.shape[0])
            yield start, stop, self.read(start, stop)


# Returns the tensor at an address. Raises: ReadError.
Values = Callable[[str], Tensor]


@contextlib.contextmanager
def values_of_hdf5(source: Source) -> Iterator[Values]:
    """Open the weights of an HDF5 model."""
    import h5py

    with source.open() as file, h5py.File(file, "r") as archive:
        yield partial(_dataset, archive)


@contextlib.contextmanager
def values_of_archive(source: Source, member_name: str) -> Iterator[Values]:
    """Open the weights in a member of a .keras archive."""
    import h5py

    with source.open() as file, zipfile.ZipFile(file) as archive, _member(file, archive, member_name) as member:
        check_beginning(member, CHECKED_BYTES)
        member.seek(0)
        with h5py.File(member, "r") as weights:
            yield partial(_dataset, weights)


@contextlib.contextmanager
def _member(file: BinaryIO, archive: zipfile.ZipFile, name: str) -> Iterator[Any]:
    """Open a member of a zip archive for random access: in place, or unpacked if it is compressed."""
    info = archive.getinfo(name)
    if info.compress_type == zipfile.ZIP_STORED:
        yield io.BufferedReader(Window(file, data_offset(file, info), info.file_size))
        return
    check_expansion(info.file_size, info.compress_size, name)
    with tempfile.TemporaryFile() as unpacked:
        with archive.open(info) as packed:
            copy_stream(packed, unpacked, info.file_size)
        unpacked.seek(0)
        yield unpacked


def copy_stream(source: Any, target: Any, most: int) -> None:
    """Copy a stream of at most `most` bytes. Raises: ReadError E001 if there are more."""
    left = most
    while piece := source.read(SLAB_BYTES):
        left -= len(piece)
        if left < 0:
            raise ReadError("E001", "the zip archive states a wrong size", DAMAGED_HELP)
        target.write(piece)


def check_expansion(size: int, stored: int, what: str) -> None:
    """Refuse a compressed part that claims far more bytes than it has. Raises: ReadError E001."""
    if size > _LARGE_BYTES and size > _MOST_EXPANSION * stored:
        raise ReadError("E001", f"{what} claims {size:,} bytes, but only {stored:,} are stored", DAMAGED_HELP)


def _dataset(archive: Any, address: str) -> Tensor:
    """Return a dataset. Raises: ReadError E001 if reading it would read other files or run a plugin."""
    import h5py

    data = inside(archive, address)
    if not isinstance(data, h5py.Dataset) or data.shape is None or data.dtype.kind not in "fiubV":
        raise ReadError("E001", f"{address} is not a tensor", DAMAGED_HELP)
    if data.external or data.is_virtual:
        raise ReadError("E001", f"the values of {address} are in another file, which is not read", DAMAGED_HELP)
    settings = data.id.get_create_plist()
    filters = {settings.get_filter(number)[0] for number in range(settings.get_nfilters())}
    if filters - _FILTERS:
        raise ReadError("E001", f"{address} is compressed with a filter that HDF5 does not have", DAMAGED_HELP)
    size = data.size * data.dtype.itemsize
    stored = data.id.get_storage_size()
    if size and not stored:
        raise ReadError("E001", f"the values of {address} were never written", DAMAGED_HELP)
    check_expansion(size, stored, address)

    def read(start: int, stop: int) -> Any:
        return data[start:stop] if data.shape else data[()]

    rows = data.shape[0] if data.shape else 1
    return Tensor(tuple(data.shape), dtype_of(data), read, size // max(1, rows))


# TensorFlow.js -----------------------------------------------------------------------------------------------


@contextlib.contextmanager
def values_of_tfjs(folder: Path, manifest: Any) -> Iterator[Values]:
    """Open the weights of a TensorFlow.js model, whose files are in the folder of its model.json.

    Raises: ReadError E001 if the files do not hold what the manifest says, or hold rounded values.
    """
    places: dict[str, tuple[Shards, int, dict[str, Any]]] = {}
    with contextlib.ExitStack() as stack:
        for group in manifest:
            shards = stack.enter_context(contextlib.closing(Shards(folder, group.get("paths"))))
            offset = 0
            for entry in group["weights"]:
                places[entry["name"]] = shards, offset, entry
                offset += _tfjs_bytes(entry)
            if offset != shards.size:
                raise ReadError(
                    "E001",
                    f"the files of weights have {shards.size:,} bytes, but the manifest describes {offset:,}",
                    "Copy all files of the model again.",
                )

        def values(address: str) -> Tensor:
            shards, offset, entry = places[address]
            return _tfjs_tensor(shards, offset, entry)

        yield values


class Shards:
    """Files that are read as one."""

    def __init__(self, folder: Path, names: Any) -> None:
        """Open the files. Raises: ReadError E001 if one is missing, or lies outside the folder."""
        self.files: list[BinaryIO] = []
        self.starts = [0]
        for name in names if isinstance(names, list) else [None]:
            path = folder / str(name)
            if not isinstance(name, str) or not path.resolve().is_relative_to(folder.resolve()):
                self.close()
                raise ReadError("E001", f"{show(name)} is no file in the folder of the model", "Copy the model again.")
            try:
                file = path.open("rb")
            except OSError as error:
                self.close()
                message = f"{show(name)}, which holds weights, cannot be read: {error.strerror}"
                raise ReadError("E001", message, "Copy all files of the model into one folder.") from None
            self.files.append(file)
            self.starts.append(self.starts[-1] + file.seek(0, os.SEEK_END))

    @property
    def size(self) -> int:
        """The number of bytes."""
        return self.starts[-1]

    def close(self) -> None:
        """Close all files."""
        for file in self.files:
            file.close()

    def read(self, start: int, stop: int) -> bytes:
        """Return the bytes from `start` to `stop`."""
        parts = []
        for file, begin, end in zip(self.files, self.starts, self.starts[1:], strict=False):
            if start < end and stop > begin:
                file.seek(max(start, begin) - begin)
                parts.append(file.read(min(stop, end) - max(start, begin)))
        return b"".join(parts)


def _tfjs_bytes(entry: dict[str, Any]) -> int:
    size = _tfjs_itemsize(entry)
    for dim in entry["shape"]:
        size *= dim
    return size


def _tfjs_itemsize(entry: dict[str, Any]) -> int:
    """Return the bytes of one value. Raises: ReadError E001 for a quantization that rounds, and for texts."""
    name, dtype, quantization = entry.get("name"), entry.get("dtype"), entry.get("quantization")
    if quantization is not None:
        if quantization == {"dtype": "float16"} or quantization == {"dtype": "float16", "original_dtype": "float32"}:
            return 2
        raise ReadError(
            "E001",
            f"{name} is quantized to {quantization.get('dtype') if isinstance(quantization, dict) else quantization}:"
            " the file has only rounded values",
            "Convert the model that it was made from, without quantization.",
        )
    if dtype not in _TFJS_DTYPES:
        raise ReadError("E001", f"{name} has the dtype {show(dtype)}, which Keras has not", "Give another model.")
    return int(_TFJS_DTYPES[dtype][-1])


def _tfjs_tensor(shards: Shards, offset: int, entry: dict[str, Any]) -> Tensor:
    import numpy as np

    half = entry.get("quantization") is not None
    dtype = np.dtype("<f2" if half else _TFJS_DTYPES[entry["dtype"]])
    shape = tuple(entry["shape"])
    row_bytes = _tfjs_bytes(entry) // shape[0] if shape and shape[0] else dtype.itemsize

    def read(start: int, stop: int) -> Any:
        raw = shards.read(offset + start * row_bytes, offset + stop * row_bytes)
        values = np.frombuffer(raw, dtype).reshape((stop - start, *shape[1:]) if shape else ())
        return values.astype("<f4") if half else values  # every float16 is a float32

    return Tensor(shape, entry["dtype"], read, row_bytes)


Opener = Callable[[], AbstractContextManager[Values]]


# Files beside weights ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Asset:
    """A file in a .keras archive that belongs to a layer, such as a vocabulary."""

    archive: zipfile.ZipFile
    info: zipfile.ZipInfo

    def copy(self, target: Any) -> None:
        """Copy the content. Raises: ReadError E001 if the archive states a wrong size."""
        check_expansion(self.info.file_size, self.info.compress_size, self.info.filename)
        with self.archive.open(self.info) as source:
            copy_stream(source, target, self.info.file_size)


@contextlib.contextmanager
def assets_of(source: Source, prefix: str) -> Iterator[dict[str, Asset]]:
    """Yield the files below a folder of a zip archive by their names, without the folder."""
    with source.open() as file, zipfile.ZipFile(file) as archive:
        yield {
            info.filename.removeprefix(prefix): Asset(archive, info)
            for info in archive.infolist()
            if info.filename.startswith(prefix) and not info.is_dir()
        }
