"""`explain` for every recorded layer: its arithmetic is right, its lines fit, and it describes all weights."""

from __future__ import annotations

import json
from functools import lru_cache
from math import prod
from pathlib import Path
from typing import Any

import pytest

from lstmlint import analyze
from lstmlint.explaining import Explanation, LayerExplanation, explain_model
from lstmlint.explaining.layer_explanations import explain_row
from lstmlint.inference import infer
from lstmlint.model.shapes import Tensor
from lstmlint.model.spec import Call, ModelSpec, TensorRef
from lstmlint.parsing.common import Names
from lstmlint.parsing.keras2 import parse_layer as parse_keras2
from lstmlint.parsing.keras3 import parse_layer as parse_keras3
from tests.layer_rows import Row, call_of, inputs_of
from tests.printed_arithmetic import wrong_lines
from tests.test_explain import check_text

DATA = Path(__file__).parent / "data"
# Only some preprocessing layers of Keras 3 have weights.
FILES = [
    "legacy_keras2.json", "mixed.json", "mixed_keras2.json", "preprocessing.json", "recurrent.json",
    "recurrent_keras2.json", "spatial.json", "spatial_keras2.json",
]  # fmt: skip
GATED = ("LSTM", "GRU", "CuDNNLSTM", "CuDNNGRU", "ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D", "LSTMCell", "GRUCell")


@lru_cache(maxsize=1)
def rows(name: str) -> list[Row]:
    """Return the rows of a file that Keras accepts and that have weights."""
    return [row for row in json.loads((DATA / "layers" / name).read_text()) if row.get("weights")]


def explain(row: Row) -> Explanation:
    """Explain a recorded layer, called as it was recorded."""
    dialect = row.get("dialect", "keras3")
    if dialect == "keras3":
        spec = parse_keras3(row["layer"], "", Names(), 0)
    else:
        spec = parse_keras2(row["layer"], "", Names(), dialect, 0)
    args, kwargs = call_of(row, [Tensor(tuple(shape), dtype) for shape, dtype in inputs_of(row)])
    spec.calls = [Call(args, kwargs, pointer="")]
    model = ModelSpec("model", "Functional", dialect, [spec], False, [], [TensorRef(spec.name, 0, 0)])
    (found,) = infer(model).layers
    return Explanation([explain_row(found, spec.name, None)], True, None, row["layer"]["class_name"])


def all_parts(layer: LayerExplanation) -> list[LayerExplanation]:
    """Yield a layer and the layers inside it."""
    return [layer, *(inner for part in layer.parts for inner in all_parts(part))]


@pytest.mark.parametrize("name", FILES)
def test_every_recorded_layer(name: str) -> None:
    assert rows(name)
    for row in rows(name):
        explanation = explain(row)
        (layer,) = explanation.layers
        assert layer.params == sum(prod(shape) for _, shape, *_ in row["weights"]), row
        assert layer.sentence.endswith("."), row
        check_text(explanation)
        for part in all_parts(layer):
            if part.class_name in GATED:
                assert all(weight.gates for weight in part.weights), row
                assert part.per_gate is not None


def keras1_models() -> list[dict[str, Any]]:
    """Return recorded models of Keras 0 and 1."""
    recorded: list[dict[str, Any]] = json.loads((DATA / "keras1.json").read_text())
    return recorded


def test_every_recorded_model_of_keras1() -> None:
    told = 0
    for row in keras1_models():
        summary = analyze(json.dumps(row["model"]).encode()).model
        assert summary is not None
        explanation = explain_model(summary)
        check_text(explanation)
        for layer in explanation.layers:
            if layer.params and not layer.is_model and layer.row is not None and layer.row.known:
                assert layer.sentence.endswith("."), layer.class_name
                told += 1
    assert told > 100


def test_a_line_that_does_not_come_out_is_noticed() -> None:
    good = "total: 480 + 11 = 491\n  kernel (5, 40) = 200\n  a · b\n  = 3·4\n  = 12\n"
    assert wrong_lines(good) == []
    for before, after in (("11", "12"), ("200", "201"), ("3·4", "3·5"), ("= 12", "= 13"), ("(5, 40)", "(5, 4)")):
        assert len(wrong_lines(good.replace(before, after, 1))) == 1
