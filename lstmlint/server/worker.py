"""A process that analyzes open files for the language server, one at a time, within the limits of the command line.

Requests and answers are pickled objects, each after its length. The first answer to a request is the number of seconds
that it may take, the second one its result.
"""

from __future__ import annotations

import gc
import pickle
import sys
import time
from collections import OrderedDict
from collections.abc import Callable
from contextlib import suppress
from importlib import import_module
from typing import IO, Any, NamedTuple

from lstmlint.analysis import without_garbage_collection
from lstmlint.config.options import Options
from lstmlint.model import limits
from lstmlint.model.findings import ReadError, UsageError
from lstmlint.model.limits import enforced
from lstmlint.server.diagnostics import Diagnostic, diagnostics
from lstmlint.server.examining import Examined, examine
from lstmlint.server.files import OpenFile
from lstmlint.server.settings import OptionsOf, Setup

LENGTH = 8  # bytes
MOST_KEPT, MOST_CHARACTERS = 8, 4_000_000  # analyses that are kept for the next request
START = "import sys; sys.path[:] = sys.argv[1:]; from lstmlint.server.worker import main; main()"


class Job(NamedTuple):
    """A request. method: a key of METHODS. arguments: what it takes after the analysis."""

    method: str
    file: OpenFile
    setup: Setup
    encoding: str
    arguments: tuple[Any, ...] = ()


class Checked(NamedTuple):
    """The result of a check. seconds: how long it took."""

    diagnostics: list[Diagnostic]
    holds_model: bool
    seconds: float


class Failure(NamedTuple):
    """Why there is no result. settings: whether mistakes in the settings are the reason."""

    message: str
    settings: bool = False


def check(examined: Examined) -> Checked:
    """Return the diagnostics of a file."""
    return Checked(diagnostics(examined), examined.holds_model, 0.0)


def late(module: str, name: str) -> Callable[..., Any]:
    """Return a function of the server that imports its module when it is called."""

    def call(*arguments: Any) -> Any:
        return getattr(import_module(f"lstmlint.server.{module}"), name)(*arguments)

    return call


METHODS: dict[str, Callable[..., Any]] = {
    "check": check,
    "hints": late("outline", "hints"),
    "symbols": late("outline", "symbols"),
    "lenses": late("outline", "lenses"),
    "hover": late("hovers", "hover"),
    "actions": late("actions", "actions"),
}
NOTHING: dict[str, Any] = {"check": Checked([], False, 0.0), "hover": None}


class Worker:
    """The settings and the latest analyses."""

    def __init__(self) -> None:
        self.options: dict[Setup, OptionsOf] = {}
        self.kept: OrderedDict[str, tuple[Any, Examined]] = OrderedDict()

    def options_of(self, job: Job) -> Options | Failure | None:
        """Return the options of a job's file; None if it is excluded."""
        try:
            if job.setup not in self.options:
                self.options = {job.setup: OptionsOf(job.setup)}
            return self.options[job.setup].file(job.file.path)
        except UsageError as error:
            return Failure("\n".join([str(error), *getattr(error, "__notes__", ())]), True)

    def answer(self, job: Job, options: Options | Failure | None) -> Any:
        """Return the result of a job."""
        if options is None:
            return NOTHING.get(job.method, [])
        if isinstance(options, Failure):
            return options
        start = time.perf_counter()
        try:
            with without_garbage_collection(), enforced(options.input_limits):
                result = METHODS[job.method](self.examined(job, options), *job.arguments)
        except ReadError as error:  # beyond a limit
            return Failure(error.message)
        except Exception as error:  # noqa: BLE001 - a failure must not cost the other files their server
            import traceback

            traceback.print_exc()
            return Failure(f"internal error: {type(error).__name__}: {error} (please report this with the file)")
        if isinstance(result, Checked):
            return result._replace(seconds=time.perf_counter() - start)
        return result

    def examined(self, job: Job, options: Options) -> Examined:
        """Return the analysis of a job's file, which the job before may have needed, too."""
        key = (job.file, job.encoding, job.setup, self.options[job.setup].signature)
        known = self.kept.pop(job.file.path, None)
        if known is None or known[0] != key:
            known = key, examine(job.file, options, job.encoding)
        self.kept[job.file.path] = known
        while len(self.kept) > MOST_KEPT or (
            len(self.kept) > 1 and sum(one.file.size for _, one in self.kept.values()) > MOST_CHARACTERS
        ):
            self.kept.popitem(last=False)
        return known[1]


def serve(source: IO[bytes], target: IO[bytes]) -> None:
    """Answer requests until there are no more."""
    worker = Worker()
    while (content := receive(source)) is not None:
        job: Job = pickle.loads(content)  # noqa: S301 - from the server, which starts this process
        options = worker.options_of(job)
        send(target, options.input_limits.seconds if isinstance(options, Options) else 0)
        send(target, worker.answer(job, options))
        del job, content, options
        gc.collect(1)


def receive(source: IO[bytes]) -> bytes | None:
    """Return the next message; None at the end."""
    length = source.read(LENGTH)
    return source.read(int.from_bytes(length, "big")) if len(length) == LENGTH else None


def framed(value: Any) -> bytes:
    """Return a message with its length."""
    content = pickle.dumps(value)
    return len(content).to_bytes(LENGTH, "big") + content


def send(target: IO[bytes], value: Any) -> None:
    """Send a message."""
    target.write(framed(value))
    target.flush()


def main() -> None:
    """Serve the process that started this one, over standard streams."""
    import os
    import signal
    import warnings

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    limits.own_process = True
    warnings.simplefilter("ignore")
    source, target = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever prints must not write between the messages
    with suppress(BrokenPipeError):  # the server has ended
        serve(source, target)
