"""`lstmlint rule` and `lstmlint rules`: the documentation of the rules on the command line."""

from __future__ import annotations

import textwrap
from typing import Any

from lstmlint.commands.exit_codes import CLEAN
from lstmlint.commands.request import choice
from lstmlint.commands.writing import write_stdout
from lstmlint.model.findings import UsageError
from lstmlint.reporting.layout import PROSE, paragraphs, prose_width, terminal_width, wrap
from lstmlint.rules.documentation import GROUPS, document, in_order, options_in, to_markdown, to_table
from lstmlint.rules.registry import Rule
from lstmlint.version import __version__, rule_url

VERSION = 1
RULE_FORMATS = ("text", "json", "markdown")
INDENT = "    "
NARROWEST_SUMMARY = 40


def show_rule(code_or_name: str, format: str | None) -> int:
    """Print a rule and return the exit code. Raises: UsageError if the rule does not exist."""
    from lstmlint import rules

    chosen = choice(format or "text", RULE_FORMATS, "--format")
    found = rules.find(code_or_name.strip())
    if found is None:
        if rules.selector(code_or_name) is not None:
            raise UsageError(f"{code_or_name!r} selects several rules; lstmlint rules lists them")
        hint = rules.suggestion(code_or_name, one=True) or "; lstmlint rules lists them"
        raise UsageError(f"no rule has the code or name {code_or_name!r}{hint}")
    if chosen == "json":
        from lstmlint.reporting.json import pretty

        write_stdout(pretty(to_dict(found)), "utf-8")
    elif chosen == "markdown":
        write_stdout(to_markdown(found), "utf-8")
    else:
        write_stdout(to_text(found, prose_width()))
    return CLEAN


def show_rules(format: str | None) -> int:
    """Print the table of all rules and return the exit code. Raises: UsageError."""
    from lstmlint import rules

    chosen = choice(format or "text", RULE_FORMATS, "--format")
    table = in_order(rules.load().values())
    if chosen == "json":
        from lstmlint.reporting.json import pretty

        listed = {"version": VERSION, "lstmlint": __version__, "rules": [to_dict(rule) for rule in table]}
        write_stdout(pretty(listed), "utf-8")
    elif chosen == "markdown":
        write_stdout(to_table(table) + "\n", "utf-8")
    else:
        write_stdout(listing(table, terminal_width() or PROSE))
    return CLEAN


def to_dict(rule: Rule) -> dict[str, Any]:
    """Return one rule as JSON. default: whether it runs without being selected; the examples are JSON texts."""
    text = document(rule)
    return {
        "code": rule.code,
        "name": rule.name,
        "severity": rule.severity,
        "default": rule.enabled,
        "since": rule.since,
        "summary": text.summary,
        "description": text.description,
        "fix": text.fix,
        "options": {
            name: {"default": option.default, "least": option.least, "most": option.most, "meaning": option.meaning}
            for name, option in rule.options.items()
        },
        "fails": text.fails or None,
        "passes": text.passes or None,
        "references": text.references or None,
        "url": rule_url(rule.code),
    }


def to_text(rule: Rule, width: int) -> str:
    """Return one rule as text. The lines of examples are not wrapped: they are for copying."""
    text = document(rule)
    parts = [f"{rule.code} {rule.name}\n{rule.severity}, {'on' if rule.enabled else 'off'} by default"]
    parts.append(paragraphs(text.description, width))
    if text.fix:
        parts.append(paragraphs(f"Fix: {text.fix}", width))
    if rule.options:
        lines = [line for option in options_in(rule) for line in wrap(INDENT + option, width, 2)]
        parts.append(f"Options, in [tool.lstmlint.rule-options.{rule.code}]:\n" + "\n".join(lines))
    for title, example in (("Fails", text.fails), ("Passes", text.passes)):
        if example:
            parts.append(f"{title}:\n{textwrap.indent(example, INDENT)}")
    if text.references:
        parts.append(paragraphs(f"References: {text.references}", width))
    parts.append(f"Online: {rule_url(rule.code)}")
    return "\n\n".join(parts) + "\n"


def listing(rules: list[Rule], width: int) -> str:
    """Return all rules, one per line, in groups; with their summaries if the terminal is wide enough."""
    names = max(len(rule.name) for rule in rules)
    lines: list[str] = []
    for letter, title in GROUPS.items():
        group = [rule for rule in rules if rule.code[0] == letter]
        if group:
            lines += ["", f"{letter}: {title}"] if lines else [f"{letter}: {title}"]
        for rule in group:
            line = f"  {rule.code}  {rule.name:{names}}  {rule.severity:7}  {'on' if rule.enabled else 'off':3}"
            if width - len(line) >= NARROWEST_SUMMARY:
                lines += wrap(f"{line}  {first_sentence(rule.summary)}", width, len(line))
            else:
                lines += wrap(line.rstrip(), width, 2)
    lines += ["", *wrap("on, off: whether a rule runs by default. For details: lstmlint rule CODE", width)]
    return "\n".join(lines) + "\n"


def first_sentence(text: str) -> str:
    """Return the text up to the first full stop before a space."""
    end = text.find(". ")
    return text if end < 0 else text[: end + 1]
