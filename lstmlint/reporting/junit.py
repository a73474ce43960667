"""The junit format: a suite per file and a test case per finding, a failure if the finding fails the run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from lstmlint.model.findings import at_least
from lstmlint.reporting import Totals, View
from lstmlint.reporting.escape import xml
from lstmlint.reporting.places import repository_path
from lstmlint.reporting.spool import Spool

if TYPE_CHECKING:
    from lstmlint.report import FileReport


def digest(report: FileReport, view: View) -> tuple[str, int, int]:
    """Return the file's suite, the number of its cases and of its failures."""
    path = xml(repository_path(report.path, view.root))
    file = xml(repository_path(report.file, view.root))
    cases = []
    failures = 0
    named: Counter[str] = Counter()
    for finding in report.findings:
        cell = "" if finding.cell is None else f"cell {finding.cell}, "
        place = f"{cell}line {finding.line}, column {finding.column}"
        advice = f"\nhelp: {xml(finding.help)}" if finding.help else ""
        text = f"{place}: {xml(finding.message)}{advice}"
        if at_least(finding.severity, view.fail_on):
            failures += 1
            inner = f'<failure type="{finding.severity}" message="{xml(finding.message)}">{text}</failure>'
        else:
            inner = f"<system-out>{finding.severity}: {text}</system-out>"
        name = f"{finding.code} {finding.name}" + (f" ({finding.layer})" if finding.layer else "")
        named[name] += 1
        # GitLab shows only the first of several cases with the same name.
        name = xml(name if named[name] == 1 else f"{name} #{named[name]}")
        cases.append(f'    <testcase classname="{path}" name="{name}">{inner}</testcase>\n')
    if not cases:
        cases.append(f'    <testcase classname="{path}" name="lstmlint"/>\n')
    suite = f'  <testsuite name="{path}" file="{file}" tests="{len(cases)}" failures="{failures}" errors="0">\n'
    return suite + "".join(cases) + "  </testsuite>\n", len(cases), failures


def render(digests: Iterable[Any], totals: Totals, view: View) -> Iterator[str]:
    """Yield all suites."""
    suites, tests, failures = Spool(), 0, 0
    for suite, cases, failed in digests:
        suites.append(suite)
        tests, failures = tests + cases, failures + failed
    yield '<?xml version="1.0" encoding="UTF-8"?>\n'
    yield f'<testsuites name="lstmlint" tests="{tests}" failures="{failures}" errors="0">\n'
    yield from suites
    yield "</testsuites>\n"
