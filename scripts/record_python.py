"""Record what real Keras says of the models that Python snippets build: tests/data/python/record.json.

Usage: python scripts/record_python.py ENGINE [SNIPPET...]

ENGINE is one of tests.python_snippets.ENGINES: keras needs the `referee` extra, keras-tf, tf_keras and keras2 need the
`referee-tf` extra, keras1 needs numpy and pip. Without names, all snippets of the engine are recorded.
"""

from __future__ import annotations

import json
import sys
import warnings
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.python_snippets import RECORD, REFUSED, run, snippets  # noqa: E402
from tests.referee.python_engines import load  # noqa: E402


def main(engine: str, selected: list[str]) -> None:
    keras = load(engine)
    record = json.loads(RECORD.read_text(encoding="utf-8")) if RECORD.exists() else {}
    known = {snippet.name for snippet in snippets()}
    record = {name: answer for name, answer in record.items() if name in known}
    for snippet in snippets(engine):
        if selected and snippet.name not in selected:
            continue
        models = run(snippet, keras)
        record[snippet.name] = {"engine": engine, "version": keras.version, "models": models}
        if REFUSED in models or not models:
            print(f"{snippet.name}: {models}")
    lines = ",\n".join(
        f"{json.dumps(name)}: {json.dumps(record[name], separators=(',', ':'))}" for name in sorted(record)
    )
    RECORD.write_text(f"{{\n{lines}\n}}\n", encoding="utf-8")
    print(f"{RECORD.relative_to(ROOT)}: {len(record)} snippets")


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    main(sys.argv[1], sys.argv[2:])
