"""What crossentropies compute for an activated output, on each backend of Keras 3 and in tf_keras.

On TensorFlow (tf.keras and Keras 3) a crossentropy reads the logits before a sigmoid or softmax. Elsewhere it reads
the activated output. H303, H305 and H306 speak of this.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from importlib.util import find_spec

import pytest

PROGRAM = """
import json, sys, warnings
import numpy as np
warnings.filterwarnings("ignore")
keras = __import__(sys.argv[1])
random = np.random.default_rng(0)
keras.utils.set_random_seed(1)
x = random.normal(size=(8, 4)).astype("float32")
y = np.eye(3, dtype="float32")[random.integers(0, 3, 8)]
sigmoid = lambda z: 1 / (1 + np.exp(-z))
softmax = lambda z: np.exp(z) / np.exp(z).sum(-1, keepdims=True)
binary = lambda p: np.mean(-(y * np.log(p) + (1 - y) * np.log(1 - p)))
categorical = lambda p: np.mean(-(y * np.log(p / p.sum(-1, keepdims=True))).sum(-1))
found = {}
for name in ("BinaryCrossentropy", "CategoricalCrossentropy", "SparseCategoricalCrossentropy"):
    for head in ("sigmoid", "softmax"):
        for from_logits in (False, True):
            model = keras.Sequential([keras.layers.Input((4,)), keras.layers.Dense(3), keras.layers.Activation(head)])
            model.compile(loss=getattr(keras.losses, name)(from_logits=from_logits))
            got = float(model.evaluate(x, y.argmax(-1) if "Sparse" in name else y, verbose=0))
            kernel, bias = model.get_weights()
            z = x @ kernel + bias
            loss, own = (binary, sigmoid) if name.startswith("Binary") else (categorical, softmax)
            p = {"sigmoid": sigmoid, "softmax": softmax}[head](z)
            formulas = {"output": loss(p), "activated twice": loss(own(p)), "logits": loss(own(z))}
            found[f"{name} {head} {from_logits}"] = [key for key, value in formulas.items() if abs(value - got) < 1e-4]
print(json.dumps(found))
"""


def measured(package: str, backend: str) -> dict[str, list[str]]:
    """The formulas that give the loss that Keras computes."""
    environment = {**os.environ, "KERAS_BACKEND": backend, "TF_CPP_MIN_LOG_LEVEL": "3"}
    command = [sys.executable, "-c", PROGRAM, package]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=300, check=True)
    found: dict[str, list[str]] = json.loads(done.stdout.splitlines()[-1])
    return found


@pytest.mark.referee
@pytest.mark.parametrize("backend", ["numpy", "jax"])
def test_losses_read_the_output(backend: str) -> None:
    pytest.importorskip("keras")
    pytest.importorskip(backend)
    for case, formulas in measured("keras", backend).items():
        assert ("activated twice" if case.endswith("True") else "output") in formulas, case


@pytest.mark.referee_tf
@pytest.mark.parametrize(("package", "backend"), [("keras", "tensorflow"), ("tf_keras", "tensorflow")])
def test_losses_read_the_logits(package: str, backend: str) -> None:
    if find_spec("tensorflow") is None or find_spec(package) is None:
        pytest.skip("needs TensorFlow")
    for case, formulas in measured(package, backend).items():
        assert "logits" in formulas, case
