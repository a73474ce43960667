"""The sarif format: SARIF 2.1.0, which code scanning and editors read."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from lstmlint.model.urls import is_url
from lstmlint.reporting import Totals, View
from lstmlint.reporting.escape import sarif as message
from lstmlint.reporting.escape import visible
from lstmlint.reporting.json import pretty, pretty_list
from lstmlint.reporting.places import file_place, fingerprints, in_cell, repository_path
from lstmlint.reporting.spool import Spool
from lstmlint.version import HOME, __version__, rule_url

if TYPE_CHECKING:
    from lstmlint.model.findings import Finding
    from lstmlint.report import FileReport
    from lstmlint.rules.registry import Rule

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
ROOT = "ROOT"
LEVELS = {"error": "error", "warning": "warning", "info": "note"}
PROBLEMS = {"info": "recommendation"}  # the name in GitHub's code scanning


def digest(report: FileReport, view: View) -> list[dict[str, Any]]:
    """Return a result per finding."""
    if not report.findings:
        return []
    path = repository_path(report.file, view.root)
    prints = fingerprints(repository_path(report.path, view.root), report.findings)
    return [result(finding, path, prints[i]) for i, finding in enumerate(report.findings)]


def result(finding: Finding, path: str, fingerprint: str) -> dict[str, Any]:
    """Return one result."""
    text = in_cell(finding)
    if finding.help:
        text += f"\nhelp: {finding.help}"
    line, column = file_place(finding)
    place: dict[str, Any] = {
        "physicalLocation": {
            "artifactLocation": location(path),
            "region": {"startLine": line, "startColumn": column},
        }
    }
    logical = {"fullyQualifiedName": finding.pointer} if finding.pointer else {}
    if finding.layer:
        logical = {"name": visible(finding.layer), **logical, "kind": "layer"}
    if logical:
        place["logicalLocations"] = [logical]
    return {
        "ruleId": finding.code,
        "level": LEVELS[finding.severity],
        "message": {"text": message(text)},
        "locations": [place],
        "partialFingerprints": {"lstmlint/v1": fingerprint},
    }


def location(path: str) -> dict[str, str]:
    """Return a file's location, relative to the repository if it is inside."""
    if is_url(path):
        return {"uri": quoted(path, "/:")}
    absolute = os.path.isabs(path)  # noqa: PTH117
    return {"uri": file_uri(path)} if absolute else {"uri": quoted(path), "uriBaseId": ROOT}


def file_uri(path: str) -> str:
    """Return an absolute path as a URI: file:///home/a.json, file:///C:/a.json."""
    return "file:///" + quoted(path.replace(os.sep, "/").lstrip("/"), "/:")


def quoted(path: str, safe: str = "/") -> str:
    """Return the bytes of a path, quoted for a URI."""
    try:
        return quote(os.fsencode(path), safe)
    except UnicodeEncodeError:  # not the name of a file
        return quote(path.encode("utf-8", "replace"), safe)


def render(digests: Iterable[Any], totals: Totals, view: View) -> Iterator[str]:
    """Yield the log with its one run. It describes only the rules with findings."""
    from lstmlint import rules

    kept, found = Spool(), set()
    for results in digests:
        if results:
            kept.append(results)
            found |= {result["ruleId"] for result in results}
    table = rules.load()
    codes = sorted(found)
    run = {
        "tool": {
            "driver": {
                "name": "lstmlint",
                "version": __version__,
                "semanticVersion": __version__,
                "informationUri": HOME,
                "rules": [descriptor(table[code]) for code in codes],
            }
        },
        "invocations": [
            {
                "executionSuccessful": not totals.failures,
                "toolExecutionNotifications": [
                    {"level": "error", "message": {"text": visible(failure)}} for failure in totals.failures
                ],
            }
        ],
        "originalUriBaseIds": {ROOT: {"uri": file_uri(view.root).rstrip("/") + "/"}},
        "columnKind": "unicodeCodePoints",
        "results": [],
    }
    before, _, after = pretty({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}).rpartition("[]")
    yield before
    yield from pretty_list(({**one, "ruleIndex": codes.index(one["ruleId"])} for many in kept for one in many), 3)
    yield after


def descriptor(rule: Rule) -> dict[str, Any]:
    """Return a rule's metadata."""
    from lstmlint.rules.documentation import body_in_markdown

    return {
        "id": rule.code,
        "name": "".join(word.capitalize() for word in rule.name.split("-")),
        "shortDescription": {"text": rule.name.replace("-", " ")},
        "fullDescription": {"text": message(rule.summary or rule.name)},
        "helpUri": rule_url(rule.code),
        "help": {"text": message(rule.documentation or rule.name), "markdown": body_in_markdown(rule)},
        "defaultConfiguration": {"level": LEVELS[rule.severity], "enabled": rule.enabled},
        "properties": {"name": rule.name, "problem.severity": PROBLEMS.get(rule.severity, rule.severity)},
    }
