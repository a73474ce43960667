"""Damaged models through everything (tests/fuzz.py), for a bounded number of inputs. LSTMLINT_FUZZ=1000 runs more of them."""

from __future__ import annotations

import copy
import json
import os
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lstmlint import analyze
from lstmlint.reporting import FORMATS, Totals, View, load
from tests import fuzz, fuzz_programs

EXAMPLES = int(os.environ.get("LSTMLINT_FUZZ", "60"))
bounded = settings(
    max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck), derandomize=EXAMPLES == 60
)

leaves = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.sampled_from(fuzz.NAMES)
    | st.integers(0, len(fuzz.NUMBERS) - 1).map(fuzz.NUMBERS.__getitem__) | st.sampled_from(fuzz.OTHERS)  # too long to print
)  # fmt: skip
keys = st.sampled_from(fuzz.KEYS) | st.sampled_from(fuzz.NAMES) | st.text(max_size=8)
values = st.recursive(
    leaves, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=4), max_leaves=12
)


@st.composite
def documents(draw: st.DrawFn) -> bytes:
    """A model with values of any kind in one to four places, in any container."""
    data: Any = copy.deepcopy(draw(st.sampled_from(fuzz.models())))
    for _ in range(draw(st.integers(1, 4))):
        places = fuzz.places(data)
        if not places:
            break
        parent, key = places[draw(st.integers(0, len(places) - 1))]
        if isinstance(parent, dict) and draw(st.booleans()):
            key = draw(keys)
        parent[key] = copy.deepcopy(draw(values))
    wrap = draw(st.sampled_from(fuzz.CONTAINERS))
    return wrap(fuzz.encoded(data), Random(0))


@st.composite
def corrupted(draw: st.DrawFn) -> bytes:
    """A file with some wrong bytes."""
    raw = bytearray(draw(documents()))
    for _ in range(draw(st.integers(1, 5))):
        at = draw(st.integers(0, len(raw)))
        raw[at : at + draw(st.integers(0, 20))] = draw(
            st.binary(max_size=10) | st.sampled_from((b"{", b"]", b'"', b"- ", b"&a ", b"*a"))
        )
    return bytes(raw)


@bounded
@given(documents())
def test_documents(raw: bytes) -> None:
    fuzz.check(raw)


@bounded
@given(corrupted())
def test_corrupted_files(raw: bytes) -> None:
    fuzz.check(raw)


@bounded
@given(st.binary(max_size=200) | st.text(max_size=200).map(lambda text: text.encode("utf-8", "surrogatepass")))
def test_anything(raw: bytes) -> None:
    fuzz.check(raw)


def test_mutations_of_valid_files() -> None:
    random = Random(0)
    for _ in range(EXAMPLES * 5):
        fuzz.check(fuzz.made(random))


def test_mutations_of_programs() -> None:
    random = Random(0)
    for _ in range(EXAMPLES * 2):
        fuzz.check(*fuzz_programs.made(random))


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("text", "\x1b[1m"), ("concise", "##[error]x"), ("markdown", "a\n::error::x"), ("csv", "a,=b\n"), ("json", '{"a": NaN}'),
        ("junit", "<a>"), ("explain", "\u202e"), ("jsonl", "{}\n{"), ("github", "::error title=x::y\n::warning file=x::y\n##[error]"),
    ],
)  # fmt: skip
def test_the_checks_can_fail(name: str, text: str) -> None:
    with pytest.raises((fuzz.WrongError, ValueError, SyntaxError)):
        fuzz.check_text(name, text)


@pytest.mark.parametrize("name", ["::error::x", " ::error::x", "##[error]x", "x\n::error::x"])
def test_names_that_are_commands(name: str) -> None:
    view = View()
    data: Any
    for data in (json.loads(fuzz.OTHER), {"class_name": "Sequential", "config": []}):
        if data["config"]:
            data["config"]["name"] = name
        report, totals = analyze(data, name=name), Totals()
        totals.add(report)
        for form in FORMATS:
            shown = load(form)
            fuzz.check_text(form, "".join(shown.render([shown.digest(report, view)], totals, view)))


def test_a_long_run_counts_failures(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(raw: bytes, name: str) -> None:
        raise ValueError("x" * (raw[:1] != b"{"))

    monkeypatch.setattr(fuzz, "check", fail)
    found = fuzz.batch(fuzz.Task(1, 4, 0.5, binary=True))
    assert len(found.failures) == found.inputs.total() == 4
    assert "in fail" in found.failures[0][1]
