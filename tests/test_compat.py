"""`lstmlint compat`, targets, and the verdicts themselves. The verdicts in tables are those of the real releases."""

from __future__ import annotations

import json
from pathlib import Path
from random import Random
from typing import Any

import pytest

import lstmlint
from lstmlint.model.releases import ALL, KERAS3
from lstmlint.reporting import releases as quick
from scripts import generate_changes
from tests.commandline import Shell, layer, sequential
from tests.fuzz import hdf5

ROOT = Path(__file__).parent.parent
COLAB = str(ROOT / "examples" / "from_colab.json")


def keras3(*layers: dict[str, Any]) -> dict[str, Any]:
    """Return a Sequential as Keras 3 writes it."""
    return {
        "class_name": "Sequential",
        "module": "keras",
        "registered_name": None,
        "config": {"name": "m", "layers": layers},
    }


def built_in(class_name: str, module: str = "keras.layers", **config: Any) -> dict[str, Any]:
    """Return an object of Keras 3."""
    return {"class_name": class_name, "module": module, "registered_name": None, "config": config}


INPUT = built_in("InputLayer", name="x", batch_shape=[None, 5])
ENDS = [["x", 0, 0]]


def functional(inputs: Any, outputs: Any) -> dict[str, Any]:
    """Return a functional model whose output is its input."""
    config = {"name": "m", "layers": [{**INPUT, "name": "x", "inbound_nodes": []}]}
    return {
        "class_name": "Functional",
        "module": "keras.src.models.functional",
        "registered_name": "Functional",
        "config": {**config, "input_layers": inputs, "output_layers": outputs},
    }


def dense(**config: Any) -> dict[str, Any]:
    """Return a Sequential with a Dense."""
    return keras3(INPUT, built_in("Dense", name="dense", units=2, **config))


ALL_15 = [f"3.{minor}" for minor in range(16)]


VERDICTS: list[tuple[dict[str, Any], list[str], set[str]]] = [
        (dense(), ALL_15, set()),
        (dense(lora_rank=None), ALL_15, set()),
        (dense(quantization_config=None), ALL_15[13:], {"quantization_config"}),
        (dense(kernel_initializer=built_in("Orthogonal", "keras.initializers")), ALL_15[4:], {"Orthogonal"}),
        (
            dense(kernel_initializer=built_in("GlorotUniform", "keras.initializers", seed=None, input_axes=None)),
            ALL_15[15:],
            {"input_axes"},
        ),
        (dense(activation="glu"), ALL_15[7:], {"glu"}),
        (dense(activation=built_in("LeakyReLU", negative_slope=0.1)), ALL_15[10:], {"LeakyReLU"}),
        (dense(dtype=built_in("DTypePolicy", "keras", name="float32")), ALL_15, set()),
        (dense(dtype=built_in("GPTQDTypePolicy", "keras.dtype_policies", mode="gptq/4/32")), ALL_15[12:], {"GPTQDTypePolicy"}),
        (keras3(INPUT, built_in("RMSNormalization", name="n")), ALL_15[9:], {"RMSNormalization"}),
        (keras3({**INPUT, "config": {**INPUT["config"], "optional": False}}), ALL_15, set()),
        ({**dense(), "registered_name": "other>Sequential"}, ALL_15[:15], {"registered_name"}),
        (functional(ENDS, ENDS), ALL_15, set()),
        (functional(ENDS[0], ENDS[0]), ALL_15[4:], {"input_layers", "output_layers"}),
        (functional(ENDS, {"a": ENDS}), ALL_15[4:], {"output_layers"}),
        (keras3(INPUT, built_in("Lambda", name="f", function={"class_name": "__lambda__", "config": {}})), [], {"Lambda"}),
    ({"class_name": "Sequential", "config": {"name": "m", "layers": []}, "keras_version": "2.15.0"}, [], {"module"}),
]  # fmt: skip


