"""Values of every type for every argument of every Keras 3 layer: lstmlint refuses what Keras refuses."""

from __future__ import annotations

import os
import warnings
from typing import Any

import pytest

os.environ.setdefault("KERAS_BACKEND", "numpy")
keras = pytest.importorskip("keras")

from lstmlint.signatures.keras3 import SIGNATURES  # noqa: E402
from tests.layer_rows import keras_says, lstmlint_says  # noqa: E402
from tests.referee.argument_probe import good_rows, probes  # noqa: E402

pytestmark = pytest.mark.referee
ROWS = good_rows()

# (argument, value that only one of them refuses): reason.
EXPLAINED: dict[str, tuple[str, tuple[Any, ...]]] = {
    "strides": ("half a step is computed with, and fails when the model runs", ([0.5, 0.5],)),
    "dilation_rate": ("half a step is computed with, and fails when the model runs", ([0.5, 0.5],)),
    "pool_size": ("half a window is computed with, and fails when the model runs", ([0.5, 0.5],)),
    "padding": ("half a row is computed with, and fails when the model runs", ([0.5, 0.5],)),
    "axis": ("an empty string or object counts as none, half an axis fails when the model runs", ("", {}, [0.5, 0.5])),
    "attention_axes": ("an empty string or object counts as none", ("", {})),
    "filters": ("ConvLSTM3D alone takes false for none", (False,)),
    "kernel_size": ("an empty window", (False,)),
    "value_range": ("a string for a number, which Keras compares", ([1, "a"],)),
}
# Whole arguments, by layer.
BY_LAYER = {
    ("BatchNormalization", "synchronized"): "the NumPy backend cannot, TensorFlow can",
    ("Bidirectional", "weights"): "weights in a config are written by nobody",
    ("Dense", "quantization_config"): "quantized, Keras asks the object for its parts; nobody writes one by hand",
    ("MelSpectrogram", "fft_length"): "a string is compared with nothing before the model runs",
    ("GRUCell", "units"): "the recorded states have the old units",
    ("LSTMCell", "units"): "the recorded states have the old units",
    ("SimpleRNNCell", "units"): "the recorded states have the old units",
}


@pytest.mark.parametrize("name", sorted(ROWS))
def test_every_argument(name: str) -> None:
    warnings.simplefilter("ignore")
    row = next((row for row in ROWS[name] if "refused" not in keras_says(keras, row)), None)
    if row is None:
        pytest.skip("only TensorFlow builds it")
    wrong = []
    for argument in [*SIGNATURES[name], "activity_regularizer"]:
        if (name, argument) in BY_LAYER:
            continue
        _, known = EXPLAINED.get(argument, ("", ()))
        for _, value, probe in probes(row, [argument]):
            ours, theirs = lstmlint_says(probe), keras_says(keras, probe)
            if "custom" in ours and "refused" in theirs:
                continue  # Keras would load it with custom_objects
            if ("refused" in ours) != ("refused" in theirs) and not any(value == other for other in known):
                wrong.append((argument, value, ours.get("refused"), theirs.get("refused", "")[-80:]))
    assert not wrong
