"""Hold lstmlint against tables that authors printed: python -m tests.pycorpus FOLDER MANIFEST [--verbose] [--only ID...]

MANIFEST has one line per file: id, local (its name in FOLDER), and for notebooks printed, the tables of
`model.summary()` in the outputs: cell, model, total, trainable, non_trainable, style, and rows of
[name, class, output shapes, parameters]. Names of classes may be cut off.

A file is read exactly if each of its models is; by name if sizes remain that bear a name; in part if a model is not
exact; not at all if no model was found although the file builds one. The unknown sizes of a model are solved from the
table that its author printed.

A table disagrees if the model that printed it is exact and has another total. It may be older than the code beside it:
the option --stale names a file with the tables (`ID CELL reason`) that a person has found to be so. The exit code is 1
if any other table disagrees.
"""

from __future__ import annotations

import argparse
import json
import re
import statistics
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

from lstmlint.inference import infer
from lstmlint.model.findings import ReadError
from lstmlint.parsing import ModelError, parse
from lstmlint.python import interpret
from lstmlint.python.program import SourceModel
from lstmlint.python.source import SourceText, read_source

# A size that no program contains by accident; the stand-ins of the unknowns are these plus small numbers.
STAND_IN = 1009
LARGEST_SIZE = 10_000_000
BUILDS = re.compile(r"(?<!nn\.)\b(Sequential|Model|load_model|model_from_json|Functional)\s*\(|\bapplications\b")
KERAS = re.compile(r"\bkeras")

Row = tuple[str, str, list[list[int | None]], int | None]


def summary_of(document: Any) -> Any:
    """Return the shapes and counts of a model."""
    return infer(parse(document))


@dataclass(eq=False)
class Reading:
    """A model of a file, as lstmlint reads it with stand-ins for its unknown sizes."""

    model: SourceModel
    sizes: dict[str, int]
    solved: set[str] = field(default_factory=set)
    error: str | None = None
    incomplete: bool = False  # counts are missing although there is an input shape

    @property
    def kind(self) -> str:
        """exact, named or part."""
        if not self.model.exact or self.error or self.incomplete:
            return "part"
        return "named" if self.model.unknowns else "exact"

    def summary(self, sizes: dict[str, int]) -> Any:
        """Return the summary with these sizes, or None if the model is not possible with them."""
        try:
            return summary_of(self.model.document(sizes))
        except ModelError as error:
            self.error = error.message
            return None

    def rows(self, sizes: dict[str, int]) -> list[Row]:
        """Return the rows as `model.summary()` prints them."""
        summary = self.summary(sizes)
        if summary is None:
            return []
        rows = [
            (row.name, row.class_name, [list(shape) for shape in row.output_shapes if shape is not None], row.params)
            for row in summary.layers
        ]
        return [row for row in rows if not (summary.class_name == "Sequential" and row[1] == "InputLayer")]


@dataclass
class FileReading:
    """A file with its models."""

    name: str
    source: SourceText | None = None
    models: list[Reading] = field(default_factory=list)
    seconds: float = 0.0
    builds: bool = True
    error: str | None = None

    @property
    def kind(self) -> str:
        """exact, named, part, none, or "no model" for a file that builds none."""
        if not self.models:
            return "none" if self.builds else "no model"
        kinds = {reading.kind for reading in self.models}
        return next(kind for kind in ("part", "named", "exact") if kind in kinds)


def read_file(path: Path) -> FileReading:
    """Return the models of a file."""
    raw = path.read_bytes()
    found = FileReading(path.name)
    start = time.perf_counter()
    try:
        found.source = read_source(raw, str(path))
        program = interpret(found.source, {}, summary_of)
    except ReadError as error:
        found.error = error.message
        program = None
    for model in program.models if program else []:
        reading = Reading(model, {unknown.name: STAND_IN + 2 * i for i, unknown in enumerate(model.unknowns)})
        summary = reading.summary(reading.sizes)
        if summary is not None and not summary.complete:
            reading.incomplete = any(shape is not None for row in summary.layers for shape in row.output_shapes)
        found.models.append(reading)
    found.seconds = time.perf_counter() - start
    text = found.source.text if found.source else raw.decode("utf-8", "replace")
    code = re.sub(r"(?m)#.*$", "", text)
    found.builds = KERAS.search(code) is not None and BUILDS.search(code) is not None
    return found


