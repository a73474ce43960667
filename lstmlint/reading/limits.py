"""Limits on what is read, so that no file can exhaust the machine. `model.limits` holds those that can be set."""

from __future__ import annotations

from lstmlint.model.findings import ReadError
from lstmlint.model.limits import LimitError, current, exceeded
from lstmlint.model.values import plural

# YAML takes about thirty times as long as JSON.
YAML_SHARE = 4

# A protobuf file may be larger than the text in it.
PROTOBUF_FACTOR = 4

# Bytes of memory per byte of text; Python takes four for each character if there is an emoji.
WIDTH = 3

# Nodes that YAML aliases may add per written node, besides the limit in total.
ALIAS_NODES_PER_NODE = 10

# How often a document may be quoted as a string inside a document.
MAX_QUOTES = 3


def check_size(size: int, limit: int, what: str = "the file") -> None:
    """Raise ReadError (E001) if `size` is more than `limit` bytes."""
    if size > limit:
        found = f"more than {megabytes(limit)}"  # of an endless stream, one byte more than the limit is read
        if size > limit + 1:
            found = f"{megabytes(size)}, where at most {megabytes(limit)} are read"
        raise ReadError(
            "E001",
            f"{what} is too large to read: {found}",
            "Give the architecture alone: model.to_json() writes it without weights and data. If the text itself is that"
            " large, raise the limit 'decoded-size' in the settings (input-limits).",
        )


def too_deep(line: int = 1, column: int = 1) -> ReadError:
    """Return the error for a document with too many levels."""
    return exceeded(
        "nesting",
        f"the document is nested too deeply: more than {plural(current().nesting, 'level')} of lists and objects",
        line,
        column,
    )


def too_many_digits(line: int = 1, column: int = 1) -> ReadError:
    """Return the error for an integer that is too long."""
    return LimitError(
        f"an integer has more than {plural(current().digits, 'digit')}",
        "No setting of Keras takes such a number.",
        line,
        column,
    )


def megabytes(size: int) -> str:
    """Format a size in bytes for people."""
    return f"{size / 2**20:.1f} MB" if size >= 2**20 else f"{size} bytes"
