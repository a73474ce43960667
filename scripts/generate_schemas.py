"""Write schemas/model.schema.json from the signatures, types and descriptions of arguments: python scripts/generate_schemas.py"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from lstmlint import layers as registry  # noqa: E402
from lstmlint.model.spec import Dialect  # noqa: E402
from lstmlint.parsing.dialect_detection import KERAS1_ARGUMENTS  # noqa: E402
from lstmlint.parsing.keras2 import NOT_ARGUMENTS, OWN_INPUT_ARGUMENTS  # noqa: E402
from lstmlint.signatures import history  # noqa: E402
from lstmlint.signatures.compile import LOSSES, OPTIMIZERS  # noqa: E402
from lstmlint.signatures.descriptions import MODELS, of_argument, of_class  # noqa: E402
from lstmlint.signatures.keras2 import SIGNATURES as KERAS2_SIGNATURES  # noqa: E402
from lstmlint.signatures.keras3 import REQUIRED, SIGNATURES  # noqa: E402
from lstmlint.signatures.object_descriptions import ARGUMENTS, KINDS, of_object  # noqa: E402
from lstmlint.signatures.object_descriptions import of_argument as of_object_argument  # noqa: E402
from lstmlint.validation.arguments import CLOSED, arguments_of  # noqa: E402
from lstmlint.validation.schema_types import described  # noqa: E402
from lstmlint.validation.serialized import (  # noqa: E402
    ACTIVATIONS,
    CONSTRAINTS,
    INITIALIZERS,
    OLD_CONSTRAINTS,
    OLD_INITIALIZERS,
    OLD_REGULARIZERS,
    REGULARIZERS,
)
from lstmlint.validation.third_party import PACKAGES  # noqa: E402
from lstmlint.validation.types import FUNCTION, Kind  # noqa: E402
from lstmlint.validation.values import Schema  # noqa: E402
from lstmlint.version import schema_url  # noqa: E402

TARGET = ROOT / "schemas" / "model.schema.json"
# Lines of releases of which a config may hold any argument. Those of Keras 2.0 to 2.3 also take arguments of Keras 1.
LINES: dict[Dialect, tuple[str, ...]] = {"keras3": ("3",), "keras2": ("tf", "tf_keras")}
TABLES: tuple[tuple[Dialect, dict[str, Any]], ...] = (("keras3", SIGNATURES), ("keras2", KERAS2_SIGNATURES))
OLDER = "Only older releases of Keras have it."
WRITTEN_BY_KERAS = "Keras writes it."
# Modules in which Keras 3 finds its own layers.
LAYER_MODULES = r"^keras\.(src\.)?layers(\.|$)"
# The names of objects, by the last word of the arguments that hold them.
OBJECTS = {
    "activation": sorted(ACTIVATIONS),
    "initializer": sorted(name for name in {*INITIALIZERS, *OLD_INITIALIZERS} if not name.endswith("V2")),
    "regularizer": sorted({*REGULARIZERS, *OLD_REGULARIZERS}),
    "constraint": sorted({*CONSTRAINTS, *OLD_CONSTRAINTS}),
}
IDENTIFIER = r"^([^>]*>)?[A-Za-z_][A-Za-z0-9_]*$"
NULL_OR_OBJECT: Schema = {"type": ["object", "null"]}


class Definitions:
    """The schemas that several arguments share, written once."""

    def __init__(self) -> None:
        self.made: dict[str, Schema] = {}
        self.names: dict[str, str] = {}
        self.uses: dict[str, int] = {}

    def refer(self, name: str, schema: Schema) -> Schema:
        """Return a reference to a schema, which is named after the first argument that has it."""
        text = json.dumps(schema)
        if text not in self.names:
            uses = self.uses[name] = self.uses.get(name, 0) + 1
            self.names[text] = name if uses == 1 else f"{name}.{uses}"
            self.made[self.names[text]] = schema
        return {"$ref": f"#/$defs/{self.names[text]}"}

    def type_of(self, name: str, kind: Kind, dialect: Dialect) -> Schema:
        """Return the schema of the values of an argument. Names of custom objects are allowed where Keras looks them up."""
        if kind is FUNCTION:
            return {}
        family = name.rpartition("_")[2]
        if not kind.custom or not (dialect == "keras2" or family == "initializer"):
            return with_descriptions(kind.schema, family) if family in OBJECTS else kind.schema
        wrong: list[Schema] = [{"pattern": misspellings(OBJECTS[family])}]
        if dialect == "keras3":
            wrong.append({"enum": sorted({name for names in OBJECTS.values() for name in names})})
        spelling = self.refer(
            f"{dialect}.custom_{family}", {"type": "string", "pattern": IDENTIFIER, "not": {"anyOf": wrong}}
        )
        schema = with_descriptions(kind.schema, family)
        return {"anyOf": [with_custom_classes(schema, spelling) if dialect == "keras2" else schema, spelling]}

    def argument(self, name: str, description: str, schema: Schema, dialect: Dialect) -> Schema:
        """Return a reference to the schema of an argument. A large type has a definition of its own."""
        text = json.dumps(schema).replace("#/$defs/layer", f"#/$defs/{dialect}.layer")
        schema = json.loads(text)
        if len(text) > 120:
            schema = {"allOf": [self.refer(f"type.{name}", schema)]}
        return self.refer(name, {"description": description, **schema})


def with_descriptions(schema: Any, kind: str) -> Any:
    """Return a schema of objects of a kind with descriptions of their names and arguments."""
    if isinstance(schema, list):
        return [with_descriptions(item, kind) for item in schema]
    if not isinstance(schema, dict):
        return schema
    found = {key: with_descriptions(value, kind) for key, value in schema.items()}
    texts = [of_object(kind, name) or "" if isinstance(name, str) else "" for name in found.get("enum", ())]
    if any(texts):
        found["enumDescriptions"] = texts
    if "config" in found and "enum" in found.get("class_name", ()):  # the properties of an object
        name = found["class_name"]["enum"][0]
        config = found["config"]
        for argument, value in config.get("properties", {}).items():
            config["properties"][argument] = {"description": of_object_argument(kind, name, argument), **value}
    return found


def with_custom_classes(schema: Any, spelling: Schema) -> Any:
    """Return a schema of serialized objects in which the names of other classes have to meet a schema."""
    if isinstance(schema, list):
        return [with_custom_classes(item, spelling) for item in schema]
    if not isinstance(schema, dict):
        return schema
    found = {key: with_custom_classes(value, spelling) for key, value in schema.items()}
    if "not" in found.get("class_name", ()):
        found["class_name"] = {**found["class_name"], **spelling}
    return found


def public_names(dialect: Dialect) -> list[str]:
    """Return the classes of layers that configs of a dialect may name, in any of its releases."""
    names = set(SIGNATURES if dialect == "keras3" else KERAS2_SIGNATURES)
    if dialect == "keras2":
        return sorted(names | {"CuDNNGRU", "CuDNNLSTM"})
    for release in history.releases():
        if history.line(release) == "3":
            found = history.names("layers", release)
            names.update(name for name in found if "keras.layers" in history.paths("layers", name, release))
    return sorted(names)


def older_arguments(class_name: str, dialect: Dialect) -> set[str]:
    """Return the arguments that any release of the dialect takes from a config."""
    found: set[str] = set()
    for release in history.releases():
        if history.line(release) in LINES[dialect]:
            found |= set(history.arguments("layers", class_name, release) or ())
    return found


def config_of(class_name: str, dialect: Dialect, definitions: Definitions) -> Schema:
    """Return the schema of a layer's config."""
    signature = registry.signature(class_name, dialect) or {}
    arguments = arguments_of(class_name, dialect)
    if arguments is None:
        return {"type": "object"}
    kinds = described(class_name, dialect)
    types: dict[str, Any] = {"name": {"type": "string"}}
    closed = dialect == "keras3" and class_name in CLOSED and class_name != "ActivityRegularization"
    if not closed:
        types["trainable"] = {"type": "boolean", "default": True}
    if class_name != "Pipeline":
        types["dtype"] = {"type": ["string", "object", "null"]}
    if dialect == "keras2":
        types |= {name: {} for name in sorted(NOT_ARGUMENTS - types.keys())}
    elsewhere = NOT_ARGUMENTS - OWN_INPUT_ARGUMENTS.get(class_name, set()) if dialect == "keras2" else frozenset()
    for name in [*signature, *sorted(arguments.accepted - signature.keys())]:
        types[name] = types.get(name, {})
        if name in kinds and name not in elsewhere:
            types[name] = types[name] | definitions.type_of(name, kinds[name], dialect)
    properties: dict[str, Any] = {}
    for name, schema in types.items():
        default = signature.get(name, schema.pop("default", REQUIRED))
        properties[name] = definitions.argument(name, of_argument(class_name, name) or "", schema, dialect)
        if default is not REQUIRED:
            properties[name]["default"] = default
    for name in sorted(older_arguments(class_name, dialect) - properties.keys()):
        properties[name] = definitions.refer("older", {"description": OLDER})
    made: Schema = {"type": "object", "properties": properties}
    if not (dialect == "keras3" and class_name == "InputLayer"):  # it ignores unknown arguments
        made["additionalProperties"] = False
    if arguments.required:
        made["required"] = list(arguments.required)
    return made


