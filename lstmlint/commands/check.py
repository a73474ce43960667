"""`lstmlint PATH…`: analyze the inputs and write the reports."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from lstmlint.commands import baselines
from lstmlint.commands.examining import Job, Outcome, Progress, digested_for, examine_all, fails
from lstmlint.commands.exit_codes import CLEAN, FAILED, FOUND
from lstmlint.commands.paths import STDIN, InputPath, expand, read_stdin
from lstmlint.commands.request import Destination, Request, destinations, jobs, overrides, same_file
from lstmlint.commands.writing import check_writable, say, write, write_stdout
from lstmlint.config.options import scans
from lstmlint.config.settings import Resolver
from lstmlint.model.findings import UsageError
from lstmlint.model.urls import is_url
from lstmlint.reporting import Totals, load

if TYPE_CHECKING:
    from lstmlint.config.settings import Settings
    from lstmlint.filtering.baseline import Entries
    from lstmlint.report import FileReport
    from lstmlint.reporting.spool import Spool


class RunTally:
    """The results of all inputs together.

    later: the digests for each destination that is written after the run; None for the one that is written meanwhile.
    failed: whether findings fail the run. failures: a sentence per input that could not be analyzed. inputs: the names of
    the models' inputs. suppressions: those in the settings, and whether any input needs them. known: the entries of a new
    baseline, by file. given: the values of --set that any program uses.
    """

    def __init__(self, job: Job, failures: list[str], streamed: Destination | None) -> None:
        self.job = job
        self.failures = failures
        self.totals = Totals()
        self.later: list[Spool | None] = [None] * len(job.destinations)
        if job.destinations != [streamed]:
            from lstmlint.reporting.spool import Spool

            self.later = [None if destination is streamed else Spool() for destination in job.destinations]
        self.failed = False
        self.inputs: set[str] = set()
        self.suppressions: dict[tuple[str, int, int], bool] = {}
        self.known: dict[str, Entries] = {}
        self.given: frozenset[str] = frozenset()

    def add(self, outcome: Outcome) -> Iterator[Any]:
        """Add the result of one input, and yield its digests for the destination that is written meanwhile."""
        self.totals.merge(outcome.totals)
        self.failed = self.failed or outcome.failed
        self.inputs |= outcome.inputs
        for key, used in outcome.suppressions.items():
            self.suppressions[key] = used or self.suppressions.get(key, False)
        self.known |= outcome.known
        self.given |= outcome.given
        if outcome.failure is not None:
            self.failures.append(outcome.failure)
            sys.stderr.write(outcome.details)
        for digests in outcome.digests:
            yield from self.collect(digests)

    def conclude(self, report: FileReport, settings: Settings) -> Iterator[Any]:
        """Add a report that is not about an input."""
        self.totals.add(report)
        self.failed = self.failed or fails(report, settings)
        yield from self.collect(digested_for(self.job, report, settings))

    def collect(self, digests: list[Any]) -> Iterator[Any]:
        """Keep the digests of one report, one per destination, and yield the one that is written now."""
        for spool, digest in zip(self.later, digests, strict=True):
            if spool is None:
                yield digest
            else:
                spool.append(digest)


def run(request: Request) -> int:
    """Run the command and return the exit code. Raises: UsageError."""
    request.read_environment()
    check_local(request)
    if request.watch:
        from lstmlint.commands.watch import watch

        return watch(request, run)
    asked = overrides(request)
    resolver = Resolver(request.config, request.isolated, asked)
    if request.show_settings:
        return show_settings(request, resolver)
    if not request.paths:
        request.paths = [os.curdir if request.stdin_filename is None else STDIN]
    resolver.scan(request.paths, scanner=scans(asked.get("select", ())))
    sources, failures = expand(request.paths, resolver, request.force_exclude, remote=True)
    if len(sources) > 1:
        gc.enable()  # most of a model is freed at once, but reference cycles add up
    job = job_of(request, resolver, sources)
    job.input_names = frozenset(name for name in asked.get("input-shape", ()) if name)
    new_baseline = baselines.prepare(request, job)
    for destination in (*job.destinations, *new_baseline):
        check_writable(destination)
        check_apart(destination, sources)
    if request.diff:
        return show_fixes(request, job, sources, failures)
    if request.fix:
        from lstmlint.commands.fix import fix_files

        fix_files(sources, resolver)
    screen = next((destination for destination in job.destinations if destination.path is None), None)
    tally = RunTally(job, failures, screen)
    progress = Progress(len(sources))
    pieces = analyzed(request, sources, tally, asked.get("set", {}), progress)
    if screen is not None:
        pieces = load(screen.format).render(pieces, tally.totals, screen.view)
        read = write(screen, pieces, progress.erase)
        if not read and progress.done < progress.total and len(job.destinations) == 1 and not new_baseline:
            return FAILED  # nobody reads the rest, as after `| head`
    for _ in pieces:  # without a report on standard output, or with one that nobody reads
        pass
    for destination, spool in zip(job.destinations, tally.later, strict=True):
        if spool is not None:
            write(destination, load(destination.format).render(spool, tally.totals, destination.view))
    for destination in new_baseline:
        baselines.write_new(destination, job.baseline, tally.known, bool(failures), request.quiet)
    if failures:
        return FAILED
    return FOUND if tally.failed and not request.exit_zero else CLEAN


def analyzed(
    request: Request, sources: list[InputPath], tally: RunTally, values: Iterable[str], progress: Progress
) -> Iterator[Any]:
    """Analyze the inputs, and yield the digests for the destination that is written meanwhile. values: those of --set."""
    job, failures = tally.job, tally.failures
    for outcome in examine_all(sources, job, jobs(request), progress):
        yield from tally.add(outcome)
    failures += unmatched(job.input_names, tally.inputs, tally.totals)
    failures += unused_values(values, tally.given, tally.totals)
    for report, settings in conclusions(request, job, tally.suppressions):
        yield from tally.conclude(report, settings)
    tally.totals.failures = failures
    for failure in failures:
        say(failure)
    if not tally.totals.files and not failures and not request.quiet and not request.skip_non_models:
        say(f"no Keras model found in {', '.join(request.paths)}")


def check_local(request: Request) -> None:
    """Raise UsageError if a remote file should be changed or watched."""
    if (request.fix or request.diff or request.watch) and any(map(is_url, request.paths)):
        raise UsageError("--fix, --diff and --watch need files on this computer: copy the remote ones first")


def job_of(request: Request, resolver: Resolver, sources: list[InputPath]) -> Job:
    """Return what the workers need. Raises: UsageError."""
    stdin_name = request.stdin_filename or "<stdin>"
    for source in sources:  # report wrong settings before anything is written
        resolver.of_file(stdin_name if source.path == STDIN else source.path)
    job = Job(destinations(request, len(sources) == 1), resolver, request.skip_non_models, not request.no_weights)
    if any(source.path == STDIN for source in sources):
        job.stdin = read_stdin(resolver.of_file(stdin_name).cost_limits())
        job.stdin_name = stdin_name
    return job


def show_fixes(request: Request, job: Job, sources: list[InputPath], failures: list[str]) -> int:
    """Print what --fix would change and return the exit code."""
    from lstmlint.commands.fix import show_diff

    changed = show_diff(sources, job.resolver, job.stdin, job.stdin_name, request.output)
    for failure in failures:
        say(failure)
    return FAILED if failures else FOUND if changed else CLEAN


def check_apart(destination: Destination, sources: list[InputPath]) -> None:
    """Raise UsageError if a report would be written over a file to analyze."""
    path = destination.path
    if path is not None and os.path.isfile(path):  # noqa: PTH113
        for source in sources:
            if source.named and source.path != STDIN and same_file(source.path, path):
                raise UsageError(f"cannot write {path!r}: it is one of the files to analyze")


def unmatched(asked: frozenset[str], found: set[str], totals: Totals) -> list[str]:
    """Return a sentence per --input-shape option whose input no model has."""
    if not totals.models:
        return []
    from lstmlint.model.suggestions import did_you_mean

    names = ", ".join(sorted(found))
    return [
        f"--input-shape: no input is named {name!r}{did_you_mean(name, found)}; the inputs are {names}"
        for name in sorted(asked - found)
    ]


def unused_values(asked: Iterable[str], given: frozenset[str], totals: Totals) -> list[str]:
    """Return a sentence per --set option whose name no program asks for."""
    if not totals.models:
        return []
    advice = "write it as the report names it, as in --set 'len(vocab)=5000'"
    return [f"--set: no program leaves open what {name!r} is; {advice}" for name in sorted(asked) if name not in given]


def show_settings(request: Request, resolver: Resolver) -> int:
    """Print the settings that apply to each path and return the exit code."""
    from lstmlint.config.settings import as_toml
    from lstmlint.reporting.escape import terminal

    parts = []
    for path in request.paths or [os.curdir]:
        folder = os.path.isdir(path)  # noqa: PTH112
        settings = resolver.of_folder(os.path.abspath(path)) if folder else resolver.of_file(path)  # noqa: PTH100
        parts.append(f"# {terminal(path)}: {terminal(settings.source or 'no settings file')}\n{as_toml(settings)}")
    write_stdout("\n".join(parts))
    return CLEAN


def conclusions(
    request: Request, job: Job, suppressions: dict[tuple[str, int, int], bool]
) -> Iterator[tuple[FileReport, Settings]]:
    """Yield reports on unused suppressions in the settings, and on files in a baseline that are gone."""
    if not all(suppressions.values()):
        from lstmlint.filtering.suppressions import unused_settings

        folders = [os.path.abspath(path) for path in request.paths if os.path.isdir(path)]  # noqa: PTH100, PTH112
        yield from unused_settings(suppressions, job.resolver.by_source, folders)
    if job.accept is None:
        for baseline in job.baselines.values() if job.baseline is None else (job.baseline,):
            from lstmlint.filtering.baseline import gone_files

            settings = job.resolver.of_file(baseline.path)
            report = gone_files(baseline, settings.options(baseline.path))
            if report.findings:
                yield report, settings
