"""Which tensors carry a mask: one walk from the layers that make masks, as Keras 3 passes masks on.

Layers that do not support masking drop the mask (Keras 3 warns, tf.keras does not).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from lstmlint.inference.summary import LayerSummary, ModelSummary
from lstmlint.layers.rnn import RecurrentLayer
from lstmlint.layers.wrappers import Bidirectional
from lstmlint.rules.index import index_of, recurrent


class Drop(NamedTuple):
    """A layer that drops the mask that one of its inputs carries. maker: who made the mask."""

    row: LayerSummary
    maker: LayerSummary


def makers(model: ModelSummary) -> Iterator[LayerSummary]:
    """The layers of a model and of those nested in it that make masks."""
    for row in index_of(model).having(lambda facts: facts.makes_mask):
        if row.config.get("mask_zero", True):
            yield row


def drops(model: ModelSummary) -> list[Drop]:
    """Every layer at which a mask is dropped, nearest to the layer that made it; worked out once."""
    if model.spec.dialect not in ("keras2", "keras3"):
        return []
    found = model.kept.get("drops")
    if not isinstance(found, list):
        found = model.kept["drops"] = list(_drops(model))
    return found


def _drops(model: ModelSummary) -> Iterator[Drop]:
    masked: dict[int, LayerSummary] = {}
    reported: set[int] = set()
    waiting = [(row, row) for row in makers(model)]
    for row, maker in waiting:
        masked[id(row)] = maker
    while waiting:
        row, maker = waiting.pop()
        for consumer in row.consumers:
            if id(consumer) in masked or not takes_output(consumer, row):
                continue
            if drops_mask(consumer, model):
                if id(consumer) not in reported:
                    reported.add(id(consumer))
                    yield Drop(consumer, maker)
            elif hands_on(consumer, row, masked):
                masked[id(consumer)] = maker
                waiting.append((consumer, maker))


def drops_mask(row: LayerSummary, model: ModelSummary) -> bool:
    """Check whether a layer drops the masks of its inputs. A Lambda does so in Keras 3 only."""
    facts = row.layer.facts
    if row.class_name == "Lambda" and model.spec.dialect != "keras3":
        return False
    return bool(facts.keras_names) and not facts.supports_masking


def takes_output(row: LayerSummary, source: LayerSummary) -> bool:
    """Whether a layer's first call takes the output of `source`, not only its states."""
    if not row.spec.calls:
        return source in row.inbound
    return any(ref.layer == source.name and ref.tensor == 0 for ref in row.spec.calls[0].references)


def hands_on(row: LayerSummary, source: LayerSummary, masked: dict[int, LayerSummary]) -> bool:
    """Check whether the output of a layer carries a mask if that of `source` does."""
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
