"""Problems and findings.

A `Problem` is found on the way and has a place in the document's structure. A `Finding` is a problem with a rule's name
and severity, and with a line and a column.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

Severity = Literal["error", "warning", "info"]
SEVERITIES: tuple[Severity, ...] = get_args(Severity)


def at_least(severity: str, threshold: str) -> bool:
    """Return whether `severity` is at least as severe as `threshold`."""
    order: tuple[str, ...] = SEVERITIES
    return threshold in order and order.index(severity) <= order.index(threshold)


_LONGEST = 200  # characters of a name in a message


def listing(names: Sequence[str], most: int = 5) -> str:
    """Return names as a message lists them: `a`, `a and b`, `a, b, and c`, or `a, b, c, d, e, and 12 more`."""
    parts, more = first_names(names, most)
    if more:
        parts.append(f"{more:,} more")
    if len(parts) < 3:
        return " and ".join(parts)
    return ", ".join(parts[:-1]) + f", and {parts[-1]}"


def first_names(names: Sequence[str], most: int = 5) -> tuple[list[str], int]:
    """Return the first names, long ones cut, and the number of the others."""
    shown = [name if len(name) <= _LONGEST else f"{name[:_LONGEST]}..." for name in names[:most]]
    return shown, len(names) - len(shown)


@dataclass(slots=True)
class Problem:
    """Something wrong with a model, found by reading, parsing, inference, or a rule.

    `pointer` is a JSON pointer into the document. `data` holds facts that rules may use, such as the layer's path or
    the shapes involved; it is not printed.
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
    """A problem with its rule's name and severity, and its place in the file (1-based).

    amount: of a budget that is exceeded, the cost of the model; None for other findings.
    cell: of a notebook, from 1; line and column are then in the cell. file_line: the line of the notebook's JSON.
    merged: the findings in several layers that this one stands for, itself first.
    edit: the change of the file that removes the cause, if whoever found it knows one.
    changes: what `--fix` would change in the text: the first place, the place after the last, and the new text. Empty if
    nothing, or if nobody asked.
    """

    code: str
    name: str
    severity: Severity
    message: str
    help: str
    layer: str | None
    pointer: str
    line: int
    column: int
    amount: int | None = None
    merged: list[Finding] = field(default_factory=list)
    edit: Any = None
    cell: int | None = None
    file_line: int | None = None
    changes: Sequence[tuple[tuple[int, int], tuple[int, int], str]] = ()

    @property
    def fixable(self) -> bool:
        """Whether `--fix` would fix it, if that was asked."""
        return bool(self.changes)

    @property
    def each(self) -> list[Finding]:
        """The findings that this one stands for."""
        return self.merged or [self]

    def to_dict(self) -> dict[str, Any]:
        """Return the finding as an entry of the JSON report."""
        entry = {
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
        if self.cell is not None:
            entry["cell"] = self.cell
        return entry


class ReadError(Exception):
    """A file that cannot be read as a model. It becomes a finding.

    code: E001 if the content is damaged, E002 if it is not a Keras model.
    problems: what else was found in the file.
    subclassed: the class of a model whose layers the file does not record.
    text: the text that line and column are about.
    """

    def __init__(
        self, code: str, message: str, help: str = "", line: int = 1, column: int = 1, subclassed: object = None
    ) -> None:
        super().__init__(message)
        self.problems: list[Problem] = []
        self.text: str | None = None
        self.subclassed = subclassed if isinstance(subclassed, str) else None
        self.code = code
        self.message = message
        self.help = help
        self.line = line
        self.column = column


class UsageError(Exception):
    """A bad option, setting, or path. The message is one sentence; the exit code is 2."""
