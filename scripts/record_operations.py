"""Record the results of Keras for random operations: tests/data/ops/.

Usage: python scripts/record_operations.py keras [CLASS...]  (needs the `referee` extra)
       python scripts/record_operations.py tf_keras          (needs the `referee-tf` extra)
"""

from __future__ import annotations

import json
import os
import re
import sys
import warnings
from pathlib import Path
from random import Random
from typing import Any

os.environ.setdefault("KERAS_BACKEND", "numpy")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
TARGET = ROOT / "tests" / "data" / "ops"


def write(name: str, rows: list[dict[str, Any]]) -> None:
    """Write one row per line."""
    TARGET.mkdir(parents=True, exist_ok=True)
    lines = ",\n".join(json.dumps(row, separators=(",", ":")) for row in rows)
    (TARGET / name).write_text(f"[\n{lines}\n]\n", encoding="utf-8")
    print(f"{name}: {len(rows)} rows")


def record_keras(selected: list[str]) -> None:
    """Record nodes that Keras loads, with its outputs, and one refused node per reason.

    selected: the classes; all if it is empty. The rows of other classes are kept.
    """
    import keras

    from tests.op_nodes import inferred
    from tests.referee.op_ask import NODES, ask
    from tests.referee.op_draws import damage, draw

    recorded = json.loads((TARGET / "keras.json").read_text(encoding="utf-8")) if selected else []
    rows = [row for row in recorded if row["op"] not in selected]
    for name in selected or NODES:
        random = Random(f"{name} recorded")
        loaded = 0
        reasons: set[str] = set()
        for attempt in range(150):
            drawn = draw(random, name)
            node = damage(random, drawn) if attempt % 8 == 7 else drawn
            outputs = None if node is None else ask(node)
            if node is None or (outputs is not None and loaded == 3):
                continue
            if outputs is None:
                reason = re.sub(r"\(.*\)|(?<!E)\b\d+|[\[\]', -]", "", " ".join(inferred(node)[1]))
                generic = reason.startswith(("E005", "E006")) and name[0] != "S"  # the same for every class
                if generic or reason in reasons or len(reasons) == 4:
                    continue
                reasons.add(reason)
            else:
                loaded += 1
            rows.append({"keras": keras.__version__, **node, "outputs": outputs})
    write("keras.json", sorted(rows, key=lambda row: str(row["op"])))


def record_tf_keras() -> None:
    """Record models of the recipes and of some random calls, with the shapes of every layer in tf_keras."""
    import tensorflow as tf
    import tf_keras

    from tests.referee.raw_nodes import RAW_CALLS, raw_model
    from tests.referee.tf_draws import DRAWS
    from tests.referee.tf_recipes import RAGGED, RECIPES

    rows = []
    made: list[tuple[str, Any]] = [
        (name, recipe) for name, recipe in RECIPES.items() if name[-1] not in "012346" or "." not in name
    ]
    for name, draw in DRAWS.items():
        random = Random(f"{name} recorded")
        made += [(name, lambda tf, i, draw=draw, random=random: draw(tf, i, random)) for _ in range(4)]
    for name, recipe in made:
        inputs: list[Any] = []

        def make(*shape: int | None, dtype: str = "float32", inputs: list[Any] = inputs) -> Any:
            inputs.append(tf_keras.Input(batch_shape=shape, dtype=dtype))
            return inputs[-1]

        tf_keras.backend.clear_session()
        rows.append(model_row(tf, tf_keras, name, tf_keras.Model(inputs, recipe(tf, make))))
    for name, recipe in RAGGED.items():
        tf_keras.backend.clear_session()
        x = tf_keras.Input((None, 5), ragged=True)
        rows.append(model_row(tf, tf_keras, f"ragged {name}", tf_keras.Model(x, recipe(x))))
    for name in RAW_CALLS:
        config, shapes = raw_model(tf, name)
        layers = config["config"]["layers"]
        rows.append(
            {"recipe": f"graph {name}", "tf_keras": tf_keras.__version__, "model": config["config"], "loads": True,
             "shapes": {layers[-1]["name"]: shapes}}
        )  # fmt: skip
    write("tf_keras.json", rows)


def model_row(tf: Any, tf_keras: Any, name: str, model: Any) -> dict[str, Any]:
    """Return a model reduced to what tests need, whether tf_keras loads it, and the shapes of its layers."""
    config = json.loads(model.to_json())
    try:
        tf_keras.models.model_from_json(json.dumps(config))
        loads = True
    except Exception:  # noqa: BLE001
        loads = False
    shapes = {
        layer.name: [None if one.shape.rank is None else one.shape.as_list() for one in tf.nest.flatten(layer.output)]
        for layer in model.layers
    }
    for layer in config["config"]["layers"]:
        for key in ("module", "registered_name", "build_config"):
            layer.pop(key, None)
        for key in ("sparse", "trainable"):
            layer["config"].pop(key, None)
    return {
        "recipe": name, "tf_keras": tf_keras.__version__, "model": config["config"], "loads": loads, "shapes": shapes,
    }  # fmt: skip


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    record_keras(sys.argv[2:]) if sys.argv[1] == "keras" else record_tf_keras()
