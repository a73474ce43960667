"""The language server's logic: texts and settings in, plain results out."""

from __future__ import annotations

import asyncio
import io
import json
import os
import pickle
import re
import sys
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lstmlint.commands import server as command
from lstmlint.config.options import Options
from lstmlint.model.findings import UsageError
from lstmlint.model.limits import InputLimits
from lstmlint.server import worker as workers
from lstmlint.server.actions import FIX_ALL, Action, actions, applied
from lstmlint.server.config_places import ConfigPlaces
from lstmlint.server.diagnostics import DEPRECATED, UNNECESSARY, diagnostics
from lstmlint.server.examining import Examined, examine
from lstmlint.server.files import OpenFile, kind_of, may_hold_model
from lstmlint.server.hovers import hover
from lstmlint.server.outline import LONGEST, Symbol, hints, lenses, symbols
from lstmlint.server.pool import Pool
from lstmlint.server.positions import ENCODINGS, Lines, Range, changed
from lstmlint.server.settings import SECONDS, OptionsOf, Setup, setup_of
from lstmlint.server.store import Part, Store
from lstmlint.server.worker import Checked, Failure, Job, Worker, receive, send, serve

SMILE = "\U0001f600"
PROGRAM = f'''from keras import layers, Sequential, Model, Input
a = "{SMILE}"; m = Sequential([Input((13, 5)), layers.LSTM(10, activaton="tanh"),
    layers.Dense(3)])
def f(n):
    x = i = Input((7, 2))
    for k in range(3):
        x = layers.Dense(n, activation="tahn")(x)
    x = layers.LSTM(10, return_sequences=True)(x)
    y = layers.Bidirectional(
        layers.LSTM(4))
    x = y(x)
    return Model(i, x)
'''
JSON = """{
  "class_name": "Sequential", "config": {"name": "SMILE", "layers": [
    {"class_name": "LSTM", "config": {"name": "a", "units": 10, "batch_input_shape": [null, 13, 5]}},
    {"config": {"units": 3, "activation": "tahn"}, "class_name": "Dense"}]}}""".replace("SMILE", SMILE)
YAML = """class_name: Sequential
config:
  name: m
  layers:
  - class_name: LSTM  # lstmlint: ignore[R203]
    config: {unitss: 10, batch_input_shape: [null, 13, 5]}
  - config:
      units: 3
      activation: tahn # x
    class_name: Dense
"""
OLD = """{"class_name": "Sequential", "keras_version": "2.2.4", "config": {"name": "m", "layers": [
  {"class_name": "LSTM", "config": {"name": "a", "output_dim": 10, "consume_less": "gpu",
    "batch_input_shape": [null, 13, 5]}}]}}"""


def text(kind: Any, content: str, name: str = "") -> OpenFile:
    return OpenFile(name or {"config": "m.json", "program": "m.py", "notebook": "m.ipynb"}[kind], kind, (content,))


def cells(*parts: str) -> OpenFile:
    return OpenFile("m.ipynb", "cells", parts, tuple(not part.startswith("#") for part in parts))


def seen(file: OpenFile, **options: Any) -> Examined:
    return examine(file, replace(Options(), **options))


def cut(examined: Examined, place: Range) -> str:
    """Return the text in a range."""
    lines = Lines(examined.file.parts[place.part], examined.encoding)
    return lines.text[lines.offset(*place[1:3]) : lines.offset(*place[3:])]


def spot(file: OpenFile, word: str, part: int = 0) -> tuple[int, int, int]:
    """Return the position of the first letter of a word."""
    lines = Lines(file.parts[part])
    return part, *lines.position(lines.text.index(word))


ALL = Range(0, 0, 0, 999, 0)


# Positions


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-32"])
@pytest.mark.parametrize(
    "content", ["", "a", f"é{SMILE}x\r\n\ry\n{SMILE}", "\ud83d alone", "\ud83d\r\nxé", "a\u2028b\x0bc\n"]
)
def test_every_offset_has_a_position(content: str, encoding: str) -> None:
    lines = Lines(content, encoding)
    for offset in range(len(content) + 1):
        if not (0 < offset < len(content) and content[offset - 1 : offset + 1] == "\r\n"):
            assert lines.offset(*lines.position(offset)) == offset
    assert lines.position(-1) == (0, 0)
    assert lines.offset(-1, 5) == 0
    assert lines.offset(99, 0) == lines.offset(len(lines.starts) - 1, 10**9) == len(content)


def test_positions_count_units() -> None:
    row = f"a{SMILE}é|"
    assert [Lines(row, name).position(4 - 1)[1] for name in ("utf-8", "utf-16", "utf-32")] == [7, 4, 3]
    assert [Lines(row, "utf-16").offset(0, n) for n in range(6)] == [0, 1, 1, 2, 3, 4]  # 2 is within the character
    assert Lines(row, "utf-8").offset(0, 3) == 1
    assert Lines("a\r\nb").end_of(0) == 1


