"""TensorFlow's functions in tf.keras models: TFOpLambda and similar classes, and TensorFlowOpLayer of TensorFlow 2.0 to
2.3.

The outputs of a function that is not in the table are unknown.
"""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any

from lstmlint.layers.base import BASE_ARGUMENTS, Context, LayerError, UnknownShape, layer
from lstmlint.layers.ops.base import Operation, Refusal, rule
from lstmlint.layers.ops.indexing import list_shape
from lstmlint.layers.ops.tensorflow_rules import numbers
from lstmlint.layers.ops.tensorflow_table import FUNCTIONS, RAW, RawOperation
from lstmlint.model.shapes import Tensor, flatten
from lstmlint.model.spec import LayerSpec
from lstmlint.model.values import show
from lstmlint.signatures.keras3 import REQUIRED

WORDS = {"None": None, "True": True, "False": False}
Parameter = tuple[tuple[str, ...], Any]


@lru_cache(maxsize=256)
def parameters(text: str) -> tuple[tuple[Parameter, ...], tuple[Parameter, ...]]:
    """Parse the `inputs | arguments` of a row, each with its names and default."""
    inputs, _, arguments = text.partition("|")
    words = arguments.removesuffix("**").split()
    return tuple(map(_parameter, inputs.split())), tuple(map(_parameter, words))


def _parameter(text: str) -> Parameter:
    names, given, default = text.partition("=")
    if not given:
        return tuple(names.split("/")), REQUIRED
    value: Any = WORDS[default] if default in WORDS else default.strip("'")
    if value == default and not default.startswith("'"):
        value = float(default) if "." in default else int(default)
    return tuple(names.split("/")), value


class TensorFlowOperation(Operation):
    """A call of a function of TensorFlow."""

    raises = "TensorFlow raises an error"

    def __init__(self, spec: LayerSpec, context: Context) -> None:
        super().__init__(spec, context)
        self.function = self.function_of(spec)
        self.title = f"tf.{self.function or spec.class_name}"
        if self.function not in FUNCTIONS:
            self.known = False

    def defaults(self) -> dict[str, Any]:
        """Return nothing: all arguments of the function are in its call."""
        return {}

    def function_of(self, spec: LayerSpec) -> str | None:
        """Return the name of the function without the prefix of TensorFlow 1's interface."""
        name = spec.config.get("function")
        return name.removeprefix("compat.v1.").removeprefix("compat.v2.") if isinstance(name, str) else None

    def call_rule(self, args: list[Any], kwargs: dict[str, Any]) -> Any:
        """Apply the function's rule to its arguments by name."""
        if self.function not in FUNCTIONS:
            raise UnknownShape
        name, options, text = FUNCTIONS[self.function]
        inputs, arguments = parameters(text)
        rest = list(args)
        named = {key: value for key, value in kwargs.items() if key != "name"}
        given: list[Any] = []
        for names, default in inputs:
            own = next((one for one in names if one in named), None)
            if rest:
                given.append(rest.pop(0))
            elif own is not None:
                given.append(named.pop(own))
            elif default is REQUIRED:
                raise Refusal(
                    "E006",
                    f"is saved without its argument {show(names[0])}",
                    "tf.keras does not save the operands of == and !=; use tf.equal or tf.not_equal.",
                )
            else:
                given.append(default)
        self.config = {}
        for names, default in arguments:
            own = next((one for one in names if one in named), None)
            self.config[names[0]] = default if own is None else named.pop(own)
        if rest or (not text.endswith("**") and any(value is not None for value in named.values())):
            raise UnknownShape
        return rule(name)(self, *given, **options)


ACCEPTED = BASE_ARGUMENTS["keras2"] | {"function", "input_shape", "batch_input_shape", "input_dim"}


@layer("TFOpLambda", "SlicingOpLambda")
class TFOpLambda(TensorFlowOperation):
    """A function of TensorFlow by its public name, as TensorFlow 2.4 and later save it."""

    def __init__(self, spec: LayerSpec, context: Context) -> None:
        super().__init__(spec, context)
        advice = 'Write it like "function": "math.add".'
        if "function" not in spec.config:
            raise LayerError(
                "E006", f"{spec.class_name} does not name a function; tf.keras cannot load it", advice, "function"
            )
        if not isinstance(spec.config["function"], str):
            message = (
                f"the function of {spec.class_name} is {show(spec.config['function'])}, which TensorFlow does not have"
            )
            raise LayerError("E007", message[:300], advice, "function")
        for key in spec.config:
            if key not in ACCEPTED:
                message = f"{spec.class_name} does not accept {show(key)}; tf.keras raises a TypeError"
                raise LayerError("E005", message, "Move it into the call, which holds the function's arguments.", key)


