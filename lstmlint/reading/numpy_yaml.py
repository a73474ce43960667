"""NumPy numbers in the YAML of Keras 2.2 and tf.keras. Their bytes are decoded without NumPy, and nothing that the file
names is called.
"""

from __future__ import annotations

import binascii
import struct
from base64 import b64decode
from math import prod
from typing import Any

# NumPy's dtypes as format characters of `struct`.
_FORMATS = {
    "b1": "?", "i1": "b", "i2": "h", "i4": "i", "i8": "q", "u1": "B", "u2": "H", "u4": "I", "u8": "Q", "f2": "e", "f4": "f",
    "f8": "d",
}  # fmt: skip


def plain(name: str, value: Any) -> tuple[bool, Any]:
    """Return whether a NumPy function and its arguments are understood, and the numbers that they represent.

    dtype: returned as is, for the others.
    scalar: [dtype, bytes].
    _reconstruct: an array, whose state is [version, shape, dtype, column order, bytes].
    """
    try:
        if name == "dtype":
            return _format(value) is not None, value
        if name == "scalar":
            dtype, data = value["args"] if isinstance(value, dict) else value
            return True, _numbers(dtype, data, 1)[0]
        _version, shape, dtype, by_columns, data = value["state"]
        if by_columns and len(shape) > 1:
            return False, None
        return True, _nested(_numbers(dtype, data, prod(shape)), shape)
    except (TypeError, ValueError, KeyError, IndexError, struct.error, binascii.Error):
        return False, None


def _format(dtype: Any) -> str | None:
    """Return the format of one number: {"args": ["f4", ...], "state": [version, "<", ...]}."""
    code = _FORMATS.get(dtype["args"][0])
    state = dtype.get("state") or [3, "<"]
    return code and (">" if state[1] == ">" else "<") + code


def _numbers(dtype: Any, data: str, count: int) -> list[Any]:
    """Return a number of values from their base64 bytes. Raises: the errors that `plain` catches."""
    form = _format(dtype)
    if form is None:
        raise ValueError
    return list(struct.unpack(f"{form[0]}{count}{form[1]}", b64decode(data)))


def _nested(numbers: list[Any], shape: list[int]) -> Any:
    """Return the numbers as nested lists of a shape, or the number itself for an empty shape."""
    if not shape:
        return numbers[0]
    for size in reversed(shape[1:]):
        numbers = [numbers[i : i + size] for i in range(0, len(numbers), size)]
    return numbers
