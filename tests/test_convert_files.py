"""`lstmlint convert` for whole files: each tensor arrives unchanged, and damaged files leave nothing behind."""

from __future__ import annotations

import json
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

from lstmlint import analyze
from lstmlint.converting import Conversion
from lstmlint.converting.archives import write_model
from lstmlint.parsing import parse
from lstmlint.reading import read
from tests.commandline import Shell, layer, sequential
from tests.convert_models import at, functional, inner, source

h5py = pytest.importorskip("h5py")
np = pytest.importorskip("numpy")

BLOCK = functional(
    [
        source("in", 4),
        layer("Dense", "dense", [[at("in")]], units=4),
        layer("BatchNormalization", "bn", [[at("dense")]]),
        layer("Dense", "last", [[at("bn")]], units=4),
    ],
    [["in", 0, 0]],
    [["last", 0, 0]],
    name="block",
)
MODELS: dict[str, Any] = {
    "dense": sequential("m", layer("Dense", "a", units=4, batch_input_shape=[None, 3]), layer("Dense", "b", units=2)),
    "images": sequential(
        "m",
        layer("Conv2D", "conv", filters=4, kernel_size=3, batch_input_shape=[None, 8, 8, 2], groups=2),
        layer("BatchNormalization", "bn"),
        layer("SeparableConv2D", "separable", filters=3, kernel_size=2),
        layer("DepthwiseConv2D", "depthwise", kernel_size=2),
        layer("Conv2DTranspose", "transposed", filters=2, kernel_size=2),
        layer("LayerNormalization", "norm"),
        layer("PReLU", "prelu"),
    ),
    "recurrent": sequential(
        "m",
        layer("Embedding", "words", input_dim=9, output_dim=3, batch_input_shape=[None, 5]),
        layer("LSTM", "lstm", units=2, return_sequences=True),
        layer("Bidirectional", "both", layer=inner("GRU", name="gru", units=2, return_sequences=True, reset_after=True)),
        layer("TimeDistributed", "each", layer=inner("Dense", name="inner", units=3)),
        layer("RNN", "cells", cell=inner("StackedRNNCells", name="stack", cells=[
            inner("LSTMCell", name="one", units=2), inner("GRUCell", name="two", units=3, reset_after=True),
            inner("LSTMCell", name="three", units=2)])),
    ),
    "models in models": functional(
        [
            source("x", 4),
            {"class_name": "Functional", "name": "block", "inbound_nodes": [[at("x")]], "config": BLOCK["config"]},
            layer("Dense", "dense", [[at("block")], [at("x")]], units=4),
            layer("Add", "add", [[["dense", 0, 0, {}], ["dense", 1, 0, {}]]]),
        ],
        [["x", 0, 0]],
        [["add", 0, 0]],
    ),
    "frozen": sequential(
        "m",
        layer("Dense", "a", units=4, batch_input_shape=[None, 4]),
        layer("BatchNormalization", "bn", trainable=False),
        {"class_name": "Functional", "config": {**BLOCK["config"], "layers": [
            {**one, "config": {**one["config"], "trainable": False}} if one["class_name"] != "InputLayer" else one
            for one in BLOCK["config"]["layers"]]}},
    ),
    "attention": functional(
        [source("x", 5, 4), layer("MultiHeadAttention", "mha", [[["x", 0, 0, {"value": ["x", 0, 0]}]]], num_heads=2,
                                  key_dim=3)],
        [["x", 0, 0]], [["mha", 0, 0]],
    ),
}  # fmt: skip


def h5(path: Path, model: Any, **attributes: str) -> Path:
    """Write the .h5 file of a model of Keras 2 with random weights, trainable ones first in each layer."""
    rng = np.random.default_rng(1)
    report = analyze(json.dumps(model).encode()).model
    assert report is not None
    with h5py.File(path, "w") as file:
        file.attrs["model_config"] = json.dumps(model)
        group = file.create_group("model_weights")
        rows = report.layers
        group.attrs["layer_names"] = [row.name.encode() for row in rows]
        for row in rows:
            weights = sorted(row.weights, key=lambda one: not one.trainable)
            names = [f"{row.name}/{one.name}:0" for one in weights]
            inside = group.create_group(row.name)
            inside.attrs["weight_names"] = [name.encode() for name in names]
            for name, one in zip(names, weights, strict=True):
                inside[name] = rng.normal(size=one.shape).astype("float32")
        for key, value in attributes.items():
            file.attrs[key] = value
    return path


