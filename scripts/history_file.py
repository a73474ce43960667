"""Write lstmlint/signatures/history.json (lstmlint/signatures/history.py describes its format)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NamedTuple

from scripts.keras_source import REQUIRED, Accepted

TARGET = Path(__file__).resolve().parent.parent / "lstmlint" / "signatures" / "history.json"
BASES = {"layers": "Layer"}  # the class whose arguments most others of the kind share


class Entry(NamedTuple):
    """What one release says about a name: what it accepts, and the modules under which it is found."""

    accepted: Accepted
    paths: tuple[str, ...]


Table = dict[str, dict[str, Entry]]  # kind -> name -> entry


class Pool:
    """A list without duplicates."""

    def __init__(self) -> None:
        self.items: list[str] = []
        self.numbers: dict[str, int] = {}

    def number(self, item: Any) -> int:
        """Return the position of an item, which is added if it is new."""
        text = json.dumps(item, separators=(",", ":"))
        if text not in self.numbers:
            self.numbers[text] = len(self.items)
            self.items.append(text)
        return self.numbers[text]


def signature(kind: str, name: str, accepted: Accepted, rows: dict[str, Entry]) -> dict[str, Any]:
    """Return a signature as the file holds it."""
    own = dict(accepted.arguments)
    found: dict[str, Any] = {"args": own}
    base = BASES.get(kind)
    if base and name != base and base in rows:
        shared = rows[base].accepted.arguments
        kept = {key: value for key, value in own.items() if key not in shared or shared[key] != value}
        without = [key for key in shared if key not in own]
        if len(own) - len(kept) > len(without):
            found = {"args": kept, "base": base}
            if without:
                found["without"] = without
    found["args"] = {key: "!" if value is REQUIRED else value for key, value in found["args"].items()}
    if accepted.extra:
        found["extra"] = 1
    needed = sorted(key for key in accepted.needed if own.get(key) is not REQUIRED)
    if needed:
        found["needed"] = needed
    return found


def write_history(versions: dict[str, str], tables: dict[str, Table]) -> None:
    """Write the file: `versions` and `tables` by release, oldest to newest in each line."""
    signatures, places = Pool(), Pool()
    names: dict[str, dict[str, list[list[int | None]]]] = {}
    keys = sorted({(kind, name) for table in tables.values() for kind, rows in table.items() for name in rows})
    for kind, name in keys:
        history: list[list[int | None]] = []
        last: list[int | None] = [None, None]
        for position, table in enumerate(tables.values()):
            rows = table.get(kind, {})
            current: list[int | None] = [None, None]
            if name in rows:
                entry = rows[name]
                current = [signatures.number(signature(kind, name, entry.accepted, rows)), places.number(entry.paths)]
            if current != last:
                history.append([position, *current])
                last = current
        names.setdefault(kind, {})[name] = history
    parts = [
        '"releases": ' + json.dumps(versions, indent=1),
        '"signatures": [\n' + ",\n".join(signatures.items) + "\n]",
        '"places": [\n' + ",\n".join(places.items) + "\n]",
        '"names": {\n'
        + ",\n".join(f"{json.dumps(kind)}: {{\n{lines(rows)}\n}}" for kind, rows in names.items())
        + "\n}",
    ]
    TARGET.write_text("{\n" + ",\n".join(parts) + "\n}\n", encoding="utf-8")


def lines(rows: dict[str, Any]) -> str:
    """Return the members of an object, one on each line."""
    return ",\n".join(f"{json.dumps(name)}:{json.dumps(value, separators=(',', ':'))}" for name, value in rows.items())


def read_history() -> tuple[dict[str, str], dict[str, Table]]:
    """Return the versions and the tables that the file holds, as `write_history` takes them."""
    from lstmlint.signatures import history
    from lstmlint.signatures.keras3 import REQUIRED as NO_DEFAULT

    if not TARGET.exists():
        return {}, {}
    versions = {release: history.version(release) for release in history.releases()}
    tables: dict[str, Table] = {}
    for release in versions:
        tables[release] = {}
        for kind in history.KINDS:
            for name in history.names(kind, release):
                own = history.arguments(kind, name, release) or {}
                arguments = {key: REQUIRED if default is NO_DEFAULT else default for key, default in own.items()}
                needed = set(history.needed(kind, name, release))
                accepted = Accepted(arguments, history.extra(kind, name, release), needed)
                tables[release].setdefault(kind, {})[name] = Entry(accepted, history.paths(kind, name, release))
    return versions, tables
