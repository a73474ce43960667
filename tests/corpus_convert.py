"""Convert a folder of models and load the results with Keras 3: python -m tests.corpus_convert FOLDER [--allow-changes]

The folder holds model files and `expected.jsonl` (see tests/corpus.py). Every converted file is loaded with
keras.models.model_from_json. Its counts and output shapes must agree with those that lstmlint infers from the original
file, and with the recorded truth. The command prints a tally and the reasons for refusals. The exit code is 1 if
anything disagrees. Layers that need TensorFlow load only with KERAS_BACKEND=tensorflow.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections import Counter
from pathlib import Path
from typing import Any

os.environ.setdefault("KERAS_BACKEND", "numpy")

from lstmlint.converting import convert
from lstmlint.inference import infer
from lstmlint.inference.summary import ModelSummary
from lstmlint.model.findings import ReadError
from lstmlint.parsing import ModelError, parse
from lstmlint.reading import read
from tests.corpus import same_shapes

COLUMNS = ("confirmed", "unbuilt", "refused", "computes otherwise", "no model", "WRONG")


def disagreements(model: Any, before: ModelSummary, truth: dict[str, Any]) -> list[str]:
    """Return the differences of a converted model in Keras from the original file, and from the recorded truth."""
    trained = sum(size(weight) for weight in model.trainable_weights)
    wrong = []
    if (model.count_params(), trained) != (before.params, before.trainable_params):
        wrong.append(f"{model.count_params()}, {trained} trainable, not {before.params}, {before.trainable_params}")
    layers = {layer.name: layer for layer in model.layers}
    expected = [(row.name, row.params, row.output_shapes) for row in before.layers if row.nested is None]
    if truth.get("built"):
        if truth["total"] != model.count_params():
            wrong.append(f"{model.count_params()}, the oracle {truth['total']}")
        nested = {row.name for row in before.layers if row.nested is not None}
        expected += [(name, params, shapes) for name, _, params, shapes in truth["layers"] if name not in nested]
    for name, params, shapes in expected:
        layer = layers.get(name.replace("/", "_"))
        if layer is None:  # Keras omits the InputLayers of a Sequential, and layers that no output needs
            continue
        if layer.count_params() != params:
            wrong.append(f"{name}: {layer.count_params()} parameters, not {params}")
        given = [tuple(tensor.shape) for node in layer._inbound_nodes[:1] for tensor in node.output_tensors]
        if given and not same_shapes(given, plain(shapes)):
            wrong.append(f"{name}: {given}, not {shapes}")
    return wrong


def plain(shapes: Any) -> Any:
    """Return shapes as lists, as in a file."""
    return json.loads(json.dumps(shapes))


def size(weight: Any) -> int:
    """Return the number of values in a Keras variable."""
    total = 1
    for dim in weight.shape:
        total *= dim
    return total


def judge(path: Path, truth: dict[str, Any], allow_changes: bool) -> tuple[str, list[str]]:
    """Return (column of the tally, remark) for one file."""
    import keras

    try:
        spec = parse(read(path))
    except (ReadError, ModelError) as error:
        return "no model", [str(error)]
    before = infer(spec)
    result = convert(spec, allow_changes=allow_changes)
    if result.model is None:
        notes = result.refusals or result.changes
        return "refused" if result.refusals else "computes otherwise", [note.message for note in notes]
    try:
        model = keras.models.model_from_json(json.dumps(result.model))
    except Exception as error:  # any exception is Keras's verdict
        return "WRONG", [f"{type(error).__name__}: {error}"]
    if not before.complete:
        return "unbuilt", []
    wrong = disagreements(model, before, truth)
    return ("WRONG", wrong) if wrong else ("confirmed", [])


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--allow-changes", action="store_true")
    options = parser.parse_args(arguments)
    tally: dict[str, Counter[str]] = {}
    reasons: Counter[str] = Counter()
    for line in (options.folder / "expected.jsonl").read_text().splitlines():
        truth = json.loads(line)
        column, notes = judge(options.folder / truth["file"], truth, options.allow_changes)
        tally.setdefault(truth["kind"], Counter())[column] += 1
        if column == "WRONG":
            print(f"{truth['file']}\n    " + "\n    ".join(notes[:3]))
        elif column != "no model":
            reasons.update({note[:110] for note in notes})
    print(f"\n{'kind':12}" + "".join(f"{column:>20}" for column in COLUMNS))
    for kind, counter in [*sorted(tally.items()), ("all", sum(tally.values(), Counter()))]:
        print(f"{kind:12}" + "".join(f"{counter[column]:>20}" for column in COLUMNS))
    print()
    for reason, count in reasons.most_common():
        print(f"{count:>5} files: {reason}")
    return 1 if any(counter["WRONG"] for counter in tally.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
