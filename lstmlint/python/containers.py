"""Attributes, methods, and items of strings, numbers, lists, tuples, dicts, ranges, and unknown values."""

from __future__ import annotations

import ast
from typing import Any

from lstmlint.python.builtins import unknown
from lstmlint.python.expressions import Range, distinct, iterate, set_key
from lstmlint.python.limits import MAX_CHARACTERS, MAX_ITEMS, Cut
from lstmlint.python.machine import MISSING, Arguments, Machine, Method, Raised
from lstmlint.python.operators import PLAIN, combine, contains, is_wide
from lstmlint.python.values import (
    Attributes,
    Dict,
    Instance,
    List,
    Once,
    Opaque,
    Set,
    Size,
    as_key,
    is_unknown,
    key_of,
    same,
)

TEXT_METHODS = frozenset(
    "split rsplit lower upper strip lstrip rstrip replace startswith endswith find title capitalize isdigit count index"
    " isalpha swapcase partition rpartition splitlines removeprefix removesuffix isnumeric islower isupper".split()
)


def text_method(machine: Machine, receiver: Any, name: str, arguments: Arguments) -> Any:
    """Call a method of a str. Raises: Raised."""
    if arguments.uncertain:
        return unknown(machine, arguments)
    args = arguments.args
    if name == "join" and len(args) == 1:
        items = iterate(machine, args[0], arguments.node)
        if items is not None and all(isinstance(item, str) for item in items) and not getattr(args[0], "taint", ()):
            if sum(map(len, items)) + len(receiver) * len(items) <= MAX_CHARACTERS:
                return receiver.join(items)
        return unknown(machine, arguments)
    if name == "format":
        values = [*args, *arguments.kwargs.values()]
        if all(isinstance(value, PLAIN) for value in values) and not is_wide(receiver, values):
            try:
                return receiver.format(*args, **arguments.kwargs)
            except (ValueError, IndexError, KeyError, TypeError, AttributeError) as error:
                raise Raised from error
        return unknown(machine, arguments)
    if (
        name == "replace"
        and len(receiver) * max((len(value) for value in args if isinstance(value, str)), default=0) > MAX_CHARACTERS
    ):
        raise Cut("a text is too long")
    if name in TEXT_METHODS and all(isinstance(value, PLAIN | tuple) for value in args) and not arguments.kwargs:
        try:
            result = getattr(receiver, name)(*args)
        except (TypeError, ValueError) as error:
            raise Raised from error
        if isinstance(result, str) and len(result) > MAX_CHARACTERS:
            raise Cut("a text is too long")
        return List(result) if isinstance(result, list) else result
    return unknown(machine, arguments)


