"""What docs/architecture.md says of who may import whom, imports inside functions included."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
# In the order in which data flows.
ROOMS = ("reading", "parsing", "layers", "inference", "rules", "reporting")
# What puts the rooms to work, which none of them knows.
OUTSIDE = frozenset(
    {"analysis", "baseline", "cli", "commands", "converting", "explaining", "fixing", "settings", "suppression"}
)


def name_of(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


MODULES = {name_of(path): path for path in sorted((ROOT / "lstmlint").rglob("*.py"))}


def imported(node: ast.AST) -> Iterator[str]:
    """The modules of lstmlint that are imported somewhere in a piece of code when it runs."""
    if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING":
        return
    if isinstance(node, ast.ImportFrom):
        assert node.module, "no relative imports"
        for alias in node.names:
            name = f"{node.module}.{alias.name}"
            yield name if name in MODULES else node.module
    elif isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    for child in ast.iter_child_nodes(node):
        yield from imported(child)


IMPORTS = {
    name: {other for other in imported(ast.parse(path.read_text("utf-8"))) if other in MODULES and other != name}
    for name, path in MODULES.items()
}


def place(module: str) -> str:
    """The package or module at the top that a module belongs to."""
    return module.split(".")[1] if "." in module else module


@pytest.mark.parametrize("room", ROOMS)
def test_no_room_imports_from_further_right(room: str) -> None:
    forbidden = {*ROOMS[ROOMS.index(room) + 1 :], *OUTSIDE}
    found = {(name, other) for name in MODULES if place(name) == room for other in IMPORTS[name]}
    assert found, f"there is no room {room}"
    assert not {(name, other) for name, other in found if place(other) in forbidden}


def test_no_circular_imports() -> None:
    try:
        TopologicalSorter(IMPORTS).prepare()
    except CycleError as error:
        pytest.fail(" imports ".join(reversed(error.args[1])))
