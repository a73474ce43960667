"""`lstmlint rule` and `lstmlint rules`: what lstmlint looks for, and why."""

from __future__ import annotations

import textwrap
from typing import Any

from lstmlint.commands.exit_codes import CLEAN
from lstmlint.commands.request import choice, terminal_width
from lstmlint.commands.writing import write_stdout
from lstmlint.model.findings import UsageError
from lstmlint.rules.documentation import GROUPS, document, in_order, options_in, to_markdown, to_table
from lstmlint.rules.registry import Rule

VERSION = 1
WIDTH = 80
NARROWEST = 40  # column of prose


def show_rule(code_or_name: str, format: str | None) -> int:
    """Print one rule; the exit code. Raises: UsageError, where there is no such rule."""
    from lstmlint import rules

    shown = choice(format or "text", ("text", "json", "markdown"), "--format")
    found = rules.find(code_or_name.strip())
    if found is None:
        if rules.selector(code_or_name) is not None:
            raise UsageError(f"{code_or_name!r} means several rules; lstmlint rules lists them")
        hint = rules.suggestion(code_or_name, one=True) or "; lstmlint rules lists them"
        raise UsageError(f"no rule has the code or name {code_or_name!r}{hint}")
    if shown == "json":
        from lstmlint.reporting.json import pretty

        write_stdout(pretty(to_dict(found)), "utf-8")
    elif shown == "markdown":
        write_stdout(to_markdown(found), "utf-8")
    else:
        write_stdout(to_text(found, min(WIDTH, terminal_width(None) or WIDTH)))
    return CLEAN


def show_rules(format: str | None) -> int:
    """Print the table of all rules; the exit code. Raises: UsageError."""
    from lstmlint import rules

    shown = choice(format or "text", ("text", "json", "markdown"), "--format")
    table = in_order(rules.load().values())
    if shown == "json":
        from lstmlint import __version__
        from lstmlint.reporting.json import pretty

        listed = {"version": VERSION, "lstmlint": __version__, "rules": [to_dict(rule) for rule in table]}
        write_stdout(pretty(listed), "utf-8")
    elif shown == "markdown":
        write_stdout(to_table(table) + "\n", "utf-8")
    else:
        write_stdout(listing(table, terminal_width(None) or WIDTH))
    return CLEAN


def to_dict(rule: Rule) -> dict[str, Any]:
    """One rule for programs. default: whether it runs without being selected; examples are JSON texts."""
    text = document(rule)
    return {
        "code": rule.code,
        "name": rule.name,
        "severity": rule.severity,
        "default": rule.enabled,
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
    }


def to_text(rule: Rule, width: int) -> str:
    """One rule for a person. Examples keep their lines, which are meant to be copied."""
    text = document(rule)
    parts = [f"{rule.code} {rule.name}\n{rule.severity}, {'on' if rule.enabled else 'off'} by default"]
    parts += [textwrap.fill(" ".join(paragraph.split()), width) for paragraph in text.description.split("\n\n")]
    if text.fix:
        parts.append(textwrap.fill(f"Fix: {text.fix}", width, break_on_hyphens=False))
    if rule.options:
        said = "\n".join(textwrap.fill(line, width - 4, subsequent_indent="  # ") for line in options_in(rule))
        parts.append(f"Options, in [tool.lstmlint.rule-options.{rule.code}]:\n{textwrap.indent(said, '    ')}")
    for title, example in (("Fails", text.fails), ("Passes", text.passes)):
        if example:
            parts.append(f"{title}:\n{textwrap.indent(example, '    ')}")
    if text.references:
        parts.append(textwrap.fill(f"References: {text.references}", width, break_long_words=False))
    return "\n\n".join(parts) + "\n"


def listing(rules: list[Rule], width: int) -> str:
    """All rules, one a line, in groups; on a wide terminal also what they find."""
    names = max(len(rule.name) for rule in rules)
    room = width - names - 26
    lines: list[str] = []
    for letter, title in GROUPS.items():
        group = [rule for rule in rules if rule.code[0] == letter]
        if group:
            lines += ["", f"{letter}: {title}"] if lines else [f"{letter}: {title}"]
        for rule in group:
            line = f"  {rule.code}  {rule.name:{names}}  {rule.severity:7}  {'on' if rule.enabled else 'off':3}"
            what = textwrap.wrap(first_sentence(rule.summary), room) if room >= NARROWEST else [""]
            lines.append(f"{line}  {what[0]}".rstrip())
            lines += [" " * (len(line) + 2) + more for more in what[1:]]
    lines += ["", "on, off: whether it runs without being selected. lstmlint rule CODE says more."]
    return "\n".join(lines) + "\n"


def first_sentence(text: str) -> str:
    """Up to the first full stop before a space."""
    end = text.find(". ")
    return text if end < 0 else text[: end + 1]
