"""`lstmlint convert --to tfjs`: TensorFlow.js holds the same bits as Keras 3 and computes the same values.

Needs Node.js and the package @tensorflow/tfjs; CONTRIBUTING.md tells how to install it.
"""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lstmlint.cli import guarded

keras = pytest.importorskip("keras")
np = pytest.importorskip("numpy")
pytestmark = [pytest.mark.referee, pytest.mark.filterwarnings("ignore")]
SCRIPT = Path(__file__).with_name("tfjs.js")
L = keras.layers


def missing() -> str | None:
    """Return what is not installed."""
    node = shutil.which("node")
    if node is None:
        return "node is not installed"
    asked = subprocess.run(
        [node, "-e", "require.resolve('@tensorflow/tfjs')"], check=False, capture_output=True, cwd=SCRIPT.parent
    )
    return "the npm package @tensorflow/tfjs is not installed" if asked.returncode else None


@pytest.fixture(scope="module", autouse=True)
def _installed() -> None:
    reason = missing()
    if reason is not None:
        pytest.skip(reason)


def chain(shape: tuple[int, ...], *layers: Any, **kwargs: Any) -> Any:
    return keras.Sequential([keras.Input(shape, **kwargs), *layers])


def nested() -> Any:
    def block(name: str) -> Any:
        x = keras.Input((6,))
        return keras.Model(x, L.Dense(6, activation="tanh", name="dense")(x), name=name)

    x = keras.Input((6,))
    one, two = block("one"), block("two")
    return keras.Model(x, L.Concatenate()([two(one(x)), one(x)]))


def encoder_decoder() -> Any:
    x, y = keras.Input((5, 3), name="x"), keras.Input((4, 2), name="y")
    _, h, c = L.LSTM(4, return_state=True)(x)
    return keras.Model({"b": x, "a": y}, L.LSTM(4, return_sequences=True)(y, initial_state=[h, c]))


FAMILIES: dict[str, Callable[[], Any]] = {
    "dense": lambda: chain((3,), L.Dense(4, "gelu", kernel_initializer="lecun_normal"), L.Dense(2, "softmax")),
    "recurrent": lambda: chain(
        (5, 3),
        L.LSTM(3, return_sequences=True),
        L.Bidirectional(L.GRU(2, reset_after=False, return_sequences=True), merge_mode="ave"),
        L.TimeDistributed(L.Dense(3, "relu6")),
        L.RNN([L.LSTMCell(2), L.SimpleRNNCell(3)], return_sequences=True),
        L.SimpleRNN(2, go_backwards=True),
    ),
    "masks": lambda: chain(
        (5,),
        L.Embedding(4, 3, mask_zero=True),
        L.Bidirectional(L.LSTM(2, return_sequences=True)),
        L.LSTM(2),
        L.Dense(2),
    ),
    "images": lambda: chain(
        (9, 9, 4),
        L.Conv2D(4, 3, strides=2, padding="same"),
        L.BatchNormalization(),
        L.ReLU(negative_slope=0.25),
        L.DepthwiseConv2D(2, depth_multiplier=2),
        L.SeparableConv2D(3, 2),
        L.Conv2DTranspose(3, 2),
        L.LayerNormalization(),
        L.PReLU(shared_axes=[1, 2]),
        L.UpSampling2D(2),
        L.MaxPooling2D(2),
        L.SpatialDropout2D(0.5),
        L.Flatten(),
    ),
    "one dimension": lambda: chain((9, 4), L.Conv1D(4, 3), L.MaxPooling1D(2), L.GlobalAveragePooling1D()),
    "ConvLSTM": lambda: chain((4, 6, 6, 2), L.ConvLSTM2D(2, 3)),
    "constraint": lambda: chain((3,), L.Dense(4, kernel_constraint="unit_norm"), L.Identity()),
    "nested": nested,
    "encoder and decoder": encoder_decoder,
}


@pytest.mark.parametrize("suffix", ["keras", "h5"])
@pytest.mark.parametrize("name", FAMILIES)
def test_tensorflow_js_computes_the_same(name: str, suffix: str, tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    model = FAMILIES[name]()
    model.set_weights([np.abs(rng.normal(size=one.shape)) * 0.3 + 0.1 for one in model.get_weights()])
    model.save(tmp_path / f"model.{suffix}")
    inputs = [
        rng.integers(0, 4, (2, *one.shape[1:])).astype("float32")
        if name == "masks"
        else rng.normal(size=(2, *one.shape[1:])).astype("float32")
        for one in model.inputs
    ]
    arguments = {"b": inputs[1], "a": inputs[0]} if name == "encoder and decoder" else inputs[0]
    expected = keras.tree.flatten(model(arguments))
    path = tmp_path / "js" / "model.json"
    path.parent.mkdir()
    assert guarded(["convert", str(tmp_path / f"model.{suffix}"), "--to", "tfjs", "-o", str(path)]) == 0
    asked = [{"shape": list(one.shape), "dtype": "float32", "data": one.ravel().tolist()} for one in inputs]
    said = ask({"path": str(path), "inputs": asked})
    assert said["params"] == model.count_params()
    stored = sorted(base64.b64encode(np.asarray(one).tobytes()).decode() for one in model.get_weights())
    assert sorted(said["weights"].values()) == stored
    for one, other in zip(expected, said["outputs"], strict=True):
        found = np.asarray(other["data"]).reshape(other["shape"])
        np.testing.assert_allclose(np.asarray(one), found, rtol=1e-5, atol=1e-6)
    assert guarded(["convert", str(path), "--to", "keras3", "-o", str(tmp_path / "back.keras")]) == 0
    back = keras.models.load_model(tmp_path / "back.keras")
    assert sorted(base64.b64encode(np.asarray(one).tobytes()).decode() for one in back.get_weights()) == stored


def ask(question: Any) -> Any:
    """Return what TensorFlow.js says of a model."""
    done = subprocess.run(
        ["node", str(SCRIPT)],
        input=json.dumps(question) + "\n",
        check=True,
        capture_output=True,
        text=True,
        env=os.environ,
    )
    said = json.loads(done.stdout)
    assert "error" not in said, said["error"]
    return said
