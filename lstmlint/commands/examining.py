"""Analyze the inputs, in one process or several, and digest each for the reports."""

from __future__ import annotations

import os
import sys
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Any

from lstmlint.commands.paths import STDIN, InputPath
from lstmlint.commands.request import Destination
from lstmlint.config.options import protected
from lstmlint.config.settings import Resolver
from lstmlint.model import limits
from lstmlint.model.findings import ReadError, UsageError, at_least
from lstmlint.model.programs import PROGRAMS
from lstmlint.reporting import FORMATS, Totals, View, load

if TYPE_CHECKING:
    from concurrent.futures import Future

    from lstmlint.config.settings import Settings
    from lstmlint.filtering.baseline import Baseline, Entries
    from lstmlint.report import FileReport

# Measured, in milliseconds: what a config costs, and each kilobyte of it; the same for a program.
FILE, KILOBYTE = 0.3, 0.1
PROGRAM, PROGRAM_KILOBYTE = 5.0, 5.0
REMOTE = 50.0  # waiting for a store
MAX_BYTES = 1_000_000  # larger files mostly hold weights, which are not read
# Starting workers takes 200 ms, so they pay off from about twice that.
PARALLEL_FROM = 400.0
BATCH = 20.0
BATCHES_PER_WORKER = 8  # that are in work or finished early, while an earlier one takes longer


@dataclass(slots=True)
class Job:
    """What a worker needs to know about the run.

    baseline: of the command line. baselines: of the settings, by path. accept: the new baseline to write, if any.
    """

    destinations: list[Destination]
    resolver: Resolver
    skip_non_models: bool = False
    weights: bool = True
    stdin: bytes = b""
    stdin_name: str = "<stdin>"
    input_names: frozenset[str] = frozenset()
    baseline: Baseline | None = None
    baselines: dict[str, Baseline] = field(default_factory=dict)
    accept: str | None = None

    def baseline_for(self, settings: Settings) -> Baseline | None:
        """Return the baseline of the files that the settings apply to."""
        return self.baselines.get(settings.baseline or "", self.baseline)


@dataclass(slots=True)
class Outcome:
    """The result of one input. digests: per report, one per destination; empty if there is nothing to report.

    failed: whether findings fail the run. failure: a sentence if the input could not be analyzed. details: the
    traceback of an internal error. inputs: the names of the model's inputs, if --input-shape names any. suppressions:
    those in the settings, as in FileReport. known: the entries of a new baseline, by file. given: the values of --set
    that the program uses.
    """

    totals: Totals = field(default_factory=Totals)
    digests: list[list[Any]] = field(default_factory=list)
    failed: bool = False
    failure: str | None = None
    details: str = ""
    inputs: frozenset[str] = frozenset()
    suppressions: dict[tuple[str, int, int], bool] = field(default_factory=dict)
    known: dict[str, Entries] = field(default_factory=dict)
    given: frozenset[str] = frozenset()


def examine_all(sources: Sequence[InputPath], job: Job, workers: int | None, progress: Progress) -> Iterator[Outcome]:
    """Yield the outcome of every input, in order; in several processes if that is faster."""
    if workers is None:
        workers = cores() if is_much(sources) else 1
    workers = min(workers, len(sources))
    try:
        one_by_one = (examine(source, job) for source in sources)
        for outcome in examine_in_parallel(sources, job, workers) if workers > 1 else one_by_one:
            progress.step()
            yield outcome
    finally:
        progress.erase()


