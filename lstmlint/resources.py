"""The JSON Schemas, which lie in the package once installed and beside it in a checkout."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any


@lru_cache(maxsize=4)
def schema(name: str) -> dict[str, Any]:
    """A schema by its name: `report`, `settings`. Raises: FileNotFoundError where there is none."""
    import json

    package = Path(__file__).parent
    for folder in (package / "schemas", package.parent / "schemas"):
        path = folder / f"{name}.schema.json"
        if path.is_file():
            loaded: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
            return loaded
    raise FileNotFoundError(f"lstmlint's schema {name}.schema.json is missing: install lstmlint again")
