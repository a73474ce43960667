"""What is wrong: a `Problem` is found on the way and knows its place in the document's structure;
a `Finding` is a problem that a rule has named and that has a line and a column."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal, get_args

Severity = Literal["error", "warning", "info"]
SEVERITIES: tuple[Severity, ...] = get_args(Severity)


def at_least(severity: str, threshold: str) -> bool:
    """Whether `severity` is as grave as `threshold`."""
    order: tuple[str, ...] = SEVERITIES
    return threshold in order and order.index(severity) <= order.index(threshold)


@dataclass(slots=True)
class Problem:
    """One thing that is wrong, as reading, parsing, inference or a rule sees it.

    `pointer` is a JSON pointer into the document. `data` carries what a rule may need to say more
    (the layer's path in the model, the shapes met); it is never printed.
    """

    code: str
    message: str
    help: str = ""
    layer: str | None = None
    pointer: str = ""
    severity: Severity | None = None
    data: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Finding:
    """A problem with its rule's name and severity and its place in the file (1-based)."""

    code: str
    name: str
    severity: Severity
    message: str
    help: str
    layer: str | None
    pointer: str
    line: int
    column: int

    def to_dict(self) -> dict[str, Any]:
        """In the form of the JSON report."""
        return {
            "code": self.code,
            "name": self.name,
            "severity": self.severity,
            "message": self.message,
            "help": self.help,
            "layer": self.layer,
            "pointer": self.pointer,
            "line": self.line,
            "column": self.column,
        }


class ReadError(Exception):
    """A file that cannot be read as a model; becomes a finding, never a traceback.

    `code` is the rule's: E001 where the bytes are broken, E002 where they are no Keras model.
    """

    def __init__(self, code: str, message: str, help: str = "", line: int = 1, column: int = 1) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.help = help
        self.line = line
        self.column = column


class UsageError(Exception):
    """A bad option, setting or path: one sentence, exit code 2."""