@pytest.mark.parametrize(
    ("start", "end", "new", "expected"),
    [
        ((0, 3), (0, 4), "Z", f"a{SMILE}Z\nb"),
        ((0, 1), (1, 0), "", "ab"),
        ((1, 0), (0, 1), "x", f"a{SMILE}c\nxb"),  # the end is before the start
        ((9, 9), (99, 0), "!", f"a{SMILE}c\nb!"),
    ],
)
def test_edits(start: Any, end: Any, new: str, expected: str) -> None:
    assert changed(f"a{SMILE}c\nb", "utf-16", start, end, new) == expected


# Places in configs


@pytest.mark.parametrize(
    "content",
    [
        "class_name: &c Dense\nconfig: {a: [1, *c], b: {c: *d}}",  # an alias without an anchor
        "- &x {class_name: Dense}\n- *x\n- [*x, *x]",
        '{"a": [1, {"b": null}], "c": "x"}',
    ],
)
def test_values_are_within_one_another(content: str) -> None:
    config = ConfigPlaces(content, "utf-16")
    for node in config.nodes:
        parent = config.by_pointer[node.pointer.rpartition("/")[0]]
        assert parent.start <= node.start <= node.end <= parent.end
    assert config.pointer_at(9**9) in ("/2/1", "/c", "/config/b/c")


def test_a_long_config_has_no_values(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lstmlint.server.config_places._LONGEST", 10)
    examined = seen(text("config", JSON))
    assert hover(examined, 0, 2, 20) is None
    (found,) = symbols(examined)
    assert [cut(examined, child.whole)[-1] for child in found.children] == ["}", "}"]
    assert [one.code for one in diagnostics(examined)] == ["E007"]


TEXTS = st.text(st.sampled_from(list("ab\n\r\u2028é€" + SMILE)), max_size=12)
PLACES = st.tuples(st.integers(0, 5), st.integers(0, 9))


def spliced(content: str, encoding: str, start: tuple[int, int], end: tuple[int, int], new: str) -> str:
    """Return an edited text, counted unit by unit."""
    codec, width = {"utf-8": ("utf-8", 1), "utf-16": ("utf-16-le", 2), "utf-32": ("utf-32-le", 4)}[encoding]
    lines = re.split("(\r\n|\n|\r)", content)

    def offset(line: int, character: int) -> int:
        if 2 * line >= len(lines):
            return len(content)
        used = 0
        for i, letter in enumerate(lines[2 * line]):
            used += len(letter.encode(codec)) // width
            if used > character:
                return sum(map(len, lines[: 2 * line])) + i
        return sum(map(len, lines[: 2 * line + 1]))

    first = offset(*start)
    return content[:first] + new + content[max(first, offset(*end)) :]


@given(TEXTS, st.sampled_from(ENCODINGS), PLACES, PLACES, TEXTS)
def test_edits_count_as_the_client_does(content: str, encoding: str, start: Any, end: Any, new: str) -> None:
    assert changed(content, encoding, start, end, new) == spliced(content, encoding, start, end, new)


# Which files


@pytest.mark.parametrize(
    ("path", "language", "expected"),
    [
        ("a/m.JSON", None, "config"),
        ("m.yml", None, "config"),
        ("m.py", "json", "program"),
        ("m.ipynb", "json", "notebook"),
        ("m.ipynb", "python", "program"),
        ("Untitled-1", "python", "program"),
        ("settings", "jsonc", "config"),
        ("m.txt", "plaintext", None),
    ],
)
def test_kinds(path: str, language: str | None, expected: str | None) -> None:
    assert kind_of(path, language) == expected


@pytest.mark.parametrize(
    ("kind", "content", "expected"),
    [
        ("config", '{"name": "x", "version": 1}', False),
        ("config", '{"cl\\u0061ss_name": "Sequential"}', True),
        ("config", "name: Sequential\nlayers: []", True),
        ("config", '{"name": "Graph", "node_config": []}', True),
        ("program", "import numpy", False),
        ("program", "import tensorflow as tf", True),
        ("program", "from keras import layers", True),
    ],
)
def test_only_files_that_may_hold_a_model_are_read(kind: str, content: str, expected: bool) -> None:
    assert may_hold_model(text(kind, content)) is expected


@pytest.mark.parametrize(
    "file",
    [
        text("config", '{"class_name": "Dog", "age": 3}'),
        text("config", '{"class_name": "Dog", "config": {"age": 3}}'),
        text("config", '{"class_name": "Dog", "age": '),
        text("config", '{"class_name": "Dog", "config": {"age": '),
        text("program", "import keras\nprint(1)\n"),
        text("program", "import keras\nprint(1\n"),
        text("notebook", '{"cells": [], "keras'),
        cells("import keras", "print(1"),
    ],
)
def test_files_without_a_model_have_no_findings(file: OpenFile) -> None:
    examined = seen(file)
    assert (diagnostics(examined), hints(examined), lenses(examined), symbols(examined)) == ([], [], [], [])
    assert hover(examined, 0, 0, 1) is None
    assert actions(examined, ALL) == []


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (JSON[:-3], 3),
        ('{"class_name": "Sequential", "config": [\n{"class_name": "Dense", "config": {"output_dim": 3}', 1),
        ("class_name: Sequential\nconfig:\n- class_name: Dense\n  config: {output_dim: 3\n", 4),
    ],
)
def test_a_damaged_model_has_a_finding(content: str, line: int) -> None:
    (found,) = diagnostics(seen(text("config", content)))
    assert (found.code, found.severity, found.range.line) == ("E001", 1, line)


