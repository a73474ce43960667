"""Load the JSON Schemas, which are in the package once installed, and next to it in a checkout."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any


@lru_cache(maxsize=4)
def schema(name: str) -> dict[str, Any]:
    """Return a schema by its name: report, settings, diff, ... Raises: FileNotFoundError if it is missing."""
    import json

    package = Path(__file__).parent
    for folder in (package / "schemas", package.parent / "schemas"):
        path = folder / f"{name}.schema.json"
        if path.is_file():
            loaded: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
            return loaded
    raise FileNotFoundError(f"lstmlint's schema {name}.schema.json is missing; reinstall lstmlint")
