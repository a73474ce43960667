"""Snippets of Python that build Keras models: what real Keras says of them, and where lstmlint differs.

The snippets lie in tests/data/python. Their first lines are comments that say how to run them:

    # runs: keras | keras-tf | tf_keras | keras2 | keras1    the Keras; see ENGINES
    # given: STATEMENT      executed first, with `np`, `fake(module, **contents)` and `patch("module.name", value)`
    # sizes: EXPRESSION = SIZE; ...       what the unknowns are in the given data, named as lstmlint names them
    # models: EXPRESSION; ...             the models
    # inexact: yes          if they cannot be read exactly, for instance because they depend on a random number

Without `models` they are the variables of the module that hold models. In a notebook the comments stand in the first
code cell. `record.json` holds the answers; scripts/record_python.py writes it. Models that the program uses and then
changes or drops are recorded too, named `used 1` and so on.
"""

from __future__ import annotations

import ast
import json
import random
import re
import sys
import types
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).with_name("data") / "python"
RECORD = FOLDER / "record.json"

# Engine -> how it runs the snippet.
ENGINES = {
    "keras": "Keras 3 without TensorFlow",
    "keras-tf": "Keras 3 on TensorFlow",
    "tf_keras": "tf.keras and keras are tf_keras, the Keras 2 of TensorFlow",
    "keras2": "keras is tf_keras with the defaults and modules of Keras 2.2 without TensorFlow",
    "keras1": "Keras 1.2.2 on a stand-in for its backend",
}
REFUSED = "refused"
USED = "used"
# Classes of Keras 1 -> what lstmlint calls them.
RENAMED = {"Convolution1D": "Conv1D", "Convolution2D": "Conv2D"}
# Methods of models that do nothing while a snippet runs: there is no data.
SILENCED = (
    "fit", "fit_generator", "evaluate", "predict", "train_on_batch", "summary", "save", "save_weights", "load_weights"
)  # fmt: skip


@dataclass(slots=True)
class Snippet:
    """A snippet with what its first lines say."""

    name: str
    text: str  # of the program, without magics
    engine: str
    given: list[str] = field(default_factory=list)
    sizes: dict[str, Any] = field(default_factory=dict)
    models: list[str] = field(default_factory=list)  # expressions
    inexact: bool = False

    @property
    def path(self) -> Path:
        return FOLDER / self.name


def snippets(engine: str | None = None) -> list[Snippet]:
    """Return the snippets that an engine runs, or all."""
    paths = sorted(path for path in FOLDER.iterdir() if path.suffix in (".py", ".ipynb"))
    found = [read_snippet(path) for path in paths]
    return [snippet for snippet in found if engine in (None, snippet.engine)]


