"""Recipes of recurrent layers, and their gates."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from lstmlint.explaining.arithmetic import Expression, Number, many, plus, times
from lstmlint.explaining.feedforward import position_mistakes, sides_of
from lstmlint.explaining.language import marked, sentence, text
from lstmlint.explaining.mistakes import ODD, RARE, Mistake, mistake
from lstmlint.explaining.recipes import Facts, Parts, Recipe, feature_mistakes, setting, times_by
from lstmlint.layers.base import Weight
from lstmlint.model.shapes import product

# Keras's letters for the gates, in the order of the columns.
GATE_WORDS = {
    "LSTM": {
        "i": marked("input gate"),
        "f": marked("forget gate"),
        "c": marked("cell candidate"),
        "o": marked("output gate"),
    },
    "GRU": {"z": marked("update gate"), "r": marked("reset gate"), "h": marked("candidate")},
}
KIND_OF_GATES = {4: "LSTM", 3: "GRU", 1: "SimpleRNN"}


def article(name: str) -> str:
    """Return a class name with its article: an LSTM, a GRU."""
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
    """Return the slice of a recurrent layer's weight that belongs to each gate, in Keras's order.

    two_biases: whether the bias holds two vectors, as in CuDNN layers: first those added to the product of the input
    (bias_i_i in Keras), then those added to the product of the state (bias_i).
    """
    kind = KIND_OF_GATES.get(len(gates), "")
    if len(gates) < 2 or not weight.shape or kind not in GATE_WORDS:
        return []
    meanings = {gate: text(meaning) for gate, meaning in GATE_WORDS[kind].items()}
    width = weight.shape[-1]
    labels = [(gate, f"{weight.name}_{gate}", meanings.get(gate, "")) for gate in gates]
    if weight.name == "bias" and two_biases:
        labels = [(g, f"{weight.name}_{g}_i", text("{gate}, input", gate=meanings.get(g, ""))) for g in gates]
        labels += [(g, f"{weight.name}_{g}", text("{gate}, recurrent", gate=meanings.get(g, ""))) for g in gates]
    step = width // len(labels)
    before = "..., " if len(weight.shape) > 2 else ":, " if len(weight.shape) == 2 else ""
    return [
        GateSlice(gate, name, (*weight.shape[:-1], step), f"[{before}{i * step}:{(i + 1) * step}]", meaning)
        for i, (gate, name, meaning) in enumerate(labels)
    ]


@dataclass(frozen=True, kw_only=True)
class Recurrent(Recipe):
    """gates · (units · (input_dim + units) + biases · units), as in LSTMCell.build of Keras.

    units: the units that are counted; states: those that feed back. area: the kernel of a convolution.
    biases: biases per unit and gate. Mistakes only: one_bias: the gates share their bias; bias_number: the units share
    it; peepholes: weights from the cell state. channels_first: whether the axes of a frame follow its channels.
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
        """Return the formula."""
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
        """The word for a unit of the layer."""
        return "filter" if self.area else "unit"

    def roles(self, facts: Facts) -> str:
        """Return what units, features, and timesteps are."""
        size, inputs, steps = self.units.value, self.features, facts.timesteps
        known = "" if inputs.value is None else text(" ({value})", value=inputs.value)
        fixed = text("not fixed here") if steps is None else steps
        one = steps is None or steps == 1
        if self.area:
            what = text(
                "filters ({size}) is the number of channels of the output and of both states (h and c), and channels{known}"
                " that of an input frame"
                if self.gates == 4
                else "filters ({size}) is the number of channels of the output and of the state, and channels{known} that of"
                " an input frame",
                size=size,
                known=known,
            )
            never = text(
                "every gate uses the same window of {sides} at every position and timestep, so neither the size of a frame"
                " nor the number of timesteps ({timesteps}) enters the count"
                if one
                else "every gate uses the same window of {sides} at every position and timestep, so neither the size of a"
                " frame nor the {timesteps} timesteps enter the count",
                sides=sides_of(self.area),
                timesteps=fixed,
            )
            return sentence(what, never)
        return sentence(
            text(
                "units ({size}) is the width of the output and of both states (h and c)"
                if self.gates == 4
                else "units ({size}) is the width of the output and of the state",
                size=size,
            ),
            text("input_dim{known} is the number of features, the input's last axis", known=known),
            text(
                "the number of timesteps ({timesteps}) never enters the count, because every timestep uses the same weights"
                if one
                else "the {timesteps} timesteps never enter the count, because every timestep uses the same weights",
                timesteps=fixed,
            ),
        )

    def mistakes(self, facts: Facts) -> Iterator[Mistake]:
        """Yield all mistakes, including two directions counted instead of one."""
        yield from super().mistakes(facts)
        yield mistake("counted-as-bidirectional", times_by(Number(2, "directions")))

    def own_mistakes(self, facts: Facts) -> Iterator[Mistake]:
        """Yield mistakes with units, gates, inputs, biases, and windows."""
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
        yield mistake(
            f"one-unit-times-units/{word}",
            lambda r: replace(r, units=one, states=one, factors=(*r.factors, self.units)),
            name=name,
            units=units,
        )
        yield mistake(f"one-{word}-only" + "/recurrent" * bool(self.area), setting(units=one), units=units)
        if not self.area:
            yield mistake(
                "units-and-features-swapped",
                lambda r: replace(r, units=r.features, states=r.features, features=r.units),
                units=units,
                features=self.features.value,
            )

    def _of_gates(self) -> Iterator[Mistake]:
        if self.gates > 1:
            letters = text(", ").join(GATE_WORDS.get(KIND_OF_GATES[self.gates], {}))
            yield mistake(
                "gates-forgotten",
                setting(gates=1),
                kind=_capital(article(self.kind)),
                class_name=self.kind,
                gates=self.gates,
                letters=letters,
            )
            yield mistake(f"one-bias-for-all-gates/{self.word}", setting(one_bias=True), gates=self.gates)
            if self.biases:
                yield mistake(f"one-bias-for-each-gate/{self.word}", setting(bias_number=True), gates=self.gates)
        yield from self._of_kinds()
        if self.gates == 4 and not self.area:
            yield mistake("peepholes", setting(peepholes=3))

    def _of_kinds(self) -> Iterator[Mistake]:
        """Yield the counts of other RNNs: by the textbook formula, and with the second bias of Keras's GRU."""
        for count, kind in KIND_OF_GATES.items():
            if count in (self.gates, 1):
                continue
            one = min(self.biases, 1)
            usual = 2 * one if kind == "GRU" and not self.area else one
            for biases in dict.fromkeys((one, usual, self.biases)):
                yield mistake(
                    "counted-as/two-biases" if biases == 2 else "counted-as",
                    setting(gates=count, biases=biases),
                    key=f"counted-as-{kind.lower()}",
                    rank=RARE if biases in (one, usual) else ODD,
                    other=article(kind),
                    other_class=kind,
                    count=count,
                    kind=_capital(article(self.kind)),
                    class_name=self.kind,
                    gates=self.gates if self.gates > 1 else text("one"),
                )

    def _of_inputs(self, facts: Facts) -> Iterator[Mistake]:
        sides = "·".join(str(n.value) for n in (self.units, *self.area, self.states))
        yield mistake(
            f"recurrent-kernel-forgotten/{self.word}",
            setting(recurrent=False),
            size=f"{self.gates} · {sides}" if self.gates > 1 else sides,
        )
        yield mistake("kernel-forgotten", setting(kernel=False))
        if self.features.value != 1:
            yield mistake(
                "channels-forgotten/recurrent" if self.area else "features-forgotten",
                setting(features=Number(1, "1")),
                features=self.features.value,
                name=self.features.name,
            )
        if self.area:
            return
        if facts.timesteps:
            yield mistake(
                "timesteps-for-units",
                lambda r: replace(r, units=Number(facts.timesteps, "units"), states=Number(facts.timesteps, "units")),
                timesteps=facts.timesteps,
                units=self.units.value,
            )
        yield from feature_mistakes(facts, self.features)

    def _of_biases(self, facts: Facts) -> Iterator[Mistake]:
        if self.biases:
            name = f"bias-forgotten/{self.word}-and-gate" if self.gates > 1 else f"bias-forgotten/{self.word}"
            yield mistake(name, setting(biases=0), numbers=many(self.biases))
        else:
            yield mistake("bias-added", setting(biases=1))
        if self.biases == 2:
            yield mistake("cudnn-bias/one" if self.kind.startswith("CuDNN") else "reset-after/one", setting(biases=1))
        elif self.biases == 1 and self.gates == 3:
            yield mistake("reset-after", setting(biases=2))
        elif self.biases == 1 and self.gates == 4 and not self.area:
            yield mistake("cudnn-bias", setting(biases=2))
        elif self.biases == 1 and self.gates == 1:
            yield mistake("second-bias/recurrent", setting(biases=2))

    def _of_windows(self, facts: Facts) -> Iterator[Mistake]:
        yield mistake("kernel-area-forgotten", setting(area=()), area=product(side.value for side in self.area))
        if len(self.area) > 1:
            yield mistake(
                "one-side-of-kernel",
                setting(area=self.area[:1]),
                side=self.area[0].value,
                area="·".join(str(n.value) for n in self.area),
            )
        if self.features.value != self.units.value:
            yield mistake(
                "filters-and-channels-swapped",
                lambda r: replace(r, units=r.features, states=r.features, features=r.units),
                units=self.units.value,
                features=self.features.value,
            )
        if facts.timesteps:
            yield mistake(
                "timesteps-for-channels",
                setting(features=Number(facts.timesteps, "channels")),
                timesteps=facts.timesteps,
                channels=self.features.value,
            )
        yield from position_mistakes(facts, len(self.area), self.channels_first)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


