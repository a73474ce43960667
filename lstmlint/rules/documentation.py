"""A rule's docstring taken apart: what and why, how to fix it, an example that fails and one that passes.

What is found and why.

Fix: what to do instead.

Fails:
    a model config as JSON

Passes:
    the same, mended

References: where it is described
"""

from __future__ import annotations

import textwrap
from dataclasses import dataclass

from lstmlint.rules.registry import Rule

_SECTIONS = ("Fix:", "Fails:", "Passes:", "References:")


@dataclass(frozen=True, slots=True)
class Documentation:
    """The parts of a rule's documentation; examples are model configs as JSON, empty where a rule has none."""

    summary: str
    description: str
    fix: str
    fails: str
    passes: str
    references: str


def document(rule: Rule) -> Documentation:
    """The documentation of a rule."""
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


def to_markdown(rule: Rule) -> str:
    """One rule as a section of docs/rules.md."""
    text = document(rule)
    default = "" if rule.enabled else ", off by default"
    lines = [f"### {rule.code} {rule.name}", "", f"*{rule.severity}{default}*", "", text.description, ""]
    if text.fix:
        lines += [f"**Fix:** {text.fix}", ""]
    for title, example in (("Fails", text.fails), ("Passes", text.passes)):
        if example:
            lines += [f"{title}:", "", "```json", example, "```", ""]
    if text.references:
        lines += [f"References: {text.references}", ""]
    return "\n".join(lines)
