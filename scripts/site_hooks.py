"""What mkdocs does besides: it generates pages, and links to files of the repository that are not pages.

The pages of docs/ are written for GitHub, too. So their links are relative, and lead to any file of the repository. On the
site, a link to a section of docs/rules.md leads to the page of the rule, and a link to a file that is no page leads to GitHub.
"""

from __future__ import annotations

import posixpath
import re
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from mkdocs.structure.files import File  # noqa: E402

from lstmlint import rules  # noqa: E402
from lstmlint.version import HOME, __version__  # noqa: E402
from scripts.commands_page import commands_page  # noqa: E402
from scripts.rule_pages import index_page, rule_page  # noqa: E402

# Files of the repository that become pages, and their addresses on the site.
COPIED = {"CONTRIBUTING.md": "contributing.md", "CHANGELOG.md": "changelog.md", "examples/README.md": "examples.md"}
# Pages -> the file of the repository that shows the same on GitHub. Generated pages have none.
SOURCES = {page: source for source, page in COPIED.items()}
FRONT = "index.md"
TRANSLATED = re.compile(r"^tutorial\.([a-z]{2})\.md$")
ALONE = {FRONT, "tutorial.md"}  # pages without others beside them in the navigation
LINK = re.compile(r"(\]\(|^\[[^\]]+\]: )([^)#\s]*)(#[^)\s]*)?", re.MULTILINE)
FENCE = re.compile(r"^( *)(```|~~~).*?^ *\2 *$", re.DOTALL | re.MULTILINE)
CODE_IN_CELL = re.compile(r"(?<!`)`[^`\n]*`(?!`)")
RULE_ANCHOR = re.compile(r"#([a-z]\d{3})-")


def on_config(config: Any) -> Any:
    """Show the version at the foot of each page."""
    config.copyright = f'lstmlint {__version__} · <a href="{HOME}/blob/main/LICENSE">Apache-2.0</a>'
    return config


def on_files(files: Any, config: Any) -> Any:
    """Add the generated pages and the JSON Schemas. The table of rules replaces docs/rules.md, whose sections are pages here."""
    table = rules.load()
    pages = {"rules.md": index_page(), "reference/commands.md": commands_page()}
    pages |= {f"rules/{code}.md": rule_page(rule) for code, rule in table.items()}
    pages |= {page: (ROOT / source).read_text("utf-8") for source, page in COPIED.items()}
    for uri, text in pages.items():
        old = files.get_file_from_path(uri)
        if old is not None:
            files.remove(old)
        files.append(File.generated(config, uri, content=text))
    for path in sorted((ROOT / "schemas").glob("*.json")):  # each at the address that is its `$id`
        files.append(File.generated(config, f"schemas/{path.name}", content=path.read_bytes()))
    return files


def on_nav(nav: Any, config: Any, files: Any) -> Any:
    """Lead from the tutorial in each language to the page after them, not to the next language."""
    others = [page for page in nav.pages if TRANSLATED.match(page.file.src_uri)]
    first, after = others[0].previous_page, others[-1].next_page
    for page in (first, *others):
        page.previous_page, page.next_page = first.previous_page, after
    after.previous_page = first
    return nav


def on_page_markdown(markdown: str, page: Any, config: Any, files: Any) -> str:
    """Adapt the links of a page, outside code."""
    uri = page.file.src_uri
    if uri in ALONE or uri.startswith("rules/") or TRANSLATED.match(uri):
        page.meta["hide"] = ["navigation"]
    if uri.startswith("tutorial."):  # in the navigation, it is the name of the language
        page.meta["title"] = markdown.partition("\n")[0].removeprefix("# ")
    source = SOURCES.get(uri, f"docs/{uri}")
    if source not in SOURCES.values() and page.file.generated_by:
        page.edit_url = None
    elif source in SOURCES.values():
        page.edit_url = f"{HOME}/edit/main/{source}"

    def adapted(match: re.Match[str]) -> str:
        start, target, anchor = match[1], match[2], match[3] or ""
        return start + link(source, uri, target, anchor)

    def text(part: str) -> str:
        return in_items(table_cells(LINK.sub(adapted, part)))

    parts: list[str] = []
    end = 0
    for fence in FENCE.finditer(markdown):
        parts += [text(markdown[end : fence.start()]), in_items(fence[0]) if fence[1] else fence[0]]
        end = fence.end()
    return "".join([*parts, text(markdown[end:])])


def on_post_page(output: str, page: Any, config: Any) -> str:
    """Name the language of a translated page, for browsers and screen readers."""
    translated = TRANSLATED.match(page.file.src_uri)
    return output.replace('<html lang="en"', f'<html lang="{translated[1]}"', 1) if translated else output


def link(source: str, uri: str, target: str, anchor: str) -> str:
    """Return a link of a page for the site.

    source: the page in the repository. uri: the page on the site.
    """
    if not target or "://" in target or target.startswith("mailto:"):
        return target + anchor
    path = posixpath.normpath(posixpath.join(posixpath.dirname(source), target))
    rule = RULE_ANCHOR.match(anchor)
    if path == "docs/rules.md" and rule:
        page, anchor = f"rules/{rule[1].upper()}.md", ""
    elif path == "README.md":
        page = FRONT
    elif path in COPIED:
        page = COPIED[path]
    elif path.startswith("docs/"):
        page = path.removeprefix("docs/")
    else:
        kind = "tree" if (ROOT / path).is_dir() else "blob"
        return f"{HOME}/{kind}/main/{path}{anchor}"
    return posixpath.relpath(page, posixpath.dirname(uri) or ".") + anchor


def table_cells(text: str) -> str:
    """Return Markdown without backslashes before | in code: GitHub needs them in tables, mkdocs would show them."""
    return CODE_IN_CELL.sub(lambda match: match[0].replace("\\|", "|"), text)


def in_items(text: str) -> str:
    """Return Markdown in which the paragraphs and blocks of `1.` items are indented as mkdocs needs it, by 4 instead of 3."""
    return re.sub("^   (?=.)", "    ", text, flags=re.MULTILINE)
