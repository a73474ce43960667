"""Record which releases of Keras 3 load the models of tests/compat_models.py: python scripts/record_compat.py [RELEASE...]

Some releases save the models, and every release from 3.0 on loads each of them. Each release is installed into
build/releases, beside the dependencies of the running interpreter (the referee extra). Arguments replace the releases that
save. The verdicts go to tests/data/compat/keras3.json, one model a line. With --new, the rows there are kept, and only models
that they do not have are recorded.
"""

from __future__ import annotations

import json
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from lstmlint.signatures import history  # noqa: E402
from tests.referee.releases import run  # noqa: E402

TARGET = ROOT / "tests" / "data" / "compat" / "keras3.json"
WRITERS = ["3.0", "3.3", "3.8", "3.12", "3.15"]


def main() -> None:
    """Record the verdicts."""
    new = "--new" in sys.argv
    writers = [argument for argument in sys.argv[1:] if argument != "--new"] or WRITERS
    kept = json.loads(TARGET.read_text(encoding="utf-8")) if new else []
    known = {row["model"] for row in kept}
    loaders = [release for release in history.releases() if history.line(release) == "3"]
    with ThreadPoolExecutor(2) as pool:
        saved = list(pool.map(lambda release: run(release, "save", []), writers))
        rows = []
        seen = set()
        for writer, models in zip(writers, saved, strict=True):
            for model in models:
                text = json.dumps(model["document"], sort_keys=True)
                if text not in seen and model["model"] not in known:  # several releases write many models alike
                    seen.add(text)
                    rows.append({"model": model["model"], "saved_by": writer, "document": model["document"]})
        errors = list(pool.map(lambda release: run(release, "load", rows), loaders))
    lines = [json.dumps(row, separators=(",", ":")) for row in kept]
    for row, answers in zip(rows, zip(*errors, strict=True), strict=True):
        loads = [release for release, error in zip(loaders, answers, strict=True) if error is None]
        lines.append(json.dumps({**row, "loads": loads}, separators=(",", ":")))
    TARGET.parent.mkdir(exist_ok=True)
    TARGET.write_text("[\n" + ",\n".join(lines) + "\n]\n", encoding="utf-8")
    print(f"{len(rows)} models, {len(rows) * len(loaders)} verdicts")


if __name__ == "__main__":
    main()
