"""Names and shapes of the weights stored with a model. Only headers are read.

They are in `model.weights.h5` of a .keras archive, in the groups of an HDF5 file, or in the manifest of a TensorFlow.js
model.
"""

from __future__ import annotations

import io
import math
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice
from typing import Any, BinaryIO, Literal

from lstmlint.model.findings import ReadError
from lstmlint.model.limits import current, exceeded
from lstmlint.model.shapes import too_large
from lstmlint.model.values import plural, show
from lstmlint.reading.hdf5_guard import DAMAGED, check_beginning, import_h5py, install_h5py
from lstmlint.reading.sandbox import isolated
from lstmlint.reading.source import Source

# A compressed member must be decompressed as a whole; Keras itself does not compress it.
_MAX_UNPACKED_BYTES = 64 * 2**20
# The bytes of a weights file that are checked before the HDF5 library opens it: its first groups and attributes.
CHECKED_BYTES = 2**20
# A dataset of this many bytes that states this many times the bytes it holds can only exhaust memory.
_LARGE, _LARGER = 2**28, 100
_MOST_DANGERS = 20
# The groups in which Keras 3 and tf_keras store the layers of a model.
_TWICE = "_layer_checkpoint_dependencies"
ROOTS = ("layers", _TWICE, "_self_tracked_trackables")


class MissingH5pyError(ReadError):
    """Weights cannot be read without the package h5py."""


Layout = Literal["keras3", "hdf5", "tfjs"]


@dataclass(frozen=True, slots=True)
class StoredWeight:
    """One stored variable.

    path: the groups around it, outermost first. "keras3": the path in the weights file ("layers", "dense", ...);
        "hdf5": the layer's group, then the parts of the weight's name; "tfjs": the parts of the weight's name.
    names: the layer names that a Keras 3 file records, one per group of `path`; None where it records none.
    address: where the values are: the path in the HDF5 file, or the name in a TensorFlow.js manifest.
    """

    path: tuple[str, ...]
    name: str
    shape: tuple[int, ...]
    dtype: str
    names: tuple[str | None, ...] = ()
    address: str = ""


@dataclass(frozen=True, slots=True)
class StoredWeights:
    """The weights stored with a model.

    layers: names or keys of the layers that the file mentions, including those without weights; None if it lists
        weights only.
    layout: how `path` of each weight is made up.
    dangers: what the file does besides storing weights: it refers to other files, or states shapes beyond its data.
    twice: whether keys count layers that have weights twice (dense, dense_2, dense_4), as tf.keras 2.13 does.
    backslashes: whether the names of groups contain whole paths with backslashes, as tf.keras on Windows writes them.
    optimizer: the shapes of the optimizer's variables, in their order; in a .keras archive only.
    """

    weights: list[StoredWeight]
    layers: frozenset[str] | None = None
    layout: Layout = "tfjs"
    twice: bool = False
    backslashes: bool = False
    dangers: tuple[str, ...] = ()
    optimizer: tuple[tuple[int, ...], ...] = ()


def of_archive(source: Source, member_name: str) -> StoredWeights | None:
    """Return the weights in a member of a .keras archive; None if there are none. Raises: MissingH5pyError, ReadError."""
    try:
        import_h5py()
    except ImportError:
        raise MissingH5pyError("E012", "h5py, which reads them, is not installed", install_h5py()) from None
    return _revived(isolated(_plain, _in_archive, source, member_name))


def of_hdf5(source: Source) -> StoredWeights | None:
    """Return the weights of an HDF5 model; None if there are none."""
    return _revived(isolated(_plain, _in_hdf5, source))


def _plain(read: Callable[..., StoredWeights | None], *arguments: Any) -> Any:
    """Return the result of `read` as plain lists. Raises: ReadError E001, OSError."""
    try:
        found = read(*arguments)
    except MemoryError:
        raise
    except (*DAMAGED, zipfile.BadZipFile, zlib.error, EOFError) as error:
        raise ReadError("E001", str(error) or type(error).__name__) from None
    if found is None:
        return None
    weights = [
        (weight.path, weight.name, weight.shape, weight.dtype, weight.names, weight.address) for weight in found.weights
    ]
    layers = None if found.layers is None else list(found.layers)
    return weights, layers, found.layout, found.twice, found.backslashes, found.dangers, found.optimizer


def _revived(plain: Any) -> StoredWeights | None:
    if plain is None:
        return None
    weights, layers, layout, twice, backslashes, dangers, optimizer = plain
    found = [
        StoredWeight(tuple(path), name, tuple(shape), dtype, tuple(names), address)
        for path, name, shape, dtype, names, address in weights
    ]
    known = None if layers is None else frozenset(layers)
    shapes = tuple(map(tuple, optimizer))
    return StoredWeights(found, known, layout, twice, backslashes, tuple(dangers), shapes)


