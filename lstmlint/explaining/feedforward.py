"""Recipes of Dense, Embedding, convolutions, and normalization."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from lstmlint.explaining.arithmetic import Expression, Number, many, plus, times, value
from lstmlint.explaining.language import counted, listed, sentence, text
from lstmlint.explaining.mistakes import Mistake, mistake
from lstmlint.explaining.recipes import Facts, Recipe, feature_mistakes, setting, times_by
from lstmlint.model.shapes import Dim, Shape, product

ONE = Number(1, "1")  # a name keeps it in the formula


def no_bias(size: int | None, of: str) -> Mistake:
    """Return the mistake of leaving out the bias. of: unit, channel or filter, which has the bias."""
    return mistake(f"bias-forgotten/{of}", setting(bias=None), numbers=many(size))


def single_bias(of: str) -> Mistake:
    """Return the mistake of counting one bias number for the whole layer."""
    return mistake(f"one-bias/{of}", setting(bias=ONE))


def added_bias(size: Expression) -> Mistake:
    """Return the mistake of counting a bias although use_bias is false."""
    return mistake("bias-added", setting(bias=size))


@dataclass(frozen=True, kw_only=True)
class Dense(Recipe):
    """input_dim · units + units."""

    features: Number
    units: Number
    bias: Number | None

    def core(self) -> Expression:
        """Return the formula."""
        return plus(times(self.features, self.units), self.bias)

    def roles(self, facts: Facts) -> str:
        """Return what units and input_dim are."""
        if facts.sequence:
            rest = text("the timesteps never enter the count, because every timestep uses the same weights")
        elif facts.input_shape and len(facts.input_shape) > 2:
            rest = text("the axes before it never enter the count, because every position uses the same weights")
        else:
            rest = text("the batch size never enters the count")
        return text(
            "units ({units}) is the width of the output, and input_dim the size of the input's last axis; {rest}.",
            units=self.units.value,
            rest=rest,
        )

    def own_mistakes(self, facts: Facts) -> Iterator[Mistake]:
        """Yield mistakes with the bias and with input_dim."""
        if self.bias:
            yield no_bias(self.units.value, "unit")
            yield single_bias("unit")
        else:
            yield added_bias(self.units)
        if self.bias:
            yield mistake(
                "units-and-features-swapped/dense",
                lambda r: replace(r, bias=r.features),
                features=self.features.value,
                units=self.units.value,
            )
        yield from feature_mistakes(facts, self.features)
        shape = facts.input_shape
        positions = product(shape[1:-1]) if shape and len(shape) > 3 else None
        if positions:
            yield mistake("positions-multiplied/dense", times_by(Number(positions, "positions")), positions=positions)


@dataclass(frozen=True, kw_only=True)
class Embedding(Recipe):
    """input_dim · output_dim: a row per word."""

    vocabulary: Number
    width: Number
    bias: Number | None = None

    def core(self) -> Expression:
        """Return the formula."""
        return plus(times(self.vocabulary, self.width), self.bias)

    def roles(self, facts: Facts) -> str:
        """Return what input_dim and output_dim are."""
        return text(
            "input_dim ({words}) is the size of the vocabulary and output_dim ({width}) the width of each word's vector;"
            " the length of the sequences never enters the count, because every position uses the same table.",
            words=self.vocabulary.value,
            width=self.width.value,
        )

    def own_mistakes(self, facts: Facts) -> Iterator[Mistake]:
        """Yield mistakes with the vocabulary, the length of the sequences, and a bias."""
        words, width = self.vocabulary.value or 0, self.width.value
        for step in (1, 2, -1):
            yield mistake(
                f"vocabulary{step:+d}",
                setting(vocabulary=Number(words + step, "input_dim")),
                rows=words + step,
                words=words,
            )
        if facts.timesteps:
            yield mistake(
                "timesteps-for-vocabulary",
                setting(vocabulary=Number(facts.timesteps, "input_dim")),
                timesteps=facts.timesteps,
                words=words,
            )
            yield mistake(
                "timesteps-for-width",
                setting(width=Number(facts.timesteps, "output_dim")),
                timesteps=facts.timesteps,
                width=width,
            )
        yield mistake("bias-added/embedding", setting(bias=self.width), width=width)


@dataclass(frozen=True, kw_only=True)
class Convolution(Recipe):
    """kernel area · channels · filters + filters. channels: those that one filter sees, which is one group.

    A depthwise convolution has depth_multiplier filters per channel, and each sees only its channel.
    """

    area: tuple[Number, ...]
    channels: Number
    filters: Number
    bias: Expression | None
    groups: int = 1
    channels_first: bool = False

    def core(self) -> Expression:
        """Return the formula."""
        return plus(times(*self.area, self.channels, self.filters), self.bias)

    @property
    def depthwise(self) -> bool:
        """Whether each filter sees a single channel."""
        return self.filters.name == "depth_multiplier"

    def roles(self, facts: Facts) -> str:
        """Return what filters, channels, and kernel_size are."""
        sides = sides_of(self.area)
        known = "" if self.channels.value is None else text(" ({value})", value=self.channels.value)
        if self.depthwise:
            what = text(
                "each of the channels{known} has its own depth_multiplier ({filters}) windows of {sides}",
                known=known,
                filters=self.filters.value,
                sides=sides,
            )
        elif self.groups > 1:
            what = text(
                "filters ({filters}) is the number of output channels, channels{known} that of the input channels of each"
                " of the {groups} groups, and each filter sees all of them in a window of {sides}",
                filters=self.filters.value,
                known=known,
                groups=self.groups,
                sides=sides,
            )
        else:
            what = text(
                "filters ({filters}) is the number of output channels, channels{known} that of the input channels, and each"
                " filter sees all of them in a window of {sides}",
                filters=self.filters.value,
                known=known,
                sides=sides,
            )
        never = text(
            "the length of the input, strides, and padding never enter the count, because every position uses the same"
            " weights"
            if len(self.area) == 1
            else "the size of the input, strides, and padding never enter the count, because every position uses the same"
            " weights"
        )
        return sentence(what, never)

    def own_mistakes(self, facts: Facts) -> Iterator[Mistake]:
        """Yield mistakes with the window, the channels, the positions, and the bias."""
        outputs = times(self.channels, self.filters) if self.depthwise else self.filters
        if self.bias:
            yield no_bias(value(outputs), "channel")
            yield single_bias("channel")
        else:
            yield added_bias(outputs)
        yield from window_mistakes(self.area)
        channels = self.channels
        yield mistake("channels-forgotten", setting(channels=ONE), channels=channels.value)
        yield from self._of_channels() if self.depthwise else self._of_filters(facts)
        yield from position_mistakes(facts, len(self.area), self.channels_first)

    def _of_filters(self, facts: Facts) -> Iterator[Mistake]:
        """Yield mistakes with the filters, groups, and biases of an ordinary convolution."""
        channels, filters = self.channels, self.filters
        yield mistake(
            "one-filter-only", lambda r: replace(r, filters=ONE, bias=ONE if r.bias else None), filters=filters.value
        )
        if self.bias:
            yield mistake("filters-forgotten", setting(filters=ONE), filters=filters.value)
            yield mistake(
                "bias-for-each-channel",
                lambda r: replace(r, bias=times(r.channels, r.filters)),
                channels=channels.value,
            )
            yield mistake(
                "bias-for-each-input",
                lambda r: replace(r, bias=r.channels),
                channels=channels.value,
                filters=filters.value,
            )
        whole = positions_of(facts.input_shape, len(self.area), self.channels_first)
        if whole:
            yield mistake(
                "counted-as-dense",
                lambda r: replace(r, area=(Number(whole, "positions"),)),
                positions=whole,
                area=product(side.value for side in self.area),
            )
        if len(self.area) == 1 and facts.input_shape and len(facts.input_shape) == 3:
            steps = facts.input_shape[-1 if self.channels_first else 1]
            if steps:
                yield mistake(
                    "timesteps-for-channels",
                    setting(channels=Number(steps, channels.name)),
                    timesteps=steps,
                    channels=channels.value,
                )
        if self.groups > 1 and channels.value is not None:
            yield mistake(
                "groups-forgotten",
                setting(channels=Number(channels.value * self.groups, "channels")),
                all_channels=channels.value * self.groups,
                groups=self.groups,
                channels=channels.value,
            )
            share = Number((filters.value or 0) // self.groups, "filters")
            yield mistake(
                "one-group-only",
                lambda r: replace(r, filters=share, bias=share if r.bias else None),
                groups=self.groups,
                filters=share.value,
            )

    def _of_channels(self) -> Iterator[Mistake]:
        """Yield mistakes with the channels of a depthwise convolution."""
        yield mistake("counted-as-convolution/depthwise", lambda r: replace(r, area=(*r.area, r.channels)))
        yield mistake(
            "one-channel-only",
            lambda r: replace(r, channels=ONE, bias=r.filters if r.bias else None),
            channels=self.channels.value,
        )


@dataclass(frozen=True, kw_only=True)
class Separable(Recipe):
    """A depthwise convolution (one window per channel), then a pointwise one that mixes the channels."""

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
        """Return the formula."""
        if self.ordinary:
            return plus(times(*self.area, self.channels, self.filters), self.bias)
        return plus(
            times(*self.area, self.channels, self.multiplier) if self.depthwise else None,
            times(self.channels, self.multiplier, self.filters) if self.pointwise else None,
            self.bias,
        )

    def roles(self, facts: Facts) -> str:
        """Return what the two convolutions do."""
        sides = sides_of(self.area)
        return text(
            "first each of the channels ({channels}) passes its own depth_multiplier ({multiplier}) windows of {sides},"
            " then filters ({filters}) mix the channels of each position; the size of the input, strides, and padding"
            " never enter the count.",
            channels=self.channels.value,
            multiplier=self.multiplier.value,
            sides=sides,
            filters=self.filters.value,
        )

    def own_mistakes(self, facts: Facts) -> Iterator[Mistake]:
        """Yield mistakes with the two convolutions."""
        yield mistake("counted-as-convolution", setting(ordinary=True))
        yield mistake("pointwise-forgotten", setting(pointwise=False))
        yield mistake("depthwise-forgotten", setting(depthwise=False))
        if self.bias:
            yield no_bias(self.filters.value, "filter")
            yield mistake("second-bias", lambda r: replace(r, bias=plus(r.filters, times(r.channels, r.multiplier))))
        yield from window_mistakes(self.area)
        yield from position_mistakes(facts, len(self.area), self.channels_first)


def sides_of(area: tuple[Number, ...]) -> str:
    """Return the sides of a window: 3 by 3."""
    return text(" by ").join(str(side.value) for side in area)


def window_mistakes(area: tuple[Number, ...]) -> Iterator[Mistake]:
    """Yield mistakes with the area of the window."""
    yield mistake("kernel-area-forgotten", setting(area=()), area=product(n.value for n in area))
    if len(area) > 1:
        yield mistake(
            "one-side-of-kernel", setting(area=area[:1]), side=area[0].value, area="·".join(str(n.value) for n in area)
        )


def positions_of(shape: Shape, rank: int, channels_first: bool) -> Dim:
    """Return the number of positions in the last `rank` axes of a shape, without the channels."""
    if shape is None or len(shape) < rank + 2:
        return None
    return product(shape[-rank:] if channels_first else shape[-1 - rank : -1])


def position_mistakes(facts: Facts, rank: int, channels_first: bool) -> Iterator[Mistake]:
    """Yield the mistakes of multiplying by the positions of the output or the input."""
    seen: set[int] = set()
    for shape, name in (
        (facts.output_shape, "positions-multiplied"),
        (facts.input_shape, "input-positions-multiplied"),
    ):
        count = positions_of(shape, rank, channels_first)
        if count and count not in seen:
            seen.add(count)
            yield mistake(name, times_by(Number(count, "positions")), count=count)


@dataclass(frozen=True, kw_only=True)
class Normalization(Recipe):
    """Several vectors, each as long as the normalized axes."""

    trained: tuple[str, ...]
    tracked: tuple[str, ...]
    size: tuple[Number, ...]
    vectors: int

    def core(self) -> Expression:
        """Return the formula."""
        return times(Number(self.vectors), *self.size)

    def roles(self, facts: Facts) -> str:
        """Return which vectors there are, and which are not trained."""
        each = "·".join(str(n.value) for n in self.size)
        if not self.tracked:
            return counted(
                "{names}, {size} long, one number per normalized feature; nothing else of the input's shape enters the"
                " count.",
                "{names}, each {size} long, one number per normalized feature; nothing else of the input's shape enters the"
                " count.",
                len(self.trained),
                names=listed(self.trained),
                size=each,
            )
        parts = []
        if self.trained:
            names = listed(self.trained)
            parts.append(counted("{names} is trained", "{names} are trained", len(self.trained), names=names))
        parts += [
            text(
                "{names} are estimated from the data, so Keras counts them as non-trainable",
                names=listed(self.tracked),
            ),
            text("each {size} long, one number per normalized feature", size=each),
            text("the batch size and the positions never enter the count"),
        ]
        return sentence(*parts)

    def own_mistakes(self, facts: Facts) -> Iterator[Mistake]:
        """Yield mistakes with the number and the length of the vectors."""
        count = self.vectors
        if self.tracked and self.trained:
            yield mistake(
                "moving-statistics-forgotten",
                setting(vectors=len(self.trained)),
                trained=listed(self.trained),
                tracked=listed(self.tracked),
            )
        yield mistake("one-vector", setting(vectors=1), vectors=count)
        if not self.tracked:
            yield mistake("counted-as-batch-normalization", setting(vectors=4))
        elif count != 4:
            yield mistake(
                "all-four-vectors", setting(vectors=4), vectors=count, names=listed((*self.trained, *self.tracked))
            )
        shape = facts.input_shape
        steps = shape[1] if shape and len(shape) == 3 and len(self.size) == 1 else None
        if steps and self.size[0].value == (shape or ())[-1]:
            yield mistake(
                "timesteps-for-features/normalization",
                setting(size=(Number(steps, "features"),)),
                timesteps=steps,
                features=self.size[0].value,
            )
        everything = product(shape[1:]) if shape and len(shape) > 2 else None
        if everything:
            yield mistake(
                "every-position", setting(size=(Number(everything, "positions · features"),)), numbers=everything
            )
