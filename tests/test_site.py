"""The documentation site: the build is strict, and every address that lstmlint prints is a page of it."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tomllib
from functools import cache
from html.parser import HTMLParser
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from markdown_it import MarkdownIt

from lstmlint import Finding, Options, analyze, rules
from lstmlint.cli import COMMANDS
from lstmlint.config.source import Source
from lstmlint.reporting import FORMATS
from lstmlint.reporting.comparison import FORMATS as DIFF_FORMATS
from lstmlint.rules.documentation import document
from lstmlint.version import DOCS, HOME, __version__
from scripts.commands_page import commands_page
from scripts.rule_pages import answers, changes, index_page, rule_page
from tests.commandline import Shell

ROOT = Path(__file__).parent.parent
TABLE = rules.load()


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the site in LSTMLINT_SITE, or build it; skip the test if that is not possible."""
    if "LSTMLINT_SITE" in os.environ:
        return Path(os.environ["LSTMLINT_SITE"]).resolve()
    if find_spec("mkdocs") is None or find_spec("mkdocstrings") is None:
        pytest.skip("needs the extra docs")
    folder = tmp_path_factory.mktemp("site")
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(folder)],
        check=False,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), "NO_MKDOCS_2_WARNING": "1"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return folder


class Page(HTMLParser):
    """The ids and links of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: set[str] = set()
        self.links: set[str] = set()
        self.loaded: set[str] = set()  # with the page
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name == "id" and value:
                self.ids.add(value)
            elif name in ("href", "src") and value:
                self.links.add(value)
                if name == "src" or dict(attrs).get("rel") == "stylesheet":
                    self.loaded.add(value)


def test_printed_addresses_are_pages(site: Path, shell: Shell) -> None:
    """Each helpUri of SARIF, each address of `lstmlint rule`."""
    log = shell(str(ROOT / "examples" / "broken"), "--extend-select", "ALL", "-f", "sarif", "--exit-zero").json
    printed = {rule["id"]: rule["helpUri"] for rule in log["runs"][0]["tool"]["driver"]["rules"]}
    assert len(printed) > 90
    printed |= {rule["code"]: rule["url"] for rule in shell("rules", "-f", "json").json["rules"]}
    assert set(printed) == set(TABLE)
    for code, address in printed.items():
        page = site / address.removeprefix(DOCS) / "index.html"
        assert f'<h1 id="{code.lower()}-{TABLE[code].name}">' in page.read_text("utf-8")


def test_links_of_the_site(site: Path) -> None:
    """Links to pages, sections and files of the repository lead somewhere, and nothing is loaded from elsewhere."""
    pages = {path: Page(path.read_text("utf-8")) for path in sorted(site.rglob("*.html")) if path.name != "404.html"}
    assert len(pages) > len(TABLE) + 20
    for path, page in pages.items():
        assert not [target for target in page.loaded if "//" in target], path
        for target in page.links:
            if target.startswith(f"{HOME}/"):
                if target.removeprefix(f"{HOME}/").startswith(("compare/", "releases/")):
                    continue
                kind, _, file = target.removeprefix(f"{HOME}/").partition("/main/")
                assert kind in {"blob", "tree", "edit", "issues"}, (path, target)
                assert (ROOT / unquote(file.partition("#")[0])).exists(), (path, target)
                continue
            if target == f"{DOCS}playground/":  # .github/workflows/docs.yml adds it to the site
                assert (ROOT / "playground" / "package.json").exists()
                continue
            parts = urlsplit(target.replace(DOCS, os.path.relpath(site, path.parent) + "/"))
            if parts.scheme:
                continue
            other = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            other = other / "index.html" if other.is_dir() else other
            assert other.is_file(), (path, target)
            if parts.fragment and other in pages:
                assert unquote(parts.fragment) in pages[other].ids, (path, target)


def test_schemas_are_at_their_addresses(site: Path) -> None:
    for path in (ROOT / "schemas").glob("*.schema.json"):
        address = json.loads(path.read_text("utf-8"))["$id"]
        assert (site / address.removeprefix(DOCS)).read_bytes() == path.read_bytes()


def test_pages_have_the_same_lists_and_blocks_as_on_github(site: Path) -> None:
    """The two kinds of Markdown differ in what they take for a list, a table and a block of code."""
    pages = {path.relative_to(ROOT / "docs").with_suffix("").as_posix(): path for path in (ROOT / "docs").rglob("*.md")}
    del pages["rules"], pages["reference/api"]  # other pages on the site
    pages |= {"contributing": ROOT / "CONTRIBUTING.md", "changelog": ROOT / "CHANGELOG.md"}
    for name, source in pages.items():
        html = (site / name.removesuffix("index") / "index.html").read_text("utf-8")
        html = html.partition("<article")[2].partition("</article")[0]
        markdown = MarkdownIt("commonmark").enable("table").render(source.read_text("utf-8"))
        for tag in ("li", "tr", "pre", "h2", "h3"):
            assert html.count(f"<{tag}>") + html.count(f"<{tag} ") == markdown.count(f"<{tag}>"), (name, tag)


def test_every_page_shows_the_version_and_is_found_by_search(site: Path) -> None:
    assert f"lstmlint {__version__} ·" in (site / "tutorial" / "index.html").read_text("utf-8")
    found = json.loads((site / "search" / "search_index.json").read_text("utf-8"))["docs"]
    assert {"tutorial/", "rules/S102/", "reference/commands/", "reference/api/"} <= {
        entry["location"] for entry in found
    }


@pytest.mark.parametrize("language", ["es", "ru", "zh"])
def test_translated_pages(site: Path, language: str) -> None:
    html = (site / f"tutorial.{language}" / "index.html").read_text("utf-8")
    heading = (ROOT / f"docs/tutorial.{language}.md").read_text("utf-8").partition("\n")[0]
    assert f'<html lang="{language}"' in html
    assert f"<title>{heading.removeprefix('# ')} - lstmlint</title>" in html
    assert 'class="md-footer__link md-footer__link--next" aria-label="Next: Install"' in html


def test_english_pages(site: Path) -> None:
    html = (site / "tutorial" / "index.html").read_text("utf-8")
    assert '<html lang="en"' in html
    assert "<title>Tutorial: from one count to a check in CI - lstmlint</title>" in html
    assert 'class="md-footer__link md-footer__link--next" aria-label="Next: Install"' in html


@cache
def page_of(code: str) -> str:
    return rule_page(TABLE[code])


def finding_of(code: str) -> Finding:
    """The finding about the failing example of a rule."""
    return analyze(document(TABLE[code]).fails.encode(), Options(extend_select=(code,))).findings[0]


@pytest.mark.parametrize("code", TABLE)
def test_rule_pages(code: str) -> None:
    page = page_of(code)
    text = document(TABLE[code])
    assert page.startswith(f"# {code} {TABLE[code].name}\n")
    assert text.fix in page
    assert "## If the finding is fine" in page
    for table in re.findall(r"^```toml\n(.*?)^```$", page, re.DOTALL | re.MULTILINE):
        Source(tomllib.loads(table)["tool"]["lstmlint"], code, table).finish()
    if text.fails:
        assert f" {code} {TABLE[code].name}" in re.sub(r"\s+", " ", page.partition("lstmlint reports:")[2])
    for other in re.findall(r"\]\((\w+)\.md\)", page):
        assert other in TABLE
        assert f"]({code}.md)" in page_of(other), "related rules name each other"


def test_how_often_a_rule_is_found() -> None:
    row = re.search(
        r"\| R201 single-timestep \| warning \| (\d+)", (ROOT / "docs/rules-on-real-models.md").read_text("utf-8")
    )
    assert row
    assert f"found in {row[1]} of " in page_of("R201")
    assert "found in none of " in page_of("S101")
    assert all(
        "found in" not in page_of(code) for code in ("C501", "X801")
    )  # limits, and rules with figures of their own


def test_changes_of_a_rule() -> None:
    log = "# Changelog\n\n## 0.2.0 (2027-01-01)\n\n- S102 is an\n  info.\n- S1021 is new.\n\n## 0.1.0\n\n- S102 finds more.\n"
    assert changes(TABLE["S102"], log) == ["- 0.2.0: S102 is an info."]
    assert changes(TABLE["S101"], log) == changes(TABLE["S102"], "## Unreleased\n\n- S102 is new.\n") == []


def test_what_keras_says() -> None:
    """Corrected examples load; examples of errors do not, unless Keras refuses them only later."""
    said = [(code, answer) for recorded in answers().values() for code, answer in recorded["answers"].items()]
    assert len(said) > 100
    assert not [code for code, answer in said if answer.get("passes")]
    refused = {code for code, answer in said if answer["fails"]}
    assert len(refused) > 40
    assert {code for code in refused if finding_of(code).severity == "info"} == set()
    assert "tf_keras 2.21.0 does not load this model" in page_of("S102")


def test_generated_pages_name_everything(shell: Shell) -> None:
    table, commands = index_page(), commands_page()
    assert all(f"(rules/{code}.md)" in table for code in TABLE)
    for name in ("", *COMMANDS):
        section = commands.partition(f"\n## lstmlint {name or 'PATH...'}\n")[2].partition("\n## ")[0]
        for option in re.findall(r"^ +(?:-\w, )?(--[a-z-]+)", shell(*name.split(), "--help").out, re.MULTILINE):
            assert option in section, name


def test_every_format_is_described() -> None:
    page = (ROOT / "docs/reference/formats.md").read_text("utf-8")
    assert [name for name in FORMATS if f"\n| `{name}` |" not in page] == []
    assert [
        name for name in DIFF_FORMATS if f"`{name}`" not in page.partition("| `diff` |")[2].partition("\n")[0]
    ] == []