def read_snippet(path: Path) -> Snippet:
    """Return a snippet. Raises: ValueError if its first lines are not as they should be."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".ipynb":
        text = "\n".join(code_of(json.loads(text)))
    snippet = Snippet(path.name, text, "")
    for line in text.splitlines():
        match = re.match(r"# (runs|given|sizes|models|inexact): (.*)", line)
        if match is None:
            break
        key, value = match.groups()
        parts = [part.strip() for part in value.split(";")]
        if key == "runs":
            snippet.engine = value.strip()
        elif key == "given":
            snippet.given.append(value)
        elif key == "sizes":
            pairs = [part.rsplit(" = ", 1) for part in parts]
            snippet.sizes.update({name: int(size) for name, size in pairs})
        elif key == "models":
            snippet.models += parts
        else:
            snippet.inexact = True
    if snippet.engine not in ENGINES:
        raise ValueError(f"{path.name}: unknown engine {snippet.engine!r}")
    return snippet


def code_of(notebook: dict[str, Any]) -> Iterator[str]:
    """Yield the code cells of a notebook without magics and shell lines."""
    cells = notebook["cells"] if "cells" in notebook else notebook["worksheets"][0]["cells"]
    for cell in cells:
        source = "".join(cell.get("source", cell.get("input", [])))
        if cell["cell_type"] == "code" and not source.startswith("%%"):
            yield re.sub(r"(?m)^\s*[%!].*$|^.*\?$", "", source)


# Running


@dataclass(slots=True)
class Kerases:
    """The Keras that runs snippets.

    modules: what `import` gives under these names while a snippet runs.
    clear: forgets the names of earlier snippets.
    describe: model -> its description.
    """

    version: str
    model_class: type
    modules: dict[str, Any]
    clear: Callable[[], None]
    describe: Callable[[Any], dict[str, Any]]


def run(snippet: Snippet, keras: Kerases) -> dict[str, Any]:
    """Run a snippet and return what Keras says of its models: name -> description, or {REFUSED: error}."""
    keras.clear()
    random.seed(snippet.name)  # for snippets that draw numbers
    undo: list[Callable[[], Any]] = []

    def fake(name: str, **contents: Any) -> None:
        made = types.ModuleType(name)
        made.__dict__.update(contents)
        install(name, made)
        if "." in name and name.rpartition(".")[0] not in sys.modules:
            fake(name.rpartition(".")[0])

    def install(name: str, module: Any) -> None:
        before = sys.modules.get(name)
        sys.modules[name] = module
        undo.append(lambda: sys.modules.__setitem__(name, before) if before is not None else sys.modules.pop(name))

    def patch(path: str, value: Any) -> None:
        owner, _, attribute = path.rpartition(".")
        module = __import__(owner, fromlist=["_"])
        before = getattr(module, attribute)
        setattr(module, attribute, value)
        undo.append(lambda: setattr(module, attribute, before))

    import numpy as np

    used: list[dict[str, Any]] = []

    def silence(name: str) -> None:
        before = vars(keras.model_class).get(name)

        def nothing(model: Any, *args: Any, **kwargs: Any) -> Any:
            used.append(keras.describe(model))
            return types.SimpleNamespace(history=defaultdict(list))

        setattr(keras.model_class, name, nothing)
        undo.append(lambda: setattr(keras.model_class, name, before) if before else delattr(keras.model_class, name))

    for name, module in keras.modules.items():
        install(name, module)
    for name in SILENCED:
        silence(name)
    scope: dict[str, Any] = {"__name__": "__main__", "__file__": snippet.name, "np": np, "fake": fake, "patch": patch}
    main = types.ModuleType("__main__")
    main.__dict__.update(scope)
    try:
        exec("\n".join(snippet.given), main.__dict__)
        for helper in ("fake", "patch"):
            main.__dict__.pop(helper)
        exec(compile(snippet.text, f"<{snippet.name}>", "exec"), main.__dict__)
        found = {expression: eval(expression, main.__dict__) for expression in snippet.models}
        if not snippet.models:
            held = [(name, value) for name, value in main.__dict__.items() if isinstance(value, keras.model_class)]
            found = dict({id(value): (name, value) for name, value in reversed(held)}.values())
            found = dict(reversed(found.items()))
        answers = {name: keras.describe(model) for name, model in found.items()}
        for number, answer in enumerate(used, 1):
            if answer not in answers.values():
                answers[f"{USED} {number}"] = answer
        return answers
    except Exception as error:  # any exception is Keras's answer
        return {REFUSED: f"{type(error).__name__}: {error}".splitlines()[0][:100]}
    finally:
        for action in reversed(undo):
            action()


def description(model: Any, rows: list[list[Any]], trainable: int | None, total: int | None) -> dict[str, Any]:
    """Return the description of a model; totals are None for a model that is not built."""
    return {
        "name": model.name,
        "class": type(model).__name__,
        "params": total,
        "trainable": trainable,
        "layers": rows,
    }


def plain_shape(shape: Any) -> list[int | None]:
    """Return a shape for JSON."""
    return [None if dim is None else int(dim) for dim in shape]


# lstmlint


def read_models(snippet: Snippet, text: str | None = None) -> dict[str, dict[str, Any]]:
    """Return lstmlint's description of a snippet's models with the given sizes, by name.

    text: the program if it is another one than the snippet's.

    A description has besides the keys of `description`: exact, reasons, and missing, the unknowns without a size.
    """
    from lstmlint.inference import infer
    from lstmlint.parsing import ModelError, parse
    from lstmlint.python import interpret
    from lstmlint.python.source import read_source

    def summary_of(document: Any) -> Any:
        return infer(parse(document))

    raw = snippet.path.read_bytes() if text is None else text.encode()
    program = interpret(read_source(raw, str(snippet.path)), {}, summary_of)
    described: dict[str, dict[str, Any]] = {}
    for model in program.models:
        missing = [unknown.name for unknown in model.unknowns if unknown.name not in snippet.sizes]
        said: dict[str, Any] = {"exact": model.exact, "reasons": model.reasons, "missing": missing}
        sizes = {unknown.name: snippet.sizes.get(unknown.name, 11) for unknown in model.unknowns}
        try:
            document = model.document(sizes)
            summary = summary_of(document)
        except ModelError as error:
            said["exact"] = False
            said["reasons"] = [error.message]
        else:
            config = document.data["config"]
            written = config.get("layers", []) if isinstance(config, dict) else []
            operations = {
                layer["config"]["name"] for layer in written if str(layer.get("module")).startswith("keras.src.ops")
            }
            said |= {
                "name": summary.name,
                "class": summary.class_name,
                "params": summary.params if summary.complete else None,
                "trainable": summary.trainable_params if summary.complete else None,
                "layers": [
                    [row.name, f"ops.{row.class_name}" if row.name in operations else row.class_name, [plain_shape(shape) for shape in row.output_shapes if shape is not None],
                     row.params]
                    for row in summary.layers
                ],
            }  # fmt: skip
        described[model.name] = said
    return described


def disagreements(ours: dict[str, Any], theirs: dict[str, Any]) -> list[str]:
    """Return where lstmlint's description of a model differs from Keras's."""
    from lstmlint.python.keras_signatures import is_layer_class

    if "layers" not in ours:
        return [f"no model: {ours['reasons']}"]
    wrong = [f"unknown without a size: {name}" for name in ours["missing"]]
    for key in ("params", "trainable"):
        if ours[key] != theirs[key]:
            wrong.append(f"{key} {ours[key]}, Keras {theirs[key]}")
    if not same_name(ours["name"], theirs["name"], theirs["class"]):
        wrong.append(f"name {ours['name']}, Keras {theirs['name']}")
    left, right = ours["layers"], theirs["layers"]
    known = {row[1] for row in left} | {row[1] for row in right if is_layer_class(row[1])}
    own = {row[0]: row[1] for row in right if row[1] not in known}  # classes of the program, which stand for others
    left = [[row[0], own.get(row[0], row[1]), *row[2:]] for row in left]
    if theirs["class"] == "Sequential" or not any(row[1] == "InputLayer" for row in right):
        left, right = ([row for row in rows if row[1] != "InputLayer"] for rows in (left, right))
    if operation_classes(left) != operation_classes(right):
        left, right = ([row for row in rows if not is_operation(row)] for rows in (left, right))
    right = [[row[0], RENAMED.get(row[1], row[1]), *row[2:]] for row in right]
    if right and right[0][1] == "Merge":  # Keras 1 shows the branches in the row of the Merge only
        left = [row for row in left if row[1] != "Sequential"]
    if list(map(key_of, left)) != list(map(key_of, right)):
        left, right = sorted(left, key=key_of), sorted(right, key=key_of)
        if list(map(key_of, left)) != list(map(key_of, right)):
            wrong.append(f"layers {[row[:2] for row in left]}, Keras {[row[:2] for row in right]}")
    for mine, its in zip(left, right, strict=False):
        if not same_name(mine[0], its[0], its[1]):
            wrong.append(f"layer {mine[0]}, Keras {its[0]}")
        if its[2] is not None and mine[2] != its[2]:
            wrong.append(f"{mine[0]}: {mine[2]}, Keras {its[2]}")
        if mine[3] != its[3] and (theirs["params"] is not None or mine[3] is not None):
            wrong.append(f"{mine[0]}: {mine[3]} parameters, Keras {its[3]}")
    return wrong


def is_operation(row: list[Any]) -> bool:
    """Check whether a row is an operation on tensors, of which Keras 2 and 3 have other ones."""
    return row[1] in ("TFOpLambda", "SlicingOpLambda") or row[1].startswith("ops.")


def operation_classes(rows: list[list[Any]]) -> list[str]:
    """Return the classes of the operations of a model. Where Keras stores others, only the layers are compared."""
    return sorted(row[1] for row in rows if is_operation(row))


def key_of(row: list[Any]) -> tuple[str, str]:
    """Return what rows are ordered by: their class, and their name unless Keras made it up."""
    return row[1], row[0] if automatic(row[0], row[1]) is None else ""


def automatic(name: str, class_name: str) -> str | None:
    """Return the stem of a name that Keras makes up, else None."""
    if class_name in ("TFOpLambda", "SlicingOpLambda"):
        return ""
    class_name = RENAMED.get(class_name, class_name).removeprefix("ops.")
    stem = re.sub(r"([a-z])([A-Z])", r"\1_\2", re.sub(r"(.)([A-Z][a-z0-9]+)", r"\1_\2", class_name)).lower()
    stems = {stem, stem.replace("_", ""), *{"input_layer": ["input"], "functional": ["model"]}.get(stem, [])}
    match = re.fullmatch(r"(.*?)(_\d+)?", name)
    return match[1] if match is not None and match[1] in stems else None


def same_name(ours: str, theirs: str, class_name: str) -> bool:
    """Check whether names agree; the numbers of those that Keras makes up depend on what ran before."""
    return ours == theirs or (automatic(theirs, class_name) is not None and automatic(ours, class_name) is not None)


# Unknown parts

UNKNOWN_SIZE = "unknown_size"


def with_unknown_parts(text: str) -> Iterator[tuple[str, int | None]]:
    """Yield programs in which one part is not known: (program, what unknown_size is).

    The part is a constant, a condition, what a loop runs over, or the last argument of a call.
    """
    starts = [0]
    for line in text.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))

    def replaced(node: ast.expr | ast.keyword, new: str) -> str:
        first = starts[node.lineno - 1] + node.col_offset
        last = starts[(node.end_lineno or node.lineno) - 1] + (node.end_col_offset or 0)
        return text[:first] + new + text[last:]

    tree = ast.parse(text)
    in_text = {
        id(part)
        for node in ast.walk(tree)
        if isinstance(node, ast.JoinedStr | ast.match_case)
        for part in ast.walk(node)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.If | ast.IfExp | ast.While):
            yield replaced(node.test, "unknown_flag"), None
        elif isinstance(node, ast.Compare) and id(node) not in in_text:
            yield replaced(node, "unknown_flag"), None
        elif isinstance(node, ast.comprehension | ast.For):
            yield replaced(node.iter, "unknown_items"), None
            for test in getattr(node, "ifs", ()):
                yield replaced(test, "unknown_flag"), None
        elif isinstance(node, ast.Call) and id(node) not in in_text:
            if node.args and not isinstance(node.args[-1], ast.Starred | ast.GeneratorExp):
                yield replaced(node.args[-1], "unknown_value"), None
                yield replaced(node.args[-1], "*unknown_arguments"), None
            if node.keywords and node.keywords[-1].arg:
                yield replaced(node.keywords[-1], "**unknown_options"), None
        elif isinstance(node, ast.Constant) and id(node) not in in_text and node.lineno == node.end_lineno:
            if isinstance(node.value, bool | str):
                yield replaced(node, "unknown_constant"), None
            elif isinstance(node.value, int):
                yield replaced(node, UNKNOWN_SIZE), node.value
