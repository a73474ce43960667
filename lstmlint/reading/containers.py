"""The containers that models come in, with everything that other modules ask about them.

To add one, write a module with a function that reads a Source into a Document, and add a line to CONTAINERS.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module

from lstmlint.reading.document import Document
from lstmlint.reading.source import Source

SIGNATURE = b"\x89HDF\r\n\x1a\n"


@dataclass(frozen=True, slots=True)
class Container:
    """One kind of file.

    name: as in the JSON report.
    suffixes: of the files that are looked for in folders.
    detect: whether the first 64 KiB of a file are of this kind; None for the kinds of text, told apart when parsed.
    reader: "module:function" that reads a Source into a Document; imported when needed.
    editable: whether --fix can edit it.
    by_hand: whether people write it, so that it may omit what Keras always writes.
    whole: whether the document is one serialized Keras object.
    versioned: whether a stated version means that a Keras wrote all of it.
    weights: whether it always comes with weights.
    code: whether a program builds the model.
    words: a file found in a folder is read only if its first 4 MB contain one of these. Empty: every file is read.
    """

    name: str
    suffixes: tuple[str, ...]
    detect: Callable[[bytes], bool] | None = None
    reader: str = ""
    editable: bool = False
    by_hand: bool = False
    whole: bool = False
    versioned: bool = False
    weights: bool = False
    code: bool = False
    words: tuple[bytes, ...] = ()

    def read(self, source: Source) -> Document:
        """Read a file of this kind. Raises: ReadError."""
        module, _, function = self.reader.partition(":")
        document: Document = getattr(import_module(module), function)(source)
        return document


def is_hdf5(head: bytes) -> bool:
    """Return whether a file begins like an HDF5 file."""
    return head.startswith(SIGNATURE)


def is_zip(head: bytes) -> bool:
    """Return whether a file begins like a zip archive."""
    return head.startswith((b"PK\x03\x04", b"PK\x05\x06"))


def is_saved_model_metadata(head: bytes) -> bool:
    """Return whether a file begins like keras_metadata.pb."""
    text = head.lstrip(b" \t\r\n")[:1] in (b"{", b"[")
    return not text and head[:1] in (b"\n", b"\r") and b"_tf_keras_" in head[:512]


def is_saved_model_graph(head: bytes) -> bool:
    """Return whether a file begins like saved_model.pb."""
    return head.startswith(b"\x08\x01\x12") and head[3:4] >= b"\x80"


CONTAINERS = [
    Container("json", (".json",), editable=True, by_hand=True, whole=True, versioned=True),
    Container("yaml", (".yaml", ".yml"), by_hand=True, whole=True, versioned=True),
    Container("tfjs", (), editable=True, weights=True),
    Container(
        "keras", (".keras",), is_zip, "lstmlint.reading.keras_archive:read_archive", whole=True, words=(b"config.json",)
    ),
    Container(
        "hdf5",
        (".h5", ".hdf5"),
        is_hdf5,
        "lstmlint.reading.hdf5:read_hdf5",
        versioned=True,
        weights=True,
        words=(b"model_config",),
    ),  # fmt: skip
    Container("python", (".py",), whole=True, code=True),
    Container("notebook", (".ipynb",), whole=True, code=True),
    Container("saved_model", (".pb",), is_saved_model_metadata, "lstmlint.reading.saved_model:read_metadata"),
    Container(
        "saved_model",
        (".pb",),
        is_saved_model_graph,
        "lstmlint.reading.saved_model:read_graph",
        words=(b"_tf_keras_", b"class_name"),
    ),  # fmt: skip
]


def suffixes() -> frozenset[str]:
    """Return the suffixes of model files in a folder."""
    return frozenset(suffix for container in CONTAINERS for suffix in container.suffixes)


def detect(head: bytes) -> Container | None:
    """Return the container of a file by its beginning; None for text."""
    return next((container for container in CONTAINERS if container.detect and container.detect(head)), None)


def find(name: str | None) -> Container | None:
    """Return the container with a name."""
    return next((container for container in CONTAINERS if container.name == name), None)
