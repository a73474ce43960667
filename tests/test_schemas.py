"""schemas/model.schema.json: current, valid, and consistent with the fast check on random configs."""

from __future__ import annotations

import json
from pathlib import Path
from random import Random
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from lstmlint.model.spec import Dialect, LayerSpec
from lstmlint.parsing.common import Names
from lstmlint.parsing.keras2 import parse_layer as parse_keras2
from lstmlint.parsing.keras3 import parse_layer as parse_keras3
from lstmlint.resources import schema
from lstmlint.signatures.keras2 import SIGNATURES as KERAS2_SIGNATURES
from lstmlint.signatures.keras3 import SIGNATURES
from lstmlint.validation.arguments import arguments_of, is_ignored
from lstmlint.validation.arguments import check as check_arguments
from lstmlint.validation.schema_types import described
from scripts.generate_schemas import TARGET, generate, to_text

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
        if not (error.data.get("custom") and isinstance(spec.config[error.argument or ""], dict)):
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


def test_says_where_it_is_wrong() -> None:
    model = {
        "module": "keras", "class_name": "Sequential", "registered_name": None,
        "config": {"name": "m", "layers": [{"module": "keras.layers", "class_name": "LSTM", "config": {"unit": 3}}]},
    }  # fmt: skip
    errors = list(Draft202012Validator(MODEL).iter_errors(model))
    assert {error.json_path for error in errors} == {"$.config.layers[0].config"}
    assert any("'unit' was unexpected" in error.message for error in errors)
