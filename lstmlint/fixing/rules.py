"""Which edit a finding asks for, by its code. A rule offers a fix by a function here.

A fix may only say in today's words what the file says already: it renames an argument that means the same, and takes
out what means nothing. It touches no number, and guesses nothing: where an edit would not be exact, there is none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from lstmlint.fixing.edits import Edit
from lstmlint.model.spec import Dialect
from lstmlint.reading.places import tokens_of
from lstmlint.validation.arguments import arguments_of
from lstmlint.validation.serialized import INITIALIZERS


@dataclass(frozen=True, slots=True)
class Site:
    """Where a finding points: a member of a layer's config, in the data of the document."""

    data: Any
    pointer: str
    dialect: Dialect | None

    @property
    def argument(self) -> str:
        """The key of the member."""
        return tokens_of(self.pointer)[-1]

    @property
    def parent(self) -> str:
        """The pointer of the config."""
        return self.pointer.rpartition("/")[0]

    def at(self, pointer: str) -> Any:
        """What a pointer names, None where it leads nowhere."""
        value = self.data
        for token in tokens_of(pointer):
            if isinstance(value, dict):
                value = value.get(token)
            elif isinstance(value, list) and token.isdecimal() and int(token) < len(value):
                value = value[int(token)]
            else:
                return None
        return value

    @property
    def config(self) -> dict[str, Any]:
        """The config; empty, where the finding is not about one."""
        value = self.at(self.parent)
        return value if isinstance(value, dict) and self.argument in value else {}

    @property
    def class_name(self) -> str:
        """The class of the layer."""
        layer = self.at(self.parent.rpartition("/")[0])
        name = layer.get("class_name") if isinstance(layer, dict) else None
        return name if isinstance(name, str) else ""

    @property
    def later(self) -> bool:
        """Whether the layer stands in a list of layers, and not first: it cannot declare the model's input."""
        place = "".join(tokens_of(self.parent)[-2:-1])
        return place.isdecimal() and place != "0"

    def accepts(self, argument: str) -> bool:
        """Whether the layer takes an argument."""
        arguments = None if self.dialect is None else arguments_of(self.class_name, self.dialect)
        return arguments is not None and argument in arguments.accepted


Fix = Callable[[Site], Iterator[Edit]]

# What Keras 1 called the same argument with the same values.
RENAMED = {
    "output_dim": "units", "nb_filter": "filters", "subsample": "strides", "subsample_length": "strides",
    "filter_length": "kernel_size", "pool_length": "pool_size", "stride": "strides", "border_mode": "padding",
    "inner_activation": "recurrent_activation", "dropout_W": "dropout", "dropout_U": "recurrent_dropout", "p": "rate",
    "sigma": "stddev", "bias": "use_bias", "atrous_rate": "dilation_rate", "init": "kernel_initializer",
    "inner_init": "recurrent_initializer", "W_regularizer": "kernel_regularizer", "b_regularizer": "bias_regularizer",
    "U_regularizer": "recurrent_regularizer", "W_constraint": "kernel_constraint", "b_constraint": "bias_constraint",
    "dim_ordering": "data_format",
}  # fmt: skip
CHANNELS = {"th": "channels_first", "tf": "channels_last"}
# What says nothing, whatever its value; and what says nothing at one value.
MEANINGLESS = frozenset({"consume_less", "implementation"})
NOTHING: dict[str, Any] = {"time_major": False, "dynamic": False, "weights": None, "forget_bias_init": "one"}
# What declared the input of a model's first layer, and nothing on any other.
DECLARED_INPUT = frozenset({"batch_input_shape", "input_length"})


def modern(site: Site) -> Iterator[Edit]:
    """The arguments of Keras 1 under their names of today, and those gone that say nothing."""
    config, taken = site.config, set(site.config)
    for argument, value in config.items():
        if site.accepts(argument):
            continue
        new = RENAMED.get(argument, "")
        if site.class_name == "Embedding":
            new = new.replace("kernel_", "embeddings_")
        if new and new not in taken and site.accepts(new) and same_value(new, value):
            taken.add(new)
            if new == "data_format" and value in CHANNELS:
                yield Edit(site.parent, argument, new, CHANNELS[value])
            else:
                yield Edit(site.parent, argument, new)
        else:
            yield from without(site, argument, value)


def same_value(argument: str, value: Any) -> bool:
    """Whether a value of Keras 1 means the same under the argument's name of today."""
    if argument == "data_format":
        return value in CHANNELS or value in CHANNELS.values()
    if argument == "padding":
        return value in ("valid", "same")
    if argument.endswith("_initializer"):
        return isinstance(value, str) and value in INITIALIZERS
    if argument.endswith(("_regularizer", "_constraint")):
        return value is None
    return True


def without(site: Site, argument: str, value: Any) -> Iterator[Edit]:
    """The argument gone, if it says nothing."""
    nothing = argument in NOTHING and (type(value), value) == (type(NOTHING[argument]), NOTHING[argument])
    if argument in MEANINGLESS or nothing or (argument in DECLARED_INPUT and site.later):
        yield Edit(site.parent, argument)


def obsolete(site: Site) -> Iterator[Edit]:
    """An argument that the Keras at hand refuses, gone, if it says nothing."""
    if site.config and not site.accepts(site.argument):
        if site.dialect == "keras3" and site.class_name == "InputLayer":  # which does not look at what it does not know
            yield Edit(site.parent, site.argument)
        else:
            yield from without(site, site.argument, site.config[site.argument])


def input_length(site: Site) -> Iterator[Edit]:
    """Embedding without input_length, which Keras 3 does not look at."""
    if site.class_name == "Embedding" and site.dialect == "keras3" and site.config:
        yield Edit(site.parent, site.argument)


def leaky_alpha(site: Site) -> Iterator[Edit]:
    """LeakyReLU's alpha under its name of today. Where both stand, alpha is the one that Keras 3 takes."""
    config = site.config
    if site.class_name == "LeakyReLU" and site.dialect == "keras3" and config.get("alpha") is not None:
        if "negative_slope" in config:
            yield Edit(site.parent, "negative_slope")
        yield Edit(site.parent, "alpha", "negative_slope")


def repeated(site: Site) -> Iterator[Edit]:
    """Of the members with one key, the last alone, which is the one that counts."""
    if isinstance(site.at(site.parent), dict):
        yield Edit(site.parent, site.argument, which=0)


FIXES: dict[str, Fix] = {
    "E003": repeated,
    "E005": obsolete,
    "P601": modern,
    "P602": obsolete,
    "P606": input_length,
    "P607": leaky_alpha,
}