def words(names: list[str], **more: Any) -> Schema:
    """Return the schema of class names, with their descriptions for editors."""
    return {"enum": names, "enumDescriptions": [of_class(name) for name in names], **more}


def misspellings(names: list[str], known: Sequence[str] = ()) -> str:
    """Return a regular expression of frequent misspellings of names. Known names, of which `names` may be
    a part, do not count as such.

    They have one letter too few or too many, or another letter, or two swapped, or are in the wrong case. The first letter,
    digits, and what a custom object could be called (LSTMs, Conv4D, LayerNormalisation) are left alone.
    """
    found: list[str] = []
    for name in names:
        if len(name) < 4:
            continue
        found += sorted({name.lower(), name.capitalize()} - set(names))
        for i in range(1, len(name)):
            if name[i].isdigit() or name[i] == "z":
                continue
            other = "." if i + 1 == len(name) else ".?" if len(name) < 5 else ".?[a-z]?"
            found.append(name[:i] + other + name[i + 1 :])
            if name[i] != name[i - 1] and not name[i - 1].isdigit():
                found.append(name[: i - 1] + name[i] + name[i - 1] + name[i + 1 :])
    tree: dict[str, Any] = {}
    for spelling in found:
        branch = tree
        for letter in re.findall(r"\.\?\[a-z\]\?|\.\?|.", spelling):
            branch = branch.setdefault(letter, {})
        branch[""] = {}
    but = f"(?!({'|'.join(known)})$)" if known else ""
    return f"^{but}{_alternatives(tree)}$"


