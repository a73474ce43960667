"""The lines of a file below each finding: which ones, where the carets are, and that they fit and are harmless."""

from __future__ import annotations

import io
import json
import re
import sys
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lstmlint import analyze
from lstmlint.reporting.frame import Excerpts, beginning, last_of, marked_length
from lstmlint.reporting.layout import width_of
from tests.commandline import STACK, Shell, layer, sequential
from tests.test_python_source import notebook
from tests.test_reporting import hostile_report

DENSE = '{"class_name": "Dense", "config": {"units": 1, "activation": "softmax", "batch_input_shape": [null, 5]}}'
ONE = f'{{"class_name": "Sequential", "config": {{"name": "m", "layers": [\n  {DENSE}]}}}}\n'
YAML = """class_name: Sequential
config:
  layers:
  - class_name: Dense
    config:
      units: 1
      activation: softmax  # of one unit
      batch_input_shape: [null, 5]
"""
PROGRAM = """# Prüfung
import keras

x = keras.Input((3,)); 層 = keras.layers.Dense(1, activation="softmax")(x)
model = keras.Model(x, 層)
"""


def frame(text: str, width: int = 80, encoding: str = "utf-8") -> str:
    """Return the frame of the first ¶ in a text, as lines of text and carets."""
    before, _, after = text.partition("¶")
    line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
    found = Excerpts(before + after).frame(line, column, width, encoding)
    if found is None:
        return ""
    blanks, carets = found.carets
    lines = [f"{found.number + i}|{shown}" for i, shown in enumerate(found.lines)]
    lines.insert(found.marked + 1, f"{' ' * (len(str(found.number + found.marked)) + 1 + blanks)}{'^' * carets}")
    return "\n".join(lines)


def shown(report: Any) -> str:
    """Return the findings of a report as text."""
    return str(report).partition("Non-trainable")[2].partition("\n\n")[2]


@pytest.mark.parametrize(
    ("text", "name", "wanted"),
    [
        (ONE, "a.json", ONE.replace("\n", "\r\n")),
        (ONE.replace("\n", "\r\n"), "a.json", ""),
        (ONE.replace("\n", ""), "a.json", '1 | ...ss_name": "Dense", "config": {"units": 1, '),
    ],
)  # fmt: skip
def test_json(text: str, name: str, wanted: str) -> None:
    lines = shown(analyze(text.encode(), name=name)).splitlines()
    caret = next(i for i, line in enumerate(lines) if "^" in line)
    column = lines[caret].index("^")
    assert lines[caret - 1][column : lines[caret].rindex("^") + 1] == '"activation": "softmax"'


def test_yaml_python_and_notebooks(shell: Shell) -> None:
    shell.write("m.yaml", YAML)
    assert shell("m.yaml", "-q").out.splitlines()[1:-1] == [
        " --> m.yaml:7:7",
        "  |",
        "5 |     config:",
        "6 |       units: 1",
        "7 |       activation: softmax  # of one unit",
        "  |       ^^^^^^^^^^^^^^^^^^^",
        "8 |       batch_input_shape: [null, 5]",
        "  |",
        'help: Use activation "sigmoid" for two classes, or one unit per class.',
    ]
    shell.write("m.py", PROGRAM.encode())
    assert shell("m.py", "-q").out.splitlines()[1:-2] == [
        " --> m.py:4:61",
        "  |",
        "2 | import keras",
        "3 |",
        '4 | x = keras.Input((3,)); 層 = keras.layers.Dense(1, activation="softmax")(x)',
        "  |                                                              ^^^^^^^^^",
        "5 | model = keras.Model(x, 層)",
        "  |",
    ]
    shell.write("nb.ipynb", notebook("%pip install keras\n", f"  {PROGRAM}".replace("\n", "\n  ")))
    assert shell("nb.ipynb", "-q").out.splitlines()[1:8] == [
        " --> nb.ipynb:cell 2:4:63",
        "  |",
        "2 |   import keras",
        "3 |",
        '4 |   x = keras.Input((3,)); 層 = keras.layers.Dense(1, activation="softmax")(x)',
        "  |                                                                ^^^^^^^^^",
        "5 |   model = keras.Model(x, 層)",
    ]


