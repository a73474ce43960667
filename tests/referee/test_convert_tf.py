"""`lstmlint convert` for tf_keras models: Keras 3 computes the same values with the same weights."""

from __future__ import annotations

import json
import os
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lstmlint.converting import convert
from lstmlint.parsing import parse
from lstmlint.reading.document import Document
from tests.layer_rows import call_of
from tests.referee.both_kerases import keras, np, tf_keras

pytestmark = [pytest.mark.referee_tf, pytest.mark.filterwarnings("ignore")]
DATA = Path(__file__).parent.parent / "data" / "layers"
DRAWS = int(os.environ.get("LSTMLINT_DRAWS", "20"))
L = tf_keras.layers


def verdict(old: Any, inputs: list[Any]) -> str:
    """Return "same", "refused", or what is wrong with the conversion of a tf_keras model.

    The weights are random, and are copied in their order, which must be the same.
    """
    config = json.loads(old.to_json())
    old = tf_keras.models.model_from_json(json.dumps(config))  # which has every layer in the file
    result = convert(parse(Document("model.json", "json", config)))
    if result.model is None:
        return "refused" if result.refusals or result.changes else "neither converted nor refused"
    new = keras.models.model_from_json(json.dumps(result.model))
    rng = np.random.default_rng(0)
    values = []
    for weight in old.weights:
        value = rng.normal(size=weight.shape) * 0.4
        values.append(np.abs(value) + 0.1 if "variance" in weight.name else value)
    old.set_weights(values)
    new.set_weights(values)
    expected, given = flat(old(inputs)), flat(new(inputs))
    if [value.shape for value in expected] != [value.shape for value in given]:
        return f"shapes {[value.shape for value in expected]}, Keras 3 {[value.shape for value in given]}"
    same = all(np.allclose(a, b, atol=1e-4, rtol=1e-4) for a, b in zip(expected, given, strict=True))
    return "same" if same else "other values"


def flat(outputs: Any) -> list[Any]:
    """Return the arrays in a structure, with dict values in the order of their keys."""
    return [np.asarray(value, dtype="float64") for value in keras.tree.flatten(outputs)]


def stack(rng: random.Random) -> tuple[Any, list[Any]]:
    """Build a Sequential of recurrent layers."""
    kinds = [L.LSTM, L.GRU, L.SimpleRNN]
    layers: list[Any] = [rng.choice(kinds)(rng.randint(1, 5), return_sequences=True, input_shape=(6, 3))]
    layers.append(
        L.Bidirectional(rng.choice(kinds)(3, return_sequences=True), merge_mode=rng.choice(["concat", "ave"]))
    )
    layers += [L.BatchNormalization(), L.TimeDistributed(L.Dense(2, activation="tanh")), L.LeakyReLU(0.2)]
    layers.append(rng.choice(kinds)(4, go_backwards=rng.random() < 0.5, use_bias=rng.random() < 0.5))
    return tf_keras.Sequential(layers), [(6, 3)]


def states(rng: random.Random) -> tuple[Any, list[Any]]:
    """Build an encoder whose states start the decoder, as in the Keras tutorial."""
    units = rng.randint(1, 5)
    left, right = L.Input((None, 3)), L.Input((4, 2))
    if rng.random() < 0.5:
        _, *kept = L.LSTM(units, return_state=True)(left)
        made = L.LSTM(units, return_sequences=True)(right, initial_state=kept)
    else:
        _, *kept = L.Bidirectional(L.GRU(units, return_state=True))(left)
        made = L.Bidirectional(L.GRU(units, return_sequences=True))(right, initial_state=kept)
    return tf_keras.Model([left, right], L.Dense(2, activation="softmax")(made)), [(5, 3), (4, 2)]


def cells(rng: random.Random) -> tuple[Any, list[Any]]:
    """Build an RNN of stacked cells."""
    inside = [rng.choice([L.LSTMCell, L.GRUCell, L.SimpleRNNCell])(rng.randint(1, 4)) for _ in range(rng.randint(1, 3))]
    source = L.Input((5, 3))
    return tf_keras.Model(source, L.RNN(inside if len(inside) > 1 else inside[0])(source)), [(5, 3)]


