"""Operators on numbers, strings, and sequences, known or not."""

from __future__ import annotations

import ast
import operator
import re
from collections.abc import Callable, Iterable
from typing import Any

from lstmlint.python.limits import MAX_BITS, MAX_CHARACTERS, MAX_ITEMS, visit
from lstmlint.python.machine import Machine, Raised
from lstmlint.python.values import (
    Array,
    Dict,
    Instance,
    List,
    Module,
    Opaque,
    Set,
    Size,
    add,
    is_unknown,
    multiply,
    same,
    taint_of,
)

BINARY: dict[type, str] = {
    ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.FloorDiv: "//", ast.Mod: "%", ast.Pow: "**",
    ast.LShift: "<<", ast.RShift: ">>", ast.BitOr: "|", ast.BitXor: "^", ast.BitAnd: "&", ast.MatMult: "@",
}  # fmt: skip
FUNCTIONS: dict[str, Callable[[Any, Any], Any]] = {
    "+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv, "//": operator.floordiv,
    "%": operator.mod, "**": operator.pow, "<<": operator.lshift, ">>": operator.rshift, "|": operator.or_,
    "^": operator.xor, "&": operator.and_,
}  # fmt: skip
COMPARISONS: dict[type, Callable[[Any, Any], Any]] = {
    ast.Eq: operator.eq, ast.NotEq: operator.ne, ast.Lt: operator.lt, ast.LtE: operator.le, ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}  # fmt: skip
WIDE = re.compile(r"[0-9]{4}|%.*\*|\{[^{}]+\{")
NUMBER = int | float | complex
PLAIN = int | float | complex | str | bytes | None


def binary(machine: Machine, sign: str, left: Any, right: Any, node: ast.AST) -> Any:
    """Return the result of an operator. Raises: Raised."""
    if isinstance(left, PLAIN) and isinstance(right, PLAIN):
        return plain(machine, sign, left, right, node)
    for value in (left, right):
        operate = getattr(value, "operate", None)
        if operate is not None:
            return operate(machine, sign, left, right, node)
    if isinstance(left, Array) or isinstance(right, Array):
        return arrays(machine, sign, left, right, node)
    if is_integral(left) and is_integral(right):
        result = symbolic(sign, left, right)
        return machine.computed(sign, [left, right], node) if result is None else result
    found = sequences(machine, sign, left, right)
    if found is not None:
        return found
    return machine.computed(sign, [left, right], node)


def is_integral(value: Any) -> bool:
    """Return whether a value may be an int."""
    return isinstance(value, int | Opaque | Size)


def symbolic(sign: str, left: Any, right: Any) -> Any:
    """Return a polynomial; None if the result is not one."""
    if sign == "+":
        return add(left, right)
    if sign == "-":
        return add(left, right, -1)
    if sign == "*":
        return multiply(left, right)
    if sign == "**" and isinstance(right, int) and 0 < right <= 4:
        result: Any = left
        for _ in range(right - 1):
            result = None if result is None else multiply(result, left)
        return result
    if sign == "//" and right == 1:
        return left
    return None


def plain(machine: Machine, sign: str, left: Any, right: Any, node: ast.AST) -> Any:
    """Return the result for numbers and strings. Raises: Raised."""
    if too_large(sign, left, right):
        return machine.opaque(node, "the value is too large to compute")
    function = FUNCTIONS.get(sign)
    if function is None:
        raise Raised
    try:
        return function(left, right)
    except (ArithmeticError, TypeError, ValueError) as error:
        raise Raised from error


def too_large(sign: str, left: Any, right: Any) -> bool:
    """Return whether a result would take long to compute, or much memory."""
    if sign in ("**", "<<") and isinstance(left, int) and isinstance(right, int):
        bits = abs(right) * (left.bit_length() if sign == "**" else 1) + left.bit_length()
        return bits > MAX_BITS
    if sign == "*":
        for text, times in ((left, right), (right, left)):
            if isinstance(text, str | bytes) and isinstance(times, int):
                return len(text) * times > MAX_CHARACTERS
        if isinstance(left, int) and isinstance(right, int):
            return left.bit_length() + right.bit_length() > MAX_BITS
    if sign == "%" and isinstance(left, str | bytes):
        return is_wide(str(left), right if isinstance(right, tuple) else (right,))
    if sign == "+" and isinstance(left, str | bytes) and isinstance(right, str | bytes):
        return len(left) + len(right) > MAX_CHARACTERS
    return False


