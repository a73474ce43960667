"""Suppressions in the settings, in the file and in YAML comments: what they suppress, and when they are unused."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from lstmlint import Options, analyze
from lstmlint.config import options as config_options
from lstmlint.config.options import Suppression
from tests.commandline import LSTM, STACK, Shell, layer, sequential

ROOT = Path(__file__).parent.parent
# R201 for each of two layers.
STEPS = sequential(
    "steps",
    layer("LSTM", "a", units=4, batch_input_shape=[None, 1, 13]),
    layer("RepeatVector", "r", n=1),
    layer("LSTM", "b", units=4),
)
NESTED = sequential("outer", {**STEPS, "config": {**STEPS["config"], "name": "inner"}}, layer("Dense", "d", units=1))
YAML = """\
class_name: Sequential
config:
  name: m
  layers:
  - class_name: LSTM
    config:
      name: a
      units: 4
      units: 4
      batch_input_shape: [null, 1, 13]
"""


def codes(shell: Shell, *arguments: str) -> list[str]:
    """Return the codes found, with the layer or the line."""
    done = shell(*arguments, "-f", "json")
    assert done.code in (0, 1), done.err
    return [
        f"{finding['code']} {finding['layer'] or finding['line']}"
        for file in done.json["files"]
        for finding in file["findings"]
    ]


def stated(model: dict[str, Any], value: Any) -> dict[str, Any]:
    """Return a model with the key `lstmlint` on its first line."""
    return {"class_name": model["class_name"], "lstmlint": value, "config": model["config"]}


def test_what_there_is_to_suppress(shell: Shell) -> None:
    shell.write("m.json", STEPS)
    shell.write("m.yaml", YAML)
    shell.write("n.json", NESTED)
    assert codes(shell, "m.json") == codes(shell, "n.json") == ["R201 a", "R201 b"]
    assert codes(shell, "m.yaml") == ["R201 a", "E003 9"]


# In the file ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ({"ignore": ["R201"]}, []),
        ({"ignore": ["single-timestep"]}, []),
        ({"ignore": ["r2"]}, []),
        ({"ignore": ["ALL"], "reason": "one step is meant"}, []),
        ({"layers": {"a": ["R201"]}}, ["R201 b"]),
        ({"layers": {"?": ["R201"]}}, ["G714 1", "R201 a", "R201 b"]),
        ({"layers": {"a": ["R201"]}, "ignore": []}, ["R201 b"]),
        ({"layers": {"a": ["R201"], "b": ["R201"]}}, []),
        ({"ignore": ["R201", "S101"]}, ["G714 1"]),
        ({"layers": {"a": ["R201"], "b": ["R203"]}}, ["G714 1", "R201 b"]),
        ({"layers": {"c": ["R201"]}}, ["G714 1", "R201 a", "R201 b"]),
        ({"ignore": ["R2O1"]}, ["G716 1", "R201 a", "R201 b"]),
        ({"ignore": [201, "R201"]}, ["G716 1"]),
        ({"ignore": "R201"}, ["G716 1", "R201 a", "R201 b"]),
        ({"ignores": ["R201"]}, ["G716 1", "R201 a", "R201 b"]),
        ({"layers": ["a"]}, ["G716 1", "R201 a", "R201 b"]),
        ({"layers": {"a": "R201"}}, ["G716 1", "R201 a", "R201 b"]),
        ("R201", ["G716 1", "R201 a", "R201 b"]),
        ({}, ["R201 a", "R201 b"]),
    ],
)
def test_in_the_file(shell: Shell, value: Any, found: list[str]) -> None:
    shell.write("m.json", stated(STEPS, value))
    assert codes(shell, "m.json") == found


@pytest.mark.parametrize(
    ("layers", "found"),
    [
        ({"inner": ["R201"]}, []),
        ({"inner/a": ["R201"]}, ["R201 b"]),
        ({"b": ["R201"]}, ["R201 a"]),
    ],
)
def test_nested_models(shell: Shell, layers: dict[str, list[str]], found: list[str]) -> None:
    shell.write("m.json", stated(NESTED, {"layers": layers}))
    assert codes(shell, "m.json") == found


def test_a_layer_inside_a_wrapper(shell: Shell) -> None:
    inner = layer("LSTM", "inner", units=4)
    model = sequential("m", layer("Bidirectional", "both", layer=inner, batch_input_shape=[None, 1, 13]))
    shell.write("m.json", stated(model, {"layers": {"both": ["R201"]}}))
    assert codes(shell, "m.json") == []


@pytest.mark.parametrize("wrap", ["model_config", "modelTopology", "architecture"])
def test_beside_a_wrapped_model(shell: Shell, wrap: str) -> None:
    for model in ({wrap: stated(STEPS, {"ignore": ["R201"]})}, {"lstmlint": {"ignore": ["R201"]}, wrap: STEPS}):
        shell.write("m.json", model)
        assert codes(shell, "m.json") == []


def test_places_and_words(shell: Shell) -> None:
    text = '{"class_name": "Sequential", "config": {"name": "m", "layers": [{"class_name": "LSTM", "config": {"name":\n'
    text += '"lstm_1", "units": 10, "batch_input_shape": [null, 13, 5]}}]}, "lstmlint": {"layers": {\n'
    shell.write("m.json", text + '"lstm1": ["R201",\n  "R2O1"]}}}')
    unused, unknown = shell("m.json", "-f", "json").json["files"][0]["findings"]
    assert (unused["line"], unused["column"], unused["pointer"]) == (3, 11, "/lstmlint/layers/lstm1/0")
    assert "no finding matches R201 single-timestep in the layer 'lstm1'" in unused["message"]
    assert unused["help"] == "Remove it, or write 'lstm_1' for that layer."
    assert (unknown["line"], unknown["column"]) == (4, 3)
    assert "no rule has the code or name 'R2O1'; did you mean" in unknown["message"]


def test_exit_code_follows(shell: Shell) -> None:
    shell.write("m.json", stated(STACK, {"ignore": ["S102"]}))
    assert shell("m.json").code == 0
    assert "S102" not in shell("m.json", "-f", "sarif").out.split('"results"')[1]
    shell.write("m.json", stated(LSTM, {"ignore": ["S102"]}))
    assert shell("m.json").code == 0
    assert shell("m.json", "--fail-on", "warning").code == 1
    assert codes(shell, "m.json", "--ignore", "G714") == []


@pytest.mark.parametrize(
    ("ignore", "arguments", "reported"),
    [
        ("R203", (), True),
        ("R203", ("--ignore", "R203"), False),
        ("R203", ("--select", "E,G"), False),
        ("R2", ("--select", "R201,G"), False),
        ("R2", ("--ignore", "R201"), True),
        ("ALL", (), True),
        ("ALL", ("--select", "R,G"), False),
        ("ALL", ("--no-weights", "--ignore", "S135"), True),
        ("N401", (), False),  # off by default
        ("N401", ("--extend-select", "N401"), True),
        ("C501", (), False),
        ("C501", ("--max-params", "1M"), True),
        ("C503", ("--max-params", "1M"), False),
        ("S139", (), True),
        ("S139", ("--no-weights",), False),
        ("G714", (), False),
    ],
)
def test_only_rules_that_ran_make_a_suppression_unused(
    shell: Shell, ignore: str, arguments: tuple[str, ...], reported: bool
) -> None:
    shell.write("m.json", stated(LSTM, {"ignore": [ignore]}))
    assert codes(shell, "m.json", *arguments) == (["G714 1"] if reported else [])


def test_broken_layers_make_no_suppression_unused(shell: Shell) -> None:
    shell.write("m.json", stated(sequential("m", layer("LSTM", "a", unit=4)), {"ignore": ["R201"]}))
    assert {code.split()[0] for code in codes(shell, "m.json")} <= {"E005", "E006", "S135"}
    shell.write("m.json", stated(STACK, {"layers": {"a": ["R201"], "b": ["R201"]}}))
    assert codes(shell, "m.json") == ["G714 1", "S102 a"]  # b cannot be built


def test_g714_is_silenced_by_name_only(shell: Shell) -> None:
    shell.write("m.json", stated(LSTM, {"ignore": ["R201", "G714"]}))
    assert codes(shell, "m.json") == []
    shell.write("m.json", stated(LSTM, {"ignore": ["R201", "G7"]}))
    assert codes(shell, "m.json") == ["G714 1", "G714 1"]


def test_a_file_cannot_silence_what_is_mandatory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(config_options, "PROTECTED", ("R",))
    said = json.dumps(stated(STEPS, {"ignore": ["R201"]})).encode()
    assert [finding.code for finding in analyze(said).findings] == ["G714", "R201", "R201"]
    from_settings = Options(suppressions=(Suppression(("R201",), origin=("lstmlint.toml", 0)),))
    assert [finding.code for finding in analyze(json.dumps(STEPS).encode(), from_settings).findings] == []


# In YAML ---------------------------------------------------------------------------------------------------


def commented(line: int, comment: str) -> str:
    """Return YAML with a comment at the end of a line; 0 means on a line of its own at the top."""
    lines = YAML.splitlines()
    if line == 0:
        return f"{comment}\n{YAML}"
    lines[line - 1] += f"  {comment}"
    return "\n".join(lines)


@pytest.mark.parametrize(
    ("line", "comment", "found"),
    [
        (5, "# lstmlint: ignore[R201]", ["E003 9"]),
        (5, "# lstmlint: ignore[R201, E003] why not", []),
        (5, "#lstmlint:ignore", []),
        (9, "# lstmlint: ignore[duplicate-key]", ["R201 a"]),
        (9, "# lstmlint: ignore[R201]", ["R201 a", "E003 9", "G714 9"]),
        (5, "# noqa # lstmlint: ignore[R] # lstmlint: ignore[E]", []),
        (0, "# lstmlint: ignore-file[R201]", ["E003 10"]),
        (0, "# lstmlint: ignore-file", []),
        (0, "# lstmlint: ignore[R201]", ["G714 1", "R201 a", "E003 10"]),
        (5, "# lstmlint: ignore[R2O1]", ["R201 a", "G716 5", "E003 9"]),
        (5, "# lstmlint: ignore[]", ["R201 a", "G716 5", "E003 9"]),
        (5, "# lstmlint: ignore[R201", ["R201 a", "G716 5", "E003 9"]),
        (5, "# lstmlint: disable[R201]", ["R201 a", "G716 5", "E003 9"]),
        (5, "# see the manual of lstmlint: it helps", ["R201 a", "E003 9"]),
        (3, "lstmlint ignore[R201]", ["R201 a", "E003 9"]),
    ],
)
def test_comments(shell: Shell, line: int, comment: str, found: list[str]) -> None:
    shell.write("m.yaml", commented(line, comment))
    assert codes(shell, "m.yaml") == found


@pytest.mark.parametrize(
    "name",
    [
        '"m # lstmlint: ignore-file"',
        "'m # lstmlint: ignore-file'",
        "|\n    # lstmlint: ignore-file\n",
        "m#lstmlint:ignore-file",
    ],
)
def test_what_is_no_comment(shell: Shell, name: str) -> None:
    shell.write("m.yaml", YAML.replace("name: m", f"name: {name}"))
    assert [code.split()[0] for code in codes(shell, "m.yaml")] == ["R201", "E003"]


def test_a_comment_behind_a_text_with_a_hash(shell: Shell) -> None:
    shell.write("m.yaml", YAML.replace("- class_name: LSTM", '- class_name: "LSTM"  # "#" # lstmlint: ignore[R201]'))
    assert codes(shell, "m.yaml") == ["E003 9"]


def test_the_key_in_yaml(shell: Shell) -> None:
    shell.write("m.yaml", YAML + "lstmlint:\n  ignore:\n  - E003 # lstmlint: ignore\n  layers: {a: [R201]}\n")
    assert codes(shell, "m.yaml") == ["G714 13"]


def test_json_in_quotes_of_yaml_has_no_comments(shell: Shell) -> None:
    shell.write("m.json", json.dumps("# lstmlint: ignore-file\n" + YAML))
    assert [code.split()[0] for code in codes(shell, "m.json")] == ["R201", "E003"]


# In the settings --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("toml", "found"),
    [
        ('rules = ["R201"]', []),
        ('rules = ["single-timestep"]\nreason = "meant"', []),
        ('rules = ["R201"]\nlayers = "a"', ["R201 b"]),
        ('rules = ["R201"]\nlayers = ["a", "b"]', []),
        ('rules = ["R201"]\nlayers = "?"', []),
        ('rules = ["R201"]\nlayers = "*b"', ["R201 a"]),
        ('rules = ["R201"]\npointers = "/config/layers/2"', ["R201 a"]),
        ('rules = ["R201"]\npointers = "/config/layers/0"\nlayers = "b"', []),
        ('rules = ["R201"]\npointers = "/config"', []),
        ('rules = ["R201"]\npointers = "/config/layers/2/config"', ["R201 a", "R201 b"]),
        ('rules = ["R201"]\nfiles = "a/*.json"', []),
        ('rules = ["R201"]\nfiles = ["b/*.json"]', ["R201 a", "R201 b"]),
        ('rules = ["R203"]', ["R201 a", "R201 b"]),
    ],
)
def test_in_the_settings(shell: Shell, toml: str, found: list[str]) -> None:
    shell.write("lstmlint.toml", f"[[suppress]]\n{toml}")
    shell.write("a/m.json", STEPS)
    assert codes(shell, "a/m.json") == found


def test_all_of_them_hold_together(shell: Shell) -> None:
    shell.write("pyproject.toml", '[[tool.lstmlint.suppress]]\nrules = ["R201"]\nlayers = "a"')
    shell.write("m.json", stated(STEPS, {"layers": {"b": ["R201"]}}))
    assert codes(shell, "m.json") == []
    assert codes(shell, "m.json", "--isolated") == ["R201 a"]
    shell.write("m.json", STEPS)
    assert codes(shell, "m.json", "--config", 'suppress = [{rules = ["R201"], layers = "b"}]') == []


@pytest.mark.parametrize(
    ("toml", "said"),
    [
        ('rules = ["R2O1"]', "lstmlint.toml:2:10: suppress.rules: no rule has the code or name 'R2O1'; did you mean"),
        ('layers = ["a"]', "suppress needs 'rules'"),
        ('rules = "R201"', 'suppress.rules must be a list of rules, not "R201"'),
        ('rules = ["R201"]\nlayer = "a"', "unknown key 'layer' in suppress; did you mean 'layers'?"),
        ('rules = ["R201"]\npointers = "config"', "suppress.pointers must be a JSON pointer"),
        ('rules = ["R201"]\nlayers = [1]', "suppress.layers must be a layer's name or a list of them"),
    ],
)
def test_mistakes_in_the_settings(shell: Shell, toml: str, said: str) -> None:
    shell.write("lstmlint.toml", f"[[suppress]]\n{toml}")
    shell.write("m.json")
    done = shell("m.json")
    assert (done.code, done.out) == (2, "")
    assert said in done.err
    assert done.err.count("\n") == 4


@pytest.mark.parametrize(
    ("toml", "arguments", "lines"),
    [
        ('[[suppress]]\nrules = ["R201", "R203"]', (".",), [2]),
        ('[[suppress]]\nrules = ["R201"]\n\n[[suppress]]\nrules = ["R203"]\nlayers = "a"', (".",), [5]),
        ('[[suppress]]\nrules = ["R203"]', ("a/m.json",), []),  # other files may need it
        ('[[suppress]]\nrules = ["R203"]', ("a",), []),
        ('[[suppress]]\nrules = ["R203"]\nfiles = "a/m.json"', ("a/m.json",), [2]),
        ('[[suppress]]\nrules = ["R203"]\nfiles = "a/*.json"', ("a/m.json",), []),
        ('[[suppress]]\nrules = ["R203"]', (".", "--ignore", "G714"), []),
        ('[[suppress]]\nrules = ["R203"]', (".", "--select", "E"), []),
        ('suppress = [{rules = ["R203"]}]', (".",), [1]),
    ],
)
@pytest.mark.parametrize("workers", ["1", "2"])
def test_unused_settings(shell: Shell, toml: str, arguments: tuple[str, ...], lines: list[int], workers: str) -> None:
    shell.write("lstmlint.toml", ("" if toml.startswith("suppress") else "# settings\n") + toml)
    shell.write("a/m.json", STEPS)
    shell.write("a/n.json")
    files = {file["path"]: file for file in shell(*arguments, "-f", "json", "--jobs", workers).json["files"]}
    said = files.get("lstmlint.toml", {"findings": []})["findings"]
    assert [(finding["code"], finding["line"]) for finding in said] == [("G714", line) for line in lines]
    framed = " --> lstmlint.toml:2:1\n  |\n1 | # settings\n2 | [[suppress]]\n  | ^^^^^^^^^^^^\n"
    assert (framed in shell(*arguments).out) == (lines == [2])
    severities = shell(*arguments, "--fail-on", "warning", "--config", 'ignore = ["R201"]')
    assert severities.code == (1 if lines and "R201" not in toml else severities.code)


def test_settings_are_shown(shell: Shell) -> None:
    shell.write(
        "lstmlint.toml", '[[suppress]]\nrules = ["r201"]\nfiles = "a"\nlayers = "b"\npointers = "/c"\nreason = "d"\n'
    )
    shown = shell("--show-settings").out.splitlines()
    assert shown[-5:] == ["[[suppress]]", 'rules = ["R201"]', 'files = ["a"]', 'layers = ["b"]', 'pointers = ["/c"]']


def test_what_cannot_be_read_is_suppressed_by_the_settings(shell: Shell) -> None:
    shell.write("m.json", '{"class_name": "Sequential", "config": {')
    assert shell("m.json").code == 1
    assert shell("m.json", "--config", 'suppress = [{rules = ["E001"], files = "m.json"}]').code == 0


def test_many_suppressions_and_findings() -> None:
    settings = {"units": 13, "return_sequences": True, "dropout": 2}
    layers = [layer("LSTM", "l0", batch_input_shape=[None, 5, 13], **settings)]
    layers += [layer("LSTM", f"l{i}", **settings) for i in range(1, 2000)]
    model = stated(sequential("m", *layers), {"layers": {f"l{i}": ["R218"] for i in range(1999)}})
    assert [finding.layer for finding in analyze(json.dumps(model).encode()).findings] == ["l1999"]


def test_nothing_is_loaded_without_need(shell: Shell) -> None:
    files = [str(shell.write("m.json")), str(shell.write("m.yaml", "# a comment\n" + YAML))]
    code = (
        "import sys; from lstmlint.cli import guarded; guarded(sys.argv[1:]);"
        "print(sorted({'lstmlint.filtering.suppressions', 'lstmlint.filtering.baseline'} & set(sys.modules)), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code, *files], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stderr == "[]\n"


def test_the_documentation_is_right(shell: Shell) -> None:
    page = (ROOT / "docs" / "suppression.md").read_text()
    toml, inside, comments = (
        page.split(f"```{language}\n")[1].split("```")[0] for language in ("toml", "json", "yaml")
    )
    shell.write("pyproject.toml", toml)
    shell.write("m.json", inside)
    shell.write("m.yaml", comments)
    assert {code.split()[0] for code in codes(shell, "m.json", "m.yaml")} <= {"G714", "S129", "S135"}