def tensors(path: Path) -> list[tuple[Any, ...]]:
    """Return (shape, dtype, bytes) of every tensor in a file, sorted."""
    if path.suffix == ".keras":
        with zipfile.ZipFile(path) as archive, archive.open("model.weights.h5") as member, h5py.File(member) as file:
            return datasets(file)
    if path.suffix == ".json":
        manifest = json.loads(path.read_text())["weightsManifest"][0]
        raw = b"".join((path.parent / name).read_bytes() for name in manifest["paths"])
        found, at_byte = [], 0
        for one in manifest["weights"]:
            size = 4 * int(np.prod(one["shape"]))
            found.append((tuple(one["shape"]), one["dtype"], raw[at_byte : at_byte + size]))
            at_byte += size
        return sorted(found)
    with h5py.File(path) as file:
        return datasets(file)


def datasets(file: Any) -> list[tuple[Any, ...]]:
    """Return (shape, dtype, bytes) of every dataset, sorted."""
    found: list[tuple[Any, ...]] = []
    file.visititems(
        lambda _, item: (
            found.append((item.shape, str(item.dtype), item[()].tobytes())) if isinstance(item, h5py.Dataset) else None
        )
    )
    return sorted(found)


def by_layer(path: Path) -> dict[str, Any]:
    """Return the parameters of each layer as lstmlint reads the file with its weights."""
    report = analyze(path)
    assert report.model is not None
    assert [finding for finding in report.findings if finding.code in ("S139", "S140", "E012")] == []
    return {row.name: row.params for row in report.model.layers}


@pytest.mark.parametrize("name", MODELS)
def test_every_tensor_arrives(name: str, shell: Shell) -> None:
    old = h5(shell.folder / "old.h5", MODELS[name])
    steps = [
        ("old.h5", "keras3", "a.keras"),
        ("a.keras", "3.4", "b.h5"),
        ("b.h5", "3.0", "c.keras"),
        ("c.keras", "3.15", "d.h5"),
        ("a.keras", "tf2.15", "e.h5"),
        ("d.h5", "tf2.15", "f.keras"),
        ("e.h5", "keras3", "g.h5"),
    ]
    for before, release, after in steps:
        done = shell("convert", before, "--to", release, "-o", after, "--allow-changes")
        assert (done.code, done.out) == (0, ""), done.err
        assert tensors(shell.folder / after) == tensors(old)
        by_layer(shell.folder / after)
    with h5py.File(shell.folder / "d.h5") as last, h5py.File(shell.folder / "b.h5") as middle:
        assert [*last["model_weights"].attrs["layer_names"]] == [*middle["model_weights"].attrs["layer_names"]]
        for group in last["model_weights"]:
            names = [file["model_weights"][group].attrs["weight_names"].tolist() for file in (last, middle)]
            assert names[0] == names[1]
            values = [[file["model_weights"][group][one][()].tobytes() for one in names[0]] for file in (last, middle)]
            assert values[0] == values[1]
    assert not [path for path in shell.folder.iterdir() if path.name.endswith(".tmp")]


def test_a_file_from_colab_for_tensorflow_2(shell: Shell) -> None:
    colab = Path(__file__).parent.parent / "examples" / "weights" / "colab.keras"
    for name in ("new.h5", "new.keras"):
        assert shell("convert", str(colab), "--to", "tf2.15", "-o", name) == (0, "", "")
        assert tensors(shell.folder / name) == tensors(colab)
        assert analyze(shell.folder / name).dialect == "keras2"
        by_layer(shell.folder / name)


