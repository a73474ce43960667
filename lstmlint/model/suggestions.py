"""The name that was probably meant."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

# Nobody mistypes more than that; comparing texts of any length would take any time.
MAX_LENGTH = 128


def close_match(name: str, candidates: Iterable[str], cutoff: float) -> str | None:
    """What difflib.get_close_matches(name, candidates, 1, cutoff) finds, in a tenth of the time; None for nothing.

    Names of more than MAX_LENGTH characters are like no other.
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
    """A bit for every letter, the same for the same: two words share no more letters than bits."""
    bits = 0
    seen = [letter * MAX_LENGTH for letter in range(32)]
    for letter in word:
        place = ord(letter) % 32
        bits |= 1 << seen[place]
        seen[place] += 1
    return bits


def closest(name: str, candidates: Iterable[str]) -> str | None:
    """The candidate nearest to `name`, case aside; None where none is near."""
    by_folded = {candidate.casefold(): candidate for candidate in candidates}
    found = close_match(name.casefold(), by_folded, 0.6)
    return None if found is None else by_folded[found]


def did_you_mean(name: str, candidates: Iterable[str]) -> str:
    """`; did you mean 'x'?`, or nothing where no candidate is near."""
    found = closest(name, candidates)
    return f"; did you mean {found!r}?" if found else ""
