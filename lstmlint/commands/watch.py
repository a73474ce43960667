"""`lstmlint --watch`: check again when a file changes.

Files are polled. That needs no further package, sees files that an editor replaces, and works on network drives and in
containers, where a file system reports no changes.
"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Callable
from dataclasses import replace
from time import monotonic, sleep, strftime

from lstmlint.commands.exit_codes import FAILED
from lstmlint.commands.paths import STDIN, expand
from lstmlint.commands.request import Request
from lstmlint.commands.writing import print_stderr, say, write_stdout
from lstmlint.config.settings import Resolver
from lstmlint.model.findings import ReadError, UsageError, listing
from lstmlint.model.values import plural

INTERVAL = 0.3  # seconds between two looks at the files
IDLE = 20  # looking takes at most this part of the time
SETTLED = 0.1  # a file is being written as long as it changes within this time
LONGEST_WRITING = 3.0
CLEAR = "\x1b[H\x1b[2J"

# A path -> what changes when the file does; SETTINGS -> what is wrong with them.
Snapshot = dict[str, object]
SETTINGS = "the settings"


def watch(request: Request, run: Callable[[Request], int]) -> int:
    """Run the command again and again, until Ctrl-C or until nobody reads the output. Raises: UsageError."""
    check_options(request)
    gc.enable()
    once = replace(request, watch=False)
    output = standard_output()
    seen = look(once)
    what = ""
    while True:
        if sys.stdout.isatty():
            write_stdout(CLEAR)
        if what:
            print_stderr(f"[{strftime('%H:%M:%S')}] Changed: {what}")
        try:
            run(replace(once))
        except (UsageError, ReadError) as error:
            if not what:
                raise
            say(str(error))  # about settings that are being edited
            for note in getattr(error, "__notes__", ()):
                print_stderr(note)
        if standard_output() != output:
            return FAILED  # it was a pipe, whose reader is gone
        files = SETTINGS if SETTINGS in seen else plural(sum(stamp is not None for stamp in seen.values()), "file")
        print_stderr(f"[{strftime('%H:%M:%S')}] Watching {files} for changes; Ctrl-C stops.")
        before, seen = seen, changed(once, seen)
        names = sorted(name for name in before.keys() | seen.keys() if before.get(name) != seen.get(name))
        what = SETTINGS if SETTINGS in names else listing(names, 3)


def check_options(request: Request) -> None:
    """Raise UsageError for options that make no sense with --watch."""
    if STDIN in request.paths or (not request.paths and request.stdin_filename is not None):
        raise UsageError("--watch needs files, and standard input is none")
    for name in ("diff", "show_settings", "write_baseline"):
        if getattr(request, name):
            raise UsageError(f"--watch cannot be combined with --{name.replace('_', '-')}")
    request.paths = request.paths or [os.curdir]


def standard_output() -> tuple[int, int]:
    """Return what identifies the file behind standard output."""
    status = os.fstat(1)
    return status.st_dev, status.st_ino


def changed(request: Request, seen: Snapshot) -> Snapshot:
    """Wait until the files differ from a snapshot and nobody writes to them, and return the new one."""
    pause = INTERVAL
    while True:
        sleep(pause)
        start = monotonic()
        new = look(request)
        pause = max(INTERVAL, IDLE * (monotonic() - start))
        if new == seen:
            continue
        while monotonic() - start < LONGEST_WRITING:
            sleep(SETTLED)
            again = look(request)
            if again == new:
                break
            new = again
        return new


def look(request: Request) -> Snapshot:
    """Return the state of the files to check, and of the settings and baselines for them."""
    try:
        resolver = Resolver(request.config, request.isolated)
        sources, _ = expand(request.paths, resolver, request.force_exclude)
        settings = [resolver.of_file(source.path) for source in sources] or [resolver.of_file(request.paths[0])]
    except UsageError as error:
        return {SETTINGS: str(error)}
    written = {os.path.realpath(path) for path in outputs(request)}
    paths = [source.path for source in sources if os.path.realpath(source.path) not in written]
    paths += [one for chosen in settings for one in (chosen.source, chosen.baseline) if one is not None]
    if request.baseline is not None:
        paths.append(request.baseline)
    return {shortest(path): stamp(path) for path in paths}


def shortest(path: str) -> str:
    """Return a path relative to the current folder if it is inside, else as an absolute one."""
    return os.path.abspath(path).removeprefix(os.path.join(os.getcwd(), ""))  # noqa: PTH100, PTH109, PTH118


def outputs(request: Request) -> list[str]:
    """Return the files that the command writes. A change of them is none of what is checked."""
    return [path for path in (request.output, *(one.partition(":")[2] for one in request.format)) if path]


def stamp(path: str) -> object:
    """Return what changes with a file, or with the files of a folder that is a model; None if there is none."""
    try:
        status = os.stat(path)  # noqa: PTH116
        if os.path.isdir(path):  # noqa: PTH112
            return [(entry.name, entry.stat().st_mtime_ns, entry.stat().st_size) for entry in os.scandir(path)]
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size, status.st_ino
