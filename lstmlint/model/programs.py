"""Paths of programs that build models, and of models in them."""

from __future__ import annotations

# Suffixes of files that hold a program instead of a model.
PROGRAMS = (".py", ".ipynb")


def split_model(path: str) -> tuple[str, str | None]:
    """Return the file and the model that a path such as train.py::encoder names; no model if it names none."""
    file, mark, model = path.rpartition("::")
    return (file, model) if mark and model and file.endswith(PROGRAMS) else (path, None)
