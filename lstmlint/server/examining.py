"""The analysis of an open file, with the places of what it found."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from lstmlint.analysis import analyze_all, unreadable
from lstmlint.config.options import Options
from lstmlint.inference.summary import LayerSummary
from lstmlint.model.findings import Finding, ReadError
from lstmlint.model.limits import enforced
from lstmlint.report import FileReport
from lstmlint.server.config_places import ConfigPlaces, Locate
from lstmlint.server.files import OpenFile
from lstmlint.server.positions import Range
from lstmlint.server.program_places import Place, ProgramPlaces

# The finding about a file that holds no model.
NO_MODEL = "E002"
# What a damaged config must hold to be taken for a model: layers, or the list of them that old Keras writes.
_LAYERS = re.compile(r"""\blayers\b|\bconfig["']?\s*:\s*[\[-]""")


class LayerPlace(NamedTuple):
    """A layer and where it is.

    path: of the layer, such as encoder/lstm. whole: all of it. name: its class. end: what a hint follows.
    """

    path: str
    row: LayerSummary
    report: FileReport
    whole: Range
    name: Range
    end: Range


@dataclass(eq=False)
class Examined:
    """An open file, and what the analysis found in it."""

    file: OpenFile
    encoding: str
    options: Options
    reports: list[FileReport]

    @property
    def holds_model(self) -> bool:
        """Whether the file holds a model that can be read."""
        return any(report.model is not None for report in self.reports)

    @cached_property
    def config(self) -> ConfigPlaces | None:
        """The places of a config; None for a program."""
        return ConfigPlaces(self.file.parts[0], self.encoding) if self.file.kind == "config" else None

    @cached_property
    def program(self) -> ProgramPlaces | None:
        """The places of a program that can be parsed; None for a config."""
        from lstmlint.python.source import read_source

        if self.file.kind == "config":
            return None
        try:
            source = read_source(self.file.raw, self.file.name)
        except ReadError:
            return None
        return ProgramPlaces(source, self.file.parts, self.encoding, self.file.kind == "notebook")

    @cached_property
    def findings(self) -> list[tuple[FileReport, Finding, Range]]:
        """The findings with the ranges to underline. A file without a model has none, except if it is damaged."""
        found = []
        for report in self.reports:
            for finding in report.findings:
                if finding.code == NO_MODEL or (report.model is None and not self.shown_without_model):
                    continue
                found.append((report, finding, self.range_of(report, finding)))
        return found

    @property
    def shown_without_model(self) -> bool:
        """Whether findings are shown although no model is read: of a config that has layers."""
        return self.file.kind == "config" and _LAYERS.search(self.file.parts[0]) is not None

    def range_of(self, report: FileReport, finding: Finding) -> Range:
        """Return the range to underline for a finding."""
        if self.config is not None:
            return self.config.range_of(report.locate, finding.pointer, finding.line, finding.column)
        places = self.program
        if places is None:
            return Range(0, 0, 0, 0, 0)
        return places.range(*places.span(places.in_program(finding.line, finding.column, finding.cell)))

    @cached_property
    def layers(self) -> list[LayerPlace]:
        """The layers that are written in the file, in the order of the models."""
        if self.file.kind == "notebook":  # only lines are known
            return []
        found = []
        for report in self.reports:
            locate = report.locate
            for path, row in report.model.walk_paths() if report.model is not None and locate is not None else ():
                place = None
                if self.config is not None and locate is not None:
                    place = of_config(self.config, locate, row)
                elif self.program is not None and locate is not None:
                    place = of_program(self.program, locate(row.pointer))
                if place is not None:
                    found.append(LayerPlace(path, row, report, *place))
        return found


def of_config(config: ConfigPlaces, locate: Locate, row: LayerSummary) -> tuple[Range, Range, Range] | None:
    """Return all of a layer in a config, its class, and the end of it; None if its class is not in the text."""
    name = config.class_name(locate, row.pointer)
    if name is None:
        return None
    whole, end = config.whole(locate, row.pointer), (name[1], name[1])
    return config.lines.range(*whole), config.lines.range(*name), config.lines.range(*end)


def of_program(places: ProgramPlaces, start: Place) -> tuple[Range, Range, Range] | None:
    """Return the call that builds a layer, what it calls, and the end of all calls; None if it is no call."""
    call, end = places.call_at(start), places.end_of_calls(start)
    if call is None or end is None:
        return None
    name = places.range(start, places.on_line(start, places.end(call.func)))
    return places.range(start, places.end(call)), name, places.range(end, end)


def examine(file: OpenFile, options: Options, encoding: str = "utf-16") -> Examined:
    """Analyze an open file within the limits of the options. What cannot be read is a finding."""
    options.places = True
    try:
        with enforced(options.input_limits):
            return Examined(file, encoding, options, analyze_all(file.raw, options, name=file.name))
    except ReadError as error:
        return Examined(file, encoding, options, [unreadable(file.name, error, options)])