def _in_archive(source: Source, member_name: str) -> StoredWeights | None:
    import h5py

    with source.open() as file, zipfile.ZipFile(file) as archive:
        if member_name not in archive.namelist():
            return None
        info = archive.getinfo(member_name)
        if info.compress_type == zipfile.ZIP_STORED:
            member: Any = Window(file, data_offset(file, info), info.file_size)
        elif info.file_size <= _MAX_UNPACKED_BYTES:
            member = io.BytesIO(archive.read(info))
        else:
            return None
        check_beginning(member, CHECKED_BYTES)
        member.seek(0)
        with h5py.File(member, "r") as weights:
            return _keras3_groups(h5py, weights)


def _in_hdf5(source: Source) -> StoredWeights | None:
    import h5py

    with source.open() as file, h5py.File(file, "r") as archive:
        base = "model_weights/" if inside(archive, "model_weights") is not None else ""
        root = archive[base] if base else archive
        if "layer_names" not in root.attrs and "layer_names0" not in root.attrs:
            return None
        found: list[StoredWeight] = []
        dangers = _external_links(archive)
        layers = _names(root, "layer_names")
        read = 0
        for layer in dict.fromkeys(layers):
            group = inside(root, layer)
            names = [] if group is None else _names(group, "weight_names")
            read += 1 + len(names)
            _check_number(read)
            for name in dict.fromkeys(names):
                data = inside(group, name)
                if isinstance(data, h5py.Dataset):
                    dangers += _dangers_of(data)
                if isinstance(data, h5py.Dataset) and not too_large(data.shape):
                    *around, leaf = name.split("/")
                    path = (layer, *around)
                    address = f"{base}{layer}/{name}"
                    shape, dtype = tuple(data.shape), dtype_of(data)
                    found.append(StoredWeight(path, leaf.partition(":")[0], shape, dtype, address=address))
        return StoredWeights(found, frozenset(layers), "hdf5", dangers=tuple(dangers))


def of_tfjs(manifest: Any) -> StoredWeights | None:
    """Return the weights in a TensorFlow.js weightsManifest; None if it is malformed."""
    if not isinstance(manifest, list):
        return None
    found: list[StoredWeight] = []
    for group in manifest:
        entries = group.get("weights") if isinstance(group, dict) else None
        for entry in entries if isinstance(entries, list) else ():
            if not isinstance(entry, dict):
                return None
            name, shape = entry.get("name"), entry.get("shape")
            if not isinstance(name, str) or not isinstance(shape, list):
                return None
            if not all(type(dim) is int and dim >= 0 for dim in shape) or too_large(tuple(shape)):
                return None
            *around, leaf = name.split("/")
            found.append(StoredWeight(tuple(around), leaf, tuple(shape), str(entry.get("dtype")), address=name))
    return StoredWeights(found)


def inside(group: Any, path: str) -> Any:
    """Return the member at a path in an HDF5 group; None if a link on the path is not a hard link.

    Keras writes only hard links. A soft link can form a cycle, and an external one would open another file.
    """
    import h5py

    for part in filter(None, path.split("/")):
        if not isinstance(group, h5py.Group) or not isinstance(group.get(part, getlink=True), h5py.HardLink):
            return None
        group = group[part]
    return group


def _keras3_groups(h5py: Any, weights: Any) -> StoredWeights:
    """Return the weights in groups `layers/<key>/.../vars`. Newer releases record the layer's name there."""
    found: list[StoredWeight] = []
    dangers = _external_links(weights)
    layers: set[str] = set()
    recorded: dict[tuple[str, ...], str | None] = {}
    read = 0
    backslashes = any(name.startswith(tuple(f"{root}\\" for root in ROOTS)) for name in weights)

    def name_of(groups: tuple[str, ...]) -> str | None:
        if groups not in recorded:
            recorded[groups] = _layer_name(weights, groups)
        return recorded[groups]

    def visit(path: str, item: Any) -> None:
        nonlocal read
        read += 1
        _check_number(read)
        parts = (path.replace("\\", "/") if backslashes else path).split("/")
        if len(parts) > current().nesting:
            raise exceeded("nesting", f"groups are nested in more than {plural(current().nesting, 'level')}")
        if not isinstance(item, h5py.Dataset):
            if parts[-1] == "vars" and len(parts) >= 3:
                layers.update(name for name in (item.attrs.get("name"), parts[-2]) if isinstance(name, str))
            return
        dangers.extend(_dangers_of(item))
        if parts[0] not in ROOTS or len(parts) < 4:
            return
        if "seed_generator" in parts or "vars" not in parts or too_large(item.shape):
            return
        groups = tuple(parts[: parts.index("vars")])
        names = tuple(name_of(groups[: depth + 1]) for depth in range(len(groups)))
        name = f"weight_{parts[-1]}" if parts[-1].isdigit() else parts[-1]  # Keras 3 numbers them
        found.append(StoredWeight(groups, name, tuple(item.shape), dtype_of(item), names, path))

    weights.visititems(visit)
    twice = any(name.partition("\\")[0] == _TWICE for name in weights)
    optimizer = _optimizer(h5py, weights)
    return StoredWeights(found, frozenset(layers), "keras3", twice, backslashes, tuple(dangers), optimizer)


