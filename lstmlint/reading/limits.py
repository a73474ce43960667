"""Limits on what is read, so that no file can exhaust the machine."""

from __future__ import annotations

from lstmlint.model.findings import ReadError

# Bytes of decompressed text. A config of 100,000 layers has some tens of MB; weights are not read.
MAX_BYTES = 256 * 2**20

# YAML takes about thirty times as long as JSON.
MAX_YAML_BYTES = 16 * 2**20

# Lists and objects in a JSON document; they take several GB of memory. A layer has about ten.
MAX_ITEMS = 10_000_000

# Levels of lists and objects. A nested model takes three, so this allows more than eighty levels of models.
MAX_DEPTH = 256

# Nodes that YAML aliases may add, in total and per written node.
MAX_ALIAS_NODES = 1_000_000
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
            "Give the architecture alone: model.to_json() writes it without weights and data.",
        )


def too_deep(line: int = 1, column: int = 1) -> ReadError:
    """Return the error for a document with more than MAX_DEPTH levels."""
    return ReadError(
        "E001",
        f"the document is nested too deeply: more than {MAX_DEPTH} levels of lists and objects",
        "Models that Keras saves are not nested that deeply. Write the file again with model.to_json().",
        line,
        column,
    )


def megabytes(size: int) -> str:
    """Format a size in bytes for people."""
    return f"{size / 2**20:.1f} MB" if size >= 2**20 else f"{size} bytes"
