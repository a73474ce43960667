"""Translation of Keras 0 and 1 to Keras 3: class names, argument names, and values.

Based on the constructors of Keras 1.2.2 (and 0.3.3 if they differ). If a missing argument had another default than in
Keras 3, the old default is set.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from lstmlint.model.spec import Dialect

CHANNELS = {"th": "channels_first", "tf": "channels_last"}

# Every layer may have these; they are not arguments in Keras 3. `weights` held initial weights as arrays.
NOT_ARGUMENTS = frozenset(
    {"name", "custom_name", "trainable", "cache_enabled", "input_dtype", "input_shape", "batch_input_shape", "weights"}
)

INITIALIZERS = {
    "zero": "zeros",
    "one": "ones",
    "uniform": "random_uniform",
    "normal": "random_normal",
}
# Names used if the file lacks the old name.
REQUIRED = frozenset({"units", "filters", "rate", "stddev", "target_shape"})
CONSTRAINTS = {
    "MaxNorm": "MaxNorm",
    "NonNeg": "NonNeg",
    "UnitNorm": "UnitNorm",
    "maxnorm": "MaxNorm",
    "nonneg": "NonNeg",
    "unitnorm": "UnitNorm",
}
ACTIVATIONS = {"time_distributed_softmax": "softmax"}

Values = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Translation:
    """How a class of Keras 0 or 1 is written in Keras 3.

    arguments: name in the file -> name in Keras 3.
    dropped: arguments without meaning today.
    defaults: old defaults of missing arguments, by Keras 3's name.
    finish: what a table cannot express. It receives the file's config, the new one, and the map of renamed arguments,
        and changes the last two.
    """

    class_name: str
    arguments: Mapping[str, str] = field(default_factory=dict)
    dropped: frozenset[str] = frozenset()
    defaults: Mapping[str, Any] = field(default_factory=dict)
    finish: Callable[[Values, Values, dict[str, str]], None] | None = None


# What Keras 1 calls the pieces of a layer -----------------------------------------------------------------

KERNEL = {
    "init": "kernel_initializer",
    "W_regularizer": "kernel_regularizer",
    "W_constraint": "kernel_constraint",
}
BIAS = {
    "bias": "use_bias",
    "b_regularizer": "bias_regularizer",
    "b_constraint": "bias_constraint",
}
DENSE = {"output_dim": "units", **KERNEL, **BIAS}
IMAGES = {"dim_ordering": "data_format"}
CONVOLUTION = {
    "nb_filter": "filters",
    "border_mode": "padding",
    "subsample": "strides",
    "subsample_length": "strides",
    "filter_length": "kernel_size",
    "atrous_rate": "dilation_rate",
    **KERNEL,
    **BIAS,
    **IMAGES,
}
POOLING = {
    "pool_length": "pool_size",
    "poolsize": "pool_size",
    "stride": "strides",
    "border_mode": "padding",
    **IMAGES,
}
RECURRENT = {
    "output_dim": "units",
    "init": "kernel_initializer",
    "inner_init": "recurrent_initializer",
    "inner_activation": "recurrent_activation",
    "W_regularizer": "kernel_regularizer",
    "U_regularizer": "recurrent_regularizer",
    "b_regularizer": "bias_regularizer",
    "dropout_W": "dropout",
    "dropout_U": "recurrent_dropout",
}
INPUT_SIZE = frozenset({"input_dim", "input_length"})
# consume_less only affects how results are computed; truncate_gradient existed only for Theano.
RECURRENT_DROPPED = INPUT_SIZE | {"consume_less", "truncate_gradient"}


# Translations that are not tables -------------------------------------------------------------------------


def kernel_of(*names: str) -> Callable[[Values, Values, dict[str, str]], None]:
    """Return a `finish` that builds kernel_size from one argument per axis."""

    def finish(old: Values, new: Values, renamed: dict[str, str]) -> None:
        for name in names:
            new.pop(name, None)
        missing = [name for name in names if name not in old]
        renamed["kernel_size"] = missing[0] if missing else names[0]
        if not missing:
            new["kernel_size"] = [old[name] for name in names]

    return finish


def finish_lstm(old: Values, new: Values, renamed: dict[str, str]) -> None:
    """Translate forget_bias_init: "one" is unit_forget_bias; other initializers of that gate have no equivalent in
    Keras 3.
    """
    init = new.pop("forget_bias_init", "one")
    new["unit_forget_bias"] = init in ("one", "ones")
    if "forget_bias_init" in old:
        renamed["unit_forget_bias"] = "forget_bias_init"


def finish_conv_lstm(old: Values, new: Values, renamed: dict[str, str]) -> None:
    """Translate one argument per axis of the kernel, and the forget gate's initializer."""
    kernel_of("nb_row", "nb_col")(old, new, renamed)
    finish_lstm(old, new, renamed)