# Diagnostics


FOUND = {
    "m.py": (text("program", PROGRAM), [("E005", 'activaton="tanh"'), ("E007", 'activation="tahn"')]),
    "m.json": (text("config", JSON), [("E007", '"activation": "tahn"')]),
    "bom.json": (text("config", "\ufeff" + JSON), [("E007", '"activation": "tahn"')]),
    "crlf.json": (text("config", JSON.replace("\n", "\r\n")), [("E007", '"activation": "tahn"')]),
    "m.yaml": (
        text("config", YAML, "m.yaml"),
        [("E006", "LSTM"), ("E005", "unitss: 10"), ("E007", "activation: tahn")],
    ),
    "bom.py": (text("program", "\ufeff" + PROGRAM.split("def f")[0]), [("E005", 'activaton="tanh"')]),
    "coding.py": (text("program", "# coding: latin-1\n" + PROGRAM.split("def f")[0]), [("E005", 'activaton="tanh"')]),
    "m.ipynb": (cells("# title", PROGRAM, "%pip install x\nz = 1"), [("E005", 'activaton="tanh"'), ("E007", 'activation="tahn"')]),
    "quoted.json": (text("config", json.dumps(JSON)), [("E007", '\\"activation\\"')]),
    "layers.json": (text("config", '[{"class_name": "Dense", "config": {"unitss": 3}}]'), [("E006", '"Dense"'), ("E005", '"unitss": 3')]),
}  # fmt: skip


def test_jupyterlab_sends_the_code_of_a_notebook() -> None:
    examined = seen(text("program", PROGRAM, "nb.ipynb"))
    assert [one.code for one in diagnostics(examined)] == ["E005", "E007"]
    assert len(examined.layers) == 9


@pytest.mark.parametrize("name", FOUND)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-32"])
def test_findings_have_ranges(name: str, encoding: str) -> None:
    file, expected = FOUND[name]
    examined = examine(file, Options(), encoding)
    assert [(one.code, cut(examined, one.range)) for one in diagnostics(examined)] == expected


def test_the_json_of_a_notebook_has_whole_lines() -> None:
    raw = json.loads(cells("# title", PROGRAM).raw)
    raw["cells"][1]["source"] = PROGRAM.splitlines(keepends=True)
    examined = seen(text("notebook", json.dumps(raw, indent=1)))
    assert ["activaton" in cut(examined, one.range) for one in diagnostics(examined)] == [True, False]
    assert actions(examined, Range(0, 0, 0, 99, 0)) == []
    assert hover(examined, 0, 3, 3) is None


def test_a_diagnostic_says_what_to_do() -> None:
    (_, same) = diagnostics(seen(text("program", PROGRAM)))
    assert same.message.splitlines()[1] == "Did you mean 'tanh'?"
    assert same.href.endswith("/E007/")
    assert same.related == ()  # the loop builds all of them in one place
    twice = JSON.replace('"units": 10', '"units": 10, "activation": "tahn"')
    both = diagnostics(seen(text("config", twice.replace('"LSTM"', '"Dense"'))))[0]
    assert [message for _, message in both.related] == ["also in dense"]


def test_tags() -> None:
    assert [(one.code, one.tags) for one in diagnostics(seen(text("config", OLD)))] == [("P601", (DEPRECATED,))]
    unused = JSON.replace("{\n", '{"lstmlint": {"ignore": ["R203"]},\n', 1).replace("tahn", "tanh")
    assert [(one.code, one.tags) for one in diagnostics(seen(text("config", unused)))] == [("G714", (UNNECESSARY,))]


# Hints, lenses and symbols


def test_hints_in_a_program() -> None:
    examined = seen(text("program", PROGRAM.replace("activaton", "activation").replace("tahn", "tanh")))
    found = {
        cut(examined, one.range._replace(line=one.range.line, character=0)).strip(): one.text for one in hints(examined)
    }
    assert list(found.values()) == [
        "→ (None, 13, 5) · 0",
        "→ (None, 10) · 640",
        "→ (None, 3) · 33",
        "→ (None, 7, 2) · 0",
        "→ (None, 7, n) · ? in 3 layers",
        "→ (None, 7, 10) · 440 + 40·n",
        "→ (None, 8) · 480",
    ]
    assert list(found)[4].endswith('activation="tanh")(x)')