def test_groups_of_an_archive(shell: Shell) -> None:
    h5(shell.folder / "old.h5", MODELS["recurrent"])
    assert shell("convert", "old.h5", "-o", "new.keras").code == 0
    with zipfile.ZipFile(shell.folder / "new.keras") as archive:
        assert json.loads(archive.read("metadata.json"))["keras_version"] == "3.15.0"
        with archive.open("model.weights.h5") as member, h5py.File(member) as file:
            groups = [path for path in visited(file) if path.endswith("/0")]
            assert file["layers/lstm/cell/vars/0"].shape == (3, 8)
            assert file["layers/lstm/vars"].attrs["name"] == "lstm"
    assert groups == [  # as Keras 3.15 saves this model
        "layers/bidirectional/backward_layer/cell/vars/0",
        "layers/bidirectional/forward_layer/cell/vars/0",
        "layers/embedding/vars/0",
        "layers/lstm/cell/vars/0",
        "layers/rnn/cell/cells/gru_cell/vars/0",
        "layers/rnn/cell/cells/lstm_cell/vars/0",
        "layers/rnn/cell/cells/lstm_cell_1/vars/0",
        "layers/time_distributed/layer/vars/0",
    ]


def visited(file: Any) -> list[str]:
    """Return the paths of all members."""
    paths: list[str] = []
    file.visit(paths.append)
    return paths


@pytest.mark.parametrize("dtype", ["float16", "float64", "int8", "bfloat16"])
def test_dtypes_stay(dtype: str, shell: Shell) -> None:
    """bfloat16, which Keras cannot read from .h5 files, becomes float32 there: the same numbers."""
    old = h5(shell.folder / "old.h5", MODELS["dense"])
    assert shell("convert", "old.h5", "-o", "a.keras").code == 0
    with zipfile.ZipFile(shell.folder / "a.keras") as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    (shell.folder / "w.h5").write_bytes(parts["model.weights.h5"])
    with h5py.File(shell.folder / "w.h5", "a") as file:
        for path in [one for one in visited(file) if isinstance(file[one], h5py.Dataset)]:
            values = (file[path][()] * 100).astype("float32")
            new = (values.view("<u4") >> 16).astype("<u2").view("V2") if dtype == "bfloat16" else values.astype(dtype)
            del file[path]
            file[path] = new
            if dtype == "bfloat16":
                file[path].attrs["dtype"] = "bfloat16"
    parts["model.weights.h5"] = (shell.folder / "w.h5").read_bytes()
    with zipfile.ZipFile(shell.folder / "a.keras", "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    assert shell("convert", "a.keras", "-o", "b.keras") == (0, "", "")
    assert tensors(shell.folder / "b.keras") == tensors(shell.folder / "a.keras")
    assert shell("convert", "a.keras", "-o", "c.h5") == (0, "", "")
    wide = tensors(shell.folder / "c.h5")
    if dtype != "bfloat16":
        assert wide == tensors(shell.folder / "a.keras")
    else:
        assert {one[1] for one in wide} == {"float32"}
        assert sorted(one[2][2::4] + one[2][3::4] for one in wide) == sorted(
            one[2][0::2] + one[2][1::2] for one in tensors(shell.folder / "a.keras")
        )
    assert old.exists()


def test_in_place_keeps_the_old_file(shell: Shell) -> None:
    old = h5(shell.folder / "m.h5", MODELS["dense"])
    content, before = old.read_bytes(), tensors(old)
    for number in ("", "1"):
        done = shell("convert", "m.h5", "--in-place")
        assert (done.code, done.err) == (0, f"lstmlint: m.h5 is converted; the old file is m.h5.bak{number}\n")
    assert (shell.folder / "m.h5.bak").read_bytes() == content
    assert tensors(old) == before


def damage_shape(file: Any) -> None:
    del file["model_weights/a/a/kernel:0"]
    file["model_weights/a/a/kernel:0"] = np.zeros((4, 4), "float32")


def damage_missing(file: Any) -> None:
    file["model_weights/a"].attrs["weight_names"] = [b"a/kernel:0"]


def damage_external(file: Any) -> None:
    del file["model_weights/a/a/kernel:0"]
    file["model_weights/a"].create_dataset("a/kernel:0", (3, 4), "float32", external=[("/etc/hostname", 0, 48)])


def damage_link(file: Any) -> None:
    del file["model_weights/a/a/kernel:0"]
    file["model_weights/a/a/kernel:0"] = h5py.ExternalLink("other.h5", "/x")


def damage_virtual(file: Any) -> None:
    del file["model_weights/a/a/kernel:0"]
    layout = h5py.VirtualLayout((3, 4), "float32")
    layout[:] = h5py.VirtualSource("other.h5", "x", (3, 4))
    file["model_weights/a"].create_virtual_dataset("a/kernel:0", layout)


def damage_unwritten(file: Any) -> None:
    del file["model_weights/a/a/kernel:0"]
    file["model_weights/a"].create_dataset("a/kernel:0", (3, 4), "float32", chunks=(3, 4))


def damage_groups(file: Any) -> None:
    file["model_weights"].attrs["layer_names"] = [b"a"]


def damage_text(file: Any) -> None:
    del file["model_weights/a/a/kernel:0"]
    file["model_weights/a/a/kernel:0"] = np.zeros((3, 4), "S4")


DAMAGES = {
    damage_shape: "the weights stored for the Dense 'a' do not fit: a/kernel (4, 4)",
    damage_missing: "the Dense 'a' needs 2 weights, but 1 are stored for it",
    damage_external: "the values of model_weights/a/a/kernel:0 are in another file, which is not read",
    damage_link: "the Dense 'a' needs 2 weights, but 1 are stored for it",
    damage_virtual: "the values of model_weights/a/a/kernel:0 are in another file, which is not read",
    damage_unwritten: "the values of model_weights/a/a/kernel:0 were never written",
    damage_groups: "2 layers of the model have weights, but 1 groups of weights are stored",
    damage_text: "model_weights/a/a/kernel:0 is not a tensor",
}


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.__name__)
@pytest.mark.parametrize("target", ["new.keras", "new.h5"])
def test_damaged_weights_leave_nothing_behind(damage: Any, target: str, shell: Shell) -> None:
    with h5py.File(h5(shell.folder / "old.h5", MODELS["dense"]), "a") as file:
        damage(file)
    (shell.folder / target).write_text("untouched")
    done = shell("convert", "old.h5", "-o", target)
    assert (done.code, done.out) == (1, "")
    assert DAMAGES[damage] in done.err
    assert done.err.endswith("lstmlint: old.h5 is not converted; nothing is written\n")
    assert sorted(path.name for path in shell.folder.iterdir()) == sorted(["old.h5", target])
    assert (shell.folder / target).read_text() == "untouched"


