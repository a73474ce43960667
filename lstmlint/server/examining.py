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
from lstmlint.server.config_places import ConfigPlaces
from lstmlint.server.files import OpenFile
from lstmlint.server.positions import Range
from lstmlint.server.program_places import Place, ProgramPlaces

# Findings about a file that holds no model, or none that can be read.
NO_MODEL, DAMAGED = "E002", "E001"
_LAYERS = re.compile("layers|config")


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

    @property
    def damaged(self) -> bool:
        """Whether the file is damaged, so that it is not known whether it holds a model."""
        return any(finding.code == DAMAGED for report in self.reports for finding in report.findings)

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
            return self.config.range_of(report, finding.pointer, finding.line, finding.column)
        if self.program is None:
            lines = ConfigPlaces(self.file.parts[0], self.encoding)
            line = finding.line if finding.file_line is None else finding.file_line
            return lines.lines.range(lines.offset(line, 1), lines.offset(line, 1))
        places = self.program
        return places.range(*places.span(places.in_program(finding.line, finding.column, finding.cell)))

    @cached_property
    def layers(self) -> list[LayerPlace]:
        """The layers that are written in the file, in the order of the models."""
        found = []
        for report in self.reports:
            if report.model is None or report.locate is None or self.file.kind == "notebook":
                continue
            for path, row in report.model.walk_paths():
                place = self.of_config(report, path, row) if self.config else self.of_program(report, path, row)
                if place is not None:
                    found.append(place)
        return found

    def of_config(self, report: FileReport, path: str, row: LayerSummary) -> LayerPlace | None:
        """Return the place of a layer in a config."""
        config = self.config
        name = None if config is None else config.class_name(report, row.pointer)
        if config is None or name is None:
            return None
        whole = config.whole(report, row.pointer)
        end = config.lines.range(name[1], name[1])
        return LayerPlace(path, row, report, config.lines.range(*whole), config.lines.range(*name), end)

    def of_program(self, report: FileReport, path: str, row: LayerSummary) -> LayerPlace | None:
        """Return the place of a layer that a call in a program builds."""
        places = self.program
        if places is None or report.locate is None:
            return None
        start: Place = report.locate(row.pointer)
        call, end = places.call_at(start), places.end_of_calls(start)
        if call is None or end is None:
            return None
        name = places.range(start, places.on_line(start, places.end(call.func)))
        return LayerPlace(path, row, report, places.range(start, places.end(call)), name, places.range(end, end))


def examine(file: OpenFile, options: Options, encoding: str = "utf-16") -> Examined:
    """Analyze an open file within the limits of the options. What cannot be read is a finding."""
    options.places = True
    try:
        with enforced(options.input_limits):
            return Examined(file, encoding, options, analyze_all(file.raw, options, name=file.name))
    except ReadError as error:
        return Examined(file, encoding, options, [unreadable(file.name, error, options)])
