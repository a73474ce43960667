"""A helper process that reads files for a program that must not fork: one call at a time, over its standard streams.

It is started at the first call, and again after a file has crashed it. A process that was forked from the program starts
its own.
"""

from __future__ import annotations

import atexit
import os
import pickle
import subprocess
import sys
from threading import Lock, Timer
from typing import IO, Any

from lstmlint.reading.sandbox_process import IsolationError, failed, limit, outcome

_START = "import sys; sys.path[:] = sys.argv[1:]; from lstmlint.reading.sandbox_server import serve; serve()"
_LENGTH = 8  # bytes
_STARTING = 30  # seconds, for importing h5py from a slow disk


class _State:
    """The helper of this process."""

    lock = Lock()
    helper: subprocess.Popen[bytes] | None = None
    # Helpers of the process that this one was forked from; they must not be collected, which would wait for them.
    inherited: list[subprocess.Popen[bytes]] = []  # noqa: RUF012 - one state, not a dataclass


def call(request: tuple[Any, tuple[Any, ...], int, int]) -> bytes:
    """Call a function with its arguments within limits of time and memory, and return the outcome.

    Raises: IsolationError if the helper dies or exceeds the limits.
    """
    content = pickle.dumps(request)
    with _State.lock:
        helper = _State.helper
        if helper is None or helper.poll() is not None:
            helper = _State.helper = _started()
        seconds = request[2]
        timer = Timer(seconds + _STARTING, helper.kill)  # in case its own alarm does not end it
        timer.start()
        try:
            answer = _exchange(helper, content)
        except BaseException:  # the answer of an unfinished call would be taken for that of the next one
            _end()
            raise
        finally:
            timer.cancel()
        if answer is None:
            raise failed(-_end(), seconds)
    return answer


def _started() -> subprocess.Popen[bytes]:
    try:
        return subprocess.Popen(  # noqa: S603 - this Python
            [sys.executable, "-c", _START, *sys.path],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},  # whose buffers would count against the limit of memory
        )
    except OSError as error:
        raise IsolationError(f"no process can be started to read it: {error.strerror or error}") from error


def _exchange(helper: subprocess.Popen[bytes], content: bytes) -> bytes | None:
    """Send a request and return the answer; None if the helper died."""
    pipes = helper.stdin, helper.stdout
    assert pipes[0] is not None  # noqa: S101 - for mypy
    assert pipes[1] is not None  # noqa: S101 - for mypy
    try:
        pipes[0].write(len(content).to_bytes(_LENGTH, "big") + content)
        pipes[0].flush()
    except BrokenPipeError:
        return None
    return _message(pipes[1])


def _message(pipe: IO[bytes]) -> bytes | None:
    """Return the next message; None at the end of the stream."""
    length = int.from_bytes(pipe.read(_LENGTH), "big")
    content = pipe.read(length)
    return content if length and len(content) == length else None


def _end() -> int:
    """End the helper and return its exit code, which is negative if a signal ended it."""
    helper, _State.helper = _State.helper, None
    if helper is None:
        return 0
    for pipe in (helper.stdin, helper.stdout):
        try:
            if pipe is not None:
                pipe.close()
        except OSError:  # a request that could not be sent
            continue
    try:
        return helper.wait(1)
    except subprocess.TimeoutExpired:
        helper.kill()
        return helper.wait()


def _forget() -> None:
    """Leave the helper to the process that started it."""
    _State.lock = Lock()
    if _State.helper is not None:
        _State.inherited.append(_State.helper)
        _State.helper = None


atexit.register(_end)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget)


def serve() -> None:
    """Answer requests until the input ends."""
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # whatever a library prints
    answer_all(sys.stdin.buffer, answers)


def answer_all(requests: IO[bytes], answers: IO[bytes]) -> None:
    """Answer the requests in a stream."""
    while (content := _message(requests)) is not None:
        read, arguments, seconds, memory = pickle.loads(content)  # noqa: S301 - from the program that started this
        limit(seconds, memory)
        answer = outcome(read, arguments)
        answers.write(len(answer).to_bytes(_LENGTH, "big") + answer)
        answers.flush()
