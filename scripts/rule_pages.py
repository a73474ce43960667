"""The pages of the documentation site that are generated from the rules: one for each rule, and the table of all."""

from __future__ import annotations

import json
import re
from functools import lru_cache
from pathlib import Path
from typing import Any

from lstmlint import Options, analyze, rules
from lstmlint.commands.rules import first_sentence
from lstmlint.reporting import View, load
from lstmlint.rules.documentation import GROUPS, document, in_order, options_in
from lstmlint.rules.registry import Rule

ROOT = Path(__file__).resolve().parent.parent
ANSWERS = ROOT / "tests" / "data" / "rule_examples.json"
NAMES = {"keras": "Keras", "tf_keras": "tf_keras"}
CODE = re.compile(r"\b[A-Z][0-9]{3}\b")
LIMITS = {"C501", "C502", "C503", "C504", "C506", "C507", "C511"}
WIDTH = 88


def index_page() -> str:
    """Return the table of all rules, in groups, with links to their pages."""
    lines = [
        "# Rules",
        "",
        "Each rule has a page: what it finds and why, an example with its correction, what Keras says about the example, and",
        "how to suppress it. `lstmlint rule CODE` prints the main parts in a terminal.",
        "",
        "An *error* is something that Keras refuses, a *warning* something that Keras accepts but that the author would change,",
        "and an *info* may be intentional. Rules that are *off* run only if `extend-select` in the [settings](settings.md) or",
        "`--extend-select` names them.",
    ]
    table = in_order(rules.load().values())
    for letter, title in GROUPS.items():
        group = [rule for rule in table if rule.code[0] == letter]
        lines += ["", f"## {letter}: {title}", "", "| rule | severity | finds |", "|---|---|---|"]
        for rule in group:
            severity = rule.severity if rule.enabled else f"{rule.severity}, off"
            link = f"[{rule.code} {rule.name}](rules/{rule.code}.md)"
            lines.append(f"| {link} | {severity} | {cell(first_sentence(rule.summary))} |")
    return "\n".join(lines) + "\n"


def rule_page(rule: Rule) -> str:
    """Return the page of one rule in Markdown."""
    text = document(rule)
    letter = rule.code[0]
    group = f"[{letter}: {GROUPS[letter]}](../rules.md#{anchor(f'{letter}: {GROUPS[letter]}')})"
    default = "on by default" if rule.enabled else "off by default"
    parts = [
        f"# {rule.code} {rule.name}",
        f"[Rules](../rules.md) › {group}",
        f"**{rule.severity}** · {default} · since lstmlint {rule.since}{frequency(rule)}",
        "## What it finds",
        text.description,
        "## What to do",
        text.fix,
    ]
    if text.fails:
        parts += ["## Example", fenced("json", text.fails), "lstmlint reports:", fenced("text", reported(rule))]
        parts += [said(rule, "fails"), "Corrected:", fenced("json", text.passes), said(rule, "passes")]
    if rule.options:
        table = f"[tool.lstmlint.rule-options.{rule.code}]"
        parts += ["## Options", "With their defaults:", fenced("toml", "\n".join([table, *options_in(rule)]))]
    found = changes(rule, (ROOT / "CHANGELOG.md").read_text("utf-8"))
    if found:
        parts += ["## Changes", "\n".join(found)]
    related = relatives(rule)
    if related:
        parts += ["## Related rules", "\n".join(related)]
    parts += ["## If the finding is fine", suppression(rule)]
    if text.references:
        parts += ["## References", re.sub(r"https?://[^\s;,]+", r"<\g<0>>", text.references)]
    return "\n\n".join(part for part in parts if part) + "\n"


@lru_cache(maxsize=1)
def real_models() -> tuple[str, dict[str, str]]:
    """Return the number of published models, and code -> how many of them have a finding."""
    text = (ROOT / "docs" / "rules-on-real-models.md").read_text("utf-8")
    total = re.search(r"in (\d+) published model files", text)
    assert total
    table, _, others = text.partition("Rules without findings")
    found = dict.fromkeys(CODE.findall(others.partition("\n\n")[0]), "none")
    return total[1], found | dict(re.findall(r"^\| ([A-Z]\d{3}) \S+ \| \w+ \| (\d+) \|", table, re.MULTILINE))


