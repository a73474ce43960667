"""The arguments that layers accept: names, types of values, ranges.

Arguments of the same name mean the same in nearly every layer of Keras, so types are assigned by argument name.
`OF_LAYER` contains the exceptions.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from lstmlint import layers as registry
from lstmlint.layers.base import BASE_ARGUMENTS, LayerError
from lstmlint.model.spec import Dialect, LayerSpec
from lstmlint.model.values import show
from lstmlint.signatures.keras3 import REQUIRED
from lstmlint.validation import types
from lstmlint.validation.serialized import (
    CUSTOM_HELP,
    INITIALIZER_NAMES,
    is_custom_initializer,
    is_layer,
    is_misspelt,
    is_nowhere,
    wrong_quantization,
)
from lstmlint.validation.types import Kind, words
from lstmlint.validation.values import any_of, enum, of_type

SWITCH_OF = {"bias_initializer": "use_bias", "beta_initializer": "center", "gamma_initializer": "scale"}
# Layers of Keras 3 that pass no arguments to their base class.
CLOSED: dict[str, frozenset[str]] = dict.fromkeys(
    ("Discretization", "Pipeline", "SpatialDropout1D", "SpatialDropout2D", "SpatialDropout3D", "TFSMLayer"), frozenset()
) | {"ActivityRegularization": BASE_ARGUMENTS["keras3"] - {"activity_regularizer"}}

# Keys that get_config of Keras 2 adds to the constructor's arguments, and from_config removes again.
KERAS2_CONFIG: dict[str, frozenset[str]] = {
    "Lambda": frozenset({"module", "function_type", "output_shape_module", "output_shape_type"}),
    "MultiHeadAttention": frozenset({"query_shape", "key_shape", "value_shape"}),
}

# Arguments on which no weight and no shape depends, beside initializers, regularizers, and constraints.
UNSHAPING = frozenset(
    "activation recurrent_activation dropout recurrent_dropout rate seed momentum epsilon use_cudnn noise_shape".split()
)
# Arguments of other layers or releases that change shapes: after one that Keras refuses, shapes are unknown.
SHAPING = frozenset("time_major data_format dim_ordering axis output_shape merge_mode mode return_sequences".split())
# Arguments of Keras 2 that state the input shape.
DECLARING = frozenset({"batch_input_shape", "batch_shape", "batch_size", "input_length"})

DATA_FORMAT = words("channels_last", "channels_first", None, any_case=True)

BY_NAME: dict[str, Kind] = {
    "units": types.POSITIVE,
    "filters": types.POSITIVE,
    "activation": types.ACTIVATION,
    "recurrent_activation": types.ACTIVATION,
    "dropout": types.NUMBER,
    "recurrent_dropout": types.NUMBER,
    "rate": types.RATE,
    "seed": types.SEED,
    "layer": types.LAYER,
    "backward_layer": types.OPTIONAL_LAYER,
    "use_cudnn": words("auto", True, False),
    "quantization_config": types.QUANTIZATION,
    "momentum": types.SOFT_NUMBER,
    "epsilon": types.SOFT_NUMBER,
    "bias_initializer": types.VECTOR_INITIALIZER,
    "beta_initializer": types.VECTOR_INITIALIZER,
    "gamma_initializer": types.VECTOR_INITIALIZER,
    "moving_mean_initializer": types.VECTOR_INITIALIZER,
    "moving_variance_initializer": types.VECTOR_INITIALIZER,
    "depthwise_initializer": types.TENSOR_INITIALIZER,
    "pointwise_initializer": types.TENSOR_INITIALIZER,
}
SUFFIXES = {"_initializer": types.INITIALIZER, "_regularizer": types.REGULARIZER, "_constraint": types.CONSTRAINT}
OF_LAYER: dict[tuple[str, str], Kind] = {
    ("Embedding", "input_dim"): types.STRICTLY_POSITIVE,
    ("Embedding", "output_dim"): types.STRICTLY_POSITIVE,
    ("ReversibleEmbedding", "input_dim"): types.STRICTLY_POSITIVE,
    ("ReversibleEmbedding", "output_dim"): types.STRICTLY_POSITIVE,
    ("Embedding", "weights"): types.NO_WEIGHTS,
    ("ReversibleEmbedding", "weights"): types.NO_WEIGHTS,
    ("Dropout", "noise_shape"): types.INTEGERS,
    ("GRU", "bias_initializer"): types.INITIALIZER,  # two rows with reset_after
    ("GRUCell", "bias_initializer"): types.INITIALIZER,
    ("EinsumDense", "bias_initializer"): types.INITIALIZER,
    **{
        (f"{name}{rank}D", "kernel_initializer"): types.TENSOR_INITIALIZER
        for name in ("Conv", "ConvLSTM")
        for rank in (1, 2, 3)
    },
    **{(f"Conv{rank}DTranspose", "kernel_initializer"): types.TENSOR_INITIALIZER for rank in (1, 2, 3)},
    **{(f"ConvLSTM{rank}D", "recurrent_initializer"): types.TENSOR_INITIALIZER for rank in (1, 2, 3)},
    ("Lambda", "function"): types.FUNCTION,
    ("LSTM", "bias_initializer"): types.NEEDED_VECTOR_INITIALIZER,
    ("LSTMCell", "bias_initializer"): types.NEEDED_VECTOR_INITIALIZER,
    **{(f"ConvLSTM{rank}D", "bias_initializer"): types.NEEDED_VECTOR_INITIALIZER for rank in (1, 2, 3)},
    **{(f"ConvLSTM{rank}D", "filters"): types.NATURAL for rank in (1, 2, 3)},
    **{(f"ConvLSTM{rank}D", "padding"): words("valid", "same", any_case=True) for rank in (1, 2, 3)},
    **{(f"ConvLSTM{rank}D", "data_format"): DATA_FORMAT for rank in (1, 2, 3)},
    ("MultiHeadAttention", "kernel_initializer"): types.TENSOR_INITIALIZER,
    ("GroupQueryAttention", "kernel_initializer"): types.TENSOR_INITIALIZER,
}
# Keras 2 and older have other objects and check less.
OLD_BY_NAME: dict[str, Kind] = {
    "units": types.POSITIVE,
    "filters": types.POSITIVE,
    "activation": types.OLD_ACTIVATION,
    "recurrent_activation": types.OLD_ACTIVATION,
    "dropout": types.NUMBER,
    "recurrent_dropout": types.NUMBER,
    "rate": types.OLD_RATE,
    "seed": types.OLD_SEED,
    "layer": types.LAYER,
    "rng_type": types.RNG_TYPE,
}
OLD_SUFFIXES = {
    "_initializer": types.OLD_INITIALIZER,
    "_regularizer": types.OLD_REGULARIZER,
    "_constraint": types.OLD_CONSTRAINT,
}
# TensorFlow checks the shapes that initializers fill.
KERAS2_BY_NAME = OLD_BY_NAME | {
    "bias_initializer": types.OLD_VECTOR_INITIALIZER,
    "beta_initializer": types.OLD_VECTOR_INITIALIZER,
    "gamma_initializer": types.OLD_VECTOR_INITIALIZER,
    "moving_mean_initializer": types.OLD_VECTOR_INITIALIZER,
    "moving_variance_initializer": types.OLD_VECTOR_INITIALIZER,
    "depthwise_initializer": types.OLD_TENSOR_INITIALIZER,
    "pointwise_initializer": types.OLD_TENSOR_INITIALIZER,
}
# A seed is ignored if nothing is dropped; the argument that decides it.
SEED_OF = {
    "Dropout": "rate", "SpatialDropout1D": "rate", "SpatialDropout2D": "rate", "SpatialDropout3D": "rate",
    "AlphaDropout": "rate", "GaussianDropout": "rate", "GaussianNoise": "stddev", "Attention": "dropout",
    "AdditiveAttention": "dropout", "MultiHeadAttention": "dropout", "GroupQueryAttention": "dropout",
}  # fmt: skip
CONFUSIONS = {
    "output_dim": "units", "nb_filter": "filters", "init": "kernel_initializer", "border_mode": "padding",
    "subsample": "strides", "inner_activation": "recurrent_activation", "inner_init": "recurrent_initializer",
    "hidden_size": "units", "num_units": "units", "hidden_units": "units", "neurons": "units", "size": "units",
    "return_sequence": "return_sequences", "W_regularizer": "kernel_regularizer", "dropout_W": "dropout",
    "dropout_U": "recurrent_dropout", "p": "rate", "bias": "use_bias", "num_layers": "units",
}  # fmt: skip

OLD_OF_LAYER: dict[tuple[str, str], Kind] = {
    ("Lambda", "function"): types.FUNCTION,
    ("AlphaDropout", "rate"): types.SOFT_RATE,
    ("GaussianDropout", "rate"): types.SOFT_RATE,
    ("RandomFourierFeatures", "kernel_initializer"): types.kind(
        any_of(enum("gaussian", "laplacian", any_case=True), of_type("object")),
        '"gaussian", "laplacian", or an initializer as an object',
    ),
}
KERAS2_OF_LAYER: dict[tuple[str, str], Kind] = {
    **OLD_OF_LAYER,
    ("Dense", "units"): types.COUNT,
    **{
        (f"{name}Conv{rank}D{suffix}", "filters"): types.FILTERS
        for name, suffix, ranks in (("", "", (1, 2, 3)), ("", "Transpose", (1, 2, 3)), ("Separable", "", (1, 2)))
        for rank in ranks
    },
    **{  # biases with more than one dimension
        (name, "bias_initializer"): types.OLD_INITIALIZER
        for name in ("GRU", "GRUCell", "EinsumDense", "LocallyConnected1D", "LocallyConnected2D")
    },
    **{
        (f"{name}{rank}D{kind}", f"{what}_initializer"): types.OLD_TENSOR_INITIALIZER
        for name, kind, what in (
            ("Conv", "", "kernel"), ("Conv", "Transpose", "kernel"), ("ConvLSTM", "", "kernel"),
            ("ConvLSTM", "", "recurrent"),
        )
        for rank in (1, 2, 3)
    },
}  # fmt: skip
TABLES: dict[str, tuple[dict[tuple[str, str], Kind], dict[str, Kind], dict[str, Kind]]] = {
    "keras3": (OF_LAYER, BY_NAME, SUFFIXES),
    "keras2": (KERAS2_OF_LAYER, KERAS2_BY_NAME, OLD_SUFFIXES),
    "keras1": (OLD_OF_LAYER, OLD_BY_NAME, OLD_SUFFIXES),
    "keras0": (OLD_OF_LAYER, OLD_BY_NAME, OLD_SUFFIXES),
}


@dataclass(frozen=True, slots=True)
class Arguments:
    """The arguments of one layer class in one dialect, prepared for repeated checks."""

    accepted: frozenset[str]
    required: tuple[str, ...]
    kinds: dict[str, Kind]


@lru_cache(maxsize=1024)
def arguments_of(class_name: str, dialect: Dialect) -> Arguments | None:
    """Return the arguments of a class; None for custom classes."""
    signature = registry.signature(class_name, dialect)
    if signature is None:
        return None
    base = BASE_ARGUMENTS["keras3" if dialect == "keras3" else "keras2"]
    names = (class_name, *(getattr(registry.find(class_name), "keras_names", ())))
    if dialect != "keras3":
        base |= KERAS2_CONFIG.get(class_name, frozenset())
    if class_name == "InputLayer":  # the parsers translate every dialect's names of the shape to this layer
        declared = frozenset({"batch_shape", "batch_size", "batch_input_shape"})
        base = declared if dialect == "keras2" else base | declared
    found = {
        argument: kind
        for argument, default in signature.items()
        if (kind := kind_of(names, argument, dialect, default)) is not None
    }
    if dialect == "keras3":
        if class_name in CLOSED:
            base = CLOSED[class_name]
        elif class_name not in ("InputLayer", "SimpleRNN"):  # these two ignore it
            found["activity_regularizer"] = types.REGULARIZER
    elif dialect == "keras2":
        found.setdefault("activity_regularizer", types.OLD_REGULARIZER)
    return Arguments(
        frozenset(signature) | base,
        tuple(name for name, default in signature.items() if default is REQUIRED),
        found,
    )


def kind_of(class_names: Iterable[str], argument: str, dialect: Dialect, default: Any = None) -> Kind | None:
    """Return the type of an argument of a class, if its values are restricted."""
    exceptions, by_name, by_suffix = TABLES[dialect]
    for name in class_names:
        if (name, argument) in exceptions:
            return exceptions[name, argument]
    if argument in by_name:
        return by_name[argument]
    for suffix, kind in by_suffix.items():
        if argument.endswith(suffix):
            return kind
    if isinstance(default, bool) and dialect in ("keras2", "keras3"):
        return types.BOOLEAN
    return None


def check(spec: LayerSpec, dialect: Dialect) -> list[LayerError]:
    """Return what Keras refuses of a layer's arguments: E005 unknown, E006 missing, E007 of a wrong type."""
    arguments = arguments_of(spec.class_name, dialect)
    if arguments is None:
        return []
    config = spec.config
    errors: list[LayerError] = []
    if dialect == "keras2" and "module" in spec.raw and is_nowhere(spec.raw):
        message = f"the module of {spec.class_name} is null; tf_keras cannot find its class"
        errors.append(LayerError("E004", message, 'Write "module": "keras.layers".', severity="error", stops=False))
    if not config.keys() <= arguments.accepted and dialect != "keras0":  # its releases accepted various arguments
        errors += [_unknown(spec, name, arguments, dialect) for name in config if name not in arguments.accepted]
    for name in arguments.required:
        if name not in config:
            written = spec.renamed.get(name, name)
            errors.append(
                LayerError(
                    "E006",
                    f"{spec.class_name} has no {name}; Keras raises a TypeError",
                    f"Move {written} into its config."
                    if written in spec.raw and "class_name" in spec.raw
                    else f"Add {written} to its config.",
                    name,
                )
            )
    kinds_of = arguments.kinds
    for name, value in config.items():
        kind = kinds_of.get(name)
        if kind is not None and not kind.accepts(value) and not is_ignored(spec, name, dialect):
            errors.append(_wrong(spec, name, value, kind, dialect))
        elif kind is types.ACTIVATION and is_layer(value):
            errors += check_inner(spec, name, value)
    if config.get("quantization_config") is not None and dialect == "keras3":
        errors += check_quantization(spec)
    return errors


