"""Which programs are worth reading."""

from __future__ import annotations

from pathlib import Path

from lstmlint.python.keras_names import looks_like_keras
from lstmlint.python.program_text import MAX_CODE
from lstmlint.python.source import MAX_NOTEBOOK, is_notebook


def program_in(content: Path | bytes) -> bytes | None:
    """Return a content that may be a program with Keras; None if it cannot be one. Raises: OSError."""
    if isinstance(content, Path):
        if not content.is_file() or content.stat().st_size > MAX_CODE:
            return None
        content = content.read_bytes()
    return content if looks_like_keras(content) and (b"import" in content or is_notebook(content)) else None


def may_build_model(path: Path) -> bool:
    """Return whether a program that was found in a folder mentions Keras. Raises: OSError."""
    with path.open("rb") as file:
        return b"keras" in file.read(MAX_NOTEBOOK)
