"""Write schemas/model.schema.json from the signatures and the types of their arguments: python scripts/generate_schemas.py"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from lstmlint import layers as registry  # noqa: E402
from lstmlint.model.spec import Dialect  # noqa: E402
from lstmlint.parsing.keras2 import NOT_ARGUMENTS, OWN_INPUT_ARGUMENTS  # noqa: E402
from lstmlint.signatures.keras2 import SIGNATURES as KERAS2_SIGNATURES  # noqa: E402
from lstmlint.signatures.keras3 import REQUIRED, SIGNATURES  # noqa: E402
from lstmlint.validation.arguments import CLOSED, arguments_of  # noqa: E402
from lstmlint.validation.schema_types import described  # noqa: E402
from lstmlint.validation.values import Schema  # noqa: E402

TARGET = ROOT / "schemas" / "model.schema.json"
OPERATIONS = {"type": "string", "pattern": r"^keras\.(src\.)?ops(\.|$)"}
MODELS = ["Functional", "Model", "Sequential"]


class Definitions:
    """The schemas that several arguments share, written once."""

    def __init__(self, dialect: Dialect) -> None:
        self.dialect = dialect
        self.made: dict[str, Schema] = {}
        self.names: dict[str, str] = {}

    def refer(self, argument: str, schema: Schema) -> Schema:
        """Return a reference to the schema, named after the first argument that has it; small schemas are inlined."""
        text = json.dumps(schema).replace("#/$defs/layer", f"#/$defs/{self.dialect}.layer")
        schema = json.loads(text)
        if len(text) < 90:
            return schema
        if text not in self.names:
            name = argument
            while f"{self.dialect}.{name}" in self.made:
                name += "_"
            self.names[text] = f"{self.dialect}.{name}"
            self.made[self.names[text]] = schema
        return {"$ref": f"#/$defs/{self.names[text]}"}


def config_of(class_name: str, dialect: Dialect, definitions: Definitions) -> Schema:
    """Return the schema of a layer's config."""
    signature = registry.signature(class_name, dialect) or {}
    arguments = arguments_of(class_name, dialect)
    if arguments is None:
        return {"type": "object"}
    kinds = described(class_name, dialect)
    properties: dict[str, Any] = {"name": {"type": "string"}}
    closed = dialect == "keras3" and class_name in CLOSED and class_name != "ActivityRegularization"
    if not closed:
        properties["trainable"] = {"type": "boolean", "default": True}
    if class_name != "Pipeline":
        properties["dtype"] = {"type": ["string", "object", "null"]}
    if dialect == "keras2":
        properties |= {name: {} for name in sorted(NOT_ARGUMENTS - properties.keys())}
    elsewhere = NOT_ARGUMENTS - OWN_INPUT_ARGUMENTS.get(class_name, set()) if dialect == "keras2" else frozenset()
    for name in [*signature, *sorted(arguments.accepted - signature.keys())]:
        schema = definitions.refer(name, kinds[name].schema) if name in kinds and name not in elsewhere else {}
        default = signature.get(name, REQUIRED)
        if default is not REQUIRED:
            schema = schema | {"default": default}
        properties[name] = properties.get(name, {}) | schema
    made: Schema = {"type": "object", "properties": properties}
    if not (dialect == "keras3" and class_name == "InputLayer"):  # it ignores unknown arguments
        made["additionalProperties"] = False
    if arguments.required:
        made["required"] = list(arguments.required)
    return made


