"""Functions and operators on tensors: of TensorFlow, of Keras's backend, and of keras.ops.

tf.keras stores them as TFOpLambda layers that name a function of TensorFlow; Keras 3 as operations of its own.
"""

from __future__ import annotations

import ast
from functools import lru_cache
from typing import Any

from lstmlint.python.arrays import dims, nested_shape
from lstmlint.python.builtins import unknown
from lstmlint.python.keras_objects import Layer, Node, Tensor, tensors_in
from lstmlint.python.keras_runtime import Keras, unique
from lstmlint.python.machine import MISSING, Arguments, Machine
from lstmlint.python.values import Array, Configured, List, Module, Opaque, Size, is_unknown, same
from lstmlint.signatures import operations

OPERATORS = {
    "+": ("__operators__.add", "Add"), "-": ("math.subtract", "Subtract"), "*": ("math.multiply", "Multiply"),
    "/": ("math.truediv", "TrueDivide"), "//": ("math.floordiv", "FloorDivide"), "%": ("math.floormod", "Mod"),
    "**": ("math.pow", "Power"), "@": ("linalg.matmul", "Matmul"), "neg": ("math.negative", "Negative"),
}  # fmt: skip

# Parameters of TensorFlow's functions in order, where a program passes them by position.
TENSORFLOW: dict[str, str] = {
    **dict.fromkeys(["reduce_mean", "reduce_sum", "reduce_max", "reduce_min", "reduce_prod"], "input_tensor axis keepdims"),
    **dict.fromkeys(["reduce_any", "reduce_all", "reduce_logsumexp"], "input_tensor axis keepdims"),
    **dict.fromkeys(["math.reduce_mean", "math.reduce_sum", "math.reduce_max"], "input_tensor axis keepdims"),
    **dict.fromkeys(["math.reduce_std", "math.reduce_variance", "math.reduce_min"], "input_tensor axis keepdims"),
    "concat": "values axis", "stack": "values axis", "reshape": "tensor shape", "expand_dims": "input axis",
    "squeeze": "input axis", "transpose": "a perm", "matmul": "a b", "linalg.matmul": "a b", "tile": "input multiples",
    "split": "value num_or_size_splits axis", "cast": "x dtype", "gather": "params indices", "pad": "tensor paddings mode",
    "one_hot": "indices depth", "argmax": "input axis", "argmin": "input axis",
    "clip_by_value": "t clip_value_min clip_value_max",
    "where": "condition x y", "slice": "input_ begin size", "repeat": "input repeats axis", "unstack": "value num axis",
    "image.resize": "images size method", "nn.softmax": "logits axis", "nn.l2_normalize": "x axis",
    "math.l2_normalize": "x axis", "broadcast_to": "input shape", "tensordot": "a b axes", "nn.dropout": "x rate",
    "nn.leaky_relu": "features alpha", "nn.max_pool": "input ksize strides padding", "zeros_like": "input", "ones_like": "input",
    "nn.depth_to_space": "input block_size", "nn.space_to_depth": "input block_size", "reverse": "tensor axis",
    "math.argmax": "input axis", "math.cumsum": "x axis", "cumsum": "x axis", "norm": "tensor ord axis",
    "stop_gradient": "input", "identity": "input", "sequence_mask": "lengths maxlen",
}  # fmt: skip
PAIRS = frozenset(
    "add subtract multiply divide maximum minimum pow math.add math.subtract math.multiply math.divide math.maximum"
    " math.minimum math.pow equal greater less greater_equal less_equal not_equal math.equal math.greater math.less"
    " logical_and logical_or squared_difference math.squared_difference truediv math.truediv".split()
)
ELEMENTWISE = frozenset(function for function, _ in OPERATORS.values() if "matmul" not in function)
PAIR_CLASSES = frozenset(
    "Add Subtract Multiply Divide TrueDivide FloorDivide Mod Power Maximum Minimum Equal NotEqual Greater GreaterEqual Less"
    " LessEqual LogicalAnd LogicalOr".split()
)
# Functions of Keras's backend: the function of TensorFlow, and its parameters in order.
BACKEND: dict[str, tuple[str, str]] = {
    "mean": ("reduce_mean", "input_tensor axis keepdims"), "sum": ("reduce_sum", "input_tensor axis keepdims"),
    "max": ("reduce_max", "input_tensor axis keepdims"), "min": ("reduce_min", "input_tensor axis keepdims"),
    "prod": ("reduce_prod", "input_tensor axis keepdims"), "std": ("math.reduce_std", "input_tensor axis keepdims"),
    "var": ("math.reduce_variance", "input_tensor axis keepdims"), "any": ("reduce_any", "input_tensor axis keepdims"),
    "all": ("reduce_all", "input_tensor axis keepdims"), "concatenate": ("concat", "values axis"),
    "stack": ("stack", "values axis"), "expand_dims": ("expand_dims", "input axis"), "squeeze": ("squeeze", "input axis"),
    "reshape": ("reshape", "tensor shape"), "permute_dimensions": ("transpose", "a perm"), "tile": ("tile", "input multiples"),
    "cast": ("cast", "x dtype"), "softmax": ("nn.softmax", "logits axis"), "relu": ("nn.relu", "features"),
    "elu": ("nn.elu", "features"), "sigmoid": ("math.sigmoid", "x"), "hard_sigmoid": ("math.sigmoid", "x"),
    "tanh": ("math.tanh", "x"), "softplus": ("math.softplus", "features"), "exp": ("math.exp", "x"), "log": ("math.log", "x"),
    "sqrt": ("math.sqrt", "x"), "square": ("math.square", "x"), "abs": ("math.abs", "x"), "sign": ("math.sign", "x"),
    "round": ("math.round", "x"), "sin": ("math.sin", "x"), "cos": ("math.cos", "x"), "pow": ("math.pow", "x y"),
    "clip": ("clip_by_value", "t clip_value_min clip_value_max"), "maximum": ("math.maximum", "x y"),
    "minimum": ("math.minimum", "x y"), "l2_normalize": ("nn.l2_normalize", "x axis"), "argmax": ("argmax", "input axis"),
    "argmin": ("argmin", "input axis"), "stop_gradient": ("stop_gradient", "input"), "identity": ("identity", "input"),
    "zeros_like": ("zeros_like", "input"), "ones_like": ("ones_like", "input"), "equal": ("math.equal", "x y"),
    "not_equal": ("math.not_equal", "x y"), "greater": ("math.greater", "x y"), "less": ("math.less", "x y"),
    "greater_equal": ("math.greater_equal", "x y"), "less_equal": ("math.less_equal", "x y"),
    "transpose": ("transpose", "a"), "gather": ("gather", "params indices"), "one_hot": ("one_hot", "indices depth"),
    "reverse": ("reverse", "tensor axis"), "cumsum": ("math.cumsum", "x axis"), "dropout": ("nn.dropout", "x rate"),
    "logsumexp": ("reduce_logsumexp", "input_tensor axis keepdims"),
}  # fmt: skip


