"""Texts from files as the page shows them."""

from __future__ import annotations

from lstmlint.reporting.escape import visible

LONGEST = 400  # characters


def short(text: str, most: int = LONGEST) -> str:
    """Return a text with escapes for what is not printable; if it is too long, its beginning and its length."""
    shown = visible(text[: most + 1])
    return shown if len(text) <= most else f"{shown[:most]}… ({len(text):,} characters)"
