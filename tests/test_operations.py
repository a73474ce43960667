"""Operations in functional graphs, against recorded results of Keras and tf_keras."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest

from lstmlint.inference import infer
from lstmlint.layers import ops
from lstmlint.layers.ops.base import Refusal
from lstmlint.layers.ops.dtypes import promote
from lstmlint.layers.ops.table import FAMILIES, OPERATIONS
from lstmlint.parsing import parse
from lstmlint.reading.document import Document
from lstmlint.signatures.operations import SIGNATURES
from tests.op_nodes import inferred, model_of, tensor
from tests.referee.tf_recipes import REFUSED, refused_model

DATA = Path(__file__).parent / "data" / "ops"
ROWS: dict[str, list[dict[str, Any]]] = defaultdict(list)
for recorded in json.loads((DATA / "keras.json").read_text(encoding="utf-8")):
    ROWS[recorded["op"]].append(recorded)
MODELS = json.loads((DATA / "tf_keras.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", sorted(ROWS))
def test_as_keras(name: str) -> None:
    for row in ROWS[name]:
        theirs = row["outputs"]
        ours, problems = inferred(row, 1 if theirs is None else len(theirs))
        if theirs is None:
            assert problems, row
        else:
            assert not problems, row
            assert ours == [(tuple(shape), dtype) for shape, dtype in theirs], row


@pytest.mark.parametrize("row", MODELS, ids=[row["recipe"] for row in MODELS])
def test_as_tf_keras(row: dict[str, Any]) -> None:
    model = {"class_name": "Functional", "config": row["model"], "keras_version": "2.21.0", "backend": "tensorflow"}
    summary = infer(parse(Document("model.json", "json", model)))
    if not row["loads"]:
        assert summary.problems
        return
    assert summary.problems == []
    assert (summary.params, summary.complete) == (0, True)
    layers = {layer.name: layer for layer in summary.layers}
    for name, shapes in row["shapes"].items():
        assert layers[name].output_shapes == [None if one is None else tuple(one) for one in shapes]


def test_every_class_has_one_rule() -> None:
    names = [name for _, _, listed in FAMILIES for name in listed.split()]
    assert len(names) == len(set(names))
    assert set(names) == SIGNATURES.keys()


def test_every_rule_exists() -> None:
    from lstmlint.layers.ops.base import rule
    from lstmlint.layers.ops.tensorflow_table import FUNCTIONS

    for name, _ in OPERATIONS.values():
        assert callable(rule(name))
    for name, _, _ in FUNCTIONS.values():
        assert callable(rule(name))


def test_covered_names_functions_and_families() -> None:
    covered = ops.covered()
    assert covered["concatenate"] == "joining"
    assert covered["image.resize"] == "images"
    assert len(covered) > 300
    assert not covered.keys() & ops.NOT_OPERATIONS.keys()
    assert ops.covered_tensorflow()["math.reduce_mean"] == "reduction"


def test_operations_are_imported_only_for_models_that_have_them() -> None:
    code = (
        "import sys; from lstmlint.inference import infer; from lstmlint.layers import find; find('LSTM'); find('Dense');"
        " print([name for name in sys.modules if name.startswith('lstmlint.layers.ops')])"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("module", "codes"), [("keras.src.ops", []), ("keras.src.ops.nn", ["E004"]), ("keras.ops", ["E004"])]
)
def test_keras_looks_for_a_class_in_its_module(module: str, codes: list[str]) -> None:
    model = model_of({"op": "Sum", "config": {"axis": 1}, "args": [tensor(None, 4)]})
    model["config"]["layers"][-1]["module"] = module
    summary = infer(parse(Document("model.json", "json", model)))
    assert ([problem.code for problem in summary.problems], summary.outputs) == (codes, [(None,)])


def test_the_module_says_whether_a_layer_or_an_operation_is_meant() -> None:
    node = {"op": "Add", "config": {}, "args": [tensor(None, 4), 1.0]}
    assert inferred(node) == ([((None, 4), "float32")], [])
    model = model_of(node)
    model["config"]["layers"][-1]["module"] = "keras.layers"
    assert infer(parse(Document("model.json", "json", model))).problems


@pytest.mark.parametrize(
    ("node", "words"),
    [
        (
            {"op": "Add", "config": {}, "args": [tensor(None, 4), tensor(None, 5)]},
            "S113 keras.ops.add cannot broadcast (None, 4) with (None, 5)",
        ),
        (
            {"op": "Concatenate", "config": {"axis": 1}, "args": [[tensor(None, 4, 2), tensor(None, 4, 3)]]},
            "S112 keras.ops.concatenate cannot join (None, 4, 2) and (None, 4, 3) on axis 1",
        ),
        (
            {"op": "Reshape", "config": {"newshape": [3, -1]}, "args": [tensor(2, 4)]},
            "S109 keras.ops.reshape cannot infer the -1 in (3, -1): the 8 elements of (2, 4) are not a multiple of 3",
        ),
        (
            {"op": "Sum", "config": {"axis": 3}, "args": [tensor(None, 4)]},
            "S111 keras.ops.sum has axis 3, out of range for 2 dimensions",
        ),
        (
            {"op": "Sum", "config": {"axes": 1}, "args": [tensor(None, 4)]},
            "E005 keras.ops.sum does not accept the argument 'axes'",
        ),
        ({"op": "Cast", "config": {}, "args": [tensor(None, 4)]}, "E006 keras.ops.cast needs the argument 'dtype'"),
        (
            {"op": "Sum", "config": {}, "args": [tensor(None, 4)], "kwargs": {"axis": 1}},
            "E005 keras.ops.sum takes axis in its config, not in its call",
        ),
        (
            {"op": "Unstack", "config": {"axis": 0}, "args": [tensor(None, 4)]},
            "S106 keras.ops.unstack needs a known size of axis 0",
        ),
    ],
)
def test_refusals_say_what_was_found(node: dict[str, Any], words: str) -> None:
    assert any(problem.startswith(words) for problem in inferred(node)[1])


@pytest.mark.parametrize(
    ("given", "theirs"),
    [
        (("bool", "int"), "int32"),
        (("int32", "float"), "float32"),
        (("uint8", "int8"), "int16"),
        (("float16", "bfloat16"), "float32"),
        (("float16", "float"), "float16"),
        (("int", "float"), "float32"),
        (("int64", "float32"), "float32"),
        (("uint32", "int32"), "int32"),
        (("float32", None), None),
        (("complex64", "float32"), "complex64"),
        ((), "float32"),
    ],
)
def test_promotion(given: tuple[str | None, ...], theirs: str | None) -> None:
    assert promote(*given) == theirs


@pytest.mark.parametrize("given", [("float8_e4m3fn", "float32"), ("string", "int32")])
def test_no_promotion(given: tuple[str, ...]) -> None:
    with pytest.raises(Refusal):
        promote(*given)


def test_an_argument_in_the_wrong_place_still_counts() -> None:
    node = {"op": "Sum", "config": {}, "args": [tensor(None, 4, 3)], "kwargs": {"axis": 1}}
    assert inferred(node)[0] == [((None, 3), "float32")]


def test_more_outputs_than_any_model_has_are_unknown() -> None:
    node = {"op": "Split", "config": {"indices_or_sections": 10**12, "axis": 0}, "args": [tensor(None, 4)]}
    assert inferred(node) == ([(None, None)], [])


@pytest.mark.parametrize("call", REFUSED, ids=str)
def test_what_tensorflow_refuses(call: Any) -> None:
    function, shapes, arguments, code = call
    summary = infer(parse(Document("model.json", "json", refused_model(function, shapes, arguments))))
    assert [problem.code for problem in summary.problems] == [code]


def test_unknown_functions_of_tensorflow_stay_unknown() -> None:
    layers = [
        {"class_name": "InputLayer", "name": "x", "config": {"batch_input_shape": [None, 4], "name": "x"}, "inbound_nodes": []},
        {
            "class_name": "TFOpLambda", "name": "op", "config": {"name": "op", "function": "math.no_such_function"},
            "inbound_nodes": [["x", 0, 0, {"axis": 1}]],
        },
    ]  # fmt: skip
    config = {"name": "m", "layers": layers, "input_layers": [["x", 0, 0]], "output_layers": [["op", 0, 0]]}
    summary = infer(parse(Document("model.json", "json", {"class_name": "Functional", "config": config})))
    row = summary.layers[-1]
    assert (row.known, row.output_shapes, row.params) == (False, [None], 0)
    assert (summary.complete, summary.problems) == (True, [])