def finish_separable(old: Values, new: Values, renamed: dict[str, str]) -> None:
    """Use `init` for both kernels."""
    kernel_of("nb_row", "nb_col")(old, new, renamed)
    if "depthwise_initializer" in new:
        new["pointwise_initializer"] = new["depthwise_initializer"]
        renamed["pointwise_initializer"] = "init"


def finish_padding(_old: Values, new: Values, _renamed: dict[str, str]) -> None:
    """Translate padding from a dict of sides, or from four numbers: top, bottom, left, right."""
    padding = new.get("padding")
    if isinstance(padding, dict):
        sides = ("top_pad", "bottom_pad", "left_pad", "right_pad")
        pads = [padding.get(side, 0) for side in sides]
        if set(padding) <= set(sides):
            new["padding"] = [pads[:2], pads[2:]]
    elif isinstance(padding, list) and len(padding) == 4:
        new["padding"] = [padding[:2], padding[2:]]


def finish_padding_1d(_old: Values, new: Values, _renamed: dict[str, str]) -> None:
    """Translate padding from a dict of two sides."""
    padding = new.get("padding")
    if isinstance(padding, dict) and set(padding) <= {"left_pad", "right_pad"}:
        new["padding"] = [padding.get("left_pad", 0), padding.get("right_pad", 0)]


def finish_pooling(_old: Values, new: Values, _renamed: dict[str, str]) -> None:
    """Translate ignore_border (Keras 0.2), which drops an incomplete window at the end, as Keras does since."""
    if new.get("ignore_border") is True:
        del new["ignore_border"]


def finish_function(_old: Values, new: Values, _renamed: dict[str, str]) -> None:
    """Keep an output shape only if it is written out; code stays code."""
    kind = new.pop("output_shape_type", "raw")
    if kind != "raw":
        new["output_shape"] = None
    new.pop("function_type", None)


def _conv(class_name: str, *kernel: str, **defaults: Any) -> Translation:
    return Translation(
        class_name, CONVOLUTION, INPUT_SIZE, {"use_bias": True, **defaults}, kernel_of(*kernel) if kernel else None
    )


def _pool(class_name: str) -> Translation:
    return Translation(class_name, POOLING, finish=finish_pooling)


def _plain(class_name: str, **arguments: str) -> Translation:
    return Translation(class_name, {**IMAGES, **arguments})


_CONV_1D = _conv("Conv1D")
_CONV_2D = _conv("Conv2D", "nb_row", "nb_col")
_CONV_3D = _conv("Conv3D", "kernel_dim1", "kernel_dim2", "kernel_dim3")
_DECONV_2D = _conv("Deconvolution2D", "nb_row", "nb_col")
_SEPARABLE_2D = Translation(
    "SeparableConv2D",
    {**CONVOLUTION, "init": "depthwise_initializer"},
    INPUT_SIZE,
    {"use_bias": True},
    finish_separable,
)

