"""Read the constructors of Keras from its source, without importing it.

A `Source` holds the modules of one release. It resolves names through imports and assignments, and orders the base classes
of a class as Python does. `accepted` follows a constructor's `**kwargs` through its base classes, and `accepted_by_config`
follows `from_config`.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Final, NamedTuple

Function = ast.FunctionDef | ast.AsyncFunctionDef
UNKNOWN: Final = object()


class _Required:
    def __repr__(self) -> str:
        return "REQUIRED"


REQUIRED: Final = _Required()
GRAPHS: Final = {
    "functional_from_config",
    "reconstruct_from_config",
}  # functions that build a model from a whole config
LOOKING: Final = {
    "len",
    "set",
    "dict",
    "copy",
    "deepcopy",
    "str",
    "list",
    "isinstance",
}  # calls that only look at a dict
CALLS: Final = {"floatx": "float32", "epsilon": 1e-07, "image_data_format": None}


@dataclass(frozen=True, eq=False)
class Class:
    """A class, and the module that defines it."""

    module: str
    node: ast.ClassDef

    @property
    def name(self) -> str:
        return self.node.name

    @cached_property
    def methods(self) -> dict[str, Function]:
        """The methods by name."""
        return {node.name: node for node in flat(self.node.body) if isinstance(node, Function)}

    @cached_property
    def values(self) -> dict[str, ast.expr]:
        """The expressions assigned to class attributes."""
        return dict(assignments(self.node.body))


class Callable(NamedTuple):
    """A function, and the module that defines it."""

    module: str
    node: Function


@dataclass
class Accepted:
    """What a constructor takes: arguments with their defaults, whether any other argument is taken, and the keys that
    `from_config` reads from the config without a default.

    `ends` is whether a function passes the arguments on to a constructor, or refuses some. Otherwise it only looks at them,
    and takes out those that are `popped`.
    """

    arguments: dict[str, Any] = field(default_factory=dict)
    extra: bool = False
    needed: set[str] = field(default_factory=set)
    ends: bool = True
    popped: dict[str, Any] = field(default_factory=dict)


def flat(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """Yield the statements of a body, those in `if`, `try` and `with` included. TensorFlow 1 is left out."""
    for node in body:
        yield node
        if isinstance(node, ast.If) and isinstance(node.test, ast.Call) and "tf2.enabled" in ast.unparse(node.test):
            yield from flat(node.body)
            continue
        for name in ("body", "orelse", "handlers", "finalbody"):
            if not isinstance(node, ast.ClassDef | Function):
                inner = getattr(node, name, [])
                yield from flat([s for h in inner for s in (h.body if isinstance(h, ast.ExceptHandler) else [h])])


def assignments(body: list[ast.stmt]) -> Iterator[tuple[str, ast.expr]]:
    """Yield the names that statements assign, with the expressions."""
    for node in flat(body):
        match node:
            case ast.Assign(targets, value):
                for target in targets:
                    if isinstance(target, ast.Name):
                        yield target.id, value
            case ast.AnnAssign(ast.Name(name), _, ast.expr() as value):
                yield name, value


class Source:
    """The modules of one release, by their dotted names. Each is parsed when it is first needed."""

    def __init__(self, texts: dict[str, str]) -> None:
        self.texts = texts
        self._trees: dict[str, ast.Module] = {}
        self._tables: dict[str, dict[str, Any]] = {}
        self._classes: dict[int, Class] = {}
        self._orders: dict[Class, list[Class]] = {}

    def tree(self, module: str) -> ast.Module:
        """Return the parsed module."""
        if module not in self._trees:
            self._trees[module] = ast.parse(self.texts[module])
        return self._trees[module]

    def is_package(self, module: str) -> bool:
        return f"{module}.__init__" in self.texts

    def find(self, module: str) -> str | None:
        """Return the key of a module in `texts`, or None if the release has no such module."""
        if module in self.texts:
            return module
        return f"{module}.__init__" if self.is_package(module) else None

    def table(self, module: str) -> dict[str, Any]:
        """Return the names of a module: classes, functions, expressions, and imports as ("import", module, name)."""
        if module in self._tables:
            return self._tables[module]
        found: dict[str, Any] = {}
        self._tables[module] = found
        for node in flat(self.tree(module).body):
            match node:
                case ast.ClassDef():
                    found[node.name] = Class(module, node)
                case ast.FunctionDef():
                    found[node.name] = Callable(module, node)
                case ast.Import(names):
                    for alias in names:
                        name = alias.asname or alias.name.partition(".")[0]
                        found[name] = ("import", alias.name if alias.asname else name, None)
                case ast.ImportFrom():
                    origin = self.origin(module, node)
                    for alias in node.names:
                        if alias.name == "*":
                            target = self.find(origin)
                            if target and target != module:
                                public = self.table(target)
                                found |= {k: v for k, v in public.items() if not k.startswith("_")}
                        else:
                            found[alias.asname or alias.name] = ("import", origin, alias.name)
                case ast.Assign() | ast.AnnAssign():
                    for name, value in assignments([node]):
                        found[name] = ("value", module, value)
        for inner in ast.walk(self.tree(module)):  # imports in functions, which break circles
            if isinstance(inner, ast.ImportFrom):
                for alias in inner.names:
                    found.setdefault(alias.asname or alias.name, ("import", self.origin(module, inner), alias.name))
        return found

    def origin(self, module: str, node: ast.ImportFrom) -> str:
        """Return the absolute module of a `from ... import`."""
        if not node.level:
            return node.module or ""
        parts = module.split(".")
        base = parts[: len(parts) - node.level]
        return ".".join([*base, *([node.module] if node.module else [])])

    def resolve(self, module: str, name: str, seen: frozenset[tuple[str, str]] = frozenset()) -> Any:
        """Return the Class, Callable or ("value", module, expression) that a name in a module stands for, a module's key
        as ("module", key), or None if it is outside of this release.
        """
        if (module, name) in seen:
            return None
        seen |= {(module, name)}
        entry = self.table(module).get(name)
        if entry is None:
            package = module.removesuffix(".__init__")
            inner = self.find(f"{package}.{name}") if module.endswith(".__init__") else None
            return ("module", inner) if inner else None
        if isinstance(entry, Class | Callable):
            return entry
        kind, origin, what = entry
        if kind == "import":
            if what is None:
                found = self.find(origin)
                return ("module", found) if found else None
            target = self.find(origin)
            resolved = self.resolve(target, what, seen) if target else None
            if resolved is None:
                inner = self.find(f"{origin}.{what}")
                return ("module", inner) if inner else None
            return resolved
        if isinstance(what, ast.Name | ast.Attribute):
            return self.resolve_expression(origin, what, seen) or entry
        return entry

    def resolve_expression(self, module: str, node: ast.expr, seen: frozenset[tuple[str, str]] = frozenset()) -> Any:
        """Return what a dotted name stands for (see `resolve`)."""
        match node:
            case ast.Name(name):
                return self.resolve(module, name, seen)
            case ast.Attribute(value, name):
                match self.resolve_expression(module, value, seen):
                    case ("module", str(inner)):
                        return self.resolve(inner, name, seen)
                    case Class() as cls:
                        for base in self.order(cls):
                            if name in base.values:
                                return ("value", base.module, base.values[name])
                            if name in base.methods:
                                return Callable(base.module, base.methods[name])
        return None

    def bases(self, cls: Class) -> list[Class]:
        """Return the base classes that this release defines."""
        found = (self.resolve_expression(cls.module, base) for base in cls.node.bases)
        return [base for base in found if isinstance(base, Class) and base is not cls]

    def order(self, cls: Class) -> list[Class]:
        """Return the method resolution order (C3)."""
        if cls not in self._orders:
            self._orders[cls] = [cls]  # ends a circle
            lists = [list(self.order(base)) for base in self.bases(cls)]
            lists.append(self.bases(cls))
            order = [cls]
            while lists := [row for row in lists if row]:
                head = next((row[0] for row in lists if not any(row[0] in other[1:] for other in lists)), lists[0][0])
                order.append(head)
                lists = [[item for item in row if item is not head] for row in lists]
            self._orders[cls] = order
        return self._orders[cls]

    def is_a(self, cls: Class, names: Iterable[str]) -> bool:
        """Return whether a class or one of its base classes has one of the names ("module.Class")."""
        wanted = set(names)
        return any(f"{base.module}.{base.name}" in wanted for base in self.order(cls))

    def constant(self, module: str, node: ast.expr | None, depth: int = 0) -> Any:
        """Return the value of a literal expression in the form of JSON, the name of a function or class, or UNKNOWN."""
        match node:
            case ast.Constant(value):
                return UNKNOWN if isinstance(value, bytes) or value is Ellipsis else value
            case ast.Tuple(items) | ast.List(items) | ast.Set(items):
                values = [self.constant(module, item, depth) for item in items]
                return UNKNOWN if UNKNOWN in values else values
            case ast.Dict(keys, items):
                names = [self.constant(module, key, depth) for key in keys]
                values = [self.constant(module, item, depth) for item in items]
                return UNKNOWN if UNKNOWN in names or UNKNOWN in values else dict(zip(names, values, strict=True))
            case ast.UnaryOp(ast.USub(), operand):
                value = self.constant(module, operand, depth)
                return -value if isinstance(value, int | float) else UNKNOWN
            case ast.BinOp(left, op, right):
                a, b = self.constant(module, left, depth), self.constant(module, right, depth)
                if isinstance(a, list) and isinstance(b, list):
                    return a + b
                if not (isinstance(a, int | float) and isinstance(b, int | float)):
                    return UNKNOWN
                match op:
                    case ast.Pow():
                        return a**b
                    case ast.Div():
                        return a / b
                    case ast.Mult():
                        return a * b
                    case ast.Add():
                        return a + b
                    case ast.Sub():
                        return a - b
                return UNKNOWN
            case ast.Call(func):
                name = func.attr if isinstance(func, ast.Attribute) else getattr(func, "id", "")
                if name in CALLS:
                    return CALLS[name]
                if name in {"set", "frozenset", "tuple", "list"} and len(node.args) == 1:
                    return self.constant(module, node.args[0], depth)
                return UNKNOWN
            case ast.Name() | ast.Attribute() if depth < 8:
                match self.resolve_expression(module, node):
                    case Class() as cls:
                        return cls.name
                    case Callable() as function:
                        return function.node.name
                    case ("value", str(origin), ast.expr() as inner):
                        return self.constant(origin, inner, depth + 1)
        return UNKNOWN


class Parameters(NamedTuple):
    """The parameters of a function: positional ones, keyword-only ones, the names of `*args` and `**kwargs`."""

    positional: list[str]
    defaults: dict[str, Any]
    variadic: str | None
    keywords: str | None


def parameters(source: Source, module: str, function: Function, *, bound: bool) -> Parameters:
    """Return the parameters of a function; `bound` leaves out `self` or `cls`."""
    arguments = function.args
    positional = [*arguments.posonlyargs, *arguments.args]
    defaults: dict[str, Any] = {}
    given: list[ast.expr | None] = [None] * (len(positional) - len(arguments.defaults))
    for parameter, default in zip(positional, [*given, *arguments.defaults], strict=True):
        defaults[parameter.arg] = REQUIRED if default is None else plain(source.constant(module, default))
    names = [parameter.arg for parameter in positional]
    if bound and names:
        defaults.pop(names.pop(0))
    for parameter, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
        defaults[parameter.arg] = REQUIRED if default is None else plain(source.constant(module, default))
    return Parameters(
        names,
        defaults,
        arguments.vararg.arg if arguments.vararg else None,
        arguments.kwarg.arg if arguments.kwarg else None,
    )


def plain(value: Any) -> Any:
    """Return a default, or None if it is an object of the framework."""
    return None if value is UNKNOWN else value


@dataclass
class Use:
    """What a function does with a dict of arguments."""

    popped: dict[str, Any] = field(default_factory=dict)
    read: dict[str, bool] = field(default_factory=dict)  # key -> whether it must be there
    allowed: set[str] | None = None  # the keys that a check lets pass
    closed: bool = False  # the function refuses what is left
    forwards: list[ast.Call] = field(default_factory=list)  # calls with `**kwargs`
    certain: list[ast.Call] = field(default_factory=list)  # those that are always reached
    renamed: dict[str, str] = field(default_factory=dict)  # key -> the key under which it is put back
    names: set[str] = field(default_factory=set)


class Reader:
    """Follows a dict of arguments through the statements of a function."""

    def __init__(
        self,
        source: Source,
        module: str,
        function: Function,
        held: str,
        cls: Class | None,
        given: dict[str, ast.expr] | None = None,
    ) -> None:
        self.source = source
        self.module = module
        self.cls = cls
        self.use = Use(names={held})
        self.locals: dict[str, ast.expr] = dict(given or {})
        self.parameters = parameters(source, module, function, bound=False).defaults
        self.statements(function.body, frozenset(), certain=True)

    def holds(self, node: ast.AST | None) -> bool:
        """Return whether an expression is the dict, or a copy of it."""
        match node:
            case ast.Name(name):
                return name in self.use.names
            case ast.Call(ast.Attribute(value, "copy"), []) | ast.Call(ast.Attribute(value, "keys"), []):
                return self.holds(value)
            case ast.Call(ast.Attribute(ast.Name("copy"), "copy" | "deepcopy"), [value]):
                return self.holds(value)
            case ast.Call(ast.Name("dict" | "set" | "list" | "len" | "sorted" | "bool"), [value]):
                return self.holds(value)
            case ast.Call(_, [value, *_]) if self.holds(value) and "deserialize" in ast.unparse(node.func):
                return True
            case ast.Dict(keys, values) if None in keys:
                return any(self.holds(value) for key, value in zip(keys, values, strict=True) if key is None)
            case ast.Compare(left, [ast.Gt() | ast.NotEq()], [ast.Constant(0)]):
                return self.holds(left)
        return False

    def key(self, node: ast.expr) -> dict[str, Any]:
        """Return the keys that an expression stands for, with defaults: a string, or a loop over strings or a dict."""
        while isinstance(node, ast.Name) and node.id in self.locals:
            node = self.locals[node.id]
        match self.source.constant(self.module, node):
            case str() as name:
                return {name: None}
            case list() as names:
                return {name: None for name in names if isinstance(name, str)}
            case dict() as defaults:
                return defaults
        return {}

    def statements(self, body: list[ast.stmt], known: frozenset[str], *, certain: bool) -> None:
        """Read statements. `known` are the keys that a condition has found in the dict."""
        for node in body:
            match node:
                case ast.If(test, then, other):
                    self.expression(test, known, certain=certain)
                    present, absent = self.presence(test)
                    if raises(then) and (self.holds(test) or self.compares_unknown(test)):
                        self.use.closed = True
                    insisted = absent if raises(then) else present if raises(other) else frozenset()
                    if certain:
                        self.use.read |= dict.fromkeys(insisted, True)
                    self.statements(then, known | present, certain=certain and raises(other))
                    self.statements(other, known | absent, certain=certain and raises(then))
                    known |= insisted
                case ast.For(target, iterated, inner):
                    if self.iterates(iterated) and self.checks(target, inner):
                        continue
                    match target, iterated:
                        case ast.Name(name), _:
                            self.locals[name] = iterated
                        case ast.Tuple([ast.Name(name), *_]), ast.Call(ast.Attribute(mapping, "items"), []):
                            self.locals[name] = mapping
                    self.expression(iterated, known, certain=certain)
                    self.statements(inner, known, certain=False)
                case ast.Try(body=inner, handlers=handlers, orelse=other, finalbody=final):
                    self.statements([*inner, *other, *final], known, certain=certain)
                    for handler in handlers:
                        self.statements(handler.body, known, certain=False)
                case ast.With(items, inner):
                    for item in items:
                        self.expression(item.context_expr, known, certain=certain)
                    self.statements(inner, known, certain=certain)
                case ast.Assign(
                    [ast.Subscript(held, ast.Constant(str(new)))],
                    ast.Call(ast.Attribute(popped, "pop"), [ast.Constant(str(key)), *_]) as value,
                ) if self.holds(held) and self.holds(popped):
                    self.use.renamed[key] = new
                    self.expression(value, known, certain=certain)
                case ast.Assign([ast.Name(name)], value) if self.holds(value):
                    self.expression(value, known, certain=certain)
                    self.use.names.add(name)
                case ast.Assign([ast.Name(name)], value):
                    self.locals[name] = value
                    self.expression(value, known, certain=certain)
                case ast.Delete(targets):
                    for target in targets:
                        if isinstance(target, ast.Subscript) and self.holds(target.value):
                            for key in self.key(target.slice):
                                self.pop(key, None, known, certain=certain, required=True)
                case ast.FunctionDef() | ast.ClassDef() | ast.Raise():
                    pass
                case _:
                    for child in ast.iter_child_nodes(node):
                        if isinstance(child, ast.expr):
                            self.expression(child, known, certain=certain)

    def presence(self, test: ast.expr) -> tuple[frozenset[str], frozenset[str]]:
        """Return the keys that are in the dict if a test holds, and if it does not."""
        match test:
            case ast.Compare(ast.Constant(str(key)), [ast.In()], [held]) if self.holds(held):
                return frozenset({key}), frozenset()
            case ast.Compare(ast.Constant(str(key)), [ast.NotIn()], [held]) if self.holds(held):
                return frozenset(), frozenset({key})
            case ast.BoolOp(ast.And(), values):
                return frozenset().union(*(self.presence(value)[0] for value in values)), frozenset()
            case ast.BoolOp(ast.Or(), values):
                return frozenset(), frozenset().union(*(self.presence(value)[1] for value in values))
            case ast.UnaryOp(ast.Not(), value):
                present, absent = self.presence(value)
                return absent, present
            case ast.Compare(ast.Call(ast.Attribute(held, "get"), [ast.Constant(str(key)), *_])) if self.holds(held):
                return frozenset({key}), frozenset()
            case ast.Call(ast.Attribute(held, "get"), [ast.Constant(str(key)), *_]) if self.holds(held):
                return frozenset({key}), frozenset()
        return frozenset(), frozenset()

    def iterates(self, node: ast.expr) -> bool:
        """Return whether a loop runs over the keys of the dict."""
        match node:
            case ast.Call(ast.Attribute(value, "keys" | "items"), []):
                return self.holds(value)
        return self.holds(node)

    def checks(self, target: ast.expr, body: list[ast.stmt]) -> bool:
        """Read a loop that refuses keys (`for key in kwargs: if key not in allowed: raise`), and return whether it is one."""
        name = target.elts[0] if isinstance(target, ast.Tuple) else target
        if not isinstance(name, ast.Name):
            return False
        if raises(body):
            self.use.closed = True
            return True
        for node in body:
            match node:
                case ast.If(ast.Compare(ast.Name(key), [ast.NotIn()], [allowed]), then) if key == name.id and raises(
                    then
                ):
                    self.allow(allowed)
                    return True
                case ast.If(ast.Compare(ast.Name(key), [ast.In()], [_]), then, other) if (
                    key == name.id and raises(then) and raises(other)
                ):
                    self.use.closed = True
                    return True
        return False

    def allow(self, node: ast.expr) -> None:
        """Note the keys that a check lets pass."""
        if isinstance(node, ast.Name) and node.id in self.locals:
            node = self.locals[node.id]
        value = self.source.constant(self.module, node)
        if value is UNKNOWN and isinstance(node, ast.Attribute) and self.cls:
            for base in self.source.order(self.cls):
                if node.attr in base.values:
                    value = self.source.constant(base.module, base.values[node.attr])
                    break
        if isinstance(value, list | dict):
            names = {item for item in value if isinstance(item, str)}
            self.use.allowed = names if self.use.allowed is None else self.use.allowed & names
        else:
            print(f"warning: {self.module}: the allowed arguments are unknown: {ast.unparse(node)}")

    def compares_unknown(self, test: ast.expr) -> bool:
        """Read `unknown = set(kwargs) - allowed; if unknown: raise`, and return whether it is that."""
        if isinstance(test, ast.Name) and isinstance(self.locals.get(test.id), ast.BinOp):
            node = self.locals[test.id]
            if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Sub) and self.holds(node.left):
                self.allow(node.right)
                return True
        return False

    def default(self, node: ast.expr) -> Any:
        """Return the value of a default: a parameter's own default if it is the name of a parameter."""
        if isinstance(node, ast.Name) and node.id in self.parameters:
            default = self.parameters[node.id]
            return None if default is REQUIRED else default
        return plain(self.source.constant(self.module, node))

    def pop(self, key: str, default: Any, known: frozenset[str], *, certain: bool, required: bool) -> None:
        """Note that a key is taken from the dict."""
        if required and certain and key not in known:
            self.use.popped.setdefault(key, REQUIRED)
        else:
            self.use.popped.setdefault(key, default)

    def expression(self, node: ast.expr, known: frozenset[str], *, certain: bool) -> None:
        """Read an expression."""
        match node:
            case ast.Call(ast.Attribute(held, "pop"), [key, *rest]) if self.holds(held):
                for name, default in self.key(key).items():
                    value = self.default(rest[0]) if rest else default
                    required = not rest and not isinstance(key, ast.Name)  # a loop pops what is there
                    self.pop(name, value, known, certain=certain, required=required)
                for item in rest:
                    self.expression(item, known, certain=False)
                return
            case ast.Call(ast.Attribute(held, "get"), [key, *_]) if self.holds(held):
                for name in self.key(key):
                    self.use.read.setdefault(name, False)
                return
            case ast.Subscript(held, key, ast.Load()) if self.holds(held):
                for name in self.key(key):
                    needed = certain and name not in known and name not in self.use.popped
                    self.use.read[name] = self.use.read.get(name, False) or needed
                return
            case ast.IfExp(test, then, other):
                present, absent = self.presence(test)
                self.expression(test, known, certain=certain)
                self.expression(then, known | present, certain=False)
                self.expression(other, known | absent, certain=False)
                return
            case ast.BoolOp(_, values):
                first, *others = values
                self.expression(first, known, certain=certain)
                seen = known | self.presence(first)[0]
                for value in others:
                    self.expression(value, seen, certain=False)
                return
            case ast.Call(func, args, keywords):
                name = func.attr if isinstance(func, ast.Attribute) else getattr(func, "id", "")
                if name == "validate_kwargs" and len(args) > 1 and self.holds(args[0]):
                    self.allow(args[1])
                elif any(keyword.arg is None and self.holds(keyword.value) for keyword in keywords) or (
                    any(self.holds(arg) for arg in args) and name not in LOOKING
                ):
                    self.use.forwards.append(node)
                    if certain:
                        self.use.certain.append(node)
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.keyword):
                self.expression(child.value, known, certain=certain)
            elif isinstance(child, ast.expr):
                self.expression(child, known, certain=certain)
            elif isinstance(child, ast.comprehension):
                self.expression(child.iter, known, certain=certain)


