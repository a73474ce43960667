"""The Kerases that run the snippets of tests/python_snippets.py: python -m tests.referee.python_engines ENGINE

The command prints what this Keras says of its snippets. Each engine needs a process of its own, because `tf.keras` is
one Keras or the other.
"""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
import tempfile
import types
from pathlib import Path
from typing import Any

from tests.python_snippets import Kerases, description, plain_shape, run, snippets


def load(engine: str) -> Kerases:
    """Return the Keras of an engine. Raises: ImportError if it is not installed."""
    return {
        "keras": keras3, "keras-tf": lambda: keras3("tensorflow"), "tf_keras": tf_keras, "keras2": keras2, "keras1": keras1
    }[engine]()  # fmt: skip


def keras3(backend: str = "numpy") -> Kerases:
    """Return Keras 3."""
    os.environ.setdefault("KERAS_BACKEND", backend)
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    import keras

    def describe(model: Any) -> dict[str, Any]:
        graph = getattr(model, "_functional", None) or model
        keys: set[str] = getattr(graph, "_nodes", set())
        rows = []
        for layer in (
            model.layers if isinstance(model, keras.Sequential) else getattr(model, "operations", model.layers)
        ):
            calls = [node for index, node in enumerate(layer._inbound_nodes) if f"{id(layer)}_ib-{index}" in keys]
            shapes = [plain_shape(tensor.shape) for tensor in keras.tree.flatten(calls[0].outputs)] if calls else None
            if isinstance(layer, keras.layers.Layer):
                rows.append([layer.name, type(layer).__name__, shapes, layer.count_params() if layer.built else None])
            else:
                rows.append([layer.name, f"ops.{type(layer).__name__}", shapes, 0])
        built = model.built
        trainable = sum(math.prod(weight.shape) for weight in model.trainable_weights) if built else None
        return description(model, rows, trainable, model.count_params() if built else None)

    modules: dict[str, Any] = {"keras_core": keras} if backend == "numpy" else {}
    return Kerases(keras.__version__, keras.Model, modules, keras.utils.clear_session, describe)


def tf_keras() -> Kerases:
    """Return tf_keras, as tf.keras of TensorFlow to 2.15."""
    os.environ["TF_USE_LEGACY_KERAS"] = "1"
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    import tensorflow as tf
    import tf_keras as keras

    keras.utils.disable_interactive_logging()

    def describe(model: Any) -> dict[str, Any]:
        keys: set[str] = getattr(model, "_network_nodes", set()) if model._is_graph_network else set()
        rows = []
        for layer in model.layers:
            calls = [
                node for index, node in enumerate(layer._inbound_nodes) if f"{layer.name}_ib-{index}" in keys
            ]  # fmt: skip
            shapes = [plain_shape(tensor.shape) for tensor in tf.nest.flatten(calls[0].outputs)] if calls else None
            rows.append([layer.name, type(layer).__name__, shapes, layer.count_params() if layer.built else None])
        trainable = sum(math.prod(weight.shape) for weight in model.trainable_weights) if model.built else None
        return description(model, rows, trainable, model.count_params() if model.built else None)

    return Kerases(keras.__version__, keras.Model, modules_of(keras), keras.backend.clear_session, describe)


# Modules of Keras 2.2 -> where tf_keras has their contents.
MOVED = {
    "layers.core": "layers", "layers.recurrent": "layers", "layers.convolutional": "layers", "layers.pooling": "layers",
    "layers.embeddings": "layers", "layers.normalization": "layers", "layers.wrappers": "layers", "layers.merge": "layers",
    "layers.advanced_activations": "layers", "layers.noise": "layers", "layers.local": "layers",
    "layers.convolutional_recurrent": "layers", "engine": "layers", "engine.topology": "layers", "engine.training": "models",
    "utils.np_utils": "utils", "preprocessing.text": "preprocessing.text", "preprocessing.sequence": "preprocessing.sequence",
}  # fmt: skip


