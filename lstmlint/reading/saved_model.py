"""SavedModel folders. keras_metadata.pb contains the root's config as JSON; before TensorFlow 2.5, saved_model.pb does.

The protobuf messages, as defined by TensorFlow: SavedMetadata {repeated SavedObject nodes = 1}; SavedObject {node_id =
2; node_path = 3; identifier = 4; metadata = 5}. SavedModel {repeated MetaGraphDef meta_graphs = 2}; MetaGraphDef {GraphDef
graph_def = 2}; GraphDef {repeated NodeDef node = 1; FunctionDefLibrary library = 2}; FunctionDefLibrary {repeated
FunctionDef function = 1}; FunctionDef {repeated NodeDef node_def = 3}; NodeDef {op = 2}.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from lstmlint.model.findings import Problem, ReadError
from lstmlint.model.limits import check_time, current
from lstmlint.reading import json_text, other_formats
from lstmlint.reading.document import Document
from lstmlint.reading.limits import PROTOBUF_FACTOR
from lstmlint.reading.model import is_model, to_document
from lstmlint.reading.source import Source
from lstmlint.reading.survey import active

METADATA_FILE = "keras_metadata.pb"
GRAPH_FILE = "saved_model.pb"

BUILT_WITH = "build_input_shape"  # of a layer

_PART = "the root's metadata"
_NODES, _NODE_PATH, _IDENTIFIER, _METADATA = 1, 3, 4, 5
# The time is checked once per so many fields.
_TIMED = 4096
_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5

# The bytes before the JSON of a node in keras_metadata.pb and in saved_model.pb.
_ROOT_IN_METADATA = re.compile(rb'root"[^{"]{0,4}_tf_keras_\w+\*[^{]{1,12}(\{)')
_NODE_IN_GRAPH = re.compile(rb'_tf_keras_(?:sequential|network|model)\x12[^{]{1,40}(\{")', re.DOTALL)
# Operations that use files or call Python. Those that save and restore weights are in every SavedModel.
_USING_FILES = re.compile(
    rb"\x12.(ReadFile|WriteFile|MatchingFiles|PyFunc|PyFuncStateless|EagerPyFunc)(?![A-Za-z0-9])", re.DOTALL
)


class _DamagedError(Exception):
    """The lengths in a protobuf message contradict each other."""


def read_folder(path: Path, name: str, limit: int) -> Document:
    """Read the model of a SavedModel folder. Raises: ReadError, OSError."""
    metadata = path / METADATA_FILE
    if metadata.is_file():
        graph = Source(path / GRAPH_FILE, None, name, limit) if (path / GRAPH_FILE).is_file() else None
        if graph is not None and graph.size <= limit * PROTOBUF_FACTOR:
            _note_operations(graph.read(PROTOBUF_FACTOR))
        return read_metadata(Source(metadata, None, name, limit))
    return read_graph(Source(path / GRAPH_FILE, None, name, limit))


def read_metadata(source: Source) -> Document:
    """Read the model of a keras_metadata.pb.

    Raises: ReadError: E001 if it is damaged beyond repair, E002 if it records no layers.
    """
    raw = source.read(PROTOBUF_FACTOR)
    try:
        content = _root_metadata(raw)
    except _DamagedError:
        content = None
    if content is None:
        # Newline conversion changes the lengths but not the JSON.
        match = _ROOT_IN_METADATA.search(raw)
        if match is None:
            raise ReadError(
                "E001",
                "this keras_metadata.pb is damaged: it has no root object",
                "Save the model again, or copy the file again as binary.",
            )
        data, problems = json_text.parse_beginning(_text(raw[match.start(1) :]), _PART)
    else:
        data, problems = json_text.parse_part(_text(content), _PART)
        if isinstance(data, dict) and not is_model(data):
            layers: list[dict[str, Any]] = []
            with suppress(_DamagedError):  # after the root
                layers = _layers(raw)
            return _document(source.name, data, problems, layers)
        if isinstance(data, dict):
            with suppress(_DamagedError):  # the root can be read without the lengths
                _add_build_shapes(data.get("model_config", data), raw)
    return _document(source.name, data, problems)


def read_graph(source: Source) -> Document:
    """Read the model of a saved_model.pb, which TensorFlow before 2.5 wrote into it.

    Raises: ReadError (E002) if it contains only operations.
    """
    beside = source.path.with_name(METADATA_FILE) if source.path is not None else None
    if beside is not None and beside.is_file():
        return read_metadata(Source(beside, None, source.name, source.limit))
    raw = source.read(PROTOBUF_FACTOR)
    _note_operations(raw)
    match = _NODE_IN_GRAPH.search(raw)
    if match is None:
        raise ReadError(
            "E002",
            "this SavedModel has no keras_metadata.pb: it contains operations instead of Keras layers, as Keras 3's"
            " model.export() writes them",
            "Use the Keras model that it was exported from: model.to_json(), or a file from model.save().",
        )
    data, problems = json_text.parse_beginning(_text(raw[match.start(1) :]), _PART)
    return _document(source.name, data, problems)


def _note_operations(raw: bytes) -> None:
    """Note the operations of a graph that use files or call Python."""
    if _USING_FILES.search(raw) is None:
        return
    found: set[str] = set()
    with suppress(_DamagedError):  # TensorFlow does not load it, either
        for node in _messages(raw, 2, 2, 1):
            found |= _operation(node)
        for node in _messages(raw, 2, 2, 2, 1, 3):
            found |= _operation(node)
    if found:
        problem = Problem(
            "X803",
            f"the graph runs the TensorFlow operations {', '.join(sorted(found))}, which read or write files, or call Python",
            "Load the SavedModel only if you know why it runs them.",
            severity="warning",
        )
        active().problems.append(problem)


def _operation(node: bytes) -> set[str]:
    """Return the operation of a node of a graph if it uses files or calls Python."""
    for number, value in _fields(node):
        if number == 2 and isinstance(value, bytes):
            match = _USING_FILES.fullmatch(b"\x12\0" + value)
            return {match[1].decode()} if match else set()
    return set()


def _messages(message: bytes, number: int, *rest: int) -> Iterator[bytes]:
    """Yield the submessages that a path of field numbers leads to. Raises: _DamagedError."""
    for key, value in _fields(message):
        if key == number and isinstance(value, bytes):
            if rest:
                yield from _messages(value, *rest)
            else:
                yield value


def _document(name: str, data: Any, problems: list[Problem], layers: list[dict[str, Any]] | None = None) -> Document:
    if isinstance(data, dict) and not is_model(data) and not is_model(data.get("model_config")):
        if layers:
            return _unwired(name, data, layers, problems)
        class_name = data.get("class_name")
        raise ReadError("E002", *other_formats.subclassed(class_name), subclassed=class_name)
    if isinstance(data, dict) and is_model(data.get("model_config")):
        # The root contains the model twice; model_config is what Keras itself would save.
        data = {key: value for key, value in data.items() if key not in ("class_name", "config")}
    return to_document(name, "saved_model", data, problems)


def _unwired(name: str, data: dict[str, Any], layers: list[dict[str, Any]], problems: list[Problem]) -> Document:
    """Return the document of a subclassed model, which records its layers, but not how its code connects them."""
    shown = data.get("name")
    model = {
        "class_name": data.get("class_name") if isinstance(data.get("class_name"), str) else "Model",
        "config": {**({"name": shown} if isinstance(shown, str) else {}), "layers": layers},
    }
    problem = Problem(
        "E002",
        f"this is a subclassed model: the file records {len(layers):,} of its layers, but not how its code connects"
        " them; the shapes are those that each layer was built with, and the outputs are unknown",
        "For a complete check, build it as a Sequential or functional model.",
        severity="info",
    )
    return Document(name, "saved_model", model, problems=[*problems, problem], wired=False)


def _layers(raw: bytes) -> list[dict[str, Any]]:
    """Return the layers that belong to the root itself, in the order of the file."""
    nodes = _nodes(raw)
    return [layer for path, layer in nodes.items() if not _ancestors(path) & nodes.keys()]


def _add_build_shapes(root: Any, raw: bytes) -> None:
    """Add to each layer of a model the input shape that it was built with: tf.keras builds it again with that shape."""
    nodes = _nodes(raw)
    inside: dict[str, dict[str, str]] = {}  # path of a model -> name of a layer -> its path
    for path, node in nodes.items():
        inside.setdefault(path.rpartition(".")[0], {})[str(node["config"].get("name"))] = path
    models = [(root, "root")]
    while models:
        model, path = models.pop()
        config = model.get("config") if isinstance(model, dict) else None
        layers = config.get("layers") if isinstance(config, dict) else None
        for layer in layers if isinstance(layers, list) else ():
            own = layer.get("config") if isinstance(layer, dict) else None
            child = inside.get(path, {}).get(str(own.get("name"))) if isinstance(own, dict) else None
            if child is not None:
                layer.setdefault(BUILT_WITH, nodes[child].get(BUILT_WITH))
                models.append((layer, child))


def _nodes(raw: bytes) -> dict[str, dict[str, Any]]:
    """Return the layers of the file by the path from the root."""
    nodes: dict[str, dict[str, Any]] = {}
    for number, node in _fields(raw):
        if number != _NODES or not isinstance(node, bytes):
            continue
        fields = dict(_fields(node))
        path, kind, content = (fields.get(key) for key in (_NODE_PATH, _IDENTIFIER, _METADATA))
        if not isinstance(path, bytes) or not isinstance(kind, bytes) or not isinstance(content, bytes):
            continue
        if path.count(b".") > current().nesting:
            raise _DamagedError
        if path.startswith(b"root.") and not path.startswith(b"root.keras_api.") and kind != b"_tf_keras_metric":
            try:
                layer, _ = json_text.parse_part(_text(content), _PART)
            except ReadError:
                return {}
            if (
                isinstance(layer, dict)
                and isinstance(layer.get("class_name"), str)
                and isinstance(layer.get("config"), dict)
            ):
                nodes[_text(path)] = layer
    return nodes


def _ancestors(path: str) -> set[str]:
    parts = path.split(".")
    return {".".join(parts[:size]) for size in range(1, len(parts))}


def _text(raw: bytes) -> str:
    # Keras writes ASCII; a damaged transfer matters only if it affects the JSON.
    return raw.decode("utf-8", "replace")


def _root_metadata(raw: bytes) -> bytes | None:
    for number, node in _fields(raw):
        if number != _NODES or not isinstance(node, bytes):
            continue
        fields = dict(_fields(node))
        if fields.get(_NODE_PATH) == b"root":
            content = fields.get(_METADATA)
            return content if isinstance(content, bytes) else None
    return None


def _fields(message: bytes) -> Iterator[tuple[int, int | bytes]]:
    """Yield the number and value of each field of a message; submessages stay bytes. Raises: _DamagedError."""
    position, end = 0, len(message)
    count, most = 0, current().values // 8
    while position < end:
        count += 1
        if count % _TIMED == 0:
            check_time()
        if count > most:
            raise _DamagedError
        key, position = _varint(message, position)
        wire = key & 7
        value: int | bytes
        if wire == _VARINT:
            value, position = _varint(message, position)
        elif wire in (_BYTES, _FIXED32, _FIXED64):
            if wire == _BYTES:
                size, position = _varint(message, position)
            else:
                size = 4 if wire == _FIXED32 else 8
            if size > end - position:
                raise _DamagedError
            value = message[position : position + size]
            position += size
        else:
            raise _DamagedError
        yield key >> 3, value


def _varint(message: bytes, position: int) -> tuple[int, int]:
    value = 0
    for shift in range(0, 70, 7):
        if position >= len(message):
            raise _DamagedError
        byte = message[position]
        position += 1
        value |= (byte & 127) << shift
        if byte < 128:
            return value, position
    raise _DamagedError
