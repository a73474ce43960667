"""`lstmlint convert` to Keras 2: tf_keras computes the same values as Keras 3 with the same weights."""

from __future__ import annotations

import json
import os
import random
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from lstmlint.converting import convert
from lstmlint.model.releases import KERAS2
from lstmlint.parsing import parse
from lstmlint.reading.document import Document
from tests.layer_rows import call_of, inputs_of
from tests.referee.both_kerases import keras, np, tf_keras
from tests.referee.test_mixed_models import MODELS
from tests.referee.test_recurrent import FAMILIES
from tests.referee.verdict_models import MAKERS

pytestmark = [pytest.mark.referee_tf, pytest.mark.filterwarnings("ignore")]
DATA = Path(__file__).parent.parent / "data" / "layers"
KINDS = ("same", "refused", "unbuilt")
INTEGER_INPUTS: list[tuple[str, tuple[int, ...], dict[str, Any]]] = [
    *((f"Conv{rank}D", (6,) * rank + (3,), {"filters": 2, "kernel_size": 2}) for rank in (1, 2, 3)),
    *((f"Conv{rank}DTranspose", (6,) * rank + (3,), {"filters": 2, "kernel_size": 2}) for rank in (1, 2, 3)),
    *((f"SeparableConv{rank}D", (6,) * rank + (3,), {"filters": 2, "kernel_size": 2}) for rank in (1, 2)),
    *((f"DepthwiseConv{rank}D", (6,) * rank + (3,), {"kernel_size": 2}) for rank in (1, 2)),
    *((f"ConvLSTM{rank}D", (3,) + (6,) * rank + (3,), {"filters": 2, "kernel_size": 2}) for rank in (1, 2, 3)),
    *((f"{kind}Pooling{rank}D", (6,) * rank + (3,), {"pool_size": 2}) for kind in ("Max", "Average") for rank in (1, 2, 3)),
    *((f"Global{kind}Pooling{rank}D", (6,) * rank + (3,), {}) for kind in ("Max", "Average") for rank in (1, 2, 3)),
    *((name, (4, 3), {"units": 2}) for name in ("Dense", "LSTM", "GRU", "SimpleRNN")),
    *(("Activation", (3,), {"activation": name}) for name in ("linear", "relu", "relu6", "tanh", "softmax", "selu", "mish")),
    *((name, (4, 3), {}) for name in (
        "BatchNormalization", "LayerNormalization", "UnitNormalization", "PReLU", "ELU", "ReLU", "LeakyReLU", "Softmax",
        "Masking", "ActivityRegularization", "Flatten", "UpSampling1D", "ZeroPadding1D", "Cropping1D",
    )),
    ("EinsumDense", (3,), {"equation": "ab,bc->ac", "output_shape": 2}),
    ("GroupNormalization", (3,), {"groups": 1}),
    ("Embedding", (3,), {"input_dim": 9, "output_dim": 2}),
    ("Rescaling", (3,), {"scale": 0.5}),
    ("Resizing", (6, 6, 3), {"height": 3, "width": 3}),
    ("UpSampling2D", (3, 3, 2), {}),
    ("UpSampling2D", (3, 3, 2), {"interpolation": "bilinear"}),
]  # fmt: skip
DRAWS = int(os.environ.get("LSTMLINT_DRAWS", "20"))


def verdict(model: Any) -> str:
    """Return "same", "refused", "unbuilt", or how tf_keras computes a converted Keras 3 model otherwise."""
    text = model.to_json()
    result = convert(parse(Document("model.json", "json", json.loads(text))), KERAS2[-1])
    if result.model is None:
        return "refused"
    old = keras.models.model_from_json(text)
    new = tf_keras.models.model_from_json(json.dumps(result.model))
    if not old.built:
        return "unbuilt"
    if old.count_params() != new.count_params():
        return f"{new.count_params()} parameters, not {old.count_params()}"
    rng = np.random.default_rng(0)
    weights = [weight for weight in old.weights if "seed" not in weight.path]
    for weight in weights:
        if weight.dtype.startswith(("float", "bfloat")):
            value = rng.normal(size=weight.shape) * 0.4
            weight.assign(np.abs(value) + 0.1 if "variance" in weight.path else value)
    if weights:  # tf_keras counts the tables of lookup layers, too
        new.set_weights([np.asarray(weight) for weight in weights])
    inputs = [draw(tensor, rng) for tensor in old.inputs]
    try:
        expected = computed(old, old._inputs_struct, inputs)
    except Exception:  # nothing to compare with
        return "unbuilt"
    given = computed(new, new._nested_inputs, inputs)
    if [value.shape for value in expected] != [value.shape for value in given]:
        return f"shapes {[value.shape for value in given]}, not {[value.shape for value in expected]}"
    # 16 bits are too imprecise for a closer comparison
    close = 1e-5 if all("16" not in str(layer.compute_dtype) for layer in old._flatten_layers()) else 0.1
    same = all(np.allclose(a, b, atol=close, rtol=close, equal_nan=True) for a, b in zip(expected, given, strict=True))
    return (
        "same"
        if same
        else f"other values: {[float(np.abs(a - b).max()) for a, b in zip(expected, given, strict=True)]}"
    )


