"""Recipes of recurrent layers, their gates, and how they are counted wrong."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from lstmlint.explaining.arithmetic import Expression, Number, many, plus, times
from lstmlint.explaining.feedforward import position_mistakes
from lstmlint.explaining.recipes import (
    COMMON,
    ODD,
    RARE,
    USUAL,
    Facts,
    Mistake,
    Parts,
    Recipe,
    feature_mistakes,
    setting,
    times_by,
)
from lstmlint.layers.base import Weight
from lstmlint.model.shapes import product

# Keras's own letters for the gates, in the order of the columns.
GATE_WORDS = {
    "LSTM": {"i": "input gate", "f": "forget gate", "c": "cell candidate", "o": "output gate"},
    "GRU": {"z": "update gate", "r": "reset gate", "h": "candidate"},
}
KIND_OF_GATES = {4: "LSTM", 3: "GRU", 1: "SimpleRNN"}


def article(name: str) -> str:
    """The class with its article: an LSTM, a GRU."""
    return f"{'an' if name.startswith(('LSTM', 'RNN')) else 'a'} {name}"


@dataclass(frozen=True, slots=True)
class GateSlice:
    """The part of a weight that belongs to one gate.

    name: as Keras calls it (kernel_i); where: the columns, in Python's notation.
    """

    gate: str
    name: str
    shape: tuple[int, ...]
    where: str
    meaning: str


def gate_slices(weight: Weight, gates: tuple[str, ...], two_biases: bool = False) -> list[GateSlice]:
    """Which columns of a recurrent layer's weight belong to which gate, in Keras's order.

    With two_biases, as CuDNN layers have them in one vector: first those added to the input's product (bias_i_i
    in Keras's words), then those added to the state's (bias_i).
    """
    kind = KIND_OF_GATES.get(len(gates), "")
    if len(gates) < 2 or not weight.shape or kind not in GATE_WORDS:
        return []
    meanings = GATE_WORDS[kind]
    width = weight.shape[-1]
    labels = [(gate, f"{weight.name}_{gate}", meanings.get(gate, "")) for gate in gates]
    if weight.name == "bias" and two_biases:
        labels = [(g, f"{weight.name}_{g}_i", f"{meanings.get(g, '')}, input") for g in gates]
        labels += [(g, f"{weight.name}_{g}", f"{meanings.get(g, '')}, recurrent") for g in gates]
    step = width // len(labels)
    before = "..., " if len(weight.shape) > 2 else ":, " if len(weight.shape) == 2 else ""
    return [
        GateSlice(gate, name, (*weight.shape[:-1], step), f"[{before}{i * step}:{(i + 1) * step}]", meaning)
        for i, (gate, name, meaning) in enumerate(labels)
    ]


@dataclass(frozen=True, kw_only=True)
class Recurrent(Recipe):
    """gates · (units · (input_dim + units) + biases · units); Keras's LSTMCell.build and its kin.

    units: how many are counted; states: how many of them feed back. area: a convolution's kernel.
    biases: how many each unit of each gate has. one_bias: whether the gates share theirs, bias_number: whether
    the units of a gate do (they never do). peepholes: weights from the cell state, which Keras's LSTM does not have.
    channels_first: whether a frame's axes come after its channels.
    """

    kind: str
    gates: int
    units: Number
    states: Number
    features: Number
    area: tuple[Number, ...] = ()
    biases: int = 1
    kernel: bool = True
    recurrent: bool = True
    one_bias: bool = False
    bias_number: bool = False
    peepholes: int = 0
    channels_first: bool = False

    def core(self) -> Expression:
        """The formula."""
        sources = [n for n, there in ((self.features, self.kernel), (self.states, self.recurrent)) if there]
        gates = Number(self.gates)
        weights = times(self.units, *self.area, plus(*sources)) if sources else None
        bias = times(Number(self.biases), self.units) if self.biases else None
        if self.bias_number:
            bias = Number(1, "1")
        if self.one_bias:
            return plus(times(gates, weights) if weights else None, bias)
        each = plus(weights, bias)
        peepholes = times(Number(self.peepholes), self.units) if self.peepholes else None
        return plus(times(gates, each), peepholes)

    @property
    def word(self) -> str:
        """What the layer is made of."""
        return "filter" if self.area else "unit"

    def roles(self, facts: Facts) -> str:
        """What units, features and timesteps are, and that the timesteps never enter."""
        size, inputs = self.units, self.features
        states = "both states (h and c)" if self.gates == 4 else "the state"
        known = "" if inputs.value is None else f" ({inputs.value})"
        timesteps, enter = f"the {facts.timesteps} timesteps", "enter"
        if facts.timesteps is None or facts.timesteps == 1:
            fixed = "not fixed here" if facts.timesteps is None else "1"
            timesteps, enter = f"the number of timesteps ({fixed})", "enters"
        if self.area:
            sides = " by ".join(str(side.value) for side in self.area)
            return (
                f"filters ({size.value}) is the number of channels of the output and of {states}, and channels{known}"
                f" those of each input frame; every gate looks through a window of {sides}, the same at every position"
                f" and every timestep, so neither the frame's size nor {timesteps} {enter} the count."
            )
        return (
            f"units ({size.value}) is the width of the output and of {states}; features{known} is the size of what"
            f" arrives at each timestep, the input's last axis, called input_dim above; {timesteps} never {enter} the"
            " count, because every timestep uses the same weights."
        )

    def mistakes(self, facts: Facts) -> Iterator[Mistake]:
        """And a layer of one direction counted as one of two."""
        yield from super().mistakes(facts)
        yield Mistake(
            "counted-as-bidirectional",
            "counted as Bidirectional",
            "It counts two directions. This layer reads the sequence in one only.",
            RARE,
            times_by(Number(2, "directions")),
        )

    def own_mistakes(self, facts: Facts) -> Iterator[Mistake]:
        """The mistakes that textbooks, lectures and questions are full of."""
        yield from self._of_units()
        yield from self._of_gates()
        yield from self._of_inputs(facts)
        yield from self._of_biases(facts)
        if self.area:
            yield from self._of_windows(facts)

    def _of_units(self) -> Iterator[Mistake]:
        units, name = self.units.value or 0, self.units.name
        one = Number(1, "1")  # a name keeps it in the formula
        word = self.word
        yield Mistake(
            "one-unit-times-units",
            f"the formula of one {word} times {name}",
            f"It counts a layer of one {word} and multiplies by {many(units, word)}. But the count is for the layer,"
            f" not for each {word}: every {word} also sees the last output of all {units}, not only its own, so the"
            f" recurrent kernel grows with the square of {name}.",
            COMMON,
            lambda r: replace(r, units=one, states=one, factors=(*r.factors, self.units)),
        )
        yield Mistake(
            f"one-{word}-only",
            f"one {word} only",
            f"It counts the weights that lead to one {word}. The layer has {many(units, word)}.",
            USUAL,
            setting(units=one),
        )
        if not self.area:
            yield Mistake(
                "units-and-features-swapped",
                "units and features swapped",
                f"It takes units for features and features for units. units is the layer's first argument ({units}),"
                f" features the last axis of its input ({self.features.value}).",
                COMMON,
                lambda r: replace(r, units=r.features, states=r.features, features=r.units),
            )

    def _of_gates(self) -> Iterator[Mistake]:
        if self.gates > 1:
            letters = ", ".join(GATE_WORDS.get(KIND_OF_GATES[self.gates], {}))
            yield Mistake(
                "gates-forgotten",
                "gates forgotten",
                f"It counts one gate. {_capital(article(self.kind))} has"
                f" {self.gates} ({letters}), each with weights of its own.",
                COMMON,
                setting(gates=1),
            )
            yield Mistake(
                "one-bias-for-all-gates",
                "one bias for all gates",
                f"It counts one bias for each {self.word}. Each of the {self.gates} gates has its own.",
                RARE,
                setting(one_bias=True),
            )
            if self.biases:
                yield Mistake(
                    "one-bias-for-each-gate",
                    "one bias number for each gate",
                    f"It counts one bias number for each of the {self.gates} gates. Each {self.word} of each gate has its"
                    " own.",
                    RARE,
                    setting(bias_number=True),
                )
        yield from self._of_kinds()
        if self.gates == 4 and not self.area:
            yield Mistake(
                "peepholes",
                "peephole connections",
                "It adds peephole connections, 3 weights for each unit from the cell state to the gates. Keras's LSTM"
                " has none.",
                ODD,
                setting(peepholes=3),
            )

    def _of_kinds(self) -> Iterator[Mistake]:
        """Counted as another RNN: by its textbook formula, and with the second bias that Keras's GRU has."""
        for count, kind in KIND_OF_GATES.items():
            if count in (self.gates, 1):
                continue
            text = (
                f"It counts {count} gates, as {article(kind)} has. {_capital(article(self.kind))} has"
                f" {self.gates if self.gates > 1 else 'one'}"
            )
            one = min(self.biases, 1)
            usual = 2 * one if kind == "GRU" and not self.area else one
            for biases in dict.fromkeys((one, usual, self.biases)):
                extra = ", with two biases, as Keras's GRU has" if biases == 2 else ""
                yield Mistake(
                    f"counted-as-{kind.lower()}",
                    f"counted as {article(kind)}",
                    f"{text}{extra}.",
                    RARE if biases in (one, usual) else ODD,
                    setting(gates=count, biases=biases),
                )

    def _of_inputs(self, facts: Facts) -> Iterator[Mistake]:
        sides = "·".join(str(n.value) for n in (self.units, *self.area, self.states))
        yield Mistake(
            "recurrent-kernel-forgotten",
            "recurrent kernel forgotten",
            f"It leaves out the recurrent kernel, through which the last output of every {self.word} comes back in:"
            f" {f'{self.gates} · ' if self.gates > 1 else ''}{sides} numbers.",
            COMMON,
            setting(recurrent=False),
        )
        yield Mistake(
            "kernel-forgotten",
            "kernel forgotten",
            "It leaves out the kernel, through which the input comes in.",
            RARE,
            setting(kernel=False),
        )
        if self.features.value != 1:
            name = self.features.name
            yield Mistake(
                "channels-forgotten" if self.area else "features-forgotten",
                "channels forgotten" if self.area else "features forgotten",
                f"It takes one {'channel' if self.area else 'feature'} to come in. There are {self.features.value}"
                f" ({name}).",
                USUAL,
                setting(features=Number(1, "1")),
            )
        if self.area:
            return
        if facts.timesteps:
            yield Mistake(
                "timesteps-for-units",
                "timesteps taken for units",
                f"It takes the {facts.timesteps} timesteps for units. A layer has as many units as its first argument"
                f" says, {self.units.value}, whatever the length of the sequence.",
                COMMON,
                lambda r: replace(r, units=Number(facts.timesteps, "units"), states=Number(facts.timesteps, "units")),
            )
        yield from feature_mistakes(facts, self.features)

    def _of_biases(self, facts: Facts) -> Iterator[Mistake]:
        if self.biases:
            yield Mistake(
                "bias-forgotten",
                "bias forgotten",
                f"It leaves out the bias: {self.biases if self.biases > 1 else 'one'} number{'s' * (self.biases > 1)}"
                f" for each {self.word}{' of each gate' if self.gates > 1 else ''}.",
                COMMON,
                setting(biases=0),
            )
        else:
            yield Mistake(
                "bias-added",
                "a bias that is not there",
                "It adds a bias. use_bias is false here.",
                USUAL,
                setting(biases=1),
            )
        if self.biases == 2:
            second = (
                "CuDNN layers always have two bias vectors, one for the input and one for the recurrent product."
                if self.kind.startswith("CuDNN")
                else "With reset_after (the default) the bias has two rows, one for the input and one for the recurrent"
                " product."
            )
            yield Mistake(
                "cudnn-bias" if self.kind.startswith("CuDNN") else "reset-after",
                "one bias instead of two",
                f"It counts one bias. {second}",
                COMMON,
                setting(biases=1),
            )
        elif self.biases == 1 and self.gates == 3:
            yield Mistake(
                "reset-after",
                "two biases instead of one",
                "It counts two bias rows, as reset_after=True would give. reset_after is false here, so there is one.",
                COMMON,
                setting(biases=2),
            )
        elif self.biases == 1 and self.gates == 4 and not self.area:
            yield Mistake(
                "cudnn-bias",
                "CuDNN's second bias",
                "It counts two bias vectors, as CuDNNLSTM and PyTorch have. Keras's LSTM has one.",
                USUAL,
                setting(biases=2),
            )
        elif self.biases == 1 and self.gates == 1:
            yield Mistake(
                "second-bias",
                "a second bias",
                "It counts two bias vectors, as PyTorch's RNN has. Keras's SimpleRNN has one.",
                RARE,
                setting(biases=2),
            )

    def _of_windows(self, facts: Facts) -> Iterator[Mistake]:
        yield Mistake(
            "kernel-area-forgotten",
            "kernel area forgotten",
            "It leaves out the window: each weight from a channel to a filter exists once for each of its"
            f" {product(side.value for side in self.area)} positions.",
            COMMON,
            setting(area=()),
        )
        if len(self.area) > 1:
            yield Mistake(
                "one-side-of-kernel",
                "one side of the kernel only",
                f"It counts one side of the window, {self.area[0].value}, rather than its area.",
                USUAL,
                setting(area=self.area[:1]),
            )
        if self.features.value != self.units.value:
            yield Mistake(
                "filters-and-channels-swapped",
                "filters and channels swapped",
                f"It takes filters for channels and channels for filters. filters is the layer's first argument"
                f" ({self.units.value}), channels what comes in ({self.features.value}).",
                USUAL,
                lambda r: replace(r, units=r.features, states=r.features, features=r.units),
            )
        if facts.timesteps:
            yield Mistake(
                "timesteps-for-channels",
                "timesteps taken for channels",
                f"It takes the {facts.timesteps} timesteps for the channels of the input, which has"
                f" {self.features.value}.",
                USUAL,
                setting(features=Number(facts.timesteps, "channels")),
            )
        yield from position_mistakes(facts, len(self.area), self.channels_first)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