def modules_of(keras: Any) -> dict[str, Any]:
    """Return what `import keras...` gives: the public modules of tf_keras, and those that moved."""
    import importlib
    import pkgutil

    api = importlib.import_module("tf_keras.api._v2.keras")
    modules = {"keras": keras}
    for info in pkgutil.walk_packages(api.__path__, "tf_keras.api._v2.keras."):
        name = "keras" + info.name.removeprefix("tf_keras.api._v2.keras")
        if name.count(".") <= 2:
            modules[name] = importlib.import_module(info.name)
    for old, new in MOVED.items():
        modules[f"keras.{old}"] = modules[f"keras.{new}"]
    return modules


def keras2() -> Kerases:
    """Return tf_keras with the defaults of Keras 2.2, in which GRU has no reset_after."""
    engine = tf_keras()
    keras = engine.modules["keras"]

    class GRU(keras.layers.GRU):  # type: ignore[name-defined,misc]
        def __init__(self, *args: Any, reset_after: bool = False, **kwargs: Any) -> None:
            super().__init__(*args, reset_after=reset_after, **kwargs)

    layers = types.ModuleType("keras.layers")
    layers.__dict__.update({**vars(engine.modules["keras.layers"]), "GRU": GRU})
    whole = types.ModuleType("keras")
    whole.__dict__.update({**vars(keras), "layers": layers})
    for name, module in engine.modules.items():
        if module is engine.modules["keras.layers"]:
            engine.modules[name] = layers
    utils = types.ModuleType("keras.utils")
    utils.__dict__.update({**vars(keras.utils), "np_utils": keras.utils})
    engine.modules |= {"keras": whole, "keras.layers": layers, "keras.utils": utils}
    return engine


def keras1() -> Kerases:
    """Return Keras 1.2.2 on a stand-in for its backend. It must be the only Keras of the process."""
    from tests.referee.keras1 import fetch
    from tests.referee.keras1_standin import load as load_source
    from tests.referee.keras1_standin import operation, row, weights_of

    keras = load_source(fetch("1.2.2", Path(tempfile.mkdtemp())))
    backend = keras.backend
    modules: dict[str, Any] = {"keras.backend": backend}
    for name in (
        "callbacks",
        "datasets",
        "preprocessing",
        "preprocessing.sequence",
        "preprocessing.text",
        "utils.np_utils",
    ):
        module = sys.modules.get(f"keras.{name}") or types.ModuleType(f"keras.{name}")
        module.__getattr__ = lambda name: operation  # type: ignore[method-assign]
        modules[f"keras.{name}"] = module
    model_class = keras.engine.training.Model
    keras.models.Sequential.compile = model_class.compile = operation
    keras.models.Sequential.fit = operation

    def describe(model: Any) -> dict[str, Any]:
        if type(model).__name__ == "Sequential":
            model.build()
        told = [row(layer, backend) for layer in model.layers]
        trained, fixed = weights_of(model)
        count, rest = (sum(backend.count_params(weight) for weight in weights) for weights in (trained, fixed))
        rows = [
            [item["name"], item["class"],
             item["output_shape"] if isinstance(item["output_shape"][0], list) else [item["output_shape"]],
             item["params"]]
            for item in told
        ]  # fmt: skip
        return description(model, rows, count, count + rest)

    return Kerases(keras.__version__, model_class, modules, backend.reset_uids, describe)


def ask(engine: str) -> dict[str, dict[str, Any]]:
    """Return what a Keras says of its snippets, asked in another process."""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", __name__, engine],
        capture_output=True,
        text=True,
        timeout=1200,
        check=True,
    )
    answers: dict[str, dict[str, Any]] = json.loads(done.stdout.splitlines()[-1])
    return answers


def main(engine: str) -> None:
    keras = load(engine)
    answers = {snippet.name: run(snippet, keras) for snippet in snippets(engine)}
    print(json.dumps(answers))


if __name__ == "__main__":
    main(sys.argv[1])
