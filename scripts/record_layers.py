"""Record the results of real Keras for layers: tests/data/layers/.

Usage: python scripts/record_layers.py keras [FAMILY...]     (needs the `referee` extra)
       python scripts/record_layers.py tf_keras [FAMILY...]  (needs the `referee-tf` extra)
       python scripts/record_layers.py keras '{"layer": {"class_name": "Dense", "config": {"units": 4}}, "inputs": [[null, 3]]}'

The rows of a family are random configs of its layers. A row in JSON, in the format of tests/layer_rows.py, is added to the
family `single`.
"""

from __future__ import annotations

import json
import os
import sys
import warnings
from collections.abc import Iterable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

os.environ.setdefault("KERAS_BACKEND", "numpy")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.layer_rows import keras_says  # noqa: E402

# File -> the module that draws its rows, and the number of rows per class.
FAMILIES = {
    "recurrent": ("recurrent_draws", 16),
    "mixed": ("row_draws", 32),
    "spatial": ("spatial_draws", 8),
    "preprocessing": ("preprocessing_draws", 10),
    "tokens": ("token_draws", 60),  # needs tensorflow too
    "legacy": ("legacy_draws", 60),  # only in tf_keras
}


SINGLE = "single"
RECORDED = ("keras", "weights", "outputs", "output_dtypes", "refused", "dialect")


def main(package: str, selected: list[str]) -> None:
    keras = import_module(package)
    dialect = "keras3" if package == "keras" else "keras2"
    for family in selected or [*FAMILIES, SINGLE]:
        if family.startswith("{"):
            row = json.loads(family)
            record(keras, dialect, SINGLE, [*single_rows(dialect), row])
            print(json.dumps(keras_says(keras, row)))
        else:
            rows = single_rows(dialect) if family == SINGLE else drawn_rows(dialect, *FAMILIES[family])
            record(keras, dialect, family, rows)


def target_of(family: str, dialect: str) -> Path:
    """Return the file of a family."""
    return ROOT / "tests" / "data" / "layers" / (f"{family}.json" if dialect == "keras3" else f"{family}_keras2.json")


def single_rows(dialect: str) -> list[dict[str, Any]]:
    """Return the rows that were added by hand, without Keras's results."""
    target = target_of(SINGLE, dialect)
    rows = json.loads(target.read_text(encoding="utf-8")) if target.exists() else []
    return [{key: value for key, value in row.items() if key not in RECORDED} for row in rows]


def drawn_rows(dialect: str, module: str, count: int) -> Iterator[dict[str, Any]]:
    """Draw rows of every class of a family."""
    draws = import_module(f"tests.referee.{module}")
    names = list(draws.FAMILY)
    if dialect == "keras2":
        names = [name for name in names if name not in draws.NOT_IN_TF_KERAS]
        names += getattr(draws, "ONLY_IN_TF_KERAS", [])
    for name in names:
        drawer = draws.Drawer(sum(name.encode()) + 1, dialect)
        for _ in range(count if dialect == "keras3" else count // 2):
            yield drawer.draw(name)


def record(keras: Any, dialect: str, family: str, rows: Iterable[dict[str, Any]]) -> None:
    """Write rows with Keras's results."""
    recorded = []
    for row in rows:
        answer = keras_says(keras, row)
        if "refused" in answer:
            answer = {"refused": answer["refused"].splitlines()[0][:80]}
        head = {} if dialect == "keras3" else {"dialect": dialect}
        recorded.append({**head, **row, "keras": keras.__version__, **answer})
    if not recorded:
        return
    target = target_of(family, dialect)
    lines = ",\n".join(json.dumps(row, separators=(",", ":")) for row in recorded)
    target.write_text(f"[\n{lines}\n]\n", encoding="utf-8")
    print(f"{target.relative_to(ROOT)}: {len(recorded)} rows")


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    main(sys.argv[1], sys.argv[2:])