@pytest.mark.parametrize(("model", "loading", "subjects"), VERDICTS)
def test_verdicts(model: dict[str, Any], loading: list[str], subjects: set[str]) -> None:
    verdicts = lstmlint.compat(model, "3.*")
    assert [verdict.release for verdict in verdicts if verdict.loads] == loading
    assert {obstacle.subject for verdict in verdicts for obstacle in verdict.obstacles} == subjects


def of_keras2(*layers: dict[str, Any]) -> dict[str, Any]:
    """Return a Sequential as Keras 2 writes it."""
    return {**sequential("m", *layers), "keras_version": "2.15.0", "backend": "tensorflow"}


SHAPE = {"batch_input_shape": [None, 13, 5]}


@pytest.mark.parametrize(
    ("model", "loading"),
    [
        (of_keras2(layer("LSTM", "a", units=2, time_major=False, **SHAPE)), "tf2.12 tf2.15 tf_keras2.21 tfjs"),
        (of_keras2(layer("GRU", "a", units=2, reset_after=True, **SHAPE)), "tf2.12 tf2.15 tf_keras2.21"),
        (of_keras2(layer("GRU", "a", units=2, reset_after=False, **SHAPE)), "tf2.12 tf2.15 tf_keras2.21 tfjs"),
        (of_keras2(layer("LSTM", "a", units=2)), "tf2.12 tf2.15 tf_keras2.21"),
        (of_keras2(layer("UnitNormalization", "a", axis=[-1], **SHAPE)), "tf2.12 tf2.15 tf_keras2.21"),
        (of_keras2(layer("GroupNormalization", "a", groups=1, **SHAPE)), "tf2.12 tf2.15 tf_keras2.21"),
        (of_keras2(layer("SpectralNormalization", "a", layer=layer("Dense", "d", units=1), **SHAPE)), ""),
        (of_keras2(layer("Dense", "a", units=1, activation="mish", **SHAPE)), "tf2.15 tf_keras2.21 tfjs"),
        (dense(), "3.15"),
        (keras3(built_in("Dense", name="dense", units=1)), "tf2.12 tf2.15 tf_keras2.21 3.15"),
    ],
)  # fmt: skip
def test_other_lines(model: dict[str, Any], loading: str) -> None:
    releases = "tf2.12,tf2.15,tf_keras2.21,3.15,tfjs"
    assert " ".join(verdict.release for verdict in lstmlint.compat(model, releases) if verdict.loads) == loading


def test_arguments_of_a_base_class_outside_keras() -> None:
    orthogonal = {"class_name": "Orthogonal", "config": {"gain": 1.0, "seed": None}}
    model = of_keras2(layer("LSTM", "a", units=2, recurrent_initializer=orthogonal, **SHAPE))
    assert [verdict.loads for verdict in lstmlint.compat(model, "tf2.2,tf2.3,tf2.4,tf2.5")] == [True] * 4


def test_keras0() -> None:
    model = {"name": "Sequential", "layers": [{"name": "Dense", "input_dim": 2, "output_dim": 1}]}
    assert {verdict.loads for verdict in lstmlint.compat(model)} == {False}


def test_custom_objects() -> None:
    mine = {**built_in("Mine", "mine", name="mine"), "registered_name": "Mine"}
    model = keras3(INPUT, mine, built_in("Dense", name="d", units=1))
    assert {verdict.loads for verdict in lstmlint.compat(model, "3.*")} == {None}
    assert {obstacle.layer for verdict in lstmlint.compat(model, "3.*") for obstacle in verdict.obstacles} == {"mine"}
    assert [verdict.loads for verdict in lstmlint.compat({**model}, ["3.4", "3.15"])] == [None, None]


def test_errors_of_the_model_are_obstacles() -> None:
    (verdict,) = lstmlint.compat(keras3(INPUT, built_in("LSTM", name="lstm", units=2)), "3.15")
    assert [(obstacle.code, obstacle.layer) for obstacle in verdict.obstacles] == [("P626", "lstm")]


