"""Rearrangements of weights between layer classes that store the same numbers in different ways.

Each function takes arrays and returns one. All but `added` only move values. A cell stands for the layer that holds it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Function = Callable[..., Any]


class InexactError(Exception):
    """A value of the result is rounded. The message is a clause that says which."""


def copied(value: Any) -> Any:
    """Return the value itself."""
    return value


def reshaped(value: Any, shape: tuple[int, ...]) -> Any:
    """Return the values in the same order in another shape."""
    return value.reshape(shape)


def transposed_gates(value: Any, gates: int) -> Any:
    """Transpose the matrix of each gate. The matrices stand side by side."""
    import numpy as np

    return np.concatenate([gate.T for gate in np.split(value, gates, axis=1)], axis=1)


def input_gates(value: Any, gates: int) -> Any:
    """Return the input matrices of each gate, which cuDNN stores by columns and Keras by rows."""
    import numpy as np

    return np.concatenate([gate.T.reshape(gate.shape, order="F") for gate in np.split(value, gates, axis=1)], axis=1)


def added(value: Any) -> Any:
    """Return the sum of both halves of a vector. Raises: InexactError if a sum has to be rounded."""
    import numpy as np

    first, second = np.split(value, 2)
    result = first + second
    wide = first.astype("float64") + second.astype("float64")
    rounded = int(np.count_nonzero(result.astype("float64") != wide))
    if rounded:
        raise InexactError(f"{rounded} of {result.size} sums of its two biases are rounded to {result.dtype}", result)
    return result


@dataclass(frozen=True, slots=True)
class Rearranged:
    """How one weight of the target class is made: from which weights of the source class, by which function."""

    sources: tuple[str, ...]
    function: Function
    arguments: tuple[Any, ...] = ()


def cudnn(gates: int, bias: Rearranged) -> dict[str, Rearranged]:
    """Return the rearrangements of a layer that ran on cuDNN. Source: the loader of Keras 2."""
    return {
        "kernel": Rearranged(("kernel",), input_gates, (gates,)),
        "recurrent_kernel": Rearranged(("recurrent_kernel",), transposed_gates, (gates,)),
        "bias": bias,
    }


# (class in the file, class in the result) -> weight of the result -> how it is made.
TRANSFORMS: dict[tuple[str, str], dict[str, Rearranged]] = {
    ("CuDNNLSTMCell", "LSTMCell"): cudnn(4, Rearranged(("bias",), added)),
    ("CuDNNGRUCell", "GRUCell"): cudnn(3, Rearranged(("bias",), reshaped, ("shape",))),
    # The loader of Keras 2 reads these in the order in which they are stored, whatever the order of the axes.
    ("LayerNormalization", "LayerNormalization"): {
        name: Rearranged((name,), reshaped, ("shape",)) for name in ("gamma", "beta")
    },
}
