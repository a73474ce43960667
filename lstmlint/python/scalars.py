"""Functions of numbers, in `math` and NumPy alike."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from lstmlint.python.limits import MAX_BITS
from lstmlint.python.machine import MISSING, Arguments, Machine, Raised
from lstmlint.python.operators import too_large


def on_numbers(function: Callable[..., Any], whole: bool = False) -> Callable[[Machine, Arguments], Any]:
    """Return the function for known numbers; its result is MISSING for other values. whole: the result is a float."""

    def run(machine: Machine, arguments: Arguments) -> Any:
        if (
            not arguments.args
            or arguments.kwargs
            or not all(isinstance(value, int | float) for value in arguments.args)
        ):
            return MISSING
        if any(isinstance(value, int) and value.bit_length() > 500 for value in arguments.args):
            return MISSING
        try:
            return function(*arguments.args)
        except (ValueError, ArithmeticError, TypeError) as error:
            raise Raised from error

    return run


def power(base: Any, exponent: Any) -> Any:
    """Return a power; MISSING for a very large one."""
    return MISSING if too_large("**", base, exponent) else pow(base, exponent)


def rounded(value: Any, digits: int | None = None) -> Any:
    """Round a number."""
    return MISSING if abs(digits or 0) > MAX_BITS else round(value, digits)


SCALARS: dict[str, Callable[[Machine, Arguments], Any]] = {
    "ceil": on_numbers(math.ceil), "floor": on_numbers(math.floor), "sqrt": on_numbers(math.sqrt),
    "log": on_numbers(math.log), "log2": on_numbers(math.log2), "log10": on_numbers(math.log10),
    "exp": on_numbers(math.exp), "pow": on_numbers(math.pow), "power": on_numbers(power), "abs": on_numbers(abs),
    "fabs": on_numbers(math.fabs), "trunc": on_numbers(math.trunc), "gcd": on_numbers(math.gcd),
    "isqrt": on_numbers(math.isqrt), "sin": on_numbers(math.sin), "cos": on_numbers(math.cos), "int32": on_numbers(int),
    "int64": on_numbers(int), "float32": on_numbers(float), "float64": on_numbers(float), "log1p": on_numbers(math.log1p),
    "round": on_numbers(rounded), "rint": on_numbers(rounded), "hypot": on_numbers(math.hypot),
    "square": on_numbers(lambda x: x * x),
    "tanh": on_numbers(math.tanh), "radians": on_numbers(math.radians), "maximum": on_numbers(max), "minimum": on_numbers(min),
}  # fmt: skip