@dataclass(frozen=True, kw_only=True)
class Directions(Parts):
    """The two directions of a Bidirectional layer."""

    merge_mode: str = "concat"

    def roles(self, facts: Facts) -> str:
        """That each direction has weights of its own, and what the numbers of one of them are."""
        said = (
            "One RNN reads the sequence forward and one backward, each with all the weights of its own, so the count is"
            f" that of both; merge_mode ({self.merge_mode}) joins their outputs and owns nothing"
        )
        if any(part != self.parts[0][1] for _, part in self.parts):
            return f"{said}, and the number of timesteps never enters the count."
        return f"{said}. In each of them {self.parts[0][1].roles(facts)}"

    def own_mistakes(self, facts: Facts) -> Iterator[Mistake]:
        """One direction forgotten, or made of one layer twice or half as wide; and what each RNN allows."""
        text = "It counts one direction. A Bidirectional layer has a second RNN with weights of its own"
        if self.merge_mode != "concat":
            text += f"; merge_mode {self.merge_mode} makes one output of the two, not one layer"
        yield Mistake(
            "one-direction", "one direction only", text + ".", COMMON, lambda r: replace(r, parts=r.parts[:1])
        )
        first = self.parts[0][1]
        if isinstance(first, Recurrent) and first.units.value and not first.area:
            wide = Number(2 * first.units.value, "units")
            half = Number(first.units.value // 2, "units")
            yield Mistake(
                "one-wide-layer",
                "counted as one layer twice as wide",
                f"It counts one RNN of {wide.value} units, the width of the output. There are two of"
                f" {first.units.value}, and neither sees the other's states.",
                USUAL,
                lambda r: replace(r, parts=((r.parts[0][0], replace(r.parts[0][1], units=wide, states=wide)),)),
            )
            if first.units.value % 2 == 0:
                yield Mistake(
                    "units-shared-by-directions",
                    "units shared between the directions",
                    f"It gives each direction {half.value} of the {first.units.value} units. Each has all"
                    f" {first.units.value}.",
                    USUAL,
                    lambda r: replace(r, parts=tuple((n, replace(p, units=half, states=half)) for n, p in r.parts)),
                )
        yield from super().own_mistakes(facts)
