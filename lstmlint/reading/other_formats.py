"""Files that are not Keras models: a sentence on what each is, and one on what to pass instead."""

from __future__ import annotations

import re
from typing import Any

from lstmlint.model.values import show

Sentence = tuple[str, str]

GIVE_A_MODEL = (
    "Give the output of model.to_json(), a .keras or .h5 file, a TensorFlow.js model.json, or a SavedModel folder."
)
_GIVE_THE_KERAS_FILE = "Give the Keras model it was made from: model.to_json(), or the .keras or .h5 file."

_MAGIC: tuple[tuple[int, bytes, str, str], ...] = (
    (
        4,
        b"TFL3",
        "this is a TensorFlow Lite model, which contains operations instead of Keras layers",
        _GIVE_THE_KERAS_FILE,
    ),
    (0, b"\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19", "this is a PyTorch checkpoint, not a Keras model", GIVE_A_MODEL),
    (0, b"\x93NUMPY", "this is a NumPy array, not a Keras model", GIVE_A_MODEL),
    (0, b"%PDF", "this is a PDF document, not a Keras model", GIVE_A_MODEL),
    (0, b"\x89PNG", "this is a PNG image, not a Keras model", GIVE_A_MODEL),
    (0, b"\xff\xd8\xff", "this is a JPEG image, not a Keras model", GIVE_A_MODEL),
    (0, b"GIF8", "this is a GIF image, not a Keras model", GIVE_A_MODEL),
    (0, b"\x7fELF", "this is a program, not a Keras model", GIVE_A_MODEL),
    (0, b"SQLite format 3", "this is an SQLite database, not a Keras model", GIVE_A_MODEL),
    (0, b"BZh", "this is a bzip2 archive", "Unpack it and give the model inside."),
    (0, b"\xfd7zXZ\x00", "this is an xz archive", "Unpack it and give the model inside."),
    (0, b"(\xb5/\xfd", "this is a Zstandard archive", "Unpack it and give the model inside."),
    (0, b"7z\xbc\xaf\x27\x1c", "this is a 7-Zip archive", "Unpack it and give the model inside."),
    (0, b"Rar!", "this is a RAR archive", "Unpack it and give the model inside."),
    (257, b"ustar", "this is a tar archive", "Unpack it and give the model inside."),
)
_PICKLE = re.compile(rb"\x80[\x02-\x05]")
_ONNX = re.compile(rb"\x08[\x01-\x20](?:\x12[\x00-\x7f][ -~]|\x3a)")
_FROZEN_GRAPH = re.compile(rb"\n[\x01-\xff]{1,4}\n[\x01-\x7f][\w./:-]+\x12[\x01-\x20]\w")
_SAFETENSORS = re.compile(rb".{6}\x00\x00\{\"", re.DOTALL)

_HTML = re.compile(r"\s*<(?:!doctype html|html|head|body)\b", re.IGNORECASE)
_XML = re.compile(r"\s*<\?xml\b|\s*<!--")
_PYTHON = re.compile(r"^(?:import \w|from [\w.]+ import |def \w+\(|class \w+[(:])", re.MULTILINE)
_DVC = re.compile(r"^outs:\s*\n\s*- (?:md5|etag|path|hash)\b", re.MULTILINE)


def by_magic(head: bytes) -> Sentence | None:
    """Identify a known format without a Keras model by the first bytes of a file."""
    for offset, magic, message, advice in _MAGIC:
        if head.startswith(magic, offset):
            return message, advice
    if _PICKLE.match(head):
        return "this is a Python pickle, which lstmlint never opens, since that could run code", GIVE_A_MODEL
    if head.startswith(b"\x08\x01\x12") and head[3:4] >= b"\x80":
        return None  # a SavedModel's graph
    if _ONNX.match(head):
        return "this is an ONNX model, which contains operations instead of Keras layers", _GIVE_THE_KERAS_FILE
    if _FROZEN_GRAPH.match(head):
        return (
            "this is a frozen TensorFlow graph, which contains operations instead of Keras layers",
            _GIVE_THE_KERAS_FILE,
        )
    if _SAFETENSORS.match(head):
        return "this is a safetensors file, which contains weights but no model config", GIVE_A_MODEL
    return None


def by_text(beginning: str) -> Sentence | None:
    """Identify a known format without a Keras model by the beginning of a text."""
    if beginning.startswith("version https://git-lfs.github.com/"):
        return (
            "this is a Git LFS pointer to a file that was not downloaded",
            "Run `git lfs pull`, then give the file again.",
        )
    if _HTML.match(beginning):
        return (
            "this is a web page, not a Keras model",
            "Download the file itself, not the page that shows it (on GitHub: Raw).",
        )
    if beginning.startswith("model_checkpoint_path:"):
        return (
            "this is the index of TensorFlow checkpoints, which contain weights but no model config",
            GIVE_A_MODEL,
        )
    if _DVC.search(beginning):
        return (
            "this is a DVC pointer to a file that was not downloaded",
            "Run `dvc pull`, then pass the downloaded file.",
        )
    if _XML.match(beginning):
        return "this is XML, not a Keras model", GIVE_A_MODEL
    if beginning.lstrip()[:1] not in ("{", "[", '"') and _PYTHON.search(beginning):
        return "this is a Python script, not a saved model", "Run it, and pass the output of model.to_json()."
    return None


