"""Comments about lstmlint in a program."""

from __future__ import annotations

import io
import tokenize
from functools import partial

from lstmlint.reading.document import Comment, Comments


def comments_of(text: str) -> Comments | None:
    """Return a function that returns the comments that mention lstmlint; None if the text does not."""
    return partial(read, text) if "lstmlint" in text else None


def read(text: str) -> list[Comment]:
    """Return the comments that mention lstmlint. The text is a valid program."""
    return [
        (token.start[0], token.start[1] + 1, token.string)
        for token in tokenize.generate_tokens(io.StringIO(text).readline)
        if token.type == tokenize.COMMENT and "lstmlint" in token.string
    ]