TRANSLATIONS: dict[str, Translation] = {
    "InputLayer": Translation("InputLayer"),
    # core
    "Masking": _plain("Masking"),
    "Activation": _plain("Activation"),
    "Dropout": _plain("Dropout", p="rate"),
    "SpatialDropout1D": _plain("SpatialDropout1D", p="rate"),
    "SpatialDropout2D": _plain("SpatialDropout2D", p="rate"),
    "SpatialDropout3D": _plain("SpatialDropout3D", p="rate"),
    "GaussianDropout": _plain("GaussianDropout", p="rate"),
    "GaussianNoise": _plain("GaussianNoise", sigma="stddev"),
    "Reshape": _plain("Reshape", dims="target_shape"),
    "Permute": _plain("Permute"),
    "Flatten": _plain("Flatten"),
    "RepeatVector": _plain("RepeatVector"),
    "ActivityRegularization": _plain("ActivityRegularization"),
    "Lambda": Translation("Lambda", finish=finish_function),
    "Dense": Translation("Dense", DENSE, INPUT_SIZE),
    "TimeDistributedDense": Translation("TimeDistributedDense", DENSE, INPUT_SIZE),
    "MaxoutDense": Translation("MaxoutDense", DENSE, INPUT_SIZE),
    "Highway": Translation("Highway", {**KERNEL, **BIAS}, INPUT_SIZE | {"transform_bias"}),
    "Merge": Translation("Merge", dropped=frozenset({"layers"}), finish=finish_function),
    "Embedding": Translation(
        "Embedding",
        {
            "init": "embeddings_initializer",
            "W_regularizer": "embeddings_regularizer",
            "W_constraint": "embeddings_constraint",
        },
        frozenset({"dropout", "activity_regularizer"}),
    ),
    "BatchNormalization": Translation(
        "BatchNormalization",
        {"beta_init": "beta_initializer", "gamma_init": "gamma_initializer"},
        # Modes 1 and 2 normalize by other statistics but have the same four vectors.
        frozenset({"mode"}),
        {"epsilon": 0.001, "momentum": 0.99},
    ),
    # recurrent
    "SimpleRNN": Translation("SimpleRNN", RECURRENT, RECURRENT_DROPPED, {"use_bias": True}),
    "LSTM": Translation(
        "LSTM", RECURRENT, RECURRENT_DROPPED, {"use_bias": True, "recurrent_activation": "hard_sigmoid"}, finish_lstm
    ),
    "GRU": Translation(
        "GRU",
        RECURRENT,
        RECURRENT_DROPPED,
        {"use_bias": True, "recurrent_activation": "hard_sigmoid", "reset_after": False},
    ),
    "ConvLSTM2D": Translation(
        "ConvLSTM2D",
        {**CONVOLUTION, **RECURRENT},
        INPUT_SIZE,
        {"use_bias": True, "recurrent_activation": "hard_sigmoid"},
        finish_conv_lstm,
    ),
    **{name: Translation(name, RECURRENT, RECURRENT_DROPPED) for name in ("JZS1", "JZS2", "JZS3", "SimpleDeepRNN")},
    "Bidirectional": Translation("Bidirectional"),
    "TimeDistributed": Translation("TimeDistributed"),
    # convolutional
    "Convolution1D": _CONV_1D,
    "Conv1D": _CONV_1D,
    "AtrousConvolution1D": _CONV_1D,
    "AtrousConv1D": _CONV_1D,
    "Convolution2D": _CONV_2D,
    "Conv2D": _CONV_2D,
    "AtrousConvolution2D": _CONV_2D,
    "AtrousConv2D": _CONV_2D,
    "Convolution3D": _CONV_3D,
    "Conv3D": _CONV_3D,
    "Deconvolution2D": _DECONV_2D,
    "Deconv2D": _DECONV_2D,
    "SeparableConvolution2D": _SEPARABLE_2D,
    "SeparableConv2D": _SEPARABLE_2D,
    "LocallyConnected1D": _conv("LocallyConnected1D"),
    "LocallyConnected2D": _conv("LocallyConnected2D", "nb_row", "nb_col"),
    "UpSampling1D": _plain("UpSampling1D", length="size"),
    "UpSample1D": _plain("UpSampling1D", length="size"),
    "UpSampling2D": _plain("UpSampling2D"),
    "UpSample2D": _plain("UpSampling2D"),
    "UpSampling3D": _plain("UpSampling3D"),
    "ZeroPadding1D": Translation("ZeroPadding1D", finish=finish_padding_1d),
    "ZeroPadding2D": Translation("ZeroPadding2D", IMAGES, finish=finish_padding),
    "ZeroPadding3D": _plain("ZeroPadding3D"),
    "Cropping1D": _plain("Cropping1D"),
    "Cropping2D": _plain("Cropping2D"),
    "Cropping3D": _plain("Cropping3D"),
    **{
        f"{kind}Pooling{rank}D": _pool(f"{kind}Pooling{rank}D")
        for kind in ("Max", "Average", "GlobalMax", "GlobalAverage")
        for rank in (1, 2, 3)
    },
    # activations with weights
    "LeakyReLU": _plain("LeakyReLU"),
    "ELU": _plain("ELU"),
    "ThresholdedReLU": _plain("ThresholdedReLU"),
    "ThresholdedLinear": _plain("ThresholdedLinear"),
    "PReLU": Translation("PReLU", {"init": "alpha_initializer"}),
    "SReLU": Translation(
        "SReLU",
        {
            "t_left_init": "t_left_initializer",
            "a_left_init": "a_left_initializer",
            "t_right_init": "t_right_initializer",
            "a_right_init": "a_right_initializer",
        },
    ),
    "ParametricSoftplus": _plain("ParametricSoftplus"),
    # Keras 0 only
    "TimeDistributedMerge": _plain("TimeDistributedMerge"),
    "AutoEncoder": Translation("AutoEncoder", {"encoder_config": "encoder", "decoder_config": "decoder"}),
    "Siamese": Translation("Siamese", dropped=frozenset({"inputs", "is_graph"})),
    "SiameseHead": _plain("SiameseHead"),
    "LRN2D": _plain("LRN2D"),
    "WordContextProduct": Translation("WordContextProduct", {"init": "embeddings_initializer"}),
}

