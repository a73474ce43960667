"""How each kind of statement is executed.

An executor returns None if the next statement follows, or a signal: BREAK, CONTINUE, or a Return. An exception of the
program is a `Raised`.
"""

from __future__ import annotations

import ast
import builtins
import sys
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from lstmlint.python.expressions import Range, assign, defaults, element_of, iterate, set_item
from lstmlint.python.limits import MAX_ITERATIONS, MAX_LOOP_STEPS
from lstmlint.python.machine import Arguments, Builtin, Machine, Raised
from lstmlint.python.operators import BINARY, binary
from lstmlint.python.program import Reason
from lstmlint.python.values import (
    Class,
    Dict,
    Function,
    Instance,
    List,
    Module,
    Once,
    Opaque,
    Scope,
    Set,
    as_key,
    with_reason,
)


class Signal:
    """What ends a block early."""

    __slots__ = ("value",)

    def __init__(self, value: Any = None) -> None:
        self.value = value


class Return(Signal):
    """A return statement."""

    __slots__ = ()


BREAK, CONTINUE, RAISED = Signal("break"), Signal("continue"), Signal("raise")


class Frame:
    """A call that is being run.

    returns: the values of return statements that may have run, with the condition.
    yields: what a generator gives.
    """

    __slots__ = ("loop", "returns", "yields")

    def __init__(self) -> None:
        self.yields: List | None = None
        self.returns: list[tuple[Any, Reason]] = []
        self.loop: Reason | None = None  # an unknown condition ends or continues the current loop


FRAME = "__frame__"


def frame_of(scope: Scope) -> Frame:
    """Return the frame of the function or module that a scope belongs to."""
    current: Scope | None = scope
    while current is not None:
        frame = current.variables.get(FRAME)
        if frame is not None:
            found: Frame = frame
            return found
        current = current.parent
    raise LookupError


def block(machine: Machine, body: Sequence[ast.stmt], scope: Scope) -> Signal | None:
    """Execute statements until one of them ends the block."""
    for i, statement in enumerate(body):
        machine.budget.step()
        returns = frame_of(scope).returns if isinstance(statement, COMPOUND) else []
        known = len(returns)
        signal: Signal | None = machine.executors[type(statement)](machine, statement, scope)
        if signal is not None:
            return signal
        if len(returns) > known:
            return after_return(machine, body[i + 1 :], scope, returns[known][1])
    return None


IMPORTS = (ast.Import, ast.ImportFrom)
# Packages that are there where Keras is.
PRESENT = frozenset({"keras", "keras_core", "numpy", "tensorflow", "tf_keras"})
COMPOUND = (ast.If, ast.For, ast.AsyncFor, ast.While, ast.With, ast.AsyncWith, ast.Try, ast.Match)


def after_return(machine: Machine, body: Sequence[ast.stmt], scope: Scope, reason: Reason) -> Signal | None:
    """Execute statements that run only if the function has not returned, and join their effects with having none."""
    signal, record = machine.heap.watch(lambda: block(machine, body, scope))
    for thing, before in record.changed.values():
        machine.heap.touch(thing)
        if isinstance(thing, Scope | Instance):
            if thing is not scope:
                thing.join([before, thing.snapshot()], reason, machine.joined(reason))
        else:
            thing.forget(reason)
    result: Signal | None = signal
    return result


# Branches -------------------------------------------------------------------------------------------------


def guarded(machine: Machine, run: Callable[[], Signal | None]) -> Callable[[], Signal | None]:
    """Return a run that yields RAISED instead of raising an exception of the program."""

    def guard() -> Signal | None:
        try:
            return run()
        except Raised:
            return RAISED

    return guard


