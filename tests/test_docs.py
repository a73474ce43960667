"""The pages say what is: generated ones are current, commands give what is shown, settings can be used."""

from __future__ import annotations

import importlib.util
import re
import shlex
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from lstmlint.config.settings import table_of, validate
from tests.commandline import Shell

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]


def blocks(language: str) -> Iterator[tuple[str, str]]:
    """(page, content) of each block of code in a language."""
    for page in PAGES:
        for match in re.finditer(rf"^ *```{language}\n(.*?)^ *```$", page.read_text("utf-8"), re.DOTALL | re.MULTILINE):
            yield page.name, match[1]


SHOWN = [
    (page, *part.split("\n", 1))
    for page, text in blocks("console")
    for part in re.split(r"^\$ ", text, flags=re.MULTILINE)
    if part.startswith("lstmlint ") and "\n" in part.strip()
    and "GatedDense" not in part  # a plugin, which is built and asked in test_custom_layers
]  # fmt: skip


@pytest.mark.parametrize(("page", "command", "output"), SHOWN, ids=[f"{page}: {command}" for page, command, _ in SHOWN])
def test_commands_give_what_is_shown(shell: Shell, page: str, command: str, output: str) -> None:
    shell.monkeypatch.chdir(ROOT)
    done = shell(*shlex.split(command)[1:])
    # A terminal folds long lines.
    assert (done.out + done.err).split() == output.split()


def test_settings_on_the_pages_are_settings() -> None:
    seen = 0
    for page, text in blocks("toml"):
        values = tomllib.loads(text)
        table = table_of(values)
        if table is not None:
            validate(table, page)
            seen += 1
    assert seen > 5


def test_yaml_on_the_pages_is_yaml() -> None:
    assert sum(yaml.safe_load(text) is not None for _, text in blocks("yaml")) > 5


def test_links_lead_somewhere() -> None:
    for page in PAGES:
        for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", page.read_text("utf-8")):
            if "://" not in target:
                assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_layers_page_is_current() -> None:
    spec = importlib.util.spec_from_file_location("layers_page", ROOT / "scripts" / "generate_layers_page.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert (ROOT / "docs" / "layers.md").read_text() == module.layers_page()
