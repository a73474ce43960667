"""Models in Python programs and notebooks: reports, unknown sizes, and the commands that take programs."""

from __future__ import annotations

import json
import shlex
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

import lstmlint
from lstmlint import Options, UsageError
from tests.commandline import Shell
from tests.test_python_source import notebook

REPORT = Draft202012Validator(json.loads((Path(__file__).parent.parent / "schemas/report.schema.json").read_text()))

IMPORTS = "from keras import Input, Model, Sequential, layers\n"
# Known sizes: 4 * (10 * (5 + 10) + 10) = 640 and 11.
KNOWN = IMPORTS + "model = Sequential([Input((13, 5)), layers.LSTM(10), layers.Dense(1)])\n"
# 4 * (32 * (features + 32) + 32) = 4,224 + 128 * features, and 33 * classes.
OPEN = (
    IMPORTS
    + """\
def build(features, classes):
    return Sequential([
        Input((49, features)),
        layers.LSTM(32),
        layers.Dense(classes, activation="softmax"),
    ])
"""
)
TWO = (
    IMPORTS
    + """\
inputs = Input((13, 5), name="x")
code = layers.LSTM(4, recurrent_dropout=0.2, name="enc")(inputs)
encoder = Model(inputs, code, name="encoder")
output = layers.Dense(1, name="out")(code)
whole = Model(inputs, output, name="whole")
"""
)


def entries(shell: Shell, *arguments: str) -> list[dict[str, Any]]:
    done = shell(*arguments, "--format", "json")
    REPORT.validate(done.json)
    found: list[dict[str, Any]] = done.json["files"]
    return found


def test_one_model(shell: Shell) -> None:
    shell.write("train.py", KNOWN)
    done = shell("train.py")
    assert done.code == 0
    assert done.out.startswith('Model: "sequential" (Sequential, Keras 2), train.py::model, line 2\n')
    assert " (LSTM)           (None, 10)        640\n" in done.out
    assert "Total params: 651 (2.54 KB)\n" in done.out
    (entry,) = entries(shell, "train.py")
    assert (entry["path"], entry["container"], entry["dialect"]) == ("train.py::model", "python", "keras2")
    model = entry["model"]
    assert (model["params"], model["complete"], model["exact"]) == (651, True, True)
    assert (model["params_formula"], model["unknowns"], model["reasons"]) == (None, [], [])


@pytest.mark.parametrize(
    ("head", "targets", "dialect", "params"),
    [
        ("from keras", "", "keras2", None),
        ("from keras", "3.15", "keras3", 63),
        ("from keras", ">=3.0", "keras3", 63),
        ("from keras", "tf2.15", "keras2", 63),
        ("from keras", "tf_keras2.21", "keras2", 63),
        ("from keras", "2.3", "keras2", 54),
        ("from keras", "tf2.3", "keras2", None),
        ("from keras", "tfjs", "keras2", None),
        ("from keras", "2.3,3.15", "keras2", None),
        # What the program says comes first.
        ("from tensorflow.keras", "3.15", "keras2", 63),
        ("import keras.saving\nfrom keras", "2.3", "keras3", 63),
        ("from keras.utils import np_utils\nfrom keras", "3.15", "keras2", 54),
        ("from keras.layers import Rescaling\nfrom keras", "2.3", "keras2", 63),
        ("from keras.layers import Rescaling\nfrom keras", "3.15", "keras3", 63),
    ],
)
def test_targets_decide_the_dialect(shell: Shell, head: str, targets: str, dialect: str, params: int | None) -> None:
    shell.write(
        "train.py", f"{head} import layers, Sequential\nmodel = Sequential([layers.GRU(3, input_shape=(4, 2))])\n"
    )
    (entry,) = entries(shell, "train.py", *(("--target", targets) if targets else ()))
    assert (entry["dialect"], entry["model"]["exact"]) == (dialect, params is not None)
    assert params in (None, entry["model"]["params"])


DESCRIBED = """[custom-layers.Pool]
output-shape = "None,8"
params = 9
[custom-layers.Half]
output-shape = "same"
"""
OWN = """from keras.layers import Layer
class Pool(Layer):
    def __init__(self, units):
        super().__init__()
    def build(self, shape):
        self.w = self.add_weight(shape=({size},))
    def call(self, x):
        return secret(x, self.w)
"""
POOLED = "model = Sequential([Input((5, 8)), Pool(4), layers.Dense(2)])\n"


@pytest.mark.parametrize(
    ("code", "params", "exact"),
    [
        (f"from attention import Pool\n{POOLED}", 27, True),
        (f"from attention import *\n{POOLED}", 27, True),
        (f"{OWN.format(size=9)}{POOLED}", 27, True),
        (f"{OWN.format(size='secret()')}{POOLED}", 27, True),
        (
            "import attention\ni = Input((5, 8))\np = attention.Pool(4)\nmodel = Model(i, layers.Add()([p(i), p(i)]))\n",
            9,
            True,
        ),
        # What the code says itself comes first.
        (f"{OWN.format(size=5).replace('secret(x, self.w)', 'x[:, 0] * 2')}{POOLED}", 23, True),
        # Other reasons remain.
        (f"from attention import Pool, units\n{POOLED}if units():\n    model.add(layers.Dense(2))\n", 33, False),
        (f"from attention import Pool, options\n{POOLED.replace('4', '**options()')}", 27, False),
        ("from attention import Pool\ni = Input((5, 8))\nmodel = Model(i, Pool(i))\n", 9, False),
        (f"from attention import Half\n{POOLED.replace('Pool', 'Half')}", 18, False),
    ],
)
def test_layers_that_the_settings_describe(shell: Shell, code: str, params: int, exact: bool) -> None:
    shell.write("lstmlint.toml", DESCRIBED)
    shell.write("train.py", f"from keras import Input, Model, Sequential, layers\n{code}")
    (entry,) = entries(shell, "train.py")
    assert (entry["model"]["params"], entry["model"]["exact"]) == (params, exact)