def test_a_layer_of_which_nothing_is_known_has_no_hint() -> None:
    examined = seen(text("program", PROGRAM))
    assert [cut(examined, one.name) for one in examined.layers[:3]] == ["Input", "layers.LSTM", "layers.Dense"]
    assert [one.text for one in hints(examined)][:2] == ["→ (None, 13, 5) · 0", "→ (None, 7, 2) · 0"]


def test_hints_of_layers_in_one_place() -> None:
    looped = PROGRAM.replace("activaton", "activation").replace("tahn", "tanh").replace("(n,", "(2,")
    assert "→ (None, 7, 2) · 6 (in each of 3 layers)" in [one.text for one in hints(seen(text("program", looped)))]
    grown = looped.replace("(2,", "(2 + k,")
    assert "→ (None, 7, 2) … (None, 7, 4) · 31 in 3 layers" in [one.text for one in hints(seen(text("program", grown)))]


@pytest.mark.parametrize("name", ["m.json", "bom.json", "m.yaml"])
def test_hints_in_a_config(name: str) -> None:
    file, _ = FOUND[name]
    mended = file._replace(parts=(file.parts[0].replace("unitss", "units").replace("tahn", "tanh"),))
    examined = seen(mended)
    assert [one.text for one in hints(examined)] == ["→ (None, 10) · 640", "→ (None, 3) · 33"]
    assert [cut(examined, one.name).strip('"') for one in examined.layers] == ["LSTM", "Dense"]


def test_a_hint_is_short() -> None:
    name = (
        JSON.replace('"LSTM"', '"InputLayer"')
        .replace('"units": 10', '"sparse": false')
        .replace("13, 5", "9, " * 40 + "9")
    )
    assert max(len(one.text) for one in hints(seen(text("config", name.replace("tahn", "tanh"))))) == LONGEST


def test_lenses() -> None:
    limits = {"max-params": 1000, "max-macs": 0, "max-weight-bytes": 5}
    (lens,) = lenses(seen(text("config", JSON.replace("tahn", "tanh")), limits=limits))
    assert (
        lens.text
        == "673 parameters · 67% of the budget of 1,000 parameters · over the budget of 0 multiply-accumulates"
    )
    one, two = lenses(seen(text("program", PROGRAM), limits={"max-params": 1000}))
    assert (one.text, two.text) == ("m: parameters unknown", "f: 920 + 45·n + 2·n² parameters") or two.text.startswith(
        "f: "
    )


def outline(symbol: Symbol) -> Any:
    return symbol.name, [outline(child) for child in symbol.children]


def test_symbols() -> None:
    inner = json.loads(JSON.replace("tahn", "tanh"))
    inner["config"]["name"] = "inner"
    inner["config"]["layers"][0]["config"]["batch_input_shape"] = [None, 13, 5]
    outer = {"class_name": "Sequential", "config": {"name": " ", "layers": [inner]}}
    examined = seen(text("config", json.dumps(outer)))
    (found,) = symbols(examined)
    assert outline(found) == ("(unnamed)", [("inner", [("a", []), ("dense", [])])])
    assert found.detail == "673 parameters"
    assert found.children[0].children[0].detail == "LSTM → (None, 10) · 640"
    for one in (found, *found.children, *found.children[0].children):
        assert one.whole.touches(one.name_range)
        assert one.whole[1:3] <= one.name_range[1:3] <= one.name_range[3:] <= one.whole[3:]
    assert [one.name for one in symbols(seen(text("program", PROGRAM)))] == ["m", "f"]


# Hover


