"""The edits that fix a finding, by its code. A rule offers a fix through a function here.

A fix only rewrites what the file already says: it renames an argument to its current name, or removes one without
effect. It changes no numbers. If an edit would not be exact, there is none.
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
    """The place of a finding: a member of a layer's config."""

    data: Any
    pointer: str
    dialect: Dialect | None

    @property
    def argument(self) -> str:
        """The key of the member."""
        return tokens_of(self.pointer)[-1]

    @property
    def parent(self) -> str:
        """The pointer to the config."""
        return self.pointer.rpartition("/")[0]

    def at(self, pointer: str) -> Any:
        """Return the value at a pointer; None if there is none."""
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
        """The config; empty if the finding is not about one."""
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
        """Whether the layer is in a list of layers, but not first, so it cannot declare the model's input."""
        place = "".join(tokens_of(self.parent)[-2:-1])
        return place.isdecimal() and place != "0"

    def accepts(self, argument: str) -> bool:
        """Return whether the layer accepts an argument."""
        arguments = None if self.dialect is None else arguments_of(self.class_name, self.dialect)
        return arguments is not None and argument in arguments.accepted


Fix = Callable[[Site], Iterator[Edit]]

# Arguments of Keras 1 with a new name and the same values.
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
# Arguments without effect: with any value, and with one value.
MEANINGLESS = frozenset({"consume_less", "implementation"})
NOTHING: dict[str, Any] = {"time_major": False, "dynamic": False, "weights": None, "forget_bias_init": "one"}
# Arguments that declare the input of the first layer, and have no effect on others.
DECLARED_INPUT = frozenset({"batch_input_shape", "input_length"})


def modern(site: Site) -> Iterator[Edit]:
    """Rename the arguments of Keras 1, and remove those without effect."""
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
    """Return whether a value of Keras 1 means the same under the argument's current name."""
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
    """Remove the argument if it has no effect."""
    nothing = argument in NOTHING and (type(value), value) == (type(NOTHING[argument]), NOTHING[argument])
    if argument in MEANINGLESS or nothing or (argument in DECLARED_INPUT and site.later):
        yield Edit(site.parent, argument)


def obsolete(site: Site) -> Iterator[Edit]:
    """Remove an argument that the Keras of the file refuses, if it has no effect."""
    if site.config and not site.accepts(site.argument):
        if site.dialect == "keras3" and site.class_name == "InputLayer":  # which ignores unknown arguments
            yield Edit(site.parent, site.argument)
        else:
            yield from without(site, site.argument, site.config[site.argument])


def input_length(site: Site) -> Iterator[Edit]:
    """Remove input_length of an Embedding, which Keras 3 ignores."""
    if site.class_name == "Embedding" and site.dialect == "keras3" and site.config:
        yield Edit(site.parent, site.argument)


def leaky_alpha(site: Site) -> Iterator[Edit]:
    """Rename LeakyReLU's alpha. If both names are present, Keras 3 uses alpha."""
    config = site.config
    if site.class_name == "LeakyReLU" and site.dialect == "keras3" and config.get("alpha") is not None:
        if "negative_slope" in config:
            yield Edit(site.parent, "negative_slope")
        yield Edit(site.parent, "alpha", "negative_slope")


def repeated(site: Site) -> Iterator[Edit]:
    """Keep only the last of several members with one key, which is the one that counts."""
    if isinstance(site.at(site.parent), dict):
        yield Edit(site.parent, site.argument, earlier=True)


FIXES: dict[str, Fix] = {
    "E003": repeated,
    "E005": obsolete,
    "P601": modern,
    "P602": obsolete,
    "P606": input_length,
    "P607": leaky_alpha,
}