@pytest.mark.parametrize(
    ("path", "content", "lines"),
    [
        ("cut.json", '{"class_name": "Sequential",\n\n', ['1 | {"class_name": "Sequential",', "  |                             ^"]),
        ("quote.json", "{'class_name': 1}", ["1 | {'class_name': 1}", "  |  ^"]),
        ("old.json", b'{"class_name": "Sequential",\n "\xe9": 1}', ['1 | {"class_name": "Sequential",', '2 |  "\ufffd": 1}', "  |   ^"]),
        ("m.yaml", "class_name: Sequential\nconfig: [\n", []),
        ("m.py", "import keras\nmodel = keras.Sequential(\n", ["2 | model = keras.Sequential(", "  |                         ^"]),
        ("print.py", "import keras\nprint 'a'\nx = )\n", ["2 | print 'a'", "3 | x = )", "  |     ^"]),
        ("nb.ipynb", '{"cells": [1,]}', ['1 | {"cells": [1,]}', "  |              ^"]),
        ("no.json", "[]", []),
        ("empty.json", " \n", []),
    ],
)  # fmt: skip
def test_unreadable_files(shell: Shell, path: str, content: Any, lines: list[str]) -> None:
    shell.write(path, content)
    out = shell(path, "-q").out.splitlines()
    assert out[1].startswith(f" --> {path}")
    first = next((i for i, line in enumerate(out) if line.startswith(lines[0])), None) if lines else 0
    assert first is not None, out
    assert out[first : first + len(lines)] == lines or not lines
    assert shell("explain", path).err.splitlines()[0] == out[0]


def test_binary_files_show_the_pointer(shell: Shell) -> None:
    h5py = pytest.importorskip("h5py")
    with h5py.File(shell.folder / "m.h5", "w") as file:
        file.attrs["model_config"] = ONE
    assert shell("m.h5", "-q").out.splitlines()[1:] == [
        " --> m.h5 at /config/layers/0/config/activation",
        'help: Use activation "sigmoid" for two classes, or one unit per class.',
        "",
    ]
    shell.write("no.h5", b"\x89HDF\r\n\x1a\n")
    assert shell("no.h5", "-q").out.splitlines()[1] == " --> no.h5"


# Which part of a line is marked -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "marked"),
    [
        ('"units": 3, "a": 1', '"units": 3'), ('"units" : "a, \\"b" }', '"units" : "a, \\"b"'), ('"config": {"a": 1}', '"config"'),
        ('"open', '"open'), ('"units"]', '"units"'), ("NaN, 1", "NaN"), ("-1.5e-3]", "-1.5e-3"),
        ('{"class_name": "Dense", "config": {}}, {', '{"class_name": "Dense"'), ('{"a": "}"}, 1', '{"a": "}"}'), ("{", "{"),
        ("[1, [2]], 3", "[1, [2]]"), ("[1,", "["), ("units: 3", "units: 3"), ("units: 3  # three", "units: 3"),
        ("name: 'a: b' # c", "name: 'a: b'"), ('name: "a # b"', 'name: "a # b"'), ("config:", "config"), ("a: [1]", "a"),
        ("a: 1, b: 2}", "a: 1"), ("Dense(3, f(2))(x) + 1", "Dense(3, f(2))(x)"), ("keras.layers.LSTM(", "keras.layers.LSTM("),
        ("units=f(1, 2), b=3)", "units=f(1, 2)"), ("units=3 )", "units=3"), ("a='),', b", "a='),'"), ("x = 3", "x"),
        ("x == 3", "x"), ("x=", "x"), ("x[0](y) ", "x[0](y)"), ("漢字(1)", "漢字(1)"), ("", ""), ("+x", "+"), ("units=(1,", "units=(1,"),
    ],
)  # fmt: skip
def test_what_is_marked(text: str, marked: str) -> None:
    assert text[: marked_length(text)] == marked
    assert marked_length(text) >= 1