def test_table(shell: Shell) -> None:
    done = shell("compat", COLAB)
    assert done.code == 0
    assert "Keras 3.15         yes" in done.out
    assert max(map(len, done.out.splitlines())) <= 80
    assert done.out.count("\n") < 20


def test_json(shell: Shell) -> None:
    done = shell("compat", COLAB, "--format", "json")
    (file,) = done.json["files"]
    assert [entry["release"] for entry in file["compat"]] == list(ALL)
    first = next(entry for entry in file["compat"] if entry["release"] == "3.14")["obstacles"][0]
    assert (first["code"], first["layer"], first["mendable"]) == ("P622", "lstm", True)
    assert "input_axes" in Path(COLAB).read_text().splitlines()[first["line"] - 1]


def test_targets(shell: Shell) -> None:
    done = shell(COLAB, "--target", "3.4", "--target", ">=3.9,<3.12", "--format", "json")
    findings = done.json["files"][0]["findings"]
    assert done.code == 1
    assert {finding["code"] for finding in findings} == {"P622"}
    assert all("Keras 3.4 and Keras 3.9 to 3.11 cannot load the model" in finding["message"] for finding in findings)
    assert shell("compat", COLAB, "--target", "3.4").code == 1
    assert shell("compat", COLAB, "--target", "3.15").code == 0
    assert shell(COLAB, "--target", "3.15").code == 0


def test_a_folder_without_models(shell: Shell) -> None:
    shell.write("empty/notes.txt", b"nothing")
    done = shell("compat", "empty")
    assert (done.code, done.out, done.err) == (0, "", "lstmlint: no Keras model found in empty\n")


def test_target_in_settings(shell: Shell) -> None:
    shell.write("lstmlint.toml", 'target-keras = [">=3.13", "3.12"]')
    shell.write("a.json", Path(COLAB).read_text())
    done = shell("a.json", "-q")
    assert "Keras 3.12 cannot load the model" in done.out
    assert 'target-keras = ["3.12", "3.13", "3.14", "3.15"]' in shell("--show-settings").out
    shell.write("lstmlint.toml", 'target-keras = "3.l4"')
    assert "target-keras: there is no release '3.l4'" in shell("a.json").err


@pytest.mark.parametrize("target", ["kers3", "3.99", ""])
def test_unknown_targets(shell: Shell, target: str) -> None:
    done = shell("compat", COLAB, "--target", target)
    assert done.code == 2
    assert "3.0 to 3.15" in done.err


def test_fix_for_a_target(shell: Shell) -> None:
    shell.write("a.json", Path(COLAB).read_text())
    shown = shell("a.json", "--target", "3.3", "--diff")
    assert shown.code == 1
    assert '-          "quantization_config": null,' in shown.out or "quantization_config" in shown.out
    assert shell("a.json", "--target", "3.3", "--fix", "-q").code == 0
    assert shell("compat", "a.json", "--target", "3.*").code == 0
    assert lstmlint.analyze(shell.folder / "a.json").model.params == lstmlint.analyze(COLAB).model.params  # type: ignore[union-attr]


def test_other_values_are_not_removed(shell: Shell) -> None:
    shell.write("a.json", dense(lora_rank=4, lora_alpha=8))
    before = (shell.folder / "a.json").read_text()
    done = shell("a.json", "--target", "3.4", "--fix")
    assert "8 is not its default" in done.out
    assert (shell.folder / "a.json").read_text() == before


def test_files_that_are_no_models(shell: Shell) -> None:
    shell.write("a.json", '{"a": 1}')
    assert shell("compat", "a.json").code == 1
    shell.write("b.json", "{")
    done = shell("compat", "b.json", "--format", "json")
    assert (done.code, done.json["files"][0]["findings"][0]["code"]) == (1, "E001")
    assert shell("compat", "none.json").code == 2
    assert shell("compat").code == 2
    shell.write("models/a.json", Path(COLAB).read_text())
    shell.write("models/b.json", "[1]")
    done = shell("compat", "models", "--format", "json")
    assert [file["path"] for file in done.json["files"]] == ["models/a.json"]