def check_quantization(spec: LayerSpec) -> Iterator[LayerError]:
    """Check a quantization_config, more strictly if the dtype is a quantized one."""
    policy = spec.dtype.get("config") if isinstance(spec.dtype, dict) else None
    mode, of, _ = (
        (policy.get("mode"), "_from_", "") if isinstance(policy, dict) else str(spec.dtype).partition("_from_")
    )
    # An Embedding quantizes only its table, so it ignores the quantizers of inputs.
    quantized = bool(of) and str(mode).startswith(("int8", "int4")) and spec.class_name != "Embedding"
    wrong = wrong_quantization(spec.config["quantization_config"], quantized)
    if wrong is not None:
        message = f"quantization_config of {spec.class_name}: {wrong.message}; Keras refuses it"
        yield LayerError("E007", message, wrong.help, "quantization_config")


def check_inner(spec: LayerSpec, argument: str, value: dict[str, Any]) -> Iterator[LayerError]:
    """Check a layer that is used as an activation in Keras 3."""
    own = {name: item for name, item in (value["config"] or {}).items() if name not in ("name", "trainable", "dtype")}
    for error in check(LayerSpec(value["class_name"], value["class_name"], own), "keras3"):
        if error.severity != "warning":
            yield LayerError("E007", f"{argument} of {spec.class_name}: {error.message}", error.help, argument)


