"""How --help is laid out: by the rules of reporting.layout, on every terminal and by every version of typer."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from lstmlint.reporting.layout import prose_width, wrap

if TYPE_CHECKING:
    from collections.abc import Sequence

LITERAL = "\b\n"  # begins a paragraph whose lines stay as they are
WIDEST_NAME = 28  # the descriptions of options with longer names begin on the next line
_REQUIRED = re.compile(r"[{<](\w+)[}>]")  # some versions of typer put required arguments in brackets


def use(command: Any) -> None:
    """Let a command of typer write its help with `Formatter`."""
    context_class = command.context_class
    formatter = type("Formatter", (Formatter, context_class.formatter_class), {})
    command.context_class = type("Context", (context_class,), {"formatter_class": formatter})


class Formatter:
    """Replaces what typer's own formatter wraps: it breaks words at hyphens, in the middle of options."""

    current_indent: int

    def write_usage(self: Any, prog: str, args: str = "", prefix: str | None = None) -> None:
        """Write the line of the command and its arguments."""
        arguments = _REQUIRED.sub(r"\1", args)
        self.write("\n".join(wrap(f"{prefix or 'Usage: '}{prog} {arguments}", prose_width(), 4)) + "\n")

    def write_text(self: Any, text: str) -> None:
        """Write paragraphs. A literal line is wrapped only if it is a row of two columns."""
        indent, width = " " * self.current_indent, prose_width()
        parts = []
        for paragraph in re.split(r"\n\s*\n", text.strip("\n")):
            if paragraph.startswith(LITERAL):
                lines = paragraph.removeprefix(LITERAL).split("\n")
                parts.append([piece for line in lines for piece in row(indent + line, width)])
            else:
                parts.append(wrap(indent + " ".join(paragraph.split()), width))
        self.write("\n\n".join("\n".join(lines) for lines in parts) + "\n")

    def write_dl(self: Any, rows: Sequence[tuple[str, str]], *args: Any, **kwargs: Any) -> None:
        """Write names and their descriptions in two columns."""
        indent, width = " " * self.current_indent, prose_width()
        names = min(WIDEST_NAME, max(len(name) for name, _ in rows))
        for name, description in rows:
            first, *more = wrap(" ".join(description.split()), width - names - len(indent) - 2)
            lines = [f"{indent}{name:{names}}  {first}"] if len(name) <= names else [indent + name]
            if len(name) > names:
                more = [first, *more]
            lines += [f"{indent}{'':{names}}  {line}" for line in more]
            self.write("\n".join(line.rstrip() for line in lines) + "\n")


def row(line: str, width: int) -> list[str]:
    """Wrap a row of two columns within the second one; any other line stays whole, to be copied."""
    columns = re.match(r"( *\S+(?: \S+)*  +)\S", line)
    return wrap(line, width, len(columns[1]) - (len(line) - len(line.lstrip()))) if columns else [line]
