"""Arrays of NumPy, of which the interpreter knows only the shapes, and what makes arrays in data preparation."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

from lstmlint.python.builtins import extreme, round_, unknown
from lstmlint.python.expressions import Range, iterate
from lstmlint.python.limits import visit
from lstmlint.python.machine import MISSING, Arguments, Machine, Method, Raised
from lstmlint.python.operators import NUMBER, binary
from lstmlint.python.scalars import SCALARS
from lstmlint.python.values import Array, List, Opaque, Size, multiply, same

Run = Callable[[Machine, Arguments], Any]


def array(machine: Machine, shape: tuple[Any, ...], node: ast.AST) -> Array:
    """Return an array of a shape."""
    return Array(shape, machine.written(node), machine.place(node)[0])


def dims(value: Any) -> tuple[Any, ...] | None:
    """Return a shape that a program gives: a number, tuple, or list; None if it is not known."""
    if isinstance(value, int | Opaque | Size):
        return (value,) if isinstance(value, int | Size) else None
    if isinstance(value, tuple | List) and not getattr(value, "taint", ()):
        if all(isinstance(dim, int | Opaque | Size) for dim in value):
            return tuple(value)
    return None


def filled(machine: Machine, arguments: Arguments) -> Any:
    """Return an array of the shape in the first argument, or in `size`."""
    shape = dims(arguments.kwargs.get("size", arguments.get(0, "shape")))
    return unknown(machine, arguments) if shape is None else array(machine, shape, arguments.node)


def sized(position: int) -> Run:
    """Return the function that makes an array of the shape in an argument, which may be missing."""

    def run(machine: Machine, arguments: Arguments) -> Any:
        value = arguments.get(position, "size")
        shape = (value,) if isinstance(value, Opaque) and "size" in value.name else dims(value)
        return unknown(machine, arguments) if shape is None else array(machine, shape, arguments.node)

    return run


def separate(machine: Machine, arguments: Arguments) -> Any:
    """Return an array whose dimensions are separate arguments, as of np.random.rand."""
    if not arguments.args or not all(isinstance(dim, int | Opaque | Size) for dim in arguments.args):
        return unknown(machine, arguments)
    return array(machine, tuple(arguments.args), arguments.node)


def like(machine: Machine, arguments: Arguments) -> Any:
    """Return an array of the shape of the first argument."""
    value = arguments.get(0, "a")
    if isinstance(value, Array):
        return array(machine, value.shape, arguments.node)
    return value if isinstance(value, NUMBER) else unknown(machine, arguments)


def from_items(machine: Machine, arguments: Arguments) -> Any:
    """Return the array of nested lists."""
    value = arguments.get(0, "object")
    if isinstance(value, Array):
        return value
    shape = nested_shape(value)
    return unknown(machine, arguments) if shape is None else array(machine, shape, arguments.node)


def nested_shape(value: Any, depth: int = 0) -> tuple[Any, ...] | None:
    """Return the shape of nested lists of numbers; None if it is not known."""
    if isinstance(value, NUMBER | str):
        return ()
    if isinstance(value, Array):
        return value.shape
    if isinstance(value, Range):
        return (len(value.numbers),)
    if not isinstance(value, List | tuple) or depth > 6 or bool(getattr(value, "taint", ())):
        return None
    if not value:
        return (0,)
    inner = [nested_shape(item, depth + 1) for item in visit(value)]
    if inner[0] is None or any(item is None or not same(item, inner[0]) for item in inner):
        return None
    return (len(value), *inner[0])


def reshape(machine: Machine, value: Any, wanted: Any, node: ast.AST) -> Any:
    """Return an array in another shape. A dimension of -1 follows from the others, if all are known."""
    shape = dims(wanted)
    if shape is None:
        return machine.computed("reshape", [value, wanted], node)
    unknown_at = [i for i, dim in enumerate(shape) if isinstance(dim, int) and dim < 0]
    if not unknown_at:
        return array(machine, shape, node)
    result = list(shape)
    total: Any = 1
    for dim in value.shape if isinstance(value, Array) else ():
        total = multiply(total, dim)
    rest: Any = 1
    for i, dim in enumerate(shape):
        if i not in unknown_at:
            rest = multiply(rest, dim)
    name = machine.written(node)
    for i in unknown_at:
        if (
            isinstance(value, Array)
            and isinstance(total, int)
            and isinstance(rest, int)
            and rest
            and len(unknown_at) == 1
        ):
            result[i] = total // rest
        else:
            result[i] = machine.opaque(node, "it follows from the data", f"{name}.shape[{i}]", plain=True)
    return array(machine, tuple(result), node)


def reshape_function(machine: Machine, arguments: Arguments) -> Any:
    """Return the result of np.reshape."""
    wanted = arguments.get(1, "newshape", arguments.kwargs.get("shape"))
    return reshape(machine, arguments.get(0, "a"), wanted, arguments.node)


def expand_dims(machine: Machine, arguments: Arguments) -> Any:
    """Return an array with one more dimension."""
    value, axis = arguments.get(0, "a"), arguments.get(1, "axis")
    if isinstance(value, Array) and isinstance(axis, int) and -len(value.shape) - 1 <= axis <= len(value.shape):
        position = axis if axis >= 0 else len(value.shape) + 1 + axis
        return array(machine, (*value.shape[:position], 1, *value.shape[position:]), arguments.node)
    return unknown(machine, arguments)


def concatenate(machine: Machine, arguments: Arguments) -> Any:
    """Return joined arrays."""
    items, axis = arguments.get(0, "arrays"), arguments.get(1, "axis", 0)
    parts = iterate(machine, items, arguments.node) or []
    if bool(getattr(items, "taint", ())) or not parts or not all(isinstance(part, Array) for part in parts):
        return unknown(machine, arguments)
    first = parts[0].shape
    if not isinstance(axis, int) or any(len(part.shape) != len(first) for part in parts) or not first:
        return unknown(machine, arguments)
    axis %= len(first)
    total: Any = 0
    for part in parts:
        total = binary(machine, "+", total, part.shape[axis], arguments.node)
    return array(machine, (*first[:axis], total, *first[axis + 1 :]), arguments.node)


def stack(machine: Machine, arguments: Arguments) -> Any:
    """Return arrays stacked along a new dimension."""
    items, axis = arguments.get(0, "arrays"), arguments.get(1, "axis", 0)
    parts = iterate(machine, items, arguments.node) or []
    if getattr(items, "taint", ()) or not parts or not isinstance(parts[0], Array) or not isinstance(axis, int):
        return unknown(machine, arguments)
    first = parts[0].shape
    position = axis if axis >= 0 else len(first) + 1 + axis
    return array(machine, (*first[:position], len(parts), *first[position:]), arguments.node)


def transpose(machine: Machine, arguments: Arguments) -> Any:
    """Return an array with its dimensions in another order."""
    value, axes = arguments.get(0, "a"), arguments.get(1, "axes")
    if isinstance(value, Array):
        if axes is None:
            return array(machine, value.shape[::-1], arguments.node)
        if isinstance(axes, tuple | List) and sorted(axes) == list(range(len(value.shape))):
            return array(machine, tuple(value.shape[i] for i in axes), arguments.node)
    return unknown(machine, arguments)


def product(machine: Machine, arguments: Arguments) -> Any:
    """Return the product of numbers."""
    items = iterate(machine, arguments.get(0, "a"), arguments.node)
    if items is None or len(arguments.args) != 1 or arguments.kwargs:
        return unknown(machine, arguments)
    total: Any = 1
    for item in items:
        total = binary(machine, "*", total, item, arguments.node)
    return total


def arange(machine: Machine, arguments: Arguments) -> Any:
    """Return an array of a range."""
    if arguments.args and all(isinstance(value, int) for value in arguments.args) and arguments.args[2:] != [0]:
        return array(machine, (len(range(*arguments.args[:3])),), arguments.node)
    return unknown(machine, arguments)


def linspace(machine: Machine, arguments: Arguments) -> Any:
    """Return an array of evenly spaced numbers."""
    number = arguments.get(2, "num", 50)
    return array(machine, (number,), arguments.node) if isinstance(number, int | Size) else unknown(machine, arguments)


def eye(machine: Machine, arguments: Arguments) -> Any:
    """Return an identity matrix."""
    size = arguments.get(0, "N")
    return array(machine, (size, size), arguments.node) if isinstance(size, int) else unknown(machine, arguments)


def shape_of(machine: Machine, arguments: Arguments) -> Any:
    """Return the shape of an array."""
    return machine.attribute(arguments.get(0, "a"), "shape", arguments.node)


NUMPY: dict[str, Run] = {
    **dict.fromkeys(["zeros", "ones", "empty", "full", "random.random", "random.random_sample", "random.sample"], filled),
    "ndarray": filled,
    **dict.fromkeys(["random.rand", "random.randn"], separate),
    **dict.fromkeys(["random.normal", "random.uniform", "random.randint", "random.binomial", "random.choice"], sized(2)),
    "random.poisson": sized(1),
    **dict.fromkeys(["zeros_like", "ones_like", "empty_like", "full_like", "abs", "sqrt", "exp", "log1p", "square"], like),
    **dict.fromkeys(["round", "clip", "log", "sin", "cos", "nan_to_num", "flip", "sort", "roll", "float32", "copy"], like),
    **dict.fromkeys(["array", "asarray", "asanyarray", "ascontiguousarray"], from_items),
    "reshape": reshape_function, "expand_dims": expand_dims, "concatenate": concatenate, "stack": stack,
    "vstack": concatenate, "append": unknown, "transpose": transpose, "prod": product, "product": product,
    "arange": arange, "linspace": linspace, "eye": eye, "identity": eye, "shape": shape_of,
    "maximum": extreme(ast.Gt()), "minimum": extreme(ast.Lt()),
}  # fmt: skip


def numpy(machine: Machine, path: str, arguments: Arguments) -> Any:
    """Return the result of a function of NumPy; MISSING for other names."""
    package, _, name = path.partition(".")
    if package not in ("numpy", "jax") or not name:
        return MISSING
    name = name.removeprefix("numpy.")
    scalar = SCALARS.get(name)
    if scalar is not None:
        found = scalar(machine, arguments)
        if found is not MISSING:
            return found
    run = NUMPY.get(name)
    if run is not None:
        return run(machine, arguments)
    if name in ("max", "amax", "min", "amin") and len(arguments.args) == 1 and not arguments.kwargs:
        return extreme(ast.Gt() if "max" in name else ast.Lt())(machine, arguments)
    return round_(machine, arguments) if name in ("round_", "around") else unknown(machine, arguments)


# Attributes, methods, and items -----------------------------------------------------------------------------


def read_array(machine: Machine, value: Array, name: str, node: ast.AST) -> Any:
    """Return an attribute of an array."""
    if name == "shape":
        return value.shape
    if name == "ndim":
        return len(value.shape)
    if name == "T":
        return array(machine, value.shape[::-1], node)
    if name == "size":
        total: Any = 1
        for dim in value.shape:
            total = multiply(total, dim)
        return machine.opaque(node, "the size is not known") if total is None else total
    if name == "dtype":
        return machine.opaque(node, "the dtype is not known")
    return Method(value, name)


SAME_SHAPE = frozenset({"astype", "copy", "round", "clip", "fillna", "sort", "numpy", "to_numpy", "view"})


def array_method(machine: Machine, value: Array, name: str, arguments: Arguments) -> Any:
    """Call a method of an array."""
    if name == "resize":
        machine.doubt((*machine.place(arguments.node), "an array is resized"))
    if name in SAME_SHAPE:
        return array(machine, value.shape, arguments.node)
    if name == "reshape":
        wanted = arguments.args[0] if len(arguments.args) == 1 else tuple(arguments.args)
        return reshape(machine, value, wanted, arguments.node)
    if name == "transpose":
        axes = arguments.args[0] if len(arguments.args) == 1 else tuple(arguments.args) or None
        return transpose(machine, Arguments(arguments.node, [value, axes]))
    if name in ("flatten", "ravel"):
        total: Any = 1
        for dim in value.shape:
            total = multiply(total, dim)
        return unknown(machine, arguments) if total is None else array(machine, (total,), arguments.node)
    return machine.computed(name, [value, *arguments.args], arguments.node)


def write_array(machine: Machine, value: Array, name: str, new: Any, node: ast.AST) -> None:
    """Note that the shape of an array is set, which is not followed."""
    if name == "shape":
        machine.doubt((*machine.place(node), "the shape of an array is set"))


def reshape_unknown(machine: Machine, value: Any, arguments: Arguments) -> Any:
    """Return the array that reshaping unknown data gives."""
    wanted = arguments.args[0] if len(arguments.args) == 1 else tuple(arguments.args)
    return reshape(machine, value, wanted, arguments.node)


def array_item(machine: Machine, value: Array, index: Any, node: ast.AST) -> Any:
    """Return an item or a part of an array. Raises: Raised."""
    indices = list(index) if isinstance(index, tuple) else [index]
    if Ellipsis in [one if one is Ellipsis else None for one in indices]:
        position = next(i for i, one in enumerate(indices) if one is Ellipsis)
        given = sum(one is not None and one is not Ellipsis for one in indices)
        indices[position : position + 1] = [slice(None)] * max(len(value.shape) - given, 0)
    shape: list[Any] = []
    rest = list(value.shape)
    for one in indices:
        if one is None:
            shape.append(1)
            continue
        if not rest:
            raise Raised
        dim = rest.pop(0)
        if isinstance(one, slice):
            shape.append(sliced(machine, dim, one, node))
        elif isinstance(one, Array) and len(indices) == 1:
            shape += one.shape
        elif not isinstance(one, int):
            return machine.computed("item", [value, index], node)
    shape += rest
    if not shape:
        return machine.computed("item", [value, index], node)
    return array(machine, tuple(shape), node)


def sliced(machine: Machine, dim: Any, part: slice, node: ast.AST) -> Any:
    """Return the length of a slice of a dimension."""
    if part.start in (None, 0) and part.stop is None and part.step in (None, 1):
        return dim
    bounds = (part.start, part.stop, part.step)
    if isinstance(dim, int) and all(isinstance(bound, int | None) for bound in bounds) and part.step != 0:
        return len(range(dim)[part])
    return machine.opaque(node, "it is a part of an array", f"len({machine.written(node)})", plain=True)


# Data sets and preparation of Keras and others --------------------------------------------------------------

IMAGES = {
    "mnist": ((28, 28), (), 60_000, 10_000),
    "fashion_mnist": ((28, 28), (), 60_000, 10_000),
    "cifar10": ((32, 32, 3), (1,), 50_000, 10_000),
    "cifar100": ((32, 32, 3), (1,), 50_000, 10_000),
    "boston_housing": ((13,), (), 404, 102),
    "imdb": ((), (), 25_000, 25_000),
    "reuters": ((), (), 8_982, 2_246),
}


def datasets(machine: Machine, rest: str, arguments: Arguments) -> Any:
    """Return the arrays of a data set of Keras, whose shapes never change; MISSING for other functions."""
    parts = rest.split(".")
    if len(parts) < 3 or parts[-1] != "load_data" or parts[1] not in IMAGES:
        return MISSING
    image, label, train, test = IMAGES[parts[1]]
    fixed = not ({"test_split", "version", "maxlen"} & arguments.kwargs.keys())

    def rows(number: int) -> Any:
        return number if fixed else machine.opaque(arguments.node, "it depends on the arguments", plain=True)

    return tuple(
        tuple(array(machine, (rows(number), *shape), arguments.node) for shape in (image, label))
        for number in (train, test)
    )


def utils(machine: Machine, rest: str, arguments: Arguments) -> Any:
    """Return the result of to_categorical or pad_sequences; MISSING for other functions."""
    name = rest.rpartition(".")[2]
    if name == "to_categorical":
        value, classes = arguments.get(0, "x"), arguments.get(1, "num_classes", arguments.kwargs.get("nb_classes"))
        if isinstance(classes, int | Opaque | Size):
            first = value.shape[:1] if isinstance(value, Array) else ()
            if isinstance(value, Array) and len(value.shape) > 1 and value.shape[-1] != 1:
                first = value.shape
            if first:
                return array(machine, (*first, classes), arguments.node)
        return unknown(machine, arguments)
    if name == "pad_sequences":
        value, maxlen = arguments.get(0, "sequences"), arguments.get(1, "maxlen")
        if isinstance(maxlen, int | Opaque | Size):
            return array(machine, (length(machine, value, arguments.node), maxlen), arguments.node)
        return unknown(machine, arguments)
    return MISSING


def length(machine: Machine, value: Any, node: ast.AST) -> Any:
    """Return the length of data."""
    if isinstance(value, Array) and value.shape:
        return value.shape[0]
    if isinstance(value, List | tuple) and not getattr(value, "taint", ()):
        return len(value)
    if isinstance(value, Opaque):
        return machine.derived(value, "len", f"len({value.name})", node)
    return machine.opaque(node, "the length of the data is not known", plain=True)


def sklearn(machine: Machine, path: str, arguments: Arguments) -> Any:
    """Return the parts that train_test_split makes of arrays; MISSING for other functions."""
    if path.rpartition(".")[2] != "train_test_split" or not arguments.args:
        return MISSING
    if not all(isinstance(value, Array) and value.shape for value in arguments.args):
        return MISSING
    parts: list[Any] = []
    for value in arguments.args:
        for _ in range(2):
            first = machine.opaque(
                arguments.node, "the data is split", f"len({machine.written(arguments.node)})", plain=True
            )
            parts.append(array(machine, (first, *value.shape[1:]), arguments.node))
    return List(parts)


def install(machine: Machine) -> None:
    """Add arrays to a machine."""
    machine.readers[Array] = read_array
    machine.writers[Array] = write_array
    machine.methods[Array] = array_method
    machine.items[Array] = array_item
    machine.libraries += [numpy, sklearn]
    machine.keras_parts |= {"datasets": datasets, "utils": utils, "preprocessing": utils}
    machine.opaque_methods["reshape"] = reshape_unknown