class Batch(Opaque):
    """The size of a batch, which a graph reads from a tensor."""

    __slots__ = ()


def operate(keras: Keras, sign: str, left: Any, right: Any, node: ast.AST) -> Any:
    """Apply an operator to tensors."""
    if sign == "[]":
        return item(keras, left, right, node)
    if sign not in OPERATORS:
        return keras.machine.opaque(node, "an operator on tensors")
    function, class_name = OPERATORS[sign]
    if keras.style.dialect == "keras3":
        args = [left] if sign == "neg" else [left, right]
        return keras3_operation(keras, class_name, args, {}, node)
    if sign == "neg":
        return tensorflow_operation(keras, function, left, {}, node)
    return tensorflow_operation(keras, function, left, {"b" if "matmul" in function else "y": right}, node)


def item(keras: Keras, tensor: Any, index: Any, node: ast.AST) -> Any:
    """Return a part of a tensor."""
    spec = list(index) if isinstance(index, tuple) else [index]
    if any(not isinstance(one, int | slice | None) and one is not Ellipsis for one in spec):
        return foreign(keras, "getitem", [tensor], node)
    if any(isinstance(one, slice) and not plain_slice(one) for one in spec):
        return foreign(keras, "getitem", [tensor], node)
    if keras.style.dialect == "keras3":
        return keras3_operation(keras, "GetItem", [tensor, spec if isinstance(index, tuple) else index], {}, node)
    written: list[Any] = [{"class_name": "__ellipsis__"} if one is Ellipsis else one for one in spec]
    layer = operation_layer(keras, "SlicingOpLambda", "__operators__.getitem", node)
    return called(keras, layer, [tensor], {"slice_spec": written}, node)