def test_unknown_sizes(shell: Shell) -> None:
    shell.write("train.py", OPEN)
    done = shell("train.py", "--columns", "+weights,+macs,+input-shape")
    assert "(None, 49, features)" in done.out
    assert "4,224 + 128·features" in done.out
    assert "kernel (features, 128), recurrent_kernel (32, 128), bias (128,)" in done.out
    assert "Total params: 4,224 + 128·features + 33·classes\n" in done.out
    assert "Non-trainable params: 0\n" in done.out
    assert "Unknown size: features (line 2): it is a parameter of build; give it with --set features=N\n" in done.out
    assert "960" not in done.out.replace("1,960", "")
    (entry,) = entries(shell, "train.py")
    model = entry["model"]
    assert (model["params"], model["complete"], model["exact"]) == (0, False, True)
    assert model["params_formula"] == "4,224 + 128·features + 33·classes"
    assert model["inputs"] == [[None, 49, None]]
    assert model["macs"] is None
    assert [layer["params"] for layer in model["layers"][-2:]] == [None, None]
    assert [layer["weights"] for layer in model["layers"][-2:]] == [[], []]
    assert [(one["name"], one["line"], one["column"]) for one in model["unknowns"]] == [
        ("features", 2, 11),
        ("classes", 2, 21),
    ]


def test_given_sizes(shell: Shell) -> None:
    shell.write("train.py", OPEN)
    done = shell("train.py", "--set", "features=5", "--set", "classes = 3")
    assert done.code == 0
    assert "Total params: 4,963 (19.39 KB)\n" in done.out
    half = shell("train.py", "--set", "features=5", "-f", "markdown")
    assert "**4,864 + 33·classes** parameters; classes is unknown (line 2).\n" in half.out
    settings = '[set]\nfeatures = 5\n"classes" = "3"\n'
    shell.write("lstmlint.toml", settings)
    assert "Total params: 4,963 " in shell("train.py").out
    assert '[set]\n"features" = 5\n"classes" = 3\n' in shell("--show-settings", ".").out
    assert "Total params: 4,930 " in shell("train.py", "--set", "classes=2").out
    assert shell("train.py", "--set", "feature=5").err == (
        "lstmlint: --set: no program leaves open what 'feature' is; write it as the report names it, as in --set"
        " 'len(vocab)=5000'\n"
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("features", "takes NAME=VALUE, such as features=5 or 'X.shape=(None, 49, 2)', not 'features'"),
        ("features=", "takes NAME=VALUE"),
        ("a b=3", "'a b' is no expression"),
        ("a={1: 2}", "takes a number, a text or a tuple, not {1: 2}"),
    ],
)
def test_wrong_sizes(shell: Shell, text: str, message: str) -> None:
    shell.write("train.py", OPEN)
    done = shell("train.py", "--set", text)
    assert done.code == 2
    assert f"--set {message}" in done.err or f"--set: {message}" in done.err


def test_values_in_options() -> None:
    shape = IMPORTS + "import numpy as np\nX = np.load('x.npy')\nm = Sequential([Input(X.shape[1:]), layers.LSTM(3)])\n"
    report = lstmlint.analyze(shape.encode(), Options(values={"X.shape": (None, 49, 2)}), name="a.py")
    assert report.model is not None
    assert report.model.params == 72
    assert report.model.inputs == [(None, 49, 2)]


@pytest.mark.parametrize(
    ("expression", "option"),
    [
        ("n", "--set n=N"),
        ("hp.size", "--set hp.size=N"),
        ("len( hp )", "--set 'len(hp)=N'"),
        ("hp['a']", "--set \"hp['a']=N\""),
        ("hp['a'] // 2", "--set "),
        ('hp["it\'s"]', "--set '"),
    ],
)
def test_options_for_sizes(shell: Shell, expression: str, option: str) -> None:
    shell.write(
        "a.py", f"{IMPORTS}def build(n, hp):\n    return Sequential([Input((3,)), layers.Dense({expression})])\n"
    )
    (line,) = (line for line in shell("a.py").out.split("\n") if "give it with " in line)
    given = line.partition("give it with ")[2]
    assert given.startswith(option)
    (argument,) = shlex.split(given.replace("=N", "=7"))[1:]
    assert "Total params: 28 (112.00 B)" in shell("a.py", "--set", argument).out


