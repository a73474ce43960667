"""Harmless files of the shapes that attacks have, with the rule that reports each, and benign files of the same shapes."""

from __future__ import annotations

import base64
import gzip
import io
import json
import stat
import warnings
import zipfile
from collections.abc import Callable
from typing import Any

import h5py

from tests.commandline import layer, sequential

CODE = base64.b64encode(b"no code at all").decode()
LAMBDA = {"class_name": "__lambda__", "config": {"code": CODE, "defaults": None, "closure": None}}
DENSE = {"name": "d", "units": 3}


def k3(
    class_name: str, config: Any, module: str | None = "keras.layers", registered: str | None = None
) -> dict[str, Any]:
    """Return an object as Keras 3 writes it."""
    return {"module": module, "class_name": class_name, "config": config, "registered_name": registered}


def model(*layers: Any, **more: Any) -> dict[str, Any]:
    """Return a Sequential of Keras 3."""
    first = k3("InputLayer", {"name": "x", "batch_shape": [None, 4]})
    return {**k3("Sequential", {"name": "m", "layers": [first, *layers]}, "keras"), **more}


def dense(**config: Any) -> dict[str, Any]:
    """Return a Dense layer of Keras 3."""
    return k3("Dense", {**DENSE, **config})


def k2(**config: Any) -> dict[str, Any]:
    """Return a model of Keras 2 with a Lambda."""
    return {**sequential("m", layer("Lambda", "l", batch_input_shape=[None, 4], **config)), "keras_version": "2.15.0"}


