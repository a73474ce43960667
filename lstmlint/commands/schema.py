"""`lstmlint schema`: print a JSON Schema."""

from __future__ import annotations

from lstmlint.commands.exit_codes import CLEAN
from lstmlint.commands.request import Destination, choice, written_to
from lstmlint.commands.writing import check_writable, write
from lstmlint.reporting import View
from lstmlint.resources import SCHEMAS, schema_text


def run(name: str, output: str | None) -> int:
    """Print a schema, or write it to a file, and return the exit code. Raises: UsageError."""
    text = schema_text(choice(name, SCHEMAS, "lstmlint schema"))
    destination = Destination("json", written_to(output), View())
    check_writable(destination)
    write(destination, text)
    return CLEAN
