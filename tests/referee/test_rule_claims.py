"""What rules say that Keras computes, measured on each backend of Keras 3 and on tf_keras.

CLAIMS lists the measurements of the program below: the value that holds everywhere, or one per framework.
"""

from __future__ import annotations

import functools
import json
import os
import subprocess
import sys
from importlib.util import find_spec
from typing import Any

import pytest

PROGRAM = '''
import json, sys, warnings
import numpy as np
warnings.filterwarnings("ignore")
keras = __import__(sys.argv[1])
L, M = keras.layers, keras.Sequential
random = np.random.default_rng(0)
x = random.normal(size=(64, 4)).astype("float32")
real = {units: random.normal(size=(64, units)).astype("float32") for units in (1, 3)}
classes = random.integers(0, 3, 64)
onehot = np.eye(3, dtype="float32")[classes]
found = {}

def measure(name):
    def run(function):
        keras.utils.set_random_seed(1)
        try:
            found[name] = function()
        except Exception as error:
            found[name] = "raises"
            print(name, error, file=sys.stderr)
    return run

def close(a, b):
    return bool(np.allclose(a, b, atol=1e-4))

def evaluated(units, head, loss, metric, targets):
    """The metric, and the predictions."""
    model = M([L.Input((4,)), L.Dense(units, activation=head)])
    model.compile(loss=loss, metrics=[metric])
    return float(model.evaluate(x, targets, verbose=0)[1]), model.predict(x, verbose=0)

@measure("H309 accuracy of one unit rounds")
def _():
    zero_or_one = (real[1] > 0).astype("float32")
    got, p = evaluated(1, None, "mse", "accuracy", zero_or_one)
    return close(got, ((p > 0.5) == zero_or_one).mean())

@measure("H309 accuracy of one unit on numbers")
def _():
    return evaluated(1, None, "mse", "accuracy", real[1])[0]

@measure("H309 accuracy of units compares positions")
def _():
    got, p = evaluated(3, None, "mse", "accuracy", real[3])
    return close(got, (p.argmax(-1) == real[3].argmax(-1)).mean())

@measure("H309 class Accuracy is exact")
def _():
    return evaluated(1, None, "mse", keras.metrics.Accuracy(), real[1])[0]

for loss, targets in (("categorical_crossentropy", onehot), ("sparse_categorical_crossentropy", classes)):
    @measure("H310 accuracy fits " + loss)
    def _():
        got, p = evaluated(3, "softmax", loss, "accuracy", targets)
        return close(got, (p.argmax(-1) == classes).mean())

@measure("H310 sparse metric of one-hot targets")
def _():
    return evaluated(3, "softmax", "categorical_crossentropy", "sparse_categorical_accuracy", onehot)[0]

@measure("H310 one-hot metric of class indices is wrong")
def _():
    got, p = evaluated(3, "softmax", "sparse_categorical_crossentropy", "categorical_accuracy", classes[:, None])
    return not close(got, (p.argmax(-1) == classes).mean())

@measure("H310 binary_accuracy scores units separately")
def _():
    got, p = evaluated(3, "softmax", "categorical_crossentropy", "binary_accuracy", onehot)
    return close(got, ((p > 0.5) == onehot).mean())

def loss_of(head, name, from_logits=False):
    """The formula that gives the loss after these layers: that of the output, or of the logits."""
    targets = onehot
    model = M([L.Input((4,)), *head])
    model.compile(loss=getattr(keras.losses, name)(from_logits=from_logits))
    kernel, bias = model.get_weights()
    shape = (-1, *model.output_shape[1:])
    got = float(model.evaluate(x, targets.reshape(shape), verbose=0))
    z = x @ kernel + bias
    p = np.asarray(model.predict(x, verbose=0)).reshape(-1, 3)
    own = (lambda v: 1 / (1 + np.exp(-v))) if name.startswith("B") else (lambda v: np.exp(v) / np.exp(v).sum(-1, keepdims=True))
    def score(p):
        if name.startswith("C"):
            return np.mean(-(targets * np.log(np.clip(p / p.sum(-1, keepdims=True), 1e-7, 1 - 1e-7))).sum(-1))
        p, small = np.clip(p, 1e-7, 1 - 1e-7), 1e-7 if sys.argv[1] == "tf_keras" else 0
        return np.mean(-(targets * np.log(p + small) + (1 - targets) * np.log(1 - p + small)))
    scores = {"logits": score(own(z)), "output": score(own(p) if from_logits else p)}
    return next((key for key, value in scores.items() if abs(got - value) < 0.005 * got), "neither")

BCE, CCE = "BinaryCrossentropy", "CategoricalCrossentropy"
for name, head in {
    "last layer": lambda: [L.Dense(3, activation="softmax")],
    "Softmax layer": lambda: [L.Dense(3), L.Softmax()],
    "nested": lambda: [M([L.Dense(3, activation="softmax")])],
    "Reshape after it": lambda: [L.Dense(3, activation="softmax"), L.Reshape((3,))],
    "in TimeDistributed": lambda: [L.Reshape((1, 4)), L.TimeDistributed(L.Dense(3, activation="softmax"))],
    "mixed_float16": lambda: [L.Dense(3, activation="softmax", dtype="mixed_float16")],
}.items():
    measure("H303 softmax, " + name)(lambda: loss_of(head(), BCE))
measure("H303 softmax, from_logits")(lambda: loss_of([L.Dense(3, activation="softmax")], BCE, True))
measure("H304 linear")(lambda: loss_of([L.Dense(3, activation="softplus")], BCE))
measure("H305 sigmoid")(lambda: loss_of([L.Dense(3, activation="sigmoid")], CCE))
measure("H305 sigmoid, from_logits")(lambda: loss_of([L.Dense(3, activation="sigmoid")], CCE, True))
measure("H305 softplus")(lambda: loss_of([L.Dense(3, activation="softplus")], CCE))
measure("H306 sigmoid")(lambda: loss_of([L.Dense(3, activation="sigmoid")], BCE, True))
measure("H306 softmax")(lambda: loss_of([L.Dense(3, activation="softmax")], CCE, True))
measure("H306 hard_sigmoid")(lambda: loss_of([L.Dense(3, activation="hard_sigmoid")], BCE, True))

def takes(loss, targets, *layers):
    """Whether the loss of these targets is the crossentropy of the classes."""
    model = M([L.Input((4, 4) if len(targets.shape) > 1 + ("sparse" not in loss) else (4,)), *layers])
    model.compile(loss=loss)
    sequences = random.normal(size=(64, *model.input_shape[1:])).astype("float32")
    p = model.predict(sequences, verbose=0)
    right = targets if "sparse" in loss else targets.argmax(-1)
    expected = -np.log(np.take_along_axis(p, right[..., None], -1)).mean()
    return close(model.evaluate(sequences, targets, verbose=0), expected)

steps = random.integers(0, 3, (64, 4))
head = lambda: L.Dense(3, activation="softmax")
measure("totals: class indices")(lambda: takes("sparse_categorical_crossentropy", classes, head()))
measure("totals: class indices per timestep")(
    lambda: takes("sparse_categorical_crossentropy", steps, L.LSTM(5, return_sequences=True), head()))
measure("totals: one-hot vectors")(lambda: takes("categorical_crossentropy", onehot, head()))
measure("totals: one-hot vectors per timestep")(
    lambda: takes("categorical_crossentropy", np.eye(3, dtype="float32")[steps], L.LSTM(5, return_sequences=True), head()))

for cell in ("LSTM", "GRU", "SimpleRNN"):
    @measure("R201 recurrent kernel at one timestep, " + cell)
    def _():
        model = M([L.Input((1, 4)), getattr(L, cell)(3)])
        before = model.predict(x[:, None], verbose=0)
        kernel, recurrent_kernel, bias = model.get_weights()
        model.set_weights([kernel, recurrent_kernel + 1, bias])
        return "no effect" if close(before, model.predict(x[:, None], verbose=0)) else "effect"

def after(timesteps, **arguments):
    """Whether the output of an untrained LSTM is finite."""
    model = M([L.Input((timesteps, 8)), L.LSTM(32, **arguments)])
    return bool(np.isfinite(model.predict(random.normal(size=(4, timesteps, 8)), verbose=0)).all())

measure("R209 untrained LSTM with relu gates and relu is finite")(
    lambda: after(200, activation="relu", recurrent_activation="relu"))
measure("R209 untrained LSTM with relu is finite")(lambda: after(200, activation="relu"))

ids = np.array([[[1, 2, 0, 0], [3, 0, 0, 0], [0, 0, 0, 0]]] * 2)

def embedded(*layers):
    """Whether the embedding of index 0, the padding, matters for the output."""
    inputs = keras.Input((3, 4), dtype="int32")
    outputs = inputs
    for layer in layers:
        outputs = layer(outputs)
    model = keras.Model(inputs, outputs)
    before = model.predict(ids, verbose=0)
    weights = model.get_weights()
    weights[0][0] += 1
    model.set_weights(weights)
    return "masked" if close(before, model.predict(ids, verbose=0)) else "data"

def masking(layer, *shape):
    """The shape that a layer returns for a masked input."""
    inputs = keras.Input(shape)
    model = keras.Model(inputs, layer(L.Masking()(inputs)))
    return list(model.predict(np.ones((2, *shape)), verbose=0).shape)

def merged():
    inputs = keras.Input((4,), dtype="int32")
    outputs = L.Add()([L.Embedding(9, 3, mask_zero=True)(inputs), L.Embedding(9, 3)(inputs)])
    return "masked" if getattr(outputs, "_keras_mask", None) is not None else "unmasked"

E = lambda: L.Embedding(9, 3, mask_zero=True)
measure("R211 Embedding inside TimeDistributed")(
    lambda: embedded(L.TimeDistributed(E()), L.TimeDistributed(L.LSTM(4)), L.LSTM(2)))
measure("R211 Embedding without TimeDistributed")(lambda: embedded(E(), L.TimeDistributed(L.LSTM(4))))
measure("R211 Reshape")(lambda: embedded(L.TimeDistributed(E()), L.Reshape((3, 12)), L.LSTM(2)))
measure("R211 Lambda")(lambda: embedded(L.Reshape((12,)), E(), L.Lambda(lambda t: 2 * t), L.LSTM(2)))
measure("R213 one of two inputs of Add is masked")(merged)
measure("R237 Masking of two axes before Softmax")(lambda: masking(L.Softmax(), 6))
measure("R237 Masking of three axes before Softmax")(lambda: masking(L.Softmax(), 6, 4))
measure("R237 Masking before Activation")(lambda: masking(L.Activation("softmax"), 6))
measure("R238 mask, TimeDistributed, Flatten")(lambda: masking(L.TimeDistributed(L.Flatten()), 3, 4, 2))
measure("R238 mask, TimeDistributed, Reshape")(lambda: masking(L.TimeDistributed(L.Reshape((2, 2))), 3, 4))
measure("R238 mask, TimeDistributed, Dense")(lambda: masking(L.TimeDistributed(L.Dense(2)), 3, 4))

def broadcast(loss):
    """Whether targets of (batch, 1) train every timestep."""
    model = M([L.Input((5, 4)), L.Dense(1, activation="sigmoid")])
    model.compile(loss=loss)
    sequences, targets = random.normal(size=(8, 5, 4)).astype("float32"), np.eye(2, dtype="float32")[[0, 1] * 4][:, :1]
    got = model.evaluate(sequences, targets, verbose=0)
    p = model.predict(sequences, verbose=0)[..., 0]
    expected = (p - targets) ** 2 if loss == "mse" else -np.log(np.where(targets == 1, p, 1 - p))
    return close(got, expected.mean())

measure("R215 mse")(lambda: broadcast("mse"))
measure("R215 binary_crossentropy")(lambda: broadcast("binary_crossentropy"))

def normalized(axis, data_format):
    """The number of means of a BatchNormalization for 5 channels, 8 rows and 6 columns."""
    shape = (8, 6, 5) if data_format == "channels_last" else (5, 8, 6)
    model = M([L.Input(shape), L.BatchNormalization(axis=axis)])
    return model.layers[-1].moving_mean.shape[0]

for axis in (1, -1):
    for data_format in ("channels_last", "channels_first"):
        measure(f"N413 axis {axis}, {data_format}")(lambda: normalized(axis, data_format))

def pooled(kind, steps, size):
    """What a pooling layer computes with padding "same"."""
    model = M([L.Input((steps, 4)), getattr(L, kind + "Pooling1D")(size, padding="same")])
    sequences = random.normal(size=(2, steps, 4)).astype("float32")
    got = model.predict(sequences, verbose=0)
    if got.shape == sequences.shape and close(got, sequences):
        return "no effect"
    whole = sequences.max(1) if kind == "Max" else sequences.mean(1)
    return "global" if got.shape[1] == 1 and close(got[:, 0], whole) else "other"

for kind in ("Max", "Average"):
    measure(f"G705 {kind} of 500 over 1")(lambda: pooled(kind, 1, 500))
    measure(f"G705 {kind} of 10 over 7")(lambda: pooled(kind, 7, 10))

def shrinks(activation, layers):
    """How much slower the first kernel learns than the last."""
    model = M([L.Input((16,)), *(L.Dense(16, activation=activation) for _ in range(layers)), L.Dense(1)])
    model.compile(loss="mse", optimizer=keras.optimizers.SGD(1.0))
    before = model.get_weights()
    inputs = random.normal(size=(256, 16)).astype("float32")
    model.fit(inputs, random.normal(size=(256, 1)), batch_size=256, epochs=1, verbose=0)
    steps = [np.linalg.norm(new - old) for new, old in zip(model.get_weights(), before)]
    return steps[-2] / steps[0]

measure("H320 three sigmoids: over 10")(lambda: bool(shrinks("sigmoid", 3) > 10))
measure("H320 eight sigmoids: over 100,000")(lambda: bool(shrinks("sigmoid", 8) > 100_000))
measure("H320 eight tanh: over 10")(lambda: bool(shrinks("tanh", 8) > 10))

def reordered(*layers):
    """Whether the output depends on the order of the tokens."""
    inputs = keras.Input((6,), dtype="int32")
    outputs = L.Embedding(9, 4)(inputs)
    for layer in layers:
        outputs = layer(outputs)
    outputs = L.MultiHeadAttention(2, 3)(outputs, outputs)
    model = keras.Model(inputs, L.Dense(1)(L.GlobalAveragePooling1D()(L.LayerNormalization()(outputs))))
    tokens = np.array([[1, 5, 2, 7, 3, 8]])
    return not close(model.predict(tokens, verbose=0), model.predict(tokens[:, ::-1], verbose=0))

measure("R239 order of embedded tokens")(lambda: reordered(L.Dense(4)))
measure("R239 order of tokens after an LSTM")(lambda: reordered(L.LSTM(4, return_sequences=True)))

def warned(function):
    """Whether a call warns."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        function()
    return any("size 1" in str(one.message) or "shape" in str(one.message) for one in caught)

def one_unit(loss, activation):
    model = M([L.Input((4,)), L.Dense(1, activation=activation)])
    model.compile(loss=loss)
    return model, np.ones((64, 1), "float32")

@measure("H301 softmax of one unit")
def _():
    model, _ = one_unit("mse", "softmax")
    return close(model.predict(x, verbose=0), 1)

measure("H301 warns")(lambda: warned(lambda: one_unit("mse", "softmax")[0].predict(x, verbose=0)))

@measure("H302 loss of one unit")
def _():
    model, targets = one_unit("categorical_crossentropy", "sigmoid")
    return round(float(model.evaluate(x, targets, verbose=0)), 4) + 0.0

@measure("H302 warns")
def _():
    model, targets = one_unit("categorical_crossentropy", "sigmoid")
    return warned(lambda: model.evaluate(x, targets, verbose=0))

@measure("H315 loss of an output that does not exist")
def _():
    inputs = keras.Input((4,))
    model = keras.Model(inputs, [L.Dense(1, name="price")(inputs), L.Dense(1, name="age")(inputs)])
    model.compile(loss={"price": "mse", "ages": "mse"})
    return model.evaluate(x, {"price": real[1], "age": real[1]}, verbose=0)

def dropped(cell, argument, rate):
    """What a dropout rate of a recurrent layer does in training."""
    keras.utils.set_random_seed(1)
    layer = getattr(L, cell)(4, **{argument: rate})
    sequences = real[3][:60].reshape(4, 5, 9)
    normal = np.asarray(layer(sequences))
    got = np.asarray(layer(sequences, training=True))
    return "ignored" if close(got, normal) else "dropped"

for cell, argument in (("LSTM", "dropout"), ("LSTM", "recurrent_dropout"), ("GRU", "recurrent_dropout"),
                       ("SimpleRNN", "dropout"), ("SimpleRNN", "recurrent_dropout")):
    measure(f"R219 {cell} {argument} 1")(lambda: dropped(cell, argument, 1.0))
measure("R218 dropout 1.5")(lambda: dropped("LSTM", "dropout", 1.5))
measure("R218 dropout -0.5")(lambda: dropped("LSTM", "dropout", -0.5))
measure("N405 Dropout 1")(lambda: float(np.abs(np.asarray(L.Dropout(1.0)(x, training=True))).max()))

@measure("R217 TimeDistributed(Dense) is a Dense")
def _():
    dense, sequences = L.Dense(3), real[3][:60].reshape(4, 5, 9)
    return close(L.TimeDistributed(dense)(sequences), dense(sequences))

@measure("N401 bias before BatchNormalization")
def _():
    dense, norm = L.Dense(3), L.BatchNormalization()
    before = np.asarray(norm(dense(x), training=True))
    kernel, bias = dense.get_weights()
    dense.set_weights([kernel, bias + 5])
    return "no effect" if np.allclose(before, np.asarray(norm(dense(x), training=True)), atol=1e-2) else "effect"

@measure("G701 parameters of a dead layer")
def _():
    inputs = keras.Input((4,))
    used, unused = L.Dense(1, name="used")(inputs), L.Dense(7, name="unused")(inputs)
    text = json.loads(keras.Model(inputs, [used, unused]).to_json())
    outputs = text["config"]["output_layers"]
    text["config"]["output_layers"] = [outputs[0]]
    return keras.models.model_from_json(json.dumps(text)).count_params() - 5

@measure("G706 trained weights in a frozen wrapper")
def _():
    model = M([L.Input((5, 4)), L.Bidirectional(L.LSTM(3))])
    text = json.loads(model.to_json())
    text["config"]["layers"][1]["config"]["trainable"] = False
    return len(keras.models.model_from_json(json.dumps(text)).trainable_weights)

def swapped(layer):
    sequences = real[3][:60].reshape(4, 5, 9)
    return close(layer(sequences), sequences.swapaxes(1, 2))

measure("S141 Reshape swaps axes")(lambda: swapped(L.Reshape((9, 5))))
measure("S141 Permute swaps axes")(lambda: swapped(L.Permute((2, 1))))

def learns(activation):
    """Whether a unit learns that is negative before its activation for all samples."""
    model = M([L.Input((4,)), L.Dense(1, activation=activation, bias_initializer=keras.initializers.Constant(-9.0))])
    model.compile(loss="mse", optimizer="sgd")
    before = model.get_weights()[0].copy()
    model.fit(x, real[1] + 3, epochs=3, verbose=0)
    return bool(np.abs(model.get_weights()[0] - before).max() > 0)

measure("H321 relu learns")(lambda: learns("relu"))
measure("H321 softplus learns")(lambda: learns("softplus"))

@measure("H322 accuracy of sigmoids compares positions")
def _():
    several = (real[3] > 0).astype("float32")
    got, p = evaluated(3, "sigmoid", "binary_crossentropy", "accuracy", several)
    return close(got, (p.argmax(-1) == several.argmax(-1)).mean()) and not close(got, ((p > 0.5) == several).mean())

def tries_cudnn(cell, **arguments):
    """Whether a layer tries the optimized loop of its backend: on TensorFlow, that of cuDNN."""
    layer = getattr(L, cell)(3, **arguments)
    if sys.argv[1] == "tf_keras":
        return layer._could_use_gpu_kernel
    from keras.src import backend
    tried = []
    def stand_in(*args, **kwargs):
        tried.append(True)
        raise NotImplementedError
    setattr(backend, cell.lower(), stand_in)
    layer(real[3][:60].reshape(4, 5, 9))
    return bool(tried)

for cell in ("LSTM", "GRU"):
    measure(f"R240 {cell} with recurrent_dropout tries cuDNN")(lambda: tries_cudnn(cell, recurrent_dropout=0.2))
    measure(f"R240 {cell} with dropout tries cuDNN")(lambda: tries_cudnn(cell, dropout=0.2))

def loaded(model, change=lambda text: None):
    """The model from its JSON after a change."""
    text = json.loads(model.to_json())
    change(text["config"]["layers"][-1]["config"])
    return keras.models.model_from_json(json.dumps(text))

measure("P605 hard_sigmoid of -1")(lambda: round(float(keras.activations.hard_sigmoid(keras.ops.array(-1.0)
    if sys.argv[1] == "keras" else keras.backend.constant(-1.0))), 3))
measure("P610 bias of a GRU without reset_after")(lambda: list(loaded(
    M([L.Input((5, 4)), L.GRU(3)]), lambda config: config.pop("reset_after")).get_weights()[2].shape))

@measure("R203 stateful without batch")
def _():
    return M([L.Input((5, 4)), L.LSTM(3, stateful=True)]).count_params()

@measure("R207 unrolled results are the same")
def _():
    sequences, layer = real[3][:60].reshape(4, 5, 9), L.LSTM(3)
    looped = np.asarray(layer(sequences))
    layer.unroll = True
    return close(looped, layer(sequences))

@measure("R227 recurrent kernel of zeros ignores earlier timesteps")
def _():
    sequences = real[3][:60].reshape(4, 5, 9)
    layer = L.SimpleRNN(3, recurrent_initializer="zeros")
    return close(layer(sequences), layer(sequences[:, -1:]))

@measure("R234 outputs of an LSTM with softmax sum to 1")
def _():
    return close(np.asarray(L.LSTM(3, activation="softmax")(real[3][:60].reshape(4, 5, 9))).sum(-1), 1)

@measure("S128 slash in a name")
def _():
    return M([L.Input((4,)), L.Dense(3, name="a/b")]).count_params()

@measure("Y101 a tensor in a Sequential")
def _():
    return M([L.Dense(8), L.Dropout(0.5)(L.Input((4,)))])

@measure("Y102 a class in a Sequential")
def _():
    return M([L.Input((4,)), L.Flatten])

@measure("Y103 a layer on a layer")
def _():
    return L.Dense(3)(L.Dense(4))

@measure("Y103 a layer as output of a model")
def _():
    return keras.Model(L.Input((4,)), L.Dense(3))

@measure("S138 a later input_shape is ignored")
def _():
    return M([L.Input((4,)), L.Dense(3), L.Dense(2, input_shape=(9,))]).count_params()

@measure("H319 zeros before a relu learn")
def _():
    model = M([L.Input((4,)), L.Dense(3, activation="relu", kernel_initializer="zeros"), L.Dense(1)])
    model.compile(loss="mse", optimizer="sgd")
    model.fit(x, real[1], epochs=3, verbose=0)
    return bool(np.abs(model.get_weights()[0]).max() > 0)

def tries(build):
    """Whether Keras refuses a model, runs it, or builds it and fails to run it on batches of these shapes."""
    try:
        model, *shapes = build()
    except Exception:
        return "refuses"
    try:
        for batch in shapes:
            model.predict([random.normal(size=one).astype("float32") for one in batch], verbose=0)
    except Exception:
        return "fails to run"
    return "runs"

def functional(layer, *shapes, batch=2):
    """A model that applies a function to inputs of these shapes, and the shapes of a batch."""
    inputs = [keras.Input(shape) for shape in shapes]
    return keras.Model(inputs, layer(*inputs)), [(batch, *shape) for shape in shapes]

for name, layer in {"Attention": L.Attention, "AdditiveAttention": L.AdditiveAttention,
                    "concat scores": lambda: L.Attention(score_mode="concat")}.items():
    measure(f"S116 {name}, query of another width")(
        lambda: tries(lambda: functional(lambda a, b: layer()([a, b]), (6, 5), (7, 4))))
measure("S116 Attention, other number of keys")(
    lambda: tries(lambda: functional(lambda a, b, c: L.Attention()([a, b, c]), (6, 5), (7, 5), (8, 5))))
measure("S116 MultiHeadAttention, query of another width")(
    lambda: tries(lambda: functional(lambda a, b: L.MultiHeadAttention(2, 3)(a, b), (6, 5), (7, 4))))
measure("S116 MultiHeadAttention, other number of keys")(
    lambda: tries(lambda: functional(lambda a, b, c: L.MultiHeadAttention(2, 3)(a, b, c), (6, 5), (7, 5), (8, 5))))

for name, cell, states in (("too few", "LSTM", [(4,)]), ("surplus", "GRU", [(4,)] * 2), ("three", "LSTM", [(4,)] * 3), ("too wide", "GRU", [(5,)]),
                           ("right", "LSTM", [(4,)] * 2)):
    measure(f"S123 {name} states")(lambda: tries(lambda: functional(
        lambda a, *given: getattr(L, cell)(4)(a, initial_state=list(given)), (6, 5), *states)))
measure("R236 decoder of other units")(lambda: tries(lambda: functional(
    lambda a, b: L.LSTM(4)(b, initial_state=L.LSTM(8, return_state=True)(a)[1:]), (6, 5), (6, 5))))

def unrolled(*lengths):
    return M([L.Input((None, 4)), L.LSTM(3, unroll=True)]), *([(2, length, 4)] for length in lengths)

measure("R206 unrolled on sequences of one length")(lambda: tries(lambda: unrolled(5)))
measure("R206 unrolled on sequences of several lengths")(lambda: tries(lambda: unrolled(5, 6, 7)))

for name, layer, shape in (("Conv1D", lambda: L.Conv1D(3, 2, strides=2, dilation_rate=2), (9, 4)),
                           ("Conv2D", lambda: L.Conv2D(3, 2, strides=2, dilation_rate=2), (9, 9, 4)),
                           ("Conv2DTranspose", lambda: L.Conv2DTranspose(3, 2, strides=2, dilation_rate=2), (9, 9, 4)),
                           ("SeparableConv2D", lambda: L.SeparableConv2D(3, 2, strides=2, dilation_rate=2), (9, 9, 4)),
                           ("DepthwiseConv2D", lambda: L.DepthwiseConv2D(2, strides=2, dilation_rate=2), (9, 9, 4)),
                           ("ConvLSTM1D", lambda: L.ConvLSTM1D(3, 2, strides=2, dilation_rate=2), (3, 9, 4))):
    measure(f"S118 {name}")(lambda: tries(lambda: (M([L.Input(shape), layer()]), [(2, *shape)])))

@measure("S114 Add broadcasts silently")
def _():
    shapes = []
    said = warned(lambda: shapes.append(functional(lambda a, b: L.Add()([a, b]), (6, 5), (1, 5))[0].output_shape))
    return [said, *shapes[0][1:]]

def extra_input(given):
    inputs, other = keras.Input((4,)), keras.Input((3,))
    return keras.Model([inputs, other], L.Dense(2)(inputs)), [(2, 4), (2, 3)][:given]

measure("S126 both inputs given")(lambda: tries(lambda: extra_input(2)))
measure("S126 only the used input given")(lambda: tries(lambda: extra_input(1)))

@measure("S129 empty model is used")
def _():
    try:
        return close(keras.models.model_from_json(M([]).to_json()).predict(x, verbose=0), x)
    except ValueError:
        return "ValueError"

@measure("S136 dimension of size 0")
def _():
    model = M([L.Input((0, 4)), L.Dense(3)])
    return list(model.output_shape[1:])

for name, layer, shape in (("Dense", lambda: L.Dense(3), (4,)), ("LSTM", lambda: L.LSTM(3), (6, 4))):
    @measure(f"S130 {name} built from build_config")
    def _():
        text = json.loads(M([L.Input(shape), layer()]).to_json())
        text["config"]["layers"][1]["build_config"] = {"input_shape": [None, *shape[:-1], 9]}
        built = keras.models.model_from_json(json.dumps(text))
        return [built.count_params(), tries(lambda: (built, [(2, *shape)]))]

@measure("E003 last of two keys")
def _():
    text = M([L.Input((4,)), L.Dense(3)]).to_json().replace('"units": 3', '"units": 3, "units": 5')
    return keras.models.model_from_json(text).output_shape[-1]

@measure("G702 layers of a model with an unconnected InputLayer")
def _():
    inputs = keras.Input((4,), name="a")
    text = json.loads(keras.Model(inputs, L.Dense(1, name="b")(inputs)).to_json())
    other = json.loads(json.dumps(text["config"]["layers"][0]).replace('"a"', '"c"'))
    text["config"]["layers"].append(other)
    return [layer.name for layer in keras.models.model_from_json(json.dumps(text)).layers]

@measure("N402 spread after Dropout and BatchNormalization")
def _():
    norm, dropout = L.BatchNormalization(momentum=0.0), L.Dropout(0.75)
    norm(dropout(np.ones((4000, 4), "float32") * random.normal(size=(4000, 4)).astype("float32"), training=True), training=True)
    return round(float(np.std(np.asarray(norm(random.normal(size=(4000, 4)).astype("float32"))))), 1)

def zeros(*layers):
    """The share of zeros among the outputs in training."""
    outputs = np.abs(random.normal(size=(400, 40))).astype("float32") + 1
    for layer in layers:
        outputs = layer(outputs, training=True) if "Dropout" in type(layer).__name__ else layer(outputs)
    return round(float((np.asarray(outputs) == 0).mean()), 1)

measure("N406 Dropout last sets predictions to 0")(lambda: zeros(L.Dropout(0.5)))
measure("N406 Dropout before a softmax sets predictions to 0")(lambda: zeros(L.Dropout(0.5), L.Softmax()))
measure("N406 Dropout before a sigmoid sets predictions to 0")(lambda: zeros(L.Dropout(0.5), L.Activation("sigmoid")))

@measure("N407 two Dropouts drop and scale as one")
def _():
    ones = np.ones((500, 200), "float32")
    got = np.asarray(L.Dropout(0.4)(L.Dropout(0.5)(ones, training=True), training=True))
    return [round(float((got == 0).mean()), 1), round(float(got.max()), 2), round(1 / (1 - 0.7), 2)]

for argument, layer in {"output_dim": lambda: L.Dense(output_dim=3), "nb_filter": lambda: L.Conv1D(nb_filter=3, kernel_size=2),
                        "init": lambda: L.Dense(3, init="uniform"), "border_mode": lambda: L.Conv1D(3, 2, border_mode="same"),
                        "W_regularizer": lambda: L.Dense(3, W_regularizer="l2")}.items():
    measure("P601 " + argument)(lambda: layer().name)
measure("P601 input_dim of an LSTM")(lambda: M([L.LSTM(3, input_dim=4)]).count_params())
measure("P602 time_major")(lambda: L.LSTM(3, time_major=False).units)
measure("P602 batch_input_shape")(lambda: L.Dense(3, batch_input_shape=(None, 4)).units)

KERAS2 = {"class_name": "Sequential", "config": {"name": "m", "layers": [
    {"class_name": "InputLayer", "config": {"batch_input_shape": [None, 4], "dtype": "float32", "name": "x"}},
    {"class_name": "Dense", "config": {"name": "y", "units": 3}}]}}

measure("P603 JSON of Keras 2")(lambda: keras.models.model_from_json(json.dumps(KERAS2)).count_params())

@measure("P603 HDF5 file of Keras 2")
def _():
    import h5py, os, tempfile
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "model.h5")
        M([L.Input((4,), name="x"), L.Dense(3, name="y")], name="m").save(path)
        with h5py.File(path, "r+") as file:
            file.attrs["model_config"], file.attrs["keras_version"] = json.dumps(KERAS2), "2.15.0"
        return keras.models.load_model(path, compile=False).count_params()

@measure("P604 removed layers")
def _():
    return [name for name in ("CuDNNLSTM", "ThresholdedReLU", "LocallyConnected1D") if hasattr(L, name)]

def cautioned(function):
    """Whether a call warns, and its result."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        value = function()
    return [bool(caught), value]

@measure("P606 input_length warns and is ignored")
def _():
    return cautioned(lambda: list(M([L.Input((7,)), L.Embedding(9, 4, input_length=5)]).output_shape[1:]))

@measure("P607 alpha warns and is used")
def _():
    both = {} if sys.argv[1] == "tf_keras" else {"negative_slope": 0.3}
    return cautioned(lambda: round(float(np.asarray(L.LeakyReLU(alpha=0.1, **both)(-np.ones((1, 1), "float32")))[0, 0]), 3))

def grown(cell, activation):
    """Whether outputs exceed 100,000 in training after 50 timesteps."""
    keras.utils.set_random_seed(1)
    sequences = random.normal(size=(8, 50, 8)).astype("float32")
    layer = getattr(L, cell)(32, activation=activation, recurrent_dropout=0.5)
    return bool(np.abs(np.asarray(layer(sequences, training=True))).max() > 1e5)

for cell, activation in (("SimpleRNN", "relu"), ("SimpleRNN", "tanh"), ("LSTM", "relu"), ("GRU", "relu")):
    measure(f"R210 {cell} with {activation} grows")(lambda: grown(cell, activation))

@measure("S139 weights of another shape")
def _():
    import os, tempfile
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "model.weights.h5")
        M([L.Input((4,), name="x"), L.Dense(3, name="y")], name="m").save_weights(path)
        other = M([L.Input((4,), name="x"), L.Dense(5, name="y")], name="m")
        return other.load_weights(path)

measure("X801 Lambda with code in JSON")(lambda: loaded(M([L.Input((4,)), L.Lambda(lambda t: 2 * t)])).name)

@measure("H311 two Dense without activation are one")
def _():
    first, second = L.Dense(3), L.Dense(2)
    got = np.asarray(second(first(x)))
    (kernel, bias), (kernel2, bias2) = first.get_weights(), second.get_weights()
    return close(got, x @ (kernel @ kernel2) + (bias @ kernel2 + bias2))

@measure("H312 softmax after relu")
def _():
    return round(float(np.ptp(np.asarray(L.Softmax()(L.ReLU()(-np.abs(x)))))), 4)

@measure("G704 layers without effect")
def _():
    sequences = real[3][:60].reshape(4, 5, 9)
    return [close(layer(sequences), sequences) for layer in (L.Activation("linear"), L.Reshape((5, 9)), L.UpSampling1D(1),
        L.ZeroPadding1D(0), L.Cropping1D(0))] + [close(L.Flatten()(x), x), close(L.Dropout(0)(x, training=True), x)]

print(json.dumps(found))
'''

