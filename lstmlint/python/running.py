"""Following a whole program: its module, and then what it defines and does not call."""

from __future__ import annotations

import ast
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from lstmlint.model.findings import Problem
from lstmlint.python import (
    arrays,
    builtins,
    containers,
    custom_layers,
    expressions,
    functions,
    keras_applications,
    keras_library,
    statements,
    stdlib,
    tensor_operations,
)
from lstmlint.python.dialects import style_of
from lstmlint.python.functions import generator_kind
from lstmlint.python.keras_runtime import Keras
from lstmlint.python.limits import MAX_FUNCTION_STEPS, MAX_STATEMENT_STEPS, Cut, counted_visits
from lstmlint.python.machine import Arguments, Machine, Raised
from lstmlint.python.program import Program, Reason
from lstmlint.python.recording import Recorder
from lstmlint.python.source import SourceText
from lstmlint.python.statements import FRAME, Frame, assigned, block, fuzzy
from lstmlint.python.values import Class, Function

if TYPE_CHECKING:
    from lstmlint.reading.document import Document


def run(
    source: SourceText,
    values: Mapping[str, Any],
    shapes: Callable[[Document], Any],
    targets: Sequence[str] = (),
    described: Collection[str] = (),
) -> Program:
    """Return the models of a program."""
    with counted_visits():
        machine, recorder = follow(source, values, shapes, targets, described)
        for function in waiting(machine):
            explore(machine, function, recorder)
    return Program(recorder.results(), machine.problems)


def follow(
    source: SourceText,
    values: Mapping[str, Any],
    shapes: Callable[[Document], Any],
    targets: Sequence[str] = (),
    described: Collection[str] = (),
) -> tuple[Machine, Recorder]:
    """Follow the module of a program."""
    machine = Machine(source.text, values)
    machine.keras = keras = Keras(machine, style_of(source.tree, source.text, targets))
    keras.described = frozenset(described)
    for part in PARTS:
        part.install(machine)
    recorder = Recorder(machine, keras, source.path, source.kind, shapes)
    machine.module.variables[FRAME] = Frame()
    for statement in source.tree.body:
        execute(machine, statement, source.kind == "notebook")
    safely(machine, lambda: recorder.finish(keras.models), source.tree)
    return machine, recorder


PARTS: tuple[Any, ...] = (
    expressions, statements, functions, builtins, containers, keras_library, arrays, tensor_operations, custom_layers,
    stdlib, keras_applications,
)  # fmt: skip


def safely(machine: Machine, run: Callable[[], Any], node: ast.AST) -> str:
    """Run something that may not be possible to follow; return why it was not, or an empty text."""
    try:
        run()
    except Cut as cut:
        return cut.reason
    except Raised:
        return "an exception is raised in it"
    except RecursionError:
        return "the code is nested too deeply"
    except Exception as error:  # noqa: BLE001 - as in execute
        return defect(machine, node, error)
    return ""


def execute(machine: Machine, statement: ast.stmt, notebook: bool = False) -> None:
    """Execute a statement of the module. If it cannot be followed to its end, forget what it changes, and go on."""
    scope = machine.module
    end = machine.budget.allow(MAX_STATEMENT_STEPS)
    reason: Reason | None = None
    depth = machine.depth
    models = len(machine.keras.models)
    raised = False

    def attempt() -> None:
        nonlocal reason, raised
        try:
            block(machine, [statement], scope)
        except Cut as cut:
            reason = (*machine.place(statement), cut.reason)
        except RecursionError:
            reason = (*machine.place(statement), "the code is nested too deeply")
        except Raised:
            reason, raised = (*machine.place(statement), "an exception is raised here"), True
        except Exception as error:  # noqa: BLE001 - a defect of ours must not hide the rest of the report
            reason = (*machine.place(statement), defect(machine, statement, error))

    _, record = machine.heap.watch(attempt)
    machine.budget.end = end
    machine.depth = depth
    machine.conditions.clear()
    if reason is None:
        return
    things = [thing for thing, _ in record.changed.values()] + machine.keras.models[models:]
    if raised and notebook:  # only this cell ends
        things += used(machine, statement)
    else:
        machine.doubt(reason)
    for thing in things:
        thing.forget(reason)
    for name in assigned([statement]):
        value = scope.variables.get(name)
        scope.variables[name] = fuzzy(machine, value, name, reason)


