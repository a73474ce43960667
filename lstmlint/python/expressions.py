"""How each kind of expression is evaluated."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from lstmlint.python.limits import MAX_CHARACTERS, MAX_ITEMS, Cut, visit
from lstmlint.python.machine import Arguments, Machine, Raised
from lstmlint.python.operators import BINARY, PLAIN, binary, compare, is_wide, unary
from lstmlint.python.values import (
    Array,
    Attributes,
    Class,
    Dict,
    Function,
    Instance,
    List,
    Once,
    Opaque,
    Scope,
    Set,
    Size,
    Super,
    Taint,
    as_key,
    is_unknown,
    key_of,
)

UNDEFINED = "it is not defined in this file"


def constant(_machine: Machine, node: ast.Constant, _scope: Scope) -> Any:
    """Return a literal."""
    return node.value


def name(machine: Machine, node: ast.Name, scope: Scope) -> Any:
    """Return a variable, a builtin, or a name of a module that was imported with a star."""
    holder = scope.find(node.id)
    if holder is not None:
        return holder.variables[node.id] if node.id in holder.variables else machine.opaque(node, UNDEFINED)
    stars = scope.module.variables.get("*")
    if stars is not None:
        found = machine.keras.from_star(stars, node.id)
        if found is not None:
            return found
    if node.id in machine.builtins:
        return machine.builtins[node.id]
    reason = "it is not defined in this file" if not stars else "no module that lstmlint knows defines it"
    value = machine.opaque(node, reason, plain=True)
    if is_unknown(value):  # the same unknown from now on
        scope.module.variables[node.id] = value
    return value


def attribute(machine: Machine, node: ast.Attribute, scope: Scope) -> Any:
    """Return an attribute."""
    return machine.attribute(machine.evaluate(node.value, scope), node.attr, node)


def subscript(machine: Machine, node: ast.Subscript, scope: Scope) -> Any:
    """Return an item or a slice."""
    value = machine.evaluate(node.value, scope)
    return machine.item(value, machine.evaluate(node.slice, scope), node)


def slice_(machine: Machine, node: ast.Slice, scope: Scope) -> Any:
    """Return a slice."""
    parts = (node.lower, node.upper, node.step)
    return slice(*(None if part is None else machine.evaluate(part, scope) for part in parts))


def call(machine: Machine, node: ast.Call, scope: Scope) -> Any:
    """Return the result of a call."""
    if isinstance(node.func, ast.Name) and node.func.id == "super" and scope.find("super") is None:
        return super_of(machine, node, scope)
    function = machine.evaluate(node.func, scope)
    return machine.call(function, arguments_of(machine, node, scope))


def super_of(machine: Machine, node: ast.Call, scope: Scope) -> Any:
    """Return the bound superclass in a method."""
    given = [machine.evaluate(argument, scope) for argument in node.args]
    if len(given) == 2 and isinstance(given[0], Class):
        return Super(given[0], given[1])
    inner: Scope | None = scope
    while inner is not None and "__class__" not in inner.variables:
        inner = inner.parent
    if inner is None:
        return machine.opaque(node, "super() outside a method")
    return Super(inner.variables["__class__"], inner.variables.get("__self__"))


def arguments_of(machine: Machine, node: ast.Call, scope: Scope) -> Arguments:
    """Evaluate the arguments of a call."""
    arguments = Arguments(node)
    for argument in node.args:
        if isinstance(argument, ast.Starred):
            value = machine.evaluate(argument.value, scope)
            certain = is_iterable(value) and not getattr(value, "taint", ())
            items = list(iterate(machine, value, argument) or ()) if certain else []
            arguments.uncertain = arguments.uncertain or not certain
            for item in items:
                arguments.nodes[len(arguments.args)] = argument.value
                arguments.args.append(item)
        else:
            arguments.nodes[len(arguments.args)] = argument
            arguments.args.append(machine.evaluate(argument, scope))
    for keyword in node.keywords:
        value = machine.evaluate(keyword.value, scope)
        if keyword.arg is not None:
            arguments.kwargs[keyword.arg] = value
            arguments.nodes[keyword.arg] = keyword.value
        elif isinstance(value, Dict) and all(isinstance(key, str) for key in value):
            arguments.kwargs.update(value)
            arguments.nodes.update(dict.fromkeys(value, keyword.value))
            arguments.uncertain = arguments.uncertain or bool(value.taint)
        else:
            arguments.uncertain = True
    return arguments


def operation(machine: Machine, node: ast.BinOp, scope: Scope) -> Any:
    """Return the result of a binary operator. A long chain is no deep recursion."""
    chain = [node]
    while isinstance(chain[-1].left, ast.BinOp):
        chain.append(chain[-1].left)
    value = machine.evaluate(chain[-1].left, scope)
    for inner in reversed(chain):
        machine.budget.step()
        value = binary(machine, BINARY[type(inner.op)], value, machine.evaluate(inner.right, scope), inner)
    return value


def unary_operation(machine: Machine, node: ast.UnaryOp, scope: Scope) -> Any:
    """Return the result of a unary operator."""
    return unary(machine, node.op, machine.evaluate(node.operand, scope), node)


def boolean(machine: Machine, node: ast.BoolOp, scope: Scope) -> Any:
    """Return the result of `and` or `or`."""
    stops = isinstance(node.op, ast.Or)
    unknown: list[Any] = []
    value: Any = None
    for part in node.values:
        value = possibly(machine, part, scope, node) if unknown else machine.evaluate(part, scope)
        truth = machine.truth(value)
        if truth is None:
            unknown.append(value)
        elif truth is stops:
            break
    if not unknown:
        return value
    known = machine.truth(value)
    if known is stops and isinstance(value, bool):
        return value  # whatever the unknown parts are
    if any(hasattr(one, "forget") for one in (*unknown, value)):  # what changes the result may change each of them
        reason = (*machine.place(node), f"it depends on `{machine.written(node)}`")
        return machine.join([value, *unknown], reason, machine.written(node))
    return machine.computed(type(node.op).__name__, [*unknown, value], node)


def possibly(machine: Machine, part: ast.expr, scope: Scope, node: ast.BoolOp) -> Any:
    """Return the value of an operand that the program may not evaluate, and join its effects with having none."""
    reason = (*machine.place(node), f"it depends on `{machine.written(node)}`")

    def attempt() -> Any:
        try:
            return machine.evaluate(part, scope)
        except Raised:
            return machine.opaque(part, "it raises an exception")

    machine.conditions.append(reason)
    try:
        branches = [machine.heap.attempt(attempt), machine.heap.attempt(lambda: None)]
    finally:
        machine.conditions.pop()
    machine.heap.merge(branches, reason, machine.joined(reason))
    return branches[0].result


def comparison(machine: Machine, node: ast.Compare, scope: Scope) -> Any:
    """Return the result of a chain of comparisons."""
    left = machine.evaluate(node.left, scope)
    result: Any = True
    for sign, part in zip(node.ops, node.comparators, strict=True):
        right = machine.evaluate(part, scope)
        found = compare(machine, sign, left, right, node)
        if found is False:
            return False
        if found is not True:
            result = found
        left = right
    return result


def condition(machine: Machine, node: ast.IfExp, scope: Scope) -> Any:
    """Return the value of `a if test else b`."""
    test = machine.truth(machine.evaluate(node.test, scope))
    if test is not None:
        return machine.evaluate(node.body if test else node.orelse, scope)
    reason = (*machine.place(node.test), f"it depends on `{machine.written(node.test)}`")
    machine.conditions.append(reason)
    try:
        branches = [machine.heap.attempt(partial(machine.evaluate, part, scope)) for part in (node.body, node.orelse)]
    finally:
        machine.conditions.pop()
    machine.heap.merge(branches, reason, machine.joined(reason))
    return machine.join([branch.result for branch in branches], reason, machine.written(node))


def elements(machine: Machine, nodes: list[ast.expr], scope: Scope) -> tuple[list[Any], Taint]:
    """Return the items of a display and why they are not certain."""
    items: list[Any] = []
    taint: Taint = ()
    if len(nodes) > MAX_ITEMS:
        raise Cut(f"a literal has {len(nodes):,} items")
    for node in nodes:
        if isinstance(node, ast.Starred):
            value = machine.evaluate(node.value, scope)
            found = iterate(machine, value, node)
            if found is None:
                taint = (*taint, (*machine.place(node), f"`{machine.written(node.value)}` is unknown"))
            else:
                items += found
                taint += getattr(value, "taint", ())
        else:
            items.append(machine.evaluate(node, scope))
    return items, taint


def list_(machine: Machine, node: ast.List, scope: Scope) -> Any:
    """Return a list."""
    return List(*elements(machine, node.elts, scope))


def tuple_(machine: Machine, node: ast.Tuple, scope: Scope) -> Any:
    """Return a tuple."""
    items, taint = elements(machine, node.elts, scope)
    return machine.opaque(node, taint[0][2]) if taint else tuple(items)


def set_(machine: Machine, node: ast.Set, scope: Scope) -> Any:
    """Return a set."""
    items, taint = elements(machine, node.elts, scope)
    return distinct(items, taint)


def distinct(items: Any, taint: Taint = ()) -> Set:
    """Return a set of items. Unknown items may be equal to others."""
    found: dict[Any, Any] = {}
    for item in items:
        found.setdefault(key_of(item), item)
    if any(is_unknown(item) for item in found.values()) and len(found) > 1:
        taint = (*taint, (1, 1, "a set holds unknown values"))
    return Set(found.values(), taint)


def dict_(machine: Machine, node: ast.Dict, scope: Scope) -> Any:
    """Return a dict."""
    if len(node.keys) > MAX_ITEMS:
        raise Cut(f"a literal has {len(node.keys):,} items")
    result = Dict()
    for key_node, value_node in zip(node.keys, node.values, strict=True):
        if key_node is None:
            value = machine.evaluate(value_node, scope)
            if isinstance(value, Dict):
                result.update(value)
                result.taint += value.taint
            else:
                result.forget((*machine.place(value_node), f"`{machine.written(value_node)}` is unknown"))
        else:
            set_key(machine, result, machine.evaluate(key_node, scope), machine.evaluate(value_node, scope), key_node)
    return result


def set_key(machine: Machine, target: Dict, key: Any, value: Any, node: ast.AST) -> None:
    """Set an item of a dict. An unknown key makes the dict uncertain."""
    if isinstance(key, Opaque | Size):
        target.forget((*machine.place(node), f"the key `{machine.written(node)}` is unknown"))
    elif len(target) < MAX_ITEMS:
        target[as_key(key)] = value
    else:
        raise Cut(f"a dict has more than {MAX_ITEMS:,} items")


def comprehension(machine: Machine, node: Any, scope: Scope, add: Callable[[Scope], None]) -> Taint:
    """Run a comprehension. Return why the result is not certain."""
    inner = Scope(scope, "<comprehension>")
    taint: list[Any] = []
    count = [0]

    def run(position: int, current: Scope) -> None:
        if position == len(node.generators):
            count[0] += 1
            if count[0] > MAX_ITEMS:
                raise Cut(f"a comprehension has more than {MAX_ITEMS:,} items")
            add(current)
            return
        generator = node.generators[position]
        value = machine.evaluate(generator.iter, current if position else scope)
        items = iterate(machine, value, generator.iter)
        taint.extend(getattr(value, "taint", ())[:3])
        if items is None or (not items and taint):
            taint.append((*machine.place(generator.iter), f"`{machine.written(generator.iter)}` is unknown"))
            items = [element_of(machine, value, generator.iter)]
        for item in items:
            machine.budget.step()
            assign(machine, generator.target, item, current)
            passes: bool | None = True
            for test in generator.ifs:
                passes = machine.truth(machine.evaluate(test, current))
                if passes is None:
                    taint.append((*machine.place(test), f"it depends on `{machine.written(test)}`"))
                if passes is False:
                    break
            if passes is not False:
                run(position + 1, current)

    _, record = machine.heap.watch(lambda: run(0, inner))
    if taint:
        for thing, before in record.changed.values():
            machine.heap.touch(thing)
            if isinstance(thing, Scope):
                thing.join([before, thing.snapshot()], taint[0], machine.joined(taint[0]))
            else:
                thing.forget(taint[0])
    return tuple(taint[:5])


def list_comprehension(machine: Machine, node: Any, scope: Scope) -> Any:
    """Return the result of a list comprehension or a generator expression."""
    items: list[Any] = []
    taint = comprehension(machine, node, scope, lambda inner: items.append(machine.evaluate(node.elt, inner)))
    return Once(items, taint) if isinstance(node, ast.GeneratorExp) else List(items, taint)


def set_comprehension(machine: Machine, node: ast.SetComp, scope: Scope) -> Any:
    """Return the result of a set comprehension."""
    items: list[Any] = []
    taint = comprehension(machine, node, scope, lambda inner: items.append(machine.evaluate(node.elt, inner)))
    return distinct(items, taint)


def dict_comprehension(machine: Machine, node: ast.DictComp, scope: Scope) -> Any:
    """Return the result of a dict comprehension."""
    result = Dict()

    def add(inner: Scope) -> None:
        set_key(machine, result, machine.evaluate(node.key, inner), machine.evaluate(node.value, inner), node.key)

    result.taint += comprehension(machine, node, scope, add)
    return result


def element_of(machine: Machine, value: Any, node: ast.AST) -> Any:
    """Return any item of something that is not known."""
    if isinstance(value, Array) and value.shape:
        return Array(value.shape[1:], value.name) if len(value.shape) > 1 else machine.computed("item", [value], node)
    if isinstance(value, Opaque):
        return machine.derived(value, "element", f"an item of {value.name}"[:60], node, plain=False)
    return machine.opaque(node, "lstmlint does not know what this yields")


def is_iterable(value: Any) -> bool:
    """Return whether the items of a value are known."""
    return isinstance(value, tuple | list | dict | str | range | Iterator)


def iterate(machine: Machine, value: Any, node: ast.AST) -> list[Any] | None:
    """Return the items of a value; None if they are not known. Raises: Cut."""
    if isinstance(value, Once):
        machine.heap.touch(value)
        spent, value.spent = value.spent, True
        return None if spent or len(value) > MAX_ITEMS else list(value)
    if isinstance(value, Range):
        return list(value.numbers) if len(value.numbers) <= MAX_ITEMS else None
    if isinstance(value, tuple | list | dict | str | bytes):
        return list(value) if len(value) <= MAX_ITEMS else None
    items = getattr(value, "items_to_iterate", None)
    if items is not None:
        return list(items(machine, node))
    if isinstance(value, Instance) and value.cls is None and "_fields" in value.attributes:
        return [value.attributes[field] for field in value.attributes["_fields"]]
    return None


class Range:
    """A range of known numbers."""

    __slots__ = ("numbers",)

    def __init__(self, numbers: range) -> None:
        self.numbers = numbers

    @property
    def truth(self) -> bool:
        """Whether it holds any numbers."""
        return bool(self.numbers)


def assign(machine: Machine, target: ast.expr, value: Any, scope: Scope) -> None:
    """Assign a value to a name, an attribute, an item, or several of them. Raises: Raised."""
    if isinstance(target, ast.Name):
        machine.assign_name(scope, target.id, value)
        named = getattr(value, "named", None)
        if named is not None:
            named(target.id, scope)
    elif isinstance(target, ast.Tuple | ast.List):
        unpack(machine, target, value, scope)
    elif isinstance(target, ast.Attribute):
        machine.set_attribute(machine.evaluate(target.value, scope), target.attr, value, target)
    elif isinstance(target, ast.Subscript):
        container = machine.evaluate(target.value, scope)
        set_item(machine, container, machine.evaluate(target.slice, scope), value, target)
    elif isinstance(target, ast.Starred):
        assign(machine, target.value, value, scope)


def unpack(machine: Machine, target: ast.Tuple | ast.List, value: Any, scope: Scope) -> None:
    """Assign the items of a value. Raises: Raised."""
    targets = target.elts
    items = iterate(machine, value, target) if not getattr(value, "taint", ()) else None
    spread = getattr(value, "unpack", None)
    if items is None and spread is not None:
        items = spread(machine, len(targets))
    stars = [i for i, part in enumerate(targets) if isinstance(part, ast.Starred)]
    if items is None:
        for i, part in enumerate(targets):
            assign(machine, part, part_of(machine, value, i, part), scope)
        return
    if stars:
        first = stars[0]
        after = len(targets) - first - 1
        if len(items) < first + after:
            raise Raised
        middle = List(items[first : len(items) - after])
        items = [*items[:first], middle, *items[len(items) - after :]]
    if len(items) != len(targets):
        raise Raised
    for part, item in zip(targets, items, strict=True):
        assign(machine, part, item, scope)


def part_of(machine: Machine, value: Any, index: int, target: ast.expr) -> Any:
    """Return an item of something that is not known, named after the variable that gets it."""
    if isinstance(value, Array):
        return machine.item(value, index, target)
    if isinstance(value, Opaque) and value.plain:
        return machine.derived(value, ("item", key_of(index)), f"{value.name}[{index}]", target)
    reason = value.reason if isinstance(value, Opaque) else "lstmlint does not know this value"
    return machine.opaque(target, reason, plain=isinstance(target, ast.Name))


def set_item(machine: Machine, container: Any, index: Any, value: Any, node: ast.AST) -> None:
    """Set an item or a slice."""
    if isinstance(container, Dict):
        machine.heap.touch(container)
        set_key(machine, container, index, value, node)
        if isinstance(container, Attributes):
            machine.heap.touch(container.owner)
            container.owner.attributes = {str(key): one for key, one in container.items()}
    elif isinstance(container, List):
        machine.heap.touch(container)
        if isinstance(index, int) and -len(container) <= index < len(container) and not container.part_of_model:
            container[index] = value
        elif isinstance(index, slice) and replaced(machine, container, index, value, node):
            pass
        else:
            container.forget((*machine.place(node), f"`{machine.written(node)}` is set"))
    elif isinstance(container, Opaque):
        container.memo.pop(("item", key_of(index)), None)


def replaced(machine: Machine, container: List, part: slice, value: Any, node: ast.AST) -> bool:
    """Replace a slice of a list if that is possible."""
    items = iterate(machine, value, node) if is_iterable(value) and not getattr(value, "taint", ()) else None
    known = all(isinstance(end, int | None) for end in (part.start, part.stop, part.step))
    if items is None or not known or container.part_of_model:
        return False
    try:
        container[part] = items
    except ValueError as error:
        raise Raised from error
    return True


def lambda_(machine: Machine, node: ast.Lambda, scope: Scope) -> Any:
    """Return a lambda."""
    function = Function(node, scope)
    function.called = True
    defaults(machine, function, node.args, scope)
    return function


def defaults(machine: Machine, function: Function, parameters: ast.arguments, scope: Scope) -> None:
    """Evaluate the defaults of a function's parameters."""
    names = [*parameters.posonlyargs, *parameters.args]
    for parameter, default in zip(names[len(names) - len(parameters.defaults) :], parameters.defaults, strict=True):
        function.defaults[parameter.arg] = machine.evaluate(default, scope)
    for parameter, keyword in zip(parameters.kwonlyargs, parameters.kw_defaults, strict=True):
        if keyword is not None:
            function.defaults[parameter.arg] = machine.evaluate(keyword, scope)


