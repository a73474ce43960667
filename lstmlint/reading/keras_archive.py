"""The .keras archive of Keras 3: a zip file with config.json, metadata.json, and weights."""

from __future__ import annotations

import re
import stat
import zipfile
import zlib
from contextlib import AbstractContextManager, suppress
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, cast

from lstmlint.model.findings import ReadError
from lstmlint.model.values import show
from lstmlint.reading import json_text, other_formats
from lstmlint.reading.document import Document
from lstmlint.reading.limits import check_size
from lstmlint.reading.model import as_text, is_model, to_document
from lstmlint.reading.source import Source
from lstmlint.reading.survey import active, bloated
from lstmlint.reading.text import decode
from lstmlint.reading.two_formats import note

if TYPE_CHECKING:
    from lstmlint.reading.stored_weights import StoredWeights
    from lstmlint.reading.weight_values import Asset, Values

WEIGHTS_MEMBER = "model.weights.h5"
ASSETS = "assets/"
_CONFIG = "config.json"
_METADATA = "metadata.json"
_USUAL_MEMBER = re.compile(
    r"config\.json|metadata\.json|model\.weights\.h5|assets/(?:[\w/-]+(?:\.(?:txt|json|vocab))?)?"
)
_MAX_METADATA_BYTES = 2**20
_MAX_DIRECTORY_BYTES = 4 * 2**20
_DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, OSError)
_HELP = "Save the model again, or copy the file again: it may be cut off."


def read_archive(source: Source) -> Document:
    """Read the model of a .keras archive. Only its two JSON files are decompressed.

    Raises: ReadError: E001 if the archive is damaged or too large, E002 if it has no config.json.
    """
    with source.open() as file:
        try:
            archive = zipfile.ZipFile(cast("BinaryIO", _Careful(file)))
        except _DAMAGED as error:
            raise ReadError("E001", f"the zip archive is damaged: {error}", _HELP) from None
        with archive:
            names = archive.namelist()
            _survey(archive, source.limit)
            if _CONFIG not in names:
                raise ReadError("E002", *_other_archive(names))
            config = _member(archive, _CONFIG, source.limit)
            metadata = _member(archive, _METADATA, _MAX_METADATA_BYTES) if _METADATA in names else b"{}"
    document = _document(source.name, config, metadata)
    if WEIGHTS_MEMBER in names:
        document.stored_weights = cache(partial(read_stored_weights, source))
        document.weight_values = partial(open_values, source)
    document.assets = partial(open_assets, source)
    return document


def open_values(source: Source) -> AbstractContextManager[Values]:
    """Open the values of an archive's weights."""
    from lstmlint.reading.weight_values import values_of_archive

    return values_of_archive(source, WEIGHTS_MEMBER)


def open_assets(source: Source) -> AbstractContextManager[dict[str, Asset]]:
    """Open the files that layers store beside their weights."""
    from lstmlint.reading.weight_values import assets_of

    return assets_of(source, ASSETS)


def read_stored_weights(source: Source) -> StoredWeights | None:
    """Return the headers of an archive's weights; None if they cannot be read."""
    from lstmlint.reading.stored_weights import of_archive

    return of_archive(source, WEIGHTS_MEMBER)


def read_folder(path: Path, name: str, limit: int) -> Document:
    """Read the model of an unpacked .keras archive. Raises: ReadError, OSError."""
    config = Source(path / _CONFIG, None, name, limit).read()
    metadata = path / _METADATA
    return _document(
        name, config, Source(metadata, None, name, _MAX_METADATA_BYTES).read() if metadata.is_file() else b"{}"
    )


def _survey(archive: zipfile.ZipFile, limit: int) -> None:
    """Note unusual members, and read each config.json that a later one hides."""
    members = archive.infolist()
    start = min((info.header_offset for info in members), default=0)
    if start > 0 and not active().problems:
        note(f"{start:,} bytes of other data precede the zip archive")
    names = {info.filename for info in members}
    if len(names) == len(members) and all(map(_is_usual, members)):
        return
    survey = active()
    survey.members = members
    last = archive.NameToInfo.get(_CONFIG)
    for info in members:
        if info.filename == _CONFIG and info is not last:
            with suppress(ReadError):  # Keras does not read it
                json_text.parse(decode(_content(archive, info, limit)))


def _is_usual(info: zipfile.ZipInfo) -> bool:
    return (
        _USUAL_MEMBER.fullmatch(info.orig_filename) is not None
        and ".." not in info.orig_filename
        and not info.flag_bits & 1
        and not stat.S_ISLNK(info.external_attr >> 16)
        and not bloated(info.file_size, info.compress_size)
    )


def _document(name: str, config: bytes, metadata: bytes) -> Document:
    data, problems = json_text.parse_part(_decoded(config, _CONFIG), _CONFIG)
    if not is_model(data) and isinstance(data, dict) and "class_name" in data:
        name = data["class_name"]
        raise ReadError("E002", *other_formats.subclassed(name), subclassed=name)
    document = to_document(name, "keras", data, problems)
    about, _ = json_text.parse_part(_decoded(metadata, _METADATA), _METADATA)
    if isinstance(about, dict):
        document.keras_version = as_text(about.get("keras_version")) or document.keras_version
    return document


def _decoded(raw: bytes, part: str) -> str:
    try:
        return decode(raw)
    except ReadError as error:
        raise json_text.inside(error, part) from None


class _Careful:
    """A zip file that is read in small pieces only: zipfile reads the directory as a whole, whatever size it states."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file

    def read(self, size: int = -1) -> bytes:
        """Read. Raises: ReadError (E001) if the piece is too large."""
        check_size(size, _MAX_DIRECTORY_BYTES, "the directory of the zip archive")
        return self._file.read(size)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)


def _member(archive: zipfile.ZipFile, name: str, limit: int) -> bytes:
    return _content(archive, archive.getinfo(name), limit)


def _content(archive: zipfile.ZipFile, info: zipfile.ZipInfo, limit: int) -> bytes:
    name = info.filename
    check_size(info.file_size, limit, f"{name} in the archive")
    try:
        with archive.open(info) as file:
            content = file.read(limit + 1)
    except _DAMAGED as error:
        raise ReadError("E001", f"{name} in the archive cannot be read: {error}", _HELP) from None
    check_size(len(content), limit, f"{name} in the archive")
    return content


def _other_archive(names: list[str]) -> other_formats.Sentence:
    if any(name.endswith("data.pkl") for name in names):
        return "this is a PyTorch checkpoint, not a Keras model", other_formats.GIVE_A_MODEL
    if names and all(name.endswith(".npy") for name in names):
        return "this is an archive of NumPy arrays, not a Keras model", other_formats.GIVE_A_MODEL
    inside = next((name for name in names if name.endswith((_CONFIG, ".h5", ".keras", ".pb", "model.json"))), None)
    if inside is not None:
        return f"this is a zip archive that contains {show(inside[:80])}", "Unpack it and pass its contents."
    return "this zip archive has no config.json, so it is not a .keras file", other_formats.GIVE_A_MODEL