def test_sizes_that_give_no_polynomial() -> None:
    code = (
        IMPORTS
        + """\
def build(n):
    return Sequential([Input((n, 3)), layers.MaxPooling1D(2), layers.Flatten(), layers.Dense(2)])
"""
    )
    report = lstmlint.analyze(code.encode(), name="a.py")
    assert report.origin is not None
    assert report.origin.formulas == {}
    assert "max_pooling1d (MaxPooling1D)  (None, ?, 3)       0\n" in str(report)
    assert "Total params: unknown\nUnknown size: n (line 2)" in str(report)
    assert "Unknown: dense (Dense)" in str(report)


@pytest.mark.parametrize(
    ("body", "formula"),
    [
        ("Input((a, 3)), layers.LSTM(b)", "16·b + 4·b²"),
        ("Input((9, 9, a)), layers.Conv2D(b, c)", "b + a·b·c²"),
        ("Input((9, 9, 4)), layers.Conv2D(8, a), layers.Flatten(), layers.Dense(1)", "809 - 160·a + 40·a²"),
        ("Input((a, b)), layers.Flatten(), layers.Dense(a)", "a + a²·b"),
        ("Input((a, 4)), layers.GroupNormalization(b), layers.Dense(c)", "8 + 5·c"),
        ("Input((a, b, 1)), layers.Conv2D(2, 3), layers.Flatten(), layers.Dense(1)", "29 - 4·a - 4·b + 2·a·b"),
    ],
)
def test_formulas(body: str, formula: str) -> None:
    code = f"{IMPORTS}def build(a, b, c):\n    return Sequential([{body}])\n"
    report = lstmlint.analyze(code.encode(), name="a.py")
    assert report.origin is not None
    found = report.origin.formulas.get("params")
    if found is None:
        assert report.model is not None
        found = f"{report.model.params:,}"
    assert found == formula
    numbers = {"a": 3, "b": 2, "c": 5}
    given = lstmlint.analyze(code.encode(), Options(values=numbers), name="a.py")
    assert given.model is not None
    if given.model.complete:
        python = formula.replace(",", "").replace("·", "*").replace("²", "**2")
        assert given.model.params == eval(python, {}, dict(numbers))


def test_findings_do_not_speak_of_stand_ins(shell: Shell) -> None:
    code = (
        IMPORTS
        + """\
def build(n, classes):
    x = Input((n, 4))
    y = layers.LSTM(8, recurrent_dropout=0.2)(x)
    y = layers.Dense(classes, activation="softmax")(y)
    model = Model(x, y)
    model.compile("adam", "binary_crossentropy")
    return model
"""
    )
    shell.write("a.py", code)
    report = shell("a.py", "-f", "concise").out
    assert "a.py:4:42: info R240 recurrent-dropout-speed LSTM 'lstm' has recurrent_dropout 0.2" in report
    assert "binary" not in report  # right with one class
    assert "softmax" not in report  # right with several classes
    assert "H303" in shell("a.py", "-f", "concise", "--set", "classes=3").out
    assert "H301" in shell("a.py", "-f", "concise", "--set", "classes=1").out


def test_inexact_models(shell: Shell) -> None:
    code = (
        IMPORTS
        + """\
import sys
model = Sequential([Input((13, 5))])
if len(sys.argv) > 1:
    model.add(layers.LSTM(4, return_sequences=True))
model.add(layers.LSTM(4))
"""
    )
    shell.write("a.py", code)
    done = shell("a.py", "--max-params", "10")
    assert "not exact\n" in done.out
    assert "Not exact: line 4: " in done.out
    (entry,) = entries(shell, "a.py")
    assert (entry["model"]["exact"], entry["model"]["complete"]) == (False, False)
    assert entry["model"]["reasons"][0]["line"] == 4
    shell.write("b.py", KNOWN)
    folder = shell(".").out
    assert "2 models, about " in folder
    assert " params, not exact, 3 layers" in folder
    converted = shell("convert", "a.py")
    assert converted.code == 2
    assert "lstmlint: a.py::model is not read exactly (line 4: " in converted.err
    explained = shell("explain", "a.py")
    assert explained.err.startswith("lstmlint: a.py::model is not read exactly (line 4: ")


def test_budgets(shell: Shell) -> None:
    shell.write("train.py", OPEN)
    undecided = shell("train.py", "--max-params", "50k", "-f", "concise")
    assert undecided.code == 1
    assert "so the budget of 50,000 cannot be checked; unknown: lstm (LSTM) and dense (Dense)" in undecided.out
    text = shell("train.py", "--max-params", "50k").out
    assert "help: Give the sizes: --set features=N --set classes=N" in " ".join(text.split())
    assert shell("train.py", "--max-params", "50k", "--set", "features=5", "--set", "classes=3").code == 0
    over = shell("train.py", "--max-params", "1k", "--set", "features=5", "-f", "concise")
    assert (
        "C501 params-over-budget the model has at least 4,864 parameters, 3,864 more than the 1,000 allowed" in over.out
    )


