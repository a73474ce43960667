"""Checks that tf.keras makes for every serialized layer and model: keys, name, `trainable`, dtype.

A file that states its Keras version was written by Keras and must be complete. A hand-written file may omit what
lstmlint does not need.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from lstmlint.model.findings import Problem
from lstmlint.model.values import show
from lstmlint.parsing.common import Names

# Names that TensorFlow accepts for a scope; every layer opens one when it is called.
SCOPE = re.compile(r"[A-Za-z0-9.][A-Za-z0-9_.\\/>-]*\Z")
DTYPES = frozenset(
    {
        "float16", "float32", "float64", "bfloat16", "float8_e4m3fn", "float8_e5m2", "half", "float", "double", "int4",
        "int8", "int16", "int32", "int64", "uint4", "uint8", "uint16", "uint32", "uint64", "int", "bool", "string",
        "complex64", "complex128", "qint8", "quint8", "qint16", "quint16", "qint32", "resource", "variant", "object",
        "mixed_float16", "mixed_bfloat16", "_infer", "infer", "",
    }
)  # fmt: skip
# Layers of tf.keras that treat any value of `trainable` as true or false.
LENIENT = frozenset({"BatchNormalization", "SyncBatchNormalization"})
FUNCTIONAL_KEYS = ("name", "layers", "input_layers", "output_layers")


def missing(names: Names, owner: str, key: str, pointer: str, advice: str) -> None:
    """Report a missing key that tf.keras requires, if a Keras wrote the file."""
    if names.strict:
        message = f"{owner} has no {key}; tf.keras cannot load it"
        names.problems.append(Problem("E006", message, advice, pointer=pointer))


def check_model(class_name: str, config: dict[str, Any], pointer: str, names: Names) -> None:
    """Report missing keys of a model's config: the name of a Sequential, the name and ends of a functional model."""
    for key in ("name",) if class_name == "Sequential" else FUNCTIONAL_KEYS:
        if key not in config:
            advice = 'Add "name" to its config.' if key == "name" else f"Add {key} to its config."
            missing(names, f"the {class_name} model", key, f"{pointer}/config", advice)


def check_entry(obj: dict[str, Any], class_name: str, pointer: str, names: Names) -> None:
    """Report missing keys of a layer in a functional model."""
    for key, advice in (
        ("name", "Add the name that other layers call it by."),
        ("inbound_nodes", "Add them, [] for an input."),
    ):
        if obj.get(key) is None:
            missing(names, f"this {class_name} of a functional model", f"{key} next to its config", pointer, advice)


def is_trainable(class_name: str, config: dict[str, Any]) -> bool:
    """Return whether a layer trains."""
    trainable = config.get("trainable", True)
    return bool(trainable) if class_name in LENIENT else trainable is not False


def check_header(class_name: str, name: str, config: dict[str, Any], pointer: str, names: Names) -> None:
    """Report a name, `trainable`, dtype, or batch_input_shape that tf.keras refuses."""
    own = config.get("name")
    trainable = config.get("trainable", True)
    dtype = config.get("dtype")
    plain = isinstance(own, str) and SCOPE.match(own) is not None
    if "batch_input_shape" in config and not isinstance(config["batch_input_shape"], list):
        plain = False
    if plain and trainable is True and (dtype is None or dtype == "float32"):
        return
    names.problems += header_problems(class_name, name, config, pointer, names)


def header_problems(
    class_name: str, name: str, config: dict[str, Any], pointer: str, names: Names
) -> Iterator[Problem]:
    """Yield the problems of a layer's name, `trainable`, dtype, and batch_input_shape."""
    own, trainable, dtype = config.get("name"), config.get("trainable", True), config.get("dtype")
    place = f"{pointer}/config"
    if own is not None and not isinstance(own, str) and (own or class_name != "InputLayer"):
        yield Problem("E007", f"the name {show(own)} is not a string; Keras raises a TypeError", 'Name it like "lstm_1".',
                      name, f"{place}/name")  # fmt: skip
    elif own and class_name != "InputLayer" and not SCOPE.match(own):
        message = (
            f"TensorFlow does not accept the name {show(own)}: use letters, digits and ._/>-, with a letter, digit or dot"
            " first"
        )
        elsewhere = names.backend not in (None, "tensorflow")
        yield Problem("E007", message, 'Name it like "lstm_1", here and where it is referred to.', name,
                      f"{place}/name", "warning" if elsewhere else None)  # fmt: skip
    is_model = "layers" in config
    if not isinstance(trainable, bool) and class_name not in LENIENT | {"InputLayer"} and not is_model:
        yield Problem("E007", f"trainable of {class_name} is {show(trainable)}; Keras takes only true and false",
                      "Write true or false, without quotes.", name, f"{place}/trainable")  # fmt: skip
    shape = config.get("batch_input_shape", [])
    if not isinstance(shape, list | str | dict) and class_name != "InputLayer" and not is_model:
        yield Problem("E007", f"batch_input_shape of {class_name} is {show(shape)}; tf.keras raises a TypeError",
                      "Remove it, or write a list, [null, 13, 5] for instance.", name, f"{place}/batch_input_shape")  # fmt: skip
    if not is_model and not is_dtype(dtype):
        yield Problem("P609", f"{show(dtype)} is not a dtype of TensorFlow", 'Write "float32", or the name of another dtype.',
                      name, f"{place}/dtype")  # fmt: skip


def is_dtype(dtype: Any) -> bool:
    """Return whether tf.keras accepts a value as dtype or policy. Objects of other classes are unknown."""
    if isinstance(dtype, dict):
        return "class_name" in dtype
    if isinstance(dtype, str):
        return dtype in DTYPES
    return not dtype or isinstance(dtype, int)
