"""The report of one file: its model and its findings."""

from __future__ import annotations

from dataclasses import dataclass, field
from reprlib import repr as short
from typing import TYPE_CHECKING, Any

from lstmlint.inference.summary import ModelSummary
from lstmlint.model.findings import Finding

if TYPE_CHECKING:
    from collections.abc import Callable

    from lstmlint.compatibility.obstacles import Verdict
    from lstmlint.model.origin import Origin

    Locate = Callable[[str], tuple[int, int]]


@dataclass(slots=True)
class FileReport:
    """The result of analyzing one file. `str(report)` is the table that the command line prints.

    Attributes:
        path: The file, as reports name it; of a model in a program, `train.py::model`.
        container: json, yaml, keras, hdf5, tfjs, saved_model, python or notebook; None if the file could not be read.
        dialect: keras0, keras1, keras2 or keras3; None without a model.
        model: The shapes and counts of the model and its layers; None if the file does not hold a model.
        findings: In the order of the file.
        suppressions: Suppressions in the settings, as (settings file, number of the entry, number of the rule in
            it) -> whether it left out a finding. Missing are those whose rule did not run.
        known: The number of findings that the baseline left out.
        baseline: The entries of the baseline that still apply: pointer -> code -> number of findings, or the
            accepted amount of a budget.
        fixable: The number of findings that `--fix` would fix, if they were counted.
        compat: Which releases load the file, if `Options.compat` asks for it.
        origin: The program that builds the model; None for a config.
        locate: A JSON pointer -> its line and column in the file (of a notebook, in the code of all cells), if
            `Options.places` asks for it. It keeps the text in memory.
        texts: The text that lines and columns are about, under None; of a notebook, the code of its cells by their
            numbers. Empty for a binary file, and for a config without findings.
    """

    path: str
    container: str | None = None
    dialect: str | None = None
    model: ModelSummary | None = None
    findings: list[Finding] = field(default_factory=list)
    suppressions: dict[tuple[str, int, int], bool] = field(default_factory=dict)
    known: int = 0
    baseline: dict[str, dict[str, Any]] = field(default_factory=dict)
    fixable: int = 0
    compat: list[Verdict] | None = None
    origin: Origin | None = None
    locate: Locate | None = None
    texts: dict[int | None, str] = field(default_factory=dict, repr=False)

    @property
    def file(self) -> str:
        """The file, without the name of a model in it."""
        return self.path if self.origin is None else self.origin.file

    @property
    def input_names(self) -> list[str]:
        """The names of the model's inputs, as --input-shape takes them."""
        if self.model is None or not self.model.layers:
            return []
        # Keras names the input of a Sequential without InputLayer after its first layer.
        names = [row.name for row in self.model.layers if row.class_name == "InputLayer"]
        return names or [f"{self.model.layers[0].name}_input"]

    def to_dict(self) -> dict[str, Any]:
        """Return the file's entry in the JSON report."""
        from lstmlint.reporting.entries import model_to_dict

        entry = {
            "path": self.path,
            "container": self.container,
            "dialect": self.dialect,
            "model": None if self.model is None else model_to_dict(self.model),
            "findings": [finding.to_dict() for finding in self.findings],
        }
        if self.compat is not None:
            entry["compat"] = [verdict.to_dict() for verdict in self.compat]
        return entry

    def __repr__(self) -> str:
        from lstmlint.model.values import plural

        model = "no model" if self.model is None else repr(self.model)
        return f"<FileReport {short(self.path)}: {model}, {plural(len(self.findings), 'finding')}>"

    def __str__(self) -> str:
        from lstmlint.reporting.findings import findings_lines
        from lstmlint.reporting.tables import model_lines, releases_line
        from lstmlint.reporting.view import View

        lines: list[str] = []
        if self.model is not None:
            lines += model_lines(self.model, View())
            lines += releases_line(self.model, self.container, self.findings)
        if lines and self.findings:
            lines.append("")
        lines += findings_lines(self.file, self.texts, self.findings, View())
        return "\n".join(lines).removesuffix("\n")

    def _repr_html_(self) -> str:
        from lstmlint.reporting.notebook import render

        return render(self.path, self.model, self.findings)
