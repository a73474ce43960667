"""Translation of initializers, regularizers, constraints, activations, and dtypes to Keras 3."""

from __future__ import annotations

from typing import Any

from lstmlint.converting.notes import Refused
from lstmlint.converting.target import Target
from lstmlint.model.values import show
from lstmlint.validation.serialized import (
    ACTIVATIONS,
    CONSTRAINTS,
    INITIALIZERS,
    KERAS3_ACTIVATIONS,
    OLD_CONSTRAINTS,
    OLD_INITIALIZERS,
    OLD_REGULARIZERS,
    REGULARIZERS,
    Takes,
)

# Names in Keras 2 that differ, in lower case without underscores.
_ALIASES = {
    "uniform": "RandomUniform", "normal": "RandomNormal", "zero": "Zeros", "one": "Ones",
    "identityinitializer": "Identity", "orthogonalinitializer": "Orthogonal",
}  # fmt: skip
# Arguments that do not affect the computation.
_SILENT = frozenset({"dtype", "name", "layout", "partition_shape"})

# Suffix of an argument -> (module in Keras 3, classes in Keras 3, classes in Keras 2).
KINDS: dict[str, tuple[str, Takes, Takes]] = {
    "_initializer": ("keras.initializers", INITIALIZERS, OLD_INITIALIZERS),
    "_regularizer": ("keras.regularizers", REGULARIZERS, OLD_REGULARIZERS),
    "_constraint": ("keras.constraints", CONSTRAINTS, OLD_CONSTRAINTS),
}


def is_activation(argument: str) -> bool:
    """Return whether an argument contains an activation."""
    return argument in ("activation", "recurrent_activation")


def activation(value: Any, target: Target) -> Any:
    """Return the name of an activation. Raises: Refused for a function that the target does not have."""
    if value is None or (isinstance(value, str) and value in ACTIVATIONS):
        if target.family == "keras2" and value in KERAS3_ACTIVATIONS:
            raise Refused(f"{target.generation} has no activation {value}")
        return value
    raise Refused(f"the activation {shown(value)} is not Keras's own, and its code is not in the file")


def value_of(argument: str, value: Any, target: Target) -> Any:
    """Return the value of an argument in the target's form. Raises: Refused if there is none."""
    for suffix, (module, new, old) in KINDS.items():
        if argument.endswith(suffix):
            return _object(value, module, new if target.family == "keras3" else old, suffix[1:], target)
    if not isinstance(value, dict):
        return value
    if "class_name" not in value:
        return value.get("value", value) if value.get("type") == "ndarray" else value
    if value["class_name"] == "__tensor__" and target.family == "keras2":
        return value.get("config", {}).get("value")
    if value["class_name"] == "SeedGenerator" and target.family == "keras2":
        return value.get("config", {}).get("seed")
    if target.family == "keras2" and "module" in value:
        raise Refused(f"{target.generation} has no equivalent of {argument}={shown(value['class_name'])}")
    return value


def _object(value: Any, module: str, classes: Takes, what: str, target: Target) -> Any:
    """Return a name as it is, and an object as the target writes it."""
    if value is None:
        return None
    if isinstance(value, str):
        if value in classes:
            return value
        raise Refused(f"the {what} {show(value)} is not Keras's own")
    if not isinstance(value, dict) or not isinstance(value.get("class_name"), str):
        raise Refused(f"the {what} {shown(value)} is not in a form that {target.generation} can read")
    written: str = value["class_name"]
    key = written.rpartition(">")[2].replace("_", "").lower()
    name = _ALIASES.get(key) or next((name for name in classes if name[0].isupper() and name.lower() == key), None)
    if name is None or name not in classes:
        raise Refused(f"the {what} {show(written)} is not Keras's own")
    config = value.get("config")
    new = {}
    for argument, given in (config if isinstance(config, dict) else {}).items():
        if argument in classes[name]:
            new[argument] = value_of("", given, target)
        elif argument not in _SILENT and given is not None:
            raise Refused(
                f"the {what} {show(written)} has an argument that {target.generation} does not know, {argument}={shown(given)}"
            )
    if target.family == "keras2":
        return {"class_name": name, "config": new}
    return {"module": module, "class_name": name, "config": new, "registered_name": None}


def policy(dtype: Any, target: Target) -> Any:
    """Return a layer's dtype in the target's form; None if the file does not set it. Raises: Refused."""
    if isinstance(dtype, dict):
        config = dtype.get("config")
        if isinstance(config, dict) and "mode" in config:
            raise Refused(f"{target.generation} has no {dtype.get('class_name')}")
        dtype = config.get("name") if isinstance(config, dict) else None
    if dtype is None or dtype in ("_infer", "infer"):
        return None
    if not isinstance(dtype, str):
        raise Refused(f"the dtype {shown(dtype)} is not in a form that {target.generation} can read")
    if target.family == "keras2":
        if "_from_" in dtype:
            raise Refused(f"{target.generation} has no dtype {dtype}")
        return {"class_name": "Policy", "config": {"name": dtype}} if dtype.startswith("mixed") else dtype
    return {"module": "keras", "class_name": "DTypePolicy", "config": {"name": dtype}, "registered_name": None}


def shown(value: Any) -> str:
    """Format a value for a message, shortened."""
    text = show(value)
    return text if len(text) <= 60 else text[:57] + "..."