# On TensorFlow, a loss reads the logits.
LOGITS = {"numpy": "output", "jax": "output", "tensorflow": "logits", "tf_keras": "logits"}


def keras3_or(keras3: Any, tf_keras: Any) -> dict[str, Any]:
    """Return a value that depends on the generation only."""
    return {**dict.fromkeys(("numpy", "jax", "tensorflow"), keras3), "tf_keras": tf_keras}


# The numpy backend cannot train.
TRAINED = {**keras3_or(True, True), "numpy": "raises"}
CLAIMS: dict[str, Any] = {
    "P605 hard_sigmoid of -1": keras3_or(0.333, 0.3),
    "P610 bias of a GRU without reset_after": [2, 9],
    "R203 stateful without batch": "raises",
    "R207 unrolled results are the same": True,
    "R227 recurrent kernel of zeros ignores earlier timesteps": True,
    "R234 outputs of an LSTM with softmax sum to 1": False,
    "S128 slash in a name": keras3_or("raises", 15),
    "S138 a later input_shape is ignored": 23,
    "Y101 a tensor in a Sequential": "raises",
    "Y102 a class in a Sequential": "raises",
    "Y103 a layer on a layer": "raises",
    "Y103 a layer as output of a model": "raises",
    "S141 Reshape swaps axes": False,
    "S141 Permute swaps axes": True,
    "H321 relu learns": {**keras3_or(False, False), "numpy": "raises"},
    "H321 softplus learns": TRAINED,
    "H322 accuracy of sigmoids compares positions": True,
    "R240 LSTM with recurrent_dropout tries cuDNN": False,
    "R240 LSTM with dropout tries cuDNN": True,
    "R240 GRU with recurrent_dropout tries cuDNN": False,
    "R240 GRU with dropout tries cuDNN": True,
    "totals: class indices": True,
    "totals: class indices per timestep": True,
    "totals: one-hot vectors": True,
    "totals: one-hot vectors per timestep": True,
    "H309 accuracy of one unit rounds": True,
    "H309 accuracy of one unit on numbers": 0.0,
    "H309 accuracy of units compares positions": True,
    "H309 class Accuracy is exact": 0.0,
    "H310 accuracy fits categorical_crossentropy": True,
    "H310 accuracy fits sparse_categorical_crossentropy": True,
    "H310 sparse metric of one-hot targets": "raises",
    "H310 one-hot metric of class indices is wrong": True,
    "H310 binary_accuracy scores units separately": True,
    "H303 softmax, last layer": LOGITS,
    "H303 softmax, Softmax layer": LOGITS,
    "H303 softmax, nested": LOGITS,
    "H303 softmax, Reshape after it": "output",
    "H303 softmax, in TimeDistributed": "output",
    "H303 softmax, from_logits": LOGITS,
    "H304 linear": "output",
    "H305 sigmoid": LOGITS,
    "H305 sigmoid, from_logits": LOGITS,
    "H305 softplus": "output",
    "H306 sigmoid": LOGITS,
    "H306 softmax": LOGITS,
    "H306 hard_sigmoid": "output",
    "R201 recurrent kernel at one timestep, LSTM": "no effect",
    "R201 recurrent kernel at one timestep, GRU": "no effect",
    "R201 recurrent kernel at one timestep, SimpleRNN": "no effect",
    "R209 untrained LSTM with relu gates and relu is finite": False,
    "R209 untrained LSTM with relu is finite": True,
    "R211 Embedding inside TimeDistributed": keras3_or("data", "masked"),
    "R211 Embedding without TimeDistributed": "masked",
    "R211 Reshape": "data",
    "R211 Lambda": "data",
    "R213 one of two inputs of Add is masked": keras3_or("unmasked", "masked"),
    "R237 Masking of two axes before Softmax": "raises",
    "R237 Masking of three axes before Softmax": "raises",
    "R237 Masking before Activation": [2, 6],
    "R238 mask, TimeDistributed, Flatten": keras3_or([2, 3, 8], "raises"),
    "R238 mask, TimeDistributed, Reshape": keras3_or([2, 3, 2, 2], "raises"),
    "R238 mask, TimeDistributed, Dense": [2, 3, 2],
    "H301 softmax of one unit": True,
    "H301 warns": keras3_or(True, False),
    "H302 loss of one unit": 0.0,
    "H302 warns": True,
    "H315 loss of an output that does not exist": "raises",
    "R219 LSTM dropout 1": keras3_or("ignored", "raises"),
    "R219 LSTM recurrent_dropout 1": keras3_or("ignored", "raises"),
    "R219 GRU recurrent_dropout 1": keras3_or("ignored", "raises"),
    "R219 SimpleRNN dropout 1": keras3_or("dropped", "raises"),
    "R219 SimpleRNN recurrent_dropout 1": keras3_or("dropped", "raises"),
    "R218 dropout 1.5": keras3_or("ignored", "raises"),
    "R218 dropout -0.5": "ignored",
    "N405 Dropout 1": keras3_or(0.0, "raises"),
    "R217 TimeDistributed(Dense) is a Dense": True,
    "N401 bias before BatchNormalization": "no effect",
    "G701 parameters of a dead layer": keras3_or(0, 35),
    "G706 trained weights in a frozen wrapper": keras3_or(6, 0),
    "H319 zeros before a relu learn": {**keras3_or(False, False), "numpy": "raises"},
    "R239 order of embedded tokens": False,
    "R239 order of tokens after an LSTM": True,
    "R215 mse": True,
    "R215 binary_crossentropy": keras3_or("raises", True),
    "N413 axis 1, channels_last": 8,
    "N413 axis -1, channels_last": 5,
    "N413 axis 1, channels_first": 5,
    "N413 axis -1, channels_first": 6,
    "G705 Max of 500 over 1": "no effect",
    "G705 Average of 500 over 1": "no effect",
    "G705 Max of 10 over 7": "global",
    "G705 Average of 10 over 7": "global",
    "H320 three sigmoids: over 10": TRAINED,
    "H320 eight sigmoids: over 100,000": TRAINED,
    "H320 eight tanh: over 10": {**keras3_or(False, False), "numpy": "raises"},
    "S116 Attention, query of another width": keras3_or("fails to run", "refuses"),
    "S116 AdditiveAttention, query of another width": keras3_or("fails to run", "refuses"),
    "S116 concat scores, query of another width": keras3_or("fails to run", "refuses"),
    "S116 Attention, other number of keys": keras3_or("fails to run", "refuses"),
    "S116 MultiHeadAttention, query of another width": "runs",
    "S116 MultiHeadAttention, other number of keys": "refuses",
    "S123 too few states": keras3_or("fails to run", "refuses"),
    "S123 surplus states": keras3_or("runs", "refuses"),
    "S123 three states": {"numpy": "runs", "jax": "fails to run", "tensorflow": "fails to run", "tf_keras": "refuses"},
    "S123 too wide states": keras3_or("fails to run", "refuses"),
    "S123 right states": "runs",
    "R236 decoder of other units": keras3_or("fails to run", "refuses"),
    "R206 unrolled on sequences of one length": keras3_or("runs", "refuses"),
    "R206 unrolled on sequences of several lengths": {
        "numpy": "runs",
        "jax": "runs",
        "tensorflow": "fails to run",
        "tf_keras": "refuses",
    },
    "S118 Conv1D": "refuses",
    "S118 Conv2D": "refuses",
    "S118 Conv2DTranspose": "refuses",
    "S118 SeparableConv2D": keras3_or("runs", "refuses"),
    "S118 DepthwiseConv2D": keras3_or("runs", "refuses"),
    "S118 ConvLSTM1D": "refuses",
    "S114 Add broadcasts silently": [False, 6, 5],
    "S126 both inputs given": "runs",
    "S126 only the used input given": {
        "numpy": "fails to run",
        "jax": "runs",
        "tensorflow": "fails to run",
        "tf_keras": "fails to run",
    },
    "S129 empty model is used": keras3_or("ValueError", True),
    "S136 dimension of size 0": [0, 3],
    "S130 Dense built from build_config": keras3_or("raises", [15, "runs"]),
    "S130 LSTM built from build_config": keras3_or([156, "fails to run"], [96, "runs"]),
    "E003 last of two keys": 5,
    "G702 layers of a model with an unconnected InputLayer": keras3_or(["a", "b"], ["a", "b", "c"]),
    "N402 spread after Dropout and BatchNormalization": 0.5,
    "N406 Dropout last sets predictions to 0": 0.5,
    "N406 Dropout before a softmax sets predictions to 0": 0.0,
    "N406 Dropout before a sigmoid sets predictions to 0": 0.0,
    "N407 two Dropouts drop and scale as one": [0.7, 3.33, 3.33],
    "P601 output_dim": "raises",
    "P601 nb_filter": "raises",
    "P601 init": "raises",
    "P601 border_mode": "raises",
    "P601 W_regularizer": "raises",
    "P601 input_dim of an LSTM": keras3_or("raises", 96),
    "P602 time_major": keras3_or("raises", 3),
    "P602 batch_input_shape": keras3_or("raises", 3),
    "P603 JSON of Keras 2": keras3_or("raises", 15),
    "P603 HDF5 file of Keras 2": 15,
    "P604 removed layers": keras3_or([], ["ThresholdedReLU", "LocallyConnected1D"]),
    "P606 input_length warns and is ignored": keras3_or([True, [7, 4]], [False, [7, 4]]),
    "P607 alpha warns and is used": keras3_or([True, -0.1], [False, -0.1]),
    "R210 SimpleRNN with relu grows": True,
    "R210 SimpleRNN with tanh grows": False,
    "R210 LSTM with relu grows": False,
    "R210 GRU with relu grows": False,
    "S139 weights of another shape": "raises",
    "X801 Lambda with code in JSON": "raises",
    "H311 two Dense without activation are one": True,
    "H312 softmax after relu": 0.0,
    "G704 layers without effect": [True, True, True, True, True, True, True],
}


