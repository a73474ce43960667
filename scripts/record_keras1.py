"""Record the results of Keras 0.3.3, 1.0.8 and 1.2.2 for small models: tests/data/keras0.json and keras1.json.

Usage: python scripts/record_keras1.py     (needs numpy and pip; downloads them from PyPI)
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.keras1_models import questions  # noqa: E402
from tests.referee.keras1 import ask, fetch  # noqa: E402


def record(version: str) -> list[dict[str, Any]]:
    """Return the models of a version with its results."""
    with tempfile.TemporaryDirectory() as folder:
        models = questions(version, 3, 25)
        answers = ask(fetch(version, Path(folder)), models)
    return [{"name": key, "keras": version, "model": models[key], "answer": answers[key]} for key in models]


def main() -> None:
    for name, versions in (("keras0", ["0.3.3"]), ("keras1", ["1.0.8", "1.2.2"])):
        cases = [case for version in versions for case in record(version)]
        target = ROOT / "tests" / "data" / f"{name}.json"
        lines = ",\n".join(json.dumps(case, separators=(",", ":")) for case in cases)
        target.write_text(f"[\n{lines}\n]\n", encoding="utf-8")
        print(f"{target.relative_to(ROOT)}: {len(cases)} models")


if __name__ == "__main__":
    main()
