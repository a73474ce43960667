"""Match files against the globs of the settings, and name files relative to a folder."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from functools import lru_cache

from lstmlint.model.findings import UsageError
from lstmlint.model.urls import is_url

# With more wildcards than this, a regular expression could take very long to find that it does not match.
_FEW = 3
# The wildcards of a glob, which match any number of characters, and the patterns that they stand for.
_WILDCARDS = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*"}


@lru_cache(maxsize=256)
def glob_pattern(glob: str) -> re.Pattern[str] | _ManyWildcards:
    """Return the pattern of a glob, for paths with forward slashes that are relative to the folder of the settings.

    `*` does not match a slash; `**` does. A glob without a slash matches in any folder. The name of a folder matches
    everything in it. Raises: UsageError for a glob that is not valid.
    """
    parts = ["**/"] if "/" not in glob.rstrip("/") else []
    parts += parts_of(glob.strip("/").removeprefix("./"))
    try:
        if sum(part in _WILDCARDS for part in parts) > _FEW:
            return _ManyWildcards(parts)
        return re.compile("".join(_WILDCARDS.get(part, part) for part in parts) + "(?:/.*)?", re.DOTALL)
    except re.error as error:
        raise UsageError(f"the glob {glob!r} is not valid: {error}") from error


def parts_of(body: str) -> Iterator[str]:
    """Yield the wildcards of a glob, and patterns that match one character each."""
    i = 0
    while i < len(body):
        wildcard = next((wildcard for wildcard in _WILDCARDS if body.startswith(wildcard, i)), None)
        if wildcard is not None:
            yield wildcard
            i += len(wildcard)
        elif body[i] == "?":
            yield "[^/]"
            i += 1
        elif body[i] == "[" and (end := body.find("]", i + 2)) > 0:
            inside = body[i + 1 : end].replace("\\", "\\\\").replace("[", "\\[")
            yield "[" + ("^" + inside[1:] if inside[0] == "!" else inside) + "]"
            i = end + 1
        else:
            yield re.escape(body[i])
            i += 1


class _ManyWildcards:
    """Matches a glob without backtracking: it keeps all places in the path where the next part may begin."""

    def __init__(self, parts: list[str]) -> None:
        self._parts = [(part, None if part in _WILDCARDS else re.compile(part, re.DOTALL)) for part in parts]

    def fullmatch(self, path: str) -> bool:
        """Return whether the path matches, or lies in a folder that does."""
        places = {0}
        for part, one in self._parts:
            if one is not None:
                places = {place + 1 for place in places if one.match(path, place) is not None}
                continue
            found = set(places)
            for place in range(min(places, default=len(path)), len(path)):
                slash = path[place] == "/"
                if slash if part == "**/" else place in found and (part == "**" or not slash):
                    found.add(place + 1)
            places = found
        return len(path) in places or any(path.startswith("/", place) for place in places)


def glob_matches(glob: str, path: str) -> bool:
    """Return whether a glob matches a relative path with forward slashes."""
    return glob_pattern(glob).fullmatch(path) not in (None, False)


def relative(path: str, folder: str) -> str:
    """Return a path relative to a folder ('' for the current one), with forward slashes, as globs match it."""
    if is_url(path):
        return path
    try:
        return os.path.relpath(path, folder or None).replace(os.sep, "/")
    except ValueError:  # another drive, on Windows
        return path.replace(os.sep, "/")


def nearby(path: str) -> str:
    """Return a settings file as messages name it: relative to the current folder if it is inside."""
    inside = relative(path, "")
    return path if inside.startswith("../") else inside


def specificity(glob: str) -> int:
    """Return the number of characters of a glob that are not wildcards: more of them match fewer files."""
    return sum(character not in "*?" for character in glob)
