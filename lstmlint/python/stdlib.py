"""The parts of Python's standard library that programs build models with."""

from __future__ import annotations

from collections.abc import Callable
from itertools import chain, islice, product
from typing import Any

from lstmlint.python.builtins import FUNCTIONS, unknown
from lstmlint.python.expressions import iterate
from lstmlint.python.limits import MAX_ITEMS
from lstmlint.python.machine import MISSING, Arguments, Builtin, Machine, Raised
from lstmlint.python.scalars import SCALARS
from lstmlint.python.values import Dict, Instance, List, Partial, is_unknown

Run = Callable[[Machine, Arguments], Any]


def partial(machine: Machine, arguments: Arguments) -> Any:
    """Return functools.partial."""
    if not arguments.args or arguments.uncertain:
        return unknown(machine, arguments)
    return Partial(arguments.args[0], tuple(arguments.args[1:]), dict(arguments.kwargs))


def reduce(machine: Machine, arguments: Arguments) -> Any:
    """Return functools.reduce."""
    function, value = arguments.get(0, "function"), arguments.get(1, "iterable")
    items = None if getattr(value, "taint", ()) else iterate(machine, value, arguments.node)
    if items is None:
        return unknown(machine, arguments)
    items = [*arguments.args[2:3], *items]
    if not items:
        raise Raised
    result = items[0]
    for item in items[1:]:
        result = machine.call(function, Arguments(arguments.node, [result, item]))
    return result


def default_dict(machine: Machine, arguments: Arguments) -> Any:
    """Return a defaultdict."""
    result = Dict()
    result.default = arguments.get(0, "default_factory")
    return result


def named_tuple(machine: Machine, arguments: Arguments) -> Any:
    """Return the class that collections.namedtuple makes."""
    fields = arguments.get(1, "field_names")
    if isinstance(fields, str):
        fields = List(fields.replace(",", " ").split())
    names = iterate(machine, fields, arguments.node)
    if names is None or not all(isinstance(name, str) for name in names):
        return unknown(machine, arguments)

    def make(_machine: Machine, given: Arguments) -> Any:
        values: dict[str, Any] = dict(zip(names, given.args, strict=False)) | given.kwargs
        if values.keys() != set(names):
            raise Raised
        return Instance(None, {"_fields": List(names), **values})

    return Builtin("namedtuple", make)


def namespace(machine: Machine, arguments: Arguments) -> Any:
    """Return an object with attributes."""
    return Instance(None, dict(arguments.kwargs))


def itertools_function(function: Callable[..., Any]) -> Run:
    """Return a function of itertools for known iterables."""

    def run(machine: Machine, arguments: Arguments) -> Any:
        columns = [iterate(machine, value, arguments.node) for value in arguments.args]
        if arguments.kwargs or any(column is None for column in columns):
            return unknown(machine, arguments)
        taint = sum((getattr(value, "taint", ()) for value in arguments.args), ())
        if function == chain.from_iterable:
            inner = [iterate(machine, item, arguments.node) for item in columns[0] or ()] if columns else []
            if None in inner:
                return unknown(machine, arguments)
            columns = [inner]
        items = list(islice(function(*columns), MAX_ITEMS + 1))
        return unknown(machine, arguments) if len(items) > MAX_ITEMS else List(items, taint)

    return run


def dataclass_field(machine: Machine, arguments: Arguments) -> Any:
    """Return the default of a dataclass's field."""
    if "default_factory" in arguments.kwargs:
        return machine.call(arguments.kwargs["default_factory"], Arguments(arguments.node))
    return arguments.kwargs["default"] if "default" in arguments.kwargs else unknown(machine, arguments)


def join_path(machine: Machine, arguments: Arguments) -> Any:
    """Return os.path.join of known parts."""
    if arguments.args and all(isinstance(part, str) for part in arguments.args):
        return "/".join(arguments.args)
    return unknown(machine, arguments)


def deep_copied(machine: Machine, arguments: Arguments) -> Any:
    """Return a copy of containers in containers. What is in it twice is one object in the copy too."""
    copies: dict[int, Any] = {}

    def copy(value: Any) -> Any:
        if isinstance(value, int | float | str | None):
            return value
        if id(value) not in copies:
            made = copies[id(value)] = copied(machine, Arguments(arguments.node, [value]))
            if isinstance(made, List):
                made[:] = map(copy, made)
            elif isinstance(made, Dict):
                made.update({key: copy(item) for key, item in made.items()})
            elif isinstance(made, tuple):
                made = copies[id(value)] = tuple(map(copy, made))
        return copies[id(value)]

    return copy(arguments.get(0, "x"))


def copied(machine: Machine, arguments: Arguments) -> Any:
    """Return a copy of a container."""
    value = arguments.get(0, "x")
    if isinstance(value, List):
        return value.like(value, value.taint)
    if isinstance(value, Dict):
        return Dict(value, value.taint)
    return value if isinstance(value, int | float | str | tuple | None) else unknown(machine, arguments)


