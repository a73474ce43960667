"""Parsing a Document into a ModelSpec: one module per dialect. All of them use Keras 3's names."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lstmlint.model.findings import Problem
from lstmlint.model.spec import Dialect, ModelSpec
from lstmlint.parsing.common import ModelError, Names, before_reset_after
from lstmlint.reading.containers import Container, find
from lstmlint.reading.document import Document

__all__ = ["ModelError", "dialect_of", "parse"]


def parse(document: Document) -> ModelSpec:
    """Parse the model of a document. Raises: ModelError if it is malformed."""
    obj = document.model
    dialect = dialect_of(obj, document)
    if not document.wired:
        dialect = "keras2"
    names = Names()
    names.tfjs = document.container == "tfjs"
    pointer = document.model_pointer
    kind = kind_of(document)
    if dialect == "keras3":
        from lstmlint.parsing import keras3

        spec = keras3.parse_model(obj, pointer, names)
    elif dialect == "keras2":
        from lstmlint.parsing import keras2

        names.strict = kind.versioned and version_of(obj, document) is not None
        names.backend = obj.get("backend", document.backend)
        names.plain_gru = kind.weights and before_reset_after(version_of(obj, document))
        spec = keras2.parse_model(obj, pointer, names)
        if not document.wired:
            spec.wired = spec.sequential = False
            spec.inputs, spec.outputs = [], []
    else:
        from lstmlint.parsing import keras1

        spec = keras1.parse_model(obj, pointer, names)
    _add_metadata(spec, document, obj, pointer)
    by_hand = dialect == "keras3" and "module" not in obj and is_by_hand(obj, document)
    from_source = document.container in ("python", "notebook")  # which does not repeat the shapes of tensors
    spec.problems += [problem for problem in names.problems if not (by_hand or from_source) or problem.code != "E006"]
    if dialect == "keras3" and not by_hand:
        spec.problems += _root_problems(spec, document, obj, pointer)
    return spec


def kind_of(document: Document) -> Container:
    """Return the container that a document comes from."""
    return find(document.container) or Container(document.container, ())


def is_by_hand(obj: dict[str, Any], document: Document) -> bool:
    """Return whether a Keras 3 model was written by hand, in which case absent keys have Keras's defaults."""
    from lstmlint.parsing.dialect_detection import is_by_hand as speaks_by_hand

    return kind_of(document).by_hand and document.keras_version is None and speaks_by_hand(obj)


def version_of(obj: dict[str, Any], document: Document) -> str | None:
    """Return the Keras version that a document states."""
    version = obj.get("keras_version") or document.keras_version
    return version if isinstance(version, str) else None


def _root_problems(spec: ModelSpec, document: Document, obj: dict[str, Any], pointer: str) -> Iterator[Problem]:
    """Yield what Keras 3 refuses of the outermost object. HDF5 files are loaded in another way, without modules."""
    if not kind_of(document).whole:
        return
    if "module" not in obj:
        right = "keras.src.models.functional" if spec.class_name == "Functional" else "keras"
        message = f"the {spec.class_name} model has no module; Keras 3 cannot find its class and refuses it"
        yield Problem("E011", message, f'Add "module": "{right}".', pointer=pointer)
    if obj.get("compile_config"):
        from lstmlint.parsing.compile_config import check_compile

        first = spec.layers[0] if spec.layers else None
        built = not spec.sequential or spec.build_input_shape is not None
        built = built or (first is not None and (first.class_name == "InputLayer" or first.model is not None))
        yield from check_compile(obj["compile_config"], f"{pointer}/compile_config", built)


def _add_metadata(spec: ModelSpec, document: Document, obj: dict[str, Any], pointer: str) -> None:
    version = obj.get("keras_version", document.keras_version)
    backend = obj.get("backend", document.backend)
    spec.container = document.container
    spec.keras_version = version if isinstance(version, str) else None
    spec.backend = backend if isinstance(backend, str) else None
    for key in ("compile_config", "training_config"):
        if isinstance(obj.get(key), dict):  # empty in Keras 3's JSON of a model that was not compiled
            spec.compile_config, spec.compile_pointer = obj[key] or None, f"{pointer}/{key}"
            return
    if isinstance(document.training_config, dict):
        spec.compile_config, spec.compile_pointer = document.training_config, document.training_pointer


def dialect_of(obj: dict[str, Any], document: Document | None = None) -> Dialect:
    """Return the dialect of a model. A hand-written model is Keras 2, whose form is shorter, unless it uses words of
    Keras 3 or Keras 1.
    """
    if not isinstance(obj.get("class_name"), str):
        return "keras0"
    version = obj.get("keras_version") or (document.keras_version if document else None)
    if isinstance(version, str):
        major = version.partition(".")[0]
        if major == "1":
            return "keras1"
        if major == "2":
            return "keras2"
        if major == "0":
            return "keras0" if "class_name" not in obj else "keras1"
        if major == "3":
            return "keras3"
    if "module" in obj or "registered_name" in obj or "build_config" in obj:
        return "keras3"
    from lstmlint.parsing.dialect_detection import guess

    return guess(obj)
