"""Which kind of object a name in a config stands for."""

from __future__ import annotations

from functools import cache
from typing import Any

from lstmlint.signatures import history

# The last word of an argument -> the kind of object that it names.
KIND_OF_SUFFIX = {
    "initializer": "initializers", "regularizer": "regularizers", "constraint": "constraints",
    "activation": "activations",
}  # fmt: skip
KINDS_OF_MODULES = {
    "layers": "layers", "initializers": "initializers", "regularizers": "regularizers", "constraints": "constraints",
    "activations": "activations", "losses": "losses", "metrics": "metrics", "optimizers": "optimizers",
    "dtype_policies": "dtype_policies", "mixed_precision": "dtype_policies", "models": "models", "ops": "operations",
    "quantizers": "quantizers",
}  # fmt: skip
NOUNS = {
    "layers": "layer", "initializers": "initializer", "regularizers": "regularizer", "constraints": "constraint",
    "activations": "activation", "losses": "loss", "metrics": "metric", "optimizers": "optimizer",
    "dtype_policies": "dtype policy", "operations": "operation", "models": "model", "schedules": "schedule",
    "quantizers": "quantizer", "others": "object",
}  # fmt: skip
# The modules of keras_hub and the like hold classes that no Keras has.
_INNER = ("src", "api", "_tf_keras", "engine", "legacy")


@cache
def exists_somewhere(kind: str, name: str) -> bool:
    """Check whether any release has a name."""
    return any(history.arguments(kind, name, release) is not None for release in history.releases())


def kind_of_module(module: Any, name: str) -> str | None:
    """Return the kind of a name in a module of Keras; None for another module, and for a name that no release has."""
    if not isinstance(module, str):
        return None
    package, *parts = module.split(".")
    if package not in ("keras", "tf_keras"):
        return None
    parts = [part for part in parts if part not in _INNER]
    if parts[:2] == ["optimizers", "schedules"]:
        return "schedules"
    kind = KINDS_OF_MODULES.get(parts[0]) if parts else None
    if kind is not None and exists_somewhere(kind, name):
        return kind
    return next((other for other in ("models", *history.KINDS) if exists_somewhere(other, name)), None)
