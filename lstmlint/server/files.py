"""Open files: what kind they are, and whether they may hold a model."""

from __future__ import annotations

import json
import re
from typing import Any, Literal, NamedTuple

Kind = Literal["config", "program", "notebook", "cells"]

_SUFFIXES: dict[str, Kind] = {
    ".json": "config", ".yaml": "config", ".yml": "config", ".py": "program", ".ipynb": "notebook",
}  # fmt: skip
_LANGUAGES: dict[str, Kind] = {"json": "config", "jsonc": "config", "yaml": "config", "python": "program"}
_ENDS: dict[Kind, tuple[str, ...]] = {"program": (".py",), "notebook": (".ipynb",), "cells": (".ipynb",)}
_ESCAPED_LETTER = re.compile(r"\\(?:u00|U000000|x)[4-7][0-9A-Fa-f]")
_KERAS = re.compile(r"keras|(?:import|from)\s+tensorflow")


class OpenFile(NamedTuple):
    """The content of a file in the editor.

    path: its name in reports, and what decides which settings apply.
    kind: config (JSON or YAML), program, notebook (its JSON as text), or cells (a notebook that the client sends cell by
        cell).
    parts: the text; of `cells`, that of each cell. code: of `cells`, whether each holds code.
    """

    path: str
    kind: Kind
    parts: tuple[str, ...]
    code: tuple[bool, ...] = ()

    @property
    def raw(self) -> bytes:
        """The content of the file as the analysis takes it."""
        if self.kind == "cells":
            cells: list[dict[str, Any]] = [
                {"cell_type": "code" if code else "markdown", "source": text, "metadata": {}, "outputs": []}
                for text, code in zip(self.parts, self.code, strict=True)
            ]
            metadata = {"language_info": {"name": "python"}}
            return json.dumps({"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}).encode()
        raw = self.parts[0].encode("utf-8", "surrogatepass")
        if self.kind == "program" and not raw.startswith(b"\xef\xbb\xbf"):
            return b"\xef\xbb\xbf" + raw  # the editor has decoded it, whatever its coding comment says
        return raw

    @property
    def name(self) -> str:
        """The path, with a suffix that tells the kind: a file that is not saved has none, or that of a notebook."""
        ends = _ENDS.get(self.kind, ())
        return self.path if not ends or self.path.endswith(ends) else self.path + ends[0]

    @property
    def size(self) -> int:
        """The number of characters."""
        return sum(map(len, self.parts))


def kind_of(path: str, language: str | None) -> Kind | None:
    """Return the kind of a file by its suffix, else by the language that the editor names; None for other files.

    JupyterLab sends the code of a notebook's cells as one Python program, under the name of the notebook.
    """
    if language == "python":
        return "program"
    for suffix, kind in _SUFFIXES.items():
        if path.lower().endswith(suffix):
            return kind
    return _LANGUAGES.get(language or "")


def may_hold_model(file: OpenFile) -> bool:
    """Return whether a file may hold a model. It is a cheap test of its words: other files cost no more than this."""
    if file.kind != "config":
        return any(_KERAS.search(text) is not None for text in file.parts)
    text = file.parts[0]
    return (
        "class_name" in text
        or ("layers" in text and "Sequential" in text)
        or ("node_config" in text and "Graph" in text)
        or ("\\" in text and _ESCAPED_LETTER.search(text) is not None)
    )
