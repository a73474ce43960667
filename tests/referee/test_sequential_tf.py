"""Sequentials that tf_keras refuses: several outputs, cells, and Lambdas with code."""

from __future__ import annotations

import json
import os

import pytest

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
keras = pytest.importorskip("tf_keras")

from tests.test_keras2 import CODE, INPUT, SEQUENTIALS, VERSION, Config, layer, sequential  # noqa: E402

pytestmark = [pytest.mark.referee_tf, pytest.mark.filterwarnings("ignore")]


@pytest.mark.parametrize(("model", "code"), SEQUENTIALS)
def test_outputs_and_states_of_a_sequential(model: Config, code: str | None) -> None:
    if code is None:
        keras.models.model_from_json(json.dumps(model))
    else:
        with pytest.raises((TypeError, ValueError)):
            keras.models.model_from_json(json.dumps(model))


def test_lambda_with_code() -> None:
    model = sequential(INPUT, layer("Lambda", "code", function=CODE, function_type="lambda"), **VERSION)
    with pytest.raises(ValueError, match="safe_mode=False"):
        keras.models.model_from_json(json.dumps(model))