@dataclass(frozen=True, kw_only=True)
class Directions(Parts):
    """The two directions of a Bidirectional layer."""

    merge_mode: str = "concat"

    def roles(self, facts: Facts) -> str:
        """Return what the directions share, and what the numbers of one of them are."""
        both = text(
            "one RNN reads the sequence forward and one backward, each with its own weights, so the count is that of both;"
            " merge_mode ({mode}) joins their outputs and has no weights",
            mode=self.merge_mode,
        )
        if any(part != self.parts[0][1] for _, part in self.parts):
            return text("{both}, and the number of timesteps never enters the count.", both=both)
        return text("{both}. In each of them, {roles}", both=both, roles=self.parts[0][1].roles(facts))

    def own_mistakes(self, facts: Facts) -> Iterator[Mistake]:
        """Yield mistakes with the directions, and those of each RNN."""
        name = "one-direction" if self.merge_mode == "concat" else "one-direction/merged"
        yield mistake(name, lambda r: replace(r, parts=r.parts[:1]), mode=self.merge_mode)
        first = self.parts[0][1]
        if isinstance(first, Recurrent) and first.units.value and not first.area:
            wide = Number(2 * first.units.value, "units")
            half = Number(first.units.value // 2, "units")
            yield mistake(
                "one-wide-layer",
                lambda r: replace(r, parts=((r.parts[0][0], replace(r.parts[0][1], units=wide, states=wide)),)),
                wide=wide.value,
                units=first.units.value,
            )
            if first.units.value % 2 == 0:
                yield mistake(
                    "units-shared-by-directions",
                    lambda r: replace(r, parts=tuple(((n, replace(p, units=half, states=half)) for n, p in r.parts))),
                    half=half.value,
                    units=first.units.value,
                )
        yield from super().own_mistakes(facts)
