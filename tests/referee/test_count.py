"""`lstmlint count` against real Keras: recorded layers as Python code, which Keras evaluates and lstmlint parses."""

from __future__ import annotations

import inspect
import json
import os
import random
import warnings
from pathlib import Path
from typing import Any

import pytest

os.environ.setdefault("KERAS_BACKEND", "numpy")

from lstmlint import UsageError
from lstmlint.explaining import count_layer, render
from tests.printed_arithmetic import wrong_lines

pytestmark = pytest.mark.referee

DATA = Path(__file__).parent.parent / "data" / "layers"
FILES = ("mixed.json", "preprocessing.json", "recurrent.json", "spatial.json")
EACH = 130
PREFIXES = ("", "", "keras.layers.", "layers.")
# For the flag of a wrapper, what Keras reports and what it trains differ: rule G706.
WRAPPERS = ("Bidirectional", "TimeDistributed", "RNN", "ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D")


class Writer:
    """Writes configs as constructor calls, with some arguments by position and the others by name, in any order."""

    def __init__(self, keras: Any, seed: int) -> None:
        self.keras = keras
        self.draw = random.Random(seed)

    def layer(self, config: dict[str, Any]) -> str:
        """Write a layer. Raises: LookupError if it cannot be written as a constructor call."""
        if config.get("module", "keras.layers") != "keras.layers":
            raise LookupError
        values = dict(config["config"])
        values.pop("name", None)
        kinds = (inspect.Parameter.POSITIONAL_OR_KEYWORD,)
        parameters = inspect.signature(getattr(self.keras.layers, config["class_name"]).__init__).parameters.values()
        written = []
        for parameter in [parameter.name for parameter in parameters if parameter.kind in kinds][1:]:
            if parameter not in values or self.draw.random() < 0.3:
                break
            written.append(self.value(values.pop(parameter)))
        named = [f"{name}={self.value(value)}" for name, value in values.items()]
        self.draw.shuffle(named)
        return f"{self.draw.choice(PREFIXES)}{config['class_name']}({', '.join([*written, *named])})"

    def value(self, value: Any) -> str:
        """Write a literal or a layer."""
        if isinstance(value, dict):
            if "class_name" in value:
                return self.layer(value)
            return "{" + ", ".join(f"{key!r}: {self.value(item)}" for key, item in value.items()) + "}"
        if isinstance(value, list):
            inside = ", ".join(map(self.value, value))
            return f"[{inside}]" if self.draw.random() < 0.5 else f"({inside}{',' * (len(value) == 1)})"
        return repr(value)


def keras_says(keras: Any, expression: str, shapes: list[tuple[int | None, ...]]) -> Any:
    """Return (weights, outputs) of the evaluated layer, or "refused" if Keras refuses it."""
    try:
        layer = eval(expression, {**vars(keras.layers), "keras": keras, "layers": keras.layers})
        tensors = [keras.Input(shape) for shape in shapes]
        if type(layer).__name__ in ("MultiHeadAttention", "GroupedQueryAttention", "GroupQueryAttention"):
            outputs = layer(*(tensors if len(tensors) > 1 else tensors * 2))
        elif len(tensors) > 1 and isinstance(layer, keras.layers.RNN | keras.layers.Bidirectional):
            outputs = layer(tensors[0], initial_state=tensors[1:])
        else:
            merges = any(base.__name__ == "Merge" for base in type(layer).__mro__)
            outputs = layer(tensors if merges or len(tensors) > 1 else tensors[0])
    except Exception:
        return "refused"
    weights = sorted((tuple(w.shape), w.trainable) for w in layer.weights if "seed" not in w.path)
    return weights, [tuple(tensor.shape) for tensor in keras.tree.flatten(outputs)]


def lstmlint_says(expression: str, shapes: list[tuple[int | None, ...]]) -> Any:
    """Return the result of `lstmlint count` in the same form."""
    try:
        explanation = count_layer(expression, shapes)
    except UsageError:
        return "refused"
    (layer,) = explanation.layers
    assert wrong_lines(render(explanation)) == []
    assert layer.row is not None
    return sorted((weight.shape, weight.trainable) for weight in layer.row.weights), layer.output_shapes


@pytest.mark.parametrize("name", FILES)
def test_written_out(name: str) -> None:
    keras = pytest.importorskip("keras")
    draw = random.Random(name)
    rows = [
        row
        for row in json.loads((DATA / name).read_text())
        if row["inputs"] and all(shape for shape in row["inputs"])
        and set(row.get("dtypes") or ["float32"]) == {"float32"}
        and not (row["layer"]["class_name"] in WRAPPERS and "trainable" in row["layer"]["config"])
    ]  # fmt: skip
    writer = Writer(keras, draw.randrange(1000))
    wrong: list[Any] = []
    agreed = 0
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for row in draw.sample(rows, min(EACH, len(rows))):
            if row["layer"]["config"].get("num_bins") == 0:  # Discretization reads it only from a config
                continue
            try:
                expression = writer.layer(row["layer"])
            except LookupError:
                continue
            shapes = [tuple(shape[1:]) for shape in row["inputs"]]
            theirs = keras_says(keras, expression, shapes)
            if theirs == lstmlint_says(expression, shapes):
                agreed += theirs != "refused"
            else:
                wrong.append((expression, shapes, theirs))
    assert wrong == []
    assert agreed > 20
