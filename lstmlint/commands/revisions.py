"""Files as git keeps them: HEAD~1:model.json, main:models/a.keras, :model.json for what is staged."""

from __future__ import annotations

import os
import re
from typing import NamedTuple

from lstmlint.model.findings import UsageError

_DRIVE = re.compile(r"[A-Za-z]:")
# What stands before the path: a revision, in which braces may hold colons, or the number of a stage of the index.
_REVISION = re.compile(r"(?::[0-3]|(?:[^:{]|\{[^}]*\}?)*):")


class Revision(NamedTuple):
    """A file in git. spec: as git takes it. path: where it lies, or would, in the working tree."""

    spec: str
    path: str
    content: bytes


def is_revision(argument: str, windows: bool = os.name == "nt") -> bool:
    """Whether an argument means a file of git: it has a colon, and no file or folder is called so."""
    if ":" not in argument or os.path.lexists(argument):
        return False
    return not (windows and _DRIVE.match(argument))


def read_revision(spec: str) -> Revision:
    """A file of the repository around the current folder. Its path is relative to the root, with ./ to this folder.

    Raises: UsageError where there is no git, no repository, no such revision or no such file.
    """
    # Neither textconv filters nor listings of folders, as `git show` would have them: the bytes as committed.
    content = git("cat-file", "blob", spec, about=spec)
    path = _REVISION.sub("", spec, count=1)
    if not path.startswith(("./", "../")):
        root = os.fsdecode(git("rev-parse", "--show-toplevel", about=spec)).rstrip("\r\n")
        path = os.path.join(root, path)  # noqa: PTH118
    return Revision(spec, path, content)


def git(*arguments: str, about: str) -> bytes:
    """What a git command prints. Raises: UsageError, in git's words."""
    import subprocess

    # In English whatever the user's language, never asking for a password.
    environment = {**os.environ, "LC_ALL": "C", "GIT_TERMINAL_PROMPT": "0"}
    command, *rest = arguments
    if about.startswith("-"):
        raise UsageError(f"cannot read {about!r} from git: a revision does not begin with a dash")
    try:
        done = subprocess.run(  # noqa: S603 - no shell; the revision is one argument
            ["git", command, *rest],  # noqa: S607 - the user's own git
            stdin=subprocess.DEVNULL,
            capture_output=True,
            env=environment,
            check=False,
        )
    except FileNotFoundError as error:
        raise UsageError(f"cannot read {about!r}: there is no such file, and no git to ask for a revision") from error
    except OSError as error:
        raise UsageError(f"cannot read {about!r}: git does not start: {error.strerror or error}") from error
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip().splitlines() or ["git failed without a word"]
        told = "; ".join(line.removeprefix("fatal: ").removeprefix("hint: ") for line in said)
        if told.endswith("bad file"):
            raise UsageError(f"cannot read {about!r}: it is no file in git; check a folder out to compare it")
        if told.startswith("path ") and "./" not in about:
            told += " (paths start at the root of the repository; those with ./, in the current folder)"
        raise UsageError(f"cannot read {about!r}: no such file here, and git says: {told}")
    return done.stdout
