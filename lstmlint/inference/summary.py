"""The result of inference: shapes and weights of every layer, totals, and problems."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from reprlib import repr as short
from typing import TYPE_CHECKING, Any
from weakref import ref

from lstmlint.layers.base import Layer, Weight
from lstmlint.model.findings import Problem
from lstmlint.model.shapes import Shape, format_shape
from lstmlint.model.spec import LayerSpec, ModelSpec

if TYPE_CHECKING:
    from lstmlint.model.origin import Origin


@dataclass(slots=True, eq=False, weakref_slot=True)
class LayerSummary:
    """One layer of a model.

    input_shapes, output_shapes: flat, of the layer's first call.
    calls: the number of calls.
    inbound: the layers that feed the first call, in order, without repetition.
    feeds: weak references to the `consumers`, the layers that use any of its outputs.
    reached: whether the model's outputs depend on it.
    used: whether it counts. Keras 3 drops layers that are not reached; tf_keras keeps them.
    last_output: the highest index of its outputs that other layers or the model's outputs use; -1 if there is none.
    shown: the text for columns of the table whose values depend on sizes that a program does not state.
    later_shapes: the output shapes of its calls after the first, by their numbers; None without such calls.
    """

    spec: LayerSpec
    layer: Layer
    input_shapes: list[Shape] = field(default_factory=list)
    output_shapes: list[Shape] = field(default_factory=list)
    weights: list[Weight] = field(default_factory=list)
    params: int | None = None
    trainable_params: int | None = None
    macs: int | None = None
    calls: int = 0
    reached: bool = True
    used: bool = True
    is_output: bool = False
    inbound: list[LayerSummary] = field(default_factory=list)
    feeds: list[ref[LayerSummary]] = field(default_factory=list)
    last_output: int = -1
    nested: ModelSummary | None = None
    shown: dict[str, str] | None = None
    later_shapes: dict[int, list[Shape]] | None = None

    def __repr__(self) -> str:
        shapes = ", ".join(map(format_shape, self.output_shapes[:3])) or "no output"
        params = "?" if self.params is None else f"{self.params:,}"
        return f"<LayerSummary {short(self.name)} ({self.class_name:.80}): {shapes:.80}, {params} params>"

    def __getstate__(self) -> dict[str, Any]:
        """Return what is pickled: the model keeps the edges, because pickle would follow them without end."""
        return {name: getattr(self, name) for name in FIELDS if name not in EDGES}

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Set what was pickled."""
        for name, value in {"inbound": [], "feeds": [], **state}.items():
            setattr(self, name, value)

    @property
    def name(self) -> str:
        """The layer's name."""
        return self.spec.name

    @property
    def class_name(self) -> str:
        """The class, in Keras 3's spelling."""
        return self.spec.class_name

    @property
    def pointer(self) -> str:
        """The JSON pointer to the layer."""
        return self.spec.pointer

    @property
    def config(self) -> dict[str, Any]:
        """The arguments by their Keras 3 names, including defaults."""
        return self.layer.config

    @property
    def known(self) -> bool:
        """Whether lstmlint knows the class."""
        return self.layer.known

    @property
    def shared(self) -> bool:
        """Whether the layer is called more than once. Its weights count once."""
        return self.calls > 1

    @property
    def trainable(self) -> str:
        """Whether training changes the weights: yes, no, part; - without weights, ? if they are unknown."""
        if self.trainable_params is None or self.params is None:
            return "?"
        if not self.params:
            return "-"
        if not self.trainable_params:
            return "no"
        return "yes" if self.trainable_params == self.params else "part"

    @property
    def consumers(self) -> list[LayerSummary]:
        """The layers that use any of its outputs."""
        return [row for reference in self.feeds if (row := reference()) is not None]

    @property
    def only_consumer(self) -> LayerSummary | None:
        """The layer that uses its outputs, if there is exactly one."""
        return self.feeds[0]() if len(self.feeds) == 1 else None

    @property
    def input_shape(self) -> Shape:
        """The shape of the first input."""
        return self.input_shapes[0] if self.input_shapes else None

    @property
    def output_shape(self) -> Shape:
        """The shape of the first output."""
        return self.output_shapes[0] if self.output_shapes else None


FIELDS = tuple(field.name for field in fields(LayerSummary))
EDGES = ("inbound", "feeds")


@dataclass(slots=True, eq=False)
class ModelSummary:
    """A model with inferred shapes and weights.

    inputs, outputs: shapes, flattened as Keras does.
    complete: whether every weight is known; otherwise the totals hold the known ones.
    problems: in the order in which they were found.
    cache: for the readers of the summary.
    origin: the program that builds the model; None for a config.
    """

    spec: ModelSpec
    layers: list[LayerSummary]
    inputs: list[Shape] = field(default_factory=list)
    outputs: list[Shape] = field(default_factory=list)
    params: int = 0
    trainable_params: int = 0
    weight_bytes: int = 0
    trainable_bytes: int = 0
    bytes_by_dtype: dict[str, int] = field(default_factory=dict)
    macs: int | None = 0
    complete: bool = True
    unattributed_params: int = 0  # stored with the model, but not owned by any layer
    problems: list[Problem] = field(default_factory=list)
    output_layers: list[LayerSummary] = field(default_factory=list)
    cache: dict[str, Any] = field(default_factory=dict)
    origin: Origin | None = None

    def __getstate__(self) -> dict[str, Any]:
        """Return what is pickled: the edges are pairs of positions in `layers`, and readers fill the cache again."""
        places = {id(row): place for place, row in enumerate(self.layers)}
        state = {name: getattr(self, name) for name in self.__slots__ if name != "cache"}
        state["inbound"] = [[places[id(other)] for other in row.inbound] for row in self.layers]
        state["feeds"] = [[places[id(other)] for other in row.consumers] for row in self.layers]
        return state

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Set what was pickled."""
        inbound, feeds = state.pop("inbound"), state.pop("feeds")
        for name, value in {"cache": {}, **state}.items():
            setattr(self, name, value)
        references = [ref(row) for row in self.layers]
        for row, sources, targets in zip(self.layers, inbound, feeds, strict=True):
            row.inbound = [self.layers[place] for place in sources]
            row.feeds = [references[place] for place in targets]

    def __repr__(self) -> str:
        least = "" if self.complete else "at least "
        return f"<ModelSummary {short(self.name)}: {len(self.layers):,} layers, {least}{self.params:,} params>"

    @property
    def name(self) -> str:
        """The model's name."""
        return self.spec.name

    @property
    def class_name(self) -> str:
        """Sequential, Functional, Model, or the class in the file."""
        return self.spec.class_name

    @property
    def non_trainable_params(self) -> int:
        """The number of parameters that training does not change."""
        return self.params - self.trainable_params

    def walk(self) -> Iterator[LayerSummary]:
        """Yield every layer, those of a nested model after the model itself."""
        stack = list(reversed(self.layers))
        while stack:
            layer = stack.pop()
            yield layer
            if layer.nested is not None:
                stack.extend(reversed(layer.nested.layers))

    def walk_paths(self, prefix: str = "") -> Iterator[tuple[str, LayerSummary]]:
        """Yield every layer with its path, such as encoder/lstm in a nested model.

        prefix: prepended to every path.
        """
        stack = [(prefix + layer.name, layer) for layer in reversed(self.layers)]
        while stack:
            path, layer = stack.pop()
            yield path, layer
            if layer.nested is not None:
                stack += [(f"{path}/{inner.name}", inner) for inner in reversed(layer.nested.layers)]