def draw(tensor: Any, rng: Any) -> Any:
    """Return random values for an input."""
    shape = [dim if dim is not None else 5 if axis else 2 for axis, dim in enumerate(tensor.shape)]
    if tensor.dtype == "string":
        return rng.choice(["a", "b c", "1"], shape)
    if "int" in tensor.dtype or tensor.dtype == "bool":
        return rng.integers(0, 3, shape).astype(tensor.dtype)
    return rng.uniform(size=shape).astype("float32")


def computed(model: Any, structure: Any, inputs: list[Any]) -> list[Any]:
    """Return the outputs of a model in inference."""
    import tensorflow as tf

    tensors = [tf.constant(value) for value in inputs]
    outputs = model(tf.nest.pack_sequence_as(structure, tensors), training=False)
    return [
        np.asarray(value) if value.dtype == tf.string else np.asarray(tf.cast(value, "float64"))
        for value in map(dense, tf.nest.flatten(outputs))
    ]


def dense(value: Any) -> Any:
    """Return a tensor without a special form."""
    import tensorflow as tf

    return tf.sparse.to_dense(value) if isinstance(value, tf.SparseTensor) else tf.convert_to_tensor(value)


@pytest.mark.parametrize("make", [*FAMILIES, *MODELS, *MAKERS], ids=lambda make: make.__name__)
def test_models_compute_the_same(make: Any) -> None:
    found = []
    for seed in range(1 if make in MAKERS else DRAWS // 4):
        keras.backend.clear_session()
        tf_keras.backend.clear_session()
        found.append(verdict(make() if make in MAKERS else make(random.Random(seed))))
    assert set(found) <= set(KINDS), found


@pytest.mark.parametrize("dtype", ["int32", "uint8", "bool"])
def test_integer_inputs(dtype: str) -> None:
    wrong = []
    tally: Counter[str] = Counter()
    for name, shape, config in INTEGER_INPUTS:
        inputs = keras.Input(shape, dtype=dtype)
        try:
            model = keras.Model(inputs, getattr(keras.layers, name)(**config)(inputs))
        except Exception:  # TensorFlow refuses it in Keras 3, too
            tally["unbuilt"] += 1
            continue
        found = verdict_or_error(model)
        tally[found if found in KINDS else "wrong"] += 1
        if found not in KINDS:
            wrong.append(f"{name} {config}: {found}")
    assert not wrong, "\n".join(wrong)
    assert min(tally["same"], tally["refused"]) > 5, tally


def verdict_or_error(model: Any) -> str:
    """Return the verdict, or the error that it raises."""
    try:
        return verdict(model)
    except Exception as error:
        return f"{type(error).__name__}: {str(error)[-300:]}"


@pytest.mark.parametrize("family", ["recurrent", "mixed"])
def test_layers_compute_the_same(family: str) -> None:
    wrong = []
    tally: Counter[str] = Counter()
    for row in json.loads((DATA / f"{family}.json").read_text()):
        if "refused" in row or row["layer"]["config"].get("data_format") == "channels_first":
            continue
        try:
            given = {"module": "keras.layers", "registered_name": None, **json.loads(json.dumps(row["layer"]))}
            inputs = [keras.Input(batch_shape=tuple(shape), dtype=dtype) for shape, dtype in inputs_of(row)]
            args, kwargs = call_of(row, inputs)
            model = keras.Model(inputs, keras.saving.deserialize_keras_object(given)(*args, **kwargs))
            keras.models.model_from_json(model.to_json())
        except Exception:  # nothing to compare with
            continue
        found = verdict_or_error(model)
        tally[found if found in KINDS else "wrong"] += 1
        if found not in KINDS:
            wrong.append(f"{found}: {row}")
    assert not wrong, f"{len(wrong)} of {tally}\n" + "\n".join(line[:600] for line in wrong[:60])
    assert tally["same"] > tally["refused"], tally
