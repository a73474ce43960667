"""The recipe of MultiHeadAttention and GroupQueryAttention."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from lstmlint.explaining.arithmetic import Expression, Number, plus, times
from lstmlint.explaining.feedforward import ONE
from lstmlint.explaining.language import clauses, listed, text
from lstmlint.explaining.mistakes import Mistake, mistake
from lstmlint.explaining.recipes import Facts, Recipe, setting, times_by


@dataclass(frozen=True, kw_only=True)
class MultiHead(Recipe):
    """Three projections to num_heads · key_dim (or value_dim), and one to the output.

    shared: the number of heads of the keys and values, which is lower than that of the queries in GroupQueryAttention.
    projections: "gate" is a fifth one that scales the result.
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
        """Return the formula."""
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
        """Return what heads and key_dim are."""
        if self.grouped:
            heads = text(
                "num_query_heads ({heads}) heads of queries, each of width head_dim ({width}), share num_key_value_heads"
                " ({shared}) heads of keys and values",
                heads=self.heads.value,
                width=self.key_dim.value,
                shared=self.shared.value,
            )
        else:
            heads = text(
                "num_heads ({heads}) is the number of parallel attentions, key_dim ({width}) the width of the queries and"
                " keys of one head, and value_dim ({value_width}) that of its values",
                heads=self.heads.value,
                width=self.key_dim.value,
                value_width=self.value_dim.value,
            )
        gate = text("use_gate adds a projection of the queries that scales the result")
        never = text(
            "the other numbers are the features of the inputs and of the output; the length of the sequences never enters"
            " the count, because every position uses the same projections."
        )
        return clauses(heads, gate, never) if "gate" in self.projections else clauses(heads, never)

    def own_mistakes(self, facts: Facts) -> Iterator[Mistake]:
        """Yield mistakes with heads, biases, and projections."""
        heads, key, values = self.heads, self.key_dim, self.value_dim
        if self.bias:
            yield mistake("bias-forgotten/attention", setting(bias=False), count=len(self.projections))
        else:
            yield mistake("bias-added", setting(bias=True))
        yield mistake(
            "heads-forgotten", setting(heads=ONE, shared=ONE), name=key.name, width=key.value, heads=heads.value
        )
        if self.grouped:
            yield mistake("counted-as-multi-head", setting(shared=heads), heads=heads.value, shared=self.shared.value)
        if heads.value and key.value and values.value:
            whole = heads.value
            if key.value % whole == 0 and values.value % whole == 0:
                yield mistake(
                    "key-dim-split",
                    setting(
                        key_dim=Number(key.value // whole, "key_dim"),
                        value_dim=Number(values.value // whole, "value_dim"),
                    ),
                    name=key.name,
                    share=key.value // whole,
                    heads=whole,
                    width=key.value,
                )
        yield mistake("heads-multiplied", times_by(heads), heads=heads.value)
        yield mistake(
            "output-projection-forgotten",
            setting(projections=tuple(name for name in self.projections if name != "output")),
        )
        yield mistake(
            "one-projection",
            setting(projections=("query",)),
            count=len(self.projections),
            names=listed(self.projections),
        )
        features = self.query_in
        if len({features, self.key_in, self.value_in, self.output}) > 1:
            return
        if heads.value != 1 or key.value != features.value:
            width = Number(features.value, "key_dim")
            yield mistake(
                "heads-split-features",
                setting(heads=ONE, shared=ONE, key_dim=width, value_dim=replace(width, name="value_dim")),
                features=features.value,
                heads=heads.value,
                name=key.name,
                width=key.value,
            )
        if facts.timesteps:
            steps = Number(facts.timesteps, "features")
            yield mistake(
                "timesteps-for-features/attention",
                setting(query_in=steps, key_in=steps, value_in=steps, output=steps),
                timesteps=facts.timesteps,
                features=features.value,
            )