def plain_slice(part: slice) -> bool:
    """Return whether the bounds of a slice are known."""
    return all(isinstance(bound, int | None) for bound in (part.start, part.stop, part.step))


def operation_layer(keras: Keras, class_name: str, function: str, node: ast.AST) -> Layer:
    """Create the layer that stores a function of TensorFlow."""
    keras.count()
    layer = Layer(class_name, {"function": function}, f"tf.{function}", keras.machine.place(node))
    layer.kind = "operation"
    return layer


def called(keras: Keras, layer: Layer, args: list[Any], kwargs: dict[str, Any], node: ast.AST, outputs: int = 1) -> Any:
    """Return the outputs of an operation."""
    taint = sum((tensor.taint for tensor in tensors_in([*args, *kwargs.values()])), ())
    for value in (*args, *kwargs.values()):
        taint += getattr(value, "taint", ()) if isinstance(value, List) else ()
    call = Node(
        layer,
        [keras.frozen(value) for value in args],
        {k: keras.frozen(v) for k, v in kwargs.items()},
        keras.machine.place(node),
    )
    call.outputs = outputs
    if outputs == 1:
        return Tensor(call, 0, unique(taint))
    return List([Tensor(call, i, unique(taint)) for i in range(outputs)])


def tensorflow_operation(keras: Keras, function: str, first: Any, kwargs: dict[str, Any], node: ast.AST) -> Any:
    """Return the result of a function of TensorFlow on tensors."""
    layer = operation_layer(keras, "TFOpLambda", function, node)
    if function in PAIRS or function in ELEMENTWISE:
        broadcast(keras, layer, [first, *kwargs.values()])
    if not any(True for _ in tensors_in(first)):
        first = constant(first)
    clean: dict[str, Any] = {}
    for name, value in kwargs.items():
        written = argument(function, name, value)
        if written is MISSING:
            layer.forget((*layer.places[""], f"the argument {name} of {function} is not known"))
        else:
            clean[name] = written
    outputs = 1
    if function == "split":
        pieces = clean.get("num_or_size_splits")
        outputs = pieces if isinstance(pieces, int) else len(pieces) if isinstance(pieces, list | tuple) else 1
    elif function in ("nn.moments", "math.top_k", "nn.top_k"):
        outputs = 2
    elif function == "unstack":
        shape = keras.shape_of(first) if isinstance(first, Tensor) else None
        axis = clean.get("axis", 0)
        number = (
            shape[axis] if shape is not None and isinstance(axis, int) and -len(shape) <= axis < len(shape) else None
        )
        given = clean.get("num", number)
        outputs = clean["num"] = given if isinstance(given, int) else 1
        if not isinstance(given, int):
            layer.forget((*layer.places[""], "the number of outputs of unstack is not known"))
    elif function == "meshgrid":
        layer.forget((*layer.places[""], "the shapes of the outputs of meshgrid are not known"))
    result = called(keras, layer, [first], clean, node, outputs)
    return result if outputs > 1 or function != "split" else List([result])


