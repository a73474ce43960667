"""Reading in a separate process, for libraries that a damaged file can crash, hang, or make exhaust memory.

Used only on Linux and by the command line, since forking is unsafe in a program with threads.
"""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Callable
from typing import Any

from lstmlint.model.findings import ReadError

# Whether this process runs the command line.
own_process = False

_SECONDS = 60  # the headers of intact files take less than one
_MEMORY = 3 * 2**30  # beyond the memory of this process
_HELP = "Save the model again, or copy the file again: it may be cut off."


def isolated(read: Callable[..., Any], *arguments: Any, seconds: int = _SECONDS) -> Any:
    """Return the result of read(*arguments), made of lists, dicts, and strings. Raises: ReadError, as `read` does.

    Also raises E001 if `read` crashes or exceeds the limit of time, `seconds`, or of memory.
    """
    if not own_process or not sys.platform.startswith("linux"):
        return read(*arguments)
    import json

    receiving, sending = os.pipe()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # about threads, which NumPy has and which survive it
        child = os.fork()
    if child == 0:
        try:
            os.close(receiving)
            _limit(seconds)
            with os.fdopen(sending, "wb") as pipe:
                pipe.write(json.dumps(_outcome(read, arguments)).encode())
        finally:
            os._exit(0)  # skip the parent's exit handlers
    os.close(sending)
    with os.fdopen(receiving, "rb") as pipe:
        answer = pipe.read()
    status = os.waitpid(child, 0)[1]
    if status or not answer:
        raise ReadError("E001", "the file is so damaged that reading it fails", _HELP)
    value, error = json.loads(answer)
    if error is not None:
        raise ReadError(*error)
    return value


def _outcome(read: Callable[..., Any], arguments: tuple[Any, ...]) -> tuple[Any, Any]:
    try:
        return read(*arguments), None
    except ReadError as error:
        return None, (error.code, error.message, error.help, error.line, error.column)
    except Exception as error:  # noqa: BLE001 - whatever a library finds wrong with a file
        return None, ("E001", str(error) or type(error).__name__, _HELP)


def _limit(seconds: int) -> None:
    """Limit this process's time and memory, and disable core dumps."""
    import resource
    import signal

    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.alarm(seconds)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with open("/proc/self/statm", encoding="ascii") as status:  # noqa: PTH123
        pages = int(status.read().split()[0])
    resource.setrlimit(resource.RLIMIT_AS, (pages * resource.getpagesize() + _MEMORY, resource.RLIM_INFINITY))
