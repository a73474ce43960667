"""Values as users write them in options and settings: 50k, 256KiB, 13,5."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from lstmlint.model.findings import UsageError

_COUNT = re.compile(r"((?:[0-9]{1,3}(?:[_,][0-9]{3})+|[0-9]+)(?:\.[0-9]+)?)\s*([kmgb]?)", re.IGNORECASE)
_BYTES = re.compile(r"([0-9]+(?:\.[0-9]+)?)\s*(?:([kmgt])i?)?b?", re.IGNORECASE)
_FACTORS = {"": 1, "k": 10**3, "m": 10**6, "g": 10**9, "b": 10**9}

Shape = tuple[int | None, ...]


def parse_count(text: str, option: str) -> int:
    """Parse a count: 50000, 50_000, 50k, 1.5M, 2B. option: its name, for messages.

    Raises: UsageError for anything else, and if the result is not an integer.
    """
    match = _COUNT.fullmatch(text.strip())
    if match:
        whole, _, fraction = match[1].replace("_", "").replace(",", "").partition(".")
        factor: int = _FACTORS[match[2].lower()]
        scale: int = 10 ** len(fraction)
        count, rest = divmod(int(whole + fraction) * factor, scale)
        if rest == 0:
            return count
    raise UsageError(f"{option} takes a number such as 50000, 50k or 1.5M, not {text!r}")


def parse_bytes(text: str, option: str) -> int:
    """Parse a size in bytes: 4096, 256KiB, 1.5MB. KB is 1024 bytes too, as in Keras's summaries.

    Raises: UsageError for anything else.
    """
    match = _BYTES.fullmatch(text.strip())
    if match:
        whole, _, fraction = match[1].partition(".")
        factor: int = 1024 ** "BKMGT".index((match[2] or "B").upper())
        scale: int = 10 ** len(fraction)
        count, rest = divmod(int(whole + fraction) * factor, scale)
        if rest == 0 or factor > 1:
            return count
    raise UsageError(f"{option} takes a size such as 4096, 256KiB or 1.5MB, not {text!r}")


# The budgets and how their values are parsed.
LIMITS: dict[str, Callable[[str, str], int]] = {
    "max-params": parse_count,
    "max-trainable-params": parse_count,
    "max-layer-params": parse_count,
    "max-weight-bytes": parse_bytes,
    "max-macs": parse_count,
    "max-activation-bytes": parse_bytes,
}


def parse_positive(text: str, option: str, least: int = 1) -> int:
    """Parse an integer of at least `least`. Raises: UsageError for anything else."""
    if text.strip().isascii() and text.strip().isdigit() and int(text) >= least:
        return int(text)
    raise UsageError(f"{option} takes an integer of at least {least}, not {text!r}")


SHAPE_WANTED = "a shape without the batch, such as 13,5 or None,5 (NAME=13,5 for one of several inputs)"


def parse_shape(text: str, option: str, wanted: str = SHAPE_WANTED) -> Shape:
    """Parse a shape: 13,5 or (13, 5), with None or ? for an unknown dimension. wanted: the expected value, for messages.

    Raises: UsageError for anything else.
    """
    inner = text.strip()
    if inner[:1] + inner[-1:] in ("()", "[]"):
        inner = inner[1:-1]
    dims: list[int | None] = []
    for part in inner.strip().rstrip(",").split(",") if inner.strip() else ():
        word = part.strip()
        if word.lower() in ("none", "null", "?"):
            dims.append(None)
        elif word.isascii() and word.isdigit():
            dims.append(int(word))
        else:
            raise UsageError(f"{option} takes {wanted}, not {text!r}")
    return tuple(dims)


def parse_input_shape(text: str, option: str) -> tuple[str, Shape]:
    """Parse NAME=13,5 into the input's name and its shape. The name is empty if there is none."""
    name, equals, shape = text.rpartition("=")
    return (name.strip() if equals else ""), parse_shape(shape, option)


_VALUE = re.compile(r"(?P<name>(?:[^=\[\]()]|\[[^\]]*\]|\([^)]*\))+)=(?P<value>.*)", re.DOTALL)


def parse_setting(text: str, option: str) -> tuple[str, Any]:
    """Parse NAME=VALUE: the expression as a program writes it, and a number, a str or a tuple. Raises: UsageError."""
    match = _VALUE.fullmatch(text)
    if match is None or not match["value"].strip():
        raise UsageError(f"{option} takes NAME=VALUE, such as features=5 or 'X.shape=(None, 49, 2)', not {text!r}")
    return as_written(match["name"], option), parse_value(match["value"], option)


def as_written(name: str, option: str) -> str:
    """Return an expression with the spaces that lstmlint writes. Raises: UsageError if it is none."""
    import ast

    try:
        return ast.unparse(ast.parse(name.strip(), mode="eval"))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise UsageError(
            f"{option}: {name!r} is no expression; write the name as the program does: features, X.shape[2], len(vocab)"
        ) from None


def parse_value(value: Any, option: str) -> Any:
    """Return what a name stands for: a number, a str, True, False, None, or a tuple of these. Raises: UsageError.

    value: a value of the settings, or a text in Python's spelling. Other text is a str.
    """
    if isinstance(value, str):
        import ast

        try:
            value = ast.literal_eval(value.strip())
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return value.strip()
    if isinstance(value, list | tuple):
        return tuple(parse_value(item, option) for item in value)
    if value is None or isinstance(value, bool | int | float | str):
        return value
    raise UsageError(f"{option} takes a number, a text or a tuple, not {value!r}")
