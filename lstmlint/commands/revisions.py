"""Read files from git: HEAD~1:model.json, main:models/a.keras, :model.json for a staged file."""

from __future__ import annotations

import os
import re
from typing import NamedTuple

from lstmlint.model.findings import UsageError

_DRIVE = re.compile(r"[A-Za-z]:")
# Before the path: a revision, which may hold colons in braces, or the number of a stage of the index.
_REVISION = re.compile(r"(?::[0-3]|(?:[^:{]|\{[^}]*\}?)*):")


# The programs that git would start when it reads the index.
_NO_PROGRAMS = ("-c", "core.fsmonitor=false", "-c", f"core.hooksPath={os.devnull}")


class Revision(NamedTuple):
    """A file in git. spec: its name in git. path: its path in the working tree."""

    spec: str
    path: str
    content: bytes


def is_revision(argument: str, windows: bool = os.name == "nt") -> bool:
    """Check whether an argument names a file in git: it has a colon, and no file or folder has that name."""
    if ":" not in argument or os.path.lexists(argument):
        return False
    return not (windows and _DRIVE.match(argument))


def read_revision(spec: str) -> Revision:
    """Read a file of the current repository. Its path starts at the root, or with ./ in the current folder.

    Raises: UsageError without git or a repository, or if the revision or the file does not exist.
    """
    # The bytes as committed; `git show` would apply textconv filters and list folders.
    content = git("cat-file", "blob", spec, about=spec)
    path = _REVISION.sub("", spec, count=1)
    if not path.startswith(("./", "../")):
        root = os.fsdecode(git("rev-parse", "--show-toplevel", about=spec)).rstrip("\r\n")
        path = os.path.join(root, path)  # noqa: PTH118
    return Revision(spec, path, content)


def git(*arguments: str, about: str) -> bytes:
    """Run git and return its output. Raises: UsageError with git's message."""
    import subprocess

    # In English, and without asking for a password. Nothing is fetched, since the repository's settings say by which
    # programs that is done.
    environment = {
        **os.environ,
        "LC_ALL": "C",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_NO_LAZY_FETCH": "1",
        "GIT_ALLOW_PROTOCOL": "none",  # for git before 2.45
        "GIT_OPTIONAL_LOCKS": "0",
    }
    command, *rest = arguments
    if about.startswith("-"):
        raise UsageError(f"cannot read {about!r} from git: a revision does not start with a dash")
    try:
        done = subprocess.run(  # noqa: S603 - no shell; the revision is one argument
            ["git", *_NO_PROGRAMS, command, *rest],  # noqa: S607 - the user's own git
            stdin=subprocess.DEVNULL,
            capture_output=True,
            env=environment,
            check=False,
        )
    except FileNotFoundError as error:
        raise UsageError(f"cannot read {about!r}: there is no such file, and git is not installed") from error
    except OSError as error:
        raise UsageError(f"cannot read {about!r}: git cannot be started: {error.strerror or error}") from error
    if done.returncode:
        lines = done.stderr.decode("utf-8", "replace").strip().splitlines() or ["git failed without a message"]
        reason = "; ".join(line.removeprefix("fatal: ").removeprefix("hint: ") for line in lines)
        if reason.endswith("bad file"):
            raise UsageError(f"cannot read {about!r}: it is not a file; check a folder out to compare it")
        if reason.startswith("path ") and "./" not in about:
            reason += " (paths start at the root of the repository, or with ./ in the current folder)"
        raise UsageError(f"cannot read {about!r}: no such file here, and git reports: {reason}")
    return done.stdout
