"""The command line: arguments in, exit code out.

A usual call (`lstmlint model.json --format json`) is parsed here, without typer, whose import costs more than the
analysis of a small model. Everything else (help, mistakes, other commands, completion) goes to `commands.declarations`,
which are the reference. A test checks that the two agree.
"""

from __future__ import annotations

import errno
import gc
import os
import sys
import warnings
from collections.abc import Callable
from contextlib import suppress
from dataclasses import fields
from typing import NoReturn

from lstmlint.commands.check import run
from lstmlint.commands.exit_codes import FAILED, FOUND, INTERRUPTED
from lstmlint.commands.request import Request
from lstmlint.commands.writing import say
from lstmlint.model import limits
from lstmlint.model.findings import ReadError, UsageError

COMMANDS = frozenset({"explain", "count", "diff", "convert", "compat", "rule", "rules", "schema", "server"})
MISSPELT = 0.7  # how similar a word is to the command that was meant
# Errors without a file, from writing help and from asking for the current folder.
SURROUNDINGS = {
    errno.ENOSPC: "cannot write to standard output",
    errno.ENOENT: "the current folder does not exist any more",
}
SHORT = {"-f": "format", "-o": "output", "-q": "quiet", "-e": "exit_zero", "-w": "watch"}
ALIASES = {"--output-format": "format", "--output-file": "output"}  # ruff's names


def main() -> NoReturn:
    """Run the command line and exit with its exit code."""
    for name in ("stdin", "stdout", "stderr"):
        if getattr(sys, name) is None:  # closed by the parent process
            setattr(sys, name, open(os.devnull, "r" if name == "stdin" else "w"))  # noqa: SIM115, PTH123
    limits.own_process = True
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # whose buffers would count against the limit of memory
    # A dependency's deprecations are not the user's concern, even under PYTHONWARNINGS=error.
    sys.warnoptions[:] = ["ignore"]  # for worker processes
    warnings.simplefilter("ignore")
    gc.disable()  # one model lives until the end; for many, `check` enables it again
    code = guarded(sys.argv[1:])
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError):  # closed or full; `guarded` has reported it, and Python would flush again
            with suppress(OSError, ValueError):
                os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
    if "multiprocessing" in sys.modules or sys.gettrace() or sys.getprofile():
        sys.exit(code)
    # Freeing all objects takes a seventh of a small run's time and a third of a large one's.
    os._exit(code)


def guarded(arguments: list[str]) -> int:
    """Run a command line and return its exit code; every error becomes a message."""
    return reported(lambda: run_arguments(arguments))


def run_arguments(arguments: list[str]) -> int:
    """Run a command line and return its exit code. Raises: any error of the command."""
    check_command(arguments)
    request = None if "_LSTMLINT_COMPLETE" in os.environ else plain(arguments)
    if request is not None:
        return run(request)
    from lstmlint.commands.declarations import run_typer

    return run_typer(arguments)


def reported(work: Callable[[], int]) -> int:
    """Run a command and return its exit code; every error becomes a message."""
    try:
        return work()
    except UsageError as error:
        say(str(error))
        for note in getattr(error, "__notes__", ()):
            print(note, file=sys.stderr)  # noqa: T201 - shows the place of a mistake
        return FAILED
    except ReadError as error:  # beyond a limit on time or memory
        say(error.message)
        return FOUND
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        return FAILED
    except Exception as error:
        if isinstance(error, OSError) and error.filename is None and error.errno in SURROUNDINGS:
            say(f"{SURROUNDINGS[error.errno]}: {error.strerror}")
            return FAILED
        if os.environ.get("LSTMLINT_TRACEBACK"):
            raise
        say(
            f"internal error: {type(error).__name__}: {error} (please report this; LSTMLINT_TRACEBACK=1 prints the traceback)"
        )
        return FAILED


def check_command(arguments: list[str]) -> None:
    """Raise UsageError if the first word is similar to a command, and is not a file or folder."""
    word = arguments[0] if arguments else ""
    if word.isalpha() and word not in COMMANDS and not os.path.lexists(word):
        import difflib

        found = difflib.get_close_matches(word.lower(), sorted(COMMANDS), 1, MISSPELT)
        if found:
            raise UsageError(f"there is no command, file or folder {word!r}; did you mean {found[0]!r}?")


def plain(arguments: list[str]) -> Request | None:
    """Return the request if the arguments are known options and paths; None if typer must parse them."""
    if arguments and arguments[0] in COMMANDS:
        return None
    request = Request()
    kinds = {field.name: field.default for field in fields(Request) if field.name not in ("paths", "environment")}
    left = iter(arguments)
    for argument in left:
        if argument == "--":
            request.paths += left
        elif argument == "-" or not argument.startswith("-"):
            request.paths.append(argument)
        else:
            option, equals, value = argument.partition("=")
            name = SHORT.get(option) or ALIASES.get(option) or ""
            if option.startswith("--") and not name:
                name = option[2:].replace("-", "_")
            if name not in kinds or "_" in option:
                return None
            if kinds[name] is False:
                if equals:
                    return None
                setattr(request, name, True)
                continue
            if not equals:
                value = next(left, "--")
                if value.startswith("-") and value != "-":
                    return None
            elif not option.startswith("--"):
                return None
            if kinds[name] is None:
                setattr(request, name, value)
            else:
                getattr(request, name).append(value)
    return request
