"""What a file says, made harmless for where it goes: one function per target.

A layer's name can hold terminal escapes, newlines, Markdown, HTML, workflow commands, lone surrogates.
JSON needs none of this: its own escapes hold anything but surrogates (see `well_formed`).
"""

from __future__ import annotations

import re
from typing import Any

# GitHub's runner acts on lines of any step's output that begin with `::` or hold `##[`.
_COMMAND = re.compile(r"::|##\[")
_SURROGATE = re.compile("[\ud800-\udfff]")
_MARKDOWN = re.compile(r"([\\`*_\[\]|~$])")
_MENTION = re.compile("@|#|://")
_XML = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;"}
# What a spreadsheet takes for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def visible(text: str) -> str:
    r"""On one line, with everything that is not printable written as an escape: \x1b, \n, \u202e, \ud800."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)


def terminal(text: str) -> str:
    """For a terminal, a log or a pipe: one line, no control characters, nothing that a CI runner would obey."""
    text = visible(text)
    if ":" in text or "#" in text:
        text = _COMMAND.sub(lambda match: ":\\x3a" if match[0] == "::" else "#\\x23[", text)
    return text


def well_formed(value: Any) -> Any:
    """Plain data with its lone surrogates replaced: Python writes them into JSON, other readers refuse them."""
    if isinstance(value, str):
        return _SURROGATE.sub("\ufffd", value)
    if isinstance(value, list):
        return [well_formed(item) for item in value]
    if isinstance(value, dict):
        return {well_formed(key): well_formed(item) for key, item in value.items()}
    return value


def github_data(text: str) -> str:
    """The message of a workflow command."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def github_property(text: str) -> str:
    """A property of a workflow command (its file, its title)."""
    return github_data(text).replace(":", "%3A").replace(",", "%2C")


def markdown(text: str) -> str:
    """Text within a line of Markdown, in a table's cell too: no markup, HTML, mention or link comes out of it."""
    text = _MARKDOWN.sub(r"\\\1", visible(text).replace("&", "&amp;").replace("<", "&lt;"))
    # A comment in the middle keeps `@name`, `#1` and bare addresses from becoming links.
    return _MENTION.sub(lambda match: f"{match[0][:1]}<!-- -->{match[0][1:]}", text)


def markdown_code(text: str) -> str:
    """A code span in Markdown, in a table's cell too."""
    text = visible(text).replace("|", "\\|")
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    fence = "`" * (longest + 1)
    space = " " if text[:1] in ("`", " ", "") or text[-1:] in ("`", " ") else ""
    return f"{fence}{space}{text}{space}{fence}"


def xml(text: str) -> str:
    """Text or an attribute's value in XML 1.0."""
    return re.sub("[&<>\"']", lambda match: _XML[match[0]], visible(text))


def csv(text: str) -> str:
    """A cell's text (the csv module does the quoting): visible, and no formula to a spreadsheet."""
    text = visible(text)
    return f"'{text}" if text.startswith(_FORMULA) else text


def sarif(text: str) -> str:
    """A message of SARIF, in which `[text](target)` would be a link."""
    return text.replace("[", "\\[").replace("]", "\\]") if "](" in text else text
