"""Run one operation in real Keras."""

from __future__ import annotations

import json
import os
from typing import Any

os.environ.setdefault("KERAS_BACKEND", "numpy")

from lstmlint.layers.ops.table import OPERATIONS
from tests.op_nodes import model_of

# Functions are code, which Keras does not load by default.
OF_FUNCTIONS = {name for name, (rule, _) in OPERATIONS.items() if rule == "functions.unknown"}
NODES = sorted(OPERATIONS.keys() - OF_FUNCTIONS - {"SegmentReduction"})


def ask(node: dict[str, Any]) -> list[tuple[tuple[int | None, ...], str]] | None:
    """Return Keras's outputs as (shape, dtype), or None if it refuses to load the model."""
    import keras

    try:
        model = keras.models.model_from_json(json.dumps(model_of(node)))
    except Exception:
        return None
    operation = next(one for one in model.operations if type(one).__name__ != "InputLayer")
    return [(tuple(one.shape), one.dtype) for one in keras.tree.flatten(operation._inbound_nodes[0].output_tensors)]