def branch(machine: Machine, runs: list[Callable[[], Signal | None]], reason: Reason, scope: Scope) -> Signal | None:
    """Run branches of which one is taken, nobody knows which, and join their effects. Raises: Raised."""
    frame = frame_of(scope)
    machine.conditions.append(reason)
    try:
        tried = [machine.heap.attempt(guarded(machine, run)) for run in runs]
    finally:
        machine.conditions.pop()
    if any(one.result in (BREAK, CONTINUE) for one in tried):
        frame.loop = reason
    live = [one for one in tried if one.result is None or one.result in (BREAK, CONTINUE)]
    returned = [one for one in tried if isinstance(one.result, Return)]
    if not live:
        if not returned:
            raise Raised
        machine.heap.merge(returned, reason, machine.joined(reason))
        return Return(machine.join([one.result.value for one in returned], reason, "the result"))
    machine.heap.merge(live, reason, machine.joined(reason))
    for one in returned:
        frame.returns.append((one.result.value, reason))
        for thing, _ in one.states.values():
            machine.heap.touch(thing)
            thing.forget(reason)
    if len(live) == 1 and live[0].result is not None:
        signal: Signal = live[0].result
        return signal
    return None


def if_(machine: Machine, node: ast.If, scope: Scope) -> Signal | None:
    """Execute one branch, or both if the condition is not known."""
    test = machine.truth(machine.evaluate(node.test, scope))
    if test is not None:
        return block(machine, node.body if test else node.orelse, scope)
    reason = (*machine.place(node.test), f"it depends on `{machine.written(node.test)}`")
    runs = [lambda: block(machine, node.body, scope), lambda: block(machine, node.orelse, scope)]
    return branch(machine, runs, reason, scope)


def match(machine: Machine, node: ast.Match, scope: Scope) -> Signal | None:
    """Execute the case of a literal, or all of them."""
    subject = machine.evaluate(node.subject, scope)
    possible: list[list[ast.stmt]] = []
    for case in node.cases:
        verdict = matches(machine, case, subject, scope)
        if verdict is True and not possible:
            return block(machine, case.body, scope)
        if verdict is not False:
            possible.append(case.body)
    reason = (*machine.place(node.subject), f"it depends on `{machine.written(node.subject)}`")
    for name in assigned(node.cases):
        if name not in scope.variables:
            machine.assign_name(scope, name, machine.opaque(node.subject, reason[2], name, plain=True))
    return branch(machine, [partial(block, machine, body, scope) for body in [*possible, []]], reason, scope)


def matches(machine: Machine, case: ast.match_case, subject: Any, scope: Scope) -> bool | None:
    """Return whether a case matches; None if that is not known."""
    if case.guard is not None:
        return None
    pattern = case.pattern
    if isinstance(pattern, ast.MatchAs) and pattern.pattern is None:
        if pattern.name is not None:
            machine.assign_name(scope, pattern.name, subject)
        return True
    options = pattern.patterns if isinstance(pattern, ast.MatchOr) else [pattern]
    if not isinstance(subject, str | int | float | None) or not all(
        isinstance(option, ast.MatchValue | ast.MatchSingleton) for option in options
    ):
        return None
    values = [
        option.value if isinstance(option, ast.MatchSingleton) else machine.evaluate(option.value, scope)
        for option in options
        if isinstance(option, ast.MatchValue | ast.MatchSingleton)
    ]
    return any(value == subject and isinstance(value, bool) == isinstance(subject, bool) for value in values)


# Loops ----------------------------------------------------------------------------------------------------


def for_(machine: Machine, node: ast.For, scope: Scope) -> Signal | None:
    """Execute a loop over known items; otherwise once, and forget what it changes."""
    value = machine.evaluate(node.iter, scope)
    items = value.numbers if isinstance(value, Range) else iterate(machine, value, node.iter)
    if items is None or len(items) > MAX_ITERATIONS or (not items and loop_taint(machine, value, node) is not None):
        return unknown_loop(machine, node, scope, lambda: any_item(machine, value, node, scope))
    if isinstance(value, Once):
        value = List(items, value.taint)
    frame = frame_of(scope)
    outer, frame.loop = frame.loop, None
    start = machine.budget.used

    def run() -> Signal | None:
        # A list may change while it is iterated over.
        left = value if type(value) is List else items
        i = -1
        while (i := i + 1) < len(left):
            item = left[i]
            if i > MAX_ITERATIONS or (i > 2 and machine.budget.used - start > MAX_LOOP_STEPS) or frame.loop is not None:
                return unknown_loop(machine, node, scope, lambda: any_item(machine, value, node, scope))
            assign(machine, node.target, item, scope)
            signal = block(machine, node.body, scope)
            if signal is BREAK:
                return None
            if isinstance(signal, Return):
                return signal
        return block(machine, node.orelse, scope)

    try:
        return settle(machine, run, loop_taint(machine, value, node), frame)
    finally:
        frame.loop = outer