def is_ignored(spec: LayerSpec, name: str, dialect: Dialect) -> bool:
    """Return whether Keras ignores an argument, such as a seed if nothing is dropped, or the bias initializer of an
    LSTM without unit_forget_bias.
    """
    switch = SWITCH_OF.get(name)
    if switch is not None and dialect in ("keras2", "keras3") and not spec.config.get(switch, True):
        every = types.INITIALIZER if dialect == "keras3" else types.OLD_INITIALIZER  # the weight is not created
        return every.accepts(spec.config[name])
    if dialect != "keras3":
        return False
    if name == "seed":
        amount = SEED_OF.get(spec.class_name)
        return amount is not None and not spec.config.get(amount)
    if name == "bias_initializer" and spec.config[name] is None:
        return not (spec.config.get("use_bias", True) and spec.config.get("unit_forget_bias", True))
    return False


def shapes_nothing(argument: str) -> bool:
    """Return whether neither weights nor shapes depend on an argument."""
    return argument in UNSHAPING or argument.endswith(("_initializer", "_regularizer", "_constraint"))


def _unknown(spec: LayerSpec, name: str, arguments: Arguments, dialect: Dialect) -> LayerError:
    from lstmlint.model.findings import listing
    from lstmlint.model.suggestions import close_match

    written = spec.renamed.get(name, name)
    close = close_match(name, arguments.accepted, 0.75)
    meant = CONFUSIONS.get(name)
    if meant in arguments.accepted:
        advice = f"Did you mean {meant}?"
    elif close:
        advice = f"Did you mean {close}?"
    else:
        advice = (
            f"Remove it. {spec.class_name} takes: {listing(sorted(arguments.accepted - BASE_ARGUMENTS['keras2']))}."
        )
    error = (
        "ValueError: Unrecognized keyword arguments"
        if dialect == "keras3"
        else "TypeError: Keyword argument not understood"
    )
    message = f"{spec.class_name} does not accept the argument {show(written)}; Keras raises a {error}"
    if dialect == "keras3" and spec.class_name == "InputLayer":
        message = f"{spec.class_name} has no argument {show(written)}; Keras ignores it"
        return LayerError("E005", message, advice, name, severity="warning", stops=False)
    if dialect == "keras1":  # only the last of its releases is fully known, and the count does not depend on it
        return LayerError("E005", message, advice, name, severity="warning", stops=False)
    stops = name not in DECLARING and (close is not None or meant is not None or name in SHAPING)
    return LayerError("E005", message, advice, name, stops=stops)


