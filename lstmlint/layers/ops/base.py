"""The base of all operations: an operation binds its arguments and applies a rule, which returns its outputs.

An operation has no weights. A rule is a function of the operation (with the constructor's arguments in `op.config`) and
the call's arguments in Keras's order; it returns Tensors. It raises Refusal if Keras refuses the call. Errors that
arguments of a wrong type cause in a rule are refused, too, as in Keras.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any, ClassVar

from lstmlint.layers.base import Layer, LayerError, UnknownShape, need
from lstmlint.model.shapes import KnownShape, Tensor, format_shape, tensors_in
from lstmlint.model.values import show

Rule = Callable[..., Any]
# More outputs than any model has; a config can request 10^12.
MAX_OUTPUTS = 10_000
BROKEN = (TypeError, ValueError, IndexError, KeyError, AttributeError, ArithmeticError)


class Refusal(Exception):
    """Keras refuses the call. The message is a predicate for the operation ("cannot broadcast ...")."""

    def __init__(self, code: str, phrase: str, help: str = "", argument: str | None = None) -> None:
        super().__init__(phrase)
        self.code = code
        self.phrase = phrase
        self.help = help
        self.argument = argument


def shown(value: Any) -> str:
    """Format an argument for a message: the shape of a tensor, or the beginning of the value."""
    text = format_shape(value.shape) if isinstance(value, Tensor) else show(value)
    return text if len(text) < 60 else text[:57] + "..."


def tensor(value: Any) -> Tensor:
    """Return an argument that must be a tensor.

    Raises: Refusal if it is not.
    """
    if isinstance(value, Tensor):
        return value
    raise Refusal("E007", f"needs a tensor, but gets {shown(value)}", "Connect a tensor, or write a constant array.")


def shape(value: Any) -> KnownShape:
    """Return the shape of an argument that must be a tensor.

    Raises: UnknownShape, Refusal.
    """
    return need(tensor(value).shape)


def loose_shape(value: Any) -> KnownShape:
    """Return the shape of an argument, () if it is not a tensor.

    Raises: UnknownShape.
    """
    return need(value.shape) if isinstance(value, Tensor) else ()


def copies(made: Tensor, count: int) -> list[Tensor]:
    """Return `count` copies of an output.

    Raises: UnknownShape for more than any model has.
    """
    if count > MAX_OUTPUTS:
        raise UnknownShape
    return [made] * count


class Operation(Layer):
    """A call of a function in a functional model. A rule computes its outputs; it has no weights."""

    multiple_inputs = True
    title: str
    raises: ClassVar[str] = "Keras raises an error"

    def call_rule(self, args: list[Any], kwargs: dict[str, Any]) -> Any:
        """Return the outputs, or None if they cannot be known.

        Raises: Refusal.
        """
        raise NotImplementedError

    def apply(self, args: list[Any], kwargs: dict[str, Any]) -> Any:
        """Return the outputs for the arguments of one call.

        Raises: LayerError if Keras would fail.
        """
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
        """Return a refusal as a layer error with a complete sentence."""
        return LayerError(
            refusal.code,
            f"{self.title} {refusal.phrase}; {self.raises}",
            refusal.help,
            argument=refusal.argument,
            severity="error",
        )

    def all_known(self) -> bool:
        """Return True: an operation has no weights that could be unknown."""
        return self.built


def check_output(made: Tensor) -> None:
    """Raise Refusal for a shape or dtype that no tensor can have."""
    for dim in made.shape or ():
        if dim is not None and (not isinstance(dim, int) or dim < 0):
            raise Refusal(
                "S136",
                f"returns a tensor of the shape {format_shape(made.shape)}",
                "Sizes must be integers of at least 0.",
            )


def rule(name: str) -> Rule:
    """Return the rule `module.function` of this package."""
    module, _, function = name.partition(".")
    found: Rule = getattr(import_module(f"lstmlint.layers.ops.{module}"), function)
    return found