def by_shape(data: Any) -> Sentence:
    """Describe data without a model."""
    if isinstance(data, dict):
        return _object(data)
    if isinstance(data, list):
        return _list(data)
    if data is None:
        return "the document is empty (null)", GIVE_A_MODEL
    kind = {bool: "a truth value", str: "a text", int: "a number", float: "a number"}.get(type(data), "a value")
    return f"this is {kind}, not a Keras model", GIVE_A_MODEL


def _object(data: dict[str, Any]) -> Sentence:
    keys = data.keys()
    if "lstmlint-baseline" in keys or {"lstmlint", "version"} <= keys:
        return "this is a report or baseline written by lstmlint, not a Keras model", GIVE_A_MODEL
    topology = data.get("modelTopology", data.get("model_topology"))
    if data.get("format") == "graph-model" or (isinstance(topology, dict) and "node" in topology):
        return (
            "this is a TensorFlow.js graph model, which contains operations instead of Keras layers",
            "Give the Keras model it was made from, or convert that with --output_format=tfjs_layers_model.",
        )
    if "weightsManifest" in keys or "modelTopology" in keys:
        return "this is a TensorFlow.js file of weights, without the model's topology", "Convert the whole model again."
    if {"floatx", "epsilon"} <= keys or {"backend", "image_data_format"} <= keys:
        return "this is keras.json, the settings of Keras's backend, not a model", GIVE_A_MODEL
    if data.get("class_name") == "Tokenizer" or {"word_index", "num_words"} <= keys:
        return "this is a Keras tokenizer, not a model", "Give the model that the tokenizer feeds."
    if isinstance(data.get("class_name"), str):
        return _one_object(data)
    if {"added_tokens", "model"} <= keys or "tokenizer_class" in keys:
        return "this is a Hugging Face tokenizer, not a Keras model", GIVE_A_MODEL
    if "model_type" in keys or "architectures" in keys:
        return "this is a Hugging Face model config, which names an architecture but has no layers", GIVE_A_MODEL
    if "keras_version" in keys and "date_saved" in keys:
        return "this is the metadata.json of a .keras archive", "Give the archive, or its config.json."
    if isinstance(data.get("layers"), list) and ("in_shape" in keys or _have(data["layers"], "type")):
        return (
            "this looks like an RTNeural model: its layers have types and weights, but no Keras config",
            _GIVE_THE_KERAS_FILE,
        )
    if "layers" in keys:
        return (
            "this object has layers but neither class_name nor config, so it is not a Keras model",
            'Write {"class_name": "Sequential", "config": {"layers": [{"class_name": …, "config": {…}}]}}.',
        )
    if "name" in keys and not keys.isdisjoint({"dependencies", "devDependencies", "scripts"}):
        return "this is a package.json of npm, not a model", GIVE_A_MODEL
    if {"cells", "nbformat"} <= keys:
        return "this is a Jupyter notebook, not a saved model", "Run it, and pass the output of model.to_json()."
    if {"trial_id", "hyperparameters"} <= keys or {"ongoing_trials", "hyperparameters"} <= keys:
        return "this is the state of a Keras tuner, not a model", GIVE_A_MODEL
    if not keys.isdisjoint({"loss", "val_loss"}) and all(isinstance(value, list | dict) for value in data.values()):
        return "this is the history of a training, not a model", "Give the model that was trained."
    if data and all(type(value) in (int, str) for value in data.values()) and len(data) > 20:
        return "this is a table of words or labels, not a model", GIVE_A_MODEL
    if not data:
        return "this is an empty object, not a model", GIVE_A_MODEL
    keys_word = "key" if len(data) == 1 else "keys"
    return f"this is an object with the {keys_word} {_some(list(data))}, not a Keras model", GIVE_A_MODEL


def _one_object(data: dict[str, Any]) -> Sentence:
    name = _some([data["class_name"]])
    if "config" not in data:
        if "layers" in data:
            return (
                f"this object has the class_name {name} and layers, but no config that contains them",
                'Put the layers into "config": {"layers": […]}.',
            )
        return f"this object has the class_name {name}, but no config", GIVE_A_MODEL
    return (
        f"this is a single object of the class {name} without layers: a layer, an optimizer, or a subclassed model",
        "Pass a Sequential or functional model, or use `lstmlint count` for a single layer.",
    )


def subclassed(class_name: object) -> Sentence:
    """Describe a container with a model whose layers are not recorded."""
    name = _some([class_name]) if isinstance(class_name, str) else "unknown"
    return (
        f"this is a subclassed model (class {name}): its layers are in Python code, the file does not record them",
        "Build it as a Sequential or functional model, or save such a model of its parts.",
    )


def _list(data: list[Any]) -> Sentence:
    if _have(data, "paths") and _have(data, "weights"):
        return "this is a TensorFlow.js manifest of weights, without the model's topology", "Give the model.json."
    if _have(data, "class_name") or _have(data, "name"):
        return (
            "this is a list of objects, not all of which are layers with a class_name and a config",
            "Give the whole model: model.to_json().",
        )
    return f"this is a list of {len(data)} items, not a Keras model", GIVE_A_MODEL


def _have(items: list[Any], key: str) -> bool:
    return bool(items) and all(isinstance(item, dict) and key in item for item in items)


def _some(names: list[Any]) -> str:
    shown = ", ".join(show(str(name)[:40]) for name in names[:4])
    return f"{shown} and {len(names) - 4} more" if len(names) > 4 else shown
