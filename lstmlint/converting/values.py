"""Translation of initializers, regularizers, constraints, activations, and dtypes to Keras 3."""

from __future__ import annotations

from typing import Any

from lstmlint.converting.notes import Refused
from lstmlint.validation.serialized import ACTIVATIONS, CONSTRAINTS, INITIALIZERS, REGULARIZERS, Takes

# Names in Keras 2 that differ, in lower case without underscores.
_ALIASES = {
    "uniform": "RandomUniform", "normal": "RandomNormal", "zero": "Zeros", "one": "Ones",
    "identityinitializer": "Identity", "orthogonalinitializer": "Orthogonal",
}  # fmt: skip
# Arguments that do not affect the computation.
_SILENT = frozenset({"dtype", "name", "layout", "partition_shape"})

KINDS = {
    "_initializer": ("keras.initializers", INITIALIZERS, "initializer"),
    "_regularizer": ("keras.regularizers", REGULARIZERS, "regularizer"),
    "_constraint": ("keras.constraints", CONSTRAINTS, "constraint"),
}


def is_activation(argument: str) -> bool:
    """Return whether an argument contains an activation."""
    return argument in ("activation", "recurrent_activation")


def activation(value: Any) -> Any:
    """Return the name of an activation. Raises: Refused for a function outside Keras."""
    if value is None or (isinstance(value, str) and value in ACTIVATIONS):
        return value
    raise Refused(f"the activation {shown(value)} is not Keras's own, and its code is not in the file")


def value_of(argument: str, value: Any) -> Any:
    """Return the value of an argument in Keras 3's form. Raises: Refused if there is none."""
    for suffix, (module, classes, what) in KINDS.items():
        if argument.endswith(suffix):
            return _object(value, module, classes, what)
    if isinstance(value, dict) and "class_name" not in value:
        return value.get("value", value) if value.get("type") == "ndarray" else value
    return value


def _object(value: Any, module: str, classes: Takes, what: str) -> Any:
    """Return {"module", "class_name", "config", "registered_name"} for a name or an older object."""
    if value is None:
        return None
    if isinstance(value, str):
        if value in classes:
            return value
        raise Refused(f"the {what} {value!r} is not Keras's own")
    if not isinstance(value, dict) or not isinstance(value.get("class_name"), str):
        raise Refused(f"the {what} {shown(value)} is not in a form that Keras 3 can read")
    written: str = value["class_name"]
    key = written.rpartition(">")[2].replace("_", "").lower()
    name = _ALIASES.get(key) or next((name for name in classes if name[0].isupper() and name.lower() == key), None)
    if name is None or name not in classes:
        raise Refused(f"the {what} {written!r} is not Keras's own")
    config = value.get("config")
    new = {}
    for argument, given in (config if isinstance(config, dict) else {}).items():
        if argument in classes[name]:
            new[argument] = value_of("", given)
        elif argument not in _SILENT and given is not None:
            raise Refused(
                f"the {what} {written!r} has an argument that Keras 3 does not know, {argument}={shown(given)}"
            )
    return {"module": module, "class_name": name, "config": new, "registered_name": None}


def policy(dtype: Any) -> Any:
    """Return a layer's dtype in Keras 3's form; None if the file does not set it. Raises: Refused."""
    if isinstance(dtype, dict):
        config = dtype.get("config")
        dtype = config.get("name") if isinstance(config, dict) else None
    if dtype is None or dtype in ("_infer", "infer"):
        return None
    if not isinstance(dtype, str):
        raise Refused(f"the dtype {shown(dtype)} is not in a form that Keras 3 can read")
    return {"module": "keras", "class_name": "DTypePolicy", "config": {"name": dtype}, "registered_name": None}


def shown(value: Any) -> str:
    """Format a value for a message, shortened."""
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."