def raises(body: list[ast.stmt]) -> bool:
    """Return whether a body ends in `raise`."""
    if not body:
        return False
    last = body[-1]
    if isinstance(last, ast.If):
        return raises(last.body) and raises(last.orelse)
    return isinstance(last, ast.Raise)


class Constructors:
    """The arguments that the classes of one release accept."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.warnings: list[str] = []

    def accepted(self, cls: Class) -> Accepted:
        """Return what `cls(**arguments)` accepts."""
        return self._constructor(cls, self.source.order(cls), 0)

    def accepted_by_config(self, cls: Class) -> Accepted:
        """Return what `cls.from_config(arguments)` accepts."""
        return self._from_config(cls, self.source.order(cls), 0)

    def accepted_by_function(self, function: Callable) -> Accepted:
        """Return the parameters of a function."""
        found = parameters(self.source, function.module, function.node, bound=False)
        return Accepted(dict(found.defaults), found.keywords is not None)

    def _constructor(self, cls: Class, order: list[Class], start: int, values: int = 0) -> Accepted:
        """Return what the first constructor from `order[start]` on accepts, besides a number of positional values."""
        for index in range(start, len(order)):
            if "__init__" in order[index].methods:
                return self._call(cls, order, index, order[index].methods["__init__"], values)
        return Accepted()

    def _call(self, cls: Class, order: list[Class], index: int, function: Function, values: int = 0) -> Accepted:
        """Return what a constructor accepts as keywords, besides a number of positional values."""
        module = order[index].module
        found = parameters(self.source, module, function, bound=True)
        result = Accepted({k: v for k, v in found.defaults.items() if k not in found.positional[:values]})
        if found.keywords:
            rest = self._dict(
                cls, order, index, module, function, found.keywords, values=max(values - len(found.positional), 0)
            )
            result.extra = rest.extra
            result.arguments |= {k: v for k, v in rest.arguments.items() if k not in result.arguments}
        for decorator in function.decorator_list:
            self._renames(module, decorator, result)
        return result

    def _renames(self, module: str, decorator: ast.expr, result: Accepted) -> None:
        """Add the old names that a decorator of Keras 2 translates (`keras.legacy.interfaces`)."""
        name = decorator.attr if isinstance(decorator, ast.Attribute) else getattr(decorator, "id", "")
        if not name.startswith("legacy_"):
            return
        match self.source.resolve_expression(module, decorator):
            case ("value", str(origin), ast.Call(keywords=keywords)):
                for keyword in keywords:
                    if keyword.arg == "conversions":
                        for old, new in self.source.constant(origin, keyword.value):
                            result.arguments.setdefault(old, None)
                            if result.arguments.get(new) is REQUIRED:
                                result.needed.add(new)
                    if keyword.arg == "preprocessor":
                        self._preprocessor(origin, keyword.value, result)

    def _preprocessor(self, module: str, node: ast.expr, result: Accepted) -> None:
        """Add the names that a decorator's preprocessor pops."""
        match self.source.resolve_expression(module, node):
            case Callable(origin, function):
                use = Reader(self.source, origin, function, "kwargs", None).use
                for key, default in use.popped.items():
                    result.arguments.setdefault(key, None if default is REQUIRED else default)

    def _dict(
        self,
        cls: Class,
        order: list[Class],
        index: int,
        module: str,
        function: Function,
        held: str,
        given: dict[str, ast.expr] | None = None,
        values: int = 0,
    ) -> Accepted:
        """Return what a function accepts in a dict of arguments. `given` are its other arguments as written, and `values` is
        the number of positional values that its `*args` holds.
        """
        reader = Reader(self.source, module, function, held, cls, given)
        use = reader.use
        result = Accepted(dict(use.popped), popped=dict(use.popped))
        passed: list[Accepted] = []
        for call in use.forwards:
            if getattr(call.func, "attr", getattr(call.func, "id", "")) in GRAPHS:
                return self._graph(module, call, reader)
        for call in use.forwards:
            target = self._forward(cls, order, index, module, function, call, use, values)
            if target:
                passed.append(target)
                if call in use.certain:
                    result.needed |= target.needed
        result.ends = bool(passed) or use.closed or use.allowed is not None
        if passed:
            arguments: dict[str, Any] = {}
            if any(target.ends for target in passed):  # the others only take some of the arguments
                for target in passed:
                    if not target.ends:
                        result.arguments |= {k: v for k, v in target.popped.items() if k not in result.arguments}
                passed = [target for target in passed if target.ends]
            for target in passed:
                arguments |= {k: v for k, v in target.arguments.items() if k not in arguments}
            extra = any(target.extra for target in passed)
            if use.allowed is not None:
                arguments = {k: v for k, v in arguments.items() if k in use.allowed}
                arguments |= {k: None for k in sorted(use.allowed) if extra and k not in arguments}
                extra = False
            if use.closed:
                extra = False
                arguments = {}
            result.extra = extra
            result.arguments |= {k: v for k, v in arguments.items() if k not in result.arguments}
        elif use.allowed is not None:
            result.arguments |= {k: None for k in sorted(use.allowed) if k not in result.arguments}
        elif not use.closed:
            result.extra = True
            result.arguments |= {k: None for k in use.read if k not in result.arguments}
        result.needed |= {key for key, needed in use.read.items() if needed}
        if not result.extra:
            for key, new in use.renamed.items():
                if new not in result.arguments:
                    result.arguments.pop(key, None)
        return result

    def _graph(self, module: str, call: ast.Call, reader: Reader) -> Accepted:
        """Return what the config of a functional model holds. Nothing refuses other keys.

        `from_config` builds a functional model only if the keys of `functional_config_keys` are there.
        """
        function = self.source.resolve_expression(module, call.func)
        inner = Reader(self.source, function.module, function.node, "config", None).use
        keys = self.source.constant(module, reader.locals.get("functional_config_keys"))
        arguments = dict.fromkeys([*reader.use.read, *inner.read, *inner.popped])
        required = {key for key, needed in inner.read.items() if needed} | set(plain(keys) or ())
        arguments |= {key: REQUIRED for key in ["name", "layers", "input_layers", "output_layers"] if key in required}
        return Accepted(arguments, extra=True)

    def _forward(
        self,
        cls: Class,
        order: list[Class],
        index: int,
        module: str,
        function: Function,
        call: ast.Call,
        use: Use,
        values: int,
    ) -> Accepted | None:
        """Return what the target of a call with the dict accepts, less what the call gives itself."""
        spread = any(keyword.arg is None for keyword in call.keywords)
        first = function.args.args[0].arg if function.args.args else ""
        is_class_method = any(isinstance(d, ast.Name) and d.id == "classmethod" for d in function.decorator_list)
        starred = any(isinstance(argument, ast.Starred) for argument in call.args)
        count = len(call.args) - starred + (values if starred else 0)
        target: Accepted | None = None
        match call.func:
            case ast.Attribute(ast.Call(ast.Name("super"), arguments), "__init__") if spread:
                start = index
                if arguments:
                    named = self.source.resolve_expression(module, arguments[0])
                    start = order.index(named) if named in order else index
                target = self._constructor(cls, order, start + 1, count)
            case ast.Attribute(ast.Call(ast.Name("super"), _), "from_config"):
                return self._from_config(cls, order, index + 1)
            case ast.Attribute(base_node, "__init__") if spread:
                base = self.source.resolve_expression(module, base_node)
                if isinstance(base, Class):
                    target = self._constructor(cls, self.source.order(base), 0, count - 1)
            case ast.Name(name) if spread and ((name == first and is_class_method) or name == "cls"):
                target = self._constructor(cls, self.source.order(cls), 0, count)
            case ast.Attribute(ast.Name(name), "from_config") if name != first:
                base = self.source.resolve(module, name)
                if isinstance(base, Class):
                    own = cls if base in self.source.order(cls) else base
                    return self._from_config(own, self.source.order(base), 0)
            case ast.Attribute(ast.Name(name), method) if name == first:
                return self._method(cls, order, method, call, use)
            case ast.Name(name):
                resolved = self.source.resolve(module, name)
                if isinstance(resolved, Callable):
                    return self._helper(cls, order, index, resolved, call, use)
        if target is None:
            return None
        given = {keyword.arg for keyword in call.keywords if keyword.arg}
        left = {k: v for k, v in target.arguments.items() if k not in given}
        return replace(target, arguments=left, needed=set(target.needed) - given)

    def _method(self, cls: Class, order: list[Class], name: str, call: ast.Call, use: Use) -> Accepted | None:
        """Return what a method accepts in the dict that a call hands it as an argument."""
        for index, base in enumerate(order):
            if name in base.methods:
                function = base.methods[name]
                names = parameters(self.source, base.module, function, bound=True).positional
                given = dict(zip(names, call.args, strict=False))
                for parameter, argument in given.items():
                    if isinstance(argument, ast.Name) and argument.id in use.names:
                        return self._dict(cls, order, index, base.module, function, parameter, given)
        return None

    def _helper(
        self, cls: Class, order: list[Class], index: int, function: Callable, call: ast.Call, use: Use
    ) -> Accepted | None:
        """Return what a function accepts in the dict that a call hands it as an argument."""
        names = parameters(self.source, function.module, function.node, bound=False).positional
        given = dict(zip(names, call.args, strict=False))
        for parameter, argument in given.items():
            if isinstance(argument, ast.Name) and argument.id in use.names:
                return self._dict(cls, order, index, function.module, function.node, parameter, given)
        return None

    def _from_config(self, cls: Class, order: list[Class], start: int) -> Accepted:
        """Return what the first `from_config` from `order[start]` on accepts."""
        for index in range(start, len(order)):
            function = order[index].methods.get("from_config")
            if function:
                module = order[index].module
                names = parameters(self.source, module, function, bound=True).positional
                result = self._dict(cls, order, index, module, function, names[0])
                own = self.accepted(cls).arguments
                for name, default in result.arguments.items():  # the constructor knows the default of a popped name
                    if default is REQUIRED:
                        result.needed.add(name)
                    if name in own and (default is None or default is REQUIRED):
                        result.arguments[name] = own[name]
                ordered = {name: result.arguments[name] for name in own if name in result.arguments}
                result.arguments = ordered | result.arguments
                result.needed -= {name for name in result.needed if name not in result.arguments}
                return result
        return self.accepted(cls)
