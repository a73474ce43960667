"""The open documents of the editor, as their edits leave them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from lstmlint.server.files import Kind, OpenFile, kind_of, may_hold_model
from lstmlint.server.positions import changed

Position = tuple[int, int]
# What is replaced (None: all of it), and the new text.
Edit = tuple[tuple[Position, Position] | None, str]


@dataclass(slots=True)
class Part:
    """A text: of a document, or of a cell of a notebook. uri: by which the client names it. code: whether it is code."""

    uri: str
    text: str
    version: int | None = None
    code: bool = True


@dataclass(slots=True, eq=False)
class Document:
    """An open document. edits: how often it has changed. published: the parts with diagnostics in the editor."""

    uri: str
    path: str
    kind: Kind
    parts: list[Part]
    edits: int = 0
    published: set[str] = field(default_factory=set)
    seconds: float = 0.0

    @property
    def file(self) -> OpenFile:
        """The content, for the analysis."""
        texts = tuple(part.text for part in self.parts)
        return OpenFile(self.path, self.kind, texts, tuple(part.code for part in self.parts))

    @property
    def may_hold_model(self) -> bool:
        """Whether it is worth an analysis."""
        return may_hold_model(self.file)

    def index(self, uri: str) -> int:
        """Return the index of a part. Raises: KeyError."""
        for i, part in enumerate(self.parts):
            if part.uri == uri:
                return i
        raise KeyError(uri)


class Store:
    """The open documents whose kind may hold models. encoding: the units in which the client counts characters."""

    def __init__(self, encoding: str = "utf-16") -> None:
        self.encoding = encoding
        self.documents: dict[str, Document] = {}
        self.by_part: dict[str, Document] = {}
        self.others: set[str] = set()  # open documents of other kinds

    def open(self, uri: str, path: str, language: str | None, version: int | None, text: str) -> Document | None:
        """Add a document. Return None if its kind holds no models."""
        self.close(uri)
        kind = kind_of(path, language)
        if kind is None:
            self.others.add(uri)
            return None
        return self.add(Document(uri, path, kind, [Part(uri, text, version)]))

    def open_notebook(self, uri: str, path: str, parts: list[Part]) -> Document:
        """Add a notebook that the client sends cell by cell."""
        self.close(uri)
        return self.add(Document(uri, path, "cells", parts))

    def add(self, document: Document) -> Document:
        """Add a document."""
        self.documents[document.uri] = document
        self.by_part |= {part.uri: document for part in document.parts}
        return document

    def edit(self, uri: str, version: int | None, edits: Iterable[Edit]) -> Document | None:
        """Edit a document or a cell. Return None if it holds no models. Raises: KeyError if it is not open."""
        if uri in self.others:
            return None
        document = self.by_part[uri]
        part = document.parts[document.index(uri)]
        for place, text in edits:
            part.text = text if place is None else changed(part.text, self.encoding, *place, text)
        part.version = version
        document.edits += 1
        return document

    def splice(self, uri: str, start: int, count: int, new: Sequence[Part]) -> Document:
        """Replace cells of a notebook. Raises: KeyError if it is not open."""
        document = self.documents[uri]
        start = max(0, min(start, len(document.parts)))
        kept = {part.uri: part for part in document.parts}
        for part in document.parts[start : start + max(0, count)]:
            self.by_part.pop(part.uri, None)
        # A cell that is moved comes without its text.
        document.parts[start : start + max(0, count)] = [
            Part(part.uri, part.text or getattr(kept.get(part.uri), "text", ""), part.version, part.code)
            for part in new
        ]
        self.by_part |= {part.uri: document for part in document.parts}
        document.edits += 1
        return document

    def close(self, uri: str) -> Document | None:
        """Remove a document; None if it is not open."""
        self.others.discard(uri)
        document = self.documents.pop(uri, None)
        for part in document.parts if document is not None else ():
            self.by_part.pop(part.uri, None)
        if document is not None:
            document.edits += 1
        return document