def test_several_models(shell: Shell) -> None:
    shell.write("train.py", TWO)
    done = shell("train.py")
    lines = done.out.split("\n")
    assert lines[0] == "train.py::encoder: 160 params (640.00 B), 160 trainable, 2 layers, Functional, Keras 2"
    assert "train.py::whole: 165 params (660.00 B), 165 trainable, 3 layers, Functional, Keras 2" in lines
    assert done.out.count("R240") == 1  # both models share the layer
    assert lines[-2] == "1 info in 1 file."
    assert shell("train.py", "--depth", "1").out.count("Model: ") == 2
    chosen = shell("train.py::whole")
    assert chosen.out.startswith('Model: "whole" (Functional, Keras 2), train.py::whole, line 6\n')
    assert "R240" in chosen.out
    assert "Total params: 165" in chosen.out
    assert [entry["path"] for entry in entries(shell, "train.py")] == ["train.py::encoder", "train.py::whole"]
    missing = shell("train.py::decoder")
    assert missing.code == 2
    assert missing.err == "lstmlint: train.py does not build a model 'decoder'; did you mean 'encoder'?\n"
    assert shell("nothing.py::m").err == "lstmlint: no such file or folder: 'nothing.py::m'\n"


def test_analyze_one_of_several(tmp_path: Path) -> None:
    path = tmp_path / "train.py"
    path.write_text(TWO)
    with pytest.raises(UsageError, match=r"builds 2 models, encoder and whole: name one of them, as in .*py::encoder"):
        lstmlint.analyze(path)
    assert [str(report.path)[-9:] for report in lstmlint.analyze_all(path)] == ["::encoder", "py::whole"]
    report = lstmlint.analyze(f"{path}::whole")
    assert report.model is not None
    assert report.model.params == 165
    assert report.file == str(path)
    assert lstmlint.explain(f"{path}::whole").params == 165
    assert lstmlint.convert(f"{path}::encoder").model is not None
    with pytest.raises(UsageError, match="builds 2 models"):
        lstmlint.convert(path)
    with pytest.raises(UsageError, match="does not build a model 'x'; it builds encoder and whole"):
        lstmlint.convert(f"{path}::x")
    path.write_text(OPEN)
    with pytest.raises(
        UsageError, match="build depends on features and classes, which the program does not state; give"
    ):
        lstmlint.explain(path)


def test_programs_in_folders(shell: Shell) -> None:
    shell.write("src/train.py", KNOWN)
    shell.write("src/other.py", "import os\nprint('hello'\n")
    shell.write("src/uses.py", "import keras\nprint(keras.__version__)\n")
    shell.write("src/nb.ipynb", notebook("import keras", "def f(:", language_info={"name": "python"}))
    shell.write("src/r.ipynb", notebook("library(keras)", language_info={"name": "R"}))
    done = shell("src")
    assert done.code == 0
    assert done.out == (
        "src/train.py::model: 651 params (2.54 KB), 651 trainable, 3 layers, Sequential, Keras 2\n1 model, 651 params\n"
        "No findings.\n"
    )
    named = shell("src/uses.py")
    assert named.code == 1
    assert "error E002 not-a-model: this program does not build a Keras model" in named.out
    assert shell("src/uses.py", "src/r.ipynb", "--skip-non-models").code == 0
    assert "this notebook is written in R" in shell("src/r.ipynb").out
    assert "E001 unreadable: this is not valid Python: '(' was never closed" in shell("src/other.py").out


def test_programs_by_content(shell: Shell) -> None:
    assert "Total params: 651" in shell("-", stdin=KNOWN.encode()).out
    assert "Total params: 651" in shell("-", stdin=notebook(KNOWN)).out
    shell.write("script", KNOWN)
    assert "Total params: 651" in shell("script").out
    for other in ("import keras\n", "import keras\nx = (", "#" * 2**21 + KNOWN):
        shell.write("script", other)
        assert "E002 not-a-model" in shell("script", "-f", "concise").out
    named = shell("-", "--stdin-filename", "src/train.py", stdin=KNOWN.encode())
    assert "src/train.py::model, line 2" in named.out
    chosen = shell("-", "--stdin-filename", "src/train.py::whole", stdin=TWO.encode())
    assert "Total params: 165" in chosen.out


NOTEBOOK = notebook(
    {"cell_type": "markdown", "source": "# Title"},
    "%matplotlib inline\n" + IMPORTS,
    "broken(",
    "model = Sequential([\n  Input((13, 5)),\n  layers.LSTM(4, recurrent_dropout=0.2),\n  layers.Dense(1)])",
)


