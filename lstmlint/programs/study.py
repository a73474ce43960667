"""One model of a program, analyzed with several sizes in place of those that it does not state.

Its numbers are polynomials in these sizes, found by interpolation, and its findings are those that hold for all sizes.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from math import comb

from lstmlint.checking import examine
from lstmlint.config.options import Options
from lstmlint.filtering.findings import OF_FILES
from lstmlint.model.findings import Problem
from lstmlint.programs.polynomials import Polynomial, Powers, interpolate, lattice
from lstmlint.programs.quantities import MODEL, Key, failures, quantities
from lstmlint.programs.standins import Sizes, StandIns, choices
from lstmlint.python.program import SourceModel
from lstmlint.reading.document import Document
from lstmlint.report import FileReport

# Most counts are of degree 1 or 2; a size that is a side of an image and a number of filters gives more.
DEGREES = (1, 2, 3, 4)
USUAL_DEGREE = 2  # beyond it, only the number of parameters is worth more analyses
MOST_RUNS = 80


@dataclass(slots=True)
class Run:
    """The analysis with some sizes."""

    document: Document
    report: FileReport
    problems: list[Problem]
    failures: int
    checked: bool
    numbers: dict[Key, int | None] = field(default_factory=dict)


@dataclass(slots=True)
class Effort:
    """How many layers may still be analyzed with sizes beyond those that are needed. A thousand take 50 ms.

    needed: how many may be analyzed with sizes that are.
    """

    layers: int = 10_000
    needed: int = 20_000


class Study:
    """The analyses of a model with several assignments of sizes.

    effort: what the models of a program may cost together.
    base: the one that reports show, after `merging` has replaced what depends on the sizes.
    """

    def __init__(self, model: SourceModel, options: Options, path: str, effort: Effort) -> None:
        self.model = model
        # Budgets are checked at the end: stand-ins have no cost. Releases load files, not programs.
        self.options = replace(options, limits={}, targets=(), compat=())
        self.path = path
        self.names = [unknown.name for unknown in model.unknowns]
        self.effort = effort
        self.runs: dict[Sizes, Run] = {}
        self.stand_ins = self.choose()
        self.base = self.run(self.stand_ins.starts, check=True)
        runs = self.stand_ins.needed() + len(self.names)
        effort.needed -= runs * (0 if self.base.report.model is None else len(self.base.report.model.layers))
        # Whether the model is analyzed with other sizes, too. Without that, nothing that may depend on them is known.
        self.compared = not self.names or effort.needed >= 0

    def choose(self) -> StandIns:
        """Return the stand-ins with which the most layers can be built."""
        best, fewest = None, 0
        for stand_ins in choices(len(self.names)):
            failed = self.run(stand_ins.starts).failures
            if best is None or failed < fewest:
                best, fewest = stand_ins, failed
            if not failed or not self.affordable(1):
                break
        assert best is not None  # noqa: S101 - there is at least one choice
        return best

    def run(self, sizes: Sizes, check: bool = False) -> Run:
        """Return the analysis with some sizes. check: whether to run the rules."""
        known = self.runs.get(sizes)
        if known is None or (check and not known.checked):
            document = self.model.document(dict(zip(self.names, sizes, strict=True)))
            report = FileReport(self.path)
            problems = examine(document, self.options, report, check=check)
            known = self.runs[sizes] = Run(document, report, problems, failures(report.model), check)
            if report.model is not None and self.names:
                known.numbers = quantities(report.model)
                self.effort.layers -= len(report.model.layers)
        return known

    def affordable(self, runs: int) -> bool:
        """Return whether some more analyses are within the limits."""
        return len(self.runs) + runs <= MOST_RUNS and self.effort.layers > 0

    def others(self) -> list[Run]:
        """Return the analyses at other sizes with which as many layers can be built as with the first ones."""
        needed = self.stand_ins.needed()
        found = [
            self.run(sizes, check=True)
            for i, sizes in enumerate(self.stand_ins.others())
            if i < needed or self.affordable(1)
        ]
        return [run for run in found if self.feasible(run)]

    def problems(self) -> list[Problem]:
        """Return the problems that the program has, whatever the sizes are."""
        found = [one for one in self.base.problems if not one.code.startswith(OF_FILES) and not one.data.get("loading")]
        if not self.model.exact or not self.compared:  # any of them may come from what is not known
            return []
        for run in self.others():
            same = {(one.code, one.pointer, one.message, one.help) for one in run.problems}
            found = [one for one in found if (one.code, one.pointer, one.message, one.help) in same]
        return found

    def formulas(self) -> dict[Key, Polynomial | None]:
        """Return the formula of each number that depends on a size; None for one that is no polynomial."""
        if not self.compared:
            return dict.fromkeys(self.base.numbers)
        varying = self.varying()
        found: dict[Key, Polynomial | None] = dict.fromkeys(varying)
        axes = [i for i, point in enumerate(self.units()) if self.feasible(self.run(self.stand_ins.at(point)))]
        for degree in DEGREES:
            if not self.affordable(comb(len(axes) + degree, degree)):
                break
            points = list(lattice(len(axes), degree))
            open_keys = [key for key in varying if found[key] is None]
            if not open_keys or (degree > USUAL_DEGREE and (MODEL, "params") not in open_keys):
                break
            known: dict[tuple[int | None, ...], Polynomial | None] = {}
            for key in open_keys:
                values = tuple(
                    self.run(self.stand_ins.at(self.spread(point, axes))).numbers.get(key) for point in points
                )
                if values not in known:
                    known[values] = self.fitted(dict(zip(points, values, strict=True)), degree, axes)
                formula = known[values]
                if formula is not None and self.holds(key, formula):
                    found[key] = formula
        return found

    def varying(self) -> list[Key]:
        """Return the numbers that are not the same at all sizes."""
        runs = [*self.others(), *(self.run(self.stand_ins.at(unit)) for unit in self.units())]
        return [
            key
            for key, value in self.base.numbers.items()
            if value is not None and any(run.numbers.get(key, value) not in (value, None) for run in runs)
        ]

    def units(self) -> list[Powers]:
        """Return the points that are one step from the first one, in the order of the unknowns."""
        count = len(self.names)
        return [tuple(int(i == j) for j in range(count)) for i in range(count)]

    def feasible(self, run: Run) -> bool:
        """Return whether as many layers can be built as with the first sizes."""
        return run.failures <= self.base.failures

    def spread(self, point: Powers, axes: list[int]) -> Powers:
        """Return a point of some of the unknowns as one of all; the others do not move."""
        found = [0] * len(self.names)
        for axis, steps in zip(axes, point, strict=True):
            found[axis] = steps
        return tuple(found)

    def fitted(self, values: dict[Powers, int | None], degree: int, axes: list[int]) -> Polynomial | None:
        """Return the polynomial with given values at the points of the lattice. axes: the unknowns that move."""
        numbers = {point: value for point, value in values.items() if value is not None}
        if len(numbers) < len(values):
            return None
        starts, steps = self.stand_ins.starts, self.stand_ins.steps
        found = interpolate(
            numbers.__getitem__, degree, tuple(starts[axis] for axis in axes), tuple(steps[axis] for axis in axes)
        )
        if found is None:
            return None
        return Polynomial({self.spread(powers, axes): factor for powers, factor in found.terms.items()})

    def holds(self, key: Key, formula: Polynomial) -> bool:
        """Return whether a formula is right at the other sizes, where the model can be built."""
        return all(run.numbers.get(key) in (None, formula.at(sizes)) for sizes, run in self.runs.items())
