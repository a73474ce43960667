"""Masks: which layers make, pass on, use, and drop them.

Layers that do not support masking drop the mask (Keras 3 warns, tf.keras does not).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from lstmlint.inference.summary import LayerSummary, ModelSummary
from lstmlint.layers.rnn import RecurrentLayer
from lstmlint.layers.wrappers import Bidirectional
from lstmlint.rules.index import cached, index_of, recurrent


class Drop(NamedTuple):
    """A layer that drops the mask of an input, and the layer that made the mask."""

    row: LayerSummary
    maker: LayerSummary


def makers(model: ModelSummary) -> Iterator[LayerSummary]:
    """Yield the layers that make masks, those of nested models included."""
    for row in index_of(model).having(lambda facts: facts.makes_mask):
        if row.config.get("mask_zero", True):
            yield row


@cached
def drops(model: ModelSummary) -> list[Drop]:
    """Return the layers that drop a mask: the first on each path from the layer that made it."""
    if model.spec.dialect not in ("keras2", "keras3"):
        return []
    found: dict[int, Drop] = {}
    waiting = [(row, row) for row in makers(model)]
    masked = {id(row) for row, _ in waiting}
    while waiting:
        row, maker = waiting.pop()
        for consumer in row.consumers:
            if id(consumer) in masked or not takes_output(consumer, row):
                continue
            if drops_mask(consumer, model):
                found.setdefault(id(consumer), Drop(consumer, maker))
            elif passes_mask(consumer, row, masked):
                masked.add(id(consumer))
                waiting.append((consumer, maker))
    return list(found.values())


def drops_mask(row: LayerSummary, model: ModelSummary) -> bool:
    """Check whether a layer drops the masks of its inputs. A Lambda does so in Keras 3 only."""
    facts = row.layer.facts
    if row.class_name == "Lambda" and model.spec.dialect != "keras3":
        return False
    return bool(facts.keras_names) and not facts.supports_masking


def takes_output(row: LayerSummary, source: LayerSummary) -> bool:
    """Check whether the first call of a layer takes the output of `source`, not only its states."""
    if not row.spec.calls:
        return source in row.inbound
    return any(ref.layer == source.name and ref.tensor == 0 for ref in row.spec.calls[0].references)


def passes_mask(row: LayerSummary, source: LayerSummary, masked: set[int]) -> bool:
    """Check whether the output of a layer has a mask if that of `source` does. masked: ids of the rows with masks."""
    facts = row.layer.facts
    if row.class_name == "Lambda" or (facts.supports_masking and facts.masked_inputs == "any"):
        return True
    if not facts.supports_masking or facts.masked_inputs is None:
        return False
    if facts.masked_inputs == "all":
        return all(id(other) in masked for other in row.inbound)
    if row.inbound[:1] != [source]:  # the mask is that of the sequence, or of the query
        return False
    if issubclass(facts, RecurrentLayer | Bidirectional):
        layer = recurrent(row.layer)
        return layer is not None and bool(layer.config.get("return_sequences"))
    return True


def user_after(row: LayerSummary) -> LayerSummary | None:
    """Return the first layer after `row` that would use the mask, reached through layers that keep timesteps."""
    seen: set[int] = set()
    waiting = [row]
    while waiting and len(seen) < 1000:
        for consumer in waiting.pop().consumers:
            if id(consumer) in seen:
                continue
            seen.add(id(consumer))
            facts = consumer.layer.facts
            if facts.uses_mask:
                return consumer
            if facts.keras_names and not facts.removes_timesteps and facts.masked_inputs is not None:
                waiting.append(consumer)
    return None