def list_method(machine: Machine, receiver: List, name: str, arguments: Arguments) -> Any:
    """Call a method of a list or set. Raises: Raised, Cut."""
    args = arguments.args
    place = machine.place(arguments.node)
    if name in ("append", "add", "insert", "extend", "update", "pop", "remove", "discard", "clear", "reverse", "sort"):
        machine.heap.touch(receiver)
        if len(receiver) > MAX_ITEMS:
            raise Cut(f"a list has more than {MAX_ITEMS:,} items")
    if name == "append" and len(args) == 1:
        receiver.append(args[0])
    elif name == "add" and len(args) == 1:
        receiver[:] = distinct([*receiver, args[0]])
    elif name == "insert" and len(args) == 2:
        if isinstance(args[0], int):
            receiver.insert(args[0], args[1])
        else:
            receiver.insert(len(receiver), args[1])
            receiver.forget((*place, "the place of an item is not known"))
    elif name in ("extend", "update"):
        for more in args:
            items = iterate(machine, more, arguments.node)
            if items is None:
                receiver.forget((*place, f"`{machine.written(arguments.node)}` adds unknown items"))
            else:
                receiver[:] = distinct([*receiver, *items]) if isinstance(receiver, Set) else [*receiver, *items]
                receiver.taint += getattr(more, "taint", ())
    elif name == "pop":
        index = args[0] if args else -1
        if receiver.taint or not isinstance(index, int):
            receiver.forget((*place, "an unknown item is removed"))
            return machine.opaque(arguments.node, "the list is not known")
        if not -len(receiver) <= index < len(receiver):
            raise Raised
        return receiver.pop(index)
    elif name in ("remove", "discard"):
        found = next((i for i, item in enumerate(receiver) if same(item, args[0])), None)
        if found is None:
            receiver.forget((*place, "an unknown item is removed"))
        else:
            del receiver[found]
    elif name == "clear":
        receiver.clear()
        receiver.taint = ()
    elif name == "reverse":
        receiver.reverse()
    elif name == "sort":
        plain = all(isinstance(item, int | float) for item in receiver) or all(
            isinstance(item, str) for item in receiver
        )
        reverse = machine.truth(arguments.kwargs.get("reverse", False))
        if not plain or "key" in arguments.kwargs or reverse is None:
            receiver.forget((*place, "the order is not known"))
        else:
            list.sort(receiver, reverse=reverse)
    elif name == "copy":
        return receiver.like(receiver, receiver.taint)
    elif name == "index" and not receiver.taint:
        for i, item in enumerate(receiver):
            if same(item, args[0]):
                return i
        return unknown(machine, arguments)
    elif name == "count" and not receiver.taint and contains(receiver, args[0]) is not None:
        return sum(same(item, args[0]) for item in receiver)
    elif name in SET_METHODS and args and all(isinstance(other, List) for other in args):
        result = distinct(receiver, receiver.taint)
        for one in args:
            result = combine(SET_METHODS[name], result, distinct(one, one.taint))
        return result
    elif name in SET_UPDATES and len(args) == 1 and (items := iterate(machine, args[0], arguments.node)) is not None:
        machine.heap.touch(receiver)
        other = distinct(items, getattr(args[0], "taint", ()))
        receiver.restore(combine(SET_UPDATES[name], distinct(receiver, receiver.taint), other).snapshot())
    else:
        return other_container_method(machine, receiver, name, arguments)
    return None


SET_METHODS = {"union": "|", "intersection": "&", "difference": "-", "symmetric_difference": "^"}
SET_UPDATES = {"intersection_update": "&", "difference_update": "-", "symmetric_difference_update": "^"}
# Methods of lists, sets, and dicts that change nothing.
READING = frozenset(SET_METHODS) | frozenset(
    "copy count elements get index isdisjoint issubset issuperset items keys most_common values"
    " __contains__ __eq__ __getitem__ __iter__ __len__".split()
)


def other_container_method(machine: Machine, receiver: Any, name: str, arguments: Arguments) -> Any:
    """Return the unknown result of a method, which may change the container."""
    if name not in READING:
        machine.heap.touch(receiver)
        receiver.forget((*machine.place(arguments.node), f"`{machine.written(arguments.node)}` may change it"))
    return unknown(machine, arguments)


def attributes_method(machine: Machine, receiver: Attributes, name: str, arguments: Arguments) -> Any:
    """Call a method of the `__dict__` of an object, which changes the object. Raises: Raised."""
    machine.heap.touch(receiver.owner)
    result = dict_method(machine, receiver, name, arguments)
    receiver.owner.attributes = {str(key): value for key, value in receiver.items()}
    return result


def dict_method(machine: Machine, receiver: Dict, name: str, arguments: Arguments) -> Any:
    """Call a method of a dict. Raises: Raised."""
    args = arguments.args
    if name in ("get", "pop", "setdefault") and args:
        return dict_lookup(machine, receiver, name, arguments)
    if name == "items":
        return List(list(receiver.items()), receiver.taint)
    if name == "keys":
        return List(list(receiver), receiver.taint)
    if name == "values":
        return List(list(receiver.values()), receiver.taint)
    if name == "copy":
        return Dict(receiver, receiver.taint)
    machine.heap.touch(receiver)
    if name == "update":
        if args and isinstance(args[0], Dict):
            receiver.update(args[0])
            receiver.taint += args[0].taint
        elif args:
            receiver.forget((*machine.place(arguments.node), "it is updated with unknown items"))
        receiver.update(arguments.kwargs)
        return None
    if name == "clear":
        receiver.clear()
        return None
    if name == "popitem" and not receiver.taint and not args and not arguments.kwargs:
        if not receiver:
            raise Raised
        return receiver.popitem()
    return other_container_method(machine, receiver, name, arguments)