def broadcast(keras: Keras, layer: Layer, operands: list[Any]) -> None:
    """Note where an array changes the shape of the result, which the stored operation does not show."""
    tensors = [keras.shape_of(value) for value in operands if isinstance(value, Tensor)]
    for value in operands:
        if isinstance(value, Opaque):
            layer.forget((*layer.places[""], f"`{value.name}` may be a tensor"))
        shape = nested_shape(value) if isinstance(value, Array | List | tuple) else None
        if not shape or any(True for _ in tensors_in(value)):
            continue
        for other in tensors:
            ends = other[len(other) - len(shape) :] if other is not None and len(other) >= len(shape) else ()
            if len(ends) != len(shape) or not all(map(fits, shape, ends)):
                layer.forget((*layer.places[""], "an array may change the shape of the result"))


def fits(dim: Any, end: Any) -> bool:
    """Return whether a dimension of an array leaves that of a tensor as it is."""
    return dim == 1 or same(dim, end) or (isinstance(dim, Batch) and end is None)


def constant(value: Any) -> Any:
    """Return a constant operand. What is not known counts as a scalar."""
    if isinstance(value, int | float):
        return value
    return 1


def argument(function: str, name: str, value: Any) -> Any:
    """Return an argument of a function of TensorFlow; MISSING if it matters and is not known."""
    if any(True for _ in tensors_in(value)):
        return value
    if name in ("y", "b", "a") or (name == "x" and function in PAIRS):
        return constant(value)
    if isinstance(value, Module):
        return value.path.rpartition(".")[2]
    if isinstance(value, List | tuple):
        items = list(without_batch(value)) if function == "reshape" else list(value)
        return MISSING if any(isinstance(one, Batch) or getattr(value, "taint", ()) for one in items) else items
    if isinstance(value, Opaque) and name in (
        "dtype",
        "rate",
        "alpha",
        "clip_value_min",
        "clip_value_max",
        "seed",
        "name",
    ):
        return None
    return MISSING if isinstance(value, Array | Batch) or (is_unknown(value) and name != "depth") else value


@lru_cache(maxsize=1)
def by_function() -> dict[str, tuple[str, str, tuple[str, ...], tuple[str, ...]]]:
    """Return function of keras.ops -> (class, module, parameters of its call, of its constructor)."""
    found = {}
    for class_name, (module, functions, config, call) in operations.SIGNATURES.items():
        for function in functions:
            found[function] = class_name, module, tuple(call), tuple(config)
    return found


def keras3_operation(keras: Keras, class_name: str, args: list[Any], config: dict[str, Any], node: ast.AST) -> Any:
    """Return the result of an operation of Keras 3."""
    keras.count()
    module = operations.SIGNATURES[class_name][0]
    layer = Layer(class_name, config, keras.auto_name(class_name), keras.machine.place(node))
    layer.kind = "operation"
    layer.module = f"keras.src.ops.{module}"
    if class_name in PAIR_CLASSES:
        broadcast(keras, layer, args)
    if any(isinstance(value, Array | Opaque) for value in args):
        args = [
            value if isinstance(value, Tensor | int | float | list | tuple | slice) else constant(value)
            for value in args
        ]
    outputs = 1
    if class_name == "Split":
        pieces = config.get("indices_or_sections")
        outputs = pieces if isinstance(pieces, int) else len(pieces) + 1 if isinstance(pieces, list | tuple) else 1
    elif class_name in ("TopK", "Moments"):
        outputs = 2
    return called(keras, layer, args, {}, node, outputs)