def test_the_line_of_a_usual_report(shell: Shell) -> None:
    assert "Loads in Keras 3.15 (lstmlint compat says why)" in shell(COLAB).out
    shell.write("a.json", dense())
    assert "Loads in" not in shell("a.json").out
    shell.write("b.json", keras3(INPUT, built_in("LSTM", name="lstm", units=2, quantization_config=None)))
    assert "Loads in" not in shell("b.json").out  # it has an error


def test_changes_are_current() -> None:
    assert generate_changes.TARGET.read_text("utf-8") == generate_changes.text(), "run scripts/generate_changes.py"


@pytest.mark.parametrize("model", [row[0] for row in VERDICTS if "module" in row[0]])
def test_the_line_agrees_with_the_verdicts(model: dict[str, Any]) -> None:
    report = lstmlint.analyze(model, lstmlint.Options(compat=KERAS3))
    assert report.model is not None
    assert report.compat is not None
    known = quick.releases(report.model.spec)
    if model.get("registered_name") != "other>Sequential":  # rare, so the line does not look at it
        assert [bool(known >> minor & 1) for minor in range(16)] == [verdict.loads for verdict in report.compat]


def test_a_newer_keras() -> None:
    verdicts = lstmlint.compat(json.loads(json.dumps({**dense(shiny=None), "keras_version": "3.99.0"})))
    obstacle = next(verdict for verdict in verdicts if verdict.release == "3.15").obstacles[0]
    assert "may be new in Keras 3.99.0" in obstacle.message
    findings = lstmlint.analyze({**dense(shiny=None), "keras_version": "3.99.0"}).findings
    assert [(finding.code, finding.severity) for finding in findings] == [("P627", "warning")]
    assert [finding.code for finding in lstmlint.analyze(dense(shiny=None)).findings] == ["E005"]


def test_yaml_is_read_by_old_releases_only() -> None:
    text = """
class_name: Sequential
config:
  name: m
  layers:
  - class_name: Dense
    config: {name: d, units: 2, batch_input_shape: [null, 3]}
keras_version: 2.2.4
"""
    verdicts = {verdict.release: verdict for verdict in lstmlint.compat(text)}
    loading = [release for release, verdict in verdicts.items() if verdict.loads]
    assert loading == ["2.0", "2.1", "2.2", "2.3", "tf2.0", "tf2.1", "tf2.2"]
    assert {verdicts[release].obstacles[0].subject for release in ("3.9", "tf2.15", "tfjs")} == {"yaml"}
    assert "TensorFlow.js reads JSON only" in verdicts["tfjs"].obstacles[0].message
    assert "lstmlint convert FILE --to 3.9" in verdicts["3.9"].obstacles[0].help


def loading(model: Any, releases: str = "3.*") -> list[str]:
    return [verdict.release for verdict in lstmlint.compat(model, releases) if verdict.loads]


def connected(*layers: dict[str, Any], inputs: list[Any], outputs: list[Any]) -> dict[str, Any]:
    """Return a functional model as Keras 3 writes it."""
    config = {"name": "m", "layers": list(layers), "input_layers": inputs, "output_layers": outputs}
    return {**functional(ENDS, ENDS), "config": config}


def tensor(name: str, *shape: int | None, dtype: str = "float32") -> dict[str, Any]:
    return {
        "class_name": "__keras_tensor__",
        "config": {"shape": list(shape), "dtype": dtype, "keras_history": [name, 0, 0]},
    }


def call(*args: Any, **kwargs: Any) -> list[dict[str, Any]]:
    return [{"args": list(args), "kwargs": kwargs}]