def frequency(rule: Rule) -> str:
    """Return in how many published models the rule was found; nothing for a limit, or a rule that was not asked."""
    total, found = real_models()
    if rule.code in LIMITS or rule.code not in found:
        return ""
    return f" · [found in {found[rule.code]} of {total} published models](../rules-on-real-models.md)"


def reported(rule: Rule) -> str:
    """Return what lstmlint prints about the failing example."""
    report = analyze(document(rule).fails.encode(), Options(extend_select=(rule.code,)), name="model.json")
    view = View(quiet=True, width=WIDTH)
    return str(load("text").digest(report, view)).rstrip()


@lru_cache(maxsize=1)
def answers() -> dict[str, Any]:
    """Return what Keras says about the examples: scripts/record_rule_examples.py records it."""
    return dict(json.loads(ANSWERS.read_text("utf-8")))


def said(rule: Rule, example: str) -> str:
    """Return a sentence about what Keras does with an example, or an empty string if no installed Keras reads it."""
    for name, recorded in answers().items():
        answer = recorded["answers"].get(rule.code)
        if answer is not None and example in answer:
            who = f"{NAMES[name]} {recorded['release']}"
            error = answer[example]
            if error is None:
                return f"{who} loads this model without an error."
            return f"{who} does not load this model:\n\n{fenced('text', error)}"
    return ""


def relatives(rule: Rule) -> list[str]:
    """Return a list of links to the rules that this one names or replaces, and to those that name or replace it."""
    table = rules.load()
    named = {other: {*CODE.findall(entry.documentation), *entry.refines} for other, entry in table.items()}
    found = {code for code in table if code in named[rule.code] or rule.code in named[code]} - {rule.code}
    return [
        f"- [{other.code} {other.name}]({other.code}.md): {first_sentence(other.summary)}"
        for other in in_order(table[code] for code in found)
    ]


def changes(rule: Rule, changelog: str) -> list[str]:
    """Return the entries of later releases in the changelog that name the rule, as a list."""
    found: list[str] = []
    for section in changelog.split("\n## ")[1:]:
        release = section.split()[0].strip("[]")
        if release == rule.since:
            return found
        entries = (" ".join(entry.split()) for entry in re.split(r"^- ", section, flags=re.MULTILINE)[1:])
        found += [f"- {release}: {entry}" for entry in entries if rule.code in CODE.findall(entry)]
    return []


def suppression(rule: Rule) -> str:
    """Return how to suppress a finding of the rule."""
    code = rule.code
    if code == "E099":
        return "It cannot be suppressed: lstmlint failed. Please report it."
    if code[0] == "X":
        return (
            "The file itself and the settings in its folder cannot suppress it. The command line can, and so can settings"
            " that you name:\n\n"
            + fenced("sh", f"lstmlint model.keras --ignore {code}")
            + "\n\nSee [security](../security.md#what-leaves-findings-out)."
        )
    if rule.code in LIMITS:
        return "Raise the limit on the command line or in the settings: see [Does it fit?](../how-to/does-it-fit.md)."
    if not rule.enabled:
        return "The rule is off by default. Leave it out of `select` and `extend-select`."
    lines = [
        "In the [settings](../settings.md), for all models or for some layers:",
        fenced(
            "toml",
            f'[tool.lstmlint]\nignore = ["{code}"]\n\n[[tool.lstmlint.suppress]]\nrules = ["{code}"]\n'
            f'files = "models/decoder*.json"\nlayers = ["lstm_1"]\nreason = "why it is fine"',
        ),
    ]
    if code[0] == "Y":
        lines += ["In the program:", fenced("python", f"x = layer(x)  # lstmlint: ignore[{code}] why it is fine")]
    else:
        lines += [
            "In the JSON of the model, next to its `class_name`; Keras ignores the key:",
            fenced("json", f'"lstmlint": {{"ignore": ["{code}"], "reason": "why it is fine"}}'),
        ]
    return "\n\n".join([*lines, "Comments in YAML and Python, and baselines: see [suppressions](../suppression.md)."])


def fenced(language: str, code: str) -> str:
    """Return a block of code in Markdown."""
    return f"```{language}\n{code}\n```"


def cell(text: str) -> str:
    """Return a text for a cell of a table in Markdown."""
    return text.replace("|", "\\|")


def anchor(heading: str) -> str:
    """Return the anchor of a heading."""
    return re.sub(r"[^a-z0-9]+", "-", heading.lower()).strip("-")
