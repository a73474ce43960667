"""Read the baselines of a run and write a new one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lstmlint.commands.examining import Job
from lstmlint.commands.paths import STDIN
from lstmlint.commands.request import Destination, Request, same_file
from lstmlint.commands.writing import say, write
from lstmlint.model.findings import UsageError
from lstmlint.model.values import plural
from lstmlint.reporting import View

if TYPE_CHECKING:
    from lstmlint.filtering.baseline import Baseline, Entries


def prepare(request: Request, job: Job) -> list[Destination]:
    """Read the baseline of the command line or those of the settings. Return where to write a new one.

    Raises: UsageError if a baseline cannot be read, or would be overwritten.
    """
    if request.baseline is not None:
        from lstmlint.filtering.baseline import load as load_baseline

        job.baseline = load_baseline(request.baseline)
        check_unwritten(request.baseline, job)
    if request.write_baseline is None:
        if request.baseline is None:
            job.baselines = baselines_in_settings(job)
        return []
    if request.write_baseline == STDIN:
        raise UsageError("--write-baseline needs a file, not standard output")
    job.accept = request.write_baseline
    check_unwritten(request.write_baseline, job)
    return [Destination("json", request.write_baseline, View())]


def check_unwritten(baseline: str, job: Job) -> None:
    """Raise UsageError if a report would be written over the baseline."""
    for destination in job.destinations:
        if destination.path is not None and same_file(destination.path, baseline):
            raise UsageError(f"a report and the baseline would both be written to {baseline}")


def baselines_in_settings(job: Job) -> dict[str, Baseline]:
    """Read the baselines that settings name. Raises: UsageError if one cannot be read."""
    from lstmlint.config.globs import nearby

    paths = {settings.baseline for settings in job.resolver.by_source.values() if settings.baseline}
    if not paths:
        return {}
    from lstmlint.filtering.baseline import load as load_baseline

    for path in paths:
        check_unwritten(path, job)
    return {path: load_baseline(nearby(path)) for path in sorted(paths)}


def write_new(
    destination: Destination, old: Baseline | None, known: dict[str, Entries], failed: bool, quiet: bool
) -> None:
    """Write a new baseline of the analyzed files; entries of the old one for other files are kept. Raises: UsageError."""
    from lstmlint.filtering.baseline import accepted, renamed, render

    if failed:
        say(f"the baseline {destination.path} is not written because some files could not be analyzed")
        return
    path = str(destination.path)
    files = renamed(old, path) if old is not None else {}
    files.update(known)
    write(destination, render(files))
    if not quiet:
        count = sum(
            accepted(entry) for entries in files.values() for codes in entries.values() for entry in codes.values()
        )
        say(f"{plural(count, 'finding')} of {plural(sum(map(bool, files.values())), 'file')} in the baseline {path}")