def _wrong(spec: LayerSpec, name: str, value: Any, kind: Kind, dialect: Dialect) -> LayerError:
    shown = show(value, 60)
    advice = f"Set {name} to {kind.wants}."
    # These dialects accepted almost anything.
    old = dialect in ("keras0", "keras1") and kind is not types.POSITIVE
    wrong = kind.explain(value) if kind.explain else None
    # Of plain names, Keras 3 looks up only those of initializers among the custom objects.
    custom = kind.custom and isinstance(value, str)
    if dialect == "keras3":
        custom = custom and name.endswith("_initializer") and is_custom_initializer(value)
    message = f"{name} of {spec.class_name} is {shown}, but must be {kind.wants}; Keras refuses it"
    if wrong is not None:
        custom, advice = wrong.custom, wrong.help
        message = f"{name} of {spec.class_name}: {wrong.message}; Keras refuses it"
    elif kind in (types.RATE, types.OLD_RATE, types.SOFT_RATE) and isinstance(value, int | float) and 1 < value <= 100:
        advice = f"Set {name} to {kind.wants}: {value / 100:g}, if {value:g} % is meant."
    elif isinstance(value, str) and kind.names:
        from lstmlint.model.suggestions import close_match

        other = INITIALIZER_NAMES.get(value) if name.endswith("_initializer") else None
        close = other or close_match(value, kind.names, 0.7)
        custom = custom and not (close and is_misspelt(value, close))
        if custom:
            advice = (
                f"Did you mean {show(close)}? If it is your own, pass it in custom_objects." if other else CUSTOM_HELP
            )
        elif close:
            advice = f"Did you mean {show(close)}?"
        elif dialect == "keras3" and kind.custom and value.isidentifier():
            import json

            message = (
                f"{name} of {spec.class_name} is {shown}, which Keras 3 does not have; it refuses custom names here"
            )
            written: dict[str, Any] = {"module": None, "class_name": value, "config": {}, "registered_name": value}
            if name.endswith("activation"):
                written |= {"class_name": "function", "config": value}
            advice = f"If it is your own, write {json.dumps(written)}, and pass it in custom_objects."
    if custom:
        what = f"{name.rpartition('_')[2]} {wrong.message if wrong else shown}"  # the same for all layers
        message = f"the {what} is not built into Keras: it loads only with custom_objects"
    elif kind.is_soft(value):
        does = "Keras ignores it" if kind.soft else "Keras loads it anyway"
        message = f"{name} of {spec.class_name} is {shown}, but should be {kind.wants}; {does}"
    soft = custom or old or kind.is_soft(value)
    return LayerError(
        "E007",
        message,
        advice,
        name,
        severity="warning" if soft else None,
        stops=not (soft or shapes_nothing(name)),
        custom=custom,
    )