# Settings of keras.json if the file does not state them (image_dim_ordering). Keras 0 and 1 do not save them for
# padding, cropping, and upsampling layers.
SPATIAL = frozenset(
    {
        "Conv2D", "Conv3D", "Deconvolution2D", "SeparableConv2D", "LocallyConnected2D", "ConvLSTM2D",
        "UpSampling2D", "UpSampling3D", "ZeroPadding2D", "ZeroPadding3D", "Cropping2D", "Cropping3D",
        "MaxPooling2D", "MaxPooling3D", "AveragePooling2D", "AveragePooling3D",
        "GlobalMaxPooling2D", "GlobalMaxPooling3D", "GlobalAveragePooling2D", "GlobalAveragePooling3D",
        "SpatialDropout2D", "SpatialDropout3D",
    }
)  # fmt: skip

# Keras 0.3 and 1.0 had a few other defaults.
KERAS0_DEFAULTS: dict[str, dict[str, Any]] = {
    "BatchNormalization": {"epsilon": 1e-6, "momentum": 0.9},
    "Convolution1D": {"kernel_initializer": "random_uniform"},
}


def translate(class_name: str, config: Values, dialect: Dialect) -> tuple[str, Values, dict[str, str]]:
    """Return (Keras 3's class, its arguments, Keras 3 argument -> name in the file) for a layer's config.

    A class that Keras 0 and 1 do not have keeps its name and arguments.
    """
    known = TRANSLATIONS.get(class_name)
    if known is None:
        return class_name, {key: value for key, value in config.items() if key not in NOT_ARGUMENTS}, {}
    new: Values = {}
    renamed: dict[str, str] = {}
    for key, value in config.items():
        if key in NOT_ARGUMENTS or key in known.dropped:
            continue
        name = known.arguments.get(key, key)
        if name != key:
            if name in config:  # both names: the new one was added by hand
                continue
            renamed[name] = key
        new[name] = translate_value(name, value)
    if known.finish is not None:
        known.finish(config, new, renamed)
    if dialect == "keras0":
        for name, default in KERAS0_DEFAULTS.get(class_name, {}).items():
            new.setdefault(name, default)
    for name, default in known.defaults.items():
        new.setdefault(name, default)
    for key, name in known.arguments.items():
        if name in REQUIRED and name not in new:
            renamed.setdefault(name, key)
    return known.class_name, new, renamed


def translate_value(argument: str, value: Any) -> Any:
    """Return a value in Keras 3's form; unknown values are returned unchanged."""
    if isinstance(value, str):
        if argument == "data_format":
            return CHANNELS.get(value, value)
        if argument.endswith("_initializer"):
            return INITIALIZERS.get(value, value)
        if argument.endswith("activation"):
            return ACTIVATIONS.get(value, value)
    elif isinstance(value, dict):
        if argument.endswith("_regularizer"):
            return _regularizer(value)
        if argument.endswith("_constraint"):
            return _constraint(value)
    return value


def _regularizer(value: dict[str, Any]) -> dict[str, Any]:
    """Convert {"name": "WeightRegularizer", "l1": 0.0, "l2": 0.01} to an L1L2 object."""
    if value.get("name") in ("WeightRegularizer", "ActivityRegularizer", "L1L2Regularizer"):
        return {"class_name": "L1L2", "config": {"l1": value.get("l1", 0.0), "l2": value.get("l2", 0.0)}}
    return _named_object(value)


def _named_object(value: dict[str, Any]) -> dict[str, Any]:
    """Convert {"name": "Mine", "k": 2}, a custom object, to an object with class_name and config."""
    if "class_name" in value or not isinstance(value.get("name"), str):
        return value
    return {"class_name": value["name"], "config": {key: item for key, item in value.items() if key != "name"}}


def _constraint(value: dict[str, Any]) -> dict[str, Any]:
    """Convert {"name": "MaxNorm", "m": 2, "axis": 0} to a MaxNorm object."""
    name = value.get("name")
    if not isinstance(name, str) or name not in CONSTRAINTS:
        return _named_object(value)
    config = {("max_value" if key == "m" else key): item for key, item in value.items() if key != "name"}
    return {"class_name": CONSTRAINTS[name], "config": config}


__all__ = ["CHANNELS", "SPATIAL", "TRANSLATIONS", "Translation", "translate", "translate_value"]
