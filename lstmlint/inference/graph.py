"""A model at work: its layers made once, its calls run as often as asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lstmlint.inference.summary import LayerSummary
from lstmlint.layers.base import Layer, LayerError, UnknownShape
from lstmlint.model.shapes import Shape, Tensor
from lstmlint.model.spec import ModelSpec

if TYPE_CHECKING:
    from lstmlint.inference.context import InferenceContext
    from lstmlint.inference.ordering import Key


class Graph:
    """What a Sequential and a functional model have in common.

    layers, rows: one for each layer of the spec, in its order. inputs, outputs: what the model takes and gives, once
    `infer` has run. macs: those of the last run. index: layer name -> position, and order: the calls as they run,
    of a functional model.
    """

    def __init__(self, spec: ModelSpec, context: InferenceContext) -> None:
        self.spec = spec
        self.context = context
        self.layers = [context.make_cached(layer) for layer in spec.layers]
        self.rows = [LayerSummary(layer.spec, layer) for layer in self.layers]
        self.inputs: list[Tensor] = []
        self.outputs: Any = None
        self.macs: int | None = 0
        self.index: dict[str, int] = {}
        self.order: list[Key] = []

    def known_inputs(self) -> list[Tensor]:
        """The tensors this model takes, as far as it knows them by itself."""
        raise NotImplementedError

    def input_names(self) -> list[str]:
        """The names by which a dict of tensors can be given to the model; none where they are not known."""
        raise NotImplementedError

    def run_layers(self, given: Any, rerun: bool = False) -> Any:
        """Run every call on `given`, and answer what the model gives.

        rerun: on other shapes than the model's own, as a nested model; the rows keep what they say.
        """
        raise NotImplementedError

    def link(self) -> None:
        """Tell every row who feeds it and whom it feeds."""
        raise NotImplementedError

    def infer(self) -> Any:
        """Run the model on its own inputs; what it gives."""
        raise NotImplementedError

    @property
    def trainable(self) -> bool:
        """Whether the model itself lets its layers train: Keras reads the flag of a functional model of Keras 3,
        and ignores that of a Sequential's and of any older config.
        """
        return self.spec.sequential or self.spec.trainable or self.context.dialect != "keras3"


def macs_of(layer: Layer, taken: list[Shape], given: list[Shape]) -> int | None:
    """Those of one call of a layer; None where they cannot be known."""
    if layer.failed or not layer.known:
        return None
    known = layer.cache_entry
    if known is not None and len(taken) == 1 == len(given):
        # Layers that were built alike share their list of weights.
        call = id(layer.own_weights), taken[0], given[0]
        if call not in known.macs:
            known.macs[call] = _macs(layer, taken, given)
        macs: int | None = known.macs[call]
        return macs
    return _macs(layer, taken, given)


def _macs(layer: Layer, taken: list[Shape], given: list[Shape]) -> int | None:
    try:
        return layer.macs(taken, given)
    except (UnknownShape, LayerError):
        return None


def plus(left: int | None, right: int | None) -> int | None:
    """The sum, None if either is unknown."""
    return None if left is None or right is None else left + right
