"""schemas/model.schema.json: current, valid, and consistent with the fast check on random configs."""

from __future__ import annotations

import json
from pathlib import Path
from random import Random
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from lstmlint.model.spec import Dialect, LayerSpec
from lstmlint.parsing.common import Names
from lstmlint.parsing.keras2 import parse_layer as parse_keras2
from lstmlint.parsing.keras3 import parse_layer as parse_keras3
from lstmlint.reading import read
from lstmlint.resources import schema
from lstmlint.signatures.keras2 import SIGNATURES as KERAS2_SIGNATURES
from lstmlint.signatures.keras3 import SIGNATURES
from lstmlint.validation.arguments import arguments_of, is_ignored
from lstmlint.validation.arguments import check as check_arguments
from lstmlint.validation.schema_types import described
from lstmlint.version import schema_url
from scripts.generate_schemas import TARGET, generate, to_text
from tests.commandline import Shell

ROOT = Path(__file__).resolve().parent.parent
MODEL = schema("model")
INNER = {"class_name": "Dense", "module": "keras.layers", "config": {"name": "inner", "units": 3}}
# Without 1.0, which is the integer 1 in JSON Schema but not in Keras.
VALUES: list[Any] = [
    None, True, False, 0, 1, 2, 7, -1, 0.5, 1.5, -0.5, "", "relu", "Relu", "same", "VALID", "zeros", "l2", "max_norm",
    "3", [], [1], [2, 2], [None, 3], [0], ["a"], {}, {"a": 1}, {"class_name": "Zeros"}, {"class_name": "Zeros", "config": {}},
    {"class_name": "HeNormal", "config": {"seed": -1}}, {"class_name": "HeNormal", "config": {"x": 1}}, {"class_name": "X", "config": {}},
    {"class_name": "X", "config": {}, "module": "mine"}, {"class_name": "L2", "config": {"l2": 0.1}}, "orthogonal", "identity",
    {"class_name": "L1", "config": {"l1": -1}}, {"class_name": "Orthogonal", "config": {"gain": 2}}, "channels_first", 2**32,
]  # fmt: skip


def validator(name: str) -> Draft202012Validator:
    return Draft202012Validator({"$ref": f"#/$defs/{name}", "$defs": MODEL["$defs"]})


def test_is_current() -> None:
    assert TARGET.read_text() == to_text(generate()), "run python scripts/generate_schemas.py"


def test_is_a_schema() -> None:
    Draft202012Validator.check_schema(MODEL)


def accepts(spec: LayerSpec, dialect: Dialect) -> bool:
    """Check whether lstmlint accepts a config."""
    for error in check_arguments(spec, dialect):
        name = error.argument or ""
        value = spec.config.get(name)
        # The schema takes no custom name that is misspelt.
        misspelt = isinstance(value, str) and not (
            value.isidentifier() and (value, name[-10:]) != ("Relu", "activation")
        )
        if misspelt or not error.data.get("custom"):
            return False
    arguments = arguments_of(spec.class_name, dialect)
    shown = described(spec.class_name, dialect)
    checked = arguments.kinds if arguments is not None else {}
    return all(
        name not in shown or (name in checked and not is_ignored(spec, name, dialect)) or shown[name].accepts(value)
        for name, value in spec.config.items()
    )


def draw(random: Random, class_name: str, dialect: Dialect) -> dict[str, Any]:
    """Draw a config with the required arguments, and a few with any value."""
    arguments = arguments_of(class_name, dialect)
    assert arguments is not None
    config: dict[str, Any] = {"name": "layer"}
    good = {"units": 3, "filters": 2, "rate": 0.5, "layer": INNER, "cell": INNER, "activation": "relu", "input_dim": 5}
    for name in arguments.required:
        if random.random() < 0.97:
            config[name] = good.get(name, random.choice(VALUES))
    names = sorted(arguments.accepted)
    for _ in range(random.choice((0, 1, 1, 2, 3))):
        name = random.choice(names) if random.random() < 0.93 else random.choice(("foo", "unit", "return_sequence"))
        config[name] = random.choice(VALUES)
    return config