def is_wide(template: str, values: Iterable[Any] = ()) -> bool:
    """Return whether a format may give a very long text: by a width, or because it repeats one of its values."""
    longest = max((len(value) for value in values if isinstance(value, str | bytes)), default=0)
    return len(template) * max(longest, 50) > MAX_CHARACTERS or WIDE.search(template) is not None


def sequences(machine: Machine, sign: str, left: Any, right: Any) -> Any:
    """Return the result for lists, tuples, dicts, and sets; None if there is none."""
    if sign == "+":
        if isinstance(left, tuple) and isinstance(right, tuple) and len(left) + len(right) <= MAX_ITEMS:
            return left + right
        if isinstance(left, List) and isinstance(right, List) and len(left) + len(right) <= MAX_ITEMS:
            return List([*left, *right], left.taint + right.taint)
    if sign == "*":
        for items, times in ((left, right), (right, left)):
            if isinstance(items, tuple | List) and isinstance(times, int) and len(items) * times <= MAX_ITEMS:
                repeated = list(items) * times
                return tuple(repeated) if isinstance(items, tuple) else List(repeated, items.taint)
    if sign == "|" and isinstance(left, Dict) and isinstance(right, Dict):
        return Dict({**left, **right}, left.taint + right.taint)
    if sign in "|&-^" and isinstance(left, Set) and isinstance(right, Set):
        return combine(sign, left, right)
    if sign == "%" and isinstance(left, str) and isinstance(right, tuple):
        if all(isinstance(item, PLAIN) for item in right) and not too_large(sign, left, right):
            try:
                return left % right
            except (TypeError, ValueError) as error:
                raise Raised from error
    return None


def combine(sign: str, left: Set, right: Set) -> Set:
    """Return a union, intersection, difference, or symmetric difference."""
    both = [item for item in left if contains(right, item)]
    only_left = [item for item in left if not contains(right, item)]
    only_right = [item for item in right if not contains(left, item)]
    kept = {"|": [*left, *only_right], "&": both, "-": only_left, "^": [*only_left, *only_right]}[sign]
    return Set(kept, left.taint + right.taint)


def contains(items: Any, value: Any) -> bool | None:
    """Return whether a sequence contains a value; None if that is not known."""
    uncertain = bool(getattr(items, "taint", ())) or is_unknown(value) or isinstance(value, Instance)
    for item in items:
        if same(item, value) or (isinstance(item, NUMBER) and isinstance(value, NUMBER) and item == value):
            return True
        uncertain = uncertain or is_unknown(item) or isinstance(item, Instance)
    return None if uncertain else False


IS_NUMBER = "number"  # in the memo of an unknown value that is no array


def arrays(machine: Machine, sign: str, left: Any, right: Any, node: ast.AST) -> Any:
    """Return the result of an element-wise operator: broadcast shapes."""
    if sign == "@":
        return machine.computed(sign, [left, right], node)
    shapes = []
    for value in (left, right):
        if isinstance(value, Array):
            shapes.append(value.shape)
        elif isinstance(value, NUMBER | Size) or (isinstance(value, Opaque) and IS_NUMBER in value.memo):
            shapes.append(())
        else:
            return machine.computed(sign, [left, right], node)
    shape = broadcast(*shapes)
    if shape is None:
        return machine.computed(sign, [left, right], node)
    return Array(shape, machine.written(node))


def broadcast(left: tuple[Any, ...], right: tuple[Any, ...]) -> tuple[Any, ...] | None:
    """Return the shape of an element-wise result; None if it is not known."""
    if len(left) < len(right):
        left, right = right, left
    shape = list(left)
    for i in range(1, len(right) + 1):
        a, b = left[-i], right[-i]
        if same(a, b) or b == 1:
            continue
        if a == 1:
            shape[-i] = b
        else:
            return None
    return tuple(shape)


