"""Which tensors carry a mask: one walk from the layers that make masks, as Keras 3 hands them on.

Layers that do not support masking drop the mask (Keras 3 warns, tf.keras drops it in silence). What is listed
here was asked of Keras 3.15's `supports_masking`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from lstmlint.inference.summary import LayerSummary, ModelSummary
from lstmlint.layers.rnn import RecurrentLayer
from lstmlint.layers.wrappers import Bidirectional
from lstmlint.rules.index import index_of

MAKERS = ("Embedding", "Masking")
# These hand a mask on with their output.
KEEPERS = frozenset(
    {
        "Dense", "Dropout", "SpatialDropout1D", "GaussianDropout", "GaussianNoise", "AlphaDropout", "Activation",
        "ReLU", "LeakyReLU", "PReLU", "ELU", "Softmax", "Identity", "ActivityRegularization", "BatchNormalization",
        "LayerNormalization", "GroupNormalization", "UnitNormalization", "TimeDistributed", "Masking", "Rescaling",
        "Normalization",
    }
)  # fmt: skip
# These hand on their query's, these one that all inputs have.
ATTENTION = frozenset({"MultiHeadAttention", "GroupQueryAttention", "Attention", "AdditiveAttention"})
ALL_INPUTS = frozenset({"Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum"})
# These use it: what is masked does not count for what they give.
USERS = frozenset({"GlobalAveragePooling1D", *ATTENTION})
# These drop it, having been asked.
DROPPERS = frozenset(
    {
        "Conv1D", "SeparableConv1D", "DepthwiseConv1D", "Conv1DTranspose", "MaxPooling1D", "AveragePooling1D", "Reshape",
        "Permute", "RepeatVector", "ZeroPadding1D", "Cropping1D", "UpSampling1D", "EinsumDense", "RMSNormalization",
        "Lambda",
    }
)  # fmt: skip
# These drop it and mix what was masked into their output.
LEAKERS = frozenset({"Flatten", "GlobalMaxPooling1D"})


class Drop(NamedTuple):
    """A layer that drops the mask that one of its inputs carries. maker: who made the mask."""

    row: LayerSummary
    maker: LayerSummary


def makers(model: ModelSummary) -> Iterator[LayerSummary]:
    """The layers of a model and of those nested in it that make masks."""
    for row in index_of(model).of(*MAKERS):
        if row.class_name == "Masking" or row.config.get("mask_zero"):
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
    told: set[int] = set()
    waiting = [(row, row) for row in makers(model)]
    for row, maker in waiting:
        masked[id(row)] = maker
    while waiting:
        row, maker = waiting.pop()
        for consumer in row.consumers:
            if id(consumer) in masked or not takes_output(consumer, row):
                continue
            name = consumer.class_name
            if name in DROPPERS or name in LEAKERS:
                if id(consumer) not in told and not _keeps(consumer, model):
                    told.add(id(consumer))
                    yield Drop(consumer, maker)
            elif hands_on(consumer, row, masked):
                masked[id(consumer)] = maker
                waiting.append((consumer, maker))


def _keeps(row: LayerSummary, model: ModelSummary) -> bool:
    # tf.keras's Lambda hands masks on, Keras 3's does not.
    return row.class_name == "Lambda" and model.spec.dialect != "keras3"


def takes_output(row: LayerSummary, source: LayerSummary) -> bool:
    """Whether a layer's first call takes the output of `source`, not only its states."""
    if not row.spec.calls:
        return source in row.inbound
    return any(ref.layer == source.name and ref.tensor == 0 for ref in row.spec.calls[0].references)


def hands_on(row: LayerSummary, source: LayerSummary, masked: dict[int, LayerSummary]) -> bool:
    """Whether a layer that gets a mask from `source` gives one, too."""
    name = row.class_name
    if name in KEEPERS or name in ("Concatenate", "Lambda"):
        return True
    if name in ALL_INPUTS:
        return all(id(other) in masked for other in row.inbound)
    if row.inbound[:1] != [source]:  # the mask that goes on is that of the sequence, or of the query
        return False
    if name in ATTENTION:
        return True
    layer = row.layer
    if isinstance(layer, RecurrentLayer):
        return bool(layer.config.get("return_sequences"))
    if isinstance(layer, Bidirectional) and layer.recurrent:
        return bool(layer.forward.config.get("return_sequences"))
    return False


def uses(row: LayerSummary) -> bool:
    """Whether a layer would heed a mask."""
    return row.class_name in USERS or isinstance(row.layer, RecurrentLayer | Bidirectional)


def user_behind(row: LayerSummary) -> LayerSummary | None:
    """The first layer after `row` that would have heeded the mask, reached through layers that keep timesteps."""
    seen: set[int] = set()
    waiting = [row]
    while waiting and len(seen) < 1000:
        for consumer in waiting.pop().consumers:
            if id(consumer) in seen:
                continue
            seen.add(id(consumer))
            if uses(consumer):
                return consumer
            name = consumer.class_name
            if name in KEEPERS or name in DROPPERS or name in ALL_INPUTS or name == "Concatenate":
                waiting.append(consumer)
    return None
