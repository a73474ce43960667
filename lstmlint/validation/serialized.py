"""Serialized objects in arguments: initializers, regularizers, constraints, activations.

Keras finds them by `class_name` among its own classes and custom objects, and passes `config` to the constructor. The
tables contain the arguments of each class.
"""

from __future__ import annotations

import sys
from collections.abc import Collection, Iterable
from typing import Any, NamedTuple

from lstmlint.model.values import show
from lstmlint.validation.values import NULL, Schema, Value, any_of, enum, integer, number, of_type

Takes = dict[str, tuple[str, ...]]

_FANS = ("seed", "input_axes", "output_axes")
_SCALING = dict.fromkeys(
    ("GlorotUniform", "GlorotNormal", "HeNormal", "HeUniform", "LecunNormal", "LecunUniform"), _FANS
)


def _with_aliases(classes: Takes, aliases: dict[str, str]) -> Takes:
    """Return every class under its own name, its name in snake case, and its aliases."""
    found = dict(classes)
    for name, takes in classes.items():
        snake = "".join(f"_{c.lower()}" if c.isupper() and i else c.lower() for i, c in enumerate(name))
        found[{"s_t_f_t": "stft", "l1_l2": "l1l2"}.get(snake, snake)] = takes
    found.update({alias: classes[name] for alias, name in aliases.items()})
    return found


INITIALIZERS = _with_aliases(
    {
        **_SCALING, "VarianceScaling": ("scale", "mode", "distribution", *_FANS), "Zeros": (), "Ones": (),
        "Constant": ("value",), "RandomNormal": ("mean", "stddev", "seed"), "TruncatedNormal": ("mean", "stddev", "seed"),
        "RandomUniform": ("minval", "maxval", "seed"), "Orthogonal": ("gain", "seed"), "Identity": ("gain",),
        "STFT": ("side", "window", "scaling", "periodic"),
    },
    {
        "IdentityInitializer": "Identity", "OrthogonalInitializer": "Orthogonal", "STFTInitializer": "STFT",
        "normal": "RandomNormal", "uniform": "RandomUniform", "one": "Ones", "zero": "Zeros",
    },
)  # fmt: skip
REGULARIZERS = _with_aliases(
    {"L1": ("l1",), "L2": ("l2",), "L1L2": ("l1", "l2"), "OrthogonalRegularizer": ("factor", "mode"), "Regularizer": ()}, {}
)  # fmt: skip
CONSTRAINTS = _with_aliases(
    {
        "MaxNorm": ("max_value", "axis"), "MinMaxNorm": ("min_value", "max_value", "rate", "axis"), "NonNeg": (),
        "UnitNorm": ("axis",), "Constraint": (),
    },
    {},
)  # fmt: skip
# Keras 2: classes that Keras 3 no longer has, and further arguments of its constructors.
OLD_INITIALIZERS: Takes = {
    **{
        name: (*(one for one in takes if one not in ("input_axes", "output_axes")), "dtype", "layout")
        for name, takes in INITIALIZERS.items()
        if "STFT" not in name and name != "stft"
    },
    "Initializer": (),
}
# tf_keras also finds the class that TensorFlow 2 added beside the one of TensorFlow 1: "GlorotUniformV2".
OLD_INITIALIZERS |= {f"{name}V2": takes for name, takes in OLD_INITIALIZERS.items() if name[0].isupper()}
OLD_REGULARIZERS: Takes = {**REGULARIZERS, "l1_l2": ("l1", "l2")}
OLD_CONSTRAINTS: Takes = {
    **CONSTRAINTS, "maxnorm": ("max_value", "axis"), "nonneg": (), "unitnorm": ("axis",), "RadialConstraint": (),
    "radial_constraint": (),
}  # fmt: skip
ACTIVATIONS = frozenset(
    "celu elu exponential gelu glu hard_shrink hard_sigmoid hard_silu hard_swish hard_tanh leaky_relu linear"
    " log_sigmoid log_softmax mish relu relu6 selu sigmoid silu soft_shrink softmax softplus softsign sparse_plus"
    " sparse_sigmoid sparsemax squareplus swish tanh tanh_shrink threshold".split()
)
# Only Keras 3 has these; tf_keras finds some of its layers by name instead.
KERAS3_ACTIVATIONS = frozenset(
    "celu glu hard_shrink hard_silu hard_swish hard_tanh log_sigmoid soft_shrink sparse_plus sparse_sigmoid sparsemax"
    " squareplus tanh_shrink threshold".split()
)
ACTIVATION_LAYERS = frozenset({"ELU", "LeakyReLU", "PReLU", "ReLU", "Softmax", "ThresholdedReLU"})
REPLACEMENTS = {"hard_silu": '"swish", which it approximates', "hard_swish": '"swish", which it approximates'}
OLD_ACTIVATIONS = (ACTIVATIONS - KERAS3_ACTIVATIONS) | ACTIVATION_LAYERS
CUSTOM_HELP = "Pass it in custom_objects when you load the model, or register it before."
# Modules of callables that are neither activations nor layers; Keras only checks the module.
OTHERS_OF = (
    "keras.initializers",
    "keras.regularizers",
    "keras.constraints",
    "keras.losses",
    "keras.metrics",
    "keras.ops.",
)
QUANTIZATION_CONFIGS = frozenset(
    {"QuantizationConfig", "Int8QuantizationConfig", "Int4QuantizationConfig", "Float8QuantizationConfig"}
)
MODES = ("fan_in", "fan_out", "fan_avg")
DISTRIBUTIONS = ("normal", "uniform", "truncated_normal", "untruncated_normal")


