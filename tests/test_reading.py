from __future__ import annotations

import gzip
import io
import json
import os
import re
import sys
import tracemalloc
import zipfile
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

import lstmlint
from lstmlint.model.findings import ReadError
from lstmlint.model.limits import InputLimits
from lstmlint.reading import Document, is_model_folder, json_text, looks_like_model, read
from lstmlint.reading.containers import CONTAINERS, suffixes

LAYERS = [
    {"class_name": "LSTM", "config": {"name": "lstm", "units": 10, "batch_input_shape": [None, 13, 5]}},
    {"class_name": "Dense", "config": {"name": "out/é", "units": 1}},
]
MODEL: dict[str, Any] = {
    "class_name": "Sequential",
    "config": {"name": "m", "layers": LAYERS},
    "keras_version": "2.4.0",
}
KERAS0 = {"name": "Sequential", "layers": [{"name": "LSTM", "output_dim": 3, "input_dim": 2}], "loss": "mse"}
YAML = """\
class_name: Sequential
config:
  name: m
  layers:
  - class_name: LSTM
    config:
      name: lstm
      units: 10
      batch_input_shape: !!python/tuple [null, 13, 5]
  - class_name: Dense
    config: {name: out/é, units: 1}
keras_version: 2.4.0
"""


def text_of(value: object) -> bytes:
    return json.dumps(value).encode()


LEVELS = InputLimits().nesting


def refused(source: Path | bytes, code: str, words: str, max_bytes: int | None = None) -> ReadError:
    with pytest.raises(ReadError) as caught:
        read(source, max_bytes=max_bytes)
    assert caught.value.code == code, caught.value.message
    assert re.search(words, caught.value.message, re.IGNORECASE), caught.value.message
    assert caught.value.help
    assert caught.value.message.count("\n") == 0
    return caught.value


def problems(document: Document) -> list[tuple[str, str]]:
    return sorted((problem.code, problem.pointer) for problem in document.problems)