@pytest.mark.parametrize("container", ["a.keras", "old.h5"])
def test_every_truncation_is_refused_or_whole(container: str, shell: Shell) -> None:
    """However a file is cut or a byte is changed: exit code 0 or 1, no traceback, nothing half written."""
    h5(shell.folder / "old.h5", MODELS["dense"])
    shell("convert", "old.h5", "-o", "a.keras")
    whole = (shell.folder / container).read_bytes()
    rng = np.random.default_rng(0)
    for at_byte in rng.integers(0, len(whole), 60):
        raw = bytearray(whole)
        raw[at_byte] ^= 0xFF
        for content in (bytes(raw), whole[:at_byte]):
            shell.write(f"x-{container}", content)
            done = shell("convert", f"x-{container}", "-o", "out.keras")
            assert done.code in (0, 1), done.err
            assert (shell.folder / "out.keras").exists() == (done.code == 0), done.err
            (shell.folder / "out.keras").unlink(missing_ok=True)
    assert not [path for path in shell.folder.iterdir() if path.name.endswith(".tmp")]


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["m.json", "-o", "new.keras"], 1, "m.json:1:1: error: the file has no weights; write the model as JSON"),
        (["old.h5", "-o", "no/new.keras"], 2, "the folder 'no' does not exist"),
        (["named.keras", "--in-place"], 2, "the suffix of 'named.keras' does not fit its content"),
        (["unknown.h5", "-o", "new.keras"], 1, "'Mine' is a custom class"),
    ],
)
def test_mistakes(arguments: list[str], code: int, said: str, shell: Shell) -> None:
    shell.write("m.json")
    shell.write("named.keras")
    h5(shell.folder / "old.h5", MODELS["dense"])
    h5(shell.folder / "unknown.h5", sequential("m", layer("Mine", "it", batch_input_shape=[None, 3])))
    done = shell("convert", *arguments)
    assert (done.code, done.out) == (code, "")
    assert said in done.err
    assert not (shell.folder / "new.keras").exists()