def keras3_function(machine: Machine, rest: str, arguments: Arguments) -> Any:
    """Return the result of a function of keras.ops; MISSING if none of its arguments is a tensor."""
    keras: Keras = machine.keras
    name = rest.partition(".")[2].removeprefix("numpy.").removeprefix("nn.")
    given = [*arguments.args, *arguments.kwargs.values()]
    if name == "shape" and arguments.args and isinstance(arguments.args[0], Tensor):
        return static_shape(machine, arguments.args[0], arguments.node)
    if not any(True for _ in tensors_in(given)):
        return without_tensors(machine, name, arguments)
    known = by_function().get(name)
    if known is None:
        return foreign(keras, name, given, arguments.node)
    class_name, _, call, constructor = known
    names = (*call, *constructor)
    values = dict(zip(names, arguments.args, strict=False)) | arguments.kwargs
    if name == "reshape" and "newshape" in values:
        values["newshape"] = without_batch(values["newshape"])
    args: list[Any] = []
    for parameter in call:
        if parameter not in values:
            break
        args.append(values[parameter])
    config = {key: value for key, value in values.items() if key in constructor}
    return keras3_operation(keras, class_name, args, config, arguments.node)


def without_batch(shape: Any) -> Any:
    """Return a shape with -1 for the size of the batch."""
    if isinstance(shape, List | tuple):
        return tuple(-1 if isinstance(dim, Batch) or dim is None else dim for dim in shape)
    return shape


def foreign(keras: Keras, name: str, given: list[Any], node: ast.AST) -> Any:
    """Return the unknown result of a function on tensors."""
    layer = keras.foreign(name.rpartition(".")[2], node, f"lstmlint does not know `{name}`")
    return keras.call_layer(layer, Arguments(node, [List(list(tensors_in(given)))]))


def static_shape(machine: Machine, tensor: Tensor, node: ast.AST) -> Any:
    """Return the shape of a tensor as a graph reads it."""
    shape = machine.keras.shape_of(tensor)
    if shape is None:
        return machine.opaque(node, "the shape is not known")
    line, column = machine.place(node)
    return tuple(
        Batch("the batch size", line, column, "it is known only when the model runs") if dim is None else dim
        for dim in shape
    )


def tensorflow(machine: Machine, path: str, arguments: Arguments) -> Any:
    """Return the result of a function of TensorFlow on tensors; MISSING for other names."""
    if not path.startswith("tensorflow."):
        return MISSING
    name = (
        path.removeprefix("tensorflow.")
        .removeprefix("compat.v1.")
        .removeprefix("compat.v2.")
        .removeprefix("python.ops.")
    )
    given = [*arguments.args, *arguments.kwargs.values()]
    if name == "Variable":
        return variable(machine, arguments)
    if name in ("Dimension", "TensorShape", "constant", "convert_to_tensor") and arguments.args:
        value = arguments.args[0]
        if isinstance(value, int | float | tuple | List | Array | Tensor):
            return value
    if name.endswith("_initializer") or name.startswith("initializers."):
        return Configured("initializers", name.rpartition(".")[2], dict(arguments.kwargs))
    if not any(True for _ in tensors_in(given)):
        return without_tensors(machine, name, arguments)
    if name in ("shape", "rank", "size") and isinstance(arguments.args[0] if arguments.args else None, Tensor):
        if name == "shape":
            return static_shape(machine, arguments.args[0], arguments.node)
    return tensorflow_function(machine.keras, name, arguments)


def variable(machine: Machine, arguments: Arguments) -> Any:
    """Return a variable. In the code of a layer, it is a weight of the layer."""
    made = machine.keras.add_variable("tf.Variable", arguments)
    return machine.opaque(arguments.node, "it is a variable") if made is MISSING else made


def without_tensors(machine: Machine, name: str, arguments: Arguments) -> Any:
    """Return the result of a function of TensorFlow on data; MISSING if it is not known."""
    if name in FILLED:
        shape = arguments.get(0, "shape")
        if isinstance(shape, tuple | List) and all(isinstance(dim, int | Opaque | Size) for dim in shape):
            return Array(tuple(shape), machine.written(arguments.node))
    if name in ("range", "arange"):
        return numbers(machine, arguments)
    return MISSING


FILLED = frozenset(
    "zeros ones fill random.normal random.uniform random.truncated_normal random_normal random_uniform truncated_normal"
    " random.bernoulli random_bernoulli random.stateless_normal random.stateless_uniform".split()
)