@pytest.mark.parametrize(
    ("dialect", "class_name"),
    [("keras3", name) for name in sorted(SIGNATURES)] + [("keras2", name) for name in sorted(KERAS2_SIGNATURES)],
)
def test_check_and_schema_agree(dialect: Dialect, class_name: str) -> None:
    random = Random(f"{dialect} {class_name}")
    says = validator(f"{dialect}.{class_name}")
    for _ in range(50):
        config = draw(random, class_name, dialect)
        layer = {"class_name": class_name, "config": config}
        new = dialect == "keras3"
        spec = parse_keras3(layer, "", Names(), 0) if new else parse_keras2(layer, "", Names(), dialect, 0)
        if spec.class_name == "InputLayer":
            continue
        expected = accepts(spec, dialect)
        assert says.is_valid(config) == expected, (
            config,
            [e.message for e in says.iter_errors(config)],
            check_arguments(spec, dialect),
        )


@pytest.mark.parametrize("path", sorted((ROOT / "examples").glob("*.[jy]*")), ids=lambda path: path.name)
def test_examples_validate(path: Path) -> None:
    document = yaml.safe_load(path.read_text()) if path.suffix == ".yaml" else json.loads(path.read_text())
    errors = [
        f"{error.json_path}: {error.message}"[:300] for error in Draft202012Validator(MODEL).iter_errors(document)
    ]
    assert not errors


# What Keras accepts without a check, and does nothing sensible with.
NONSENSE = {("RandomFlip", "mode"), ("CategoryEncoding", "output_mode")}


def test_accepts_what_keras_accepted() -> None:
    """The layers that Keras built when the results in tests/data/layers were recorded."""
    validators: dict[str, Draft202012Validator] = {}
    accepted = 0
    for path in sorted((ROOT / "tests" / "data" / "layers").glob("*.json")):
        for row in json.loads(path.read_text("utf-8")):
            name = f"{row.get('dialect', 'keras3')}.{row['layer']['class_name']}"
            if "refused" in row or name not in MODEL["$defs"]:
                continue
            accepted += 1
            found = validators.setdefault(name, validator(name)).iter_errors(row["layer"]["config"])
            places = {(row["layer"]["class_name"], error.path[0] if error.path else None) for error in found}
            assert places <= NONSENSE, (row["layer"], places)
    assert accepted > 2400


def test_accepts_models_of_every_release() -> None:
    """The models that all releases of Keras 3 saved."""
    rows = json.loads((ROOT / "tests" / "data" / "compat" / "keras3.json").read_text("utf-8"))
    assert len(rows) > 200
    whole = Draft202012Validator(MODEL)
    assert [row["model"] for row in rows[::5] if not whole.is_valid(row["document"])] == []


CORPUS = ROOT.parent / "shared" / "corpus"


@pytest.mark.skipif(not CORPUS.is_dir(), reason="no ../shared/corpus")
def test_accepts_models_of_strangers() -> None:
    """Each model of the corpus that some Keras loads."""
    rows = [json.loads(line) for line in (CORPUS / "expected.jsonl").read_text("utf-8").splitlines()]
    whole = Draft202012Validator(MODEL)
    found = [row["file"] for row in rows if "oracle" in row and not whole.is_valid(read(CORPUS / row["file"]).model)]
    assert found == []


def document(layer: dict[str, Any], dialect: Dialect) -> dict[str, Any]:
    """Return a Sequential with one layer."""
    model: dict[str, Any] = {"class_name": "Sequential", "config": {"name": "m", "layers": [layer]}}
    return {"module": "keras", **model} if dialect == "keras3" else {**model, "keras_version": "2.9.0"}


LSTM = {"name": "lstm", "units": 3}


