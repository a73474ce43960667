"""Checks of Keras 3 for every serialized layer: module, name, `trainable`, and dtype.

These are for Keras 3 files only.
"""

from __future__ import annotations

from collections.abc import Iterator
from operator import is_
from typing import Any

from lstmlint.layers import find
from lstmlint.layers.base import DTYPE_BITS, Layer, LayerError
from lstmlint.model.findings import Severity
from lstmlint.model.spec import BUILD_KEYS, Call, LayerSpec
from lstmlint.model.values import show
from lstmlint.signatures.keras3 import SIGNATURES

# Modules in which Keras 3 finds its layers and models. It also imports keras.src.*, which has one file per layer.
LAYER_MODULES = frozenset({"keras.layers", "keras.src.layers", "keras._tf_keras.keras.layers"})
_PUBLIC = {"keras", "keras.models", "keras._tf_keras.keras", "keras._tf_keras.keras.models"}
_PRIVATE = {"keras.src", "keras.src.models", "keras.src.models.sequential"}
MODEL_MODULES = {
    "Sequential": _PUBLIC | _PRIVATE | {"keras.src.models.cloning"},
    "Model": _PUBLIC | _PRIVATE | {"keras.src.models.model", "keras.src.models.functional"},
    "Functional": _PRIVATE | {"keras.src.models.functional", "keras.src.models.cloning"},
}
# Modules of models that import InputLayer.
IMPORTS_INPUT = frozenset(f"keras.src.models.{name}" for name in ("functional", "sequential", "cloning"))
# Parts of Keras without layers.
OTHER_MODULES = frozenset(
    f"keras.{name}"
    for name in "activations applications backend callbacks config constraints datasets distribution dtype_policies"
    " initializers losses metrics ops optimizers quantizers random regularizers saving tree utils visualization".split()
)
PACKAGES = frozenset({"keras", "keras_hub", "keras_cv", "keras_nlp"})
DTYPES = frozenset({*DTYPE_BITS, "string", "complex64", "complex128", "int"}) - {"int4"}
POLICIES = DTYPES | {"mixed_float16", "mixed_bfloat16"}
QUANTIZATIONS = ("int8", "float8", "int4", "gptq", "awq")
TRAINING = frozenset({"training"})
NO_MASK = {"mask": None}
POLICY_CLASSES = {
    "DTypePolicy": ("name",),
    "FloatDTypePolicy": ("name",),
    "QuantizedDTypePolicy": ("mode", "source_name"),
    "QuantizedFloat8DTypePolicy": ("mode", "source_name", "amax_history_length"),
    "Int4DTypePolicy": ("mode", "source_name"),
    "GPTQDTypePolicy": ("mode", "source_name"),
    "AWQDTypePolicy": ("mode", "source_name"),
    "DTypePolicyMap": ("default_policy", "policy_map"),
}


def facts_of(class_name: str) -> type[Layer]:
    """Return the class whose attributes describe a layer; Layer itself if the class is unknown."""
    return find(class_name) or Layer


def is_plain(spec: LayerSpec) -> bool:
    """Return whether a layer's header passes all checks, as most do. This is the fast path."""
    raw = spec.raw
    if (
        raw.get("module") != "keras.layers"
        or raw.get("registered_name") is not None
        or spec.class_name not in SIGNATURES
    ):
        return False
    config = raw.get("config")
    if not isinstance(config, dict) or config.get("trainable", True) is not True:
        return False
    build = raw.get("build_config")
    if (build and not (isinstance(build, dict) and "input_shape" in build)) or "compile_config" in raw:
        return False
    if not is_plain_use(spec):
        return False
    dtype = spec.dtype
    if dtype is None or dtype == "float32":
        return True
    if isinstance(dtype, dict) and dtype.get("class_name") == "DTypePolicy":
        return bool(dtype.get("config") == {"name": "float32"} and dtype.get("module"))
    return False