def nested(rng: random.Random) -> tuple[Any, list[Any]]:
    """Build a model with nested models, called twice and on every timestep."""
    inner_source = L.Input((6, 2))
    inner = tf_keras.Model(inner_source, L.GRU(3)(inner_source))
    simple = tf_keras.Sequential([L.Dense(4, input_shape=(3,)), L.ReLU(max_value=1.0)])
    left, right = L.Input((6, 2)), L.Input((4, 6, 2))
    a, b = simple(inner(left)), simple(inner(L.Permute((2, 1))(L.Reshape((2, 6))(left))))
    c = L.GlobalAveragePooling1D()(L.TimeDistributed(inner)(right))
    merge = rng.choice([L.Add, L.Average, L.Maximum, L.Multiply])()
    return tf_keras.Model([left, right], [L.Concatenate()([merge([a, b]), c]), a]), [(6, 2), (4, 6, 2)]


def attention(rng: random.Random) -> tuple[Any, list[Any]]:
    """Build attention over a sequence, with arguments by name and by position."""
    source = L.Input((5, 4))
    made = L.MultiHeadAttention(2, 3)(source, value=source, key=source)
    made = L.LayerNormalization()(L.Add()([source, made]))
    made = rng.choice([L.Attention(use_scale=True), L.AdditiveAttention()])([made, source])
    return tf_keras.Model(source, L.Dot(axes=1, normalize=rng.random() < 0.5)([made, source])), [(5, 4)]


def functions(rng: random.Random) -> tuple[Any, list[Any]]:
    """Build a model with TensorFlow functions between its layers."""
    import tensorflow as tf

    source = L.Input((6, 4))
    made = L.Dense(4)(source) * 2.0 + source
    made = tf.reduce_mean(made[:, 1:5], axis=1, keepdims=True) / (1.0 + tf.exp(source))
    made = tf.concat([made, tf.nn.relu(source) - 1.0], axis=rng.choice([1, 2, -1]))
    made = tf.expand_dims(tf.reshape(made, [-1, 48]), 1)
    return tf_keras.Model(source, L.GRU(2)(tf.transpose(made, [0, 2, 1]))), [(6, 4)]


TRAINED: dict[str, Callable[[], Any]] = {
    "Dropout": lambda: L.Dropout(0.5),
    "Dropout of nothing": lambda: L.Dropout(0.0),
    "GaussianNoise": lambda: L.GaussianNoise(0.5),
    "BatchNormalization": L.BatchNormalization,
    "frozen BatchNormalization": lambda: L.BatchNormalization(trainable=False),
    "LSTM": lambda: L.LSTM(3),
    "LSTM with dropout": lambda: L.LSTM(3, dropout=0.5),
    "GRU with recurrent_dropout": lambda: L.GRU(3, recurrent_dropout=0.5),
    "Bidirectional": lambda: L.Bidirectional(L.LSTM(3, dropout=0.5)),
    "TimeDistributed": lambda: L.TimeDistributed(L.Dropout(0.5)),
    "Sequential": lambda: tf_keras.Sequential([L.Input((5, 3)), L.Dense(2), L.Dropout(0.5)]),
    "Sequential without Dropout": lambda: tf_keras.Sequential([L.Input((5, 3)), L.LSTM(2)]),
}


@pytest.mark.parametrize("name", TRAINED)
def test_training_in_calls(name: str) -> None:
    """predict() of Keras 3 gives other values than that of tf_keras exactly if the conversion names the call."""
    source = L.Input((5, 3))
    old = tf_keras.Model(source, TRAINED[name]()(source, training=True))
    result = convert(parse(Document("model.json", "json", json.loads(old.to_json()))), allow_changes=True)
    new = keras.models.model_from_json(json.dumps(result.model))
    new.set_weights(old.get_weights())
    given = np.random.default_rng(0).normal(size=(8, 5, 3)).astype("float32")
    same = np.allclose(old.predict(given, verbose=0), new.predict(given, verbose=0), atol=1e-5)
    assert same == (result.changes == [])


