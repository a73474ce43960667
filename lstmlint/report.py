"""What lstmlint says of one file."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from lstmlint.inference.summary import ModelSummary
from lstmlint.model.findings import Finding


@dataclass(slots=True)
class FileReport:
    """What lstmlint says of one file. `model` is None where it could not be read as one.

    suppressions: of the settings: (their file, number of the entry, number of the rule in it) -> whether it left
    anything out here; those whose rule did not run are missing. known: how many findings the baseline left out.
    baseline: its entries that hold still, pointer -> code -> how many. fixable: how many findings --fix would mend,
    where somebody has counted them.
    """

    path: str
    container: str | None = None
    dialect: str | None = None
    model: ModelSummary | None = None
    findings: list[Finding] = field(default_factory=list)
    suppressions: dict[tuple[str, int, int], bool] = field(default_factory=dict)
    known: int = 0
    baseline: dict[str, dict[str, int]] = field(default_factory=dict)
    fixable: int = 0

    @property
    def input_names(self) -> list[str]:
        """The names of the model's inputs, as --input-shape takes them."""
        if self.model is None or not self.model.layers:
            return []
        # Keras names the input of a Sequential without InputLayer after its first layer.
        names = [row.name for row in self.model.layers if row.class_name == "InputLayer"]
        return names or [f"{self.model.layers[0].name}_input"]

    def to_dict(self) -> dict[str, Any]:
        """The file's entry in the JSON report."""
        from lstmlint.reporting.json import file_to_dict

        return file_to_dict(self)
