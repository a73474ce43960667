"""Reading in a separate process, for libraries that a damaged file can crash, hang, or make exhaust memory.

The command line forks on Linux, which is fast. Other programs may have threads, so there a helper process is started at
the first call and serves all calls of this process.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import warnings
from collections.abc import Callable
from typing import Any

from lstmlint.model import limits
from lstmlint.model.limits import current
from lstmlint.reading.sandbox_process import failed, limit, outcome, raised

# Whether files are read in this process after all; for tests.
in_process = False

# The headers of intact files take less than a second.
_SHARE_OF_TIME = 6


def isolated(read: Callable[..., Any], *arguments: Any, seconds: int | None = None, serve: bool = True) -> Any:
    """Return the result of read(*arguments), made of lists, dicts, and strings. Raises: ReadError, as `read` does.

    read: a function of a module, unless `serve` is false; then only the command line isolates it.
    Raises: IsolationError if `read` crashes or exceeds the limit of time, `seconds`, or of memory.
    """
    seconds = max(1, current().seconds // _SHARE_OF_TIME) if seconds is None else seconds
    memory = current().memory // 4 * 3
    if limits.own_process and sys.platform.startswith("linux"):
        answer = _forked(read, arguments, seconds, memory)
    elif serve and sys.executable and not in_process:
        from lstmlint.reading.sandbox_server import call

        answer = call((read, arguments, seconds, memory))
    else:
        return read(*arguments)
    value, error = json.loads(answer)
    if error is not None:
        raise raised(*error)
    return value


def _forked(read: Callable[..., Any], arguments: tuple[Any, ...], seconds: int, memory: int) -> bytes:
    receiving, sending = os.pipe()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # about threads, which NumPy has and which survive it
        child = os.fork()
    if child == 0:
        try:
            os.close(receiving)
            limit(seconds, memory)
            with os.fdopen(sending, "wb") as pipe:
                pipe.write(outcome(read, arguments))
        finally:
            os._exit(0)  # skip the parent's exit handlers
    os.close(sending)
    try:
        with os.fdopen(receiving, "rb") as pipe:
            answer = pipe.read()
    except BaseException:  # Ctrl-C, or the time of the whole analysis is over
        os.kill(child, signal.SIGKILL)
        raise
    finally:
        status = os.waitpid(child, 0)[1]
    if status or not answer:
        raise failed(-os.waitstatus_to_exitcode(status), seconds)
    return answer
