"""Whatever a file holds: an answer, no exception, no defect of our own, soon."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from random import Random
from typing import Any

import pytest

from lstmlint import analyze
from lstmlint.converting import convert
from lstmlint.findings import ReadError
from lstmlint.parsing import ModelError, parse
from lstmlint.reading import read

DATA = Path(__file__).parent / "data"
VALUES: tuple[Any, ...] = (
    None, 0, 1, -1, 2.5, "", "x", [], {}, [[]], [None], True, "a/b", 10**12, [1, 2, 3], {"a": 1}, [{}], [[1, [2]]],
    float("nan"), "lstm", ["lstm", 0, 0], [{}, 0, 0], "relu", "same", [2, 2],
)  # fmt: skip


def models(source: str) -> list[dict[str, Any]]:
    """Sound models to damage."""
    if source == "keras3":
        return list(json.loads((DATA / "verdicts.json").read_text())["models"].values())
    if source == "old":
        recorded = json.loads((DATA / "keras0.json").read_text()) + json.loads((DATA / "keras1.json").read_text())
        return [row["model"] for row in recorded[::6]]
    rows = [row for path in sorted((DATA / "layers").glob("*_keras2.json")) for row in json.loads(path.read_text())[::9]]
    return [sequential(row) for row in rows if len(row["inputs"]) == 1]


def sequential(row: dict[str, Any]) -> dict[str, Any]:
    """A recorded layer of Keras 2 as a model."""
    source = {"class_name": "InputLayer", "config": {"batch_input_shape": row["inputs"][0], "name": "input"}}
    return {"class_name": "Sequential", "keras_version": "2.11.0", "config": {"name": "m", "layers": [source, row["layer"]]}}


def damage(model: Any, random: Random) -> Any:
    """One to three edits anywhere."""
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


@pytest.mark.parametrize("source", ["keras3", "keras2", "old"])
def test_damaged_models_get_an_answer(source: str) -> None:
    random = Random(source)
    sound = models(source)
    for _ in range(1500):
        damaged = damage(random.choice(sound), random)
        text = json.dumps(damaged).encode()
        report = analyze(text)
        assert [finding.message for finding in report.findings if finding.code == "E099"] == [], text
        json.dumps(report.to_dict(), allow_nan=False)


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
        result = convert(spec, allow_changes=True)
        assert (result.model is None) == bool(result.refusals)