def numbers(machine: Machine, arguments: Arguments) -> Any:
    """Return the array of tf.range or ops.arange; MISSING if its length is not known."""
    given = [value for value in arguments.args if value is not None]
    first = given[0] if given else arguments.kwargs.get("start", 0)
    last = arguments.kwargs.get("limit", arguments.kwargs.get("stop", given[1] if len(given) > 1 else None))
    step = arguments.kwargs.get("delta", arguments.kwargs.get("step", given[2] if len(given) > 2 else 1))
    if last is None:
        first, last = 0, first
    if first == 0 and step == 1 and isinstance(last, int | Opaque | Size):
        return Array((last,), machine.written(arguments.node))
    return MISSING


def tensorflow_function(keras: Keras, name: str, arguments: Arguments) -> Any:
    """Return the result of a function of TensorFlow by its name and arguments."""
    if name == "einsum":
        return einsum(keras, arguments)
    names = TENSORFLOW.get(name, "x y" if name in PAIRS else "x").split()
    if len(arguments.args) > len(names):
        return foreign(keras, name, list(arguments.args), arguments.node)
    values = dict(zip(names, arguments.args, strict=False)) | arguments.kwargs
    values.pop("name", None)
    if "keep_dims" in values:
        values["keepdims"] = values.pop("keep_dims")
    first = values.pop(names[0], None)
    if first is None:
        for other in ("x", "input", "tensor", "inputs", "a", "value", "values", "logits", "features"):
            if other in values:
                first = values.pop(other)
                break
    if first is None or (not isinstance(first, Tensor | list | tuple) and not any(True for _ in tensors_in(values))):
        return foreign(keras, name, [*values.values(), first], arguments.node)
    return tensorflow_operation(keras, name, first, values, arguments.node)


def einsum(keras: Keras, arguments: Arguments) -> Any:
    """Return the result of an einsum, whose shape lstmlint does not follow in TensorFlow's form."""
    return foreign(keras, "einsum", list(arguments.args), arguments.node)


def backend(machine: Machine, rest: str, arguments: Arguments) -> Any:
    """Return the result of a function of Keras's backend; MISSING for other names."""
    keras: Keras = machine.keras
    name = rest.rpartition(".")[2]
    args = arguments.args
    if name in ("int_shape", "shape") and args and isinstance(args[0], Tensor):
        if name == "shape":
            return static_shape(machine, args[0], arguments.node)
        shape = keras.shape_of(args[0])
        return machine.opaque(arguments.node, "the shape is not known") if shape is None else shape
    if name == "is_keras_tensor" and args and isinstance(args[0], Tensor):
        return True
    if name == "ndim" and args and isinstance(args[0], Tensor):
        return machine.attribute(args[0], "ndim", arguments.node)
    if name in ("backend", "epsilon", "floatx"):
        return {"backend": "tensorflow", "epsilon": 1e-7, "floatx": "float32"}[name]
    if name == "variable":
        return variable(machine, arguments)
    if name == "bias_add" and len(args) >= 2 and isinstance(args[0], Tensor):
        return tensorflow_operation(keras, "__operators__.add", args[0], {"y": args[1]}, arguments.node)
    if name == "dot" and len(args) == 2 and all(isinstance(value, Tensor) for value in args):
        return dot(keras, args[0], args[1], arguments.node)
    if name == "batch_dot" and len(args) >= 2:
        return batch_dot(keras, arguments)
    if name == "clear_session":
        machine.heap.touch(keras.names)
        keras.names.counts.clear()
        return None
    given = [*args, *arguments.kwargs.values()]
    if not any(True for _ in tensors_in(given)):
        return without_tensors(machine, name, arguments)
    if name in BACKEND:
        function, names = BACKEND[name]
        values = dict(zip(names.split(), args, strict=False))
        renamed = {"x": names.split()[0], "tensors": names.split()[0], "pattern": "perm", "n": "multiples"}
        values |= {
            renamed.get(key, key) if key not in names.split() else key: value for key, value in arguments.kwargs.items()
        }
        if name in ("concatenate", "expand_dims", "argmax", "argmin", "softmax"):
            values.setdefault("axis", -1)
        first = values.pop(names.split()[0], None)
        if first is not None:
            return tensorflow_operation(keras, function, first, values, arguments.node)
    if name in ("repeat_elements", "repeat") and len(args) >= 2:
        return repeat(keras, name, arguments)
    if name == "flatten":
        return tensorflow_operation(keras, "reshape", args[0], {"shape": [-1]}, arguments.node)
    return foreign(keras, name, given, arguments.node)


