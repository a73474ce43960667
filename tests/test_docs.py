"""The documentation is current: commands print what is shown, settings are valid, links lead somewhere."""

from __future__ import annotations

import doctest
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from lstmlint.config.settings import table_of
from lstmlint.config.source import Source
from scripts import record_terminal, refresh_docs
from scripts.generate_layers_page import layers_page
from scripts.refresh_docs import PAGES, ROOT


def blocks(language: str, pages: list[Path] = PAGES) -> Iterator[tuple[str, str]]:
    """(page, content) of each block of code in a language."""
    for page in pages:
        for match in re.finditer(
            rf'^ *```{language}(?: title="[^"\n]+")?\n(.*?)^ *```$', page.read_text("utf-8"), re.DOTALL | re.MULTILINE
        ):
            yield page.name, match[1]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_commands_print_what_is_shown(page: Path, tmp_path: Path) -> None:
    text = page.read_text("utf-8")
    hint = "python scripts/refresh_docs.py writes the pages again"
    assert refresh_docs.refreshed(text, refresh_docs.lay_out(tmp_path)) == text, hint


def test_recording_of_the_terminal_is_current() -> None:
    hint = "python scripts/record_terminal.py records it again"
    assert record_terminal.TARGET.read_text("utf-8") == record_terminal.picture(record_terminal.record()), hint


def commands_in(value: Any) -> Iterator[str]:
    """The shell commands of a workflow or a pipeline."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if key == "run" or (key == "script" and isinstance(inner, str)):
                yield inner
            elif key == "script":
                yield from inner
            else:
                yield from commands_in(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from commands_in(inner)


def test_commands_of_pipelines_run(tmp_path: Path) -> None:
    commands = [command for _, text in blocks("yaml") for command in commands_in(yaml.safe_load(text))]
    # Each recipe installs first what it runs.
    programs = [command.partition(" ")[0] for command in commands]
    programs.remove("reviewdog")
    assert programs == ["pip", "lstmlint"] * (len(commands) // 2)
    run = refresh_docs.lay_out(tmp_path)
    for command in commands:
        if not refresh_docs.is_left_out(command):
            run(command)
    assert (tmp_path / ".programs/summary.md").read_text().startswith("### lstmlint")
    assert (tmp_path / "lstmlint.sarif").exists()


def test_commands_that_are_not_run_are_on_a_page() -> None:
    shown = "\n".join(text for language in ("sh", "console", "yaml") for _, text in blocks(language))
    assert [command for command in refresh_docs.NOT_RUN if command not in shown] == []


def test_python_on_the_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    found = list(blocks("pycon"))
    assert len(found) > 1
    for page, text in found:
        example = doctest.DocTestParser().get_doctest(text, {}, page, page, 0)
        assert doctest.DocTestRunner().run(example).failed == 0


def test_the_plugin_on_the_page_is_the_example() -> None:
    shown = [text for language in ("python", "toml") for _, text in blocks(language, [ROOT / "docs/custom-layers.md"])]
    for path in sorted((ROOT / "examples/gated_layers").iterdir()):
        if path.is_file():
            assert path.read_text("utf-8") in shown


def test_settings_on_the_pages_are_valid() -> None:
    seen = 0
    for page, text in blocks("toml"):
        table = table_of(tomllib.loads(text))
        if table is not None:
            Source(table, str(page), text).finish()
            seen += 1
    assert seen > 5


def test_yaml_on_the_pages_is_valid() -> None:
    assert sum(yaml.safe_load(text) is not None for _, text in blocks("yaml")) > 5


def test_links_lead_somewhere() -> None:
    for page in PAGES:
        for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", page.read_text("utf-8")):
            if "://" not in target:
                assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_every_page_is_in_the_navigation() -> None:
    text = (ROOT / "mkdocs.yml").read_text("utf-8")
    for page in (ROOT / "docs").rglob("*.md"):
        assert f": {page.relative_to(ROOT / 'docs').as_posix()}\n" in text, "add the page to nav in mkdocs.yml"


@pytest.mark.parametrize("language", ["es", "ru", "zh"])
def test_translated_tutorials_are_whole(language: str) -> None:
    english, other = ((ROOT / f"docs/tutorial{suffix}.md").read_text("utf-8") for suffix in ("", f".{language}"))
    for pattern in (
        r"^```.*",  # blocks, with the names of files
        r'^```\w+ title="[^"\n]+"\n(.*?)^```$',
        r"^\$ (?:(?!\| tail).)*",  # commands; the end of an explanation may have more lines
        r"^#+ ",
    ):
        flags = re.MULTILINE | (re.DOTALL if "title" in pattern else 0)
        found = [re.findall(pattern, text.replace(f" --lang {language}", ""), flags) for text in (english, other)]
        assert found[0] == found[1]
    translated = set(re.findall(r"\$ lstmlint (?:count|explain) .*", other))
    assert all(f" --lang {language}" in command for command in translated)
    assert set(re.findall(r"\]\((?!tutorial)(.*?)\)", english)) == set(re.findall(r"\]\((?!tutorial)(.*?)\)", other))


def test_every_example_is_listed() -> None:
    page = (ROOT / "examples/README.md").read_text("utf-8")
    for path in (ROOT / "examples").iterdir():
        assert path.name == "README.md" or f"]({path.name})" in page


def test_layers_page_is_current() -> None:
    assert (ROOT / "docs/layers.md").read_text("utf-8") == layers_page()
