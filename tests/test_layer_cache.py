"""The cache of layers changes no result."""

from __future__ import annotations

import copy
import gc
import json
from pathlib import Path
from random import Random
from typing import Any

import pytest

from lstmlint import analyze
from lstmlint.inference import context
from tests.referee.damage import OTHER_VALUES
from tests.test_properties import render
from tests.test_robustness import collect, models

ROOT = Path(__file__).parent.parent
HEADER = ("build_config", "compile_config", "dtype", "module", "registered_name", "trainable")


def with_twin(model: dict[str, Any], seed: int) -> tuple[dict[str, Any], str]:
    """Duplicate a layer of the model with one value changed, or of another type."""
    random, model = Random(seed), copy.deepcopy(model)
    layers = model["config"]["layers"]
    place = random.randrange(len(layers))
    twin = copy.deepcopy(layers[place])
    twin["config"]["name"] = "twin"
    if "name" in twin:
        twin["name"] = "twin"
    found: list[tuple[Any, Any]] = []
    collect(twin, found)
    parent, key = random.choice(found)
    old = parent[key]
    new = random.choice(OTHER_VALUES)
    if isinstance(old, int) and random.random() < 0.6:  # in Python, true equals 1 and 1 equals 1.0
        new = random.choice((int(old), float(old), bool(old)))
    parent[key] = new
    if random.random() < 0.2:
        del parent[key]
    if random.random() < 0.3:
        part = twin["config"] if random.random() < 0.5 and isinstance(twin.get("config"), dict) else twin
        part[random.choice(HEADER)] = random.choice(OTHER_VALUES)
    layers.insert(place + 1, twin)
    return model, f"{layers[place]['class_name']}: {key} {old!r} -> {new!r}"


def both(monkeypatch: pytest.MonkeyPatch, text: bytes) -> tuple[str, str]:
    """Return the report with and without the cache."""
    report = render("json", analyze(text))
    with monkeypatch.context() as patch:
        patch.setattr(context, "key_of", lambda spec: None)
        return report, render("json", analyze(text))


def test_a_layer_that_is_nearly_like_another(monkeypatch: pytest.MonkeyPatch) -> None:
    sound = models("keras3")
    for seed in range(1500):
        model, edit = with_twin(sound[seed % len(sound)], seed)
        report, alone = both(monkeypatch, json.dumps(model).encode())
        assert report == alone, edit


@pytest.mark.parametrize("path", sorted((ROOT / "examples").rglob("*.json")), ids=lambda path: path.stem)
def test_an_analysis_leaves_no_cycles(monkeypatch: pytest.MonkeyPatch, path: Path) -> None:
    text = path.read_bytes()
    report, alone = both(monkeypatch, text)
    assert report == alone
    if path.stem.startswith("S125"):  # the layers themselves form a cycle
        return
    gc.collect()
    gc.disable()
    try:
        analyze(text)
        assert gc.collect() == 0
    finally:
        gc.enable()