def archive(members: dict[str, bytes], method: int = zipfile.ZIP_STORED) -> bytes:
    """Return a zip archive with a fixed date, because its bytes are part of test names."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as packed:
        for name, content in members.items():
            packed.writestr(zipfile.ZipInfo(name), content, method)
    return buffer.getvalue()


# The containers


@pytest.mark.parametrize(
    ("raw", "container", "pointer"),
    [
        (text_of(MODEL), "json", ""),
        (json.dumps(MODEL, indent=4).encode(), "json", ""),
        (b"\xef\xbb\xbf \r\n" + text_of(MODEL), "json", ""),
        (json.dumps(MODEL, ensure_ascii=False).encode("utf-16"), "json", ""),
        (json.dumps(MODEL, ensure_ascii=False).encode("utf-16-le"), "json", ""),
        (json.dumps(MODEL, ensure_ascii=False).encode("utf-32"), "json", ""),
        (gzip.compress(text_of(MODEL), mtime=0), "json", ""),
        (YAML.encode(), "yaml", ""),
        (YAML.replace("\n", "\r\n").encode(), "yaml", ""),
        (
            b"{class_name: Sequential, config: {name: m, layers: " + text_of(LAYERS) + b"}, keras_version: 2.4.0}",
            "yaml",
            "",
        ),
        (text_of(json.dumps(MODEL)), "json", ""),
        (text_of(json.dumps(json.dumps(MODEL))), "json", ""),
        (text_of(YAML), "yaml", ""),
        (text_of({"architecture": MODEL, "image_data_format": "channels_last", "hash": "x"}), "json", "/architecture"),
        (text_of({"model_config": MODEL}), "json", "/model_config"),
        (text_of({"model_config": json.dumps(MODEL)}), "json", "/model_config"),
        (text_of({"modelTopology": MODEL, "weightsManifest": []}), "tfjs", "/modelTopology"),
        (text_of({"modelTopology": {"model_config": MODEL}}), "tfjs", "/modelTopology/model_config"),
        (text_of({"model_topology": json.dumps({"model_config": MODEL})}), "tfjs", "/model_topology/model_config"),
        (archive({"config.json": text_of(MODEL)}), "keras", ""),
        (archive({"config.json": text_of(MODEL)}, zipfile.ZIP_DEFLATED), "keras", ""),
    ],
)
def test_containers(raw: bytes, container: str, pointer: str, tmp_path: Path) -> None:
    path = tmp_path / "misleading.txt"
    path.write_bytes(raw)
    for source in (raw, path):
        document = read(source)
        assert (document.container, document.model_pointer) == (container, pointer)
        assert document.model == MODEL
        assert document.keras_version == "2.4.0"
        assert not document.problems
    assert looks_like_model(path)
    assert document.path == str(path)
    assert read(raw).path == "<stdin>"
    assert read(raw, "shown").path == "shown"


def test_hand_written_forms() -> None:
    assert read(text_of(KERAS0)).model == KERAS0
    assert read(text_of(LAYERS)).model == {"class_name": "Sequential", "config": LAYERS}
    config = MODEL["config"]
    assert read(text_of(config)).model == {"class_name": "Sequential", "config": config}
    graph = {"name": "m", "layers": LAYERS, "input_layers": [], "output_layers": []}
    assert read(text_of(graph)).model["class_name"] == "Functional"
    wrapped = read(b'[{"class_name": "LSTM",\n "config": {"units": 1, "units": 2}}]')
    assert problems(wrapped) == [("E003", "/config/0/config/units")]
    assert wrapped.locate("/config/0/config/units") == (2, 25)


def test_versions_and_training_config() -> None:
    about = {"keras_version": "2.1.6", "backend": "tensorflow", "training_config": {"loss": "mse"}}
    tfjs = read(
        text_of({"modelTopology": {"model_config": {"class_name": "Model", "config": {"layers": []}}, **about}})
    )
    assert (tfjs.keras_version, tfjs.backend, tfjs.training_config) == ("2.1.6", "tensorflow", {"loss": "mse"})
    assert tfjs.training_pointer == "/modelTopology/training_config"
    generated = read(
        text_of({"generatedBy": "keras v2.3.0-tf", "modelTopology": {"class_name": "Model", "config": []}})
    )
    assert generated.keras_version == "2.3.0-tf"
    metadata = {"config.json": text_of(MODEL), "metadata.json": b'{"keras_version": "3.9.2"}'}
    assert read(archive(metadata)).keras_version == "3.9.2"


def test_unpacked_keras_folder(tmp_path: Path) -> None:
    assert not is_model_folder(tmp_path)
    refused(tmp_path, "E002", "folder")
    (tmp_path / "config.json").write_bytes(text_of(MODEL))
    (tmp_path / "metadata.json").write_text('{"keras_version": "3.9.2"}')
    assert is_model_folder(tmp_path)
    document = read(tmp_path)
    assert (document.container, document.keras_version, document.model) == ("keras", "3.9.2", MODEL)


def test_pipe() -> None:
    for raw in (text_of(MODEL), text_of({"class_name": "Model", "config": {"layers": ["x" * 66_000]}})):
        reading, writing = os.pipe()
        with os.fdopen(writing, "wb") as file:
            file.write(raw[:60_000])
        with suppress(ReadError):
            assert read(Path(f"/dev/fd/{reading}")).model == MODEL
        os.close(reading)


def test_file_longer_than_its_head(tmp_path: Path) -> None:
    path = tmp_path / "model.json"
    path.write_bytes(text_of([*LAYERS] * 2000))
    assert len(read(path).model["config"]) == 4000
    path.write_bytes(gzip.compress(path.read_bytes(), 0))
    assert len(read(path).model["config"]) == 4000


def test_missing_file(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="nowhere"):
        read(tmp_path / "nowhere")


# HDF5


def hdf5(attributes: dict[str, object], groups: tuple[str, ...] = ()) -> bytes:
    h5py = pytest.importorskip("h5py")
    buffer = io.BytesIO()
    with h5py.File(buffer, "w") as file:
        for name, value in attributes.items():
            file.attrs[name] = value
        for name in groups:
            file.create_group(name)
    return buffer.getvalue()


@pytest.mark.parametrize("as_bytes", [False, True])
def test_hdf5(as_bytes: bool, tmp_path: Path) -> None:
    values = {
        "model_config": json.dumps(MODEL),
        "training_config": '{"loss": "mse"}',
        "keras_version": "2.3.1",
        "backend": "theano",
    }
    raw = hdf5({name: value.encode() if as_bytes else value for name, value in values.items()}, ("model_weights",))
    path = tmp_path / "model.h5"
    path.write_bytes(raw)
    for source in (raw, path):
        document = read(source)
        assert (document.container, document.model) == ("hdf5", MODEL)
        assert (document.keras_version, document.backend, document.training_config) == (
            "2.3.1",
            "theano",
            {"loss": "mse"},
        )
        assert document.locate("/config/layers/0") == (1, 1)
    assert looks_like_model(path)


def test_hdf5_in_pieces() -> None:
    text = json.dumps(MODEL)
    document = read(hdf5({"model_config0": text[:50], "model_config1": text[50:], "training_config": "{"}))
    assert document.model == MODEL
    assert problems(document) == [("E001", "")]


@pytest.mark.parametrize(
    ("attributes", "groups", "words"),
    [
        ({"layer_names": ["a"], "keras_version": "2.2.4"}, (), "contains only weights"),
        ({}, ("layers", "_layer_checkpoint_dependencies"), "contains only weights"),
        ({"title": "data"}, ("measurements",), "HDF5 file of data"),
        ({"model_config": json.dumps({"class_name": "MyModel", "config": {}})}, (), "subclassed.*MyModel"),
        ({"model_config": "null"}, (), "subclassed"),
    ],
)
def test_hdf5_without_model(attributes: dict[str, object], groups: tuple[str, ...], words: str, tmp_path: Path) -> None:
    refused(hdf5(attributes, groups), "E002", words)


def test_hdf5_damaged() -> None:
    raw = hdf5({"model_config": json.dumps(MODEL)}, ("model_weights",))
    for size in (8, 100, 800, len(raw) - 500):
        refused(raw[:size], "E001", "damaged")
    refused(hdf5({"model_config": "{"}), "E001", "JSON")
    refused(hdf5({"model_config": json.dumps(MODEL)}), "E001", "too large", max_bytes=100)


def test_hdf5_attributes_of_other_types() -> None:
    text = json.dumps(MODEL)
    document = read(
        hdf5({"model_config": [text[:9].encode(), text[9:].encode()], "keras_version": 2, "backend": ["a", "b"]})
    )
    assert (document.model, document.keras_version, document.backend) == (MODEL, None, "ab")


def test_hdf5_heap_without_end() -> None:
    raw = hdf5({"model_config": json.dumps(MODEL)})
    start = raw.index(b"GCOL") + 16
    refused(raw[:start] + bytes(16) + raw[start + 16 :], "E001", "heap")


def test_hdf5_text_that_is_not_there() -> None:
    cases: list[dict[str, object]] = [{"model_config": "{}"}, {"model_config": b"{}", "backend": ["some", "texts"]}]
    for attributes in cases:
        raw = hdf5(attributes)
        heap = raw.index((raw.index(b"GCOL")).to_bytes(8, "little"))  # each text has a length and a place in a heap
        for start, wrong in ((heap - 4, b"\xff\xff\xff\xff"), (heap, b"\xff" * 7)):
            refused(raw[:start] + wrong + raw[start + len(wrong) :], "E001", "a string lies outside the file")


def test_hdf5_needs_h5py(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "h5py", None)
    error = refused(b"\x89HDF\r\n\x1a\n" + bytes(100), "E001", "h5py")
    assert "pip install 'lstmlint[hdf5]'" in error.help
    monkeypatch.setenv("PRE_COMMIT", "1")
    assert "additional_dependencies: [h5py]" in refused(b"\x89HDF\r\n\x1a\n" + bytes(100), "E001", "h5py").help


# SavedModel


def varint(value: int) -> bytes:
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    return bytes([*out, value])


def message(*fields: tuple[int, int | bytes]) -> bytes:
    out = b""
    for number, value in fields:
        out += varint(number << 3 | (2 if isinstance(value, bytes) else 0))
        out += varint(len(value)) + value if isinstance(value, bytes) else varint(value)
    return out


def metadata_file(root: dict[str, object], indent: int | None = None) -> bytes:
    def node(number: int, path: str, value: object) -> bytes:
        content = json.dumps(value, indent=indent).encode()
        version = message((1, 2), (2, 1))
        return message((2, number), (3, path.encode()), (4, b"_tf_keras_network"), (5, content), (6, version))

    return message((1, node(0, "root", root)), (1, node(1, "root.layer-0", {"class_name": "Dense"})))


ROOT: dict[str, object] = {
    "name": "m",
    "class_name": "Sequential",
    "config": {"layers": LAYERS},
    "model_config": MODEL,
    "keras_version": "2.4.0",
    "backend": "tensorflow",
    "training_config": {"loss": "mse"},
}


def test_saved_model(tmp_path: Path) -> None:
    raw = metadata_file(ROOT)
    (tmp_path / "saved_model.pb").write_bytes(b"")
    (tmp_path / "keras_metadata.pb").write_bytes(raw)
    assert is_model_folder(tmp_path)
    broken = metadata_file(ROOT, indent=1).replace(b"\n", b"\r\n")
    mangled = raw.replace(b"\xc2", b"?").decode("utf-8", "replace").encode()
    for source in (raw, tmp_path, tmp_path / "keras_metadata.pb", broken, mangled):
        document = read(source)
        assert (document.container, document.model_pointer, document.model) == ("saved_model", "/model_config", MODEL)
        assert (document.keras_version, document.backend) == ("2.4.0", "tensorflow")
        assert document.training_config == {"loss": "mse"}
    assert looks_like_model(tmp_path / "keras_metadata.pb")


def test_saved_model_without_model_config() -> None:
    document = read(metadata_file({"name": "m", "class_name": "Functional", "config": {"layers": LAYERS}}))
    assert (document.model_pointer, document.model["config"]["layers"]) == ("", LAYERS)


def graph_file(content: bytes) -> bytes:
    return message((1, 1), (2, b"\n\x20Const NoOp Placeholder" + bytes(200) + content))


def test_saved_model_graph(tmp_path: Path) -> None:
    user_object = message((1, b"_tf_keras_sequential"), (2, message((1, 2), (2, 1))), (3, json.dumps(ROOT).encode()))
    document = read(graph_file(b"junk" + user_object + b"\x00junk"))
    assert (document.container, document.model) == ("saved_model", MODEL)
    path = tmp_path / "saved_model.pb"
    path.write_bytes(graph_file(b"_tf_keras_sequential"))
    assert "model.to_json()" in refused(path, "E002", "this SavedModel has no keras_metadata.pb").help
    refused(tmp_path, "E002", "model.export")


def subclassed_file(**layers: dict[str, object]) -> bytes:
    """Return the metadata of a subclassed model with layers by their paths."""
    root = {"name": "chat", "class_name": "Chat", "config": {"layer was saved without config": True}}

    def node(path: str, kind: bytes, value: object) -> bytes:
        return message((1, message((3, path.encode()), (4, kind), (5, json.dumps(value).encode()))))

    nodes = [node(path.replace("_", "."), b"_tf_keras_layer", value) for path, value in layers.items()]
    metric = node("root.keras_api.metrics.0", b"_tf_keras_metric", {"class_name": "Mean", "config": {"name": "loss"}})
    return b"".join([node("root", b"_tf_keras_model", root), *nodes, metric])


def built(class_name: str, shape: Sequence[int | None] | None, **config: object) -> dict[str, object]:
    """Return a layer as the metadata records it."""
    recorded = {"class_name": "TensorShape", "items": shape}
    return {"name": config["name"], "class_name": class_name, "config": config, "build_input_shape": recorded}


def saved_model(layers: list[dict[str, Any]], **shapes: list[int | None]) -> bytes:
    """Return the metadata of a Sequential. shapes: the input shape that a layer was built with, by its name."""
    config = {
        "name": "m",
        "layers": [{"class_name": "InputLayer", "config": {"batch_input_shape": [None, None]}}, *layers],
    }
    root = {"name": "m", "class_name": "Sequential", "config": config, "keras_version": "2.9.0"}
    nodes = [built(one["class_name"], shapes.get(one["config"]["name"]), **one["config"]) for one in layers]
    return b"".join(
        message((1, message((3, path.encode()), (4, b"_tf_keras_layer"), (5, json.dumps(value).encode()))))
        for path, value in [("root", root), *((f"root.layer-{i}", node) for i, node in enumerate(nodes))]
    )


DENSE_2: dict[str, Any] = {"class_name": "Dense", "config": {"name": "dense", "units": 2}}


@pytest.mark.parametrize(
    ("layer", "rows", "findings"),
    [
        (
            {"class_name": "Normalization", "config": {"name": "first", "axis": [-1]}},
            [("first", (None, 5), 11), ("dense", (None, 2), 12)],
            [],
        ),
        (
            {"class_name": "Mine", "config": {"name": "first"}},
            [("first", (None, 5), None), ("dense", (None, 2), 12)],
            [("E004", "info", "without custom_objects, tf.keras restores only the operations of the layer")],
        ),
        (
            {"class_name": "Dense", "config": {"name": "first", "units": 5, "activation": "mine"}},
            [("first", (None, 5), 30), ("dense", (None, 2), 12)],
            [("E007", "info", "without custom_objects, tf.keras restores only the operations of the layer")],
        ),
        (
            {"class_name": "Dense", "config": {"name": "first", "units": 5, "activation": "<lambda>"}},
            [("first", (None, 5), 30), ("dense", (None, 2), 12)],
            [
                (
                    "E007",
                    "info",
                    "activation; without custom_objects, tf.keras restores only the operations of the layer",
                )
            ],
        ),
        (
            {"class_name": "Lambda", "config": {"name": "first", "function": ["4wEAAAAA", None, None]}},
            [("first", (None, 5), 0), ("dense", (None, 2), 12)],
            [("X801", "info", "compiled Python code: 6 bytes")],
        ),
    ],
)
def test_recorded_shapes_of_a_saved_model(
    layer: dict[str, Any], rows: list[Any], findings: list[tuple[str, str, str]]
) -> None:
    report = lstmlint.analyze(saved_model([layer, DENSE_2], first=[None, 5], dense=[None, 5]))
    assert report.model is not None
    assert [(row.name, row.output_shape, row.params) for row in report.model.layers[1:]] == rows
    assert [(one.code, one.severity) for one in report.findings] == [one[:2] for one in findings]
    assert all(says in one.message for one, (_, _, says) in zip(report.findings, findings, strict=True))


@pytest.mark.parametrize("version", ["2.9.0", "3.8.0"])
def test_an_input_of_tensorflow_js_in_the_words_of_javascript(version: str) -> None:
    layers = [{"class_name": "InputLayer", "config": {"name": "x", "batchInputShape": [None, 5]}}, DENSE_2]
    model = {"class_name": "Sequential", "config": {"name": "m", "layers": layers}}
    content = {"modelTopology": {"keras_version": version, "model_config": model}, "weightsManifest": []}
    report = lstmlint.analyze(json.dumps(content).encode())
    assert report.model is not None
    assert ([one.code for one in report.findings], report.model.params) == ([], 12)


def test_subclassed_saved_model() -> None:
    lstm = built("LSTM", [2, 7, 4], name="lstm", units=5)
    block, inner = built("Block", [2, 5], name="block"), built("Dense", [2, 5], name="inner", units=9)
    raw = subclassed_file(root_a=lstm, root_b_0=built("Dense", [2, 5], name="dense", units=3), root_a_cell=lstm)
    report = lstmlint.analyze(raw)
    assert report.model is not None
    assert [(row.name, row.output_shape, row.params) for row in report.model.layers] == [
        ("lstm", (None, 5), 200), ("dense", (None, 3), 18),
    ]  # fmt: skip
    assert (report.model.params, report.model.complete, report.model.outputs) == (218, True, [])
    assert [(one.code, one.severity) for one in report.findings] == [("E002", "info")]
    report = lstmlint.analyze(subclassed_file(root_a=lstm, root_b=block, root_b_d=inner))
    assert report.model is not None
    assert ([row.name for row in report.model.layers], report.model.complete) == (["lstm", "block"], False)
    assert sorted(one.code for one in report.findings) == ["E002", "E004"]
    assert lstmlint.convert(raw).model is None


def test_saved_model_refused() -> None:
    unsaved: dict[str, object] = {"class_name": "Chat", "config": {"layer was saved without config": True}}
    refused(metadata_file(unsaved), "E002", "subclassed.*'Chat'")
    refused(metadata_file({**unsaved, "model_config": unsaved}), "E002", "subclassed")
    raw = metadata_file(ROOT)
    refused(raw[: raw.index(b"keras_version")], "E001", "metadata: not valid JSON")
    refused(raw[:24], "E001", "no root object")
    digits = b'{"a": ' + b"9" * 5000
    for end in (b"}", b"} and more"):
        refused(b'\n\x7f\x1a\x04root"\x04_tf_keras_x*\x00' + digits + end, "E001", "308 digits")
    refused(b"\n\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01_tf_keras_layer", "E001", "no root object")


# Other formats


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n", "Git LFS pointer"),
        (b"outs:\n- md5: 00\n  path: model.h5\n", "DVC pointer"),
        (b"<!DOCTYPE html>\n<html>", "web page"),
        (b"<?xml version='1.0'?>", "XML"),
        (b'model_checkpoint_path: "model-1"\n', "checkpoints"),
        (b"import keras\nmodel = keras.Sequential(layers=[])\n", "Python script"),
        (b"epoch,loss\n1,0.5\n", "neither JSON nor YAML"),
        (b"TFL3".rjust(8, b"\x20"), "TensorFlow Lite"),
        (b"\x08\x07\x12\x07pytorch\x1a\x031.9:", "ONNX"),
        (b"\n\x20\n\x01x\x12\x0bPlaceholder", "frozen TensorFlow graph"),
        (b"\x80\x04\x95\x00", "pickle"),
        (b"\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19.", "PyTorch"),
        (archive({"archive/data.pkl": b"", "archive/version": b"3"}), "PyTorch"),
        (archive({"a.npy": b""}), "NumPy"),
        (archive({"folder/model.h5": b""}), "zip archive that contains 'folder/model.h5'"),
        (archive({"word/document.xml": b""}), "not a .keras file"),
        (archive({}), "not a .keras file"),
        (b"\x93NUMPY\x01", "NumPy"),
        (b"(\xb5/\xfd\x00", "Zstandard"),
        (bytes(257) + b"ustar", "tar archive"),
        (gzip.compress(bytes(257) + b"ustar", mtime=0), "tar archive"),
        (b'\x10\x00\x00\x00\x00\x00\x00\x00{"a":{}}', "safetensors"),
        (bytes(range(256)), "binary file"),
        (text_of({"format": "graph-model", "modelTopology": {"node": []}}), "TensorFlow.js graph model"),
        (text_of({"modelTopology": {"node": [], "versions": {}}}), "graph model"),
        (text_of({"modelTopology": None, "weightsManifest": []}), "without the model's topology"),
        (text_of([{"paths": ["a"], "weights": []}]), "manifest of weights"),
        (text_of({"floatx": "float32", "epsilon": 1e-7, "backend": "theano"}), "keras.json"),
        (text_of({"class_name": "Tokenizer", "config": {"num_words": 9, "word_index": "{}"}}), "Keras tokenizer"),
        (text_of(json.dumps({"class_name": "Tokenizer", "config": {}})), "Keras tokenizer"),
        (text_of({"version": "1.0", "added_tokens": [], "model": {"type": "BPE"}}), "Hugging Face tokenizer"),
        (text_of({"architectures": ["Bert"], "model_type": "bert", "layers": 3}), "Hugging Face model config"),
        (text_of({"name": "x", "version": "1", "dependencies": {}}), "package.json"),
        (text_of({"version": 1, "lstmlint": "0.1.0", "files": [], "summary": {}}), "written by lstmlint"),
        (text_of({"lstmlint-baseline": 1, "files": {}}), "written by lstmlint"),
        (text_of({"cells": [], "nbformat": 4}), "notebook"),
        (text_of({"in_shape": [None, 1], "layers": [{"type": "lstm", "weights": []}]}), "RTNeural"),
        (text_of({"layers": [{"type": "dense"}]}), "RTNeural"),
        (text_of({"layers": [{"units": 3}]}), "neither class_name nor config"),
        (text_of({"class_name": "Sequential", "layers": []}), "no config that contains"),
        (text_of({"class_name": "Sequential"}), "no config"),
        (text_of({"class_name": "Adam", "config": {"lr": 1}}), "a single object of the class 'Adam'"),
        (
            text_of({"modelTopology": {"model_config": {"class_name": "Mine", "config": {}}}}),
            "a single object of the class 'Mine'",
        ),
        (text_of({"loss": [1, 2], "val_loss": [1, 2]}), "history of a training"),
        (text_of({"keras_version": "3.1", "date_saved": "x"}), "metadata.json"),
        (text_of({"trial_id": "0", "hyperparameters": {}}), "tuner"),
        (text_of({f"word{i}": i for i in range(99)}), "table of words"),
        (text_of({f"key{i}": None for i in range(99)}), "'key0', 'key1', 'key2', 'key3' and 95 more"),
        (text_of([{"name": "a"}, {"units": 1}]), "list of 2 items"),
        (text_of([*LAYERS, {"class_name": "X"}]), "list of objects"),
        (text_of({"model": "gpt-9", "temperature": 1}), "object with the keys 'model', 'temperature'"),
        (b"{}", "empty object"),
        (b"[]", "list of 0 items"),
        (b"null", "neither JSON nor YAML"),
        (b'"words"', "a text, not"),
        (b"layers:\n- 1\n", "neither class_name nor config"),
    ],
)
def test_lookalikes(content: bytes, words: str) -> None:
    refused(content, "E002", re.escape(words) if "*" not in words else words)


def test_subclassed_archive() -> None:
    content = {"module": "mine", "class_name": "Chat", "config": {"units": 3}, "registered_name": "Chat"}
    refused(archive({"config.json": text_of(content)}), "E002", "subclassed model .class 'Chat'")


@pytest.mark.parametrize("content", [b"", b" \n\t ", b"\xef\xbb\xbf", gzip.compress(b"", mtime=0)])
def test_empty(content: bytes) -> None:
    refused(content, "E001", "empty")


# Broken content, with its location


@pytest.mark.parametrize(
    ("content", "words", "place"),
    [
        (text_of(MODEL)[:60], "ends in the middle|not terminated", None),
        (b'{\n "class_name": "Sequential",\n "config": {"layers": [', "ends in the middle", (3, 24)),
        (b'{"class_name": "Sequ', "a string is not terminated", (1, 16)),
        (b'{"a": 1,\n}', "a comma follows the last item", None),
        (b'{"a": 1 "b": 2}', "expecting ',' delimiter", (1, 9)),
        (b'{"a": 1, // one\n "b": 2}', "no comments", (1, 10)),
        (b"{'class_name': 'Sequential', 'config': None}", "written as Python", (1, 2)),
        (b'{"a": None}', "written as Python", (1, 7)),
        (b'{"a": 1}\n{"a": 2}', "more text follows", (2, 1)),
        (b'{\n<<<<<<< HEAD\n"a": 1\n=======\n"a": 2\n>>>>>>> b\n}', "merge conflict", (2, 1)),
        (b"class_name: A\n<<<<<<< HEAD\nconfig: 1\n=======\n", "merge conflict", (2, 1)),
        (b'{"a": ' + b"9" * 5000 + b"}", "308 digits", (1, 7)),
        ('{"é": "x\n'.encode("latin-1"), "0xe9", (1, 3)),
        (b"class_name: a\nconfig: b: c\n", "YAML", (2, 10)),
        (b"class_name: a\nconfig: [1, 2\n", "YAML", (3, 1)),
        (b"class_name: *nothing\n", "does not refer to an anchor", (1, 13)),
        (b"class_name: A\nconfig: &a [1, *a]\n", "is infinite", (2, 16)),
        (b"class_name: A\n---\nclass_name: B\n", "more than one YAML document", (2, 1)),
        (b"class_name: A\n? [1]\n: 2\n", "key of a YAML mapping", (2, 3)),
        (b"class_name: A\nb: &b [1]\n? *b\n: 2\n", "key of a YAML mapping", (3, 3)),
        (b"class_name: A\n<<: 3\n", "merges mappings", (2, 5)),
        (b"class_name: !!int x\n", "not a number", (1, 13)),
        (b"class_name: A\nb: \x7f\n", "control characters|special characters", (2, 4)),
        (b'class_name: "\\UFFFFFFFF"\n', "YAML", None),
        (archive({"config.json": text_of(MODEL)})[:80], "zip archive is damaged", (1, 1)),
        (archive({"config.json": b"{\n"}), "config.json: not valid JSON.*line 2, column 1", (1, 1)),
        (archive({"config.json": b'"\xff"'}), "config.json: the text is not UTF-8", (1, 1)),
        (archive({"config.json": text_of(MODEL), "metadata.json": b"{"}), "metadata.json: not valid JSON", (1, 1)),
        (b' "class_name: Model\\nconfig: [1"', "the text in quotes: not valid YAML.*line 3, column 1", (1, 1)),
        (gzip.compress(text_of(MODEL), mtime=0)[:40], "gzip", (1, 1)),
        (text_of({"model_config": '{"class_name": '}), "the text under 'model_config': not valid JSON", (1, 1)),
    ],
)
def test_broken(content: bytes, words: str, place: tuple[int, int] | None) -> None:
    error = refused(content, "E001", words)
    if place:
        assert (error.line, error.column) == place


# Unusual but readable


ODD_TAGS = b"""\
class_name: Model
config:
  layers: [!!python/object/apply:os.system [id], !!python/name:os.system '']
  x: !!python/object:a.B {c: 1}
  y: !own 3
  z: [!!python/object/apply:tf.TensorShape 3, !!python/object/apply:OrderedDict [[1, 2]], !!python/complex 1j]