@pytest.mark.parametrize(
    ("file", "word", "expected"),
    [
        (text("config", JSON), '"LSTM"', "**a** (LSTM)\n\n`(None, 13, 5) → (None, 10)` · 640 parameters\n\nRecurrent layer with three gates"),
        (text("config", JSON), '"units": 3', "**units** of Dense\n\nSize of the last axis of the output.\n\nTakes a positive integer.\n\nRequired."),
        (text("config", JSON), '"tahn"', "**activation** of Dense"),
        (text("config", JSON), "10", "**units** of LSTM"),
        (text("config", JSON), "5]", "**a** (LSTM)"),
        (text("config", JSON.replace("{\n", '{"lstmlint": {"ignore": ["R203"]},\n', 1)), "R203", "**[R203](https"),
        (text("config", YAML, "m.yaml"), "R203", "**[R203](https"),
        (text("config", YAML, "m.yaml"), "activation", "**activation** of Dense"),
        (text("config", YAML, "m.yaml"), "Dense", "**dense** (Dense)"),
        (text("program", PROGRAM), "return_sequences", "**return_sequences** of LSTM"),
        (text("program", PROGRAM), "activaton", "**lstm** (LSTM)"),
        (text("program", PROGRAM), "layers.LSTM(4", "**bidirectional** (Bidirectional)"),
        (text("program", PROGRAM), "4))", "**units** of LSTM"),
        (text("program", PROGRAM), "Sequential([", '```text\nModel: "sequential"'),
        (text("config", JSON), "Sequential", '```text\nModel: "'),
        (text("program", PROGRAM.replace("layers.LSTM(4)", "f(4)")), "4))", None),
        (cells("# title", PROGRAM), "title", None),
        (text("program", PROGRAM + "z = 1  # lstmlint: ignore[S102]"), "S102", "**[S102](https"),
        (text("program", PROGRAM + "z = 1  # lstmlint: ignore[S9]"), "S9", None),
        (text("program", PROGRAM), "return Model", None),
        (text("config", JSON), '"config": {"name": "' + SMILE, None),
    ],
)  # fmt: skip
def test_hover(file: OpenFile, word: str, expected: str | None) -> None:
    examined = seen(file)
    found = hover(examined, *spot(file, word))
    assert (found and found[0].startswith(expected or "?")) is (None if expected is None else True), found
    assert hover(examined, 5, 1000, 1000) is None or file.kind == "config"


def test_hover_of_a_wrapped_layer_and_an_old_name() -> None:
    wrapped = text("config", """{"class_name": "Sequential", "config": {"name": "m", "layers": [{"class_name": "Bidirectional",
      "config": {"layer": {"class_name": "LSTM", "config": {"units": 4}}, "batch_input_shape": [null, 13, 5]}}]}}""")  # fmt: skip
    found = hover(seen(wrapped), *spot(wrapped, '"units"'))
    assert found is not None
    assert found[0].startswith("**units** of LSTM")
    old = text("config", OLD.replace('"keras_version": "2.2.4"', '"keras_version": "1.2.2"'))
    found = hover(seen(old), *spot(old, '"output_dim"'))
    assert found is not None
    assert found[0].startswith("**units** of LSTM")


# Actions


def offered(file: OpenFile, place: Range = ALL, only: tuple[str, ...] = (), **options: Any) -> dict[str, OpenFile]:
    """Return the titles of actions, with what the file is after each."""
    examined = seen(file, **options)
    return {one.title: applied(file, one.changes, "utf-16") for one in actions(examined, place, only)}


MISSPELT = [
    (text("config", JSON), "Change 'tahn' to 'tanh'", '"activation": "tanh"'),
    (text("config", "\ufeff" + JSON.replace("LSTM", "LSMT")), "Change 'LSMT' to 'LSTM'", '"LSTM"'),
    (text("config", YAML, "m.yaml"), "Change 'unitss' to 'units'", "{units: 10"),
    (text("config", YAML, "m.yaml"), "Change 'tahn' to 'tanh'", "activation: tanh # x"),
    (text("program", PROGRAM), "Change 'activaton' to 'activation'", '(10, activation="tanh")'),
    (text("program", PROGRAM), "Change 'tahn' to 'tanh'", 'activation="tanh")(x)'),
    (text("program", PROGRAM + "# lstmlint: ignore-file[E005]\nz = 1  # lstmlint: ignore[E0O7]"), "Change 'E0O7' to 'E007'", "[E007]"),
    (text("config", JSON.replace("{\n", '{"lstmlint": {"ignore": ["R2O3"]},\n', 1)), "Change 'R2O3' to 'R203'", '["R203"]'),
    (text("config", JSON.replace("{\n", '{"lstmlint": {"layer": {}},\n', 1)), "Change 'layer' to 'layers'", '{"layers": {}}'),
]  # fmt: skip


@pytest.mark.parametrize(("file", "title", "expected"), MISSPELT)
def test_misspelt_names(file: OpenFile, title: str, expected: str) -> None:
    assert expected in offered(file)[title].parts[0]


def test_fixes() -> None:
    old = text("config", OLD)
    found = offered(old)
    assert '"units": 10, "batch_input_shape"' in found["Fix P601 (keras1-argument)"].parts[0]
    assert found["Fix all findings that lstmlint can fix"] == found["Fix P601 (keras1-argument)"]
    assert list(offered(old, only=(FIX_ALL,))) == ["Fix all findings that lstmlint can fix"]
    assert list(offered(old, only=("source",))) == ["Fix all findings that lstmlint can fix"]
    assert offered(old, only=("refactor",)) == {}
    assert "Fix P601 (keras1-argument)" not in offered(old, Range(0, 0, 0, 0, 1))
    (preferred,) = [one for one in actions(seen(old), ALL) if one.preferred]
    assert preferred.code == "P601"
    newest = """{"module": "keras", "class_name": "Sequential", "registered_name": null, "config": {"name": "m", "layers": [
      {"module": "keras.layers", "class_name": "InputLayer", "registered_name": null, "config": {"batch_shape": [null, 5]}},
      {"module": "keras.layers", "class_name": "Dense", "registered_name": null, "build_config": {"input_shape": [null, 5]},
        "config": {"units": 3, "quantization_config": null}}]}}"""
    found = offered(text("config", newest), targets=("3.4",))
    assert '"config": {"units": 3}' in found["Fix P622 (target-lacks-argument)"].parts[0]


