"""The state of one interpretation, and the operations that all parts of the interpreter share.

The modules of the package add what they know to a Machine's tables: how nodes are evaluated, statements executed, attributes
read, and values called. This module knows none of them.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from lstmlint.model.findings import Problem
from lstmlint.python.heap import Heap
from lstmlint.python.limits import MAX_DEPTH, Budget, Cut, visit
from lstmlint.python.program import Reason
from lstmlint.python.values import (
    MAX_REASONS,
    Array,
    Class,
    Dict,
    Function,
    Instance,
    List,
    Module,
    Opaque,
    Place,
    Scope,
    Size,
    key_of,
    same,
    same_items,
    with_reason,
)


class Arguments:
    """The arguments of a call.

    nodes: their expressions, by position or name.
    uncertain: whether there may be others, from `*unknown` or `**unknown`.
    """

    __slots__ = ("args", "kwargs", "node", "nodes", "uncertain")

    def __init__(
        self,
        node: ast.AST,
        args: list[Any] | None = None,
        kwargs: dict[str, Any] | None = None,
        nodes: dict[int | str, ast.expr] | None = None,
    ) -> None:
        self.node = node
        self.args = args or []
        self.kwargs = kwargs or {}
        self.nodes = nodes or {}
        self.uncertain = False

    def get(self, position: int, name: str, default: Any = None) -> Any:
        """Return an argument by its position or name."""
        if position < len(self.args):
            return self.args[position]
        return self.kwargs.get(name, default)

    def after(self, first: Any) -> Arguments:
        """Return the arguments with another one in front."""
        nodes = {(key + 1 if isinstance(key, int) else key): node for key, node in self.nodes.items()}
        new = Arguments(self.node, [first, *self.args], self.kwargs, nodes)
        new.uncertain = self.uncertain
        return new


class Builtin:
    """A function that the interpreter knows."""

    __slots__ = ("name", "run")

    def __init__(self, name: str, run: Callable[[Machine, Arguments], Any]) -> None:
        self.name = name
        self.run = run


class Method:
    """A method of a value that is not an object of the program."""

    __slots__ = ("name", "receiver")

    def __init__(self, receiver: Any, name: str) -> None:
        self.receiver = receiver
        self.name = name


class Joinable(Protocol):
    """A type of values that knows how to stand for several of its kind."""

    def merged(self, others: list[Any], reason: Reason) -> Any:
        """Return the value that stands for all."""


Evaluator = Callable[["Machine", Any, Scope], Any]
AttributeReader = Callable[["Machine", Any, str, ast.AST], Any]
MethodCaller = Callable[["Machine", Any, str, Arguments], Any]

MISSING = object()  # an attribute or argument that is not there


class Raised(Exception):
    """The program raises an exception here. Its argument or its cause is the exception, if that is known."""

    @property
    def kind(self) -> type[BaseException] | None:
        """The class of the exception; None if it is not known."""
        if self.args:
            kind: type[BaseException] = self.args[0]
            return kind
        return None if self.__cause__ is None else type(self.__cause__)


class Machine:
    """The state of one interpretation.

    text: the program.
    settings: values by the names of unknowns, as the user gave them.
    """

    def __init__(self, text: str, settings: Mapping[str, Any] | None = None) -> None:
        self.lines = text.splitlines()
        self.settings = settings or {}
        self.budget = Budget()
        self.heap = Heap(self.budget)
        self.depth = 0
        self.problems: list[Problem] = []
        self.module = Scope(None, "")
        self.functions: list[Function] = []
        self.classes: list[Class] = []
        self.conditions: list[Reason] = []  # what decides whether the current code runs
        self.evaluators: dict[type, Evaluator] = {}
        self.executors: dict[type, Evaluator] = {}
        self.readers: dict[type, AttributeReader] = {}
        self.writers: dict[type, Callable[[Machine, Any, str, Any, ast.AST], None]] = {}
        self.callers: dict[type, Callable[[Machine, Any, Arguments], Any]] = {}
        self.methods: dict[type, MethodCaller] = {}
        self.builtins: dict[str, Any] = {}
        self.items: dict[type, Callable[[Machine, Any, Any, ast.AST], Any]] = {}
        # Libraries: (machine, dotted name, arguments) -> the result of a call, or MISSING.
        self.libraries: list[Callable[[Machine, str, Arguments], Any]] = []
        # Parts of Keras, by the first name after the root: as libraries, with names relative to the root.
        self.keras_parts: dict[str, Callable[[Machine, str, Arguments], Any]] = {}
        self.patches = Instance(None)  # dotted names in modules that the program sets
        self.saved = Instance(None)  # path -> a copy of the model that the program has saved there
        self.doubts: list[Reason] = []  # what may have changed everything since
        self.flags = Instance(None)  # of absl, and of TensorFlow 1
        # Methods of unknown values with a known result.
        self.opaque_methods: dict[str, Callable[[Machine, Any, Arguments], Any]] = {}
        self.keras: Any = None

    def doubt(self, reason: Reason) -> None:
        """Note that everything from here on is not certain."""
        self.doubts = list(with_reason(tuple(self.doubts), reason))

    # Places and unknowns

    def place(self, node: ast.AST) -> Place:
        """Return the line and column of a node, 1-based."""
        line = getattr(node, "lineno", 1)
        offset = getattr(node, "col_offset", 0)
        text = self.lines[line - 1] if line <= len(self.lines) else ""
        if not text.isascii():
            offset = len(text.encode()[:offset].decode("utf-8", "replace"))
        return line, offset + 1

    def written(self, node: ast.AST) -> str:
        """Return an expression as written, on one line."""
        line, end = getattr(node, "lineno", 0), getattr(node, "end_lineno", 0)
        if line and line == end and line <= len(self.lines):
            text = self.lines[line - 1]
            if text.isascii():
                text = text[node.col_offset : node.end_col_offset]  # type: ignore[attr-defined]
            else:
                text = text.encode()[node.col_offset : node.end_col_offset].decode("utf-8", "replace")  # type: ignore[attr-defined]
        else:
            try:
                text = ast.unparse(node)
            except (RecursionError, ValueError, AttributeError):
                return "..."
        text = " ".join(text.split())
        return text if len(text) <= 60 else text[:57] + "..."

    def opaque(self, node: ast.AST, reason: str, name: str | None = None, plain: bool = False) -> Any:
        """Return the unknown value of an expression, or what the user says it is."""
        name = name or self.written(node)
        if name in self.settings:
            return self.settings[name]
        line, column = self.place(node)
        return Opaque(name, line, column, reason, plain)

    def derived(self, base: Any, key: Any, name: str, node: ast.AST, plain: bool = True) -> Any:
        """Return what is derived from an unknown value. The same derivation gives the same value."""
        if not isinstance(base, Opaque):
            return self.opaque(node, "it is computed from an unknown value", name)
        found = base.memo.get(key, MISSING)
        if found is MISSING:
            found = base.memo[key] = self.opaque(node, base.reason, name, plain)
        return found

    def computed(self, key: Any, values: list[Any], node: ast.AST) -> Any:
        """Return what is computed from values, some unknown, in a way that is not followed further."""
        base = next((leaf for value in values for leaf in leaves(value)), None)
        if base is None:
            return self.opaque(node, "lstmlint does not know what this computes")
        return self.derived(base, (key, *map(key_of, values)), self.written(node), node, plain=False)

    # The parts of the interpreter

    def evaluate(self, node: ast.expr, scope: Scope) -> Any:
        """Return the value of an expression. Raises: Cut, Raised."""
        self.budget.step()
        return self.evaluators[type(node)](self, node, scope)

    def call(self, function: Any, arguments: Arguments) -> Any:
        """Return the result of a call. Raises: Cut, Raised."""
        caller = self.callers.get(type(function))
        if caller is None:
            return self.opaque(arguments.node, "lstmlint does not know what this calls")
        self.depth += 1
        try:
            if self.depth > MAX_DEPTH:
                raise Cut("the functions call each other too deeply")
            if (
                arguments.uncertain
                and isinstance(function, Builtin | Method)
                and not self.takes_unknown(function, arguments)
            ):
                return self.opaque(arguments.node, "the call passes an unknown number of arguments")
            return caller(self, function, arguments)
        finally:
            self.depth -= 1

    def takes_unknown(self, function: Any, arguments: Arguments) -> bool:
        """Return whether a function of the interpreter can deal with an unknown number of arguments."""
        if isinstance(function, Builtin) and function.name in ("add_argument", "print", "__init__"):
            return True
        given = arguments.args if isinstance(function, Builtin) else [function.receiver]
        for value in given:
            if isinstance(function, Builtin) or isinstance(value, List | Dict):
                if hasattr(value, "forget"):
                    self.heap.touch(value)
                    reason = f"`{self.written(arguments.node)}` passes an unknown number of arguments"
                    value.forget((*self.place(arguments.node), reason))
        return not isinstance(function, Builtin) and not isinstance(function.receiver, List | Dict)

    def attribute(self, value: Any, name: str, node: ast.AST) -> Any:
        """Return an attribute of a value."""
        reader = self.readers.get(type(value))
        if reader is not None:
            found = reader(self, value, name, node)
            if found is not MISSING:
                return found
        if type(value) in self.methods:
            return Method(value, name)
        return self.opaque(node, "lstmlint does not know this attribute")

    def set_attribute(self, value: Any, name: str, new: Any, node: ast.AST) -> None:
        """Set an attribute of a value."""
        writer = self.writers.get(type(value))
        if writer is not None:
            writer(self, value, name, new, node)

    def delete_attribute(self, value: Any, name: str | None, node: ast.AST) -> None:
        """Delete an attribute of a value. name: None if it is not known."""
        if isinstance(value, Instance):
            self.heap.touch(value)
            if name in value.attributes:
                del value.attributes[name]
            elif name is None:
                value.forget((*self.place(node), "an attribute is deleted whose name is not known"))

    def item(self, value: Any, index: Any, node: ast.AST) -> Any:
        """Return an item of a value."""
        reader = self.items.get(type(value))
        if reader is None:
            return self.opaque(node, "lstmlint does not know this item")
        return reader(self, value, index, node)

    # Truth and joining

    def truth(self, value: Any) -> bool | None:
        """Return whether a value is true; None if that is not known."""
        if value is None or isinstance(value, bool | int | float | complex | str | bytes | tuple):
            return bool(value)
        if isinstance(value, List | Dict):
            return bool(value) or (None if value.taint else False)
        if isinstance(value, Function | Class | Module | Builtin | Method):
            return True
        if isinstance(value, Instance):
            if value.cls is None:
                return True
            decides = value.cls.foreign_bases() or value.cls.lookup("__bool__") or value.cls.lookup("__len__")
            return None if decides else True
        return getattr(value, "truth", None)

    def joined(self, reason: Reason) -> Callable[[list[Any], Any], Any]:
        """Return the function that joins several values of a name under a condition."""

        def join(values: list[Any], name: Any) -> Any:
            return self.join(values, reason, str(name))

        return join

    def join(self, values: list[Any], reason: Reason, name: str) -> Any:
        """Return the value that stands for one of several."""
        first = values[0]
        if all(same(first, value) for value in values[1:]):
            return first
        for value in values:
            if hasattr(value, "merged"):
                return value.merged(values, reason)
        if all(isinstance(value, tuple) and len(value) == len(first) for value in values if isinstance(first, tuple)):
            if isinstance(first, tuple) and all(isinstance(value, tuple) for value in values):
                return tuple(
                    self.join(list(items), reason, f"{name}[{i}]")
                    for i, items in enumerate(zip(*map(visit, values), strict=True))
                )
        containers = [value for value in values if isinstance(value, List | Dict)]
        if containers:
            best = max(containers, key=len)
            taint = tuple(dict.fromkeys(one for value in containers for one in value.taint))[:MAX_REASONS]
            if not isinstance(best, List) or not all(isinstance(one, List) and same_items(one, best) for one in values):
                taint = with_reason(taint, reason)
            return Dict(best, taint) if isinstance(best, Dict) else best.like(best, taint)
        if all(isinstance(value, Array) and len(value.shape) == len(first.shape) for value in values):
            shape = tuple(
                self.join(list(items), reason, f"{name}.shape[{i}]")
                for i, items in enumerate(zip(*(value.shape for value in values), strict=True))
            )
            return Array(shape, name, reason[0])
        if name in self.settings:
            return self.settings[name]
        return Opaque(name, reason[0], reason[1], reason[2], plain=True)

    def assign_name(self, scope: Scope, name: str, value: Any) -> None:
        """Set a variable. An unknown value without a good name gets that of the variable."""
        if isinstance(value, Opaque | Size):
            if name in self.settings:
                value = self.settings[name]
            elif isinstance(value, Opaque) and not value.plain:
                value.name, value.plain = name, True
        target = scope.elsewhere.get(name, scope)
        self.heap.touch(target)
        target.variables[name] = value


def leaves(value: Any) -> list[Opaque]:
    """Return the unknowns that a value depends on."""
    if isinstance(value, Opaque):
        return [value]
    if isinstance(value, Size):
        return [leaf for term in value.terms for leaf in term]
    if isinstance(value, tuple | list):
        return [leaf for item in visit(value[:20]) for leaf in leaves(item)]
    if isinstance(value, Array):
        return leaves(value.shape)
    return []
