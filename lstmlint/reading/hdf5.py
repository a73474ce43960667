"""HDF5 files (.h5, .hdf5). The model is JSON in an attribute of the root."""

from __future__ import annotations

import math
from contextlib import AbstractContextManager
from functools import partial
from typing import TYPE_CHECKING, Any

from lstmlint.model.findings import ReadError
from lstmlint.reading import json_text, other_formats
from lstmlint.reading.containers import SIGNATURE, is_hdf5, is_zip
from lstmlint.reading.document import Document
from lstmlint.reading.hdf5_guard import DAMAGED, DAMAGED_HELP, check_beginning, import_h5py, install_h5py
from lstmlint.reading.limits import check_size
from lstmlint.reading.model import add_training_config, is_model, to_document
from lstmlint.reading.sandbox import isolated
from lstmlint.reading.source import Source
from lstmlint.reading.two_formats import note

if TYPE_CHECKING:
    from lstmlint.reading.weight_values import Values


def read_hdf5(source: Source) -> Document:
    """Read the model of an HDF5 file. Only attributes of its root are read.

    Raises: ReadError: E001 if it is damaged or h5py is missing, E002 if it contains no model.
    """
    try:
        import_h5py()
    except ImportError:
        raise ReadError(
            "E001",
            "this is an HDF5 file, and h5py, which reads such files, is not installed",
            install_h5py(),
        ) from None
    attributes, content = isolated(_root, source)
    if not is_hdf5(source.head) and not is_zip(source.head) and source.head[: source.head.find(SIGNATURE)].strip(b"\0"):
        note("other data precedes the HDF5 data, in a user block, which Keras never writes")
    config = attributes["model_config"]
    if config is None:
        raise ReadError("E002", *_without_model(set(content)))
    data, problems = json_text.parse_part(config, "the attribute model_config")
    if not is_model(data):
        name = data.get("class_name") if isinstance(data, dict) else None
        raise ReadError("E002", *other_formats.subclassed(name), subclassed=name)
    document = to_document(source.name, "hdf5", data, problems)
    document.keras_version = attributes["keras_version"]
    document.backend = attributes["backend"]
    if attributes["training_config"] is not None:
        add_training_config(document, attributes["training_config"])
    from lstmlint.reading.stored_weights import of_hdf5

    document.stored_weights = partial(of_hdf5, source)
    document.weight_values = partial(open_values, source)
    return document


def open_values(source: Source) -> AbstractContextManager[Values]:
    """Open the values of the model's weights."""
    from lstmlint.reading.weight_values import values_of_hdf5

    return values_of_hdf5(source)


def _root(source: Source) -> tuple[dict[str, str | None], list[str]]:
    """Return the root's attributes and the names of its members. Raises: ReadError E001."""
    import h5py

    with source.open() as file:
        check_beginning(file)
        try:
            with h5py.File(file, "r") as archive:
                names = ("model_config", "training_config", "keras_version", "backend")
                attributes = {name: _attribute(archive, name, source.limit) for name in names}
                content = [] if attributes["model_config"] else [*map(str, archive), *map(str, archive.attrs)]
                return attributes, content
        except DAMAGED as error:
            raise ReadError("E001", f"the HDF5 file is damaged: {error}", DAMAGED_HELP) from None


def _attribute(archive: Any, name: str, limit: int) -> str | None:
    """Return an attribute's text, joined if it was split into several attributes (name0, name1, ...)."""
    if name in archive.attrs:
        return _text(archive.attrs, name, limit)
    parts: list[str] = []
    size = 0
    while f"{name}{len(parts)}" in archive.attrs:
        parts.append(_text(archive.attrs, f"{name}{len(parts)}", limit) or "")
        size += len(parts[-1])
        check_size(size, limit, f"the attribute {name}")
    return "".join(parts) if parts else None


def _text(attributes: Any, name: str, limit: int) -> str | None:
    declared = attributes.get_id(name)
    check_size(math.prod(declared.shape or ()) * declared.dtype.itemsize, limit, f"the attribute {name}")
    value = attributes[name]
    if hasattr(value, "tolist"):  # NumPy returns bytes or str
        value = value.tolist()
    if isinstance(value, list):
        value = "".join(item.decode() if isinstance(item, bytes) else str(item) for item in value)
    if isinstance(value, bytes):
        value = value.decode()
    if not isinstance(value, str):
        return None
    check_size(len(value), limit, f"the attribute {name}")
    return value


def _without_model(content: set[str]) -> other_formats.Sentence:
    if not content.isdisjoint({"layer_names", "model_weights", "layers", "_layer_checkpoint_dependencies", "vars"}):
        return (
            "this HDF5 file contains only weights, not a model's config",
            "Pass the model itself: model.to_json(), or a file from model.save() instead of save_weights().",
        )
    return "this is an HDF5 file of data, not of a Keras model", other_formats.GIVE_A_MODEL