def used(machine: Machine, statement: ast.stmt) -> list[Any]:
    """Return the values of the variables in a statement that it may have been about to change."""
    names = {node.id for node in ast.walk(statement) if isinstance(node, ast.Name)}
    values = [machine.module.variables[name] for name in names if name in machine.module.variables]
    return [value for value in values if hasattr(value, "forget")]


def defect(machine: Machine, statement: ast.AST, error: Exception) -> str:
    """Report an internal error."""
    message = f"internal error in following the code: {type(error).__name__}: {error}"
    place = machine.place(statement)
    machine.problems.append(Problem("E099", message[:300], "Please report this with the file.", data={"place": place}))
    return "lstmlint fails to follow it"


# What the module does not call ------------------------------------------------------------------------------


def waiting(machine: Machine) -> list[Function | Class]:
    """Return the functions and classes that were not called, those first that no other mentions."""
    left: list[Function | Class] = [
        function
        for function in machine.functions
        if not function.called and function.name != "__init__" and isinstance(function.node, ast.FunctionDef)
    ]
    left += [cls for cls in machine.classes if not cls.called]
    mentioned: dict[str, int] = {}
    for one in left:
        for node in ast.walk(one.node):
            name = node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""
            if name and name != one.name:
                mentioned[name] = mentioned.get(name, 0) + 1
    return sorted(left, key=lambda one: (one.name in mentioned, isinstance(one, Function) and one.owner is not None))


def explore(machine: Machine, found: Function | Class, recorder: Recorder) -> None:
    """Follow a function or class that was not called, unless that has happened meanwhile."""
    if found.called or (isinstance(found, Function) and found.kind == "property"):
        return
    if isinstance(found, Function) and generator_kind(found):
        return
    keras: Keras = recorder.keras
    first = len(keras.models)
    end = machine.budget.allow(MAX_FUNCTION_STEPS)

    def attempt() -> None:
        failure = safely(machine, lambda: call(machine, found), found.node)
        for model in keras.models[first:] if failure else ():
            model.forget((*machine.place(found.node), failure))
        safely(machine, lambda: recorder.finish(keras.models[first:]), found.node)

    machine.heap.attempt(attempt)
    machine.budget.end = end
    machine.depth = 0
    machine.conditions.clear()


def call(machine: Machine, found: Function | Class) -> Any:
    """Call a function, method, or class with its defaults, and unknowns for other parameters."""
    if isinstance(found, Class):
        return machine.call(found, unknown_arguments(machine, constructor(found), found.node, skip=1))
    if found.owner is None or found.kind == "staticmethod":
        return machine.call(found, unknown_arguments(machine, found, found.node))
    receiver: Any = found.owner
    if found.kind != "classmethod":
        receiver = getattr(found.owner, "example", None) or machine.call(
            found.owner, unknown_arguments(machine, constructor(found.owner), found.owner.node, skip=1)
        )
    arguments = unknown_arguments(machine, found, found.node, skip=1)
    return machine.call(found, arguments.after(receiver))


def constructor(cls: Class) -> Function | None:
    """Return the `__init__` of a class."""
    found = cls.lookup("__init__")
    return found[0] if found is not None and isinstance(found[0], Function) else None


def unknown_arguments(machine: Machine, function: Function | None, node: ast.AST, skip: int = 0) -> Arguments:
    """Return unknown arguments for the parameters of a function that have no default."""
    arguments = Arguments(node)
    if function is None:
        return arguments
    parameters = function.node.args
    names = [*parameters.posonlyargs, *parameters.args]
    for parameter in names[skip:]:
        if parameter.arg not in function.defaults:
            value = machine.opaque(parameter, f"it is a parameter of {function.name}", parameter.arg, plain=True)
            arguments.kwargs[parameter.arg] = value
    for parameter in parameters.kwonlyargs:
        if parameter.arg not in function.defaults:
            value = machine.opaque(parameter, f"it is a parameter of {function.name}", parameter.arg, plain=True)
            arguments.kwargs[parameter.arg] = value
    return arguments