@pytest.mark.parametrize(
    ("dialect", "layer", "place"),
    [
        # Misspelt classes; custom classes have a module, a package, or a name that resembles none of Keras.
        ("keras3", {"module": "keras.layers", "class_name": "LSTN", "config": LSTM}, "class_name"),
        ("keras3", {"module": "keras.layers", "class_name": "MyLayer", "config": {}}, "class_name"),
        ("keras3", {"class_name": "LSTN", "config": LSTM}, "class_name"),
        ("keras3", {"module": "my.layers", "class_name": "LSTN", "registered_name": "LSTN", "config": {}}, None),
        ("keras3", {"module": "my", "class_name": "LSTM", "registered_name": "my>LSTM", "config": {"x": 1}}, None),
        ("keras3", {"class_name": "LSTN", "registered_name": "my>LSTN", "config": {}}, None),
        ("keras3", {"module": "keras.ops.numpy", "class_name": "Add", "config": {"x": 1}}, None),
        ("keras2", {"class_name": "LSTN", "config": LSTM}, "class_name"),
        ("keras2", {"class_name": "lstm", "config": LSTM}, "class_name"),
        ("keras2", {"class_name": "BatchNormalizaton", "config": {}}, "class_name"),
        ("keras2", {"class_name": "Dropuot", "config": {"rate": 0.1}}, "class_name"),
        ("keras2", {"class_name": "my>LSTN", "config": {}}, None),
        *(
            ("keras2", {"class_name": name, "config": {}}, None)
            for name in ("MyLayer", "LSTMs", "xLSTM", "Conv4D", "SReLU", "DenseBlock", "LayerNormalisation", "AttentionLayer")
        ),
        # Arguments
        ("keras3", {"module": "keras.layers", "class_name": "LSTM", "config": {**LSTM, "unit": 3}}, "config"),
        ("keras3", {"module": "keras.src.layers.rnn.lstm", "class_name": "LSTM", "config": {**LSTM, "unit": 3}}, "config"),
        ("keras2", {"class_name": "LSTM", "config": {"name": "lstm"}}, "config"),
        ("keras2", {"class_name": "LSTM", "config": {**LSTM, "units": -3}}, "units"),
        ("keras2", {"class_name": "SeparableConv2D", "config": {"filters": 1, "kernel_size": 2, "padding": "smae"}}, "padding"),
        ("keras2", {"class_name": "AvgPool2D", "config": {"padding": "smae"}}, "padding"),
        ("keras3", {"module": "keras.layers", "class_name": "RandomRotation", "config": {"factor": 1, "value_range": [0, 1]}}, None),
        # Names of functions and objects
        ("keras2", {"class_name": "LSTM", "config": {**LSTM, "activation": "tahn"}}, "activation"),
        ("keras2", {"class_name": "LSTM", "config": {**LSTM, "activation": "my_activation"}}, None),
        ("keras3", {"module": "keras.layers", "class_name": "LSTM", "config": {**LSTM, "activation": "mine"}}, "activation"),
        ("keras2", {"class_name": "Lambda", "config": {"function": "my_function", "function_type": "function"}}, None),
        ("keras2", {"class_name": "LSTM", "config": {**LSTM, "kernel_initializer": {"class_name": "Mine", "config": {}}}}, None),
        ("keras2", {"class_name": "LSTM", "config": {**LSTM, "kernel_initializer": {"class_name": "Zeors", "config": {}}}},
         "kernel_initializer"),
    ],
)  # fmt: skip
def test_classes_and_arguments(dialect: Dialect, layer: dict[str, Any], place: str | None) -> None:
    errors = list(Draft202012Validator(MODEL).iter_errors(document(layer, dialect)))
    assert {leaf(error) for error in errors} == ({place} if place else set())


def leaf(error: ValidationError) -> Any:
    """Return the key of the value that an error is about."""
    path = error.absolute_path
    return path[4] if len(path) > 4 else path[3]  # config, layers, 0, config, units


