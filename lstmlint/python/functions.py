"""Calls of the program's own functions, methods, and classes."""

from __future__ import annotations

import ast
from typing import Any

from lstmlint.python.expressions import iterate
from lstmlint.python.machine import MISSING, Arguments, Builtin, Machine, Raised
from lstmlint.python.operators import IS_NUMBER
from lstmlint.python.statements import FRAME, Frame, Return, block, frame_of
from lstmlint.python.values import (
    Attributes,
    Bound,
    Class,
    Dict,
    Function,
    Instance,
    List,
    Once,
    Opaque,
    Partial,
    Scope,
    Super,
    is_unknown,
)


def call_function(machine: Machine, function: Function, arguments: Arguments) -> Any:
    """Return the result of a function. Raises: Raised, Cut."""
    if function.memo is None:
        return run_function(machine, function, arguments)
    given = [*arguments.args, *arguments.kwargs.values()]
    key = repr([value if isinstance(value, PLAIN) else id(value) for value in [*given, *arguments.kwargs]])
    if key not in function.memo:
        function.memo[key] = arguments, run_function(machine, function, arguments)
    if any(
        is_unknown(value) for _, (past, _) in function.memo.items() for value in (*past.args, *past.kwargs.values())
    ):
        reason = (*machine.place(arguments.node), "whether the result is remembered depends on an unknown argument")
        for _, result in function.memo.values():
            if hasattr(result, "forget"):
                result.forget(reason)
    return function.memo[key][1]


PLAIN = (int, float, str, tuple, type(None))


def run_function(machine: Machine, function: Function, arguments: Arguments) -> Any:
    """Run the body of a function. Raises: Raised, Cut."""
    function.called = True
    node = function.node
    scope = Scope(function.scope, function.name)
    frame = Frame()
    scope.variables[FRAME] = frame
    if function.owner is not None:
        scope.variables["__class__"] = function.owner
        scope.variables["__self__"] = arguments.args[0] if arguments.args else None
    bind(machine, function, arguments, scope)
    if isinstance(node, ast.Lambda):
        return machine.evaluate(node.body, scope)
    if isinstance(node, ast.AsyncFunctionDef) or generator_kind(function) == "endless":
        return machine.opaque(arguments.node, "lstmlint does not follow generators with while")
    if function.generator == "yields":
        frame.yields = Once()
        block(machine, node.body, scope)
        for _, reason in frame.returns:
            frame.yields.forget(reason)
        return frame.yields
    signal = block(machine, node.body, scope)
    result = signal.value if isinstance(signal, Return) else None
    if frame.returns:
        result = machine.join([*(value for value, _ in frame.returns), result], frame.returns[0][1], function.name)
    note = getattr(result, "returned", None)
    if note is not None:
        note(function.name)
    return result


def is_generator(node: ast.FunctionDef) -> bool:
    """Return whether a function yields."""
    waiting: list[ast.AST] = list(node.body)
    while waiting:
        inner = waiting.pop()
        if isinstance(inner, ast.Yield | ast.YieldFrom):
            return True
        if not isinstance(inner, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef):
            waiting.extend(ast.iter_child_nodes(inner))
    return False


def generator_kind(function: Function) -> str:
    """Return "" for a function without yield, "yields", or "endless" if it also has a while loop, as generators of
    training data do.
    """
    if function.generator is None:
        node = function.node
        if not isinstance(node, ast.FunctionDef) or not is_generator(node):
            function.generator = ""
        else:
            function.generator = (
                "endless" if any(isinstance(inner, ast.While) for inner in ast.walk(node)) else "yields"
            )
    return function.generator


def yield_(machine: Machine, node: ast.Yield | ast.YieldFrom, scope: Scope) -> Any:
    """Add an item, or those of another iterable, to what a generator gives."""
    value = None if node.value is None else machine.evaluate(node.value, scope)
    items = frame_of(scope).yields
    if items is not None:
        machine.heap.touch(items)
        more = [value] if isinstance(node, ast.Yield) else iterate(machine, value, node)
        if more is None:
            items.forget((*machine.place(node), f"the items of `{machine.written(node)}` are not known"))
        else:
            items.extend(more)
            items.taint += () if isinstance(node, ast.Yield) else getattr(value, "taint", ())
    return machine.opaque(node, "it is sent to a generator")