class Wrong(NamedTuple):
    """What Keras refuses of an object. `custom`: whether it would load with custom_objects; the message is its name."""

    message: str
    help: str
    custom: bool = False


CODE = Wrong(
    "a lambda expression, which Keras saves but cannot load",
    "Use the name of a built-in function, or a named function that is registered.",
)


class Check(NamedTuple):
    """The values that an argument accepts, and their description."""

    value: Value
    wants: str


SEED = any_of(integer(0, 2**32 - 1), NULL)


def is_seed_or_generator(value: Any) -> bool:
    """Return whether a value can seed an initializer: a seed, or a serialized generator."""
    if not isinstance(value, dict):
        return SEED.accepts(value)
    config = value.get("config", 0)
    return (
        value.get("class_name") == "SeedGenerator"
        and value.get("module") == "keras.random"
        and (
            config is None
            or (isinstance(config, dict) and config.keys() <= {"seed", "name"} and SEED.accepts(config.get("seed")))
        )
    )


def _is_constant(value: Any) -> bool:
    return not isinstance(value, str) or value.strip().lstrip("+-").replace(".", "", 1).isdigit()


_GENERATOR: Schema = {"type": "object", "required": ["class_name"]}
_PENALTY = Check(number(0, sys.float_info.max), "a number of at least 0")
# Checks that the constructors make.
CHECKS: dict[str, Check] = {
    "value": Check(Value(_is_constant, {}), "a number"),
    "seed": Check(
        Value(is_seed_or_generator, {"anyOf": [SEED.schema, _GENERATOR]}), "an integer from 0 to 4294967295, or null"
    ),
    **dict.fromkeys(("gain", "mean", "stddev", "minval", "maxval"), Check(of_type("number", "boolean"), "a number")),
    "scale": Check(number(above=0), "a positive number"),
    "mode": Check(enum(*MODES), ", ".join(MODES)),
    "distribution": Check(enum(*DISTRIBUTIONS, any_case=True), ", ".join(DISTRIBUTIONS)),
    "l1": _PENALTY,
    "l2": _PENALTY,
}
OLD_CHECKED = ("scale", "mode", "distribution")  # of VarianceScaling, also in Keras 2
ORTHOGONAL = {"factor": _PENALTY, "mode": Check(enum("rows", "columns"), "rows, columns")}


def wrong_with(value: dict[str, Any], known: Takes, what: str) -> Wrong | None:
    """Return what Keras refuses of a serialized initializer, regularizer, or constraint; None if it accepts it."""
    class_name = value.get("class_name")
    if not isinstance(class_name, str):
        return Wrong(
            f"the object has no class_name, so it is not a valid {what}", 'Write {"class_name": ..., "config": {...}}.'
        )
    if class_name == "function" and isinstance(value.get("config"), str):
        return _unknown(value, value["config"], known, what)
    takes = known.get(class_name)
    if takes is None:
        return _unknown(value, class_name, known, what)
    if "module" in value and value["module"] is None:
        return Wrong(f"the module of {class_name} is null", f'Write "module": "keras.{what}s".')
    config = value.get("config")
    if takes == ("value",) and (not isinstance(config, dict) or "value" not in config):
        return Wrong(f"the config of {class_name} has no value", 'Write "config": {"value": 0.1}, for instance.')
    if config is None:
        return None
    if not isinstance(config, dict):
        return Wrong(f"the config of {class_name} is not an object", f"{class_name} takes {_listed(takes)}.")
    for key, given in config.items():
        if key not in takes:
            if takes == ("value",):
                continue  # Constant reads only its value
            return Wrong(f"{class_name} does not accept the argument {show(key)}", f"It takes {_listed(takes)}.")
        check = CHECKS.get(key) if "factor" not in takes else ORTHOGONAL.get(key)
        if check is not None and (given is not None or "factor" in takes):
            if not check.value.accepts(given):
                return Wrong(f"{key} of {class_name} is {show(given)}", f"Write {check.wants}.")
    return None


