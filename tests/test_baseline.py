"""Baselines: known findings are not reported, stale entries are."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from lstmlint.reporting import FORMATS
from tests.commandline import LSTM, STACK, Shell, layer, sequential

# R201 for each of two layers.
STEPS = sequential(
    "steps",
    layer("LSTM", "a", units=4, batch_input_shape=[None, 1, 13]),
    layer("RepeatVector", "r", n=1),
    layer("LSTM", "b", units=4),
)
BOTH = {"/config/layers/0": {"R201": 1}, "/config/layers/2": {"R201": 1}}


def written(shell: Shell, files: Any, path: str = "base.json") -> None:
    """Write a baseline with entries for files."""
    shell.write(path, {"lstmlint-baseline": 1, "files": files})


def names(shell: Shell) -> list[str]:
    """Return the names in the folder."""
    return sorted(path.name for path in shell.folder.iterdir())


def codes(shell: Shell, *arguments: str) -> list[str]:
    """Return the files and codes found."""
    done = shell(*arguments, "-f", "json", "--baseline", "base.json")
    assert done.code in (0, 1), done.err
    return [f"{file['path']} {finding['code']}" for file in done.json["files"] for finding in file["findings"]]


@pytest.mark.parametrize("workers", ["1", "2"])
def test_write_and_use(shell: Shell, workers: str) -> None:
    shell.write("models/steps.json", STEPS)
    shell.write("models/deep/stack.json", STACK)
    shell.write("models/fine.json")
    done = shell("models", "--write-baseline", "base.json", "--jobs", workers)
    assert done.code == 0
    assert done.err == "lstmlint: 3 findings of 2 files in the baseline base.json\n"
    assert "No findings; 3 known to the baseline." in done.out
    content = json.loads((shell.folder / "base.json").read_text())
    stack = {"/config/layers/0": {"S102": 1}}
    assert content == {"lstmlint-baseline": 1, "files": {"models/deep/stack.json": stack, "models/steps.json": BOTH}}
    assert codes(shell, "models", "--jobs", workers) == []
    assert codes(shell, "models/deep/stack.json") == []
    done = shell("models", "--baseline", "base.json", "--fail-on", "info")
    assert done.code == 0
    assert "No findings; 3 known to the baseline." in done.out
    assert shell("models").code == 1


@pytest.mark.parametrize("workers", ["1", "2"])
def test_named_by_the_settings(shell: Shell, workers: str) -> None:
    """Each file uses the baseline of its own settings; the command line takes precedence."""
    shell.write("a/lstmlint.toml", 'baseline = "known/base.json"')
    shell.write("a/models/steps.json", STEPS)
    shell.write("b/lstmlint.toml", 'baseline = "base.json"')
    shell.write("b/steps.json", STEPS)
    shell.write("c/steps.json", STEPS)
    (shell.folder / "a" / "known").mkdir()
    # A new baseline ignores the one in the settings, which need not exist yet.
    assert shell("a", "--write-baseline", "a/known/base.json", "--jobs", workers).err.startswith("lstmlint: 2 findings")
    written(shell, {"steps.json": {"/config/layers/0": {"R201": 1}}}, "b/base.json")
    found = ["b/steps.json R201", "c/steps.json R201", "c/steps.json R201"]
    report = shell("a", "b", "c", "--jobs", workers, "-f", "json").json
    assert [f"{file['path']} {finding['code']}" for file in report["files"] for finding in file["findings"]] == found
    assert shell("a", "b", "--baseline", "a/known/base.json", "-f", "json").json["summary"]["warnings"] == 2
    shell.monkeypatch.chdir(shell.folder / "a" / "models")
    assert "No findings; 2 known to the baseline." in shell("steps.json").out
    assert "2 warnings in 1 file." in shell("steps.json", "--config", 'baseline = ""').out
    (shell.folder / "a" / "models" / "steps.json").rename("moved.json")
    assert "known/base.json:1:1: info G715" in shell("moved.json", "-f", "concise").out
    assert shell("moved.json", "-o", "../known/base.json").code == 2


@pytest.mark.parametrize("format", FORMATS)
def test_every_format(shell: Shell, format: str) -> None:
    shell.write("m.json", STEPS)
    before = shell("m.json", "-f", format).out
    assert shell("m.json", "--write-baseline", "base.json", "-q").err == ""
    after = shell("m.json", "-f", format, "--baseline", "base.json").out
    assert ("R201" in before) == (format != "csv")
    assert "R201" not in after


def test_it_is_known_by_its_own_folder(shell: Shell) -> None:
    shell.write("ci/.keep", "")
    shell.write("models/m.json", STEPS)
    shell("models", "--write-baseline", "ci/base.json")
    assert list(json.loads((shell.folder / "ci/base.json").read_text())["files"]) == ["../models/m.json"]
    shell.monkeypatch.chdir(shell.folder / "models")
    assert shell("m.json", "--baseline", "../ci/base.json", "--fail-on", "info").code == 0
    assert shell(str(shell.folder / "models/m.json"), "--baseline", "../ci/base.json", "--fail-on", "info").code == 0


def test_lines_do_not_matter(shell: Shell) -> None:
    shell.write("m.json", json.dumps(STEPS))
    shell("m.json", "--write-baseline", "base.json")
    shell.write("m.json", json.dumps(STEPS, indent=4))
    assert codes(shell, "m.json") == []


@pytest.mark.parametrize(
    ("entries", "found"),
    [
        (BOTH, []),
        ({"/config/layers/0": {"R201": 1}}, ["m.json R201"]),
        ({"/config/layers/0": {"R201": 2}, "/config/layers/2": {"R201": 1}}, ["m.json G715"]),
        ({**BOTH, "/config/layers/7": {"R203": 3}}, ["m.json G715"]),
        ({**BOTH, "": {"X999": 1}}, ["m.json G715"]),
        ({**BOTH, "": {"C501": 1, "N401": 1}}, []),  # did not run
        ({"/config/layers/1": {"R201": 1}}, ["m.json G715", "m.json R201", "m.json R201"]),
        ({}, ["m.json R201", "m.json R201"]),
    ],
)
def test_entries(shell: Shell, entries: dict[str, dict[str, int]], found: list[str]) -> None:
    shell.write("m.json", STEPS)
    written(shell, {"m.json": entries})
    assert sorted(codes(shell, "m.json")) == sorted(found)


def test_what_was_not_looked_for_is_not_gone(shell: Shell) -> None:
    shell.write("m.json", STEPS)
    written(shell, {"m.json": {**BOTH, "/config/layers/0": {"R201": 1, "R203": 1}}})
    assert codes(shell, "m.json", "--select", "E,G") == []
    assert codes(shell, "m.json", "--ignore", "R203") == []
    assert codes(shell, "m.json", "--ignore", "R201") == ["m.json G715"]
    shell.write("m.json", '{"class_name": "Sequential", "config": {')
    assert codes(shell, "m.json") == ["m.json E001"]


def test_gone(shell: Shell) -> None:
    shell.write("m.json", STEPS)
    written(shell, {"m.json": BOTH, "old.json": BOTH})
    done = shell("m.json", "--baseline", "base.json")
    assert done.code == 0
    assert "info G715 stale-baseline-entry: the baseline names old.json, which does not exist" in done.out
    assert shell("m.json", "--baseline", "base.json", "--fail-on", "info").code == 1
    assert codes(shell, "m.json", "--ignore", "G715") == []
    shell.write("m.json", LSTM)
    finding = shell("m.json", "--baseline", "base.json", "-f", "json").json["files"][0]["findings"][-1]
    assert finding["message"] == "the baseline base.json accepts R201 at /config/layers/0, but it no longer exists"
    assert (finding["severity"], finding["pointer"]) == ("info", "/config/layers/0")


def test_it_only_shrinks(shell: Shell) -> None:
    shell.write("a.json", STEPS)
    shell.write("b.json", STEPS)
    shell.write("c.json", STACK)
    old = {"/config/layers/2": {"R201": 1}, "/config/layers/0": {"R201": 1, "R203": 2}}
    written(shell, {"a.json": old, "b.json": old, "gone.json": old})
    done = shell("a.json", "c.json", "--baseline", "base.json", "--write-baseline", "base.json", "-f", "concise")
    assert done.code == 1  # new findings are still reported
    assert [line.split()[2] for line in done.out.splitlines()] == ["S102"]
    assert json.loads((shell.folder / "base.json").read_text())["files"] == {"a.json": BOTH, "b.json": old}
    shell.write("sub/.keep", "")
    shell("a.json", "b.json", "--baseline", "base.json", "--write-baseline", "sub/base.json")
    moved = json.loads((shell.folder / "sub/base.json").read_text())["files"]
    assert moved == {"../a.json": BOTH, "../b.json": BOTH}


def test_with_suppressions(shell: Shell) -> None:
    model = {**STEPS, "lstmlint": {"layers": {"a": ["R201"]}}}
    shell.write("m.json", model)
    shell("m.json", "--write-baseline", "base.json")
    assert json.loads((shell.folder / "base.json").read_text())["files"] == {
        "m.json": {"/config/layers/2": {"R201": 1}}
    }
    assert codes(shell, "m.json") == []


def test_standard_input(shell: Shell) -> None:
    content = json.dumps(STEPS).encode()
    shell("-", "--write-baseline", "base.json", stdin=content)
    assert "No findings; 2 known" in shell("-", "--baseline", "base.json", stdin=content).out
    shell("-", "--stdin-filename", "m.json", "--write-baseline", "base.json", stdin=content)
    shell.write("m.json", STEPS)
    assert codes(shell, "m.json") == []


def test_internal_errors_are_never_known(shell: Shell) -> None:
    from lstmlint import rules
    from lstmlint.rules.registry import RULES

    def broken(model: Any) -> Any:
        raise KeyError("x")

    shell.monkeypatch.setitem(RULES, "R201", replace(rules.load()["R201"], check=broken))
    shell.write("m.json")
    done = shell("m.json", "--write-baseline", "base.json", "-f", "concise")
    assert done.code == 1
    assert "E099" in done.out


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "is not valid JSON"),
        (b"\xff\xfe\x00", "is not valid JSON"),
        ("[" * 100_000, "is not valid JSON"),
        ("[]", "is not a baseline written by --write-baseline: it has no 'lstmlint-baseline'"),
        (LSTM, "it has no 'lstmlint-baseline'"),
        ({"lstmlint-baseline": 2, "files": {}}, "its version is 2, and this lstmlint reads 1"),
        ({"lstmlint-baseline": True, "files": {}}, "its version is true"),
        ({"lstmlint-baseline": 1}, "its 'files' is not an object"),
        ({"lstmlint-baseline": 1, "files": ["m.json"]}, "its 'files' is not an object"),
        ({"lstmlint-baseline": 1, "files": {"m.json": []}}, "the entry of 'm.json' is not an object"),
        ({"lstmlint-baseline": 1, "files": {"m.json": {"": ["R201"]}}}, "the entry of 'm.json' at '' is not an object"),
        (
            {"lstmlint-baseline": 1, "files": {"m.json": {"": {"R201": "1"}}}},
            "the entry 'R201' in 'm.json' is \"1\"",
        ),
        ({"lstmlint-baseline": 1, "files": {"m.json": {"": {"R201": True}}}}, "is true, not a count"),
        ({"lstmlint-baseline": 1, "files": {"m.json": {"": {"R201": 0}}}}, "is 0, not a count"),
    ],
)
def test_no_baselines(shell: Shell, content: Any, said: str) -> None:
    shell.write("base.json", content)
    shell.write("m.json")
    done = shell("m.json", "--baseline", "base.json", "-f", "json:report.json")
    assert (done.code, done.out) == (2, "")
    assert said in done.err
    assert done.err.count("\n") == 1
    assert not (shell.folder / "report.json").exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--baseline", "gone.json"), "cannot read the baseline 'gone.json': No such file or directory"),
        (("--baseline", "."), "cannot read the baseline '.': Is a directory"),
        (("--write-baseline", "no/base.json"), "cannot write 'no/base.json': the folder 'no' does not exist"),
        (("--write-baseline", "-"), "--write-baseline needs a file, not standard output"),
        (("--write-baseline", "."), "cannot write '.': it is a folder"),
        (("--write-baseline", "x.json", "-f", "json:x.json"), "would both be written to x.json"),
        (("--config", 'baseline = "gone.json"'), "cannot read the baseline 'gone.json': No such file or directory"),
        (("--config", 'baseline = "a\\u0000"'), "cannot read the baseline 'a\\x00': embedded null byte"),
        (("--config", "baseline = 1"), "baseline must be a path, not 1"),
    ],
)
def test_mistakes(shell: Shell, arguments: tuple[str, ...], said: str) -> None:
    shell.write("m.json")
    before = names(shell)
    done = shell("m.json", *arguments)
    assert (done.code, done.out) == (2, "")
    assert said in done.err
    assert done.err.count("\n") == (4 if "baseline = 1" in arguments else 1)  # settings are shown with the line
    assert names(shell) == before


def test_it_is_written_whole_or_not_at_all(shell: Shell) -> None:
    shell.write("m.json", STEPS)
    written(shell, {})
    before = (shell.folder / "base.json").read_text()
    done = shell("m.json", "gone.json", "--write-baseline", "base.json")
    assert done.code == 2
    assert "the baseline base.json is not written" in done.err
    assert (shell.folder / "base.json").read_text() == before
    assert names(shell) == ["base.json", "m.json"]


def test_a_baseline_of_a_budget_accepts_no_more_than_it_was(shell: Shell) -> None:
    """A model of 640 parameters over a budget of 500 is accepted; one with more is not."""
    budget = ("--max-params", "500", "--baseline", "base.json")
    shell.write("m.json")
    assert shell("--max-params", "500", "--write-baseline", "base.json", "m.json").code == 0
    assert shell(*budget, "m.json").code == 0
    for units, code in ((9, 0), (4000, 1), (10, 0)):
        shell.write("m.json", sequential("m", layer("LSTM", "lstm", units=units, batch_input_shape=[None, 13, 5])))
        assert shell(*budget, "m.json").code == code


def test_a_finding_in_several_layers_is_accepted_for_each_of_them(shell: Shell) -> None:
    """A layer that is added to a merged finding is new; the others stay accepted."""
    first = layer("Mine", "a", batch_input_shape=[None, 4])
    shell.write("m.json", sequential("m", first, layer("Mine", "b")))
    assert shell("m.json", "--write-baseline", "base.json").code == 0
    assert shell("m.json", "--baseline", "base.json", "-f", "json").json["files"][0]["findings"] == []
    shell.write("m.json", sequential("m", first, layer("Mine", "b"), layer("Mine", "c")))
    (finding,) = shell("m.json", "--baseline", "base.json", "-f", "json").json["files"][0]["findings"]
    assert (finding["code"], finding["layer"]) == ("E004", "c")