def layer(dialect: Dialect, classes: list[str]) -> Schema:
    """Return the schema of a layer, whose config depends on its class."""
    choices = [
        {
            "if": {"properties": {"class_name": {"const": name}}},
            "then": {"properties": {"config": {"$ref": f"#/$defs/{dialect}.{name}"}}},
        }
        for name in classes
    ]
    properties: dict[str, Any] = {
        "class_name": {"type": "string", "description": "The layer's class: LSTM, Dense, ..."},
        "config": {"type": ["object", "array", "null"]},
        "name": {"type": "string"},
        "inbound_nodes": {"type": "array", "description": "The calls of the layer in a functional model."},
    }
    if dialect == "keras3":
        properties["config"] = {"type": ["object", "null"]}
        properties |= {
            "module": {"type": ["string", "null"], "description": 'Where the class is: "keras.layers".'},
            "registered_name": {"type": ["string", "null"]},
            "build_config": {"type": ["object", "null"]},
        }
    made: Schema = {
        "type": "object",
        "required": ["class_name", "config"],
        "properties": properties,
        "if": {"properties": {"class_name": {"enum": MODELS}}},
        "then": {"$ref": f"#/$defs/{dialect}.model"},
        "else": {"allOf": choices},
    }
    if dialect == "keras3":
        made["else"] = {
            "if": {"properties": {"module": OPERATIONS}, "required": ["module"]},
            "else": {"allOf": choices},
        }
    return made


def model(dialect: Dialect) -> Schema:
    """Return the schema of a Sequential or functional model."""
    layers = {"type": "array", "items": {"$ref": f"#/$defs/{dialect}.layer"}}
    reference = {"description": "[layer, call, output], a list or a dict of such.", "type": ["array", "object"]}
    config: Schema = {
        "type": "object",
        "required": ["layers"],
        "properties": {
            "name": {"type": "string"},
            "trainable": {},
            "dtype": {},
            "layers": layers,
            "input_layers": reference,
            "output_layers": reference,
            "build_input_shape": {},
        },
    }
    made: Schema = {
        "type": "object",
        "required": ["class_name", "config"],
        "properties": {
            "class_name": {"type": "string", "description": "Sequential or Functional."},
            "config": config if dialect == "keras3" else {"anyOf": [config, layers]},
        },
        "if": {"properties": {"class_name": {"enum": ["Functional", "Model"]}}},
        "then": {"properties": {"config": {"required": ["input_layers", "output_layers"]}}},
    }
    if dialect == "keras3":
        made["properties"] |= {
            "module": {"type": "string", "description": '"keras", or "keras.src.models.functional" for a Functional.'},
            "registered_name": {"type": ["string", "null"]},
            "compile_config": {"type": ["object", "null"]},
            "build_config": {"type": ["object", "null"]},
        }
        config["required"] = ["name", "layers"]
        made["required"] = ["module", "class_name", "config"]
    return made


def generate() -> Schema:
    """Return the whole schema."""
    tables: tuple[tuple[Dialect, dict[str, Any]], ...] = (("keras3", SIGNATURES), ("keras2", KERAS2_SIGNATURES))
    defs: Schema = {}
    for dialect, table in tables:
        definitions = Definitions(dialect)
        configs = {f"{dialect}.{name}": config_of(name, dialect, definitions) for name in sorted(table)}
        defs[f"{dialect}.model"] = model(dialect)
        defs[f"{dialect}.layer"] = layer(dialect, sorted(table))
        defs |= {name: definitions.made[name] for name in sorted(definitions.made)} | configs
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A Keras model",
        "description": "What model.to_json() of Keras 3 and Keras 2 writes, with the arguments of every layer."
        " Generated by scripts/generate_schemas.py from keras 3.15 and tf_keras 2.21; do not edit.",
        "if": {"required": ["module"]},
        "then": {"$ref": "#/$defs/keras3.model"},
        "else": {"$ref": "#/$defs/keras2.model"},
        "$defs": defs,
    }


def to_text(schema: Schema) -> str:
    """Return JSON with one definition per line."""
    head = {key: value for key, value in schema.items() if key != "$defs"}
    lines = json.dumps(head, indent=2)[:-2] + ',\n  "$defs": {\n'
    body = ",\n".join(f"    {json.dumps(name)}: {json.dumps(value)}" for name, value in schema["$defs"].items())
    return f"{lines}{body}\n  }}\n}}\n"


def write() -> None:
    """Write schemas/model.schema.json."""
    schema = generate()
    TARGET.write_text(to_text(schema))
    print(f"{TARGET.relative_to(ROOT)}: {len(schema['$defs'])} definitions")


if __name__ == "__main__":
    write()
