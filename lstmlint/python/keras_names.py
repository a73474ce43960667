"""Names of Keras in a program: which Keras they belong to, and what they name there."""

from __future__ import annotations

import re

from lstmlint.python.keras_signatures import is_layer_class

# The ways to import Keras, longest first, and whether they are TensorFlow's.
ROOTS = (
    ("tensorflow.contrib.keras.api.keras", True),
    ("tensorflow.contrib.keras.python.keras", True),
    ("tensorflow.contrib.keras", True),
    ("tensorflow.compat.v1.keras", True),
    ("tensorflow.compat.v2.keras", True),
    ("tensorflow.python.keras.api", True),
    ("tensorflow.python.keras", True),
    ("tensorflow.keras", True),
    ("tf_keras", True),
    ("keras_core", False),
    ("keras.api._v2.keras", False),
    ("keras.src", False),
    ("keras", False),
)
MODEL_FUNCTIONS = frozenset({"Sequential", "Model", "Functional", "Graph"})
LAYER_PLACES = frozenset({"layers", "engine", "models", "legacy", "topology"})
# The spellings of Input and of the base classes.
BASES = frozenset({"Layer", "Model", "Sequential", "Functional", "Wrapper", "Network", "Container"})


def in_keras(path: str) -> str | None:
    """Return a dotted name relative to Keras's root: layers.Dense; None if it is not in Keras."""
    for root, _ in ROOTS:
        if path == root:
            return ""
        if path.startswith(root + "."):
            rest = path[len(root) + 1 :]
            return rest.removeprefix("src.").removeprefix("_tf_keras.keras.").removeprefix("api.")
    return None


def of_tensorflow(path: str) -> bool:
    """Return whether a dotted name is in TensorFlow's Keras."""
    return any(tensorflow and (path == root or path.startswith(root + ".")) for root, tensorflow in ROOTS)


def layer_class(rest: str) -> str | None:
    """Return the class of a layer, relative to Keras's root; None if it is not one."""
    parts = rest.split(".")
    name = parts[-1]
    if len(parts) > 1 and not LAYER_PLACES & set(parts[:-1]):
        return None
    return name if is_layer_class(name) and (len(parts) > 1 or name == "InputLayer") else None


def model_class(rest: str) -> str | None:
    """Return Sequential or Model, relative to Keras's root; None for other names."""
    parts = rest.split(".")
    name = parts[-1]
    if name not in MODEL_FUNCTIONS or not (len(parts) == 1 or {"models", "engine", "training"} & set(parts)):
        return None
    return "Model" if name == "Functional" else name


KERAS = re.compile(rb"keras|(?:import|from)\s+tensorflow")


def looks_like_keras(text: bytes) -> bool:
    """Return whether the text of a program or notebook may import Keras. It is a cheap test without false negatives."""
    return KERAS.search(text) is not None