def dot(keras: Keras, left: Tensor, right: Tensor, node: ast.AST) -> Any:
    """Return the product of the last axis of a tensor and the second last of another."""
    first, second = keras.shape_of(left), keras.shape_of(right)
    if first is None or second is None or len(second) not in (1, 2):
        return foreign(keras, "dot", [left, right], node)
    return tensorflow_operation(
        keras, "tensordot", left, {"b": right, "axes": [[len(first) - 1], [max(len(second) - 2, 0)]]}, node
    )


def batch_dot(keras: Keras, arguments: Arguments) -> Any:
    """Return the batch-wise product of two tensors, as the layer Dot gives it for one axis of each."""
    left, right = arguments.args[:2]
    axes = arguments.get(2, "axes")
    layer = keras.layer("Dot", Arguments(arguments.node, [], {"axes": axes}))
    if axes is None or keras.style.dialect == "keras1":
        return foreign(keras, "batch_dot", [left, right], arguments.node)
    return keras.call_layer(layer, Arguments(arguments.node, [List([left, right])]))


def repeat(keras: Keras, name: str, arguments: Arguments) -> Any:
    """Return the result of repeat_elements, or of repeat: (batch, dim) to (batch, n, dim)."""
    tensor, number = arguments.args[0], arguments.args[1]
    if name == "repeat_elements":
        values = {"repeats": number, "axis": arguments.get(2, "axis")}
        return tensorflow_operation(keras, "repeat", tensor, values, arguments.node)
    wide = tensorflow_operation(keras, "expand_dims", tensor, {"axis": 1}, arguments.node)
    return tensorflow_operation(keras, "tile", wide, {"multiples": [1, number, 1]}, arguments.node)


def activation(machine: Machine, rest: str, arguments: Arguments) -> Any:
    """Return the result of an activation function on a tensor, or of `activations.get`; MISSING on other values."""
    if rest == "activations.get":
        given = arguments.get(0, "identifier")
        return Module(f"keras.activations.{given or 'linear'}") if isinstance(given, str | None) else given
    if arguments.args and isinstance(arguments.args[0], Tensor):
        keras: Keras = machine.keras
        name = rest.rpartition(".")[2]
        if keras.style.dialect == "keras3":
            return keras3_function(machine, f"ops.{name}", arguments)
        return tensorflow_operation(
            keras, f"nn.{name}" if name in NN else f"math.{name}", arguments.args[0], {}, arguments.node
        )
    return MISSING


NN = frozenset({"relu", "elu", "selu", "softmax", "gelu", "swish", "silu", "softplus", "softsign"})


def initial(machine: Machine, initializer: Configured, arguments: Arguments) -> Any:
    """Return the array that an initializer makes."""
    shape = dims(arguments.get(0, "shape")) if initializer.kind == "initializers" else None
    return unknown(machine, arguments) if shape is None else Array(shape, machine.written(arguments.node))


def install(machine: Machine) -> None:
    """Let a machine apply operators to tensors, and call initializers."""
    machine.callers[Configured] = initial
    machine.libraries.append(tensorflow)
    machine.keras_parts |= {
        "random": without_tensors, "backend": backend, "ops": keras3_function, "activations": activation
    }  # fmt: skip
    keras: Keras = machine.keras
    keras.operation = lambda sign, left, right, node: operate(keras, sign, left, right, node)
