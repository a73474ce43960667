"""The recipe of MultiHeadAttention and GroupQueryAttention."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from lstmlint.explaining.arithmetic import Expression, Number, listed, plus, times
from lstmlint.explaining.feedforward import ONE
from lstmlint.explaining.recipes import COMMON, RARE, USUAL, Facts, Mistake, Recipe, setting, times_by


@dataclass(frozen=True, kw_only=True)
class MultiHead(Recipe):
    """Three projections to num_heads · key_dim (or value_dim), and one back to output_dim.

    shared: how many heads keys and values have, fewer than the queries in GroupQueryAttention. gate: whether a
    fifth projection scales what is attended to.
    """

    heads: Number
    shared: Number
    key_dim: Number
    value_dim: Number
    query_in: Number
    key_in: Number
    value_in: Number
    output: Number
    bias: bool = True
    projections: tuple[str, ...] = ("query", "key", "value", "output")
    grouped: bool = False

    def core(self) -> Expression:
        """The formula."""
        one = Number(1, "1") if self.bias else None
        terms = {
            "query": times(self.heads, self.key_dim, plus(self.query_in, one)),
            "key": times(self.shared, self.key_dim, plus(self.key_in, one)),
            "value": times(self.shared, self.value_dim, plus(self.value_in, one)),
            "gate": times(self.heads, self.value_dim, plus(self.query_in, one)),
            "output": times(plus(times(self.heads, self.value_dim), one), self.output),
        }
        return plus(*(terms[name] for name in self.projections))

    def roles(self, facts: Facts) -> str:
        """What heads and key_dim are; the sequence's length never enters."""
        gate = (
            "; use_gate adds a projection of the queries that scales the result" if "gate" in self.projections else ""
        )
        never = (
            f"{gate}; the other numbers are the features that come in and go out; the length of the sequences never"
            " enters the count, because every position uses the same projections."
        )
        if self.grouped:
            return (
                f"num_query_heads ({self.heads.value}) heads of head_dim ({self.key_dim.value}) ask, and share"
                f" num_key_value_heads ({self.shared.value}) heads of keys and values{never}"
            )
        return (
            f"num_heads ({self.heads.value}) is how often the attention is computed side by side, key_dim"
            f" ({self.key_dim.value}) the width of one head's queries and keys and value_dim ({self.value_dim.value})"
            f" that of its values{never}"
        )

    def own_mistakes(self, facts: Facts) -> Iterator[Mistake]:
        """Heads, biases and projections."""
        heads, key, values = self.heads, self.key_dim, self.value_dim
        if self.bias:
            yield Mistake(
                "bias-forgotten",
                "bias forgotten",
                f"It leaves out the biases of the {len(self.projections)} projections.",
                COMMON,
                setting(bias=False),
            )
        else:
            yield Mistake(
                "bias-added",
                "a bias that is not there",
                "It adds biases. use_bias is false here.",
                USUAL,
                setting(bias=True),
            )
        yield Mistake(
            "heads-forgotten",
            "heads forgotten",
            f"It counts one head. {key.name} ({key.value}) is the width of each of the {heads.value} heads, so the"
            f" projections are {heads.value}·{key.value} wide.",
            COMMON,
            setting(heads=ONE, shared=ONE),
        )
        if self.grouped:
            yield Mistake(
                "counted-as-multi-head",
                "counted as MultiHeadAttention",
                f"It gives each of the {heads.value} heads keys and values of its own. They share"
                f" {self.shared.value} heads of them.",
                COMMON,
                setting(shared=heads),
            )
        if heads.value and key.value and values.value:
            whole = heads.value
            if key.value % whole == 0 and values.value % whole == 0:
                yield Mistake(
                    "key-dim-split",
                    "key_dim split among the heads",
                    f"It splits {key.name} among the heads, {key.value // whole} each, as other libraries do with their"
                    f" embedding size. Keras gives each of the {whole} heads all {key.value}.",
                    COMMON,
                    setting(
                        key_dim=Number(key.value // whole, "key_dim"),
                        value_dim=Number(values.value // whole, "value_dim"),
                    ),
                )
        yield Mistake(
            "heads-multiplied",
            "heads multiplied in once more",
            f"It multiplies all of it by the {heads.value} heads. They are in the width of the projections already.",
            COMMON,
            times_by(heads),
        )
        yield Mistake(
            "output-projection-forgotten",
            "output projection forgotten",
            "It leaves out the last projection, which brings the heads back to one output.",
            COMMON,
            setting(projections=tuple(name for name in self.projections if name != "output")),
        )
        yield Mistake(
            "one-projection",
            "one projection only",
            f"It counts one projection. There are {len(self.projections)}: {listed(self.projections)}.",
            RARE,
            setting(projections=("query",)),
        )
        features = self.query_in
        if len({features, self.key_in, self.value_in, self.output}) > 1:
            return
        if heads.value != 1 or key.value != features.value:
            width = Number(features.value, "key_dim")
            yield Mistake(
                "heads-split-features",
                "the features split among the heads",
                f"It makes every projection {features.value} wide, as PyTorch does, where the heads share the width of"
                f" the input. In Keras each of the {heads.value} heads is {key.name} ({key.value}) wide.",
                COMMON,
                setting(heads=ONE, shared=ONE, key_dim=width, value_dim=replace(width, name="value_dim")),
            )
        if facts.timesteps:
            steps = Number(facts.timesteps, "features")
            yield Mistake(
                "timesteps-for-features",
                "timesteps taken for features",
                f"It takes the {facts.timesteps} timesteps for the features, of which there are {features.value}.",
                COMMON,
                setting(query_in=steps, key_in=steps, value_in=steps, output=steps),
            )
