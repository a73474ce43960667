"""Stored weights: they fill in unknown counts, a difference is a finding, and a broken file is a warning."""

from __future__ import annotations

import io
import json
import sys
import zipfile
from pathlib import Path
from typing import Any

import h5py
import pytest

from lstmlint import FileReport, Options, analyze
from lstmlint.parsing.common import snake_case

FUNCTIONAL: dict[str, Any] = {
    "module": "keras.src.models.functional",
    "class_name": "Functional",
    "config": {
        "name": "m",
        "layers": [
            {"class_name": "InputLayer", "name": "x", "config": {"batch_shape": [None, 13, 5], "name": "x"},
             "inbound_nodes": []},
            {"class_name": "LSTM", "name": "lstm", "config": {"name": "lstm", "units": 10},
             "inbound_nodes": [[["x", 0, 0]]]},
            {"class_name": "Mystery", "name": "odd", "config": {"name": "odd"}, "inbound_nodes": [[["lstm", 0, 0]]]},
            {"class_name": "Dense", "name": "out", "config": {"name": "out", "units": 2},
             "inbound_nodes": [[["odd", 0, 0]]]},
        ],
        "input_layers": [["x", 0, 0]],
        "output_layers": [["out", 0, 0]],
    },
}  # fmt: skip
Layers = dict[str, dict[str, tuple[int, ...]]]
RIGHT: Layers = {
    "lstm": {"kernel": (5, 40), "recurrent_kernel": (10, 40), "bias": (40,)},
    "odd": {"w": (10, 7)},
    "out": {"kernel": (7, 2), "bias": (2,)},
}
WRONG: Layers = {**RIGHT, "lstm": {"kernel": (4, 40), "recurrent_kernel": (10, 40), "bias": (40,)}}


def tfjs(layers: Layers) -> tuple[str, bytes]:
    weights = [
        {"name": f"{layer}/{name}", "shape": list(shape), "dtype": "float32"}
        for layer, found in layers.items()
        for name, shape in found.items()
    ]
    document = {"format": "layers-model", "modelTopology": {"keras_version": "2.11.0", "model_config": FUNCTIONAL},
                "weightsManifest": [{"paths": ["a.bin"], "weights": weights}]}  # fmt: skip
    return "model.json", json.dumps(document).encode()


def hdf5(layers: Layers, model: dict[str, Any] = FUNCTIONAL) -> tuple[str, bytes]:
    buffer = io.BytesIO()
    with h5py.File(buffer, "w") as file:
        file.attrs["model_config"] = json.dumps(model)
        file.attrs["keras_version"] = "2.11.0"
        root = file.create_group("model_weights")
        root.attrs["layer_names"] = [b"x", *(name.encode() for name in layers)]
        root.create_group("x").attrs["weight_names"] = []
        for layer, found in layers.items():
            group = root.create_group(layer)
            group.attrs["weight_names"] = [f"{layer}/{name}:0".encode() for name in found]
            for name, shape in found.items():
                group.create_dataset(f"{layer}/{name}:0", shape, "float32")
    return "model.h5", buffer.getvalue()


def archive(
    layers: Layers,
    model: dict[str, Any] = FUNCTIONAL,
    compression: int = zipfile.ZIP_STORED,
    named: bool = True,
) -> tuple[str, bytes]:
    weights = io.BytesIO()
    with h5py.File(weights, "w") as file:
        keys = {"x": "input_layer"}
        keys |= {one["name"]: snake_case(one["class_name"]) for one in model["config"]["layers"][1:]}
        for layer in ("x", *layers):
            group = file.create_group(f"layers/{keys[layer]}/vars")
            if named:
                group.attrs["name"] = layer
            for number, shape in enumerate(layers.get(layer, {}).values()):
                group.create_dataset(str(number), shape, "float32")
        file.create_dataset("optimizer/vars/0", (5, 40), "float32")
        file.create_dataset("layers/lstm/seed_generator/vars/0", (2,), "uint32")
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as file:
        file.writestr("metadata.json", json.dumps({"keras_version": "3.8.0"}))
        file.writestr("config.json", json.dumps(model))
        file.writestr("model.weights.h5", weights.getvalue())
    return "model.keras", buffer.getvalue()


