"""Recipes of layers without a memory: Dense, Embedding, convolutions, normalization."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from lstmlint.explaining.arithmetic import Expression, Number, listed, many, plus, times, value
from lstmlint.explaining.recipes import (
    COMMON,
    RARE,
    USUAL,
    Facts,
    Mistake,
    Recipe,
    feature_mistakes,
    setting,
    times_by,
)
from lstmlint.model.shapes import Dim, Shape, product

ONE = Number(1, "1")  # a name keeps it in the formula


def no_bias(size: int | None, of: str) -> Mistake:
    """The bias left out."""
    return Mistake(
        "bias-forgotten",
        "bias forgotten",
        f"It leaves the bias out: {many(size, 'number')}, one for each {of}.",
        COMMON,
        setting(bias=None),
    )


def single_bias(of: str) -> Mistake:
    """One bias number for the whole layer."""
    return Mistake(
        "one-bias",
        "one bias number",
        f"It counts one bias number for the whole layer. Each {of} has its own.",
        USUAL,
        setting(bias=ONE),
    )


def added_bias(size: Expression) -> Mistake:
    """A bias counted that use_bias=False leaves out."""
    return Mistake(
        "bias-added", "a bias that is not there", "It adds a bias. use_bias is false here.", USUAL, setting(bias=size)
    )


@dataclass(frozen=True, kw_only=True)
class Dense(Recipe):
    """input_dim · units + units."""

    features: Number
    units: Number
    bias: Number | None

    def core(self) -> Expression:
        """The formula."""
        return plus(times(self.features, self.units), self.bias)

    def roles(self, facts: Facts) -> str:
        """What units and input_dim are; what lies between batch and features never enters."""
        if facts.sequence:
            rest = "; the timesteps never enter the count, because every timestep uses the same weights"
        elif facts.input_shape and len(facts.input_shape) > 2:
            rest = "; the axes before it never enter the count, because every position uses the same weights"
        else:
            rest = "; the batch size never enters the count"
        return (
            f"units ({self.units.value}) is the width of the output, input_dim the size of the input's last axis{rest}."
        )

    def own_mistakes(self, facts: Facts) -> Iterator[Mistake]:
        """Biases, and another number for input_dim."""
        if self.bias:
            yield no_bias(self.units.value, "unit")
            yield single_bias("unit")
        else:
            yield added_bias(self.units)
        if self.bias:
            yield Mistake(
                "units-and-features-swapped",
                "units and features swapped",
                f"It counts a bias for each of the {self.features.value} inputs. The bias belongs to the outputs: one"
                f" for each of its {many(self.units.value, 'unit')}.",
                USUAL,
                lambda r: replace(r, bias=r.features),
            )
        yield from feature_mistakes(facts, self.features)
        shape = facts.input_shape
        positions = product(shape[1:-1]) if shape and len(shape) > 3 else None
        if positions:
            yield Mistake(
                "positions-multiplied",
                "positions multiplied in",
                f"It multiplies by the {positions} positions before the last axis. All of them use the same weights.",
                USUAL,
                times_by(Number(positions, "positions")),
            )


@dataclass(frozen=True, kw_only=True)
class Embedding(Recipe):
    """input_dim · output_dim: a row for each word."""

    vocabulary: Number
    width: Number
    bias: Number | None = None

    def core(self) -> Expression:
        """The formula."""
        return plus(times(self.vocabulary, self.width), self.bias)

    def roles(self, facts: Facts) -> str:
        """What input_dim and output_dim are; the sequence's length never enters."""
        return (
            f"input_dim ({self.vocabulary.value}) is the size of the vocabulary and output_dim ({self.width.value}) the"
            " width of each word's vector; the length of the sequences never enters the count, because every position"
            " looks into the same table."
        )

    def own_mistakes(self, facts: Facts) -> Iterator[Mistake]:
        """The vocabulary off by one, the sequence's length taken for it, a bias."""
        words, width = self.vocabulary.value or 0, self.width.value
        for step, why in ((1, "for padding or unknown words"), (2, "for padding and unknown words"), (-1, "less")):
            yield Mistake(
                f"vocabulary{step:+d}",
                f"vocabulary {'+' if step > 0 else '−'} {abs(step)}",
                f"It counts {words + step} rows, {abs(step)} {'more ' if step > 0 else ''}{why}. The table has exactly"
                f" input_dim rows, {words}.",
                COMMON if step == 1 else USUAL,
                setting(vocabulary=Number(words + step, "input_dim")),
            )
        if facts.timesteps:
            yield Mistake(
                "timesteps-for-vocabulary",
                "sequence length taken for the vocabulary",
                f"It takes the length of the sequences, {facts.timesteps}, for the vocabulary. The table has a row for"
                f" each of the {words} words, however many of them a sequence has.",
                COMMON,
                setting(vocabulary=Number(facts.timesteps, "input_dim")),
            )
            yield Mistake(
                "timesteps-for-width",
                "sequence length taken for the width",
                f"It takes the length of the sequences, {facts.timesteps}, for output_dim, which is {width}.",
                USUAL,
                setting(width=Number(facts.timesteps, "output_dim")),
            )
        yield Mistake(
            "bias-added",
            "a bias that is not there",
            f"It adds a bias of {width}. An Embedding has none.",
            USUAL,
            setting(bias=self.width),
        )