def dict_lookup(machine: Machine, receiver: Dict, name: str, arguments: Arguments) -> Any:
    """Return an item of a dict, or a default. Raises: Raised."""
    key = arguments.args[0]
    if is_unknown(key):
        reason = (*machine.place(arguments.node), "an item with an unknown key is read")
        if name != "get":
            receiver.forget(reason)
        any_of(machine, [*receiver.values(), None], reason, arguments.node)
        return unknown(machine, arguments)
    found = find_key(receiver, key)
    if receiver.taint and (found is MISSING or not hasattr(receiver[found], "merged")):
        return machine.opaque(arguments.node, receiver.taint[0][2])
    default = arguments.get(1, "default", MISSING)
    if name == "get":
        return (None if default is MISSING else default) if found is MISSING else receiver[found]
    machine.heap.touch(receiver)
    if name == "pop":
        if found is MISSING and default is MISSING:
            raise Raised
        return default if found is MISSING else receiver.pop(found)
    if found is MISSING:
        set_key(machine, receiver, key, None if default is MISSING else default, arguments.node)
        found = key
    return receiver[found]


def find_key(items: Dict, key: Any) -> Any:
    """Return the key of a dict that is equal to a key; MISSING if there is none. Raises: Raised."""
    if isinstance(key, List | Dict | slice):
        raise Raised
    if as_key(key) in items:
        return key
    return next((other for other in items if isinstance(other, tuple) and same(other, key)), MISSING)


def other_method(machine: Machine, receiver: Any, name: str, arguments: Arguments) -> Any:
    """Call a method of a number or tuple."""
    if isinstance(receiver, tuple) and name == "index" and arguments.args:
        for i, item in enumerate(receiver):
            if same(item, arguments.args[0]):
                return i
    return unknown(machine, arguments)


def call_method(machine: Machine, method: Method, arguments: Arguments) -> Any:
    """Call a method of a value that is not an object of the program."""
    return machine.methods[type(method.receiver)](machine, method.receiver, method.name, arguments)


# Items ----------------------------------------------------------------------------------------------------


def sequence_item(machine: Machine, value: Any, index: Any, node: ast.AST) -> Any:
    """Return an item or a slice of a str, list, or tuple. Raises: Raised."""
    taint = getattr(value, "taint", ())
    if isinstance(index, int):
        if -len(value) <= index < len(value):
            item = value[index]
            if taint and hasattr(item, "merged"):
                return item.merged([item], taint[0])
            return machine.opaque(node, taint[0][2]) if taint else item
        if taint:
            return machine.opaque(node, taint[0][2])
        raise Raised
    if isinstance(index, slice) and all(isinstance(part, int | None) for part in (index.start, index.stop, index.step)):
        try:
            part = value[index]
        except ValueError as error:
            raise Raised from error
        return value.like(part, taint) if isinstance(value, List) else part
    if isinstance(index, slice) and isinstance(value, List):
        return List(value, (*taint, (*machine.place(node), f"`{machine.written(node)}` is an unknown part")))
    if is_unknown(index) and not isinstance(value, str) and value:
        reason = (*machine.place(node), f"the index of `{machine.written(node)}` is unknown")
        return any_of(machine, list(value), reason, node)
    if isinstance(value, str | tuple) or not is_unknown(index):
        return machine.opaque(node, "the index is unknown")
    return machine.opaque(node, "the index is unknown")


def any_of(machine: Machine, values: list[Any], reason: Any, node: ast.AST) -> Any:
    """Return the value that stands for one of several. What changes it changes one of them."""
    for value in values:
        if isinstance(value, List | Dict | Instance):
            machine.heap.touch(value)
            value.forget(reason)
        if isinstance(value, Instance):
            value.attributes = {
                name: machine.opaque(node, reason[2], name, plain=True) if isinstance(one, PLAIN | tuple) else one
                for name, one in value.attributes.items()
            }
    return machine.join(values[:100], reason, machine.written(node))


