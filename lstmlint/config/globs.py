"""Match files against the globs of the settings, and name files relative to a folder."""

from __future__ import annotations

import os
import re
from functools import lru_cache

from lstmlint.model.findings import UsageError


@lru_cache(maxsize=256)
def glob_pattern(glob: str) -> re.Pattern[str]:
    """Return the pattern of a glob, for paths with forward slashes that are relative to the folder of the settings.

    `*` does not match a slash; `**` does. A glob without a slash matches in any folder. The name of a folder matches
    everything in it. Raises: UsageError for a glob that is not valid.
    """
    body = glob.strip("/")
    if body.startswith("./"):
        body = body[2:]
    prefix = "" if "/" in glob.rstrip("/") else "(?:.*/)?"
    parts = []
    i = 0
    while i < len(body):
        if body.startswith("**/", i):
            parts.append("(?:.*/)?")
            i += 3
        elif body.startswith("**", i):
            parts.append(".*")
            i += 2
        elif body[i] == "*":
            parts.append("[^/]*")
            i += 1
        elif body[i] == "?":
            parts.append("[^/]")
            i += 1
        elif body[i] == "[" and (end := body.find("]", i + 2)) > 0:
            inside = body[i + 1 : end].replace("\\", "\\\\").replace("[", "\\[")
            parts.append("[" + ("^" + inside[1:] if inside[0] == "!" else inside) + "]")
            i = end + 1
        else:
            parts.append(re.escape(body[i]))
            i += 1
    try:
        return re.compile(prefix + "".join(parts) + "(?:/.*)?", re.DOTALL)
    except re.error as error:
        raise UsageError(f"the glob {glob!r} is not valid: {error}") from error


def glob_matches(glob: str, path: str) -> bool:
    """Return whether a glob matches a relative path with forward slashes."""
    return glob_pattern(glob).fullmatch(path) is not None


def relative(path: str, folder: str) -> str:
    """Return a path relative to a folder ('' for the current one), with forward slashes, as globs match it."""
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