"""


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (
            b'{"class_name": "Model", "config": {"layers": [], "layers": [], "a/b": [{"x": 1, "x": 2}]}}',
            [("E003", "/config/a~1b/0/x"), ("E003", "/config/layers")],
        ),
        (
            b'{"class_name": "Model", "class_name": "Model", "class_name": "Model", "config": []}',
            [("E003", "/class_name")],
        ),
        (b'{"class_name" : "a:b", "config": {"layers": [":", "\\":"]}}', []),
        (b'{"class_name": "Model", "config": [], "class_name": "Model", "config": []}', [("E003", "")]),
        (b'{"class_name"\n: "Model", "config":{"layers":[], "layers":[]}, "x": ":"}', [("E003", "/config/layers")]),
        (
            b'{"class_name": "Model", "config": {"layers": [NaN, -Infinity, 1.5], "x": {"y": Infinity}}}',
            [("E008", "/config/layers/0"), ("E008", "/config/layers/1"), ("E008", "/config/x/y")],
        ),
        (
            b"class_name: Model\nconfig: {layers: [], layers: []}\nclass_name: Model\n",
            [("E003", "/class_name"), ("E003", "/config/layers")],
        ),
        (b"class_name: Model\nconfig:\n  layers:\n  - &a {x: 1}\n  - {<<: *a, x: 2}\n", []),
        (
            ODD_TAGS,
            [
                ("E009", "/config/y"),
                ("X809", "/config/layers/0"),
                ("X809", "/config/layers/1"),
                ("X809", "/config/x"),
                *(("X809", f"/config/z/{index}") for index in range(3)),
            ],
        ),
        (text_of('{"class_name": "Model", "config": [], "config": []}'), [("E003", "/config")]),
        (
            text_of({"model_config": '{"class_name": "Model", "config": {"layers": NaN}}'}),
            [("E008", "/model_config/config/layers")],
        ),
        (archive({"config.json": b'{"class_name": "Model", "config": [], "config": []}'}), [("E003", "/config")]),
    ],
)
def test_problems(content: bytes, expected: list[tuple[str, str]]) -> None:
    document = read(content)
    assert problems(document) == expected
    assert all(problem.message and problem.help for problem in document.problems)


def yaml_value(text: str) -> object:
    document = read(f"class_name: Model\nconfig:\n  layers: []\n  value: {text}\n".encode())
    assert not document.problems
    return document.data["config"]["value"]


TF = "!!python/object/apply:tensorflow.python.framework.tensor_shape."
NUMPY = "!!python/object/apply:numpy.core.multiarray."
FLOAT = (
    "!!python/object/apply:numpy.dtype {args: [f4, 0, 1], state: !!python/tuple [3, <, null, null, null, -1, -1, 0]}"
)


def array(shape: str, data: str, dtype: str = "f4", by_columns: str = "false") -> str:
    """Return an array as Keras 2.2 wrote it into YAML."""
    of = FLOAT.replace("f4", dtype)
    return (
        f"{NUMPY}_reconstruct {{args: [!!python/name:numpy.ndarray '', !!python/tuple [0], !!binary Yg==],"
        f" state: !!python/tuple [1, !!python/tuple {shape}, {of}, {by_columns}, !!binary '{data}']}}"
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("!!python/tuple [1, [2, null]]", [1, [2, None]]),
        ("!!python/unicode 'relu'", "relu"),
        ("!!python/str relu", "relu"),
        ("!!python/long 12L", 12),
        ("!!python/int '3'", 3),
        ("!!python/none ''", None),
        (f"{TF}TensorShape [[{TF}Dimension [null], {TF}Dimension [13]]]", [None, 13]),
        (f"{TF}TensorShape [null]", None),
        ("!!python/object:tf.TensorShape {_dims: [1, null]}", [1, None]),
        ("!!python/object/apply:tf.TensorShape {args: [[3]]}", [3]),
        ("!!python/object/apply:tf.data_structures.ListWrapper [[1, 2]]", [1, 2]),
        ("!!python/object/new:tf.data_structures._DictWrapper [{a: 1}]", {"a": 1}),
        ("!!python/object/apply:collections.OrderedDict [[[a, 1], [b, 2]]]", {"a": 1, "b": 2}),
        (f"{NUMPY}scalar [{FLOAT}, !!binary AAAAQA==]", 2.0),
        (f"{NUMPY}scalar {{args: [{FLOAT}, !!binary AAAAQA==]}}", 2.0),
        (array("[]", "AADAQA=="), 6.0),
        (array("[3]", "AAAAAP////8AAAAA", "i4"), [0, -1, 0]),
        (array("[2, 1, 2]", "AQIDBA==", "u1"), [[[1, 2]], [[3, 4]]]),
        (array("[0, 2]", ""), []),
        ("[1, 1.5, 1e-3, 1.0e-3, 0x10, '1', \"1\"]", [1, 1.5, "1e-3", 0.001, 16, "1", "1"]),
        ("[true, off, null, ~]", [True, False, None, None]),
        ("2001-01-01", "2001-01-01"),
        ("!!binary aGk=", "aGk="),
        ("{1: a, true: b, null: c}", {"1": "a", "true": "b", "null": "c"}),
        ("[&a [1], *a, *a]", [[1], [1], [1]]),
        ("[&a {x: 1, y: 2}, {<<: [*a, {y: 3, z: 4}], x: 0}]", [{"x": 1, "y": 2}, {"x": 0, "y": 2, "z": 4}]),
        ("{&k key: 1, other: *k}", {"key": 1, "other": "key"}),
        ("[&v v1, {*v : 2}]", ["v1", {"v1": 2}]),
    ],
)
def test_yaml_values(text: str, expected: object) -> None:
    assert yaml_value(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        array("[3]", "AADAQA=="), array("[2, 2]", "AQIDBA==", "u1", "true"), array("[-1]", ""), array("[]", "?"),
        array("[]", "AADAQA==", "O8"), array("7", ""), f"{NUMPY}scalar [3]", f"{NUMPY}scalar 3",
    ],
)  # fmt: skip
def test_yaml_arrays_that_are_none(text: str) -> None:
    document = read(b"class_name: Sequential\nconfig:\n  value: " + text.encode() + b"\n  layers: []\n")
    assert document.data["config"]["value"] is None
    assert {problem.code for problem in document.problems} == {"X809"}


def test_yaml_without_libyaml(monkeypatch: pytest.MonkeyPatch) -> None:
    import yaml

    from lstmlint.reading import yaml_text

    monkeypatch.setattr(yaml_text, "_LOADER", yaml.SafeLoader)
    document = read(YAML.encode())
    assert document.model == MODEL
    assert document.locate("/config/layers/1/config/units") == (11, 27)
    with pytest.raises(ReadError):
        read(b'class_name: "\\UFFFFFFFF"\n')


# Locations


@pytest.mark.parametrize("quoted", [0, 1, 2])
def test_places_in_json(quoted: int) -> None:
    text = json.dumps({**MODEL, "config": {"name": 'q"\n', **MODEL["config"], "\U0001f600\n": [[1], 2]}}, indent=1)
    for _ in range(quoted):
        text = json.dumps(text)
    document = read(text.encode())
    lines = text.split("\n")
    for pointer, shown in [
        ("", "{"),
        ("/class_name", '"class_name'),
        ("/config/layers/0", "{"),
        ("/config/layers/1/config/units", '"units'),
        ("/config/layers/0/config/batch_input_shape/1", "13"),
        ("/config/\U0001f600\n/0/0", "1"),
        ("/config/\U0001f600\n/1", "2"),
        ("/config/layers/7", '"layers'),
        ("/nothing/at/all", "{"),
        ("/config/layers/x", '"layers'),
        ("/keras_version/0", '"keras_version'),
    ]:
        line, column = document.locate(pointer)
        plain = lines[line - 1][column - 1 :].lstrip("\\") if quoted else lines[line - 1][column - 1 :]
        assert plain.startswith(shown), pointer
    if quoted:
        assert line == 1


def test_places_of_repeated_keys() -> None:
    document = read(b'{"class_name": "Model", "config": {"a": 1, "b": 2},\n "config": {"layers": [], "a": 1,\n"a": 2}}')
    assert [document.locate(pointer) for pointer in ("/config", "/config/a", "/config/layers")] == [
        (2, 2),
        (3, 1),
        (2, 13),
    ]


def test_places_in_yaml() -> None:
    document = read(
        YAML.replace("m\n", "m\n  again: &a {k: [1,\n    2]}\n  more: *a\n  merged: {<<: *a}\n", 1).encode()
    )
    for pointer, place in [
        ("", (1, 1)),
        ("/config/layers/0", (9, 5)),
        ("/config/layers/1/config/units", (15, 27)),
        ("/config/again/k/1", (5, 5)),
        ("/config/more", (6, 3)),
        ("/config/more/k/1", (5, 5)),
        ("/config/merged/k", (4, 14)),
        ("/config/nothing", (2, 1)),
    ]:
        assert document.locate(pointer) == place, pointer
    assert read(json.dumps(YAML).encode()).locate("/config/layers/0")[0] == 1
    folded = read(b'"class_name: Model\\n\n\n  config: {layers: []}\\n"')
    assert folded.locate("/config/layers") == (1, 1)


def test_every_place_of_a_deep_document() -> None:
    # Each lookup skips deeper levels, until that has cost more than reading everything once.
    value: object = [1] * 1000
    for _ in range(100):
        value = {"a": value, "z": 1}
    text = json.dumps({"class_name": "Sequential", "config": {"layers": [], "a": value}})
    document = read(text.encode())
    columns = [document.locate("/config" + "/a" * depth + "/z")[1] for depth in range(1, 102)]
    assert columns == [match.start() + 1 for match in reversed(list(re.finditer('"z"', text)))] + [
        text.index("[1,") - 4
    ]


# Hostile content


def deep(levels: int, opening: str, closing: str, inner: str = "") -> bytes:
    return (opening * levels + inner + closing * levels).encode()


@pytest.mark.parametrize(
    "content",
    [
        deep(10_000, "[", "]"),
        deep(10_000, '{"config":', "}", "1"),
        deep(100_000, "[", ""),
        deep(10_000, "[[],", "]", "1"),
        deep(LEVELS + 1, "[", "]"),
        deep(5_000, '{"class_name": "Sequential", "config": {"layers": [', "]}}"),
        b'{"class_name": "Model", "config": "[]]]", "x": ' + deep(LEVELS, "[", "]") + b"}",
        b"class_name: A\nconfig: " + deep(10_000, "[", "]"),
        b"class_name: A\nconfig:\n  " + deep(10_000, "- ", ""),
        b"class_name: A\nconfig:\n"
        + b"".join(f"  a{i}: &a{i} [{f'*a{i - 1}' if i else 1}]\n".encode() for i in range(400)),
        message((1, message((3, b"root"), (4, b"_tf_keras_x"), (5, deep(10_000, '{"a":', "}", "1"))))),
        message((1, message((3, b"root"), (4, b"_tf_keras_x"), (5, deep(10_000, '{"a":', "}", "1")))))[:-9000],
    ],
)
def test_too_deep(content: bytes) -> None:
    error = refused(content, "E001", "too deep")
    assert error.line >= 1


def test_deep_enough() -> None:
    for content in (
        b'{"class_name": "Model", "config": {"layers": ' + deep(LEVELS - 2, "[", "]") + b"}}",
        b'{"class_name": "[[[", "config": {"layers": ["]", "["]}}',
        b"class_name: Model\nconfig: {layers: " + deep(LEVELS - 2, "[", "]") + b"}",
    ):
        assert read(content).model_pointer == ""


def test_alias_bomb() -> None:
    lines = ["class_name: A", "a0: &a0 [1,2,3,4,5,6,7,8,9]"]
    lines += [f"a{i}: &a{i} [{','.join([f'*a{i - 1}'] * 9)}]" for i in range(1, 9)]
    refused("\n".join(lines).encode(), "E001", "aliases")
    merged = ["class_name: A", "b: &b {" + ", ".join(f"k{i}: 1" for i in range(2000)) + "}"] + ["- {<<: *b}"] * 3000
    refused("\n".join(line.replace("- ", f"m{i}: ") for i, line in enumerate(merged)).encode(), "E001", "aliases")
    many = "class_name: Model\nconfig:\n  layers:\n  - &a [1, 1]\n" + "  - {strides: *a, pool: *a}\n" * 20_000
    assert len(read(many.encode()).model["config"]["layers"]) == 20_001


def test_bombs_in_archives() -> None:
    zeros = bytes(20 * 2**20)
    packed = archive({"config.json": zeros, "metadata.json": b"{}"}, zipfile.ZIP_DEFLATED)
    tracemalloc.start()
    refused(packed, "E001", "config.json in the archive is too large", max_bytes=2**20)
    refused(gzip.compress(zeros), "E001", "too large", max_bytes=2**20)
    refused(
        archive({"config.json": text_of(MODEL), "metadata.json": zeros}, zipfile.ZIP_DEFLATED), "E001", "metadata.json"
    )
    refused(packed[:-10] + b"\xff\xff\xff\x7f" + packed[-6:], "E001", "zip archive is damaged")
    assert tracemalloc.get_traced_memory()[1] < 8 * 2**20
    tracemalloc.stop()
    lying = packed.replace(len(zeros).to_bytes(4, "little"), (1000).to_bytes(4, "little"))
    refused(lying, "E001", "config.json in the archive")


def test_large_files(tmp_path: Path) -> None:
    path = tmp_path / "large.json"
    refused(text_of(MODEL), "E001", "too large", max_bytes=50)
    with path.open("wb") as file:  # sparse: its zeros take no space
        file.write(b'{"class_name": "x')
        file.truncate(2**40)
    refused(path, "E001", "too large")
    refused(b'{"class_name": [' + b"[]," * 10_000_001 + b"0]}", "E001", "too large.*values and keys")
    assert looks_like_model(path)
    for content in (
        b"[" + b"1," * 5_000_000 + b"1]",
        b"x" * 10_000_000,
        b"\n" * 10_000_000,
        b"[" * 10_000_000,
        b'{"class_name": "' + b"a" * 10_000_000,
        b"a: [" * 2_000_000,
        b"<" * 10_000_000,
        b"\x08" * 10_000_000,
        b" " * 10_000_000 + b"layers :",
        b"class_name: [" + b"[" * 10_000_000,
        b'"class_name' + b"\\" * 10_000_000,
    ):
        with pytest.raises(ReadError):
            read(content)


@pytest.mark.parametrize(
    "content", [text_of(MODEL), YAML.encode(), metadata_file(ROOT), archive({"config.json": text_of(MODEL)})]
)
def test_no_damage_is_a_crash(content: bytes) -> None:
    for position in range(0, len(content), 7):
        before, after = content[:position], content[position + 1 :]
        for damaged in (before, before + b"\xff" + after, before + after[2:]):
            with suppress(ReadError):
                read(damaged)


def test_looks_like_model(tmp_path: Path) -> None:
    for content, expected in [
        (text_of(KERAS0), True),
        (text_of({"name": "Graph", "node_config": [], "nodes": {}}), True),
        (text_of(MODEL)[:80], True),
        (b'{"a": 1}', False),
        (b"class: A\n", False),
        (b"", False),
        (text_of({"layers": [], "name": "map"}), False),
        (archive({"a.txt": b""}), False),
        (b"\x89HDF\r\n\x1a\n" + bytes(99), False),
    ]:
        path = tmp_path / "file"
        path.write_bytes(content)
        assert looks_like_model(path) is expected, content


def test_clean_json_is_read_in_one_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    def not_needed(_text: str) -> None:
        raise AssertionError("a clean document was read twice")

    monkeypatch.setattr(json_text, "_explain", not_needed)
    layer = {"class_name": "Dense", "config": {"name": "d", "kernel_initializer": {"config": {}}}}
    for indent in (None, 1):
        read(json.dumps({"class_name": "Sequential", "config": {"layers": [layer] * 100}}, indent=indent).encode())
    with pytest.raises(AssertionError):
        read(b'{"class_name": "Model", "class_name": "Model", "config": []}')


def test_containers_are_registered_in_one_place() -> None:
    root = Path(__file__).parent.parent
    names = [*dict.fromkeys(container.name for container in CONTAINERS)]
    for schema in ("report", "diff"):
        text = (root / "schemas" / f"{schema}.schema.json").read_text()
        known = {*re.findall(r'"(\w+)"', re.search(r'"container": \{"enum": \[(.*?)\]', text)[1])}  # type: ignore[index]
        assert known == set(names)
    hooks = (root / ".pre-commit-hooks.yaml").read_text()
    programs = {suffix for container in CONTAINERS if container.code for suffix in container.suffixes}
    assert programs == {".py", ".ipynb"}
    for pattern in re.findall(r"files: (.*)", hooks):
        assert all(re.search(pattern, f"model{suffix}") for suffix in suffixes() - programs)