def exits(machine: Machine, arguments: Arguments) -> Any:
    """End the program. Raises: Raised."""
    raise Raised


# argparse: the program as it runs without arguments ----------------------------------------------------------


def parser(machine: Machine, arguments: Arguments) -> Any:
    """Return an ArgumentParser."""
    made = Instance(None)
    made.attributes = {
        "add_argument": Builtin("add_argument", lambda machine, given: add_argument(machine, made, given)),
        "set_defaults": Builtin("set_defaults", lambda machine, given: set_defaults(machine, made, given)),
        "parse_args": Builtin("parse_args", lambda machine, given: made.attributes["options"]),
        "parse_known_args": Builtin("parse_known_args", lambda machine, given: (made.attributes["options"], List())),
        "add_argument_group": Builtin("add_argument_group", lambda machine, given: made),
        "add_mutually_exclusive_group": Builtin("add_mutually_exclusive_group", lambda machine, given: made),
        "options": Instance(None),
    }
    return made


def add_argument(machine: Machine, made: Instance, arguments: Arguments) -> None:
    """Add an option with its default."""
    flags = [flag for flag in arguments.args if isinstance(flag, str)]
    given = arguments.kwargs
    long = [flag for flag in flags if flag.startswith("--")] or flags
    if not long:
        return
    name = given.get("dest", long[0].lstrip("-").replace("-", "_"))
    if not isinstance(name, str):
        return
    options: Instance = made.attributes["options"]
    machine.heap.touch(options)
    action = given.get("action")
    if arguments.uncertain or is_unknown(action):
        value = machine.opaque(arguments.node, "the option is not known", f"args.{name}", plain=True)
    elif "default" in given:
        value = given["default"]
        if isinstance(value, str) and "type" in given:
            value = machine.call(given["type"], Arguments(arguments.node, [value]))
    elif action in ("store_true", "store_false"):
        value = action == "store_false"
    elif long[0].startswith("-") and machine.truth(given.get("required", False)) is False:
        value = None
    else:
        value = machine.opaque(arguments.node, "it is an argument of the command line", f"args.{name}", plain=True)
    options.attributes[name] = value


def set_defaults(machine: Machine, made: Instance, arguments: Arguments) -> None:
    """Set defaults of options."""
    options: Instance = made.attributes["options"]
    machine.heap.touch(options)
    options.attributes.update(arguments.kwargs)


def flag(machine: Machine, arguments: Arguments) -> Any:
    """Define a flag of absl or TensorFlow 1 with its default."""
    name = arguments.get(0, "name")
    if isinstance(name, str):
        flags = machine.flags
        machine.heap.touch(flags)
        flags.attributes[name] = arguments.get(1, "default")
    return None


STANDARD: dict[str, Run] = {
    "functools.partial": partial, "functools.reduce": reduce, "collections.OrderedDict": FUNCTIONS["dict"],
    "collections.defaultdict": default_dict, "collections.namedtuple": named_tuple, "types.SimpleNamespace": namespace,
    "dataclasses.field": dataclass_field,
    "argparse.Namespace": namespace, "argparse.ArgumentParser": parser, "os.path.join": join_path,
    "copy.copy": copied, "copy.deepcopy": deep_copied, "sys.exit": exits, "itertools.product": itertools_function(product),
    "itertools.chain": itertools_function(chain), "itertools.chain.from_iterable": itertools_function(chain.from_iterable),
    "six.moves.range": FUNCTIONS["range"], "six.moves.xrange": FUNCTIONS["range"], "tqdm.tqdm": FUNCTIONS["list"],
    "tqdm.notebook.tqdm": FUNCTIONS["list"], "tqdm.trange": FUNCTIONS["range"], "easydict.EasyDict": FUNCTIONS["dict"],
}  # fmt: skip


def standard(machine: Machine, path: str, arguments: Arguments) -> Any:
    """Return the result of a function of the standard library; MISSING for other names."""
    run = STANDARD.get(path)
    if run is not None:
        return run(machine, arguments)
    package, _, name = path.partition(".")
    if package in ("math", "cmath") and name in SCALARS:
        return SCALARS[name](machine, arguments)
    if package == "builtins" and name in FUNCTIONS:
        return FUNCTIONS[name](machine, arguments)
    if path.rpartition(".")[2] in FLAGS and (".flags." in path or path.startswith("absl")):
        return flag(machine, arguments)
    return MISSING


FLAGS = frozenset({"DEFINE_integer", "DEFINE_string", "DEFINE_float", "DEFINE_bool", "DEFINE_boolean", "DEFINE_enum"})


def install(machine: Machine) -> None:
    """Add the standard library to a machine."""
    machine.libraries.append(standard)
