"""Releases of Keras 3 load the recorded models, or refuse them for the stated reason where they name one.

The newest release and two older ones are asked. LSTMLINT_RELEASES="3.0 3.1 ..." asks others, which are installed into
build/releases.
"""

from __future__ import annotations

import os

import pytest

import lstmlint
from tests.referee.releases import run
from tests.test_compat_verdicts import KNOWN, ROWS

ASKED = os.environ.get("LSTMLINT_RELEASES", "3.3 3.9 3.15").split()


@pytest.mark.referee
@pytest.mark.parametrize("release", ASKED)
def test_live_verdicts(release: str) -> None:
    pytest.importorskip("keras")
    errors = run(release, "load", ROWS)
    refused = 0
    unnamed = []
    for row, error in zip(ROWS, errors, strict=True):
        assert (error is None) == (release in row["loads"]), (row["model"], row["saved_by"], error)
        if error is not None and (row["model"], release) not in KNOWN:
            (verdict,) = lstmlint.compat(row["document"], release)
            assert verdict.loads is False, (row["model"], row["saved_by"], error)
            refused += 1
            first = verdict.obstacles[0]
            names = "keyword argument" in error or "Could not locate" in error  # others name no cause
            if names and first.subject.split(".")[-1] not in error:
                unnamed.append((row["model"], row["saved_by"], first.subject, error))
    print(f"Keras {release}: {len(ROWS)} models, {refused} refused, {unnamed}")
    assert len(unnamed) <= 0.02 * len(ROWS), unnamed