def loop_taint(machine: Machine, value: Any, node: ast.For) -> Reason | None:
    """Return why the items of a loop are not certain."""
    if isinstance(value, Set) and len(value) > 1:
        return (*machine.place(node.iter), f"the order of the set `{machine.written(node.iter)}` is not known")
    taint = getattr(value, "taint", ())
    return taint[0] if taint and isinstance(value, List | Dict) else None


def settle(machine: Machine, run: Callable[[], Signal | None], reason: Reason | None, frame: Frame) -> Signal | None:
    """Run a loop; if its iterations are not certain, forget what it changed."""
    signal, record = machine.heap.watch(run)
    reason = reason or frame.loop
    if reason is not None:
        for thing, before in record.changed.values():
            machine.heap.touch(thing)
            if isinstance(thing, Scope):
                thing.join([before, thing.snapshot()], reason, machine.joined(reason))
            else:
                thing.forget(reason)
    result: Signal | None = signal
    return result


def any_item(machine: Machine, value: Any, node: ast.For, scope: Scope) -> None:
    """Assign any item of something to the target of a loop."""
    item: Any
    if isinstance(value, Range):
        item = machine.opaque(node.target, "it counts a long loop", plain=True)
    else:
        items = iterate(machine, value, node.iter) if isinstance(value, list | tuple) else None
        if items:
            reason = (*machine.place(node.iter), "it is one of many items")
            item = machine.join(items[:50], reason, machine.written(node.target))
        else:
            item = element_of(machine, value, node.target)
    assign(machine, node.target, item, scope)


def unknown_loop(
    machine: Machine, node: ast.For | ast.While | ast.AsyncFor, scope: Scope, prepare: Callable[[], None]
) -> Signal | None:
    """Execute a loop once from a state in which all that it assigns is unknown, and join that with not running it."""
    shown = node.iter if isinstance(node, ast.For | ast.AsyncFor) else node.test
    reason = (*machine.place(node), f"the number of iterations over `{machine.written(shown)}` is not known")
    frame = frame_of(scope)
    outer, frame.loop = frame.loop, None

    def once() -> Signal | None:
        forget_names(machine, node.body, scope, reason)
        prepare()
        return block(machine, node.body, scope)

    def run() -> Signal | None:
        signal = branch(machine, [once, lambda: None], reason, scope)
        return signal if isinstance(signal, Return) else None

    machine.conditions.append(reason)
    try:
        signal, record = machine.heap.watch(run)
    finally:
        machine.conditions.pop()
        frame.loop = outer
    for thing, _ in record.changed.values():
        machine.heap.touch(thing)
        thing.forget(reason)
    if signal is None:
        return block(machine, node.orelse, scope)
    result: Signal = signal
    return result


def forget_names(machine: Machine, body: Sequence[ast.stmt], scope: Scope, reason: Reason) -> None:
    """Forget the values of the variables that statements assign."""
    for name in assigned(body):
        holder = scope.elsewhere.get(name, scope)
        if name in holder.variables:
            machine.heap.touch(holder)
            holder.variables[name] = fuzzy(machine, holder.variables[name], name, reason)


def fuzzy(machine: Machine, value: Any, name: str, reason: Reason) -> Any:
    """Return a value that may have become another one of its kind."""
    if hasattr(value, "merged"):
        return value.merged([value], reason)
    if isinstance(value, Function | Class | Module):
        return value
    if isinstance(value, List):
        return value.like(value, with_reason(value.taint, reason))
    if isinstance(value, Dict):
        return Dict(value, with_reason(value.taint, reason))
    if name in machine.settings:
        return machine.settings[name]
    return Opaque(name, reason[0], reason[1], reason[2], plain=True)


