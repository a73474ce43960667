"""`lstmlint diff`: changes, --max-increase, formats, and files in git."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from markdown_it import MarkdownIt

from lstmlint.commands.revisions import is_revision
from lstmlint.model.findings import UsageError
from lstmlint.reporting.comparison import values
from lstmlint.reporting.layout import width_of
from lstmlint.resources import schema
from tests.commandline import LSTM, STACK, UNBUILT, Done, Shell, layer, sequential

EXAMPLES = Path(__file__).parent.parent / "examples"
SHAPE = [None, 13, 5]


def model(*layers: dict[str, Any]) -> dict[str, Any]:
    """Return a Sequential over 13 timesteps of 5 features."""
    return sequential("m", layer("InputLayer", "input", batch_input_shape=SHAPE), *layers)


def lstm(name: str = "lstm", units: int = 10, **config: Any) -> dict[str, Any]:
    return layer("LSTM", name, units=units, return_sequences=True, **config)


def dense(name: str = "dense", units: int = 1, **config: Any) -> dict[str, Any]:
    return layer("Dense", name, units=units, **config)


def graph(*layers: dict[str, Any], output: str) -> dict[str, Any]:
    """Return a functional model with two inputs of three features."""
    inputs = [layer("InputLayer", name, [], batch_input_shape=[None, 3]) for name in ("a", "b")]
    ends = {"input_layers": [["a", 0, 0], ["b", 0, 0]], "output_layers": [[output, 0, 0]]}
    return {"class_name": "Functional", "config": {"name": "g", "layers": [*inputs, *layers], **ends}}


def after(*names: str) -> list[Any]:
    """Return the inbound nodes of one call."""
    return [[[name, 0, 0, {}] for name in names]]


def keras3(class_name: str, **config: Any) -> dict[str, Any]:
    """Return an object as Keras 3 writes it."""
    return {"module": "keras.layers", "class_name": class_name, "config": config, "registered_name": None}


def valid(done: Done) -> Any:
    """Return the JSON report, after checking it against its schema."""
    Draft202012Validator(schema("diff")).validate(done.json)
    return done.json


def brief(report: Any) -> dict[str, list[str]]:
    """Return layer -> changes in short form, without the shapes and counts that follow from them."""
    said: dict[str, list[str]] = {}
    for entry in report["layers"]:
        if entry["change"] != "changed":
            said[entry["path"]] = [entry["change"]]
        for change in entry["changes"]:
            if change["what"] not in ("params", "trainable_params", "input_shapes", "output_shapes"):
                words = (
                    f"{change.get('argument', change['what'])}: {change.get('old', '?')} -> {change.get('new', '?')}"
                )
                said.setdefault(entry["path"], []).append(words)
    return said


BASE = model(lstm("one"), lstm("two"), dense())


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (BASE, BASE, {}),
        (BASE, model(lstm("one"), lstm("two"), dense(units=3)), {"dense": ["units: 1 -> 3"]}),
        (BASE, model(lstm("one"), lstm("two")), {"dense": ["removed"]}),
        (BASE, model(lstm("one"), lstm("two"), layer("Dropout", "drop", rate=0.5), dense()), {"drop": ["added"]}),
        # Renamed ones: by class and order between those that kept their names, first where the arguments agree.
        (BASE, model(lstm("one"), lstm("zwei"), dense()), {"zwei": ["name: two -> zwei"]}),
        (BASE, model(lstm("one"), lstm("new", 4), lstm("zwei"), dense()),
         {"new": ["added"], "zwei": ["name: two -> zwei"]}),
        (BASE, model(lstm("one"), lstm("zwei", 4), dense()), {"zwei": ["name: two -> zwei", "units: 10 -> 4"]}),
        (BASE, model(lstm("one"), layer("GRU", "zwei", units=10, return_sequences=True), dense()),
         {"two": ["removed"], "zwei": ["added"]}),
        # The same name is the same layer, even of another class; only common arguments are compared.
        (BASE, model(lstm("one"), layer("GRU", "two", units=9, return_sequences=True), dense()),
         {"two": ["class_name: LSTM -> GRU", "units: 10 -> 9"]}),
        # Keras keeps counting within a session, so the numbers mean nothing.
        (model(lstm("lstm", 4), lstm("lstm_1", 5)), model(lstm("lstm_1", 4), lstm("lstm_2", 6)),
         {"lstm_1": ["name: lstm -> lstm_1"], "lstm_2": ["name: lstm_1 -> lstm_2", "units: 5 -> 6"]}),
        # Another order is reported once.
        (BASE, model(lstm("two"), lstm("one"), dense()),
         {"one": ["position: 2 -> 3"]}),
        (model(lstm(name="x", trainable=True)), model(lstm(name="x", trainable=False)), {"x": ["trainable: True -> False"]}),
        (model(lstm(dtype="float32")), model(lstm(dtype="float16")), {"lstm": ["dtype: float32 -> float16"]}),
        # Defaults are arguments too: a full config equals the short one.
        (model(dense()), model(dense(use_bias=True, activation="linear")), {}),
        (model(dense()), model(dense(kernel_initializer={"class_name": "GlorotUniform", "config": {"seed": None}})), {}),
        (model(dense(kernel_initializer="zeros")), model(dense(kernel_initializer={"class_name": "Zeros", "config": {}})), {}),
        (model(dense(kernel_regularizer={"class_name": "L2", "config": {"l2": 0.01}})),
         model(dense(kernel_regularizer={"class_name": "L2", "config": {"l2": 0.02}})),
         {"dense": ["kernel_regularizer: {'class_name': 'L2', 'config': {'l2': 0.01}} -> {'class_name': 'L2', 'config': {'l2': 0.02}}"]}),
        # Layers inside layers.
        (model(layer("Bidirectional", "bi", layer=lstm())), model(layer("Bidirectional", "bi", layer=lstm(units=4))),
         {"bi": ["layer.units: 10 -> 4"]}),
        (model(layer("TimeDistributed", "td", layer=dense(units=5))), model(layer("TimeDistributed", "td", layer=layer("Dropout", "d", rate=0.5))),
         {"td": ["layer: Dense -> Dropout"]}),
        (model(layer("RNN", "rnn", cell={"class_name": "LSTMCell", "config": {"units": 3}})),
         model(layer("RNN", "rnn", cell={"class_name": "LSTMCell", "config": {"units": 3, "use_bias": False}})),
         {"rnn": ["cell.use_bias: True -> False"]}),
        # Nested models, by path.
        (sequential("m", {**model(lstm(), dense("head", 2)), "config": {**model(lstm(), dense("head", 2))["config"], "name": "in"}}),
         sequential("m", {**model(lstm(units=4), dense("tail", 2)), "config": {**model(lstm(units=4), dense("tail", 2))["config"], "name": "in"}}),
         {"in/lstm": ["units: 10 -> 4"], "in/tail": ["name: head -> tail"]}),
        # Graphs: connections by the new names, and the output layer.
        (graph(dense("x", 3, ) | {"name": "x", "inbound_nodes": after("a")}, layer("Add", "sum", after("x", "b")), output="sum"),
         graph(dense("y", 3, ) | {"name": "y", "inbound_nodes": after("a")}, layer("Add", "sum", after("y", "b")), output="sum"),
         {"y": ["name: x -> y"]}),
        (graph(layer("Add", "sum", after("a", "b")), output="sum"), graph(layer("Add", "sum", after("a", "a")), output="sum"),
         {"sum": ["connected_to: ['a', 'b'] -> ['a', 'a']"]}),
    ],
)  # fmt: skip
def test_layers(shell: Shell, old: Any, new: Any, said: dict[str, list[str]]) -> None:
    shell.write("old.json", old)
    shell.write("new.json", new)
    done = shell("diff", "old.json", "new.json", "-f", "json")
    assert done.code == 0, done.err
    assert brief(valid(done)) == said
    assert shell("diff", "old.json", "new.json").code == 0


def test_constants_of_calls(shell: Shell) -> None:
    for axis in (1, 2):
        node = {
            **keras3("Mean", name="mean", axis=[1], keepdims=False),
            "module": "keras.src.ops.numpy",
            "name": "mean",
            "inbound_nodes": [{
                "args": [{"class_name": "__keras_tensor__", "config": {"shape": [None, 4, 4], "dtype": "float32", "keras_history": ["in", 0, 0]}}],
                "kwargs": {"axis": axis, "mask": None},
            }],
        }  # fmt: skip
        start = {**keras3("InputLayer", name="in", batch_shape=[None, 4, 4]), "name": "in", "inbound_nodes": []}
        config = {"name": "m", "layers": [start, node], "input_layers": ["in", 0, 0], "output_layers": ["mean", 0, 0]}
        shell.write(f"{axis}.json", {**keras3("Functional", **config), "module": "keras.src.models.functional"})
    (entry,) = valid(shell("diff", "1.json", "2.json", "-f", "json"))["layers"]
    assert {"what": "argument", "argument": "call.axis", "old": 1, "new": 2} in entry["changes"]


def test_dialects(shell: Shell) -> None:
    """A model saved again by another Keras is the same model: keys that only one of them writes are ignored."""
    start = keras3("InputLayer", name="input", batch_shape=SHAPE)
    glorot = {
        "module": "keras.initializers",
        "class_name": "GlorotUniform",
        "config": {"seed": None, "input_axes": None},
        "registered_name": None,
    }
    policy = {"module": "keras", "class_name": "DTypePolicy", "config": {"name": "float32"}, "registered_name": None}
    again = keras3(
        "LSTM", name="lstm", units=10, return_sequences=True, dtype=policy, kernel_initializer=glorot, seed=None
    )
    shell.write("new.json", keras3("Sequential", name="m", layers=[start, again]))
    shell.write(
        "old.json",
        model(
            lstm(
                implementation=2,
                time_major=False,
                kernel_initializer={"class_name": "GlorotUniform", "config": {"seed": None}},
            )
        ),
    )
    report = valid(shell("diff", "old.json", "new.json", "-f", "json"))
    assert report["layers"] == []
    assert [change["what"] for change in report["model"]] == ["dialect"]


def test_totals(shell: Shell) -> None:
    shell.write("old.json", model(lstm(units=3)))
    shell.write("new.json", model(lstm(units=3, trainable=False), dense(units=2)))
    report = valid(shell("diff", "old.json", "new.json", "-f", "json"))
    assert report["totals"] == {
        "params": {"old": 108, "new": 116, "change": 8, "percent": pytest.approx(7.407, abs=1e-3), "complete": True},
        "trainable_params": {"old": 108, "new": 8, "change": -100, "percent": pytest.approx(-92.59, abs=1e-2), "complete": True},
        "weight_bytes": {"old": 432, "new": 464, "change": 32, "percent": pytest.approx(7.407, abs=1e-3), "complete": True},
        "macs": {"old": 1248, "new": 1326, "change": 78, "percent": 6.25, "complete": True},
    }  # fmt: skip
    text = shell("diff", "old.json", "new.json").out
    assert "Trainable params    108      8  -100 (-92.6%)" in text
    assert "~ lstm (LSTM)\n    trainable: True -> False\n    trainable params: 108 -> 0\n" in text
    assert "+ dense (Dense) (None, 13, 2) 8 params\n" in text


def test_findings(shell: Shell) -> None:
    """Findings are matched by code and layer, including a renamed layer."""
    shell.write(
        "old.json", sequential("m", lstm("a", batch_input_shape=[None, 1, 50]), lstm("gone", unroll=True, time=1))
    )
    shell.write(
        "new.json",
        sequential("m", lstm("b", batch_input_shape=[None, 1, 50]), lstm("c", dropout=20), lstm("d", nonsense=1)),
    )
    found = valid(shell("diff", "old.json", "new.json", "-f", "json"))["findings"]
    assert [(finding["code"], finding["layer"]) for finding in found["new"]] == [("R218", "c"), ("E005", "d")]
    assert [(finding["code"], finding["layer"]) for finding in found["gone"]] == [("E005", "gone")]
    text = shell("diff", "old.json", "new.json").out
    assert "New findings: 2\n\nwarning R218 rnn-dropout-out-of-range: dropout of LSTM 'c'" in text
    assert "Findings that are gone: 1\n\nerror E005 unknown-argument: " in text
    assert shell("diff", "old.json", "new.json", "--config", 'ignore = ["E005"]').out.count("E005") == 0


@pytest.mark.parametrize(
    ("limit", "code"),
    [("151", 0), ("150", 1), ("+151", 0), ("0.2k", 0), ("1M", 0), ("0", 1), ("209.7%", 1), ("209.8%", 0), ("300 %", 0), ("0%", 1)],
)  # fmt: skip
def test_gate(shell: Shell, limit: str, code: int) -> None:
    paths = [str(EXAMPLES / name) for name in ("lstm_4_2.json", "lstm_4_2_wider.json")]
    done = shell("diff", *paths, "--max-increase", limit)
    assert done.code == code
    assert ("error C511 params-changed" in done.out) == bool(code)
    assert (f"Within --max-increase {limit}." in done.out) == (not code)
    assert shell("diff", *reversed(paths), "--max-increase", "0").code == 0
    written = shell("diff", *paths, "--max-increase", limit, "-o", "changes.txt")
    assert (written.code, written.out) == (code, "")
    assert (shell.folder / "changes.txt").read_text() == done.out
    gate = valid(shell("diff", *paths, "--max-increase", limit, "-f", "json"))["gate"]
    assert (gate["max_increase"], gate["passed"]) == (limit, not code)
    assert [finding["code"] for finding in gate["findings"]] == ["C511"] * code


def test_gate_says_what_grew(shell: Shell) -> None:
    shell.write("old.json", model(lstm(units=10), dense()))
    shell.write("new.json", model(lstm(units=20), dense()))
    gate = shell("diff", "old.json", "new.json", "--max-increase", "50%", "-f", "json").json["gate"]
    assert gate["findings"][0]["message"] == (
        "the model grew by 1,450 parameters (222.7%) from 651 to 2,101; --max-increase allows 50% (325);"
        " most came with lstm +1,440, dense +10"
    )
    assert (
        gate["findings"][0]["help"]
        == "units=12 of 'lstm' would bring the model to 877 parameters; or raise --max-increase."
    )


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (LSTM, UNBUILT, "the new model has an unknown number of parameters; unknown: lstm (LSTM)"),
        (UNBUILT, LSTM, "the old model has an unknown number of parameters; unknown: lstm (LSTM)"),
        (model(layer("Mine", "mine")), model(layer("Mine", "mine")), "unknown: mine (Mine); the new model has"),
        ("{", LSTM, "cannot be checked against --max-increase 5%: the old model cannot be read"),
    ],
)
def test_gate_of_incomplete_counts(shell: Shell, old: Any, new: Any, said: str) -> None:
    shell.write("old.json", old)
    shell.write("new.json", new)
    assert shell("diff", "old.json", "new.json").code == 0
    done = shell("diff", "old.json", "new.json", "--max-increase", "5%")
    assert done.code == 1
    assert said in " ".join(done.out.split())
    assert not valid(shell("diff", "old.json", "new.json", "--max-increase", "5%", "-f", "json"))["gate"]["passed"]


def test_incomplete_totals(shell: Shell) -> None:
    shell.write("old.json", model(lstm(), layer("Mine", "mine")))
    shell.write("new.json", model(lstm(units=4), layer("Mine", "mine")))
    done = shell("diff", "old.json", "new.json")
    assert "Params >= 640 >= 160 known: -480" in " ".join(done.out.split())
    assert "The old totals are incomplete. Unknown: mine (Mine)." in " ".join(done.out.split())
    assert "**incomplete**" in shell("diff", "old.json", "new.json", "-f", "markdown").out
    report = valid(shell("diff", "old.json", "new.json", "-f", "json"))
    assert report["old"]["model"]["unknown"] == ["mine"]
    assert not report["totals"]["params"]["complete"]


def test_options_hold_for_both(shell: Shell) -> None:
    shell.write("old.json", UNBUILT)
    shell.write("new.json", sequential("u", layer("LSTM", "lstm", units=2)))
    done = shell(
        "diff", "old.json", "new.json", "--input-shape", "None,5", "--timesteps", "13", "--batch", "2", "-f", "json"
    )
    report = valid(done)
    assert [report["totals"]["params"][side] for side in ("old", "new")] == [28, 64]
    assert report["old"]["model"]["inputs"] == report["new"]["model"]["inputs"] == [[2, 13, 5]]


def test_settings(shell: Shell) -> None:
    shell.write("old.json")
    shell.write("new.json", sequential("m", layer("LSTM", "lstm", units=12, batch_input_shape=SHAPE)))
    call = ("diff", "old.json", "new.json", "--max-increase", "1")
    assert shell(*call).code == 1
    shell.write("lstmlint.toml", '[severity]\nC511 = "warning"')
    assert shell(*call).code == 0
    assert shell(*call, "--isolated").code == 1
    shell.write("lstmlint.toml", 'max-params = 700\nselect = ["S"]\nextend-select = ["C501"]')
    done = shell(*call)
    assert done.code == 1, "what the call asks for holds, whatever the settings select"
    assert "New findings: 1\n\nerror C501 " in done.out


def test_unreadable(shell: Shell) -> None:
    shell.write("m.json")
    shell.write("broken.json", "{")
    done = shell("diff", "m.json", "broken.json")
    assert done.code == 1
    assert "broken.json cannot be read, so there is nothing to compare." in done.out
    assert "error E001" in done.out
    report = valid(shell("diff", "m.json", "broken.json", "--max-increase", "5%", "-f", "json"))
    assert report["totals"] is None
    assert report["gate"] == {"max_increase": "5%", "passed": False, "findings": []}
    assert "cannot be read" in shell("diff", "m.json", "broken.json", "-f", "markdown").out
    assert shell("diff", "broken.json", "m.json").code == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("m.json",), "Missing argument 'NEW'"),
        (("m.json", "gone.json"), "no such file or folder: 'gone.json'"),
        (("m.json", "-", "--max-increase", "x"), "--max-increase takes a percentage such as 5% or a number"),
        (("m.json", "-", "--max-increase", "-5%"), "--max-increase takes a percentage such as 5% or a number"),
        (("m.json", "m.json", "-f", "junit"), "sarif, azure, rdjson, html, not 'junit'"),
        (("m.json", "folder"), "'folder' is a folder of models and 'm.json' is not: compare two files or two folders"),
        (("folder", "folder"), "no Keras model found in 'folder' and 'folder'"),
        (("-", "-"), "standard input can be read only once"),
        (
            ("m.json", "m.json", "--input-shape", "lst_input=13,5"),
            "no input is named 'lst_input'; did you mean 'lstm_input'?",
        ),
        (("m.json", "m.json", "--batch", "0"), "--batch takes an integer"),
        (("m.json", "m.json", "--config", "gone.toml"), "there is no file 'gone.toml'"),
        (
            ("HEAD:m.json", "m.json"),
            "cannot read 'HEAD:m.json': no such file here, and git reports: not a git repository",
        ),
    ],
)
def test_mistakes(shell: Shell, arguments: tuple[str, ...], said: str) -> None:
    shell.monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(shell.folder.parent))
    shell.write("m.json")
    shell.write("folder/settings.json", {"a": 1})
    done = shell("diff", *arguments)
    assert done.code == 2
    assert said in " ".join(done.err.split())
    assert done.out == ""


def test_standard_input(shell: Shell) -> None:
    shell.write("m.json", STACK)
    done = shell("diff", "-", "m.json", stdin=json.dumps(LSTM).encode())
    assert done.code == 0
    assert done.out.startswith("Old: <stdin> (Sequential")


# git ----------------------------------------------------------------------------------------------------


def git(folder: Path, *arguments: str) -> None:
    identity = ("-c", "user.name=a", "-c", "user.email=a@b.c", "-c", "init.defaultBranch=main")
    subprocess.run(["git", *identity, *arguments], cwd=folder, check=True, capture_output=True)


@pytest.fixture
def repository(shell: Shell) -> Shell:
    """A repository with two commits of sub/m.json, and a third state in the working tree."""
    git(shell.folder, "init", "-q", "-b", "main")
    for units in (10, 11):
        shell.write("sub/m.json", model(lstm(units=units)))
        git(shell.folder, "add", ".")
        git(shell.folder, "commit", "-q", "-m", str(units))
    shell.write("sub/m.json", model(lstm(units=12)))
    return shell


@pytest.mark.parametrize(
    ("old", "units"),
    [("HEAD:sub/m.json", 11), ("HEAD~1:sub/m.json", 10), ("main:sub/m.json", 11), (":sub/m.json", 11), (":0:sub/m.json", 11),
     ("HEAD^{/10}:sub/m.json", 10), ("sub/m.json", 12)],
)  # fmt: skip
def test_revisions(repository: Shell, old: str, units: int) -> None:
    report = valid(repository("diff", old, "sub/m.json", "-f", "json"))
    assert report["old"]["path"] == old
    changes = [change for entry in report["layers"] for change in entry["changes"] if change["what"] == "argument"]
    assert changes == ([] if units == 12 else [{"what": "argument", "argument": "units", "old": units, "new": 12}])


def test_revisions_below_the_root(repository: Shell) -> None:
    repository.write("sub/lstmlint.toml", '[per-file-ignores]\n"m.json" = ["ALL"]')
    repository.write("sub/m.json", model(lstm(nonsense=1)))
    git(repository.folder, "commit", "-q", "-a", "-m", "nonsense")
    repository.monkeypatch.chdir(repository.folder / "sub")
    repository.write("sub/other.json", model(lstm()))
    for old in ("HEAD:./m.json", "HEAD:sub/m.json"):
        report = valid(repository("diff", old, "other.json", "-f", "json"))
        assert report["findings"] == {"new": [], "gone": []}, "the settings of the file hold for its revisions"
    done = repository("diff", "HEAD:m.json", "other.json")
    assert done.code == 2
    assert "git reports: path 'm.json' does not exist in 'HEAD' (paths start at the root" in done.err


@pytest.mark.parametrize(
    ("old", "said"),
    [
        ("nope:sub/m.json", "no such file here, and git reports: invalid object name 'nope'."),
        ("HEAD:gone.json", "no such file here, and git reports: path 'gone.json' does not exist in 'HEAD'"),
        ("HEAD:sub", "it is not a file; check a folder out"),
        ("HEAD:", "it is not a file; check a folder out"),
        ("https://host/m.json", "git reports: invalid object name 'https'."),
    ],
)
def test_revisions_that_are_none(repository: Shell, old: str, said: str) -> None:
    done = repository("diff", old, "sub/m.json")
    assert (done.code, done.out) == (2, "")
    assert f"lstmlint: cannot read {old!r}: " in done.err
    assert said in done.err


def test_options_of_git_are_none(repository: Shell) -> None:
    done = repository("diff", "--", "--output=x:m.json", "sub/m.json")
    assert done.code == 2
    assert "a revision does not start with a dash" in done.err
    assert not (repository.folder / "x").exists()


def test_a_file_of_that_name_wins(repository: Shell) -> None:
    repository.write("HEAD:sub/m.json", model(lstm(units=3)))
    report = valid(repository("diff", "HEAD:sub/m.json", "sub/m.json", "-f", "json"))
    assert report["totals"]["params"]["old"] == 108


def test_without_git(shell: Shell) -> None:
    shell.write("m.json")
    shell.monkeypatch.setenv("PATH", str(shell.folder))
    done = shell("diff", "HEAD:m.json", "m.json")
    assert done.code == 2
    assert "there is no such file, and git is not installed" in done.err


@pytest.mark.parametrize(
    ("argument", "windows", "revision"),
    [("main:m.json", False, True), ("main:m.json", True, True), (":m.json", True, True), ("m.json", True, False),
     ("C:\\m.json", True, False), ("c:m.json", True, False), ("C:/m.json", True, False), ("c:m.json", False, True)],
)  # fmt: skip
def test_drives(argument: str, windows: bool, revision: bool) -> None:
    assert is_revision(argument, windows) == revision


# Folders ------------------------------------------------------------------------------------------------


def folders(shell: Shell) -> None:
    """Two folders: one model is the same, one is larger and has a finding, and each has one of its own."""
    for folder in ("old", "new"):
        shell.write(f"{folder}/same.json")
        shell.write(f"{folder}/package.json", {"name": "no model"})
    shell.write("old/a/b.json", model(dense()))
    shell.write("new/a/b.json", model(lstm(), layer("LSTM", "bad", units=4), layer("LSTM", "worse", units=4)))
    shell.write("old/gone.json")
    shell.write("new/fresh.json")


def test_folders(shell: Shell) -> None:
    folders(shell)
    done = shell("diff", "old", "new")
    assert (done.code, done.err) == (0, "")
    for part in (
        "Old: old/a/b.json (Sequential, Keras 2)\nNew: new/a/b.json",
        "+ lstm (LSTM)",
        "Only in the old folder, old:\n    gone.json\n",
        "Only in the new folder, new:\n    fresh.json\n",
        "\n2 models in both folders; 1 differs.\n",
    ):
        assert part in done.out
    assert "same.json" not in done.out
    report = valid(shell("diff", "old", "new", "-f", "json", "--max-increase", "5%"))
    assert (report["removed"], report["added"]) == (["gone.json"], ["fresh.json"])
    assert [entry["gate"]["passed"] for entry in report["files"]] == [False, True]
    text = shell("diff", "old", "new/", "-f", "markdown").out
    assert "2 models in both folders; 1 differs." in text
    assert "Removed: `gone.json`" in text
    assert shell("diff", "old", "new", "--max-increase", "5%").code == 1
    assert shell("diff", "old", "old", "--max-increase", "5%").out == "3 models in both folders; none differ.\n"


@pytest.mark.parametrize("paths", [("old", "new"), ("old/a/b.json", "new/a/b.json")])
def test_findings_for_programs(shell: Shell, paths: tuple[str, str]) -> None:
    """New findings and the growth, in the formats of `lstmlint PATH`."""
    folders(shell)
    done = shell("diff", *paths, "--max-increase", "5%", "-f", "github")
    assert done.code == 1
    titles = [re.search("title=lstmlint (\\w+)", line) for line in done.out.splitlines()]
    assert [title and title[1] for title in titles] == ["S102", "C511"]
    results = shell("diff", *paths, "--max-increase", "5%", "-f", "sarif").json["runs"][0]["results"]
    assert [result["ruleId"] for result in results] == ["S102", "C511"]
    lines = shell("diff", *paths, "--max-increase", "5%", "-f", "azure").out
    assert re.findall(";code=(\\w+);", lines) == ["S102", "C511"]
    found = shell("diff", *paths, "--max-increase", "5%", "-f", "rdjson").json["diagnostics"]
    assert [one["code"]["value"] for one in found] == ["S102", "C511"]


# Formats ------------------------------------------------------------------------------------------------

NASTY = "x\x1b[31m|`*_<b>@me\n::error::\u202e" + "long_" * 30


def terminal(shell: Shell) -> None:
    """Show the output as on a terminal of 80 columns."""
    shell.monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    shell.monkeypatch.setenv("COLUMNS", "80")
    shell.monkeypatch.setenv("NO_COLOR", "1")


def test_text_fits(shell: Shell) -> None:
    """On a terminal, nothing is cut off or obeyed by it or a CI runner. In a pipe, every finding is one line."""
    code = {"class_name": "__lambda__", "config": {"code": "A" * 500}}
    shell.write(
        "old.json",
        model(lstm(NASTY, 4), lstm("漢字" * 30, 4), layer("Lambda", "f", function=code), layer("Mine", "mine")),
    )
    code = {"class_name": "__lambda__", "config": {"code": "B" * 500}}
    shell.write(
        "new.json",
        model(
            lstm(NASTY, 40_000_000), lstm("漢字" * 30, 5), layer("Lambda", "f", function=code), layer("Mine", "mine")
        ),
    )
    gate = ("diff", "old.json", "new.json", "--max-increase", "5%")
    assert [
        line.startswith("error C511 params-changed: ")
        for line in shell(*gate).out.splitlines()
        if "C511 params-changed" in line
    ] == [True]
    terminal(shell)
    done = shell(*gate)
    assert done.code == 1
    assert max(map(width_of, done.out.splitlines())) <= 80
    whole = "".join(done.out.split())
    assert "long_" * 30 in whole
    assert "漢字" * 30 in whole
    assert ">=6,400,001,760,000,120" in whole
    assert "\x1b" not in done.out
    assert "\n::" not in done.out
    assert "characters (sha256" in " ".join(done.out.split())
    assert not any(len(line) > 40 and "AAAA" in line for line in done.out.splitlines())


def test_markdown(shell: Shell) -> None:
    shell.write("old.json", model(lstm(NASTY, 4), dense("gone")))
    shell.write("new.json", model(lstm(NASTY, 13, go_backwards=True), layer("Dropout", "added", rate=0.5)))
    done = shell("diff", "old.json", "new.json", "-f", "markdown", "--max-increase", "1")
    assert done.code == 1
    tokens = MarkdownIt("gfm-like", {"linkify": False}).parse(done.out)
    kinds = [token.type for token in tokens]
    inline = [child for token in tokens for child in token.children or ()]
    assert kinds.count("table_open") >= 3
    assert not any(child.type in ("link_open", "image") for child in inline)
    html = {child.content for child in inline if child.type == "html_inline"}
    assert html <= {"<br>", "<!-- -->"}
    rows = [line for line in done.out.splitlines() if line.startswith(("| added", "| removed", "| changed"))]
    assert [row.split(" | ")[0] for row in rows] == ["| changed", "| added", "| removed"]
    assert "units `4` → `13`<br>go\\_backwards `False` → `True`" in done.out
    assert "| Params | 165 | 988 | +823 (+498.8%) |" in done.out


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "None"), (True, "True"), (3, "3"), (0.5, "0.5"), ("tanh", "tanh"), ("", "''"), (" ", "' '"),
        ([2, [3]], "[2, [3]]"), ({"axis": 1}, "{axis: 1}"), ({"class_name": "Zeros", "config": {}}, "Zeros"),
        ({"class_name": "L2", "config": {"l2": 0.1, "seed": None}}, "L2(l2=0.1)"),
        ({"class_name": "function", "config": "mine"}, "function(mine)"), ({"class_name": "X", "config": None}, "X()"),
    ],
)  # fmt: skip
def test_values(value: Any, text: str) -> None:
    assert values.written(value) == text


def test_nan(shell: Shell) -> None:
    """Numbers that JSON does not have."""
    for name, rate in (("old", "NaN"), ("new", "Infinity")):
        shell.write(f"{name}.json", json.dumps(model(layer("GaussianNoise", "n", stddev=1.5))).replace("1.5", rate))
    report = valid(shell("diff", "old.json", "new.json", "-f", "json"))
    (entry,) = report["layers"]
    assert {"what": "argument", "argument": "stddev", "old": "nan", "new": "inf"} in entry["changes"]
    assert valid(shell("diff", "old.json", "old.json", "-f", "json"))["layers"] == []


def test_limit_that_is_none() -> None:
    from lstmlint.comparing import parse_limit

    for text in ("", "%", "5%%", "1e3", "-1", "five"):
        with pytest.raises(UsageError, match="--max-increase takes"):
            parse_limit(text)


def test_the_documentation_shows_what_is_printed(shell: Shell) -> None:
    shell.monkeypatch.chdir(EXAMPLES.parent)
    terminal(shell)
    call, shown = (
        (EXAMPLES.parent / "docs" / "diff.md").read_text().split("$ lstmlint ")[1].split("```")[0].split("\n", 1)
    )
    done = shell(*call.split())
    assert (done.code, done.out) == (1, shown)


def test_folders_without_a_common_path(shell: Shell) -> None:
    shell.write("old/a.json")
    shell.write("new/b.json")
    done = shell("diff", "old", "new", "--max-increase", "5%")
    assert (done.code, done.out) == (2, "")
    assert "nothing to compare: 'old' and 'new' have no model at the same path" in done.err
