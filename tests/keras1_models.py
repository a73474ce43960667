"""Small models of Keras 0 and 1: written out, and layers with random options.

The referee suite runs real Keras on them; tests/data/keras1.json and keras0.json record the results.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable
from typing import Any

Config = dict[str, Any]


def layer(class_name: str, **config: Any) -> Config:
    """Return a layer as Keras 1 writes it."""
    return {"class_name": class_name, "config": config}


def sequential(*layers: Any) -> Config:
    """Return a Sequential of Keras 1; its items may be anything."""
    return {"class_name": "Sequential", "keras_version": "1.2.2", "config": list(layers)}


def node(name: str, class_name: str, *inbound: list[Any], **config: Any) -> Config:
    """Return a layer of a Keras 1 Model, with its calls."""
    return {
        "class_name": class_name, "name": name, "config": {"name": name, **config}, "inbound_nodes": list(inbound)
    }  # fmt: skip


def source(name: str, *shape: int | None, dtype: str = "float32") -> Config:
    """Return an input of a Model."""
    return node(name, "InputLayer", batch_input_shape=[None, *shape], input_dtype=dtype, sparse=False)


def ref(name: str, call: int = 0, tensor: int = 0) -> list[Any]:
    """Return a reference to an output."""
    return [name, call, tensor]


def graph(layers: list[Config], inputs: list[str], outputs: list[Any], name: str = "model_1") -> Config:
    """Return a Keras 1 Model; outputs are names or references."""
    return {
        "class_name": "Model",
        "keras_version": "1.2.2",
        "config": {
            "name": name,
            "layers": layers,
            "input_layers": [ref(item) for item in inputs],
            "output_layers": [ref(item) if isinstance(item, str) else item for item in outputs],
        },
    }


def merged(mode: str, *branches: Config, **config: Any) -> Config:
    """Return a Merge that starts a Sequential."""
    return layer(
        "Merge", name="merge_1", layers=list(branches), mode=mode, mode_type="raw", concat_axis=config.get("concat_axis", -1),
        dot_axes=config.get("dot_axes", -1), output_shape=None, output_shape_type="raw", output_mask=None,
        output_mask_type="raw", arguments={},
    )  # fmt: skip


def branch(units: int, *shape: int | None) -> Config:
    """Return a model to merge."""
    return sequential(layer("Dense", output_dim=units, batch_input_shape=[None, *shape]))


def sequences(units: int, returns: bool, features: int = 4) -> Config:
    """Return a recurrent model to merge."""
    return sequential(
        layer("LSTM", output_dim=units, return_sequences=returns, batch_input_shape=[None, 6, features]),
        layer("Dropout", p=0.5),
    )


def named(model: Config) -> Config:
    """Give every layer without a name a name: Keras 1 treats layers with the same name as one layer."""
    number = itertools.count(1)

    def walk(value: Any) -> None:
        if isinstance(value, list):
            for item in value:
                walk(item)
        elif isinstance(value, dict):
            config = value.get("config")
            if isinstance(config, dict) and "class_name" in value:
                config.setdefault("name", f"{value['class_name'].lower()}_{next(number)}")
            for item in value.values():
                walk(item)

    walk(model)
    return model


_ENCODER = graph(
    [source("enc_in", 8), node("enc", "Dense", [ref("enc_in")], output_dim=3)], ["enc_in"], ["enc"], "encoder"
)

KERAS1: dict[str, Config] = {
    "seed": sequential(
        layer("LSTM", output_dim=10, input_dim=1, input_length=None, return_sequences=True),
        layer("TimeDistributed", layer=layer("Dense", output_dim=1)),
    ),
    "stateful": sequential(
        layer("GRU", output_dim=5, stateful=True, return_sequences=True, batch_input_shape=[32, 7, 3]),
        layer("SimpleRNN", output_dim=4, stateful=True, batch_input_shape=[32, 7, 5]),
    ),
    "bidirectional": sequential(
        layer("Embedding", input_dim=50, output_dim=8, input_length=12, batch_input_shape=[None, 12]),
        layer("Bidirectional", merge_mode="concat", layer=layer("LSTM", name="a", output_dim=6, return_sequences=True)),
        layer("Bidirectional", merge_mode="sum", layer=layer("GRU", name="b", output_dim=4)),
        layer("Dense", output_dim=2, activation="softmax"),
    ),
    "embedding of unknown length": sequential(
        layer("Embedding", input_dim=30, output_dim=5, input_length=None), layer("LSTM", output_dim=3)
    ),
    "theano images": sequential(
        layer("ZeroPadding2D", padding=[1, 1], batch_input_shape=[None, 3, 24, 24]),
        layer("Convolution2D", nb_filter=8, nb_row=3, nb_col=3, dim_ordering="th", border_mode="valid"),
        layer("BatchNormalization", axis=1, mode=0, epsilon=0.001),
        layer("MaxPooling2D", pool_size=[2, 2], strides=[2, 2], border_mode="valid", dim_ordering="th"),
        layer("UpSampling2D", size=[2, 2]),
        layer("Flatten"),
        layer("Dense", output_dim=10, bias=False),
    ),
    "tensorflow images": sequential(
        layer("ZeroPadding2D", padding=[1, 2, 3, 4], batch_input_shape=[None, 24, 24, 3]),
        layer("Convolution2D", nb_filter=8, nb_row=3, nb_col=5, dim_ordering="tf", border_mode="same", subsample=[2, 2]),
        layer("PReLU", init="zero"),
        layer("SeparableConvolution2D", nb_filter=4, nb_row=3, nb_col=3, dim_ordering="tf", depth_multiplier=2),
        layer("Cropping2D", cropping=[[1, 0], [0, 2]]),
        layer("GlobalAveragePooling2D", dim_ordering="tf"),
        layer("MaxoutDense", output_dim=6, nb_feature=3),
        layer("Highway", activation="relu"),
    ),
    "frozen": sequential(
        layer("Dense", output_dim=4, trainable=False, batch_input_shape=[None, 6]),
        layer("BatchNormalization"),
        layer("Dense", output_dim=2),
    ),
    "time distributed dense": sequential(
        layer("LSTM", output_dim=5, batch_input_shape=[None, 8, 3]),
        layer("RepeatVector", n=4),
        layer("GRU", output_dim=6, return_sequences=True, consume_less="gpu"),
        layer("TimeDistributedDense", output_dim=2),
    ),
    "time distributed model": sequential(
        layer(
            "TimeDistributed",
            batch_input_shape=[None, 5, 12, 12, 1],
            layer=sequential(
                layer("Convolution2D", nb_filter=2, nb_row=3, nb_col=3, dim_ordering="tf", batch_input_shape=[None, 12, 12, 1]),
                layer("Flatten"),
                layer("Dense", output_dim=3),
            ),
        ),
        layer("LSTM", output_dim=2),
    ),
    "nested sequential": sequential(
        sequential(layer("Dense", output_dim=7, batch_input_shape=[None, 3]), layer("Activation", activation="relu")),
        layer("Dense", output_dim=2),
    ),
    "one layer twice": sequential(
        layer("Dense", name="same", output_dim=5, batch_input_shape=[None, 5]),
        layer("Activation", name="relu", activation="relu"),
        layer("Dense", name="same", output_dim=5, batch_input_shape=[None, 5]),
    ),
    "merge sum": sequential(merged("sum", branch(4, 3), branch(4, 5)), layer("Dense", output_dim=2)),
    "merge max": sequential(merged("max", branch(4, 3), branch(4, 5), branch(4, 2)), layer("Dense", output_dim=2)),
    "merge concat": sequential(merged("concat", sequences(3, False), branch(5, 9)), layer("Dense", output_dim=2)),
    "merge concat in time": sequential(
        merged("concat", sequences(3, True), sequences(3, True), concat_axis=1), layer("LSTM", output_dim=2)
    ),
    "merge dot": sequential(merged("dot", sequences(3, True), sequences(3, True), dot_axes=[2, 2]), layer("Flatten")),
    "merge dot of vectors": sequential(merged("dot", branch(4, 3), branch(4, 5), dot_axes=1)),
    "merge cos": sequential(merged("cos", branch(4, 3), branch(4, 5))),
    "merge of merges": sequential(
        merged("mul", sequential(merged("ave", branch(3, 2), branch(3, 2))), branch(3, 4)), layer("Dense", output_dim=1)
    ),
    "merge of two kinds of model": sequential(merged("sum", branch(3, 2), _ENCODER), layer("Dense", output_dim=2)),
    "unequal merge": sequential(merged("sum", branch(4, 3), branch(5, 3))),
    "two inputs": graph(
        [
            source("a", 6), source("b", 6),
            node("shared", "Dense", [ref("a")], [ref("b")], output_dim=4),
            node("both", "Merge", [ref("shared", 0), ref("shared", 1)], mode="concat", mode_type="raw", concat_axis=-1, dot_axes=-1),
            node("out", "Dense", [ref("both")], output_dim=1, activation="sigmoid"),
        ],
        ["a", "b"],
        ["out"],
    ),  # fmt: skip
    "nested model, called twice": graph(
        [
            source("a", 8), source("b", 8),
            {"class_name": "Model", "name": "encoder", "config": _ENCODER["config"],
             "inbound_nodes": [[ref("a")], [ref("b")]]},
            node("product", "Merge", [ref("encoder", 1), ref("encoder", 2)], mode="mul", mode_type="raw"),
        ],
        ["a", "b"],
        ["product", ref("encoder", 1)],
    ),  # fmt: skip
    "sequential in a model": graph(
        [
            source("text", 10, dtype="int32"),
            {"class_name": "Sequential", "name": "words", "inbound_nodes": [[ref("text")]],
             "config": [layer("Embedding", input_dim=20, output_dim=6, input_length=10, batch_input_shape=[None, 10]),
                        layer("GRU", output_dim=5)]},
            node("score", "Dense", [ref("words", 1)], output_dim=1),
        ],
        ["text"],
        ["score"],
    ),  # fmt: skip
    "frames": sequential(
        layer("ConvLSTM2D", nb_filter=4, nb_row=3, nb_col=3, border_mode="same", dim_ordering="tf",
              return_sequences=True, batch_input_shape=[None, 5, 10, 10, 2]),
        layer("TimeDistributed", layer=layer("Flatten")),
        layer("SimpleRNN", output_dim=3),
    ),
    "wrong rank": sequential(
        layer("LSTM", output_dim=4, batch_input_shape=[None, 5, 3]), layer("LSTM", output_dim=4)
    ),
}  # fmt: skip
for _model in KERAS1.values():
    named(_model)


# Keras 0 --------------------------------------------------------------------------------------------------


def flat(class_name: str, **config: Any) -> Config:
    """Return a layer as Keras 0 writes it."""
    return {"name": class_name, "custom_name": class_name.lower(), "cache_enabled": True, "trainable": True, **config}


def stack(*layers: Config) -> Config:
    """Return a Sequential of Keras 0."""
    return {"name": "Sequential", "layers": list(layers)}


def flat_branch(units: int, *shape: int | None) -> Config:
    """Return a model to merge."""
    return stack(flat("Dense", output_dim=units, input_dim=shape[-1], input_shape=list(shape)))


def old_graph(inputs: Config, nodes: list[tuple[Config, Config]], outputs: list[Config]) -> Config:
    """Return a Graph of Keras 0: {input: shape}, [(entry, layer)], outputs."""

    def entry(given: Config) -> Config:
        return {"input": None, "inputs": [], "merge_mode": "concat", "concat_axis": -1, "dot_axes": -1, **given}

    return {
        "name": "Graph",
        "input_config": [{"name": name, "dtype": "float", "input_shape": shape} for name, shape in inputs.items()],
        "node_config": [{"create_output": False, **entry(given)} for given, _ in nodes],
        "output_config": [entry(given) for given in outputs],
        "input_order": list(inputs),
        "output_order": [given["name"] for given in outputs],
        "nodes": {given["name"]: settings for given, settings in nodes},
    }  # fmt: skip


KERAS0: dict[str, Config] = {
    "recurrent": stack(
        flat("LSTM", output_dim=8, input_dim=3, input_length=6, input_shape=[6, 3], return_sequences=True),
        flat("Dropout", p=0.2),
        flat("LSTM", output_dim=8, input_dim=8, input_length=None),
        flat("Dense", output_dim=2, input_dim=None),
        flat("Activation", activation="softmax"),
    ),
    "words": stack(
        flat("Embedding", input_dim=40, output_dim=5, input_length=7, input_shape=[40]),
        flat("GRU", output_dim=4, input_dim=5, input_length=None, return_sequences=True),
        flat("TimeDistributedDense", output_dim=3, input_dim=None, input_length=None),
        flat("TimeDistributedMerge", mode="ave"),
        flat("MaxoutDense", output_dim=2, nb_feature=3, input_dim=None),
    ),
    "images": stack(
        flat("Convolution2D", nb_filter=4, nb_row=3, nb_col=3, border_mode="same", subsample=[1, 1], dim_ordering="th",
             input_shape=[3, 16, 16]),
        flat("MaxPooling2D", pool_size=[2, 2], strides=[2, 2], border_mode="valid", dim_ordering="th"),
        flat("ZeroPadding2D", padding=[1, 1]),
        flat("BatchNormalization", axis=1, mode=0, epsilon=1e-6, momentum=0.9),
        flat("PReLU", init="zero"),
        flat("Flatten"),
        flat("Highway", transform_bias=-2, input_dim=None),
    ),
    "batch size": stack(
        flat("SimpleRNN", output_dim=3, stateful=True, batch_input_shape=[16, 5, 2], input_dim=None, input_length=None)
    ),
    "merge concat": stack(
        flat("Merge", layers=[flat_branch(3, 4), flat_branch(2, 5)], mode="concat", concat_axis=-1, dot_axes=-1),
        flat("Dense", output_dim=2, input_dim=None),
    ),
    "merge dot": stack(
        flat("Merge", layers=[flat_branch(3, 4), flat_branch(3, 5)], mode="dot", concat_axis=-1, dot_axes=-1),
    ),
    "merge cos": stack(
        flat("Merge", layers=[flat_branch(3, 4), flat_branch(3, 5)], mode="cos", concat_axis=-1, dot_axes=-1),
        flat("Dense", output_dim=2, input_dim=None),
    ),
    "auto-encoder": stack(
        {"name": "AutoEncoder", "output_reconstruction": True,
         "encoder_config": stack(flat("Dense", output_dim=3, input_dim=9, input_shape=[9])),
         "decoder_config": stack(flat("Dense", output_dim=9, input_dim=3, input_shape=[3]))},
    ),
    "time distributed": stack(
        flat("TimeDistributed", layer=flat("Dense", output_dim=4, input_dim=None), input_shape=[5, 3]),
        flat("Permute", dims=[2, 1]),
        flat("Reshape", dims=[20]),
    ),
    "graph": old_graph(
        {"left": [6], "right": [6]},
        [
            ({"name": "first", "input": "left"}, flat("Dense", output_dim=4, input_dim=None)),
            ({"name": "second", "input": "right"}, flat("Dense", output_dim=4, input_dim=None)),
            ({"name": "third", "inputs": ["first", "second"], "merge_mode": "sum"},
             flat("Dense", output_dim=3, input_dim=None)),
            ({"name": "fourth", "inputs": ["first", "right"]}, flat("Dense", output_dim=2, input_dim=None)),
        ],
        [{"name": "out", "inputs": ["third", "fourth"]}, {"name": "side", "input": "first"}],
    ),
}  # fmt: skip


# Keras 1.0 kept Graph, but wrote shared nodes differently.
def _dense(name: str, units: int) -> Config:
    return layer("Dense", name=name, output_dim=units)


def _shared(name: str, units: int, mode: str | None, *outputs: str) -> Config:
    return {
        "name": name, "layer": layer("Dense", output_dim=units), "inputs": ["left", "right"], "merge_mode": mode,
        "concat_axis": -1, "dot_axes": -1, "outputs": list(outputs), "create_output": False,
    }  # fmt: skip


_OLD = old_graph(
    {"left": [6], "right": [6]},
    [
        ({"name": "first", "input": "left"}, _dense("first", 5)),
        ({"name": "both", **_shared("both", 4, "sum")}, {**layer("Merge", name="both"), "shared": True}),
        ({"name": "each", **_shared("each", 3, None, "a", "b")}, {**_dense("each", 3), "shared": True}),
        ({"name": "second", "inputs": ["first", "both"]}, _dense("second", 2)),
        ({"name": "third", "input": "b"}, _dense("third", 7)),
    ],
    [{"name": "out", "input": "second"}, {"name": "side", "inputs": ["third", "a"]}],
)
for _entry in _OLD["node_config"]:
    if "layer" in _entry:
        del _entry["input"]
KERAS10: dict[str, Config] = {
    "graph": {
        "class_name": "Graph",
        "keras_version": "1.0.8",
        "config": {key: _OLD[key] for key in ("input_config", "node_config", "output_config", "nodes")},
    }
}


# Random single layers ---------------------------------------------------------------------------------------

Draw = Callable[[random.Random], tuple[Config, list[int | None]]]


def size(rng: random.Random, low: int = 1, high: int = 9) -> int:
    """Draw a small number."""
    return rng.randint(low, high)


def some(rng: random.Random, **options: Any) -> Config:
    """Draw some of the options."""
    return {name: rng.choice(values) for name, values in options.items() if rng.random() < 0.6}


def vector(class_name: str, *required: str, **options: Any) -> Draw:
    """Draw a layer on (batch, features)."""

    def draw(rng: random.Random) -> tuple[Config, list[int | None]]:
        return layer(class_name, **{name: size(rng) for name in required}, **some(rng, **options)), [size(rng)]

    return draw


def sequence(class_name: str, *required: str, **options: Any) -> Draw:
    """Draw a layer on (batch, steps, features)."""

    def draw(rng: random.Random) -> tuple[Config, list[int | None]]:
        config = {name: size(rng) for name in required} | some(rng, **options)
        length = None if rng.random() < 0.2 and not config.get("unroll") else size(rng, 9, 20)
        if class_name == "LocallyConnected1D":
            length = size(rng, 9, 20)
        return layer(class_name, **config), [length, size(rng)]

    return draw


def spatial(class_name: str, rank: int, *required: str, **options: Any) -> Draw:
    """Draw a layer on images or volumes, in either order."""

    def draw(rng: random.Random) -> tuple[Config, list[int | None]]:
        ordering = rng.choice(["th", "tf"])
        config = {name: size(rng, 1, 4) for name in required} | some(rng, **options) | {"dim_ordering": ordering}
        space: list[int | None] = [size(rng, 12, 20) for _ in range(rank)]
        channels = size(rng, 1, 4)
        return layer(class_name, **config), [channels, *space] if ordering == "th" else [*space, channels]

    return draw


def any_shape(class_name: str, **options: Any) -> Draw:
    """Draw a layer for any input."""

    def draw(rng: random.Random) -> tuple[Config, list[int | None]]:
        return layer(class_name, **some(rng, **options)), [size(rng) for _ in range(size(rng, 1, 4))]

    return draw


def draw_reshape(rng: random.Random) -> tuple[Config, list[int | None]]:
    a, b, c = size(rng), size(rng), size(rng)
    return layer("Reshape", target_shape=rng.choice([[a, b * c], [c, -1], [-1], [b, a, c]])), [a, b, c]


def draw_permute(rng: random.Random) -> tuple[Config, list[int | None]]:
    dims = list(range(1, size(rng, 2, 4)))
    rng.shuffle(dims)
    return layer("Permute", dims=dims), [size(rng) for _ in dims]


def draw_deconvolution(rng: random.Random) -> tuple[Config, list[int | None]]:
    config, shape = spatial("Deconvolution2D", 2, "nb_filter", "nb_row", "nb_col", bias=[True, False])(rng)
    filters, rows, cols = config["config"]["nb_filter"], size(rng, 10, 30), size(rng, 10, 30)
    th = config["config"]["dim_ordering"] == "th"
    config["config"]["output_shape"] = [None, filters, rows, cols] if th else [None, rows, cols, filters]
    return config, shape


def draw_convlstm(rng: random.Random) -> tuple[Config, list[int | None]]:
    config, shape = spatial(
        "ConvLSTM2D", 2, "nb_filter", "nb_row", "nb_col", border_mode=["valid", "same"], return_sequences=[True, False],
        subsample=[[1, 1], [2, 2]], inner_activation=["sigmoid"], forget_bias_init=["zero", "one"],
    )(rng)  # fmt: skip
    return config, [size(rng), *shape]


def draw_wrapped(rng: random.Random) -> tuple[Config, list[int | None]]:
    name = rng.choice(["Dense", "Convolution2D", "MaxoutDense", "LSTM", "Flatten"])
    inner, shape = DRAWS[name](rng)
    inner["config"] = {**REQUIRED.get(name, {}), **inner["config"]}
    return layer("TimeDistributed", layer=inner), [size(rng), *(dim or 9 for dim in shape)]


def draw_bidirectional(rng: random.Random) -> tuple[Config, list[int | None]]:
    inner, shape = DRAWS[rng.choice(["LSTM", "GRU", "SimpleRNN"])](rng)
    inner["config"]["name"] = "inner"
    mode = rng.choice(["sum", "mul", "ave", "concat"])
    return layer("Bidirectional", layer=inner, merge_mode=mode), shape


RNN_OPTIONS: dict[str, Any] = {
    "return_sequences": [True, False], "go_backwards": [True, False], "consume_less": ["cpu", "mem", "gpu"],
    "init": ["uniform", "he_normal"], "inner_init": ["orthogonal", "identity"], "activation": ["relu", "tanh"],
    "dropout_W": [0.0, 0.3], "dropout_U": [0.0, 0.3], "unroll": [False], "W_regularizer": [None],
}  # fmt: skip
GATED_OPTIONS = {**RNN_OPTIONS, "inner_activation": ["sigmoid", "hard_sigmoid"]}
MODES = ["valid", "same", "full"]
CONV_OPTIONS: dict[str, Any] = {"border_mode": MODES, "bias": [True, False], "activation": ["relu"]}

DRAWS: dict[str, Draw] = {
    "Dense": any_shape("Dense", bias=[True, False]),
    "MaxoutDense": vector("MaxoutDense", "output_dim", nb_feature=[1, 4, 5], bias=[True, False]),
    "Highway": vector("Highway", bias=[True, False], transform_bias=[-2], activation=["relu"]),
    "TimeDistributedDense": lambda rng: (
        layer("TimeDistributedDense", output_dim=size(rng), bias=rng.choice([True, False])), [size(rng), size(rng)]
    ),
    "LSTM": sequence("LSTM", "output_dim", forget_bias_init=["one", "zero"], **GATED_OPTIONS),
    "GRU": sequence("GRU", "output_dim", **GATED_OPTIONS),
    "SimpleRNN": sequence("SimpleRNN", "output_dim", **{**RNN_OPTIONS, "consume_less": ["cpu", "mem"]}),
    "Bidirectional": draw_bidirectional,
    "TimeDistributed": draw_wrapped,
    "ConvLSTM2D": draw_convlstm,
    "Convolution1D": sequence("Convolution1D", "nb_filter", "filter_length", subsample_length=[1, 2, 3], **CONV_OPTIONS),
    "AtrousConvolution1D": sequence(
        "AtrousConvolution1D", "nb_filter", filter_length=[2, 3], subsample_length=[1, 2], atrous_rate=[1, 2, 3], **CONV_OPTIONS
    ),
    "Convolution2D": spatial(
        "Convolution2D", 2, "nb_filter", "nb_row", "nb_col", subsample=[[1, 2], [3, 3]], **CONV_OPTIONS
    ),
    "AtrousConvolution2D": spatial(
        "AtrousConvolution2D", 2, "nb_filter", "nb_row", "nb_col", atrous_rate=[[1, 2], [3, 3]], subsample=[[1, 2]], **CONV_OPTIONS
    ),
    "SeparableConvolution2D": spatial(
        "SeparableConvolution2D", 2, "nb_filter", "nb_row", "nb_col", depth_multiplier=[1, 3], subsample=[[2, 2]],
        **{**CONV_OPTIONS, "border_mode": MODES[:2]},
    ),
    "Deconvolution2D": draw_deconvolution,
    "Convolution3D": spatial(
        "Convolution3D", 3, "nb_filter", "kernel_dim1", "kernel_dim2", "kernel_dim3", subsample=[[1, 2, 3]], **CONV_OPTIONS
    ),
    "LocallyConnected1D": sequence(
        "LocallyConnected1D", "nb_filter", "filter_length", subsample_length=[1, 2], bias=[True, False]
    ),
    "LocallyConnected2D": spatial(
        "LocallyConnected2D", 2, "nb_filter", "nb_row", "nb_col", subsample=[[2, 1]], bias=[True, False]
    ),
    **{
        f"{kind}Pooling1D": sequence(
            f"{kind}Pooling1D", pool_length=[2, 3], stride=[None, 1, 4], border_mode=MODES[:2]
        )
        for kind in ("Max", "Average")
    },
    **{
        f"{kind}Pooling{rank}D": spatial(
            f"{kind}Pooling{rank}D", rank, pool_size=[[2, 3, 1][:rank]], strides=[None, [1, 4, 2][:rank]], border_mode=MODES[:2]
        )
        for kind in ("Max", "Average")
        for rank in (2, 3)
    },
    **{f"Global{kind}Pooling1D": sequence(f"Global{kind}Pooling1D") for kind in ("Max", "Average")},
    **{
        f"Global{kind}Pooling{rank}D": spatial(f"Global{kind}Pooling{rank}D", rank)
        for kind in ("Max", "Average")
        for rank in (2, 3)
    },
    "UpSampling1D": sequence("UpSampling1D", length=[2, 3]),
    "UpSampling2D": spatial("UpSampling2D", 2, size=[[2, 3]]),
    "UpSampling3D": spatial("UpSampling3D", 3, size=[[2, 3, 1]]),
    "ZeroPadding1D": sequence("ZeroPadding1D", padding=[2, [1, 3], {"left_pad": 2}, {"left_pad": 1, "right_pad": 4}]),
    "ZeroPadding2D": spatial("ZeroPadding2D", 2, padding=[[2, 3], [1, 2, 3, 4], {"top_pad": 2, "right_pad": 5}]),
    "ZeroPadding3D": spatial("ZeroPadding3D", 3, padding=[[2, 3, 1]]),
    "Cropping1D": sequence("Cropping1D", cropping=[[1, 2]]),
    "Cropping2D": spatial("Cropping2D", 2, cropping=[[[1, 2], [0, 3]]]),
    "Cropping3D": spatial("Cropping3D", 3, cropping=[[[1, 2], [0, 3], [1, 1]]]),
    "BatchNormalization": any_shape("BatchNormalization", axis=[-1, 1], mode=[0, 1, 2]),
    "Embedding": lambda rng: (
        layer("Embedding", input_dim=size(rng, 5, 50), output_dim=size(rng), input_length=(length := rng.choice([None, 7])),
              mask_zero=False, dropout=0.0),
        [length],
    ),
    "Masking": lambda rng: (layer("Masking", mask_value=0.0), [size(rng), size(rng)]),
    "Dropout": any_shape("Dropout", p=[0.0, 0.5]),
    "SpatialDropout1D": lambda rng: (layer("SpatialDropout1D", p=0.2), [size(rng), size(rng)]),
    "SpatialDropout2D": lambda rng: (layer("SpatialDropout2D", p=0.2, dim_ordering="th"), [3, size(rng), size(rng)]),
    "SpatialDropout3D": lambda rng: (layer("SpatialDropout3D", p=0.2, dim_ordering="tf"), [4, 5, size(rng), size(rng)]),
    "GaussianDropout": any_shape("GaussianDropout", p=[0.3]),
    "GaussianNoise": any_shape("GaussianNoise", sigma=[0.3]),
    "ActivityRegularization": any_shape("ActivityRegularization", l1=[0.1], l2=[0.1]),
    "Activation": any_shape("Activation", activation=["relu", "linear", "hard_sigmoid"]),
    "Reshape": draw_reshape,
    "Permute": draw_permute,
    "Flatten": lambda rng: (layer("Flatten"), [size(rng) for _ in range(size(rng, 2, 4))]),
    "RepeatVector": vector("RepeatVector", "n"),
    "LeakyReLU": any_shape("LeakyReLU", alpha=[0.1, 0.3]),
    "ELU": any_shape("ELU", alpha=[0.5]),
    "ThresholdedReLU": any_shape("ThresholdedReLU", theta=[0.5]),
    "PReLU": any_shape("PReLU", init=["zero"], shared_axes=[None, [1], 1]),
    "SReLU": any_shape("SReLU", shared_axes=[None, [1]]),
    "ParametricSoftplus": any_shape("ParametricSoftplus", alpha_init=[0.1], shared_axes=[None, [1]]),
}  # fmt: skip

# Required arguments: `any_shape` and `sequence` may leave options out.
REQUIRED: dict[str, Config] = {
    "Dense": {"output_dim": 5}, "AtrousConvolution1D": {"filter_length": 2}, "Dropout": {"p": 0.1},
    "GaussianDropout": {"p": 0.1}, "GaussianNoise": {"sigma": 0.1}, "Activation": {"activation": "relu"},
}  # fmt: skip


def draw_layer(class_name: str, seed: int) -> Config:
    """Draw a Sequential of one layer with random options."""
    rng = random.Random(f"{class_name} {seed}")
    made, shape = DRAWS[class_name](rng)
    config = made["config"]
    for name, value in REQUIRED.get(class_name, {}).items():
        config.setdefault(name, value)
    batch = rng.choice([None, None, 8])
    config["batch_input_shape"] = [batch, *shape]
    config["trainable"] = rng.random() < 0.8
    if class_name == "Bidirectional" or class_name == "TimeDistributed":
        config.pop("trainable")
    return named(sequential(made))


# Random graphs ----------------------------------------------------------------------------------------------

Shape = tuple[int, ...]


class GraphDrawer:
    """A Model of Keras 1 that grows layer by layer; tensors are (reference, shape without the batch)."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)
        self.layers: list[Config] = []
        self.tensors: list[tuple[list[Any], Shape]] = []
        # Layers that may be called again: (entry, input shape, output shape, number of the first call).
        self.shareable: list[tuple[Config, Shape, Shape, int]] = []

    def draw(self) -> Config:
        """Return the whole model."""
        rng = self.rng
        inputs = []
        for i in range(rng.randint(1, 3)):
            shape = (rng.randint(2, 6),) if rng.random() < 0.4 else (rng.randint(3, 6), rng.randint(2, 5))
            inputs.append(f"in_{i}")
            self.layers.append(source(inputs[-1], *shape))
            self.tensors.append((ref(inputs[-1]), shape))
        for _ in range(rng.randint(3, 14)):
            rng.choice([self.add_layer, self.add_layer, self.add_merge, self.call_again, self.add_model])()
        outputs = [reference for reference, _ in self.tensors[-rng.randint(1, 3) :]]
        return graph(self.layers, inputs, outputs)

    def place(self, class_name: str, config: Any, inputs: list[list[Any]], given: Shape, made: Shape) -> None:
        """Add a layer with one call."""
        name = f"{class_name.lower()}_{len(self.layers)}"
        nested = class_name in ("Sequential", "Model")
        if class_name != "Sequential":
            config["name"] = name
        entry = {"class_name": class_name, "name": name, "config": config, "inbound_nodes": [inputs]}
        self.layers.append(entry)
        first = 1 if nested else 0  # a model already has a call of its own
        self.tensors.append((ref(name, first), made))
        if class_name != "Merge":
            self.shareable.append((entry, given, made, first))

    def add_layer(self) -> None:
        """Draw a layer on one tensor."""
        rng = self.rng
        reference, shape = rng.choice(self.tensors)
        n = rng.randint(1, 6)
        steps, features = shape[0], shape[-1]
        choices: list[tuple[str, Config, Shape]] = [
            ("Dense", {"output_dim": n}, (*shape[:-1], n)),
            ("Activation", {"activation": "tanh"}, shape),
            ("Dropout", {"p": 0.2}, shape),
            ("BatchNormalization", {}, shape),
            ("PReLU", {}, shape),
        ]
        if len(shape) == 1:
            choices += [
                ("RepeatVector", {"n": n}, (n, features)),
                ("MaxoutDense", {"output_dim": n}, (n,)),
                ("Highway", {}, shape),
                ("Reshape", {"target_shape": [features, 1]}, (features, 1)),
            ]
        else:
            inner = {"class_name": "LSTM", "config": {"name": "inner", "output_dim": n, "return_sequences": True}}
            choices += [
                ("LSTM", {"output_dim": n}, (n,)),
                ("LSTM", {"output_dim": n, "return_sequences": True, "consume_less": "gpu"}, (steps, n)),
                ("GRU", {"output_dim": n, "return_sequences": True}, (steps, n)),
                ("SimpleRNN", {"output_dim": n}, (n,)),
                ("Bidirectional", {"layer": inner, "merge_mode": "concat"}, (steps, 2 * n)),
                ("Bidirectional", {"layer": inner, "merge_mode": "ave"}, (steps, n)),
                ("TimeDistributed", {"layer": layer("Dense", name="inner", output_dim=n)}, (steps, n)),
                ("TimeDistributedDense", {"output_dim": n}, (steps, n)),
                ("Convolution1D", {"nb_filter": n, "filter_length": 3, "border_mode": "same"}, (steps, n)),
                ("MaxPooling1D", {"border_mode": "same"}, (-(-steps // 2), features)),
                ("Flatten", {}, (steps * features,)),
                ("Permute", {"dims": [2, 1]}, (features, steps)),
                ("GlobalMaxPooling1D", {}, (features,)),
            ]
        class_name, config, made = rng.choice(choices)
        self.place(class_name, config, [reference], shape, made)

    def add_merge(self) -> None:
        """Draw a Merge of compatible tensors."""
        rng = self.rng
        reference, shape = rng.choice(self.tensors)
        same = [other for other, size in self.tensors if size == shape]
        picked = [reference, *rng.sample(same, min(len(same), rng.randint(1, 2)))]
        axis = len(shape)
        modes: list[tuple[str, Config, Shape]] = [
            (mode, {}, shape) for mode in ("sum", "mul", "ave", "max")
        ] + [("concat", {"concat_axis": rng.choice([-1, axis])}, (*shape[:-1], shape[-1] * len(picked)))]  # fmt: skip
        if len(picked) == 2:
            made: Shape = (1,) if axis == 1 else (shape[0], shape[0])
            modes += [("dot", {"dot_axes": axis}, made), ("cos", {"dot_axes": [axis, axis]}, made)]
        mode, config, made = rng.choice(modes)
        options = {"concat_axis": -1, "dot_axes": -1, "mode": mode, "mode_type": "raw", **config}
        self.place("Merge", options, picked, shape, made)

    def call_again(self) -> None:
        """Call an existing layer on another tensor of the same shape."""
        if not self.shareable:
            return
        entry, given, made, first = self.rng.choice(self.shareable)
        # Only preceding layers in the file can feed it.
        before = {other["name"] for other in self.layers[: self.layers.index(entry)]}
        fitting = [other for other, size in self.tensors if size == given and other[0] in before]
        if not fitting:
            return
        entry["inbound_nodes"].append([self.rng.choice(fitting)])
        self.tensors.append((ref(entry["name"], first + len(entry["inbound_nodes"]) - 1), made))

    def add_model(self) -> None:
        """Draw a nested Sequential or Model."""
        rng = self.rng
        reference, shape = rng.choice(self.tensors)
        n = rng.randint(1, 5)
        if rng.random() < 0.5:
            first = layer("Dense", name="first", output_dim=n, batch_input_shape=[None, *shape])
            last = layer("Activation", name="last", activation="relu")
            self.place("Sequential", [first, last], [reference], shape, (*shape[:-1], n))
        else:
            entries = [source("given", *shape), node("made", "Dense", [ref("given")], output_dim=n)]
            config = graph(entries, ["given"], ["made"])["config"]
            self.place("Model", config, [reference], shape, (*shape[:-1], n))


# Comparison --------------------------------------------------------------------------------------

# The setting in keras.json, if the file does not have one.
IMAGE_DIM_ORDERING = {"theano images": "th"}

# Layers that Keras 0.3.3 also has, and the arguments that it does not have.
KERAS0_CLASSES = (
    "Dense", "MaxoutDense", "Highway", "TimeDistributedDense", "LSTM", "GRU", "SimpleRNN", "Convolution1D",
    "Convolution2D", "MaxPooling1D", "AveragePooling1D", "MaxPooling2D", "AveragePooling2D", "UpSampling2D",
    "BatchNormalization", "Masking", "Dropout", "GaussianDropout", "GaussianNoise", "ActivityRegularization", "Activation",
    "Reshape", "Permute", "Flatten", "RepeatVector", "LeakyReLU", "ELU", "ThresholdedReLU", "PReLU", "SReLU",
    "ParametricSoftplus",
)  # fmt: skip
NOT_IN_KERAS0 = frozenset({"bias", "shared_axes", "consume_less", "unroll", "name"})


def draw_flat(class_name: str, seed: int) -> Config:
    """Draw a Sequential of one layer in the vocabulary of Keras 0."""
    drawn = draw_layer(class_name, seed)["config"][0]["config"]
    config = {key: value for key, value in drawn.items() if key not in NOT_IN_KERAS0}
    batch, *shape = config.pop("batch_input_shape")
    if class_name == "Dense":
        shape = shape[:1]
    if config.get("border_mode") == "full":
        config["border_mode"] = "valid"
    if "target_shape" in config:
        config["dims"] = config.pop("target_shape")
    config |= {"batch_input_shape": [batch, *shape]} if batch else {"input_shape": shape}
    return stack(flat(class_name, **config))


def questions(version: str, draws: int, graphs: int) -> dict[str, Config]:
    """Return the models for a version of Keras, by name."""
    if version == "1.0.8":
        return KERAS10
    if version.startswith("0"):
        drawn = {f"{name} {seed}": draw_flat(name, seed) for name in KERAS0_CLASSES for seed in range(draws)}
        return {**KERAS0, **drawn}
    drawn = {f"{name} {seed}": draw_layer(name, seed) for name in DRAWS for seed in range(draws)}
    return {**KERAS1, **drawn, **{f"graph {seed}": GraphDrawer(seed).draw() for seed in range(graphs)}}


def disagreement(model: Config, answer: Config) -> str | None:
    """Return the first difference between lstmlint and Keras, or None if they agree or both refuse the model."""
    from lstmlint.inference import infer
    from lstmlint.parsing.common import Names
    from lstmlint.parsing.keras1 import parse_model

    summary = infer(parse_model(model, "", Names()))
    errors = [f"{problem.code} {problem.message}" for problem in summary.problems]
    if "error" in answer:
        return None if errors else f"Keras refuses it: {answer['error']}"
    ours = {
        "total": summary.params,
        "inputs": [plain(shape) for shape in summary.inputs],
        "outputs": [plain(shape) for shape in summary.outputs],
        "complete": summary.complete,
        "errors": errors,
    }
    theirs = {**{key: answer[key] for key in ("total", "inputs", "outputs")}, "complete": True, "errors": []}
    if "trainable" in answer:
        ours["trainable"], theirs["trainable"] = summary.trainable_params, answer["trainable"]
    # Keras 0 and 1 rename models inside a Sequential, and Keras 0 counts merged models in the Merge.
    rows = {row.name: row for row in summary.layers}
    for name, class_name, params, shape in answer["layers"]:
        if name in rows and class_name not in ("Sequential", "Merge"):
            theirs[name] = [params, shape]
            ours[name] = [rows[name].params, plain(rows[name].output_shape)]
    if ours == theirs:
        return None
    return "\n".join(f"{key}: {ours[key]}, Keras: {theirs[key]}" for key in ours if ours[key] != theirs[key])


def plain(shape: Any) -> list[int | None] | None:
    """Return a shape for JSON."""
    return None if shape is None else list(shape)


def embedding(mask_zero: bool = True) -> Config:
    """Return an Embedding at the beginning of a Sequential."""
    return layer(
        "Embedding", input_dim=9, output_dim=3, mask_zero=mask_zero, input_length=7, batch_input_shape=[None, 7]
    )


def merge_of_masks(mode: str, second: bool, last: Config, functional: bool) -> Config:
    """Return a Merge of two Embeddings, the second with or without a mask, and a layer after it."""
    config = {
        "mode": mode,
        "concat_axis": -1,
        "dot_axes": -1,
        "mode_type": "raw",
        "output_shape": None,
        "arguments": {},
    }
    config |= {"output_shape_type": "raw", "output_mask": None, "output_mask_type": "raw"}
    if not functional:
        return sequential(
            layer("Merge", layers=[sequential(embedding()), sequential(embedding(second))], **config), last
        )
    layers = [source("x", 7, dtype="int32")]
    for name, masked in (("a", True), ("b", second)):
        layers.append(node(name, "Embedding", [ref("x")], input_dim=9, output_dim=3, mask_zero=masked, input_length=7))
    layers.append(node("m", "Merge", [ref("a"), ref("b")], **config))
    layers.append({**last, "name": "last", "inbound_nodes": [[ref("m")]]})
    return graph(layers, ["x"], ["last"])


FLATTEN, LAST, SEQUENCE = (
    layer("Flatten", name="last"),
    layer("LSTM", name="last", output_dim=2),
    layer("LSTM", name="sequence", output_dim=2, return_sequences=True),
)
# Models with masks, and whether R211 or R238 reports them: R238 where Keras 1.2.2 raises a ValueError.
MASKS: list[tuple[Config, str | None]] = [
    (sequential(embedding(), FLATTEN), "R238"),
    (sequential(embedding(), layer("Convolution1D", name="c", nb_filter=2, filter_length=2)), "R238"),
    (sequential(embedding(), layer("Dropout", name="d", p=0.1), layer("GlobalMaxPooling1D", name="g")), "R238"),
    (sequential(embedding(), SEQUENCE, FLATTEN), "R238"),
    (sequential(sequential(embedding(), layer("Dropout", name="d", p=0.1)), FLATTEN), "R238"),
    (sequential(embedding(), LAST, layer("Dense", name="y", output_dim=1)), None),
    (sequential(embedding(), layer("TimeDistributedDense", name="t", output_dim=2), LAST), None),
    (sequential(embedding(False), FLATTEN), None),
    *[
        (merge_of_masks(mode, second, FLATTEN, True), "R238")
        for mode in ("sum", "concat", "max")
        for second in (True, False)
    ],
    (merge_of_masks("dot", True, FLATTEN, True), None),
    (merge_of_masks("sum", False, LAST, True), None),
    (merge_of_masks("dot", True, LAST, True), "R211"),
    *[
        (merge_of_masks(mode, second, FLATTEN, False), None)
        for mode in ("ave", "max", "concat")
        for second in (True, False)
    ],
    (merge_of_masks("mul", True, LAST, False), "R211"),
]
