"""The values of an interpreted program.

Numbers, strings, bytes, bools, None, Ellipsis, slices, and tuples are Python's own. The classes here stand for all others.
What is not known is an `Opaque`, or a `Size` that is computed from some.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable
from itertools import count
from typing import Any, TypeAlias

from lstmlint.python.limits import visit
from lstmlint.python.program import Reason

Taint = tuple[Reason, ...]
Place = tuple[int, int]

_serial = count()


def now() -> int:
    """Return a number that is larger than the serial of every value so far."""
    return next(_serial)


class Opaque:
    """A value that is not known.

    name: the expression as written, or the variable that holds it.
    memo: what was derived from it, so that the same expression gives the same value.
    plain: whether the name is a good one: a parameter, an attribute, an item, or a length.
    """

    __slots__ = ("column", "line", "memo", "name", "plain", "reason")

    def __init__(self, name: str, line: int, column: int, reason: str, plain: bool = False) -> None:
        self.name = name
        self.line = line
        self.column = column
        self.reason = reason
        self.plain = plain
        self.memo: dict[Any, Any] = {}

    def __repr__(self) -> str:
        return f"<{self.name}>"


Term = tuple[Opaque, ...]


class Size:
    """A polynomial of Opaques with integer coefficients."""

    __slots__ = ("terms",)

    def __init__(self, terms: dict[Term, int]) -> None:
        self.terms = terms

    def __repr__(self) -> str:
        return " + ".join("*".join([str(factor), *map(repr, term)]) for term, factor in self.terms.items())

    def key(self) -> Any:
        """Return a hashable value that is equal for equal sizes."""
        return frozenset((term, factor) for term, factor in self.terms.items())


Number: TypeAlias = "int | Opaque | Size"
MAX_TERMS, MAX_DEGREE, MAX_BITS = 40, 8, 256


def is_unknown(value: Any) -> bool:
    """Return whether a value is not known."""
    return isinstance(value, Opaque | Size)


def terms_of(value: Number) -> dict[Term, int]:
    """Return a number as a polynomial."""
    if isinstance(value, Size):
        return value.terms
    if isinstance(value, Opaque):
        return {(value,): 1}
    return {(): int(value)} if value else {}


def number_of(terms: dict[Term, int]) -> Number:
    """Return a polynomial in its simplest form."""
    terms = {term: factor for term, factor in terms.items() if factor}
    if not terms:
        return 0
    if len(terms) == 1:
        ((term, factor),) = terms.items()
        if not term:
            return factor
        if factor == 1 and len(term) == 1:
            return term[0]
    return Size(terms)


def add(left: Number, right: Number, sign: int = 1) -> Number | None:
    """Return the sum, or the difference if sign is -1; None if it has too many terms."""
    terms = dict(terms_of(left))
    for term, factor in terms_of(right).items():
        terms[term] = terms.get(term, 0) + sign * factor
    return number_of(terms) if len(terms) <= MAX_TERMS else None


def multiply(left: Number, right: Number) -> Number | None:
    """Return the product; None if it is too complex."""
    terms: dict[Term, int] = {}
    first, second = terms_of(left), terms_of(right)
    if len(first) * len(second) > MAX_TERMS:
        return None
    for a, x in first.items():
        for b, y in second.items():
            if len(a) + len(b) > MAX_DEGREE:
                return None
            term = tuple(sorted((*a, *b), key=id))
            terms[term] = terms.get(term, 0) + x * y
    if any(factor.bit_length() > MAX_BITS for factor in terms.values()):
        return None
    return number_of(terms)


def key_of(value: Any) -> Any:
    """Return something hashable that is equal only for values that behave alike."""
    if isinstance(value, Size):
        return ("size", value.key())
    if isinstance(value, tuple):
        return tuple(key_of(item) for item in visit(value))
    if isinstance(value, slice):
        return ("slice", key_of(value.start), key_of(value.stop), key_of(value.step))
    if value is None or isinstance(value, str | bytes | int | float | complex):
        return (type(value), value)
    return ("object", id(value))


def as_key(value: Any) -> Any:
    """Return a key of a dict. Raises: Cut if its hash takes too long, because tuples in tuples are exponentially many."""
    if isinstance(value, tuple):
        key_of(value)
    return value


MAX_REASONS = 8


def with_reason(taint: Taint, reason: Reason) -> Taint:
    """Return a taint with one more reason, of which the first few are kept."""
    return taint if reason in taint or len(taint) >= MAX_REASONS else (*taint, reason)


class List(list[Any]):
    """A list.

    taint: why its content is not certain.
    part_of_model: whether a change of the list may change a model.
    """

    __slots__ = ("serial", "taint")
    part_of_model = False

    def __init__(self, items: Iterable[Any] = (), taint: Taint = ()) -> None:
        super().__init__(items)
        self.serial = now()
        self.taint = taint

    __hash__ = object.__hash__  # type: ignore[assignment]

    def snapshot(self) -> Any:
        """Return the state."""
        return list(self), self.taint

    def restore(self, state: Any) -> None:
        """Return to a state."""
        self[:], self.taint = state

    def forget(self, reason: Reason) -> None:
        """Note that the content is not certain."""
        self.taint = with_reason(self.taint, reason)

    def like(self, items: Iterable[Any], taint: Taint = ()) -> List:
        """Return a list of the same kind with other items."""
        return Set(items, taint) if isinstance(self, Set) else List(items, taint)

    def join(self, states: list[Any], reason: Reason, joined: Any) -> None:
        """Continue with one of several states."""
        best = max(states, key=lambda state: len(state[0]))
        self.restore(best)
        if any(not same_items(state[0], best[0]) or state[1] != best[1] for state in states):
            self.forget(reason)


class Set(List):
    """A set, as a list without duplicates."""

    __slots__ = ()


class Once(List):
    """What can be iterated over once: a generator, or the result of zip or map. spent: whether that has begun."""

    __slots__ = ("spent",)

    def __init__(self, items: Iterable[Any] = (), taint: Taint = ()) -> None:
        super().__init__(items, taint)
        self.spent = False

    def snapshot(self) -> Any:
        """Return the state."""
        return list(self), self.taint, self.spent

    def restore(self, state: Any) -> None:
        """Return to a state."""
        self[:], self.taint, self.spent = state

    def join(self, states: list[Any], reason: Reason, joined: Any) -> None:
        """Continue with one of several states."""
        super().join(states, reason, joined)
        self.spent = any(state[2] for state in states)


class Dict(dict[Any, Any]):
    """A dict. taint: why its content is not certain."""

    __slots__ = ("default", "serial", "taint")

    def __init__(self, items: Any = (), taint: Taint = ()) -> None:
        super().__init__(items)
        self.serial = now()
        self.taint = taint
        self.default: Any = None

    __hash__ = object.__hash__  # type: ignore[assignment]

    def snapshot(self) -> Any:
        """Return the state."""
        return dict(self), self.taint

    def restore(self, state: Any) -> None:
        """Return to a state."""
        self.clear()
        self.update(state[0])
        self.taint = state[1]

    def forget(self, reason: Reason) -> None:
        """Note that the content is not certain."""
        self.taint = with_reason(self.taint, reason)

    def join(self, states: list[Any], reason: Reason, joined: Any) -> None:
        """Continue with the items of several states; those that differ are joined."""
        join_names(self, [state[0] for state in states], joined)
        if any(len(state[0]) != len(self) for state in states):
            self.forget(reason)


class Scope:
    """The variables of a module, function, or class. names: what `global` and `nonlocal` name, with its scope."""

    __slots__ = ("elsewhere", "is_class", "label", "parent", "serial", "variables")

    def __init__(self, parent: Scope | None, label: str = "", is_class: bool = False) -> None:
        self.parent = parent
        self.label = label
        self.is_class = is_class
        self.variables: dict[str, Any] = {}
        self.elsewhere: dict[str, Scope] = {}
        self.serial = now()

    def snapshot(self) -> Any:
        """Return the state."""
        return dict(self.variables)

    def restore(self, state: Any) -> None:
        """Return to a state."""
        self.variables = dict(state)

    def forget(self, reason: Reason) -> None:
        """Do nothing: the variables are forgotten one by one."""

    def join(self, states: list[Any], reason: Reason, joined: Any) -> None:
        """Continue with the variables of several states; those that differ are joined."""
        join_names(self.variables, states, joined)

    def find(self, name: str) -> Scope | None:
        """Return the scope that holds a variable."""
        scope: Scope | None = self
        first = True
        while scope is not None:
            if name in scope.elsewhere:
                return scope.elsewhere[name]
            if name in scope.variables and (first or not scope.is_class):
                return scope
            first = False
            scope = scope.parent
        return None

    @property
    def module(self) -> Scope:
        """The outermost scope."""
        scope = self
        while scope.parent is not None:
            scope = scope.parent
        return scope


def join_names(target: dict[Any, Any], states: list[dict[Any, Any]], joined: Any) -> None:
    """Set `target` to the names of all states. A name that some states lack has the value of the others."""
    names: dict[Any, None] = {}
    for state in states:
        names.update(dict.fromkeys(state))
    result = {}
    for name in names:
        values = [state[name] for state in states if name in state]
        first = values[0]
        result[name] = first if all(value is first for value in values) else joined(values, name)
    target.clear()
    target.update(result)


class Function:
    """A function, method, or lambda of the program.

    memo: its results by its arguments if it is called once for the same ones.
    setter: of a property.
    """

    __slots__ = (
        "called", "defaults", "generator", "kind", "memo", "name", "node", "owner", "scope", "serial", "setter")  # fmt: skip

    def __init__(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda, scope: Scope) -> None:
        self.node = node
        self.name = "<lambda>" if isinstance(node, ast.Lambda) else node.name
        self.scope = scope
        self.defaults: dict[str, Any] = {}
        self.kind = "function"  # or staticmethod, classmethod, property
        self.owner: Class | None = None
        self.memo: dict[str, Any] | None = None
        self.setter: Function | None = None
        self.called = False
        self.generator: str | None = None  # see functions.generator_kind
        self.serial = now()


class Bound:
    """A function with its first argument."""

    __slots__ = ("function", "receiver")

    def __init__(self, function: Any, receiver: Any) -> None:
        self.function = function
        self.receiver = receiver


class Partial:
    """The result of functools.partial."""

    __slots__ = ("args", "function", "kwargs")

    def __init__(self, function: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        self.function = function
        self.args = args
        self.kwargs = kwargs


class Class:
    """A class of the program."""

    __slots__ = ("bases", "called", "name", "node", "scope", "serial")

    def __init__(self, node: ast.ClassDef, bases: list[Any], scope: Scope) -> None:
        self.node = node
        self.name = node.name
        self.bases = bases
        self.scope = scope
        self.called = False
        self.serial = now()

    def lookup(self, name: str) -> tuple[Any, Class] | None:
        """Return an attribute and the class that defines it; None if no class of the program does."""
        for cls in self.lineage():
            if name in cls.scope.variables:
                return cls.scope.variables[name], cls
        return None

    def lineage(self) -> list[Class]:
        """Return the class and its bases of the program, in Python's method resolution order."""
        bases = [base for base in self.bases if isinstance(base, Class) and base is not self]
        lines = [*(base.lineage() for base in bases), bases]
        found = [self]
        while any(lines) and len(found) < 100:
            heads = [line[0] for line in lines if line]
            chosen = next((one for one in heads if not any(one in line[1:] for line in lines)), heads[0])
            found.append(chosen)
            lines = [[one for one in line if one is not chosen] for line in lines]
        return found

    def foreign_bases(self) -> list[Any]:
        """Return the bases that the program does not define."""
        return [base for cls in self.lineage() for base in cls.bases if not isinstance(base, Class)]