def cores() -> int:
    """Return the number of processors that this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # macOS, Windows
        return os.cpu_count() or 1


def is_much(sources: Iterable[InputPath]) -> bool:
    """Check whether the inputs are so much work that starting workers pays off."""
    work = 0.0
    for source in sources:
        work += weight(source)
        if work > PARALLEL_FROM:
            return True
    return False


def weight(source: InputPath) -> float:
    """Estimate how long the analysis of an input takes, in milliseconds."""
    kilobytes = min(source.size, MAX_BYTES) / 1000
    work = PROGRAM + kilobytes * PROGRAM_KILOBYTE if source.path.endswith(PROGRAMS) else FILE + kilobytes * KILOBYTE
    return work if source.remote is None else REMOTE + work


def batches(sources: Iterable[InputPath]) -> Iterator[list[InputPath]]:
    """Yield the inputs in lists of about the same work, so that neither sending them nor waiting for one costs much."""
    batch: list[InputPath] = []
    work = 0.0
    for source in sources:
        batch.append(source)
        work += weight(source)
        if work >= BATCH:
            yield batch
            batch, work = [], 0.0
    if batch:
        yield batch


def examine_in_parallel(sources: Sequence[InputPath], job: Job, workers: int) -> Iterator[Outcome]:
    """Yield the outcomes in order, from worker processes. A few batches are in work at a time, whose results wait."""
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor
    from concurrent.futures.process import BrokenProcessPool

    # Forking is fast, and safe because this process has no other threads yet. Clients of remote stores have some.
    remote = any(source.remote is not None for source in sources)
    method = "fork" if sys.platform.startswith("linux") and not remote else "spawn"
    yield examine(sources[0], job)  # imports what most models need before the workers are forked
    executor = ProcessPoolExecutor(workers, multiprocessing.get_context(method), start_worker, (job,))
    done, died = 1, True
    waiting: deque[Future[list[Outcome]]] = deque()
    try:
        left = batches(islice(sources, 1, None))
        for batch in islice(left, workers * BATCHES_PER_WORKER):
            waiting.append(executor.submit(examine_here, batch))
        while waiting:
            outcomes = waiting.popleft().result()
            for batch in islice(left, 1):
                waiting.append(executor.submit(examine_here, batch))
            for outcome in outcomes:
                done += 1
                yield outcome
        died = False
    except BrokenProcessPool:
        rest = f"{sources[done].path!r} and the {len(sources) - done - 1} files after it"
        yield Outcome(failure=f"a worker process died, probably out of memory; {rest} are not analyzed: try --jobs 1")
    finally:
        executor.shutdown(wait=not died, cancel_futures=True)  # a worker that is left alone may complain at the end


_job: Job | None = None


def start_worker(job: Job) -> None:
    """Keep the run in a worker, and leave Ctrl-C to the main process."""
    import signal

    global _job  # noqa: PLW0603 - a worker process serves one run
    _job = job
    limits.own_process = True  # not inherited by a process that is started anew
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def examine_here(batch: list[InputPath]) -> list[Outcome]:
    """Analyze some inputs in a worker."""
    if _job is None:
        raise RuntimeError("the worker was not started")
    return [examine(source, _job) for source in batch]


def examine(source: InputPath, job: Job) -> Outcome:
    """Analyze one input and digest it for every report. No file makes this raise."""
    from lstmlint.analysis import without_garbage_collection

    path = job.stdin_name if source.path == STDIN else source.path
    try:
        with without_garbage_collection():  # digests are many small objects, like models
            return digested(source, path, job)
    except UsageError:
        raise
    except OSError as error:
        return Outcome(failure=f"cannot read {path!r}: {error.strerror or error}")
    except MemoryError:
        return Outcome(failure=f"{path!r} needs more memory than is available")
    except Exception as error:  # noqa: BLE001 - a failure must not cost the reports of other files
        hint = "please report this with the file; LSTMLINT_TRACEBACK=1 prints the traceback"
        failure = f"internal error while analyzing {path!r}: {type(error).__name__}: {error} ({hint})"
        return Outcome(failure=failure, details=traceback() if os.environ.get("LSTMLINT_TRACEBACK") else "")


def digested(source: InputPath, path: str, job: Job) -> Outcome:
    """Analyze one input. path: its name in reports."""
    from lstmlint.analysis import analyze_all, unreadable

    outcome = Outcome()
    optional = job.skip_non_models or not source.named
    if optional and source.path != STDIN and source.remote is None and not worth_reading(source.path):
        return outcome
    settings = job.resolver.of_file(path)
    options = settings.options(path, job.weights)
    options.baseline = job.baseline_for(settings)
    trusted = job.resolver.trusted(path) if source.path != STDIN else settings
    if trusted is not settings:
        options.guard = trusted.options(path, job.weights)
        options.guard.baseline = job.baseline_for(trusted)
    try:
        with limits.enforced(options.input_limits), content_of(source, job, optional) as content:
            if content is not None:
                for report in analyze_all(content, options, name=path, model=source.model):
                    complete(outcome, report, source, settings, trusted, job)
            return outcome
    except ReadError as error:  # the report is beyond a limit
        outcome = Outcome()
        complete(outcome, unreadable(path, error, options), source, settings, trusted, job)
        return outcome


@contextmanager
def content_of(source: InputPath, job: Job, optional: bool) -> Iterator[str | bytes | None]:
    """Yield the content of an input, or the path to it; None for a remote file that is not worth reading.

    Raises: ReadError, OSError.
    """
    if source.remote is None:
        yield job.stdin if source.path == STDIN else source.path
        return
    from lstmlint.commands.remote import fetched

    with fetched(source.remote, source.path) as copy:
        if optional and not worth_reading(str(copy)):
            yield None
        else:  # as bytes, it has no other files beside it
            yield copy.read_bytes() if copy.stat().st_size <= limits.current().decoded_size else str(copy)


def complete(
    outcome: Outcome, report: FileReport, source: InputPath, settings: Settings, trusted: Settings, job: Job
) -> None:
    """Add to the outcome what a report adds to it. trusted: the settings for protected findings."""
    optional = job.skip_non_models or not source.named
    nothing_else = not report.known and all(finding.code == "E002" for finding in report.findings)
    if optional and report.model is None and nothing_else:
        return
    if job.accept is not None:
        from lstmlint.filtering.baseline import accept

        name, entries = accept(report, job.baseline, job.accept)
        outcome.known[name] = entries
    if report.model is not None and source.path != STDIN:
        report.fixable = count_fixable(report, source.path, job)
    outcome.totals.add(report)
    outcome.failed = outcome.failed or fails(report, settings, trusted)
    outcome.digests.append(digested_for(job, report, settings))
    for key, used in report.suppressions.items():
        outcome.suppressions[key] = used or outcome.suppressions.get(key, False)
    if job.input_names:
        outcome.inputs |= frozenset(report.input_names)
    if report.origin is not None:
        outcome.given |= report.origin.given


def count_fixable(report: FileReport, path: str, job: Job) -> int:
    """Mark and count the findings that --fix would fix, if a report shows that."""
    if not report.findings or not any(FORMATS[destination.format].fixes for destination in job.destinations):
        return 0
    from lstmlint.fixing.fix import mark_fixable, may_be_fixable, not_json

    if not any(map(may_be_fixable, report.findings)) or not os.path.isfile(path) or not_json(report):  # noqa: PTH113
        return 0
    with open(path, "rb") as file:  # noqa: PTH123
        return mark_fixable(file.read(), report)


def fails(report: FileReport, settings: Settings, trusted: Settings | None = None) -> bool:
    """Check whether the findings of a report fail the run."""
    guard = trusted or settings
    return any(
        at_least(finding.severity, (guard if protected(finding.code) else settings).fail_on)
        for finding in report.findings
    )


def digested_for(job: Job, report: FileReport, settings: Settings) -> list[Any]:
    """Return a report's digests, one per destination."""
    return [
        load(destination.format).digest(report, view_for(destination, report, settings))
        for destination in job.destinations
    ]