def compare(machine: Machine, sign: ast.cmpop, left: Any, right: Any, node: ast.AST) -> Any:
    """Return the result of a comparison: True, False, or an unknown value."""
    if isinstance(sign, ast.Is | ast.IsNot):
        found = identical(left, right)
        if found is not None:
            return found == isinstance(sign, ast.Is)
    elif isinstance(sign, ast.In | ast.NotIn):
        found = member(left, right)
        if found is not None:
            return found == isinstance(sign, ast.In)
    elif isinstance(left, PLAIN) and isinstance(right, PLAIN):
        try:
            return COMPARISONS[type(sign)](left, right)
        except TypeError as error:
            raise Raised from error
    elif isinstance(sign, ast.Eq | ast.NotEq):
        found = equal(left, right)
        if found is not None:
            return found == isinstance(sign, ast.Eq)
    elif isinstance(left, tuple) and isinstance(right, tuple):
        if all(isinstance(item, PLAIN) for item in (*left, *right)):
            try:
                return COMPARISONS[type(sign)](left, right)
            except TypeError as error:
                raise Raised from error
    return machine.computed(type(sign).__name__, [left, right], node)


def identical(left: Any, right: Any) -> bool | None:
    """Return whether two values are one object; None if that is not known."""
    if left is None or right is None or isinstance(left, bool) or isinstance(right, bool):
        if is_unknown(left) or is_unknown(right):
            return None
        return left is right
    if left is right:
        return True
    found = equal(left, right)
    return None if found and isinstance(left, List | Dict) else found


def equal(left: Any, right: Any) -> bool | None:
    """Return whether two values are equal; None if that is not known."""
    if same(left, right):
        return True
    if isinstance(left, NUMBER) and isinstance(right, NUMBER):
        return bool(left == right)
    if isinstance(left, tuple | list) and type(left) is type(right) and not taint_of(left) and not taint_of(right):
        if len(left) != len(right):
            return False
        answers = [equal(a, b) for a, b in zip(visit(left), right, strict=True)]
        return False if False in answers else None if None in answers else True
    if isinstance(left, Dict) and isinstance(right, Dict) and not left.taint and not right.taint:
        if left.keys() != right.keys():
            return False
        verdicts = [equal(item, right[key]) for key, item in visit(left).items()]
        return False if False in verdicts else None if None in verdicts else True
    known: Any = PLAIN | tuple | List | Dict | Module
    if isinstance(left, known) and isinstance(right, known) and type(left) is not type(right):
        return False
    if isinstance(left, PLAIN) and isinstance(right, PLAIN):
        return bool(left == right)
    return None


def member(value: Any, container: Any) -> bool | None:
    """Return the result of `in`; None if it is not known."""
    if isinstance(container, str):
        return value in container if isinstance(value, str) else None
    if isinstance(container, tuple | List):
        return contains(container, value)
    if isinstance(container, Dict):
        if is_unknown(value):
            return None
        if any(same(key, value) for key in container):
            return True
        return None if container.taint else False
    return None


def unary(machine: Machine, sign: ast.unaryop, value: Any, node: ast.AST) -> Any:
    """Return the result of an operator with one operand. Raises: Raised."""
    if isinstance(sign, ast.Not):
        known = machine.truth(value)
        return machine.computed("not", [value], node) if known is None else not known
    if isinstance(value, NUMBER):
        if isinstance(sign, ast.USub):
            return -value
        if isinstance(sign, ast.UAdd):
            return +value
        if isinstance(value, int):
            return ~value
        raise Raised
    operate = getattr(value, "operate", None)
    if operate is not None and isinstance(sign, ast.USub):
        return operate(machine, "neg", value, None, node)
    if isinstance(value, Opaque | Size) and isinstance(sign, ast.USub):
        return multiply(value, -1)
    if isinstance(value, Array):
        return Array(value.shape, machine.written(node))
    return machine.computed(type(sign).__name__, [value], node)