# Long, wide and hostile lines ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("a\n\n\n¶b\n\nc\nd", "4|b\n  ^\n5|\n6|c"),
        ("\n\n¶", ""),
        ("a\n  \n¶", "1|a\n   ^"),
        ("\t¶x(1)\ty", "1|    x(1)    y\n      ^^^^"),
        ("漢字é ¶漢字 é", "1|漢字é 漢字 é\n       ^^^^".replace("       ", "        ")),
        ("e\u0301 ¶e\u0301x", "1|e\u0301 e\u0301x\n    ^^"),
        ("\x1b[1m ¶\u202ex", "1|\\x1b[1m \\u202ex\n          ^^^^^^"),
        ("x" * 100 + "¶", f"1|...{'x' * 72}\n{' ' * 77}^"),
        ("¶x" + " x" * 50, f"1|x{' x' * 36}...\n  ^"),
        ("x" * 100 + " ¶b " + "y" * 100, f"1|...{'x' * 21} b {'y' * 46}...\n{' ' * 27}^"),
        ("¶" + "y" * 100, f"1|{'y' * 73}...\n  {'^' * 73}"),
        ("::error:: ¶x ##[group]", "1|::error:: x #\\x23[group]\n            ^"),
        ("¶x ##vso[task.complete]", "1|x #\\x23vso[task.complete]\n  ^"),
        ("##¶[a]", "1|#\\x23[a]\n       ^^^"),
        (" " * 90 + "¶units\n" + " " * 88 + "}", "1|  units\n    ^^^^^\n2|}"),
    ],
)  # fmt: skip
def test_lines(text: str, wanted: str) -> None:
    assert frame(text) == wanted


def test_combining_characters_are_not_separated() -> None:
    assert last_of(["aa", "\u0301", "b"], 2) == ["b"]
    assert last_of(["a", "\u0301", "b"], 2) == ["a", "\u0301", "b"]
    assert beginning("e\u0301" * 40, 60, "utf-8") == "e\u0301" * 30 + "e..."


def test_a_long_line(shell: Shell) -> None:
    """One line of a megabyte: a part of it around each finding, quickly."""
    layers = [layer("LSTM", f"l{i}", units=3, batch_input_shape=[None, 13, 5], use_bias="x" * 30) for i in range(6_000)]
    shell.write("m.json", sequential("m", layer("Mystery", "what"), *layers))
    out = shell("m.json", "-q").out
    lines = out.splitlines()
    frames = [(line, lines[i + 1]) for i, line in enumerate(lines) if line.startswith("1 | ")]
    assert len(frames) >= 2
    for text, carets in frames:
        assert len(text) <= 120
        assert text.startswith(("1 | ...", '1 | {"'))
        assert text.endswith("...")
        assert text[carets.index("^") : carets.rindex("^") + 1].startswith(('{"class_name": "', '"use_bias": '))


def test_a_terminal_without_unicode(shell: Shell) -> None:
    shell.write("m.json", json.dumps(sequential("m", layer("Dénse", "é" * 50)), ensure_ascii=False).encode())
    output = io.BytesIO()
    shell.monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(output, "ascii"))
    shell("m.json", "-q")
    lines = output.getvalue().decode("ascii").splitlines()
    caret = next(i for i, line in enumerate(lines) if "^" in line)
    assert lines[caret - 1][lines[caret].index("^") :].startswith('{"class_name": "D\\xe9nse"')
    assert len(lines[caret - 1]) <= 120


def test_formulas_without_unicode(shell: Shell) -> None:
    output = io.BytesIO()
    shell.monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(output, "ascii"))
    shell("count", "LSTM(10)", "--input", "13,1", "--expect", "370")
    shell.write("m.json", sequential("é", layer("LSTM", "l", units=3, batch_input_shape=[None, 13, 5])))
    shell("m.json")
    text = output.getvalue().decode("ascii")
    assert "4 * (units * (input_dim + units) + units) = 4 * (10*(1+10) + 10) = 480" in text
    assert "370 is this - " in text
    assert 'Model: "\\xe9" (Sequential, Keras 2)' in text