def assigned(body: Sequence[ast.AST]) -> list[str]:
    """Return the names that statements assign, without those of functions and classes in them."""
    names: dict[str, None] = {}
    waiting: list[ast.AST] = list(body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names[node.id] = None
        elif isinstance(node, ast.MatchAs) and node.name:
            names[node.name] = None
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda | ast.ListComp):
            waiting.extend(ast.iter_child_nodes(node))
    return list(names)


def while_(machine: Machine, node: ast.While, scope: Scope) -> Signal | None:
    """Execute a loop while its condition is known; otherwise once, and forget what it changes."""
    frame = frame_of(scope)
    outer, frame.loop = frame.loop, None
    start = machine.budget.used

    def run() -> Signal | None:
        for i in range(MAX_ITERATIONS):
            test = machine.truth(machine.evaluate(node.test, scope))
            if test is False:
                return block(machine, node.orelse, scope)
            if test is None or frame.loop is not None or (i > 2 and machine.budget.used - start > MAX_LOOP_STEPS):
                break
            signal = block(machine, node.body, scope)
            if signal is BREAK:
                return None
            if isinstance(signal, Return):
                return signal
        return unknown_loop(machine, node, scope, lambda: None)

    try:
        return settle(machine, run, None, frame)
    finally:
        frame.loop = outer


# Simple statements ----------------------------------------------------------------------------------------


def expression(machine: Machine, node: ast.Expr, scope: Scope) -> None:
    """Evaluate an expression for its effect."""
    value = machine.evaluate(node.value, scope)
    # A call whose result is dropped changes something, most likely the object whose method it is.
    if isinstance(value, Opaque) and isinstance(node.value, ast.Call) and isinstance(node.value.func, ast.Attribute):
        owner = node.value.func.value
        if isinstance(owner, ast.Name) and isinstance(holder := scope.find(owner.id), Scope):
            changed = holder.variables.get(owner.id)
            if isinstance(changed, Opaque):
                changed.memo = {}


def assignment(machine: Machine, node: ast.Assign, scope: Scope) -> None:
    """Assign a value to targets."""
    value = machine.evaluate(node.value, scope)
    for target in node.targets:
        assign(machine, target, value, scope)


def annotated(machine: Machine, node: ast.AnnAssign, scope: Scope) -> None:
    """Assign a value to a target with a type."""
    if node.value is not None:
        assign(machine, node.target, machine.evaluate(node.value, scope), scope)


def augmented(machine: Machine, node: ast.AugAssign, scope: Scope) -> None:
    """Execute `target += value`. A list, set, or dict changes in place."""
    read = ast.copy_location(load(node.target), node.target)
    old = machine.evaluate(read, scope)
    new = machine.evaluate(node.value, scope)
    if isinstance(old, List) and isinstance(node.op, ast.Add):
        items = iterate(machine, new, node.value)
        machine.heap.touch(old)
        if items is None:
            old.forget((*machine.place(node.value), f"`{machine.written(node.value)}` is unknown"))
        else:
            old.extend(items)
            old.taint += getattr(new, "taint", ())
        return
    value = binary(machine, BINARY[type(node.op)], old, new, node)
    if isinstance(old, Instance) and old.cls is not None and old.cls.lookup(method := IN_PLACE[type(node.op)]):
        value = machine.call(machine.attribute(old, method, node), Arguments(node, [new]))
    if isinstance(old, List | Dict) and not isinstance(new, Instance):
        machine.heap.touch(old)
        if isinstance(value, List | Dict):
            old.restore(value.snapshot())
        else:
            old.forget((*machine.place(node.value), f"`{machine.written(node.value)}` is unknown"))
        value = old
    if isinstance(node.target, ast.Subscript):
        container = machine.evaluate(node.target.value, scope)
        set_item(machine, container, machine.evaluate(node.target.slice, scope), value, node.target)
    else:
        assign(machine, node.target, value, scope)


