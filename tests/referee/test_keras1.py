"""Layers and models of Keras 0 and 1, against Keras's own code on a stub backend."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.keras1_models import MASKS, disagreement, questions
from tests.referee.keras1 import ask, fetch

pytest.importorskip("numpy")
pytestmark = pytest.mark.referee
DRAWS = int(os.environ.get("LSTMLINT_DRAWS", "20"))


@pytest.mark.parametrize("version", ["0.3.3", "1.0.8", "1.2.2"])
def test_agrees_with_keras(version: str, tmp_path: Path) -> None:
    try:
        source = fetch(version, tmp_path)
    except RuntimeError as error:
        pytest.skip(f"the source of Keras {version} cannot be had: {error}")
    models = questions(version, DRAWS, DRAWS * 5)
    answers = ask(source, models)
    wrong = {name: found for name in models if (found := disagreement(models[name], answers[name]))}
    shown = "\n".join(f"{name}: {found}\n  {models[name]}" for name, found in list(wrong.items())[:5])
    assert not wrong, f"{len(wrong)} of {len(models)} differ:\n{shown}"
    # Only the models that should be refused are refused.
    refused = [name for name, answer in answers.items() if "error" in answer]
    assert refused == (["unequal merge", "wrong rank"] if version == "1.2.2" else [])


def test_masks_that_keras_refuses(tmp_path: Path) -> None:
    try:
        source = fetch("1.2.2", tmp_path)
    except RuntimeError as error:
        pytest.skip(f"the source of Keras 1.2.2 cannot be had: {error}")
    answers = ask(source, {str(number): model for number, (model, _) in enumerate(MASKS)})
    refused = ["error" in answer for answer in answers.values()]
    assert refused == [code == "R238" for _, code in MASKS]
