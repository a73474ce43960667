"""The model schema in the JSON language service of Visual Studio Code, which is an npm package."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent
NODE = shutil.which("node")
FOUND = NODE and subprocess.run(
    [NODE, "-e", "require.resolve('vscode-json-languageservice')"], cwd=ROOT, capture_output=True, check=False
)
pytestmark = pytest.mark.skipif(
    not FOUND or FOUND.returncode != 0, reason="needs Node.js and `npm install vscode-json-languageservice`"
)


def ask(*questions: tuple[str, str]) -> list[Any]:
    """Return the answers to questions: (kind, text)."""
    assert NODE is not None
    asked = json.dumps([{"kind": kind, "text": text} for kind, text in questions])
    command = [NODE, str(ROOT / "tests" / "json_service.mjs"), str(ROOT / "schemas" / "model.schema.json")]
    done = subprocess.run(command, input=asked, capture_output=True, text=True, check=True)
    return [(answer["result"], answer["milliseconds"]) for answer in json.loads(done.stdout)]


def keras3(layer: str) -> str:
    return f'{{"module": "keras", "class_name": "Sequential", "config": {{"name": "m", "layers": [{layer}]}}}}'


def keras2(layer: str) -> str:
    return f'{{"class_name": "Sequential", "keras_version": "2.9.0", "config": {{"name": "m", "layers": [{layer}]}}}}'


def test_completion_of_layers() -> None:
    (new, _), (old, _) = ask(
        ("completion", keras3('{"module": "keras.layers", "class_name": "|"}')),
        ("completion", keras2('{"class_name": "|"}')),
    )
    found = {label.strip('"'): text for label, text, _ in new}
    assert {"LSTM", "Dense", "RMSNormalization", "Sequential"} <= set(found)
    assert not {"CuDNNLSTM", "BaseConv", "TFOpLambda"} & set(found)
    assert all(found.values())
    assert {"CuDNNLSTM", "ThresholdedReLU"} <= {label.strip('"') for label, _, _ in old}


def test_completion_of_arguments() -> None:
    config, activation, padding, boolean = ask(
        ("completion", keras3('{"module": "keras.layers", "class_name": "LSTM", "config": {|}}')),
        ("completion", keras3('{"module": "keras.layers", "class_name": "LSTM", "config": {"activation": "|"}}')),
        ("completion", keras2('{"class_name": "Conv1D", "config": {"padding": "|"}}')),
        ("completion", keras2('{"class_name": "LSTM", "config": {"return_sequences": |}}')),
    )
    found = {label: (text, insert) for label, text, insert in config[0]}
    assert "neither the number of timesteps" in found["units"][0]
    assert '"tanh"' in found["activation"][1].replace("${1:tanh}", "tanh")
    assert "filters" not in found
    assert {'"tanh"', '"gelu"'} <= {label for label, _, _ in activation[0]}
    assert {label for label, _, _ in padding[0]} == {'"valid"', '"same"', '"causal"'}
    assert {"true", "false"} <= {label for label, _, _ in boolean[0]}


def test_hover() -> None:
    (layer, _), (argument, _) = ask(
        ("hover", keras3('{"module": "keras.layers", "class_name": "LS|TM", "config": {"units": 3}}')),
        (
            "hover",
            keras2('{"class_name": "Embedding", "config": {"input_dim": 9, "output_dim": 2, "mask|_zero": true}}'),
        ),
    )
    assert "three gates" in layer
    assert "padding" in argument


def test_objects() -> None:
    activation, initializer, gain, optimizer, rate = ask(
        ("completion", keras3('{"module": "keras.layers", "class_name": "LSTM", "config": {"activation": "|"}}')),
        ("hover", keras2('{"class_name": "LSTM", "config": {"kernel_initializer": "glorot_|uniform"}}')),
        ("hover", keras2(ORTHOGONAL)),
        ("completion", keras3("").replace('"config"', '"compile_config": {"optimizer": {"class_name": "|"}}, "config"')),
        ("hover", keras3("").replace('"config"', '"compile_config": {"optimizer": {"config": {"learning|_rate": 1}}}, "config"')),
    )  # fmt: skip
    assert {label: text for label, text, _ in activation[0]}['"relu"'] == "x above 0, and 0 below."
    assert "default of most kernels" in initializer[0]
    assert "Factor of the result" in gain[0]
    assert '"Adam"' in {label for label, _, _ in optimizer[0]}
    assert "schedule" in rate[0]


ORTHOGONAL = """
    {"class_name": "LSTM", "config": {"recurrent_initializer": {"class_name": "Orthogonal", "config": {"ga|in": 2}}}}
"""


def test_problems_have_a_place_and_a_message() -> None:
    (class_name, _), (arguments, _), (custom, _) = ask(
        ("problems", keras3('{"module": "keras.layers", "class_name": "LSTN", "config": {"units": 3}}')),
        ("problems", keras2('{"class_name": "LSTM", "config": {"units": -3, "unit": 3, "activation": "tahn"}}')),
        (
            "problems",
            keras2('{"class_name": "Package>LSTN", "config": {"x": 1}}, {"class_name": "Mine", "config": {}}'),
        ),
    )
    assert class_name == [['"LSTN"', "keras.layers has no class of this name. A custom layer needs its own module."]]
    assert [place for place, _ in arguments] == ["-3", '"tahn"', '"unit"']
    assert custom == []


def test_stays_fast() -> None:
    """300 layers: 0.1 s for problems and completion, once the editor has warmed up. The limit is for slow machines."""
    layer = (
        '{"class_name": "LSTM", "config": {"name": "a", "units": 3, "return_sequences": true, "activation": "tanh"}}'
    )
    text = keras2(", ".join([layer] * 300 + ['{"class_name": "Dense", "config": {|}}']))
    answers = ask(*[("problems", text.replace("|", '"units": 1')), ("completion", text)] * 3)
    assert [len(answers[-2][0]), len(answers[-1][0]) > 10] == [0, True]
    assert max(milliseconds for _, milliseconds in answers[-2:]) < 1000