def deflated(layers: Layers) -> tuple[str, bytes]:
    return archive(layers, compression=zipfile.ZIP_DEFLATED)


def unnamed(layers: Layers) -> tuple[str, bytes]:
    return archive(layers, named=False)


def report(folder: Path, made: tuple[str, bytes], **options: Any) -> FileReport:
    path = folder / made[0]
    path.write_bytes(made[1])
    return analyze(path, Options(**options))


@pytest.mark.parametrize("container", [tfjs, hdf5, archive, deflated, unnamed])
def test_agreement_fills_in(container: Any, tmp_path: Path) -> None:
    found = report(tmp_path, container(RIGHT))
    assert found.model is not None
    assert (found.model.params, found.model.complete) == (640 + 70 + 16, True)
    assert {row.name: (row.params, row.known) for row in found.model.layers}["odd"] == (70, False)
    assert [finding.code for finding in found.findings] == ["E004"]
    without = report(tmp_path, container(RIGHT), weights=False)
    assert without.model is not None
    assert (without.model.params, without.model.complete) == (640, False)


@pytest.mark.parametrize("container", [tfjs, hdf5, archive])
def test_disagreement_names_both_shapes(container: Any, tmp_path: Path) -> None:
    findings = [finding for finding in report(tmp_path, container(WRONG)).findings if finding.code == "S139"]
    assert [finding.layer for finding in findings] == ["lstm"]
    assert "(5, 40)" in findings[0].message
    assert "(4, 40)" in findings[0].message


def chain(third: dict[str, Any]) -> dict[str, Any]:
    """Replace the unknown layer of the model."""
    model: dict[str, Any] = json.loads(json.dumps(FUNCTIONAL))
    model["config"]["layers"][2].update(third)
    return model


KNOWN = chain({"class_name": "PReLU", "config": {"name": "odd"}})
STORED: Layers = {**RIGHT, "odd": {"alpha": (10,)}, "out": {"kernel": (10, 2), "bias": (2,)}}


@pytest.mark.parametrize("container", [hdf5, archive])
def test_layers_without_stored_weights(container: Any, tmp_path: Path) -> None:
    gone: tuple[list[str], ...] = ([], ["lstm"], ["out"], ["lstm", "out"])
    for names in gone:
        findings = report(tmp_path, container({**STORED, **{name: {} for name in names}}, KNOWN)).findings
        assert [(finding.code, finding.layer) for finding in findings] == [("S139", name) for name in names]
        assert all("stored weights are none" in finding.message for finding in findings)


@pytest.mark.parametrize(
    ("config", "stored", "help"),
    [
        ({"use_bias": False}, {"kernel": (10, 2), "bias": (2,)}, 'Set "use_bias" to true, as when the weights were saved.'),
        ({"use_bias": True}, {"kernel": (10, 2)}, 'Set "use_bias" to false, as when the weights were saved.'),
        ({}, {"bias": (2,)}, "The file lacks 1 of the 2 weights: save the model again, or train it again."),
        ({}, {}, "The weights come from a model without 'out': use its config, or train this model again."),
        ({}, {"kernel": (9, 2), "bias": (2,)}, "Use the config that the weights were saved with, or train the model again."),
    ],
)  # fmt: skip
def test_advice_for_stored_weights(config: dict[str, Any], stored: Any, help: str, tmp_path: Path) -> None:
    model = chain({"class_name": "PReLU", "config": {"name": "odd"}})
    model["config"]["layers"][3]["config"].update(config)
    findings = report(tmp_path, hdf5({**STORED, "out": stored}, model)).findings
    assert [(finding.code, finding.help) for finding in findings] == [("S139", help)]


def test_a_renamed_layer_is_found_by_its_place(tmp_path: Path) -> None:
    renamed = {"head" if name == "out" else name: found for name, found in STORED.items()}
    assert report(tmp_path, hdf5(renamed, KNOWN)).findings == []