class Attributes(Dict):
    """The attribute `__dict__` of an object."""

    __slots__ = ("owner",)

    def __init__(self, owner: Instance) -> None:
        super().__init__(owner.attributes)
        self.owner = owner


class Instance:
    """An object of a class of the program, or a namespace."""

    __slots__ = ("attributes", "cls", "serial", "taint")

    def __init__(self, cls: Class | None, attributes: dict[str, Any] | None = None) -> None:
        self.cls = cls
        self.attributes = attributes or {}
        self.taint: Taint = ()
        self.serial = now()

    def snapshot(self) -> Any:
        """Return the state."""
        return dict(self.attributes)

    def restore(self, state: Any) -> None:
        """Return to a state."""
        self.attributes = dict(state)

    def forget(self, reason: Reason) -> None:
        """Note that the content is not certain."""
        self.taint = with_reason(self.taint, reason)

    def join(self, states: list[Any], reason: Reason, joined: Any) -> None:
        """Continue with the attributes of several states; those that differ are joined."""
        join_names(self.attributes, states, joined)


class Super:
    """The result of super()."""

    __slots__ = ("cls", "receiver")

    def __init__(self, cls: Class, receiver: Any) -> None:
        self.cls = cls
        self.receiver = receiver


class Module:
    """A dotted name outside the program: a module, or something in one."""

    __slots__ = ("path",)

    def __init__(self, path: str) -> None:
        self.path = path

    def __repr__(self) -> str:
        return f"<{self.path}>"


