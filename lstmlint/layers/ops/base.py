"""What every operation node is made of: its two signatures and the rule that says its outputs.

An operation owns no weights. A rule is a plain function: it gets the operation (constructor's arguments
in `op.config`) and the call's arguments in Keras's order, and answers Tensors. It raises Refusal where
Keras refuses; what a wrong type breaks on the way is refused too, as in Keras.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any, ClassVar

from lstmlint.layers.base import Context, Layer, LayerError, UnknownShape, need
from lstmlint.layers.signatures import REQUIRED
from lstmlint.shapes import KnownShape, Tensor, format_shape, tensors_in
from lstmlint.spec import LayerSpec

Rule = Callable[..., Any]
# More outputs than any model has; a config can ask for 10^12.
MAX_OUTPUTS = 10_000
BROKEN = (TypeError, ValueError, IndexError, KeyError, AttributeError, ArithmeticError)


class Refusal(Exception):
    """Keras refuses the call: a predicate phrase about the operation ("cannot broadcast ..."), and help."""

    def __init__(self, code: str, phrase: str, help: str = "", argument: str | None = None) -> None:
        super().__init__(phrase)
        self.code = code
        self.phrase = phrase
        self.help = help
        self.argument = argument


def shown(value: Any) -> str:
    """An argument in a message: a tensor's shape, or the beginning of what the file says."""
    text = format_shape(value.shape) if isinstance(value, Tensor) else repr(value)
    return text if len(text) < 60 else text[:57] + "..."


def tensor(value: Any) -> Tensor:
    """The argument, a tensor. Raises: Refusal otherwise."""
    if isinstance(value, Tensor):
        return value
    raise Refusal("E007", f"needs a tensor, but gets {shown(value)}", "Connect a tensor, or write a constant array.")


def shape(value: Any) -> KnownShape:
    """The shape of an argument that must be a tensor. Raises: UnknownShape, Refusal."""
    return need(tensor(value).shape)


def loose_shape(value: Any) -> KnownShape:
    """The shape of an argument; () for what is no tensor. Raises: UnknownShape."""
    return need(value.shape) if isinstance(value, Tensor) else ()


def copies(made: Tensor, count: int) -> list[Tensor]:
    """The same output `count` times. Raises: UnknownShape for more than any model has."""
    if count > MAX_OUTPUTS:
        raise UnknownShape
    return [made] * count


class Operation(Layer):
    """A call of a function in a functional model: outputs by a rule, no weights."""

    multiple_inputs = True
    title: str
    raises: ClassVar[str] = "Keras raises an error"

    def call_rule(self, args: list[Any], kwargs: dict[str, Any]) -> Any:
        """The outputs, or None where they cannot be known. Raises: Refusal."""
        raise NotImplementedError

    def apply(self, args: list[Any], kwargs: dict[str, Any]) -> Any:
        """The outputs for the arguments of one call. Raises: LayerError, where Keras would fail."""
        self.built = True
        try:
            outputs = self.call_rule(args, kwargs)
            for made in tensors_in(outputs):
                check_output(made)
            return outputs
        except UnknownShape:
            return None
        except Refusal as refusal:
            raise self.error(refusal) from None
        except BROKEN:
            given = ", ".join(map(shown, args))
            phrase = f"cannot work with these arguments: ({given}) and {shown(self.config)}"
            raise self.error(Refusal("E007", phrase, "Compare them with the documentation of the function.")) from None

    def error(self, refusal: Refusal) -> LayerError:
        """The refusal as a whole sentence."""
        return LayerError(
            refusal.code, f"{self.title} {refusal.phrase}; {self.raises}", refusal.help, argument=refusal.argument
        )

    def all_known(self) -> bool:
        """An operation has no weights that could be unknown."""
        return self.built


class KerasOperation(Operation):
    """A node of `keras.ops`: what its class's constructor takes is in its config, the rest in its call."""

    def __init__(self, spec: LayerSpec, context: Context) -> None:
        from lstmlint.layers.ops.signatures import SIGNATURES
        from lstmlint.layers.ops.table import OPERATIONS

        _, functions, self.init_arguments, self.call_arguments = SIGNATURES[spec.class_name]
        self.rule_name, self.options = OPERATIONS[spec.class_name]
        self.title = f"keras.ops.{functions[0]}" if functions else spec.class_name
        super().__init__(spec, context)
        if "dtype" in self.init_arguments:
            self.config["dtype"] = spec.dtype

    def defaults(self) -> dict[str, Any]:
        """The arguments of the constructor."""
        return self.init_arguments

    def call_rule(self, args: list[Any], kwargs: dict[str, Any]) -> Any:
        """Keras's own way: the constructor's arguments from the config, then the call's."""
        for name in self.config:
            if name not in self.init_arguments and "**" not in "".join(self.init_arguments):
                known = ", ".join(self.init_arguments) or "no arguments"
                raise Refusal("E005", f"knows no argument {name!r} in its config", f"It takes {known}.", name)
        for name, value in self.config.items():
            if value is REQUIRED:
                raise Refusal("E006", f"needs the argument {name!r} in its config", f"Add {name!r} to the config.", name)
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
    """A call's arguments in the order of the signature, and what its `**` takes. Raises: Refusal."""
    inputs = []
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
            raise Refusal("E006", f"needs the argument {name!r} in its call", f"Give it {name!r}.")
        else:
            inputs.append(default)
    if rest or named:
        known = ", ".join(name for name in parameters if not name.startswith("*"))
        extra = ", ".join([*map(shown, rest), *named])
        raise Refusal("E005", f"knows no argument {extra} in its call", f"It takes {known}.")
    return inputs, gathered


def rule(name: str) -> Rule:
    """The rule `module.function` of this package."""
    module, _, function = name.partition(".")
    found: Rule = getattr(import_module(f"lstmlint.layers.ops.{module}"), function)
    return found


def check_output(made: Tensor) -> None:
    """Raises: Refusal for a shape or dtype that no tensor can have."""
    for dim in made.shape or ():
        if dim is not None and (not isinstance(dim, int) or dim < 0):
            raise Refusal("S136", f"makes a tensor of shape {format_shape(made.shape)}", "Sizes must be whole and positive.")