def _alternatives(tree: dict[str, Any]) -> str:
    """Return the regular expression of a tree of letters."""
    parts = [letter + _alternatives(branch) if letter else "" for letter, branch in tree.items()]
    return parts[0] if len(parts) == 1 else f"({'|'.join(parts)})"


def layer(dialect: Dialect, configs: dict[str, str]) -> Schema:
    """Return the schema of a layer, whose config depends on its class.

    configs: class -> the name of the definition of its config.
    """
    # The choices are grouped by initial letters, which makes validation three times as fast.
    classes: dict[str, dict[str, list[str]]] = {}
    for name, definition in configs.items():
        classes.setdefault(name[0], {}).setdefault(definition, []).append(name)
    choices: list[Schema] = [
        {
            "if": {"properties": {"class_name": {"pattern": f"^{letter}"}}},
            "then": {
                "allOf": [
                    {
                        "if": {
                            "properties": {"class_name": {"const": names[0]} if len(names) == 1 else {"enum": names}}
                        },
                        "then": {"properties": {"config": {"$ref": f"#/$defs/{definition}"}}},
                    }
                    for definition, names in group.items()
                ]
            },
        }
        for letter, group in classes.items()
    ]
    properties: dict[str, Any] = {
        "class_name": {"$ref": f"#/$defs/{dialect}.class_name"},
        "config": {"description": "The arguments of the layer.", "type": ["object", "array", "null"]},
        "name": {"description": "Name of the layer in a functional model.", "type": "string"},
        "inbound_nodes": {"description": "The calls of the layer in a functional model.", "type": "array"},
    }
    own: Schema = {"allOf": [{"properties": {"class_name": {"$ref": "#/$defs/known_or_custom"}}}, *choices]}
    if dialect == "keras3":
        properties["config"]["type"] = ["object", "null"]
        properties |= {
            "module": {
                "description": 'Module of the class: "keras.layers". Custom classes have their own.',
                "type": ["string", "null"],
                "examples": ["keras.layers"],
            },
            "registered_name": {
                "description": 'Name under which a custom class is registered: "Package>Class". null for those of Keras.',
                "type": ["string", "null"],
            },
            "build_config": {"description": f"Shapes of the layer's inputs. {WRITTEN_BY_KERAS}", **NULL_OR_OBJECT},
        }
        own = {
            "if": {"required": ["module"]},
            "then": {
                "if": {"properties": {"module": {"type": "string", "pattern": LAYER_MODULES}}},
                "then": {
                    "if": {"properties": {"module": {"const": "keras.layers"}}},
                    "then": {"properties": {"class_name": {"$ref": "#/$defs/keras3.layers"}}},
                    "allOf": choices,
                },
            },
            "else": {
                "if": {"required": ["registered_name"], "properties": {"registered_name": {"type": "string"}}},
                "else": own,
            },
        }
    return {
        "type": "object",
        "required": ["class_name", "config"],
        "properties": properties,
        "if": {"required": ["class_name"]},
        "then": {
            "if": {"properties": {"class_name": {"enum": list(MODELS)}}},
            "then": {"$ref": f"#/$defs/{dialect}.model"},
            "else": own,
        },
    }


