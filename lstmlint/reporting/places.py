"""Paths and fingerprints in reports for other programs."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

from lstmlint.model.urls import is_url
from lstmlint.reporting.escape import visible

if TYPE_CHECKING:
    from lstmlint.model.findings import Finding

# A layer's number in its model; its name identifies it better.
_LAYER_NUMBER = re.compile(r"/(layers|config)/[0-9]+(?=/|$)")


def repository_root() -> str:
    """Return the nearest folder with `.git`, from the current one upwards; the current one if there is none."""
    here = Path.cwd()
    for folder in (here, *here.parents):
        if os.path.exists(folder / ".git"):  # noqa: PTH110 - Path.exists raises for a folder without permission
            return str(folder)
    return str(here)


def repository_path(path: str, root: str) -> str:
    """Return a path relative to `root`, with forward slashes; unchanged if it is outside of `root`."""
    if is_url(path):
        return path
    absolute = os.path.abspath(path)  # noqa: PTH100 - resolving links would leave the repository
    inside = absolute.startswith(root.rstrip(os.sep) + os.sep)
    return (os.path.relpath(absolute, root) if inside else path).replace(os.sep, "/")


def file_place(finding: Finding) -> tuple[int, int]:
    """Return line and column in the file; of a notebook, the line of its JSON, whose columns are not those of the code."""
    return (finding.line, finding.column) if finding.file_line is None else (finding.file_line, 1)


def in_cell(finding: Finding) -> str:
    """Return a finding's message; in a notebook, with its place in the cell."""
    if finding.cell is None:
        return finding.message
    return f"cell {finding.cell}, line {finding.line}: {finding.message}"


def with_help(finding: Finding) -> str:
    """Return a finding's message, and on the next line its help; control characters are escaped."""
    text = visible(in_cell(finding))
    return f"{text}\nhelp: {visible(finding.help)}" if finding.help else text


def fingerprints(path: str, findings: list[Finding]) -> list[str]:
    """Return a fingerprint per finding that survives edits elsewhere in the file: it holds no lines or layer numbers."""
    from hashlib import sha256

    seen: dict[str, int] = {}
    prints = []
    for finding in findings:
        place = _LAYER_NUMBER.sub(r"/\1", finding.pointer) if finding.layer else finding.pointer
        key = "\n".join((path, finding.code, place, finding.layer or ""))
        seen[key] = seen.get(key, 0) + 1
        prints.append(sha256(f"{key}\n{seen[key]}".encode("utf-8", "surrogatepass")).hexdigest())
    return prints
