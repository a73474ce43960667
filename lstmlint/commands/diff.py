"""`lstmlint diff`: compare two models, or the models of two folders."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from lstmlint.commands.examining import worth_reading
from lstmlint.commands.exit_codes import CLEAN, FOUND
from lstmlint.commands.paths import STDIN, expand, read_stdin
from lstmlint.commands.request import Destination, Request, choice, chosen_color, completed, overrides, written_to
from lstmlint.commands.revisions import is_revision, read_revision
from lstmlint.commands.writing import check_writable, say, write
from lstmlint.config.settings import Resolver
from lstmlint.model.findings import UsageError, at_least
from lstmlint.model.limits import enforced
from lstmlint.model.programs import split_model
from lstmlint.reading import is_model_folder

if TYPE_CHECKING:
    from lstmlint.comparing import Comparison, FolderComparison
    from lstmlint.comparing.differences import Limit
    from lstmlint.config.options import Options
    from lstmlint.config.settings import Settings
    from lstmlint.report import FileReport


Examined: TypeAlias = "tuple[FileReport, Settings, Options]"


def diff(request: Request, max_increase: str | None, format: str | None) -> int:
    """Compare the two paths of the request and return the exit code. Raises: UsageError."""
    from lstmlint.analysis import without_garbage_collection
    from lstmlint.comparing import parse_limit
    from lstmlint.reporting import View, comparison

    chosen = choice(format or "text", tuple(comparison.FORMATS), "--format")
    limit = None if max_increase is None else parse_limit(max_increase)
    old, new = request.paths
    if request.paths == [STDIN, STDIN]:
        raise UsageError("standard input can be read only once: name a file for OLD or for NEW")
    target = written_to(request.output)
    destination = Destination(
        chosen, target, completed(View(single=False), chosen, target, chosen_color(request.color))
    )
    check_writable(destination)
    work = Work(request, limit)
    folders = [is_folder(path) for path in request.paths]
    if any(folders) and not all(folders):
        folder, file = (old, new) if folders[0] else (new, old)
        raise UsageError(f"{folder!r} is a folder of models and {file!r} is not: compare two files or two folders")
    with without_garbage_collection():
        found = work.compare_folders(old, new) if all(folders) else work.compare_files(old, new)
        with enforced():
            text = comparison.render(found, chosen, destination.view)
    write(destination, text)
    return FOUND if work.failed else CLEAN


def is_folder(path: str) -> bool:
    """Check whether a path is a folder of models, and not itself a model."""
    return os.path.isdir(path) and not is_model_folder(Path(path))  # noqa: PTH112


class Work:
    """Compares files. failed: whether a model grew over its limit, or a new one cannot be read."""

    def __init__(self, request: Request, limit: Limit | None) -> None:
        values = overrides(request)
        self.resolver = Resolver(request.config, request.isolated, values)
        self.weights = not request.no_weights
        self.input_names = [name for name in values.get("input-shape", ()) if name]
        self.limit = limit
        self.failed = False

    def compare_files(self, old: str, new: str) -> Comparison | FolderComparison:
        """Compare two files; if both build several models, those with the same name. Raises: UsageError."""
        before, after = self.examine(old), self.examine(new)
        check_names(self.input_names, [report for report, _, _ in (*before, *after)])
        if len(before) == len(after) == 1:
            return self.compare(before[0][0], *after[0])
        if len(before) == 1 or len(after) == 1:
            from lstmlint.programs.naming import name_of, several

            which, found = (new, after) if len(before) == 1 else (old, before)
            raise UsageError(several(which, [name_of(report) for report, _, _ in found]))
        return self.compare_all(old, new, by_name(before), by_name(after))

    def compare_folders(self, old: str, new: str) -> FolderComparison:
        """Compare the models that have the same path in both folders. Raises: UsageError."""
        before, after = (self.models_in(folder) for folder in (old, new))
        return self.compare_all(old, new, before, after)

    def compare_all(
        self, old: str, new: str, before: Mapping[str, Examined], after: Mapping[str, Examined]
    ) -> FolderComparison:
        """Compare the models that have the same key on both sides. Raises: UsageError."""
        from lstmlint.comparing import FolderComparison

        found = FolderComparison(old, new)
        for path in sorted(before.keys() | after.keys()):
            if path not in after:
                found.removed.append(path)
            elif path not in before:
                found.added.append(path)
            else:
                found.files.append(self.compare(before[path][0], *after[path]))
        if not before and not after:
            raise UsageError(f"no Keras model found in {old!r} and {new!r}")
        if not found.files:  # a misspelled folder must not pass a gate
            raise UsageError(f"nothing to compare: {old!r} and {new!r} have no model at the same path")
        return found

    def models_in(self, folder: str) -> dict[str, Examined]:
        """Return the reports of the models in a folder by their paths in it."""
        sources, failures = expand([folder], self.resolver)
        for failure in failures:
            say(failure)
        found = {}
        for source in sources:
            if not worth_reading(source.path):
                continue
            for report, settings, options in self.examine(source.path):
                if report.model is not None or any(finding.code != "E002" for finding in report.findings):
                    name = report.path.removeprefix(source.path)
                    path = os.path.relpath(source.path, folder).replace(os.sep, "/")
                    found[path + name] = report, settings, options
        return found

    def compare(self, old: FileReport, new: FileReport, settings: Settings, options: Options) -> Comparison:
        """Compare two reports, with the settings of the new file."""
        from lstmlint.comparing import apply_limit, compare

        with enforced(options.input_limits):
            found = compare(old, new)
        if self.limit is not None:
            apply_limit(found, self.limit, options)
        over = any(at_least(finding.severity, settings.fail_on) for finding in found.gate)
        self.failed = self.failed or over or new.model is None
        return found

    def examine(self, argument: str) -> list[Examined]:
        """Analyze one file with the settings that apply to it. Raises: UsageError."""
        from lstmlint.analysis import analyze_all

        path, model = split_model(argument)
        source: Path | bytes = Path(path)
        name = place = path
        if path == STDIN:
            name = place = "<stdin>"
        elif is_revision(path):
            revision = read_revision(path)
            source, place = revision.content, revision.path
        elif not os.path.exists(path):  # noqa: PTH110
            raise UsageError(f"no such file or folder: {path!r}")
        settings = self.resolver.of_file(place)
        options = settings.options(place, self.weights)
        try:
            if path == STDIN:
                source = read_stdin(options.input_limits)
            return [(report, settings, options) for report in analyze_all(source, options, name=name, model=model)]
        except OSError as error:
            raise UsageError(f"cannot read {path!r}: {error.strerror or error}") from error


def by_name(reports: list[Examined]) -> dict[str, Examined]:
    """Return the reports of a program's models by the models' names."""
    from lstmlint.programs.naming import name_of

    return {name_of(examined[0]): examined for examined in reports}


def check_names(names: list[str], reports: list[FileReport]) -> None:
    """Raise UsageError if --input-shape names an input that neither model has."""
    found = {name for report in reports for name in report.input_names}
    for name in names:
        if found and name not in found:
            from lstmlint.model.suggestions import did_you_mean

            hint = did_you_mean(name, found)
            raise UsageError(
                f"--input-shape: no input is named {name!r}{hint}; the inputs are {', '.join(sorted(found))}"
            )
