"""lstmlint's reading of Python snippets against what real Keras said of them: tests/data/python/."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from typing import Any

import pytest

from tests.python_snippets import (
    RECORD,
    REFUSED,
    UNKNOWN_SIZE,
    USED,
    Snippet,
    disagreements,
    read_models,
    snippets,
    with_unknown_parts,
)

ANSWERS = json.loads(RECORD.read_text(encoding="utf-8"))
SNIPPETS = snippets()

# Snippets of which lstmlint does not read every model exactly yet, and says so.
IN_PART = frozenset(
    """
    adv_exceptions.py adv_broadcasting.py adv_control_flow.py adv_from_config.py adv_list_semantics.py
    adv_nested_reuse.py adv_objects.py adv_ops_functions.py adv_python_syntax.py adv_scopes.py
    adv_tensor_functions.py adv_time_distributed_model.py
    k1_time_distributed.py k2_several_models.py k3_conditionals.py k3_env_units.py
    k3_function_called.py k3_recurrent_cells.py k3_subclassed_unbuilt.py k3_try_finally.py
    tf_subclass_encoder_decoder.py
    """.split()
)


@pytest.mark.parametrize("snippet", SNIPPETS, ids=lambda snippet: snippet.name)
def test_agrees_with_keras_or_says_that_it_is_not_exact(snippet: Snippet) -> None:
    ours = read_models(snippet)
    answers = ANSWERS[snippet.name]["models"]
    assert REFUSED not in answers
    exact = {name: model for name, model in ours.items() if model["exact"] and not model["missing"]}
    for name, model in exact.items():
        if model["params"] is not None:
            assert closest(model, answers) == [], f"{name} is not as Keras says"
    unread = [name for name in answers if not name.startswith(USED) and not is_read(answers[name], exact, answers)]
    if snippet.inexact:
        assert not exact
    elif snippet.name in IN_PART:
        assert unread, f"{snippet.name} is read whole now: remove it from IN_PART"
    else:
        assert not unread, [(name, model["missing"], model["reasons"]) for name, model in ours.items()]


def closest(model: dict[str, Any], answers: dict[str, Any]) -> list[str]:
    """Return how a model differs from the answer that is most like it."""
    return min((disagreements(model, answer) for answer in answers.values()), key=len)


def is_read(answer: dict[str, Any], exact: dict[str, Any], answers: dict[str, Any]) -> bool:
    """Check whether one of the models agrees with an answer. A layer of another model needs no entry of its own."""
    if any([answer["name"], answer["class"]] == row[:2] for other in answers.values() for row in other["layers"]):
        return True
    return any(not disagreements(model, answer) for model in exact.values())


# Programs in which an unknown part leads to a model that the snippet does not build but that is right: one before it is frozen,
# a part on its own, or an exception that does not happen, since what is unknown is taken not to raise one. In
# adv_model_mutation, a model of unknown layers is frozen; in adv_mutable_defaults, an unknown argument may be the default.
NOT_COMPARED = frozenset(
    """
    adv_applications.py adv_applications3.py adv_exceptions.py adv_model_mutation.py adv_mutable_defaults.py
    adv_nested_reuse.py tf_cnn_lstm_images.py tf_gan_class.py
    """.split()
)


def test_unknown_parts_give_the_same_model_or_an_inexact_one() -> None:
    programs = [
        (snippet, program, size)
        for snippet in SNIPPETS
        if snippet.path.suffix == ".py" and not snippet.inexact and snippet.name not in NOT_COMPARED
        for program, size in with_unknown_parts(snippet.text)
    ]
    claims = 0
    for snippet, program, size in random.Random(7).sample(programs, 160):
        known = replace(snippet, sizes={**snippet.sizes, **({} if size is None else {UNKNOWN_SIZE: size})})
        for name, model in read_models(known, program).items():
            if model["exact"] and not model["missing"] and model["params"] is not None:
                claims += 1
                wrong = closest(model, ANSWERS[snippet.name]["models"])
                assert not [text for text in wrong if text.startswith(("params", "trainable"))], (
                    snippet.name,
                    name,
                    program,
                )
    assert claims > 160


def test_record_is_complete() -> None:
    assert {snippet.name: snippet.engine for snippet in SNIPPETS} == {
        name: answer["engine"] for name, answer in ANSWERS.items()
    }
    assert len(SNIPPETS) >= 150
    rows = [row for answer in ANSWERS.values() for model in answer["models"].values() for row in model["layers"]]
    assert sum(row[2] is not None for row in rows) > 1500  # real shapes