def test_notebooks(shell: Shell) -> None:
    shell.write("nb.ipynb", NOTEBOOK)
    done = shell("nb.ipynb")
    assert ", nb.ipynb::model, cell 4, line 1\n" in done.out
    lines = shell("nb.ipynb", "-f", "concise").out
    assert "nb.ipynb:cell 3:1:7: info E013 unreadable-cell cell 3 is not valid Python and is left out" in lines
    assert "nb.ipynb:cell 4:3:36: info R240" in lines
    (entry,) = entries(shell, "nb.ipynb")
    assert (entry["path"], entry["container"]) == ("nb.ipynb::model", "notebook")
    assert [(one["code"], one["cell"], one["line"]) for one in entry["findings"]] == [("E013", 3, 1), ("R240", 4, 3)]
    stored = NOTEBOOK.decode().split("\n")
    line = next(i for i, text in enumerate(stored, 1) if "layers.LSTM(" in text)
    assert f"file=nb.ipynb,line={line},col=1::cell 4, line 3: LSTM" in shell("nb.ipynb", "-f", "github").out
    (result,) = (one for one in shell("nb.ipynb", "-f", "sarif").json["runs"][0]["results"] if one["ruleId"] == "R240")
    place = result["locations"][0]["physicalLocation"]
    assert (place["artifactLocation"]["uri"], place["region"]["startLine"]) == ("nb.ipynb", line)
    issue = shell("nb.ipynb", "-f", "gitlab").json[1]
    assert (issue["location"]["path"], issue["location"]["lines"]["begin"]) == ("nb.ipynb", line)
    assert issue["description"].startswith("recurrent-dropout-speed: cell 4, line 3: LSTM")
    junit = shell("nb.ipynb", "-f", "junit").out
    assert '<testsuite name="nb.ipynb::model" file="nb.ipynb" ' in junit
    assert "cell 4, line 3, column 36" in junit
    assert "| cell 4:3:36 |" in shell("nb.ipynb", "-f", "markdown").out
    sizes = notebook(
        "import sys\n" + IMPORTS, "m = Sequential([Input((len(sys.argv), 2)), layers.LSTM(len(sys.path))])"
    )
    shell.write("sizes.ipynb", sizes)
    text = " ".join(shell("sizes.ipynb").out.split())
    assert "Unknown size: len(sys.path) (cell 2, line 1): " in text
    assert "--set 'len(sys.path)=N'" in text
    (entry,) = entries(shell, "sizes.ipynb")
    assert [one["cell"] for one in entry["model"]["unknowns"]] == [2, 2]


def test_comments(shell: Shell) -> None:
    relu = "layers.LSTM(4, recurrent_dropout=0.2, name='{}')"
    code = (
        IMPORTS
        + f"""\
a = Sequential([Input((13, 5)), {relu.format("a")}])  # lstmlint: ignore[R240]
b = Sequential([Input((13, 5)), {relu.format("b")}])
text = "# lstmlint: ignore[R240]"
c = Sequential([Input((13, 5)), layers.LSTM(4)])  # lstmlint: ignore[R240]
"""
    )
    shell.write("a.py", code)
    found = shell("a.py", "-f", "concise").out.split("\n")
    assert [line[:25] for line in found if line] == ["a.py:5:51: warning G714 u", "a.py:3:66: info R240 recu"]
    shell.write("a.py", "# lstmlint: ignore-file[R240]\n" + code.replace("# lstmlint: ignore[R240]", ""))
    assert "R240" not in shell("a.py", "-f", "concise").out
    shell.write("b.py", "# lstmlint: ignore[E002]\nimport keras")
    assert shell("b.py").code == 0
    shell.write("b.py", "import keras\nprint(1)  # lstmlint: ignore[E002]")
    assert shell("b.py").code == 1


def test_baseline(shell: Shell) -> None:
    shell.write("a.py", TWO)
    shell("a.py", "--write-baseline", "known.json")
    assert list(json.loads((shell.folder / "known.json").read_text())["files"]) == ["a.py::encoder"]
    done = shell("a.py", "--baseline", "known.json")
    assert "R240" not in done.out
    assert "1 known to the baseline" in done.out
    (shell.folder / "a.py").unlink()
    shell.write("m.json")
    assert "a.py::encoder, which does not exist" in shell("m.json", "--baseline", "known.json").out


def test_commands(shell: Shell) -> None:
    shell.write("a.py", TWO)
    shell.write("open.py", OPEN)
    shell.write("a.py", f'"""A docstring."""\n{TWO}')
    explained = shell("explain", "a.py::whole", "out", "--expect", "6")
    shell.write("a.py", TWO)
    assert explained.code == 0
    assert "out (Dense): 5 parameters" in explained.out
    undecided = shell("explain", "open.py")
    assert undecided.code == 1
    assert undecided.err == (
        "lstmlint: open.py::build depends on features and classes, which the program does not state; give them: --set"
        " features=N --set classes=N\n"
    )
    given = shell("explain", "open.py", "--set", "features=5", "--set", "classes=2")
    assert "lstm (LSTM): 4,864 parameters" in given.out
    shell.write("m.json", shell("convert", "a.py::encoder").out)
    assert "Total params: 160" in shell("m.json").out
    assert shell("convert", "open.py").code == 2
    assert shell("convert", "open.py", "--set", "features=5", "--set", "classes=2").json["class_name"] == "Sequential"
    assert "builds 2 models" in shell("convert", "a.py").err
    shell.write("none.py", "import keras")
    assert "none.py:1:1: error: this program does not build" in shell("convert", "none.py").err
    assert shell("explain", "none.py").code == 1
    same = shell("diff", "a.py::encoder", "m.json")
    assert same.code == 0
    assert "160" in same.out
    compat = shell("compat", "a.py::encoder", "m.json")
    assert compat.code == 2
    assert compat.err == (
        "lstmlint: a.py::encoder is built by a program; compat judges model files, which lstmlint convert a.py::encoder"
        " writes\n"
    )
    assert "m.json" in shell("compat", ".").out
    with pytest.raises(UsageError, match="encoder is built by a program"):
        lstmlint.compat("a.py::encoder")
    fixed = shell("--fix", "a.py", ".")
    assert "lstmlint: a.py is not fixed: fixes are made in JSON files" in fixed.err
    assert (shell.folder / "a.py").read_text() == TWO


