"""The data of an explanation: weights, formulas, and what the numbers mean."""

from __future__ import annotations

from dataclasses import dataclass, field
from reprlib import repr as short
from typing import Any

from lstmlint.explaining import arithmetic
from lstmlint.explaining.expectations import Expectation
from lstmlint.explaining.recipes import Facts, Recipe
from lstmlint.explaining.recurrent import GateSlice
from lstmlint.inference.summary import LayerSummary, ModelSummary
from lstmlint.model.shapes import Shape


@dataclass(slots=True)
class WeightExplanation:
    """A weight: its name, shape, size, whether it is trainable, and the slice of each gate."""

    name: str
    shape: tuple[int, ...]
    params: int
    trainable: bool
    gates: list[GateSlice] = field(default_factory=list)

    def to_dict(self) -> dict[str, Any]:
        """Return plain data, as in the JSON output."""
        return {
            "name": self.name,
            "shape": list(self.shape),
            "params": self.params,
            "trainable": self.trainable,
            "gates": [
                {"gate": part.gate, "name": part.name, "shape": list(part.shape), "slice": part.where}
                for part in self.gates
            ],
        }


@dataclass(slots=True, eq=False)
class LayerExplanation:
    """How the number of parameters of a layer results.

    path: the layer's name after the names of the nested models that hold it ("encoder/lstm").
    params: None if unknown; then `reason` says why. formula: None if no weights are known.
    sentence: what the numbers in the formula mean. notes: what else affects the count.
    parts: the layers inside (the directions of a Bidirectional, cells, the layers of a nested model).
    is_model: whether it is a nested model.
    """

    path: str
    name: str
    class_name: str
    pointer: str
    params: int | None
    trainable_params: int | None
    input_shapes: list[Shape]
    output_shapes: list[Shape]
    weights: list[WeightExplanation] = field(default_factory=list)
    formula: arithmetic.Expression | None = None
    sentence: str = ""
    reason: str = ""
    notes: list[str] = field(default_factory=list)
    parts: list[LayerExplanation] = field(default_factory=list)
    recipe: Recipe | None = None
    facts: Facts = field(default_factory=Facts)
    row: LayerSummary | None = None
    is_model: bool = False

    def __repr__(self) -> str:
        return f"<LayerExplanation {short(self.path)} ({self.class_name:.80}): {self.params} params>"

    @property
    def per_gate(self) -> int | None:
        """The count of one gate, if the layer has gates."""
        gates = {part.gate for weight in self.weights for part in weight.gates}
        total = sum(weight.params for weight in self.weights)
        return total // len(gates) if gates else None

    def to_dict(self) -> dict[str, Any]:
        """Return plain data, as in the JSON output."""
        formula = self.formula
        return {
            "name": self.path,
            "class_name": self.class_name,
            "pointer": self.pointer,
            "params": self.params,
            "trainable_params": self.trainable_params,
            "input_shapes": [None if shape is None else list(shape) for shape in self.input_shapes],
            "output_shapes": [None if shape is None else list(shape) for shape in self.output_shapes],
            "weights": [weight.to_dict() for weight in self.weights],
            "params_per_gate": self.per_gate,
            "formula": None
            if formula is None
            else {
                "words": arithmetic.words(formula),
                "numbers": arithmetic.numbers(formula),
                "value": arithmetic.value(formula),
            },
            "sentence": self.sentence,
            "unknown_because": self.reason or None,
            "notes": self.notes,
            "parts": [part.to_dict() for part in self.parts],
        }


@dataclass(slots=True, eq=False)
class Explanation:
    """What `explain` and `count` answer.

    layers: those asked for; without a layer named, all that own weights or might. detailed: whether one
    layer was asked for. model: None for a count without a file. language: the code of the language of its texts.
    """

    layers: list[LayerExplanation]
    detailed: bool
    model: ModelSummary | None = None
    expression: str | None = None
    expected: Expectation | None = None
    warnings: list[str] = field(default_factory=list)
    language: str = "en"

    def __repr__(self) -> str:
        return f"<Explanation: {self.params:,} params, layers: {len(self.layers):,}>"

    @property
    def params(self) -> int:
        """The total of the known counts."""
        if self.model is not None:
            return self.model.params
        return sum(layer.params or 0 for layer in self.layers)

    @property
    def complete(self) -> bool:
        """Whether every weight is known."""
        if self.model is not None:
            return self.model.complete
        return all(layer.params is not None for layer in self.layers)

    def to_dict(self) -> dict[str, Any]:
        """As plain data, for --format json."""
        return {
            "expression": self.expression,
            "model": None if self.model is None else {"name": self.model.name, "class_name": self.model.class_name},
            "params": self.params,
            "complete": self.complete,
            "layers": [layer.to_dict() for layer in self.layers],
            "expected": None if self.expected is None else self.expected.to_dict(),
            "warnings": self.warnings,
        }
