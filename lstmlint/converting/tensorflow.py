"""Translation between TensorFlow functions, which tf.keras stores as TFOpLambda layers, and operations of keras.ops."""

from __future__ import annotations

from typing import Any

from lstmlint.converting.notes import Refused
from lstmlint.converting.values import shown
from lstmlint.model.shapes import Tensor
from lstmlint.model.spec import Call, LayerSpec
from lstmlint.model.values import show
from lstmlint.signatures.keras3 import REQUIRED
from lstmlint.signatures.operations import SIGNATURES

FUNCTION_LAYERS = frozenset({
    "TFOpLambda", "SlicingOpLambda", "TensorFlowOpLayer", "ClassMethod", "InstanceProperty", "InstanceMethod",
})  # fmt: skip

_TWO = "x=x1 y=x2 a=x1 b=x2"
_ONE = "x=x input=x input_tensor=x features=x tensor=x logits=x value=x a=x image=x"
_REDUCED = f"{_ONE} axis=axis reduction_indices=axis keepdims=keepdims keep_dims=keepdims"

# Operation of keras.ops -> TensorFlow's parameters by the operation's names, and the functions.
_TABLE: tuple[tuple[str, str, str], ...] = (
    *(
        (name, _TWO, functions)
        for name, functions in (
            ("Add", "__operators__.add math.add add"),
            ("Subtract", "math.subtract subtract"),
            ("Multiply", "math.multiply multiply"),
            ("TrueDivide", "math.truediv truediv math.divide divide"),
            ("FloorDivide", "math.floordiv"),
            ("Power", "math.pow pow"),
            ("Maximum", "math.maximum maximum"),
            ("Minimum", "math.minimum minimum"),
            ("Greater", "math.greater greater"),
            ("GreaterEqual", "math.greater_equal greater_equal"),
            ("Less", "math.less less"),
            ("LessEqual", "math.less_equal less_equal"),
            ("Equal", "math.equal equal"),
            ("NotEqual", "math.not_equal not_equal"),
            ("LogicalAnd", "math.logical_and logical_and"),
            ("LogicalOr", "math.logical_or logical_or"),
            ("Matmul", "linalg.matmul matmul"),
        )
    ),
    *(
        (name, _ONE, functions)
        for name, functions in (
            ("Absolute", "math.abs abs"), ("Ceil", "math.ceil"), ("Cos", "math.cos cos"), ("Exp", "math.exp exp"),
            ("Floor", "math.floor floor"), ("Log", "math.log"), ("Log1p", "math.log1p"), ("Expm1", "math.expm1"),
            ("Negative", "math.negative negative"), ("Sign", "math.sign sign"), ("Sin", "math.sin sin"),
            ("Sqrt", "math.sqrt sqrt"), ("Rsqrt", "math.rsqrt"), ("Square", "math.square square"),
            ("Tanh", "math.tanh tanh nn.tanh"), ("Sigmoid", "math.sigmoid sigmoid nn.sigmoid"), ("Relu", "nn.relu"),
            ("Relu6", "nn.relu6"), ("Softplus", "nn.softplus math.softplus"), ("Softsign", "nn.softsign"),
            ("LogicalNot", "math.logical_not logical_not"), ("Silu", "nn.silu nn.swish"),
            ("Selu", "nn.selu"), ("Elu", "nn.elu"), ("Erf", "math.erf"),
        )
    ),
    *(
        (name, _REDUCED, functions)
        for name, functions in (
            ("Sum", "math.reduce_sum reduce_sum"), ("Mean", "math.reduce_mean reduce_mean"),
            ("Max", "math.reduce_max reduce_max"), ("Min", "math.reduce_min reduce_min"),
            ("Prod", "math.reduce_prod reduce_prod"), ("Any", "math.reduce_any reduce_any"),
            ("All", "math.reduce_all reduce_all"),
        )
    ),
    ("Softmax", f"{_ONE} axis=axis", "nn.softmax"),
    ("Where", "condition=condition x=x1 y=x2", "where"),
    ("Reshape", "tensor=x shape=newshape", "reshape"),
    ("Transpose", "a=x perm=axes", "transpose"),
    ("ExpandDims", "input=x axis=axis", "expand_dims"),
    ("Squeeze", "input=x axis=axis", "squeeze"),
    ("Concatenate", "values=xs axis=axis", "concat"),
    ("Stack", "values=x axis=axis", "stack"),
    ("Cast", "x=x dtype=dtype", "cast"),
)  # fmt: skip
# Defaults of TensorFlow that differ from Keras's.
_DEFAULTS: dict[str, dict[str, Any]] = {"Concatenate": {"axis": 0}, "Softmax": {"axis": -1}}
_FUNCTIONS = {function: (name, words) for name, words, functions in _TABLE for function in functions.split()}

# Operations of Keras 3 that compute the same.
_SAME = {"Divide": "TrueDivide", "Abs": "Absolute"}
_OPERATIONS = {
    name: (functions.replace("__operators__.add ", "").split()[0], words) for name, words, functions in _TABLE
}

Operation = tuple[str, str, dict[str, Any], list[Any], dict[str, Any]]


