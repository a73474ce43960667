"""Settings: where they are found, what they do, and how mistakes in them are reported."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from lstmlint.config.settings import Resolver, as_toml, load
from lstmlint.config.source import Source
from lstmlint.config.toml_places import find_places
from lstmlint.resources import schema
from tests.commandline import LSTM, STACK, UNBUILT, Shell, layer, sequential

ROOT = Path(__file__).parent.parent


def codes(shell: Shell, *arguments: str) -> list[str]:
    """Return the codes found, in order."""
    done = shell(*arguments, "-f", "concise")
    assert done.code in (0, 1), done.err
    return [line.split(": ")[1].split()[1] for line in done.out.splitlines()]


def test_the_nearest_file_holds(shell: Shell) -> None:
    (shell.folder / ".git").mkdir()
    shell.write("pyproject.toml", '[project]\nname = "lstmlint-user"\n[tool.lstmlint]\nignore = ["S102"]\n')
    shell.write("a/m.json", STACK)
    shell.write("a/b/pyproject.toml", '[tool.other]\nlstmlint = "mentioned"\n')
    shell.write("a/b/m.json", STACK)
    shell.write("a/c/lstmlint.toml", 'extend-ignore = ["E"]')
    shell.write("a/c/pyproject.toml", "[tool.lstmlint]\nignore = []")
    shell.write("a/c/d/m.json", STACK)
    assert codes(shell, "a/m.json") == codes(shell, "a/b/m.json") == []
    assert codes(shell, "a/c/d/m.json") == ["S102"]
    assert codes(shell, "a") == ["S102"]
    assert codes(shell, "a/m.json", "--isolated") == ["S102"]
    assert codes(shell, "a/m.json", "--config", "a/c/lstmlint.toml") == ["S102"]
    assert codes(shell, "a/c/d/m.json", "--config", "pyproject.toml") == []
    shell.monkeypatch.chdir(shell.folder / "a" / "c" / "d")
    assert codes(shell, "m.json") == ["S102"]


@pytest.mark.parametrize(
    ("toml", "arguments", "found"),
    [
        ("", (), ["S102"]),
        ('select = ["E"]', (), []),
        ('select = ["E"]\nextend-select = ["rnn-needs-sequences"]', (), ["S102"]),
        ('select = ["E"]', ("--select", "S"), ["S102"]),
        ('ignore = ["S1"]', ("--ignore", "E001"), []),
        ('ignore = ["S1"]', ("--select", "S,E"), []),
        ('extend-ignore = ["s102"]', (), []),
        ("max-params = 100", (), ["C501", "S102"]),
        ('max-params = "0.1k"', (), ["C501", "S102"]),
        ("max-params = 100", ("--max-params", "1k", "--ignore", "C"), ["S102"]),
        ('[per-file-ignores]\n"m.json" = ["S"]', (), []),
        ('[per-file-ignores]\n"models/*" = ["S"]', (), ["S102"]),
        ('[[budgets]]\nfiles = "*.json"\nmax-params = 10', (), ["C501", "S102"]),
        ('[[budgets]]\nfiles = ["a", "m.json"]\nmax-params = 10', ("--max-params", "1M"), ["C501", "S102"]),
        ('[[budgets]]\nfiles = "other.json"\nmax-params = 10', (), ["S102"]),
        ('max-weight-bytes = "1KiB"\nignore = ["S"]', (), ["C504"]),
        ('max-trainable-params = 1\nmax-layer-params = "1k"', ("--ignore", "S,C503"), ["C502"]),
        ("", ("--config", 'ignore = ["S102"]'), []),
        ("", ("--config", f"ignore = {['S102'] * 2_000}"), []),
        ('ignore = ["S102"]', ("--config", "max-params = 1"), ["C501"]),
    ],
)
def test_settings_and_options(shell: Shell, toml: str, arguments: tuple[str, ...], found: list[str]) -> None:
    shell.write("lstmlint.toml", toml)
    shell.write("m.json", STACK)
    assert sorted(codes(shell, "m.json", *arguments)) == found


@pytest.mark.parametrize(
    ("toml", "arguments", "code"),
    [
        ('[severity]\nS102 = "info"', (), 0),
        ('[severity]\nS102 = "info"', ("--fail-on", "info"), 1),
        ('[severity]\nS = "info"\nS102 = "error"', (), 1),
        ('[severity]\nS102 = "error"\nS = "info"', (), 1),
        ('[severity]\nrnn-needs-sequences = "warning"', (), 0),
        ('fail-on = "warning"\n[severity]\nS102 = "warning"', (), 1),
        ('fail-on = "never"', (), 0),
        ('fail-on = "never"', ("--fail-on", "error"), 1),
    ],
)
def test_severities(shell: Shell, toml: str, arguments: tuple[str, ...], code: int) -> None:
    shell.write("lstmlint.toml", toml)
    shell.write("m.json", STACK)
    assert shell("m.json", *arguments).code == code


def conv(filters: int) -> dict[str, Any]:
    return layer("Conv2D", "conv", filters=filters, kernel_size=3, batch_input_shape=[None, 12, 12, 3])


def adam(rate: float) -> dict[str, Any]:
    optimizer = {"class_name": "Adam", "config": {"learning_rate": rate}}
    return {"training_config": {"loss": "mse", "optimizer_config": optimizer}}


def lstm(*shape: int, **config: Any) -> dict[str, Any]:
    return layer("LSTM", "lstm", **{"units": 10, "batch_input_shape": [None, *shape], **config})


DENSE = layer("Dense", "dense", units=50)
DROPS = sequential("m", lstm(13, 5), layer("Dropout", "drop", rate=0.7), DENSE)


@pytest.mark.parametrize(
    ("model", "toml", "found"),
    [
        (DROPS, "", []),
        (DROPS, "[rule-options.N405]\nrate = 0.6", ["N405"]),
        (DROPS, "[rule-options.HIGH-dropout]\nrate = 0.01", ["N405"]),
        (DROPS, "[rule-options]\nN405.rate = 0.75\nhigh-dropout.rate = 0.7", ["N405"]),
        (sequential("m", lstm(1, 5)), "[rule-options.R201]\nfeatures = 5", ["R201"]),
        (sequential("m", lstm(1, 5)), "[rule-options.R201]\nfeatures = 6", []),
        (sequential("m", lstm(20, 5, unroll=True)), "[rule-options.R207]\ntimesteps = 20", []),
        (sequential("m", lstm(20, 5, unroll=True)), "[rule-options.R207]\ntimesteps = 19", ["R207"]),
        (sequential("m", lstm(13, 5, units=13)), "[rule-options.R235]\ntimesteps = 13", ["R235"]),
        (sequential("m", lstm(13, 5, units=13)), "[rule-options.R235]\ntimesteps = 14", []),
        (
            sequential("m", lstm(13, 5, return_sequences=True), layer("Flatten", "flat"), DENSE),
            "[rule-options.R216]\nparams = 6000",
            ["R216"],
        ),
        (
            sequential("m", lstm(13, 5, return_sequences=True), layer("Flatten", "flat"), DENSE),
            "[rule-options.R216]\nparams = 6000\nshare = 0.95",
            [],
        ),
        (sequential("m", conv(8), layer("Flatten", "flat"), DENSE), "[rule-options.C505]\nparams = 10000", ["C505"]),
        (sequential("m", conv(8), layer("Flatten", "flat"), DENSE), "[rule-options.C505]\nparams = 1\nshare = 1", []),
        (sequential("m", conv(8)), "[rule-options.C512]\nnumbers = 215", ["C512"]),
        (sequential("m", conv(8)), "[rule-options.C512]\nnumbers = 216\ndimension = 8", []),
        (sequential("m", conv(8)), "[rule-options.C512]\ndimension = 7", ["C512"]),
        ({**DROPS, **adam(0.01)}, "[rule-options.H316]\nhighest = 0.005", ["H316"]),
        ({**DROPS, **adam(0.001)}, "[rule-options.H316]\nlowest = 0.002", ["H316"]),
        (
            sequential("m", lstm(13, 5), layer("Dropout", "drop", rate=0), DENSE),
            "[rule-options.N405]\nrate = 0.01",
            ["G704"],
        ),
        ({**DROPS, **adam(0.2)}, "[rule-options.H316]\nhighest = 1", []),
    ],
)
def test_rule_options(shell: Shell, model: dict[str, Any], toml: str, found: list[str]) -> None:
    shell.write("lstmlint.toml", toml)
    shell.write("m.json", model)
    assert codes(shell, "m.json") == found


def test_rule_options_add_up(shell: Shell) -> None:
    shell.write("lstmlint.toml", "[rule-options.flattened-sequence]\nparams = 1\nshare = 0.5")
    done = shell("m.json", "--show-settings", "--config", "rule-options.R216.share = 0.95")
    assert tomllib.loads(done.out)["rule-options"] == {"R216": {"params": 1, "share": 0.95}}


def test_bindings(shell: Shell) -> None:
    shell.write("m.json", UNBUILT)
    for toml in ('input-shape = "None,5"', 'input-shape = ["?", 5]', '[input-shape]\nlstm = "1"\nlstm_input = [13, 5]'):
        shell.write("lstmlint.toml", toml)
        assert shell("m.json", "-f", "json").json["summary"]["params"] == 28
    shell.write("lstmlint.toml", 'batch = 2\ntimesteps = 3\ninput-shape = "None,5"')
    model = shell("m.json", "-f", "json").json["files"][0]["model"]
    assert (model["inputs"], model["outputs"]) == ([[2, 3, 5]], [[2, 1]])


@pytest.mark.parametrize(
    ("toml", "shape", "params"),
    [
        ('output-shape = "same"\nparams = 7', [[None, 4]], 7 + 4 * 3 + 3),
        ('output-shape = ["None", 9]\nparams = "1k"', [[None, 9]], 1000 + 9 * 3 + 3),
        ('output-shape = "?, 9"', [[None, 9]], None),
        ("params = 7", [None], None),
    ],
)
def test_custom_layers(shell: Shell, toml: str, shape: list[list[int | None]], params: int | None) -> None:
    first = layer("Mystery", "what", batch_input_shape=[None, 4])
    shell.write("m.json", sequential("m", first, layer("Dense", "d", units=3)))
    shell.write("lstmlint.toml", f"[custom-layers.Mystery]\n{toml}")
    model = shell("m.json", "-f", "json").json["files"][0]["model"]
    assert model["layers"][0]["output_shapes"] == shape
    assert (model["params"] if model["complete"] else None) == params
    explained = shell("explain", "m.json", "-f", "json").json
    assert (explained["params"] if explained["complete"] else None) == params


def test_exclude(shell: Shell) -> None:
    shell.write("lstmlint.toml", 'exclude = ["old", "*.skip.json"]')
    for path in ("old/m.json", "a/m.json", "a/n.skip.json", "a/old/m.json"):
        shell.write(path)
    for place in (".", "a"):
        shell.monkeypatch.chdir(shell.folder)
        assert [file["path"] for file in shell(place, "-f", "json").json["files"]] == ["a/m.json"]
    assert len(shell("old/m.json", "-f", "json").json["files"]) == 1
    assert shell("old/m.json", "a/m.json", "--force-exclude", "-f", "json").json["summary"]["files"] == 1


@pytest.mark.parametrize(
    ("toml", "said"),
    [
        ("selct = []", "lstmlint.toml:1:1: unknown key 'selct'; did you mean 'select'?"),
        ('select = "S1"', 'select must be a list of rules, not "S1"'),
        ("select = [1]", "select must be a rule's code or name, not 1"),
        ('select = ["S1x"]', "select: no rule has the code or name 'S1x'"),
        ('ignore = ["rnn-need-sequences"]', "did you mean 'rnn-needs-sequences'?"),
        ('[severity]\nS102 = "fatal"', 'severity.S102 must be "error", "warning" or "info", not "fatal"'),
        ('[severity]\nS9999 = "error"', "severity: no rule has the code or name 'S9999'"),
        ("severity = 1", "severity must be a table of rules"),
        ('fail-on = "errors"', 'fail-on must be "error", "warning", "info" or "never"'),
        ("max-params = true", 'max-params must be a number such as 50000 or "50k", not true'),
        ("max-params = -1", "max-params must be a number"),
        ('max-params = "lots"', "max-params must be a number"),
        ('max-params = "1.2345k"', "max-params takes a number such as 50000"),
        ("[[budgets]]\nmax-params = 1", "budgets needs 'files'"),
        ('max-weight-bytes = "1 KX"', 'max-weight-bytes must be a size such as 4096 or "256KiB"'),
        ('dtype = "int7"', 'dtype must be a dtype such as "int8", not "int7"'),
        ('[[budgets]]\nfiles = "a"\nmaxparams = 1', "unknown key 'maxparams' in budgets; did you mean 'max-params'?"),
        ("budgets = 3", "budgets must be a list of tables"),
        ("exclude = 1", "exclude must be a glob or a list of globs"),
        ('[per-file-ignores]\n"*" = ["nonsense"]', "per-file-ignores.*: no rule"),
        ('input-shape = "a,b"', "input-shape takes a shape without the batch"),
        ("custom-layers = 1", "custom-layers must be a table of classes"),
        (
            "[tool.lstmlint]\nignore = []",
            "unknown key 'tool'; only a pyproject.toml has 'tool.lstmlint' before its keys",
        ),
        ('ignore = ["R2O"]', "no rule has the code or name 'R2O'; did you mean 'R20'?"),
        ("[custom-layers.LSTM]\nparams = 1", "custom-layers.LSTM: lstmlint computes LSTM itself"),
        ("[custom-layers.Highway]\nparams = 1", "custom-layers.Highway: lstmlint computes Highway itself"),
        ("[custom-layers]\nTCN = 1", "custom-layers.TCN must be a table with output-shape and params"),
        ("[custom-layers.TCN]\nparam = 1", "unknown key 'param' in custom-layers.TCN; did you mean 'params'?"),
        ('[custom-layers.TCN]\noutput-shape = "as is"', "custom-layers.TCN.output-shape takes the whole shape"),
        ("rule-options = 1", "rule-options must be a table of rules, each with a table of its options, not 1"),
        ("rule-options.N405 = 1", "rule-options.N405 must be a table of options, each with a number, not 1"),
        ("[rule-options.N4O5]\nrate = 1", "rule-options: no rule has the code or name 'N4O5'; did you mean 'N405'?"),
        ("[rule-options.N]\nrate = 1", "rule-options: no rule has the code or name 'N'"),
        ("[rule-options.N405]\nrat = 1", "N405: N405 high-dropout has no option 'rat'; did you mean 'rate'?"),
        ("[rule-options.R216]\nx = 1", "R216 flattened-sequence has no option 'x'; it has params, share"),
        ("[rule-options.S102]\nx = 1", "S102 rnn-needs-sequences has no option 'x'; it has none"),
        ('[rule-options.N405]\nrate = "1"', 'rule-options.N405.rate must be a number, not "1"'),
        ("[rule-options.N405]\nrate = true", "rule-options.N405.rate must be a number, not true"),
        ("[rule-options.N405]\nrate = 60", "rule-options.N405.rate must be a number from 0.01 to 1, not 60"),
        ("[rule-options.N405]\nrate = nan", "rule-options.N405.rate must be a number from 0.01 to 1, not NaN"),
        ("[rule-options.H316]\nhighest = inf", "highest must be a number of at least 0, not Infinity"),
        ("[rule-options.R207]\ntimesteps = 2.0", "timesteps must be an integer of at least 0, not 2.0"),
        ("[rule-options.R201]\nfeatures = 0", "features must be an integer of at least 1, not 0"),
        ("batch = 0", "batch must be an integer of at least 1, not 0"),
        ("select = [", "not valid TOML"),
        (b"\xff\xfe", "are not UTF-8"),
    ],
)
def test_mistakes(shell: Shell, toml: str | bytes, said: str) -> None:
    shell.write("lstmlint.toml", toml)
    shell.write("m.json")
    done = shell("m.json", "-f", "json:report.json")
    assert (done.code, done.out) == (2, "")
    assert said in done.err
    assert done.err.count("\n") == (4 if "has 1 mistake:" in done.err else 1)
    assert not (shell.folder / "report.json").exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--config", "gone.toml"), "there is no file 'gone.toml'"),
        (("--config", "pyproject.toml"), "has no table [tool.lstmlint]"),
        (("--config", "a.toml", "--config", "b.toml"), "names two files"),
        (("--isolated", "--config", "a.toml"), "--isolated reads no settings files, but --config names a.toml"),
        (("--config", "maxparams = 1"), "--config:1:1: unknown key 'maxparams'; did you mean 'max-params'?"),
        (("--config", "max-params ="), "--config:1:13: not valid TOML"),
    ],
)
def test_bad_config_options(shell: Shell, arguments: tuple[str, ...], said: str) -> None:
    for name in ("pyproject.toml", "a.toml", "b.toml"):
        shell.write(name, "")
    shell.write("m.json")
    done = shell("m.json", *arguments)
    assert done.code == 2
    assert said in done.err


def test_all_mistakes_in_one_run(shell: Shell) -> None:
    shell.write(
        "pyproject.toml",
        """\