def is_plain_use(spec: LayerSpec) -> bool:
    """Return whether a layer's name and calls pass all checks. This is the fast path."""
    raw = spec.raw
    name = raw["config"].get("name")
    if not isinstance(name, str) or "/" in name:
        return False
    calls = spec.calls
    if not calls:
        return True
    class_name, nodes = spec.class_name, raw.get("inbound_nodes") or []
    if len(calls) == 1 == len(nodes):
        return is_plain_call(class_name, calls[0], nodes[0])
    return all(is_plain_call(class_name, call, node) for call, node in zip(calls, nodes, strict=False))


def check(spec: LayerSpec) -> Iterator[LayerError]:
    """Yield what Keras 3 refuses of a layer's header and of the arguments that all layers have."""
    raw = spec.raw
    if "module" in raw:
        error = module_error(spec)
        if error is not None:
            yield error
    if raw.get("compile_config") and spec.model is None and spec.class_name in SIGNATURES:
        message = (
            f"{spec.class_name} has a compile_config, but only models can be compiled; Keras raises an AttributeError"
        )
        yield LayerError("E005", message, "Remove it.", "compile_config")
    wrong = build_config_error(spec)
    if wrong is not None:
        yield wrong
    config = raw.get("config")
    if not isinstance(config, dict):
        return
    name = config.get("name")
    if name is not None and (not isinstance(name, str) or "/" in name):
        yield LayerError(
            "E007",
            f"Keras refuses the name {show(name)}: a name must be a string without '/'",
            'Name it like "lstm_1".',
            "name",
        )
    if spec.class_name == "InputLayer":
        dtype = config.get("dtype")
        if (
            isinstance(dtype, dict)
            and dtype_error(dtype) is None
            and dtype["class_name"] in ("DTypePolicy", "FloatDTypePolicy")
        ):
            config = dtype.get("config")
            dtype = config.get("name") if isinstance(config, dict) else None  # a policy counts as its name
        if dtype is not None and (not isinstance(dtype, str) or dtype not in DTYPES):
            yield bad_dtype(dtype, "an input's dtype is one of " + ", ".join(sorted(DTYPE_BITS)[:9]) + ", ...")
        return
    if spec.is_operation or lacks_module(spec):
        return
    nodes = raw.get("inbound_nodes")
    for call, node in zip(spec.calls, nodes if isinstance(nodes, list) else (), strict=False):
        if not is_plain_call(spec.class_name, call, node):
            from lstmlint.validation.calls import call_errors

            yield from call_errors(spec, call, node)
    trainable = config.get("trainable", True)
    if not isinstance(trainable, bool) and spec.model is None:
        yield LayerError(
            "E007",
            f"trainable of {spec.class_name} is {show(trainable)}; Keras takes only true and false",
            "Write true or false, without quotes.",
            "trainable",
        )
    if spec.model is None and spec.class_name != "Pipeline":  # it has no dtype
        wrong = dtype_error(config.get("dtype"), facts_of(spec.class_name).quantizable)
        if wrong is not None:
            yield wrong


def lacks_module(spec: LayerSpec) -> bool:
    """Return whether a class is an operation whose module is not recorded, as in the HDF5 files of Keras 3."""
    if spec.module is not None or spec.model is not None or spec.class_name in SIGNATURES:
        return False
    from lstmlint.signatures import operations

    return spec.class_name in operations.SIGNATURES


def is_plain_call(class_name: str, call: Call, node: Any) -> bool:
    """Return whether a call has one tensor, or a list of several, and only arguments that every layer accepts. This is
    the fast path.
    """
    if isinstance(node, dict):
        kwargs = node.get("kwargs")
        if kwargs and not (kwargs.keys() <= TRAINING or (class_name == "BatchNormalization" and kwargs == NO_MASK)):
            return False
    references = call.references
    if len(call.args) != 1:
        return False
    first = call.args[0]
    if type(first) is list:
        merges = class_name in SIGNATURES and facts_of(class_name).merges_lists
        return merges and 1 < len(first) == len(references) and all(map(is_, first, references))
    return len(references) == 1 and first is references[0]