# Tables


def candidates(found: FileReading, table: dict[str, Any]) -> list[Reading]:
    """Return the models that may have printed a table: first those that its cell names, the last built first."""
    source = found.source
    if source is None or not source.cells:
        return found.models
    cells = [cell for cell in source.cells if cell.number <= table["cell"]]
    if not cells or cells[-1].number != table["cell"]:
        return found.models
    following = [cell.first_line for cell in source.cells if cell.number > table["cell"]]
    end = min(following, default=len(source.text.splitlines()) + 1)
    code = "\n".join(source.text.splitlines()[cells[-1].first_line - 1 : end - 1])
    named = re.findall(r"([\w.]+)\.summary\(", code)
    first = cells[-1].first_line
    shown = [reading for reading in found.models if any(first <= line < end for line in reading.model.shown)]
    before = [reading for reading in found.models if reading.model.line < end]
    order = sorted(before, key=lambda reading: -reading.model.line)
    printed = [reading for reading in order if any(stem(reading.model.name) == stem(name) for name in named)]
    found_order: list[Reading] = []
    for reading in [*shown, *printed, *order, *found.models]:
        if reading not in found_order:
            found_order.append(reading)
    return found_order


def stem(name: str) -> str:
    """Return the last part of a name without a number that made it unique."""
    return re.sub(r"[-_#:]?\d+$", "", name.rsplit(".", 1)[-1])


def solve(reading: Reading, table: dict[str, Any]) -> None:
    """Find the unknown sizes of a model in a printed table, as far as it shows them."""
    unknown = [name for name in reading.sizes if name not in reading.solved]
    progress = True
    while unknown and progress:
        progress = False
        base = reading.rows(reading.sizes)
        for name in list(unknown):
            moved = reading.rows({**reading.sizes, name: reading.sizes[name] + 1})
            others = {
                other: reading.rows({**reading.sizes, other: reading.sizes[other] + 1})
                for other in unknown
                if other != name
            }
            found = solve_one(reading, name, table["rows"], base, moved, list(others.values()))
            if found is not None:
                reading.sizes[name] = found
                reading.solved.add(name)
                unknown.remove(name)
                base = reading.rows(reading.sizes)
                progress = True


def solve_one(
    reading: Reading, name: str, printed: list[Any], base: list[Row], moved: list[Row], others: list[list[Row]]
) -> int | None:
    """Return a size from a dimension or a count that depends on it only, or None."""
    for i, (row, after) in enumerate(zip(base, moved, strict=False)):
        if i >= len(printed) or any(len(other) <= i for other in others):
            break
        for a, (shape, changed) in enumerate(zip(row[2], after[2], strict=False)):
            if len(printed[i][2]) <= a or len(printed[i][2][a]) != len(shape):
                continue
            for b, (dim, new) in enumerate(zip(shape, changed, strict=False)):
                same = all(other[i][2][a][b] == dim for other in others if len(other[i][2]) > a)
                shown = printed[i][2][a][b]
                if dim is None or new is None or dim == new or shown is None or not same:
                    continue
                step, rest = divmod(shown - dim, new - dim)
                solved: int = reading.sizes[name] + step
                if rest == 0 and 0 < solved <= LARGEST_SIZE:
                    return solved
    for i, (row, after) in enumerate(zip(base, moved, strict=False)):
        if i >= len(printed) or any(len(other) <= i for other in others):
            break
        if row[3] != after[3] and all(other[i][3] == row[3] for other in others):
            size = search(lambda value, i=i: params_at(reading, name, value, i), printed[i][3])  # type: ignore[misc]
            if size is not None:
                return size
    return None


