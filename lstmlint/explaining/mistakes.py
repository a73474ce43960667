"""The mistakes that people make when they count parameters: title, how common, and explanation."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

from lstmlint.explaining.language import text

# How common a mistake is: mistakes that give the same number are listed in this order.
COMMON, USUAL, RARE, ODD = range(4)


@dataclass(frozen=True, slots=True)
class Mistake:
    """A wrong way to count.

    key: its name in JSON. title: a heading. text: what the mistake is, and what is correct. rank: how common it is.
    change: returns the recipe with the mistake in it.
    """

    key: str
    title: str
    text: str
    rank: int
    change: Callable[[Any], Any]


class Row(NamedTuple):
    """A row of the table; the values of a layer fill the braces."""

    title: str
    rank: int
    text: str


# The part of a name before "/" is the key in JSON; the part after it names the kind of layer.
TABLE: dict[str, Row] = {
    # Any layer.
    "timesteps-multiplied": Row(
        "timesteps multiplied in",
        COMMON,
        "The count is multiplied by the number of timesteps, {timesteps}. The same weights are used at every timestep, so"
        " the number of timesteps never enters the count.",
    ),
    "timesteps-multiplied/sequences": Row(
        "timesteps multiplied in",
        COMMON,
        "The count is multiplied by the number of timesteps, {timesteps}. return_sequences returns an output at each"
        " timestep, but all of them come from the same weights.",
    ),
    "batch-multiplied": Row(
        "batch size multiplied in",
        USUAL,
        "The count is multiplied by the batch size, {batch}. All samples of a batch use the same weights.",
    ),
    "bias-forgotten": Row("bias forgotten", COMMON, "The bias is left out: {numbers}."),
    "bias-forgotten/unit": Row("bias forgotten", COMMON, "The bias is left out: {numbers}, one per unit."),
    "bias-forgotten/channel": Row("bias forgotten", COMMON, "The bias is left out: {numbers}, one per output channel."),
    "bias-forgotten/filter": Row("bias forgotten", COMMON, "The bias is left out: {numbers}, one per filter."),
    "one-bias/unit": Row(
        "one bias number",
        USUAL,
        "This counts one bias number for the whole layer. Each unit has its own.",
    ),
    "one-bias/channel": Row(
        "one bias number",
        USUAL,
        "This counts one bias number for the whole layer. Each output channel has its own.",
    ),
    "bias-added": Row("a bias that does not exist", USUAL, "A bias is counted, but use_bias is false."),
    "positions-multiplied": Row(
        "positions multiplied in",
        USUAL,
        "The count is multiplied by the {count} positions of the output. The same weights are used at every position;"
        " padding and strides do not change them.",
    ),
    "input-positions-multiplied": Row(
        "positions multiplied in",
        USUAL,
        "The count is multiplied by the {count} positions of the input. The same weights are used at every position;"
        " padding and strides do not change them.",
    ),
    "positions-multiplied/dense": Row(
        "positions multiplied in",
        USUAL,
        "The count is multiplied by the {positions} positions before the last axis. All of them use the same weights.",
    ),
    # Another number taken for the size of the input's last axis.
    "timesteps-for-features": Row(
        "timesteps taken for features",
        COMMON,
        "The number of timesteps, {timesteps}, is taken for the number of features. Keras reads the input {shape} as"
        " (batch, timesteps, features), so the number of features is {features}.",
    ),
    "input-flattened": Row(
        "input flattened",
        USUAL,
        "This flattens the input into {axes} = {flat} numbers, but the weights only see the last axis of {shape},"
        " which has size {features}.",
    ),
    "one-direction-in": Row(
        "input from one direction only",
        USUAL,
        "This takes the width of one direction, {half}, for the number of input features. The Bidirectional layer before"
        " concatenates both directions, so it is {features}.",
    ),
    "before-flatten": Row(
        "Flatten overlooked",
        USUAL,
        "This takes the last axis before Flatten, {last}, for the number of input features. Flatten turns {source} into"
        " {features} features.",
    ),
    "model-input-for-features": Row(
        "the model's input taken for the layer's",
        USUAL,
        "This uses the number of features of the model's input, {model_features}. The layer takes the output of the layer"
        " before it, which has {features}.",
    ),
    # Dense and Embedding.
    "units-and-features-swapped/dense": Row(
        "units and features swapped",
        USUAL,
        "This counts a bias per input, {features} in all. The bias belongs to the outputs: one per unit, {units}"
        " in all.",
    ),
    "vocabulary+1": Row(
        "vocabulary + 1",
        COMMON,
        "This counts {rows} rows, 1 more, for padding or unknown words. The table has exactly input_dim rows, {words}.",
    ),
    "vocabulary+2": Row(
        "vocabulary + 2",
        USUAL,
        "This counts {rows} rows, 2 more, for padding and unknown words. The table has exactly input_dim rows, {words}.",
    ),
    "vocabulary-1": Row(
        "vocabulary − 1",
        USUAL,
        "This counts {rows} rows, 1 less. The table has exactly input_dim rows, {words}.",
    ),
    "timesteps-for-vocabulary": Row(
        "sequence length taken for the vocabulary",
        COMMON,
        "This uses the length of the sequences, {timesteps}, as the vocabulary. The table has a row per word,"
        " {words} in all, whatever the length.",
    ),
    "timesteps-for-width": Row(
        "sequence length taken for the width",
        USUAL,
        "This uses the length of the sequences, {timesteps}, as output_dim, which is {width}.",
    ),
    "bias-added/embedding": Row(
        "a bias that does not exist",
        USUAL,
        "A bias of {width} numbers is counted. An Embedding has none.",
    ),
    # Convolutions.
    "kernel-area-forgotten": Row(
        "kernel area forgotten",
        COMMON,
        "The window is left out. Every weight between a channel and a filter exists once per position of the"
        " window, {area} times.",
    ),
    "one-side-of-kernel": Row(
        "one side of the kernel only",
        USUAL,
        "Only one side of the window is counted, {side}. Its area is {area}.",
    ),
    "channels-forgotten": Row(
        "input channels forgotten",
        COMMON,
        "This counts one input channel. Every filter has a window per channel, {channels} in all.",
    ),
    "one-filter-only": Row("one filter only", USUAL, "One filter is counted. There are {filters}."),
    "filters-forgotten": Row(
        "filters forgotten in the kernel",
        RARE,
        "This counts a bias per filter, but the window of one filter only. Each of the {filters} filters has its"
        " own window.",
    ),
    "bias-for-each-channel": Row(
        "a bias per input channel and filter",
        USUAL,
        "This counts a bias per input channel and filter. A filter has one bias, which is added after the sum"
        " over the {channels} channels.",
    ),
    "bias-for-each-input": Row(
        "a bias per input channel",
        RARE,
        "This counts a bias per input channel, {channels} in all. There is one per filter, {filters} in all.",
    ),
    "counted-as-dense": Row(
        "counted as a Dense layer on the whole input",
        USUAL,
        "This connects every filter to all {positions} positions of the input. A filter sees a window of {area}"
        " positions at a time.",
    ),
    "timesteps-for-channels": Row(
        "timesteps taken for channels",
        USUAL,
        "The number of timesteps, {timesteps}, is taken for the number of channels, which is {channels}.",
    ),
    "groups-forgotten": Row(
        "groups forgotten",
        COMMON,
        "This lets every filter see all {all_channels} channels. With groups={groups}, it sees {channels}.",
    ),
    "one-group-only": Row(
        "one group only",
        RARE,
        "One of the {groups} groups is counted, which has {filters} filters.",
    ),
    "counted-as-convolution": Row(
        "counted as an ordinary convolution",
        COMMON,
        "The count is that of an ordinary convolution. A separable convolution has a small depthwise and a small"
        " pointwise kernel instead.",
    ),
    "counted-as-convolution/depthwise": Row(
        "counted as an ordinary convolution",
        COMMON,
        "This lets every output channel see all input channels. In a depthwise convolution, it sees one.",
    ),
    "one-channel-only": Row("one channel only", USUAL, "One channel is counted. There are {channels}."),
    "pointwise-forgotten": Row("pointwise kernel forgotten", COMMON, "The pointwise kernel is left out."),
    "depthwise-forgotten": Row("depthwise kernel forgotten", COMMON, "The depthwise kernel is left out."),
    "second-bias": Row(
        "a second bias",
        USUAL,
        "This counts a bias after each of the two convolutions. There is only one, after the second.",
    ),
    # Normalization.
    "moving-statistics-forgotten": Row(
        "moving statistics forgotten",
        COMMON,
        "Only {trained} are counted. {tracked} are parameters too, but non-trainable ones.",
    ),
    "one-vector": Row("one vector only", USUAL, "One vector is counted. There are {vectors}."),
    "counted-as-batch-normalization": Row(
        "counted as BatchNormalization",
        USUAL,
        "This counts 4 vectors, as in BatchNormalization. The layer has no moving statistics.",
    ),
    "all-four-vectors": Row(
        "gamma and beta counted although they are off",
        USUAL,
        "This counts 4 vectors. The layer has {vectors}: {names}.",
    ),
    "timesteps-for-features/normalization": Row(
        "timesteps taken for features",
        USUAL,
        "This normalizes the axis of the timesteps, of size {timesteps}. The layer normalizes the last axis, of"
        " size {features}.",
    ),
    "every-position": Row(
        "every position by itself",
        USUAL,
        "This counts parameters for each of the {numbers} numbers of a sample. All positions of a feature share them.",
    ),
    "vector-u-forgotten": Row(
        "vector_u forgotten",
        COMMON,
        "Only the layer inside is counted. SpectralNormalization adds vector_u.",
    ),
    # Recurrent layers.
    "one-unit-times-units/unit": Row(
        "the formula of one unit times {name}",
        COMMON,
        "The count of a layer with one unit is multiplied by {units}. But every unit sees the last output of all"
        " {units} units, not only its own, so the recurrent kernel grows with the square of {name}.",
    ),
    "one-unit-times-units/filter": Row(
        "the formula of one filter times {name}",
        COMMON,
        "The count of a layer with one filter is multiplied by {units}. But every filter sees the last output of all"
        " {units} filters, not only its own, so the recurrent kernel grows with the square of {name}.",
    ),
    "one-unit-only": Row("one unit only", USUAL, "Only the weights of one unit are counted. There are {units}."),
    "one-filter-only/recurrent": Row(
        "one filter only",
        USUAL,
        "Only the weights of one filter are counted. There are {units}.",
    ),
    "units-and-features-swapped": Row(
        "units and features swapped",
        COMMON,
        "This swaps units and features. units is the first argument of the layer, {units}; the features are the"
        " last axis of its input, {features}.",
    ),
    "gates-forgotten": Row(
        "gates forgotten",
        COMMON,
        "One gate is counted. {kind} has {gates} ({letters}), each with its own weights.",
    ),
    "one-bias-for-all-gates/unit": Row(
        "one bias for all gates",
        RARE,
        "This counts one bias per unit. Each of the {gates} gates has its own.",
    ),
    "one-bias-for-all-gates/filter": Row(
        "one bias for all gates",
        RARE,
        "This counts one bias per filter. Each of the {gates} gates has its own.",
    ),
    "one-bias-for-each-gate/unit": Row(
        "one bias number per gate",
        RARE,
        "This counts one bias number per gate. Each unit of each of the {gates} gates has its own.",
    ),
    "one-bias-for-each-gate/filter": Row(
        "one bias number per gate",
        RARE,
        "This counts one bias number per gate. Each filter of each of the {gates} gates has its own.",
    ),
    "counted-as": Row(
        "counted as {other}",
        RARE,
        "This counts {count} gates, as in {other}. {kind} has {gates}.",
    ),
    "counted-as/two-biases": Row(
        "counted as {other}",
        RARE,
        "This counts {count} gates, as in {other}, and two biases, as in Keras's GRU. {kind} has {gates}.",
    ),
    "peepholes": Row(
        "peephole connections",
        ODD,
        "This counts peephole connections, 3 weights per unit from the cell state to the gates. Keras's LSTM has none.",
    ),
    "recurrent-kernel-forgotten/unit": Row(
        "recurrent kernel forgotten",
        COMMON,
        "The recurrent kernel is left out, which feeds the last output of every unit back in: {size} numbers.",
    ),
    "recurrent-kernel-forgotten/filter": Row(
        "recurrent kernel forgotten",
        COMMON,
        "The recurrent kernel is left out, which feeds the last output of every filter back in: {size} numbers.",
    ),
    "kernel-forgotten": Row("kernel forgotten", RARE, "The kernel is left out, which takes the input."),
    "features-forgotten": Row(
        "features forgotten",
        USUAL,
        "This assumes one input feature. There are {features} ({name}).",
    ),
    "channels-forgotten/recurrent": Row(
        "channels forgotten",
        USUAL,
        "This assumes one input channel. There are {features} ({name}).",
    ),
    "timesteps-for-units": Row(
        "timesteps taken for units",
        COMMON,
        "This uses the number of timesteps, {timesteps}, as units. The first argument of the layer sets the units,"
        " {units}, whatever the length of the sequence.",
    ),
    "bias-forgotten/unit-and-gate": Row(
        "bias forgotten", COMMON, "The bias is left out: {numbers} per unit of each gate."
    ),
    "bias-forgotten/filter-and-gate": Row(
        "bias forgotten", COMMON, "The bias is left out: {numbers} per filter of each gate."
    ),
    "reset-after": Row(
        "two biases instead of one",
        COMMON,
        "This counts two rows of biases, as with reset_after=True. reset_after is false, so there is one.",
    ),
    "reset-after/one": Row(
        "one bias instead of two",
        COMMON,
        "This counts one bias. With reset_after (the default), the bias has two rows, for the input and for the"
        " recurrent product.",
    ),
    "cudnn-bias": Row(
        "CuDNN's second bias",
        USUAL,
        "This counts two bias vectors, as in CuDNNLSTM and PyTorch. Keras's LSTM has one.",
    ),
    "cudnn-bias/one": Row(
        "one bias instead of two",
        COMMON,
        "This counts one bias. CuDNN layers always have two bias vectors, for the input and for the recurrent product.",
    ),
    "second-bias/recurrent": Row(
        "a second bias",
        RARE,
        "This counts two bias vectors, as in PyTorch's RNN. Keras's SimpleRNN has one.",
    ),
    "filters-and-channels-swapped": Row(
        "filters and channels swapped",
        USUAL,
        "This swaps filters and channels. filters is the first argument of the layer, {units}; the number of"
        " channels of the input is {features}.",
    ),
    "counted-as-bidirectional": Row(
        "counted as Bidirectional",
        RARE,
        "This counts two directions. The layer reads the sequence in one.",
    ),
    "one-direction": Row(
        "one direction only",
        COMMON,
        "One direction is counted. A Bidirectional layer has a second RNN with its own weights.",
    ),
    "one-direction/merged": Row(
        "one direction only",
        COMMON,
        "One direction is counted. A Bidirectional layer has a second RNN with its own weights; merge_mode {mode} makes"
        " one output of the two, not one layer.",
    ),
    "one-wide-layer": Row(
        "counted as one layer twice as wide",
        USUAL,
        "One RNN of {wide} units is counted, the width of the output. There are two of {units}, and neither sees"
        " the states of the other.",
    ),
    "units-shared-by-directions": Row(
        "units shared between the directions",
        USUAL,
        "This gives each direction {half} of the {units} units. Each has all {units}.",
    ),
    # Attention.
    "bias-forgotten/attention": Row("bias forgotten", COMMON, "The biases of the {count} projections are left out."),
    "heads-forgotten": Row(
        "heads forgotten",
        COMMON,
        "One head is counted. {name} ({width}) is the width of one head, so with {heads} heads the projections"
        " are {heads}·{width} wide.",
    ),
    "counted-as-multi-head": Row(
        "counted as MultiHeadAttention",
        COMMON,
        "This gives each of the {heads} heads its own keys and values. They share {shared} heads of keys and values.",
    ),
    "key-dim-split": Row(
        "key_dim split among the heads",
        COMMON,
        "This splits {name} among the heads, {share} per head, as other libraries do with their embedding size."
        " In Keras, each of the {heads} heads has all {width}.",
    ),
    "heads-multiplied": Row(
        "heads multiplied in again",
        COMMON,
        "The count is multiplied by the {heads} heads. The width of the projections includes them already.",
    ),
    "output-projection-forgotten": Row(
        "output projection forgotten",
        COMMON,
        "The last projection is left out, which combines the heads into one output.",
    ),
    "one-projection": Row("one projection only", RARE, "One projection is counted. There are {count}: {names}."),
    "heads-split-features": Row(
        "the features split among the heads",
        COMMON,
        "This makes every projection {features} wide, as in PyTorch, where the heads share the width of the"
        " input. In Keras, each of the {heads} heads is {name} ({width}) wide.",
    ),
    "timesteps-for-features/attention": Row(
        "timesteps taken for features",
        COMMON,
        "The number of timesteps, {timesteps}, is taken for the number of features, which is {features}.",
    ),
}


def mistake(
    name: str, change: Callable[[Any], Any], /, *, key: str = "", rank: int | None = None, **values: Any
) -> Mistake:
    """Return a mistake of the table for one layer.

    key: the key in JSON, by default from the name. rank: instead of the table's. values: for the braces.
    """
    row = TABLE[name]
    return Mistake(
        key or name.partition("/")[0],
        text(row.title, **values),
        text(row.text, **values),
        row.rank if rank is None else rank,
        change,
    )