def test_the_optimizer_is_dropped_and_said(shell: Shell) -> None:
    compiled = {"optimizer_config": {"class_name": "Adam", "config": {}}, "loss": "mse"}
    h5(shell.folder / "old.h5", MODELS["dense"], training_config=json.dumps(compiled))
    done = shell("convert", "old.h5", "-o", "new.keras")
    assert done.code == 0
    assert done.err == ("old.h5:1:1: info: the optimizer with its state, the losses and metrics are not carried over\n")


def test_vocabularies_follow(shell: Shell) -> None:
    h5(shell.folder / "old.h5", MODELS["dense"])
    shell("convert", "old.h5", "-o", "a.keras")
    words = layer("StringLookup", "lookup", batch_input_shape=[None, 1])
    model = {
        "module": "keras", "class_name": "Sequential", "registered_name": None,
        "config": {"name": "m", "layers": [
            {"module": "keras.layers", "class_name": "InputLayer", "registered_name": None,
             "config": {"batch_shape": [None, 1], "dtype": "string", "name": "in"}},
            {"module": "keras.layers", "registered_name": None, **words, "config": {"name": "lookup"}},
        ]},
    }  # fmt: skip
    with zipfile.ZipFile(shell.folder / "words.keras", "w") as archive:
        archive.writestr("config.json", json.dumps(model))
        archive.writestr("metadata.json", "{}")
        archive.writestr("assets/layers/string_lookup/vocabulary.txt", "[UNK]\na\nb")
        with zipfile.ZipFile(shell.folder / "a.keras") as other:
            archive.writestr("model.weights.h5", other.read("model.weights.h5"))
    assert shell("convert", "words.keras", "-o", "new.keras").code == 0
    with zipfile.ZipFile(shell.folder / "new.keras") as archive:
        assert archive.read("assets/layers/string_lookup/vocabulary.txt") == b"[UNK]\na\nb"
    done = shell("convert", "words.keras", "-o", "new.h5")
    assert done.code == 1
    assert "the vocabulary of 'lookup' is a file in the archive, which only a .keras file can hold" in done.err


