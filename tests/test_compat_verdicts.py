"""Recorded verdicts of the Keras 3 releases, which `scripts/record_compat.py` writes: small models, and which releases load them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import lstmlint
from lstmlint.signatures import history

ROWS: list[dict[str, Any]] = json.loads((Path(__file__).parent / "data" / "compat" / "keras3.json").read_text())
RELEASES = [release for release in history.releases() if history.line(release) == "3"]

# Models that lstmlint says a release loads, although it refuses them.
KNOWN: set[tuple[str, str]] = set()


def test_verdicts_are_those_of_keras() -> None:
    differing = []
    for row in ROWS:
        for verdict in lstmlint.compat(row["document"], RELEASES):
            known = (row["model"], verdict.release) in KNOWN
            if verdict.loads != (verdict.release in row["loads"]) and not known:
                causes = [obstacle.message for obstacle in verdict.obstacles[:1]]
                differing.append((row["model"], row["saved_by"], verdict.release, verdict.loads, causes))
    assert len(ROWS) > 100
    assert differing == []
