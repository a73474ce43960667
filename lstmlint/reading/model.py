"""Finding the model in the data: at the top, or under a key of a tool that wraps it."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Any

from lstmlint.model.findings import Problem, ReadError
from lstmlint.model.values import show
from lstmlint.reading import json_text, other_formats
from lstmlint.reading.document import Document, Locator

if TYPE_CHECKING:
    from lstmlint.reading.stored_weights import StoredWeights

# Keys of TensorFlow.js, of HDF5 attributes, of frugally-deep, and names that people use.
_TFJS_KEYS = ("modelTopology", "model_topology")
_WRAPPERS = ("model_config", *_TFJS_KEYS, "architecture", "model")
_MAX_WRAPPERS = 3

MODEL_CLASSES = frozenset({"Sequential", "Functional", "Model", "Graph"})
_GENERATED_BY = re.compile(r"keras v([\w.+-]+)")


def to_document(
    path: str, container: str, data: Any, problems: list[Problem], locator: Locator | None = None
) -> Document:
    """Return a document with the model found in decoded data.

    A list of layers, and a model's config without its class, are read as the model that they describe.
    Raises: ReadError (E002) with a description of the data if it contains no model.
    """
    document = Document(path, container, data, locator=locator, problems=problems)
    class_name = _missing_class(data)
    if class_name:
        _wrap(document, class_name)
    value = document.data
    for _ in range(_MAX_WRAPPERS):
        key = None if is_model(value) else _wrapper(value)
        if key is None:
            break
        _note(document, value)
        if key in _TFJS_KEYS:
            document.container = "tfjs"
            manifest = value.get("weightsManifest")
            if manifest:
                document.stored_weights = partial(_tfjs_weights, manifest)
        if isinstance(value[key], str):
            value[key] = _decoded(document, value[key], key)
        document.model_pointer += f"/{key}"
        value = value[key]
    if not is_model(value):
        found = value if _has_class(value) else data
        name = found.get("class_name") if isinstance(found, dict) and "config" in found else None
        raise ReadError("E002", *other_formats.by_shape(found), subclassed=name)
    if document.keras_version is None:
        _note(document, value)
    return document


def is_model(value: Any) -> bool:
    """Return whether a value looks like a model: a class and a config with layers, or Keras 0's form."""
    if not isinstance(value, dict):
        return False
    if not _has_class(value):
        return value.get("name") in ("Sequential", "Graph") and (
            isinstance(value.get("layers"), list) or isinstance(value.get("nodes"), dict)
        )
    config = value.get("config")
    if isinstance(config, dict):
        return "layers" in config or value["class_name"] in MODEL_CLASSES
    return isinstance(config, list)


def _tfjs_weights(manifest: Any) -> StoredWeights | None:
    from lstmlint.reading.stored_weights import of_tfjs

    return of_tfjs(manifest)


def _has_class(value: Any) -> bool:
    return isinstance(value, dict) and isinstance(value.get("class_name"), str)


def _missing_class(data: Any) -> str | None:
    """Return the class of the model that a list of layers, or the result of get_config(), describes."""
    layers = data
    if isinstance(data, dict):
        if "class_name" in data or any(key in data for key in _WRAPPERS):
            return None
        layers = data.get("layers")
    if not isinstance(layers, list) or not layers:
        return None
    if not all(_has_class(layer) and "config" in layer for layer in layers):
        return None
    return "Functional" if isinstance(data, dict) and "input_layers" in data else "Sequential"


def _wrap(document: Document, class_name: str) -> None:
    document.data = {"class_name": class_name, "config": document.data}
    for problem in document.problems:
        problem.pointer = f"/config{problem.pointer}"
    locate = document.locator
    if locate is not None:
        document.locator = lambda pointer: locate(pointer.removeprefix("/config"))


def _wrapper(value: Any) -> str | None:
    """Return the key of an object under which a model is found, as an object or as JSON in a string."""
    if not isinstance(value, dict):
        return None
    keys = [
        key
        for key in _WRAPPERS
        if isinstance(inner := value.get(key), dict) or (isinstance(inner, str) and '"class_name"' in inner)
    ]
    return next((key for key in keys if is_model(value[key])), keys[0] if keys else None)


def _decoded(document: Document, text: str, key: str) -> Any:
    inner, problems = json_text.parse_part(text, f"the text under {show(key)}")
    for problem in problems:
        problem.pointer = f"{document.model_pointer}/{key}{problem.pointer}"
    document.problems += problems
    return inner


def _note(document: Document, value: dict[str, Any]) -> None:
    """Record what accompanies a model: versions and training settings."""
    version = as_text(value.get("keras_version"))
    if version is None and isinstance(value.get("generatedBy"), str):
        match = _GENERATED_BY.search(value["generatedBy"])
        version = match[1] if match else None
    document.keras_version = version or document.keras_version
    document.backend = as_text(value.get("backend")) or document.backend
    training = value.get("training_config")
    if isinstance(training, dict):
        document.training_config = training
        document.training_pointer = f"{document.model_pointer}/training_config"


def as_text(value: Any) -> str | None:
    """Return a string, or None for another value."""
    return value if isinstance(value, str) else None


def add_training_config(document: Document, text: str) -> None:
    """Record a training config that accompanies the model as JSON. Damaged JSON is a problem (E001)."""
    try:
        document.training_config, _ = json_text.parse(text)
    except ReadError as error:
        message = f"the training config is not read: {error.message}"
        document.problems.append(Problem("E001", message, "Save the model again.", severity="warning"))