def test_diff_of_programs(shell: Shell) -> None:
    shell.write("old.py", TWO)
    shell.write("new.py", TWO.replace("LSTM(4", "LSTM(8"))
    done = shell("diff", "old.py", "new.py", "--format", "json").json
    assert [(one["new"]["path"]) for one in done["files"]] == ["new.py::encoder", "new.py::whole"]
    shell.write("one.py", KNOWN)
    mixed = shell("diff", "one.py", "old.py")
    assert mixed.code == 2
    assert "old.py builds 2 models, encoder and whole: name one of them, as in old.py::encoder" in mixed.err
    assert shell("diff", "one.py", "one.py").code == 0
    shell.write("a/m.py", TWO)
    shell.write("b/m.py", TWO.replace("Dense(1", "Dense(2"))
    folders = shell("diff", "a", "b", "--format", "json").json
    assert [one["new"]["path"] for one in folders["files"]] == ["b/m.py::encoder", "b/m.py::whole"]
    shell.write("open1.py", OPEN)
    shell.write("open2.py", OPEN.replace("LSTM(32)", "LSTM(features)"))
    sizes = shell("diff", "open1.py", "open2.py").out
    assert "units: 32 -> features" in sizes
    assert "4,224 + 33·classes + 128·features" in sizes
    assert "960" not in sizes
    shell.write("open3.py", OPEN.replace("LSTM(32)", "LSTM(32, use_bias=False)"))
    fewer = shell("diff", "open1.py", "open3.py")
    assert "4,096 + 33·classes + 128·features" in fewer.out
    assert " -128\n" in fewer.out
    assert "The new totals are incomplete. They depend on features and classes.\n" in fewer.out
    markdown = shell("diff", "open1.py", "open3.py", "-f", "markdown").out
    assert "| 4,224 + 33·classes + 128·features | 4,096 + 33·classes + 128·features | -128 |" in markdown
    gate = shell("diff", "open1.py", "open3.py", "--max-increase", "5%")
    assert gate.code == 1
    assert " --> open3.py:3:12\n  |\n1 | from " in gate.out
    assert "Give the sizes: --set features=N --set classes=N" in gate.out
    half = shell("diff", "open1.py", "open1.py", "--set", "classes=3").out
    assert "The models are the same." in half
    shell.write("fixed.py", KNOWN)
    shell.write(
        "half.py", KNOWN.replace("LSTM(10)", "LSTM(len(a))").replace("model =", "import sys\na = sys.argv\nmodel =")
    )
    half = shell("diff", "fixed.py", "half.py").out
    assert "-650 + 25·len(a) + 4·len(a)²" in half


KERAS_3_TABLE = """\
\x1b[1mModel: "sequential"\x1b[0m
┏━━━━━━━━━━━━━━┳━━━━━━━━━━━━┳━━━━━━━┓
│ lstm (\x1b[38;5;33mLSTM\x1b[0m)  │ (\x1b[38;5;45mNone\x1b[0m, 10) │   640 │
└──────────────┴────────────┴───────┘
\x1b[1m Total params: \x1b[0m\x1b[38;5;34m1,955\x1b[0m (7.64 KB)
\x1b[1m Trainable params: \x1b[0m\x1b[38;5;34m651\x1b[0m (2.54 KB)
\x1b[1m Non-trainable params: \x1b[0m\x1b[38;5;34m0\x1b[0m (0.00 B)
\x1b[1m Optimizer params: \x1b[0m\x1b[38;5;34m1,304\x1b[0m (5.10 KB)
"""
KERAS_1_TABLE = "lstm_1 (LSTM)  (None, 10)  640\n=====\nTotal params: 1651\n_____\n"


@pytest.mark.parametrize(
    ("code", "output", "shown"),
    [
        ("model.summary()", KERAS_3_TABLE, None),
        ("model.summary()", KERAS_3_TABLE.replace("651", "1,651"), "1,651"),
        ("model.summary()", KERAS_1_TABLE, "1,651"),
        ("x = 1\nmodel.summary()\nmodel.summary()", KERAS_3_TABLE + KERAS_1_TABLE, "1,651"),
        ("model.summary()\nmodel.summary()", KERAS_1_TABLE, None),  # it is not known which of them
        ("model.summary()", "done", None),
    ],
)
def test_stale_outputs(shell: Shell, code: str, output: str, shown: str | None) -> None:
    printed = {"output_type": "stream", "text": output}
    shell.write("nb.ipynb", notebook(KNOWN, {"cell_type": "code", "source": code, "outputs": [printed]}))
    found = shell("nb.ipynb", "-f", "concise").out
    line = code.count("\n") + 1
    place = f"nb.ipynb:cell 2:{line}:1: info G717 stale-output the stored output shows a model with"
    expected = "" if shown is None else f"{place} {shown} parameters, but the code builds one with 651\n"
    assert found == expected


