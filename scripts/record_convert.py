"""Record the conversions of small models, after loading them in Keras 3: tests/data/convert.json.

Usage: KERAS_BACKEND=numpy python scripts/record_convert.py     (needs the `referee` extra)
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import keras

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from lstmlint.converting import convert  # noqa: E402
from lstmlint.inference import infer  # noqa: E402
from lstmlint.parsing import parse  # noqa: E402
from lstmlint.reading import read  # noqa: E402
from tests.convert_models import MODELS  # noqa: E402


def record(name: str) -> dict[str, Any]:
    """Return the record of a model. Raises: SystemExit if Keras and lstmlint disagree."""
    spec = parse(read(json.dumps(MODELS[name]).encode()))
    before = infer(spec)
    result = convert(spec, allow_changes=True)
    if result.model is None:
        raise SystemExit(f"{name}: {[str(note) for note in result.refusals]}")
    model = keras.models.model_from_json(json.dumps(result.model))
    params = model.count_params() if model.built else None
    outputs = [list(tensor.shape) for tensor in model.outputs] if model.built else None
    if model.built and (params, outputs) != (before.params, [list(shape or ()) for shape in before.outputs]):
        raise SystemExit(f"{name}: Keras says {params}, {outputs}, lstmlint {before.params}, {before.outputs}")
    return {"name": name, "keras": keras.__version__, "params": params, "outputs": outputs, "converted": result.model}


def main() -> None:
    target = ROOT / "tests" / "data" / "convert.json"
    lines = ",\n".join(json.dumps(record(name), separators=(",", ":")) for name in MODELS)
    target.write_text(f"[\n{lines}\n]\n", encoding="utf-8")
    print(f"{target.relative_to(ROOT)}: {len(MODELS)} models")


if __name__ == "__main__":
    main()