def joined_string(machine: Machine, node: ast.JoinedStr, scope: Scope) -> Any:
    """Return an f-string."""
    parts: list[str] = []
    unknown: list[Any] = []
    length = 0
    for part in node.values:
        if length > MAX_CHARACTERS:
            raise Cut("a text is too long")
        if isinstance(part, ast.Constant):
            parts.append(str(part.value))
            continue
        if not isinstance(part, ast.FormattedValue):
            continue
        value = machine.evaluate(part.value, scope)
        written = part.format_spec
        spec = joined_string(machine, written, scope) if isinstance(written, ast.JoinedStr) else ""
        if isinstance(value, PLAIN | tuple) and isinstance(spec, str) and is_text(value) and not is_wide(spec):
            if part.conversion == ord("r"):
                value = repr(value)
            try:
                parts.append(format(value, spec))
                length += len(parts[-1])
            except (TypeError, ValueError) as error:
                raise Raised from error
        else:
            unknown.append(value)
    if unknown:
        return machine.computed("f-string", unknown, node)
    text = "".join(parts)
    if len(text) > MAX_CHARACTERS:
        raise Cut("a text is too long")
    return text


def is_text(value: Any) -> bool:
    """Return whether the text of a value is known and short."""
    if isinstance(value, tuple):
        return len(value) < 100 and all(map(is_text, visit(value)))
    if isinstance(value, int):
        return value.bit_length() < 1_000
    return isinstance(value, PLAIN)