def build_config_error(spec: LayerSpec) -> LayerError | None:
    """Return what Keras refuses of a build_config, whatever the shapes in it."""
    build = spec.raw.get("build_config")
    if not build or spec.model is not None or spec.class_name not in SIGNATURES:
        return None
    facts = facts_of(spec.class_name)
    if facts.built_when_made:
        return None
    if spec.class_name == "Normalization" and "input_shape" not in (build if isinstance(build, dict) else ()):
        return _bad_build_config(f"build_config of {spec.class_name} records no input_shape; Keras raises an error")
    if not isinstance(build, dict):
        if isinstance(build, str | list) and not any(key in build for key in BUILD_KEYS):
            return None  # Keras looks up these two keys and ignores everything else
        return _bad_build_config(f"build_config is {show(build)}; Keras raises a TypeError")
    required, optional = facts.build_shapes, facts.optional_build_shapes
    if "input_shape" in build:
        if len(required) > 1:
            wanted = " and ".join(required)
            return _bad_build_config(
                f"{spec.class_name} is built for {wanted}, but build_config records one input_shape"
            )
        return None
    if "shapes_dict" not in build:
        return None
    shapes = build["shapes_dict"]
    if not isinstance(shapes, dict):
        return _bad_build_config(f"shapes_dict of build_config is {show(shapes)}; Keras raises a TypeError")
    for name in required:
        if name not in shapes:
            return _bad_build_config(f"build_config records no {name} in its shapes_dict; Keras raises a TypeError")
    for name in shapes:
        if name not in required and name not in optional:
            return _bad_build_config(f"{spec.class_name} is not built for a {show(name)}; Keras raises a TypeError")
    return None


def _bad_build_config(message: str) -> LayerError:
    advice = "Remove build_config, or save the model again from Keras."
    return LayerError("S130", message, advice, "build_config", severity="error")


def module_error(spec: LayerSpec) -> LayerError | None:
    """Return what is wrong with `module` and `registered_name`, by which Keras finds the class."""
    raw, class_name = spec.raw, spec.class_name
    module, registered = raw["module"], raw.get("registered_name", class_name)
    if isinstance(registered, list | dict):
        message = f"registered_name is {show(registered)}; Keras raises a TypeError"
        return LayerError("E007", message, "Write null.", "registered_name")
    if module and not isinstance(module, str):
        return LayerError("E007", f"module is {show(module)}; Keras takes a string", 'Write "keras.layers".', "module")
    custom = bool(registered) and registered != class_name
    package = module.partition(".")[0] if module else ""
    if package not in PACKAGES:
        return _outside_of_keras(class_name, module, registered)
    if spec.is_operation:
        return None
    if class_name not in MODEL_MODULES and class_name not in SIGNATURES and class_name != "Layer":
        return _no_class_of_keras3(spec, module, package)
    if not _has(module, package, class_name):
        right = "keras.src.models.functional" if class_name == "Functional" else "keras"
        return _misplaced(
            f"there is no {class_name} in {module}; Keras cannot load it",
            f'Write "module": "{right if class_name in MODEL_MODULES else "keras.layers"}".',
        )
    if custom and "src" not in module:
        message = f"{class_name} of Keras carries the registered_name {show(registered)}, which only custom objects have; Keras"
        advice = 'Write "registered_name": null.'
        return LayerError("E004", f"{message} raises a ValueError", advice, "registered_name", severity="error")
    return None


def _misplaced(message: str, advice: str, severity: Severity = "error") -> LayerError:
    return LayerError("E004", message, advice, "module", severity=severity)


def _outside_of_keras(class_name: str, module: str | None, registered: Any) -> LayerError | None:
    """Return the error for a module outside Keras: the class is custom, or cannot be found."""
    if not registered and registered != class_name:
        return _misplaced(
            f"{class_name} is in the module {show(module)}, which is not one of Keras's, and has no"
            " registered_name for a custom object: Keras cannot load it",
            'Write "module": "keras.layers" for a layer of Keras.',
        )
    if class_name not in SIGNATURES and class_name not in MODEL_MODULES:
        return None  # a custom class, reported as E004
    return _misplaced(
        f"{class_name} belongs to {show(module or 'no module')} instead of Keras: it loads only with custom_objects",
        'For the layer of Keras, write "module": "keras.layers".',
        "error" if registered == class_name else "warning",
    )