def test_spectral_normalization_keeps_the_kernel_twice(tmp_path: Path) -> None:
    inside = {"module": "keras.layers", "class_name": "Dense", "config": {"name": "inner", "units": 4}}
    model = chain({"class_name": "SpectralNormalization", "config": {"name": "odd", "layer": inside}})
    found = {"u": (1, 4), "kernel": (10, 4), "again": (10, 4), "bias": (4,)}
    layers = {**RIGHT, "odd": found, "out": {"kernel": (4, 2), "bias": (2,)}}
    assert report(tmp_path, archive(layers, model)).findings == []
    layers["odd"] = {**found, "again": (10, 5)}
    assert [finding.code for finding in report(tmp_path, archive(layers, model)).findings] == ["S139"]


def test_lora_is_stored_merged(tmp_path: Path) -> None:
    config = json.loads(json.dumps(FUNCTIONAL))
    out = config["config"]["layers"][3]
    out["config"]["lora_rank"] = 1
    out["inbound_nodes"] = [[["lstm", 0, 0]]]
    name, content = archive({**RIGHT, "out": {"kernel": (10, 2), "bias": (2,)}})
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(buffer, "w") as new:
        for item in old.namelist():
            new.writestr(item, json.dumps(config) if item == "config.json" else old.read(item))
    found = report(tmp_path, (name, buffer.getvalue()))
    assert "S139" not in [finding.code for finding in found.findings]
    assert found.model is not None
    assert found.model.layers[3].params == 10 * 2 + 2 + 10 * 1 + 1 * 2


@pytest.mark.parametrize("link", [h5py.ExternalLink, lambda _file, path: h5py.SoftLink(path)])
def test_links_are_not_followed(link: Any, tmp_path: Path) -> None:
    _, wrong = hdf5(WRONG)
    (tmp_path / "other.h5").write_bytes(wrong)
    name, content = hdf5(RIGHT)
    buffer = io.BytesIO(content)
    with h5py.File(buffer, "r+") as file:
        weights = file["model_weights"]
        del weights["lstm"]
        weights["lstm"] = link(str(tmp_path / "other.h5"), "/model_weights/lstm")
    found = report(tmp_path, (name, buffer.getvalue()))
    codes = [finding.code for finding in found.findings]
    assert codes == (["E004", "X816"] if link is h5py.ExternalLink else ["E004"])


@pytest.mark.parametrize(
    "manifest",
    [
        7, [7], [{"weights": 7}], [{"weights": [7]}], [{"weights": [{"name": "odd/kernel", "shape": [-1, 3]}]}],
        [{"weights": [{"name": "odd/kernel", "shape": [10**80, 10**80]}]}],
        [{"paths": ["../secret", "/etc/passwd"], "weights": [{"name": 1, "shape": [1]}]}],
    ],
)  # fmt: skip
def test_a_manifest_that_is_none_says_nothing(manifest: Any) -> None:
    found = analyze(json.dumps({"modelTopology": FUNCTIONAL, "weightsManifest": manifest}).encode())
    assert found.model is not None
    assert (found.model.params, found.model.complete) == (640, False)
    assert [finding.code for finding in found.findings] == ["E004"]


def test_unreadable_weights_are_a_warning(tmp_path: Path) -> None:
    name, content = archive(RIGHT)
    broken = content.replace(b"\x89HDF\r\n\x1a\n", b"\x89HDX\r\n\x1a\n")
    found = report(tmp_path, (name, broken))
    assert [finding.code for finding in found.findings if finding.severity == "warning"] == ["E004", "E012"]
    assert found.model is not None
    assert found.model.params == 640


@pytest.mark.parametrize(("version", "params", "codes"), [("2.0.9", 180, ["P610"]), ("2.1.5", 198, ["S139"])])
def test_gru_of_a_keras_without_reset_after(version: str, params: int, codes: list[str]) -> None:
    config = {"name": "gru", "units": 6, "batch_input_shape": [None, 5, 3]}
    shapes = {"kernel": (3, 18), "recurrent_kernel": (6, 18), "bias": (18,)}
    model = {"class_name": "Sequential", "config": [{"class_name": "GRU", "config": config}]}
    weights = [{"name": f"gru/{name}", "shape": list(shape), "dtype": "float32"} for name, shape in shapes.items()]
    document = {"format": "layers-model", "modelTopology": {"keras_version": version, "model_config": model},
                "weightsManifest": [{"paths": ["a.bin"], "weights": weights}]}  # fmt: skip
    report = analyze(json.dumps(document).encode())
    assert report.model is not None
    assert (report.model.params, [finding.code for finding in report.findings]) == (params, codes)
    assert all("reset_after" in finding.help for finding in report.findings)
    alone = analyze(json.dumps({**model, "keras_version": version}).encode())
    assert alone.model is not None
    assert (alone.model.params, [finding.code for finding in alone.findings]) == (
        198,
        [code for code in codes if code != "S139"],
    )