def named(machine: Machine, node: ast.NamedExpr, scope: Scope) -> Any:
    """Return and assign the value of `name := value`."""
    value = machine.evaluate(node.value, scope)
    while scope.label == "<comprehension>" and scope.parent is not None:
        scope = scope.parent
    assign(machine, node.target, value, scope)
    return value


def starred(machine: Machine, node: ast.Starred, scope: Scope) -> Any:
    """Return the value behind a star."""
    return machine.evaluate(node.value, scope)


def other(machine: Machine, node: ast.expr, _scope: Scope) -> Any:
    """Return an unknown value for what is not followed: await and yield."""
    return machine.opaque(node, "lstmlint does not follow this")


EVALUATORS: dict[type, Any] = {
    ast.Constant: constant, ast.Name: name, ast.Attribute: attribute, ast.Subscript: subscript, ast.Slice: slice_,
    ast.Call: call, ast.BinOp: operation, ast.UnaryOp: unary_operation, ast.BoolOp: boolean, ast.Compare: comparison,
    ast.IfExp: condition, ast.List: list_, ast.Tuple: tuple_, ast.Set: set_, ast.Dict: dict_,
    ast.ListComp: list_comprehension, ast.GeneratorExp: list_comprehension, ast.SetComp: set_comprehension,
    ast.DictComp: dict_comprehension, ast.Lambda: lambda_, ast.JoinedStr: joined_string, ast.NamedExpr: named,
    ast.Starred: starred, ast.Await: other, ast.FormattedValue: other,
}  # fmt: skip


def install(machine: Machine) -> None:
    """Add the kinds of expressions to a machine."""
    machine.evaluators.update(EVALUATORS)
