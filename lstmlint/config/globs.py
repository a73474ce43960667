"""Which files a glob of the settings means, and what files are called from a folder."""

from __future__ import annotations

import os
import re
from functools import lru_cache

from lstmlint.model.findings import UsageError


@lru_cache(maxsize=256)
def glob_pattern(glob: str) -> re.Pattern[str]:
    """What a glob of the settings matches, of paths relative to their folder with forward slashes.

    `*` stays in a folder, `**` does not. Without a slash, it matches in any folder; a folder's name
    matches all that is in it.
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
        raise UsageError(f"the glob {glob!r} cannot be understood: {error}") from error


def glob_matches(glob: str, path: str) -> bool:
    """Whether a relative path with forward slashes is meant by a glob."""
    return glob_pattern(glob).fullmatch(path) is not None


def relative(path: str, folder: str) -> str:
    """A path as globs see it: relative to the folder ('': the current one), with forward slashes."""
    try:
        return os.path.relpath(path, folder or None).replace(os.sep, "/")
    except ValueError:  # another drive, on Windows
        return path.replace(os.sep, "/")


def nearby(path: str) -> str:
    """A settings file as messages name it: relative to the current folder where it lies in it."""
    inside = relative(path, "")
    return path if inside.startswith("../") else inside


def specificity(glob: str) -> int:
    """The number of characters of a glob that are not wildcards: more of them match fewer files."""
    return sum(character not in "*?" for character in glob)