def test_without_h5py(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    h5(shell.folder / "old.h5", MODELS["dense"])
    shell("convert", "old.h5", "-o", "a.keras")
    monkeypatch.setitem(sys.modules, "h5py", None)
    done = shell("convert", "a.keras", "-o", "new.keras")
    assert done.code == 1
    assert "h5py, which reads them, is not installed. Install it: pip install 'lstmlint[hdf5]'." in done.err
    assert not (shell.folder / "new.keras").exists()


def test_long_lists_of_names_are_split(shell: Shell) -> None:
    """HDF5 limits an attribute to 64 KB."""
    many = [layer("Dense", f"a_layer_with_a_rather_long_name_{number:05}", units=1) for number in range(2000)]
    many[0]["config"]["batch_input_shape"] = [None, 1]
    old = h5(shell.folder / "m.h5", sequential("m", layer("Dense", "a", units=1, batch_input_shape=[None, 1])))
    with h5py.File(old, "a") as file:
        file.attrs["model_config"] = json.dumps(sequential("m", *many))
        group = file["model_weights"]
        del group.attrs["layer_names"]
        names = [one["config"]["name"] for one in many]
        for part in range(2):
            group.attrs[f"layer_names{part}"] = [name.encode() for name in names[part * 1000 : part * 1000 + 1000]]
        for name in names:
            inside = group.create_group(name)
            inside.attrs["weight_names"] = [b"kernel:0", b"bias:0"]
            inside["kernel:0"], inside["bias:0"] = np.ones((1, 1), "float32"), np.ones(1, "float32")
    assert shell("convert", "m.h5", "-o", "new.h5").code == 0
    with h5py.File(shell.folder / "new.h5") as file:
        attributes = file["model_weights"].attrs
        found = [one.decode() for part in range(3) for one in attributes.get(f"layer_names{part}", [])]
    assert found == names


# What the loader of tf_keras 2.21 makes of weights that count up from 0, for 2 units and 3 features.
FROM_CUDNN = {
    "LSTM": (
        [[0, 9, 2, 11, 4, 13, 6, 15], [1, 16, 3, 18, 5, 20, 7, 22], [8, 17, 10, 19, 12, 21, 14, 23]],
        [[0, 8, 2, 10, 4, 12, 6, 14], [1, 9, 3, 11, 5, 13, 7, 15]],
        [8, 10, 12, 14, 16, 18, 20, 22],
    ),
    "GRU": (
        [[0, 7, 2, 9, 4, 11], [1, 12, 3, 14, 5, 16], [6, 13, 8, 15, 10, 17]],
        [[0, 6, 2, 8, 4, 10], [1, 7, 3, 9, 5, 11]],
        [[0, 1, 2, 3, 4, 5], [6, 7, 8, 9, 10, 11]],
    ),
}


def cudnn(path: Path, class_name: str, scale: float = 1) -> None:
    """Write an .h5 file with a layer that ran on cuDNN, alone and in a Bidirectional, whose weights count up."""
    model = sequential(
        "m",
        layer(f"CuDNN{class_name}", "it", units=2, return_sequences=True, batch_input_shape=[None, 5, 3]),
        layer("Dense", "dense", units=3),
        layer("Bidirectional", "both", layer=inner(f"CuDNN{class_name}", name="inner", units=2)),
    )
    with h5py.File(h5(path, model), "a") as file:
        for group in ("it", "both"):
            for name in file["model_weights"][group].attrs["weight_names"]:
                data = file["model_weights"][group][name]
                data[...] = (np.arange(data.size) * scale).astype("float32").reshape(data.shape)


@pytest.mark.parametrize("class_name", FROM_CUDNN)
def test_weights_of_cudnn_are_rearranged_as_keras_2_does(class_name: str, shell: Shell) -> None:
    cudnn(shell.folder / "old.h5", class_name)
    done = shell("convert", "old.h5", "--to", "keras3", "-o", "new.keras")
    assert done.code == 0, done.err
    assert done.err.count(f": info: it: CuDNN{class_name} becomes ") == 1
    archive = zipfile.ZipFile(shell.folder / "new.keras")
    with archive, archive.open("model.weights.h5") as member, h5py.File(member) as file:
        for group in (class_name.lower(), "bidirectional/forward_layer", "bidirectional/backward_layer"):
            found = [file[f"layers/{group}/cell/vars/{number}"][()].tolist() for number in range(3)]
            assert found == list(FROM_CUDNN[class_name])


def test_a_sum_of_biases_that_is_rounded_has_to_be_allowed(shell: Shell) -> None:
    cudnn(shell.folder / "old.h5", "LSTM", scale=0.1)
    done = shell("convert", "old.h5", "-o", "new.keras")
    assert done.code == 1
    assert "of 8 sums of its two biases are rounded to float32" in done.err
    assert "is not converted because weights would be rounded; --allow-changes converts it" in done.err
    assert not (shell.folder / "new.keras").exists()
    assert shell("convert", "old.h5", "-o", "new.keras", "--allow-changes").code == 0


def tfjs(shell: Shell, paths: Any = ("a.bin", "b.bin"), **entry: Any) -> list[Any]:
    """Write a TensorFlow.js model whose weights are in two files, and return the weights."""
    values = [np.arange(12).reshape(3, 4), np.arange(4), np.arange(8).reshape(4, 2) / 3, np.zeros(2)]
    stored = [value.astype("<f2" if "quantization" in entry else "<f4") for value in values]
    names = ["a/kernel", "a/bias", "b/kernel", "b/bias"]
    weights = [
        {"name": name, "shape": list(value.shape), "dtype": "float32", **entry}
        for name, value in zip(names, stored, strict=True)
    ]
    raw = b"".join(value.tobytes() for value in stored)
    shell.write("js/a.bin", raw[:10])
    shell.write("js/b.bin", raw[10:])
    manifest = [{"paths": list(paths), "weights": weights}]
    model = {"format": "layers-model", "modelTopology": {"model_config": MODELS["dense"]}, "weightsManifest": manifest}
    shell.write("js/model.json", model)
    return [value.astype("<f4") for value in stored]


@pytest.mark.parametrize("quantization", [{}, {"quantization": {"dtype": "float16", "original_dtype": "float32"}}])
def test_weights_of_tensorflow_js(quantization: Any, shell: Shell) -> None:
    values = tfjs(shell, **quantization)
    assert shell("convert", "js/model.json", "--to", "keras3", "-o", "new.keras") == (0, "", "")
    expected = sorted((value.shape, "float32", value.tobytes()) for value in values)
    assert tensors(shell.folder / "new.keras") == expected


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"paths": ["../secret", "b.bin"]}, "'../secret' is no file in the folder of the model"),
        ({"paths": ["/etc/hostname", "b.bin"]}, "'/etc/hostname' is no file in the folder of the model"),
        ({"paths": ["missing.bin", "b.bin"]}, "'missing.bin', which holds weights, cannot be read"),
        ({"paths": ["b.bin"]}, "the files of weights have 94 bytes, but the manifest describes 104"),
        (
            {"quantization": {"dtype": "uint8", "min": -1, "scale": 0.1}},
            "is quantized to uint8: the file has only rounded",
        ),
        ({"dtype": "string"}, "has the dtype 'string', which Keras has not"),
    ],
)
def test_tensorflow_js_files_that_do_not_fit(change: Any, said: str, shell: Shell) -> None:
    tfjs(shell, **change)
    shell.write("secret", bytes(10))
    done = shell("convert", "js/model.json", "-o", "new.keras")
    assert (done.code, done.out) == (1, "")
    assert said in done.err
    assert sorted(path.name for path in shell.folder.iterdir()) == ["js", "secret"]