[tool.lstmlint]  # the house's rules
selct = ["S"]
ignore = ["S102", "S1O2x", 3]
"max-params" = "lots"
batch = 0
[tool.lstmlint.severity]
S102 = "fatal"
nonsense = "info"
[[tool.lstmlint.budgets]]
files = "*"
max-macs = "1.5"
[[tool.lstmlint.budgets]]
max-params = 1
[tool.lstmlint.custom-layers]
LSTM = { params = 1 }
TCN = { output-shape = "as is", params = "1.2345k" }
[tool.lstmlint.rule-options]
N405.rate = 60
""",
    )
    shell.write("m.json")
    done = shell("m.json")
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith(
        """\
lstmlint: pyproject.toml has 13 mistakes:
pyproject.toml:2:1: unknown key 'selct'; did you mean 'select'?
  selct = ["S"]
  ^^^^^
"""
    )
    lines = done.err.splitlines()[1:]
    assert [line.split(": ")[0].partition(":")[2] for line in lines[::3]] == [
        "2:1", "3:19", "3:28", "4:16", "5:9", "7:8", "8:1", "11:12", "12:17", "15:1", "16:24", "16:42", "18:13",
    ]  # fmt: skip
    marked = [text[len(caret.rstrip("^")) : len(caret)] for text, caret in zip(lines[1::3], lines[2::3], strict=True)]
    assert marked == [
        "selct", '"S1O2x"', "3", '"lots"', "0", '"fatal"', "nonsense", '"1.5"', "budgets", "LSTM", '"as is"',
        '"1.2345k"', "60",
    ]  # fmt: skip


TOML = """\
a.b = 1 # c = 2
'c d' . "e\\"f" = [1, "x]", [2, \'\'\'
 ] \'\'\'], { g = "}", h = [3] },
  # a comment ]
  1979-05-27 07:32:00,]
