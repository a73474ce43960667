"""Any file gives a report in a short time, without an exception or an internal error."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from random import Random
from typing import Any

import pytest

from lstmlint import analyze
from lstmlint.comparing import compare
from lstmlint.converting import convert
from lstmlint.explaining import explain_model, render
from lstmlint.model.findings import ReadError
from lstmlint.model.releases import KERAS3
from lstmlint.parsing import ModelError, parse
from lstmlint.reading import read
from lstmlint.reporting import FORMATS, Totals, View, comparison, load

DATA = Path(__file__).parent / "data"
VALUES: tuple[Any, ...] = (
    None, 0, 1, -1, 2.5, "", "x", [], {}, [[]], [None], True, "a/b", 10**12, [1, 2, 3], {"a": 1}, [{}], [[1, [2]]],
    float("nan"), "lstm", ["lstm", 0, 0], [{}, 0, 0], "relu", "same", [2, 2],
)  # fmt: skip


def models(source: str) -> list[dict[str, Any]]:
    """Return valid models to damage."""
    if source == "keras3":
        return list(json.loads((DATA / "verdicts.json").read_text())["models"].values())
    if source == "old":
        recorded = json.loads((DATA / "keras0.json").read_text()) + json.loads((DATA / "keras1.json").read_text())
        return [row["model"] for row in recorded[::6]]
    rows = [
        row for path in sorted((DATA / "layers").glob("*_keras2.json")) for row in json.loads(path.read_text())[::9]
    ]
    return [sequential(row) for row in rows if len(row["inputs"]) == 1]


def sequential(row: dict[str, Any]) -> dict[str, Any]:
    """Return a recorded Keras 2 layer as a model."""
    source = {"class_name": "InputLayer", "config": {"batch_input_shape": row["inputs"][0], "name": "input"}}
    return {
        "class_name": "Sequential",
        "keras_version": "2.11.0",
        "config": {"name": "m", "layers": [source, row["layer"]]},
    }


def damage(model: Any, random: Random) -> Any:
    """Make one to three random edits."""
    model = copy.deepcopy(model)
    for _ in range(random.choice((1, 1, 1, 2, 3))):
        places: list[tuple[Any, Any]] = []
        collect(model, places)
        if not places:
            break
        parent, key = random.choice(places)
        kind = random.random()
        if kind < 0.6:
            parent[key] = copy.deepcopy(random.choice(VALUES))
        elif kind < 0.75:
            del parent[key]
        elif kind < 0.9:
            other, where = random.choice(places)
            parent[key] = copy.deepcopy(other[where])
        elif isinstance(parent, list):
            parent.insert(key, copy.deepcopy(parent[key]))
        else:
            parent[random.choice(("units", "name", "layers", "axis", "config", "kernel_size"))] = parent.pop(key)
    return model


def collect(value: Any, places: list[tuple[Any, Any]]) -> None:
    for key in list(value) if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ():
        places.append((value, key))
        collect(value[key], places)


def stack(*layers: tuple[str, dict[str, Any]], version: str = "2.11.0") -> dict[str, Any]:
    written = [{"class_name": class_name, "config": config} for class_name, config in layers]
    return {"class_name": "Sequential", "keras_version": version, "config": {"name": "m", "layers": written}}


def functional(layers: list[dict[str, Any]], outputs: list[str]) -> dict[str, Any]:
    ends = {"input_layers": [["x", 0, 0]], "output_layers": [[name, 0, 0] for name in outputs]}
    source = {"class_name": "InputLayer", "name": "x", "config": {"batch_input_shape": [None, 8]}, "inbound_nodes": []}
    return {
        "class_name": "Model",
        "keras_version": "2.11.0",
        "config": {"name": "m", "layers": [source, *layers], **ends},
    }


def dense(name: str, source: str) -> dict[str, Any]:
    return {"class_name": "Dense", "name": name, "config": {"units": 8}, "inbound_nodes": [[[source, 0, 0]]]}


MANY = 1500


@pytest.mark.parametrize(
    ("model", "code"),
    [
        (stack(*((f"Mine{n}", {}) for n in range(MANY))), "E004"),
        (stack(("Dense", {"units": 1, "batch_input_shape": [None, 8], **{f"unit{n}": 1 for n in range(MANY)}})), "E005"),
        (functional([dense(f"d{n}", f"e{n}") for n in range(MANY)], ["d0"]), "S124"),
        (functional([dense(f"d{n}", "x") for n in range(MANY)], [f"e{n}" for n in range(MANY)]), "S124"),
        ({**functional([dense(f"d{n}", "x") for n in range(MANY)], [f"d{n}" for n in range(MANY)]),
          "training_config": {"loss": {f"e{n}": "mse" for n in range(MANY)}}}, "H315"),
    ],
)  # fmt: skip
def test_many_wrong_names(model: dict[str, Any], code: str) -> None:
    # Each of these once took quadratic time.
    found = [finding for finding in analyze(json.dumps(model).encode()).findings if finding.code == code]
    assert len(found) == (1 if code == "H315" else MANY)


LARGE = 10**300


@pytest.mark.parametrize(
    "model",
    [
        stack(("Dense", {"units": LARGE, "batch_input_shape": [None, 8]}), ("Dense", {"units": LARGE})),
        stack(("LSTM", {"units": LARGE, "batch_input_shape": [None, LARGE, 5]})),
        stack(("InputLayer", {"batch_input_shape": [None, *[2] * 20_000]}), ("PReLU", {})),
        stack(("Reshape", {"target_shape": [LARGE, LARGE, -1], "batch_input_shape": [None, 8]})),
        stack(("InputLayer", {"batch_input_shape": [None, 3, 3]}), *[("UpSampling1D", {"size": 2**40})] * 500),
        stack(("Embedding", {"input_dim": 10**200, "output_dim": 10**200, "batch_input_shape": [None, 3]})),
    ],
)
def test_numbers_too_large_to_write(model: dict[str, Any]) -> None:
    report = analyze(json.dumps(model).encode())
    assert [finding.code for finding in report.findings] in (["C512"], ["E006"], ["S135"])
    assert report.model is not None
    assert (report.model.params, report.model.outputs) == (0, [None])
    for name in FORMATS:
        totals = Totals()
        totals.add(report)
        assert load(name).render([load(name).digest(report, View(root="/"))], totals, View(root="/"))


@pytest.mark.parametrize(
    "model",
    [
        stack(("Dense", {"units": 3, "batch_input_shape": [None, -5]})),
        stack(("PReLU", {"batch_input_shape": [-1, 5]})),
        stack(("Dense", {"output_dim": 3, "input_dim": -1}), version="1.2.2"),
        stack(("Sequential", stack(("Dense", {"units": 3, "batch_input_shape": [None, -5]}))["config"])),
    ],
)
def test_negative_input_shapes(model: dict[str, Any]) -> None:
    report = analyze(json.dumps(model).encode())
    assert "has a negative dimension; Keras refuses it" in report.findings[0].message + report.findings[-1].message
    assert report.model is not None
    assert (report.model.params, report.model.complete) == (0, False)


ATTENTION = {"num_heads": 2, "key_dim": 4, "value_dim": [1]}


def test_damaged_models_are_explained_and_compared() -> None:
    grouped = ("Conv2D", {"filters": 2, "kernel_size": 2, "groups": [2], "batch_input_shape": [None, 5, 5, 2]})
    reports = [
        analyze(json.dumps(model).encode())
        for model in (
            stack(grouped), stack(("Dense", {"units": 1, "": 1, "batch_input_shape": [None, 8]})),
            stack(("Dense", {"units": 1, "": 2, "batch_input_shape": [None, 8]})),
            stack(("InputLayer", {"batch_input_shape": [None, 8, 4]}), ("MultiHeadAttention", ATTENTION)),
            stack(("Bidirectional", {"layer": {"class_name": "LSTM", "config": {"units": 2}}, "batch_input_shape": [1]})),
            stack(("InputLayer", {"batch_input_shape": [None, 8]}), ("SpectralNormalization", {"layer": {}})),
            stack(("ConvLSTM2D", {"filters": 2, "kernel_size": 2, "data_format": "channels_first", "batch_input_shape": [1, 2]})),
            stack(("BatchNormalization", {"scale": False, "center": False, "batch_input_shape": [None, 0]})),
        )
    ]  # fmt: skip
    for report in reports:
        assert report.model is not None
        assert render(explain_model(report.model, None, 120))
        for other in reports:
            assert comparison.render(compare(report, other), "text")


def test_class_that_is_no_name() -> None:
    model = {"name": "Sequential", "class_name": {}, "layers": [{"name": "Dense", "output_dim": 1, "input_dim": 8}]}
    assert [finding.code for finding in analyze(json.dumps(model).encode()).findings] == ["E011"]


@pytest.mark.parametrize("source", ["keras3", "keras2", "old"])
def test_damaged_models_get_an_answer(source: str) -> None:
    random = Random(source)
    sound = models(source)
    for _ in range(1000):
        damaged = damage(random.choice(sound), random)
        text = json.dumps(damaged).encode()
        report = analyze(text)
        assert [finding.message for finding in report.findings if finding.code == "E099"] == [], text
        json.dumps(report.to_dict(), allow_nan=False)


# The newest Keras 3 most often, since it refuses least.
TARGETS = [*KERAS3, *[KERAS3[-1]] * 16]


@pytest.mark.parametrize("source", ["keras3", "keras2", "old"])
def test_damaged_models_are_converted_or_refused(source: str) -> None:
    random = Random(source)
    sound = models(source)
    for _ in range(400):
        damaged = damage(random.choice(sound), random)
        try:
            spec = parse(read(json.dumps(damaged).encode()))
        except (ModelError, ReadError):
            continue
        result = convert(spec, random.choice(TARGETS), allow_changes=True)
        assert (result.model is None) == bool(result.refusals)