def test_an_input_that_is_not_listed() -> None:
    other = {**built_in("InputLayer", name="y", batch_shape=[None, 5]), "name": "y", "inbound_nodes": []}
    first = {**INPUT, "name": "x", "inbound_nodes": []}
    pair = [tensor("x", None, 5), tensor("y", None, 5)]
    add = {**built_in("Add", name="add"), "name": "add", "inbound_nodes": call(pair)}
    model = connected(first, other, add, inputs=ENDS, outputs=[["add", 0, 0]])
    assert loading(model) == ALL_15[:10]
    assert any("Keras 3.10 and later raise" in finding.message for finding in lstmlint.analyze(model).findings)


def test_a_mask_in_the_file() -> None:
    """tests/data/compat holds the model of which this is a part."""
    tokens = {
        **built_in("InputLayer", name="x", batch_shape=[None, 9], dtype="int32"),
        "name": "x",
        "inbound_nodes": [],
    }
    embedding = built_in("Embedding", name="e", input_dim=7, output_dim=5, mask_zero=True)
    mask = built_in("NotEqual", "keras.src.ops.numpy", name="not_equal")
    inner = {
        **keras3(built_in("InputLayer", name="i", batch_shape=[None, 9, 5]), built_in("Flatten", name="f")),
        "name": "m",
    }
    layers = [
        tokens,
        {**embedding, "name": "e", "inbound_nodes": call(tensor("x", None, 9))},
        {**mask, "name": "not_equal", "inbound_nodes": call(tensor("x", None, 9), 0)},
        {**inner, "inbound_nodes": call(tensor("e", None, 9, 5), mask=None)},
    ]
    subjects = {
        release: {obstacle.subject for verdict in lstmlint.compat(model, release) for obstacle in verdict.obstacles}
        for release in ("3.3", "3.4", "3.5", "3.6")
        for model in [connected(*layers, inputs=ENDS, outputs=[["m", 0, 0]])]
    }
    assert subjects == {"3.3": set(), "3.4": {"not_equal"}, "3.5": {"not_equal"}, "3.6": set()}
    layers[3]["inbound_nodes"] = call(tensor("e", None, 9, 5))
    assert loading(connected(*layers, inputs=ENDS, outputs=[["m", 0, 0]]), "3.4")


@pytest.mark.parametrize(
    ("policy", "loading_releases"),
    [
        ("int8_from_float32", ALL_15[1:]),
        (built_in("QuantizedDTypePolicy", "keras.dtype_policies", mode="int4", source_name="float32"), ALL_15[11:]),
        (built_in("QuantizedDTypePolicy", "keras.dtype_policies", mode="int8", source_name="float32"), ALL_15[4:]),
    ],
)
def test_quantization_modes(policy: Any, loading_releases: list[str]) -> None:
    assert loading(dense(dtype=policy)) == loading_releases


def in_hdf5(folder: Path, **config: Any) -> Path:
    """Return an HDF5 file without weights."""
    h5py = pytest.importorskip("h5py")
    path = folder / "model.h5"
    with h5py.File(path, "w") as file:
        dense = [layer("InputLayer", "x", batch_shape=[None, 5]), layer("Dense", "dense", units=2, **config)]
        file.attrs["model_config"] = json.dumps(sequential("m", *dense))
        file.attrs["keras_version"] = "3.9.0"
    return path


def test_policies_in_hdf5(tmp_path: Path) -> None:
    float8 = built_in("QuantizedFloat8DTypePolicy", "keras.dtype_policies", mode="float8", source_name="float32")
    assert loading(in_hdf5(tmp_path, dtype=float8)) == []
    assert loading(in_hdf5(tmp_path, dtype="int8_from_float32")) == ALL_15[2:]
    assert loading(in_hdf5(tmp_path, dtype="mixed_float16")) == ALL_15


