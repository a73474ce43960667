"""The json format: everything, in the form that schemas/report.schema.json fixes."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TYPE_CHECKING, Any

from lstmlint.reporting import Totals, View
from lstmlint.reporting.escape import json_text, well_formed
from lstmlint.version import __version__

if TYPE_CHECKING:
    from lstmlint.report import FileReport

VERSION = 1
_CHUNKS = 10_000  # that are joined at a time


def digest(report: FileReport, view: View) -> str:
    """Return the file's entry as text, with a line per layer and per finding."""
    entry = report.to_dict()
    model, findings = entry.pop("model"), entry.pop("findings")
    if model is None:
        shown = "null"
    else:
        layers = model.pop("layers")
        shown = f'{dumps(model)[:-1]}, "layers": {lines(layers)}}}'
    compat = f',\n "compat": {lines(entry.pop("compat"))}' if "compat" in entry else ""
    return f'{dumps(entry)[:-1]},\n "model": {shown},\n "findings": {lines(findings)}{compat}}}'


def render(digests: Iterable[Any], totals: Totals, view: View) -> Iterator[str]:
    """Yield one object with the entries of all files."""
    yield f'{{"version": {VERSION}, "lstmlint": {dumps(__version__)}, "files": [\n'
    yield from separated(digests, ",\n")
    summary = {
        "files": totals.files,
        "models": totals.models,
        "errors": totals.errors,
        "warnings": totals.warnings,
        "infos": totals.infos,
        "params": totals.params,
    }
    yield f'\n],\n"summary": {dumps(summary)}}}\n'


def separated(parts: Iterable[str], separator: str) -> Iterator[str]:
    """Yield parts, with a separator between them."""
    before = ""
    for part in parts:
        yield before + part
        before = separator


def lines(items: list[dict[str, Any]]) -> str:
    """Return a list with one item per line: quick to write, and good to read and to compare."""
    return "[\n  " + ",\n  ".join(map(dumps, items)) + "]" if items else "[]"


def dumps(value: Any) -> str:
    """Return ASCII JSON that every reader accepts, whatever names contain."""
    text = json.dumps(value, allow_nan=False)
    return json_text(json.dumps(well_formed(value)) if "\\ud" in text else text)


def pretty(value: Any) -> str:
    """Return indented JSON."""
    return indented(well_formed(value), allow_nan=False) + "\n"


def pretty_list(items: Iterable[Any], level: int = 0) -> Iterator[str]:
    """Yield a list as `pretty` writes it inside of `level` others, without holding all items."""
    margin = "\n" + "  " * (level + 1)
    before = "["
    for item in items:
        yield before + margin + indented(well_formed(item), allow_nan=False).replace("\n", margin)
        before = ","
    yield "[]" if before == "[" else margin[:-2] + "]"


def indented(value: Any, allow_nan: bool = True) -> str:
    """Return indented JSON in ASCII. Python's own function takes ten times the memory of the text."""
    chunks = json.JSONEncoder(indent=2, allow_nan=allow_nan).iterencode(value)
    return json_text("".join(iter(lambda: "".join(islice(chunks, _CHUNKS)), "")))
