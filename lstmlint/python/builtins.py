"""Python's built-in functions."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

from lstmlint.python.expressions import Range, distinct, iterate
from lstmlint.python.limits import MAX_CHARACTERS
from lstmlint.python.machine import MISSING, Arguments, Builtin, Machine, Raised
from lstmlint.python.operators import NUMBER, PLAIN, binary, compare
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
    Set,
    Size,
    as_key,
    is_unknown,
)

Run = Callable[[Machine, Arguments], Any]


def unknown(machine: Machine, arguments: Arguments, reason: str = "lstmlint does not know what this returns") -> Any:
    """Return the unknown result of a call."""
    values = [*arguments.args, *arguments.kwargs.values()]
    if any(is_unknown(value) for value in values):
        return machine.computed(ast.dump(arguments.node.func)[:200], values, arguments.node)  # type: ignore[attr-defined]
    return machine.opaque(arguments.node, reason)


def range_(machine: Machine, arguments: Arguments) -> Any:
    """Return a range."""
    if all(isinstance(value, int) for value in arguments.args) and 1 <= len(arguments.args) <= 3:
        try:
            numbers = range(*arguments.args)
        except ValueError as error:
            raise Raised from error
        if all(abs(value) < 2**60 for value in arguments.args):  # so that Python can tell its length
            return Range(numbers)
    return unknown(machine, arguments)


def len_(machine: Machine, arguments: Arguments) -> Any:
    """Return a length."""
    value = arguments.get(0, "obj")
    if isinstance(value, List | Dict) and value.taint:
        return machine.opaque(arguments.node, value.taint[0][2], plain=True)
    if isinstance(value, str | bytes | tuple | list | dict):
        return len(value)
    if isinstance(value, Range):
        return len(value.numbers)
    if isinstance(value, Array):
        if not value.shape:
            raise Raised
        return value.shape[0]
    if isinstance(value, Opaque):
        shape = value.memo.get(("attribute", "shape"))
        if isinstance(shape, Opaque) and ("item", (int, 0)) in shape.memo:
            return shape.memo["item", (int, 0)]
        return machine.derived(value, "len", f"len({value.name})", arguments.node)
    return machine.opaque(arguments.node, "the length is not known", plain=True)


def int_(machine: Machine, arguments: Arguments) -> Any:
    """Convert to int."""
    value = arguments.get(0, "x", 0)
    if isinstance(value, int | float | str | bytes) and len(arguments.args) < 2:
        try:
            return int(value) if not isinstance(value, str | bytes) or len(value) < 1_000 else MISSING
        except (ValueError, OverflowError) as error:
            raise Raised from error
    if isinstance(value, Size):
        return value
    return unknown(machine, arguments)


def float_(machine: Machine, arguments: Arguments) -> Any:
    """Convert to float."""
    value = arguments.get(0, "x", 0.0)
    if isinstance(value, int | float | str) and len(str(value)[:1001]) < 1_000:
        try:
            return float(value)
        except (ValueError, OverflowError) as error:
            raise Raised from error
    return unknown(machine, arguments)


def str_(machine: Machine, arguments: Arguments) -> Any:
    """Convert to str."""
    value = arguments.get(0, "object", "")
    if isinstance(value, str):
        return value
    if isinstance(value, int | float | bool | None) and (not isinstance(value, int) or value.bit_length() < 1_000):
        return str(value)
    return unknown(machine, arguments)


def bool_(machine: Machine, arguments: Arguments) -> Any:
    """Convert to bool."""
    truth = machine.truth(arguments.get(0, "object", False))
    return unknown(machine, arguments) if truth is None else truth


def sequence(kind: Callable[[list[Any]], Any]) -> Run:
    """Return the function that converts to a sequence."""

    def run(machine: Machine, arguments: Arguments) -> Any:
        value = arguments.get(0, "iterable", ())
        items = iterate(machine, value, arguments.node)
        if items is None:
            return unknown(machine, arguments)
        result = kind(items)
        taint = getattr(value, "taint", ())
        if taint and not isinstance(result, List):
            return machine.opaque(arguments.node, taint[0][2])
        if taint:
            result.taint = taint
        return result

    return run


def dict_(machine: Machine, arguments: Arguments) -> Any:
    """Return a dict."""
    result = Dict()
    if arguments.args:
        value = arguments.args[0]
        if isinstance(value, Dict):
            result.update(value)
            result.taint = value.taint
        else:
            pairs = iterate(machine, value, arguments.node)
            if pairs is None or not all(isinstance(pair, tuple | list) and len(pair) == 2 for pair in pairs):
                return unknown(machine, arguments)
            for key, item in pairs:
                if is_unknown(key):
                    result.forget((*machine.place(arguments.node), "a key is unknown"))
                else:
                    result[as_key(key)] = item
            result.taint += getattr(value, "taint", ())
    result.update(arguments.kwargs)
    if arguments.uncertain:
        result.forget((*machine.place(arguments.node), "the call passes unknown arguments"))
    return result


def extreme(sign: ast.cmpop) -> Run:
    """Return max or min."""

    def run(machine: Machine, arguments: Arguments) -> Any:
        values: Any = arguments.args
        if len(values) == 1:
            values = None if getattr(values[0], "taint", ()) else iterate(machine, values[0], arguments.node)
        if not values or "key" in arguments.kwargs or not all(isinstance(value, int | float | str) for value in values):
            return unknown(machine, arguments)
        best = values[0]
        for value in values[1:]:
            if compare(machine, sign, value, best, arguments.node) is True:
                best = value
        return best

    return run


def sum_(machine: Machine, arguments: Arguments) -> Any:
    """Return a sum."""
    value = arguments.get(0, "iterable")
    items = None if getattr(value, "taint", ()) else iterate(machine, value, arguments.node)
    if items is None:
        return unknown(machine, arguments)
    total: Any = arguments.get(1, "start", 0)
    for item in items:
        total = binary(machine, "+", total, item, arguments.node)
    return total


def abs_(machine: Machine, arguments: Arguments) -> Any:
    """Return an absolute value."""
    value = arguments.get(0, "x")
    return abs(value) if isinstance(value, NUMBER) else unknown(machine, arguments)


def round_(machine: Machine, arguments: Arguments) -> Any:
    """Round a number."""
    value, digits = arguments.get(0, "number"), arguments.get(1, "ndigits")
    if isinstance(value, int | float) and isinstance(digits, int | None) and abs(digits or 0) <= MAX_CHARACTERS:
        try:
            return round(value, digits) if digits is not None else round(value)
        except (ValueError, OverflowError) as error:
            raise Raised from error
    return unknown(machine, arguments)


def sorted_(machine: Machine, arguments: Arguments) -> Any:
    """Return a sorted list."""
    value = arguments.get(0, "iterable")
    items = iterate(machine, value, arguments.node)
    if items is None:
        return unknown(machine, arguments)
    taint = getattr(value, "taint", ())
    plain = all(isinstance(item, int | float) for item in items) or all(isinstance(item, str) for item in items)
    if "key" in arguments.kwargs or not plain:
        return List(
            items, taint if len(items) < 2 else (*taint, (*machine.place(arguments.node), "the order is not known"))
        )
    reverse = machine.truth(arguments.kwargs.get("reverse", False))
    if reverse is None:
        return List(items, (*taint, (*machine.place(arguments.node), "the order is not known")))
    return List(sorted(items, reverse=reverse), taint)


def reversed_(machine: Machine, arguments: Arguments) -> Any:
    """Return the items in reverse order."""
    value = arguments.get(0, "sequence")
    items = iterate(machine, value, arguments.node)
    return unknown(machine, arguments) if items is None else Once(items[::-1], getattr(value, "taint", ()))


def enumerate_(machine: Machine, arguments: Arguments) -> Any:
    """Return numbered items."""
    value, start = arguments.get(0, "iterable"), arguments.get(1, "start", 0)
    items = iterate(machine, value, arguments.node)
    if items is None or not isinstance(start, int):
        return unknown(machine, arguments)
    return Once([(i, item) for i, item in enumerate(items, start)], getattr(value, "taint", ()))


def zip_(machine: Machine, arguments: Arguments) -> Any:
    """Return tuples of items."""
    columns = [iterate(machine, value, arguments.node) for value in arguments.args]
    if arguments.uncertain or any(column is None for column in columns):
        return unknown(machine, arguments)
    taint = sum((getattr(value, "taint", ()) for value in arguments.args), ())
    return Once(zip(*[column or [] for column in columns], strict=False), taint)


def map_(machine: Machine, arguments: Arguments) -> Any:
    """Return the results of a function for all items."""
    if len(arguments.args) != 2:
        return unknown(machine, arguments)
    function, value = arguments.args
    items = iterate(machine, value, arguments.node)
    if items is None:
        return unknown(machine, arguments)
    results = [machine.call(function, Arguments(arguments.node, [item])) for item in items]
    return Once(results, getattr(value, "taint", ()))


def filter_(machine: Machine, arguments: Arguments) -> Any:
    """Return the items that pass a test."""
    function, value = arguments.get(0, "function"), arguments.get(1, "iterable")
    items = iterate(machine, value, arguments.node)
    if items is None:
        return unknown(machine, arguments)
    result = Once((), getattr(value, "taint", ()))
    for item in items:
        test = item if function is None else machine.call(function, Arguments(arguments.node, [item]))
        truth = machine.truth(test)
        if truth is None:
            result.forget((*machine.place(arguments.node), "a filter depends on unknown values"))
        if truth is not False:
            result.append(item)
    return result


def every(stop: bool) -> Run:
    """Return all (stop: False) or any (stop: True)."""

    def run(machine: Machine, arguments: Arguments) -> Any:
        value = arguments.get(0, "iterable")
        items = None if getattr(value, "taint", ()) else iterate(machine, value, arguments.node)
        if items is None:
            return unknown(machine, arguments)
        answers = [machine.truth(item) for item in items]
        if stop in answers:
            return stop
        return machine.opaque(arguments.node, "it depends on unknown values") if None in answers else not stop

    return run


def isinstance_(machine: Machine, arguments: Arguments) -> Any:
    """Check the type of a value."""
    value, kinds = arguments.get(0, "obj"), arguments.get(1, "types")
    answers = [is_a(machine, value, kind) for kind in (kinds if isinstance(kinds, tuple) else (kinds,))]
    if True in answers:
        return True
    return unknown(machine, arguments) if None in answers else False


TYPES: dict[str, Any] = {
    "int": int, "float": float, "str": str, "bool": bool, "list": List, "dict": Dict, "tuple": tuple, "set": Set,
    "bytes": bytes,
}  # fmt: skip


def is_a(machine: Machine, value: Any, kind: Any) -> bool | None:
    """Return whether a value is of a type; None if that is not known."""
    if is_unknown(value):
        return None
    if isinstance(kind, Builtin) and kind.name in TYPES:
        wanted = TYPES[kind.name]
        if isinstance(value, Set | Once):
            return wanted is type(value)
        return isinstance(value, wanted) and not (wanted is float and isinstance(value, int))
    if isinstance(kind, Class):
        cls = getattr(value, "cls", None)
        if isinstance(cls, Class):
            return kind in cls.lineage()
        return False if isinstance(value, PLAIN | tuple | List | Dict | Function) else None
    answer: bool | None = machine.keras.is_a(value, kind)
    return answer


def hasattr_(machine: Machine, arguments: Arguments) -> Any:
    """Check whether a value has an attribute."""
    value, name = arguments.get(0, "obj"), arguments.get(1, "name")
    if isinstance(value, Instance) and isinstance(name, str):
        if name in value.attributes or (value.cls is not None and value.cls.lookup(name)):
            return True
        if value.cls is None or not value.cls.foreign_bases():
            return False
    return unknown(machine, arguments)


def getattr_(machine: Machine, arguments: Arguments) -> Any:
    """Return an attribute."""
    value, name = arguments.get(0, "obj"), arguments.get(1, "name")
    if not isinstance(name, str):
        return unknown(machine, arguments)
    if len(arguments.args) == 3 and isinstance(value, Instance) and hasattr_(machine, arguments) is False:
        return arguments.args[2]
    return machine.attribute(value, name, arguments.node)


def setattr_(machine: Machine, arguments: Arguments) -> Any:
    """Set an attribute."""
    value, name = arguments.get(0, "obj"), arguments.get(1, "name")
    if isinstance(name, str):
        machine.set_attribute(value, name, arguments.get(2, "value"), arguments.node)
    elif hasattr(value, "forget"):
        machine.heap.touch(value)
        value.forget((*machine.place(arguments.node), "an attribute is set whose name is not known"))
    return None


def delattr_(machine: Machine, arguments: Arguments) -> Any:
    """Delete an attribute."""
    name = arguments.get(1, "name")
    machine.delete_attribute(arguments.get(0, "obj"), name if isinstance(name, str) else None, arguments.node)
    return None


def vars_(machine: Machine, arguments: Arguments) -> Any:
    """Return the attributes of an object."""
    value = arguments.get(0, "object")
    return Attributes(value) if isinstance(value, Instance) else opaque(machine, arguments)


def type_(machine: Machine, arguments: Arguments) -> Any:
    """Return the type of a value."""
    value = arguments.get(0, "object")
    cls = getattr(value, "cls", None)
    if isinstance(cls, Class):
        return cls
    for name, kind in TYPES.items():
        if type(value) is kind:
            return machine.builtins[name]
    return unknown(machine, arguments)


def divmod_(machine: Machine, arguments: Arguments) -> Any:
    """Return quotient and remainder."""
    left, right = arguments.get(0, "x"), arguments.get(1, "y")
    return tuple(binary(machine, sign, left, right, arguments.node) for sign in ("//", "%"))


def pow_(machine: Machine, arguments: Arguments) -> Any:
    """Return a power."""
    if len(arguments.args) != 2:
        return unknown(machine, arguments)
    return binary(machine, "**", arguments.args[0], arguments.args[1], arguments.node)


def nothing(machine: Machine, arguments: Arguments) -> Any:
    """Return None."""
    return None


def opaque(machine: Machine, arguments: Arguments) -> Any:
    """Return what is not known."""
    return unknown(machine, arguments)


def code(machine: Machine, arguments: Arguments) -> Any:
    """Note that code in a text is not followed."""
    machine.doubt((*machine.place(arguments.node), "code in a text is not followed"))
    return machine.opaque(arguments.node, "code in a text is not followed")


def exit_(machine: Machine, arguments: Arguments) -> Any:
    """End the program. Raises: Raised."""
    raise Raised(SystemExit)


def next_(machine: Machine, arguments: Arguments) -> Any:
    """Return what is not known: the places of iterators are not followed."""
    if arguments.args and isinstance(arguments.args[0], Once):
        iterate(machine, arguments.args[0], arguments.node)
    return unknown(machine, arguments)


FUNCTIONS: dict[str, Run] = {
    "range": range_, "xrange": range_, "len": len_, "int": int_, "long": int_, "float": float_, "str": str_,
    "bool": bool_, "list": sequence(List), "tuple": sequence(tuple), "set": sequence(distinct),
    "frozenset": sequence(distinct), "dict": dict_, "max": extreme(ast.Gt()), "min": extreme(ast.Lt()), "sum": sum_,
    "abs": abs_, "round": round_, "sorted": sorted_, "reversed": reversed_, "enumerate": enumerate_, "zip": zip_,
    "map": map_, "filter": filter_, "any": every(True), "all": every(False), "isinstance": isinstance_,
    "hasattr": hasattr_, "getattr": getattr_, "setattr": setattr_, "type": type_, "divmod": divmod_, "pow": pow_,
    "print": nothing, "exit": exit_, "quit": exit_, "exec": code, "eval": opaque, "open": opaque, "input": opaque,
    "next": next_, "iter": opaque, "repr": str_, "id": opaque, "hash": opaque, "chr": opaque, "ord": opaque,
    "format": opaque, "callable": opaque, "bytes": opaque, "bytearray": opaque, "object": opaque, "vars": vars_,
    "globals": opaque, "locals": opaque, "dir": opaque, "display": nothing, "get_ipython": opaque, "complex": opaque,
    "slice": opaque, "issubclass": opaque, "delattr": delattr_, "property": opaque, "raw_input": opaque,
}  # fmt: skip


def install(machine: Machine) -> None:
    """Add the built-in functions to a machine."""
    machine.builtins.update({name: Builtin(name, run) for name, run in FUNCTIONS.items()})
    machine.builtins |= {"__name__": "__main__", "NotImplemented": None, "__debug__": True, "Ellipsis": ...}
