"""Find the files to analyze."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from lstmlint.config.settings import Resolver
from lstmlint.model.limits import InputLimits, current
from lstmlint.model.programs import split_model
from lstmlint.model.urls import is_url
from lstmlint.reading import is_model_folder
from lstmlint.reading.containers import suffixes

if TYPE_CHECKING:
    from lstmlint.commands.remote import Remote

# Folders of third-party packages; hidden folders and virtual environments are skipped as well.
SKIPPED = frozenset({"node_modules", "site-packages", "__pycache__"})
STDIN = "-"
MOST_COMPARED = 1_000  # names in a folder that a misspelt one is compared with, which takes 20 ms


class InputPath(NamedTuple):
    """One input. named: whether the user named it, rather than its folder. size: in bytes, 0 if unknown.

    model: the one model of a program to report, of train.py::encoder. remote: where the file is, if `path` is a URL.
    """

    path: str
    named: bool
    size: int = 0
    model: str | None = None
    remote: Remote | None = None


def read_stdin(limits: InputLimits | None = None) -> bytes:
    """Read standard input, up to one byte more than the analysis accepts."""
    return sys.stdin.buffer.read((limits or current()).decoded_size + 1)


def expand(
    arguments: list[str], resolver: Resolver, force_exclude: bool = False, remote: bool = False
) -> tuple[list[InputPath], list[str]]:
    """Return the inputs in order, each once, and a sentence per argument that leads to no file.

    remote: whether arguments may be URLs. Raises: UsageError if the settings of a file are wrong.
    """
    failures: list[str] = []
    if len(arguments) == 1 and os.path.isdir(arguments[0]):  # noqa: PTH112 - a large folder, in which each file is once
        return list(named(arguments[0], resolver, force_exclude, failures)), failures
    sources: dict[str, InputPath] = {}
    for argument in arguments:
        for source in remote_or_named(argument, resolver, force_exclude, failures, remote):
            key = source.path if source.path == STDIN or source.remote else os.path.abspath(source.path)  # noqa: PTH100
            if source.model is not None:
                key += f"::{source.model}"
            if key not in sources or (source.named and not sources[key].named):
                sources[key] = source
    return list(sources.values()), failures


def remote_or_named(
    argument: str, resolver: Resolver, force_exclude: bool, failures: list[str], remote: bool
) -> Iterator[InputPath]:
    """Yield the inputs of one argument, which may be a URL."""
    if not is_url(argument):
        yield from named(argument, resolver, force_exclude, failures)
        return
    from lstmlint.commands import remote as remotely

    if remote:
        url, model = split_model(argument)
        for path, chosen, size, place in remotely.found(url, resolver, SKIPPED, failures):
            yield InputPath(path, chosen, size, model, place)
    else:
        failures.append(f"only `lstmlint PATH` reads remote files; copy {remotely.public(argument)!r} to this computer")


def named(argument: str, resolver: Resolver, force_exclude: bool, failures: list[str]) -> Iterator[InputPath]:
    """Yield the inputs of one argument."""
    if argument == STDIN:
        yield InputPath(STDIN, True)
    elif os.path.lexists(argument):
        yield from existing(argument, resolver, force_exclude, failures)
    elif any(character in argument for character in "*?["):
        from glob import glob

        found = sorted(glob(argument, recursive=True))  # noqa: PTH207
        if not found:
            failures.append(f"no file matches {argument!r}")
        for path in found:
            if not special(path):
                yield from existing(path, resolver, force_exclude, failures)
    elif (part := split_model(argument))[1] is not None and os.path.lexists(part[0]):
        for source in existing(part[0], resolver, force_exclude, failures):
            yield source._replace(model=part[1])
    else:
        failures.append(f"no such file or folder: {argument!r}{nearby(argument)}")


def existing(path: str, resolver: Resolver, force_exclude: bool, failures: list[str]) -> Iterator[InputPath]:
    """Yield a file, a folder that is a model, or the files in a folder."""
    if not os.path.exists(path):  # noqa: PTH110
        failures.append(f"{path!r} is a link to a file that does not exist")
    elif force_exclude and resolver.of_file(path).excludes(path):
        return
    elif not os.path.isdir(path) or is_model_folder(Path(path)):  # noqa: PTH112
        yield InputPath(path, True, size_of(path))
    else:
        yield from walk(path, resolver, failures)


def walk(folder: str, resolver: Resolver, failures: list[str]) -> Iterator[InputPath]:
    """Yield the model files in a folder and below, sorted, except those in hidden folders."""

    def note(error: OSError) -> None:
        failures.append(f"cannot read the folder {error.filename!r}: {error.strerror}")

    wanted = suffixes()
    for place, folders, files in os.walk(folder, onerror=note):
        settings = resolver.of_folder(os.path.abspath(place))  # noqa: PTH100
        below = []
        for name in sorted(folders):
            path = join(place, name)
            if name.startswith(".") or name in SKIPPED or settings.excludes(path):
                continue
            if is_model_folder(Path(path)):
                yield InputPath(path, False, size_of(path))
            elif not os.path.exists(join(path, "pyvenv.cfg")):  # noqa: PTH110
                below.append(name)
        folders[:] = below
        for name in sorted(files):
            path = join(place, name)
            if Path(name).suffix.lower() in wanted and not settings.excludes(path) and not special(path):
                yield InputPath(path, False, size_of(path))


def special(path: str) -> bool:
    """Check whether a path is neither a file nor a folder: reading a pipe would wait, and a link may be broken."""
    try:
        mode = os.stat(path).st_mode  # noqa: PTH116
    except OSError:
        return os.path.islink(path)  # noqa: PTH114
    return not (stat.S_ISREG(mode) or stat.S_ISDIR(mode))


def nearby(argument: str) -> str:
    """Return `; did you mean 'models/a.json'?` if the folder holds a file with a similar name."""
    from lstmlint.model.suggestions import closest

    folder, name = os.path.split(argument)
    try:
        found = closest(name, sorted(os.listdir(folder or os.curdir))[:MOST_COMPARED])  # noqa: PTH208
    except OSError:
        return ""
    return f"; did you mean {os.path.join(folder, found)!r}?" if found else ""  # noqa: PTH118


def join(folder: str, name: str) -> str:
    """Join a folder and a name, without a leading `./`."""
    return os.path.join(folder, name).removeprefix(f".{os.sep}")  # noqa: PTH118


def size_of(path: str) -> int:
    """Return the size of a file; 0 if it is unknown."""
    try:
        return os.stat(path).st_size  # noqa: PTH116
    except OSError:
        return 0
