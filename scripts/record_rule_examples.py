"""Record what Keras says on loading the examples of the rules, for their pages: tests/data/rule_examples.json.

Usage: python scripts/record_rule_examples.py keras|tf_keras

Keras 3 is asked about the examples that lstmlint reads as Keras 3, tf_keras about those that it reads as Keras 2. The
answers of the other one are kept. No installed Keras loads the other examples: those of Keras 0 and 1, and YAML.
"""

from __future__ import annotations

import importlib
import json
import os
import re
import signal
import sys
import warnings
from pathlib import Path
from typing import Any

os.environ.setdefault("KERAS_BACKEND", "numpy")
ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from lstmlint import analyze, rules  # noqa: E402
from lstmlint.rules.documentation import document  # noqa: E402

TARGET = ROOT / "tests" / "data" / "rule_examples.json"
DIALECTS = {"keras": "keras3", "tf_keras": "keras2"}
LONGEST = 300  # characters of an error
PATIENCE = 60  # seconds; tf_keras does not come to an end on a cycle


def error_of(engine: Any, text: str) -> str | None:
    """Return the error that Keras raises on loading a model, or None if it loads it."""
    engine.backend.clear_session()
    signal.alarm(PATIENCE)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            engine.models.model_from_json(text)
    except Exception as error:  # noqa: BLE001 - any error is an answer
        return f"{type(error).__name__}: {shortened(str(error))}"
    finally:
        signal.alarm(0)
    return None


def give_up(*_: object) -> None:
    """Interrupt a load that takes too long."""
    raise TimeoutError(f"not loaded within {PATIENCE} seconds")


def shortened(message: str) -> str:
    """Return what went wrong, without the config that Keras repeats before it."""
    message = message.rpartition("Exception encountered:")[2]
    message = re.sub(r"\bobject at 0x[0-9a-f]+", "object", " ".join(message.split()))
    return message if len(message) <= LONGEST else message[:LONGEST].rpartition(" ")[0] + " ..."


def answers(engine: Any, dialect: str) -> dict[str, dict[str, str | None]]:
    """Return code -> what Keras says on its two examples.

    An example in the form of another Keras is left out. So are examples that Keras refuses both, because they leave out
    what Keras writes.
    """
    signal.signal(signal.SIGALRM, give_up)
    found = {}
    for code, rule in sorted(rules.load().items()):
        text = document(rule)
        said = {
            name: error_of(engine, example)
            for name, example in (("fails", text.fails), ("passes", text.passes))
            if example and analyze(example.encode()).dialect == dialect
        }
        if "fails" in said and not said.get("passes"):
            found[code] = said
    return found


def main(name: str) -> None:
    """Record the answers of one Keras."""
    engine = importlib.import_module(name)
    recorded = json.loads(TARGET.read_text("utf-8")) if TARGET.exists() else {}
    recorded[name] = {"release": engine.__version__, "answers": answers(engine, DIALECTS[name])}
    TARGET.write_text(json.dumps(recorded, indent=1, sort_keys=True) + "\n", "utf-8")
    print(f"{TARGET.relative_to(ROOT)}: {len(recorded[name]['answers'])} rules for {name} {engine.__version__}")


if __name__ == "__main__":
    main(sys.argv[1])
