"""Escape text from files, with one function per target.

A layer's name can hold terminal escapes, newlines, Markdown, HTML, workflow commands and lone surrogates. JSON needs
none of this, except for surrogates (see `well_formed`).
"""

from __future__ import annotations

import re
from typing import Any

MOST_MARKS = 4  # combining characters in a row; languages need up to 3

# GitHub's runner obeys lines in the output of any step that begin with `::` or contain `##[`, and the agent of Azure
# Pipelines those that contain `##[` or `##vso[`.
# One `::` after the name of a program is no command, which needs a second one.
_RUNNER_COMMAND = r"##(?=(?:[vV][sS][oO])?\[)"
RUNNER_COMMAND = re.compile(_RUNNER_COMMAND)
_COMMAND = re.compile(rf"(?<!\.py)(?<!\.ipynb)::|{_RUNNER_COMMAND}")
# Runs of characters that are no ASCII, long enough to stack marks.
_MARKS = re.compile(rf"[^\x00-\x7f]{{{MOST_MARKS + 1},}}")
_SURROGATE = re.compile("[\ud800-\udfff]")
_MARKDOWN = re.compile(r"([\\`*_\[\]|~$])")
_MENTION = re.compile(r"@|#|://|(?<!\S):(?=:)")
_XML = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;"}
# The escape of % comes first.
_AZURE = {"%": "%AZP25", "\r": "%0D", "\n": "%0A", ";": "%3B", "]": "%5D"}
# A spreadsheet treats such a cell as a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\uff1d", "\uff0b", "\uff0d", "\uff20")
_DANGEROUS = (  # compiled when it is needed
    r"\r(?!\n)|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]|##(?:vso)?\["
)


def visible(text: str) -> str:
    r"""Return the text on one line, with escapes for unprintable characters: \x1b, \n, \u202e, \ud800.

    Many combining characters on one letter would cover the lines above, so they are escaped, too.
    """
    if not text.isascii():
        text = _MARKS.sub(_without_stack, text)
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else _escaped(c) for c in text)


def _without_stack(match: re.Match[str]) -> str:
    """Escape the combining characters in a run of characters that follow MOST_MARKS others."""
    from unicodedata import category

    shown, marks = [], 0
    for c in match[0]:
        marks = marks + 1 if category(c)[0] == "M" else 0
        shown.append(c if marks <= MOST_MARKS else _escaped(c))
    return "".join(shown)


def _escaped(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")


def terminal(text: str) -> str:
    """Escape for a terminal or a log: one line, no control characters, no commands to a CI runner."""
    text = visible(text)
    if ":" in text or "#" in text:
        text = _COMMAND.sub(lambda match: ":\\x3a" if match[0] == "::" else "#\\x23", text)
    return text


def json_text(text: str) -> str:
    """Escape JSON in ASCII for a log: a command to a CI runner may be anywhere in a line."""
    return RUNNER_COMMAND.sub("#\\\\u0023", text) if "##" in text else text


def dangerous(text: str) -> bool:
    """Return whether a text would do more to a terminal or a log than to show characters."""
    return re.search(_DANGEROUS, text) is not None


def well_formed(value: Any) -> Any:
    """Replace lone surrogates in plain data: Python writes them into JSON, but other readers reject them."""
    if isinstance(value, str):
        return _SURROGATE.sub("\ufffd", value)
    if isinstance(value, list):
        return [well_formed(item) for item in value]
    if isinstance(value, dict):
        return {well_formed(key): well_formed(item) for key, item in value.items()}
    return value


def github_data(text: str) -> str:
    """Escape the message of a workflow command."""
    text = text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    return RUNNER_COMMAND.sub("#\\\\x23", text)


def github_property(text: str) -> str:
    """Escape a property of a workflow command, such as its file or title."""
    return github_data(text).replace(":", "%3A").replace(",", "%2C")


def azure(text: str) -> str:
    """Escape the message or a property of a logging command of Azure Pipelines."""
    for character, escape in _AZURE.items():
        text = text.replace(character, escape)
    return RUNNER_COMMAND.sub("#\\\\x23", text)


def markdown(text: str) -> str:
    """Escape a line of Markdown or a table's cell: it holds no markup, HTML, mentions or links."""
    text = _MARKDOWN.sub(r"\\\1", visible(text).replace("&", "&amp;").replace("<", "&lt;"))
    # A comment in the middle prevents links from `@name`, `#1` and bare addresses, and commands of `::`.
    return _MENTION.sub(lambda match: f"{match[0][:1]}<!-- -->{match[0][1:]}", text)


def markdown_code(text: str) -> str:
    """Return a code span in Markdown, also for a table's cell."""
    text = RUNNER_COMMAND.sub("#\\\\x23", visible(text).replace("|", "\\|"))
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    fence = "`" * (longest + 1)
    space = " " if text[:1] in ("`", " ", "") or text[-1:] in ("`", " ") else ""
    return f"{fence}{space}{text}{space}{fence}"


def xml(text: str) -> str:
    """Escape text or an attribute's value in XML 1.0 or HTML."""
    text = re.sub("[&<>\"']", lambda match: _XML[match[0]], visible(text))
    return _COMMAND.sub(lambda match: ":&#58;" if match[0] == "::" else "#&#35;", text)


def csv(text: str) -> str:
    """Escape a cell's text, which must not be a formula; the csv module quotes it."""
    text = terminal(text)
    return f"'{text}" if text.startswith(_FORMULA) else text


def sarif(text: str) -> str:
    """Escape a message of SARIF, in which `[text](target)` would be a link."""
    return text.replace("[", "\\[").replace("]", "\\]") if "](" in text else text