def suppressed(file: OpenFile, title: str) -> str:
    return "\n".join(offered(file, Range(1 if file.kind == "cells" else 0, 0, 0, 999, 0))[title].parts)


LAYER = '"layers": {"a": ["R235"]}'
SUPPRESSED = [
    (text("config", JSON), "Suppress E007 for 'dense'", '{\n  "lstmlint": {"layers": {"dense": ["E007"]}},\n  "class_name"'),
    (text("config", JSON), "Suppress E007 in this file", '{\n  "lstmlint": {"ignore": ["E007"]},\n  "class_name"'),
    (text("config", JSON.replace("{\n", '{"lstmlint": {},\n', 1)), "Suppress E007 in this file", '{"lstmlint": {"ignore": ["E007"]},'),
    (text("config", JSON.replace("{\n", '{"lstmlint": {"ignore": ["R203"]},\n', 1)), "Suppress E007 in this file", '["R203", "E007"]'),
    (text("config", JSON.replace("{\n", '{"lstmlint": {"layers": {"dense": []}},\n', 1)), "Suppress E007 for 'dense'", '{"dense": ["E007"]}'),
    (text("config", YAML, "m.yaml"), "Suppress E006 on this line", "# lstmlint: ignore[R203, E006]"),
    (text("config", YAML, "m.yaml"), "Suppress E005 on this line", "[null, 13, 5]}  # lstmlint: ignore[E005]\n"),
    (text("config", YAML, "m.yaml"), "Suppress E007 on this line", "activation: tahn # x  # lstmlint: ignore[E007]\n"),
    (text("program", "#!/bin/sh\n" + PROGRAM), "Suppress E007 in this file", "#!/bin/sh\n# lstmlint: ignore-file[E007]\nfrom"),
    (text("program", PROGRAM), "Suppress E005 on this line", '(10, activaton="tanh"),  # lstmlint: ignore[E005]\n'),
    (cells("# title", PROGRAM), "Suppress E007 on this line", 'activation="tahn")(x)  # lstmlint: ignore[E007]\n'),
]  # fmt: skip


@pytest.mark.parametrize(("file", "title", "expected"), SUPPRESSED)
def test_suppressions(file: OpenFile, title: str, expected: str) -> None:
    assert expected in suppressed(file, title)


def test_what_cannot_be_suppressed() -> None:
    broken = PROGRAM.replace('activaton="tanh"),', 'activaton="""\n""")\\\n,')  # the line ends in a string
    assert not {title for title in offered(text("program", broken)) if "E005 on this line" in title}
    plain = '{"class_name": "Dense", "config": {"units": 3, "activation": "tahn"}}'
    assert {title for title in offered(text("config", f"[{plain}]")) if "Suppress" in title} == set()
    odd = JSON.replace("{\n", '{"lstmlint": {"ignore": 3, "layers": []},\n', 1)
    assert not [title for title in offered(text("config", odd)) if title.startswith("Suppress E007")]
    danger = YAML + "other: !!python/object/apply:os.system [ls]\n"
    assert not [title for title in offered(text("config", danger, "m.yaml")) if "X809" in title]


# Settings


def options_of(path: Path, setup: Setup | None = None) -> Options | None:
    return OptionsOf(setup or Setup()).file(str(path))


def test_settings_are_read_again(tmp_path: Path) -> None:
    path, settings = tmp_path / "m.json", tmp_path / "lstmlint.toml"
    of = OptionsOf(Setup(folders=(str(tmp_path),)))
    first = of.file(str(path))
    assert first is not None
    assert (first.limits, first.input_limits.seconds) == ({}, SECONDS)
    assert of.file(str(path)) is not first
    settings.write_text("max-params = 5\n[input-limits]\nseconds = 99\n")
    second = of.file(str(path))
    assert second is not None
    assert (second.limits, second.input_limits.seconds) == ({"max-params": 5}, 99)
    settings.write_text('exclude = ["m.json"]\n')
    assert of.file(str(path)) is None
    settings.write_text("max-params = -5\n")
    with pytest.raises(UsageError, match="max-params"):
        of.file(str(path))
    settings.unlink()
    assert of.file(str(path)) is not None


def test_a_baseline_leaves_out_findings(tmp_path: Path) -> None:
    (tmp_path / "lstmlint.toml").write_text('baseline = "base.json"\n')
    entry = {"m.json": {"/config/layers/1/config/activation": {"E007": 1}}}
    (tmp_path / "base.json").write_text(json.dumps({"lstmlint-baseline": 1, "files": entry}))
    file = text("config", JSON, str(tmp_path / "m.json"))
    options = options_of(tmp_path / "m.json")
    assert options is not None
    assert diagnostics(examine(file, options)) == []