@layer("TensorFlowOpLayer")
class TensorFlowOpLayer(TensorFlowOperation):
    """An operation of a TensorFlow graph by its NodeDef, as TensorFlow up to 2.3 saves it."""

    def function_of(self, spec: LayerSpec) -> str | None:
        """Return the name of the equivalent public function."""
        node = spec.config.get("node_def")
        if isinstance(node, str):
            try:
                node = json.loads(node)
            except ValueError:
                node = None
        self.node: dict[str, Any] = node if isinstance(node, dict) else {}
        self.raw: RawOperation | None = RAW.get(str(self.node.get("op")))
        return None if self.raw is None else self.raw[0]

    def call_rule(self, args: list[Any], kwargs: dict[str, Any]) -> Any:
        """Apply the rule to the inputs and attributes of the NodeDef."""
        if self.raw is None:
            raise UnknownShape
        _, positions, attributes = self.raw
        inputs = flatten(args)
        constants = self.spec.config.get("constants")
        for index, value in sorted((int(key), value) for key, value in (constants or {}).items()):
            inputs.insert(index, Tensor(list_shape(value), None, value) if isinstance(value, list) else value)
        names = positions.split()
        named: dict[str, Any] = {}
        leading: list[Any] = []
        if names[0] == "*":  # a variable number of tensors, then the rest
            count = len(inputs) - len(names) + 1
            leading, inputs, names = [inputs[:count]], inputs[count:], names[1:]
        named |= dict(zip(names, inputs, strict=False))
        attr = self.node.get("attr")
        for source, target in attributes.items():
            value = _attribute(attr.get(source) if isinstance(attr, dict) else None)
            if value is not None:
                named[target] = value
        return super().call_rule(leading, named)


DTYPES = {"DT_FLOAT": "float32", "DT_DOUBLE": "float64", "DT_HALF": "float16", "DT_BOOL": "bool"}


def _attribute(value: Any) -> Any:
    """Return an attribute of a NodeDef as JSON stores it: numbers as strings, bytes in base64."""
    if not isinstance(value, dict):
        return None
    if "list" in value:
        items = value["list"]
        return [int(one) for one in items.get("i", [])] if isinstance(items, dict) else None
    if "i" in value:
        return int(value["i"])
    if "type" in value:
        name = str(value["type"])
        return DTYPES.get(name, name.removeprefix("DT_").lower())
    if "s" in value:
        import base64

        return base64.b64decode(str(value["s"])).decode("ascii", "replace")
    return value.get("b", value.get("f"))


class RaggedOperation(Operation):
    """A method or property of ragged and sparse tensors.

    Which of the two a tensor is, is unknown. Therefore only results that hold for both are known.
    """

    raises = "TensorFlow raises an error"

    def __init__(self, spec: LayerSpec, context: Context) -> None:
        super().__init__(spec, context)
        self.attribute = str(spec.config.get("attr_name", spec.config.get("method_name")))
        self.title = self.attribute

    def defaults(self) -> dict[str, Any]:
        """Return nothing: all arguments of the method are in its call."""
        return {}

    def call_rule(self, args: list[Any], kwargs: dict[str, Any]) -> Any:
        """Return the outputs by the name of the method."""
        tensors = flatten(args)
        dims = list_shape(tensors[0])
        ragged = len(dims) > 1 and dims[1] is None
        dtype = tensors[0].dtype
        name = self.attribute
        if name in ("row_splits", "value_rowids", "row_starts", "row_limits", "row_lengths"):
            return Tensor((None,), "int64")
        if name == "nrows":
            return Tensor((), "int64")
        if name in ("bounding_shape", "dense_shape"):
            return Tensor((len(dims),), "int64")
        if name == "indices":
            return Tensor((None, len(dims)), "int64")
        if name == "values" and (ragged or len(dims) == 2):
            return Tensor((None, *dims[2:]), dtype)
        if name == "to_tensor" and ragged:
            wanted = (kwargs.get("kwargs") or {}).get("shape")
            known = [None] * len(dims) if wanted is None else numbers(wanted)
            return Tensor(tuple(new if old is None else old for old, new in zip(dims, known, strict=True)), dtype)
        if name == "from_tensor":
            return Tensor(dims, dtype)
        if name in ("from_row_splits", "from_row_lengths", "from_row_starts", "from_row_limits", "from_value_rowids"):
            return Tensor((None, None, *dims[1:]), dtype)
        if name == "with_values":
            return Tensor((dims[0], None, *list_shape(flatten(kwargs.get("args"))[0])[1:]), dtype)
        raise UnknownShape


@layer("ClassMethod", "InstanceProperty", "InstanceMethod")
class InstanceMethod(RaggedOperation):
    """A method that creates, queries or converts ragged tensors."""