def _external_links(root: Any) -> list[str]:
    """Describe the links to other files. None is followed."""
    import h5py

    found: list[str] = []

    def note(name: bytes, info: Any) -> None:
        if info.type == h5py.h5l.TYPE_EXTERNAL:
            file, path = root.id.links.get_val(name)
            found.append(
                f"{show(_decoded(name))} is a link to {show(_decoded(path))} in the file {show(_decoded(file))}"
            )

    root.id.links.visit(note, info=True)
    return found[:_MOST_DANGERS]


def _dangers_of(data: Any) -> list[str]:
    """Describe what a dataset does besides storing values here. Only its header is read."""
    name = show(data.name)
    if data.external:
        return [f"{name} has its values in the file {show(data.external[0][0])}"]
    if data.is_virtual:
        return [
            f"{name} has its values in other datasets, of the file {show(data.virtual_sources()[0].file_name)} for instance"
        ]
    size, stored = math.prod(data.shape or ()) * data.dtype.itemsize, data.id.get_storage_size()
    if size > _LARGE and size > _LARGER * stored:
        return [f"{name} states the shape {show(data.shape)}, but holds only {stored:,} bytes"]
    return []


def _decoded(name: Any) -> str:
    return name.decode("utf-8", "replace") if isinstance(name, bytes) else str(name)


def _optimizer(h5py: Any, weights: Any) -> tuple[tuple[int, ...], ...]:
    """Return the shapes of the optimizer's variables, which Keras 3 numbers."""
    group = inside(weights, "optimizer/vars")
    if not isinstance(group, h5py.Group):
        return ()
    names = sorted(filter(str.isdecimal, islice(group, current().stored_weights)), key=lambda name: (len(name), name))
    found = [inside(group, name) for name in names]
    return tuple(tuple(item.shape) for item in found if isinstance(item, h5py.Dataset) and not too_large(item.shape))


def _check_number(read: int) -> None:
    """Raise ReadError (E001) if more headers were read than the limit allows."""
    if read > current().stored_weights:
        raise exceeded("stored-weights", f"more than {current().stored_weights:,} layers and weights are stored")


def _layer_name(weights: Any, path: tuple[str, ...]) -> str | None:
    """The layer name that newer releases of Keras 3 record for a group."""
    group = inside(weights, "/".join((*path, "vars"))) if len(path) > 1 else None
    name = None if group is None else group.attrs.get("name")
    if isinstance(name, bytes):
        name = name.decode("utf-8", "replace")
    return name if isinstance(name, str) else None


def dtype_of(data: Any) -> str:
    """Return the dtype of an HDF5 dataset. Keras stores bfloat16 as 2 opaque bytes with an attribute."""
    dtype = str(data.dtype)
    return "bfloat16" if dtype == "|V2" else dtype


def _names(group: Any, attribute: str) -> list[str]:
    """Return a list of names, joined if it was split into several attributes (name0, name1, ...)."""
    values: list[Any] = []
    if attribute in group.attrs:
        values = list(group.attrs[attribute])
    part = 0
    while f"{attribute}{part}" in group.attrs:
        values += list(group.attrs[f"{attribute}{part}"])
        part += 1
    return [value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value) for value in values]


def data_offset(file: BinaryIO, info: zipfile.ZipInfo) -> int:
    """Return the offset of a member's data, after its local header, whose last two fields have their own lengths."""
    file.seek(info.header_offset)
    header = file.read(30)
    return info.header_offset + 30 + int.from_bytes(header[26:28], "little") + int.from_bytes(header[28:30], "little")


class Window(io.RawIOBase):
    """A part of a file as a file, so that an uncompressed member is read in place."""

    def __init__(self, file: BinaryIO, start: int, size: int) -> None:
        super().__init__()
        self._file = file
        self._start = start
        self._size = size
        self._position = 0

    def readable(self) -> bool:
        """Return True."""
        return True

    def seekable(self) -> bool:
        """Return True."""
        return True

    def tell(self) -> int:
        """Return the position in the part."""
        return self._position

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Set the position in the part."""
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self._size}[whence]
        self._position = max(0, base + offset)
        return self._position

    def readinto(self, buffer: Any) -> int:
        """Fill the buffer; return 0 at the end of the part."""
        wanted = max(0, min(len(buffer), self._size - self._position))
        self._file.seek(self._start + self._position)
        data = self._file.read(wanted)
        buffer[: len(data)] = data
        self._position += len(data)
        return len(data)
