"""Many inputs analyzed, one by one or in several processes, and each digested for the reports."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from lstmlint.commands.paths import STDIN, InputPath
from lstmlint.commands.request import Destination
from lstmlint.config.settings import Resolver
from lstmlint.model.findings import UsageError, at_least
from lstmlint.reporting import FORMATS, Totals, load

if TYPE_CHECKING:
    from lstmlint.config.settings import Settings
    from lstmlint.filtering.baseline import Baseline, Entries
    from lstmlint.report import FileReport

# Measured: a file costs 1 ms and 0.13 ms a kilobyte, starting workers 200 ms. They pay from about twice that on;
# a file's size counts up to a limit only, since what is larger mostly holds weights, which nobody reads.
PARALLEL_FROM = 5_000_000
BYTES_A_FILE = 8_000
MOST_BYTES_A_FILE = 1_000_000


@dataclass(slots=True)
class Job:
    """What a worker needs to know of the run.

    baseline: of the command line; baselines: of the settings, by their paths. accept: the new baseline that is to know
    what is found.
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
        """The baseline of the files that some settings hold for."""
        return self.baselines.get(settings.baseline or "", self.baseline)


@dataclass(slots=True)
class Outcome:
    """What came of one input: digests, one for each destination; empty where there is nothing to report.

    failed: whether findings fail the run. failure: the sentence, where it could not be analyzed at all.
    details: the traceback of an internal error. inputs: the names of the model's inputs, where they matter.
    suppressions: of the settings, as in FileReport. known: the file, and what a new baseline says of it.
    """

    totals: Totals = field(default_factory=Totals)
    digests: list[Any] = field(default_factory=list)
    failed: bool = False
    failure: str | None = None
    details: str = ""
    inputs: frozenset[str] = frozenset()
    suppressions: dict[tuple[str, int, int], bool] = field(default_factory=dict)
    known: tuple[str, Entries] | None = None


def examine_all(sources: list[InputPath], job: Job, workers: int | None) -> Iterator[Outcome]:
    """The outcome of every input, in order; in several processes where that pays."""
    if workers is None:
        work = sum(BYTES_A_FILE + min(source.size, MOST_BYTES_A_FILE) for source in sources)
        workers = cores() if work > PARALLEL_FROM else 1
    workers = min(workers, len(sources))
    progress = Progress(len(sources))
    try:
        one_by_one = (examine(source, job) for source in sources)
        for outcome in examine_in_parallel(sources, job, workers) if workers > 1 else one_by_one:
            progress.step()
            yield outcome
    finally:
        progress.end()


