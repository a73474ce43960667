"""Write down what real Keras says of layers drawn at random: tests/data/layers/mixed*.json.

Usage: python scripts/record_layers.py keras     (needs the `referee` extra)
       python scripts/record_layers.py tf_keras  (needs tensorflow-cpu and tf_keras)
"""

from __future__ import annotations

import json
import os
import sys
import warnings
from importlib import import_module
from pathlib import Path

os.environ.setdefault("KERAS_BACKEND", "numpy")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.layer_rows import keras_says  # noqa: E402
from tests.referee.row_draws import FAMILY, NOT_IN_TF_KERAS, Drawer  # noqa: E402

ROWS = 10


def main(package: str) -> None:
    keras = import_module(package)
    dialect = "keras3" if package == "keras" else "keras2"
    recorded = []
    for name in FAMILY:
        if dialect == "keras2" and name in NOT_IN_TF_KERAS:
            continue
        drawer = Drawer(sum(name.encode()) + 1, dialect)
        for _ in range(ROWS if dialect == "keras3" else ROWS // 2):
            row = drawer.draw(name)
            answer = keras_says(keras, row)
            if "refused" in answer:
                answer = {"refused": answer["refused"].splitlines()[0][:80]}
            head = {} if dialect == "keras3" else {"dialect": dialect}
            recorded.append({**head, **row, "keras": keras.__version__, **answer})
    target = ROOT / "tests" / "data" / "layers" / ("mixed.json" if dialect == "keras3" else "mixed_keras2.json")
    target.parent.mkdir(parents=True, exist_ok=True)
    lines = ",\n".join(json.dumps(row, separators=(",", ":")) for row in recorded)
    target.write_text(f"[\n{lines}\n]\n", encoding="utf-8")
    print(f"{target.relative_to(ROOT)}: {len(recorded)} rows")


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    main(sys.argv[1])