def test_cudnn_layers_are_not_in_their_module() -> None:
    lstm = {"module": "keras.layers", **layer("CuDNNLSTM", "a", units=2, **SHAPE)}
    assert loading(of_keras2(lstm), "tf2.12,tf2.13,tf2.15") == ["tf2.12"]
    del lstm["module"]
    assert loading(of_keras2(lstm), "tf2.12,tf2.13,tf2.15") == ["tf2.12", "tf2.13", "tf2.15"]


def archive(folder: Path, model: dict[str, Any], version: str, weights: dict[str, tuple[int, ...]]) -> Path:
    """Return a .keras archive with weights of these shapes."""
    import io
    import zipfile

    h5py = pytest.importorskip("h5py")
    path, stored = folder / "model.keras", io.BytesIO()
    with h5py.File(stored, "w") as file:
        for place, shape in weights.items():
            file.create_dataset(place, shape, "float32")
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("metadata.json", json.dumps({"keras_version": version}))
        file.writestr("config.json", json.dumps(model))
        file.writestr("model.weights.h5", stored.getvalue())
    return path


KERNELS: dict[str, tuple[int, ...]] = {"layers/dense/vars/0": (5, 2), "layers/dense/vars/1": (2,)}


@pytest.mark.parametrize(
    ("shapes", "loading_releases"),
    [
        ([(), (), (), (5, 2), (5, 2), (2,), (2,)], ALL_15[:10]),
        ([(), (), (5, 2), (5, 2), (2,), (2,), ()], ALL_15[10:]),
        ([(), ()], ALL_15),
    ],
)
def test_the_state_of_nadam(shapes: list[tuple[int, ...]], loading_releases: list[str], tmp_path: Path) -> None:
    compiled = {"optimizer": built_in("Nadam", "keras.optimizers", name="nadam"), "loss": "mse"}
    state = {f"optimizer/vars/{number}": shape for number, shape in enumerate(shapes)}
    path = archive(tmp_path, {**dense(), "compile_config": compiled}, "3.9.0", {**KERNELS, **state})
    assert loading(path) == loading_releases


def test_modules_of_functional_models() -> None:
    def saved(module: str) -> bytes:
        import io
        import zipfile

        ends: list[Any] = [["x", 0, 0]]
        first = {**layer("InputLayer", "x", batch_input_shape=[None, 5]), "name": "x", "inbound_nodes": []}
        config = {"name": "m", "layers": [first], "input_layers": ends, "output_layers": ends}
        model = {"class_name": "Functional", "module": module, "config": config, "registered_name": "Functional"}
        with zipfile.ZipFile(buffer := io.BytesIO(), "w") as file:
            file.writestr("config.json", json.dumps(model))
        return buffer.getvalue()

    assert loading(saved("keras.src.engine.functional"), "tf2.15,tf_keras2.21") == ["tf2.15", "tf_keras2.21"]
    (verdict,) = lstmlint.compat(saved("keras.src.models.functional"), "tf_keras2.21")
    assert "is not in the module 'keras.src.models.functional'" in verdict.obstacles[0].message


def test_operations_in_hdf5_fail_in_order(tmp_path: Path) -> None:
    h5py = pytest.importorskip("h5py")
    pair = [{"args": [tensor("x", None, 5), 2.0], "kwargs": {}}]
    layers = [
        {**layer("InputLayer", "x", batch_shape=[None, 5]), "name": "x", "inbound_nodes": []},
        {**layer("Multiply", "multiply"), "name": "multiply", "inbound_nodes": pair},
        {**layer("Transpose", "t"), "name": "t", "inbound_nodes": call(tensor("multiply", None, 5))},
    ]
    config = {"name": "m", "layers": layers, "input_layers": ENDS, "output_layers": [["t", 0, 0]]}
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file.attrs["model_config"] = json.dumps({"class_name": "Functional", "config": config})
        file.attrs["keras_version"] = "3.9.0"
    (verdict,) = lstmlint.compat(tmp_path / "a.h5", "3.9")
    assert [obstacle.subject for obstacle in verdict.obstacles[:2]] == ["Transpose", "Multiply"]


