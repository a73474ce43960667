"""`lstmlint convert`: Keras 3 loads the result with the same counts and shapes."""

from __future__ import annotations

import json
import os
import random
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

os.environ.setdefault("KERAS_BACKEND", "numpy")
keras = pytest.importorskip("keras")
if not keras.__version__.startswith("3."):
    pytest.skip("this needs Keras 3", allow_module_level=True)

from lstmlint.converting import Conversion, convert  # noqa: E402
from lstmlint.parsing import parse  # noqa: E402
from lstmlint.reading.document import Document  # noqa: E402
from tests.referee.common import compare, shapes, summarize  # noqa: E402
from tests.referee.test_mixed_models import MODELS  # noqa: E402
from tests.referee.test_recurrent import FAMILIES  # noqa: E402

pytestmark = [pytest.mark.referee, pytest.mark.filterwarnings("ignore")]
DATA = Path(__file__).parent.parent / "data"


def converted(config: Any) -> Conversion:
    """Convert a model's config, with changes allowed."""
    return convert(parse(Document("model.json", "json", config)), allow_changes=True)


@pytest.mark.parametrize("make", [*FAMILIES, *MODELS], ids=lambda make: make.__name__)
def test_keras3_stays_what_it_is(make: Callable[[random.Random], Any]) -> None:
    wrong = []
    for seed in range(10):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            keras.backend.clear_session()
            text = make(random.Random(seed)).to_json()
            result = converted(json.loads(text))
            if result.model is None:
                wrong.append(f"seed {seed}: {result.refusals}")
                continue
            before = keras.models.model_from_json(text).to_json()
            loaded = keras.models.model_from_json(json.dumps(result.model))
        if json.loads(loaded.to_json()) != json.loads(before):
            wrong.append(f"seed {seed}: Keras saves another model than before")
        wrong += compare(loaded)
    assert not wrong, "\n".join(wrong[:5])


def judge(config: Any) -> str | None:
    """Return what is wrong with the conversion of a model that Keras loads, or None if it is right or refused."""
    result = converted(config)
    if result.model is None:
        return None if result.refusals else "neither converted nor refused"
    summary = summarize(config)
    model = keras.models.model_from_json(json.dumps(result.model))
    found = model.count_params(), shapes(model.outputs)
    return None if found == (summary.params, summary.outputs) else f"{found}, not {summary.params}, {summary.outputs}"


@pytest.mark.parametrize("name", ["keras0", "keras1"])
def test_keras_0_and_1(name: str) -> None:
    cases = [case for case in json.loads((DATA / f"{name}.json").read_text()) if "error" not in case["answer"]]
    wrong = [f"{case['name']}: {found}" for case in cases if (found := judge(case["model"]))]
    assert not wrong, "\n".join(wrong[:5])
    refused = sum(converted(case["model"]).model is None for case in cases)
    assert refused < len(cases) / 4, "most models have something that Keras 3 has, too"
