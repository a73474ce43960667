"""What the pages of the rules say about their examples: the installed Keras loads the same ones."""

from __future__ import annotations

import json
from importlib import import_module

import pytest

from scripts.record_rule_examples import DIALECTS, TARGET, answers

RECORDED = json.loads(TARGET.read_text("utf-8"))


@pytest.mark.parametrize(
    "name", [pytest.param("keras", marks=pytest.mark.referee), pytest.param("tf_keras", marks=pytest.mark.referee_tf)]
)
def test_examples_load_as_recorded(name: str) -> None:
    found = answers(import_module(name), DIALECTS[name])
    recorded = RECORDED[name]["answers"]
    assert {code: {key: text is None for key, text in said.items()} for code, said in found.items()} == {
        code: {key: text is None for key, text in said.items()} for code, said in recorded.items()
    }
