"""Load the JSON Schemas, which are in the package once installed, and next to it in a checkout."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any, Final

SCHEMAS: Final = ("model", "settings", "report", "diff")


@lru_cache(maxsize=4)
def schema(name: str) -> dict[str, Any]:
    """Return a schema by its name: report, settings, diff, ... Raises: FileNotFoundError if it is missing."""
    import json

    loaded: dict[str, Any] = json.loads(schema_text(name))
    return loaded


def schema_text(name: str) -> str:
    """Return the JSON of a schema by its name. Raises: FileNotFoundError if it is missing."""
    package = Path(__file__).parent
    for folder in (package / "schemas", package.parent / "schemas"):
        path = folder / f"{name}.schema.json"
        if path.is_file():
            return path.read_text(encoding="utf-8")
    raise FileNotFoundError(f"lstmlint's schema {name}.schema.json is missing; reinstall lstmlint")
