"""Try values of every type for every argument of every layer: python -m tests.referee.argument_probe

Start from the recorded rows of tests/data/layers that Keras accepts, replace the value of one argument, and compare
whether Keras and lstmlint refuse the layer. Print the disagreements by layer and argument.
"""

from __future__ import annotations

import json
import os
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

os.environ.setdefault("KERAS_BACKEND", "numpy")

import keras

from lstmlint.signatures.keras3 import SIGNATURES
from tests.layer_rows import Row, keras_says, lstmlint_says

DATA = Path(__file__).parent.parent / "data" / "layers"
VALUES: tuple[Any, ...] = (
    None, True, False, 0, 1, 2, 3, -1, -2, 0.0, 0.5, 1.0, 1.5, -0.5, "", "abc", "relu", "same", "3", [], [1], [2, 2], [0.5, 0.5],
    [1, "a"], [None], {}, {"a": 1},
)  # fmt: skip
WORDS: dict[str, tuple[Any, ...]] = {
    "padding": ("valid", "same", "causal", "VALID", "Same"),
    "data_format": ("channels_last", "channels_first", "Channels_First"),
    "interpolation": ("nearest", "bilinear", "bicubic", "lanczos3", "lanczos5", "area"),
    "fill_mode": ("constant", "reflect", "wrap", "nearest"),
    "mode": ("horizontal", "vertical", "horizontal_and_vertical", "fan_in"),
    "merge_mode": ("concat", "sum", "mul", "ave"),
    "output_mode": ("int", "one_hot", "multi_hot", "count", "tf_idf"),
    "score_mode": ("dot", "concat"),
}
OBJECTS: dict[str, tuple[Any, ...]] = {
    "_initializer": ("zeros", "Zeros", "xavier", {"class_name": "Zeros"}, {"class_name": "HeNormal", "config": {"x": 1}}, {"class_name": "X"}),
    "_regularizer": ("l2", "L2", "l1_l2", {"class_name": "L2", "config": {"l2": 0.1}}, {"class_name": "L2", "config": {"x": 0.1}}),
    "_constraint": ("max_norm", "MaxNorm", "maxnorm", {"class_name": "MaxNorm", "config": {"axis": 0}}),
    "activation": ("tanh", "Tanh", {"class_name": "function", "config": "relu", "module": "keras.activations"}, {"class_name": "ReLU"}),
}  # fmt: skip


def values_of(argument: str) -> Iterator[Any]:
    """The values to try for an argument."""
    yield from VALUES
    yield from WORDS.get(argument, ())
    for suffix, objects in OBJECTS.items():
        if argument.endswith(suffix):
            yield from objects


def good_rows() -> dict[str, list[Row]]:
    """Return a few recorded rows per class that Keras accepts."""
    found: dict[str, list[Row]] = {}
    for path in sorted(DATA.glob("*.json")):
        if "keras2" in path.name or "keras1" in path.name:
            continue
        for row in json.loads(path.read_text()):
            name = row["layer"]["class_name"]
            if "weights" in row and name in SIGNATURES and not str(row.get("keras", "3")).startswith("2"):
                found.setdefault(name, []).append(row)
    return found


def probes(row: Row, arguments: list[str]) -> Iterator[tuple[str, Any, Row]]:
    """Yield (argument, value, row) with one value replaced at a time."""
    for argument in arguments:
        for value in values_of(argument):
            layer = json.loads(json.dumps(row["layer"]))
            layer["config"][argument] = value
            if layer["config"] != row["layer"]["config"]:
                yield argument, value, {**row, "layer": layer}


def main() -> None:
    warnings.simplefilter("ignore")
    only = set(sys.argv[1:])
    total = wrong = 0
    for name, rows in sorted(good_rows().items()):
        if only and name not in only:
            continue
        for row in [row for row in rows if "refused" not in keras_says(keras, row)][:1]:
            for argument in [*SIGNATURES[name], "activity_regularizer"]:
                alarms, missed = [], []
                for _, value, probe in probes(row, [argument]):
                    total += 1
                    theirs, ours = keras_says(keras, probe), lstmlint_says(probe)
                    if "refused" in ours and "refused" not in theirs:
                        alarms.append((value, ours["refused"][:60]))
                    elif "refused" in theirs and "refused" not in ours:
                        missed.append((value, theirs["refused"][-90:]))
                wrong += len(alarms) + len(missed)
                if alarms:
                    print(f"{name}.{argument} ALARM {[value for value, _ in alarms]} {alarms[0][1]}")
                if missed:
                    print(f"{name}.{argument} MISSED {[value for value, _ in missed]} {missed[0][1]!r}")
    print(f"{total} values, {wrong} disagreements")


if __name__ == "__main__":
    main()
