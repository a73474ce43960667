"""Call one layer in Keras and in lstmlint, and compare the results. The format is that of tests/data/layers.

A row: {"layer": {"class_name", "config"}, "inputs": [shape, ...], "call": {"args": [...], "kwargs": {...}}}, where
"$1" stands for the second input. Without "call", the argument is the only input or the list of inputs. With "dtypes" (of
the inputs), the results have "output_dtypes". With "leaf", weights have their own names, without those of the layers
around them.
"""

from __future__ import annotations

import json
import warnings
from typing import Any

from lstmlint.inference import Bindings, InferenceContext
from lstmlint.model.shapes import Tensor, flatten, tensors_in
from lstmlint.model.spec import Dialect
from lstmlint.parsing.common import Names
from lstmlint.parsing.keras2 import parse_layer as parse_keras2
from lstmlint.parsing.keras3 import parse_layer as parse_keras3

Row = dict[str, Any]


def put(structure: Any, inputs: list[Any]) -> Any:
    """Replace "$0", "$1" in a structure by the inputs."""
    if isinstance(structure, str) and structure.startswith("$"):
        return inputs[int(structure[1:])]
    if isinstance(structure, list):
        return [put(item, inputs) for item in structure]
    if isinstance(structure, dict):
        return {key: put(value, inputs) for key, value in structure.items()}
    return structure


def call_of(row: Row, inputs: list[Any]) -> tuple[list[Any], dict[str, Any]]:
    """Return the arguments of the row's call."""
    if "call" in row:
        return put(row["call"].get("args", []), inputs), put(row["call"].get("kwargs", {}), inputs)
    return [inputs[0] if len(inputs) == 1 else list(inputs)], {}


def keras_says(keras: Any, row: Row) -> Row:
    """Return {"weights", "outputs"} of the layer in Keras, or {"refused": the error}."""
    given = json.loads(json.dumps(row["layer"]))
    try:
        if keras.__version__.startswith("3."):
            layer = keras.saving.deserialize_keras_object({"module": "keras.layers", "registered_name": None, **given})
        else:
            layer = keras.layers.deserialize(given)
        inputs = [keras.Input(batch_shape=tuple(shape), dtype=dtype) for shape, dtype in inputs_of(row)]
        args, kwargs = call_of(row, inputs)
        outputs = layer(*args, **kwargs)
    except Exception as error:
        return {"refused": f"{type(error).__name__}: {error}"}
    flat = flatten(outputs)
    trained = {id(weight) for weight in layer.trainable_weights}
    verdict: Row = {
        "weights": [
            [_leaf(_name(weight, layer.name), row), list(weight.shape), id(weight) in trained, _dtype(weight)]
            for weight in layer.weights
            if is_counted(weight)
        ],
        "outputs": [list(tensor.shape) for tensor in flat],
    }
    if "dtypes" in row:
        verdict["output_dtypes"] = [_dtype(tensor) for tensor in flat]
    return verdict


def is_counted(weight: Any) -> bool:
    """tf_keras also lists lookup tables, which have no shape, and variables that leave a dimension open."""
    return None not in getattr(weight, "shape", (None,))


def inputs_of(row: Row) -> list[tuple[list[int | None], str]]:
    """Return the shape and dtype of each input."""
    shapes = row["inputs"]
    return list(zip(shapes, row.get("dtypes") or ["float32"] * len(shapes), strict=True))


def _name(weight: Any, layer: str) -> str:
    path: str = getattr(weight, "path", weight.name).partition(":")[0]
    path = path.replace("Variable", "num_documents")  # the only weight without a name
    return path.partition(f"{layer}/")[2] or path


def _leaf(name: str, row: Row) -> str:
    return name.rpartition("/")[2] if row.get("leaf") else name


def _dtype(weight: Any) -> str:
    return str(getattr(weight.dtype, "name", weight.dtype))


def lstmlint_says(row: Row, dialect: Dialect = "keras3") -> Row:
    """Return {"weights", "outputs"} of the layer in lstmlint, or {"refused": its first error}."""
    run = InferenceContext(dialect, Bindings())
    if dialect == "keras3":
        spec = parse_keras3(row["layer"], "", Names(), 0)
    else:
        spec = parse_keras2(row["layer"], "", Names(), dialect, 0)
    layer = run.make_cached(spec)
    args, kwargs = call_of(row, [Tensor(tuple(shape), dtype) for shape, dtype in inputs_of(row)])
    outputs = run.apply(layer, args, kwargs)
    errors = [problem for problem in run.problems if problem.severity in (None, "error")]
    if errors:
        return {"refused": f"{errors[0].code}: {errors[0].message}"}
    tensors = tensors_in(outputs)
    if any(problem.data.get("custom") for problem in run.problems):
        return {"custom": "it loads only with custom_objects"}
    verdict: Row = {
        "weights": [[_leaf(w.name, row), list(w.shape), w.trainable, w.dtype] for w in layer.all_weights()],
        "outputs": [None if tensor.shape is None else list(tensor.shape) for tensor in tensors],
    }
    if "dtypes" in row:
        verdict["output_dtypes"] = [tensor.dtype for tensor in tensors]
    return verdict


def difference(row: Row, ours: Row, theirs: Row) -> str | None:
    """Return the difference between two results, or None; the text of an error does not matter."""
    if ("refused" in ours and "refused" in theirs) or ours == theirs:
        return None
    if not any(len(weight) > 3 for weight in theirs.get("weights", ())) and "weights" in ours:
        ours = {**ours, "weights": [weight[:3] for weight in ours["weights"]]}
        if ours == theirs:
            return None
    return f"{json.dumps(row)}\n  lstmlint {ours}\n  Keras    {theirs}"


def assert_agreement(keras: Any, drawer: Any, name: str, draws: int, dialect: Dialect = "keras3") -> None:
    """Draw rows of one class, and fail if lstmlint and Keras differ."""
    wrong = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for _ in range(draws):
            row = drawer.draw(name)
            found = difference(row, lstmlint_says(row, dialect), keras_says(keras, row))
            if found:
                wrong.append(found)
    assert not wrong, f"{len(wrong)} of {draws} differ:\n" + "\n".join(wrong[:5])
