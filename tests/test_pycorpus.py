"""The command that holds lstmlint against tables that authors printed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.pycorpus import main

EXACT = "model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3)])"
NAMED = "model = keras.Sequential([keras.Input((X.shape[1],)), keras.layers.Dense(len(names) // 2)])"
UNSURE = "model = keras.Sequential([keras.Input((4,))])\nfor n in sizes:\n    model.add(keras.layers.Dense(n))"
NOTHING = "print(keras.__version__)"
UNREAD = "model = keras.Model(*load())"


def table(cell: int, *rows: list[Any]) -> dict[str, Any]:
    total = sum(row[3] for row in rows)
    return {"cell": cell, "model": "sequential", "total": total, "trainable": total, "non_trainable": 0, "rows": rows}


DENSE = ["dense", "Dense", [[None, 3]], 15]
SOLVED = ["dense", "Dense", [[None, 6]], 66]  # X.shape[1] is 10
OTHER = ["dense", "Dense", [[None, 5]], 25]


@pytest.mark.parametrize(
    ("code", "printed", "stale", "status", "shown"),
    [
        (EXACT, [table(1, DENSE)], "", 0, ["exact 1", "wrong exact totals: 0", "equal 1 (100 %)"]),
        (NAMED, [table(1, SOLVED)], "", 0, ["solved 1", "exact or named 1 (100 %)"]),
        (EXACT, [table(1, OTHER)], "", 1, ["model: 15 parameters, the table says 25", "wrong exact totals: 1"]),
        (EXACT, [table(1, OTHER)], "7 1 the cell was changed", 0, ["stale 1", "wrong exact totals: 0"]),
        (UNSURE, [table(1, OTHER)], "", 0, ["exact or named 0 (0 %)", "part 1", "rows 1"]),
        (NOTHING, [], "", 0, ["no model 1"]),
        (UNREAD, [table(1, DENSE)], "", 0, ["none 1", "unread 1"]),
    ],
)
def test_tables(
    code: str,
    printed: list[Any],
    stale: str,
    status: int,
    shown: list[str],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    cells = [
        {"cell_type": "code", "source": text, "outputs": []} for text in (f"import keras\n{code}", "model.summary()")
    ]
    (tmp_path / "a.ipynb").write_text(json.dumps({"nbformat": 4, "metadata": {}, "cells": cells}))
    (tmp_path / "manifest.jsonl").write_text(json.dumps({"id": 7, "local": "a.ipynb", "printed": printed}) + "\n")
    (tmp_path / "stale").write_text(stale)
    arguments = [str(tmp_path), str(tmp_path / "manifest.jsonl"), "--verbose", "--stale", str(tmp_path / "stale")]
    assert main(arguments) == status
    output = capsys.readouterr().out
    for text in shown:
        assert text in output
