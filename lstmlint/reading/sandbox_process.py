"""What the processes that read files for others do: limit themselves, and answer in JSON."""

from __future__ import annotations

import json
import signal
import sys
from collections.abc import Callable
from typing import Any

from lstmlint.model.findings import ReadError
from lstmlint.model.limits import LimitError, within
from lstmlint.model.values import plural

_HELP = "Save the model again, or copy the file again: it may be cut off."


class IsolationError(LimitError):
    """The process that read a file crashed, or exceeded its limit of time or memory."""

    def __init__(self, what: str) -> None:
        super().__init__(f"the file is damaged, or made to cause harm: {what}", _HELP)


def failed(number: int, seconds: int) -> IsolationError:
    """Return the error for a process that a signal ended, if any."""
    if number == getattr(signal, "SIGALRM", None):
        return IsolationError(f"reading it takes longer than {plural(seconds, 'second')}")
    return IsolationError("reading it fails")


def outcome(read: Callable[..., Any], arguments: tuple[Any, ...]) -> bytes:
    """Return the result of read(*arguments), or its error, as JSON."""
    try:
        return json.dumps((read(*arguments), None)).encode()
    except ReadError as caught:
        error = caught
    except MemoryError:
        error = IsolationError("reading it takes too much memory")
    except Exception as caught:  # noqa: BLE001 - whatever a library finds wrong with a file
        error = ReadError("E001", str(caught) or type(caught).__name__, _HELP)
    found = (error.code, error.message, error.help, error.line, error.column, isinstance(error, LimitError))
    return json.dumps((None, found)).encode()


def raised(code: str, message: str, help: str, line: int, column: int, limit: bool) -> ReadError:
    """Return the error of an outcome."""
    return LimitError(message, help, line, column) if limit else ReadError(code, message, help, line, column)


def limit(seconds: int, memory: int) -> None:
    """Limit this process's time and memory, and disable core dumps. A hard limit is never raised."""
    if hasattr(signal, "alarm"):
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.alarm(seconds)
    if sys.platform.startswith("linux"):
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))
        hard = resource.getrlimit(resource.RLIMIT_AS)[1]
        resource.setrlimit(resource.RLIMIT_AS, (within(hard, memory), hard))