IN_PLACE: dict[type, str] = {
    ast.Add: "__iadd__", ast.Sub: "__isub__", ast.Mult: "__imul__", ast.Div: "__itruediv__", ast.Mod: "__imod__",
    ast.FloorDiv: "__ifloordiv__", ast.Pow: "__ipow__", ast.LShift: "__ilshift__", ast.RShift: "__irshift__",
    ast.BitOr: "__ior__", ast.BitXor: "__ixor__", ast.BitAnd: "__iand__", ast.MatMult: "__imatmul__",
}  # fmt: skip


def load(target: ast.expr) -> ast.expr:
    """Return the expression that reads a target."""
    if isinstance(target, ast.Name):
        return ast.copy_location(ast.Name(target.id, ast.Load()), target)
    return target


def return_(machine: Machine, node: ast.Return, scope: Scope) -> Signal:
    """Return a value."""
    return Return(None if node.value is None else machine.evaluate(node.value, scope))


def raise_(machine: Machine, node: ast.Raise, scope: Scope) -> None:
    """Raise an exception of the program. Raises: Raised."""
    error = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
    kind = exception_class(error) if isinstance(error, ast.Name) else None
    raise Raised(kind) if kind else Raised


def exception_class(name: ast.expr | None) -> type[BaseException] | None:
    """Return the class of Python's own exceptions that an expression names; None if it names none."""
    kind = vars(builtins).get(name.id) if isinstance(name, ast.Name) else None
    return kind if isinstance(kind, type) and issubclass(kind, BaseException) else None


def assert_(machine: Machine, node: ast.Assert, scope: Scope) -> None:
    """Raise an exception of the program if a condition is false. Raises: Raised."""
    if machine.truth(machine.evaluate(node.test, scope)) is False:
        raise Raised


def nothing(_machine: Machine, _node: ast.stmt, _scope: Scope) -> None:
    """Execute a statement that has no effect on models."""


def break_(_machine: Machine, _node: ast.Break, _scope: Scope) -> Signal:
    """End a loop."""
    return BREAK


def continue_(_machine: Machine, _node: ast.Continue, _scope: Scope) -> Signal:
    """Go on with the next iteration."""
    return CONTINUE


def delete(machine: Machine, node: ast.Delete, scope: Scope) -> None:
    """Delete variables and items."""
    for target in node.targets:
        if isinstance(target, ast.Name):
            holder = scope.elsewhere.get(target.id, scope)
            machine.heap.touch(holder)
            holder.variables.pop(target.id, None)
        elif isinstance(target, ast.Attribute):
            machine.delete_attribute(machine.evaluate(target.value, scope), target.attr, target)
        elif isinstance(target, ast.Subscript):
            container = machine.evaluate(target.value, scope)
            index = machine.evaluate(target.slice, scope)
            if isinstance(container, List | Dict):
                machine.heap.touch(container)
                try:
                    del container[as_key(index)]
                except (TypeError, KeyError, IndexError):
                    index = None
                if index is None or (isinstance(container, List) and container.part_of_model):
                    container.forget((*machine.place(target), f"`{machine.written(target)}` is deleted"))


def scoped_names(machine: Machine, node: ast.Global | ast.Nonlocal, scope: Scope) -> None:
    """Note where the names of `global` and `nonlocal` are."""
    for name in node.names:
        if isinstance(node, ast.Global):
            scope.elsewhere[name] = scope.module
        elif scope.parent is not None and (holder := scope.parent.find(name)) is not None:
            scope.elsewhere[name] = holder


# Imports --------------------------------------------------------------------------------------------------


def import_(machine: Machine, node: ast.Import, scope: Scope) -> None:
    """Import modules: a name stands for what it names."""
    for alias in node.names:
        if alias.asname:
            machine.assign_name(scope, alias.asname, Module(alias.name))
        else:
            first = alias.name.partition(".")[0]
            machine.assign_name(scope, first, Module(first))