def test_where_archives_keep_weights(tmp_path: Path) -> None:
    model = {
        "module": "keras",
        "registered_name": None,
        **of_keras2(layer("Dense", "dense", units=2, batch_input_shape=[None, 5])),
    }
    assert loading(archive(tmp_path, model, "2.15.0", KERNELS), "tf2.12,tf2.14,tf2.15") == ["tf2.15"]
    assert loading(archive(tmp_path, model, "2.15.0", {}), "tf2.12,tf2.14,tf2.15") == ["tf2.12", "tf2.14", "tf2.15"]
    (tmp_path / "model.keras").write_bytes((tmp_path / "model.keras").read_bytes().replace(b"\x89HDF", b"xxxx"))
    assert loading(tmp_path / "model.keras", "tf2.12") == ["tf2.12"]  # the analysis says that they cannot be read


def test_subclassed_models(shell: Shell) -> None:
    net: dict[str, Any] = {"module": None, "class_name": "Net", "config": {}, "registered_name": "Net"}
    assert {verdict.loads for verdict in lstmlint.compat(net)} == {None}
    shell.write("net.json", net)
    done = shell("compat", "net.json")
    assert (done.code, "subclassed model" in done.out, "if you pass Net in" in done.out) == (0, True, True)
    with pytest.raises(lstmlint.UsageError):
        lstmlint.compat(built_in("Dense", units=2))  # one of Keras, but no model


def test_conversions_are_suggested(shell: Shell) -> None:
    done = " ".join(shell("compat", COLAB, "--target", "tf2.15").out.split())
    assert done.endswith("lstmlint convert FILE --to tf2.15 writes it for tf.keras 2.15 without loss.")
    done = " ".join(shell("compat", COLAB, "--target", "3.15,3.3,3.4,tfjs").out.split())
    assert "lstmlint convert FILE --to RELEASE writes it for Keras 3.3 and 3.4 without loss." in done
    done = " ".join(shell(COLAB, "--target", "tf2.15", "-q").out.split())
    assert "Convert the file, which Keras 3 wrote: lstmlint convert FILE --to tf2.15." in done
    shell.write("a.json", keras3(INPUT, built_in("RMSNormalization", name="n")))
    assert "lstmlint convert" not in shell("compat", "a.json", "--target", "3.4").out


@pytest.mark.parametrize("wrong", [[], {}, ["Dense"], 3, None])
def test_classes_that_are_no_names(wrong: Any) -> None:
    """No loader trips over a class that is not a text, wherever it is."""
    policy = {"module": "keras", "class_name": "DTypePolicy", "config": {"name": "float32"}, "registered_name": None}
    dense = built_in("Dense", name="d", units=2, dtype=policy)
    wrapped = built_in("TimeDistributed", name="t", layer=built_in("Dense", name="e", units=2))
    text = json.dumps(keras3(INPUT, dense, wrapped))
    for class_name in ("Dense", "DTypePolicy", "TimeDistributed", "InputLayer"):
        damaged = text.replace(f'"class_name": "{class_name}"', f'"class_name": {json.dumps(wrong)}')
        for container in (damaged, damaged.replace('"module": "keras.layers", ', "")):
            report = lstmlint.analyze(container.encode(), lstmlint.Options(compat=ALL))
            assert "E099" not in [finding.code for finding in report.findings]
    policy_in_hdf5 = keras3(INPUT, built_in("Dense", name="d", units=2, dtype=wrong))
    raw = hdf5(json.dumps(policy_in_hdf5).encode(), Random(0))
    report = lstmlint.analyze(raw, lstmlint.Options(compat=ALL))
    assert "E099" not in [finding.code for finding in report.findings]
    assert report.compat is not None
    assert len(report.compat) == len(ALL)