class Configured:
    """An object that Keras serializes with its arguments: an initializer, a regularizer, an optimizer, a loss ..."""

    __slots__ = ("arguments", "kind", "name")

    def __init__(self, kind: str, name: str, arguments: dict[str, Any]) -> None:
        self.kind = kind
        self.name = name
        self.arguments = arguments


class Array:
    """An array of which only the shape is known, in part. An unknown dimension is an Opaque."""

    __slots__ = ("line", "name", "shape")

    def __init__(self, shape: tuple[Any, ...], name: str, line: int = 0) -> None:
        self.shape = shape
        self.name = name
        self.line = line


def same(left: Any, right: Any) -> bool:
    """Return whether two values are certainly equal."""
    if left is right:
        return True
    if type(left) is not type(right):
        return False
    if isinstance(left, tuple):
        return same_items(left, right)
    if isinstance(left, Size):
        return bool(left.terms == right.terms)
    if isinstance(left, str | bytes | int | float | complex):
        return bool(left == right)
    if isinstance(left, Module):
        return bool(left.path == right.path)
    if isinstance(left, Array):
        return same_items(left.shape, right.shape)
    return False


def same_items(left: Any, right: Any) -> bool:
    """Return whether two sequences hold the same values."""
    return len(left) == len(right) and all(map(same, visit(left), right))


def taint_of(value: Any, depth: int = 0) -> Taint:
    """Return why a value, or a part of it, is not certain."""
    taint: Taint = getattr(value, "taint", ())
    if depth < 4:
        if isinstance(value, list | tuple):
            for item in visit(value):
                taint += taint_of(item, depth + 1)
        elif isinstance(value, dict):
            for item in visit(value).values():
                taint += taint_of(item, depth + 1)
    return taint