def test_colors(shell: Shell) -> None:
    shell.write("m.json", STACK)
    plain = shell("m.json", "-q").out
    painted = shell("m.json", "-q", "--color", "always").out
    assert "\x1b[1;31merror S102\x1b[0m rnn-needs-sequences: " in painted
    assert "\x1b[1;31m^^^^" in painted
    assert (
        "\x1b[1mm.json:1:69\x1b[0m: \x1b[1;31merror\x1b[0m S102 "
        in shell("m.json", "-f", "concise", "--color", "always").out
    )
    for code in ("0", "1", "1;31", "1;34"):
        painted = painted.replace(f"\x1b[{code}m", "")
    assert painted == plain
    keras1 = layer("LSTM", "l", output_dim=3, inner_init="orthogonal", batch_input_shape=[None, 13, 5])
    shell.write("old.json", {**sequential("m", keras1), "keras_version": "2.15.0"})
    painted = shell("old.json", "--color", "always").out
    assert "\x1b[1;31merror P601\x1b[0m \x1b[36m[*]\x1b[0m keras1-argument: " in painted


@pytest.mark.parametrize(
    ("arguments", "painted"),
    [
        (("explain", "m.json"), "\x1b[1ma (LSTM): 160 parameters\x1b[0m\n"),
        (("count", "LSTM(10)", "--input", "13,1", "--expect", "120"), "\x1b[1m  1. The formula of one unit times units\x1b[0m\n"),
        (("diff", "m.json", "n.json"), "\x1b[31m- b (LSTM) ? ? params\x1b[0m\n"),
        (("diff", "n.json", "m.json"), "\x1b[32m+ b (LSTM) ? ? params\x1b[0m\n"),
        (("compat", "m.json"), "\x1b[1mRelease"),
    ],
)  # fmt: skip
def test_colors_of_other_commands(shell: Shell, arguments: tuple[str, ...], painted: str) -> None:
    """With --color or its variable, on a terminal unless NO_COLOR is set, and in a pipe only with FORCE_COLOR."""
    shell.write("m.json", STACK)
    shell.write("n.json", sequential("stack", STACK["config"]["layers"][0]))
    plain = shell(*arguments).out
    assert "\x1b" not in plain
    colored = shell(*arguments, "--color", "always").out
    assert painted in colored
    assert re.sub("\x1b[^m]*m", "", colored) == plain
    assert shell(*arguments, "--color", "sometimes").code == 2
    for variable, value in (("FORCE_COLOR", "1"), ("LSTMLINT_COLOR", "always")):
        shell.monkeypatch.setenv(variable, value)
        assert shell(*arguments).out == colored
        assert shell(*arguments, "--color", "never").out == plain
        shell.monkeypatch.delenv(variable)
    shell.monkeypatch.setenv("LSTMLINT_COLOR", "x")
    assert "LSTMLINT_COLOR takes auto, always, never, not 'x'" in shell(*arguments).err


@pytest.mark.parametrize("width", [40, 80, 120])
def test_hostile_lines_fit(width: int) -> None:
    report = hostile_report()
    excerpts = Excerpts(report.texts[None])
    for finding in report.findings:
        found = excerpts.frame(finding.line, finding.column, width, "utf-8")
        assert found is not None
        assert all(width_of(line) + len(f"{found.number} | ") <= width and line.isprintable() for line in found.lines)


@given(
    st.text(st.sampled_from('"{[}: a漢\u0301\t\n\r#\x1b'), max_size=200),
    st.integers(1, 9),
    st.integers(1, 200),
    st.sampled_from([40, 41, 80]),
    st.sampled_from(["utf-8", "ascii", "cp1252"]),
)
def test_every_place_of_every_text(text: str, line: int, column: int, width: int, encoding: str) -> None:
    found = Excerpts(text).frame(line, column, width, encoding)
    if found is None:
        return
    room = width - len(str(found.number + len(found.lines) - 1)) - 3
    for shown_line in found.lines:
        shown_line.encode(encoding)
        assert shown_line.isprintable()
        assert width_of(shown_line) <= room
    blanks, carets = found.carets
    assert carets >= 1
    assert blanks + carets <= room + 1