def import_from(machine: Machine, node: ast.ImportFrom, scope: Scope) -> None:
    """Import names of a module."""
    module = "." * node.level + (node.module or "")
    for alias in node.names:
        if alias.name == "*":
            stars = scope.module.variables.setdefault("*", List())
            stars.append(module)
        else:
            machine.assign_name(scope, alias.asname or alias.name, Module(f"{module}.{alias.name}"))


# Compound statements --------------------------------------------------------------------------------------


def try_(machine: Machine, node: ast.Try, scope: Scope) -> Signal | None:
    """Execute the body; its handler if it raises, and perhaps if it calls what is not known."""
    signal: Signal | None = None
    errors: list[Raised] = []

    def body() -> Signal | None:
        try:
            return block(machine, node.body, scope)
        except Raised as error:
            errors.append(error)
            return RAISED

    outcome, record = machine.heap.watch(body)
    if errors:
        signal = handle(machine, node, scope, errors[0])
    elif outcome is not None:
        signal = outcome
    else:
        if node.handlers and may_fail(node, record.changed.values(), scope):
            reason = (*machine.place(node), "an exception may be raised here")
            runs: list[Callable[[], Signal | None]] = [
                lambda: None,
                *(partial(block, machine, handler.body, scope) for handler in node.handlers),
            ]
            signal = branch(machine, runs, reason, scope)
        if signal is None:
            signal = block(machine, node.orelse, scope)
    final = block(machine, node.finalbody, scope)
    return final or signal


def handle(machine: Machine, node: ast.Try, scope: Scope, error: Raised) -> Signal | None:
    """Execute the handler of an exception, or those that may be it. Raises: Raised if there is none."""
    possible = []
    for handler in node.handlers:
        verdict = catches(handler.type, error.kind)
        if verdict is not False:
            possible.append(handler)
        if verdict:
            break
    if not possible:
        block(machine, node.finalbody, scope)
        raise error
    for handler in possible:
        if handler.name:
            machine.assign_name(scope, handler.name, machine.opaque(handler, "it is an exception", handler.name))
    if len(possible) == 1:
        return block(machine, possible[0].body, scope)
    reason = (*machine.place(node), "the exception that is raised here is not known")
    return branch(machine, [partial(block, machine, handler.body, scope) for handler in possible], reason, scope)


def catches(named: ast.expr | None, kind: type[BaseException] | None) -> bool | None:
    """Return whether `except` with these classes catches an exception; None if that is not known."""
    if named is None:
        return True
    verdicts: list[bool | None] = []
    for one in named.elts if isinstance(named, ast.Tuple) else [named]:
        cls = exception_class(one)
        if cls is None or (kind is None and cls not in (Exception, BaseException)):
            verdicts.append(None)
        else:
            verdicts.append(kind is None or issubclass(kind, cls))
    return True if True in verdicts else None if None in verdicts else False


def may_fail(node: ast.Try, changed: Any, scope: Scope) -> bool:
    """Return whether a handler matters: it assigns what the body assigns, and the body did more than import.

    An import of a package that a program with Keras may lack matters if a handler does more than import another.
    """
    if any(map(may_lack, node.body)):
        others = [one for handler in node.handlers for one in handler.body if not isinstance(one, IMPORTS)]
        if set(assigned(others)):
            return True
    if all(isinstance(statement, IMPORTS) for statement in node.body):
        return False
    parts = [inner for statement in node.body for inner in ast.walk(statement)]
    if not any(isinstance(inner, ast.Call | ast.Subscript | ast.Attribute) for inner in parts):
        return False
    written = set(assigned([statement for handler in node.handlers for statement in handler.body]))
    if written & set(assigned(node.body)):
        return True
    calls = [inner for handler in node.handlers for part in handler.body for inner in ast.walk(part)]
    return any(isinstance(inner, ast.Return) for inner in calls)


def may_lack(node: ast.stmt) -> bool:
    """Return whether a statement imports a package that a program with Keras may lack."""
    if isinstance(node, ast.ImportFrom):
        names = [node.module or ""] if not node.level else []
    else:
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
    tops = {name.partition(".")[0] for name in names}
    return bool(tops - PRESENT - sys.stdlib_module_names)


