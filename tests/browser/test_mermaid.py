"""The mermaid format, drawn by mermaid in Chromium. Needs Node.js, Chromium, and the npm packages of CONTRIBUTING.md."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path
from typing import Any

from lstmlint.drawing.picture import shorten
from lstmlint.reporting.escape import visible
from tests.browser.test_page import CHROMIUM, need
from tests.test_diff_pictures import NEW, OLD, diagram
from tests.test_diff_pictures import hostile as changed
from tests.test_graph import PROGRAM, transformer
from tests.test_pictures import EXAMPLES, HOSTILE, NESTED, hostile, written

SCRIPT = Path(__file__).with_name("mermaid.cjs")


def draw(texts: list[str]) -> list[dict[str, Any]]:
    """Draw the diagrams of reports; return what the script prints."""
    need("mermaid", "mermaid/dist/mermaid.min.js")
    diagrams = [
        found for text in texts for found in re.findall(r"^```mermaid\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)
    ]
    command = ["node", str(SCRIPT), str(CHROMIUM)]
    done = subprocess.run(command, input=json.dumps(diagrams), check=True, capture_output=True, text=True, timeout=300)
    found: list[dict[str, Any]] = json.loads(done.stdout)
    assert len(found) == len(diagrams)
    return found


def test_examples_are_drawn() -> None:
    paths = [path for path in sorted(EXAMPLES.rglob("*")) if path.suffix in (".json", ".yaml", ".py")]
    sources = [*paths, NESTED.encode(), PROGRAM.format(body=transformer(12)).encode()]
    for found in draw([written("mermaid", source, 2) for source in sources]):
        assert "error" not in found, found
        assert found["boxes"]
        assert found["active"] == 0


def test_a_change_is_drawn() -> None:
    for found in draw([diagram(OLD.encode(), NEW.encode()), diagram(changed(2), changed(3))]):
        assert "error" not in found, found
        assert found["boxes"]
        assert found["active"] == 0


def test_a_large_model_is_drawn() -> None:
    body = "x = i = keras.Input((4,))\nfor n in range(900):\n    x = layers.Dense(n + 1)(x)\nmodel = keras.Model(i, x)"
    (found,) = draw([written("mermaid", PROGRAM.format(body=body).encode())])
    assert "error" not in found
    assert len(found["boxes"]) > 200


def test_hostile_names_are_shown_as_they_are() -> None:
    (found,) = draw([written("mermaid", hostile(), 1)])
    assert found.get("error") is None
    assert found["active"] == 0
    shown = {re.sub(r"\s+", " ", box[0]).replace("\N{WORD JOINER}", "").strip() for box in found["boxes"]}
    expected = {re.sub(r"\s+", " ", shorten(visible(name))).strip() for name in HOSTILE if len(name) < 100}
    assert expected - shown == set()