def bind(machine: Machine, function: Function, arguments: Arguments, scope: Scope) -> None:
    """Set the parameters of a function. Raises: Raised if the arguments do not fit."""
    parameters = function.node.args
    names = [parameter.arg for parameter in (*parameters.posonlyargs, *parameters.args)]
    given = dict(zip(names, arguments.args, strict=False))
    rest = arguments.args[len(names) :]
    if rest and parameters.vararg is None:
        raise Raised
    more = Dict()
    keywords = {parameter.arg for parameter in parameters.kwonlyargs} | set(names)
    for name, value in arguments.kwargs.items():
        if name in keywords and name not in given:
            given[name] = value
        elif parameters.kwarg is not None and name not in keywords:
            more[name] = value
        else:
            raise Raised
    for name in [*names, *(parameter.arg for parameter in parameters.kwonlyargs)]:
        if name in given:
            continue
        if arguments.uncertain:
            given[name] = machine.opaque(arguments.node, "the call passes an unknown number of arguments", name, True)
        elif name in function.defaults:
            given[name] = function.defaults[name]
        else:
            raise Raised
    if parameters.vararg is not None:
        reason = (*machine.place(arguments.node), "the call passes an unknown number of arguments")
        given[parameters.vararg.arg] = List(rest, (reason,)) if arguments.uncertain else tuple(rest)
    if parameters.kwarg is not None:
        if arguments.uncertain:
            more.forget((*machine.place(arguments.node), "the call passes unknown arguments"))
        given[parameters.kwarg.arg] = more
    scope.variables.update(given)


def call_bound(machine: Machine, bound: Bound, arguments: Arguments) -> Any:
    """Call a method."""
    return machine.call(bound.function, arguments.after(bound.receiver))


def call_partial(machine: Machine, partial: Partial, arguments: Arguments) -> Any:
    """Call the result of functools.partial."""
    new = Arguments(arguments.node, [*partial.args, *arguments.args], {**partial.kwargs, **arguments.kwargs})
    new.uncertain = arguments.uncertain
    new.nodes = {
        (key + len(partial.args) if isinstance(key, int) else key): node for key, node in arguments.nodes.items()
    }
    return machine.call(partial.function, new)


def call_builtin(machine: Machine, builtin: Builtin, arguments: Arguments) -> Any:
    """Call a function that the interpreter knows."""
    result = builtin.run(machine, arguments)
    if isinstance(result, Opaque) and builtin.name in NUMBERS:
        result.memo[IS_NUMBER] = True
    return result


NUMBERS = frozenset({"float", "int", "len", "round"})


def call_instance(machine: Machine, instance: Instance, arguments: Arguments) -> Any:
    """Call an object with `__call__`."""
    method = machine.attribute(instance, "__call__", arguments.node)
    return machine.call(method, arguments)


def instantiate(machine: Machine, cls: Class, arguments: Arguments) -> Any:
    """Create an object of a class of the program."""
    cls.called = True
    made = machine.keras.instantiate(machine, cls, arguments)
    if made is not MISSING:
        return made
    instance = Instance(cls)
    found = cls.lookup("__init__")
    if found is not None and isinstance(found[0], Function):
        machine.call(found[0], arguments.after(instance))
    elif not cls.foreign_bases():
        fields = dataclass_fields(cls)
        if fields:
            fill(machine, cls, instance, fields, arguments)
            after = cls.lookup("__post_init__")
            if after is not None and isinstance(after[0], Function):
                machine.call(after[0], Arguments(arguments.node, [instance]))
    return instance


def dataclass_fields(cls: Class) -> list[str]:
    """Return the fields of a class that is decorated as a dataclass, those of its bases first."""
    if not any("dataclass" in ast.dump(decorator)[:200] for decorator in cls.node.decorator_list):
        return []
    return list(
        dict.fromkeys(
            statement.target.id
            for one in reversed(cls.lineage())
            for statement in one.node.body
            if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name)
        )
    )


