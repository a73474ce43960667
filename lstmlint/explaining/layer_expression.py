"""`lstmlint count`: count a layer written in Python. The text is parsed, never evaluated."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import Any

from lstmlint import layers as registry
from lstmlint.explaining.explanation import Explanation
from lstmlint.explaining.language import speaking
from lstmlint.explaining.layer_explanations import example_input, explain_row
from lstmlint.inference import infer
from lstmlint.model.findings import Problem, UsageError, listing
from lstmlint.model.shapes import KnownShape, Tensor, format_shape
from lstmlint.model.spec import Call, Dialect, LayerSpec, ModelSpec, TensorRef
from lstmlint.model.suggestions import did_you_mean
from lstmlint.model.values import show
from lstmlint.parsing.common import MAX_DEPTH, Names, snake_case
from lstmlint.signatures.keras3 import REQUIRED
from lstmlint.validation.arguments import arguments_of

MAX_LENGTH = 20_000
MAX_DIM = 2**63 - 1

# A prefix of a class name must contain one of these: tf.keras.layers, keras.layers.recurrent, layers.
MODULES = frozenset({"keras", "layers", "tf_keras", "tfkl"})
# Arguments whose values are objects or functions in Python and names in a config.
NAME_ARGUMENTS = ("_initializer", "_regularizer", "_constraint", "activation")
MULTIPLE = {
    "MultiHeadAttention": 2,
    "GroupQueryAttention": 2,
    "GroupedQueryAttention": 2,
    "Attention": 2,
    "AdditiveAttention": 2,
}
PROJECTED = ("MultiHeadAttention", "GroupQueryAttention", "GroupedQueryAttention")
SHAPE_ARGUMENTS = ("input_shape", "batch_input_shape")


def count_layer(
    expression: str,
    input_shape: KnownShape | Sequence[KnownShape] | None = None,
    *,
    dialect: Dialect = "keras3",
    batch: int | None = None,
    expect: int | None = None,
    language: str = "en",
) -> Explanation:
    """Explain the count of a layer written in Python, such as `LSTM(10, return_sequences=True)`.

    input_shape: the shape without the batch, or several for a layer with several inputs; None if the expression has it
    (input_shape=...) or the layer needs none. dialect: the Keras whose defaults apply; a class that Keras 3 dropped has
    those of Keras 2. batch: the batch size, for stateful layers. language: the code of one of `LANGUAGES`.
    Raises: UsageError if the expression is not a layer, if Keras refuses it, if an input shape is missing, or if there is
    no such language.
    """
    spec = ExpressionParser(expression, dialect).read()
    shapes = [input_shape] if isinstance(input_shape, tuple) else list(input_shape or ())
    if spec.input_shape is not None:
        own = spec.input_shape[1:]
        if shapes and shapes[0] != own:
            raise UsageError(
                f"--input is {format_shape(shapes[0])}, but the layer's own input shape is {format_shape(own)}; remove one"
            )
        shapes = shapes or [own]
        batch = spec.input_shape[0] if batch is None else batch
    known: Dialect = "keras2" if dialect == "keras3" and dropped_by_keras3(spec.class_name) else dialect
    tensors = [Tensor((batch, *shape), "float32") for shape in shapes]
    spec.calls = [Call(*arguments(spec, tensors), pointer="")]
    spec.input_shape = None
    model = ModelSpec("model", "Functional", known, [spec], False, [], [TensorRef(spec.name, 0, 0)])
    summary = infer(model)
    row = summary.layers[0]
    refusals = [problem for problem in summary.problems if problem.severity in (None, "error")]
    if not shapes and not any(problem.code.startswith("E") for problem in refusals) and row.params is None:
        wanted = "13,5 --input 13,5" if merges(spec.class_name) else example_input(spec)
        raise UsageError(
            f"the weights of {spec.class_name} depend on its input; set the input shape without the batch, for example"
            f" --input {wanted}"
        )
    if refusals:
        batch_too = "" if refusals[0].code != "S101" or not shapes else f" {without_batch(shapes[0], refusals[0])}"
        raise UsageError(f"{refusals[0].message}. {refusals[0].help}{batch_too}".rstrip())
    with speaking(language):
        explained = explain_row(row, spec.name, None)
        result = Explanation([explained], True, None, expression, language=language)
        result.warnings = [f"{problem.message}. {problem.help}".rstrip() for problem in summary.problems]
        if expect is not None:
            from lstmlint.explaining.expecting import search

            result.expected = search(result, expect)
    return result


def without_batch(shape: KnownShape, refusal: Problem) -> str:
    """Return the advice for an input whose rank is wrong, perhaps because it includes the batch."""
    if len(shape) == refusal.data.get("wanted") and len(shape) > 1:
        dims = ",".join(str(dim) for dim in shape[1:])
        return f"--input does not include the batch: if {shape[0]} is the batch size, write --input {dims}."
    return "--input does not include the batch."


def dropped_by_keras3(class_name: str) -> bool:
    """Check whether only Keras 2 has a class."""
    from lstmlint.signatures.keras2 import SIGNATURES as KERAS2
    from lstmlint.signatures.keras3 import SIGNATURES

    return class_name not in SIGNATURES and (class_name in KERAS2 or class_name.startswith("CuDNN"))


def arguments(spec: LayerSpec, tensors: list[Tensor]) -> tuple[list[Any], dict[str, Any]]:
    """Return the arguments (args, kwargs) of a call of a layer with these tensors."""
    if not tensors:
        return ([], {}) if spec.class_name == "InputLayer" else ([Tensor(None, "float32")], {})
    name = spec.class_name
    if name in MULTIPLE and len(tensors) == 1:
        tensors = tensors * MULTIPLE[name]  # self-attention
    if name in PROJECTED:
        return list(tensors), {}
    cls = registry.find(name)
    if len(tensors) == 1 and (name in ("Sequential", "Bidirectional", "TimeDistributed") or cls is None):
        return [tensors[0]], {}
    if len(tensors) > 1 and takes_states(spec):
        return [tensors[0]], {"initial_state": tensors[1:]}
    if len(tensors) > 1 or name in MULTIPLE or (cls is not None and merges(name)):
        return [list(tensors)], {}
    return [tensors[0]], {}


def takes_states(spec: LayerSpec) -> bool:
    """Check whether the other inputs of a layer are initial states."""
    from lstmlint.layers.rnn import RecurrentLayer

    cls = registry.find(spec.class_name)
    return spec.class_name == "Bidirectional" or (cls is not None and issubclass(cls, RecurrentLayer))


def merges(class_name: str) -> bool:
    """Whether the layer takes a list of tensors."""
    from lstmlint.layers.merging import Merge

    cls = registry.find(class_name)
    return cls is not None and issubclass(cls, Merge)


class ExpressionParser:
    """Turns the text of a layer into a LayerSpec.

    Raises: UsageError, whose notes (`__notes__`) show the text with a caret under what cannot be taken.
    """

    def __init__(self, text: str, dialect: Dialect) -> None:
        if len(text) > MAX_LENGTH:
            raise UsageError(f"the layer is {len(text):,} characters long; the limit is {MAX_LENGTH:,}")
        self.text = text
        self.dialect = dialect
        self.names = Names()

    def read(self) -> LayerSpec:
        """The layer."""
        try:
            tree = ast.parse(self.text.strip(), mode="eval").body
        except SyntaxError as error:
            raise self.error_at(
                f"this is not a layer in Python: {error.msg}", error.lineno or 1, (error.offset or 1) - 1
            ) from None
        except (ValueError, RecursionError, MemoryError):
            raise UsageError(
                "this is not Python that can be read: write it like LSTM(10, return_sequences=True)"
            ) from None
        if isinstance(tree, ast.Name | ast.Attribute):
            name = self.class_name(tree)
            raise self.error(tree, f"the arguments are missing: write {name}(...)")
        try:
            return self.layer(tree, 0)
        except RecursionError:
            raise UsageError("the layer is nested too deeply") from None

    def error(self, node: ast.expr | ast.keyword, message: str) -> UsageError:
        """Return an error with a caret under the node."""
        return self.error_at(message, node.lineno, _characters(self.text.strip(), node.lineno, node.col_offset))

    def error_at(self, message: str, line: int, column: int) -> UsageError:
        """Return an error at a line (from 1) and a column (from 0, in characters); its notes are the text and a caret."""
        from lstmlint.reporting.excerpt import excerpt

        lines = self.text.strip().split("\n")
        error = UsageError(message)
        for shown in excerpt(lines[min(line, len(lines)) - 1], column):
            error.add_note(shown)
        return error

    # Layers -------------------------------------------------------------------------------------------

    def class_name(self, node: ast.expr) -> str:
        """Return the class name of a plain or dotted name. Raises: UsageError if there is no such class."""
        dotted = _dotted(node)
        if dotted is None:
            raise self.error(node, "expected a layer, for example LSTM(10)")
        module, _, name = dotted.rpartition(".")
        if module and MODULES.isdisjoint(module.split(".")):
            raise self.error(
                node, f"{show(module)} is not a module with Keras layers; write {name} or keras.layers.{name}"
            )
        if name == "Sequential" or registry.find(name) is not None:
            return {"Input": "InputLayer"}.get(name, name)
        hint = did_you_mean(name, [*registry.known_names(), "Sequential"])
        raise self.error(node, f"there is no layer class {show(name)}{hint}")

    def layer(self, node: ast.expr, depth: int) -> LayerSpec:
        """Return the spec of a layer written as a call."""
        if depth > MAX_DEPTH:
            raise UsageError(f"layers are nested more than {MAX_DEPTH} deep")
        if not isinstance(node, ast.Call):
            raise self.error(node, "expected a layer, for example LSTM(10)")
        if isinstance(node.func, ast.Call):
            raise self.error(node, "do not call the layer on a tensor; set its input shape with --input")
        name = self.class_name(node.func)
        values = self.sequential(node, depth) if name == "Sequential" else self.values(node, name, depth)
        if name == "Sequential":
            return self.model(values)
        spec = LayerSpec("", name, {}, written_class=name)
        spec.raw = {"config": dict(values)}
        given = values.pop("name", None)
        spec.name = given if isinstance(given, str) and given else self.names.make(name)
        spec.trainable = values.pop("trainable", True) is not False
        spec.dtype = values.pop("dtype", None)
        self.take_input_shape(node, spec, values)
        spec.config = values
        return spec

    def sequential(self, node: ast.Call, depth: int) -> dict[str, Any]:
        """Return the arguments of a Sequential."""
        values: dict[str, Any] = {}
        for argument, value in [
            *zip(("layers", "trainable", "name"), node.args, strict=False),
            *((keyword.arg, keyword.value) for keyword in node.keywords),
        ]:
            if argument == "layers":
                values["layers"] = self.value(value, "layers", depth)
            elif argument in ("name", "trainable"):
                values[argument] = self.value(value, argument, depth)
            else:
                raise self.error(value, f"Sequential has no argument {show(argument)}")
        found = values.get("layers")
        if not isinstance(found, list) or not all(isinstance(layer, LayerSpec) for layer in found):
            raise self.error(node, "Sequential takes a list of layers: Sequential([LSTM(10), Dense(1)])")
        return values

    def model(self, values: dict[str, Any]) -> LayerSpec:
        """Return a Sequential as a layer."""
        given = values.get("name")
        name = given if isinstance(given, str) else self.names.make("Sequential")
        inner = ModelSpec(name, "Sequential", self.dialect, values["layers"], True)
        spec = LayerSpec(name, "Sequential", {}, written_class="Sequential")
        spec.trainable = values.get("trainable", True) is not False
        spec.model = inner
        return spec

    def values(self, node: ast.Call, name: str, depth: int) -> dict[str, Any]:
        """Return the arguments of a layer by name. Raises: UsageError if one is unknown, repeated, or missing."""
        signature = registry.signature(name, self.dialect) or registry.signature(name, "keras2") or {}
        order = list(signature)
        found = arguments_of(name, self.dialect)
        accepted = {*signature, *(found.accepted if found else ()), "name", "trainable", "dtype", *SHAPE_ARGUMENTS}
        accepted |= {"input_dim", "input_length"}
        values: dict[str, Any] = {}
        for position, argument in enumerate(node.args):
            if isinstance(argument, ast.Starred):
                raise self.error(argument, "write out the arguments; * is not evaluated")
            if position >= len(order):
                takes = f"{len(order)} positional arguments: {listing(order)}" if order else "no arguments"
                raise self.error(argument, f"{name} takes {takes}")
            values[order[position]] = self.value(argument, order[position], depth)
        for keyword in node.keywords:
            if keyword.arg is None:
                raise self.error(keyword, "write out the arguments; ** is not evaluated")
            if keyword.arg in values:
                raise self.error(keyword, f"{name} has {show(keyword.arg)} twice")
            if signature and keyword.arg not in accepted:
                raise self.error(
                    keyword, f"{name} has no argument {show(keyword.arg)}{self.hint(keyword.arg, accepted)}"
                )
            values[keyword.arg] = self.value(keyword.value, keyword.arg, depth)
        missing = [
            argument for argument, default in signature.items() if default is REQUIRED and argument not in values
        ]
        if missing:
            raise self.error(node, f"{name} needs {' and '.join(missing)}")
        return values

    def hint(self, name: str, accepted: set[str]) -> str:
        """Return a hint that names the intended argument."""
        from lstmlint.validation.arguments import CONFUSIONS

        meant = CONFUSIONS.get(name)
        return f"; did you mean {show(meant)}?" if meant in accepted else did_you_mean(name, accepted)

    def take_input_shape(self, node: ast.expr, spec: LayerSpec, values: dict[str, Any]) -> None:
        """Move the input shape, which old code passes to the first layer, from the arguments to the spec."""
        own = registry.signature(spec.class_name, self.dialect) or {}
        found: Any = None
        for argument in SHAPE_ARGUMENTS:
            if argument in values and argument not in own:
                given = values.pop(argument)
                given = [given] if isinstance(given, int) else given
                if not isinstance(given, list) or not all(dim is None or type(dim) is int for dim in given):
                    raise self.error(node, f"{argument} must be a tuple of integers, for example (13, 5)")
                found = (None, *given) if argument == "input_shape" else tuple(given)
        length = values.pop("input_length", None) if "input_length" not in own else values.get("input_length")
        if "input_dim" in values and "input_dim" not in own:
            features = values.pop("input_dim")
            found = found or ((None, length, features) if spec.class_name != "Dense" else (None, features))
        spec.input_shape = found

    # Values -------------------------------------------------------------------------------------------

    def value(self, node: ast.expr, argument: str, depth: int) -> Any:
        """Return a literal, list, dict, or layer as a config holds it. Raises: UsageError for an expression."""
        if depth > MAX_DEPTH:
            raise UsageError(f"arguments are nested more than {MAX_DEPTH} deep")
        if isinstance(node, ast.Constant):
            if node.value is None or isinstance(node.value, str | bool | float):
                return node.value
            if isinstance(node.value, int):
                if abs(node.value) > MAX_DIM:
                    raise self.error(node, "this number is too large")
                return node.value
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub | ast.UAdd):
            inner = self.value(node.operand, argument, depth + 1)
            if isinstance(inner, int | float) and not isinstance(inner, bool):
                return -inner if isinstance(node.op, ast.USub) else inner
        if isinstance(node, ast.List | ast.Tuple):
            return [self.value(item, argument, depth + 1) for item in node.elts]
        if isinstance(node, ast.Dict):
            return self.mapping(node, argument, depth)
        if isinstance(node, ast.Call):
            return self.object(node, argument, depth)
        dotted = _dotted(node)
        if dotted is not None and argument.endswith(NAME_ARGUMENTS):
            if "." in dotted:  # keras.activations.relu, tf.nn.relu
                return dotted.rpartition(".")[2]
            raise self.error(node, f"write {argument}={show(dotted)}, in quotes")
        what = "a name" if dotted is not None else "an expression"
        raise self.error(
            node,
            f"{argument} must be a literal (a number, a string, True, None, a list); {what} is not evaluated",
        )

    def mapping(self, node: ast.Dict, argument: str, depth: int) -> dict[str, Any]:
        """Return a dict whose keys are strings or integers."""
        values: dict[str, Any] = {}
        for key, item in zip(node.keys, node.values, strict=True):
            if not isinstance(key, ast.Constant) or not isinstance(key.value, str | int):
                raise self.error(key or item, "the keys of a dict must be strings or integers")
            values[str(key.value)] = self.value(item, argument, depth + 1)
        return values

    def object(self, node: ast.Call, argument: str, depth: int) -> Any:
        """Return a call in an argument: a layer, or the config of an initializer, regularizer, and so on."""
        dotted = _dotted(node.func) or ""
        name = dotted.rpartition(".")[2]
        if not argument.endswith(NAME_ARGUMENTS):
            return self.layer(node, depth + 1)
        if not name:
            raise self.error(node, f"{argument} must be a literal; an expression is not evaluated")
        config: dict[str, Any] = {}
        for position, item in enumerate(node.args):
            if position or isinstance(item, ast.Starred):
                raise self.error(item, f"write the arguments of {name} as keywords")
            # l2(0.01): commonly written without the keyword
            config[snake_case(name)] = self.value(item, name, depth + 1)
        for keyword in node.keywords:
            if keyword.arg is None:
                raise self.error(keyword, "write out the arguments; ** is not evaluated")
            config[keyword.arg] = self.value(keyword.value, name, depth + 1)
        return {"class_name": name, "config": config}


def _dotted(node: ast.expr) -> str | None:
    """Return the text of a plain or dotted name; None for any other expression."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name):
        return None
    return ".".join([node.id, *reversed(parts)])


def _characters(text: str, line: int, offset: int) -> int:
    """Convert a column from UTF-8 bytes, as in ast, to characters."""
    lines = text.split("\n")
    if not 0 < line <= len(lines):
        return 0
    return len(lines[line - 1].encode("utf-8", "surrogatepass")[:offset].decode("utf-8", "ignore"))
