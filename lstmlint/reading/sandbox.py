"""Reading with a library that a damaged file can crash, stall or make take any memory: in a process of its own.

On Linux, and only in a run of the command line: a fork would not do for a program with threads.
"""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Callable
from typing import Any

from lstmlint.model.findings import ReadError

# Whether this process is a run of the command line.
own_process = False

_SECONDS = 60  # sound files take less than one
_MEMORY = 3 * 2**30  # beyond what the process has
_HELP = "Save the model again, or copy the file again: it may be cut off."


def isolated(read: Callable[..., Any], *arguments: Any) -> Any:
    """What read(*arguments) returns, in plain lists, dicts and strings. Raises: ReadError, as it does.

    E001 too, where it crashes, or takes more time or memory than any file is worth.
    """
    if not own_process or not sys.platform.startswith("linux"):
        return read(*arguments)
    import json

    receiving, sending = os.pipe()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of threads, which NumPy has and which survive it
        child = os.fork()
    if child == 0:
        try:
            os.close(receiving)
            _limit()
            with os.fdopen(sending, "wb") as pipe:
                pipe.write(json.dumps(_outcome(read, arguments)).encode())
        finally:
            os._exit(0)  # nothing of what the parent would do at its end
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


def _limit() -> None:
    """Bound this process's time and memory, and leave no core behind."""
    import resource
    import signal

    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.alarm(_SECONDS)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with open("/proc/self/statm", encoding="ascii") as status:  # noqa: PTH123
        pages = int(status.read().split()[0])
    resource.setrlimit(resource.RLIMIT_AS, (pages * resource.getpagesize() + _MEMORY, resource.RLIM_INFINITY))