def test_unknown_sizes_in_nested_models() -> None:
    code = (
        IMPORTS
        + """\
def build(n, units):
    inner = Sequential([Input((13, 5)), layers.LSTM(4), layers.Dense(units)], name="inner")
    a = Input((13, 5))
    b = Input((n, 2))
    y = layers.Concatenate()([inner(a), layers.Flatten()(b)])
    y = layers.Dense(3, name="last")(layers.Dense(2, trainable=False)(y))
    return Model([a, b], y)
"""
    )
    report = lstmlint.analyze(code.encode(), name="a.py")
    assert report.model is not None
    assert report.origin is not None
    inner = next(row for row in report.model.layers if row.name == "inner")
    assert inner.nested is not None
    # The LSTM has 160; then 5 * units, 2 * (units + 2 * n) + 2, and 3 * 3.
    assert (
        report.origin.formulas["params"] == "171 + 7·units + 4·n"
        or report.origin.formulas["params"] == "171 + 4·n + 7·units"
    )
    assert report.origin.formulas["non_trainable_params"] in ("2 + 2·units + 4·n", "2 + 4·n + 2·units")
    assert (inner.nested.params, inner.nested.complete) == (160, False)
    assert (report.model.params, report.model.trainable_params, report.model.weight_bytes) == (169, 169, 676)
    assert [len(shape or ()) for shape in report.model.inputs] == [3, 3]
    assert report.model.inputs[1] == (None, None, 2)
    given = lstmlint.analyze(code.encode(), Options(values={"n": 4, "units": 10}), name="a.py")
    assert given.model is not None
    assert given.model.params == 171 + 70 + 16


def test_many_unknown_sizes() -> None:
    names = [f"n{i}" for i in range(6)]
    stack = ", ".join(f"layers.Dense({name})" for name in names)
    code = f"{IMPORTS}def build({', '.join(names)}):\n    return Sequential([Input((3,)), {stack}])\n"
    report = lstmlint.analyze(code.encode(), name="a.py")
    assert report.origin is not None
    assert report.origin.formulas["params"] == ("4·n0 + n1 + n2 + n3 + n4 + n5 + n0·n1 + n1·n2 + n2·n3 + n3·n4 + n4·n5")


def test_very_many_unknown_sizes() -> None:
    names = [f"n{i}" for i in range(40)]
    stack = ", ".join(f"layers.Dense({name})" for name in names)
    code = f"{IMPORTS}def build({', '.join(names)}):\n    return Sequential([Input((3,)), {stack}])\n"
    report = lstmlint.analyze(code.encode(), name="a.py")
    assert report.origin is not None
    assert len(report.origin.unknowns) == 40
    assert report.origin.formulas == {}
    assert "Total params: unknown\n" in str(report)
    assert "Unknown sizes: 32 more\n" in str(report)


def test_findings_at_one_place() -> None:
    code = (
        IMPORTS
        + """\
model = Sequential([Input((32, 32, 3))])
for width in (8, 16, 32):
    model.add(layers.Conv2D(width, 3))
    model.add(layers.BatchNormalization(axis=1))
model.add(layers.TextVectorization())
"""
    )
    report = lstmlint.analyze(code.encode(), name="a.py")
    (finding,) = (one for one in report.findings if one.code == "N413")
    assert finding.message.endswith("(and in 2 more layers: batch_normalization_1 and batch_normalization_2)")
    assert len(finding.each) == 3
    assert "E006" not in {one.code for one in report.findings}


# What real Keras 3.15 counts.
EXAMPLES = {
    "why_480": {"model": 491},
    "units_or_timesteps": {"short": 640, "long": 640},
    "features_or_timesteps": {"model": 17_057},
    "one_unit_or_all": {"one_unit": 20, "four_units": 128},
    "bidirectional": {"build": 2_700_097},
}


@pytest.mark.parametrize("name", EXAMPLES)
def test_examples(name: str) -> None:
    path = Path(__file__).parent.parent / "examples" / "python" / f"{name}.py"
    reports = lstmlint.analyze_all(path, Options(values={"vocabulary": 20_000}))
    found = {report.path.rpartition("::")[2]: report.model.params for report in reports if report.model is not None}
    assert found == EXAMPLES[name]
    assert {path.stem for path in path.parent.glob("*.py")} == set(EXAMPLES)


def test_shapes_that_the_program_reads() -> None:
    code = (
        IMPORTS
        + """\
x = Input((13, 5))
y = layers.LSTM(4)(x)
z = layers.Dense(y.shape[-1] * 2)(y)
model = Model(x, z)
"""
    )
    report = lstmlint.analyze(code.encode(), name="a.py")
    assert report.model is not None
    assert report.model.params == 160 + 40


def test_layers_of_unknown_rank(shell: Shell) -> None:
    code = (
        IMPORTS
        + """\
from somewhere import Attention
def build(units):
    x = Input((13, 5))
    y = layers.LSTM(units, return_sequences=True)(x)
    y = Attention()(y)
    return Model(x, layers.Dense(units)(y))
"""
    )
    shell.write("a.py", code)
    text = shell("a.py", "--columns", "+input-shape,+weights,+kernel-size").out
    assert "24·units + 4·units²" in text
    assert "Unknown: " in text
    (entry,) = entries(shell, "a.py")
    assert entry["model"]["params_formula"] is None


