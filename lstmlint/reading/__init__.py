"""Reading bytes into a Document. Each container has one module and is detected by its content, not by its name."""

from __future__ import annotations

import os
import re
import sys
import zlib
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lstmlint.model.findings import ReadError
from lstmlint.model.limits import current
from lstmlint.reading.containers import detect, is_zip
from lstmlint.reading.document import Document
from lstmlint.reading.limits import WIDTH, check_size
from lstmlint.reading.source import Source

if TYPE_CHECKING:
    from lstmlint.reading.weight_values import Values

__all__ = ["Document", "is_model_folder", "looks_like_model", "read"]

_GZIP = b"\x1f\x8b"
_SNIFFED_BYTES = 4 * 2**20
_BLANKS = b" \t\r\n"
_BY_NAME = (".keras", ".h5", ".hdf5")
# An escaped letter or underscore, which only a text that hides its words needs.
_ESCAPED_LETTER = re.compile(rb"\\(?:u00|U000000|x)[4-7][0-9A-Fa-f]")
_OVERLAP = 16  # a word may lie across two chunks


def read(source: Path | bytes, name: str | None = None, *, max_bytes: int | None = None) -> Document:
    """Read a model config from a file, a SavedModel folder, an unpacked .keras folder, or bytes.

    name: the name used in reports.
    max_bytes: the limit for text (also of a config in an archive, or unpacked from gzip); the current limit
        `decoded_size` by default. Weights are not read and do not count.
    Raises: ReadError: E001 if the content is damaged, too large, or nested too deeply, E002 if it is not a Keras model;
    OSError if the path cannot be opened.
    """
    limit = current().decoded_size if max_bytes is None else max_bytes
    if isinstance(source, bytes):
        return _read(Source(None, source, name or "<stdin>", limit))
    name = name or str(source)
    if source.is_dir():
        return _read_folder(source, name, limit)
    return _read(Source(source, None, name, limit))


def is_model_folder(path: Path) -> bool:
    """Return whether a folder is one model: a SavedModel, or an unpacked .keras archive."""

    def holds(name: str) -> bool:
        # Path.is_file raises if the folder may not be searched.
        return os.path.isfile(os.path.join(path, name))  # noqa: PTH113, PTH118

    return holds("saved_model.pb") or holds("keras_metadata.pb") or (holds("config.json") and holds("metadata.json"))


def looks_like_model(path: Path) -> bool:
    """Return whether a file found in a folder is worth reading: it contains words that models contain.

    `read` may still raise E002, and the file is then skipped. Damaged text without layers is not reported. Raises:
    OSError.
    """
    with path.open("rb") as file:
        head = file.read(_SNIFFED_BYTES)
        container = detect(head)
        if path.suffix in _BY_NAME and (container is None or path.suffix not in container.suffixes):
            return True  # Keras decides by the name
        if container is not None:
            named = is_zip(head) and path.suffix == ".keras"
            late = container.name == "hdf5" and len(head) == _SNIFFED_BYTES  # the words may follow the weights
            return named or late or not container.words or any(word in head for word in container.words)
        if head.startswith((_GZIP, b"\xff\xfe", b"\xfe\xff")) or b"\x00" in head[:4]:
            return True  # compressed, or text in UTF-16 or UTF-32
        beginning = head
        while head and file.tell() <= current().decoded_size:
            if _names_model(head):
                return True
            following = file.read(_SNIFFED_BYTES)
            head = following and head[-_OVERLAP:] + following
    # Keras 0 writes class names like this.
    return (b"layers" in beginning and b"Sequential" in beginning) or (
        b"node_config" in beginning and b"Graph" in beginning
    )


def _names_model(raw: bytes) -> bool:
    return b"class_name" in raw or b"_tf_keras_" in raw or _ESCAPED_LETTER.search(raw) is not None


def _read_folder(path: Path, name: str, limit: int) -> Document:
    from lstmlint.reading import keras_archive, saved_model

    if (path / saved_model.METADATA_FILE).is_file() or (path / saved_model.GRAPH_FILE).is_file():
        return saved_model.read_folder(path, name, limit)
    if is_model_folder(path):
        return keras_archive.read_folder(path, name, limit)
    raise ReadError(
        "E002",
        "this folder has no saved_model.pb or keras_metadata.pb, so it is not a SavedModel",
        "Pass the folder that contains saved_model.pb, or model files.",
    )


def _read(source: Source, packed: bool = False) -> Document:
    head = source.head
    container = None
    if head[:1] not in (b"{", b"[") or source.name.endswith((".keras", ".h5", ".hdf5")):  # JSON is not two formats
        from lstmlint.reading.two_formats import container_of

        container = container_of(source)
    if container is not None:
        return container.read(source)
    if head.startswith(_GZIP) and not packed:
        return _read(_unpacked(source), packed=True)
    if head.lstrip(_BLANKS)[:1] not in (b"{", b"["):
        from lstmlint.reading import other_formats

        sentence = other_formats.by_magic(head)
        if sentence:
            raise ReadError("E002", *sentence)
    return _read_text(source)


def _read_text(source: Source) -> Document:
    from lstmlint.reading.model import to_document
    from lstmlint.reading.places import locator
    from lstmlint.reading.text import decode, parse

    text = decode(source.read())
    check_size(sys.getsizeof(text) // WIDTH, source.limit)
    try:
        parsed = parse(text)
    except ReadError as error:
        error.text = text
        raise
    document = to_document(source.name, parsed.container, parsed.data, parsed.problems, locator(text, parsed.offset))
    document.comments, document.text = parsed.comments, text
    if document.container == "tfjs" and document.stored_weights is not None and source.path is not None:
        document.weight_values = partial(_open_tfjs, source.path.parent, document.data)
    return document


def _open_tfjs(folder: Path, data: dict[str, Any]) -> AbstractContextManager[Values]:
    from lstmlint.reading.weight_values import values_of_tfjs

    return values_of_tfjs(folder, data["weightsManifest"])


def _unpacked(source: Source) -> Source:
    import gzip

    with source.open() as file:
        try:
            with gzip.open(file) as packed:
                raw = packed.read(source.limit + 1)
        except (gzip.BadGzipFile, EOFError, zlib.error) as error:
            raise ReadError(
                "E001", f"the gzip file is damaged: {error}", "Pack it again, or copy it again: it may be cut off."
            ) from None
    check_size(len(raw), source.limit, "the contents of the gzip file")
    return Source(None, raw, source.name, source.limit)
