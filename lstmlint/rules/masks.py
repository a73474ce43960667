"""Masks: which layers make, pass on, use, and drop them.

Layers that do not support masking drop the mask (Keras 3 warns, tf.keras does not).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from lstmlint.inference.summary import LayerSummary, ModelSummary
from lstmlint.layers.base import Layer
from lstmlint.layers.rnn import RecurrentLayer
from lstmlint.layers.wrappers import Bidirectional
from lstmlint.model.shapes import KnownShape, Shape
from lstmlint.model.spec import TensorRef
from lstmlint.rules.index import cached, index_of, recurrent, unwrapped


class Drop(NamedTuple):
    """A layer that drops the mask of an input, and the layer that made the mask."""

    row: LayerSummary
    maker: LayerSummary


class Misfit(NamedTuple):
    """A Softmax whose mask does not broadcast to its input. maker: the layer that made the mask, if it is known."""

    row: LayerSummary
    mask: KnownShape
    maker: LayerSummary | None


class Flow(NamedTuple):
    """Where masks go: the layers that drop them, and the maker of the mask of each output, by the id of the row."""

    drops: list[Drop]
    makers: dict[int, LayerSummary]


def makes_mask(layer: Layer) -> bool:
    """Check whether a layer makes a mask."""
    return layer.facts.makes_mask and bool(layer.config.get("mask_zero", True))


def makers(model: ModelSummary) -> Iterator[LayerSummary]:
    """Yield the layers that make masks, those of nested models included.

    A TimeDistributed of tf.keras passes the mask of its inner layer on; that of Keras 3 does not.
    """
    index = index_of(model)
    yield from (row for row in index.having(lambda facts: facts.makes_mask) if makes_mask(row.layer))
    if model.spec.dialect == "keras2":
        yield from masks_inside(model)


def masks_inside(model: ModelSummary) -> Iterator[LayerSummary]:
    """Yield the TimeDistributed layers whose inner layer makes a mask."""
    yield from (row for row in index_of(model).of("TimeDistributed") if makes_mask(unwrapped(row.layer)))


def drops(model: ModelSummary) -> list[Drop]:
    """Return the layers that drop a mask: the first on each path from the layer that made it."""
    return flow(model).drops


@cached
def flow(model: ModelSummary) -> Flow:
    """Return where the masks of a model go."""
    if model.spec.dialect not in ("keras2", "keras3"):
        return Flow([], {})
    found: dict[int, Drop] = {}
    waiting = [(row, row) for row in makers(model)]
    masked = {id(row): maker for row, maker in waiting}
    while waiting:
        row, maker = waiting.pop()
        for consumer in row.consumers:
            if id(consumer) in masked or not takes_output(consumer, row):
                continue
            if drops_mask(consumer):
                found.setdefault(id(consumer), Drop(consumer, maker))
            elif passes_mask(consumer, row, masked, model):
                masked[id(consumer)] = maker
                waiting.append((consumer, maker))
    return Flow(list(found.values()), masked)


# Layers of Keras 1.2.2 that support masking, by their classes there. Others raise a ValueError if they get a mask.
_KERAS1_SUPPORTING = frozenset(
    {
        "Masking", "Dropout", "SpatialDropout1D", "SpatialDropout2D", "SpatialDropout3D", "Activation", "SReLU", "ELU",
        "ActivityRegularization", "TimeDistributedDense", "TimeDistributed", "LeakyReLU", "PReLU", "ParametricSoftplus",
        "ThresholdedReLU", "GaussianNoise", "GaussianDropout", "BatchNormalization", "SimpleRNN", "GRU", "LSTM",
        "Bidirectional", "ConvLSTM2D", "Embedding",
    }
)  # fmt: skip
_KERAS1_MASKED_MODES = ("sum", "mul", "ave", "concat")  # of Merge


class OldFlow(NamedTuple):
    """Where masks end in a Keras 1 model: the layers that raise an error, and the Merges that lose them."""

    refused: list[Drop]
    lost: list[Drop]


@cached
def old_flow(model: ModelSummary) -> OldFlow:
    """Return where the masks of a Keras 1 model end. Sources: Layer.compute_mask and Merge.compute_mask of Keras 1.2.2."""
    refused: dict[int, Drop] = {}
    lost: dict[int, Drop] = {}
    if model.spec.dialect != "keras1":
        return OldFlow([], [])
    around = {id(last): row for row in model.walk() if row.nested is not None for last in row.nested.output_layers}
    waiting = [(row, row) for row in makers(model)]
    seen = {id(row) for row, _ in waiting}
    while waiting:
        row, maker = waiting.pop()
        outer = around.get(id(row))
        for next_row in [*row.consumers, *([outer] if outer is not None else [])]:
            if id(next_row) in seen or (next_row.nested is not None and next_row is not outer) or not next_row.known:
                continue
            found = Drop(next_row, maker)
            if next_row.class_name == "Merge" and loses_masks(next_row):
                lost.setdefault(id(next_row), found)
            elif next_row is not outer and not _supported_by_keras1(next_row):
                refused.setdefault(id(next_row), found)
            elif next_row is outer or _passes_in_keras1(next_row):
                seen.add(id(next_row))
                waiting.append((next_row, maker))
    return OldFlow(list(refused.values()), list(lost.values()))


def loses_masks(merge: LayerSummary) -> bool:
    """Return whether a Merge of Keras 1 returns no mask: one that contains its models, and one that multiplies."""
    config = merge.spec.raw.get("config")
    contains_models = isinstance(config, dict) and bool(config.get("layers"))
    return contains_models or merge.config.get("mode") in ("dot", "cos")


def _supported_by_keras1(row: LayerSummary) -> bool:
    if row.class_name == "Merge":
        return row.config.get("mode") != "max"
    return row.spec.written_class in _KERAS1_SUPPORTING


def _passes_in_keras1(row: LayerSummary) -> bool:
    if row.class_name == "Merge":
        return row.config.get("mode") in _KERAS1_MASKED_MODES
    rnn = recurrent(row.layer) if row.spec.written_class != "TimeDistributed" else None
    return rnn is None or bool(rnn.config.get("return_sequences"))


def drops_mask(row: LayerSummary) -> bool:
    """Check whether a layer drops the masks of its inputs. A Lambda does so unless it has the argument `mask`."""
    facts = row.layer.facts
    if row.class_name == "Lambda" and row.config.get("mask") is not None:
        return False
    return bool(facts.keras_names) and not facts.supports_masking


def takes_output(row: LayerSummary, source: LayerSummary) -> bool:
    """Check whether the first call of a layer takes the output of `source`, not only its states."""
    if not row.spec.calls:
        return source in row.inbound
    return any(ref.layer == source.name and ref.tensor == 0 for ref in row.spec.calls[0].references)


def passes_mask(row: LayerSummary, source: LayerSummary, masked: dict[int, LayerSummary], model: ModelSummary) -> bool:
    """Check whether the output of a layer has a mask if that of `source` does. masked: ids of the rows with masks."""
    facts = row.layer.facts
    if row.class_name == "Lambda" or (facts.supports_masking and facts.masked_inputs == "any"):
        return True
    if not facts.supports_masking or facts.masked_inputs is None:
        return False
    if facts.masked_inputs == "all":  # tf.keras merges the masks that there are
        return model.spec.dialect == "keras2" or all(id(other) in masked for other in row.inbound)
    if row.inbound[:1] != [source]:  # the mask is that of the sequence, or of the query
        return False
    if issubclass(facts, RecurrentLayer | Bidirectional):
        layer = recurrent(row.layer)
        return layer is not None and bool(layer.config.get("return_sequences"))
    return True


def user_after(row: LayerSummary, past_drops: bool = True) -> LayerSummary | None:
    """Return the first layer after `row` that would use the mask, reached through layers that keep timesteps.

    past_drops: look also after layers that drop the mask.
    """
    seen: set[int] = set()
    waiting = [row]
    while waiting and len(seen) < 1000:
        for consumer in waiting.pop().consumers:
            if id(consumer) in seen:
                continue
            seen.add(id(consumer))
            facts = consumer.layer.facts
            if unwrapped(consumer.layer).facts.uses_mask:
                return consumer
            if not past_drops and drops_mask(consumer):
                continue
            if facts.keras_names and not facts.removes_timesteps and facts.masked_inputs is not None:
                waiting.append(consumer)
    return None


def misfits(model: ModelSummary) -> Iterator[Misfit]:
    """Yield the Softmax layers whose mask does not broadcast to their input."""
    if model.spec.dialect not in ("keras2", "keras3"):
        return
    masked = flow(model).makers
    rows = {row.name: row for row in index_of(model).rows}
    for row in index_of(model).of("Softmax"):
        shape, mask, maker = row.input_shape, None, None
        given = row.spec.calls[0].kwargs.get("mask") if row.spec.calls else None
        if isinstance(given, TensorRef):
            source = rows.get(given.layer)
            shapes = source.output_shapes if source is not None else []
            mask = shapes[given.tensor] if given.tensor < len(shapes) else given.shape
        elif given is None and len(row.inbound) == 1 and (maker := masked.get(id(row.inbound[0]))) is not None:
            mask = maker.output_shape and maker.output_shape[:-1]
        if shape is not None and mask is not None and not _broadcasts(mask, shape):
            yield Misfit(row, mask, maker)


def _broadcasts(mask: Shape, shape: KnownShape) -> bool:
    """Check whether a mask may broadcast to a shape. A mask with fewer axes aligns its batch with another axis."""
    if mask is None or len(mask) > len(shape):
        return mask is None
    if len(mask) < len(shape):
        return False
    return all(own in (None, 1) or other is None or own == other for own, other in zip(mask, shape, strict=True))
