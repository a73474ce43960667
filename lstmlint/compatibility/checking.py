"""The part of an analysis that judges releases: the verdicts of the report, and problems for targets."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from lstmlint import rules
from lstmlint.compatibility import Verdict, judge
from lstmlint.compatibility.loader import Loader
from lstmlint.compatibility.names import exists_somewhere
from lstmlint.compatibility.obstacles import Obstacle
from lstmlint.config.options import Options
from lstmlint.model.findings import Problem
from lstmlint.model.releases import ALL, span
from lstmlint.model.values import show
from lstmlint.reading.document import Document
from lstmlint.report import FileReport
from lstmlint.signatures import history


def check(document: Document, report: FileReport, options: Options, problems: Sequence[Problem]) -> Iterator[Problem]:
    """Record the verdicts that the options ask for in the report, and yield a problem per obstacle of a target.

    problems: those that the analysis found.
    """
    if report.model is None:
        return
    errors = [problem for problem in problems if is_refused(problem)]
    chosen = set(options.targets) | set(options.compat)
    found = {release: judge(document, report.model.spec, release, errors) for release in ALL if release in chosen}
    if options.compat:
        report.compat = [located(found[release], document) for release in options.compat]
    known = {problem.pointer for problem in errors}
    yield from target_problems([found[release] for release in options.targets], known)


def of_subclassed(class_name: str, releases: Sequence[str]) -> list[Verdict] | None:
    """Return the verdicts on a model whose layers are not in the file; None if its class is one of Keras.

    Every release needs the class. Whether it loads the model then depends on the code of the class.
    """
    name = class_name.rpartition(">")[2]
    if any(exists_somewhere(kind, name) for kind in history.KINDS):
        return None
    found = []
    for release in releases:
        loader = Loader(release)
        loader.not_found(None, name, "")
        found.append(Verdict(release, loader.obstacles))
    return found


def is_refused(problem: Problem) -> bool:
    """Check whether Keras refuses to load a file because of a problem."""
    rule = rules.load().get(problem.code)
    if rule is None or rule.name == "internal-error" or rule.code.startswith("C"):  # C: budgets
        return False
    return (problem.severity or rule.severity) == "error"


def located(verdict: Verdict, document: Document) -> Verdict:
    """Return a verdict with the line and column of each obstacle."""
    return Verdict(
        verdict.release,
        [
            replace(obstacle, line=place[0], column=place[1])
            for obstacle in verdict.obstacles
            for place in [document.locate(obstacle.pointer)]
        ],
    )


def target_problems(verdicts: Sequence[Verdict], known: set[str]) -> Iterator[Problem]:
    """Yield a problem per obstacle, which names all targets that it stops. known: the places of reported errors."""
    stopped: dict[tuple[str, str, str], list[str]] = {}
    examples: dict[tuple[str, str, str], Obstacle] = {}
    for verdict in verdicts:
        for obstacle in verdict.obstacles:
            if obstacle.kind not in ("refused", "custom") and obstacle.pointer not in known:
                key = obstacle.code, obstacle.pointer, obstacle.subject
                stopped.setdefault(key, []).append(verdict.release)
                examples.setdefault(key, obstacle)
    for key, releases in stopped.items():
        obstacle = examples[key]
        where = f"in {show(obstacle.layer)}, " if obstacle.layer is not None else ""
        message = f"{where}{obstacle.message}; {span(releases)} cannot load the model"
        data = {} if obstacle.edit is None else {"edit": obstacle.edit}
        yield Problem(obstacle.code, message, obstacle.help, obstacle.layer, obstacle.pointer, data=data)
