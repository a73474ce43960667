"""What the user reads: one module per output format.

A format is a module with two functions. `digest(report, view)` says all that the format needs of one
file; it runs where the file was analyzed, perhaps in another process, so that no model outlives its
analysis. `render(digests, totals, view)` puts the digests together.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from importlib import import_module
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, cast

from lstmlint.model.findings import UsageError

if TYPE_CHECKING:
    from lstmlint.report import FileReport

FORMATS = ("text", "concise", "json", "jsonl", "sarif", "github", "gitlab", "junit", "markdown", "csv")
COLUMNS = ("input-shape", "output-shape", "params", "trainable", "share", "weights", "macs", "connected-to",
           "activation", "kernel-size", "dtype")  # fmt: skip


class View(NamedTuple):
    """How a report is to look.

    single: whether the run is about one file, whose layers are then shown. columns: of the table of
    layers, None for the usual ones. depth: how many levels of nested models to show. width: of the
    terminal; None where lines may be as long as they like. fail_on: the severity that fails the run.
    root: the folder that paths in reports for other programs are relative to.
    """

    single: bool = True
    columns: tuple[str, ...] | None = None
    depth: int = 0
    width: int | None = None
    color: bool = False
    quiet: bool = False
    statistics: bool = False
    fail_on: str = "error"
    root: str = ""


@dataclass(slots=True)
class Totals:
    """Sums over the whole run.

    codes: how often each (code, name, severity) was found. known: to the baseline. fixable: by --fix.
    """

    files: int = 0
    models: int = 0
    errors: int = 0
    warnings: int = 0
    infos: int = 0
    params: int = 0
    complete: bool = True
    codes: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)
    known: int = 0
    fixable: int = 0

    def add(self, report: FileReport) -> None:
        """Count one more file in."""
        self.files += 1
        self.known += report.known
        self.fixable += report.fixable
        if report.model is not None:
            self.models += 1
            self.params += report.model.params
            self.complete = self.complete and report.model.complete
        for finding in report.findings:
            self.codes[finding.code, finding.name, finding.severity] += 1
            if finding.severity == "error":
                self.errors += 1
            elif finding.severity == "warning":
                self.warnings += 1
            else:
                self.infos += 1

    def merge(self, other: Totals) -> None:
        """Count in what another process has summed up."""
        self.files += other.files
        self.known += other.known
        self.fixable += other.fixable
        self.models += other.models
        self.errors += other.errors
        self.warnings += other.warnings
        self.infos += other.infos
        self.params += other.params
        self.complete = self.complete and other.complete
        self.codes.update(other.codes)


class Format(Protocol):
    """What a module of this package offers."""

    def digest(self, report: FileReport, view: View) -> Any:
        """All that the format needs of one file; can be pickled."""

    def render(self, digests: list[Any], totals: Totals, view: View) -> str:
        """The whole report."""


def load(name: str) -> Format:
    """The format of a name."""
    return cast("Format", import_module(f"lstmlint.reporting.{name}"))


def parse_columns(text: str) -> tuple[str, ...]:
    """The columns named in a list with commas; `+name` adds to the usual ones.

    Raises: UsageError for an unknown one.
    """
    names = [name.strip() for name in text.split(",") if name.strip()]
    if not names:
        raise UsageError(f"--columns names no column; columns are {', '.join(COLUMNS)}, all")
    chosen = ["usual"] if any(name.startswith("+") for name in names) else []
    for name in names:
        column = name.removeprefix("+")
        if column == "all":
            chosen = list(COLUMNS)
        elif column not in COLUMNS:
            from lstmlint.model.suggestions import did_you_mean

            hint = did_you_mean(column, COLUMNS)
            raise UsageError(f"--columns: there is no column {column!r}{hint}; columns are {', '.join(COLUMNS)}, all")
        elif column not in chosen:
            chosen.append(column)
    return tuple(chosen)


def plural(count: int, noun: str) -> str:
    """1 file, 2 files."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def size(count: float) -> str:
    """Bytes as Keras writes them: 1.92 KB, of 1024 bytes."""
    for unit in ("B", "KB", "MB", "GB", "TB"):
        if count < 1024:
            return f"{count:.2f} {unit}"
        count /= 1024
    return f"{count:.2f} PB"