IN_LAMBDA = k3("Lambda", {"name": "l", "function": LAMBDA})
FUNCTION = k3("function", "get_file", "keras.utils", "function")
PROBES: dict[str, tuple[Any, str, str]] = {
    "lambda": (model(IN_LAMBDA), "X801", "warning"),
    "lambda in nested model": (model(k3("Sequential", {"name": "n", "layers": [IN_LAMBDA]}, "keras")), "X801", "warning"),
    "lambda in TimeDistributed": (model(k3("TimeDistributed", {"name": "t", "layer": IN_LAMBDA})), "X801", "warning"),
    "lambda as activation": (model(dense(activation=LAMBDA)), "X801", "warning"),
    "lambda in an initializer": (model(dense(kernel_initializer=LAMBDA)), "X801", "warning"),
    "lambda as loss": (model(dense(), compile_config={"loss": LAMBDA}), "X801", "warning"),
    "lambda in metrics": (model(dense(), compile_config={"metrics": [[LAMBDA]]}), "X801", "warning"),
    "lambda under an ignored key": (model(dense(), extra={"a": [{"b": LAMBDA}]}), "X801", "warning"),
    "lambda in arguments": (model(k3("Lambda", {"name": "l", "function": "f", "arguments": {"a": LAMBDA}})), "X801", "warning"),
    "lambda in output_shape": (model(k3("Lambda", {"name": "l", "function": "f", "output_shape": LAMBDA})), "X801", "warning"),
    "lambda in a call": (model({**dense(), "inbound_nodes": [{"args": [LAMBDA], "kwargs": {}}]}), "X801", "warning"),
    "lambda without config": (model(k3("__lambda__", None)), "X801", "warning"),
    "lambda with a list of code": (model(k3("__lambda__", {"code": [1]})), "X801", "warning"),
    "Keras 2 lambda": (k2(function=[CODE, None, None], function_type="lambda"), "X801", "warning"),
    "Keras 2 lambda without type": (k2(function=[CODE, None, None]), "X801", "warning"),
    "Keras 2 lambda in output_shape": (
        k2(function="f", function_type="function", output_shape=[CODE], output_shape_type="lambda"), "X801", "warning",
    ),
    "Keras 1 lambda": (k2(function="c\u0001\u0000", function_type="lambda"), "X801", "warning"),
    "Keras 2 function of os": (k2(function="getcwd", function_type="function", module="os"), "X802", "error"),
    "os as layer": (model(k3("getcwd", {}, "os")), "X802", "error"),
    "os as activation": (model(dense(activation=k3("function", "getcwd", "os"))), "X802", "error"),
    "builtins": (model(dense(activation=k3("function", "eval", "builtins"))), "X802", "error"),
    "os as optimizer": (model(dense(), compile_config={"optimizer": k3("getcwd", {}, "os")}), "X802", "error"),
    "os as initializer": (model(dense(kernel_initializer=k3("getcwd", {}, "os.path"))), "X802", "error"),
    "own package": (model(k3("Mine", {"name": "a"}, "mine.layers", "mine>Mine")), "X802", "warning"),
    "module of a wrong type": (model(k3("Mine", {"name": "a"}, ["os"])), "X802", "warning"),  # type: ignore[arg-type]
    "root of another module": (k3("Thing", {"layers": []}, "os"), "X802", "error"),
    "not a model": ({"module": "os", "class_name": "getcwd", "config": {}}, "X802", "error"),
    "get_file": (model(dense(activation=FUNCTION)), "X803", "error"),
    "get_file by class": (model(k3("get_file", {"origin": "x"}, "keras.utils")), "X803", "error"),
    "get_file in source": (model(k3("get_file", {"origin": "x"}, "keras.src.utils.file_utils")), "X803", "error"),
    "load_model": (model(k3("load_model", {}, "keras.models")), "X803", "error"),
    "unsafe mode": (model(k3("enable_unsafe_deserialization", {}, "keras.config")), "X803", "error"),
    "other utils": (model(k3("pack_x_y_sample_weight", {}, "keras.utils")), "X803", "error"),
    "TFOpLambda": (
        sequential("m", layer("TFOpLambda", "o", function="io.read_file", batch_input_shape=[None, 4])), "X803", "error",
    ),
    "TFSMLayer": (model(k3("TFSMLayer", {"name": "s", "filepath": "saved"})), "X804", "warning"),
    "torch": (model(k3("TorchModuleWrapper", {"module": k3("__bytes__", {"value": CODE})})), "X805", "warning"),
    "torch without module": (model(k3("TorchModuleWrapper", {"module": None})), "X805", "warning"),
    "vocabulary path": (model(k3("StringLookup", {"name": "v", "vocabulary": "words.txt"})), "X806", "warning"),
    "vocabulary URL": (model(k3("IntegerLookup", {"name": "v", "vocabulary": "http://localhost/w"})), "X806", "warning"),
    "registered name": (model(k3("Dense", DENSE, "keras.layers", "mine>Other")), "X807", "warning"),
    "name up": (model(dense(name="../d")), "X808", "error"),
    "name up on Windows": (model(dense(name="..\\d")), "X808", "error"),
    "name of dots": (model(dense(name="..")), "X808", "error"),
    "absolute name": (model(dense(name="/tmp/d")), "X808", "warning"),
    "drive": (model(dense(name="C:\\d")), "X808", "warning"),
    "zero byte": (model(dense(name="d\0")), "X808", "warning"),
    "outer name": (model({**dense(), "name": "../d"}), "X808", "error"),
    "os as schedule": (model(dense(), compile_config={"optimizer": k3("Adam", {"learning_rate": k3("getcwd", {}, "os")}, "keras.optimizers")}), "X802", "error"),
    "os in arguments of a call": (model({**dense(), "inbound_nodes": [{"args": [], "kwargs": {"mask": k3("getoutput", {}, "subprocess")}}]}), "X802", "error"),
    "os as cell": (model(k3("RNN", {"name": "r", "cell": k3("getcwd", {}, "os")})), "X802", "error"),
    "os in a type": (model(dense(spec={"class_name": "__typespec__", "module": "os", "spec_name": "x"})), "X802", "error"),
    "numpy.load": (model(dense(activation=k3("function", "load", "numpy", "function"))), "X802", "warning"),
    "similar name": (model(k3("Dense", DENSE, "keras_.layers")), "X802", "warning"),
    "empty module": (model(k3("getcwd", {}, "")), "X802", "warning"),
    "get_file in Lambda": (model(k3("Lambda", {"name": "l", "function": FUNCTION, "arguments": {"origin": "x"}})), "X803", "error"),
    "get_file of keras.api": (model(dense(activation=k3("function", "get_file", "keras.api.utils", "function"))), "X803", "error"),
    "load_model as loss": (model(dense(), compile_config={"loss": k3("function", "load_model", "keras.models", "function")}), "X803", "error"),
    "data set": (model(dense(activation=k3("function", "load_data", "keras.datasets.mnist", "function"))), "X803", "error"),
    "application": (model(k3("function", "VGG16", "keras.applications", "function")), "X803", "error"),
    "export": (model(k3("ExportArchive", {}, "keras.src.export.saved_model")), "X803", "error"),
    "callback": (model(k3("ModelCheckpoint", {"filepath": "x"}, "keras.callbacks")), "X803", "error"),
    "Keras 2 get_file": (k2(function="get_file", function_type="function", module="keras.utils.data_utils"), "X803", "error"),
    "Keras 2 read_file": (k2(function="read_file", function_type="function", module="tensorflow.python.ops.io_ops"), "X803", "error"),
    "tf.config": (sequential("m", layer("TFOpLambda", "o", function="config.experimental_connect_to_host", batch_input_shape=[None, 4])), "X803", "error"),
    "ReadFile": (sequential("m", layer("TensorFlowOpLayer", "o", node_def={"name": "r", "op": "ReadFile"}, constants={}, batch_input_shape=[None, 4])), "X803", "error"),
    "PyFunc as bytes": (sequential("m", layer("TensorFlowOpLayer", "o", node_def="\n\u0001r\u0012\u0006PyFunc\u001a\u0001x", constants={}, batch_input_shape=[None, 4])), "X803", "error"),
    "TFSMLayer of its module": (model(k3("TFSMLayer", {"filepath": "x"}, "keras.src.export.tfsm_layer")), "X804", "warning"),
    "vocabulary of a base class": (model(k3("IndexLookup", {"vocabulary": "w"}, "keras.src.layers.preprocessing.index_lookup")), "X806", "warning"),
    "share": (model(dense(name="\\\\host\\share")), "X808", "warning"),
    "name of the model": ({**model(dense()), "config": {**model(dense())["config"], "name": "../../m"}}, "X808", "error"),
    "URL": (model(dense(note="https://localhost")), "X811", "info"),
    "jax": (model(k3("JaxLayer", {"name": "j", "call_fn": "f"})), "X812", "warning"),
    "flax": (model(k3("FlaxLayer", {"name": "j"})), "X812", "warning"),
}  # fmt: skip
TEXTS: dict[str, tuple[str, str]] = {
    "escaped class": (json.dumps(model(IN_LAMBDA)).replace("__lambda__", "__\\u006cambda__"), "X801"),
    "escaped module": (json.dumps(model(k3("getcwd", {}, "os"))).replace('"os"', '"\\u006fs"'), "X802"),
    "behind a repeated key": (f'{{"a": {json.dumps(IN_LAMBDA)}, "a": 1, {json.dumps(model(dense()))[1:]}', "X801"),
    "code behind a repeated key": (f'{{"class_name": "Sequential", {json.dumps(model())[1:-1]}, "config": {json.dumps(IN_LAMBDA)}, {json.dumps(model())[1:]}', "X801"),
    "quoted": (json.dumps({"model_config": json.dumps(model(IN_LAMBDA))}), "X801"),
    "quoted twice": (json.dumps(json.dumps(model(IN_LAMBDA))), "X801"),
    "YAML": (f"class_name: Sequential\nconfig:\n  name: m\n  layers:\n  - {json.dumps(IN_LAMBDA)}\n", "X801"),
    "YAML escapes": ('class_name: Sequential\nconfig:\n  layers:\n  - {class_name: "\\x54FSMLayer", config: {name: a}}\n', "X804"),
    "YAML repeated key": (f"class_name: Sequential\nx: {json.dumps(IN_LAMBDA)}\nx: 1\nconfig: {{layers: []}}\n", "X801"),
    "YAML tag": ("class_name: Sequential\nconfig: {layers: [!!python/object/apply:os.getcwd []]}\n", "X809"),
    "YAML tag of a key": ("class_name: Sequential\n!!python/object/apply:os.getcwd x: 1\nconfig: {layers: []}\n", "X809"),
    "YAML tag around everything": ("!!python/object/apply:os.getcwd\n- class_name: x\n", "X809"),
}  # fmt: skip
BENIGN: dict[str, Any] = {
    "plain": model(dense()),
    "training": model(dense(), compile_config={"loss": "mse", "optimizer": k3("Adam", {}, "keras.optimizers")}),
    "function of a user": model(dense(), compile_config={"loss": k3("function", "my_loss", "builtins", "function")}),
    "registered class": model(k3("Mine", {"name": "a"}, None, "mine>Mine")),
    "registered Keras class": model(k3("Dense", DENSE, "keras.layers", "Dense")),
    "slashes": model(dense(name="block/d")),
    "two dots": model(dense(name="d..2")),
    "colons": model(dense(name="d:0")),
    "vocabulary": model(k3("StringLookup", {"name": "v", "vocabulary": ["a/b", ".."]})),
    "words": model(dense(note="eval and os.system and Lambda")),
    "Keras 2": sequential("m", layer("Dense", "d", units=3, batch_input_shape=[None, 4])),
    "Keras 2 function": k2(function="f", function_type="function", module="__main__"),
    "TFOpLambda": sequential("m", layer("TFOpLambda", "o", function="math.add", batch_input_shape=[None, 4])),
    "layer of an application": model(
        k3(
            "LayerScale",
            {"name": "s", "projection_dim": 4, "init_values": 1e-6},
            "keras.src.applications.convnext",
            "LayerScale",
        )
    ),
    "TensorFlowOpLayer": sequential(
        "m",
        layer(
            "TensorFlowOpLayer",
            "o",
            node_def={"name": "ReadFile", "op": "AddV2"},
            constants={},
            batch_input_shape=[None, 4],
        ),
    ),
    "Keras 2 function of TensorFlow": k2(
        function="identity", function_type="function", module="tensorflow.python.ops.array_ops"
    ),
    "tensorflow.keras": model(k3("Dense", DENSE, "tensorflow.python.keras.layers.core")),
    "class of a wrong type": model(k3(["Lambda"], {"name": "d"})),  # type: ignore[arg-type]
    "no strings": model(k3("Lambda", {"name": "l", "function": "f", "mask": None})),
}