@pytest.mark.parametrize(
    "model",
    [
        {"keras_version": "1.2.2", "class_name": "Sequential", "config": [{"class_name": "Dense", "config": {"output_dim": 3}}]},
        {"class_name": "Sequential", "config": [{"class_name": "LSTM", "config": {"output_dim": 3, "inner_init": "one"}}]},
        {"name": "Sequential", "layers": [{"name": "Dense", "output_dim": 3}]},
        {"module": "mine", "class_name": "MyModel", "registered_name": "MyModel", "config": {"size": 3}},
        {"class_name": "MyModel", "config": {"size": 3}},
        {"modelTopology": {"keras_version": "tfjs-layers 4.0", "model_config": document({"class_name": "Flatten", "config": {}}, "keras2")}},
        {"modelTopology": {"node": []}},
        # What Keras 3 writes into an HDF5 file
        {"class_name": "Sequential", "config": {"name": "m", "layers": [
            {"class_name": "InputLayer", "config": {"batch_shape": [None, 3], "dtype": "float32"}},
            {"class_name": "RMSNormalization", "config": {"axis": -1}},
        ]}},
    ],
    ids=["keras1", "keras1-unversioned", "keras0", "custom3", "custom2", "tfjs", "tfjs-graph", "hdf5"],
)  # fmt: skip
def test_other_documents(model: dict[str, Any]) -> None:
    assert [error.message for error in Draft202012Validator(MODEL).iter_errors(model)] == []


def test_every_argument_has_a_description() -> None:
    definitions = MODEL["$defs"]
    count = 0
    for name in (*(f"keras3.{name}" for name in SIGNATURES), *(f"keras2.{name}" for name in KERAS2_SIGNATURES)):
        config = definitions[name]
        config = definitions[config["$ref"].removeprefix("#/$defs/")] if "$ref" in config else config
        for argument in config["properties"].values():
            count += 1
            assert definitions[argument["$ref"].removeprefix("#/$defs/")]["description"]
    assert count > 5000
    for dialect in ("keras3", "keras2"):
        words = definitions[f"{dialect}.class_name"]["anyOf"][0]
        assert all(words["enumDescriptions"])
        assert len(words["enum"]) == len(words["enumDescriptions"]) > 130


@pytest.mark.parametrize("name", ["model", "settings", "report", "diff"])
def test_addresses(name: str) -> None:
    assert schema(name)["$id"] == schema_url(name)


def test_command(shell: Shell) -> None:
    assert json.loads(shell("schema", "model").out) == MODEL
    assert shell("schema", "report", "-o", "report.schema.json") == (0, "", "")
    assert json.loads((shell.folder / "report.schema.json").read_text("utf-8")) == schema("report")
    wrong = shell("schema", "modle")
    assert (wrong.code, wrong.out) == (2, "")
    assert "takes model, settings, report, diff, not 'modle'; did you mean 'model'?" in wrong.err
    assert shell("schema", "diff", "--output", "missing/diff.json").code == 2


def test_catalog() -> None:
    """The entries for SchemaStore name schemas of ours, and no file name that other programs use."""
    entries = json.loads((ROOT / "schemas" / "catalog.json").read_text("utf-8"))["schemas"]
    assert [entry["url"] for entry in entries] == [schema_url("model"), schema_url("settings")]
    assert all("keras" in pattern or "lstmlint" in pattern for entry in entries for pattern in entry["fileMatch"])


def test_is_small() -> None:
    assert TARGET.stat().st_size < 575_000


def test_says_where_it_is_wrong() -> None:
    model = {
        "module": "keras", "class_name": "Sequential", "registered_name": None,
        "config": {"name": "m", "layers": [{"module": "keras.layers", "class_name": "LSTM", "config": {"unit": 3}}]},
    }  # fmt: skip
    errors = list(Draft202012Validator(MODEL).iter_errors(model))
    assert {error.json_path for error in errors} == {"$.config.layers[0].config"}
    assert any("'unit' was unexpected" in error.message for error in errors)
