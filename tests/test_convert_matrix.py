"""Conversions of the recorded models (`tests/data/compat`): what is written loads there, with the same counts."""

from __future__ import annotations

from typing import Any

import pytest

import lstmlint
from tests.test_compat_verdicts import ROWS

NEWEST = [row for row in ROWS if row["saved_by"] == "3.15"]


def counts(model: dict[str, Any]) -> tuple[Any, ...]:
    report = lstmlint.analyze(model)
    assert report.model is not None
    assert [finding for finding in report.findings if finding.severity == "error"] == []
    # Keras 2 infers some dimensions that Keras 3 leaves open.
    ranks = [shape and len(shape) for shape in report.model.outputs]
    return report.model.params, report.model.trainable_params, ranks


@pytest.mark.parametrize("release", ["tf2.12", "tf2.15", "tf_keras2.21", "3.15", "3.9", "3.4", "3.0"])
def test_conversions_load(release: str) -> None:
    converted = 0
    for row in NEWEST:
        model = lstmlint.convert(row["document"], to=release, allow_changes=True).model
        if model is None:
            continue
        converted += 1
        (verdict,) = lstmlint.compat(model, release)
        assert verdict.loads is not False, (row["model"], [obstacle.message for obstacle in verdict.obstacles])
        assert counts(model) == counts(row["document"]), row["model"]
    assert converted > len(NEWEST) / 2


def test_there_and_back() -> None:
    for row in NEWEST:
        there = lstmlint.convert(row["document"], to="tf2.15").model
        if there is None or row["model"].startswith("einsum"):  # whose shapes Keras 3 cannot express
            continue
        back = lstmlint.convert(there, to="keras3", allow_changes=True)
        assert back.model is not None, (row["model"], back.refusals)
        assert counts(back.model) == counts(row["document"]), row["model"]