def test_settings_of_the_workspace_leave_out_no_dangers(tmp_path: Path) -> None:
    (tmp_path / "lstmlint.toml").write_text('ignore = ["X", "E007"]\n')
    file = text("config", YAML + "other: !!python/object/apply:os.system [ls]\n", str(tmp_path / "m.yaml"))
    options = options_of(tmp_path / "m.yaml")
    assert options is not None
    found = {one.code for one in diagnostics(examine(file, options))}
    assert "X809" in found
    assert "E007" not in found


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (None, Setup()),
        ({"unknown": 1, "select": None}, Setup()),
        (
            {"config": ["max-params = 5"], "isolated": True, "select": ["E"], "target": ["3.4"]},
            Setup(("max-params = 5",), True, (("select", ("E",)), ("target-keras", ("3.4",)))),
        ),
    ],
)
def test_settings_of_the_editor(given: Any, expected: Setup) -> None:
    assert setup_of(given) == expected


@pytest.mark.parametrize("given", [3, {"config": "x"}, {"isolated": 1}, {"select": [1]}, {"target": ["keras99"]}])
def test_wrong_settings_of_the_editor(given: Any) -> None:
    with pytest.raises(UsageError):
        setup_of(given)


# The store


def test_store() -> None:
    store = Store()
    document = store.open("file:///m.json", "/m.json", "json", 1, JSON)
    assert document is not None
    assert document.may_hold_model
    assert store.edit("file:///m.json", 2, [(((0, 0), (0, 1)), "["), (None, "{}")]) is document
    assert (document.parts[0].text, document.parts[0].version, document.edits) == ("{}", 2, 1)
    assert store.open("file:///a.txt", "/a.txt", "plaintext", 1, "x") is None
    assert store.edit("file:///a.txt", 2, [(None, "y")]) is None
    with pytest.raises(KeyError):
        store.edit("file:///b.json", 1, [])
    assert store.close("file:///m.json") is document
    assert store.close("file:///m.json") is None
    with pytest.raises(KeyError):
        document.index("file:///other")


def test_store_of_notebooks() -> None:
    store = Store()
    notebook = store.open_notebook("n", "/n.ipynb", [Part("a", "1"), Part("b", "2"), Part("c", "3")])
    store.splice("n", 0, 2, [Part("b", ""), Part("d", "4")])  # b moves, a goes
    assert [part.text for part in notebook.parts] == ["2", "4", "3"]
    store.splice("n", 99, 5, [Part("e", "5", 1, False)])
    assert notebook.file.code == (True, True, True, False)
    assert set(store.by_part) == {"b", "c", "d", "e"}
    store.edit("d", 2, [(None, "import keras")])
    assert notebook.may_hold_model
    with pytest.raises(KeyError):
        store.splice("m", 0, 0, [])


# Workers


def jobs(*given: Job) -> list[Any]:
    """Return the results that a worker sends."""
    source, target = io.BytesIO(), io.BytesIO()
    for one in given:
        send(source, one)
    source.seek(0)
    serve(source, target)
    target.seek(0)
    messages = iter(lambda: receive(target), None)
    return [pickle.loads(message) for message in messages if message is not None][1::2]


def test_a_worker_answers() -> None:
    file = text("config", JSON)
    wanted = [
        ("check", ()),
        ("hints", ()),
        ("symbols", ()),
        ("lenses", ()),
        ("hover", (0, 2, 20)),
        ("actions", (ALL, ())),
    ]
    results = jobs(*(Job(name, file, Setup(), "utf-16", arguments) for name, arguments in wanted))
    assert [len(result) for result in (results[0].diagnostics, *results[1:4], results[5])] == [1, 2, 1, 1, 3]
    assert results[0].seconds > 0
    assert results[4][0].startswith("**a**")