def model(dialect: Dialect) -> Schema:
    """Return the schema of a model. Only that of a Sequential or functional model says something about its config."""
    layers = {"description": "The layers.", "type": "array", "items": {"$ref": f"#/$defs/{dialect}.layer"}}
    reference = {"description": "[layer, call, output], or a list or dict of such.", "type": ["array", "object"]}
    config: Schema = {
        "type": "object",
        "required": ["layers"],
        "properties": {
            "name": {"description": "Name of the model.", "type": "string"},
            "trainable": {"description": "false freezes all layers."},
            "dtype": {"description": 'Data type of the computation, such as "float32", or a policy.'},
            "layers": layers,
            "input_layers": reference,
            "output_layers": reference,
            "build_input_shape": {"description": "Shape that the model was built with, with the batch."},
        },
    }
    if dialect == "keras3":
        config["required"] = ["name", "layers"]
    if dialect == "keras2":  # a list of layers in a Sequential up to Keras 2.2.2
        config = {"type": ["object", "array"], "if": {"type": "array"}, "then": layers, "else": config}
    body: Schema = {"properties": {"config": config}}
    body |= {
        "if": {"properties": {"class_name": {"const": "Functional"}}},
        "then": {"properties": {"config": {"required": ["input_layers", "output_layers"]}}},
    }
    properties: dict[str, Any] = {
        "class_name": {
            "description": "Sequential or Functional.",
            "anyOf": [words(list(MODELS)), {"$ref": "#/$defs/known_or_custom"}],
        },
        "config": {"description": "The layers, and for a functional model its inputs and outputs."},
        "keras_version": {"description": f"Release of Keras that wrote the file. {WRITTEN_BY_KERAS}", "type": "string"},
        "backend": {"description": f"Backend of that Keras. {WRITTEN_BY_KERAS}"},
        "build_config": {"description": f"Shapes of the model's inputs. {WRITTEN_BY_KERAS}", **NULL_OR_OBJECT},
        "compile_config": {"$ref": "#/$defs/compile_config"},
    }
    made: Schema = {"type": "object", "required": ["class_name", "config"], "properties": properties}
    own: Schema = {"properties": {"class_name": {"enum": list(MODELS)}}}
    if dialect == "keras3":
        properties |= {
            "module": {
                "description": 'Module of the class: "keras", or "keras.src.models.functional" for a Functional.',
                "type": ["string", "null"],
                "examples": ["keras", "keras.src.models.functional"],
            },
            "registered_name": {
                "description": "Name under which a custom class is registered.",
                "type": ["string", "null"],
            },
        }
        own["properties"]["module"] = {"type": "string", "pattern": r"^keras(\.|$)"}
    return made | {"if": own, "then": body}


def with_layer(layer: Schema) -> Schema:
    """Return the schema of models with a layer that a schema accepts."""
    layers: Schema = {"contains": {"type": "object", **layer}}
    # `config` is a list of layers in old Sequential models.
    return having(config={"anyOf": [{"type": "array", **layers}, having(layers={"type": "array", **layers})]})


def compile_config() -> Schema:
    """Return the schema of what compile() was called with: it completes and explains, but accepts everything."""

    def objects(kind: str, table: dict[str, str], description: str) -> Schema:
        names = sorted(KINDS[kind])
        arguments = sorted({word.rstrip("!") for text in table.values() for word in text.split()} & set(ARGUMENTS))
        known: Schema = {"enum": names, "enumDescriptions": [of_object(kind, name) for name in names]}
        config = {"properties": {name: {"description": ARGUMENTS[name]} for name in arguments}}
        return {"description": description, "properties": {"class_name": {"anyOf": [known, {}]}, "config": config}}

    properties = {
        "optimizer": objects("optimizer", OPTIMIZERS, "The optimizer, as a serialized object."),
        "loss": objects("loss", LOSSES, "The loss: a name, a serialized object, or one for each output."),
        "loss_weights": {"description": "Weight of the loss of each output. null weights them equally."},
        "metrics": {"description": "What is measured in training."},
        "weighted_metrics": {"description": "What is measured with the weights of samples or classes."},
        "run_eagerly": {"description": "true runs each step without compiling it."},
        "steps_per_execution": {"description": "Number of batches that are run at once."},
        "jit_compile": {"description": 'true compiles with XLA, "auto" where that is supported.'},
    }
    return {"description": "Optimizer, loss and metrics.", **NULL_OR_OBJECT, "properties": properties}