def params_at(reading: Reading, name: str, value: int, i: int) -> int | None:
    """Return the parameters of a row with another size."""
    rows: list[Row] = reading.rows({**reading.sizes, name: value})
    params: int | None = rows[i][3] if i < len(rows) else None
    return params


def search(function: Callable[[int], int | None], wanted: int) -> int | None:
    """Return where a growing function of a size has a value, or None."""
    low, high = 1, LARGEST_SIZE
    while low <= high:
        middle = (low + high) // 2
        value = function(middle)
        if value is None:
            return None
        if value == wanted:
            return middle
        low, high = (middle + 1, high) if value < wanted else (low, middle - 1)
    return None


def agreement(reading: Reading, table: dict[str, Any]) -> tuple[int, int, bool]:
    """Return how many rows of a table the model has in this order, of how many, and whether it has no others."""
    rows, printed = reading.rows(reading.sizes), table["rows"]
    equal = sum(same_row(row, shown) for row, shown in zip(rows, printed, strict=False))
    return equal, len(printed), len(rows) == len(printed)


def same_row(row: Row, printed: list[Any]) -> bool:
    """Check whether a row is as printed: its class as far as it is shown, shapes and parameters."""
    _, class_name, shapes, params = row
    # A table shows the first shape of a layer that gives several, or all.
    shown = printed[2]
    same_shapes = not shown or shapes == shown or shapes[:1] == shown
    models = {"Functional", "Model", "Sequential"}
    same_class = class_name.startswith(printed[1]) or {class_name, printed[1]} <= models
    return same_class and same_shapes and params == printed[3]


@dataclass
class Verdict:
    """What became of a printed table.

    kind: exact or solved if all rows agree, total if the total does, rows if the model is not exact or sizes are left,
        DISAGREES or stale, and unread without a model.
    """

    found: FileReading
    table: dict[str, Any]
    kind: str
    reading: Reading | None
    equal: int
    note: str = ""


def judge(found: FileReading, table: dict[str, Any]) -> Verdict:
    """Compare the models of a file with a table that it printed."""
    order = candidates(found, table)
    best: tuple[int, Reading] | None = None
    for reading in order:
        solve(reading, table)
        equal, of, whole = agreement(reading, table)
        if equal == of and whole:
            kind = "rows" if reading.kind == "part" else "solved" if reading.model.unknowns else "exact"
            return Verdict(found, table, kind, reading, equal)
        if best is None or equal > best[0]:
            best = (equal, reading)
    if best is None:
        return Verdict(found, table, "unread", None, 0)
    first = order[0]
    unsolved = [unknown.name for unknown in first.model.unknowns if unknown.name not in first.solved]
    summary = first.summary(first.sizes)
    if first.kind in ("exact", "named") and not unsolved and summary is not None and summary.complete:
        printed = table["trainable"] + table["non_trainable"]
        if summary.params != printed:
            note = f"{first.model.name}: {summary.params:,} parameters, the table says {printed:,}"
            return Verdict(found, table, "DISAGREES", first, best[0], note)
        return Verdict(found, table, "total", first, best[0])
    return Verdict(found, table, "rows", best[1], best[0])


# The report


def read_manifest(path: Path, only: list[str]) -> Iterator[dict[str, Any]]:
    """Yield the lines of the manifest."""
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        if not only or str(row["id"]) in only:
            yield row


