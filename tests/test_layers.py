"""Every layer against recorded results of Keras (scripts/record_layers.py and others)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.layer_rows import Row, difference, lstmlint_says

FILES = sorted((Path(__file__).parent / "data" / "layers").glob("*.json"))


def rows(path: Path) -> list[dict[str, Any]]:
    return list(json.loads(path.read_text(encoding="utf-8")))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_recorded_truth(path: Path) -> None:
    wrong = []
    for row in rows(path):
        theirs: Row = {key: row[key] for key in ("weights", "outputs", "output_dtypes", "refused") if key in row}
        ours = lstmlint_says(row, row.get("dialect", "keras3"))
        found = difference(row, {key: ours[key] for key in ours if key in theirs or key == "refused"}, theirs)
        if found:
            wrong.append(found)
    assert not wrong, f"{len(wrong)} differ:\n" + "\n".join(wrong[:5])


def test_there_is_recorded_truth() -> None:
    assert FILES
    assert all(rows(path) for path in FILES)