@dataclass(frozen=True, kw_only=True)
class Convolution(Recipe):
    """kernel area · channels · filters + filters. channels: those that one filter sees, so of its group.

    A depthwise convolution has depth_multiplier filters for each channel, and sees that channel only.
    """

    area: tuple[Number, ...]
    channels: Number
    filters: Number
    bias: Expression | None
    groups: int = 1
    channels_first: bool = False

    def core(self) -> Expression:
        """The formula."""
        return plus(times(*self.area, self.channels, self.filters), self.bias)

    @property
    def depthwise(self) -> bool:
        """Whether each channel is by itself."""
        return self.filters.name == "depth_multiplier"

    def roles(self, facts: Facts) -> str:
        """What filters, channels and kernel_size are; the size of the picture never enters."""
        sides = " by ".join(str(side.value) for side in self.area)
        known = "" if self.channels.value is None else f" ({self.channels.value})"
        if self.depthwise:
            what = (
                f"each of the channels{known} has depth_multiplier ({self.filters.value}) windows of its own, {sides}"
            )
        else:
            group = f" of each of the {self.groups} groups" if self.groups > 1 else ""
            what = (
                f"filters ({self.filters.value}) is the number of channels that come out, channels{known} those that"
                f" come in{group}, and each filter looks at all of them through a window of {sides}"
            )
        size = "length" if len(self.area) == 1 else "size"
        return (
            f"{what}; the {size} of the input, strides and padding never enter the count, because every position uses"
            " the same weights."
        )

    def own_mistakes(self, facts: Facts) -> Iterator[Mistake]:
        """The window's area, the channels, the positions, the bias."""
        outputs = times(self.channels, self.filters) if self.depthwise else self.filters
        if self.bias:
            yield no_bias(value(outputs), "channel that comes out")
            yield single_bias("channel that comes out")
        else:
            yield added_bias(outputs)
        yield from window_mistakes(self.area)
        channels = self.channels
        yield Mistake(
            "channels-forgotten",
            "input channels forgotten",
            f"It counts one input channel. Every filter has a window for each of the {channels.value} channels.",
            COMMON,
            setting(channels=ONE),
        )
        yield from self._of_channels() if self.depthwise else self._of_filters(facts)
        yield from position_mistakes(facts, len(self.area), self.channels_first)

    def _of_filters(self, facts: Facts) -> Iterator[Mistake]:
        """Filters, groups and biases of an ordinary convolution."""
        channels, filters = self.channels, self.filters
        yield Mistake(
            "one-filter-only",
            "one filter only",
            f"It counts one of the {filters.value} filters.",
            USUAL,
            lambda r: replace(r, filters=ONE, bias=ONE if r.bias else None),
        )
        if self.bias:
            yield Mistake(
                "filters-forgotten",
                "filters forgotten in the kernel",
                f"It counts the window of one filter, and a bias for each. Each of the {filters.value} filters has a"
                " window of its own.",
                RARE,
                setting(filters=ONE),
            )
            yield Mistake(
                "bias-for-each-channel",
                "a bias for each input channel of each filter",
                f"It gives each filter a bias for each of the {channels.value} channels. A filter has one, added after"
                " the sum over all of them.",
                USUAL,
                lambda r: replace(r, bias=times(r.channels, r.filters)),
            )
            yield Mistake(
                "bias-for-each-input",
                "a bias for each channel that comes in",
                f"It counts a bias for each of the {channels.value} channels that come in. The bias belongs to the"
                f" filters, of which there are {filters.value}.",
                RARE,
                lambda r: replace(r, bias=r.channels),
            )
        whole = positions_of(facts.input_shape, len(self.area), self.channels_first)
        if whole:
            yield Mistake(
                "counted-as-dense",
                "counted as a Dense layer on the whole input",
                f"It connects every filter with all {whole} positions of the input. A filter sees a window of"
                f" {product(side.value for side in self.area)} of them at a time.",
                USUAL,
                lambda r: replace(r, area=(Number(whole, "positions"),)),
            )
        if len(self.area) == 1 and facts.input_shape and len(facts.input_shape) == 3:
            steps = facts.input_shape[-1 if self.channels_first else 1]
            if steps:
                yield Mistake(
                    "timesteps-for-channels",
                    "timesteps taken for channels",
                    f"It takes the {steps} steps of the input for its channels, of which there are {channels.value}.",
                    USUAL,
                    setting(channels=Number(steps, channels.name)),
                )
        if self.groups > 1 and channels.value is not None:
            yield Mistake(
                "groups-forgotten",
                "groups forgotten",
                f"It lets every filter see all {channels.value * self.groups} channels. With groups={self.groups} it"
                f" sees {channels.value}.",
                COMMON,
                setting(channels=Number(channels.value * self.groups, "channels")),
            )
            share = Number((filters.value or 0) // self.groups, "filters")
            yield Mistake(
                "one-group-only",
                "one group only",
                f"It counts one of the {self.groups} groups, {share.value} filters.",
                RARE,
                lambda r: replace(r, filters=share, bias=share if r.bias else None),
            )

    def _of_channels(self) -> Iterator[Mistake]:
        """The channels of a depthwise convolution taken together, or one alone."""
        yield Mistake(
            "counted-as-convolution",
            "counted as an ordinary convolution",
            "It lets every output channel see all input channels. In a depthwise convolution it sees one.",
            COMMON,
            lambda r: replace(r, area=(*r.area, r.channels)),
        )
        yield Mistake(
            "one-channel-only",
            "one channel only",
            f"It counts one of the {self.channels.value} channels.",
            USUAL,
            lambda r: replace(r, channels=ONE, bias=r.filters if r.bias else None),
        )


@dataclass(frozen=True, kw_only=True)
class Separable(Recipe):
    """A depthwise convolution (one window a channel), then a pointwise one that mixes the channels."""

    area: tuple[Number, ...]
    channels: Number
    multiplier: Number
    filters: Number
    bias: Expression | None
    depthwise: bool = True
    pointwise: bool = True
    ordinary: bool = False
    channels_first: bool = False

    def core(self) -> Expression:
        """The formula."""
        if self.ordinary:
            return plus(times(*self.area, self.channels, self.filters), self.bias)
        return plus(
            times(*self.area, self.channels, self.multiplier) if self.depthwise else None,
            times(self.channels, self.multiplier, self.filters) if self.pointwise else None,
            self.bias,
        )

    def roles(self, facts: Facts) -> str:
        """What the two steps are; the size of the picture never enters."""
        sides = " by ".join(str(side.value) for side in self.area)
        return (
            f"first each of the channels ({self.channels.value}) goes through depth_multiplier"
            f" ({self.multiplier.value}) windows of {sides} of its own, then filters ({self.filters.value}) mix them"
            " position by position; the size of the input, strides and padding never enter the count."
        )

    def own_mistakes(self, facts: Facts) -> Iterator[Mistake]:
        """One of the two steps forgotten, or both taken for one."""
        yield Mistake(
            "counted-as-convolution",
            "counted as an ordinary convolution",
            "It counts an ordinary convolution. A separable one is two small ones, depthwise and pointwise, which is"
            " what makes it cheap.",
            COMMON,
            setting(ordinary=True),
        )
        yield Mistake(
            "pointwise-forgotten",
            "pointwise kernel forgotten",
            "It leaves out the pointwise kernel.",
            COMMON,
            setting(pointwise=False),
        )
        yield Mistake(
            "depthwise-forgotten",
            "depthwise kernel forgotten",
            "It leaves out the depthwise kernel.",
            COMMON,
            setting(depthwise=False),
        )
        if self.bias:
            yield no_bias(self.filters.value, "filter")
            yield Mistake(
                "second-bias",
                "a second bias",
                "It counts a bias after each of the two steps. There is one, after the second.",
                USUAL,
                lambda r: replace(r, bias=plus(r.filters, times(r.channels, r.multiplier))),
            )
        yield from window_mistakes(self.area)
        yield from position_mistakes(facts, len(self.area), self.channels_first)


def window_mistakes(area: tuple[Number, ...]) -> Iterator[Mistake]:
    """The area of a window forgotten, or half of it."""
    yield Mistake(
        "kernel-area-forgotten",
        "kernel area forgotten",
        "It leaves out the window: each weight from a channel to a filter exists once for each of its"
        f" {product(n.value for n in area)} positions.",
        COMMON,
        setting(area=()),
    )
    if len(area) > 1:
        yield Mistake(
            "one-side-of-kernel",
            "one side of the kernel only",
            f"It counts one side of the window, {area[0].value}, rather than its area"
            f" {'·'.join(str(n.value) for n in area)}.",
            USUAL,
            setting(area=area[:1]),
        )


def positions_of(shape: Shape, rank: int, channels_first: bool) -> Dim:
    """How many positions a frame of so many axes has: the last of a shape but for its channels."""
    if shape is None or len(shape) < rank + 2:
        return None
    return product(shape[-rank:] if channels_first else shape[-1 - rank : -1])


def position_mistakes(facts: Facts, rank: int, channels_first: bool) -> Iterator[Mistake]:
    """The positions of the output, or of the input (which padding="same" keeps), multiplied in."""
    seen: set[int] = set()
    for shape, key, what in (
        (facts.output_shape, "positions-multiplied", "positions of the output"),
        (facts.input_shape, "input-positions-multiplied", "positions of the input, as if padding kept them all"),
    ):
        count = positions_of(shape, rank, channels_first)
        if count and count not in seen:
            seen.add(count)
            yield Mistake(
                key,
                "positions multiplied in",
                f"It multiplies by the {count} {what}. One window slides over all of them; padding and strides decide"
                " how often it is used, not how many weights it has.",
                USUAL,
                times_by(Number(count, "positions")),
            )


@dataclass(frozen=True, kw_only=True)
class Normalization(Recipe):
    """So many vectors, each as long as the normalized axes."""

    trained: tuple[str, ...]
    tracked: tuple[str, ...]
    size: tuple[Number, ...]
    vectors: int

    def core(self) -> Expression:
        """The formula."""
        return times(Number(self.vectors), *self.size)

    def roles(self, facts: Facts) -> str:
        """Which vectors there are and which of them training leaves alone."""
        each = "·".join(str(n.value) for n in self.size)
        where = f"each {each} long, one number for every feature that is normalized"
        if not self.tracked:
            return f"{listed(self.trained)}, {where}; nothing else of the input's shape enters the count."
        learned = f"{listed(self.trained)} are trained; " if self.trained else ""
        return (
            f"{learned}{listed(self.tracked)} only follow the data, so Keras counts them as non-trainable; {where};"
            " batch size and positions never enter the count."
        )

    def own_mistakes(self, facts: Facts) -> Iterator[Mistake]:
        """Some of the vectors forgotten, or too many counted."""
        count = self.vectors
        if self.tracked and self.trained:
            yield Mistake(
                "moving-statistics-forgotten",
                "moving statistics forgotten",
                f"It counts {listed(self.trained)} only. {listed(self.tracked)} are not trained, but they are"
                " parameters too, the non-trainable ones.",
                COMMON,
                setting(vectors=len(self.trained)),
            )
        yield Mistake(
            "one-vector", "one vector only", f"It counts one of the {count} vectors.", USUAL, setting(vectors=1)
        )
        if not self.tracked:
            yield Mistake(
                "counted-as-batch-normalization",
                "counted as BatchNormalization",
                "It counts 4 vectors, as BatchNormalization has. This layer keeps no moving statistics.",
                USUAL,
                setting(vectors=4),
            )
        elif count != 4:
            yield Mistake(
                "all-four-vectors",
                "gamma and beta counted though they are off",
                f"It counts 4 vectors. This layer has {count}: {listed((*self.trained, *self.tracked))}.",
                USUAL,
                setting(vectors=4),
            )
        shape = facts.input_shape
        steps = shape[1] if shape and len(shape) == 3 and len(self.size) == 1 else None
        if steps and self.size[0].value == (shape or ())[-1]:
            yield Mistake(
                "timesteps-for-features",
                "timesteps taken for features",
                f"It takes the {steps} timesteps for the axis that is normalized. That is the last one,"
                f" {self.size[0].value} features.",
                USUAL,
                setting(size=(Number(steps, "features"),)),
            )
        everything = product(shape[1:]) if shape and len(shape) > 2 else None
        if everything:
            yield Mistake(
                "every-position",
                "every position by itself",
                f"It gives each of the {everything} numbers of a sample its own. All positions of a feature share"
                " them.",
                USUAL,
                setting(size=(Number(everything, "positions · features"),)),
            )
