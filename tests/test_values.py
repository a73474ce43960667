"""Values of a file in messages and as numbers, and that no message writes one in another way."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import lstmlint
from lstmlint.model.values import show

PACKAGE = Path(lstmlint.__file__).parent
# What these packages format comes from a file.
ABOUT_FILES = (
    "reading", "parsing", "inference", "layers", "validation", "compatibility", "rules", "filtering", "explaining",
    "converting", "comparing",
)  # fmt: skip
NESTED: Any = []
for _ in range(250):
    NESTED = [NESTED]


@pytest.mark.parametrize(
    "value",
    ["dense", "it's", None, True, 0.5, 10**300, float("inf"), [], [1, "a"], {"a": [None, {}]}, (1,), (1, 2), [[], {}], b"x"],
)  # fmt: skip
def test_short_values_are_shown_as_python_writes_them(value: object) -> None:
    assert show(value) == repr(value)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("a" * 10**6, f"{'a' * 200!r}..."),
        ([1] * 10**6, "[1, 1, 1"),
        ({f"key{n}": n for n in range(10**5)}, "{'key0': 0, 'key1': 1"),
        (10**5000, "an integer of 16,610 bits"),
        ([10**5000], "[an integer of 16,610 bits]"),
        (NESTED, "[[[["),
        (b"x" * 10**6, "b'xxx"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_long_values_are_cut_off(value: object, shown: str) -> None:
    assert show(value).startswith(shown)
    assert len(show(value)) < 1000


def unbounded(tree: ast.AST) -> Iterator[ast.AST]:
    """Yield each `{value!r}` and each call of `repr`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FormattedValue) and node.conversion == ord("r"):
            yield node
        elif isinstance(node, ast.Name) and node.id == "repr":
            yield node


@pytest.mark.parametrize("package", ABOUT_FILES)
def test_values_of_files_are_formatted_with_show(package: str) -> None:
    found = [
        f"{path.relative_to(PACKAGE)}:{getattr(node, 'lineno', 0)}"
        for path in sorted((PACKAGE / package).rglob("*.py"))
        for node in unbounded(ast.parse(path.read_text("utf-8")))
    ]
    assert found == [], "write {show(value)}, which is bounded, instead of {value!r}"