def view_for(destination: Destination, report: FileReport, settings: Settings) -> View:
    """Return the view of a destination with what the settings say about a file."""
    view = destination.view._replace(fail_on=settings.fail_on)
    if not FORMATS[destination.format].budgets:
        return view
    options = settings.options(report.file)
    return view._replace(limits=options.limits, weight_dtype=options.weight_dtype, batch=options.bindings.batch or 1)


def traceback() -> str:
    """Return the traceback of the current exception."""
    from traceback import format_exc

    return format_exc()


def worth_reading(path: str) -> bool:
    """Check whether a file that was found in a folder looks like a model. Raises: OSError."""
    from pathlib import Path

    from lstmlint.reading import looks_like_model

    if path.endswith(PROGRAMS):
        from lstmlint.programs.sniffing import may_build_model

        return may_build_model(Path(path))
    return os.path.isdir(path) or looks_like_model(Path(path))  # noqa: PTH112


class Progress:
    """Shows the progress of a long run on standard error, if that is a terminal."""

    def __init__(self, total: int) -> None:
        self.total = total
        self.done = 0
        self.shown = False
        self.start = self.next = 0.0
        self.active = total > 1 and sys.stderr.isatty()
        if self.active:
            from time import monotonic

            self.clock = monotonic
            self.start = monotonic()
            self.next = self.start + 0.5

    def step(self) -> None:
        """Count one more file."""
        self.done += 1
        if self.active and self.clock() >= self.next:
            self.next = self.clock() + 0.1
            self.shown = True
            left = (self.clock() - self.start) / self.done * (self.total - self.done)
            sys.stderr.write(f"\r{self.done:,} of {self.total:,} files, about {left:,.0f} s left\x1b[K")
            sys.stderr.flush()

    def erase(self) -> None:
        """Erase the line, which may be followed by another one."""
        if self.shown:
            self.shown = False
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()