@pytest.mark.parametrize("make", [stack, states, cells, nested, attention, functions], ids=lambda make: make.__name__)
def test_models_compute_the_same(make: Callable[[random.Random], tuple[Any, list[Any]]]) -> None:
    wrong = []
    for seed in range(DRAWS // 4):
        model, inputs = make(random.Random(seed))
        rng = np.random.default_rng(seed)
        given = [rng.uniform(size=(2, *shape)).astype("float32") for shape in inputs]
        found = verdict(model, given if len(given) > 1 else given[0])
        if found != "same":
            wrong.append(f"seed {seed}: {found}")
    assert not wrong, "\n".join(wrong[:5])


@pytest.mark.parametrize("family", ["recurrent", "mixed", "spatial", "legacy"])
def test_layers_compute_the_same(family: str) -> None:
    wrong = []
    tally = {"same": 0, "refused": 0}
    for row in json.loads((DATA / f"{family}_keras2.json").read_text()):
        # With channels first and as many filters as the size of the last axis, Keras 3 on TensorFlow adds the bias to the
        # wrong axis. 16 bits are too imprecise for this comparison.
        config = row["layer"]["config"]
        if "refused" in row or config.get("data_format") == "channels_first" or "16" in str(config.get("dtype")):
            continue
        shapes = [[2 if dim is None and i == 0 else dim or 5 for i, dim in enumerate(shape)] for shape in row["inputs"]]
        try:
            inputs = [L.Input(batch_shape=tuple(shape)) for shape in row["inputs"]]
            args, kwargs = call_of(row, inputs)
            model = tf_keras.Model(inputs, L.deserialize(json.loads(json.dumps(row["layer"])))(*args, **kwargs))
            rng = np.random.default_rng(0)
            given = [rng.uniform(size=shape).astype("float32") for shape in shapes]
            tf_keras.models.model_from_json(model.to_json())(given)
        except Exception:  # nothing to compare with
            continue
        found = verdict(model, given)
        if found in tally:
            tally[found] += 1
        else:
            wrong.append(f"{found}: {row['layer']}")
    assert not wrong, f"{len(wrong)} of {tally}\n" + "\n".join(wrong[:5])
    assert tally["same"] > (0 if family == "legacy" else 3 * tally["refused"]), tally


def masked() -> Any:
    """Return an Embedding with a mask."""
    return L.Embedding(5, 3, mask_zero=True)


# Layers on two sequences x and y of 6 words, and whether the conversion is exact. The names are those of operations.
MASKS: dict[str, tuple[Callable[[Any, Any], Any], str]] = {
    "inside TimeDistributed": (
        lambda x, y: L.LSTM(2)(L.TimeDistributed(L.LSTM(2))(L.TimeDistributed(masked())(L.Reshape((2, 3))(x)))),
        "refused",
    ),
    "along the timesteps": (
        lambda x, y: L.LSTM(2)(L.Concatenate(axis=1, name="concatenate")([masked()(x), masked()(y)])),
        "same",
    ),
    "along the features": (lambda x, y: L.LSTM(2)(L.Concatenate()([masked()(x), masked()(y)])), "refused"),
    "one mask": (lambda x, y: L.LSTM(2)(L.Concatenate()([masked()(x), L.Embedding(5, 3)(y)])), "refused"),
    "sum": (lambda x, y: L.LSTM(2)(L.Add()([masked()(x), masked()(y)])), "refused"),
    "sum of one mask": (lambda x, y: L.LSTM(2)(L.Add()([masked()(x), L.Embedding(5, 3)(y)])), "refused"),
    "sum without a user": (lambda x, y: L.Dense(2)(L.Flatten()(L.Add()([masked()(x), masked()(y)]))), "same"),
    "taken names": (lambda x, y: L.LSTM(2, name="any")(L.Masking(name="not_equal")(L.Reshape((6, 1))(x))), "same"),
    "attention": (lambda x, y: L.Attention()([masked()(x), masked()(y)]), "same"),
}


@pytest.mark.parametrize("case", MASKS)
def test_masks(case: str) -> None:
    tf_keras.backend.clear_session()
    keras.backend.clear_session()  # which numbers the names of operations
    make, expected = MASKS[case]
    x, y = L.Input((6,)), L.Input((6,))
    rng = np.random.default_rng(1)
    words = [rng.integers(0, 3, (4, 6)).astype("float32") for _ in range(2)]
    assert verdict(tf_keras.Model([x, y], make(x, y)), words) == expected
