"""Recorded verdicts on HDF5 files and files of tf.keras (`scripts/record_compat_files.py`)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import lstmlint

ROWS: list[dict[str, Any]] = json.loads((Path(__file__).parent / "data" / "compat" / "files.json").read_text())
h5py = pytest.importorskip("h5py")
# Files that lstmlint says a release loads, although it refuses them. Only the numpy backend refuses sparse inputs.
KNOWN = {"tf2.15/sparse_input.h5"}


def source_of(row: dict[str, Any], folder: Path) -> Path:
    """Write the file of a row, without its weights."""
    path: Path = folder / row["file"].replace("/", "_")
    if "text" in row:
        path.write_text(row["text"])
        return path
    with h5py.File(path, "w") as file:
        for key in ("model_config", "training_config", "keras_version"):
            if key in row:
                file.attrs[key] = row[key]
    return path


def test_verdicts_are_those_of_keras(tmp_path: Path) -> None:
    differing = []
    for row in ROWS:
        if row["file"] in KNOWN:
            continue
        for verdict in lstmlint.compat(source_of(row, tmp_path), list(row["loads"])):
            if bool(verdict.loads) != row["loads"][verdict.release]:
                differing.append((row["file"], verdict.release, [one.message for one in verdict.obstacles[:1]]))
    assert len(ROWS) > 100
    assert differing == []