def test_tensorflow_js_finds_weights_by_these_names(shell: Shell) -> None:
    model = sequential(
        "m",
        layer("LSTM", "lstm", units=2, return_sequences=True, batch_input_shape=[None, 5, 3]),
        layer("Bidirectional", "both", layer=inner("LSTM", name="forward_rnn", units=2, return_sequences=True)),
        layer("TimeDistributed", "each", layer=inner("Dense", name="inner", units=700_000, use_bias=False)),
    )
    old = h5(shell.folder / "old.h5", model)
    document = read(old)
    (shell.folder / "js").mkdir()
    done = write_model(document, parse(document), Conversion(model), "tfjs", shell.folder / "js/model.json")
    assert (done.refusal, done.changes, done.remarks) == (None, [], [])
    manifest = json.loads((shell.folder / "js/model.json").read_text())["weightsManifest"][0]
    assert [one["name"] for one in manifest["weights"]] == [  # of tfjs-layers 4.22
        "lstm/kernel", "lstm/recurrent_kernel", "lstm/bias",
        "both/forward_forward_rnn/kernel", "both/forward_forward_rnn/recurrent_kernel", "both/forward_forward_rnn/bias",
        "both/backward_forward_rnn/kernel", "both/backward_forward_rnn/recurrent_kernel", "both/backward_forward_rnn/bias",
        "each/kernel",
    ]  # fmt: skip
    assert manifest["paths"] == ["model-shard1of3.bin", "model-shard2of3.bin", "model-shard3of3.bin"]
    assert tensors(shell.folder / "js/model.json") == tensors(old)
    assert shell("convert", "js/model.json", "--to", "keras3", "-o", "new.keras").code == 0
    assert tensors(shell.folder / "new.keras") == tensors(old)
