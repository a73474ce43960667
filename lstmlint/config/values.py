"""Values as people write them in options and settings: 50k, 256KiB, 13,5."""

from __future__ import annotations

import re

from lstmlint.model.findings import UsageError

_COUNT = re.compile(r"((?:[0-9]{1,3}(?:[_,][0-9]{3})+|[0-9]+)(?:\.[0-9]+)?)\s*([kmgb]?)", re.IGNORECASE)
_BYTES = re.compile(r"([0-9]+(?:\.[0-9]+)?)\s*(?:([kmgt])i?)?b?", re.IGNORECASE)
_FACTORS = {"": 1, "k": 10**3, "m": 10**6, "g": 10**9, "b": 10**9}


def parse_count(text: str, option: str) -> int:
    """A number of things: 50000, 50_000, 50k, 1.5M, 2B.

    Raises: UsageError for anything else, and for what comes out as no whole number.
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
    """A size in bytes: 4096, 256KiB, 1.5MB. As in Keras's summaries, KB is 1024 bytes too.

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


def parse_positive(text: str, option: str, least: int = 1) -> int:
    """An integer of at least 1, or of another least. Raises: UsageError for anything else."""
    if text.strip().isascii() and text.strip().isdigit() and int(text) >= least:
        return int(text)
    raise UsageError(f"{option} takes an integer of at least {least}, not {text!r}")


SHAPE_WANTED = "a shape without the batch, such as 13,5 or None,5 (NAME=13,5 for one of several inputs)"


def parse_shape(text: str, option: str, wanted: str = SHAPE_WANTED) -> tuple[int | None, ...]:
    """A shape: 13,5 or (13, 5), with None or ? where a dimension is unknown. wanted: what messages say it must be.

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


def parse_input_shape(text: str, option: str) -> tuple[str, tuple[int | None, ...]]:
    """(input's name, shape) of NAME=13,5; the name is empty where there is none."""
    name, equals, shape = text.rpartition("=")
    return (name.strip() if equals else ""), parse_shape(shape, option)