def test_a_worker_fails_politely(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    file = text("config", JSON, str(tmp_path / "m.json"))
    wrong = Setup(("max-params = -1",))
    excluded = Setup(("exclude = ['m.json']",))
    results = jobs(*(Job(name, file, setup, "utf-16") for setup in (wrong, excluded) for name in ("check", "hints")))
    assert [getattr(one, "settings", None) for one in results] == [True, True, None, None]
    assert results[2:] == [Checked([], False, 0.0), []]
    monkeypatch.setitem(workers.METHODS, "check", lambda _: 1 / 0)
    (result,) = jobs(Job("check", file, Setup(), "utf-16"))
    assert isinstance(result, Failure)
    assert "ZeroDivisionError" in result.message
    assert "ZeroDivisionError" in capfd.readouterr().err


def test_a_worker_keeps_a_few_analyses() -> None:
    worker = Worker()
    for i in range(12):
        job = Job("check", text("config", JSON, f"{i}.json"), Setup(), "utf-16")
        worker.answer(job, worker.options_of(job))
    assert len(worker.kept) == workers.MOST_KEPT
    job = Job("check", text("config", JSON + " " * workers.MOST_CHARACTERS, "long.json"), Setup(), "utf-16")
    worker.answer(job, worker.options_of(job))
    assert list(worker.kept) == ["long.json"]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ('{"class_name": "Sequential", "config": {"layers": ' + "[" * 100_000, "E001"),
        (JSON.replace('"a"', json.dumps("n" * 1_000_000)), "E007"),
    ],
)
def test_hostile_configs(content: str, code: str) -> None:
    examined = seen(text("config", content))
    assert [one.code for one in diagnostics(examined)] == [code]
    for label in (*hints(examined), *lenses(examined)):
        assert len(label.text) <= LONGEST + 20
    for symbol in symbols(examined):
        assert max(len(one.name) for one in (symbol, *symbol.children)) <= LONGEST
    for place in examined.layers:
        found = hover(examined, *place.name[:3])
        assert found is None or len(found[0]) < 20_000
    assert all(len(one.title) < 300 for one in actions(examined, ALL))


def test_an_endless_program() -> None:
    program = "import keras\nwhile True:\n    pass\nm = keras.Sequential([keras.layers.Dense(3)])\n"
    assert isinstance(seen(text("program", program)), Examined)


def test_the_time_is_limited() -> None:
    examined = examine(text("config", JSON), replace(Options(), input_limits=InputLimits(seconds=-1)))
    assert [one.code for one in diagnostics(examined)] in (["E001"], ["E007"])


# The pool


def with_pool(use: Callable[[Pool], Awaitable[None]]) -> None:
    """Run a function with a pool, and close it."""

    async def run() -> None:
        pool = Pool(1)
        try:
            await asyncio.wait_for(use(pool), 60)
        finally:
            await pool.close()

    asyncio.run(run())


def test_a_pool_of_processes() -> None:
    job = Job("check", text("config", JSON), Setup(), "utf-16")
    endless = Job("hover", text("config", JSON), Setup(), "utf-16", ("wrong",))

    async def use(pool: Pool) -> None:
        result = await pool.run(job)
        assert [one.code for one in result.diagnostics] == ["E007"]
        assert isinstance(await pool.run(endless), Failure)  # too few arguments
        process = pool.workers[0].process
        assert process is not None
        process.kill()
        await process.wait()
        assert isinstance(await pool.run(job), Checked)  # a new process
        task = asyncio.ensure_future(pool.run(job))
        await asyncio.sleep(0)
        process = pool.workers[0].process
        assert process is not None
        process.kill()
        assert isinstance(await task, Failure | Checked)

    with_pool(use)


def test_a_job_that_is_not_wanted_any_more_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lstmlint.server.pool.PATIENCE", 0.05)
    monkeypatch.setattr("lstmlint.server.pool.START", "import sys; sys.stdin.read()")  # answers nothing
    job = Job("check", text("config", JSON), Setup(), "utf-16")

    async def use(pool: Pool) -> None:
        first, second = asyncio.ensure_future(pool.run(job)), asyncio.ensure_future(pool.run(job))
        await asyncio.sleep(0.1)
        process = pool.workers[0].process
        assert process is not None
        second.cancel()
        first.cancel()
        assert await asyncio.wait_for(process.wait(), 10) != 0
        await asyncio.sleep(0.05)
        assert pool.workers[0].waiting == 0
        monkeypatch.setattr("lstmlint.server.pool.STARTING", 0.05)
        result = await pool.run(job)
        assert isinstance(result, Failure)
        assert "too long" in result.message

    with_pool(use)


def test_a_worker_that_cannot_be_started(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lstmlint.server.pool.sys.executable", os.devnull)

    async def use(pool: Pool) -> None:
        assert isinstance(await pool.run(Job("check", text("config", JSON), Setup(), "utf-16")), Failure)

    with_pool(use)


def test_an_action_names_its_finding() -> None:
    assert {one.code for one in actions(seen(text("config", JSON)), ALL)} == {"E007"}
    assert Action("t", "k", ()).code is None


@pytest.mark.parametrize("missing", ["lsprotocol", "gc"])
def test_the_command_needs_pygls(monkeypatch: pytest.MonkeyPatch, missing: str) -> None:
    monkeypatch.setitem(sys.modules, missing, None)
    monkeypatch.delitem(sys.modules, "lstmlint.server.language_server", raising=False)
    monkeypatch.delitem(sys.modules, "lstmlint.server.protocol", raising=False)
    error = UsageError if missing == "lsprotocol" else ModuleNotFoundError
    with pytest.raises(error, match="needs pygls" if missing == "lsprotocol" else "gc"):
        command.serve()