def test_archives_of_tf_keras_2_13_count_layers_with_weights_twice() -> None:
    names = {"a": (5, 4), "b": (4, 3), "c": (3, 2)}
    layers = [{"class_name": "InputLayer", "config": {"name": "x", "batch_input_shape": [None, 5]}}]
    for name, (_, units) in names.items():
        layers.append({"class_name": "Dense", "config": {"name": name, "units": units, "use_bias": False}})
        layers.append({"class_name": "Activation", "config": {"name": f"{name}_tanh", "activation": "tanh"}})

    def report(keys: list[str]) -> list[str]:
        weights, buffer = io.BytesIO(), io.BytesIO()
        with h5py.File(weights, "w") as file:
            for key, shape in zip(keys, names.values(), strict=True):
                file.create_dataset(f"_layer_checkpoint_dependencies/{key}/vars/0", shape, "float32")
        with zipfile.ZipFile(buffer, "w") as archive:
            archive.writestr("metadata.json", json.dumps({"keras_version": "2.13.1"}))
            archive.writestr(
                "config.json", json.dumps({"class_name": "Sequential", "config": {"name": "m", "layers": layers}})
            )
            archive.writestr("model.weights.h5", weights.getvalue())
        return [finding.code for finding in analyze(buffer.getvalue()).findings]

    assert report(["dense", "dense_2", "dense_4"]) == []
    assert report(["dense", "dense_4", "dense_2"]) == ["S139", "S139"]


def test_operations_of_keras3_in_hdf5_have_no_module(tmp_path: Path) -> None:
    config = FUNCTIONAL["config"]
    x, lstm, _, out = config["layers"]
    tensor = {"class_name": "__keras_tensor__", "config": {"shape": [None, 10], "keras_history": ["lstm", 0, 0]}}
    calls = [{"args": [tensor, 0], "kwargs": {}}]
    compare = {"class_name": "NotEqual", "name": "odd", "config": {"name": "odd"}, "inbound_nodes": calls}
    model = {"class_name": "Functional", "config": {**config, "layers": [x, lstm, compare, out]}}
    (tmp_path / "model.h5").write_bytes(hdf5({}, model)[1])
    with h5py.File(tmp_path / "model.h5", "r+") as file:
        file.attrs["keras_version"] = "3.8.0"
    (found,) = [one for one in analyze(tmp_path / "model.h5").findings if one.code in ("E004", "E007")]
    assert (found.severity, found.layer) == ("error", "odd")
    assert "'NotEqual' is an operation" in found.message


@pytest.mark.parametrize("width", [4, 3])
def test_archives_saved_on_windows(width: int, tmp_path: Path) -> None:
    layers = [
        {"class_name": "LSTM", "config": {"name": "a", "units": 3, "batch_input_shape": [None, 7, 4]}},
        {"class_name": "Dense", "config": {"name": "b", "units": 2}},
    ]
    weights, path = io.BytesIO(), tmp_path / "model.keras"
    with h5py.File(weights, "w") as file:  # as tf.keras 2.15 names them there
        for number, shape in enumerate([(width, 12), (3, 12), (12,)]):
            file.create_dataset(f"layers\\lstm\\cell/vars/{number}", shape, "float32")
        for number, shape in enumerate([(3, 2), (2,)]):
            file.create_dataset(f"layers\\dense/vars/{number}", shape, "float32")
        file.create_dataset("metrics\\mean/vars/0", (), "float32")
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("metadata.json", json.dumps({"keras_version": "2.15.0"}))
        archive.writestr(
            "config.json", json.dumps({"class_name": "Sequential", "config": {"name": "m", "layers": layers}})
        )
        archive.writestr("model.weights.h5", weights.getvalue())
    found = [(finding.code, finding.severity) for finding in analyze(path).findings]
    assert sorted(found) == [("P612", "warning"), *([] if width == 4 else [("S139", "error")])]