def dict_item(machine: Machine, value: Dict, index: Any, node: ast.AST) -> Any:
    """Return an item of a dict. Raises: Raised."""
    if is_unknown(index):
        if not value:
            return machine.opaque(node, "the key is unknown")
        reason = (*machine.place(node), f"the key of `{machine.written(node)}` is unknown")
        return any_of(machine, list(value.values()), reason, node)
    found = find_key(value, index)
    if found is not MISSING:
        item = value[found]
        if value.taint and hasattr(item, "merged"):
            return item.merged([item], value.taint[0])
        return machine.opaque(node, value.taint[0][2]) if value.taint else item
    if value.default is not None:
        machine.heap.touch(value)
        value[index] = made = machine.call(value.default, Arguments(node))
        return made
    if value.taint:
        return machine.opaque(node, value.taint[0][2])
    raise Raised


def range_item(machine: Machine, value: Range, index: Any, node: ast.AST) -> Any:
    """Return an item of a range. Raises: Raised."""
    if isinstance(index, int):
        try:
            return value.numbers[index]
        except IndexError as error:
            raise Raised from error
    return machine.opaque(node, "the index is unknown")


def opaque_item(machine: Machine, value: Any, index: Any, node: ast.AST) -> Any:
    """Return an item of an unknown value. The same index gives the same item."""
    if isinstance(value, Opaque):
        whole = value.memo.get("slice")
        if whole is not None and isinstance(index, int):  # X.shape[1:][0] is X.shape[1]
            return opaque_item(machine, whole[0], whole[1] + index if index >= 0 else index, node)
        known = is_index(index)
        name = f"{value.name}[{shown(index)}]" if known else machine.written(node)
        found = machine.derived(value, ("item", key_of(index)), name, node, plain=known)
        if (
            isinstance(index, slice)
            and known
            and isinstance(found, Opaque)
            and index.stop is None
            and index.step is None
        ):
            if index.start is None or index.start >= 0:
                found.memo["slice"] = value, index.start or 0
        return found
    return machine.opaque(node, "it is computed from an unknown value")


def is_index(index: Any) -> bool:
    """Return whether an index can be shown."""
    if isinstance(index, slice):
        return all(isinstance(part, int | None) for part in (index.start, index.stop, index.step))
    return isinstance(index, int | str)


def shown(index: Any) -> str:
    """Return an index as people write it."""
    if not isinstance(index, slice):
        return repr(index)
    parts = [index.start, index.stop] if index.step is None else [index.start, index.stop, index.step]
    return ":".join("" if part is None else str(part) for part in parts)


def read_opaque(machine: Machine, value: Any, name: str, node: ast.AST) -> Any:
    """Return an attribute of an unknown value."""
    if isinstance(value, Opaque):
        found = machine.derived(value, ("attribute", name), f"{value.name}.{name}", node)
        if name in machine.opaque_methods and isinstance(found, Opaque):
            found.memo["owner"] = value, name
        return found
    return machine.opaque(node, "it is computed from an unknown value")


def instance_item(machine: Machine, value: Instance, index: Any, node: ast.AST) -> Any:
    """Return an item of an object with `__getitem__`."""
    return machine.call(machine.attribute(value, "__getitem__", node), Arguments(node, [index]))


def install(machine: Machine) -> None:
    """Add containers to a machine."""
    machine.methods |= {
        str: text_method, bytes: other_method, int: other_method, float: other_method, bool: other_method,
        tuple: other_method, List: list_method, Set: list_method, Once: list_method, Dict: dict_method, Range: other_method,
        Attributes: attributes_method,
    }  # fmt: skip
    machine.callers[Method] = call_method
    machine.items |= {
        str: sequence_item, bytes: sequence_item, tuple: sequence_item, List: sequence_item, Once: sequence_item,
        Dict: dict_item, Attributes: dict_item, Range: range_item, Opaque: opaque_item, Size: opaque_item,
        Instance: instance_item,
    }  # fmt: skip
    machine.readers |= {Opaque: read_opaque, Size: read_opaque}