def with_(machine: Machine, node: ast.With, scope: Scope) -> Signal | None:
    """Execute the body of a context manager."""
    for item in node.items:
        value = machine.evaluate(item.context_expr, scope)
        if item.optional_vars is not None:
            assign(machine, item.optional_vars, machine.keras.entered(value, item.context_expr), scope)
    return block(machine, node.body, scope)


def function_definition(machine: Machine, node: ast.FunctionDef, scope: Scope) -> None:
    """Define a function."""
    function = Function(node, scope)
    defaults(machine, function, node.args, scope)
    for decorator in node.decorator_list:
        label = decorator.id if isinstance(decorator, ast.Name) else getattr(decorator, "attr", "")
        if label in ("staticmethod", "classmethod", "property", "cached_property"):
            function.kind = "property" if label == "cached_property" else label
        elif label in ("setter", "getter", "deleter"):
            owner = scope.variables.get(node.name)
            if label == "setter" and isinstance(owner, Function):
                owner.setter = function
            return
    machine.functions.append(function)
    machine.assign_name(scope, node.name, decorated(machine, function, scope))


MEMOS = frozenset({"functools.lru_cache", "functools.cache"})


def decorated(machine: Machine, function: Function | Class, scope: Scope) -> Any:
    """Return a function or class as its decorators leave it. Those that the program does not define are taken to do nothing."""
    value: Any = function
    for decorator in reversed(getattr(function.node, "decorator_list", ())):
        target = decorator.func if isinstance(decorator, ast.Call) else decorator
        name = machine.evaluate(target, scope) if not isinstance(target, ast.Call) else None
        if isinstance(name, Module) and name.path in MEMOS:
            if isinstance(value, Function):
                value.memo = {}
        elif isinstance(name, Function | Class):
            made = machine.evaluate(decorator, scope) if isinstance(decorator, ast.Call) else name
            result = machine.call(made, Arguments(decorator, [value]))
            value = result if isinstance(result, Function | Builtin | Class | Instance) else value
    return value


def class_definition(machine: Machine, node: ast.ClassDef, scope: Scope) -> None:
    """Define a class."""
    bases = [machine.evaluate(base, scope) for base in node.bases if not isinstance(base, ast.Starred)]
    inner = Scope(scope, node.name, is_class=True)
    cls = Class(node, bases, inner)
    try:
        block(machine, node.body, inner)
    except Raised:
        cls.bases.append(Opaque(node.name, node.lineno, 1, "its body raises an exception"))
    for value in inner.variables.values():
        if isinstance(value, Function) and value.owner is None:
            value.owner = cls
    machine.classes.append(cls)
    machine.assign_name(scope, node.name, decorated(machine, cls, scope))


EXECUTORS: dict[type, Any] = {
    ast.If: if_, ast.For: for_, ast.AsyncFor: for_, ast.While: while_, ast.Expr: expression, ast.Assign: assignment,
    ast.AnnAssign: annotated, ast.AugAssign: augmented, ast.Return: return_, ast.Raise: raise_, ast.Assert: assert_,
    ast.Pass: nothing, ast.Break: break_, ast.Continue: continue_, ast.Delete: delete, ast.Global: scoped_names,
    ast.Nonlocal: scoped_names, ast.Import: import_, ast.ImportFrom: import_from, ast.Try: try_, ast.TryStar: try_,
    ast.With: with_, ast.AsyncWith: with_, ast.FunctionDef: function_definition,
    ast.AsyncFunctionDef: function_definition, ast.ClassDef: class_definition, ast.Match: match,
}  # fmt: skip


def install(machine: Machine) -> None:
    """Add the kinds of statements to a machine."""
    machine.executors.update(EXECUTORS)
    for kind in vars(ast).values():  # kinds of statements that newer Pythons add, such as `type X = ...`
        if isinstance(kind, type) and issubclass(kind, ast.stmt):
            machine.executors.setdefault(kind, nothing)
