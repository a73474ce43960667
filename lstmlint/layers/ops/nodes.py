"""Nodes of keras.ops, whose arguments are partly in the config and partly in the call."""

from __future__ import annotations

from typing import Any

from lstmlint.layers.base import Context, LayerError
from lstmlint.layers.ops.base import Operation, Refusal, rule, shown
from lstmlint.layers.ops.dtypes import as_dtype
from lstmlint.layers.ops.table import OPERATIONS
from lstmlint.model.findings import listing
from lstmlint.model.spec import LayerSpec
from lstmlint.model.values import show
from lstmlint.signatures.keras3 import REQUIRED
from lstmlint.signatures.operations import SIGNATURES


class KerasOperation(Operation):
    """A node of `keras.ops`. The arguments of its class's constructor are in its config, the others in its call."""

    def __init__(self, spec: LayerSpec, context: Context) -> None:
        self.home, functions, self.init_arguments, self.call_arguments = SIGNATURES[spec.class_name]
        self.rule_name, self.options = OPERATIONS[spec.class_name]
        self.title = f"keras.ops.{functions[0]}" if functions else spec.class_name
        super().__init__(spec, context)
        written = spec.raw.get("config")
        for name in ("dtype", "trainable"):  # parsing removes these from every config
            if isinstance(written, dict) and name in written:
                self.config[name] = written[name]

    def defaults(self) -> dict[str, Any]:
        """Return the arguments of the constructor with their defaults."""
        return self.init_arguments

    def call_rule(self, args: list[Any], kwargs: dict[str, Any]) -> Any:
        """Bind the arguments as Keras does (class, constructor's arguments from the config, the call's) and apply the
        rule.
        """
        if self.spec.module != f"keras.src.ops.{self.home}" and (
            self.spec.module != "keras.src.ops" or self.home == "image"
        ):
            error = LayerError(
                "E004",
                f"{self.title} is not a class of {self.spec.module}; Keras cannot load it",
                f'Set "module" to "keras.src.ops.{self.home}".',
                severity="error",
            )
            self.context.report(self, error)
        for name in self.config:
            if name not in self.init_arguments and "**" not in "".join(self.init_arguments):
                known = listing([*self.init_arguments]) or "no arguments"
                raise Refusal(
                    "E005", f"does not accept the argument {show(name)} in its config", f"It takes {known}.", name
                )
        for name, value in self.config.items():
            if value is REQUIRED:
                raise Refusal(
                    "E006", f"needs the argument {show(name)} in its config", f"Add {show(name)} to the config.", name
                )
        if isinstance(self.config.get("dtype"), dict):
            self.config["dtype"] = as_dtype(self.config["dtype"])
        own = {name: value for name, value in kwargs.items() if name in self.init_arguments}
        if own and not own.keys() & self.call_arguments.keys():
            self.context.report(
                self,
                self.error(
                    Refusal(
                        "E005",
                        f"takes {', '.join(own)} in its config, not in its call",
                        "Move it from the kwargs of the inbound node to the config of the operation.",
                    )
                ),
            )
            self.config |= own
            kwargs = {name: value for name, value in kwargs.items() if name not in own}
        inputs, named = bind(self.call_arguments, args, kwargs)
        return rule(self.rule_name)(self, *inputs, **named, **self.options)


def bind(parameters: dict[str, Any], args: list[Any], kwargs: dict[str, Any]) -> tuple[list[Any], dict[str, Any]]:
    """Return the arguments of a call in the order of the signature, and those for its `**`.

    Raises: Refusal.
    """
    inputs: list[Any] = []
    rest = list(args)
    named = dict(kwargs)
    gathered: dict[str, Any] = {}
    for name, default in parameters.items():
        if name.startswith("**"):
            gathered, named = named, {}
        elif name.startswith("*"):
            inputs, rest = [*inputs, *rest], []
        elif rest:
            inputs.append(rest.pop(0))
        elif name in named:
            inputs.append(named.pop(name))
        elif default is REQUIRED:
            raise Refusal("E006", f"needs the argument {show(name)} in its call", f"Add {show(name)} to the call.")
        else:
            inputs.append(default)
    if rest or named:
        known = ", ".join(name for name in parameters if not name.startswith("*"))
        extra = ", ".join([*map(shown, rest), *named])
        raise Refusal("E005", f"does not accept the argument {extra} in its call", f"It takes {known}.")
    return inputs, gathered
