"""Damaged configs: whether they load, against recorded results of Keras (scripts/record_verdicts.py)."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from lstmlint import analyze
from tests.referee.damage import Damage

RECORDED = json.loads((Path(__file__).parent / "data" / "verdicts.json").read_text())


@pytest.mark.parametrize("name", RECORDED["models"])
def test_verdicts(name: str) -> None:
    model = RECORDED["models"][name]
    good = [f"{f.code} {f.message}" for f in analyze(json.dumps(model).encode()).findings if f.severity == "error"]
    assert good == []
    wrong = []
    for edited, seed, refused in RECORDED["edits"]:
        if edited == name:
            damaged, edit = Damage(f"{name}/{seed}").apply(model)
            errors = [
                f"{f.code} {f.message}" for f in analyze(json.dumps(damaged).encode()).findings if f.severity == "error"
            ]
            if bool(errors) != refused:
                wrong.append(
                    f"{seed} {edit}: Keras {'refuses it' if refused else 'loads it'}, lstmlint reports {errors[:1]}"
                )
    assert wrong == []