def operation(spec: LayerSpec, call: Call) -> Operation:
    """Return (class, module in keras.src.ops, config, args, kwargs) of the operation equivalent to a TensorFlow
    function.

    Raises: Refused if keras.ops has no equivalent.
    """
    function = spec.config.get("function")
    plain = function.removeprefix("compat.v1.").removeprefix("compat.v2.") if isinstance(function, str) else ""
    kwargs = {key: value for key, value in call.kwargs.items() if key != "name" and value is not None}
    if plain == "__operators__.getitem":
        return getitem(call, kwargs)
    if plain not in _FUNCTIONS:
        raise Refused(f"tf.{plain} has no equivalent in keras.ops" if plain else f"Keras 3 has no {spec.class_name}")
    name, words = _FUNCTIONS[plain]
    module, _, init_arguments, call_arguments = SIGNATURES[name]
    parameters = dict(word.split("=") for word in words.split())
    order = list(dict.fromkeys(parameters.values()))
    config: dict[str, Any] = dict(_DEFAULTS.get(name, {}))
    given: dict[str, Any] = dict(zip(order, call.args, strict=False))
    for key, value in kwargs.items():
        if key in parameters:
            given[parameters[key]] = value
        elif value is not False:
            raise Refused(f"keras.ops has no equivalent of {key}={shown(value)} of tf.{plain}")
    args = []
    for argument, value in given.items():
        if argument in init_arguments:
            config[argument] = constant(value)
    for argument, default in call_arguments.items():
        if argument in given and argument not in init_arguments:
            args.append(constant(given[argument]))
        elif argument not in init_arguments and default is REQUIRED:
            raise Refused(f"tf.{plain} is saved without its argument {show(argument)}")
    return name, module, config, args, {}


def getitem(call: Call, kwargs: dict[str, Any]) -> Operation:
    """Translate x[...], whose key tf.keras stores as dicts of start, stop, and step. Raises: Refused."""
    key = kwargs.get("slice_spec", call.args[1] if len(call.args) > 1 else None)
    inputs = call.args[0] if call.args else kwargs.get("tensor")
    parts = [part_of(part) for part in (key if isinstance(key, list) else [key])]
    return "GetItem", "numpy", {}, [inputs, tuple(parts)], {}


def part_of(part: Any) -> Any:
    """Translate one index of a key. Raises: Refused."""
    if isinstance(part, dict) and {"start", "stop", "step"} >= part.keys():
        start, stop, step = (part.get(key) for key in ("start", "stop", "step"))
        if all(value is None or isinstance(value, int) for value in (start, stop, step)):
            return slice(start, stop, step)
    if isinstance(part, int) or part is None:
        return part
    if part == {"class_name": "__ellipsis__"} or part == "...":
        return Ellipsis
    raise Refused(f"the index {shown(part)} cannot be said in Keras 3")


def constant(value: Any) -> Any:
    """Return a constant tensor as a list."""
    return value.value if isinstance(value, Tensor) and value.value is not None else value


def function_of(spec: LayerSpec, call: Call) -> tuple[str, str, Any, dict[str, Any]]:
    """Return (class, function, first argument, other arguments) of the TensorFlow function equivalent to an operation.

    Raises: Refused if TensorFlow has none.
    """
    name = _SAME.get(spec.class_name, spec.class_name)
    if name == "GetItem":
        pair = [*call.args, *call.kwargs.values()]
        if len(pair) != 2:
            raise Refused(f"GetItem takes a tensor and an index, not {len(pair)} arguments")
        inputs, key = pair
        parts = [index_of(part) for part in (key if isinstance(key, list) else [key])]
        return "SlicingOpLambda", "__operators__.getitem", inputs, {"slice_spec": parts}
    if name not in _OPERATIONS:
        raise Refused(f"tf.keras has no equivalent of the operation {name}")
    function, words = _OPERATIONS[name]
    _, _, init_arguments, call_arguments = SIGNATURES[name]
    given = {**init_arguments, **call_arguments, **dict(zip(call_arguments, call.args, strict=False))}
    if "dtype" in init_arguments:
        given["dtype"] = spec.dtype
    given |= {key: value for key, value in {**call.kwargs, **spec.config}.items() if key != "name"}
    parameters = {new: old for old, new in reversed([word.split("=") for word in words.split()])}
    if name == "Matmul":
        parameters["x2"] = "b"
    first = next(iter(call_arguments))
    inputs = given.pop(first)
    kwargs = {}
    for key, value in given.items():
        default = {**init_arguments, **call_arguments}.get(key, REQUIRED)
        if value is REQUIRED:
            raise Refused(f"the operation {name} is saved without its argument {show(key)}")
        if key in parameters and value is not None:
            kwargs[parameters[key]] = value
        elif value is not None and value != default:
            raise Refused(f"tf.{function} has no equivalent of {key}={shown(value)} of the operation {name}")
    return "TFOpLambda", function, inputs, kwargs


def index_of(part: Any) -> Any:
    """Write one index of a key as tf.keras does. Raises: Refused."""
    if isinstance(part, slice):
        return {"start": part.start, "stop": part.stop, "step": part.step}
    if part is Ellipsis:
        return {"class_name": "__ellipsis__"}
    if part is None or isinstance(part, int):
        return part
    raise Refused(f"the index {shown(part)} cannot be said in tf.keras")