def fill(machine: Machine, cls: Class, instance: Instance, fields: list[str], arguments: Arguments) -> None:
    """Set the fields of a dataclass's object. Raises: Raised."""
    for i, name in enumerate(fields):
        value = arguments.get(i, name, MISSING)
        if value is MISSING and not arguments.uncertain:
            found = cls.lookup(name)
            value = MISSING if found is None else found[0]
            if isinstance(value, List | Dict):  # what a factory made: each object has its own
                value = value.like(value, value.taint) if isinstance(value, List) else Dict(value, value.taint)
        if value is MISSING:
            value = machine.opaque(arguments.node, "the call does not pass it", name)
        instance.attributes[name] = value


def read_instance(machine: Machine, instance: Instance, name: str, node: ast.AST) -> Any:
    """Return an attribute of an object."""
    if name in instance.attributes:
        return instance.attributes[name]
    if name == "__dict__":
        return Attributes(instance)
    if instance.cls is None:
        return MISSING
    return read_through(machine, instance.cls, instance, name, node)


def read_through(machine: Machine, cls: Class, receiver: Any, name: str, node: ast.AST) -> Any:
    """Return an attribute that a class gives to its objects; MISSING if none of the program's classes has it."""
    if name == "__class__":
        return cls
    found = cls.lookup(name)
    if found is None:
        return MISSING
    value = found[0]
    if not isinstance(value, Function):
        return value
    if value.kind == "staticmethod":
        return value
    if value.kind == "classmethod":
        return Bound(value, cls)
    if value.kind == "property":
        return machine.call(value, Arguments(node, [receiver]))
    return Bound(value, receiver)


def write_instance(machine: Machine, instance: Instance, name: str, value: Any, node: ast.AST) -> None:
    """Set an attribute of an object. Raises: Raised."""
    found = instance.cls.lookup(name) if instance.cls is not None else None
    if found is not None and isinstance(found[0], Function) and found[0].kind == "property":
        if found[0].setter is None:
            raise Raised
        machine.call(found[0].setter, Arguments(node, [instance, value]))
        return
    machine.heap.touch(instance)
    if isinstance(value, Opaque) and not value.plain:
        value.name, value.plain = f"self.{name}" if isinstance(node, ast.Attribute) else name, True
    held = getattr(value, "held", None)
    if held is not None:
        held(name, instance.cls.name if instance.cls is not None else "")
    instance.attributes[name] = value


def read_class(machine: Machine, cls: Class, name: str, node: ast.AST) -> Any:
    """Return an attribute of a class."""
    if name == "__name__":
        return cls.name
    found = cls.lookup(name)
    if found is None:
        return MISSING
    value = found[0]
    if isinstance(value, Function) and value.kind == "classmethod":
        return Bound(value, cls)
    if not isinstance(value, Function | Class) and any(
        getattr(base, "path", "") == "enum.Enum" for base in cls.foreign_bases()
    ):
        return Instance(None, {"value": value, "name": name})
    return value


def write_class(machine: Machine, cls: Class, name: str, value: Any, node: ast.AST) -> None:
    """Set an attribute of a class."""
    machine.heap.touch(cls.scope)
    cls.scope.variables[name] = value


def read_function(machine: Machine, function: Function, name: str, node: ast.AST) -> Any:
    """Return the name of a function."""
    return function.name if name in ("__name__", "__qualname__") else MISSING


def read_super(machine: Machine, parent: Super, name: str, node: ast.AST) -> Any:
    """Return a method of the superclass, bound to the object."""
    receiver_class = getattr(parent.receiver, "cls", None)
    lineage = receiver_class.lineage() if isinstance(receiver_class, Class) else parent.cls.lineage()
    after = lineage[lineage.index(parent.cls) + 1 :] if parent.cls in lineage else []
    for cls in after:
        value = cls.scope.variables.get(name)
        if isinstance(value, Function):
            return value if value.kind == "staticmethod" else Bound(value, parent.receiver)
    return machine.keras.super_attribute(machine, parent, name, node)


def install(machine: Machine) -> None:
    """Add calls and objects to a machine."""
    machine.evaluators |= {ast.Yield: yield_, ast.YieldFrom: yield_}
    machine.callers |= {
        Function: call_function,
        Bound: call_bound,
        Partial: call_partial,
        Builtin: call_builtin,
        Class: instantiate,
        Instance: call_instance,
    }
    machine.readers |= {
        Instance: read_instance,
        Class: read_class,
        Function: read_function,
        Super: read_super,
    }
    machine.writers |= {Instance: write_instance, Class: write_class}