# Files ----------------------------------------------------------------------------------------------------


def archive(members: list[tuple[Any, bytes]]) -> bytes:
    """Return a zip archive, whose names may repeat."""
    raw = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(raw, "w", zipfile.ZIP_DEFLATED) as target:
        warnings.simplefilter("ignore")  # about repeated names
        for name, content in members:
            target.writestr(name, content)
    return raw.getvalue()


def hdf5(config: Any, change: Callable[[Any, Any], None] | None = None, userblock: int = 0) -> bytes:
    """Return an HDF5 model with one Dense layer's weights, which `change` may change."""
    raw = io.BytesIO()
    with h5py.File(raw, "w", userblock_size=userblock) as file:
        file.attrs["model_config"] = json.dumps(config)
        weights = file.create_group("model_weights/d")
        file["model_weights"].attrs["layer_names"] = [b"d"]
        weights.attrs["weight_names"] = [b"kernel"]
        if change is not None:
            change(h5py, weights)
    return raw.getvalue()


def link() -> zipfile.ZipInfo:
    """Return a member that is a symbolic link."""
    info = zipfile.ZipInfo("assets/link")
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    return info


def virtual(h5py: Any, group: Any) -> None:
    """Add a dataset whose values are in another file."""
    layout = h5py.VirtualLayout(shape=(4, 3), dtype="f4")
    layout[:] = h5py.VirtualSource("other.h5", "x", shape=(4, 3))
    group.create_virtual_dataset("kernel", layout)