@functools.cache
def measured(framework: str) -> dict[str, Any]:
    """Return what the program prints on a backend of Keras 3, or on tf_keras."""
    package, backend = ("tf_keras", "tensorflow") if framework == "tf_keras" else ("keras", framework)
    environment = {**os.environ, "KERAS_BACKEND": backend, "TF_CPP_MIN_LOG_LEVEL": "3", "CUDA_VISIBLE_DEVICES": ""}
    command = [sys.executable, "-c", PROGRAM, package]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=600, check=True)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def check(framework: str, claim: str) -> None:
    expected = CLAIMS[claim]
    assert measured(framework)[claim] == (expected[framework] if isinstance(expected, dict) else expected)


@pytest.mark.referee
@pytest.mark.parametrize("claim", CLAIMS)
@pytest.mark.parametrize("framework", ["numpy", "jax"])
def test_claim(framework: str, claim: str) -> None:
    if find_spec("keras") is None or find_spec(framework) is None:
        pytest.skip(f"needs Keras and {framework}")
    check(framework, claim)


@pytest.mark.referee_tf
@pytest.mark.parametrize("claim", CLAIMS)
@pytest.mark.parametrize("framework", ["tensorflow", "tf_keras"])
def test_claim_on_tensorflow(framework: str, claim: str) -> None:
    if find_spec("tensorflow") is None or find_spec("tf_keras" if framework == "tf_keras" else "keras") is None:
        pytest.skip("needs TensorFlow")
    check(framework, claim)
