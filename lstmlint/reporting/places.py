"""Paths and identities as other programs' reports want them."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lstmlint.model.findings import Finding

# The list that a model has its layers in, and a layer's number there: its name tells it better.
_LAYER_NUMBER = re.compile(r"/(layers|config)/[0-9]+(?=/|$)")


def repository_root() -> str:
    """The folder that holds `.git`, at or above the current one; the current one where none does."""
    here = Path.cwd()
    for folder in (here, *here.parents):
        if os.path.exists(folder / ".git"):  # noqa: PTH110 - which does not mind a folder that may not be searched
            return str(folder)
    return str(here)


def repository_path(path: str, root: str) -> str:
    """A path relative to `root` with forward slashes; as it stands where it lies elsewhere."""
    absolute = os.path.abspath(path)  # noqa: PTH100 - resolving links would leave the repository
    inside = absolute.startswith(root.rstrip(os.sep) + os.sep)
    return (os.path.relpath(absolute, root) if inside else path).replace(os.sep, "/")


def fingerprints(path: str, findings: list[Finding]) -> list[str]:
    """An identity for each finding that survives edits elsewhere in the file: no lines, no layer's number in it."""
    from hashlib import sha256

    seen: dict[str, int] = {}
    prints = []
    for finding in findings:
        place = _LAYER_NUMBER.sub(r"/\1", finding.pointer) if finding.layer else finding.pointer
        key = "\n".join((path, finding.code, place, finding.layer or ""))
        seen[key] = seen.get(key, 0) + 1
        prints.append(sha256(f"{key}\n{seen[key]}".encode("utf-8", "surrogatepass")).hexdigest())
    return prints
