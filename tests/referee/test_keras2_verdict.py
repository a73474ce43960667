"""Damaged Keras 2 models: the same verdict as tf_keras, and the same counts if both read the model.

LSTMLINT_DRAWS=50 LSTMLINT_FIRST_SEED=1000 draws more edits, with other seeds.

REASONS lists the known differences: dtypes that TensorFlow does not mix, sparse tensors, unknown names.
"""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
tf_keras = pytest.importorskip("tf_keras")

from lstmlint import analyze  # noqa: E402
from tests.referee.damage import EDITS, Damage, layers_of, places  # noqa: E402
from tests.referee.keras2_models import good_models  # noqa: E402

pytestmark = [pytest.mark.referee_tf, pytest.mark.filterwarnings("ignore")]
DRAWS = int(os.environ.get("LSTMLINT_DRAWS", "8"))  # of each of the models
FIRST = int(os.environ.get("LSTMLINT_FIRST_SEED", "0"))
PATIENCE = 20  # seconds: on some broken graphs tf_keras runs in circles


def reconnect(damage: Damage, config: Any) -> str | None:
    """Edit a [layer, call, output] of a functional model of Keras 2."""
    found = [
        (parent, key, pointer)
        for parent, key, pointer in places(config)
        if isinstance(parent[key], list) and len(parent[key]) in (3, 4) and isinstance(parent[key][0], str)
    ]
    place = damage.some(found)
    if place is None:
        return None
    parent, key, pointer = place
    ref, old = parent[key], list(parent[key])
    draw = damage.random
    choice = draw.randrange(5)
    if choice < 2:
        ref[0] = draw.choice([layer["config"]["name"] for layer in layers_of(config)])
    elif choice == 2:
        ref[0] = draw.choice((f"{ref[0]}x", "nothing", "", None, 3))
    elif choice == 3:
        ref[draw.choice((1, 2))] = draw.choice((1, 2, -1, 5))
    else:
        parent[key] = draw.choice((ref[:2], [*ref[:3], {}], [*ref[:3], {"foo": 1}], None, "abc", []))
    return f"{pointer} {old!r:.60} -> {parent[key]!r:.60}"


EDITS2 = (*(edit for edit in EDITS if edit.__name__ != "reconnect"), reconnect, reconnect)


@dataclass
class Verdict:
    """The verdicts of tf_keras and lstmlint on a model: the error, or None."""

    place: str
    keras: str | None
    lstmlint: str | None
    warnings: list[str]
    counts: str = ""

    @property
    def agrees(self) -> bool:
        return (self.keras is None) == (self.lstmlint is None)


@contextmanager
def patience() -> Iterator[None]:
    """Raises: TimeoutError."""

    def give_up(*_: Any) -> None:
        raise TimeoutError

    signal.signal(signal.SIGALRM, give_up)
    signal.alarm(PATIENCE)
    try:
        yield
    finally:
        signal.alarm(0)


def verdict(place: str, config: Any) -> Verdict:
    """Return both verdicts."""
    text = json.dumps(config)
    report = analyze(text.encode())
    errors = [f"{f.code} {f.pointer} {f.message}" for f in report.findings if f.severity == "error"]
    found = Verdict(
        place, None, errors[0] if errors else None, [f.code for f in report.findings if f.severity == "warning"]
    )
    tf_keras.backend.clear_session()
    try:
        with patience():
            model = tf_keras.models.model_from_json(text)
    except Exception as error:
        found.keras = f"{type(error).__name__}: {' '.join(str(error).split())[-200:]}"
        return found
    if not errors and report.model is not None and report.model.complete and getattr(model, "outputs", None):
        theirs = (count(model.weights), count(model.trainable_weights))
        if (ours := (report.model.params, report.model.trainable_params)) != theirs:
            found.counts = f"{ours}, tf_keras {theirs}"
    return found


def count(weights: list[Any]) -> int:
    """Return the number of parameters, counting each weight once."""
    return sum(weight.shape.num_elements() for weight in {id(weight): weight for weight in weights}.values())


WORDS = ("dtype", "DType", "datatype", "mixed types", "got a boolean", "match type", "sparse", "SparseTensor")


def custom(verdict: Verdict) -> bool:
    """An unknown name or class loads with custom_objects, and is a warning."""
    return verdict.keras is not None and any(text.startswith(("E004", "E007")) for text in verdict.warnings)


def types(verdict: Verdict) -> bool:
    """TensorFlow combines only tensors of one dtype, and does not treat true as a number."""
    return verdict.keras is not None and any(word in verdict.keras for word in WORDS)


def no_model(verdict: Verdict) -> bool:
    """tf_keras treats a Sequential without a config as empty."""
    return verdict.keras is None and (verdict.lstmlint or "").startswith("E002")


def endless(verdict: Verdict) -> bool:
    """The machine was slow, or the graph is endless."""
    return (verdict.keras or "").startswith("TimeoutError")


def later(verdict: Verdict) -> bool:
    """lstmlint says that the model loads, and that building or training it fails."""
    said = verdict.lstmlint or ""
    return verdict.keras is None and any(words in said for words in ("in training", "when it builds the model"))


REASONS = (custom, types, no_model, endless, later)


@pytest.fixture(scope="module")
def found() -> list[Verdict]:
    """Return all verdicts."""
    verdicts = []
    for name, config in good_models():
        good = verdict(name, config)
        assert (good.keras, good.lstmlint, good.counts) == (None, None, "")
        for seed in range(FIRST, FIRST + DRAWS):
            damaged, edit = Damage(f"{name}/{seed}", EDITS2).apply(config)
            verdicts.append(verdict(f"{name}/{seed} {edit}", damaged))
    return verdicts


def test_enough(found: list[Verdict]) -> None:
    refused = sum(verdict.keras is not None for verdict in found)
    assert 0.3 < refused / len(found) < 0.8


def test_agreement(found: list[Verdict]) -> None:
    differ = [verdict for verdict in found if not verdict.agrees and not any(reason(verdict) for reason in REASONS)]
    assert len(differ) <= 0.04 * len(found), "\n".join(map(str, differ))


def test_no_false_errors(found: list[Verdict]) -> None:
    differ = [one for one in found if one.lstmlint and not one.agrees and not any(reason(one) for reason in REASONS)]
    assert not differ, "\n".join(map(str, differ))


def test_counts(found: list[Verdict]) -> None:
    assert not [verdict for verdict in found if verdict.counts]


def test_no_defect_of_ours(found: list[Verdict]) -> None:
    assert not [verdict for verdict in found if (verdict.lstmlint or "").startswith("E099")]