def cores() -> int:
    """How many processors this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # macOS, Windows
        return os.cpu_count() or 1


def examine_in_parallel(sources: list[InputPath], job: Job, workers: int) -> Iterator[Outcome]:
    """The outcomes in order, from worker processes."""
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor
    from concurrent.futures.process import BrokenProcessPool

    # This process has no other threads yet, so forking is safe, and it is quick.
    method = "fork" if sys.platform.startswith("linux") else "spawn"
    yield examine(sources[0], job)  # imports, once for all, what most models need
    executor = ProcessPoolExecutor(workers, multiprocessing.get_context(method), start_worker, (job,))
    done = 1
    chunk = max(1, min(16, len(sources) // (4 * workers)))
    try:
        for outcome in executor.map(examine_here, sources[1:], chunksize=chunk):
            done += 1
            yield outcome
    except BrokenProcessPool:
        left = f"{sources[done].path!r} and the {len(sources) - done - 1} files after it"
        said = f"a worker process died, out of memory most likely; {left} are not analyzed: try --jobs 1"
        yield Outcome(failure=said)
    finally:
        executor.shutdown(wait=False, cancel_futures=True)


_job: Job | None = None


def start_worker(job: Job) -> None:
    """Remember the run in a worker; leave Ctrl-C to the main process."""
    import signal

    global _job  # noqa: PLW0603 - a worker process serves one run
    _job = job
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def examine_here(source: InputPath) -> Outcome:
    """`examine` in a worker."""
    if _job is None:
        raise RuntimeError("the worker was not started")
    return examine(source, _job)


def examine(source: InputPath, job: Job) -> Outcome:
    """Analyze one input and digest it for every report. Raises: nothing that a file can cause."""
    from lstmlint.analysis import without_garbage_collection

    path = job.stdin_name if source.path == STDIN else source.path
    try:
        with without_garbage_collection():  # digests are many small objects, too
            return digested(source, path, job)
    except UsageError:
        raise
    except OSError as error:
        return Outcome(failure=f"cannot read {path!r}: {error.strerror or error}")
    except MemoryError:
        return Outcome(failure=f"{path!r} needs more memory than there is")
    except Exception as error:  # noqa: BLE001 - one file must not take the others' reports along
        hint = "please report this with the file; LSTMLINT_TRACEBACK=1 shows where it happened"
        failure = f"internal error while analyzing {path!r}: {type(error).__name__}: {error} ({hint})"
        return Outcome(failure=failure, details=traceback() if os.environ.get("LSTMLINT_TRACEBACK") else "")


def digested(source: InputPath, path: str, job: Job) -> Outcome:
    """What the reports need to know of one input. path: what it is called."""
    from lstmlint.analysis import analyze

    outcome = Outcome()
    optional = job.skip_non_models or not source.named
    if optional and source.path != STDIN and not worth_reading(source.path):
        return outcome
    settings = job.resolver.of_file(path)
    options = settings.options(path, job.weights)
    options.baseline = job.baseline_for(settings)
    report = analyze(job.stdin if source.path == STDIN else source.path, options, name=path)
    nothing_else = not report.known and all(finding.code == "E002" for finding in report.findings)
    if optional and report.model is None and nothing_else:
        return outcome
    if job.accept is not None:
        from lstmlint.filtering.baseline import accept

        outcome.known = accept(report, job.baseline, job.accept)
    if report.model is not None and source.path != STDIN:
        report.fixable = count_fixable(report, source.path, job)
    outcome.totals.add(report)
    outcome.failed = fails(report, settings)
    outcome.digests = digested_for(job, report, settings)
    outcome.suppressions = report.suppressions
    if job.input_names:
        outcome.inputs = frozenset(report.input_names)
    return outcome


def count_fixable(report: FileReport, path: str, job: Job) -> int:
    """How many findings --fix would mend, where a person is to read it."""
    if not report.findings or not any(FORMATS[destination.format].plain for destination in job.destinations):
        return 0
    from lstmlint.fixing.rules import FIXES

    if not any(finding.code in FIXES for finding in report.findings) or not os.path.isfile(path):  # noqa: PTH113
        return 0
    from lstmlint.fixing.fix import fixable, not_json

    if not_json(report):
        return 0
    with open(path, "rb") as file:  # noqa: PTH123
        return fixable(file.read(), report)


def fails(report: FileReport, settings: Settings) -> bool:
    """Whether a report fails the run."""
    return any(at_least(finding.severity, settings.fail_on) for finding in report.findings)


def digested_for(job: Job, report: FileReport, settings: Settings) -> list[Any]:
    """A report's digests, one for each destination."""
    return [
        load(destination.format).digest(report, destination.view._replace(fail_on=settings.fail_on))
        for destination in job.destinations
    ]


def traceback() -> str:
    """The traceback of the exception at hand."""
    from traceback import format_exc

    return format_exc()


def worth_reading(path: str) -> bool:
    """Whether a file that nobody vouched for looks like a model at all. Raises: OSError."""
    from pathlib import Path

    from lstmlint.reading import looks_like_model

    return os.path.isdir(path) or looks_like_model(Path(path))  # noqa: PTH112


class Progress:
    """How far a long run is, on standard error, to a terminal only."""

    def __init__(self, total: int) -> None:
        self.total = total
        self.done = 0
        self.shown = False
        self.next = 0.0
        self.active = total > 1 and sys.stderr.isatty()
        if self.active:
            from time import monotonic

            self.clock = monotonic
            self.next = monotonic() + 0.5

    def step(self) -> None:
        """One more is done."""
        self.done += 1
        if self.active and self.clock() >= self.next:
            self.next = self.clock() + 0.1
            self.shown = True
            sys.stderr.write(f"\r{self.done:,} of {self.total:,} files")
            sys.stderr.flush()

    def end(self) -> None:
        """Take the line away."""
        if self.shown:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()
