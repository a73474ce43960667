"""What one input may cost: the limits, and their enforcement.

The functions that read and analyze ask `current()` for the limits and call `check_time()` now and then. The command line
also interrupts itself with a timer and limits the memory of its process; a library must not do that to its caller.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from errno import ENOMEM
from time import monotonic
from typing import NamedTuple

from lstmlint.model.findings import ReadError
from lstmlint.model.values import plural

# Whether this process runs the command line, so that its timer and its limit of memory may be set.
own_process = False

# After the time is over, what follows (such as writing the report) may take this many seconds.
_GRACE = 10

_RAISE = (
    "Real models stay far below this limit. If it is yours, raise the limit {name!r} in the settings (input-limits)."
)


class InputLimits(NamedTuple):
    """Limits on one input. An input beyond one of them gets a finding (E001).

    decoded_size: bytes of text, after unpacking; weights are not read and do not count.
    values: values, keys and brackets in a document. nesting: levels of lists and objects.
    digits: digits of an integer; larger ones are beyond the range of floats.
    aliases: nodes that YAML aliases may add.
    layers: layers, including those of nested models. calls: calls of nested models' layers beyond a few per layer.
    stored_weights: headers of weights.
    seconds: for reading and checking. memory: bytes, beyond those of lstmlint itself; only enforced by the command line
    on Linux.
    """

    decoded_size: int = 64 * 2**20
    values: int = 6_500_000
    nesting: int = 256
    digits: int = 308
    aliases: int = 1_000_000
    layers: int = 150_000
    calls: int = 200_000
    stored_weights: int = 1_000_000
    seconds: int = 60
    memory: int = 2**30


class Allowance(NamedTuple):
    """The limits that apply, and when the time is over."""

    limits: InputLimits
    deadline: float = float("inf")


_active: ContextVar[Allowance] = ContextVar("limits", default=Allowance(InputLimits()))  # noqa: B039 - immutable


class LimitError(ReadError):
    """An input is beyond a limit. It always fails the run."""

    def __init__(self, message: str, help: str, line: int = 1, column: int = 1) -> None:
        super().__init__("E001", message, help, line, column)


class OutOfTime(BaseException):
    """The time for an input is over. Not an Exception, so that nothing handles it as a defect."""


def current() -> InputLimits:
    """Return the limits that apply now."""
    return _active.get().limits


def check_time() -> None:
    """Raise OutOfTime if the time is over."""
    if monotonic() > _active.get().deadline:
        raise OutOfTime


def exceeded(name: str, message: str, line: int = 1, column: int = 1) -> LimitError:
    """Return the error for an input beyond the limit `name`."""
    return LimitError(message, _RAISE.format(name=name), line, column)


@contextmanager
def enforced(limits: InputLimits | None = None) -> Iterator[None]:
    """Enforce limits on everything inside; by default, those that apply already.

    Raises: ReadError (E001) if it takes too much time or memory.
    """
    outer = _active.get()
    limits = limits or outer.limits
    token = _active.set(Allowance(limits, min(outer.deadline, monotonic() + limits.seconds)))
    outermost = own_process and outer.deadline == float("inf")
    try:
        if outermost:
            with _interrupted(limits.seconds), _limited_memory(limits.memory):
                yield
        else:
            yield
    except OutOfTime:
        seconds = plural(limits.seconds, "second")
        raise exceeded("seconds", f"reading and checking the file takes longer than {seconds}") from None
    except (MemoryError, OSError, ImportError) as error:
        if not out_of_memory(error):
            raise
        size = f"than {limits.memory / 2**20:,.0f} MB of memory" if own_process else "memory than is available"
        raise exceeded("memory", f"reading and checking the file takes more {size}") from None
    finally:
        _active.reset(token)


def out_of_memory(error: Exception) -> bool:
    """Check whether an error says that there is no memory left, to start a process or load a library, too."""
    if isinstance(error, OSError):
        return error.errno == ENOMEM
    return isinstance(error, MemoryError) or "failed to map" in str(error)


@contextmanager
def _interrupted(seconds: int) -> Iterator[None]:
    """Raise OutOfTime in this thread after some seconds. A signal interrupts what never calls `check_time`."""
    import signal

    def stop(_number: int, _frame: object) -> None:
        raise OutOfTime

    if not hasattr(signal, "setitimer"):  # Windows
        yield
        return
    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds, _GRACE)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


@contextmanager
def _limited_memory(size: int) -> Iterator[None]:
    """Limit the memory of this process, so that too much of it raises MemoryError."""
    if not sys.platform.startswith("linux"):
        yield
        return
    import resource

    before = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (within(before[1], size), before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, before)


@contextmanager
def loading_libraries() -> Iterator[None]:
    """Leave the memory of the libraries that are imported here out of the limit, since it does not depend on the file."""
    if not sys.platform.startswith("linux") or not _own:
        yield
        return
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    before = _address_space()
    resource.setrlimit(resource.RLIMIT_AS, (hard, hard))
    try:
        yield
    finally:
        grown = _address_space() - before
        _own[0] += grown
        if soft != resource.RLIM_INFINITY:
            resource.setrlimit(resource.RLIMIT_AS, (_at_most(hard, soft + grown), hard))


# Bytes of address space of this process without any file.
_own: list[int] = []
_LATER = 8 * 2**20  # for modules that are imported later


def within(hard: int, size: int) -> int:
    """Return a soft limit of address space: `size` bytes beyond those of this process, but not above the hard limit."""
    if not _own:
        _own.append(_address_space() + _LATER)
    return _at_most(hard, _own[0] + size)


def _at_most(hard: int, wanted: int) -> int:
    return wanted if hard < 0 else min(wanted, hard)  # RLIM_INFINITY is -1


def _address_space() -> int:
    import resource

    with open("/proc/self/statm", encoding="ascii") as status:  # noqa: PTH123
        return int(status.read().split()[0]) * resource.getpagesize()
