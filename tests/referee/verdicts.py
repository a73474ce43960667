"""Damage valid configs and compare the verdicts: python -m tests.referee.verdicts [EDITS PER MODEL] [FIRST SEED]

Prints every disagreement and the rate of agreement. The test runs the same code.
"""

from __future__ import annotations

import json
import sys
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import keras

from lstmlint import analyze
from tests.referee.damage import Damage
from tests.referee.verdict_models import good_models


@dataclass
class Verdict:
    """The verdicts of Keras and lstmlint on a damaged config: the error, or None."""

    model: str
    seed: int
    edit: str
    config: Any
    keras: str | None
    lstmlint: str | None
    warnings: list[str]

    @property
    def place(self) -> str:
        """The model and the seed, as an id."""
        return f"{self.model}/{self.seed}"

    @property
    def agrees(self) -> bool:
        return (self.keras is None) == (self.lstmlint is None)

    def __str__(self) -> str:
        return f"{self.model}/{self.seed} {self.edit}\n    Keras:    {self.keras or 'loads'}\n    lstmlint: {self.lstmlint or 'no error'}"


def keras_error(text: str) -> str | None:
    """Return the error that Keras raises on loading, or None."""
    keras.utils.clear_session(free_memory=False)
    try:
        keras.models.model_from_json(text)
    except Exception as error:
        words = " ".join(str(error).split())
        return f"{type(error).__name__}: {words if len(words) < 330 else words[:80] + ' ... ' + words[-240:]}"
    return None


def lstmlint_error(text: str) -> tuple[str | None, list[str]]:
    """Return lstmlint's first error or None, and the codes and messages of its warnings."""
    findings = analyze(text.encode()).findings
    errors = [f"{f.code} {f.pointer} {f.message} | {f.help}" for f in findings if f.severity == "error"]
    return errors[0] if errors else None, [f"{f.code} {f.message}" for f in findings if f.severity == "warning"]


def verdicts(edits: int, first: int = 0) -> Iterator[Verdict]:
    """Yield each damaged config with both verdicts."""
    warnings.simplefilter("ignore")
    for name, config in good_models():
        for seed in range(first, first + edits):
            damaged, edit = Damage(f"{name}/{seed}").apply(config)
            text = json.dumps(damaged)
            yield Verdict(name, seed, edit, damaged, keras_error(text), *lstmlint_error(text))


def main() -> None:
    edits = int(sys.argv[1]) if len(sys.argv) > 1 else 50
    first = int(sys.argv[2]) if len(sys.argv) > 2 else 0
    total = agreed = refused = 0
    wrong: list[Verdict] = []
    for verdict in verdicts(edits, first):
        total += 1
        refused += verdict.keras is not None
        agreed += verdict.agrees
        if not verdict.agrees:
            wrong.append(verdict)
    wrong.sort(key=lambda verdict: (verdict.keras is not None, verdict.keras or verdict.lstmlint or ""))
    for verdict in wrong:
        print(verdict)
    alarms = sum(verdict.keras is None for verdict in wrong)
    print(
        f"{total} edits, Keras refuses {refused}; agreement {agreed / total:.2%}; false alarms {alarms}, missed {len(wrong) - alarms}"
    )


if __name__ == "__main__":
    main()