def wrong_old(value: dict[str, Any], known: Takes, what: str) -> Wrong | None:
    """Return what Keras 2 refuses of one of its serialized initializers, regularizers, or constraints. Unknown classes
    may be custom.
    """
    class_name, config = value.get("class_name"), value.get("config")
    if class_name is None and "class_name" in value and "config" in value and value.get("module") is not None:
        return None  # tf_keras reads this as null
    if not isinstance(class_name, str) or ("config" not in value and "module" not in value):
        return Wrong(
            f"the object has no class_name and config, so it is not a valid {what}",
            'Write {"class_name": ..., "config": {...}}.',
        )
    name = config if class_name == "function" and isinstance(config, str) else class_name
    takes = known.get(name)
    if takes is None:
        return custom_object(_registered(value, name))
    if class_name == "function":
        return None
    if is_nowhere(value):
        return Wrong(f"the module of {class_name} is null", f'Write "module": "keras.{what}s".')
    if "config" not in value or ("module" in value and not config):
        return None
    if not isinstance(config, dict):
        return Wrong(f"the config of {class_name} is not an object", f"{class_name} takes {_listed(takes)}.")
    for key, given in config.items():
        if key not in takes:
            return Wrong(f"{class_name} does not accept the argument {show(key)}", f"It takes {_listed(takes)}.")
        if key in OLD_CHECKED and "scale" in takes and not CHECKS[key].value.accepts(given):
            return Wrong(f"{key} of {class_name} is {show(given)}", f"Write {CHECKS[key].wants}.")
    return None


def is_nowhere(value: dict[str, Any]) -> bool:
    """Return whether tf_keras looks for an object among the custom ones only, since its module is null."""
    return value.get("module", "") is None


def wrong_quantization(value: Any, quantized: bool) -> Wrong | None:
    """Return what Keras refuses of a quantization_config. Unless it quantizes, Keras checks only objects."""
    advice = "Write null."
    if not isinstance(value, dict) or "class_name" not in value or "config" not in value:
        return Wrong(f"{show(str(value)[:50])} is not a quantization config", advice) if quantized else None
    class_name, module, config = value["class_name"], str(value.get("module")), value["config"] or {}
    if module.partition(".")[0] != "keras":
        return Wrong(f"there is no {class_name} in {show(value.get('module'))}", 'Write "module": "keras.quantizers".')
    if str(class_name).endswith("Config") and class_name not in QUANTIZATION_CONFIGS:
        return Wrong(f"Keras has no {class_name}, or none that a file can contain", advice)
    if class_name == "Int4QuantizationConfig" and isinstance(config, dict):
        size = config.get("block_size")
        if size is not None and not (isinstance(size, int | float) and (size == -1 or size > 0)):
            return Wrong(f"block_size of {class_name} is {show(size)}", "Write null, -1, or a positive integer.")
    if quantized and not str(class_name).endswith("Config"):
        return Wrong(f"{class_name} is not a quantization config", advice)
    return None


def wrong_activation(value: dict[str, Any]) -> Wrong | None:
    """Return what Keras refuses of a serialized activation: a function, or a layer used as one."""
    class_name, config = value.get("class_name"), value.get("config", 0)
    if _is_code(value):
        return CODE
    if not isinstance(class_name, str) or config == 0:
        return Wrong(
            "the object has no class_name and config, so it is not an activation", "Write the activation's name."
        )
    name: Any = config if class_name == "function" else class_name
    if not isinstance(name, str):
        return Wrong("the function of an activation is named by its config", 'Write "config": "relu", for instance.')
    if class_name != "function" and not isinstance(config, dict | None):
        return Wrong(f"the config of {class_name} is not an object", 'Write "config": {}.')
    module = value.get("module")
    package = module.partition(".")[0] if isinstance(module, str) else ""
    if not _has_activation(package and str(module), name, class_name == "function"):
        return _unknown(value, name, ACTIVATIONS, "activation")
    registered = value.get("registered_name")
    if registered and registered not in (name, class_name) and package in ("keras", "builtins"):
        advice = 'Write "registered_name": null.'
        return Wrong(f"{name} of Keras carries the registered_name {show(registered)}", advice)
    return None


def _is_code(value: dict[str, Any]) -> bool:
    """Return whether a value is what Keras writes for a lambda expression: bytecode, defaults, and closure."""
    return value.keys() == {"value"} and isinstance(value["value"], list)


