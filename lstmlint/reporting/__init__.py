"""Reports: one module per output format, each registered in FORMATS and nowhere else.

A format is a module with two functions. `digest(report, view)` extracts everything that the format needs from the
report of one file. It runs in the process that analyzed the file, and its result can be pickled, so no model outlives
its analysis. `render(digests, totals, view)` yields the report in pieces while the files are analyzed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from importlib import import_module
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, cast

from lstmlint.model.values import plural
from lstmlint.reporting.view import View, size

if TYPE_CHECKING:
    from lstmlint.report import FileReport

__all__ = ["FORMATS", "Format", "Totals", "Traits", "View", "load", "plural", "size"]


class Traits(NamedTuple):
    """What the command line needs to know about a format without importing it.

    plain: a person reads it, on a terminal perhaps: it has colors, and the encoding of standard output.
    repository_paths: its paths are relative to the repository.
    fixes: it shows which findings --fix would fix.
    budgets: it shows the budgets of the settings.
    """

    plain: bool = False
    repository_paths: bool = False
    fixes: bool = False
    budgets: bool = False


# Name of the format and of its module -> its traits.
FORMATS = {
    "text": Traits(plain=True, fixes=True),
    "concise": Traits(plain=True, fixes=True),
    "json": Traits(),
    "jsonl": Traits(),
    "sarif": Traits(repository_paths=True),
    "github": Traits(repository_paths=True),
    "gitlab": Traits(repository_paths=True),
    "azure": Traits(repository_paths=True),
    "rdjson": Traits(repository_paths=True, fixes=True),
    "junit": Traits(repository_paths=True),
    "markdown": Traits(),
    "csv": Traits(),
    "html": Traits(budgets=True),
    "dot": Traits(),
    "mermaid": Traits(),
    "svg": Traits(),
}


@dataclass(slots=True)
class Totals:
    """Sums over the whole run.

    codes: the number of findings per (code, name, severity). known: findings that the baseline left out. fixable:
    findings that --fix would fix.
    """

    files: int = 0
    models: int = 0
    errors: int = 0
    warnings: int = 0
    infos: int = 0
    params: int = 0
    complete: bool = True
    exact: bool = True
    codes: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)
    known: int = 0
    fixable: int = 0

    def add(self, report: FileReport) -> None:
        """Add the report of one file."""
        self.files += report.origin is None or report.origin.index == 0
        self.known += report.known
        self.fixable += report.fixable
        if report.model is not None:
            self.models += 1
            self.params += report.model.params
            self.complete = self.complete and report.model.complete
            self.exact = self.exact and (report.origin is None or report.origin.exact)
        for finding in report.findings:
            self.codes[finding.code, finding.name, finding.severity] += 1
            if finding.severity == "error":
                self.errors += 1
            elif finding.severity == "warning":
                self.warnings += 1
            else:
                self.infos += 1

    def merge(self, other: Totals) -> None:
        """Add the sums of another process."""
        self.files += other.files
        self.known += other.known
        self.fixable += other.fixable
        self.models += other.models
        self.errors += other.errors
        self.warnings += other.warnings
        self.infos += other.infos
        self.params += other.params
        self.complete = self.complete and other.complete
        self.exact = self.exact and other.exact
        self.codes.update(other.codes)


class Format(Protocol):
    """The functions of a format's module."""

    def digest(self, report: FileReport, view: View) -> Any:
        """Return everything that the format needs from one file; it can be pickled."""

    def render(self, digests: Iterable[Any], totals: Totals, view: View) -> Iterator[str]:
        """Yield the report in pieces, so that no run needs memory for all of it.

        digests: those of all files, in order; they can be read once. totals: complete after the last digest. A report
        that begins with the totals keeps the digests in a `Spool`.
        """


def load(name: str) -> Format:
    """Import the module of a format."""
    return cast("Format", import_module(f"lstmlint.reporting.{name}"))