def test_kernels_of_unknown_size(shell: Shell) -> None:
    code = IMPORTS + "def build(k):\n    return Sequential([Input((28, 28, 1)), layers.Conv2D(8, (k, 3))])\n"
    shell.write("a.py", code)
    text = shell("a.py", "--columns", "kernel-size,params,output-shape").out
    assert "(k, 3)" in text
    assert "8 + 24·k" in text
    assert "(None, 29 - k, 26, 8)" in text


def test_nesting_is_limited() -> None:
    code = IMPORTS + "x = " + "-" * 200 + "1\n" + "model = Sequential([Input((3,)), layers.Dense(2)])\n"
    report = lstmlint.analyze(code.encode(), name="a.py")
    assert report.model is not None
    deep = lstmlint.analyze(b"import keras\nx = " + b"-" * 100_000 + b"1\n", name="a.py")
    assert [finding.code for finding in deep.findings] == ["E001"]


@pytest.mark.parametrize(
    "program",
    [
        # The axes of a Merge as Keras 0 takes them: lists, one for each input.
        """
from keras.layers.core import Dense, Merge, Flatten
from keras.layers.embeddings import Embedding
from keras.models import Sequential
story, query = Sequential(), Sequential()
story.add(Embedding(input_dim=30, output_dim=8, input_length=6))
query.add(Embedding(input_dim=30, output_dim=8, input_length=4))
match = Sequential()
match.add(Merge([story, query], mode="dot", dot_axes=[(2,), (2,)]))
match.add(Flatten())
match.add(Dense(5))
""",
        # Layers that are not known: one of them may well give the input shape.
        """
import json
from keras.layers import LSTM
from keras.models import Sequential
model = Sequential()
for layer in json.load(open("config.json")):
    if layer["type"] == "lstm":
        model.add(LSTM(layer["units"], input_shape=(layer["timesteps"], layer["features"])))
""",
    ],
)
def test_no_findings(program: str) -> None:
    for report in lstmlint.analyze_all(program.encode(), name="train.py"):
        assert report.findings == []


def test_models_of_one_call_of_compile_say_the_same_once(shell: Shell) -> None:
    build = (
        "def build():\n"
        "    net = Sequential([Input((3,)), layers.Dense(1)])\n"
        "    net.compile('adam', 'mse', metrics=['accuracy'])\n"
        "    return net\n"
        "first = build()\nsecond = build()\n"
    )
    shell.write("train.py", IMPORTS + build)
    codes = [[finding["code"] for finding in entry["findings"]] for entry in entries(shell, "train.py")]
    assert codes == [["H309"], []]


def test_a_model_that_is_not_exact_has_no_findings(shell: Shell) -> None:
    program = (
        "from config import params\n"
        "x = Input((1, 3))\n"
        "model = Model(x, layers.Dense(**params['dense'])(layers.LSTM(4)(x)))\n"
        "model.compile('adam', {'main_output': 'categorical_crossentropy'})\n"
    )
    shell.write("train.py", IMPORTS + program)
    (entry,) = entries(shell, "train.py")
    assert (entry["model"]["exact"], entry["findings"]) == (False, [])


def test_arguments_of_two_generations_are_those_of_the_later(shell: Shell) -> None:
    program = (
        "from keras.layers import Conv2D, Dense, Flatten\n"
        "from keras.models import Sequential\n"
        "model = Sequential()\n"
        "model.add(Conv2D(8, (5, 5), padding='same', input_shape=(8, 8, 3)))\n"
        "model.add(Flatten())\n"
        "model.add(Dense(2, W_regularizer='l2'))\n"
    )
    shell.write("train.py", program)
    (entry,) = entries(shell, "train.py")
    assert entry["model"]["params"] == 8 * (5 * 5 * 3 + 1) + 2 * (8 * 8 * 8 + 1)
    assert [finding["code"] for finding in entry["findings"] if finding["severity"] == "error"] == []


def test_too_many_sizes_are_not_compared() -> None:
    lines = [f"x = layers.Dense(u{i}, activation='softmax')(x)" for i in range(200)]
    program = "\n".join([IMPORTS, "x = i = Input((u,))", *lines, "model = Model(i, x)"])
    (report,) = lstmlint.analyze_all(program.encode(), name="train.py")
    assert report.origin is not None
    assert report.model is not None
    assert (len(report.origin.unknowns), report.origin.formulas) == (201, {})
    assert report.model.params is None or not report.model.complete
    assert report.findings == []


def test_the_layers_of_all_reported_models_are_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    grow = "x = i = Input((3,))\nfor n in range(1, 9):\n    x = layers.Dense(n)(x)\n    model = Model(i, x)\n    model.summary()\n"
    assert len(lstmlint.analyze_all(f"{IMPORTS}{grow}".encode(), name="train.py")) == 8
    monkeypatch.setattr("lstmlint.python.recording.MAX_REPORTED_LAYERS", 9)
    assert len(lstmlint.analyze_all(f"{IMPORTS}{grow}".encode(), name="train.py")) == 4


def test_applications_of_tf_keras_with_nested_models() -> None:
    code = "from tf_keras.applications import ConvNeXtTiny\nmodel = ConvNeXtTiny(weights=None)\n"
    (report,) = lstmlint.analyze_all(code.encode(), name="train.py")
    assert "E099" not in {finding.code for finding in report.findings}