[[s]]
k = 1
[[ s ]]
k = 2
[s.u]
m = \'\'\'it's\'\'\'\'
"""


def test_places_in_toml() -> None:
    places = {path: (TOML[p.start : p.end], TOML[p.value_start : p.value_end]) for path, p in find_places(TOML).items()}
    array = TOML[TOML.index("[1") : TOML.index("\n[[s]]")]
    inner = array[array.index("[2") : array.index(", {")]
    assert places == {
        ("a",): ("a", "a"),
        ("a", "b"): ("b", "1"),
        ("c d",): ("'c d'", "'c d'"),
        ("c d", 'e"f'): ('"e\\"f"', array),
        ("c d", 'e"f', 0): ("1", "1"),
        ("c d", 'e"f', 1): ('"x]"', '"x]"'),
        ("c d", 'e"f', 2): (inner, inner),
        ("c d", 'e"f', 2, 0): ("2", "2"),
        ("c d", 'e"f', 2, 1): (inner[4:-1], inner[4:-1]),
        ("c d", 'e"f', 3): ('{ g = "}", h = [3] }',) * 2,
        ("c d", 'e"f', 3, "g"): ("g", '"}"'),
        ("c d", 'e"f', 3, "h"): ("h", "[3]"),
        ("c d", 'e"f', 3, "h", 0): ("3", "3"),
        ("c d", 'e"f', 4): ("1979-05-27 07:32:00",) * 2,
        ("s",): ("s", "s"),
        ("s", 0): ("s", "s"),
        ("s", 0, "k"): ("k", "1"),
        ("s", 1): ("s", "s"),
        ("s", 1, "k"): ("k", "2"),
        ("s", 1, "u"): ("u", "u"),
        ("s", 1, "u", "m"): ("m", "'''it's''''"),
    }
    assert tomllib.loads(TOML)["s"][1]["u"] == {"m": "it's'"}


def test_show_settings(shell: Shell) -> None:
    text = """
        select = ["S"]
        ignore = ["S101", "C501"]
        fail-on = "warning"
        exclude = ["old", "漢字 😀 \\u0007"]
        max-params = 50000
        max-activation-bytes = 2048
        dtype = "int8"
        batch = 4
        [severity]
        "S102" = "info"
        [rule-options.H316]
        highest = 0.5
        lowest = 1e-9
        [per-file-ignores]
        "a*" = ["E004"]
        [input-shape]
        x = "13,None"
        [[budgets]]
        files = ["*.json"]
        max-params = 10
        [custom-layers."T C"]
        output-shape = "None,3"
        params = 5
        [custom-layers.Same]
        output-shape = "same"
        [custom-layers.Two]
        output-shape = [["None", 3], "same"]
    """
    shell.write("lstmlint.toml", text)
    done = shell("m.json", "--show-settings", "--config", "batch = 8")
    assert done.code == 0
    assert done.out.startswith(f"# m.json: {shell.folder / 'lstmlint.toml'}\n")
    expected = tomllib.loads(text)
    expected["batch"] = 8
    assert tomllib.loads(done.out) == expected
    assert "no settings file" in shell("--show-settings", "--isolated").out
    assert shell("--show-settings", "--isolated", "a\nb.json").out.startswith("# a\\nb.json: ")


def test_shown_settings_can_be_read_again(shell: Shell) -> None:
    shell.write("lstmlint.toml", 'extend-select = ["ALL"]\n[input-shape]\n"a\\"b" = "None,2"\n')
    first = Resolver().of_file("m.json")
    shell.write("again.toml", as_toml(first))
    again = Resolver(["again.toml"]).of_file("m.json")
    assert (
        (again.extend_select, again.input_shapes)
        == (first.extend_select, first.input_shapes)
        == (
            ("ALL",),
            {'a"b': (None, 2)},
        )
    )


def test_every_key_is_described() -> None:
    properties = schema("settings")["properties"]
    definitions = schema("settings")["$defs"]
    for key, value in properties.items():
        assert value["description"], key
        reference = value.get("$ref", "").rpartition("/")[2]
        assert "title" in value or "title" in definitions.get(reference, {}) or "enum" in value, key


def test_settings_are_read_once_a_folder(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    from lstmlint.config import settings

    shell.write("pyproject.toml", "[tool.lstmlint]\n")
    for i in range(3):
        shell.write(f"a/{i}.json", LSTM)
    loads = []
    original = settings.load

    def counted(path: str) -> Source:
        loads.append(path)
        return original(path)

    monkeypatch.setattr(settings, "load", counted)
    assert shell(".").code == 0
    assert len(loads) == 1


def test_the_documentation_names_every_key(tmp_path: Path) -> None:
    page = (ROOT / "docs" / "settings.md").read_text()
    assert [key for key in schema("settings")["properties"] if f"`{key}`" not in page] == []
    example = page.split("```toml\n")[1].split("```")[0]
    (tmp_path / "pyproject.toml").write_text(example)
    load(str(tmp_path / "pyproject.toml")).finish()


@pytest.mark.parametrize(
    ("budgets", "code", "help"),
    [
        ("", 1, "raise max-params in lstmlint.toml"),
        ('[[budgets]]\nfiles = ["m.json"]\nmax-params = 1000', 0, ""),
        ('[[budgets]]\nfiles = ["m.json"]\nmax-params = 50', 1, "raise max-params under budgets in lstmlint.toml"),
        ('[[budgets]]\nfiles = ["m.json"]\nmax-params = 1000\n[[budgets]]\nfiles = ["*.json"]\nmax-params = 50', 0, ""),
    ],
)
def test_the_most_specific_budget_applies(shell: Shell, budgets: str, code: int, help: str) -> None:
    shell.write("m.json")
    shell.write("lstmlint.toml", f"max-params = 100\n{budgets}")
    done = shell("m.json")
    assert (done.code, help in done.out) == (code, True)
