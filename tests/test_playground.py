"""The playground's commands, in this Python. `npm test` in playground/ drives the page itself in a browser."""

import json
from pathlib import Path

import pytest

from playground import runner

ROOT = Path(__file__).parent.parent
EXAMPLES = ROOT / "examples"


@pytest.mark.parametrize(
    ("command", "example", "options", "line", "code", "expected"),
    [
        ("check", "lstm_1_2.json", {}, "lstmlint lstm_1_2.json", 0, "Total params: 16"),
        ("check", "lstm_1_2.json", {"max_params": "10"}, "lstmlint lstm_1_2.json --max-params 10", 1, "C501"),
        ("check", "unbuilt.json", {"input_shape": "13,5"}, "lstmlint unbuilt.json --input-shape 13,5", 0, "28"),
        ("check", "lstm_1_2.json", {"target": "9.9"}, "lstmlint lstm_1_2.json --target 9.9", 2, "9.9"),
        (
            "check",
            "python/bidirectional.py",
            {"set": "vocabulary=(5, 6) x=1"},
            "lstmlint bidirectional.py --set 'vocabulary=(5,6)' --set x=1",
            2,
            "no program leaves open",
        ),
        ("explain", "why_480.yaml", {"layer": "lstm", "expect": "120"}, "lstmlint explain why_480.yaml lstm --expect 120", 0, "These mistakes give 120"),
        ("count", "why_480.yaml", {"layer": "LSTM(10)", "input_shape": "13,1"}, "lstmlint count 'LSTM(10)' --input 13,1", 0, "480"),
        ("count", "why_480.yaml", {"layer": "LSTM(10)", "input_shape": "13,1", "lang": "es"}, "lstmlint count 'LSTM(10)' --input 13,1 --lang es", 0, "480 parámetros"),
        ("explain", "why_480.yaml", {"lang": "zh"}, "lstmlint explain why_480.yaml --lang zh", 0, "480 个参数"),
        ("count", "why_480.yaml", {"layer": "LSTN(10)"}, "lstmlint count 'LSTN(10)'", 2, "LSTM"),
        ("compat", "lstm_1_2.json", {}, "lstmlint compat lstm_1_2.json", 0, "Keras 3.15"),
        ("compat", "lstm_1_2.json", {"target": "3.4"}, "lstmlint compat lstm_1_2.json --target 3.4", 1, "input_axes"),
        ("convert", "broken/s102.json", {"to": "x"}, "lstmlint convert s102.json --to x -o s102-x.json", 2, "x"),
    ],
)  # fmt: skip
def test_answers(command: str, example: str, options: dict[str, str], line: str, code: int, expected: str) -> None:
    path = EXAMPLES / example
    content = path.read_bytes() if path.exists() else b"{}"
    found = runner.answer(command, path.name, content, options, 80)
    assert (found["line"], found["code"]) == (line, code)
    assert expected in found["output"] + found["messages"]
    assert found["file"] is None


def test_a_conversion_is_a_file(tmp_path: Path) -> None:
    content = (EXAMPLES / "lstm_1_2.json").read_bytes()
    before = Path.cwd()
    found = runner.answer("convert", "lstm_1_2.json", content, {"to": "3.4", "allow_changes": "1"}, 80)
    assert found["line"] == "lstmlint convert lstm_1_2.json --to 3.4 -o lstm_1_2-3.4.json --allow-changes"
    assert found["file"]["name"] == "lstm_1_2-3.4.json"
    assert json.loads(found["file"]["content"])["class_name"] == "Functional"
    assert Path.cwd() == before


def test_the_page_gets_colors_and_its_width() -> None:
    content = (EXAMPLES / "needs_sequences.json").read_bytes()
    narrow, wide = (runner.answer("check", "m.json", content, {}, width)["output"] for width in (50, 150))
    assert "\x1b[1" in narrow
    assert len(narrow.splitlines()) > len(wide.splitlines())
