"""Parse the documentation of a rule: description, fix, an example that fails, and one that passes.

What is found and why.

Fix: what to do instead.

Fails:
    a model config as JSON

Passes:
    the same, corrected

References: where it is described
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable
from dataclasses import dataclass

from lstmlint.rules.registry import Rule

# First letter of the codes -> title, in the order of the documentation.
GROUPS = {
    "E": "Reading and arguments",
    "S": "Shapes and graph",
    "R": "Recurrent layers",
    "H": "Activation, loss, head",
    "N": "Normalization and regularization",
    "C": "Size and cost",
    "P": "Portability",
    "G": "Hygiene",
    "Y": "Python code",
    "X": "Security",
}
_SECTIONS = ("Fix:", "Fails:", "Passes:", "References:")


@dataclass(frozen=True, slots=True)
class Documentation:
    """The parts of a rule's documentation. Examples are model configs as JSON, or empty."""

    summary: str
    description: str
    fix: str
    fails: str
    passes: str
    references: str


def document(rule: Rule) -> Documentation:
    """Parse the documentation of a rule."""
    parts: dict[str, list[str]] = {"": []}
    current = ""
    for line in rule.documentation.splitlines():
        section = next((name for name in _SECTIONS if line.startswith(name)), None)
        if section:
            current = section
            parts[current] = [line[len(section) :].strip()]
        else:
            parts[current].append(line)
    description = "\n".join(parts[""]).strip()
    return Documentation(
        rule.summary,
        description,
        _paragraph(parts.get("Fix:", [])),
        textwrap.dedent("\n".join(parts.get("Fails:", []))).strip(),
        textwrap.dedent("\n".join(parts.get("Passes:", []))).strip(),
        _paragraph(parts.get("References:", [])),
    )


def _paragraph(lines: list[str]) -> str:
    return " ".join(" ".join(lines).split())


def options_in(rule: Rule) -> list[str]:
    """Return the options of a rule as TOML with their defaults. Comments give their meanings and ranges."""
    return [
        f"{name} = {option.default:{'_' if isinstance(option.default, int) else ''}}  # {option.meaning}; {option.wanted}"
        for name, option in rule.options.items()
    ]


def in_order(rules: Iterable[Rule]) -> list[Rule]:
    """Sort rules by group and code."""
    groups = list(GROUPS)
    return sorted(rules, key=lambda rule: (groups.index(rule.code[0]), rule.code))


def to_table(rules: Iterable[Rule], links: bool = False) -> str:
    """Return rules as a Markdown table. links: link to their sections of docs/rules.md."""
    lines = ["| code | name | severity | default | what |", "|---|---|---|---|---|"]
    for rule in rules:
        code = f"[{rule.code}](#{rule.code.lower()}-{rule.name})" if links else rule.code
        what = rule.summary.replace("|", "\\|")
        lines.append(f"| {code} | {rule.name} | {rule.severity} | {'on' if rule.enabled else 'off'} | {what} |")
    return "\n".join(lines)


def to_markdown(rule: Rule) -> str:
    """Return a rule as a section of docs/rules.md."""
    default = "" if rule.enabled else ", off by default"
    return f"### {rule.code} {rule.name}\n\n*{rule.severity}{default}*\n\n{body_in_markdown(rule)}"


def body_in_markdown(rule: Rule) -> str:
    """Return the text below the heading of such a section."""
    text = document(rule)
    lines = [text.description, ""]
    if text.fix:
        lines += [f"**Fix:** {text.fix}", ""]
    if rule.options:
        table = f"[tool.lstmlint.rule-options.{rule.code}]"
        lines += ["Options, with their defaults:", "", "```toml", table, *options_in(rule), "```", ""]
    for title, example in (("Fails", text.fails), ("Passes", text.passes)):
        if example:
            lines += [f"{title}:", "", "```json", example, "```", ""]
    if text.references:
        lines += [f"References: {text.references}", ""]
    return "\n".join(lines)
