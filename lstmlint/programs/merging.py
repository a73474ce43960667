"""Replace what depends on an unknown size in a model's summary: by a formula for people, and by None for programs."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from typing import Any

from lstmlint.inference.summary import LayerSummary, ModelSummary
from lstmlint.model.shapes import Shape
from lstmlint.programs.polynomials import Polynomial
from lstmlint.programs.quantities import MODEL, TOTALS, Key, rows_of

UNKNOWN = "?"
Formulas = Mapping[Key, Polynomial | None]


def merge(model: ModelSummary, formulas: Formulas, names: Sequence[str]) -> dict[str, Polynomial]:
    """Replace in a summary the numbers that have a formula, and those that have none although they vary.

    Returns: the formulas of the model's totals.
    """
    if not formulas:
        return {}
    writer = Writer(formulas, names)
    totals = writer.totals(model) if model.complete else {}
    model.inputs, _ = writer.shapes((MODEL, "inputs"), model.inputs)
    model.outputs, _ = writer.shapes((MODEL, "outputs"), model.outputs)
    for i, row in enumerate(rows_of(model)):
        merge_row(row, i, writer)
    if any(what == ["params"] or what == ["trainable_params"] for _, *what in formulas):
        add_up(model)
    if (MODEL, "macs") in formulas:
        model.macs = None
    return totals


def merge_row(row: LayerSummary, number: int, writer: Writer) -> None:
    """Replace the numbers of one layer."""
    shown = {}
    row.input_shapes, shown["input-shape"] = writer.shapes((number, "input_shapes"), row.input_shapes)
    row.output_shapes, shown["output-shape"] = writer.shapes((number, "output_shapes"), row.output_shapes)
    if writer.varies((number, "params")) or writer.varies((number, "trainable_params")):
        shown["params"] = writer.text((number, "params"), row.params)
        shapes = [weight.shape for weight in row.weights]
        texts = [writer.shape((number, "weights", j), shape) for j, shape in enumerate(shapes)]
        names = [weight.name for weight in row.weights]
        shown["weights"] = ", ".join(f"{name} {text}" for name, text in zip(names, texts, strict=True))
        shown["share"] = UNKNOWN
        row.params = row.trainable_params = None
        row.weights = []
    if writer.varies((number, "macs")):
        shown["macs"], row.macs = writer.text((number, "macs"), row.macs), None
    config = {name: writer.argument((number, "config", name), value) for name, value in row.config.items()}
    if config != row.config:
        row.layer = copy.copy(row.layer)
        row.layer.config = config
    row.shown = {column: text for column, text in shown.items() if text}


def add_up(model: ModelSummary) -> None:
    """Compute the totals again, of what is known."""
    model.params = model.trainable_params = model.weight_bytes = model.trainable_bytes = 0
    model.bytes_by_dtype = {}
    for row in model.layers:
        part = row.nested
        if part is not None:
            add_up(part)
        if not row.used:
            continue
        if row.params is None:
            model.complete = False
            if part is not None:
                model.params += part.params
                model.trainable_params += part.trainable_params
                model.weight_bytes += part.weight_bytes
                model.trainable_bytes += part.trainable_bytes
                for dtype, held in part.bytes_by_dtype.items():
                    model.bytes_by_dtype[dtype] = model.bytes_by_dtype.get(dtype, 0) + held
            continue
        model.params += row.params
        model.trainable_params += row.trainable_params or 0
        for weight in row.weights:
            model.weight_bytes += weight.bytes
            model.trainable_bytes += weight.bytes if weight.trainable else 0
            model.bytes_by_dtype[weight.dtype] = model.bytes_by_dtype.get(weight.dtype, 0) + weight.bytes


class Writer:
    """Writes numbers and shapes with the names of unknown sizes."""

    def __init__(self, formulas: Formulas, names: Sequence[str]) -> None:
        self.formulas = formulas
        self.names = names
        self.beginnings = {key[:2] for key in formulas}

    def varies(self, key: Key) -> bool:
        """Return whether a number depends on an unknown size."""
        return key in self.formulas

    def text(self, key: Key, value: int | None) -> str:
        """Return a number as text."""
        if key not in self.formulas:
            return UNKNOWN if value is None else f"{value:,}"
        formula = self.formulas[key]
        return UNKNOWN if formula is None else formula.written(self.names)

    def totals(self, model: ModelSummary) -> dict[str, Polynomial]:
        """Return the formulas of the model's totals, if any of them depends on an unknown size."""
        if not any(self.varies((MODEL, name)) for name in TOTALS):
            return {}
        formulas = {name: self.formula((MODEL, name), getattr(model, name)) for name in TOTALS}
        params, trainable = formulas["params"], formulas["trainable_params"]
        if params is not None and trainable is not None:
            formulas["non_trainable_params"] = params.minus(trainable)
        return {name: formula for name, formula in formulas.items() if formula is not None}

    def formula(self, key: Key, value: int | None) -> Polynomial | None:
        """Return the formula of a number, which may be the number itself."""
        if key in self.formulas:
            return self.formulas[key]
        return None if value is None else Polynomial({(0,) * len(self.names): value} if value else {})

    def shapes(self, key: tuple[int, str], shapes: list[Shape]) -> tuple[list[Shape], str]:
        """Return shapes with None for dimensions that vary, and as text; no text if none does."""
        if key not in self.beginnings:
            return shapes, ""
        plain: list[Shape] = []
        for j, shape in enumerate(shapes):
            dims = [None if self.varies((*key, j, k)) else dim for k, dim in enumerate(shape or ())]
            plain.append(None if shape is None else tuple(dims))
        texts = [self.shape((*key, j), shape) for j, shape in enumerate(shapes)]
        return plain, texts[0] if len(texts) == 1 else f"[{', '.join(texts)}]"

    def shape(self, key: Key, shape: Shape) -> str:
        """Return one shape as text."""
        if shape is None:
            return UNKNOWN
        dims = [self.dim((*key, k), dim) for k, dim in enumerate(shape)]
        return f"({', '.join(dims)}{',' if len(dims) == 1 else ''})"

    def dim(self, key: Key, dim: int | None) -> str:
        """Return a dimension as text."""
        return self.text(key, dim) if self.varies(key) else str(dim)

    def argument(self, key: Key, value: Any) -> Any:
        """Return an argument's value, with formulas instead of the numbers that vary."""
        if isinstance(value, list | tuple):
            items = [self.argument((*key, i), item) for i, item in enumerate(value)]
            return value if items == list(value) else items
        return self.text(key, None) if self.varies(key) else value