def having(**properties: Schema) -> Schema:
    """Return the schema of objects with all of some properties."""
    return {"type": "object", "required": list(properties), "properties": properties}


def document() -> Schema:
    """Return the schema of a model that finds out which Keras wrote it. Models of Keras 0 and 1 are not checked."""
    words3: Schema = {"anyOf": [{"required": ["batch_shape"]}, having(dtype=having(module={}))]}
    words1: Schema = {"not": {"propertyNames": {"not": {"enum": sorted(KERAS1_ARGUMENTS)}}}}
    keras1: Schema = {
        "anyOf": [
            having(keras_version={"type": "string", "pattern": r"^[01]\."}),
            {"not": having(keras_version={}), **with_layer(having(config={"type": "object", **words1}))},
            {"required": ["layers"], "not": {"required": ["class_name"]}},
        ]
    }
    # What Keras 3 writes into HDF5 files and for TensorFlow.js has no modules outside.
    keras3: Schema = {
        "anyOf": [
            having(module={}),
            having(keras_version={"type": "string", "pattern": r"^3\."}),
            with_layer(having(config={"type": "object", **words3})),
        ]
    }
    return {
        "type": "object",
        "if": keras3,
        "then": {"$ref": "#/$defs/keras3.model"},
        "else": {"if": keras1, "else": {"$ref": "#/$defs/keras2.model"}},
    }


def generate() -> Schema:
    """Return the whole schema."""
    definitions = Definitions()
    defs: Schema = {}
    configs: Schema = {}
    for dialect, table in TABLES:
        made: dict[str, str] = {}
        places: dict[str, str] = {}
        for name in sorted(table):
            definition = f"{dialect}.{name}"
            schema = config_of(name, dialect, definitions)
            text = json.dumps(schema)
            made[name] = places.setdefault(text, definition)
            configs[definition] = schema if made[name] == definition else {"$ref": f"#/$defs/{made[name]}"}
        defs[f"{dialect}.model"] = model(dialect)
        defs[f"{dialect}.layer"] = layer(dialect, made)
        names = public_names(dialect)
        defs[f"{dialect}.class_name"] = {
            "description": "Class of the layer.", "type": "string", "anyOf": [words(names), {}]
        }  # fmt: skip
    defs["keras3.layers"] = {
        "enum": public_names("keras3"),
        "errorMessage": "keras.layers has no class of this name. A custom layer needs its own module.",
    }
    public = sorted({*MODELS, *public_names("keras3"), *public_names("keras2")})
    older = {name for release in history.releases() for name in history.names("layers", release)}
    others = {name for package in PACKAGES.values() for name in package}
    known = sorted({*public, *registry.known_names(), *older, *others})
    defs["known_or_custom"] = {
        "not": {"pattern": misspellings(public, known)},
        "errorMessage": "This is not a class of Keras, but resembles one.",
    }
    defs["compile_config"] = compile_config()
    defs["document"] = document()
    inside: Schema = {
        "if": {"required": ["model_config"]},
        "then": {"properties": {"model_config": {"$ref": "#/$defs/document"}}},
        "else": {"if": {"required": ["class_name"]}, "then": {"$ref": "#/$defs/document"}},
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": schema_url("model"),
        "title": "Keras model",
        "description": "What model.to_json() of Keras 3 and Keras 2 writes, with the arguments of every layer."
        " Generated by scripts/generate_schemas.py from keras 3.15 and tf_keras 2.21; do not edit.",
        "type": "object",
        "if": {"required": ["modelTopology"]},
        "then": {"properties": {"modelTopology": {"description": "The model in a file of TensorFlow.js.", **inside}}},
        "else": {"$ref": "#/$defs/document"},
        "$defs": defs | {name: definitions.made[name] for name in sorted(definitions.made)} | configs,
    }


def to_text(schema: Schema) -> str:
    """Return JSON with one definition per line."""
    head = {key: value for key, value in schema.items() if key != "$defs"}
    lines = json.dumps(head, indent=2)[:-2] + ',\n  "$defs": {\n'
    body = ",\n".join(
        f"    {json.dumps(name)}: {json.dumps(value, separators=(',', ':'))}" for name, value in schema["$defs"].items()
    )
    return f"{lines}{body}\n  }}\n}}\n"


def write() -> None:
    """Write schemas/model.schema.json."""
    schema = generate()
    TARGET.write_text(to_text(schema))
    print(f"{TARGET.relative_to(ROOT)}: {len(schema['$defs'])} definitions, {TARGET.stat().st_size:,} bytes")


if __name__ == "__main__":
    write()
