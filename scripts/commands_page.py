"""The page of all commands and their options, from the declarations that --help shows."""

from __future__ import annotations

import re
from typing import Any

import typer

from lstmlint.commands.declarations import app
from lstmlint.commands.help import LITERAL

# The commands in the order of the page.
FIRST = ("check", "explain", "count", "diff", "convert", "compat", "rule", "rules")


def commands_page() -> str:
    """Return the page in Markdown."""
    commands = typer.main.get_command(app).commands  # type: ignore[attr-defined]
    names = [*FIRST, *(name for name in commands if name not in FIRST)]
    lines = [
        "# Commands",
        "",
        "`lstmlint PATH...` is short for the command `check`. `lstmlint COMMAND --help` prints what is on this page, and",
        "`lstmlint --install-completion` sets up completion in your shell.",
        "",
    ]
    for name in names:
        lines += command_section(name, commands[name])
    return "\n".join(lines).rstrip() + "\n"


def command_section(name: str, command: Any) -> list[str]:
    """Return the section of one command."""
    call = "lstmlint" if name == "check" else f"lstmlint {name}"
    title = "lstmlint PATH..." if name == "check" else call
    arguments = [parameter for parameter in command.params if parameter.param_type_name == "argument"]
    options = [parameter for parameter in command.params if parameter.param_type_name == "option"]
    usage = " ".join([call, "[OPTIONS]", *(argument_usage(argument) for argument in arguments)])
    lines = [f"## {title}", "", *prose(command.help), "```text", usage, "```", ""]
    if arguments:
        lines += ["| argument | meaning |", "|---|---|"]
        lines += [f"| `{argument.metavar}` | {cell(argument.help)} |" for argument in arguments]
        lines.append("")
    lines += ["| option | meaning |", "|---|---|"]
    lines += [f"| {option_names(option)} | {cell(option.help)} |" for option in options if not option.hidden]
    lines += ["| `-h`, `--help` | Show the help and exit. |", ""]
    return lines + prose(command.epilog)


def argument_usage(argument: Any) -> str:
    """Return how an argument is written in the usage line."""
    word = argument.metavar if argument.required else f"[{argument.metavar}]"
    return f"{word}..." if argument.nargs == -1 else word


def option_names(option: Any) -> str:
    """Return the names of an option, with its metavar."""
    names = sorted(option.opts, key=len)
    if not option.is_flag:
        names[-1] += f" {option.metavar}"
    return ", ".join(f"`{name}`" for name in names)


def prose(text: str | None) -> list[str]:
    """Return the paragraphs of a help text; tables and examples stay as they are."""
    lines: list[str] = []
    for paragraph in (text or "").strip("\n").split("\n\n"):
        if paragraph.startswith(LITERAL):
            title, *rows = paragraph.removeprefix(LITERAL).rstrip().split("\n")
            lines += [title, "", "```text", *(row.removeprefix("  ") for row in rows), "```", ""]
        elif paragraph:
            lines += [cell(" ".join(paragraph.split())), ""]
    return lines


def cell(text: str) -> str:
    """Return a text in which Markdown takes nothing as markup."""
    for character in "\\|*_<[`":
        text = text.replace(character, "\\" + character)
    return re.sub(r"(?<![\w-])--[a-z][a-z-]*", r"`\g<0>`", text)
