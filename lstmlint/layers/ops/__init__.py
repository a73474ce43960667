"""`keras.ops` in functional models: one rule per family of operations, and a table that maps each operation to a rule.

Operations and layers share names (Add, Dot, Reshape, Softmax, ...); the spec's `module` distinguishes them.
"""

from __future__ import annotations

from functools import lru_cache

from lstmlint.layers.base import Layer

# Functions of keras.ops that create no node in a model: they return something other than a tensor, or take no symbolic
# tensor.
NOT_OPERATIONS = {
    "bartlett": "makes a constant",
    "blackman": "makes a constant",
    "convert_to_numpy": "needs values",
    "custom_gradient": "wraps a function",
    "dtype": "returns a string",
    "empty": "makes a constant",
    "eye": "makes a constant",
    "hamming": "makes a constant",
    "hanning": "makes a constant",
    "identity": "makes a constant",
    "is_tensor": "returns a boolean",
    "kaiser": "makes a constant",
    "ones": "makes a constant",
    "shape": "returns a tuple",
    "tri": "makes a constant",
    "vectorize": "wraps a function",
    "zeros": "makes a constant",
}


@lru_cache(maxsize=1024)
def find_operation(module: str | None, class_name: str) -> type[Layer] | None:
    """Return the class for an operation that Keras can load from this module, or None if there is none."""
    from lstmlint.layers.ops.nodes import KerasOperation
    from lstmlint.layers.ops.table import OPERATIONS

    return KerasOperation if class_name in OPERATIONS else None


def covered() -> dict[str, str]:
    """Return the family of the rule of each function of keras.ops that creates a node in a functional model."""
    from lstmlint.layers.ops.table import OPERATIONS
    from lstmlint.signatures.operations import SIGNATURES

    return {
        function: OPERATIONS[name][0].partition(".")[0]
        for name, (_, functions, _, _) in sorted(SIGNATURES.items())
        for function in functions
    }


def covered_tensorflow() -> dict[str, str]:
    """Return the rule of each function of TensorFlow that TFOpLambda may call."""
    from lstmlint.layers.ops.tensorflow_table import FUNCTIONS

    return {name: rule.partition(".")[2] for name, (rule, _, _) in sorted(FUNCTIONS.items())}
