"""Valid configs with one damaged value: lstmlint and Keras agree on whether they load.

REASONS holds the differences that many configs share, EXCEPTIONS the single ones.
"""

from __future__ import annotations

import json
import os
import warnings
from typing import Any

import pytest

os.environ.setdefault("KERAS_BACKEND", "numpy")
keras = pytest.importorskip("keras")

from tests import test_build_config as built  # noqa: E402
from tests import test_calls as calls  # noqa: E402
from tests import test_compile_config as compiled  # noqa: E402
from tests.referee.verdicts import Verdict, verdicts  # noqa: E402

pytestmark = pytest.mark.referee
EDITS = int(os.environ.get("LSTMLINT_DRAWS", "90"))  # of each of the models
FIRST = int(os.environ.get("LSTMLINT_FIRST_SEED", "0"))


def backend(verdict: Verdict) -> bool:
    """Only the NumPy backend refuses it: ragged and sparse tensors, strings, half precision in QR."""
    words = (
        "not supported with the numpy backend", "only supported with the TensorFlow backend", "unsupported in linalg",
        "data type 'string' not understood",
    )  # fmt: skip
    return verdict.keras is not None and any(word in verdict.keras for word in words)


def no_model(verdict: Verdict) -> bool:
    """Without class_name or config, Keras returns a plain dict, as if that were the model."""
    return verdict.keras is None and (verdict.lstmlint or "").startswith("E002")


def custom(verdict: Verdict) -> bool:
    """An unknown class or name loads with custom_objects, and is a warning."""
    return verdict.keras is not None and any(
        text.startswith("E004") or "loads only with custom_objects" in text for text in verdict.warnings
    )


REASONS = (backend, no_model, custom)

# model/seed: why lstmlint and Keras differ.
EXCEPTIONS = {
    "cells/19": "a stack of cells takes a dtype policy of any class, and does not look at it",
    "image_preprocessing/23": "a record of a negative size, which no Keras writes, is taken for an unknown size",
}


@pytest.fixture(scope="module")
def found() -> list[Verdict]:
    """Return all verdicts."""
    return list(verdicts(EDITS, FIRST))


def test_enough(found: list[Verdict]) -> None:
    refused = sum(verdict.keras is not None for verdict in found)
    assert len(found) > 30 * EDITS
    assert 0.3 < refused / len(found) < 0.8  # harmless and harmful edits


def test_agreement(found: list[Verdict]) -> None:
    agreed = sum(verdict.agrees for verdict in found)
    assert agreed / len(found) >= 0.99


def test_the_rest_is_explained(found: list[Verdict]) -> None:
    unexplained = [
        str(verdict)
        for verdict in found
        if not verdict.agrees and verdict.place not in EXCEPTIONS and not any(reason(verdict) for reason in REASONS)
    ]
    assert not unexplained, "\n".join(unexplained)


def test_every_exception_still_is_one(found: list[Verdict]) -> None:
    differing = {verdict.place for verdict in found if not verdict.agrees}
    if FIRST == 0 and EDITS >= 90:
        assert not EXCEPTIONS.keys() - differing


def test_no_defect_of_ours(found: list[Verdict]) -> None:
    assert not [str(verdict) for verdict in found if (verdict.lstmlint or "").startswith("E099")]


def loads(model: Any) -> Any:
    """Return the model, or None if Keras refuses it."""
    keras.utils.clear_session(free_memory=False)
    warnings.simplefilter("ignore")
    try:
        return keras.models.model_from_json(json.dumps(model))
    except Exception:
        return None


@pytest.mark.parametrize(("name", "build_config", "params"), built.ROWS, ids=json.dumps)
def test_build_config(name: str, build_config: Any, params: int | None) -> None:
    model = loads(built.model_of(name, build_config))
    assert (None if model is None else model.count_params()) == params


@pytest.mark.parametrize(("config", "errors"), compiled.ROWS, ids=json.dumps)
def test_compile_config(config: Any, errors: list[str]) -> None:
    assert (loads(compiled.model_of(config)) is None) == bool(errors)


@pytest.mark.parametrize(("layer", "call", "expected"), calls.ROWS, ids=json.dumps)
def test_calls(layer: str, call: Any, expected: Any) -> None:
    model = loads(calls.model_of(layer, call))
    if model is None:
        assert isinstance(expected, str)
    elif expected is not None:
        assert [list(tensor.shape) for tensor in model.outputs] == expected