def functional(dialect_config: list[tuple[str, str, dict[str, Any]]]) -> dict[str, Any]:
    """A chain of layers (class, name, config) after an input of shape (None, 5)."""
    layers: list[dict[str, Any]] = [
        {
            "class_name": "InputLayer",
            "name": "x",
            "config": {"batch_shape": [None, 5], "name": "x"},
            "inbound_nodes": [],
        }
    ]
    for class_name, name, config in dialect_config:
        before = [[[layers[-1]["name"], 0, 0]]]
        layers.append(
            {"class_name": class_name, "name": name, "config": {"name": name, **config}, "inbound_nodes": before}
        )
    outputs = [[layers[-1]["name"], 0, 0]]
    return {"class_name": "Functional", "config": {"name": "m", "layers": layers, "input_layers": [["x", 0, 0]],
                                                   "output_layers": outputs}}  # fmt: skip


DENSE = ("Dense", "dense", {"units": 2})
CONV = ("Dense", "Conv", {"units": 5})
ODD: list[tuple[str, str, dict[str, Any]]] = [("Mystery", "odd", {}), DENSE]
SLASHES = [("Dense", "expanded/squeeze/Conv", {"units": 5}), CONV, DENSE]
HUB: list[tuple[str, str, dict[str, Any]]] = [("KerasLayer", "hub", {}), ("KerasLayer", "hub_1", {}), CONV]


@pytest.mark.parametrize(
    ("layers", "stored", "params", "complete", "codes"),
    [
        # A sublayer of a custom layer has the name of a layer of the model.
        (ODD, {"odd/dense": {"kernel": (5, 7), "bias": (7,)}, "dense": {"kernel": (7, 2), "bias": (2,)}}, 58, True, ["E004"]),
        (SLASHES, {"expanded/squeeze/Conv": {"kernel": (5, 5), "bias": (5,)}, "Conv": {"kernel": (5, 5), "bias": (5,)},
                   "dense": {"kernel": (5, 2), "bias": (2,)}}, 72, True, []),
        # The path begins with the model's own name.
        ([DENSE], {"m/dense": {"kernel": (5, 2), "bias": (2,)}}, 12, True, []),
        # Weights of hub layers have names of their own.
        (HUB, {"block/conv": {"kernel": (3, 3, 9)}, "Conv": {"kernel": (9, 5), "bias": (5,)}}, 50, False, ["E004", "S140"]),
        # Other names, the same shapes.
        ([DENSE], {"renamed": {"kernel": (5, 2), "bias": (2,)}}, 12, True, []),
    ],
)  # fmt: skip
def test_each_stored_weight_belongs_to_one_layer(
    layers: Any, stored: Layers, params: int, complete: bool, codes: list[str]
) -> None:
    weights = [
        {"name": f"{layer}/{name}", "shape": list(shape), "dtype": "float32"}
        for layer, found in stored.items()
        for name, shape in found.items()
    ]
    document = {"modelTopology": {"keras_version": "2.11.0", "model_config": functional(layers)},
                "weightsManifest": [{"paths": ["a.bin"], "weights": weights}]}  # fmt: skip
    found = analyze(json.dumps(document).encode())
    assert found.model is not None
    assert found.model.unattributed_params == (0 if complete else 81)
    assert (found.model.params, found.model.complete) == (params, complete)
    assert sorted(f.code for f in found.findings if f.severity != "info") == codes


@pytest.mark.parametrize(("layers", "codes"), [(FUNCTIONAL, ["E004", "E012"]), (KNOWN, [])])
def test_an_archive_without_h5py(layers: dict[str, Any], codes: list[str], monkeypatch: Any, tmp_path: Path) -> None:
    name, content = archive(STORED if layers is KNOWN else RIGHT, layers)
    monkeypatch.setitem(sys.modules, "h5py", None)
    found = report(tmp_path, (name, content))
    assert [finding.code for finding in found.findings] == codes
    if codes:
        assert found.model is not None
        assert not found.model.complete
        assert "odd" in found.findings[1].message
        assert "lstmlint[hdf5]" in found.findings[1].help