def read_stale(path: Path | None) -> dict[tuple[str, int], str]:
    """Return the tables that are older than the code beside them: (id, cell) -> reason."""
    stale = {}
    for line in path.read_text(encoding="utf-8").splitlines() if path else []:
        parts = line.split(None, 2)
        if len(parts) == 3 and not line.startswith("#"):
            stale[parts[0], int(parts[1])] = parts[2]
    return stale


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("manifest", type=Path)
    parser.add_argument("--stale", type=Path, help="tables that are older than the code: ID CELL reason, one a line")
    parser.add_argument("--only", nargs="*", default=[], help="ids of files")
    parser.add_argument("--verbose", action="store_true", help="list every file, model and table")
    options = parser.parse_args(arguments)
    stale = read_stale(options.stale)
    files, models, tables, rows = Counter[str](), Counter[str](), Counter[str](), Counter[str]()
    seconds, wrong, reasons = [], [], Counter[str]()
    for row in read_manifest(options.manifest, options.only):
        found = read_file(options.folder / row["local"])
        files[found.kind] += 1
        models.update(reading.kind for reading in found.models)
        seconds.append((found.seconds, found.name))
        reasons.update({cause(reason[2]) for reading in found.models for reason in reading.model.reasons})
        verdicts = [judge(found, table) for table in row.get("printed", [])]
        for verdict in verdicts:
            if verdict.kind == "DISAGREES" and (str(row["id"]), verdict.table["cell"]) in stale:
                verdict.kind = "stale"
            elif verdict.kind == "DISAGREES":
                wrong.append(verdict)
            tables[verdict.kind] += 1
            rows["equal"] += verdict.equal
            rows["all"] += len(verdict.table["rows"])
        if options.verbose:
            describe(str(row["id"]), found, verdicts)
    for verdict in wrong:
        print(f"{verdict.found.name}, cell {verdict.table['cell']}: {verdict.note}")
    building = sum(files.values()) - files["no model"]
    read = files["exact"] + files["named"]
    print(f"files that build a model: {building}, exact or named {read} ({percent(read, building)})  {tally(files)}")
    print(f"models: {sum(models.values())}  {tally(models)}")
    print(f"tables: {sum(tables.values())}  {tally(tables)}")
    print(f"rows of tables: {rows['all']}, equal {rows['equal']} ({percent(rows['equal'], rows['all'])})")
    print(f"wrong exact totals: {len(wrong)}")
    if seconds:
        slowest = max(seconds)
        median = statistics.median(second for second, _ in seconds)
        print(f"time per file: median {median * 1000:.1f} ms, worst {slowest[0] * 1000:.0f} ms ({slowest[1]})")
    if options.verbose:
        for text, number in reasons.most_common(40):
            print(f"{number:4}  {text}")
    return 1 if wrong else 0


def describe(identity: str, found: FileReading, verdicts: list[Verdict]) -> None:
    """Print a file, its models and tables."""
    print(f"{identity} {found.name}: {found.kind} {found.error or ''}")
    for number, reading in zip(count(1), found.models, strict=False):
        model = reading.model
        summary = None if reading.error else reading.summary(reading.sizes)
        total = "?" if summary is None else f"{summary.params:,}{'' if summary.complete else ' incomplete'}"
        unknowns = ", ".join(
            f"{name}={size if name in reading.solved else '?'}" for name, size in reading.sizes.items()
        )
        print(f"    {number}. {model.name} line {model.line}: {reading.kind} {total} {unknowns} {reading.error or ''}")
        for line, _, text in model.reasons[:3]:
            print(f"        line {line}: {text}")
    for verdict in verdicts:
        at = f"{verdict.table['cell']} {verdict.table['model'] or ''}"
        name = verdict.reading.model.name if verdict.reading else "-"
        print(f"    table {at}: {verdict.kind} {name} {verdict.equal}/{len(verdict.table['rows'])} {verdict.note}")


def cause(reason: str) -> str:
    """Return a reason without the names of the program."""
    return re.sub(r"`[^`]*`", "`…`", reason)


def percent(part: int, whole: int) -> str:
    """Return a share."""
    return f"{100 * part / whole:.0f} %" if whole else "-"


def tally(counter: Counter[str]) -> str:
    """Return the counts on one line."""
    return ", ".join(f"{key} {number}" for key, number in counter.most_common())


if __name__ == "__main__":
    sys.exit(main())