def _no_class_of_keras3(spec: LayerSpec, module: str, package: str) -> LayerError | None:
    """Return the error for a class that Keras 3 does not have, although its module belongs to Keras."""
    if package != "keras" or (spec.model is None and find(spec.class_name) is None):
        return None  # unknown classes are reported as E004
    if module.startswith("keras.src.applications."):
        return None
    what, advice = "model", "Write Functional or Sequential."
    if spec.model is None:
        what = "layer"
        advice = "Write InputLayer." if spec.class_name == "Input" else "Write the layer that took its place."
    message = f"{spec.class_name} is not a {what} of Keras 3; Keras cannot load it"
    return LayerError("E004", message, advice, severity="error")


def _has(module: str, package: str, class_name: str) -> bool:
    """Return whether Keras finds a class in a module."""
    if module in OTHER_MODULES or module == "builtins":
        return False
    if class_name in MODEL_MODULES:
        return module in MODEL_MODULES[class_name]
    if class_name == "InputLayer" and module in IMPORTS_INPUT:
        return True
    if module == "keras":
        return class_name == "Layer"
    return package != "keras" or module.startswith("keras.src.layers.") or module in LAYER_MODULES


def bad_dtype(dtype: Any, advice: str) -> LayerError:
    """Return P609 for a dtype that Keras refuses."""
    return LayerError("P609", f"{show(dtype)} is not a dtype of Keras", f"{advice[0].upper()}{advice[1:]}.", "dtype")


def dtype_error(dtype: Any, quantizable: bool = False) -> LayerError | None:
    """Return what is wrong with a layer's dtype: a name, a policy, or a policy object. A `quantizable` layer checks
    quantized policies itself.
    """
    advice = 'write "float32", "mixed_float16", "mixed_bfloat16", or another name of a dtype'
    if dtype is None:
        return None
    if isinstance(dtype, str):
        if dtype.startswith(QUANTIZATIONS):
            origin = dtype.partition("_from_")[2]
            if origin and origin not in POLICIES:
                return bad_dtype(origin, advice)
            return None if quantizable else quantization_error(dtype)
        return None if dtype in POLICIES else bad_dtype(dtype, advice)
    if not isinstance(dtype, dict):
        return bad_dtype(dtype, advice)
    class_name, config = dtype.get("class_name"), dtype.get("config", {})
    if not isinstance(class_name, str) or class_name not in POLICY_CLASSES or not isinstance(config, dict | None):
        return bad_dtype(class_name, advice)
    if dtype.get("module", "") is None:
        return LayerError(
            "P609",
            f"the policy {class_name} has no module; Keras raises a TypeError",
            'Write "module": "keras".',
            "dtype",
        )
    config = config or {}
    takes = POLICY_CLASSES[class_name]
    if class_name == "DTypePolicyMap" and "policy_map" not in config:
        return LayerError("P609", "DTypePolicyMap has no policy_map; Keras raises a KeyError", "Add it: {}.", "dtype")
    for key in config:
        if key not in takes:
            return LayerError(
                "P609",
                f"{class_name} does not accept {show(key)}; Keras raises a TypeError",
                f"It takes {', '.join(takes)}.",
                "dtype",
            )
    if (
        "name" in takes
        and config.get("name") is not None
        and not (isinstance(config["name"], str) and config["name"] in POLICIES)
    ):
        return bad_dtype(config["name"], advice)
    if "mode" in takes and "mode" not in config:
        return LayerError("P609", f"{class_name} has no mode; Keras raises a TypeError", 'Add "mode": "int8".', "dtype")
    source: Any = config.get("source_name")
    if source is not None and not (isinstance(source, str) and source in POLICIES):
        return bad_dtype(source, advice)
    return None if quantizable or "mode" not in takes else quantization_error(dtype)


def quantization_error(dtype: Any) -> LayerError | None:
    """Return what is wrong with a quantized policy."""
    from lstmlint.layers.quantization import policy_of

    try:
        policy_of(dtype, "")
    except LayerError as error:
        return error
    return None