CONFIG = ("config.json", json.dumps(model(dense())).encode())
LAMBDAS = ("config.json", json.dumps(model(IN_LAMBDA)).encode())
OLD = sequential("m", layer("Dense", "d", units=3, batch_input_shape=[None, 4]))
OLD_LAMBDA = k2(function=[CODE, None, None], function_type="lambda")


def encrypted(raw: bytes) -> bytes:
    """Return an archive whose second member claims to be encrypted."""
    start = raw.rindex(b"PK\x01\x02") + 8
    return raw[:start] + b"\x01" + raw[start + 1 :]


def padded(raw: bytes) -> bytes:
    """Return data up to a place where HDF5 may begin."""
    size = 512
    while size < len(raw):
        size *= 2
    return raw.ljust(size, b"\0")


FILES: dict[str, tuple[str, bytes, list[str]]] = {
    "absolute": ("m.keras", archive([CONFIG, ("/tmp/x", b"")]), ["X810 error"]),
    "up": ("m.keras", archive([CONFIG, ("assets/../../x", b"")]), ["X810 error"]),
    "up on Windows": ("m.keras", archive([CONFIG, ("assets\\..\\x", b"")]), ["X810 error"]),
    "drive": ("m.keras", archive([CONFIG, ("C:/x", b"")]), ["X810 error"]),
    "link": ("m.keras", archive([CONFIG, (link(), b"/etc/hostname")]), ["X810 error"]),
    "Python": ("m.keras", archive([CONFIG, ("assets/run.py", b"")]), ["X810 warning"]),
    "pickle": ("m.keras", archive([CONFIG, ("DATA.PKL", b"")]), ["X810 warning"]),
    "library": ("m.keras", archive([CONFIG, ("x.so", b"")]), ["X810 warning"]),
    "encrypted": ("m.keras", encrypted(archive([CONFIG, ("metadata.txt", b"x")])), ["X810 warning"]),
    "bomb": ("m.keras", archive([CONFIG, ("assets/x.txt", bytes(2**25))]), ["X810 warning"]),
    "code in the hidden config": ("m.keras", archive([LAMBDAS, CONFIG]), ["X801 warning", "X810 warning"]),
    "code in the last config": ("m.keras", archive([CONFIG, LAMBDAS]), ["X801 warning", "X810 warning"]),
    "damaged hidden config": ("m.keras", archive([("config.json", b"{"), CONFIG]), ["X810 warning"]),
    "UTF-16": ("m.keras", archive([(LAMBDAS[0], LAMBDAS[1].decode().encode("utf-16"))]), ["X801 warning"]),
    "no model": ("m.keras", archive([("a.py", b""), ("config.json", b'{"class_name": "X", "module": "os", "config": {}}')]), ["X802 error", "X810 warning"]),
    "prefix": ("m.keras", b"#!/bin/true\n" + archive([LAMBDAS]), ["X801 warning", "X817 warning"]),
    "JSON before a zip": ("m.keras", json.dumps(OLD).encode() + archive([LAMBDAS]), ["X801 warning", "X817 warning"]),
    "two archives": ("m.keras", archive([CONFIG]) + archive([LAMBDAS]), ["X801 warning", "X817 warning"]),
    "HDF5 and zip, as zip": ("m.keras", hdf5(OLD) + archive([LAMBDAS]), ["X801 warning", "X817 warning"]),
    "HDF5 and zip, as HDF5": ("m.h5", hdf5(OLD) + archive([LAMBDAS]), ["X817 warning"]),
    "zip and HDF5, as HDF5": ("m.h5", padded(archive([CONFIG])) + hdf5(OLD_LAMBDA), ["X801 warning", "X817 warning"]),
    "zip and HDF5, as zip": ("m.keras", padded(archive([CONFIG])) + hdf5(OLD_LAMBDA), ["X817 warning"]),
    "user block": ("m.h5", b"MZ" + hdf5(OLD_LAMBDA, None, 512)[2:], ["X801 warning", "X817 warning"]),
    "gzip": ("m.json.gz", gzip.compress(LAMBDAS[1]), ["X801 warning"]),
    "Lambda in HDF5": ("m.h5", hdf5(OLD_LAMBDA), ["X801 warning"]),
    "external link": ("m.h5", hdf5(OLD, lambda h5, group: group.__setitem__("kernel", h5.ExternalLink("other.h5", "/x"))), ["X816 error"]),
    "external dataset": ("m.h5", hdf5(OLD, lambda h5, group: group.create_dataset("kernel", (4, 3), "f4", external=[("other", 0, 48)])), ["X816 error"]),
    "virtual dataset": ("m.h5", hdf5(OLD, virtual), ["X816 error"]),
    "shape bomb": ("m.h5", hdf5(OLD, lambda h5, group: group.create_dataset("kernel", (2**20, 2**10), "f4", chunks=(1, 1))), ["X816 error"]),
    "plain archive": ("m.keras", archive([CONFIG, ("metadata.json", b"{}"), ("assets/words/vocabulary.txt", b"a")]), []),
    "archive with a readme": ("m.keras", archive([CONFIG, ("README.md", b"")]), []),
    "plain HDF5": ("m.h5", hdf5(OLD, lambda h5, group: group.create_dataset("kernel", data=[[0.0] * 3] * 4)), []),
    "empty user block": ("m.h5", hdf5(OLD, None, 1024), []),
}  # fmt: skip