def wrong_old_activation(value: Any) -> Wrong | None:
    """Return what tf_keras refuses of an activation: a name, or a serialized function or layer."""
    if isinstance(value, dict):
        if _is_code(value):
            return CODE
        function = value.get("class_name") == "function"
        name = value.get("config") if function else value.get("class_name")
    else:
        name = value
    if isinstance(value, dict) and name in OLD_ACTIVATIONS and not function and is_nowhere(value):
        return Wrong(f"the module of {name} is null", 'Write "module": "keras.layers".')
    if name in OLD_ACTIVATIONS or not isinstance(name, str):
        return None
    if name in KERAS3_ACTIVATIONS:
        message = f"{show(name)} is an activation of Keras 3, and tf_keras does not have it"
        return Wrong(message, f"Use {REPLACEMENTS.get(name, 'another activation')}, or load the model with Keras 3.")
    written = {**value, "module": None} if isinstance(value, dict) else {"module": "builtins"}
    return _unknown(written, name, OLD_ACTIVATIONS, "activation")


# What other libraries and people call initializers of Keras.
INITIALIZER_NAMES = {
    "xavier": "glorot_uniform", "xavier_uniform": "glorot_uniform", "xavier_normal": "glorot_normal",
    "glorot": "glorot_uniform", "he": "he_normal", "kaiming": "he_uniform", "kaiming_uniform": "he_uniform",
    "kaiming_normal": "he_normal", "lecun": "lecun_normal", "gaussian": "random_normal", "random": "random_uniform",
}  # fmt: skip


def is_custom_initializer(name: str) -> bool:
    """Return whether Keras 3 may find an initializer of this name among custom objects."""
    tables: tuple[Collection[str], ...] = (INITIALIZERS, REGULARIZERS, CONSTRAINTS, ACTIVATIONS)
    built_in = any(name in table for table in tables)
    return not built_in and name.rpartition(">")[2].isidentifier()


def is_misspelt(name: str, close: str) -> bool:
    """Return whether a name is a misspelling of a built-in one, rather than the name of a custom object."""
    if sorted(name.casefold()) == sorted(close.casefold()):
        return True  # letters out of order, or capitals
    return len(name) > 5 and abs(len(name) - len(close)) <= 1 and name.replace("_", "").isalpha()


def is_layer(value: Any) -> bool:
    """Return whether a serialized activation is a layer."""
    return isinstance(value, dict) and value["class_name"] != "function" and _holds_layers(str(value.get("module")))


def _holds_layers(module: str) -> bool:
    return module == "keras.layers" or module.startswith("keras.src.layers")


def _has_activation(module: str, name: str, function: bool) -> bool:
    """Return whether Keras finds an activation in a module."""
    if _holds_layers(module):
        from lstmlint.signatures.keras3 import SIGNATURES

        return name in SIGNATURES
    if module == "builtins":
        return function and name in ACTIVATIONS
    if module == "keras.activations":
        return name in ACTIVATIONS
    return module.startswith(OTHERS_OF) or module == "keras.ops"


def _unknown(value: dict[str, Any], name: str, known: Iterable[str], what: str) -> Wrong:
    """Describe an object that is not built in: custom, unless Keras cannot find it with custom_objects either."""
    from lstmlint.model.findings import listing
    from lstmlint.model.suggestions import close_match

    registered = _registered(value, name)
    close = close_match(name, known, 0.7)
    module = value.get("module", "keras")
    custom = registered.rpartition(">")[2].isidentifier()
    if ">" not in registered and module is not None:
        builtin = str(module).partition(".")[0]
        custom = custom and builtin != "keras" and not (builtin == "builtins" and close and is_misspelt(name, close))
    if custom:
        return custom_object(registered)
    names = sorted(other for other in known if other[0].isupper() == name[:1].isupper()) or sorted(known)
    advice = f"Did you mean {show(close)}?" if close else f"Keras has {listing(names)}."
    return Wrong(f"{show(registered)} is not a built-in Keras {what}", advice)


def custom_object(name: str) -> Wrong:
    """Describe a custom object."""
    return Wrong(show(name), CUSTOM_HELP, custom=True)


def function_name(value: Any) -> str | None:
    """Return the name of a user's function; None for functions of Keras, and for code."""
    if isinstance(value, str):
        return value if value.isidentifier() else None  # else bytecode of an old Keras
    if not isinstance(value, dict) or value.get("class_name") != "function" or not isinstance(value.get("config"), str):
        return None
    ours = str(value.get("module")).partition(".")[0] == "keras"
    return None if ours else _registered(value, value["config"])


def _registered(value: dict[str, Any], name: str) -> str:
    """Return the name under which a custom object is registered: "Package>name" if the file says so."""
    registered = value.get("registered_name")
    return registered if isinstance(registered, str) and ">" in registered else name


def _listed(takes: tuple[str, ...]) -> str:
    return ", ".join(takes) or "no arguments"
