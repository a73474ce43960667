"""Dtypes of results, as Keras promotes them (with JAX's lattice of types), with float32 as floatx.

Python numbers are weakly typed: `int` and `float` take the width of the array that they meet. Promotion ends at 32
bits,
as on every backend but TensorFlow.
Source: https://docs.jax.dev/en/latest/type_promotion.html, https://keras.io/api/ops.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from lstmlint.layers.base import DTYPE_BITS
from lstmlint.layers.ops.base import Refusal, shown
from lstmlint.model.shapes import Tensor
from lstmlint.model.values import show

Dtype = str | None
DtypeRule = Callable[..., Dtype]

ALLOWED = frozenset({*DTYPE_BITS, "string", "complex64", "complex128"} - {"int4"})
_FLOAT8 = frozenset({"float8_e4m3fn", "float8_e5m2"})
_HIGHER: dict[str, tuple[str, ...]] = {
    "bool": ("int",), "int": ("uint8", "int8", "complex64"), "float": ("bfloat16", "float16"),
    "uint8": ("int16", "uint16"), "uint16": ("int32", "uint32"), "uint32": ("int64", "uint64"), "uint64": ("float",),
    "int8": ("int16",), "int16": ("int32",), "int32": ("int64",), "int64": ("float",),
    "bfloat16": ("float32",), "float16": ("float32",), "float32": ("float64", "complex64"),
    "float64": ("complex128",), "complex64": ("complex128",), "complex128": (),
}  # fmt: skip
_STRONG = {"int": "int32", "float": "float32"}
_NARROW = {"int64": "int32", "uint64": "uint32", "float64": "float32", "complex128": "complex64"}


@lru_cache(maxsize=64)
def _upper(dtype: str) -> frozenset[str]:
    found = {dtype}
    for higher in _HIGHER[dtype]:
        found |= _upper(higher)
    return frozenset(found)


@lru_cache(maxsize=1024)
def _promote(names: frozenset[str]) -> str | None:
    """Return the smallest dtype to which all of them can be promoted, or None if there is none."""
    if len(names) == 1:
        (only,) = names
        return only
    if not names <= _HIGHER.keys():
        return None
    common = frozenset.intersection(*map(_upper, names))
    least = [dtype for dtype in common if common <= _upper(dtype)]
    return least[0] if len(least) == 1 else None


def promote(*names: Dtype) -> Dtype:
    """Return the dtype of a result of arrays and Python numbers ("int", "float"), or None if one of the dtypes is
    unknown.

    Raises: Refusal if Keras cannot promote them.
    """
    given: set[str] = set()
    for name in names:
        if name is None:
            return None
        given.add(name)
    if not given:
        return "float32"
    if given & _FLOAT8:
        raise Refusal("E007", f"has no implicit conversion of {' and '.join(sorted(given))}", "Cast them first.")
    if given <= _STRONG.keys():
        given = {_STRONG[name] for name in given}
    elif len(given) == 2 and "int" in given and "int32" in given:
        return "int32"
    found = _promote(frozenset(given))
    if found is None:
        raise Refusal("E007", f"has no common dtype for {' and '.join(sorted(given))}", "Cast them to one dtype first.")
    found = _STRONG.get(found, found)
    return _NARROW.get(found, found)


def dtype_of(value: Any) -> Dtype:
    """Return the dtype of an argument: "int" and "float" for Python numbers, None if unknown.

    Raises: Refusal if it has none.
    """
    if isinstance(value, Tensor):
        return value.dtype
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, int):
        return "int"
    if isinstance(value, float):
        return "float"
    raise Refusal(
        "E007",
        f"takes tensors and numbers, but gets {shown(value)}",
        "Write a list as a constant array, a `__numpy__`.",
    )


def strong(name: Dtype) -> Dtype:
    """Return the dtype that a Python number has as an array."""
    return None if name is None else _STRONG.get(name, name)


def as_dtype(value: Any, default: Dtype = "float32") -> Dtype:
    """Return the dtype that an argument names; `default` for None.

    Raises: Refusal if it does not name one.
    """
    if value is None:
        return default
    if isinstance(value, dict) and isinstance(value.get("config"), dict):  # a dtype policy, as layers save it
        value = value["config"].get("name")
    if value == "int":
        return "int32"
    if not isinstance(value, str) or value not in ALLOWED:
        raise Refusal(
            "E007", f"does not accept the dtype {show(value)}", "Write a dtype such as float32, int32 or bool.", "dtype"
        )
    return value


def is_integer(name: str) -> bool:
    """Return whether the dtype holds integers or booleans."""
    return "int" in name or name == "bool"


def is_float(name: str) -> bool:
    """Return whether the dtype is a floating-point dtype."""
    return "float" in name


# The rules that the table of operations names. Each takes the dtypes of the arguments, which are all known.


def _mapped(changes: dict[str, str]) -> DtypeRule:
    return lambda name: changes.get(name, name)


def _float(name: str) -> Dtype:
    return promote(name, "float")


def _floating(name: str) -> Dtype:
    return "float32" if is_integer(name) else name


def _mean(name: str) -> Dtype:
    return promote(name, "float32") if is_integer(name) else name


def _sum(name: str) -> Dtype:
    return _SUMS.get(promote(name) or "", promote(name))


def _degrees(name: str) -> Dtype:
    if name in ("int64", "float64"):
        return "float64"
    return name if name in ("bfloat16", "float16") else "float32"


def _percentile(name: str) -> Dtype:
    return name if is_float(name) else "float32"


def _nan_percentile(name: str) -> Dtype:
    return "float32" if "int" in name else promote(name, "float")


def _hypot(*names: str) -> Dtype:
    found = promote(*names)
    return "float32" if found is not None and "int" in found else found


def _integral(*names: str) -> Dtype:
    found = promote(*names)
    return "int32" if found == "bool" else found


def _matmul(*names: str) -> Dtype:
    return "int32" if set(names) == {"int8"} else promote(*(strong(name) for name in names))


def _correlate(*names: str) -> Dtype:
    found = promote(*names)
    return found if found in ("bfloat16", "float16") else "float32"


_SMALL = {"bool": "int32", "int8": "int32", "int16": "int32", "uint8": "uint32", "uint16": "uint32"}
_SUMS = _SMALL

RULES: dict[str, DtypeRule] = {
    "same": lambda name: name,
    "bool": lambda *_: "bool",
    "int32": lambda *_: "int32",
    "float32": lambda *_: "float32",
    "complex64": lambda *_: "complex64",
    "promote": promote,
    "promote_strong": lambda *names: promote(*map(strong, names)),
    "divide": lambda *names: promote(*names, "float"),
    "divide_strong": lambda *names: promote(*map(strong, names), "float"),
    "float": _float,
    "floating": _floating,
    "cbrt": lambda name: "float64" if name == "int64" else "float32" if is_integer(name) and name != "uint64" else name,
    "degrees": _degrees,
    "corrcoef": lambda name: "float64" if name == "int64" else promote(name, "float"),
    "no_bool": _mapped({"bool": "int32"}),
    "sum": _sum,
    "prod": _mapped(_SMALL),
    "mean": _mean,
    "percentile": _percentile,
    "nan_percentile": _nan_percentile,
    "hypot": _hypot,
    "integral": _integral,
    "matmul": _matmul,
    "correlate": _correlate,
}


def result(rule: str, *names: Dtype) -> Dtype:
    """Return the result of the named rule for these dtypes, or None if it depends on an unknown dtype."""
    if rule in ("bool", "int32", "float32", "complex64"):
        return rule
    if None in names:
        return None
    return RULES[rule](*names)
