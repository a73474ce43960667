"""Small models of every dialect that `lstmlint convert` reads; tests/data/convert.json records their conversions."""

from __future__ import annotations

from typing import Any

from tests import keras1_models as keras1
from tests.commandline import LSTM, layer, sequential

Config = dict[str, Any]


def functional(layers: list[Config], inputs: list[Any], outputs: list[Any], name: str = "m") -> Config:
    """Return a functional model as Keras 2 writes it."""
    config = {"name": name, "layers": layers, "input_layers": inputs, "output_layers": outputs}
    return {"class_name": "Functional", "keras_version": "2.15.0", "config": config}


def source(name: str, *shape: int | None) -> Config:
    """Return an InputLayer as Keras 2 writes it."""
    return layer("InputLayer", name, [], batch_input_shape=[None, *shape], dtype="float32", sparse=False, ragged=False)


def at(name: str, node: int = 0, tensor: int = 0, **kwargs: Any) -> list[Any]:
    """Return a tensor of a call."""
    return [name, node, tensor, kwargs]


def inner(class_name: str, **config: Any) -> Config:
    """Return a layer as the value of an argument."""
    return {"class_name": class_name, "config": config}


_INSIDE = functional(
    [source("given", 6, 3), layer("GRU", "gru", [[at("given")]], units=4, reset_after=True)],
    [["given", 0, 0]], [["gru", 0, 0]], "inside",
)  # fmt: skip

MODELS: dict[str, Config] = {
    "seed": LSTM,
    "by hand": {"class_name": "Sequential", "config": [inner("LSTM", units=3, input_shape=[4, 2]), inner("Dense", units=1)]},
    "unbuilt": sequential("u", layer("LSTM", "lstm", units=1)),
    "encoder and decoder": functional(
        [
            source("x", None, 3),
            source("y", None, 2),
            layer("LSTM", "encoder", [[at("x")]], units=4, return_state=True),
            layer("LSTM", "list", [[at("y"), at("encoder", 0, 1), at("encoder", 0, 2)]], units=4, return_sequences=True),
            layer(
                "LSTM", "names", [[at("y", initial_state=[["encoder", 0, 1], ["encoder", 0, 2]])]], units=4, time_major=False,
                implementation=2, recurrent_activation="sigmoid",
            ),
        ],
        [["x", 0, 0], ["y", 0, 0]],
        [["list", 0, 0], ["names", 0, 0]],
    ),
    "a model in a model, called twice": functional(
        [
            source("left", 6, 3),
            source("right", 6, 3),
            {"name": "inside", **{k: v for k, v in _INSIDE.items() if k != "keras_version"},
             "inbound_nodes": [[at("left")], [at("right")]]},
            layer("Subtract", "minus", [[at("inside", 1), at("inside", 2)]]),
        ],
        [["left", 0, 0], ["right", 0, 0]],
        [["minus", 0, 0], ["inside", 2, 0]],
    ),
    "objects and old words": sequential(
        "m",
        layer("Embedding", "block/words", input_dim=9, output_dim=4, input_length=7, mask_zero=True),
        layer(
            "Bidirectional", "both", merge_mode="ave", trainable=False,
            layer=inner("GRU", name="gru", units=3, return_sequences=True, activity_regularizer=None),
        ),
        layer(
            "TimeDistributed", "each",
            layer=inner(
                "Dense", name="dense", units=2, activation="linear", dtype={"class_name": "Policy", "config": {"name": "float32"}},
                kernel_initializer={"class_name": "VarianceScaling", "config": {
                    "scale": 1.0, "mode": "fan_avg", "distribution": "uniform", "seed": None, "dtype": "float32"}},
                kernel_regularizer={"class_name": "L1L2", "config": {"l1": 0.0, "l2": 0.01}},
                kernel_constraint={"class_name": "MaxNorm", "config": {"max_value": 2, "axis": 0}},
            ),
        ),
        layer("BatchNormalization", "norm", axis=[2], fused=None),
        layer("LeakyReLU", "leaky", alpha=0.1),
        layer("ThresholdedReLU", "threshold", theta=0.5),
        layer("SpatialDropout1D", "drop", rate=0.1, noise_shape=None, seed=None),
    ),
    "cells": sequential(
        "m",
        layer("RNN", "rnn", batch_input_shape=[None, 5, 3], cell=inner("StackedRNNCells", cells=[
            inner("LSTMCell", name="one", units=2), inner("GRUCell", name="two", units=3, reset_after=False)])),
    ),
    "functions of TensorFlow": functional(
        [
            source("x", 6, 4),
            layer("TFOpLambda", "times", [["x", 0, 0, {"y": 2.0, "name": None}]], function="math.multiply"),
            layer("SlicingOpLambda", "cut", [["times", 0, 0, {"slice_spec": [
                {"start": None, "stop": None, "step": None}, {"start": 1, "stop": 5, "step": None}]}]],
                function="__operators__.getitem"),
            layer("TFOpLambda", "mean", [["cut", 0, 0, {"axis": 1, "keepdims": True}]], function="math.reduce_mean"),
            layer("LSTM", "lstm", [[at("mean")]], units=2),
        ],
        [["x", 0, 0]],
        [["lstm", 0, 0]],
    ),
    "what Keras 3 computes otherwise": sequential(
        "m",
        layer("CuDNNGRU", "cudnn", units=3, return_sequences=True, batch_input_shape=[None, 5, 2]),
        layer("LSTM", "hard", units=2, recurrent_activation="hard_sigmoid"),
    ),
    "Keras 1, merged": keras1.sequential(
        keras1.merged("concat", keras1.branch(3, 4), keras1.branch(2, 5)),
        keras1.layer("Dense", name="out", output_dim=2, W_regularizer={"name": "WeightRegularizer", "l1": 0.0, "l2": 0.1}),
    ),
    "Keras 1, images": keras1.sequential(
        keras1.layer("Convolution2D", name="conv", nb_filter=2, nb_row=3, nb_col=3, border_mode="same", dim_ordering="th",
                     subsample=[2, 2], batch_input_shape=[None, 3, 8, 8], activation="relu", init="glorot_uniform"),
        keras1.layer("MaxPooling2D", name="pool", pool_size=[2, 2], dim_ordering="th"),
        keras1.layer("Flatten", name="flat"),
        keras1.layer("Dropout", name="drop", p=0.5),
    ),
    "Keras 1, every timestep": keras1.sequential(
        keras1.layer("LSTM", name="lstm", output_dim=3, return_sequences=True, input_dim=4, input_length=6,
                     inner_activation="sigmoid", consume_less="gpu", dropout_W=0.1),
        keras1.layer("TimeDistributedDense", name="dense", output_dim=2, activation="softmax"),
    ),
    "Keras 0": keras1.stack(
        keras1.flat("Dense", output_dim=3, input_dim=4, init="uniform"), keras1.flat("Activation", activation="tanh")
    ),
}  # fmt: skip
