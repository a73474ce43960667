"""Record which releases of Keras load saved HDF5 and JSON files: tests/data/compat/files.json.

Usage: python scripts/record_compat_files.py FOLDER VERDICTS...

FOLDER/RELEASE/MODEL.h5 (or .json) is what a release saved. VERDICTS are files of JSON lines, one per file and release:
{"file": "FOLDER/tf2.15/dense.h5", "loader": "3.15", "loads": true}. Of HDF5 files, the settings are recorded without the
weights. Models that are larger than LIMIT and subclassed models are left out.
"""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

TARGET = Path(__file__).resolve().parent.parent / "tests" / "data" / "compat" / "files.json"
LIMIT = 1800  # characters of a row


def settings(path: Path) -> dict[str, Any]:
    """Return what a file says about its model: the attributes of an HDF5 file, or the text of a JSON file."""
    if path.suffix == ".json":
        return {"text": path.read_text(encoding="utf-8")}
    import h5py

    with h5py.File(path) as file:
        return {
            key: str(file.attrs[key])
            for key in ("model_config", "training_config", "keras_version")
            if key in file.attrs
        }


def main(folder: Path, verdicts: list[Path]) -> None:
    """Write the rows."""
    asked: dict[Path, dict[str, bool]] = defaultdict(dict)
    for lines in verdicts:
        for line in lines.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            if row["loads"] is not None:
                asked[Path(row["file"])][row["loader"]] = row["loads"]
    rows = []
    for path, loads in sorted(asked.items()):
        row = {"file": str(path.relative_to(folder)), **settings(path), "loads": loads}
        if len(json.dumps(row)) <= LIMIT and "subclassed" not in path.name:
            rows.append(row)
    TARGET.write_text("[\n" + ",\n".join(json.dumps(row) for row in rows) + "\n]\n", encoding="utf-8")
    print(f"{len(rows)} of {len(asked)} files in {TARGET}")


if __name__ == "__main__":
    main(Path(sys.argv[1]), [Path(name) for name in sys.argv[2:]])
