"""Which part of lstmlint may import which (docs/architecture.md). Imports in functions and for types count, too."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

# Package or top-level module -> the others that it may import, in the order in which data flows. A dotted name allows
# a single module.
MAY_IMPORT = {
    "version": "",
    "resources": "",
    "signatures": "",
    "model": "",
    "reading": "model",
    "python": "model reading.document reading.json_text reading.limits reading.places reading.text signatures",
    "security": "model reading.document reading.survey",
    "parsing": "model reading.containers reading.document signatures",
    "layers": "model signatures",
    "validation": "layers model signatures",
    "inference": "layers model parsing.common reading.stored_weights signatures validation",
    "config": "inference layers model report reporting.escape reporting.excerpt resources rules",
    "rules": "config inference layers model parsing.common signatures validation",
    "filtering": "config inference model reading report rules",
    "drawing": "comparing inference model",
    "report": "compatibility inference model reporting",
    "reporting": "comparing compatibility drawing explaining inference model report rules signatures version",
    "compatibility": "config fixing.edits model reading.document report rules signatures",
    "checking": "compatibility config filtering inference model parsing reading report rules",
    "programs": ("checking config filtering inference model parsing python reading.document report rules"),
    "analysis": "checking config filtering model programs reading report security",
    "converting": "inference layers model parsing reading rules signatures validation",
    "explaining": "inference layers model parsing reporting signatures validation",
    "fixing": "analysis config inference model reading report validation",
    "comparing": "config filtering inference layers model parsing report rules",
    "api": "analysis comparing compatibility config converting explaining model parsing programs report",
    "server": (
        "analysis config explaining filtering fixing inference layers model python.source reading report reporting rules"
        " signatures validation version"
    ),
    "commands": (
        "analysis comparing config converting explaining filtering fixing layers model parsing programs reading report"
        " reporting resources rules server version"
    ),
    "cli": "commands model",
    "__main__": "cli",
    "": "analysis api config inference layers model report version",  # the public API
}


def name_of(path: Path) -> str:
    """Return the name of a module without `lstmlint.`; the package itself is ''."""
    return ".".join(path.relative_to(ROOT / "lstmlint").with_suffix("").parts).removesuffix("__init__").rstrip(".")


MODULES = {name_of(path): path for path in sorted((ROOT / "lstmlint").rglob("*.py"))}


def imported(path: Path) -> Iterator[str]:
    """Yield the modules of lstmlint that a file imports anywhere."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        names: list[str] = []
        if isinstance(node, ast.ImportFrom):
            assert node.module, "no relative imports"
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        for name in names:
            package, _, module = name.partition(".")
            if package == "lstmlint":
                yield module if module in MODULES else module.rpartition(".")[0]


IMPORTS = {name: set(imported(path)) - {name} for name, path in MODULES.items()}


def test_every_part_is_named() -> None:
    assert {name.partition(".")[0] for name in MODULES} == set(MAY_IMPORT)


@pytest.mark.parametrize("part", MAY_IMPORT)
def test_imports(part: str) -> None:
    allowed = {part, *MAY_IMPORT[part].split()}
    found = {(name, other) for name in MODULES if name.partition(".")[0] == part for other in IMPORTS[name]}
    assert not {(name, other) for name, other in found if not {other, other.partition(".")[0]} & allowed}


@pytest.mark.parametrize("part", MAY_IMPORT)
def test_no_unused_permission(part: str) -> None:
    found = {other for name in MODULES if name.partition(".")[0] == part for other in IMPORTS[name]}
    assert not set(MAY_IMPORT[part].split()) - found - {other.partition(".")[0] for other in found}


def reachable(start: str) -> set[str]:
    """Return the modules that a module imports, directly or through others."""
    found: set[str] = set()
    waiting = [start]
    while waiting:
        new = IMPORTS[waiting.pop()] - found
        found |= new
        waiting += new
    return found


def test_no_circular_imports() -> None:
    reach = {name: reachable(name) for name in MODULES}
    circles = {frozenset({name, *(other for other in reach[name] if name in reach[other])}) for name in MODULES}
    assert {circle for circle in circles if len(circle) > 1} == set()
