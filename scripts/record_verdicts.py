"""Record whether Keras loads damaged configs, in tests/data/verdicts.json: python scripts/record_verdicts.py

Needs the `referee` extra. Only the valid configs and the seeds are stored; tests/referee/damage.py repeats the damage.
"""

from __future__ import annotations

import json
import os
import sys
import warnings
from pathlib import Path

os.environ.setdefault("KERAS_BACKEND", "numpy")
ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import keras  # noqa: E402

from tests.referee.damage import Damage  # noqa: E402
from tests.referee.test_verdict import EXCEPTIONS, REASONS  # noqa: E402
from tests.referee.verdict_models import good_models  # noqa: E402
from tests.referee.verdicts import Verdict, keras_error, lstmlint_error  # noqa: E402

EDITS = 24  # per model
FIRST = 10_000  # not the seeds of the referee suite


def main() -> None:
    warnings.simplefilter("ignore")
    models, rows = {}, []
    for name, config in good_models():
        models[name] = config
        for seed in range(FIRST, FIRST + EDITS):
            damaged, edit = Damage(f"{name}/{seed}").apply(config)
            text = json.dumps(damaged)
            verdict = Verdict(name, seed, edit, damaged, keras_error(text), *lstmlint_error(text))
            explained = verdict.place in EXCEPTIONS or any(reason(verdict) for reason in REASONS)
            if not (explained and not verdict.agrees):
                rows.append([name, seed, verdict.keras is not None])
    target = ROOT / "tests" / "data" / "verdicts.json"
    parts = [f'"keras": "{keras.__version__}"']
    parts.append(
        '"models": {\n' + ",\n".join(f'"{n}": {json.dumps(c, separators=(",", ":"))}' for n, c in models.items()) + "}"
    )
    parts.append('"edits": [\n' + ",\n".join(json.dumps(row) for row in rows) + "]")
    target.write_text("{" + ",\n".join(parts) + "}\n")
    print(f"{target.relative_to(ROOT)}: {len(rows)} edits of {len(models)} models")


if __name__ == "__main__":
    main()
